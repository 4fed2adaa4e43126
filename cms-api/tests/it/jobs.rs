//! Long work: started, watched, cancelled, interrupted.

use std::sync::{Mutex, mpsc};

use cms_api::{
    background::notifier,
    ground::authorship::{Authorship, fresh_operation},
    jobs::{JOBS_OF_PERSON_MAX, RUNNING_MAX, Work, interrupt_left},
};
use cms_core::{access::Role, repo::JobRecord};
use serde_json::{Value, json};

use crate::{
    drafts::tag_of,
    test_app::{Person, TestApp},
};

const JOBS: &str = "/authoring/v1/jobs";

pub(crate) async fn follow(person: &Person<'_>, id: &str) -> Vec<(String, Value)> {
    let request = person.request("GET", &format!("{JOBS}/{id}/events"), &[], None);
    let mut stream = person.app.stream(request).await;
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push((event.name, event.data));
    }
    events
}

/// A job that does nothing until it is released, and then reads.
struct Held {
    id: String,
    go: mpsc::Sender<()>,
}

fn record(app: &TestApp, person: &str) -> JobRecord {
    let by = Authorship {
        author: person.parse().unwrap(),
        time_ms: 1,
        operation: fresh_operation(),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    };
    app.app.store().repository.add_job("verify", json!({}), &by.stamp("")).unwrap()
}

fn held(app: &TestApp, person: &str) -> Held {
    let (go, gone) = mpsc::channel();
    let gone = Mutex::new(gone);
    let work: Work = Box::new(move |store, _, _| {
        let _ = gone.lock().unwrap().recv();
        store.repository.channels()?;
        Ok(json!({
            "ok": true, "objects_count": 1, "size_bytes": 1, "commits_count": 1, "publications_count": 0,
            "problems": [], "problems_count": 0, "damages": [], "damages_count": 0,
        }))
    });
    let record = record(app, person);
    let id = record.job.id.clone();
    app.app.jobs().begin(app.app.worker(), record, work);
    Held { id, go }
}

#[tokio::test]
async fn a_job_is_accepted_done_and_reported() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let key = [("idempotency-key", "j1")];
    let accepted = ops.posts(JOBS, &key, &json!({ "verb": "verify" })).await;
    assert_eq!(accepted.status, 202, "{}", accepted.json());
    let id = accepted.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(accepted.header("location"), format!("{JOBS}/{id}"));
    let events = follow(&ops, &id).await;
    let (name, last) = events.last().unwrap();
    assert_eq!((&**name, &last["state"]), ("over", &json!("done")));
    let done = ops.gets(&format!("{JOBS}/{id}")).await;
    insta::assert_json_snapshot!("job", done.json(), {
        ".id" => "[id]", ".report.objects_count" => "[count]", ".report.size_bytes" => "[count]",
    });
    let again = ops.posts(JOBS, &key, &json!({ "verb": "verify" })).await;
    assert_eq!(again.json()["id"], id, "the same key is the same job");
    let over = ops.asks("DELETE", &format!("{JOBS}/{id}"), &[], None).await;
    assert_eq!((over.status.as_u16(), &*over.code()), (409, "job-over"));
}

