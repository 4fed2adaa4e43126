//! What is imported from this machine: files of lines, directories of documents, standard input.
//!
//! A directory holds `KIND/ID.json` and `KIND/ID@LOCALE.json` (one document each), `*.ndjson` and `*.jsonl`, also with
//! gzip (lines), and `media/` (files that documents name as `media/NAME`).
//!
//! Invariants:
//! 1. Files are read in the order of their names, so that a repeated import is the same.
//! 2. A line is never longer in memory than its limit; a longer line is reported with its place.
//! 3. Every file that is found is read, or named as left out with the reason. Pipes, sockets and devices among the
//!    files of a directory are refused by name, because reading one might never end. A pipe that is named as an
//!    argument is read.
//! 4. An input that holds nothing is refused, because that is what a failed program leaves.

use std::{
    collections::VecDeque,
    fs::{File, FileType},
    io::{self, BufRead, BufReader, Read},
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cms_core::{
    model::canonical,
    repo::{ImportLine, LINE_SIZE_BYTES_MAX},
};

use super::media::{Media, holds_nothing};
use crate::{
    problem::{Code, Problem},
    views::import::FileLeftOut,
};

enum Source {
    /// A file of lines, or standard input.
    Lines(PathBuf),
    /// A file that is one document.
    Document { path: PathBuf, key: String, locale: Option<String> },
}

/// All lines of an import, one after the other.
pub struct Input {
    sources: VecDeque<Source>,
    open: Option<Open>,
    /// The first line, if it was read already.
    first: Option<io::Result<ImportLine>>,
    /// The files that documents may name.
    pub media: Media,
    /// The size of all files, in bytes; 0 when standard input is among them.
    pub size_bytes: u64,
    /// How many bytes of them were read so far.
    pub read_bytes: Arc<AtomicU64>,
}

struct Open {
    name: String,
    reader: Box<dyn BufRead + Send>,
    line: u64,
}

impl Input {
    /// The input of these paths; `-` is standard input.
    ///
    /// # Errors
    /// A problem when a path does not exist or a directory holds something that does not belong there.
    pub fn of(paths: &[PathBuf]) -> Result<Self, Problem> {
        let mut input = Self {
            sources: VecDeque::new(),
            open: None,
            first: None,
            media: Media::default(),
            size_bytes: 0,
            read_bytes: Arc::default(),
        };
        let mut is_sized = true;
        for path in paths {
            let failed = |error: &io::Error| Problem::io(path.display(), error);
            if path == Path::new("-") {
                is_sized = false;
                input.sources.push_back(Source::Lines(path.clone()));
            } else if std::fs::metadata(path).map_err(|error| failed(&error))?.is_dir() {
                input.add_directory(path)?;
            } else {
                // A pipe that is named is meant to be read: `cms import <(a program)`.
                let about = std::fs::metadata(path).map_err(|error| failed(&error))?;
                is_sized &= about.is_file();
                input.size_bytes += about.len();
                input.sources.push_back(Source::Lines(path.clone()));
            }
        }
        if !is_sized {
            input.size_bytes = 0;
        }
        Ok(input)
    }

    /// Refuses an input without a line. With `prune` there must be a line, because an empty input is no reason to
    /// remove everything; without `prune`, media alone are enough.
    ///
    /// # Errors
    /// [`Code::InputOutput`].
    pub fn must_hold_something(&mut self, prune: bool) -> Result<(), Problem> {
        if !self.media.files().is_empty() && !prune {
            return Ok(());
        }
        if self.first.is_none() {
            self.first = self.next();
        }
        if self.first.is_some() { Ok(()) } else { Err(holds_nothing()) }
    }

    fn add_file(&mut self, source: Source, path: &Path) -> io::Result<()> {
        must_be_file(path)?;
        self.size_bytes += std::fs::metadata(path)?.len();
        self.sources.push_back(source);
        Ok(())
    }

    fn add_directory(&mut self, directory: &Path) -> Result<(), Problem> {
        let before = (self.sources.len(), self.media.files().len());
        for path in listed(directory)? {
            let failed = |error: io::Error| Problem::io(path.display(), &error);
            let name = file_name(&path);
            if name.starts_with('.') {
                self.leave_out(&path, "its name begins with a dot");
            } else if path.is_dir() && name == "media" {
                self.add_media(&path)?;
            } else if path.is_dir() {
                self.add_documents(&path, &name)?;
            } else if holds_lines(&name) {
                self.add_file(Source::Lines(path.clone()), &path).map_err(failed)?;
            } else {
                let reason = match name.to_lowercase().rsplit_once('.') {
                    Some((_, "json")) => "a document belongs in a folder of its kind: KIND/ID.json",
                    _ if holds_lines(&name.to_lowercase()) => "its ending is written in capitals",
                    _ => "it is neither KIND/ID.json nor a file of lines (*.ndjson, *.jsonl)",
                };
                self.leave_out(&path, reason);
            }
        }
        if (self.sources.len(), self.media.files().len()) != before {
            return Ok(());
        }
        let detail = format!(
            "{} holds nothing to import: KIND/ID.json, *.ndjson or *.jsonl is expected",
            directory.display()
        );
        Err(Problem::new(Code::InputOutput, detail))
    }

    fn add_media(&mut self, folder: &Path) -> Result<(), Problem> {
        for file in listed(folder)? {
            if file.is_dir() {
                self.leave_out(&file, "media/ has no folders of its own");
            } else if file_name(&file).starts_with('.') {
                self.leave_out(&file, "its name begins with a dot");
            } else {
                must_be_file(&file).map_err(|error| Problem::io(file.display(), &error))?;
                self.media.add(file_name(&file), file);
            }
        }
        Ok(())
    }

    fn add_documents(&mut self, folder: &Path, kind: &str) -> Result<(), Problem> {
        for file in listed(folder)? {
            let failed = |error: io::Error| Problem::io(file.display(), &error);
            let name = file_name(&file);
            let stem = name.strip_suffix(".json").filter(|stem| !stem.starts_with('.'));
            let Some(stem) = stem.filter(|_| !file.is_dir()) else {
                let reason = if file.is_dir() {
                    "a folder of a kind has no folders of its own"
                } else if name.to_lowercase().ends_with(".json") {
                    "its ending is not .json in small letters"
                } else if holds_lines(&name) {
                    "a file of lines belongs next to the folders of kinds, not in one"
                } else {
                    "a document is a file KIND/ID.json or KIND/ID@LOCALE.json, and not gzip'd"
                };
                self.leave_out(&file, reason);
                continue;
            };
            let (id, locale) = match stem.split_once('@') {
                Some((id, locale)) => (id.to_owned(), Some(locale.to_owned())),
                None => (stem.to_owned(), None),
            };
            let key = format!("{kind}/{id}");
            let source = Source::Document { path: file.clone(), key, locale };
            self.add_file(source, &file).map_err(failed)?;
        }
        Ok(())
    }

    fn leave_out(&mut self, path: &Path, reason: &str) {
        let (source, reason) = (path.display().to_string(), reason.to_owned());
        self.media.left_out.push(FileLeftOut { source, reason });
    }

    fn open_lines(&self, path: &Path) -> io::Result<Open> {
        let (name, raw): (_, Box<dyn Read + Send>) = if path == Path::new("-") {
            ("standard input".to_owned(), Box::new(io::stdin()))
        } else {
            let counted = Counted { inner: File::open(path)?, count: Arc::clone(&self.read_bytes) };
            (path.display().to_string(), Box::new(counted))
        };
        Ok(Open { name, reader: plain(raw)?, line: 0 })
    }

    fn document_line(
        &self,
        path: &Path,
        key: &str,
        locale: Option<&str>,
    ) -> io::Result<ImportLine> {
        let document = std::fs::read(path)?;
        self.read_bytes.fetch_add(document.len() as u64, Ordering::Relaxed);
        // The text is as it is in the file, so that faults are reported with the file's own lines and columns.
        let line = match String::from_utf8(document) {
            Ok(text) => serde_json::json!({ "key": key, "locale": locale, "file": text }),
            Err(error) => {
                let fault = canonical::encoding_fault(error.as_bytes());
                let said = fault.map_or_else(|| error.to_string(), |fault| fault.said);
                serde_json::json!({ "key": key, "locale": locale, "unreadable": said })
            }
        };
        let source = path.display().to_string();
        Ok(ImportLine { number: 1, source, text: line.to_string().into_bytes() })
    }
}

impl Iterator for Input {
    type Item = io::Result<ImportLine>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            if let Some(open) = &mut self.open {
                match next_line(&mut open.reader, &mut open.line) {
                    Ok(Some(text)) => {
                        let (number, source) = (open.line, open.name.clone());
                        return Some(Ok(ImportLine { number, source, text }));
                    }
                    Ok(None) => self.open = None,
                    Err(error) => {
                        let kind = error.kind();
                        let said = format!("{}:{}: {error}", open.name, open.line);
                        self.open = None;
                        self.sources.clear();
                        return Some(Err(io::Error::new(kind, said)));
                    }
                }
                continue;
            }
            match self.sources.pop_front()? {
                Source::Lines(path) => match self.open_lines(&path) {
                    Ok(open) => self.open = Some(open),
                    Err(error) => return Some(Err(at(&path, &error))),
                },
                Source::Document { path, key, locale } => {
                    let line = self.document_line(&path, &key, locale.as_deref());
                    return Some(line.map_err(|error| at(&path, &error)));
                }
            }
        }
    }
}

