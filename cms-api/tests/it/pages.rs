//! The pages in the program: how each is isolated, what caches may keep, and media files.

use crate::test_app::TestApp;

#[tokio::test]
async fn the_player_is_in_a_sandbox_that_only_our_pages_frame() {
    let app = TestApp::new();
    let page = app.get("/player/").await;
    if page.status == 404 {
        // This program was built before the player was.
        assert_eq!(&*page.code(), "path-unknown");
        assert!(page.json()["detail"].as_str().unwrap().contains("cargo xtask player"));
        return;
    }
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self';",
        "frame-ancestors 'self'",
        "sandbox allow-scripts",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert!(!policy.contains("connect-src") && !policy.contains("allow-same-origin"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-cache");
    assert_eq!(app.get("/player/host.js").await.header("cache-control"), "no-cache");
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    let script = text.split("src=\"./").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let address = format!("/player/{script}");
    let script = app.get(&address).await;
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(script.header("access-control-allow-origin"), "*");
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    for other in [format!("{address}?x=1"), address.replace("/assets/", "/%61ssets/")] {
        let led = app.get(&other).await;
        assert_eq!((led.status.as_u16(), led.header("location")), (308, &*address), "{other}");
        assert_eq!(led.header("cache-control"), "no-store", "{other}");
    }
}

#[tokio::test]
async fn the_learners_page_stands_at_every_place_of_a_course() {
    let app = TestApp::new();
    for path in ["/learn/", "/learn/en", "/learn/en/arithmetic/fractions/e/equal-parts"] {
        let page = app.get(path).await;
        assert_eq!(
            (page.status.as_u16(), page.header("content-type")),
            (200, "text/html; charset=utf-8"),
            "{path}"
        );
        let policy = page.header("content-security-policy");
        assert!(policy.contains("frame-src 'self' https://www.youtube-nocookie.com;"), "{policy}");
        assert!(
            policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
    }
    assert_eq!(app.get("/learn/nothing.js").await.status, 404);
    assert_eq!(app.get("/learn").await.header("location"), "/learn/");
}

#[tokio::test]
async fn the_root_shows_doors_that_all_lead_somewhere() {
    let app = TestApp::new();
    let page = app.get("/").await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    assert!(page.header("content-security-policy").starts_with("default-src 'none';"));
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    let addresses: Vec<&str> =
        text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let doors = ["/learn/", "/admin/", "/sign-in", "/docs/", "/docs/problems/"];
    assert!(addresses.ends_with(&doors), "{text}");
    for address in addresses {
        assert_eq!(app.get(address).await.status, 200, "{address}");
    }
    assert_eq!(app.get("/?x=1").await.status, 400, "one address for one answer");
    assert_eq!(app.get("/home/nothing.css").await.status, 404);
}

#[tokio::test]
async fn what_the_pages_share_is_found_beside_them() {
    let app = TestApp::new();
    let script = app.get("/ui/dom.js").await;
    assert_eq!(
        (script.status.as_u16(), script.header("content-type")),
        (200, "text/javascript; charset=utf-8")
    );
    assert_eq!(script.header("cache-control"), "no-cache");
    assert!(script.header("content-security-policy").starts_with("default-src 'none';"));
    assert_eq!(app.get("/ui/base.css").await.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(app.get("/ui/nothing.js").await.status, 404);
}

/// The pages know a few things about kinds that schemas also say. If a schema changes or a kind is added, the pages
/// must follow.
#[tokio::test]
async fn the_pages_know_the_letters_and_containers_of_the_kinds_that_ship() {
    let app = TestApp::new();
    let page = String::from_utf8(app.get("/ui/kinds.js").await.body.to_vec()).unwrap();
    let after = |text: &'static str| page.split(text).nth(1).unwrap().split(';').next().unwrap();
    let (letters, containers) = (after("const LETTERS ="), after("const CONTAINERS ="));
    let schemas = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    for file in std::fs::read_dir(schemas).unwrap() {
        let path = file.unwrap().path();
        let kind =
            path.file_name().unwrap().to_str().unwrap().split('.').next().unwrap().to_owned();
        let schema: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let letter = schema["x-letter"].as_str();
        let told = letter.map(|letter| format!("{kind}: \"{letter}\""));
        assert_eq!(
            letters.contains(&format!("{kind}: ")),
            told.as_ref().is_some_and(|told| letters.contains(told)),
            "{kind} has the letter {letter:?} in its schema: mend cms-admin-ui/ui/kinds.js"
        );
        assert!(told.is_none_or(|told| letters.contains(&told)), "{kind} {letter:?}: {letters}");
        let holds = schema["properties"]["children"].is_object() && schema["x-place"] == "tree";
        assert_eq!(containers.contains(&format!("\"{kind}\"")), holds, "{kind}: {containers}");
    }
}

#[tokio::test]
async fn a_video_is_delivered_whole_and_in_parts() {
    let app = TestApp::new();
    let video = app.object("en", "video/same-half").await;
    let document = app.get(&format!("/v1/objects/{video}")).await.json()["document"].clone();
    let address = |field: &str, at: usize| {
        format!("/v1/media/{}", document[field][at]["media"].as_str().unwrap())
    };
    let captions = app.get(&address("captions", 0)).await;
    assert_eq!(captions.header("content-type"), "text/vtt; charset=utf-8");
    let film = address("sources", 0);
    let whole = app.get(&film).await;
    assert_eq!((whole.status.as_u16(), whole.header("content-type")), (200, "video/mp4"));
    assert_eq!(whole.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert!(whole.header("content-security-policy").contains("sandbox"));
    let size = whole.body.len();
    let part = app.with(&film, &[("range", "bytes=4-7")]).await;
    assert_eq!((part.status.as_u16(), &part.body[..]), (206, &b"ftyp"[..]));
    assert_eq!(part.header("content-range"), format!("bytes 4-7/{size}"));
    let unknown = app.get(&format!("/v1/media/{}", "0".repeat(64))).await;
    assert_eq!((unknown.status.as_u16(), &*unknown.code()), (404, "object-unknown"));
}
