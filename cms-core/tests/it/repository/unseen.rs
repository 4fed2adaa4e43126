//! What was seen is what happens: refused verbs change nothing, reviews merge what they show, and nothing goes live
//! or to main without having been looked at.

use std::collections::BTreeMap;

use cms_core::{
    document::Choice,
    repo::{
        BatchStep, BringError, CopyDepth, DraftId, DraftState, FromTemplate, NewDraft, NewReview,
        PlaceIn, RevertError, Review, ReviewError, ReviewId, ReviewMergeError, ReviewPolicy,
        ReviewState, SaveRequest, Settling, Stamp, WorkingContent,
    },
};
use serde_json::{Value, json};

use super::{
    drafting::{begin, by, commit_to, on_main, save, save_as, started, tag},
    world::{World, container, exercise, key, language_line, video},
};

/// The state of a draft: its head, and every working copy with its version.
fn state(world: &World, draft: &DraftId) -> Value {
    let head = world.drafts().one(draft).unwrap().head;
    let rows = world.drafts().changes(draft).unwrap().rows;
    let working: BTreeMap<String, Value> = rows
        .iter()
        .map(|row| {
            let working = world.drafts().working(draft, &row.key).unwrap();
            (row.key.to_string(), serde_json::to_value(working).unwrap())
        })
        .collect();
    json!({ "head": head.to_string(), "working": working })
}

type Verb = Box<dyn Fn(&World, &DraftId, &Stamp) -> bool>;

fn refused_verbs() -> Vec<(&'static str, Verb)> {
    let nothing = || key("video/nothing");
    let set = |pointer: &str| BatchStep::Set { pointer: pointer.into(), value: json!("x") };
    let batch = move |at: &'static str, pointer: &'static str| -> Verb {
        Box::new(move |world, draft, stamp| {
            world.drafts().batch(draft, &[key(at)], &[set(pointer)], false, stamp).is_err()
        })
    };
    vec![
        ("rebase", Box::new(|world, draft, stamp| world.drafts().rebase(draft, stamp).is_err())),
        (
            "trash",
            Box::new(|world, draft, stamp| {
                world.drafts().trash(draft, &key("exercise/e1"), false, stamp).is_err()
            }),
        ),
        (
            "untrash",
            Box::new(|world, draft, stamp| {
                world.drafts().untrash(draft, &key("video/v"), stamp).is_err()
            }),
        ),
        (
            "place",
            Box::new(|world, draft, stamp| {
                let to = PlaceIn { parent: key("video/v"), index: None };
                world.drafts().place(draft, &key("exercise/e1"), &[], &to, stamp).is_err()
            }),
        ),
        (
            "duplicate",
            Box::new(move |world, draft, stamp| {
                world.drafts().duplicate(draft, &nothing(), CopyDepth::Deep, None, stamp).is_err()
            }),
        ),
        (
            "from-template",
            Box::new(|world, draft, stamp| {
                let new = FromTemplate {
                    template: key("template/nothing"),
                    depth: CopyDepth::Deep,
                    title: "x".into(),
                    slug: None,
                    into: None,
                };
                world.drafts().create_from_template(draft, &new, stamp).is_err()
            }),
        ),
        ("batch, unknown entry", batch("video/nothing", "/title")),
        ("batch, no such place", batch("video/v", "/nothing/x")),
        (
            "restore",
            Box::new(|world, draft, stamp| {
                let other =
                    world.history().entry_log(&world.main(), &key("exercise/e1"), 1).unwrap();
                let other = other.unwrap()[0].revision;
                world.drafts().restore(draft, &key("video/v"), other, stamp).is_err()
            }),
        ),
        (
            "revert",
            Box::new(|world, draft, stamp| {
                let mut first = world.drafts().one(draft).unwrap().begun_from;
                while let Some(parent) =
                    world.history().commit_shown(first).unwrap().unwrap().parents.first()
                {
                    first = *parent;
                }
                world.drafts().revert(draft, first, stamp).is_err()
            }),
        ),
        (
            "settle",
            Box::new(|world, draft, stamp| {
                let settling = Settling::Place {
                    key: key("video/v"),
                    pointer: "/title".into(),
                    choice: Choice::Ours,
                };
                world.drafts().settle(draft, &settling, stamp).is_err()
            }),
        ),
        ("merge", Box::new(|world, draft, stamp| world.drafts().merge(draft, stamp).is_err())),
        (
            "review without a title",
            Box::new(|world, draft, stamp| {
                let new = NewReview {
                    draft: draft.clone(),
                    title: " ".into(),
                    description: String::new(),
                    reviewers: Vec::new(),
                    stamp: stamp.clone(),
                };
                world.reviews().open(new).is_err()
            }),
        ),
    ]
}

