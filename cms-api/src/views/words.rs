//! The lists of words on the wire: one enum for each, the same in answers, in bodies and in query parameters.
//!
//! A word, once published, keeps its meaning. A list may grow: clients treat a word that they do not know as "something
//! else", never as an error.

macro_rules! words {
    ($($(#[doc = $doc_text:literal])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[doc = $doc_text])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {$(
            $(#[$word_doc])*
            #[serde(rename = $word)]
            $variant,
        )*}

        impl $name {
            /// Every word, in the order in which they are documented.
            pub const WORDS: &[&'static str] = &[$($word,)*];

            /// The word itself.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words = ObjectBuilder::new().schema_type(Type::String);
                words.description(Some(super::said(&[$($doc_text),*]))).enum_values(Some(Self::WORDS.iter().copied())).into()
            }
        }

        impl ToSchema for $name {}

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(super::expected(Self::WORDS)),
                }
            }
        }
    )*};
}

/// Maps a list of words to the core's own enum and back, variant by variant: a variant that either gains does not
/// compile until the other has it.
macro_rules! same {
    ($($word:ident = $core:ident { $($variant:ident),* $(,)? })*) => {$(
        impl From<$core> for $word {
            fn from(core: $core) -> Self {
                match core { $($core::$variant => Self::$variant,)* }
            }
        }

        impl crate::views::OnWire<$word> for $core {
            fn on_wire(self) -> $word {
                self.into()
            }
        }

        impl From<$word> for $core {
            fn from(word: $word) -> Self {
                match word { $($word::$variant => Self::$variant,)* }
            }
        }
    )*};
}

pub mod audit;
pub mod content;
pub mod operation;
pub mod people;
pub mod publishing;

/// The description of a list, from its documentation.
fn said(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// What a client that sent another word is told: `a`, `b` or `c` is expected.
fn expected(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("{} or {last} is expected", rest.join(", "))
        }
        _ => format!("{} is expected", quoted.join("")),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        content::{PlaceChangeWord, ReviewStateWord},
        publishing::ScheduleVerbWord,
    };

    #[test]
    fn another_word_is_answered_with_those_that_there_are() {
        assert_eq!("bring-back".parse(), Ok(ScheduleVerbWord::BringBack));
        let refused = "bringback".parse::<ReviewStateWord>();
        assert_eq!(refused, Err("`open`, `merged` or `closed` is expected".to_owned()));
    }

    #[test]
    fn a_word_is_the_same_in_answers_and_in_parameters() {
        for word in PlaceChangeWord::WORDS {
            let value = serde_json::Value::from(*word);
            let read: PlaceChangeWord = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(read.word(), *word);
            assert_eq!(serde_json::to_value(read).unwrap(), value);
        }
    }
}
