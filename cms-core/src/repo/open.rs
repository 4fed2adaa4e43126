//! A repository: making a new one, and opening one that is there.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    branch::Turns,
    commit::{Action, Change, CommitError},
    content::{
        media_types::{MediaTypes, REMEMBERED_MAX},
        objects::{StoreError, objects_of_kind},
    },
    publish::{KnownEmbedded, Previews},
    stamp::Stamp,
};
use crate::{
    engine::{self, CellName, Engine, Expected, Outcome, Swap, SwapValue, Transaction},
    map::{self, NodeStore, Salt},
    model::{
        canonical,
        commit::Commit,
        document::Document,
        id::{CommitId, DocumentId},
        key::{EntryKey, Kind, Locale},
        name::Branch,
        object::{Object, ObjectKind, Space},
        snapshot::Snapshot,
    },
    schema::{ContentEngines, KIND_OF_SCHEMAS, KindSchema},
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
    pub(super) engine: Arc<dyn Engine>,
    pub(super) header: Arc<Header>,
    pub(super) source: Arc<NodeStore>,
    pub(super) public: Arc<NodeStore>,
    /// Where learners' objects are read from, the first that has them.
    pub(super) audience: Arc<[Space]>,
    pub(super) previews: Arc<Previews>,
    pub(super) compiled: Arc<Mutex<HashMap<DocumentId, Arc<KindSchema>>>>,
    pub(super) turns: Arc<Turns>,
    pub(super) media_types: Arc<MediaTypes>,
    pub(super) embedded: KnownEmbedded,
    /// What understands the content of kinds that name an engine.
    pub(super) engines: ContentEngines,
    pub(super) secret: Arc<OnceLock<[u8; 32]>>,
    /// Where what learners get is written.
    pub(super) delivered: Space,
    pub(super) protected: Arc<Mutex<HashMap<Space, Arc<NodeStore>>>>,
    pub(super) node_cache_size_bytes: u64,
}

/// What is fixed for a repository's life; travels with every copy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Header {
    format: u32,
    salt: String,
    pub(super) source_locale: Locale,
    created_ms: u64,
}

impl Header {
    pub(super) fn salt(&self) -> Salt {
        let bytes = blake3::Hash::from_hex(&self.salt).map(|hash| *hash.as_bytes());
        Salt(bytes.expect("checked when the repository was opened"))
    }
}

/// What a new repository is made of.
#[derive(Debug, Clone)]
pub struct NewRepository {
    /// 32 random bytes.
    pub salt: [u8; 32],
    /// 32 other random bytes, which never leave the store.
    pub secret: [u8; 32],
    /// The locale that entries are written in.
    pub source_locale: Locale,
    /// The kinds to begin with, and their schemas.
    pub schemas: Vec<(Kind, Value)>,
    /// Who makes it, when.
    pub stamp: Stamp,
}

/// How to open a repository.
#[derive(Debug, Clone, Copy)]
pub struct RepositoryOptions {
    /// Most memory for decoded map nodes, in bytes, for each of two spaces.
    pub node_cache_size_bytes: u64,
}

impl Default for RepositoryOptions {
    fn default() -> Self {
        Self { node_cache_size_bytes: 24 << 20 }
    }
}

