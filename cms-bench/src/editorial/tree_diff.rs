//! Row `tree_diff_50`: two states with 50 changes between them, and how each document changed.

use anyhow::{Result, ensure};
use cms_bench::generator::Edit;
use cms_core::{
    model::name::Branch,
    repo::{CompareOptions, Repository, RepositoryOptions},
    schema::ContentEngines,
};

use super::stage::Stage;
use crate::{
    Plan,
    disk::Sync,
    figure::{Rounds, ms, timed},
};

pub(super) fn run(plan: &Plan) -> Result<()> {
    let stage = Stage::open(plan, Sync::None)?;
    let before = stage.main()?;
    stage.store.commit(&Branch::Main, stage.edits().changes(50, Edit::Text)?)?;
    let after = stage.main()?;
    let options = CompareOptions { details: true, rows_max: 1000 };
    let mut concerned = 0;
    let rounds = Rounds::of(plan, 15, || {
        // Reopened, so that no node is in our cache.
        let engine = stage.store.repository.engine().clone();
        let repository = Repository::open(engine, RepositoryOptions::default())?
            .with_content_engines(ContentEngines::unjudged("perseus"));
        let (found, time) = timed(|| repository.compare(&before, &after, options));
        let found = found?;
        ensure!(found.changed_count == 50, "{} changes of 50", found.changed_count);
        ensure!(found.changed.iter().all(|row| row.diff.is_some()), "a change without its details");
        concerned = found.concerned_count;
        Ok(ms(time))
    })?;
    let holds = rounds.median() <= 50.0;
    let mut figure = crate::figure::Figure::new("tree_diff_50", stage.n, "ms", &rounds)
        .against("<= 50 ms at 1000000", Some(holds));
    figure.note = format!("{concerned} containers concerned; nothing in our caches");
    figure.print();
    Ok(())
}
