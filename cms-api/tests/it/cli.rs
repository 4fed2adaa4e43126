//! The program as people run it: on a data directory, and next to a server that holds it.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

use crate::test_app::fixtures;

pub(crate) fn cms(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cms"))
        .args(["--author", "ana", "--data"])
        .arg(data)
        .args(arguments)
        .env_remove("CMS_SERVER")
        .output()
        .expect("the program runs")
}

pub(crate) fn exit(output: &Output) -> i32 {
    output.status.code().expect("no signal")
}

pub(crate) fn json(data: &Path, arguments: &[&str]) -> Value {
    let output = cms(data, &[&["--json"], arguments].concat());
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(exit(&output), 0, "{arguments:?}: {text}");
    assert_eq!(text.trim_end().lines().count(), 1, "{arguments:?} prints one document");
    serde_json::from_str(&text).unwrap()
}

/// A server; killed when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// The server with settings of its own.
    pub(crate) fn start_with(data: &Path, flags: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cms"))
            .arg("--data")
            .arg(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(flags)
            .env("CMS_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let out = child.stdout.take().expect("piped");
        let line = BufReader::new(out).lines().next().expect("a line").expect("text");
        assert!(line.starts_with("serving http://127.0.0.1:"), "{line}");
        Self { child }
    }

    pub(crate) fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success(), "a told stop is a clean exit");
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn filled() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let fixtures = fixtures();
    let report = json(data.path(), &["import", fixtures.to_str().unwrap(), "-m", "First"]);
    assert_eq!((&report["refused_count"], &report["removed"]), (&0.into(), &0.into()));
    assert_eq!(json(data.path(), &["publish"])["sequence"], 1);
    data
}

const LOOKING: &[&[&str]] = &[
    &["plan"],
    &["snapshots"],
    &["channels"],
    &["holds"],
    &["not-public"],
    &["bisect", "denominator"],
    &["schedule", "list"],
    &["log"],
    &["log", "exercise/equal-parts"],
    &["show", "exercise/equal-parts"],
    &["show", "exercise/equal-parts", "--at", "production"],
    &["diff", "main~1", "main"],
    &["diff", "main~1", "production", "--stat"],
    &["where-used", "image/bar-two-thirds"],
];

#[test]
fn every_verb_says_the_same_whoever_holds_the_store() {
    let data = filled();
    // Only a plan's id differs, because it says when embargoes were judged.
    let look = |verb: &&[&str]| {
        let mut report = json(data.path(), verb);
        report.as_object_mut().expect("an object").remove("id");
        report
    };
    let here: Vec<Value> = LOOKING.iter().map(look).collect();
    let exported = cms(data.path(), &["export"]).stdout;
    let server = Server::start(data.path());
    let there: Vec<Value> = LOOKING.iter().map(look).collect();
    assert_eq!(here, there);
    assert_eq!(cms(data.path(), &["export"]).stdout, exported);
    assert_eq!(json(data.path(), &["verify"])["ok"], true);
    assert!(json(data.path(), &["stats"])["commits"].is_u64());
    // Refusals are the same too.
    for (verb, code) in [
        (&["show", "video/nope"][..], 3),
        (&["snapshots", "--channel", "nope"], 3),
        (&["diff", "main", "nope"], 3),
        (&["publish", "--only", "nonsense"], 2),
    ] {
        assert_eq!(exit(&cms(data.path(), verb)), code, "{verb:?}");
    }
    server.stop();
    assert!(!data.path().join("server.json").exists());
}

