//! Notices: one is told as long as its person sees what it is about.

use crate::repo::{
    access::sight::Sight, draft::DraftError, record::notice::Notice, review::ReviewError,
};

impl Sight<'_> {
    /// Whether they see what a notice is about.
    ///
    /// # Errors
    /// [`ReviewError`] when the store can't be read.
    pub fn sees_notice(&self, notice: &Notice) -> Result<bool, ReviewError> {
        let Some((sort, name)) = notice.subject.split_once('/').filter(|_| !self.is_whole()) else {
            return Ok(true);
        };
        match sort {
            "reviews" => match name.parse().map(|review| self.must_see_review(&review)) {
                Ok(Err(ReviewError::Unknown { .. })) => Ok(false),
                Ok(Err(error)) => Err(error),
                _ => Ok(true),
            },
            "drafts" => match name.parse().map(|draft| self.draft(&draft)) {
                Ok(Err(DraftError::Unknown { .. })) => Ok(false),
                Ok(Err(error)) => Err(error.into()),
                _ => Ok(true),
            },
            "entries" => match name.parse() {
                Ok(key) => Ok(self.sees_on_main(&key)?),
                Err(_) => Ok(true),
            },
            _ => Ok(true),
        }
    }
}
