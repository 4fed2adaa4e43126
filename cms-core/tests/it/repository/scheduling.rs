//! Schedules run at their instant, once and whole, or fail visibly.

use std::ops::ControlFlow;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use cms_core::{
    engine::{
        faulty::{Crash, Fault, SimDisk},
        local::{Access, Derived, LocalEngine, LocalOptions, Upkeep},
        memory::MemoryEngine,
    },
    repo::{
        Answers, ChannelError, ChannelPolicy, DueReport, PublishError, PublishRequest,
        ReleaseRequest, Repository, RepositoryOptions, ScheduleChange, ScheduleError,
        ScheduleOutcome, ScheduleRequest, ScheduleRow, ScheduleState, ScheduleStep, ScheduleVerb,
        Scheduled, Stamp,
    },
};
use serde_json::json;

use super::playing::engines;
use super::{
    planning::rows,
    publishing::{assert_as_effective, assert_as_from_nothing, published, title},
    world::{World, container, course, exercise, key, language_line, video},
};

/// 1970-01-01T00:16:40Z, long after everything that the tests do before.
const THEN_MS: u64 = 1_000_000;

fn step(verb: ScheduleVerb, keys: &[&str]) -> ScheduleStep {
    ScheduleStep {
        verb,
        target: "main".into(),
        keys: keys.iter().map(|k| key(k)).collect(),
        replaced_by: None,
    }
}

fn request(world: &World, verb: ScheduleVerb, keys: &[&str]) -> ScheduleRequest {
    ScheduleRequest {
        channel: "production".parse().unwrap(),
        step: step(verb, keys),
        then: Vec::new(),
        at: "1970-01-01T01:16:40[Europe/Berlin]".parse().unwrap(),
        stamp: world.stamp("soon"),
    }
}

fn schedule(world: &World, verb: ScheduleVerb, keys: &[&str]) -> Scheduled {
    world.repository.schedule(&request(world, verb, keys)).unwrap_or_else(|error| panic!("{error}"))
}

fn at(world: &World, time_ms: u64) -> Stamp {
    Stamp { time_ms, author: "scheduler".parse().unwrap(), ..world.stamp("") }
}

fn run(world: &World, time_ms: u64) -> DueReport {
    world.repository.run_due(&at(world, time_ms)).unwrap()
}

fn outcomes(report: &DueReport) -> Vec<&'static str> {
    let word = |outcome: &ScheduleOutcome| match outcome {
        ScheduleOutcome::Published { .. } => "published",
        ScheduleOutcome::NothingToDo => "nothing to do",
        ScheduleOutcome::Failed(_) => "failed",
    };
    report.ran.iter().map(|ran| word(&ran.outcome)).collect()
}

fn listed(world: &World) -> Vec<ScheduleRow> {
    waiting(&world.repository)
}

/// The schedules that have not run.
fn waiting(repository: &Repository) -> Vec<ScheduleRow> {
    let mut rows = repository.schedules(Some(&"production".parse().unwrap())).unwrap();
    rows.retain(|row| row.state != ScheduleState::Done);
    rows
}

#[test]
fn a_publish_brings_the_revisions_live_that_it_named() {
    let world = published();
    world.put("video/v", video("Scheduled"));
    world.put("exercise/e1", exercise("Add", "Not chosen?"));
    let scheduled = schedule(&world, ScheduleVerb::Publish, &["video/v"]);
    let row = &scheduled.schedule;
    assert_eq!((row.due_ms, row.revisions_count, row.state), (THEN_MS, 1, ScheduleState::Pending));
    assert_eq!(row.at.to_string(), "1970-01-01T01:16:40+01:00[Europe/Berlin]");
    assert_eq!(scheduled.report.unwrap().changes_count, 1);
    assert_eq!(scheduled.would_fail, None);
    assert_eq!(world.repository.next_due(0).unwrap(), Some(THEN_MS));
    // A later commit is not the one that was named; a publish in between stays.
    world.put("video/v", video("Later"));
    world.put("exercise/e3", exercise("Square", "Meanwhile?"));
    world.publish_only(&["exercise/e3"]).unwrap();
    assert_eq!(outcomes(&run(&world, THEN_MS - 1)), Vec::<&str>::new());
    let report = run(&world, THEN_MS);
    assert_eq!((outcomes(&report), report.next_due_ms), (vec!["published"], None));
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Scheduled");
    assert!(world.delivered("exercise/e3", "en").unwrap().to_string().contains("Meanwhile?"));
    assert!(!world.delivered("exercise/e1", "en").unwrap().to_string().contains("Not chosen?"));
    assert_eq!(listed(&world), vec![], "it ran, and does not wait");
    let newest = &world.repository.snapshots(&"production".parse().unwrap(), None, 1).unwrap()[0];
    assert_eq!((newest.author.as_str(), newest.message.as_str()), ("ana", "soon"));
    assert_eq!(newest.time_ms, THEN_MS);
    assert_eq!(outcomes(&run(&world, THEN_MS * 2)), Vec::<&str>::new(), "and does not run again");
    assert_as_effective(&world);
    world.verify();
}