/// Refused verbs first committed everybody's working copies in the caller's name, which voided editors' tags and
/// approvals.
#[test]
fn a_verb_that_is_refused_has_changed_nothing() {
    for (name, verb) in refused_verbs() {
        let world = started();
        let draft = begin(&world, "Half typed").draft;
        // It would not merge, because its title is not valid.
        let read = tag(&world, &draft, "video/v");
        save_as(&world, &draft, world.stamp("type"), "video/v", &video(""), read).unwrap();
        let before = state(&world, &draft);
        let stamp = by(world.stamp(name), "ben", 7);
        assert!(verb(&world, &draft, &stamp), "{name} was to be refused");
        assert_eq!(state(&world, &draft), before, "{name}");
        world.verify();
    }
}

#[test]
fn what_others_typed_is_committed_under_their_names() {
    let world = started();
    let draft = begin(&world, "Together").draft;
    let read = tag(&world, &draft, "video/v");
    let bens = by(world.stamp("type"), "ben", 7);
    save_as(&world, &draft, bens, "video/v", &video("Ben's"), read).unwrap();
    let to = PlaceIn { parent: key("lesson/l2"), index: Some(0) };
    let from = [key("lesson/l1")];
    world.drafts().place(&draft, &key("video/v"), &from, &to, &world.stamp("place")).unwrap();
    let state = world.repository.resolve(&draft.branch().to_string()).unwrap();
    let log = world.history().entry_log(&state, &key("video/v"), 5).unwrap().unwrap();
    assert_eq!(log[0].author, "ben");
    // So he is one of those who may not approve it.
    let policy = ReviewPolicy { approvals_required: 1 };
    assert!(world.repository.set_review_policy(policy, 0, &world.stamp("policy")).unwrap());
    let id = open(&world, &draft);
    let refused = approve_as(&world, &id, "ben").unwrap_err();
    assert!(matches!(refused, ReviewError::NotAllowed { .. }), "{refused}");
    world.verify();
}

fn open(world: &World, draft: &DraftId) -> ReviewId {
    let new = NewReview {
        draft: draft.clone(),
        title: "Please look".into(),
        description: String::new(),
        reviewers: vec!["rob".parse().unwrap()],
        stamp: world.stamp("open"),
    };
    world.reviews().open(new).unwrap().row.review
}

fn approve_as(world: &World, id: &ReviewId, person: &str) -> Result<Review, ReviewError> {
    let review = world.reviews().one(id, None).unwrap();
    let seen = review.entries.iter().map(|entry| (entry.change.key.clone(), entry.pair)).collect();
    world.reviews().approve(id, &seen, "", &by(world.stamp("approve"), person, 9))
}

/// The merge of a review took what an author was typing at that moment, which the page did not show.
#[test]
fn a_review_merges_what_it_shows_and_the_draft_goes_on_with_what_is_typed() {
    for approvals_required in [0, 1] {
        let world = started();
        let policy = ReviewPolicy { approvals_required };
        world.repository.set_review_policy(policy, 0, &world.stamp("policy")).unwrap();
        let draft = begin(&world, "Words").draft;
        save(&world, &draft, "video/v", &video("Ready"));
        let id = open(&world, &draft);
        approve_as(&world, &id, "rob").unwrap();
        let typed = save(&world, &draft, "video/v", &video("Half ty"));
        let (_, review) = world.reviews().merge(&id, None, &world.stamp("merge")).unwrap();
        assert_eq!(review.row.state, ReviewState::Merged);
        assert_eq!(on_main(&world, "video/v").unwrap(), video("Ready"));
        assert_eq!(world.drafts().one(&draft).unwrap().state, DraftState::Open);
        let working = world.drafts().working(&draft, &key("video/v")).unwrap().unwrap();
        assert_eq!((working.version, working.document), (typed.version, Some(video("Half ty"))));
        world.verify();
    }
}

