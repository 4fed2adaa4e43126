//! The audit: sealed, verified, searched and forgotten; and every way to change it afterwards is found.

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex},
};

use cms_core::{
    engine::{
        CommitError, Engine, Layer, Outcome, Position, Transaction,
        faulty::{Crash, Fault, SimDisk},
        local::{LocalEngine, LocalOptions, Upkeep},
        memory::MemoryEngine,
    },
    repo::{
        AuditHead, AuditKey, AuditOrder, AuditQuery, AuditReport, MarkedClient, Origin, Repository,
        RepositoryOptions, Stamp, Tampering, Via,
    },
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::world::{World, exercise};

const KEY: [u8; 32] = [3; 32];

/// An engine that keeps every transaction, so that somebody may write a store of their own from them.
#[derive(Default)]
struct Overheard {
    inner: MemoryEngine,
    heard: Mutex<Vec<Transaction>>,
}

impl Layer for Overheard {
    fn beneath(&self) -> &dyn Engine {
        &self.inner
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        let outcomes = self.inner.commit(batch.clone())?;
        let applied = batch.into_iter().zip(&outcomes);
        let applied = applied.filter(|(_, outcome)| matches!(outcome, Outcome::Applied(_)));
        self.heard.lock().unwrap().extend(applied.map(|(transaction, _)| transaction));
        Ok(outcomes)
    }
}

fn fields(value: Value) -> Map<String, Value> {
    let Value::Object(fields) = value else { panic!("fields are an object") };
    fields
}

fn note(world: &World, text: &str) {
    let stamp = world.stamp("");
    world.repository.audit().record("noted", fields(json!({ "text": text })), &stamp).unwrap();
}

fn seal(world: &World) -> AuditHead {
    let head = world.repository.audit().seal(&AuditKey::of(&KEY), &world.stamp(""));
    head.unwrap().expect("something was recorded")
}

fn verify(repository: &Repository, kept: &[AuditHead]) -> AuditReport {
    repository.audit().verify(kept, &[], &mut |_| ControlFlow::Continue(())).unwrap()
}

fn found(report: &AuditReport) -> Vec<(Tampering, u64)> {
    report.findings.iter().map(|finding| (finding.what, finding.position)).collect()
}

/// A store with a few hundred records and a seal after every few of them, and what an eavesdropper has of it.
fn sealed(notes: usize, each: usize) -> (World, Arc<Overheard>, Vec<AuditHead>) {
    let engine = Arc::new(Overheard::default());
    let world = World::over(Arc::clone(&engine) as _);
    let mut heads = Vec::new();
    for number in 1..=notes {
        note(&world, &number.to_string());
        if number % each == 0 {
            heads.push(seal(&world));
        }
    }
    (world, engine, heads)
}

/// A whole store, written from transactions that somebody has changed.
fn written_again(transactions: Vec<Transaction>) -> Repository {
    let engine = MemoryEngine::default();
    for transaction in transactions {
        let outcomes = engine.commit(vec![transaction]).unwrap();
        assert!(matches!(outcomes[..], [Outcome::Applied(_)]), "{outcomes:?}");
    }
    Repository::open(Arc::new(engine), RepositoryOptions::default()).unwrap()
}

#[test]
fn what_was_sealed_is_unbroken_and_a_head_that_was_kept_proves_it() {
    let (world, _, heads) = sealed(30, 10);
    note(&world, "since");
    let report = verify(&world.repository, &heads);
    assert!(report.is_unbroken(), "{report:#?}");
    assert_eq!(report.seals_count, 3);
    assert_eq!(report.unsealed_count, 1);
    assert_eq!(report.sealed_through, Some(heads[2].through));
    assert!(report.kept.iter().all(|kept| kept.is_proved));
    assert_eq!(report.keys, [AuditKey::of(&KEY).public()]);
    let text = heads[1].to_string();
    assert!(!text.contains('\n'), "a head is one line");
    assert_eq!(text.parse::<AuditHead>().unwrap(), heads[1]);
}

#[test]
fn nothing_is_sealed_when_nothing_but_seals_was_recorded() {
    let (world, _, heads) = sealed(10, 10);
    assert_eq!(seal(&world), heads[0]);
    assert_eq!(seal(&world), heads[0]);
    note(&world, "more");
    let next = seal(&world);
    assert!(next.through > heads[0].through);
    assert_eq!(next.previous, heads[0].hash);
}

#[test]
fn more_records_than_one_seal_takes_are_sealed_by_several() {
    let (world, _, _) = sealed(2500, 5000);
    let head = seal(&world);
    let report = verify(&world.repository, &[head]);
    assert!(report.is_unbroken() && report.seals_count >= 3, "{report:#?}");
    assert_eq!(report.unsealed_count, 0);
}

#[test]
fn a_repository_without_a_seal_is_unbroken_and_says_that_nothing_is_proved() {
    let world = World::new();
    let report = verify(&world.repository, &[]);
    assert!(report.is_unbroken());
    assert_eq!((report.sealed_through, report.seals_count), (None, 0));
    assert!(report.unsealed_count > 0);
}

/// What somebody does to the records who can write a whole store, but does not have the key.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Change,
    Remove,
    Insert,
    Swap,
}

