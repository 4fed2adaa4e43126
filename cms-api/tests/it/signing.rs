//! Signing in from a browser: passwords, sessions, and what attackers try.

use std::time::{Duration, Instant};

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, PASSWORD, first_secret},
    test_app::{TOKEN, TestApp},
};

#[tokio::test]
async fn the_first_minute_makes_an_administrator_who_is_signed_in() {
    let app = TestApp::own();
    let mut browser = Browser::new(&app);
    let secret = first_secret(&app);
    let look = browser.posts("/authoring/v1/links/look", &json!({ "secret": secret })).await;
    assert_eq!(look.json()["purpose"], "first-administrator");
    assert_eq!(look.json()["password_chars_min"], 12);
    let with = |password: &str, email: &str| json!({ "secret": secret, "name": "Ana", "email": email, "password": password });
    for (password, email, pointer) in [
        ("short", "ana@example.org", "/password"),
        ("passwordpassword", "ana@example.org", "/password"),
        ("ana@example.org", "ana@example.org", "/password"),
        (PASSWORD, "nowhere", "/email"),
    ] {
        let refused = browser.posts("/authoring/v1/links/accept", &with(password, email)).await;
        assert_eq!(refused.code(), "account-refused", "{password}");
        assert_eq!(refused.json()["pointer"], pointer);
    }
    let body = with(PASSWORD, "ana@example.org");
    let answer = browser.posts("/authoring/v1/links/accept", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    let session = answer.json();
    assert_eq!((&session["role"], &session["stage"]), (&json!("administrator"), &json!("full")));
    assert_eq!(session["insecure"], true, "this machine, without encryption");
    assert!(session["person"].as_str().unwrap().starts_with("p-"));
    assert_eq!(browser.gets("/authoring/v1/me").await.json()["role"], "administrator");
    let again = browser.posts("/authoring/v1/links/accept", &body).await;
    assert_eq!(again.code(), "link-spent");
}

#[tokio::test]
async fn whatever_is_wrong_a_sign_in_is_refused_with_the_same_words_in_the_same_time() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "author").await;
    let person = ben.gets("/authoring/v1/session").await.json()["person"].clone();
    let person = person.as_str().unwrap();
    ana.posts(&format!("/authoring/v1/people/{person}/deactivate"), &json!({})).await;
    let mut refusals: Vec<(Value, Duration)> = Vec::new();
    for (name, password) in [
        ("ana@example.org", "seventeen green bottlez"),
        ("nobody@example.org", PASSWORD),
        ("ben.okafor@example.org", PASSWORD),
        ("not an address", PASSWORD),
        ("", ""),
        (&"x".repeat(10_000), &"y".repeat(10_000)),
    ] {
        let (mut stranger, started) = (Browser::new(&app), Instant::now());
        let answer = stranger.signs_in(name, password).await;
        refusals.push((answer.json(), started.elapsed()));
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "sign-in-refused".to_owned()));
        assert!(stranger.cookies.is_empty());
    }
    let grains: Vec<u128> = refusals.iter().map(|(_, took)| took.as_millis() / 100).collect();
    assert!(grains.iter().all(|grain| *grain >= 1), "answered at multiples of 0.1 s: {grains:?}");
    assert!(refusals.iter().all(|(body, _)| *body == refusals[0].0), "{refusals:?}");
}

#[tokio::test]
async fn a_session_is_a_cookie_that_only_the_server_reads() {
    let app = TestApp::own();
    Browser::of_first_administrator(&app).await;
    let mut browser = Browser::secure(&app);
    let answer = browser.signs_in("ana@example.org", PASSWORD).await;
    assert_eq!(answer.json()["insecure"], false);
    let lines: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let session = lines.iter().find(|line| line.starts_with("__Host-cms_session=")).unwrap();
    for part in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
        assert!(session.contains(part), "{session}");
    }
    assert!(!session.contains("Domain"), "{session}");
    assert_eq!(browser.gets("/authoring/v1/session").await.status, 200);

    // Without encryption and not on this machine, nobody signs in.
    let mut open = Browser { origin: Some("http://cms.example".into()), ..Browser::secure(&app) };
    assert_eq!(open.signs_in("ana@example.org", PASSWORD).await.code(), "https-needed");
}

