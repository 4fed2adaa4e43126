//! Embargoes: content that must not be live before a moment is not live before it, by any route.

use cms_core::{
    model::{alteration::Alteration, key::EntryKey},
    repo::{NotPublicRow, PublishError, PublishRequest, Why},
};
use serde_json::{Value, json};

use super::{
    publishing::{assert_as_effective, assert_as_from_nothing, published, title},
    world::{World, container, key, video},
};

const NEVER: &str = "2100-01-01T09:00[Europe/Berlin]";

fn until(mut document: Value, moment: &str) -> Value {
    document["not_before"] = json!(moment);
    document
}

/// Publishes as if it were that moment.
fn publish_at(world: &World, time_ms: u64) -> Result<cms_core::repo::Published, PublishError> {
    let mut request = world.request();
    request.stamp.time_ms = time_ms;
    world.production().publish(&request)
}

#[test]
fn an_embargo_keeps_an_entry_as_it_is_until_its_moment() {
    let world = published();
    world.put("video/v", until(video("Secret"), NEVER));
    world.put("video/new", until(video("New secret"), "1970-01-01T01:01:40+01:00[Europe/Berlin]"));
    world.put("lesson/l2", container("Two", &["exercise/e2", "video/new"]));
    let report = publish_at(&world, 99_999).unwrap().report;
    let held: Vec<_> =
        report.held_back.iter().map(|row| (row.key.to_string(), row.is_live)).collect();
    assert_eq!(held, [("video/new".to_owned(), false), ("video/v".to_owned(), true)]);
    let reason = &report.held_back[1].reasons[0];
    assert_eq!((reason.pointer.as_str(), reason.code.word()), ("/not_before", "embargoed"));
    assert!(reason.message.contains("before 2100-01-01T09:00:00+01:00[Europe/Berlin]"));
    assert_eq!(report.left_out[0].child, key("video/new"));
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Watch");
    assert_as_effective(&world);
    // To the millisecond: the next publish takes it.
    let report = publish_at(&world, 100_000).unwrap().report;
    assert_eq!(report.held_back_count, 1);
    assert_eq!(title(&world.delivered("video/new", "en").unwrap()), "New secret");
    assert!(!world.delivered("video/new", "en").unwrap().to_string().contains("not_before"));
    publish_at(&world, 5_000_000_000_000).unwrap();
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Secret");
    world.verify();
}

#[test]
fn an_embargo_keeps_translations_of_what_it_keeps() {
    let world = published();
    world.speak("es");
    world.speak("fr");
    world.import(&[json!({"key": "video/v", "locale": "es", "document": {"title": "Mira"}})]);
    world.publish();
    world.put("video/v", until(video("Secret"), NEVER));
    world.import(&[
        json!({"key": "video/v", "locale": "es", "document": {"title": "Secreto"}}),
        json!({"key": "video/v", "locale": "fr", "document": {"title": "Secret!"}}),
    ]);
    let only = |keys: &[&str]| PublishRequest {
        only: keys.iter().map(|k| key(k)).collect(),
        ..world.request()
    };
    for request in [world.request(), only(&["video/v@es", "video/v@fr"])] {
        let refused = world.production().publish(&request);
        let Err(PublishError::NothingToDo { report }) = refused else { panic!("it is embargoed") };
        let held: Vec<_> = report.held_back.iter().map(|row| row.key.to_string()).collect();
        assert!(held.contains(&"video/v@es".into()) && held.contains(&"video/v@fr".into()));
    }
    assert_eq!(title(&world.delivered("video/v", "es").unwrap()), "Mira");
    // Once an edit lifts the embargo, everything goes live at once.
    world.put("video/v", video("No secret"));
    world.publish();
    assert_eq!(title(&world.delivered("video/v", "es").unwrap()), "Secreto");
    assert_as_from_nothing(&world);
}

