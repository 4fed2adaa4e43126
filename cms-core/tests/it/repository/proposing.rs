//! Proposals, and whose word counts in a review.

use cms_core::{
    access::{Limits, Right, Role},
    repo::{
        BringError, DraftError, DraftId, NewReview, Review, ReviewChange, ReviewError, ReviewId,
        ReviewMergeError, Seen, Stamp, StoreError,
    },
};

use super::{
    allowing::{below, give, of, two_courses},
    drafting::{begin, on_main, save, save_as, tag},
    world::{World, video},
};

pub(super) fn opened(world: &World, draft: &DraftId) -> ReviewId {
    open_as(world, draft, world.stamp("open"))
}

fn open_as(world: &World, draft: &DraftId, stamp: Stamp) -> ReviewId {
    let new = NewReview {
        draft: draft.clone(),
        title: "Please look".into(),
        description: String::new(),
        reviewers: vec!["rob".parse().unwrap(), "eve".parse().unwrap()],
        stamp,
    };
    world.reviews().open(new).unwrap().row.review
}

pub(super) fn review(world: &World, id: &ReviewId) -> Review {
    world.reviews().one(id, None).unwrap()
}

pub(super) fn approve(world: &World, id: &ReviewId, stamp: Stamp) -> Result<Review, ReviewError> {
    let entries = review(world, id).entries;
    let seen: Seen = entries.iter().map(|entry| (entry.change.key.clone(), entry.pair)).collect();
    world.reviews().approve(id, &seen, "Fine", &stamp)
}

/// A draft of Ana's with the videos of both courses changed by her.
fn both(world: &World) -> DraftId {
    let draft = begin(world, "Both").draft;
    save(world, &draft, "video/a", &video("A newer"));
    save(world, &draft, "video/b", &video("B newer"));
    draft
}

#[test]
fn who_may_not_write_an_entry_proposes_and_somebody_who_may_approve_takes_it() {
    let world = two_courses();
    give(&world, "g1", "ana", Role::Author, below("course/a"));
    give(&world, "g2", "rob", Role::Reviewer, Limits::default());
    let draft = both(&world);
    // No policy asks for approvals, and still the draft does not come to main by itself.
    let refused = world.drafts().merge(&draft, &of(&world, "rob", "merge")).unwrap_err();
    assert!(
        matches!(
            refused,
            BringError::Draft(DraftError::NotAMember { .. } | DraftError::ReviewRequired { .. })
        ),
        "{refused}"
    );
    let id = opened(&world, &draft);
    let shown = review(&world, &id);
    let proposals: Vec<_> = shown
        .entries
        .iter()
        .map(|entry| {
            (entry.change.key.to_string(), entry.proposed_by.len(), entry.approvals_required)
        })
        .collect();
    assert_eq!(proposals, [("video/a".into(), 0, 0), ("video/b".into(), 1, 1)]);
    let merge = || world.reviews().merge(&id, None, &of(&world, "rob", "merge"));
    let refused = merge().unwrap_err();
    assert!(
        matches!(&refused, ReviewMergeError::NotApproved { keys } if keys.len() == 1),
        "{refused}"
    );
    approve(&world, &id, of(&world, "rob", "")).unwrap();
    merge().unwrap();
    assert_eq!(on_main(&world, "video/b").unwrap()["title"], "B newer");
}

#[test]
fn a_proposal_stays_one_whoever_goes_on_with_it() {
    let world = two_courses();
    give(&world, "g1", "ana", Role::Author, below("course/a"));
    give(&world, "g2", "ben", Role::Reviewer, Limits::default());
    let draft = begin(&world, "Together").draft;
    save(&world, &draft, "video/b", &video("An idea"));
    let read = tag(&world, &draft, "video/b");
    save_as(
        &world,
        &draft,
        of(&world, "ben", "type"),
        "video/b",
        &video("With better words"),
        read,
    )
    .unwrap();
    let refused = world.drafts().merge(&draft, &of(&world, "ben", "merge")).unwrap_err();
    assert!(matches!(refused, BringError::Draft(DraftError::ReviewRequired { .. })), "{refused}");
    // Ana is made an author of the house: it is a change like any other then.
    give(&world, "g3", "ana", Role::Author, Limits::default());
    world.drafts().merge(&draft, &of(&world, "ben", "merge")).unwrap();
}

