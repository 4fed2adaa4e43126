//! What authors did, as they remember it, and where each edit is when the day is over.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
};

use anyhow::{Context, Result};
use serde_json::Value;

use super::person::{AUTHORING, Person, locked};

/// How an edit can be seen.
#[derive(Debug, Clone)]
pub(super) enum Sight {
    /// A text of an entry has a mark in it.
    Says { key: String, pointer: &'static str, mark: String },
    /// A container contains an entry.
    Contains { parent: String, child: String },
    /// An entry no longer exists.
    Gone { key: String },
}

impl Sight {
    /// The entry that changed.
    fn key(&self) -> &str {
        match self {
            Self::Says { key, .. } | Self::Gone { key } => key,
            Self::Contains { parent, .. } => parent,
        }
    }

    /// Whether a document, with the keys of its children, shows the edit; no document means that the entry is gone.
    fn shows(&self, document: Option<&Value>, children: &Value) -> bool {
        match self {
            Self::Gone { .. } => document.is_none(),
            Self::Says { pointer, mark, .. } => document
                .and_then(|document| document.pointer(pointer)?.as_str())
                .is_some_and(|text| text.split_whitespace().any(|word| word == mark)),
            Self::Contains { child, .. } => children
                .as_array()
                .is_some_and(|children| children.iter().any(|found| found == child.as_str())),
        }
    }
}

/// An author's edit.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub(super) author: String,
    pub(super) draft: String,
    pub(super) sight: Sight,
}

/// All edits of the day.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Vec<Edit>>);

impl Ledger {
    pub(super) fn add(&self, edit: Edit) {
        locked(&self.0).push(edit);
    }

    pub(super) fn edits(&self) -> Vec<Edit> {
        locked(&self.0).clone()
    }
}

/// Where the edits ended up.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) edits_count: usize,
    pub(crate) published_count: usize,
    /// Merged and not public, by reason.
    pub(crate) held: BTreeMap<String, usize>,
    /// In drafts that are still open.
    pub(crate) in_drafts_count: usize,
    /// Edits that are nowhere, each described in words.
    pub(crate) lost: Vec<String>,
}

/// Looks for every edit: in what learners get, in what is listed as not public, and in open drafts.
pub(super) fn account(ledger: &Ledger, person: &Person) -> Result<Account> {
    let head = person.get("/v1/channels/production")?;
    let snapshot = head.body["snapshot"].as_str().context("nothing is published")?.to_owned();
    let not_public: HashMap<String, Value> = person
        .all("channels/production/not-public")?
        .into_iter()
        .map(|row| (row["key"].as_str().unwrap_or_default().to_owned(), row["why"].clone()))
        .collect();
    let mut look = Look { person, snapshot, live: HashMap::new(), main: HashMap::new() };
    let mut account = Account::default();
    for edit in ledger.edits() {
        account.edits_count += 1;
        let (document, children) = look.live(edit.sight.key())?;
        if edit.sight.shows(document.as_ref(), &children) {
            account.published_count += 1;
            continue;
        }
        let (document, children) = look.main(edit.sight.key())?;
        let is_merged = edit.sight.shows(document.as_ref(), &children);
        let why = not_public.get(edit.sight.key()).and_then(|why| why[0]["why"].as_str());
        if let Some(why) = why.filter(|_| is_merged) {
            *account.held.entry(why.to_owned()).or_default() += 1;
        } else if is_in_draft(person, &edit)? {
            account.in_drafts_count += 1;
        } else {
            let merged = if is_merged { "merged, not public and not listed" } else { "not merged" };
            account
                .lost
                .push(format!("{} in {}: {:?} is {merged}", edit.author, edit.draft, edit.sight));
        }
    }
    Ok(account)
}

/// Whether the draft is open and lists the entry among what it changes.
fn is_in_draft(person: &Person, edit: &Edit) -> Result<bool> {
    let path = format!("{AUTHORING}/drafts/{}", edit.draft);
    if person.get(&path)?.body["state"] != "open" {
        return Ok(false);
    }
    let changes = person.get(&format!("{path}/changes"))?.body;
    let mut rows = changes["rows"].as_array().into_iter().flatten();
    Ok(rows.any(|row| row["key"] == edit.sight.key()))
}

/// A document and the keys of its children; none when the entry does not exist.
type Seen = (Option<Value>, Value);

struct Look<'p> {
    person: &'p Person,
    snapshot: String,
    live: HashMap<String, Seen>,
    main: HashMap<String, Seen>,
}

impl Look<'_> {
    /// The entry as learners get it.
    fn live(&mut self, key: &str) -> Result<Seen> {
        if let Some(seen) = self.live.get(key) {
            return Ok(seen.clone());
        }
        let path = format!("/v1/snapshots/{}/en/entries/{key}", self.snapshot);
        // The redirect to the object is followed.
        let answer = self.person.get(&path)?;
        let children = answer.body["children"].as_array().into_iter().flatten();
        let children = children.map(|child| child["key"].clone()).collect();
        let document = answer.is_done().then(|| answer.body["document"].clone());
        let seen = (document, children);
        self.live.insert(key.to_owned(), seen.clone());
        Ok(seen)
    }

    /// The entry as `main` has it.
    fn main(&mut self, key: &str) -> Result<Seen> {
        if let Some(seen) = self.main.get(key) {
            return Ok(seen.clone());
        }
        let answer = self.person.get(&format!("{AUTHORING}/entries/{key}"))?;
        let document = Some(answer.body["document"].clone());
        let document = document.filter(|document| answer.is_done() && !document.is_null());
        let children = document.as_ref().map(|document| document["children"].clone());
        let seen = (document, children.unwrap_or_default());
        self.main.insert(key.to_owned(), seen.clone());
        Ok(seen)
    }
}
