//! Texts as tokens: words, spaces, marks, and what is never split: formulas, placeholders of widgets, code spans, link
//! targets, HTML tags.
//!
//! Invariants:
//! 1. The tokens of a text, joined, are the text.
//! 2. A formula, placeholder, code span, link target or tag of at most [`ATOM_SIZE_BYTES_MAX`] lies inside one token,
//!    and so inside one line of [`lines`].
//! 3. Tokenizing takes time linear in the text, times that constant at worst.

use std::ops::Range;

/// Longest formula, placeholder, code span, link target or tag that is kept whole.
const ATOM_SIZE_BYTES_MAX: usize = 2048;

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Prose by annotation: Markdown with TeX as Perseus reads it, where a formula may extend over several lines and
    /// begin with a space.
    Prose,
    /// Anything else: perhaps Markdown or code, where a single dollar sign is only a dollar sign.
    Plain,
}

/// The tokens of a text.
pub(super) fn tokens(text: &str, dialect: Dialect) -> Vec<&str> {
    let mut reader = Reader {
        text,
        at: 0,
        dialect,
        fence: None,
        reach_end: 0,
        unplaced_until: 0,
        tokens: Vec::with_capacity(text.len() / 4),
    };
    while reader.at < text.len() {
        if reader.begins_line() {
            reader.note_fence();
        }
        let size = reader.token_size();
        reader.tokens.push(&text[reader.at..reader.at + size]);
        reader.at += size;
    }
    reader.tokens
}

/// The lines that the tokens make, each with its end; a token that contains line ends does not end a line.
pub(super) fn lines(tokens: &[&str]) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (index, token) in tokens.iter().enumerate() {
        if is_line_end(token) {
            lines.push(start..index + 1);
            start = index + 1;
        }
    }
    if start < tokens.len() {
        lines.push(start..tokens.len());
    }
    lines
}

/// Whether a token is a line end.
pub(super) fn is_line_end(token: &str) -> bool {
    token == "\n" || token == "\r\n"
}

