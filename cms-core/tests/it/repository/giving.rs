//! Pictures that only a hint shows: nobody finds them before the hint is given, and everybody who is given it gets
//! them.

use std::collections::BTreeMap;

use cms_core::{
    model::id::{DocumentId, MediaId},
    repo::{Answers, ChannelPolicy, ShownDocument, Shows},
};
use serde_json::{Value, json};

use super::world::{Directory, World, course, exercise, key, language_line, line, locale};

const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";

pub(crate) fn picture(title: &str) -> Value {
    json!({"title": title, "alt": format!("Three of four: {title}"), "media": MediaId::of(SVG).to_string(),
        "mime": "image/svg+xml", "width": 1, "height": 1})
}

/// An exercise whose question and hint show pictures.
pub(crate) fn with_pictures(mut document: Value, question: &str, hint: &str) -> Value {
    let item = &mut document["items"][0];
    item["question"]["content"] = json!(format!("How many? {question}\n\n[[☃ numeric-input 1]]"));
    item["hints"][0]["content"] = json!(format!("Count. {hint}"));
    document
}

/// Imports the file of the pictures.
pub(crate) fn draw(world: &World) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("p.svg"), SVG).unwrap();
    world.import_texts(vec![], &Directory::of(directory.path().to_owned()), |_| {}).unwrap();
}

fn object(world: &World, text: &str, at: &str) -> Option<DocumentId> {
    let head = world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap()?;
    let snapshot = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    let row =
        world.repository.delivery().delivered(&snapshot, &key(text), Some(&locale(at))).unwrap()?;
    Some(row.object).filter(|_| !row.retired)
}

/// The pictures that come with a hint of a delivered document.
fn shown(world: &World, object: DocumentId, hint: usize, at: &str) -> Vec<Shows> {
    let head =
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    let snapshot = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    let hint = world.repository.delivery().hint(object, "i1", None, hint).unwrap();
    world.repository.delivery().shown(&hint.shows, Some(&snapshot), Some(&locale(at))).unwrap()
}

/// The documents that come with the first hint of the live version and that have no address.
pub(crate) fn given_with(world: &World, text: &str, at: &str) -> BTreeMap<String, Value> {
    let Some(object) = object(world, text, at) else { return BTreeMap::new() };
    let kept = |shows: Shows| match shows.document {
        ShownDocument::Kept(document) => Some((shows.key.to_string(), document)),
        ShownDocument::Delivered(_) => None,
    };
    shown(world, object, 0, at).into_iter().filter_map(kept).collect()
}

/// A course whose first exercise has a picture in its hint.
fn world() -> World {
    let world = World::new();
    world.import(&course());
    draw(&world);
    let hinted = with_pictures(exercise("Add", "x"), "", "![see](image/p)");
    world.import(&[line("image/p", picture("A pie")), line("exercise/e1", hinted)]);
    world
}

fn listed(world: &World) -> Vec<String> {
    let head =
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    let snapshot = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    let kind = "image".parse().unwrap();
    let page = world
        .repository
        .delivery()
        .delivered_page(&snapshot, None, Some(&kind), None, 100)
        .unwrap();
    page.rows.into_iter().map(|(key, _)| key.to_string()).collect()
}

fn waiting(world: &World) -> Vec<String> {
    let page = world.production().not_public(&world.main(), None, 100, 50_000).unwrap();
    page.rows.into_iter().map(|row| row.key.to_string()).collect()
}

#[test]
fn what_only_a_hint_shows_is_found_by_nobody_and_comes_with_the_hint() {
    let world = world();
    let published = world.publish();
    assert_eq!((published.report.stands_nowhere, waiting(&world)), (vec![], vec![]));
    assert!(listed(&world).is_empty());
    assert!(world.delivered("image/p", "en").is_none());
    assert!(world.repository.delivery().media(MediaId::of(SVG)).unwrap().is_none());
    let told = world.delivered("exercise/e1", "en").unwrap().to_string();
    assert!(!told.contains("image/p") && !told.contains("pie"), "{told}");
    let given = shown(&world, object(&world, "exercise/e1", "en").unwrap(), 0, "en");
    let [Shows { key, document: ShownDocument::Kept(document), summary, media }] = &given[..]
    else {
        panic!("the picture comes with its hint: {given:#?}");
    };
    assert_eq!(key.to_string(), "image/p");
    assert_eq!(document["document"]["alt"], "Three of four: A pie");
    assert_eq!(summary["media"], MediaId::of(SVG).to_string());
    let [(id, Some(token))] = &media[..] else { panic!("it has a file: {media:?}") };
    let bytes = world.repository.delivery().given_media(*id, token).unwrap().unwrap();
    assert_eq!(bytes.bytes(), SVG);
    let other = token.replace(&token[..1], if token.starts_with('0') { "1" } else { "0" });
    assert!(world.repository.delivery().given_media(*id, &other).unwrap().is_none());
    assert!(world.repository.delivery().given_media(*id, "").unwrap().is_none());
    world.verify();
}

