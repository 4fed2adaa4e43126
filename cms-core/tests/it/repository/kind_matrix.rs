//! Every change of a kind combined with every edit of the other side, in both directions. The law: nothing is lost.
//! What each side wrote is in the result or in a conflict, or the merge is refused and everything stays as it was.

use cms_core::repo::{BringError, DraftId, MergeError, State};
use serde_json::{Value, json};

use super::{
    drafting::{begin, commit_to, on_main},
    world::{World, container, course, key, video},
};

const CHANGES: [(&str, Change); 9] = [
    ("an optional field", optional),
    ("a field that must be there, with a default", required),
    ("a rename", rename),
    ("a narrowing", narrowing),
    ("a removal", removal),
    ("a key for a list", keyed),
    ("an enum that grows", grown),
    ("an enum that shrinks", shrunk),
    ("a field made private", private),
];

const EDITS: [&str; 6] = ["none", "that field", "another", "add", "delete", "move"];

/// Which side changes the kind.
const SIDES: [&str; 2] = ["kind on main", "kind in the draft"];

const KIND_TOKEN: &str = "said by whoever changed the kind";
const EDIT_TOKEN: &str = "said by whoever knew nothing of it";

/// Changes the schema of videos, and a video with it; returns the name of the field that changes.
type Change = fn(schema: &mut Value, video: &mut Value) -> &'static str;
type Changes = Vec<(&'static str, Option<Value>)>;

fn field(schema: &mut Value, name: &str) -> Value {
    schema["properties"].as_object_mut().unwrap().remove(name).unwrap()
}

fn text(title: &str) -> Value {
    json!({"title": title, "description": "What it says.", "type": "string"})
}

fn optional(schema: &mut Value, video: &mut Value) -> &'static str {
    schema["properties"]["subtitle"] = text("Subtitle");
    video["subtitle"] = json!("Sub");
    "description"
}

fn required(schema: &mut Value, video: &mut Value) -> &'static str {
    schema["properties"]["audience"] = text("Audience");
    schema["properties"]["audience"]["default"] = json!("all");
    schema["required"].as_array_mut().unwrap().push(json!("audience"));
    video["audience"] = json!("some");
    "description"
}

fn rename(schema: &mut Value, video: &mut Value) -> &'static str {
    let mut about = field(schema, "description");
    about["x-was"] = json!(["description"]);
    schema["properties"]["about"] = about;
    let words = video.as_object_mut().unwrap().remove("description").unwrap();
    video["about"] = words;
    "description"
}

fn narrowing(schema: &mut Value, _: &mut Value) -> &'static str {
    schema["properties"]["description"]["maxLength"] = json!(20);
    "description"
}

fn removal(schema: &mut Value, video: &mut Value) -> &'static str {
    field(schema, "description");
    video.as_object_mut().unwrap().remove("description");
    "description"
}

fn keyed(schema: &mut Value, _: &mut Value) -> &'static str {
    schema["properties"]["notes"]["x-key"] = json!("id");
    "notes"
}

fn grown(schema: &mut Value, video: &mut Value) -> &'static str {
    schema["properties"]["level"]["enum"] = json!(["easy", "middling", "hard"]);
    video["level"] = json!("middling");
    "level"
}

fn shrunk(schema: &mut Value, video: &mut Value) -> &'static str {
    schema["properties"]["level"]["enum"] = json!(["easy"]);
    video["level"] = json!("easy");
    "level"
}

fn private(schema: &mut Value, _: &mut Value) -> &'static str {
    let description = schema["properties"]["description"].as_object_mut().unwrap();
    description.retain(|name, _| !name.starts_with("x-"));
    description.insert("x-private".into(), json!(true));
    "description"
}

fn told(title: &str) -> Value {
    let mut document = video(title);
    document["description"] = json!("First words here.");
    document["level"] = json!("easy");
    document["notes"] = json!([{"id": "n1", "text": "One."}, {"id": "n2", "text": "Two."}]);
    document
}

fn world() -> World {
    let world = World::new();
    world.import(&course());
    let mut schema = on_main(&world, "schema/video").unwrap();
    schema["properties"]["level"] = text("Level");
    schema["properties"]["level"]["enum"] = json!(["easy", "hard"]);
    let note = json!({"title": "Note", "description": "One.", "type": "object", "additionalProperties": false,
        "required": ["id", "text"], "properties": {"id": text("Id"), "text": text("Text")}});
    schema["properties"]["notes"] =
        json!({"title": "Notes", "description": "Some.", "type": "array", "items": note});
    world.put("schema/video", schema);
    world.put("video/v", told("Watch"));
    world.put("video/w", told("Other"));
    world
}

/// The changes of the side that changes the kind, and with it every video.
fn kind_side(world: &World, change: Change) -> (Changes, &'static str) {
    let mut schema = on_main(world, "schema/video").unwrap();
    let (mut first, mut second) = (told("Watch"), told("Other"));
    first["author_notes"] = json!(KIND_TOKEN);
    let field = change(&mut schema, &mut first);
    change(&mut on_main(world, "schema/video").unwrap(), &mut second);
    let changes =
        vec![("schema/video", Some(schema)), ("video/v", Some(first)), ("video/w", Some(second))];
    (changes, field)
}

