//! Laws over documents full of repeats: the same sentence twice, equal paragraphs, equal elements of lists.
//!
//! Which of two equal passages somebody meant can't be known, and must not matter: whatever an alignment makes of
//! them, nobody's words are lost, and a conflict shows what somebody wrote.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use cms_core::document::{Choice, DocumentConflict, Shape, Sides, merge, settle};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{edits, laws};

/// Only a few sentences, so that a text contains most of them more than once.
const SENTENCES: [&str; 5] = [
    "Count the parts of it.",
    "Look at it.",
    "It is $\\frac{1}{2}$ of 12 cm.",
    "- Look",
    "| a | b |",
];

/// An edit of a list of passages; its numbers choose among what is there.
#[derive(Debug, Clone)]
enum Edit {
    Insert(u8, u8),
    /// A passage that only this side has.
    Write(u8),
    Repeat(u8, u8),
    Remove(u8),
    Move(u8, u8),
    Swap(u8, u8),
    /// A word of a passage becomes one that only this side has.
    Word(u8, u8),
    /// A passage becomes two, or two become one.
    Split(u8, u8),
    Join(u8),
}

fn any_edits() -> impl Strategy<Value = Vec<Edit>> {
    let two = any::<(u8, u8)>;
    let edit = prop_oneof![
        two().prop_map(|(at, which)| Edit::Insert(at, which)),
        any::<u8>().prop_map(Edit::Write),
        two().prop_map(|(from, to)| Edit::Repeat(from, to)),
        any::<u8>().prop_map(Edit::Remove),
        two().prop_map(|(from, to)| Edit::Move(from, to)),
        two().prop_map(|(from, to)| Edit::Swap(from, to)),
        two().prop_map(|(at, word)| Edit::Word(at, word)),
        two().prop_map(|(at, word)| Edit::Split(at, word)),
        any::<u8>().prop_map(Edit::Join),
    ];
    proptest::collection::vec(edit, 0..4)
}

/// Passages, each of a few sentences.
fn any_passages() -> impl Strategy<Value = Vec<String>> {
    let passage = proptest::collection::vec(0..SENTENCES.len(), 1..3);
    let passage = passage
        .prop_map(|of| of.into_iter().map(|one| SENTENCES[one]).collect::<Vec<_>>().join(" "));
    proptest::collection::vec(passage, 0..6)
}

fn edited(passages: &[String], edits: &[Edit], side: &str) -> (Vec<String>, Vec<String>) {
    let mut all = passages.to_vec();
    let mut marks = Vec::new();
    for (number, edit) in edits.iter().enumerate() {
        let mark = format!("{side}{number}mark");
        let place = |at: u8, count: usize| usize::from(at) % count.max(1);
        let count = all.len();
        match *edit {
            Edit::Insert(at, which) => {
                all.insert(
                    place(at, count + 1),
                    SENTENCES[place(which, SENTENCES.len())].to_owned(),
                );
            }
            Edit::Write(at) => all.insert(place(at, count + 1), format!("See {mark} here.")),
            _ if count == 0 => continue,
            Edit::Repeat(from, to) => {
                let again = all[place(from, count)].clone();
                all.insert(place(to, count + 1), again);
            }
            Edit::Remove(at) => drop(all.remove(place(at, count))),
            Edit::Move(from, to) => {
                let moved = all.remove(place(from, count));
                all.insert(place(to, count), moved);
            }
            Edit::Swap(one, two) => all.swap(place(one, count), place(two, count)),
            Edit::Word(at, word) => {
                let passage = &mut all[place(at, count)];
                let mut words: Vec<&str> = passage.split(' ').collect();
                let word = place(word, words.len());
                words[word] = &mark;
                *passage = words.join(" ");
            }
            Edit::Split(at, word) => {
                let at = place(at, count);
                let words: Vec<&str> = all[at].split(' ').collect();
                let word = place(word, words.len());
                if word > 0 {
                    let (head, tail) = (words[..word].join(" "), words[word..].join(" "));
                    all[at] = head;
                    all.insert(at + 1, tail);
                }
            }
            Edit::Join(at) => {
                let at = place(at, count);
                if at + 1 < count {
                    let next = all.remove(at + 1);
                    all[at] = format!("{} {next}", all[at]);
                }
            }
        }
        marks.push(mark);
    }
    marks.retain(|mark| all.iter().any(|passage| passage.contains(mark.as_str())));
    (all, marks)
}

