//! What a language's learners get when a translation is missing or outdated, as the language's entry says.

use serde_json::Value;

/// What a locale's learners get in place of a unit that was never translated as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Untranslated {
    /// Nothing: they never meet another language by surprise.
    #[default]
    LastWhole,
    /// The source's unit as it is.
    Source,
}

/// What they get of a unit whose newest whole form is scored by other answers than the current source's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum OldKeys {
    /// That form, with its answers: a question to practise is better than none.
    #[default]
    Serve,
    /// What they would get if it had never been translated: no answer is better than a wrong one.
    Hold,
}

/// What is decided for a language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LocalePolicy {
    /// For units that were never translated as a whole.
    pub untranslated: Untranslated,
    /// For units that would be scored by earlier answers.
    pub old_keys: OldKeys,
}

impl Untranslated {
    /// The word that stands for the policy in documents: `last-whole` or `source`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LastWhole => "last-whole",
            Self::Source => "source",
        }
    }

    /// The policy that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::LastWhole, Self::Source].into_iter().find(|policy| policy.word() == word)
    }
}

impl OldKeys {
    /// The word that stands for the policy in documents: `serve` or `hold`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Hold => "hold",
        }
    }

    /// The policy that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Serve, Self::Hold].into_iter().find(|policy| policy.word() == word)
    }
}

impl LocalePolicy {
    /// The policy of a language's entry; the default where the entry says nothing.
    pub fn of(document: &Value) -> Self {
        let word = |name: &str| document.get("policy")?.get(name)?.as_str();
        Self {
            untranslated: word("untranslated")
                .and_then(Untranslated::from_word)
                .unwrap_or_default(),
            old_keys: word("old_keys").and_then(OldKeys::from_word).unwrap_or_default(),
        }
    }
}

impl From<Untranslated> for LocalePolicy {
    fn from(untranslated: Untranslated) -> Self {
        Self { untranslated, ..Self::default() }
    }
}
