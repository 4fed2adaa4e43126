//! Engines over real and simulated disks.

mod alone;
mod arbitrary;
mod damage;
mod faults;
mod history;
mod kill;
mod laws;
mod leaving;
mod one_byte;
mod pinned;
mod power;

use std::path::{Path, PathBuf};

use cms_core::engine::local::{LocalEngine, LocalOptions};

/// Whether thousands of rounds were requested.
fn long() -> bool {
    std::env::var_os("CMS_TEST_LONG").is_some_and(|value| value == "1")
}

/// Options with journals so short that they are sealed all the time.
fn short_journals(directory: &Path, journal_size_bytes_max: u64) -> LocalOptions {
    LocalOptions { journal_size_bytes_max, ..LocalOptions::new(directory) }
}

fn open(options: &LocalOptions) -> LocalEngine {
    LocalEngine::open(options.clone()).unwrap_or_else(|error| panic!("{error}: {error:?}"))
}

/// The files of a store whose names begin with the prefix, ascending.
fn files(directory: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("the directory is there");
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
        })
        .collect();
    found.sort();
    found
}
