//! `cms export`: a state as the lines that importing reads, with its media where a directory is
//! the output: a whole backup that this program, or any other, can read.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use cms_core::model::id::MediaId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    paper::{Ink, Paper, counted},
    publish::main,
    view,
};
use crate::{
    edge::problem::{Code, Problem},
    store::Store,
};

/// What to export.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The state: `main`, `main~3`, `production@7`, an id
    #[arg(value_name = "STATE", default_value = "main")]
    #[serde(default = "main")]
    pub state: String,
}

/// What was exported.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// The state, as it was written.
    pub state: String,
    /// Entries written.
    pub entries: u64,
    /// Translations written.
    pub translations: u64,
    /// The media files that the entries name.
    pub media: Vec<String>,
    /// What could not be written as it is damaged, at most a thousand.
    #[serde(default)]
    pub damaged: Vec<NotExported>,
    /// How many entries and translations could not be written.
    #[serde(default)]
    pub damaged_count: u64,
    /// Media files that could not be written as they are damaged or missing; known where they are written.
    #[serde(default)]
    pub damaged_media: Vec<String>,
}

/// Entries that an export lacks.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotExported {
    /// The entry or translation; null where it is not known which they are.
    pub key: Option<String>,
    /// The last key before them, where it is not known which they are and something is before them.
    pub after: Option<String>,
    /// Their last key, where it is not known which they are.
    pub to: Option<String>,
    /// How many they are.
    pub count: u64,
    /// Why.
    pub detail: String,
}

impl Report {
    /// Whether all was whole.
    pub const fn is_well(&self) -> bool {
        self.damaged_count == 0 && self.damaged_media.is_empty()
    }
}

/// The last line of an export over HTTP, so that a reader knows that it is whole.
#[derive(Serialize, Deserialize)]
#[serde(tag = "cms", rename_all = "lowercase")]
pub enum LastLine {
    /// All is written.
    Report(Report),
    /// It ended early.
    Problem {
        /// Why, as problem+json.
        problem: serde_json::Value,
    },
}

/// Exports, a line at a time.
///
/// # Errors
/// A problem when the state means nothing, the store can't be read or a line can't be written.
pub fn execute(
    store: &Store,
    request: &Request,
    write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.state)?;
    let done = store.repository.export(&state, &mut |line| {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        write(&text)
    })?;
    Ok(Report {
        state: request.state.clone(),
        entries: done.entries,
        translations: done.translations,
        media: done.media.iter().map(ToString::to_string).collect(),
        damaged: view(&done.damaged),
        damaged_count: done.damaged_count,
        damaged_media: Vec::new(),
    })
}

/// Where an export goes.
pub enum Output {
    /// Standard output.
    Stdout,
    /// One file, gzip'd when its name says so.
    File(PathBuf),
    /// A directory: the lines, gzip'd, and `media/`.
    Directory(PathBuf),
}

impl Output {
    /// The output that an argument means: a file is there already or has the name of one, and any other is a
    /// directory, so that no backup does without its media by a mistake.
    pub fn of(argument: Option<&str>) -> Self {
        let Some(path) = argument.filter(|argument| *argument != "-") else { return Self::Stdout };
        let is_named = [".ndjson", ".jsonl", ".json", ".gz"].iter().any(|end| path.ends_with(end));
        let is_there = Path::new(path).exists();
        if !Path::new(path).is_dir() && (is_there || is_named) {
            Self::File(path.into())
        } else {
            Self::Directory(path.into())
        }
    }

