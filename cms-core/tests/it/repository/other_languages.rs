//! What learners of another language get: the answers that score them, the parts that are not in their language, and
//! the marks that say so.

use cms_core::{
    model::id::{DocumentId, MediaId},
    repo::{BringError, CommitError, ImportError, MergeError},
    schema::segments::TextHash,
};
use serde_json::{Value, json};

use super::{
    drafting::{begin, on_main, save},
    playing::is_right,
    publishing::assert_as_from_nothing,
    taking_off::release,
    world::{Directory, World, course, exercise, key, line, locale, root, video},
};

const QUESTION: &str = "/items/i1/question/content";

fn world(untranslated: &str, old_keys: &str) -> World {
    let world = World::new();
    world.import(&course());
    let policy = json!({"untranslated": untranslated, "old_keys": old_keys});
    let spanish =
        json!({"name": "Español", "english_name": "Spanish", "direction": "ltr", "policy": policy});
    world.put("locale/es", spanish);
    world
}

/// Items with one question each, and the number that each asks for.
fn items(questions: &[(&str, &str)]) -> Value {
    let mut document = exercise("Add", "none");
    let item = document["items"][0].take();
    let asked = questions.iter().map(|(id, question)| {
        let mut item = item.clone();
        item["id"] = json!(id);
        item["question"]["content"] = json!(format!("{question} [[☃ numeric-input 1]]"));
        item
    });
    document["items"] = asked.collect();
    document
}

fn with_answer(mut document: Value, answer: i64) -> Value {
    let answers = "/items/0/question/widgets/numeric-input 1/options/answers/0/value";
    *document.pointer_mut(answers).expect("an answer") = json!(answer);
    document
}

/// Translates texts of an entry, besides those that are already translated.
fn translated(world: &World, entry: &str, texts: &[(&str, &str)]) -> Value {
    let source = on_main(world, entry).unwrap();
    let known = on_main(world, &format!("{entry}@es"));
    let mut document = known.unwrap_or_else(|| json!({"segments": {}}));
    for (address, text) in texts {
        let pointer = address.replace("/i1/", "/0/").replace("/i2/", "/1/");
        let source = source.pointer(&pointer).and_then(Value::as_str).expect("a text");
        let segment = json!({"source": TextHash::of(source).to_string(), "text": text});
        document["segments"][*address] = segment;
    }
    document
}

fn translate(world: &World, entry: &str, texts: &[(&str, &str)]) {
    world.put(&format!("{entry}@es"), translated(world, entry, texts));
}

fn translate_item(world: &World) {
    let texts = [
        ("/title", "Suma"),
        (QUESTION, "¿Cuánto? [[☃ numeric-input 1]]"),
        ("/items/i1/hints/0/content", "Cuenta con los dedos."),
    ];
    translate(world, "exercise/e1", &texts);
}

fn spanish(world: &World) -> Value {
    world.delivered("exercise/e1", "es").unwrap()
}

fn object(world: &World, entry: &str, language: &str) -> DocumentId {
    let head =
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    let snapshot = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    let language = locale(language);
    let row =
        world.repository.delivery().delivered(&snapshot, &key(entry), Some(&language)).unwrap();
    row.unwrap().object
}

/// Two pictures, and the ids of their files.
fn pictures(world: &World) -> [MediaId; 2] {
    let media = Directory::of(root().join("fixtures/fractions/media"));
    let files: Vec<_> = media.ids().iter().map(|(name, id)| (name.clone(), *id)).take(2).collect();
    let picture = |(name, _): &(String, MediaId)| {
        let media = format!("media/{name}");
        json!({"title": "Pie", "alt": "A pie", "media": media, "mime": "image/svg+xml", "width": 1, "height": 1})
    };
    let lines = [line("image/pie", picture(&files[0])), line("image/otra", picture(&files[1]))];
    let lines = lines.iter().map(|line| line.to_string().into_bytes()).collect();
    world.import_texts(lines, &media, |_| {}).unwrap();
    [files[0].1, files[1].1]
}

