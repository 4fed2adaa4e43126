//! Whole entries in a draft: placing, moving, copying, the trash, batches.

use cms_core::repo::{BatchStep, CopyDepth, EntryError, PlaceIn};
use serde_json::json;

use super::{
    drafting::{begin, save},
    world::{World, container, course, key, video},
};

fn started() -> World {
    let world = World::new();
    world.import(&course());
    world
}

#[test]
fn an_entry_is_moved_and_taking_it_back_is_one_step() {
    let world = started();
    let draft = begin(&world, "Move").draft;
    let to = PlaceIn { parent: key("unit/u2"), index: Some(0) };
    let moved = world
        .drafts()
        .place(&draft, &key("lesson/l2"), &[key("unit/u1")], &to, &world.stamp("move"))
        .unwrap();
    let children = |unit: &str| {
        world.drafts().document(&draft, &key(unit)).unwrap().unwrap()["children"].clone()
    };
    assert_eq!(children("unit/u1"), json!(["lesson/l1"]));
    assert_eq!(children("unit/u2"), json!(["lesson/l2", "lesson/l3"]));
    // Moving it among its siblings leaves it in the parent once.
    let first = PlaceIn { parent: key("unit/u2"), index: None };
    world.drafts().place(&draft, &key("lesson/l2"), &[], &first, &world.stamp("move")).unwrap();
    assert_eq!(children("unit/u2"), json!(["lesson/l3", "lesson/l2"]));
    world.repository.revert(&draft.branch(), moved.commit, &world.stamp("undo")).unwrap();
    assert_eq!(children("unit/u1"), json!(["lesson/l1", "lesson/l2"]));
    let nowhere = PlaceIn { parent: key("video/v"), index: None };
    let refused =
        world.drafts().place(&draft, &key("lesson/l2"), &[], &nowhere, &world.stamp("move"));
    assert!(matches!(refused, Err(EntryError::Place { .. })));
}

#[test]
fn what_others_use_goes_into_the_trash_only_out_of_all_its_places() {
    let world = started();
    let draft = begin(&world, "Tidy").draft;
    let refused =
        world.drafts().trash(&draft, &key("video/v"), false, &world.stamp("trash")).unwrap_err();
    let EntryError::StillUsed { uses, .. } = refused else { panic!("{refused}") };
    assert_eq!(uses.len(), 2);
    world.drafts().trash(&draft, &key("video/v"), true, &world.stamp("trash")).unwrap();
    assert_eq!(world.drafts().document(&draft, &key("video/v")).unwrap(), None);
    let lesson = world.drafts().document(&draft, &key("lesson/l3")).unwrap().unwrap();
    assert_eq!(lesson["children"], json!(["exercise/e3"]));
    world.drafts().untrash(&draft, &key("video/v"), &world.stamp("restore")).unwrap();
    assert_eq!(
        world.drafts().document(&draft, &key("video/v")).unwrap().unwrap()["title"],
        "Watch"
    );
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    world.verify();
}

#[test]
fn a_deep_copy_is_whole_and_leads_nowhere_back() {
    let world = started();
    let draft = begin(&world, "Another course").draft;
    save(&world, &draft, "lesson/l1", &container("Number one", &["exercise/e1", "video/v"]));
    let place = PlaceIn { parent: key("course/c"), index: None };
    let copied = world
        .drafts()
        .duplicate(&draft, &key("unit/u1"), CopyDepth::Deep, Some(&place), &world.stamp("copy"))
        .unwrap();
    assert_eq!(copied.copies.len(), 6);
    let unit = world.drafts().document(&draft, &copied.key).unwrap().unwrap();
    assert_eq!(
        (unit["title"].as_str(), unit["slug"].as_str()),
        (Some("First (copy)"), Some("first-copy"))
    );
    let copy_of = |text: &str| copied.copies[&key(text)].to_string();
    assert_eq!(unit["children"], json!([copy_of("lesson/l1"), copy_of("lesson/l2")]));
    let lesson =
        world.drafts().document(&draft, &copied.copies[&key("lesson/l1")]).unwrap().unwrap();
    assert_eq!(lesson["title"], "Number one");
    assert_eq!(lesson["children"], json!([copy_of("exercise/e1"), copy_of("video/v")]));

    let shallow = world
        .drafts()
        .duplicate(&draft, &key("lesson/l2"), CopyDepth::Shallow, None, &world.stamp("copy"))
        .unwrap();
    let lesson = world.drafts().document(&draft, &shallow.key).unwrap().unwrap();
    assert_eq!(lesson["children"], json!(["exercise/e2"]));
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    world.verify();
}

#[test]
fn a_batch_is_tried_first_and_then_one_step() {
    let world = started();
    let draft = begin(&world, "Licences").draft;
    save(&world, &draft, "video/v", &video("Two and two"));
    let keys = [key("video/v"), key("exercise/e1"), key("exercise/e2")];
    let steps = [
        BatchStep::Set { pointer: "/licence".into(), value: json!("CC-BY-4.0") },
        BatchStep::ReplaceText { find: "two".into(), replace: "2".into() },
        BatchStep::Remove { pointer: "/nothing".into() },
    ];
    let trial = world.drafts().batch(&draft, &keys, &steps, true, &world.stamp("try")).unwrap();
    assert_eq!((trial.commit, trial.rows.len()), (None, 3));
    assert!(trial.rows.iter().all(|row| row.violations.is_empty()), "{trial:#?}");
    assert!(world.drafts().working(&draft, &key("video/v")).unwrap().is_some());
    let done = world.drafts().batch(&draft, &keys, &steps, false, &world.stamp("do")).unwrap();
    assert_eq!(done.rows, trial.rows);
    let title = |draft_key: &str| {
        world.drafts().document(&draft, &key(draft_key)).unwrap().unwrap()["title"].clone()
    };
    assert_eq!(title("video/v"), "Two and 2");
    world.repository.revert(&draft.branch(), done.commit.unwrap(), &world.stamp("undo")).unwrap();
    assert_eq!(title("video/v"), "Two and two");
    // A literal `~` is written as `~0`: what is not a pointer leads to no field of a similar name.
    for pointer in ["/no/where", "/licence~2", "/licence~"] {
        let wrong = [BatchStep::Set { pointer: pointer.into(), value: json!(1) }];
        let refused = world.drafts().batch(&draft, &keys, &wrong, true, &world.stamp("try"));
        assert!(matches!(refused, Err(EntryError::Refused { .. })), "{pointer}");
    }
}