/// Does it to the transaction with an audit record at `place` of those that were sealed; returns whether anything is
/// different now.
fn done(transactions: &mut [Transaction], deed: Deed, place: usize) -> u64 {
    match deed {
        Deed::Change => {
            let bytes = transactions[place].audit.clone().unwrap();
            transactions[place].audit = Some([&bytes[..], b" "].concat().into());
        }
        Deed::Remove => transactions[place].audit = None,
        Deed::Insert => {
            transactions[place].operation.0[15] ^= 0x55;
            transactions[place].audit = Some("{}".into());
        }
        Deed::Swap => {
            let (first, second) =
                (transactions[place].audit.clone(), transactions[place + 1].audit.clone());
            (transactions[place].audit, transactions[place + 1].audit) = (second, first);
        }
    }
    place as u64 + 1
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_change_of_what_was_sealed_is_found_at_its_position(
        deed in prop_oneof![
            Just(Deed::Change), Just(Deed::Remove), Just(Deed::Insert), Just(Deed::Swap)
        ],
        at in 0_usize..35,
    ) {
        let (_, engine, heads) = sealed(40, 8);
        let mut transactions = engine.heard.lock().unwrap().clone();
        let is_note = |transaction: &Transaction| {
            let audit = transaction.audit.as_deref().unwrap_or_default();
            std::str::from_utf8(audit).unwrap().contains("\"noted\"")
        };
        let places: Vec<usize> = (0..transactions.len() - 1)
            .filter(|place| is_note(&transactions[*place]) && is_note(&transactions[place + 1]))
            .collect();
        let place = places[at % places.len()];
        let position = done(&mut transactions, deed, place);
        let report = verify(&written_again(transactions), &heads);
        let first = report.findings.first();
        prop_assert!(first.is_some_and(|finding| finding.position == position), "{report:#?}");
        for kept in &report.kept {
            prop_assert_eq!(kept.is_proved, kept.through < position);
        }
    }

    #[test]
    fn a_cut_tail_is_found_by_a_head_that_was_kept(cut in 1_usize..30) {
        let (_, engine, heads) = sealed(40, 8);
        let mut transactions = engine.heard.lock().unwrap().clone();
        transactions.truncate(transactions.len() - cut);
        let last = heads.last().unwrap();
        let end = transactions.len() as u64;
        let report = verify(&written_again(transactions), std::slice::from_ref(last));
        // The newest seal's own record comes after what it covers: without it, nothing is lost that it covers.
        prop_assert_eq!(report.is_unbroken(), end >= last.through, "{:#?}", report);
        prop_assert_eq!(report.kept[0].is_proved, end >= last.through);
    }
}

