//! Editing a document in which a merge left conflicts: the edit goes into every term, so that it is kept and
//! what conflicts goes on conflicting.
//!
//! Invariants:
//! 1. What is shown of the terms afterwards is what was edited, and nothing that conflicted is settled unless its
//!    pointer was named, or the edit made the text exactly theirs.
//! 2. A place that is named as settled is as it was edited, whichever side is merged in later.

use serde_json::Value;

use super::{
    merge::{DocumentConflict, merge, merge_whole_texts},
    part::Shape,
    settle::{Choice, SettleError, settle},
};

/// What an edit of a conflicted document comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// The terms (ours, base, theirs), each with the edit. All three are alike where nothing conflicts any more.
    pub terms: [Option<Value>; 3],
    /// What is left to settle.
    pub conflicts: Vec<DocumentConflict>,
}

/// Carries an edit into the terms (ours, base, theirs) of a conflicted document. `edited` is what became of the
/// document that merging the terms shows; `settled` names the conflicts that the edit decides.
///
/// # Errors
/// [`SettleError::NoConflict`] when a named place does not conflict.
pub fn carried(
    shape: Shape<'_>,
    terms: [Option<&Value>; 3],
    settled: &[String],
    edited: Option<&Value>,
) -> Result<Carried, SettleError> {
    let mut terms = terms.map(|term| term.cloned());
    for pointer in settled {
        terms = settle(shape, refs(&terms), pointer, &Choice::Ours)?;
    }
    let joined = merged(shape, refs(&terms));
    if joined.conflicts.is_empty() {
        return Ok(whole(edited));
    }
    let shown = joined.document;
    let apply = |term: Option<Value>| {
        // Where both the term and the edit say something else than what was shown, the term keeps its own, as a
        // text that somebody wrote.
        merge_whole_texts(shape, shown.as_ref(), term.as_ref(), edited)
    };
    let base = apply(all_settled(shape, terms.clone(), &Choice::Base)?);
    let theirs = apply(all_settled(shape, terms, &Choice::Theirs)?);
    // An edit that comes back to what was there before would give way to theirs without a word. It stays a
    // conflict, of two texts that have no common one.
    let mut left = None;
    for base in [base, None] {
        let terms = [edited.cloned(), base, theirs.clone()];
        let joined = merged(shape, refs(&terms));
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
    terms[0] = joined.document;
    Ok(Carried { terms, conflicts: joined.conflicts })
}

fn whole(document: Option<&Value>) -> Carried {
    Carried { terms: [(); 3].map(|()| document.cloned()), conflicts: Vec::new() }
}

fn refs(terms: &[Option<Value>; 3]) -> [Option<&Value>; 3] {
    terms.each_ref().map(Option::as_ref)
}

fn merged(shape: Shape<'_>, [ours, base, theirs]: [Option<&Value>; 3]) -> super::DocumentMerge {
    merge(shape, base, ours, theirs)
}

/// The document in which every conflict is settled alike.
fn all_settled(
    shape: Shape<'_>,
    mut terms: [Option<Value>; 3],
    choice: &Choice,
) -> Result<Option<Value>, SettleError> {
    let mut left = usize::MAX;
    loop {
        let joined = merged(shape, refs(&terms));
        let Some(first) = joined.conflicts.first() else { return Ok(joined.document) };
        if joined.conflicts.len() >= left {
            // A choice that gives rise to other conflicts: the side as it is, rather than to go on for ever.
            let [_, base, theirs] = terms;
            return Ok(if *choice == Choice::Base { base } else { theirs });
        }
        left = joined.conflicts.len();
        terms = settle(shape, refs(&terms), &first.pointer, choice)?;
    }
}