#[tokio::test]
async fn a_publish_as_a_job_moves_the_channel_and_is_its_persons() {
    let app = TestApp::own();
    let ben = app.person("ben", Role::Publisher);
    let body = json!({ "verb": "publish", "request": { "channel": "staging" } });
    let id = ben.posts(JOBS, &[], &body).await.json()["id"].as_str().unwrap().to_owned();
    let (_, last) = follow(&ben, &id).await.pop().unwrap();
    assert_eq!((&last["state"], &last["report"]["sequence"]), (&json!("done"), &json!(1)));
    let moves = ben.gets("/authoring/v1/channels/staging/publications").await.json();
    assert_eq!(moves["rows"][0]["author"], "ben");
    let ana = app.person("ana", Role::Publisher);
    assert_eq!(
        ana.gets(&format!("{JOBS}/{id}")).await.code(),
        "job-unknown",
        "another's is unseen"
    );
    assert_eq!(ana.gets(JOBS).await.json()["rows"], json!([]));
    let ops = app.person("ops", Role::Administrator);
    assert_eq!(ops.gets(&format!("{JOBS}/{id}")).await.status, 200);
    let failing = json!({ "verb": "publish", "request": { "target": "nope" } });
    let id = ben.posts(JOBS, &[], &failing).await.json()["id"].as_str().unwrap().to_owned();
    let (_, last) = follow(&ben, &id).await.pop().unwrap();
    assert_eq!(
        (&last["state"], &last["problem"]["code"]),
        (&json!("failed"), &json!("state-unknown"))
    );
    let malformed = json!({ "verb": "publish", "request": { "x": 1 } });
    assert_eq!(ben.posts(JOBS, &[], &malformed).await.code(), "request-malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_does_nothing() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let running: Vec<Held> =
        (0..RUNNING_MAX).map(|number| held(&app, &format!("ops-{number}"))).collect();
    for job in &running {
        let path = format!("{JOBS}/{}", job.id);
        while ops.gets(&path).await.json()["state"] != "running" {}
    }
    // There is no room left: a job that waits ends at once.
    let waiting = held(&app, "ops");
    let path = format!("{JOBS}/{}", waiting.id);
    assert_eq!(ops.asks("DELETE", &path, &[], None).await.status, 202);
    let (_, last) = follow(&ops, &waiting.id).await.pop().unwrap();
    assert_eq!((&last["state"], &last["started_ms"]), (&json!("cancelled"), &Value::Null));
    // A running job ends when it next asks the store for anything.
    let path = format!("{JOBS}/{}", running[0].id);
    let asked = ops.asks("DELETE", &path, &[], None).await;
    assert_eq!((asked.status.as_u16(), &asked.json()["is_cancelled"]), (202, &json!(true)));
    for job in &running {
        job.go.send(()).unwrap();
    }
    let (_, last) = follow(&ops, &running[0].id).await.pop().unwrap();
    assert_eq!((&last["state"], &last["report"]), (&json!("cancelled"), &Value::Null));
    let (_, last) = follow(&ops, &running[1].id).await.pop().unwrap();
    assert_eq!((&last["state"], &last["report"]["ok"]), (&json!("done"), &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_persons_jobs_take_no_place_from_anothers() {
    let app = TestApp::own();
    let (ops, eve) =
        (app.person("ops", Role::Administrator), app.person("eve", Role::Administrator));
    let held: Vec<Held> = (0..JOBS_OF_PERSON_MAX).map(|_| held(&app, "ops")).collect();
    let full = ops.posts(JOBS, &[], &json!({ "verb": "verify" })).await;
    assert_eq!((full.status.as_u16(), &*full.code()), (429, "too-many"));
    // All jobs that the first person started wait or run; another person's is accepted and done meanwhile.
    let accepted = eve.posts(JOBS, &[], &json!({ "verb": "verify" })).await;
    assert_eq!(accepted.status, 202, "{}", accepted.json());
    let (_, last) = follow(&eve, accepted.json()["id"].as_str().unwrap()).await.pop().unwrap();
    assert_eq!(last["state"], "done");
    drop(held);
    app.app.jobs().drained().await;
    assert_eq!(ops.posts(JOBS, &[], &json!({ "verb": "verify" })).await.status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_tells_what_it_interrupted() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    notifier::look(&app.app).await.unwrap();
    let left = record(&app, "ops").job.id;
    assert_eq!(interrupt_left(&app.app.store().repository, 5).unwrap(), 1);
    let job = ops.gets(&format!("{JOBS}/{left}")).await.json();
    assert_eq!((&job["state"], &job["ended_ms"]), (&json!("interrupted"), &json!(5)));
    assert_eq!(interrupt_left(&app.app.store().repository, 6).unwrap(), 0);
    // A server that is told to stop ends its jobs too, and says the same of them.
    let held = held(&app, "ops");
    app.app.stop();
    held.go.send(()).unwrap();
    app.app.jobs().drained().await;
    let job = ops.gets(&format!("{JOBS}/{}", held.id)).await.json();
    assert_eq!(job["state"], "interrupted");
    // Nobody was there to see them end: their person finds exactly one notice of each.
    for _ in 0..2 {
        notifier::look(&app.app).await.unwrap();
        let told = ops.all("/authoring/v1/notices", 50).await;
        let mut subjects: Vec<_> =
            told.iter().map(|row| row["subject"].as_str().unwrap()).collect();
        subjects.sort_unstable();
        let mut ended = [format!("jobs/{left}"), format!("jobs/{}", held.id)];
        ended.sort_unstable();
        assert_eq!(subjects, ended);
    }
}

#[tokio::test]
async fn a_panic_is_a_failed_job() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let record = record(&app, "ops");
    let id = record.job.id.clone();
    let work: Work = Box::new(|_, _, _| panic!("a bug"));
    app.app.jobs().begin(app.app.worker(), record, work);
    let (_, last) = follow(&ops, &id).await.pop().unwrap();
    assert_eq!((&last["state"], &last["problem"]["code"]), (&json!("failed"), &json!("internal")));
    assert!(!last.to_string().contains("a bug"), "causes inside stay inside");
}

#[tokio::test]
async fn a_schema_is_checked_before_anyone_merges_it() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let made = ana.posts("/authoring/v1/drafts", &[], &json!({ "title": "Shorter titles" })).await;
    let draft = made.json()["draft"].as_str().unwrap().to_owned();
    let path = format!("/authoring/v1/drafts/{draft}/entries/schema/lesson");
    let mut schema = ana.gets(&path).await.json()["document"].clone();
    schema["properties"]["title"]["maxLength"] = json!(12);
    let read = tag_of(&ana, &path).await;
    let saved = ana.asks("PUT", &path, &[("if-match", &read)], Some(&schema)).await;
    assert_eq!(saved.status, 200, "{}", saved.json());
    let commit = format!("/authoring/v1/drafts/{draft}/commit");
    assert_eq!(ana.posts(&commit, &[], &json!({})).await.status, 201);
    let body = json!({ "verb": "schema-check", "request": { "draft": draft } });
    let id = ana.posts(JOBS, &[], &body).await.json()["id"].as_str().unwrap().to_owned();
    let (_, last) = follow(&ana, &id).await.pop().unwrap();
    let report = &last["report"];
    assert_eq!(last["state"], "done", "{last}");
    assert!(report["broken_count"].as_u64().unwrap() > 3, "{report}");
    assert_eq!(report["broken"][0]["violations"][0]["pointer"], "/title");
    let body = json!({ "verb": "schema-check", "request": { "draft": "nope" } });
    let id = ana.posts(JOBS, &[], &body).await.json()["id"].as_str().unwrap().to_owned();
    let (_, last) = follow(&ana, &id).await.pop().unwrap();
    assert_eq!(
        (&last["state"], &last["problem"]["code"]),
        (&json!("failed"), &json!("draft-unknown"))
    );
}

#[tokio::test]
async fn an_import_is_a_job_and_imports_all_or_nothing() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let line = |id: &str| {
        format!(
            "{{\"key\":\"video/{id}\",\"locale\":null,\"document\":{{\"title\":\"{id}\",\"slug\":\"{id}\",\
             \"youtube_id\":\"OVMceVL_CEQ\",\"duration_s\":60}}}}\n"
        )
    };
    let head = "{\"cms\":\"import\",\"author\":\"eve\",\"request\":{}}\n";
    for (id, end, state) in [("whole", "{\"cms\":\"end\"}\n", "done"), ("cut", "", "failed")] {
        let body = format!("{head}{}{end}", line(id));
        let request = ops.request("POST", &format!("{JOBS}/import"), &[], None);
        let accepted = app.send(request.map(|_| body.into())).await;
        assert_eq!(accepted.status, 202, "{}", accepted.json());
        let job = accepted.json()["id"].as_str().unwrap().to_owned();
        let (_, last) = follow(&ops, &job).await.pop().unwrap();
        assert_eq!(last["state"], state, "{last}");
        let there = ops.gets(&format!("/authoring/v1/entries/video/{id}")).await;
        assert_eq!(there.status.as_u16(), if state == "done" { 200 } else { 404 });
    }
    let newest = ops.gets("/authoring/v1/commits?limit=1").await.json();
    assert_eq!(newest["rows"][0]["author"], "ops", "the token's person, not the request's word");
    let ana = app.person("ana", Role::Publisher);
    let request = ana.request("POST", &format!("{JOBS}/import"), &[], None);
    assert_eq!(app.send(request).await.status, 403);
}
