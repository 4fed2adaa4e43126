//! Where sentences end, and which words keep two changes of one sentence from being joined unseen.
//!
//! The tables are short and cover a few languages. What they do not cover is the ordinary case: two changes of one
//! sentence are joined when enough words stand between them, and shown to the reviewer.

use super::super::tokens::{Dialect, is_blank, is_line_end};

/// For each token, whether a sentence, or a line that does not belong to one, ends with it. Spaces after a sentence
/// begin the next one.
pub(super) fn ends(tokens: &[&str], dialect: Dialect) -> Vec<bool> {
    let mut ends = vec![false; tokens.len()];
    let mut line_start = 0;
    let mut in_fence = false;
    for at in 0..tokens.len() {
        if is_line_end(tokens[at]) {
            in_fence ^= is_fence(&tokens[line_start..at]);
            ends[at] = dialect == Dialect::Plain
                || in_fence
                || is_block(&tokens[line_start..at])
                || begins_block(&tokens[at + 1..]);
            line_start = at + 1;
        } else if let Some(end) = sentence_end(tokens, at) {
            ends[end] = true;
        }
    }
    ends
}

/// The last token of the sentence whose closing mark is here.
fn sentence_end(tokens: &[&str], at: usize) -> Option<usize> {
    let is_wide = matches!(tokens[at], "。" | "！" | "？" | "।" | "॥" | "؟");
    if !is_wide && !matches!(tokens[at], "." | "!" | "?" | "…") {
        return None;
    }
    let closes = |token: &&&str| {
        matches!(**token, "\"" | "”" | "’" | "'" | "»" | ")" | "*" | "_" | "」" | "』")
    };
    let end = at + tokens[at + 1..].iter().take_while(closes).count();
    match tokens.get(end + 1) {
        None => return Some(end),
        Some(next) if !is_blank(next) => return is_wide.then_some(end),
        Some(_) => {}
    }
    let word = tokens[end + 1..].iter().find(|token| !is_blank(token));
    let begins = |word: &&str| {
        let opens = |letter: &char| "\"“‘'«([{*_¿¡!<".contains(*letter);
        match word.chars().find(|letter| !opens(letter)) {
            None => true,
            Some(first) if tokens[at] == "." => first.is_alphabetic() && !first.is_lowercase(),
            Some(first) => !first.is_lowercase(),
        }
    };
    let is_short = tokens[at] == "." && at > 0 && ABBREVIATIONS.contains(&tokens[at - 1]);
    (is_wide || (!is_short && word.is_none_or(begins))).then_some(end)
}

/// Abbreviations after which a point does not end a sentence, even if a capital letter follows.
const ABBREVIATIONS: &[&str] = &[
    "Dr", "Mr", "Mrs", "Ms", "St", "Prof", "Sr", "Sra", "No", "Nr", "Fig", "fig", "Eq", "eq", "vs",
    "approx", "ca", "cf",
];

fn is_fence(line: &[&str]) -> bool {
    let mut marks = line.iter().skip_while(|token| is_blank(token)).take(3);
    let first = marks.next().copied().unwrap_or_default();
    matches!(first, "`" | "~") && marks.filter(|mark| **mark == first).count() == 2
}

/// Whether a line is a block by itself: blank, a heading, a table row.
fn is_block(line: &[&str]) -> bool {
    match line.iter().find(|token| !is_blank(token)) {
        None => true,
        Some(first) => matches!(*first, "#" | "|"),
    }
}

/// Whether what follows a line end begins something new: a blank line, a heading, a list item, a row, a quotation, a
/// widget, an element of HTML, the definition of a link or attributes.
pub(super) fn begins_block(rest: &[&str]) -> bool {
    let rest = indented(rest);
    let Some(first) = rest.first() else { return true };
    let is_tag = first.len() > 1 && first.starts_with('<');
    let is_widget = first.starts_with("[[☃");
    let of_line = || rest.iter().take_while(|token| !is_line_end(token));
    let is_definition =
        *first == "[" && of_line().zip(rest.iter().skip(1)).any(|pair| pair == (&"]", &":"));
    is_line_end(first)
        || is_tag
        || is_widget
        || is_definition
        || *first == "{"
        || begins_item(rest)
        || matches!(*first, "#" | ">")
}

/// Whether a line is a list item or a table row.
pub(super) fn begins_item(line: &[&str]) -> bool {
    let line = indented(line);
    let is_gap = |at: usize| line.get(at).is_some_and(|token| is_blank(token));
    match line.first() {
        Some(&"|") => true,
        Some(&("-" | "*" | "+" | "•")) => is_gap(1),
        Some(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            matches!(line.get(1), Some(&("." | ")"))) && is_gap(2)
        }
        _ => false,
    }
}