#[test]
fn what_is_in_another_language_than_its_document_says_so_down_to_the_item() {
    let world = world("source", "serve");
    let mut document = items(&[("i1", "How many?"), ("i2", "How few?"), ("i3", "$1 + 1$")]);
    document["description"] = json!("All about sums.");
    document["items"][2]["hints"] = json!([]);
    world.put("exercise/e1", document);
    translate_item(&world);
    world.publish();
    let shown = spanish(&world);
    assert_eq!(
        (&shown["locale"], &shown["untranslated"]),
        (&json!("es"), &json!(["/description"]))
    );
    let languages: Vec<_> = shown["document"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["locale"].clone())
        .collect();
    assert_eq!(languages, [json!(null), json!("en"), json!(null)], "what has no words is in none");
    let source = world.delivered("exercise/e1", "en").unwrap();
    assert_eq!(source.get("untranslated"), None);
    assert!(!source.to_string().contains("\"locale\":\"en\",\"question\""));
    // A container that differs only by its content says that its own words are the source's.
    let lesson = world.delivered("lesson/l1", "es").unwrap();
    assert_eq!((&lesson["locale"], &lesson["untranslated"]), (&json!("es"), &json!(["/title"])));
    // So do the titles that it shows of others.
    let shown = |document: &Value| -> Vec<(String, Value)> {
        let children = document["children"].as_array().unwrap().iter();
        children.map(|c| (c["key"].as_str().unwrap().to_owned(), c["locale"].clone())).collect()
    };
    let (video, exercise) = ("video/v".to_owned(), "exercise/e1".to_owned());
    assert_eq!(shown(&lesson), [(exercise, json!(null)), (video, json!("en"))]);
    let unit = world.delivered("unit/u1", "es").unwrap();
    assert!(shown(&unit).iter().all(|(_, language)| language == "en"), "{unit}");
    assert!(shown(&world.delivered("lesson/l1", "en").unwrap()).iter().all(|(_, l)| l.is_null()));
    assert_as_from_nothing(&world);
    translate(&world, "lesson/l1", &[("/title", "Uno")]);
    translate(&world, "exercise/e1", &[("/description", "Todo sobre sumas.")]);
    world.publish();
    assert_eq!(world.delivered("lesson/l1", "es").unwrap().get("untranslated"), None);
    let unit = world.delivered("unit/u1", "es").unwrap();
    assert_eq!(shown(&unit)[0], ("lesson/l1".to_owned(), json!(null)));
    assert_eq!(spanish(&world).get("untranslated"), None);
    assert_as_from_nothing(&world);
    world.verify();
}

#[test]
fn the_sources_words_around_a_translated_picture_say_so_as_long_as_they_are_there() {
    let world = world("source", "serve");
    pictures(&world);
    world.put("exercise/e1", items(&[("i1", "See ![it](image/pie)?")]));
    translate(&world, "image/pie", &[("/alt", "Un pastel")]);
    world.publish();
    let shown = spanish(&world);
    assert_eq!(shown["locale"], "es");
    assert_eq!(shown["untranslated"], json!(["/title"]));
    assert_eq!(shown["document"]["items"][0]["locale"], "en");
    assert_eq!(shown["refs"]["image/pie"]["summary"]["alt"], "Un pastel");
    assert_as_from_nothing(&world);
    // Without its translation there is nothing left to say in Spanish, and no document remains.
    world.commit(&[("image/pie@es", None)]).unwrap();
    world.publish();
    assert_eq!(spanish(&world)["locale"], "en");
    assert_as_from_nothing(&world);
    world.verify();
}

#[test]
fn a_mended_key_reaches_a_language_at_once_where_only_hints_wait_for_their_words() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", items(&[("i1", "How many?")]));
    translate_item(&world);
    world.publish();
    assert!(is_right(&world, "exercise/e1", "es", 4));
    let mut mended = with_answer(items(&[("i1", "How many?")]), 5);
    let hints = mended["items"][0]["hints"].as_array_mut().unwrap();
    hints.push(json!({"content": "Count the thumb too.", "images": {}, "widgets": {}}));
    world.put("exercise/e1", mended);
    let plan = world.plan().report;
    let told: Vec<_> = plan.shortened.iter().map(|row| (row.key.to_string(), &*row.item)).collect();
    assert_eq!(told, [("exercise/e1".to_owned(), "i1")]);
    assert_eq!((plan.shortened_count, plan.old_keys_count), (1, 0));
    world.publish();
    assert!(is_right(&world, "exercise/e1", "es", 5) && is_right(&world, "exercise/e1", "en", 5));
    let hint = world
        .repository
        .delivery()
        .hint(object(&world, "exercise/e1", "es"), "i1", None, 0)
        .unwrap();
    assert_eq!((&hint.hint["content"], hint.count), (&json!("Cuenta con los dedos."), 1));
    assert_eq!(spanish(&world)["document"]["items"][0]["hints"].as_array().unwrap().len(), 1);
    assert_as_from_nothing(&world);
    translate(&world, "exercise/e1", &[("/items/i1/hints/1/content", "También el pulgar.")]);
    assert_eq!(world.publish().report.shortened_count, 0);
    assert_eq!(spanish(&world)["document"]["items"][0]["hints"].as_array().unwrap().len(), 2);
    assert_as_from_nothing(&world);
}

