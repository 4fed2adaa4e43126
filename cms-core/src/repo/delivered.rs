//! What is stored for learners: the rows, documents, routes and rubrics that a publish writes and delivery reads.

pub(in crate::repo) mod document;
pub(in crate::repo) mod route;
pub(in crate::repo) mod row;
pub(in crate::repo) mod rubric;
