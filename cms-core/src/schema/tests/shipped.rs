//! The kinds that ship, with the course that ships: schemas and fixtures must fit this room.

use std::{collections::BTreeMap, convert::Infallible, fs, path::PathBuf};

use serde_json::Value;

use crate::{
    model::id::MediaId,
    schema::{
        kind::KindSchema,
        public::Children,
        translation::{Translation, Untranslated, to_translated, translate},
    },
};

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &std::path::Path) -> Value {
    let bytes = fs::read(path).expect("a readable file");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn shipped_kinds() -> BTreeMap<String, KindSchema> {
    let files = fs::read_dir(repository().join("schemas")).expect("the schemas");
    let kinds: BTreeMap<String, KindSchema> = files
        .map(|file| {
            let path = file.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
            let name = name.strip_suffix(".schema.json").expect("KIND.schema.json").to_owned();
            let schema = read(&path);
            assert_eq!(KindSchema::of_schemas().validate(&schema), [], "{name}");
            let kind = KindSchema::compile(&name.parse().expect("a kind"), &schema);
            (name, kind.expect("it compiles"))
        })
        .collect();
    assert!(kinds.len() >= 10, "{kinds:?}");
    kinds
}

/// The documents of the fixture course: kind, file name without `.json`, document.
fn fixtures(kinds: &BTreeMap<String, KindSchema>) -> BTreeMap<(String, String), Value> {
    let mut documents = BTreeMap::new();
    for name in kinds.keys() {
        let folder = repository().join("fixtures/fractions").join(name);
        for file in fs::read_dir(folder).expect("each kind has a fixture") {
            let path = file.expect("a file").path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
            documents.insert((name.clone(), stem.to_owned()), read(&path));
        }
    }
    documents
}

#[test]
fn the_course_is_valid_under_the_kinds_that_ship() {
    let kinds = shipped_kinds();
    for ((kind_name, stem), document) in fixtures(&kinds) {
        if stem.contains('@') {
            continue;
        }
        let kind = &kinds[&kind_name];
        let document = kind
            .media_names_resolved(&document, &|name| Ok(Some(MediaId::of(name.as_bytes()))))
            .expect("every name resolves");
        assert_eq!(kind.validate(&document), [], "{kind_name}/{stem}");
        let public = kind.public(&document, Children::Kept);
        assert_eq!(public.get("author_notes"), None);
        assert!(
            !kind.summary(&document).is_empty(),
            "{kind_name}/{stem} can be shown in its parent"
        );
        for link in kind.links(&document) {
            assert!(kinds.contains_key(link.target.kind().as_str()), "{}", link.target);
        }
    }
}

#[test]
fn the_course_translates_whole_and_exports_again() {
    let kinds = shipped_kinds();
    let documents = fixtures(&kinds);
    let mut translated_count = 0;
    for ((kind_name, stem), translated) in &documents {
        let Some((id, _locale)) = stem.split_once('@') else { continue };
        let kind = &kinds[kind_name];
        let source = &documents[&(kind_name.clone(), id.to_owned())];
        let (translation, _) =
            Translation::from_translated(kind, source, translated).expect("it imports");
        let exported = to_translated(kind, source, &translation).expect("it fits its source");
        let (again, _) = Translation::from_translated(kind, source, &exported).expect("it imports");
        assert_eq!(again, translation, "{kind_name}/{stem}");
        let mut older = std::iter::empty::<Result<Value, Infallible>>();
        let Ok(delivered) =
            translate(kind, source, &mut older, &translation, Untranslated::LastWhole);
        assert!(delivered.is_translated, "{kind_name}/{stem}");
        let not_whole = [delivered.left_out, delivered.untranslated].concat();
        assert_eq!(not_whole, [], "{kind_name}/{stem} is translated whole");
        translated_count += 1;
    }
    assert!(translated_count >= 10);
}
