//! Languages: those that exist, as the entries `locale/es` say.

use super::catalogue;
use crate::repo::ground::{error::StoreError, repository::Repository};
use crate::{
    map::ReadNodes,
    model::{
        id::NodeId,
        key::{EntryKey, Kind, Locale},
    },
};

/// The kind whose entries are languages, each with its settings: `locale/es`.
pub(in crate::repo) const KIND_OF_LANGUAGES: &str = "locale";

/// The entry of a language; its id is the language's tag in lower case.
pub(in crate::repo) fn language_key(locale: &Locale) -> Option<EntryKey> {
    let kind: Kind = KIND_OF_LANGUAGES.parse().expect("a kind");
    EntryKey::new(kind, &locale.as_str().to_ascii_lowercase()).ok()
}

/// The language whose entry this is, its tag in the usual case of tags: `zh-hans` is `zh-Hans`.
pub(in crate::repo) fn language_of(key: &EntryKey) -> Option<Locale> {
    if key.kind().as_str() != KIND_OF_LANGUAGES || key.locale().is_some() {
        return None;
    }
    let cased = |(place, part): (usize, &str)| match (place, part.len()) {
        (0, _) => part.to_owned(),
        (_, 4) => {
            let (first, rest) = part.split_at(part.chars().next().map_or(0, char::len_utf8));
            format!("{}{rest}", first.to_ascii_uppercase())
        }
        _ => part.to_ascii_uppercase(),
    };
    let parts: Vec<String> = key.id().split('-').enumerate().map(cased).collect();
    parts.join("-").parse().ok()
}

/// The languages of a catalogue, ascending.
pub(in crate::repo) fn languages(
    nodes: &(impl ReadNodes + ?Sized),
    root: NodeId,
) -> Result<Vec<Locale>, StoreError> {
    let kind: Kind = KIND_OF_LANGUAGES.parse().expect("a kind");
    let mut found = Vec::new();
    for row in catalogue::with_prefix(nodes, root, &EntryKey::kind_prefix(&kind))? {
        let (key, value) = row?;
        if catalogue::decoded_row(&key, &value)?.document().is_some() {
            found.extend(language_of(&catalogue::decoded_key(&key)?));
        }
    }
    found.sort();
    Ok(found)
}

impl Repository {
    /// The languages of a catalogue, except that of the sources.
    pub(in crate::repo) fn languages_of(
        &self,
        nodes: &(impl ReadNodes + ?Sized),
        root: NodeId,
    ) -> Result<Vec<Locale>, StoreError> {
        let mut found = languages(nodes, root)?;
        found.retain(|locale| *locale != self.header.source_locale);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_and_its_entry_name_each_other() {
        for tag in ["es", "pt-BR", "zh-Hans", "zh-Hans-CN", "es-419", "yue"] {
            let locale: Locale = tag.parse().unwrap();
            assert_eq!(language_of(&language_key(&locale).unwrap()), Some(locale), "{tag}");
        }
        for text in ["locale/nonsense", "video/es", "locale/es@de"] {
            assert_eq!(language_of(&text.parse().unwrap()), None, "{text}");
        }
    }
}