#[test]
fn a_hint_that_is_put_in_front_takes_no_other_hint_away() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", items(&[("i1", "How many?")]));
    translate_item(&world);
    world.publish();
    let mut mended = with_answer(items(&[("i1", "How many?")]), 5);
    let hints = mended["items"][0]["hints"].as_array_mut().unwrap();
    hints.insert(0, json!({"content": "Look at your hand.", "images": {}, "widgets": {}}));
    world.put("exercise/e1", mended);
    world.publish();
    assert!(is_right(&world, "exercise/e1", "es", 5));
    let hint = world
        .repository
        .delivery()
        .hint(object(&world, "exercise/e1", "es"), "i1", None, 0)
        .unwrap();
    assert_eq!((&hint.hint["content"], hint.count), (&json!("Cuenta con los dedos."), 1));
    assert_as_from_nothing(&world);
}

#[test]
fn a_key_that_reached_a_language_is_not_taken_back_by_the_next_mending() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", items(&[("i1", "How many?")]));
    translate_item(&world);
    world.publish();
    let with_hint = |question: &str, answer: i64| {
        let mut document = with_answer(items(&[("i1", question)]), answer);
        let hints = document["items"][0]["hints"].as_array_mut().unwrap();
        hints.push(json!({"content": "Count the thumb too.", "images": {}, "widgets": {}}));
        document
    };
    world.put("exercise/e1", with_hint("How many?", 5));
    world.publish();
    world.put("exercise/e1", with_hint("How many in all?", 6));
    let report = world.publish().report;
    assert_eq!((report.shortened_count, report.old_keys_count), (1, 1));
    assert!(is_right(&world, "exercise/e1", "es", 5));
    assert_as_from_nothing(&world);
}

#[test]
fn a_hint_that_changes_alone_leaves_a_language_what_it_had() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", items(&[("i1", "How many?")]));
    translate_item(&world);
    world.publish();
    let before = spanish(&world)["document"]["items"].clone();
    let mut reworded = items(&[("i1", "How many?")]);
    reworded["items"][0]["hints"][0]["content"] = json!("Count on both hands.");
    world.put("exercise/e1", reworded);
    let report = world.publish().report;
    assert_eq!((report.shortened_count, report.old_keys_count), (0, 0));
    assert_eq!(spanish(&world)["document"]["items"], before);
}

#[test]
fn who_is_scored_by_an_old_key_is_told_by_plan_publish_and_lists_until_it_is_translated() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", items(&[("i1", "How many?")]));
    translate_item(&world);
    world.publish();
    world.put("exercise/e1", with_answer(items(&[("i1", "How many in all?")]), 5));
    let plan = world.plan().report;
    let row = &plan.old_keys[0];
    assert_eq!((row.key.to_string(), row.locale.as_str()), ("exercise/e1".to_owned(), "es"));
    assert_eq!((&*row.item, row.held), ("i1", false));
    assert_eq!(row.pointers, ["/items/0/question/widgets/numeric-input 1/options/answers/0/value"]);
    let published = world.publish().report;
    assert_eq!((published.old_keys, published.old_keys_count), (plan.old_keys.clone(), 1));
    assert!(is_right(&world, "exercise/e1", "es", 4) && is_right(&world, "exercise/e1", "en", 5));
    let main = world.main();
    let spanish = locale("es");
    let texts = world.repository.entry_texts(&main, &key("exercise/e1"), &spanish);
    assert_eq!(texts.unwrap().unwrap().old_keys, plan.old_keys);
    let by = "course".parse().unwrap();
    let courses = world.repository.language_gaps(&main, &spanish, &by).unwrap().unwrap();
    assert_eq!(courses.iter().map(|row| row.old_keys_count).collect::<Vec<_>>(), [0, 1]);
    let entries = world.repository.entry_gaps(&main, &spanish, &by, None, None, 100);
    let told: Vec<_> = entries.unwrap().unwrap().into_iter().flat_map(|row| row.old_keys).collect();
    assert_eq!(told, plan.old_keys);
    translate(&world, "exercise/e1", &[(QUESTION, "¿Cuántos en total? [[☃ numeric-input 1]]")]);
    assert_eq!(world.publish().report.old_keys, []);
    assert!(is_right(&world, "exercise/e1", "es", 5));
    assert_as_from_nothing(&world);
}

