//! What keeps bytes from being UTF-8 text, in words for the person who has to fix it: which encoding they are in
//! instead, or where joining files left a byte-order mark behind.

/// The byte-order mark in UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What is wrong with bytes that should be JSON in UTF-8, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodingFault {
    /// The byte at which it shows.
    pub offset: usize,
    /// What is wrong, as a sentence without its full stop.
    pub said: String,
}

/// What is wrong with the encoding of bytes that should be JSON; none when nothing is.
///
/// A byte-order mark before the text is not a fault of the encoding. [`stray_mark`] reports one between values, since
/// within a text it is a character like any other.
pub fn encoding_fault(bytes: &[u8]) -> Option<EncodingFault> {
    let told = |offset, said: String| Some(EncodingFault { offset, said });
    let wide = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] => Some("UTF-16 (little-endian)"),
        [0xfe, 0xff, ..] => Some("UTF-16 (big-endian)"),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some("UTF-16 (little-endian)"),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some("UTF-16 (big-endian)"),
        _ => None,
    };
    if let Some(encoding) = wide {
        return told(0, format!("this is {encoding}; save it as UTF-8"));
    }
    let error = std::str::from_utf8(bytes).err()?;
    let offset = error.valid_up_to();
    let byte = bytes[offset];
    told(
        offset,
        match byte {
            // The bytes of Latin-1 that are letters and signs.
            0xa0..=0xff => format!(
                "the byte 0x{byte:02X} is not UTF-8; in Latin-1 it is {:?}, so this is Latin-1 or Windows-1252: save it as UTF-8",
                char::from(byte)
            ),
            _ => format!(
                "the byte 0x{byte:02X} is not UTF-8; this may be Windows-1252: save it as UTF-8"
            ),
        },
    )
}

/// Describes the byte-order mark at which reading JSON failed; none when there is none there.
///
/// `near` is where the reader gave up, which may be a byte or two into the mark.
pub fn stray_mark(bytes: &[u8], near: usize) -> Option<EncodingFault> {
    let from = near.saturating_sub(BYTE_ORDER_MARK.len());
    let window = bytes.get(from..bytes.len().min(near + BYTE_ORDER_MARK.len()))?;
    let at = window.windows(BYTE_ORDER_MARK.len()).position(|part| part == BYTE_ORDER_MARK)?;
    let offset = from + at;
    let where_it_is = if offset == 0 { "at the beginning" } else { "in the middle" };
    let said =
        format!("a byte-order mark (U+FEFF) is {where_it_is}, as when files are joined; remove it");
    Some(EncodingFault { offset, said })
}

/// The byte at which a JSON reader gave up, from the line and column that it reported.
pub fn offset_at(bytes: &[u8], line: usize, column: usize) -> usize {
    let before = bytes.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1));
    let start: usize = before.map(<[u8]>::len).sum();
    (start + column.saturating_sub(1)).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_named() {
        let check = |bytes: &[u8], offset: usize, said: &str| {
            let fault = encoding_fault(bytes).unwrap_or_else(|| panic!("{said}"));
            assert_eq!(fault.offset, offset, "{fault:?}");
            assert!(fault.said.contains(said), "{fault:?}");
        };
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        check(&wide("{\"a\":1}"), 0, "UTF-16 (little-endian)");
        check(&wide("\u{feff}{}"), 0, "UTF-16 (little-endian)");
        check(b"\xfe\xff\0{\0}", 0, "UTF-16 (big-endian)");
        check(b"\0{\0}", 0, "UTF-16 (big-endian)");
        check(b"{\"title\":\"Caf\xe9\"}", 13, "Latin-1");
        check(b"\"\x93quoted\x94\"", 1, "Windows-1252");
        assert_eq!(encoding_fault("{\"title\":\"Café\"}".as_bytes()), None);
        assert_eq!(encoding_fault(b""), None);
    }

    #[test]
    fn a_mark_in_the_middle_is_named() {
        let text = b"{\"a\":1}\n\xef\xbb\xbf{\"b\":2}";
        let fault = stray_mark(text, offset_at(text, 2, 1)).unwrap();
        assert_eq!(fault.offset, 8);
        assert!(fault.said.contains("in the middle"), "{fault:?}");
        assert_eq!(stray_mark(b"{\"a\":x}", 5), None);
    }
}
