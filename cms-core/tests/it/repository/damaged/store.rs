//! A small store, everything that it answers while it is whole, and the same store with a byte flipped.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    path::PathBuf,
    sync::Arc,
};

use cms_core::{
    engine::{
        conformance::{document, transaction},
        faulty::SimDisk,
        local::{Access, Derived, LocalEngine, LocalOptions, Upkeep},
    },
    model::{
        id::{CommitId, MediaId, ObjectId, SnapshotId},
        key::EntryKey,
        object::{ObjectKind, Space},
    },
    repo::{
        DamageRow, ExportReport, NewReview, OpenError, Repository, RepositoryOptions, ReviewId,
        ScheduleRequest, ScheduleStep, ScheduleVerb, State, VerifyReport,
    },
};
use serde_json::{Value, json};

use crate::repository::{
    drafting::{begin, save},
    playing,
    world::{Directory, World, container, key, line, video},
};

/// A path where there can be no sled, so that the files are all there is.
const NO_SLED: &str = "/dev/null/sled";
/// A record's header, before an object's bytes.
const HEADER_SIZE_BYTES: usize = 48;
const VTT: &str = "WEBVTT\n\n00:00:00.000 --> 00:00:05.000\nHello\n";
const JOURNAL_SIZE_BYTES: u64 = 60_000;
/// Enough videos that maps have several leaves.
const VIDEOS: usize = 120;

fn options(disk: &SimDisk) -> LocalOptions {
    LocalOptions {
        directory: PathBuf::from("/store"),
        cell_index_directory: NO_SLED.into(),
        disk: Arc::new(disk.clone()),
        journal_size_bytes_max: JOURNAL_SIZE_BYTES,
        derived: Derived::Use,
        upkeep: Upkeep::Inline,
        access: Access::Write,
    }
}

pub(super) fn opened(disk: &SimDisk) -> Result<Repository, OpenError> {
    let engine = LocalEngine::open(options(disk)).unwrap_or_else(|error| panic!("{error}"));
    let repository = Repository::open(Arc::new(engine), RepositoryOptions::default())?;
    Ok(repository.with_content_engines(playing::engines()))
}

/// The lines of an export, or the documents that learners get.
pub(super) type Lines = BTreeMap<(EntryKey, String), Value>;

/// A small store, and everything that it answers while it is whole.
pub(super) struct Whole {
    pub(super) disk: SimDisk,
    pub(super) draft: String,
    pub(super) review: ReviewId,
    pub(super) schedule: String,
    /// The heads of `main` and of the draft.
    pub(super) main: CommitId,
    pub(super) lines: Lines,
    pub(super) media: MediaId,
    /// The deliveries of production, the first one first.
    pub(super) snapshots: Vec<(SnapshotId, BTreeMap<EntryKey, ObjectId>)>,
}

fn watch(number: usize) -> (String, Value) {
    (format!("video/w{number:03}"), video(&format!("Watch {number}")))
}

/// Such a store with everything sealed, because in a journal a damaged frame also costs its changes of cells.
pub(super) fn whole() -> Whole {
    made(true)
}