#[test]
fn somebody_who_has_the_key_and_seals_another_past_is_found_by_a_head_that_was_kept() {
    let (_, engine, heads) = sealed(16, 8);
    let mut transactions = engine.heard.lock().unwrap().clone();
    let first_seal = heads[0].through as usize;
    transactions.truncate(first_seal);
    done(&mut transactions, Deed::Change, first_seal - 3);
    let forged = written_again(transactions);
    let stamp = World::reopened(Arc::clone(forged.engine())).stamp("");
    forged.audit().seal(&AuditKey::of(&KEY), &stamp).unwrap();
    assert!(verify(&forged, &[]).is_unbroken(), "the forger's own seals agree with the forgery");
    let report = verify(&forged, &heads[..1]);
    assert_eq!(found(&report), [(Tampering::HeadDiffers, heads[0].through)]);
    assert!(!report.kept[0].is_proved);
}

#[test]
fn a_seal_that_is_gone_or_signed_by_a_stranger_is_found() {
    let (_, engine, heads) = sealed(24, 8);
    let without = |position: u64| {
        let mut transactions = engine.heard.lock().unwrap().clone();
        transactions[position as usize].audit = None;
        found(&verify(&written_again(transactions), &[]))
    };
    let gone = without(heads[1].through);
    assert!(gone.contains(&(Tampering::SealMissing, heads[0].through + 1)), "{gone:?}");
    assert!(gone.contains(&(Tampering::Removed, heads[1].through + 1)), "{gone:?}");
    let (world, _, _) = sealed(8, 8);
    note(&world, "more");
    world.repository.audit().seal(&AuditKey::of(&[4; 32]), &world.stamp("")).unwrap();
    let strange = found(&verify(&world.repository, &[]));
    assert!(strange.iter().all(|(what, _)| *what == Tampering::StrangeKey), "{strange:?}");
    assert!(!strange.is_empty());
}

#[test]
fn a_key_that_has_the_word_of_the_one_before_is_believed() {
    let (world, _, heads) = sealed(8, 8);
    let (old, new) = (AuditKey::of(&KEY), AuditKey::of(&[4; 32]));
    world.repository.audit().announce(&new, Some(&old), &world.stamp("")).unwrap();
    note(&world, "more");
    let head = world.repository.audit().seal(&new, &world.stamp("")).unwrap().unwrap();
    let report = verify(&world.repository, &[heads[0].clone(), head]);
    assert!(report.is_unbroken(), "{report:#?}");
    assert_eq!(report.keys, [old.public(), new.public()]);
    let only = |key: &AuditKey| {
        let keys = [key.public()];
        world.repository.audit().verify(&[], &keys, &mut |_| ControlFlow::Continue(())).unwrap()
    };
    assert!(only(&old).is_unbroken());
    assert!(!only(&new).is_unbroken(), "the first seals are not this key's");
}

#[test]
fn a_head_of_another_repository_proves_nothing() {
    let (world, _, heads) = sealed(8, 8);
    let mut strange = heads[0].clone();
    strange.repository = "0".repeat(32);
    let report = verify(&world.repository, &[strange]);
    assert_eq!(found(&report), [(Tampering::OtherRepository, heads[0].through)]);
    let mut forged = heads[0].clone();
    forged.count += 1;
    let report = verify(&world.repository, &[forged]);
    assert_eq!(found(&report), [(Tampering::BadSignature, heads[0].through)]);
}

#[test]
fn times_that_jump_neither_lose_nor_reorder_records() {
    let world = World::new();
    for time_ms in [5_000, 4, u64::MAX >> 12, 0, 7] {
        let stamp = Stamp { time_ms, ..world.stamp("") };
        world.repository.audit().record("noted", Map::new(), &stamp).unwrap();
        world
            .repository
            .audit()
            .seal(&AuditKey::of(&KEY), &Stamp { time_ms, ..world.stamp("") })
            .unwrap();
    }
    assert!(verify(&world.repository, &[]).is_unbroken());
    let query = AuditQuery { verb: Some("noted".into()), ..AuditQuery::default() };
    let page = world.repository.audit().search(&query, AuditOrder::OldestFirst, None, 10).unwrap();
    let times: Vec<u64> = page.rows.iter().map(|row| row.time_ms).collect();
    assert_eq!(times, [5_000, 4, u64::MAX >> 12, 0, 7]);
}

