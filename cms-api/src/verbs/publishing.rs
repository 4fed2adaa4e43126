//! The verbs about channels: those that move them, those that say what would move, and those that list what they
//! deliver.

pub mod begin_channel;
pub mod bisect;
pub mod channels;
pub mod embargoes;
pub mod holds;
pub mod not_public;
pub mod of_channel;
pub mod plan;
pub mod publish;
pub mod release;
pub mod remake;
pub mod retire;
pub mod revert_publish;
pub mod rollback;
pub mod schedule;
pub mod snapshots;
pub mod unpublish;
