//! The order of elements, merged separately.
//!
//! A side's order says, for each two elements, which comes first. For two elements that all three have, at most one
//! side differs from the base or both differ alike, so each such pair merges. Together the pairs form an order, or they
//! form a circle: only then do the sides contradict each other. Elements that only one side has stay where they were
//! there, next to the neighbour that the other side did not move.

use std::collections::{HashMap, HashSet};

use super::{align::longest_ascending, budget::Budget, sides::Sides};

/// A merged order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ordered {
    /// All groups of both sides.
    pub(super) groups: Vec<usize>,
    /// Whether the sides contradict each other; the order is then ours.
    pub(super) is_conflict: bool,
}

/// Merges orders of groups, by number. Each group occurs at most once in each; a group that is only in the base is left
/// out.
pub(super) fn merge_orders(orders: Sides<&[usize]>, budget: &Budget) -> Ordered {
    let places = |order: &[usize]| -> HashMap<usize, usize> {
        order.iter().enumerate().map(|(at, group)| (*group, at)).collect()
    };
    let places = orders.map(places);
    let in_both =
        |group: &usize| places.ours.contains_key(group) && places.theirs.contains_key(group);
    let in_all = |group: &usize| in_both(group) && places.base.contains_key(group);
    let only = |order: &[usize], keep: &dyn Fn(&usize) -> bool| -> Vec<usize> {
        order.iter().copied().filter(keep).collect()
    };
    let Sides { base, ours, theirs } = orders.map(|order| only(order, &in_all));
    let mut is_conflict = false;
    let core = if theirs == base || ours == theirs {
        only(orders.ours, &in_both)
    } else if ours == base {
        only(orders.theirs, &in_both)
    } else {
        // What both sides inserted is ordered with the rest, unless that is what causes a circle.
        let shared = only(orders.ours, &in_both);
        let with_new = (shared.len() > ours.len()).then(|| tournament(&shared, &places, budget));
        match with_new.flatten().or_else(|| tournament(&ours, &places, budget)) {
            Some(order) => order,
            None => {
                is_conflict = true;
                only(orders.ours, &in_both)
            }
        }
    };
    let mut placed = Placed::new(core);
    placed.add(orders.ours, &moved(&base, &theirs));
    placed.add(orders.theirs, &moved(&base, &ours));
    Ordered { groups: placed.finish(), is_conflict }
}

/// The order that the pairs form; `None` when they form a circle. Two groups that the base does not both have are in
/// the order of ours.
fn tournament(
    groups: &[usize],
    places: &Sides<HashMap<usize, usize>>,
    budget: &Budget,
) -> Option<Vec<usize>> {
    let count = groups.len();
    if !budget.take(count as u64 * count as u64) {
        budget.set_coarse();
        return None;
    }
    let places: Vec<Sides<Option<usize>>> =
        groups.iter().map(|group| places.as_ref().map(|of| of.get(group).copied())).collect();
    // In an order, the number of elements before an element is different for each element.
    let mut before = vec![0_usize; count];
    for left in 0..count {
        for right in left + 1..count {
            let is_left_first =
                |(left, right): (Option<usize>, Option<usize>)| Some(left? < right?);
            let Sides { base, ours, theirs } = places[left].zip(places[right]).map(is_left_first);
            let left_first = if ours == base { theirs } else { ours };
            before[if left_first == Some(true) { right } else { left }] += 1;
        }
    }
    let mut order = vec![None; count];
    for (index, before) in before.into_iter().enumerate() {
        if order[before].replace(groups[index]).is_some() {
            return None;
        }
    }
    order.into_iter().collect()
}

/// The groups that a side moved: as few as possible.
pub(super) fn moved(base: &[usize], side: &[usize]) -> HashMap<usize, ()> {
    let places: HashMap<usize, usize> =
        side.iter().enumerate().map(|(at, group)| (*group, at)).collect();
    let ranks: Vec<usize> = base.iter().map(|group| places[group]).collect();
    let mut kept = vec![false; base.len()];
    longest_ascending(&ranks).into_iter().for_each(|index| kept[index] = true);
    base.iter().zip(kept).filter(|(_, kept)| !kept).map(|(group, _)| (*group, ())).collect()
}

