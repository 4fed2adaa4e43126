//! Scans the text of JSON that is known to be valid: where a value stands, and whether its numbers can be kept as they
//! are written.
//!
//! A number is kept as a double. It is refused if its double would be written as another number, because the text has
//! more digits than a double can tell apart (17) or would become nothing: `1.00000000000000000000001` would become 1.
//! Doubles as other programs write them have at most 17 digits and are kept, both `0.1` and `0.10000000000000001`.

use crate::model::pointer;

/// This many digits tell all doubles apart; a number with more was never a double.
const DIGITS_MAX: usize = 17;

/// A step on the way to a value.
#[derive(Debug, Clone, Copy)]
enum Step<'t> {
    Index(usize),
    /// A field's name as it is written, including its quotes.
    Field(&'t [u8]),
}

/// A walk over a text; anything that is not JSON ends it early.
struct Walk<'t, 'v> {
    text: &'t [u8],
    at: usize,
    path: Vec<Step<'t>>,
    /// Called with every value: the way to it and where it stands. Returns whether to stop there.
    visit: &'v mut dyn FnMut(&[Step<'t>], usize) -> bool,
}

/// The walk is over: it was stopped, or the text is not JSON.
struct Over;

/// Where the value at a pointer begins, in bytes.
pub fn offset_of(text: &[u8], pointer: &str) -> Option<usize> {
    let depth = pointer.matches('/').count();
    let mut found = None;
    walk(text, &mut |path, at| {
        let is_it = path.len() == depth && pointer_of(path) == pointer;
        if is_it {
            found = Some(at);
        }
        is_it
    });
    found
}

/// The pointer and the text of the first number that can't be kept as it is written.
pub(super) fn inexact_number(text: &[u8]) -> Option<(String, String)> {
    if !may_have_inexact(text) {
        return None;
    }
    let mut found = None;
    walk(text, &mut |path, at| {
        let token = number_at(text, at);
        if token.is_empty() || is_exact(token) {
            return false;
        }
        found = Some((pointer_of(path), token.to_owned()));
        true
    });
    found
}

fn walk<'t>(text: &'t [u8], visit: &mut dyn FnMut(&[Step<'t>], usize) -> bool) {
    let mut walk = Walk { text, at: 0, path: Vec::new(), visit };
    // Either end is fine: the value was found, or it does not exist.
    let _ = walk.value();
}

fn pointer_of(path: &[Step<'_>]) -> String {
    let step = |step: &Step<'_>| match step {
        Step::Index(index) => format!("/{index}"),
        Step::Field(name) => {
            let name = serde_json::from_slice::<String>(name).unwrap_or_default();
            format!("/{}", pointer::escaped(&name))
        }
    };
    path.iter().map(step).collect()
}

/// The number that stands at an offset; empty if there is none.
fn number_at(text: &[u8], at: usize) -> &str {
    let is_first = |byte: &u8| byte.is_ascii_digit() || *byte == b'-';
    let is_part = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    let rest = &text[at..];
    if !rest.first().is_some_and(is_first) {
        return "";
    }
    let end = rest.iter().position(|byte| !is_part(*byte)).unwrap_or(rest.len());
    std::str::from_utf8(&rest[..end]).unwrap_or_default()
}

/// Whether any number is so long or so small that it needs a closer look. Digits within texts count as well.
fn may_have_inexact(text: &[u8]) -> bool {
    let mut digits = 0;
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' if digits > 0 => {}
            b'e' | b'E' if digits > 0 && text.get(index + 1) == Some(&b'-') => return true,
            _ => digits = 0,
        }
        if digits > DIGITS_MAX {
            return true;
        }
    }
    false
}

/// Whether the double of a number's text is written as the same number, or as one that can't be told apart from it by
/// the digits that a double has.
fn is_exact(token: &str) -> bool {
    let Ok(value) = token.parse::<f64>() else { return true };
    let (digits, exponent) = decimal(token);
    if digits.is_empty() {
        return true;
    }
    if value == 0.0 {
        return false;
    }
    digits.len() <= DIGITS_MAX || (digits, exponent) == decimal(&format!("{value:e}"))
}

