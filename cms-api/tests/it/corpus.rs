//! The laws of exercises through the product's own interfaces: always on the items of the fixtures, and on a corpus
//! of real ones if there is one.
//!
//! `CMS_TEST_PERSEUS_DATA` names the corpus's folder, in the form that `cms-perseus/tests/it/corpus.rs` describes. It
//! is not part of this repository.

mod answers;
mod refused;
mod scores;
mod stored;
#[path = "../../../cms-perseus/tests/it/telling.rs"]
mod telling;

use std::{
    env, fs,
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
};

use axum::http::StatusCode;
use cms_core::repo::{Bars, FindingsPolicy};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::test_app::{TestApp, by_ana, fixtures, import_documents, publish};

const FOLDER: &str = "CMS_TEST_PERSEUS_DATA";
const ITEMS_OF_AN_EXERCISE: usize = 4;
const EXERCISES_OF_A_LESSON: usize = 50;

/// An item in Perseus's form.
struct Named {
    name: String,
    item: Value,
}

/// The lines of a file of the corpus; none if there is no corpus.
fn corpus(file: &str) -> Option<Vec<Value>> {
    let folder = env::var_os(FOLDER).map(PathBuf::from)?;
    let path = folder.join(format!("{file}.ndjson.gz"));
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    let line = |line: std::io::Result<String>| serde_json::from_str(&line.expect("a line"));
    Some(lines.map(|text| line(text).expect("JSON")).collect())
}

/// The items of the corpus; none if there is no corpus.
fn real_items() -> Option<Vec<Named>> {
    let named =
        |mut line: Value| Named { name: line["name"].to_string(), item: line["item"].take() };
    let items = corpus("perseus-items");
    if items.is_none() {
        println!("the corpus is skipped: {FOLDER} names no folder");
    }
    Some(items?.into_iter().map(named).collect())
}

/// The small documents of the Perseus crate, one per line.
fn small_documents() -> impl Iterator<Item = Value> {
    let path = fixtures().join("../../cms-perseus/tests/fixtures/documents.ndjson");
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a document a line")).collect();
    lines.into_iter()
}

/// Small items of every widget.
fn small_items() -> Vec<Named> {
    // These are not valid items, or have numbers that no document may have.
    let others = ["refused", "numbers"];
    let is_item = |line: &Value| {
        line["form"] == "item" && !others.contains(&line["name"].as_str().unwrap_or_default())
    };
    let named =
        |mut line: Value| Named { name: line["name"].to_string(), item: line["document"].take() };
    small_documents().filter(is_item).map(named).collect()
}

/// An exercise of a course.
struct Exercise {
    key: String,
    document: Value,
    /// The name of each item.
    names: Vec<String>,
}

/// The published course of the fixtures, with one more exercise that has the given items.
struct Course {
    app: TestApp,
    exercises: Vec<Exercise>,
}

impl Course {
    fn of(items: Vec<Named>) -> Self {
        let app = TestApp::own();
        // Real items that can't be answered are as good here as any others.
        let policy = FindingsPolicy { bars: Bars::Nothing };
        let stamp = by_ana().stamp("real items");
        app.app.store().repository.set_findings_policy(policy, 0, &stamp).expect("it is set");
        let mut exercises = Vec::new();
        for (index, items) in items.chunks(ITEMS_OF_AN_EXERCISE).enumerate() {
            let slug = format!("real-{index}");
            let elements = items.iter().enumerate().map(|(position, named)| {
                let mut element = named.item.clone();
                element["id"] = json!(format!("i{position}"));
                element
            });
            let elements: Vec<Value> = elements.collect();
            exercises.push(Exercise {
                key: format!("exercise/{slug}"),
                document: json!({"title": format!("Exercise {index}"), "slug": slug, "items": elements}),
                names: items.iter().map(|named| named.name.clone()).collect(),
            });
        }
        let above = containers(&exercises);
        let entries = exercises.iter().map(|exercise| (exercise.key.as_str(), &exercise.document));
        let above = above.iter().map(|(key, document)| (key.as_str(), document));
        import_documents(app.app.store(), entries.chain(above));
        let published = publish(app.app.store());
        assert_eq!(published["report"]["report"]["held_back_count"], 0, "{published}");
        Self { app, exercises }
    }

    /// The course with the exercises of the fixtures themselves, as far as they have a place.
    async fn of_fixtures() -> Self {
        let mut course = Self::of(small_items());
        let folder = fixtures().join("exercise");
        let files = fs::read_dir(&folder).expect("the fixtures are there");
        let mut names: Vec<String> = files
            .map(|file| file.expect("a file").file_name().into_string().expect("a name"))
            .filter(|name| !name.contains('@'))
            .collect();
        names.sort();
        for name in names {
            let bytes = fs::read(folder.join(&name)).expect("a fixture");
            let document: Value = serde_json::from_slice(&bytes).expect("JSON");
            let items = document["items"].as_array().map_or(0, Vec::len);
            let key = format!("exercise/{}", name.trim_end_matches(".json"));
            let entry = format!("/v1/snapshots/{}/en/entries/{key}", course.app.snapshot().await);
            if course.app.get(&entry).await.status == StatusCode::NOT_FOUND {
                continue;
            }
            let names = (0..items).map(|item| format!("{key} {item}")).collect();
            course.exercises.push(Exercise { key, document, names });
        }
        course
    }
}

/// The containers of the exercises, from lessons up to the topic of the fixtures.
fn containers(exercises: &[Exercise]) -> Vec<(String, Value)> {
    let mut above = Vec::new();
    let mut lessons = Vec::new();
    for (index, exercises) in exercises.chunks(EXERCISES_OF_A_LESSON).enumerate() {
        let slug = format!("real-{index}");
        let children: Vec<&str> = exercises.iter().map(|exercise| exercise.key.as_str()).collect();
        let document = json!({"title": "Items", "slug": slug, "children": children});
        lessons.push(format!("lesson/{slug}"));
        above.push((format!("lesson/{slug}"), document));
    }
    let of = |children: Value| json!({"title": "Items", "slug": "real", "children": children});
    above.push(("unit/real".to_owned(), of(json!(lessons))));
    above.push(("course/real".to_owned(), of(json!(["unit/real"]))));
    let topic = fs::read(fixtures().join("topic/arithmetic.json")).expect("a fixture");
    let mut topic: Value = serde_json::from_slice(&topic).expect("JSON");
    topic["children"].as_array_mut().expect("children").push(json!("course/real"));
    above.push(("topic/arithmetic".to_owned(), topic));
    above
}
