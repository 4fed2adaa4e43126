//! Which of two people's words merge by themselves, and which they have to settle.

use serde_json::{Value, json};

use super::{kind, merged, sides};
use crate::document::{Choice, JoinedFrom, Shape, Sides, merge, settle};

/// The result of merging texts.
#[derive(Debug, PartialEq)]
enum Found {
    Merged(String),
    /// The conflicts of the merge.
    Conflicts(Vec<Sides<Option<String>>>),
}

fn found(texts: Sides<&str>) -> Found {
    let unit = kind("unit");
    let documents = texts.map(|text| json!({"description": text}));
    let found = merged(Shape::Kind(&unit), documents.as_ref());
    if found.conflicts.is_empty() {
        let text = found.document.as_ref().and_then(|document| document["description"].as_str());
        return Found::Merged(text.unwrap_or_default().to_owned());
    }
    let text = |value: Option<&Value>| Some(value?.as_str()?.to_owned());
    Found::Conflicts(found.conflicts.iter().map(|one| one.sides().map(text)).collect())
}

/// Checks that texts merge, whichever side is ours.
#[track_caller]
fn check(texts: [&str; 3], expected: &str) {
    let texts = sides(texts);
    assert_eq!(found(texts), Found::Merged(expected.to_owned()));
    assert_eq!(found(texts.swapped()), Found::Merged(expected.to_owned()), "swapped");
}

/// Checks what conflicts, whichever side is ours.
#[track_caller]
fn check_conflict(texts: [&str; 3], expected: [&str; 3]) {
    let texts = sides(texts);
    let expected = sides(expected).map(|text| (!text.is_empty()).then(|| text.to_owned()));
    assert_eq!(found(texts), Found::Conflicts(vec![expected.clone()]));
    assert_eq!(found(texts.swapped()), Found::Conflicts(vec![expected.swapped()]), "swapped");
}

/// Checks that two changes of one sentence are a conflict of it.
#[track_caller]
fn check_clash(texts: [&str; 3]) {
    check_conflict(texts, texts);
}

#[test]
fn a_number_and_its_unit_are_not_joined() {
    check_clash(["It is 12 cm long.", "It is 120 cm long.", "It is 12 mm long."]);
    check_clash([
        "The side of the square is **12** cm long.",
        "The side of the square is **120** cm long.",
        "The side of the square is **12** mm long.",
    ]);
}

#[test]
fn a_negation_and_what_it_negates_are_not_joined() {
    check_clash(["The answer is 5.", "The answer is not 5.", "The answer is 6."]);
    check_clash([
        "You can see that all of these birds, in the end, will fly.",
        "You can't see that all of these birds, in the end, will fly.",
        "You can see that all of these birds, in the end, will swim.",
    ]);
    check_clash([
        "Das ist in jedem dieser vielen Fälle richtig.",
        "Das ist nicht in jedem dieser vielen Fälle richtig.",
        "Das ist in jedem dieser vielen Fälle falsch.",
    ]);
}

#[test]
fn a_variable_and_its_formula_are_not_joined() {
    check_clash([
        "Let x be the number of apples in it, so that $x + 1$ is more.",
        "Let n be the number of apples in it, so that $x + 1$ is more.",
        "Let x be the number of apples in it, so that $x + 2$ is more.",
    ]);
    check_clash([
        "There are 3 apples in each of the baskets, which makes 12.",
        "There are 4 apples in each of the baskets, which makes 12.",
        "There are 3 apples in each of the baskets, which makes 15.",
    ]);
}

#[test]
fn changes_near_each_other_are_a_conflict_of_their_sentence() {
    check_clash(["One big red house.", "One old red house.", "One big red barn."]);
    check_clash(["One big red old house.", "Two big red old house.", "One big red new house."]);
    check_conflict(
        [
            "It stays. One big house. So does it.",
            "It stays. One old house. So does it.",
            "It stays. One big barn. So does it!",
        ],
        ["One big house.", "One old house.", "One big barn."],
    );
}

#[test]
fn changes_that_stand_apart_are_joined_and_told() {
    let unit = kind("unit");
    let with = |text: &str| json!({"description": text});
    let (base, ours, theirs) = (
        with("It stays. We know that all of these birds can fly. So does it."),
        with("It stays. You know that all of these birds can fly. So does it."),
        with("It stays. We know that all of these birds can sing. So does it."),
    );
    let found = merged(Shape::Kind(&unit), sides([&base, &ours, &theirs]));
    let whole = "It stays. You know that all of these birds can sing. So does it.";
    assert_eq!(found.document, Some(with(whole)));
    let [joined] = &found.joined[..] else { panic!("one sentence is told") };
    assert_eq!(joined.pointer, "/description");
    assert_eq!(joined.base.trim(), "We know that all of these birds can fly.");
    assert_eq!(joined.ours.trim(), "You know that all of these birds can fly.");
    assert_eq!(joined.theirs.trim(), "We know that all of these birds can sing.");
    let text: String = joined.runs.iter().map(|run| run.text.as_str()).collect();
    assert_eq!(text.trim(), "You know that all of these birds can sing.");
    let of = |from| joined.runs.iter().filter(move |run| run.from == from).map(|run| &*run.text);
    assert_eq!(of(JoinedFrom::Ours).collect::<Vec<_>>(), ["You"]);
    assert_eq!(of(JoinedFrom::Theirs).collect::<Vec<_>>(), ["sing"]);
}

