//! Khan Academy's Perseus in process: what an author saves is checked by Perseus's own parser and linter, what
//! leaves a server has no answers in it by Perseus's own split, and what comes back is scored by Perseus's own
//! scorer. The npm packages are bundled, pinned, embedded and run in QuickJS; there is no Node at run time.
//!
//! Invariants:
//! 1. A fault is of one document alone. No item and no input hangs a caller, grows the process beyond its limits or
//!    changes what the next call finds: [`Limits`] bound each call, and a context is hardened before it reads anything.
//! 2. The same call gives the same answer: a context has no clock, no randomness, no locale and no network.
//! 3. Numbers cross exactly, there and back.
//! 4. What the answers depend on is named by [`identity`].
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
