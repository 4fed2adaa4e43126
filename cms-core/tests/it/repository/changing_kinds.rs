//! Kinds that change: what becomes of their entries, links and old revisions.

use cms_core::{
    model::name::Branch,
    repo::{BatchStep, BringError, ImportError, MergeError},
    schema::Role,
};
use serde_json::{Value, json};

use super::{
    drafting::{begin, commit_to, on_main, started},
    world::{World, container, key, line, video},
};

#[test]
fn a_schema_changes_with_what_it_would_break() {
    let world = started();
    let draft = begin(&world, "Videos have a grade").draft;
    let mut schema = on_main(&world, "schema/video").unwrap();
    schema["properties"]["level"] =
        json!({"title": "Level", "description": "How hard.", "type": "string"});
    let required = schema["required"].as_array_mut().unwrap();
    required.push(json!("level"));
    commit_to(&world, &draft, &[("schema/video", Some(schema.clone()))]);
    let mut told = Vec::new();
    let report = world
        .drafts()
        .check_schemas(&draft, &mut |done, all| {
            told.push((done, all));
            true
        })
        .unwrap();
    assert_eq!((report.entries_count, report.broken_count), (1, 1));
    assert_eq!(report.broken[0].violations[0].pointer, "/level");
    assert_eq!(told.last(), Some(&(1, 1)));
    let refused = world.drafts().merge(&draft, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, BringError::Merge(MergeError::Refused { .. })), "{refused}");

    // A migration is a batch in the same draft, reviewed like any other change.
    let steps = [BatchStep::Set { pointer: "/level".into(), value: json!("easy") }];
    world
        .drafts()
        .batch(&draft, &[key("video/v")], &steps, false, &world.stamp("migrate"))
        .unwrap();
    assert_eq!(world.drafts().check_schemas(&draft, &mut |_, _| true).unwrap().broken_count, 0);
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap()["level"], "easy");
    assert!(world.commit(&[("video/v", Some(video("Without")))]).is_err());
    world.verify();
}

#[test]
fn a_schema_that_sees_other_links_links_otherwise() {
    let world = started();
    let used = |text: &str| world.repository.where_used(&world.main(), &key(text)).unwrap().len();
    assert_eq!(used("exercise/e1"), 1);
    let mut schema = on_main(&world, "schema/lesson").unwrap();
    let link = &mut schema["properties"]["children"]["items"]["x-link"];
    link.as_object_mut().unwrap().remove("contains");
    link["kinds"] = json!(["video", "article", "quiz", "exercise"]);
    world.put("schema/lesson", schema);
    assert_eq!(
        world.repository.where_used(&world.main(), &key("exercise/e1")).unwrap()[0].role,
        Role::Refers
    );
    world.verify();
}

#[test]
fn an_old_revision_comes_back_in_todays_form() {
    let world = started();
    let mut old = video("Second");
    old["description"] = json!("As it was.");
    world.put("video/v", old);
    let log = world.history().entry_log(&world.main(), &key("video/v"), 1).unwrap().unwrap();
    let mut now = video("Third");
    now.as_object_mut().unwrap().remove("description");
    world.put("video/v", now);
    // The description has another name, the licence is gone, and there must be a level.
    let mut schema = on_main(&world, "schema/video").unwrap();
    let properties = schema["properties"].as_object_mut().unwrap();
    let mut about = properties.remove("description").unwrap();
    about["x-was"] = json!(["description"]);
    properties.insert("about".into(), about);
    let level =
        json!({"title": "Level", "description": "How hard.", "type": "string", "default": "easy"});
    properties.insert("level".into(), level);
    schema["required"].as_array_mut().unwrap().push(json!("level"));
    let draft = begin(&world, "Videos have a level").draft;
    commit_to(&world, &draft, &[("schema/video", Some(schema))]);
    let steps = [BatchStep::Set { pointer: "/level".into(), value: json!("hard") }];
    let stamp = world.stamp("migrate");
    world.drafts().batch(&draft, &[key("video/v")], &steps, false, &stamp).unwrap();
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();

    let stamp = world.stamp("as it was");
    world.repository.restore(&Branch::Main, &key("video/v"), log[0].revision, &stamp).unwrap();
    let restored = on_main(&world, "video/v").unwrap();
    assert_eq!(restored["title"], "Second");
    assert_eq!((&restored["about"], &restored["level"]), (&json!("As it was."), &json!("easy")));
    let newest = world.history().entry_log(&world.main(), &key("video/v"), 1).unwrap().unwrap();
    assert_eq!(newest[0].note, "as it was; /about was called description; /level has its default");
    world.verify();
}

