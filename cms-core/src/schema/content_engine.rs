//! Content that a program of its own understands: an exercise's item in Perseus's form, for example.
//!
//! A kind names the engine of the elements of an array (`x-engine`); the program that opens a repository provides the
//! engines. The core asks them what it can't know itself: whether an element is valid at all, what of it a learner who
//! must not know the answers may see, what an answer is worth.
//!
//! Invariants:
//! 1. The core knows no engine by name. A kind that names an engine that does not exist is judged invalid, and nothing
//!    of it is delivered: without its engine nobody knows where the answers are.
//! 2. An engine is a function of its arguments and its [`ContentEngine::identity`].

#[cfg(any(test, feature = "conformance"))]
mod unjudged;

use crate::model::pointer;
use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::Serialize;
use serde_json::Value;

use super::{KindSchema, Violation, ViolationCode, violation};

/// What understands the elements of one form of content. All methods may block for a bounded time.
pub trait ContentEngine: Send + Sync + 'static {
    /// What its results depend on besides their arguments: names and versions, for people and programs.
    fn identity(&self) -> &str;

    /// The forms that it knows, such as `item`.
    fn forms(&self) -> &[&str];

    /// Checks that an element is of a form.
    ///
    /// # Errors
    /// [`ContentFault`] with all that is wrong; pointers are from the element.
    fn check(&self, form: &str, element: &Value) -> Result<(), ContentFault>;

    /// Whether elements of a form ask something that learners answer.
    fn asks(&self, form: &str) -> bool;

    /// Checks whether an element that is of its form serves learners. Finds what keeps them from getting it right, lets
    /// them get it right without knowing anything, or is shown in a way that nobody intended. This is a part of
    /// [`ContentEngine::findings`], and cheap.
    ///
    /// # Errors
    /// Like [`ContentEngine::check`].
    fn examine(&self, form: &str, element: &Value) -> Result<Vec<Finding>, ContentFault>;

    /// Everything that could be better about an element that is of its form, the most serious first.
    ///
    /// # Errors
    /// Like [`ContentEngine::check`].
    fn findings(&self, form: &str, element: &Value) -> Result<Vec<Finding>, ContentFault>;

    /// An element in today's form; one that is in it already stays as it is.
    ///
    /// # Errors
    /// Like [`ContentEngine::check`].
    fn migrate(&self, form: &str, element: &Value) -> Result<Value, ContentFault>;

    /// An element of an old form in one that its kind describes, so that its texts are translated and edited like
    /// others; `None` when it is in one already.
    ///
    /// # Errors
    /// Like [`ContentEngine::check`].
    fn modern(&self, form: &str, element: &Value) -> Result<Option<Value>, ContentFault> {
        let _ = (form, element);
        Ok(None)
    }

    /// An element as people who must not know the answers may have it.
    ///
    /// # Errors
    /// Like [`ContentEngine::check`].
    fn withhold(&self, form: &str, element: &Value) -> Result<Withheld, ContentFault>;

    /// The hints of an element, or of a part of it that is answered by itself, in today's form, in the order in which
    /// they are given.
    ///
    /// # Errors
    /// [`ContentFault::NoPart`], and as [`ContentEngine::check`].
    fn hints(
        &self,
        form: &str,
        element: &Value,
        part: Option<&str>,
    ) -> Result<Vec<Value>, ContentFault>;

    /// The texts of an element that stand for one another, because an input is compared with them word for word: groups
    /// of JSON pointers from the element, each of at least two equal texts.
    fn coupled(&self, _form: &str, _element: &Value) -> Vec<Vec<String>> {
        Vec::new()
    }

    /// What an input into an element, or into a part of it that is answered by itself, is worth, in the engine's own
    /// form. The locale says how numbers are written.
    ///
    /// # Errors
    /// [`ContentFault::Input`] when the input is not valid, [`ContentFault::NoPart`], and as [`ContentEngine::check`].
    fn score(
        &self,
        form: &str,
        element: &Value,
        part: Option<&str>,
        input: &Value,
        locale: &str,
    ) -> Result<Value, ContentFault>;
}

