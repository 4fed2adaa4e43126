//! What learners' apps get.

use axum::http::StatusCode;

use crate::test_app::{RETIRED, TestApp};

#[tokio::test]
async fn an_app_walks_from_a_channel_to_an_exercise() {
    let app = TestApp::new();
    let head = app.get("/v1/channels/production").await.json();
    assert_eq!((&head["sequence"], &head["check_after_s"]), (&2.into(), &60.into()));
    let snapshot = head["snapshot"].as_str().unwrap().to_owned();
    let told = app.get(&format!("/v1/snapshots/{snapshot}")).await.json();
    insta::assert_json_snapshot!("snapshot", told, {
        ".snapshot" => "[id]", ".parent" => "[id]", ".root" => "[id]"
    });
    let mut object = app.object("en", "topic/root").await;
    // Down the first child each time, using only object ids.
    for depth in 0.. {
        assert!(depth < 20, "the way down ends");
        let document = app.get(&format!("/v1/objects/{object}")).await.json();
        let Some(child) = document["children"].get(0) else { break };
        assert!(child["summary"]["title"].is_string());
        object = child["object"].as_str().unwrap().to_owned();
    }
}

#[tokio::test]
async fn an_object_is_its_hash() {
    let app = TestApp::new();
    let object = app.object("en", "exercise/equal-parts").await;
    let answer = app.get(&format!("/v1/objects/{object}")).await;
    assert_eq!(blake3::hash(&answer.body).to_hex().as_str(), object);
}

#[tokio::test]
async fn nothing_private_and_nobody_is_delivered() {
    let app = TestApp::new();
    let snapshot = app.snapshot().await;
    let page = app.get(&format!("/v1/snapshots/{snapshot}/en/entries?limit=500")).await.json();
    for row in page["entries"].as_array().unwrap() {
        let object = row["object"].as_str().unwrap();
        let body = app.get(&format!("/v1/objects/{object}")).await.body;
        let text = String::from_utf8(body).unwrap();
        assert!(!text.contains("author_notes"), "{}", row["key"]);
        assert!(!text.contains("\"ana\""), "{}", row["key"]);
    }
}

#[tokio::test]
async fn a_locale_serves_its_own_document_or_the_sources() {
    let app = TestApp::new();
    let snapshot = app.snapshot().await;
    let row = |key: &'static str| format!("/v1/snapshots/{snapshot}/es/entries/{key}");
    assert_eq!(app.get(&row("exercise/equal-parts")).await.json()["locale"], "es");
    assert_eq!(app.get(&row("exercise/multiply-fractions")).await.json()["locale"], "en");
    let unknown = app.get(&format!("/v1/snapshots/{snapshot}/fr/entries/topic/root")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    insta::assert_json_snapshot!("locale_unknown", unknown.json());
}

#[tokio::test]
async fn pages_join_to_the_whole_and_batches_pick_from_it() {
    let app = TestApp::new();
    let base = format!("/v1/snapshots/{}/en/entries", app.snapshot().await);
    let whole = app.get(&format!("{base}?limit=500")).await.json();
    assert!(whole["next"].is_null());
    let (mut joined, mut next) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{base}?limit=7{next}")).await.json();
        joined.extend(page["entries"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(whole["entries"].as_array().unwrap(), &joined);
    let videos = app.get(&format!("{base}?kind=video&limit=500")).await.json();
    assert!(
        videos["entries"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| { row["key"].as_str().unwrap().starts_with("video/") })
    );
    let asked = "key=exercise%2Fequal-parts&key=exercise%2Fnope&key=topic%2Froot";
    let batch = app.get(&format!("{base}?{asked}")).await;
    let keys: Vec<_> =
        batch.json()["entries"].as_array().unwrap().iter().map(|row| row["key"].clone()).collect();
    assert_eq!(keys, ["exercise/equal-parts", "topic/root"]);
}

#[tokio::test]
async fn batches_have_one_address() {
    let app = TestApp::new();
    let base = format!("/v1/snapshots/{}/en/entries", app.snapshot().await);
    let many = (0..101).map(|n| format!("key=video/x{n:03}")).collect::<Vec<_>>().join("&");
    for query in ["key=b/x&key=a/x", "key=a/x&key=a/x", "key=a/x&kind=a", "key=a/x@es", &many] {
        let answer = app.get(&format!("{base}?{query}")).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.code()),
            (400, "parameter-malformed"),
            "{query}"
        );
    }
}

#[tokio::test]
async fn routes_lead_to_documents_also_after_they_moved() {
    let app = TestApp::new();
    let base = format!("/v1/snapshots/{}/en/routes", app.snapshot().await);
    let unit = "arithmetic/fractions/understanding-fractions";
    let now = app.get(&format!("{base}/{unit}/parts-of-equal-size/e/equal-parts")).await;
    assert_eq!(now.status, StatusCode::TEMPORARY_REDIRECT);
    let object = app.object("en", "exercise/equal-parts").await;
    assert_eq!(now.header("location"), format!("/v1/objects/{object}"));
    let before = app.get(&format!("{base}/{unit}/equal-parts/e/equal-parts")).await;
    assert_eq!(before.status, StatusCode::TEMPORARY_REDIRECT);
    let there = app.get(before.header("location")).await;
    assert_eq!(there.header("location"), now.header("location"));
    assert_eq!(app.get(&format!("{base}/nowhere")).await.code(), "route-unknown");
}

#[tokio::test]
async fn what_is_retired_is_gone_with_its_tombstone() {
    let app = TestApp::new();
    let answer =
        app.get(&format!("/v1/snapshots/{}/en/entries/{RETIRED}", app.snapshot().await)).await;
    assert_eq!(answer.status, StatusCode::GONE);
    insta::assert_json_snapshot!("retired", answer.json(), {
        ".tombstone.retired.last_object" => "[id]"
    });
}

#[tokio::test]
async fn only_documents_of_the_public_space_are_objects() {
    let app = TestApp::new();
    let snapshot = app.snapshot().await;
    let root = app.get(&format!("/v1/snapshots/{snapshot}")).await.json()["root"].clone();
    // A map node and a snapshot are objects too, but not for apps.
    for id in [root.as_str().unwrap(), &snapshot] {
        assert_eq!(app.get(&format!("/v1/objects/{id}")).await.code(), "object-unknown");
    }
}
