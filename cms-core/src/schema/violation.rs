//! What is wrong with a document: a place, a stable code, and a sentence for the person who wrote it.
//!
//! Invariants:
//! 1. A list of violations is ordered by pointer and holds at most [`VIOLATIONS_MAX`]; when there
//!    were more, its last one says how many.
//! 2. A code never changes its meaning: clients translate and group by it.

use crate::model::pointer;

/// Most violations that one answer holds.
pub const VIOLATIONS_MAX: usize = 1000;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Violation {
    /// The JSON pointer of the value that is wrong; for a missing field, where it should be.
    pub pointer: String,
    /// What is wrong, for programs.
    pub code: ViolationCode,
    /// What is wrong, for people: a sentence without its full stop.
    pub message: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What can be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ViolationCode {$($(#[$doc])* $name,)*}

        impl ViolationCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable word for it in JSON.
            pub const fn word(self) -> &'static str {
                match self {$(Self::$name => $word,)*}
            }
        }
    };
}

codes! {
    /// A field that the kind does not have at this place.
    UnknownField = "unknown-field",
    /// A required field that is missing.
    MissingField = "missing-field",
    /// A value of another JSON type than expected.
    WrongType = "wrong-type",
    /// A value that is not among those to choose from.
    NotAnOption = "not-an-option",
    /// A text with too many characters.
    TooLong = "too-long",
    /// A text with too few characters.
    TooShort = "too-short",
    /// A number above its limit.
    TooLarge = "too-large",
    /// A number below its limit.
    TooSmall = "too-small",
    /// A number that is not a multiple of a step.
    NotAMultiple = "not-a-multiple",
    /// A list or object with too many elements.
    TooMany = "too-many",
    /// A list or object with too few elements.
    TooFew = "too-few",
    /// A list that holds something twice.
    Duplicate = "duplicate",
    /// A text that is not written in the expected form.
    WrongForm = "wrong-form",
    /// A field whose name is not written in the expected form.
    BadName = "bad-name",
    /// A value that fits none of the alternatives, or several of which one is expected.
    NoAlternative = "no-alternative",
    /// Something that may not be here.
    NotAllowed = "not-allowed",
    /// An element with the same key as an earlier one.
    RepeatedKey = "repeated-key",
    /// A link that is not `kind/id`.
    NotAKey = "not-a-key",
    /// A link to an entry of a kind that may not be linked here.
    WrongKind = "wrong-kind",
    /// A media file that does not exist.
    UnknownMedia = "unknown-media",
    /// A media file of another sort or type than the place says.
    WrongMedia = "wrong-media",
    /// A translated text at a place where the source has none.
    UnknownPlace = "unknown-place",
    /// A value in a translation that is not translatable and differs from the source's.
    NotTranslatable = "not-translatable",
    /// A text that is not an address of a segment.
    NotAnAddress = "not-an-address",
    /// A text that is not the hash of a source text.
    NotAHash = "not-a-hash",
    /// A kind's schema that does not compile.
    BadSchema = "bad-schema",
    /// A text that is not a document at all.
    NotADocument = "not-a-document",
    /// A kind that has no schema.
    UnknownKind = "unknown-kind",
    /// A link to an entry that does not exist.
    DanglingLink = "dangling-link",
    /// An entry that contains itself, directly or through others.
    Circle = "circle",
    /// A slug that a sibling already has.
    SlugTaken = "slug-taken",
    /// A deletion of an entry that others still use.
    StillUsed = "still-used",
    /// A canonical parent that does not contain the entry.
    NotAParent = "not-a-parent",
    /// A translation of an entry that does not exist.
    NoSource = "no-source",
    /// A translation into the language that sources are written in.
    SourceLanguage = "source-language",
    /// A translation into a language that has no `locale` entry.
    UnknownLanguage = "unknown-language",
    /// A translated text that lacks a placeholder of its source, or has one that the source does not have or has fewer
    /// times.
    LostPlaceholder = "lost-placeholder",
    /// Translated texts that differ although the source's are equal and are compared with each other.
    PartedTexts = "parted-texts",
    /// The same key on two lines.
    RepeatedLine = "repeated-line",
    /// A conflict that nobody has resolved.
    Unresolved = "unresolved",
    /// A document or file that was taken down, for good.
    TakenDown = "taken-down",
    /// A question that no learner can get right, which the rules of findings keep from going live.
    CannotBeAnswered = "cannot-be-answered",
    /// A document that must not be live yet.
    Embargoed = "embargoed",
    /// Content that its engine refuses, such as a widget that does not exist.
    BadContent = "bad-content",
    /// Content that no player could show: its engine does not exist, or fails on it.
    NotPlayable = "not-playable",
    /// Content whose engine has no time for it now: its state is unknown, and asking again may help.
    EngineBusy = "engine-busy",
    /// A rule of JSON Schema that none of the codes above stands for.
    Other = "other",
    /// Not a violation but the number of those left out.
    More = "more",
}

impl serde::Serialize for ViolationCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl std::fmt::Display for ViolationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl Violation {
    pub(crate) fn new(
        pointer: impl Into<String>,
        code: ViolationCode,
        message: impl Into<String>,
    ) -> Self {
        Self { pointer: pointer.into(), code, message: message.into() }
    }
}

/// Sorts and limits violations as invariant 1 says.
pub(super) fn sorted(mut violations: Vec<Violation>) -> Vec<Violation> {
    violations.sort_by(|a, b| pointer::compare(&a.pointer, &b.pointer).then(a.code.cmp(&b.code)));
    violations.dedup_by(|a, b| a.pointer == b.pointer && a.code == b.code);
    let found_count = violations.len();
    if found_count > VIOLATIONS_MAX {
        violations.truncate(VIOLATIONS_MAX - 1);
        let more = found_count - violations.len();
        let message = format!("{more} more problems are not listed");
        violations.push(Violation::new("", ViolationCode::More, message));
    }
    violations
}
