//! The settings of signing in: as the file has them in its table `[sign_in]`, and with every default filled in.

use std::time::Duration;

use serde::Deserialize;

use super::{mail::MailConfig, provider::Provider};
use crate::problem::{Code, Problem};

/// Longest time for which a session may be set to stay unused, in minutes: 30 days.
const IDLE_MIN_MAX: u64 = 30 * 24 * 60;
/// Longest time for which a session may be set to last, in hours: a year.
const ABSOLUTE_H_MAX: u64 = 365 * 24;

/// How people sign in.
#[derive(Deserialize, Debug, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SignInSettings {
    /// Minutes for which a session may stay unused [default: 720]
    pub idle_min: Option<u64>,
    /// Hours that a session lasts at most [default: 336]
    pub absolute_h: Option<u64>,
}

/// What a hash of a password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// How often the memory is gone through.
    pub passes: u32,
}

impl Default for HashCost {
    /// The least that OWASP's Password Storage Cheat Sheet recommends for argon2id. A password that was hashed at a
    /// lower cost is hashed again when its owner signs in.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// The settings of signing in, with every default filled in.
#[derive(Debug, Clone)]
pub struct SigningConfig {
    /// Where browsers reach this server, without a slash at the end; where it listens when nobody said.
    pub public_url: Option<String>,
    /// How long a session may stay unused.
    pub idle: Duration,
    /// How long a session lasts at most.
    pub absolute: Duration,
    /// What a hash costs.
    pub cost: HashCost,
    /// Providers of identities.
    pub providers: Vec<Provider>,
    /// Where mail is handed in; none where links are handed over.
    pub mail: Option<MailConfig>,
}

impl Default for SigningConfig {
    fn default() -> Self {
        Self {
            public_url: None,
            idle: Duration::from_secs(12 * 60 * 60),
            absolute: Duration::from_secs(14 * 24 * 60 * 60),
            cost: HashCost::default(),
            providers: Vec::new(),
            mail: None,
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl SigningConfig {
    /// How long a session may stay unused, in milliseconds.
    pub fn idle_ms(&self) -> u64 {
        millis(self.idle)
    }

    /// How long a session lasts at most, in milliseconds.
    pub fn absolute_ms(&self) -> u64 {
        millis(self.absolute)
    }
}

fn within(name: &str, value: u64, max: u64) -> Result<u64, Problem> {
    if (1..=max).contains(&value) {
        return Ok(value);
    }
    let detail = format!("`{name}` of `[sign_in]` is {value}, and must be 1 to {max}");
    Err(Problem::new(Code::RequestMalformed, detail))
}

/// An address of this server as browsers name its origin: a scheme and a host, in small letters, and a port if it is not
/// the scheme's own.
///
/// # Errors
/// [`Code::RequestMalformed`] when it is anything else.
pub fn public_url(text: &str) -> Result<String, Problem> {
    let url = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_host = |host: &str| {
        !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    };
    let own = if url.starts_with("https://") { ":443" } else { ":80" };
    match host.filter(|host| is_host(host)) {
        Some(_) => Ok(url.strip_suffix(own).unwrap_or(&url).to_owned()),
        None => {
            let detail = format!(
                "--public-url (CMS_PUBLIC_URL) is {text:?}, and must be the address that browsers use, such as https://cms.example.org"
            );
            Err(Problem::new(Code::RequestMalformed, detail))
        }
    }
}

impl SignInSettings {
    /// These settings with every default filled in, for a server at this address.
    ///
    /// # Errors
    /// [`Code::RequestMalformed`], which names the setting that is invalid.
    pub fn complete(&self, url: Option<&str>) -> Result<SigningConfig, Problem> {
        let default = SigningConfig::default();
        let seconds = |name, given: Option<u64>, max, unit_s: u64, default: Duration| match given {
            None => Ok::<Duration, Problem>(default),
            Some(value) => Ok(Duration::from_secs(within(name, value, max)? * unit_s)),
        };
        Ok(SigningConfig {
            public_url: url.map(public_url).transpose()?,
            idle: seconds("idle_min", self.idle_min, IDLE_MIN_MAX, 60, default.idle)?,
            absolute: seconds(
                "absolute_h",
                self.absolute_h,
                ABSOLUTE_H_MAX,
                3600,
                default.absolute,
            )?,
            ..default
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_browsers_call_an_origin() {
        for (text, expected) in [
            ("https://CMS.example.org/", "https://cms.example.org"),
            ("https://cms.example.org:443", "https://cms.example.org"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(public_url(text).unwrap(), expected);
        }
        for text in ["", "cms.example.org", "https://", "ftp://x", "https://x/y", "https://a@b"] {
            assert!(public_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_session_that_lasts_for_ever_is_refused_by_its_name() {
        for idle_min in [0, IDLE_MIN_MAX + 1] {
            let settings = SignInSettings { idle_min: Some(idle_min), ..Default::default() };
            assert!(settings.complete(None).unwrap_err().detail.contains("idle_min"));
        }
        let settings = SignInSettings { idle_min: Some(5), absolute_h: Some(1) };
        let config = settings.complete(Some("https://x")).unwrap();
        assert_eq!((config.idle_ms(), config.absolute_ms()), (300_000, 3_600_000));
    }
}
