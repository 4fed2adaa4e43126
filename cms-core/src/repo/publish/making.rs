//! Making what learners get: the documents, routes and rows of what was selected, and the transaction that shows them.

pub(in crate::repo::publish) mod documents;
pub(in crate::repo::publish) mod finish;
pub(in crate::repo::publish) mod make;
pub(in crate::repo) mod project;
pub(in crate::repo::publish) mod routes;
pub(in crate::repo::publish) mod row_changes;
pub(in crate::repo::publish) mod unplaced;
