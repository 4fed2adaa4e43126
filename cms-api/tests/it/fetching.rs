//! Addresses that a person names are fetched only where anybody could fetch them.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::http::{Request, Response};
use cms_api::ground::fetching::{
    Fetcher, Resolver,
    allowed::Allowed,
    terms::{FetchError, FetchLimits},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// A server that answers each connection with the next of these texts, and keeps what it was sent.
struct Stage {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    async fn saying(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let told = Arc::clone(&heard);
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4096];
                let count = stream.read(&mut request).await.unwrap();
                told.lock().unwrap().push(String::from_utf8_lossy(&request[..count]).into_owned());
                let _ = stream.write_all(answer.as_bytes()).await;
                if answer.is_empty() {
                    // It says nothing, for as long as it is waited for.
                    let _ = stream.read(&mut request).await;
                }
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn answer(status: &str, head: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{head}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn allowing(entries: &[&str], limits: FetchLimits) -> Fetcher {
    Fetcher::new(Allowed::of(entries.iter().copied()).unwrap(), limits)
}

async fn get(fetcher: &Fetcher, url: &str) -> Result<Response<Vec<u8>>, FetchError> {
    fetcher.fetch(Request::get(url).body(Vec::new()).unwrap()).await
}

#[test]
fn a_fetch_may_be_made_on_any_thread() {
    fn sends<T: Send>(_: T) {}
    let fetcher = allowing(&[], FetchLimits::default());
    // A library that takes a closure as its client can be given this one.
    let client = |request: Request<Vec<u8>>| fetcher.fetch(request);
    sends(client(Request::get("https://id.example/").body(Vec::new()).unwrap()));
}

#[tokio::test]
async fn what_is_not_public_is_refused_however_it_is_spelled() {
    let fetcher = allowing(&[], FetchLimits::default());
    for url in [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://0/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "https://100.100.100.200/",
    ] {
        let refused = get(&fetcher, url).await.unwrap_err();
        assert!(matches!(refused, FetchError::Refused { .. }), "{url}: {refused:?}");
    }
    for (url, is_plain) in [
        ("http://1.1.1.1/", true),
        ("ftp://1.1.1.1/", false),
        ("https://user:secret@1.1.1.1/", false),
    ] {
        let refused = get(&fetcher, url).await.unwrap_err();
        assert_eq!(matches!(refused, FetchError::Plain(_)), is_plain, "{url}: {refused:?}");
        assert!(is_plain || matches!(refused, FetchError::Malformed(_)), "{url}: {refused:?}");
    }
}

#[tokio::test]
async fn a_name_is_resolved_once_and_the_address_that_was_judged_is_asked() {
    let stage = Stage::saying(vec![answer("200 OK", "", "inside")]).await;
    let inside = SocketAddr::from(([127, 0, 0, 1], stage.port));
    let asked = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&asked);
    // The name leads inside from the second time on, as an attacker's server of names may say.
    let resolver: Resolver = Arc::new(move |_, port| {
        let is_first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        let public = SocketAddr::from(([192, 0, 2, 1], port));
        let found = if is_first { public } else { inside };
        Box::pin(async move { Ok(vec![found]) })
    });
    let limits = FetchLimits { time_max: Duration::from_millis(300), ..FetchLimits::default() };
    // An address for documentation stands for a public one; nobody answers there.
    let allowed = Allowed::of(["192.0.2.0/24"]).unwrap();
    let fetcher = Fetcher::resolving(allowed, limits, resolver);
    assert!(get(&fetcher, "http://rebound.example/").await.is_err());
    assert_eq!((asked.load(Ordering::SeqCst), stage.heard().len()), (1, 0));
    let refused = get(&fetcher, "http://rebound.example/").await.unwrap_err();
    assert!(matches!(refused, FetchError::Refused { .. }), "{refused:?}");
    assert_eq!(stage.heard().len(), 0);
}

#[tokio::test]
async fn a_redirect_is_judged_like_the_address_itself_and_takes_no_secrets_along() {
    let away = Stage::saying(vec![answer("200 OK", "", "away")]).await;
    let there = |to: &str| answer("302 Found", &format!("Location: {to}\r\n"), "");
    let stage = Stage::saying(vec![
        there("https://169.254.169.254/latest/"),
        there(&format!("http://127.0.0.1:{}/x?y", away.port)),
        there("/again"),
        there("/again"),
        there("/again"),
        there("/again"),
        there("/again"),
    ])
    .await;
    let fetcher = allowing(&["127.0.0.1"], FetchLimits::default());
    let url = format!("http://127.0.0.1:{}/begin", stage.port);
    let refused = get(&fetcher, &url).await.unwrap_err();
    assert!(matches!(refused, FetchError::Refused { .. }), "{refused:?}");

    let request = Request::post(&url)
        .header("authorization", "Basic secret")
        .header("cookie", "a=secret")
        .body(b"client_secret=secret".to_vec())
        .unwrap();
    assert_eq!(fetcher.fetch(request).await.unwrap().body(), b"away");
    let heard = away.heard().join("");
    assert!(heard.starts_with("GET /x?y HTTP/1.1\r\n") && !heard.contains("secret"), "{heard}");
    assert!(stage.heard()[1].contains("client_secret=secret"));

    let refused = get(&fetcher, &url).await.unwrap_err();
    assert!(matches!(refused, FetchError::TooManyRedirects(_)), "{refused:?}");
    let none = fetcher.within(FetchLimits { redirects_max: 0, ..FetchLimits::default() });
    assert_eq!(get(&none, &url).await.unwrap().status(), 302, "the redirect is the answer");
}

#[tokio::test]
async fn an_answer_is_bounded_in_size_and_in_time() {
    let long = "x".repeat(5000);
    let chunked =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n{long}\r\n0\r\n\r\n");
    let stage = Stage::saying(vec![
        answer("200 OK", "", &long),
        chunked,
        answer("200 OK", &format!("X: {}\r\n", "x".repeat(300_000)), ""),
        "nonsense\r\n\r\n".to_owned(),
        answer("404 Not Found", "", "no"),
        String::new(),
    ])
    .await;
    let limits = FetchLimits {
        size_bytes_max: 4999,
        time_max: Duration::from_secs(2),
        ..FetchLimits::default()
    };
    let fetcher = allowing(&[&format!("127.0.0.1:{}", stage.port)], limits);
    let url = format!("http://127.0.0.1:{}/", stage.port);
    for _ in 0..2 {
        let refused = get(&fetcher, &url).await.unwrap_err();
        assert!(matches!(refused, FetchError::TooLarge(_)), "{refused:?}");
    }
    for _ in 0..2 {
        let refused = get(&fetcher, &url).await.unwrap_err();
        assert!(matches!(refused, FetchError::Failed { .. }), "{refused:?}");
    }
    assert_eq!(get(&fetcher, &url).await.unwrap().status(), 404, "every status is an answer");
    let refused = get(&fetcher, &url).await.unwrap_err();
    assert!(matches!(refused, FetchError::TooSlow(_)), "{refused:?}");
    assert!(stage.heard()[0].contains("accept-encoding: identity"), "{:?}", stage.heard());
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let chain = vec![key.cert.der().clone()];
    let pair = rustls::pki_types::PrivateKeyDer::try_from(key.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, pair)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let _ = acceptor.accept(stream).await;
    });
    let fetcher = allowing(&["localhost"], FetchLimits::default());
    let refused = get(&fetcher, &format!("https://localhost:{port}/")).await.unwrap_err();
    assert!(
        matches!(&refused, FetchError::Failed { reason, .. } if reason.contains("certificate")),
        "{refused:?}"
    );
}
