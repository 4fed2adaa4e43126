//! The laws of translation, as tables and against a model.

use std::{collections::BTreeMap, convert::Infallible};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::schema::tests::{document, extract::any_json, lecture};

fn imported(change: impl FnOnce(&mut Value)) -> Result<(Translation, Vec<Notice>), Vec<String>> {
    let mut translated = json!({
        "title": "Mitades",
        "keywords": ["mitad", "2", "pie"],
        "parts": [{"id": "p2", "hints": [{"content": "Un corte."}, {}]}]
    });
    change(&mut translated);
    let told = |violations: Vec<Violation>| {
        violations.iter().map(|v| format!("{} {}: {}", v.pointer, v.code, v.message)).collect()
    };
    Translation::from_translated(lecture(), &document(), &translated).map_err(told)
}

#[test]
fn an_import_gives_the_texts_that_differ() {
    let (translation, notices) = imported(|_| {}).expect("imported");
    let texts: Vec<String> =
        translation.segments().map(|(address, t)| format!("{address} {}", t.text)).collect();
    assert_eq!(
        texts,
        ["/keywords/0 mitad", "/parts/p2/hints/0/content Un corte.", "/title Mitades"]
    );
    assert_eq!(
        notices.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["the text at /keywords/2 is the same as the source's and counts as not translated"]
    );
    let source = document();
    assert_eq!(translation.fitting(&"/title".parse().expect("one"), "Halves"), Some("Mitades"));
    assert_eq!(translation.fitting(&"/title".parse().expect("one"), "halves"), None);
    let (nothing, notices) =
        Translation::from_translated(lecture(), &source, &source).expect("its own");
    assert!(nothing.is_empty());
    assert_eq!(notices[0], Notice::NothingTranslated);
    assert!(matches!(notices[1], Notice::SameAsSource { count: 11, .. }), "{notices:?}");
}

#[test]
fn short_words_that_two_languages_share_keep_no_unit_waiting() {
    let part = |content: &str, hint: &str, label: &str| {
        let options = json!({"label": label});
        let (translation, notices) = imported(|translated| {
            translated["parts"] = json!([{"id": "p2", "content": content,
                "hints": [{"content": hint}, {}], "widgets": {"radio 1": {"options": options}}}]);
        })
        .expect("imported");
        let taken = ["content", "hints/0/content", "widgets/radio 1/options/label"]
            .iter()
            .filter(|place| {
                let address = format!("/parts/p2/{place}").parse().expect("an address");
                translation.get(&address).is_some()
            })
            .count();
        let exported = to_translated(lecture(), &document(), &translation).expect("it is carried");
        let (again, _) =
            Translation::from_translated(lecture(), &document(), &exported).expect("it imports");
        assert_eq!(again, translation);
        let told: Vec<_> = notices.iter().map(ToString::to_string).collect();
        (taken, told.join("; "))
    };
    let source = "Cut ![a pie](image/pie) in [[☃ radio 1]] halves.";
    let whole = "Corta ![un pie](image/pie) en [[☃ radio 1]] mitades.";
    let same = "the text at /keywords/2 is the same as the source's and counts as not translated";
    assert_eq!(part(whole, "One cut.", "Elige una"), (3, same.to_owned()));
    // A unit without a translated short text may be half done, with its gaps filled by a program.
    let (taken, told) = part(whole, "One cut.", "Pick one");
    assert_eq!(taken, 1);
    assert!(
        told.starts_with(
            "all is translated around /parts/p2/hints/0/content but for 2 short texts"
        ),
        "{told}"
    );
    // The same goes for one whose longer words are the source's.
    let (taken, told) = part(source, "One cut.", "Elige una");
    assert_eq!(taken, 1);
    assert!(!told.contains("all is translated"), "{told}");
}

