//! What people read: aligned columns, calm words, and colour only on a terminal.

use std::io::{self, IsTerminal};

use crate::process::stdout;
use unicode_width::UnicodeWidthStr;

/// Text on its way to a person.
pub struct Paper {
    text: String,
    colour: bool,
}

/// What a piece of text means, for its colour. The words say it as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Something new.
    Added,
    /// Something removed.
    Removed,
    /// Something to look at.
    Warned,
    /// Something less important.
    Faint,
    /// Something to begin with.
    Strong,
}

impl Paper {
    /// Paper for standard output: coloured on a terminal, unless `NO_COLOR` is set.
    pub fn for_stdout() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { text: String::new(), colour: wanted && io::stdout().is_terminal() }
    }

    /// Paper without colour.
    pub const fn plain() -> Self {
        Self { text: String::new(), colour: false }
    }

    /// A line.
    pub fn line(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref().trim_end());
        self.text.push('\n');
    }

    /// A text in a colour.
    pub fn ink(&self, ink: Ink, text: impl AsRef<str>) -> String {
        let text = text.as_ref();
        let code = match ink {
            Ink::Added => "32",
            Ink::Removed => "31",
            Ink::Warned => "33",
            Ink::Faint => "2",
            Ink::Strong => "1",
        };
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Rows in columns as wide as their widest cell; the last column is not padded. A cell is as wide as a terminal
    /// shows it: marks above a letter take no column, and letters of East Asia take two.
    pub fn rows<const N: usize>(&mut self, rows: &[[String; N]]) {
        let mut widths = [0; N];
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(clean(cell).width());
            }
        }
        for row in rows {
            let last = N - 1;
            let cells = row.iter().enumerate().map(|(at, cell)| {
                let width = if at == last { 0 } else { widths[at] };
                // Numbers are aligned at their last digit.
                let is_number = cell.chars().next().is_some_and(|c| c.is_ascii_digit())
                    && cell.chars().all(|c| c.is_ascii_digit() || ", .".contains(c));
                let cell = clean(cell);
                let gap = " ".repeat(width.saturating_sub(cell.width()));
                if is_number { gap + &cell } else { cell + &gap }
            });
            let line: Vec<String> = cells.collect();
            self.line(format!("  {}", line.join("  ")));
        }
    }

    /// Everything that was written.
    pub fn into_text(self) -> String {
        self.text
    }

    /// Prints it on standard output.
    ///
    /// # Errors
    /// The system's error; a reader that has seen enough is not an error.
    pub fn print(self) -> io::Result<()> {
        stdout::put(&self.text)
    }
}

/// Somebody else's text, without what would control a terminal.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// A number with separators: `12,345`.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 entry`, `2 entries`.
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// `1.4 MiB`.
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = "bytes";
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    if unit == "bytes" { format!("{} bytes", number(bytes)) } else { format!("{value:.1} {unit}") }
}

/// The first digits of an id: enough to type, short enough to read.
pub fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut paper = Paper::plain();
        paper.rows(&[
            ["a".into(), "5".into(), "x".into()],
            ["bcd".into(), "12".into(), String::new()],
        ]);
        assert_eq!(paper.into_text(), "  a     5  x\n  bcd  12\n");
    }

    #[test]
    fn columns_are_aligned_in_every_script() {
        let mut paper = Paper::plain();
        let names = ["Zahl", "数え方", "e\u{301}te\u{301}", "عدد", "a\u{1b}[2Jb"];
        paper.rows(&names.map(|name| [name.to_owned(), "x".to_owned()]));
        let text = paper.into_text();
        let before = |line: &str| line.strip_suffix('x').expect("the second column").width();
        let columns: Vec<_> = text.lines().map(before).collect();
        assert_eq!(columns, [10; 5], "{text}");
    }

    #[test]
    fn numbers_and_sizes_are_readable() {
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(100), "100");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(counted(1, "entry", "entries"), "1 entry");
        assert_eq!(clean("a\x1b[2Jb"), "a\u{fffd}[2Jb");
    }
}
