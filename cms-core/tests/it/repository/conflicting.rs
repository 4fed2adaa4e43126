//! Conflicts stay until somebody settles them, and a save is joined with what has changed since its writer read the
//! entry.

use cms_core::{
    document::Choice,
    model::document::Document,
    repo::{
        CompareOptions, DraftId, DraftQuery, EntryTag, MergeError, SaveError, SaveRequest, Saved,
        Settling, Stale, WorkingContent,
    },
};
use serde_json::{Value, json};

use super::{
    drafting::{begin, by, commit_to, on_main, save, save_as, started, tag},
    world::{World, exercise, key, video},
};

const VIDEO: &str = "video/v";

fn told(title: &str, description: &str) -> Value {
    let mut video = video(title);
    video["slug"] = json!("watch");
    video["description"] = json!(description);
    video
}

/// A draft in which the description of a video is in conflict: Ana's against that of main.
fn in_conflict() -> (World, DraftId) {
    let world = started();
    world.put(VIDEO, told("Watch", "First words here."));
    let draft = begin(&world, "Ana's").draft;
    save(&world, &draft, VIDEO, &told("Watch", "Ana's words."));
    world.put(VIDEO, told("Watch", "BEN'S CORRECTION."));
    let merged = world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    assert_eq!(merged.conflicted, [key(VIDEO)]);
    (world, draft)
}

fn type_settling(
    world: &World,
    draft: &DraftId,
    document: &Value,
    settles: &[&str],
) -> Result<Saved, SaveError> {
    world.drafts().save(&SaveRequest {
        draft: draft.clone(),
        key: key(VIDEO),
        content: WorkingContent::Document(Document::parse(document.to_string().as_bytes())),
        expected: tag(world, draft, VIDEO),
        settles: settles.iter().map(|pointer| (*pointer).to_owned()).collect(),
        stamp: world.stamp("type"),
    })
}

/// The remaining conflicts: each place with base, ours and theirs.
fn left(world: &World, draft: &DraftId) -> Vec<(String, Value, Value, Value)> {
    let entry = world.drafts().entry(draft, &key(VIDEO)).unwrap().unwrap();
    let listed = world.drafts().conflicts(draft).unwrap();
    let listed = listed.entries.into_iter().find(|entry| entry.key == key(VIDEO));
    let listed = listed.map(|entry| entry.conflicts).unwrap_or_default();
    assert_eq!(entry.conflicts, listed, "said alike wherever it is read");
    let side = |side: Option<Value>| side.unwrap_or_default();
    let rows = listed.into_iter().map(|conflict| {
        (conflict.pointer, side(conflict.base), side(conflict.ours), side(conflict.theirs))
    });
    rows.collect()
}

fn description(base: &str, ours: &str, theirs: &str) -> Vec<(String, Value, Value, Value)> {
    vec![("/description".into(), json!(base), json!(ours), json!(theirs))]
}

/// An editor's page that did not know of the conflict saved another field, and after the merge main's correction was
/// gone.
#[test]
fn a_save_of_another_field_settles_no_conflict() {
    let (world, draft) = in_conflict();
    let was = description("First words here.", "Ana's words.", "BEN'S CORRECTION.");
    assert_eq!(left(&world, &draft), was);
    let saved = type_settling(&world, &draft, &told("Look", "Ana's words."), &[]).unwrap();
    assert_eq!(saved.conflicts.len(), 1);
    assert_eq!(left(&world, &draft), was);
    let refused = world.drafts().merge(&draft, &world.stamp("merge")).unwrap_err();
    assert!(refused.to_string().ends_with(&format!("in conflict: {VIDEO}")), "{refused}");
    world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
    assert_eq!(left(&world, &draft), was, "nor does committing");
    assert_eq!(world.drafts().conflicted(&draft).unwrap(), [key(VIDEO)]);
    let now = world.drafts().document(&draft, &key(VIDEO)).unwrap().unwrap();
    assert_eq!((&now["title"], &now["description"]), (&json!("Look"), &json!("Ana's words.")));
    let theirs =
        Settling::Place { key: key(VIDEO), pointer: "/description".into(), choice: Choice::Theirs };
    world.drafts().settle(&draft, &theirs, &world.stamp("settle")).unwrap();
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    assert_eq!(on_main(&world, VIDEO).unwrap(), told("Look", "BEN'S CORRECTION."));
    world.verify();
}