#[test]
fn a_reviewer_names_the_state_that_they_looked_at() {
    let world = started();
    let draft = begin(&world, "Words").draft;
    save(&world, &draft, "video/v", &video("Seen"));
    let id = open(&world, &draft);
    let seen = world.reviews().one(&id, None).unwrap().head;
    commit_to(&world, &draft, &[("exercise/e1", Some(exercise("Add", "Unseen?")))]);
    let refused = world.reviews().merge(&id, Some(seen), &world.stamp("merge")).unwrap_err();
    let ReviewMergeError::Review(ReviewError::NotAsSeen { keys }) = refused else {
        panic!("{refused}")
    };
    assert_eq!(keys, [key("exercise/e1")]);
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "Watch");
    let now = world.reviews().one(&id, None).unwrap().head;
    world.reviews().merge(&id, Some(now), &world.stamp("merge")).unwrap();
}

/// An approved entry met a change on main, and the joined document reached main although nobody had seen it.
#[test]
fn a_joined_document_wants_an_approval_of_its_own() {
    let world = started();
    let policy = ReviewPolicy { approvals_required: 1 };
    world.repository.set_review_policy(policy, 0, &world.stamp("policy")).unwrap();
    let draft = begin(&world, "Question").draft;
    let mut anas = on_main(&world, "exercise/e1").unwrap();
    let mut other = anas.clone();
    anas["title"] = json!("Together");
    save(&world, &draft, "exercise/e1", &anas);
    let id = open(&world, &draft);
    assert!(approve_as(&world, &id, "rob").unwrap().is_approved);
    other["items"][0]["hints"][0]["content"] = json!("Count the apples only.");
    world.put("exercise/e1", other);
    let review = world.reviews().one(&id, None).unwrap();
    assert!(review.entries[0].change.is_changed_on_main && !review.is_approved);
    let refused = world.reviews().merge(&id, None, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, ReviewMergeError::NotApproved { .. }), "{refused}");
    world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    let review = approve_as(&world, &id, "rob").unwrap();
    assert!(review.is_approved && !review.entries[0].change.is_changed_on_main);
    world.reviews().merge(&id, None, &world.stamp("merge")).unwrap();
    let now = on_main(&world, "exercise/e1").unwrap();
    assert_eq!(now["title"], "Together");
    assert_eq!(now["items"][0]["hints"][0]["content"], "Count the apples only.");
    // If main arrived at the same by itself, what was approved is what there is.
    let draft = begin(&world, "Same").draft;
    save(&world, &draft, "video/v", &video("Same"));
    let id = open(&world, &draft);
    approve_as(&world, &id, "rob").unwrap();
    world.put("video/v", video("Same"));
    assert!(world.reviews().one(&id, None).unwrap().is_approved);
}

/// A restore was acknowledged and the entry stayed as it was: a working copy hid it.
#[test]
fn what_is_restored_is_what_is_shown_and_what_was_typed_is_in_the_history() {
    let world = started();
    let draft = begin(&world, "Back").draft;
    let state = world.repository.resolve(&draft.branch().to_string()).unwrap();
    let first = world.history().entry_log(&state, &key("video/v"), 1).unwrap().unwrap()[0].clone();
    save(&world, &draft, "video/v", &video("Second"));
    let second = world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
    let bens = by(world.stamp("type"), "ben", 7);
    let read = tag(&world, &draft, "video/v");
    save_as(&world, &draft, bens.clone(), "video/v", &video("Typed"), read).unwrap();
    world
        .drafts()
        .restore(&draft, &key("video/v"), first.revision, &world.stamp("restore"))
        .unwrap();
    let shown = || world.drafts().document(&draft, &key("video/v")).unwrap().unwrap();
    assert_eq!(shown()["title"], "Watch");
    let state = world.repository.resolve(&draft.branch().to_string()).unwrap();
    let log = world.history().entry_log(&state, &key("video/v"), 2).unwrap().unwrap();
    assert_eq!((log[1].author.as_str(), log[0].document), ("ben", first.document));
    assert!(world.drafts().conflicts(&draft).unwrap().entries.is_empty());
    // The same for a commit that is reverted.
    let read = tag(&world, &draft, "video/v");
    save_as(&world, &draft, bens, "video/v", &video("Watch"), read).unwrap();
    let reverted = world.drafts().revert(&draft, second.commit, &world.stamp("revert"));
    assert!(
        reverted.is_ok()
            || matches!(&reverted, Err(error) if error.to_string().contains("nothing"))
    );
    assert_eq!(shown()["title"], "Watch");
    world.verify();
}

