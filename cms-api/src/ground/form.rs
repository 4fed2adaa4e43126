//! The forms of values in bodies. These types refuse what does not fit while the body is read, so that the refusal
//! points at the place, and they give the OpenAPI document the same form.

use cms_core::{
    model::name::{ChannelName, Person},
    schema::title::is_blank,
};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};
use utoipa::ToSchema;

/// An entry's key.
#[derive(ToSchema)]
#[schema(
    pattern = "^[a-z][a-z0-9_-]{0,31}/[a-z0-9][a-z0-9_-]{0,63}(@[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?)?$",
    example = "exercise/equal-parts"
)]
#[expect(dead_code, reason = "the form of what others parse")]
pub struct KeyText(String);

/// The key of an entry at which a part of the catalogue begins: it is in no locale.
#[derive(ToSchema)]
#[schema(
    pattern = "^[a-z][a-z0-9_-]{0,31}/[a-z0-9][a-z0-9_-]{0,63}$",
    example = "course/fractions"
)]
#[expect(dead_code, reason = "the form of what others parse")]
pub struct SubtreeText(String);

/// The id of a commit, a revision or a publication.
#[derive(ToSchema)]
#[schema(pattern = "^[0-9a-f]{64}$")]
#[expect(dead_code, reason = "the form of what others parse")]
pub struct IdText(String);

/// A locale, such as `es` or `pt-BR`.
#[derive(ToSchema)]
#[schema(pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]
#[expect(dead_code, reason = "only its form matters")]
pub struct LocaleText(String);

/// The name of a kind.
#[derive(ToSchema)]
#[schema(pattern = "^[a-z][a-z0-9_-]{0,31}$", example = "exercise")]
#[expect(dead_code, reason = "the form of what others parse")]
pub struct KindText(String);

/// The name of a channel.
#[derive(ToSchema)]
#[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,63}$", example = "production")]
#[expect(dead_code, reason = "the form of what others parse")]
pub struct ChannelText(String);

/// A draft's name.
#[derive(ToSchema)]
#[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,31}$")]
#[expect(dead_code, reason = "the form of what others parse")]
pub struct DraftText(String);

/// Why a request was refused; the OpenAPI document lists the members, code by code.
#[derive(serde::Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct AnyProblem(String);

/// Why, in the writer's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, ToSchema)]
#[schema(max_length = 2000)]
pub struct Message(String);

/// Most characters of a [`Message`].
const MESSAGE_CHARS_MAX: usize = 2000;

impl std::ops::Deref for Message {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The error for a text that is longer than a message may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message has at most {MESSAGE_CHARS_MAX} characters")]
pub struct MessageTooLong;

impl std::str::FromStr for Message {
    type Err = MessageTooLong;

    fn from_str(text: &str) -> Result<Self, MessageTooLong> {
        if text.chars().count() > MESSAGE_CHARS_MAX {
            return Err(MessageTooLong);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A title: one line that is not blank.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]*[^\s\x00-\x1f][^\x00-\x1f]*$")]
pub struct Title(String);

/// Most characters of a [`Title`].
const TITLE_CHARS_MAX: usize = 120;

impl From<Title> for String {
    fn from(title: Title) -> Self {
        title.0
    }
}

impl<'de> Deserialize<'de> for Title {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fits = !is_blank(&text)
            && text.chars().count() <= TITLE_CHARS_MAX
            && !text.chars().any(|c| c < ' ');
        if fits {
            return Ok(Self(text));
        }
        Err(D::Error::custom(format!("a title has 1 to {TITLE_CHARS_MAX} characters in one line")))
    }
}

/// An entry's title: not blank.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(min_length = 1, max_length = 300, pattern = r"\S")]
pub struct EntryTitle(String);

/// Most characters of an [`EntryTitle`].
const ENTRY_TITLE_CHARS_MAX: usize = 300;

impl From<EntryTitle> for String {
    fn from(title: EntryTitle) -> Self {
        title.0
    }
}

impl<'de> Deserialize<'de> for EntryTitle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if !is_blank(&text) && text.chars().count() <= ENTRY_TITLE_CHARS_MAX {
            return Ok(Self(text));
        }
        Err(D::Error::custom(format!("1 to {ENTRY_TITLE_CHARS_MAX} characters are expected")))
    }
}

/// The name of a channel, which is left out or null where the request is about the default one or where the address names it.
///
/// # Errors
/// What the deserializer says, or that the text can't be the name of a channel.
pub fn some_channel<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    if let Some(text) = &text {
        text.parse::<ChannelName>().map_err(D::Error::custom)?;
    }
    Ok(text)
}

/// The name of a person.
#[derive(ToSchema)]
#[schema(pattern = "^[a-z0-9][a-z0-9._@-]{0,63}$", example = "ana")]
#[expect(dead_code, reason = "the form of what others parse")]
pub struct PersonText(String);

/// A person in a body.
///
/// # Errors
/// The deserializer's error, or that the text is not the name of a person.
pub fn person<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Person, D::Error> {
    let text = String::deserialize(deserializer)?;
    let told = "a person is named by 1 to 64 of a-z, 0-9, `.`, `_`, `@` and `-`";
    text.parse().map_err(|_| D::Error::custom(told))
}