/// Why a repository was not opened or made.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The engine holds no repository.
    #[error("there is no repository here yet")]
    Empty,
    /// The engine holds one already.
    #[error("there is a repository here already")]
    Exists,
    /// Its format is newer than this program.
    #[error(
        "the repository has format {found}, this program reads up to {FORMAT}: use a newer program"
    )]
    NewerFormat {
        /// The repository's format.
        found: u32,
    },
    /// The schemas to begin with were refused.
    #[error(transparent)]
    Seed(#[from] Box<CommitError>),
    /// It can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Repository {
    /// Makes a repository in an engine that holds none.
    ///
    /// # Errors
    /// [`OpenError::Exists`] when there is one; [`OpenError::Seed`] when a schema does not compile.
    pub fn create(engine: Arc<dyn Engine>, new: NewRepository) -> Result<Self, OpenError> {
        let header = Header {
            format: FORMAT,
            salt: blake3::Hash::from_bytes(new.salt).to_hex().to_string(),
            source_locale: new.source_locale,
            created_ms: new.stamp.time_ms,
        };
        let mut empty = Vec::new();
        let root = map::build(&mut empty, header.salt(), []).map_err(StoreError::from)?;
        let first = Commit {
            catalogue: root,
            backlinks: root,
            parents: Vec::new(),
            generation: 0,
            conflicts: None,
            author: new.stamp.author.clone(),
            time_ms: new.stamp.time_ms,
            message: "An empty repository".to_owned(),
        };
        let commit = Object::new(ObjectKind::Commit, first.encode());
        let head = CommitId::from_object_id(commit.id());
        let objects = empty
            .iter()
            .flat_map(|node| [(Space::Source, node.clone()), (Space::Public, node.clone())])
            .chain([(Space::Source, commit)])
            .collect();
        let value = canonical::to_bytes(&serde_json::to_value(&header).expect("a header is JSON"));
        let swap = Swap {
            cell: header_cell(),
            expected: Expected::Absent,
            value: SwapValue::Put(value.into()),
        };
        // The branch is swapped first: a header without a branch would be half a repository.
        let branch = super::branch::branch_swap(&Branch::Main, Expected::Absent, head)
            .map_err(|_| StoreError::Row { what: "the name of the first branch".into() })?;
        let transactions = vec![
            Transaction { operation: new.stamp.step(1), objects, swaps: vec![branch], audit: None },
            Transaction {
                operation: new.stamp.step(2),
                objects: Vec::new(),
                swaps: vec![swap, secret_swap(new.secret)],
                audit: None,
            },
        ];
        for outcome in engine.commit(transactions).map_err(StoreError::from)? {
            if let Outcome::Rejected(rejected) = outcome
                && rejected.cell == header_cell()
            {
                return Err(OpenError::Exists);
            }
        }
        let repository = Self::open(engine, RepositoryOptions::default())?;
        repository.seed(new.schemas, new.stamp)?;
        Ok(repository)
    }

    /// Gives an engine that holds a repository's objects, and has lost the cell that says so, a header again: what was salvaged
    /// can be worked on then. Maps are made with another salt from now on, and what nothing but cells told of is gone.
    ///
    /// # Errors
    /// [`OpenError::Exists`] when there is a header; else the engine can't be read or written.
    pub fn rescue(
        engine: Arc<dyn Engine>,
        [salt, secret]: [[u8; 32]; 2],
        stamp: &Stamp,
    ) -> Result<Self, OpenError> {
        let header = Header {
            format: FORMAT,
            salt: blake3::Hash::from_bytes(salt).to_hex().to_string(),
            source_locale: source_locale_of(&*engine)?,
            created_ms: stamp.time_ms,
        };
        let value = canonical::to_bytes(&serde_json::to_value(&header).expect("a header is JSON"));
        let header = Swap {
            cell: header_cell(),
            expected: Expected::Absent,
            value: SwapValue::Put(value.into()),
        };
        let mut swaps = vec![header];
        // The secret may be there still.
        if engine.cell(&secret_cell()).map_err(StoreError::from)?.is_none() {
            swaps.push(secret_swap(secret));
        }
        let rescued = Transaction {
            operation: stamp.step(u64::MAX),
            objects: Vec::new(),
            swaps,
            audit: Some(stamp.audit("salvage", &[("header", "made anew")])),
        };
        let outcomes = engine.commit(vec![rescued]).map_err(StoreError::from)?;
        if !matches!(outcomes[..], [Outcome::Applied(_)]) {
            return Err(OpenError::Exists);
        }
        Self::open(engine, RepositoryOptions::default())
    }

    fn seed(&self, schemas: Vec<(Kind, Value)>, stamp: Stamp) -> Result<(), OpenError> {
        let kind: Kind = KIND_OF_SCHEMAS.parse().expect("a kind");
        let changes = schemas
            .into_iter()
            .map(|(id, schema)| Change {
                key: EntryKey::new(kind.clone(), id.as_str()).expect("every kind may be an id"),
                action: Action::Put(Ok(Document::of(schema))),
            })
            .collect::<Vec<_>>();
        if changes.is_empty() {
            return Ok(());
        }
        let stamp =
            Stamp { message: "The kinds that ship".to_owned(), operation: stamp.step(3), ..stamp };
        let request =
            super::commit::CommitRequest { branch: Branch::Main, expected: None, changes, stamp };
        self.commit(request).map_err(Box::new)?;
        Ok(())
    }

    /// Opens the repository that an engine holds.
    ///
    /// # Errors
    /// [`OpenError::Empty`] when there is none; [`OpenError::NewerFormat`] when it is not for this program.
    pub fn open(engine: Arc<dyn Engine>, options: RepositoryOptions) -> Result<Self, OpenError> {
        let cell =
            engine.cell(&header_cell()).map_err(StoreError::from)?.ok_or(OpenError::Empty)?;
        let unreadable = || StoreError::Row { what: "the repository's header".to_owned() };
        let value: Value = serde_json::from_slice(&cell.value).map_err(|_| unreadable())?;
        let found = value.get("format").and_then(Value::as_u64).ok_or_else(unreadable)?;
        if found > u64::from(FORMAT) {
            return Err(OpenError::NewerFormat { found: u32::try_from(found).unwrap_or(u32::MAX) });
        }
        let header: Header = serde_json::from_value(value).map_err(|_| unreadable())?;
        blake3::Hash::from_hex(&header.salt).map_err(|_| unreadable())?;
        let nodes = |space| {
            Arc::new(NodeStore::new(Arc::clone(&engine), space, options.node_cache_size_bytes))
        };
        Ok(Self {
            header: Arc::new(header),
            source: nodes(Space::Source),
            public: nodes(Space::Public),
            audience: [Space::Public].into(),
            previews: Arc::new(Previews::over(&engine, options.node_cache_size_bytes / 4)),
            compiled: Arc::default(),
            turns: Arc::default(),
            engines: ContentEngines::default(),
            secret: Arc::default(),
            media_types: Arc::new(MediaTypes::new(REMEMBERED_MAX)),
            embedded: KnownEmbedded::default(),
            delivered: Space::Public,
            protected: Arc::default(),
            node_cache_size_bytes: options.node_cache_size_bytes,
            engine,
        })
    }

    /// What nobody outside knows and what must be unguessable is made with; the same for the repository's life.
    pub(super) fn secret(&self) -> Result<&[u8; 32], StoreError> {
        if let Some(secret) = self.secret.get() {
            return Ok(secret);
        }
        let what = || StoreError::Row { what: "the repository's secret".to_owned() };
        let cell = self.engine.cell(&secret_cell())?.ok_or_else(what)?;
        let secret = cell.value.as_ref().try_into().map_err(|_| what())?;
        Ok(self.secret.get_or_init(|| secret))
    }

    /// Gives a repository that was made before there were secrets one: 32 random bytes. One that has a secret
    /// keeps it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn keep_secret(&self, random: [u8; 32], stamp: &Stamp) -> Result<(), StoreError> {
        if self.engine.cell(&secret_cell())?.is_some() {
            return Ok(());
        }
        self.swap_records(stamp.operation, vec![secret_swap(random)], None)?;
        Ok(())
    }

    /// The repository as the readers of a protected channel see it.
    pub(super) fn reading(&self, space: &Space) -> Self {
        let mut protected = self.protected.lock();
        let nodes = protected.entry(space.clone()).or_insert_with(|| {
            let (engine, size_bytes) = (Arc::clone(&self.engine), self.node_cache_size_bytes / 4);
            Arc::new(NodeStore::new(engine, space.clone(), size_bytes))
        });
        Self {
            public: Arc::clone(nodes),
            audience: [space.clone()].into(),
            delivered: space.clone(),
            ..self.clone()
        }
    }

    /// The same repository with the engines that understand its content; without them, kinds that name one are
    /// judged invalid.
    #[must_use]
    pub fn with_content_engines(self, engines: ContentEngines) -> Self {
        // What was known was known by other engines.
        Self { engines, embedded: KnownEmbedded::default(), ..self }
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

/// The locale that entries are written in, as a snapshot tells it; English where none is left.
fn source_locale_of(engine: &dyn Engine) -> Result<Locale, StoreError> {
    for space in engine.spaces()? {
        for object in objects_of_kind(engine, &space, ObjectKind::Snapshot) {
            if let Ok(snapshot) = Snapshot::decode(object?.bytes()) {
                return Ok(snapshot.source_locale);
            }
        }
    }
    Ok("en".parse().expect("a locale"))
}

fn secret_cell() -> CellName {
    let group: engine::Group = HEADER_GROUP.parse().expect("a group");
    group.cell(SECRET_CELL).expect("a cell")
}

fn secret_swap(secret: [u8; 32]) -> Swap {
    let value = SwapValue::Put(secret.to_vec().into());
    Swap { cell: secret_cell(), expected: Expected::Absent, value }
}

fn header_cell() -> CellName {
    let group: engine::Group = HEADER_GROUP.parse().expect("a group");
    group.cell(HEADER_CELL).expect("a cell")
}
