//! Base, ours and theirs of one thing, told apart by name.
//!
//! Three values of one type whose meaning is their order are one slip away from swapping two people's
//! words; with names the compiler sees the slip.

/// The three values of a merge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Sides<T> {
    /// What both sides began with.
    pub(super) base: T,
    /// What we have.
    pub(super) ours: T,
    /// What they have.
    pub(super) theirs: T,
}

impl<T> Sides<T> {
    /// The values by the number of the term, as positions of elements are kept: base, ours, theirs.
    pub(super) fn by_number(mut value: impl FnMut(usize) -> T) -> Self {
        Self { base: value(0), ours: value(1), theirs: value(2) }
    }

    pub(super) fn map<U>(self, mut with: impl FnMut(T) -> U) -> Sides<U> {
        Sides { base: with(self.base), ours: with(self.ours), theirs: with(self.theirs) }
    }

    pub(super) const fn as_ref(&self) -> Sides<&T> {
        Sides { base: &self.base, ours: &self.ours, theirs: &self.theirs }
    }

    pub(super) fn zip<U>(self, other: Sides<U>) -> Sides<(T, U)> {
        Sides {
            base: (self.base, other.base),
            ours: (self.ours, other.ours),
            theirs: (self.theirs, other.theirs),
        }
    }

    /// Base, ours, theirs, to go through all three.
    pub(super) fn each(self) -> [T; 3] {
        [self.base, self.ours, self.theirs]
    }
}

impl<T: Clone> Sides<T> {
    /// The same on all sides.
    pub(super) fn all(value: T) -> Self {
        Self { base: value.clone(), ours: value.clone(), theirs: value }
    }
}
