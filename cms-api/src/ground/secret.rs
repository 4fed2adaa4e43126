//! Secrets that open something: texts that nobody can guess.
//!
//! Each sort begins with a word of its own, so that programs that look for leaked secrets find it. Of a secret the store
//! keeps a hash alone.

/// What a token begins with.
pub const TOKEN: &str = "cms_";
/// What the secret of a link to a draft begins with.
pub const SHARE: &str = "share_";
/// What a ticket for a stream of events begins with.
pub const TICKET: &str = "ticket_";

/// A fresh secret's text: its prefix, and 32 random bytes in hex digits.
///
/// # Errors
/// When the system has no randomness to give.
pub fn fresh(prefix: &str) -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{prefix}{digits}"))
}
