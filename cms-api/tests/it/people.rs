//! People: inviting them, what they become, and what ends with an account.

use std::path::{Path, PathBuf};

use cms_api::ground::authorship::Authorship;
use cms_core::access::Right;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, PASSWORD, secret_of},
    test_app::{Person, TOKEN, TestApp, filled_in},
};

pub(crate) async fn id_of(browser: &mut Browser<'_>) -> String {
    let session = browser.gets("/authoring/v1/session").await.json();
    session["person"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn somebody_is_invited_accepts_and_works_in_their_role() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let body = json!({ "name": "Ben Okafor", "email": "Ben@Example.org", "role": "author" });
    let invited = ana.posts("/authoring/v1/people", &body).await;
    assert_eq!(invited.status, 201);
    let view = invited.json();
    assert_eq!((&view["state"], &view["email"]), (&json!("invited"), &json!("ben@example.org")));
    assert!(view["link"]["url"].as_str().unwrap().contains("/welcome#link_"));
    let taken = ana.posts("/authoring/v1/people", &body).await;
    assert_eq!(taken.code(), "address-taken");

    let mut ben = Browser::new(&app);
    let secret = secret_of(&view["link"]);
    let look = ben.posts("/authoring/v1/links/look", &json!({ "secret": secret })).await.json();
    assert_eq!((&look["name"], &look["purpose"]), (&json!("Ben Okafor"), &json!("invitation")));
    let body = json!({ "secret": secret, "password": PASSWORD, "name": "Ben  O." });
    assert_eq!(ben.posts("/authoring/v1/links/accept", &body).await.status, 200);
    let account = ben.gets("/authoring/v1/account").await;
    assert_eq!(account.json()["name"], "Ben O.");
    assert_eq!(ben.posts("/authoring/v1/drafts", &json!({ "title": "Halves" })).await.status, 201);
    let refused = ben.gets("/authoring/v1/people").await;
    assert_eq!(refused.status, 403, "an author invites nobody");

    let tag = account.header("etag").to_owned();
    let body = json!({ "language": "pt-BR" });
    let path = "/authoring/v1/account";
    let changed = ben.asks("PATCH", path, &[("if-match", &tag)], Some(&body)).await;
    assert_eq!(changed.json()["language"], "pt-BR");
    let stale = ben.asks("PATCH", path, &[("if-match", &tag)], Some(&body)).await;
    assert_eq!(stale.code(), "stale");
}

#[tokio::test]
async fn names_that_deceive_are_refused_or_told() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let turned = json!({ "name": "Ben\u{202e}ana", "email": "b@example.org", "role": "viewer" });
    let refused = ana.posts("/authoring/v1/people", &turned).await;
    assert_eq!(
        (refused.code(), &refused.json()["pointer"]),
        ("account-refused".into(), &json!("/name"))
    );
    let first = id_of(&mut ana).await;
    let alike = json!({ "name": "Аna Köhler", "email": "b@example.org", "role": "viewer" });
    let told = ana.posts("/authoring/v1/people", &alike).await.json();
    assert_eq!((&told["look_alikes"], &told["is_mixed"]), (&json!([first]), &json!(true)));
    let plain = json!({ "name": "Carla Díaz", "email": "c@example.org", "role": "viewer" });
    let told = ana.posts("/authoring/v1/people", &plain).await.json();
    assert_eq!((&told["look_alikes"], &told["is_mixed"]), (&json!([]), &json!(false)));
}

