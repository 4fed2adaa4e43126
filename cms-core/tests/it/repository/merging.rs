//! Laws of merging catalogues, over random edits of two drafts.

use std::{collections::BTreeMap, thread};

use cms_core::repo::{BringError, DraftId, MergeError, State};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    drafting::{begin, commit_to, on_main},
    world::{World, container, course, exercise, key, video},
};

/// One edit; about half of them leave the content whole by themselves.
#[derive(Debug, Clone)]
enum Edit {
    Retitle(usize, u8),
    Hint(usize, u8),
    Ask(usize, u8),
    Shuffle(usize),
    Take(usize),
    Add(u8),
}

const CONTAINERS: [&str; 5] = ["unit/u1", "unit/u2", "lesson/l1", "lesson/l2", "lesson/l3"];
const EXERCISES: [&str; 3] = ["exercise/e1", "exercise/e2", "exercise/e3"];

fn any_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => (0..5usize, 0u8..3).prop_map(|(at, to)| Edit::Retitle(at, to)),
        3 => (0..3usize, 0u8..3).prop_map(|(at, to)| Edit::Hint(at, to)),
        3 => (0..3usize, 0u8..3).prop_map(|(at, to)| Edit::Ask(at, to)),
        2 => (0..5usize).prop_map(Edit::Shuffle),
        1 => (0..5usize).prop_map(Edit::Take),
        2 => (0u8..3).prop_map(Edit::Add),
    ]
}

fn any_edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(any_edit(), 1..6)
}

fn in_draft(world: &World, draft: &DraftId, text: &str) -> Option<Value> {
    world.drafts().document(draft, &key(text)).unwrap()
}

fn make(world: &World, draft: &DraftId, edit: &Edit) {
    let change = |text: &str, change: &dyn Fn(&mut Value)| {
        let Some(before) = in_draft(world, draft, text) else { return };
        let mut after = before.clone();
        change(&mut after);
        if before != after {
            commit_to(world, draft, &[(text, Some(after))]);
        }
    };
    match edit {
        Edit::Retitle(at, to) => change(CONTAINERS[*at], &|document| {
            document["title"] = json!(format!("Title {to}"));
        }),
        Edit::Hint(at, to) => change(EXERCISES[*at], &|document| {
            document["items"][0]["hints"][0]["content"] = json!(format!("Hint {to}."));
        }),
        Edit::Ask(at, to) => change(EXERCISES[*at], &|document| {
            let text = format!("Question {to}?\n\n[[☃ numeric-input 1]]");
            document["items"][0]["question"]["content"] = json!(text);
        }),
        Edit::Shuffle(at) => change(CONTAINERS[*at], &|document| {
            document["children"].as_array_mut().unwrap().reverse();
        }),
        Edit::Take(at) => change(CONTAINERS[*at], &|document| {
            document["children"].as_array_mut().unwrap().pop();
        }),
        Edit::Add(name) => {
            let text = format!("video/w{name}");
            if in_draft(world, draft, &text).is_none() {
                commit_to(world, draft, &[(&*text, Some(video(&format!("Video {name}"))))]);
            }
        }
    }
}

fn documents(world: &World, state: &State) -> BTreeMap<String, Value> {
    let lines = world.export(state).into_iter();
    let named = lines.map(|line| {
        let name = format!("{}@{}", line["key"].as_str().unwrap(), line["locale"]);
        (name, line["document"].clone())
    });
    named.collect()
}

fn head(world: &World, draft: &DraftId) -> State {
    world.repository.resolve(&draft.branch().to_string()).unwrap()
}

fn two(world: &World, ours: &[Edit], theirs: &[Edit]) -> [DraftId; 2] {
    world.import(&course());
    let drafts = [begin(world, "Ours").draft, begin(world, "Theirs").draft];
    ours.iter().for_each(|edit| make(world, &drafts[0], edit));
    theirs.iter().for_each(|edit| make(world, &drafts[1], edit));
    drafts
}

