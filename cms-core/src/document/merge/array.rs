//! Arrays whose elements are matched wherever they stand: membership, content and order are merged separately, so that
//! a moved element keeps what the other side wrote into it.

use std::sync::Arc;

use serde_json::Value;

use super::{
    super::{
        matching::{Group, Matching, matching},
        order::merge_orders,
        part::{ElementStep, Part, Trail},
        sides::{Side, Sides},
    },
    ArraySite, ConflictReason, Lists, Merger, Site, Terms, same, short_name,
};

/// What happens to a group.
pub(super) enum Fate {
    /// It is in the merged array.
    Kept,
    /// One side removed it and the other left it as it was.
    Removed,
    /// We removed it, they changed it: it is a conflict, and is not in the array, which holds ours.
    OursRemoved,
    /// They removed it, we changed it.
    TheirsRemoved,
}

impl Merger<'_> {
    pub(super) fn array(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        arrays: Lists<'_>,
        terms: Terms<'_>,
    ) -> Option<Value> {
        match matching(part, arrays, self.budget) {
            Matching::Groups(groups) => Some(self.groups(part, trail, arrays, &groups)),
            Matching::Names(groups) => {
                if !part.element().is_link() && replaced_twice(&groups) {
                    return self.sequence(part, trail, arrays, terms);
                }
                Some(self.groups(part, trail, arrays, &groups))
            }
            Matching::Sequence => self.sequence(part, trail, arrays, terms),
        }
    }

    pub(super) fn groups(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        arrays: Lists<'_>,
        groups: &[Group<'_>],
    ) -> Value {
        let fates: Vec<Fate> = groups.iter().map(|group| fate(arrays, group)).collect();
        let orders = Sides::by(|side| order_in(groups, side));
        let is_in = |group: &usize| matches!(fates[*group], Fate::Kept | Fate::TheirsRemoved);
        // Groups that are in conflict because we removed them are ordered too, so that they can be named in place.
        let shown = |group: &usize| is_in(group) || matches!(fates[*group], Fate::OursRemoved);
        let orders = orders.map(|order| order.into_iter().filter(shown).collect::<Vec<_>>());
        let orders = orders.as_ref().map(Vec::as_slice);
        let merged = merge_orders(orders, self.budget);
        let is_in_conflict = |fate: &Fate| matches!(fate, Fate::OursRemoved | Fate::TheirsRemoved);
        let mut places = None;
        if merged.is_conflict || fates.iter().any(is_in_conflict) {
            let order = (!merged.is_conflict).then_some(&merged.groups[..]);
            places = Some(Places::of(trail, groups, order));
        }
        if let Some(places) = places.as_ref().filter(|_| merged.is_conflict) {
            self.order_conflict(trail, groups, orders, places);
        }
        let mut elements = Vec::with_capacity(merged.groups.len());
        for &index in &merged.groups {
            let group = &groups[index];
            let at = group.at;
            let terms = arrays.zip(at).map(|(array, at)| at.map(|at| &array[at]));
            let Sides { ours, theirs, .. } = terms;
            let Some(element) = ours.or(theirs) else { continue };
            let step =
                ElementStep { at, number: elements.len(), key: group.name.as_deref(), element };
            let trail_here = trail.element(step);
            match fates[index] {
                Fate::Kept if ours.is_some() && theirs.is_some() => {
                    elements.extend(self.value(part.element(), &trail_here, terms));
                }
                Fate::Kept => elements.push(element.clone()),
                Fate::Removed => {}
                Fate::OursRemoved | Fate::TheirsRemoved => {
                    let reason = match ours {
                        Some(_) => ConflictReason::TheirsRemoved,
                        None => ConflictReason::OursRemoved,
                    };
                    let Some(places) = &places else { continue };
                    let site = Site::Element {
                        arrays: places.site.clone(),
                        at,
                        insert_at: places.insert_at[index],
                    };
                    self.note(&trail_here, reason, terms, site);
                    if let (None, None, Some(found)) = (ours, &group.name, self.found.last_mut()) {
                        // It gets the position of what follows.
                        let name = short_name(&terms.map(|term| term.cloned()));
                        found.conflict.pointer = format!("{}/{name}", trail.address());
                    }
                    elements.extend(ours.cloned());
                }
            }
        }
        Value::Array(elements)
    }

    fn order_conflict(
        &mut self,
        trail: &Trail<'_>,
        groups: &[Group<'_>],
        orders: Sides<&[usize]>,
        places: &Places,
    ) {
        let keys = |order: &[usize]| -> Value {
            let in_all = |group: &&usize| groups[**group].at.each().iter().all(Option::is_some);
            let name =
                |group: &usize| groups[*group].name.as_deref().map_or(Value::Null, Value::from);
            order.iter().filter(in_all).map(name).collect()
        };
        let keys = orders.map(keys);
        self.note(
            trail,
            ConflictReason::Order,
            keys.as_ref().map(Some),
            Site::Order(places.site.clone()),
        );
    }
}

/// What is needed to settle conflicts of an array.
struct Places {
    site: Arc<ArraySite>,
    /// For each group, its position in the terms that lack it: after the element that it follows in a term that has it.
    insert_at: Vec<Sides<usize>>,
}

impl Places {
    fn of(trail: &Trail<'_>, groups: &[Group<'_>], order: Option<&[usize]>) -> Self {
        // An unnamed element is named by its number here, so that it can be ordered when the conflict is settled.
        let name = |group: &usize| {
            let name = groups[*group].name.as_deref().map(str::to_owned);
            Some(name.unwrap_or_else(|| format!("\u{0}{group}")))
        };
        let orders = Sides::by(|side| order_in(groups, side));
        let mut insert_at = vec![Sides::all(0); groups.len()];
        // A side's neighbours take precedence over the base's, and ours over theirs.
        for source in [Side::Base, Side::Theirs, Side::Ours] {
            let mut next = Sides::all(0);
            for group in &orders[source] {
                insert_at[*group] = next;
                next = next.zip(groups[*group].at).map(after);
            }
        }
        let site = ArraySite {
            paths: Sides::by(|side| trail.path(side)),
            keys: orders.map(|order| order.iter().map(name).collect()),
            order: order.map(|order| order.iter().filter_map(name).collect()),
        };
        Self { site: Arc::new(site), insert_at }
    }
}

