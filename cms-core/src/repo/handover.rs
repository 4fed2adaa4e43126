//! Handing over what a person owns: their drafts, the reviews that they are asked for, their schedules, and the programs
//! that they answer for, to somebody else; their own tokens are revoked, because only the person has their texts.
//!
//! Each thing is handed over by a transaction of its own, and may be handed over twice. The account notes to whom, until
//! all is done, so that a crash in between is made up for.

use serde::Serialize;

use crate::{
    access::Holder,
    model::name::Person,
    repo::{
        draft::{
            DraftError,
            record::{Draft, DraftQuery},
            state::DraftState,
        },
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        people::{error::PeopleError, key::KeyError},
        review::{ReviewError, ReviewState, list::ReviewList, open::ReviewChange},
        schedule::{ScheduleError, ScheduleState},
    },
};

/// How many rows of a list are read at a time.
const ROWS: usize = 500;

/// What was handed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct HandedOver {
    /// Drafts that have another owner or member now.
    pub drafts_count: usize,
    /// Reviews that somebody else is asked for now.
    pub reviews_count: usize,
    /// Schedules that run on behalf of somebody else now.
    pub schedules_count: usize,
    /// Programs for which somebody else answers now.
    pub services_count: usize,
    /// Tokens that open nothing any more.
    pub tokens_count: usize,
}

/// What a person owns that nobody else can take over until it is handed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Owned {
    /// Open drafts that are theirs.
    pub drafts_count: usize,
    /// Schedules of theirs that have not run.
    pub schedules_count: usize,
    /// Programs that they answer for.
    pub services_count: usize,
}

/// Why not everything was handed over. What was is not taken back; the same call goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum HandOverError {
    /// One of the two accounts is not there, or the new person's is not active.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// A draft could not be handed over.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// A review could not be handed over.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// A schedule could not be handed over.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A token could not be revoked.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Repository {
    /// What a person owns.
    ///
    /// # Errors
    /// [`HandOverError`] when the store can't be read.
    pub fn owned_by(&self, person: &Person) -> Result<Owned, HandOverError> {
        let mut drafts = self.drafts_of(person)?;
        drafts.retain(|draft| *person == *draft.owner && draft.state == DraftState::Open);
        let mut schedules = self.schedules(None)?;
        schedules.retain(|row| *person == *row.author && row.state != ScheduleState::Done);
        Ok(Owned {
            drafts_count: drafts.len(),
            schedules_count: schedules.len(),
            services_count: self.people().services_of(person)?.len(),
        })
    }

    /// Hands over everything that a person owns, whatever became of their account.
    ///
    /// # Errors
    /// [`HandOverError`]; what was handed over stays so.
    pub fn hand_over(
        &self,
        from: &Person,
        to: &Person,
        stamp: &Stamp,
    ) -> Result<HandedOver, HandOverError> {
        self.people().begin_hand_over(from, to, stamp)?;
        let handed_over = HandedOver {
            drafts_count: self.hand_over_drafts(from, to, stamp)?,
            reviews_count: self.hand_over_reviews(from, to, stamp)?,
            schedules_count: self.hand_over_schedules(from, to, stamp)?,
            services_count: self.people().hand_over_services(from, to, stamp)?,
            tokens_count: self.revoke_tokens_of(from, stamp)?,
        };
        self.people().end_hand_over(from, stamp)?;
        Ok(handed_over)
    }

    /// Goes on with what a crash cut off; returns how many people that concerned.
    ///
    /// # Errors
    /// As [`Repository::hand_over`].
    pub fn resume_hand_overs(&self, stamp: &Stamp) -> Result<usize, HandOverError> {
        let begun = self.people().hand_overs_begun()?;
        for (from, to) in &begun {
            match self.hand_over(from, to, &stamp.apart(from.as_str())) {
                Ok(_) => {}
                // The new person's account has ended meanwhile: somebody has to name another one.
                Err(HandOverError::People(PeopleError::WrongState { .. })) => {
                    self.people().end_hand_over(from, &stamp.apart(from.as_str()))?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(begun.len())
    }

    fn hand_over_drafts(
        &self,
        from: &Person,
        to: &Person,
        stamp: &Stamp,
    ) -> Result<usize, HandOverError> {
        let mut count = 0;
        for draft in self.drafts_of(from)? {
            let own = stamp.apart(&format!("draft {}", draft.draft));
            count += usize::from(self.drafts().hand_over(&draft.draft, from, to, &own)?);
        }
        Ok(count)
    }

    /// The drafts of which a person is the owner or a member.
    fn drafts_of(&self, person: &Person) -> Result<Vec<Draft>, DraftError> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let query = DraftQuery { person: Some(person.clone()), after, rows_max: ROWS };
            let page = self.drafts().list(&query)?;
            let is_last = page.drafts.is_empty() || page.next.is_none();
            found.extend(page.drafts);
            after = page.next;
            if is_last {
                return Ok(found);
            }
        }
    }

    fn hand_over_reviews(
        &self,
        from: &Person,
        to: &Person,
        stamp: &Stamp,
    ) -> Result<usize, HandOverError> {
        let (reviews, asked) = (self.reviews(), ReviewList::Asked(from.clone(), ReviewState::Open));
        let mut count = 0;
        loop {
            // Each one leaves the list when it is handed over, so the first page is always the next.
            let page = reviews.list(&asked, None, ROWS)?;
            for row in &page.rows {
                let others = row.reviewers.iter().filter(|name| *from != **name);
                // Nobody reviews what they wrote themselves.
                let is_own = *to == *row.author;
                let mut named: Vec<Person> = others.map(|name| Person::recorded(name)).collect();
                if !is_own && !named.contains(to) {
                    named.push(to.clone());
                }
                let change = ReviewChange { reviewers: Some(named), ..ReviewChange::default() };
                // Who may hand over is judged by whoever called; the review need not be theirs.
                let own = stamp.apart(&format!("review {}", row.review));
                let own = Stamp { holder: Holder::Machine, ..own };
                match reviews.describe(&row.review, change, &own) {
                    Ok(_) => count += 1,
                    // It was closed or merged meanwhile.
                    Err(ReviewError::WrongState { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if !page.more {
                return Ok(count);
            }
        }
    }

    fn revoke_tokens_of(&self, person: &Person, stamp: &Stamp) -> Result<usize, HandOverError> {
        let rows = self.people().keys_of(person)?;
        for row in &rows {
            let own = stamp.apart(&format!("token {}", row.id));
            self.revoke_token(&row.id, &own).map_err(KeyError::from)?;
        }
        Ok(rows.len())
    }
}
