//! A store with damage in it: verifying says what of the content it touches, and all else is exported and served.

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
        id::{CommitId, MediaId, NodeId, ObjectId, SnapshotId},
        key::EntryKey,
        object::{ObjectKind, Space},
    },
    repo::{
        DamageRow, ExportReport, NewReview, OpenError, Repository, RepositoryOptions, ReviewId,
        ScheduleRequest, ScheduleStep, ScheduleVerb, State, VerifyReport,
    },
};
use serde_json::{Value, json};

use super::{
    drafting::{begin, save},
    world::{Directory, World, container, key, line, video},
};

/// Where no sled can be, so that the files are all there is.
const NO_SLED: &str = "/dev/null/sled";
/// A record's header, before an object's bytes.
const HEADER_SIZE_BYTES: usize = 48;
const VTT: &str = "WEBVTT\n\n00:00:00.000 --> 00:00:05.000\nHello\n";
const JOURNAL_SIZE_BYTES: u64 = 60_000;
/// So many videos that maps have several leaves.
const VIDEOS: usize = 120;
/// In a short run about so many bytes are damaged; `CMS_TEST_DAMAGES` says another number.
const DAMAGES_SHORT: usize = 60;

fn long() -> bool {
    std::env::var_os("CMS_TEST_LONG").is_some_and(|value| value == "1")
}

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

fn opened(disk: &SimDisk) -> Result<Repository, OpenError> {
    let engine = LocalEngine::open(options(disk)).unwrap_or_else(|error| panic!("{error}"));
    let repository = Repository::open(Arc::new(engine), RepositoryOptions::default())?;
    Ok(repository.with_content_engines(super::playing::engines()))
}

/// A line of an export, or a document that learners get.
type Lines = BTreeMap<(EntryKey, String), Value>;

/// A small store, and all that it tells while it is whole.
struct Whole {
    disk: SimDisk,
    draft: String,
    review: ReviewId,
    schedule: String,
    /// The heads of `main` and of the draft.
    main: CommitId,
    lines: Lines,
    media: MediaId,
    /// What production delivered, the first one first.
    snapshots: Vec<(SnapshotId, BTreeMap<EntryKey, ObjectId>)>,
}

fn watch(number: usize) -> (String, Value) {
    (format!("video/w{number:03}"), video(&format!("Watch {number}")))
}

/// Such a store, all of it sealed: in a journal a frame that is damaged costs its changes of cells too.
fn whole() -> Whole {
    made(true)
}

