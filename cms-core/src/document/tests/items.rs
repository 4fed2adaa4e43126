//! Items of exercises: texts with widgets in them, widgets by name, choices by id.

use serde_json::{Value, json};

use super::{kind, merged, sides};
use crate::document::{Change, ChangeKind, ConflictReason, RunKind, Shape, Step, diff};

const CONTENT: &str = "Which is more, $\\frac{1}{2}$ or $\\frac{1}{3}$?\n\n[[☃ radio 1]]\n\nAnd how much is a half of it? [[☃ numeric-input 1]] of a cake.";

fn choice(id: &str, content: &str) -> Value {
    json!({"id": id, "content": content, "correct": false, "rationale": format!("Why {id}.")})
}

fn three_choices() -> Value {
    json!([choice("a", "A half"), choice("b", "A third"), choice("c", "They are equal")])
}

/// A choice in the form of old items.
fn unnamed(content: &str) -> Value {
    json!({"content": content, "correct": false})
}

fn with_content(content: &str) -> Value {
    exercise(content, three_choices())
}

fn with_choices(choices: Value) -> Value {
    exercise(CONTENT, choices)
}

fn exercise(content: &str, choices: Value) -> Value {
    json!({
        "title": "Halves",
        "slug": "halves",
        "items": [{
            "id": "i1",
            "question": {
                "content": content,
                "images": {},
                "widgets": {
                    "radio 1": {"type": "radio", "graded": true, "options": {"choices": choices, "randomize": true}},
                    "numeric-input 1": {"type": "numeric-input", "options": {"answers": [{"value": 0.25, "status": "correct"}]}},
                },
            },
            "hints": [],
        }],
    })
}

const RADIO: &str = "/items/i1/question/widgets/radio 1";

fn told(before: &Value, after: &Value) -> Vec<Change> {
    let exercise = kind("exercise");
    let found = diff(Shape::Kind(&exercise), before, after);
    assert_eq!(found.apply(before).as_ref(), Ok(after));
    found.changes
}

/// Checks what is reported, each change as its kind with its address.
#[track_caller]
fn check(before: &Value, after: &Value, expected: &[(ChangeKind, &str)]) {
    let changes = told(before, after);
    let found: Vec<_> =
        changes.iter().map(|change| (change.kind, change.address.as_str())).collect();
    assert_eq!(found, expected);
}

/// Checks a merge without conflicts, and again with the sides swapped.
#[track_caller]
fn check_merge(terms: [&Value; 3], expected: &Value) {
    let terms = sides(terms);
    let exercise = kind("exercise");
    for terms in [terms, terms.swapped()] {
        let found = merged(Shape::Kind(&exercise), terms);
        assert_eq!(found.conflicts, []);
        assert_eq!(found.document.as_ref(), Some(expected));
    }
}

#[test]
fn placeholders_and_formulas_are_never_split() {
    let after = CONTENT
        .replace("[[☃ radio 1]]", "[[☃ radio 2]]")
        .replace("[[☃ numeric-input 1]] of", "[[☃ numeric-input 12]] parts of")
        .replace("\\frac{1}{3}", "\\frac{1}{13}");
    let changes = told(&with_content(CONTENT), &with_content(&after));
    let words = changes[0].words.as_ref().expect("a question is prose");
    let runs = words.paragraphs.iter().flat_map(|paragraph| &paragraph.runs);
    let of = |kind: RunKind| {
        let runs = runs.clone().filter(move |run| run.kind == kind);
        runs.map(|run| run.text.trim()).collect::<Vec<_>>()
    };
    assert_eq!(of(RunKind::Removed), ["$\\frac{1}{3}$", "[[☃ radio 1]]", "[[☃ numeric-input 1]]"]);
    assert_eq!(
        of(RunKind::Added),
        ["$\\frac{1}{13}$", "[[☃ radio 2]]", "[[☃ numeric-input 12]] parts"]
    );
}

#[test]
fn words_around_a_placeholder_merge() {
    let ours = CONTENT.replace("Which is more", "Which of them is more");
    let theirs = CONTENT.replace("of a cake", "of the cake");
    let both = ours.replace("of a cake", "of the cake");
    check_merge(
        [&with_content(CONTENT), &with_content(&ours), &with_content(&theirs)],
        &with_content(&both),
    );
}

#[test]
fn two_other_widgets_at_one_place_are_a_conflict_of_that_text() {
    let exercise = kind("exercise");
    let [ours, theirs] = ["[[☃ radio 2]]", "[[☃ radio 3]]"]
        .map(|other| with_content(&CONTENT.replace("[[☃ radio 1]]", other)));
    let found = merged(Shape::Kind(&exercise), sides([&with_content(CONTENT), &ours, &theirs]));
    assert_eq!(found.conflicts.len(), 1);
    let conflict = &found.conflicts[0];
    assert_eq!(conflict.within.as_deref(), Some("/items/i1/question/content"));
    for (side, name) in [(&conflict.ours, "radio 2"), (&conflict.theirs, "radio 3")] {
        assert_eq!(side, &Some(format!("[[☃ {name}]]").into()));
    }
}