fn must_be_file(path: &Path) -> io::Result<()> {
    let found = std::fs::metadata(path)?.file_type();
    if found.is_file() {
        return Ok(());
    }
    let said = format!("it is {}, not a file; nothing was imported", called(found));
    Err(io::Error::new(io::ErrorKind::InvalidInput, said))
}

fn called(found: FileType) -> &'static str {
    if found.is_fifo() {
        "a pipe (FIFO)"
    } else if found.is_socket() {
        "a socket"
    } else if found.is_dir() {
        "a directory"
    } else {
        "a device"
    }
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn listed(directory: &Path) -> Result<Vec<PathBuf>, Problem> {
    let failed = |error: io::Error| Problem::io(directory.display(), &error);
    let rows = std::fs::read_dir(directory).map_err(failed)?;
    let mut paths: Vec<PathBuf> =
        rows.map(|row| row.map(|row| row.path())).collect::<Result<_, _>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

/// Whether a file with this name holds lines.
fn holds_lines(name: &str) -> bool {
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    plain.ends_with(".ndjson") || plain.ends_with(".jsonl")
}

/// A reader of the plain bytes, whether compressed with gzip or not; the first two bytes decide, not the name.
pub(super) fn plain(raw: Box<dyn Read + Send>) -> io::Result<Box<dyn BufRead + Send>> {
    let mut reader = BufReader::with_capacity(1 << 16, raw);
    let is_gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_gzip {
        Box::new(BufReader::with_capacity(1 << 16, flate2::bufread::MultiGzDecoder::new(reader)))
    } else {
        Box::new(reader)
    })
}

