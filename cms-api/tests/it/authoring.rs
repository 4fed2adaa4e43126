//! What authors read.

use cms_core::access::Role;
use serde_json::{Value, json};

use crate::test_app::{RETIRED, TestApp};

fn texts<'a>(rows: &'a [Value], name: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[name].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn entries_are_listed_by_kind_prefix_and_title() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let whole = ana.all("/authoring/v1/entries", 500).await;
    let few = ana.all("/authoring/v1/entries", 3).await;
    assert_eq!(whole, few);
    let keys = texts(&whole, "key");
    assert!(keys.is_sorted() && keys.contains(&"topic/root") && keys.contains(&"schema/video"));
    let lessons = ana.all("/authoring/v1/entries?kind=lesson", 500).await;
    assert!(texts(&lessons, "key").iter().all(|key| key.starts_with("lesson/")));
    let exact = ana.all("/authoring/v1/entries?kind=lesson&id_prefix=equal", 500).await;
    assert_eq!(texts(&exact, "key"), ["lesson/equal-parts"]);
    let titled = ana.all("/authoring/v1/entries?title=EQUAL%20SIZE", 2).await;
    assert_eq!(texts(&titled, "key"), ["lesson/equal-parts"]);
    insta::assert_json_snapshot!("entry_row", titled[0], { ".revision" => "[id]", ".document" => "[id]" });
    let before = ana.all("/authoring/v1/entries?title=equal%20size&at=main~1", 500).await;
    assert!(before.is_empty(), "the title is of the newer state");
    assert!(ana.all("/authoring/v1/entries?trash=true", 500).await.is_empty());
    for query in ["id_prefix=x", "kind=Video", "kind=video&id_prefix=%00", "limit=501", "at="] {
        let answer = ana.gets(&format!("/authoring/v1/entries?{query}")).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{query}: {}", answer.json());
    }
}

#[tokio::test]
async fn pages_stay_on_the_state_that_the_first_one_found() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let first = ops.gets("/authoring/v1/entries?kind=video&limit=1").await.json();
    let whole = ops.all("/authoring/v1/entries?kind=video", 500).await;
    let video = json!({ "title": "Z", "slug": "z", "youtube_id": "OVMceVL_CEQ", "duration_s": 60 });
    let commit = json!({ "changes": [{ "key": "video/zz", "document": video }] });
    let made = ops.posts("/authoring/v1/commits", &[("if-match", "*")], &commit).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let cursor = first["next"].as_str().unwrap();
    let rest = ops.gets(&format!("/authoring/v1/entries?kind=video&cursor={cursor}")).await.json();
    assert_eq!(rest["rows"].as_array().unwrap().len() + 1, whole.len(), "as it was");
    assert_eq!(ops.all("/authoring/v1/entries?kind=video", 500).await.len(), whole.len() + 1);
}

#[tokio::test]
async fn one_entry_is_told_whole() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let path = "/authoring/v1/entries/lesson/equal-parts";
    let answer = ana.gets(path).await;
    insta::assert_json_snapshot!("entry", answer.json(), {
        ".revision.revision" => "[id]", ".revision.document" => "[id]",
        ".live[].snapshot" => "[id]", ".live[].revision" => "[id]", ".live[].document" => "[id]",
        ".live[].object" => "[id]",
    });
    let tag = answer.header("etag").to_owned();
    let again = ana.asks("GET", path, &[("if-none-match", &tag)], None).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(again.header("cache-control"), "private, no-cache");
    let retired = ana.gets(&format!("/authoring/v1/entries/{RETIRED}")).await.json();
    assert_eq!(retired["live"][0]["retired"], true);
    for (path, status, code) in [
        ("video/nope", 404, "entry-unknown"),
        ("Video/nope", 400, "path-malformed"),
        ("video/nope@xx-yy-zz", 400, "path-malformed"),
        ("topic/root?at=nope", 404, "state-unknown"),
        ("topic/root?x=1", 400, "parameter-unknown"),
    ] {
        let answer = ana.gets(&format!("/authoring/v1/entries/{path}")).await;
        assert_eq!((answer.status.as_u16(), &*answer.code()), (status, code), "{path}");
    }
}

#[tokio::test]
async fn where_an_entry_is_used_and_how_it_came_to_be() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let uses = ana.gets("/authoring/v1/entries/image/bar-two-thirds/uses").await.json();
    assert!(!uses["rows"].as_array().unwrap().is_empty());
    assert!(uses["rows"][0]["pointers"][0].as_str().unwrap().starts_with('/'));
    let path = "/authoring/v1/entries/lesson/equal-parts/history";
    let history = ana.all(path, 500).await;
    assert_eq!(history.len(), 2);
    assert_eq!(ana.all(path, 1).await, history);
    assert_eq!(ana.all(&format!("{path}?at=main~1"), 1).await, history[1..]);
    let revision = history[0]["revision"].as_str().unwrap();
    let shown = ana.gets(&format!("/authoring/v1/revisions/{revision}")).await.json();
    assert_eq!(shown["document"]["title"], "Parts of equal size");
    assert_eq!(shown["parents"], json!([history[1]["revision"]]));
    let unknown = ana.gets(&format!("/authoring/v1/revisions/{}", "0".repeat(64))).await;
    assert_eq!((unknown.status.as_u16(), &*unknown.code()), (404, "revision-unknown"));
}

