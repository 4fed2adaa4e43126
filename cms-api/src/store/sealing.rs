//! The key that seals the audit: `DATA/audit.key`, which only its owner may read.
//!
//! Invariants:
//! 1. A key is announced in the audit before it seals anything.
//! 2. A key that takes another one's place lies next to it until it is announced: after a crash, opening finds which of
//!    the two was announced last and keeps that one.

use std::{
    fmt, fs, io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use cms_core::repo::{AuditKey, Repository, Stamp};

use crate::problem::Problem;

const KEY: &str = "audit.key";
const NEXT: &str = "audit.key.new";

/// The key that seals the audit.
pub struct SealingKey {
    /// The directory where it lies; `None` for a key that ends with the process.
    data: Option<PathBuf>,
    key: RwLock<Arc<AuditKey>>,
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

impl SealingKey {
    /// A key that ends with the process, for stores that are in no directory.
    ///
    /// # Panics
    /// When the machine can't provide random bytes.
    pub fn passing() -> Self {
        let secret = fresh().expect("the system gives randomness, or nothing here is safe");
        Self { data: None, key: RwLock::new(Arc::new(AuditKey::of(&secret))) }
    }

    /// The key of a data directory, made when there is none yet.
    ///
    /// # Errors
    /// When it can't be read or written.
    pub fn of(data: &Path, repository: &Repository) -> Result<Self, Problem> {
        let (path, next) = (data.join(KEY), data.join(NEXT));
        let announced = repository.audit().signing_key()?;
        if let Some(secret) = read(&next)? {
            if announced == Some(AuditKey::of(&secret).public()) {
                put_in_place(data, &next, &path)?;
            } else {
                remove(&next)?;
            }
        }
        let secret = match read(&path)? {
            Some(secret) => secret,
            None => {
                let secret = fresh()?;
                write(&next, &secret)?;
                put_in_place(data, &next, &path)?;
                secret
            }
        };
        let key = RwLock::new(Arc::new(AuditKey::of(&secret)));
        Ok(Self { data: Some(data.to_owned()), key })
    }

    /// The key that seals now.
    pub fn now(&self) -> Arc<AuditKey> {
        Arc::clone(&self.key.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes a new key, which seals from now on; the one before gives its word for it, and is gone afterwards.
    ///
    /// # Errors
    /// When it can't be written or announced.
    pub fn rotate(&self, repository: &Repository, stamp: &Stamp) -> Result<(), Problem> {
        let mut held = self.key.write().unwrap_or_else(PoisonError::into_inner);
        let secret = fresh()?;
        let new = AuditKey::of(&secret);
        if let Some(data) = &self.data {
            write(&data.join(NEXT), &secret)?;
        }
        repository.audit().announce(&new, Some(&held), stamp)?;
        if let Some(data) = &self.data {
            put_in_place(data, &data.join(NEXT), &data.join(KEY))?;
        }
        *held = Arc::new(new);
        Ok(())
    }
}

/// A secret that nobody can guess.
fn fresh() -> Result<[u8; 32], Problem> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(Problem::internal)?;
    Ok(secret)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Problem {
    move |error| Problem::io(path.display(), &error)
}

fn read(path: &Path) -> Result<Option<[u8; 32]>, Problem> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path)(error)),
    };
    // The write of a key that never took its place may have been cut off.
    let secret = bytes.try_into().ok();
    if secret.is_none() && path.ends_with(KEY) {
        let error = io::Error::new(io::ErrorKind::InvalidData, "this is no key of 32 bytes");
        return Err(failed(path)(error));
    }
    if secret.is_none() {
        remove(path)?;
    }
    Ok(secret)
}

fn remove(path: &Path) -> Result<(), Problem> {
    fs::remove_file(path).map_err(failed(path))
}

fn write(path: &Path, secret: &[u8; 32]) -> Result<(), Problem> {
    let write = || {
        // A file that another user left there must not keep its looser mode.
        let _ = fs::remove_file(path);
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        io::Write::write_all(&mut file, secret)?;
        file.sync_all()
    };
    write().map_err(failed(path))
}

fn put_in_place(data: &Path, next: &Path, path: &Path) -> Result<(), Problem> {
    let put = || {
        fs::rename(next, path)?;
        fs::File::open(data)?.sync_all()
    };
    put().map_err(failed(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{open, open_engine};
    use cms_core::engine::local::Access;

    fn stamp(number: u8) -> Stamp {
        Stamp {
            author: cms_core::model::name::Person::recorded("operator"),
            time_ms: 1,
            message: String::new(),
            operation: cms_core::engine::OperationId([number; 16]),
            holder: cms_core::access::Holder::Machine,
            origin: Default::default(),
        }
    }

    #[test]
    fn a_key_is_for_its_owner_and_a_change_that_a_crash_cut_off_is_finished_or_undone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let engine = open_engine(data).unwrap();
        let new = cms_core::repo::NewRepository {
            salt: [1; 32],
            secret: [2; 32],
            source_locale: "en".parse().unwrap(),
            schemas: Vec::new(),
            stamp: stamp(1),
        };
        Repository::create(engine, new).unwrap();
        let opened = || open(data, Default::default(), Access::Write).unwrap();
        let first = opened().sealing.now().public();
        let mode = fs::metadata(data.join(KEY)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(opened().sealing.now().public(), first, "it stays");
        // A crash before the new key was announced: the old one stays.
        write(&data.join(NEXT), &[5; 32]).unwrap();
        assert_eq!(opened().sealing.now().public(), first);
        assert!(!data.join(NEXT).exists());
        // A crash after that: the new one is in force.
        let store = opened();
        store.repository.audit().announce(&store.sealing.now(), None, &stamp(2)).unwrap();
        write(&data.join(NEXT), &[5; 32]).unwrap();
        let next = AuditKey::of(&[5; 32]);
        let (old, audit) = (store.sealing.now(), store.repository.audit());
        audit.announce(&next, Some(&old), &stamp(3)).unwrap();
        drop(store);
        assert_eq!(opened().sealing.now().public(), next.public());
        // A write that was cut off is no key.
        fs::write(data.join(NEXT), b"short").unwrap();
        assert_eq!(opened().sealing.now().public(), next.public());
        let store = opened();
        store.sealing.rotate(&store.repository, &stamp(4)).unwrap();
        let third = store.sealing.now().public();
        assert_ne!(third, next.public());
        drop(store);
        assert_eq!(opened().sealing.now().public(), third);
    }
}