/// The significant digits of a number, and the power of ten of the first.
fn decimal(token: &str) -> (String, i64) {
    let token = token.trim_start_matches('-');
    let (mantissa, exponent) = token.split_once(['e', 'E']).unwrap_or((token, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let leading = all.len() - all.trim_start_matches('0').len();
    let digits = all.trim_matches('0').to_owned();
    // An exponent with more digits than this belongs to a number that is refused as out of range, or that is zero.
    let exponent = exponent.parse::<i64>().unwrap_or(0);
    let first = exponent.saturating_add(whole.len() as i64 - leading as i64);
    (digits, first)
}

impl<'t> Walk<'t, '_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<(), Over> {
        self.skip_space();
        if (self.visit)(&self.path, self.at) {
            return Err(Over);
        }
        match self.peek().ok_or(Over)? {
            b'{' => self.elements(b'}', true),
            b'[' => self.elements(b']', false),
            b'"' => self.string().map(drop),
            _ => {
                let rest = &self.text[self.at..];
                let is_end = |byte: &u8| b",]} \t\r\n".contains(byte);
                self.at += rest.iter().position(is_end).unwrap_or(rest.len());
                Ok(())
            }
        }
    }

    /// The fields of an object or the elements of an array.
    fn elements(&mut self, end: u8, has_names: bool) -> Result<(), Over> {
        self.at += 1;
        for index in 0.. {
            self.skip_space();
            if self.peek() == Some(end) {
                break;
            }
            let step = if has_names {
                let name = self.string()?;
                self.skip_space();
                self.expect(b':')?;
                Step::Field(name)
            } else {
                Step::Index(index)
            };
            self.path.push(step);
            self.value()?;
            self.path.pop();
            self.skip_space();
            match self.peek().ok_or(Over)? {
                b',' => self.at += 1,
                byte if byte == end => break,
                _ => return Err(Over),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn expect(&mut self, byte: u8) -> Result<(), Over> {
        if self.peek() != Some(byte) {
            return Err(Over);
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<&'t [u8], Over> {
        let start = self.at;
        self.expect(b'"')?;
        loop {
            match self.peek().ok_or(Over)? {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.text.get(start..self.at).ok_or(Over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, inexact: Option<(&str, &str)>) {
        let found = inexact_number(text.as_bytes());
        let inexact = inexact.map(|(pointer, token)| (pointer.to_owned(), token.to_owned()));
        assert_eq!(found, inexact, "{text}");
    }

    #[test]
    fn a_number_with_more_digits_than_a_double_has_is_told_with_its_place() {
        check("1.00000000000000000000001", Some(("", "1.00000000000000000000001")));
        let long = "0.1234567890123456789012";
        check(&format!(r#"{{"a/b":[1,{{"c":{long}}}]}}"#), Some(("/a~1b/1/c", long)));
        check("[1, 123456789012345678901234]", Some(("/1", "123456789012345678901234")));
        check("[-0.12345678901234567890]", Some(("/0", "-0.12345678901234567890")));
        check("[1e-400]", Some(("/0", "1e-400")));
    }

    #[test]
    fn what_programs_write_of_doubles_stays() {
        for text in [
            "0.1",
            "0.10000000000000001",
            "0.30000000000000004",
            "1e21",
            "1000000000000000000000",
            "5.000000000000000000000000000",
            "0.000000000000000000000000000000",
            "0.00000000000000000000000000025",
            "2.2250738585072014e-308",
            "5e-324",
            r#"{"text":"1.00000000000000000000001", "escaped \" 0.12345678901234567890123": 1}"#,
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_value_is_found_by_its_pointer() {
        let text = br#"{"a": [ 1, {"b~c/d": "x]}" , "e": null}], "f": true}"#;
        let check = |pointer: &str, begins: Option<&str>| {
            let found = offset_of(text, pointer).map(|at| &text[at..]);
            let found = found.map(|rest| std::str::from_utf8(rest).unwrap());
            let is_it = match (found, begins) {
                (Some(found), Some(begins)) => found.starts_with(begins),
                (found, begins) => found.is_none() && begins.is_none(),
            };
            assert!(is_it, "{pointer}: {found:?}");
        };
        check("", Some("{\"a\""));
        check("/a/1", Some("{\"b~c"));
        check("/a/1/b~0c~1d", Some("\"x]}\""));
        check("/a/1/e", Some("null"));
        check("/f", Some("true"));
        check("/g", None);
        assert_eq!(offset_of(b"{\"a\": ", "/b"), None);
    }
}
