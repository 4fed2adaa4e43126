//! Stores of generated content: built once, opened for each row as that row needs it.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use cms_bench::generator::{Content, Edit, LOCALES, SEED, Shape};
use cms_core::{
    engine::{
        Engine, OperationId,
        local::{LocalEngine, LocalOptions},
    },
    model::{
        canonical, document::Document, key::EntryKey, name::Branch, name::Person,
        snapshot::Snapshot,
    },
    repo::{
        Action, Change, CommitRequest, Committed, ImportLine, ImportOptions, ImportReport,
        MediaSource, NewRepository, PublishRequest, Published, Repository, RepositoryOptions,
        Stamp,
    },
    schema::ContentEngines,
};

use crate::{
    disk::{MeasuredDisk, Sync},
    figure::{say, timed},
};

/// The channel that is published to.
pub(crate) const CHANNEL: &str = "production";

/// Generated content of a size.
pub(crate) fn content(entries_count: u32, locales_count: usize) -> Content {
    Content::new(Shape { entries_count, locales_count, seed: SEED })
}

/// An open store.
pub(crate) struct Store {
    pub(crate) repository: Repository,
    pub(crate) disk: Arc<MeasuredDisk>,
}

/// The folder of a store of one size, and whether it was built completely.
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
}

impl Place {
    pub(crate) fn new(folder: &Path, name: &str) -> Self {
        Self { folder: folder.join(name) }
    }

    fn mark(&self) -> PathBuf {
        self.folder.with_extension("built")
    }

    /// How many locales the store holds; `None` when it does not exist or is half-built.
    fn locales_built(&self) -> Option<usize> {
        fs::read_to_string(self.mark()).ok()?.trim().parse().ok()
    }

    /// Whether an earlier run built it.
    pub(crate) fn is_built(&self) -> bool {
        self.locales_built().is_some()
    }

    fn set_built(&self, locales_count: usize) -> Result<()> {
        Ok(fs::write(self.mark(), locales_count.to_string())?)
    }

    /// Begins a store with another one's content: as a copy if the other one is kept, otherwise by renaming it.
    pub(crate) fn begin_with(&self, other: &Self, keep: bool) -> Result<()> {
        if self.locales_built().is_some() {
            return Ok(());
        }
        self.clear()?;
        if keep {
            copy(&other.folder, &self.folder)?;
            fs::copy(other.mark(), self.mark())?;
        } else {
            fs::rename(&other.folder, &self.folder)?;
            fs::rename(other.mark(), self.mark())?;
        }
        Ok(())
    }

    /// Removes what an earlier run left.
    pub(crate) fn clear(&self) -> Result<()> {
        let _ = fs::remove_file(self.mark());
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        Ok(())
    }

    /// Opens the store, or makes an empty one.
    pub(crate) fn open(&self, sync: Sync) -> Result<Store> {
        let disk = MeasuredDisk::new(sync);
        let repository = open(&self.folder, &disk, RepositoryOptions::default())?;
        Ok(Store { repository, disk })
    }

    /// Reads every file once, so that what follows measures the program and not the disk, as far as memory holds the
    /// files.
    pub(crate) fn warm(&self) -> Result<()> {
        for file in fs::read_dir(&self.folder)? {
            let file = file?;
            if file.file_type()?.is_file() {
                io::copy(&mut fs::File::open(file.path())?, &mut io::sink())?;
            }
        }
        Ok(())
    }

    /// Makes sure that a store of this size and with this many locales exists, imported and published.
    pub(crate) fn build(&self, content: &Content) -> Result<()> {
        let wanted = content.shape().locales_count;
        let built = self.locales_built();
        ensure!(built.is_none_or(|built| built <= wanted), "the store has more locales");
        if built == Some(wanted) {
            return Ok(());
        }
        if built.is_none() {
            self.clear()?;
        }
        let store = self.open(Sync::None)?;
        let n = content.shape().entries_count;
        let first = built.unwrap_or(0);
        let (done, time) = timed(|| -> Result<()> {
            if built.is_none() {
                let (imported, import_time) = timed(|| store.import(&mut source_lines(content)));
                imported?;
                let (published, publish_time) = timed(|| store.publish());
                published?;
                say(format_args!("import {import_time:.1?}, publish {publish_time:.1?}"));
            }
            // Locale by locale, so that the memory of an import stays small.
            for locale in first..wanted {
                let (imported, import_time) =
                    timed(|| store.import(&mut locale_lines(content, locale)));
                imported?;
                let (published, publish_time) = timed(|| store.publish());
                let made = published?.report.delivered.added;
                say(format_args!(
                    "locale {locale}: import {import_time:.1?}, publish of {made} {publish_time:.1?}"
                ));
            }
            Ok(())
        });
        done?;
        drop(store);
        self.set_built(wanted)?;
        say(format_args!("a store of {n} entries and {wanted} locales in {time:.1?}"));
        Ok(())
    }
}

