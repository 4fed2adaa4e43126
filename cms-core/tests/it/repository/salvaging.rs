//! What is salvaged from a repository that lost something: whichever object it is, the content can be worked on,
//! everything that is not as it was is reported by name, and nothing else has changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use cms_core::{
    engine::{
        Cell, CellName, CellQuery, Engine, Expected, OperationId, Outcome, PAGE_ROWS_MAX, Position,
        Swap, SwapValue, Transaction, memory::MemoryEngine,
    },
    model::{
        id::ObjectId,
        object::{Object, ObjectKind, Space},
    },
    repo::{
        Answers, ChannelPolicy, DraftId, DraftQuery, LostNow, NewReview, PublishError, Repository,
        ReviewList, SalvageReport, ScheduleRequest, ScheduleState, ScheduleStep, ScheduleVerb,
        Stamp, State,
    },
};
use serde_json::Value;

use super::{
    drafting::{begin, commit_to, save},
    world::{World, container, course, exercise, key, video},
};

/// 1970-01-01T00:16:40Z, long after everything that the tests do before.
const THEN_MS: u64 = 1_000_000;

type Cells = BTreeMap<CellName, Cell>;

fn all_drafts() -> DraftQuery {
    DraftQuery { rows_max: 100, ..DraftQuery::default() }
}

fn cells(engine: &dyn Engine) -> Cells {
    let mut query = CellQuery { group_prefix: String::new(), after: None, rows_max: PAGE_ROWS_MAX };
    let mut cells = Cells::new();
    loop {
        let page = engine.cells(&query).unwrap();
        query.after = page.rows.last().map(|(name, _)| name.clone());
        cells.extend(page.rows);
        if !page.more {
            return cells;
        }
    }
}

fn objects(engine: &dyn Engine) -> Vec<(Space, ObjectId)> {
    let mut objects = Vec::new();
    for space in engine.spaces().unwrap() {
        let mut after = None;
        loop {
            let page = engine.objects(&space, after, PAGE_ROWS_MAX).unwrap();
            objects.extend(page.iter().map(|id| (space.clone(), *id)));
            match page.last() {
                Some(last) => after = Some(*last),
                None => break,
            }
        }
    }
    objects
}

/// A repository with two publications, a translation, a draft in which two entries were changed, and a review; and
/// the cells as they were after each step.
fn lived_in() -> (World, Arc<MemoryEngine>, Vec<Cells>) {
    let engine = Arc::new(MemoryEngine::default());
    let world = World::over(Arc::clone(&engine) as Arc<dyn Engine>);
    let mut steps = Vec::new();
    world.import(&course());
    world.publish();
    steps.push(cells(&*engine));
    world.put("exercise/e1", exercise("Add", "What is three and three?"));
    world.put("video/w", video("Second"));
    world.put("lesson/l1", container("One", &["exercise/e1", "video/v", "video/w"]));
    world.publish();
    steps.push(cells(&*engine));
    world.put("exercise/e2", exercise("Double", "What is twice three?"));
    let draft = begin(&world, "Titles").draft;
    commit_to(&world, &draft, &[("video/v", Some(video("See")))]);
    save(&world, &draft, "lesson/l2", &container("Number two", &["exercise/e2"]));
    let new = NewReview {
        draft,
        title: "Please look".into(),
        description: String::new(),
        reviewers: vec!["rob".parse().unwrap()],
        stamp: world.stamp("open"),
    };
    world.reviews().open(new).unwrap();
    steps.push(cells(&*engine));
    (world, engine, steps)
}

/// The same engine without one object.
fn without(whole: &dyn Engine, lost: &(Space, ObjectId)) -> Arc<MemoryEngine> {
    let engine = MemoryEngine::default();
    let kept = objects(whole).into_iter().filter(|object| object != lost);
    let kept: Vec<(Space, Object)> = kept
        .map(|(space, id)| (space.clone(), whole.object(&space, id).unwrap().unwrap()))
        .collect();
    let mut batch = vec![Transaction {
        operation: OperationId([1; 16]),
        objects: kept,
        swaps: Vec::new(),
        audit: None,
    }];
    for (number, (cell, found)) in (2u128..).zip(cells(whole)) {
        let swap = Swap { cell, expected: Expected::Absent, value: SwapValue::Put(found.value) };
        batch.push(Transaction {
            operation: OperationId((number << 64).to_be_bytes()),
            objects: Vec::new(),
            swaps: vec![swap],
            audit: None,
        });
    }
    let outcomes = engine.commit(batch).unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Applied(_))));
    Arc::new(engine)
}

