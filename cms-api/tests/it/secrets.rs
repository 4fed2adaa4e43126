//! Secrets stay where they are put: neither logs nor refusals, help or lists of processes show them.

use std::{fs, process::Stdio};

use crate::running::{Running, cms, repository, said};

/// A token that is found again wherever it gets to.
const SECRET: &str = "cms_5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2";
/// The part of it that would be enough to recognise it.
const MARK: &str = "5ec2e75ec2e7";

/// The verbs that the program's own help lists.
fn verbs() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let (_, help) = said(&mut cms(folder.path(), &["--help"]));
    let list = help.split("Commands:").nth(1).expect("a list of verbs");
    let rows = list.lines().skip(1).take_while(|line| !line.trim().is_empty());
    let names = rows.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn no_verb_shows_the_token_that_it_was_given_however_it_ends() {
    let data = repository();
    let file = data.path().join("token");
    fs::write(&file, format!("{SECRET}\n")).unwrap();
    let log = data.path().join("log");
    let mut command = cms(data.path(), &["-vv", "serve", "--listen", "127.0.0.1:0"]);
    command.arg("--token-file").arg(&file).env("CMS_LOG", "trace");
    let mut server = Running::begin(&mut command, fs::File::create(&log).unwrap().into());
    let line = fs::read(format!("/proc/{}/cmdline", server.child.id())).unwrap();
    assert!(!String::from_utf8_lossy(&line).contains(MARK), "the list of processes shows it");

    let verbs = verbs();
    assert!(verbs.len() > 25, "{verbs:?}");
    let away = tempfile::tempdir().unwrap();
    for verb in &verbs {
        for arguments in
            [&[verb.as_str()][..], &[verb, "--help"], &[verb, "x", "y"], &[verb, "--nonsense"]]
        {
            // Serving would not end; what it refuses does.
            if arguments == ["serve"] {
                continue;
            }
            for (server, token) in [(Some(&server.url), SECRET), (None, SECRET)] {
                let mut command = cms(away.path(), arguments);
                command.env("CMS_TOKEN", token).env("CMS_LOG", "trace").stdin(Stdio::null());
                if let Some(url) = server {
                    command.env("CMS_SERVER", url);
                }
                let (_, text) = said(&mut command);
                assert!(!text.contains(MARK), "{arguments:?}: {text}");
            }
        }
    }
    // A token in places where nobody should put one.
    for request in [
        format!("GET /healthz?token={SECRET} HTTP/1.1\r\nHost: a\r\n"),
        format!("GET /shared/{SECRET}/v1/channels/x HTTP/1.1\r\nHost: a\r\n"),
        format!("GET /authoring/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {SECRET}\r\n"),
        format!("GET /authoring/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {SECRET}x\r\n"),
        format!("GET /authoring/v1/me HTTP/1.1\r\nHost: a\r\nCookie: cms_session={SECRET}\r\n"),
        format!("GET /authoring/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization : {SECRET}\r\n"),
        format!("GET /authoring/v1/events?ticket={SECRET} HTTP/1.1\r\nHost: a\r\n"),
    ] {
        let answer = server.raw(format!("{request}Connection: close\r\n\r\n"));
        assert!(!answer.contains(MARK), "{request}: {answer}");
    }
    server.stop();
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.lines().count() > 50, "it says a lot: {log}");
    let told = log.lines().find(|line| line.contains(MARK));
    assert_eq!(told, None);
}

#[test]
fn a_token_on_the_command_line_is_warned_of_and_one_in_a_file_counts() {
    let data = repository();
    let (_, text) = said(&mut cms(data.path(), &["--token", SECRET, "stats"]));
    assert!(text.contains("--token-file") && !text.contains(MARK), "{text}");
    let (_, text) = said(&mut cms(data.path(), &[&format!("--token={SECRET}"), "stats"]));
    assert!(text.contains("--token-file"), "{text}");
    let file = data.path().join("token");
    fs::write(&file, format!("{SECRET}\n")).unwrap();
    let path = file.display().to_string();
    let server = Running::start(data.path(), &["--token-file", &path], Stdio::null());
    let away = tempfile::tempdir().unwrap();
    let asked = ["--server", &server.url, "--token-file", &path, "stats"];
    let (exit, text) = said(&mut cms(away.path(), &asked));
    assert_eq!(exit, 0, "{text}");
    assert!(!text.contains("--token-file"), "nothing to warn of: {text}");
    fs::write(&file, "\n").unwrap();
    let (exit, text) = said(&mut cms(away.path(), &asked));
    assert_eq!(exit, 2, "{text}");
    assert!(text.contains("holds no token"), "{text}");
}
