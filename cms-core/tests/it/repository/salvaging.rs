//! What is made of a repository when something of it is gone: whatever one object it is, content can be worked on, what is
//! not as it was is told by name, and nothing else changed.

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
    repo::{DraftQuery, LostNow, NewReview, PublishError, Repository, ReviewList, SalvageReport},
};
use serde_json::Value;

use super::{
    drafting::{begin, commit_to, save},
    world::{World, container, course, exercise, key, video},
};

type Cells = BTreeMap<CellName, Cell>;

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

/// A repository with two publications, a translation, a draft in which two entries were changed, and a review; and the
/// cells as they were after each step.
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
        reviewers: vec!["rob".into()],
        stamp: world.stamp("open"),
    };
    world.repository.open_review(new).unwrap();
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

/// Content can be worked on: committed, published, listed.
fn can_be_worked_on(world: &World, what: &str) {
    // Unless the kind itself is what is gone.
    let has_videos = world.repository.show(&world.main(), &key("schema/video")).unwrap().is_some();
    match has_videos {
        true => world.put("video/new", video("New")),
        false => world.put("lesson/new", container("New", &[])),
    };
    match world.repository.publish(&world.request()) {
        // Where the home page is gone, that learners keep it is no fault.
        Ok(_) | Err(PublishError::NothingToDo { .. } | PublishError::Empties { .. }) => {}
        Err(error) => panic!("{what}: {error}"),
    }
    let drafts = world.repository.drafts(&DraftQuery::default());
    drafts.unwrap_or_else(|error| panic!("{what}: {error}"));
    let reviews = world.repository.reviews(&ReviewList::default(), None, 100);
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
        // What learners can have of it is not settled twice.
        let again = settle(&world, &steps);
        assert_eq!((again.heads, again.entries), (Vec::new(), Vec::new()), "{what}");
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
    let shown = whole.repository.show(&whole.main(), &key("exercise/e2")).unwrap().unwrap();
    let bytes = cms_core::model::canonical::to_bytes(&shown.document.unwrap());
    let document = ObjectId::of(ObjectKind::Document, &bytes);
    let world = World::reopened(without(&*engine, &(Space::Source, document)));
    let report = settle(&world, &steps);
    let entry = report.entries.iter().find(|entry| entry.branch == "main").unwrap();
    assert_eq!((entry.key.clone(), entry.now), (Some(key("exercise/e2")), LostNow::Earlier));
    let now = world.repository.show(&world.main(), &key("exercise/e2")).unwrap().unwrap();
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
    let drafts = world.repository.drafts(&DraftQuery::default()).unwrap();
    assert_eq!(drafts, whole.repository.drafts(&DraftQuery::default()).unwrap());
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
    // Whether a draft's own are among them nobody can tell any more; what nobody changed in one is as it was.
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
    let delivered = world.repository.channel_head("production").unwrap().unwrap();
    assert_eq!(
        delivered.snapshot,
        whole.repository.channel_head("production").unwrap().unwrap().snapshot
    );
    assert_eq!(world.export(&world.main()), whole.export(&whole.main()));
    can_be_worked_on(&world, "without cells");
}

#[test]
fn an_entry_of_which_only_the_revision_is_gone_is_as_it_was() {
    let (whole, engine, steps) = lived_in();
    let shown = whole.repository.show(&whole.main(), &key("exercise/e2")).unwrap().unwrap();
    let revision = shown.revision.revision.object_id();
    let world = World::reopened(without(&*engine, &(Space::Source, revision)));
    let report = settle(&world, &steps);
    let entry = report.entries.iter().find(|entry| entry.branch == "main").unwrap();
    assert_eq!((entry.key.clone(), entry.now), (Some(key("exercise/e2")), LostNow::Unattributed));
    assert_eq!(world.export(&world.main()), whole.export(&whole.main()));
}
