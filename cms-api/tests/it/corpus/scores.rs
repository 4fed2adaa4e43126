//! An attempt is scored over HTTP as Perseus scores it in process, alone and in batches; the answer that an item
//! stores is worth all its points.

use std::{collections::BTreeMap, sync::LazyLock, time::Instant};

use cms_perseus::{Engine, Fault, Form, Limits};
use serde_json::{Value, json};

use super::{Course, corpus, real_items, small_documents, stored::stored_answers};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Limits::default()));

/// The number of attempts that are sent together.
const BATCH: usize = 100;
const LOCALES: [&str; 2] = ["en", "de"];

/// An attempt as it is sent, and Perseus's own result.
struct Attempt {
    name: String,
    body: Value,
    expected: Value,
    /// The type of the only scored widget, if the input is the stored answer.
    whole: Option<String>,
}

/// Perseus's result for an input, or the code of the problem.
fn in_process(item: &Value, input: &Value, locale: &str) -> Value {
    match ENGINE.score(item, None, input, locale) {
        Ok(scored) => json!({"score": scored.score, "widgets": scored.widgets}),
        Err(Fault::RefusedInput(_) | Fault::Threw { .. }) => json!("input-refused"),
        Err(fault) => panic!("{fault}"),
    }
}

fn told(answer: &Value) -> Value {
    match answer.get("code") {
        Some(code) => code.clone(),
        None => answer.clone(),
    }
}

/// Whether an input is for a widget that the item has.
fn fits(input: &Value, item: &Value) -> bool {
    let names = input.as_object().into_iter().flat_map(|fields| fields.keys());
    names.into_iter().any(|name| item["question"]["widgets"].get(name).is_some())
}

/// The type of an item's only scored widget, if there is exactly one.
fn only_widget(item: &Value, stored: &Value) -> Option<String> {
    let widgets = item["question"]["widgets"].as_object()?;
    let (name, widget) = widgets.iter().next().filter(|_| widgets.len() == 1)?;
    let is_asked = widget["graded"] != false && widget["static"] != true;
    let content = item["question"]["content"].as_str()?;
    let is_placed = content.contains(&format!("[[☃ {name}]]"));
    let is_scored = is_asked && is_placed && stored.get(name).is_some();
    let is_scored = is_scored && is_typed_as_stored(widget);
    is_scored.then(|| widget["type"].as_str().map(str::to_owned)).flatten()
}

/// Whether a number may be typed as it is stored: some are wanted as fractions.
fn is_typed_as_stored(widget: &Value) -> bool {
    let answers = widget["options"]["answers"].as_array().into_iter().flatten();
    let forms = answers
        .filter(|answer| answer["status"] == "correct" && answer["strict"] == true)
        .filter_map(|answer| answer["answerForms"].as_array());
    widget["type"] != "numeric-input"
        || forms.into_iter().all(|forms| {
            forms.is_empty()
                || forms.contains(&json!("decimal"))
                || forms.contains(&json!("integer"))
        })
}

async fn attempts_of(course: &Course, inputs: &[Value]) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for exercise in &course.exercises {
        let object = course.app.object("en", &exercise.key).await;
        let items = exercise.document["items"].as_array().into_iter().flatten();
        for (item, name) in items.zip(&exercise.names) {
            let migrated = ENGINE.migrate(Form::Item, item).expect("it was published");
            let stored = stored_answers(&migrated["question"]);
            let whole = only_widget(&migrated, &stored);
            let given = inputs.iter().filter(|input| fits(input, item)).cloned();
            let given = given.map(|input| (input, None));
            for (input, whole) in given.chain([(json!({}), None), (stored, whole)]) {
                for locale in LOCALES {
                    attempts.push(Attempt {
                        name: format!("{name} in {locale}: {input}"),
                        expected: in_process(item, &input, locale),
                        body: json!({"object": object, "item": item["id"], "input": input, "locale": locale}),
                        whole: whole.clone().filter(|_| locale == "en"),
                    });
                }
            }
        }
    }
    attempts
}

/// Sends all attempts, alone or together, and returns for each widget how many right answers were worth all points.
async fn check(course: Course, inputs: &[Value]) -> BTreeMap<String, (usize, usize)> {
    let begin = Instant::now();
    let attempts = attempts_of(&course, inputs).await;
    let mut right: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for batch in attempts.chunks(BATCH) {
        let bodies: Vec<&Value> = batch.iter().map(|attempt| &attempt.body).collect();
        let answer = course.app.post("/v1/score", &json!({"attempts": bodies})).await.json();
        let results = answer["results"].as_array().unwrap_or_else(|| panic!("{answer}"));
        assert_eq!(results.len(), batch.len());
        for (attempt, result) in batch.iter().zip(results) {
            assert_eq!(told(result), attempt.expected, "{}", attempt.name);
        }
        // It makes no difference whether an attempt comes alone.
        for attempt in batch.iter().step_by(3) {
            let alone = course.app.post("/v1/score", &attempt.body).await;
            assert_eq!(told(&alone.json()), attempt.expected, "{} alone", attempt.name);
        }
    }
    for Attempt { name, expected, whole, .. } in &attempts {
        let Some(widget) = whole else { continue };
        let score = &expected["score"];
        if score["type"] == "invalid" {
            // The item stores no answer, or one with which a learner begins.
            continue;
        }
        let is_full = score["earned"] == score["total"];
        if !is_full {
            println!("not all points: {name}: {expected}");
        }
        let (full, all) = right.entry(widget.clone()).or_default();
        *full += usize::from(is_full);
        *all += 1;
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{} attempts scored as in process, {seconds:.0} s; right answers: {right:?}",
        attempts.len()
    );
    right
}

#[tokio::test]
async fn attempts_at_the_fixtures_are_scored_as_in_process() {
    let inputs: Vec<Value> = small_documents()
        .flat_map(|line| line["inputs"].as_array().cloned().unwrap_or_default())
        .collect();
    assert!(inputs.len() > 10, "only {} inputs", inputs.len());
    let right = check(Course::of_fixtures().await, &inputs).await;
    assert!(right.len() > 10, "{right:?}");
    for (widget, (full, all)) in right {
        assert_eq!(full, all, "{widget}");
    }
}

#[tokio::test]
async fn attempts_at_the_corpus_are_scored_as_in_process() {
    let (Some(items), Some(inputs)) = (real_items(), corpus("perseus-user-inputs")) else { return };
    let inputs: Vec<Value> = inputs.into_iter().map(|mut line| line["input"].take()).collect();
    // A matrix with holes and a polygon without corners are not answers, although they are stored as answers.
    let right = check(Course::of(items), &inputs).await;
    let (full, all) =
        right.values().fold((0, 0), |(full, all), (more, of)| (full + more, all + of));
    assert!(100 * full >= 99 * all, "{full} of {all}: {right:?}");
}
