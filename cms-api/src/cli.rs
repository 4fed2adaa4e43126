//! The command line. A verb itself is in [`crate::verbs`]; here it is parsed from what was typed, run in this process or by
//! a server that is asked for it ([`client`]), and its report is printed.

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