#[test]
fn a_publish_of_everything_names_what_differs_then() {
    let world = published();
    world.speak("es");
    world.put("video/new", video("New"));
    world.put("lesson/l2", container("Two", &["exercise/e2", "video/new"]));
    world.import(&[json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}})]);
    let row = schedule(&world, ScheduleVerb::Publish, &[]).schedule;
    assert_eq!(row.revisions_count, 4);
    world.put("video/after", video("After"));
    world.verify();
    run(&world, THEN_MS);
    assert_eq!(title(&world.delivered("video/new", "en").unwrap()), "New");
    assert_eq!(title(&world.delivered("video/v", "es").unwrap()), "Mira");
    assert_eq!(world.plan().report.changes_count, 1, "what came after waits");
}

#[test]
fn a_newer_revision_that_is_live_stays() {
    let world = published();
    world.put("video/v", video("Scheduled"));
    world.put("exercise/e1", exercise("Add", "Scheduled?"));
    schedule(&world, ScheduleVerb::Publish, &["video/v", "exercise/e1"]);
    world.put("video/v", video("Newer"));
    world.publish_only(&["video/v"]).unwrap();
    assert_eq!(outcomes(&run(&world, THEN_MS)), ["published"]);
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Newer");
    assert!(world.delivered("exercise/e1", "en").unwrap().to_string().contains("Scheduled?"));
    // If all of it is live already, there is nothing to do.
    world.put("video/v", video("Once more"));
    schedule(&world, ScheduleVerb::Publish, &["video/v"]);
    world.publish();
    assert_eq!(outcomes(&run(&world, THEN_MS)), ["nothing to do"]);
    assert_eq!(listed(&world), vec![]);
    assert_as_from_nothing(&world);
}

#[test]
fn taking_off_and_retiring_can_wait_too() {
    let world = published();
    schedule(&world, ScheduleVerb::Unpublish, &["video/v"]);
    let mut retire = request(&world, ScheduleVerb::Retire, &["exercise/e2"]);
    retire.step.replaced_by = Some(key("exercise/e1"));
    retire.at = "1970-01-01T00:16:39Z".parse().unwrap();
    world.repository.schedule(&retire).unwrap();
    let report = run(&world, THEN_MS + 5);
    let order: Vec<_> = report.ran.iter().map(|ran| ran.schedule.verb).collect();
    assert_eq!(
        order,
        [ScheduleVerb::Retire, ScheduleVerb::Unpublish],
        "in the order of their times"
    );
    assert_eq!(outcomes(&report), ["published", "published"]);
    assert!(world.delivered("video/v", "en").unwrap()["retired"].is_object());
    let tombstone = world.delivered("exercise/e2", "en").unwrap();
    assert_eq!(tombstone["retired"]["replaced_by"], "exercise/e1");
    let verbs: Vec<_> = world
        .repository
        .snapshots(&"production".parse().unwrap(), None, 9)
        .unwrap()
        .iter()
        .map(|row| row.verb.word())
        .collect();
    assert_eq!(verbs, ["unpublish", "retire", "publish"]);
    assert_as_effective(&world);
    // Taking off what is already off is not a failure.
    world.publish_only(&["exercise/e1"]).unwrap_err();
    assert!(matches!(
        world.repository.schedule(&request(&world, ScheduleVerb::Unpublish, &["video/never"])),
        Err(ScheduleError::Publish(PublishError::UnknownEntry { .. }))
    ));
    world.verify();
}

