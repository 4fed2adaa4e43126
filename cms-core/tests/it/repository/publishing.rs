//! Publishing: what goes live, what does not, and what stays as it was.

use cms_core::repo::{CommitError, PublishError, ReleaseRequest, RouteAnswer, Takes};
use serde_json::{Value, json};

use super::playing::is_right;
use super::world::{World, container, course, exercise, key, line, video};

pub(super) fn published() -> World {
    let world = World::new();
    world.import(&course());
    world.publish();
    world
}

pub(super) fn title(document: &Value) -> &str {
    document["document"]["title"].as_str().unwrap()
}

/// The law that incremental publishing rests on: a channel made from scratch delivers the same.
pub(super) fn assert_as_from_nothing(world: &World) {
    assert_as_a_fresh_channel(world, "main");
}

/// The same for what is effective on production, even if entries are on hold, off or under embargo.
pub(super) fn assert_as_effective(world: &World) {
    assert_as_a_fresh_channel(world, "production");
}

fn assert_as_a_fresh_channel(world: &World, target: &str) {
    let named = Some(target.to_owned());
    let mut fresh = cms_core::repo::PublishRequest { target: named, ..world.request() };
    if target == "production" {
        // What is live has no embargo any more, whatever the test's clock says.
        fresh.stamp.time_ms = 9_000_000_000_000;
    }
    let fresh = world.fresh_channel().publish(&fresh).unwrap();
    let fresh = world.repository.delivery().snapshot(fresh.snapshot).unwrap().unwrap();
    let head =
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    let head = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    let live = |snapshot: &cms_core::model::snapshot::Snapshot| {
        let mut rows = Vec::new();
        for locale in [None, Some("es".parse().unwrap())] {
            let page = world
                .repository
                .delivery()
                .delivered_page(snapshot, locale.as_ref(), None, None, 1000)
                .unwrap();
            assert!(!page.more);
            for (key, row) in page.rows {
                rows.push((
                    key.to_string(),
                    locale.clone(),
                    row.object,
                    world.repository.delivery().route_of(snapshot, &key).unwrap(),
                ));
            }
        }
        rows
    };
    assert_eq!(live(&head), live(&fresh));
    assert_eq!((head.kinds, head.locales), (fresh.kinds, fresh.locales));
}

#[test]
fn a_container_carries_its_children_with_object_and_summary() {
    let world = published();
    let lesson = world.delivered("lesson/l1", "en").unwrap();
    let child = &lesson["children"][1];
    assert_eq!(child["key"], "video/v");
    assert_eq!(child["summary"]["title"], "Watch");
    assert_eq!(child["summary"]["duration_s"], 60);
    let object = child["object"].as_str().unwrap().parse().unwrap();
    let video = world.repository.delivery().object(object).unwrap().unwrap();
    assert_eq!(
        blake3::hash(video.bytes()).to_hex().as_str(),
        child["object"],
        "b3sum prints the id"
    );
    assert!(lesson["document"].get("children").is_none(), "children are carried once");
}

#[test]
fn a_changed_exercise_changes_its_path_and_nothing_else() {
    let world = published();
    let before = |text: &str| world.delivered(text, "en").unwrap();
    let untouched: Vec<_> = ["lesson/l2", "unit/u2", "exercise/e2", "video/v"].map(before).into();
    world.put("exercise/e1", exercise("Add", "What is one and three?"));
    let report = world.publish().report;
    assert_eq!((report.changes_count, report.delivered.changed, report.delivered.added), (1, 5, 0));
    let after: Vec<_> = ["lesson/l2", "unit/u2", "exercise/e2", "video/v"].map(before).into();
    assert_eq!(after, untouched);
    assert_as_from_nothing(&world);
    world.verify();
}

#[test]
fn private_fields_never_leave() {
    let world = World::new();
    let mut lines = course();
    lines[10]["document"]["author_notes"] = json!("SECRET");
    world.import(&lines);
    world.publish();
    let mut texts = String::new();
    for row in lines {
        texts.push_str(&world.delivered(row["key"].as_str().unwrap(), "en").unwrap().to_string());
    }
    assert!(!texts.contains("SECRET") && !texts.contains("author_notes"));
}

#[test]
fn the_plan_says_what_the_publish_then_does() {
    let world = published();
    world.put("video/v", video("Watch this"));
    let plan = world.plan();
    assert_eq!(world.plan().report, plan.report, "planning changes nothing");
    assert_eq!(world.publish().report, plan.report);
    assert!(matches!(
        world.production().publish(&world.request()),
        Err(PublishError::NothingToDo { .. })
    ));
}

