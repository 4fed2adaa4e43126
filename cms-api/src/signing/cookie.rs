//! The cookies: of a session, and of a browser in which somebody has signed in before.
//!
//! The value of a session's cookie is `PERSON.SECRET`; the store keeps the secret's hash among the person's sessions.

use axum::http::{HeaderMap, HeaderValue, header};
use cms_core::{model::name::Person, repo::SecretHash};

use crate::{ground::secret, problem::Problem};

/// How long a browser is known, in seconds: as long as browsers keep a cookie.
const DEVICE_AGE_S: u64 = 400 * 24 * 60 * 60;
/// The prefix of a session's secret.
const SESSION: &str = "session_";

/// The name of a session's cookie. The prefix `__Host-` makes browsers refuse it from other hosts and without
/// encryption; without encryption, on the machine itself, there is no such protection to be had.
pub fn session_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-cms_session" } else { "cms_session" }
}

/// The name of the cookie of a known browser.
pub fn device_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-cms_device" } else { "cms_device" }
}

/// The name of the cookie that binds a sign-in at a provider to a browser.
pub fn away_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-cms_away" } else { "cms_away" }
}

/// The value of a cookie; none when the name is there twice, because then somebody else may have set one of them.
pub fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value.to_owned()),
        _ => None,
    }
}

/// Whether a browser sends a cookie of ours that it sends over encrypted connections only.
pub fn has_secure(headers: &HeaderMap) -> bool {
    [session_name(true), device_name(true), away_name(true)]
        .iter()
        .any(|name| read(headers, name).is_some())
}

/// What names a session: its person, and the hash of its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKey {
    /// Whose session it is.
    pub person: Person,
    /// The hash of its secret.
    pub hash: SecretHash,
    /// What a write with this session's cookie has to send along.
    pub csrf_token: String,
}

impl SessionKey {
    /// The session of a cookie.
    pub fn of(value: &str) -> Option<Self> {
        let (person, secret) = value.rsplit_once('.')?;
        let is_secret = secret.len() <= 100 && secret.starts_with(SESSION);
        let person = person.parse().ok().filter(|_| is_secret)?;
        let csrf = blake3::derive_key(
            "cms 2026-11-30 v1 token against forged requests",
            secret.as_bytes(),
        );
        let csrf_token = blake3::Hash::from_bytes(csrf).to_hex()[..32].to_owned();
        Some(Self { person, hash: SecretHash::of(secret.as_bytes()), csrf_token })
    }

    /// A new session of a person, and the value of its cookie.
    ///
    /// # Errors
    /// When the machine can't provide random bytes.
    pub fn fresh(person: &Person) -> Result<(Self, String), Problem> {
        let secret = secret::fresh(SESSION).map_err(Problem::internal)?;
        let value = format!("{person}.{secret}");
        let key = Self::of(&value).ok_or_else(|| Problem::internal("a session without a key"))?;
        Ok((key, value))
    }

    /// Whether a text is this session's token against forged requests; compared in constant time.
    pub fn has_csrf_token(&self, text: &str) -> bool {
        blake3::hash(self.csrf_token.as_bytes()) == blake3::hash(text.as_bytes())
    }
}

/// The header that sets a cookie.
pub fn set(name: &str, value: &str, age_s: u64, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age_s}{secure}");
    HeaderValue::from_str(&text).expect("names and values of cookies are ASCII")
}

/// The header that removes a cookie.
pub fn cleared(name: &str, is_secure: bool) -> HeaderValue {
    set(name, "", 0, is_secure)
}

fn device_mark(key: &[u8; 32], person: &str, nonce: &str) -> String {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(person.as_bytes()).update(b"\0").update(nonce.as_bytes());
    hasher.finalize().to_hex()[..32].to_owned()
}

/// The cookie of a browser in which a person has just signed in.
///
/// # Errors
/// When the machine can't provide random bytes.
pub fn device(key: &[u8; 32], person: &Person, is_secure: bool) -> Result<HeaderValue, Problem> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(Problem::internal)?;
    let nonce = format!("{:016x}", u64::from_be_bytes(bytes));
    let mark = device_mark(key, person.as_str(), &nonce);
    let value = format!("{person}.{nonce}.{mark}");
    Ok(set(device_name(is_secure), &value, DEVICE_AGE_S, is_secure))
}

/// The name of a browser in which this person has signed in before; none for any other.
pub(super) fn known_device(key: &[u8; 32], cookie: &str, person: &str) -> Option<String> {
    let (rest, mark) = cookie.rsplit_once('.')?;
    let (of, nonce) = rest.rsplit_once('.')?;
    let expected = device_mark(key, person, nonce);
    let is_genuine = blake3::hash(expected.as_bytes()) == blake3::hash(mark.as_bytes());
    (of == person && is_genuine).then(|| format!("device {nonce}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_by_its_whole_name_and_only_once() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; cms_session=x.y; xcms_session=2"),
        );
        assert_eq!(read(&headers, "cms_session").as_deref(), Some("x.y"));
        headers.append(header::COOKIE, HeaderValue::from_static("cms_session=planted"));
        assert_eq!(read(&headers, "cms_session"), None, "somebody planted another one");
    }

    #[test]
    fn a_forged_cookie_is_no_session() {
        let (key, value) = SessionKey::fresh(&"p-1".parse().unwrap()).unwrap();
        assert_eq!(SessionKey::of(&value), Some(key.clone()));
        assert!(key.has_csrf_token(&key.csrf_token) && !key.has_csrf_token(""));
        for forged in ["", ".", "p-1", "p-1.", "P 1.session_1", "p-1.token", "a/b.session_1"] {
            assert_eq!(SessionKey::of(forged), None, "{forged}");
        }
    }

    #[test]
    fn a_session_is_set_as_browsers_guard_it_best() {
        let line = set(session_name(true), "p-1.session_1", 60, true);
        let line = line.to_str().unwrap();
        assert_eq!(
            line,
            "__Host-cms_session=p-1.session_1; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure"
        );
        assert!(!set(session_name(false), "x", 60, false).to_str().unwrap().contains("Secure"));
    }
}
