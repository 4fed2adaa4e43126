//! The matrix: every operation that the router knows, asked by every role with every credential, and compared with what
//! is declared.
//!
//! The operations come from the router, what each needs from the OpenAPI document, and what each role may from the table
//! in docs/API.md. How the server comes to its answer is nowhere repeated here.

mod credentials;
mod declared;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use axum::{
    body::Body,
    http::{Request, header},
};
use cms_api::verbs::Command;
use cms_core::access::Right;
use http_body_util::BodyExt;
use serde_json::Value;

use crate::test_app::TestApp;
use credentials::{Credential, Shown, Stage};
use declared::{Declared, Expected, Operation, Roles, operations};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answered {
    As(Expected),
    /// Something that no declaration speaks of: another refusal of a person, or a failure.
    Otherwise(String),
}

/// The request in its smallest form: nothing but who asks. What gets past the gate is refused for what it lacks, or
/// concerns nothing that is there.
fn request(operation: &Operation, shown: &Shown) -> Request<Body> {
    let request = Request::builder().method(operation.method.clone()).uri(&operation.asked);
    let request = request.header(header::HOST, "localhost:8080");
    let request = match shown {
        Shown::Nothing => request,
        Shown::Key(text) => request.header(header::AUTHORIZATION, format!("Bearer {text}")),
        Shown::Session { cookie, csrf_token } => {
            let request = request.header(header::COOKIE, format!("cms_session={cookie}"));
            match csrf_token {
                Some(token) => request
                    .header(header::ORIGIN, "http://localhost:8080")
                    .header("x-csrf-token", token),
                None => request.header(header::ORIGIN, "https://elsewhere.example"),
            }
        }
    };
    request.body(Body::empty()).expect("a request")
}

async fn ask(app: &TestApp, operation: &Operation, shown: &Shown) -> (u16, Answered) {
    let response = app.begins(request(operation, shown)).await;
    let status = response.status().as_u16();
    if !matches!(status, 401 | 403 | 429 | 500..) {
        // A stream never ends by itself: what it would say is not waited for.
        return (status, Answered::As(Expected::Through));
    }
    let body = response.into_body().collect().await.expect("a whole body").to_bytes();
    let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
    let code = problem["code"].as_str().unwrap_or_default();
    let answered = match (status, code) {
        (401, "token-refused" | "session-ended") => Answered::As(Expected::Unknown),
        (403, "right-missing") => {
            let right = problem["right"].as_str().unwrap_or_default().to_owned();
            Answered::As(Expected::Missing(right))
        }
        (403, "csrf-refused") => Answered::As(Expected::Forged),
        (403, "not-allowed") => Answered::As(Expected::OnlyTheMachine),
        _ => Answered::Otherwise(format!("{status} {code}")),
    };
    (status, answered)
}

/// The walk, and what it found.
#[derive(Default)]
struct Walk {
    requests: usize,
    /// What is not as declared, and for whom.
    otherwise: BTreeMap<String, Vec<String>>,
    /// How often each expectation was met, so that a walk that tries nothing is noticed.
    met: BTreeMap<&'static str, usize>,
}

impl Walk {
    async fn step(&mut self, stage: &mut Stage, operation: &Operation, roles: &Roles) {
        for (who, credential) in Stage::cases() {
            let expected = roles.expected(operation, who, credential);
            let shown = stage.shown(who, credential);
            let (status, answered) = ask(&stage.app, operation, &shown).await;
            self.requests += 1;
            *self.met.entry(expected.word()).or_default() += 1;
            if answered != Answered::As(expected.clone()) {
                let Operation { method, asked, declared } = operation;
                let what = format!(
                    "{method} {asked} needs {declared}: {expected:?} is declared, and {status} {answered:?} came"
                );
                self.otherwise.entry(what).or_default().push(format!("{who} with {credential:?}"));
            }
            if !operation.method.is_safe() && (200..300).contains(&status) {
                // What was done may have ended what it was done with.
                stage.renew(who, credential);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_answers_every_role_and_every_credential_as_declared() {
    let mut stage = Stage::prepared();
    let roles = Roles::declared();
    let operations = operations(&stage.app).await;
    let mut walk = Walk::default();
    for operation in &operations {
        walk.step(&mut stage, operation, &roles).await;
    }
    let Walk { requests, otherwise, met } = &walk;
    let otherwise_count: usize = otherwise.values().map(Vec::len).sum();
    let who: BTreeSet<String> = Stage::cases().map(|(who, _)| who.to_string()).collect();
    println!(
        "matrix: {} operations x {} roles x {} credentials = {requests} requests, {} as declared, {} otherwise {met:?}",
        operations.len(),
        who.len(),
        Credential::ALL.len(),
        requests - otherwise_count,
        otherwise_count
    );
    let shown = otherwise.iter().take(60).fold(String::new(), |mut text, (what, whom)| {
        let _ = writeln!(text, "{what}\n    {}", whom.join(", "));
        text
    });
    assert!(otherwise.is_empty(), "{otherwise_count} answers are not as declared:\n{shown}");
    for word in ["let through", "unknown", "right missing", "forged"] {
        assert!(met.get(word).is_some_and(|count| *count > 100), "{word}: {met:?}");
    }
}

#[tokio::test]
async fn the_router_and_the_description_know_the_same_operations_and_needs() {
    let app = TestApp::new();
    let described = app.get("/openapi.json").await.json();
    let mut of_description = BTreeSet::new();
    for (path, item) in described["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let needs = operation["x-needs"].as_str().unwrap_or("nothing is said").to_owned();
            of_description.insert((method.to_uppercase(), path.clone(), needs));
        }
    }
    let of_router: BTreeSet<_> = app
        .needs()
        .all()
        .filter_map(|(method, path, need)| {
            // To a reader of the description, the route of the home page is a route like others.
            let path = if path.ends_with("/routes/") {
                format!("{path}{{route}}")
            } else {
                path.replace("{*route}", "{route}")
            };
            Some((method?.to_string(), path, need.to_string()))
        })
        .flat_map(|(method, path, need)| match path.strip_suffix("/{verb}") {
            None => vec![(method, path, need)],
            // The description has an operation for each verb, with what that one needs.
            Some(commands) => Command::WORDS
                .iter()
                .map(|word| {
                    let right = Command::right_of(word).expect("a verb");
                    let need = match word {
                        _ if Command::is_of_machine(word) => "machine".to_owned(),
                        _ if right == Right::Read => "read-everything".to_owned(),
                        _ if right.is_of_entries() => format!("read-everything {right}"),
                        _ => right.to_string(),
                    };
                    (method.clone(), format!("{commands}/{word}"), need)
                })
                .collect(),
        })
        .collect();
    let differ: Vec<_> = of_router.symmetric_difference(&of_description).collect();
    assert!(differ.is_empty(), "only one of them knows: {differ:#?}");
    assert!(of_router.len() > 200, "{}", of_router.len());
    let unknown = of_router
        .iter()
        .filter(|(_, _, needs)| needs.parse::<Declared>().is_err())
        .collect::<Vec<_>>();
    assert!(unknown.is_empty(), "the matrix does not know what these need: {unknown:?}");
}
