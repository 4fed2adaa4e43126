//! The one integration binary of the core: properties, pinned formats, crashes and faults.

mod engine;
