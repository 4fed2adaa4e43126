//! A draft's record: begin, look at, list, rename, share, hand over.

use serde::{Deserialize, Serialize};

use super::{DRAFT_MEMBERS_MAX, DraftError, DraftId, RECORD_CELL, drafts_prefix};
use crate::repo::{
    branch::{branch_head, branch_swap},
    content::state::State,
    ground::{error::StoreError, repository::MAIN, stamp::Stamp},
    record::{Record, put_record},
    state::ResolveError,
};
use crate::{
    engine::{Cell, CellName, CellQuery, Expected, PAGE_ROWS_MAX, Swap, cells_of},
    model::{id::CommitId, name::Person},
    repo::draft::{Drafts, state::DraftState},
    schema::title::is_blank,
};

/// Sorts after every cell of a draft; no cell has this name.
const BEHIND_ALL: &str = "zz";
const TITLE_SIZE_BYTES_MAX: usize = 500;
/// How often a draft is read again that changed while it was handed over.
const HAND_OVER_TRIES: u64 = 8;

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// The draft's name.
    pub draft: DraftId,
    /// Its title: what it is about.
    pub title: String,
    /// The person who owns it.
    pub owner: String,
    /// The other people who work on it, ascending.
    pub members: Vec<String>,
    /// What became of it.
    pub state: DraftState,
    /// The commit that it was begun from.
    pub begun_from: CommitId,
    /// Its newest commit.
    pub head: CommitId,
    /// When it was begun, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// When its record or its commits last changed, in milliseconds since 1970-01-01T00:00:00Z.
    pub changed_ms: u64,
    /// The version of its record, against which it is changed.
    pub version: u64,
}

/// The record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::repo) struct StoredDraft {
    pub(in crate::repo) title: String,
    pub(in crate::repo) owner: String,
    pub(in crate::repo) members: Vec<String>,
    pub(in crate::repo) state: DraftState,
    pub(in crate::repo) begun_from: CommitId,
    pub(in crate::repo) created_ms: u64,
    pub(in crate::repo) changed_ms: u64,
    /// Where its branch pointed when it was closed.
    pub(in crate::repo) closed_at: Option<CommitId>,
}

impl StoredDraft {
    fn into_draft(self, draft: DraftId, head: CommitId, version: u64) -> Draft {
        Draft {
            draft,
            title: self.title,
            owner: self.owner,
            members: self.members,
            state: self.state,
            begun_from: self.begun_from,
            head,
            created_ms: self.created_ms,
            changed_ms: self.changed_ms,
            version,
        }
    }

    pub(in crate::repo) fn admits(&self, person: &Person) -> bool {
        *person == *self.owner || self.members.iter().any(|member| *person == **member)
    }
}

/// A draft to begin.
#[derive(Debug, Clone)]
pub struct NewDraft {
    /// Its title: what it is about.
    pub title: String,
    /// The state to begin from; `None` for `main`.
    pub from: Option<State>,
    /// The other people who work on it.
    pub members: Vec<Person>,
    /// Who begins it, and when.
    pub stamp: Stamp,
}

/// A change of a draft's record; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct DraftChange {
    /// The new title.
    pub title: Option<String>,
    /// The new members.
    pub members: Option<Vec<Person>>,
    /// The new owner; the previous one becomes a member.
    pub owner: Option<Person>,
}

/// Which drafts to list.
#[derive(Debug, Clone, Default)]
pub struct DraftQuery {
    /// Only drafts of which this person is owner or member.
    pub person: Option<Person>,
    /// Only drafts after this one.
    pub after: Option<DraftId>,
    /// At most this many drafts.
    pub rows_max: usize,
}

/// Drafts, and where the next page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DraftPage {
    /// The drafts, ascending by name.
    pub drafts: Vec<Draft>,
    /// The last draft that was looked at, if more may follow.
    pub next: Option<DraftId>,
}

/// The members of a draft as they are stored: ascending, without the owner.
fn members_of(mut people: Vec<String>, owner: &str) -> Result<Vec<String>, DraftError> {
    people.retain(|person| person != owner);
    people.sort();
    people.dedup();
    if people.len() > DRAFT_MEMBERS_MAX {
        let reason = format!("members are at most {DRAFT_MEMBERS_MAX} people");
        return Err(DraftError::Refused { pointer: "/members", reason });
    }
    Ok(people)
}

fn checked_title(title: String) -> Result<String, DraftError> {
    if is_blank(&title) || title.len() > TITLE_SIZE_BYTES_MAX {
        let reason = format!("a draft's title has 1 to {TITLE_SIZE_BYTES_MAX} bytes");
        return Err(DraftError::Refused { pointer: "/title", reason });
    }
    Ok(title)
}