#[test]
fn holds_and_embargoes_beat_a_schedule_which_says_so_and_can_be_tried_again() {
    let world = published();
    world.put("video/v", video("Wrong"));
    world.publish();
    world.roll_back("production@1", &["video/v"]);
    let mut secret = exercise("Square", "Secret?");
    secret["not_before"] = json!("1970-01-01T00:16:41Z");
    world.put("exercise/e3", secret);
    world.put("exercise/e1", exercise("Add", "Fine?"));
    let before = rows(&world);
    let scheduled =
        schedule(&world, ScheduleVerb::Publish, &["video/v", "exercise/e3", "exercise/e1"]);
    assert_eq!(scheduled.would_fail.unwrap().reasons_count, 2, "it is told beforehand");
    assert_eq!(outcomes(&run(&world, THEN_MS)), ["failed"]);
    assert_eq!(rows(&world), before, "nothing of it is live");
    let failed = &listed(&world)[0];
    assert_eq!(failed.state, ScheduleState::Failed);
    let failure = failed.failure.clone().unwrap();
    let why: Vec<_> = failure
        .reasons
        .iter()
        .map(|reason| (reason.key.to_string(), reason.reasons[0].code.clone()))
        .collect();
    assert_eq!(
        why,
        [("exercise/e3".into(), "embargoed".into()), ("video/v".into(), "on-hold".into())]
    );
    assert_eq!(world.repository.next_due(0).unwrap(), None, "it waits for someone to look");
    assert_eq!(outcomes(&run(&world, THEN_MS * 2)), Vec::<&str>::new());
    // The hold is released and the embargo is over, so it is tried again.
    let stamp = world.stamp("fine");
    world.production().release(&ReleaseRequest { seen: None, keys: vec![], stamp }).unwrap();
    let stamp = world.stamp("again");
    let stale = world.repository.retry_schedule(
        &"production".parse().unwrap(),
        &failed.id,
        Some(1),
        &stamp,
    );
    assert!(matches!(stale, Err(ScheduleError::Moved { .. })));
    let retried = world.repository.retry_schedule(
        &"production".parse().unwrap(),
        &failed.id,
        Some(failed.version),
        &stamp,
    );
    assert_eq!(retried.unwrap().state, ScheduleState::Pending);
    assert_eq!(outcomes(&run(&world, THEN_MS + 1_000)), ["published"]);
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Wrong");
    assert_as_effective(&world);
    world.verify();
}

/// One entry that was kept back until next term stopped the whole night's publish.
#[test]
fn a_publish_of_everything_goes_on_without_what_may_not_go_live() {
    let world = published();
    world.put("video/v", video("Wrong"));
    world.publish();
    world.roll_back("production@1", &["video/v"]);
    let mut secret = exercise("Square", "Secret?");
    secret["not_before"] = json!("2100-01-01T00:00:00Z");
    world.put("exercise/e3", secret);
    world.put("exercise/e1", exercise("Add", "Fine?"));
    let scheduled = schedule(&world, ScheduleVerb::Publish, &[]);
    assert_eq!(scheduled.would_fail, None);
    let told = scheduled.report.unwrap();
    assert_eq!((told.changes_count, told.held_back_count, told.on_hold_count), (1, 1, 1));
    let report = run(&world, THEN_MS);
    let ScheduleOutcome::Published { publication, left_alone_count: 2, .. } = report.ran[0].outcome
    else {
        panic!("{report:#?}")
    };
    let publication = world.repository.publication(publication).unwrap();
    let told = world.repository.document(publication.report).unwrap();
    assert_eq!(told["held_back"][0]["key"], "exercise/e3");
    assert_eq!(told["held_back"][0]["reasons"][0]["code"], "embargoed");
    assert_eq!(told["on_hold"], json!(["video/v"]));
    assert!(world.delivered("exercise/e1", "en").unwrap().to_string().contains("Fine?"));
    assert!(!world.delivered("exercise/e3", "en").unwrap().to_string().contains("Secret?"));
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Watch");
    assert_eq!(listed(&world), vec![], "it ran, and does not wait");
    // If there is nothing else to bring live, it has not done its work, and says why.
    let scheduled = schedule(&world, ScheduleVerb::Publish, &[]);
    assert_eq!(scheduled.would_fail.unwrap().reasons_count, 2, "it is told beforehand");
    assert_eq!(outcomes(&run(&world, THEN_MS)), ["failed"]);
    assert_eq!(listed(&world)[0].failure.as_ref().unwrap().reasons_count, 2);
    assert_as_effective(&world);
    world.verify();
}

#[test]
fn what_others_need_fails_the_schedule_that_takes_it_off() {
    let world = published();
    schedule(&world, ScheduleVerb::Unpublish, &["exercise/e2"]);
    let mut needing = exercise("Square", "What is two squared?");
    needing["prerequisites"] = json!(["exercise/e2"]);
    world.put("exercise/e3", needing);
    world.publish();
    let report = run(&world, THEN_MS);
    let ScheduleOutcome::Failed(failure) = &report.ran[0].outcome else { panic!("{report:#?}") };
    assert!(failure.message.contains("exercise/e2 is still needed by exercise/e3"));
    assert_eq!(failure.reasons[0].reasons[0].code, "still-used");
    // When it is scheduled now, this is reported at once and not refused, because it may be mended until then.
    let again = schedule(&world, ScheduleVerb::Unpublish, &["exercise/e2"]);
    assert!(again.report.is_none() && again.would_fail.is_some());
}

