//! What the program does with a damaged store: it says which content is affected, and exports everything else.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

use crate::test_app::fixtures;

/// A record's header, before an object's bytes.
const HEADER_SIZE_BYTES: usize = 48;

fn cms(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cms"))
        .args(["--author", "ana", "--data"])
        .arg(data)
        .args(arguments)
        .env_remove("CMS_SERVER")
        .output()
        .expect("the program runs")
}

/// The output of a verb with `--json`, which ends with this exit code.
#[track_caller]
fn json(data: &Path, code: i32, arguments: &[&str]) -> Value {
    let output = cms(data, &[&["--json"], arguments].concat());
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// A server; killed when dropped.
struct Server(Child);

impl Server {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cms"))
            .arg("--data")
            .arg(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("CMS_LOG", "off")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let out = child.stdout.take().expect("piped");
        let line = BufReader::new(out).lines().next().expect("a line").expect("text");
        assert!(line.starts_with("serving http://127.0.0.1:"), "{line}");
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn filled() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    json(data.path(), 0, &["import", fixtures().to_str().unwrap()]);
    json(data.path(), 0, &["publish"]);
    data
}

/// Flips a bit in each copy of an object; returns the file that holds the first copy.
fn rot(data: &Path, id: &str, kind: u8) -> String {
    let mut mark: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).unwrap()).collect();
    mark.push(kind);
    let mut files: Vec<PathBuf> =
        fs::read_dir(data.join("store")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut first = None;
    for file in files.iter().filter(|file| file.is_file()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("journal-") && !name.starts_with("segment-") {
            continue;
        }
        let mut bytes = fs::read(file).unwrap();
        let places: Vec<usize> = bytes
            .windows(mark.len())
            .enumerate()
            .filter_map(|(at, window)| (window == mark).then_some(at))
            .collect();
        for at in &places {
            bytes[at + HEADER_SIZE_BYTES + 10] ^= 1;
        }
        if !places.is_empty() {
            fs::write(file, bytes).unwrap();
            first.get_or_insert(name);
        }
    }
    first.expect("the object lies somewhere")
}

fn lines(export: &Path) -> BTreeSet<String> {
    let mut text = String::new();
    let file = fs::File::open(export.join("content.ndjson.gz")).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_damaged_document_is_told_with_what_needs_it_and_all_else_is_exported() {
    let data = filled();
    let work = tempfile::tempdir().unwrap();
    let (whole, part) = (work.path().join("whole"), work.path().join("part"));
    json(data.path(), 0, &["export", "-o", whole.to_str().unwrap()]);
    let name = "video/adding-different-denominators";
    let shown = json(data.path(), 0, &["show", name]);
    let id = shown["revision"]["document"].as_str().unwrap();
    let file = rot(data.path(), id, 1);
    let told = json(data.path(), 1, &["verify"]);
    let rows = told["damages"].as_array().unwrap();
    let row = rows.iter().find(|row| row["object"] == id).unwrap_or_else(|| panic!("{told:#}"));
    assert_eq!(row["file"], file);
    assert!(row["offset"].as_u64().unwrap() > 0);
    assert_eq!((&row["kind"], &row["space"]), (&"document".into(), &"source".into()));
    assert_eq!(row["entries"], serde_json::json!([name]));
    assert_eq!(row["branches"], serde_json::json!(["main"]));
    assert_eq!(row["snapshots"], serde_json::json!(["production@1"]));
    let printed = String::from_utf8(cms(data.path(), &["verify"]).stdout).unwrap();
    let place = format!("document {id} of source, in {file} at offset {}", row["offset"]);
    for line in [&*place, &format!("entries: {name}"), "as they are now: main"] {
        assert!(printed.contains(line), "{line} in\n{printed}");
    }
    let check = |export: &Path| {
        let report = json(data.path(), 1, &["export", "-o", export.to_str().unwrap()]);
        assert_eq!(report["damaged"][0]["key"], name);
        assert_eq!(report["damaged_count"], 1);
        let (lines, whole) = (lines(export), lines(&whole));
        let missing: Vec<_> = whole.difference(&lines).collect();
        let of_it = format!("{{\"key\":\"{name}\",");
        assert!(!missing.is_empty());
        assert!(missing.iter().all(|line| line.starts_with(&of_it)), "{missing:#?}");
        // A translation of it is exported in its own form.
        assert!(lines.difference(&whole).all(|line| line.contains("\"translation\":")));
        lines
    };
    let here = check(&part);
    let _server = Server::start(data.path());
    assert_eq!(check(&work.path().join("there")), here, "a server exports the same");
    assert_eq!(json(data.path(), 1, &["verify"])["damages"], told["damages"]);
}

#[test]
fn an_export_has_all_media_that_are_whole_and_names_the_others() {
    let data = filled();
    let work = tempfile::tempdir().unwrap();
    let export = |name: &str, code| {
        let directory = work.path().join(name);
        let report = json(data.path(), code, &["export", "-o", directory.to_str().unwrap()]);
        let files = fs::read_dir(directory.join("media")).unwrap();
        let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        (report, files.collect::<BTreeSet<_>>())
    };
    let (report, whole) = export("whole", 0);
    let id = report["media"][0].as_str().unwrap();
    rot(data.path(), id, 2);
    let check = |name| {
        let (report, files) = export(name, 1);
        assert_eq!(report["damaged_media"], serde_json::json!([id]));
        assert_eq!(whole.difference(&files).collect::<Vec<_>>(), [id]);
    };
    check("here");
    let told = json(data.path(), 1, &["verify"]);
    let rows = told["damages"].as_array().unwrap();
    let row = rows.iter().find(|row| row["object"] == id && row["space"] == "source").unwrap();
    assert_eq!((&row["kind"], &row["entries_count"]), (&"media".into(), &1.into()), "{row:#}");
    let _server = Server::start(data.path());
    check("there");
}

#[test]
fn an_export_that_lacks_something_takes_no_earlier_ones_place() {
    let data = filled();
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("lines.ndjson");
    let directory = work.path().join("backup");
    let outputs = [file.to_str().unwrap(), directory.to_str().unwrap()];
    for output in outputs {
        json(data.path(), 0, &["export", "-o", output]);
    }
    let content = directory.join("content.ndjson.gz");
    let before = (fs::read(&file).unwrap(), fs::read(&content).unwrap());
    let shown = json(data.path(), 0, &["show", "video/adding-different-denominators"]);
    rot(data.path(), shown["revision"]["document"].as_str().unwrap(), 1);
    for (output, place) in outputs.into_iter().zip([&file, &content]) {
        let report = json(data.path(), 1, &["export", "-o", output]);
        let beside = format!("{}.damaged", place.display());
        assert_eq!(report["written_beside"], *beside);
        assert!(fs::metadata(beside).unwrap().len() > 0);
    }
    assert_eq!((fs::read(&file).unwrap(), fs::read(&content).unwrap()), before);
    // The earlier one is still what an import of the directory takes.
    let again = tempfile::tempdir().unwrap();
    let report = json(again.path(), 0, &["import", directory.to_str().unwrap()]);
    assert_eq!(report["left_out_count"], 1, "{report}");
    // If nothing was there before, it has the name that was requested.
    let new = work.path().join("new.ndjson");
    let report = json(data.path(), 1, &["export", "-o", new.to_str().unwrap()]);
    assert!(report["written_beside"].is_null() && new.is_file());
}

#[test]
fn a_salvage_that_ends_early_leaves_no_half_a_store() {
    let data = filled();
    let work = tempfile::tempdir().unwrap();
    let to = work.path().join("saved");
    // No file may be longer than 32 KiB, as if the disk were full by then.
    let script = r#"trap "" XFSZ; ulimit -f 64; exec "$0" salvage "$1" --to "$2""#;
    let mut limited = Command::new("sh");
    limited.args(["-c", script, env!("CARGO_BIN_EXE_cms")]).arg(data.path()).arg(&to);
    let ended = limited.output().unwrap();
    assert!(!ended.status.success(), "{ended:?}");
    assert_eq!(fs::read_dir(&to).unwrap().count(), 0, "{ended:?}");
    // So it can be tried again.
    json(data.path(), 0, &["salvage", data.path().to_str().unwrap(), "--to", to.to_str().unwrap()]);
}

/// What can be salvaged from a store in which the document of an entry is damaged.
fn salvaged_without(data: &Path, name: &str, to: &Path) -> Value {
    let shown = json(data, 0, &["show", name]);
    rot(data, shown["revision"]["document"].as_str().unwrap(), 1);
    let to = to.to_str().unwrap();
    json(data, 1, &["salvage", data.to_str().unwrap(), "--to", to])
}

#[test]
fn making_a_salvaged_channel_anew_takes_nothing_off_that_only_a_lost_entry_shows() {
    let data = filled();
    let work = tempfile::tempdir().unwrap();
    let saved = work.path().join("saved");
    let picture = "image/bars-one-half";
    let users = json(data.path(), 0, &["where-used", picture]);
    let user = users["uses"][0]["by"].as_str().unwrap_or_else(|| panic!("{users:#}")).to_owned();
    salvaged_without(data.path(), &user, &saved);
    let before = json(&saved, 0, &["show", picture, "--at", "production"]);
    assert!(before["object"].is_string(), "{before:#}");
    let remade = cms(&saved, &["--json", "remake"]);
    let report: Value = serde_json::from_slice(&remade.stdout).unwrap();
    let after = json(&saved, 0, &["show", picture, "--at", "production"]);
    assert_eq!(after["object"], before["object"], "{report:#}");
    let of_user = json(&saved, 0, &["show", &user, "--at", "production"]);
    assert!(of_user["object"].is_string(), "learners keep what they had: {of_user:#}");
    assert!(!report.to_string().contains("is missing"), "{report:#}");
}

#[test]
fn who_writes_to_a_damaged_store_is_told_that_nothing_is_written_for_now() {
    let data = filled();
    let shown = json(data.path(), 0, &["show", "video/adding-different-denominators"]);
    rot(data.path(), shown["revision"]["document"].as_str().unwrap(), 1);
    let here = json(data.path(), 5, &["token", "create", "zoe", "--role", "author"]);
    assert_eq!(here["code"], "store-read-only", "{here:#}");
    let _server = Server::start(data.path());
    let there = json(data.path(), 5, &["token", "create", "zoe", "--role", "author"]);
    assert_eq!((&there["code"], &there["status"]), (&"store-read-only".into(), &503.into()));
    // Looking at what a verb would do is only reading.
    for arguments in [&["plan"][..], &["schedule", "list"], &["remake", "--dry-run"]] {
        let output = cms(data.path(), arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("takes no writes"), "{arguments:?}: {said}");
    }
}

#[test]
fn of_two_salvages_to_one_place_one_is_done_and_the_other_is_told() {
    let data = filled();
    let work = tempfile::tempdir().unwrap();
    let to = work.path().join("saved");
    let salvage = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cms"));
        command.arg("salvage").arg(data.path()).arg("--to").arg(&to).stderr(Stdio::piped());
        command.stdout(Stdio::null()).spawn().unwrap()
    };
    let ended = [salvage(), salvage()].map(|child| child.wait_with_output().unwrap());
    let mut codes = ended.each_ref().map(|output| output.status.code());
    codes.sort();
    // The other comes while the first is at work, or finds its place taken.
    assert!(codes[0] == Some(0) && matches!(codes[1], Some(2 | 5)), "{ended:?}");
    assert_eq!(json(&to, 0, &["verify"])["ok"], true);
}