#[tokio::test]
async fn a_deactivated_account_opens_nothing_and_its_streams_end() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "author").await;
    let person = id_of(&mut ben).await;
    let mut stream = app.stream(ben.request("GET", "/authoring/v1/events", &[], None)).await;
    assert_eq!(stream.next().await.unwrap().name, "ready");
    let path = format!("/authoring/v1/people/{person}");
    let ended = ana.posts(&format!("{path}/deactivate"), &json!({})).await;
    assert_eq!(ended.json()["state"], "deactivated");
    let more = stream.next().await;
    assert!(more.is_none(), "nothing more is told: {more:?}");
    assert_eq!(ben.gets("/authoring/v1/me").await.code(), "session-ended");
    assert_eq!(ana.posts(&format!("{path}/deactivate"), &json!({})).await.code(), "account-state");

    assert_eq!(
        ana.posts(&format!("{path}/reactivate"), &json!({})).await.json()["state"],
        "active"
    );
    assert_eq!(ben.gets("/authoring/v1/me").await.json()["ended"], "unknown");
    assert_eq!(ben.signs_in("ben.okafor@example.org", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn an_erased_person_is_an_id_and_no_more() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "author").await;
    let person = id_of(&mut ben).await;
    let draft = ben.posts("/authoring/v1/drafts", &json!({ "title": "Halves" })).await.json();
    let path = format!("/authoring/v1/people/{person}");
    assert_eq!(ana.posts(&format!("{path}/erase"), &json!({})).await.status, 200);
    let left = ana.gets(&path).await.json();
    let nothing = [&left["name"], &left["email"], &left["role"]];
    assert_eq!(
        (&left["state"], nothing),
        (&json!("erased"), [&json!(""), &Value::Null, &Value::Null])
    );
    let draft = draft["draft"].as_str().unwrap();
    let kept = ana.gets(&format!("/authoring/v1/drafts/{draft}")).await.json();
    assert_eq!(kept["owner"], person, "content names the id");
    assert_eq!(ben.signs_in("ben.okafor@example.org", PASSWORD).await.code(), "sign-in-refused");
    assert_eq!(ana.posts(&format!("{path}/reactivate"), &json!({})).await.code(), "account-state");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let path = format!("/authoring/v1/people/{}", id_of(&mut ana).await);
    for verb in ["deactivate", "erase"] {
        let refused = ana.posts(&format!("{path}/{verb}"), &json!({})).await;
        assert_eq!(refused.code(), "last-administrator", "{verb}");
    }
    assert_eq!(ana.gets(&path).await.json()["state"], "active");
    assert_eq!(ana.gets("/authoring/v1/me").await.json()["role"], "administrator");
}

#[tokio::test]
async fn whoever_is_locked_out_is_let_in_from_the_machine_and_nobody_else_makes_such_a_link() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let command = json!({ "request": { "person": "ana@example.org" } });
    let path = "/authoring/v1/commands/admin-reset";
    let refused = ana.posts(path, &command).await;
    assert_eq!(refused.code(), "not-allowed", "not even an administrator, from afar");
    let machine = crate::test_app::Person { app: &app, token: TOKEN.to_owned() };
    let report = machine.posts(path, &[], &command).await.json();
    let secret = report["path"].as_str().unwrap().strip_prefix("/welcome#").unwrap();
    let mut there = Browser::new(&app);
    let body = json!({ "secret": secret, "password": "a new seventeen bottles" });
    assert_eq!(there.posts("/authoring/v1/links/accept", &body).await.status, 200);
    assert_eq!(ana.gets("/authoring/v1/me").await.json()["ended"], "revoked");
    let again = there.posts("/authoring/v1/links/accept", &body).await;
    assert_eq!(again.code(), "link-spent");
    let link = machine.posts("/authoring/v1/commands/admin-link", &[], &json!({})).await;
    assert_eq!(link.code(), "nothing-to-do");
}

