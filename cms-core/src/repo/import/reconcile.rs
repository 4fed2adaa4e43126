//! The lines as a whole: what is removed, what clashes, and what does not fit together.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::Value;

use crate::{
    access::Right,
    map::Staging,
    model::{commit::Commit, document::Document, key::EntryKey, object::Space},
    repo::{
        commit::{
            allowed::{Bringer, Brought},
            check::{Touched, check, slug_clashes},
            prepared::{After, Built, NewDocument, Prepared, touched},
            refusal::Refusal,
            schemas::UnderNewSchemas,
            strictness::Strictness,
        },
        content::{
            catalogue::{self, RowState},
            facts::Facts,
            graph::Graph,
            kinds::Kinds,
            objects::ObjectSink,
        },
        ground::{error::StoreError, repository::Repository},
        import::{
            error::ImportError,
            incoming::Incoming,
            report::{ImportNotice, ImportReport, Origin, refused_line},
            request::ImportOptions,
        },
    },
    schema::{Role, Violation, ViolationCode, slug},
};

/// Adds the translations that return to an earlier wording because of the lines' sources.
pub(super) fn bring_wordings(
    repository: &Repository,
    base: &Commit,
    kinds: &Kinds<'_>,
    incoming: &mut BTreeMap<EntryKey, Incoming>,
    report: &mut ImportReport,
    sink: &mut ObjectSink<'_>,
) -> Result<(), StoreError> {
    let changes: Vec<&Prepared> = incoming
        .values()
        .map(|incoming| &incoming.prepared)
        .filter(|change| !change.changes_nothing())
        .collect();
    for mut prepared in repository.earlier_wordings(kinds, base, &changes)? {
        if let After::Document(document) = &mut prepared.after
            && let Some(object) = document.take_unwritten()
        {
            sink.add(Space::Source, object)?;
        }
        let key = prepared.key.clone();
        let source = incoming.get(&key.source()).map(|source| source.origin.clone());
        let origin = source.unwrap_or_default();
        report.notice(ImportNotice {
            line: origin.line,
            source: origin.source.to_string(),
            key: key.clone(),
            pointer: String::new(),
            message: "it returns to its words for an earlier wording of its source".to_owned(),
        });
        incoming.insert(key, Incoming { origin, prepared });
    }
    sink.flush()
}

/// The changes that fit together, as maps and revisions that wait to be written.
pub(super) struct Reconciled<'a> {
    pub(super) staged: Staging<'a>,
    pub(super) built: Built,
}

/// Makes clashing slugs different, checks the graph, and builds what is left; `None` when nothing is left.
pub(super) fn reconcile<'a>(
    repository: &'a Repository,
    base: &Commit,
    kinds: &Kinds<'_>,
    mut incoming: BTreeMap<EntryKey, Incoming>,
    options: &ImportOptions,
    report: &mut ImportReport,
    sink: &mut ObjectSink<'_>,
) -> Result<Option<Reconciled<'a>>, ImportError> {
    let mut reconciler = Reconciler { repository, base, kinds, report, sink };
    let mut taken_out = BTreeSet::new();
    loop {
        let mut staged = Staging::over(&*repository.source);
        let changes: Vec<&Prepared> = incoming
            .values()
            .map(|incoming| &incoming.prepared)
            .filter(|change| !change.changes_nothing())
            .collect();
        // Whoever holds the data directory is asked for nothing.
        let is_free = options.stamp.holder.is_machine();
        let keys = changes.iter().filter(|_| !is_free).map(|change| change.key.clone());
        let keys: Vec<EntryKey> = keys.collect();
        let under = repository.under_new_schemas(kinds, base, &changes)?;
        let built =
            repository.build(&mut staged, base, &changes, &under.relinked, &options.stamp)?;
        let mut touched = touched(&changes);
        touched.extend(under.relinked.iter().cloned());
        let gone = repository.refused_as_taken_down(changes.iter().copied())?;
        let refusals = {
            let graph = Graph::new(repository, &staged, built.roots, kinds);
            for (key, entry) in &touched {
                graph.know(key.clone(), entry.after.clone());
            }
            if reconciler.rename(&graph, &touched, &mut incoming)? {
                continue;
            }
            let mut refusals = check(&graph, &touched)?;
            refusals.extend(gone);
            if refusals.is_empty() && Strictness::of(&options.branch) == Strictness::Accepted {
                let holder = &options.stamp.holder;
                let by = Bringer { holder, right: Right::Import, approvals: 0 };
                let (after, touched, asked_for) = (&graph, &touched, &*keys);
                repository.require_landing(&by, &Brought { base, after, touched, asked_for })?;
            }
            refusals
        };
        let is_broken =
            Strictness::of(&options.branch) == Strictness::Accepted && under.refusals_count > 0;
        if is_broken {
            reconciler.tell_broken(under, &incoming);
            if options.skip_invalid {
                // No line could be left out to mend an entry that no line names.
                let report = Box::new(std::mem::take(reconciler.report));
                return Err(ImportError::Refused { report });
            }
        }
        if refusals.is_empty() && !is_broken {
            reconciler.count(&incoming);
            return Ok((!built.revisions.is_empty()).then_some(Reconciled { staged, built }));
        }
        // No line could be left out to mend an entry that no line names, and none can be left out twice.
        let is_stuck = |refusal: &Refusal| {
            if refusal.key.locale().is_some() {
                return !incoming.contains_key(&refusal.key);
            }
            let source = refusal.key.source();
            // An entry sorts before its translations.
            let named = incoming.range(&source..).next();
            named.is_none_or(|(key, _)| key.source() != source) || taken_out.contains(&source)
        };
        if options.skip_invalid && refusals.iter().any(is_stuck) {
            for Refusal { key, violations } in refusals {
                reconciler.tell(&key, violations, &incoming);
            }
            let report = Box::new(std::mem::take(reconciler.report));
            return Err(ImportError::Refused { report });
        }
        let mut again = false;
        for refusal in refusals {
            let source = refusal.key.source();
            again |= reconciler.refuse(refusal, options.skip_invalid, &mut incoming)?;
            if !incoming.contains_key(&source) {
                taken_out.insert(source);
            }
        }
        if !again {
            return Ok(None);
        }
    }
}