#[test]
fn a_hint_gives_its_own_pictures_and_not_those_of_later_ones() {
    let world = world();
    let mut document = with_pictures(exercise("Add", "x"), "", "![see](image/p)");
    let hints = document["items"][0]["hints"].as_array_mut().unwrap();
    hints.push(json!({"content": "And ![that](image/q).", "images": {}, "widgets": {}}));
    world.import(&[line("image/q", picture("All of it")), line("exercise/e1", document)]);
    world.publish();
    let object = object(&world, "exercise/e1", "en").unwrap();
    let keys = |hint| {
        let shown = shown(&world, object, hint, "en").into_iter();
        shown.map(|shows| shows.key.to_string()).collect::<Vec<_>>()
    };
    assert_eq!((keys(0), keys(1)), (vec!["image/p".to_owned()], vec!["image/q".to_owned()]));
}

#[test]
fn what_everybody_sees_somewhere_else_is_public_as_it_was() {
    let world = world();
    let asked = with_pictures(exercise("Double", "x"), "![see](image/p)", "");
    world.put("exercise/e2", asked);
    world.publish();
    assert_eq!(listed(&world), ["image/p"]);
    let given = shown(&world, object(&world, "exercise/e1", "en").unwrap(), 0, "en");
    let public = object(&world, "image/p", "en").unwrap();
    assert_eq!(given[0].document, ShownDocument::Delivered(public));
    assert_eq!(given[0].media, [(MediaId::of(SVG), None)]);
    // Removed from the question, it belongs to the hint alone again.
    world.put("exercise/e2", exercise("Double", "What is twice two?"));
    let report = world.publish().report;
    assert_eq!(report.retired, [key("image/p")]);
    assert!(listed(&world).is_empty() && waiting(&world).is_empty());
    assert_eq!(given_with(&world, "exercise/e1", "en").len(), 1);
    // Moved from the hint into the question it becomes public, and moved back it is no longer public.
    world.put("exercise/e1", with_pictures(exercise("Add", "x"), "![see](image/p)", ""));
    world.publish();
    assert_eq!(listed(&world), ["image/p"]);
    // Nobody shows or gives it any more: it has no place, and that is reported.
    world.put("exercise/e1", exercise("Add", "What is two and two?"));
    world.publish();
    assert_eq!((listed(&world), waiting(&world)), (vec![], vec!["image/p".to_owned()]));
    super::publishing::assert_as_from_nothing(&world);
}

#[test]
fn a_hint_shows_the_picture_that_was_there_when_its_exercise_was_delivered() {
    let world = world();
    world.publish();
    let before = object(&world, "exercise/e1", "en").unwrap();
    world.put("image/p", picture("A better pie"));
    world.publish();
    let after = object(&world, "exercise/e1", "en").unwrap();
    assert_ne!(before, after, "what is given is the exercise's own");
    let alt = |object| match &shown(&world, object, 0, "en")[0].document {
        ShownDocument::Kept(document) => document["document"]["alt"].as_str().unwrap().to_owned(),
        ShownDocument::Delivered(_) => panic!("it is not public"),
    };
    assert_eq!(alt(before), "Three of four: A pie");
    assert_eq!(alt(after), "Three of four: A better pie");
    super::publishing::assert_as_from_nothing(&world);
}

#[test]
fn a_picture_is_given_in_the_language_of_what_was_seen() {
    let world = world();
    world.import(&[language_line("es")]);
    world.publish();
    let words = json!({"key": "image/p", "locale": "es", "document": {"title": "Un pastel", "alt": "Tres cuartos"}});
    world.import(&[words]);
    world.publish();
    let alt = |at| given_with(&world, "exercise/e1", at)["image/p"]["document"]["alt"].clone();
    assert_eq!((alt("en"), alt("es")), (json!("Three of four: A pie"), json!("Tres cuartos")));
    // A translation's hint that shows another picture gives that one.
    let hint = "Mira ![esto](image/q).";
    let spanish = json!({"title": "Suma", "items": [{"id": "i1",
        "question": {"content": "¿Cuántos?\n\n[[☃ numeric-input 1]]"}, "hints": [{"content": hint}]}]});
    world.import(&[
        line("image/q", picture("Another")),
        json!({"key": "exercise/e1", "locale": "es", "document": spanish}),
    ]);
    world.publish();
    let keys = |at| given_with(&world, "exercise/e1", at).into_keys().collect::<Vec<_>>();
    assert_eq!((keys("en"), keys("es")), (vec!["image/p".to_owned()], vec!["image/q".to_owned()]));
    assert!(listed(&world).is_empty() && waiting(&world).is_empty());
    super::publishing::assert_as_from_nothing(&world);
    world.verify();
}