#[test]
fn schedules_can_be_moved_and_cancelled() {
    let world = published();
    world.put("video/v", video("First"));
    let row = schedule(&world, ScheduleVerb::Publish, &["video/v"]).schedule;
    world.put("video/v", video("Second"));
    let change = ScheduleChange {
        channel: "production".parse().unwrap(),
        id: row.id.clone(),
        expected: Some(row.version),
        at: Some("1970-01-01T00:33:20Z".parse().unwrap()),
        target: Some("main".into()),
        stamp: world.stamp("later"),
    };
    let changed = world.repository.change_schedule(&change).unwrap().schedule;
    assert_eq!((changed.due_ms, changed.author.as_str()), (2 * THEN_MS, "ana"));
    let stale = world.repository.change_schedule(&change);
    assert!(matches!(stale, Err(ScheduleError::Moved { .. })), "someone changed it meanwhile");
    assert_eq!(outcomes(&run(&world, THEN_MS)), Vec::<&str>::new());
    assert_eq!(outcomes(&run(&world, 2 * THEN_MS)), ["published"]);
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Second");
    let row = schedule(&world, ScheduleVerb::Unpublish, &["video/v"]).schedule;
    let stamp = world.stamp("no");
    world
        .repository
        .cancel_schedule(&"production".parse().unwrap(), &row.id, None, &stamp)
        .unwrap();
    let gone = world.repository.schedule_of(&"production".parse().unwrap(), &row.id);
    assert!(matches!(gone, Err(ScheduleError::Unknown { .. })));
    assert_eq!(outcomes(&run(&world, 9 * THEN_MS)), Vec::<&str>::new());
}

#[test]
fn what_makes_no_sense_is_not_scheduled() {
    let world = published();
    world.put("video/v", video("Changed"));
    let refused = |change: &dyn Fn(&mut ScheduleRequest)| {
        let mut request = request(&world, ScheduleVerb::Publish, &["video/v"]);
        change(&mut request);
        world.repository.schedule(&request).unwrap_err().to_string()
    };
    let past = refused(&|request| request.stamp.time_ms = THEN_MS);
    assert!(past.contains("1970-01-01T01:16:40+01:00[Europe/Berlin] is past"), "{past}");
    assert!(
        refused(&|request| request.step.keys = vec![key("video/never")]).contains("video/never")
    );
    assert!(
        refused(&|request| request.step.keys = vec![key("exercise/e2")])
            .contains("nothing would change")
    );
    assert!(refused(&|request| request.step.target = "nope".into()).contains("nope"));
    assert!(refused(&|request| request.channel = "main".parse().unwrap()).contains("may not name"));
    assert!(
        refused(&|request| request.step.keys = vec![key("video/v"); 1001]).contains("at most 1000")
    );
    assert!(
        refused(&|request| {
            request.step.verb = ScheduleVerb::Retire;
            request.step.keys = vec![];
        })
        .contains("name at least one entry")
    );
    assert_eq!(listed(&world), vec![]);
}

/// A schedule named a revision whose kind had got an embargo and a private field that were not live yet. Judged under
/// the live kind, both went out.
#[test]
fn what_is_named_is_judged_under_the_kind_that_it_was_written_for() {
    let world = published();
    let kind = world.history().show(&world.main(), &key("schema/video")).unwrap().unwrap();
    let mut kind = kind.document.unwrap();
    kind["additionalProperties"] = json!(true);
    kind["properties"].as_object_mut().unwrap().remove("not_before");
    world.put("schema/video", kind.clone());
    world.publish();
    kind["properties"]["hint"] = json!({"type": "string", "x-private": true});
    let embargo = json!({"type": "string", "x-not-before": true, "x-private": true});
    kind["properties"]["stays_inside_until"] = embargo;
    world.put("schema/video", kind);
    let mut secret = video("Secret");
    secret["hint"] = json!("PRIVATE");
    world.put("video/v", secret.clone());
    schedule(&world, ScheduleVerb::Publish, &["video/v"]);
    assert_eq!(outcomes(&run(&world, THEN_MS)), ["published"]);
    assert!(!world.delivered("video/v", "en").unwrap().to_string().contains("PRIVATE"));
    secret["stays_inside_until"] = json!("2100-01-01T00:00Z");
    world.put("video/v", secret);
    schedule(&world, ScheduleVerb::Publish, &["video/v"]);
    assert_eq!(outcomes(&run(&world, THEN_MS)), ["failed"]);
}

