//! Importing: what is refused, what is corrected, and what is not a change.

use cms_core::repo::{ImportError, ImportReport, PruneAtMost};
use serde_json::{Value, json};

use super::world::{
    Directory, World, container, course, exercise, key, language_line, line, video,
};

fn refusals(lines: &[Value]) -> Vec<String> {
    let world = World::new();
    let Err(ImportError::Refused { report }) = world.try_import(lines, |_| {}) else {
        panic!("not refused")
    };
    assert_eq!(report.commit, None);
    assert_eq!(world.repository.stats().unwrap().commits, 2, "nothing was committed");
    let row = |refused: &cms_core::repo::RefusedLine| {
        let reasons: Vec<_> = refused
            .reasons
            .iter()
            .map(|r| format!("{} {} {}", r.pointer, r.code, r.message))
            .collect();
        format!(
            "line {} {}: {}",
            refused.line,
            refused.key.as_deref().unwrap_or("?"),
            reasons.join("; ")
        )
    };
    report.refused.iter().map(row).collect()
}

#[test]
fn every_refused_line_says_what_and_where() {
    let mut bad_video = video("Bad");
    bad_video["titel"] = json!("x");
    bad_video["duration_s"] = json!("long");
    let lines = [
        json!({"key": "video/ok", "locale": null, "document": video("Fine")}),
        json!({"key": "video/bad", "locale": null, "document": bad_video}),
        json!({"key": "vidoe/x", "locale": null, "document": {}}),
        json!({"key": "Video/X", "locale": null, "document": {}}),
        json!({"key": "video/ok", "locale": null, "document": video("Again")}),
        json!({"key": "video/none", "locale": "es", "document": {"title": "Nada"}}),
        json!({"key": "video/x", "locale": null, "documnet": {}}),
        json!({"key": "lesson/l", "locale": null, "document": container("L", &["video/ok", "video/nowhere"])}),
        json!({"key": "unit/u", "locale": null, "document": container("U", &["unit/u"])}),
    ];
    insta::assert_snapshot!(refusals(&lines).join("\n"));
}