#[test]
fn a_channel_that_includes_answers_delivers_their_pictures_too() {
    let world = world();
    let policy = ChannelPolicy { answers: Answers::Included, ..Default::default() };
    world.channel("offline").begin(policy, &world.stamp("begin")).unwrap();
    world.channel("offline").publish(&world.request()).unwrap();
    let at = world.repository.channel(&"offline".parse().unwrap()).unwrap().delivery();
    let head = at.channel_head(&"offline".parse().unwrap()).unwrap().unwrap();
    let snapshot = at.snapshot(head.snapshot).unwrap().unwrap();
    assert!(at.delivered(&snapshot, &key("image/p"), None).unwrap().is_some());
    assert!(at.media(MediaId::of(SVG)).unwrap().is_some());
    assert!(world.repository.delivery().media(MediaId::of(SVG)).unwrap().is_none());
}

#[test]
fn a_preview_keeps_back_what_a_publish_would() {
    let world = world();
    let commit = super::previewing::head(&world);
    let preview = world.production().preview(commit).unwrap();
    let at = world.repository.delivery_of_preview(&preview);
    let snapshot = at.snapshot(preview.snapshot).unwrap().unwrap();
    assert!(at.delivered(&snapshot, &key("image/p"), None).unwrap().is_none());
    let row = at.delivered(&snapshot, &key("exercise/e1"), None).unwrap().unwrap();
    let hint = at.hint(row.object, "i1", None, 0).unwrap();
    let shown = at.shown(&hint.shows, Some(&snapshot), None).unwrap();
    assert!(matches!(shown[0].document, ShownDocument::Kept(_)), "{shown:#?}");
}

#[test]
fn what_only_a_translation_shows_or_gives_goes_with_the_entry_that_it_translates() {
    let world = world();
    world.import(&[language_line("es")]);
    let spanish = |question: &str, hint: &str| {
        json!({"title": "Doble", "items": [{"id": "i1",
            "question": {"content": format!("¿Cuántos? {question}\n\n[[☃ numeric-input 1]]")},
            "hints": [{"content": hint}]}]})
    };
    world.import(&[
        line("image/q", picture("Another")),
        line("image/r", picture("A third")),
        json!({"key": "exercise/e2", "locale": "es",
            "document": spanish("![esto](image/r)", "Mira ![esto](image/q).")}),
    ]);
    world.publish();
    assert_eq!((listed(&world), waiting(&world)), (vec!["image/r".to_owned()], vec![]));
    world.put("lesson/l2", super::world::container("Two", &["exercise/e1"]));
    world.publish();
    assert!(listed(&world).is_empty(), "its entry stands in no lesson any more");
    let expected = ["exercise/e2", "image/q", "image/r"].map(str::to_owned).to_vec();
    assert_eq!(waiting(&world), expected);
    world.put("lesson/l2", super::world::container("Two", &["exercise/e2"]));
    world.publish();
    assert_eq!((listed(&world), waiting(&world)), (vec!["image/r".to_owned()], vec![]));
    super::publishing::assert_as_from_nothing(&world);
}

#[test]
fn what_an_engine_does_not_understand_any_more_keeps_what_it_shows_and_what_it_keeps_back() {
    let mut world = world();
    let old = with_pictures(exercise("Double", "x"), "NEW ![see](image/q)", "![see](image/r)");
    let pictures = [line("image/q", picture("Q")), line("image/r", picture("R"))];
    world.import(&pictures);
    world.put("exercise/e2", old);
    world.publish();
    assert_eq!(listed(&world), ["image/q"]);
    world.repository = world.repository.with_content_engines(super::playing::version(2));
    world.put("image/q", picture("Another Q"));
    world.put("image/r", picture("Another R"));
    world.publish();
    assert_eq!(listed(&world), ["image/q"]);
    let shown = world.delivered("exercise/e2", "en").unwrap();
    assert_eq!(shown["refs"]["image/q"]["summary"]["title"], "Another Q", "{shown}");
    let given = given_with(&world, "exercise/e2", "en");
    assert_eq!(given["image/r"]["document"]["title"], "R", "it is what it was made with");
}