#[test]
fn routes_lead_on_after_a_move() {
    let world = published();
    let route = |text: &str| {
        let head = world
            .repository
            .delivery()
            .channel_head(&"production".parse().unwrap())
            .unwrap()
            .unwrap();
        let snapshot = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
        world.repository.delivery().route(&snapshot, text).unwrap()
    };
    let first = "counting/first/one/v/watch";
    assert_eq!(
        route(first),
        RouteAnswer::Entry(key("video/v")),
        "the first place in reading order is canonical"
    );
    world.put("course/c", container("Counting", &["unit/u2", "unit/u1"]));
    world.publish();
    let second = "counting/second/three/v/watch".to_owned();
    assert_eq!(route(first), RouteAnswer::Moved { key: key("video/v"), to: second });
    assert_as_from_nothing(&world);
    let mut unit = container("First", &["lesson/l1", "lesson/l2"]);
    unit["slug"] = json!("start");
    world.put("unit/u1", unit);
    let report = world.publish().report;
    assert_eq!(
        report.routes_count, 5,
        "the unit, its lessons and their exercises: {:#?}",
        report.routes
    );
    let to = "counting/start/two/e/double".to_owned();
    assert_eq!(
        route("counting/first/two/e/double"),
        RouteAnswer::Moved { key: key("exercise/e2"), to }
    );
    world.commit(&[("lesson/l2", Some(container("Two", &[]))), ("exercise/e2", None)]).unwrap();
    let report = world.publish().report;
    assert_eq!(report.retired, vec![key("exercise/e2")]);
    assert_eq!(route("counting/first/two/e/double"), RouteAnswer::Gone { key: key("exercise/e2") });
    assert_eq!(route("counting/never"), RouteAnswer::Unknown);
    world.verify();
}

#[test]
fn what_is_retired_leaves_a_tombstone_and_can_come_back() {
    let world = published();
    let before = world.delivered("exercise/e2", "en").unwrap();
    world.commit(&[("lesson/l2", Some(container("Two", &[])))]).unwrap();
    let report = world.publish().report;
    assert_eq!(report.retired, vec![key("exercise/e2")], "it stands nowhere");
    let tombstone = world.delivered("exercise/e2", "en").unwrap();
    assert_eq!(tombstone["retired"]["title"], "Double");
    assert!(tombstone["retired"]["last_object"].is_string());
    world.put("lesson/l2", container("Two", &["exercise/e2"]));
    world.publish();
    assert_eq!(world.delivered("exercise/e2", "en").unwrap(), before, "the same object as before");
    assert_as_from_nothing(&world);
}

#[test]
fn an_entry_that_stands_nowhere_is_told_and_not_delivered() {
    let world = published();
    world.put("video/alone", video("Alone"));
    let report = world.publish().report;
    assert_eq!(report.stands_nowhere, vec![key("video/alone")]);
    assert_eq!(world.delivered("video/alone", "en"), None);
    world.put("lesson/l2", container("Two", &["exercise/e2", "video/alone"]));
    world.publish();
    assert_eq!(title(&world.delivered("video/alone", "en").unwrap()), "Alone");
    assert_as_from_nothing(&world);
}

#[test]
fn chosen_entries_go_live_with_what_they_need() {
    let world = published();
    world.put("exercise/e1", exercise("Add", "Changed?"));
    world.put("video/new", video("New"));
    world.put("lesson/l2", container("Two", &["exercise/e2", "video/new"]));
    world.put("lesson/l3", container("Third", &["video/v", "exercise/e3"]));
    let report = world.publish_only(&["video/new"]).unwrap().report;
    let changed: Vec<_> = report.changes.iter().map(|change| change.key.to_string()).collect();
    assert_eq!(changed, ["lesson/l2", "video/new"], "the lesson gives it a place");
    assert_eq!(report.not_chosen_count, 2);
    assert_eq!(title(&world.delivered("lesson/l3", "en").unwrap()), "Three");
    world.publish();
    assert_as_from_nothing(&world);
    assert!(matches!(world.publish_only(&["video/never"]), Err(PublishError::UnknownEntry { .. })));
}

