//! Shares: links that show one draft, as learners would get it, to anyone who has the link, without an account.
//!
//! Invariants:
//! 1. The secret of a link is in no cell, audit record or report.
//! 2. Every link has an end; a link that is revoked or past its end, or whose maker's account is closed, opens nothing.
//! 3. A link opens one draft on one channel: it follows the draft's commits, and a merged draft can be seen until the
//!    link ends. It shows what is live with the draft's own changes, and nothing else that waits to be published.
//! 4. A link shows nothing that its maker does not see.

use serde::{Deserialize, Serialize};

use crate::{
    access::{Right, Rights},
    engine::{CellName, Expected, Group, OperationId},
    model::name::{ChannelName, Person},
    repo::{
        access::sight::Sight,
        draft::{DraftError, DraftId, Drafts, record::Draft, state::DraftState},
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        record::{Record, drop_record, label::SHARES, put_record, secret::SecretHash},
    },
};

/// The longest time for which a link may be open, in milliseconds: 90 days.
pub const SHARE_MS_MAX: u64 = 90 * 24 * 60 * 60 * 1000;
/// Longest label of a link, in characters.
const LABEL_CHARS_MAX: usize = 200;
/// Most links of a repository.
const SHARES_MAX: usize = 10_000;

const CELL: &str = "share";

/// A link to make.
#[derive(Debug, Clone)]
pub struct NewShare {
    /// The hash of its secret.
    pub hash: SecretHash,
    /// The draft that it shows.
    pub draft: DraftId,
    /// The channel on which the draft is shown.
    pub channel: ChannelName,
    /// Whom it is for, in the maker's words; may be empty.
    pub label: String,
    /// When it ends, in milliseconds since 1970-01-01T00:00:00Z.
    pub expires_ms: u64,
    /// Who makes it, and when.
    pub stamp: Stamp,
}

/// A link, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareRow {
    /// The link's id: the beginning of the secret's hash.
    pub id: String,
    /// The draft that it shows.
    pub draft: DraftId,
    /// The channel on which it is shown.
    pub channel: ChannelName,
    /// Whom it is for, in the maker's words; may be empty.
    pub label: String,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// Who made it.
    pub created_by: String,
    /// When it ends, in milliseconds since 1970-01-01T00:00:00Z.
    pub expires_ms: u64,
    /// Whether its maker saw only a part of the catalogue when they made it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_limited: bool,
}

/// What a link opens, and what may be asked through it: only what concerns its draft.
#[derive(Clone)]
pub struct Shared {
    /// The link.
    pub share: ShareRow,
    /// The draft as it is now.
    pub draft: Draft,
    pub(in crate::repo) repository: Repository,
}

impl Shared {
    /// What the link's maker sees now, if that is only a part of the catalogue. Somebody who lost their role sees
    /// nothing. A maker who never had one was the machine, which sees everything.
    pub(in crate::repo) fn sight(&self) -> Result<Option<Sight<'_>>, StoreError> {
        let by = &self.share.created_by;
        let maker = self.repository.holder(&Person::recorded(by), None)?;
        if maker.may_everywhere(Right::Read) {
            return Ok(None);
        }
        let is_known = self.share.is_limited
            || maker.rights() != Rights::NONE
            || self.repository.has_account(by)?;
        Ok(is_known.then(|| self.repository.sight(&maker)))
    }

    /// How many entries of the draft have uncommitted edits, which the link does not show.
    ///
    /// # Errors
    /// [`DraftError`] when the store can't be read.
    pub fn uncommitted(&self) -> Result<usize, DraftError> {
        self.repository.drafts().uncommitted(&self.share.draft)
    }

    /// When the newest commit of the draft was made, in milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn committed_ms(&self) -> Result<u64, StoreError> {
        Ok(self.repository.commit_of(self.draft.head)?.time_ms)
    }
}

/// Why a link was not made, not found or not revoked.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// This person can't share the draft.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The label is too long.
    #[error("the label is longer than {LABEL_CHARS_MAX} characters")]
    LongLabel,
    /// Its end is not later than its beginning, or more than 90 days later.
    #[error("a link ends after it begins and at most ninety days later")]
    BadEnd,
    /// The repository has the most links that it may have.
    #[error("there are {SHARES_MAX} links already: revoke some")]
    TooMany,
    /// No link has this id or secret.
    #[error("there is no such link, or it was revoked")]
    Unknown,
    /// Its end is past.
    #[error("the link has ended")]
    Ended {
        /// When it ended, in milliseconds since 1970-01-01T00:00:00Z.
        expires_ms: u64,
    },
    /// The person who made it has left.
    #[error("the person who made the link has left")]
    MakerLeft,
    /// Its draft was discarded.
    #[error("the draft that the link showed was discarded")]
    Discarded,
    /// The person neither made it nor is a member of its draft.
    #[error("{person} neither made this link nor is a member of its draft")]
    NotYours {
        /// The person who asked.
        person: Person,
    },
    /// Somebody else changed the link meanwhile.
    #[error("the link was changed meanwhile")]
    Moved,
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn cell(hash: &SecretHash) -> CellName {
    let group: Group = format!("{SHARES}{}", hash.hex()).parse().expect("a group");
    group.cell(CELL).expect("a cell")
}

