//! Three-way merge of texts.

use super::{
    super::{
        budget::Budget,
        sides::{Side, Sides},
        tokens::Dialect,
    },
    line_ends::{self, LineEnds},
    moves,
    weave::{Woven, weave},
};

/// Most conflicts of one text that are reported one by one; beyond that there is one conflict about the whole text.
const CONFLICTS_MAX: usize = 128;

/// A merged text: the stretches in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct TextMerge {
    pub(super) stretches: Vec<Stretch>,
    /// Sentences that have changes of both sides.
    pub(in super::super) woven: Vec<Woven>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stretch {
    Merged(String),
    Conflict(Split),
}

/// A stretch in which the sides conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Split {
    /// Blanks before what a side has here, if it has something.
    pub(super) before: String,
    /// What each side has here, as that side wrote it.
    pub(in super::super) sides: Sides<String>,
    /// Blanks after it.
    pub(super) after: String,
}

impl Split {
    /// A stretch; the blanks around it that all sides share are set aside.
    pub(super) fn of(texts: Sides<String>) -> Self {
        let is_blank = |text: &str| text.trim().is_empty();
        let said = || texts.as_ref().each().into_iter().filter(|text| !text.is_empty());
        if said().any(|text| is_blank(text)) {
            return Self { before: String::new(), sides: texts, after: String::new() };
        }
        let shared = |blanks: &dyn for<'t> Fn(&'t str) -> &'t str| {
            let mut all = said().map(|text| blanks(text));
            let first = all.next().unwrap_or_default();
            if all.all(|other| other == first) { first.to_owned() } else { String::new() }
        };
        let before = shared(&|text| &text[..text.len() - text.trim_start().len()]);
        let after = shared(&|text| &text[text.trim_end().len()..]);
        let sides = texts.as_ref().map(|text| match text.is_empty() {
            true => String::new(),
            false => text[before.len()..text.len() - after.len()].to_owned(),
        });
        Self { before, sides, after }
    }

    /// A side's text as it appears in the whole: with the blanks around it, if it is not empty.
    fn standing(&self, text: &str) -> String {
        if text.is_empty() { String::new() } else { [&self.before, text, &self.after].concat() }
    }

    /// What both sides have, ours first.
    fn both(&self, glue: &str) -> String {
        let Sides { ours, theirs, .. } = &self.sides;
        let is_one = ours.is_empty() || theirs.is_empty();
        [ours.as_str(), if is_one { "" } else { glue }, theirs].concat()
    }
}

impl TextMerge {
    /// A single conflict of the whole texts.
    pub(super) fn conflict(texts: Sides<&str>) -> Self {
        let (before, after) = (String::new(), String::new());
        let split = Split { before, sides: texts.map(str::to_owned), after };
        Self { stretches: vec![Stretch::Conflict(split)], woven: Vec::new() }
    }

    /// The same merge with other line ends; what conflicts is as the texts have it.
    fn with(self, ends: LineEnds, texts: Sides<&str>) -> Self {
        let stretch = |stretch| match stretch {
            Stretch::Merged(text) => Stretch::Merged(ends.put(text)),
            Stretch::Conflict(split) => Stretch::Conflict(Split {
                before: ends.put(split.before),
                sides: texts
                    .zip(split.sides)
                    .map(|(text, stretch)| line_ends::as_written(text, &stretch)),
                after: ends.put(split.after),
            }),
        };
        Self { stretches: self.stretches.into_iter().map(stretch).collect(), ..self }
    }

    /// The merge after adjusting for last lines that were ended artificially: the last line has its end only if the
    /// sides agree on one, and a side of a conflict has none that its text lacks.
    fn with_last_line_of(mut self, texts: Sides<&str>) -> Self {
        for stretch in &mut self.stretches {
            if let Stretch::Conflict(split) = stretch {
                let sides = std::mem::take(&mut split.sides);
                split.sides =
                    texts.zip(sides).map(|(text, side)| line_ends::last_as_written(text, side));
            }
        }
        if line_ends::is_last_ended(texts) {
            return self;
        }
        let Some(last) = self.stretches.pop() else { return self };
        let last = match last {
            Stretch::Merged(text) => Stretch::Merged(line_ends::without_last(text)),
            Stretch::Conflict(mut split) => {
                split.after = line_ends::without_last(split.after);
                // A side that has nothing here ends with the line before, which then has no end either.
                if split.sides.as_ref().each().into_iter().any(|side| side.is_empty())
                    && let Some(Stretch::Merged(before)) = self.stretches.last_mut()
                    && let Some(length) = before.strip_suffix('\n').map(str::len)
                {
                    before.truncate(length);
                    split.before.insert(0, '\n');
                }
                Stretch::Conflict(split)
            }
        };
        self.stretches.push(last);
        self
    }

    /// The text, when nothing in it conflicts.
    pub(in super::super) fn merged(&self) -> Option<String> {
        let whole = self.stretches.iter().map(|stretch| match stretch {
            Stretch::Merged(text) => Some(text.as_str()),
            Stretch::Conflict(_) => None,
        });
        whole.collect()
    }

    /// Whether the sides conflict about the whole text.
    pub(in super::super) const fn is_whole_conflict(&self) -> bool {
        matches!(self.stretches.as_slice(), [Stretch::Conflict(_)])
    }

    /// The stretches that conflict, by number.
    pub(in super::super) fn conflicts(&self) -> impl Iterator<Item = (usize, &Split)> {
        self.stretches.iter().enumerate().filter_map(|(number, stretch)| match stretch {
            Stretch::Merged(_) => None,
            Stretch::Conflict(split) => Some((number, split)),
        })
    }

