//! The publish that first showed a text.

use cms_core::repo::{ChannelError, FirstPublished, FirstPublishedRequest, PublishError};
use serde_json::json;

use super::{
    publishing::published,
    world::{World, exercise, key, locale, video},
};

fn search(
    world: &World,
    text: &str,
    change: impl FnOnce(&mut FirstPublishedRequest),
) -> FirstPublished {
    let mut request = FirstPublishedRequest { text: text.into(), locale: None, key: None };
    change(&mut request);
    world.production().first_published(&request).unwrap()
}

#[test]
fn the_publish_that_first_showed_a_text_is_found() {
    let world = published();
    world.speak("es");
    world.put("exercise/e1", exercise("Add", "What is “two” \"and\" two?\nSay."));
    world.publish();
    let mut quoting = video("Watch");
    quoting["title"] = json!("Watch \"and\" learn");
    world.put("video/v", quoting);
    world.publish();
    world.put("exercise/e1", exercise("Add", "Otherwise."));
    world.publish();
    world.import(&[
        json!({"key": "video/v", "locale": "es", "document": {"title": "Mira y \"and\""}}),
    ]);
    world.publish();
    let found = search(&world, "\"and\"", |_| {});
    assert_eq!(found.publish.as_ref().map(|row| row.sequence), Some(2));
    let sighting = &found.sightings[0];
    assert_eq!(
        (&sighting.key, sighting.pointer.as_str()),
        (&key("exercise/e1"), "/items/0/question/content")
    );
    assert_eq!(found.sightings_count, 1, "containers show it too, and do not count");
    let sequence = |found: FirstPublished| found.publish.map(|row| row.sequence);
    assert_eq!(sequence(search(&world, "\"and\"", |r| r.key = Some(key("video/v")))), Some(3));
    assert_eq!(sequence(search(&world, "\"and\"", |r| r.locale = Some(locale("es")))), Some(5));
    assert_eq!(sequence(search(&world, "\"and\"", |r| r.locale = Some(locale("en")))), Some(2));
    assert_eq!(sequence(search(&world, "two?\nSay", |_| {})), Some(2));
    // Hints are withheld, so no publish shows one.
    for never in ["never shown", "", "youtube_id", "Count on your fingers"] {
        let found = search(&world, never, |_| {});
        assert_eq!(
            (found.publish, found.sightings_count, found.snapshots_count),
            (None, 0, 5),
            "{never}"
        );
    }
    let request = FirstPublishedRequest { text: "x".into(), locale: None, key: None };
    let refused = world.channel("nope").first_published(&request);
    assert!(matches!(refused, Err(PublishError::Channel(ChannelError::Unknown { .. }))));
}

#[test]
fn what_a_release_repeats_is_looked_at_once() {
    let world = published();
    world.put("video/v", video("Other"));
    world.publish();
    world.roll_back("production@1", &[]);
    let stamp = world.stamp("");
    world
        .production()
        .release(&cms_core::repo::ReleaseRequest { seen: None, keys: vec![], stamp })
        .unwrap();
    let found = search(&world, "nothing like it", |_| {});
    assert_eq!(found.snapshots_count, 3);
}
