//! TLS from files, by the program itself.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::Stdio,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName},
};

use crate::{
    cli::json as report,
    running::{Running, cms, header, is_problem, repository, said},
};

/// Nothing here takes this long, unless it never ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes a new certificate with its key for `localhost`, and returns it.
pub(crate) fn certify(folder: &Path, days: u32) -> CertificateDer<'static> {
    let mut parameters = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    parameters.not_after = parameters.not_before.max(time_now()) + days_of(days);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    fs::write(folder.join("cert.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    certificate.der().clone()
}

fn time_now() -> time::OffsetDateTime {
    time::OffsetDateTime::now_utc()
}

fn days_of(days: u32) -> time::Duration {
    time::Duration::days(days.into())
}

fn serving(data: &Path, folder: &Path, flags: &[&str], log: Stdio) -> Running {
    let mut command = cms(data, &["serve", "--listen", "localhost:0"]);
    command.arg("--tls-cert").arg(folder.join("cert.pem"));
    command.arg("--tls-key").arg(folder.join("key.pem")).args(flags);
    Running::begin(&mut command, log)
}

/// A connection that trusts one certificate and speaks this protocol.
fn connect(
    server: &Running,
    trusted: &CertificateDer<'static>,
    protocol: &str,
) -> Result<StreamOwned<ClientConnection, TcpStream>, String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let address = server.url.strip_prefix("https://").expect("an encrypted address");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).map_err(|error| error.to_string())?;
    }
    assert_eq!(connection.alpn_protocol(), Some(protocol.as_bytes()));
    Ok(StreamOwned::new(connection, stream))
}

fn get(server: &Running, trusted: &CertificateDer<'static>, path: &str) -> Result<String, String> {
    let mut stream = connect(server, trusted, "http/1.1")?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(|error| error.to_string())?;
    let mut answer = String::new();
    // The server says goodbye before it closes: without that, this is an error.
    stream.read_to_string(&mut answer).map_err(|error| error.to_string())?;
    Ok(answer)
}

#[test]
fn a_server_speaks_tls_from_files_and_the_command_line_beside_it_goes_on_working() {
    let (data, keys) = (repository(), tempfile::tempdir().unwrap());
    let certificate = certify(keys.path(), 90);
    let mut server = serving(data.path(), keys.path(), &[], Stdio::null());
    let answer = get(&server, &certificate, "/healthz").unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok\n"), "{answer}");
    assert_eq!(header(&answer, "strict-transport-security"), "max-age=31536000");
    // A large answer arrives whole.
    let page = get(&server, &certificate, "/openapi.json").unwrap();
    let size: usize = header(&page, "content-length").parse().unwrap();
    assert_eq!(page.split_once("\r\n\r\n").unwrap().1.len(), size);
    // What is no head is refused as without TLS.
    let mut stream = connect(&server, &certificate, "http/1.1").unwrap();
    stream.write_all(b"nonsense\r\n\r\n").unwrap();
    let mut refused = String::new();
    stream.read_to_string(&mut refused).unwrap();
    is_problem(&refused, 400, "request-malformed");
    // HTTP/2 is agreed on in the handshake.
    let mut stream = connect(&server, &certificate, "h2").unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).unwrap();
    assert_eq!(frame[3], 4, "it begins with its settings");
    drop(stream);
    // The machine itself uses a socket, whose certificate nobody has to trust.
    assert!(report(data.path(), &["stats"])["growth"].is_array());
    server.stop();
    assert!(!data.path().join("cms.sock").exists());
}

#[test]
fn a_new_certificate_is_served_once_it_fits_its_key_and_not_before() {
    let (data, keys) = (repository(), tempfile::tempdir().unwrap());
    let first = certify(keys.path(), 10);
    let mut server = serving(data.path(), keys.path(), &[], Stdio::piped());
    let log = BufReader::new(server.child.stderr.take().expect("piped"));
    let (says, said) = mpsc::channel();
    thread::spawn(move || log.lines().map_while(Result::ok).try_for_each(|line| says.send(line)));
    let told = |what: &str| loop {
        let line = said.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("it never says {what:?}"));
        assert!(!line.contains("PRIVATE KEY"), "{line}");
        if line.contains(what) {
            break;
        }
    };
    told("the certificate ends soon");
    let other = tempfile::tempdir().unwrap();
    let second = certify(other.path(), 90);
    fs::copy(other.path().join("cert.pem"), keys.path().join("cert.pem")).unwrap();
    told("the new certificate can't be served");
    assert!(get(&server, &first, "/healthz").is_ok(), "the earlier one stays");
    fs::copy(other.path().join("key.pem"), keys.path().join("key.pem")).unwrap();
    told("a new certificate is served");
    assert!(get(&server, &second, "/healthz").is_ok());
    assert!(get(&server, &first, "/healthz").is_err());
    fs::remove_file(keys.path().join("key.pem")).unwrap();
    told("the new certificate can't be served");
    assert!(get(&server, &second, "/healthz").is_ok(), "also when its files have gone");
    server.stop();
}

#[test]
fn a_handshake_that_never_ends_takes_nobodys_place() {
    let (data, keys) = (repository(), tempfile::tempdir().unwrap());
    let certificate = certify(keys.path(), 90);
    let flags = ["--connections-max", "8", "--header-timeout-s", "2"];
    let mut server = serving(data.path(), keys.path(), &flags, Stdio::null());
    let address = server.url.strip_prefix("https://").unwrap();
    let mut silent: Vec<_> = (0..40)
        .map(|number| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            // The beginning of a handshake, or nothing at all.
            let _ = stream.write_all(&[22, 3, 1, 2, 0, 1][..number % 6]);
            stream
        })
        .collect();
    for _ in 0..3 {
        assert!(get(&server, &certificate, "/v1/channels/production").is_ok());
    }
    for stream in &mut silent {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    server.stop();
}

#[test]
fn a_server_does_not_start_with_files_that_are_wrong() {
    let (data, keys) = (repository(), tempfile::tempdir().unwrap());
    certify(keys.path(), 90);
    let path = |name: &str| keys.path().join(name).display().to_string();
    fs::write(path("empty.pem"), "").unwrap();
    let other = tempfile::tempdir().unwrap();
    certify(other.path(), 90);
    let others = other.path().join("key.pem").display().to_string();
    for (certificate, key, exit, why) in [
        (path("none.pem"), path("key.pem"), 7, "none.pem"),
        (path("empty.pem"), path("key.pem"), 2, "no certificate"),
        (path("cert.pem"), path("cert.pem"), 2, "cert.pem"),
        (path("cert.pem"), others, 2, "does not fit"),
    ] {
        let flags =
            ["serve", "--listen", "127.0.0.1:0", "--tls-cert", &certificate, "--tls-key", &key];
        let (got, text) = said(&mut cms(data.path(), &flags));
        assert_eq!(got, exit, "{text}");
        assert!(text.contains(why) && !text.contains("BEGIN"), "{why}: {text}");
    }
    let (exit, text) = said(&mut cms(data.path(), &["serve", "--tls-cert", &path("cert.pem")]));
    assert!(exit == 2 && text.contains("--tls-key"), "{text}");
}