#[tokio::test]
async fn an_access_key_makes_no_access_keys_and_a_course_administrator_no_administrators() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let body = json!({ "label": "reader", "role": "viewer" });
    let key = ana.posts("/authoring/v1/tokens", &body).await.json();
    let key = Person { app: &app, token: key["text"].as_str().unwrap().into() };
    assert_eq!(key.gets("/authoring/v1/me").await.json()["role"], "viewer");
    let body = json!({ "label": "more", "role": "administrator" });
    let refused = key.posts("/authoring/v1/tokens", &[], &body).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (403, "not-allowed"));

    let mut ben = ana.brings("Ben Okafor", "author").await;
    let bens = id_of(&mut ben).await;
    let body = json!({ "person": bens, "role": "administrator", "subtree": "course/fractions" });
    assert_eq!(ana.posts("/authoring/v1/grants", &body).await.status, 201);
    let body = json!({ "person": bens, "role": "administrator" });
    for (path, body) in [
        ("/authoring/v1/grants", body),
        (
            "/authoring/v1/people",
            json!({ "name": "Eve", "email": "e@x.org", "role": "administrator" }),
        ),
        (
            "/authoring/v1/commands/token-create",
            json!({ "request": { "person": "eve", "role": "administrator" } }),
        ),
        ("/authoring/v1/commands/verify", json!({})),
    ] {
        let refused = ben.posts(path, &body).await;
        assert_eq!((refused.status.as_u16(), &*refused.code()), (403, "right-missing"), "{path}");
        assert_eq!(refused.json()["why"], "subtree", "{path}");
    }
    assert_eq!(ben.gets("/authoring/v1/audit").await.code(), "right-missing");
}

#[tokio::test]
async fn what_somebody_owns_is_handed_over_before_they_go() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "reviewer").await;
    let mut carla = ana.brings("Carla Diaz", "reviewer").await;
    let (bens, carlas) = (id_of(&mut ben).await, id_of(&mut carla).await);
    let own = ben.posts("/authoring/v1/drafts", &json!({ "title": "Halves" })).await.json();
    let body = json!({ "title": "Thirds", "members": [bens] });
    let shared = ana.posts("/authoring/v1/drafts", &body).await.json();
    let robot = json!({ "name": "Importer", "role": "viewer", "responsible": bens });
    let robot = ana.posts("/authoring/v1/service-accounts", &robot).await.json();
    ben.posts("/authoring/v1/tokens", &json!({ "label": "x", "role": "viewer" })).await;
    let asked = json!({ "draft": shared["draft"], "title": "Look", "reviewers": [bens] });
    let review = ana.posts("/authoring/v1/reviews", &asked).await;

    let path = format!("/authoring/v1/people/{bens}/hand-over");
    let himself = ana.posts(&path, &json!({ "to": bens })).await;
    assert_eq!(
        (himself.code(), &himself.json()["pointer"]),
        ("account-refused".into(), &json!("/to"))
    );
    let done = ana.posts(&path, &json!({ "to": carlas })).await;
    assert_eq!(done.status, 200, "{}", done.json());
    let reviews = usize::from(review.status == 201);
    assert_eq!(
        done.json(),
        json!({
            "drafts_count": 2, "reviews_count": reviews, "schedules_count": 0,
            "services_count": 1, "tokens_count": 1,
        })
    );
    let draft = async |browser: &mut Browser<'_>, draft: &Value| {
        let path = format!("/authoring/v1/drafts/{}", draft["draft"].as_str().unwrap());
        browser.gets(&path).await.json()
    };
    let owned = draft(&mut carla, &own).await;
    assert_eq!((&owned["owner"], &owned["members"]), (&json!(carlas), &json!([])));
    assert_eq!(draft(&mut carla, &shared).await["members"], json!([carlas]));
    let path = format!("/authoring/v1/people/{}", robot["person"].as_str().unwrap());
    assert_eq!(ana.gets(&path).await.json()["responsible"], json!(carlas));
    let again = ana
        .posts(&format!("/authoring/v1/people/{bens}/hand-over"), &json!({ "to": carlas }))
        .await;
    assert_eq!(again.json()["drafts_count"], 0, "nothing is left");
}

