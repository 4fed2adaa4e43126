//! Editing a document in which a merge left conflicts: the edit goes into every term, so that it is kept and the
//! conflicts remain.
//!
//! Invariants:
//! 1. Merging the terms afterwards shows what was edited, and no conflict is settled unless its pointer was named, or
//!    the edit made the text exactly theirs.
//! 2. A place that is named as settled is as it was edited, whichever side is merged in later.

use serde_json::Value;

use super::{
    merge::{DocumentConflict, merge, merge_whole_texts},
    part::Shape,
    settle::{Choice, SettleError, settle},
    sides::Sides,
};

/// The result of editing a conflicted document.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// The terms, each with the edit. All three are equal when nothing conflicts any more.
    pub terms: Sides<Option<Value>>,
    /// The conflicts that are left to settle.
    pub conflicts: Vec<DocumentConflict>,
}

/// Carries an edit into the terms of a conflicted document. `edited` is the document that merging the terms shows,
/// after the edit; `settled` names the conflicts that the edit decides.
///
/// # Errors
/// [`SettleError::NoConflict`] when a named place does not conflict.
pub fn carried(
    shape: Shape<'_>,
    terms: Sides<Option<&Value>>,
    settled: &[String],
    edited: Option<&Value>,
) -> Result<Carried, SettleError> {
    let mut terms = terms.map(|term| term.cloned());
    for pointer in settled {
        terms = settle(shape, terms.as_options(), pointer, &Choice::Ours)?;
    }
    let joined = merge(shape, terms.as_options());
    if joined.conflicts.is_empty() {
        return Ok(whole(edited));
    }
    let shown = joined.document;
    let apply = |term: Option<Value>| {
        // If both the term and the edit differ from what was shown, the term keeps its own, because it is a text that
        // somebody wrote.
        merge_whole_texts(
            shape,
            Sides { base: shown.as_ref(), ours: term.as_ref(), theirs: edited },
        )
    };
    let base = apply(all_settled(shape, terms.clone(), &Choice::Base)?);
    let theirs = apply(all_settled(shape, terms, &Choice::Theirs)?);
    // An edit that returns to what was there before would silently give way to theirs. It stays a conflict, of two
    // texts that have no common base.
    let mut left = None;
    for base in [base, None] {
        let terms = Sides { base, ours: edited.cloned(), theirs: theirs.clone() };
        let joined = merge(shape, terms.as_options());
        let is_kept = joined.document.as_ref() == edited;
        if left.is_none() || is_kept {
            left = Some((terms, joined));
        }
        if is_kept {
            break;
        }
    }
    let (mut terms, joined) = left.expect("two bases were tried");
    if joined.conflicts.is_empty() {
        return Ok(whole(joined.document.as_ref()));
    }
    terms.ours = joined.document;
    Ok(Carried { terms, conflicts: joined.conflicts })
}

fn whole(document: Option<&Value>) -> Carried {
    Carried { terms: Sides::all(document.cloned()), conflicts: Vec::new() }
}

/// The document in which every conflict is settled in the same way.
fn all_settled(
    shape: Shape<'_>,
    mut terms: Sides<Option<Value>>,
    choice: &Choice,
) -> Result<Option<Value>, SettleError> {
    let mut left = usize::MAX;
    loop {
        let joined = merge(shape, terms.as_options());
        let Some(first) = joined.conflicts.first() else { return Ok(joined.document) };
        if joined.conflicts.len() >= left {
            // A choice that causes other conflicts: the result is the side as it is, rather than an endless loop.
            return Ok(if *choice == Choice::Base { terms.base } else { terms.theirs });
        }
        left = joined.conflicts.len();
        terms = settle(shape, terms.as_options(), &first.pointer, choice)?;
    }
}
