//! What every room stands on: times, secrets, names and pages as requests spell them, who makes a change, and whether anybody waits.

pub mod attention;
pub mod authorship;
pub mod form;
pub mod moment;
pub mod names;
pub mod page;
pub mod secret;
