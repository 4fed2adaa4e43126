//! What is measured in a process of its own: opening, resident memory, and being killed.

use std::{fs, path::Path, time::Instant};

use anyhow::{Context, Result};
use cms_bench::generator::Edit;
use cms_core::{
    model::{key::EntryKey, name::Branch},
    repo::RepositoryOptions,
};

use crate::{
    disk::{MeasuredDisk, Sync},
    figure::ms,
    store::{Edits, Place, content, open as open_store, snapshot},
};

/// Keys read at random.
const READS_COUNT: usize = 10_000;
/// A journal of this many bytes is nearly full; it is sealed at 64 MiB.
const JOURNAL_FULL_SIZE_BYTES: u64 = 60 << 20;

/// Opens a store up to its first answer, and prints the milliseconds.
pub(crate) fn open(folder: &Path) -> Result<()> {
    let start = Instant::now();
    let disk = MeasuredDisk::new(Sync::Real);
    let repository = open_store(folder, &disk, RepositoryOptions::default())?;
    snapshot(&repository)?;
    println!("{}", ms(start.elapsed()));
    Ok(())
}

/// Reads delivered entries at random, and prints anonymous and file-backed resident bytes.
pub(crate) fn read(folder: &Path, entries_count: u32) -> Result<()> {
    let disk = MeasuredDisk::new(Sync::Real);
    // The generator's own memory is not the store's, so the keys come from outside.
    let keys = fs::read_to_string(folder.with_extension("keys"))?;
    let repository = open_store(folder, &disk, RepositoryOptions::default())?;
    let snapshot = snapshot(&repository)?;
    let delivery = repository.delivery();
    let mut read_count = 0;
    for key in keys.lines() {
        let key: EntryKey = key.parse()?;
        let row = delivery.delivered(&snapshot, &key, None)?.context("not delivered")?;
        delivery.object(row.object.object_id())?.context("no object")?;
        read_count += 1;
    }
    anyhow::ensure!(read_count > 0 && entries_count > 0, "nothing was read");
    let status = fs::read_to_string("/proc/self/status")?;
    let of = |name: &str| -> Result<u64> {
        let line = status.lines().find(|line| line.starts_with(name)).context("no such line")?;
        let kib: u64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kib << 10)
    };
    println!("{} {}", of("RssAnon:")?, of("RssFile:")?);
    Ok(())
}

/// Writes the keys that [`read`] reads.
pub(crate) fn write_keys(folder: &Path, entries_count: u32) -> Result<()> {
    let content = content(entries_count, 0);
    let mut edits = Edits::new(&content);
    let keys: Vec<_> = (0..READS_COUNT).map(|_| content.key(edits.entry())).collect();
    Ok(fs::write(folder.with_extension("keys"), keys.join("\n"))?)
}

/// Commits until the journal is nearly full, says so, and waits to be killed.
pub(crate) fn fill(folder: &Path, entries_count: u32) -> Result<()> {
    let content = content(entries_count, 0);
    let store = Place { folder: folder.to_owned() }.open(Sync::None)?;
    let mut edits = Edits::new(&content);
    let mut before = 0;
    loop {
        store.commit(&Branch::Main, edits.changes(1, Edit::Text)?)?;
        let now = newest_journal_size_bytes(folder)?;
        // Full of this process's own commits, and not just sealed.
        if now >= JOURNAL_FULL_SIZE_BYTES && now > before && before > 0 {
            break;
        }
        before = now;
    }
    println!("full");
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

fn newest_journal_size_bytes(folder: &Path) -> Result<u64> {
    let mut newest = (0, 0);
    for file in fs::read_dir(folder)? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        if let Some(number) = name.strip_prefix("journal-") {
            let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
            newest = newest.max((digits.parse::<u64>()?, file.metadata()?.len()));
        }
    }
    Ok(newest.1)
}
