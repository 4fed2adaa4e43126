//! Taking down: nobody gets it any more, what carried it is made again without it, and nothing that reads history fails.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cms_core::{
    engine::{CommitError, Engine, Layer, Outcome, ReadError, Transaction, memory::MemoryEngine},
    model::{
        id::{MediaId, ObjectId},
        key::EntryKey,
        object::{ObjectKind, Space},
    },
    repo::{
        Answers, ChannelPolicy, CommitError as RefusedCommit, DraftError, EntryState, EntryTag,
        ImportError, NewShare, Repository, RepositoryOptions, RouteAnswer, SaveError, SecretHash,
        StoreError, Takedown, TakedownError, TakedownReason, TakedownRequest, TakedownStep,
    },
    schema::ViolationCode,
};
use serde_json::{Value, json};

use super::{
    drafting::{begin, on_main, save, save_as},
    giving::{draw, picture, with_pictures},
    publishing::published,
    world::{World, course, exercise, key, line, video},
};

/// Words of the video that nothing may hold afterwards.
const FACE: &str = "Nora Winters";

fn request(world: &World, entries: &[&str]) -> TakedownRequest {
    TakedownRequest {
        entries: entries.iter().map(|text| key(text)).collect(),
        objects: Vec::new(),
        media: Vec::new(),
        reason: TakedownReason::Privacy,
        words: "her parents asked".into(),
        stamp: world.stamp("down"),
    }
}

fn take_down(world: &World, entries: &[&str]) -> Takedown {
    let request = request(world, entries);
    world.repository.take_down(&request).unwrap_or_else(|error| panic!("{error}: {error:?}"))
}

/// Every object that holds a text, whatever space it is in.
fn holding(engine: &dyn Engine, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for space in engine.spaces().unwrap() {
        let mut after = None;
        loop {
            let ids = engine.objects(&space, after, 1000).unwrap();
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            for id in ids {
                let object = engine.object(&space, id).unwrap().unwrap();
                let bytes = String::from_utf8_lossy(object.bytes());
                if bytes.contains(text) {
                    found.push(format!("{space}: {} {bytes:.300}", object.kind().word()));
                }
            }
        }
    }
    found
}

fn cells_holding(engine: &dyn Engine, text: &str) -> Vec<String> {
    let cells = cms_core::engine::cells_of(engine, "").map(Result::unwrap);
    let holds = cells.filter(|(_, cell)| String::from_utf8_lossy(&cell.value).contains(text));
    holds.map(|(name, _)| name.to_string()).collect()
}

fn is_taken_down<T: std::fmt::Debug>(read: Result<T, StoreError>) -> bool {
    match read {
        Err(error) => error.is_taken_down(),
        Ok(_) => false,
    }
}

fn children(world: &World, of: &str) -> Vec<String> {
    let document = world.delivered(of, "en").unwrap();
    let children = document["children"].as_array().unwrap();
    children.iter().map(|child| child["key"].as_str().unwrap().to_owned()).collect()
}

fn head(world: &World) -> cms_core::repo::ChannelHead {
    let name = "production".parse().unwrap();
    world.repository.delivery().channel_head(&name).unwrap().unwrap()
}

/// A course whose video names a person, with a second version, a translation, and a rename.
fn with_a_face() -> World {
    let world = published();
    world.put("video/v", video(FACE));
    world.speak("es");
    let words = json!({"title": format!("{FACE} habla")});
    world.import(&[json!({"key": "video/v", "locale": "es", "document": words})]);
    world.publish();
    world.put("video/v", video(&format!("{FACE} again")));
    world.publish();
    world
}

