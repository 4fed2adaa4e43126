//! Translations are entries with the same rights and duties: judged, used, delivered, moved to the trash and brought
//! back.

use cms_core::{
    model::{document::Document, name::Branch},
    repo::{
        BringError, CommitError, CopyDepth, EntryError, EntryTag, FromTemplate, ImportError,
        MergeError, PlaceIn, SaveError, SaveRequest, WorkingContent,
    },
    schema::Role,
};
use serde_json::{Value, json};

use super::{
    drafting::{begin, on_main, save},
    publishing::{assert_as_effective, assert_as_from_nothing},
    world::{Directory, World, container, course, exercise, key, line, locale, root, video},
};

fn article(words: &str) -> Value {
    json!({"title": "Read", "slug": "read", "sections": [
        {"id": "s1", "content": words, "images": {}, "widgets": {}},
    ]})
}

/// A picture of a media file of the fixtures.
fn image(title: &str, media: &str) -> Value {
    json!({"title": title, "alt": title, "media": media, "mime": "image/svg+xml", "width": 1, "height": 1})
}

fn spanish(key: &str, document: Value) -> Value {
    json!({"key": key, "locale": "es", "document": document})
}

fn world() -> World {
    let world = World::new();
    world.import(&course());
    world.speak("es");
    world
}

fn refusals(error: CommitError) -> Vec<(String, String, &'static str)> {
    let CommitError::Refused { refusals } = error else { panic!("{error}") };
    let told = refusals.iter().flat_map(|refusal| {
        refusal
            .violations
            .iter()
            .map(|found| (refusal.key.to_string(), found.pointer.clone(), found.code.word()))
    });
    told.collect()
}

fn texts(world: &World, key: &str, texts: &[(&str, &str)]) -> Value {
    // A translation in its own form, each text bound to the source's current text.
    let source = on_main(world, key).unwrap();
    let segments = texts.iter().map(|(address, text)| {
        let pointer = address.replace("/i1/", "/0/").replace("/s1/", "/0/");
        let source = source.pointer(&pointer).and_then(Value::as_str).unwrap_or("nothing");
        let hash = cms_core::schema::segments::TextHash::of(source).to_string();
        ((*address).to_owned(), json!({"source": hash, "text": text}))
    });
    json!({"segments": segments.collect::<serde_json::Map<_, _>>()})
}

#[test]
fn a_translation_is_judged_as_the_document_that_learners_would_get() {
    let world = world();
    let long = "x".repeat(400);
    let lost = [("/items/i1/question/content", "¿Cuánto es dos y dos?")];
    let cases = [
        ("video/v", vec![("/title", long.as_str())], "/segments/~1title/text", "too-long"),
        (
            "exercise/e1",
            lost.to_vec(),
            "/segments/~1items~1i1~1question~1content/text",
            "lost-placeholder",
        ),
    ];
    for (key, wrong, pointer, code) in cases {
        let translated = format!("{key}@es");
        let document = texts(&world, key, &wrong);
        let told = vec![(translated.clone(), pointer.to_owned(), code)];
        let refused = world.commit(&[(&translated, Some(document.clone()))]).unwrap_err();
        assert_eq!(refusals(refused), told);
        let line = json!({"key": key, "locale": "es", "translation": document});
        let Err(ImportError::Refused { report }) = world.try_import(&[line], |_| {}) else {
            panic!("it is refused")
        };
        assert_eq!(report.refused[0].reasons[0].pointer, pointer);
        // In a draft it is a violation, and the merge is refused because of it.
        let draft = begin(&world, "Translate").draft;
        let saved = save(&world, &draft, &translated, &document);
        assert_eq!(saved.violations[0].code.word(), code);
        let refused = world.drafts().merge(&draft, &world.stamp("merge")).unwrap_err();
        assert!(matches!(refused, BringError::Merge(MergeError::Refused { .. })), "{refused}");
    }
    world.verify();
}

