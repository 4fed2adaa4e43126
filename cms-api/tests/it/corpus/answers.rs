//! Another answer makes another rubric, and nothing else of it is public: each field of each rubric is changed in
//! turn, committed and published, and everything that is delivered is compared with the delivery before.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    thread,
    time::Instant,
    vec,
};

use cms_api::store::{perseus, seeds};
use cms_core::{
    model::object::{ObjectKind, Space},
    schema::{ContentEngine, KindSchema},
};
use serde_json::{Value, json};

use super::{
    Course, real_items,
    telling::{changed, telling},
};
use crate::test_app::{Answer, TestApp, import_documents, publish};

/// The number of threads that ask about items.
const THREADS: usize = 2;

/// A place in which an item may hold something that is withheld.
struct Place {
    pointer: String,
    /// Whether learners may see none of it; if not, it is tried whether they do.
    is_telling: bool,
}

/// An item of an exercise, and the places in it that are still to be changed.
struct Item {
    name: String,
    original: Value,
    /// The original as it is delivered.
    withheld: Value,
    places: vec::IntoIter<Place>,
}

/// An item with one thing changed.
struct Changed {
    pointer: String,
    item: Value,
}

impl Item {
    fn of(engine: &dyn ContentEngine, name: &str, original: &Value) -> Self {
        let withheld = engine.withhold("item", original).expect("it was published").element;
        let mut places: BTreeMap<String, bool> = BTreeMap::new();
        hidden(&original["question"], "/question", &withheld, &mut places);
        places.extend(telling(original).into_iter().map(|pointer| (pointer, true)));
        // Nothing of the hints is shown except their number.
        hidden(&original["hints"], "/hints", &Value::Null, &mut places);
        let places: Vec<Place> = places
            .into_iter()
            .filter(|(pointer, _)| original.pointer(pointer).is_some())
            .map(|(pointer, is_telling)| Place {
                is_telling: is_telling || pointer.starts_with("/hints/"),
                pointer,
            })
            .collect();
        let (name, original) = (name.to_owned(), original.clone());
        Self { name, original, withheld, places: places.into_iter() }
    }

    /// The item with the next change of something that is withheld, or must be; none after all were tried.
    fn next(&mut self, engine: &dyn ContentEngine, kind: &KindSchema) -> Option<Changed> {
        self.places.by_ref().find_map(|place| {
            let mut item = self.original.clone();
            let field = item.pointer_mut(&place.pointer).expect("found there");
            let other = changed(field);
            if *field == other {
                return None;
            }
            *field = other;
            // A change after which the item is no longer valid is not a change of an answer.
            let document = json!({"title": "One", "slug": "one", "items": [&item]});
            if !kind.validate(&document).is_empty() {
                return None;
            }
            let after = engine.withhold("item", &item).ok()?.element;
            let is_withheld = place.is_telling || after == self.withheld;
            is_withheld.then_some(Changed { pointer: place.pointer, item })
        })
    }
}

fn exercise_kind() -> KindSchema {
    let (kind, schema) =
        seeds::kinds().into_iter().find(|(kind, _)| kind.as_str() == "exercise").expect("it ships");
    KindSchema::compile(&kind, &schema).expect("it compiles")
}

/// The places of scalars that are not in the same place of the delivered form.
fn hidden(value: &Value, pointer: &str, delivered: &Value, found: &mut BTreeMap<String, bool>) {
    let mut below = |name: &str, inner: &Value| {
        let place = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        hidden(inner, &place, delivered, found);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| below(name, inner)),
        Value::Array(elements) => {
            let each = elements.iter().enumerate();
            each.for_each(|(index, inner)| below(&index.to_string(), inner));
        }
        scalar if delivered.pointer(pointer) == Some(scalar) => {}
        _ => {
            found.insert(pointer.to_owned(), false);
        }
    }
}

/// Everything to which a channel's newest snapshot leads.
struct Public {
    /// By locale and key, the object.
    rows: BTreeMap<(String, String), String>,
    /// By object, the document.
    documents: HashMap<String, Arc<Value>>,
    /// The snapshot's description of itself, without its name, its place in the line and its root.
    about: Value,
}

