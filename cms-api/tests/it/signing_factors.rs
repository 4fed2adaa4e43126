//! A second factor, and tokens of people and programs.

use cms_api::ground::authorship::Authorship;
use cms_core::repo::CredentialChange;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, PASSWORD},
    test_app::{Answer, Person, TestApp},
};

/// The code that an app with this secret shows at a test server's time, some steps from now.
fn code(app: &TestApp, secret: &str, steps: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let shows = totp_rs::Builder::new().with_account_name("a").with_secret(secret).build().unwrap();
    let time_s = app.app.now_ms() as i64 / 1000 + steps * 30;
    shows.generate(time_s as u64).to_string()
}

/// Sets an app up; returns its secret and the recovery codes.
pub(crate) async fn set_up(browser: &mut Browser<'_>) -> (String, Vec<String>) {
    let begun = browser.posts("/authoring/v1/account/totp", &json!({})).await;
    assert_eq!(begun.status, 200, "{}", begun.json());
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let wrong =
        browser.posts("/authoring/v1/account/totp/confirm", &json!({ "code": "000" })).await;
    assert_eq!(wrong.json()["pointer"], "/code");
    let body = json!({ "code": code(browser.app, &secret, -1) });
    let confirmed = browser.posts("/authoring/v1/account/totp/confirm", &body).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.json());
    let codes: Vec<String> =
        serde_json::from_value(confirmed.json()["recovery_codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    let session = browser.gets("/authoring/v1/session").await.json();
    assert!(session["factors"].as_array().unwrap().contains(&json!("totp")), "{session}");
    (secret, codes)
}

async fn shows(browser: &mut Browser<'_>, code: &str) -> Answer {
    browser.posts("/authoring/v1/session/second-factor", &json!({ "code": code })).await
}

#[tokio::test]
async fn a_code_of_the_app_is_asked_for_and_good_once() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let (secret, codes) = set_up(&mut ana).await;
    let mut there = Browser::new(&app);
    let waiting = there.signs_in("ana@example.org", PASSWORD).await;
    assert_eq!(waiting.json()["stage"], "second-factor");
    let refused = there.gets("/authoring/v1/me").await;
    assert_eq!(
        (refused.code(), refused.json()["enrol"].clone()),
        ("second-factor-needed".into(), json!(false))
    );
    assert_eq!(there.gets("/authoring/v1/account").await.code(), "second-factor-needed");
    let cookie = there.cookies["cms_session"].clone();
    let now = code(&app, &secret, 0);
    assert_eq!(shows(&mut there, &now).await.json()["stage"], "full");
    assert_ne!(there.cookies["cms_session"], cookie, "more rights, another secret");
    assert_eq!(there.gets("/authoring/v1/me").await.status, 200);

    // Somebody looked over the shoulder.
    let mut thief = Browser::new(&app);
    thief.signs_in("ana@example.org", PASSWORD).await;
    assert_eq!(shows(&mut thief, &now).await.code(), "sign-in-refused");
    // A recovery code stands in, once.
    assert_eq!(shows(&mut thief, &codes[3].to_uppercase()).await.json()["stage"], "full");
    let mut again = Browser::new(&app);
    again.signs_in("ana@example.org", PASSWORD).await;
    assert_eq!(shows(&mut again, &codes[3]).await.code(), "sign-in-refused");
}

#[tokio::test]
async fn whoever_guesses_codes_has_to_begin_again_and_waits() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let (secret, _) = set_up(&mut ana).await;
    let mut there = Browser::new(&app);
    there.signs_in("ana@example.org", PASSWORD).await;
    for number in 0..5 {
        let answer = shows(&mut there, &format!("99999{number}")).await;
        assert_eq!(answer.code(), "sign-in-refused", "{number}");
    }
    let over = shows(&mut there, &code(&app, &secret, 0)).await;
    assert_eq!(over.code(), "session-ended", "even with the right code");
}

/// Sets from which role on a second factor is needed, and how many days people have.
async fn rules(browser: &mut Browser<'_>, from: Value, days: u32) {
    let path = "/authoring/v1/sign-in-policy";
    let tag = browser.gets(path).await.header("etag").to_owned();
    let body = json!({ "second_factor_from": from, "grace_days": days });
    let set = browser.asks("PUT", path, &[("if-match", &tag)], Some(&body)).await;
    assert_eq!(set.status, 200, "{}", set.json());
}

