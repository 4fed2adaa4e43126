//! Paragraphs, list items and table rows that a side moved: each is recognised where it went, so that it is both moved
//! and edited when one side did one and the other side the other.
//!
//! A comparison by lines can't express this: in it, a paragraph that moved is one removed here and one inserted there,
//! and what the other side wrote into it conflicts with its removal.

use std::{collections::HashMap, ops::Range};

use serde_json::Value;

use super::{
    super::{
        budget::Budget,
        identity::{Known, Same},
        sides::Sides,
        tokens::{self, Dialect, is_blank},
    },
    merge::{Split, Stretch, TextMerge},
    sentences::begins_item,
    weave::weave,
};

/// A paragraph, a list item, a row or a heading, and the line ends after it.
#[derive(Debug, Clone, Copy)]
struct Unit<'t> {
    text: &'t str,
    end: &'t str,
    is_item: bool,
}

/// A text as units, after the blanks at its beginning.
struct Units<'t> {
    before: &'t str,
    units: Vec<Unit<'t>>,
}

impl<'t> Units<'t> {
    fn of(text: &'t str, dialect: Dialect) -> Self {
        let read = tokens::tokens(text, dialect);
        let mut marks: Vec<Mark> = Vec::new();
        let mut fence: Option<&str> = None;
        let (mut at, mut is_open) = (0, false);
        for line in tokens::lines(&read) {
            let start = at;
            let of_line = &read[line];
            at += of_line.iter().map(|token| token.len()).sum::<usize>();
            let written = text[start..at].trim();
            let mark = ["```", "~~~"].into_iter().find(|mark| written.starts_with(mark));
            let was_fenced = fence.is_some();
            fence = match (fence, mark) {
                (None, Some(mark)) if !written[mark.len()..].contains(mark) => Some(mark),
                (Some(open), Some(mark)) if open == mark => None,
                (fence, _) => fence,
            };
            if was_fenced {
                if let Some(mark) = marks.last_mut() {
                    mark.text.end = at;
                }
            } else if of_line.iter().all(|token| is_blank(token)) {
                is_open = false;
            } else {
                let is_item = begins_item(of_line);
                let is_block = is_item || written.starts_with('#');
                match marks.last_mut().filter(|_| is_open && !is_block) {
                    Some(mark) => mark.text.end = at,
                    None => marks.push(Mark { text: start..at, is_item }),
                }
                is_open = !written.starts_with(['#', '|']);
            }
        }
        Self::at(text, &marks)
    }

    fn at(text: &'t str, marks: &[Mark]) -> Self {
        let before = &text[..marks.first().map_or(text.len(), |mark| mark.text.start)];
        let next = marks.iter().skip(1).map(|mark| mark.text.start).chain([text.len()]);
        let unit = |(mark, next): (&Mark, usize)| {
            let said = text[mark.text.clone()].trim_end_matches('\n');
            Unit {
                text: said,
                end: &text[mark.text.start + said.len()..next],
                is_item: mark.is_item,
            }
        };
        Self { before, units: marks.iter().zip(next).map(unit).collect() }
    }

    fn values(&self) -> Vec<Value> {
        self.units.iter().map(|unit| unit.text.into()).collect()
    }

    fn end(&self) -> &'t str {
        self.units.last().map_or("", |unit| unit.end)
    }
}

/// Where a unit lies in its text.
struct Mark {
    text: Range<usize>,
    is_item: bool,
}