#[tokio::test]
async fn a_planted_session_is_worth_nothing_after_the_victim_signs_in() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    ana.brings("Eve", "viewer").await;
    let mut eve = Browser::new(&app);
    eve.signs_in("eve@example.org", PASSWORD).await;
    // Eve plants her own session in the browser of Ana, who signs in there.
    let mut victim = Browser { cookies: eve.cookies.clone(), ..Browser::new(&app) };
    let answer = victim.signs_in("ana@example.org", PASSWORD).await;
    assert_eq!(answer.status, 200);
    assert_ne!(victim.cookies["cms_session"], eve.cookies["cms_session"]);
    let planted = eve.gets("/authoring/v1/session").await;
    assert_eq!(planted.code(), "session-ended", "the planted one is over");
    // Nor does a made-up one become a session.
    for forged in ["", "x", "p-1.session_1", "p-1.session_1.session_2", "../x.session_"] {
        let cookies = [("cms_session".to_owned(), forged.to_owned())].into();
        let mut forger = Browser { cookies, ..Browser::new(&app) };
        let answer = forger.gets("/authoring/v1/session").await;
        assert_eq!(answer.status, 401, "{forged}");
        assert_eq!(answer.code(), "session-ended");
        assert_eq!(answer.json()["ended"], "unknown");
    }
}

#[tokio::test]
async fn a_write_with_a_cookie_comes_from_a_page_of_this_server_with_its_token() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let draft = json!({ "title": "Fractions" });
    let path = "/authoring/v1/drafts";
    assert_eq!(ana.posts(path, &draft).await.status, 201);

    let token = ana.csrf_token.clone();
    for (origin, csrf_token) in [
        (Some("http://evil.example"), token.as_str()),
        (Some("http://localhost:8081"), token.as_str()),
        (Some("https://localhost:8080.evil.example"), token.as_str()),
        (Some("null"), token.as_str()),
        (None, token.as_str()),
        (Some("http://localhost:8080"), ""),
        (Some("http://localhost:8080"), "0123456789abcdef0123456789abcdef"),
    ] {
        ana.origin = origin.map(str::to_owned);
        ana.csrf_token = csrf_token.to_owned();
        let refused = ana.posts(path, &draft).await;
        assert_eq!(refused.code(), "csrf-refused", "{origin:?} {csrf_token}");
    }
    // A form of another site that signs the victim in as somebody else is refused as well.
    let mut foreign = Browser { origin: Some("http://evil.example".into()), ..Browser::new(&app) };
    assert_eq!(foreign.signs_in("ana@example.org", PASSWORD).await.code(), "csrf-refused");
    // A program with a token is no browser, and needs neither.
    let request = Request::post(path)
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json")
        .body(Body::from(draft.to_string()))
        .unwrap();
    assert_eq!(app.send(request).await.status, 201);
}