#[test]
fn what_is_no_translation_of_anything_is_refused_on_every_path() {
    let world = world();
    let title = |text: &str| texts(&world, "video/v", &[("/title", text)]);
    let draft = begin(&world, "Translate").draft;
    for (to, code) in [
        ("video/v@en", "source-language"),
        ("video/v@fr", "unknown-language"),
        ("video/nobody@es", "no-source"),
    ] {
        let refused = world.commit(&[(to, Some(title("Mira")))]).unwrap_err();
        assert_eq!(refusals(refused), [(to.to_owned(), String::new(), code)]);
        let (source, language) = to.split_once('@').unwrap();
        let line = json!({"key": source, "locale": language, "document": {"title": "Mira"}});
        assert!(world.try_import(&[line], |_| {}).is_err(), "{to}");
        let saved = world.drafts().save(&SaveRequest {
            draft: draft.clone(),
            key: key(to),
            content: WorkingContent::Document(Document::parse(
                title("Mira").to_string().as_bytes(),
            )),
            expected: EntryTag::Absent,
            settles: Vec::new(),
            stamp: world.stamp("type"),
        });
        let Err(SaveError::NotADocument { violation }) = saved else { panic!("{to}: {saved:?}") };
        assert_eq!(violation.code.word(), code);
    }
    let titel = json!({"segments": {"/titel": {"source": "0".repeat(32), "text": "Uno"}}});
    let refused = world.commit(&[("video/v@es", Some(titel.clone()))]).unwrap_err();
    let told = [("video/v@es".to_owned(), "/segments/~1titel".to_owned(), "unknown-place")];
    assert_eq!(refusals(refused), told);
    assert_eq!(
        save(&world, &draft, "video/v@es", &titel).violations[0].code.word(),
        "unknown-place"
    );
    assert!(world.drafts().merge(&draft, &world.stamp("merge")).is_err());
    // A language and its first translation may be written in one draft, and so may an entry and its translation.
    let draft = begin(&world, "French").draft;
    let names = json!({"name": "Français", "english_name": "French", "direction": "ltr", "policy": {"untranslated": "source"}});
    save(&world, &draft, "locale/fr", &names);
    save(&world, &draft, "video/new", &video("New"));
    let nouveau = json!({"segments": {"/title": {"source": cms_core::schema::segments::TextHash::of("New").to_string(), "text": "Nouveau"}}});
    assert_eq!(save(&world, &draft, "video/new@fr", &nouveau).violations, []);
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    // A text that the source once had may stay: the source lost it, not the translator.
    world.put(
        "exercise/e1@es",
        texts(&world, "exercise/e1", &[("/items/i1/hints/0/content", "Cuenta.")]),
    );
    let mut without = exercise("Add", "What is two and two?");
    without["items"][0]["hints"] = json!([]);
    world.put("exercise/e1", without);
    let mut stale = on_main(&world, "exercise/e1@es").unwrap();
    stale["segments"]["/title"] =
        texts(&world, "exercise/e1", &[("/title", "Suma")])["segments"]["/title"].clone();
    world.put("exercise/e1@es", stale);
    // A language can be removed only after everything that is translated into it.
    let refused = world.commit(&[("locale/es", None)]).unwrap_err();
    assert_eq!(refusals(refused)[0].2, "still-used");
    world.verify();
}

#[test]
fn what_a_translation_shows_is_used_and_delivered_and_stays_out_of_the_trash() {
    let world = world();
    let media = Directory::of(root().join("fixtures/fractions/media"));
    let pictures = media.ids().iter().filter(|(name, _)| name.ends_with(".svg"));
    let ids: Vec<String> = pictures.map(|(_, id)| id.to_string()).collect();
    let lines = [
        line("image/one", image("One", &ids[0])),
        line("image/uno", image("Uno", &ids[1])),
        line("article/a", article("See ![it](image/one) here.")),
        line("lesson/l2", container("Two", &["exercise/e2", "article/a"])),
    ];
    let texts_of = lines.iter().map(|line| line.to_string().into_bytes()).collect();
    world.import_texts(texts_of, &media, |_| {}).unwrap();
    let words = [("/sections/s1/content", "Mira ![esto](image/uno) aquí.")];
    world.put("article/a@es", texts(&world, "article/a", &words));
    world.publish();
    let uses = world.repository.where_used(&world.main(), &key("image/uno")).unwrap();
    let told: Vec<_> =
        uses.iter().map(|used| (used.by.to_string(), used.role, used.pointers.clone())).collect();
    let at = "/segments/~1sections~1s1~1content/text".to_owned();
    assert_eq!(told, [("article/a@es".to_owned(), Role::Embeds, vec![at])]);
    assert!(world.repository.where_used(&world.main(), &key("article/a@es")).unwrap().is_empty());
    let shown = world.delivered("article/a", "es").unwrap();
    assert!(shown["refs"]["image/uno"]["object"].is_string(), "{shown}");
    assert!(world.delivered("image/uno", "en").is_some());
    // A new picture under the same name is shown at once.
    let before = shown["refs"]["image/uno"]["object"].clone();
    world.put("image/uno", image("Otro", &ids[1]));
    world.publish();
    assert_ne!(world.delivered("article/a", "es").unwrap()["refs"]["image/uno"]["object"], before);
    assert_as_from_nothing(&world);
    let draft = begin(&world, "Tidy").draft;
    let refused = world.drafts().trash(&draft, &key("image/uno"), true, &world.stamp("away"));
    assert!(matches!(refused, Err(EntryError::StillUsed { .. })), "{refused:?}");
    assert!(world.commit(&[("image/uno", None)]).is_err());
    let gone = [("/sections/s1/content", "Mira ![esto](image/nada) aquí.")];
    let refused = world.commit(&[("article/a@es", Some(texts(&world, "article/a", &gone)))]);
    assert_eq!(refusals(refused.unwrap_err())[0].2, "dangling-link");
    world.verify();
}