#[test]
fn old_records_are_forgotten_up_to_a_seal_and_the_rest_is_still_verified() {
    let (world, _, heads) = sealed(40, 8);
    let audit = world.repository.audit();
    let row_time = |position: u64| {
        let page =
            audit.search(&AuditQuery::default(), AuditOrder::OldestFirst, Some(position - 1), 1);
        page.unwrap().rows[0].time_ms
    };
    let until = row_time(heads[2].through) - 1;
    let forgotten = audit.forget(until, &world.stamp("")).unwrap().expect("some are old");
    assert_eq!(forgotten.head, heads[1], "up to the last seal whose records are all old");
    assert_eq!(audit.forget(until, &world.stamp("")).unwrap(), None);
    let page = audit.search(&AuditQuery::default(), AuditOrder::OldestFirst, None, 1).unwrap();
    assert_eq!(page.rows[0].position, heads[1].through + 1);
    seal(&world);
    let report = verify(&world.repository, &heads);
    assert!(report.is_unbroken(), "{report:#?}");
    assert_eq!(report.forgotten_through, Some(heads[1].through));
    let proved: Vec<bool> = report.kept.iter().map(|kept| kept.is_proved).collect();
    assert_eq!(proved, [false, true, true, true, true], "what is gone can't be proved");
}

#[test]
fn files_of_old_records_leave_the_disk_and_a_damaged_one_is_told_from_tampering() {
    let folder = tempfile::tempdir().unwrap();
    let options = LocalOptions {
        journal_size_bytes_max: 8 << 10,
        upkeep: Upkeep::Inline,
        ..LocalOptions::new(folder.path().join("store"))
    };
    let engine = Arc::new(LocalEngine::open(options.clone()).unwrap());
    let world = World::over(Arc::clone(&engine) as _);
    let mut heads = Vec::new();
    for number in 0..200 {
        note(&world, &format!("number {number} {}", "x".repeat(200)));
        if number % 20 == 19 {
            heads.push(seal(&world));
        }
    }
    let files = || {
        let all = std::fs::read_dir(folder.path().join("store")).unwrap();
        let names = all.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name.contains("audit")).collect();
        names.sort();
        names
    };
    let before = files();
    assert!(before.len() > 5, "{before:?}");
    world.repository.audit().forget(heads[5].sealed_ms, &world.stamp("")).unwrap().unwrap();
    assert!(files().len() < before.len());
    assert!(verify(&world.repository, &heads[6..]).is_unbroken());
    drop(world);
    drop(engine);
    let path = folder.path().join("store").join(files().last().unwrap());
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(10).rposition(|window| window == b"xxxxxxxxxx").unwrap();
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let engine = Arc::new(LocalEngine::open(options).unwrap());
    let repository = Repository::open(engine, RepositoryOptions::default()).unwrap();
    let report = verify(&repository, &heads[6..]);
    let whats: Vec<_> = report.findings.iter().map(|finding| finding.what).collect();
    assert_eq!(whats, [Tampering::Unreadable], "{report:#?}");
    assert!(!report.damages.is_empty());
}

/// A world on a disk that may fail, with records in several files and their heads.
fn on_disk(disk: &SimDisk) -> (World, Vec<AuditHead>) {
    let world = World::over(Arc::new(LocalEngine::open(options_on(disk)).unwrap()) as _);
    let mut heads = Vec::new();
    for number in 0..60 {
        note(&world, &format!("number {number} {}", "x".repeat(200)));
        if number % 15 == 14 {
            heads.push(seal(&world));
        }
    }
    (world, heads)
}

fn options_on(disk: &SimDisk) -> LocalOptions {
    LocalOptions {
        journal_size_bytes_max: 8 << 10,
        upkeep: Upkeep::Inline,
        // There can be no sled here, so cells are looked up in memory.
        cell_index_directory: "/dev/null/sled".into(),
        disk: Arc::new(disk.clone()),
        ..LocalOptions::new("/store")
    }
}