/// Whether a token is blank: a space or a line end.
pub(super) fn is_blank(token: &str) -> bool {
    token.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// How many of the tokens say something: they contain a letter or a digit, or are kept whole.
pub(super) fn words_count(tokens: &[&str]) -> usize {
    tokens.iter().filter(|token| token.contains(char::is_alphanumeric)).count()
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    dialect: Dialect,
    /// The mark that closes the current fenced code.
    fence: Option<&'t str>,
    /// How far an atom may extend from here, found once for each paragraph or line.
    reach_end: usize,
    /// No placeholder ends before this position.
    unplaced_until: usize,
    tokens: Vec<&'t str>,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn begins_line(&self) -> bool {
        self.at == 0 || self.tokens.last().is_some_and(|token| is_line_end(token))
    }

    /// Enters or leaves fenced code, in which only lines and words count.
    fn note_fence(&mut self) {
        let line = self.rest().trim_start_matches(' ');
        let mark = ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark));
        match (self.fence, mark) {
            (None, Some(mark)) => {
                // A line such as "```code```" is not a fence.
                let line = line.lines().next().unwrap_or_default();
                if !line.trim_start_matches(&mark[..1]).contains(&mark[..1]) {
                    self.fence = Some(mark);
                }
            }
            (Some(open), Some(mark)) if open == mark => self.fence = None,
            _ => {}
        }
    }

    fn token_size(&mut self) -> usize {
        let rest = self.rest();
        let atom = if self.fence.is_some() { None } else { self.atom_size(rest) };
        if let Some(size) = atom {
            return size;
        }
        let first = rest.chars().next().expect("a token is asked for before the end");
        match first {
            '\n' => 1,
            '\r' if rest.starts_with("\r\n") => 2,
            ' ' | '\t' => run_size(rest, |letter| matches!(letter, ' ' | '\t')),
            '\\' => tex_command_size(rest),
            _ if is_ideograph(first) => first.len_utf8(),
            _ if is_of_word(first) => word_size(rest),
            _ => first.len_utf8(),
        }
    }

    /// The size of what is kept whole, if it begins here.
    fn atom_size(&mut self, rest: &str) -> Option<usize> {
        let size = match rest.as_bytes()[0] {
            b'$' => self.formula_size(rest),
            b'[' if rest.starts_with("[[☃") => self.placeholder_size(rest),
            b'`' => self.code_size(rest),
            b'(' if self.tokens.last() == Some(&"]") => target_size(line(rest)),
            b'<' => tag_size(self.reach(rest)),
            b'h' | b'H' if begins_address(rest) => Some(address_size(rest)),
            _ => None,
        };
        size.filter(|size| *size <= ATOM_SIZE_BYTES_MAX)
    }

    /// As far as an atom may extend: in prose to the end of the paragraph, otherwise to the end of the line.
    fn reach<'r>(&mut self, rest: &'r str) -> &'r str {
        if self.at >= self.reach_end {
            let end = match self.dialect {
                Dialect::Plain => "\n",
                Dialect::Prose => "\n\n",
            };
            self.reach_end = rest.find(end).map_or(self.text.len(), |size| self.at + size.max(1));
        }
        prefix(&rest[..self.reach_end - self.at], ATOM_SIZE_BYTES_MAX)
    }

    /// `[[☃ name]]`.
    fn placeholder_size(&mut self, rest: &str) -> Option<usize> {
        let within = self.reach(rest);
        // If nothing closes an opening, later openings do not search for its end again.
        let known = self.unplaced_until.saturating_sub(self.at).min(within.len());
        let end = within.as_bytes()[known..].windows(2).position(|pair| pair == b"]]");
        if end.is_none() {
            self.unplaced_until = self.at + within.len().saturating_sub(1);
        }
        end.map(|end| known + end + 2)
    }

    /// `$…$` or `$$…$$`; a dollar sign inside braces does not close.
    fn formula_size(&mut self, rest: &str) -> Option<usize> {
        if rest.starts_with("$$") {
            let within = self.reach(rest);
            return within[2..].find("$$").map(|end| end + 4);
        }
        let within = self.reach(rest);
        let bytes = within.as_bytes();
        let is_plain = self.dialect == Dialect::Plain;
        if is_plain && bytes.get(1).is_none_or(u8::is_ascii_whitespace) {
            return None;
        }
        let mut depth = 0_i32;
        let mut at = 1;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'$' if depth <= 0 => {
                    // Two prices in one sentence are not a formula.
                    let is_money = bytes[at - 1].is_ascii_whitespace()
                        || bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
                    return (!(is_plain && is_money)).then_some(at + 1);
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// A code span: with as many backticks at its end as at its beginning.
    fn code_size(&mut self, rest: &str) -> Option<usize> {
        let within = self.reach(rest);
        let ticks = run_size(within, |letter| letter == '`');
        let mut at = ticks;
        while let Some(next) = within[at..].find('`') {
            let run = run_size(&within[at + next..], |letter| letter == '`');
            at += next + run;
            if run == ticks {
                return Some(at);
            }
        }
        None
    }
}

/// At most this many bytes of a text, in whole characters.
fn prefix(text: &str, size_bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(size_bytes_max)]
}

fn line(rest: &str) -> &str {
    prefix(rest, ATOM_SIZE_BYTES_MAX).split('\n').next().unwrap_or_default()
}

fn run_size(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !belongs(letter)).unwrap_or(text.len())
}

/// `\frac` is one token, and so is an escaped mark such as `\$`.
fn tex_command_size(rest: &str) -> usize {
    let letters = run_size(&rest[1..], |letter| letter.is_ascii_alphabetic());
    if letters > 0 {
        return 1 + letters;
    }
    let escaped = rest[1..].chars().next().filter(|letter| !letter.is_whitespace());
    1 + escaped.map_or(0, char::len_utf8)
}

