//! Names of content: kinds, entry ids, locales, and the keys made of them.
//!
//! Invariants:
//! 1. `parse(display(key)) == key`, and `decode(encode(key)) == key`.
//! 2. Encoded keys sort by kind, then id, then locale, the source before its translations: the separator is lower than
//!    every byte that a name may hold, so an entry's translations are next to it.
//! 3. A name has one spelling; nothing is folded or trimmed on the way in.

use std::{fmt, str::FromStr, sync::Arc};

use super::encode::DecodeError;

/// Longest kind, in bytes.
pub const KIND_SIZE_BYTES_MAX: usize = 32;
/// Longest entry id, in bytes.
pub const ENTRY_ID_SIZE_BYTES_MAX: usize = 64;
/// Longest locale, in bytes.
pub const LOCALE_SIZE_BYTES_MAX: usize = 16;
/// Longest name of a branch, channel or draft, in bytes.
pub const NAME_SIZE_BYTES_MAX: usize = 64;

const SEPARATOR: u8 = 0;

/// Text that is not a key, with the part that is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No `/` between kind and id.
    #[error("{text:?} is not an entry's key: `kind/id` or `kind/id@locale` is expected")]
    Shape {
        /// The text that was refused.
        text: String,
    },
    /// The kind is not `[a-z][a-z0-9_-]{0,31}`.
    #[error(
        "{text:?} is not a kind: it begins with a letter a-z and has at most 32 of a-z, 0-9, `-` and `_`"
    )]
    Kind {
        /// The text that was refused.
        text: String,
    },
    /// The id is not `[a-z0-9][a-z0-9_-]{0,63}`.
    #[error(
        "{text:?} is not an entry's id: it begins with a-z or 0-9 and has at most 64 of a-z, 0-9, `-` and `_`"
    )]
    Id {
        /// The text that was refused.
        text: String,
    },
    /// The locale is not a BCP 47 tag in canonical case.
    #[error("{text:?} is not a locale: a tag such as `es`, `pt-BR` or `zh-Hans` is expected")]
    Locale {
        /// The text that was refused.
        text: String,
    },
}

fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}

fn is_word(text: &str, size_bytes_max: usize, first: impl Fn(u8) -> bool) -> bool {
    text.len() <= size_bytes_max
        && text.bytes().next().is_some_and(first)
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

/// Whether `text` may name a branch, a channel or a draft: `[a-z0-9][a-z0-9_-]{0,63}`.
pub fn is_name(text: &str) -> bool {
    is_word(text, NAME_SIZE_BYTES_MAX, |b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn is_kind(text: &str) -> bool {
    is_word(text, KIND_SIZE_BYTES_MAX, |b| b.is_ascii_lowercase())
}

fn is_entry_id(text: &str) -> bool {
    is_word(text, ENTRY_ID_SIZE_BYTES_MAX, |b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-').peekable();
    let lower = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase());
    if !parts.next().is_some_and(|language| matches!(language.len(), 2 | 3) && lower(language)) {
        return false;
    }
    let is_script = |part: &&str| {
        part.len() == 4
            && part.as_bytes()[0].is_ascii_uppercase()
            && part.is_char_boundary(1)
            && lower(&part[1..])
    };
    let is_region = |part: &&str| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase()))
            || (part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit()))
    };
    parts.next_if(is_script);
    parts.next_if(is_region);
    parts.next().is_none()
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:ident, $variant:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = KeyError;

            fn from_str(text: &str) -> Result<Self, KeyError> {
                if $check(text) { Ok(Self(text.into())) } else { Err(KeyError::$variant { text: shown(text) }) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        text_serde!($name);
    };
}

macro_rules! text_serde {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

name! {
    /// A content type: `exercise`, `video`, …; its schema is the entry `schema/KIND`.
    Kind, is_kind, Kind
}

name! {
    /// A language that content is delivered in: `es`, `pt-BR`, `zh-Hans`.
    Locale, is_locale, Locale
}

/// The address of an entry or of one of its translations: `exercise/x1`, `exercise/x1@es`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EntryKey {
    kind: Kind,
    id: Arc<str>,
    locale: Option<Locale>,
}

impl EntryKey {
    /// The key of the entry `kind/id`.
    ///
    /// # Errors
    /// [`KeyError::Id`] when `id` may not be one.
    pub fn new(kind: Kind, id: &str) -> Result<Self, KeyError> {
        if is_entry_id(id) {
            Ok(Self { kind, id: id.into(), locale: None })
        } else {
            Err(KeyError::Id { text: shown(id) })
        }
    }

