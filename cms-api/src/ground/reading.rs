//! Reads what a request asks for, and says where it does not fit.
//!
//! Everything that clients send as JSON is read here, whether it is a body, the request of a command or the request of a
//! job, so that one mistake has one `pointer`.
//!
//! Invariants:
//! 1. An object is read from an object. The fields of a struct are never taken from an array by their order.
//! 2. A refusal names kinds of JSON values, and no type of this program.

mod objects;

use std::fmt;

use cms_core::model::pointer;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use self::objects::Objects;
use crate::problem::{Code, Problem};

/// What did not fit, and where.
#[derive(Debug)]
pub struct Misfit<E> {
    /// The place, as a JSON pointer.
    pub pointer: String,
    /// What the deserializer said.
    pub error: E,
}

/// Reads a value.
///
/// # Errors
/// [`Misfit`] with the first place that does not fit.
pub fn read<'de, T, D>(input: D) -> Result<T, Misfit<D::Error>>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    serde_path_to_error::deserialize(Objects(input))
        .map_err(|error| Misfit { pointer: pointer_of(error.path()), error: error.into_inner() })
}

/// Reads the request of a verb.
///
/// # Errors
/// [`Code::RequestMalformed`] with the place in the request.
pub fn request<T: DeserializeOwned>(request: Value) -> Result<T, Problem> {
    read(request).map_err(|Misfit { pointer, error }| {
        Problem::new(Code::RequestMalformed, error.to_string()).with("pointer", pointer)
    })
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            format!("/{}", pointer::escaped(key))
        }
        Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}

/// A value that is read from an object. Enums told apart by a member need it: serde looks at such a value as a whole, and
/// would take an array for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }
        deserializer.deserialize_map(Members(std::marker::PhantomData)).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its form matters")]
        rows: Vec<Row>,
        #[serde(default)]
        #[expect(dead_code, reason = "only its form matters")]
        one: Option<Row>,
        #[serde(default)]
        #[expect(dead_code, reason = "only its form matters")]
        steps: Vec<Object<Step>>,
    }

    #[derive(Debug, Deserialize)]
    struct Row {
        #[expect(dead_code, reason = "only its form matters")]
        count: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(tag = "do", rename_all = "kebab-case")]
    enum Step {
        Set {
            #[expect(dead_code, reason = "only its form matters")]
            to: u32,
        },
    }

    fn check(text: &str, pointer: &str, part: &str) {
        for problem in [
            read::<Outer, _>(&mut serde_json::Deserializer::from_str(text)).unwrap_err(),
            read::<Outer, _>(serde_json::from_str::<Value>(text).unwrap()).unwrap_err(),
        ] {
            let said = problem.error.to_string();
            assert_eq!(problem.pointer, pointer, "{text}: {said}");
            assert!(said.contains(part), "{text}: {said}");
        }
    }

    #[test]
    fn an_array_is_never_taken_for_an_object() {
        check("[[]]", "", "invalid type: sequence, expected an object");
        check(r#"{"rows": [[1]]}"#, "/rows/0", "expected an object");
        check(r#"{"rows": [], "one": [1]}"#, "/one", "expected an object");
        check(r#"{"rows": [], "steps": [["set", 1]]}"#, "/steps/0", "expected an object");
    }

    #[test]
    fn refusals_name_kinds_of_json_and_no_types() {
        check(r#"{"rows": [{"count": "x"}]}"#, "/rows/0/count", "expected a whole number");
        check(r#"{"rows": {}}"#, "/rows", "expected a list");
        check("7", "", "expected an object");
        let step = r#"{"rows": [], "steps": [{"do": "set", "to": 1}]}"#;
        assert!(read::<Outer, _>(&mut serde_json::Deserializer::from_str(step)).is_ok());
    }
}
