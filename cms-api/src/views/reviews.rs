//! Reviews: what would change, who approved which pair, and the comments.

use cms_core::{access::APPROVALS_REQUIRED_MAX, document, repo};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::content::{DraftState, JoinedFromWord, ReviewStateWord};
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
    /// Entries that both sides changed in ways that can't be joined, or that are already in conflict.
    pub conflicted: Vec<String>,
    /// What would not fit together around entries.
    pub conflicts: Vec<CatalogueConflict>,
    /// Entries that are not as they must be.
    pub refusals: Vec<RefusedEntry>,
    /// What became of the draft, where it can't be merged any more: it was discarded, and may be reopened.
    pub draft_state: Option<DraftState>,
    /// Reviewers of a review who want changes first, ascending, where approvals are required.
    pub changes_wanted_by: Vec<String>,
}

/// An entry that is not as it must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefusedEntry {
    /// The entry.
    pub key: String,
    /// All that is wrong with it.
    pub violations: Vec<Violation>,
}

/// A sentence in which a merge joined changes of both sides without a conflict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JoinedSentence {
    /// The pointer of its text, in the form that conflicts have.
    pub pointer: String,
    /// The way to the text, for people.
    pub place: Vec<Step>,
    /// The sentence before both changes.
    pub base: String,
    /// The sentence as the draft had it.
    pub ours: String,
    /// The sentence as `main` had it.
    pub theirs: String,
    /// The joined sentence, in pieces.
    pub runs: Vec<JoinedRun>,
}

/// A piece of a joined sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JoinedRun {
    /// Which side it comes from.
    pub from: JoinedFromWord,
    /// The text of the piece; empty when the side removed words.
    pub text: String,
}

/// A review in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewRow {
    /// The review's name.
    pub review: String,
    /// Its title: what it is about.
    pub title: String,
    /// Who opened it.
    pub author: String,
    /// Its draft.
    pub draft: String,
    /// The review's state.
    pub state: ReviewStateWord,
    /// The people who are asked to review it.
    pub reviewers: Vec<String>,
    /// The people who approved anything in it, whether or not that still counts.
    pub approved_by: Vec<String>,
    /// The people who want changes.
    pub changes_wanted_by: Vec<String>,
    /// How many comments there are.
    pub comments_count: u64,
    /// How many threads wait for an answer.
    pub threads_open_count: u64,
    /// When it was opened, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// When it last changed, in milliseconds since 1970-01-01T00:00:00Z.
    pub changed_ms: u64,
}

/// A page of reviews.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewPage {
    /// The reviews, newest first.
    pub rows: Vec<ReviewRow>,
    /// What to send as `cursor` for the next page; null when nothing follows.
    #[schema(value_type = Option<String>)]
    pub next: Option<Cursor>,
    /// Reviews between the rows that can't be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<UnreadReview>,
}

/// A review that can't be read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnreadReview {
    /// The review's name.
    pub review: String,
    /// What the damaged object says of its damage.
    pub damaged: String,
}

/// An entry's documents before a draft and in it; null for no entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Pair {
    /// The document before the draft.
    pub before: Option<String>,
    /// The document in the draft.
    pub after: Option<String>,
}

/// One person's approval of one entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// Who approved it.
    pub person: String,
    /// When they did, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Whether it is for the present pair, and by a person whose approval counts for this entry.
    pub counts: bool,
}

/// One entry of a review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewEntry {
    /// What the draft does to it.
    #[serde(flatten)]
    pub change: DraftChangeRow,
    /// The pair of documents for which an approval is given.
    pub pair: Pair,
    /// Whether the change touches an answer key.
    pub touches_answers: bool,
    /// Findings by which learners can't be right or are right without reason, or formulas that can't be typeset; the
    /// gravest first, dismissed ones included.
    #[serde(default)]
    pub findings: Vec<FindingView>,
    /// The locales whose translation the change makes stale.
    pub stale_locales: Vec<String>,
    /// Sentences that a merge joined from the words of two people, and that nobody wrote like that.
    pub joined: Vec<JoinedSentence>,
    /// How many places in the document change.
    pub places_count: u64,
    /// The approvals of the entry, whether or not they still count.
    pub approvals: Vec<Approval>,
    /// How many approvals it needs: as many as the strictest policy of the review's places asks for, and a proposal one in
    /// any case.
    pub approvals_required: u32,
    /// The people who wrote a part of it and may not write it; the change is then a proposal.
    pub proposed_by: Vec<String>,
    /// Whether as many people approved this pair as are required.
    pub is_approved: bool,
    /// Whether it changed since the person who asks last looked; null if they never did.
    pub is_new_to_you: Option<bool>,
}

