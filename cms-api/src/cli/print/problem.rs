//! How a problem is reported: as one JSON document, or in words with what to do next.

use std::io::Write;

use super::{import, publishing::publish};
use crate::{
    cli::paper::Paper,
    problem::{Code, Problem},
    process::stdout,
};

/// Reports a problem on standard error, or on standard output where that is still free for JSON.
pub(crate) fn tell(problem: &Problem) {
    if stdout::is_json() {
        let text = format!("{}\n", problem.to_json());
        if !stdout::take() || stdout::put(&text).is_err() {
            let _ = std::io::stderr().write_all(text.as_bytes());
        }
        return;
    }
    let mut paper = Paper::plain();
    paper.line(format!("cms: {problem}"));
    import::refusal(problem, &mut paper);
    refused_publish(problem, &mut paper);
    if problem.code == Code::RepositoryMissing {
        paper.line(
            "  `cms init` makes an empty one, `cms import` one with content; --data says where.",
        );
    }
    paper.line(format!("  `cms explain {}` says more.", problem.code.word()));
    let _ = std::io::stderr().write_all(paper.into_text().as_bytes());
}

fn refused_publish(problem: &Problem, paper: &mut Paper) {
    let report = problem.members.get("report").cloned().map(serde_json::from_value);
    if let (Code::PublishRefused, Some(Ok(report))) = (problem.code, report) {
        publish::print_report(&report, paper);
    }
    let needs = problem.members.get("needs").and_then(serde_json::Value::as_array);
    for need in needs.into_iter().flatten() {
        let part = |name: &str| need.get(name).and_then(serde_json::Value::as_str).unwrap_or("?");
        paper.line(format!("  {}  is needed by  {}  ({})", part("key"), part("by"), part("role")));
    }
}