impl Drafts<'_> {
    /// Makes a link to an open draft, for one of its members. When the same attempt is repeated with the same hash, the
    /// result is the same link.
    ///
    /// # Errors
    /// [`ShareError`]; no link was made.
    pub fn create_share(&self, new: &NewShare) -> Result<ShareRow, ShareError> {
        if new.label.chars().count() > LABEL_CHARS_MAX {
            return Err(ShareError::LongLabel);
        }
        let lasts_ms = new.expires_ms.saturating_sub(new.stamp.time_ms);
        if lasts_ms == 0 || lasts_ms > SHARE_MS_MAX {
            return Err(ShareError::BadEnd);
        }
        self.record_for(&new.draft, &new.stamp.author)?;
        if self.repository.stored_records::<ShareRow>(SHARES)?.len() >= SHARES_MAX {
            return Err(ShareError::TooMany);
        }
        let row = ShareRow {
            id: new.hash.id(),
            draft: new.draft.clone(),
            channel: new.channel.clone(),
            label: new.label.clone(),
            created_ms: new.stamp.time_ms,
            created_by: new.stamp.author.to_string(),
            expires_ms: new.expires_ms,
            is_limited: !new.stamp.holder.may_everywhere(Right::Read),
        };
        let fields = [("share", &*row.id), ("draft", row.draft.as_str())];
        let audit = new.stamp.audit("share-create", &fields);
        let swap = put_record(cell(&new.hash), Expected::Absent, &row);
        match self.repository.swap_records(new.stamp.operation, vec![swap], Some(audit))? {
            Some(_) => Ok(row),
            None => Err(ShareError::Moved),
        }
    }

    /// What a link opens.
    ///
    /// # Errors
    /// [`ShareError::Unknown`], [`ShareError::Ended`], [`ShareError::MakerLeft`] or [`ShareError::Discarded`] when the
    /// link opens nothing.
    pub fn shared(&self, hash: &SecretHash, now_ms: u64) -> Result<Shared, ShareError> {
        let record = self.repository.stored_record::<ShareRow>(cell(hash))?;
        let share = record.ok_or(ShareError::Unknown)?.value;
        if now_ms >= share.expires_ms {
            return Err(ShareError::Ended { expires_ms: share.expires_ms });
        }
        if self.repository.is_away(&share.created_by)? {
            return Err(ShareError::MakerLeft);
        }
        let draft = self.one(&share.draft)?;
        if draft.state == DraftState::Discarded {
            return Err(ShareError::Discarded);
        }
        Ok(Shared { share, draft, repository: self.repository.clone() })
    }

    /// The links to a draft, recently ended ones included, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn shares(&self, draft: &DraftId) -> Result<Vec<ShareRow>, StoreError> {
        let records = self.repository.stored_records::<ShareRow>(SHARES)?;
        let mut rows: Vec<_> = records.into_iter().map(|record| record.value).collect();
        rows.retain(|row| row.draft == *draft);
        rows.sort_by(|a, b| (b.created_ms, &b.id).cmp(&(a.created_ms, &a.id)));
        Ok(rows)
    }

    /// Revokes a link: from now on it opens nothing, and only the audit record of it is kept. Its maker may revoke it,
    /// the draft's members may, and so may a person who is responsible for all links.
    ///
    /// # Errors
    /// [`ShareError::Unknown`] or [`ShareError::NotYours`], or the store can't be read or written.
    pub fn revoke_share(
        &self,
        id: &str,
        answers_for_all: bool,
        stamp: &Stamp,
    ) -> Result<ShareRow, ShareError> {
        let records = self.repository.stored_records::<ShareRow>(SHARES)?;
        let found: Option<Record<ShareRow>> =
            records.into_iter().find(|record| record.value.id == id);
        let record = found.ok_or(ShareError::Unknown)?;
        if !answers_for_all && stamp.author != *record.value.created_by {
            let draft = self.one(&record.value.draft)?;
            let is_mine = |person: &String| stamp.author == **person;
            if !is_mine(&draft.owner) && !draft.members.iter().any(is_mine) {
                return Err(ShareError::NotYours { person: stamp.author.clone() });
            }
        }
        let audit = stamp.audit("share-revoke", &[("share", id)]);
        match self.repository.swap_records(
            stamp.operation,
            vec![drop_record(&record)],
            Some(audit),
        )? {
            Some(_) => Ok(record.value),
            None => Err(ShareError::Moved),
        }
    }

    /// Forgets links that ended before a time; returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn forget_shares(
        &self,
        before_ms: u64,
        operation: &mut dyn FnMut() -> OperationId,
    ) -> Result<usize, StoreError> {
        let is_old = |share: &ShareRow| share.expires_ms < before_ms;
        self.repository.forget_records(SHARES, is_old, operation)
    }
}
