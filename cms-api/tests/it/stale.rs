//! Writes that come too late: each is told what is there, whatever it named as the version that it is based on.

use std::collections::BTreeSet;

use cms_api::router::document as openapi;
use cms_core::access::Role;
use serde_json::{Value, json};

use crate::{
    drafts::{begin, document, save, tag_of},
    test_app::{Answer, Person, TestApp},
};

const BASE: &str = "/authoring/v1";
const LESSON: &str = "lesson/equal-parts";
const KEYS: &str = "exercise/missing-number";

/// What every refusal of a save that came too late has.
fn is_whole_stale(answer: &Answer) -> Value {
    let said = answer.json();
    assert_eq!((answer.status.as_u16(), &said["code"]), (412, &json!("stale")), "{said}");
    for member in [
        "current_tag",
        "base",
        "yours",
        "theirs",
        "merged",
        "conflicts",
        "tag",
        "author",
        "is_base_known",
    ] {
        assert!(said.get(member).is_some(), "{member} is missing: {said}");
    }
    said
}

#[tokio::test]
async fn a_save_that_names_no_version_of_this_server_gets_both_sides_as_any_late_save_does() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Late", &[]).await;
    let path = format!("{draft}/entries/{LESSON}");
    let mut lesson = document(&ana, &draft, LESSON).await;
    lesson["title"] = json!("Mine");
    let there = tag_of(&ana, &path).await;
    for tag in ["\"zz\"", "\"abc\", \"zz\"", "\"999\"", "\"3\", \"4\""] {
        let said = is_whole_stale(&save(&ana, &draft, LESSON, Some(tag), &lesson).await);
        assert_eq!((&said["current_tag"], &said["is_base_known"]), (&json!(there), &json!(false)));
        assert_eq!(said["yours"]["title"], "Mine", "{tag}");
        is_whole_stale(&ana.asks("DELETE", &path, &[("if-match", tag)], None).await);
    }
    // Of several tags, one that names what is there is enough (RFC 9110, 13.1.1).
    let several = format!("\"zz\", {there}");
    let saved = save(&ana, &draft, LESSON, Some(&several), &lesson).await;
    assert_eq!(saved.status, 200, "{}", saved.json());
}

#[tokio::test]
async fn dropping_a_working_copy_that_is_another_one_or_none_says_what_is_there() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Dropped", &[]).await;
    let path = format!("{draft}/entries/{LESSON}");
    let working = format!("{path}/working");
    let drop = async |tag: &str| ana.asks("DELETE", &working, &[("if-match", tag)], None).await;
    is_whole_stale(&drop("*").await);
    let mut lesson = document(&ana, &draft, LESSON).await;
    lesson["title"] = json!("Mine");
    assert_eq!(save(&ana, &draft, LESSON, None, &lesson).await.status, 200);
    let there = tag_of(&ana, &path).await;
    for tag in ["\"zz\"", "\"1\", \"2\""] {
        assert_eq!(is_whole_stale(&drop(tag).await)["current_tag"], json!(there));
    }
    assert_eq!(drop(&format!("{there}, \"zz\"")).await.status, 204);
}

