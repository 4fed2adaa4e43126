//! HTTP to the letter: the requirements of RFC 9110, RFC 9111 and the Fetch standard, sentence by sentence, for every
//! kind of address of delivery: public, below a link and below a protected channel.
//!
//! The sentences are in `http_letter/rows.rs`; this file says which addresses they are tried on, and how.

mod rows;

use axum::{
    body::Body,
    http::{HeaderMap, Request},
};
use cms_core::access::Role;
use serde_json::{Value, json};

use self::rows::{ROWS, Row, Spelled, To};
use crate::{
    attempts::{HINTED, delivered, hint_at},
    drafts::begin,
    test_app::{Answer, TOKEN, TestApp},
};

const FILM: &str = "video/same-half";
const HINT_PICTURE: &str = "image/three-of-four";

/// One of the three places where delivery is served.
struct Tree {
    name: &'static str,
    base: String,
    token: Option<String>,
    kinds: Vec<Kind>,
}

/// A kind of address, with one of its addresses.
struct Kind {
    name: &'static str,
    of: &'static [To],
    path: String,
}

impl Tree {
    async fn ask(&self, app: &TestApp, method: &str, path: &str, row: &Row, tag: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in row.headers {
            request = request.header(*name, value.replace("{tag}", tag));
        }
        if let Some(token) = self.token.as_deref().filter(|_| !row.is_anonymous) {
            request = request.header("authorization", token);
        }
        app.send(request.body(Body::empty()).expect("a request")).await
    }

    async fn get(&self, app: &TestApp, path: &str) -> Answer {
        self.ask(app, "GET", path, &Row::default(), "").await
    }