#[test]
fn changes_go_through_a_server_that_holds_the_store() {
    let data = filled();
    let server = Server::start(data.path());
    let work = tempfile::tempdir().unwrap();
    let lines = work.path().join("more.ndjson");
    std::fs::write(&lines, "{\"key\":\"video/extra\",\"locale\":null,\"document\":{\"title\":\"Extra\",\"slug\":\"extra\",\"youtube_id\":\"OVMceVL_CEQ\",\"duration_s\":60}}\n\n{\"key\":\"video/bad\",\"locale\":null,\"document\":{\"titel\":\"x\"}}\n").unwrap();
    let path = lines.to_str().unwrap();
    let refused = cms(data.path(), &["--json", "import", path]);
    assert_eq!(exit(&refused), 1);
    let problem: Value = serde_json::from_slice(&refused.stdout).unwrap();
    let row = &problem["report"]["refused"][0];
    assert_eq!((&row["line"], &row["source"]), (&3.into(), &path.into()), "as in the file");
    assert_eq!(json(data.path(), &["import", "--skip-invalid", path])["added"], 1);
    assert!(json(data.path(), &["publish"])["report"]["stands_nowhere"][0] == "video/extra");
    let whole = work.path().join("backup/");
    let report = json(data.path(), &["export", "-o", &format!("{}/", whole.display())]);
    assert!(!report["media"].as_array().unwrap().is_empty());
    server.stop();
    let copy = tempfile::tempdir().unwrap();
    json(copy.path(), &["import", whole.to_str().unwrap()]);
    assert_eq!(cms(copy.path(), &["export"]).stdout, cms(data.path(), &["export"]).stdout);
}

#[test]
fn one_server_at_a_time_and_a_killed_one_is_no_obstacle() {
    let data = filled();
    let server = Server::start(data.path());
    let second = cms(data.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(exit(&second), 5);
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("is served already by process"), "{said}");
    server.kill();
    assert!(data.path().join("server.json").exists(), "a killed server leaves its note");
    assert_eq!(json(data.path(), &["verify"])["ok"], true);
    Server::start(data.path()).stop();
}

#[test]
fn a_rollback_holds_until_it_is_released() {
    let data = filled();
    let work = tempfile::tempdir().unwrap();
    std::fs::create_dir(work.path().join("video")).unwrap();
    let name = "video/adding-different-denominators.json";
    let text = std::fs::read_to_string(fixtures().join(name)).unwrap();
    std::fs::write(
        work.path().join(name),
        text.replace("\"duration_s\": 246", "\"duration_s\": 247"),
    )
    .unwrap();
    json(data.path(), &["import", work.path().to_str().unwrap()]);
    assert_eq!(json(data.path(), &["publish"])["sequence"], 2);
    assert_eq!(json(data.path(), &["rollback", "production@1", "-m", "wrong"])["sequence"], 3);
    assert_eq!(json(data.path(), &["holds"])["holds"][0]["reason"], "wrong");
    let held = json(data.path(), &["publish"]);
    assert!(held["snapshot"].is_null(), "nothing is ready but what is on hold");
    assert_eq!(json(data.path(), &["release"])["released"].as_array().unwrap().len(), 1);
    assert_eq!(json(data.path(), &["publish"])["sequence"], 4);
}

#[test]
fn what_is_not_understood_or_not_there_has_its_exit_code() {
    let data = tempfile::tempdir().unwrap();
    let empty = data.path().join("new");
    assert_eq!(exit(&cms(&empty, &["nonsense"])), 2);
    assert_eq!(exit(&cms(&empty, &["channels"])), 3, "looking makes no store");
    assert!(!empty.exists());
    let others = data.path().join("others");
    std::fs::create_dir(&others).unwrap();
    std::fs::write(others.join("letter.txt"), "Dear Anna").unwrap();
    assert_eq!(exit(&cms(&others, &["serve", "--listen", "127.0.0.1:0"])), 3);
    assert_eq!(exit(&cms(&empty, &["import", "/nope"])), 7);
    assert_eq!(exit(&cms(&empty, &["init"])), 0);
    assert_eq!(exit(&cms(&empty, &["init"])), 4);
    assert_eq!(exit(&cms(&empty, &["--server", "http://127.0.0.1:9", "channels"])), 5);
    std::fs::write(data.path().join("cms.toml"), "dta = 1").unwrap();
    let config = data.path().join("cms.toml");
    assert_eq!(exit(&cms(&empty, &["--config", config.to_str().unwrap(), "channels"])), 2);
}