#[tokio::test]
async fn a_second_factor_that_is_required_later_is_asked_of_sessions_that_exist() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "publisher").await;
    let mut cleo = ana.brings("Cleo", "author").await;
    assert_eq!(ben.gets("/authoring/v1/me").await.status, 200);
    rules(&mut ana, json!("publisher"), 0).await;
    let key = json!({ "label": "x", "role": "viewer" });
    for (path, body) in [("/authoring/v1/tokens", key), ("/authoring/v1/drafts", json!({}))] {
        let refused = ben.posts(path, &body).await;
        assert_eq!(refused.code(), "second-factor-needed", "{path}");
        assert_eq!(refused.json()["enrol"], true, "{path}");
    }
    assert_eq!(ana.gets("/authoring/v1/me").await.code(), "second-factor-needed", "hers too");
    assert_eq!(cleo.gets("/authoring/v1/me").await.status, 200, "an author needs none");
    set_up(&mut ben).await;
    assert_eq!(ben.gets("/authoring/v1/me").await.status, 200);
}

#[tokio::test]
async fn the_time_to_set_one_up_counts_from_when_it_was_first_needed_and_follows_the_rule() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let (secret, _) = set_up(&mut ana).await;
    let mut ben = ana.brings("Ben Okafor", "publisher").await;
    rules(&mut ana, json!("publisher"), 7).await;
    let until = async |ben: &mut Browser<'_>| {
        ben.gets("/authoring/v1/session").await.json()["second_factor_until"]
            .to_string()
            .replace('"', "")
    };
    assert_eq!(ben.gets("/authoring/v1/me").await.status, 200, "Ben has seven days");
    assert!(until(&mut ben).await.starts_with("2026-01-09T03:04"));
    // The next day the time is over at once, and is then made longer.
    let later = app.a_day_later();
    let mut ana = Browser::new(&later);
    ana.signs_in("ana@example.org", PASSWORD).await;
    assert_eq!(shows(&mut ana, &code(&later, &secret, 0)).await.status, 200);
    rules(&mut ana, json!("publisher"), 0).await;
    let mut ben = Browser::new(&later);
    ben.signs_in("ben.okafor@example.org", PASSWORD).await;
    assert_eq!(ben.gets("/authoring/v1/me").await.json()["enrol"], true);
    rules(&mut ana, json!("publisher"), 3).await;
    assert_eq!(ben.gets("/authoring/v1/me").await.status, 200);
    let until = until(&mut ben).await;
    assert!(until.starts_with("2026-01-05T03:04"), "three days from the first: {until}");
}

#[tokio::test]
async fn an_end_that_was_noted_before_there_were_beginnings_follows_the_rule_as_well() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    set_up(&mut ana).await;
    let mut ben = ana.brings("Ben Okafor", "publisher").await;
    let person = ben.gets("/authoring/v1/session").await.json()["person"].clone();
    let person = person.as_str().unwrap().parse().unwrap();
    let people = app.app.store().repository.people();
    let stored = people.credential(&person).unwrap().unwrap();
    let mut value = stored.value;
    // Fourteen days, of which thirteen and a half are over.
    let half_a_day_ms = 12 * 60 * 60 * 1000;
    value["grace_until_ms"] = json!(app.app.now_ms() + half_a_day_ms);
    let noted = CredentialChange {
        verb: "credential-note",
        value,
        based_on: Some(stored.version),
        ends_sessions: false,
    };
    let stamp = Authorship::own(person.clone(), app.app.now_ms()).stamp("");
    people.change_credential(&person, &noted, &stamp).unwrap();
    for (days, status) in [(14, 200), (13, 401), (20, 200), (0, 401)] {
        rules(&mut ana, json!("publisher"), days).await;
        assert_eq!(ben.gets("/authoring/v1/me").await.status, status, "{days}");
    }
}

