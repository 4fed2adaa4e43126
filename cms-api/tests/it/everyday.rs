//! Small things that matter in a long day: comparing two versions, finding a title, an address.

use axum::body::Body;
use cms_core::access::Role;
use serde_json::{Value, json};

use crate::test_app::{Person, TestApp};

const A: &str = "/authoring/v1";
const LESSON: &str = "lesson/equal-parts";

async fn begin(person: &Person<'_>) -> String {
    let made = person.posts(&format!("{A}/drafts"), &[], &json!({ "title": "New" })).await;
    made.json()["draft"].as_str().unwrap().to_owned()
}

async fn describe(person: &Person<'_>, draft: &str, text: &str) {
    let path = format!("{A}/drafts/{draft}/entries/{LESSON}");
    let shown = person.gets(&path).await;
    let mut document = shown.json()["document"].clone();
    document["description"] = json!(text);
    let header = match shown.header("etag") {
        "" => ("if-none-match", "*"),
        tag => ("if-match", tag),
    };
    let saved = person.asks("PUT", &path, &[header], Some(&document)).await;
    assert_eq!(saved.status, 200, "{}", saved.json());
    let commit = format!("{A}/drafts/{draft}/commit");
    assert_eq!(person.posts(&commit, &[], &json!({})).await.status, 201);
}

#[tokio::test]
async fn any_two_versions_of_an_entry_are_compared() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let draft = begin(&ana).await;
    for text in ["One apple", "Two apples", "Three apples"] {
        describe(&ana, &draft, text).await;
    }
    assert_eq!(ana.posts(&format!("{A}/drafts/{draft}/merge"), &[], &json!({})).await.status, 201);
    let other = begin(&ana).await;
    describe(&ana, &other, "Four apples").await;
    let history = ana.gets(&format!("{A}/entries/{LESSON}/history")).await.json();
    let revision = |back: usize| history["rows"][back]["revision"].as_str().unwrap().to_owned();
    let snapshot = app.snapshot().await;
    let commit = ana.gets(&format!("{A}/states/main")).await.json()["commit"].clone();
    let says = |side: &Value| side.to_string();
    let compare = async |from: &str, to: &str| {
        let path = format!("{A}/entries/{LESSON}/diff?from={from}&to={to}");
        ana.gets(&path).await
    };
    let found = compare(&revision(2), &revision(1)).await;
    assert_eq!(found.status, 200, "{}", found.json());
    let told = says(&found.json()["diff"]);
    assert!(told.contains("apple") && told.contains("One") && told.contains("Two"), "{told}");
    assert_eq!(found.json()["before"]["revision"], revision(2));
    let versions = [
        revision(0),
        revision(2)[..10].to_owned(),
        format!("draft%2F{other}"),
        other.clone(),
        "main".to_owned(),
        "main~1".to_owned(),
        "production".to_owned(),
        "production@1".to_owned(),
        snapshot,
        commit.as_str().unwrap().to_owned(),
    ];
    for from in &versions {
        for to in &versions {
            let found = compare(from, to).await;
            assert_eq!(found.status, 200, "{from} {to}: {}", found.json());
        }
    }
    assert!(says(&compare("main", &other).await.json()).contains("Four"));
    // A revision of another entry is not a version of this one.
    let video = format!("{A}/entries/video/same-half/history");
    let stranger = ana.gets(&video).await.json()["rows"][0]["revision"].clone();
    assert_eq!(compare("main", stranger.as_str().unwrap()).await.code(), "state-unknown");
    assert_eq!(compare("main", "nothing-of-this-name").await.code(), "state-unknown");
}

#[tokio::test]
async fn a_title_is_found_however_it_is_typed_and_a_blank_one_is_none() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let video = |title: &str| json!({ "title": title, "slug": "ecole", "youtube_id": "OVMceVL_CEQ", "duration_s": 60 });
    let put = async |title: &str| {
        let body = json!({ "changes": [{ "key": "video/ecole", "document": video(title) }] });
        ops.posts(&format!("{A}/commits"), &[("if-match", "*")], &body).await
    };
    assert_eq!(put("Les élèves à l’école").await.status, 201);
    for typed in ["ELEVES", "l'ecole", "lecole", "e\u{301}le\u{300}ves", "ｅｌｅｖｅｓ"] {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("title", typed).finish();
        let found = ops.gets(&format!("{A}/entries?{query}")).await.json();
        assert_eq!(found["rows"][0]["key"], "video/ecole", "{typed}");
    }
    for blank in [" ", "\u{200b}\u{2060}", "\u{3164}"] {
        let refused = put(blank).await;
        assert_eq!(refused.status, 422, "{}", refused.json());
        let violation = &refused.json()["refusals"][0]["violations"][0];
        assert_eq!(violation["pointer"], "/title", "{violation}");
        let draft = ops.posts(&format!("{A}/drafts"), &[], &json!({ "title": blank })).await;
        assert_eq!(draft.code(), "request-malformed");
    }
}