#[test]
fn changes_of_different_sentences_merge_and_are_not_told() {
    let texts = ["A b c. D e f. G h i.", "A b x. D e f. G h i.", "A b c. D e y. G h i."];
    check(texts, "A b x. D e y. G h i.");
    let unit = kind("unit");
    let documents = sides(texts).map(|text| json!({"description": text}));
    assert_eq!(merged(Shape::Kind(&unit), documents.as_ref()).joined, []);
    check(["A b c. D e f.", "A b c. New one. D e f.", "A b c. D e g."], "A b c. New one. D e g.");
    check(["A b c. D e f. G h i.", "A b c. G h i.", "A b c. D e f. G h j."], "A b c. G h j.");
}

#[test]
fn a_sentence_over_two_lines_is_one_sentence() {
    check_clash([
        "The side is 12\ncm long.",
        "The side is 120\ncm long.",
        "The side is 12\nmm long.",
    ]);
}

#[test]
fn a_paragraph_that_one_side_splits_takes_the_words_of_the_other() {
    check(
        [
            "One two three. Four five six. End.",
            "One two three.\n\nFour five six. End.",
            "One two three. Four 5 six. End.",
        ],
        "One two three.\n\nFour 5 six. End.",
    );
    check(
        ["One two.\n\nFour five six.", "One two. Four five six.", "One two.\n\nFour 5 six."],
        "One two. Four 5 six.",
    );
}

#[test]
fn a_paragraph_that_one_side_moves_and_the_other_edits_is_moved_and_edited() {
    check(
        [
            "Cats.\n\nDogs are here.\n\nBirds are blue.",
            "Birds are blue.\n\nCats.\n\nDogs are here.",
            "Cats.\n\nDogs are here.\n\nBirds are green.",
        ],
        "Birds are green.\n\nCats.\n\nDogs are here.",
    );
    // Two that change places, both edited.
    check(
        ["A b c.\n\nD e f.\n\nG h i.", "D e f.\n\nA b c.\n\nG h i.", "A b x.\n\nD e y.\n\nG h i."],
        "D e y.\n\nA b x.\n\nG h i.",
    );
    check(
        [
            "A b c.\n\nD e f.\n\nG h i.\n",
            "A b c.\n\nG h i.\n\nD e f.\n",
            "A b c.\n\nNew one.\n\nD e f.\n\nG h j.\n",
        ],
        "A b c.\n\nNew one.\n\nG h j.\n\nD e f.\n",
    );
}

#[test]
fn items_and_rows_that_one_side_moves_and_the_other_edits_are_moved_and_edited() {
    check(
        [
            "Then:\n\n- a one\n- b two\n- c three\n\nEnd.",
            "Then:\n\n- c three\n- a one\n- b two\n\nEnd.",
            "Then:\n\n- a one\n- b two\n- c four\n\nEnd.",
        ],
        "Then:\n\n- c four\n- a one\n- b two\n\nEnd.",
    );
    check(
        ["| a b |\n| c d |\n| e f |", "| e f |\n| a b |\n| c d |", "| a b |\n| c d |\n| e g |"],
        "| e g |\n| a b |\n| c d |",
    );
}

#[test]
fn what_both_did_to_a_moved_paragraph_is_settled_there_and_nowhere_else() {
    let texts = [
        "Cats.\n\nDogs are here.\n\nBirds are blue.",
        "Birds are red.\n\nCats.\n\nDogs are here.",
        "Cats!\n\nDogs are here.\n\nBirds are green.",
    ];
    check_conflict(texts, ["Birds are blue.", "Birds are red.", "Birds are green."]);
    let unit = kind("unit");
    let documents = sides(texts).map(|text| json!({"description": text}));
    let conflict = merged(Shape::Kind(&unit), documents.as_ref()).conflicts.remove(0);
    let after = |pointer: &str, choice: &Choice| {
        let terms = documents.as_ref().map(Some);
        let settled =
            settle(Shape::Kind(&unit), terms, pointer, choice).expect("it can be settled");
        let found = merge(Shape::Kind(&unit), settled.as_options());
        assert_eq!(found.conflicts, []);
        found.document.expect("it is there")["description"].as_str().expect("a text").to_owned()
    };
    let with = |birds: &str| format!("{birds}\n\nCats!\n\nDogs are here.");
    assert_eq!(after(&conflict.pointer, &Choice::Theirs), with("Birds are green."));
    assert_eq!(after(&conflict.pointer, &Choice::Ours), with("Birds are red."));
    assert_eq!(after(&conflict.pointer, &Choice::Base), with("Birds are blue."));
    assert_eq!(after(&conflict.pointer, &Choice::Both), with("Birds are red.\n\nBirds are green."));
    assert_eq!(after(&conflict.pointer, &Choice::Value(json!("Owls."))), with("Owls."));
    // The text that contains the conflicts may be named to settle all of them.
    assert_eq!(after("/description", &Choice::Theirs), with("Birds are green."));
    assert_eq!(after("/description", &Choice::Value(json!("Owls."))), "Owls.");
}