/// A draft without any kind was taken for a line of the store's own: every verb refused it, and `verify` reported
/// damage.
#[test]
fn the_first_kinds_of_all_are_not_taken_back() {
    let world = started();
    let draft = begin(&world, "Nothing at all").draft;
    let mut line = vec![world.drafts().one(&draft).unwrap().begun_from];
    while let Some(parent) =
        world.history().commit_shown(line[line.len() - 1]).unwrap().unwrap().parents.first()
    {
        line.push(*parent);
    }
    let before = state(&world, &draft);
    for first in line.into_iter().rev().take(2) {
        let refused = world.drafts().revert(&draft, first, &world.stamp("revert"));
        assert!(matches!(refused, Err(RevertError::NothingBefore { .. })), "{refused:?}");
        assert_eq!(state(&world, &draft), before);
    }
    world.verify();
}

/// Only the merge reported what did not fit, and a review of it was called approved.
#[test]
fn what_will_clash_at_the_merge_is_told_as_soon_as_it_is_there() {
    let world = started();
    let draft = begin(&world, "Clash").draft;
    let mut two = video("Two");
    two["slug"] = json!("watch");
    two["related"] = json!(["video/nothing"]);
    save(&world, &draft, "video/w", &two);
    let mut lesson = on_main(&world, "lesson/l1").unwrap();
    lesson["children"].as_array_mut().unwrap().push(json!("video/w"));
    let read = tag(&world, &draft, "lesson/l1");
    save_as(&world, &draft, world.stamp("type"), "lesson/l1", &lesson, read).unwrap();
    let is = |conflicts: &[cms_core::repo::CatalogueConflict]| -> Vec<Value> {
        let reasons = conflicts.iter().map(|found| serde_json::to_value(&found.reason).unwrap());
        let mut reasons: Vec<Value> = reasons.map(|reason| reason["is"].clone()).collect();
        reasons.sort_by_key(ToString::to_string);
        reasons
    };
    let both = vec![json!("deleted-but-used"), json!("slug-taken")];
    assert_eq!(is(&world.drafts().changes(&draft).unwrap().conflicts), both, "while typed");
    world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
    assert_eq!(is(&world.drafts().changes(&draft).unwrap().conflicts), both);
    assert_eq!(is(&world.drafts().conflicts(&draft).unwrap().catalogue), both);
    let id = open(&world, &draft);
    let review = world.reviews().one(&id, None).unwrap();
    assert_eq!(is(&review.conflicts), both);
    assert!(!review.is_approved, "it would not merge");
    two["slug"] = json!("two");
    two["related"] = json!([]);
    save(&world, &draft, "video/w", &two);
    world.drafts().commit(&draft, None, &world.stamp("mended")).unwrap();
    assert!(world.reviews().one(&id, None).unwrap().is_approved);
}

#[test]
fn what_main_did_since_that_will_not_merge_is_told_in_the_draft_and_its_review() {
    let world = started();
    let draft = begin(&world, "Title").draft;
    save(&world, &draft, "video/v", &video("Mine"));
    let id = open(&world, &draft);
    assert!(world.reviews().one(&id, None).unwrap().is_approved);
    world.put("video/v", video("Theirs"));
    let review = world.reviews().one(&id, None).unwrap();
    assert!(!review.is_approved);
    assert_eq!(review.obstacles.conflicted, [key("video/v")]);
    assert_eq!(world.drafts().changes(&draft).unwrap().conflicted, [key("video/v")]);
    let refused = world.reviews().merge(&id, None, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, ReviewMergeError::Bring(BringError::Merge(_))), "{refused}");
}

