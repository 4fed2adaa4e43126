//! A review as a reviewer sees it: what would change, what to look at first, and who approved which pair.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{
    Pair, ReviewError, ReviewId, ReviewState,
    list::ReviewRow,
    needed::Needed,
    stored::{Anchor, Comment, StoredReview},
};
use crate::repo::{
    branch::branch_head,
    commit::conflict::CatalogueConflict,
    compare::entry::rename_for_diff,
    content::{
        catalogue::{self, CatalogueRow, RowState, changed_rows},
        findings::{self, FindingRow},
        kinds::Kinds,
    },
    draft::{
        DraftError,
        changes::{Beside, DraftChangeRow},
        merge::foreseen::Obstacles,
        state::DraftState,
    },
    ground::error::StoreError,
};
use crate::{
    document::{JoinedSentence, Shape, diff},
    model::{
        commit::Commit,
        id::CommitId,
        key::{EntryKey, Locale},
        name::{Branch, Person},
        revision::RevisionState,
    },
    repo::review::Reviews,
    schema::{KindSchema, segments::TextHash, translation::Translation},
};

/// A review as one person sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Review {
    /// What lists show of the review.
    #[serde(flatten)]
    pub row: ReviewRow,
    /// A longer description, as Markdown.
    pub description: String,
    /// The commit at which the draft parted from `main`.
    pub base: CommitId,
    /// The draft's commit.
    pub head: CommitId,
    /// What would change, entries that need a closer look first.
    pub entries: Vec<ReviewEntry>,
    /// What does not fit together around entries.
    pub conflicts: Vec<CatalogueConflict>,
    /// What people said of the whole review.
    pub verdicts: Vec<Verdict>,
    /// The threads, oldest first.
    pub threads: Vec<Thread>,
    /// What would keep the draft from merging as it is; empty if nothing would.
    pub obstacles: Obstacles,
    /// How many approvals the strictest policy of the review's places asks for.
    pub approvals_required: u32,
    /// Whether every entry has that many, and nothing keeps the draft from merging.
    pub is_approved: bool,
    /// The commit by which it was merged into `main`.
    pub merged_as: Option<CommitId>,
}

/// One entry of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    pub findings: Vec<FindingRow>,
    /// The locales whose translation the change makes stale.
    pub stale_locales: Vec<Locale>,
    /// Sentences that a merge joined from the words of two people.
    pub joined: Vec<JoinedSentence>,
    /// How many places in the document change.
    pub places_count: u64,
    /// The approvals of the entry, whether or not they still count.
    pub approvals: Vec<Approval>,
    /// How many approvals it needs: as many as the strictest policy of the review's places asks for, and a proposal one
    /// in any case.
    pub approvals_required: u32,
    /// The people who wrote a part of it and may not write it; the change is then a proposal.
    pub proposed_by: Vec<String>,
    /// Whether as many people approved this pair as are required.
    pub is_approved: bool,
    /// Whether it changed since the person who asks last looked; `None` if they never did.
    pub is_new_to_you: Option<bool>,
}

/// One person's approval of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// Who approved it.
    pub person: String,
    /// When they did, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Whether it is for the present pair, and by a person whose approval counts for this entry.
    pub counts: bool,
}

/// One person's verdict on the whole review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// A thread of comments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Thread {
    /// Its name within the review.
    pub id: String,
    /// The place that it is about; `None` for the whole review.
    pub anchor: Option<Anchor>,
    /// Whether the text at that place has changed since.
    pub is_outdated: bool,
    /// The person who resolved it.
    pub resolved_by: Option<String>,
    /// The comments, oldest first.
    pub comments: Vec<Comment>,
}

impl ReviewEntry {
    /// How many people's approvals of it count.
    pub(super) fn approvals_count(&self) -> u32 {
        counting(&self.approvals)
    }

    /// The order in which entries that need a closer look come first.
    fn order(&self) -> (bool, bool, bool, bool, bool, bool, &EntryKey) {
        (
            !(self.change.is_conflicted || self.change.violations_count > 0),
            self.findings.iter().all(FindingRow::is_settled),
            !self.touches_answers,
            self.joined.is_empty(),
            self.stale_locales.is_empty(),
            self.is_new_to_you == Some(false),
            &self.change.key,
        )
    }
}

