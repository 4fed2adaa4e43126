//! What a link means.

/// What a link means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The target is a child: it stands here in the containment tree.
    Contains,
    /// The delivered document carries the target's object id and summary.
    Embeds,
    /// The target is named, no more.
    Refers,
    /// The target is named, and such links never lead round in a circle.
    RefersAcyclic,
}
