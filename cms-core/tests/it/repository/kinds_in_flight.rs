//! Kinds that change while others work: work begun under the old kind arrives under the new one.

use cms_core::schema::Role;
use cms_core::{
    document::Choice,
    repo::{BringError, DraftId, MergeError, Settling, State},
};
use serde_json::{Value, json};

use super::{
    drafting::{begin, commit_to, on_main, save, started},
    world::{World, key, video},
};

fn described(title: &str, words: &str) -> Value {
    let mut document = video(title);
    document["description"] = json!(words);
    document
}

fn about(title: &str, words: &str) -> Value {
    let mut document = video(title);
    document["about"] = json!(words);
    document
}

/// The kind of videos with another name for the description.
fn with_about(world: &World) -> Value {
    let mut schema = on_main(world, "schema/video").unwrap();
    let properties = schema["properties"].as_object_mut().unwrap();
    let mut about = properties.remove("description").unwrap();
    about["x-was"] = json!(["description"]);
    properties.insert("about".into(), about);
    schema
}

fn with_subtitle(world: &World) -> Value {
    let mut schema = on_main(world, "schema/video").unwrap();
    schema["properties"]["subtitle"] =
        json!({"title": "Subtitle", "description": "Under the title.", "type": "string"});
    schema
}

fn merge(world: &World, draft: &DraftId) -> Result<(), BringError> {
    world.drafts().merge(draft, &world.stamp("merge")).map(|_| ())
}

fn in_draft(world: &World, draft: &DraftId, text: &str) -> Value {
    world.drafts().document(draft, &key(text)).unwrap().unwrap()
}

fn head(world: &World, draft: &DraftId) -> State {
    State::Commit(world.drafts().one(draft).unwrap().head)
}

#[test]
fn a_draft_that_is_older_than_a_kind_is_not_judged_by_the_kind_that_it_was_begun_under() {
    let world = started();
    let [old, new] = ["Old", "New"].map(|title| begin(&world, title).draft);
    let mut lesson = on_main(&world, "lesson/l1").unwrap();
    lesson["title"] = json!("Renamed");
    save(&world, &old, "lesson/l1", &lesson);
    let mut used = video("Watch");
    used["subtitle"] = json!("Sub");
    save(&world, &new, "schema/video", &with_subtitle(&world));
    save(&world, &new, "video/v", &used);
    merge(&world, &new).unwrap();
    merge(&world, &old).unwrap();
    assert_eq!(on_main(&world, "lesson/l1").unwrap()["title"], "Renamed");
    assert_eq!(on_main(&world, "video/v").unwrap()["subtitle"], "Sub");
    world.verify();
}

#[test]
fn what_two_drafts_add_to_one_kind_is_in_force_together() {
    let world = started();
    let [one, two] = ["One", "Two"].map(|title| begin(&world, title).draft);
    let mut schema = on_main(&world, "schema/video").unwrap();
    schema["properties"]["channel"] =
        json!({"title": "Channel", "description": "Where from.", "type": "string"});
    save(&world, &two, "schema/video", &schema);
    let mut other = video("Other");
    other["channel"] = json!("Ours");
    save(&world, &two, "video/w", &other);
    let mut used = video("Watch");
    used["subtitle"] = json!("Sub");
    save(&world, &one, "schema/video", &with_subtitle(&world));
    save(&world, &one, "video/v", &used);
    merge(&world, &one).unwrap();
    merge(&world, &two).unwrap();
    let schema = on_main(&world, "schema/video").unwrap();
    assert!(schema["properties"]["subtitle"].is_object());
    assert!(schema["properties"]["channel"].is_object());
    assert!(
        !world
            .drafts()
            .check_schemas(&begin(&world, "T").draft, &mut |_, _| true)
            .unwrap()
            .is_cancelled
    );
    world.verify();
}

