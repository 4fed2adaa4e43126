//! Mail with a one-time link. Where no mail server is set up, whoever invites hands the link over.

use std::time::Duration;

use lettre::{
    Address, Message, SmtpTransport, Transport as _,
    message::{Mailbox, header::ContentType},
    transport::smtp::authentication::Credentials,
};

use crate::{
    problem::Problem,
    process::config::mail::{MailConfig, MailTls},
};

/// How long the mail server may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// An invitation to send.
#[derive(Debug, Clone)]
pub struct InvitationMail {
    /// The address of whoever is invited.
    pub to: String,
    /// Their name.
    pub name: String,
    /// Who invites them, by name.
    pub from: String,
    /// The link.
    pub url: String,
    /// When it ends: UTC, ISO 8601.
    pub expires_at: String,
}

fn transport(config: &MailConfig) -> Result<SmtpTransport, lettre::transport::smtp::Error> {
    let builder = match config.tls {
        MailTls::Tls => SmtpTransport::relay(&config.host)?,
        MailTls::Starttls => SmtpTransport::starttls_relay(&config.host)?,
        MailTls::None => SmtpTransport::builder_dangerous(&config.host),
    };
    let builder = config.port.map_or(builder.clone(), |port| builder.port(port));
    let login = config.login.clone();
    let builder = match login {
        Some((name, password)) => builder.credentials(Credentials::new(name, password)),
        None => builder,
    };
    Ok(builder.timeout(Some(TIMEOUT)).build())
}

/// Hands an invitation to the mail server; this blocks.
///
/// # Errors
/// When the address can't be one of mail, or the mail server does not take it. The log has the cause, and neither has
/// the link.
pub fn send(config: &MailConfig, mail: &InvitationMail) -> Result<(), Problem> {
    let address: Address = mail.to.parse().map_err(Problem::internal)?;
    let text = format!(
        "Hello {name},\n\n{from} invites you to work on the content at {host}.\n\nOpen this link to choose a password. It works \
         once, until {expires_at}:\n\n{url}\n\nIf you did not expect this, leave it: nothing happens.\n",
        name = mail.name,
        from = mail.from,
        host = mail.url.split("/welcome").next().unwrap_or_default(),
        expires_at = mail.expires_at,
        url = mail.url,
    );
    let message = Message::builder()
        .from(config.from.clone())
        .to(Mailbox::new(Some(mail.name.clone()), address))
        .subject("You are invited")
        .header(ContentType::TEXT_PLAIN)
        .body(text)
        .map_err(Problem::internal)?;
    transport(config).map_err(Problem::internal)?.send(&message).map_err(Problem::internal)?;
    Ok(())
}
