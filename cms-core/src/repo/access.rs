//! Who may do what here: the grants in their cells, and what verbs ask before they change anything that others see.
//!
//! All grants are cells of one group, and each change of one swaps the group's version as well. So two administrators
//! who take each other's role at once are judged one after the other, and the last one stays.
//!
//! Invariants:
//! 1. There is an administrator whose role reaches everywhere once there was one: neither taking a grant nor suspending
//!    a person removes the last.
//! 2. A suspended person has no right, whatever their grants.

mod cells;
pub(in crate::repo) mod change;
pub(in crate::repo) mod explain;
pub(in crate::repo) mod groups;
pub(in crate::repo) mod places;
pub(in crate::repo) mod policies;
mod rules;
pub(in crate::repo) mod sight;
mod territory;
pub(in crate::repo) mod token;
