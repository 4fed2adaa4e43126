//! A damaged store: verifying says which content the damage touches, and everything else is exported and served.

mod law;
mod store;

use cms_core::{
    model::{
        alteration::Alteration,
        id::{NodeId, ObjectId},
        key::{EntryKey, Kind},
        object::{ObjectKind, Space},
    },
    repo::{CompareOptions, Repository, ReviewList, State, Why},
};

use super::world::{channel, key, video};
use store::{exported, opened, whole};

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
    let shown =
        repository.history().show(&State::Commit(whole.main), &key("video/w009")).unwrap().unwrap();
    let revision = shown.revision.revision.object_id();
    drop(repository);
    let (repository, row) = whole.without(&Space::Source, revision, ObjectKind::Revision);
    assert_eq!(names(&row.entries), ["video/w009"]);
    assert_eq!(row.branches, ["main"]);
    assert_eq!(row.schedules, std::slice::from_ref(&whole.schedule));
    let main = State::Commit(whole.main);
    let shown = repository.history().show(&main, &key("video/w009")).unwrap().unwrap();
    assert_eq!(shown.title.as_deref(), Some("Nine"), "what it is can be read");
    assert!(shown.revision.damaged.is_some(), "who wrote it can't");
    let log = repository.history().entry_log(&main, &key("video/w009"), 10).unwrap().unwrap();
    assert_eq!(log, [shown.revision]);
    whole.exports_all_but(&repository, &[]);
    whole.serves_all_but(&repository, &[]);
}

#[test]
fn a_history_says_where_an_earlier_version_of_an_entry_is_damaged() {
    let whole = whole();
    let (main, seven) = (State::Commit(whole.main), key("video/w007"));
    let log = opened(&whole.disk.copied())
        .unwrap()
        .history()
        .entry_log(&main, &seven, 10)
        .unwrap()
        .unwrap();
    let first = log[1].revision.object_id();
    let (repository, _) = whole.without(&Space::Source, first, ObjectKind::Revision);
    let told = repository.history().entry_log(&main, &seven, 10).unwrap().unwrap();
    assert_eq!((told.len(), &told[0].revision), (1, &log[0].revision));
    assert!(told[0].damaged.as_ref().unwrap().contains(&first.to_string()), "{told:#?}");
}

#[test]
fn lists_go_on_where_the_document_of_one_row_is_damaged() {
    let whole = whole();
    let (name, nine) = ("video/w009", key("video/w009"));
    let id = whole.document_of(name);
    let (repository, _) = whole.without(&Space::Source, id, ObjectKind::Document);
    let main = State::Commit(whole.main);
    let live = repository.resolve("production").unwrap();
    let options = CompareOptions { details: true, rows_max: 10 };
    let comparison = repository.compare(&live, &main, options).unwrap();
    assert_eq!((comparison.changed_count, &comparison.changed[0].key), (1, &nine));
    assert!(comparison.changed[0].damaged.as_ref().unwrap().contains(&id.to_string()));
    let differences = repository.differences(&live, &main, None, 10).unwrap().rows;
    assert_eq!((differences.len(), &differences[0].key), (1, &nine));
    assert_eq!(differences[0].title.as_deref(), Some("Watch 9"), "what it was called before");
    let waiting = channel(&repository, "production").not_public(&main, None, 10, 0).unwrap().rows;
    assert_eq!(
        (waiting.len(), &waiting[0].key, waiting[0].change),
        (1, &nine, Some(Alteration::Changed))
    );
    assert!(matches!(&waiting[0].why[..], [Why::Damaged { .. }]), "{waiting:#?}");
    let (spanish, course) = ("es".parse().unwrap(), "course".parse::<Kind>().unwrap());
    let gaps = repository.language_gaps(&main, &spanish, &course).unwrap().unwrap();
    let damaged: Vec<_> = gaps.iter().map(|row| row.damaged_count).collect();
    assert_eq!(damaged.iter().sum::<u64>(), 1, "{gaps:#?}");
    let rows = repository.entry_gaps(&main, &spanish, &course, None, None, 500).unwrap().unwrap();
    let row = rows.iter().find(|row| row.key == nine).expect("it is not known to be done");
    assert!(row.damaged.is_some(), "{row:#?}");
    assert!(rows.len() > 100, "all others are counted");
}

/// The leaf of a map under which a key is stored.
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
    let log = repository.history().log(&draft, 50, None).unwrap();
    assert!(log.len() > 3 && log.iter().all(|row| row.damaged.is_none()));
    whole.serves_all_but(&repository, &[]);
    // The draft began from the commit before, and its history goes through that one.
    let before = log[1].commit;
    let (repository, row) = whole.without(&Space::Source, before.object_id(), ObjectKind::Commit);
    assert_eq!(row.branches, Vec::<String>::new());
    assert_eq!(row.history, [&*whole.draft, "main"]);
    let log = repository.history().log(&State::Commit(whole.main), 50, None).unwrap();
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
    let page = repository.reviews().list(&ReviewList::All, None, 10).unwrap();
    assert!(page.rows.is_empty() && page.damaged[0].0 == whole.review, "{page:#?}");
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
    let rows = repository.snapshots(&"production".parse().unwrap(), None, 10).unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.sequence, row.damaged.is_some())).collect();
    assert_eq!(told, [(2, false), (1, true)]);
}

#[test]
fn a_damaged_publication_hides_no_snapshot() {
    let whole = whole();
    let repository = opened(&whole.disk.copied()).unwrap();
    let rows = repository.snapshots(&"production".parse().unwrap(), None, 10).unwrap();
    drop(repository);
    let head = rows[0].publication.object_id();
    let (repository, row) = whole.without(&Space::Source, head, ObjectKind::Publication);
    assert_eq!(row.snapshots, ["production@2"]);
    whole.serves_all_but(&repository, &[]);
    let channels = repository.channels().unwrap();
    assert_eq!((channels.len(), channels[0].sequence), (1, 2));
    assert!(channels[0].damaged.is_some());
    // The deliveries of the snapshot before are still checked, so damage in them is found as well.
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
    assert!(repository.delivery().media(whole.media).unwrap().is_some(), "learners have a copy");
    let (repository, row) = whole.without(&Space::Public, id, ObjectKind::Media);
    assert_eq!(names(&row.entries), ["video/v", "video/v@es"], "each has a document of its own");
    assert_eq!(
        (row.branches.len(), row.snapshots),
        (0, vec!["production@2".into(), "production@1".into()])
    );
    assert!(repository.media(whole.media).unwrap().is_some());
}
