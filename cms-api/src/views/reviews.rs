//! Reviews: what would change, who approved which pair, what was said.

use cms_core::{document, repo};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::content::{JoinedFromWord, ReviewStateWord};
use super::{
    content::Violation,
    difference::Step,
    drafts::{CatalogueConflict, DraftChangeRow, MergedView},
    findings::FindingView,
};
use crate::ground::page::Cursor;

/// What keeps a draft from merging into `main` as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Obstacles {
    /// Entries that both sides changed in ways that do not go together, or that are in conflict already.
    pub conflicted: Vec<String>,
    /// What would not fit together around entries.
    pub conflicts: Vec<CatalogueConflict>,
    /// Entries that are not as they must be.
    pub refusals: Vec<RefusedEntry>,
}

/// An entry that is not as it must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefusedEntry {
    /// The entry.
    pub key: String,
    /// All that is wrong.
    pub violations: Vec<Violation>,
}

/// A sentence in which changes of both sides were joined without a conflict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JoinedSentence {
    /// Names the text that it is of, as conflicts are named.
    pub pointer: String,
    /// The way to it, for people.
    pub place: Vec<Step>,
    /// The sentence as it was.
    pub base: String,
    /// As the draft had it.
    pub ours: String,
    /// As `main` had it.
    pub theirs: String,
    /// As it is joined, in pieces.
    pub runs: Vec<JoinedRun>,
}

/// A piece of a joined sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JoinedRun {
    /// Whose it is.
    pub from: JoinedFromWord,
    /// The piece; empty where the side took words away.
    pub text: String,
}

/// A review in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewRow {
    /// Its name.
    pub review: String,
    /// What it is about.
    pub title: String,
    /// Who opened it.
    pub author: String,
    /// Its draft.
    pub draft: String,
    /// What became of it.
    pub state: ReviewStateWord,
    /// Who is asked.
    pub reviewers: Vec<String>,
    /// Who approved anything of it, whether or not that still counts.
    pub approved_by: Vec<String>,
    /// Who wants changes.
    pub changes_wanted_by: Vec<String>,
    /// How many comments there are.
    pub comments_count: u64,
    /// How many threads wait for an answer.
    pub threads_open_count: u64,
    /// When it was opened.
    pub created_ms: u64,
    /// When it changed last.
    pub changed_ms: u64,
}

/// A page of reviews.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewPage {
    /// The reviews, newest first.
    pub rows: Vec<ReviewRow>,
    /// What to send as `cursor` for the next page; null where nothing follows.
    #[schema(value_type = Option<String>)]
    pub next: Option<Cursor>,
    /// Those between the rows that can't be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<UnreadReview>,
}

/// A review that can't be read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnreadReview {
    /// Its name.
    pub review: String,
    /// What says that it is damaged.
    pub damaged: String,
}

/// A pair of an entry's documents; null for no entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Pair {
    /// Before the draft.
    pub before: Option<String>,
    /// In the draft.
    pub after: Option<String>,
}

/// One person's approval of one entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// Who.
    pub person: String,
    /// When.
    pub time_ms: u64,
    /// Whether it is for the pair that is there now.
    pub counts: bool,
}

/// One entry of a review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewEntry {
    /// What the draft does to it.
    #[serde(flatten)]
    pub change: DraftChangeRow,
    /// The pair of documents that an approval is given for.
    pub pair: Pair,
    /// Whether the change touches an answer key.
    pub touches_answers: bool,
    /// What keeps learners from being right, lets them be right for nothing or can't be set, the gravest first; what was dismissed among it.
    #[serde(default)]
    pub findings: Vec<FindingView>,
    /// The locales whose translation the change makes stale.
    pub stale_locales: Vec<String>,
    /// Sentences in which words of two people were joined by themselves, and that nobody wrote so.
    pub joined: Vec<JoinedSentence>,
    /// How many places change.
    pub places_count: u64,
    /// Who approved it.
    pub approvals: Vec<Approval>,
    /// Whether as many people approved this pair as must.
    pub is_approved: bool,
    /// Whether it changed since the person who asks looked last; null where they never did.
    pub is_new_to_you: Option<bool>,
}

