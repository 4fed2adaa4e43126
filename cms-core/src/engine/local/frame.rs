//! A frame: what one write adds to a journal. Also the header that a journal begins with.
//!
//! ```text
//! magic 8 | sequence 8 | payload length 8 | hash of the frame before 32 | check of these 8 |
//! payload, zeros up to a multiple of eight | hash of all this 32
//! ```
//!
//! Invariants:
//! 1. The hash is keyed with the journal's seed, which no writer of content knows: no bytes in an object can pass for a
//!    frame.
//! 2. A frame names the hash of the frame before it, so a frame can't be left out, repeated or moved.
//! 3. Frames and journals begin at multiples of eight.

use super::file::{FORMAT_VERSION, FileKind, HEADER_SIZE_BYTES, check_of, header, u64_at};

/// Length of a frame before its payload.
pub(super) const FRAME_HEADER_SIZE_BYTES: usize = 64;
/// Length of the header of a journal.
pub(super) const JOURNAL_HEADER_SIZE_BYTES: usize = 168;
const HASH_SIZE_BYTES: usize = 32;
const MAGIC: [u8; 8] = *b"CMSframe";

/// The hash of a frame, which the next one names.
pub(super) type Chain = [u8; HASH_SIZE_BYTES];

/// A whole frame, found in a journal's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) sequence: u64,
    pub(super) previous: Chain,
    pub(super) payload: &'a [u8],
    pub(super) chain: Chain,
    /// Length of the whole frame.
    pub(super) size_bytes: usize,
}

/// Begins a frame in an empty buffer; the payload is appended to it before [`finish`].
pub(super) fn begin(buffer: &mut Vec<u8>) {
    buffer.clear();
    buffer.resize(FRAME_HEADER_SIZE_BYTES, 0);
}

/// Completes a frame whose payload has been appended, and returns its hash.
pub(super) fn finish(
    buffer: &mut Vec<u8>,
    seed: &[u8; 32],
    sequence: u64,
    previous: &Chain,
) -> Chain {
    let payload_size_bytes = (buffer.len() - FRAME_HEADER_SIZE_BYTES) as u64;
    buffer[..8].copy_from_slice(&MAGIC);
    buffer[8..16].copy_from_slice(&sequence.to_le_bytes());
    buffer[16..24].copy_from_slice(&payload_size_bytes.to_le_bytes());
    buffer[24..56].copy_from_slice(previous);
    let check = check_of(&[&buffer[..56]]);
    buffer[56..64].copy_from_slice(&check.to_le_bytes());
    buffer.resize(buffer.len().next_multiple_of(8), 0);
    let chain = *blake3::keyed_hash(seed, buffer).as_bytes();
    buffer.extend_from_slice(&chain);
    chain
}

/// The frame at the front of `bytes`.
///
/// # Errors
/// What shows that there is no frame.
pub(super) fn read<'a>(bytes: &'a [u8], seed: &[u8; 32]) -> Result<Frame<'a>, &'static str> {
    let frame = read_known(bytes)?;
    let hashed = &bytes[..frame.size_bytes - HASH_SIZE_BYTES];
    if *blake3::keyed_hash(seed, hashed).as_bytes() == frame.chain {
        Ok(frame)
    } else {
        Err("the frame's bytes do not match its hash")
    }
}

/// The frame at the front of `bytes`, whose hash was checked earlier.
pub(super) fn read_known(bytes: &[u8]) -> Result<Frame<'_>, &'static str> {
    let (head, rest) =
        bytes.split_at_checked(FRAME_HEADER_SIZE_BYTES).ok_or("the frame's header is cut off")?;
    if head[..8] != MAGIC {
        return Err("no frame begins here");
    }
    if check_of(&[&head[..56]]) != u64_at(head, 56) {
        return Err("the frame's header does not match its check");
    }
    let cut = "the frame is cut off";
    let payload_size_bytes = usize::try_from(u64_at(head, 16)).map_err(|_| cut)?;
    let payload = rest.get(..payload_size_bytes).ok_or(cut)?;
    let hashed_size_bytes = (FRAME_HEADER_SIZE_BYTES + payload_size_bytes).next_multiple_of(8);
    let size_bytes = hashed_size_bytes + HASH_SIZE_BYTES;
    let chain: Chain =
        bytes.get(hashed_size_bytes..size_bytes).and_then(|b| b.try_into().ok()).ok_or(cut)?;
    let mut previous = Chain::default();
    previous.copy_from_slice(&head[24..56]);
    Ok(Frame { sequence: u64_at(head, 8), previous, payload, chain, size_bytes })
}

/// What a journal says of itself in its first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JournalHeader {
    pub(super) number: u64,
    /// The store that it belongs to.
    pub(super) store: [u8; 16],
    /// The key of its frames' hashes.
    pub(super) seed: [u8; 32],
    /// The hash of the previous journal's last frame.
    pub(super) previous: Chain,
    /// The sequence of its first frame.
    pub(super) first_sequence: u64,
    /// The position of the last transaction before this journal.
    pub(super) position: u64,
    /// The boot id of the machine when it was begun.
    pub(super) boot: [u8; 16],
}

impl JournalHeader {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = header(FileKind::Journal).to_vec();
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.extend_from_slice(&self.store);
        bytes.extend_from_slice(&self.seed);
        bytes.extend_from_slice(&self.previous);
        bytes.extend_from_slice(&self.first_sequence.to_le_bytes());
        bytes.extend_from_slice(&self.position.to_le_bytes());
        bytes.extend_from_slice(&self.boot);
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        debug_assert_eq!(bytes.len(), JOURNAL_HEADER_SIZE_BYTES);
        bytes
    }

    /// The header at the front of a journal whose magic and version were checked; `None` when it is torn.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        const _: () = assert!(FORMAT_VERSION == 1, "a new version needs a reader of this one");
        let bytes = bytes.get(..JOURNAL_HEADER_SIZE_BYTES)?;
        let (body, hash) = bytes.split_at(JOURNAL_HEADER_SIZE_BYTES - HASH_SIZE_BYTES);
        if blake3::hash(body).as_bytes() != hash {
            return None;
        }
        let array = |at: usize| body.get(at..at + 16)?.try_into().ok();
        let hash_at = |at: usize| body.get(at..at + 32)?.try_into().ok();
        Some(Self {
            number: u64_at(body, HEADER_SIZE_BYTES),
            store: array(24)?,
            seed: hash_at(40)?,
            previous: hash_at(72)?,
            first_sequence: u64_at(body, 104),
            position: u64_at(body, 112),
            boot: array(120)?,
        })
    }
}
