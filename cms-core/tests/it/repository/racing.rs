//! Several writers at once: nothing is lost, and nobody sees a mixture.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use cms_core::{
    engine::{CommitError, Engine, Layer, Outcome, Rejected, Transaction, memory::MemoryEngine},
    repo::{
        Answers, BringError, ChannelError, ChannelPolicy, DraftCommitError, DraftError, DraftState,
        PublishError, Repository, RepositoryOptions,
    },
};

use super::closing::interrupted;
use super::drafting::{begin, save};
use super::world::{World, channel, container, course, exercise, key, video};

/// An engine in which others are always quicker to move a draft, while it is crowded.
#[derive(Default)]
struct Crowded {
    inner: MemoryEngine,
    is_crowded: AtomicBool,
}

impl Layer for Crowded {
    fn beneath(&self) -> &dyn Engine {
        &self.inner
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        let mut swaps = batch.iter().flat_map(|transaction| &transaction.swaps);
        let of_draft = swaps.find(|swap| swap.cell.group().as_str().starts_with("branch/draft/"));
        match of_draft.filter(|_| self.is_crowded.load(Ordering::Relaxed)) {
            None => self.inner.commit(batch),
            Some(swap) => {
                let (cell, found) = (swap.cell.clone(), self.inner.cell(&swap.cell)?);
                let lost = Outcome::Rejected(Rejected { cell, found });
                Ok(vec![lost; batch.len()])
            }
        }
    }
}

#[test]
fn many_writers_on_one_branch_lose_nothing() {
    let world = World::new();
    world.import(&course());
    let (writers, each) = (6, 8);
    std::thread::scope(|scope| {
        for writer in 0..writers {
            let world = &world;
            scope.spawn(move || {
                for number in 0..each {
                    let name = format!("video/w{writer}-{number}");
                    world.put(&name, video(&format!("Video {writer} {number}")));
                }
            });
        }
    });
    let stats = world.repository.stats().unwrap();
    assert_eq!(stats.kinds[&"video".parse().unwrap()], 1 + writers * each);
    assert_eq!(stats.commits, 3 + writers * each, "one commit each, none twice");
    world.verify();
}

#[test]
fn of_two_publishers_at_once_one_is_told_to_look_again() {
    let world = World::new();
    world.import(&course());
    world.publish();
    for round in 0..8 {
        world.put("exercise/e1", exercise("Add", &format!("Round {round}?")));
        let published = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| match world.production().publish(&world.request()) {
                    Ok(_) => {
                        published.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(
                        PublishError::Channel(ChannelError::Moved { .. })
                        | PublishError::NothingToDo { .. },
                    ) => {}
                    Err(error) => panic!("{error}"),
                });
            }
        });
        assert_eq!(published.load(Ordering::Relaxed), 1);
        let live = world.delivered("exercise/e1", "en").unwrap().to_string();
        assert!(live.contains(&format!("Round {round}?")));
    }
    let rows = world.repository.snapshots(&"production".parse().unwrap(), None, 100).unwrap();
    let sequences: Vec<_> = rows.iter().map(|row| row.sequence).collect();
    assert_eq!(sequences, (1..=9).rev().collect::<Vec<_>>());
    world.verify();
}

#[test]
fn whoever_loses_every_race_for_a_draft_is_told_that_it_is_busy_and_may_send_the_same_again() {
    let engine = Arc::new(Crowded::default());
    let world = World::over(Arc::clone(&engine) as _);
    world.import(&course());
    let draft = begin(&world, "Crowded").draft;
    save(&world, &draft, "video/v", &video("Typed"));
    let crowd = |is_crowded| engine.is_crowded.store(is_crowded, Ordering::Relaxed);
    let (commit, merge) = (world.stamp("commit"), world.stamp("merge"));
    crowd(true);
    let busy = |error: DraftError| match error {
        DraftError::Busy { draft: of } => assert_eq!(of, draft),
        error => panic!("{error}"),
    };
    match world.drafts().commit(&draft, None, &commit).unwrap_err() {
        DraftCommitError::Draft(error) => busy(error),
        error => panic!("{error}"),
    }
    match world.drafts().merge(&draft, &merge).unwrap_err() {
        BringError::Draft(error) => busy(error),
        error => panic!("{error}"),
    }
    busy(world.drafts().discard(&draft, &world.stamp("discard")).unwrap_err());
    crowd(false);
    assert_eq!(world.drafts().one(&draft).unwrap().state, DraftState::Open);
    world.drafts().commit(&draft, None, &commit).unwrap();
    world.drafts().merge(&draft, &merge).unwrap();
    assert_eq!(world.drafts().one(&draft).unwrap().state, DraftState::Merged);
    world.verify();
}

#[test]
fn publishing_pauses_nobody_and_shows_no_half_of_a_commit() {
    let world = World::new();
    world.import(&course());
    world.publish();
    let running = AtomicUsize::new(1);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..20 {
                // Both change in one commit, so anyone who sees one must see the other.
                let mut lesson = container("One", &["exercise/e1", "video/v"]);
                lesson["description"] = format!("round {round}").into();
                let mut unit = container("First", &["lesson/l1", "lesson/l2"]);
                unit["description"] = format!("round {round}").into();
                world.commit(&[("lesson/l1", Some(lesson)), ("unit/u1", Some(unit))]).unwrap();
            }
            running.store(0, Ordering::Relaxed);
        });
        while running.load(Ordering::Relaxed) == 1 {
            let _ = world.production().publish(&world.request());
            let head = world
                .repository
                .delivery()
                .channel_head(&"production".parse().unwrap())
                .unwrap()
                .unwrap();
            let snapshot = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
            let described = |text: &str| {
                let row = world
                    .repository
                    .delivery()
                    .delivered(&snapshot, &key(text), None)
                    .unwrap()
                    .unwrap();
                let object =
                    world.repository.delivery().object(row.object.object_id()).unwrap().unwrap();
                let document: serde_json::Value = serde_json::from_slice(object.bytes()).unwrap();
                document["document"]["description"].clone()
            };
            assert_eq!(described("lesson/l1"), described("unit/u1"));
        }
    });
    world.verify();
}

#[test]
fn who_begins_a_channel_while_it_is_first_published_is_heard() {
    let (world, engine) = interrupted();
    let aside = Repository::open(engine.inner.clone(), RepositoryOptions::default()).unwrap();
    let stamp = world.stamp("begin");
    let begin = move || {
        let policy = ChannelPolicy { answers: Answers::Included, ..Default::default() };
        channel(&aside, "production").begin(policy, &stamp).unwrap();
    };
    *engine.before.lock().unwrap() = Some(("publish", Box::new(begin)));
    // It was made without answers, for the public: it must not become a channel that has them.
    let lost = world.production().publish(&world.request());
    assert!(matches!(lost, Err(PublishError::Channel(ChannelError::Moved { .. }))), "{lost:?}");
    world.production().publish(&world.request()).unwrap();
    assert!(
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().is_none(),
        "it is no public one"
    );
    let own = world.repository.channel(&"production".parse().unwrap()).unwrap().delivery();
    let head = own.channel_head(&"production".parse().unwrap()).unwrap().expect("a head");
    assert!(own.snapshot(head.snapshot).unwrap().is_some());
    world.verify();
}
