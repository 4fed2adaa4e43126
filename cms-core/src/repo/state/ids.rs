//! States by their ids, or by the beginnings of ids.
//!
//! An engine lists ids in their order, so ids with the same beginning are neighbours. A short id is looked up at its
//! place in each space, and no history is walked. It names what the whole id names, whether or not a branch leads
//! there.

use super::{ResolveError, unknown};
use crate::{
    model::{
        id::{CommitId, ObjectId, SnapshotId},
        object::Space,
    },
    repo::{
        channel::head::{Head, channel_head},
        content::state::State,
        ground::{error::StoreError, repository::Repository},
    },
};

/// Fewest hex digits that may stand for an id.
const PREFIX_DIGITS_MIN: usize = 8;
/// At most this many ids of one space are looked at, whatever their kinds; a beginning that more share is ambiguous.
const CANDIDATES_MAX: usize = 64;
const ID_DIGITS: usize = 2 * ObjectId::SIZE_BYTES;

impl Repository {
    /// The state that an id or its beginning names.
    ///
    /// # Errors
    /// [`ResolveError`] when it names no state or several.
    pub(super) fn resolve_id(&self, text: &str) -> Result<State, ResolveError> {
        let is_hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !is_hex || !(PREFIX_DIGITS_MIN..=ID_DIGITS).contains(&text.len()) {
            return Err(unknown(text));
        }
        let first = format!("{text:0<ID_DIGITS$}");
        let first: ObjectId = first.parse().map_err(|_| unknown(text))?;
        let ambiguous = || ResolveError::Ambiguous { text: text.to_owned() };
        let (mut found, mut damaged) = (Vec::new(), None);
        for space in self.engine.spaces().map_err(StoreError::from)? {
            if space == Space::Preview {
                continue;
            }
            let ids = self.beginning_with(&space, text, first)?;
            if ids.len() > CANDIDATES_MAX {
                return Err(ambiguous());
            }
            for id in ids {
                match self.state_under(&space, id) {
                    Ok(state) => found.extend(state.filter(|state| !found.contains(state))),
                    // A damaged object may have the id, unless something else has it.
                    Err(error) if error.is_damage() => damaged = damaged.or(Some(error)),
                    Err(error) => return Err(error.into()),
                }
            }
        }
        match (found.len(), damaged) {
            (0, Some(damaged)) => Err(damaged.into()),
            // A damaged object may be missing from the list: asking for an id of that beginning reports the damage.
            (0, None) => Err(self
                .state_under(&Space::Source, first)
                .err()
                .map_or_else(|| unknown(text), ResolveError::from)),
            (1, _) => Ok(found.remove(0)),
            _ => Err(ambiguous()),
        }
    }

    /// The ids of a space that begin with a text; one more than [`CANDIDATES_MAX`] when there are more.
    fn beginning_with(
        &self,
        space: &Space,
        text: &str,
        first: ObjectId,
    ) -> Result<Vec<ObjectId>, StoreError> {
        let mut ids = self.engine.objects(space, just_below(first), CANDIDATES_MAX + 1)?;
        let begins = |id: &ObjectId| id.to_string().starts_with(text);
        ids.truncate(ids.iter().take_while(|id| begins(id)).count());
        Ok(ids)
    }

    /// The state that an object of a space is; `None` when it is of another kind, or was never delivered.
    fn state_under(&self, space: &Space, id: ObjectId) -> Result<Option<State>, StoreError> {
        if *space == Space::Source {
            let id = CommitId::from_object_id(id);
            return Ok(self.content_commit(id)?.map(|_| State::Commit(id)));
        }
        let id = SnapshotId::from_object_id(id);
        let Some(snapshot) = self.any_snapshot(id)? else { return Ok(None) };
        let Some(head) = channel_head(self, &snapshot.channel)? else { return Ok(None) };
        let at = self.channel_at(head, snapshot.sequence)?;
        // A snapshot that lost a race was written, but never delivered.
        Ok(at.filter(|at| at.snapshot == id).map(Head::into_state))
    }
}

/// The id before another one in the order of ids; `None` before the first.
fn just_below(id: ObjectId) -> Option<ObjectId> {
    let mut bytes = *id.as_bytes();
    for byte in bytes.iter_mut().rev() {
        let (less, borrows) = byte.overflowing_sub(1);
        *byte = less;
        if !borrows {
            return Some(ObjectId::from_bytes(bytes));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, below: Option<&str>) {
        let parsed = |text: &str| format!("{text:0>64}").parse::<ObjectId>().unwrap();
        assert_eq!(just_below(parsed(id)), below.map(parsed), "{id}");
    }

    #[test]
    fn the_id_before_another_borrows_through_its_zeros() {
        check("1", Some("0"));
        check("100", Some("ff"));
        check("ab0000", Some("aaffff"));
        check("0", None);
    }
}
