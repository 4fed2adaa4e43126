//! Settings: flags, then the environment (`CMS_*`), then the file, then the defaults.
//!
//! Each setting is defined once, as a flag that may be absent. The file has the same names, and an unknown name is
//! refused, so that a misspelt setting never silently becomes a default.

pub mod listen;
pub mod mail;
pub mod provider;
pub mod sign_in;

use cms_core::model::name::Person;
use std::{
    fmt,
    net::IpAddr,
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Duration,
};

use axum::http::HeaderName;
use ipnet::IpNet;
use serde::Deserialize;

use crate::{
    ground::{
        fetching::allowed::Allowed,
        limits::{REQUEST_TIME_MAX, REQUESTS_PER_CLIENT_MAX},
    },
    problem::{Code, Problem},
    process::{
        config::{
            listen::Listen,
            mail::MailSettings,
            provider::ProviderSettings,
            sign_in::{SignInSettings, SigningConfig},
        },
        log::LogFormat,
    },
};

/// How long a server may show no sign of life, unless a setting says otherwise.
const TIMEOUT_DEFAULT: Duration = Duration::from_secs(60);
/// Longest time-out, in seconds: a day.
const TIMEOUT_S_MAX: u64 = 86_400;
/// Longest time after which apps look at a channel again, in seconds: a year.
const CHECK_AFTER_S_MAX: u32 = 31_536_000;
/// Most memory for map nodes, in MiB: a TiB.
const NODE_CACHE_MIB_MAX: u32 = 1 << 20;
/// The largest number of connections that a setting may ask for.
const CONNECTIONS_MAX_MAX: u32 = 1_000_000;

/// The settings of every verb: where things are, and who asks.
#[derive(clap::Args, Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GlobalSettings {
    /// The data directory [default: ./.data]
    #[arg(long, global = true, env = "CMS_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A running server to ask instead of opening the data directory
    #[arg(long, global = true, env = "CMS_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// The server's token; a server on this machine leaves its own in the data directory
    #[arg(long, global = true, env = "CMS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// A file that holds the server's token, which only you can read; nobody sees it on the command line
    #[arg(long, global = true, env = "CMS_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Seconds after which a server without a sign of life is given up [default: 60]
    #[arg(long, global = true, env = "CMS_TIMEOUT_S", value_name = "S")]
    pub timeout_s: Option<u64>,
    /// Who makes the change [default: the user of the operating system]
    #[arg(long, global = true, env = "CMS_AUTHOR", value_name = "NAME")]
    pub author: Option<String>,
    /// Settings of `cms serve`, as the table `[serve]`.
    #[arg(skip)]
    pub serve: ServeSettings,
    /// How people sign in, as the table `[sign_in]`.
    #[arg(skip)]
    pub sign_in: SignInSettings,
    /// Where mail is handed in, as the table `[mail]`.
    #[arg(skip)]
    pub mail: MailSettings,
    /// Providers of identities, as the tables `[[provider]]`.
    #[arg(skip)]
    pub provider: Vec<ProviderSettings>,
}