#[test]
fn a_publisher_may_take_one_translation_off_until_its_words_are_there() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", items(&[("i1", "How many?")]));
    translate_item(&world);
    world.publish();
    world.put("exercise/e1", with_answer(items(&[("i1", "How many in all?")]), 5));
    world.publish();
    assert!(is_right(&world, "exercise/e1", "es", 4));
    world.unpublish(&["exercise/e1@es"]).unwrap();
    assert!(is_right(&world, "exercise/e1", "es", 5));
    assert_eq!(spanish(&world)["locale"], "en");
    // It stays off through publishes, and comes back with its words.
    translate(&world, "exercise/e1", &[(QUESTION, "¿Cuántos en total? [[☃ numeric-input 1]]")]);
    assert_eq!(world.plan().report.on_hold, [key("exercise/e1@es")]);
    release(&world, &["exercise/e1@es"]);
    world.publish();
    assert!(is_right(&world, "exercise/e1", "es", 5));
    assert_eq!(spanish(&world)["locale"], "es");
    world.verify();
}

#[test]
fn words_beside_an_answer_are_no_answer() {
    let world = world("last-whole", "serve");
    let answers = "/items/0/question/widgets/numeric-input 1/options/answers/0";
    let with = |message: &str, question: &str| {
        let mut document = items(&[("i1", question)]);
        document.pointer_mut(answers).unwrap()["message"] = json!(message);
        document
    };
    world.put("exercise/e1", with("", "How many?"));
    translate_item(&world);
    world.publish();
    world.put("exercise/e1", with("Think of your thumbs.", "How many in all?"));
    assert_eq!(world.publish().report.old_keys, []);
}

#[test]
fn a_language_that_holds_old_keys_leaves_the_item_out_until_it_is_translated() {
    for (untranslated, language) in [("last-whole", None), ("source", Some("en"))] {
        let world = world(untranslated, "hold");
        world.put("exercise/e1", items(&[("i1", "How many?"), ("i2", "How few?")]));
        translate_item(&world);
        let second = [
            ("/items/i2/question/content", "¿Cuán pocos? [[☃ numeric-input 1]]"),
            ("/items/i2/hints/0/content", "Cuenta."),
        ];
        translate(&world, "exercise/e1", &second);
        world.publish();
        let asked = [("i1", "How many in all?"), ("i2", "How few?")];
        world.put("exercise/e1", with_answer(items(&asked), 5));
        let report = world.publish().report;
        assert_eq!((report.old_keys_count, report.old_keys[0].held), (1, true));
        let shown = spanish(&world);
        let shown = shown["document"]["items"].as_array().unwrap();
        let ids: Vec<_> = shown.iter().map(|item| (&item["id"], item["locale"].as_str())).collect();
        match language {
            None => assert_eq!(ids, [(&json!("i2"), None)]),
            Some(_) => assert_eq!(ids, [(&json!("i1"), language), (&json!("i2"), None)]),
        }
        assert_as_from_nothing(&world);
        translate(&world, "exercise/e1", &[(QUESTION, "¿Cuántos en total? [[☃ numeric-input 1]]")]);
        assert_eq!(world.publish().report.old_keys_count, 0);
        assert!(is_right(&world, "exercise/e1", "es", 5));
    }
}

