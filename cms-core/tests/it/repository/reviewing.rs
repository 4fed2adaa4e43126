//! Reviews: what is requested, said, approved and merged.

use std::collections::BTreeMap;

use cms_core::repo::{
    Anchor, BringError, CommentPlace, DraftError, DraftId, DraftState, NewDraft, NewReview, Review,
    ReviewError, ReviewId, ReviewList, ReviewMergeError, ReviewPolicy, ReviewState, Seen, Span,
    Stamp,
};
use serde_json::json;

use super::{
    drafting::{begin, commit_to, on_main, save},
    world::{World, container, course, exercise, key, video},
};

fn by(world: &World, person: &str) -> Stamp {
    Stamp { author: person.parse().unwrap(), ..world.stamp("as it is") }
}

fn started(approvals_required: u32) -> World {
    let world = World::new();
    world.import(&course());
    let policy = ReviewPolicy { approvals_required };
    assert!(world.repository.set_review_policy(policy, 0, &world.stamp("policy")).unwrap());
    world
}

fn opened(world: &World, draft: &DraftId) -> ReviewId {
    let new = NewReview {
        draft: draft.clone(),
        title: "Please look".into(),
        description: "Both titles.".into(),
        reviewers: vec!["rob".parse().unwrap()],
        stamp: world.stamp("open"),
    };
    world.reviews().open(new).unwrap().row.review
}

fn review(world: &World, id: &ReviewId) -> Review {
    world.reviews().one(id, Some(&"rob".parse().unwrap())).unwrap()
}

fn seen(review: &Review) -> Seen {
    review.entries.iter().map(|entry| (entry.change.key.clone(), entry.pair)).collect()
}

fn approve(world: &World, id: &ReviewId) -> Review {
    let seen = seen(&review(world, id));
    world.reviews().approve(id, &seen, "Fine", &by(world, "rob")).unwrap()
}

fn approved(review: &Review) -> BTreeMap<String, bool> {
    let entries = review.entries.iter();
    entries.map(|entry| (entry.change.key.to_string(), entry.is_approved)).collect()
}

#[test]
fn nothing_is_merged_that_was_not_approved_as_it_is() {
    let world = started(1);
    let draft = begin(&world, "Titles").draft;
    save(&world, &draft, "video/v", &video("See"));
    save(&world, &draft, "lesson/l2", &container("Number two", &["exercise/e2"]));
    let refused = world.drafts().merge(&draft, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, BringError::Draft(DraftError::ReviewRequired { .. })), "{refused}");
    let id = opened(&world, &draft);
    let refused = world.reviews().merge(&id, None, &world.stamp("merge")).unwrap_err();
    assert!(
        matches!(refused, ReviewMergeError::NotApproved { ref keys } if keys.len() == 2),
        "{refused}"
    );

    let own = seen(&review(&world, &id));
    let refused = world.reviews().approve(&id, &own, "", &world.stamp("mine")).unwrap_err();
    assert!(matches!(refused, ReviewError::NotAllowed { .. }), "{refused}");
    assert!(approve(&world, &id).is_approved);

    // A later edit voids the approval of that entry and of no other.
    save(&world, &draft, "video/v", &video("Look"));
    world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
    let refused = world.reviews().merge(&id, None, &world.stamp("merge")).unwrap_err();
    assert!(
        matches!(refused, ReviewMergeError::NotApproved { ref keys } if *keys == [key("video/v")]),
        "{refused}"
    );
    let now = review(&world, &id);
    assert_eq!(approved(&now), [("lesson/l2".into(), true), ("video/v".into(), false)].into());
    assert_eq!(
        now.entries.iter().find(|entry| entry.change.key == key("video/v")).unwrap().is_new_to_you,
        Some(true)
    );
    let refused = world.reviews().approve(&id, &own, "", &by(&world, "rob")).unwrap_err();
    assert!(matches!(refused, ReviewError::NotAsSeen { .. }), "{refused}");

    approve(&world, &id);
    // A reviewer who is not a member of the draft merges it.
    let (_, ended) = world.reviews().merge(&id, None, &by(&world, "rob")).unwrap();
    assert_eq!(ended.row.state, ReviewState::Merged);
    assert_eq!(ended.entries.len(), 2);
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "Look");
    world.verify();
}

#[test]
fn bringing_a_draft_up_to_date_voids_only_approvals_of_what_changed() {
    let world = started(1);
    let draft = begin(&world, "Titles").draft;
    commit_to(
        &world,
        &draft,
        &[
            ("video/v", Some(video("See"))),
            ("exercise/e1", Some(exercise("Add", "What is 2 + 2?"))),
        ],
    );
    let id = opened(&world, &draft);
    approve(&world, &id);
    let mut other = exercise("Add", "What is two and two?");
    other["items"][0]["hints"][0]["content"] = json!("Use your toes.");
    world.put("exercise/e1", other);
    world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    let now = review(&world, &id);
    assert_eq!(approved(&now), [("exercise/e1".into(), false), ("video/v".into(), true)].into());
}