#[test]
fn words_edited_under_the_old_name_of_a_field_arrive_under_the_new_one() {
    let world = started();
    world.put("video/v", described("Watch", "First words here."));
    let [old, new, typed] = ["Old", "New", "Typed"].map(|title| begin(&world, title).draft);
    commit_to(&world, &old, &[("video/v", Some(described("Watch", "Edited words here.")))]);
    commit_to(&world, &old, &[("video/added", Some(described("Added", "In the old draft.")))]);
    save(&world, &typed, "video/v", &described("Watch", "First words here, typed."));
    save(&world, &new, "schema/video", &with_about(&world));
    save(&world, &new, "video/v", &about("Watch", "First words here."));
    merge(&world, &new).unwrap();
    let before = world.main();

    world.drafts().rebase(&old, &world.stamp("rebase")).unwrap();
    assert!(world.drafts().conflicts(&old).unwrap().entries.is_empty());
    assert_eq!(in_draft(&world, &old, "video/v"), about("Watch", "Edited words here."));
    assert_eq!(in_draft(&world, &old, "video/added"), about("Added", "In the old draft."));
    merge(&world, &old).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap(), about("Watch", "Edited words here."));
    assert_eq!(on_main(&world, "video/added").unwrap(), about("Added", "In the old draft."));

    // The same words edited by two people are a conflict at the field's new place, and settling it ends it.
    world.drafts().rebase(&typed, &world.stamp("rebase")).unwrap();
    let conflicts = world.drafts().conflicts(&typed).unwrap().entries;
    let places: Vec<_> =
        conflicts.iter().flat_map(|entry| &entry.conflicts).map(|found| &*found.pointer).collect();
    assert!(places.is_empty() || places == ["/about"], "{places:?}");
    for pointer in places.into_iter().map(str::to_owned) {
        let settling = Settling::Place { key: key("video/v"), pointer, choice: Choice::Ours };
        world.drafts().settle(&typed, &settling, &world.stamp("settle")).unwrap();
    }
    assert!(world.drafts().conflicts(&typed).unwrap().entries.is_empty());
    merge(&world, &typed).unwrap();
    assert!(on_main(&world, "video/v").unwrap()["about"].as_str().unwrap().contains("typed"));

    let blame = world.history().blame(&world.main(), &key("video/added")).unwrap().unwrap();
    let added = blame.iter().find(|row| row.leaf.pointer == "/about").unwrap();
    assert_eq!(
        added.note, "an edit",
        "whoever wrote the words is told, and not who renamed the field"
    );
    let told = world
        .repository
        .entry_difference(&before.clone().into(), &world.main().into(), &key("video/v"))
        .unwrap();
    assert!(told.unwrap().renamed.is_empty(), "both have the new name");
    world.verify();
}

#[test]
fn a_rename_is_told_as_one_and_its_patch_leads_from_the_one_document_to_the_other() {
    let world = started();
    world.put("video/v", described("Watch", "First words here."));
    let before = world.main();
    let draft = begin(&world, "Rename").draft;
    save(&world, &draft, "schema/video", &with_about(&world));
    save(&world, &draft, "video/v", &about("Watch", "First words there."));
    merge(&world, &draft).unwrap();
    let found = world
        .repository
        .entry_difference(&before.clone().into(), &world.main().into(), &key("video/v"))
        .unwrap()
        .unwrap();
    assert_eq!(found.renamed.len(), 1);
    assert_eq!((&*found.renamed[0].from, &*found.renamed[0].pointer), ("/description", "/about"));
    let changed: Vec<&str> = found.diff.changes.iter().map(|change| &*change.pointer).collect();
    assert_eq!(changed, ["/about"]);
    let patch = world
        .repository
        .entry_patch(&before.clone().into(), &world.main().into(), &key("video/v"))
        .unwrap();
    let steps = patch.unwrap();
    assert_eq!(steps[0], json!({"op": "move", "from": "/description", "path": "/about"}));
    assert_eq!(steps[1]["path"], "/about");
}

