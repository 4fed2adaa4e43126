//! `cms token`: the tokens that a server lets people in by.

use clap::Args;
use cms_core::repo::{NewToken, Role, SecretHash};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    attempt::By,
    cli::paper::{Ink, Paper, clean},
    edge::access::Token,
    moment,
    problem::{Code, Problem},
    store::Store,
    views::{operation::TokenRow, view},
};

/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// `cms token create`
pub mod create {
    use super::*;

    /// For whom, and for what.
    #[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[schema(as = TokenCreateCommand)]
    pub struct Request {
        /// Who the token stands for (`ana`, `ana@example.org`)
        #[arg(value_name = "PERSON")]
        pub person: String,
        /// What they may do: viewer, author, reviewer, publisher or operator
        #[arg(long, value_name = "ROLE")]
        pub role: String,
        /// What the token is for
        #[arg(long, default_value = "", value_name = "TEXT")]
        #[serde(default)]
        pub label: String,
        /// Days after which it ends; it does not end when left out
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
        #[serde(default, deserialize_with = "crate::form::some_whole")]
        pub days: Option<u32>,
    }

    /// The token, and its text, which is told this once.
    #[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
    #[schema(as = TokenCreateReport)]
    pub struct Report {
        /// The text to send as `Authorization: Bearer TEXT`.
        pub text: String,
        /// What is kept of it.
        pub token: TokenRow,
    }

    /// Makes a token.
    ///
    /// # Errors
    /// A problem when the person or role is none.
    pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
        let role: Role = request.role.parse().map_err(|error: cms_core::repo::RoleError| {
            Problem::new(Code::RequestMalformed, error.to_string())
        })?;
        let text = Token::generate().map_err(Problem::internal)?;
        let days = request.days.map(u64::from);
        let row = store.repository.create_token(&NewToken {
            hash: SecretHash::of(text.as_bytes()),
            person: request.person.parse()?,
            role,
            label: request.label,
            expires_ms: days.map(|days| by.time_ms.saturating_add(days * DAY_MS)),
            stamp: by.stamp(""),
        })?;
        Ok(Report { text, token: view(row) })
    }

    /// For people.
    pub fn print(report: &Report, paper: &mut Paper) {
        paper.line(paper.ink(Ink::Strong, &report.text));
        let row = &report.token;
        let end = row
            .expires_ms
            .map_or("without an end".to_owned(), |end| format!("until {}", moment::iso(end)));
        paper.line(format!("Token {} of {}, {}, {end}.", row.id, clean(&row.person), row.role));
        paper.line("This text is kept nowhere: note it now.");
    }
}

/// `cms token list`
pub mod list {
    use super::*;

    /// All of them.
    #[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[schema(as = TokenListCommand)]
    pub struct Request {}

    /// The tokens.
    #[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
    #[schema(as = TokenListReport)]
    pub struct Report {
        /// By person, then age.
        pub tokens: Vec<TokenRow>,
    }

    /// Lists.
    ///
    /// # Errors
    /// A problem when the store can't be read.
    pub fn execute(store: &Store, _: Request, _: &By) -> Result<Report, Problem> {
        Ok(Report { tokens: view(store.repository.tokens()?) })
    }

    /// For people.
    pub fn print(report: &Report, paper: &mut Paper) {
        if report.tokens.is_empty() {
            paper.line("There are no tokens: `cms token create` makes one.");
        }
        let rows: Vec<_> = report
            .tokens
            .iter()
            .map(|row| {
                [
                    row.id.clone(),
                    clean(&row.person),
                    row.role.to_string(),
                    moment::iso(row.created_ms),
                    row.expires_ms
                        .map(|end| format!("ends {}", moment::iso(end)))
                        .unwrap_or_default(),
                    clean(&row.label),
                ]
            })
            .collect();
        paper.rows(&rows);
    }
}

/// `cms token revoke`
pub mod revoke {
    use super::*;

    /// Which.
    #[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[schema(as = TokenRevokeCommand)]
    pub struct Request {
        /// The token's id, as listed
        #[arg(value_name = "ID")]
        pub id: String,
    }

    /// What was revoked.
    pub type Report = TokenRow;

    /// Revokes.
    ///
    /// # Errors
    /// A problem when there is no such token.
    pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
        Ok(view(store.repository.revoke_token(&request.id, &by.stamp(""))?))
    }

    /// For people.
    pub fn print(report: &Report, paper: &mut Paper) {
        paper.line(format!(
            "Token {} of {} opens nothing any more.",
            report.id,
            clean(&report.person)
        ));
    }
}
