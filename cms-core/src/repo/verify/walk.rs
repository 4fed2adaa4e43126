//! The walk over everything that is named: each object and each node of a map is read once.
//!
//! Invariants:
//! 1. What can't be read is recorded and skipped; everything that does not depend on it is still checked.
//! 2. If a subtree needs something that can't be read, that is remembered, so that states that share the subtree need
//!    not be walked again. On a healthy store only the ids of whole objects are remembered.

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    sync::Arc,
};

use super::{
    named::{For, MapOf, Named, Need},
    report::{DamageRow, LostObject, LostRange, VerifyReport},
};
use crate::{
    engine::{Damage, Lost, ReadError},
    map::{MapError, Node, ReadNodes},
    model::{
        id::{NodeId, ObjectId},
        key::EntryKey,
        name::Branch,
        object::{ObjectKind, Space},
    },
    repo::ground::{error::StoreError, repository::Repository},
};

/// What is known about the objects of one space.
#[derive(Default)]
pub(super) struct Known {
    pub(super) whole: HashSet<ObjectId>,
    /// Places in [`Walk::lost`].
    lost: HashMap<ObjectId, usize>,
    /// For each whole object, what it names that is not whole.
    needs: HashMap<ObjectId, Vec<Need>>,
}

/// What is known about an object.
#[derive(Debug)]
pub(super) enum Standing<T> {
    /// It was checked before, and is whole.
    Whole,
    /// It was checked just now, and is whole.
    New(T),
    /// It can't be read.
    Lost(usize),
}

pub(super) struct Walk<'r> {
    pub(super) repository: &'r Repository,
    pub(super) report: VerifyReport,
    spaces: HashMap<Space, Known>,
    lost: Vec<LostObject>,
    told: Vec<Damage>,
    /// Damage of earlier commits that was reported already, by branch, because commits share nearly all their nodes.
    history: HashSet<(Branch, ObjectId)>,
    /// Entries that were taken down, to which links of others may lead.
    pub(super) taken_down: HashSet<EntryKey>,
}

impl<'r> Walk<'r> {
    pub(super) fn new(repository: &'r Repository, report: VerifyReport) -> Self {
        // If the records can't be read, that is reported as damage, and their entries like any others.
        let takedowns = repository.takedowns().unwrap_or_default();
        let taken_down = takedowns.into_iter().flat_map(|takedown| takedown.entries).collect();
        Self {
            taken_down,
            repository,
            report,
            spaces: HashMap::new(),
            lost: Vec::new(),
            told: Vec::new(),
            history: HashSet::new(),
        }
    }