#[test]
fn a_translation_is_trashed_by_itself() {
    let world = world();
    world.import(&[spanish("lesson/l1", json!({"title": "Una"}))]);
    let draft = begin(&world, "Away").draft;
    world.drafts().trash(&draft, &key("lesson/l1@es"), false, &world.stamp("away")).unwrap();
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    assert!(on_main(&world, "lesson/l1@es").is_none());
    assert!(on_main(&world, "lesson/l1").is_some());
    world.verify();
}

#[test]
fn a_translation_that_cannot_go_live_is_held_back_alone_and_the_last_whole_one_serves() {
    let world = world();
    world.import(&[spanish("video/v", json!({"title": "Mira"}))]);
    world.publish();
    let draft = begin(&world, "Try").draft;
    let mut renamed = video("Look");
    renamed["slug"] = json!("watch");
    save(&world, &draft, "video/v", &renamed);
    save(&world, &draft, "video/v@es", &texts(&world, "video/v", &[("/title", "")]));
    world.drafts().commit(&draft, None, &world.stamp("so far")).unwrap();
    let request = cms_core::repo::PublishRequest {
        target: Some(draft.branch().to_string()),
        ..world.request()
    };
    let report = world.production().publish(&request).unwrap().report;
    let held: Vec<_> =
        report.held_back.iter().map(|row| (row.key.to_string(), row.is_live)).collect();
    assert_eq!(held, [("video/v@es".to_owned(), true)]);
    assert_eq!(world.delivered("video/v", "en").unwrap()["document"]["title"], "Look");
    assert_eq!(world.delivered("video/v", "es").unwrap()["document"]["title"], "Mira");
    let main = world.repository.resolve(&draft.branch().to_string()).unwrap();
    let waiting = world.production().not_public(&main, None, 10, 0).unwrap().rows;
    assert_eq!(waiting[0].key, key("video/v@es"));
    assert!(format!("{:?}", waiting[0].why).contains("HeldBack"), "{waiting:?}");
}

fn languages(world: &World) -> Vec<(String, u64)> {
    let head =
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    let snapshot = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    snapshot.locales.iter().map(|(locale, count)| (locale.to_string(), *count)).collect()
}

#[test]
fn the_languages_of_a_snapshot_are_those_of_its_entries_from_their_first_day_to_their_last() {
    let world = World::new();
    world.import(&course());
    world.publish();
    assert_eq!(languages(&world), []);
    world.speak("es");
    world.speak("pt-BR");
    world.publish();
    assert_eq!(languages(&world), [("es".to_owned(), 0), ("pt-BR".to_owned(), 0)]);
    assert_eq!(world.delivered("topic/root", "es").unwrap()["locale"], "en");
    world.import(&[spanish("video/v", json!({"title": "Mira"}))]);
    world.publish();
    assert_eq!(languages(&world)[0], ("es".to_owned(), 7));
    assert_as_from_nothing(&world);
    // An entry that no longer differs leaves the language where it was.
    world.commit(&[("video/v@es", None)]).unwrap();
    world.publish();
    assert_eq!(languages(&world)[0], ("es".to_owned(), 0));
    // A language that is taken off takes its words with it.
    world.import(&[spanish("video/v", json!({"title": "Mira"}))]);
    world.publish();
    world.unpublish(&["locale/es"]).unwrap();
    assert_eq!(languages(&world), [("pt-BR".to_owned(), 0)]);
    assert_eq!(world.delivered("video/v", "es").unwrap()["locale"], "en");
    assert_as_effective(&world);
    world.verify();
}

