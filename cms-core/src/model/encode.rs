//! The binary form of internal objects: little, strict, and with exactly one spelling per value.
//!
//! Invariants:
//! 1. `decode(encode(x)) == x`, and if bytes decode at all, encoding the result gives the same bytes back: a varint has
//!    no padding, nothing follows the last field.
//! 2. Decoding never allocates more than the input is long.

/// Why bytes could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end inside a field.
    #[error("the bytes end early")]
    Short,
    /// Bytes follow the last field.
    #[error("{count} bytes follow the end")]
    Trailing {
        /// How many bytes follow.
        count: usize,
    },
    /// A format version that this program does not know.
    #[error("format version {found} is newer than this program's {known}")]
    Version {
        /// The version in the bytes.
        found: u8,
        /// The newest version that can be read.
        known: u8,
    },
    /// A field holds what it may not; the name says which.
    #[error("{field} is not valid")]
    Field {
        /// The field's name in `docs/FORMAT.md`.
        field: &'static str,
    },
}

/// Appends fields to a buffer.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// A writer whose first byte is the format version.
    pub fn versioned(version: u8) -> Self {
        Self { bytes: vec![version] }
    }

    /// One byte.
    pub fn byte(&mut self, value: u8) -> &mut Self {
        self.bytes.push(value);
        self
    }

    /// An unsigned integer, seven bits a byte, least significant first (LEB128).
    pub fn varint(&mut self, mut value: u64) -> &mut Self {
        while value >= 0x80 {
            self.bytes.push((value as u8 & 0x7f) | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
        self
    }

    /// Bytes of a length that the format fixes.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Bytes with their length before them.
    pub fn sized(&mut self, bytes: &[u8]) -> &mut Self {
        self.varint(bytes.len() as u64).raw(bytes)
    }

    /// The finished bytes.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Takes fields off the front of bytes.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader over all of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// A reader after the version byte.
    ///
    /// # Errors
    /// [`DecodeError::Version`] unless the version is `known`.
    pub fn versioned(bytes: &'a [u8], known: u8) -> Result<Self, DecodeError> {
        let mut reader = Self::new(bytes);
        let found = reader.byte()?;
        if found == known { Ok(reader) } else { Err(DecodeError::Version { found, known }) }
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, DecodeError> {
        let (first, rest) = self.bytes.split_first().ok_or(DecodeError::Short)?;
        self.bytes = rest;
        Ok(*first)
    }

    /// An unsigned integer; padding is refused.
    #[inline]
    pub fn varint(&mut self) -> Result<u64, DecodeError> {
        // Nearly all are one byte long.
        match *self.bytes {
            [byte @ 0..0x80, ref rest @ ..] => {
                self.bytes = rest;
                Ok(byte.into())
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    break;
                }
                return Ok(value);
            }
        }
        Err(DecodeError::Field { field: "varint" })
    }

    /// A length or count, which can't exceed what is left of the bytes.
    pub fn length(&mut self) -> Result<usize, DecodeError> {
        let value = self.varint()?;
        usize::try_from(value)
            .ok()
            .filter(|length| *length <= self.bytes.len())
            .ok_or(DecodeError::Short)
    }

    /// Exactly `length` bytes.
    pub fn raw(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(DecodeError::Short)?;
        self.bytes = rest;
        Ok(taken)
    }

    /// Exactly `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>().ok_or(DecodeError::Short)?;
        self.bytes = rest;
        Ok(*taken)
    }

    /// Bytes with their length before them.
    pub fn sized(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.length()?;
        self.raw(length)
    }

    /// Text with its length before it.
    pub fn text(&mut self, field: &'static str) -> Result<&'a str, DecodeError> {
        std::str::from_utf8(self.sized()?).map_err(|_| DecodeError::Field { field })
    }

    /// What has not been read.
    pub const fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// Ends the reading; nothing may be left.
    pub fn finish(self) -> Result<(), DecodeError> {
        if self.bytes.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::Trailing { count: self.bytes.len() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_have_one_spelling() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut writer = Writer::default();
            writer.varint(value);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.varint(), Ok(value));
            assert_eq!(reader.finish(), Ok(()));
        }
        assert!(Reader::new(&[0x80, 0x00]).varint().is_err(), "padding is refused");
        assert!(Reader::new(&[0xff; 11]).varint().is_err(), "more than 64 bits are refused");
    }

    #[test]
    fn a_length_beyond_the_bytes_is_refused_before_allocating() {
        let mut writer = Writer::default();
        writer.varint(u64::from(u32::MAX));
        assert_eq!(Reader::new(&writer.finish()).sized(), Err(DecodeError::Short));
    }
}
