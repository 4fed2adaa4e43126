//! What becomes of a draft and its review is decided once, whoever asks at the same time.

use std::sync::{Arc, Mutex};

use cms_core::{
    engine::Engine,
    model::document::Document,
    repo::{
        BatchStep, CopyDepth, DraftChange, DraftError, DraftId, DraftState, EntryTag, FromTemplate,
        NewReview, NewShare, PlaceIn, Repository, RepositoryOptions, Review, ReviewError, ReviewId,
        ReviewPolicy, ReviewState, SaveRequest, SecretHash, Seen, Stamp, WorkingContent,
    },
};

use super::{
    closing::{Interrupted, interrupted},
    drafting::{begin, commit_to, on_main, save, started},
    world::{World, key, video},
};

fn by(world: &World, person: &str) -> Stamp {
    Stamp { author: person.parse().unwrap(), ..world.stamp("as it is") }
}

fn new_review(draft: &DraftId, stamp: Stamp) -> NewReview {
    NewReview {
        draft: draft.clone(),
        title: "Please look".into(),
        description: String::new(),
        reviewers: vec!["rob".parse().unwrap()],
        stamp,
    }
}

fn opened(world: &World, draft: &DraftId) -> ReviewId {
    world.reviews().open(new_review(draft, world.stamp("open"))).unwrap().row.review
}

fn seen(review: &Review) -> Seen {
    review.entries.iter().map(|entry| (entry.change.key.clone(), entry.pair)).collect()
}

fn text<T, E: std::fmt::Display>(result: Result<T, E>) -> String {
    result.map_or_else(|error| error.to_string(), |_| "done".to_owned())
}

type Told = Arc<Mutex<Option<String>>>;

/// Before the next transaction of a verb, another process does something with the same store.
fn meanwhile(
    engine: &Interrupted,
    verb: &'static str,
    stamp: Stamp,
    act: impl FnOnce(&Repository, &Stamp) -> String + Send + 'static,
) -> Told {
    let inner = Arc::clone(&engine.inner) as Arc<dyn Engine>;
    let other = Repository::open(inner, RepositoryOptions::default()).unwrap();
    let told = Told::default();
    let tell = Arc::clone(&told);
    let happen = move || *tell.lock().unwrap() = Some(act(&other, &stamp));
    *engine.before.lock().unwrap() = Some((verb, Box::new(happen)));
    told
}

/// A draft with one committed change, over an engine at which others come in between.
fn changed() -> (World, Arc<Interrupted>, DraftId) {
    let (world, engine) = interrupted();
    let draft = begin(&world, "Titles").draft;
    commit_to(&world, &draft, &[("video/v", Some(video("Decided")))]);
    (world, engine, draft)
}

/// What became of the change: both places must say the same.
fn assert_decided(world: &World, draft: &DraftId, state: DraftState) {
    assert_eq!(world.drafts().one(draft).unwrap().state, state);
    let is_there = on_main(world, "video/v").unwrap()["title"] == "Decided";
    assert_eq!(is_there, state == DraftState::Merged, "{state:?}");
    world.verify();
}

#[test]
fn a_draft_that_another_process_discards_while_it_merges_is_not_merged() {
    let (world, engine, draft) = changed();
    let id = draft.clone();
    let told = meanwhile(&engine, "merge", world.stamp("discard"), move |other, stamp| {
        text(other.drafts().discard(&id, stamp))
    });
    let merged = text(world.drafts().merge(&draft, &world.stamp("merge")));
    assert_eq!(told.lock().unwrap().take().as_deref(), Some("done"));
    assert_eq!(merged, format!("draft {draft} is discarded"));
    assert_decided(&world, &draft, DraftState::Discarded);
}

#[test]
fn a_draft_that_another_process_merges_while_it_is_discarded_is_not_discarded() {
    let (world, engine, draft) = changed();
    let id = draft.clone();
    let told = meanwhile(&engine, "close-draft", world.stamp("merge"), move |other, stamp| {
        text(other.drafts().merge(&id, stamp))
    });
    let discarded = text(world.drafts().discard(&draft, &world.stamp("discard")));
    assert_eq!(told.lock().unwrap().take().as_deref(), Some("done"));
    assert_eq!(discarded, format!("draft {draft} is merged"));
    assert_decided(&world, &draft, DraftState::Merged);
}