#[test]
fn a_source_that_returns_to_an_earlier_wording_takes_what_was_made_for_it() {
    let world = world();
    world.import(&[spanish("video/v", json!({"title": "Mira"}))]);
    let fits = |world: &World| {
        let translation = on_main(world, "video/v@es").unwrap();
        let title = on_main(world, "video/v").unwrap()["title"].as_str().unwrap().to_owned();
        let hash = cms_core::schema::segments::TextHash::of(&title).to_string();
        (translation["segments"]["/title"]["source"] == json!(hash))
            .then(|| translation["segments"]["/title"]["text"].as_str().unwrap().to_owned())
    };
    assert_eq!(fits(&world).as_deref(), Some("Mira"));
    let first =
        world.history().entry_log(&world.main(), &key("video/v"), 1).unwrap().unwrap()[0].revision;
    let moved = world.put("video/v", video("Look"));
    assert_eq!(fits(&world), None);
    world.import(&[spanish("video/v", json!({"title": "Ve"}))]);
    assert_eq!(fits(&world).as_deref(), Some("Ve"));
    // By an edit, a restored revision, a line of an import, a merge or a revert alike.
    world.put("video/v", video("Watch"));
    assert_eq!(fits(&world).as_deref(), Some("Mira"));
    world.put("video/v", video("Look"));
    assert_eq!(fits(&world).as_deref(), Some("Ve"));
    world.repository.restore(&Branch::Main, &key("video/v"), first, &world.stamp("back")).unwrap();
    assert_eq!(fits(&world).as_deref(), Some("Mira"));
    let report = world.import(&[line("video/v", video("Look"))]);
    assert_eq!(fits(&world).as_deref(), Some("Ve"));
    assert_eq!((report.changed, report.notices_count), (2, 1));
    let draft = begin(&world, "Back").draft;
    save(&world, &draft, "video/v", &video("Watch"));
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    assert_eq!(fits(&world).as_deref(), Some("Mira"));
    let again = world.put("video/v", video("Third"));
    assert_eq!(fits(&world), None);
    world.repository.revert(&Branch::Main, again.commit, &world.stamp("undo")).unwrap();
    assert_eq!(fits(&world).as_deref(), Some("Mira"));
    assert_ne!(moved.commit, again.commit);
    world.verify();
}

#[test]
fn a_file_that_was_made_from_an_older_source_stays_stale() {
    let world = world();
    world.import(&[spanish("video/v", json!({"title": "Mira"}))]);
    world.put("video/v", video("Look"));
    let before = on_main(&world, "video/v@es").unwrap();
    let report = world.import(&[spanish("video/v", json!({"title": "Mira"}))]);
    assert_eq!(on_main(&world, "video/v@es").unwrap(), before, "its words are not made for “Look”");
    assert_eq!((report.unchanged, report.notices.len()), (1, 1));
    assert_eq!(report.notices[0].pointer, "/title");
    // New words in a file that names the source it was made from are bound to that source.
    let made_from = |source: &Value| {
        let bytes = cms_core::model::canonical::to_bytes(source);
        cms_core::model::id::DocumentId::of(&bytes).to_string()
    };
    let mut late = spanish("video/v", json!({"title": "Fíjate"}));
    late["made_from"] = json!(made_from(&video("Watch")));
    let report = world.import(&[late.clone()]);
    assert_eq!(report.notices[0].pointer, "/title");
    let title = &on_main(&world, "video/v@es").unwrap()["segments"]["/title"];
    assert_eq!(
        (&title["text"], &title["source"]),
        (&json!("Fíjate"), &before["segments"]["/title"]["source"])
    );
    late["made_from"] = json!(made_from(&video("Look")));
    assert_eq!(
        world.import(&[late.clone()]).notices_count,
        1,
        "the same words again are not made for it"
    );
    late["document"]["title"] = json!("Mira aquí");
    assert_eq!(world.import(&[late.clone()]).notices_count, 0);
    late["made_from"] = json!(made_from(&video("Never")));
    assert!(world.try_import(&[late], |_| {}).is_err());
    let exported = world.export(&world.main());
    let line = exported.iter().find(|line| line["locale"] == "es").unwrap();
    assert_eq!(line["made_from"], json!(made_from(&video("Look"))));
}

