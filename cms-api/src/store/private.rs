//! Who may read files: only the owner of a data directory may read what is in it, and the user decides who may read an
//! export.
//!
//! Many parts of the program write the files of a store: the engine, sled, the spool, the note. So that none of them
//! can forget, the whole process writes files for their owner alone ([`begin`]). The few files that are for others,
//! exports, are opened to those whom the user's own umask allows.

use std::{
    fs::{self, DirBuilder, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::Path,
    sync::OnceLock,
};

use rustix::{
    fs::Mode,
    process::{geteuid, umask},
};

/// The permissions of group and others.
const OTHERS: u32 = 0o077;

static USERS: OnceLock<u32> = OnceLock::new();

/// From now on this process makes files and directories for their owner alone. Call this first of all, before there are
/// threads.
pub fn begin() {
    USERS.get_or_init(|| umask(Mode::from_raw_mode(OTHERS)).as_raw_mode());
}

/// The permissions that the user keeps from others; all of them when [`begin`] was not called.
fn users() -> u32 {
    USERS.get().copied().unwrap_or(OTHERS)
}

/// Opens a file that was made for its owner to those whom the user's umask allows.
///
/// # Errors
/// The system's error.
pub fn share_file(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(0o666 & !users()))
}

/// Like [`share_file`], for a directory.
///
/// # Errors
/// The system's error.
pub fn share_directory(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(0o777 & !users()))
}

/// Makes a directory that the user shares, and those above it.
///
/// # Errors
/// The system's error.
pub fn make_shared(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent() {
        make_shared(above)?;
    }
    match fs::create_dir(path) {
        Ok(()) => share_directory(path),
        Err(_) if path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a directory that only its owner may read; those above it have the user's usual permissions.
///
/// # Errors
/// The system's error.
pub fn make_private(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent() {
        make_shared(above)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(_) if path.is_dir() => Ok(()),
        other => other,
    }
}

/// Whether group or others may do anything with what this user owns; what another user owns is not ours to change.
fn is_open(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| {
        about.uid() == geteuid().as_raw() && about.permissions().mode() & OTHERS != 0
    })
}

/// A warning about a data directory whose parts others may read, as older programs made them.
///
/// A directory that others may enter does no harm when everything in it is closed, such as a mount point.
pub fn warning(data: &Path, parts: &[&str]) -> Option<String> {
    let open = parts.iter().find(|part| is_open(&data.join(part)));
    let open = open.filter(|_| is_open(data))?;
    Some(format!(
        "others on this machine may read {}, where tokens and answers lie: chmod -R go= {}",
        data.join(open).display(),
        data.display()
    ))
}

/// A warning about a file of settings that holds a token and that others may read.
pub fn warning_of_settings(path: &Path) -> Option<String> {
    let is_file = fs::metadata(path).is_ok_and(|about| about.is_file());
    (is_file && is_open(path)).then(|| {
        let path = path.display();
        format!("others on this machine may read the token in {path}: chmod go= {path}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_directory_that_others_may_enter_is_told_only_where_something_in_it_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        make_private(&data.join("store")).unwrap();
        assert_eq!(mode(&data.join("store")), 0o700);
        let set = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode));
        set(&data, 0o755).unwrap();
        assert_eq!(warning(&data, &["store", "spool"]), None);
        set(&data.join("store"), 0o755).unwrap();
        let said = warning(&data, &["store", "spool"]).unwrap();
        assert!(said.ends_with(&format!("chmod -R go= {}", data.display())), "{said}");
        set(&data, 0o700).unwrap();
        assert_eq!(warning(&data, &["store", "spool"]), None, "nobody gets that far");
    }
}
