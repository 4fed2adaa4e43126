//! A small world to test in: a repository with the kinds that ship, and short ways to say things.

use std::ops::ControlFlow;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cms_core::{
    engine::{Engine, OperationId, memory::MemoryEngine},
    map::Salt,
    model::{
        document::Document,
        id::MediaId,
        key::{EntryKey, Kind, Locale},
        name::Branch,
        snapshot::Snapshot,
    },
    repo::{
        Action, Change, Channel, CommitError, CommitRequest, Committed, Drafts, History,
        ImportError, ImportLine, ImportOptions, ImportReport, MediaSource, NewRepository, Plan,
        PruneAtMost, PublishError, PublishRequest, Published, Repository, RepositoryOptions,
        RetireRequest, Reviews, RollbackRequest, Stamp, State, UnpublishRequest,
    },
};
use serde_json::{Value, json};

pub(crate) struct World {
    pub(crate) repository: Repository,
    clock: AtomicU64,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

pub(crate) fn schemas() -> Vec<(Kind, Value)> {
    let mut schemas = Vec::new();
    for file in std::fs::read_dir(root().join("schemas")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let kind = name.strip_suffix(".schema.json").unwrap().parse().unwrap();
        schemas.push((kind, serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()));
    }
    schemas.sort_by(|a: &(Kind, Value), b| a.0.cmp(&b.0));
    schemas
}

pub(crate) fn key(text: &str) -> EntryKey {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn channel(repository: &Repository, name: &str) -> Channel {
    repository.channel(&name.parse().unwrap()).unwrap()
}

pub(crate) fn locale(text: &str) -> Locale {
    text.parse().unwrap()
}

impl World {
    pub(crate) fn new() -> Self {
        Self::over(Arc::new(MemoryEngine::default()))
    }

    pub(crate) fn over(engine: Arc<dyn Engine>) -> Self {
        let clock = AtomicU64::new(1);
        let stamp = stamp(&clock, "seed");
        let new = NewRepository {
            salt: [7; 32],
            secret: [8; 32],
            source_locale: locale("en"),
            schemas: schemas(),
            stamp,
        };
        let repository = Repository::create(engine, new).unwrap();
        Self { repository: repository.with_content_engines(super::playing::engines()), clock }
    }

    /// A world over the content of an engine, long after.
    pub(crate) fn reopened(engine: Arc<dyn Engine>) -> Self {
        let repository = Repository::open(engine, RepositoryOptions::default()).unwrap();
        let clock = AtomicU64::new(1_000_000);
        Self { repository: repository.with_content_engines(super::playing::engines()), clock }
    }

    pub(crate) fn stamp(&self, message: &str) -> Stamp {
        stamp(&self.clock, message)
    }

    pub(crate) fn commit(
        &self,
        changes: &[(&str, Option<Value>)],
    ) -> Result<Committed, CommitError> {
        let changes = changes
            .iter()
            .map(|(text, document)| Change {
                key: key(text),
                action: match document {
                    Some(document) => Action::Put(Document::parse(document.to_string().as_bytes())),
                    None => Action::Delete,
                },
            })
            .collect();
        let stamp = self.stamp("a test");
        self.repository.commit(CommitRequest {
            branch: Branch::Main,
            expected: None,
            changes,
            stamp,
        })
    }

    pub(crate) fn put(&self, text: &str, document: Value) -> Committed {
        self.commit(&[(text, Some(document))]).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// Adds a language.
    pub(crate) fn speak(&self, language: &str) {
        let spoken = language_line(language);
        self.put(spoken["key"].as_str().unwrap(), spoken["document"].clone());
    }

    pub(crate) fn try_import(
        &self,
        lines: &[Value],
        change: impl FnOnce(&mut ImportOptions),
    ) -> Result<ImportReport, ImportError> {
        let texts: Vec<_> = lines.iter().map(|line| line.to_string().into_bytes()).collect();
        self.import_texts(texts, &Directory::default(), change)
    }

    pub(crate) fn import_texts(
        &self,
        texts: Vec<Vec<u8>>,
        media: &dyn MediaSource,
        change: impl FnOnce(&mut ImportOptions),
    ) -> Result<ImportReport, ImportError> {
        let mut options = ImportOptions {
            branch: Branch::Main,
            skip_invalid: false,
            prune: false,
            prune_at_most: PruneAtMost::default(),
            stamp: self.stamp("an import"),
        };
        change(&mut options);
        let mut lines = texts.into_iter().zip(1..).map(|(text, number)| {
            Ok::<_, io::Error>(ImportLine { number, source: "test.ndjson".into(), text })
        });
        self.repository.import(&mut lines, media, &options, &mut |_| {})
    }

    pub(crate) fn import(&self, lines: &[Value]) -> ImportReport {
        self.try_import(lines, |_| {}).unwrap_or_else(|error| panic!("{error}: {error:#?}"))
    }

    pub(crate) fn drafts(&self) -> Drafts<'_> {
        self.repository.drafts()
    }

    pub(crate) fn reviews(&self) -> Reviews<'_> {
        self.repository.reviews()
    }

    pub(crate) fn history(&self) -> History<'_> {
        self.repository.history()
    }