#[test]
fn widgets_go_by_their_names() {
    let before = with_content(CONTENT);
    let place = |document: &mut Value| document["items"][0]["question"]["widgets"].take();
    let with = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut after = before.clone();
        let mut widgets = place(&mut after);
        change(widgets.as_object_mut().expect("widgets"));
        after["items"][0]["question"]["widgets"] = widgets;
        after
    };
    let added = with(&|widgets| {
        widgets.insert("image 1".into(), json!({"type": "image", "options": {}}));
    });
    let image = "/items/i1/question/widgets/image 1";
    check(&before, &added, &[(ChangeKind::Set, image)]);
    check(&added, &before, &[(ChangeKind::Removed, image)]);
    let step = Step::Named { name: "image 1".to_owned() };
    assert_eq!(told(&before, &added)[0].place.last(), Some(&step));
    // A widget is known only by its name: the text places it by that.
    let renamed = with(&|widgets| {
        let radio = widgets.remove("radio 1").expect("it is there");
        widgets.insert("radio 2".into(), radio);
    });
    let other = "/items/i1/question/widgets/radio 2";
    check(&before, &renamed, &[(ChangeKind::Removed, RADIO), (ChangeKind::Set, other)]);
    let regraded = with(&|widgets| widgets["radio 1"]["graded"] = json!(false));
    check(&before, &regraded, &[(ChangeKind::Changed, &format!("{RADIO}/graded"))]);
    // Two people add one widget each.
    let answered = with(&|widgets| {
        widgets["numeric-input 1"]["options"]["answers"][0]["value"] = json!(0.5);
    });
    let both = with(&|widgets| {
        widgets["radio 1"]["graded"] = json!(false);
        widgets["numeric-input 1"]["options"]["answers"][0]["value"] = json!(0.5);
    });
    check_merge([&before, &regraded, &answered], &both);
    // One renames what the other changes: both changes are reported at the old name.
    let exercise = kind("exercise");
    let found = merged(Shape::Kind(&exercise), sides([&before, &renamed, &regraded]));
    let conflicts: Vec<_> = found.conflicts.iter().map(|one| (&*one.pointer, one.reason)).collect();
    assert_eq!(conflicts, [(RADIO, ConflictReason::OursRemoved)]);
}

#[test]
fn choices_go_by_their_ids() {
    let before = with_choices(three_choices());
    let choices = format!("{RADIO}/options/choices");
    let [a, b, c] = ["a", "b", "c"].map(|id| format!("{choices}/{id}"));
    let moved = with_choices(json!([
        choice("c", "They are equal"),
        choice("a", "A half"),
        choice("b", "A third")
    ]));
    check(&before, &moved, &[(ChangeKind::ElementMoved, &c)]);
    let mut changed = with_choices(json!([
        choice("a", "A half"),
        choice("d", "Neither"),
        choice("b", "One third"),
    ]));
    changed["items"][0]["question"]["widgets"]["radio 1"]["options"]["choices"][0]["correct"] =
        json!(true);
    check(
        &before,
        &changed,
        &[
            (ChangeKind::ElementRemoved, &c),
            (ChangeKind::Changed, &format!("{a}/correct")),
            (ChangeKind::ElementAdded, &format!("{choices}/d")),
            (ChangeKind::Changed, &format!("{b}/content")),
        ],
    );
    let place = &told(&before, &changed)[1].place;
    let named = |step: &&Step| matches!(step, Step::Element { key: Some(key), .. } if key == "a");
    assert!(place.iter().any(|step| named(&step)), "{place:?}");
}

#[test]
fn two_people_change_different_choices() {
    let base = with_choices(three_choices());
    let ours = with_choices(json!([
        choice("c", "They are equal"),
        choice("a", "One half"),
        choice("b", "A third")
    ]));
    let theirs = with_choices(json!([
        choice("a", "A half"),
        choice("b", "One third"),
        choice("c", "They are equal"),
        choice("d", "Neither")
    ]));
    let both = with_choices(json!([
        choice("c", "They are equal"),
        choice("a", "One half"),
        choice("b", "One third"),
        choice("d", "Neither")
    ]));
    let exercise = kind("exercise");
    let found = merged(Shape::Kind(&exercise), sides([&base, &ours, &theirs]));
    assert_eq!(found.conflicts, []);
    let merged_choices = |document: &Value| {
        let place = "/items/0/question/widgets/radio 1/options/choices";
        let mut choices =
            document.pointer(place).and_then(Value::as_array).cloned().expect("choices");
        choices.sort_by_key(|choice| choice["id"].to_string());
        choices
    };
    let document = found.document.expect("a document");
    assert_eq!(merged_choices(&document), merged_choices(&both));
    // Which choice is right is a field like any other.
    let mut right = base.clone();
    right["items"][0]["question"]["widgets"]["radio 1"]["options"]["choices"][2]["correct"] =
        json!(true);
    let mut expected = both.clone();
    expected["items"][0]["question"]["widgets"]["radio 1"]["options"]["choices"][0]["correct"] =
        json!(true);
    let again = merged(Shape::Kind(&exercise), sides([&base, &document, &right]));
    assert_eq!(again.conflicts, []);
    assert_eq!(merged_choices(&again.document.expect("a document")), merged_choices(&expected));
}

