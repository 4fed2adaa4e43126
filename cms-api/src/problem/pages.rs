//! What each code means and what to do about it, for people: docs/PROBLEMS.md has a part for each code. The server
//! shows the part at the address that is the `type` of the problem, and the command line prints it.

use std::fmt::Write as _;

use super::{Code, TYPE_BASE};

const TEXT: &str = include_str!("../../../docs/PROBLEMS.md");

/// The part about one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    code: Code,
    /// What it means, and then what to do about it; the only Markdown in it is `code`.
    paragraphs: Vec<&'static str>,
}

impl Part {
    /// The code that it is about.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The part about a code.
    pub fn of(code: Code) -> Option<Self> {
        let mut parts = TEXT.split("\n## ").skip(1);
        let part = parts.find_map(|part| part.strip_prefix(code.word())?.strip_prefix("\n\n"))?;
        let paragraphs = part.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
        Some(Self { code, paragraphs: paragraphs.collect() })
    }

    /// The part as text, for a terminal.
    pub fn text(&self) -> String {
        let mut text = format!("{}: {}\n", self.code.word(), self.code.title());
        for paragraph in &self.paragraphs {
            let _ = write!(text, "\n{paragraph}\n");
        }
        text
    }

    /// The part as a page, for a browser.
    pub fn page(&self) -> String {
        let (word, title) = (self.code.word(), escaped(self.code.title()));
        let paragraphs: String =
            self.paragraphs.iter().map(|text| format!("<p>{}</p>\n", marked(text))).collect();
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <link rel=\"stylesheet\" href=\"../docs.css\">\n</head>\n<body>\n<main>\n\
             <p class=\"quiet\"><a href=\"./\">Problems</a> · <code>{word}</code></p>\n\
             <h1>{title}</h1>\n{paragraphs}</main>\n</body>\n</html>\n"
        )
    }
}

/// All codes, each with a link to its part.
pub fn index() -> String {
    let rows: String = Code::ALL
        .iter()
        .map(|code| {
            let (word, title) = (code.word(), escaped(code.title()));
            let status = code.status().as_u16();
            format!("<tr><td><a href=\"{TYPE_BASE}{word}\"><code>{word}</code></a></td><td>{status}</td><td>{title}</td></tr>\n")
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Problems</title>\n\
         <link rel=\"stylesheet\" href=\"../docs.css\">\n</head>\n<body>\n<main>\n<h1>Problems</h1>\n\
         <p>Why requests are refused, by code. <a href=\"../\">The API</a></p>\n\
         <table>\n<thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead>\n<tbody>\n{rows}</tbody>\n\
         </table>\n</main>\n</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A paragraph with its code marked up as code.
fn marked(text: &str) -> String {
    let mut html = String::new();
    for (index, piece) in escaped(text).split('`').enumerate() {
        match index % 2 {
            0 => html.push_str(piece),
            _ => {
                let _ = write!(html, "<code>{piece}</code>");
            }
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_part_that_says_its_status_and_what_to_do() {
        for code in Code::ALL {
            let part = Part::of(*code).unwrap_or_else(|| panic!("{} has no part", code.word()));
            let [means, _] = part.paragraphs[..] else { panic!("{}: two paragraphs", code.word()) };
            let status = format!("Status {}. ", code.status().as_u16());
            assert!(means.starts_with(&status), "{}: {means}", code.word());
        }
        let told = TEXT.split("\n## ").skip(1).map(|part| part.lines().next().unwrap_or_default());
        let all: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(told.collect::<Vec<_>>(), all, "in the order of the codes, and no others");
    }

    #[test]
    fn a_page_holds_nothing_but_text() {
        let page = Part::of(Code::Stale).expect("a part").page();
        assert!(
            page.contains("<code>If-Match</code>") || page.contains("<code>current_tag</code>")
        );
        assert!(!page.contains('`'), "{page}");
        assert_eq!(marked("a < b & `c`"), "a &lt; b &amp; <code>c</code>");
    }
}