#[test]
fn of_many_who_run_what_is_due_one_does() {
    let engine = Arc::new(MemoryEngine::new());
    let world = World::over(Arc::clone(&engine) as _);
    world.import(&course());
    world.publish();
    let servers: Vec<_> = (0..4)
        .map(|_| {
            Repository::open(Arc::clone(&engine) as _, RepositoryOptions::default())
                .unwrap()
                .with_content_engines(engines())
        })
        .collect();
    for round in 0..6 {
        for (text, number) in [("exercise/e1", 1), ("exercise/e2", 2), ("exercise/e3", 3)] {
            let name = ["", "Add", "Double", "Square"][number];
            world.put(text, exercise(name, &format!("Round {round} of {number}?")));
            schedule(&world, ScheduleVerb::Publish, &[text]);
        }
        let ran = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for server in &servers {
                scope.spawn(|| {
                    let report = server.run_due(&at(&world, THEN_MS)).unwrap();
                    assert!(outcomes(&report).iter().all(|outcome| *outcome == "published"));
                    ran.fetch_add(report.ran.len(), Ordering::Relaxed);
                });
            }
        });
        assert_eq!(ran.load(Ordering::Relaxed), 3);
        assert_eq!(listed(&world), vec![]);
    }
    let rows = world.repository.snapshots(&"production".parse().unwrap(), None, 100).unwrap();
    assert_eq!(rows.len(), 1 + 6 * 3, "each once");
    assert_as_from_nothing(&world);
    world.verify();
}

#[test]
fn a_busy_channel_does_not_keep_a_schedule_from_running() {
    let world = published();
    world.put("video/v", video("Scheduled"));
    schedule(&world, ScheduleVerb::Publish, &["video/v"]);
    let running = AtomicUsize::new(1);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0;
            while running.load(Ordering::Relaxed) == 1 {
                round += 1;
                world.put("exercise/e1", exercise("Add", &format!("Round {round}?")));
                let only = vec![key("exercise/e1")];
                let request = PublishRequest { only, ..world.request() };
                match world.production().publish(&request) {
                    Ok(_) | Err(PublishError::Channel(ChannelError::Moved { .. })) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
        while outcomes(&run(&world, THEN_MS)).is_empty() {}
        running.store(0, Ordering::Relaxed);
    });
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Scheduled");
    assert_as_effective(&world);
}

#[test]
fn a_schedule_survives_and_runs_on_a_channel_that_is_new() {
    let engine = Arc::new(MemoryEngine::new());
    let world = World::over(Arc::clone(&engine) as _);
    world.import(&course());
    let mut first = request(&world, ScheduleVerb::Publish, &["lesson/l1"]);
    first.channel = "staging".parse().unwrap();
    world.repository.schedule(&first).unwrap();
    let again = Repository::open(engine, RepositoryOptions::default())
        .unwrap()
        .with_content_engines(engines());
    assert_eq!(again.next_due(0).unwrap(), Some(THEN_MS));
    let report = again.run_due(&at(&world, THEN_MS)).unwrap();
    assert_eq!(outcomes(&report), ["published"], "{report:#?}");
    let head =
        world.repository.delivery().channel_head(&"staging".parse().unwrap()).unwrap().unwrap();
    let snapshot = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    assert!(
        world
            .repository
            .delivery()
            .delivered(&snapshot, &key("exercise/e1"), None)
            .unwrap()
            .is_some()
    );
    world.verify();
}

fn over(disk: &SimDisk) -> Option<Arc<LocalEngine>> {
    let engine = LocalEngine::open(LocalOptions {
        directory: "/store".into(),
        // A path where there can be no sled: cells are then looked up in memory.
        cell_index_directory: "/dev/null/sled".into(),
        disk: Arc::new(disk.clone()),
        journal_size_bytes_max: 1 << 20,
        derived: Derived::Use,
        upkeep: Upkeep::Inline,
        access: Access::Write,
    });
    engine.ok().map(Arc::new)
}

