//! Marks of clients' addresses. An address is personal data and may be kept only for a while; a record of the audit is
//! never changed. So a record holds a mark, made with a key that lies in a cell of its own: whoever has the key finds
//! the address, and when the key is dropped, all addresses of its time are gone from every record and every copy.
//!
//! A mark is `KEY.TAG` and the address, encrypted: the tag is a keyed hash of the address, and the address is combined
//! with a stream that the key and the tag give (a synthetic initialisation vector). Within the time of one key equal
//! addresses have equal marks, so that a search finds what came from one client.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::{
    Audit,
    chain::{hex, unhex},
};
use crate::{
    engine::{CellName, Expected, Group, OperationId},
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        record::put_record,
    },
};

const GROUP_PREFIX: &str = "audit-clients";
/// How long one key makes marks, in milliseconds: 30 days.
const KEY_USED_MS: u64 = 30 * 24 * 60 * 60 * 1000;
const ADDRESS_SIZE_BYTES: usize = 16;
const TAG_SIZE_BYTES: usize = 8;

/// A key, as its cell holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct StoredKey {
    id: String,
    key: String,
    created_ms: u64,
}

/// What is known of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkedClient {
    /// The address.
    Address(IpAddr),
    /// Its key was dropped.
    Forgotten,
    /// It is no mark.
    Unreadable,
}

#[derive(Clone)]
struct Key {
    id: String,
    mac: [u8; 32],
    stream: [u8; 32],
}

impl Key {
    fn of(stored: &StoredKey) -> Option<Self> {
        let secret: [u8; 32] = unhex(&stored.key)?;
        Some(Self {
            id: stored.id.clone(),
            mac: blake3::derive_key("cms 2026-11-30 v1 client tag", &secret),
            stream: blake3::derive_key("cms 2026-11-30 v1 client stream", &secret),
        })
    }

    fn crypt(&self, tag: &[u8; TAG_SIZE_BYTES], bytes: [u8; ADDRESS_SIZE_BYTES]) -> [u8; 16] {
        let mut stream = [0; ADDRESS_SIZE_BYTES];
        blake3::Hasher::new_keyed(&self.stream).update(tag).finalize_xof().fill(&mut stream);
        std::array::from_fn(|at| bytes[at] ^ stream[at])
    }

    fn tag(&self, address: &[u8; ADDRESS_SIZE_BYTES]) -> [u8; TAG_SIZE_BYTES] {
        let mut tag = [0; TAG_SIZE_BYTES];
        blake3::Hasher::new_keyed(&self.mac).update(address).finalize_xof().fill(&mut tag);
        tag
    }

    fn mark(&self, address: IpAddr) -> String {
        let bytes = match address.to_canonical() {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        };
        let tag = self.tag(&bytes);
        format!("{}.{}{}", self.id, hex(&tag), hex(&self.crypt(&tag, bytes)))
    }

    fn read(&self, text: &str) -> Option<IpAddr> {
        let (tag, rest) = text.split_at_checked(2 * TAG_SIZE_BYTES)?;
        let (tag, bytes) = (unhex(tag)?, unhex(rest)?);
        let address = self.crypt(&tag, bytes);
        (self.tag(&address) == tag).then(|| IpAddr::V6(Ipv6Addr::from(address)).to_canonical())
    }
}

/// The key that makes marks now.
#[derive(Default)]
struct Current(Mutex<Option<Arc<Key>>>);

fn key_cell(id: &str) -> Option<CellName> {
    let group: Group = GROUP_PREFIX.parse().expect("a group");
    group.cell(id).ok()
}

impl Audit<'_> {
    /// The mark of an address; `None` while there is no key ([`Audit::keep_client_key`]).
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn mark(&self, address: IpAddr) -> Result<Option<String>, StoreError> {
        let memo = self.repository.memos.of(Current::default);
        if let Some(key) = &*memo.0.lock() {
            return Ok(Some(key.mark(address)));
        }
        let newest = self.client_keys()?.into_iter().max_by_key(|stored| stored.created_ms);
        let key = newest.as_ref().and_then(Key::of).map(Arc::new);
        memo.0.lock().clone_from(&key);
        Ok(key.map(|key| key.mark(address)))
    }

    /// The address of a mark.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn marked(&self, mark: &str) -> Result<MarkedClient, StoreError> {
        let Some((id, text)) = mark.split_once('.') else { return Ok(MarkedClient::Unreadable) };
        let Some(cell) = key_cell(id) else { return Ok(MarkedClient::Unreadable) };
        let found = self.repository.stored_record::<StoredKey>(cell)?;
        let Some(record) = found else { return Ok(MarkedClient::Forgotten) };
        let address = Key::of(&record.value).and_then(|key| key.read(text));
        Ok(address.map_or(MarkedClient::Unreadable, MarkedClient::Address))
    }

    fn client_keys(&self) -> Result<Vec<StoredKey>, StoreError> {
        let records = self.repository.stored_records(GROUP_PREFIX)?;
        Ok(records.into_iter().map(|record| record.value).collect())
    }

    /// Makes the next key when the newest one has been in use for long enough, or when there is none. `secret` is 32
    /// bytes that nobody can guess.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn keep_client_key(&self, secret: &[u8; 32], stamp: &Stamp) -> Result<(), StoreError> {
        let newest = self.client_keys()?.into_iter().map(|stored| stored.created_ms).max();
        if newest.is_some_and(|created| stamp.time_ms < created.saturating_add(KEY_USED_MS)) {
            return Ok(());
        }
        let id = hex(&blake3::derive_key("cms 2026-11-30 v1 client key", secret)[..4]);
        // A clock that jumped back must not make the older key the newest.
        let created_ms = newest.map_or(stamp.time_ms, |newest| stamp.time_ms.max(newest + 1));
        let stored = StoredKey { id: id.clone(), key: hex(secret), created_ms };
        let cell = key_cell(&id).expect("hex names a cell");
        let swap = put_record(cell, Expected::Absent, &stored);
        self.repository.swap_records(stamp.operation, vec![swap], None)?;
        *self.repository.memos.of(Current::default).0.lock() = None;
        Ok(())
    }

    /// Drops the keys that have made no marks since a time; the key that makes marks now stays. Returns how many were
    /// dropped. `operation` returns an id for each that nobody else uses.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn forget_clients(
        &self,
        before_ms: u64,
        operation: &mut dyn FnMut() -> OperationId,
    ) -> Result<usize, StoreError> {
        let newest = self.client_keys()?.into_iter().map(|stored| stored.created_ms).max();
        let is_old = |stored: &StoredKey| {
            Some(stored.created_ms) != newest
                && stored.created_ms.saturating_add(KEY_USED_MS) < before_ms
        };
        self.repository.forget_records(GROUP_PREFIX, is_old, operation)
    }
}
