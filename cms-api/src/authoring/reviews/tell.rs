//! Who is told of what happens in a review. A notice that could not be written is logged and given up:
//! what it tells of is done.

use std::collections::BTreeSet;

use cms_core::repo::{Notice, NoticeKind, Review, is_person};

use crate::{command::By, edge::problem::Problem, store::Store};

fn tell(
    store: &Store,
    review: &Review,
    by: &By,
    kind: NoticeKind,
    persons: impl IntoIterator<Item = String>,
    text: &str,
) {
    let subject = format!("reviews/{}", review.row.review);
    let told: Vec<_> = persons
        .into_iter()
        .filter(|person| *person != by.author)
        .map(|person| {
            let text = format!("{text}: {}", review.row.title);
            (person, Notice { kind, subject: subject.clone(), text, time_ms: by.time_ms })
        })
        .collect();
    let stamp = by.stamp("");
    // Each kind is a write of its own beside the verb's.
    let stamp = cms_core::repo::Stamp { operation: crate::command::fresh_operation(), ..stamp };
    if let Err(error) = store.repository.notify(&told, &stamp) {
        let problem = Problem::from(error);
        tracing::warn!(code = problem.code.word(), detail = problem.detail, "notices");
    }
}

/// Reviewers are asked.
pub(super) fn opened(store: &Store, review: &Review, by: &By) {
    let text = format!("{} asks you to look at a review", by.author);
    tell(store, review, by, NoticeKind::Assigned, review.row.reviewers.clone(), &text);
}

/// The author hears of a verdict.
pub(super) fn judged(store: &Store, review: &Review, by: &By, what: &str) {
    let text = format!("{} {what}", by.author);
    tell(store, review, by, NoticeKind::Answered, [review.row.author.clone()], &text);
}

/// The author and the reviewers hear of a merge.
pub(super) fn merged(store: &Store, review: &Review, by: &By) {
    let mut persons: BTreeSet<String> = review.row.reviewers.iter().cloned().collect();
    persons.insert(review.row.author.clone());
    let text = format!("{} merged a review", by.author);
    tell(store, review, by, NoticeKind::Merged, persons, &text);
}

/// Whoever is named hears of it as that; the author, and who spoke in the thread, as an answer.
pub(super) fn said(store: &Store, review: &Review, by: &By, text: &str) {
    let named = mentioned(text);
    let thread = review.threads.iter().find(|thread| {
        thread.comments.last().is_some_and(|last| last.author == by.author && last.text == text)
    });
    let spoke = thread.into_iter().flat_map(|thread| &thread.comments);
    let mut others: BTreeSet<String> = spoke.map(|comment| comment.author.clone()).collect();
    others.insert(review.row.author.clone());
    let others: Vec<String> = others.difference(&named).cloned().collect();
    let said = format!("{} wrote your name in a review", by.author);
    tell(store, review, by, NoticeKind::Mentioned, named, &said);
    let said = format!("{} commented on a review", by.author);
    tell(store, review, by, NoticeKind::Answered, others, &said);
}

/// The persons that a text names with an `@`.
fn mentioned(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    let words = text.split(|c: char| !is_part(c));
    let named = words.filter_map(|word| word.strip_prefix('@'));
    named
        .map(|name| name.trim_end_matches(['.', '-', '_', '@']).to_owned())
        .filter(|name| is_person(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_named_with_an_at() {
        let named = |text: &str| mentioned(text).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(named("@ana, see what @ben.k wrote."), "ana ben.k");
        assert_eq!(named("(@ana) @ana@example.org."), "ana ana@example.org");
        assert_eq!(named("mail ana@example.org, @ nobody, @Ana"), "");
    }
}
