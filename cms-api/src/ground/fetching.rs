//! Fetches an address on behalf of a person, or of a setting that a person may have written.
//!
//! Such an address could name something that only this machine can reach: the database next door, the cloud's service
//! of credentials, this server itself. So a name is resolved first, the address is judged ([`reach`]), and the
//! connection goes to the address that was judged, not to the name again.
//!
//! Invariants:
//! 1. Nothing is sent to an address that is not public, unless the operator named it ([`allowed`]). This holds for each
//!    redirect too.
//! 2. A name is resolved once for each request. What it resolves to later changes nothing.
//! 3. An answer is bounded in size, and everything together in time. Answers are requested uncompressed, so that a small
//!    one can't become a large one.
//! 4. Credentials of a request are sent to the origin that it names, and to no other.
//! 5. The environment's proxy settings are ignored: a proxy would resolve the name again.

pub mod allowed;
pub mod reach;

pub mod terms;

mod exchange;
mod place;

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use axum::http::{Request, Response, header};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use allowed::Allowed;
use place::{Asked, Place};
use terms::{FetchError, FetchLimits};

/// The addresses of a name at a port, as a resolver reports them.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;
/// Resolves names.
pub type Resolver = Arc<dyn Fn(String, u16) -> Resolving + Send + Sync>;

/// Fetches addresses within limits.
#[derive(Clone)]
pub struct Fetcher {
    allowed: Arc<Allowed>,
    limits: FetchLimits,
    resolver: Resolver,
    tls: Arc<OnceLock<TlsConnector>>,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A fetcher that resolves names as the system does.
    pub fn new(allowed: Allowed, limits: FetchLimits) -> Self {
        let resolver: Resolver = Arc::new(|host, port| {
            Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
        });
        Self::resolving(allowed, limits, resolver)
    }

    /// A fetcher with a resolver of its own.
    pub fn resolving(allowed: Allowed, limits: FetchLimits, resolver: Resolver) -> Self {
        Self { allowed: Arc::new(allowed), limits, resolver, tls: Arc::default() }
    }

    /// The same fetcher with other limits.
    #[must_use]
    pub fn within(&self, limits: FetchLimits) -> Self {
        Self { limits, ..self.clone() }
    }

    /// Sends a request to the address that it names, and returns the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`FetchError`]. When it is [`FetchError::TooSlow`] or [`FetchError::Failed`], the other side may have acted.
    pub async fn fetch(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let named = request.uri().host().unwrap_or_default().to_owned();
        let all = tokio::time::timeout(self.limits.time_max, self.follow(request));
        all.await.unwrap_or_else(|_| Err(FetchError::TooSlow(named)))
    }

    async fn follow(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let text = request.uri().to_string();
        // The parser of browsers: it reads `http://0x7f.1/` as they do, as an address of this machine.
        let mut url = Url::parse(&text).map_err(|_| FetchError::Malformed(text.clone()))?;
        let (parts, body) = request.into_parts();
        let mut asked = Asked { method: parts.method, headers: parts.headers, body };
        for _ in 0..=self.limits.redirects_max {
            let place = self.place(&url).await?;
            let answer = exchange::once(&place, &asked, &self.limits, || self.connector()).await?;
            let Some(next) = redirected(&url, &answer) else { return Ok(answer) };
            if self.limits.redirects_max == 0 {
                return Ok(answer);
            }
            asked.lead(answer.status(), url.origin() == next.origin());
            url = next;
        }
        Err(FetchError::TooManyRedirects(text))
    }

    /// Where an address is, once it is known that it may be fetched.
    async fn place(&self, url: &Url) -> Result<Place, FetchError> {
        let malformed = || FetchError::Malformed(url.to_string());
        let port = url.port_or_known_default().ok_or_else(malformed)?;
        let host = url.host().ok_or_else(malformed)?;
        let is_encrypted = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(malformed()),
        };
        // A name or password in the address would be sent to whoever answers there.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(malformed());
        }
        let name = host.to_string();
        let is_named = self.allowed.names(&name, port);
        let found = match host {
            Host::Ipv4(address) => vec![SocketAddr::new(address.into(), port)],
            Host::Ipv6(address) => vec![SocketAddr::new(address.into(), port)],
            Host::Domain(domain) => (self.resolver)(domain.to_owned(), port)
                .await
                .map_err(|source| FetchError::Unresolved { host: name.clone(), source })?,
        };
        let is_inside = |found: &SocketAddr| is_named || self.allowed.holds(found.ip());
        let mut why = None;
        let addresses: Vec<SocketAddr> = found
            .into_iter()
            .filter(|found| {
                let judged = reach::judge(found.ip());
                is_inside(found) || judged.map_err(|reason| why = Some(reason)).is_ok()
            })
            .collect();
        if addresses.is_empty() {
            return Err(match why {
                Some(why) => FetchError::Refused { host: name, why },
                None => {
                    let source = io::ErrorKind::NotFound.into();
                    FetchError::Unresolved { host: name, source }
                }
            });
        }
        if !is_encrypted && !addresses.iter().all(is_inside) {
            return Err(FetchError::Plain(url.to_string()));
        }
        let path = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let authority = match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.clone(),
        };
        Ok(Place { name, authority, addresses, is_encrypted, path })
    }

    /// The connector for TLS, with the certificates that the system trusts. Reading them takes a while, so it happens
    /// when the first address is fetched.
    fn connector(&self) -> Result<TlsConnector, String> {
        if let Some(connector) = self.tls.get() {
            return Ok(connector.clone());
        }
        let made = exchange::connector()?;
        Ok(self.tls.get_or_init(|| made).clone())
    }
}

/// The address to which an answer redirects, if it does.
fn redirected(from: &Url, answer: &Response<Vec<u8>>) -> Option<Url> {
    let leads = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = answer.headers().get(header::LOCATION).filter(|_| leads)?.to_str().ok()?;
    from.join(location).ok()
}
