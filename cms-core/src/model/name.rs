//! Names that people and programs give: branches, drafts, channels, and people themselves.
//!
//! Each name is a type, parsed where a text comes in. So the rule for a name is stated once, and what follows from it
//! (what a branch may hold, who may read a channel) is decided by the type and not by how the text begins.

mod branch;
mod channel;
mod draft;
mod person;

pub use branch::{Branch, BranchError, BranchName, DRAFTS, Holds};
pub use channel::{ChannelName, ChannelNameError};
pub use draft::{DraftId, DraftIdError};
pub use person::{Person, PersonError};

/// The beginning of a refused text, as much as a message shows.
fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

/// A name over a text: how it is shown, parsed from JSON and compared with texts.
macro_rules! texts {
    ($name:ident) => {
        impl $name {
            /// The name as text.
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