/// Brought up to date, a draft without changes of its own stands where `main` does. Nothing of it was merged.
#[test]
fn a_draft_that_only_followed_main_is_discarded() {
    let world = World::new();
    let draft = begin(&world, "Nothing yet").draft;
    world.put("video/v", video("Meanwhile"));
    world.drafts().rebase(&draft, &world.stamp("update")).unwrap();
    let discarded = world.drafts().discard(&draft, &world.stamp("discard")).unwrap();
    assert_eq!(discarded.state, DraftState::Discarded);
    let reopened = world.drafts().reopen(&draft, &world.stamp("reopen")).unwrap();
    assert_eq!(reopened.state, DraftState::Open);
    world.verify();
}

/// The merge is on `main`, and its draft not closed yet: a process that was killed there leaves it so too.
#[test]
fn who_discards_what_main_has_already_is_told_that_it_is_merged() {
    let (world, engine, draft) = changed();
    let id = draft.clone();
    let told = meanwhile(&engine, "close-draft", world.stamp("discard"), move |other, stamp| {
        text(other.drafts().discard(&id, stamp))
    });
    let merged = text(world.drafts().merge(&draft, &world.stamp("merge")));
    assert_eq!(merged, "done");
    let expected = format!("draft {draft} is merged");
    assert_eq!(told.lock().unwrap().take(), Some(expected));
    assert_decided(&world, &draft, DraftState::Merged);
}

