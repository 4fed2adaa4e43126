//! The repository itself: the engine, the header, and what its verbs share. The verbs are in the other rooms.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::repo::ground::{audience::Audience, error::StoreError, memos::Memos, turns::Turns};
use crate::{
    engine::{self, CellName, Engine},
    map::{NodeStore, Salt},
    model::{
        id::DocumentId,
        key::Locale,
        name::{Branch, DraftId},
        object::Space,
    },
    schema::{ContentEngines, KindSchema},
};

/// The newest repository format that this program reads and writes.
pub const FORMAT: u32 = 1;
/// The branch that holds accepted work.
pub const MAIN: &str = "main";
const HEADER_GROUP: &str = "repository";
const HEADER_CELL: &str = "header";
const SECRET_CELL: &str = "secret";

/// The content of one engine.
#[derive(Clone)]
pub struct Repository {
    pub(in crate::repo) engine: Arc<dyn Engine>,
    pub(in crate::repo) header: Arc<Header>,
    pub(in crate::repo) source: Arc<NodeStore>,
    pub(in crate::repo) public: Arc<NodeStore>,
    /// Who asks for what was delivered.
    pub(in crate::repo) audience: Audience,
    pub(in crate::repo) compiled: Arc<Mutex<HashMap<DocumentId, Arc<KindSchema>>>>,
    pub(in crate::repo) turns: Arc<Turns<Branch>>,
    /// Whose turn it is to decide what becomes of a draft and its review.
    pub(in crate::repo) fates: Arc<Turns<DraftId>>,
    /// Results that verbs remember and that depend on these engines.
    pub(in crate::repo) memos: Arc<Memos>,
    /// The engines that understand the content of kinds that name one.
    pub(in crate::repo) engines: ContentEngines,
    pub(in crate::repo) secret: Arc<OnceLock<[u8; 32]>>,
    /// The space where learners' objects are written.
    pub(in crate::repo) delivered: Space,
    pub(in crate::repo) protected: Arc<Mutex<HashMap<Space, Arc<NodeStore>>>>,
    pub(in crate::repo) node_cache_size_bytes: u64,
}

/// What is fixed for the life of a repository; every copy of the repository has the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::repo) struct Header {
    pub(in crate::repo) format: u32,
    pub(in crate::repo) salt: String,
    pub(in crate::repo) source_locale: Locale,
    pub(in crate::repo) created_ms: u64,
}

impl Header {
    pub(in crate::repo) fn salt(&self) -> Salt {
        let bytes = blake3::Hash::from_hex(&self.salt).map(|hash| *hash.as_bytes());
        Salt(bytes.expect("checked when the repository was opened"))
    }
}

/// How to open a repository.
#[derive(Debug, Clone, Copy)]
pub struct RepositoryOptions {
    /// Most memory for decoded map nodes of one space, in bytes; there are two such spaces.
    pub node_cache_size_bytes: u64,
}

impl Default for RepositoryOptions {
    fn default() -> Self {
        Self { node_cache_size_bytes: 24 << 20 }
    }
}

impl Repository {
    /// The repository's secret key, from which unguessable ids are derived. It stays the same for the repository's life.
    pub(in crate::repo) fn secret(&self) -> Result<&[u8; 32], StoreError> {
        if let Some(secret) = self.secret.get() {
            return Ok(secret);
        }
        let what = || StoreError::Row { what: "the repository's secret".to_owned() };
        let cell = self.engine.cell(&secret_cell())?.ok_or_else(what)?;
        let secret = cell.value.as_ref().try_into().map_err(|_| what())?;
        Ok(self.secret.get_or_init(|| secret))
    }

    /// The repository as the readers of a protected channel see it.
    pub(in crate::repo) fn reading(&self, space: &Space) -> Self {
        let mut protected = self.protected.lock();
        let nodes = protected.entry(space.clone()).or_insert_with(|| {
            let (engine, size_bytes) = (Arc::clone(&self.engine), self.node_cache_size_bytes / 4);
            Arc::new(NodeStore::new(engine, space.clone(), size_bytes))
        });
        Self {
            public: Arc::clone(nodes),
            audience: Audience::of(space.clone()),
            delivered: space.clone(),
            ..self.clone()
        }
    }

    /// The same repository with the engines that understand its content; without them, kinds that name one are
    /// judged invalid.
    #[must_use]
    pub fn with_content_engines(self, engines: ContentEngines) -> Self {
        // What is remembered comes from other engines.
        Self { engines, memos: Arc::default(), ..self }
    }

    /// The engines that understand its content.
    pub const fn content_engines(&self) -> &ContentEngines {
        &self.engines
    }

    /// The locale that entries are written in.
    pub fn source_locale(&self) -> &Locale {
        &self.header.source_locale
    }

    /// The engine underneath, for what concerns bytes rather than content.
    pub fn engine(&self) -> &Arc<dyn engine::Engine> {
        &self.engine
    }
}

pub(in crate::repo) fn secret_cell() -> CellName {
    let group: engine::Group = HEADER_GROUP.parse().expect("a group");
    group.cell(SECRET_CELL).expect("a cell")
}

pub(in crate::repo) fn header_cell() -> CellName {
    let group: engine::Group = HEADER_GROUP.parse().expect("a group");
    group.cell(HEADER_CELL).expect("a cell")
}