#[tokio::test]
async fn what_an_erased_person_owned_is_told_and_handed_over_by_the_id() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "reviewer").await;
    let mut carla = ana.brings("Carla Diaz", "reviewer").await;
    let (bens, carlas) = (id_of(&mut ben).await, id_of(&mut carla).await);
    let own = ben.posts("/authoring/v1/drafts", &json!({ "title": "Halves" })).await.json();
    let body = json!({ "title": "Thirds", "members": [bens] });
    ana.posts("/authoring/v1/drafts", &body).await;
    let robot = json!({ "name": "Importer", "role": "viewer", "responsible": bens });
    let robot = ana.posts("/authoring/v1/service-accounts", &robot).await.json();
    let ben = format!("/authoring/v1/people/{bens}");
    let owns = json!({ "drafts_count": 1, "schedules_count": 0, "services_count": 1 });
    for (verb, state) in [("deactivate", "deactivated"), ("erase", "erased")] {
        let ended = ana.posts(&format!("{ben}/{verb}"), &json!({})).await.json();
        assert_eq!((&ended["state"], &ended["owns"]), (&json!(state), &owns));
    }
    // Nobody was told before; the id is enough.
    let done = ana.posts(&format!("{ben}/hand-over"), &json!({ "to": carlas })).await;
    assert_eq!(done.status, 200, "{}", done.json());
    let done = done.json();
    assert_eq!((&done["drafts_count"], &done["services_count"]), (&json!(2), &json!(1)));
    let draft = format!("/authoring/v1/drafts/{}", own["draft"].as_str().unwrap());
    let shown = carla.gets(&draft).await;
    assert_eq!(shown.json()["owner"], json!(carlas));
    let tag = [("if-match", shown.header("etag"))];
    assert_eq!(carla.asks("DELETE", &draft, &tag, None).await.json()["state"], "discarded");
    let robot = format!("/authoring/v1/people/{}", robot["person"].as_str().unwrap());
    assert_eq!(ana.gets(&robot).await.json()["responsible"], json!(carlas));
    assert_eq!(ana.gets(&ben).await.json()["state"], "erased", "nothing brings the account back");
}

#[tokio::test]
async fn a_link_of_somebody_who_was_deactivated_opens_nothing_from_then_on() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let new = json!({ "name": "Ben Okafor", "email": "ben@example.org", "role": "author" });
    let invited = ana.posts("/authoring/v1/people", &new).await.json();
    let link = json!({ "secret": secret_of(&invited["link"]) });
    let look =
        async |link: &Value| Browser::new(&app).posts("/authoring/v1/links/look", link).await;
    assert_eq!(look(&link).await.status, 200);
    let ben = format!("/authoring/v1/people/{}", invited["person"].as_str().unwrap());
    for verb in ["deactivate", "reactivate"] {
        assert_eq!(ana.posts(&format!("{ben}/{verb}"), &json!({})).await.status, 200);
        let gone = look(&link).await;
        assert_eq!(gone.status, 410, "{verb}: {}", gone.json());
        assert!(!gone.json().to_string().contains("ben@"), "{verb}: {}", gone.json());
    }
    let again = ana.posts(&format!("{ben}/invitation"), &json!({})).await.json();
    let link = json!({ "secret": secret_of(&again) });
    assert_eq!(look(&link).await.status, 200);
}