/// How to serve.
#[derive(clap::Args, Deserialize, Debug, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ServeSettings {
    /// HOST:PORT to listen on (port 0 takes a free one), or unix:PATH [default: 127.0.0.1:8080]
    #[arg(long, env = "CMS_LISTEN", value_name = "ADDR")]
    pub listen: Option<Listen>,
    /// Where browsers reach this server, such as https://cms.example.org [default: where it listens]
    #[arg(long, env = "CMS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Whether the admin page is served at /admin [default: true]
    #[arg(long, env = "CMS_ADMIN", value_name = "BOOL")]
    pub admin: Option<bool>,
    /// Most connections at a time; silent ones make room for new ones [default: 4096]
    #[arg(long, env = "CMS_CONNECTIONS_MAX", value_name = "N")]
    pub connections_max: Option<u32>,
    /// Seconds for a client to send its request's head [default: 10]
    #[arg(long, env = "CMS_HEADER_TIMEOUT_S", value_name = "S")]
    pub header_timeout_s: Option<u64>,
    /// Seconds that a connection is kept for the client's next request [default: 75]
    #[arg(long, env = "CMS_IDLE_TIMEOUT_S", value_name = "S")]
    pub idle_timeout_s: Option<u64>,
    /// Seconds without a byte of a request's body after which the request is given up [default: 30]
    #[arg(long, env = "CMS_BODY_TIMEOUT_S", value_name = "S")]
    pub body_timeout_s: Option<u64>,
    /// Seconds without the client reading a byte after which the connection is cut [default: 30]
    #[arg(long, env = "CMS_WRITE_TIMEOUT_S", value_name = "S")]
    pub write_timeout_s: Option<u64>,
    /// Seconds for requests in flight to end once the server is told to stop [default: 20]
    #[arg(long, env = "CMS_DRAIN_TIMEOUT_S", value_name = "S")]
    pub drain_timeout_s: Option<u64>,
    /// Seconds after which apps should look at a channel again, sent with its answer [default: 60]
    #[arg(long, env = "CMS_CHECK_AFTER_S", value_name = "S")]
    pub check_after_s: Option<u32>,
    /// Memory for map nodes, in MiB [default: 64]
    #[arg(long, env = "CMS_NODE_CACHE_MIB", value_name = "N")]
    pub node_cache_mib: Option<u32>,
    /// Attempts and hints that a client may ask for in a second, with bursts of ten times that; 0 for no limit [default: 100]
    #[arg(long, env = "CMS_ATTEMPTS_PER_S", value_name = "N")]
    pub attempts_per_s: Option<u32>,
    /// A proxy in front that is believed when it says who asks: an address or a network; may be repeated
    #[arg(long, env = "CMS_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',')]
    pub trusted_proxy: Option<Vec<String>>,
    /// The header in which the proxy in front names the client's address [default with a trusted proxy: X-Forwarded-For]
    #[arg(long, env = "CMS_CLIENT_ADDRESS_HEADER", value_name = "NAME")]
    pub client_address_header: Option<String>,
    /// The certificate for TLS with those that vouch for it, as PEM; read again when it changes
    #[arg(long, env = "CMS_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// The key of the certificate, as PEM
    #[arg(long, env = "CMS_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Seconds for a request until its answer begins; imports, exports and uploads have an hour [default: 300]
    #[arg(long, env = "CMS_REQUEST_TIMEOUT_S", value_name = "S")]
    pub request_timeout_s: Option<u64>,
    /// Most requests of one client at a time; 0 for no limit [default: 256]
    #[arg(long, env = "CMS_REQUESTS_PER_CLIENT_MAX", value_name = "N")]
    pub requests_per_client_max: Option<u32>,
    /// A place inside that may be fetched, such as a provider of identities: HOST[:PORT], an address or a network; may be repeated
    #[arg(long, env = "CMS_FETCH_ALLOW", value_name = "PLACE", value_delimiter = ',')]
    pub fetch_allow: Option<Vec<String>>,
    /// The format of log lines [default: text]
    #[arg(long, env = "CMS_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

/// The settings of `cms serve`, with every default filled in.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// Where to listen.
    pub listen: Listen,
    /// Whether /admin exists.
    pub admin: bool,
    /// Most connections at a time.
    pub connections_max: usize,
    /// Whether somebody asked for exactly this many.
    pub is_connections_max_set: bool,
    /// How long a client may take to send the head of a request.
    pub header_timeout: Duration,
    /// How long a connection is kept for the next request.
    pub idle_timeout: Duration,
    /// How long to wait for the next byte of a body.
    pub body_timeout: Duration,
    /// How long to wait for the client to read the next byte.
    pub write_timeout: Duration,
    /// How long requests in flight may take when the server stops.
    pub drain_timeout: Duration,
    /// After how many seconds apps should look at a channel again.
    pub check_after_s: u32,
    /// Memory for map nodes, in bytes.
    pub node_cache_size_bytes: usize,
    /// How many attempts and hints each client may ask for in a second; `None` for no limit.
    pub attempts_per_s: Option<NonZeroU32>,
    /// The proxies that are believed when they say who asks.
    pub proxies: Proxies,
    /// The certificate and its key, for TLS.
    pub tls: Option<TlsFiles>,
    /// How long a request may take until its answer begins.
    pub request_timeout: Duration,
    /// Most requests of one client at a time; `None` for no limit.
    pub requests_per_client_max: Option<NonZeroU32>,
    /// What may be fetched although it is not public.
    pub fetch_allowed: Allowed,
    /// How people sign in.
    pub signing: SigningConfig,
    /// The format of log lines.
    pub log_format: LogFormat,
}

