//! The map of routes: the readable addresses of entries, and where old ones lead.
//!
//! It maps `r` + route → entry for every route that ever existed, and `k` + entry → route for what is delivered now. A
//! route has moved when its entry has another one now.

use crate::{
    map::{self, ReadNodes},
    model::{id::NodeId, key::EntryKey},
    repo::{content::catalogue::decoded_key, ground::error::StoreError},
};

/// Longest route, in bytes; `KIND/ID` replaces a longer one.
pub const ROUTE_SIZE_BYTES_MAX: usize = 900;

const BY_ROUTE: u8 = b'r';
const BY_KEY: u8 = b'k';

pub(in crate::repo) fn by_route(route: &str) -> Vec<u8> {
    [&[BY_ROUTE], route.as_bytes()].concat()
}

pub(in crate::repo) fn by_key(key: &EntryKey) -> Vec<u8> {
    [&[BY_KEY], &key.encode()[..]].concat()
}

/// What the map says about a route.
pub(in crate::repo) enum RouteRow {
    Unknown,
    Entry(EntryKey),
    Moved(EntryKey, String),
    Gone(EntryKey),
}

pub(in crate::repo) fn look_up(
    nodes: &(impl ReadNodes + ?Sized),
    routes: NodeId,
    route: &str,
) -> Result<RouteRow, StoreError> {
    if route.len() > ROUTE_SIZE_BYTES_MAX {
        return Ok(RouteRow::Unknown);
    }
    let Some(key) = map::get(nodes, routes, &by_route(route))? else {
        return Ok(RouteRow::Unknown);
    };
    let key = decoded_key(&key)?;
    Ok(match route_of(nodes, routes, &key)? {
        None => RouteRow::Gone(key),
        Some(now) if now == route => RouteRow::Entry(key),
        Some(now) => RouteRow::Moved(key, now),
    })
}

pub(in crate::repo) fn route_of(
    nodes: &(impl ReadNodes + ?Sized),
    routes: NodeId,
    key: &EntryKey,
) -> Result<Option<String>, StoreError> {
    let Some(value) = map::get(nodes, routes, &by_key(&key.source()))? else { return Ok(None) };
    let text = String::from_utf8(value.to_vec());
    Ok(Some(text.map_err(|_| StoreError::Row { what: format!("the route of {key}") })?))
}
