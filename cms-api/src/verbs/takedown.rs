//! `cms takedown`: takes content down by law or for a person's sake, and lists what was taken down.

pub mod list;
pub mod make;
pub mod show;

use cms_core::repo::Takedown;

use crate::{problem::Problem, store::Store, views::takedown::TakedownView};

/// A takedown with what caches are to be purged of.
fn shown(store: &Store, takedown: Takedown) -> Result<TakedownView, Problem> {
    let revoked = store.repository.revoked_by(&takedown)?;
    Ok(TakedownView::of(takedown, &revoked))
}
