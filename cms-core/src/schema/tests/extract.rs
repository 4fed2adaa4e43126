//! What is read out of a document, valid or not.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    model::id::MediaId,
    schema::{
        public::Children,
        role::Role,
        segments::{Address, TextHash, has_words},
        tests::{document, lecture},
    },
};

#[test]
fn links_come_in_the_order_of_the_document() {
    let links: Vec<String> = lecture()
        .links(&document())
        .iter()
        .map(|link| format!("{:?} {} {}", link.role, link.target, link.pointer))
        .collect();
    assert_eq!(
        links,
        [
            "RefersAcyclic lecture/first /before/0",
            "Refers lecture/top /canonical_parent",
            "Contains video/z /children/0",
            "Contains lecture/a /children/1",
            "Contains video/b /children/2",
            "Embeds image/pie /parts/0/content",
            "Embeds image/deep /parts/0/widgets/radio 1/options/choices/3/label",
            "Embeds image/t1 /thumbnail",
        ]
    );
    let parent = lecture().canonical_parent(&document());
    assert_eq!(parent.map(|key| key.to_string()).as_deref(), Some("lecture/top"));
    assert_eq!(lecture().canonical_parent(&json!({"canonical_parent": "video/x"})), None);
}

#[test]
fn names_can_be_read_and_the_slug_changed() {
    let kind = lecture();
    assert_eq!(kind.title(&document()), Some("Halves"));
    assert_eq!(kind.slug(&document()), Some("halves"));
    let renamed = kind.with_slug(&document(), "halves-2");
    assert_eq!(kind.slug(&renamed), Some("halves-2"));
    assert_eq!(kind.with_slug(&renamed, "halves"), document());
    assert_eq!(kind.title(&json!({"title": 1})), None);
    assert_eq!(kind.with_slug(&json!([]), "x"), json!([]));
}

#[test]
fn what_is_private_stays_inside() {
    let kind = lecture();
    let public = kind.public(&document(), Children::Kept);
    assert_eq!(public.get("author_notes"), None);
    assert_eq!(public.pointer("/parts/0/secret"), None);
    assert_eq!(
        public.pointer("/parts/1/parts/0"),
        Some(&json!({"id": "inner", "content": "Deep down."}))
    );
    assert_eq!(public["children"], document()["children"]);
    assert_eq!(kind.public(&document(), Children::Dropped).get("children"), None);
    assert_eq!(kind.public(&public, Children::Kept), public);
}

#[test]
fn a_summary_holds_the_summary_fields_that_are_there() {
    let summary = Value::Object(lecture().summary(&document()));
    let expected = json!({"title": "Halves", "slug": "halves",
        "description": "All about *halves*.", "thumbnail": "image/t1"});
    assert_eq!(summary, expected);
    assert_eq!(Value::Object(lecture().summary(&json!({"slug": "x"}))), json!({"slug": "x"}));
}

#[test]
fn media_are_found_and_names_resolved() {
    let kind = lecture();
    let media = kind.media(&document());
    assert_eq!(media, [("/parts/1/file".to_owned(), "ab".repeat(32).parse().expect("an id"))]);
    let imported = json!({"parts": [{"id": "a", "file": "media/a.svg"}, {"id": "b", "file": "media/b.svg"},
        {"id": "c", "content": "media/a.svg", "file": "ab".repeat(32)}]});
    let id = MediaId::of(b"picture");
    let resolved = kind
        .media_names_resolved(&imported, &|text| Ok(text.starts_with("media/").then_some(id)))
        .expect("resolved");
    assert_eq!(resolved.pointer("/parts/1/file"), Some(&json!(id.to_string())));
    assert_eq!(resolved.pointer("/parts/2"), imported.pointer("/parts/2"));
    let violations = kind
        .media_names_resolved(&imported, &|text| match text.strip_prefix("media/") {
            Some("a.svg") => Ok(Some(id)),
            Some(name) => Err(format!("there is no {name}")),
            None => Ok(None),
        })
        .expect_err("one is missing");
    let found: Vec<_> =
        violations.iter().map(|v| (v.pointer.as_str(), v.message.as_str())).collect();
    assert_eq!(found, [("/parts/1/file", "there is no b.svg")]);
}

#[test]
fn nothing_is_delivered_on_account_of_a_private_field() {
    let kind = lecture();
    let document = json!({"desk": {
        "sketch": "image/s", "file": "cd".repeat(32), "note": "![x](image/n)",
        "widget": {"type": "radio"}
    }});
    let links: Vec<_> =
        kind.links(&document).into_iter().map(|l| (l.target.to_string(), l.role)).collect();
    assert_eq!(links, [("image/n".to_owned(), Role::Refers), ("image/s".to_owned(), Role::Refers)]);
    assert_eq!(kind.media(&document).len(), 1);
    assert_eq!(kind.delivered_media(&document), []);
    assert!(kind.requires(&document).is_empty());
}

