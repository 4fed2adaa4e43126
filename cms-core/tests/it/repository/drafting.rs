//! Drafts: saving, committing, bringing up to date, settling, merging, reverting.

use cms_core::repo::DraftAlteration;
use cms_core::{
    document::Choice,
    model::{document::Document, name::Branch},
    repo::{
        BringError, CatalogueReason, CommitRequest, Draft, DraftChange, DraftError, DraftId,
        DraftQuery, DraftState, EntryTag, MergeError, NewDraft, SESSION_PAUSE_MS, SaveError,
        SaveRequest, Saved, Settling, Stamp, WorkingContent,
    },
};
use serde_json::{Value, json};

use super::world::{World, container, course, exercise, key, line, video};

pub(super) fn begin(world: &World, title: &str) -> Draft {
    let stamp = world.stamp("begin");
    let new =
        NewDraft { title: title.into(), from: None, members: vec!["ben".parse().unwrap()], stamp };
    world.drafts().begin(new).unwrap()
}

pub(super) fn save_as(
    world: &World,
    draft: &DraftId,
    stamp: Stamp,
    text: &str,
    document: &Value,
    expected: EntryTag,
) -> Result<Saved, SaveError> {
    world.drafts().save(&SaveRequest {
        draft: draft.clone(),
        key: key(text),
        content: WorkingContent::Document(Document::parse(document.to_string().as_bytes())),
        expected,
        settles: Vec::new(),
        stamp,
    })
}

pub(super) fn save(world: &World, draft: &DraftId, text: &str, document: &Value) -> Saved {
    let read = tag(world, draft, text);
    save_as(world, draft, world.stamp("type"), text, document, read).unwrap()
}

/// The tag that a person who reads an entry of a draft now names when they save it.
pub(super) fn tag(world: &World, draft: &DraftId, text: &str) -> EntryTag {
    let entry = world.drafts().entry(draft, &key(text)).unwrap();
    entry.map_or(EntryTag::Absent, |entry| entry.tag)
}

pub(super) fn commit_to(world: &World, draft: &DraftId, changes: &[(&str, Option<Value>)]) {
    use cms_core::repo::{Action, Change};
    let changes = changes.iter().map(|(text, document)| Change {
        key: key(text),
        action: match document {
            Some(document) => Action::Put(Document::parse(document.to_string().as_bytes())),
            None => Action::Delete,
        },
    });
    let request = CommitRequest {
        branch: draft.branch(),
        expected: None,
        changes: changes.collect(),
        stamp: world.stamp("an edit"),
    };
    world.repository.commit(request).unwrap();
}

pub(super) fn started() -> World {
    let world = World::new();
    world.import(&course());
    world
}

pub(super) fn on_main(world: &World, text: &str) -> Option<Value> {
    let shown = world.history().show(&world.main(), &key(text)).unwrap();
    shown.and_then(|shown| shown.document)
}

pub(super) fn by(mut stamp: Stamp, person: &str, time_ms: u64) -> Stamp {
    stamp.author = person.parse().unwrap();
    stamp.time_ms = time_ms;
    stamp
}

#[test]
fn what_is_typed_is_saved_and_accepted_only_when_it_is_merged() {
    let world = started();
    let draft = begin(&world, "Better titles").draft;
    let saved = save(&world, &draft, "video/v", &video("See"));
    assert_eq!(saved.violations, []);
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "Watch");
    let changes = world.drafts().changes(&draft).unwrap();
    assert_eq!(changes.rows.len(), 1);
    assert!(changes.rows[0].is_working);
    assert_eq!(
        (changes.rows[0].change, changes.rows[0].title.as_deref()),
        (DraftAlteration::Changed, Some("See"))
    );

    let merged = world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    assert_eq!(merged.changed_count, 1);
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "See");
    assert_eq!(world.drafts().one(&draft).unwrap().state, DraftState::Merged);
    assert!(
        world
            .drafts()
            .list(&DraftQuery { rows_max: 10, ..DraftQuery::default() })
            .unwrap()
            .drafts
            .is_empty()
    );
    assert!(world.drafts().editors(&key("video/v"), None).unwrap().is_empty());
    world.verify();
}

