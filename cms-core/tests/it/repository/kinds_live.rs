//! Kinds that change while their entries are live: what learners get follows the kind.

use serde_json::{Value, json};

use super::{
    drafting::on_main,
    publishing::{assert_as_effective, assert_as_from_nothing, published},
    world::{World, container, course, key, line, video},
};

fn changed(world: &World, kind: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut schema = on_main(world, kind).unwrap();
    change(&mut schema);
    schema
}

fn described() -> World {
    let world = published();
    let mut document = video("Watch");
    document["description"] = json!("Said in passing.");
    world.put("video/v", document);
    world.publish();
    world
}

fn child_summary(world: &World) -> Value {
    world.delivered("lesson/l1", "en").unwrap()["children"][1]["summary"].clone()
}

#[test]
fn a_field_made_private_leaves_what_learners_get_and_what_parents_show_of_it() {
    let world = described();
    assert_eq!(
        world.delivered("video/v", "en").unwrap()["document"]["description"],
        "Said in passing."
    );
    let private = changed(&world, "schema/video", |schema| {
        let field = schema["properties"]["description"].as_object_mut().unwrap();
        field.retain(|name, _| !name.starts_with("x-"));
        field.insert("x-private".into(), json!(true));
    });
    world.put("schema/video", private);
    let plan = world.plan();
    assert!(plan.report.remade.contains(&key("video/v")), "the plan says so: {:?}", plan.report);
    let published = world.publish().report;
    assert!(published.remade.contains(&key("video/v")));
    assert_eq!(published.changes_count, 1, "the schema, and no other entry");
    assert!(world.delivered("video/v", "en").unwrap()["document"]["description"].is_null());
    assert!(child_summary(&world)["description"].is_null());
    assert_as_from_nothing(&world);
    assert_as_effective(&world);
    world.verify();
}

#[test]
fn a_summary_a_letter_and_a_place_follow_their_kind() {
    let world = described();
    let before = world.delivered("video/v", "en").unwrap();
    // What a parent shows of a video is not a part of the video's own document.
    let unshown = changed(&world, "schema/video", |schema| {
        schema["properties"]["duration_s"].as_object_mut().unwrap().remove("x-summary");
    });
    assert!(child_summary(&world)["duration_s"].is_number());
    world.put("schema/video", unshown);
    world.publish();
    assert!(child_summary(&world)["duration_s"].is_null());
    assert_eq!(world.delivered("video/v", "en").unwrap(), before);
    assert_as_from_nothing(&world);

    let lettered = changed(&world, "schema/video", |schema| schema["x-letter"] = json!("w"));
    world.put("schema/video", lettered);
    let report = world.publish().report;
    let moved: Vec<_> = report.routes.iter().map(|route| route.to.clone().unwrap()).collect();
    assert_eq!(moved, ["counting/first/one/w/watch"]);
    assert_as_from_nothing(&world);

    let never = changed(&world, "schema/video", |schema| {
        schema["x-place"] = json!("never");
        schema.as_object_mut().unwrap().remove("x-letter");
    });
    world.put("schema/video", never);
    let report = world.publish().report;
    assert_eq!(report.retired, [key("video/v")]);
    assert_eq!(
        world.delivered("lesson/l1", "en").unwrap()["children"].as_array().unwrap().len(),
        1
    );
    let waiting = world.production().not_public(&world.main(), None, 10, 0).unwrap();
    assert!(waiting.rows.is_empty(), "{:?}", waiting.rows);
    assert_as_effective(&world);
    world.verify();
}

#[test]
fn a_change_of_a_kind_that_says_nothing_of_what_is_delivered_makes_nothing_anew() {
    let world = described();
    let free = changed(&world, "schema/video", |schema| {
        schema["properties"]["subtitle"] =
            json!({"title": "Subtitle", "description": "Under the title.", "type": "string"});
    });
    world.put("schema/video", free);
    let report = world.publish().report;
    assert_eq!((report.remade_count, report.delivered.changed), (0, 0));
    assert_as_from_nothing(&world);
}