/// The proxies that are believed when they say who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Their networks.
    pub trusted: Vec<IpNet>,
    /// The header in which they name the client.
    pub header: Option<HeaderName>,
}

/// The files from which TLS is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those that vouch for it.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl fmt::Debug for GlobalSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token is left out: what is shown may end up in a log.
        f.debug_struct("GlobalSettings")
            .field("data", &self.data)
            .field("server", &self.server)
            .field("author", &self.author)
            .field("serve", &self.serve)
            .finish_non_exhaustive()
    }
}

impl GlobalSettings {
    /// Takes from the file what flags and environment left open.
    ///
    /// # Errors
    /// A problem when the file can't be read or has an unknown name.
    pub fn with_file(self, path: Option<&Path>) -> Result<Self, Problem> {
        let Some(path) = path else { return Ok(self) };
        let text =
            std::fs::read_to_string(path).map_err(|error| Problem::io(path.display(), &error))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        self.with_text(&text, folder).map_err(|reason| {
            Problem::new(Code::RequestMalformed, format!("{}: {reason}", path.display()))
        })
    }

    /// Relative paths in a file start at the file's folder, wherever it is read from.
    fn with_text(self, text: &str, folder: &Path) -> Result<Self, String> {
        let mut file: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if let Some(Listen::Socket(path)) = &mut file.serve.listen {
            *path = folder.join(&*path);
        }
        for path in [&mut file.serve.tls_cert, &mut file.serve.tls_key].into_iter().flatten() {
            *path = folder.join(&*path);
        }
        Ok(Self {
            data: self.data.or(file.data.map(|data| folder.join(data))),
            server: self.server.or(file.server),
            token: given(self.token).or(given(file.token)),
            token_file: self.token_file.or(file.token_file.map(|path| folder.join(path))),
            timeout_s: self.timeout_s.or(file.timeout_s),
            author: self.author.or(file.author),
            serve: self.serve.or(file.serve),
            sign_in: file.sign_in,
            mail: file.mail,
            provider: file.provider,
        })
    }

    /// These settings, if they are valid together.
    ///
    /// # Errors
    /// A problem that names the invalid setting.
    pub fn checked(self) -> Result<Self, Problem> {
        if let Some(timeout_s) = self.timeout_s {
            within("timeout-s", timeout_s, 1, TIMEOUT_S_MAX)?;
        }
        if self.data.as_ref().is_some_and(|data| data.as_os_str().is_empty()) {
            let detail = "--data (CMS_DATA) is empty, and must be a directory";
            return Err(Problem::new(Code::RequestMalformed, detail));
        }
        let token = match (given(self.token.clone()), &self.token_file) {
            (None, Some(path)) => Some(token_in(path)?),
            (typed, _) => typed,
        };
        Ok(Self { token, ..self })
    }

    /// How long a server may show no sign of life.
    pub fn timeout(&self) -> Duration {
        self.timeout_s.map_or(TIMEOUT_DEFAULT, Duration::from_secs)
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| PathBuf::from(".data"))
    }

    /// Who makes the change: the name that was given, or the account that runs this program, turned into a name that a
    /// person may have.
    pub fn author(&self) -> String {
        let named = |name: &String| !name.trim().is_empty();
        let variable = |name| std::env::var(name).ok().filter(named);
        let said = self.author.clone().filter(named);
        said.unwrap_or_else(|| {
            let account = variable("USER").or_else(|| variable("LOGNAME")).or_else(account);
            account.as_deref().and_then(called).unwrap_or_else(|| "unknown".to_owned())
        })
    }
}