#[test]
fn a_plan_judges_embargoes_when_it_was_made() {
    let world = published();
    world.put("video/v", until(video("Secret"), "1970-01-01T00:01:40Z"));
    let mut request = world.request();
    request.stamp.time_ms = 99_999;
    world.put("video/w", video("Beside"));
    world.put("lesson/l2", container("Two", &["exercise/e2", "video/w"]));
    let plan = world.production().plan(&request).unwrap();
    assert_eq!(plan.report.held_back_count, 1);
    request.stamp.time_ms = 200_000;
    request.plan = Some(plan.id);
    let report = world.production().publish(&request).unwrap().report;
    assert_eq!(report.held_back_count, 1, "it does what it said, and no more");
    assert_eq!(title(&world.delivered("video/v", "en").unwrap()), "Watch");
}

#[test]
fn an_embargo_must_be_a_moment() {
    let world = published();
    for (text, expected) in [
        ("2026-12-01T09:00", "names no zone"),
        ("2026-03-29T02:30[Europe/Berlin]", "03:30:00+02:00"),
        ("", "is not a moment"),
        ("2026-12-01T09:00[Berlin]", "there is no time zone"),
    ] {
        let refused = world.commit(&[("video/v", Some(until(video("Watch"), text)))]).unwrap_err();
        assert!(refused.to_string().contains(expected), "{text}: {refused}");
    }
}

fn not_public(world: &World, after: Option<&EntryKey>, rows_max: usize) -> Vec<NotPublicRow> {
    let main = world.main();
    let page = world.production().not_public(&main, after, rows_max, 50_000).unwrap();
    assert_eq!(page.more, page.rows.len() == rows_max && rows_max < 100, "{:#?}", page.rows);
    page.rows
}

#[test]
fn what_is_merged_and_not_public_is_listed_with_the_reason() {
    let world = published();
    assert_eq!(not_public(&world, None, 100), vec![]);
    let kind = world.history().show(&world.main(), &key("schema/exercise")).unwrap().unwrap();
    world.put("exercise/e3", super::world::exercise("Square", "Too new?"));
    let mut other = kind.document.unwrap();
    other["description"] = json!("Another one.");
    world.put("video/v", video("Waits"));
    world.put("video/alone", video("Alone"));
    world.put("video/w", until(video("Embargoed"), NEVER));
    world.put("lesson/l2", container("Two", &["exercise/e2", "video/w"]));
    world.publish();
    world.put("schema/exercise", other);
    world.put("video/v", video("Waits longer"));
    world.unpublish(&["exercise/e1"]).unwrap();
    let rows = not_public(&world, None, 100);
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            let why: Vec<_> = row
                .why
                .iter()
                .map(|why| match why {
                    Why::NotPublished => "not published",
                    Why::HeldBack { .. } => "held back",
                    Why::OnHold { .. } => "on hold",
                    Why::Embargoed { .. } => "embargoed",
                    Why::StandsNowhere => "stands nowhere",
                    Why::Damaged { .. } => "damaged",
                    Why::IsModel { .. } => "is a model",
                })
                .collect();
            {
                let change = row.change.map_or("unchanged", Alteration::word);
                format!("{} {change} {}", row.key, why.join(", "))
            }
        })
        .collect();
    assert_eq!(
        shown,
        [
            "exercise/e1 added on hold",
            "schema/exercise changed not published",
            "video/alone unchanged stands nowhere",
            "video/v changed not published",
            "video/w added embargoed",
        ]
    );
    assert_eq!(rows[4].title.as_deref(), Some("Embargoed"));
    assert!(rows.iter().all(|row| row.since.as_ref().is_some_and(|since| since.author == "ana")));
    // Read by pages, it is the same list.
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let main = world.main();
        let page = world.production().not_public(&main, after.as_ref(), 2, 50_000).unwrap();
        paged.extend(page.rows);
        after = paged.last().map(|row: &NotPublicRow| row.key.clone());
        if !page.more {
            break;
        }
    }
    assert_eq!(paged, rows);
    // A new channel has nothing of it.
    let main = world.main();
    let page = world.channel("staging").not_public(&main, None, 5, 50_000).unwrap();
    assert!(page.more && page.rows.iter().all(|row| row.change == Some(Alteration::Added)));
}