#[test]
fn a_rollback_holds_what_it_took_back() {
    let world = published();
    let first = world.delivered_root();
    world.put("video/v", video("Wrong"));
    world.publish();
    world.roll_back("production@1", &[]);
    assert_eq!(world.delivered_root(), first);
    world.put("exercise/e3", exercise("Square", "And now?"));
    let report = world.publish().report;
    assert_eq!(report.on_hold, vec![key("video/v")]);
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Watch");
    let release = ReleaseRequest { seen: None, keys: vec![], stamp: world.stamp("fine") };
    assert_eq!(world.production().release(&release).unwrap(), vec![key("video/v")]);
    world.publish();
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Wrong");
    assert_as_from_nothing(&world);
    let verbs: Vec<_> = world
        .repository
        .snapshots(&"production".parse().unwrap(), None, 9)
        .unwrap()
        .iter()
        .map(|row| row.verb.word())
        .collect();
    assert_eq!(verbs, ["publish", "release", "publish", "rollback", "publish", "publish"]);
    world.verify();
}

#[test]
fn one_entry_can_go_back_alone() {
    let world = published();
    world.put("video/v", video("Wrong"));
    world.put("exercise/e3", exercise("Square", "And now?"));
    world.publish();
    world.roll_back("production@1", &["video/v"]);
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Watch");
    let exercise = world.delivered("exercise/e3", "en").unwrap().to_string();
    assert!(exercise.contains("And now?"));
    world.verify();
}

#[test]
fn a_snapshot_stays_as_it_was_for_ever() {
    let world = published();
    let first = world
        .repository
        .delivery()
        .channel_head(&"production".parse().unwrap())
        .unwrap()
        .unwrap()
        .snapshot;
    let page = |id| {
        let snapshot = world.repository.delivery().snapshot(id).unwrap().unwrap();
        world.repository.delivery().delivered_page(&snapshot, None, None, None, 1000).unwrap()
    };
    let before = page(first);
    world.put("video/v", video("Other"));
    world.publish();
    assert_eq!(page(first), before);
    for (_, row) in before.rows {
        assert!(world.repository.delivery().object(row.object.object_id()).unwrap().is_some());
    }
}

fn spanish(question: &str) -> Value {
    json!({"key": "exercise/e1", "locale": "es", "document": {
        "title": "Suma",
        "items": [{"id": "i1",
            "question": {"content": format!("{question}\n\n[[☃ numeric-input 1]]")},
            "hints": [{"content": "Cuenta con los dedos."}]}],
    }})
}

#[test]
fn a_translation_follows_its_source_item_by_item() {
    let world = published();
    world.speak("es");
    world.import(&[spanish("¿Cuánto es dos y dos?")]);
    let report = world.publish().report;
    assert_eq!(report.delivered.added, 6, "the language; the exercise and all above it in Spanish");
    let item = |world: &World| {
        world.delivered("exercise/e1", "es").unwrap()["document"]["items"][0].to_string()
    };
    assert!(item(&world).contains("¿Cuánto"));
    assert_as_from_nothing(&world);
    // The key is corrected and the text stays: the translation is applied to the corrected item.
    let mut corrected = exercise("Add", "What is two and two?");
    corrected["items"][0]["question"]["widgets"]["numeric-input 1"]["options"]["answers"][0]["value"] =
        json!(5);
    world.put("exercise/e1", corrected.clone());
    world.publish();
    assert!(item(&world).contains("¿Cuánto") && is_right(&world, "exercise/e1", "es", 5));
    // The text changes: learners get the last whole item, with the answer that goes with it.
    corrected["items"][0]["question"]["content"] =
        json!("What is three and three?\n\n[[☃ numeric-input 1]]");
    corrected["items"][0]["question"]["widgets"]["numeric-input 1"]["options"]["answers"][0]["value"] =
        json!(6);
    world.put("exercise/e1", corrected);
    world.publish();
    assert!(item(&world).contains("¿Cuánto"), "{}", item(&world));
    assert!(is_right(&world, "exercise/e1", "es", 5));
    assert!(is_right(&world, "exercise/e1", "en", 6));
    assert_as_from_nothing(&world);
    world.verify();
}

#[test]
fn a_locale_without_a_difference_has_no_document_of_its_own() {
    let world = published();
    world.speak("es");
    let report =
        world.import(&[json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}})]);
    assert_eq!(report.added, 1);
    world.publish();
    assert_eq!(world.delivered("video/v", "es").unwrap()["locale"], "es");
    assert_eq!(world.delivered("exercise/e1", "es").unwrap()["locale"], "en");
    world.commit(&[("video/v@es", None)]).unwrap();
    world.publish();
    assert_eq!(world.delivered("video/v", "es").unwrap()["locale"], "en");
    assert_eq!(world.delivered("topic/root", "es").unwrap()["locale"], "en");
    assert_as_from_nothing(&world);
}