/// The pair of documents in an entry's rows at two states.
pub(super) fn pair_of([before, after]: [Option<CatalogueRow>; 2]) -> Pair {
    Pair {
        before: before.and_then(|row| row.document()),
        after: after.and_then(|row| row.document()),
    }
}

impl Reviews<'_> {
    /// A review, as one person sees it.
    ///
    /// # Errors
    /// [`ReviewError::Unknown`], or the store can't be read.
    pub fn one(&self, id: &ReviewId, person: Option<&Person>) -> Result<Review, ReviewError> {
        let stored = self.stored(id)?;
        let [base, head] = self.reviewed_commits(&stored)?;
        let seen = person.and_then(|person| stored.seen.get(person.as_str()));
        let keys: Vec<EntryKey> = self.pairs([base, head])?.into_keys().collect();
        let needed = self.needed(&stored, head, &keys, None)?;
        let entries = self.entries(&stored, [base, head], &needed, seen)?;
        let head_commit = self.repository.commit_of(head)?;
        let is_open = stored.state == ReviewState::Open;
        let row = ReviewRow::of(id.clone(), &stored);
        let obstacles = match is_open {
            true => self.obstacles(&row, head, needed.wanting(&stored, &keys))?,
            false => Obstacles::default(),
        };
        let mut conflicts = self.repository.catalogue_conflicts(&head_commit)?;
        for found in &obstacles.conflicts {
            if conflicts.iter().all(|known| known.id != found.id) {
                conflicts.push(found.clone());
            }
        }
        let threads = stored
            .threads
            .iter()
            .map(|thread| {
                let is_outdated = match &thread.anchor {
                    Some(anchor) => self.is_outdated(anchor, &head_commit)?,
                    None => false,
                };
                Ok(Thread {
                    id: thread.id.clone(),
                    anchor: thread.anchor.clone(),
                    is_outdated,
                    resolved_by: thread.resolved_by.clone(),
                    comments: thread.comments.clone(),
                })
            })
            .collect::<Result<_, StoreError>>()?;
        let verdicts = stored.verdicts.iter().map(|(person, verdict)| Verdict {
            person: person.clone(),
            wants_changes: verdict.wants_changes,
            message: verdict.message.clone(),
            time_ms: verdict.time_ms,
        });
        Ok(Review {
            description: stored.description.clone(),
            base,
            head,
            is_approved: entries.iter().all(|entry| entry.is_approved) && obstacles.is_empty(),
            entries,
            conflicts,
            obstacles,
            verdicts: verdicts.collect(),
            threads,
            approvals_required: needed.approvals_required(),
            merged_as: stored.merged_as,
            row,
        })
    }

    /// What keeps an open review from being merged, beside approvals that are missing.
    fn obstacles(
        &self,
        row: &ReviewRow,
        head: CommitId,
        changes_wanted_by: Vec<String>,
    ) -> Result<Obstacles, ReviewError> {
        let drafts = self.repository.drafts();
        let draft_state = match drafts.record(&row.draft) {
            Err(DraftError::WrongState { state: DraftState::Discarded, .. }) => {
                Some(DraftState::Discarded)
            }
            // A draft that was merged another way keeps nothing from ending the review.
            Ok(_) | Err(DraftError::WrongState { .. } | DraftError::Unknown { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Obstacles { draft_state, changes_wanted_by, ..drafts.obstacles(head)? })
    }

    /// Where the draft parted from `main`, and the draft's commit: at present, or when the review ended.
    pub(super) fn reviewed_commits(
        &self,
        stored: &StoredReview,
    ) -> Result<[CommitId; 2], ReviewError> {
        match stored.closed_at {
            Some(commits) if stored.state != ReviewState::Open => Ok(commits),
            _ => match self.repository.drafts().beside(&stored.draft) {
                Ok(Beside { base, head, .. }) => Ok([base, head]),
                // The draft was discarded during the review; the review still shows what it was.
                Err(_) => {
                    let draft = self.repository.drafts().one(&stored.draft)?;
                    Ok([draft.begun_from, draft.head])
                }
            },
        }
    }

    fn entries(
        &self,
        stored: &StoredReview,
        [base, head]: [CommitId; 2],
        needed: &Needed,
        seen: Option<&[CommitId; 2]>,
    ) -> Result<Vec<ReviewEntry>, StoreError> {
        let [before, after] = [self.repository.commit_of(base)?, self.repository.commit_of(head)?];
        let kinds = Kinds::at(self.repository, after.catalogue);
        let seen_pairs = match seen {
            Some([base, head]) => Some(self.pairs([*base, *head])?),
            None => None,
        };
        let on_main = self.changed_on_main(stored, &before)?;
        let mut entries = Vec::new();
        for (key, rows) in changed_rows(self.repository, before.catalogue, after.catalogue)? {
            let state = |row: Option<CatalogueRow>| row.map(|row| row.state);
            if state(rows[0]) == state(rows[1]) {
                continue;
            }
            let here = on_main.get(&key).map(|[_, row]| state(*row));
            if here == Some(state(rows[1])) {
                // `main` already has the entry as it is in the draft: a part that was accepted, or the same change made
                // in another way.
                continue;
            }
            let pair = pair_of(rows);
            let mut change =
                self.repository.drafts().change_row(&kinds, key.clone(), rows, None)?;
            change.is_changed_on_main = here.is_some();
            let approvals: Vec<Approval> = stored
                .approvals
                .iter()
                .filter(|approval| approval.key == key)
                .map(|approval| Approval {
                    person: approval.person.clone(),
                    time_ms: approval.time_ms,
                    counts: needed.counts(approval, pair, &change),
                })
                .collect();
            let approvals_required = needed.approvals_for(&key);
            let is_approved = counting(&approvals) >= approvals_required;
            let look = self.look_closer(&kinds, &key, pair, &before)?;
            entries.push(ReviewEntry {
                pair,
                touches_answers: look.touches_answers,
                findings: self.findings_of_pair(&kinds, &key, pair)?,
                joined: self.joined_since(&kinds, &key, rows)?,
                stale_locales: look.stale_locales,
                places_count: look.places_count,
                approvals,
                approvals_required,
                proposed_by: needed.proposed_by(&key),
                is_approved,
                is_new_to_you: seen_pairs.as_ref().map(|pairs| pairs.get(&key) != Some(&pair)),
                change,
            });
        }
        entries.sort_by(|a, b| a.order().cmp(&b.order()));
        Ok(entries)
    }

    /// What learners would stumble over in what the draft makes of an entry.
    fn findings_of_pair(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        pair: Pair,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let kind = kinds.get(key.kind())?.filter(|_| key.locale().is_none());
        let (Some(after), Some(kind)) = (pair.after, kind) else { return Ok(Vec::new()) };
        let document = kinds.document(&kind, after)?;
        let mut rows =
            self.repository.findings_of(&kind.schema, key, &document, findings::Look::Grave)?;
        let document_of = |key: &EntryKey| -> Result<Option<Value>, StoreError> {
            let row = catalogue::row(&*self.repository.source, kinds.catalogue(), key)?;
            row.and_then(|row| row.document()).map(|id| self.repository.document(id)).transpose()
        };
        rows.extend(self.repository.too_large_draws(
            kinds,
            &kind.schema,
            key,
            &document,
            &document_of,
        )?);
        rows.sort_by_key(|row| row.finding.severity);
        Ok(rows)
    }

    /// What `main` changed since the draft of an open review parted from it.
    fn changed_on_main(
        &self,
        stored: &StoredReview,
        parted: &Commit,
    ) -> Result<BTreeMap<EntryKey, [Option<CatalogueRow>; 2]>, StoreError> {
        let main = match stored.state {
            ReviewState::Open => branch_head(self.repository, &Branch::Main)?,
            ReviewState::Merged | ReviewState::Closed => None,
        };
        match main {
            Some(main) => changed_rows(
                self.repository,
                parted.catalogue,
                self.repository.commit_of(main.commit)?.catalogue,
            ),
            None => Ok(BTreeMap::new()),
        }
    }

    /// The pairs of all entries that differ between two commits.
    pub(super) fn pairs(
        &self,
        [base, head]: [CommitId; 2],
    ) -> Result<BTreeMap<EntryKey, Pair>, StoreError> {
        let root = |commit| self.repository.commit_of(commit).map(|commit| commit.catalogue);
        let changed = changed_rows(self.repository, root(base)?, root(head)?)?;
        let changed = changed.into_iter().map(|(key, rows)| (key, pair_of(rows)));
        Ok(changed.collect())
    }

    /// What in a change deserves a closer look.
    fn look_closer(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        pair: Pair,
        before: &Commit,
    ) -> Result<Look, StoreError> {
        let (Some(left), Some(right)) = (pair.before, pair.after) else {
            return Ok(Look { places_count: 1, ..Look::default() });
        };
        let (mut left, right) = (self.repository.document(left)?, self.repository.document(right)?);
        let kind = match key.locale() {
            None => kinds.get(key.kind())?,
            Some(_) => None,
        };
        rename_for_diff(kind.as_ref().map(|kind| &*kind.schema), &mut left, &right);
        let shape = kind.as_ref().map_or(Shape::Inferred, |kind| Shape::Kind(&kind.schema));
        let changes = diff(shape, &left, &right).changes;
        let mut look = Look { places_count: changes.len() as u64, ..Look::default() };
        let Some(kind) = kind else { return Ok(look) };
        look.touches_answers = changes.iter().any(|change| kind.schema.is_answer(&change.pointer));
        let moved = moved_segments(&kind.schema, &left, &right);
        if moved.is_empty() {
            return Ok(look);
        }
        let prefix = key.translations_prefix();
        for row in catalogue::with_prefix(&*self.repository.source, before.catalogue, &prefix)? {
            let (found, value) = row?;
            let (found, row) =
                (catalogue::decoded_key(&found)?, catalogue::decoded_row(&found, &value)?);
            let (Some(locale), RowState::Resolved(document)) = (found.locale(), row.state) else {
                continue;
            };
            let Ok(translation) = Translation::parse(&self.repository.document(document)?) else {
                continue;
            };
            let stale = translation
                .segments()
                .any(|(address, text)| moved.get(address.as_str()) == Some(&text.source));
            if stale {
                look.stale_locales.push(locale.clone());
            }
        }
        Ok(look)
    }

    /// Whether the text that a thread is about is another one at a commit.
    fn is_outdated(&self, anchor: &Anchor, commit: &Commit) -> Result<bool, StoreError> {
        let row = catalogue::row(&*self.repository.source, commit.catalogue, &anchor.key)?;
        let Some(row) = row else { return Ok(true) };
        if row.revision == anchor.revision {
            return Ok(false);
        }
        let there = match self.repository.revision(anchor.revision)?.state {
            RevisionState::Resolved(document) => Some(self.repository.document(document)?),
            RevisionState::Conflicted(_) | RevisionState::Deleted => None,
        };
        let here =
            self.repository.stand_in(&row)?.map(|id| self.repository.document(id)).transpose()?;
        let at = |document: &Option<Value>| -> Option<Value> {
            document.as_ref()?.pointer(&anchor.pointer).cloned()
        };
        Ok(at(&there) != at(&here))
    }
}

#[derive(Default)]
struct Look {
    touches_answers: bool,
    stale_locales: Vec<Locale>,
    places_count: u64,
}

/// How many people's approvals count.
fn counting(approvals: &[Approval]) -> u32 {
    let counting = approvals.iter().filter(|approval| approval.counts);
    let people: BTreeSet<&str> = counting.map(|approval| approval.person.as_str()).collect();
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}

/// The hashes of the source's earlier texts that a change replaced, by address.
fn moved_segments(kind: &KindSchema, before: &Value, after: &Value) -> BTreeMap<String, TextHash> {
    let hashes = |document: &Value| -> BTreeMap<String, TextHash> {
        let segments = kind.segments(document).into_iter();
        segments
            .map(|segment| (segment.address.as_str().to_owned(), TextHash::of(&segment.text)))
            .collect()
    };
    let now = hashes(after);
    let mut moved = hashes(before);
    moved.retain(|address, hash| now.get(address) != Some(hash));
    moved
}