/// Opens the repository in a folder, or makes an empty one there.
pub(crate) fn open(
    folder: &Path,
    disk: &Arc<MeasuredDisk>,
    options: RepositoryOptions,
) -> Result<Repository> {
    let local = LocalOptions { disk: disk.clone(), ..LocalOptions::new(folder) };
    let engine: Arc<dyn Engine> = Arc::new(LocalEngine::open(local)?);
    if engine.spaces()?.is_empty() {
        let new = NewRepository {
            salt: [7; 32],
            secret: [8; 32],
            source_locale: "en".parse().expect("a locale"),
            schemas: schemas()?,
            stamp: stamp("begin"),
        };
        return Ok(Repository::create(engine, new)?
            .with_content_engines(ContentEngines::unjudged("perseus")));
    }
    Ok(Repository::open(engine, options)?.with_content_engines(ContentEngines::unjudged("perseus")))
}

/// The kinds that ship.
pub(crate) fn schemas() -> Result<Vec<(cms_core::model::key::Kind, serde_json::Value)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let mut schemas = Vec::new();
    for file in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(kind) = name.strip_suffix(".schema.json") {
            schemas.push((kind.parse()?, canonical::parse(&fs::read(&path)?)?));
        }
    }
    ensure!(!schemas.is_empty(), "{} holds no schemas", folder.display());
    Ok(schemas)
}

fn import_line((index, text): (usize, String)) -> io::Result<ImportLine> {
    Ok(ImportLine { number: index as u64 + 1, source: "generated".into(), text: text.into() })
}

/// The entries, and the locales that translations come in.
pub(crate) fn source_lines(content: &Content) -> impl Iterator<Item = io::Result<ImportLine>> + '_ {
    let sources = content.lines().filter(|line| line.locale.is_none());
    sources.map(|line| line.to_ndjson()).enumerate().map(import_line)
}

/// The translations into one locale; the first time with the locale's own entry.
fn locale_lines(
    content: &Content,
    locale: usize,
) -> impl Iterator<Item = io::Result<ImportLine>> + '_ {
    let (tag, ..) = LOCALES[locale];
    let locale_entries =
        content.lines().take(content.shape().locales_count).map(|line| line.to_ndjson());
    let translations = (0..content.shape().entries_count).filter_map(move |entry| {
        let document = content.translation(entry, locale)?;
        let key = content.key(entry);
        Some(format!("{{\"key\":\"{key}\",\"locale\":\"{tag}\",\"document\":{document}}}"))
    });
    locale_entries.chain(translations).enumerate().map(import_line)
}

/// An import without media.
pub(crate) struct NoMedia;

impl MediaSource for NoMedia {
    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn bytes(&self, name: &str) -> io::Result<Vec<u8>> {
        Err(io::Error::new(io::ErrorKind::NotFound, name.to_owned()))
    }
}

/// A writer's stamp that is never the same twice, even across runs.
pub(crate) fn stamp(message: &str) -> Stamp {
    let number = fresh_number();
    let mut operation = [0; 16];
    operation[..8].copy_from_slice(&number.to_be_bytes());
    operation[8..12].copy_from_slice(&std::process::id().to_be_bytes());
    Stamp {
        author: Person::recorded("bench"),
        time_ms: number / 1_000_000,
        message: message.to_owned(),
        operation: OperationId(operation),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    }
}

/// A number that no earlier call returned, in this run or another.
pub(crate) fn fresh_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
    LAST.fetch_max(now, Ordering::Relaxed);
    LAST.fetch_add(1, Ordering::Relaxed)
}