/// The result of a merge: the content, or the entries in conflict.
fn merged(
    world: &World,
    first: &DraftId,
    second: &DraftId,
) -> Result<BTreeMap<String, Value>, Vec<String>> {
    for draft in [first, second] {
        match world.drafts().merge(draft, &world.stamp("merge")) {
            Ok(_) | Err(BringError::Merge(MergeError::NothingToMerge { .. })) => {}
            Err(BringError::Merge(MergeError::Conflicts { conflicted, conflicts })) => {
                let around = conflicts.into_iter().map(|found| found.id);
                let mut found: Vec<String> =
                    conflicted.iter().map(ToString::to_string).chain(around).collect();
                found.sort();
                return Err(found);
            }
            Err(error) => panic!("{error}"),
        }
    }
    Ok(documents(world, &world.main()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 100, ..ProptestConfig::default() })]

    /// Merging the other way round gives the same content, or the same entries in conflict.
    #[test]
    fn the_order_of_merging_does_not_matter(ours in any_edits(), theirs in any_edits()) {
        let [here, there] = [World::new(), World::new()];
        let [a, b] = two(&here, &ours, &theirs);
        let [c, d] = two(&there, &ours, &theirs);
        let (one, other) = (merged(&here, &a, &b), merged(&there, &d, &c));
        match (&one, &other) {
            (Err(one), Err(other)) => prop_assert_eq!(one.len(), other.len()),
            _ => prop_assert_eq!(&one, &other),
        }
        here.verify();
    }

    /// Merging what main already has changes nothing, and merging a line with its copy gives the line itself.
    #[test]
    fn merging_the_same_changes_nothing(edits in any_edits()) {
        let world = World::new();
        let [a, b] = two(&world, &edits, &edits);
        let wanted = documents(&world, &head(&world, &a));
        if let Ok(found) = merged(&world, &a, &b) {
            prop_assert_eq!(found, wanted);
        }
        let nothing = begin(&world, "Nothing").draft;
        let again = world.drafts().rebase(&nothing, &world.stamp("rebase"));
        let is_nothing = matches!(again, Err(BringError::Merge(MergeError::NothingToMerge { .. })));
        prop_assert!(is_nothing);
    }

    /// Each side's change of an entry is in the result, or the entry is in conflict.
    #[test]
    fn no_edit_is_lost(ours in any_edits(), theirs in any_edits()) {
        let world = World::new();
        let [a, b] = two(&world, &ours, &theirs);
        let base = documents(&world, &world.main());
        let sides = [documents(&world, &head(&world, &a)), documents(&world, &head(&world, &b))];
        let brought = {
            world.drafts().merge(&b, &world.stamp("merge")).ok();
            world.drafts().rebase(&a, &world.stamp("rebase")).ok()
        };
        let Some(brought) = brought else { return Ok(()) };
        let result = documents(&world, &head(&world, &a));
        for name in sides[0].keys().chain(sides[1].keys()) {
            let [ours, theirs] = sides.each_ref().map(|side| side.get(name));
            let entry = name.split('@').next().unwrap();
            if brought.conflicted.iter().any(|key| key.to_string() == entry) {
                continue;
            }
            match (ours == base.get(name), theirs == base.get(name)) {
                (true, true) => prop_assert_eq!(result.get(name), base.get(name)),
                (false, true) => prop_assert_eq!(result.get(name), ours),
                (true, false) => prop_assert_eq!(result.get(name), theirs),
                (false, false) => {
                    // Everything that each side set is there, field by field.
                    for (side, other) in [(ours, theirs), (theirs, ours)] {
                        for field in ["title", "slug"] {
                            let of = |document: Option<&Value>| document.map(|document| document[field].clone());
                            if of(side) != of(base.get(name)) && of(other) == of(base.get(name)) {
                                prop_assert_eq!(of(result.get(name)), of(side));
                            }
                        }
                    }
                }
            }
        }
        world.verify();
    }
}

#[test]
fn lines_that_crossed_merge_as_if_they_had_not() {
    let world = World::new();
    world.import(&course());
    let [a, b] = [begin(&world, "A").draft, begin(&world, "B").draft];
    commit_to(&world, &a, &[("video/v", Some(video("From A")))]);
    commit_to(&world, &b, &[("lesson/l2", Some(container("From B", &["exercise/e2"])))]);
    // Each is merged into main, and main into the other, so that there are two best common ancestors.
    world.drafts().merge(&a, &world.stamp("merge")).unwrap();
    world.drafts().rebase(&b, &world.stamp("rebase")).unwrap();
    commit_to(&world, &b, &[("exercise/e1", Some(exercise("Add", "From B?")))]);
    world.put("exercise/e2", exercise("Double", "From main?"));
    world.drafts().merge(&b, &world.stamp("merge")).unwrap();
    assert_eq!(on_main(&world, "video/v").unwrap()["title"], "From A");
    assert_eq!(on_main(&world, "lesson/l2").unwrap()["title"], "From B");
    world.verify();
}

#[test]
fn fifty_who_merge_at_once_all_get_through_and_nothing_is_lost() {
    const EDITORS: usize = 50;
    let world = World::new();
    world.import(&course());
    let drafts: Vec<DraftId> = (0..EDITORS)
        .map(|number| {
            let draft = begin(&world, &format!("Editor {number}")).draft;
            let mut lesson = container("One", &["exercise/e1", "video/v"]);
            let own = format!("video/own-{number}");
            commit_to(&world, &draft, &[(&*own, Some(video(&format!("Video {number}"))))]);
            lesson["children"].as_array_mut().unwrap().push(json!(own));
            commit_to(&world, &draft, &[("lesson/l1", Some(lesson))]);
            draft
        })
        .collect();
    let computed: u64 = thread::scope(|scope| {
        let merging: Vec<_> = drafts
            .iter()
            .map(|draft| {
                let world = &world;
                scope.spawn(move || {
                    let stamp = world.stamp("merge");
                    world.drafts().merge(draft, &stamp).unwrap().computed_count
                })
            })
            .collect();
        merging.into_iter().map(|merging| merging.join().unwrap()).sum()
    });
    assert!(computed <= EDITORS as u64 * 12 / 10, "{computed} merges were computed");
    let lesson = on_main(&world, "lesson/l1").unwrap();
    assert_eq!(lesson["children"].as_array().unwrap().len(), 2 + EDITORS);
    world.verify();
}