#[test]
fn an_import_that_does_not_fit_names_the_place() {
    let check = |change: &dyn Fn(&mut Value), expected: &[&str]| {
        assert_eq!(imported(change).expect_err("refused"), expected);
    };
    check(
        &|t| t["parts"][0]["id"] = json!("p3"),
        &[
            "/parts/0/id unknown-place: the source has no element with the id “p3”; did you mean “p2”?",
        ],
    );
    check(
        &|t| t["parts"] = json!([{"content": "x"}]),
        &["/parts/0/id missing-field: element 1 has no id to be matched by"],
    );
    check(
        &|t| t["parts"] = json!([{"id": "p1"}, {"id": "p1"}]),
        &["/parts/1/id repeated-key: the id “p1” is taken already"],
    );
    check(
        &|t| t["titel"] = json!("x"),
        &["/titel unknown-field: there is no field “titel” here; did you mean “title”?"],
    );
    check(
        &|t| t["parts"][0]["file"] = json!("x"),
        &["/parts/0/file unknown-place: the source has no “file” here"],
    );
    check(
        &|t| t["parts"][0]["answer"] = json!(3),
        &[
            "/parts/0/answer not-translatable: this is not translatable and differs from the source; leave it out",
        ],
    );
    check(
        &|t| t["parts"][0]["hints"] = json!([{"content": "Un corte."}]),
        &[
            "/parts/0/hints not-translatable: this list has 1 elements, but the source's has 2; they are matched by position",
        ],
    );
    check(&|t| t["title"] = json!(["x"]), &["/title wrong-type: a text is expected here"]);
    check(
        &|t| t["parts"] = json!([{"id": "p1", "content": "x"}]),
        &["/parts/0/content unknown-place: the source has no text here"],
    );
    check(&|t| *t = json!([]), &[" wrong-type: an object is expected here"]);
}

#[test]
fn blank_texts_are_no_translations() {
    let (translation, notices) = imported(|t| t["title"] = json!("  ")).expect("imported");
    assert_eq!(translation.get(&"/title".parse().expect("one")), None);
    assert!(notices.contains(&Notice::Blank { pointer: "/title".to_owned() }));
}

#[test]
fn a_translation_is_read_strictly() {
    let (translation, _) = imported(|_| {}).expect("imported");
    assert_eq!(Translation::parse(&translation.to_document()), Ok(translation));
    let hash = TextHash::of("x").to_string();
    let check = |document: Value, expected: &[&str]| {
        let violations = Translation::parse(&document).expect_err("refused");
        let found: Vec<String> =
            violations.iter().map(|v| format!("{} {}", v.pointer, v.code)).collect();
        assert_eq!(found, expected);
    };
    check(json!([]), &[" wrong-type"]);
    check(json!({}), &["/segments missing-field"]);
    check(
        json!({"segments": [], "locale": "es"}),
        &["/locale unknown-field", "/segments wrong-type"],
    );
    check(
        json!({"segments": {"title": {"source": hash, "text": "x"}}}),
        &["/segments/title not-an-address"],
    );
    check(
        json!({"segments": {"/title": {"source": "abc", "text": "x"}}}),
        &["/segments/~1title/source not-a-hash"],
    );
    check(
        json!({"segments": {"/title": {"source": hash, "text": " "}}}),
        &["/segments/~1title/text too-short"],
    );
    check(
        json!({"segments": {"/title": {"source": 1, "text": 2, "x": 3}, "/a": 1}}),
        &[
            "/segments/~1a wrong-type",
            "/segments/~1title/source wrong-type",
            "/segments/~1title/text wrong-type",
            "/segments/~1title/x unknown-field",
        ],
    );
}

#[test]
fn an_export_keeps_keys_and_places() {
    let (translation, _) = imported(|_| {}).expect("imported");
    let exported = to_translated(lecture(), &document(), &translation).expect("it fits");
    let expected = json!({
        "title": "Mitades",
        "keywords": ["mitad", "2", "pie"],
        "parts": [{"id": "p2", "hints": [{"content": "Un corte."}, {}]}]
    });
    assert_eq!(exported, expected);
    let mut later = document();
    later["title"] = json!("Two halves");
    assert_eq!(to_translated(lecture(), &later, &translation), None, "the title is stale");
    let nothing = Translation::default();
    assert_eq!(to_translated(lecture(), &later, &nothing), Some(json!({})));
}

