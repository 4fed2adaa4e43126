//! `cms token`: the tokens that a server lets people in by.

pub mod create;
pub mod list;
pub mod revoke;
