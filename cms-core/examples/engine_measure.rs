//! Measures the local engine: `cargo run --release -p cms-core --features conformance --example
//! engine_measure -- DIRECTORY [ENTRIES]`. Prints one number a line; nothing is asserted. `DIRECTORY/large open`
//! opens what an earlier run left, in a process that did nothing else.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use cms_core::{
    engine::{
        Engine, Expected,
        conformance::{cell, operation, put, transaction},
        faulty::{SyncTime, TimedDisk},
        local::{LocalEngine, LocalOptions, disk::RealDisk},
    },
    model::object::{Object, ObjectKind, Space},
};

fn timed(directory: &Path, time: SyncTime) -> (LocalEngine, Arc<TimedDisk>) {
    let disk = Arc::new(TimedDisk::new(Arc::new(RealDisk), time));
    let options = LocalOptions { disk: disk.clone(), ..LocalOptions::new(directory) };
    (LocalEngine::open(options).expect("the store opens"), disk)
}

fn object(number: u64, size_bytes: usize) -> Object {
    let mut bytes = vec![0; size_bytes];
    blake3::Hasher::new().update(&number.to_le_bytes()).finalize_xof().fill(&mut bytes);
    Object::new(ObjectKind::Document, bytes)
}

fn memory_kb() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name| status.lines().find(|line| line.starts_with(name)).unwrap_or("").to_owned();
    format!("{} {}", line("RssAnon:"), line("RssFile:"))
}

fn commits(directory: &Path) {
    let (engine, _) = timed(directory, SyncTime::Nothing);
    let count = 5000u64;
    let batches: Vec<_> = (0..count)
        .map(|number| {
            let mut each = transaction(operation(number)).audited("who did what");
            for part in 0..10 {
                each = each.adding(Space::Source, object(number * 10 + part, 2000));
            }
            let expected = if number == 0 { Expected::Absent } else { Expected::Version(number) };
            each.swapping(put(cell("branch/main", "head"), expected, number.to_string()))
        })
        .collect();
    let start = Instant::now();
    for each in batches {
        engine.commit(vec![each]).expect("it is committed");
    }
    let each = start.elapsed() / count as u32;
    println!("commit of 10 objects of 2 KB, a cell and an audit record, no sync: {each:?}");
}

fn import(directory: &Path, entries: u64) {
    let (engine, _) = timed(directory, SyncTime::Nothing);
    let per_batch = 5000;
    let mut spent = Duration::ZERO;
    let mut size_bytes = 0;
    for batch in 0..entries * 2 / per_batch {
        let mut each = transaction(operation(batch));
        for number in 0..per_batch {
            // A document of 1 KB and a small revision for each entry, on average 1.3 KB.
            let size = if number % 2 == 0 { 2200 } else { 400 };
            size_bytes += size as u64;
            each = each.adding(Space::Source, object(1 << 40 | (batch * per_batch + number), size));
        }
        let start = Instant::now();
        engine.commit(vec![each]).expect("it is committed");
        spent += start.elapsed();
    }
    let rate = size_bytes as f64 / 1e6 / spent.as_secs_f64();
    println!("import of {} MB: {spent:?}, {rate:.0} MB/s; {}", size_bytes / 1_000_000, memory_kb());
}

fn writers(directory: &Path) {
    let (engine, disk) = timed(directory, SyncTime::Sleep(Duration::from_millis(4)));
    let before = disk.syncs();
    let (writers, each) = (32u64, 50u64);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for writer in 0..writers {
            let engine = &engine;
            scope.spawn(move || {
                for number in 0..each {
                    let name = cell(&format!("draft/{writer}"), &format!("n{number}"));
                    let one = transaction(operation(1 << 50 | writer << 20 | number))
                        .swapping(put(name, Expected::Absent, "text"));
                    engine.commit(vec![one]).expect("it is committed");
                }
            });
        }
    });
    let syncs = disk.syncs() - before;
    let commits = writers * each;
    println!(
        "{commits} commits of 32 writers, a sync of 4 ms: {syncs} syncs, {:.1} commits a sync, {:?}",
        commits as f64 / syncs as f64,
        start.elapsed()
    );
}

fn opening(directory: &Path) {
    let start = Instant::now();
    let engine = LocalEngine::open(LocalOptions::new(directory)).expect("the store opens");
    println!("open: {:?}; {}", start.elapsed(), memory_kb());
    let mut ids = Vec::new();
    for _ in 0..100 {
        let page = engine.objects(&Space::Source, ids.last().copied(), 1000).expect("a page");
        ids.extend(page);
    }
    let stride = 7919;
    let start = Instant::now();
    for at in 0..ids.len() {
        let id = ids[at * stride % ids.len()];
        assert!(engine.object(&Space::Source, id).expect("it is read").is_some());
    }
    println!("read by id: {:?} each", start.elapsed() / ids.len() as u32);
    let start = Instant::now();
    let held = engine.holds(&Space::Source, &ids).expect("it is known");
    println!("holds: {:?} each", start.elapsed() / held.len() as u32);
    for row in engine.usage().expect("usage").rows {
        println!("usage: {}: {}, {} bytes", row.what, row.count, row.size_bytes);
    }
    println!("{}", memory_kb());
    let start = Instant::now();
    drop(engine);
    println!("close: {:?}", start.elapsed());
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = std::path::PathBuf::from(arguments.next().expect("a directory is named"));
    let second = arguments.next();
    if second.as_deref() == Some("open") {
        return opening(&directory);
    }
    if second.as_deref() == Some("commits") {
        return commits(&directory);
    }
    let entries = second.map_or(100_000, |text| text.parse().expect("a number"));
    commits(&directory.join("commits"));
    writers(&directory.join("writers"));
    let large = directory.join("large");
    import(&large, entries);
    opening(&large);
    opening(&large);
    let start = Instant::now();
    let options = LocalOptions {
        derived: cms_core::engine::local::Derived::Rebuild,
        ..LocalOptions::new(&large)
    };
    drop(LocalEngine::open(options).expect("the store opens"));
    println!("open and make sled and the indexes anew: {:?}", start.elapsed());
}
