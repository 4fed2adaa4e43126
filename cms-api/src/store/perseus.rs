//! Perseus as the engine that the shipped kinds name: exercises' items and articles' sections.
//!
//! Invariants:
//! 1. A process has one pool of contexts, however many stores it opens.
//! 2. What was made of an element is remembered by its bytes: a commit, its plan and its publish ask for the same.

use std::sync::{Arc, LazyLock};

use cms_core::schema::{
    ContentEngine, ContentEngines, ContentFault, Finding, Severity, Violation, ViolationCode,
    Withheld,
};
use cms_perseus::{Engine, Fault, Form, Limits, Split};
use quick_cache::{Weighter, sync::Cache};
use serde_json::{Value, json};

/// The name under which kinds ask for it.
const NAME: &str = "perseus";
/// An exercise's question with hints and tools.
const ITEM: &str = "item";
/// A part of an article.
const SECTION: &str = "section";
const FORMS: [&str; 2] = [ITEM, SECTION];

/// Memory for what is remembered, in bytes.
const REMEMBERED_BYTES_MAX: u64 = 32 << 20;
/// Elements that are remembered, about.
const REMEMBERED_COUNT: usize = 4096;

/// The engines of this program.
pub fn content_engines() -> ContentEngines {
    static ENGINES: LazyLock<ContentEngines> =
        LazyLock::new(|| content_engines_within(Limits::default()));
    ENGINES.clone()
}

/// Engines with contexts of their own, whose calls keep within limits.
pub fn content_engines_within(limits: Limits) -> ContentEngines {
    let perseus: Arc<dyn ContentEngine> = Arc::new(Perseus::new(limits));
    ContentEngines::of([(NAME, perseus)])
}

struct Perseus {
    engine: Engine,
    known: Cache<blake3::Hash, Known, ByWeight>,
}

/// What was made of an element, and about how many bytes of it there are.
#[derive(Clone)]
struct Known {
    split: Arc<Result<Split, Fault>>,
    size_bytes: u64,
}

#[derive(Clone)]
struct ByWeight;

impl Weighter<blake3::Hash, Known> for ByWeight {
    fn weight(&self, _: &blake3::Hash, known: &Known) -> u64 {
        known.size_bytes
    }
}

impl Perseus {
    fn new(limits: Limits) -> Self {
        let known = Cache::with_weighter(REMEMBERED_COUNT, REMEMBERED_BYTES_MAX, ByWeight);
        Self { engine: Engine::new(limits), known }
    }

    /// An element without its answers, and its hints.
    fn split(&self, form: &str, element: &Value) -> Arc<Result<Split, Fault>> {
        let text = element.to_string();
        let mut hasher = blake3::Hasher::new();
        hasher.update(form.as_bytes()).update(&[0]).update(text.as_bytes());
        let id = hasher.finalize();
        if let Some(known) = self.known.get(&id) {
            return known.split;
        }
        let split = Arc::new(self.engine.withhold(perseus_form(form), element));
        if !matches!(*split, Err(Fault::Busy { .. } | Fault::OutOfTime { .. })) {
            // The values of a parsed text take some times the room of the text.
            let size_bytes = 1024 + 8 * text.len() as u64;
            self.known.insert(id, Known { split: Arc::clone(&split), size_bytes });
        }
        split
    }
}

fn perseus_form(form: &str) -> Form {
    if form == ITEM { Form::Item } else { Form::Article }
}

/// A section as the question of an item, for what Perseus does with items only.
fn as_item(form: &str, element: &Value) -> Value {
    match form {
        SECTION => json!({ "question": element, "hints": [], "answerArea": {} }),
        _ => element.clone(),
    }
}

impl ContentEngine for Perseus {
    fn identity(&self) -> &str {
        cms_perseus::identity()
    }

    fn forms(&self) -> &[&str] {
        &FORMS
    }

    fn check(&self, form: &str, element: &Value) -> Result<(), ContentFault> {
        self.split(form, element).as_ref().as_ref().map(drop).map_err(fault)
    }

    fn findings(&self, form: &str, element: &Value) -> Result<Vec<Finding>, ContentFault> {
        let checked =
            self.engine.check(perseus_form(form), element).map_err(|error| fault(&error))?;
        Ok(checked.findings.into_iter().map(finding).collect())
    }

    fn migrate(&self, form: &str, element: &Value) -> Result<Value, ContentFault> {
        self.engine.migrate(perseus_form(form), element).map_err(|error| fault(&error))
    }

    fn withhold(&self, form: &str, element: &Value) -> Result<Withheld, ContentFault> {
        let split = self.split(form, element);
        let Split { answerless, .. } = split.as_ref().as_ref().map_err(fault)?;
        let is_keyed = match form {
            ITEM => true,
            _ => {
                let has_widgets =
                    |widgets: &Value| widgets.as_object().is_some_and(|all| !all.is_empty());
                element.get("widgets").is_some_and(has_widgets)
                    && self.migrate(form, element)? != *answerless
            }
        };
        Ok(Withheld { element: answerless.clone(), is_keyed })
    }

    fn hints(&self, form: &str, element: &Value) -> Result<Vec<Value>, ContentFault> {
        let split = self.split(form, element);
        Ok(split.as_ref().as_ref().map_err(fault)?.hints.clone())
    }

    fn score(
        &self,
        form: &str,
        element: &Value,
        input: &Value,
        locale: &str,
    ) -> Result<Value, ContentFault> {
        let scored = self.engine.score(&as_item(form, element), input, locale);
        let scored = scored.map_err(|error| match error {
            // Perseus's scorers throw where an input is not of the form that they trust it to have.
            Fault::Threw { message } => ContentFault::Input(vec![Violation {
                pointer: String::new(),
                code: ViolationCode::BadContent,
                message: format!("Perseus can't score this input: {message}"),
            }]),
            error => fault(&error),
        })?;
        Ok(json!({ "score": scored.score, "widgets": scored.widgets }))
    }
}

fn finding(found: cms_perseus::Finding) -> Finding {
    Finding {
        pointer: found.pointer,
        rule: found.rule,
        severity: match found.severity {
            cms_perseus::Severity::Error => Severity::Error,
            cms_perseus::Severity::Warning => Severity::Warning,
            cms_perseus::Severity::Guideline => Severity::Guideline,
        },
        message: found.message,
        span: found.span.map(|span| (span.start, span.end)),
    }
}

fn fault(fault: &Fault) -> ContentFault {
    let violations = |found: &[cms_perseus::Violation]| {
        let each = found.iter().map(|found| Violation {
            pointer: found.pointer.clone(),
            code: ViolationCode::BadContent,
            message: found.message.clone(),
        });
        each.collect()
    };
    match fault {
        Fault::Refused(found) => ContentFault::Refused(violations(found)),
        Fault::RefusedInput(found) => ContentFault::Input(violations(found)),
        Fault::Busy { .. } => ContentFault::Busy(fault.to_string()),
        Fault::TooLarge { .. }
        | Fault::TooDeep { .. }
        | Fault::OutOfTime { .. }
        | Fault::OutOfMemory { .. }
        | Fault::OutOfStack { .. }
        | Fault::Threw { .. } => ContentFault::Failed(fault.to_string()),
    }
}