/// The next line that is not blank, without its end; `line` counts every line.
pub(super) fn next_line(reader: &mut dyn BufRead, line: &mut u64) -> io::Result<Option<Vec<u8>>> {
    loop {
        let mut text = Vec::new();
        let limit = LINE_SIZE_BYTES_MAX as u64 + 2;
        if reader.take(limit).read_until(b'\n', &mut text)? == 0 {
            return Ok(None);
        }
        *line += 1;
        if text.len() as u64 >= limit && text.last() != Some(&b'\n') {
            let said = format!("the line is longer than {LINE_SIZE_BYTES_MAX} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, said));
        }
        while matches!(text.last(), Some(b'\n' | b'\r')) {
            text.pop();
        }
        if *line == 1 && text.starts_with(b"\xef\xbb\xbf") {
            text.drain(..3);
        }
        if !text.iter().all(u8::is_ascii_whitespace) {
            return Ok(Some(text));
        }
    }
}

struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use cms_core::repo::MediaSource;

    use super::*;

    #[test]
    fn directories_gzip_and_blank_lines_are_read_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::create_dir_all(path("video")).unwrap();
        std::fs::create_dir_all(path("media")).unwrap();
        std::fs::write(path("video/x1@es.json"), "{}\n").unwrap();
        std::fs::write(path("video/x1.json"), "{}").unwrap();
        std::fs::write(path("media/a.svg"), "<svg/>").unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut gzip, b"one\n\n  \ntwo").unwrap();
        std::fs::write(path("a.ndjson.gz"), gzip.finish().unwrap()).unwrap();
        let mut input = Input::of(&[directory.path().to_owned()]).unwrap();
        let lines: Vec<(u64, String)> = input
            .by_ref()
            .map(|line| line.map(|line| (line.number, String::from_utf8(line.text).unwrap())))
            .collect::<io::Result<_>>()
            .unwrap();
        let texts: Vec<_> = lines.iter().map(|(number, text)| (*number, text.as_str())).collect();
        assert_eq!(
            texts,
            [
                (1, "one"),
                (4, "two"),
                (1, r#"{"file":"{}","key":"video/x1","locale":null}"#),
                (1, r#"{"file":"{}\n","key":"video/x1","locale":"es"}"#),
            ]
        );
        assert_eq!(input.media.bytes("a.svg").unwrap(), b"<svg/>");
    }

    #[test]
    fn every_file_is_taken_or_named_as_left_out() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        for folder in ["video/sub", "media/sub", ".git"] {
            std::fs::create_dir_all(path(folder)).unwrap();
        }
        let left_out = [
            ".git",
            "media/.DS_Store",
            "media/sub",
            "more.json",
            "notes.txt",
            "OLD.NDJSON",
            "video/k2.JSON",
            "video/k4.json.gz",
            "video/sub",
            "video/x.ndjson",
        ];
        let taken = ["a.jsonl", "b.ndjson", "media/p.png", "video/k.json"];
        for file in left_out.iter().chain(&taken) {
            if !path(file).is_dir() {
                std::fs::write(path(file), "{}").unwrap();
            }
        }
        let input = Input::of(&[directory.path().to_owned()]).unwrap();
        let mut named: Vec<String> = input
            .media
            .left_out()
            .iter()
            .map(|row| {
                assert!(!row.reason.is_empty());
                let file = Path::new(&row.source).strip_prefix(directory.path()).unwrap();
                file.display().to_string()
            })
            .collect();
        named.sort_by_key(|name| name.to_lowercase());
        assert_eq!(named, left_out);
        assert_eq!(input.sources.len(), 3);
        assert_eq!(input.media.files().len(), 1);
    }

    #[test]
    fn an_input_that_holds_nothing_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::write(path("empty.ndjson"), "\n \n").unwrap();
        std::fs::create_dir(path("media")).unwrap();
        std::fs::write(path("media/a.svg"), "<svg/>").unwrap();
        let of = |paths: &[PathBuf]| Input::of(paths).unwrap();
        assert!(of(&[path("empty.ndjson")]).must_hold_something(false).is_err());
        let mut with_media = of(&[directory.path().to_owned()]);
        assert!(with_media.must_hold_something(false).is_ok());
        assert!(with_media.must_hold_something(true).is_err(), "it would remove everything");
        std::fs::write(path("one.ndjson"), "one").unwrap();
        let mut whole = of(&[path("empty.ndjson"), path("one.ndjson")]);
        assert!(whole.must_hold_something(true).is_ok());
        assert_eq!(whole.count(), 1, "what was looked at is still there");
    }

    #[test]
    fn a_file_that_is_not_utf_8_is_a_line_that_says_so() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("video")).unwrap();
        let wide: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        std::fs::write(directory.path().join("video/x.json"), b"\xff\xfe{\0}\0").unwrap();
        std::fs::write(directory.path().join("a.ndjson"), wide).unwrap();
        let input = Input::of(&[directory.path().to_owned()]).unwrap();
        let lines: Vec<String> =
            input.map(|line| String::from_utf8_lossy(&line.unwrap().text).into_owned()).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[1].contains("UTF-16"), "{lines:?}");
    }
}