impl Public {
    /// What was read before is not read again, because an object never changes.
    async fn read(app: &TestApp, before: Option<&Self>) -> Self {
        let snapshot = app.snapshot().await;
        let mut about = app.get(&format!("/v1/snapshots/{snapshot}")).await.json();
        let mut locales: Vec<String> =
            about["locales"].as_object().expect("locales").keys().cloned().collect();
        locales.push("en".to_owned());
        let told = about.as_object_mut().expect("an object");
        told.retain(|name, _| {
            !["snapshot", "sequence", "parent", "published_at", "root"].contains(&name.as_str())
        });
        let mut rows = BTreeMap::new();
        let mut documents = HashMap::new();
        for locale in locales {
            let mut next = String::new();
            loop {
                let path = format!("/v1/snapshots/{snapshot}/{locale}/entries?limit=500{next}");
                let page = app.get(&path).await.json();
                for row in page["entries"].as_array().expect("entries") {
                    let text = |name: &str| row[name].as_str().expect("a text").to_owned();
                    let object = text("object");
                    if !documents.contains_key(&object) {
                        let known = before.and_then(|before| before.documents.get(&object));
                        let document = match known {
                            Some(known) => Arc::clone(known),
                            None => app.get(&format!("/v1/objects/{object}")).await.json().into(),
                        };
                        documents.insert(object.clone(), document);
                    }
                    rows.insert((locale.clone(), text("key")), object);
                }
                match page["next"].as_str() {
                    Some(cursor) => next = format!("&cursor={cursor}"),
                    None => break,
                }
            }
        }
        Self { rows, documents, about }
    }
}

/// The rubric of each item.
fn rubrics(delivered: &Value) -> Vec<String> {
    let items = delivered["document"]["items"].as_array().into_iter().flatten();
    items.filter_map(|item| Some(item["rubric"].as_str()?.to_owned())).collect()
}

fn without_rubrics(mut delivered: Value) -> Value {
    let items = delivered["document"]["items"].as_array_mut().into_iter().flatten();
    items.for_each(|item| drop(item.as_object_mut().and_then(|fields| fields.remove("rubric"))));
    delivered
}

/// Replaces the names of objects in a document.
fn renamed(value: &mut Value, names: &HashMap<&str, &str>) {
    match value {
        Value::String(text) => {
            if let Some(name) = names.get(text.as_str()) {
                *text = (*name).to_owned();
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|inner| renamed(inner, names)),
        Value::Object(fields) => fields.values_mut().for_each(|inner| renamed(inner, names)),
        _ => {}
    }
}

/// The changes, by exercise and the item's position: the item's name and the place.
type Changes = BTreeMap<String, BTreeMap<usize, String>>;

/// Checks that nothing of these changes is public except the ids of rubrics and of what names them.
fn check(before: &Public, after: &Public, changes: &Changes) {
    assert_eq!(before.about, after.about);
    let keys = |public: &Public| public.rows.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(before), keys(after));
    let pairs = || before.rows.iter().zip(after.rows.values()).map(|((at, was), is)| (at, was, is));
    let names: HashMap<&str, &str> =
        pairs().filter(|(_, was, is)| was != is).map(|(_, was, is)| (&**is, &**was)).collect();
    for key in changes.keys() {
        assert!(
            before.rows.contains_key(&("en".to_owned(), key.clone())),
            "{key} is not delivered"
        );
    }
    for ((locale, key), was, is) in pairs() {
        let changed = changes.get(key);
        if was == is {
            // A translation may stay with the revision from which it was made.
            assert!(
                changed.is_none() || locale != "en",
                "{key}: the correction reaches nobody: {changed:?}"
            );
            continue;
        }
        let (was, is) = (&before.documents[was], &after.documents[is]);
        let mut same = Value::clone(is);
        renamed(&mut same, &names);
        assert!(
            without_rubrics(same) == without_rubrics(Value::clone(was)),
            "{key} in {locale}: more than a rubric shows of {changed:?}\nbefore: {was}\nafter: {is}"
        );
        for (position, (was, is)) in rubrics(was).into_iter().zip(rubrics(is)).enumerate() {
            let is_changed = changed.is_some_and(|changed| changed.contains_key(&position));
            // A translation may arrive with an earlier change of its source.
            assert!((was != is) == is_changed || locale != "en", "{key} {position}: {changed:?}");
        }
    }
}

/// Checks that nothing public has the id of a rubric.
async fn check_unreachable(app: &TestApp, snapshot: &str, rubric: &str) {
    for path in [
        format!("/v1/objects/{rubric}"),
        format!("/v1/media/{rubric}"),
        format!("/v1/snapshots/{rubric}"),
        format!("/v1/snapshots/{rubric}/en/entries"),
        format!("/v1/snapshots/{snapshot}/en/entries/exercise/{rubric}"),
        format!("/v1/snapshots/{snapshot}/en/routes/{rubric}"),
        format!("/v1/channels/{rubric}"),
        format!("/protected/production/v1/objects/{rubric}"),
        format!("/shared/{rubric}/v1/objects/{rubric}"),
    ] {
        let Answer { status, .. } = app.get(&path).await;
        assert!([400, 401, 404].contains(&status.as_u16()), "{path}: {status}");
    }
}

