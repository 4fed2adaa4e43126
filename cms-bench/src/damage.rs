//! Ten random damages in a store as large as a real one: counts, to the entry, what can still be served, exported and
//! salvaged.
//!
//! The store has a journal of its newest edits besides its sealed files, as a store in use has. A byte is chosen evenly
//! over all files, so most damages are in documents; sled's files and the lock are left out, because they hold nothing
//! of their own.

use std::{
    collections::BTreeMap,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use cms_bench::generator::{Content, Edit, SEED};
use cms_core::{
    engine::{
        Engine,
        local::{Access, LocalEngine, LocalOptions},
    },
    model::name::Branch,
    repo::{LostNow, MAIN, Repository, RepositoryOptions, SalvageReport},
    schema::ContentEngines,
};
use serde::Serialize;

use crate::{
    Plan,
    disk::Sync,
    figure::{say, timed},
    store::{CHANNEL, Edits, Place, content, stamp},
};

/// Every figure's name.
pub(crate) const NAMES: [&str; 1] = ["ten_damages"];

/// Entries of the store: a real catalogue of one language in 2014 had about as many.
const ENTRIES: u32 = 13_000;
const DAMAGES: usize = 10;
const ROUNDS: u64 = 5;
/// Commits after the publish, which stay in the journal.
const EDITS: usize = 200;
/// Rows of one page of a snapshot.
const PAGE_ROWS: usize = 500;

/// The result of one round, printed as one JSON line.
#[derive(Debug, Serialize)]
struct Round {
    name: &'static str,
    seed: u64,
    /// The files that were damaged, with how many of the ten.
    damaged: BTreeMap<String, usize>,
    /// Whether writes were refused until somebody decides.
    read_only: bool,
    /// Number of delivered documents, and how many of them were served.
    delivered: usize,
    served: usize,
    /// Number of entries of `main`, and how many of them were exported.
    entries: usize,
    exported: usize,
    /// How many damages verifying listed, and how long it took.
    damages_listed: usize,
    verify_s: f64,
    /// How long salvaging took.
    salvage_s: f64,
    /// Entries of `main` in the new store: unchanged, at an earlier version, at the newest version found, gone.
    as_before: usize,
    earlier: usize,
    newest: usize,
    gone: usize,
    /// Branches and channels that are at another commit or snapshot.
    heads_moved: usize,
    /// Whether the new store takes a commit and a publish.
    can_be_worked_on: bool,
}

pub(crate) fn run(plan: &Plan) -> Result<()> {
    let n = plan.n.first().copied().unwrap_or(if plan.quick { 1_000 } else { ENTRIES });
    let content = content(n, 0);
    let place = Place::new(&plan.folder, &format!("damage-{n}"));
    if !place.is_built() {
        place.build(&content)?;
        let store = place.open(Sync::None)?;
        let mut edits = Edits::new(&content);
        for _ in 0..EDITS {
            store.commit(&Branch::Main, edits.changes(1, Edit::Text)?)?;
        }
    }
    let whole = open(&place.folder, Access::Read)?.1;
    let before = lines(&whole).0;
    let delivered = served(&whole).0;
    drop(whole);
    for seed in 0..ROUNDS {
        let damaged = place.folder.with_extension(format!("damaged-{seed}"));
        let saved = place.folder.with_extension(format!("saved-{seed}"));
        for folder in [&damaged, &saved] {
            let _ = fs::remove_dir_all(folder);
        }
        let files = damage(&place.folder, &damaged, SEED + seed)?;
        let round = round(&content, seed, files, [&damaged, &saved], (&before, delivered))?;
        println!("{}", serde_json::to_string(&round)?);
        for folder in [&damaged, &saved].into_iter().filter(|_| !plan.keep) {
            let _ = fs::remove_dir_all(folder);
        }
    }
    if !plan.keep {
        place.clear()?;
    }
    Ok(())
}

fn round(
    content: &Content,
    seed: u64,
    damaged: BTreeMap<String, usize>,
    [from, to]: [&Path; 2],
    (before, delivered): (&BTreeMap<String, String>, usize),
) -> Result<Round> {
    let (engine, repository) = open(from, Access::Write)?;
    let read_only = engine.refusal().is_some();
    let (exported, _) = lines(&repository);
    let (_, served) = served(&repository);
    let (verified, verify_time) = timed(|| repository.verify(&mut |_| ControlFlow::Continue(())));
    let verified = verified?;
    drop((engine, repository));
    let (old, _) = open(from, Access::Read)?;
    let (settled, salvage_time) = timed(|| salvage(&old, to));
    let settled = settled?;
    let (_, saved) = open(to, Access::Write)?;
    let (after, _) = lines(&saved);
    let now = |wanted| {
        let on_main = settled.entries.iter().filter(|entry| entry.branch == MAIN);
        on_main.filter(|entry| entry.now == wanted).count()
    };
    let can_be_worked_on = works(content, &saved);
    Ok(Round {
        name: "ten_damages",
        seed,
        damaged,
        read_only,
        delivered,
        served,
        entries: before.len(),
        exported: before.iter().filter(|(key, line)| exported.get(*key) == Some(line)).count(),
        damages_listed: verified.problems_count as usize,
        verify_s: verify_time.as_secs_f64(),
        salvage_s: salvage_time.as_secs_f64(),
        as_before: before.iter().filter(|(key, line)| after.get(*key) == Some(line)).count(),
        earlier: now(LostNow::Earlier),
        newest: now(LostNow::Newest),
        gone: now(LostNow::Gone),
        heads_moved: settled.heads.len(),
        can_be_worked_on,
    })
}

/// Copies a store and changes ten of its bytes; returns in which files.
fn damage(from: &Path, to: &Path, seed: u64) -> Result<BTreeMap<String, usize>> {
    fs::create_dir_all(to)?;
    let mut files: Vec<(PathBuf, u64)> = Vec::new();
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let copy = to.join(entry.file_name());
            let size = fs::copy(entry.path(), &copy)?;
            if entry.file_name() != "LOCK" {
                files.push((copy, size));
            }
        }
    }
    files.sort();
    let total: u64 = files.iter().map(|(_, size)| size).sum();
    let mut random = seed;
    let mut damaged = BTreeMap::new();
    for _ in 0..DAMAGES {
        let mut at = next_random(&mut random) % total;
        let (file, _) = files
            .iter()
            .find(|(_, size)| {
                let is_here = at < *size;
                at -= if is_here { 0 } else { *size };
                is_here
            })
            .context("a file")?;
        let mut content = fs::read(file)?;
        content[usize::try_from(at)?] ^= 1 << (next_random(&mut random) % 8);
        fs::write(file, content)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        *damaged.entry(name).or_default() += 1;
    }
    Ok(damaged)
}