/// The kind of videos, with a level that every one must have.
fn with_level(world: &World) -> Value {
    let mut schema = on_main(world, "schema/video").unwrap();
    let level = json!({"title": "Level", "description": "How hard.", "type": "string"});
    schema["properties"]["level"] = level;
    schema["required"].as_array_mut().unwrap().push(json!("level"));
    schema
}

fn leveled(title: &str) -> Value {
    let mut document = video(title);
    document["level"] = json!("easy");
    document
}

/// The refused rows of an import, as line, key and first pointer.
fn refused(world: &World, lines: &[Value], skip_invalid: bool) -> Vec<(u64, String, String)> {
    let before = world.main();
    let refused = world.try_import(lines, |options| options.skip_invalid = skip_invalid);
    let Err(ImportError::Refused { report }) = refused else { panic!("{refused:#?}") };
    assert_eq!(world.main(), before, "nothing is imported");
    assert_eq!(report.refused_count, report.refused.len() as u64);
    let row = |row: &cms_core::repo::RefusedLine| {
        (row.line, row.key.clone().unwrap(), row.reasons[0].pointer.clone())
    };
    report.refused.iter().map(row).collect()
}

/// An import of a schema used to leave the entries that it did not name invalid.
#[test]
fn an_imported_schema_is_in_force_for_what_no_line_names() {
    let world = started();
    world.put("video/w", video("Other"));
    let schema = line("schema/video", with_level(&world));
    let broken = |line: u64, id: &str| (line, format!("video/{id}"), "/level".to_owned());
    let lines = [schema.clone(), line("video/w", leveled("Other"))];
    assert_eq!(refused(&world, &lines, false), [broken(0, "v")]);
    assert_eq!(refused(&world, &lines, true), [broken(0, "v")], "no line can be left out for it");
    let lines = [schema.clone(), line("video/w", video("Other")), line("video/v", video("New"))];
    assert_eq!(refused(&world, &lines, false), [broken(3, "v"), broken(2, "w")]);
    // Together with its migration it is accepted, in whatever order the lines come.
    let lines = [line("video/w", leveled("Other")), line("video/v", leveled("New")), schema];
    let report = world.import(&lines);
    assert_eq!((report.changed, report.refused_count), (3, 0));
    assert_eq!(on_main(&world, "video/v").unwrap()["level"], "easy");
    world.verify();
}

#[test]
fn an_imported_schema_brings_a_kind_and_other_links() {
    let world = started();
    let kind = on_main(&world, "schema/video").unwrap();
    let mut lesson = on_main(&world, "schema/lesson").unwrap();
    let link = &mut lesson["properties"]["children"]["items"]["x-link"];
    link.as_object_mut().unwrap().remove("contains");
    link["kinds"] = json!(["video", "article", "quiz", "exercise"]);
    let lines = [
        line("film/f", video("Film")),
        line("lesson/l2", container("Two", &["exercise/e2", "video/v"])),
        line("schema/lesson", lesson),
        line("schema/film", kind),
    ];
    let report = world.import(&lines);
    assert_eq!((report.added, report.changed), (2, 2));
    let uses = |text: &str| {
        let uses = world.repository.where_used(&world.main(), &key(text)).unwrap();
        uses.iter().map(|row| (row.by.to_string(), row.role)).collect::<Vec<_>>()
    };
    assert_eq!(uses("exercise/e1"), [("lesson/l1".to_owned(), Role::Refers)], "no line names it");
    assert_eq!(uses("exercise/e2"), [("lesson/l2".to_owned(), Role::Refers)]);
    world.verify();
}