#[test]
fn a_save_settles_the_places_that_it_names_and_no_other() {
    let (world, draft) = in_conflict();
    let text = told("Look", "Both our words.");
    let refused = type_settling(&world, &draft, &text, &["/title"]).unwrap_err();
    assert!(matches!(refused, SaveError::NotConflicted { .. }), "{refused}");
    let saved = type_settling(&world, &draft, &text, &["/description"]).unwrap();
    assert_eq!(saved.conflicts, []);
    assert_eq!(left(&world, &draft), []);
    // Typing continues, and the conflict stays settled.
    type_settling(&world, &draft, &told("Look!", "Both our words."), &[]).unwrap();
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    assert_eq!(on_main(&world, VIDEO).unwrap(), told("Look!", "Both our words."));
}

#[test]
fn words_typed_at_a_place_in_conflict_are_kept_and_the_conflict_too() {
    let (world, draft) = in_conflict();
    type_settling(&world, &draft, &told("Watch", "Ana's better words."), &[]).unwrap();
    let better = description("First words here.", "Ana's better words.", "BEN'S CORRECTION.");
    assert_eq!(left(&world, &draft), better);
    // On the way she passes through the earlier text: that alone must not let Ben's text win.
    let saved = type_settling(&world, &draft, &told("Watch", "First words here."), &[]).unwrap();
    assert_eq!(saved.conflicts.len(), 1);
    let now = world.drafts().document(&draft, &key(VIDEO)).unwrap().unwrap();
    assert_eq!(now["description"], "First words here.");
    assert_eq!(left(&world, &draft)[0].3, json!("BEN'S CORRECTION."));
    type_settling(&world, &draft, &told("Watch", "First words here, and mine."), &[]).unwrap();
    assert_eq!(left(&world, &draft)[0].2, json!("First words here, and mine."));
    assert_eq!(left(&world, &draft)[0].3, json!("BEN'S CORRECTION."));
    // Exactly their text is no conflict any more: nobody's words are lost.
    let saved = type_settling(&world, &draft, &told("Watch", "BEN'S CORRECTION."), &[]).unwrap();
    assert_eq!(saved.conflicts, []);
    world.verify();
}

#[test]
fn an_entry_in_conflict_that_goes_to_the_trash_is_still_in_conflict() {
    let (world, draft) = in_conflict();
    let saved = world
        .drafts()
        .save(&SaveRequest {
            draft: draft.clone(),
            key: key(VIDEO),
            content: WorkingContent::Deleted,
            expected: tag(&world, &draft, VIDEO),
            settles: Vec::new(),
            stamp: world.stamp("trash"),
        })
        .unwrap();
    assert_eq!(saved.conflicts.len(), 1);
    world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
    let refused = world.drafts().merge(&draft, &world.stamp("merge")).unwrap_err();
    assert!(refused.to_string().contains("in conflict"), "{refused}");
}

#[test]
fn settling_a_place_takes_along_what_was_typed_of_the_entry() {
    let (world, draft) = in_conflict();
    let bens = by(world.stamp("type"), "ben", 500);
    let read = tag(&world, &draft, VIDEO);
    save_as(&world, &draft, bens, VIDEO, &told("Ben's title", "Ana's words."), read).unwrap();
    let wrong = Settling::Place { key: key(VIDEO), pointer: "/title".into(), choice: Choice::Ours };
    world.drafts().settle(&draft, &wrong, &world.stamp("settle")).unwrap_err();
    let working = world.drafts().working(&draft, &key(VIDEO)).unwrap();
    assert!(working.is_some_and(|working| working.author == "ben"), "a refusal changes nothing");
    let place =
        Settling::Place { key: key(VIDEO), pointer: "/description".into(), choice: Choice::Base };
    world.drafts().settle(&draft, &place, &world.stamp("settle")).unwrap();
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    assert_eq!(on_main(&world, VIDEO).unwrap(), told("Ben's title", "First words here."));
    let log = world.history().entry_log(&world.main(), &key(VIDEO), 3).unwrap().unwrap();
    assert!(log.iter().any(|row| row.author == "ben"), "what Ben typed is under his name");
}

fn stale(refused: Result<Saved, SaveError>) -> Stale {
    match refused {
        Err(SaveError::Stale { stale, .. }) => *stale,
        other => panic!("{other:?}"),
    }
}