#[test]
fn a_part_of_a_review_is_accepted_and_the_rest_left() {
    let world = started(1);
    let draft = begin(&world, "Two things").draft;
    commit_to(
        &world,
        &draft,
        &[
            ("video/v", Some(video("See"))),
            ("video/w", Some(video("New"))),
            ("lesson/l2", Some(container("Two", &["exercise/e2", "video/w"]))),
        ],
    );
    let id = opened(&world, &draft);
    approve(&world, &id);
    let refused = world
        .reviews()
        .accept_part(&id, &[key("lesson/l2")], None, &world.stamp("part"))
        .unwrap_err();
    assert!(matches!(refused, ReviewMergeError::Bring(BringError::Merge(_))), "{refused}");
    let (_, rest) =
        world.reviews().accept_part(&id, &[key("video/v")], None, &world.stamp("part")).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "See");
    assert_eq!(on_main(&world, "video/w"), None);
    let left: Vec<_> = rest.entries.iter().map(|entry| entry.change.key.to_string()).collect();
    assert_eq!(left, ["lesson/l2", "video/w"]);
    assert!(rest.is_approved);
    world.reviews().merge(&id, None, &world.stamp("merge")).unwrap();
    assert!(on_main(&world, "video/w").is_some());
    world.verify();
}

/// The part was brought to `main` and refused afterwards, because the draft could not be brought up to date.
#[test]
fn a_part_of_a_draft_that_was_given_up_is_refused_and_main_stays() {
    let world = started(1);
    let draft = begin(&world, "Given up").draft;
    commit_to(&world, &draft, &[("video/v", Some(video("See")))]);
    let id = opened(&world, &draft);
    approve(&world, &id);
    world.drafts().discard(&draft, &world.stamp("discard")).unwrap();
    let before = world.main();
    let part = || world.reviews().accept_part(&id, &[key("video/v")], None, &world.stamp("part"));
    part().unwrap_err();
    assert_eq!(world.main(), before);
    world.drafts().reopen(&draft, &world.stamp("reopen")).unwrap();
    part().unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "See");
}

#[test]
fn a_part_is_accepted_while_another_entry_of_its_draft_is_in_conflict() {
    let world = started(1);
    let draft = begin(&world, "Two things").draft;
    let hers = container("Hers", &["exercise/e2"]);
    commit_to(&world, &draft, &[("video/v", Some(video("See"))), ("lesson/l2", Some(hers))]);
    world.put("lesson/l2", container("His", &["exercise/e2"]));
    let merged = world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    assert_eq!(merged.conflicted, [key("lesson/l2")]);
    let id = opened(&world, &draft);
    approve(&world, &id);
    let part = world.reviews().accept_part(&id, &[key("video/v")], None, &world.stamp("part"));
    let (_, rest) = part.unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "See");
    assert_eq!(on_main(&world, "lesson/l2").unwrap()["title"], "His");
    assert!(rest.entries.iter().any(|entry| entry.change.is_conflicted), "{:?}", rest.entries);
    world.verify();
}

#[test]
fn what_needs_a_closer_look_comes_first() {
    let world = started(1);
    world.speak("es");
    let line = json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}});
    world.import(&[line]);
    let draft = begin(&world, "Many things").draft;
    let mut harder = exercise("Square", "What is two squared?");
    harder["items"][0]["question"]["widgets"]["numeric-input 1"]["options"]["answers"][0]["value"] =
        json!(5);
    commit_to(
        &world,
        &draft,
        &[
            ("exercise/e1", Some(exercise("Add", "What is 2 + 2?"))),
            ("exercise/e3", Some(harder)),
            ("video/v", Some(video("See"))),
            ("lesson/l2", Some(json!({"title": "", "children": ["exercise/e2"]}))),
        ],
    );
    let id = opened(&world, &draft);
    let now = review(&world, &id);
    let order: Vec<_> = now.entries.iter().map(|entry| entry.change.key.to_string()).collect();
    assert_eq!(order, ["lesson/l2", "exercise/e3", "video/v", "exercise/e1"]);
    assert!(now.entries[0].change.violations_count > 0);
    assert!(now.entries[1].touches_answers);
    assert_eq!(
        now.entries[2].stale_locales.iter().map(|locale| locale.as_str()).collect::<Vec<_>>(),
        ["es"]
    );
}