    /// Every kind of address, found as an app finds it.
    async fn of(app: &TestApp, name: &'static str, base: String, channel: &str) -> Self {
        let token = base.starts_with("/protected").then(|| format!("Bearer {TOKEN}"));
        let mut tree = Self { name, base, token, kinds: Vec::new() };
        let at = async |path: String| {
            let answer = tree.get(app, &format!("{}{path}", tree.base)).await;
            assert!(answer.status.as_u16() < 400, "{path}: {}", answer.json());
            answer.json()
        };
        let snapshot = at(format!("/v1/channels/{channel}")).await["snapshot"].clone();
        let place = format!("/v1/snapshots/{}/en", snapshot.as_str().expect("a snapshot"));
        let object = async |key: &str| text(&at(format!("{place}/entries/{key}")).await["object"]);
        let root = object("exercise/compare-fractions").await;
        let film = format!("/v1/objects/{}", object(FILM).await);
        let film = text(&at(film).await["document"]["sources"][0]["media"]);
        let route = text(&at(format!("{place}/addresses/lesson/equal-parts")).await["route"]);
        let given = given(app).await;
        let nothing = "0".repeat(64);
        let long = "key=exercise%2Fcompare-fractions&key=topic%2Froot";
        let kinds: Vec<(&'static str, &'static [To], String)> = vec![
            ("channel", &[To::Any, To::Body, To::Plain], format!("/v1/channels/{channel}")),
            ("snapshot", &[To::Any, To::Body, To::Plain], place.trim_end_matches("/en").to_owned()),
            ("entries", &[To::Any, To::Body, To::Listing], format!("{place}/entries")),
            ("batch", &[To::Any, To::Body], format!("{place}/entries?{long}")),
            ("address", &[To::Any, To::Body, To::Plain], format!("{place}/addresses/topic/root")),
            ("object", &[To::Any, To::Body, To::Plain, To::Coded], format!("/v1/objects/{root}")),
            (
                "media",
                &[To::Any, To::Body, To::Plain, To::File, To::Film],
                format!("/v1/media/{film}"),
            ),
            ("given", &[To::Any, To::Body, To::Plain, To::File], given),
            ("entry", &[To::Any, To::Redirect, To::Plain], format!("{place}/entries/topic/root")),
            ("route", &[To::Any, To::Redirect], format!("{place}/routes/{route}")),
            ("home", &[To::Any, To::Redirect], format!("{place}/routes/")),
            ("nothing", &[To::Missing], format!("/v1/objects/{nothing}")),
            ("no file", &[To::Missing], format!("/v1/media/{nothing}")),
            ("score", &[To::Asked], "/v1/score".to_owned()),
            ("hints", &[To::Asked], "/v1/hints".to_owned()),
        ];
        // A protected channel includes the answers, so nothing is asked there.
        let kinds =
            kinds.into_iter().filter(|(_, of, _)| tree.token.is_none() || of != &[To::Asked]);
        tree.kinds = kinds
            .map(|(name, of, path)| Kind { name, of, path: format!("{}{path}", tree.base) })
            .collect();
        tree
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The address of a picture that only a hint shows.
async fn given(app: &TestApp) -> String {
    let (object, _) = delivered(app, HINTED).await;
    let asked = json!({"object": object, "item": "i1", "n": 0, "snapshot": app.snapshot().await});
    let hint = app.post("/v1/hints", &asked).await.json();
    let files = hint["refs"][HINT_PICTURE]["media"].as_object().expect("files");
    text(files.values().next().expect("a file"))
}

async fn trees(app: &TestApp) -> Vec<Tree> {
    hint_at(app, HINT_PICTURE);
    let ana = app.person("ana", Role::Administrator);
    let command = async |verb: &str, request: Value| {
        let path = format!("/authoring/v1/commands/{verb}");
        let done = ana.posts(&path, &[], &json!({ "request": request })).await;
        assert_eq!(done.status, 200, "{}", done.json());
    };
    command("begin-channel", json!({"channel": "offline", "answers": "included"})).await;
    command("publish", json!({"channel": "offline"})).await;
    let draft = begin(&ana, "A draft", &[]).await;
    let link = ana.posts(&format!("{draft}/shares"), &[], &json!({"label": "x"})).await.json();
    let link = text(&link["path"]).trim_end_matches('/').to_owned();
    vec![
        Tree::of(app, "public", String::new(), "production").await,
        Tree::of(app, "shared", link, "production").await,
        Tree::of(app, "protected", "/protected/offline".to_owned(), "offline").await,
    ]
}

fn spelled(path: &str, spelled: Spelled) -> Option<String> {
    let has_query = path.contains('?');
    match spelled {
        Spelled::Right => Some(path.to_owned()),
        Spelled::Doubled => Some(path.replacen("/v1/", "//v1///", 1)),
        Spelled::Escaped => Some(path.replacen("/v1/", "/%761/", 1)),
        Spelled::Ended => (!has_query && !path.ends_with('/')).then(|| format!("{path}/")),
        Spelled::With(more) => (!has_query).then(|| format!("{path}{more}")),
    }
}

/// The tag that names the bytes of a plain answer, even if the answer does not carry it.
fn tag_of(kind: &Kind, plain: &Answer) -> String {
    if matches!(kind.name, "object" | "media" | "given") {
        return kind.path.rsplit('/').next().expect("an id").to_owned();
    }
    blake3::hash(&plain.body).to_hex()[..32].to_owned()
}

fn all(headers: &HeaderMap, name: &str) -> String {
    let values = headers.get_all(name).iter().map(|value| value.to_str().expect("ASCII"));
    values.collect::<Vec<_>>().join(", ")
}

/// What one answer lacks of what its row requires.
fn fault(row: &Row, kind: &Kind, plain: &Answer, tag: &str, answer: &Answer) -> Option<String> {
    if answer.status.as_u16() != row.status {
        return Some(format!("{} where {} is right", answer.status, row.status));
    }
    let size = plain.body.len().to_string();
    for (name, expected) in row.has {
        let found = all(&answer.headers, name);
        let is_right = match *expected {
            "-" => found.is_empty(),
            "?" => !found.is_empty(),
            "=" => found == all(&plain.headers, name),
            "no *" => !found.contains('*'),
            "path" => found == kind.path,
            part if part.starts_with('~') => found.contains(&part[1..]),
            exact => found == exact.replace("{tag}", tag).replace("{size}", &size),
        };
        if !is_right {
            return Some(format!("{name}: {found:?} where {expected:?} is right"));
        }
    }
    let body = match row.body {
        None => return None,
        Some("") => &[][..],
        Some("=") => &plain.body,
        Some(part) => {
            let (first, last) = part.split_once('-').expect("a first byte and a last");
            let end = plain.body.len();
            let at = |text: &str| match text.strip_prefix("end") {
                Some("") => end,
                Some(before) => end - before[1..].parse::<usize>().expect("a number"),
                None => text.parse().expect("a number"),
            };
            &plain.body[at(first)..at(last)]
        }
    };
    (answer.body != body)
        .then(|| format!("{} bytes, which are not {:?}", answer.body.len(), row.body))
}

#[tokio::test]
async fn every_sentence_holds_at_every_kind_of_address() {
    let app = TestApp::own();
    let (mut checks_count, mut faults) = (0, Vec::new());
    for tree in trees(&app).await {
        for kind in &tree.kinds {
            let plain = tree.get(&app, &kind.path).await;
            let tag = tag_of(kind, &plain);
            for row in ROWS.iter().filter(|row| kind.of.contains(&row.to)) {
                if row.is_anonymous && tree.token.is_none() {
                    continue;
                }
                let Some(path) = spelled(&kind.path, row.spelled) else { continue };
                let answer = tree.ask(&app, row.method, &path, row, &tag).await;
                checks_count += 1;
                if let Some(fault) = fault(row, kind, &plain, &tag, &answer) {
                    let Row { section, says, method, headers, .. } = row;
                    let (tree, kind) = (tree.name, kind.name);
                    faults.push(format!(
                        "{section} ({says})\n  {tree} {kind}: {method} {path} {headers:?}: {fault}"
                    ));
                }
            }
        }
    }
    println!("{} sentences, {checks_count} checks", ROWS.len());
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(checks_count > 1000, "{checks_count}: kinds of addresses are missing");
}
