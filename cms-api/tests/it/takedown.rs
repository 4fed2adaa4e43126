//! A takedown followed through objects, parents, caches and a copy of the disk: the picture of a pupil, which an article
//! shows, and the video of a lesson.

use std::path::{Path, PathBuf};

use cms_core::{
    access::Role,
    engine::{
        Engine, ReadError,
        local::{LocalEngine, LocalOptions},
    },
    model::{id::MediaId, object::Space},
};
use serde_json::{Value, json};

use crate::{
    drafts::{begin, document, save},
    test_app::{Person, TestApp, filled_in, fixtures, import_from, publish},
};

const IMAGE: &str = "image/nora";
const ARTICLE: &str = "article/what-is-a-fraction";
const LESSON: &str = "lesson/equal-parts";
const VIDEO: &str = "video/nora-cuts-a-pizza";
/// What the bytes are found by, in words and in the file.
const NAME: &str = "Nora Winterfeld";
const FACE: &str = "the face of a pupil of twelve";
const TAKEDOWNS: &str = "/authoring/v1/takedowns";

fn photo() -> String {
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><title>{FACE}</title></svg>")
}

/// Adds the picture to the article and the video to the lesson, and publishes both, twice.
fn add_nora(app: &TestApp) {
    let work = tempfile::tempdir().expect("a directory");
    let write = |path: &str, text: String| {
        let path = work.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    };
    write("media/nora.svg", photo());
    for round in ["", " again"] {
        let image = json!({"title": format!("{NAME}{round}"), "alt": format!("{NAME} laughs{round}"),
            "media": "media/nora.svg", "mime": "image/svg+xml", "width": 1, "height": 1});
        write("image/nora.json", image.to_string());
        let video = json!({"title": format!("{NAME} cuts a pizza{round}"), "slug": "nora-cuts-a-pizza",
            "youtube_id": "abcdefghijk", "duration_s": 60});
        write("video/nora-cuts-a-pizza.json", video.to_string());
        let read = |path: &str| {
            let text = std::fs::read(fixtures().join(path)).expect("a fixture");
            serde_json::from_slice::<Value>(&text).expect("JSON")
        };
        let mut article = read("article/what-is-a-fraction.json");
        let content = &mut article["sections"][0]["content"];
        let shown = format!("{}\n\n![Nora]({IMAGE})", content.as_str().expect("a text"));
        *content = json!(shown);
        write("article/what-is-a-fraction.json", article.to_string());
        let mut lesson = read("lesson/equal-parts.json");
        lesson["children"].as_array_mut().expect("children").push(json!(VIDEO));
        write("lesson/equal-parts.json", lesson.to_string());
        import_from(app.app.store(), &[work.path().to_owned()], false);
        publish(app.app.store());
    }
}

/// Files below a directory that hold one of the texts.
fn holding(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("it is listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(holding(&path));
            continue;
        }
        if holds(&path, NAME) || holds(&path, FACE) {
            found.push(path);
        }
    }
    found
}

fn holds(path: &Path, text: &str) -> bool {
    let bytes = std::fs::read(path).expect("it is read");
    bytes.windows(text.len()).any(|at| at == text.as_bytes())
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("it is listed") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_all(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("it is copied");
        }
    }
}

async fn object_of(app: &TestApp, base: &str, snapshot: &str, key: &str) -> String {
    let row = app.get(&format!("{base}/v1/snapshots/{snapshot}/en/entries/{key}")).await;
    assert_eq!(row.status, 307, "{key}: {}", row.json());
    assert_eq!(row.header("surrogate-key"), row.json()["object"], "{key}");
    row.json()["object"].as_str().expect("an object").to_owned()
}

/// Every address of it answers 410, in words that a client can act on.
async fn must_be_gone(app: &TestApp, address: &str) {
    let gone = app.get(address).await;
    assert_eq!((gone.status.as_u16(), &*gone.code()), (410, "taken-down"), "{address}");
    assert_eq!(gone.header("cache-control"), "public, max-age=3600", "{address}");
    assert_eq!(gone.header("surrogate-key"), "", "{address}");
}

async fn take_down(person: &Person<'_>, request: &Value) -> Value {
    let made = person.posts(TAKEDOWNS, &[("idempotency-key", "nora")], request).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let again = person.posts(TAKEDOWNS, &[("idempotency-key", "nora")], request).await;
    assert_eq!(again.json(), made.json(), "the same request is done once");
    let view = person.gets(made.header("location")).await;
    // The words are where they can be erased, and not among the answers that are remembered.
    assert_eq!(view.json()["words"], request["words"]);
    let mut view = view.json();
    view["words"] = json!(null);
    assert_eq!(view, made.json()["takedown"]);
    view
}

