//! The verbs of `cms admin`, for whoever has the machine: they let people in when nobody is, or when everybody is locked
//! out.

pub mod link;
pub mod reset;
