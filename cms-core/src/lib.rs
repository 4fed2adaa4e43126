//! The versioned content store.