#[test]
fn forgetting_that_is_cut_off_at_any_step_is_finished_by_the_next_one_and_loses_nothing_else() {
    let whole = SimDisk::new(1);
    let (world, heads) = on_disk(&whole);
    let before = whole.calls();
    let until = heads[2].sealed_ms;
    let forgotten = world.repository.audit().forget(until, &world.stamp("")).unwrap();
    let expected = forgotten.expect("some are old").head;
    let after = whole.calls();
    let oldest = |world: &World| {
        let audit = world.repository.audit();
        let page = audit.search(&AuditQuery::default(), AuditOrder::OldestFirst, None, 1);
        page.unwrap().rows[0].position
    };
    let first = oldest(&world);
    assert!(first > 1, "files of old records are gone");
    drop(world);
    assert!(after - before > 5, "forgetting makes {} calls", after - before);
    for at in before + 1..=after {
        for fault in [Fault::Error, Fault::Stop] {
            for crash in [Crash::Killed, Crash::PowerCut] {
                let told = format!("call {}: {fault:?}, then {crash:?}", at - before);
                let disk = SimDisk::new(1);
                let (world, heads) = on_disk(&disk);
                assert_eq!(disk.calls(), before, "the history is the same each time");
                disk.fail(at, fault);
                let _ = world.repository.audit().forget(until, &world.stamp(""));
                let left = disk.crashed(crash);
                drop(world);

                let engine = LocalEngine::open(options_on(&left)).expect("it opens");
                let world = World::reopened(Arc::new(engine) as _);
                let audit = world.repository.audit();
                // Whatever was reached, what is left is whole, and its end is proved.
                let report = verify(&world.repository, &heads[3..]);
                assert!(report.is_unbroken(), "{told}: {report:#?}");
                let floor = audit.floor().unwrap();
                assert!(floor.is_none() || floor.as_ref() == Some(&expected), "{told}: {floor:?}");
                audit.forget(until, &world.stamp("")).unwrap();
                assert_eq!(audit.floor().unwrap().as_ref(), Some(&expected), "{told}");
                // Records that share a file with newer ones stay with them.
                let kept = oldest(&world);
                assert!((first..=expected.through + 1).contains(&kept), "{told}: {kept}");
                assert!(verify(&world.repository, &heads[3..]).is_unbroken(), "{told}");
            }
        }
    }
}

#[test]
fn a_page_holds_what_was_asked_for_and_says_where_it_ends() {
    let world = World::new();
    for number in 0..30 {
        let author = if number % 3 == 0 { "ben" } else { "ana" };
        let stamp = Stamp {
            author: author.parse().unwrap(),
            origin: Origin::by(Via::Key(format!("k{number}"))),
            ..world.stamp("")
        };
        let told = json!({ "channel": "live", "key": format!("exercise/x{number}") });
        world.repository.audit().record("noted", fields(told), &stamp).unwrap();
    }
    let audit = world.repository.audit();
    let search = |query: &AuditQuery, order, after, rows_max| {
        let page = audit.search(query, order, after, rows_max).unwrap();
        let names: Vec<String> =
            page.rows.iter().map(|row| row.via.clone().unwrap_or_default()).collect();
        (names, page.next)
    };
    let ben = AuditQuery { person: Some("ben".into()), ..AuditQuery::default() };
    let (first, next) = search(&ben, AuditOrder::NewestFirst, None, 4);
    assert_eq!(first, ["key:k27", "key:k24", "key:k21", "key:k18"]);
    let (second, next) = search(&ben, AuditOrder::NewestFirst, next, 100);
    assert_eq!(second, ["key:k15", "key:k12", "key:k9", "key:k6", "key:k3", "key:k0"]);
    assert_eq!(next, None);
    let entry = AuditQuery { entry: Some("exercise/x7".into()), ..AuditQuery::default() };
    assert_eq!(search(&entry, AuditOrder::OldestFirst, None, 9).0, ["key:k7"]);
    let text = AuditQuery { text: Some("EXERCISE/X2".into()), ..AuditQuery::default() };
    assert_eq!(search(&text, AuditOrder::OldestFirst, None, 99).0.len(), 11);
    let none = AuditQuery { person: Some("a\"b".into()), ..AuditQuery::default() };
    assert_eq!(search(&none, AuditOrder::NewestFirst, None, 9), (vec![], None));
}

