//! Prints what the verbs of publishing answer.

pub(crate) mod begin_channel;
pub(crate) mod bisect;
pub(crate) mod channels;
pub(crate) mod embargoes;
pub(crate) mod holds;
pub(crate) mod not_public;
pub(crate) mod plan;
pub(crate) mod publish;
pub(crate) mod release;
pub(crate) mod retire;
pub(crate) mod rollback;
pub(crate) mod schedule;
pub(crate) mod snapshots;
pub(crate) mod unpublish;