/// `(address "title")` after the text of a link or picture.
fn target_size(line: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn tag_size(within: &str) -> Option<usize> {
    let next = *within.as_bytes().get(1)?;
    if !(next.is_ascii_alphabetic() || next == b'/' || next == b'!') {
        return None;
    }
    let end = within[1..].find(['<', '>'])? + 1;
    (within.as_bytes()[end] == b'>').then_some(end + 1)
}

fn begins_address(rest: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

fn address_size(rest: &str) -> usize {
    let ends = |letter: char| letter.is_whitespace() || "<>\"'`)]}|\\".contains(letter);
    let run = prefix(rest, ATOM_SIZE_BYTES_MAX).split(ends).next().unwrap_or_default();
    run.trim_end_matches(['.', ',', ';', ':', '!', '?']).len()
}

/// A word, with apostrophes and decimal points inside it.
fn word_size(rest: &str) -> usize {
    let mut letters = rest.char_indices().peekable();
    let mut previous = ' ';
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map_or(' ', |(_, letter)| *letter);
        let joins = match letter {
            '\'' | '’' => previous.is_alphabetic() && next.is_alphabetic(),
            '.' | ',' => previous.is_ascii_digit() && next.is_ascii_digit(),
            _ => is_of_word(letter) && !is_ideograph(letter),
        };
        if !joins {
            return at;
        }
        previous = letter;
    }
    rest.len()
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric()
        || letter == '_'
        // Marks that are combined with letters or join them.
        || matches!(letter, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}')
        || matches!(letter, '\u{900}'..='\u{dff}' if !matches!(letter, '\u{964}' | '\u{965}'))
}

/// Scripts without spaces between words: there each letter is a token.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dialect: Dialect, text: &str, expected: &[&str]) {
        let found = tokens(text, dialect);
        assert_eq!(found.concat(), text);
        let shown: Vec<_> = found.into_iter().filter(|token| *token != " ").collect();
        assert_eq!(shown, expected, "{text:?}");
    }

    #[test]
    fn words_and_marks_stand_alone() {
        check(Dialect::Prose, "It's 3.5 m, no?", &["It's", "3.5", "m", ",", "no", "?"]);
        check(Dialect::Prose, "a\r\nb\n\nc", &["a", "\r\n", "b", "\n", "\n", "c"]);
        check(Dialect::Prose, r"\alpha\$5", &[r"\alpha", r"\$", "5"]);
        check(Dialect::Prose, "数学 हिन्दी।", &["数", "学", "हिन्दी", "।"]);
    }

    #[test]
    fn formulas_and_placeholders_are_whole() {
        check(Dialect::Prose, "so $x + 1$.", &["so", "$x + 1$", "."]);
        check(Dialect::Prose, "$$a\nb$$ c", &["$$a\nb$$", "c"]);
        check(Dialect::Prose, r"$\text{a $x$ b}$", &[r"$\text{a $x$ b}$"]);
        check(Dialect::Prose, "[[☃ radio 1]]!", &["[[☃ radio 1]]", "!"]);
        check(Dialect::Prose, "open $x\n\nnext$", &["open", "$", "x", "\n", "\n", "next", "$"]);
        check(Dialect::Plain, "$5 or $6", &["$", "5", "or", "$", "6"]);
        check(Dialect::Plain, "$ ls\n$ cd", &["$", "ls", "\n", "$", "cd"]);
    }

    #[test]
    fn code_targets_tags_and_addresses_are_whole() {
        check(Dialect::Prose, "``a ` b`` c", &["``a ` b``", "c"]);
        check(Dialect::Prose, "[a b](c (d) e)", &["[", "a", "b", "]", "(c (d) e)"]);
        check(Dialect::Prose, "<b class='x'>y</b> < z", &["<b class='x'>", "y", "</b>", "<", "z"]);
        check(Dialect::Plain, "see https://a.b/c?d=e.", &["see", "https://a.b/c?d=e", "."]);
        check(
            Dialect::Prose,
            "~~~\n$ a $ b\n~~~\n$x$",
            &["~", "~", "~", "\n", "$", "a", "$", "b", "\n", "~", "~", "~", "\n", "$x$"],
        );
    }

    #[test]
    fn a_formula_over_lines_makes_one_line() {
        let found = tokens("a $x\ny$ b\nc", Dialect::Prose);
        let lines: Vec<_> = lines(&found).into_iter().map(|line| found[line].concat()).collect();
        assert_eq!(lines, ["a $x\ny$ b\n", "c"]);
    }

    #[test]
    fn openings_without_an_end_cost_no_more_than_their_reach() {
        let text = "$ [[☃ ` <a ](".repeat(40_000);
        assert_eq!(tokens(&text, Dialect::Prose).concat(), text);
    }
}
