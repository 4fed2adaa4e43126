//! Taking entries off, and bringing them back: unpublish, retire, roll back, revert, release.

use cms_core::model::alteration::Alteration;
use cms_core::repo::{
    ChannelError, PublishError, ReleaseRequest, RetireRequest, RevertRequest, RouteAnswer, State,
    UnpublishRequest,
};
use serde_json::json;

use super::{
    planning::rows,
    publishing::{assert_as_effective, assert_as_from_nothing, published, title},
    world::{World, container, exercise, key, video},
};

pub(super) fn release(world: &World, keys: &[&str]) {
    let keys = keys.iter().map(|k| key(k)).collect();
    let stamp = world.stamp("fine");
    let request = ReleaseRequest { seen: None, keys, stamp };
    world.production().release(&request).unwrap();
}

fn children(world: &World, of: &str) -> Vec<String> {
    let document = world.delivered(of, "en").unwrap();
    let children = document["children"].as_array().unwrap();
    children.iter().map(|child| child["key"].as_str().unwrap().to_owned()).collect()
}

fn route(world: &World, text: &str) -> RouteAnswer {
    let head =
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    let snapshot = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    world.repository.delivery().route(&snapshot, text).unwrap()
}

#[test]
fn what_is_unpublished_stays_off_until_it_is_released() {
    let world = published();
    world.speak("es");
    world.speak("fr");
    world.import(&[json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}})]);
    world.publish();
    let before = world.delivered_root();
    let planned =
        world.production().plan_unpublish(&world.unpublish_request(&["video/v"])).unwrap();
    let report = world.unpublish(&["video/v"]).unwrap().report;
    assert_eq!(report, planned);
    assert_eq!(report.retired, vec![key("video/v")]);
    assert_eq!((report.changes_count, report.changes[0].change), (2, Alteration::Removed));
    assert_eq!(children(&world, "lesson/l1"), ["exercise/e1"], "its containers are remade");
    assert_eq!(children(&world, "lesson/l3"), ["exercise/e3"]);
    let tombstone = world.delivered("video/v", "es").unwrap();
    assert_eq!(
        (&tombstone["retired"]["title"], &tombstone["retired"]["replaced_by"]),
        (&json!("Watch"), &json!(null))
    );
    assert_as_effective(&world);
    // Edits of it, translations of it and other changes don't affect that.
    world.put("video/v", video("Watch again"));
    world.import(&[
        json!({"key": "video/v", "locale": "fr", "document": {"title": "Regarde"}}),
        json!({"key": "exercise/e1", "locale": "es", "document": {"title": "Suma"}}),
    ]);
    let report = world.publish().report;
    let held: Vec<_> = report.on_hold.iter().map(ToString::to_string).collect();
    assert_eq!(held, ["video/v", "video/v@es", "video/v@fr"]);
    assert_eq!(children(&world, "lesson/l1"), ["exercise/e1"]);
    assert_as_effective(&world);
    let holds = world.repository.holds(&"production".parse().unwrap(), None, usize::MAX).unwrap();
    assert_eq!((holds.len(), holds[0].verb.word()), (1, "unpublish"));
    release(&world, &["video/v"]);
    world.publish();
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Watch again");
    assert_eq!(world.delivered("video/v", "fr").unwrap()["locale"], "fr");
    assert_as_from_nothing(&world);
    world.verify();
    assert_ne!(world.delivered_root(), before);
}

#[test]
fn a_translation_can_be_taken_off_alone() {
    let world = published();
    world.speak("es");
    world.import(&[json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}})]);
    world.publish();
    world.unpublish(&["video/v@es"]).unwrap();
    assert_eq!(world.delivered("video/v", "es").unwrap()["locale"], "en");
    world.put("video/v", video("Watch again"));
    let report = world.publish().report;
    assert_eq!(report.on_hold, vec![key("video/v@es")]);
    assert_eq!(title(&world.delivered("video/v", "es").unwrap()), "Watch again");
    assert_as_effective(&world);
    // A rollback with its source does not bring it back: nobody released it.
    world.roll_back("production@2", &["video/v"]);
    assert_eq!(world.delivered("video/v", "es").unwrap()["locale"], "en");
    let holds = world.repository.holds(&"production".parse().unwrap(), None, 9).unwrap();
    let hold = holds.iter().find(|row| row.key == key("video/v@es")).unwrap();
    assert_eq!(hold.verb.word(), "unpublish");
}

