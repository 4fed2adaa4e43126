//! Where and how a server listens, and what ends it.

use std::process::{Command, Stdio};

use crate::running::{Running, cms, repository, said};

#[test]
fn a_server_that_listens_on_a_socket_alone_is_reached_by_the_command_line() {
    let data = repository();
    let socket = data.path().join("cms.sock");
    let listen = format!("unix:{}", socket.display());
    let mut server =
        Running::begin(&mut cms(data.path(), &["serve", "--listen", &listen]), Stdio::null());
    assert_eq!(server.url, listen);
    let (exit, text) = said(&mut cms(data.path(), &["--json", "stats"]));
    assert_eq!(exit, 0, "{text}");
    let away = tempfile::tempdir().unwrap();
    let asked = &["--server", &listen, "--token", "wrong", "stats"];
    let (exit, text) = said(&mut cms(away.path(), asked));
    assert_eq!(exit, 6, "{text}");
    let second = &["serve", "--listen", &listen];
    let other = repository();
    let (exit, text) = said(&mut cms(other.path(), second));
    assert_eq!(exit, 7, "{text}");
    assert!(text.contains("another process listens there"), "{text}");
    server.stop();
    assert!(!socket.exists(), "it goes with the server");
    let (exit, text) = said(&mut cms(away.path(), asked));
    assert_eq!(exit, 5, "{text}");
}

#[test]
fn a_name_is_listened_on_at_all_its_addresses() {
    let data = repository();
    let mut server =
        Running::begin(&mut cms(data.path(), &["serve", "--listen", "localhost:0"]), Stdio::null());
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200 "));
    server.stop();
    let (exit, text) =
        said(&mut cms(data.path(), &["serve", "--listen", "no.such.name.invalid:80"]));
    assert_eq!(exit, 7, "{text}");
    assert!(text.contains("no.such.name.invalid"), "{text}");
}

#[test]
fn a_closed_terminal_ends_the_server_as_a_told_stop_does() {
    let data = repository();
    let mut server = Running::start(data.path(), &[], Stdio::null());
    server.signal("-HUP");
    server.ends();
    assert!(!data.path().join("server.json").exists());
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    let data = repository();
    for (flag, value) in [
        ("--header-timeout-s", "0"),
        ("--body-timeout-s", "18446744073709551615"),
        ("--drain-timeout-s", "18446744073709551615"),
        ("--connections-max", "0"),
        ("--node-cache-mib", "0"),
        ("--listen", "8080"),
        ("--listen", "::1:80"),
    ] {
        let (exit, text) = said(&mut cms(data.path(), &["serve", flag, value]));
        assert_eq!(exit, 2, "{flag} {value}: {text}");
        assert!(text.contains(flag), "{flag} {value}: {text}");
    }
}

#[test]
fn a_process_that_may_open_too_few_files_says_so() {
    let data = repository();
    let limited = |limit: &str, flags: &str| {
        let mut command = Command::new("sh");
        let serve = format!(
            "ulimit {limit} && exec \"$0\" --data \"$1\" serve --listen 127.0.0.1:0 {flags}"
        );
        command.args(["-c", &serve, env!("CARGO_BIN_EXE_cms")]).arg(data.path());
        command.env_remove("CMS_LOG");
        command
    };
    let (exit, text) = said(&mut limited("-n 512", "--connections-max 4096"));
    assert_eq!(exit, 2, "{text}");
    assert!(text.contains("--connections-max") && text.contains("512"), "{text}");
    // A default that does not fit is lowered, and a soft limit of the system is raised.
    Running::begin(&mut limited("-n 512", ""), Stdio::null()).stop();
    Running::begin(&mut limited("-Sn 300", "--connections-max 600"), Stdio::null()).stop();
}

#[test]
fn the_first_start_needs_no_other_command_and_takes_no_directory_of_somebody_elses() {
    let place = tempfile::tempdir().unwrap();
    for data in [place.path().join("new"), place.path().join("empty")] {
        if data.ends_with("empty") {
            std::fs::create_dir(&data).unwrap();
        }
        let mut child = cms(&data, &["--json", "serve", "--listen", "127.0.0.1:0"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(
            &mut std::io::BufReader::new(child.stdout.take().unwrap()),
            &mut line,
        )
        .unwrap();
        let said_first: serde_json::Value = serde_json::from_str(&line).unwrap();
        let link = said_first["welcome"].as_str().unwrap();
        assert!(link.contains("/welcome#link_"), "{link}");
        let (_, listed) = said(&mut cms(&data, &["log"]));
        assert!(!listed.contains("no repository"), "{listed}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let letters = place.path().join("letters");
    std::fs::create_dir(&letters).unwrap();
    std::fs::write(letters.join("to-anna.txt"), "Dear Anna").unwrap();
    let (exit, text) = said(&mut cms(&letters, &["serve", "--listen", "127.0.0.1:0"]));
    assert!(exit != 0 && text.contains("there is no repository"), "{text}");
    assert_eq!(std::fs::read_dir(&letters).unwrap().count(), 1, "nothing was left there");
}