/// It came back from the trash without a place: the lessons that had contained it no longer did.
#[test]
fn what_comes_back_from_the_trash_stands_where_it_stood() {
    let world = started();
    let draft = begin(&world, "Trash").draft;
    let children = |world: &World| {
        ["lesson/l1", "lesson/l3"].map(|lesson| {
            let lesson = world.drafts().document(&draft, &key(lesson)).unwrap().unwrap();
            lesson["children"].clone()
        })
    };
    let before = children(&world);
    assert_eq!(before, [json!(["exercise/e1", "video/v"]), json!(["video/v", "exercise/e3"])]);
    world.drafts().trash(&draft, &key("video/v"), true, &world.stamp("trash")).unwrap();
    assert_ne!(children(&world), before);
    commit_to(&world, &draft, &[("lesson/l9", Some(container("Nine", &[])))]);
    let back = world.drafts().untrash(&draft, &key("video/v"), &world.stamp("back")).unwrap();
    assert_eq!(back.placed, [key("lesson/l1"), key("lesson/l3")]);
    assert_eq!(children(&world), before);
    // A container that went into the trash meanwhile is reported.
    world.drafts().trash(&draft, &key("video/v"), true, &world.stamp("trash")).unwrap();
    world.drafts().trash(&draft, &key("lesson/l3"), true, &world.stamp("trash")).unwrap();
    let back = world.drafts().untrash(&draft, &key("video/v"), &world.stamp("back")).unwrap();
    assert_eq!(back.placed, [key("lesson/l1")]);
    assert_eq!(back.not_placed[0].parent, key("lesson/l3"));
    world.verify();
}

#[test]
fn what_was_joined_within_one_sentence_is_marked_in_the_review() {
    let text = |one: &str, two: &str| {
        let mut video = video("Watch");
        video["description"] = json!(format!(
            "The {one} fox that lives in the wood behind our old school jumps over the {two} dog."
        ));
        video
    };
    let world = started();
    world.put("video/v", text("brown", "lazy"));
    let draft = begin(&world, "Fox").draft;
    save(&world, &draft, "video/v", &text("red", "lazy"));
    world.put("video/v", text("brown", "sleepy"));
    let merged = world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    assert_eq!(merged.conflicted, []);
    let id = open(&world, &draft);
    let joined = world.reviews().one(&id, None).unwrap().entries[0].joined.clone();
    assert_eq!(joined.len(), 1, "{joined:#?}");
    assert!(joined[0].ours.contains("red") && joined[0].theirs.contains("sleepy"));
    // Once somebody writes it again, it is theirs.
    save(&world, &draft, "video/v", &text("grey", "snoring"));
    world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
    assert_eq!(world.reviews().one(&id, None).unwrap().entries[0].joined, []);
}

/// A review was approved by the person who had written it, in a draft from which this one was begun.
#[test]
fn who_wrote_a_draft_that_this_one_goes_on_from_may_not_approve_it() {
    let world = started();
    let policy = ReviewPolicy { approvals_required: 1 };
    world.repository.set_review_policy(policy, 0, &world.stamp("policy")).unwrap();
    let new = |from, person: &str| NewDraft {
        title: "D".into(),
        from,
        members: vec![],
        stamp: by(world.stamp("begin"), person, 3),
    };
    let robs = world.drafts().begin(new(None, "rob")).unwrap().draft;
    let read = tag(&world, &robs, "video/v");
    let typed = by(world.stamp("type"), "rob", 4);
    save_as(&world, &robs, typed, "video/v", &video("Rob's"), read).unwrap();
    world.drafts().commit(&robs, None, &by(world.stamp("commit"), "rob", 5)).unwrap();
    let from = Some(world.repository.resolve(&robs.branch().to_string()).unwrap());
    let anas = world.drafts().begin(new(from, "ana")).unwrap().draft;
    let id = open(&world, &anas);
    let refused = approve_as(&world, &id, "rob").unwrap_err();
    assert!(matches!(refused, ReviewError::NotAllowed { .. }), "{refused}");
}

/// Accepting a part brought the draft up to date in the reviewer's name, which voided his approval of the rest.
#[test]
fn bringing_a_draft_up_to_date_is_writing_nothing() {
    let world = started();
    let policy = ReviewPolicy { approvals_required: 1 };
    world.repository.set_review_policy(policy, 0, &world.stamp("policy")).unwrap();
    let draft = begin(&world, "Two").draft;
    save(&world, &draft, "video/v", &video("See"));
    save(&world, &draft, "exercise/e1", &exercise("Add", "More?"));
    let id = open(&world, &draft);
    approve_as(&world, &id, "rob").unwrap();
    let robs = by(world.stamp("part"), "rob", 9);
    let (_, rest) = world.reviews().accept_part(&id, &[key("video/v")], None, &robs).unwrap();
    assert!(rest.is_approved && rest.entries.len() == 1);
    world.reviews().merge(&id, None, &by(world.stamp("merge"), "rob", 10)).unwrap();
}

