//! What values in bodies look like: types that refuse what does not fit while the body is read, so that
//! the refusal points at it, and that tell the OpenAPI document the same form.

use serde::{Deserialize, Deserializer, de::Error};
use utoipa::ToSchema;

/// An entry's key.
#[derive(ToSchema)]
#[schema(
    pattern = "^[a-z][a-z0-9_-]{0,31}/[a-z0-9][a-z0-9_-]{0,63}(@[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?)?$",
    example = "exercise/equal-parts"
)]
#[expect(dead_code, reason = "the form of what others parse")]
pub struct KeyText(String);

/// The id of a commit, a revision or a publication.
#[derive(ToSchema)]
#[schema(pattern = "^[0-9a-f]{64}$")]
#[expect(dead_code, reason = "the form of what others parse")]
pub struct IdText(String);

/// Why, in the writer's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, ToSchema)]
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

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().count() > MESSAGE_CHARS_MAX {
            let reason = format!("a message has at most {MESSAGE_CHARS_MAX} characters");
            return Err(D::Error::custom(reason));
        }
        Ok(Self(text))
    }
}

/// What something is called: one line that is not blank.
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
        let fits = !text.trim().is_empty()
            && text.chars().count() <= TITLE_CHARS_MAX
            && !text.chars().any(|c| c < ' ');
        if fits {
            return Ok(Self(text));
        }
        Err(D::Error::custom(format!("a title has 1 to {TITLE_CHARS_MAX} characters in one line")))
    }
}

/// What an entry is called: not blank.
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
        if !text.trim().is_empty() && text.chars().count() <= ENTRY_TITLE_CHARS_MAX {
            return Ok(Self(text));
        }
        Err(D::Error::custom(format!("1 to {ENTRY_TITLE_CHARS_MAX} characters are expected")))
    }
}

/// Who a person is.
#[derive(ToSchema)]
#[schema(pattern = "^[a-z0-9][a-z0-9._@-]{0,63}$", example = "ana")]
#[expect(dead_code, reason = "the form of what others parse")]
pub struct PersonText(String);

/// A person in a body.
///
/// # Errors
/// What the deserializer says, or that the text names no person.
pub fn person<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if cms_core::repo::is_person(&text) {
        return Ok(text);
    }
    Err(D::Error::custom("a person is named by 1 to 64 of a-z, 0-9, `.`, `_`, `@` and `-`"))
}

/// Persons in a body.
///
/// # Errors
/// As [`person`], of the first that is none.
pub fn persons<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    struct One(#[serde(deserialize_with = "person")] String);
    Ok(Vec::<One>::deserialize(deserializer)?.into_iter().map(|one| one.0).collect())
}

/// A person, or null.
///
/// # Errors
/// As [`person`].
pub fn some_person<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct One(#[serde(deserialize_with = "person")] String);
    Ok(Option::<One>::deserialize(deserializer)?.map(|one| one.0))
}

/// Persons, or null.
///
/// # Errors
/// As [`person`], of the first that is none.
pub fn some_persons<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    struct Some(#[serde(deserialize_with = "persons")] Vec<String>);
    Ok(Option::<Some>::deserialize(deserializer)?.map(|some| some.0))
}

/// A list of so many elements.
///
/// # Errors
/// What the deserializer says, or that there are too few or too many.
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

/// One server-sent event, as a stream has it.
#[derive(serde::Serialize, ToSchema)]
pub struct StreamEvent {
    /// What it is.
    event: String,
    /// Where it stands in the order; of streams that can be resumed.
    id: Option<String>,
    /// JSON.
    data: Option<String>,
}
