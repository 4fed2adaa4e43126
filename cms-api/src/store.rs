//! The data directory: where the store is, which process holds it, and how to reach that process.
//!
//! ```text
//! DATA/store/        the engine's own directory, locked by the process that has it open
//! DATA/server.json   {url, token, pid} of a running server; gone when it stops
//! DATA/audit.key     the secret that seals the audit
//! ```
//!
//! Only its owner may read any of it ([`private`]).

pub mod hub;
pub mod known;
pub mod perseus;
pub mod private;
pub mod sealing;
pub mod seeds;
pub mod worker;

use std::{
    fmt, fs, io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use cms_core::{
    engine::{
        Engine,
        local::{Access, LocalEngine, LocalOptions},
    },
    model::name::Person,
    repo::{self, Repository, RepositoryOptions, Stamp},
};
use serde::{Deserialize, Serialize};

use crate::{
    ground::{authorship::fresh_operation, moment},
    problem::{Code, Problem},
    store::{hub::Hub, sealing::SealingKey},
};

const STORE: &str = "store";
const SERVER: &str = "server.json";

/// An open store.
#[derive(Clone)]
pub struct Store {
    /// The content.
    pub repository: Repository,
    /// The engine if it is the local one, for what only that one can do.
    pub local: Option<Arc<LocalEngine>>,
    /// Announces every write through this store.
    pub hub: Arc<Hub>,
    /// The key that seals the audit.
    pub sealing: Arc<SealingKey>,
}

impl Store {
    /// The store of an engine that holds a repository.
    ///
    /// # Errors
    /// [`repo::OpenError`] when it holds no repository that can be opened.
    pub fn over(
        engine: Arc<dyn Engine>,
        options: RepositoryOptions,
    ) -> Result<Self, repo::OpenError> {
        let hub = Arc::new(Hub::default());
        let repository = Repository::open(hub.watch(engine), options)?
            .with_content_engines(perseus::content_engines());
        let sealing = Arc::new(SealingKey::passing());
        Ok(Self { repository, local: None, hub, sealing })
    }

    /// The store of a local engine that holds a repository.
    ///
    /// # Errors
    /// [`repo::OpenError`] when it holds no repository that can be opened.
    pub fn over_local(
        engine: Arc<LocalEngine>,
        options: RepositoryOptions,
    ) -> Result<Self, repo::OpenError> {
        let store = Self::over(Arc::clone(&engine) as _, options)?;
        Ok(Self { local: Some(engine), ..store })
    }
}

/// What a running server leaves for the other verbs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerNote {
    /// The address at which it listens.
    pub url: String,
    /// The token that it accepts as its own.
    pub token: String,
    /// The id of its process.
    pub pid: u32,
}

impl fmt::Debug for ServerNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token is left out: what is shown may end up in a log.
        f.debug_struct("ServerNote")
            .field("url", &self.url)
            .field("pid", &self.pid)
            .finish_non_exhaustive()
    }
}

/// Opens the engine of a data directory for writing.
///
/// # Errors
/// [`Code::StoreInUse`] when another process has it open; otherwise a problem that says what is wrong with it.
pub fn open_engine(data: &Path) -> Result<Arc<LocalEngine>, Problem> {
    let directory = data.join(STORE);
    let made = private::make_private(data).and_then(|()| private::make_private(&directory));
    made.map_err(|error| Problem::io(directory.display(), &error))?;
    tell_of_modes(data);
    LocalEngine::open(LocalOptions::new(directory)).map(Arc::new).map_err(Problem::from)
}

/// Warns about a data directory that others may read.
fn tell_of_modes(data: &Path) {
    if let Some(warning) = private::warning(data, &[STORE, SERVER, "spool"]) {
        tracing::warn!("{warning}");
    }
}

/// The engine's own directory below a data directory.
///
/// # Errors
/// [`Code::RepositoryMissing`] when it does not exist.
pub fn directory(data: &Path) -> Result<PathBuf, Problem> {
    let directory = data.join(STORE);
    // A look must not leave an empty store behind.
    if !directory.exists() {
        let detail = format!("there is no repository in {} yet", data.display());
        return Err(Problem::new(Code::RepositoryMissing, detail));
    }
    Ok(directory)
}

