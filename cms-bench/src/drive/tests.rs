//! What needs no server: lists of steps and their files, shrinking, patches.

use std::time::Duration;

use serde_json::json;

use super::{patch, shrink::shrink, step};

#[test]
fn a_seed_gives_the_same_steps_and_a_file_keeps_them() {
    let steps = step::list(7, 200, true);
    assert_eq!(steps, step::list(7, 200, true));
    assert_ne!(steps, step::list(8, 200, true));
    assert_eq!(step::parse(&step::print(&steps)).expect("steps"), steps);
}

#[test]
fn without_kills_no_step_is_one() {
    let steps = step::list(7, 2000, false);
    assert!(steps.iter().all(|step| step.verb != step::Verb::Kill));
}

#[test]
fn a_failing_list_is_shrunk_to_what_is_needed() {
    let steps = step::list(3, 100, true);
    let needed = [steps[17], steps[60], steps[61]];
    let fails = |steps: &[step::Step]| {
        let at = |wanted| steps.iter().position(|step| *step == wanted);
        let last = needed.iter().map(|wanted| at(*wanted)).collect::<Option<Vec<_>>>()?;
        last.into_iter().max().map(|at| at + 1)
    };
    assert_eq!(shrink(&steps, Duration::from_secs(60), &fails), needed);
}

#[test]
fn a_patch_is_applied_operation_by_operation() {
    let patch = json!([
        { "op": "add", "path": "/list/1", "value": "b" },
        { "op": "move", "from": "/list/0", "path": "/list/2" },
        { "op": "replace", "path": "/a~1b", "value": 2 },
        { "op": "remove", "path": "/gone" },
        { "op": "test", "path": "/list/0", "value": "b" },
        { "op": "copy", "from": "/list/0", "path": "/list/-" },
    ]);
    let before = json!({ "list": ["a", "c"], "a/b": 1, "gone": true });
    let after = patch::apply(before, &patch).expect("it applies");
    assert_eq!(after, json!({ "list": ["b", "c", "a", "b"], "a/b": 2 }));
    let wrong = json!([{ "op": "remove", "path": "/list/0" }]);
    assert!(patch::apply(json!({ "list": [] }), &wrong).is_err());
}