struct Reconciler<'s, 'k, 'o> {
    repository: &'s Repository,
    base: &'s Commit,
    kinds: &'s Kinds<'k>,
    report: &'s mut ImportReport,
    sink: &'s mut ObjectSink<'o>,
}

impl Reconciler<'_, '_, '_> {
    fn count(&mut self, incoming: &BTreeMap<EntryKey, Incoming>) {
        for prepared in incoming.values().map(|incoming| &incoming.prepared) {
            let was_there = prepared.before.is_some_and(|row| row.state != RowState::Deleted);
            match (prepared.document(), was_there) {
                _ if prepared.changes_nothing() => self.report.unchanged += 1,
                (Some(_), false) => self.report.added += 1,
                (Some(_), true) => self.report.changed += 1,
                (None, _) => {}
            }
        }
    }

    /// Reports the entries that the lines leave as they are and that are not valid under their new schemas.
    fn tell_broken(&mut self, under: UnderNewSchemas, incoming: &BTreeMap<EntryKey, Incoming>) {
        self.report.refused_count += under.refusals_count - under.refusals.len() as u64;
        let told: BTreeSet<String> =
            self.report.refused.iter().filter_map(|row| row.key.clone()).collect();
        for Refusal { key, violations } in under.refusals {
            let text = key.to_string();
            if !told.contains(&text) {
                let origin = incoming.get(&key).map(|known| known.origin.clone());
                let origin = origin.unwrap_or_default();
                self.report.refuse(refused_line(&origin, Some(text), violations));
            }
        }
    }

    /// Gives another slug to each sibling that clashes; returns whether there were any.
    fn rename(
        &mut self,
        graph: &Graph<'_>,
        touched: &BTreeMap<EntryKey, Touched>,
        incoming: &mut BTreeMap<EntryKey, Incoming>,
    ) -> Result<bool, StoreError> {
        let clashes = slug_clashes(graph, touched)?;
        let mut given: HashMap<EntryKey, BTreeSet<String>> = HashMap::new();
        let mut renamed = BTreeSet::new();
        for clash in clashes {
            if !renamed.insert(clash.loser.clone()) {
                continue;
            }
            let Some(facts) = graph.facts(&clash.loser)? else { continue };
            let parents = graph.parents(&clash.loser)?;
            let mut taken = BTreeSet::new();
            for parent in &parents {
                taken.extend(given.get(parent).into_iter().flatten().cloned());
                let siblings = graph.facts(parent)?;
                for sibling in siblings.iter().flat_map(|facts| facts.children()) {
                    let sibling =
                        graph.facts(sibling)?.filter(|sibling| sibling.letter == facts.letter);
                    taken.extend(sibling.and_then(|sibling| sibling.slug.clone()));
                }
            }
            // A file may give any number of siblings the same slug; among one more candidates than there are siblings,
            // one is free.
            let candidates = (2..).map(|number| slug::suffixed(&clash.slug, number));
            let fresh = candidates
                .into_iter()
                .find(|slug| !taken.contains(slug))
                .expect("numbers do not end");
            for parent in parents {
                given.entry(parent).or_default().insert(fresh.clone());
            }
            let message = format!(
                "the slug {:?} is {}'s in {}; it became {fresh:?}",
                clash.slug, clash.holder, clash.parent
            );
            let pointer =
                self.kinds.get(clash.loser.kind())?.and_then(|kind| kind.schema.slug_pointer());
            self.revise(
                &clash.loser,
                &pointer.unwrap_or_default(),
                message,
                incoming,
                &|kind, document| kind.with_slug(document, &fresh),
            )?;
        }
        Ok(!renamed.is_empty())
    }

    /// Changes the document of an entry, whether the lines hold it or it existed before.
    fn revise(
        &mut self,
        key: &EntryKey,
        pointer: &str,
        message: String,
        incoming: &mut BTreeMap<EntryKey, Incoming>,
        change: &dyn Fn(&crate::schema::KindSchema, &Value) -> Value,
    ) -> Result<(), StoreError> {
        self.sink.flush()?;
        let Some(kind) = self.kinds.get(key.kind())? else { return Ok(()) };
        let before = catalogue::row(&*self.repository.source, self.base.catalogue, key)?;
        let known = incoming.get(key).and_then(|incoming| incoming.prepared.document());
        let id = known.map(NewDocument::id);
        let Some(id) = id.or_else(|| before.and_then(|row| row.document())) else { return Ok(()) };
        let document = change(&kind.schema, &self.repository.document(id)?);
        let document = Document::of(document);
        self.sink.add(Space::Source, document.object().clone())?;
        let after = Some(Arc::new(Facts::of(&kind.schema, &document)));
        let entry = match incoming.entry(key.clone()) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let facts = self.repository.facts_before(self.kinds, key, before)?;
                let facts = Touched { before: facts, after: None };
                let prepared =
                    Prepared { facts, ..Prepared::new(key.clone(), before, kind.document) };
                entry.insert(Incoming { origin: Origin::default(), prepared })
            }
        };
        entry.prepared.after = After::Document(NewDocument::Stored(document.id()));
        entry.prepared.facts.after = after;
        let (line, source) = (entry.origin.line, entry.origin.source.to_string());
        self.report.notice(ImportNotice {
            line,
            source,
            key: key.clone(),
            pointer: pointer.to_owned(),
            message,
        });
        Ok(())
    }

    /// Takes an entry out of the import, or cuts the children that do not exist; returns whether to check again.
    /// Without `skip_invalid` the refusal is only reported.
    fn refuse(
        &mut self,
        refusal: Refusal,
        skip_invalid: bool,
        incoming: &mut BTreeMap<EntryKey, Incoming>,
    ) -> Result<bool, StoreError> {
        let Refusal { key, violations } = refusal;
        let cut: BTreeSet<String> = violations
            .iter()
            .filter(|violation| violation.code == ViolationCode::DanglingLink)
            .map(|violation| violation.pointer.clone())
            .collect();
        if skip_invalid
            && cut.len() == violations.len()
            && self.are_children(&key, &cut, incoming)?
        {
            let message = format!("{} children that do not exist were removed", cut.len());
            self.revise(&key, "", message, incoming, &|_, document| without(document, &cut))?;
            return Ok(true);
        }
        self.tell(&key, violations, incoming);
        if skip_invalid {
            // An entry is taken out with its translations, a translation alone.
            match key.locale() {
                None => incoming.retain(|found, _| found.source() != key),
                Some(_) => _ = incoming.remove(&key),
            }
        }
        Ok(skip_invalid)
    }

    fn tell(
        &mut self,
        key: &EntryKey,
        violations: Vec<Violation>,
        incoming: &BTreeMap<EntryKey, Incoming>,
    ) {
        let origin = incoming.get(key).map(|incoming| incoming.origin.clone()).unwrap_or_default();
        self.report.refuse(refused_line(&origin, Some(key.to_string()), violations));
    }

    /// Whether all these pointers point at places for children.
    fn are_children(
        &self,
        key: &EntryKey,
        pointers: &BTreeSet<String>,
        incoming: &BTreeMap<EntryKey, Incoming>,
    ) -> Result<bool, StoreError> {
        let facts = incoming.get(key).and_then(|incoming| incoming.prepared.facts.after.clone());
        let children: BTreeSet<&String> = facts
            .iter()
            .flat_map(|facts| &facts.links)
            .filter(|link| link.role == Role::Contains)
            .map(|link| &link.pointer)
            .collect();
        Ok(pointers.iter().all(|pointer| children.contains(pointer)))
    }
}

/// The document without the array elements at these pointers.
fn without(document: &Value, pointers: &BTreeSet<String>) -> Value {
    let mut document = document.clone();
    let mut indexes: Vec<(&str, usize)> = pointers
        .iter()
        .filter_map(|pointer| pointer.rsplit_once('/'))
        .filter_map(|(array, index)| Some((array, index.parse().ok()?)))
        .collect();
    // From the last to the first, so that the earlier ones keep their places.
    indexes.sort_by_key(|(_, index)| std::cmp::Reverse(*index));
    for (array, index) in indexes {
        if let Some(Value::Array(elements)) = document.pointer_mut(array)
            && index < elements.len()
        {
            elements.remove(index);
        }
    }
    document
}