#[test]
fn what_a_container_alone_held_falls_with_it_and_comes_back_with_it() {
    let world = published();
    let before = rows(&world);
    let report = world.unpublish(&["unit/u1"]).unwrap().report;
    let fallen: Vec<_> = report.retired.iter().map(ToString::to_string).collect();
    assert_eq!(fallen, ["exercise/e1", "exercise/e2", "lesson/l1", "lesson/l2", "unit/u1"]);
    assert_eq!(
        route(&world, "counting/first/one/v/watch"),
        RouteAnswer::Moved { key: key("video/v"), to: "counting/second/three/v/watch".into() }
    );
    assert_as_effective(&world);
    release(&world, &["unit/u1"]);
    world.publish();
    assert_eq!(rows(&world), before);
    assert_as_from_nothing(&world);
    world.verify();
}

#[test]
fn what_live_entries_need_is_refused_unless_they_go_too() {
    let world = published();
    let mut needing = exercise("Square", "What is two squared?");
    needing["prerequisites"] = json!(["exercise/e2"]);
    world.put("exercise/e3", needing);
    world.publish();
    let before = world.delivered_root();
    let Err(PublishError::Needed { needs, needs_count }) = world.unpublish(&["exercise/e2"]) else {
        panic!("exercise/e3 builds on it");
    };
    assert_eq!(needs_count, 1);
    let need = &needs[0];
    assert_eq!(
        (&need.key, &need.by, need.title.as_deref(), need.role.word()),
        (&key("exercise/e2"), &key("exercise/e3"), Some("Square"), "builds on")
    );
    assert_eq!(world.delivered_root(), before);
    world.unpublish(&["exercise/e2", "exercise/e3"]).unwrap();
    assert_as_effective(&world);
    // An entry that needs what is off is held back, and says so.
    release(&world, &["exercise/e3"]);
    world.put("video/v", video("Beside"));
    let report = world.publish().report;
    assert_eq!(report.held_back[0].key, key("exercise/e3"));
    assert!(report.held_back[0].reasons[0].message.contains("exercise/e2 is not published"));
    assert!(matches!(world.unpublish(&["exercise/nope"]), Err(PublishError::UnknownEntry { .. })));
    assert!(matches!(world.unpublish(&["schema/video"]), Err(PublishError::UnknownEntry { .. })));
}

#[test]
fn what_is_retired_leads_to_what_replaces_it() {
    let world = published();
    let old = "counting/first/two/e/double";
    world.retire(&["exercise/e2"], Some("exercise/e3")).unwrap();
    let tombstone = world.delivered("exercise/e2", "en").unwrap();
    assert_eq!(tombstone["retired"]["replaced_by"], "exercise/e3");
    assert_eq!(tombstone["retired"]["title"], "Double");
    assert_eq!(
        route(&world, old),
        RouteAnswer::Moved { key: key("exercise/e3"), to: "counting/second/three/e/square".into() }
    );
    assert_as_effective(&world);
    // The replacement is replaced in turn; then nothing replaces it.
    world.retire(&["exercise/e3"], Some("exercise/e1")).unwrap();
    assert_eq!(
        route(&world, old),
        RouteAnswer::Moved { key: key("exercise/e1"), to: "counting/first/one/e/add".into() }
    );
    world.unpublish(&["exercise/e1"]).unwrap();
    assert_eq!(route(&world, old), RouteAnswer::Gone { key: key("exercise/e2") });
    // An entry that is already gone can still get a replacement.
    let report = world.retire(&["exercise/e1"], Some("video/v")).unwrap().report;
    assert_eq!(report.changes_count, 0);
    assert_eq!(
        route(&world, old),
        RouteAnswer::Moved { key: key("video/v"), to: "counting/first/one/v/watch".into() }
    );
    assert_as_effective(&world);
    let holds = world.repository.holds(&"production".parse().unwrap(), None, usize::MAX).unwrap();
    let held: Vec<_> = holds.iter().map(|row| (row.key.to_string(), row.verb.word())).collect();
    let retired = ["exercise/e1", "exercise/e2", "exercise/e3"];
    assert_eq!(held, retired.map(|key| (key.to_owned(), "retire")));
    // Released and published, it is itself again, and its route leads to it.
    release(&world, &["exercise/e2"]);
    world.publish();
    assert_eq!(route(&world, old), RouteAnswer::Entry(key("exercise/e2")));
    world.verify();
}