/// What one person said of the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// Who.
    pub person: String,
    /// Whether they want changes; else they approved.
    pub wants_changes: bool,
    /// Why.
    pub message: String,
    /// When.
    pub time_ms: u64,
}

/// A part of a text, in characters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Span {
    /// Where it begins.
    pub start: u64,
    /// Where it ends, itself not part of it.
    pub end: u64,
}

/// The place that a thread is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Anchor {
    /// The entry.
    pub key: String,
    /// The revision that was looked at.
    pub revision: String,
    /// The JSON pointer in its document.
    pub pointer: String,
    /// The part of the text there, where it is about a part.
    pub span: Option<Span>,
}

/// One thing that someone said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Comment {
    /// Its name within the review.
    pub id: String,
    /// Who.
    pub author: String,
    /// What, as Markdown.
    pub text: String,
    /// When.
    pub time_ms: u64,
    /// When it was changed last.
    pub edited_ms: Option<u64>,
}

/// A thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Thread {
    /// Its name within the review.
    pub id: String,
    /// The place that it is about; null for the whole.
    pub anchor: Option<Anchor>,
    /// Whether the text at that place is another one now.
    pub is_outdated: bool,
    /// Who resolved it.
    pub resolved_by: Option<String>,
    /// What was said, oldest first.
    pub comments: Vec<Comment>,
}

/// A review, as one person sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewView {
    /// What the lists show of it.
    #[serde(flatten)]
    pub row: ReviewRow,
    /// More of it, as Markdown.
    pub description: String,
    /// The commit at which the draft parted from `main`.
    pub base: String,
    /// The draft's commit.
    pub head: String,
    /// What would change, what needs a closer look first.
    pub entries: Vec<ReviewEntry>,
    /// What does not fit together around entries.
    pub conflicts: Vec<CatalogueConflict>,
    /// What would keep the draft from merging as it is; all lists are empty where nothing would.
    pub obstacles: Obstacles,
    /// What people said of the whole.
    pub verdicts: Vec<Verdict>,
    /// What was said, oldest thread first.
    pub threads: Vec<Thread>,
    /// How many approvals each entry needs.
    pub approvals_required: u32,
    /// Whether every entry has as many.
    pub is_approved: bool,
    /// The commit of `main` that it was merged as.
    pub merged_as: Option<String>,
}

/// A review that was merged, whole or in part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewMerged {
    /// What was merged.
    pub merged: MergedView,
    /// The review as it is now.
    pub review: ReviewView,
}

/// The rules of reviews.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewPolicyView {
    /// How many people who did not change the draft must approve each entry; with 0 a draft may be merged
    /// without a review.
    #[serde(deserialize_with = "crate::ground::form::whole")]
    #[schema(maximum = 50)]
    pub approvals_required: u32,
}

viewed! {
    repo::Obstacles => Obstacles { conflicted, conflicts, refusals }
    repo::Refusal => RefusedEntry { key, violations }
    document::JoinedSentence => JoinedSentence { pointer, place, base, ours, theirs, runs }
    document::JoinedRun => JoinedRun { from, text }
    repo::ReviewRow => ReviewRow { review, title, author, draft, state, reviewers, approved_by, changes_wanted_by, comments_count, threads_open_count, created_ms, changed_ms }
    repo::Pair => Pair { before, after }
    repo::Approval => Approval { person, time_ms, counts }
    repo::ReviewEntry => ReviewEntry { change, pair, touches_answers, findings, stale_locales, joined, places_count, approvals, is_approved, is_new_to_you }
    repo::Verdict => Verdict { person, wants_changes, message, time_ms }
    repo::Span => Span { start, end }
    repo::Anchor => Anchor { key, revision, pointer, span }
    repo::Comment => Comment { id, author, text, time_ms, edited_ms }
    repo::Thread => Thread { id, anchor, is_outdated, resolved_by, comments }
    repo::Review => ReviewView { row, description, base, head, entries, conflicts, obstacles, verdicts, threads, approvals_required, is_approved, merged_as }
    repo::ReviewPolicy => ReviewPolicyView { approvals_required }
}
