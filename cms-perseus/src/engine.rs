//! The calls: documents and inputs as JSON values in, values out.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    answer::{
        Answer, Checked, Examined, Finding, Prepared, Scored, Split, ToldDocument, ToldFinding,
        ToldHints, ToldModern, ToldViolation, WithInput,
    },
    crossing::{self, DOCUMENT_BYTES_MAX, INPUT_BYTES_MAX},
    fault::{Fault, Violation},
    pool::{Limits, Pool},
};

/// The forms of documents that Perseus knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An exercise's question with widgets, hints and tools: `{question, hints, answerArea}`.
    Item,
    /// A section `{content, widgets, images}`, or a list of them.
    Article,
}

/// Perseus, callable from any thread.
///
/// Contexts are made when first needed, in some 50 ms each. Every call blocks for at most a few multiples of
/// [`Limits::time`].
#[derive(Debug)]
pub struct Engine {
    pool: Pool,
}

/// What a call requests about a document, as the bundle reads it.
struct Wants(&'static str);

const FINDINGS: Wants = Wants(r#"{"migrated":true,"findings":true}"#);
const MIGRATED: Wants = Wants(r#"{"migrated":true}"#);
const SPLIT: Wants = Wants(r#"{"split":true}"#);
const ALL_FINDINGS: Wants = Wants(r#"{"findings":true,"examined":true}"#);
const EXAMINED: Wants = Wants(r#"{"examined":true,"withheld":true}"#);
const WITHHELD: Wants = Wants(r#"{"withheld":true}"#);
const PREPARED: Wants = Wants(r#"{"findings":true,"withheld":true}"#);

impl Engine {
    /// An engine whose calls stay within limits.
    pub fn new(limits: Limits) -> Self {
        Self { pool: Pool::new(limits) }
    }

    /// Parses, migrates and lints a document.
    ///
    /// # Errors
    /// [`Fault::Refused`] with every violation that the parser reports, and the other faults.
    pub fn check(&self, form: Form, document: &Value) -> Result<Checked, Fault> {
        let told = self.ask(form, document, &FINDINGS)?;
        Ok(Checked { migrated: given(told.migrated)?, findings: findings(given(told.findings)?) })
    }

    /// A document in today's form.
    ///
    /// # Errors
    /// Like [`Engine::check`].
    pub fn migrate(&self, form: Form, document: &Value) -> Result<Value, Fault> {
        given(self.ask(form, document, &MIGRATED)?.migrated)
    }

    /// An item of 2014 or before with its answer area as a part of its question, as every other call reads it; `None`
    /// when it has no such area.
    ///
    /// # Errors
    /// Like [`Engine::check`].
    pub fn with_answer_area(&self, item: &Value) -> Result<Option<Value>, Fault> {
        let told: ToldModern = self.call("modern", vec![document_text(item)?])?;
        Ok(told.item)
    }

    /// The result of Perseus's own split of a document: each widget without what Perseus considers its answer.
    ///
    /// It reveals more than [`Engine::withhold`]: for example, it leaves graded groups and unknown widgets whole.
    ///
    /// # Errors
    /// Like [`Engine::check`].
    pub fn split(&self, form: Form, document: &Value) -> Result<Split, Fault> {
        Ok(given(self.ask(form, document, &SPLIT)?.split)?.into())
    }

    /// A document as learners who must not know the answers may have it, and its hints separately.
    ///
    /// This is Perseus's split, with what that leaves in taken out as well. Static widgets stay whole: they are
    /// pictures.
    ///
    /// # Errors
    /// Like [`Engine::check`].
    pub fn withhold(&self, form: Form, document: &Value) -> Result<Split, Fault> {
        Ok(given(self.ask(form, document, &WITHHELD)?.withheld)?.into())
    }

    /// Everything that could be better about a document, the most serious first: whether it can be solved, which
    /// formulas can't be set, and what the linter would change.
    ///
    /// # Errors
    /// Like [`Engine::check`].
    pub fn findings(&self, form: Form, document: &Value) -> Result<Vec<Finding>, Fault> {
        let told = self.ask(form, document, &ALL_FINDINGS)?;
        let mut all = findings(given(told.examined)?);
        all.extend(findings(given(told.findings)?));
        all.sort_by_key(|finding| finding.severity);
        Ok(all)
    }

    /// Withholds a document's answers, works out whether its questions can be solved and sets its formulas, all from
    /// one parse.
    ///
    /// # Errors
    /// Like [`Engine::check`].
    pub fn examine(&self, form: Form, document: &Value) -> Result<Examined, Fault> {
        let told = self.ask(form, document, &EXAMINED)?;
        Ok(Examined {
            findings: findings(given(told.examined)?),
            withheld: given(told.withheld)?.into(),
        })
    }

    /// Lints a document and withholds its answers, both from one parse.
    ///
    /// # Errors
    /// Like [`Engine::check`].
    pub fn prepare(&self, form: Form, document: &Value) -> Result<Prepared, Fault> {
        let told = self.ask(form, document, &PREPARED)?;
        Ok(Prepared {
            findings: findings(given(told.findings)?),
            withheld: given(told.withheld)?.into(),
        })
    }

    /// Scores what a learner entered, by widget, into an item with its answers, or into a graded group of it.
    ///
    /// The locale (`de`, `pt-BR`) says how numbers are written. A widget without input counts as one left empty. A part
    /// is the path to a graded group by names of widgets: `graded-group 1`, `graded-group-set 1/0`, `group
    /// 1/graded-group 2`. Frames of other sites never count, whatever they report, and neither do placeholders of
    /// widgets that no longer exist.
    ///
    /// # Errors
    /// [`Fault::RefusedInput`] when an input is not of its widget's form, [`Fault::NoPart`] when the item has no such
    /// part, and as [`Engine::check`].
    pub fn score(
        &self,
        item: &Value,
        part: Option<&str>,
        input: &Value,
        locale: &str,
    ) -> Result<Scored, Fault> {
        let part = part.unwrap_or_default();
        self.with_input("score", item, input, vec![locale.to_owned(), part.to_owned()])
    }

    /// The names of the widgets that still need an answer.
    ///
    /// # Errors
    /// Like [`Engine::score`].
    pub fn empty_widgets(
        &self,
        item: &Value,
        input: &Value,
        locale: &str,
    ) -> Result<Vec<String>, Fault> {
        self.with_input("empty", item, input, vec![locale.to_owned()])
    }

    /// The hints of a graded group within an item, in today's form: one, or none. Parts are named as for
    /// [`Engine::score`].
    ///
    /// # Errors
    /// [`Fault::NoPart`] when there is no such group, and as [`Engine::check`].
    pub fn hints_of_part(&self, item: &Value, part: &str) -> Result<Vec<Value>, Fault> {
        let told: ToldHints = self.call("hints", vec![document_text(item)?, part.to_owned()])?;
        told.hints.ok_or(Fault::NoPart)
    }

    fn ask(&self, form: Form, document: &Value, wants: &Wants) -> Result<ToldDocument, Fault> {
        let form = match form {
            Form::Item => "item",
            Form::Article => "article",
        };
        let texts = vec![form.to_owned(), document_text(document)?, wants.0.to_owned()];
        self.call("document", texts)
    }

    fn with_input<T: DeserializeOwned>(
        &self,
        verb: &'static str,
        item: &Value,
        input: &Value,
        more: Vec<String>,
    ) -> Result<T, Fault> {
        let mut texts = vec![document_text(item)?, crossing::text(input, INPUT_BYTES_MAX)?];
        texts.extend(more);
        let told: WithInput<T> = self.call(verb, texts)?;
        match told.input {
            Some(Answer::Done(done)) => Ok(done),
            Some(Answer::Refused(told)) => Err(Fault::RefusedInput(violations(told))),
            None => Err(Fault::NoPart),
        }
    }

    fn call<T: DeserializeOwned>(
        &self,
        verb: &'static str,
        texts: Vec<String>,
    ) -> Result<T, Fault> {
        match crossing::answer(&self.pool.call(verb, texts)?)? {
            Answer::Done(done) => Ok(done),
            Answer::Refused(told) => Err(Fault::Refused(violations(told))),
        }
    }
}

fn document_text(document: &Value) -> Result<String, Fault> {
    crossing::text(document, DOCUMENT_BYTES_MAX)
}

fn violations(told: Vec<ToldViolation>) -> Vec<Violation> {
    told.into_iter().map(Violation::from).collect()
}

fn findings(told: Vec<ToldFinding>) -> Vec<Finding> {
    told.into_iter().map(Finding::from).collect()
}

/// Takes from an answer the part that the call requested.
fn given<T>(told: Option<T>) -> Result<T, Fault> {
    told.ok_or_else(|| Fault::Threw { message: "the answer lacks what was asked for".to_owned() })
}