/// Changes each field of each rubric of a course in turn.
async fn check_course(course: Course) {
    let begin = Instant::now();
    let Course { app, mut exercises } = course;
    let store = app.app.store();
    let engine = Arc::clone(perseus::content_engines().get("perseus").expect("it is there"));
    let kind = exercise_kind();
    let mut items = Vec::new();
    for (exercise, found) in exercises.iter().enumerate() {
        let elements = found.document["items"].as_array().into_iter().flatten();
        for (position, (element, name)) in elements.zip(&found.names).enumerate() {
            items.push((exercise, position, Item::of(&*engine, name, element)));
        }
    }
    let count = items.len();
    let mut public = Public::read(&app, None).await;
    let mut seen: BTreeSet<String> = public.documents.keys().cloned().collect();
    let mut named: BTreeSet<String> =
        public.documents.values().flat_map(|document| rubrics(document)).collect();
    let others: BTreeSet<String> =
        documents_of(&app).into_iter().filter(|id| !seen.contains(id)).collect();
    let (mut fields, mut publishes) = (0, 0);
    loop {
        let halves = items.len().div_ceil(THREADS).max(1);
        let round: Vec<(usize, usize, String, Changed)> = thread::scope(|scope| {
            let ask = |(exercise, position, item): &mut (usize, usize, Item)| {
                let changed = item.next(&*engine, &kind)?;
                Some((*exercise, *position, item.name.clone(), changed))
            };
            let running: Vec<_> = items
                .chunks_mut(halves)
                .map(|items| scope.spawn(move || items.iter_mut().filter_map(ask).collect()))
                .collect();
            let all = running.into_iter().map(|thread| thread.join().expect("it ends"));
            all.flat_map(|found: Vec<_>| found).collect()
        });
        if round.is_empty() {
            break;
        }
        let mut changes = Changes::new();
        fields += round.len();
        for (exercise, position, name, Changed { pointer, item }) in round {
            let exercise = &mut exercises[exercise];
            exercise.document["items"][position] = item;
            let place = format!("{name} at {pointer}");
            changes.entry(exercise.key.clone()).or_default().insert(position, place);
        }
        let documents = exercises.iter().filter(|exercise| changes.contains_key(&exercise.key));
        import_documents(store, documents.map(|found| (found.key.as_str(), &found.document)));
        let published = publish(store);
        assert_eq!(published["report"]["report"]["held_back_count"], 0, "{published}");
        publishes += 1;
        let after = Public::read(&app, Some(&public)).await;
        check(&public, &after, &changes);
        seen.extend(after.documents.keys().cloned());
        named.extend(after.documents.values().flat_map(|document| rubrics(document)));
        public = after;
    }
    // The only public documents are those to which a snapshot led, and no rubric names one.
    for id in documents_of(&app) {
        assert!(
            seen.contains(&id) || others.contains(&id),
            "{id} is public, and nothing leads there"
        );
        assert!(!named.contains(&id), "the rubric {id} is public");
    }
    let snapshot = app.snapshot().await;
    for rubric in &named {
        check_unreachable(&app, &snapshot, rubric).await;
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{count} items: {fields} fields of rubrics changed in {publishes} publishes, {} rubrics, {seconds:.0} s",
        named.len()
    );
    assert!(fields > count, "only {fields} fields were changed");
}

/// The ids of all public documents.
fn documents_of(app: &TestApp) -> Vec<String> {
    let engine = app.app.store().repository.engine();
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = engine.objects(&Space::Public, after, 1000).expect("it is read");
        let Some(last) = page.last() else { return found };
        after = Some(*last);
        for id in page {
            let object = engine.object(&Space::Public, id).expect("it is read");
            let is_document = object.is_some_and(|object| object.kind() == ObjectKind::Document);
            found.extend(is_document.then(|| id.to_string()));
        }
    }
}

#[tokio::test]
async fn another_answer_of_the_fixtures_is_another_rubric_and_nothing_else() {
    check_course(Course::of_fixtures().await).await;
}

#[tokio::test]
async fn another_answer_of_the_corpus_is_another_rubric_and_nothing_else() {
    let Some(items) = real_items() else { return };
    check_course(Course::of(items)).await;
}

#[tokio::test]
async fn a_rubric_is_no_delivered_document() {
    let course = Course::of_fixtures().await;
    let public = Public::read(&course.app, None).await;
    for rubric in public.documents.values().flat_map(|document| rubrics(document)) {
        for path in ["/v1/score", "/v1/hints"] {
            let asked = match path {
                "/v1/score" => json!({"object": rubric, "item": "i1", "input": {}}),
                _ => json!({"object": rubric, "item": "i1", "n": 0}),
            };
            assert_eq!(course.app.post(path, &asked).await.code(), "object-unknown");
        }
    }
}
