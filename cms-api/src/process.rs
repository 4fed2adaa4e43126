//! What a process has once: its settings, its standard output, the log on its standard error, and the signals that end it.

pub mod config;
pub mod log;
pub mod stdout;
pub mod stop;
