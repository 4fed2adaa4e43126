//! Refusals of access keys, on record: that somebody showed one that opens nothing, from where, and whose it was.
//!
//! The key itself is in no record. Its id is, if it has the form of ours: such a key is a secret too long to be guessed,
//! and the id is what lists of keys and the record of its end call it. Anything else may be a password that was put into
//! the wrong field, of which not even a part of a hash is kept.
//!
//! Who shows a wrong key has not said who they are, so what is counted is their network. Networks cost an attacker
//! little: few are counted one by one.

use axum::http::{HeaderMap, header};
use cms_core::{
    model::name::Person,
    repo::{Origin, SecretHash, TokenRow},
};
use serde_json::Map;

use super::counting::Counting;
use crate::{
    edge::{access::shown, client::Client},
    ground::{authorship::Authorship, secret},
    problem::Problem,
    store::Store,
};

/// Most refusals of keys from one network that are recorded one by one in a minute.
const WHOLE_MAX: u32 = 5;
/// Most networks whose refusals are counted one by one at a time; others count as one.
const NETWORKS_MAX: usize = 100;
/// The verb of a refusal.
const ONE: &str = "token-refused";
/// The verb of a number of refusals.
pub(super) const MORE: &str = "token-refused-more";

/// Counts refusals of keys by network.
pub(super) fn counting() -> Counting {
    Counting::by_network(WHOLE_MAX, NETWORKS_MAX)
}

/// A key that was shown: its hash, and whether it has the form of ours.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    hash: SecretHash,
    is_formed: bool,
}

impl Shown {
    /// The key in a request, if it shows one.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let hash = shown(headers)?;
        let text = headers.get(header::AUTHORIZATION)?.as_bytes();
        let text = text.get("Bearer ".len()..)?;
        Some(Self { hash, is_formed: secret::has_form(secret::TOKEN, text) })
    }

    /// What is recorded about it.
    fn fields(&self, known: Option<&TokenRow>, network: &str, operation: &str) -> Fields {
        let mut fields = Map::new();
        fields.insert("operation".into(), operation.into());
        fields.insert("client".into(), network.into());
        fields.insert("why".into(), if known.is_some() { "ended" } else { "unknown" }.into());
        if let Some(row) = known {
            fields.insert("person".into(), row.person.as_str().into());
        }
        if self.is_formed || known.is_some() {
            fields.insert("token".into(), self.hash.id().into());
        }
        fields
    }
}

type Fields = Map<String, serde_json::Value>;

/// Records a refusal by itself.
///
/// # Errors
/// A problem when the store can't be read or written.
pub(super) fn one(
    store: &Store,
    shown: Shown,
    client: Client,
    operation: &str,
    by: Authorship,
) -> Result<(), Problem> {
    let known = store.repository.people().known_key(&shown.hash)?;
    let author =
        known.as_ref().map_or_else(|| by.author.clone(), |row| Person::recorded(&row.person));
    let address = client.address.map(|address| store.repository.audit().mark(address));
    let origin = Origin { client: address.transpose()?.flatten(), ..Origin::default() };
    let by = Authorship { author, ..by }.coming(origin);
    let fields = shown.fields(known.as_ref(), &client.on_record(), operation);
    store.repository.audit().record(ONE, fields, &by.stamp(""))?;
    Ok(())
}
