//! A data directory is accessible only to its owner.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    cli::{Server, cms, exit, json},
    ending::{documents, program},
    test_app::fixtures,
};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn all(directory: &Path) -> Vec<PathBuf> {
    let mut found = vec![directory.to_owned()];
    for row in fs::read_dir(directory).unwrap() {
        let path = row.unwrap().path();
        if path.is_dir() { found.extend(all(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn what_the_program_makes_in_a_data_directory_is_its_owners_alone() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("above/data");
    // The user's umask gives everybody access.
    let script = r#"umask 000; exec "$0" --data "$1" import "$2""#;
    let mut import = Command::new("sh");
    import.args(["-c", script, env!("CARGO_BIN_EXE_cms")]).arg(&data).arg(fixtures());
    assert!(import.stdout(Stdio::null()).status().unwrap().success());
    assert_eq!(mode(&place.path().join("above")), 0o777, "no part of the data directory");
    json(&data, &["publish"]);
    let server = Server::start(&data);
    // Through the server, with media that wait in its spool.
    json(&data, &["import", fixtures().to_str().unwrap()]);
    for path in all(&data) {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
    server.stop();
}

#[test]
fn a_data_directory_that_others_may_read_is_told_with_what_mends_it() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    assert_eq!(exit(&cms(&data, &["init"])), 0);
    // With the permissions that older programs gave.
    for path in all(&data) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let output = cms(&data, &["--json", "stats"]);
    assert_eq!((exit(&output), documents(&output.stdout).len()), (0, 1));
    let said = String::from_utf8(output.stderr).unwrap();
    let mended = format!("chmod -R go= {}", data.display());
    assert_eq!(said.matches(&mended).count(), 1, "{said}");
    assert!(Command::new("sh").args(["-c", &mended]).status().unwrap().success());
    let output = cms(&data, &["stats"]);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    // A mount point that others may enter, with nothing in it that is open to them.
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let output = cms(&data, &["stats"]);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_file_of_settings_with_a_token_that_others_may_read_is_told() {
    let place = tempfile::tempdir().unwrap();
    let (data, settings) = (place.path().join("data"), place.path().join("cms.toml"));
    assert_eq!(exit(&cms(&data, &["init"])), 0);
    fs::write(&settings, format!("data = {data:?}\ntoken = \"secret\"\n")).unwrap();
    let stats = |mode: u32| {
        fs::set_permissions(&settings, fs::Permissions::from_mode(mode)).unwrap();
        let output = program(&["--config", settings.to_str().unwrap(), "stats"]).output().unwrap();
        assert_eq!(exit(&output), 0);
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(stats(0o644).contains(&format!("chmod go= {}", settings.display())));
    assert_eq!(stats(0o600), "");
}