#[test]
fn requirements_are_named_once() {
    let requires = lecture().requires(&document());
    assert_eq!(requires.into_iter().collect::<Vec<_>>(), ["player-widget:radio"]);
}

#[test]
fn segments_are_addressed_by_key() {
    let document = document();
    let segments: Vec<String> = lecture()
        .segments(&document)
        .iter()
        .map(|s| {
            format!("{} [{}] {}", s.address, s.unit.as_ref().map_or("", |u| u.as_str()), s.text)
        })
        .collect();
    assert_eq!(
        segments,
        [
            "/description [] All about *halves*.",
            "/keywords/0 [] half",
            "/keywords/1 [] 2",
            "/keywords/2 [] pie",
            "/parts/p2/content [parts/p2] Cut ![a pie](image/pie) in [[☃ radio 1]] halves.",
            "/parts/p2/hints/0/content [parts/p2] One cut.",
            "/parts/p2/hints/1/content [parts/p2] $2$",
            "/parts/p2/widgets/radio 1/options/choices/0 [parts/p2] yes",
            "/parts/p2/widgets/radio 1/options/choices/1 [parts/p2] no",
            "/parts/p2/widgets/radio 1/options/choices/3/label [parts/p2] image/deep",
            "/parts/p2/widgets/radio 1/options/label [parts/p2] Pick one",
            "/parts/p1/parts/0/content [parts/p1] Deep down.",
            "/title [] Halves",
        ]
    );
    for text in ["", "parts", "/a~2", "/a~"] {
        assert!(text.parse::<Address>().is_err(), "{text}");
    }
}

#[test]
fn an_element_without_a_key_of_its_own_holds_no_segments() {
    let document = json!({"parts": [
        {"id": "a/b~c", "content": "one"}, {"content": "two"}, {"id": "a/b~c", "content": "three"}, {"id": 1, "content": "x"}
    ]});
    let segments: Vec<String> =
        lecture().segments(&document).iter().map(|s| format!("{} {}", s.address, s.text)).collect();
    assert_eq!(segments, ["/parts/a~1b~0c/content one"]);
}

#[test]
fn words_are_what_needs_a_translation() {
    for (text, expected) in [
        ("Halves", true),
        ("x", false),
        ("A", false),
        ("12.5", false),
        ("$\\frac{1}{2}$", false),
        ("$$\\sin x$$ [[☃ numeric-input 1]]", false),
        ("$3\\,\\text{apples}$", true),
        ("costs \\$5", true),
        ("\\$5", false),
        ("\\$5 and $", true),
        ("$5", false),
        ("[[☃ radio 1]]", false),
        ("[[☃ radio", true),
        ("![](image/pie)", false),
        ("![a pie](image/pie)", true),
        ("分", true),
        ("2 km", true),
        ("", false),
        ("☃ ❤", false),
        ("\\", false),
    ] {
        assert_eq!(has_words(text), expected, "{text}");
    }
}

#[test]
fn the_hash_of_a_text_is_pinned() {
    let hash = TextHash::of("Halves");
    assert_eq!(hash.to_string().parse(), Ok(hash));
    let whole = blake3::derive_key("cms 2026-11-22 v1 segment text", b"Halves");
    let hex = blake3::Hash::from_bytes(whole).to_hex();
    assert_eq!(hash.to_string(), hex[..32]);
    for text in
        ["", "AB", &hex[..31], &hex.to_uppercase()[..32], "+123456789012345678901234567890a"]
    {
        assert!(text.parse::<TextHash>().is_err(), "{text}");
    }
}

/// Any JSON, in which the names that the kind knows are more likely than others.
pub(in crate::schema) fn any_json() -> impl Strategy<Value = Value> {
    let names = "title|slug|parts|id|content|hints|widgets|options|label|choices|type|children|thumbnail|author_notes|file|secret|before|keywords|x";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "video/[a-c]|image/[a-c]|media/x|!\\[a\\]\\(image/[a-c]\\)|[a-zé$ ]{0,6}|[0-9a-f]{64}"
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(names, inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_on_any_document(document in any_json()) {
        let kind = lecture();
        let _ = kind.validate(&document);
        let _ = kind.media(&document);
        let _ = kind.requires(&document);
        let _ = kind.summary(&document);
        let _ = kind.canonical_parent(&document);
        let _ = kind.media_names_resolved(&document, &|_| Err("it is not there".to_owned()));
        for link in kind.links(&document) {
            prop_assert!(document.pointer(&link.pointer).is_some_and(Value::is_string));
        }
        let segments = kind.segments(&document);
        let addresses: std::collections::BTreeSet<_> = segments.iter().map(|s| &s.address).collect();
        prop_assert_eq!(addresses.len(), segments.len(), "an address names one text");
        let public = kind.public(&document, Children::Kept);
        prop_assert_eq!(kind.public(&public, Children::Kept), public);
    }
}