#[test]
fn an_attempt_is_read_as_the_item_was_written_that_the_learner_saw() {
    let world = world("source", "serve");
    world.put("exercise/e1", items(&[("i1", "How many?"), ("i2", "How few?")]));
    translate_item(&world);
    world.publish();
    let read = |language: &str, item: &str, told: Option<&str>| {
        let object = object(&world, "exercise/e1", language);
        let told = told.map(locale);
        let scored = world
            .repository
            .delivery()
            .score(object, item, None, &json!(4), told.as_ref())
            .unwrap();
        scored["locale"].as_str().unwrap().to_owned()
    };
    assert_eq!(read("es", "i1", None), "es");
    assert_eq!(read("es", "i2", None), "en", "this one is in the source's language");
    assert_eq!(read("en", "i1", None), "en");
    assert_eq!(read("es", "i1", Some("de")), "de");
    let hint = world
        .repository
        .delivery()
        .hint(object(&world, "exercise/e1", "es"), "i1", None, 0)
        .unwrap();
    assert_eq!(hint.seen_in, locale("es"));
}

/// An item with cards to put in order.
fn cards() -> Value {
    let mut document = items(&[("i1", "In order:")]);
    let card = |text: &str| json!({"content": text});
    let orderer = json!({"type": "orderer", "options": {
        "options": [card("two"), card("one"), card("3")],
        "correctOptions": [card("one"), card("two"), card("3")],
    }});
    document["items"][0]["question"]["content"] = json!("In order: [[☃ orderer 1]]");
    document["items"][0]["question"]["widgets"] = json!({"orderer 1": orderer});
    document
}

const CARDS: &str = "/items/i1/question/widgets/orderer 1/options";

fn card(list: &str, index: usize) -> String {
    format!("{CARDS}/{list}/{index}/content")
}

#[test]
fn texts_that_are_compared_with_each_other_have_one_translation_on_every_path() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", cards());
    let (shown, right) = (card("options", 1), card("correctOptions", 0));
    let parted = translated(&world, "exercise/e1", &[(&shown, "uno"), (&right, "Uno")]);
    let is_told = |violation: &cms_core::schema::Violation| {
        assert_eq!(violation.code.word(), "parted-texts");
        assert!(violation.pointer.contains("correctOptions"), "{}", violation.pointer);
        let told = "here “Uno”, elsewhere “uno”";
        assert!(violation.message.contains(told), "{}", violation.message);
    };
    let refused = world.commit(&[("exercise/e1@es", Some(parted.clone()))]).unwrap_err();
    let CommitError::Refused { refusals } = refused else { panic!("{refused}") };
    is_told(&refusals[0].violations[0]);
    let same_shape = json!([{"id": "i1", "question": {"widgets": {"orderer 1": {"options": {
        "options": [{}, {"content": "uno"}, {}],
        "correctOptions": [{"content": "Uno"}, {}, {}],
    }}}}}]);
    let lines = [
        json!({"key": "exercise/e1", "locale": "es", "translation": parted}),
        json!({"key": "exercise/e1", "locale": "es", "document": {"items": same_shape}}),
    ];
    for line in lines {
        let refused = world.try_import(&[line], |_| {});
        let Err(ImportError::Refused { report }) = refused else { panic!("{refused:?}") };
        assert_eq!(report.refused[0].reasons[0].code.word(), "parted-texts");
    }
    let draft = begin(&world, "Translate").draft;
    is_told(&save(&world, &draft, "exercise/e1@es", &parted).violations[0]);
    let refused = world.drafts().merge(&draft, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, BringError::Merge(MergeError::Refused { .. })), "{refused}");
    // An item that is not translated yet deviates from nothing, and a number may stay a number in one place or in
    // none.
    translate(&world, "exercise/e1", &[(&shown, "uno")]);
    let number = translated(&world, "exercise/e1", &[(&card("options", 2), "tres")]);
    assert!(world.commit(&[("exercise/e1@es", Some(number))]).is_err());
    let both = [(&*card("options", 2), "٣"), (&*card("correctOptions", 2), "٣")];
    translate(&world, "exercise/e1", &both);
    world.verify();
}