/// An account's name, turned into a name that a person may have; `None` when nothing is left of it.
fn called(account: &str) -> Option<String> {
    let letter = |c: char| match c.to_ascii_lowercase() {
        c @ ('a'..='z' | '0'..='9' | '.' | '_' | '@' | '-') => c,
        _ => '-',
    };
    let name: String = account.chars().map(letter).collect();
    let name: String = name.trim_start_matches(['.', '_', '@', '-']).chars().take(64).collect();
    name.parse::<Person>().ok().map(|person| person.to_string())
}

/// A usable token: an empty text opens nothing, so it counts as no token.
fn given(token: Option<String>) -> Option<String> {
    token.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty())
}

/// The token that a file holds. A file without one is refused: an operator who named it expects that it counts.
fn token_in(path: &Path) -> Result<String, Problem> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Problem::io(path.display(), &error))?;
    given(Some(text)).ok_or_else(|| {
        Problem::new(Code::RequestMalformed, format!("{} holds no token", path.display()))
    })
}

/// The account's name in the system's list, for services that run without `USER`.
fn account() -> Option<String> {
    let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").ok()?);
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, uid) = (fields.next()?, fields.nth(1)?);
        (uid.parse() == Ok(owner)).then(|| name.to_owned())
    })
}

impl ServeSettings {
    /// These settings; the other ones where these are open.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            admin: self.admin.or(other.admin),
            connections_max: self.connections_max.or(other.connections_max),
            header_timeout_s: self.header_timeout_s.or(other.header_timeout_s),
            idle_timeout_s: self.idle_timeout_s.or(other.idle_timeout_s),
            body_timeout_s: self.body_timeout_s.or(other.body_timeout_s),
            write_timeout_s: self.write_timeout_s.or(other.write_timeout_s),
            drain_timeout_s: self.drain_timeout_s.or(other.drain_timeout_s),
            check_after_s: self.check_after_s.or(other.check_after_s),
            node_cache_mib: self.node_cache_mib.or(other.node_cache_mib),
            attempts_per_s: self.attempts_per_s.or(other.attempts_per_s),
            trusted_proxy: self.trusted_proxy.or(other.trusted_proxy),
            client_address_header: self.client_address_header.or(other.client_address_header),
            tls_cert: self.tls_cert.or(other.tls_cert),
            tls_key: self.tls_key.or(other.tls_key),
            request_timeout_s: self.request_timeout_s.or(other.request_timeout_s),
            requests_per_client_max: self.requests_per_client_max.or(other.requests_per_client_max),
            fetch_allow: self.fetch_allow.or(other.fetch_allow),
            log_format: self.log_format.or(other.log_format),
        }
    }

    /// These settings with every default filled in.
    ///
    /// # Errors
    /// [`Code::RequestMalformed`], which names the setting, when one is invalid.
    pub fn complete(self, sign_in: &SignInSettings) -> Result<ServeConfig, Problem> {
        let time = |name, given: Option<u64>, default| {
            let seconds = within(name, given.unwrap_or(default), 1, TIMEOUT_S_MAX)?;
            Ok::<_, Problem>(Duration::from_secs(seconds))
        };
        let count = |name, given: Option<u32>, default: u32, max: u32| {
            let count = within(name, given.unwrap_or(default).into(), 1, max.into())?;
            Ok::<_, Problem>(u32::try_from(count).unwrap_or(max))
        };
        let drain_timeout_s = self.drain_timeout_s.unwrap_or(20);
        let node_cache_mib = count("node-cache-mib", self.node_cache_mib, 64, NODE_CACHE_MIB_MAX)?;
        Ok(ServeConfig {
            listen: self.listen.unwrap_or_else(|| Listen::Host("127.0.0.1:8080".to_owned())),
            admin: self.admin.unwrap_or(true),
            is_connections_max_set: self.connections_max.is_some(),
            connections_max: count(
                "connections-max",
                self.connections_max,
                4096,
                CONNECTIONS_MAX_MAX,
            )? as usize,
            header_timeout: time("header-timeout-s", self.header_timeout_s, 10)?,
            idle_timeout: time("idle-timeout-s", self.idle_timeout_s, 75)?,
            body_timeout: time("body-timeout-s", self.body_timeout_s, 30)?,
            write_timeout: time("write-timeout-s", self.write_timeout_s, 30)?,
            // Here 0 is allowed: it means not to wait at all.
            drain_timeout: Duration::from_secs(within(
                "drain-timeout-s",
                drain_timeout_s,
                0,
                TIMEOUT_S_MAX,
            )?),
            check_after_s: count("check-after-s", self.check_after_s, 60, CHECK_AFTER_S_MAX)?,
            node_cache_size_bytes: (node_cache_mib as usize) << 20,
            attempts_per_s: NonZeroU32::new(self.attempts_per_s.unwrap_or(100)),
            proxies: proxies(self.trusted_proxy, self.client_address_header)?,
            tls: TlsFiles::of(self.tls_cert, self.tls_key)?,
            request_timeout: time(
                "request-timeout-s",
                self.request_timeout_s,
                REQUEST_TIME_MAX.as_secs(),
            )?,
            requests_per_client_max: NonZeroU32::new(
                self.requests_per_client_max.unwrap_or(REQUESTS_PER_CLIENT_MAX),
            ),
            fetch_allowed: fetch_allowed(self.fetch_allow)?,
            signing: sign_in.complete(self.public_url.as_deref())?,
            log_format: self.log_format.unwrap_or_default(),
        })
    }
}

