//! `cms explain`: what a problem's code means, and what to do about it.

use clap::Args;
use serde_json::{Value, json};

use crate::problem::{Code, Problem, pages::Part};

/// The code to explain.
#[derive(Args, Debug, Clone)]
pub struct Request {
    /// The code, as a problem says it (`entry-unknown`)
    #[arg(value_name = "CODE")]
    pub code: String,
}

/// The explanation.
///
/// # Errors
/// A problem when there is no such code.
pub fn execute(request: &Request) -> Result<Part, Problem> {
    let code = Code::ALL.iter().find(|code| code.word() == request.code);
    code.and_then(|code| Part::of(*code)).ok_or_else(|| {
        let known: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
        let shown: String = request.code.chars().take(80).collect();
        Problem::new(
            Code::RequestMalformed,
            format!("there is no code {shown:?}: {}", known.join(", ")),
        )
    })
}

/// As JSON.
pub fn json(part: &Part) -> Value {
    json!({ "code": part.code().word(), "title": part.code().title(), "text": part.text() })
}
