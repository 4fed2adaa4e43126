//! People: their accounts and sessions, and what they may do.

pub mod account;
pub mod accounts;
pub mod colleagues;
pub mod grants;
pub mod keys;
pub mod links;
pub mod passkeys;
pub mod picture;
pub mod policies;
pub mod policy;
pub mod providers;
pub mod second_factor;
pub mod services;
pub mod session;
pub mod sessions;
pub mod steps;

use cms_core::{
    access::Limits,
    model::{
        key::{EntryKey, Kind, Locale},
        name::ChannelName,
    },
};

use crate::problem::{Code, Problem};

/// How far a role or a key is to reach.
fn limits_of(
    subtree: Option<EntryKey>,
    kinds: Vec<Kind>,
    locales: Vec<Locale>,
    channels: Vec<ChannelName>,
) -> Result<Limits, Problem> {
    if let Some(subtree) = subtree.as_ref().filter(|key| key.locale().is_some()) {
        let detail = format!("{subtree} is a translation; a subtree begins at an entry");
        return Err(Problem::new(Code::RequestMalformed, detail).with("pointer", "/subtree"));
    }
    Ok(Limits { subtree, kinds, locales, channels })
}
