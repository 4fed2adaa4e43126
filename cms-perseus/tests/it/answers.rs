//! What reveals an answer is withheld: each field of a rubric is changed in turn, and nothing changes for learners.

use std::collections::{BTreeMap, BTreeSet};

use cms_perseus::Form;
use serde_json::{Value, json};

use crate::{
    ENGINE,
    fixtures::{self, document},
    peer::DocumentForm,
    telling::{changed, telling},
};

/// What learners see although scores depend on it, by widget: whether it is asked and counts, what they choose from,
/// where they begin, and the form that is wanted.
const SHOWN: [(&str, &str); 17] = [
    ("", "graded"),
    ("", "static"),
    ("input-number", "answerType"),
    ("input-number", "simplify"),
    ("label-image", "label"),
    ("matcher", "left"),
    ("matcher", "right"),
    ("number-line", "divisionRange"),
    ("number-line", "initialX"),
    ("numeric-input", "answers/status"),
    ("numeric-input", "answers/simplify"),
    ("numeric-input", "coefficient"),
    // Its cards lie in another order than this one.
    ("orderer", "correctOptions/content"),
    ("plotter", "starting"),
    ("radio", "choices/id"),
    ("radio", "choices/isNoneOfTheAbove"),
    ("sorter", "correct"),
];

/// Changes every shown field of an item's question in turn, and returns those on which a score depends: the widget's
/// type, and the fields.
///
/// Only places that `wants` accepts are tried.
pub(crate) fn shown_and_scored(
    item: &Value,
    inputs: &[&Value],
    wants: &mut dyn FnMut(&(String, String)) -> bool,
) -> BTreeSet<(String, String)> {
    let scores = |item: &Value| -> Vec<_> {
        inputs.iter().map(|input| ENGINE.score(item, None, input, "en")).collect()
    };
    let mut found = BTreeSet::new();
    let Ok(item) = ENGINE.migrate(Form::Item, item) else { return found };
    let before = (withheld(&item), scores(&item));
    let mut places = Vec::new();
    scalars(&item["question"]["widgets"], "/question/widgets", &mut places);
    for place in places {
        let named = named(&item, &place);
        if !wants(&named) {
            continue;
        }
        let mut item = item.clone();
        let field = item.pointer_mut(&place).expect("found there");
        *field = changed(field);
        let Some(after) = withheld(&item) else { continue };
        if before.0.as_ref() != Some(&after) && before.1 != scores(&item) {
            found.insert(named);
        }
    }
    found
}

/// Whether a field is shown on purpose.
pub(crate) fn is_shown((widget, fields): &(String, String)) -> bool {
    SHOWN.iter().any(|(kind, name)| (kind.is_empty() || kind == widget) && fields == name)
}

fn scalars(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let mut below = |name: &str, inner: &Value| {
        let name = name.replace('~', "~0").replace('/', "~1");
        scalars(inner, &format!("{pointer}/{name}"), found);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| below(name, inner)),
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(at, inner)| below(&at.to_string(), inner));
        }
        _ => found.push(pointer.to_owned()),
    }
}

/// The type of the innermost widget at a place, and the fields below its options, without positions.
fn named(item: &Value, place: &str) -> (String, String) {
    let (mut kind, mut fields) = (String::new(), Vec::new());
    let (mut at, mut is_widget) = (item, false);
    for step in place.split('/').skip(1) {
        at = at.pointer(&format!("/{step}")).unwrap_or(&Value::Null);
        if is_widget {
            kind = at["type"].as_str().unwrap_or_default().to_owned();
            fields.clear();
        } else if step.parse::<usize>().is_err() && step != "options" {
            fields.push(step);
        }
        is_widget = step == "widgets";
    }
    (kind, fields.join("/"))
}

fn withheld(item: &Value) -> Option<Value> {
    ENGINE.withhold(Form::Item, item).ok().map(|split| split.answerless)
}

