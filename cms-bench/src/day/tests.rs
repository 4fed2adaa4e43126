//! The day on the fixtures: a small course, where people get in each other's way.

use std::{path::Path, sync::Arc, time::Duration};

use cms_api::store::{Store, seeds};
use cms_core::{
    engine::{OperationId, memory::MemoryEngine},
    repo::{NewRepository, Repository, RepositoryOptions, Stamp},
};

use super::{DayPlan, SEED, site, spend};

fn filled() -> Store {
    let stamp = Stamp {
        author: cms_core::model::name::Person::recorded("day"),
        time_ms: 1,
        message: String::new(),
        operation: OperationId([9; 16]),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    };
    let new = NewRepository {
        salt: [7; 32],
        secret: [8; 32],
        source_locale: "en".parse().expect("a locale"),
        schemas: seeds::kinds(),
        stamp,
    };
    let engine: Arc<MemoryEngine> = Arc::new(MemoryEngine::new());
    Repository::create(Arc::clone(&engine) as _, new).expect("creates");
    let store = Store::over(engine, RepositoryOptions::default()).expect("opens");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/fractions");
    site::import(&store, &fixtures).expect("imports");
    store
}

#[test]
fn every_edit_of_a_day_is_public_or_held_or_in_a_draft() {
    let spool = tempfile::tempdir().expect("a directory");
    let plan = DayPlan { seed: SEED, tasks_per_author: 2, patience: Duration::from_secs(60) };
    let day = spend(filled(), spool.path(), plan).expect("a day");
    assert!(day.settled_count > 0, "a day without conflicts shows nothing");
    let account = day.account;
    assert_eq!(account.lost, Vec::<String>::new());
    assert!(account.edits_count >= 100, "{} edits", account.edits_count);
    assert!(account.published_count > account.edits_count / 2, "{account:?}");
    assert!(
        account.held.contains_key("on_hold") && account.held.contains_key("embargoed"),
        "{account:?}"
    );
    assert!(account.in_drafts_count > 0, "some work is left open: {account:?}");
}