#[tokio::test]
async fn two_entries_from_one_template_with_one_title_have_two_addresses() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let draft = begin(&ana).await;
    let body = json!({ "template": "template/one-of-four", "title": "3/4", "parent": LESSON });
    let mut slugs = Vec::new();
    for _ in 0..3 {
        let made = ana.posts(&format!("{A}/drafts/{draft}/from-template"), &[], &body).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let key = made.json()["key"].as_str().unwrap().to_owned();
        let entry = ana.gets(&format!("{A}/drafts/{draft}/entries/{key}")).await.json();
        slugs.push(entry["document"]["slug"].as_str().unwrap().to_owned());
    }
    assert_eq!(slugs, ["3-4", "3-4-2", "3-4-3"]);
    let copy = json!({ "key": "exercise/compare-fractions", "parent": LESSON });
    for _ in 0..2 {
        let made = ana.posts(&format!("{A}/drafts/{draft}/duplicate"), &[], &copy).await;
        assert_eq!(made.status, 201, "{}", made.json());
    }
    let merged = ana.posts(&format!("{A}/drafts/{draft}/merge"), &[], &json!({})).await;
    assert_eq!(merged.status, 201, "{}", merged.json());
}

#[tokio::test]
async fn the_home_page_has_an_address_and_a_slash_at_the_end_leads_on() {
    let app = TestApp::new();
    let routes = format!("/v1/snapshots/{}/en/routes/", app.snapshot().await);
    let home = app.get(&routes).await;
    assert_eq!(home.status, 307, "{}", home.json());
    assert_eq!(home.json()["key"], "topic/root");
    assert_eq!(app.get(home.header("location")).await.json()["key"], "topic/root");
    for (asked, status, location) in [
        ("arithmetic/", 307, "arithmetic"),
        ("arithmetic//", 308, "arithmetic/"),
        ("/arithmetic", 308, "arithmetic"),
    ] {
        let led = app.get(&format!("{routes}{asked}")).await;
        let found = (led.status.as_u16(), led.header("location"));
        assert_eq!(found, (status, &*format!("{routes}{location}")), "{asked}");
    }
    assert_eq!(app.get(&format!("{routes}nope/")).await.status, 404);
}

#[tokio::test]
async fn a_reviewer_who_does_not_exist_is_refused_with_the_nearest_name() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    app.person("benjamin", Role::Reviewer);
    let draft = begin(&ana).await;
    describe(&ana, &draft, "Other words").await;
    let body = |reviewer: &str| json!({ "draft": draft, "title": "t", "reviewers": [reviewer] });
    let refused = ana.posts(&format!("{A}/reviews"), &[], &body("benjamim")).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (422, "person-unknown"));
    let told = refused.json();
    assert_eq!((&told["pointer"], &told["nearest"]), (&json!("/reviewers/0"), &json!("benjamin")));
    assert_eq!(
        ana.posts(&format!("{A}/reviews"), &[], &body("zoe")).await.code(),
        "person-unknown"
    );
    let opened = ana.posts(&format!("{A}/reviews"), &[], &body("benjamin")).await;
    assert_eq!(opened.status, 201, "{}", opened.json());
    let path = opened.header("location").to_owned();
    let change = json!({ "reviewers": ["benjamin", "benjamni"] });
    let refused = ana.asks("PATCH", &path, &[("if-match", "*")], Some(&change)).await;
    assert_eq!(refused.json()["nearest"], "benjamin", "{}", refused.json());
}

#[tokio::test]
async fn one_bad_attempt_among_many_refuses_itself_alone() {
    let app = TestApp::new();
    let object = app.object("en", "exercise/compare-fractions").await;
    let good = |value: u32| json!({ "object": object, "item": "i1", "input": { "dropdown 1": { "value": value } } });
    let mut bad = good(3);
    bad["item"] = json!(7);
    let unknown = json!({ "object": object, "item": "i1", "input": {}, "more": 1 });
    let long = format!(
        "{{\"object\":\"{object}\",\"item\":\"i1\",\"input\":{{\"dropdown 1\":{{\"value\":1.00000000000000000000001}}}}}}"
    );
    let body = format!("{{\"attempts\":[{},{bad},{unknown},{long},\"x\",{}]}}", good(3), good(1));
    let request = axum::http::Request::post("/v1/score").header("content-type", "application/json");
    let answer = app.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    let results = answer.json()["results"].as_array().unwrap().clone();
    assert_eq!(results.len(), 6);
    assert_eq!(results[0]["score"]["earned"], json!(1.0));
    assert_eq!(results[5]["score"]["earned"], json!(0.0));
    for (index, pointer) in [(1, "/item"), (2, "/more"), (3, "/input/dropdown 1/value"), (4, "")] {
        assert_eq!(results[index]["code"], "request-malformed", "{}", results[index]);
        assert_eq!(results[index]["pointer"], format!("/attempts/{index}{pointer}"));
    }
}
