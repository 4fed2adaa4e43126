//! What is told when a provider of identities does not answer, or answers what can't be taken. Why is in the log only.

use crate::{
    problem::{Code, Problem},
    process::config::provider::Provider,
};

pub(super) fn refused(error: impl std::fmt::Display) -> Problem {
    tracing::info!(%error, "an identity was refused");
    Problem::new(Code::SignInRefused, "the provider's answer was not taken")
}

pub(super) fn unavailable(provider: &Provider, error: &dyn std::error::Error) -> Problem {
    let mut causes = vec![error.to_string()];
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    tracing::warn!(
        provider = provider.name,
        error = causes.join(": "),
        "a provider does not answer"
    );
    let detail =
        format!("{} does not answer; sign in another way, or try again later", provider.title);
    Problem::new(Code::ProviderUnavailable, detail).retry_after(30)
}