    /// The channel on which these tests usually publish.
    pub(crate) fn production(&self) -> Channel {
        self.channel("production")
    }

    pub(crate) fn channel(&self, name: &str) -> Channel {
        channel(&self.repository, name)
    }

    pub(crate) fn request(&self) -> PublishRequest {
        PublishRequest {
            target: Some("main".into()),
            only: Vec::new(),
            strict: false,
            may_empty: false,
            plan: None,
            stamp: self.stamp("go"),
        }
    }

    pub(crate) fn publish(&self) -> Published {
        self.production()
            .publish(&self.request())
            .unwrap_or_else(|error| panic!("{error}: {error:#?}"))
    }

    pub(crate) fn publish_only(&self, keys: &[&str]) -> Result<Published, PublishError> {
        self.production().publish(&PublishRequest {
            only: keys.iter().map(|k| key(k)).collect(),
            ..self.request()
        })
    }

    pub(crate) fn plan(&self) -> Plan {
        self.production().plan(&self.request()).unwrap()
    }

    pub(crate) fn try_roll_back(&self, to: &str, only: &[&str]) -> Result<Published, PublishError> {
        self.production().rollback(&RollbackRequest {
            seen: None,
            to: to.into(),
            only: only.iter().map(|k| key(k)).collect(),
            stamp: self.stamp("back"),
        })
    }

    pub(crate) fn roll_back(&self, to: &str, only: &[&str]) -> Published {
        self.try_roll_back(to, only).unwrap()
    }

    pub(crate) fn main(&self) -> State {
        self.repository.resolve("main").unwrap()
    }

    /// The delivered document of an entry at the head of production.
    pub(crate) fn delivered(&self, text: &str, in_locale: &str) -> Option<Value> {
        let head =
            self.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap()?;
        let snapshot = self.repository.delivery().snapshot(head.snapshot).unwrap()?;
        let row = self
            .repository
            .delivery()
            .delivered(&snapshot, &key(text), Some(&locale(in_locale)))
            .unwrap()?;
        let object = self.repository.delivery().object(row.object.object_id()).unwrap()?;
        Some(serde_json::from_slice(object.bytes()).unwrap())
    }

    pub(crate) fn unpublish_request(&self, keys: &[&str]) -> UnpublishRequest {
        UnpublishRequest {
            seen: None,
            keys: keys.iter().map(|k| key(k)).collect(),
            may_empty: false,
            stamp: self.stamp("off"),
        }
    }

    pub(crate) fn unpublish(&self, keys: &[&str]) -> Result<Published, PublishError> {
        self.production().unpublish(&self.unpublish_request(keys))
    }

    pub(crate) fn retire(
        &self,
        keys: &[&str],
        replaced_by: Option<&str>,
    ) -> Result<Published, PublishError> {
        self.production().retire(&RetireRequest {
            seen: None,
            keys: keys.iter().map(|k| key(k)).collect(),
            replaced_by: replaced_by.map(key),
            may_empty: false,
            stamp: self.stamp("for good"),
        })
    }

    /// A channel on which nothing has been published yet.
    pub(crate) fn fresh_channel(&self) -> Channel {
        self.channel(&format!("fresh-{}", self.stamp("").time_ms))
    }

    /// A snapshot that delivers nothing.
    pub(crate) fn empty_snapshot(&self) -> Snapshot {
        let root = cms_core::map::build(&mut Vec::new(), Salt([7; 32]), []).unwrap();
        Snapshot {
            channel: "production".parse().unwrap(),
            sequence: 0,
            parent: None,
            time_ms: 0,
            delivered: root,
            routes: root,
            source_locale: locale("en"),
            kinds: Vec::new(),
            locales: Vec::new(),
        }
    }

    /// The root of what production delivers, which identifies all of it.
    pub(crate) fn delivered_root(&self) -> String {
        let head = self
            .repository
            .delivery()
            .channel_head(&"production".parse().unwrap())
            .unwrap()
            .unwrap();
        self.repository.delivery().snapshot(head.snapshot).unwrap().unwrap().delivered.to_string()
    }

