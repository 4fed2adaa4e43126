//! What is done with a store in which something is damaged: it is read as it is, and all that is whole can be saved.
//!
//! | file | what it does |
//! |---|---|
//! | `survey` | reads a store as it is, whole or damaged |
//! | `survey/journals` | every whole frame of its journals, whatever lies between them |
//! | `survey/from_sled` | cells that damaged bytes recorded |
//! | `carve` | what is whole in a frame that is not |
//! | `guess` | a manifest from what the files say of themselves |
//! | `salvage` | a new store of all that is whole |

mod carve;
mod guess;
mod salvage;
mod survey;

use std::path::Path;

pub use self::salvage::{SalvageError, Salvaged};
pub(super) use self::survey::{Known, Survey, damage_of, survey};
use super::{Core, file::FileError};
use crate::{
    engine::{Damage, Lost},
    model::{id::ObjectId, object::Space},
};

impl Core {
    /// Why an object that can't be found may have been written all the same: it is, or may be, among what is damaged.
    pub(super) fn not_found(&self, space: &Space, id: ObjectId) -> Option<FileError> {
        let is_this = |damage: &&Damage| damage.lost == Lost::Object(space.clone(), id);
        let is_unnamed =
            |damage: &&Damage| !matches!(damage.lost, Lost::Object(..) | Lost::Cell(_));
        let found = self.damages.iter().find(is_this);
        let damage = found.or_else(|| self.damages.iter().find(is_unnamed))?;
        let detail = match found {
            Some(damage) => damage.detail.clone(),
            None => format!("it may be part of what is damaged: {}", damage.detail),
        };
        let offset = usize::try_from(damage.offset.unwrap_or(0)).unwrap_or(usize::MAX);
        Some(FileError::damaged(Path::new(&damage.file), offset, detail))
    }
}