    /// Writes an export. A file is there whole or not at all.
    ///
    /// # Errors
    /// What `lines` says, or a problem with the file.
    pub fn write(
        &self,
        lines: impl FnOnce(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<Report, Problem>,
        media: impl Fn(MediaId) -> Result<Vec<u8>, Problem>,
    ) -> Result<Report, Problem> {
        match self {
            Self::Stdout => {
                let mut out = BufWriter::new(io::stdout().lock());
                let report = lines(&mut |text| out.write_all(text))?;
                out.flush().map_err(|error| Problem::io("standard output", &error))?;
                Ok(report)
            }
            Self::File(path) => write_file(path, lines),
            Self::Directory(directory) => {
                let failed = |error: io::Error| Problem::io(directory.display(), &error);
                fs::create_dir_all(directory.join("media")).map_err(failed)?;
                let mut report = write_file(&directory.join("content.ndjson.gz"), lines)?;
                for id in &report.media {
                    let path = directory.join("media").join(id);
                    // A media file's name is its hash: what is there is it, or was cut short.
                    let id: MediaId = id.parse().map_err(Problem::internal)?;
                    let known = fs::read(&path).is_ok_and(|bytes| MediaId::of(&bytes) == id);
                    if known {
                        continue;
                    }
                    match media(id) {
                        Ok(bytes) => fs::write(&path, bytes).map_err(failed)?,
                        // All that is whole is written.
                        Err(problem) if is_damage(&problem) => {
                            report.damaged_media.push(id.to_string());
                        }
                        Err(problem) => return Err(problem),
                    }
                }
                Ok(report)
            }
        }
    }
}

/// Whether a media file is damaged or missing, and others may be whole.
fn is_damage(problem: &Problem) -> bool {
    matches!(problem.code, Code::StoreDamaged | Code::ObjectUnknown)
}

fn write_file(
    path: &Path,
    lines: impl FnOnce(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<Report, Problem>,
) -> Result<Report, Problem> {
    let failed = |error: io::Error| Problem::io(path.display(), &error);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.ok_or_else(|| {
        Problem::new(Code::RequestMalformed, format!("{} is not a file's name", path.display()))
    })?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let partial = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .tempfile_in(folder)
        .map_err(failed)?;
    let file: File = partial.reopen().map_err(failed)?;
    let report = if name.ends_with(".gz") {
        let mut out =
            flate2::write::GzEncoder::new(BufWriter::new(&file), flate2::Compression::default());
        let report = lines(&mut |text| out.write_all(text))?;
        out.finish().and_then(|mut out| out.flush()).map_err(failed)?;
        report
    } else {
        let mut out = BufWriter::new(&file);
        let report = lines(&mut |text| out.write_all(text))?;
        out.flush().map_err(failed)?;
        report
    };
    file.sync_all().map_err(failed)?;
    partial.persist(path).map_err(|error| failed(error.error))?;
    Ok(report)
}

/// For people; on standard error, where the lines went to standard output.
pub fn print(report: &Report, paper: &mut Paper) {
    paper.line(format!(
        "Exported {} of {} and {}.",
        counted(report.entries, "entry", "entries"),
        report.state,
        counted(report.translations, "translation", "translations")
    ));
    if !report.media.is_empty() {
        paper.line(format!(
            "  They name {}.",
            counted(report.media.len() as u64, "media file", "media files")
        ));
    }
    if report.is_well() {
        return;
    }
    let count = counted(report.damaged_count, "entry or translation", "entries and translations");
    paper.line(paper.ink(Ink::Removed, format!("Damaged and not exported: {count}.")));
    for row in &report.damaged {
        let range = || {
            let after = row.after.as_ref().map(|after| format!(" after {after}"));
            let to = row.to.as_ref().map(|to| format!(" up to {to}"));
            let (after, to) = (after.unwrap_or_default(), to.unwrap_or_default());
            format!("{} not known by name{after}{to}", row.count)
        };
        paper.line(format!("  {}: {}", row.key.clone().unwrap_or_else(range), row.detail));
    }
    if report.damaged.len() < report.damaged_count as usize
        && report.damaged.iter().all(|row| row.key.is_some())
    {
        paper.line("  … and more (`cms verify` tells of all)");
    }
    for id in &report.damaged_media {
        paper.line(format!("  media file {id} can't be read"));
    }
}
