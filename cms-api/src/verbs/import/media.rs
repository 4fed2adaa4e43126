//! The media files that come with an import.

use std::{collections::BTreeMap, io, path::PathBuf};

use cms_core::repo::MediaSource;

use crate::{
    problem::{Code, Problem},
    views::import::FileLeftOut,
};

/// The files that come with the lines of an import: those that documents may name, and those that were left out.
#[derive(Default)]
pub struct Media {
    pub(super) left_out: Vec<FileLeftOut>,
    files: BTreeMap<String, PathBuf>,
    /// Where the files are until the import is done, if they came over the wire.
    pub(super) spool: Option<tempfile::TempDir>,
}

impl Media {
    /// Adds a file under a name.
    pub(super) fn add(&mut self, name: String, path: PathBuf) {
        self.files.insert(name, path);
    }

    /// The files that were found and not read.
    pub fn left_out(&self) -> &[FileLeftOut] {
        &self.left_out
    }

    pub(super) const fn files(&self) -> &BTreeMap<String, PathBuf> {
        &self.files
    }
}

impl MediaSource for Media {
    fn names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    fn bytes(&self, name: &str) -> io::Result<Vec<u8>> {
        let path = self.files.get(name).ok_or(io::ErrorKind::NotFound)?;
        std::fs::read(path)
    }
}

/// The problem of an input that holds nothing.
pub(crate) fn holds_nothing() -> Problem {
    let detail = "the input holds nothing to import: a program that failed leaves such a one; nothing was changed";
    Problem::new(Code::InputOutput, detail)
}
