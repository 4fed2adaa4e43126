//! Who makes a request, as far as it shows it.

use std::sync::{Arc, OnceLock};

use axum::http::request::Parts;
use cms_core::{model::name::Person, repo::Via};

use crate::problem::{Code, Problem};

/// Who makes a request, as far as somebody found it out on the way: for whoever puts its refusal on record.
#[derive(Clone, Default)]
pub struct Asker(Arc<OnceLock<(Person, Via)>>);

impl Asker {
    /// Notes who asks, if anybody wants to know.
    pub fn note(parts: &Parts, person: &Person, via: Via) {
        if let Some(asker) = parts.extensions.get::<Self>() {
            // The first to find it out was right.
            let _ = asker.0.set((person.clone(), via));
        }
    }

    /// Who asks, if it was found out.
    pub fn found(&self) -> Option<&(Person, Via)> {
        self.0.get()
    }
}

/// Nobody is known by what a request shows, or it shows nothing.
pub(super) fn nobody() -> Problem {
    Problem::new(Code::TokenRefused, "sign in, or send `Authorization: Bearer TOKEN`")
}

/// Somebody has to show once more who they are, because they signed in longer ago than this.
pub(super) fn long_ago(than: &str) -> Problem {
    let detail = format!("you signed in more than {than} ago; renew the session and try again");
    Problem::new(Code::SignInAgain, detail)
}