/// Splitmix64: the same damages in every run.
const fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn open(folder: &Path, access: Access) -> Result<(Arc<LocalEngine>, Repository)> {
    let options = LocalOptions { access, ..LocalOptions::new(folder) };
    let engine = Arc::new(LocalEngine::open(options)?);
    let repository =
        Repository::open(Arc::clone(&engine) as Arc<dyn Engine>, RepositoryOptions::default())?;
    Ok((engine, repository.with_content_engines(ContentEngines::unjudged("perseus"))))
}

/// The entries of `main` that can be exported, and whether the export reached its end.
fn lines(repository: &Repository) -> (BTreeMap<String, String>, bool) {
    let mut lines = BTreeMap::new();
    let Ok(state) = repository.resolve(MAIN) else { return (lines, false) };
    let exported = repository.export(&state, &mut |line| {
        let text = serde_json::to_string(line)?;
        lines.insert(format!("{}@{:?}", line.key, line.locale), text);
        Ok(())
    });
    (lines, exported.is_ok())
}

/// How many documents the channel delivers, and how many of them are served.
fn served(repository: &Repository) -> (usize, usize) {
    let (mut named, mut served) = (0, 0);
    let delivery = repository.delivery();
    let head = delivery.channel_head(&CHANNEL.parse().expect("a name")).ok().flatten();
    let Some(head) = head else { return (0, 0) };
    let Ok(Some(snapshot)) = delivery.snapshot(head.snapshot) else { return (0, 0) };
    let mut after = None;
    while let Ok(page) = delivery.delivered_page(&snapshot, None, None, after.as_ref(), PAGE_ROWS) {
        for (_, row) in &page.rows {
            named += 1;
            let object = delivery.object(row.object.object_id());
            served += usize::from(matches!(object, Ok(Some(_))));
        }
        after = page.rows.last().map(|(key, _)| key.clone());
        if !page.more {
            break;
        }
    }
    (named, served)
}

fn salvage(old: &LocalEngine, to: &Path) -> Result<SalvageReport> {
    old.salvage(&LocalOptions::new(to), &mut |_| ControlFlow::Continue(()))?;
    let (_, repository) = open(to, Access::Write)?;
    let earlier = |cell: &_| old.earlier_values(cell).unwrap_or_default();
    Ok(repository.settle_salvaged(&earlier, &stamp("salvage"))?)
}

/// Whether the new store takes a commit and a publish.
fn works(content: &Content, repository: &Repository) -> bool {
    let work = || -> Result<()> {
        let mut edits = Edits::new(content);
        repository.commit(cms_core::repo::CommitRequest {
            branch: Branch::Main,
            expected: None,
            changes: edits.changes(1, Edit::Text)?,
            stamp: stamp("edit"),
        })?;
        repository.channel(&CHANNEL.parse()?)?.publish(&cms_core::repo::PublishRequest {
            target: None,
            only: Vec::new(),
            strict: false,
            may_empty: false,
            plan: None,
            stamp: stamp("publish"),
        })?;
        Ok(())
    };
    work().map_err(|error| say(format_args!("{error:#}"))).is_ok()
}