fn settle(world: &World, steps: &[Cells]) -> SalvageReport {
    let earlier = |name: &CellName| {
        steps.iter().rev().filter_map(|cells| cells.get(name).cloned()).collect::<Vec<_>>()
    };
    world.repository.settle_salvaged(&earlier, &world.stamp("salvage")).unwrap()
}

/// The entries of a state, by key and language.
fn by_key(lines: Vec<Value>) -> BTreeMap<String, Value> {
    lines.into_iter().map(|line| (format!("{}@{}", line["key"], line["locale"]), line)).collect()
}

/// The content can be worked on: committed, published, listed.
fn can_be_worked_on(world: &World, what: &str) {
    // Except if the kind itself is what is gone.
    let has_videos = world.history().show(&world.main(), &key("schema/video")).unwrap().is_some();
    match has_videos {
        true => world.put("video/new", video("New")),
        false => world.put("lesson/new", container("New", &[])),
    };
    match world.production().publish(&world.request()) {
        // If the home page is gone, it is not a fault that a publish refuses to take it from learners.
        Ok(_) | Err(PublishError::NothingToDo { .. } | PublishError::Empties { .. }) => {}
        Err(error) => panic!("{what}: {error}"),
    }
    let drafts = world.drafts().list(&all_drafts());
    drafts.unwrap_or_else(|error| panic!("{what}: {error}"));
    let reviews = world.reviews().list(&ReviewList::default(), None, 100);
    reviews.unwrap_or_else(|error| panic!("{what}: {error}"));
    let verified = world.repository.verify(&mut |_| std::ops::ControlFlow::Continue(()));
    verified.unwrap_or_else(|error| panic!("{what}: {error}"));
}

#[test]
fn whatever_object_is_gone_content_can_be_worked_on_and_what_changed_is_told() {
    let (whole, engine, steps) = lived_in();
    let expected = by_key(whole.export(&whole.main()));
    let mut went_back = 0;
    let mut gone = 0;
    let mut moved = 0;
    let lost = objects(&*engine);
    for object in &lost {
        let kind = engine.object(&object.0, object.1).unwrap().unwrap().kind();
        let what = format!("without {} {} of {}", kind.word(), object.1, object.0);
        let left = without(&*engine, object);
        let world = World::reopened(left);
        let report = settle(&world, &steps);
        let found = by_key(world.export(&world.main()));
        let told: BTreeSet<String> = report
            .entries
            .iter()
            .filter(|entry| entry.branch == "main")
            .map(|entry| {
                let key = entry.key.as_ref().unwrap_or_else(|| panic!("{what}: {report:#?}"));
                format!("\"{}\"@null", key.source())
            })
            .collect();
        let main_moved = report.heads.iter().any(|head| head.what == "main");
        for (key, line) in &expected {
            let is_same = found.get(key) == Some(line);
            assert!(
                is_same || told.contains(key) || main_moved,
                "{what}: {key} is not told: {report:#?}"
            );
        }
        moved += report.heads.len();
        went_back += report.entries.iter().filter(|entry| entry.now == LostNow::Earlier).count();
        gone += report.entries.iter().filter(|entry| entry.now == LostNow::Gone).count();
        // What learners can get of it is not decided twice.
        let again = settle(&world, &steps);
        assert_eq!((again.heads, again.entries), (Vec::new(), Vec::new()), "{what}");
        assert!(again.gaps.iter().all(|gap| gap.before.is_none()), "{what}: {:#?}", again.gaps);
        can_be_worked_on(&world, &what);
    }
    eprintln!(
        "{} objects: {moved} heads moved, {went_back} entries went back, {gone} are gone",
        lost.len()
    );
    assert!(lost.len() > 100 && moved > 3 && went_back > 1 && gone > 5);
}