#[test]
fn what_cannot_be_answered_in_a_translations_words_is_told_and_kept_from_going_live() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", items(&[("i1", "How many?")]));
    translate_item(&world);
    world.publish();
    // The engine of these tests says that nobody can be right if a text has HOPELESS.
    let hopeless = ("/items/i1/question/content", "HOPELESS [[☃ numeric-input 1]]");
    let document = translated(&world, "exercise/e1", &[hopeless]);
    let draft = begin(&world, "Translate").draft;
    let saved = save(&world, &draft, "exercise/e1@es", &document);
    assert_eq!(saved.violations, []);
    let finding = &saved.findings[0].finding;
    assert_eq!(finding.pointer, "/segments/~1items~1i1~1question~1content/text");
    world.put("exercise/e1@es", document);
    let plan = world.plan().report;
    assert_eq!(plan.held_back[0].key, key("exercise/e1@es"));
    assert_eq!(plan.findings[0].key, key("exercise/e1@es"));
    // A mistake of the source's is reported for the source alone, and an incomplete item is not judged.
    world.put("exercise/e1", items(&[("i1", "HOPELESS")]));
    let document = translated(&world, "exercise/e1", &[hopeless]);
    assert_eq!(save(&world, &draft, "exercise/e1@es", &document).findings, []);
    world.put("exercise/e1", items(&[("i1", "How much?")]));
    let mut half = translated(&world, "exercise/e1", &[hopeless]);
    half["segments"].as_object_mut().unwrap().remove("/items/i1/hints/0/content");
    assert_eq!(save(&world, &draft, "exercise/e1@es", &half).findings, []);
}

#[test]
fn two_people_who_translate_one_card_differently_do_not_merge() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", cards());
    translate(&world, "exercise/e1", &[("/title", "Ordena")]);
    let [first, second] = ["Ana", "Ben"].map(|name| begin(&world, name).draft);
    let by = |list: &str, index: usize, text: &str| {
        translated(&world, "exercise/e1", &[(&card(list, index), text)])
    };
    save(&world, &first, "exercise/e1@es", &by("options", 1, "uno"));
    save(&world, &second, "exercise/e1@es", &by("correctOptions", 0, "Uno"));
    world.drafts().merge(&first, &world.stamp("merge")).unwrap();
    let refused = world.drafts().merge(&second, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, BringError::Merge(MergeError::Refused { .. })), "{refused}");
    world.verify();
}

#[test]
fn a_placeholder_that_is_altered_or_added_is_told_with_what_stands_there() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", items(&[("i1", "How many?")]));
    for (text, told) in [
        ("¿Cuántos? [[* numeric-input 1]]", "“[[* numeric-input 1]]” does not stand for it"),
        ("¿Cuántos?", "[[☃ numeric-input 1]] of the source is missing"),
        ("[[☃ numeric-input 1]] [[☃ numeric-input 1]]", "appears more times than in the source"),
        ("[[☃ numeric-input 1]] [[☃ radio 1]]", "[[☃ radio 1]] is not in the source"),
        ("[[☃ numeric-input 1]] [[* radio 1]]", "stands for nothing"),
    ] {
        let document = translated(&world, "exercise/e1", &[(QUESTION, text)]);
        let refused = world.commit(&[("exercise/e1@es", Some(document))]).unwrap_err();
        let CommitError::Refused { refusals } = refused else { panic!("{refused}") };
        let message = &refusals[0].violations[0].message;
        assert!(message.contains(told), "{text}: {message}");
    }
}

#[test]
fn a_language_that_learns_what_it_holds_makes_its_documents_anew() {
    let world = world("last-whole", "serve");
    world.put("exercise/e1", items(&[("i1", "How many?")]));
    translate_item(&world);
    world.put("video/v", video("Look"));
    world.publish();
    world.put("exercise/e1", with_answer(items(&[("i1", "How many in all?")]), 5));
    world.publish();
    assert!(is_right(&world, "exercise/e1", "es", 4));
    let mut language = on_main(&world, "locale/es").unwrap();
    language["policy"]["old_keys"] = json!("hold");
    world.put("locale/es", language);
    assert_eq!(world.plan().report.old_keys_count, 1);
    world.publish();
    // It was the only item, and a list of questions must not become empty: the source's item stands in, and says so.
    assert!(is_right(&world, "exercise/e1", "es", 5));
    assert_eq!(spanish(&world)["document"]["items"][0]["locale"], "en");
    assert_as_from_nothing(&world);
}