pub(super) fn made(is_sealed: bool) -> Whole {
    let disk = SimDisk::new(7);
    let engine = LocalEngine::open(options(&disk)).unwrap();
    let world = World::over(Arc::new(engine));
    let files = tempfile::tempdir().unwrap();
    std::fs::write(files.path().join("c.vtt"), VTT).unwrap();
    let names: Vec<String> = (0..VIDEOS).map(|number| watch(number).0).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).chain(["video/v"]).collect();
    let mut captioned = video("Watch");
    captioned["captions"] = json!([{"locale": "en", "media": "media/c.vtt"}]);
    let mut lines = vec![
        line("topic/root", container("Home", &["course/c"])),
        line("course/c", container("Counting", &["unit/u1"])),
        line("unit/u1", container("First", &["lesson/l1", "lesson/l2"])),
        line("lesson/l1", container("One", &names[..VIDEOS / 2])),
        line("lesson/l2", container("Two", &names[VIDEOS / 2..])),
        line("video/v", captioned),
    ];
    lines.extend((0..VIDEOS).map(watch).map(|(key, document)| line(&key, document)));
    let texts = lines.iter().map(|line| line.to_string().into_bytes()).collect();
    world.import_texts(texts, &Directory::of(files.path().to_owned()), |_| {}).unwrap();
    world.speak("es");
    world.import(&[json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}})]);
    world.publish();
    world.put("video/w007", video("Seven"));
    world.publish();
    let draft = begin(&world, "Titles").draft;
    save(&world, &draft, "video/w008", &video("Eight"));
    let review = NewReview {
        draft: draft.clone(),
        title: "Please look".into(),
        description: String::new(),
        reviewers: vec!["rob".parse().unwrap()],
        stamp: world.stamp("open"),
    };
    let review = world.reviews().open(review).unwrap().row.review;
    world.put("video/w009", video("Nine"));
    let schedule = world.repository.schedule(&ScheduleRequest {
        channel: "production".parse().unwrap(),
        step: ScheduleStep {
            verb: ScheduleVerb::Publish,
            target: "main".into(),
            keys: vec![key("video/w009")],
            replaced_by: None,
        },
        then: Vec::new(),
        at: "1970-01-01T01:16:40[Europe/Berlin]".parse().unwrap(),
        stamp: world.stamp("soon"),
    });
    let State::Commit(main) = world.main() else { panic!("a commit") };
    let repository = &world.repository;
    let rows = repository.snapshots(&"production".parse().unwrap(), None, 10).unwrap();
    let snapshots = rows.iter().rev().map(|row| {
        let snapshot = repository.delivery().snapshot(row.snapshot).unwrap().unwrap();
        let page = repository.delivery().delivered_page(&snapshot, None, None, None, 1000).unwrap();
        let objects = page.rows.into_iter().map(|(key, row)| (key, row.object.object_id()));
        (row.snapshot, objects.collect())
    });
    let snapshots = snapshots.collect();
    let (lines, report) = exported(repository, main).unwrap();
    assert_eq!(report.media, [MediaId::of(VTT.as_bytes())]);
    let whole = Whole {
        draft: draft.branch().to_string(),
        review,
        schedule: schedule.unwrap().schedule.id,
        main,
        lines,
        media: MediaId::of(VTT.as_bytes()),
        snapshots,
        disk,
    };
    let report = verified(repository);
    assert_eq!(real(&report), Vec::<&DamageRow>::new());
    for number in 0..3 * u8::from(is_sealed) {
        let filler = document(vec![number; JOURNAL_SIZE_BYTES as usize]);
        let filler = transaction(world.stamp("").operation).adding(Space::Source, filler);
        repository.engine().commit(vec![filler]).unwrap();
    }
    drop(world);
    whole
}

pub(super) fn exported(
    repository: &Repository,
    commit: CommitId,
) -> Result<(Lines, ExportReport), cms_core::repo::ExportError> {
    let mut lines = Lines::new();
    let report = repository.export(&State::Commit(commit), &mut |line| {
        let locale = line.locale.as_ref().map(ToString::to_string).unwrap_or_default();
        lines.insert((line.key.clone(), locale), serde_json::to_value(line).unwrap());
        Ok(())
    })?;
    Ok((lines, report))
}

pub(super) fn verified(repository: &Repository) -> VerifyReport {
    repository.verify(&mut |_| ControlFlow::Continue(())).unwrap()
}

/// The reported damages, except that there is no sled here.
pub(super) fn real(report: &VerifyReport) -> Vec<&DamageRow> {
    let is_real = |row: &&DamageRow| row.file.as_deref() != Some("sled");
    report.damages.iter().filter(is_real).collect()
}

/// The files and places where the record of an object lies.
fn places(disk: &SimDisk, id: ObjectId, kind: ObjectKind) -> Vec<(PathBuf, usize)> {
    let mark = [&id.as_bytes()[..], &[kind.number()]].concat();
    let mut places = Vec::new();
    for path in disk.paths() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("journal-") && !name.starts_with("segment-") {
            continue;
        }
        let bytes = bytes_of(disk, &path);
        let found = bytes.windows(mark.len()).enumerate().filter(|(_, window)| *window == mark);
        places.extend(found.map(|(at, _)| (path.clone(), at)));
    }
    places
}

pub(super) fn bytes_of(disk: &SimDisk, path: &std::path::Path) -> Vec<u8> {
    let taken = std::cell::RefCell::new(Vec::new());
    disk.rot(path, |bytes| taken.borrow_mut().clone_from(bytes));
    taken.into_inner()
}

