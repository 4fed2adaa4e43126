//! Secrets: texts that nobody can guess, and that open something.
//!
//! Each sort has its own prefix, so that programs that search for leaked secrets find it. The store keeps only the hash of a
//! secret.

/// The prefix of a token.
pub const TOKEN: &str = "cms_";
/// The prefix of a link's secret.
pub const SHARE: &str = "share_";
/// The prefix of a ticket for a stream of events.
pub const TICKET: &str = "ticket_";

/// The prefix of a one-time link's secret.
pub const LINK: &str = "link_";

/// Whether a text has the form of a secret with this prefix.
pub fn has_form(prefix: &str, text: &[u8]) -> bool {
    text.strip_prefix(prefix.as_bytes()).is_some_and(|digits| {
        digits.len() == 64 && digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// The text of a new secret: its prefix, and 32 random bytes in hex.
///
/// # Errors
/// When the system has no randomness to give.
pub fn fresh(prefix: &str) -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{prefix}{digits}"))
}