#[test]
fn a_working_copy_may_be_invalid_and_says_so_and_main_never_takes_it() {
    let world = started();
    let draft = begin(&world, "Half done").draft;
    let saved = save(&world, &draft, "video/v", &json!({"title": "", "nonsense": 1}));
    assert!(saved.violations.len() >= 2, "{:?}", saved.violations);
    world.drafts().commit(&draft, None, &world.stamp("so far")).unwrap();
    assert!(world.drafts().changes(&draft).unwrap().rows[0].violations_count >= 2);
    let refused = world.drafts().merge(&draft, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, BringError::Merge(MergeError::Refused { .. })), "{refused}");
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "Watch");
}

#[test]
fn a_save_that_comes_too_late_gets_both_sides_and_the_two_joined() {
    let world = started();
    let draft = begin(&world, "Two at once").draft;
    let first = save(&world, &draft, "exercise/e1", &exercise("Add", "What is two and two?"));
    let mut bens = exercise("Add up", "What is two and two?");
    bens["items"][0]["hints"][0]["content"] = json!("Count on your toes.");
    let later = by(world.stamp("type"), "ben", 5);
    save_as(&world, &draft, later, "exercise/e1", &bens, EntryTag::Working(first.version)).unwrap();
    let anas = exercise("Add", "What is two plus two?");
    let refused = save_as(
        &world,
        &draft,
        world.stamp("type"),
        "exercise/e1",
        &anas,
        EntryTag::Working(first.version),
    );
    let Err(SaveError::Stale { stale, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(stale.yours.as_ref(), Some(&anas));
    assert_eq!(stale.theirs.as_ref(), Some(&bens));
    assert_eq!(stale.author.as_deref(), Some("ben"));
    assert_eq!(stale.conflicts, []);
    let joined = stale.merged.clone().unwrap();
    assert_eq!(joined["title"], "Add up");
    assert!(
        joined["items"][0]["question"]["content"]
            .as_str()
            .unwrap()
            .starts_with("What is two plus two?")
    );
    save_as(&world, &draft, world.stamp("type"), "exercise/e1", &joined, stale.tag).unwrap();
}

#[test]
fn each_editing_session_is_a_revision_under_its_writers_name() {
    let world = started();
    let draft = begin(&world, "Sessions").draft;
    let mut version = tag(&world, &draft, "video/v");
    let mut type_as = |person: &str, at: u64, title: &str| {
        let stamp = by(world.stamp("type"), person, at);
        let saved = save_as(&world, &draft, stamp, "video/v", &video(title), version).unwrap();
        version = EntryTag::Working(saved.version);
        saved.session_ended
    };
    let start = 1_000_000;
    assert!(!type_as("ana", start, "W1"));
    assert!(!type_as("ana", start + 1000, "W2"));
    assert!(type_as("ben", start + 2000, "W3"));
    assert!(type_as("ben", start + 3000 + SESSION_PAUSE_MS, "W4"));
    world.drafts().commit(&draft, None, &by(world.stamp("done"), "ben", start * 9)).unwrap();
    let state = world.repository.resolve(&draft.branch().to_string()).unwrap();
    let log = world.history().entry_log(&state, &key("video/v"), 10).unwrap().unwrap();
    let people: Vec<_> = log.iter().map(|row| row.author.as_str()).collect();
    assert_eq!(people, ["ben", "ben", "ana", "ana"]);
}

#[test]
fn two_people_edit_one_lesson_and_both_edits_are_accepted() {
    let world = started();
    let (anas, bens) = (begin(&world, "Ana's").draft, begin(&world, "Ben's").draft);
    let mut moved = container("One", &["video/v", "exercise/e1"]);
    save(&world, &anas, "lesson/l1", &moved);
    moved = container("Number one", &["exercise/e1", "video/v"]);
    let saved = save(&world, &bens, "lesson/l1", &moved);
    assert_eq!(saved.others.len(), 1);
    assert_eq!(saved.others[0].draft, anas);
    world.drafts().merge(&anas, &world.stamp("merge")).unwrap();
    let merged = world.drafts().merge(&bens, &world.stamp("merge")).unwrap();
    assert_eq!(merged.computed_count, 1);
    let lesson = on_main(&world, "lesson/l1").unwrap();
    assert_eq!(lesson["title"], "Number one");
    assert_eq!(lesson["children"], json!(["video/v", "exercise/e1"]));
    world.verify();
}

#[test]
fn conflicts_wait_in_the_draft_and_are_settled_one_by_one() {
    let world = started();
    let (anas, bens) = (begin(&world, "Ana's").draft, begin(&world, "Ben's").draft);
    let with = |title: &str, seconds: u64| {
        let mut video = video(title);
        video["duration_s"] = json!(seconds);
        video
    };
    save(&world, &anas, "video/v", &with("Look", 61));
    save(&world, &bens, "video/v", &with("Observe", 62));
    world.drafts().merge(&anas, &world.stamp("merge")).unwrap();
    let refused = world.drafts().merge(&bens, &world.stamp("merge")).unwrap_err();
    let BringError::Merge(MergeError::Conflicts { conflicted, .. }) = refused else {
        panic!("{refused}")
    };
    assert_eq!(conflicted, [key("video/v")]);

    let merged = world.drafts().rebase(&bens, &world.stamp("rebase")).unwrap();
    assert_eq!(merged.conflicted, [key("video/v")]);
    let found = world.drafts().conflicts(&bens).unwrap();
    let pointers: Vec<_> =
        found.entries[0].conflicts.iter().map(|found| found.pointer.as_str()).collect();
    assert_eq!(pointers, ["/duration_s", "/slug", "/title"]);
    assert_eq!(found.entries[0].conflicts[0].ours, Some(json!(62)));
    assert_eq!(found.entries[0].conflicts[0].theirs, Some(json!(61)));
    let refused = world.drafts().merge(&bens, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, BringError::Merge(MergeError::Conflicts { .. })), "{refused}");

    for (pointer, choice) in [
        ("/duration_s", Choice::Value(json!(63))),
        ("/title", Choice::Ours),
        ("/slug", Choice::Theirs),
    ] {
        let settling = Settling::Place { key: key("video/v"), pointer: pointer.into(), choice };
        world.drafts().settle(&bens, &settling, &world.stamp("settle")).unwrap();
    }
    assert!(world.drafts().conflicts(&bens).unwrap().entries.is_empty());
    world.drafts().merge(&bens, &world.stamp("merge")).unwrap();
    let video = on_main(&world, "video/v").unwrap();
    assert_eq!(
        (&video["title"], &video["slug"], &video["duration_s"]),
        (&json!("Observe"), &json!("look"), &json!(63))
    );
    world.verify();
}

#[test]
fn a_conflict_nobody_settled_gives_way_to_what_main_becomes() {
    let world = started();
    let (anas, bens) = (begin(&world, "Ana's").draft, begin(&world, "Ben's").draft);
    save(&world, &anas, "video/v", &video("Look"));
    save(&world, &bens, "video/v", &video("Observe"));
    world.drafts().merge(&anas, &world.stamp("merge")).unwrap();
    let merged = world.drafts().rebase(&bens, &world.stamp("rebase")).unwrap();
    assert_eq!(merged.conflicted, [key("video/v")]);
    world.put("video/v", video("Behold"));
    world.drafts().rebase(&bens, &world.stamp("rebase")).unwrap();
    let found = world.drafts().conflicts(&bens).unwrap();
    assert_eq!(found.entries[0].conflicts.last().unwrap().theirs, Some(json!("Behold")));
    let settling =
        Settling::Place { key: key("video/v"), pointer: String::new(), choice: Choice::Ours };
    world.drafts().settle(&bens, &settling, &world.stamp("settle")).unwrap();
    world.drafts().merge(&bens, &world.stamp("merge")).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "Observe");
}

