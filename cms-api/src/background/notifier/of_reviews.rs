//! Notices about reviews: for the people who are asked, the author, and people who are named or spoke before.

use std::collections::BTreeSet;

use cms_core::{
    model::{id::CommitId, name::Person},
    repo::{Happening, NoticeKind, ReviewId, ReviewNews, StoreError},
};

use super::message::{Message, named};
use crate::store::{Store, known};

/// The notices of a step of a review, one for each person and reason; empty when the record is not about a review.
pub(super) fn step(
    store: &Store,
    happening: &Happening,
    review: &ReviewId,
    commit: CommitId,
) -> Result<Vec<Message>, StoreError> {
    let Some(news) = store.repository.reviews().news(review, commit)? else {
        return Ok(Vec::new());
    };
    let by = &happening.author;
    let mut told = Telling { review, news: &news, told: Vec::new() };
    let text = format!("{by} asks you to look at a review");
    told.tell(NoticeKind::Assigned, news.asked.clone(), &text);
    for (person, wants_changes) in &news.verdicts {
        let what = match wants_changes {
            true => "asks for changes in your review",
            false => "approved entries of your review",
        };
        told.tell(NoticeKind::Answered, [news.author.clone()], &format!("{person} {what}"));
    }
    for said in &news.said {
        let mut mentions = named_in(store, &said.text, happening.time_ms)?;
        if let Some(was) = &said.was {
            // For an edited comment, only people who were not named before.
            let before = named_in(store, was, happening.time_ms)?;
            mentions.retain(|person| !before.contains(person));
            let text = format!("{} wrote your name in a review", said.author);
            told.tell(NoticeKind::Mentioned, mentions, &text);
            continue;
        }
        let mut others = said.spoke.clone();
        others.insert(news.author.clone());
        let others: Vec<String> = others.difference(&mentions).cloned().collect();
        let text = format!("{} wrote your name in a review", said.author);
        told.tell(NoticeKind::Mentioned, mentions, &text);
        told.tell(NoticeKind::Answered, others, &format!("{} commented on a review", said.author));
    }
    if news.is_merged {
        told.tell(NoticeKind::Merged, everybody(&news), &format!("{by} merged a review"));
    }
    Ok(told.told)
}

/// The notices that a part of a review was accepted, with its entries, and that the rest waits.
pub(super) fn part(
    store: &Store,
    by: &str,
    review: &ReviewId,
    commit: CommitId,
) -> Result<Vec<Message>, StoreError> {
    let Some(news) = store.repository.reviews().people(review)? else { return Ok(Vec::new()) };
    let keys: Vec<String> =
        store.repository.history().changed_in(commit)?.iter().map(ToString::to_string).collect();
    let mut told = Telling { review, news: &news, told: Vec::new() };
    let text = format!("{by} accepted {} of a review, the rest of which waits", named(&keys));
    told.tell(NoticeKind::Accepted, everybody(&news), &text);
    Ok(told.told)
}

fn everybody(news: &ReviewNews) -> BTreeSet<String> {
    news.reviewers.iter().chain([&news.author]).cloned().collect()
}

struct Telling<'a> {
    review: &'a ReviewId,
    news: &'a ReviewNews,
    told: Vec<Message>,
}

impl Telling<'_> {
    fn tell(&mut self, kind: NoticeKind, persons: impl IntoIterator<Item = String>, text: &str) {
        let subject = format!("reviews/{}", self.review);
        let text = format!("{text}: {}", self.news.title);
        let persons = persons.into_iter();
        self.told.extend(persons.map(|person| (person, kind, subject.clone(), text.clone())));
    }
}

/// The ids of the people whom a text names with an `@`, by their id or their address. Whoever is not there is nobody:
/// what else was written after an `@` goes into no record.
fn named_in(store: &Store, text: &str, time_ms: u64) -> Result<BTreeSet<String>, StoreError> {
    let words = mentioned(text);
    if words.is_empty() {
        return Ok(words);
    }
    let present = known::present(store, time_ms)?;
    let mut named = BTreeSet::new();
    for word in words {
        let by_address = || store.repository.people().with_address(&word);
        let id = match present.contains(&word) {
            true => Some(word),
            false => by_address()?.map(|account| account.id.to_string()),
        };
        named.extend(id.filter(|id| present.contains(id)));
    }
    Ok(named)
}

/// What a text names with an `@`: the words that can be an id or an address.
fn mentioned(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    let words = text.split(|c: char| !is_part(c));
    let named = words.filter_map(|word| word.strip_prefix('@'));
    named
        .map(|name| name.trim_end_matches(['.', '-', '_', '@']).to_owned())
        .filter(|name| name.parse::<Person>().is_ok())
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