#[test]
fn a_change_without_a_change_of_meaning_carries_translations_over() {
    let kind = lecture();
    let (translation, _) = imported(|_| {}).expect("imported");
    let mut after = document();
    after["title"] = json!("Halves!");
    let carried = translation.carried_over(kind, &document(), &after);
    let title: Address = "/title".parse().expect("one");
    assert_eq!(carried.fitting(&title, "Halves!"), Some("Mitades"));
    let mut later = after.clone();
    later["title"] = json!("Quarters");
    assert_eq!(translation.carried_over(kind, &after, &later), translation, "stale stays stale");
    assert_eq!(carried.carried_over(kind, &after, &after), carried);
}

fn never() -> impl Iterator<Item = Result<Value, Infallible>> {
    std::iter::from_fn(|| panic!("the history is not needed"))
}

#[test]
fn history_is_not_read_without_need() {
    let kind = lecture();
    let mut translation = Translation::default();
    let Ok(delivered) =
        translate(kind, &document(), &mut never(), &translation, Untranslated::LastWhole);
    assert_eq!(delivered.document, document());
    assert!(!delivered.is_translated);
    assert_eq!(delivered.untranslated.len(), 2, "never an empty list of units");
    let source = document();
    for segment in kind.segments(&source) {
        translation.set(segment.address, &segment.text, "texto");
    }
    let Ok(delivered) =
        translate(kind, &source, &mut never(), &translation, Untranslated::LastWhole);
    assert!(delivered.is_translated && delivered.stale.is_empty());
    assert_eq!(
        delivered.document["parts"][0]["widgets"]["radio 1"]["options"],
        json!({"label": "texto", "choices": ["texto", "texto", 3, {"label": "texto", "value": "kept"}], "value": "42"})
    );
}

#[test]
fn an_error_of_the_history_is_told_and_its_depth_limited() {
    let kind = lecture();
    let mut translation = Translation::default();
    translation.set("/parts/p2/content".parse().expect("one"), "never was", "nunca");
    let mut broken = std::iter::once(Err("broken"));
    let error = translate(kind, &document(), &mut broken, &translation, Untranslated::Source);
    assert_eq!(error, Err("broken"));
    let mut read_count = 0;
    let mut endless = std::iter::from_fn(|| {
        read_count += 1;
        Some(Ok::<_, Infallible>(document()))
    });
    let Ok(delivered) =
        translate(kind, &document(), &mut endless, &translation, Untranslated::Source);
    assert_eq!(delivered.document, document());
    assert_eq!(read_count, HISTORY_DOCUMENTS_MAX);
}

#[test]
fn a_stale_field_outside_of_units_keeps_its_last_translation() {
    let mut translation = Translation::default();
    translation.set("/title".parse().expect("one"), "Old halves", "Mitades viejas");
    let Ok(delivered) =
        translate(lecture(), &document(), &mut never(), &translation, Untranslated::LastWhole);
    assert_eq!(delivered.document["title"], "Mitades viejas");
    assert_eq!(delivered.document["description"], document()["description"]);
    assert_eq!(delivered.stale.iter().map(Address::as_str).collect::<Vec<_>>(), ["/title"]);
    assert!(delivered.is_translated);
}

#[test]
fn a_stale_text_in_a_list_is_not_taken_for_its_neighbour() {
    let mut translation = Translation::default();
    translation.set("/keywords/0".parse().expect("one"), "pie", "tarta");
    translation.set("/keywords/2".parse().expect("one"), "pie", "tarta");
    let Ok(delivered) =
        translate(lecture(), &document(), &mut never(), &translation, Untranslated::LastWhole);
    assert_eq!(delivered.document["keywords"], json!(["half", "2", "tarta"]));
    assert_eq!(delivered.stale.iter().map(Address::as_str).collect::<Vec<_>>(), ["/keywords/0"]);
}

