//! Graded groups within items and articles are answered by themselves; frames of other sites count for nothing.

use cms_perseus::{Fault, Form, Score};
use serde_json::{Value, json};

use crate::ENGINE;

fn numeric(value: f64) -> Value {
    json!({"type": "numeric-input", "graded": true, "options": {
        "size": "normal", "coefficient": false, "answers": [{"value": value, "status": "correct", "message": "", "strict": false, "simplify": "optional"}],
    }})
}

fn group(value: f64, hint: Option<&str>) -> Value {
    let hint = hint.map(|content| json!({"content": content, "widgets": {}, "images": {}}));
    json!({"title": "Check", "content": "How many? [[☃ numeric-input 1]]", "images": {}, "hint": hint,
        "widgets": {"numeric-input 1": numeric(value)}})
}

/// A question with a number of its own, a graded group, a set of two, and one within a plain group.
fn item() -> Value {
    let nested = json!({"content": "[[☃ graded-group 9]]", "images": {}, "widgets": {
        "graded-group 9": {"type": "graded-group", "options": group(9.0, None)},
    }});
    json!({"question": {
        "content": "[[☃ numeric-input 1]] [[☃ graded-group 1]] [[☃ graded-group-set 1]] [[☃ group 1]]",
        "images": {},
        "widgets": {
            "numeric-input 1": numeric(1.0),
            "graded-group 1": {"type": "graded-group", "options": group(4.0, Some("Count them."))},
            "graded-group-set 1": {"type": "graded-group-set", "options": {
                "gradedGroups": [group(5.0, None), group(6.0, Some("One more."))],
            }},
            "group 1": {"type": "group", "options": nested},
        },
    }})
}

fn score(part: Option<&str>, value: &str) -> Result<Score, Fault> {
    let input = json!({"numeric-input 1": {"currentValue": value}});
    ENGINE.score(&item(), part, &input, "en").map(|scored| scored.score)
}

fn points(earned: f64) -> Score {
    Score::Points { earned, total: 1.0, message: None }
}

#[test]
fn each_graded_group_is_scored_by_its_own_answers() {
    for (part, right) in [
        ("graded-group 1", "4"),
        ("graded-group-set 1/0", "5"),
        ("graded-group-set 1/1", "6"),
        ("group 1/graded-group 9", "9"),
    ] {
        assert_eq!(score(Some(part), right), Ok(points(1.0)), "{part}");
        assert_eq!(score(Some(part), "77"), Ok(points(0.0)), "{part}");
        assert!(matches!(score(Some(part), ""), Ok(Score::Invalid { .. })), "{part}");
    }
}

#[test]
fn a_part_that_is_not_there_is_told_as_such() {
    for part in [
        "graded-group 2",
        "graded-group-set 1",
        "graded-group-set 1/2",
        "graded-group-set 1/-1",
        "group 1",
        "numeric-input 1",
        "group 1/graded-group 9/numeric-input 1",
        "__proto__",
        "constructor/0",
        "/",
        "graded-group 1/",
    ] {
        assert_eq!(score(Some(part), "4"), Err(Fault::NoPart), "{part}");
        assert_eq!(ENGINE.hints_of_part(&item(), part), Err(Fault::NoPart), "{part}");
    }
}

#[test]
fn a_group_gives_its_own_hint_and_says_beforehand_that_it_has_one() {
    let hints = |part| ENGINE.hints_of_part(&item(), part).unwrap();
    assert_eq!(hints("graded-group 1")[0]["content"], "Count them.");
    assert_eq!(hints("graded-group-set 1/0"), Vec::<Value>::new());
    assert_eq!(hints("graded-group-set 1/1")[0]["content"], "One more.");
    let shut = ENGINE.withhold(Form::Item, &item()).unwrap().answerless;
    let hint = |at: &str| shut.pointer(at).unwrap().clone();
    let groups = "/question/widgets/graded-group-set 1/options/gradedGroups";
    assert_eq!(hint(&format!("{groups}/0/hint")), Value::Null);
    assert_eq!(hint(&format!("{groups}/1/hint"))["content"], "");
}

#[test]
fn a_question_with_a_program_of_another_site_is_solved_by_its_other_widgets() {
    let program = json!({"type": "cs-program", "graded": true, "options": {
        "programID": "1", "settings": [], "height": 400, "showEditor": false, "showButtons": false,
    }});
    let item = json!({"question": {
        "content": "[[☃ cs-program 1]] [[☃ numeric-input 1]]", "images": {},
        "widgets": {"cs-program 1": program, "numeric-input 1": numeric(3.0)},
    }});
    let scored = |input: Value| ENGINE.score(&item, None, &input, "en").unwrap().score;
    let right = json!({"numeric-input 1": {"currentValue": "3"}});
    assert_eq!(scored(right), points(1.0));
    // The result does not depend on what the frame is said to have reported.
    let wrong = json!({"numeric-input 1": {"currentValue": "4"}, "cs-program 1": {"status": "correct", "message": null}});
    assert_eq!(scored(wrong), points(0.0));
}

#[test]
fn a_section_of_an_article_is_scored_by_its_groups_alone() {
    let section = json!({"content": "Read. [[☃ graded-group 1]]", "images": {}, "widgets": {
        "graded-group 1": {"type": "graded-group", "options": group(4.0, None)},
    }});
    let as_item = json!({"question": section, "hints": []});
    let input = json!({"numeric-input 1": {"currentValue": "4"}});
    let of = |part| ENGINE.score(&as_item, part, &input, "en").unwrap().score;
    assert_eq!(of(Some("graded-group 1")), points(1.0));
    assert_eq!(of(None), Score::Points { earned: 0.0, total: 0.0, message: None });
}
