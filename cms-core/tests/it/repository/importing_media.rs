//! The intake of media files: their content decides what they are, and the sender is told what became of them.

use std::collections::BTreeMap;

use cms_core::{
    model::id::MediaId,
    repo::{CommitError, ImportError, ImportReport, RefusedLine, TakedownReason, TakedownRequest},
};
use serde_json::{Value, json};

use super::world::{Directory, World, key};

const SVG: &[u8] = b"<!-- made by a program -->\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
const SRT: &[u8] = b"1\n00:00:00,000 --> 00:00:05,000\nHello\n";
const VTT: &str = "WEBVTT\n\n00:00:00.000 --> 00:00:05.000\nHello\n";

fn image(media: &str, mime: &str) -> Value {
    json!({"title": "A", "alt": "A", "media": media, "mime": mime, "width": 1, "height": 1})
}

fn video(captions: &str) -> Value {
    json!({"title": "V", "slug": "v", "captions": [{"locale": "en", "media": captions}]})
}

fn line(key: &str, document: Value) -> Vec<u8> {
    json!({"key": key, "document": document}).to_string().into_bytes()
}

/// Imports lines next to files.
fn import(
    world: &World,
    files: &[(&str, &[u8])],
    lines: Vec<Vec<u8>>,
    skip_invalid: bool,
) -> Result<ImportReport, ImportError> {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(directory.path().join(name), bytes).unwrap();
    }
    let media = Directory::of(directory.path().to_owned());
    world.import_texts(lines, &media, |options| options.skip_invalid = skip_invalid)
}

#[track_caller]
fn refused(result: Result<ImportReport, ImportError>) -> Vec<RefusedLine> {
    match result {
        Err(ImportError::Refused { report }) => report.refused,
        other => panic!("is refused: {other:#?}"),
    }
}

fn document(world: &World, name: &str) -> Value {
    let lines = world.export(&world.main());
    let line = lines.into_iter().find(|line| line["key"] == name);
    line.unwrap_or_else(|| panic!("{name} is there"))["document"].clone()
}

#[test]
fn a_picture_is_one_whatever_stands_before_its_root() {
    let world = World::new();
    let lines = vec![line("image/a", image("media/a.svg", "image/svg+xml"))];
    let report = import(&world, &[("a.svg", SVG)], lines, false).unwrap();
    assert_eq!((report.media, report.converted), (1, vec![]));
    assert_eq!(document(&world, "image/a")["media"], MediaId::of(SVG).to_string());
}

#[test]
fn a_file_that_was_taken_down_is_not_taken_in_again() {
    let world = World::new();
    let lines = || vec![line("image/a", image("media/a.svg", "image/svg+xml"))];
    import(&world, &[("a.svg", SVG)], lines(), false).unwrap();
    let request = TakedownRequest {
        entries: vec![key("image/a")],
        objects: Vec::new(),
        media: vec![MediaId::of(SVG)],
        reason: TakedownReason::Law,
        words: String::new(),
        stamp: world.stamp("down"),
    };
    world.repository.take_down(&request).unwrap();
    // The line names the file, so it is refused with it.
    for row in refused(import(&world, &[("a.svg", SVG)], lines(), false)) {
        let reasons = format!("{:?}", row.reasons);
        assert!(reasons.contains("taken down"), "{reasons}");
    }
    world.verify();
}

#[test]
fn what_is_no_media_refuses_the_import_and_is_told_as_what_it_is() {
    let world = World::new();
    let files: [(&str, &[u8]); 3] = [
        ("a.svg", SVG),
        ("b.png", b"%PDF-1.7"),
        ("c.vtt", b"WEBVTT\n\n00:01,000 --> 00:02,000\nA\n"),
    ];
    let lines = vec![
        line("image/a", image("media/a.svg", "image/svg+xml")),
        line("image/b", image("media/b.png", "image/png")),
    ];
    let rows = refused(import(&world, &files, lines.clone(), false));
    let told: BTreeMap<_, _> = rows
        .iter()
        .map(|row| (row.source.as_str(), (row.line, row.reasons[0].message.as_str())))
        .collect();
    assert_eq!(told["media/b.png"].0, 1);
    assert!(told["media/b.png"].1.starts_with("this is a PDF document; "), "{told:#?}");
    let (at, said) = told["media/c.vtt"];
    assert!(at == 3 && said.contains("“00:01,000” is not a time such as"), "{told:#?}");
    assert!(
        told["test.ndjson"].1.contains("“b.png” is refused: this is a PDF document"),
        "{told:#?}"
    );
    // A caller that asks for the rest gets it, without the lines that name a refused file.
    let report = import(&world, &files, lines, true).unwrap();
    assert_eq!((report.added, report.refused_count, report.media), (1, 3, 1));
    assert!(world.repository.media(MediaId::of(b"%PDF-1.7")).unwrap().is_none());
}