#[test]
fn what_is_taken_down_is_in_no_object_any_more_and_its_containers_are_made_again() {
    let world = with_a_face();
    let engine = world.repository.engine().clone();
    let before = head(&world);
    let old = world.repository.delivery().snapshot(before.snapshot).unwrap().unwrap();
    assert!(!holding(&*engine, FACE).is_empty());
    let plan = world.repository.plan_takedown(&request(&world, &["video/v"])).unwrap();
    assert_eq!(head(&world), before, "a plan changes nothing");
    let takedown = take_down(&world, &["video/v"]);
    assert_eq!((takedown.step, takedown.reason), (TakedownStep::Done, TakedownReason::Privacy));
    assert_eq!(holding(&*engine, FACE), Vec::<String>::new());
    assert_eq!(cells_holding(&*engine, FACE), Vec::<String>::new());
    assert_eq!(plan.counts.get("public"), takedown.counts.get("public"), "it did what it said");
    // On main: deleted, and its lessons have versions without it.
    let relinked: Vec<_> = takedown.relinked.iter().map(ToString::to_string).collect();
    assert_eq!(
        (relinked, takedown.still_linking.clone()),
        (vec!["lesson/l1".into(), "lesson/l3".into()], vec![])
    );
    // In the channel: a new snapshot, whose lessons do without it, and a tombstone that says nothing.
    assert_eq!(takedown.channels.len(), 1);
    assert_eq!(children(&world, "lesson/l1"), ["exercise/e1"]);
    assert_eq!(children(&world, "lesson/l3"), ["exercise/e3"]);
    let tombstone = world.delivered("video/v", "en").unwrap();
    assert_eq!(tombstone["retired"]["title"], json!(null));
    // An old snapshot resolves, and says of the entry and of what embedded it that they were taken down.
    let delivery = world.repository.delivery();
    for text in ["video/v", "lesson/l1"] {
        assert!(is_taken_down(delivery.delivered(&old, &key(text), None)), "{text}");
    }
    assert!(delivery.delivered(&old, &key("exercise/e1"), None).unwrap().is_some());
    // Clients hear of it.
    let after = head(&world);
    let revoked = world.repository.revoked_by(&takedown).unwrap();
    assert_eq!(after.revocations.count as usize, revoked.len());
    let listed: BTreeSet<ObjectId> = after.revocations.ids.iter().copied().collect();
    assert_eq!(listed, revoked.iter().copied().collect());
    for id in revoked {
        assert!(is_taken_down(delivery.object(id)));
    }
    world.verify();
    assert_eq!(
        world.repository.takedown(&takedown.id).unwrap().unwrap().words.unwrap(),
        "her parents asked"
    );
}

#[test]
fn history_lists_what_was_taken_down_and_what_reads_it_says_so() {
    let world = with_a_face();
    let before = world.main();
    take_down(&world, &["video/v"]);
    let history = world.history();
    let rows = history.entry_log(&world.main(), &key("video/v"), 100).unwrap().unwrap();
    assert!(rows.len() >= 4, "{rows:?}");
    assert_eq!(rows[0].state, EntryState::Deleted);
    assert!(is_taken_down(history.show(&before, &key("video/v"))));
    assert!(!history.log(&world.main(), 100, None).unwrap().is_empty());
    // An export of then leaves it out and names it; an export of now does not know it.
    let now = world.export(&world.main());
    assert!(now.iter().all(|line| !line.to_string().contains("video/v")));
    let mut lines = 0;
    let report = world.repository.export(&before, &mut |_| {
        lines += 1;
        Ok(())
    });
    let report = report.unwrap();
    assert!(lines > 5 && !report.damaged.is_empty(), "{report:?}");
    // A difference between then and now is listed.
    let options = cms_core::repo::CompareOptions { details: true, rows_max: 100 };
    let compared = world.repository.compare(&before, &world.main(), options);
    assert!(compared.is_ok(), "{:?}", compared.err());
}

#[test]
fn going_back_to_a_version_that_had_it_does_not_bring_it_back() {
    let world = with_a_face();
    take_down(&world, &["video/v"]);
    world.put("exercise/e1", exercise("Add", "What is three and one?"));
    world.publish();
    world.roll_back("production@2", &[]);
    assert_eq!(children(&world, "lesson/l3"), ["exercise/e3"]);
    assert!(holding(&**world.repository.engine(), FACE).is_empty());
    // Another channel that never had it does not get it from an old commit either.
    let fresh = world.fresh_channel();
    let request =
        cms_core::repo::PublishRequest { target: Some("production@2".into()), ..world.request() };
    let report = fresh.publish(&request).unwrap().report;
    assert!(report.on_hold.contains(&key("video/v")), "{report:#?}");
    world.verify();
}

