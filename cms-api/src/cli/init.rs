//! `cms init`: a new, empty repository with the kinds that ship.

use std::{path::Path, sync::Arc};

use clap::Args;
use cms_core::{
    model::key::Locale,
    repo::{NewRepository, OpenError, Repository, RepositoryOptions},
};
use serde::{Deserialize, Serialize};

use super::paper::Paper;
use crate::{
    ground::authorship::{Authorship, fresh_operation},
    problem::Problem,
    store::{self, Store, seeds},
};

/// How the repository begins.
#[derive(Args, Debug, Clone)]
pub struct Request {
    /// The language that entries are written in
    #[arg(long, default_value = "en", value_name = "LOCALE")]
    pub source_locale: String,
}

/// What was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// The data directory.
    pub data: String,
    /// The kinds that it begins with.
    pub kinds: Vec<String>,
    /// The language of its entries.
    pub source_locale: String,
}

/// Makes a repository in a data directory.
///
/// # Errors
/// A problem when the directory already has a repository.
pub fn execute(data: &Path, request: &Request, by: &Authorship) -> Result<Report, Problem> {
    let store = create(data, &request.source_locale, by)?;
    Ok(Report {
        data: data.display().to_string(),
        kinds: seeds::kinds().iter().map(|(kind, _)| kind.to_string()).collect(),
        source_locale: store.repository.source_locale().to_string(),
    })
}

fn create(data: &Path, source_locale: &str, by: &Authorship) -> Result<Store, Problem> {
    let source_locale: Locale = source_locale.parse()?;
    let engine = store::open_engine(data)?;
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(Problem::internal)?;
    let mut stamp = by.stamp("");
    stamp.operation = fresh_operation();
    let secret = store::random_secret()?;
    let new = NewRepository { salt, secret, source_locale, schemas: seeds::kinds(), stamp };
    Repository::create(Arc::clone(&engine) as _, new)?;
    Ok(Store::over_local(engine, RepositoryOptions::default())?)
}

/// Opens a data directory's repository, and makes one if there is none.
///
/// # Errors
/// A problem when it can't be opened or made.
pub fn open_or_create(data: &Path, by: &Authorship) -> Result<Store, Problem> {
    let engine = store::open_engine(data)?;
    match Store::over_local(Arc::clone(&engine), RepositoryOptions::default()) {
        Ok(store) => store::with_secret(store),
        Err(OpenError::Empty) => {
            drop(engine);
            create(data, "en", by)
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes an empty repository in a directory that is not there or holds nothing; one that holds anything else may be
/// somebody's, and was meant by mistake. Returns whether there is one now.
///
/// # Errors
/// A problem when it can't be made.
pub fn begin(data: &Path, by: &Authorship) -> Result<bool, Problem> {
    if !store::holds_nothing(data)? {
        return Ok(false);
    }
    open_or_create(data, by)?;
    tracing::warn!(data = %data.display(), "there was nothing here: this is a new, empty repository");
    Ok(true)
}

/// Prints the report for people.
pub fn print(report: &Report, paper: &mut Paper) {
    paper
        .line(format!("A new repository in {}, written in {}.", report.data, report.source_locale));
    paper.line(format!("  kinds: {}", report.kinds.join(", ")));
}