/// Authors: history says so, and nothing fails.
async fn authors_are_told(ana: &Person<'_>, olga: &Person<'_>, draft: &str, done: &Value) {
    let page = olga.gets(TAKEDOWNS).await.json();
    assert_eq!(page["rows"][0]["id"], done["id"]);
    let history = ana.gets(&format!("/authoring/v1/entries/{VIDEO}/history")).await;
    assert_eq!(history.status, 200, "{}", history.json());
    let revision = history.json()["rows"][1]["revision"].as_str().expect("a revision").to_owned();
    let old = ana.gets(&format!("/authoring/v1/revisions/{revision}")).await;
    assert_eq!((old.status.as_u16(), &*old.code()), (410, "taken-down"), "{}", old.json());
    let changes = ana.gets(&format!("{draft}/changes")).await;
    assert_eq!(changes.status, 200, "{}", changes.json());
    let report = olga.posts("/authoring/v1/commands/verify", &[], &json!({})).await.json();
    assert_eq!(report["ok"], true, "{report}");
}

#[tokio::test]
async fn a_takedown_is_followed_through_objects_parents_caches_and_a_copy_of_the_disk() {
    let directory = tempfile::tempdir().expect("a directory");
    let (data, backup) = (directory.path().join("store"), directory.path().join("backup"));
    let app = TestApp::over(filled_in(&data));
    add_nora(&app);
    let (ana, olga) = (app.person("ana", Role::Author), app.person("olga", Role::Administrator));
    let draft = begin(&ana, "A face in a draft", &[]).await;
    let mut typed = document(&ana, &draft, VIDEO).await;
    typed["title"] = json!(format!("{NAME}, typed and not committed"));
    assert_eq!(save(&ana, &draft, VIDEO, None, &typed).await.status, 200);
    let link = ana.posts(&format!("{draft}/shares"), &[], &json!({})).await.json();
    let link = link["path"].as_str().expect("a path").trim_end_matches('/').to_owned();
    let before = app.snapshot().await;
    let file = MediaId::of(photo().as_bytes());
    let media = format!("/v1/media/{file}");
    let mut addresses = vec![media.clone()];
    for key in [VIDEO, IMAGE, ARTICLE, LESSON] {
        addresses.push(format!("/v1/objects/{}", object_of(&app, "", &before, key).await));
        addresses.push(format!("/v1/snapshots/{before}/en/entries/{key}"));
    }
    let place = format!("/v1/snapshots/{before}/en/addresses/{VIDEO}");
    let route = app.get(&place).await.json()["route"].as_str().expect("a route").to_owned();
    addresses.push(format!("/v1/snapshots/{before}/en/routes/{route}"));
    addresses.push(place);
    for address in &addresses {
        let found = app.get(address).await;
        assert!([200, 307].contains(&found.status.as_u16()), "{address}");
        assert_ne!(found.header("surrogate-key"), "", "{address}");
    }
    let shown = app.get(&format!("{link}{media}")).await;
    assert_eq!(shown.status, 200, "who has the link sees it too");
    assert!(!holding(&data).is_empty());
    copy_all(&data, &backup);

    // Only who has the right may, and may see beforehand what would go.
    let asked =
        json!({"entries": [IMAGE, VIDEO], "reason": "privacy", "words": "her parents asked"});
    assert_eq!(ana.posts(TAKEDOWNS, &[], &asked).await.code(), "right-missing");
    let mut dry = asked.clone();
    dry["dry_run"] = json!(true);
    let planned = olga.posts(TAKEDOWNS, &[], &dry).await;
    assert_eq!(planned.status, 200, "{}", planned.json());
    let plan = planned.json()["plan"].clone();
    assert_eq!(app.snapshot().await, before, "a dry run changes nothing");

    let done = take_down(&olga, &asked).await;
    assert_eq!(done["step"], "done");
    assert_eq!(done["still_linking"], json!([ARTICLE]), "its words name the picture");
    assert_eq!(done["counts"]["public"], plan["counts"]["public"]);
    for address in &addresses {
        must_be_gone(&app, address).await;
    }
    let tagged = app.with(&media, &[("if-none-match", "*")]).await;
    assert_eq!(tagged.status, 410, "whoever has it is told as well");
    let shared = app.get(&format!("{link}{media}")).await;
    assert_eq!(
        (shared.status.as_u16(), shared.header("cache-control")),
        (410, "private, no-store")
    );

    // Parents: a new snapshot, in which they stand without it.
    let after = app.snapshot().await;
    assert_ne!(after, before);
    let lesson =
        app.get(&format!("/v1/objects/{}", object_of(&app, "", &after, LESSON).await)).await;
    assert!(!lesson.json()["children"].to_string().contains(VIDEO));
    let article =
        app.get(&format!("/v1/objects/{}", object_of(&app, "", &after, ARTICLE).await)).await;
    assert_eq!(article.json()["refs"].get(IMAGE), None);
    let tombstone = app.get(&format!("/v1/snapshots/{after}/en/entries/{VIDEO}")).await;
    assert_eq!((tombstone.status.as_u16(), &*tombstone.code()), (410, "entry-retired"));
    assert_eq!(tombstone.json()["tombstone"]["retired"]["title"], json!(null));

    // Caches: what to purge, and what clients are to drop.
    let keys = done["surrogate_keys"].as_array().expect("keys");
    assert_eq!(done["surrogate_keys_count"], keys.len());
    assert!(keys.contains(&json!(file.to_string())));
    let pointer = app.get("/v1/channels/production").await.json();
    assert_eq!(pointer["revocations_count"], keys.len());
    let part = app.get("/v1/channels/production/revocations").await.json();
    assert_eq!(part["count"], pointer["revocations_count"]);
    let sorted = |ids: &Value| {
        let mut ids: Vec<String> = serde_json::from_value(ids.clone()).expect("ids");
        ids.sort();
        ids
    };
    assert_eq!(sorted(&part["revocations"]), sorted(&done["surrogate_keys"]));
    let rest = format!("/v1/channels/production/revocations?from={}", keys.len() - 1);
    assert_eq!(app.get(&rest).await.json()["revocations"].as_array().expect("ids").len(), 1);

    authors_are_told(&ana, &olga, &draft, &done).await;

    // The disk, and a copy of it. A backup from before loses it when the list of what was taken down is put next to it.
    assert_eq!(holding(&data), Vec::<PathBuf>::new());
    drop(app);
    assert!(!holding(&backup).is_empty());
    std::fs::copy(data.join("TAKEN-DOWN"), backup.join("TAKEN-DOWN")).expect("it is copied");
    let engine = LocalEngine::open(LocalOptions::new(&backup)).expect("the backup opens");
    let read = engine.object(&Space::Public, file.object_id());
    assert!(matches!(read, Err(ReadError::TakenDown { .. })), "from the first answer on");
    engine.purge().expect("it is purged");
    drop(engine);
    let faces: Vec<PathBuf> =
        holding(&backup).into_iter().filter(|path| holds(path, FACE)).collect();
    assert_eq!(faces, Vec::<PathBuf>::new());
}