#[test]
fn subtitles_are_kept_as_webvtt_and_documents_name_what_is_kept() {
    let world = World::new();
    let lines = vec![line("video/v", video("media/c.srt"))];
    let report = import(&world, &[("c.srt", SRT)], lines, false).unwrap();
    let kept = MediaId::of(VTT.as_bytes());
    let told = &report.converted[0];
    assert_eq!(
        (told.name.as_str(), told.made_from.as_str(), told.id),
        ("c.srt", "SubRip (SRT)", kept)
    );
    assert_eq!(document(&world, "video/v")["captions"][0]["media"], kept.to_string());
    assert_eq!(world.repository.media(kept).unwrap().unwrap(), VTT);
    // An export of content that was written earlier names the file by the hash of its original form.
    let was = MediaId::of(SRT).to_string();
    let again = vec![line("video/v", video(&was))];
    let report = import(&world, &[(&was, SRT)], again, false).unwrap();
    assert_eq!((report.unchanged, report.converted_count), (1, 1));
}

#[test]
fn a_place_takes_what_it_is_for_and_documents_call_files_what_they_are() {
    let world = World::new();
    let files: [(&str, &[u8]); 2] = [("a.svg", SVG), ("c.srt", SRT)];
    let lines = vec![
        line("image/a", image("media/a.svg", "image/png")),
        line("image/c", image("media/c.srt", "image/png")),
        line("video/v", video("media/a.svg")),
    ];
    let rows = refused(import(&world, &files, lines, false));
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.key.as_deref().unwrap(),
                row.reasons[0].pointer.as_str(),
                row.reasons[0].message.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("image/a", "/mime", "the file is image/svg+xml, and this says “image/png”"),
            (
                "image/c",
                "/media",
                "the file is captions in WebVTT, and here it has to be a picture"
            ),
            (
                "video/v",
                "/captions/0/media",
                "the file is a picture, and here it has to be captions in WebVTT"
            ),
        ]
    );
    import(&world, &files, vec![], false).unwrap();
    let wrong = image(&MediaId::of(SVG).to_string(), "image/gif");
    let Err(CommitError::Refused { refusals }) = world.commit(&[("image/a", Some(wrong))]) else {
        panic!("a save is judged as an import is");
    };
    assert_eq!(refusals[0].key, key("image/a"));
    assert_eq!(refusals[0].violations[0].code.word(), "wrong-media");
    world.put(
        "image/a",
        image(&MediaId::of(SVG).to_string(), "Image/SVG+XML".to_lowercase().as_str()),
    );
}

#[test]
fn captions_that_would_be_lost_or_garbled_refuse_the_import_where_they_are_wrong() {
    let world = World::new();
    let mut bad_byte =
        "1\n00:00:00,000 --> 00:00:05,000\n¿Qué es una fracción? ".as_bytes().to_vec();
    bad_byte.extend(b"\xff\n");
    // “¿Qué es?” in the encoding of an old Macintosh.
    let mac = b"1\n00:00:00,000 --> 00:00:05,000\n\xc0Qu\x8e es?\n";
    let files: [(&str, &[u8]); 3] = [
        ("tag.vtt", b"WEBVTT\n\n00:00.000 --> 00:05.000\nif x < 3 then\n"),
        ("byte.srt", &bad_byte),
        ("mac.srt", mac),
    ];
    let lines = vec![line("video/v", video("media/tag.vtt"))];
    let rows = refused(import(&world, &files, lines, false));
    let told = |source: &str| {
        let row = rows.iter().find(|row| row.source == source).unwrap();
        (row.line, row.column, row.reasons[0].message.clone())
    };
    let (at, _, said) = told("media/tag.vtt");
    assert!(at == 4 && said.contains("write &lt;"), "{said}");
    let (at, column, said) = told("media/byte.srt");
    assert!((at, column) == (3, Some(23)) && said.contains("the byte 0xff"), "{said}");
    let (at, _, said) = told("media/mac.srt");
    assert!(at == 3 && said.contains("Save it as UTF-8"), "{said}");
    assert!(rows.iter().any(|row| row.key.as_deref() == Some("video/v")), "{rows:#?}");
}
