//! The server's instructions to caches, address by address.

use axum::{
    body::Body,
    http::{Method, Request},
};

use crate::test_app::{RETIRED, TestApp};

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

#[tokio::test]
async fn every_address_says_how_long_it_holds() {
    let app = TestApp::new();
    let snapshot = app.snapshot().await;
    let object = app.object("en", "topic/root").await;
    let nothing = "0".repeat(64);
    let table = [
        (
            "/v1/channels/production".to_owned(),
            200,
            "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400",
        ),
        (format!("/v1/snapshots/{snapshot}"), 200, IMMUTABLE),
        (format!("/v1/snapshots/{snapshot}/en/entries"), 200, IMMUTABLE),
        (format!("/v1/snapshots/{snapshot}/en/entries/topic/root"), 307, IMMUTABLE),
        (format!("/v1/snapshots/{snapshot}/en/routes/arithmetic"), 307, IMMUTABLE),
        (format!("/v1/objects/{object}"), 200, IMMUTABLE),
        ("/v1/channels/nope".to_owned(), 404, "public, max-age=5"),
        (format!("/v1/snapshots/{nothing}"), 404, "public, max-age=5"),
        (format!("/v1/objects/{nothing}"), 404, "public, max-age=5"),
        (format!("/v1/snapshots/{snapshot}/en/entries/topic/nope"), 404, "public, max-age=60"),
        (format!("/v1/snapshots/{snapshot}/fr/entries/topic/root"), 404, "public, max-age=60"),
        (format!("/v1/snapshots/{snapshot}/en/routes/nope"), 404, "public, max-age=60"),
        (format!("/v1/snapshots/{snapshot}/en/entries/{RETIRED}"), 410, "public, max-age=3600"),
        ("/v1/objects/nope".to_owned(), 400, "no-store"),
        ("/v1/channels/production?x=1".to_owned(), 400, "no-store"),
        ("/healthz".to_owned(), 200, "no-store"),
        ("/readyz".to_owned(), 200, "no-store"),
    ];
    for (path, status, cache_control) in table {
        let answer = app.get(&path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("cache-control"), cache_control, "{path}");
        if path.starts_with("/v1/") {
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        }
        if status == 200 && path.starts_with("/v1/") {
            let could_vary = answer.body.len() >= 860 || cache_control != IMMUTABLE;
            assert_eq!(answer.header("vary") == "Accept-Encoding", could_vary, "{path}");
            let tag = answer.header("etag");
            assert!(tag.starts_with('"'), "{path} has a strong tag");
            let again = app.with(&path, &[("if-none-match", tag)]).await;
            assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
            assert_eq!(again.header("etag"), tag, "{path}");
            assert_eq!(again.header("cache-control"), cache_control, "{path}");
        }
    }
}

#[tokio::test]
async fn each_coding_has_its_own_tag() {
    let app = TestApp::new();
    let path = format!("/v1/objects/{}", app.object("en", "exercise/equal-parts").await);
    let plain = app.get(&path).await;
    let coded = app.with(&path, &[("accept-encoding", "gzip")]).await;
    assert_eq!(coded.header("content-encoding"), "gzip");
    assert_ne!(coded.header("etag"), plain.header("etag"));
    let mut decoded = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(&*coded.body);
    std::io::Read::read_to_end(&mut decoder, &mut decoded).unwrap();
    assert_eq!(decoded, plain.body);
    let known = app
        .with(&path, &[("accept-encoding", "gzip"), ("if-none-match", coded.header("etag"))])
        .await;
    assert_eq!(known.status, 304);
    let other = app.with(&path, &[("if-none-match", coded.header("etag"))]).await;
    assert_eq!(other.status, 200, "the plain bytes are not what the client has");
}

#[tokio::test]
async fn head_tells_what_get_would() {
    let app = TestApp::new();
    let path = format!("/v1/objects/{}", app.object("en", "topic/root").await);
    let got = app.get(&path).await;
    let request = Request::builder().method(Method::HEAD).uri(&path).body(Body::empty()).unwrap();
    let head = app.send(request).await;
    assert!(head.body.is_empty());
    for name in ["etag", "cache-control", "content-length", "content-type"] {
        assert_eq!(head.header(name), got.header(name), "{name}");
    }
}

#[tokio::test]
async fn unchanged_content_keeps_its_address_across_publishes() {
    let app = TestApp::new();
    let newest = app.snapshot().await;
    let parent = app.get(&format!("/v1/snapshots/{newest}")).await.json()["parent"].clone();
    let parent = parent.as_str().unwrap();
    for (key, is_kept) in [("exercise/multiply-fractions", true), ("lesson/equal-parts", false)] {
        let before = app.get(&format!("/v1/snapshots/{parent}/en/entries/{key}")).await.json();
        let after = app.get(&format!("/v1/snapshots/{newest}/en/entries/{key}")).await.json();
        assert_eq!(before["object"] == after["object"], is_kept, "{key}");
    }
}