/// The proxies that are believed, and how they name clients.
fn proxies(trusted: Option<Vec<String>>, header: Option<String>) -> Result<Proxies, Problem> {
    let malformed = |detail: String| Problem::new(Code::RequestMalformed, detail);
    let network = |text: &String| {
        let text = text.trim();
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse::<IpNet>().or_else(|_| address()).map_err(|_| {
            malformed(format!(
                "--trusted-proxy (CMS_TRUSTED_PROXY) is {text:?}, and must be an address or a network such as 10.1.0.0/16"
            ))
        })
    };
    let trusted = trusted.unwrap_or_default();
    let trusted = trusted.iter().map(network).collect::<Result<Vec<_>, _>>()?;
    let header = header.map(|name| {
        HeaderName::try_from(&name).map_err(|_| {
            malformed(format!(
                "--client-address-header (CMS_CLIENT_ADDRESS_HEADER) is {name:?}, which is not the name of a header"
            ))
        })
    });
    Ok(Proxies { trusted, header: header.transpose()? })
}

fn fetch_allowed(entries: Option<Vec<String>>) -> Result<Allowed, Problem> {
    let entries = entries.unwrap_or_default();
    Allowed::of(entries.iter().map(String::as_str)).map_err(|reason| {
        Problem::new(Code::RequestMalformed, format!("--fetch-allow (CMS_FETCH_ALLOW): {reason}"))
    })
}

impl TlsFiles {
    fn of(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<Self>, Problem> {
        match (certificate, key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(Self { certificate, key })),
            _ => {
                let detail = "--tls-cert and --tls-key (CMS_TLS_CERT, CMS_TLS_KEY) are given together or not at all";
                Err(Problem::new(Code::RequestMalformed, detail))
            }
        }
    }
}