#[tokio::test]
async fn what_was_taken_down_is_gone_below_a_protected_channel_and_from_the_admin_page() {
    let app = TestApp::own();
    add_nora(&app);
    let olga = app.person("olga", Role::Administrator);
    let command = async |verb: &str, request: Value| {
        let path = format!("/authoring/v1/commands/{verb}");
        let done = olga.posts(&path, &[], &json!({ "request": request })).await;
        assert_eq!(done.status, 200, "{}", done.json());
    };
    command("begin-channel", json!({ "channel": "offline", "answers": "included" })).await;
    command("publish", json!({ "channel": "offline" })).await;
    let base = "/protected/offline";
    let head = olga.gets(&format!("{base}/v1/channels/offline")).await.json();
    let offline = head["snapshot"].as_str().expect("a snapshot");
    let entry = format!("{base}/v1/snapshots/{offline}/en/entries/{VIDEO}");
    let found = olga.gets(&entry).await;
    assert_eq!(found.status, 307, "{}", found.json());
    let object = found.header("location").to_owned();
    assert!(object.starts_with(base), "{object}");
    let media = format!("{base}/v1/media/{}", MediaId::of(photo().as_bytes()));
    let place = format!("/admin/api/snapshots/{}/en/places/{VIDEO}", app.snapshot().await);
    for address in [&object, &media, &place] {
        assert_eq!(olga.gets(address).await.status, 200, "{address}");
    }

    take_down(
        &olga,
        &json!({ "entries": [IMAGE, VIDEO], "reason": "privacy", "words": "she asked" }),
    )
    .await;
    for address in [&entry, &object, &media, &place] {
        let gone = olga.gets(address).await;
        assert_eq!((gone.status.as_u16(), &*gone.code()), (410, "taken-down"), "{address}");
    }
    for address in [&entry, &object, &media] {
        let unseen = app.get(address).await;
        assert_eq!(unseen.status, 401, "what is gone is told to those who may ask: {address}");
        let gone = olga.gets(address).await;
        let caching = gone.header("cache-control");
        assert!(caching.starts_with("private"), "{address}: {caching}");
    }
}
