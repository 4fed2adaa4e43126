//! Khan Academy's Perseus in process: Perseus's own parser and linter check what an author saves, Perseus's own split
//! removes the answers from what leaves a server, and Perseus's own scorer scores what comes back. The npm packages are
//! bundled, pinned, embedded and run in QuickJS; there is no Node at run time.
//!
//! Invariants:
//! 1. A fault concerns one document alone. No item and no input hangs a caller, grows the process beyond its limits or
//!    changes the result of the next call: [`Limits`] bound each call, and a context is hardened before it reads
//!    anything.
//! 2. The same call gives the same result: a context has no clock, no randomness, no locale and no network.
//! 3. Numbers cross exactly, in both directions.
//! 4. [`identity`] names everything that the results depend on.
//!
//! ```
//! use cms_perseus::{Engine, Form, Limits};
//! use serde_json::json;
//!
//! let engine = Engine::new(Limits::default());
//! let article = json!([{"content": "# Fractions", "images": {}, "widgets": {}}]);
//! let checked = engine.check(Form::Article, &article)?;
//! assert_eq!(checked.findings[0].rule, "heading-level-1");
//! assert_eq!(checked.findings[0].pointer, "/0/content");
//! # Ok::<(), cms_perseus::Fault>(())
//! ```

mod answer;
mod bundle;
mod context;
mod coupled;
mod crossing;
mod engine;
mod fault;
mod pool;

pub use self::{
    answer::{Checked, Examined, Finding, Prepared, Score, Scored, Severity, Span, Split},
    bundle::identity,
    coupled::coupled,
    engine::{Engine, Form},
    fault::{Fault, Violation},
    pool::Limits,
};
