//! Growth is reported, by day and by purpose.

use std::fs;

use serde_json::{Value, json};

use crate::cli::{Server, cms, filled, json as report};

fn sizes(stats: &Value) -> std::collections::BTreeMap<String, u64> {
    let rows = stats["growth"].as_array().unwrap();
    let mut sums = std::collections::BTreeMap::new();
    for row in rows {
        let sum = sums.entry(row["what"].as_str().unwrap().to_owned()).or_insert(0);
        *sum += row["size_bytes"].as_u64().unwrap();
    }
    sums
}

#[test]
fn what_was_written_is_told_by_day_and_by_what_it_is_for() {
    let data = filled();
    let before = sizes(&report(data.path(), &["stats"]));
    for what in ["documents", "media files", "what learners get", "audit records"] {
        assert!(before[what] > 0, "{what}: {before:?}");
    }
    assert!(!before.contains_key("saves of drafts"), "{before:?}");
    let server = Server::start(data.path());
    let note: Value =
        serde_json::from_slice(&fs::read(data.path().join("server.json")).unwrap()).unwrap();
    let base = format!("{}/authoring/v1", note["url"].as_str().unwrap());
    let bearer = format!("Bearer {}", note["token"].as_str().unwrap());
    let draft = ureq::post(format!("{base}/drafts"))
        .header("Authorization", &bearer)
        .send_json(json!({ "title": "Other words" }))
        .unwrap()
        .body_mut()
        .read_json::<Value>()
        .unwrap();
    let entry = format!(
        "{base}/drafts/{}/entries/video/introduction-to-fractions",
        draft["draft"].as_str().unwrap()
    );
    let mut read = ureq::get(&entry).header("Authorization", &bearer).call().unwrap();
    let tag = read.headers()["etag"].to_str().unwrap().to_owned();
    let mut document = read.body_mut().read_json::<Value>().unwrap()["document"].take();
    document["title"] = "x".repeat(5000).into();
    ureq::put(&entry)
        .header("Authorization", &bearer)
        .header("If-Match", &tag)
        .send_json(document)
        .unwrap();
    let after = sizes(&report(data.path(), &["stats"]));
    assert!((5000..20_000).contains(&after["saves of drafts"]), "{after:?}");
    assert_eq!(after["documents"], before["documents"], "a save is no commit");
    server.stop();
    let said = String::from_utf8(cms(data.path(), &["stats"]).stdout).unwrap();
    let today: String =
        cms_api::ground::moment::iso(cms_api::ground::moment::now_ms()).chars().take(10).collect();
    assert!(said.contains("Written, by day") && said.contains(&today), "{said}");
    assert!(said.contains("saves of drafts"), "{said}");
}
