//! Perseus as the engine that the shipped kinds name: exercises' items and articles' sections.
//!
//! Invariants:
//! 1. A process has one pool of contexts, whatever the number of stores that it opens.
//! 2. Results for an element are remembered by its bytes: a commit, its plan and its publish ask for the same results,
//!    and when an exercise is saved repeatedly, only the changed item is examined.

use std::sync::{Arc, LazyLock};

use cms_core::schema::{
    ContentEngine, ContentEngines, ContentFault, Finding, Severity, Violation, ViolationCode,
    Withheld,
};
use cms_perseus::{Engine, Examined, Fault, Form, Limits, Split};
use quick_cache::{Weighter, sync::Cache};
use serde_json::{Value, json};

/// The name by which kinds refer to it.
const NAME: &str = "perseus";
/// The form of an exercise's question with hints and tools.
const ITEM: &str = "item";
/// The form of a part of an article.
const SECTION: &str = "section";
const FORMS: [&str; 2] = [ITEM, SECTION];

/// Memory for remembered results, in bytes.
const REMEMBERED_BYTES_MAX: u64 = 32 << 20;
/// About how many elements are remembered.
const REMEMBERED_COUNT: usize = 4096;

/// The engines of this program.
pub fn content_engines() -> ContentEngines {
    static ENGINES: LazyLock<ContentEngines> =
        LazyLock::new(|| content_engines_within(Limits::default()));
    ENGINES.clone()
}

/// Engines with contexts of their own, whose calls stay within limits.
pub fn content_engines_within(limits: Limits) -> ContentEngines {
    let perseus: Arc<dyn ContentEngine> = Arc::new(Perseus::new(limits));
    ContentEngines::of([(NAME, perseus)])
}

struct Perseus {
    engine: Engine,
    splits: Remembered<Split>,
    examined: Remembered<Vec<cms_perseus::Finding>>,
    findings: Remembered<Vec<cms_perseus::Finding>>,
}

/// The results for elements, by form and bytes.
struct Remembered<T>(Cache<blake3::Hash, Known<T>, ByWeight>);

/// The result for an element, and about how many bytes it takes.
struct Known<T> {
    made: Arc<Result<T, Fault>>,
    size_bytes: u64,
}

impl<T> Clone for Known<T> {
    fn clone(&self) -> Self {
        Self { made: Arc::clone(&self.made), size_bytes: self.size_bytes }
    }
}

#[derive(Clone)]
struct ByWeight;

impl<T> Weighter<blake3::Hash, Known<T>> for ByWeight {
    fn weight(&self, _: &blake3::Hash, known: &Known<T>) -> u64 {
        known.size_bytes
    }
}

/// An element's form and bytes, and the name made of both.
struct Named {
    id: blake3::Hash,
    text_bytes: u64,
}

impl Named {
    fn of(form: &str, element: &Value) -> Self {
        let text = element.to_string();
        let mut hasher = blake3::Hasher::new();
        hasher.update(form.as_bytes()).update(&[0]).update(text.as_bytes());
        Self { id: hasher.finalize(), text_bytes: text.len() as u64 }
    }
}

impl<T> Remembered<T> {
    fn new() -> Self {
        Self(Cache::with_weighter(REMEMBERED_COUNT, REMEMBERED_BYTES_MAX, ByWeight))
    }

    fn get(&self, named: &Named) -> Option<Arc<Result<T, Fault>>> {
        self.0.get(&named.id).map(|known| known.made)
    }

    fn keep(&self, named: &Named, made: Result<T, Fault>) -> Arc<Result<T, Fault>> {
        let made = Arc::new(made);
        if !matches!(*made, Err(Fault::Busy { .. } | Fault::OutOfTime { .. })) {
            // The values of a parsed text take several times the memory of the text.
            let size_bytes = 1024 + 8 * named.text_bytes;
            self.0.insert(named.id, Known { made: Arc::clone(&made), size_bytes });
        }
        made
    }
}

impl Perseus {
    fn new(limits: Limits) -> Self {
        Self {
            engine: Engine::new(limits),
            splits: Remembered::new(),
            examined: Remembered::new(),
            findings: Remembered::new(),
        }
    }

    /// An element without its answers, and the element's hints.
    fn split(&self, form: &str, element: &Value) -> Arc<Result<Split, Fault>> {
        let named = Named::of(form, element);
        let known = self.splits.get(&named);
        known.unwrap_or_else(|| {
            self.splits.keep(&named, self.engine.withhold(perseus_form(form), element))
        })
    }