/// Each side alone leaves the content whole, and both together break it.
fn check_around(ours: &[(&str, Option<Value>)], theirs: &[(&str, Option<Value>)], reason: &str) {
    let world = started();
    let (anas, bens) = (begin(&world, "Ana's").draft, begin(&world, "Ben's").draft);
    commit_to(&world, &anas, theirs);
    commit_to(&world, &bens, ours);
    world.drafts().merge(&anas, &world.stamp("merge")).unwrap();
    let refused = world.drafts().merge(&bens, &world.stamp("merge")).unwrap_err();
    let BringError::Merge(MergeError::Conflicts { conflicts, conflicted }) = refused else {
        panic!("{refused}")
    };
    assert_eq!(conflicted, []);
    let is = |found: &CatalogueReason| serde_json::to_value(found).unwrap()["is"].clone();
    assert!(conflicts.iter().any(|found| is(&found.reason) == reason), "{conflicts:#?}");

    world.drafts().rebase(&bens, &world.stamp("rebase")).unwrap();
    let found = world.drafts().conflicts(&bens).unwrap();
    assert!(found.catalogue.iter().any(|found| is(&found.reason) == reason), "{found:#?}");
    // The conflict stays from commit to commit, and nothing is merged while it exists.
    commit_to(&world, &bens, &[("video/w", Some(video("Another")))]);
    assert!(!world.drafts().conflicts(&bens).unwrap().catalogue.is_empty());
    let refused = world.drafts().merge(&bens, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, BringError::Merge(MergeError::Conflicts { .. })), "{refused}");
    world.verify();
}