/// Changes each answer of an item in turn, and returns their number.
pub(crate) fn check_item(name: &str, item: &Value) -> usize {
    let Some(before) = withheld(item) else { return 0 };
    let mut tried = 0;
    for place in telling(item) {
        let mut item = item.clone();
        let field = item.pointer_mut(&place).expect("found there");
        *field = changed(field);
        // A change after which the item no longer parses is not a change of an answer.
        let Some(after) = withheld(&item) else { continue };
        assert_eq!(after, before, "{name}: {place}");
        tried += 1;
    }
    tried
}

#[test]
fn a_changed_answer_changes_nothing_for_learners() {
    let items = fixtures::documents().filter(|named| named.form == DocumentForm::Item);
    let tried: usize = items.map(|named| check_item(&named.name, &named.document)).sum();
    assert!(tried > 40, "only {tried} answers were changed");
}

#[test]
fn what_is_shown_and_scored_is_shown_on_purpose() {
    let items = fixtures::documents().filter(|named| named.form == DocumentForm::Item);
    let mut found = BTreeSet::new();
    for named in items {
        let scores = fixtures::attempts(&named.name);
        let inputs: Vec<&Value> = scores.iter().map(|attempt| &attempt.input).collect();
        found.extend(shown_and_scored(&named.document, &inputs, &mut |_| true));
    }
    let hidden: Vec<_> = found.iter().filter(|field| !is_shown(field)).collect();
    assert!(hidden.is_empty(), "{hidden:?} are shown, and scores depend on them");
    assert!(found.len() > 20, "only {found:?}");
}

/// The opening order of the cards of a fixture's widget, with other cards in their place.
fn opening(name: &str, pointer: &str, list: &str, cards: &[&str]) -> Vec<String> {
    let mut item = document(name);
    let options = item.pointer_mut(pointer).expect("a widget's options");
    options[list] = json!(cards);
    if list == "right" {
        options["left"] = (0..cards.len()).map(|at| format!("left {at}")).collect();
    }
    let shut = withheld(&item).unwrap();
    let cards = shut.pointer(&format!("{pointer}/{list}")).and_then(Value::as_array).unwrap();
    cards.iter().map(|card| card.as_str().unwrap().to_owned()).collect()
}

const SORTER: &str = "/question/widgets/sorter 1/options";
const MATCHER: &str = "/question/widgets/matcher 1/options";

/// All orders of some cards.
fn orders<'a>(cards: &[&'a str]) -> Vec<Vec<&'a str>> {
    if cards.len() < 2 {
        return vec![cards.to_vec()];
    }
    let first = |at: usize| {
        let mut rest = cards.to_vec();
        let card = rest.remove(at);
        orders(&rest).into_iter().map(move |order| [vec![card], order].concat())
    };
    (0..cards.len()).flat_map(first).collect()
}

#[test]
fn cards_never_lie_solved_and_their_order_tells_nothing() {
    for (name, pointer, list) in [("sorter", SORTER, "correct"), ("matcher", MATCHER, "right")] {
        let mut seen = BTreeMap::new();
        for solved in orders(&["1", "2", "3", "4"]) {
            let lie = opening(name, pointer, list, &solved);
            assert_ne!(lie, solved, "{name} opens solved");
            *seen.entry(lie).or_insert(0) += 1;
        }
        // One order for all, and another one where the first would be the solution.
        let mut times: Vec<_> = seen.into_values().collect();
        times.sort_unstable();
        assert_eq!(times, [1, 23], "{name}: the order depends on the solution");
    }
}

#[test]
fn two_cards_lie_the_other_way_round() {
    for solved in [["1", "2"], ["2", "1"]] {
        let turned: Vec<_> = solved.into_iter().rev().map(str::to_owned).collect();
        assert_eq!(opening("sorter", SORTER, "correct", &solved), turned);
        assert_eq!(opening("matcher", MATCHER, "right", &solved), turned);
    }
}

