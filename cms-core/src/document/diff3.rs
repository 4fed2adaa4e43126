//! Three sequences in chunks: what each side made of which stretch of their base.

use std::ops::Range;

use super::{
    align::{Block, Gap, gaps},
    sides::Sides,
};

/// Who changed a stretch of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Changed {
    Nobody,
    Ours,
    Theirs,
    /// Both sides, in the same way or not.
    Both,
}

/// A stretch of the base, and what each side has in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) changed: Changed,
    pub(super) at: Sides<Range<usize>>,
}

/// Whether changes of different sides that touch, with nothing unchanged between them, count as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touching {
    IsOne,
    StaysTwo,
}

/// The chunks of three sequences of these lengths, by how each side aligns with the base. They cover all three.
pub(super) fn chunks(
    lengths: Sides<usize>,
    ours: &[Block],
    theirs: &[Block],
    touching: Touching,
) -> Vec<Chunk> {
    let ours = gaps(ours, lengths.base, lengths.ours);
    let theirs = gaps(theirs, lengths.base, lengths.theirs);
    let mut sweep = Sweep { at: Sides::default(), chunks: Vec::new() };
    let (mut left, mut right) = (ours.iter().peekable(), theirs.iter().peekable());
    loop {
        let start = match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(gap), None) | (None, Some(gap)) => gap.before.clone(),
            (Some(left), Some(right)) => earlier(&left.before, &right.before),
        };
        let mut whole = start;
        let (mut of_ours, mut of_theirs) = (Vec::new(), Vec::new());
        loop {
            let fits = |gap: &&Gap| joins(&whole, &gap.before, touching);
            let gap = if let Some(gap) = left.next_if(fits) {
                of_ours.push(gap);
                gap
            } else if let Some(gap) = right.next_if(fits) {
                of_theirs.push(gap);
                gap
            } else {
                break;
            };
            whole = whole.start.min(gap.before.start)..whole.end.max(gap.before.end);
        }
        sweep.changed(whole, &of_ours, &of_theirs);
    }
    sweep.same_until(lengths.base);
    sweep.chunks
}

fn earlier(left: &Range<usize>, right: &Range<usize>) -> Range<usize> {
    if (right.start, right.end) < (left.start, left.end) { right.clone() } else { left.clone() }
}

fn joins(whole: &Range<usize>, next: &Range<usize>, touching: Touching) -> bool {
    if whole == next {
        return true;
    }
    match touching {
        Touching::IsOne => next.start <= whole.end,
        Touching::StaysTwo => next.start < whole.end && whole.start < next.end,
    }
}

/// How far the sweep has come in base, ours and theirs, and what it has found.
struct Sweep {
    at: Sides<usize>,
    chunks: Vec<Chunk>,
}

impl Sweep {
    fn same_until(&mut self, base: usize) {
        let len = base - self.at.base;
        if len > 0 {
            self.push(Changed::Nobody, Sides::all(len));
        }
    }

    fn changed(&mut self, whole: Range<usize>, ours: &[&Gap], theirs: &[&Gap]) {
        self.same_until(whole.start);
        let len = |gaps: &[&Gap]| {
            let removed: usize = gaps.iter().map(|gap| gap.before.len()).sum();
            let added: usize = gaps.iter().map(|gap| gap.after.len()).sum();
            whole.len() - removed + added
        };
        let changed = match (ours.is_empty(), theirs.is_empty()) {
            (false, true) => Changed::Ours,
            (true, false) => Changed::Theirs,
            _ => Changed::Both,
        };
        self.push(changed, Sides { base: whole.len(), ours: len(ours), theirs: len(theirs) });
    }

    fn push(&mut self, changed: Changed, lens: Sides<usize>) {
        let at = self.at.zip(lens).map(|(at, len)| at..at + len);
        self.at = at.as_ref().map(|at| at.end);
        self.chunks.push(Chunk { changed, at });
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{align::align, budget::Budget},
        *,
    };

    fn check(base: &str, ours: &str, theirs: &str, touching: Touching, expected: &str) {
        let numbers = |text: &str| text.chars().map(u32::from).collect::<Vec<_>>();
        let (b, o, t) = (numbers(base), numbers(ours), numbers(theirs));
        let budget = Budget::new();
        let lengths = Sides { base: b.len(), ours: o.len(), theirs: t.len() };
        let found = chunks(lengths, &align(&b, &o, &budget), &align(&b, &t, &budget), touching);
        let shown: Vec<_> = found
            .into_iter()
            .map(|chunk| match chunk.changed {
                Changed::Nobody => base[chunk.at.base].to_owned(),
                Changed::Ours => format!("<{}", &ours[chunk.at.ours]),
                Changed::Theirs => format!(">{}", &theirs[chunk.at.theirs]),
                Changed::Both => format!("{}|{}", &ours[chunk.at.ours], &theirs[chunk.at.theirs]),
            })
            .collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn changes_in_different_places_stay_apart() {
        check("abcdef", "aXcdef", "abcdY", Touching::IsOne, "a <X cd >Y");
        check("abc", "abc", "abc", Touching::IsOne, "abc");
        check("abc", "xabc", "abcy", Touching::IsOne, "<x abc >y");
    }

    #[test]
    fn changes_in_one_place_are_one() {
        check("abc", "aXc", "aYc", Touching::IsOne, "a X|Y c");
        check("abc", "aXbc", "aYbc", Touching::StaysTwo, "a X|Y bc");
        check("abcd", "aXd", "abYd", Touching::IsOne, "a X|bY d");
    }

    #[test]
    fn touching_changes_are_one_or_two_as_asked() {
        check("abcd", "aXcd", "abYd", Touching::IsOne, "a Xc|bY d");
        check("abcd", "aXcd", "abYd", Touching::StaysTwo, "a <X >Y d");
        check("abc", "aXc", "abYc", Touching::StaysTwo, "a <X >Y c");
    }
}