/// Merges texts by units, when a side moved one; none when merging by lines is as good. It is when it finds no conflict
/// and has no unit twice that both sides moved.
pub(super) fn merge_moved(
    texts: Sides<&str>,
    dialect: Dialect,
    by_lines: Option<&str>,
    budget: &Budget,
) -> Option<TextMerge> {
    let units = texts.map(|text| Units::of(text, dialect));
    let values = units.as_ref().map(Units::values);
    let known = Known::of(values.as_ref().map(Vec::as_slice), budget);
    let values = values.as_ref().map(Vec::as_slice);
    let is_doubled = |text: &str| known.doubles(values, &Units::of(text, dialect).values());
    if !known.is_moved || by_lines.is_some_and(|text| !is_doubled(text)) {
        return None;
    }
    let mover = Mover { units: &units, known: &known, dialect, budget };
    let merged = mover.merged().filter(|merged| !has_line_too_often(texts, merged));
    Some(merged.unwrap_or_else(|| TextMerge::conflict(texts)))
}

/// Whether the merge has a line more times than the base and each side's insertions account for. This happens when one
/// side made one paragraph of two and the other moved one of them elsewhere.
fn has_line_too_often(texts: Sides<&str>, merged: &TextMerge) -> bool {
    let counts = |text: &str| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.for_each(|line| *counts.entry(line.to_owned()).or_default() += 1);
        counts
    };
    let stretch = |stretch: &Stretch| match stretch {
        Stretch::Merged(text) => text.clone(),
        // What is in the same line as a conflict is not a line.
        Stretch::Conflict(_) => "\u{0}".to_owned(),
    };
    let found = counts(&merged.stretches.iter().map(stretch).collect::<String>());
    let written = texts.map(counts);
    found.iter().any(|(line, count)| {
        let Sides { base, ours, theirs } =
            written.as_ref().map(|of| of.get(line).copied().unwrap_or_default());
        let most = base + ours.saturating_sub(base) + theirs.saturating_sub(base);
        most > 0 && *count > most
    })
}

struct Mover<'m, 't> {
    units: &'m Sides<Units<'t>>,
    known: &'m Known,
    dialect: Dialect,
    budget: &'m Budget,
}

/// An item of the merged text: one unit, or what both sides inserted at one place.
struct Standing {
    merge: TextMerge,
    /// Its first and its last unit.
    ends: [Same; 2],
}

