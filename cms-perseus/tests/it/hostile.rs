//! Hostile documents and inputs: each causes a fault of its own, or none, and the next call notices nothing of it.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use cms_perseus::{Engine, Fault, Form, Limits, Score};
use serde_json::{Value, json};

use crate::fixtures::document;

/// How long a call that is stopped may take, on a machine that does other things as well.
const BOUND: Duration = Duration::from_secs(8);

/// An engine with one context, so that a call meets what the call before it left.
fn engine() -> Engine {
    Engine::new(Limits {
        memory_bytes: 32 << 20,
        time: Duration::from_millis(400),
        contexts: NonZeroUsize::MIN,
        ..Limits::default()
    })
}

/// Checks, splits and scores a document, then checks that a good one still gives its usual results.
fn survive(engine: &Engine, what: &str, item: &Value) -> Option<Fault> {
    let begin = Instant::now();
    let fault = engine.check(Form::Item, item).err();
    assert!(begin.elapsed() < BOUND, "{what} took {:?}", begin.elapsed());
    engine.split(Form::Item, item).ok();
    engine.score(item, None, &json!({"radio 1": {"selectedChoiceIds": []}}), "en").ok();
    assert_unharmed(engine, what);
    fault
}

/// The result of an attempt, after which a good one still gives its usual result.
fn attempt(engine: &Engine, name: &str, input: &Value) -> Result<Score, Fault> {
    let begin = Instant::now();
    let scored = engine.score(&document(name), None, input, "en");
    let shown: String = input.to_string().chars().take(80).collect();
    assert!(begin.elapsed() < BOUND, "{shown} took {:?}", begin.elapsed());
    assert_unharmed(engine, &shown);
    scored.map(|scored| scored.score)
}

fn assert_unharmed(engine: &Engine, after: &str) {
    let right = json!({"numeric-input 1": {"currentValue": "2/3"}});
    let good = document("numeric-input");
    let scored = engine.score(&good, None, &right, "en").map(|scored| scored.score);
    let points = Score::Points { earned: 1.0, total: 1.0, message: None };
    assert_eq!(scored, Ok(points), "after {after}");
    let checked =
        engine.check(Form::Item, &good).unwrap_or_else(|fault| panic!("after {after}: {fault}"));
    assert_eq!(checked.findings, [], "after {after}");
}

fn with_content(content: &str) -> Value {
    json!({"question": {"content": content, "images": {}, "widgets": {}}, "hints": []})
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON, however hostile")
}