#[test]
fn what_does_not_fit_together_around_entries_is_a_conflict() {
    let topic = |title: &str, children: &[&str]| Some(container(title, children));
    // Two units that were each moved under the other would contain themselves.
    let _ = topic;
    check_around(
        &[
            ("unit/u2", Some(container("Second", &["lesson/l3", "lesson/l2"]))),
            ("unit/u1", Some(container("First", &["lesson/l1"]))),
        ],
        &[("lesson/l2", None), ("unit/u1", Some(container("First", &["lesson/l1"])))],
        "deleted-but-used",
    );
    check_around(
        &[
            ("unit/u1", Some(container("First", &["lesson/l1"]))),
            ("unit/u2", Some(container("Second", &["lesson/l3", "lesson/l2"]))),
        ],
        &[
            ("unit/u1", Some(container("First", &["lesson/l1"]))),
            ("unit/u3", Some(container("Third", &["lesson/l2"]))),
            ("course/c", Some(container("Counting", &["unit/u1", "unit/u2", "unit/u3"]))),
        ],
        "moved-apart",
    );
    check_around(
        &[
            ("lesson/l4", Some(container("Four", &[]))),
            ("unit/u1", Some(container("First", &["lesson/l1", "lesson/l2", "lesson/l4"]))),
        ],
        &[
            ("lesson/l5", Some(container("Four", &[]))),
            ("unit/u1", Some(container("First", &["lesson/l1", "lesson/l2", "lesson/l5"]))),
        ],
        "slug-taken",
    );
}

#[test]
fn topics_that_went_under_each_other_are_a_conflict() {
    let world = World::new();
    world.import(&[
        line("topic/root", container("Home", &["topic/a", "topic/b"])),
        line("topic/a", container("A", &[])),
        line("topic/b", container("B", &[])),
    ]);
    let (anas, bens) = (begin(&world, "Ana's").draft, begin(&world, "Ben's").draft);
    commit_to(
        &world,
        &anas,
        &[
            ("topic/a", Some(container("A", &["topic/b"]))),
            ("topic/root", Some(container("Home", &["topic/a"]))),
        ],
    );
    commit_to(
        &world,
        &bens,
        &[
            ("topic/b", Some(container("B", &["topic/a"]))),
            ("topic/root", Some(container("Home", &["topic/b"]))),
        ],
    );
    world.drafts().merge(&anas, &world.stamp("merge")).unwrap();
    world.drafts().rebase(&bens, &world.stamp("rebase")).unwrap();
    let found = world.drafts().conflicts(&bens).unwrap();
    assert!(
        found.catalogue.iter().any(|found| found.reason == CatalogueReason::Circle),
        "{found:#?}"
    );
    // It is settled by an edit of what it names.
    commit_to(
        &world,
        &bens,
        &[
            ("topic/b", Some(container("B", &[]))),
            ("topic/root", Some(container("Home", &["topic/a"]))),
        ],
    );
    assert_eq!(world.drafts().conflicts(&bens).unwrap().catalogue, []);
    world.verify();
}

