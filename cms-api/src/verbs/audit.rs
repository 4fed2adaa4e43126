//! `cms audit`: the record of who did what, and proof that nobody changed it.

pub mod head;
pub mod keep;
pub mod key;
pub mod log;
pub mod verify;