/// A mail server that takes one mail; returns what it was sent.
fn mail_server() -> (u16, std::thread::JoinHandle<String>) {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let taking = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let (mut mail, mut is_data) = (String::new(), false);
        stream.write_all(b"220 mail.test\r\n").unwrap();
        while let Some(Ok(line)) = lines.next() {
            let answer = match line.as_str() {
                "." => "250 taken",
                "QUIT" => break,
                "DATA" => "354 go on",
                _ if is_data => "",
                _ => "250 yes",
            };
            is_data = (is_data || line == "DATA") && line != ".";
            mail.push_str(&line);
            mail.push('\n');
            if !answer.is_empty() {
                stream.write_all(format!("{answer}\r\n").as_bytes()).unwrap();
            }
        }
        mail
    });
    (port, taking)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_mailed_where_a_mail_server_takes_it() {
    use cms_api::process::config::mail::{MailSettings, MailTls};
    let (port, taking) = mail_server();
    let mail = MailSettings {
        host: Some("127.0.0.1".into()),
        port: Some(port),
        tls: MailTls::None,
        from: Some("The school <cms@example.org>".into()),
        ..MailSettings::default()
    };
    let app = TestApp::with_mail(mail.complete().unwrap());
    let mut ana = Browser::of_first_administrator(&app).await;
    let body = json!({ "name": "Ben Okafor", "email": "ben@example.org", "role": "author" });
    let invited = ana.posts("/authoring/v1/people", &body).await.json();
    assert_eq!((&invited["is_mailed"], &invited["link"]), (&json!(true), &Value::Null));
    let mail = taking.join().unwrap();
    for part in ["RCPT TO:<ben@example.org>", "Ben Okafor", "welcome#"] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    // Now nobody listens any more: the link is handed over instead.
    let body = json!({ "name": "Eve", "email": "eve@example.org", "role": "author" });
    let invited = ana.posts("/authoring/v1/people", &body).await.json();
    assert_eq!(invited["is_mailed"], false);
    assert!(invited["link"]["url"].is_string());
}

/// Files below a directory that hold one of some texts, with the text.
fn holding(directory: &Path, texts: &[&[u8]]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, texts));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for text in texts {
            if bytes.windows(text.len()).any(|at| at.eq_ignore_ascii_case(text)) {
                found.push((path.clone(), String::from_utf8_lossy(text).into_owned()));
            }
        }
    }
    found
}

#[tokio::test]
async fn what_says_who_an_erased_person_was_is_off_the_disk_when_that_is_answered() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("store");
    let app = TestApp::over(filled_in(&data));
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor Winterfeld", "author").await;
    let person = id_of(&mut ben).await;
    let account = "/authoring/v1/account";
    let tag = ben.gets(account).await.header("etag").to_owned();
    let body = json!({ "name": "Benjamin Quillfeather" });
    let changed = ben.asks("PATCH", account, &[("if-match", &tag)], Some(&body)).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    let picture = b"the picture of a man with a moustache";
    let by = Authorship::own(person.parse().unwrap(), app.app.now_ms());
    let people = app.app.store().repository.people();
    people
        .set_picture(&person.parse().unwrap(), Some(&picture.to_vec().into()), &by.stamp(""))
        .unwrap();
    // What they write, and what others do with it, names the id.
    let draft = ben.posts("/authoring/v1/drafts", &json!({ "title": "Halves" })).await.json();
    let asked =
        json!({ "draft": draft["draft"], "title": "Look", "reviewers": [id_of(&mut ana).await] });
    ben.posts("/authoring/v1/reviews", &asked).await;
    ben.signs_in("ben.okafor.winterfeld@example.org", "not the password").await;
    let texts: [&[u8]; 4] = [b"Winterfeld", b"Quillfeather", b"ben.okafor", picture];
    let before = holding(&data, &texts);
    for text in &texts {
        let text = String::from_utf8_lossy(text);
        assert!(before.iter().any(|(_, found)| *found == text), "{text} was never on the disk");
    }

    // What they call a token and a link, and whom others call by the address.
    let token = json!({ "label": "Quillfeather's laptop", "role": "viewer" });
    assert_eq!(ben.posts("/authoring/v1/tokens", &token).await.status, 201);
    let shares = format!("/authoring/v1/drafts/{}/shares", draft["draft"].as_str().unwrap());
    let share = ben.posts(&shares, &json!({ "label": "For Winterfeld's mother", "days": 3 })).await;
    assert_eq!(share.status, 201, "{}", share.json());

    let erased = ana.posts(&format!("/authoring/v1/people/{person}/erase"), &json!({})).await;
    assert_eq!(erased.status, 200, "{}", erased.json());
    assert_eq!(holding(&data, &texts), []);
    assert_eq!(ana.gets(&format!("/authoring/v1/people/{person}")).await.json()["state"], "erased");
}