fn made(is_sealed: bool) -> Whole {
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
        reviewers: vec!["rob".into()],
        stamp: world.stamp("open"),
    };
    let review = world.repository.open_review(review).unwrap().row.review;
    world.put("video/w009", video("Nine"));
    let schedule = world.repository.schedule(&ScheduleRequest {
        channel: "production".into(),
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
    let rows = repository.snapshots("production", None, 10).unwrap();
    let snapshots = rows.iter().rev().map(|row| {
        let snapshot = repository.snapshot(row.snapshot).unwrap().unwrap();
        let page = repository.delivered_page(&snapshot, None, None, None, 1000).unwrap();
        let objects = page.rows.into_iter().map(|(key, row)| (key, row.object.object_id()));
        (row.snapshot, objects.collect())
    });
    let snapshots = snapshots.collect();
    let (lines, report) = exported(repository, main).unwrap();
    assert_eq!(report.media, [MediaId::of(VTT.as_bytes())]);
    let whole = Whole {
        draft: draft.branch(),
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

fn exported(
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

fn verified(repository: &Repository) -> VerifyReport {
    repository.verify(&mut |_| ControlFlow::Continue(())).unwrap()
}

/// What is damaged, save that there is no sled here.
fn real(report: &VerifyReport) -> Vec<&DamageRow> {
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

fn bytes_of(disk: &SimDisk, path: &std::path::Path) -> Vec<u8> {
    let taken = std::cell::RefCell::new(Vec::new());
    disk.rot(path, |bytes| taken.borrow_mut().clone_from(bytes));
    taken.into_inner()
}

impl Whole {
    /// The store with one byte of an object flipped, with the damage as it is verified.
    fn without(&self, space: &Space, id: ObjectId, kind: ObjectKind) -> (Repository, DamageRow) {
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

    /// Where the record of an object lies that is read: media lie in two spaces.
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

    /// What is exported of `main` is what the whole store exports, save these.
    fn exports_all_but(&self, repository: &Repository, missing: &[&str]) -> ExportReport {
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

    /// All that was ever delivered is served, save these of these snapshots.
    fn serves_all_but(&self, repository: &Repository, missing: &[(u64, &str)]) {
        let (_, unserved) = self.unserved(repository);
        let unserved: Vec<_> = unserved.iter().map(|(at, key)| (*at, key.to_string())).collect();
        let missing: Vec<_> = missing.iter().map(|(at, key)| (*at, (*key).to_owned())).collect();
        assert_eq!(unserved, missing);
    }

    /// How much is served, and what is not.
    fn unserved(&self, repository: &Repository) -> (usize, BTreeSet<(u64, EntryKey)>) {
        let (mut served, mut unserved) = (0, BTreeSet::new());
        for (number, (snapshot, objects)) in (1..).zip(&self.snapshots) {
            let snapshot = repository.snapshot(*snapshot);
            for (key, object) in objects {
                let is_served = snapshot.as_ref().is_ok_and(|snapshot| {
                    let Some(snapshot) = snapshot else { return false };
                    let Ok(Some(row)) = repository.delivered(snapshot, key, None) else {
                        return false;
                    };
                    assert_eq!(row.object.object_id(), *object, "{key}");
                    // An object's bytes are checked against its id wherever it is read.
                    repository.public_object(*object).is_ok_and(|object| object.is_some())
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

    fn document_of(&self, name: &str) -> ObjectId {
        let document = &self.lines[&(key(name), String::new())]["document"];
        let bytes = cms_core::model::canonical::to_bytes(document);
        ObjectId::of(ObjectKind::Document, &bytes)
    }
}

fn names(of: &[EntryKey]) -> Vec<String> {
    of.iter().map(ToString::to_string).collect()
}

#[test]
fn a_damaged_document_is_told_with_the_states_that_need_it() {
    let whole = whole();
    let id = whole.document_of("video/w010");
    let (repository, row) = whole.without(&Space::Source, id, ObjectKind::Document);
    assert_eq!(names(&row.entries), ["video/w010"]);
    assert_eq!(row.branches, [&*whole.draft, "main"]);
    assert_eq!(row.history, Vec::<String>::new(), "the heads need it themselves");
    assert_eq!(row.snapshots, ["production@2", "production@1"], "their records of what is live");
    whole.exports_all_but(&repository, &["video/w010"]);
    whole.serves_all_but(&repository, &[]);
}

#[test]
fn a_damaged_source_leaves_its_translations_to_be_exported_in_their_own_form() {
    let whole = whole();
    let id = whole.document_of("video/v");
    let (repository, row) = whole.without(&Space::Source, id, ObjectKind::Document);
    assert_eq!(names(&row.entries), ["video/v"]);
    let (lines, report) = exported(&repository, whole.main).unwrap();
    let translation = &lines[&(key("video/v"), "es".to_owned())];
    assert_eq!(translation["translation"]["segments"]["/title"]["text"], "Mira", "{translation}");
    assert_eq!((report.damaged_count, lines.len()), (1, whole.lines.len() - 1));
    assert_eq!(report.media, [], "nobody knows which media the lost document named");
}

#[test]
fn what_only_history_needs_is_told_as_that() {
    let whole = whole();
    let bytes = cms_core::model::canonical::to_bytes(&video("Watch 7"));
    let id = ObjectId::of(ObjectKind::Document, &bytes);
    let (repository, row) = whole.without(&Space::Source, id, ObjectKind::Document);
    assert_eq!(names(&row.entries), ["video/w007"]);
    assert_eq!((row.branches, row.history), (vec![], vec!["main".to_owned()]));
    assert_eq!(row.snapshots, ["production@1"]);
    whole.exports_all_but(&repository, &[]);
    whole.serves_all_but(&repository, &[]);
}

#[test]
fn a_damaged_revision_costs_no_line() {
    let whole = whole();
    let repository = opened(&whole.disk.copied()).unwrap();
    let shown = repository.show(&State::Commit(whole.main), &key("video/w009")).unwrap().unwrap();
    let revision = shown.revision.revision.object_id();
    drop(repository);
    let (repository, row) = whole.without(&Space::Source, revision, ObjectKind::Revision);
    assert_eq!(names(&row.entries), ["video/w009"]);
    assert_eq!(row.branches, ["main"]);
    assert_eq!(row.schedules, std::slice::from_ref(&whole.schedule));
    whole.exports_all_but(&repository, &[]);
    whole.serves_all_but(&repository, &[]);
}

/// The leaf of a map that a key is below.
fn leaf(repository: &Repository, space: &Space, root: NodeId, key: &EntryKey) -> NodeId {
    let mut id = root;
    loop {
        let object = repository.engine().object(space, id.object_id()).unwrap().unwrap();
        let node = cms_core::map::Node::decode(object.bytes().clone()).unwrap();
        if node.level() == 0 {
            return id;
        }
        id = node.child(node.lower_bound(&key.encode())).id;
    }
}

#[test]
fn a_damaged_node_of_the_catalogue_costs_what_is_below_it() {
    let whole = whole();
    let repository = opened(&whole.disk.copied()).unwrap();
    let root = repository.commit_of(whole.main).unwrap().catalogue;
    let node = leaf(&repository, &Space::Source, root, &key("video/w009"));
    assert_ne!(node, root, "the map has several leaves");
    let (repository, row) = whole.without(&Space::Source, node.object_id(), ObjectKind::Node);
    assert_eq!(row.branches, ["main"]);
    let [range] = &row.ranges[..] else { panic!("one range: {row:#?}") };
    let (lines, report) = exported(&repository, whole.main).unwrap();
    assert!(lines.iter().all(|(key, line)| whole.lines[key] == *line));
    let missing = whole.lines.len() - lines.len();
    assert_eq!(range.count, Some(missing as u64));
    assert_eq!(report.damaged_count, missing as u64);
    let [lacking] = &report.damaged[..] else { panic!("told once: {report:#?}") };
    assert_eq!((&lacking.after, &lacking.to), (&range.after, &range.to));
    let (after, to) = (range.after.as_deref().map(key), range.to.as_deref().map(key));
    let is_lost = |key: &EntryKey| {
        after.as_ref().is_none_or(|after| key > after) && to.as_ref().is_none_or(|to| key <= to)
    };
    assert!(missing > 10);
    assert!(whole.lines.keys().all(|name| is_lost(&name.0) != lines.contains_key(name)));
    whole.serves_all_but(&repository, &[]);
}

#[test]
fn a_damaged_commit_ends_its_line_and_nothing_else() {
    let whole = whole();
    let id = whole.main.object_id();
    let (repository, row) = whole.without(&Space::Source, id, ObjectKind::Commit);
    assert_eq!((row.branches, row.entries_count), (vec!["main".to_owned()], 0));
    assert!(exported(&repository, whole.main).is_err(), "nothing of that state can be read");
    let draft = repository.resolve(&whole.draft).unwrap();
    let log = repository.log(&draft, 50, None).unwrap();
    assert!(log.len() > 3 && log.iter().all(|row| row.damaged.is_none()));
    whole.serves_all_but(&repository, &[]);
    // The draft began from the commit before, and its line goes through that.
    let before = log[1].commit;
    let (repository, row) = whole.without(&Space::Source, before.object_id(), ObjectKind::Commit);
    assert_eq!(row.branches, Vec::<String>::new());
    assert_eq!(row.history, [&*whole.draft, "main"]);
    let log = repository.log(&State::Commit(whole.main), 50, None).unwrap();
    assert_eq!(log.len(), 1);
    assert!(log[0].damaged.as_ref().unwrap().contains(&before.to_string()), "{log:#?}");
    whole.exports_all_but(&repository, &[]);
}

#[test]
fn a_damaged_review_is_told_by_its_id() {
    let whole = whole();
    let repository = opened(&whole.disk.copied()).unwrap();
    let engine = repository.engine();
    let ids = engine.objects(&Space::Source, None, 1000).unwrap();
    assert!(ids.len() < 1000, "one page");
    let is_review = |id: &&ObjectId| {
        let object = engine.object(&Space::Source, **id).unwrap().unwrap();
        object.kind() == ObjectKind::Document && object.bytes().starts_with(b"{\"approvals\":")
    };
    let id = *ids.iter().find(is_review).expect("the review's document");
    let (repository, row) = whole.without(&Space::Source, id, ObjectKind::Document);
    assert_eq!(row.reviews, [whole.review.to_string()]);
    assert_eq!((row.branches, row.entries_count), (vec!["reviews".to_owned()], 0));
    whole.exports_all_but(&repository, &[]);
    whole.serves_all_but(&repository, &[]);
}

#[test]
fn a_damaged_snapshot_costs_that_one_alone() {
    let whole = whole();
    let (id, objects) = &whole.snapshots[0];
    let (repository, row) = whole.without(&Space::Public, id.object_id(), ObjectKind::Snapshot);
    assert_eq!(row.snapshots, ["production@1"]);
    let missing: Vec<_> = objects.keys().map(|key| (1, key.to_string())).collect();
    let missing: Vec<_> = missing.iter().map(|(at, key)| (*at, &**key)).collect();
    whole.serves_all_but(&repository, &missing);
    whole.exports_all_but(&repository, &[]);
    let rows = repository.snapshots("production", None, 10).unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.sequence, row.damaged.is_some())).collect();
    assert_eq!(told, [(2, false), (1, true)]);
}

#[test]
fn a_damaged_publication_hides_no_snapshot() {
    let whole = whole();
    let repository = opened(&whole.disk.copied()).unwrap();
    let rows = repository.snapshots("production", None, 10).unwrap();
    drop(repository);
    let head = rows[0].publication.object_id();
    let (repository, row) = whole.without(&Space::Source, head, ObjectKind::Publication);
    assert_eq!(row.snapshots, ["production@2"]);
    whole.serves_all_but(&repository, &[]);
    let channels = repository.channels().unwrap();
    assert_eq!((channels.len(), channels[0].sequence), (1, 2));
    assert!(channels[0].damaged.is_some());
    // What the snapshot before delivered is still looked at: a damage in it is found as well.
    let (_, objects) = &whole.snapshots[0];
    let object = objects[&key("video/w007")];
    let (repository, row) = whole.without(&Space::Public, object, ObjectKind::Document);
    assert_eq!(
        (names(&row.entries), row.snapshots),
        (vec!["video/w007".into()], vec!["production@1".into()])
    );
    whole.serves_all_but(&repository, &[(1, "video/w007")]);
}

#[test]
fn a_damaged_delivered_document_is_missing_where_it_is_delivered() {
    let whole = whole();
    let object = whole.snapshots[1].1[&key("video/w020")];
    let (repository, row) = whole.without(&Space::Public, object, ObjectKind::Document);
    assert_eq!(names(&row.entries), ["video/w020"]);
    assert_eq!(row.snapshots, ["production@2", "production@1"]);
    assert_eq!((row.branches.len(), row.history.len()), (0, 0));
    whole.serves_all_but(&repository, &[(1, "video/w020"), (2, "video/w020")]);
    whole.exports_all_but(&repository, &[]);
}

#[test]
fn a_damaged_media_file_touches_the_entries_that_name_it() {
    let whole = whole();
    let id = whole.media.object_id();
    let (repository, row) = whole.without(&Space::Source, id, ObjectKind::Media);
    assert_eq!(names(&row.entries), ["video/v"]);
    assert_eq!(row.branches, [&*whole.draft, "main"]);
    let report = whole.exports_all_but(&repository, &[]);
    assert_eq!(report.media, [whole.media], "the lines name it");
    assert!(repository.media(whole.media).is_err());
    assert!(repository.public_media(whole.media).unwrap().is_some(), "learners have a copy");
    let (repository, row) = whole.without(&Space::Public, id, ObjectKind::Media);
    assert_eq!(names(&row.entries), ["video/v", "video/v@es"], "each has a document of its own");
    assert_eq!(
        (row.branches.len(), row.snapshots),
        (0, vec!["production@2".into(), "production@1".into()])
    );
    assert!(repository.media(whole.media).unwrap().is_some());
}

/// Whether one of these says that the state lacks the entry, or may.
fn touches(
    rows: &[&DamageRow],
    key: &EntryKey,
    of: &str,
    state: impl Fn(&DamageRow) -> bool,
) -> bool {
    rows.iter().filter(|row| state(row)).any(|row| {
        let in_range = row.ranges.iter().any(|range| {
            let above = |after: &String| after.parse::<EntryKey>().is_ok_and(|after| *key > after);
            let below = |to: &String| to.parse::<EntryKey>().is_ok_and(|to| *key <= to);
            range.of == of
                && range.after.as_ref().is_none_or(above)
                && range.to.as_ref().is_none_or(below)
        });
        let is_whole_state = matches!(row.kind, Some("commit" | "snapshot"));
        row.entries.contains(key) || in_range || is_whole_state
    })
}

/// Whether transactions or cells are lost, so that heads may be where they were before.
fn lacks_cells(rows: &[&DamageRow]) -> bool {
    rows.iter().any(|row| row.cell.is_some() || row.transactions.is_some())
}

#[derive(Debug, Default)]
struct Tally {
    tried: usize,
    unopened: usize,
    earlier: usize,
    lines: usize,
    lines_missing: usize,
    served: usize,
    unserved: usize,
}

#[test]
fn whatever_happens_to_one_byte_what_does_not_depend_on_it_is_exported_and_served() {
    let whole = made(false);
    let sizes: Vec<_> = whole
        .disk
        .paths()
        .into_iter()
        .map(|path| (bytes_of(&whole.disk, &path).len(), path))
        .collect();
    let size: usize = sizes.iter().map(|(size, _)| size).sum();
    // An odd stride, so that every kind of place is met.
    let damages = std::env::var("CMS_TEST_DAMAGES");
    let damages = damages.map_or(DAMAGES_SHORT, |text| text.parse().expect("a number"));
    let stride = if long() { 1 } else { (size / damages) | 1 };
    let mut tally = Tally::default();
    let mut skip = 0;
    for (size, path) in &sizes {
        let mut at = skip;
        while at < *size {
            let disk = whole.disk.copied();
            disk.rot(path, |bytes| bytes[at] ^= 1 << (at % 8));
            let what = format!("{}, byte {at}", path.display());
            one_byte(&whole, &disk, &what, &mut tally);
            at += stride;
        }
        skip = at - size;
    }
    eprintln!("{size} bytes in {} files: {tally:?}", sizes.len());
    assert!(tally.lines > tally.tried * whole.lines.len() * 9 / 10, "{tally:?}");
}

fn one_byte(whole: &Whole, disk: &SimDisk, what: &str, tally: &mut Tally) {
    tally.tried += 1;
    let repository = match opened(disk) {
        Ok(repository) => repository,
        Err(error) => {
            // The cell that a repository begins with: `cms salvage` makes it anew from an earlier one.
            tally.unopened += 1;
            return eprintln!("{what}: {error}");
        }
    };
    let report = verified(&repository);
    let rows = real(&report);
    let main = repository.resolve("main").ok();
    let is_same = main == Some(State::Commit(whole.main));
    assert!(is_same || lacks_cells(&rows) || main.is_none(), "{what}: {rows:#?}");
    tally.earlier += usize::from(!is_same);
    let of_main = |row: &DamageRow| row.branches.iter().any(|branch| branch == "main");
    match exported(&repository, whole.main) {
        Ok((lines, report)) => {
            let mut missing = BTreeSet::new();
            for ((key, locale), expected) in &whole.lines {
                match lines.get(&(key.clone(), locale.clone())) {
                    Some(line) if line == expected => {}
                    // Its source or its kind can't be read, which is told.
                    Some(line) if !locale.is_empty() && line.get("translation").is_some() => {
                        assert!(!rows.is_empty(), "{what}: {key}@{locale}");
                    }
                    Some(line) => panic!("{what}: {line} is not {expected}"),
                    None => drop(missing.insert((key.clone(), locale.clone()))),
                }
            }
            assert_eq!(report.damaged_count, missing.len() as u64, "{what}: {report:#?}");
            let is_told = |(name, locale): &(EntryKey, String)| {
                let key = match locale.parse() {
                    Ok(locale) => name.translated(&locale),
                    Err(_) => name.clone(),
                };
                touches(&rows, &key, "entries", of_main)
            };
            assert!(!is_same || missing.iter().all(is_told), "{what}: {missing:?} of {rows:#?}");
            if is_same {
                assert_eq!(
                    touched_lines(&rows, of_main),
                    missing.len() as u64,
                    "{what}: {rows:#?}"
                );
            }
            tally.lines += lines.len();
            tally.lines_missing += missing.len();
        }
        Err(error) => {
            let is_told = rows.iter().any(|row| of_main(row) && row.entries.is_empty());
            assert!(!is_same || is_told, "{what}: {error}: {rows:#?}");
            tally.lines_missing += whole.lines.len();
        }
    }
    let (served, unserved) = whole.unserved(&repository);
    let is_live = repository
        .channel_head("production")
        .is_ok_and(|head| head.is_some_and(|head| head.snapshot == whole.snapshots[1].0));
    for (number, key) in &unserved {
        let name = format!("production@{number}");
        let of_it = |row: &DamageRow| row.snapshots.contains(&name);
        let is_told = touches(&rows, key, "delivered entries", of_it);
        assert!(is_told || !is_live, "{what}: {key} of {name}: {rows:#?}");
    }
    tally.served += served;
    tally.unserved += unserved.len();
}

/// How many lines of an export verifying says are not there.
fn touched_lines(rows: &[&DamageRow], state: impl Fn(&DamageRow) -> bool) -> u64 {
    let each = rows.iter().filter(|row| state(row)).map(|row| match row.kind {
        Some("document") => row.entries_count,
        Some("node") => {
            let of_entries = row.ranges.iter().filter(|range| range.of == "entries");
            of_entries.filter_map(|range| range.count).sum()
        }
        // Media and revisions are beside the lines.
        _ => 0,
    });
    each.sum()
}