#[tokio::test]
async fn commits_and_their_changes() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let log = ana.all("/authoring/v1/commits", 500).await;
    assert_eq!(ana.all("/authoring/v1/commits", 1).await, log);
    assert_eq!(log.last().unwrap()["message"], "An empty repository");
    let newest = log[0]["commit"].as_str().unwrap();
    let shown = ana.gets(&format!("/authoring/v1/commits/{newest}")).await;
    assert_eq!((shown.json(), shown.header("etag")), (log[0].clone(), &*format!("\"{newest}\"")));
    let changes = ana.all(&format!("/authoring/v1/commits/{newest}/changes"), 1).await;
    assert_eq!(texts(&changes, "key"), ["lesson/equal-parts"]);
    assert_eq!(texts(&changes, "change"), ["changed"]);
    let first = log.last().unwrap()["commit"].as_str().unwrap();
    assert!(ana.all(&format!("/authoring/v1/commits/{first}/changes"), 5).await.is_empty());
}

#[tokio::test]
async fn any_two_states_are_compared() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let path = "/authoring/v1/diff?from=production@1&to=main";
    let rows = ana.all(path, 1).await;
    assert_eq!(texts(&rows, "key"), ["lesson/equal-parts"]);
    assert_eq!(rows[0]["title"], "Parts of equal size");
    let all = ana.all("/authoring/v1/diff?from=main~2&to=main", 500).await;
    assert_eq!(ana.all("/authoring/v1/diff?from=main~2&to=main", 7).await, all);
    assert!(all.len() > 20 && texts(&all, "change").iter().all(|change| *change == "added"));
    for query in ["from=main", "from=main&to=nope", "from=main&to=main&from=main"] {
        assert!(ana.gets(&format!("/authoring/v1/diff?{query}")).await.status.is_client_error());
    }
}

#[tokio::test]
async fn states_and_channels_are_told_with_what_writes_name() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let states = ana.gets("/authoring/v1/states").await.json();
    assert_eq!(texts(states["rows"].as_array().unwrap(), "name"), ["main", "production"]);
    let main = ana.gets("/authoring/v1/states/main").await;
    assert_eq!(main.header("etag"), format!("\"{}\"", main.json()["commit"].as_str().unwrap()));
    let live = ana.gets("/authoring/v1/states/production@1").await.json();
    assert_eq!((&live["channel"], &live["sequence"]), (&json!("production"), &json!(1)));
    let channel = ana.gets("/authoring/v1/channels/production").await;
    let moves = ana.all("/authoring/v1/channels/production/publications", 1).await;
    assert_eq!(moves.len(), 2);
    let newest = moves[0]["publication"].as_str().unwrap();
    assert_eq!(channel.header("etag"), format!("\"{newest}\""));
    let record = ana.gets(&format!("/authoring/v1/publications/{newest}")).await.json();
    assert_eq!(record["report"]["retired"], json!([RETIRED]));
    assert_eq!(record["parent"], moves[1]["publication"]);
    for path in ["channels/nope", "channels/nope/holds", "channels/nope/publications"] {
        assert_eq!(ana.gets(&format!("/authoring/v1/{path}")).await.code(), "channel-unknown");
    }
    assert_eq!(ana.gets("/authoring/v1/channels/main").await.code(), "channel-unknown");
}

#[tokio::test]
async fn a_document_of_nearly_four_mebibytes_is_saved_and_a_larger_one_is_refused_by_its_size() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = ana.posts("/authoring/v1/drafts", &[], &json!({ "title": "Long" })).await.json();
    let draft = draft["draft"].as_str().unwrap().to_owned();
    let at = format!("/authoring/v1/drafts/{draft}/entries/video/long");
    // Longer than a transcript may be, which a draft allows until it is merged.
    let long =
        |size_bytes: usize| json!({ "title": "Long", "transcript": "é".repeat(size_bytes / 2) });
    let fits = long((4 << 20) - 1024);
    let new = ana.asks("PUT", &at, &[("if-none-match", "*")], Some(&fits)).await;
    assert_eq!(new.status, 200, "{}", new.json());
    let again = ana.asks("PUT", &at, &[("if-match", new.header("etag"))], Some(&fits)).await;
    assert_eq!(again.status, 200, "{}", again.json());
    assert_eq!(ana.gets(&at).await.json()["document"], fits);
    let more = long((4 << 20) + 1024);
    let refused = ana.asks("PUT", &at, &[("if-match", again.header("etag"))], Some(&more)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "content-refused".to_owned()));
    let said = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(said.contains("more than the limit of 4194304"), "{said}");
}
