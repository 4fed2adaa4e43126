//! What goes over the wire: types of our own for everything that a client may rely on.

pub mod content;
pub mod delivered;
pub mod delivery;
pub mod difference;
pub mod drafts;
pub mod findings;
pub mod import;
pub mod operation;
pub mod publishing;
pub mod reviews;
pub mod scheduling;
pub mod translations;
pub mod words;