/// The machine stops at every call to the disk while due schedules run, and the power is cut. After another run, each
/// has run once: the channel had moved, or it moves now.
#[test]
fn a_machine_that_stops_at_any_moment_runs_a_schedule_once() {
    let disk = SimDisk::new(7);
    let (before, stamps) = {
        let world = World::over(over(&disk).expect("it opens"));
        world.import(&course());
        world.publish();
        world.put("video/v", video("Scheduled"));
        world.put("exercise/e1", exercise("Add", "Scheduled?"));
        schedule(&world, ScheduleVerb::Publish, &["video/v"]);
        schedule(&world, ScheduleVerb::Unpublish, &["exercise/e2"]);
        (disk.crashed(Crash::Killed), [0; 200].map(|_| at(&world, THEN_MS)))
    };
    let open = |disk: &SimDisk| {
        Repository::open(over(disk)?, RepositoryOptions::default())
            .ok()
            .map(|opened| opened.with_content_engines(engines()))
    };
    let (mut stops, mut left_due) = (0, 0);
    for (call, pair) in (1..).zip(stamps.chunks(2)) {
        let disk = before.crashed(Crash::Killed);
        let repository = open(&disk).expect("a disk that works opens");
        disk.fail(disk.calls() + call, Fault::Stop);
        let outcome = repository.run_due(&pair[0]);
        drop(repository);
        let is_whole = outcome.is_ok();
        stops += u32::from(!is_whole);
        let disk = disk.crashed(Crash::PowerCut);
        let repository = open(&disk).expect("a disk that works opens");
        let due = waiting(&repository).len();
        left_due += u32::from(due > 0);
        let sequence = repository
            .delivery()
            .channel_head(&"production".parse().unwrap())
            .unwrap()
            .unwrap()
            .sequence;
        assert_eq!(sequence + due as u64, 3, "a schedule is gone where its channel moved");
        repository.run_due(&pair[1]).unwrap();
        assert_eq!(waiting(&repository), vec![]);
        let rows = repository.snapshots(&"production".parse().unwrap(), None, 9).unwrap();
        assert_eq!(
            rows.iter().map(|row| row.verb.word()).filter(|verb| *verb == "unpublish").count(),
            1
        );
        assert_eq!(rows.len(), 3, "each ran once");
        assert!(
            repository
                .verify(&mut |_| ControlFlow::Continue(()))
                .unwrap()
                .problems
                .iter()
                .all(|problem| { problem.contains("cells are looked up in memory") })
        );
        if is_whole {
            assert!(stops > 3 && left_due > 1, "{stops} {left_due}");
            return;
        }
    }
    panic!("running what is due makes more calls than were tried");
}

#[test]
fn schedules_of_one_moment_run_in_the_order_in_which_they_were_made() {
    let world = published();
    for round in 0..5 {
        // A replacement must be live before what it replaces goes: in the other order the second schedule fails.
        let (old, new) = (format!("video/old{round}"), format!("video/new{round}"));
        world.put(&old, video(&format!("Old {round}")));
        world.put("lesson/l3", container("Three", &["video/v", "exercise/e3", &old]));
        world.publish();
        world.put(&new, video(&format!("New {round}")));
        world.put("lesson/l3", container("Three", &["video/v", "exercise/e3", &old, &new]));
        let first = schedule(&world, ScheduleVerb::Publish, &[&new, "lesson/l3"]).schedule;
        let mut retire = request(&world, ScheduleVerb::Retire, &[&old]);
        retire.step.replaced_by = Some(key(&new));
        let second = world.repository.schedule(&retire).unwrap().schedule;
        assert!(first.made < second.made);
        // One that is moved to the same moment later was still made earlier.
        let change = ScheduleChange {
            channel: "production".parse().unwrap(),
            id: first.id.clone(),
            expected: None,
            at: Some("1970-01-01T00:16:40Z".parse().unwrap()),
            target: None,
            stamp: world.stamp("the same moment"),
        };
        world.repository.change_schedule(&change).unwrap();
        let ids: Vec<_> = listed(&world).into_iter().map(|row| row.id).collect();
        assert_eq!(ids, [first.id.clone(), second.id.clone()]);
        let report = run(&world, THEN_MS);
        let ran: Vec<_> = report.ran.iter().map(|ran| ran.schedule.id.clone()).collect();
        assert_eq!((ran, outcomes(&report)), (vec![first.id, second.id], vec!["published"; 2]));
    }
    assert_as_effective(&world);
}