#[tokio::test]
async fn an_access_key_may_no_more_than_it_was_made_for() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let body = json!({ "label": "checks links", "role": "author", "rights": ["read"],
        "subtree": "unit/multiplying", "days": 30 });
    let made = ana.posts("/authoring/v1/tokens", &body).await.json();
    assert_eq!((&made["rights"], &made["subtree"]), (&json!(["read"]), &body["subtree"]));
    let listed = ana.gets("/authoring/v1/tokens").await.json();
    assert_eq!(listed["tokens"][0]["subtree"], "unit/multiplying");
    let key = Person { app: &app, token: made["text"].as_str().unwrap().into() };
    assert_eq!(key.gets("/authoring/v1/entries/lesson/fraction-of-a-number").await.status, 200);
    let outside = key.gets("/authoring/v1/entries/lesson/simplest-form").await;
    assert_eq!(outside.code(), "entry-unknown");
    let draft = key.posts("/authoring/v1/drafts", &[], &json!({ "title": "No" })).await;
    assert_eq!(draft.code(), "right-missing");
    for (field, value, pointer) in [
        ("rights", json!(["read", "publish"]), "/rights/1"),
        ("subtree", json!("course/fractions@es"), "/subtree"),
        ("kinds", json!(["Exercise"]), "/kinds/0"),
        ("channels", json!(["A"]), "/channels/0"),
    ] {
        let mut wrong = body.clone();
        wrong[field] = value;
        let answer = ana.posts("/authoring/v1/tokens", &wrong).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["pointer"]), (400, &json!(pointer)));
    }
}

#[tokio::test]
async fn an_access_key_gives_roles_only_if_it_may_do_everything_by_name() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let ben = id_of(&mut ana.brings("Ben Okafor", "author").await).await;
    let give = json!({ "person": ben, "role": "administrator" });
    let whole = json!({ "label": "a script", "role": "administrator" });
    let made = ana.posts("/authoring/v1/tokens", &whole).await.json();
    let rights: Vec<String> = serde_json::from_value(made["rights"].clone()).unwrap();
    assert!(!rights.iter().any(|right| right == "people" || right == "takedown"), "{rights:?}");
    let key = Person { app: &app, token: made["text"].as_str().unwrap().into() };
    let refused = key.posts("/authoring/v1/grants", &[], &give).await;
    assert_eq!(refused.code(), "right-missing");
    // A key with this right alone could give itself the others.
    let mut named = whole.clone();
    named["rights"] = json!(["read", "people"]);
    let refused = ana.posts("/authoring/v1/tokens", &named).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["pointer"]), (400, &json!("/rights/1")));
    named["rights"] = json!(Right::ALL.map(Right::word));
    let made = ana.posts("/authoring/v1/tokens", &named).await.json();
    let key = Person { app: &app, token: made["text"].as_str().unwrap().into() };
    assert_eq!(key.posts("/authoring/v1/grants", &[], &give).await.status, 201);
}

#[tokio::test]
async fn the_last_administrator_who_can_sign_in_stays_whoever_else_has_the_role() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let anas = id_of(&mut ana).await;
    // Somebody who never came is no administrator yet.
    let body = json!({ "name": "Ivy", "email": "ivy@example.org", "role": "viewer" });
    let ivy = ana.posts("/authoring/v1/people", &body).await.json();
    let ivys = ivy["person"].as_str().unwrap().to_owned();
    let body = json!({ "person": ivys, "role": "administrator" });
    assert_eq!(ana.posts("/authoring/v1/grants", &body).await.status, 201);
    let own = format!("/authoring/v1/grants/account-{anas}");
    let refused = ana.asks("DELETE", &own, &[], None).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (409, "last-administrator"));
    let nobody = json!({ "person": "nobody", "role": "administrator" });
    assert_eq!(ana.posts("/authoring/v1/grants", &nobody).await.code(), "person-unknown");
}

