//! Policies over HTTP and on the command line, rights that were given since somebody signed in, and whose review it is.

use cms_core::access::Role;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, PASSWORD},
    reviews::{draft, open, seen},
    signing_factors::set_up,
    test_app::{Answer, Person, TestApp},
};

const POLICIES: &str = "/authoring/v1/policies";
const LESSON: &str = "lesson/equal-parts";

fn house(approvals: u32) -> Value {
    json!({
        "approvals_required": approvals, "authors_approve": false,
        "second_factor_to_publish": false, "programs_publish": false,
    })
}

async fn set(person: &Person<'_>, table: &Value) -> Answer {
    let tag = person.gets(POLICIES).await.header("etag").to_owned();
    person.asks("PUT", POLICIES, &[("if-match", &tag)], Some(table)).await
}

#[tokio::test]
async fn the_table_is_read_by_those_who_read_everything_and_set_against_its_version_by_those_who_configure()
 {
    let app = TestApp::own();
    let (root, ana) = (app.person("root", Role::Administrator), app.person("ana", Role::Publisher));
    let first = ana.gets(POLICIES).await;
    assert_eq!(first.json(), json!({ "house": house(0), "subtrees": [] }));
    let tag = first.header("etag").to_owned();
    let again = ana.asks("GET", POLICIES, &[("if-none-match", &tag)], None).await;
    assert_eq!(again.status, 304);
    let table = json!({ "house": house(1), "subtrees": [
        { "subtree": LESSON, "approvals_required": 2 },
    ] });
    assert_eq!(set(&ana, &table).await.json()["right"], "configure");
    let bare = root.asks("PUT", POLICIES, &[], Some(&table)).await;
    assert_eq!(bare.code(), "precondition-required");
    let done = set(&root, &table).await;
    assert_eq!(done.status, 200, "{}", done.json());
    let row = &done.json()["subtrees"][0];
    assert_eq!((&row["approvals_required"], &row["programs_publish"]), (&json!(2), &Value::Null));
    let late = root.asks("PUT", POLICIES, &[("if-match", &tag)], Some(&table)).await;
    assert_eq!((late.status.as_u16(), late.code()), (412, "stale".into()));
    // The older address shows the house's number, and changes nothing else of the table.
    let rules = "/authoring/v1/review-policy";
    let known = root.gets(rules).await;
    assert_eq!(known.json(), json!({ "approvals_required": 1 }));
    let tag = known.header("etag").to_owned();
    let three = json!({ "approvals_required": 3 });
    assert_eq!(root.asks("PUT", rules, &[("if-match", &tag)], Some(&three)).await.status, 200);
    let now = ana.gets(POLICIES).await.json();
    assert_eq!((&now["house"], &now["subtrees"]), (&house(3), &done.json()["subtrees"]));
    let on_record = root.gets("/authoring/v1/audit?verb=set-policies").await.json();
    assert_eq!(on_record["rows"][0]["before"], json!({ "approvals_required": 0 }));
    assert_eq!(on_record["rows"][0]["after"]["subtrees"][0]["subtree"], LESSON);
}

#[tokio::test]
async fn a_table_that_means_nothing_is_refused_with_its_place() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let check = async |table: Value, code: &str, pointer: &str| {
        let refused = set(&root, &table).await;
        assert_eq!(
            (refused.code(), &refused.json()["pointer"]),
            (code.to_owned(), &json!(pointer)),
            "{table}"
        );
    };
    let with = |row: Value| json!({ "house": house(0), "subtrees": [row] });
    check(json!({ "house": house(51) }), "request-malformed", "/house/approvals_required").await;
    check(json!({ "house": {} }), "request-malformed", "/house").await;
    check(json!({ "house": house(0), "rows": [] }), "request-malformed", "/rows").await;
    check(with(json!({ "subtree": "no key" })), "request-malformed", "/subtrees/0/subtree").await;
    check(with(json!({ "subtree": LESSON })), "policy-refused", "/subtrees/0").await;
    let gone = json!({ "subtree": "course/gone", "approvals_required": 1 });
    check(with(gone), "policy-refused", "/subtrees/0/subtree").await;
    let many = json!({ "subtree": LESSON, "approvals_required": 51 });
    check(with(many), "policy-refused", "/subtrees/0/approvals_required").await;
    assert_eq!(root.gets(POLICIES).await.json()["house"], house(0));
}

