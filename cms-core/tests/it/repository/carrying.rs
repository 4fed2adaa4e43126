//! A document is made once, where it comes in, and is then passed on. These tests count how many times each verb
//! makes one.
//!
//! Only the document at hand is counted: it is much larger than everything else in these stores.

use cms_core::model::materialised::{Materialised, count};
use serde_json::{Value, json};

use super::{
    drafting::{begin, commit_to, on_main, save, save_as, started, tag},
    world::{World, video},
};

const PARAGRAPHS: usize = 300;
const SIZE_BYTES_MIN: usize = 8_000;

fn paragraph(number: usize) -> String {
    format!("Paragraph {number} says what it says, in words of its own.")
}

/// A large document; each change is to one of its paragraphs.
fn large(changes: &[(usize, &str)]) -> Value {
    let mut paragraphs: Vec<String> = (0..PARAGRAPHS).map(paragraph).collect();
    for (at, text) in changes {
        paragraphs[*at] = (*text).to_owned();
    }
    let mut video = video("Watch");
    video["description"] = json!(paragraphs.join("\n\n"));
    video
}

fn counted<T>(verb: impl FnOnce() -> T) -> (T, Materialised) {
    count(SIZE_BYTES_MIN, verb)
}

fn started_large() -> World {
    let world = started();
    world.put("video/v", large(&[]));
    world
}

#[test]
fn a_save_makes_its_document_whole_three_times() {
    let world = started();
    let draft = begin(&world, "A long one").draft;
    // It is parsed, its bytes are written, and these are put into the working copy.
    let three = Materialised { parsed: 1, written: 2, copied: 0, judged: 1 };
    let (first, made) = counted(|| save(&world, &draft, "video/v", &large(&[])));
    assert_eq!((made, first.violations), (three, vec![]));
    // The same over a working copy, whose previous content is not read.
    let read = tag(&world, &draft, "video/v");
    let next = large(&[(7, "Another.")]);
    let save = || save_as(&world, &draft, world.stamp("type"), "video/v", &next, read);
    let (second, made) = counted(save);
    assert_eq!((made, second.unwrap().violations), (three, vec![]));
}

#[test]
fn what_was_typed_is_read_once_to_be_committed_and_written_nowhere_anew() {
    let world = started();
    let draft = begin(&world, "A long one").draft;
    save(&world, &draft, "video/v", &large(&[]));
    let commit = || world.drafts().commit(&draft, None, &world.stamp("so far"));
    let (committed, made) = counted(commit);
    committed.unwrap();
    assert_eq!(made, Materialised { parsed: 1, ..Materialised::default() });
}

#[test]
fn an_entry_that_is_put_on_main_is_read_once_and_judged_once() {
    let world = started();
    let (_, made) = counted(|| world.put("video/v", large(&[])));
    assert_eq!(made, Materialised { parsed: 1, written: 1, copied: 0, judged: 1 });
}

#[test]
fn a_merged_entry_is_written_once_and_judged_once() {
    let world = started_large();
    let [ana, ben] = ["Ana's", "Ben's"].map(|title| begin(&world, title).draft);
    commit_to(&world, &ana, &[("video/v", Some(large(&[(3, "As Ana has it.")])))]);
    commit_to(&world, &ben, &[("video/v", Some(large(&[(290, "As Ben has it.")])))]);
    world.drafts().merge(&ana, &world.stamp("merge")).unwrap();
    let (merged, made) = counted(|| world.drafts().merge(&ben, &world.stamp("merge")));
    assert_eq!(merged.unwrap().changed_count, 1);
    assert_eq!(
        on_main(&world, "video/v"),
        Some(large(&[(3, "As Ana has it."), (290, "As Ben has it.")]))
    );
    // Base, ours and theirs are read to be merged, and ours once more for its earlier links.
    assert_eq!(made, Materialised { parsed: 4, written: 1, copied: 0, judged: 1 });
}
