//! A layer: an engine over another one that sees what goes through it. It implements what it does differently;
//! everything else goes unchanged to the engine beneath.

use std::ops::ControlFlow;

use super::{
    Applied, AuditRecord, Cell, CellName, CellPage, CellQuery, CommitError, Engine, OperationId,
    Outcome, Position, ReadError, Transaction, Usage, Verification,
};
use crate::model::{
    id::ObjectId,
    object::{Object, Space},
};

/// An engine over another one.
pub trait Layer: Send + Sync + 'static {
    /// The engine beneath.
    fn beneath(&self) -> &dyn Engine;

    /// Called before every read of stored data, and between the parts of a verification; an error ends the read.
    ///
    /// # Errors
    /// Why the read should not happen, usually [`ReadError::Cancelled`].
    fn go_on(&self) -> Result<(), ReadError> {
        Ok(())
    }

    /// Called with the size of every object that was read, by itself or during a verification.
    fn read(&self, _size_bytes: u64) {}

    /// Like [`Engine::commit`].
    ///
    /// # Errors
    /// Like [`Engine::commit`].
    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        self.beneath().commit(batch)
    }
}

impl<L: Layer> Engine for L {
    fn object(&self, space: &Space, id: ObjectId) -> Result<Option<Object>, ReadError> {
        self.go_on()?;
        let found = self.beneath().object(space, id)?;
        self.read(found.as_ref().map_or(0, |object| object.bytes().len() as u64));
        Ok(found)
    }

    fn holds(&self, space: &Space, ids: &[ObjectId]) -> Result<Vec<bool>, ReadError> {
        self.go_on()?;
        self.beneath().holds(space, ids)
    }

    fn objects(
        &self,
        space: &Space,
        after: Option<ObjectId>,
        rows_max: usize,
    ) -> Result<Vec<ObjectId>, ReadError> {
        self.go_on()?;
        self.beneath().objects(space, after, rows_max)
    }

    fn spaces(&self) -> Result<Vec<Space>, ReadError> {
        self.go_on()?;
        self.beneath().spaces()
    }

    fn cell(&self, name: &CellName) -> Result<Option<Cell>, ReadError> {
        self.go_on()?;
        self.beneath().cell(name)
    }

    fn cells(&self, query: &CellQuery) -> Result<CellPage, ReadError> {
        self.go_on()?;
        self.beneath().cells(query)
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        Layer::commit(self, batch)
    }

    fn take_down(&self, ids: &[ObjectId]) -> Result<(), CommitError> {
        self.beneath().take_down(ids)
    }

    fn purge(&self) -> Result<(), CommitError> {
        self.beneath().purge()
    }

    // A caller may always learn the outcome of a write, even a caller whose reads are ended.
    fn outcome(&self, operation: OperationId) -> Result<Option<Applied>, ReadError> {
        self.beneath().outcome(operation)
    }

    fn audit(&self, after: Position, rows_max: usize) -> Result<Vec<AuditRecord>, ReadError> {
        self.go_on()?;
        self.beneath().audit(after, rows_max)
    }

    fn forget_audit(&self, through: Position) -> Result<(), CommitError> {
        self.beneath().forget_audit(through)
    }

    fn verify(
        &self,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Verification, ReadError> {
        self.go_on()?;
        let mut before = 0;
        let found = self.beneath().verify(&mut |size_bytes| {
            self.read(size_bytes - before);
            before = size_bytes;
            match self.go_on() {
                Ok(()) => progress(size_bytes),
                Err(_) => ControlFlow::Break(()),
            }
        })?;
        self.go_on()?;
        Ok(found)
    }

    fn usage(&self) -> Result<Usage, ReadError> {
        self.beneath().usage()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::engine::{
        conformance::{Lasting, run},
        memory::MemoryEngine,
    };

    #[derive(Default)]
    struct Ending {
        inner: MemoryEngine,
        is_over: AtomicBool,
    }

    impl Layer for Ending {
        fn beneath(&self) -> &dyn Engine {
            &self.inner
        }

        fn go_on(&self) -> Result<(), ReadError> {
            if self.is_over.load(Ordering::Relaxed) { Err(ReadError::Cancelled) } else { Ok(()) }
        }
    }

    #[test]
    fn a_layer_that_does_nothing_keeps_every_law_of_the_engine_beneath() {
        run(|| Box::new(Lasting::new(Ending::default())));
    }

    #[test]
    fn who_is_not_to_go_on_reads_nothing_and_is_told_that_it_was_ended() {
        let engine = Ending::default();
        engine.is_over.store(true, Ordering::Relaxed);
        let ended = |error: Option<ReadError>| matches!(error, Some(ReadError::Cancelled));
        assert!(ended(engine.object(&Space::Source, ObjectId::from_bytes([0; 32])).err()));
        assert!(ended(engine.spaces().err()));
        assert!(ended(engine.verify(&mut |_| ControlFlow::Continue(())).err()));
        assert!(engine.outcome(OperationId([0; 16])).expect("it is told").is_none());
    }
}