#[tokio::test]
async fn a_row_is_changed_and_shown_by_commands_and_who_may_says_what_it_asks_for() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    app.person("ben", Role::Reviewer);
    let run = async |verb: &str, request: Value| {
        let path = format!("/authoring/v1/commands/policy-{verb}");
        let answer = root.posts(&path, &[], &json!({ "request": request })).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()
    };
    run("set", json!({ "subtree": LESSON, "approvals": 2 })).await;
    run("set", json!({ "second_factor": true })).await;
    let shown = run("set", json!({ "subtree": LESSON, "programs": true })).await;
    assert_eq!(shown["policies"], run("show", json!({})).await["policies"]);
    assert_eq!(shown["policies"]["house"]["second_factor_to_publish"], true);
    let row = &shown["policies"]["subtrees"][0];
    assert_eq!((&row["approvals_required"], &row["programs_publish"]), (&json!(2), &json!(true)));

    let ask = async |right: &str, person: &str| {
        let path = format!("/authoring/v1/who-may/{right}?key={LESSON}&person={person}");
        root.gets(&path).await.json()
    };
    let answer = ask("accept", "ben").await;
    assert_eq!(answer["policy"]["approvals_required"], 2);
    assert!(answer["besides"].as_str().unwrap().contains("asks for 2 approvals"), "{answer}");
    let answer = ask("publish", "root").await;
    assert!(answer["besides"].as_str().unwrap().contains("second factor"), "{answer}");
    let answer = ask("import", "root").await;
    assert!(answer["why_not"]["detail"].as_str().unwrap().contains(LESSON), "{answer}");

    let cleared = run("set", json!({ "subtree": LESSON, "clear": true })).await;
    assert_eq!(cleared["policies"]["subtrees"], json!([]));
}

#[tokio::test]
async fn commits_and_imports_do_not_go_around_reviews() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let table =
        json!({ "house": house(0), "subtrees": [{ "subtree": LESSON, "approvals_required": 1 }] });
    assert_eq!(set(&root, &table).await.status, 200);
    let document =
        root.gets(&format!("/authoring/v1/entries/{LESSON}")).await.json()["document"].clone();
    let mut changed = document.clone();
    changed["description"] = json!("Straight");
    let commit = json!({ "changes": [{ "key": LESSON, "document": changed }] });
    let refused = root.posts("/authoring/v1/commits", &[("if-match", "*")], &commit).await;
    let problem = refused.json();
    assert_eq!(
        (refused.status.as_u16(), &problem["why"], &problem["subtree"], &problem["key"]),
        (403, &json!("policy-approvals"), &json!(LESSON), &json!(LESSON)),
        "{problem}"
    );
    let path = "/authoring/v1/commands/import";
    let mut import = root.request("POST", path, &[("content-type", "application/x-ndjson")], None);
    let lines = [
        json!({ "cms": "import", "author": "", "request": {} }),
        json!({ "key": LESSON, "locale": null, "document": changed }),
        json!({ "cms": "end" }),
    ];
    *import.body_mut() = lines.map(|line| format!("{line}\n")).concat().into();
    let refused = app.send(import).await;
    assert_eq!(refused.json()["why"], "policy-approvals", "{}", refused.json());
    let on_record = root.gets("/authoring/v1/audit?verb=refused").await.json();
    assert_eq!(on_record["rows"][0]["on"]["why"], "policy-approvals");
}