    /// The entry's kind.
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The id within the kind.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The locale, when this is a translation.
    pub const fn locale(&self) -> Option<&Locale> {
        self.locale.as_ref()
    }

    /// The key of this entry's translation to `locale`.
    pub fn translated(&self, locale: &Locale) -> Self {
        Self { locale: Some(locale.clone()), ..self.clone() }
    }

    /// The key of the entry itself, without a locale.
    pub fn source(&self) -> Self {
        Self { locale: None, ..self.clone() }
    }

    /// The bytes that stand for the key in maps; see invariant 2.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.kind.as_str().len() + self.id.len() + 8);
        bytes.extend_from_slice(self.kind.as_str().as_bytes());
        bytes.push(SEPARATOR);
        bytes.extend_from_slice(self.id.as_bytes());
        if let Some(locale) = &self.locale {
            bytes.push(SEPARATOR);
            bytes.extend_from_slice(locale.as_str().as_bytes());
        }
        bytes
    }

    /// The bytes that the keys of this entry's translations begin with.
    pub fn translations_prefix(&self) -> Vec<u8> {
        let mut bytes = self.source().encode();
        bytes.push(SEPARATOR);
        bytes
    }

    /// The bytes that the keys of all entries of `kind` begin with.
    pub fn kind_prefix(kind: &Kind) -> Vec<u8> {
        let mut bytes = kind.as_str().as_bytes().to_vec();
        bytes.push(SEPARATOR);
        bytes
    }

    /// Reads the bytes that [`EntryKey::encode`] writes.
    ///
    /// # Errors
    /// [`DecodeError::Field`] when they are not a key's.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let error = DecodeError::Field { field: "entry key" };
        let text = std::str::from_utf8(bytes).map_err(|_| error)?;
        let mut parts = text.split(SEPARATOR as char);
        let kind = parts.next().ok_or(error)?.parse().map_err(|_| error)?;
        let mut key = Self::new(kind, parts.next().ok_or(error)?).map_err(|_| error)?;
        if let Some(locale) = parts.next() {
            key.locale = Some(locale.parse().map_err(|_| error)?);
        }
        if parts.next().is_some() { Err(error) } else { Ok(key) }
    }
}

impl Ord for EntryKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.kind, &self.id, &self.locale).cmp(&(&other.kind, &other.id, &other.locale))
    }
}

impl PartialOrd for EntryKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)?;
        self.locale.as_ref().map_or(Ok(()), |locale| write!(f, "@{locale}"))
    }
}

impl fmt::Debug for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for EntryKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (kind, rest) =
            text.split_once('/').ok_or_else(|| KeyError::Shape { text: shown(text) })?;
        let (id, locale) = match rest.split_once('@') {
            Some((id, locale)) => (id, Some(locale.parse()?)),
            None => (rest, None),
        };
        Ok(Self { locale, ..Self::new(kind.parse()?, id)? })
    }
}

text_serde!(EntryKey);

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> EntryKey {
        text.parse().expect("a key")
    }

    #[test]
    fn keys_survive_text_and_bytes() {
        for text in [
            "exercise/x1",
            "exercise/x1@es",
            "topic/root",
            "video/9-a_b@zh-Hans",
            "a/0@pt-BR",
            "a/0@es-419",
        ] {
            assert_eq!(key(text).to_string(), text);
            assert_eq!(EntryKey::decode(&key(text).encode()), Ok(key(text)));
        }
    }

    #[test]
    fn what_is_not_a_key_is_refused() {
        for text in [
            "",
            "x1",
            "/x1",
            "exercise/",
            "Exercise/x",
            "exercise/X",
            "exercise/x 1",
            "exercise/x1@",
            "exercise/x1@ES",
            "exercise/x1@pt-br",
            "exercise/../x",
            "exercise/x1@es@fr",
            "-a/x",
            "a/-x",
        ] {
            assert!(text.parse::<EntryKey>().is_err(), "{text}");
        }
        assert!(format!("a/{}", "x".repeat(65)).parse::<EntryKey>().is_err());
    }

    #[test]
    fn translations_lie_beside_their_source() {
        let texts = [
            "course/x",
            "exercise/x1",
            "exercise/x1@es",
            "exercise/x1@fr",
            "exercise/x1-a",
            "exercise/x10",
            "exercise/x10@es",
            "exercise/x2",
        ];
        let keys: Vec<_> = texts.iter().map(|text| key(text)).collect();
        assert!(keys.is_sorted());
        assert!(
            keys.iter().map(EntryKey::encode).collect::<Vec<_>>().is_sorted(),
            "both orders agree"
        );
        assert!(
            key("exercise/x1@es").encode().starts_with(&key("exercise/x1").translations_prefix())
        );
    }
}
