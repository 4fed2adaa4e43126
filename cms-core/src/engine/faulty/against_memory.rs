//! Compares the local engine with the one in memory, over a disk that crashes where arbitrary bytes say.

use std::{path::PathBuf, sync::Arc};

use super::{Crash, SimDisk};
use crate::{
    engine::{
        CellQuery, Engine, Expected, Position, Swap, SwapValue, Transaction,
        conformance::{cell, document, operation, put, transaction},
        local::{Access, Derived, LocalEngine, LocalOptions, Upkeep},
        memory::MemoryEngine,
    },
    model::{id::ObjectId, object::Space},
};

/// Takes bytes as commands: commits, clean ends, kills and power cuts. After each, and at the end, both engines must
/// give the same answers.
///
/// # Panics
/// When they do not.
pub fn against_memory(bytes: &[u8]) {
    let mut disk = SimDisk::new(bytes.len() as u64);
    let memory = MemoryEngine::new();
    let mut local = open(&disk);
    let mut commands = bytes.iter().copied();
    let mut next = 0;
    while let Some(command) = commands.next() {
        match command % 16 {
            0 => {
                drop(local);
                local = open(&disk);
            }
            crash @ (1 | 2) => {
                // The disk is copied as it was before the engine closed.
                let crash = if crash == 1 { Crash::Killed } else { Crash::PowerCut };
                disk = disk.crashed(crash);
                drop(local);
                local = open(&disk);
                check_same(&local, &memory);
            }
            3 => {
                let taken_down = arbitrary_id(&mut commands, &memory);
                memory.take_down(&[taken_down]).expect("memory takes down");
                local.take_down(&[taken_down]).expect("files take down");
            }
            4 => {
                local.purge().expect("files are purged");
                check_same(&local, &memory);
            }
            _ => {
                let batch: Vec<Transaction> = (0..1 + command % 3)
                    .map(|_| arbitrary_transaction(&mut commands, &memory, &mut next))
                    .collect();
                let expected = memory.commit(batch.clone()).expect("memory commits");
                assert_eq!(local.commit(batch).expect("files commit"), expected);
            }
        }
    }
    check_same(&local, &memory);
}

fn open(disk: &SimDisk) -> LocalEngine {
    LocalEngine::open(LocalOptions {
        disk: Arc::new(disk.clone()),
        // There can be no sled below a device, so cells are looked up in memory, which is quicker.
        cell_index_directory: PathBuf::from("/dev/null/sled"),
        journal_size_bytes_max: 900,
        derived: Derived::Use,
        upkeep: Upkeep::Inline,
        access: Access::Write,
        directory: PathBuf::from("/store"),
    })
    .expect("what was acknowledged opens")
}

/// The id of an object that is there, if any is.
fn arbitrary_id(commands: &mut impl Iterator<Item = u8>, memory: &MemoryEngine) -> ObjectId {
    let ids = memory.objects(&Space::Source, None, 1000).expect("read");
    let at = usize::from(commands.next().unwrap_or(0)) % ids.len().max(1);
    ids.get(at).copied().unwrap_or_else(|| ObjectId::from_bytes([7; 32]))
}

fn arbitrary_transaction(
    commands: &mut impl Iterator<Item = u8>,
    memory: &MemoryEngine,
    next: &mut u64,
) -> Transaction {
    let mut take = || commands.next().unwrap_or(0);
    let shape = take();
    let number = if shape % 8 == 7 { u64::from(take()) } else { *next };
    *next = (*next).max(number) + 1;
    let mut each = transaction(operation(number));
    for _ in 0..shape % 3 {
        let space = if take() % 2 == 0 { Space::Source } else { Space::Public };
        each = each.adding(space, document(vec![take(); usize::from(take())]));
    }
    let group = format!("g{}", shape % 2);
    for at in 0..(shape / 8) % 3 {
        let name = cell(&group, &format!("c{}", u8::wrapping_add(take() % 4, at * 4)));
        let found = memory.cell(&name).expect("memory reads");
        let expected = match take() % 8 {
            0 => Expected::Version(u64::from(take())),
            _ => Expected::unchanged(found.as_ref()),
        };
        each.swaps.push(match take() % 4 {
            0 => Swap { cell: name, expected, value: SwapValue::Delete },
            1 => Swap { cell: name, expected, value: SwapValue::Keep },
            _ => put(name, expected, vec![take(); usize::from(take())]),
        });
    }
    if shape & 64 != 0 {
        each = each.audited(vec![take(); 9]);
    }
    each
}

fn check_same(local: &LocalEngine, memory: &MemoryEngine) {
    let query = CellQuery { rows_max: 1000, ..CellQuery::default() };
    assert_eq!(local.cells(&query).expect("read"), memory.cells(&query).expect("read"));
    let spaces = memory.spaces().expect("read");
    assert_eq!(local.spaces().expect("read"), spaces);
    for space in spaces {
        let ids = memory.objects(&space, None, 1000).expect("read");
        assert_eq!(local.objects(&space, None, 1000).expect("read"), ids);
        for id in ids {
            assert_eq!(
                local.object(&space, id).expect("read"),
                memory.object(&space, id).expect("read")
            );
        }
    }
    let all = Position(0);
    assert_eq!(local.audit(all, 1000).expect("read"), memory.audit(all, 1000).expect("read"));
}
