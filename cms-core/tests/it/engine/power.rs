//! Cuts the power of a real file system: an ext4 in a file, shut down without writing its journal.

use std::ops::ControlFlow;

use std::{
    fs::File,
    os::fd::AsRawFd,
    path::{Path, PathBuf},
    process::Command,
};

use cms_core::{
    engine::{
        Cell, CommitError, Engine, Expected, Outcome,
        conformance::{cell, document, operation, put, transaction},
        local::{LocalEngine, LocalOptions},
    },
    model::object::{Object, Space},
};

use super::{long, short_journals};

/// `EXT4_IOC_SHUTDOWN` with the flag that drops everything that is not synced, from Linux' `fs/ext4/ext4.h`.
const SHUTDOWN: libc::c_ulong = 0x8004_587d;
const SHUTDOWN_NO_LOG_FLUSH: u32 = 2;

const SIZE_BYTES: usize = 3000;
const LARGE_SIZE_BYTES: usize = 60_000;

struct LoopDisk {
    image: PathBuf,
    mount: PathBuf,
    _directory: tempfile::TempDir,
}

fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let output =
        Command::new(program).args(arguments).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

impl LoopDisk {
    fn new(size_bytes: u64) -> Result<Self, String> {
        let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
        let (image, mount) = (directory.path().join("image"), directory.path().join("mount"));
        let file = File::create(&image).map_err(|error| error.to_string())?;
        file.set_len(size_bytes).map_err(|error| error.to_string())?;
        std::fs::create_dir(&mount).map_err(|error| error.to_string())?;
        run("mkfs.ext4", &["-qF", &image.to_string_lossy()])?;
        let disk = Self { image, mount, _directory: directory };
        disk.mount()?;
        Ok(disk)
    }

    fn mount(&self) -> Result<(), String> {
        run("mount", &["-o", "loop", &self.image.to_string_lossy(), &self.mount.to_string_lossy()])
    }

    fn cut_power(&self) {
        let root = File::open(&self.mount).expect("the mount can be opened");
        // SAFETY: the ioctl reads one u32 through the pointer, which is valid for the call.
        let answer = unsafe { libc::ioctl(root.as_raw_fd(), SHUTDOWN, &SHUTDOWN_NO_LOG_FLUSH) };
        assert_eq!(answer, 0, "{}", std::io::Error::last_os_error());
    }

    fn power_on(&self) {
        run("umount", &[&self.mount.to_string_lossy()]).expect("it is unmounted");
        self.mount().expect("it is mounted again");
    }
}

impl Drop for LoopDisk {
    fn drop(&mut self) {
        let _ = run("umount", &[&self.mount.to_string_lossy()]);
    }
}

/// A disk; none if nothing may be mounted, with the reason printed.
fn loop_disk(size_bytes: u64) -> Option<LoopDisk> {
    match LoopDisk::new(size_bytes) {
        Ok(disk) => Some(disk),
        // A machine that should be able to mount must not pass silently.
        Err(reason) if std::env::var_os("CMS_TEST_MOUNT").is_some() => panic!("{reason}"),
        Err(reason) => {
            eprintln!("SKIPPED: no file system can be mounted here: {reason}");
            None
        }
    }
}

fn object(number: u64, size_bytes: usize) -> Object {
    document(format!("{number} {}", "x".repeat(size_bytes)))
}

fn add(engine: &LocalEngine, number: u64, size_bytes: usize) -> Result<(), CommitError> {
    let name = cell("counter", "n");
    let found = engine.cell(&name)?;
    let value = |cell: &Cell| String::from_utf8_lossy(&cell.value).into_owned();
    let before: u64 = found.as_ref().map_or(0, |cell| value(cell).parse().expect("a number"));
    assert_eq!(before + 1, number, "every acknowledged number is there, and no other");
    let each = transaction(operation(number))
        .adding(Space::Source, object(number, size_bytes))
        .swapping(put(name, Expected::unchanged(found.as_ref()), number.to_string()));
    let outcomes = engine.commit(vec![each])?;
    assert!(matches!(outcomes[..], [Outcome::Applied(_)]), "{outcomes:?}");
    Ok(())
}

/// sled is outside, as if it had survived, or inside, where it is torn like everything else.
fn options(disk: &LoopDisk, sled: Option<&Path>) -> LocalOptions {
    let mut options = short_journals(&disk.mount.join("store"), 60_000);
    if let Some(sled) = sled {
        options.cell_index_directory = sled.to_owned();
    }
    options
}

#[test]
fn what_was_synced_survives_a_power_cut() {
    let Some(disk) = loop_disk(1 << 30) else { return };
    let outside = tempfile::tempdir().expect("a directory");
    let mut number = 0;
    for round in 0..if long() { 100 } else { 6 } {
        let sled = outside.path().join("sled");
        let options = options(&disk, (round % 2 == 0).then_some(&sled));
        let engine = LocalEngine::open(options.clone()).expect("it opens after a power cut");
        for at in 1..=number {
            let id = object(at, SIZE_BYTES).id();
            assert!(engine.object(&Space::Source, id).expect("it is read").is_some());
        }
        let verification = engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies");
        assert_eq!(verification.damages, []);
        for _ in 0..7 + round * 5 {
            number += 1;
            add(&engine, number, SIZE_BYTES).expect("it is committed");
        }
        disk.cut_power();
        // Nothing is synced any more, so nothing of this may be acknowledged, or be there later.
        add(&engine, number + 1, SIZE_BYTES).expect_err("no sync succeeds after the cut");
        drop(engine);
        disk.power_on();
    }
}

#[test]
fn a_full_disk_refuses_and_goes_on() {
    let Some(disk) = loop_disk(24 << 20) else { return };
    // A file that is removed later to make room.
    let ballast = disk.mount.join("ballast");
    std::fs::write(&ballast, vec![1; 6 << 20]).expect("the ballast is written");
    let options = options(&disk, None);
    let engine = LocalEngine::open(options.clone()).expect("it opens");
    let mut number = 0;
    let refused = loop {
        match add(&engine, number + 1, LARGE_SIZE_BYTES) {
            Ok(()) => number += 1,
            Err(error) => break error,
        }
        assert!(number < 100_000, "the disk is full some time");
    };
    assert!(matches!(refused, CommitError::Full { .. }), "{refused:?}");
    let id = object(number, LARGE_SIZE_BYTES).id();
    assert!(engine.object(&Space::Source, id).expect("it is read").is_some(), "reading goes on");
    let refused = add(&engine, number + 1, LARGE_SIZE_BYTES);
    assert!(matches!(refused, Err(CommitError::Full { .. })), "and so does refusing");
    drop(engine);
    let engine = LocalEngine::open(options.clone()).expect("it opens on a full disk");
    assert!(engine.object(&Space::Source, id).expect("it is read").is_some());
    std::fs::remove_file(&ballast).expect("the ballast is removed");
    number += 1;
    add(&engine, number, LARGE_SIZE_BYTES).expect("there is room again, without opening anew");
    drop(engine);
    let engine = LocalEngine::open(options).expect("it opens");
    for at in 1..=number {
        let id = object(at, LARGE_SIZE_BYTES).id();
        assert!(engine.object(&Space::Source, id).expect("it is read").is_some());
    }
    let verification = engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies");
    assert_eq!(verification.damages, []);
}
