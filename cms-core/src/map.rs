//! The Merkle map: an ordered map of bytes to bytes whose root names its whole content.
//!
//! It is a prolly tree: a search tree whose node boundaries are decided by hashes of keys, so that its shape is a
//! function of its entries alone. The cost of edits, range reads and differences depends on what they touch, never on
//! the size of the map.
//!
//! Invariants:
//! 1. Same entries and salt, same root, whatever the order of edits.
//! 2. Boundaries depend on keys, the level and the count in a node, never on values: a value that grows moves no
//!    boundary.
//! 3. The root is the only node of the lowest level that has one node; the empty map is an empty leaf.
//! 4. A separator is the last key below it.

pub mod chunker;
pub mod diff;
pub mod edit;
pub mod node;
pub mod read;
pub mod store;

pub use chunker::Salt;
pub use diff::{Difference, diff, diff_from};
pub use edit::{Edit, build, edit};
pub use node::Node;
pub use read::{Entries, LostEntries, count, entries, get, rank};
pub use store::{MapError, NewNode, NodeStore, ReadNodes, Staging, WriteNodes};

/// Longest key, in bytes.
pub const KEY_SIZE_BYTES_MAX: usize = 1024;
/// Longest value, in bytes.
pub const VALUE_SIZE_BYTES_MAX: usize = 1024;
/// Most levels; at 16 entries per node that is more than any machine holds.
pub const LEVEL_MAX: u8 = 15;

#[cfg(test)]
mod tests;