    /// What both sides have in a stretch, ours first: as paragraphs, lines or sentences one after the other, depending
    /// on what the stretch is.
    pub(in super::super) fn both(&self, number: usize) -> Option<String> {
        let Some(Stretch::Conflict(split)) = self.stretches.get(number) else { return None };
        let text = |stretch: Option<&'_ Stretch>| match stretch {
            Some(Stretch::Merged(text)) => text.replace("\r\n", "\n"),
            _ => String::new(),
        };
        let before = text(number.checked_sub(1).and_then(|before| self.stretches.get(before)));
        let before = before + &split.before;
        let after = split.after.clone() + &text(self.stretches.get(number + 1));
        let at_edges = |blanks: &str| {
            (before.is_empty() || before.ends_with(blanks))
                && (after.is_empty() || after.starts_with(blanks))
        };
        let is_alone = before.is_empty() && after.is_empty();
        let has_lines = split.sides.as_ref().each().into_iter().any(|side| side.contains('\n'));
        Some(split.both(match (at_edges("\n\n"), at_edges("\n")) {
            (true, _) if !is_alone => "\n\n",
            (_, true) => "\n",
            _ if has_lines => "\n",
            _ => " ",
        }))
    }

    /// For each stretch, the number of the paragraph that it continues or begins, counted from 1.
    pub(in super::super) fn paragraph_numbers(&self) -> Vec<usize> {
        let (mut number, mut line_ends) = (1, 0_usize);
        let mut count = |text: &str| {
            for letter in text.chars() {
                match letter {
                    '\n' => line_ends += 1,
                    _ if letter.is_whitespace() => {}
                    _ => {
                        number += usize::from(line_ends > 1);
                        line_ends = 0;
                    }
                }
            }
            number + usize::from(line_ends > 1)
        };
        let mut numbers = Vec::with_capacity(self.stretches.len());
        for stretch in &self.stretches {
            numbers.push(match stretch {
                Stretch::Merged(text) => count(text),
                Stretch::Conflict(split) => {
                    let begins = count(&split.before);
                    count(&split.sides.ours);
                    count(&split.after);
                    begins
                }
            });
        }
        numbers
    }

    /// The text of base, ours and theirs where the sides conflict; what does not conflict is merged in all three.
    pub(in super::super) fn terms(&self) -> Sides<String> {
        self.terms_with(None)
    }

    /// The terms with the choice in place of one stretch.
    pub(in super::super) fn settled(&self, number: usize, chosen: &str) -> Sides<String> {
        self.terms_with(Some((number, chosen)))
    }

    fn terms_with(&self, settled: Option<(usize, &str)>) -> Sides<String> {
        let with = |side: Side| -> String {
            let text = |(number, stretch): (usize, &Stretch)| match (stretch, settled) {
                (Stretch::Merged(text), _) => text.clone(),
                (Stretch::Conflict(split), Some((at, chosen))) if at == number => {
                    split.standing(chosen)
                }
                (Stretch::Conflict(split), _) => split.standing(&split.sides[side]),
            };
            self.stretches.iter().enumerate().map(text).collect()
        };
        Sides::by(with)
    }

    pub(super) fn push_merged(&mut self, text: &str) {
        match self.stretches.last_mut() {
            _ if text.is_empty() => {}
            Some(Stretch::Merged(before)) => before.push_str(text),
            _ => self.stretches.push(Stretch::Merged(text.to_owned())),
        }
    }
}

/// Merges what two sides made of a text; without a dialect the text is one value.
pub(in super::super) fn merge_texts(
    texts: Sides<&str>,
    dialect: Option<Dialect>,
    budget: &Budget,
) -> TextMerge {
    match LineEnds::of_most(texts) {
        None => merge_plain(texts, dialect, budget),
        Some(ends) => {
            let plain = texts.map(line_ends::plain);
            merge_plain(plain.as_ref().map(AsRef::as_ref), dialect, budget).with(ends, texts)
        }
    }
}

/// Merges texts that have the same line ends.
fn merge_plain(texts: Sides<&str>, dialect: Option<Dialect>, budget: &Budget) -> TextMerge {
    let Sides { base, ours, theirs } = texts;
    let only = |text: &str| TextMerge {
        stretches: vec![Stretch::Merged(text.to_owned())],
        woven: Vec::new(),
    };
    if ours == theirs || theirs == base {
        return only(ours);
    }
    if ours == base {
        return only(theirs);
    }
    let Some(dialect) = dialect else { return TextMerge::conflict(texts) };
    let merged = match texts.each().iter().any(|text| text.contains('\n')) {
        false => merge_lines(texts, dialect, budget),
        true => {
            let ended = texts.map(line_ends::ended);
            let ended = ended.as_ref().map(AsRef::as_ref);
            merge_lines(ended, dialect, budget).with_last_line_of(texts)
        }
    };
    // One line of a text that is not prose may be code: there, edits that merely do not touch may still contradict each
    // other, and merge only when one side did everything that the other did.
    if merged.conflicts().count() > CONFLICTS_MAX {
        budget.set_coarse();
        return TextMerge::conflict(texts);
    }
    let is_line = dialect == Dialect::Plain && texts.each().iter().any(|text| !text.contains('\n'));
    match merged.merged() {
        Some(text) if is_line && text != ours && text != theirs => TextMerge::conflict(texts),
        // Everything in one line is one place.
        None if is_line => TextMerge::conflict(texts),
        _ => merged,
    }
}

/// Merges in place, or by what moved where that explains more.
fn merge_lines(texts: Sides<&str>, dialect: Dialect, budget: &Budget) -> TextMerge {
    let merged = weave(texts, dialect, budget);
    let by_lines = merged.merged();
    moves::merge_moved(texts, dialect, by_lines.as_deref(), budget).unwrap_or(merged)
}