/// The save was joined with what was committed last: it found a conflict where there was none, and undid the other's
/// text.
#[test]
fn a_late_save_is_joined_with_what_its_writer_had_read() {
    let world = started();
    let draft = begin(&world, "Together").draft;
    let first = save(&world, &draft, VIDEO, &told("Halves", "First words here."));
    for text in ["H", "Halves and", "Halves and thirds"] {
        save(&world, &draft, VIDEO, &told(text, "First words here."));
    }
    let bens = told("Halves", "Better words.");
    let read = EntryTag::Working(first.version);
    let late =
        stale(save_as(&world, &draft, by(world.stamp("late"), "ben", 9), VIDEO, &bens, read));
    assert!(late.is_base_known);
    assert_eq!(late.base, Some(told("Halves", "First words here.")));
    assert_eq!(late.conflicts, []);
    assert_eq!(late.merged, Some(told("Halves and thirds", "Better words.")));
    save_as(&world, &draft, world.stamp("type"), VIDEO, &late.merged.unwrap(), late.tag).unwrap();
}

/// The version that was read is found across others' sessions and commits; a hundred saves later it is reported as
/// forgotten.
#[test]
fn what_a_writer_had_read_is_known_through_sessions_and_commits() {
    let world = started();
    let draft = begin(&world, "Together").draft;
    let first = save(&world, &draft, VIDEO, &told("One", "Words."));
    let read = EntryTag::Working(first.version);
    for (number, person) in ["ana", "ben", "ana", "ben"].into_iter().enumerate() {
        let stamp = by(world.stamp("type"), person, 100 + number as u64);
        let tag = tag(&world, &draft, VIDEO);
        let text = told(&format!("Number {number}"), "Words.");
        save_as(&world, &draft, stamp, VIDEO, &text, tag).unwrap();
        if number == 2 {
            world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
        }
    }
    let mine = told("One", "Other words.");
    let late = stale(save_as(&world, &draft, world.stamp("late"), VIDEO, &mine, read));
    assert_eq!(late.base, Some(told("One", "Words.")));
    assert_eq!((late.merged, late.conflicts), (Some(told("Number 3", "Other words.")), vec![]));
    for number in 0..600 {
        save(&world, &draft, VIDEO, &told(&"x".repeat(number % 300), "Words."));
    }
    let late = stale(save_as(&world, &draft, world.stamp("late"), VIDEO, &mine, read));
    assert!(!late.is_base_known);
    assert_eq!((late.base, late.merged), (None, None), "nothing is joined on a guess");
    assert_eq!(late.theirs.unwrap()["description"], "Words.");
}

#[test]
fn who_types_on_after_a_commit_of_their_own_words_is_not_late() {
    let world = started();
    let draft = begin(&world, "Together").draft;
    let first = save(&world, &draft, VIDEO, &told("One", "Words."));
    world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
    let read = EntryTag::Working(first.version);
    let next = told("One", "Words, and more.");
    save_as(&world, &draft, world.stamp("type"), VIDEO, &next, read).unwrap();
    // A list of drafts goes from one to the next, whatever cells each has.
    let query = DraftQuery { rows_max: 10, ..DraftQuery::default() };
    assert_eq!(world.drafts().list(&query).unwrap().drafts.len(), 1);
    world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
    assert_eq!(on_main(&world, VIDEO).unwrap(), next);
}

/// The first save of an entry did not name the version that its writer had read, and overwrote a colleague's commit.
#[test]
fn the_first_save_of_an_entry_names_what_was_read_like_every_other() {
    let world = started();
    let draft = begin(&world, "Together").draft;
    let read = tag(&world, &draft, VIDEO);
    let was = on_main(&world, VIDEO).unwrap();
    let mut bens = was.clone();
    bens["title"] = json!("Ben's title");
    save_as(&world, &draft, by(world.stamp("type"), "ben", 9), VIDEO, &bens, read).unwrap();
    world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
    let mut anas = was.clone();
    anas["description"] = json!("Ana's description");
    let late = stale(save_as(&world, &draft, world.stamp("type"), VIDEO, &anas, read));
    let joined = late.merged.unwrap();
    assert_eq!((&joined["title"], &joined["description"]), (&bens["title"], &anas["description"]));
    // Nor can a save of an entry that exists claim to have read that there is none.
    let none = stale(save_as(&world, &draft, world.stamp("type"), VIDEO, &anas, EntryTag::Absent));
    assert_eq!(none.theirs, Some(bens));
}