#[test]
fn two_people_change_one_choice() {
    let exercise = kind("exercise");
    let with = |content: &str| {
        with_choices(json!([
            choice("a", "A half"),
            choice("b", content),
            choice("c", "They are equal")
        ]))
    };
    let (base, ours, theirs) = (with("A third"), with("One third"), with("Three quarters"));
    let found = merged(Shape::Kind(&exercise), sides([&base, &ours, &theirs]));
    assert_eq!(found.conflicts.len(), 1);
    let conflict = &found.conflicts[0];
    assert_eq!(conflict.pointer, format!("{RADIO}/options/choices/b/content"));
    assert_eq!(conflict.reason, ConflictReason::BothChanged);
    assert_eq!(
        [&conflict.base, &conflict.ours, &conflict.theirs].map(|side| side.clone().unwrap()),
        ["A third", "One third", "Three quarters"]
    );
    // One removes what the other changes.
    let without = with_choices(json!([choice("a", "A half"), choice("c", "They are equal")]));
    let found = merged(Shape::Kind(&exercise), sides([&base, &without, &theirs]));
    let conflict = &found.conflicts[0];
    assert_eq!(conflict.pointer, format!("{RADIO}/options/choices/b"));
    assert_eq!(conflict.reason, ConflictReason::OursRemoved);
    assert_eq!(conflict.theirs, Some(choice("b", "Three quarters")));
}

#[test]
fn choices_without_ids_are_known_by_what_they_say() {
    let base = with_choices(json!([
        unnamed("The whole of the cake"),
        unnamed("A half of the cake"),
        unnamed("A third of the cake")
    ]));
    let added = with_choices(json!([
        unnamed("None of the cake at all"),
        unnamed("The whole of the cake"),
        unnamed("A half of the cake"),
        unnamed("A third of the cake")
    ]));
    let choices = format!("{RADIO}/options/choices");
    check(&base, &added, &[(ChangeKind::ElementAdded, &format!("{choices}/0"))]);
    let edited = with_choices(json!([
        unnamed("The whole of the cake"),
        unnamed("A half of the cake"),
        unnamed("A third part of the cake")
    ]));
    check(&base, &edited, &[(ChangeKind::Changed, &format!("{choices}/2/content"))]);
    let both = with_choices(json!([
        unnamed("None of the cake at all"),
        unnamed("The whole of the cake"),
        unnamed("A half of the cake"),
        unnamed("A third part of the cake")
    ]));
    check_merge([&base, &added, &edited], &both);
    // The same one changed twice: nothing is lost, and the place is reported.
    let otherwise = with_choices(json!([
        unnamed("The whole of the cake"),
        unnamed("A half of the cake"),
        unnamed("A quarter of the cake")
    ]));
    let exercise = kind("exercise");
    let found = merged(Shape::Kind(&exercise), sides([&base, &edited, &otherwise]));
    assert_eq!(found.conflicts.len(), 1, "{:?}", found.conflicts);
    assert!(found.conflicts[0].pointer.starts_with(&choices), "{}", found.conflicts[0].pointer);
}

#[test]
fn a_choice_that_gets_its_id_is_the_same_choice() {
    // Migrating an old item to today's form gives each choice an id.
    let before =
        with_choices(json!([unnamed("A half of the cake"), unnamed("A third of the cake")]));
    let mut migrated = before.clone();
    let place = "/items/0/question/widgets/radio 1/options/choices";
    let list = migrated.pointer_mut(place).and_then(Value::as_array_mut).expect("choices");
    for (index, one) in list.iter_mut().enumerate() {
        one["id"] = json!(format!("radio-choice-{index}"));
    }
    let choices = format!("{RADIO}/options/choices");
    check(
        &before,
        &migrated,
        &[
            (ChangeKind::Set, &format!("{choices}/0/id")),
            (ChangeKind::Set, &format!("{choices}/1/id")),
        ],
    );
    // And what somebody wrote meanwhile is not lost.
    let edited = with_choices(json!([unnamed("A half of the cake"), unnamed("A third of a cake")]));
    let mut both = migrated.clone();
    both.pointer_mut(place).expect("choices")[1]["content"] = json!("A third of a cake");
    check_merge([&before, &migrated, &edited], &both);
}
