//! What could be better about entries, and which findings keep them from going live.

use cms_core::{repo, schema::Finding};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::words::content::{FindingsBar, SeverityWord};

/// Something that could be better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FindingView {
    /// The id by which it is dismissed.
    #[schema(min_length = 32, max_length = 32)]
    pub id: String,
    /// The item or section that it concerns; empty when it concerns the whole entry.
    pub item: String,
    /// The place, as a JSON pointer into the document.
    pub pointer: String,
    /// The rule that found it, such as `image-alt-text` or `never-right`.
    pub rule: String,
    /// How grave it is.
    pub severity: SeverityWord,
    /// What could be better.
    pub message: String,
    /// The range in that text, in UTF-16 code units: the first unit, and the one past the last.
    #[schema(value_type = Option<Vec<u32>>, min_items = 2, max_items = 2)]
    pub span: Option<(u32, u32)>,
    /// Why it needs no mending; null until somebody dismisses it.
    pub dismissed: Option<DismissalView>,
}

/// Why a finding needs no mending.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DismissalView {
    /// Who dismissed it.
    pub author: String,
    /// The reason that they gave.
    pub reason: String,
    /// When they did, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Whether they may approve: only then does a dismissal let an entry go live that no learner can get right.
    #[serde(default)]
    pub by_reviewer: bool,
}

/// Something that could be better about an entry that goes live, or that is held back because of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntryFinding {
    /// The entry.
    pub key: String,
    /// The finding.
    #[serde(flatten)]
    pub finding: FindingView,
}

/// The rules about findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingsPolicyView {
    /// What keeps an entry from going live until somebody mends or dismisses it.
    #[schema(example = "impossible")]
    pub bars: FindingsBar,
}

viewed! {
    repo::Dismissal => DismissalView { author, reason, time_ms, by_reviewer }
    repo::EntryFinding => EntryFinding { key, finding }
    repo::FindingsPolicy => FindingsPolicyView { bars }
}

impl From<repo::FindingRow> for FindingView {
    fn from(row: repo::FindingRow) -> Self {
        let repo::FindingRow { id, item, finding, dismissed } = row;
        let Finding { pointer, rule, severity, message, span } = finding;
        Self {
            id,
            item,
            pointer,
            rule,
            severity: severity.on_wire(),
            message,
            span,
            dismissed: dismissed.on_wire(),
        }
    }
}

impl OnWire<FindingView> for repo::FindingRow {
    fn on_wire(self) -> FindingView {
        self.into()
    }
}
