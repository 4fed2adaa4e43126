//! What a process has only once: settings, standard output, the log on standard error, and the signals that end it.

pub mod config;
pub mod log;
pub mod stdout;
pub mod stop;
