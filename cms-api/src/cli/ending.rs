//! How the program ends: with an answer or a problem, reported once, and an exit code.
//!
//! Invariants:
//! 1. With `--json` every ending is one JSON document, also after a line that was not understood, a bug, or a stop. It
//!    goes to standard output, or to standard error if standard output already has a part of an answer or can't be
//!    written.
//! 2. The exit code is the problem's own, even when reporting it fails.
//! 3. A bug ends with its own exit code, never with a panic's.

use std::{
    any::Any,
    ffi::OsString,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use clap::Parser;
use serde_json::json;

use super::{line::Line, print};
use crate::{
    problem::{Code, Problem, exit::Exit},
    process::{log, stdout},
    store::private,
};

/// Runs the program on its arguments.
pub fn run() -> ExitCode {
    private::begin();
    let typed: Vec<OsString> = std::env::args_os().collect();
    stdout::begin(wants_json(&typed));
    let outcome = kept(|| match Line::try_parse_from(&typed) {
        Ok(line) => line.obey(),
        Err(error) => not_a_line(&error),
    });
    log::end();
    match outcome {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(problem) => {
            // A reader that has seen enough is not a failure, but it still ends the program's call.
            if problem.code != Code::OutputClosed || stdout::is_json() {
                print::problem::tell(&problem);
            }
            ExitCode::from(problem.code.exit() as u8)
        }
    }
}

/// Whether JSON is asked for, even on a line that can't be understood.
fn wants_json(typed: &[OsString]) -> bool {
    let mut typed = typed.iter().skip(1).take_while(|word| *word != "--");
    typed.any(|word| {
        word.to_str().is_some_and(|word| word == "--json" || word.starts_with("--json="))
    })
}

fn kept(work: impl FnOnce() -> Result<Exit, Problem>) -> Result<Exit, Problem> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Problem::internal(format!("a bug: {}", said(&*panic)))))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// A line that is not carried out: help that was asked for, or a mistake.
fn not_a_line(error: &clap::Error) -> Result<Exit, Problem> {
    let failed = |error: std::io::Error| Problem::io("standard output", &error);
    let text = error.render().to_string();
    if !error.use_stderr() {
        if stdout::is_json() {
            stdout::put(&format!("{}\n", json!({ "text": text }))).map_err(failed)?;
        } else {
            stdout::take();
            error.print().map_err(failed)?;
        }
        return Ok(Exit::Done);
    }
    if stdout::is_json() {
        let text = text.trim();
        let text = text.strip_prefix("error: ").unwrap_or(text);
        return Err(Problem::new(Code::RequestMalformed, text));
    }
    let _ = error.print();
    Ok(Exit::Usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_has_its_own_exit_code() {
        let problem = kept(|| panic!("the table has {} legs", 3)).unwrap_err();
        assert_eq!(problem.code.exit(), Exit::Internal);
        assert!(problem.detail.contains("the table has 3 legs"), "{problem}");
        assert_eq!(kept(|| Ok(Exit::Refused)).unwrap(), Exit::Refused);
    }

    #[test]
    fn json_is_asked_for_wherever_it_stands_before_the_end_of_flags() {
        let line = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        for text in ["cms --json", "cms publish --bogus --json", "cms --json=x stats"] {
            assert!(wants_json(&line(text)), "{text}");
        }
        for text in ["cms stats", "cms show -- --json", "--json stats"] {
            assert!(!wants_json(&line(text)), "{text}");
        }
    }
}
