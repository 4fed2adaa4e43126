//! What goes over the wire: types of our own for everything that a client may rely on.
//!
//! The compiler keeps views and the core's reports together: each `viewed!` names every field of the core's type, so a
//! field that the core gains, loses or renames does not compile until the wire says what becomes of it.

use std::collections::BTreeMap;

use cms_core::{
    model::{
        id::{CommitId, DocumentId, MediaId, ObjectId, PublicationId, RevisionId, SnapshotId},
        key::{EntryKey, Kind, Locale},
        moment::Moment,
        name::{Branch, ChannelName, Person},
    },
    repo::{DraftId, PlanId, ReviewId},
};
use serde_json::Value;

/// How a type of the core goes over the wire.
pub(crate) trait OnWire<W> {
    /// This value, on the wire.
    fn on_wire(self) -> W;
}

/// The view of a value that the core reports.
pub(crate) fn view<W>(core: impl OnWire<W>) -> W {
    core.on_wire()
}

/// Defines views whose fields have the names that the core gives them.
macro_rules! viewed {
    ($($core:path => $view:ident { $($field:ident),* $(,)? })*) => {$(
        impl From<$core> for $view {
            fn from(core: $core) -> Self {
                use $crate::views::OnWire;
                let $core { $($field),* } = core;
                Self { $($field: $field.on_wire()),* }
            }
        }

        impl $crate::views::OnWire<$view> for $core {
            fn on_wire(self) -> $view {
                self.into()
            }
        }
    )*};
}

/// Types that go over the wire as their text.
macro_rules! texts {
    ($($core:ty),* $(,)?) => {$(
        impl OnWire<String> for $core {
            fn on_wire(self) -> String {
                self.to_string()
            }
        }
    )*};
}

/// Types that are the same on the wire.
macro_rules! as_is {
    ($($same:ty),* $(,)?) => {$(
        impl OnWire<$same> for $same {
            fn on_wire(self) -> $same {
                self
            }
        }
    )*};
}

texts!(
    &'static str,
    CommitId,
    DocumentId,
    DraftId,
    EntryKey,
    Kind,
    Locale,
    MediaId,
    Moment,
    ObjectId,
    PlanId
);
texts!(Branch, ChannelName, Person, PublicationId, ReviewId, RevisionId, SnapshotId);
as_is!(String, Value, bool, u32, u64, usize, (u32, u32));

/// For a core value that is still needed after its view is made.
impl<T: OnWire<W> + Clone, W> OnWire<W> for &T {
    fn on_wire(self) -> W {
        self.clone().on_wire()
    }
}

impl<T: OnWire<W>, W> OnWire<W> for Box<T> {
    fn on_wire(self) -> W {
        (*self).on_wire()
    }
}

impl<T: OnWire<W>, W> OnWire<Option<W>> for Option<T> {
    fn on_wire(self) -> Option<W> {
        self.map(T::on_wire)
    }
}

impl<T: OnWire<W>, W> OnWire<Vec<W>> for Vec<T> {
    fn on_wire(self) -> Vec<W> {
        self.into_iter().map(T::on_wire).collect()
    }
}

impl<K: OnWire<L>, T: OnWire<W>, L: Ord, W> OnWire<BTreeMap<L, W>> for BTreeMap<K, T> {
    fn on_wire(self) -> BTreeMap<L, W> {
        self.into_iter().map(|(key, value)| (key.on_wire(), value.on_wire())).collect()
    }
}

pub mod accounts;
pub mod audit;
pub mod content;
pub mod delivered;
pub mod delivery;
pub mod difference;
pub mod drafts;
pub mod events;
pub mod findings;
pub mod import;
pub mod jobs;
pub mod operation;
pub mod people;
pub mod publishing;
pub mod recorded;
pub mod reviews;
pub mod scheduling;
pub mod takedown;
pub mod translations;
pub mod words;
