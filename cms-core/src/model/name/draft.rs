//! Names of drafts.

use std::{str::FromStr, sync::Arc};

use super::{Branch, shown, texts};
use crate::model::key::is_name;

/// Longest name of a draft, in bytes.
const SIZE_BYTES_MAX: usize = 32;

/// The name of a draft: `[a-z0-9][a-z0-9_-]{0,31}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftId(Arc<str>);

texts!(DraftId);

/// Text that names no draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the name of a draft")]
pub struct DraftIdError {
    text: String,
}

impl FromStr for DraftId {
    type Err = DraftIdError;

    fn from_str(text: &str) -> Result<Self, DraftIdError> {
        let fits = is_name(text) && text.len() <= SIZE_BYTES_MAX;
        if fits { Ok(Self(text.into())) } else { Err(DraftIdError { text: shown(text) }) }
    }
}

impl DraftId {
    /// The name of the draft's branch.
    pub fn branch(&self) -> Branch {
        Branch::Draft(self.clone())
    }
}
