//! The room that compares and merges documents, by what their kind says about them.
//!
//! Pure functions over JSON: a difference that a reviewer can trust, and a three-way merge that keeps what both sides
//! did. Objects are handled by field, arrays with `x-key` by element, prose by paragraph and word. Without a kind, the
//! identity of elements is inferred.
//!
//! Invariants:
//! 1. The result depends on the documents alone: no clock, no randomness, no order of a hash map.
//! 2. Work is bounded by counting. Beyond the bounds a result is coarser (`is_coarse`), never wrong.
//! 3. Any JSON is accepted, valid under its kind or not.
//! 4. The core knows annotations, not kinds: no name of a shipped kind or field decides anything. The one exception is
//!    `id`, the name that is used everywhere to tell things apart, and only where no kind says otherwise.

mod align;
#[cfg(any(test, feature = "conformance"))]
pub mod arbitrary;
mod budget;
mod carried;
mod diff;
mod diff3;
mod elements;
mod identity;
mod leaves;
mod likeness;
mod matching;
mod merge;
mod order;
mod part;
mod settle;
mod sides;
mod split;
mod text;
mod tokens;

pub use carried::{Carried, carried};
pub use diff::{ApplyError, Change, ChangeKind, DocumentDiff, diff};
pub use leaves::{Leaf, leaves, origins};
pub use merge::{ConflictReason, DocumentConflict, DocumentMerge, JoinedSentence, merge};
pub use part::{Shape, Step};
pub use settle::{Choice, SettleError, settle};
pub use sides::{Side, Sides};
pub use text::{JoinedFrom, JoinedRun, Paragraph, ParagraphKind, Run, RunKind, Words};

#[cfg(test)]
mod tests;