/// An element without its answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Withheld {
    /// The element without its answers.
    pub element: Value,
    /// Whether anything was taken out: only then is there something to score or to give hints for.
    pub is_keyed: bool,
}

/// Why an engine could not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentFault {
    /// The element is not of its form: all that is wrong, with pointers from the element.
    #[error("{}", first(.0))]
    Refused(Vec<Violation>),
    /// The input is not of its form: all that is wrong, with pointers from the input.
    #[error("{}", first(.0))]
    Input(Vec<Violation>),
    /// The element has no part with the name that was asked for.
    #[error("it has no such part")]
    NoPart,
    /// The element is too large or too costly, or made the engine fail.
    #[error("{0}")]
    Failed(String),
    /// The engine has no time now; the same call may succeed later.
    #[error("{0}")]
    Busy(String),
}

fn first(violations: &[Violation]) -> String {
    match violations {
        [] => "it is refused".to_owned(),
        [one, ..] => format!("{}: {}", one.pointer, one.message),
    }
}

/// Something that could be better, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The JSON pointer of the text or the part.
    pub pointer: String,
    /// The rule, by the engine's name for it.
    pub rule: String,
    /// How much the finding matters.
    pub severity: Severity,
    /// What could be better, for people.
    pub message: String,
    /// Where in that text, in UTF-16 code units: the start, and the end, which is not included.
    pub span: Option<(u32, u32)>,
}

/// How much a finding matters, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

impl Severity {
    /// The stable word for it in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Impossible => "impossible",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Guideline => "guideline",
        }
    }
}

/// The engines that a program has, by the names that kinds use.
#[derive(Clone, Default)]
pub struct ContentEngines(Arc<BTreeMap<String, Arc<dyn ContentEngine>>>);

impl ContentEngines {
    /// A set of these engines.
    pub fn of(
        engines: impl IntoIterator<Item = (impl Into<String>, Arc<dyn ContentEngine>)>,
    ) -> Self {
        let named = engines.into_iter().map(|(name, engine)| (name.into(), engine));
        Self(Arc::new(named.collect()))
    }

    /// The engine with a name.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn ContentEngine>> {
        self.0.get(name)
    }

    /// Each engine's identity, in the order of their names.
    pub fn identities(&self) -> Vec<String> {
        self.0.values().map(|engine| engine.identity().to_owned()).collect()
    }
}

impl fmt::Debug for ContentEngines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// An array of the document whose elements an engine understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnginePlace {
    /// The property of the document that holds the array.
    pub property: Arc<str>,
    /// The property that tells elements apart.
    pub key: Arc<str>,
    /// The name of the engine that understands them.
    pub engine: Arc<str>,
    /// The form of the elements.
    pub form: Arc<str>,
}

impl KindSchema {
    /// The arrays whose elements an engine understands (`x-engine`).
    pub fn engine_places(&self) -> &[EnginePlace] {
        &self.fields.engine_places
    }

    /// Brings elements of old forms into one that the kind describes; returns their pointers. What an engine refuses
    /// stays as it is, and is reported when it is judged.
    pub fn modernise_elements(
        &self,
        document: &mut Value,
        engines: &ContentEngines,
    ) -> Vec<String> {
        let mut changed = Vec::new();
        for place in self.engine_places() {
            let Ok(engine) = place.engine(engines) else { continue };
            let elements = document.get_mut(&*place.property).and_then(Value::as_array_mut);
            for (position, element) in elements.into_iter().flatten().enumerate() {
                if let Ok(Some(modern)) = engine.modern(&place.form, element) {
                    *element = modern;
                    changed.push(place.pointer(position));
                }
            }
        }
        changed
    }

