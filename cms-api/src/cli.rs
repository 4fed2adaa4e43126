//! The command line. The verbs themselves are in [`crate::verbs`]; here a verb is parsed from what was typed, run in
//! this process or by a server ([`client`]), and its report is printed.

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