/// A restore settled the conflict as a side effect, and main's correction was gone after the merge.
#[test]
fn what_is_in_conflict_is_settled_and_then_restored() {
    let world = started();
    let draft = begin(&world, "Restore").draft;
    let first = world.history().entry_log(&world.main(), &key("video/v"), 1).unwrap().unwrap();
    save(&world, &draft, "video/v", &video("Anas"));
    world.put("video/v", video("Mains"));
    world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    let refused = world
        .drafts()
        .restore(&draft, &key("video/v"), first[0].revision, &world.stamp("restore"))
        .unwrap_err();
    assert!(refused.to_string().contains("settle that first"), "{refused}");
    assert_eq!(world.drafts().conflicted(&draft).unwrap(), [key("video/v")]);
}

/// It was kept against a deletion, and came back without a place: no lesson led to it.
#[test]
fn what_is_kept_against_a_deletion_stands_where_it_stood() {
    let world = started();
    let draft = begin(&world, "Kept").draft;
    save(&world, &draft, "exercise/e1", &exercise("Kept", "Kept?"));
    let other = begin(&world, "Trash").draft;
    world.drafts().trash(&other, &key("exercise/e1"), true, &world.stamp("trash")).unwrap();
    world.drafts().merge(&other, &world.stamp("merge")).unwrap();
    let merged = world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    assert_eq!(merged.conflicted, [key("exercise/e1")]);
    let settling =
        Settling::Place { key: key("exercise/e1"), pointer: String::new(), choice: Choice::Ours };
    world.drafts().settle(&draft, &settling, &world.stamp("settle")).unwrap();
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    assert_eq!(on_main(&world, "lesson/l1").unwrap()["children"][0], "exercise/e1");
    world.verify();
}

/// A new entry under an id that had been in the trash had the old entry's translations.
#[test]
fn an_entry_goes_into_the_trash_and_comes_back_with_its_translations() {
    for is_typed in [false, true] {
        let world = started();
        let words = json!({"key": "exercise/e2", "locale": "es", "document": {"title": "Doble"}});
        world.import(&[language_line("es"), words]);
        let draft = begin(&world, "Trash").draft;
        let stamp = world.stamp("trash");
        if is_typed {
            save(&world, &draft, "lesson/l2", &container("Two", &[]));
            let request = SaveRequest {
                draft: draft.clone(),
                key: key("exercise/e2"),
                content: WorkingContent::Deleted,
                expected: tag(&world, &draft, "exercise/e2"),
                settles: Vec::new(),
                stamp,
            };
            world.drafts().save(&request).unwrap();
        } else {
            world.drafts().trash(&draft, &key("exercise/e2"), true, &stamp).unwrap();
        }
        world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
        assert_eq!(on_main(&world, "exercise/e2@es"), None);
        let draft = begin(&world, "Back").draft;
        world.drafts().untrash(&draft, &key("exercise/e2"), &world.stamp("back")).unwrap();
        world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
        assert!(on_main(&world, "exercise/e2@es").is_some());
        world.verify();
    }
}

/// Accepting a part committed a member's working copy in the reviewer's name, and it conflicted with the member's own
/// words.
#[test]
fn what_is_typed_while_a_part_is_accepted_stays_with_who_types() {
    let world = started();
    let draft = begin(&world, "Typing").draft;
    save(&world, &draft, "video/v", &video("Seen"));
    save(&world, &draft, "exercise/e1", &exercise("Add", "Rest?"));
    let id = open(&world, &draft);
    let typed = save(&world, &draft, "video/v", &video("Unseen"));
    let robs = by(world.stamp("part"), "rob", 9);
    world.reviews().accept_part(&id, &[key("video/v")], None, &robs).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap(), video("Seen"));
    let working = world.drafts().working(&draft, &key("video/v")).unwrap().unwrap();
    assert_eq!((working.version, working.document), (typed.version, Some(video("Unseen"))));
    world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
    assert_eq!(world.drafts().conflicted(&draft).unwrap(), []);
    world.reviews().merge(&id, None, &world.stamp("merge")).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap(), video("Unseen"));
    world.verify();
}