#[test]
fn the_cards_of_an_orderer_lie_neither_in_order_nor_as_their_author_laid_them() {
    let cards = |texts: &[&str]| -> Value {
        texts.iter().map(|text| json!({"content": text, "widgets": {}, "images": {}})).collect()
    };
    for solved in orders(&["1", "2", "3"]) {
        let bank = [vec!["0"], solved.clone()].concat();
        let widget = json!({"type": "orderer", "graded": true, "static": false, "alignment": "default",
            "version": {"major": 0, "minor": 0}, "options": {
            "options": cards(&bank), "correctOptions": cards(&solved), "otherOptions": [],
            "height": "normal", "layout": "horizontal"}});
        // Also in a group, whose widgets were split before.
        let group = json!({"type": "group", "graded": true, "static": false, "alignment": "default",
            "version": {"major": 0, "minor": 0}, "options": {
            "content": "[[☃ orderer 1]]", "images": {}, "widgets": {"orderer 1": widget}}});
        let item = json!({"question": {"content": "[[☃ orderer 1]] [[☃ group 1]]", "images": {},
            "widgets": {"orderer 1": widget, "group 1": group}}, "hints": []});
        let shut = withheld(&item).unwrap();
        for below in ["", "/group 1/options/widgets"] {
            let place = format!("/question/widgets{below}/orderer 1/options/options");
            let lie: Vec<_> = shut
                .pointer(&place)
                .and_then(Value::as_array)
                .unwrap()
                .iter()
                .map(|card| card["content"].as_str().unwrap())
                .collect();
            assert_ne!(lie, bank);
            let wanted: Vec<_> = lie.iter().copied().filter(|text| *text != "0").collect();
            assert_ne!(wanted, solved);
        }
        assert!(!shut.to_string().contains("correctOptions"));
    }
}

#[test]
fn where_a_graph_begins_tells_nothing_of_where_it_ends() {
    let item = document("graph that begins with its answer");
    let graph = "/question/widgets/interactive-graph 1/options/graph";
    // Perseus's own split leaves it, because a graph and its answer have the same fields.
    let open = ENGINE.split(Form::Item, &item).unwrap().answerless;
    assert_eq!(open.pointer(graph).unwrap()["center"], json!([1, 2]));
    let shut = withheld(&item).unwrap();
    let start = json!({"center": [0, 0], "radius": 2});
    assert_eq!(shut.pointer(graph), Some(&json!({"type": "circle", "startCoords": start})));
}

#[test]
fn groups_are_looked_into() {
    let item = document("graded-group");
    let open = ENGINE.split(Form::Item, &item).unwrap().answerless;
    let shut = withheld(&item).unwrap();
    let value =
        "/question/widgets/graded-group 1/options/widgets/numeric-input 1/options/answers/0/value";
    // Perseus's own split leaves it; if that changes, `withhold.js` has less to do.
    assert!(open.pointer(value).is_some());
    assert_eq!(shut.pointer(value), None);
    // That there is a hint is shown, so that learners can ask for it.
    let nothing = json!({"content": "", "widgets": {}, "images": {}});
    let hint = "/question/widgets/graded-group 1/options/hint";
    assert_eq!(shut.pointer(hint), Some(&nothing));
    assert_ne!(open.pointer(hint), Some(&nothing));
    let set = json!({"question": {"content": "[[☃ graded-group-set 1]]", "widgets": {"graded-group-set 1": {
        "type": "graded-group-set",
        "options": {"gradedGroups": [item["question"]["widgets"]["graded-group 1"]["options"].clone()]}
    }}}});
    assert!(!withheld(&set).unwrap().to_string().contains("0.666"));
}

#[test]
fn of_unknown_widgets_nothing_is_told() {
    let shut = withheld(&document("unknown widget")).unwrap();
    assert_eq!(shut.pointer("/question/widgets/hologram 1/options"), Some(&json!({})));
}

#[test]
fn a_free_response_is_asked_without_what_it_is_marked_by() {
    let item = json!({"question": {"content": "[[☃ free-response 1]]", "images": {}, "widgets": {"free-response 1": {
        "type": "free-response", "graded": true, "options": {
            "allowUnlimitedCharacters": false, "characterLimit": 500, "placeholder": "Because", "question": "Why?",
            "scoringCriteria": [{"text": "It says that the parts are equal."}],
        },
    }}}, "hints": []});
    let shut = withheld(&item).unwrap();
    let options = &shut["question"]["widgets"]["free-response 1"]["options"];
    assert_eq!((&options["question"], &options["characterLimit"]), (&json!("Why?"), &json!(500)));
    assert!(!shut.to_string().contains("the parts are equal"), "{shut}");
}