#[test]
fn what_is_typed_of_it_leaves_the_drafts_which_go_on() {
    let world = with_a_face();
    let draft = begin(&world, "draft of a face");
    save(&world, &draft.draft, "video/v", &video(&format!("{FACE} typed")));
    save(&world, &draft.draft, "exercise/e1", &exercise("Add", "What is one and three?"));
    let other = begin(&world, "a committed draft");
    save(&world, &other.draft, "video/v", &video(&format!("{FACE} committed")));
    world.drafts().commit(&other.draft, None, &world.stamp("so far")).unwrap();
    take_down(&world, &["video/v"]);
    let engine = world.repository.engine();
    assert_eq!(holding(&**engine, FACE), Vec::<String>::new());
    assert_eq!(cells_holding(&**engine, FACE), Vec::<String>::new());
    for draft in [&draft.draft, &other.draft] {
        let changes = world.drafts().changes(draft);
        assert!(changes.is_ok(), "{:?}", changes.err());
    }
    // A draft that had not changed it says so, and takes nothing for it.
    let read = world.drafts().entry(&draft.draft, &key("video/v"));
    assert!(matches!(read, Err(DraftError::Store(error)) if error.is_taken_down()));
    let (stamp, tag) = (world.stamp("type"), EntryTag::Absent);
    let again = save_as(&world, &draft.draft, stamp, "video/v", &video("Something else"), tag);
    assert!(again.is_err(), "{again:?}");
    let merged = world.drafts().merge(&draft.draft, &world.stamp("merge"));
    assert!(merged.is_ok(), "{:?}", merged.err());
    world.drafts().rebase(&other.draft, &world.stamp("rebase")).unwrap();
    let changes = world.drafts().changes(&other.draft).unwrap();
    assert!(changes.rows.is_empty() && changes.conflicts.is_empty(), "{changes:?}");
    world.verify();
}