/// The changes of the other side.
fn other_side(edit: &str, field: &str) -> Changes {
    let mut document = told("Watch");
    match edit {
        "that field" => {
            match field {
                "notes" => document["notes"][1]["text"] = json!(EDIT_TOKEN),
                "level" => {
                    document["level"] = json!("hard");
                    document["title"] = json!(EDIT_TOKEN);
                }
                field => document[field] = json!(EDIT_TOKEN),
            }
            vec![("video/v", Some(document))]
        }
        "another" => {
            document["title"] = json!(EDIT_TOKEN);
            vec![("video/v", Some(document))]
        }
        "add" => {
            let mut added = told("Added");
            added["title"] = json!(EDIT_TOKEN);
            vec![
                ("video/added", Some(added)),
                ("lesson/l2", Some(container("Two", &["exercise/e2", "video/added"]))),
            ]
        }
        "delete" => vec![
            ("video/v", None),
            ("lesson/l1", Some(container("One", &["exercise/e1"]))),
            ("lesson/l3", Some(container("Three", &["exercise/e3"]))),
        ],
        "move" => vec![
            ("lesson/l1", Some(container("One", &["exercise/e1"]))),
            ("lesson/l2", Some(container("Two", &["exercise/e2", "video/v"]))),
        ],
        _ => Vec::new(),
    }
}

/// All documents of a state, as one text.
fn all(world: &World, state: &State) -> String {
    world.export(state).iter().map(ToString::to_string).collect()
}

fn head(world: &World, draft: &DraftId) -> State {
    State::Commit(world.drafts().one(draft).unwrap().head)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Merged,
    Conflicted,
    Refused,
}

/// One cell of the matrix.
fn cell(change: Change, edit: &str, side: &str) -> End {
    let world = world();
    let draft = begin(&world, "Other").draft;
    let (kind, field) = kind_side(&world, change);
    let other = other_side(edit, field);
    let [on_main_now, in_draft] = if side == SIDES[0] { [kind, other] } else { [other, kind] };
    if !in_draft.is_empty() {
        commit_to(&world, &draft, &in_draft);
    }
    if !on_main_now.is_empty() {
        world.commit(&on_main_now).unwrap();
    }
    let before = [all(&world, &world.main()), all(&world, &head(&world, &draft))];
    let said = |token: &str| before.iter().any(|texts| texts.contains(token));
    let tokens: Vec<&str> =
        [KIND_TOKEN, EDIT_TOKEN].into_iter().filter(|token| said(token)).collect();
    let end = match world.drafts().merge(&draft, &world.stamp("merge")) {
        Ok(_) => End::Merged,
        Err(BringError::Merge(MergeError::NothingToMerge { .. })) => return End::Merged,
        Err(BringError::Merge(MergeError::Conflicts { .. })) => End::Conflicted,
        Err(BringError::Merge(MergeError::Refused { .. })) => End::Refused,
        Err(error) => panic!("{error}"),
    };
    if end == End::Merged {
        let merged = all(&world, &world.main());
        for token in tokens {
            assert!(merged.contains(token), "{token:?} is not in what was merged: {merged}");
        }
        if (edit, field) == ("that field", "level") {
            assert_eq!(on_main(&world, "video/v").unwrap()["level"], "hard");
        }
        assert_eq!(edit == "delete", on_main(&world, "video/v").is_none());
        world.verify();
        return end;
    }
    let after = [all(&world, &world.main()), all(&world, &head(&world, &draft))];
    assert_eq!(before, after, "what is refused changes nothing");
    // After the draft is brought up to date, each word is in the draft or in one of its conflicts.
    world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    let conflicts = world.drafts().conflicts(&draft).unwrap();
    let held = format!(
        "{}{}",
        all(&world, &head(&world, &draft)),
        serde_json::to_string(&conflicts).unwrap()
    );
    for token in tokens {
        assert!(held.contains(token), "{token:?} is nowhere: {held}");
    }
    let changes = world.drafts().changes(&draft).unwrap();
    let broken = world.drafts().check_schemas(&draft, &mut |_, _| true).unwrap().broken_count;
    let is_told = broken > 0
        || !conflicts.entries.is_empty()
        || !conflicts.catalogue.is_empty()
        || changes.rows.iter().any(|row| row.violations_count > 0);
    assert!(is_told, "what is in the way is told in the draft");
    assert!(world.history().show(&head(&world, &draft), &key("video/w")).unwrap().is_some());
    end
}

fn row(name: &str) {
    let change = CHANGES.iter().find(|(known, _)| *known == name).unwrap().1;
    let mut ends = Vec::new();
    for edit in EDITS {
        for side in SIDES {
            let end = std::panic::catch_unwind(|| cell(change, edit, side));
            let end = end.unwrap_or_else(|_| panic!("{name}, {edit}, {side}"));
            println!("{name}, {edit}, {side}: {end:?}");
            ends.push(end);
        }
    }
    println!("{} cells of {} in the matrix", ends.len(), CHANGES.len() * EDITS.len() * SIDES.len());
    // Combinations that neither side can have meant to stop go through by themselves.
    let stopped = ends.iter().filter(|end| **end != End::Merged).count();
    assert!(stopped <= 6, "{stopped} of {} are stopped", ends.len());
}

macro_rules! rows {
    ($($test:ident = $name:literal,)*) => {
        $(#[test] fn $test() { row($name); })*

        #[test]
        fn every_change_of_a_kind_has_a_row() {
            assert_eq!([$($name),*], CHANGES.map(|(name, _)| name));
        }
    };
}

rows! {
    an_optional_field_loses_nobodys_words = "an optional field",
    a_required_field_with_a_default_loses_nobodys_words = "a field that must be there, with a default",
    a_rename_loses_nobodys_words = "a rename",
    a_narrowing_loses_nobodys_words = "a narrowing",
    a_removal_loses_nobodys_words = "a removal",
    a_key_for_a_list_loses_nobodys_words = "a key for a list",
    an_enum_that_grows_loses_nobodys_words = "an enum that grows",
    an_enum_that_shrinks_loses_nobodys_words = "an enum that shrinks",
    a_field_made_private_loses_nobodys_words = "a field made private",
}