impl Store {
    /// Imports lines as one commit to `main`.
    pub(crate) fn import(
        &self,
        lines: &mut dyn Iterator<Item = io::Result<ImportLine>>,
    ) -> Result<ImportReport> {
        let options = ImportOptions {
            branch: Branch::Main,
            skip_invalid: false,
            prune: false,
            prune_at_most: Default::default(),
            stamp: stamp("import"),
        };
        let media = NoMedia;
        Ok(self.repository.import(lines, &media, &options, &mut |_| {})?)
    }

    /// Publishes `main`.
    pub(crate) fn publish(&self) -> Result<Published> {
        let request = PublishRequest {
            target: None,
            only: Vec::new(),
            strict: false,
            may_empty: false,
            plan: None,
            stamp: stamp("publish"),
        };
        let published = self.repository.channel(&CHANNEL.parse()?)?.publish(&request)?;
        ensure!(published.report.held_back_count == 0, "entries are held back");
        Ok(published)
    }

    /// Commits new versions of entries to a branch.
    pub(crate) fn commit(&self, branch: &Branch, changes: Vec<Change>) -> Result<Committed> {
        let request =
            CommitRequest { branch: branch.clone(), expected: None, changes, stamp: stamp("edit") };
        Ok(self.repository.commit(request)?)
    }

    /// The snapshot that the channel is at.
    pub(crate) fn snapshot(&self) -> Result<Snapshot> {
        snapshot(&self.repository)
    }
}

/// The snapshot that the channel is at.
pub(crate) fn snapshot(repository: &Repository) -> Result<Snapshot> {
    let head =
        repository.delivery().channel_head(&CHANNEL.parse()?)?.context("nothing is published")?;
    repository.delivery().snapshot(head.snapshot)?.context("the snapshot is missing")
}

/// Entries to change, in a pseudo-random order, and their new documents.
pub(crate) struct Edits<'a> {
    content: &'a Content,
    exercises: Vec<u32>,
    next: usize,
}

impl<'a> Edits<'a> {
    pub(crate) fn new(content: &'a Content) -> Self {
        let exercises: Vec<u32> = content.exercises().collect();
        // Another start in each run, so that runs on a kept store do not edit the same entries.
        let next = fresh_number() as usize % exercises.len();
        Self { content, exercises, next }
    }

    /// The next exercise, far from the last one.
    pub(crate) fn entry(&mut self) -> u32 {
        // A stride near the golden ratio visits a list of any length evenly.
        let count = self.exercises.len();
        self.next = (self.next + (count as f64 * 0.618_034) as usize + 1) % count;
        self.exercises[self.next]
    }

    /// A change of one entry.
    pub(crate) fn change(&self, entry: u32, edit: fn(u64) -> Edit) -> Result<Change> {
        let document = self.content.document(entry, edit(fresh_number()));
        let key = self.content.key(entry).parse()?;
        Ok(Change { key, action: Action::Put(Document::parse(document.as_bytes())) })
    }

    /// This many different exercises.
    pub(crate) fn entries(&mut self, count: usize) -> BTreeSet<u32> {
        let mut entries = BTreeSet::new();
        while entries.len() < count {
            entries.insert(self.entry());
        }
        entries
    }

    /// Changes of this many different exercises.
    pub(crate) fn changes(&mut self, count: usize, edit: fn(u64) -> Edit) -> Result<Vec<Change>> {
        self.entries(count).into_iter().map(|entry| self.change(entry, edit)).collect()
    }

    /// The key of the next exercise.
    pub(crate) fn key(&mut self) -> Result<EntryKey> {
        let entry = self.entry();
        Ok(self.content.key(entry).parse()?)
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let target = to.join(file.file_name());
        if file.file_type()?.is_dir() {
            copy(&file.path(), &target)?;
        } else {
            fs::copy(file.path(), target)?;
        }
    }
    Ok(())
}

/// Total sizes of all files below a folder, with those of folders of one name counted separately: (others, those).
pub(crate) fn size_bytes(folder: &Path, apart: &str) -> Result<(u64, u64)> {
    let mut sizes = (0, 0);
    for file in fs::read_dir(folder)? {
        let file = file?;
        let below = if file.file_type()?.is_dir() {
            let (others, those) = size_bytes(&file.path(), apart)?;
            others + those
        } else {
            file.metadata()?.len()
        };
        if file.file_name() == apart {
            sizes.1 += below;
        } else {
            sizes.0 += below;
        }
    }
    Ok(sizes)
}
