//! Small documents of every sort, with the results of the npm packages for them under Node.
//!
//! `cargo xtask perseus` writes the expected results, and `cargo xtask perseus --check` (part of every test run)
//! compares them.

use cms_perseus::{Fault, Finding, Form, Severity, Span, identity};
use serde_json::{Value, json};

use crate::{
    ENGINE,
    peer::{self, Attempt, Expected, Named},
};

const DOCUMENTS: &str = include_str!("../fixtures/documents.ndjson");
const EXPECTED: &str = include_str!("../fixtures/expected.ndjson");

pub(crate) fn documents() -> impl Iterator<Item = Named> {
    DOCUMENTS.lines().map(|line| serde_json::from_str(line).expect("a fixture a line"))
}

pub(crate) fn document(name: &str) -> Value {
    documents().find(|named| named.name == name).expect("a fixture of that name").document
}

fn expected() -> impl Iterator<Item = Expected> {
    EXPECTED.lines().map(|line| serde_json::from_str(line).expect("an answer a line"))
}

/// What was entered into the fixture of a name, and Node's result for it.
pub(crate) fn attempts(name: &str) -> Vec<Attempt> {
    expected().find(|expected| expected.name == name).expect("a fixture of that name").scores
}

#[test]
fn documents_come_out_as_under_node() {
    let expected: Vec<Expected> = expected().collect();
    assert_eq!(expected.len(), documents().count());
    for (named, expected) in documents().zip(&expected) {
        peer::check(&ENGINE, &named, expected);
    }
}

#[test]
fn violations_point_into_the_document() {
    let fault = ENGINE.check(Form::Item, &document("refused")).unwrap_err();
    let Fault::Refused(violations) = fault else { panic!("{fault}") };
    assert_eq!(violations[0].pointer, "/question/widgets/expression 1/options/form");
    assert_eq!(
        violations[0].message,
        "At (root).question.widgets[\"expression 1\"].options.form -- expected boolean, but got undefined"
    );
    let unnamed = json!({"question": {"content": "", "widgets": {"a/b~c": {"type": "radio", "options": {}}}}});
    let fault = ENGINE.check(Form::Item, &unnamed).unwrap_err();
    let Fault::Refused(violations) = fault else { panic!("{fault}") };
    assert_eq!(violations[0].pointer, "/question/widgets/a~1b~0c");
}

#[test]
fn violations_of_an_input_point_into_it() {
    let fault = ENGINE.score(
        &document("numeric-input"),
        None,
        &json!({"numeric-input 1": {"currentValue": 4}}),
        "en",
    );
    let Err(Fault::RefusedInput(violations)) = fault else { panic!("{fault:?}") };
    assert_eq!(violations[0].pointer, "/numeric-input 1/currentValue");
}

#[test]
fn findings_name_widget_text_and_span() {
    let findings = |name, form| ENGINE.check(form, &document(name)).unwrap().findings;
    let article = findings("article", Form::Article);
    let [Finding { rule, severity, pointer, span, .. }] = &article[..] else {
        panic!("{article:?}")
    };
    assert_eq!(
        (rule.as_str(), *severity, pointer.as_str()),
        ("heading-level-1", Severity::Warning, "/0/content")
    );
    assert_eq!(*span, Some(Span { start: 2, end: 8 }));
    let section = findings("section", Form::Article);
    assert_eq!(
        (section[0].rule.as_str(), section[0].pointer.as_str()),
        ("link-click-here", "/content")
    );
    assert_eq!(section[0].span, Some(Span { start: 1, end: 11 }));
    let group = findings("group", Form::Item);
    let at = |rule: &str| {
        group.iter().find(|finding| finding.rule == rule).map(|finding| &finding.pointer[..])
    };
    assert_eq!(at("image-widget-alt-text"), Some("/question/widgets/image 1"));
    assert_eq!(at("heading-level-1"), Some("/question/widgets/group 1/options/content"));
}

#[test]
fn renderers_inside_widgets_are_linted() {
    let findings = ENGINE.check(Form::Item, &document("graded-group")).unwrap().findings;
    let at = |pointer: &str| findings.iter().any(|finding| finding.pointer == pointer);
    for pointer in [
        "/question/widgets/graded-group 1/options/content",
        "/question/widgets/explanation 1/options/explanation",
    ] {
        assert!(at(pointer), "{pointer}: {findings:#?}");
    }
    let findings = ENGINE.check(Form::Item, &document("radio")).unwrap().findings;
    assert!(findings.iter().any(|finding| finding.pointer == "/question/widgets/radio 1/options/choices/2/content"));
}

#[test]
fn hints_stand_beside_the_split() {
    let item = document("numeric-input");
    let split = ENGINE.split(Form::Item, &item).unwrap();
    assert_eq!(split.hints[0]["content"], "The parts have the same size.");
    assert_eq!(split.hints[1]["content"], "So it is $\\dfrac{2}{3}$.");
    assert_eq!(split.hints.len(), 2);
    assert_eq!(split.answerless["hints"][0]["content"], "");
}

#[test]
fn an_article_is_split_section_by_section() {
    let split = ENGINE.split(Form::Article, &document("article")).unwrap();
    let answers = "/1/widgets/numeric-input 1/options/answers/0";
    assert_eq!(split.answerless.pointer(answers).unwrap().get("value"), None);
    assert!(split.hints.is_empty());
    assert_eq!(split.answerless[0]["content"], document("article")[0]["content"]);
}

#[test]
fn one_parse_prepares_a_publish() {
    for named in documents().filter(|named| named.name != "refused") {
        let form = if named.form == peer::DocumentForm::Item { Form::Item } else { Form::Article };
        let prepared = ENGINE.prepare(form, &named.document).unwrap();
        assert_eq!(prepared.withheld, ENGINE.withhold(form, &named.document).unwrap());
        let checked = ENGINE.check(form, &named.document).unwrap();
        assert_eq!(prepared.findings, checked.findings);
        assert_eq!(ENGINE.migrate(form, &named.document).unwrap(), checked.migrated);
        // The withheld form is a document of today's form with nothing more to withhold; only cards are laid again
        // each time.
        let withheld = prepared.withheld.answerless;
        if !["matcher", "orderer", "sorter"].contains(&named.name.as_str()) {
            assert_eq!(ENGINE.withhold(form, &withheld).unwrap().answerless, withheld);
        }
        // A document in today's form stays as it is.
        assert_eq!(ENGINE.migrate(form, &checked.migrated).unwrap(), checked.migrated);
    }
}

#[test]
fn the_identity_names_packages_and_bundle() {
    let words: Vec<_> = identity().split(' ').collect();
    assert_eq!(
        words[..3].iter().map(|word| word.split('@').next().unwrap()).collect::<Vec<_>>(),
        ["perseus-core", "perseus-linter", "perseus-score"]
    );
    assert!(words.last().unwrap().starts_with("sha256:"));
}