#[test]
fn one_schedule_does_several_things_in_the_order_that_it_states() {
    let world = published();
    world.put("video/w", video("Instead"));
    world.put("lesson/l1", container("One", &["exercise/e1", "video/v", "video/w"]));
    let mut asked = request(&world, ScheduleVerb::Publish, &["video/w", "lesson/l1"]);
    let retire = ScheduleStep {
        replaced_by: Some(key("video/w")),
        ..step(ScheduleVerb::Retire, &["video/v"])
    };
    asked.then = vec![retire, step(ScheduleVerb::Unpublish, &["exercise/e2"])];
    let row = world.repository.schedule(&asked).unwrap().schedule;
    assert_eq!(row.then.len(), 2);
    let report = run(&world, THEN_MS);
    assert_eq!(outcomes(&report), ["published"; 3]);
    let row = world.repository.schedule_of(&"production".parse().unwrap(), &row.id).unwrap();
    assert_eq!((row.state, row.then.len()), (ScheduleState::Done, 0));
    let done: Vec<_> = row.done.iter().map(|done| (done.verb, done.sequence)).collect();
    assert_eq!(
        done,
        [
            (ScheduleVerb::Publish, Some(2)),
            (ScheduleVerb::Retire, Some(3)),
            (ScheduleVerb::Unpublish, Some(4)),
        ]
    );
    let tombstone = world.delivered("video/v", "en").unwrap();
    assert_eq!(tombstone["retired"]["replaced_by"], "video/w");
    let mut many = request(&world, ScheduleVerb::Unpublish, &["video/w"]);
    many.then = vec![step(ScheduleVerb::Unpublish, &["video/w"]); 10];
    assert!(matches!(world.repository.schedule(&many), Err(ScheduleError::Steps { found: 11 })));
    assert_as_effective(&world);
    world.verify();
}

#[test]
fn a_step_that_fails_keeps_the_later_ones_back_until_it_is_tried_again() {
    let world = published();
    let mut asked = request(&world, ScheduleVerb::Unpublish, &["exercise/e1"]);
    asked.then = vec![
        step(ScheduleVerb::Unpublish, &["exercise/e2"]),
        step(ScheduleVerb::Unpublish, &["video/v"]),
    ];
    let row = world.repository.schedule(&asked).unwrap().schedule;
    let mut needing = exercise("Square", "What is two squared?");
    needing["prerequisites"] = json!(["exercise/e2"]);
    world.put("exercise/e3", needing);
    world.publish();
    assert_eq!(outcomes(&run(&world, THEN_MS)), ["published", "failed"]);
    let failed = world.repository.schedule_of(&"production".parse().unwrap(), &row.id).unwrap();
    assert_eq!((failed.state, failed.done.len(), failed.then.len()), (ScheduleState::Failed, 1, 1));
    assert!(world.delivered("video/v", "en").unwrap()["retired"].is_null());
    world.put("exercise/e3", exercise("Square", "What is two squared?"));
    world.publish();
    world
        .repository
        .retry_schedule(&"production".parse().unwrap(), &row.id, None, &world.stamp("again"))
        .unwrap();
    assert_eq!(outcomes(&run(&world, THEN_MS)), ["published", "published"]);
    assert!(world.delivered("video/v", "en").unwrap()["retired"].is_object());
    world.verify();
}

#[test]
fn what_is_off_for_a_while_is_taken_off_and_brought_back_as_planned() {
    let world = published();
    let words = json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}});
    world.import(&[language_line("es"), words]);
    world.publish();
    let before = world.delivered("lesson/l1", "en");
    schedule(&world, ScheduleVerb::Unpublish, &["video/v"]);
    // Requested while it is still live.
    let mut back = request(&world, ScheduleVerb::BringBack, &["video/v"]);
    back.at = "1970-01-01T00:33:20Z".parse().unwrap();
    let back = world.repository.schedule(&back).unwrap().schedule;
    assert_eq!(back.revisions_count, 2, "with its translation");
    assert_eq!(outcomes(&run(&world, THEN_MS)), ["published"]);
    assert!(world.delivered("video/v", "en").unwrap()["retired"].is_object());
    assert_eq!(outcomes(&run(&world, 2 * THEN_MS)), ["published"]);
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Watch");
    assert_eq!(title(&world.delivered("video/v", "es").unwrap()), "Mira");
    assert_eq!(world.delivered("lesson/l1", "en"), before);
    assert_eq!(world.repository.holds(&"production".parse().unwrap(), None, 9).unwrap(), vec![]);
    world.put("video/v", video("Go on"));
    world.publish();
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Go on", "nothing holds it");
    let never = request(&world, ScheduleVerb::BringBack, &["video/never"]);
    assert!(world.repository.schedule(&never).is_err());
    assert_as_from_nothing(&world);
    world.verify();
}

