//! The media files that come with an import.

use std::{collections::BTreeMap, io, path::PathBuf};

use base64::{DecodeError, Engine as _, engine::general_purpose::STANDARD};
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

/// The bytes of a piece of a file, which comes as base64.
///
/// # Errors
/// What is wrong with it, for people.
pub(super) fn piece_of(base64: &str) -> Result<Vec<u8>, String> {
    let fault = |error| format!("a piece is not base64: {}", base64_fault(&error));
    STANDARD.decode(base64).map_err(fault)
}

/// What is wrong with such a piece, in characters that are counted from 1.
fn base64_fault(error: &DecodeError) -> String {
    match error {
        DecodeError::InvalidByte(offset, byte) => {
            let shown = char::from(*byte).escape_default();
            format!("character {} is `{shown}`", offset + 1)
        }
        DecodeError::InvalidLastSymbol(offset, _) => {
            format!("character {}, its last one, leaves bits over", offset + 1)
        }
        DecodeError::InvalidLength(_) => "its end is missing".to_owned(),
        DecodeError::InvalidPadding => "it does not end in the `=` that it needs".to_owned(),
    }
}

/// The problem of an input that holds nothing.
pub(crate) fn holds_nothing() -> Problem {
    let detail = "the input holds nothing to import; did the program that writes it fail? nothing was changed";
    Problem::new(Code::InputOutput, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_that_is_not_base64_is_told_in_words() {
        let check = |text: &str, part: &str| {
            let said = piece_of(text).unwrap_err();
            assert!(said.starts_with("a piece is not base64: ") && said.contains(part), "{said}");
        };
        assert_eq!(piece_of("YQ==").unwrap(), b"a");
        check("!!!!", "character 1 is `!`");
        check("YQ", "`=`");
        check("YQ==Y", "");
    }
}
