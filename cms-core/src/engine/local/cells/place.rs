//! Where sled lies: in a numbered directory below its own. A rotation fills the next one and removes the others; an
//! earlier program kept sled in the directory itself.

use std::path::{Path, PathBuf};

use super::{AppliedTo, CellIndex, CellIndexError, remove};

/// Where sled may lie, the newest place first.
fn places(directory: &Path) -> Vec<PathBuf> {
    let numbers = numbers(directory);
    let numbered = numbers.into_iter().rev().map(|number| numbered(directory, number));
    let own = directory.join("conf").is_file().then(|| directory.to_owned());
    numbered.chain(own).collect()
}

fn numbers(directory: &Path) -> Vec<u64> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut numbers: Vec<u64> = names
        .filter(|name| name.len() == 8 && name.bytes().all(|byte| byte.is_ascii_digit()))
        .filter_map(|name| name.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

fn numbered(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("{number:08}"))
}

/// The place of the next sled.
pub(in crate::engine::local) fn next(directory: &Path) -> PathBuf {
    numbered(directory, numbers(directory).last().map_or(1, |last| last + 1))
}

/// The newest sled that was filled, with its place.
pub(in crate::engine::local) fn newest(
    directory: &Path,
) -> Option<(CellIndex, AppliedTo, PathBuf)> {
    places(directory).into_iter().find_map(|place| {
        let cells = CellIndex::open_sled(&place).ok()?;
        match cells.applied_to() {
            Ok(Some(applied_to)) => Some((cells, applied_to, place)),
            _ => {
                cells.close();
                None
            }
        }
    })
}

/// Removes everything next to a place.
pub(in crate::engine::local) fn remove_others(
    directory: &Path,
    kept: &Path,
) -> Result<(), CellIndexError> {
    if kept == directory {
        return numbers(directory).into_iter().try_for_each(|n| remove(&numbered(directory, n)));
    }
    let failed = |error| CellIndexError(format!("sled can't be removed: {error}"));
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path == kept {
            continue;
        }
        if path.is_dir() {
            remove(&path)?;
        } else {
            std::fs::remove_file(&path).map_err(failed)?;
        }
    }
    Ok(())
}
