//! `cms audit verify`: reads the whole audit, and compares it with its seals and with heads that were kept elsewhere.

use std::{ops::ControlFlow, path::PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
    store::Store,
    views::audit::{AuditHead, AuditReport},
};

/// The form of heads.
const HEAD_FORMAT: u32 = 1;
/// Most heads that are compared at once.
const HEADS_MAX: usize = 10_000;
/// Most keys that are believed from the beginning.
const KEYS_MAX: usize = 1000;

/// How to verify.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuditVerifyCommand)]
pub struct Request {
    /// Compare with the heads in this file, one a line, as `cms audit head` prints them
    #[arg(long = "head", value_name = "FILE")]
    #[serde(skip)]
    pub files: Vec<PathBuf>,
    /// Heads that were kept elsewhere.
    #[arg(skip)]
    #[serde(default)]
    pub heads: Vec<AuditHead>,
    /// Believe this public key from the beginning, instead of the first one that the audit names
    #[arg(long = "key", value_name = "HEX")]
    #[serde(default)]
    pub keys: Vec<String>,
}

impl Request {
    /// The same request with the heads that its files hold.
    ///
    /// # Errors
    /// A problem when a file can't be read, or holds something else.
    pub fn with_files(mut self) -> Result<Self, Problem> {
        for path in std::mem::take(&mut self.files) {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| Problem::io(path.display(), &error))?;
            let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
            for (line, number) in lines {
                let head = serde_json::from_str(line).map_err(|error| {
                    let detail = format!("{}:{number}: not a head: {error}", path.display());
                    Problem::new(Code::RequestMalformed, detail)
                })?;
                self.heads.push(head);
            }
        }
        Ok(self)
    }
}

/// The result of verifying.
pub type Report = AuditReport;

/// Verifies the audit. What is wrong is in the report; the verb itself has done its work then.
///
/// # Errors
/// A problem when the store does not answer at all, or when what is asked for is too much or malformed.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let Request { heads, keys, files: _ } = request;
    if heads.len() > HEADS_MAX || keys.len() > KEYS_MAX {
        let detail = format!("at most {HEADS_MAX} heads and {KEYS_MAX} keys are compared at once");
        return Err(Problem::new(Code::RequestMalformed, detail));
    }
    if let Some(index) = heads.iter().position(|head| head.format != HEAD_FORMAT) {
        let problem = Problem::new(Code::RequestMalformed, "this form of a head is not known");
        return Err(problem.with("pointer", format!("/heads/{index}/format")));
    }
    let is_key = |key: &String| key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !keys.iter().all(is_key) {
        return Err(Problem::new(Code::RequestMalformed, "a key is 64 hex digits"));
    }
    let heads: Vec<_> = heads.into_iter().map(Into::into).collect();
    let audit = store.repository.audit();
    Ok(audit.verify(&heads, &keys, &mut |_| ControlFlow::Continue(()))?.into())
}
