//! Where to listen, as it is typed: an address, a name that stands for some addresses, or a socket in the file system.

use std::{fmt, path::PathBuf, str::FromStr};

use serde::Deserialize;

/// The prefix of the address of a socket in the file system.
pub const UNIX: &str = "unix:";

/// Where to listen, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Listen {
    /// `HOST:PORT`: an address or a name.
    Host(String),
    /// `unix:PATH`.
    Socket(PathBuf),
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix(UNIX) {
            if path.is_empty() {
                return Err("unix: needs the path of a socket".to_owned());
            }
            return Ok(Self::Socket(path.into()));
        }
        let (host, port) = text.rsplit_once(':').ok_or("it is HOST:PORT or unix:PATH")?;
        port.parse::<u16>().map_err(|_| format!("{port:?} is not a port"))?;
        let is_bracketed = host.starts_with('[') && host.ends_with(']');
        if host.is_empty() || (host.contains(':') && !is_bracketed) {
            return Err(format!("{host:?} is not a host (an address of version 6 needs brackets)"));
        }
        Ok(Self::Host(text.to_owned()))
    }
}

impl TryFrom<String> for Listen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(text) => f.write_str(text),
            Self::Socket(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}