/// One person's verdict on the whole review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// Who gave it.
    pub person: String,
    /// Whether they want changes; otherwise they approved.
    pub wants_changes: bool,
    /// The message that they gave.
    pub message: String,
    /// When they gave it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
}

/// A part of a text, in characters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Span {
    /// Where it begins.
    pub start: u64,
    /// Where it ends; the end itself is not part of it.
    pub end: u64,
}

/// The place that a thread is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Anchor {
    /// The entry.
    pub key: String,
    /// The revision that the commenter looked at.
    pub revision: String,
    /// The JSON pointer in the revision's document.
    pub pointer: String,
    /// The part of the text there, if the thread is about a part.
    pub span: Option<Span>,
}

/// One comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Comment {
    /// Its name within the review.
    pub id: String,
    /// Who said it.
    pub author: String,
    /// The text, as Markdown.
    pub text: String,
    /// When they said it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// When it was last edited, in milliseconds since 1970-01-01T00:00:00Z.
    pub edited_ms: Option<u64>,
}

/// A thread of comments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Thread {
    /// Its name within the review.
    pub id: String,
    /// The place that it is about; null for the whole review.
    pub anchor: Option<Anchor>,
    /// Whether the text at that place has changed since.
    pub is_outdated: bool,
    /// The person who resolved it.
    pub resolved_by: Option<String>,
    /// The comments, oldest first.
    pub comments: Vec<Comment>,
}

/// A review as one person sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewView {
    /// What lists show of the review.
    #[serde(flatten)]
    pub row: ReviewRow,
    /// A longer description, as Markdown.
    pub description: String,
    /// The commit at which the draft parted from `main`.
    pub base: String,
    /// The draft's commit.
    pub head: String,
    /// What would change, entries that need a closer look first.
    pub entries: Vec<ReviewEntry>,
    /// What does not fit together around entries.
    pub conflicts: Vec<CatalogueConflict>,
    /// What would keep the draft from merging as it is; all lists are empty if nothing would.
    pub obstacles: Obstacles,
    /// What people said of the whole review.
    pub verdicts: Vec<Verdict>,
    /// The threads, oldest first.
    pub threads: Vec<Thread>,
    /// How many approvals the strictest policy of the review's places asks for.
    pub approvals_required: u32,
    /// Whether every entry has that many, and nothing keeps the draft from merging.
    pub is_approved: bool,
    /// The commit by which it was merged into `main`.
    pub merged_as: Option<String>,
}

/// A review that was merged, as a whole or in part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewMerged {
    /// The merge that took place.
    pub merged: MergedView,
    /// The review as it is now.
    pub review: ReviewView,
}

/// The rules about reviews.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewPolicyView {
    /// How many people who did not change the draft must approve each entry; with 0 a draft may be merged
    /// without a review.
    #[serde(
        deserialize_with = "crate::ground::form::whole_to::<_, _, { APPROVALS_REQUIRED_MAX }>"
    )]
    #[schema(maximum = 50)]
    pub approvals_required: u32,
}

viewed! {
    repo::Obstacles => Obstacles { conflicted, conflicts, refusals, draft_state, changes_wanted_by }
    repo::Refusal => RefusedEntry { key, violations }
    document::JoinedSentence => JoinedSentence { pointer, place, base, ours, theirs, runs }
    document::JoinedRun => JoinedRun { from, text }
    repo::ReviewRow => ReviewRow { review, title, author, draft, state, reviewers, approved_by, changes_wanted_by, comments_count, threads_open_count, created_ms, changed_ms }
    repo::Pair => Pair { before, after }
    repo::Approval => Approval { person, time_ms, counts }
    repo::ReviewEntry => ReviewEntry { change, pair, touches_answers, findings, stale_locales, joined, places_count, approvals, approvals_required, proposed_by, is_approved, is_new_to_you }
    repo::Verdict => Verdict { person, wants_changes, message, time_ms }
    repo::Span => Span { start, end }
    repo::Anchor => Anchor { key, revision, pointer, span }
    repo::Comment => Comment { id, author, text, time_ms, edited_ms }
    repo::Thread => Thread { id, anchor, is_outdated, resolved_by, comments }
    repo::Review => ReviewView { row, description, base, head, entries, conflicts, obstacles, verdicts, threads, approvals_required, is_approved, merged_as }
    repo::ReviewPolicy => ReviewPolicyView { approvals_required }
}
