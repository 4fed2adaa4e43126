//! Names of states: short ids and distant numbers, and the cost of finding them.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use cms_core::{
    engine::{Engine, Layer, ReadError, memory::MemoryEngine},
    model::id::CommitId,
    repo::{Repository, RepositoryOptions, ResolveError, State},
};

use super::drafting::{begin, commit_to};
use super::world::{World, container, course, exercise, video};

/// An engine that counts the requests to it.
#[derive(Default)]
struct Counted {
    inner: MemoryEngine,
    asked: AtomicU64,
}

impl Layer for Counted {
    fn beneath(&self) -> &dyn Engine {
        &self.inner
    }

    fn go_on(&self) -> Result<(), ReadError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

impl Counted {
    fn cost<T>(&self, work: impl FnOnce() -> T) -> (T, u64) {
        let before = self.asked.load(Ordering::Relaxed);
        let done = work();
        (done, self.asked.load(Ordering::Relaxed) - before)
    }
}

fn counted() -> (World, Arc<Counted>) {
    let engine = Arc::new(Counted::default());
    let world = World::over(Arc::clone(&engine) as _);
    world.import(&course());
    (world, engine)
}

fn main_of(world: &World) -> CommitId {
    match world.main() {
        State::Commit(commit) => commit,
        State::Snapshot { .. } => unreachable!("main is a branch"),
    }
}

#[test]
fn a_short_id_is_found_without_walking_the_histories_of_main_and_of_every_draft() {
    let (world, engine) = counted();
    let first = main_of(&world).to_string();
    let unknown = |text: &str| {
        let found = world.repository.resolve(text);
        assert!(matches!(found, Err(ResolveError::Unknown { .. })), "{text}: {found:?}");
    };
    let ((), before) = engine.cost(|| unknown("deadbeef"));
    for number in 0..12 {
        world.put("video/v", video(&format!("Take {number}")));
        let draft = begin(&world, &format!("Draft {number}")).draft;
        commit_to(&world, &draft, &[("exercise/e1", Some(exercise("Add", &number.to_string())))]);
    }
    let ((), after) = engine.cost(|| unknown("deadbeef"));
    assert_eq!(before, after, "twelve more commits and drafts are not looked at");
    let (found, cost) = engine.cost(|| world.repository.resolve(&first[..8]).unwrap());
    assert_eq!(found.clone(), world.repository.resolve(&first).unwrap());
    assert_eq!(found, State::Commit(first.parse().unwrap()));
    assert!(cost < 12, "{cost} looks for one short id");
    unknown(&first[..7]);
}

#[test]
fn the_beginning_of_a_snapshot_id_names_the_newest_publication_of_it() {
    let (world, _) = counted();
    world.publish();
    world.put("exercise/e1", exercise("Add", "Again?"));
    world.publish();
    for row in world.repository.snapshots(&"production".parse().unwrap(), None, 10).unwrap() {
        let id = row.snapshot.to_string();
        for text in [&id[..], &id[..8], &id[..13]] {
            let State::Snapshot { snapshot, sequence, publication, .. } =
                world.repository.resolve(text).unwrap()
            else {
                panic!("{text} is a snapshot")
            };
            let found = (snapshot, sequence, publication);
            assert_eq!(found, (row.snapshot, row.sequence, row.publication));
        }
    }
}

#[test]
fn an_old_snapshot_of_a_channel_is_walked_to_once_and_then_costs_no_more_than_a_new_one() {
    let (world, engine) = counted();
    let published = 150;
    for number in 0..published {
        world.put("exercise/e1", exercise("Add", &format!("Number {number}?")));
        world.publish();
    }
    let resolve = |text: &str| world.repository.resolve(text).unwrap();
    let (first, walked) = engine.cost(|| resolve("production@1"));
    let (again, marked) = engine.cost(|| resolve("production@1"));
    assert_eq!(first, again);
    assert!(matches!(first, State::Snapshot { sequence: 1, .. }));
    assert!(walked > 400 && marked < 64 * 4, "{walked} looks, then {marked}");
    // Every page is the same, wherever reading begins, and all pages together have each number once.
    let page =
        |before| world.repository.snapshots(&"production".parse().unwrap(), before, 10).unwrap();
    let mut sequences = Vec::new();
    let mut before = None;
    loop {
        let (rows, cost) = engine.cost(|| page(before));
        let Some(last) = rows.last() else { break };
        before = Some(last.sequence);
        sequences.extend(rows.iter().map(|row| row.sequence));
        assert!(cost < (64 + 10) * 8, "{cost} looks for one page before {before:?}");
    }
    assert_eq!(sequences, (1..=published).rev().collect::<Vec<u64>>());
    assert!(page(Some(0)).is_empty() && page(Some(1)).is_empty());
    let ahead = world.repository.resolve("production@151");
    assert!(matches!(ahead, Err(ResolveError::Ahead { newest: 150, .. })), "{ahead:?}");
    let too_far = world.repository.resolve("production@0");
    assert!(matches!(too_far, Err(ResolveError::TooFar { .. })), "{too_far:?}");
}

#[test]
fn a_page_of_what_differs_between_two_snapshots_does_not_begin_at_the_first_difference() {
    let (world, engine) = counted();
    world.publish();
    let names: Vec<String> = (0..300).map(|number| format!("video/n{number:03}")).collect();
    let children: Vec<&str> = names.iter().map(String::as_str).collect();
    let videos = names.iter().map(|name| {
        let title = name.replace("video/n", "Number ");
        (name.as_str(), Some(video(&title)))
    });
    let lesson = [("lesson/l1", Some(container("One", &children)))];
    world.commit(&videos.chain(lesson).collect::<Vec<_>>()).unwrap();
    world.publish();
    let rows = world.repository.snapshots(&"production".parse().unwrap(), None, 2).unwrap();
    let snapshot =
        |at: usize| world.repository.delivery().snapshot(rows[at].snapshot).unwrap().unwrap();
    let (right, left) = (snapshot(0), snapshot(1));
    let all = world.repository.delivery().compare_delivered(&left, &right, None, 10_000).unwrap();
    let (mut paged, mut last) = (Vec::new(), None);
    loop {
        // Nothing is cached yet for a process that asks for a page.
        let cold = RepositoryOptions { node_cache_size_bytes: 0 };
        let cold = Repository::open(Arc::clone(&engine) as _, cold).unwrap();
        let (page, cost) = engine
            .cost(|| cold.delivery().compare_delivered(&left, &right, last.as_ref(), 10).unwrap());
        assert!(last.is_none() || cost < 24, "{cost} looks for a page after {last:?}");
        let Some(row) = page.last() else { break };
        last = Some(row.key.clone());
        paged.extend(page);
    }
    assert!(all.len() > 300);
    assert_eq!(paged, all);
}