/// The forms that passages have in documents.
const FORMS: usize = 6;

fn document(form: usize, passages: &[String]) -> Value {
    let thing = |text: &String| json!({"content": text, "replace": false});
    match form {
        0 => json!({"description": passages.join("\n\n")}),
        1 => json!({"description": passages.join("\n")}),
        2 => json!({"description": passages.join(" ")}),
        3 => json!({"list": passages}),
        4 => json!({"list": passages.iter().map(thing).collect::<Vec<_>>()}),
        _ => json!({"list": passages.iter().map(|text| json!([text, true])).collect::<Vec<_>>()}),
    }
}

/// What a document says, line by line.
fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text.lines().map(str::to_owned).collect(),
        Value::Array(elements) => elements.iter().flat_map(lines).collect(),
        Value::Object(fields) => fields.values().flat_map(lines).collect(),
        _ => Vec::new(),
    }
}

/// Which lines are not in a longest common sequence of lines of two documents. There may be two such sequences;
/// `either` chooses one of them.
fn unshared(before: &[String], after: &[String], either: bool) -> [Vec<bool>; 2] {
    let width = after.len() + 1;
    let mut most = vec![0_usize; (before.len() + 1) * width];
    for left in (0..before.len()).rev() {
        for right in (0..after.len()).rev() {
            most[left * width + right] = if before[left] == after[right] {
                1 + most[(left + 1) * width + right + 1]
            } else {
                most[(left + 1) * width + right].max(most[left * width + right + 1])
            };
        }
    }
    let mut alone = [vec![true; before.len()], vec![true; after.len()]];
    let (mut left, mut right) = (0, 0);
    while left < before.len() && right < after.len() {
        if before[left] == after[right] {
            (alone[0][left], alone[1][right]) = (false, false);
            (left, right) = (left + 1, right + 1);
        } else if match most[(left + 1) * width + right].cmp(&most[left * width + right + 1]) {
            Ordering::Equal => either,
            order => order == Ordering::Greater,
        } {
            left += 1;
        } else {
            right += 1;
        }
    }
    alone
}

/// How many times each word occurs in the selected lines.
fn words(lines: &[String], of: &[bool]) -> BTreeMap<String, i64> {
    let mut words = BTreeMap::new();
    for (line, _) in lines.iter().zip(of).filter(|(_, is_of)| **is_of) {
        line.split(' ')
            .filter(|word| !word.is_empty())
            .for_each(|word| *words.entry(word.to_owned()).or_default() += 1);
    }
    words
}

/// For a merge without conflicts: each word occurs at least as often as the sides' insertions and removals require,
/// with words that both inserted counted once, and at most as often as both sides inserted it together.
fn check_words(sides: Sides<&Value>, merged: &Value) {
    let (Sides { base, ours, theirs }, merged) = (sides.map(lines), lines(merged));
    let all = |lines: &[String]| vec![true; lines.len()];
    let (before, after) = (words(&base, &all(&base)), words(&merged, &all(&merged)));
    // If a passage moved, it can't be known whether it moved or the passages that it passed did: both are allowed
    // for.
    let changed = |side: &[String]| {
        let [one, other] = [true, false].map(|either| unshared(&base, side, either));
        let both = |index: usize, lines: &[String]| -> Vec<BTreeMap<String, i64>> {
            [&one, &other].map(|alone| words(lines, &alone[index])).into()
        };
        (both(0, &base), both(1, side))
    };
    let ((our_gone, our_new), (their_gone, their_new)) = (changed(&ours), changed(&theirs));
    let of = |counts: &BTreeMap<String, i64>, word: &str| counts.get(word).copied().unwrap_or(0);
    let most_of = |either: &[BTreeMap<String, i64>], word: &str| {
        either.iter().map(|counts| of(counts, word)).max().unwrap_or(0)
    };
    let least_of = |either: &[BTreeMap<String, i64>], word: &str| {
        either.iter().map(|counts| of(counts, word)).min().unwrap_or(0)
    };
    for word in before
        .keys()
        .chain(after.keys())
        .chain(our_new.iter().chain(&their_new).flat_map(BTreeMap::keys))
    {
        let found = of(&after, word) - of(&before, word);
        let added = least_of(&our_new, word).max(least_of(&their_new, word));
        let least = added - most_of(&our_gone, word) - most_of(&their_gone, word);
        // What one side removed may be what the other moved; then it stays.
        let most = most_of(&our_new, word) + most_of(&their_new, word);
        assert!(
            (least..=most).contains(&found),
            "{word:?}: {found} not in {least}..={most} of {sides:#?} {merged:#?}"
        );
    }
}

