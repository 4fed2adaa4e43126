//! TLS from files: a certificate and its key, which are read again when they change.
//!
//! Invariants:
//! 1. A server that can't read its certificate does not start. A server that runs keeps the last pair that fitted
//!    together, whatever its files say meanwhile, and logs what is wrong with them.
//! 2. A handshake has the time that a head has. Until it is done, the connection is silent to others: it makes room
//!    for them first.
//! 3. The end of a certificate is logged a month ahead, each day.

use std::{
    fs,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use x509_cert::{Certificate, der::Decode};

use crate::{
    ground::moment,
    problem::{Code, Problem},
    process::config::TlsFiles,
    store::private,
};

/// How often the files are looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(5);
/// How long before its end a certificate is mentioned in the log.
const END_TOLD_AHEAD: Duration = Duration::from_secs(30 * DAY_S);
const DAY_S: u64 = 24 * 60 * 60;

/// The certificate that is shown to clients.
#[derive(Debug)]
pub(super) struct Shown {
    pair: RwLock<Pair>,
}

/// A certificate with its key, and when it ends.
#[derive(Debug, Clone)]
struct Pair {
    key: Arc<CertifiedKey>,
    /// In seconds since 1970-01-01T00:00:00Z.
    ends_s: u64,
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.pair().key)
    }
}

impl Shown {
    fn pair(&self) -> Pair {
        self.pair.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// TLS as it is served, and the files from which it comes.
pub(super) struct Tls {
    files: TlsFiles,
    shown: Arc<Shown>,
    config: Arc<ServerConfig>,
    /// The hash of the files when they were last looked at.
    seen: blake3::Hash,
    end_told: Option<Instant>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// A problem that says which file is wrong, and how.
    pub(super) fn of(files: TlsFiles) -> Result<Self, Problem> {
        let provider = Arc::new(ring::default_provider());
        let (pair, seen) = read(&files, &provider)?;
        let shown = Arc::new(Shown { pair: RwLock::new(pair) });
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(Problem::internal)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&shown) as _);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        if let Some(warning) = private::warning_of_settings(&files.key) {
            tracing::warn!("{}", warning.replace("the token in ", "the key in "));
        }
        let mut tls = Self { files, shown, config: Arc::new(config), seen, end_told: None };
        tls.tell_end(moment::now_ms() / 1000);
        Ok(tls)
    }

    /// What a connection is secured with.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// Looks at the files again and again, for as long as the server runs.
    pub(super) async fn watch(mut self) {
        loop {
            tokio::time::sleep(LOOKED_AT_EVERY).await;
            self = match tokio::task::spawn_blocking(move || self.looked_at_again()).await {
                Ok(same) => same,
                Err(error) => {
                    tracing::error!(%error, "the certificate is not looked at any more");
                    return;
                }
            };
        }
    }

    fn looked_at_again(mut self) -> Self {
        self.look();
        self.tell_end(moment::now_ms() / 1000);
        self
    }

    /// Takes a new certificate if the files hold one.
    fn look(&mut self) {
        let seen = seen(&self.files);
        if seen == self.seen {
            return;
        }
        self.seen = seen;
        match read(&self.files, &ring::default_provider()) {
            Ok((pair, seen)) => {
                self.seen = seen;
                let ends = moment::iso(pair.ends_s * 1000);
                *self.shown.pair.write().unwrap_or_else(PoisonError::into_inner) = pair;
                self.end_told = None;
                tracing::info!(%ends, "a new certificate is served");
            }
            Err(problem) => tracing::error!(
                detail = problem.detail,
                "the new certificate can't be served: the earlier one still is"
            ),
        }
    }

    fn tell_end(&mut self, now_s: u64) {
        let is_told = self.end_told.is_some_and(|told| told.elapsed().as_secs() < DAY_S);
        let ends_s = self.shown.pair().ends_s;
        if is_told || ends_s > now_s + END_TOLD_AHEAD.as_secs() {
            return;
        }
        self.end_told = Some(Instant::now());
        let ends = moment::iso(ends_s * 1000);
        if ends_s <= now_s {
            tracing::error!(%ends, "the certificate has ended: clients refuse it");
        } else {
            tracing::warn!(%ends, days = (ends_s - now_s) / DAY_S, "the certificate ends soon");
        }
    }
}

/// A hash of what is in the files, or of the fact that they can't be read.
fn seen(files: &TlsFiles) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for path in [&files.certificate, &files.key] {
        let bytes = fs::read(path).unwrap_or_default();
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(&bytes);
    }
    hasher.finalize()
}

fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<(Pair, blake3::Hash), Problem> {
    let seen = seen(files);
    let bytes = |path: &Path| fs::read(path).map_err(|error| Problem::io(path.display(), &error));
    let wrong = |path: &Path, why: String| {
        Problem::new(Code::RequestMalformed, format!("{}: {why}", path.display()))
    };
    let certificate = &files.certificate;
    let chain = CertificateDer::pem_slice_iter(&bytes(certificate)?)
        .map(|found| found.map(CertificateDer::into_owned))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| wrong(certificate, error.to_string()))?;
    let first =
        chain.first().ok_or_else(|| wrong(certificate, "it holds no certificate".into()))?;
    let own = Certificate::from_der(first)
        .map_err(|error| wrong(certificate, format!("its first certificate: {error}")))?;
    let ends_s = own.tbs_certificate().validity().not_after.to_unix_duration().as_secs();
    // The text of the error never holds a part of the file.
    let key = PrivateKeyDer::from_pem_slice(&bytes(&files.key)?)
        .map_err(|error| wrong(&files.key, error.to_string()))?;
    let key = CertifiedKey::from_der(chain, key, provider)
        .map_err(|error| wrong(&files.key, format!("it does not fit the certificate: {error}")))?;
    Ok((Pair { key: Arc::new(key), ends_s }, seen))
}
