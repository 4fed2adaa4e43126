//! The same laws on real documents, which are not part of this repository.
//!
//! `CMS_TEST_PERSEUS_DATA` names a folder with `perseus-items.ndjson.gz` (`{name, item}` per line),
//! `perseus-items-invalid.ndjson.gz` (`{name, item, msg}`), `perseus-user-inputs.ndjson.gz` (`{name, input}`) and
//! `perseus-articles.ndjson.gz` (`{name, article}`). Without it there is nothing to test here. The expected results
//! come from Node, so the packages below `bundle/` must be installed.

use std::{
    collections::{BTreeSet, HashMap},
    env,
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use cms_perseus::{Fault, Form};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::{
    ENGINE, answers,
    peer::{self, Expected, Named},
};

const FOLDER: &str = "CMS_TEST_PERSEUS_DATA";

fn folder() -> Option<PathBuf> {
    let folder = env::var_os(FOLDER).map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: {FOLDER} names no folder");
    }
    folder
}

fn lines(folder: &Path, name: &str) -> Vec<Value> {
    let path = folder.join(format!("{name}.ndjson.gz"));
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}

/// Node's results for documents, in their order.
fn under_node(documents: &[Value]) -> Vec<Expected> {
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("bundle/peer.mjs");
    let mut node = Command::new("node")
        .arg(peer)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is there");
    let mut input = node.stdin.take().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            for document in documents {
                writeln!(input, "{document}").expect("node reads");
            }
        });
        let answers = BufReader::new(node.stdout.take().unwrap()).lines();
        let expected = answers.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
        assert!(node.wait().unwrap().success());
        expected
    })
}

fn check_all(documents: &[Value]) {
    let expected = under_node(documents);
    assert_eq!(expected.len(), documents.len());
    let attempts: usize = expected.iter().map(|expected| expected.scores.len()).sum();
    let halves = documents.len().div_ceil(2).max(1);
    thread::scope(|scope| {
        for (documents, expected) in documents.chunks(halves).zip(expected.chunks(halves)) {
            scope.spawn(move || {
                for (document, expected) in documents.iter().zip(expected) {
                    let named: Named = serde_json::from_value(document.clone()).unwrap();
                    peer::check(&ENGINE, &named, expected);
                }
            });
        }
    });
    println!("{} documents and {attempts} attempts as under Node", documents.len());
}

#[test]
fn items_come_out_as_under_node() {
    let Some(folder) = folder() else { return };
    let inputs = lines(&folder, "perseus-user-inputs");
    let documents: Vec<_> = lines(&folder, "perseus-items")
        .into_iter()
        .map(|line| {
            let widgets = line["item"]["question"]["widgets"].clone();
            let fits = |input: &&Value| {
                let names = input["input"].as_object().unwrap();
                names.keys().any(|name| widgets.get(name).is_some())
            };
            let inputs: Vec<_> = inputs.iter().filter(fits).map(|line| &line["input"]).collect();
            json!({"name": line["name"], "form": "item", "document": line["item"], "inputs": inputs})
        })
        .collect();
    check_all(&documents);
}

/// At most this many occurrences of each field of each widget are changed.
const TRIED_MAX: usize = 8;

#[test]
fn what_is_shown_and_scored_is_shown_on_purpose() {
    let Some(folder) = folder() else { return };
    let documents: Vec<_> = lines(&folder, "perseus-items")
        .into_iter()
        .map(|line| json!({"name": line["name"], "form": "item", "document": line["item"], "inputs": []}))
        .collect();
    let mut tried: HashMap<(String, String), usize> = HashMap::new();
    let mut found = BTreeSet::new();
    for (document, expected) in documents.iter().zip(under_node(&documents)) {
        let inputs: Vec<&Value> = expected.scores.iter().map(|attempt| &attempt.input).collect();
        let mut wants = |field: &(String, String)| {
            let tried = tried.entry(field.clone()).or_default();
            *tried += 1;
            *tried <= TRIED_MAX
        };
        found.extend(answers::shown_and_scored(&document["document"], &inputs, &mut wants));
    }
    let hidden: Vec<_> = found.iter().filter(|field| !answers::is_shown(field)).collect();
    assert!(hidden.is_empty(), "{hidden:?} are shown, and scores depend on them");
    println!("of {} fields {} are shown and scored, all on purpose", tried.len(), found.len());
}

#[test]
fn articles_come_out_as_under_node() {
    let Some(folder) = folder() else { return };
    let named =
        |line: Value| json!({"name": line["name"], "form": "article", "document": line["article"]});
    check_all(&lines(&folder, "perseus-articles").into_iter().map(named).collect::<Vec<_>>());
}

#[test]
fn a_changed_answer_changes_nothing_for_learners() {
    let Some(folder) = folder() else { return };
    let items = lines(&folder, "perseus-items");
    let tried: usize = thread::scope(|scope| {
        let halves = items.chunks(items.len().div_ceil(2));
        let running: Vec<_> = halves
            .map(|items| {
                let check =
                    |line: &Value| answers::check_item(&line["name"].to_string(), &line["item"]);
                scope.spawn(move || items.iter().map(check).sum::<usize>())
            })
            .collect();
        running.into_iter().map(|thread| thread.join().expect("each answer is withheld")).sum()
    });
    println!("{tried} answers were changed in turn");
}

#[test]
fn invalid_items_are_refused_for_the_parsers_own_reason() {
    let Some(folder) = folder() else { return };
    for line in lines(&folder, "perseus-items-invalid") {
        let fault = ENGINE.check(Form::Item, &line["item"]).unwrap_err();
        let Fault::Refused(violations) = &fault else { panic!("{}: {fault}", line["name"]) };
        let reasons: Vec<_> = violations.iter().map(ToString::to_string).collect();
        assert_eq!(reasons.join("; "), line["msg"], "{}", line["name"]);
        for violation in violations {
            let parent = violation.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
            assert!(line["item"].pointer(parent).is_some(), "{violation:?}");
        }
    }
}
