//! The input of an import: nothing is taken from one that failed, and nothing waits for one that never comes.

use std::{
    fs,
    io::Write,
    os::unix::net::UnixListener,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
};

use crate::{
    cli::{Server, cms, exit, filled, json},
    ending::program,
    test_app::fixtures,
};

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Imports the output of a program.
fn piped(data: &Path, flags: &[&str], text: &str) -> Output {
    let mut import = program(&[&["import", "-"], flags].concat())
        .arg("--data")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    import.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    import.wait_with_output().unwrap()
}

#[test]
fn pipes_sockets_and_devices_among_files_are_refused_by_name() {
    let data = filled();
    for (name, make) in [
        ("lines.ndjson", pipe as fn(&Path)),
        ("video/x.json", pipe),
        ("media/film.mp4", pipe),
        ("more.jsonl.gz", |path| drop(UnixListener::bind(path).unwrap())),
        ("video/y.json", |path| std::os::unix::fs::symlink("/dev/zero", path).unwrap()),
    ] {
        let course = tempfile::tempdir().unwrap();
        let path = course.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        make(&path);
        let refused = cms(data.path(), &["import", course.path().to_str().unwrap()]);
        assert_eq!(exit(&refused), 7, "{name}: {refused:?}");
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains(name) && said.contains("not a file"), "{said}");
    }
}

#[test]
fn a_pipe_that_is_named_is_read() {
    let data = filled();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("from-a-program");
    pipe(&path);
    let lines = cms(data.path(), &["export"]).stdout;
    let writer = path.clone();
    let written = thread::spawn(move || fs::write(writer, lines).unwrap());
    let report = json(data.path(), &["import", path.to_str().unwrap()]);
    written.join().unwrap();
    assert!(report["unchanged"].as_u64().unwrap() > 50, "{report}");
}

#[test]
fn a_program_that_failed_and_wrote_nothing_changes_nothing() {
    let data = filled();
    let lines = |data: &Path| cms(data, &["export"]).stdout;
    let before = lines(data.path());
    let all = &["--prune", "--prune-at-most", "100%"][..];
    let check = |who: &str| {
        for flags in [&[][..], &["--prune"], all] {
            for nothing in ["", "\n\n"] {
                let refused = piped(data.path(), flags, nothing);
                assert_eq!(exit(&refused), 7, "{who} {flags:?}: {refused:?}");
                let said = String::from_utf8(refused.stderr).unwrap();
                assert!(said.contains("nothing to import"), "{said}");
            }
        }
        assert_eq!(lines(data.path()), before, "{who}");
    };
    check("here");
    let server = Server::start(data.path());
    check("there");
    server.stop();
    let new = tempfile::tempdir().unwrap();
    let new = new.path().join("data");
    assert_eq!(exit(&piped(&new, &[], "")), 7);
    assert!(!new.exists(), "not even a repository is made");
}

#[test]
fn a_program_that_takes_its_time_is_waited_for() {
    let data = filled();
    let lines = data.path().join("lines.ndjson");
    fs::write(&lines, cms(data.path(), &["export"]).stdout).unwrap();
    // Silent for three times as long as the server waits for a byte.
    let server = Server::start_with(data.path(), &["--body-timeout-s", "1"]);
    let script =
        r#"(head -n 20 "$1"; sleep 3; tail -n +21 "$1") | "$0" --json --data "$2" import -"#;
    let mut slow = Command::new("sh");
    slow.args(["-c", script, env!("CARGO_BIN_EXE_cms")]).arg(lines).arg(data.path());
    let output = slow.env_remove("CMS_SERVER").output().unwrap();
    assert_eq!(exit(&output), 0, "{output:?}");
    server.stop();
}

#[test]
fn media_alone_are_an_input_but_no_reason_to_remove_the_rest() {
    let data = filled();
    let course = tempfile::tempdir().unwrap();
    fs::create_dir(course.path().join("media")).unwrap();
    let media = fixtures().join("media");
    let file = fs::read_dir(media).unwrap().next().unwrap().unwrap();
    fs::copy(file.path(), course.path().join("media").join(file.file_name())).unwrap();
    let course = course.path().to_str().unwrap();
    let flags = ["import", course, "--prune", "--prune-at-most", "100%"];
    assert_eq!(exit(&cms(data.path(), &flags)), 7);
    assert_eq!(exit(&cms(data.path(), &["import", course])), 0);
}