impl<'t> Mover<'_, 't> {
    fn merged(&self) -> Option<TextMerge> {
        let order = self.known.order(|at| !self.is_removed(at), self.budget)?;
        let mut standing = Vec::new();
        let is_new = |at: &usize| self.known.same[*at].base.is_none();
        let is_of_both = |at: &usize| {
            let same = &self.known.same[*at];
            same.ours.is_some() && same.theirs.is_some()
        };
        // What both sides inserted counts as at one place if no unit that both have stands between.
        for place in order.chunk_by(|left, right| !is_of_both(left) && !is_of_both(right)) {
            let new: Vec<usize> = place.iter().copied().filter(is_new).collect();
            let has = |side: fn(&Same) -> Option<usize>| {
                new.iter().any(|at| side(&self.known.same[*at]).is_some())
            };
            let is_of_two = has(|same| same.ours) && has(|same| same.theirs);
            let mut is_added = false;
            for at in place {
                if !is_new(at) {
                    standing
                        .push(Standing { merge: self.unit(*at), ends: [self.known.same[*at]; 2] });
                } else if !is_of_two {
                    self.added(&[*at], &mut standing)?;
                } else if !std::mem::replace(&mut is_added, true) {
                    self.added(&new, &mut standing)?;
                }
            }
        }
        Some(self.joined(standing))
    }

    fn text(&self, same: Same) -> Sides<Option<&'t str>> {
        self.units.as_ref().zip(same).map(|(units, at)| Some(units.units[at?].text))
    }

    /// Whether one side removed a unit that the other left as it was, or both did.
    fn is_removed(&self, at: usize) -> bool {
        match self.text(self.known.same[at]) {
            Sides { base: Some(base), ours, theirs } => match (ours, theirs) {
                (None, None) => true,
                (Some(kept), None) | (None, Some(kept)) => kept == base,
                _ => false,
            },
            _ => false,
        }
    }

    /// A unit of the base.
    fn unit(&self, at: usize) -> TextMerge {
        let texts = self.text(self.known.same[at]).map(Option::unwrap_or_default);
        let Sides { base, ours, theirs } = texts;
        let only = |text: &str| {
            let mut merge = TextMerge::default();
            merge.push_merged(text);
            merge
        };
        match (ours.is_empty(), theirs.is_empty()) {
            (true, _) | (_, true) => TextMerge::conflict(texts),
            _ if ours == theirs || theirs == base => only(ours),
            _ if ours == base => only(theirs),
            _ => weave(texts, self.dialect, self.budget),
        }
    }

    /// What is new at one place: from one side it is kept; from two sides it is a conflict, unless they wrote the same.
    /// None if what a side has there is not contiguous in its text, so that the conflict would be about a text that
    /// nobody wrote.
    fn added(&self, new: &[usize], standing: &mut Vec<Standing>) -> Option<()> {
        let of = |side: fn(&Same) -> Option<usize>| -> Vec<usize> {
            new.iter().copied().filter(|at| side(&self.known.same[*at]).is_some()).collect()
        };
        let (ours, theirs) = (of(|same| same.ours), of(|same| same.theirs));
        let texts = |run: &[usize]| -> Vec<&str> {
            let text =
                |at: &usize| self.text(self.known.same[*at]).each().into_iter().flatten().next();
            run.iter().filter_map(text).collect()
        };
        if ours.is_empty() || theirs.is_empty() || texts(&ours) == texts(&theirs) {
            for index in 0..ours.len().max(theirs.len()) {
                let at = |run: &[usize]| Some(self.known.same[*run.get(index)?]);
                let (ours, theirs) = (at(&ours), at(&theirs));
                let same = Sides {
                    base: None,
                    ours: ours.and_then(|same| same.ours),
                    theirs: theirs.and_then(|same| same.theirs),
                };
                let mut merge = TextMerge::default();
                let text = self.text(same).each().into_iter().flatten().next();
                merge.push_merged(text.unwrap_or_default());
                standing.push(Standing { merge, ends: [same; 2] });
            }
            return Some(());
        }
        let is_together = |run: &[usize], side: fn(&Same) -> Option<usize>| {
            let mut places = run.iter().map(|at| side(&self.known.same[*at]));
            let first = places.next().flatten();
            places.zip(1..).all(|(place, next)| place == first.map(|first| first + next))
        };
        if !is_together(&ours, |same| same.ours) || !is_together(&theirs, |same| same.theirs) {
            return None;
        }
        let run = |run: &[usize]| {
            let mut whole = String::new();
            for (index, at) in run.iter().enumerate() {
                if index > 0 {
                    whole.push_str(
                        &self.between(self.known.same[run[index - 1]], self.known.same[*at]),
                    );
                }
                texts(&[*at]).into_iter().for_each(|text| whole.push_str(text));
            }
            whole
        };
        let sides = Sides { base: String::new(), ours: run(&ours), theirs: run(&theirs) };
        let split = Split { before: String::new(), sides, after: String::new() };
        let merge = TextMerge { stretches: vec![Stretch::Conflict(split)], woven: Vec::new() };
        let ends = [new[0], *new.last().expect("there is one")].map(|at| self.known.same[at]);
        standing.push(Standing { merge, ends });
        Some(())
    }

    /// The blanks between two units: those of a text that has the two next to each other, otherwise those between
    /// similar units.
    fn between(&self, left: Same, right: Same) -> String {
        let ends = self.units.as_ref().zip(left.zip(right)).map(|(units, (left, right))| {
            let (left, right) = (left?, right?);
            (left + 1 == right).then(|| units.units[left].end)
        });
        if let Some(end) = changed_most(ends) {
            return end.to_owned();
        }
        let is_item = |same: Same| {
            let units = self.units.as_ref().zip(same).each();
            units.into_iter().any(|(units, at)| at.is_some_and(|at| units.units[at].is_item))
        };
        // A list with blank lines between any of its items keeps blank lines between all.
        let is_loose = |units: &Units<'t>| {
            let pairs = units.units.windows(2);
            let mut ends =
                pairs.filter(|pair| pair[0].is_item && pair[1].is_item).map(|pair| pair[0].end);
            ends.any(|end| end.len() > 1)
        };
        let is_tight = || !self.units.as_ref().each().into_iter().any(is_loose);
        if is_item(left) && is_item(right) && is_tight() { "\n" } else { "\n\n" }.to_owned()
    }

    /// Assembles the merged text.
    fn joined(&self, standing: Vec<Standing>) -> TextMerge {
        let mut whole = TextMerge::default();
        let edge = |of: &dyn Fn(&Units<'t>) -> &'t str| {
            changed_most(self.units.as_ref().map(|units| Some(of(units)))).unwrap_or_default()
        };
        whole.push_merged(edge(&|units| units.before));
        let count = standing.len();
        let gap = |index: usize| -> Option<String> {
            let (left, right) = (standing.get(index)?, standing.get(index + 1)?);
            Some(self.between(left.ends[1], right.ends[0]))
        };
        let gaps: Vec<String> = (0..count).map(|index| gap(index).unwrap_or_default()).collect();
        // A conflict includes the gap after it, so that nothing of it is left where a side has nothing there; the last
        // one includes the gap before it.
        let is_split = |of: &Standing| {
            let sides =
                |split: &Split| split.sides.as_ref().each().into_iter().any(String::is_empty);
            of.merge.is_whole_conflict() && of.merge.conflicts().any(|(_, split)| sides(split))
        };
        let takes_before =
            count > 1 && standing.last().is_some_and(is_split) && !is_split(&standing[count - 2]);
        for (index, Standing { mut merge, .. }) in standing.into_iter().enumerate() {
            let is_last = index + 1 == count;
            let mut gap = gaps[index].as_str();
            let takes = matches!(&merge.stretches[..], [Stretch::Conflict(split)]
                if split.sides.as_ref().each().into_iter().any(String::is_empty));
            if let [Stretch::Conflict(split)] = &mut merge.stretches[..]
                && takes
            {
                if is_last && takes_before {
                    split.before.clone_from(&gaps[index - 1]);
                }
                split.after = gap.to_owned();
                gap = "";
            }
            for stretch in merge.stretches {
                match stretch {
                    Stretch::Merged(text) => whole.push_merged(&text),
                    split => whole.stretches.push(split),
                }
            }
            whole.woven.extend(merge.woven);
            if !(takes_before && index + 2 == count) {
                whole.push_merged(gap);
            }
        }
        whole.push_merged(edge(&Units::end));
        whole
    }
}

/// Blanks as in the side that changed them; if both did, those that separate more.
fn changed_most(blanks: Sides<Option<&str>>) -> Option<&str> {
    let Sides { base, ours, theirs } = blanks;
    let changed = [ours, theirs].into_iter().flatten().filter(|blanks| Some(*blanks) != base);
    changed.max().or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let units = Units::of(text, Dialect::Prose);
        let found: Vec<&str> = units.units.iter().map(|unit| unit.text).collect();
        assert_eq!(found, expected);
        let ends = units.units.iter().map(|unit| [unit.text, unit.end].concat());
        assert_eq!(units.before.to_owned() + &ends.collect::<String>(), text);
    }

    #[test]
    fn texts_have_paragraphs_items_rows_and_headings() {
        check("\n# A\nB\nc.\n\n\nD", &["# A", "B\nc.", "D"]);
        check("- a\n  b\n- c\n1. d\n", &["- a\n  b", "- c", "1. d"]);
        check("| a |\n| b |\n\nC", &["| a |", "| b |", "C"]);
        check("A\n\n```\nx\n\ny\n```\n\nB", &["A", "```\nx\n\ny\n```", "B"]);
        check("$$a\nb$$\n\nC", &["$$a\nb$$", "C"]);
    }
}
