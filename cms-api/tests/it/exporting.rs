//! Exports that end early leave nothing behind, and what was there before stays as it was.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::{
    asking::pretend,
    cli::{Server, cms, exit, filled},
    ending::{program, signal},
};

/// All files below a directory, including hidden ones, with their bytes.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for row in fs::read_dir(directory).unwrap() {
        let path = row.unwrap().path();
        if path.is_dir() {
            found.insert(path.clone(), Vec::new());
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A server that sends some lines of an export, and then is silent or hangs up.
fn stalling(then: fn(&mut TcpStream)) -> String {
    pretend(move |first, stream: &mut TcpStream| {
        if !first.contains("/export ") {
            return;
        }
        let line = "{\"key\":\"video/x\",\"locale\":null,\"document\":{}}\n".repeat(20_000);
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        let _ = stream.write_all(format!("{head}{line}").as_bytes());
        then(stream);
    })
}

/// The outputs that an export may be asked for, in a directory where some exist already.
fn outputs(place: &Path) -> [PathBuf; 5] {
    let there = place.join("there");
    fs::create_dir_all(there.join("media")).unwrap();
    fs::write(there.join("content.ndjson.gz"), "before").unwrap();
    fs::write(there.join("media/of-another-time"), "before").unwrap();
    fs::create_dir(place.join("empty")).unwrap();
    fs::write(place.join("there.ndjson"), "before").unwrap();
    ["there", "empty", "new", "new.ndjson.gz", "there.ndjson"].map(|name| place.join(name))
}

#[test]
fn an_export_that_is_stopped_leaves_nothing() {
    let url = stalling(|stream| {
        // Until the client is gone, whatever part of the request is still on its way.
        while matches!(stream.read(&mut [0; 512]), Ok(count) if count > 0) {}
    });
    let place = tempfile::tempdir().unwrap();
    let outputs = outputs(place.path());
    let before = files(place.path());
    for (output, name) in outputs.iter().zip(["INT", "TERM", "HUP", "TERM", "INT"]) {
        let output = output.to_str().unwrap();
        let mut export = program(&["export", "--server", &url, "-o", output]).spawn().unwrap();
        let began = Instant::now();
        while files(place.path()).len() == before.len() {
            assert!(began.elapsed() < Duration::from_secs(30), "nothing is begun: {output}");
            assert!(export.try_wait().unwrap().is_none(), "{output}");
        }
        signal(name, export.id());
        assert!(!export.wait().unwrap().success());
        assert_eq!(files(place.path()), before, "{output}");
    }
}

#[test]
fn an_export_whose_server_went_leaves_nothing() {
    let url = stalling(|_| {});
    let place = tempfile::tempdir().unwrap();
    let outputs = outputs(place.path());
    let before = files(place.path());
    for output in &outputs {
        let output = output.to_str().unwrap();
        let ended = program(&["export", "--server", &url, "-o", output]).output().unwrap();
        assert_eq!(exit(&ended), 5, "{output}: {ended:?}");
        assert_eq!(files(place.path()), before, "{output}");
    }
}

#[test]
fn an_export_for_which_the_disk_has_no_room_leaves_nothing() {
    let data = filled();
    let server = Server::start(data.path());
    let place = tempfile::tempdir().unwrap();
    let outputs = outputs(place.path());
    let before = files(place.path());
    for output in &outputs {
        // A file may have 4 KiB and the lines need more, as if the disk were full by then.
        let script = r#"trap "" XFSZ; ulimit -f 8; exec "$0" --data "$1" export -o "$2""#;
        let mut limited = Command::new("sh");
        limited.args(["-c", script, env!("CARGO_BIN_EXE_cms")]).arg(data.path()).arg(output);
        let ended = limited.env_remove("CMS_SERVER").output().unwrap();
        assert_eq!(exit(&ended), 7, "{output:?}: {ended:?}");
        assert_eq!(files(place.path()), before, "{output:?}");
    }
    server.stop();
}

#[test]
fn a_directory_that_was_there_is_brought_up_to_date_and_keeps_what_else_it_has() {
    let data = filled();
    let place = tempfile::tempdir().unwrap();
    let [there, empty, new, ..] = outputs(place.path());
    let mut exported = Vec::new();
    for output in [&there, &empty, &new] {
        let ended = cms(data.path(), &["export", "-o", output.to_str().unwrap()]);
        assert_eq!(exit(&ended), 0, "{ended:?}");
        let all = files(output).into_iter();
        let below = |path: PathBuf| path.strip_prefix(output).unwrap().to_owned();
        exported.push(all.map(|(path, bytes)| (below(path), bytes)).collect::<BTreeMap<_, _>>());
    }
    assert!(new.join("media").read_dir().unwrap().count() > 0);
    assert_eq!(exported[1], exported[2]);
    assert!(exported[0].remove(Path::new("media/of-another-time")).is_some());
    assert_eq!(exported[0], exported[2]);
    // Once more over itself: the media are there already.
    assert_eq!(exit(&cms(data.path(), &["export", "-o", new.to_str().unwrap()])), 0);
}

#[test]
fn who_may_read_an_export_is_the_users_own_choice() {
    let data = filled();
    let place = tempfile::tempdir().unwrap();
    let kept = place.path().join("kept.ndjson");
    fs::write(&kept, "before").unwrap();
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o640)).unwrap();
    for (umask, file, directory) in [("022", 0o644, 0o755), ("077", 0o600, 0o700)] {
        let script = r#"umask "$1"; for o in new new.ndjson kept.ndjson; do "$0" --data "$2" export -o "$3/$1/../$o" || exit; done"#;
        fs::create_dir(place.path().join(umask)).unwrap();
        let mut exports = Command::new("sh");
        exports.args(["-c", script, env!("CARGO_BIN_EXE_cms"), umask]);
        let ended = exports.arg(data.path()).arg(place.path()).output().unwrap();
        assert_eq!(exit(&ended), 0, "{ended:?}");
        let new = place.path().join("new");
        let media = new.join("media").read_dir().unwrap().next().unwrap().unwrap().path();
        assert_eq!((mode(&new), mode(&new.join("media"))), (directory, directory));
        assert_eq!((mode(&new.join("content.ndjson.gz")), mode(&media)), (file, file));
        assert_eq!(mode(&place.path().join("new.ndjson")), file);
        assert_eq!(mode(&kept), 0o640, "as it was");
        fs::remove_dir_all(&new).unwrap();
        fs::remove_file(place.path().join("new.ndjson")).unwrap();
    }
}

#[test]
fn a_pipe_that_is_named_as_the_output_is_written_to_and_stays_one() {
    let data = filled();
    let place = tempfile::tempdir().unwrap();
    let pipe = place.path().join("pipe.gz");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = pipe.clone();
    let read = thread::spawn(move || {
        let mut bytes = Vec::new();
        fs::File::open(reader).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    });
    assert_eq!(exit(&cms(data.path(), &["export", "-o", pipe.to_str().unwrap()])), 0);
    assert!(read.join().unwrap().starts_with(&[0x1f, 0x8b]), "gzip'd, as its name says");
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
}