#[test]
fn what_a_schedule_did_can_be_read_afterwards() {
    let world = published();
    world.put("video/v", video("Scheduled"));
    let ran = schedule(&world, ScheduleVerb::Publish, &["video/v"]).schedule;
    let idle = schedule(&world, ScheduleVerb::Publish, &["video/v"]).schedule;
    assert_eq!(outcomes(&run(&world, THEN_MS)), ["published", "nothing to do"]);
    let rows = world.repository.schedules(None).unwrap();
    assert_eq!(rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), [&*ran.id, &*idle.id]);
    assert!(rows.iter().all(|row| row.state == ScheduleState::Done));
    let done: Vec<_> = rows.iter().map(|row| (row.done[0].time_ms, row.done[0].sequence)).collect();
    assert_eq!(done, [(THEN_MS, Some(2)), (THEN_MS, None)]);
    let stamp = || world.stamp("no");
    let cancelled =
        world.repository.cancel_schedule(&"production".parse().unwrap(), &ran.id, None, &stamp());
    assert!(matches!(cancelled, Err(ScheduleError::Over { .. })));
    let again =
        world.repository.retry_schedule(&"production".parse().unwrap(), &ran.id, None, &stamp());
    assert!(matches!(again, Err(ScheduleError::Over { .. })));
    let later = THEN_MS + 91 * 24 * 60 * 60 * 1000;
    run(&world, later);
    assert_eq!(world.repository.schedules(None).unwrap(), vec![], "after 90 days it goes");
    world.verify();
}

#[test]
fn an_embargo_that_ends_is_published_at_its_moment_where_the_channel_says_so() {
    let world = published();
    let mut secret = exercise("Square", "Secret?");
    secret["not_before"] = json!("1970-01-01T00:16:40Z");
    world.put("exercise/e3", secret.clone());
    let mut later = exercise("Double", "Later?");
    later["not_before"] = json!("1970-01-01T00:16:41Z");
    world.put("exercise/e2", later);
    world.put("exercise/e1", exercise("Add", "At once?"));
    world.publish();
    let shows =
        |text: &str, said: &str| world.delivered(text, "en").unwrap().to_string().contains(said);
    // The default is to wait for somebody.
    assert_eq!(world.repository.next_due(0).unwrap(), None);
    run(&world, 2 * THEN_MS);
    assert!(!shows("exercise/e3", "Secret?"));
    let stamp = world.stamp("by itself");
    world.production().set_publishes_embargoed(true, &stamp).unwrap();
    assert_eq!(world.repository.next_due(0).unwrap(), Some(THEN_MS));
    assert_eq!(run(&world, THEN_MS - 1).embargoes, vec![]);
    // What is merged and was never published is not published along with it.
    world.put("video/v", video("Not asked for"));
    let report = run(&world, THEN_MS);
    assert_eq!(report.next_due_ms, Some(THEN_MS + 1000));
    assert_eq!(report.embargoes[0].keys, [key("exercise/e3")]);
    assert_eq!(report.embargoes[0].sequence, Some(3));
    assert!(shows("exercise/e3", "Secret?") && !shows("exercise/e2", "Later?"));
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Watch");
    assert_eq!(run(&world, THEN_MS).embargoes, vec![], "once");
    // An embargo that main has moved counts.
    let mut moved = exercise("Double", "Later?");
    moved["not_before"] = json!("1970-01-01T00:33:20Z");
    world.put("exercise/e2", moved);
    assert_eq!(run(&world, THEN_MS + 1000).embargoes, vec![]);
    assert!(!shows("exercise/e2", "Later?"));
    assert_eq!(run(&world, 2 * THEN_MS).embargoes.len(), 1);
    assert!(shows("exercise/e2", "Later?"));
    world.verify();
}

#[test]
fn an_embargo_ends_by_itself_on_a_channel_with_answers_too() {
    let world = published();
    let policy = ChannelPolicy { answers: Answers::Included, ..ChannelPolicy::default() };
    let offline = world.channel("offline").begin(policy, &world.stamp("begin")).unwrap();
    let mut secret = exercise("Square", "Secret?");
    secret["not_before"] = json!("1970-01-01T00:16:40Z");
    world.put("exercise/e3", secret);
    offline.publish(&world.request()).unwrap();
    offline.set_publishes_embargoed(true, &world.stamp("by itself")).unwrap();
    assert_eq!(world.repository.next_due(0).unwrap(), Some(THEN_MS));
    assert_eq!(run(&world, THEN_MS).embargoes[0].keys, [key("exercise/e3")]);
    world.verify();
}