#[tokio::test]
async fn an_invitation_reaches_as_far_as_it_says_and_ends_with_the_one_who_invited() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let body = json!({ "name": "Ben", "email": "ben@example.org", "role": "author",
        "subtree": "unit/multiplying" });
    let invited = ana.posts("/authoring/v1/people", &body).await.json();
    let mut ben = Browser::new(&app);
    let accept =
        json!({ "secret": secret_of(&invited["link"]), "password": "seventeen bottles of ink" });
    assert_eq!(ben.posts("/authoring/v1/links/accept", &accept).await.status, 200);
    let seen = ben.gets("/authoring/v1/entries/lesson/fraction-of-a-number").await;
    assert_eq!(seen.status, 200, "{}", seen.json());
    assert_eq!(
        ben.gets("/authoring/v1/entries/lesson/simplest-form").await.code(),
        "entry-unknown"
    );
    let grants = ana.gets("/authoring/v1/grants").await.json();
    let bens = id_of(&mut ben).await;
    let all = grants["grants"].as_array().unwrap();
    let own = all.iter().find(|grant| grant["person"] == *bens).unwrap();
    assert_eq!(own["given_by"], *id_of(&mut ana).await, "nobody gives themselves a role");

    // The address was wrong: what was sent there opens nothing.
    let body = json!({ "name": "Cy", "email": "cyy@example.org", "role": "author" });
    let invited = ana.posts("/authoring/v1/people", &body).await;
    let sent = secret_of(&invited.json()["link"]);
    let cys = format!("/authoring/v1/people/{}", invited.json()["person"].as_str().unwrap());
    let tag = ana.gets(&cys).await.header("etag").to_owned();
    let right = json!({ "email": "cy@example.org" });
    let changed = ana.asks("PATCH", &cys, &[("if-match", &tag)], Some(&right)).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    let accept = json!({ "secret": sent, "password": "seventeen bottles of ink" });
    assert_eq!(
        Browser::new(&app).posts("/authoring/v1/links/accept", &accept).await.code(),
        "link-spent"
    );

    // An administrator who was deactivated lets nobody in by an invitation of theirs.
    let mut dan = ana.brings("Dan", "administrator").await;
    let body = json!({ "name": "Eve", "email": "eve@example.org", "role": "administrator" });
    let invited = dan.posts("/authoring/v1/people", &body).await.json();
    let dans = format!("/authoring/v1/people/{}/deactivate", id_of(&mut dan).await);
    assert_eq!(ana.posts(&dans, &json!({})).await.status, 200);
    let accept =
        json!({ "secret": secret_of(&invited["link"]), "password": "seventeen bottles of ink" });
    assert_eq!(
        Browser::new(&app).posts("/authoring/v1/links/accept", &accept).await.code(),
        "link-spent"
    );
}

#[tokio::test]
async fn a_link_to_a_draft_ends_with_the_account_of_its_maker() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben", "author").await;
    let draft = ben.posts("/authoring/v1/drafts", &json!({ "title": "Shared" })).await.json();
    let path = format!("/authoring/v1/drafts/{}/shares", draft["draft"].as_str().unwrap());
    let link = ben.posts(&path, &json!({})).await.json();
    let about = format!("{}about", link["path"].as_str().unwrap());
    assert_eq!(app.get(&about).await.status, 200);
    let bens = format!("/authoring/v1/people/{}/deactivate", id_of(&mut ben).await);
    assert_eq!(ana.posts(&bens, &json!({})).await.status, 200);
    assert_eq!(app.get(&about).await.code(), "share-over");
}