#[test]
fn keys_that_reach_for_prototypes_are_keys() {
    let engine = engine();
    let harm = r#"{"polluted": true, "content": "x", "type": "radio", "graded": false, "then": 1}"#;
    for key in
        ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "length", "valueOf"]
    {
        for text in [
            format!(r#"{{"{key}": {harm}, "question": {{"content": ""}}}}"#),
            format!(r#"{{"question": {{"content": "", "{key}": {harm}}}}}"#),
            format!(r#"{{"question": {{"content": "", "widgets": {{"{key}": {harm}}}}}}}"#),
            format!(
                r#"{{"question": {{"content": "", "images": {{"{key}": {{"width": 1, "height": 2}}}}}}}}"#
            ),
            format!(
                r#"{{"question": {{"content": "", "widgets": {{"hologram 1": {{"type": "{key}", "options": {{"{key}": {harm}}}}}}}}}}}"#
            ),
            format!(
                r#"{{"question": {{"content": "[[☃ {key} 1]]", "widgets": {{"{key} 1": {{"type": "{key}", "options": {harm}}}}}}}}}"#
            ),
            format!(
                r#"{{"question": {{"content": ""}}, "answerArea": {{"{key}": {{"{key}": {harm}}}}}}}"#
            ),
        ] {
            survive(&engine, &text, &parse(&text));
        }
        let input = parse(&format!(
            r#"{{"{key}": {{"{key}": {harm}}}, "numeric-input 1": {{"{key}": 1, "currentValue": "2/3"}}}}"#
        ));
        attempt(&engine, "numeric-input", &input).ok();
    }
}

#[test]
fn images_named_as_prototypes_stay() {
    let item = parse(
        r#"{"question": {"content": "", "images": {"__proto__": {"width": 1, "height": 2}}}}"#,
    );
    let migrated = engine().migrate(Form::Item, &item).unwrap();
    assert_eq!(migrated["question"]["images"], item["question"]["images"]);
}

#[test]
fn nesting_is_refused_before_anything_descends_into_it() {
    let engine = engine();
    let deep = (0..500).fold(json!(1), |inner, _| json!([inner]));
    let item = json!({"question": {"content": "", "metadata": deep.clone()}});
    assert!(matches!(survive(&engine, "deep", &item), Some(Fault::TooDeep { .. })));
    let input = json!({"hologram 1": deep});
    assert!(matches!(attempt(&engine, "numeric-input", &input), Err(Fault::TooDeep { .. })));
    let mut widget = json!({"type": "numeric-input", "options": {}});
    for _ in 0..20 {
        widget = json!({"type": "group", "options": {"content": "# A [[☃ group 1]]", "widgets": {"group 1": widget}}});
    }
    let groups = json!({"question": {"content": "[[☃ group 1]]", "widgets": {"group 1": widget}}});
    survive(&engine, "groups in groups", &groups);
}

#[test]
fn megabytes_are_refused_or_take_their_time() {
    let engine = engine();
    let fault = survive(&engine, "3 MB", &with_content(&"word ".repeat(600_000)));
    assert!(matches!(fault, Some(Fault::TooLarge { .. })), "{fault:?}");
    survive(&engine, "1 MB", &with_content(&"word ".repeat(200_000)));
    let many: Vec<_> =
        (0..20_000).map(|index| json!({"content": format!("hint {index}")})).collect();
    survive(&engine, "20,000 hints", &json!({"question": {"content": ""}, "hints": many}));
    let equal = vec!["same"; 20_000];
    let sorter = json!({"type": "sorter", "options": {"correct": equal, "layout": "horizontal", "padding": true}});
    survive(
        &engine,
        "20,000 cards",
        &json!({"question": {"content": "[[☃ sorter 1]]", "widgets": {"sorter 1": sorter}}}),
    );
}

#[test]
fn texts_that_stall_a_parser_are_stopped() {
    let engine = engine();
    let stalled = ["[", "$", "`", "*", "| a ", "- ", "> ", "\\", "{{"].iter().filter(|piece| {
        let content = piece.repeat(60_000 / piece.len());
        let begin = Instant::now();
        let fault = engine.check(Form::Item, &with_content(&content)).err();
        assert!(begin.elapsed() < BOUND, "{piece} took {:?}", begin.elapsed());
        assert_unharmed(&engine, piece);
        let is_limit = |fault: &Fault| {
            matches!(
                fault,
                Fault::OutOfTime { .. } | Fault::OutOfMemory { .. } | Fault::OutOfStack { .. }
            )
        };
        assert!(fault.as_ref().is_none_or(is_limit), "{piece}: {fault:?}");
        fault.is_some()
    });
    // If there were none, this would not test a limit.
    assert_ne!(stalled.count(), 0);
}

#[test]
fn script_is_text() {
    let engine = engine();
    let script = "<script>globalThis.perseus = null</script>${process.exit()} [a](javascript:alert(1)) ![x](data:text/html,x)";
    let item = with_content(script);
    assert_eq!(survive(&engine, "script", &item), None);
    let migrated = engine.migrate(Form::Item, &item).unwrap();
    assert_eq!(migrated["question"]["content"], script);
    let mut expression = document("expression");
    for function in ["f){globalThis.x=1}(", "constructor", "__proto__", "\"]+alert(1)+[\""] {
        expression["question"]["widgets"]["expression 1"]["options"]["functions"] =
            json!([function]);
        survive(&engine, function, &expression);
        let input = json!({"expression 1": format!("{function}(x)")});
        engine.score(&expression, None, &input, "en").ok();
        assert_unharmed(&engine, function);
    }
}

#[test]
fn what_is_no_document_is_refused() {
    let engine = engine();
    for text in
        ["null", "0", "\"text\"", "[]", r#"{"question": []}"#, r#"{"question": {"content": 1}}"#]
    {
        let fault = survive(&engine, text, &parse(text));
        assert!(
            matches!(&fault, Some(Fault::Refused(violations)) if !violations.is_empty()),
            "{text}: {fault:?}"
        );
    }
    for value in ["NaN", "Infinity", "1e400"] {
        let mut item = document("numeric-input");
        item["question"]["widgets"]["numeric-input 1"]["options"]["answers"][0]["value"] =
            json!(value);
        assert!(matches!(survive(&engine, value, &item), Some(Fault::Refused(_))), "{value}");
    }
    let hints = vec![json!({"content": 1}); 300];
    let violations = json!({"question": {"content": ""}, "hints": hints});
    let Some(Fault::Refused(violations)) = survive(&engine, "300 faults", &violations) else {
        panic!()
    };
    assert_eq!(violations.len(), 200);
}

#[test]
fn numbers_without_measure_are_survived() {
    let engine = engine();
    for number in [1e308, -1e308, 5e-324, 0.0, -1.0, 1e15] {
        let mut line = document("number-line");
        let options = &mut line["question"]["widgets"]["number-line 1"]["options"];
        for field in ["numDivisions", "snapDivisions", "tickStep", "correctX"] {
            options[field] = json!(number);
        }
        options["range"] = json!([-number, number]);
        survive(&engine, "number-line", &line);
        let mut graph = document("interactive-graph");
        let options = &mut graph["question"]["widgets"]["interactive-graph 1"]["options"];
        options["step"] = json!([number, number]);
        options["correct"]["coords"] = json!([[number, 0], [0, number]]);
        survive(&engine, "interactive-graph", &graph);
        let mut matrix = document("matrix");
        matrix["question"]["widgets"]["matrix 1"]["options"]["matrixBoardSize"] =
            json!([number, number]);
        survive(&engine, "matrix", &matrix);
    }
}

#[test]
fn inputs_of_no_sense_are_of_no_harm() {
    let engine = engine();
    let long = "9".repeat(50_000);
    for text in [
        "1e999",
        "-1e999",
        "NaN",
        "Infinity",
        "0/0",
        "1/0",
        "9^9^9^9^9",
        &long,
        "½",
        "\u{0}",
        "\u{1f980}",
        "(((((1",
        "١٢٣",
        "=1+1",
        "javascript:alert(1)",
        "__proto__",
        "1,,,,1",
        "...",
    ] {
        let input = json!({"numeric-input 1": {"currentValue": text}});
        let earned = attempt(&engine, "numeric-input", &input);
        assert!(!matches!(earned, Ok(Score::Points { earned: 1.0, .. })), "{text:.20}: {earned:?}");
    }
    for text in [
        "(".repeat(50_000),
        "sin ".repeat(5_000) + "x",
        "x+".repeat(20_000) + "x",
        "x!".repeat(1_000),
        "1/".repeat(5_000) + "x",
        "9^9^9^9^9^9^9^9".into(),
        "f(".repeat(5_000),
        "(x+1)^1000*(x-1)^1000".into(),
    ] {
        let earned = attempt(&engine, "expression", &json!({"expression 1": text}));
        assert!(!matches!(earned, Ok(Score::Points { earned: 1.0, .. })), "{text:.20}: {earned:?}");
    }
    for (name, input) in [
        ("dropdown", json!({"dropdown 1": {"value": 1e9}})),
        ("dropdown", json!({"dropdown 1": {"value": -1}})),
        ("table", json!({"table 1": []})),
        ("table", json!({"table 1": [[], [], []]})),
        ("matrix", json!({"matrix 1": {"answers": vec![vec!["1"; 300]; 300]}})),
        (
            "interactive-graph",
            json!({"interactive-graph 1": {"type": "polygon", "coords": vec![[1, 2]; 20_000]}}),
        ),
        (
            "interactive-graph",
            json!({"interactive-graph 1": {"type": "linear", "coords": [[1e308, 1e308], [-1e308, 1]]}}),
        ),
        ("group", json!({"group 1": {"group 1": {"group 1": {}}}})),
        ("sorter", json!({"sorter 1": {"options": ["not", "among", "them"], "changed": true}})),
        (
            "numeric-input",
            json!({"radio 1": {"selectedChoiceIds": ["a"]}, "nobody 9": {"x": [1, 2]}}),
        ),
        ("numeric-input", json!({"no number": 1})),
        ("numeric-input", json!([])),
        ("numeric-input", json!("text")),
    ] {
        let earned = attempt(&engine, name, &input);
        assert!(
            !matches!(earned, Ok(Score::Points { earned: 1.0, .. })),
            "{input:.80}: {earned:?}"
        );
    }
}

#[test]
fn a_locale_is_a_name_and_nothing_more() {
    let engine = engine();
    for locale in ["", "x", "de-CH", "zh-Hant-TW", "__proto__", "\u{0}", &"x-".repeat(10_000)] {
        let input = json!({"numeric-input 1": {"currentValue": "2/3"}});
        let scored = engine
            .score(&document("numeric-input"), None, &input, locale)
            .map(|scored| scored.score);
        assert_eq!(
            scored,
            Ok(Score::Points { earned: 1.0, total: 1.0, message: None }),
            "{locale:.20}"
        );
    }
}
