//! Who may command: whoever shows the server's token.

use axum::http::{HeaderMap, header};

use super::problem::{Code, Problem};

/// The shared secret of one server.
#[derive(Clone)]
pub struct Token {
    /// Hashes compare in constant time; the text itself would not.
    hash: blake3::Hash,
}

impl Token {
    /// The token with this text.
    pub fn new(text: &str) -> Self {
        Self { hash: blake3::hash(text.as_bytes()) }
    }

    /// A fresh random token's text.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate() -> Result<String, getrandom::Error> {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes)?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Refuses a request without `Authorization: Bearer TOKEN`.
    ///
    /// # Errors
    /// [`Code::TokenRefused`], the same for a missing and a wrong one.
    pub fn authorise(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let shown = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
            .map(blake3::hash);
        if shown == Some(self.hash) {
            Ok(())
        } else {
            Err(Problem::new(Code::TokenRefused, "send `Authorization: Bearer TOKEN`"))
        }
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_itself_opens() {
        let token = Token::new("secret");
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            token.authorise(&headers).is_ok()
        };
        assert!(with("Bearer secret"));
        for wrong in ["Bearer secre", "Bearer secret ", "secret", "Basic secret", "Bearer "] {
            assert!(!with(wrong), "{wrong}");
        }
        assert!(token.authorise(&HeaderMap::new()).is_err());
    }
}
