//! What a process has once: its standard output, and the log on its standard error.

pub mod log;
pub mod stdout;