#[tokio::test]
async fn publishing_needs_a_session_with_a_second_factor_and_no_key_where_the_policy_says_so() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let tag = ana.gets(POLICIES).await.header("etag").to_owned();
    let strict = |programs: bool| {
        json!({ "house": {
            "approvals_required": 0, "authors_approve": false,
            "second_factor_to_publish": true, "programs_publish": programs,
        } })
    };
    let set = ana.asks("PUT", POLICIES, &[("if-match", &tag)], Some(&strict(false))).await;
    assert_eq!(set.status, 200, "{}", set.json());
    let key =
        ana.posts("/authoring/v1/tokens", &json!({ "label": "x", "role": "administrator" })).await;
    let key = Person { app: &app, token: key.json()["text"].as_str().unwrap().to_owned() };

    let off = "/authoring/v1/channels/production/unpublish";
    let lesson = json!({ "keys": [LESSON], "dry_run": false });
    let any = [("if-match", "*")];
    let refused = ana.asks("POST", off, &any, Some(&lesson)).await;
    let problem = refused.json();
    assert_eq!(
        (&problem["code"], &problem["why"]),
        (&json!("right-missing"), &json!("policy-second-factor")),
        "{problem}"
    );
    let later =
        json!({ "verb": "unpublish", "keys": [LESSON], "at": "2030-01-01T00:00[Europe/Berlin]" });
    let schedules = "/authoring/v1/channels/production/schedules";
    let refused = ana.posts(schedules, &later).await;
    assert_eq!(refused.json()["why"], "policy-second-factor", "{}", refused.json());
    let refused = key.posts(schedules, &[], &later).await;
    assert_eq!(refused.json()["why"], "policy-program", "{}", refused.json());
    let refused = key.asks("POST", off, &any, Some(&lesson)).await;
    assert_eq!(refused.json()["why"], "policy-program", "{}", refused.json());
    let command = json!({ "request": { "channel": "production", "keys": [LESSON] } });
    let refused = key.posts("/authoring/v1/commands/unpublish", &[], &command).await;
    assert_eq!(refused.json()["why"], "policy-program", "{}", refused.json());
    let mut document =
        key.gets(&format!("/authoring/v1/entries/{LESSON}")).await.json()["document"].clone();
    document["description"] = json!("Newer");
    let commit = json!({ "changes": [{ "key": LESSON, "document": document }] });
    assert_eq!(key.posts("/authoring/v1/commits", &[("if-match", "*")], &commit).await.status, 201);
    let job = json!({ "verb": "publish", "request": { "channel": "production" } });
    let begun = key.posts("/authoring/v1/jobs", &[], &job).await;
    assert_eq!(begun.status, 202, "{}", begun.json());
    let id = begun.json()["id"].as_str().unwrap().to_owned();
    let events = crate::jobs::follow(&key, &id).await;
    let (_, ended) = events.last().unwrap();
    assert_eq!(ended["problem"]["why"], "policy-program", "{events:?}");

    set_up(&mut ana).await;
    let put_up = ana.posts(schedules, &later).await;
    assert_eq!(put_up.status, 201, "{}", put_up.json());
    let tag = ana.gets(POLICIES).await.header("etag").to_owned();
    ana.asks("PUT", POLICIES, &[("if-match", &tag)], Some(&strict(true))).await;
    let moved = key.asks("POST", off, &any, Some(&lesson)).await;
    assert_eq!(moved.status, 201, "{}", moved.json());
    let back = json!({ "keys": [LESSON] });
    let released =
        ana.asks("POST", "/authoring/v1/channels/production/release", &any, Some(&back)).await;
    assert!(released.status.is_success(), "{}", released.json());
}

#[tokio::test]
async fn a_role_that_is_given_counts_once_the_session_is_renewed() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "author").await;
    let session = ben.gets("/authoring/v1/session").await.json();
    assert_eq!((&session["role"], &session["roles_wait"]), (&json!("author"), &json!(false)));
    let person = session["person"].as_str().unwrap().to_owned();
    let give = |role: &str| json!({ "person": person, "role": role });
    let given = ana.posts("/authoring/v1/grants", &give("publisher")).await;
    assert_eq!(given.status, 201, "{}", given.json());

    // Whoever holds Ben's cookie has no more than before.
    let rights = ben.gets("/authoring/v1/me").await.json()["rights"].clone();
    assert_eq!(rights, json!(["read", "propose", "edit"]));
    let off = "/authoring/v1/channels/production/unpublish";
    let lesson = json!({ "keys": [LESSON] });
    let refused = ben.asks("POST", off, &[("if-match", "*")], Some(&lesson)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "sign-in-again".into()));
    let session = ben.gets("/authoring/v1/session").await.json();
    assert_eq!((&session["role"], &session["roles_wait"]), (&json!("author"), &json!(true)));

    let renewed = json!({ "person": person, "password": PASSWORD });
    let answer = ben.posts("/authoring/v1/session/renew", &renewed).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["role"]), (200, &json!("publisher")));
    let moved = ben.asks("POST", off, &[("if-match", "*")], Some(&lesson)).await;
    assert_eq!(moved.status, 201, "{}", moved.json());

    // What is taken back is gone at once, in every session.
    let grant = given.json()["grant"]["id"].as_str().unwrap().to_owned();
    let taken = ana.asks("DELETE", &format!("/authoring/v1/grants/{grant}"), &[], None).await;
    assert_eq!(taken.status, 200);
    assert_eq!(ben.gets("/authoring/v1/me").await.json()["role"], "author");
    // An administrator who gives a role to themselves signs in again, too.
    let me = ana.gets("/authoring/v1/session").await.json()["person"].clone();
    let own = json!({ "person": me, "role": "viewer" });
    assert_eq!(ana.posts("/authoring/v1/grants", &own).await.status, 201);
    assert_eq!(ana.gets("/authoring/v1/session").await.json()["roles_wait"], true);
    assert_eq!(ana.gets("/authoring/v1/people").await.status, 200, "what was there stays");
}

