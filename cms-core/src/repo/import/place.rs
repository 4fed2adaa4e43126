//! Where in its file something is: line and column, as editors count them.

use crate::model::canonical;
use crate::repo::import::report::{Origin, RefusedLine};

/// A place in a text, both numbers counted from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: u64,
}

impl Place {
    /// The place of a byte in a text.
    pub(super) fn of(text: &[u8], offset: usize) -> Self {
        let before = &text[..offset.min(text.len())];
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        // The later bytes of a character begin with the bits 10.
        let column = before[start..].iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64 + 1;
        Self { line, column }
    }

    /// The place in the whole text of a place in a part that begins here.
    fn of_part(self, part: Self) -> Self {
        match part.line {
            1 => Self { line: self.line, column: self.column + part.column - 1 },
            _ => Self { line: self.line + part.line - 1, ..part },
        }
    }
}

/// A text that is part of a line or a file, and where it begins there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'t> {
    pub(super) text: &'t [u8],
    pub(super) start: Place,
}

impl Part<'_> {
    /// Gives a refused line the place of its first reason that has a place in this part.
    pub(super) fn locate(self, origin: &Origin, refused: &mut RefusedLine) {
        let mut offsets = refused.reasons.iter().map(|reason| nearest(self.text, &reason.pointer));
        let Some(offset) = offsets.find_map(|offset| offset) else { return };
        let place = self.start.of_part(Place::of(self.text, offset));
        // A line of a file of lines is one line; a file that is one document has many.
        refused.line = origin.line + place.line - 1;
        refused.column = Some(place.column);
    }
}

/// Where the value at a pointer begins, or the nearest value that should contain it.
fn nearest(text: &[u8], pointer: &str) -> Option<usize> {
    let mut pointer = pointer;
    loop {
        if let Some(offset) = canonical::offset_of(text, pointer) {
            return Some(offset);
        }
        pointer = pointer.rsplit_once('/')?.0;
    }
}

/// The message of a JSON parser, without the line and column, which it counts in the part that it was given.
pub(super) fn without_place(said: &str) -> String {
    said.rsplit_once(" at line ").map_or(said, |(said, _)| said).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_editors_do() {
        let text = "{\n  \"é\": 1,\n  \"b\": 2 }".as_bytes();
        let check = |part: &str, line: u64, column: u64| {
            let at = text.windows(part.len()).position(|found| found == part.as_bytes()).unwrap();
            assert_eq!(Place::of(text, at), Place { line, column }, "{part}");
        };
        check("{", 1, 1);
        check("1,", 2, 8);
        check("2 }", 3, 8);
        let start = Place { line: 1, column: 9 };
        assert_eq!(start.of_part(Place { line: 1, column: 3 }), Place { line: 1, column: 11 });
        assert_eq!(start.of_part(Place { line: 2, column: 3 }), Place { line: 2, column: 3 });
    }

    #[test]
    fn what_is_not_there_is_placed_at_what_it_should_stand_in() {
        assert_eq!(nearest(br#"{"a":{"b":1}}"#, "/a/c/d"), Some(5));
        assert_eq!(without_place("trailing comma at line 3 column 7"), "trailing comma");
    }
}
