//! What the store keeps for itself in the form of content: the line of the reviews.
//!
//! Its commits and revisions are objects like all others, so an id alone may lead to them. They can be told apart by
//! what they hold, at the cost of reading one node: a catalogue of content holds the schemas of its kinds; a catalogue
//! of the store's own holds none.

use crate::{
    map,
    model::{commit::Commit, key::EntryKey, revision::Revision},
    repo::ground::{error::StoreError, repository::Repository},
    schema::KIND_OF_SCHEMAS,
};

/// The message of the first commit of the line of reviews.
pub(in crate::repo) const FIRST_OF_REVIEWS: &str = "No reviews yet";
/// The kind under which the catalogue of the reviews holds them.
pub(in crate::repo) const KIND_OF_REVIEWS: &str = "review";

/// Whether a commit is in one of the store's own lines.
pub(in crate::repo) fn is_commit(
    repository: &Repository,
    commit: &Commit,
) -> Result<bool, StoreError> {
    // Only the store makes commits without parents, and their message says which line they begin.
    if commit.parents.is_empty() && commit.message == FIRST_OF_REVIEWS {
        return Ok(true);
    }
    let kind = KIND_OF_SCHEMAS.parse().expect("a kind");
    let prefix = EntryKey::kind_prefix(&kind);
    let mut from_schemas = map::entries(&*repository.source, commit.catalogue, &prefix)?;
    if let Some(first) = from_schemas.next()
        && first?.0.starts_with(&prefix)
    {
        return Ok(false);
    }
    // A repository that was begun without kinds has an empty catalogue.
    Ok(map::count(&*repository.source, commit.catalogue)? > 0 || !commit.parents.is_empty())
}

/// Whether a revision is of a review: a revision of content names the schema under which it was written.
pub(in crate::repo) fn is_revision(revision: &Revision) -> bool {
    revision.key.kind().as_str() == KIND_OF_REVIEWS && revision.schema.is_none()
}