#[test]
fn a_channel_that_begins_with_a_few_chosen_entries_has_the_kinds_and_languages_that_they_need() {
    let world = World::new();
    world.import(&course());
    world.import(&[
        line("locale/es", json!({"name": "Español", "english_name": "Spanish", "direction": "ltr", "policy": {"untranslated": "source"}})),
        json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}}),
    ]);
    let chosen = ["topic/root", "course/c", "unit/u1", "lesson/l1", "video/v"];
    world.publish_only(&chosen).unwrap();
    assert_eq!(world.delivered("video/v", "es").unwrap()["document"]["title"], "Mira");
    let state = world.repository.resolve("production").unwrap();
    for needed in ["schema/video", "schema/lesson", "schema/topic", "locale/es", "schema/locale"] {
        assert!(world.history().show(&state, &key(needed)).unwrap().is_some(), "{needed}");
    }
    assert!(world.history().show(&state, &key("schema/article")).unwrap().is_none());
    assert_as_effective(&world);
    // A chosen entry that a newer version of its kind made possible brings that version, and its other effects,
    // along.
    let mut used = video("Watch");
    used["subtitle"] = json!("Sub");
    let schema = changed(&world, "schema/video", |schema| {
        schema["properties"]["subtitle"] =
            json!({"title": "Subtitle", "description": "Under the title.", "type": "string"});
    });
    world.put("schema/video", schema);
    world.put("video/w", video("Other"));
    world.put("lesson/l1", container("One", &["exercise/e1", "video/v", "video/w"]));
    world.publish_only(&["lesson/l1", "video/w"]).unwrap();
    let live = |world: &World| {
        let state = world.repository.resolve("production").unwrap();
        world.history().show(&state, &key("schema/video")).unwrap().unwrap().document.unwrap()
    };
    assert!(live(&world)["properties"]["subtitle"].is_null(), "it is valid without");
    world.put("video/v", used);
    world.publish_only(&["video/v"]).unwrap();
    assert!(live(&world)["properties"]["subtitle"].is_object());
    assert_eq!(world.delivered("video/v", "en").unwrap()["document"]["subtitle"], "Sub");
    assert_as_effective(&world);
    world.verify();
}

#[test]
fn a_renamed_field_keeps_its_translations_wherever_they_were_made() {
    let world = described();
    world.speak("es");
    let title = json!({"title": "Mira", "description": "Dicho de paso."});
    world.import(&[json!({"key": "video/v", "locale": "es", "document": title})]);
    world.publish();
    let draft = super::drafting::begin(&world, "Translate").draft;
    let mut translation = on_main(&world, "video/v@es").unwrap();
    translation["segments"]["/description"]["text"] = json!("Dicho al pasar.");
    super::drafting::save(&world, &draft, "video/v@es", &translation);
    let renamed = changed(&world, "schema/video", |schema| {
        let properties = schema["properties"].as_object_mut().unwrap();
        let mut about = properties.remove("description").unwrap();
        about["x-was"] = json!(["description"]);
        properties.insert("about".into(), about);
    });
    let mut document = on_main(&world, "video/v").unwrap();
    let words = document.as_object_mut().unwrap().remove("description").unwrap();
    document["about"] = words;
    world.commit(&[("schema/video", Some(renamed)), ("video/v", Some(document))]).unwrap();
    world.publish();
    let spanish =
        |world: &World| world.delivered("video/v", "es").unwrap()["document"]["about"].clone();
    assert_eq!(spanish(&world), "Dicho de paso.");
    assert_as_from_nothing(&world);
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    world.publish();
    assert_eq!(spanish(&world), "Dicho al pasar.");
    assert_eq!(
        on_main(&world, "video/v@es").unwrap()["segments"]["/about"]["text"],
        "Dicho al pasar."
    );
    let copy = World::new();
    copy.import(&world.export(&world.main()));
    assert_eq!(copy.export(&copy.main()), world.export(&world.main()));
    world.verify();
}

#[test]
fn a_mistake_in_a_kind_is_held_back_alone() {
    let world = described();
    let draft = super::drafting::begin(&world, "A slip").draft;
    let bad = changed(&world, "schema/video", |schema| schema["x-nonsense"] = json!(1));
    super::drafting::save(&world, &draft, "schema/video", &bad);
    super::drafting::save(&world, &draft, "video/v", &video("See"));
    world.drafts().commit(&draft, None, &world.stamp("so far")).unwrap();
    let request = cms_core::repo::PublishRequest {
        target: Some(draft.branch().to_string()),
        ..world.request()
    };
    let report = world.production().publish(&request).unwrap().report;
    let held: Vec<_> = report.held_back.iter().map(|row| row.key.to_string()).collect();
    assert_eq!(held, ["schema/video"]);
    assert_eq!(world.delivered("video/v", "en").unwrap()["document"]["title"], "See");
    world.verify();
}