#[test]
fn a_translation_is_a_proposal_of_somebody_who_does_not_translate() {
    let world = two_courses();
    world.speak("es");
    give(&world, "g1", "ana", Role::Translator, Limits::default());
    give(&world, "g2", "ben", Role::Author, Limits::default());
    give(&world, "g3", "rob", Role::Reviewer, Limits::default());
    let spanish = serde_json::json!({ "segments": {} });
    let check = |text: &str, document: &serde_json::Value, is_proposed: bool, author: &str| {
        let draft = begin(&world, "One").draft;
        let read = tag(&world, &draft, text);
        let stamp = Stamp { author: author.parse().unwrap(), ..world.stamp("type") };
        save_as(&world, &draft, stamp, text, document, read).unwrap();
        let id = opened(&world, &draft);
        let proposed = review(&world, &id).entries[0].proposed_by.clone();
        assert_eq!(!proposed.is_empty(), is_proposed, "{text} by {author}: {proposed:?}");
    };
    check("video/a", &video("By a translator"), true, "ana");
    check("video/a@es", &spanish, false, "ana");
    check("video/a@es", &spanish, true, "ben");
    check("video/a", &video("By an author"), false, "ben");
}

#[test]
fn an_approval_counts_for_the_entries_that_its_giver_may_approve() {
    let world = two_courses();
    give(&world, "g0", "ana", Role::Author, Limits::default());
    give(&world, "g1", "rob", Role::Reviewer, below("course/a"));
    give(&world, "g2", "eve", Role::Reviewer, below("course/b"));
    give(&world, "g3", "kim", Role::Author, Limits::default());
    let policy = cms_core::repo::ReviewPolicy { approvals_required: 1 };
    world.repository.set_review_policy(policy, 0, &world.stamp("")).unwrap();
    let id = opened(&world, &both(&world));
    let counting = |person: &str| {
        let entries = review(&world, &id).entries;
        let of_person = |entry: &cms_core::repo::ReviewEntry| {
            entry.approvals.iter().any(|approval| approval.person == person && approval.counts)
        };
        entries
            .iter()
            .filter(|entry| of_person(entry))
            .map(|entry| entry.change.key.to_string())
            .collect::<Vec<_>>()
    };
    let refused = approve(&world, &id, of(&world, "kim", "")).unwrap_err();
    assert!(
        matches!(&refused, ReviewError::Draft(DraftError::Store(StoreError::Denied(denied))) if denied.right == Right::Approve),
        "{refused}"
    );
    approve(&world, &id, of(&world, "rob", "")).unwrap();
    assert_eq!(counting("rob"), ["video/a"]);
    assert!(!review(&world, &id).is_approved);
    approve(&world, &id, of(&world, "eve", "")).unwrap();
    assert_eq!(counting("eve"), ["video/b"]);
    assert!(review(&world, &id).is_approved);
    // Somebody whose role is taken back has approved nothing that counts.
    world.repository.take_role("g1", &world.stamp("")).unwrap();
    assert!(counting("rob").is_empty() && !review(&world, &id).is_approved);
}