#[test]
fn a_thread_is_about_a_place_and_is_outdated_when_the_text_moved_on() {
    let world = started(0);
    let draft = begin(&world, "Words").draft;
    commit_to(&world, &draft, &[("video/v", Some(video("See")))]);
    let id = opened(&world, &draft);
    let state = world.repository.resolve(&draft.branch().to_string()).unwrap();
    let revision =
        world.history().entry_log(&state, &key("video/v"), 1).unwrap().unwrap()[0].revision;
    let anchor = |pointer: &str, span| Anchor {
        key: key("video/v"),
        revision,
        pointer: pointer.into(),
        span,
    };
    let say = |place: CommentPlace, text: &str, person: &str| {
        world.reviews().comment(&id, &place, text, &by(&world, person))
    };
    let span = Some(Span { start: 0, end: 3 });
    let said = say(CommentPlace::Anchored(anchor("/title", span)), "Which one?", "rob").unwrap();
    let thread = said.threads[0].id.clone();
    say(CommentPlace::Thread(thread.clone()), "The first.", "ana").unwrap();
    say(CommentPlace::Whole, "Otherwise fine.", "rob").unwrap();
    let refused = say(CommentPlace::Anchored(anchor("/nowhere", None)), "?", "rob").unwrap_err();
    assert!(refused.to_string().contains("nothing at"), "{refused}");
    let refused =
        say(CommentPlace::Anchored(anchor("/title", Some(Span { start: 0, end: 9 }))), "?", "rob")
            .unwrap_err();
    assert!(refused.to_string().contains("3 characters"), "{refused}");
    assert!(!review(&world, &id).threads[0].is_outdated);

    commit_to(&world, &draft, &[("video/v", Some(video("Look")))]);
    let now = review(&world, &id);
    assert!(now.threads[0].is_outdated && !now.threads[1].is_outdated);
    assert_eq!(now.threads[0].comments.len(), 2);
    let comment = now.threads[0].comments[0].id.clone();
    assert!(world.reviews().edit_comment(&id, &comment, "mine now", &by(&world, "eve")).is_err());
    world.reviews().edit_comment(&id, &comment, "Which title?", &by(&world, "rob")).unwrap();
    let now = world.reviews().resolve_thread(&id, &thread, true, &by(&world, "ana")).unwrap();
    assert_eq!(now.threads[0].resolved_by.as_deref(), Some("ana"));
    assert_eq!(now.row.threads_open_count, 1);
}

#[test]
fn reviews_are_listed_by_who_waits_for_whom() {
    let world = started(0);
    let mut ids = Vec::new();
    for title in ["a", "b", "c"] {
        let draft = begin(&world, title).draft;
        save(&world, &draft, "video/v", &video(title));
        ids.push(opened(&world, &draft));
    }
    world.reviews().close(&ids[1], &world.stamp("close")).unwrap();
    let list = |list: ReviewList| -> Vec<ReviewId> {
        world
            .reviews()
            .list(&list, None, 10)
            .unwrap()
            .rows
            .into_iter()
            .map(|row| row.review)
            .collect()
    };
    let [a, b, c] = &ids[..] else { unreachable!() };
    assert_eq!(list(ReviewList::All), [c.clone(), b.clone(), a.clone()]);
    assert_eq!(
        list(ReviewList::Asked("rob".parse().unwrap(), ReviewState::Open)),
        [c.clone(), a.clone()]
    );
    assert_eq!(
        list(ReviewList::By("ana".parse().unwrap(), ReviewState::Closed)),
        std::slice::from_ref(b)
    );
    assert_eq!(list(ReviewList::Asked("eve".parse().unwrap(), ReviewState::Open)), []);
    let page = world.reviews().list(&ReviewList::All, Some(c), 1).unwrap();
    assert_eq!((page.rows[0].review.clone(), page.more), (b.clone(), true));
    world.reviews().reopen(b, &world.stamp("reopen")).unwrap();
    assert_eq!(list(ReviewList::State(ReviewState::Open)).len(), 3);
    let draft = review(&world, a).row.draft;
    let again = NewReview {
        draft,
        title: "again".into(),
        description: String::new(),
        reviewers: vec![],
        stamp: world.stamp("open"),
    };
    let refused = world.reviews().open(again);
    assert!(matches!(refused, Err(ReviewError::UnderReview { review, .. }) if review == *a));
    world.verify();
}

