//! Histories over a failing disk: with a fault at every call of a short history, and at random calls of long ones.
//!
//! The engine is compared with a model: what was acknowledged is there, what was refused is not, and what is unknown
//! is wholly there or wholly not, and stays so.

use std::ops::ControlFlow;

use std::{path::PathBuf, sync::Arc};

use cms_core::engine::{
    Engine, OperationId,
    faulty::{Crash, Fault, SimDisk},
    local::{Access, Derived, LocalEngine, LocalOptions, Upkeep},
};

use super::{
    history::{Left, Model, Random, batch, commit},
    long,
};

/// A path where there can be no sled: cells are then looked up in memory, which is quicker than a sled per run.
const NO_SLED: &str = "/dev/null/sled";

struct Run {
    disk: SimDisk,
    sled: PathBuf,
    journal_size_bytes_max: u64,
    model: Model,
    /// The other possible state, after a commit whose outcome is unknown.
    other: Option<Box<Model>>,
    random: Random,
    next: u64,
}

impl Run {
    fn new(seed: u64, journal_size_bytes_max: u64, sled: PathBuf) -> Self {
        Self {
            disk: SimDisk::new(seed),
            sled,
            journal_size_bytes_max,
            model: Model::default(),
            other: None,
            random: Random(seed),
            next: 0,
        }
    }

    fn open(&self) -> Option<LocalEngine> {
        LocalEngine::open(LocalOptions {
            directory: PathBuf::from("/store"),
            cell_index_directory: self.sled.clone(),
            disk: Arc::new(self.disk.clone()),
            journal_size_bytes_max: self.journal_size_bytes_max,
            derived: Derived::Use,
            upkeep: Upkeep::Inline,
            access: Access::Write,
        })
        .map_err(|error| eprintln!("{error}: {error:?}"))
        .ok()
    }

    /// Commits this many batches, and reopens the engine whenever it stopped; ends early if it can't be opened.
    fn commit(&mut self, batches: u64) -> bool {
        let mut engine = None;
        for _ in 0..batches {
            if engine.is_none() {
                let Some(opened) = self.open() else { return false };
                if !self.settle(&opened) {
                    continue;
                }
                engine = Some(opened);
            }
            let Some(open) = &engine else { return false };
            let batch = batch(&mut self.random, &self.model, &mut self.next);
            match commit(open, &mut self.model, batch) {
                Left::Certain => {}
                Left::Unknown(other) => self.other = Some(other),
            }
            let has_stopped = open.outcome(OperationId([0; 16])).is_err();
            if has_stopped || self.random.below(6) == 0 {
                engine = None;
            }
        }
        true
    }

    /// Decides the outcome of an unknown commit, and checks that the engine holds exactly that; returns whether it
    /// could be read.
    fn settle(&mut self, engine: &LocalEngine) -> bool {
        let Ok(found) = Model::read(engine, self.next) else { return false };
        if let Some(other) = self.other.take()
            && found != self.model
        {
            self.model = *other;
        }
        assert!(found == self.model, "found {found:#?}\nexpected {:#?}", self.model);
        true
    }

    /// Opens over a working disk, twice with a power cut in between, and checks everything.
    fn check(&mut self, crash: Crash) {
        self.disk = self.disk.crashed(crash);
        for _ in 0..2 {
            let engine = self.open().expect("a disk that works opens");
            assert!(self.settle(&engine), "a disk that works is read");
            let verification =
                engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies");
            let damages: Vec<_> = verification
                .damages
                .iter()
                .filter(|damage| !damage.detail.starts_with("cells are looked up in memory"))
                .collect();
            assert!(damages.is_empty(), "{damages:?}");
            let before = self.disk.clone();
            drop(engine);
            // As the disk was while the engine ran: what was read then must stay.
            self.disk = before.crashed(Crash::PowerCut);
        }
        assert!(self.commit(3), "it goes on");
        let engine = self.open().expect("it opens");
        assert!(self.settle(&engine), "a disk that works is read");
    }
}

fn calls_of(seed: u64, batches: u64) -> u64 {
    let mut run = Run::new(seed, 700, NO_SLED.into());
    assert!(run.commit(batches));
    let calls = run.disk.calls();
    run.check(Crash::PowerCut);
    calls
}

#[test]
fn every_call_of_a_short_history_may_fail() {
    let batches = 9;
    // In history 21 a journal is abandoned while it is begun, and its removal is lost in the power cut.
    let seeds: Vec<u64> = if long() { (0..40).collect() } else { vec![0, 21] };
    for seed in seeds {
        let calls = calls_of(seed, batches);
        assert!(calls > 100, "a short history makes {calls} calls");
        for at in 1..=calls {
            for fault in [Fault::Error, Fault::Full, Fault::Stop] {
                for crash in [Crash::Killed, Crash::PowerCut] {
                    eprintln!("seed {seed}, call {at}: {fault:?}, then {crash:?}");
                    let mut run = Run::new(seed, 700, NO_SLED.into());
                    run.disk.fail(at, fault);
                    run.commit(batches);
                    run.check(crash);
                }
            }
        }
    }
}

#[test]
fn long_histories_with_faults_at_random_keep_what_was_acknowledged() {
    let rounds = if long() { 2000 } else { 25 };
    let start: u64 =
        std::env::var("CMS_TEST_SEED").map_or(1000, |text| text.parse().expect("a number"));
    for seed in start..start + rounds {
        eprintln!("seed {seed}");
        // One in five has a real sled, which each crash leaves as it is.
        let directory = tempfile::tempdir().expect("a directory");
        let sled = if seed % 5 == 0 { directory.path().join("sled") } else { NO_SLED.into() };
        let mut run = Run::new(seed, 300 + seed % 3000, sled);
        for _ in 0..6 {
            let ahead = 1 + run.random.below(400);
            let fault = [Fault::Error, Fault::Full, Fault::Stop][run.random.below(3) as usize];
            let crash = [Crash::Killed, Crash::PowerCut][run.random.below(2) as usize];
            run.disk.fail(run.disk.calls() + ahead, fault);
            run.commit(12);
            run.check(crash);
        }
    }
}

/// Readers never saw what an uncertain write was about to make durable, so they may read what was durable before.
#[test]
fn what_was_durable_is_read_after_a_sync_that_failed() {
    use cms_core::{
        engine::{
            CommitError, ReadError,
            conformance::{document, operation, transaction},
        },
        model::object::Space,
    };
    let mut was_unknown = false;
    for ahead in 1..10 {
        let run = Run::new(3, 1 << 20, NO_SLED.into());
        let engine = run.open().expect("a disk that works opens");
        let add = |number: u64| {
            let object = document(format!("object {number}"));
            engine.commit(vec![transaction(operation(number)).adding(Space::Source, object)])
        };
        add(1).expect("it is committed");
        run.disk.fail(run.disk.calls() + ahead, Fault::Error);
        let Err(CommitError::Unknown { .. }) = add(2) else { continue };
        was_unknown = true;
        let found = engine.object(&Space::Source, document("object 1").id());
        assert_eq!(found.expect("it is read"), Some(document("object 1")));
        let found = engine.object(&Space::Source, document("object 2").id());
        assert_eq!(found.expect("it is read"), None, "nobody knows, so nobody is shown it");
        assert!(matches!(add(3), Err(CommitError::Stopped)));
        assert!(matches!(engine.outcome(operation(2)), Err(ReadError::Stopped)));
    }
    assert!(was_unknown);
}
