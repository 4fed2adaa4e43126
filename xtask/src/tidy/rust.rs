//! A rough reading of Rust: enough to tell code from comments and text, to see which paths a file uses, where functions
//! end and which lines are tests. It need not be right for every program, only for programs that rustfmt has laid out.

use std::{collections::BTreeSet, ops::Range};

use super::tree::Tree;

/// One Rust file, split into what is code and what is comment.
#[derive(Debug)]
pub(crate) struct Source {
    /// The text with comments and the inside of literals blanked; lines stay in place.
    pub(crate) code: String,
    /// The text with everything except comments blanked; lines stay in place.
    pub(crate) comments: String,
}

/// A path that code names, such as `crate::model::id`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UsedPath {
    /// The parts of the path, in order.
    pub(crate) parts: Vec<String>,
    /// The line of its first part, from 1.
    pub(crate) line: usize,
    /// How a `use` imports it, if it does.
    pub(crate) import: Option<Import>,
}

/// A name that a `use` brings into a module.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// The name in that module; `*` for all names.
    pub(crate) name: String,
    /// Whether other modules can name it there too.
    pub(crate) is_public: bool,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    /// The function's name.
    pub(crate) name: String,
    /// From the line of `fn` to the line of the closing brace, both from 1; the end is not included.
    pub(crate) lines: Range<usize>,
}

impl Source {
    pub(crate) fn new(text: &str) -> Self {
        let mut code = String::with_capacity(text.len());
        let mut comments = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let (length, is) = piece(rest, code.as_bytes().last().copied());
            let (taken, left) = rest.split_at(length);
            match is {
                Piece::Code => {
                    code.push_str(taken);
                    blank(taken, &mut comments);
                }
                Piece::Comment => {
                    blank(taken, &mut code);
                    comments.push_str(taken);
                }
                Piece::Literal => {
                    code.push('"');
                    blank(&taken[1..], &mut code);
                    blank(taken, &mut comments);
                }
            }
            rest = left;
        }
        Self { code, comments }
    }

    /// Every path of two or more parts, with `use` trees expanded.
    pub(crate) fn paths(&self) -> Vec<UsedPath> {
        let tokens = tokens(&self.code);
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            // `impl Trait + use<'_>` is a bound, not a tree.
            if tokens[at].text == "use" && tokens.get(at + 1).is_none_or(|next| next.text != "<") {
                let before = at.checked_sub(1).map_or("", |before| tokens[before].text);
                let first = found.len();
                at = use_tree(&tokens, at + 1, &[], &mut found);
                for import in found[first..].iter_mut().filter_map(|path| path.import.as_mut()) {
                    import.is_public = matches!(before, "pub" | ")");
                }
                continue;
            }
            let mut parts = Vec::new();
            let line = tokens[at].line;
            while tokens.get(at).is_some_and(Token::is_word) {
                parts.push(tokens[at].text.to_owned());
                if tokens.get(at + 1).is_none_or(|token| token.text != "::") {
                    break;
                }
                at += 2;
            }
            if parts.len() > 1 {
                found.push(UsedPath { parts, line, import: None });
            }
            at += 1;
        }
        found
    }

    /// The functions that have a body, nested ones too.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let tokens = tokens(&self.code);
        let mut found = Vec::new();
        for (at, pair) in tokens.windows(2).enumerate() {
            if pair[0].text != "fn" || !pair[1].is_word() {
                continue;
            }
            if let Some(end) = item_end(&tokens, at).filter(|end| tokens[*end].text == "}") {
                let lines = pair[0].line..tokens[end].line + 1;
                found.push(Function { name: pair[1].text.to_owned(), lines });
            }
        }
        found
    }

    /// The lines of items that only tests compile.
    pub(crate) fn test_lines(&self) -> BTreeSet<usize> {
        let tokens = tokens(&self.code);
        let mut lines = BTreeSet::new();
        for (start, after) in test_attributes(&tokens) {
            if let Some(end) = item_end(&tokens, after) {
                lines.extend(tokens[start].line..=tokens[end].line);
            }
        }
        lines
    }

    /// Modules that have a file of their own and that only tests compile.
    fn test_modules(&self) -> Vec<&str> {
        let tokens = tokens(&self.code);
        test_attributes(&tokens)
            .filter_map(|(_, after)| {
                let module = tokens[after..].iter().position(|token| token.text == "mod")?;
                let end = item_end(&tokens, after)?;
                (tokens[end].text == ";").then(|| tokens[after + module + 1].text)
            })
            .collect()
    }
}

