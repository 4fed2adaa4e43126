//! `cms plan`: what a publish would do, without doing it.

use cms_core::repo::PublishRequest;

use super::{By, keys, paper::Paper, publish, view};
use crate::{edge::problem::Problem, store::Store, views::publishing::PublishReport};

pub use super::publish::Request;

/// What would be done.
pub type Report = PublishReport;

/// Looks at what a publish would do.
///
/// # Errors
/// A problem when a name means nothing or the store can't be read.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    let report = store.repository.plan(&PublishRequest {
        channel: request.channel,
        target: request.target,
        only: keys(&request.only)?,
        strict: request.strict,
        stamp: by.stamp(&request.message),
    })?;
    Ok(view(&report))
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
    if report.changes_count == 0 && report.delivered.added + report.delivered.changed == 0 {
        paper.line(format!(
            "Nothing to publish: {} has all of {}.",
            report.asked.channel, report.asked.target
        ));
    } else {
        let (channel, target) = (&report.asked.channel, &report.asked.target);
        paper.line(format!(
            "Publishing {target} on {channel} would make version {}.",
            report.base_sequence + 1
        ));
    }
    publish::print_report(report, paper);
}