#[test]
fn an_entry_whose_newest_version_is_gone_stands_at_the_one_before() {
    let (whole, engine, steps) = lived_in();
    let shown =
        whole.repository.history().show(&whole.main(), &key("exercise/e2")).unwrap().unwrap();
    let bytes = cms_core::model::canonical::to_bytes(&shown.document.unwrap());
    let document = ObjectId::of(ObjectKind::Document, &bytes);
    let world = World::reopened(without(&*engine, &(Space::Source, document)));
    let report = settle(&world, &steps);
    let entry = report.entries.iter().find(|entry| entry.branch == "main").unwrap();
    assert_eq!((entry.key.clone(), entry.now), (Some(key("exercise/e2")), LostNow::Earlier));
    let now = world.history().show(&world.main(), &key("exercise/e2")).unwrap().unwrap();
    assert!(now.document.unwrap().to_string().contains("What is twice two?"));
    assert!(report.heads.is_empty(), "{report:#?}");
}

#[test]
fn a_channel_whose_newest_publication_is_gone_delivers_the_one_before() {
    let (_, engine, steps) = lived_in();
    let publications = objects(&*engine).into_iter().filter(|(space, id)| {
        engine.object(space, *id).unwrap().unwrap().kind() == ObjectKind::Publication
    });
    let mut back = Vec::new();
    for publication in publications {
        let world = World::reopened(without(&*engine, &publication));
        let report = settle(&world, &steps);
        for head in report.heads {
            assert_eq!(head.what, "channel production");
            back.push((head.from, head.to));
        }
    }
    let expected = ("production@2".to_owned(), Some("production@1".to_owned()));
    assert_eq!(back, [expected]);
}

#[test]
fn what_was_typed_and_is_whole_stays() {
    let (whole, engine, steps) = lived_in();
    let left = without(&*engine, &(Space::Public, ObjectId::from_bytes([0; 32])));
    let world = World::reopened(left);
    assert_eq!(settle(&world, &steps), SalvageReport::default());
    let drafts = |world: &World| {
        let mut drafts = world.drafts().list(&all_drafts()).unwrap().drafts;
        drafts.iter_mut().for_each(|draft| draft.version = 0);
        drafts
    };
    assert_eq!(drafts(&world), drafts(&whole));
    assert_eq!(drafts(&world).len(), 1);
    let typed = |world: &World| {
        let draft = &drafts(world)[0].draft;
        world.drafts().entry(draft, &key("lesson/l2")).unwrap().unwrap().document
    };
    assert!(typed(&world).is_some() && typed(&world) == typed(&whole));
}

#[test]
fn where_no_commit_is_left_the_newest_versions_of_all_entries_are_begun_with() {
    let (whole, engine, _) = lived_in();
    let expected = by_key(whole.export(&whole.main()));
    let commits: Vec<_> = objects(&*engine)
        .into_iter()
        .filter(|(space, id)| {
            engine.object(space, *id).unwrap().unwrap().kind() == ObjectKind::Commit
        })
        .collect();
    let mut left = engine;
    for commit in &commits {
        left = without(&*left, commit);
    }
    let world = World::reopened(left);
    let report = settle(&world, &[]);
    assert!(report.heads.iter().any(|head| head.what == "main" && head.to.is_some()));
    let found = by_key(world.export(&world.main()));
    // Nobody can tell any more whether a draft's own changes are among them; what nobody changed in a draft is as it
    // was.
    let same = expected.iter().filter(|(key, line)| found.get(*key) == Some(line)).count();
    assert!(same + 2 >= expected.len(), "{same} of {}", expected.len());
    can_be_worked_on(&world, "without commits");
}

#[test]
fn where_nothing_of_the_authors_is_left_that_is_no_failure() {
    let (_, engine, steps) = lived_in();
    let mut left = Arc::clone(&engine);
    for object in objects(&*engine).iter().filter(|(space, _)| *space == Space::Source) {
        left = without(&*left, object);
    }
    let world = World::reopened(left);
    let report = settle(&world, &steps);
    assert!(report.heads.iter().any(|head| head.what == "main"), "{report:#?}");
    assert_eq!(world.export(&world.main()), Vec::<Value>::new());
}

