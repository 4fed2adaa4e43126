//! JSON Schema's errors in editors' words.
//!
//! A field is called by the `title` that its schema gives it, or by its name if it has none.

use crate::model::pointer;
use jsonschema::{
    ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value;

use crate::schema::{
    nearest::{self, excerpt},
    violation::{VIOLATIONS_MAX, Violation, ViolationCode as Code},
};

/// Deepest nesting of alternatives that is explained.
const ALTERNATIVES_DEPTH_MAX: usize = 8;

/// Most options that a message lists.
const OPTIONS_LISTED_MAX: usize = 12;

/// Says what an error of the validator means, as one violation or several.
pub(super) fn explain(schema: &Value, error: &ValidationError<'_>, into: &mut Vec<Violation>) {
    Wording { schema, depth: 0 }.explain(error, into);
}

/// Whether nearest names are searched for: not for violations that will be cut off anyway.
#[derive(Clone, Copy)]
enum Hints {
    Given,
    Spared,
}

#[derive(Clone, Copy)]
struct Wording<'s> {
    schema: &'s Value,
    depth: usize,
}

impl<'s> Wording<'s> {
    fn explain(self, error: &ValidationError<'_>, into: &mut Vec<Violation>) {
        match error.kind() {
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => {
                for name in unexpected {
                    let hints =
                        if into.len() < VIOLATIONS_MAX { Hints::Given } else { Hints::Spared };
                    into.push(self.unknown(error, name, hints));
                }
            }
            Kind::Required { property } => into.push(self.missing(error, property)),
            Kind::PropertyNames { error: inner } => {
                let name = inner.instance().as_str().unwrap_or_default().to_owned();
                let message = format!("“{}” cannot be the name of a field here", excerpt(&name));
                let at = pointer::joined(error.instance_path().as_str(), &name);
                into.push(Violation::new(at, Code::BadName, message));
            }
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                self.alternatives(error, context, into);
            }
            _ => {
                let (code, what) = self.plain(error);
                let label = self.label(error);
                let at = error.instance_path().as_str();
                into.push(Violation::new(at, code, format!("“{label}” {what}")));
            }
        }
    }

    fn unknown(self, error: &ValidationError<'_>, name: &str, hints: Hints) -> Violation {
        let owner = self.owner(error);
        let known = owner.and_then(|schema| schema.get("properties")?.as_object());
        let instance = error.instance();
        // A field that is already there is not what the unknown one was meant to be.
        let names = known.into_iter().flat_map(|known| known.keys());
        let absent = names.filter(|known| instance.get(known.as_str()).is_none());
        let hint = match hints {
            Hints::Given => nearest::hint(name, absent.map(String::as_str)),
            Hints::Spared => String::new(),
        };
        let message = format!("there is no field “{}” here{hint}", excerpt(name));
        let at = pointer::joined(error.instance_path().as_str(), name);
        Violation::new(at, Code::UnknownField, message)
    }

    fn missing(self, error: &ValidationError<'_>, property: &Value) -> Violation {
        let name = property.as_str().unwrap_or_default();
        let owner = self.owner(error);
        let title =
            owner.and_then(|schema| schema.get("properties")?.get(name)?.get("title")?.as_str());
        let at = pointer::joined(error.instance_path().as_str(), name);
        let message = format!("“{}” is missing", title.unwrap_or(name));
        Violation::new(at, Code::MissingField, message)
    }

    /// Explains the one alternative that was probably meant: the only one whose JSON type fits.
    fn alternatives(
        self,
        error: &ValidationError<'_>,
        context: &[Vec<ValidationError<'static>>],
        into: &mut Vec<Violation>,
    ) {
        let here = error.instance_path().as_str();
        let fits = |errors: &&Vec<ValidationError<'static>>| {
            !errors.iter().any(|error| {
                matches!(
                    error.kind(),
                    Kind::Type { .. } | Kind::Constant { .. } | Kind::Enum { .. }
                ) && error.instance_path().as_str() == here
            })
        };
        let mut meant = context.iter().filter(fits);
        match (meant.next(), meant.next()) {
            (Some(errors), None) if self.depth < ALTERNATIVES_DEPTH_MAX => {
                let deeper = Self { depth: self.depth + 1, ..self };
                errors.iter().for_each(|error| deeper.explain(error, into));
            }
            _ => {
                let message =
                    format!("“{}” fits none of the forms that it can have", self.label(error));
                into.push(Violation::new(here, Code::NoAlternative, message));
            }
        }
    }

    fn plain(self, error: &ValidationError<'_>) -> (Code, String) {
        let instance = error.instance();
        let text = || excerpt(instance.as_str().unwrap_or_default());
        match error.kind() {
            Kind::Type { kind } => (
                Code::WrongType,
                format!("is {}, but {} is expected", a_type(instance), types(kind)),
            ),
            Kind::Enum { options } => (Code::NotAnOption, format!("is not {}", listed(options))),
            Kind::Constant { expected_value } => {
                (Code::NotAnOption, format!("is not {}", shown(expected_value)))
            }
            Kind::Pattern { pattern } => (
                Code::WrongForm,
                format!("is “{}”, which is not in the expected form {pattern}", text()),
            ),
            Kind::Format { format } => {
                (Code::WrongForm, format!("is “{}”, which is not a valid {format}", text()))
            }
            Kind::ContentEncoding { .. }
            | Kind::ContentMediaType { .. }
            | Kind::FromUtf8 { .. } => (Code::WrongForm, "is not in the expected form".to_owned()),
            Kind::OneOfMultipleValid { .. } => {
                (Code::NoAlternative, "fits several forms, and must fit exactly one".to_owned())
            }
            Kind::FalseSchema | Kind::Not { .. } => {
                (Code::NotAllowed, "is not allowed like this".to_owned())
            }
            kind => limit(kind, instance).unwrap_or_else(|| {
                (Code::Other, format!("breaks a rule of its kind: {}", excerpt(&error.to_string())))
            }),
        }
    }

    /// What people call the value.
    fn label(self, error: &ValidationError<'_>) -> String {
        let title = self.owner(error).and_then(|schema| schema.get("title")?.as_str());
        if let Some(title) = title {
            return title.to_owned();
        }
        let path = error.instance_path().as_str();
        match path.rsplit_once('/') {
            Some((_, token)) => excerpt(&pointer::unescaped(token).unwrap_or_default()),
            None => "the document".to_owned(),
        }
    }

    /// The subschema whose keyword failed.
    fn owner(self, error: &ValidationError<'_>) -> Option<&'s Value> {
        let (owner, _keyword) = error.schema_path().as_str().rsplit_once('/')?;
        self.schema.pointer(owner)
    }
}