#[tokio::test]
async fn a_strangers_review_is_not_anybodys_to_retitle_assign_close_or_reopen() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let eve = app.person("eve", Role::Author);
    let rob = app.person("rob", Role::Reviewer);
    let root = app.person("root", Role::Administrator);
    app.person("ben", Role::Reviewer);
    let review = open(&ana, &draft(&ana, "By Ana").await).await;
    let verbs = [
        ("PATCH", String::new(), Some(json!({ "title": "Mine now" }))),
        ("PATCH", String::new(), Some(json!({ "reviewers": ["rob"] }))),
        ("POST", "/close".to_owned(), None),
        ("POST", "/reopen".to_owned(), None),
    ];
    for (method, below, body) in &verbs {
        let path = format!("{review}{below}");
        for (person, may) in [(&eve, false), (&ana, true), (&rob, true), (&root, true)] {
            let tag = || async { ana.gets(&review).await.header("etag").to_owned() };
            // Each finds the review in the state in which the verb makes sense.
            let ready = if below == "/reopen" { "/close" } else { "/reopen" };
            let now = tag().await;
            root.asks("POST", &format!("{review}{ready}"), &[("if-match", &now)], None).await;
            let now = tag().await;
            let answer = person.asks(method, &path, &[("if-match", &now)], body.as_ref()).await;
            if may {
                assert_eq!(answer.status, 200, "{method} {path}: {}", answer.json());
            } else {
                let problem = answer.json();
                assert_eq!(
                    (&problem["code"], &problem["right"]),
                    (&json!("right-missing"), &json!("approve")),
                    "{method} {path}: {problem}"
                );
                assert_eq!(tag().await, now, "nothing was changed");
            }
        }
    }
    let refused = root.gets("/authoring/v1/audit?verb=refused&person=eve").await.json();
    assert_eq!(refused["rows"].as_array().unwrap().len(), verbs.len());
}

#[tokio::test]
async fn a_proposal_needs_an_approval_and_the_review_says_for_what_each_counts() {
    let app = TestApp::own();
    let kim = app.person("kim", Role::Translator);
    app.person("ben", Role::Reviewer);
    let rob = app.person("rob", Role::Reviewer);
    let id = draft(&kim, "Proposed").await;
    let review = open(&kim, &id).await;
    let shown = rob.gets(&review).await.json();
    let entry = &shown["entries"][0];
    assert_eq!((&entry["proposed_by"], &entry["approvals_required"]), (&json!(["kim"]), &json!(1)));
    let merge = format!("{review}/merge");
    let early = rob.posts(&merge, &[], &json!({})).await;
    assert_eq!((early.code(), &early.json()["keys"]), ("not-approved".into(), &json!([LESSON])));
    let straight = rob.posts(&format!("/authoring/v1/drafts/{id}/merge"), &[], &json!({})).await;
    assert!(
        ["not-a-member", "review-required"].contains(&&*straight.code()),
        "{}",
        straight.json()
    );
    let approved = rob.posts(&format!("{review}/approve"), &[], &seen(&shown)).await;
    assert_eq!(approved.json()["entries"][0]["approvals"][0]["counts"], true);
    assert_eq!(rob.posts(&merge, &[], &json!({})).await.status, 201);
}
