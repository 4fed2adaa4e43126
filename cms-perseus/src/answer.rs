//! What the calls return, as values, and how the bundle writes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    crossing::{Segment, pointer},
    fault::Violation,
};

/// A document that Perseus's parser accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The document in today's form: old widgets migrated, and without what the parser doesn't know.
    pub migrated: Value,
    /// What the linter would change; at most 200.
    pub findings: Vec<Finding>,
}

/// A document without its answers, and the parts taken out of it that are given one by one.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The document in today's form without answers; an item's hints are empty placeholders.
    pub answerless: Value,
    /// An item's hints in today's form, each a renderer; none for an article.
    pub hints: Vec<Value>,
}

/// A document without its answers, and whether its questions can be solved and its formulas set.
#[derive(Debug, Clone, PartialEq)]
pub struct Examined {
    /// What keeps learners from getting it right, lets them get it right without knowing anything, or is shown as raw
    /// TeX; at most 200.
    pub findings: Vec<Finding>,
    /// The result of [`crate::Engine::withhold`].
    pub withheld: Split,
}

/// Everything that publishing a document needs, from one parse.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// What the linter objects to; at most 200.
    pub findings: Vec<Finding>,
    /// The result of [`crate::Engine::withhold`].
    pub withheld: Split,
}

/// Something that could be better: what the linter would change, or a question that can't be solved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule, such as the linter's `image-alt-text` or our `never-right`.
    pub rule: String,
    /// How much the finding matters.
    pub severity: Severity,
    /// What is wrong, in words; the linter's own words if the linter found it.
    pub message: String,
    /// The widget or the text, as an RFC 6901 pointer from the root of the migrated document.
    pub pointer: String,
    /// Where in that text, if the linter said so and the place is unambiguous.
    pub span: Option<Span>,
}

/// How much a finding matters, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No learner can ever get it right.
    Impossible,
    /// Learners are hindered.
    Error,
    /// Some learners are hindered, or likely so.
    Warning,
    /// A matter of style.
    Guideline,
}

/// A stretch of a text, in UTF-16 code units from its beginning, as browsers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first code unit.
    pub start: u32,
    /// The code unit after the last.
    pub end: u32,
}

/// Perseus's score of an item or of one widget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Score {
    /// An answer, which is right when all points are earned.
    Points {
        /// Points earned.
        earned: f64,
        /// Points that can be earned; 0 when nothing is scored.
        total: f64,
        /// What to tell the learner, such as an answer's own message.
        message: Option<String>,
    },
    /// No answer yet: something is empty or can't be read.
    Invalid {
        /// What to tell the learner, often a code such as `EXTRA_SYMBOLS_ERROR`.
        message: Option<String>,
    },
}

/// The score of an item, with its widgets' scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// The item's score.
    #[serde(flatten)]
    pub score: Score,
    /// By the widgets' names; only the invalid ones when the item's score is invalid.
    #[serde(rename = "widgetScores")]
    pub widgets: BTreeMap<String, Score>,
}

/// What the bundle returns: its result, or that Perseus's parser refused the document.
#[derive(Debug, Deserialize)]
pub(crate) enum Answer<T> {
    #[serde(rename = "done")]
    Done(T),
    #[serde(rename = "refused")]
    Refused(Vec<ToldViolation>),
}

/// Everything that a call can request about a document.
#[derive(Debug, Deserialize)]
pub(crate) struct ToldDocument {
    pub(crate) migrated: Option<Value>,
    pub(crate) findings: Option<Vec<ToldFinding>>,
    pub(crate) examined: Option<Vec<ToldFinding>>,
    pub(crate) split: Option<ToldSplit>,
    pub(crate) withheld: Option<ToldSplit>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ToldSplit {
    document: Value,
    hints: Vec<Value>,
}

/// The result for a learner's input, which the parser may refuse as well.
#[derive(Debug, Deserialize)]
pub(crate) struct WithInput<T> {
    #[serde(default = "no_part")]
    pub(crate) input: Option<Answer<T>>,
}

/// Written out, because serde would require the answer to have a default as well.
fn no_part<T>() -> Option<Answer<T>> {
    None
}

#[derive(Debug, Deserialize)]
pub(crate) struct ToldHints {
    pub(crate) hints: Option<Vec<Value>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ToldModern {
    pub(crate) item: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ToldViolation {
    path: Vec<Segment>,
    reason: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ToldFinding {
    rule: String,
    severity: Severity,
    message: String,
    path: Vec<Segment>,
    span: Option<Span>,
}

impl From<ToldSplit> for Split {
    fn from(ToldSplit { document, hints }: ToldSplit) -> Self {
        Self { answerless: document, hints }
    }
}

impl From<ToldViolation> for Violation {
    fn from(ToldViolation { path, reason }: ToldViolation) -> Self {
        // Perseus writes a widget's name as if it were something below the widget.
        let place = path.split(|segment| segment.is("(widget ID)")).next().unwrap_or_default();
        Self { pointer: pointer(place), message: reason }
    }
}

impl From<ToldFinding> for Finding {
    fn from(told: ToldFinding) -> Self {
        let ToldFinding { rule, severity, message, path, span } = told;
        Self { rule, severity, message, pointer: pointer(&path), span }
    }
}