/// People in a body.
///
/// # Errors
/// As [`person`], for the first text that is not a person.
pub fn persons<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Person>, D::Error> {
    #[derive(Deserialize)]
    struct One(#[serde(deserialize_with = "person")] Person);
    Ok(Vec::<One>::deserialize(deserializer)?.into_iter().map(|one| one.0).collect())
}

/// A person, or null.
///
/// # Errors
/// As [`person`].
pub fn some_person<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Person>, D::Error> {
    #[derive(Deserialize)]
    struct One(#[serde(deserialize_with = "person")] Person);
    Ok(Option::<One>::deserialize(deserializer)?.map(|one| one.0))
}

/// People, or null.
///
/// # Errors
/// As [`person`], for the first text that is not a person.
pub fn some_persons<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Person>>, D::Error> {
    #[derive(Deserialize)]
    struct Some(#[serde(deserialize_with = "persons")] Vec<Person>);
    Ok(Option::<Some>::deserialize(deserializer)?.map(|some| some.0))
}

/// A list that is not empty.
///
/// # Errors
/// The deserializer's error, or that there is no element.
pub fn some<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let rows = Vec::<T>::deserialize(deserializer)?;
    if rows.is_empty() {
        return Err(D::Error::custom("at least one element is expected"));
    }
    Ok(rows)
}

/// A list of `MIN` to `MAX` elements.
///
/// # Errors
/// The deserializer's error, or that there are too few or too many elements.
pub fn bounded<'de, D, T, const MIN: usize, const MAX: usize>(
    deserializer: D,
) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let rows = Vec::<T>::deserialize(deserializer)?;
    if (MIN..=MAX).contains(&rows.len()) {
        return Ok(rows);
    }
    Err(D::Error::custom(format!("{MIN} to {MAX} elements are expected, not {}", rows.len())))
}

/// The largest number that JSON carries safely from one program to another (RFC 8259, section 6).
const WHOLE_MAX: u64 = (1 << 53) - 1;

/// A whole number, however it is written: in JSON Schema `7.0` and `7e0` are the integer 7.
///
/// # Errors
/// The deserializer's error, or that the number is not whole, is negative, or is too large.
pub fn whole<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    struct Whole;
    impl Visitor<'_> for Whole {
        type Value = u64;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a whole number from 0 on")
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
            Ok(number)
        }

        #[expect(clippy::cast_possible_truncation, reason = "it has no fraction, and is in range")]
        #[expect(clippy::cast_sign_loss, reason = "it is in range")]
        #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
        fn visit_f64<E: Error>(self, number: f64) -> Result<u64, E> {
            if number.fract() == 0.0 && (0.0..=WHOLE_MAX as f64).contains(&number) {
                return Ok(number as u64);
            }
            Err(E::invalid_value(Unexpected::Float(number), &self))
        }
    }
    let number = deserializer.deserialize_any(Whole)?;
    T::try_from(number).map_err(|_| D::Error::custom(format!("{number} is too large a number")))
}

/// A whole number that is not larger than this.
///
/// # Errors
/// As [`whole`], or that it is larger.
pub fn whole_to<'de, D, T, const MAX: u32>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    let number: u64 = whole(deserializer)?;
    let fits = Some(number).filter(|number| *number <= u64::from(MAX));
    let fits = fits.and_then(|number| T::try_from(number).ok());
    fits.ok_or_else(|| D::Error::custom(format!("at most {MAX} is expected, not {number}")))
}

/// A whole number, or null.
///
/// # Errors
/// As [`whole`].
pub fn some_whole<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    #[derive(Deserialize)]
    #[serde(bound = "T: TryFrom<u64>")]
    struct One<T>(#[serde(deserialize_with = "whole")] T);
    Ok(Option::<One<T>>::deserialize(deserializer)?.map(|one| one.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Numbers {
        #[serde(deserialize_with = "whole")]
        one: u32,
        #[serde(default, deserialize_with = "some_whole")]
        other: Option<u64>,
    }

    fn check(text: &str, expected: Result<(u32, Option<u64>), &str>) {
        let read = serde_json::from_str::<Numbers>(text);
        match (read, expected) {
            (Ok(read), Ok(expected)) => assert_eq!((read.one, read.other), expected, "{text}"),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{text}: {error}"),
            (read, _) => panic!("{text}: {read:?}"),
        }
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        check(r#"{"one": 7}"#, Ok((7, None)));
        check(r#"{"one": 9787.0, "other": null}"#, Ok((9787, None)));
        check(r#"{"one": 1e3, "other": 0.0}"#, Ok((1000, Some(0))));
        check(r#"{"one": -0.0, "other": 18446744073709551615}"#, Ok((0, Some(u64::MAX))));
        check(r#"{"one": 7.5}"#, Err("`7.5`, expected a whole number from 0 on"));
        check(r#"{"one": -1}"#, Err("`-1`, expected a whole number from 0 on"));
        check(r#"{"one": "7"}"#, Err("expected a whole number from 0 on"));
        check(r#"{"one": 4294967296.0}"#, Err("4294967296 is too large a number"));
        check(r#"{"one": 1, "other": 1e300}"#, Err("expected a whole number from 0 on"));
    }
}