#[tokio::test]
async fn a_role_needs_a_second_factor_after_a_time_of_grace() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    set_up(&mut ana).await;
    ana.brings("Ben Okafor", "publisher").await;
    rules(&mut ana, json!("publisher"), 0).await;
    let mut ben = Browser::new(&app);
    ben.signs_in("ben.okafor@example.org", PASSWORD).await;
    let refused = ben.gets("/authoring/v1/me").await;
    assert_eq!(
        (refused.code(), refused.json()["enrol"].clone()),
        ("second-factor-needed".into(), json!(true))
    );
    let (secret, _) = set_up(&mut ben).await;
    assert_eq!(ben.gets("/authoring/v1/me").await.status, 200);

    // The phone is lost: an administrator takes the factor away, on record.
    let person = ben.gets("/authoring/v1/session").await.json()["person"].clone();
    let path = format!("/authoring/v1/people/{}/reset-second-factor", person.as_str().unwrap());
    assert_eq!(ana.posts(&path, &json!({})).await.status, 200);
    assert_eq!(ben.gets("/authoring/v1/me").await.code(), "session-ended");
    ben.signs_in("ben.okafor@example.org", PASSWORD).await;
    assert_eq!(ben.gets("/authoring/v1/me").await.json()["enrol"], true);
    assert_eq!(shows(&mut ben, &code(&app, &secret, 1)).await.code(), "sign-in-refused");
    let history = app.app.store().repository.history();
    let all = history.happened(Default::default(), 1000).unwrap();
    let reset = all.iter().find(|row| row.verb == "second-factor-reset").unwrap();
    assert_ne!(reset.author, person, "by the administrator");
    assert_eq!(reset.fields["person"], person);
}

#[tokio::test]
async fn a_person_makes_tokens_that_do_no_more_than_they_may_and_end_with_the_account() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "author").await;
    let path = "/authoring/v1/tokens";
    let greedy = ben.posts(path, &json!({ "label": "x", "role": "publisher" })).await;
    assert_eq!(greedy.code(), "right-missing", "no more than Ben");
    let made = ben.posts(path, &json!({ "label": "a script", "role": "viewer", "days": 1 })).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let token = made.json()["text"].as_str().unwrap().to_owned();
    let script = Person { app: &app, token };
    assert_eq!(script.gets("/authoring/v1/me").await.json()["role"], "viewer");
    let listed = ben.gets(path).await.json();
    let script_row =
        listed["tokens"].as_array().unwrap().iter().find(|row| row["label"] == "a script");
    let script_row = script_row.unwrap();
    assert_eq!(script_row["used_at"], "2026-01-02T00:00:00Z", "to the day");
    assert_eq!(ana.gets(path).await.json()["tokens"], json!([]), "another person's are not listed");
    let id = script_row["token"].as_str().unwrap();
    let one = format!("{path}/{id}");
    assert_eq!(ana.asks("DELETE", &one, &[], None).await.status, 404);
    let mut stream = app.stream(script.request("GET", "/authoring/v1/events", &[], None)).await;
    stream.next().await.unwrap();
    assert_eq!(ben.asks("DELETE", &one, &[], None).await.status, 204);
    assert!(stream.next().await.is_none(), "its streams end");
    assert_eq!(script.gets("/authoring/v1/me").await.code(), "token-refused");
}

#[tokio::test]
async fn a_program_has_an_account_for_which_a_person_answers() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "author").await;
    let person = ben.gets("/authoring/v1/session").await.json()["person"].clone();
    let body = json!({ "name": "Importer", "role": "author", "responsible": person });
    let made = ana.posts("/authoring/v1/service-accounts", &body).await;
    assert_eq!((made.status.as_u16(), &made.json()["sort"]), (201, &json!("service")));
    let program = made.json()["person"].clone();
    let own = ben.gets("/authoring/v1/service-accounts").await.json();
    assert_eq!(own["services"][0]["person"], program);
    let key =
        json!({ "label": "nightly", "role": "author", "person": program, "requests_per_min": 3 });
    let made = ben.posts("/authoring/v1/tokens", &key).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let script = Person { app: &app, token: made.json()["text"].as_str().unwrap().to_owned() };
    let draft =
        script.posts("/authoring/v1/drafts", &[], &json!({ "title": "By a program" })).await;
    assert_eq!(draft.json()["owner"], program, "a program is named as one");
    assert_eq!(script.gets("/authoring/v1/me").await.status, 200);
    assert_eq!(script.gets("/authoring/v1/me").await.status, 200);
    let busy = script.gets("/authoring/v1/me").await;
    assert_eq!((busy.status.as_u16(), busy.code()), (429, "too-many".into()));
    let stranger: Value = json!({ "label": "x", "role": "author", "person": "p-000000000000" });
    assert_eq!(ben.posts("/authoring/v1/tokens", &stranger).await.code(), "account-unknown");
    let path = format!("/authoring/v1/people/{}/deactivate", program.as_str().unwrap());
    assert_eq!(ana.posts(&path, &json!({})).await.status, 200);
    assert_eq!(script.gets("/authoring/v1/me").await.code(), "token-refused");
}
