//! Where an export goes: standard output, one file, or a directory with its media.
//!
//! Invariants:
//! 1. A file or directory with the requested name is complete. Until then it is next to that place, under a name that
//!    begins with a dot and says that it is unfinished, and it is removed when the export ends early or is stopped.
//! 2. In a directory that existed before, media are put into their places before the lines that name them; everything
//!    else in it stays.
//! 3. An export of a damaged store that lacks something never replaces an earlier one, which may be the last complete
//!    export: it is put next to it.
//! 4. The user's umask decides who may read an export; a file that existed before keeps its mode.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use cms_core::model::id::MediaId;

use crate::{
    problem::{Code, Problem},
    process::{stdout, stop::Begun},
    store::private,
    verbs::export::Report,
};

/// The suffix of the name of an export that lacks something.
const DAMAGED: &str = ".damaged";
/// The file with the lines, in a directory.
const CONTENT: &str = "content.ndjson.gz";
const MEDIA: &str = "media";

/// Where an export goes.
#[derive(Debug)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// Something existing that is not a file that could be replaced: a pipe, a device.
    Stream(PathBuf),
    /// One file, gzip'd when its name says so.
    File(PathBuf),
    /// A directory: the lines, gzip'd, and `media/`.
    Directory(PathBuf),
}

/// Writes the lines piece by piece, and reports on them.
pub trait Lines:
    FnOnce(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<Report, Problem>
{
}
impl<F> Lines for F where
    F: FnOnce(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<Report, Problem>
{
}

impl Output {
    /// The output that an argument means: an existing file, or a name like a file's, is a file. Any other argument is a
    /// directory, so that no backup lacks its media by mistake.
    pub fn of(argument: Option<&str>) -> Self {
        let Some(path) = argument.filter(|argument| *argument != "-") else { return Self::Stdout };
        let is_named = [".ndjson", ".jsonl", ".json", ".gz"].iter().any(|end| path.ends_with(end));
        // A link stays a link: the file that it leads to is replaced.
        let place = fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
        match fs::metadata(&place) {
            Ok(about) if about.is_dir() => Self::Directory(place),
            Ok(about) if about.is_file() => Self::File(place),
            Ok(_) => Self::Stream(place),
            Err(_) if is_named => Self::File(place),
            Err(_) => Self::Directory(place),
        }
    }

    /// Writes an export. The result is complete, or does not exist at all.
    ///
    /// # Errors
    /// The error of `lines`, or a problem with the file.
    pub fn write(
        &self,
        lines: impl Lines,
        media: impl Fn(MediaId) -> Result<Vec<u8>, Problem>,
    ) -> Result<Report, Problem> {
        match self {
            Self::Stdout => {
                stdout::take();
                let mut out = BufWriter::new(io::stdout().lock());
                let report = lines(&mut |text| out.write_all(text))?;
                out.flush().map_err(|error| Problem::io("standard output", &error))?;
                Ok(report)
            }
            Self::Stream(path) => {
                let failed = |error: io::Error| Problem::io(path.display(), &error);
                let file = File::options().write(true).open(path).map_err(failed)?;
                fill(&file, path, lines)
            }
            Self::File(path) => write_file(path, lines),
            Self::Directory(directory) if directory.is_dir() => {
                let beside = beside(directory, &directory.join("export"), Form::Directory)?;
                let mut report = write_directory(beside.path(), lines, media, Some(directory))?;
                let content = free_place(&directory.join(CONTENT), &mut report);
                bring_over(beside.path(), directory, &content)
                    .map_err(|error| Problem::io(directory.display(), &error))?;
                Ok(report)
            }
            Self::Directory(directory) => {
                let beside = beside(&folder_of(directory), directory, Form::Directory)?;
                let report = write_directory(beside.path(), lines, media, None)?;
                into_place(beside.path(), directory)
                    .map_err(|error| Problem::io(directory.display(), &error))?;
                Ok(report)
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    File,
    Directory,
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Something unfinished in a folder, which is to be moved to a path.
fn beside(folder: &Path, path: &Path, form: Form) -> Result<Begun, Problem> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.ok_or_else(|| {
        Problem::new(Code::RequestMalformed, format!("{} is not a file's name", path.display()))
    })?;
    let prefix = format!(".{name}.unfinished-");
    let make = || {
        private::make_shared(folder)?;
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix(&prefix);
        match form {
            Form::File => Ok(builder.tempfile_in(folder)?.into_temp_path().keep()?),
            Form::Directory => {
                let made = builder.tempdir_in(folder)?.keep();
                private::share_directory(&made)?;
                Ok(made)
            }
        }
    };
    Begun::make(make).map_err(|error| Problem::io(path.display(), &error))
}

fn write_file(path: &Path, lines: impl Lines) -> Result<Report, Problem> {
    let failed = |error: io::Error| Problem::io(path.display(), &error);
    let beside = beside(&folder_of(path), path, Form::File)?;
    let file = File::options().write(true).open(beside.path()).map_err(failed)?;
    let mut report = fill(&file, path, lines)?;
    let path = &free_place(path, &mut report);
    let mode = match fs::metadata(path) {
        Ok(before) => fs::set_permissions(beside.path(), before.permissions()),
        Err(_) => private::share_file(beside.path()),
    };
    mode.and_then(|()| file.sync_all())
        .and_then(|()| into_place(beside.path(), path))
        .map_err(failed)?;
    Ok(report)
}

/// Where an export is put: at its name, unless it lacks something and an earlier one exists.
fn free_place(path: &Path, report: &mut Report) -> PathBuf {
    if report.is_whole() || !path.exists() {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(DAMAGED);
    let place = PathBuf::from(name);
    report.written_beside = Some(place.display().to_string());
    place
}

fn into_place(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    File::open(folder_of(to))?.sync_all()
}

/// Writes the lines into a file, gzip'd when the name says so.
fn fill(mut file: &File, name: &Path, lines: impl Lines) -> Result<Report, Problem> {
    let failed = |error: io::Error| Problem::io(name.display(), &error);
    let report;
    if name.extension().is_some_and(|ending| ending == "gz") {
        let out = BufWriter::new(file);
        let mut out = flate2::write::GzEncoder::new(out, flate2::Compression::default());
        report = lines(&mut |text| out.write_all(text))?;
        out.finish().and_then(|mut out| out.flush()).map_err(failed)?;
    } else {
        let mut out = BufWriter::new(file);
        report = lines(&mut |text| out.write_all(text))?;
        out.flush().map_err(failed)?;
    }
    file.flush().map_err(failed)?;
    Ok(report)
}

/// Writes lines and media, except those media that `known` already has.
fn write_directory(
    directory: &Path,
    lines: impl Lines,
    media: impl Fn(MediaId) -> Result<Vec<u8>, Problem>,
    known: Option<&Path>,
) -> Result<Report, Problem> {
    let failed = |error: io::Error| Problem::io(directory.display(), &error);
    let mut report = write_file(&directory.join(CONTENT), lines)?;
    private::make_shared(&directory.join(MEDIA)).map_err(failed)?;
    for id in &report.media {
        let name = Path::new(MEDIA).join(id);
        let id: MediaId = id.parse().map_err(Problem::internal)?;
        // A media file's name is its hash, so an existing file is that file, or was cut short.
        let is_it = |known: &Path| fs::read(known).is_ok_and(|bytes| MediaId::of(&bytes) == id);
        if known.is_some_and(|known| is_it(&known.join(&name))) {
            continue;
        }
        let path = directory.join(&name);
        let bytes = match media(id) {
            Ok(bytes) => bytes,
            // Everything that is whole is still written.
            Err(problem) if is_damage(&problem) => {
                report.damaged_media.push(id.to_string());
                continue;
            }
            Err(problem) => return Err(problem),
        };
        let mut file = File::create_new(&path).map_err(failed)?;
        let written = file.write_all(&bytes).and_then(|()| private::share_file(&path));
        written.and_then(|()| file.sync_all()).map_err(failed)?;
    }
    File::open(directory.join(MEDIA)).and_then(|media| media.sync_all()).map_err(failed)?;
    Ok(report)
}

/// Whether the problem is that one media file is damaged or missing, while others may be whole.
fn is_damage(problem: &Problem) -> bool {
    matches!(problem.code, Code::StoreDamaged | Code::ObjectUnknown)
}

/// Moves what was written next to an existing directory into it, the lines to their place there.
fn bring_over(from: &Path, directory: &Path, content: &Path) -> io::Result<()> {
    private::make_shared(&directory.join(MEDIA))?;
    for file in fs::read_dir(from.join(MEDIA))? {
        let file = file?;
        fs::rename(file.path(), directory.join(MEDIA).join(file.file_name()))?;
    }
    File::open(directory.join(MEDIA))?.sync_all()?;
    if let Ok(before) = fs::metadata(content) {
        fs::set_permissions(from.join(CONTENT), before.permissions())?;
    }
    into_place(&from.join(CONTENT), content)
}