#[tokio::test]
async fn a_key_ends_with_the_account_of_the_one_who_made_it() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut dan = ana.brings("Dan", "administrator").await;
    let robot = json!({ "name": "Link checker", "role": "viewer" });
    let robot = dan.posts("/authoring/v1/service-accounts", &robot).await.json();
    let body = json!({ "label": "nightly", "role": "viewer", "person": robot["person"] });
    let made = dan.posts("/authoring/v1/tokens", &body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let key = Person { app: &app, token: made.json()["text"].as_str().unwrap().into() };
    assert_eq!(key.gets("/authoring/v1/me").await.status, 200);
    let dans = format!("/authoring/v1/people/{}/deactivate", id_of(&mut dan).await);
    assert_eq!(ana.posts(&dans, &json!({})).await.status, 200);
    assert_eq!(key.gets("/authoring/v1/me").await.code(), "token-refused", "Dan has read it");
}

/// The smallest PNG: one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

#[tokio::test]
async fn colleagues_know_each_other_by_name_and_picture_and_no_more() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "author").await;
    let person = id_of(&mut ben).await;
    let sent = |bytes: &'static [u8]| {
        let mut request = ben.request(
            "PUT",
            "/authoring/v1/account/picture",
            &[("content-type", "image/png")],
            None,
        );
        *request.body_mut() = axum::body::Body::from(bytes);
        request
    };
    assert_eq!(app.send(sent(PIXEL)).await.status, 204);
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    assert_eq!(app.send(sent(svg)).await.code(), "account-refused");
    assert_eq!(app.send(sent(&[0; 300 << 10])).await.code(), "body-too-large");

    let path = format!("/authoring/v1/colleagues/{person}/picture");
    let mut vic = ana.brings("Vic Lee", "viewer").await;
    let shown = vic.gets(&path).await;
    assert_eq!((shown.status.as_u16(), shown.header("content-type")), (200, "image/png"));
    assert_eq!(shown.body, PIXEL);
    assert_eq!(shown.header("cache-control"), "private, no-cache");
    assert!(shown.header("content-security-policy").contains("sandbox"));
    let found = vic.gets("/authoring/v1/colleagues?name=OKA").await.json();
    assert_eq!(found["rows"][0]["has_picture"], true);
    assert_eq!(
        (&found["rows"][0]["name"], &found["rows"][1]),
        (&json!("Ben Okafor"), &json!(null))
    );
    assert_eq!(found["rows"][0].get("email"), None);
    assert_eq!(vic.gets("/authoring/v1/people").await.status, 403);
    assert_eq!(app.get("/authoring/v1/colleagues").await.status, 401);

    // History names who wrote it when they have left, too.
    ana.posts(&format!("/authoring/v1/people/{person}/deactivate"), &json!({})).await;
    let found = vic.gets("/authoring/v1/colleagues?name=OKA").await.json();
    assert_eq!(found["rows"], json!([]));
    let named = vic.gets(&format!("/authoring/v1/colleagues?ids={person},p-nobody")).await.json();
    assert_eq!(named["rows"][0]["state"], "deactivated");
    ana.posts(&format!("/authoring/v1/people/{person}/erase"), &json!({})).await;
    let named = vic.gets(&format!("/authoring/v1/colleagues?ids={person}")).await.json();
    assert_eq!(
        (&named["rows"][0]["name"], vic.gets(&path).await.status.as_u16()),
        (&json!(""), 404)
    );
}

#[tokio::test]
async fn nobody_gets_a_part_of_the_catalogue_that_is_not_there() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let ben = id_of(&mut ana.brings("Ben Okafor", "viewer").await).await;
    let mistyped = "unit/multipying";
    let asked = [
        ("/authoring/v1/grants", json!({ "person": ben, "role": "author", "subtree": mistyped })),
        (
            "/authoring/v1/people",
            json!({ "name": "Eve", "email": "eve@example.org", "role": "author", "subtree": mistyped }),
        ),
        (
            "/authoring/v1/tokens",
            json!({ "label": "a script", "role": "author", "subtree": mistyped }),
        ),
    ];
    for (path, body) in asked {
        let refused = ana.posts(path, &body).await;
        assert_eq!(
            (refused.code(), &refused.json()["pointer"]),
            ("entry-unknown".into(), &json!("/subtree")),
            "{path}"
        );
    }
}