#[test]
fn of_a_merge_a_discard_and_a_review_of_one_draft_at_once_each_is_told_what_is_so() {
    for round in 0..6 {
        let world = started();
        let draft = begin(&world, "Titles").draft;
        save(&world, &draft, "video/v", &video("Decided"));
        let [merge, discard, open] = ["merge", "discard", "open"].map(|verb| world.stamp(verb));
        let told: Vec<String> = std::thread::scope(|scope| {
            let act = [
                scope.spawn(|| text(world.drafts().merge(&draft, &merge))),
                scope.spawn(|| text(world.drafts().discard(&draft, &discard))),
                scope.spawn(|| text(world.reviews().open(new_review(&draft, open.clone())))),
            ];
            act.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let state = world.drafts().one(&draft).unwrap().state;
        let is = format!("draft {draft} is {}", state.word());
        let won = if state == DraftState::Merged { 0 } else { 1 };
        assert_eq!(told[won], "done", "{round}: {told:?}");
        assert_eq!(told[1 - won], is, "{round}: {told:?}");
        assert!(told[2] == "done" || told[2] == is, "{round}: {told:?}");
        assert_decided(&world, &draft, state);
    }
}

/// Each verb and each look at an open draft says what became of a closed one; only what never was is unknown.
#[test]
fn whatever_is_done_with_a_closed_draft_says_what_became_of_it() {
    let world = started();
    for state in [DraftState::Merged, DraftState::Discarded] {
        let draft = begin(&world, "Titles").draft;
        commit_to(&world, &draft, &[("video/v", Some(video(state.word())))]);
        let head = world.drafts().one(&draft).unwrap().head;
        let revision = world
            .history()
            .show(&world.main(), &key("video/v"))
            .unwrap()
            .unwrap()
            .revision
            .revision;
        let review = opened(&world, &draft);
        match state {
            DraftState::Merged => drop(world.drafts().merge(&draft, &world.stamp("go")).unwrap()),
            _ => drop(world.drafts().discard(&draft, &world.stamp("go")).unwrap()),
        }
        let (drafts, stamp) = (world.drafts(), || world.stamp("late"));
        let (v, keys) = (key("video/v"), [key("video/v")]);
        let place = PlaceIn { parent: key("lesson/l2"), index: None };
        let shallow = CopyDepth::Shallow;
        let content = WorkingContent::Document(Document::parse(b"{}"));
        let saving = SaveRequest {
            draft: draft.clone(),
            key: v.clone(),
            content,
            expected: EntryTag::Absent,
            settles: Vec::new(),
            stamp: stamp(),
        };
        let template = FromTemplate {
            template: key("exercise/e1"),
            depth: shallow,
            title: "New".into(),
            slug: None,
            into: None,
        };
        let share = NewShare {
            hash: SecretHash::of(b"secret"),
            draft: draft.clone(),
            channel: "production".parse().unwrap(),
            label: String::new(),
            expires_ms: stamp().time_ms + 1_000,
            stamp: stamp(),
        };
        let steps: [BatchStep; 0] = [];
        let change = DraftChange::default();
        let seen = Seen::new();
        let told = [
            ("save", text(drafts.save(&saving))),
            ("drop", text(drafts.drop_working(&draft, &v, EntryTag::Working(1), &stamp()))),
            ("commit", text(drafts.commit(&draft, None, &stamp()))),
            ("rebase", text(drafts.rebase(&draft, &stamp()))),
            ("merge", text(drafts.merge(&draft, &stamp()))),
            ("discard", text(drafts.discard(&draft, &stamp()))),
            ("change", text(drafts.change(&draft, 1, change, &stamp()))),
            ("revert", text(drafts.revert(&draft, head, &stamp()))),
            ("restore", text(drafts.restore(&draft, &v, revision, &stamp()))),
            ("place", text(drafts.place(&draft, &v, &[], &place, &stamp()))),
            ("trash", text(drafts.trash(&draft, &v, true, &stamp()))),
            ("untrash", text(drafts.untrash(&draft, &v, &stamp()))),
            ("duplicate", text(drafts.duplicate(&draft, &v, shallow, None, &stamp()))),
            ("template", text(drafts.create_from_template(&draft, &template, &stamp()))),
            ("batch", text(drafts.batch(&draft, &keys, &steps, false, &stamp()))),
            ("try a batch", text(drafts.batch(&draft, &keys, &steps, true, &stamp()))),
            ("share", text(drafts.create_share(&share))),
            ("check schemas", text(drafts.check_schemas(&draft, &mut |_, _| true))),
            ("entry", text(drafts.entry(&draft, &v))),
            ("working", text(drafts.working(&draft, &v))),
            ("findings", text(drafts.findings(&draft, &v))),
            ("changes", text(drafts.changes(&draft))),
            ("conflicts", text(drafts.conflicts(&draft))),
            ("review", text(world.reviews().open(new_review(&draft, stamp())))),
            ("approve", text(world.reviews().approve(&review, &seen, "", &by(&world, "rob")))),
            ("want", text(world.reviews().request_changes(&review, "", &by(&world, "rob")))),
            ("accept", text(world.reviews().accept_part(&review, &keys, None, &stamp()))),
        ];
        let expected = format!("draft {draft} is {}", state.word());
        for (verb, told) in told {
            assert_eq!(told, expected, "{verb}");
        }
        let again = text(drafts.reopen(&draft, &stamp()));
        match state {
            DraftState::Merged => assert_eq!(again, expected),
            _ => assert_eq!(again, "done"),
        }
    }
    let open = begin(&world, "Open").draft;
    let reopened = text(world.drafts().reopen(&open, &world.stamp("again")));
    assert_eq!(reopened, format!("draft {open} is open"));
    let never: DraftId = "never".parse().unwrap();
    for told in [
        text(world.drafts().merge(&never, &world.stamp("go"))),
        text(world.drafts().discard(&never, &world.stamp("go"))),
        text(world.drafts().reopen(&never, &world.stamp("go"))),
        text(world.drafts().changes(&never)),
    ] {
        assert_eq!(told, "there is no draft never");
    }
}

#[test]
fn of_many_who_open_a_review_of_one_draft_at_once_one_opens_it() {
    let world = started();
    let draft = begin(&world, "Titles").draft;
    save(&world, &draft, "video/v", &video("See"));
    let stamps: Vec<Stamp> = (0..6).map(|_| world.stamp("open")).collect();
    let told: Vec<_> = std::thread::scope(|scope| {
        let open = |stamp: &Stamp| {
            let new = new_review(&draft, stamp.clone());
            scope.spawn(|| world.reviews().open(new))
        };
        let threads: Vec<_> = stamps.iter().map(open).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let opened: Vec<&ReviewId> =
        told.iter().flatten().map(|review: &Review| &review.row.review).collect();
    assert_eq!(opened.len(), 1);
    for refused in told.iter().filter_map(|told| told.as_ref().err()) {
        let is_named =
            matches!(refused, ReviewError::UnderReview { review, .. } if review == opened[0]);
        assert!(is_named, "{refused}");
    }
}

#[test]
fn a_review_that_another_process_opens_meanwhile_is_the_only_one() {
    let (world, engine, draft) = changed();
    opened(&world, &begin(&world, "Another").draft);
    let new = new_review(&draft, world.stamp("theirs"));
    let told = meanwhile(&engine, "open-review", world.stamp(""), move |other, _| {
        other.reviews().open(new).unwrap().row.review.to_string()
    });
    let refused = world.reviews().open(new_review(&draft, world.stamp("ours"))).unwrap_err();
    let theirs = told.lock().unwrap().take().unwrap();
    assert_eq!(refused.to_string(), format!("draft {draft} is under review already: {theirs}"));
}

#[test]
fn a_closed_review_is_not_reopened_beside_another_one() {
    let world = started();
    let draft = begin(&world, "Titles").draft;
    save(&world, &draft, "video/v", &video("See"));
    let first = opened(&world, &draft);
    world.reviews().close(&first, &world.stamp("close")).unwrap();
    let second = opened(&world, &draft);
    let refused = world.reviews().reopen(&first, &world.stamp("reopen")).unwrap_err();
    assert!(matches!(refused, ReviewError::UnderReview { ref review, .. } if *review == second));
    assert_eq!(world.reviews().one(&first, None).unwrap().row.state, ReviewState::Closed);
    world.reviews().close(&second, &world.stamp("close")).unwrap();
    world.reviews().reopen(&first, &world.stamp("reopen")).unwrap();
}

#[test]
fn the_review_of_a_discarded_draft_says_that_it_is_discarded_and_goes_on_with_it() {
    let world = started();
    let draft = begin(&world, "Titles").draft;
    save(&world, &draft, "video/v", &video("See"));
    let id = opened(&world, &draft);
    let pairs = seen(&world.reviews().one(&id, None).unwrap());
    world.drafts().discard(&draft, &world.stamp("discard")).unwrap();
    let review = world.reviews().one(&id, None).unwrap();
    assert_eq!(review.obstacles.draft_state, Some(DraftState::Discarded));
    assert!(!review.is_approved);
    let refused = world.reviews().merge(&id, None, &world.stamp("merge")).unwrap_err();
    assert_eq!(refused.to_string(), format!("draft {draft} is discarded"));
    let refused = world.reviews().approve(&id, &pairs, "", &by(&world, "rob")).unwrap_err();
    let state = DraftState::Discarded;
    assert!(
        matches!(refused, ReviewError::Draft(DraftError::WrongState { state: of, .. }) if of == state)
    );
    world.drafts().reopen(&draft, &world.stamp("reopen")).unwrap();
    let review = world.reviews().one(&id, None).unwrap();
    assert_eq!((review.obstacles.draft_state, review.is_approved), (None, true));
    world.reviews().approve(&id, &pairs, "", &by(&world, "rob")).unwrap();
    world.reviews().merge(&id, None, &world.stamp("merge")).unwrap();
}

#[test]
fn reviewers_who_want_changes_are_named_among_the_obstacles() {
    let world = started();
    let policy = ReviewPolicy { approvals_required: 1 };
    assert!(world.repository.set_review_policy(policy, 0, &world.stamp("policy")).unwrap());
    let draft = begin(&world, "Titles").draft;
    save(&world, &draft, "video/v", &video("See"));
    let id = opened(&world, &draft);
    let pairs = seen(&world.reviews().one(&id, None).unwrap());
    world.reviews().approve(&id, &pairs, "", &by(&world, "cem")).unwrap();
    world.reviews().request_changes(&id, "No", &by(&world, "rob")).unwrap();
    let review = world.reviews().one(&id, None).unwrap();
    assert_eq!(review.obstacles.changes_wanted_by, ["rob"]);
    assert!(!review.is_approved && review.entries.iter().all(|entry| entry.is_approved));
    let refused = world.reviews().merge(&id, None, &world.stamp("merge")).unwrap_err();
    assert_eq!(refused.to_string(), "rob wants changes first");
    world.reviews().approve(&id, &pairs, "Yes", &by(&world, "rob")).unwrap();
    let review = world.reviews().one(&id, None).unwrap();
    assert!(review.is_approved && review.obstacles.is_empty());
}