#[test]
fn a_replacement_must_be_there_and_stay() {
    let world = published();
    for (keys, by) in [
        (&["exercise/e2"][..], "exercise/e2"),
        (&["exercise/e2"], "exercise/never"),
        (&["lesson/l2"], "exercise/e2"),
        (&["exercise/e2"], "exercise/e3@es"),
    ] {
        let refused = world.retire(keys, Some(by));
        assert!(matches!(refused, Err(PublishError::BadReplacement { .. })), "{keys:?} {by}");
    }
    let request = RetireRequest {
        seen: None,
        keys: vec![key("video/v")],
        replaced_by: None,
        may_empty: false,
        stamp: world.stamp(""),
    };
    let refused = world.channel("nowhere").retire(&request);
    assert!(matches!(refused, Err(PublishError::Channel(ChannelError::Unknown { .. }))));
}

#[test]
fn a_rollback_takes_translations_back_and_brings_what_they_need() {
    let world = published();
    world.speak("es");
    world.import(&[json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}})]);
    world.publish();
    world.put("lesson/l3", container("Third", &["exercise/e3"]));
    world.put("lesson/l1", container("One", &["exercise/e1"]));
    world.commit(&[("video/v", None), ("video/v@es", None)]).unwrap();
    world.put("exercise/e1", exercise("Add", "Newer?"));
    world.publish();
    assert!(world.delivered("video/v", "es").unwrap()["retired"].is_object());
    // The earlier lesson contains the video, and the video has its translation.
    let report = world.roll_back("production@2", &["lesson/l3"]).report;
    let changed: Vec<_> = report.changes.iter().map(|row| row.key.to_string()).collect();
    assert_eq!(changed, ["lesson/l3", "video/v", "video/v@es"]);
    assert_eq!(title(&world.delivered("video/v", "es").unwrap()), "Mira");
    assert!(world.delivered("exercise/e1", "en").unwrap().to_string().contains("Newer?"));
    assert_eq!(children(&world, "lesson/l1"), ["exercise/e1"], "it was not chosen");
    let holds = world.repository.holds(&"production".parse().unwrap(), None, usize::MAX).unwrap();
    let held: Vec<_> = holds.iter().map(|row| row.key.to_string()).collect();
    assert_eq!(held, ["lesson/l3", "video/v", "video/v@es"]);
    assert_as_effective(&world);
    // Some holds are released, the others stay.
    release(&world, &["lesson/l3"]);
    let report = world.publish().report;
    assert_eq!(report.on_hold, vec![key("video/v"), key("video/v@es")]);
    assert_eq!(title(&world.delivered("lesson/l3", "en").unwrap()), "Third");
    assert!(world.delivered("video/v", "en").unwrap()["retired"].is_object(), "nothing holds it");
    world.verify();
}

#[test]
fn a_rollback_of_chosen_entries_breaks_no_link() {
    let world = published();
    let mut needing = exercise("Square", "What is two squared?");
    needing["prerequisites"] = json!(["exercise/new"]);
    world
        .commit(&[
            ("exercise/new", Some(exercise("New", "What is new?"))),
            ("lesson/l2", Some(container("Two", &["exercise/e2", "exercise/new"]))),
            ("exercise/e3", Some(needing)),
        ])
        .unwrap();
    world.publish();
    // It did not exist then, but the exercise that builds on it did.
    let refused = world.try_roll_back("production@1", &["exercise/new"]);
    let Err(PublishError::NothingToDo { report }) = refused else { panic!("it is needed") };
    assert_eq!(report.held_back[0].key, key("exercise/new"));
    assert!(report.held_back[0].reasons[0].message.contains("exercise/e3 still needs it"));
    world.roll_back("production@1", &["exercise/new", "exercise/e3"]);
    assert!(world.delivered("exercise/new", "en").unwrap()["retired"].is_object());
    assert_as_effective(&world);
    world.verify();
}