#[test]
fn an_entry_moved_apart_stays_where_someone_decides() {
    for (choice, kept, left) in
        [(Choice::Ours, "unit/u2", "unit/u3"), (Choice::Theirs, "unit/u3", "unit/u2")]
    {
        let world = started();
        let (anas, bens) = (begin(&world, "Ana's").draft, begin(&world, "Ben's").draft);
        commit_to(
            &world,
            &anas,
            &[
                ("unit/u1", Some(container("First", &["lesson/l1"]))),
                ("unit/u3", Some(container("Third", &["lesson/l2"]))),
                ("course/c", Some(container("Counting", &["unit/u1", "unit/u2", "unit/u3"]))),
            ],
        );
        commit_to(
            &world,
            &bens,
            &[
                ("unit/u1", Some(container("First", &["lesson/l1"]))),
                ("unit/u2", Some(container("Second", &["lesson/l3", "lesson/l2"]))),
            ],
        );
        world.drafts().merge(&anas, &world.stamp("merge")).unwrap();
        world.drafts().rebase(&bens, &world.stamp("rebase")).unwrap();
        let found = world.drafts().conflicts(&bens).unwrap();
        let id = found.catalogue[0].id.clone();
        world
            .drafts()
            .settle(&bens, &Settling::Moved { id, choice }, &world.stamp("settle"))
            .unwrap();
        world.drafts().merge(&bens, &world.stamp("merge")).unwrap();
        let has = |unit: &str| {
            on_main(&world, unit).unwrap()["children"]
                .as_array()
                .unwrap()
                .contains(&json!("lesson/l2"))
        };
        assert!(has(kept) && !has(left));
        world.verify();
    }
}

#[test]
fn a_draft_is_its_members_business() {
    let world = started();
    let draft = begin(&world, "Ours");
    let stranger = by(world.stamp("type"), "eve", 3);
    let refused =
        save_as(&world, &draft.draft, stranger, "video/v", &video("Mine"), EntryTag::Absent)
            .unwrap_err();
    assert!(matches!(refused, SaveError::Draft(DraftError::NotAMember { .. })), "{refused}");
    let change = DraftChange {
        owner: Some("ben".parse().unwrap()),
        title: Some("Yours".into()),
        members: None,
    };
    let changed = world
        .drafts()
        .change(&draft.draft, draft.version, change.clone(), &world.stamp("hand over"))
        .unwrap();
    assert_eq!(
        (changed.owner.as_str(), &changed.members[..], changed.title.as_str()),
        ("ben", &["ana".to_owned()][..], "Yours")
    );
    let refused = world
        .drafts()
        .change(&draft.draft, draft.version, change, &world.stamp("again"))
        .unwrap_err();
    assert!(matches!(refused, DraftError::Changed { .. }), "{refused}");
    let mine = |person: &str| {
        let query = DraftQuery { person: Some(person.parse().unwrap()), after: None, rows_max: 10 };
        world.drafts().list(&query).unwrap().drafts.len()
    };
    assert_eq!((mine("ana"), mine("ben"), mine("eve")), (1, 1, 0));
}

#[test]
fn a_discarded_draft_loses_nothing_and_can_be_reopened() {
    let world = started();
    let draft = begin(&world, "Maybe").draft;
    save(&world, &draft, "video/v", &video("Perhaps"));
    let closed = world.drafts().discard(&draft, &world.stamp("discard")).unwrap();
    assert_eq!(closed.state, DraftState::Discarded);
    let late =
        save_as(&world, &draft, world.stamp("type"), "video/v", &video("Late"), EntryTag::Absent)
            .unwrap_err();
    assert!(
        matches!(
            late,
            SaveError::Draft(DraftError::WrongState { state: DraftState::Discarded, .. })
        ),
        "{late}"
    );
    assert!(world.drafts().editors(&key("video/v"), None).unwrap().is_empty());
    let open = world.drafts().reopen(&draft, &world.stamp("reopen")).unwrap();
    assert_eq!(open.state, DraftState::Open);
    assert_eq!(
        world.drafts().document(&draft, &key("video/v")).unwrap().unwrap()["title"],
        "Perhaps"
    );
}