#[test]
fn a_review_whose_draft_vanished_still_tells_what_it_was() {
    let world = started(0);
    let draft = begin(&world, "Gone").draft;
    save(&world, &draft, "video/v", &video("See"));
    let id = opened(&world, &draft);
    world.drafts().discard(&draft, &world.stamp("discard")).unwrap();
    let now = review(&world, &id);
    assert_eq!(now.entries.len(), 1);
    assert!(world.reviews().merge(&id, None, &world.stamp("merge")).is_err());
    world.reviews().close(&id, &world.stamp("close")).unwrap();
    assert!(world.reviews().reopen(&id, &world.stamp("reopen")).is_err());
    world.drafts().reopen(&draft, &world.stamp("reopen")).unwrap();
    world.reviews().reopen(&id, &world.stamp("reopen")).unwrap();
    world.reviews().merge(&id, None, &world.stamp("merge")).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "See");
}

#[test]
fn a_merge_that_was_cut_off_before_its_review_ended_is_ended_by_the_next() {
    let world = started(0);
    let draft = begin(&world, "Titles").draft;
    save(&world, &draft, "video/v", &video("See"));
    let id = opened(&world, &draft);
    // The state that is left if the process ends between the merge and the end of the review.
    let merged = world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    assert_eq!(review(&world, &id).row.state, ReviewState::Open);
    let (again, ended) = world.reviews().merge(&id, None, &world.stamp("again")).unwrap();
    assert_eq!((again.commit, again.changed_count), (merged.commit, 1));
    assert_eq!((ended.row.state, ended.merged_as), (ReviewState::Merged, Some(merged.commit)));
    assert_eq!(ended.entries.len(), 1, "what was merged is still to be seen");
    let refused = world.reviews().merge(&id, None, &world.stamp("thrice")).unwrap_err();
    assert!(
        matches!(refused, ReviewMergeError::Review(ReviewError::WrongState { .. })),
        "{refused}"
    );
    world.verify();
}

#[test]
fn a_review_ends_where_another_draft_brought_its_own_in() {
    let world = started(0);
    let first = begin(&world, "Titles").draft;
    commit_to(&world, &first, &[("video/v", Some(video("See")))]);
    let id = opened(&world, &first);
    // A second draft begins from the first one, and is merged with it.
    let from = Some(world.repository.resolve(&first.branch().to_string()).unwrap());
    let new = NewDraft { title: "More".into(), from, members: vec![], stamp: world.stamp("begin") };
    let second = world.drafts().begin(new).unwrap().draft;
    commit_to(&world, &second, &[("video/w", Some(video("Hear")))]);
    let merged = world.drafts().merge(&second, &world.stamp("merge")).unwrap();
    let typed = video("Typed since");
    save(&world, &first, "video/v", &typed);
    let (ended, _) = world.reviews().merge(&id, None, &world.stamp("end")).unwrap();
    assert_eq!(ended.commit, merged.commit);
    assert_eq!(
        on_main(&world, "video/v").unwrap(),
        video("See"),
        "nobody looked at what was typed"
    );
    assert_eq!(world.drafts().one(&first).unwrap().state, DraftState::Open);
    world.drafts().merge(&first, &world.stamp("what was typed")).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap(), typed, "nothing typed is lost");

    let third = begin(&world, "Again").draft;
    commit_to(&world, &third, &[("video/v", Some(video("Once more")))]);
    let id = opened(&world, &third);
    let from = Some(world.repository.resolve(&third.branch().to_string()).unwrap());
    let new = NewDraft { title: "On".into(), from, members: vec![], stamp: world.stamp("begin") };
    let fourth = world.drafts().begin(new).unwrap().draft;
    commit_to(&world, &fourth, &[("video/w", Some(video("Listen")))]);
    let brought = world.drafts().merge(&fourth, &world.stamp("merge")).unwrap();
    assert_ne!(brought.commit, merged.commit);
    let (ended, _) = world.reviews().merge(&id, None, &world.stamp("end")).unwrap();
    assert_eq!(ended.commit, brought.commit);
    world.verify();
}

#[test]
fn a_reviewer_who_wants_changes_is_waited_for() {
    let world = started(1);
    let draft = begin(&world, "Titles").draft;
    save(&world, &draft, "video/v", &video("See"));
    let id = opened(&world, &draft);
    world.reviews().request_changes(&id, "Too short", &by(&world, "rob")).unwrap();
    let all = seen(&review(&world, &id));
    world.reviews().approve(&id, &all, "Fine", &by(&world, "uma")).unwrap();
    let refused = world.reviews().merge(&id, None, &world.stamp("merge")).unwrap_err();
    assert!(
        matches!(refused, ReviewMergeError::ChangesWanted { ref by } if *by == ["rob"]),
        "{refused}"
    );
    approve(&world, &id);
    world.reviews().merge(&id, None, &world.stamp("merge")).unwrap();
}
