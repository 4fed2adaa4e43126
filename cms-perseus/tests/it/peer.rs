//! A document, the npm packages' result for it under Node, and whether the engine's result is the same.

use cms_perseus::{Engine, Fault, Finding, Form, Score, Scored};
use serde::Deserialize;
use serde_json::Value;

/// A document by its name.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) form: DocumentForm,
    pub(crate) document: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DocumentForm {
    Item,
    Article,
}

/// What `bundle/peer/answer.mjs` writes.
#[derive(Debug, Deserialize)]
pub(crate) struct Expected {
    pub(crate) name: String,
    refused: Option<String>,
    migrated: Option<Value>,
    split: Option<Value>,
    #[serde(default)]
    findings: Vec<Told>,
    #[serde(default)]
    pub(crate) scores: Vec<Attempt>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Told {
    rule: String,
    message: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) input: Value,
    locale: String,
    score: Option<Value>,
    empty: Option<Vec<String>>,
    refused: Option<String>,
}

/// Checks that the engine's result for a document is Node's.
pub(crate) fn check(engine: &Engine, named: &Named, expected: &Expected) {
    let Named { name, form, document } = named;
    assert_eq!(*name, expected.name);
    let form = match form {
        DocumentForm::Item => Form::Item,
        DocumentForm::Article => Form::Article,
    };
    let checked = match (engine.check(form, document), &expected.refused) {
        (Ok(checked), None) => checked,
        (Err(Fault::Refused(violations)), Some(refused)) => {
            let reasons: Vec<_> = violations.iter().map(ToString::to_string).collect();
            assert_eq!(reasons.join("; "), *refused, "{name}");
            return;
        }
        (result, refused) => panic!("{name}: {result:?}, and under Node {refused:?}"),
    };
    assert_eq!(Some(canonical(&checked.migrated)), canonical_of(&expected.migrated), "{name}");
    assert_eq!(outer(&checked.findings), sorted(&expected.findings), "{name}");
    let split = engine.split(form, document).expect("what was checked can be split");
    if form == Form::Item {
        assert_eq!(Some(canonical(&split.answerless)), canonical_of(&expected.split), "{name}");
        assert_eq!(Value::from(split.hints), checked.migrated["hints"], "{name}");
    }
    for attempt in &expected.scores {
        check_attempt(engine, named, attempt);
    }
}

fn check_attempt(engine: &Engine, Named { name, document, .. }: &Named, attempt: &Attempt) {
    let Attempt { input, locale, score, empty, refused } = attempt;
    let scored = engine.score(document, None, input, locale);
    // It makes no difference whether the engine has kept the item.
    assert_eq!(engine.score(document, None, input, locale), scored, "{name}: {input}");
    match (&scored, score, refused) {
        (Ok(scored), Some(score), _) => assert_eq!(as_perseus(scored), *score, "{name}: {input}"),
        // Perseus throws for some widgets without input; here they count as empty.
        (Ok(Scored { score, widgets }), None, None) => {
            assert_eq!(*score, Score::Invalid { message: None }, "{name}: {input}");
            assert!(widgets.is_empty(), "{name}: {input} {widgets:?} {attempt:?}");
        }
        (Err(Fault::RefusedInput(violations)), None, Some(refused)) => {
            let reasons: Vec<_> = violations.iter().map(ToString::to_string).collect();
            assert_eq!(reasons.join("; "), *refused, "{name}: {input}");
        }
        (Err(Fault::Threw { .. }), None, None) => {}
        _ => panic!("{name}: {scored:?} for {attempt:?}"),
    }
    if let Some(empty) = empty {
        assert_eq!(
            engine.empty_widgets(document, input, locale).as_ref(),
            Ok(empty),
            "{name}: {input}"
        );
    }
}

/// A score in Perseus's form.
fn as_perseus(scored: &Scored) -> Value {
    fn whole_numbers(value: &mut Value) {
        match value {
            Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
            Value::Number(number) => {
                let points = number.as_f64().expect("points are numbers");
                assert_eq!(points.fract(), 0.0);
                *value = (points as u64).into();
            }
            _ => {}
        }
    }
    let mut value = serde_json::to_value(scored).expect("a score is JSON");
    whole_numbers(&mut value);
    value
}

/// The linter's own findings, without those on renderers inside widgets.
fn outer(findings: &[Finding]) -> Vec<Told> {
    let told = findings.iter().filter(|finding| !finding.pointer.contains("/options/"));
    sorted(
        &told
            .map(|Finding { rule, message, .. }| Told {
                rule: rule.clone(),
                message: message.clone(),
            })
            .collect::<Vec<_>>(),
    )
}

fn sorted(told: &[Told]) -> Vec<Told> {
    let mut told = told.to_vec();
    told.sort();
    told
}

fn canonical_of(value: &Option<Value>) -> Option<String> {
    value.as_ref().map(canonical)
}

pub(crate) fn canonical(value: &Value) -> String {
    serde_json_canonicalizer::to_string(value).expect("JSON has a canonical form")
}