fn within(name: &str, value: u64, min: u64, max: u64) -> Result<u64, Problem> {
    if (min..=max).contains(&value) {
        return Ok(value);
    }
    let variable = name.to_uppercase().replace('-', "_");
    let detail = format!("--{name} (CMS_{variable}) is {value}, and must be {min} to {max}");
    Err(Problem::new(Code::RequestMalformed, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Result<GlobalSettings, String> {
        GlobalSettings::default().with_text(file, Path::new("/etc/cms"))
    }

    #[test]
    fn an_account_is_called_as_a_person_may_be() {
        let named = |account: &str| called(account).unwrap_or_default();
        assert_eq!(named("ana"), "ana");
        assert_eq!(named("SCHOOL\\Ana Köhler"), "school-ana-k-hler");
        assert_eq!(named("_www"), "www");
        assert_eq!(called("---"), None);
        assert_eq!(named(&"a".repeat(200)).len(), 64);
    }

    #[test]
    fn what_was_typed_wins_over_the_file() {
        let typed = GlobalSettings { author: Some("ana".into()), ..GlobalSettings::default() };
        let file = "author = \"file\"\ndata = \"/srv/cms\"\n[serve]\nlisten = \"[::1]:9000\"\n";
        let settings = typed.with_text(file, Path::new("/etc/cms")).unwrap();
        assert_eq!(settings.author(), "ana");
        assert_eq!(settings.data(), Path::new("/srv/cms"));
        let serve = settings.serve.complete(&SignInSettings::default()).unwrap();
        assert_eq!(serve.listen.to_string(), "[::1]:9000");
        assert_eq!(serve.drain_timeout, Duration::from_secs(20));
    }

    #[test]
    fn paths_in_a_file_are_meant_from_where_the_file_lies() {
        let settings = read("data = \"data\"\n[serve]\nlisten = \"unix:run/cms\"\n").unwrap();
        assert_eq!(settings.data(), Path::new("/etc/cms/data"));
        assert_eq!(settings.serve.listen.unwrap().to_string(), "unix:/etc/cms/run/cms");
    }

    #[test]
    fn settings_are_shown_without_their_token() {
        let settings = read("token = \"cms_secret\"\nauthor = \"ana\"\n").unwrap();
        let shown = format!("{settings:?}");
        assert!(shown.contains("ana") && !shown.contains("cms_secret"), "{shown}");
    }

    #[test]
    fn an_empty_token_is_none() {
        for empty in ["", " ", "\n"] {
            let typed = GlobalSettings { token: Some(empty.into()), ..GlobalSettings::default() };
            assert_eq!(typed.clone().checked().unwrap().token, None, "{empty:?}");
            let file = "token = \"of the file\"";
            assert_eq!(
                typed.with_text(file, Path::new("")).unwrap().token.as_deref(),
                Some("of the file")
            );
            let file = format!("token = {empty:?}");
            assert_eq!(read(&file).unwrap().token, None);
        }
    }

    #[test]
    fn a_time_beyond_all_measure_is_refused_by_its_name() {
        for timeout_s in [0, 86_401, u64::MAX] {
            let given = GlobalSettings { timeout_s: Some(timeout_s), ..GlobalSettings::default() };
            let problem = given.checked().unwrap_err();
            assert!(problem.detail.contains("--timeout-s (CMS_TIMEOUT_S)"), "{problem}");
        }
    }

    #[test]
    fn a_name_that_the_file_should_not_have_is_refused() {
        for file in ["dta = \"x\"", "[serve]\nport = 1", "listen = \"127.0.0.1:1\""] {
            assert!(read(file).is_err(), "{file}");
        }
    }

    #[test]
    fn a_setting_that_makes_no_sense_is_refused_by_name() {
        for name in [
            "connections_max",
            "header_timeout_s",
            "idle_timeout_s",
            "body_timeout_s",
            "write_timeout_s",
            "check_after_s",
            "node_cache_mib",
        ] {
            for value in ["0", "4294967295"] {
                let settings = read(&format!("[serve]\n{name} = {value}\n")).unwrap();
                let problem = settings.serve.complete(&SignInSettings::default()).unwrap_err();
                assert!(problem.detail.contains(&name.replace('_', "-")), "{name}: {problem}");
            }
        }
        let drain =
            |value: u64| ServeSettings { drain_timeout_s: Some(value), ..Default::default() };
        assert!(drain(0).complete(&SignInSettings::default()).is_ok());
        assert!(drain(u64::MAX).complete(&SignInSettings::default()).is_err());
    }
}
