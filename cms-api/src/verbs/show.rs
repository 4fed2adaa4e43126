//! `cms show`: one entry as it stands.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{key, log::unknown};
use crate::{
    attempt::By,
    cli::paper::{Ink, Paper, clean, short},
    moment,
    problem::Problem,
    store::Store,
    verbs::publishing::publish,
    views::{content::Shown, view},
};

/// Which entry, when.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShowCommand)]
pub struct Request {
    /// The entry or translation (`exercise/x1`, `exercise/x1@es`)
    #[arg(value_name = "KEY")]
    pub key: String,
    /// At this state
    #[arg(long, default_value = "main", value_name = "STATE")]
    #[serde(default = "publish::main")]
    pub at: String,
}

/// The entry.
pub type Report = Shown;

/// Reads it.
///
/// # Errors
/// A problem when there is no such entry or state.
pub fn execute(store: &Store, request: Request, _: &By) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.at)?;
    let shown = store.repository.show(&state, &key(&request.key)?)?;
    Ok(view(shown.ok_or_else(|| unknown(&request.key, &request.at))?))
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
    let title = clean(report.title.as_deref().unwrap_or_default());
    paper.line(format!("{}  {title}", paper.ink(Ink::Strong, &report.key)));
    let revision = &report.revision;
    let mut rows = vec![
        ["version".to_owned(), format!("{} ({})", short(&revision.revision), revision.state)],
        [
            "changed".to_owned(),
            format!("{} by {}", moment::iso(revision.time_ms), clean(&revision.author)),
        ],
    ];
    rows.extend(revision.damaged.iter().map(|said| ["damaged".to_owned(), said.clone()]));
    if !revision.note.is_empty() {
        rows.push(["note".to_owned(), clean(&revision.note)]);
    }
    for (name, value) in [("route", &report.route), ("object", &report.object)] {
        rows.extend(value.iter().map(|value| [name.to_owned(), value.clone()]));
    }
    let parents = report.parents.iter().map(|parent| ["stands in".to_owned(), parent.clone()]);
    rows.extend(parents);
    if !report.locales.is_empty() {
        rows.push(["translated".to_owned(), report.locales.join(", ")]);
    }
    paper.rows(&rows);
    if let Some(document) = &report.document {
        paper.line("");
        for line in serde_json::to_string_pretty(document).expect("JSON serialises").lines() {
            paper.line(line);
        }
    }
}