#[test]
fn hostile_documents_are_refused_each_for_its_own_reason() {
    let world = World::new();
    let line =
        |document: &str| format!(r#"{{"key":"video/x","document":{document}}}"#).into_bytes();
    let deep = format!(r#"{{"title":{}1{}}}"#, "[".repeat(80), "]".repeat(80));
    let huge = format!(r#"{{"title":"{}"}}"#, "x".repeat(5 << 20));
    for (document, reason) in [
        (r#"{"title":"a","title":"b"}"#, "given twice"),
        (r#"{"title":"\ud800"}"#, "surrogate"),
        (r#"{"duration_s":9007199254740993}"#, "2^53-1"),
        (deep.as_str(), "nesting is deeper"),
        (huge.as_str(), "more than the limit"),
        ("{}", "title"),
        ("[]", "object"),
        ("\"\"", "object"),
        ("1", "object"),
    ] {
        let error =
            world.import_texts(vec![line(document)], &Directory::default(), |_| {}).unwrap_err();
        let ImportError::Refused { report } = error else { panic!("{error}") };
        let reasons = format!("{:?}", report.refused);
        assert!(
            reasons.contains(reason),
            "{} should say {reason:?}: {reasons:.400}",
            &document[..document.len().min(60)]
        );
    }
    for text in [&b""[..], b"nonsense", b"\xff\xfe", b"{", b"null"] {
        let error =
            world.import_texts(vec![text.to_vec()], &Directory::default(), |_| {}).unwrap_err();
        assert!(matches!(error, ImportError::Refused { .. }), "{error}");
    }
}

#[test]
fn a_circle_of_containers_is_refused() {
    let lines = [
        line("topic/a", container("A", &["topic/b"])),
        line("topic/b", container("B", &["topic/a"])),
    ];
    let refused = refusals(&lines);
    assert!(refused.iter().any(|text| text.contains("circle")), "{refused:?}");
}

#[test]
fn what_is_valid_goes_in_when_the_rest_is_skipped() {
    let world = World::new();
    let mut lines = course();
    lines.push(line("video/bad", json!({"title": 1})));
    lines[4] = line(
        "lesson/l1",
        container("One", &["exercise/e1", "video/bad", "video/v", "video/nowhere"]),
    );
    let report = world.try_import(&lines, |options| options.skip_invalid = true).unwrap();
    assert_eq!(report.refused_count, 1);
    assert_eq!(report.added, 11);
    let lesson = world.history().show(&world.main(), &key("lesson/l1")).unwrap().unwrap();
    assert_eq!(
        lesson.document.unwrap()["children"],
        json!(["exercise/e1", "video/v"]),
        "missing children are cut"
    );
    world.verify();
}

#[test]
fn another_try_under_the_same_attempt_writes_what_it_names() {
    // More than one batch of writes holds, so that much is written before the end.
    let lines = |word: &str| -> Vec<Value> {
        let transcript = word.repeat(180_000 / word.len());
        let video = |number: u32| {
            let mut document = video(&format!("Video {number}"));
            document["transcript"] = format!("{number} {transcript}").into();
            line(&format!("video/v{number}"), document)
        };
        (0..120).map(video).collect()
    };
    let world = World::new();
    let operation = world.stamp("one attempt").operation;
    let mut first = lines("first ");
    first.push(line("video/bad", json!({"title": 1})));
    let refused = world.try_import(&first, |options| options.stamp.operation = operation);
    assert!(matches!(refused, Err(ImportError::Refused { .. })), "{refused:?}");
    let done = world.try_import(&lines("second "), |options| options.stamp.operation = operation);
    assert_eq!(done.unwrap().added, 120);
    world.verify();
}

#[test]
fn an_entry_that_no_line_names_is_neither_changed_nor_waited_for() {
    let schema = |sequel: Value| {
        let schemas = super::world::schemas();
        let found = schemas.into_iter().find(|(kind, _)| kind.as_str() == "video");
        let mut schema = found.expect("the kind").1;
        schema["properties"]["sequel"] = sequel;
        line("schema/video", schema)
    };
    let world = World::new();
    world.import(&[schema(json!({"title": "Sequel", "type": "string"}))]);
    let mut old = video("Old");
    old["sequel"] = json!("video/nowhere");
    world.import(&[line("video/old", old.clone())]);
    let lines = [
        schema(json!({"title": "Sequel", "type": "string", "x-link": {"kinds": ["video"]}})),
        line("video/new", video("New")),
    ];
    let refused = world.try_import(&lines, |options| options.skip_invalid = true);
    let Err(ImportError::Refused { report }) = refused else { panic!("{refused:?}") };
    assert_eq!(report.refused[0].key.as_deref(), Some("video/old"));
    world.verify();
}

#[test]
fn slugs_are_put_right_and_told_apart() {
    let world = World::new();
    let with_slug = |title: &str, slug: &str| {
        let mut document = video(title);
        document["slug"] = json!(slug);
        document
    };
    let lines = vec![
        line("topic/root", container("Home", &["course/c"])),
        line("course/c", container("C", &["lesson/l", "lesson/m"])),
        line("lesson/l", container("L", &["video/a", "video/b", "video/c"])),
        line("lesson/m", container("M", &["video/b", "video/d"])),
        line("video/a", with_slug("A", "https://www.khanacademy.org/math/v/Number_Grid?x=1")),
        line("video/b", with_slug("B", "number-grid")),
        line("video/c", with_slug("C", "Number Grid!")),
        line("video/d", with_slug("D", "number-grid-2")),
    ];
    let report = world.import(&lines);
    let slug = |text: &str| {
        let shown = world.history().show(&world.main(), &key(text)).unwrap().unwrap();
        shown.document.unwrap()["slug"].as_str().unwrap().to_owned()
    };
    assert_eq!(slug("video/a"), "number-grid");
    assert_eq!(
        slug("video/b"),
        "number-grid-3",
        "number-grid-2 is a sibling's in the other lesson"
    );
    assert_eq!(slug("video/c"), "number-grid-2");
    assert!(report.notices_count >= 4, "{report:#?}");
    let again = world.import(&lines);
    assert_eq!(again.commit, None, "the same lines change nothing: {again:#?}");
}

#[test]
fn pruning_removes_what_the_lines_lack() {
    let world = World::new();
    world.import(&course());
    let mut fewer = course();
    fewer.retain(|line| line["key"] != "exercise/e2" && line["key"] != "lesson/l2");
    fewer[2] = line("unit/u1", container("First", &["lesson/l1"]));
    let report = world
        .try_import(&fewer, |options| {
            options.prune = true;
            options.prune_at_most = PruneAtMost::Percent(50);
        })
        .unwrap();
    assert_eq!((report.removed, report.changed), (2, 1));
    assert!(
        world
            .history()
            .show(&world.main(), &key("exercise/e2"))
            .unwrap()
            .unwrap()
            .document
            .is_none()
    );
    let still_used = world.commit(&[("exercise/e1", None)]).unwrap_err();
    assert!(still_used.to_string().contains("lesson/l1 still uses exercise/e1"), "{still_used}");
    world.verify();
}

#[test]
fn a_translation_is_only_what_differs_from_its_source() {
    let world = World::new();
    world.speak("es");
    let mut lines = course();
    lines.insert(0, json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}}));
    lines.push(json!({"key": "lesson/l1", "locale": "es", "document": {"title": "One"}}));
    lines.push(json!({"key": "exercise/e1", "locale": "es", "document": {"items": [{"id": "i1", "question": {"content": "¿Cuánto es dos y dos?\n\n[[☃ numeric-input 1]]"}}]}}));
    let report = world.import(&lines);
    assert_eq!(report.translations, 3);
    assert!(
        world
            .history()
            .show(&world.main(), &key("video/v@es"))
            .unwrap()
            .unwrap()
            .document
            .is_some()
    );
    assert_eq!(world.history().show(&world.main(), &key("lesson/l1@es")).unwrap(), None);
    let _ = exercise;
}

fn refused(world: &World, text: &[u8]) -> cms_core::repo::RefusedLine {
    let error = world.import_texts(vec![text.to_vec()], &Directory::default(), |_| {}).unwrap_err();
    let ImportError::Refused { report } = error else { panic!("{error}") };
    report.refused[0].clone()
}

#[test]
fn what_is_wrong_is_placed_by_line_and_column_of_its_own_file() {
    let world = World::new();
    let check = |text: &str, line: u64, column: u64, said: &str| {
        let row = refused(&world, text.as_bytes());
        assert_eq!((row.line, row.column), (line, Some(column)), "{text}: {row:?}");
        assert!(row.reasons[0].message.contains(said), "{row:?}");
        assert!(!row.reasons[0].message.contains(" at line "), "{row:?}");
    };
    // One line of a file of lines.
    check(
        r#"{"key":"video/v","document":{"title":"é","slug":"s","duration_s":"long"}}"#,
        1,
        66,
        "",
    );
    check(r#"{"key":"video/v","document":{"title":"One" "slug":"s"}}"#, 1, 44, "expected");
    check(r#"{"key":"Video","document":{}}"#, 1, 8, "");
    // A file that is one document, with lines of its own.
    let file = |text: &str| json!({ "key": "video/v", "locale": null, "file": text }).to_string();
    let text =
        "\u{feff}\n{\n  \"title\": \"One\",\n  \"slug\": \"one\",\n  \"duration_s\": \"long\"\n}\n";
    check(&file(text), 5, 17, "");
    check(&file("{\n  \"title\": \"One\"\n  \"slug\": \"one\"\n}"), 3, 3, "expected");
    check(&file("{\n  \"title\": \"One\nTwo\"\n}"), 2, 15, "control character");
    check(&file("{\n \"duration_s\": 1.00000000000000000000001\n}"), 2, 16, "exactly");
    let good = file(
        "{\n  \"title\": \"One\",\n  \"slug\": \"one\", \"youtube_id\": \"abcdefghijk\", \"duration_s\": 60 }",
    );
    let report =
        world.import_texts(vec![good.into_bytes()], &Directory::default(), |_| {}).unwrap();
    assert_eq!(report.added, 1);
}

#[test]
fn an_encoding_that_is_not_utf_8_is_named() {
    let world = World::new();
    let line = r#"{"key":"video/v","document":{"title":"Café"}}"#;
    let latin: Vec<u8> = line.chars().map(|c| c as u8).collect();
    let row = refused(&world, &latin);
    assert!(row.reasons[0].message.contains("Latin-1"), "{row:?}");
    assert_eq!(row.column, Some(42));
    let wide: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refused(&world, &wide).reasons[0].message.contains("UTF-16"));
    let marked = [b"\xef\xbb\xbf", line.as_bytes()].concat();
    assert!(refused(&world, &marked).reasons[0].message.contains("byte-order mark"));
    let said = json!({ "key": "video/v", "unreadable": "this is UTF-16; save it as UTF-8" });
    let row = refused(&world, said.to_string().as_bytes());
    assert_eq!(row.reasons[0].message, "this is UTF-16; save it as UTF-8");
}

fn pruned(
    world: &World,
    lines: &[Value],
    at_most: PruneAtMost,
) -> Result<ImportReport, ImportError> {
    world.try_import(lines, |options| {
        options.prune = true;
        options.prune_at_most = at_most;
    })
}

#[test]
fn an_import_that_would_remove_more_than_a_tenth_wants_a_word() {
    let world = World::new();
    world.import(&course());
    let before = world.export(&world.main());
    for lines in [&[][..], &course()[..9]] {
        let refused = pruned(&world, lines, PruneAtMost::default()).unwrap_err();
        let ImportError::PrunesTooMuch { removed, of, ref keys, .. } = refused else {
            panic!("{refused}")
        };
        assert_eq!((removed, of), (11 - lines.len() as u64, 11));
        assert!(!keys.is_empty());
        assert!(refused.to_string().contains("at most 10%"), "{refused}");
    }
    assert!(pruned(&world, &course()[..9], PruneAtMost::Rows(1)).is_err());
    assert_eq!(world.export(&world.main()), before, "nothing was imported");
    let report = pruned(&world, &[], PruneAtMost::Percent(100)).unwrap();
    assert_eq!(report.removed, 11);
    world.verify();
}

/// The course, and a language into which it can be translated.
fn spoken_course() -> Vec<Value> {
    course().into_iter().chain([language_line("es")]).collect()
}

#[test]
fn pruning_removes_a_translation_that_the_lines_lack() {
    let world = World::new();
    let mut lines = spoken_course();
    lines.push(json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}}));
    world.import(&lines);
    let report = pruned(&world, &spoken_course(), PruneAtMost::default()).unwrap();
    assert_eq!(report.removed, 1);
    let shown = world.history().show(&world.main(), &key("video/v@es")).unwrap().unwrap();
    assert_eq!(shown.document, None);
}

#[test]
fn a_line_that_is_left_out_does_not_remove_what_it_names() {
    let world = World::new();
    let mut lines = spoken_course();
    lines.push(json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}}));
    world.import(&lines);
    let mut broken = spoken_course();
    let video = broken.iter_mut().find(|line| line["key"] == "video/v").unwrap();
    video["document"]["duration_s"] = json!("long");
    let report = world
        .try_import(&broken, |options| {
            (options.prune, options.skip_invalid) = (true, true);
        })
        .unwrap();
    assert_eq!((report.refused_count, report.removed), (1, 0));
    for text in ["video/v", "video/v@es"] {
        let shown = world.history().show(&world.main(), &key(text)).unwrap().unwrap();
        assert!(shown.document.is_some(), "{text}");
    }
}