#[test]
fn a_mistake_in_a_kind_is_a_violation_of_that_kind_and_damages_nothing() {
    let world = started();
    let draft = begin(&world, "A slip").draft;
    let good = on_main(&world, "schema/video").unwrap();
    let mut bad = good.clone();
    bad["x-nonsense"] = json!(1);
    let saved = save(&world, &draft, "schema/video", &bad);
    assert_eq!(saved.violations[0].pointer, "/x-nonsense");
    world.drafts().commit(&draft, None, &world.stamp("so far")).unwrap();
    let rows = world.drafts().changes(&draft).unwrap().rows;
    assert_eq!(rows[0].violations_count, 1);
    // The rest of the draft is judged by the kind as it was before the mistake.
    assert!(world.history().show(&head(&world, &draft), &key("video/v")).unwrap().is_some());
    assert_eq!(save(&world, &draft, "video/v", &video("See")).violations, []);
    assert_eq!(save(&world, &draft, "video/v", &json!({"nonsense": 1})).violations.len(), 3);
    save(&world, &draft, "video/v", &video("See"));
    let refused = merge(&world, &draft).unwrap_err();
    let BringError::Merge(MergeError::Refused { refusals }) = refused else { panic!("{refused}") };
    assert_eq!(refusals[0].key, key("schema/video"));
    world.drafts().rebase(&draft, &world.stamp("up")).unwrap_err();
    world.drafts().check_schemas(&draft, &mut |_, _| true).unwrap();
    save(&world, &draft, "schema/video", &good);
    merge(&world, &draft).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "See");
    // A kind that never compiled is not a kind; its schema stays and can be mended.
    let draft = begin(&world, "A new kind").draft;
    save(&world, &draft, "schema/film", &bad);
    world.drafts().commit(&draft, None, &world.stamp("so far")).unwrap();
    assert_eq!(world.drafts().changes(&draft).unwrap().rows.len(), 1);
    world.verify();
}

/// A kind that two people changed in incompatible ways is in conflict, and its entries are still of that kind.
#[test]
fn a_kind_in_conflict_is_in_force_as_this_side_has_it() {
    let world = started();
    let draft = begin(&world, "Title").draft;
    let titled = |text: &str| {
        let mut schema = on_main(&world, "schema/video").unwrap();
        schema["title"] = json!(text);
        schema
    };
    save(&world, &draft, "schema/video", &titled("Film"));
    save(&world, &draft, "video/v", &video("See"));
    world.put("schema/video", titled("Clip"));
    let merged = world.drafts().rebase(&draft, &world.stamp("up")).unwrap();
    assert_eq!(merged.conflicted, [key("schema/video")]);
    assert_eq!(world.drafts().changes(&draft).unwrap().rows.len(), 2);
    assert_eq!(save(&world, &draft, "video/v", &video("Look")).violations, []);
    let pointer = "/title".to_owned();
    let settling = Settling::Place { key: key("schema/video"), pointer, choice: Choice::Theirs };
    world.drafts().settle(&draft, &settling, &world.stamp("settle")).unwrap();
    merge(&world, &draft).unwrap();
    assert_eq!(on_main(&world, "schema/video").unwrap()["title"], "Clip");
    world.verify();
}

#[test]
fn a_kind_is_not_trashed_under_its_entries() {
    let world = started();
    let refused = world.commit(&[("schema/video", None)]).unwrap_err();
    assert!(refused.to_string().contains("video/v is of this kind"), "{refused}");
    world.commit(&[("schema/article", None)]).unwrap();
    world.verify();
}

/// A commit of working copies used to leave the back-links as the previous kind had them.
#[test]
fn a_kind_typed_in_a_draft_links_otherwise_as_soon_as_it_is_committed() {
    let world = started();
    let draft = begin(&world, "Loose").draft;
    let mut schema = on_main(&world, "schema/lesson").unwrap();
    let link = &mut schema["properties"]["children"]["items"]["x-link"];
    link.as_object_mut().unwrap().remove("contains");
    save(&world, &draft, "schema/lesson", &schema);
    let mut lesson = on_main(&world, "lesson/l2").unwrap();
    lesson["children"] = json!(["video/v"]);
    save(&world, &draft, "lesson/l2", &lesson);
    world.drafts().commit(&draft, None, &world.stamp("so far")).unwrap();
    let used = world.repository.where_used(&head(&world, &draft), &key("video/v")).unwrap();
    let told: Vec<_> = used.iter().map(|used| (used.by.to_string(), used.role)).collect();
    let refers = |by: &str| (by.to_owned(), Role::Refers);
    assert_eq!(told, [refers("lesson/l1"), refers("lesson/l2"), refers("lesson/l3")]);
    world.verify();
}
