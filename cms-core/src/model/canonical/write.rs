//! Writing canonical JSON in one pass, straight into the bytes.
//!
//! A map of documents is sorted by UTF-8, which is also the order of UTF-16 for all names except those that hold
//! characters from U+E000 up; those are sorted again. Fractions are left to the library that implements RFC 8785, since
//! finding their shortest form is hard to get right.
//!
//! Invariant: the bytes are those of `serde_json_canonicalizer`, for every value (the tests compare).

use std::io::Write;

use serde_json::{Map, Number, Value};

use super::INTEGER_MAX;

pub(super) fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(fields) => write_fields(fields, out),
    }
}

fn write_fields(fields: &Map<String, Value>, out: &mut Vec<u8>) {
    out.push(b'{');
    let mut before: Option<&str> = None;
    let in_order = fields.keys().all(|name| {
        let follows = before.is_none_or(|before| precedes(before, name));
        before = Some(name);
        follows
    });
    if in_order {
        write_sorted(fields.iter(), out);
    } else {
        let mut sorted: Vec<_> = fields.iter().collect();
        sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        write_sorted(sorted.into_iter(), out);
    }
    out.push(b'}');
}

fn write_sorted<'a>(fields: impl Iterator<Item = (&'a String, &'a Value)>, out: &mut Vec<u8>) {
    for (index, (name, value)) in fields.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_text(name, out);
        out.push(b':');
        write(value, out);
    }
}

/// Whether a name comes before another by UTF-16 code units.
fn precedes(a: &str, b: &str) -> bool {
    // Below U+E000 the two orders agree; from there on, surrogate pairs come before the rest.
    let agrees = |text: &str| text.bytes().all(|byte| byte < 0xee);
    if agrees(a) && agrees(b) { a < b } else { a.encode_utf16().lt(b.encode_utf16()) }
}

fn write_number(number: &Number, out: &mut Vec<u8>) {
    match number.as_i64() {
        Some(integer) if integer.unsigned_abs() <= INTEGER_MAX => {
            write!(out, "{integer}").expect("a Vec takes all bytes");
        }
        _ => serde_json_canonicalizer::to_writer(number, out)
            .expect("a Value holds finite numbers only"),
    }
}

/// Escapes what JSON must escape and nothing else, as RFC 8785 and serde_json do.
fn write_text(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("a Vec takes all bytes");
}
