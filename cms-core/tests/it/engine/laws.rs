//! Every law over every engine that runs here.

use cms_core::engine::{
    Engine,
    conformance::{Lasting, Subject, run},
    local::{LocalEngine, LocalOptions},
    memory::MemoryEngine,
};

use super::{open, short_journals};

struct Local {
    engine: Option<LocalEngine>,
    options: LocalOptions,
    _directory: tempfile::TempDir,
}

impl Subject for Local {
    fn engine(&self) -> &dyn Engine {
        self.engine.as_ref().expect("it is open")
    }

    fn reopen(&mut self) {
        drop(self.engine.take());
        self.engine = Some(open(&self.options));
    }
}

#[test]
fn memory_keeps_every_law() {
    run(|| Box::new(Lasting::new(MemoryEngine::new())));
}

#[test]
fn local_files_keep_every_law_while_journals_are_sealed() {
    run(|| {
        let directory = tempfile::tempdir().expect("a directory");
        let options = short_journals(&directory.path().join("store"), 100_000);
        let engine = Some(open(&options));
        Box::new(Local { engine, options, _directory: directory })
    });
}
