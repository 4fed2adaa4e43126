//! Names of what is walked: what is needed, by what, and in which state.

use super::report::{LostObject, LostRange};
use crate::{
    model::{
        id::{NodeId, ObjectId},
        key::EntryKey,
        name::{Branch, Holds},
        object::Space,
    },
    repo::ground::repository::Repository,
};

/// Something that is needed and can't be read.
#[derive(Debug, Clone)]
pub(super) enum Need {
    /// An object that is needed by an entry, by rows of a map, or by the whole.
    Lost(usize, For),
    /// What a node of a map needs; the node itself is whole.
    Below(ObjectId),
}

/// What needs it.
#[derive(Debug, Clone)]
pub(super) enum For {
    Entry(EntryKey),
    Range(LostRange),
    All,
}

/// A state of the content, by the name that damages use for it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named<'n> {
    /// A branch as it is now.
    Branch(&'n Branch),
    /// An earlier commit of a branch.
    History(&'n Branch),
    /// What a channel delivered.
    Snapshot(&'n str),
    Review(&'n str),
    Schedule(&'n str),
}

/// A map that is walked: where it is, and what its rows are.
pub(super) struct MapOf<'m> {
    pub(super) repository: &'m Repository,
    pub(super) space: &'m Space,
    pub(super) rows: Rows,
    /// The catalogue that has the kinds of the documents.
    pub(super) kinds: Option<NodeId>,
    /// What the map belongs to, for people.
    pub(super) of: &'m str,
}

/// What the rows of a map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    Catalogue,
    Delivered,
    Routes,
    Links,
    Holds,
    /// Rows of a catalogue; the value is empty when there is no row.
    Scheduled,
}

impl LostObject {
    /// Records what needs it.
    pub(super) fn touch(&mut self, of: For, state: Named<'_>) {
        let touched = &mut self.touched;
        let is_of_reviews = match state {
            Named::Branch(branch) | Named::History(branch) => branch.holds() == Holds::Records,
            Named::Snapshot(_) | Named::Review(_) | Named::Schedule(_) => false,
        };
        match of {
            For::Entry(key) if is_of_reviews => drop(touched.reviews.insert(key.id().to_owned())),
            For::Entry(key) => drop(touched.entries.insert(key)),
            For::Range(range) => drop(touched.ranges.insert(range)),
            For::All => {}
        }
        match state {
            Named::Branch(name) => drop(touched.branches.insert(name.to_string())),
            Named::History(name) => drop(touched.history.insert(name.to_string())),
            Named::Snapshot(name) => touched.snapshot(name),
            Named::Review(id) => drop(touched.reviews.insert(id.to_owned())),
            Named::Schedule(id) => drop(touched.schedules.insert(id.to_owned())),
        }
    }
}

impl Rows {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Catalogue | Self::Scheduled => "entries",
            Self::Delivered => "delivered entries",
            Self::Routes => "routes",
            Self::Links => "links",
            Self::Holds => "holds",
        }
    }

    /// A key of this kind of map, for people.
    pub(super) fn name(self, key: &[u8]) -> String {
        let entry = match (self, key) {
            (Self::Routes, [b'k', key @ ..]) => EntryKey::decode(key).ok(),
            (Self::Routes | Self::Links, _) => None,
            _ => EntryKey::decode(key).ok(),
        };
        let raw = if self == Self::Routes { key.get(1..).unwrap_or_default() } else { key };
        entry.map_or_else(
            || String::from_utf8_lossy(raw).replace('\0', " "),
            |entry| entry.to_string(),
        )
    }
}
