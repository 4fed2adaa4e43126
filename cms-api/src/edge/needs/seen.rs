//! What somebody does not see is not there: neither at an address nor in the words of a refusal.
//!
//! Invariants:
//! 1. What the path of an address names (a draft, a review, an entry, a commit) is looked at before its handler runs.
//!    What is not seen is refused with the words for what does not exist.
//! 2. No refusal names an entry that the one who asks does not see, except in the words that they wrote themselves.
//! 3. Lists, and entries that a body names, are their handlers' matter: they ask [`Caller::sight`] or
//!    [`Authorship::must_see`].

use axum::{
    extract::{FromRequestParts, Query, RawPathParams},
    http::request::Parts,
};
use cms_core::{
    access::{Holder, Right},
    model::key::EntryKey,
    repo::{DraftId, Sight, State as CoreState, blurred},
};
use serde_json::{Map, Value};

use crate::{
    edge::access::Caller,
    ground::authorship::Authorship,
    problem::{Code, Problem},
    store::{Store, worker::Worker},
};

/// The members of a row by which it is about an entry.
const SUBJECTS: [&str; 6] = ["key", "by", "parent", "child", "entry", "target"];

impl Caller {
    /// What they may see.
    pub fn sight<'s>(&self, store: &'s Store) -> Sight<'s> {
        store.repository.sight(&self.holder)
    }
}

impl Authorship {
    /// What they may see.
    pub fn sight<'s>(&self, store: &'s Store) -> Sight<'s> {
        store.repository.sight(&self.holder)
    }

    /// Refuses entries of a draft that they do not see, as if these were not there.
    ///
    /// # Errors
    /// [`Code::EntryUnknown`].
    pub fn must_see<'k>(
        &self,
        store: &Store,
        draft: &DraftId,
        keys: impl IntoIterator<Item = &'k EntryKey>,
    ) -> Result<(), Problem> {
        let sight = self.sight(store);
        if sight.is_whole() {
            return Ok(());
        }
        let state = CoreState::Commit(sight.draft(draft)?.head);
        for key in keys {
            if !sight.sees(&state, key)? {
                return Err(no_entry(key, &draft.branch().to_string()));
            }
        }
        Ok(())
    }
}

/// The refusal of an entry that is not there.
pub fn no_entry(key: &EntryKey, at: &str) -> Problem {
    let at: String = at.chars().take(120).collect();
    Problem::new(Code::EntryUnknown, format!("there is no entry {key} at {at}"))
}

/// What an address names, as far as it depends on who looks whether it is there.
#[derive(Debug, Clone, Default)]
pub(super) struct Named {
    draft: Option<String>,
    review: Option<String>,
    commit: Option<String>,
    channel: Option<String>,
    schedule: Option<String>,
    kind: Option<String>,
    id: Option<String>,
    /// The states in which an entry is looked for.
    states: Vec<String>,
}

