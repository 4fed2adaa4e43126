//! `cms takedown make`: takes entries, documents or media files down, or says what that would do.

use clap::Args;
use cms_core::{
    model::{
        id::{MediaId, ObjectId},
        key::EntryKey,
    },
    repo::{TakedownReason, TakedownRequest},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shown;
use crate::{
    ground::{
        authorship::Authorship,
        form::{IdText, KeyText},
    },
    problem::Problem,
    store::Store,
    views::takedown::{TakedownPlanView, TakedownReasonWord, TakedownReport},
};

/// What to take down.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TakedownMakeCommand)]
pub struct Request {
    /// The entries, each with its translations and all its versions (`image/i1`)
    #[arg(value_name = "KEY")]
    #[serde(default)]
    #[schema(value_type = Vec<KeyText>, max_items = 100)]
    pub entries: Vec<EntryKey>,
    /// A single document, by its id
    #[arg(long = "object", value_name = "ID")]
    #[serde(default)]
    #[schema(value_type = Vec<IdText>, max_items = 100)]
    pub objects: Vec<ObjectId>,
    /// A media file, by its id; entries that name it stay
    #[arg(long, value_name = "ID")]
    #[serde(default)]
    #[schema(value_type = Vec<IdText>, max_items = 100)]
    pub media: Vec<MediaId>,
    /// Why: law, privacy, safety, rights or other
    #[arg(long)]
    #[schema(value_type = TakedownReasonWord)]
    pub reason: TakedownReason,
    /// Why, in words, which can be erased later
    #[arg(long, default_value = "")]
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub words: String,
    /// Only say what would go
    #[arg(long)]
    #[serde(default)]
    pub dry_run: bool,
}

/// What was taken down, or would be.
pub type Report = TakedownReport;

/// Takes it down, or plans that.
///
/// # Errors
/// A problem when it can't be taken down; nothing has changed then.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let Request { entries, objects, media, reason, words, dry_run } = request;
    let asked = TakedownRequest { entries, objects, media, reason, words, stamp: by.stamp("") };
    if dry_run {
        let plan = store.repository.plan_takedown(&asked)?;
        return Ok(Report { takedown: None, plan: Some(TakedownPlanView::of(plan)) });
    }
    let mut takedown = store.repository.take_down(&asked)?;
    // The answer may be remembered for a while, so it does not repeat words that are to be erasable.
    takedown.words = None;
    Ok(Report { takedown: Some(shown(store, takedown)?), plan: None })
}
