//! The command line: what a person types, who does it, and how it is answered.
//!
//! A verb itself is in [`crate::verbs`]; here it is read from what was typed, done in this process or by a server that is
//! asked for it ([`client`]), and printed.

pub mod client;
pub mod ending;
pub mod explain;
pub mod init;
pub mod line;
pub mod output;
pub mod paper;
pub(crate) mod print;
mod progress;
pub mod salvage;
pub mod schemas;
