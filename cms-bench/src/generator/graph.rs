//! Which entry stands where: only numbers; entries are in the order of their kinds from the top down.

use std::ops::Range;

use super::{Kind, prose::Draws};

/// Most children of one container.
const FAN_OUT_MAX: usize = 126;
/// Most children before entries get their additional places.
const FAN_OUT_FIRST_MAX: usize = 100;
/// Share of entries that stand in several places.
const SEVERAL_PLACES_SHARE: f64 = 0.23;
/// One lesson in this many stands in two units; what is below it stands nowhere else.
const SHARED_LESSON_ONE_IN: usize = 20;

/// Containment among entries; entry 0 is `topic/root`.
#[derive(Debug)]
pub struct Graph {
    /// The first entry of each level: topics below the root, courses, units, lessons, leaves; then the count.
    levels: [u32; 6],
    /// For each container, where its children begin in `children`; finally the end.
    starts: Vec<u32>,
    children: Vec<u32>,
    kinds_seed: u64,
}

/// The measurements of a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Number of entries.
    pub entries_count: usize,
    /// Number of places: an entry in two lessons has two.
    pub places_count: usize,
    /// Share of entries with several places.
    pub several_places_share: f64,
    /// Most children of one container.
    pub fan_out_max: usize,
    /// Longest path from the root down, in steps.
    pub depth_max: usize,
    /// Distinct containers above an entry, in the median.
    pub ancestors_median: usize,
    /// Distinct containers above an entry, at most.
    pub ancestors_max: usize,
}

impl Graph {
    pub(super) fn new(entries_count: u32, seed: u64) -> Self {
        let levels = levels(entries_count);
        let mut draws = Draws::of(seed, &[3]);
        let mut below: Vec<Vec<u32>> = Vec::with_capacity(levels[4] as usize);
        let firsts = [0, levels[0], levels[1], levels[2], levels[3], levels[4]];
        for level in 0..5 {
            let parents = (firsts[level + 1] - firsts[level]) as usize;
            let mut next = levels[level];
            let children_count = (levels[level + 1] - next) as usize;
            for size in split(&mut draws, children_count, parents) {
                below.push((next..next + size as u32).collect());
                next += size as u32;
            }
        }
        let mut graph = Self { levels, starts: vec![0], children: Vec::new(), kinds_seed: seed };
        graph.place_again(&mut draws, &mut below);
        for children in below {
            graph.children.extend(children);
            graph.starts.push(graph.children.len() as u32);
        }
        graph
    }

    /// Gives lessons and leaves their additional places.
    fn place_again(&self, draws: &mut Draws, below: &mut [Vec<u32>]) {
        let [_, _, units, lessons, leaves, end] = self.levels;
        let is_shared = |lesson: u32| (lesson as usize).is_multiple_of(SHARED_LESSON_ONE_IN);
        for lesson in (lessons..leaves).filter(|lesson| is_shared(*lesson)) {
            let unit = units + draws.below((lessons - units) as usize) as u32;
            add(&mut below[unit as usize], lesson);
        }
        // One lesson is as large as any may be.
        let largest = (lessons + 1..leaves).find(|lesson| !is_shared(*lesson)).unwrap_or(lessons);
        let mut candidates: Vec<(u32, u32)> = Vec::new();
        for lesson in (lessons..leaves).filter(|lesson| !is_shared(*lesson)) {
            candidates.extend(below[lesson as usize].iter().map(|leaf| (*leaf, lesson)));
        }
        let shared_count = (lessons..leaves).filter(|lesson| is_shared(*lesson)).count();
        let wanted = f64::from(end) * SEVERAL_PLACES_SHARE - shared_count as f64;
        let share = wanted / candidates.len() as f64;
        for (leaf, home) in candidates {
            if draws.share() >= share {
                continue;
            }
            let further = match draws.below(100) {
                0..75 => 1,
                75..92 => 2,
                92..98 => 3,
                _ => 4,
            };
            let mut placed = 0;
            while placed < further {
                let lesson =
                    self.further_place(draws, home, largest, below[largest as usize].len());
                placed += usize::from(!is_shared(lesson) && add(&mut below[lesson as usize], leaf));
            }
        }
    }

    /// Usually nearby, as real curricula repeat themselves, otherwise anywhere.
    fn further_place(
        &self,
        draws: &mut Draws,
        home: u32,
        largest: u32,
        largest_size: usize,
    ) -> u32 {
        let [_, _, _, lessons, leaves, _] = self.levels;
        let count = (leaves - lessons) as usize;
        if largest_size < FAN_OUT_MAX && draws.below(4) == 0 {
            return largest;
        }
        if draws.below(10) < 6 {
            let near = (home - lessons) as usize + count + draws.below(60) - 30;
            return lessons + (near % count) as u32;
        }
        lessons + draws.below(count) as u32
    }