#[test]
fn where_all_cells_are_gone_content_and_channels_are_found_again_by_what_the_objects_say() {
    let (whole, engine, _) = lived_in();
    let bare = MemoryEngine::default();
    let records = engine.audit(Position(0), PAGE_ROWS_MAX).unwrap();
    let objects: Vec<(Space, Object)> = objects(&*engine)
        .into_iter()
        .map(|(space, id)| (space.clone(), engine.object(&space, id).unwrap().unwrap()))
        .collect();
    let operation = OperationId([1; 16]);
    let all = Transaction { operation, objects, swaps: Vec::new(), audit: None };
    bare.commit(vec![all]).unwrap();
    for (number, record) in (2u128..).zip(records) {
        bare.commit(vec![Transaction {
            operation: OperationId((number << 64).to_be_bytes()),
            objects: Vec::new(),
            swaps: Vec::new(),
            audit: Some(record.bytes),
        }])
        .unwrap();
    }
    let bare: Arc<dyn Engine> = Arc::new(bare);
    let stamp = whole.stamp("rescue");
    Repository::rescue(Arc::clone(&bare), [[5; 32], [6; 32]], &stamp).unwrap();
    let world = World::reopened(bare);
    let report = settle(&world, &[]);
    let heads: Vec<_> = report.heads.iter().map(|head| head.what.as_str()).collect();
    assert_eq!(heads, ["main", "channel production"], "{report:#?}");
    let delivered =
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    assert_eq!(
        delivered.snapshot,
        whole
            .repository
            .delivery()
            .channel_head(&"production".parse().unwrap())
            .unwrap()
            .unwrap()
            .snapshot
    );
    assert_eq!(world.export(&world.main()), whole.export(&whole.main()));
    can_be_worked_on(&world, "without cells");
}

#[test]
fn an_entry_of_which_only_the_revision_is_gone_is_as_it_was() {
    let (whole, engine, steps) = lived_in();
    let shown =
        whole.repository.history().show(&whole.main(), &key("exercise/e2")).unwrap().unwrap();
    let revision = shown.revision.revision.object_id();
    let world = World::reopened(without(&*engine, &(Space::Source, revision)));
    let report = settle(&world, &steps);
    let entry = report.entries.iter().find(|entry| entry.branch == "main").unwrap();
    assert_eq!((entry.key.clone(), entry.now), (Some(key("exercise/e2")), LostNow::Unattributed));
    assert_eq!(world.export(&world.main()), whole.export(&whole.main()));
}

#[test]
fn where_the_commit_is_gone_at_which_a_draft_parted_from_main_both_go_on_from_the_one_before() {
    let (whole, engine, mut steps) = lived_in();
    let State::Commit(parted) = whole.main() else { panic!("a commit") };
    whole.put("video/x", video("Third"));
    steps.push(cells(&*engine));
    let draft = whole.repository.drafts().list(&all_drafts()).unwrap().drafts.remove(0).draft;
    let changed = |world: &World| {
        let changes = world.drafts().changes(&draft).unwrap();
        changes.rows.iter().map(|row| row.key.to_string()).collect::<BTreeSet<_>>()
    };
    let log = |world: &World| {
        let rows = world.history().log(&world.main(), 100, None).unwrap();
        rows.into_iter().map(|row| row.commit).collect::<BTreeSet<_>>()
    };
    let (changed_before, mut history) = (changed(&whole), log(&whole));
    let world = World::reopened(without(&*engine, &(Space::Source, parted.object_id())));
    let report = settle(&world, &steps);
    let gaps: Vec<_> = report.gaps.iter().map(|gap| (gap.branch.clone(), gap.lost)).collect();
    assert_eq!(gaps, [("main".to_owned(), parted), (draft.branch().to_string(), parted)]);
    assert!(report.gaps.iter().all(|gap| gap.before.is_some()), "{report:#?}");
    // All of the readable history is there.
    history.remove(&parted);
    assert!(log(&world).is_superset(&history));
    // What main did meanwhile may be among the changes, and nothing is missing.
    assert!(changed(&world).is_superset(&changed_before), "{:?}", changed(&world));
    let brought = world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    assert!(brought.conflicted.is_empty(), "{brought:#?}");
    assert_eq!(changed(&world), changed_before);
    let on_main = |world: &World| by_key(world.export(&world.main()));
    assert_eq!(on_main(&world), on_main(&whole), "main is as it was");
}