#[test]
fn copies_and_entries_from_templates_bring_their_translations() {
    let world = world();
    world.import(&[
        spanish("lesson/l1", json!({"title": "Una"})),
        spanish("video/v", json!({"title": "Mira"})),
    ]);
    let draft = begin(&world, "Copies").draft;
    let place = PlaceIn { parent: key("unit/u2"), index: None };
    let stamp = world.stamp("copy");
    let copied = world
        .drafts()
        .duplicate(&draft, &key("lesson/l1"), CopyDepth::Deep, Some(&place), &stamp)
        .unwrap();
    let spanish = locale("es");
    let expected: std::collections::BTreeSet<_> = [key("lesson/l1"), key("video/v")]
        .iter()
        .map(|key| copied.copies[key].translated(&spanish))
        .collect();
    assert_eq!(
        copied.translations.iter().cloned().collect::<std::collections::BTreeSet<_>>(),
        expected
    );
    let copy = copied.key.translated(&spanish);
    let document = world.drafts().document(&draft, &copy).unwrap().unwrap();
    let title = cms_core::schema::segments::TextHash::of("One (copy)").to_string();
    assert_eq!(document["segments"]["/title"], json!({"source": title, "text": "Una"}));

    let template = json!({"title": "A lesson", "entry": "lesson/l1"});
    save(&world, &draft, "template/t", &template);
    let new = FromTemplate {
        template: key("template/t"),
        depth: CopyDepth::Deep,
        title: "Fresh".into(),
        slug: None,
        into: Some(place),
    };
    let made = world.drafts().create_from_template(&draft, &new, &world.stamp("new")).unwrap();
    let video = made.copies[&key("video/v")].translated(&spanish);
    assert_eq!(made.translations, [video], "a lesson of another title has none in Spanish yet");
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    world.verify();
}

#[test]
fn what_is_missing_and_stale_in_a_language_is_counted_by_course_in_words() {
    use cms_core::repo::{Amount, TextState};
    let world = world();
    world.import(&[
        spanish("video/v", json!({"title": "Mira"})),
        spanish(
            "exercise/e1",
            json!({"title": "Suma", "items": [{"id": "i1", "hints": [{"content": "Cuenta."}]}]}),
        ),
        spanish("course/c", json!({"title": "Contar"})),
    ]);
    world.put("exercise/e1", exercise("Add up", "What is two and two?"));
    let by = "course".parse().unwrap();
    let spanish = locale("es");
    let gaps = world.repository.language_gaps(&world.main(), &spanish, &by).unwrap().unwrap();
    let told: Vec<_> = gaps
        .iter()
        .map(|row| {
            (row.course.clone().map(|key| key.to_string()), row.title.as_deref(), row.entries_count)
        })
        .collect();
    assert_eq!(told, [(None, None, 1), (Some("course/c".to_owned()), Some("Counting"), 10)]);
    assert_eq!(gaps[0].amounts.missing, Amount { texts: 1, words: 1 }, "the home page’s title");
    assert_eq!(gaps[1].amounts.stale, Amount { texts: 1, words: 2 }, "“Add up”");
    let undone = world
        .repository
        .entry_gaps(&world.main(), &spanish, &by, Some(&key("course/c")), None, 3)
        .unwrap()
        .unwrap();
    let keys: Vec<_> = undone.iter().map(|row| row.key.to_string()).collect();
    assert_eq!(
        keys,
        ["exercise/e1", "exercise/e2", "exercise/e3"],
        "in pages, what is done left out"
    );
    assert!(world.repository.language_gaps(&world.main(), &locale("fr"), &by).unwrap().is_none());

    let texts = world
        .repository
        .entry_texts(&world.main(), &key("exercise/e1"), &spanish)
        .unwrap()
        .unwrap();
    let told: Vec<_> =
        texts.rows.iter().map(|row| (&*row.address, row.state, row.made_from.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("/items/i1/hints/0/content", TextState::Translated, None),
            ("/items/i1/question/content", TextState::Missing, None),
            ("/title", TextState::Stale, Some("Add")),
        ]
    );
    let title = texts.rows.last().unwrap();
    assert_eq!(
        (title.source.as_deref(), title.text.as_deref(), title.words),
        (Some("Add up"), Some("Suma"), 2)
    );
}