/// Whether a data directory is not there, or holds nothing but what an interrupted start left.
///
/// # Errors
/// A problem when it can't be read.
pub fn holds_nothing(data: &Path) -> Result<bool, Problem> {
    let problem = |error: &io::Error| Problem::io(data.display(), error);
    let entries = match std::fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(problem(&error)),
    };
    for entry in entries {
        let name = entry.map_err(|error| problem(&error))?.file_name();
        if ![STORE, SERVER, "spool"].iter().any(|own| name == **own) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives a secret to a store that was made before stores had one.
///
/// # Errors
/// When the store can't be written, or the machine can't provide random bytes.
pub fn with_secret(store: Store) -> Result<Store, Problem> {
    let stamp = Stamp {
        author: Person::recorded("cms"),
        time_ms: moment::now_ms(),
        message: String::new(),
        operation: fresh_operation(),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    };
    store.repository.keep_secret(random_secret()?, &stamp)?;
    Ok(store)
}

/// 32 bytes that nobody can guess.
///
/// # Errors
/// When the machine can't provide random bytes.
pub fn random_secret() -> Result<[u8; 32], Problem> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(Problem::internal)?;
    Ok(secret)
}

/// Opens the repository of a data directory. A damaged one is opened for reading, and the log says so.
///
/// # Errors
/// As [`open_engine`]; [`Code::RepositoryMissing`] when nothing was ever stored there, and [`Code::StoreDamaged`] when
/// nothing of what was stored can be read.
pub fn open(data: &Path, options: RepositoryOptions, access: Access) -> Result<Store, Problem> {
    let directory = directory(data)?;
    tell_of_modes(data);
    let engine = LocalEngine::open(LocalOptions { access, ..LocalOptions::new(directory) })?;
    let engine = Arc::new(engine);
    if let [first, ..] = engine.damages() {
        let count = engine.damages().len();
        tracing::error!(%first, count, "the store is damaged: what is whole is read; cms verify reports the rest");
    }
    let store = match Store::over_local(Arc::clone(&engine), options) {
        Err(repo::OpenError::Empty) if !engine.damages().is_empty() => {
            let detail =
                format!("what the repository begins with is lost: {}", engine.damages()[0]);
            return Err(Problem::new(Code::StoreDamaged, detail));
        }
        opened => opened?,
    };
    if engine.refusal().is_some() {
        return Ok(store);
    }
    let store = with_secret(store)?;
    let sealing = Arc::new(SealingKey::of(data, &store.repository)?);
    Ok(Store { sealing, ..store })
}

fn note_path(data: &Path) -> PathBuf {
    data.join(SERVER)
}

/// The note of the server that holds a data directory; `None` when there is no such server.
///
/// The lock identifies a note that a killed server left: `holder` is what the lock says.
pub fn server_note(data: &Path, holder: &str) -> Option<ServerNote> {
    let note: ServerNote = serde_json::from_slice(&fs::read(note_path(data)).ok()?).ok()?;
    let named = holder.split(|c: char| !c.is_ascii_digit()).filter_map(|text| text.parse().ok());
    let pids: Vec<u32> = named.collect();
    (pids.is_empty() || pids.contains(&note.pid)).then_some(note)
}

/// The note of a running server; dropping this removes the note.
pub struct PostedNote {
    path: PathBuf,
}

/// Writes the note of this server.
///
/// # Errors
/// The system's error.
pub fn post_note(data: &Path, note: &ServerNote) -> io::Result<PostedNote> {
    let (path, fresh) = (note_path(data), data.join("server.json.new"));
    // A file that another user left there must not keep its looser mode.
    let _ = fs::remove_file(&fresh);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    io::Write::write_all(&mut file, &serde_json::to_vec(note)?)?;
    file.sync_all()?;
    fs::rename(&fresh, &path)?;
    Ok(PostedNote { path })
}

impl Drop for PostedNote {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_for_its_owner_and_goes_with_the_server() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let note = ServerNote { url: "http://127.0.0.1:1".into(), token: "t".into(), pid: 42 };
        let posted = post_note(data.path(), &note).unwrap();
        let mode = fs::metadata(&posted.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(server_note(data.path(), "process 42"), Some(note));
        assert_eq!(server_note(data.path(), "process 43"), None, "left by a killed server");
        drop(posted);
        assert_eq!(server_note(data.path(), "process 42"), None);
    }
}
