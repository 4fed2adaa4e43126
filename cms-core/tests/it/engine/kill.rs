//! Kills a writer at any moment: everything that was acknowledged to it is there afterwards.

use std::ops::ControlFlow;

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

use cms_core::{
    engine::{
        Engine, Expected, Outcome,
        conformance::{cell, document, operation, put, transaction},
    },
    model::object::Space,
};

use super::{long, open, short_journals};

const DIRECTORY: &str = "CMS_TEST_KILL_DIRECTORY";
const JOURNAL_SIZE_BYTES_MAX: u64 = 40_000;
const WRITERS: u64 = 3;

/// The writer: several threads that print each number once its commit was acknowledged. It is a test, so that the
/// test binary can start itself; without the variable it has nothing to do and passes.
#[test]
fn child_writes_until_it_is_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let engine = open(&short_journals(Path::new(&directory), JOURNAL_SIZE_BYTES_MAX));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let engine = &engine;
            scope.spawn(move || write(engine, writer));
        }
    });
}

fn write(engine: &dyn Engine, writer: u64) {
    let name = cell(&format!("writer/{writer}"), "count");
    let found = engine.cell(&name).expect("the cell is read");
    let mut number: u64 = found.as_ref().map_or(0, |cell| {
        std::str::from_utf8(&cell.value).expect("text").parse().expect("a number")
    });
    let mut expected = Expected::unchanged(found.as_ref());
    loop {
        number += 1;
        let each = transaction(operation(writer << 40 | number))
            .adding(Space::Source, object(writer, number))
            .swapping(put(name.clone(), expected, number.to_string()))
            .audited(format!("{writer} {number}"));
        let outcomes = engine.commit(vec![each]).expect("it is committed");
        let [Outcome::Applied(applied)] = outcomes[..] else { panic!("{outcomes:?}") };
        expected = Expected::Version(applied.position.0);
        writeln!(std::io::stdout(), "done {writer} {number}").expect("the parent listens");
    }
}

fn object(writer: u64, number: u64) -> cms_core::model::object::Object {
    let size = (number * 37 % 900) as usize;
    document(format!("{writer} {number} {}", "x".repeat(size)))
}

/// Starts a writer, kills it after this many answers, and returns the last number of each thread.
fn killed_after(directory: &Path, answers: usize) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().expect("the test's own path"))
        .args(["--exact", "engine::kill::child_writes_until_it_is_killed", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the child starts");
    let mut done = vec![0; WRITERS as usize];
    let mut note = |line: &str| {
        let mut words = line.split("done ").nth(1)?.split(' ');
        let writer: usize = words.next()?.parse().ok()?;
        let number: u64 = words.next()?.parse().ok()?;
        let slot = done.get_mut(writer)?;
        *slot = number.max(*slot);
        Some(())
    };
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    for line in lines.by_ref().map_while(Result::ok).take(answers) {
        note(&line);
    }
    child.kill().expect("the child is killed");
    child.wait().expect("the child is gone");
    // Answers from before the kill are still in the pipe; a line that was cut off does not count as printed.
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    if let Some((_, whole)) = rest.split_last() {
        whole.iter().for_each(|line| {
            note(line);
        });
    }
    done
}

fn check(directory: &Path, done: &[u64]) {
    let engine = open(&short_journals(directory, JOURNAL_SIZE_BYTES_MAX));
    for (writer, told) in (0..WRITERS).zip(done) {
        let found = engine.cell(&cell(&format!("writer/{writer}"), "count")).expect("it is read");
        let count: u64 = found.map_or(0, |cell| {
            std::str::from_utf8(&cell.value).expect("text").parse().expect("a number")
        });
        assert!(count >= *told, "writer {writer} was told of {told}, and {count} are there");
        for number in 1..=count {
            let expected = object(writer, number);
            let found = engine.object(&Space::Source, expected.id()).expect("it is read");
            assert!(found.as_ref() == Some(&expected), "object {number} of writer {writer}");
        }
        let beyond = object(writer, count + 1).id();
        assert_eq!(
            engine.object(&Space::Source, beyond).expect("it is read"),
            None,
            "half a commit"
        );
    }
    let verification = engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies");
    assert_eq!(verification.damages, []);
}

#[test]
fn what_was_answered_before_a_kill_is_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = directory.path().join("store");
    let rounds = if long() { 3000 } else { 200 };
    for round in 0..rounds {
        // After a hundred rounds the store is begun again, so that a round stays short.
        if round % 100 == 0 && store.exists() {
            std::fs::remove_dir_all(&store).expect("the store is removed");
        }
        let done = killed_after(&store, 1 + round * 13 % 97);
        check(&store, &done);
    }
}