#[tokio::test]
async fn somebody_who_signs_out_is_out_and_whoever_has_the_old_cookie_too() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let copied = Browser { cookies: ana.cookies.clone(), ..Browser::new(&app) };
    let mut copied = copied;
    assert_eq!(copied.gets("/authoring/v1/me").await.status, 200);
    assert_eq!(ana.asks("DELETE", "/authoring/v1/session", &[], None).await.status, 204);
    assert!(!ana.cookies.contains_key("cms_session"));
    assert_eq!(copied.gets("/authoring/v1/me").await.code(), "session-ended");
    assert_eq!(ana.gets("/authoring/v1/me").await.code(), "token-refused");
    assert_eq!(ana.asks("DELETE", "/authoring/v1/session", &[], None).await.status, 204, "again");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_and_all_others_at_once() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut others: Vec<Browser<'_>> = Vec::new();
    for _ in 0..3 {
        let mut other = Browser::new(&app);
        other.signs_in("ana@example.org", PASSWORD).await;
        others.push(other);
    }
    let listed = ana.gets("/authoring/v1/sessions").await.json();
    let rows = listed["sessions"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    let other = rows.iter().find(|row| row["is_this"] == false).unwrap();
    let path = format!("/authoring/v1/sessions/{}", other["session"].as_str().unwrap());
    assert_eq!(ana.asks("DELETE", &path, &[], None).await.status, 204);
    assert_eq!(ana.asks("DELETE", &path, &[], None).await.status, 404, "it is gone");
    let mut live = 0;
    for other in &mut others {
        live += u32::from(other.gets("/authoring/v1/session").await.status == 200);
    }
    assert_eq!(live, 2);
    assert_eq!(ana.asks("DELETE", "/authoring/v1/sessions", &[], None).await.status, 204);
    for other in &mut others {
        assert_eq!(other.gets("/authoring/v1/session").await.code(), "session-ended");
    }
    assert_eq!(ana.gets("/authoring/v1/session").await.status, 200);
}

#[tokio::test]
async fn an_ended_session_is_told_apart_and_renewed_for_the_same_person_only() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    ana.brings("Ben Okafor", "author").await;
    let person = ana.gets("/authoring/v1/session").await.json()["person"].clone();
    let later = app.a_day_later();
    let mut there = Browser { cookies: ana.cookies.clone(), ..Browser::new(&later) };
    there.csrf_token = ana.csrf_token.clone();
    let ended = there.posts("/authoring/v1/drafts", &json!({ "title": "x" })).await;
    assert_eq!(
        (ended.code(), ended.json()["ended"].clone()),
        ("session-ended".into(), json!("idle"))
    );
    let path = "/authoring/v1/session/renew";
    let wrong =
        there.posts(path, &json!({ "person": person, "password": "not the password" })).await;
    assert_eq!(wrong.code(), "sign-in-refused");
    let renewed = there.posts(path, &json!({ "person": person, "password": PASSWORD })).await;
    assert_eq!((renewed.status.as_u16(), &renewed.json()["person"]), (200, &person));
    let draft = there.posts("/authoring/v1/drafts", &json!({ "title": "x" })).await;
    assert_eq!(draft.status, 201, "the edit goes on");
    let body = json!({ "person": "ben.okafor@example.org", "password": PASSWORD });
    let bens = there.posts(path, &body).await;
    assert_eq!(bens.code(), "sign-in-refused", "an address is nobody's id");
}

/// Somebody left their browser open in the staff room.
#[tokio::test]
async fn what_gives_rights_or_cannot_be_undone_asks_who_is_there_once_more() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "author").await;
    let ben = ben.gets("/authoring/v1/session").await.json()["person"].clone();
    let person = ana.gets("/authoring/v1/session").await.json()["person"].clone();
    let later = app.three_hours_later();
    let mut there = Browser { cookies: ana.cookies.clone(), ..Browser::new(&later) };
    there.csrf_token = ana.csrf_token.clone();
    let draft = there.posts("/authoring/v1/drafts", &json!({ "title": "x" })).await;
    assert_eq!(draft.status, 201, "work goes on");
    assert_eq!(there.gets("/authoring/v1/people").await.status, 200, "and reading does");
    let grave = [
        ("/authoring/v1/grants", json!({ "person": ben, "role": "administrator" })),
        (
            "/authoring/v1/people",
            json!({ "name": "Eve", "email": "eve@example.org", "role": "author" }),
        ),
        ("/authoring/v1/takedowns", json!({ "entries": ["video/v"], "reason": "law" })),
        ("/authoring/v1/commands/role-take", json!({ "request": { "grant": "g" }, "author": "" })),
    ];
    for (path, body) in &grave {
        let refused = there.posts(path, body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (403, "sign-in-again".into()),
            "{path}"
        );
    }
    let renew = json!({ "person": person, "password": PASSWORD });
    assert_eq!(there.posts("/authoring/v1/session/renew", &renew).await.status, 200);
    let (path, body) = &grave[0];
    assert_eq!(there.posts(path, body).await.status, 201);
}

