//! The settings of mail, as the file has them in its table `[mail]`.

use std::path::PathBuf;

use lettre::message::Mailbox;
use serde::Deserialize;

use crate::problem::{Code, Problem};

/// How the connection to the mail server is encrypted.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "kebab-case")]
pub enum MailTls {
    /// From the beginning.
    #[default]
    Tls,
    /// After a word in the clear; a server that does not offer it gets no mail.
    Starttls,
    /// Not at all: for a server on this machine.
    None,
}

/// Where mail is handed in.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct MailSettings {
    /// The mail server; without one no mail is sent.
    pub host: Option<String>,
    /// Its port [default: the usual one]
    pub port: Option<u16>,
    /// How the connection is encrypted [default: tls]
    pub tls: MailTls,
    /// The name of this server there.
    pub username: Option<String>,
    /// The password of this server there.
    pub password: Option<String>,
    /// A file with that password.
    pub password_file: Option<PathBuf>,
    /// From whom mail comes: `The school <cms@example.org>`.
    pub from: Option<String>,
}

impl std::fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailSettings").field("host", &self.host).finish_non_exhaustive()
    }
}

/// Where mail is handed in, with every default filled in.
#[derive(Clone)]
pub struct MailConfig {
    /// The mail server.
    pub host: String,
    /// Its port; the usual one when `None`.
    pub port: Option<u16>,
    /// How the connection is encrypted.
    pub tls: MailTls,
    /// The name and password of this server there.
    pub login: Option<(String, String)>,
    /// From whom mail comes.
    pub from: Mailbox,
}

impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailConfig").field("host", &self.host).finish_non_exhaustive()
    }
}

impl MailSettings {
    /// These settings with every default filled in; `None` when no mail is sent.
    ///
    /// # Errors
    /// [`Code::RequestMalformed`], which names the setting that is invalid.
    pub fn complete(&self) -> Result<Option<MailConfig>, Problem> {
        let Some(host) = self.host.clone() else { return Ok(None) };
        let malformed = |detail: &str| Problem::new(Code::RequestMalformed, detail);
        let from = self.from.as_deref().unwrap_or_default();
        let from: Mailbox = from.parse().map_err(|_| {
            malformed("`from` of `[mail]` must be an address: The school <cms@example.org>")
        })?;
        let of_file = self.password_file.as_ref().map(|path| {
            std::fs::read_to_string(path).map_err(|error| Problem::io(path.display(), &error))
        });
        let password = match of_file {
            Some(text) => Some(text?.trim().to_owned()),
            None => self.password.clone(),
        };
        let login = match (self.username.clone(), password) {
            (None, None) => None,
            (Some(username), Some(password)) => Some((username, password)),
            _ => return Err(malformed("`username` and `password` of `[mail]` belong together")),
        };
        Ok(Some(MailConfig { host, port: self.port, tls: self.tls, login, from }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_settings_are_whole_or_refused() {
        let read = |text: &str| toml::from_str::<MailSettings>(text).unwrap().complete();
        assert!(read("").unwrap().is_none());
        let from = "host = \"mail.example\"\nfrom = \"The school <cms@example.org>\"\n";
        let config = read(from).unwrap().unwrap();
        assert_eq!((config.tls, config.login.is_none()), (MailTls::Tls, true));
        assert!(read("host = \"mail.example\"").is_err());
        assert!(read(&format!("{from}username = \"cms\"")).is_err());
        let hidden = read(&format!("{from}username = \"cms\"\npassword = \"hidden\"")).unwrap();
        assert!(!format!("{hidden:?}").contains("hidden"));
    }
}
