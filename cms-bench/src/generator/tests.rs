//! The generator's shape, printed and asserted, and a check that the shipped kinds accept all of it.

use std::{collections::HashMap, fs, path::Path};

use cms_core::{model::canonical, schema::kind::KindSchema};

use super::*;

fn shape(entries_count: u32) -> Shape {
    Shape { entries_count, locales_count: 0, seed: SEED }
}

#[test]
fn the_graph_has_khan_academys_shape() {
    for entries_count in [10_000, 100_000] {
        let content = Content::new(shape(entries_count));
        let figures = content.graph().figures();
        println!("{figures:?}");
        assert_eq!(figures.entries_count, entries_count as usize);
        assert!((0.22..0.24).contains(&figures.several_places_share), "{figures:?}");
        assert_eq!(figures.fan_out_max, 126);
        assert_eq!(figures.depth_max, 5);
        assert_eq!(figures.ancestors_median, 5);
        assert!((12..=21).contains(&figures.ancestors_max), "{figures:?}");
    }
}

#[test]
fn documents_have_two_to_three_kilobytes() {
    let content = Content::new(shape(10_000));
    let mut sizes: Vec<_> = content.lines().map(|line| line.document.len()).collect();
    sizes.sort_unstable();
    let at = |percent: usize| sizes[(sizes.len() - 1) * percent / 100];
    println!("document bytes: p1 {} p50 {} p99 {} max {}", at(1), at(50), at(99), at(100));
    assert!(at(1) >= 1_800 && at(99) <= 3_200, "p1 {} p99 {}", at(1), at(99));
    assert!((2_000..3_000).contains(&at(50)));
}

#[test]
fn the_kinds_that_ship_accept_all_of_it() {
    let mut kinds = HashMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    for word in ["topic", "course", "unit", "lesson", "exercise", "video", "article", "locale"] {
        let text = fs::read(folder.join(format!("{word}.schema.json"))).unwrap();
        let schema = canonical::parse(&text).unwrap();
        let kind = KindSchema::compile(&word.parse().unwrap(), &schema).unwrap();
        kinds.insert(word, kind);
    }
    let content = Content::new(Shape { locales_count: 12, ..shape(400) });
    let mut sources = HashMap::new();
    let mut translations_count = 0;
    for line in content.lines() {
        let (word, _) = line.key.split_once('/').unwrap();
        let value = canonical::parse(line.document.as_bytes()).unwrap();
        let kind = &kinds[word];
        if line.locale.is_none() {
            assert_eq!(kind.validate(&value), [], "{}", line.key);
            assert_eq!(canonical::to_bytes(&value), line.document.as_bytes(), "{}", line.key);
            sources.insert(line.key, value);
        } else {
            translations_count += 1;
            let source = &sources[&line.key];
            let (translation, notices) =
                cms_core::schema::translation::Translation::from_translated(kind, source, &value)
                    .unwrap_or_else(|violations| panic!("{}: {violations:?}", line.key));
            assert!(!translation.is_empty() && notices.is_empty(), "{}: {notices:?}", line.key);
        }
    }
    assert!((2_200..2_600).contains(&translations_count), "{translations_count}");
    for entry in content.exercises() {
        for edit in [Edit::Text(1), Edit::Link(1)] {
            let value = content.value(entry, edit);
            assert_eq!(kinds["exercise"].validate(&value), []);
            assert_ne!(value, content.value(entry, Edit::None));
        }
    }
}

#[test]
fn the_same_shape_gives_the_same_bytes() {
    let content = Content::new(Shape { locales_count: 2, ..shape(500) });
    let lines: Vec<_> = content.lines().collect();
    assert!(Content::new(content.shape()).lines().eq(lines.iter().cloned()));
    let text: String = lines.iter().map(|line| line.to_ndjson() + "\n").collect();
    let object = cms_core::model::id::ObjectId::of(
        cms_core::model::object::ObjectKind::Document,
        text.as_bytes(),
    );
    assert_eq!(
        object.to_string(),
        "d05a23157e3a56e3710da4def1c0199baefff47064c4d3f30e64a58a4729e66c"
    );
}
