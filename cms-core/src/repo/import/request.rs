//! What to import, and how.

use std::io;

use serde::Serialize;

use super::prune_at_most::PruneAtMost;
use crate::{model::name::Branch, repo::ground::stamp::Stamp};

/// Longest line, in bytes: a document at its limit, written with escapes, and its key.
pub const LINE_SIZE_BYTES_MAX: usize = 16 << 20;

/// One line to import.
#[derive(Debug, Clone)]
pub struct ImportLine {
    /// Its number in its file, from 1.
    pub number: u64,
    /// The file's name, for reports.
    pub source: String,
    /// JSON: `{"key", "locale", "document"}`, with `"translation"` instead of the document, or with `"file"`, the whole
    /// text of a file that is one document, or with `"unreadable"`, the reason why a file can't be read.
    pub text: Vec<u8>,
}

/// Provides the media files of an import directory.
pub trait MediaSource: Sync {
    /// The names of the files, each once.
    fn names(&self) -> Vec<String>;

    /// The bytes of a file.
    ///
    /// # Errors
    /// The system's error.
    fn bytes(&self, name: &str) -> io::Result<Vec<u8>>;
}

/// How to import.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The branch, usually `main`.
    pub branch: Branch,
    /// Whether to import the accepted lines even when others are refused.
    pub skip_invalid: bool,
    /// Whether to remove entries and translations that the lines lack. Schemas stay unless the lines hold some.
    pub prune: bool,
    /// How much pruning may remove.
    pub prune_at_most: PruneAtMost,
    /// Who imports, when and why.
    pub stamp: Stamp,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ImportProgress {
    /// How many lines were read.
    pub lines: u64,
    /// The size of those lines, in bytes.
    pub size_bytes: u64,
}
