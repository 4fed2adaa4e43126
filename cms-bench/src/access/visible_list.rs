//! Row `visible_list`: a page of fifty entries for somebody who may see one in a hundred, next to the same page for
//! somebody who may see them all.
//!
//! They may see what stands below some containers. The first page after a start finds out what that is, and is told in
//! the note; what is measured are the pages after it, each from another place in the list.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use cms_bench::generator::Content;
use cms_core::{
    access::{Grant, Holder, Limits, Role, Rules},
    model::{key::EntryKey, name::Person},
    repo::{ListRequest, MAIN, Repository, State},
};

use crate::{
    Plan,
    disk::Sync,
    figure::{Figure, Rounds, ms, timed},
    store::{Place, content},
};

const ROWS: usize = 50;
/// One entry in this many may be seen.
const ONE_IN: u32 = 100;
const PAGE_MS_MAX: f64 = 10.0;
/// Pages of one round.
const PAGES: usize = 40;

pub(super) fn run(plan: &Plan) -> Result<()> {
    let n = *plan.sizes().last().context("a size is always given")?;
    let place = Place::new(&plan.folder, &format!("store-{n}"));
    let content = content(n, 0);
    place.build(&content)?;
    let store = place.open(Sync::None)?;
    let repository = &store.repository;
    let (roots, seen_count) = one_in_a_hundred(&content)?;
    let ana: Person = "ana".parse()?;
    let grants = roots.iter().enumerate().map(|(number, root)| Grant {
        id: format!("g{number}"),
        person: ana.clone(),
        role: Role::Author,
        limits: Limits { subtree: Some(root.clone()), ..Limits::default() },
        is_for_program: false,
        given_by: "root".to_owned(),
        given_ms: 1,
    });
    let holder = Rules::of(grants).holder(&ana, None);
    let main = repository.resolve(MAIN)?;
    let (first, first_time) = timed(|| page(repository, &holder, &main, None));
    first?;
    let pages = Rounds::given(all_pages(plan, repository, &holder, &main)?);
    let peers = Rounds::given(all_pages(plan, repository, &Holder::Machine, &main)?);
    let mut figure = Figure::new("visible_list", n, "ms", &pages)
        .beside("the same for somebody who may see everything", Some(peers.median()))
        .against(format!("at most {PAGE_MS_MAX} ms"), Some(pages.median() <= PAGE_MS_MAX));
    figure.note = format!(
        "{seen_count} of {n} in {} subtrees; p99 {:.2} ms, the first page {:.0} ms",
        roots.len(),
        pages.at(0.99),
        ms(first_time)
    );
    figure.print();
    Ok(())
}

/// The times of pages, each after the one before, and from the beginning after the last.
fn all_pages(
    plan: &Plan,
    repository: &Repository,
    holder: &Holder,
    main: &State,
) -> Result<Vec<f64>> {
    let (mut times, mut after) = (Vec::new(), None);
    for _ in 0..PAGES * plan.rounds(9) {
        let (found, time) = timed(|| page(repository, holder, main, after.take()));
        after = found?;
        times.push(ms(time));
    }
    Ok(times)
}

/// One page; returns after which entry the next begins. Each person looks as if it were their first request.
fn page(
    repository: &Repository,
    holder: &Holder,
    main: &State,
    after: Option<EntryKey>,
) -> Result<Option<EntryKey>> {
    let request = ListRequest { after, rows_max: ROWS, ..ListRequest::default() };
    let page = repository.sight(holder).list(main, &request)?;
    ensure!(!page.rows.is_empty() || request.after.is_some(), "nothing is seen");
    ensure!(page.rows.len() == ROWS || page.next.is_none(), "a page of {}", page.rows.len());
    Ok(page.next)
}

/// Containers below which one entry in a hundred stands, and how many do.
fn one_in_a_hundred(content: &Content) -> Result<(Vec<EntryKey>, u32)> {
    let wanted = content.shape().entries_count / ONE_IN;
    let (mut roots, mut seen) = (Vec::new(), BTreeSet::new());
    // From the top down: the largest that still fit.
    for entry in 1..content.graph().leaves().start {
        if seen.contains(&entry) {
            continue;
        }
        let below = below(content, entry);
        if below.len() + seen.len() <= wanted as usize && below.len() > wanted as usize / 20 {
            roots.push(content.key(entry).parse()?);
            seen.extend(below);
        }
    }
    ensure!(seen.len() > wanted as usize / 2, "{} of the wanted {wanted}", seen.len());
    Ok((roots, seen.len() as u32))
}

/// An entry and everything below it.
fn below(content: &Content, entry: u32) -> BTreeSet<u32> {
    let mut seen = BTreeSet::from([entry]);
    let mut queue = vec![entry];
    while let Some(entry) = queue.pop() {
        for child in content.graph().children(entry) {
            if seen.insert(*child) {
                queue.push(*child);
            }
        }
    }
    seen
}