#[test]
fn a_paragraph_taken_away_and_edited_is_a_conflict_of_that_paragraph() {
    let texts = ["A b c.\n\nD e f.\n\nG h i.", "G h i.\n\nA b c.", "A b c.\n\nD e x.\n\nG h i."];
    check_conflict(texts, ["D e f.", "", "D e x."]);
}

#[test]
fn a_passage_that_both_moved_never_stands_twice() {
    let moved = [
        "A b c.\n\nD e f.\n\nG h i.\n\nJ k l.",
        "D e f.\n\nA b c.\n\nG h i.\n\nJ k l.",
        "A b c.\n\nG h i.\n\nJ k l.\n\nD e f.",
    ];
    check_clash(moved);
    let sentences = [
        "A b c. D e f. G h i. J k l.",
        "D e f. A b c. G h i. J k l.",
        "A b c. G h i. J k l. D e f.",
    ];
    check_clash(sentences);
    check_clash(["A b c. D e f. G h i.", "G h i. A b c. D e f.", "A b c. D e f. G h x."]);
}

#[test]
fn a_conflict_keeps_its_name_while_another_is_settled() {
    let unit = kind("unit");
    let with = |text: &str| json!({"description": text});
    let (base, ours, theirs) = (
        with("A b c.\n\nSame here.\n\nD e f. So."),
        with("A b x.\n\nSame here.\n\nD e x. So."),
        with("A b y.\n\nSame here.\n\nD e y. So."),
    );
    let found = merged(Shape::Kind(&unit), sides([&base, &ours, &theirs]));
    let [first, second] = &found.conflicts[..] else { panic!("{:?}", found.conflicts) };
    let terms = sides([&base, &ours, &theirs]).map(Some);
    let settled = settle(Shape::Kind(&unit), terms, &first.pointer, &Choice::Theirs);
    let settled = settled.expect("it can be settled");
    let left = merge(Shape::Kind(&unit), settled.as_options());
    assert_eq!(
        left.conflicts.iter().map(|one| &one.pointer).collect::<Vec<_>>(),
        [&second.pointer]
    );
    assert_eq!(left.document, Some(with("A b y.\n\nSame here.\n\nD e x. So.")));
    let terms = settled.as_options();
    let settled = settle(Shape::Kind(&unit), terms, &second.pointer, &Choice::Theirs);
    let settled = settled.expect("it can be settled");
    let left = merge(Shape::Kind(&unit), settled.as_options());
    assert_eq!(left.document, Some(with("A b y.\n\nSame here.\n\nD e y. So.")));
    assert_eq!(left.conflicts, []);
}

#[test]
fn equal_lines_that_are_read_in_different_ways_stay_whole() {
    // After a mark that opens code, the same line has other words.
    check(
        [
            "One `a` two. Three.\n\nFour five.",
            "One `a` two. Three.\n\nFour six.",
            "```\n\nOne `a` two. Three.\n\nFour five.",
        ],
        "```\n\nOne `a` two. Three.\n\nFour six.",
    );
}

#[test]
fn line_ends_are_nobodys_edit() {
    let base = "One two three.\n\nFour five six.\n\nSeven.";
    let ours = "One two three!\n\nFour five six.\n\nSeven.";
    let theirs = "One two three.\n\nFour five six.\n\nSeven, eight.";
    let merged = "One two three!\n\nFour five six.\n\nSeven, eight.";
    let crlf = |text: &str| text.replace('\n', "\r\n");
    check([base, ours, &crlf(theirs)], merged);
    check([base, &crlf(ours), &crlf(theirs)], &crlf(merged));
    check([&crlf(base), &crlf(ours), theirs], &crlf(merged));
    // Some lines of one side, with the line ends that an editor leaves.
    check([base, ours, &theirs.replacen('\n', "\r\n", 1)], merged);
    // One side changed nothing else.
    check([base, ours, &crlf(base)], ours);
    // A conflict shows the text as it was written.
    check_conflict(
        ["A.\n\nB b\nb.\n\nC.", "A.\n\nB x\nb.\n\nC.", "A.\r\n\r\nB y\r\nb.\r\n\r\nC."],
        ["B b\nb.", "B x\nb.", "B y\r\nb."],
    );
}

#[test]
fn line_ends_keep_nothing_from_being_taken_away() {
    let text = |content: &str| json!({"hints": [{"content": "First of all, look."}, {"content": content}]});
    let base = text("Then count\nthe parts.");
    let without = json!({"hints": [{"content": "First of all, look."}]});
    let found =
        merged(Shape::Inferred, sides([&base, &without, &text("Then count\r\nthe parts.")]));
    assert_eq!((found.document, found.conflicts), (Some(without), vec![]));
}