#[tokio::test]
async fn who_guesses_waits_and_the_owner_signs_in_all_the_same() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut stranger = Browser::new(&app);
    let mut waits = None;
    for number in 0..12 {
        let answer = stranger.signs_in("ana@example.org", &format!("guess number {number}")).await;
        if answer.code() == "too-many-attempts" {
            waits = Some(answer);
            break;
        }
    }
    let waits = waits.expect("after a few guesses one waits");
    assert_eq!(waits.status, 429);
    assert!(waits.header("retry-after").parse::<u64>().unwrap() >= 1);
    let right = stranger.signs_in("ana@example.org", PASSWORD).await;
    assert_eq!(right.code(), "too-many-attempts", "even with the password, from there");
    // Ana's own browser is known, though it asks from the same address.
    ana.asks("DELETE", "/authoring/v1/session", &[], None).await;
    assert_eq!(ana.signs_in("ana@example.org", PASSWORD).await.status, 200);
    // A copied mark of another browser helps nobody with another account.
    let mark = ana.cookies["cms_device"].clone();
    let cookies = [("cms_device".to_owned(), mark.replace("p-", "q-"))].into();
    let mut forger = Browser { cookies, ..Browser::new(&app) };
    assert_eq!(forger.signs_in("ana@example.org", PASSWORD).await.code(), "too-many-attempts");
}

#[tokio::test]
async fn a_refused_sign_in_is_on_record_without_the_name_that_was_tried() {
    let app = TestApp::own();
    Browser::of_first_administrator(&app).await;
    Browser::new(&app).signs_in("ana@example.org", "not the password").await;
    Browser::new(&app).signs_in("secret typed into the wrong field", "x").await;
    let history = app.app.store().repository.history();
    let all = history.happened(Default::default(), 1000).unwrap();
    let refused: Vec<_> = all.iter().filter(|row| row.verb == "sign-in-refused").collect();
    assert_eq!(refused.len(), 2);
    assert!(refused[0].author.starts_with("p-") && refused[1].author == "unknown");
    let text = format!("{refused:?}");
    assert!(!text.contains("example.org") && !text.contains("wrong field"), "{text}");
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_renews_this_one() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut other = Browser::new(&app);
    other.signs_in("ana@example.org", PASSWORD).await;
    let before = ana.cookies["cms_session"].clone();
    let path = "/authoring/v1/account/password";
    let weak = ana.asks("PUT", path, &[], Some(&json!({ "password": "köhler köhler" }))).await;
    assert_eq!(weak.code(), "account-refused", "her own name");
    let body = json!({ "password": "another seventeen bottles" });
    let changed = ana.asks("PUT", path, &[], Some(&body)).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    assert_ne!(ana.cookies["cms_session"], before);
    assert_eq!(ana.gets("/authoring/v1/session").await.status, 200);
    assert_eq!(other.gets("/authoring/v1/session").await.json()["ended"], "revoked");
    assert_eq!(other.signs_in("ana@example.org", PASSWORD).await.code(), "sign-in-refused");
    assert_eq!(other.signs_in("ana@example.org", "another seventeen bottles").await.status, 200);
}