    /// How many entries there are.
    pub const fn entries_count(&self) -> u32 {
        self.levels[5]
    }

    /// The kind of an entry.
    pub fn kind(&self, entry: u32) -> Kind {
        match self.levels.iter().position(|first| entry < *first).unwrap_or(5) {
            0 | 1 => Kind::Topic,
            2 => Kind::Course,
            3 => Kind::Unit,
            4 => Kind::Lesson,
            _ => match Draws::of(self.kinds_seed, &[4, u64::from(entry)]).below(100) {
                0..45 => Kind::Exercise,
                45..85 => Kind::Video,
                _ => Kind::Article,
            },
        }
    }

    /// The children of an entry, in reading order.
    pub fn children(&self, entry: u32) -> &[u32] {
        let entry = entry as usize;
        match self.starts.get(entry..entry + 2) {
            Some(bounds) => &self.children[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }

    /// The entries that only lessons contain.
    pub fn leaves(&self) -> Range<u32> {
        self.levels[4]..self.levels[5]
    }

    /// Measures the graph itself, independently of how it was made.
    pub fn figures(&self) -> Figures {
        let count = self.entries_count() as usize;
        let mut parents: Vec<Vec<u32>> = vec![Vec::new(); count];
        let mut fan_out_max = 0;
        for parent in 0..self.levels[4] {
            fan_out_max = fan_out_max.max(self.children(parent).len());
            for child in self.children(parent) {
                parents[*child as usize].push(parent);
            }
        }
        let mut depths = vec![0; count];
        let mut ancestors: Vec<Vec<u32>> = Vec::with_capacity(self.levels[4] as usize);
        let mut sizes = Vec::with_capacity(count);
        // Parents have lower numbers, so their values are known already.
        for entry in 0..count {
            let mut above: Vec<u32> = parents[entry].clone();
            for parent in &parents[entry] {
                above.extend(&ancestors[*parent as usize]);
                depths[entry] = depths[entry].max(depths[*parent as usize] + 1);
            }
            above.sort_unstable();
            above.dedup();
            sizes.push(above.len());
            if entry < self.levels[4] as usize {
                ancestors.push(above);
            }
        }
        sizes.sort_unstable();
        let several = parents.iter().filter(|parents| parents.len() > 1).count();
        Figures {
            entries_count: count,
            places_count: parents.iter().map(Vec::len).sum(),
            several_places_share: several as f64 / count as f64,
            fan_out_max,
            depth_max: depths.into_iter().max().unwrap_or(0),
            ancestors_median: sizes[count / 2],
            ancestors_max: sizes[count - 1],
        }
    }
}

/// How many entries are on each level, given as the first entry of each level, for at least a few hundred entries.
fn levels(entries_count: u32) -> [u32; 6] {
    let lessons = (entries_count / 11).max(4);
    let units = (lessons / 6).max(2);
    let courses = (units / 9).max(2);
    let topics = (courses / 14).clamp(2, 100);
    let mut levels = [1, topics, courses, units, lessons, 0];
    for level in 1..5 {
        levels[level] += levels[level - 1];
    }
    assert!(levels[4] * 2 < entries_count, "{entries_count} entries are too few for the shape");
    levels[5] = entries_count;
    levels
}

/// Adds a child unless it is there already or the container is full.
fn add(children: &mut Vec<u32>, child: u32) -> bool {
    let fits = children.len() < FAN_OUT_MAX && !children.contains(&child);
    if fits {
        children.push(child);
    }
    fits
}

/// Splits children among parents, unevenly; each parent gets at least one.
fn split(draws: &mut Draws, children: usize, parents: usize) -> Vec<usize> {
    // Only products, which every machine rounds in the same way; a logarithm depends on the library.
    let weights: Vec<f64> = (0..parents)
        .map(|_| draws.share())
        .map(|share| 0.15 + 4.0 * share * share * share)
        .collect();
    let total: f64 = weights.iter().sum();
    let free = (children - parents) as f64;
    let mut sizes: Vec<usize> = weights
        .iter()
        .map(|weight| (1 + (weight / total * free) as usize).min(FAN_OUT_FIRST_MAX))
        .collect();
    let mut left = children - sizes.iter().sum::<usize>();
    while left > 0 {
        let at = draws.below(parents);
        if sizes[at] < FAN_OUT_FIRST_MAX {
            sizes[at] += 1;
            left -= 1;
        }
    }
    sizes
}
