//! `cms import`: lines of entries and translations, as one commit.
//!
//! The lines come from files, directories or standard input ([`input`]), or from the body of a request ([`frames`]);
//! the core does not notice the difference.

pub mod frames;
pub mod input;
pub mod media;

use clap::Args;
use cms_core::repo::{ImportError, ImportLine, ImportOptions, ImportProgress, PruneAtMost};
use media::{Media, holds_nothing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{authorship::Authorship, names::branch_of},
    problem::{Code, Problem},
    store::Store,
    verbs::publishing::of_channel::main,
    views::{import::ImportReport, view},
};

/// How to import.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportCommand)]
pub struct Request {
    /// The branch to import into
    #[arg(long, default_value = "main")]
    #[serde(default = "main")]
    pub branch: String,
    /// Import the accepted lines even when others are refused
    #[arg(long)]
    #[serde(default)]
    pub skip_invalid: bool,
    /// Remove entries and translations that the input lacks
    #[arg(long)]
    #[serde(default)]
    pub prune: bool,
    /// How much --prune may remove: a number (`12`) or a share (`25%`)
    #[arg(long, default_value_t, value_name = "N|P%")]
    #[serde(default)]
    #[schema(value_type = String, pattern = "^[0-9]+%?$", default = "10%")]
    pub prune_at_most: PruneAtMost,
    /// Why, in the writer's words
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: String,
}

/// The result of an import.
pub type Report = ImportReport;

/// Imports lines. Until the one commit at the end nothing of the import can be seen, whatever happens.
///
/// # Errors
/// A problem; the branch has not moved. If lines were refused, the problem has the whole report.
pub fn execute(
    store: &Store,
    request: &Request,
    by: &Authorship,
    lines: &mut dyn Iterator<Item = std::io::Result<ImportLine>>,
    media: &Media,
    progress: &mut dyn FnMut(ImportProgress),
) -> Result<Report, Problem> {
    let branch = branch_of(&request.branch)?;
    let options = ImportOptions {
        branch,
        skip_invalid: request.skip_invalid,
        prune: request.prune,
        prune_at_most: request.prune_at_most,
        stamp: by.stamp(&request.message),
    };
    let accounted = |mut report: Report| {
        media.left_out().clone_into(&mut report.left_out);
        report.left_out_count = report.left_out.len() as u64;
        report
    };
    let mut lines = lines.peekable();
    if lines.peek().is_none() && (request.prune || media.files().is_empty()) {
        return Err(holds_nothing());
    }
    match store.repository.import(&mut lines, media, &options, progress) {
        Ok(report) => Ok(accounted(view(report))),
        Err(ImportError::Refused { ref report }) => {
            let report = accounted(view(report));
            let detail = match report.refused_count {
                1 => "1 line, file or entry is refused; nothing was imported".to_owned(),
                count => {
                    format!("{count} lines, files or entries are refused; nothing was imported")
                }
            };
            Err(Problem::new(Code::ContentRefused, detail).with("report", report))
        }
        Err(error) => Err(error.into()),
    }
}
