//! Where an insertion or removal of one side begins, when the text around it allows several places.

use super::super::super::align::Block;

/// A gap is moved at most this far, in tokens.
const SLIDE_MAX: usize = 256;

/// A stretch of a text, and which of its tokens end a sentence.
#[derive(Clone, Copy)]
pub(super) struct Stretch<'s, 't> {
    pub(super) tokens: &'s [&'t str],
    pub(super) ends: &'s [bool],
}

/// Moves what one side only inserted or removed to where sentences begin and end, as far as the text around it allows:
/// `A. [B. ]C.` rather than `A[. B]. C.`.
pub(super) fn at_sentences(
    mut blocks: Vec<Block>,
    base: Stretch<'_, '_>,
    changed: Stretch<'_, '_>,
) -> Vec<Block> {
    for index in 1..blocks.len() {
        let (left, right) = (blocks[index - 1], blocks[index]);
        let (from, to) =
            ((left.before + left.len, right.before), (left.after + left.len, right.after));
        let (Stretch { tokens, ends }, (start, end)) = match (from.0 == from.1, to.0 == to.1) {
            (true, false) => (changed, to),
            (false, true) => (base, from),
            _ => continue,
        };
        let fits = |start: usize, end: usize| (start == 0 || ends[start - 1]) && ends[end - 1];
        if fits(start, end) {
            continue;
        }
        let back = (1..=left.len.min(SLIDE_MAX))
            .take_while(|by| tokens[start - by] == tokens[end - by])
            .find(|by| fits(start - by, end - by));
        let on = (1..=right.len.min(SLIDE_MAX))
            .take_while(|by| tokens[start + by - 1] == tokens[end + by - 1])
            .find(|by| fits(start + by, end + by));
        if let Some(by) = back {
            blocks[index - 1].len -= by;
            let right = &mut blocks[index];
            (right.before, right.after, right.len) =
                (right.before - by, right.after - by, right.len + by);
        } else if let Some(by) = on {
            blocks[index - 1].len += by;
            let right = &mut blocks[index];
            (right.before, right.after, right.len) =
                (right.before + by, right.after + by, right.len - by);
        }
    }
    blocks.retain(|block| block.len > 0);
    blocks
}
