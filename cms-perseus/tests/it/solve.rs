//! Authors' mistakes that no parser sees: each is found, named and placed, and what is right is not reported.

use cms_perseus::{Form, Severity};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ENGINE;

#[derive(Deserialize)]
struct Mistake {
    name: String,
    item: Value,
    findings: Vec<Told>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Told {
    severity: Severity,
    rule: String,
    pointer: String,
    message: String,
}

#[test]
fn every_mistake_is_told_at_its_place_and_what_is_fine_is_not() {
    for line in include_str!("../fixtures/mistakes.ndjson").lines() {
        let Mistake { name, item, findings } = serde_json::from_str(line).unwrap();
        let examined = ENGINE.examine(Form::Item, &item).unwrap();
        let told: Vec<Told> = examined
            .findings
            .into_iter()
            .map(|found| Told {
                severity: found.severity,
                rule: found.rule,
                pointer: found.pointer,
                message: found.message,
            })
            .collect();
        assert_eq!(told, findings, "{name}");
        assert_eq!(findings.is_empty(), name.starts_with("fine: "), "{name}");
        assert_eq!(examined.withheld, ENGINE.withhold(Form::Item, &item).unwrap(), "{name}");
    }
}

#[test]
fn what_can_never_be_right_comes_first_and_the_linter_is_asked_too() {
    let item = json!({"question": {"content": "# How many? $\\nope{1}$ [[☃ radio 1]]", "widgets": {"radio 1": {
        "type": "radio", "options": {"choices": [{"content": "a"}, {"content": "b $\\frac{1}$"}]},
    }}}});
    let found = ENGINE.findings(Form::Item, &item).unwrap();
    let told: Vec<_> = found.iter().map(|found| (&found.rule[..], &found.pointer[..])).collect();
    let radio = "/question/widgets/radio 1/options/choices";
    assert_eq!(
        told[..3],
        [
            ("no-right-choice", radio),
            ("formula-not-set", "/question/content"),
            ("formula-not-set", "/question/widgets/radio 1/options/choices/1/content"),
        ]
    );
    assert!(told[3..].contains(&("heading-level-1", "/question/content")), "{told:?}");
    let formula = &found[1];
    let span = formula.span.unwrap();
    assert_eq!((span.start, span.end), (13, 21));
    assert!(formula.message.contains("“\\nope{1}”"), "{}", formula.message);
}

#[test]
fn formulas_are_set_with_the_macros_of_the_player() {
    let item = json!({"question": {"content": "Add $\\blueD{3}$, $\\greenD{4}$ and $\\cancelto{0}{x}$.", "widgets": {}}});
    let found = ENGINE.findings(Form::Item, &item).unwrap();
    assert!(found.iter().all(|found| found.rule != "formula-not-set"), "{found:?}");
}

#[test]
fn formulas_that_lead_elsewhere_are_told_for_they_are_shown_as_they_stand() {
    let item =
        json!({"question": {"content": "$x + \\href{https://a.example}{y}$", "widgets": {}}});
    let found = ENGINE.findings(Form::Item, &item).unwrap();
    let told = found.iter().find(|found| found.rule == "formula-not-set").expect("it is told");
    assert!(told.message.contains("“\\href”"), "{}", told.message);
    let examined = ENGINE.examine(Form::Item, &item).unwrap().findings;
    assert!(examined.contains(told), "what goes live is looked at so too: {examined:?}");
}

#[test]
fn commands_that_stand_outside_of_any_formula_are_told_and_sums_of_money_are_not() {
    let told = |content: &str| {
        let item = json!({"question": {"content": content, "widgets": {}}});
        let found = ENGINE.examine(Form::Item, &item).unwrap().findings;
        found.iter().any(|found| found.rule == "formula-not-closed")
    };
    for content in [
        "What is $\\frac{6}{2$ of these?",
        "**$\\frac{1}{2$** of it",
        "$x$ and $\\blueD{3}",
        "cost $5 each, $\\frac{1}{2}$ of it",
        "in a line $$\\frac{1}{2}$$ there is no block",
    ] {
        assert!(told(content), "{content}");
    }
    for content in [
        "$5 and $6",
        "a $ b",
        "It costs $5.",
        "\\$5 and $\\frac12$",
        "`$\\frac`",
        "$5 \\text{ dollars}$",
    ] {
        assert!(!told(content), "{content}");
    }
}

#[test]
fn of_an_article_only_its_checkpoints_are_examined() {
    let section = |widgets: Value, content: &str| json!({"content": content, "images": {}, "widgets": widgets});
    let numeric = json!({"type": "numeric-input", "options": {
        "size": "normal", "coefficient": false, "answers": [{"value": 4, "status": "wrong", "message": "", "strict": false, "simplify": "optional"}],
    }});
    let text = section(json!({}), "Only words.");
    assert_eq!(ENGINE.examine(Form::Article, &text).unwrap().findings, []);
    let group = json!({"type": "graded-group", "options": {
        "title": "Check", "content": "[[☃ numeric-input 1]]", "widgets": {"numeric-input 1": numeric}, "images": {},
    }});
    let article = json!([text, section(json!({"graded-group 1": group}), "[[☃ graded-group 1]]")]);
    let found = ENGINE.examine(Form::Article, &article).unwrap().findings;
    let at = "/1/widgets/graded-group 1/options/widgets/numeric-input 1/options/answers";
    let told: Vec<_> = found.iter().map(|found| (&found.rule[..], &found.pointer[..])).collect();
    assert_eq!(told, [("no-right-answer", at)]);
}
