//! Numbers are read as they are written in the learner's language and script, in every widget for numbers.

use cms_perseus::Score;
use serde_json::{Value, json};

use crate::ENGINE;

fn score(kind: &str, options: Value, input: Value, locale: &str) -> Score {
    let name = format!("{kind} 1");
    // For most widgets the oldest form is also the newest.
    let major = if kind == "expression" { 2 } else { 0 };
    let item = json!({"question": {"content": format!("[[☃ {name}]]"), "images": {}, "widgets": {
        name.as_str(): {"type": kind, "graded": true, "options": options, "version": {"major": major, "minor": 0}},
    }}, "hints": []});
    ENGINE.score(&item, None, &json!({ name: input }), locale).unwrap().score
}

fn is_right(score: &Score) -> bool {
    matches!(score, Score::Points { earned, total, .. } if earned == total && *total > 0.0)
}

fn number(text: &str, locale: &str) -> bool {
    let options = json!({"size": "normal", "coefficient": false, "answers": [
        {"value": 12.5, "status": "correct", "message": "", "strict": false, "simplify": "optional"},
    ]});
    is_right(&score("numeric-input", options, json!({"currentValue": text}), locale))
}

fn table(text: &str, locale: &str) -> bool {
    let options = json!({"headers": ["a"], "rows": 1, "columns": 1, "answers": [["12.5"]]});
    is_right(&score("table", options, json!([[text]]), locale))
}

fn matrix(text: &str, locale: &str) -> bool {
    let options = json!({"prefix": "", "suffix": "", "cursorPosition": [0, 0], "matrixBoardSize": [2, 2], "answers": [[12.5]]});
    is_right(&score("matrix", options, json!({"answers": [[text]]}), locale))
}

#[test]
fn a_decimal_comma_is_one_in_tables_and_matrices_too() {
    for locale in ["es", "de", "fr", "pt-BR"] {
        assert!(
            number("12,5", locale) && table("12,5", locale) && matrix("12,5", locale),
            "{locale}"
        );
        assert!(table("12.5", locale) && matrix("12.5", locale), "{locale}");
    }
    assert!(!table("12,5", "en") && !matrix("12,5", "en"), "there it stands between thousands");
}

#[test]
fn digits_of_every_script_are_read() {
    for text in ["১২.৫", "१२.५", "١٢٫٥", "۱۲٫۵", "１２．５", "๑๒.๕"] {
        assert!(number(text, "en") && table(text, "en") && matrix(text, "en"), "{text}");
    }
}

#[test]
fn a_cell_that_cannot_be_read_is_no_wrong_answer() {
    let cells = json!({"headers": ["a", "b"], "rows": 1, "columns": 2, "answers": [["12.5", "3"]]});
    let unread = |score: Score| match score {
        Score::Invalid { message } => message.as_deref() == Some("EXTRA_SYMBOLS_ERROR"),
        Score::Points { .. } => false,
    };
    let table = |first: &str| score("table", cells.clone(), json!([[first, "3"]]), "en");
    assert!(unread(table("12,5")) && unread(table("twelve")) && is_right(&table("12.5")));
    assert!(matches!(table("12"), Score::Points { earned: 0.0, .. }), "a number that is wrong");
    let options = json!({"prefix": "", "suffix": "", "cursorPosition": [0, 0], "matrixBoardSize": [2, 2], "answers": [[12.5]]});
    let matrix = |text: &str| score("matrix", options.clone(), json!({"answers": [[text]]}), "en");
    assert!(unread(matrix("12,5")) && !unread(matrix("12")));
    let group = json!({"content": "[[☃ table 1]]", "images": {}, "widgets": {
        "table 1": {"type": "table", "graded": true, "options": cells.clone()},
    }});
    let grouped =
        |first: &str| score("group", group.clone(), json!({"table 1": [[first, "3"]]}), "en");
    assert!(unread(grouped("12,5")) && is_right(&grouped("12.5")) && !unread(grouped("12")));
}

#[test]
fn the_arabic_decimal_sign_is_one_in_expressions_of_every_language() {
    let options = json!({"answerForms": [{"value": "2.5x", "form": false, "simplify": false, "considered": "correct"}],
        "buttonSets": [], "functions": [], "times": false});
    for locale in ["ar", "fa", "ar-EG", "bn", "es", "en"] {
        assert!(is_right(&score("expression", options.clone(), json!("٢٫٥x"), locale)), "{locale}");
    }
}
