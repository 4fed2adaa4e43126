//! What every room may use: times, secrets, the names and pages in requests, how requests are read, who makes a change, and whether anybody still
//! waits for an answer.

pub mod attention;
pub mod authorship;
pub mod fetching;
pub mod form;
pub mod limits;
pub mod moment;
pub mod names;
pub mod page;
pub mod queue;
pub mod reading;
pub mod secret;
