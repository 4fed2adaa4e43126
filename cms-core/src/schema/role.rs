//! What a link means.

/// What a link means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The target is a child: it has a place here in the containment tree.
    Contains,
    /// The delivered document carries the target's object id and summary.
    Embeds,
    /// The target is only named.
    Refers,
    /// The target is named, and such links never form a circle.
    RefersAcyclic,
}