#[test]
fn a_rollback_does_not_bring_back_what_was_taken_off() {
    let world = published();
    world.put("exercise/e3", exercise("Square", "And now?"));
    world.publish();
    world.unpublish(&["video/v"]).unwrap();
    let report = world.roll_back("production@1", &[]).report;
    assert_eq!(report.on_hold, vec![key("video/v")]);
    assert!(world.delivered("video/v", "en").unwrap()["retired"].is_object());
    assert!(!world.delivered("exercise/e3", "en").unwrap().to_string().contains("And now?"));
    assert_as_effective(&world);
    world.roll_back("production@1", &["video/v"]);
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Watch");
}

fn revert(world: &World, sequence: u64) -> Result<cms_core::repo::Published, PublishError> {
    let request =
        RevertRequest { seen: None, sequence: Some(sequence), stamp: world.stamp("undo") };
    world.production().revert_publish(&request)
}

#[test]
fn a_revert_undoes_one_publish_and_leaves_the_later_ones() {
    let world = published();
    world.put("video/v", video("Wrong"));
    world.put("exercise/e1", exercise("Add", "Wrong?"));
    world.publish();
    world.put("exercise/e1", exercise("Add", "Right?"));
    world.put("exercise/e3", exercise("Square", "Later?"));
    world.publish();
    let report = revert(&world, 2).unwrap().report;
    assert_eq!(report.superseded, vec![key("exercise/e1")]);
    assert_eq!(report.asked.target, "production@2");
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Watch");
    assert!(world.delivered("exercise/e1", "en").unwrap().to_string().contains("Right?"));
    assert!(world.delivered("exercise/e3", "en").unwrap().to_string().contains("Later?"));
    assert_as_effective(&world);
    assert_eq!(
        world.plan().report.on_hold,
        vec![key("video/v")],
        "it does not come back by itself"
    );
    assert!(matches!(revert(&world, 2), Err(PublishError::NothingToDo { .. })));
    let first = revert(&world, 1);
    assert!(matches!(first, Err(PublishError::NothingBefore { sequence: 1, .. })), "{first:?}");
    assert!(matches!(revert(&world, 9), Err(PublishError::Target(_))));
    // Reverting the revert brings it live again, and the hold goes.
    revert(&world, 4).unwrap();
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Wrong");
    assert_eq!(
        world.repository.holds(&"production".parse().unwrap(), None, usize::MAX).unwrap(),
        vec![]
    );
    assert_as_from_nothing(&world);
    world.verify();
}

#[test]
fn reverting_an_unpublish_brings_the_entry_back_and_lets_go() {
    let world = published();
    let before = rows(&world);
    world.unpublish(&["video/v", "lesson/l2"]).unwrap();
    revert(&world, 2).unwrap();
    assert_eq!(rows(&world), before);
    assert_eq!(
        world.repository.holds(&"production".parse().unwrap(), None, usize::MAX).unwrap(),
        vec![]
    );
    assert_as_from_nothing(&world);
    let verbs: Vec<_> = world
        .repository
        .snapshots(&"production".parse().unwrap(), None, 9)
        .unwrap()
        .iter()
        .map(|row| row.verb.word())
        .collect();
    assert_eq!(verbs, ["revert", "unpublish", "publish"]);
}

#[test]
fn a_move_that_saw_another_publication_is_refused() {
    let world = published();
    let seen = world.repository.resolve("production").unwrap();
    let State::Snapshot { publication, .. } = seen else { panic!("a channel") };
    let request = |seen| UnpublishRequest { seen, ..world.unpublish_request(&["video/v"]) };
    world.production().unpublish(&request(Some(publication))).unwrap();
    let late = world.production().unpublish(&request(Some(publication)));
    assert!(matches!(late, Err(PublishError::Channel(ChannelError::Moved { .. }))), "{late:?}");
}