    pub(crate) fn verify(&self) {
        let report = self.repository.verify(&mut |_| ControlFlow::Continue(())).unwrap();
        assert!(report.ok, "{report:#?}");
    }

    pub(crate) fn export(&self, state: &State) -> Vec<Value> {
        let mut lines = Vec::new();
        self.repository
            .export(state, &mut |line| {
                lines.push(serde_json::to_value(line).unwrap());
                Ok(())
            })
            .unwrap();
        lines
    }
}

fn stamp(clock: &AtomicU64, message: &str) -> Stamp {
    let now = clock.fetch_add(1, Ordering::Relaxed);
    let mut operation = [0; 16];
    operation[..8].copy_from_slice(&now.to_be_bytes());
    Stamp {
        author: "ana".parse().unwrap(),
        time_ms: now,
        message: message.into(),
        operation: OperationId(operation),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    }
}

/// The media of an import directory.
#[derive(Default)]
pub(crate) struct Directory {
    ids: BTreeMap<String, MediaId>,
    path: PathBuf,
}

impl Directory {
    pub(crate) fn of(path: PathBuf) -> Self {
        let mut ids = BTreeMap::new();
        for file in std::fs::read_dir(&path).unwrap() {
            let file = file.unwrap().path();
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            ids.insert(name, MediaId::of(&std::fs::read(&file).unwrap()));
        }
        Self { ids, path }
    }
}

impl Directory {
    /// The ids of the files, by name.
    pub(crate) fn ids(&self) -> &BTreeMap<String, MediaId> {
        &self.ids
    }
}

impl MediaSource for Directory {
    fn names(&self) -> Vec<String> {
        self.ids.keys().cloned().collect()
    }

    fn bytes(&self, name: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.path.join(name))
    }
}

/// The lines of a directory with one document per file: `KIND/ID.json`, `KIND/ID@LOCALE.json`.
pub(crate) fn lines_of(directory: &Path) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut folders: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders.into_iter().filter(|path| path.is_dir() && !path.ends_with("media")) {
        let kind = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let mut files: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let id = file.file_stem().unwrap().to_str().unwrap();
            let document: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            lines.push(
                json!({"key": format!("{kind}/{id}"), "document": document})
                    .to_string()
                    .into_bytes(),
            );
        }
    }
    lines
}

pub(crate) fn container(title: &str, children: &[&str]) -> Value {
    json!({"title": title, "slug": title.to_lowercase().replace(' ', "-"), "children": children})
}

pub(crate) fn video(title: &str) -> Value {
    json!({"title": title, "slug": title.to_lowercase().replace(' ', "-"), "youtube_id": "abcdefghijk", "duration_s": 60})
}

pub(crate) fn exercise(title: &str, question: &str) -> Value {
    json!({
        "title": title,
        "slug": title.to_lowercase().replace(' ', "-"),
        "items": [{
            "id": "i1",
            "question": {"content": format!("{question}\n\n[[☃ numeric-input 1]]"), "images": {}, "widgets": {
                "numeric-input 1": {"type": "numeric-input", "options": {"answers": [{"value": 4, "status": "correct"}]}}
            }},
            "hints": [{"content": "Count on your fingers.", "images": {}, "widgets": {}}],
            "answerArea": {}
        }],
    })
}

pub(crate) fn line(key: &str, document: Value) -> Value {
    json!({"key": key, "locale": null, "document": document})
}

/// The line of a language.
pub(crate) fn language_line(tag: &str) -> Value {
    let policy = json!({"untranslated": "last-whole"});
    let names = json!({"name": tag, "english_name": tag, "direction": "ltr", "policy": policy});
    line(&format!("locale/{}", tag.to_lowercase()), names)
}

/// A course of two units, three lessons, and one video with two places.
pub(crate) fn course() -> Vec<Value> {
    vec![
        line("topic/root", container("Home", &["course/c"])),
        line("course/c", container("Counting", &["unit/u1", "unit/u2"])),
        line("unit/u1", container("First", &["lesson/l1", "lesson/l2"])),
        line("unit/u2", container("Second", &["lesson/l3"])),
        line("lesson/l1", container("One", &["exercise/e1", "video/v"])),
        line("lesson/l2", container("Two", &["exercise/e2"])),
        line("lesson/l3", container("Three", &["video/v", "exercise/e3"])),
        line("exercise/e1", exercise("Add", "What is two and two?")),
        line("exercise/e2", exercise("Double", "What is twice two?")),
        line("exercise/e3", exercise("Square", "What is two squared?")),
        line("video/v", video("Watch")),
    ]
}
