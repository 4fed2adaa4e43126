//! Previews: what learners would get, seen before it is published.

use std::sync::Arc;

use cms_core::{
    engine::{Engine, memory::MemoryEngine},
    model::{id::CommitId, key::Locale, object::Space, snapshot::Snapshot},
    repo::{Delivery, Repository, RouteAnswer, State},
};
use serde_json::{Value, json};

use super::{
    publishing::published,
    world::{World, channel, container, course, exercise, key, locale, video},
};

pub(super) fn head(world: &World) -> CommitId {
    match world.main() {
        State::Commit(commit) => commit,
        State::Snapshot { .. } => unreachable!("main is a branch"),
    }
}

fn served(delivery: &Delivery, snapshot: &Snapshot, text: &str, at: &str) -> Option<Value> {
    let locale: Locale = locale(at);
    let row = delivery.delivered(snapshot, &key(text), Some(&locale)).unwrap()?;
    let object = delivery.object(row.object.object_id()).unwrap()?;
    Some(serde_json::from_slice(object.bytes()).unwrap())
}

/// Everything that a snapshot delivers, with routes.
fn all(delivery: &Delivery, snapshot: &Snapshot) -> Vec<(String, String, Option<String>)> {
    let page = delivery.delivered_page(snapshot, None, None, None, 1000).unwrap();
    page.rows
        .into_iter()
        .map(|(key, row)| {
            let route = delivery.route_of(snapshot, &key).unwrap();
            (key.to_string(), row.object.to_string(), route)
        })
        .collect()
}

fn public_count(engine: &MemoryEngine) -> usize {
    engine.objects(&Space::Public, None, 1000).unwrap().len()
}

#[test]
fn a_preview_shows_what_a_publish_would_deliver_and_publishes_nothing() {
    let engine = Arc::new(MemoryEngine::new());
    let world = World::over(Arc::clone(&engine) as _);
    world.import(&course());
    world.publish();
    world.put("exercise/e1", exercise("Add", "Not yet?"));
    world.put("video/new", video("New"));
    world.put("lesson/l2", container("Two", &["video/new"]));
    let mut unit = container("First", &["lesson/l1", "lesson/l2"]);
    unit["slug"] = json!("start");
    world.put("unit/u1", unit);
    let (public, before) = (
        public_count(&engine),
        world.repository.delivery().channel_head(&"production".parse().unwrap()),
    );
    let preview = world.production().preview(head(&world)).unwrap();
    assert_eq!(public_count(&engine), public, "nothing is written for learners");
    assert_eq!(
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap(),
        before.unwrap()
    );
    assert_eq!(
        world.repository.delivery().snapshot(preview.snapshot).unwrap(),
        None,
        "nor can they see it"
    );
    let looking = world.repository.delivery_of_preview(&preview);
    let snapshot = looking.snapshot(preview.snapshot).unwrap().unwrap();
    assert!(
        served(&looking, &snapshot, "exercise/e1", "en").unwrap().to_string().contains("Not yet?")
    );
    let tombstone = served(&looking, &snapshot, "exercise/e2", "en").unwrap();
    assert_eq!(tombstone["retired"]["title"], "Double");
    let unchanged = served(&looking, &snapshot, "exercise/e3", "en").unwrap();
    assert_eq!(Some(unchanged), world.delivered("exercise/e3", "en"), "the rest is what is live");
    let route = looking.route(&snapshot, "counting/first/one/e/add").unwrap();
    let to = "counting/start/one/e/add".to_owned();
    assert_eq!(route, RouteAnswer::Moved { key: key("exercise/e1"), to });
    let made = looking.delivered(&snapshot, &key("video/new"), None).unwrap().unwrap();
    assert_eq!(world.repository.delivery().object(made.object.object_id()).unwrap(), None);
    // Asked for again it is the same, even by a process that remembers nothing.
    assert_eq!(world.production().preview(head(&world)).unwrap(), preview);
    let again = Repository::open(engine, cms_core::repo::RepositoryOptions::default())
        .unwrap()
        .with_content_engines(super::playing::engines());
    assert_eq!(channel(&again, "production").preview(head(&world)).unwrap(), preview);
    // A publish delivers exactly that.
    let published = world.publish();
    assert_eq!(published.report.delivered, preview.report.delivered);
    let live = world.repository.delivery().snapshot(published.snapshot).unwrap().unwrap();
    assert_eq!(all(&looking, &snapshot), all(&world.repository.delivery(), &live));
    assert_eq!((live.delivered, live.routes), (snapshot.delivered, snapshot.routes));
    world.verify();
}

#[test]
fn a_preview_of_what_is_live_is_what_is_live() {
    let world = published();
    let preview = world.production().preview(head(&world)).unwrap();
    let live =
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    assert_eq!(preview.snapshot, live.snapshot);
}

#[test]
fn a_preview_lifts_embargoes_and_minds_holds() {
    let world = published();
    let mut secret = video("Secret");
    secret["not_before"] = json!("2100-01-01T00:00:00Z");
    world.put("video/v", secret);
    world.unpublish(&["exercise/e2"]).unwrap();
    let preview = world.production().preview(head(&world)).unwrap();
    let looking = world.repository.delivery_of_preview(&preview);
    let snapshot = looking.snapshot(preview.snapshot).unwrap().unwrap();
    let shown = served(&looking, &snapshot, "video/v", "en").unwrap();
    assert_eq!(shown["document"]["title"], "Secret");
    assert_eq!(preview.report.on_hold, vec![key("exercise/e2")]);
    assert!(!shown.to_string().contains("not_before"));
}

#[test]
fn a_preview_may_be_of_a_channel_that_is_new() {
    let world = World::new();
    world.import(&course());
    let preview = world.channel("staging").preview(head(&world)).unwrap();
    let looking = world.repository.delivery_of_preview(&preview);
    let snapshot = looking.snapshot(preview.snapshot).unwrap().unwrap();
    assert_eq!(all(&looking, &snapshot).len(), 11);
    assert_eq!(
        world.repository.delivery().channel_head(&"staging".parse().unwrap()).unwrap(),
        None
    );
}
