//! Which changes of two sides can't be joined in one sentence.

use super::{
    super::{
        super::{sides::Sides, tokens::words_count},
        sentences,
    },
    From, Piece, Weaver, is_enough,
};

/// Two changes of one sentence with at most this many unchanged words between them are near each other.
const NEAR_WORDS_MAX: usize = 2;

impl Weaver<'_, '_> {
    /// Whether changes of the two sides can't be joined in a sentence.
    pub(super) fn clashes(&self, sentence: &[Piece]) -> bool {
        let words_in = |piece: &Piece| words_count(self.tokens(&piece.at).base);
        let words: usize = sentence.iter().map(words_in).sum();
        let changed = |from: From| {
            sentence.iter().filter(move |piece| piece.from == from && !self.is_spacing(piece))
        };
        if [From::Ours, From::Theirs].into_iter().any(|from| {
            let gone: usize = changed(from).map(words_in).sum();
            !is_enough(words - gone, words)
        }) {
            return true;
        }
        let says = |piece: &Piece, what: fn(&str) -> bool| {
            let Sides { base, ours, theirs } = self.tokens(&piece.at);
            let told = if piece.from == From::Ours { ours } else { theirs };
            [base, told].into_iter().flatten().any(|token| what(token))
        };
        // Unchanged lines separate what is in different stretches of lines.
        let of_one = |one: &Piece, two: &Piece| one.chunk == two.chunk;
        for one in changed(From::Ours) {
            for two in changed(From::Theirs).filter(|two| of_one(one, two)) {
                if says(one, sentences::negates) || says(two, sentences::negates) {
                    return true;
                }
                if says(one, sentences::is_quantity) && says(two, sentences::is_quantity) {
                    return true;
                }
            }
        }
        self.near(sentence)
    }

    /// Whether a change of one side is near one of the other.
    fn near(&self, sentence: &[Piece]) -> bool {
        let mut last: Option<(&Piece, usize)> = None;
        for piece in sentence {
            let is_change =
                matches!(piece.from, From::Ours | From::Theirs) && !self.is_spacing(piece);
            if !is_change {
                let tokens = self.tokens(&piece.at).ours;
                let parts = tokens.iter().filter(|token| sentences::parts_clauses(token)).count();
                last = last.map(|(from, words)| (from, words + words_count(tokens) + parts));
                continue;
            }
            if let Some((before, words)) = last
                && before.from != piece.from
                && before.chunk == piece.chunk
                && words <= NEAR_WORDS_MAX
            {
                return true;
            }
            last = Some((piece, 0));
        }
        false
    }
}