pub(super) fn fate(arrays: Lists<'_>, group: &Group<'_>) -> Fate {
    let Sides { base, ours, theirs } =
        arrays.zip(group.at).map(|(array, at)| at.map(|at| &array[at]));
    let is_as_before = |side: &Value| same(Some(side), base);
    match (base, ours, theirs) {
        (_, Some(_), Some(_)) | (None, _, _) => Fate::Kept,
        (Some(_), None, None) => Fate::Removed,
        (Some(_), Some(ours), None) if is_as_before(ours) => Fate::Removed,
        (Some(_), Some(_), None) => Fate::TheirsRemoved,
        (Some(_), None, Some(theirs)) if is_as_before(theirs) => Fate::Removed,
        (Some(_), None, Some(_)) => Fate::OursRemoved,
    }
}

/// The place after an element, if it exists; otherwise the place that was next before.
fn after((next, at): (usize, Option<usize>)) -> usize {
    at.map_or(next, |at| at + 1)
}

/// The groups that a side has, in its order.
fn order_in(groups: &[Group<'_>], side: Side) -> Vec<usize> {
    let mut order: Vec<usize> =
        (0..groups.len()).filter(|group| groups[*group].at[side].is_some()).collect();
    order.sort_by_key(|group| groups[*group].at[side]);
    order
}

/// Whether both sides put something new in place of the same name: then it is not a set that both added to.
fn replaced_twice(groups: &[Group<'_>]) -> bool {
    let orders = Sides::by(|side| order_in(groups, side));
    let is_new = |(side, other): (Side, Side), at: usize| {
        orders[side].get(at).is_some_and(|group| {
            groups[*group].at.base.is_none() && groups[*group].at[other].is_none()
        })
    };
    // On each side, the position after the last name of the base that it kept.
    let mut next = Sides::all(0);
    orders.base.iter().any(|group| {
        let at = groups[*group].at;
        let is_gone = at.ours.is_none() && at.theirs.is_none();
        let is_replaced =
            is_gone && Side::OPPOSED.into_iter().all(|opposed| is_new(opposed, next[opposed.0]));
        next = next.zip(at).map(after);
        is_replaced
    })
}
