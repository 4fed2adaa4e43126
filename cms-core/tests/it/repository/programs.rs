//! Programs, and the people who answer for them: with a program at hand somebody may no more than by themselves.

use cms_core::{
    access::{Bounds, Holder, Limits, Right, Role},
    model::name::Person,
    repo::{
        Acceptance, DraftChange, Invitation, NewService, NewToken, ReviewError, ReviewMergeError,
        ReviewPolicy, SecretHash, TokenRow,
    },
};
use serde_json::json;

use super::{
    allowing::{below, give, of, two_courses},
    drafting::{begin, save_as, tag},
    proposing::{approve, opened, review},
    world::{World, key, video},
};

fn person(text: &str) -> Person {
    text.parse().unwrap()
}

/// Two courses, and Ben, who publishes and answers for a program that publishes.
fn with_a_program() -> World {
    let world = two_courses();
    let people = world.repository.people();
    let hash = SecretHash::of(b"the link of ben");
    let invitation = Invitation {
        person: person("p-ben"),
        name: "Ben".into(),
        email: "ben@example.org".into(),
        language: None,
        role: Role::Publisher,
        limits: Limits::default(),
        hash,
        expires_ms: world.stamp("").time_ms + 1_000,
        stamp: world.stamp("invite"),
    };
    people.invite(&invitation).unwrap();
    let acceptance = Acceptance {
        fresh: person("p-unused"),
        name: None,
        email: None,
        language: None,
        credential: json!({}),
        stamp: world.stamp("accept"),
    };
    people.accept(&hash, &acceptance).unwrap();
    let robot = NewService {
        person: person("p-robot"),
        name: "Nightly".into(),
        responsible: person("p-ben"),
        role: Role::Publisher,
        stamp: world.stamp("a program"),
    };
    people.create_service(&robot).unwrap();
    world
}

/// An access key for the program, made by somebody.
fn key_by(world: &World, maker: &str, secret: &str) -> TokenRow {
    let new = NewToken {
        hash: SecretHash::of(secret.as_bytes()),
        person: person("p-robot"),
        role: Role::Publisher,
        label: String::new(),
        expires_ms: None,
        bounds: Some(Bounds::of(Role::Publisher.rights())),
        brings_role: false,
        stamp: of(world, maker, "a key"),
    };
    world.repository.people().create_key(&new, None).unwrap()
}

fn found(world: &World, secret: &str) -> Option<TokenRow> {
    world.repository.people().key(&SecretHash::of(secret.as_bytes()), 1).unwrap()
}

fn holder(world: &World, secret: &str) -> Holder {
    let row = found(world, secret).expect("a key that opens something");
    world.repository.holder(&person(&row.person), Some(row.bounds())).unwrap()
}

fn take_all(world: &World, of: &str) {
    for grant in world.repository.rules().unwrap().grants(&person(of)).iter() {
        world.repository.take_role(&grant.id, &world.stamp("take")).unwrap();
    }
}

#[test]
fn the_program_of_somebody_whose_role_was_taken_does_no_more_than_they() {
    let world = with_a_program();
    key_by(&world, "p-ben", "bot");
    assert!(holder(&world, "bot").may_everywhere(Right::Publish));
    give(&world, "g1", "p-ben", Role::Viewer, below("course/a"));
    take_all(&world, "p-ben");
    give(&world, "g2", "p-ben", Role::Viewer, below("course/a"));
    let narrowed = holder(&world, "bot");
    assert!(narrowed.may_somewhere(Right::Read) && !narrowed.may_somewhere(Right::Publish));
    let sight = world.repository.sight(&narrowed);
    assert!(sight.sees(&world.main(), &key("video/a")).unwrap());
    assert!(!sight.sees(&world.main(), &key("video/b")).unwrap());
    // A key that they make now does no more either, and what the machine made does what the program may.
    key_by(&world, "p-ben", "another");
    assert!(!holder(&world, "another").may_somewhere(Right::Publish));
    key_by(&world, "operator", "machine");
    assert!(holder(&world, "machine").may_everywhere(Right::Publish));
}

#[test]
fn a_key_that_somebody_made_for_a_program_does_not_come_back_with_them() {
    let world = with_a_program();
    key_by(&world, "p-ben", "bot");
    let people = world.repository.people();
    people.deactivate(&person("p-ben"), &world.stamp("")).unwrap();
    assert_eq!(found(&world, "bot"), None);
    people.reactivate(&person("p-ben"), &world.stamp("")).unwrap();
    assert_eq!(found(&world, "bot"), None, "whoever read it may be anybody by now");
    key_by(&world, "p-ben", "fresh");
    assert!(holder(&world, "fresh").may_everywhere(Right::Publish));
}

/// Somebody with a program would be two people.
#[test]
fn people_approve_and_not_what_their_own_program_wrote() {
    let world = with_a_program();
    give(&world, "g1", "rob", Role::Reviewer, Limits::default());
    let (_, version) = world.repository.review_policy().unwrap();
    let policy = ReviewPolicy { approvals_required: 1 };
    assert!(world.repository.set_review_policy(policy, version, &world.stamp("")).unwrap());
    let write = |author: &str| of(&world, author, "type");
    let draft = begin(&world, "By the program").draft;
    let read = tag(&world, &draft, "video/a");
    let change = DraftChange { owner: Some(person("p-robot")), ..DraftChange::default() };
    let version = world.drafts().one(&draft).unwrap().version;
    world.drafts().change(&draft, version, change, &world.stamp("hand over")).unwrap();
    save_as(&world, &draft, write("p-robot"), "video/a", &video("Written by a program"), read)
        .unwrap();
    let id = opened(&world, &draft);
    for who in ["p-ben", "p-robot"] {
        let refused = approve(&world, &id, of(&world, who, "")).unwrap_err();
        assert!(matches!(refused, ReviewError::NotAllowed { .. }), "{who}: {refused}");
    }
    let refused = world.reviews().merge(&id, None, &of(&world, "p-ben", "merge")).unwrap_err();
    assert!(matches!(refused, ReviewMergeError::NotApproved { .. }), "{refused}");
    approve(&world, &id, of(&world, "rob", "")).unwrap();
    assert!(review(&world, &id).entries.iter().all(|entry| entry.approvals.len() == 1));
    world.reviews().merge(&id, None, &of(&world, "p-ben", "merge")).unwrap();
}
