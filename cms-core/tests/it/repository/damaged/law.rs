//! The law: whatever happens to one byte, everything that does not depend on it is exported and served.

use std::collections::BTreeSet;

use cms_core::{
    engine::faulty::SimDisk,
    model::key::EntryKey,
    repo::{DamageRow, State},
};

use super::store::{Whole, bytes_of, exported, made, opened, real, verified};

/// In a short run about this many bytes are damaged; `CMS_TEST_DAMAGES` sets another number.
const DAMAGES_SHORT: usize = 60;

fn long() -> bool {
    std::env::var_os("CMS_TEST_LONG").is_some_and(|value| value == "1")
}

/// Whether one of these rows says that the state lacks the entry, or may lack it.
fn touches(
    rows: &[&DamageRow],
    key: &EntryKey,
    of: &str,
    state: impl Fn(&DamageRow) -> bool,
) -> bool {
    rows.iter().filter(|row| state(row)).any(|row| {
        let in_range = row.ranges.iter().any(|range| {
            let above = |after: &String| after.parse::<EntryKey>().is_ok_and(|after| *key > after);
            let below = |to: &String| to.parse::<EntryKey>().is_ok_and(|to| *key <= to);
            range.of == of
                && range.after.as_ref().is_none_or(above)
                && range.to.as_ref().is_none_or(below)
        });
        let is_whole_state = matches!(row.kind, Some("commit" | "snapshot"));
        row.entries.contains(key) || in_range || is_whole_state
    })
}

/// Whether transactions or cells are lost, so that heads may be where they were earlier.
fn lacks_cells(rows: &[&DamageRow]) -> bool {
    rows.iter().any(|row| row.cell.is_some() || row.transactions.is_some())
}

#[derive(Debug, Default)]
struct Tally {
    tried: usize,
    unopened: usize,
    earlier: usize,
    lines: usize,
    lines_missing: usize,
    served: usize,
    unserved: usize,
}

#[test]
fn whatever_happens_to_one_byte_what_does_not_depend_on_it_is_exported_and_served() {
    let whole = made(false);
    let sizes: Vec<_> = whole
        .disk
        .paths()
        .into_iter()
        .map(|path| (bytes_of(&whole.disk, &path).len(), path))
        .collect();
    let size: usize = sizes.iter().map(|(size, _)| size).sum();
    // An odd stride, so that every kind of place is met.
    let damages = std::env::var("CMS_TEST_DAMAGES");
    let damages = damages.map_or(DAMAGES_SHORT, |text| text.parse().expect("a number"));
    let stride = if long() { 1 } else { (size / damages) | 1 };
    let mut tally = Tally::default();
    let mut skip = 0;
    for (size, path) in &sizes {
        let mut at = skip;
        while at < *size {
            let disk = whole.disk.copied();
            disk.rot(path, |bytes| bytes[at] ^= 1 << (at % 8));
            let what = format!("{}, byte {at}", path.display());
            one_byte(&whole, &disk, &what, &mut tally);
            at += stride;
        }
        skip = at - size;
    }
    eprintln!("{size} bytes in {} files: {tally:?}", sizes.len());
    assert!(tally.lines > tally.tried * whole.lines.len() * 9 / 10, "{tally:?}");
}

fn one_byte(whole: &Whole, disk: &SimDisk, what: &str, tally: &mut Tally) {
    tally.tried += 1;
    let repository = match opened(disk) {
        Ok(repository) => repository,
        Err(error) => {
            // The damage is in the cell that every repository begins with: `cms salvage` makes it again from an
            // earlier one.
            tally.unopened += 1;
            return eprintln!("{what}: {error}");
        }
    };
    let report = verified(&repository);
    let rows = real(&report);
    let main = repository.resolve("main").ok();
    let is_same = main == Some(State::Commit(whole.main));
    assert!(is_same || lacks_cells(&rows) || main.is_none(), "{what}: {rows:#?}");
    tally.earlier += usize::from(!is_same);
    let of_main = |row: &DamageRow| row.branches.iter().any(|branch| branch == "main");
    match exported(&repository, whole.main) {
        Ok((lines, report)) => {
            let mut missing = BTreeSet::new();
            for ((key, locale), expected) in &whole.lines {
                match lines.get(&(key.clone(), locale.clone())) {
                    Some(line) if line == expected => {}
                    // Its source or its kind can't be read, which is reported.
                    Some(line) if !locale.is_empty() && line.get("translation").is_some() => {
                        assert!(!rows.is_empty(), "{what}: {key}@{locale}");
                    }
                    Some(line) => panic!("{what}: {line} is not {expected}"),
                    None => drop(missing.insert((key.clone(), locale.clone()))),
                }
            }
            assert_eq!(report.damaged_count, missing.len() as u64, "{what}: {report:#?}");
            let is_told = |(name, locale): &(EntryKey, String)| {
                let key = match locale.parse() {
                    Ok(locale) => name.translated(&locale),
                    Err(_) => name.clone(),
                };
                touches(&rows, &key, "entries", of_main)
            };
            assert!(!is_same || missing.iter().all(is_told), "{what}: {missing:?} of {rows:#?}");
            if is_same {
                assert_eq!(
                    touched_lines(&rows, of_main),
                    missing.len() as u64,
                    "{what}: {rows:#?}"
                );
            }
            tally.lines += lines.len();
            tally.lines_missing += missing.len();
        }
        Err(error) => {
            let is_told = rows.iter().any(|row| of_main(row) && row.entries.is_empty());
            assert!(!is_same || is_told, "{what}: {error}: {rows:#?}");
            tally.lines_missing += whole.lines.len();
        }
    }
    let (served, unserved) = whole.unserved(&repository);
    let is_live = repository
        .delivery()
        .channel_head(&"production".parse().unwrap())
        .is_ok_and(|head| head.is_some_and(|head| head.snapshot == whole.snapshots[1].0));
    for (number, key) in &unserved {
        let name = format!("production@{number}");
        let of_it = |row: &DamageRow| row.snapshots.contains(&name);
        let is_told = touches(&rows, key, "delivered entries", of_it);
        assert!(is_told || !is_live, "{what}: {key} of {name}: {rows:#?}");
    }
    tally.served += served;
    tally.unserved += unserved.len();
}

/// The number of lines of an export that are missing according to the verification.
fn touched_lines(rows: &[&DamageRow], state: impl Fn(&DamageRow) -> bool) -> u64 {
    let each = rows.iter().filter(|row| state(row)).map(|row| match row.kind {
        Some("document") => row.entries_count,
        Some("node") => {
            let of_entries = row.ranges.iter().filter(|range| range.of == "entries");
            of_entries.filter_map(|range| range.count).sum()
        }
        // Media and revisions are not among the lines.
        _ => 0,
    });
    each.sum()
}