#[test]
fn an_entry_that_fails_keeps_its_last_form_and_is_tried_again() {
    let world = published();
    // It builds on an exercise that must not be live yet.
    let mut secret = exercise("Secret", "What is secret?");
    secret["not_before"] = json!("2100-01-01T00:00:00Z");
    let mut needing = exercise("Square", "Changed?");
    needing["prerequisites"] = json!(["exercise/secret"]);
    let lesson = container("Two", &["exercise/e2", "exercise/secret"]);
    world
        .commit(&[
            ("exercise/secret", Some(secret.clone())),
            ("lesson/l2", Some(lesson)),
            ("exercise/e3", Some(needing)),
            ("exercise/e1", Some(exercise("Add", "Changed too?"))),
        ])
        .unwrap();
    let strict = cms_core::repo::PublishRequest { strict: true, ..world.request() };
    assert!(matches!(world.production().publish(&strict), Err(PublishError::Strict { .. })));
    let report = world.publish().report;
    let held: Vec<_> =
        report.held_back.iter().map(|row| (row.key.to_string(), row.is_live)).collect();
    assert_eq!(held, [("exercise/e3".to_owned(), true), ("exercise/secret".to_owned(), false)]);
    let live = |text: &str| world.delivered(text, "en").unwrap().to_string();
    assert!(live("exercise/e3").contains("What is two squared?"));
    assert!(live("exercise/e1").contains("Changed too?"), "the others go live");
    secret.as_object_mut().unwrap().remove("not_before");
    world.put("exercise/secret", secret);
    let report = world.publish().report;
    assert_eq!(report.held_back, vec![]);
    assert!(live("exercise/e3").contains("Changed?"));
    assert_as_from_nothing(&world);
}

#[test]
fn a_commit_says_all_that_is_wrong_and_changes_nothing() {
    let world = published();
    let before = world.main();
    let error = world
        .commit(&[
            ("video/v", Some(json!({"title": 3, "slug": "x", "titel": 1}))),
            ("video/w", Some(video("Fine"))),
            ("lesson/l1", Some(container("One", &["video/gone"]))),
        ])
        .unwrap_err();
    let CommitError::Refused { refusals } = &error else { panic!("{error}") };
    assert_eq!(refusals[0].violations.len(), 2, "{refusals:#?}");
    assert_eq!(world.main(), before);
    let twin = world.commit(&[
        ("exercise/twin", Some(exercise("Add", "?"))),
        ("lesson/l1", Some(container("One", &["exercise/e1", "video/v", "exercise/twin"]))),
    ]);
    assert!(twin.unwrap_err().to_string().contains("the slug “add” is taken by exercise/e1"));
    let circle = world.commit(&[("unit/u1", Some(container("First", &["lesson/l1", "course/c"])))]);
    assert!(circle.is_err());
    assert!(matches!(
        world.commit(&[("video/v", Some(video("Watch")))]),
        Err(CommitError::NothingChanged)
    ));
    let _ = line;
}

#[test]
fn a_publish_that_would_take_the_home_page_or_everything_wants_a_word() {
    let world = World::new();
    world.import(&course());
    world.publish();
    let before = world.delivered_root();
    let report = world
        .try_import(&[], |options| {
            options.prune = true;
            options.prune_at_most = cms_core::repo::PruneAtMost::Percent(100);
        })
        .unwrap();
    assert_eq!(report.removed, 11);
    assert_eq!(world.plan().takes, Some(Takes::Everything));
    let refused = world.production().publish(&world.request()).unwrap_err();
    assert!(matches!(refused, PublishError::Empties { takes: Takes::Everything, .. }), "{refused}");
    assert_eq!(world.delivered_root(), before);
    let told = cms_core::repo::PublishRequest { may_empty: true, ..world.request() };
    world.production().publish(&told).unwrap();
    assert!(world.delivered("video/v", "en").unwrap()["retired"].is_object());

    let world = World::new();
    let mut lines = course();
    lines.push(line("topic/other", container("Other", &[])));
    world.import(&lines);
    world.publish();
    world.commit(&[("topic/root", None)]).unwrap();
    assert_eq!(world.plan().takes, Some(Takes::Everything), "nothing stands without it");
    assert!(world.production().publish(&world.request()).is_err());
}
