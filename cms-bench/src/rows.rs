//! The rows of the table, ordered so that each finds its store built.
//!
//! A size is built once. Rows that need the locales come last for their size, because the locales are added to the same
//! store.

mod opening;
mod publishing;
mod reading;
mod writing;

use anyhow::Result;

use crate::{
    Plan,
    figure::Figure,
    git::Git,
    store::{Place, content},
};

/// Every figure's name.
pub(crate) const NAMES: [&str; 12] = [
    "commit_one",
    "commit_32_writers",
    "publish_10",
    "publish_1000",
    "snapshot_diff_50",
    "import",
    "open",
    "open_rss",
    "rebuild",
    "edit_bytes",
    "read_entry",
    "sync",
];

/// Figures that later ones refer to: the value at the smallest size.
#[derive(Debug, Default)]
struct Seen {
    commit_one: Option<(u32, f64)>,
    publish_10: [Option<(u32, f64)>; 2],
}

pub(crate) fn run(plan: &Plan) -> Result<()> {
    let sizes = plan.sizes();
    let largest = *sizes.last().expect("a size is always given");
    // The size at which rows of 100,000 are measured, or the largest one below that.
    let middle = sizes.iter().copied().filter(|n| *n <= 100_000).max().unwrap_or(sizes[0]);
    let mut seen = Seen::default();
    if plan.wants("sync") {
        writing::sync(plan)?;
    }
    for n in sizes.iter().copied() {
        let place = Place::new(&plan.folder, &format!("store-{n}"));
        let git = Git::new(&plan.folder, &format!("git-{n}"));
        if n == middle && plan.wants("import") {
            writing::import(plan, n)?;
        }
        let at = At { plan, n, place: &place, git: &git };
        at.plain_rows(n == sizes[0], n == middle, n == largest, &mut seen)?;
        let ends = n == sizes[0] || n == largest;
        if ends && plan.wants("publish_10") {
            let locales = usize::from(plan.locales);
            let translated = Place::new(&plan.folder, &format!("store-{n}-{locales}"));
            if !translated.is_built() {
                place.build(&content(n, 0))?;
                translated.begin_with(&place, plan.keep)?;
            }
            translated.build(&content(n, locales))?;
            let at = At { place: &translated, ..at };
            publishing::publish_10(&at, locales, &mut seen.publish_10[1])?;
            if !plan.keep {
                translated.clear()?;
            }
        }
        if !plan.keep {
            place.clear()?;
        }
    }
    Ok(())
}

/// A size, with the places of its store and of its peer.
struct At<'a> {
    plan: &'a Plan,
    n: u32,
    place: &'a Place,
    git: &'a Git,
}

impl At<'_> {
    /// The rows that need only the source locale.
    fn plain_rows(
        &self,
        is_smallest: bool,
        is_middle: bool,
        is_largest: bool,
        seen: &mut Seen,
    ) -> Result<()> {
        let wants = |name, here| here && self.plan.wants(name);
        let plain = content(self.n, 0);
        let rows = [
            wants("commit_one", true),
            wants("commit_32_writers", is_smallest),
            wants("publish_10", is_smallest || is_largest),
            wants("publish_1000", is_middle),
            wants("snapshot_diff_50", is_largest),
            wants("edit_bytes", is_largest),
            wants("read_entry", is_largest),
            wants("open", is_largest) || wants("open_rss", is_largest),
            wants("rebuild", is_largest),
        ];
        if !rows.contains(&true) {
            return Ok(());
        }
        self.place.build(&plain)?;
        self.place.warm()?;
        if rows[6] {
            reading::read_entry(self, &plain)?;
        }
        if rows[7] {
            opening::open(self)?;
        }
        if rows[8] {
            opening::rebuild(self)?;
        }
        if rows[0] {
            writing::commit_one(self, &plain, &mut seen.commit_one)?;
        }
        if rows[5] {
            writing::edit_bytes(self, &plain)?;
        }
        if rows[1] {
            writing::commit_32_writers(self, &plain)?;
        }
        if rows[2] {
            publishing::publish_10(self, 0, &mut seen.publish_10[0])?;
        }
        if rows[3] {
            publishing::publish_1000(self, &plain)?;
        }
        if rows[4] {
            reading::snapshot_diff_50(self, &plain)?;
        }
        Ok(())
    }

    fn figure(
        &self,
        name: &'static str,
        unit: &'static str,
        rounds: &crate::figure::Rounds,
    ) -> Figure {
        Figure::new(name, self.n, unit, rounds)
    }
}

/// Whether a value is at most this many times the value at the smallest size; the first value becomes that one.
fn within_factor(seen: &mut Option<(u32, f64)>, n: u32, value: f64, factor: f64) -> Option<bool> {
    match *seen {
        None => {
            *seen = Some((n, value));
            None
        }
        Some((_, first)) => Some(value <= factor * first),
    }
}