    /// Whether an element can be answered. Callers will also want it without its answers, which costs little more.
    fn examined(
        &self,
        form: &str,
        element: &Value,
    ) -> Arc<Result<Vec<cms_perseus::Finding>, Fault>> {
        let named = Named::of(form, element);
        if let Some(known) = self.examined.get(&named) {
            return known;
        }
        match self.engine.examine(perseus_form(form), element) {
            Ok(Examined { findings, withheld }) => {
                self.splits.keep(&named, Ok(withheld));
                self.examined.keep(&named, Ok(findings))
            }
            Err(fault) => self.examined.keep(&named, Err(fault)),
        }
    }

    /// Why an item on which Perseus threw an error can't be scored: the fault is its author's, or that of the person
    /// who answered it.
    fn unscored(&self, form: &str, element: &Value, message: &str) -> ContentFault {
        let examined = self.examined(form, element);
        let found = examined.as_ref().as_ref().ok().into_iter().flatten();
        let mut impossible =
            found.filter(|finding| finding.severity == cms_perseus::Severity::Impossible);
        if let Some(finding) = impossible.next() {
            return ContentFault::Failed(format!(
                "the item can't be answered: {}",
                finding.message
            ));
        }
        // Perseus's scorers throw when an input does not have the form that they expect.
        ContentFault::Input(vec![Violation {
            pointer: String::new(),
            code: ViolationCode::BadContent,
            message: format!("Perseus can't score this input: {message}"),
        }])
    }
}

fn perseus_form(form: &str) -> Form {
    if form == ITEM { Form::Item } else { Form::Article }
}

/// A section as the question of an item, for what Perseus does only with items.
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

    fn asks(&self, form: &str) -> bool {
        form == ITEM
    }

    fn examine(&self, form: &str, element: &Value) -> Result<Vec<Finding>, ContentFault> {
        let examined = self.examined(form, element);
        Ok(examined.as_ref().as_ref().map_err(fault)?.iter().map(finding).collect())
    }

    fn findings(&self, form: &str, element: &Value) -> Result<Vec<Finding>, ContentFault> {
        let named = Named::of(form, element);
        let found = self.findings.get(&named).unwrap_or_else(|| {
            self.findings.keep(&named, self.engine.findings(perseus_form(form), element))
        });
        Ok(found.as_ref().as_ref().map_err(fault)?.iter().map(finding).collect())
    }

    fn migrate(&self, form: &str, element: &Value) -> Result<Value, ContentFault> {
        self.engine.migrate(perseus_form(form), element).map_err(|error| fault(&error))
    }

    fn modern(&self, form: &str, element: &Value) -> Result<Option<Value>, ContentFault> {
        let area = element.pointer("/answerArea/type").and_then(Value::as_str);
        if form != ITEM || area.is_none_or(str::is_empty) {
            return Ok(None);
        }
        self.engine.with_answer_area(element).map_err(|error| fault(&error))
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

    fn hints(
        &self,
        form: &str,
        element: &Value,
        part: Option<&str>,
    ) -> Result<Vec<Value>, ContentFault> {
        if let Some(part) = part {
            let hints = self.engine.hints_of_part(&as_item(form, element), part);
            return hints.map_err(|error| fault(&error));
        }
        let split = self.split(form, element);
        Ok(split.as_ref().as_ref().map_err(fault)?.hints.clone())
    }

    fn coupled(&self, _: &str, element: &Value) -> Vec<Vec<String>> {
        cms_perseus::coupled(element)
    }

    fn score(
        &self,
        form: &str,
        element: &Value,
        part: Option<&str>,
        input: &Value,
        locale: &str,
    ) -> Result<Value, ContentFault> {
        let scored = self.engine.score(&as_item(form, element), part, input, locale);
        let scored = scored.map_err(|error| match error {
            Fault::Threw { message } => self.unscored(form, element, &message),
            error => fault(&error),
        })?;
        Ok(json!({ "score": scored.score, "widgets": scored.widgets }))
    }
}

fn finding(found: &cms_perseus::Finding) -> Finding {
    Finding {
        pointer: found.pointer.clone(),
        rule: found.rule.clone(),
        severity: match found.severity {
            cms_perseus::Severity::Impossible => Severity::Impossible,
            cms_perseus::Severity::Error => Severity::Error,
            cms_perseus::Severity::Warning => Severity::Warning,
            cms_perseus::Severity::Guideline => Severity::Guideline,
        },
        message: found.message.clone(),
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
        Fault::NoPart => ContentFault::NoPart,
        Fault::Busy { .. } => ContentFault::Busy(fault.to_string()),
        Fault::TooLarge { .. }
        | Fault::TooDeep { .. }
        | Fault::OutOfTime { .. }
        | Fault::OutOfMemory { .. }
        | Fault::OutOfStack { .. }
        | Fault::Threw { .. } => ContentFault::Failed(fault.to_string()),
    }
}
