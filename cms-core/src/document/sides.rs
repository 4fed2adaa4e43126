//! Base, ours and theirs of one thing, told apart by name.
//!
//! If three values of one type are told apart only by their order, one slip swaps two people's words; with names the
//! compiler catches the slip. Everything in this workspace that has a base and two sides has this type; stored bytes
//! and tables of tests, which are read in an order, are converted to it where they are read.

use std::ops::{Index, IndexMut};

use crate::model::{id::DocumentId, revision::ConflictTerms};

/// The three values of a merge. A comparison of two documents is a merge in which only ours changed something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Sides<T> {
    /// What both sides started from.
    pub base: T,
    /// Our value.
    pub ours: T,
    /// Their value.
    pub theirs: T,
}

/// One of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// What both sides started from.
    Base,
    /// Our side.
    Ours,
    /// Their side.
    Theirs,
}

impl Side {
    /// Each of the two sides that changed the base, with the opposite one.
    pub const OPPOSED: [(Self, Self); 2] = [(Self::Ours, Self::Theirs), (Self::Theirs, Self::Ours)];
}

impl<T> Sides<T> {
    /// Three values, each computed for its side.
    pub fn by(mut value: impl FnMut(Side) -> T) -> Self {
        Self { base: value(Side::Base), ours: value(Side::Ours), theirs: value(Side::Theirs) }
    }

    /// Each value converted to something else.
    pub fn map<U>(self, mut with: impl FnMut(T) -> U) -> Sides<U> {
        Sides { base: with(self.base), ours: with(self.ours), theirs: with(self.theirs) }
    }

    /// Like [`Sides::map`], for a conversion that can fail; the base is tried first, then ours.
    ///
    /// # Errors
    /// The first error.
    pub fn try_map<U, E>(self, mut with: impl FnMut(T) -> Result<U, E>) -> Result<Sides<U>, E> {
        Ok(Sides { base: with(self.base)?, ours: with(self.ours)?, theirs: with(self.theirs)? })
    }

    /// The same three, borrowed.
    pub const fn as_ref(&self) -> Sides<&T> {
        Sides { base: &self.base, ours: &self.ours, theirs: &self.theirs }
    }

    /// The same three, mutably borrowed.
    pub const fn as_mut(&mut self) -> Sides<&mut T> {
        Sides { base: &mut self.base, ours: &mut self.ours, theirs: &mut self.theirs }
    }

    /// Each value with its counterpart.
    pub fn zip<U>(self, other: Sides<U>) -> Sides<(T, U)> {
        Sides {
            base: (self.base, other.base),
            ours: (self.ours, other.ours),
            theirs: (self.theirs, other.theirs),
        }
    }

    /// The same merge from the other person's view.
    pub fn swapped(self) -> Self {
        Self { base: self.base, ours: self.theirs, theirs: self.ours }
    }

    /// Base, ours, theirs, for iterating over all three.
    pub fn each(self) -> [T; 3] {
        [self.base, self.ours, self.theirs]
    }
}

impl<T: Clone> Sides<T> {
    /// The same value on all sides.
    pub fn all(value: T) -> Self {
        Self { base: value.clone(), ours: value.clone(), theirs: value }
    }
}

impl<T> Sides<Option<T>> {
    /// The values that are present, borrowed.
    pub fn as_options(&self) -> Sides<Option<&T>> {
        self.as_ref().map(Option::as_ref)
    }
}

impl<T> Index<Side> for Sides<T> {
    type Output = T;

    fn index(&self, side: Side) -> &T {
        match side {
            Side::Base => &self.base,
            Side::Ours => &self.ours,
            Side::Theirs => &self.theirs,
        }
    }
}

impl<T> IndexMut<Side> for Sides<T> {
    fn index_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Base => &mut self.base,
            Side::Ours => &mut self.ours,
            Side::Theirs => &mut self.theirs,
        }
    }
}

/// In the form in which a revision stores a conflict: its terms alternate, a side first.
impl From<Sides<Option<DocumentId>>> for ConflictTerms {
    fn from(sides: Sides<Option<DocumentId>>) -> Self {
        Self::new(vec![sides.ours, sides.base, sides.theirs]).expect("three terms")
    }
}

impl Sides<Option<DocumentId>> {
    /// The sides of a stored conflict; none when it has more than two.
    pub fn of_terms(terms: &ConflictTerms) -> Option<Self> {
        let [ours, base, theirs] = *terms.as_slice() else { return None };
        Some(Self { base, ours, theirs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_conflict_has_ours_first_and_the_base_between() {
        let id = |text: &str| Some(DocumentId::of(text.as_bytes()));
        let sides = Sides { base: id("base"), ours: id("ours"), theirs: None };
        let terms = ConflictTerms::from(sides);
        assert_eq!(terms.as_slice(), [id("ours"), id("base"), None]);
        assert_eq!(Sides::of_terms(&terms), Some(sides));
        let more = ConflictTerms::new(vec![None; 5]).expect("five terms");
        assert_eq!(Sides::of_terms(&more), None);
    }

    #[test]
    fn swapping_changes_the_sides_and_not_the_base() {
        let sides = Sides { base: 1, ours: 2, theirs: 3 };
        assert_eq!(sides.swapped(), Sides { base: 1, ours: 3, theirs: 2 });
        assert_eq!(sides.swapped().swapped(), sides);
        for (side, other) in Side::OPPOSED {
            assert_eq!(sides.swapped()[side], sides[other]);
        }
        assert_eq!(Sides::by(|side| sides[side]), sides);
    }
}