/// Whether a value, a run of elements or a stretch of a text occurs in a document as it is.
fn stands_in(document: &Value, value: &Value) -> bool {
    let text = value.to_string();
    let within = match value {
        Value::String(_) | Value::Array(_) => &text[1..text.len() - 1],
        _ => &text,
    };
    document.to_string().contains(within)
}

fn check_conflicts(shape: Shape<'_>, sides: Sides<&Value>, conflicts: &[DocumentConflict]) {
    let names: BTreeSet<&str> = conflicts.iter().map(|conflict| &*conflict.pointer).collect();
    assert_eq!(names.len(), conflicts.len(), "each conflict has a name of its own: {conflicts:#?}");
    for conflict in conflicts {
        for (document, side) in sides.zip(conflict.sides()).each() {
            if let Some(side) = side {
                assert!(
                    stands_in(document, side),
                    "{side} never stood in {document}: {conflict:#?}"
                );
            }
        }
        for (choice, side) in [(Choice::Ours, &conflict.ours), (Choice::Theirs, &conflict.theirs)] {
            let settled = settle(shape, sides.map(Some), &conflict.pointer, &choice);
            let merged = merge(shape, settled.expect("it can be settled").as_options());
            let document = merged.document.expect("it is there");
            assert!(merged.conflicts.len() < conflicts.len());
            if let Some(side) = side {
                assert!(
                    stands_in(&document, side),
                    "{side} was chosen and is not in {document}: {conflict:#?}"
                );
            }
        }
    }
}

/// If everything is settled in favour of one side, all conflicting words of that side are kept.
fn check_all_as(shape: Shape<'_>, sides: Sides<&Value>, choice: &Choice, marks: &[String]) {
    let mut terms = sides.map(|side| Some(side.clone()));
    loop {
        let found = merge(shape, terms.as_options());
        let Some(conflict) = found.conflicts.first() else {
            let document = found.document.expect("it is there").to_string();
            for mark in marks {
                assert!(document.contains(mark.as_str()), "{mark} is lost: {document}");
            }
            return;
        };
        terms = settle(shape, terms.as_options(), &conflict.pointer, choice).expect("it can be");
    }
}

fn check(form: usize, base: &[String], ours: &[Edit], theirs: &[Edit]) {
    let kind = edits::kind("unit");
    let shape = if form < 3 { Shape::Kind(&kind) } else { Shape::Inferred };
    let ((ours, our_marks), (theirs, their_marks)) =
        (edited(base, ours, "o"), edited(base, theirs, "t"));
    let documents =
        Sides { base, ours: &ours, theirs: &theirs }.map(|passages| document(form, passages));
    let sides = documents.as_ref();
    laws::check_merge(shape, sides);
    let found = merge(shape, sides.map(Some));
    let merged = found.document.expect("it is there");
    if found.conflicts.is_empty() {
        check_words(sides, &merged);
    }
    let shown = |side: &Option<Value>, mark: &str| {
        side.as_ref().is_some_and(|value| value.to_string().contains(mark))
    };
    let text = merged.to_string();
    for mark in &our_marks {
        let told = found.conflicts.iter().any(|one| shown(&one.ours, mark));
        assert!(told || text.contains(mark.as_str()), "{mark} is lost: {sides:#?} {text}");
    }
    for mark in &their_marks {
        let told = found.conflicts.iter().any(|one| shown(&one.theirs, mark));
        assert!(told || text.contains(mark.as_str()), "{mark} is lost: {sides:#?} {text}");
    }
    check_conflicts(shape, sides, &found.conflicts);
    check_all_as(shape, sides, &Choice::Ours, &our_marks);
    check_all_as(shape, sides, &Choice::Theirs, &their_marks);
}