#[test]
fn an_address_is_found_from_its_mark_until_its_key_is_dropped() {
    let world = World::new();
    let audit = world.repository.audit();
    let address = "192.0.2.7".parse().unwrap();
    assert_eq!(audit.mark(address).unwrap(), None, "there is no key yet");
    audit.keep_client_key(&[9; 32], &world.stamp("")).unwrap();
    let mark = audit.mark(address).unwrap().unwrap();
    assert_eq!(audit.mark("::ffff:192.0.2.7".parse().unwrap()).unwrap(), Some(mark.clone()));
    assert_ne!(audit.mark("2001:db8::7".parse().unwrap()).unwrap(), Some(mark.clone()));
    assert_eq!(audit.marked(&mark).unwrap(), MarkedClient::Address(address));
    for strange in ["", "x", "a.b", &mark.replace('.', "/"), &format!("{mark}0")] {
        assert!(matches!(
            audit.marked(strange).unwrap(),
            MarkedClient::Unreadable | MarkedClient::Forgotten
        ));
    }
    let later = |days: u64| Stamp { time_ms: days * 24 * 3600 * 1000, ..world.stamp("") };
    audit.keep_client_key(&[10; 32], &later(10)).unwrap();
    assert_eq!(audit.mark(address).unwrap(), Some(mark.clone()), "the first key is still in use");
    audit.keep_client_key(&[11; 32], &later(31)).unwrap();
    assert_ne!(audit.mark(address).unwrap(), Some(mark.clone()));
    let mut number = 0_u64;
    let mut operation = || {
        number += 1;
        cms_core::engine::OperationId((u128::from(number) << 70).to_be_bytes())
    };
    let now = 40 * 24 * 3600 * 1000;
    assert_eq!(audit.forget_clients(now, &mut operation).unwrap(), 1);
    assert_eq!(audit.forget_clients(u64::MAX, &mut operation).unwrap(), 0, "one stays in use");
    assert_eq!(audit.marked(&mark).unwrap(), MarkedClient::Forgotten);
}

#[test]
fn what_is_recorded_of_an_origin_is_for_the_audit_alone() {
    let world = World::new();
    let origin = Origin {
        via: Some(Via::Session("s1".into())),
        client: Some("m.1".into()),
        on_behalf_of: Some("ben".parse().unwrap()),
    };
    let stamp = Stamp { origin, ..world.stamp("") };
    world.repository.audit().record("noted", Map::new(), &stamp).unwrap();
    let page = world.repository.audit().search(
        &AuditQuery { person: Some("ben".into()), ..AuditQuery::default() },
        AuditOrder::NewestFirst,
        None,
        1,
    );
    let row = page.unwrap().rows.remove(0);
    assert_eq!(row.via.as_deref(), Some("session:s1"));
    assert_eq!(row.client.as_deref(), Some("m.1"));
    let happened = world.repository.history().happened(Position(row.position - 1), 1).unwrap();
    assert!(happened[0].fields.is_empty(), "{happened:?}");
}

#[test]
fn a_commit_is_found_by_the_entry_that_it_changed_and_says_what_was_there_before() {
    let world = World::new();
    let audit = world.repository.audit();
    let query = AuditQuery { entry: Some("exercise/x1".into()), ..AuditQuery::default() };
    let before = world.repository.resolve("main").unwrap();
    let committed = world.put("exercise/x1", exercise("One", "How many?"));
    let row = audit.search(&query, AuditOrder::NewestFirst, None, 1).unwrap().rows.remove(0);
    let cms_core::repo::State::Commit(before) = before else { panic!("main is a commit") };
    assert_eq!(row.before, Some(json!(before.to_string())));
    assert_eq!(row.after, Some(json!(committed.commit.to_string())));
    let happened = world.repository.history().happened(Position(row.position - 1), 1).unwrap();
    assert!(!happened[0].fields.contains_key("entries"), "events name no entry by it");
}