#[test]
fn a_plan_is_published_by_its_name_or_not_at_all() {
    let data = filled();
    retitled(data.path(), "First other title");
    let plan = json(data.path(), &["plan"]);
    assert_eq!(plan["documents_count"].as_u64().map(|count| count > 0), Some(true));
    let id = plan["id"].as_str().unwrap();
    retitled(data.path(), "Second other title");
    let published = json(data.path(), &["publish", "--plan", id]);
    assert_eq!((&published["sequence"], &published["report"]), (&2.into(), &plan["report"]));
    let again = cms(data.path(), &["--json", "publish", "--plan", id]);
    assert_eq!(exit(&again), 4);
    let problem: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&problem["code"], &problem["by"]["author"]), (&"moved".into(), &"ana".into()));
    assert_eq!(exit(&cms(data.path(), &["publish", "--plan", "nonsense"])), 2);
    let waiting = json(data.path(), &["not-public"]);
    let is_waiting = |row: &&Value| row["why"][0]["why"] == "not_published";
    assert_eq!(waiting["rows"].as_array().unwrap().iter().filter(is_waiting).count(), 1);
    let found = json(data.path(), &["bisect", "First other title"]);
    assert_eq!(
        (&found["publish"]["sequence"], &found["sightings"][0]["pointer"]),
        (&2.into(), &"/title".into())
    );
}

/// Gives a video of the fixtures another title on `main`.
fn retitled(data: &Path, title: &str) {
    let work = tempfile::tempdir().unwrap();
    std::fs::create_dir(work.path().join("video")).unwrap();
    let name = "video/adding-different-denominators.json";
    let text = std::fs::read_to_string(fixtures().join(name)).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document["title"] = title.into();
    std::fs::write(work.path().join(name), document.to_string()).unwrap();
    json(data, &["import", work.path().to_str().unwrap()]);
}

#[test]
fn entries_are_taken_off_and_brought_back() {
    let data = filled();
    let video = "video/adding-different-denominators";
    let needed = cms(data.path(), &["unpublish", "image/bar-two-thirds"]);
    assert_eq!(exit(&needed), 1);
    let said = String::from_utf8(needed.stderr).unwrap();
    assert!(said.contains("is needed by"), "{said}");
    let dry = json(data.path(), &["unpublish", video, "--dry-run"]);
    assert!(dry["snapshot"].is_null() && dry["report"]["retired"][0] == video);
    assert_eq!(json(data.path(), &["unpublish", video])["sequence"], 2);
    assert_eq!(json(data.path(), &["holds"])["holds"][0]["verb"], "unpublish");
    let reverted = json(data.path(), &["revert-publish"]);
    assert_eq!(
        (&reverted["sequence"], &reverted["report"]["asked"]["verb"]),
        (&3.into(), &"revert".into())
    );
    let by = "video/introduction-to-fractions";
    let retired = json(data.path(), &["retire", video, "--replaced-by", by]);
    assert_eq!(retired["report"]["asked"]["replaced_by"], by);
    assert_eq!(exit(&cms(data.path(), &["retire", by, "--replaced-by", by])), 1);
}

#[test]
fn a_server_runs_what_is_scheduled() {
    let data = filled();
    retitled(data.path(), "On time");
    let refused = cms(
        data.path(),
        &["schedule", "publish", "--at", "2026-03-29T02:30", "--zone", "Europe/Berlin"],
    );
    assert_eq!(exit(&refused), 2);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("03:30:00+02:00[Europe/Berlin]"));
    assert_eq!(exit(&cms(data.path(), &["schedule", "publish", "--at", "2001-01-01T00:00Z"])), 1);
    let later = json(
        data.path(),
        &["schedule", "publish", "--at", "2100-01-01T09:00", "--zone", "Europe/Berlin"],
    );
    let row = &later["schedules"][0];
    assert_eq!(
        (&row["at"], &row["revisions_count"]),
        (&"2100-01-01T09:00:00+01:00[Europe/Berlin]".into(), &1.into())
    );
    assert_eq!(json(data.path(), &["schedule", "run"])["ran"], Value::Array(Vec::new()));
    let server = Server::start(data.path());
    // The server sleeps until the year 2100; the new instant wakes it.
    let soon = cms_api::ground::moment::iso(cms_api::ground::moment::now_ms() + 2_000);
    json(data.path(), &["schedule", "change", row["id"].as_str().unwrap(), "--at", &soon]);
    let began = std::time::Instant::now();
    while json(data.path(), &["snapshots"])["snapshots"].as_array().unwrap().len() < 2 {
        assert!(began.elapsed().as_secs() < 30, "the schedule is not run");
    }
    assert_eq!(json(data.path(), &["schedule", "list"])["schedules"], Value::Array(Vec::new()));
    assert_eq!(exit(&cms(data.path(), &["schedule", "cancel", row["id"].as_str().unwrap()])), 4);
    let all = json(data.path(), &["schedule", "list", "--all"]);
    assert_eq!(
        (&all["schedules"][0]["state"], &all["schedules"][0]["done"][0]["sequence"]),
        (&"done".into(), &2.into())
    );
    server.stop();
}

