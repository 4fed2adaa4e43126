//! Making a new repository, and opening an existing one.

use std::sync::Arc;

use serde_json::Value;

use super::{branch::branch_swap, content::objects::objects_of_kind};
use crate::{
    engine::{Engine, Expected, Outcome, Swap, SwapValue, Transaction},
    map::{self, NodeStore},
    model::{
        canonical,
        commit::Commit,
        document::Document,
        id::CommitId,
        key::{EntryKey, Kind, Locale},
        name::Branch,
        object::{Object, ObjectKind, Space},
        snapshot::Snapshot,
    },
    repo::{
        commit::{
            error::CommitError,
            request::{Action, Change, CommitRequest},
        },
        ground::{
            audience::Audience,
            error::StoreError,
            repository::{FORMAT, Header, Repository, RepositoryOptions, header_cell, secret_cell},
            stamp::Stamp,
        },
    },
    schema::{ContentEngines, KIND_OF_SCHEMAS},
};

/// What a new repository is made of.
#[derive(Debug, Clone)]
pub struct NewRepository {
    /// The salt of the maps: 32 random bytes.
    pub salt: [u8; 32],
    /// The secret: 32 other random bytes, which never leave the store.
    pub secret: [u8; 32],
    /// The locale that entries are written in.
    pub source_locale: Locale,
    /// The kinds to begin with, and their schemas.
    pub schemas: Vec<(Kind, Value)>,
    /// Who makes it, and when.
    pub stamp: Stamp,
}

/// Why a repository was not opened or made.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The engine holds no repository.
    #[error("there is no repository here yet")]
    Empty,
    /// The engine already holds a repository.
    #[error("there is a repository here already")]
    Exists,
    /// The repository's format is newer than this program.
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
    /// The store can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Repository {
    /// Makes a repository in an engine that holds none.
    ///
    /// # Errors
    /// [`OpenError::Exists`] when it holds one already; [`OpenError::Seed`] when a schema does not compile.
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
            author: new.stamp.author.to_string(),
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
        // The branch is swapped first: a header without a branch would be only half a repository.
        let branch = branch_swap(&Branch::Main, Expected::Absent, head)
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

    /// Gives a header again to an engine that holds a repository's objects but has lost the cell with the header, so
    /// that people can work on what was salvaged. From now on maps are made with another salt; what only cells knew is
    /// gone.
    ///
    /// # Errors
    /// [`OpenError::Exists`] when there is a header; other errors when the engine can't be read or written.
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
        // The secret may still exist.
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
        let request = CommitRequest { branch: Branch::Main, expected: None, changes, stamp };
        self.commit(request).map_err(Box::new)?;
        Ok(())
    }

    /// Opens the repository that an engine holds.
    ///
    /// # Errors
    /// [`OpenError::Empty`] when it holds none; [`OpenError::NewerFormat`] when this program is too old for it.
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
            audience: Audience::of(Space::Public),
            compiled: Arc::default(),
            turns: Arc::default(),
            fates: Arc::default(),
            engines: ContentEngines::default(),
            secret: Arc::default(),
            memos: Arc::default(),
            delivered: Space::Public,
            protected: Arc::default(),
            node_cache_size_bytes: options.node_cache_size_bytes,
            engine,
        })
    }

    /// Gives a secret of 32 random bytes to a repository that was made before repositories had one. A repository that
    /// has a secret keeps it.
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
}

/// The locale that entries are written in, as a snapshot says; English if no snapshot is left.
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

fn secret_swap(secret: [u8; 32]) -> Swap {
    let value = SwapValue::Put(secret.to_vec().into());
    Swap { cell: secret_cell(), expected: Expected::Absent, value }
}
