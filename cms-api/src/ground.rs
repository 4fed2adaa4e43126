//! What every room stands on: times, secrets, names and pages as requests spell them, attempts and whether anybody waits.

pub mod attempt;
pub mod attention;
pub mod form;
pub mod moment;
pub mod names;
pub mod page;
pub mod secret;
