//! SubRip (SRT), the format of most subtitles, which no browser reads, converted to WebVTT.
//!
//! It has no standard. What is read here: blocks of a number, which may be absent, a line of two times, and text up to
//! the next such block; `{\an8}` and fonts have no meaning in WebVTT and are dropped.

use std::fmt::Write;

use super::intake::LineFault;

/// How many lines with words are searched for a cue.
const LINES_LOOKED_AT: usize = 3;

/// Whether a text is SubRip: it begins with a cue.
pub(super) fn is_meant(text: &str) -> bool {
    let mut lines = text.split('\n').filter(|line| !line.trim().is_empty()).take(LINES_LOOKED_AT);
    lines.any(|line| {
        line.split_once("-->")
            .is_some_and(|(begin, _)| begin.trim_start().starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// The same captions as WebVTT; lines end with line feeds.
pub(super) fn converted(text: &str) -> Result<String, LineFault> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut made = "WEBVTT\n".to_owned();
    let mut at = 0;
    while let Some(begin) = (at..lines.len()).find(|at| !lines[*at].trim().is_empty()) {
        let Some(times) = times_at(&lines, begin) else {
            let said = "a cue's number or its times are expected here, such as 00:01:02,500 --> 00:01:04,000";
            return Err(LineFault { line: begin as u64 + 1, said: said.to_owned() });
        };
        let (from_ms, to_ms) = read_times(lines[times]).ok_or_else(|| {
            fault(times, "its times are not in the form 00:01:02,500 --> 00:01:04,000")
        })?;
        if to_ms < from_ms {
            return Err(fault(times, "the cue ends before it begins"));
        }
        // A blank line ends a text only if a cue follows: otherwise the words after it would be lost.
        let end = (times + 1..lines.len())
            .find(|at| lines[at - 1].trim().is_empty() && times_at(&lines, *at).is_some());
        at = end.unwrap_or(lines.len());
        let words = lines[times + 1..at].iter().filter(|line| !line.trim().is_empty());
        let words: Vec<String> = words.map(|line| cue_text(line.trim())).collect();
        if !words.is_empty() {
            let (from, to, words) = (written(from_ms), written(to_ms), words.join("\n"));
            write!(made, "\n{from} --> {to}\n{words}\n").expect("a text takes all");
        }
    }
    Ok(made)
}

fn fault(index: usize, said: &str) -> LineFault {
    LineFault { line: index as u64 + 1, said: said.to_owned() }
}

/// The line of times of the cue that begins at a line: that line or, after a number, the next one.
fn times_at(lines: &[&str], at: usize) -> Option<usize> {
    let is_times = |line: &str| {
        line.contains("-->") && line.trim_start().starts_with(|c: char| c.is_ascii_digit())
    };
    let is_number = |line: &str| {
        let line = line.trim();
        !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
    };
    if is_times(lines.get(at)?) {
        return Some(at);
    }
    (is_number(lines[at]) && lines.get(at + 1).is_some_and(|next| is_times(next))).then_some(at + 1)
}

fn read_times(line: &str) -> Option<(u64, u64)> {
    let (from, rest) = line.split_once("-->")?;
    Some((time_ms(from.trim())?, time_ms(rest.split_whitespace().next()?)?))
}

/// Milliseconds of `hours:minutes:seconds,thousandths`; people also write points, and leave out hours or digits.
fn time_ms(written: &str) -> Option<u64> {
    let number = |text: &str| {
        let is_number = (1..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| text.parse::<u64>().ok())?
    };
    let (clock, thousandths) = written.split_once([',', '.']).unwrap_or((written, "0"));
    let thousandths = match thousandths.len() {
        1 => number(thousandths)? * 100,
        2 => number(thousandths)? * 10,
        3 => number(thousandths)?,
        _ => return None,
    };
    let parts: Vec<u64> = clock.split(':').map(number).collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match *parts {
        [minutes, seconds] => (0, minutes, seconds),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    (minutes < 60 && seconds < 60)
        .then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths)
}

fn written(ms: u64) -> String {
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}.{:03}", ms % 1000)
}

/// A line of a cue's text: what both formats know stays, what only SubRip knows is dropped, and the rest is escaped so
/// that it is shown as it was meant.
fn cue_text(line: &str) -> String {
    let mut made = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        if let Some(size) = tag_size(rest) {
            let tag = &rest[..size];
            if !is_font(tag) {
                made.push_str(&tag.to_ascii_lowercase());
            }
            rest = &rest[size..];
            continue;
        }
        if rest.starts_with("{\\")
            && let Some(end) = rest.find('}')
            && is_style(&rest[1..end])
        {
            rest = &rest[end + 1..];
            continue;
        }
        match next {
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '&' if !is_entity(rest) => made.push_str("&amp;"),
            other => made.push(other),
        }
        rest = &rest[next.len_utf8()..];
    }
    made
}

/// Whether the text in braces says how the text is shown, such as `\an8` or `\pos(1,2)`; formulas have braces too.
fn is_style(inner: &str) -> bool {
    const NAMES: [&str; 18] = [
        "an", "a", "b", "i", "u", "s", "c", "1c", "fs", "fad", "fade", "pos", "move", "k", "kf",
        "q", "bord", "shad",
    ];
    let Some(styles) = inner.strip_prefix('\\') else { return false };
    styles.split('\\').all(|style| {
        let value_of = |name: &&str| style.strip_prefix(*name);
        let is_value =
            |value: &str| value.starts_with(|c: char| c.is_ascii_digit() || c == '(' || c == '&');
        style == "r" || style.starts_with("fn") || NAMES.iter().filter_map(value_of).any(is_value)
    })
}

/// The length of the tag at the beginning of a text, if it is one of SubRip's.
fn tag_size(text: &str) -> Option<usize> {
    let end = text.strip_prefix('<')?.find('>')? + 2;
    let inner = text[1..end - 1].trim_start_matches('/');
    let is_plain = ["i", "b", "u"].iter().any(|name| inner.eq_ignore_ascii_case(name));
    (is_plain || is_font(&text[..end])).then_some(end)
}

fn is_font(tag: &str) -> bool {
    let inner = tag.trim_start_matches(['<', '/']);
    let name = inner.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    name.eq_ignore_ascii_case("font")
}

fn is_entity(text: &str) -> bool {
    let known = ["&amp;", "&lt;", "&gt;", "&lrm;", "&rlm;", "&nbsp;"];
    let is_number = || {
        let (number, _) = text.strip_prefix("&#")?.split_once(';')?;
        let digits = number.strip_prefix(['x', 'X']);
        let radix = if digits.is_some() { 16 } else { 10 };
        let digits = digits.unwrap_or(number);
        Some(!digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)))
    };
    known.iter().any(|entity| text.starts_with(entity)) || is_number() == Some(true)
}