impl Whole {
    /// The store with one byte of an object flipped, and the damage as verifying reports it.
    pub(super) fn without(
        &self,
        space: &Space,
        id: ObjectId,
        kind: ObjectKind,
    ) -> (Repository, DamageRow) {
        let (path, at) = self.place(space, id, kind);
        let size = self.size(space, id);
        let disk = self.disk.copied();
        disk.rot(&path, |bytes| bytes[at + HEADER_SIZE_BYTES + size / 2] ^= 4);
        let repository = opened(&disk).unwrap();
        let report = verified(&repository);
        let rows = real(&report);
        let row = rows.iter().find(|row| row.object == Some(id));
        let row = (*row.unwrap_or_else(|| panic!("{kind:?} is told: {rows:#?}"))).clone();
        assert_eq!(row.file.as_deref(), path.file_name().unwrap().to_str(), "{row:#?}");
        assert_eq!(row.space, Some(space.to_string()));
        assert_eq!(row.kind, Some(kind.word()), "{row:#?}");
        let offset = row.offset.unwrap() as usize;
        assert!((at..at + HEADER_SIZE_BYTES + size).contains(&offset), "{offset} is in {at}…");
        (repository, row)
    }

    fn size(&self, space: &Space, id: ObjectId) -> usize {
        let repository = opened(&self.disk.copied()).unwrap();
        let object = repository.engine().object(space, id).unwrap();
        object.unwrap_or_else(|| panic!("{id} is there")).bytes().len()
    }

    /// The place of the copy of an object's record that is read: media are in two spaces.
    fn place(&self, space: &Space, id: ObjectId, kind: ObjectKind) -> (PathBuf, usize) {
        let size = self.size(space, id);
        let is_read = |(path, at): &(PathBuf, usize)| {
            let disk = self.disk.copied();
            disk.rot(path, |bytes| bytes[at + HEADER_SIZE_BYTES + size / 2] ^= 4);
            opened(&disk).unwrap().engine().object(space, id).is_err()
        };
        let place = places(&self.disk, id, kind).into_iter().find(is_read);
        place.unwrap_or_else(|| panic!("{kind:?} {id} lies somewhere"))
    }

    /// Checks that the export of `main` is that of the whole store, except for these entries.
    pub(super) fn exports_all_but(
        &self,
        repository: &Repository,
        missing: &[&str],
    ) -> ExportReport {
        let (lines, report) = exported(repository, self.main).unwrap();
        let mut expected = self.lines.clone();
        for name in missing {
            let (name, locale) = name.split_once('@').unwrap_or((name, ""));
            assert!(expected.remove(&(key(name), locale.to_owned())).is_some(), "{name}");
        }
        assert_eq!(lines, expected);
        assert_eq!(report.damaged_count, missing.len() as u64);
        let told: Vec<_> = report.damaged.iter().filter_map(|row| row.key.as_ref()).collect();
        assert_eq!(told.iter().map(ToString::to_string).collect::<Vec<_>>(), missing);
        report
    }

    /// Checks that everything that was ever delivered is served, except for these entries of these snapshots.
    pub(super) fn serves_all_but(&self, repository: &Repository, missing: &[(u64, &str)]) {
        let (_, unserved) = self.unserved(repository);
        let unserved: Vec<_> = unserved.iter().map(|(at, key)| (*at, key.to_string())).collect();
        let missing: Vec<_> = missing.iter().map(|(at, key)| (*at, (*key).to_owned())).collect();
        assert_eq!(unserved, missing);
    }

    /// How much is served, and what is not.
    pub(super) fn unserved(&self, repository: &Repository) -> (usize, BTreeSet<(u64, EntryKey)>) {
        let (mut served, mut unserved) = (0, BTreeSet::new());
        for (number, (snapshot, objects)) in (1..).zip(&self.snapshots) {
            let snapshot = repository.delivery().snapshot(*snapshot);
            for (key, object) in objects {
                let is_served = snapshot.as_ref().is_ok_and(|snapshot| {
                    let Some(snapshot) = snapshot else { return false };
                    let Ok(Some(row)) = repository.delivery().delivered(snapshot, key, None) else {
                        return false;
                    };
                    assert_eq!(row.object.object_id(), *object, "{key}");
                    // An object's bytes are checked against its id wherever it is read.
                    repository.delivery().object(*object).is_ok_and(|object| object.is_some())
                });
                if is_served {
                    served += 1;
                } else {
                    unserved.insert((number, key.clone()));
                }
            }
        }
        (served, unserved)
    }

    pub(super) fn document_of(&self, name: &str) -> ObjectId {
        let document = &self.lines[&(key(name), String::new())]["document"];
        let bytes = cms_core::model::canonical::to_bytes(document);
        ObjectId::of(ObjectKind::Document, &bytes)
    }
}