#[test]
fn what_the_last_publish_held_back_says_why() {
    let world = published();
    let mut needing = super::world::exercise("Square", "What is two squared?");
    needing["prerequisites"] = json!(["exercise/secret"]);
    let secret = until(super::world::exercise("Secret", "?"), NEVER);
    world.commit(&[("exercise/secret", Some(secret)), ("exercise/e3", Some(needing))]).unwrap();
    assert!(matches!(
        world.production().publish(&world.request()),
        Err(PublishError::NothingToDo { .. })
    ));
    world.put("video/v", video("Beside"));
    world.publish();
    let rows = not_public(&world, None, 100);
    let Why::HeldBack { reasons, tried: true } = &rows[0].why[0] else { panic!("{rows:#?}") };
    assert_eq!(
        (rows[0].key.clone(), reasons[0].code.as_str()),
        (key("exercise/e3"), "dangling-link")
    );
    assert_eq!(rows[1].why.len(), 2, "embargoed, and standing nowhere: {:#?}", rows[1]);
}

#[test]
fn a_plain_link_to_what_is_under_embargo_is_left_out_and_not_the_entry() {
    let world = published();
    let mut naming = video("Naming");
    naming["related"] = json!(["exercise/e1", "video/secret", "exercise/e2"]);
    world
        .commit(&[
            ("video/secret", Some(until(video("Secret"), "1970-01-01T00:01:40Z"))),
            ("lesson/l2", Some(container("Two", &["exercise/e2", "video/secret"]))),
            ("video/v", Some(naming.clone())),
        ])
        .unwrap();
    let report = publish_at(&world, 99_999).unwrap().report;
    let held: Vec<_> = report.held_back.iter().map(|row| row.key.to_string()).collect();
    assert_eq!(held, ["video/secret"]);
    let delivered = world.delivered("video/v", "en").unwrap();
    assert_eq!(delivered["document"]["related"], json!(["exercise/e1", "exercise/e2"]));
    assert!(
        report
            .left_out
            .iter()
            .any(|row| row.parent == key("video/v") && row.child == key("video/secret"))
    );
    assert_as_effective(&world);
    // Another change of it meanwhile makes no difference.
    naming["description"] = json!("Still naming");
    world.put("video/v", naming);
    assert_eq!(publish_at(&world, 99_999).unwrap().report.held_back_count, 1);
    assert!(!world.delivered("video/v", "en").unwrap().to_string().contains("video/secret"));
    // The link is there as soon as its target is.
    let report = publish_at(&world, 100_000).unwrap().report;
    assert!(report.remade.contains(&key("video/v")), "{report:#?}");
    let delivered = world.delivered("video/v", "en").unwrap();
    assert_eq!(
        delivered["document"]["related"],
        json!(["exercise/e1", "video/secret", "exercise/e2"])
    );
    assert_as_effective(&world);
    world.verify();
}

#[test]
fn what_can_not_do_without_a_link_waits_for_what_it_leads_to() {
    let world = published();
    let schema = world.history().show(&world.main(), &key("schema/video")).unwrap().unwrap();
    let mut schema = schema.document.unwrap();
    schema["properties"]["related"]["minItems"] = json!(1);
    world.put("schema/video", schema);
    let mut naming = video("Naming");
    naming["related"] = json!(["video/secret"]);
    world
        .commit(&[
            ("video/secret", Some(until(video("Secret"), NEVER))),
            ("lesson/l2", Some(container("Two", &["exercise/e2", "video/secret"]))),
            ("video/v", Some(naming)),
        ])
        .unwrap();
    let report = publish_at(&world, 99_999).unwrap().report;
    let held: Vec<_> = report.held_back.iter().map(|row| row.key.to_string()).collect();
    assert_eq!(held, ["video/secret", "video/v"]);
    assert_eq!(report.held_back[1].reasons[0].code.word(), "dangling-link");
}