#[test]
fn a_merge_is_taken_back_and_what_came_after_stays() {
    let world = started();
    let draft = begin(&world, "A mistake").draft;
    commit_to(
        &world,
        &draft,
        &[
            ("video/v", Some(video("Wrong"))),
            ("exercise/e2", Some(exercise("Double", "What is 2 · 2?"))),
        ],
    );
    let merged = world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    let mut later = exercise("Double", "What is 2 · 2?");
    later["items"][0]["hints"][0]["content"] = json!("Look twice.");
    world.put("exercise/e2", later);
    world.repository.revert(&Branch::Main, merged.commit, &world.stamp("revert")).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "Watch");
    let exercise = on_main(&world, "exercise/e2").unwrap();
    assert!(
        exercise["items"][0]["question"]["content"]
            .as_str()
            .unwrap()
            .starts_with("What is twice two?")
    );
    assert_eq!(exercise["items"][0]["hints"][0]["content"], "Look twice.");
    let again =
        world.repository.revert(&Branch::Main, merged.commit, &world.stamp("revert")).unwrap_err();
    assert!(again.to_string().contains("nothing to merge"), "{again}");
    world.verify();
}

#[test]
fn any_old_revision_can_be_restored() {
    let world = started();
    world.put("video/v", video("Second"));
    world.put("video/v", video("Third"));
    let log = world.history().entry_log(&world.main(), &key("video/v"), 10).unwrap().unwrap();
    world
        .repository
        .restore(&Branch::Main, &key("video/v"), log[2].revision, &world.stamp("restore"))
        .unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "Watch");
    let other = world.history().entry_log(&world.main(), &key("exercise/e1"), 1).unwrap().unwrap()
        [0]
    .revision;
    assert!(
        world
            .repository
            .restore(&Branch::Main, &key("video/v"), other, &world.stamp("restore"))
            .is_err()
    );
}

#[test]
fn each_part_is_blamed_on_who_made_it_what_it_is() {
    let world = started();
    let made = |change: &dyn Fn(&mut Value), person: &str| {
        let mut document = on_main(&world, "exercise/e1").unwrap();
        change(&mut document);
        let stamp = Stamp { author: person.parse().unwrap(), ..world.stamp("an edit") };
        let request = CommitRequest {
            branch: Branch::Main,
            expected: None,
            changes: vec![cms_core::repo::Change {
                key: key("exercise/e1"),
                action: cms_core::repo::Action::Put(Document::parse(
                    document.to_string().as_bytes(),
                )),
            }],
            stamp,
        };
        world.repository.commit(request).unwrap();
    };
    made(&|document| document["title"] = json!("Add up"), "ben");
    made(
        &|document| {
            document["items"][0]["question"]["content"] =
                json!("What is two and two?\n\nThink first.\n\n[[☃ numeric-input 1]]");
        },
        "cleo",
    );
    let rows = world.history().blame(&world.main(), &key("exercise/e1")).unwrap().unwrap();
    let by = |address: &str, paragraph: Option<usize>| {
        let row =
            rows.iter().find(|row| row.leaf.address == address && row.leaf.paragraph == paragraph);
        row.unwrap_or_else(|| panic!("{address}: {rows:#?}")).author.clone()
    };
    assert_eq!(by("/title", None), "ben");
    assert_eq!(by("/slug", None), "ana");
    let question = "/items/i1/question/content";
    let people: Vec<_> = rows
        .iter()
        .filter(|row| row.leaf.address == question)
        .map(|row| row.author.as_str())
        .collect();
    assert!(people.contains(&"cleo") && people.contains(&"ana"), "{people:?}");
}

/// A draft of which somebody had read an entry was listed again and again, for ever.
#[test]
fn drafts_are_listed_whatever_is_kept_of_them() {
    let world = World::new();
    world.import(&super::world::course());
    let mut begun: Vec<_> = (0..3).map(|n| begin(&world, &format!("Draft {n}")).draft).collect();
    begun.sort();
    for draft in &begun {
        save(&world, draft, "video/v", &video("See"));
    }
    let query = cms_core::repo::DraftQuery { person: None, after: None, rows_max: 2 };
    let page = world.drafts().list(&query).unwrap();
    let query = cms_core::repo::DraftQuery { after: page.next, ..query };
    let rest = world.drafts().list(&query).unwrap();
    let listed: Vec<_> =
        page.drafts.iter().chain(&rest.drafts).map(|row| row.draft.clone()).collect();
    assert_eq!(listed, begun);
}