#[test]
fn an_entry_on_hold_and_one_that_others_embed_are_taken_down_all_the_same() {
    let world = World::new();
    draw(&world);
    let shown = with_pictures(exercise("Add", "x"), "![p](image/asked)", "![p](image/told)");
    let mut lines = course();
    lines.push(line("image/asked", picture(&format!("{FACE} asks"))));
    lines.push(line("image/told", picture(&format!("{FACE} tells"))));
    lines.push(line("exercise/e1", shown));
    let index = lines.iter().position(|line| line["key"] == "exercise/e1").unwrap();
    lines.remove(index);
    world.import(&lines);
    world.publish();
    world.unpublish(&["lesson/l2"]).unwrap();
    let takedown = take_down(&world, &["image/asked", "image/told", "lesson/l2"]);
    let engine = world.repository.engine();
    assert_eq!(holding(&**engine, FACE), Vec::<String>::new());
    assert_eq!(takedown.still_linking, [key("exercise/e1")], "its words name the pictures");
    // The file of both went with them: no other entry has it.
    let file = MediaId::of(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    assert!(is_taken_down(world.repository.delivery().media(file)));
    assert!(world.delivered("exercise/e1", "en").is_some(), "who showed it is still there");
    world.verify();
}

#[test]
fn a_protected_channel_loses_it_too_and_has_a_list_of_its_own() {
    let world = with_a_face();
    let teachers = world.channel("teachers");
    let policy = ChannelPolicy { answers: Answers::Included, ..ChannelPolicy::default() };
    let teachers = teachers.begin(policy, &world.stamp("begin")).unwrap();
    teachers.publish(&world.request()).unwrap();
    let takedown = take_down(&world, &["video/v"]);
    assert_eq!(takedown.channels.len(), 2);
    let head = teachers.delivery().channel_head(teachers.name()).unwrap().unwrap();
    assert!(head.revocations.count > 0);
    assert!(takedown.counts.contains_key("channel.teachers"));
    assert!(holding(&**world.repository.engine(), FACE).is_empty());
}

#[test]
fn single_documents_and_files_are_taken_down_by_their_ids() {
    let world = with_a_face();
    let rows = world.history().entry_log(&world.main(), &key("video/v"), 10).unwrap().unwrap();
    let (now, before) = (rows[0].document.unwrap(), rows[1].document.unwrap());
    let one = |object: ObjectId| TakedownRequest { objects: vec![object], ..request(&world, &[]) };
    let refused = world.repository.take_down(&one(now.object_id()));
    assert!(matches!(refused, Err(TakedownError::InUse { .. })), "{refused:?}");
    let done = world.repository.take_down(&one(before.object_id())).unwrap();
    assert!(done.is_done() && done.channels.is_empty());
    assert!(is_taken_down(world.repository.document(before)));
    assert!(world.repository.document(now).is_ok());
    let root = world.repository.delivery().snapshot(head(&world).snapshot).unwrap().unwrap();
    let node = world.repository.take_down(&one(root.delivered.object_id()));
    assert!(matches!(node, Err(TakedownError::NotContent { .. })), "{node:?}");
    world.verify();
}

#[test]
fn what_others_have_too_stays_until_it_is_named() {
    let world = World::new();
    draw(&world);
    let mut lines = course();
    lines.push(line("image/one", picture("One of them")));
    lines.push(line("image/two", picture("Two of them")));
    world.import(&lines);
    let takedown = take_down(&world, &["image/one"]);
    let file = MediaId::of(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    assert_eq!(takedown.shared.len(), 1);
    assert_eq!(
        (takedown.shared[0].object, &takedown.shared[0].with),
        (file.object_id(), &key("image/two"))
    );
    let named = TakedownRequest { media: vec![file], ..request(&world, &[]) };
    world.repository.take_down(&named).unwrap();
    let read = world.repository.engine().object(&Space::Source, file.object_id());
    assert!(matches!(read, Err(ReadError::TakenDown { .. })));
    world.verify();
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let world = with_a_face();
    let before = world.main();
    let refused = |request: TakedownRequest| world.repository.take_down(&request).unwrap_err();
    assert!(matches!(refused(request(&world, &[])), TakedownError::NothingNamed));
    assert!(matches!(refused(request(&world, &["video/no"])), TakedownError::UnknownEntry { .. }));
    assert!(matches!(
        refused(request(&world, &["schema/video"])),
        TakedownError::NotContent { .. }
    ));
    assert!(matches!(refused(request(&world, &["locale/es"])), TakedownError::NotContent { .. }));
    let unknown = TakedownRequest {
        objects: vec![ObjectId::of(ObjectKind::Document, b"?")],
        ..request(&world, &[])
    };
    assert!(matches!(refused(unknown), TakedownError::UnknownObject { .. }));
    let long = TakedownRequest { words: "x".repeat(2001), ..request(&world, &["video/v"]) };
    assert!(matches!(refused(long), TakedownError::LongWords));
    let many: Vec<EntryKey> = (0..101).map(|n| key(&format!("video/v{n}"))).collect();
    let many = TakedownRequest { entries: many, ..request(&world, &[]) };
    assert!(matches!(refused(many), TakedownError::TooMany { count: 101 }));
    assert_eq!(world.main(), before);
    assert_eq!(world.repository.takedowns().unwrap(), []);
}

/// An engine that takes only so many writes, as if the process were killed then.
struct Killed {
    inner: Arc<MemoryEngine>,
    left: AtomicU64,
}

impl Layer for Killed {
    fn beneath(&self) -> &dyn Engine {
        &*self.inner
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        let left =
            self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_err() {
            return Err(CommitError::Stopped);
        }
        self.inner.commit(batch)
    }
}

#[test]
fn a_takedown_that_was_cut_off_anywhere_is_completed() {
    let (mut writes, mut cut_off) = (0, 0);
    loop {
        let inner = Arc::new(MemoryEngine::default());
        let engine = Arc::new(Killed { inner: inner.clone(), left: AtomicU64::new(u64::MAX) });
        let world = World::over(Arc::clone(&engine) as _);
        let mut lines: Vec<Value> = course();
        lines.retain(|line| line["key"] != "video/v");
        lines.push(line("video/v", video(FACE)));
        world.import(&lines);
        world.publish();
        let draft = begin(&world, "a draft");
        save(&world, &draft.draft, "video/v", &video(&format!("{FACE} typed")));
        let asked = request(&world, &["video/v"]);
        engine.left.store(writes, Ordering::SeqCst);
        let done = world.repository.take_down(&asked);
        if done.is_ok() {
            assert!(cut_off > 8, "it was cut off {cut_off} times");
            return;
        }
        cut_off += 1;
        let later = Repository::open(inner.clone(), RepositoryOptions::default()).unwrap();
        let later = later.with_content_engines(super::playing::engines());
        let finished = later.finish_takedowns().unwrap();
        let is_recorded = !later.takedowns().unwrap().is_empty();
        assert_eq!(finished.len(), usize::from(is_recorded), "after {writes} writes");
        // Whoever asked asks again, and gets the same takedown.
        let again = later.take_down(&asked).unwrap();
        assert!(again.is_done());
        assert_eq!(later.takedowns().unwrap().len(), 1);
        assert_eq!(holding(&*inner, FACE), Vec::<String>::new(), "after {writes} writes");
        assert_eq!(cells_holding(&*inner, FACE), Vec::<String>::new(), "after {writes} writes");
        World::reopened(inner).verify();
        writes += 1;
    }
}

#[test]
fn a_route_of_what_was_taken_down_leads_nowhere() {
    let world = with_a_face();
    let snapshot = world.repository.delivery().snapshot(head(&world).snapshot).unwrap().unwrap();
    let route = world.repository.delivery().route_of(&snapshot, &key("video/v")).unwrap().unwrap();
    take_down(&world, &["video/v"]);
    let now = world.repository.delivery().snapshot(head(&world).snapshot).unwrap().unwrap();
    let answer = world.repository.delivery().route(&now, &route).unwrap();
    assert_eq!(answer, RouteAnswer::Gone { key: key("video/v") });
}

/// Somebody keeps the course in files and imports them every night.
#[test]
fn no_verb_brings_back_what_was_taken_down_and_each_says_so() {
    let world = with_a_face();
    let again = video(&format!("{FACE} again"));
    take_down(&world, &["video/v"]);
    let lines = [line("video/v", again.clone()), line("exercise/e2", exercise("New", "6 + 6"))];
    let refused = world.try_import(&lines, |_| {});
    let Err(ImportError::Refused { report }) = refused else { panic!("{refused:?}") };
    assert_eq!(report.refused_count, 1);
    assert_eq!(report.refused[0].key.as_deref(), Some("video/v"));
    assert_eq!(report.refused[0].reasons[0].code, ViolationCode::TakenDown);
    // The rest may come without it.
    let report = world.try_import(&lines, |options| options.skip_invalid = true).unwrap();
    assert_eq!((report.refused_count, report.added, report.changed), (1, 0, 1));
    let refused = world.commit(&[("video/v", Some(again.clone()))]);
    let Err(RefusedCommit::Refused { refusals }) = refused else { panic!("{refused:?}") };
    assert_eq!(refusals[0].violations[0].code, ViolationCode::TakenDown);
    // Under another key they are the same words.
    assert!(world.commit(&[("video/other", Some(again.clone()))]).is_err());
    let draft = begin(&world, "typed again").draft;
    let typed = save_as(&world, &draft, world.stamp("type"), "video/v", &again, EntryTag::Absent);
    let Err(SaveError::NotADocument { violation }) = typed else { panic!("{typed:?}") };
    assert_eq!(violation.code, ViolationCode::TakenDown);
    assert_eq!(cells_holding(&**world.repository.engine(), FACE), Vec::<String>::new());
    // Other words may come: whether they say the same is for people to judge.
    world.put("video/v", video("How frogs grow"));
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "How frogs grow");
    world.verify();
}

/// Rebasing and merging a draft compares it with the state from which it began, which had the entry.
#[test]
fn a_draft_from_before_goes_on_whatever_it_changed() {
    let world = with_a_face();
    let empty = begin(&world, "nothing yet").draft;
    let elsewhere = begin(&world, "about another entry").draft;
    save(&world, &elsewhere, "exercise/e2", &exercise("E2", "7 + 7"));
    let around = begin(&world, "about its lesson").draft;
    let mut lesson = on_main(&world, "lesson/l1").unwrap();
    lesson["title"] = json!("Another title");
    save(&world, &around, "lesson/l1", &lesson);
    let of_itself = begin(&world, "about itself").draft;
    save(&world, &of_itself, "video/v", &video("Something else"));
    for draft in [&elsewhere, &around, &of_itself] {
        world.drafts().commit(draft, None, &world.stamp("kept")).unwrap();
    }
    take_down(&world, &["video/v"]);
    // Whoever looks at it sees what learners would get: the lesson without the video.
    for draft in [&empty, &elsewhere, &around, &of_itself] {
        let head = world.drafts().one(draft).unwrap().head;
        let preview = world.production().preview(head);
        preview.unwrap_or_else(|error| panic!("{draft}: {error}"));
        let share = NewShare {
            hash: SecretHash::of(draft.to_string().as_bytes()),
            draft: draft.clone(),
            channel: "production".parse().unwrap(),
            label: String::new(),
            expires_ms: world.stamp("").time_ms + 1_000_000,
            stamp: world.stamp("share"),
        };
        world.drafts().create_share(&share).unwrap();
        let shared = world.drafts().shared(&share.hash, share.stamp.time_ms).unwrap();
        shared.preview().unwrap_or_else(|error| panic!("{draft}: {error}"));
    }
    for draft in [&empty, &elsewhere, &around, &of_itself] {
        let brought = world.drafts().rebase(draft, &world.stamp("up to date"));
        let brought = brought.unwrap_or_else(|error| panic!("{draft}: {error}"));
        assert_eq!(brought.conflicted, [], "{draft}");
    }
    let kept = world.drafts().entry(&around, &key("lesson/l1")).unwrap().unwrap();
    let document = kept.document.unwrap();
    assert_eq!(
        (&document["title"], &document["children"]),
        (&json!("Another title"), &json!(["exercise/e1"]))
    );
    world.verify();
}