    /// Takes the damages that the engine found.
    pub(super) fn take_damages(&mut self, damages: Vec<Damage>) -> Result<(), StoreError> {
        for damage in &damages {
            self.report.problem(damage);
            let Lost::Object(space, id) = &damage.lost else { continue };
            // The object may be whole in another place.
            match self.repository.engine.object(space, *id) {
                Ok(Some(_)) => {}
                Ok(None) => drop(self.lose(space, *id, None, damage.to_string())),
                Err(error @ ReadError::Damaged { .. }) => {
                    self.lose(space, *id, None, error.to_string());
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.told = damages;
        Ok(())
    }

    /// The report, with a row for each damage.
    pub(super) fn into_report(mut self) -> VerifyReport {
        let mut told = HashSet::new();
        for damage in &self.told {
            let lost = match &damage.lost {
                Lost::Object(space, id) => self.place_of_lost(space, *id),
                _ => None,
            };
            told.extend(lost);
            self.report.damage(|| {
                let row = DamageRow::of(damage);
                lost.map_or_else(|| row.clone(), |lost| row.clone().touching(&self.lost[lost]))
            });
        }
        for (place, lost) in self.lost.iter().enumerate() {
            if !told.contains(&place) {
                self.report.damage(|| lost.row());
            }
        }
        self.report.ok = self.report.problems_count == 0 && self.report.damages_count == 0;
        self.report
    }

    fn place_of_lost(&self, space: &Space, id: ObjectId) -> Option<usize> {
        self.spaces.get(space)?.lost.get(&id).copied()
    }

    pub(super) fn known(&mut self, space: &Space) -> &mut Known {
        if !self.spaces.contains_key(space) {
            self.spaces.insert(space.clone(), Known::default());
        }
        self.spaces.get_mut(space).expect("it was just put there")
    }

    /// Records an object that can't be read.
    fn lose(
        &mut self,
        space: &Space,
        id: ObjectId,
        kind: Option<ObjectKind>,
        detail: String,
    ) -> usize {
        if let Some(place) = self.place_of_lost(space, id) {
            return place;
        }
        let place = self.lost.len();
        self.lost.push(LostObject {
            space: space.clone(),
            id,
            kind,
            detail,
            is_missing: false,
            is_told: false,
            touched: Default::default(),
        });
        self.known(space).lost.insert(id, place);
        place
    }

    /// An object that can't be read.
    pub(super) fn lost(&self, place: usize) -> &LostObject {
        &self.lost[place]
    }

    /// Whether an object was recorded as one that can't be read.
    pub(super) fn is_lost(&self, space: &Space, id: ObjectId) -> bool {
        self.place_of_lost(space, id).is_some()
    }

    /// Whether an object was checked, and is whole with everything that it names.
    pub(super) fn is_whole(&self, space: &Space, id: ObjectId) -> bool {
        self.spaces
            .get(space)
            .is_some_and(|known| known.whole.contains(&id) && !known.needs.contains_key(&id))
    }

    /// Checks an object, unless that was done before.
    pub(super) fn look<T>(
        &mut self,
        (space, id, kind): (&Space, ObjectId, ObjectKind),
        of: &dyn Display,
        read: impl FnOnce(&Repository) -> Result<T, StoreError>,
    ) -> Result<Standing<T>, StoreError> {
        if self.known(space).whole.contains(&id) {
            return Ok(Standing::Whole);
        }
        if let Some(place) = self.place_of_lost(space, id) {
            self.tell(place, kind, of);
            return Ok(Standing::Lost(place));
        }
        match read(self.repository) {
            Ok(found) => {
                self.known(space).whole.insert(id);
                Ok(Standing::New(found))
            }
            Err(error) if ends(&error) => Err(error),
            // It is gone on purpose, and names nothing any more.
            Err(error) if error.is_taken_down() => {
                self.known(space).whole.insert(id);
                Ok(Standing::Whole)
            }
            Err(error) => {
                let place = self.lose(space, id, Some(kind), error.to_string());
                self.lost[place].is_missing = is_missing(&error);
                self.tell(place, kind, of);
                Ok(Standing::Lost(place))
            }
        }
    }

    /// Records an object that does not exist.
    pub(super) fn miss(
        &mut self,
        (space, id, kind): (&Space, ObjectId, ObjectKind),
        of: &dyn Display,
    ) -> usize {
        let error = StoreError::Missing { id, kind, space: space.clone() };
        let place = self.lose(space, id, Some(kind), error.to_string());
        self.tell(place, kind, of);
        place
    }

    fn tell(&mut self, place: usize, kind: ObjectKind, of: &dyn Display) {
        let lost = &mut self.lost[place];
        lost.kind.get_or_insert(kind);
        if !std::mem::replace(&mut lost.is_told, true) {
            self.report.problem(format_args!("{of}: {}", lost.detail));
        }
    }

    /// The lost objects that a whole object needs.
    pub(super) fn needs_of(&self, space: &Space, id: ObjectId) -> Vec<usize> {
        let needs = self.spaces.get(space).and_then(|known| known.needs.get(&id));
        let places = needs.into_iter().flatten().filter_map(|need| match need {
            Need::Lost(place, _) => Some(*place),
            Need::Below(_) => None,
        });
        places.collect()
    }

    /// Remembers the lost objects that an object needs.
    pub(super) fn remember(&mut self, space: &Space, id: ObjectId, needs: Vec<Need>) {
        if !needs.is_empty() {
            self.known(space).needs.insert(id, needs);
        }
    }

    /// Checks everything in a map that was not checked before; returns what is needed of it and can't be read.
    pub(super) fn map(&mut self, map: &MapOf<'_>, root: NodeId) -> Result<Vec<Need>, StoreError> {
        Ok(match self.node(map, root, None)? {
            Standing::Whole | Standing::New(()) if self.is_whole(map.space, root.object_id()) => {
                Vec::new()
            }
            Standing::Whole | Standing::New(()) => vec![Need::Below(root.object_id())],
            Standing::Lost(place) => {
                let of = map.rows.word();
                let range = LostRange { of, after: None, to: None, count: None };
                vec![Need::Lost(place, For::Range(range))]
            }
        })
    }

    fn node(
        &mut self,
        map: &MapOf<'_>,
        id: NodeId,
        after: Option<&[u8]>,
    ) -> Result<Standing<()>, StoreError> {
        let nodes = if *map.space == Space::Source {
            &map.repository.source
        } else {
            &map.repository.public
        };
        let object = (map.space, id.object_id(), ObjectKind::Node);
        let node: Arc<Node> = match self.look(object, &map.of, |_| Ok(nodes.node(id)?))? {
            Standing::New(node) => node,
            Standing::Whole => return Ok(Standing::Whole),
            Standing::Lost(place) => return Ok(Standing::Lost(place)),
        };
        let mut needs = Vec::new();
        if node.level() == 0 {
            for index in 0..node.len() {
                self.row(map, &node.key(index), &node.value(index), &mut needs)?;
            }
        } else {
            let children = (0..node.len()).map(|index| node.child(index).id);
            let whole = &self.known(map.space).whole;
            nodes.expect(children.filter(|child| !whole.contains(&child.object_id())).collect());
            let mut after = after.map(<[u8]>::to_vec);
            for index in 0..node.len() {
                let (child, to) = (node.child(index), node.key(index));
                match self.node(map, child.id, after.as_deref())? {
                    Standing::Lost(place) => {
                        let range = LostRange {
                            of: map.rows.word(),
                            after: after.as_deref().map(|key| map.rows.name(key)),
                            to: Some(map.rows.name(&to)),
                            count: Some(child.count),
                        };
                        needs.push(Need::Lost(place, For::Range(range)));
                    }
                    _ if self.is_whole(map.space, child.id.object_id()) => {}
                    _ => needs.push(Need::Below(child.id.object_id())),
                }
                after = Some(to);
            }
        }
        self.remember(map.space, id.object_id(), needs);
        Ok(Standing::New(()))
    }

    /// Records that a state needs these.
    pub(super) fn touch(&mut self, space: &Space, needs: Vec<Need>, state: Named<'_>) {
        let mut seen = HashSet::new();
        let mut queue = needs;
        while let Some(need) = queue.pop() {
            match need {
                Need::Lost(place, of) => self.lost[place].touch(of, state),
                Need::Below(node) => {
                    let is_new = match state {
                        Named::History(branch) => self.history.insert((branch.clone(), node)),
                        _ => seen.insert(node),
                    };
                    if is_new && let Some(known) = self.spaces.get(space) {
                        queue.extend(known.needs.get(&node).into_iter().flatten().cloned());
                    }
                }
            }
        }
    }
}

/// Whether an error concerns the whole store, so that the walk can't continue.
pub(super) fn ends(error: &StoreError) -> bool {
    let read = match error {
        StoreError::Read(read) | StoreError::Map(MapError::Read(read)) => read,
        _ => return false,
    };
    matches!(read, ReadError::Stopped | ReadError::Displaced { .. } | ReadError::Cancelled)
}

fn is_missing(error: &StoreError) -> bool {
    matches!(error, StoreError::Missing { .. } | StoreError::Map(MapError::Missing { .. }))
}
