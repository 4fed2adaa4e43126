//! The spaces from which an audience reads.

use std::{collections::HashSet, sync::Arc};

use parking_lot::RwLock;

use crate::model::{id::ObjectId, object::Space};

/// The objects of previews that somebody may have: those of the previews that they were shown. It grows when another is
/// shown.
pub(in crate::repo) type Shown = Arc<RwLock<HashSet<ObjectId>>>;

/// The spaces where an audience's objects are read from, in the order in which they are tried.
#[derive(Clone)]
pub(in crate::repo) struct Audience {
    spaces: Arc<[Space]>,
    /// Of the space that all previews share, only these objects are theirs.
    shown: Option<Shown>,
}

impl Audience {
    /// Whoever reads one space.
    pub(in crate::repo) fn of(space: Space) -> Self {
        Self { spaces: [space].into(), shown: None }
    }

    /// Whoever is shown previews beside what is public.
    pub(in crate::repo) fn of_previews(shown: Shown) -> Self {
        Self { spaces: [Space::Preview, Space::Public].into(), shown: Some(shown) }
    }

    /// The spaces in which they may have an object.
    pub(in crate::repo) fn spaces_of(&self, id: ObjectId) -> impl Iterator<Item = &Space> {
        let is_shown = self.shown.as_ref().is_none_or(|shown| shown.read().contains(&id));
        self.spaces.iter().filter(move |space| is_shown || **space != Space::Preview)
    }
}
