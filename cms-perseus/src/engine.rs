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

/// What a document is to Perseus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An exercise's question with widgets, hints and tools: `{question, hints, answerArea}`.
    Item,
    /// A section `{content, widgets, images}`, or a list of them.
    Article,
}

/// Perseus, ready to be called from any thread.
///
/// Contexts are made when first needed, in some 50 ms each. Every call blocks for at most some multiples of
/// [`Limits::time`].
#[derive(Debug)]
pub struct Engine {
    pool: Pool,
}

/// What is asked of a document, as the bundle reads it.
struct Wants(&'static str);

const FINDINGS: Wants = Wants(r#"{"migrated":true,"findings":true}"#);
const MIGRATED: Wants = Wants(r#"{"migrated":true}"#);
const SPLIT: Wants = Wants(r#"{"split":true}"#);
const ALL_FINDINGS: Wants = Wants(r#"{"findings":true,"examined":true}"#);
const EXAMINED: Wants = Wants(r#"{"examined":true,"withheld":true}"#);
const WITHHELD: Wants = Wants(r#"{"withheld":true}"#);
const PREPARED: Wants = Wants(r#"{"findings":true,"withheld":true}"#);

impl Engine {
    /// An engine whose calls keep within limits.
    pub fn new(limits: Limits) -> Self {
        Self { pool: Pool::new(limits) }
    }

    /// Parses, migrates and lints a document.
    ///
    /// # Errors
    /// [`Fault::Refused`] with every violation that the parser tells of, and the other faults.
    pub fn check(&self, form: Form, document: &Value) -> Result<Checked, Fault> {
        let told = self.ask(form, document, &FINDINGS)?;
        Ok(Checked { migrated: given(told.migrated)?, findings: findings(given(told.findings)?) })
    }

    /// A document in today's form.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn migrate(&self, form: Form, document: &Value) -> Result<Value, Fault> {
        given(self.ask(form, document, &MIGRATED)?.migrated)
    }

    /// An item of 2014 or before with its answer area as a part of its question, as every other call reads it; `None` where it
    /// has no such area.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn with_answer_area(&self, item: &Value) -> Result<Option<Value>, Fault> {
        let told: ToldModern = self.call("modern", vec![document_text(item)?])?;
        Ok(told.item)
    }

    /// What Perseus's own split makes of a document: each widget without what Perseus holds to be its answer.
    ///
    /// It tells more than [`Engine::withhold`]: it leaves graded groups and unknown widgets whole, for one.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn split(&self, form: Form, document: &Value) -> Result<Split, Fault> {
        Ok(given(self.ask(form, document, &SPLIT)?.split)?.into())
    }

    /// A document as learners may have it who are not to know the answers, its hints beside it.
    ///
    /// Perseus's split, and what that leaves in taken out as well. Static widgets stay whole: they are pictures.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn withhold(&self, form: Form, document: &Value) -> Result<Split, Fault> {
        Ok(given(self.ask(form, document, &WITHHELD)?.withheld)?.into())
    }

    /// All that could be better about a document, the gravest first: whether it can be solved, which formulas can't be
    /// set, and what the linter would have otherwise.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn findings(&self, form: Form, document: &Value) -> Result<Vec<Finding>, Fault> {
        let told = self.ask(form, document, &ALL_FINDINGS)?;
        let mut all = findings(given(told.examined)?);
        all.extend(findings(given(told.findings)?));
        all.sort_by_key(|finding| finding.severity);
        Ok(all)
    }

    /// Withholds a document's answers, works out whether its questions can be solved and sets its formulas, which parses it
    /// once.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn examine(&self, form: Form, document: &Value) -> Result<Examined, Fault> {
        let told = self.ask(form, document, &EXAMINED)?;
        Ok(Examined {
            findings: findings(given(told.examined)?),
            withheld: given(told.withheld)?.into(),
        })
    }

    /// Lints a document and withholds its answers, which parses it once.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn prepare(&self, form: Form, document: &Value) -> Result<Prepared, Fault> {
        let told = self.ask(form, document, &PREPARED)?;
        Ok(Prepared {
            findings: findings(given(told.findings)?),
            withheld: given(told.withheld)?.into(),
        })
    }

    /// Scores what a learner entered, by widget, into an item with its answers, or into a graded group of it.
    ///
    /// The locale (`de`, `pt-BR`) says how numbers are written. A widget without input counts as one left empty. A part is
    /// the way to a graded group by names of widgets: `graded-group 1`, `graded-group-set 1/0`, `group 1/graded-group 2`.
    /// Frames of other sites count for nothing, whatever they say, and so does what stands for a widget that is no more.
    ///
    /// # Errors
    /// [`Fault::RefusedInput`] where an input is not of its widget's form, [`Fault::NoPart`] where the item has no such
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

    /// The names of the widgets that still want an answer.
    ///
    /// # Errors
    /// As [`Engine::score`].
    pub fn empty_widgets(
        &self,
        item: &Value,
        input: &Value,
        locale: &str,
    ) -> Result<Vec<String>, Fault> {
        self.with_input("empty", item, input, vec![locale.to_owned()])
    }

    /// The hints of a graded group within an item, in today's form: one, or none. Parts are named as for [`Engine::score`].
    ///
    /// # Errors
    /// [`Fault::NoPart`] where there is no such group, and as [`Engine::check`].
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

/// What was asked for is in the answer.
fn given<T>(told: Option<T>) -> Result<T, Fault> {
    told.ok_or_else(|| Fault::Threw { message: "the answer lacks what was asked for".to_owned() })
}