#[test]
fn a_policy_has_one_word() {
    for policy in [Untranslated::LastWhole, Untranslated::Source] {
        assert_eq!(Untranslated::from_word(policy.word()), Some(policy));
    }
    assert_eq!(Untranslated::from_word("english"), None);
}

/// The texts of a unit at a version from 0 to 5. At 2 and 5 its content has no words; at 5 nothing
/// has. A hint stays the same for two versions.
fn unit_texts(unit: usize, version: u32) -> [(&'static str, String); 2] {
    let content = match version {
        2 | 5 => format!("${version}$"),
        _ => format!("question {unit} {version}"),
    };
    let hint = if version == 5 { "$h$".to_owned() } else { format!("hint {unit} {}", version / 2) };
    [("content", content), ("hints/0/content", hint)]
}

fn unit(unit: usize, version: u32, text: &dyn Fn(&str, &str) -> String) -> Value {
    let [content, hint] = unit_texts(unit, version).map(|(path, source)| text(path, &source));
    json!({"id": format!("u{unit}"), "answer": version, "content": content, "hints": [{"content": hint}]})
}

/// For each revision, newest first, its units in order with their versions.
type History = Vec<Vec<(usize, u32)>>;

fn source_of(units: &[(usize, u32)]) -> Value {
    let plain = |_: &str, source: &str| source.to_owned();
    let parts: Vec<Value> =
        units.iter().map(|(name, version)| unit(*name, *version, &plain)).collect();
    json!({"title": "Units", "slug": "units", "parts": parts})
}

fn any_history() -> impl Strategy<Value = History> {
    let revision = prop::collection::btree_map(0..4_usize, 0..6_u32, 0..4)
        .prop_map(|units| units.into_iter().collect::<Vec<_>>())
        .prop_shuffle();
    prop::collection::vec(revision, 1..6)
}

/// For each unit and path, the version whose text was translated.
type Translated = BTreeMap<(usize, bool), u32>;

fn translation_of(translated: &Translated) -> Translation {
    let mut translation = Translation::default();
    for ((name, is_hint), version) in translated {
        let (path, source) = &unit_texts(*name, *version)[usize::from(*is_hint)];
        let address = format!("/parts/u{name}/{path}").parse().expect("an address");
        translation.set(address, source, &format!("T {source}"));
    }
    translation
}

/// What docs/KINDS.md says, word by word, for one unit.
fn is_whole(translated: &Translated, name: usize, version: u32) -> bool {
    let texts = unit_texts(name, version);
    [false, true].into_iter().all(|is_hint| {
        let source = &texts[usize::from(is_hint)].1;
        let made_from = translated.get(&(name, is_hint));
        let made_from =
            made_from.map(|version| unit_texts(name, *version)[usize::from(is_hint)].1.clone());
        source.starts_with('$') || made_from.as_ref() == Some(source)
    })
}

fn model(history: &History, translated: &Translated, policy: Untranslated) -> Vec<Value> {
    let applied = |name: usize, version: u32| {
        let translation = translation_of(translated);
        unit(name, version, &|path, source| {
            let address = format!("/parts/u{name}/{path}").parse().expect("an address");
            translation.fitting(&address, source).map_or(source.to_owned(), str::to_owned)
        })
    };
    let plain = |name: usize, version: u32| unit(name, version, &|_, source| source.to_owned());
    let mut delivered = Vec::new();
    for &(name, version) in &history[0] {
        let older = history[1..].iter().filter_map(|units| {
            let (_, version) = units.iter().find(|(other, _)| *other == name)?;
            // Nothing was translated at 5, where no text has words.
            (*version != 5).then_some(*version)
        });
        let mut versions = std::iter::once(version).chain(older);
        match versions.find(|version| is_whole(translated, name, *version)) {
            Some(version) => delivered.push(applied(name, version)),
            None if policy == Untranslated::Source => delivered.push(plain(name, version)),
            None => {}
        }
    }
    if delivered.is_empty() {
        delivered = history[0].iter().map(|(name, version)| plain(*name, *version)).collect();
    }
    delivered
}

/// The document with every text blanked, which leaves answers, keys and order.
fn without_texts(kind: &KindSchema, document: &Value) -> Value {
    let mut document = document.clone();
    kind.tree.walk_mut(
        &mut document,
        crate::schema::kind::tree::Marks::TEXT,
        &mut |node, value, _| {
            if node.text && value.is_string() {
                *value = Value::Null;
            }
        },
    );
    document
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_unit_mixes_two_revisions(
        history in any_history(),
        translated in prop::collection::btree_map((0..4_usize, any::<bool>()), 0..6_u32, 0..8),
        keeps_source in any::<bool>(),
    ) {
        let kind = lecture();
        let policy = if keeps_source { Untranslated::Source } else { Untranslated::LastWhole };
        let documents: Vec<Value> = history.iter().map(|units| source_of(units)).collect();
        for document in &documents {
            prop_assert_eq!(kind.validate(document), []);
        }
        let mut older = documents[1..].iter().cloned().map(Ok::<_, Infallible>);
        let translation = translation_of(&translated);
        let Ok(delivered) = translate(kind, &documents[0], &mut older, &translation, policy);
        let expected = Value::from(model(&history, &translated, policy));
        prop_assert_eq!(&delivered.document["parts"], &expected);
        let told = delivered.left_out.len() + delivered.document["parts"].as_array().expect("a list").len();
        prop_assert_eq!(told, history[0].len(), "each unit is delivered or told");
        if delivered.stale.is_empty() && delivered.left_out.is_empty() && delivered.older.is_empty() {
            prop_assert_eq!(without_texts(kind, &delivered.document), without_texts(kind, &documents[0]));
        }
    }

    #[test]
    fn an_export_imports_to_the_same(
        history in any_history(),
        chosen in prop::collection::vec(any::<bool>(), 20),
    ) {
        let kind = lecture();
        for base in [source_of(&history[0]), document()] {
            let mut translation = Translation::default();
            for (segment, chosen) in kind.segments(&base).into_iter().zip(chosen.iter().cycle()) {
                if *chosen {
                    translation.set(segment.address, &segment.text, &format!("T {}", segment.text));
                }
            }
            let exported = to_translated(kind, &base, &translation).expect("everything fits");
            let (again, _) = Translation::from_translated(kind, &base, &exported).expect("it imports");
            prop_assert_eq!(&again, &translation);
            prop_assert_eq!(Translation::parse(&translation.to_document()), Ok(translation));
        }
    }

    #[test]
    fn nothing_panics_on_any_documents(source in any_json(), other in any_json()) {
        let kind = lecture();
        let mut translation = Translation::default();
        for (index, segment) in kind.segments(&other).into_iter().enumerate() {
            if index % 2 == 0 {
                translation.set(segment.address, &segment.text, "texto");
            }
        }
        for policy in [Untranslated::LastWhole, Untranslated::Source] {
            let mut older = [Ok::<_, Infallible>(other.clone())].into_iter();
            let _ = translate(kind, &source, &mut older, &translation, policy);
        }
        let _ = translation.carried_over(kind, &other, &source);
        let _ = to_translated(kind, &source, &translation);
        let _ = Translation::parse(&other);
        let _ = Translation::from_translated(kind, &source, &other);
        if let Ok((translation, _)) = Translation::from_translated(kind, &source, &source) {
            prop_assert!(translation.is_empty(), "nothing differs from itself");
        }
    }
}
