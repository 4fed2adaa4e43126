//! Numbers are read as they are written in the learner's language and script, in every widget that takes them.

use cms_perseus::Score;
use serde_json::{Value, json};

use crate::ENGINE;

fn score(kind: &str, options: Value, input: Value, locale: &str) -> Score {
    let name = format!("{kind} 1");
    let item = json!({"question": {"content": format!("[[☃ {name}]]"), "images": {}, "widgets": {
        name.as_str(): {"type": kind, "graded": true, "options": options},
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