/// The same cases each time, so that a failure means that a change broke something; a long run looks for new cases.
fn config() -> ProptestConfig {
    match std::env::var_os("CMS_TEST_LONG").is_some_and(|value| value == "1") {
        true => ProptestConfig::with_cases(20_000),
        false => ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(2026),
            ..ProptestConfig::with_cases(600)
        },
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn repeats_cost_nobody_a_word(
        form in 0..FORMS,
        base in any_passages(),
        ours in any_edits(),
        theirs in any_edits(),
    ) {
        check(form, &base, &ours, &theirs);
    }
}

#[test]
fn a_passage_that_one_side_took_away_and_the_other_repeated_is_told_alike_from_both_sides() {
    let text = |text: &str| json!({ "text": text });
    let base = text(
        "| a | b | Look at it. | a | b | Look at it. | a | b | Count the parts of it. Count the parts of it. It is $\\frac{1}{2}$ of 12 cm.",
    );
    let ours = text(
        "| a | b | Look at it. | a | b | Look at it. Count the parts of it. It is $\\frac{1}{2}$ of 12 cm.",
    );
    let theirs = text(
        "| a | b | Look at it. | a | b | Look at it. It is $\\frac{1}{2}$ of 12 cm. | a | b | Count the parts of it. It is $\\frac{1}{2}$ of 12 cm.",
    );
    laws::check_merge(Shape::Inferred, Sides { base: &base, ours: &ours, theirs: &theirs });
}

/// Checks texts of prose against the laws; returns their merge if nothing conflicts.
fn check_prose(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let kind = edits::kind("unit");
    let shape = Shape::Kind(&kind);
    let [base, ours, theirs] = [base, ours, theirs].map(|text| json!({ "description": text }));
    let sides = Sides { base: &base, ours: &ours, theirs: &theirs };
    laws::check_merge(shape, sides);
    let found = merge(shape, sides.map(Some));
    check_conflicts(shape, sides, &found.conflicts);
    if !found.conflicts.is_empty() {
        return None;
    }
    let merged = found.document.expect("it is there");
    check_words(sides, &merged);
    merged["description"].as_str().map(str::to_owned)
}

#[test]
fn what_the_sides_took_away_of_passages_that_repeat_is_told_alike_from_both_sides() {
    let merged = check_prose(
        "Count the parts of it. Count the parts of it. | a | b | Count the parts of it. Count the parts of it. Look at it.",
        "Count the parts of it. Count the parts of it. Count the parts of it. Look at it.",
        "Count the parts of it. Count the parts of it. | a | b | Count the parts of it. Look at it.",
    );
    let expected =
        "Count the parts of it. Count the parts of it. Count the parts of it. Look at it.";
    assert!(merged.is_none_or(|merged| merged == expected));
}

#[test]
fn a_line_that_one_side_joined_to_a_paragraph_and_the_other_moved_stands_in_one_place() {
    let merged = check_prose(
        "Count the parts of it.\nCount the parts of it.\n| a | b |\nCount the parts of it.\n| a | b |",
        "| a | b |\nCount the parts of it.\nCount the parts of it.\n| a | b |\nLook at it.\nCount the parts of it.\nCount the parts of it.",
        "Count the parts of it.\nCount the parts of it.\nCount the parts of it.\n| a | b |",
    );
    assert_eq!(merged, None);
}

