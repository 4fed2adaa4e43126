//! One request and its answer, over one connection to an address that was judged.

use std::sync::Arc;

use axum::{
    body::Bytes,
    http::{HeaderValue, Method, Request, Response, header},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{
    place::{Asked, Place},
    terms::{FetchError, FetchLimits},
};

/// Largest head of an answer, in bytes.
const HEAD_SIZE_BYTES_MAX: usize = 64 << 10;
/// Most header fields of an answer.
const FIELDS_MAX: usize = 100;

/// Sends a request to a place and reads the whole answer.
pub(super) async fn once(
    place: &Place,
    asked: &Asked,
    limits: &FetchLimits,
    connector: impl FnOnce() -> Result<TlsConnector, String>,
) -> Result<Response<Vec<u8>>, FetchError> {
    let failed = |reason: String| FetchError::Failed { host: place.name.clone(), reason };
    // It is tried at each address in turn; the caller limits the time.
    let stream = TcpStream::connect(&place.addresses[..]).await;
    let stream = stream.map_err(|error| failed(error.to_string()))?;
    if !place.is_encrypted {
        return exchange(stream, place, asked, limits).await;
    }
    let connector = connector().map_err(failed)?;
    let bare = place.name.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(bare).map_err(|error| failed(error.to_string()))?;
    let stream = connector.connect(name, stream).await;
    exchange(stream.map_err(|error| failed(error.to_string()))?, place, asked, limits).await
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    place: &Place,
    asked: &Asked,
    limits: &FetchLimits,
) -> Result<Response<Vec<u8>>, FetchError> {
    let failed = |error: hyper::Error| FetchError::Failed {
        host: place.name.clone(),
        reason: error.to_string(),
    };
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEAD_SIZE_BYTES_MAX)
        .max_headers(FIELDS_MAX)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(failed)?;
    let connection = Ended(tokio::spawn(connection));
    let answer = sender.send_request(request(place, asked)?).await.map_err(failed)?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, limits.size_bytes_max).collect().await.map_err(|error| {
        match error.downcast::<hyper::Error>() {
            Ok(error) => failed(*error),
            Err(_) => FetchError::TooLarge(place.name.clone()),
        }
    })?;
    drop(connection);
    Ok(Response::from_parts(head, body.to_bytes().to_vec()))
}

/// The task of a connection, which ends with the exchange, also when nobody waits for it any more.
struct Ended(tokio::task::JoinHandle<Result<(), hyper::Error>>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn request(place: &Place, asked: &Asked) -> Result<Request<Full<Bytes>>, FetchError> {
    let malformed = || FetchError::Malformed(place.authority.clone());
    let body = Full::new(Bytes::from(asked.body.clone()));
    let mut request = Request::new(body);
    *request.method_mut() = asked.method.clone();
    *request.uri_mut() = place.path.parse().map_err(|_| malformed())?;
    let headers = request.headers_mut();
    headers.clone_from(&asked.headers);
    // How the message is framed is the library's business, whatever the caller said.
    for framing in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::UPGRADE, header::TE]
    {
        headers.remove(framing);
    }
    headers.insert(header::HOST, HeaderValue::from_str(&place.authority).map_err(|_| malformed())?);
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    if !matches!(asked.method, Method::GET | Method::HEAD) {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(asked.body.len()));
    }
    Ok(request)
}

/// What makes TLS connections to servers whose certificates the system trusts.
pub(super) fn connector() -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate that the system trusts could not be read");
    }
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err("the system has no list of trusted certificates (ca-certificates)".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