/// One or two equal words count as translated in a unit that is otherwise whole. So might a gap that a program had
/// filled, and such gaps replaced the translation that was there.
#[test]
fn the_sources_own_words_take_no_translations_place() {
    let world = World::new();
    let asked = "How much is two and two?";
    let exercise_of = |question: &str, [yes, no]: [&str; 2]| {
        let mut document = exercise("Yes or no", question);
        let item = &mut document["items"][0];
        item["hints"] = json!([{"content": yes}, {"content": no}]);
        document
    };
    let mut lines: Vec<Value> = spoken_course();
    lines.push(line("exercise/e9", exercise_of(asked, ["Yes", "No"])));
    world.import(&lines);
    let spoken = |hints: [&str; 2]| {
        let mut document = exercise_of("¿Cuánto es dos y dos?", hints);
        document.as_object_mut().unwrap().remove("slug");
        world.import(&[json!({"key": "exercise/e9", "locale": "es", "document": document})]);
        let shown = world.history().show(&world.main(), &key("exercise/e9@es")).unwrap().unwrap();
        let document = shown.document.unwrap();
        document["segments"]["/items/i1/hints/1/content"]["text"].clone()
    };
    assert_eq!(spoken(["Sí", "No"]), "No", "it is the same in both languages");
    assert_eq!(spoken(["Sí", "Nada"]), "Nada");
    assert_eq!(spoken(["Sí", "No"]), "Nada", "what there was is kept");
}

/// A half-done file, or one with the source's words in place of missing ones, removed the translation without
/// counting it.
#[test]
fn a_file_that_translates_less_takes_no_translation_away() {
    let world = World::new();
    let mut lines = spoken_course();
    let mut words = exercise("Suma", "¿Cuánto es dos y dos?");
    words.as_object_mut().unwrap().remove("slug");
    lines.push(json!({"key": "exercise/e1", "locale": "es", "document": words}));
    world.import(&lines);
    let before = world.history().show(&world.main(), &key("exercise/e1@es")).unwrap().unwrap();
    for less in [json!({}), json!({"title": "Add"}), json!({"title": "Sumar"})] {
        let line = json!({"key": "exercise/e1", "locale": "es", "document": less});
        let report = world.try_import(&[line], |_| {});
        let shown = world.history().show(&world.main(), &key("exercise/e1@es")).unwrap().unwrap();
        let segments = |shown: &cms_core::repo::Shown| {
            shown.document.as_ref().unwrap()["segments"].as_object().unwrap().len()
        };
        assert_eq!(segments(&shown), segments(&before), "{report:?}");
        assert!(!report.unwrap().notices.is_empty());
    }
}