/// What comes after the spaces at a line's beginning.
fn indented<'t, 'l>(line: &'l [&'t str]) -> &'l [&'t str] {
    let is_space = |token: &&&str| matches!(token.as_bytes(), [b' ' | b'\t', ..]);
    &line[line.iter().take_while(is_space).count()..]
}

/// Whether a token separates clauses: it counts as a word between two changes.
pub(super) fn parts_clauses(token: &str) -> bool {
    matches!(token, "," | ";" | ":" | "–" | "—" | "、" | "，" | "；" | "：")
}

/// Whether a token turns what a sentence says into its opposite.
pub(super) fn negates(token: &str) -> bool {
    let word = token.to_lowercase();
    word.ends_with("n't") || word.ends_with("n’t") || NEGATIONS.contains(&word.as_str())
}

/// Words of English, Spanish, French, German, Portuguese and Hindi.
const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "never",
    "none",
    "neither",
    "nor",
    "cannot",
    "without",
    "nothing",
    "nobody",
    "nowhere",
    "hardly",
    "except",
    "unless",
    "nunca",
    "ni",
    "sin",
    "nada",
    "nadie",
    "ninguno",
    "ninguna",
    "ningún",
    "jamás",
    "ne",
    "pas",
    "jamais",
    "sans",
    "aucun",
    "aucune",
    "rien",
    "nicht",
    "nie",
    "ohne",
    "kein",
    "keine",
    "keinen",
    "keiner",
    "não",
    "sem",
    "nenhum",
    "nenhuma",
    "नहीं",
    "न",
    "मत",
    "बिना",
];

/// Whether a token is a number, a formula, a variable, or code: something that other words of its sentence may depend
/// on.
pub(super) fn is_quantity(token: &str) -> bool {
    let mut letters = token.chars();
    let is_lone = |letter: char| letter.is_ascii_alphabetic() && !matches!(letter, 'a' | 'A' | 'I');
    match (letters.next(), letters.next()) {
        (Some('[' | '(' | '<'), _) => false,
        (Some('$' | '`' | '\\'), Some(_)) => true,
        (Some(letter), None) => is_lone(letter) || letter.is_numeric(),
        _ => !token.contains("://") && token.contains(char::is_numeric),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::tokens::tokens, *};

    fn check(dialect: Dialect, text: &str, expected: &[&str]) {
        let tokens = tokens(text, dialect);
        let mut found = vec![String::new()];
        for (token, ends) in tokens.iter().zip(ends(&tokens, dialect)) {
            found.last_mut().expect("there is one").push_str(token);
            if ends {
                found.push(String::new());
            }
        }
        found.retain(|sentence| !sentence.is_empty());
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_end_where_the_next_begins() {
        check(Dialect::Prose, "It is 3.5 m. Is it? Yes!", &["It is 3.5 m.", " Is it?", " Yes!"]);
        check(
            Dialect::Prose,
            "See fig. 3, e.g. this. Dr. Who knows.",
            &["See fig. 3, e.g. this.", " Dr. Who knows."],
        );
        check(Dialect::Prose, "(So it is.) **Now** go.", &["(So it is.)", " **Now** go."]);
        check(Dialect::Prose, "それは本。これは犬。", &["それは本。", "これは犬。"]);
        check(Dialect::Prose, "यह है। वह है।", &["यह है।", " वह है।"]);
    }

    #[test]
    fn lines_of_prose_go_on_and_blocks_do_not() {
        check(
            Dialect::Prose,
            "One\ntwo.\nThree\n\nFour",
            &["One\ntwo.", "\nThree\n", "\n", "Four"],
        );
        check(
            Dialect::Prose,
            "# Title\nText\n- one\n- two\n",
            &["# Title\n", "Text\n", "- one\n", "- two\n"],
        );
        check(Dialect::Prose, "| a | b |\n| 1 | 2 |", &["| a | b |\n", "| 1 | 2 |"]);
        check(Dialect::Plain, "a\nb", &["a\n", "b"]);
    }

    #[test]
    fn words_that_others_depend_on_are_known() {
        assert!(["12", "$x$", "x", "½", "`a + b`", "\\frac"].into_iter().all(is_quantity));
        assert!(
            !["a", "I", "cm", "$", "[[☃ radio 1]]", "https://a.b/1", "<h1>"]
                .into_iter()
                .any(is_quantity)
        );
        assert!(["Not", "isn't", "don’t", "nicht"].into_iter().all(negates));
    }
}