#[tokio::test]
async fn a_clock_that_was_set_back_before_a_restart_revives_no_session_and_loses_no_record() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    // A day later the session is over, though nobody has noticed; something else is put on record.
    let later = app.a_day_later();
    Browser::new(&later).signs_in("ana@example.org", "not the password").await;
    // The machine restarts, and its clock shows the day before.
    let back = TestApp::over(app.app.store().clone());
    let mut there = Browser { cookies: ana.cookies.clone(), ..Browser::new(&back) };
    let ended = there.gets("/authoring/v1/me").await;
    assert_eq!(
        (ended.code(), ended.json()["ended"].clone()),
        ("session-ended".into(), json!("idle"))
    );
    // Who signs in now is in, and what goes by the machine's clock still works: here, an invitation.
    let mut again = Browser { cookies: ana.cookies.clone(), ..Browser::new(&back) };
    assert_eq!(again.signs_in("ana@example.org", PASSWORD).await.status, 200);
    assert_eq!(again.gets("/authoring/v1/me").await.status, 200);
    let mut ben = again.brings("Ben Okafor", "author").await;
    assert_eq!(ben.gets("/authoring/v1/me").await.status, 200);
    // The record is in the order in which things happened, whatever the clock showed.
    let page = again.gets("/authoring/v1/audit?limit=200").await.json();
    let rows = page["rows"].as_array().expect("rows");
    let positions: Vec<u64> =
        rows.iter().map(|row| row["position"].as_u64().expect("a position")).collect();
    assert!(positions.is_sorted_by(|newer, older| newer > older), "{positions:?}");
    let verbs: Vec<&str> = rows.iter().map(|row| row["verb"].as_str().expect("a verb")).collect();
    for verb in ["person-first", "sign-in-refused", "person-invite"] {
        assert!(verbs.contains(&verb), "{verb}: {verbs:?}");
    }
    let machine = crate::test_app::Person { app: &back, token: TOKEN.to_owned() };
    let verified = machine.posts("/authoring/v1/commands/audit-verify", &[], &json!({})).await;
    assert_eq!(verified.json()["ok"], true, "{}", verified.json());
    ana.cookies.clear();
}

#[tokio::test]
async fn whoever_reads_all_the_time_is_out_with_the_answer_that_ends_the_session_or_the_role() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "author").await;
    let me = "/authoring/v1/me";
    let bens = ben.gets(me).await.json()["person"].as_str().unwrap().to_owned();
    let rights = async |browser: &mut Browser<'_>| browser.gets(me).await.json()["rights"].clone();
    assert_eq!(rights(&mut ben).await, json!(["read", "propose", "edit"]));
    let listed = ana.gets("/authoring/v1/grants").await.json();
    let grants = listed["grants"].as_array().unwrap();
    let grant = grants.iter().find(|row| row["person"] == *bens).unwrap()["id"].clone();
    let path = format!("/authoring/v1/grants/{}", grant.as_str().unwrap());
    assert_eq!(ana.asks("DELETE", &path, &[], None).await.status, 200);
    assert_eq!(rights(&mut ben).await, json!([]), "with the next request");
    let body = json!({ "person": bens, "role": "viewer" });
    assert_eq!(ana.posts("/authoring/v1/grants", &body).await.status, 201);
    assert_eq!(rights(&mut ben).await, json!([]), "what is given waits for the next sign-in");
    ben.signs_in("ben.okafor@example.org", PASSWORD).await;
    assert_eq!(rights(&mut ben).await, json!(["read"]));
    let path = format!("/authoring/v1/people/{bens}/sign-out");
    assert_eq!(ana.posts(&path, &json!({})).await.status, 200);
    assert_eq!(ben.gets(me).await.json()["ended"], "revoked");
    // What is written about content ends nobody's session, and is seen all the same.
    ben.signs_in("ben.okafor@example.org", PASSWORD).await;
    for number in 0..3 {
        let title = json!({ "title": format!("Draft {number}") });
        assert_eq!(ana.posts("/authoring/v1/drafts", &title).await.status, 201);
        assert_eq!(rights(&mut ben).await, json!(["read"]));
    }
}