/// What to say about an error about a size or a number.
fn limit(kind: &Kind, instance: &Value) -> Option<(Code, String)> {
    let long = instance.as_str().map_or(0, |text| text.chars().count());
    let count = match instance {
        Value::Array(elements) => elements.len(),
        Value::Object(fields) => fields.len(),
        _ => 0,
    };
    Some(match kind {
        Kind::MaxLength { limit } => {
            (Code::TooLong, format!("has {long} characters; at most {limit} are allowed"))
        }
        Kind::MinLength { .. } if long == 0 => (Code::TooShort, "is empty".to_owned()),
        Kind::MinLength { limit } => {
            (Code::TooShort, format!("has {long} characters; at least {limit} are needed"))
        }
        Kind::Maximum { limit } => {
            (Code::TooLarge, format!("is {instance}; at most {limit} is allowed"))
        }
        Kind::ExclusiveMaximum { limit } => {
            (Code::TooLarge, format!("is {instance}; less than {limit} is expected"))
        }
        Kind::Minimum { limit } => {
            (Code::TooSmall, format!("is {instance}; at least {limit} is needed"))
        }
        Kind::ExclusiveMinimum { limit } => {
            (Code::TooSmall, format!("is {instance}; more than {limit} is expected"))
        }
        Kind::MultipleOf { multiple_of } => {
            (Code::NotAMultiple, format!("is {instance}, which is not a multiple of {multiple_of}"))
        }
        Kind::MaxItems { limit } | Kind::MaxProperties { limit } => {
            (Code::TooMany, format!("holds {count}; at most {limit} are allowed"))
        }
        Kind::AdditionalItems { limit } => {
            (Code::TooMany, format!("holds {count}; at most {limit} are allowed"))
        }
        Kind::UnevaluatedItems { .. } => (Code::TooMany, "holds more than it may".to_owned()),
        Kind::MinItems { limit } | Kind::MinProperties { limit } => {
            (Code::TooFew, format!("holds {count}; at least {limit} are needed"))
        }
        Kind::Contains => (Code::TooFew, "lacks an element that it needs".to_owned()),
        Kind::UniqueItems => (Code::Duplicate, "holds something twice".to_owned()),
        _ => return None,
    })
}

fn a_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty (null)",
        Value::Bool(_) => "a yes or no",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn types(kind: &TypeKind) -> String {
    use jsonschema::JsonType as Type;
    let word = |of: Type| match of {
        Type::Null => "nothing (null)",
        Type::Boolean => "a yes or no",
        Type::Integer => "a whole number",
        Type::Number => "a number",
        Type::String => "a text",
        Type::Array => "a list",
        Type::Object => "an object",
    };
    match kind {
        TypeKind::Single(one) => word(*one).to_owned(),
        TypeKind::Multiple(some) => some.iter().map(word).collect::<Vec<_>>().join(" or "),
    }
}

fn listed(options: &Value) -> String {
    let options = options.as_array().map_or(&[][..], Vec::as_slice);
    let mut words: Vec<String> = options.iter().take(OPTIONS_LISTED_MAX).map(shown).collect();
    if options.len() > OPTIONS_LISTED_MAX {
        words.push(format!("{} others", options.len() - OPTIONS_LISTED_MAX));
    }
    match words.as_slice() {
        [] => "any of its options, for there are none".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("one of {} and {last}", most.join(", ")),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("“{}”", excerpt(text)),
        other => excerpt(&other.to_string()),
    }
}
