//! What goes over the wire: types of our own for everything that a client may rely on.

pub mod authoring;
pub mod delivery;
pub mod publishing;
