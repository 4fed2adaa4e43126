//! Names that people and programs give: branches, drafts, channels, and people themselves.
//!
//! Each is a type, parsed where a text comes in, so that what a name may be is said once, and what follows from it (what
//! a branch may hold, who may read a channel) is decided by what it is and not by how its text begins.

mod branch;
mod channel;
mod draft;
mod person;

pub use branch::{Branch, BranchError, BranchName, DRAFTS, Holds};
pub use channel::{ChannelName, ChannelNameError};
pub use draft::{DraftId, DraftIdError};
pub use person::{Person, PersonError};

/// The part of a text that is no name which a message shows.
fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

/// A name over a text: how it is shown, parsed from JSON and compared with texts.
macro_rules! texts {
    ($name:ident) => {
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                *self.0 == **other
            }
        }

        impl PartialEq<$name> for String {
            fn eq(&self, other: &$name) -> bool {
                *self == *other.0
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
use texts;