/// The same with everything that waits: an entry that was taken off, a schedule, a channel whose documents include
/// their answers, and a draft in which an entry is in conflict.
fn waiting() -> (World, Arc<MemoryEngine>, Vec<Cells>, DraftId) {
    let (world, engine, mut steps) = lived_in();
    world.unpublish(&["video/w"]).unwrap();
    let policy = ChannelPolicy { answers: Answers::Included, ..Default::default() };
    world.channel("offline").begin(policy, &world.stamp("begin")).unwrap();
    publish_offline(&world).unwrap();
    let draft = begin(&world, "Words").draft;
    save(&world, &draft, "exercise/e1", &exercise("Add", "What is 3 plus 3?"));
    world.put("exercise/e1", exercise("Add", "What do 3 and 3 make?"));
    let merged = world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    assert_eq!(merged.conflicted, [key("exercise/e1")]);
    let step = ScheduleStep {
        verb: ScheduleVerb::Publish,
        target: "main".into(),
        keys: vec![key("exercise/e2")],
        replaced_by: None,
    };
    let request = ScheduleRequest {
        channel: "production".parse().unwrap(),
        step,
        then: Vec::new(),
        at: "1970-01-01T01:16:40[Europe/Berlin]".parse().unwrap(),
        stamp: world.stamp("soon"),
    };
    world.repository.schedule(&request).unwrap();
    steps.push(cells(&*engine));
    (world, engine, steps, draft)
}

fn publish_offline(world: &World) -> Result<(), PublishError> {
    world.channel("offline").publish(&world.request()).map(drop)
}

#[test]
fn whatever_object_is_gone_what_waits_is_kept_or_told_and_what_was_taken_off_stays_off() {
    let (_, engine, steps, draft) = waiting();
    let (mut ran, mut failed, mut settled) = (0, 0, 0);
    for object in objects(&*engine) {
        let kind = engine.object(&object.0, object.1).unwrap().unwrap().kind();
        let what = format!("without {} {} of {}", kind.word(), object.1, object.0);
        let world = World::reopened(without(&*engine, &object));
        let report = settle(&world, &steps);
        let repository = &world.repository;
        let is_moved = |head: &str| report.heads.iter().any(|moved| moved.what == head);
        let is_told = |name: &str| {
            report.entries.iter().any(|entry| entry.key.as_ref().is_none_or(|it| *it == key(name)))
        };
        // The conflicts are there, or it is reported that the entry or the draft is not what it was.
        let branch = draft.branch().to_string();
        let conflicts = repository.drafts().conflicts(&draft).map(|found| found.entries.len());
        let is_kept = matches!(conflicts, Ok(1));
        let is_draft_told = is_moved(&branch)
            || report.gaps.iter().any(|gap| gap.branch == branch && gap.before.is_none())
            || report.entries.iter().any(|entry| entry.branch == branch)
            || is_moved("main")
            || is_told("exercise/e1");
        assert!(is_kept || is_draft_told, "{what}: {conflicts:?} {report:#?}");
        settled += usize::from(is_kept);
        // What is due runs, or says why not, and does not keep anything else from running.
        let stamp =
            Stamp { time_ms: THEN_MS, author: "scheduler".parse().unwrap(), ..world.stamp("") };
        let due = repository.run_due(&stamp).unwrap_or_else(|error| panic!("{what}: {error}"));
        let rows = repository.schedules(None).unwrap_or_else(|error| panic!("{what}: {error}"));
        match rows.first().map(|row| row.state) {
            Some(ScheduleState::Done) => ran += 1,
            Some(ScheduleState::Failed) => failed += 1,
            other => panic!("{what}: {other:?} {due:#?}"),
        }
        // Nobody brings back what was taken off, except if the channel's own record is what is gone.
        let name = "production".parse().unwrap();
        let _ = repository.channel(&name).map(|channel| channel.publish(&world.request()));
        let head = repository.delivery().channel_head(&"production".parse().unwrap()).unwrap();
        if let Some(head) = head.filter(|_| !is_moved("channel production")) {
            let snapshot = repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
            let row = repository.delivery().delivered(&snapshot, &key("video/w"), None).unwrap();
            assert!(row.is_none_or(|row| row.retired), "{what}: video/w is back");
        }
        match publish_offline(&world) {
            Ok(()) | Err(PublishError::NothingToDo { .. } | PublishError::Empties { .. }) => {}
            Err(error) => panic!("{what}: {error}"),
        }
    }
    eprintln!(
        "conflicts kept {settled} times; schedules ran {ran} times and failed {failed} times"
    );
    assert!(settled > 100 && ran > 100);
}
