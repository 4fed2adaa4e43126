//! What is written reads back, and what is corrupted is an error.

use super::*;
use crate::engine::conformance::document;

#[test]
fn a_transaction_reads_back_as_it_was_written() {
    let objects = [
        (Space::Source, document("one")),
        (Space::Source, document("")),
        (Space::Public, document("one")),
    ];
    let cells = [
        (b"branch/main\0head".to_vec(), Some(Bytes::from("value"))),
        (b"branch/main\0lock".to_vec(), None),
    ];
    let operation = OperationId([7; 16]);
    let mut buffer = Vec::new();
    begin(&mut buffer, 41);
    let mut places = Vec::new();
    let audit = Bytes::from("who");
    push(&mut buffer, 41, operation, &objects, &cells, Some(&audit), |_, _, at| places.push(at));
    push(&mut buffer, 42, operation, &[], &[], None, |_, _, _| {});
    let Ok(Payload::Transactions(read)) = read(&buffer) else { panic!("it is readable") };
    assert_eq!(read.iter().map(|each| each.position).collect::<Vec<_>>(), [41, 42]);
    let first = &read[0];
    let spaces: Vec<&str> = first.objects.iter().map(|object| object.space).collect();
    assert_eq!(spaces, ["source", "source", "public"]);
    assert_eq!(first.objects.iter().map(|object| object.offset).collect::<Vec<_>>(), places);
    assert!(first.objects.iter().zip(&objects).all(|(found, (_, object))| {
        found.header.id == object.id() && found.record.ends_with(object.bytes())
    }));
    let versions: Vec<_> = first.cells.iter().map(|cell| (cell.version, cell.value)).collect();
    assert_eq!(versions, [(41, Some(&b"value"[..])), (41, None)]);
    assert_eq!(first.audit.as_ref().map(|row| row.bytes), Some(&b"who"[..]));
}

#[test]
fn every_cut_is_an_error_and_no_flip_panics() {
    let mut buffer = Vec::new();
    begin(&mut buffer, 1);
    let objects = [(Space::Source, document("one"))];
    let cells = [(b"a\0b".to_vec(), Some(Bytes::from("value")))];
    let audit = Bytes::from("who");
    push(&mut buffer, 1, OperationId([1; 16]), &objects, &cells, Some(&audit), |_, _, _| {});
    for length in 3..buffer.len() {
        assert!(read(&buffer[..length]).is_err(), "cut at {length}");
    }
    for at in 0..buffer.len() * 8 {
        let mut flipped = buffer.clone();
        flipped[at / 8] ^= 1 << (at % 8);
        let _ = read(&flipped);
    }
}
