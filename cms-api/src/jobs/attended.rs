//! The engine of one job: it counts what goes through it, and refuses once the job is cancelled.

use std::{io, ops::ControlFlow, sync::Arc};

use cms_core::{
    engine::{
        Applied, AuditRecord, Cell, CellName, CellPage, CellQuery, CommitError, Engine,
        OperationId, Outcome, Position, ReadError, Transaction, Usage, Verification,
    },
    model::{
        id::ObjectId,
        object::{Object, Space},
    },
    repo::Repository,
};

use super::{Task, options};
use crate::{edge::problem::Problem, store::Store};

/// The store that a job works on.
pub(super) fn store(store: &Store, task: &Arc<Task>) -> Result<Store, Problem> {
    let inner = Arc::clone(store.repository.engine());
    let engine = Arc::new(Attended { inner, task: Arc::clone(task) });
    let repository = Repository::open(engine, options())?
        .with_content_engines(store.repository.content_engines().clone());
    Ok(Store { repository, ..store.clone() })
}

struct Attended {
    inner: Arc<dyn Engine>,
    task: Arc<Task>,
}

impl Attended {
    fn go_on(&self) -> Result<(), ReadError> {
        if !self.task.is_cancelled() {
            return Ok(());
        }
        let source = io::Error::new(io::ErrorKind::Interrupted, "the job was cancelled");
        Err(ReadError::Io { place: "for a job".to_owned(), source })
    }
}

impl Engine for Attended {
    fn object(&self, space: &Space, id: ObjectId) -> Result<Option<Object>, ReadError> {
        self.go_on()?;
        let found = self.inner.object(space, id)?;
        self.task.read(found.as_ref().map_or(0, |object| object.bytes().len()));
        Ok(found)
    }

    fn holds(&self, space: &Space, ids: &[ObjectId]) -> Result<Vec<bool>, ReadError> {
        self.go_on()?;
        self.inner.holds(space, ids)
    }

    fn objects(
        &self,
        space: &Space,
        after: Option<ObjectId>,
        rows_max: usize,
    ) -> Result<Vec<ObjectId>, ReadError> {
        self.go_on()?;
        self.inner.objects(space, after, rows_max)
    }

    fn spaces(&self) -> Result<Vec<Space>, ReadError> {
        self.go_on()?;
        self.inner.spaces()
    }

    fn cell(&self, name: &CellName) -> Result<Option<Cell>, ReadError> {
        self.go_on()?;
        self.inner.cell(name)
    }

    fn cells(&self, query: &CellQuery) -> Result<CellPage, ReadError> {
        self.go_on()?;
        self.inner.cells(query)
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        self.go_on()?;
        for (_, object) in batch.iter().flat_map(|each| &each.objects) {
            self.task.written(object.bytes().len());
        }
        self.inner.commit(batch)
    }

    fn outcome(&self, operation: OperationId) -> Result<Option<Applied>, ReadError> {
        self.inner.outcome(operation)
    }

    fn audit(&self, after: Position, rows_max: usize) -> Result<Vec<AuditRecord>, ReadError> {
        self.inner.audit(after, rows_max)
    }

    fn verify(
        &self,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Verification, ReadError> {
        self.go_on()?;
        let mut before = 0;
        let found = self.inner.verify(&mut |size_bytes| {
            self.task.read(usize::try_from(size_bytes - before).unwrap_or(0));
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
        self.inner.usage()
    }
}