impl Drafts<'_> {
    /// Begins a draft. Its name is derived from the attempt, so a repeated attempt begins no second draft.
    ///
    /// # Errors
    /// [`DraftError::Refused`] when the record is not as it must be.
    pub fn begin(&self, new: NewDraft) -> Result<Draft, DraftError> {
        let hash = blake3::derive_key("cms 2026-11-22 v1 draft id", &new.stamp.operation.0);
        let hex = blake3::Hash::from_bytes(hash).to_hex();
        let draft: DraftId = hex[..12].parse().expect("hex digits are a name");
        let from = match &new.from {
            Some(State::Commit(commit)) => *commit,
            Some(State::Snapshot { publication, .. }) => {
                self.repository.publication(*publication)?.commit
            }
            None => match self.repository.resolve(MAIN) {
                Ok(State::Commit(commit)) => commit,
                Err(ResolveError::Store(error)) => return Err(error.into()),
                _ => return Err(StoreError::Row { what: "the branch main".to_owned() }.into()),
            },
        };
        if self.repository.content_commit(from)?.is_none() {
            let reason = format!("there is no commit {from} to begin from");
            return Err(DraftError::Refused { pointer: "/from", reason });
        }
        let owner = new.stamp.author.to_string();
        let record = StoredDraft {
            title: checked_title(new.title)?,
            members: members_of(new.members.iter().map(Person::to_string).collect(), &owner)?,
            owner,
            state: DraftState::Open,
            begun_from: from,
            created_ms: new.stamp.time_ms,
            changed_ms: new.stamp.time_ms,
            closed_at: None,
        };
        let swaps = vec![
            self.head_swap(&draft, Expected::Absent, from)?,
            put_record(draft.cell(RECORD_CELL)?, Expected::Absent, &record),
        ];
        self.swap("begin-draft", &draft, swaps, &new.stamp)?;
        // Whichever request of this attempt came first began it.
        self.one(&draft)
    }

    pub(super) fn head_swap(
        &self,
        draft: &DraftId,
        expected: Expected,
        commit: CommitId,
    ) -> Result<Swap, StoreError> {
        branch_swap(&draft.branch(), expected, commit)
            .map_err(|_| StoreError::Row { what: format!("the branch of draft {draft}") })
    }

    /// Changes cells of a draft; returns whether they were as expected.
    pub(super) fn swap(
        &self,
        verb: &str,
        draft: &DraftId,
        swaps: Vec<Swap>,
        stamp: &Stamp,
    ) -> Result<bool, StoreError> {
        let audit = stamp.audit(verb, &[("draft", draft.as_str())]);
        Ok(self.repository.swap_records(stamp.operation, swaps, Some(audit))?.is_some())
    }

    /// An open draft's record. Of one that is closed it tells what became of it.
    pub(in crate::repo) fn record(
        &self,
        draft: &DraftId,
    ) -> Result<Record<StoredDraft>, DraftError> {
        let found = self.repository.stored_record(draft.cell(RECORD_CELL)?)?;
        found.ok_or_else(|| self.not_open(draft))
    }

    /// Why a draft that was looked for among the open ones is not there: what became of it, or that it never was.
    pub(in crate::repo) fn not_open(&self, draft: &DraftId) -> DraftError {
        match self.closed(draft) {
            Ok(Record { value: StoredDraft { state, .. }, .. }) => {
                DraftError::WrongState { draft: draft.clone(), state }
            }
            Err(error) => error,
        }
    }

    /// Like [`Drafts::record`], for a person who wants to work on the draft.
    pub(in crate::repo) fn record_for(
        &self,
        draft: &DraftId,
        person: &Person,
    ) -> Result<Record<StoredDraft>, DraftError> {
        let record = self.record(draft)?;
        if !record.value.admits(person) {
            return Err(DraftError::NotAMember { draft: draft.clone(), person: person.clone() });
        }
        Ok(record)
    }

    /// A draft, open or closed.
    ///
    /// # Errors
    /// [`DraftError::Unknown`] when no such draft exists.
    pub fn one(&self, draft: &DraftId) -> Result<Draft, DraftError> {
        match self.record(draft) {
            Ok(Record { value: record, version, .. }) => {
                let head = branch_head(self.repository, &draft.branch())?;
                let head = head.ok_or_else(|| self.not_open(draft))?;
                Ok(record.into_draft(draft.clone(), head.commit, version))
            }
            Err(DraftError::WrongState { .. }) => {
                let Record { value: record, version, .. } = self.closed(draft)?;
                let head = record.closed_at.unwrap_or(record.begun_from);
                Ok(record.into_draft(draft.clone(), head, version))
            }
            Err(error) => Err(error),
        }
    }

    /// The open drafts, ascending by name; the cost follows the number of drafts, not what they contain.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn list(&self, query: &DraftQuery) -> Result<DraftPage, StoreError> {
        let mut page = DraftPage::default();
        let mut after = query.after.as_ref().map(|draft| draft.cell(BEHIND_ALL)).transpose()?;
        let prefix = drafts_prefix();
        while page.drafts.len() < query.rows_max.min(PAGE_ROWS_MAX) {
            // A group begins with the record, so skipping from one group to the next reads one cell for each.
            let query_one = CellQuery { group_prefix: prefix.clone(), after, rows_max: 1 };
            let found = self.repository.engine.cells(&query_one)?;
            let Some((name, cell)) = found.rows.into_iter().next() else { return Ok(page) };
            let id = name.group().as_str().strip_prefix(&prefix).unwrap_or_default();
            let draft: DraftId =
                id.parse().map_err(|_| StoreError::Row { what: format!("the cell {name}") })?;
            if name.name() == RECORD_CELL {
                let Record { value: record, version, .. } = Record::<StoredDraft>::of(name, &cell)?;
                let mine = query.person.as_ref().is_none_or(|person| record.admits(person));
                if mine && let Some(head) = branch_head(self.repository, &draft.branch())? {
                    page.drafts.push(record.into_draft(draft.clone(), head.commit, version));
                }
            }
            after = Some(draft.cell(BEHIND_ALL)?);
            page.next = Some(draft);
        }
        Ok(page)
    }

    /// Changes a draft's record.
    ///
    /// # Errors
    /// [`DraftError::Changed`] when it is not at the version that the writer saw.
    pub fn change(
        &self,
        draft: &DraftId,
        expected: u64,
        change: DraftChange,
        stamp: &Stamp,
    ) -> Result<Draft, DraftError> {
        let Record { cell, version, value: mut record } = self.record_for(draft, &stamp.author)?;
        let changed = |version| DraftError::Changed { draft: draft.clone(), version };
        if version != expected {
            return Err(changed(version));
        }
        if let Some(title) = change.title {
            record.title = checked_title(title)?;
        }
        let mut members = match change.members {
            Some(members) => members.iter().map(Person::to_string).collect(),
            None => record.members.clone(),
        };
        if let Some(owner) = change.owner {
            members.push(std::mem::replace(&mut record.owner, owner.to_string()));
        }
        record.members = members_of(members, &record.owner)?;
        record.changed_ms = stamp.time_ms;
        let swap = put_record(cell, Expected::Version(expected), &record);
        if !self.swap("change-draft", draft, vec![swap], stamp)? {
            return Err(changed(self.record(draft)?.version));
        }
        self.one(draft)
    }

    /// Puts one person in another's place in a draft: as its owner, or as a member. Returns whether anything changed.
    pub(in crate::repo) fn hand_over(
        &self,
        draft: &DraftId,
        from: &Person,
        to: &Person,
        stamp: &Stamp,
    ) -> Result<bool, DraftError> {
        for attempt in 0..HAND_OVER_TRIES {
            let Record { cell, version, value: mut record } = match self.record(draft) {
                // It was merged or discarded meanwhile.
                Err(DraftError::WrongState { .. }) => return Ok(false),
                read => read?,
            };
            if !record.admits(from) {
                return Ok(false);
            }
            if *from == *record.owner {
                record.owner = to.to_string();
            }
            let mut members = record.members.clone();
            members.retain(|member| *from != **member);
            if *to != *record.owner {
                members.push(to.to_string());
            }
            record.members = members_of(members, &record.owner)?;
            record.changed_ms = stamp.time_ms;
            let swap = put_record(cell, Expected::Version(version), &record);
            let stamp = Stamp { operation: stamp.step(attempt), ..stamp.clone() };
            if self.swap("hand-over-draft", draft, vec![swap], &stamp)? {
                return Ok(true);
            }
        }
        Err(DraftError::busy(draft))
    }

    /// All cells of a draft, ascending.
    pub(in crate::repo) fn cells(
        &self,
        draft: &DraftId,
    ) -> Result<Vec<(CellName, Cell)>, StoreError> {
        let group = format!("{}{draft}", drafts_prefix());
        let rows = cells_of(&*self.repository.engine, group.clone());
        // Groups whose names are longer follow the draft's own.
        let own = rows.take_while(|row| {
            row.as_ref().map_or(true, |(name, _)| name.group().as_str() == group)
        });
        Ok(own.collect::<Result<_, _>>()?)
    }
}