/// One person alone: the entry stayed open while the draft was brought up to date, and the next save took main's
/// correction back.
#[test]
fn what_main_brought_is_not_taken_back_by_a_page_that_was_open() {
    let world = started();
    let draft = begin(&world, "Title").draft;
    let read = tag(&world, &draft, VIDEO);
    let mut mine = on_main(&world, VIDEO).unwrap();
    let mut corrected = mine.clone();
    corrected["description"] = json!("A correction on main.");
    world.put(VIDEO, corrected);
    world.drafts().rebase(&draft, &world.stamp("rebase")).unwrap();
    mine["title"] = json!("Mine");
    let late = stale(save_as(&world, &draft, world.stamp("type"), VIDEO, &mine, read));
    assert_eq!(late.merged.unwrap()["description"], "A correction on main.");
}

#[test]
fn of_two_first_saves_at_once_one_is_told() {
    let world = started();
    let draft = begin(&world, "Together").draft;
    let read = tag(&world, &draft, "exercise/e1");
    let (one, two) = (exercise("Add", "One?"), exercise("Add", "Two?"));
    save_as(&world, &draft, world.stamp("type"), "exercise/e1", &one, read).unwrap();
    let bens = by(world.stamp("type"), "ben", 9);
    let late = stale(save_as(&world, &draft, bens, "exercise/e1", &two, read));
    assert_eq!(late.theirs, Some(one));
    // The same for a new entry that two people made under one id.
    let new = "video/new";
    save_as(&world, &draft, world.stamp("type"), new, &video("A"), EntryTag::Absent).unwrap();
    let bens = by(world.stamp("type"), "ben", 9);
    let late = stale(save_as(&world, &draft, bens, new, &video("B"), EntryTag::Absent));
    assert_eq!((late.base, late.theirs), (None, Some(video("A"))));
}

#[test]
fn an_id_in_the_trash_is_not_free() {
    let world = started();
    let draft = begin(&world, "New").draft;
    commit_to(&world, &draft, &[("video/old", Some(video("Old")))]);
    commit_to(&world, &draft, &[("video/old", None)]);
    let new = video("New");
    let refused = save_as(&world, &draft, world.stamp("type"), "video/old", &new, EntryTag::Absent);
    assert!(matches!(refused, Err(SaveError::InTrash { .. })), "{refused:?}");
    world.drafts().untrash(&draft, &key("video/old"), &world.stamp("back")).unwrap();
    save(&world, &draft, "video/old", &new);
}

/// A conflict that is half settled, or that somebody is working on, when main changes the entry once more.
#[test]
fn a_half_settled_conflict_is_finished_before_main_is_merged_again() {
    let (world, draft) = in_conflict();
    type_settling(&world, &draft, &told("Look", "Ana's words."), &[]).unwrap();
    let head = world.drafts().one(&draft).unwrap().head;
    world.put(VIDEO, told("Watch", "BEN'S SECOND CORRECTION."));
    let refused = world.drafts().rebase(&draft, &world.stamp("again")).unwrap_err();
    let is_told = matches!(
        refused,
        cms_core::repo::BringError::Merge(MergeError::Unfinished { ref keys }) if *keys == [key(VIDEO)]
    );
    assert!(is_told, "{refused}");
    assert_eq!(world.drafts().one(&draft).unwrap().head, head);
    assert!(world.drafts().working(&draft, &key(VIDEO)).unwrap().is_some());
    let settled = type_settling(&world, &draft, &told("Look", "Ours."), &["/description"]);
    assert_eq!(settled.unwrap().conflicts, []);
    let merged = world.drafts().rebase(&draft, &world.stamp("again")).unwrap();
    assert_eq!(merged.conflicted, [key(VIDEO)], "it meets the second correction");
    assert_eq!(left(&world, &draft)[0].3, json!("BEN'S SECOND CORRECTION."));
}

/// An entry in conflict did not exist for anyone who asked who wrote what, and a difference to it deleted everything.
#[test]
fn an_entry_in_conflict_is_compared_and_blamed_as_it_is_shown() {
    let (world, draft) = in_conflict();
    let state = world.repository.resolve(&draft.branch().to_string()).unwrap();
    let rows = world.history().blame(&state, &key(VIDEO)).unwrap().unwrap();
    assert!(rows.iter().any(|row| row.leaf.address == "/description"));
    let patch = world
        .repository
        .entry_patch(&world.main().into(), &state.clone().into(), &key(VIDEO))
        .unwrap()
        .unwrap();
    assert_eq!(
        patch,
        json!([{ "op": "replace", "path": "/description", "value": "Ana's words." }])
    );
    let options = CompareOptions { details: false, rows_max: 10 };
    let compared = world.repository.compare(&world.main(), &state, options).unwrap();
    assert_eq!((compared.changed_count, compared.removed_count), (1, 0));
}