/// Every operation that takes `If-Match`, with an address of something that is there.
async fn writes(
    app: &TestApp,
    pia: &Person<'_>,
) -> Vec<(&'static str, &'static str, String, Option<Value>)> {
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Something", &[]).await;
    let mut lesson = document(&ana, &draft, LESSON).await;
    lesson["title"] = json!("Mine");
    assert_eq!(save(&ana, &draft, LESSON, None, &lesson).await.status, 200);
    let other = begin(&ana, "Something else", &[]).await;
    assert_eq!(save(&ana, &other, LESSON, None, &lesson).await.status, 200);
    let body = json!({ "draft": other.rsplit('/').next(), "title": "Look" });
    let review = ana.posts(&format!("{BASE}/reviews"), &[], &body).await;
    let review = review.header("location").to_owned();
    let body = json!({ "verb": "unpublish", "keys": [KEYS], "at": "2026-06-01T00:00Z" });
    let channel = format!("{BASE}/channels/production");
    let schedule = pia.posts(&format!("{channel}/schedules"), &[], &body).await;
    let schedule = schedule.header("location").to_owned();
    let entry = format!("{draft}/entries/{LESSON}");
    let commit = json!({ "branch": "main", "changes": [{ "key": KEYS }], "message": "" });
    let rules = pia.gets(&format!("{BASE}/findings-policy")).await.json();
    let at = |address: &str| format!("{channel}/{address}");
    let invited = json!({ "name": "Ben", "email": "ben@example.org", "role": "viewer" });
    let invited = pia.posts(&format!("{BASE}/people"), &[], &invited).await.json();
    let person = format!("{BASE}/people/{}", invited["person"].as_str().unwrap());
    let sign_in = json!({ "second_factor_from": null, "grace_days": 1 });
    vec![
        ("person_change", "PATCH", person, Some(json!({ "name": "Benjamin" }))),
        ("sign_in_policy_set", "PUT", format!("{BASE}/sign-in-policy"), Some(sign_in)),
        ("commit_create", "POST", format!("{BASE}/commits"), Some(commit)),
        ("draft_change", "PATCH", draft.clone(), Some(json!({}))),
        ("draft_discard", "DELETE", draft.clone(), None),
        ("draft_reopen", "POST", format!("{draft}/reopen"), None),
        ("draft_entry_save", "PUT", entry.clone(), Some(lesson)),
        ("draft_entry_trash", "DELETE", entry.clone(), None),
        ("draft_entry_drop", "DELETE", format!("{entry}/working"), None),
        ("findings_policy_set", "PUT", format!("{BASE}/findings-policy"), Some(rules)),
        (
            "review_policy_set",
            "PUT",
            format!("{BASE}/review-policy"),
            Some(json!({ "approvals_required": 0 })),
        ),
        (
            "policies_set",
            "PUT",
            format!("{BASE}/policies"),
            Some(json!({ "house": {
                "approvals_required": 0, "authors_approve": false,
                "second_factor_to_publish": false, "programs_publish": false,
            } })),
        ),
        ("channel_rollback", "POST", at("rollback"), Some(json!({ "to": "production@1" }))),
        ("channel_unpublish", "POST", at("unpublish"), Some(json!({ "keys": [KEYS] }))),
        ("channel_retire", "POST", at("retire"), Some(json!({ "keys": [KEYS] }))),
        ("channel_revert", "POST", at("revert"), Some(json!({ "sequence": 2 }))),
        ("channel_release", "POST", at("release"), Some(json!({ "keys": [KEYS] }))),
        ("review_change", "PATCH", review.clone(), Some(json!({}))),
        ("review_close", "POST", format!("{review}/close"), None),
        ("review_reopen", "POST", format!("{review}/reopen"), None),
        ("schedule_change", "PATCH", schedule.clone(), Some(json!({}))),
        ("schedule_cancel", "DELETE", schedule.clone(), None),
        ("schedule_retry", "POST", format!("{schedule}/retry"), None),
    ]
}

#[tokio::test]
async fn every_write_that_names_an_unknown_version_is_told_the_tag_that_is_there() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Administrator);
    let ana = app.person("ana", Role::Author);
    let writes = writes(&app, &pia).await;
    for (name, method, address, body) in &writes {
        let who = if address.contains("/channels/")
            || address.contains("/people/")
            || address.ends_with("policy")
            || address.ends_with("policies")
            || address.ends_with("commits")
        {
            &pia
        } else {
            &ana
        };
        let answer = who.asks(method, address, &[("if-match", "\"zz\"")], body.as_ref()).await;
        let said = answer.json();
        assert_eq!(
            (answer.status.as_u16(), &said["code"]),
            (412, &json!("stale")),
            "{name}: {said}"
        );
        let tag = said["current_tag"].as_str();
        assert!(tag.is_some_and(|tag| tag.starts_with('"')), "{name}: {said}");
    }
    let tried: BTreeSet<_> = writes.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let document = openapi();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    let takes = operations.filter(|of| {
        let mut parameters = of["parameters"].as_array().into_iter().flatten();
        parameters.any(|of| of["name"] == "If-Match" && of["in"] == "header")
    });
    let mut all: BTreeSet<_> =
        takes.map(|of| of["operationId"].as_str().unwrap().to_owned()).collect();
    // Only a browser has an account of its own: people.rs tries it.
    assert!(all.remove("account_change"));
    assert_eq!(tried, all, "each write that takes `If-Match` is tried here");
}
