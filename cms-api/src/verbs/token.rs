//! `cms token`: the tokens with which a server lets people in.

pub mod create;
pub mod list;
pub mod revoke;
