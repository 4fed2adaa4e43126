//! Repositories written by earlier programs can still be read and published. Each folder of
//! `tests/fixtures/repository` is a store: `publication-1` has publications and holds of the first version,
//! `publication-2` has those of the second, tombstones with replacements, and a schedule.

use cms_core::model::alteration::Alteration;
use std::ops::ControlFlow;

use std::{path::Path, sync::Arc};

use cms_core::{
    engine::local::{LocalEngine, LocalOptions},
    repo::{
        NotPublicPage, PublishRequest, ReleaseRequest, Repository, RepositoryOptions, RouteAnswer,
        ScheduleState, Stamp,
    },
};

use serde_json::json;

use super::world::{World, channel, course, key};

/// A copy of a pinned store, so that the next run finds the original unchanged.
fn opened(name: &str) -> (tempfile::TempDir, Repository) {
    let pinned = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/repository").join(name);
    let directory = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(pinned).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), directory.path().join(file.file_name())).unwrap();
    }
    let engine = LocalEngine::open(LocalOptions::new(directory.path())).unwrap();
    let repository = Repository::open(Arc::new(engine), RepositoryOptions::default()).unwrap();
    assert!(repository.verify(&mut |_| ControlFlow::Continue(())).unwrap().ok);
    (directory, repository)
}

fn stamp(message: &str) -> Stamp {
    // A time later than that at which the stores were written.
    Stamp { time_ms: 4_000_000_000_000, ..World::new().stamp(message) }
}

fn verbs(repository: &Repository) -> Vec<&'static str> {
    let rows = repository.snapshots(&"production".parse().unwrap(), None, 100).unwrap();
    rows.iter().map(|row| row.verb.word()).collect()
}

fn not_public(repository: &Repository) -> Vec<String> {
    let main = repository.resolve("main").unwrap();
    let page: NotPublicPage =
        channel(repository, "production").not_public(&main, None, 100, 0).unwrap();
    page.rows
        .iter()
        .map(|row| {
            let change = row.change.map_or("unchanged", Alteration::word);
            format!("{} {change}", row.key)
        })
        .collect()
}

/// The reports of a channel's publications, the newest first: the verb, the number of changes, and of entries held
/// back.
fn reports(repository: &Repository) -> Vec<(String, u64, usize)> {
    let rows = repository.publications(&"production".parse().unwrap(), None, 100).unwrap();
    let reports = rows.iter().map(|row| {
        let shown = repository.publication_shown(row.publication).unwrap().unwrap();
        assert_eq!((shown.verb.word(), shown.report.format), (&*shown.report.asked.verb, 1));
        assert_eq!(row.changes_count, shown.report.done.changes_count);
        let held_back = shown.report.done.held_back.len();
        (shown.report.asked.verb, row.changes_count, held_back)
    });
    reports.collect()
}

/// A report is stored in a form of its own: what the verb reports, and the number of the format.
#[test]
fn a_report_is_stored_as_it_was_told_with_its_format() {
    let world = World::new();
    world.import(&course());
    world.put("exercise/e9", json!({"title": "Nothing to ask", "slug": "e9", "items": []}));
    let published = world.publish();
    let publication = world.repository.publication(published.publication).unwrap();
    let stored = world.repository.document(publication.report).unwrap();
    let mut told = serde_json::to_value(&published.report).unwrap();
    told["format"] = json!(1);
    assert_eq!(stored, told);
    world.unpublish(&["video/v"]).unwrap();
    let request = ReleaseRequest { seen: None, keys: Vec::new(), stamp: world.stamp("fine") };
    world.production().release(&request).unwrap();
    let newest = world.repository.publications(&"production".parse().unwrap(), None, 1).unwrap();
    let publication = world.repository.publication(newest[0].publication).unwrap();
    let stored = world.repository.document(publication.report).unwrap();
    assert_eq!((&stored["released"], &stored["format"]), (&json!(["video/v"]), &json!(1)));
    assert_eq!(stored.as_object().unwrap().len(), 3, "a release did nothing else: {stored}");
}

#[test]
fn publications_of_the_first_version_are_read_and_followed() {
    let (_directory, repository) = opened("publication-1");
    assert_eq!(verbs(&repository), ["publish", "rollback", "publish", "publish"]);
    let told = [("publish", 1, 0), ("rollback", 1, 0), ("publish", 1, 0), ("publish", 8, 0)];
    assert_eq!(
        reports(&repository),
        told.map(|(verb, count, held)| (verb.to_owned(), count, held))
    );
    let holds = repository.holds(&"production".parse().unwrap(), None, usize::MAX).unwrap();
    assert_eq!((holds[0].key.clone(), holds[0].verb.word()), (key("video/v"), "rollback"));
    let waiting = ["video/alone unchanged", "video/v changed", "video/w unchanged"];
    assert_eq!(not_public(&repository), waiting, "what stands nowhere is found by a walk");
    let production = channel(&repository, "production");
    let release = ReleaseRequest { seen: None, keys: vec![], stamp: stamp("fine") };
    production.release(&release).unwrap();
    assert_eq!(not_public(&repository), waiting);
    let stamp = Stamp { operation: cms_core::engine::OperationId([9; 16]), ..stamp("go") };
    let (target, only) = (None, Vec::new());
    let request =
        PublishRequest { target, only, strict: false, may_empty: false, plan: None, stamp };
    production.publish(&request).unwrap();
    assert_eq!(not_public(&repository), ["video/alone unchanged", "video/w unchanged"]);
    assert!(repository.verify(&mut |_| ControlFlow::Continue(())).unwrap().ok);
}

#[test]
fn publications_of_the_second_version_are_read() {
    let (_directory, repository) = opened("publication-2");
    assert_eq!(
        verbs(&repository),
        ["release", "revert", "unpublish", "retire", "publish", "rollback", "publish", "publish"]
    );
    let head = repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    let snapshot = repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    assert_eq!(
        repository.delivery().route(&snapshot, "one/v/look").unwrap(),
        RouteAnswer::Moved { key: key("video/v"), to: "one/v/watch".into() }
    );
    let schedules = repository.schedules(None).unwrap();
    let failed = &schedules[0];
    assert_eq!((failed.state, failed.revisions_count), (ScheduleState::Failed, 1));
    assert_eq!(failed.failure.as_ref().unwrap().reasons[0].reasons[0].code, "embargoed");
    let pending = &schedules[1];
    assert_eq!(pending.at.to_string(), "2100-01-01T09:00:00+01:00[Europe/Berlin]");
    assert_eq!((pending.state, pending.due_ms), (ScheduleState::Pending, 4_102_473_600_000));
    let due = repository.run_due(&Stamp { time_ms: 4_102_473_600_000, ..stamp("") }).unwrap();
    assert_eq!(due.ran.len(), 1);
}
