//! How the program ends: with one document for `--json`, an exit code of its own, and no word lost.

use std::{
    fs::File,
    io::{Read, Write},
    os::unix::process::ExitStatusExt,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::cli::{Server, cms, exit, filled};

/// The documents in a text, one after the other.
pub(crate) fn documents(text: &[u8]) -> Vec<Value> {
    let read = serde_json::Deserializer::from_slice(text).into_iter();
    read.map(|document| document.expect("nothing but JSON")).collect()
}

/// The program, whose outputs the caller still has to set.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cms"));
    command.args(arguments).env_remove("CMS_SERVER").env("CMS_AUTHOR", "ana");
    command
}

#[test]
fn json_is_one_document_whatever_was_typed() {
    let data = filled();
    for (line, code) in [
        (&["--json", "stats"][..], 0),
        (&["stats", "--json"], 0),
        (&["--json", "schemas"], 0),
        (&["--json", "openapi"], 0),
        (&["--json", "--help"], 0),
        (&["publish", "--help", "--json"], 0),
        (&["--json", "--version"], 0),
        (&["--json"], 2),
        (&["--json", "nonsense"], 2),
        (&["--json", "publish", "--bogus"], 2),
        (&["publish", "--bogus", "--json"], 2),
        (&["--json=yes", "stats"], 2),
        (&["--json", "log", "--limit", "0"], 2),
        (&["--json", "--timeout-s", "0", "stats"], 2),
        (&["--json", "--config", "/nowhere/cms.toml", "stats"], 7),
        (&["--json", "serve", "--listen", "nonsense"], 2),
        (&["--json", "show", "a/b/c"], 2),
        (&["--json", "show", "video/none"], 3),
        (&["--json", "import", "/nowhere"], 7),
        (&["--json", "init"], 4),
    ] {
        let output = cms(data.path(), line);
        assert_eq!(exit(&output), code, "{line:?}: {output:?}");
        let documents = documents(&output.stdout);
        assert_eq!(documents.len(), 1, "{line:?}: {documents:?}");
        if code != 0 {
            let code = &documents[0]["code"];
            assert!(code.is_string() && documents[0]["detail"].is_string(), "{line:?}: {code}");
        }
    }
}

#[test]
fn a_server_tells_in_one_document_where_it_is() {
    let data = filled();
    let arguments = ["--json", "serve", "--listen", "127.0.0.1:0", "--data"];
    let mut server =
        program(&arguments).arg(data.path()).stdout(Stdio::piped()).spawn().expect("starts");
    let mut line = String::new();
    let mut out = std::io::BufReader::new(server.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let url = told["url"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{told}");
    assert_eq!(told["pid"], server.id());
    assert_eq!(exit(&cms(data.path(), &["channels"])), 0);
    crate::ending::signal("TERM", server.id());
    assert!(server.wait().unwrap().success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

/// Sends a signal to a process.
pub(crate) fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status();
    assert!(sent.unwrap().success());
}

fn into_a_full_disk(arguments: &[&str]) -> Output {
    let full = File::options().write(true).open("/dev/full").expect("the system has one");
    program(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap()
}

#[test]
fn an_output_that_is_full_is_told_on_standard_error_with_its_exit_code() {
    let data = filled();
    let data = data.path().to_str().unwrap();
    for verb in [&["stats"][..], &["schemas"], &["openapi"], &["export"], &["--help"]] {
        let said = into_a_full_disk(&[&["--data", data], verb].concat());
        assert_eq!(exit(&said), 7, "{verb:?}");
        let text = String::from_utf8(said.stderr).unwrap();
        assert!(text.contains("No space left on device"), "{verb:?}: {text}");
        let said = into_a_full_disk(&[&["--json", "--data", data], verb].concat());
        assert_eq!(exit(&said), 7, "{verb:?}");
        let documents = documents(&said.stderr);
        assert_eq!(documents.len(), 1, "{verb:?}");
        assert_eq!(documents[0]["code"], "input-output", "{verb:?}");
    }
    // A refusal that can't be written there keeps its own code.
    let refused = into_a_full_disk(&["--json", "--data", data, "show", "video/none"]);
    assert_eq!(exit(&refused), 3);
    assert_eq!(documents(&refused.stderr)[0]["code"], "entry-unknown");
}

#[test]
fn a_reader_that_has_seen_enough_changes_no_exit_code() {
    let data = filled();
    let data = data.path().to_str().unwrap();
    for (verb, code) in [(&["stats"][..], 0), (&["export"], 0), (&["show", "video/none"], 3)] {
        for json in [&["--json"][..], &[]] {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let arguments = [json, &["--data", data], verb].concat();
            let said = program(&arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
            assert_eq!(exit(&said), code, "{arguments:?}");
            if json.is_empty() {
                let said = String::from_utf8(said.stderr).unwrap();
                assert_eq!(said.is_empty(), code == 0, "{arguments:?}: {said}");
            } else {
                assert_eq!(documents(&said.stderr).len(), 1, "{arguments:?}: {said:?}");
            }
        }
    }
}

#[test]
fn a_verb_that_is_stopped_says_so_and_ends_as_signals_end() {
    let data = filled();
    let server = Server::start(data.path());
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let mut verb = program(&["--json", "import", "-", "--data", data.path().to_str().unwrap()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // It listens for signals before it reads, so it listens once all of this is written.
        let mut input = verb.stdin.take().unwrap();
        input.write_all(&vec![b'\n'; 1 << 20]).unwrap();
        signal(name, verb.id());
        let output = verb.wait_with_output().unwrap();
        drop(input);
        assert_eq!(output.status.signal(), Some(number), "a shell's own loop ends as well");
        let documents = documents(&output.stdout);
        assert_eq!(documents.len(), 1);
        assert_eq!(documents[0]["code"], "stopped");
    }
    server.stop();
}

#[test]
fn a_signal_that_is_to_be_ignored_is_ignored() {
    let data = filled();
    let script = r#"trap "" HUP; exec "$0" import - --data "$1""#;
    let mut verb = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_cms")])
        .arg(data.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = verb.stdin.take().unwrap();
    input.write_all(&vec![b'\n'; 1 << 20]).unwrap();
    signal("HUP", verb.id());
    drop(input);
    let output = verb.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("holds nothing to import"), "it went on to its own end: {said}");
}