/// The files that only tests compile: those of `tests/` folders, of `fuzz/`, and of modules under `cfg(test)`.
pub(crate) fn test_files(tree: &Tree) -> BTreeSet<String> {
    let mut prefixes = Vec::new();
    for (path, text) in tree.texts(".rs") {
        let base = path.trim_end_matches(".rs").trim_end_matches("/lib").trim_end_matches("/main");
        for module in Source::new(text).test_modules() {
            prefixes.push(format!("{base}/{module}.rs"));
            prefixes.push(format!("{base}/{module}/"));
        }
    }
    tree.paths()
        .filter(|path| path.ends_with(".rs"))
        .filter(|path| {
            let by_place = path.contains("/tests/") || path.starts_with("fuzz/");
            by_place || prefixes.iter().any(|prefix| path.starts_with(prefix))
        })
        .map(str::to_owned)
        .collect()
}

enum Piece {
    Code,
    Comment,
    Literal,
}

/// The length of the comment, literal or single character of code at the beginning of a text.
fn piece(text: &str, before: Option<u8>) -> (usize, Piece) {
    let first = text.chars().next().expect("not empty");
    let after_word = before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    match first {
        '/' if text.starts_with("//") => (text.find('\n').unwrap_or(text.len()), Piece::Comment),
        '/' if text.starts_with("/*") => (block_comment(text), Piece::Comment),
        '"' => (quoted(text, '"'), Piece::Literal),
        '\'' if is_char(text) => (quoted(text, '\''), Piece::Literal),
        'r' | 'b' | 'c' if !after_word => match raw_literal(text) {
            Some(length) => (length, Piece::Literal),
            None => (1, Piece::Code),
        },
        _ => (first.len_utf8(), Piece::Code),
    }
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether a quote begins a character rather than a lifetime.
fn is_char(text: &str) -> bool {
    let mut after = text.chars().skip(1);
    match after.next() {
        Some('\\') => true,
        Some(_) => after.next() == Some('\''),
        None => false,
    }
}

/// The length of a raw literal (`r"…"`, `br#"…"#`), if the text begins with one.
fn raw_literal(text: &str) -> Option<usize> {
    let after = text.trim_start_matches(['b', 'c']);
    let after = after.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    if !after[hashes..].starts_with('"') {
        return None;
    }
    let start = text.len() - after.len() + hashes + 1;
    let closing = format!("\"{}", "#".repeat(hashes));
    let end = text[start..].find(&closing).map_or(text.len(), |at| start + at + closing.len());
    Some(end)
}

/// Appends blanks, as many bytes as the text has, with its line ends.
fn blank(text: &str, out: &mut String) {
    out.extend(text.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
}

#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    line: usize,
}

impl Token<'_> {
    fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    for (index, text) in code.lines().enumerate() {
        let line = index + 1;
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let in_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = if in_word(first) {
                rest.find(|c| !in_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            found.push(Token { text: &rest[..length], line });
            rest = rest[length..].trim_start();
        }
    }
    found
}

/// Reads one `use` tree from a token on; returns where to continue.
fn use_tree(
    tokens: &[Token<'_>],
    mut at: usize,
    above: &[String],
    found: &mut Vec<UsedPath>,
) -> usize {
    let mut parts = above.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    let mut alias = None;
    while let Some(token) = tokens.get(at) {
        match token.text {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = use_tree(tokens, at, &parts, found);
                    if tokens.get(at).is_some_and(|token| token.text == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "," | "}" | ";" => break,
            "as" => {
                alias = tokens.get(at + 1).map(|token| token.text.to_owned());
                at += 2;
            }
            "::" => at += 1,
            word => {
                parts.push(word.to_owned());
                at += 1;
            }
        }
    }
    // `use a::{self}` names the module itself.
    if parts.len() > 1 && parts.last().is_some_and(|last| last == "self") {
        parts.pop();
    }
    let name = alias.or_else(|| parts.last().cloned()).unwrap_or_default();
    found.push(UsedPath { parts, line, import: Some(Import { name, is_public: false }) });
    at
}

/// The token that ends the item that begins at `start`: its closing brace or its semicolon.
fn item_end(tokens: &[Token<'_>], start: usize) -> Option<usize> {
    let mut braces = 0usize;
    let mut brackets = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.text {
            "(" | "[" => brackets += 1,
            ")" | "]" => brackets = brackets.saturating_sub(1),
            "{" => braces += 1,
            "}" => {
                braces = braces.checked_sub(1)?;
                if braces == 0 && brackets == 0 {
                    return Some(at);
                }
            }
            ";" if braces == 0 && brackets == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// For each `#[cfg(…test…)]` its first token and the token after it.
fn test_attributes<'a>(tokens: &'a [Token<'a>]) -> impl Iterator<Item = (usize, usize)> + 'a {
    (0..tokens.len()).filter_map(|start| {
        let opens = tokens[start].text == "#"
            && tokens.get(start + 1)?.text == "["
            && tokens.get(start + 2)?.text == "cfg";
        if !opens {
            return None;
        }
        let length = tokens[start..].iter().position(|token| token.text == "]")?;
        let inside = &tokens[start..start + length];
        let says = |word| inside.iter().any(|token| token.text == word);
        (says("test") && !says("not")).then_some((start, start + length + 1))
    })
}
