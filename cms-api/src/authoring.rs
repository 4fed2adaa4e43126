//! The authoring side, for now the verbs of the command line over HTTP, behind the server's token.

pub mod commands;
pub mod export;
pub mod import;
pub mod media;