impl Named {
    /// What the address of a request names.
    pub(super) async fn by(parts: &mut Parts) -> Self {
        let mut named = Self::default();
        if let Ok(params) = RawPathParams::from_request_parts(parts, &()).await {
            for (name, value) in &params {
                let place = match name {
                    "draft" => &mut named.draft,
                    "review" => &mut named.review,
                    "commit" => &mut named.commit,
                    "channel" => &mut named.channel,
                    "schedule" => &mut named.schedule,
                    "kind" => &mut named.kind,
                    "id" => &mut named.id,
                    _ => continue,
                };
                *place = Some(value.to_owned());
            }
        }
        if let Ok(Query(query)) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri) {
            let states =
                query.into_iter().filter(|(name, _)| ["at", "from", "to"].contains(&&**name));
            named.states = states.map(|(_, state)| state).collect();
        }
        named
    }

    /// Refuses what is named and not seen. What can't be parsed is left to the handler, whose words are better.
    pub(super) fn must_be_seen(&self, store: &Store, sight: &Sight<'_>) -> Result<(), Problem> {
        let draft = self.draft.as_ref().and_then(|draft| draft.parse::<DraftId>().ok());
        if let Some(draft) = &draft {
            sight.draft(draft)?;
        }
        if let Some(Ok(review)) = self.review.as_ref().map(|review| review.parse()) {
            sight.must_see_review(&review)?;
        }
        if let Some(Ok(commit)) = self.commit.as_ref().map(|commit| commit.parse()) {
            let row = store.repository.history().commit_shown(commit)?;
            if let Some(row) = row
                && sight.commit(row)?.is_none()
            {
                let detail = format!("there is no commit {commit}");
                return Err(Problem::new(Code::CommitUnknown, detail));
            }
        }
        if let (Some(channel), Some(schedule)) = (&self.channel, &self.schedule)
            && let Ok(channel) = channel.parse()
        {
            sight.schedule_of(&channel, schedule)?;
        }
        let (Some(kind), Some(id)) = (&self.kind, &self.id) else { return Ok(()) };
        let Ok(key) = format!("{kind}/{id}").parse::<EntryKey>() else { return Ok(()) };
        if self.is_seen(store, sight, &key)? {
            return Ok(());
        }
        let draft = draft.map(|draft| draft.branch().to_string());
        let at = draft.or_else(|| self.states.last().cloned()).unwrap_or_else(|| "main".into());
        Err(no_entry(&key, &at))
    }

    /// Whether an entry is seen on `main`, or where the request looks for it.
    fn is_seen(&self, store: &Store, sight: &Sight<'_>, key: &EntryKey) -> Result<bool, Problem> {
        if sight.sees_on_main(key)? {
            return Ok(true);
        }
        let draft = self.draft.as_ref().and_then(|draft| draft.parse::<DraftId>().ok());
        let draft = draft.map(|draft| sight.draft(&draft)).transpose();
        let mut states: Vec<CoreState> =
            draft.ok().flatten().map(|draft| CoreState::Commit(draft.head)).into_iter().collect();
        for state in &self.states {
            sight.look_from(state)?;
            states.extend(store.repository.version_of(key, state).ok().and_then(|version| {
                match version {
                    cms_core::repo::Version::State(state) => Some(state),
                    cms_core::repo::Version::Revision(_) => None,
                }
            }));
        }
        for state in &states {
            if sight.sees(state, key)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether somebody sees everything, so that nothing needs to be looked at.
pub(super) fn sees_all(holder: &Holder) -> bool {
    holder.may_everywhere(Right::Read)
}

/// A refusal without the entries that the one who asked does not see.
pub(super) async fn told(
    problem: Problem,
    named: Named,
    caller: &Caller,
    worker: &Worker,
) -> Problem {
    // What is not there is told in the words of the request.
    if problem.code.status().as_u16() == 404 {
        return problem;
    }
    let caller = caller.clone();
    let told = worker.call(move |store| {
        let sight = caller.sight(store);
        let mut is_hidden =
            |key: &EntryKey| -> Result<bool, Problem> { Ok(!named.is_seen(store, &sight, key)?) };
        refusal_told(problem, &mut is_hidden)
    });
    told.await.unwrap_or_else(|problem| problem)
}

/// A refusal without what is about entries that are not seen. Where a list of it became shorter, its sentence is that of
/// the code: its own one may count what was in the list.
fn refusal_told(problem: Problem, is_hidden: &mut IsHidden<'_>) -> Result<Problem, Problem> {
    let listed = |members: &Map<String, Value>| -> usize {
        members.values().filter_map(Value::as_array).map(Vec::len).sum()
    };
    let before = listed(&problem.members);
    let members = members_told(problem.members, is_hidden)?;
    let detail = match listed(&members) == before {
        true => blurred(&problem.detail, is_hidden)?,
        false => problem.code.title().to_owned(),
    };
    Ok(Problem { detail, members, ..problem })
}

/// What was kept of a verb, a report or a problem, without the entries that the one who reads it does not see.
///
/// # Errors
/// A problem when the store can't be read.
pub fn retold(kept: Value, sight: &Sight<'_>) -> Result<Value, Problem> {
    let mut is_hidden = |key: &EntryKey| -> Result<bool, Problem> { Ok(!sight.sees_on_main(key)?) };
    match kept {
        Value::Object(members) => Ok(members_told(members, &mut is_hidden)?.into()),
        other => Ok(pruned(other, &mut is_hidden)?.unwrap_or_default()),
    }
}

/// The members of a problem or a report, each without what is about entries that are not seen.
fn members_told(
    members: Map<String, Value>,
    is_hidden: &mut IsHidden<'_>,
) -> Result<Map<String, Value>, Problem> {
    let mut told = Map::new();
    for (name, value) in members {
        if let Some(value) = pruned(value, is_hidden)? {
            told.insert(name, value);
        }
    }
    Ok(told)
}

type IsHidden<'h> = dyn FnMut(&EntryKey) -> Result<bool, Problem> + 'h;

/// A value without what is about entries that are not seen; `None` when nothing is left of it.
fn pruned(value: Value, is_hidden: &mut IsHidden<'_>) -> Result<Option<Value>, Problem> {
    Ok(match value {
        Value::String(text) => match text.parse::<EntryKey>() {
            Ok(key) if is_hidden(&key)? => None,
            _ => Some(blurred(&text, is_hidden)?.into()),
        },
        Value::Array(values) => {
            let mut left = Vec::with_capacity(values.len());
            for value in values {
                left.extend(pruned(value, is_hidden)?);
            }
            Some(left.into())
        }
        Value::Object(fields) => {
            let mut left = Map::new();
            for (name, value) in fields {
                match pruned(value, is_hidden)? {
                    Some(value) => {
                        left.insert(name, value);
                    }
                    None if SUBJECTS.contains(&&*name) => return Ok(None),
                    None => {}
                }
            }
            Some(left.into())
        }
        other => Some(other),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_secret(key: &EntryKey) -> Result<bool, Problem> {
        Ok(key.id() == "secret")
    }

    #[test]
    fn a_refusal_names_no_entry_that_is_not_seen() {
        let mut is_hidden = is_secret;
        let text = "lesson/l1 is used by unit/secret@es (and by unit/u2), see units/x/secret";
        let told = blurred(text, &mut is_hidden).unwrap();
        assert_eq!(
            told,
            "lesson/l1 is used by an entry that you do not see (and by unit/u2), see units/x/secret"
        );
        let members = json!({ "uses": [
            { "by": "unit/secret", "title": "Secret", "pointers": ["/a"] },
            { "by": "unit/u2", "title": "Open", "pointers": ["/b"] },
        ], "conflicted": ["video/secret", "video/v"], "note": "of video/secret" });
        assert_eq!(
            pruned(members.clone(), &mut is_hidden).unwrap().unwrap(),
            json!({ "uses": [{ "by": "unit/u2", "title": "Open", "pointers": ["/b"] }],
                "conflicted": ["video/v"], "note": "of an entry that you do not see" })
        );
        let used = Problem::new(Code::StillUsed, "video/v is used in 2 places");
        let told = refusal_told(used.with("uses", &members["uses"]), &mut is_hidden).unwrap();
        assert_eq!(told.detail, "Others use the entry", "a number tells of what is hidden");
        let used = Problem::new(Code::StillUsed, "video/v is used in 1 place");
        let open = json!([{ "by": "unit/u2", "title": "Open", "pointers": ["/b"] }]);
        let told = refusal_told(used.with("uses", open), &mut is_hidden).unwrap();
        assert_eq!(told.detail, "video/v is used in 1 place");
        assert_eq!(pruned(json!("unit/secret"), &mut is_hidden).unwrap(), None);
        assert_eq!(blurred("nothing of it", &mut is_hidden).unwrap(), "nothing of it");
    }
}