#[test]
fn a_translation_shows_pictures_of_its_own_in_a_question() {
    let world = world("last-whole", "serve");
    let [_, otra] = pictures(&world);
    world.put("exercise/e1", items(&[("i1", "See ![it](image/pie)?")]));
    translate_item(&world);
    translate(
        &world,
        "exercise/e1",
        &[(QUESTION, "¿Ves ![esto](image/otra)? [[☃ numeric-input 1]]")],
    );
    world.publish();
    let shown = spanish(&world);
    let refs: Vec<_> = shown["refs"].as_object().unwrap().keys().collect();
    assert_eq!(refs, ["image/otra"]);
    assert_eq!(shown["refs"]["image/otra"]["summary"]["media"], json!(otra.to_string()));
    assert!(world.repository.delivery().media(otra).unwrap().is_some());
    assert_as_from_nothing(&world);
}

#[test]
fn a_picture_has_a_file_of_its_own_in_a_language_wherever_it_is_shown() {
    let world = world("last-whole", "serve");
    let [_, otra] = pictures(&world);
    world.put("exercise/e1", items(&[("i1", "See ![it](image/pie)?")]));
    let media = Directory::of(root().join("fixtures/fractions/media"));
    let named = media.ids().iter().find(|(_, id)| **id == otra).unwrap().0.clone();
    let spanish_pie = |name: &str| {
        let document = json!({"media": name, "mime": "image/svg+xml", "width": 7});
        json!({"key": "image/pie", "locale": "es", "document": document})
    };
    let import =
        |line: Value| world.import_texts(vec![line.to_string().into_bytes()], &media, |_| {});
    let Err(ImportError::Refused { report }) = import(spanish_pie("media/none.png")) else {
        panic!("there is no such file")
    };
    assert_eq!(report.refused[0].reasons[0].code.word(), "unknown-media");
    import(spanish_pie(&format!("media/{named}"))).unwrap();
    world.publish();
    let own = world.delivered("image/pie", "es").unwrap();
    let (file, document) = (json!(otra.to_string()), &own["document"]);
    assert_eq!(
        (&document["media"], &document["width"], &document["height"]),
        (&file, &json!(7), &json!(1))
    );
    assert_eq!(own["untranslated"], json!(["/alt", "/title"]), "a file is in no language");
    let shown = &spanish(&world)["refs"]["image/pie"]["summary"];
    assert_eq!((&shown["media"], &shown["width"]), (&file, &json!(7)));
    assert!(world.repository.delivery().media(otra).unwrap().is_some());
    assert_as_from_nothing(&world);
    // It comes out as it went in, and needs no translator.
    let exported = world.export(&world.main());
    let line = exported.iter().find(|line| line["locale"] == "es").unwrap();
    assert_eq!(line["document"], json!({"media": file, "width": 7}));
    assert_eq!(world.import(std::slice::from_ref(line)).unchanged, 1);
    let texts = world.repository.entry_texts(&world.main(), &key("image/pie"), &locale("es"));
    let texts = texts.unwrap().unwrap().rows;
    let words: Vec<_> = texts.iter().map(|row| (row.address.as_str(), row.words)).collect();
    let none = ["/height", "/media", "/mime", "/width"].map(|address| (address, 0));
    assert!(none.iter().all(|row| words.contains(row)), "{words:?}");
    // Its content is judged like everything else, and has to be there when it goes live.
    let wide = translated(&world, "image/pie", &[("/mime", "text/plain")]);
    assert!(world.commit(&[("image/pie@es", Some(wide))]).is_err());
    let mut wide = on_main(&world, "image/pie@es").unwrap();
    wide["segments"]["/width"]["text"] = json!("wide");
    let CommitError::Refused { refusals } =
        world.commit(&[("image/pie@es", Some(wide))]).unwrap_err()
    else {
        panic!("a width is a number")
    };
    let found = &refusals[0].violations[0];
    assert_eq!((&*found.pointer, found.code.word()), ("/segments/~1width/text", "wrong-type"));
    translate(&world, "image/pie", &[("/media", &"0".repeat(64))]);
    let report = world.plan().report;
    assert_eq!(report.held_back[0].reasons[0].code.word(), "unknown-media");
    assert_eq!(world.delivered("image/pie", "es").unwrap()["document"]["media"], file);
    world.verify();
}