#[test]
fn an_export_has_its_media_unless_its_name_is_a_files() {
    let data = filled();
    let away = tempfile::tempdir().unwrap();
    let to = |name: &str| away.path().join(name);
    for name in ["backup", "2026.11.22"] {
        let output = to(name);
        assert_eq!(exit(&cms(data.path(), &["export", "--output", output.to_str().unwrap()])), 0);
        assert!(output.join("content.ndjson.gz").is_file(), "{name}");
        assert!(fs::read_dir(output.join("media")).unwrap().count() > 0, "{name}");
    }
    for name in ["lines.ndjson", "lines.ndjson.gz"] {
        let output = to(name);
        assert_eq!(exit(&cms(data.path(), &["export", "--output", output.to_str().unwrap()])), 0);
        assert!(output.is_file(), "{name}");
    }
}

#[test]
fn an_import_tells_of_each_media_file_what_became_of_it() {
    let data = filled();
    let course = tempfile::tempdir().unwrap();
    let path = course.path().to_str().unwrap();
    fs::create_dir(course.path().join("media")).unwrap();
    let write =
        |name: &str, text: &str| fs::write(course.path().join("media").join(name), text).unwrap();
    write("c.srt", "1\n00:00:00,000 --> 00:00:05,000\nHello\n");
    write("a.png", "%PDF-1.7");
    write("d.vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:05\nHello\n");
    let refused = cms(data.path(), &["import", path]);
    let said = String::from_utf8_lossy(&refused.stdout) + String::from_utf8_lossy(&refused.stderr);
    assert_eq!(exit(&refused), 1, "{said}");
    for line in
        ["media/a.png:1:1", "this is a PDF document", "media/d.vtt:3:1", "“00:00:05” is not a time"]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    let taken = cms(data.path(), &["import", path, "--skip-invalid"]);
    let said = String::from_utf8_lossy(&taken.stdout);
    assert!(said.contains("media/c.srt: it was SubRip (SRT)"), "{said}");
}

#[test]
fn the_kinds_that_ship_can_be_taken_over() {
    let data = filled();
    let printed = cms(data.path(), &["schemas"]);
    assert_eq!(exit(&printed), 0);
    let lines = data.path().join("kinds.ndjson");
    fs::write(&lines, &printed.stdout).unwrap();
    let lines = lines.to_str().unwrap();
    let report = json(data.path(), &["import", lines]);
    assert_eq!((report["unchanged"].as_u64(), report["changed"].as_u64()), (Some(11), Some(0)));
    // A repository of an older version, in which a kind says less than the one that ships.
    let shipped = String::from_utf8(printed.stdout).unwrap();
    let video = shipped.lines().find(|line| line.contains(r#""schema/video""#)).unwrap();
    let mut older: Value = serde_json::from_str(video).unwrap();
    older["document"]["description"] = "An older one.".into();
    let file = data.path().join("older.ndjson");
    fs::write(&file, older.to_string()).unwrap();
    json(data.path(), &["import", file.to_str().unwrap()]);
    let report = json(data.path(), &["import", lines]);
    assert_eq!((report["unchanged"].as_u64(), report["changed"].as_u64()), (Some(10), Some(1)));
}
