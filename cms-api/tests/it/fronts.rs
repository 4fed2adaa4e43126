//! Runs the configurations of `docs/proxies` for the open internet: TLS in front of the server, which believes what its
//! proxy says about clients and nothing that clients say about themselves.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Instant,
};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
};
use tokio_rustls::TlsConnector;

use crate::{
    encrypted::certify,
    proxies::{PATIENCE, Proxy, configuration, free_port, nginx_at, program},
    running::{Running, header, repository},
};

/// A client at an address of this machine, which trusts the proxy's certificate.
struct Browser {
    connector: TlsConnector,
    port: u16,
}

impl Browser {
    fn trusting(certificate: CertificateDer<'static>, port: u16) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { connector: TlsConnector::from(Arc::new(config)), port }
    }

    async fn send(&self, from: &str, request: &str) -> std::io::Result<String> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(from.parse().unwrap(), 0))?;
        let stream = socket.connect(SocketAddr::from(([127, 0, 0, 1], self.port))).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = self.connector.connect(name, stream).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        // Some proxies close without a goodbye; the length says whether the answer is whole.
        let _ = stream.read_to_end(&mut answer).await;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    async fn get(&self, from: &str, path: &str) -> std::io::Result<String> {
        let host = format!("localhost:{}", self.port);
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        self.send(from, &request).await
    }

    /// The status of an attempt whose client claims to be somebody else.
    async fn attempt(&self, from: &str, claimed: &str) -> String {
        let host = format!("localhost:{}", self.port);
        let body = "{\"attempts\":[{},{}]}";
        let size = body.len();
        let request = format!(
            "POST /v1/score HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Forwarded-For: {claimed}\r\nForwarded: for={claimed}\r\nX-Forwarded-Proto: http\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n{body}"
        );
        let answer = self.send(from, &request).await.unwrap();
        answer.get(9..12).unwrap_or_default().to_owned()
    }
}

fn holds(front: impl FnOnce(&Path, u16, u16) -> Command) {
    let (data, folder) = (repository(), tempfile::tempdir().unwrap());
    let certificate = certify(folder.path(), 90);
    let flags = ["--trusted-proxy", "127.0.0.1", "--attempts-per-s", "1"];
    let mut server = Running::start(data.path(), &flags, Stdio::null());
    let origin = server.address().rsplit(':').next().unwrap().parse().unwrap();
    let port = free_port();
    let proxy = Proxy::start(&mut front(folder.path(), port, origin));
    let browser = Browser::trusting(certificate, port);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let begin = Instant::now();
        let answer = loop {
            match browser.get("127.0.0.1", "/admin/").await {
                Ok(answer) if answer.starts_with("HTTP/1.1 200") => break answer,
                told => assert!(begin.elapsed() < PATIENCE, "the proxy does not answer: {told:?}"),
            }
            proxy.wait();
        };
        // What the server says to browsers arrives, and it knows that they came by https.
        assert!(
            header(&answer, "content-security-policy").contains("script-src 'self'"),
            "{answer}"
        );
        assert_eq!(header(&answer, "strict-transport-security"), "max-age=31536000");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        // However often a client changes what it claims, it is one client; another one is another.
        let mut statuses = Vec::new();
        for number in 0..14 {
            statuses.push(browser.attempt("127.0.0.2", &format!("203.0.113.{number}")).await);
        }
        assert_eq!(statuses.last().map(String::as_str), Some("429"), "{statuses:?}");
        assert_eq!(browser.attempt("127.0.0.3", "127.0.0.2").await, "200");
    });
    drop(proxy);
    server.stop();
}

#[test]
fn nginx_speaks_tls_for_the_server() {
    let Some(nginx) = program("nginx") else { return };
    holds(|folder, port, origin| {
        let at = |name: &str| folder.join(name).display().to_string();
        nginx_at(
            &nginx,
            folder,
            "nginx-tls.conf",
            &[
                ("127.0.0.1:8080", format!("127.0.0.1:{origin}")),
                ("listen 80;", format!("listen 127.0.0.1:{};", free_port())),
                ("listen 443 ssl http2;", format!("listen 127.0.0.1:{port} ssl http2;")),
                ("/etc/ssl/cms/cert.pem", at("cert.pem")),
                ("/etc/ssl/cms/key.pem", at("key.pem")),
                ("/var/log/nginx/cms.log", at("cms.log")),
            ],
        )
    });
}

#[test]
fn caddy_speaks_tls_for_the_server() {
    let Some(caddy) = program("caddy") else { return };
    holds(|folder, port, origin| {
        let at = |name: &str| folder.join(name).display().to_string();
        // A test has no public name: it brings a certificate of its own.
        let site = format!(
            "{{\n\tadmin off\n\tauto_https disable_redirects\n}}\nhttps://localhost:{port} {{\n\tbind 127.0.0.1\n\ttls {} {}\n",
            at("cert.pem"),
            at("key.pem"),
        );
        let changes =
            [("cms.example.org {", site), ("127.0.0.1:8080", format!("127.0.0.1:{origin}"))];
        fs::write(folder.join("Caddyfile"), configuration("Caddyfile", &changes)).unwrap();
        let mut command = Command::new(caddy);
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("Caddyfile"));
        command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
        command
    });
}
