//! Where an entry stands in a snapshot: what the admin page shows above and next to it.

use axum::{extract::State, response::Response};
use cms_core::{
    model::{
        id::ObjectId,
        key::{EntryKey, Locale},
        snapshot::Snapshot,
    },
    repo::Delivery,
};
use serde::Serialize;
use serde_json::Value;

use super::versions::private;
use crate::{
    app::reader::Reader,
    delivery::{EntryPlace, Found},
    edge::query::NoQuery,
    problem::Problem,
};

#[derive(Serialize)]
struct Place {
    key: String,
    object: String,
    /// The locale of the document that serves.
    locale: String,
    route: Option<String>,
    /// The containers along the canonical path, the home page first, without the entry itself.
    trail: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    key: String,
    title: Option<String>,
}

/// Where an entry stands.
pub async fn handler(
    State(reader): State<Reader>,
    EntryPlace { place, key }: EntryPlace,
    _: NoQuery,
) -> Result<Response, Problem> {
    let place = reader
        .deliver(move |delivery| {
            let found = place.find(delivery)?;
            let row = found.served(delivery, &key)?;
            let Found { snapshot, locale } = found;
            let route = delivery.route_of(&snapshot, &key)?;
            Ok(Place {
                key: key.to_string(),
                object: row.object.to_string(),
                locale: row.locale.as_ref().unwrap_or(&snapshot.source_locale).to_string(),
                trail: trail(delivery, &snapshot, locale.as_ref(), &key, route.as_deref())?,
                route,
            })
        })
        .await?;
    Ok(private(&place))
}

/// The containers along a route, found by walking down from the home page: the slug of each step is the next part of
/// the route.
fn trail(
    delivery: &Delivery,
    snapshot: &Snapshot,
    locale: Option<&Locale>,
    key: &EntryKey,
    route: Option<&str>,
) -> Result<Vec<Step>, Problem> {
    let home: EntryKey = "topic/root".parse()?;
    let Some(route) = route.filter(|_| *key != home) else { return Ok(Vec::new()) };
    let Some(row) = delivery.delivered(snapshot, &home, locale)? else {
        return Ok(Vec::new());
    };
    let mut steps = Vec::new();
    let (mut at, mut object) = (home.to_string(), row.object.object_id());
    for slug in route.split('/') {
        let Some(document) = read(delivery, object)? else { break };
        let title = document["document"]["title"].as_str().map(str::to_owned);
        steps.push(Step { key: at, title });
        let next = document["children"].as_array().into_iter().flatten().find(|child| {
            child["summary"]["slug"].as_str() == Some(slug) && child["key"] != key.to_string()
        });
        let Some((next_key, next_object)) = next.and_then(|child| {
            Some((child["key"].as_str()?.to_owned(), child["object"].as_str()?.parse().ok()?))
        }) else {
            break;
        };
        (at, object) = (next_key, next_object);
    }
    Ok(steps)
}

fn read(delivery: &Delivery, object: ObjectId) -> Result<Option<Value>, Problem> {
    let found = delivery.object(object)?;
    Ok(found.and_then(|object| serde_json::from_slice(object.bytes()).ok()))
}