#[test]
fn a_wish_for_changes_by_somebody_whose_rights_are_elsewhere_blocks_nothing() {
    let world = two_courses();
    give(&world, "g0", "ana", Role::Author, Limits::default());
    give(&world, "g1", "rob", Role::Reviewer, below("course/a"));
    give(&world, "g2", "eve", Role::Reviewer, below("course/b"));
    let policy = cms_core::repo::ReviewPolicy { approvals_required: 1 };
    world.repository.set_review_policy(policy, 0, &world.stamp("")).unwrap();
    let draft = begin(&world, "Only A").draft;
    save(&world, &draft, "video/a", &video("A newer"));
    let id = opened(&world, &draft);
    let wants = |person: &str| {
        let said = world.reviews().request_changes(&id, "No", &of(&world, person, ""));
        said.unwrap().obstacles.changes_wanted_by
    };
    assert!(wants("eve").is_empty(), "she reviews course B");
    assert_eq!(wants("rob"), ["rob"]);
    approve(&world, &id, of(&world, "rob", "")).unwrap();
    world.reviews().merge(&id, None, &of(&world, "rob", "merge")).unwrap();
}

/// What somebody may do to a review that is or is not theirs.
#[test]
fn a_review_is_its_openers_its_drafts_members_and_those_who_approve_there() {
    type Verb = fn(&World, &ReviewId, &Stamp) -> Result<Review, ReviewError>;
    let retitle: Verb = |world, id, stamp| {
        let change = ReviewChange { title: Some("Mine now".into()), ..ReviewChange::default() };
        world.reviews().describe(id, change, stamp)
    };
    let assign: Verb = |world, id, stamp| {
        let reviewers = Some(vec!["kim".parse().unwrap()]);
        world.reviews().describe(id, ReviewChange { reviewers, ..ReviewChange::default() }, stamp)
    };
    let close: Verb = |world, id, stamp| world.reviews().close(id, stamp);
    let reopen: Verb = |world, id, stamp| {
        world.reviews().close(id, &world.stamp("close")).unwrap();
        world.reviews().reopen(id, stamp)
    };
    for (verb, run) in
        [("retitle", retitle), ("assign", assign), ("close", close), ("reopen", reopen)]
    {
        for (person, may) in [
            ("ana", true),  // who opened it, and owns the draft
            ("ben", true),  // a member of the draft
            ("rob", true),  // a reviewer of course A
            ("adm", true),  // an administrator
            ("eve", false), // a reviewer who is asked, of another course
            ("kim", false), // an author of the whole house
            ("out", false), // somebody without a role
        ] {
            let world = two_courses();
            for (id, person, role, limits) in [
                ("g0", "ana", Role::Author, Limits::default()),
                ("g1", "ben", Role::Viewer, Limits::default()),
                ("g2", "rob", Role::Reviewer, below("course/a")),
                ("g3", "adm", Role::Administrator, Limits::default()),
                ("g4", "eve", Role::Reviewer, below("course/b")),
                ("g5", "kim", Role::Author, Limits::default()),
            ] {
                give(&world, id, person, role, limits);
            }
            let draft = begin(&world, "Only A").draft;
            save(&world, &draft, "video/a", &video("A newer"));
            let id = open_as(&world, &draft, of(&world, "ana", "open"));
            let before = review(&world, &id);
            match run(&world, &id, &of(&world, person, verb)) {
                Ok(_) => assert!(may, "{person} may not {verb}"),
                Err(ReviewError::Draft(DraftError::Store(StoreError::Denied(denied)))) => {
                    assert!(!may, "{person} may {verb}: {denied}");
                    assert_eq!(denied.right, Right::Approve);
                    assert!(!denied.helpers.is_empty());
                    let after = review(&world, &id);
                    assert_eq!(
                        (&after.row.title, &after.row.reviewers),
                        (&before.row.title, &before.row.reviewers)
                    );
                }
                Err(other) => panic!("{person} {verb}: {other}"),
            }
        }
    }
}

#[test]
fn a_review_of_nothing_is_nobody_elses() {
    let world = two_courses();
    give(&world, "g1", "rob", Role::Reviewer, Limits::default());
    let draft = begin(&world, "Nothing yet").draft;
    let id = opened(&world, &draft);
    let refused = world.reviews().close(&id, &of(&world, "rob", "close")).unwrap_err();
    assert!(
        matches!(&refused, ReviewError::Draft(DraftError::Store(StoreError::Denied(denied))) if denied.right == Right::Configure),
        "{refused}"
    );
}
