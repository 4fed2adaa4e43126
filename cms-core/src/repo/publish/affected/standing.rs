//! Which entries learners get: because of their places, of what shows them, or of what gives them.

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::{
    model::{key::EntryKey, object::ObjectKind},
    repo::{
        channel::policy::Answers,
        content::{graph::Graph, home::home},
        delivered::{document::Parts, row::delivered_rows},
        ground::error::StoreError,
        publish::course::Base,
    },
    schema::{Place, Role},
};

/// Whether entries stand; the results are remembered.
///
/// Where answers are withheld, an entry that only they show does not stand because of that: the picture of a hint is
/// *given* with the hint.
pub(in crate::repo) struct Standing<'g, 'a> {
    pub(super) graph: &'g Graph<'a>,
    pub(super) base: &'g Base,
    known: Mutex<HashMap<EntryKey, bool>>,
    given: Mutex<HashMap<EntryKey, bool>>,
}

impl<'g, 'a> Standing<'g, 'a> {
    pub(in crate::repo) fn of(graph: &'g Graph<'a>, base: &'g Base) -> Self {
        Self { graph, base, known: Mutex::default(), given: Mutex::default() }
    }

    /// Whether learners get the entry: it exists, and has a place as its kind requires.
    pub(in crate::repo) fn stands(&self, key: &EntryKey) -> Result<bool, StoreError> {
        if let Some(stands) = self.known.lock().get(key) {
            return Ok(*stands);
        }
        // A circle of entries can't make itself stand.
        self.known.lock().insert(key.clone(), false);
        let stands = self.look(key)?;
        self.known.lock().insert(key.clone(), stands);
        Ok(stands)
    }

    fn look(&self, key: &EntryKey) -> Result<bool, StoreError> {
        let Some(kind) = self.graph.kinds.get(key.kind())? else { return Ok(false) };
        if kind.schema.place() == Place::Never
            || self.graph.row(key)?.and_then(|row| row.document()).is_none()
        {
            return Ok(false);
        }
        match kind.schema.place() {
            Place::Never => return Ok(false),
            Place::Always => return Ok(true),
            Place::Tree if *key == home() => return Ok(true),
            Place::Tree => {
                for holder in self.graph.parents(key)? {
                    if self.stands(&holder)? {
                        return Ok(true);
                    }
                }
            }
            Place::Used => {
                for (holder, role) in self.graph.carried_by(key)?.iter() {
                    let shows = *role == Role::Contains || self.shows(holder, key)?;
                    if shows && self.stands(&holder.source())? {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    /// Whether an entry that does not stand is given with what another one withholds, directly or through entries that
    /// are given in this way.
    pub(in crate::repo) fn is_given(&self, key: &EntryKey) -> Result<bool, StoreError> {
        if self.base.answers == Answers::Included {
            return Ok(false);
        }
        if let Some(given) = self.given.lock().get(key) {
            return Ok(*given);
        }
        self.given.lock().insert(key.clone(), false);
        let given = self.look_for_giver(key)?;
        self.given.lock().insert(key.clone(), given);
        Ok(given)
    }

    fn look_for_giver(&self, key: &EntryKey) -> Result<bool, StoreError> {
        let kind = self.graph.kinds.get(key.kind())?;
        if kind.is_none_or(|kind| kind.schema.place() != Place::Used)
            || self.graph.row(key)?.and_then(|row| row.document()).is_none()
            || self.stands(key)?
        {
            return Ok(false);
        }
        for (holder, _) in self.graph.carried_by(key)?.iter() {
            let holder = holder.source();
            if self.stands(&holder)? || self.is_given(&holder)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether everybody who has the delivered document of an entry or a translation sees another entry in it.
    fn shows(&self, holder: &EntryKey, key: &EntryKey) -> Result<bool, StoreError> {
        if !self.may_keep_back(holder)? {
            return Ok(true);
        }
        match self.graph.repository.embedded(self.graph, holder)? {
            Some(embedded) => Ok(embedded.shown.contains(key)),
            None => self.shows_live(&holder.source(), key),
        }
    }

    /// The same for the live document of an entry that its engine no longer understands: that document stays, and so
    /// does what it shows.
    fn shows_live(&self, holder: &EntryKey, key: &EntryKey) -> Result<bool, StoreError> {
        let repository = self.graph.repository;
        for (_, row) in delivered_rows(&*repository.public, self.base.delivered, holder)? {
            let object =
                repository.audience_object(row.object.object_id(), ObjectKind::Document)?;
            let shown = object.as_ref().and_then(|object| Parts::parse(object.bytes()));
            if shown.is_some_and(|parts| parts.refs.contains_key(key.to_string().as_str())) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an entry or a translation gives another one with what it withholds.
    pub(super) fn gives(&self, holder: &EntryKey, key: &EntryKey) -> Result<bool, StoreError> {
        let embedded = self.graph.repository.embedded(self.graph, holder)?;
        Ok(embedded.is_some_and(|embedded| embedded.kept.contains(key)))
    }

    pub(super) fn may_keep_back(&self, holder: &EntryKey) -> Result<bool, StoreError> {
        let kind = self.graph.kinds.get(holder.kind())?;
        let has_engine = kind.is_some_and(|kind| !kind.schema.engine_places().is_empty());
        Ok(has_engine && self.base.answers == Answers::Withheld)
    }
}