/// Groups in order, with others put next to them.
struct Placed {
    core: Vec<usize>,
    index: HashMap<usize, usize>,
    /// What has been added already, so that a group that both sides have is added once.
    added: HashSet<usize>,
    /// What comes right before and right after each group of the core.
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
    first: Vec<usize>,
}

impl Placed {
    fn new(core: Vec<usize>) -> Self {
        let index = core.iter().enumerate().map(|(at, group)| (*group, at)).collect();
        let count = core.len();
        Self {
            core,
            index,
            added: HashSet::new(),
            before: vec![Vec::new(); count],
            after: vec![Vec::new(); count],
            first: Vec::new(),
        }
    }

    /// Adds a side's own groups, next to neighbours that the other side did not move.
    fn add(&mut self, side: &[usize], moved_by_other: &HashMap<usize, ()>) {
        let mut previous = None;
        let mut run = Vec::new();
        for group in side {
            match self.index.get(group) {
                None if self.added.insert(*group) => run.push(*group),
                None => {}
                Some(&at) => {
                    self.put(previous, Some(at), &mut run, moved_by_other);
                    previous = Some(at);
                }
            }
        }
        self.put(previous, None, &mut run, moved_by_other);
    }

    fn put(
        &mut self,
        previous: Option<usize>,
        next: Option<usize>,
        run: &mut Vec<usize>,
        moved_by_other: &HashMap<usize, ()>,
    ) {
        let stays = |at: &usize| !moved_by_other.contains_key(&self.core[*at]);
        match (previous, next) {
            // An end of the array is a neighbour that nobody moves.
            (Some(at), None) if stays(&at) => self.after[at].append(run),
            (Some(_), None) => match self.core.len().checked_sub(1) {
                Some(last) => self.after[last].append(run),
                None => self.first.append(run),
            },
            (None, _) => self.first.append(run),
            (Some(at), _) if stays(&at) => self.after[at].append(run),
            (Some(_), Some(next)) if stays(&next) => self.before[next].append(run),
            (Some(at), Some(_)) => self.after[at].append(run),
        }
    }

    fn finish(self) -> Vec<usize> {
        let mut groups = self.first;
        for ((group, before), after) in self.core.into_iter().zip(self.before).zip(self.after) {
            groups.extend(before);
            groups.push(group);
            groups.extend(after);
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(base: &str, ours: &str, theirs: &str, expected: &str) {
        let numbers = |text: &str| text.bytes().map(usize::from).collect::<Vec<_>>();
        let orders = Sides { base, ours, theirs }.map(numbers);
        let merged = merge_orders(orders.as_ref().map(Vec::as_slice), &Budget::new());
        let mut shown: String =
            merged.groups.iter().map(|group| char::from(*group as u8)).collect();
        if merged.is_conflict {
            shown.push('!');
        }
        assert_eq!(shown, expected);
    }

    #[test]
    fn moves_of_different_elements_both_hold() {
        check("abcde", "bcdea", "abced", "bceda");
        check("abc", "bca", "cab", "cba");
        check("abcd", "dabc", "abdc", "dabc");
    }

    #[test]
    fn the_same_move_holds_once() {
        check("abcd", "bcda", "bcda", "bcda");
        check("abc", "abc", "cba", "cba");
    }

    #[test]
    fn what_contradicts_itself_is_a_conflict() {
        check("abc", "bac", "acb", "bac!");
    }

    #[test]
    fn new_elements_stand_beside_what_stays() {
        check("abc", "axbc", "abyc", "axbyc");
        check("ab", "axb", "ayb", "axyb");
        check("ab", "abx", "aby", "abxy");
        check("ab", "xab", "yab", "xyab");
        check("abc", "axbc", "bca", "xbca");
        check("", "xy", "zy", "xzy");
    }

    #[test]
    fn what_both_put_in_stands_once() {
        check("abcd", "bacdx", "abdcx", "badcx");
        check("abcd", "xbacd", "xabdc", "xbadc");
        check("abcd", "bacdxy", "abdcyx", "badcxy");
        check("abcd", "bacdxy", "abdcxz", "badcxyz");
        check("abcd", "bxacd", "abdxc", "bxadc");
    }
}