    /// All that is wrong with a document, by its schema and, if that finds nothing, by its engines.
    pub fn judge(&self, document: &Value, engines: &ContentEngines) -> Vec<Violation> {
        let mut violations = self.validate(document);
        if violations.is_empty() && !self.engine_places().is_empty() {
            for place in self.engine_places() {
                place.check(document, engines, &mut violations);
            }
            violations = violation::sorted(violations);
        }
        violations
    }
}

impl EnginePlace {
    /// The elements of a document at this place, with their positions.
    pub fn elements<'d>(
        &self,
        document: &'d Value,
    ) -> impl Iterator<Item = (usize, &'d Value)> + use<'d> {
        let elements = document.get(&*self.property).and_then(Value::as_array);
        elements.into_iter().flatten().enumerate()
    }

    /// The element under a key.
    pub fn element<'d>(&self, document: &'d Value, key: &str) -> Option<&'d Value> {
        let mut elements = self.elements(document);
        elements.find_map(|(_, element)| (element.get(&*self.key)? == key).then_some(element))
    }

    /// The JSON pointer of an element.
    pub fn pointer(&self, position: usize) -> String {
        pointer::joined(&pointer::joined("", &self.property), &position.to_string())
    }

    /// The engine, or an error when there is none.
    ///
    /// # Errors
    /// [`ContentFault::Failed`] that names the engine.
    pub fn engine<'e>(
        &self,
        engines: &'e ContentEngines,
    ) -> Result<&'e Arc<dyn ContentEngine>, ContentFault> {
        let engine =
            engines.get(&self.engine).filter(|engine| engine.forms().contains(&&*self.form));
        engine.ok_or_else(|| {
            ContentFault::Failed(format!(
                "this program has no engine “{}” that knows the form “{}”",
                self.engine, self.form
            ))
        })
    }

    fn check(&self, document: &Value, engines: &ContentEngines, into: &mut Vec<Violation>) {
        let engine = match self.engine(engines) {
            Ok(engine) => engine,
            Err(fault) => {
                let at = pointer::joined("", &self.property);
                let is_empty = self.elements(document).next().is_none();
                into.extend((!is_empty).then(|| failed(at, &fault)));
                return;
            }
        };
        for (position, element) in self.elements(document) {
            if let Err(fault) = engine.check(&self.form, element) {
                into.extend(self.violations(position, fault));
            }
        }
    }

    /// A fault of one element, as violations of the document.
    pub fn violations(&self, position: usize, fault: ContentFault) -> Vec<Violation> {
        let at = self.pointer(position);
        match fault {
            ContentFault::Refused(found) => found
                .into_iter()
                .map(|found| Violation { pointer: format!("{at}{}", found.pointer), ..found })
                .collect(),
            fault => vec![failed(at, &fault)],
        }
    }

    /// Whether the elements ask something that learners answer.
    pub fn asks(&self, engines: &ContentEngines) -> bool {
        self.engine(engines).is_ok_and(|engine| engine.asks(&self.form))
    }

    /// Brings a document's elements into today's form.
    ///
    /// # Errors
    /// [`ContentFault`] of the first element that can't be converted; those before it are changed then.
    pub fn migrate(
        &self,
        document: &mut Value,
        engines: &ContentEngines,
    ) -> Result<(), ContentFault> {
        let engine = self.engine(engines)?;
        let elements = document.get_mut(&*self.property).and_then(Value::as_array_mut);
        for element in elements.into_iter().flatten() {
            let migrated = engine.migrate(&self.form, element)?;
            *element = self.keyed(migrated, element);
        }
        Ok(())
    }

    /// An element as the engine returned it, under the key that it had.
    pub fn keyed(&self, mut element: Value, before: &Value) -> Value {
        if let (Value::Object(fields), Some(key)) = (&mut element, before.get(&*self.key)) {
            fields.insert(self.key.to_string(), key.clone());
        }
        element
    }
}

fn failed(at: String, fault: &ContentFault) -> Violation {
    let code = match fault {
        ContentFault::Busy(_) => ViolationCode::EngineBusy,
        _ => ViolationCode::NotPlayable,
    };
    Violation::new(at, code, fault.to_string())
}