#[test]
fn a_last_line_is_the_same_line_where_others_follow_it() {
    let merged = check_prose("Look at it. F\nF\nC", "Look at it. F F\nC\nC", "F\nC\nLook at it. F");
    // Whatever becomes of the lines that both changed, the repeated line is still repeated.
    assert!(merged.as_ref().is_none_or(|merged| merged.matches('C').count() == 2), "{merged:?}");
    let added = check_prose("One.\n\nTwo.", "One.\n\nTwo.\n\nThree.", "Zero.\n\nOne.\n\nTwo.");
    assert_eq!(added.as_deref(), Some("Zero.\n\nOne.\n\nTwo.\n\nThree."));
    let moved =
        check_prose("- One\n- Two\n- Three", "- Three\n- One\n- Two", "- One\n- Two, too\n- Three");
    assert_eq!(moved.as_deref(), Some("- Three\n- One\n- Two, too"));
}

#[test]
fn a_text_ends_as_the_side_that_changed_its_end_has_it() {
    let ended = check_prose("One.\nTwo.", "One!\nTwo.", "One.\nTwo.\n");
    assert_eq!(ended.as_deref(), Some("One!\nTwo.\n"));
    let unended = check_prose("One.\nTwo.\n", "One!\nTwo.\n", "One.\nTwo.");
    assert_eq!(unended.as_deref(), Some("One!\nTwo."));
    let shortened = check_prose("One.\nTwo.\nThree.", "One!\nTwo.\nThree.", "One.\nTwo.");
    assert_eq!(shortened.as_deref(), Some("One!\nTwo."));
    // The side that removed the last line is shown, and settled, without a line end before it.
    assert_eq!(check_prose("One.\nTwo.", "One.", "One.\nTwo and more."), None);
}

#[test]
fn blanks_that_both_sides_changed_are_the_same_whoever_merges() {
    let merged = check_prose(
        "One is a number.\n\nTwo is a number too.\n\nThree is the last of them.",
        "Three is the last of them.\n\nOne is a number.\n\nTwo is a number too.\n",
        "One is a number.\n\nTwo is a number too.\n\nThree is the very last of them.\n\n",
    );
    let expected =
        "Three is the very last of them.\n\nOne is a number.\n\nTwo is a number too.\n\n";
    assert_eq!(merged.as_deref(), Some(expected));
    let merged = check_prose(
        "- One is a number.\n- Two is a number too.\n- Three is the last of them.",
        "- Three is the last of them.\n- One is a number.\n- Four is new.\n- Two is a number too.",
        "- One is a number.\n\n- Four is new.\n\n- Two is a number too.\n- Three is the very last of them.",
    );
    let expected = "- Three is the very last of them.\n- One is a number.\n\n- Four is new.\n\n- Two is a number too.";
    assert_eq!(merged.as_deref(), Some(expected));
}

#[test]
fn an_element_that_both_sides_put_in_stands_once_where_each_moved_others() {
    let list = |ids: &str| -> Value {
        let element = |id: char| json!({ "id": id, "text": format!("the text of {id}") });
        json!({ "list": ids.chars().map(element).collect::<Vec<_>>() })
    };
    for (base, ours, theirs, expected) in
        [("abcd", "bacdx", "abdcx", "badcx"), ("abcd", "bxacd", "abdxc", "bxadc")]
    {
        let [base, ours, theirs] = [base, ours, theirs].map(list);
        let sides = Sides { base: &base, ours: &ours, theirs: &theirs };
        laws::check_merge(Shape::Inferred, sides);
        let found = merge(Shape::Inferred, sides.map(Some));
        assert_eq!((found.document, found.conflicts), (Some(list(expected)), vec![]));
    }
}

#[test]
fn what_one_side_took_away_beside_an_edit_that_both_made_is_gone() {
    let merged = check_prose(
        "<section>\n[Here we go](one.html)\n</section>\n",
        "<section>\n[Here we go](two.html)\n</section>\n",
        "[Here we go](two.html)\n",
    );
    assert_eq!(merged.as_deref(), Some("[Here we go](two.html)\n"));
}
