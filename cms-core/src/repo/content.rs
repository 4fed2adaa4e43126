//! The content as a graph: objects by type, the maps' rows, kinds in force, and who links to whom.

pub(in crate::repo) mod backlinks;
pub(in crate::repo) mod catalogue;
pub(in crate::repo) mod facts;
pub(in crate::repo) mod findings;
pub(in crate::repo) mod graph;
pub(in crate::repo) mod home;
pub(in crate::repo) mod kinds;
pub(in crate::repo) mod languages;
pub(in crate::repo) mod lost;
pub(in crate::repo) mod media_types;
pub(in crate::repo) mod objects;
pub(in crate::repo) mod older;
pub(in crate::repo) mod own;
pub(in crate::repo) mod reading_order;
pub(in crate::repo) mod state;
mod trashed;
pub(in crate::repo) mod where_used;
