//! Laws of the whole repository, over random histories.

use cms_core::model::alteration::Alteration;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    giving::{given_with, picture, with_pictures},
    publishing::{assert_as_effective, assert_as_from_nothing},
    world::{World, container, course, exercise, video},
};

/// One thing that an editor may do. Most are possible most of the time, and a refusal changes nothing.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Retitle(usize, u8),
    Children(usize, Vec<usize>),
    Ask(usize, u8),
    /// Which pictures the question and the hint of an exercise show.
    Draw(usize, u8),
    Delete(usize),
    Translate(usize, u8),
    Publish,
    PublishOnly(usize),
    RollBack(usize),
    RollBackOnly(usize, usize),
    Revert(usize),
    Unpublish(usize),
    Retire(usize, usize),
    Embargo(usize, bool),
    Release(usize),
    Schedule(usize, u8),
    /// For Spanish: whether text that was never translated is shown, and whether old keys are held.
    Policy(bool, bool),
    /// For videos: whether a parent shows their duration, their letter, and whether their source is private.
    Kind(bool, bool, bool),
    RunDue,
}

impl Deed {
    /// Whether it changes `main` alone.
    pub(super) fn is_edit(&self) -> bool {
        match self {
            Self::Retitle(..)
            | Self::Children(..)
            | Self::Ask(..)
            | Self::Draw(..)
            | Self::Delete(_)
            | Self::Translate(..)
            | Self::Policy(..)
            | Self::Kind(..)
            | Self::Embargo(..) => true,
            Self::Publish
            | Self::PublishOnly(_)
            | Self::RollBack(_)
            | Self::RollBackOnly(..)
            | Self::Revert(_)
            | Self::Unpublish(_)
            | Self::Retire(..)
            | Self::Release(_)
            | Self::Schedule(..)
            | Self::RunDue => false,
        }
    }
}

const KEYS: [&str; 14] = [
    "topic/root",
    "course/c",
    "unit/u1",
    "unit/u2",
    "lesson/l1",
    "lesson/l2",
    "lesson/l3",
    "exercise/e1",
    "exercise/e2",
    "exercise/e3",
    "video/v",
    "video/w",
    "image/p",
    "image/q",
];

pub(super) fn any_deed() -> impl Strategy<Value = Deed> {
    let entry = 0..KEYS.len();
    prop_oneof![
        3 => (entry.clone(), 0u8..4).prop_map(|(at, title)| Deed::Retitle(at, title)),
        4 => (0usize..7, prop::collection::vec(entry.clone(), 0..4)).prop_map(|(at, to)| Deed::Children(at, to)),
        3 => (7usize..10, 0u8..4).prop_map(|(at, question)| Deed::Ask(at, question)),
        3 => (7usize..10, 0u8..9).prop_map(|(at, pictures)| Deed::Draw(at, pictures)),
        2 => (12usize..14, 0u8..4).prop_map(|(at, title)| Deed::Retitle(at, title)),
        1 => entry.clone().prop_map(Deed::Delete),
        3 => (entry.clone(), 0u8..3).prop_map(|(at, title)| Deed::Translate(at, title)),
        3 => Just(Deed::Publish),
        1 => entry.clone().prop_map(Deed::PublishOnly),
        1 => (entry.clone(), 0usize..4).prop_map(|(at, back)| Deed::RollBackOnly(at, back)),
        1 => (0usize..4).prop_map(Deed::Revert),
        2 => entry.clone().prop_map(Deed::Unpublish),
        1 => (entry.clone(), entry.clone()).prop_map(|(at, by)| Deed::Retire(at, by)),
        2 => (entry.clone(), any::<bool>()).prop_map(|(at, is_over)| Deed::Embargo(at, is_over)),
        1 => entry.clone().prop_map(Deed::Release),
        2 => (entry, 0u8..3).prop_map(|(at, verb)| Deed::Schedule(at, verb)),
        2 => (any::<bool>(), any::<bool>(), any::<bool>())
            .prop_map(|(shown, lettered, private)| Deed::Kind(shown, lettered, private)),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(shown, held)| Deed::Policy(shown, held)),
        2 => Just(Deed::RunDue),
        1 => (0usize..4).prop_map(Deed::RollBack),
    ]
}

fn document(world: &World, key: &str) -> Option<Value> {
    let shown = world.history().show(&world.main(), &key.parse().unwrap()).unwrap();
    shown.and_then(|shown| shown.document)
}

fn fresh(key: &str) -> Value {
    match key.split_once('/').unwrap().0 {
        "exercise" => exercise(key, "What?"),
        "video" => video(key),
        "image" => picture(key),
        _ => container(key, &[]),
    }
}

fn titled(mut document: Value, title: &str) -> Value {
    document["title"] = json!(title);
    if document.get("slug").is_some() {
        document["slug"] = json!(title.to_lowercase().replace([' ', '/'], "-"));
    }
    document
}

fn put(world: &World, key: &str, document: Value) {
    // A refusal is fine: the law is about what is accepted.
    let _ = world.commit(&[(key, Some(document))]);
}

/// Makes a Spanish translation.
fn translate(world: &World, key: &str, title: u8) {
    let mut translated = json!({"title": format!("Título {title}")});
    if key.starts_with("exercise") {
        let hint = ["Cuenta.", "Cuenta ![esto](image/q).", "Mira."][usize::from(title % 3)];
        translated["items"] = json!([{"id": "i1",
            "question": {"content": "¿Cuántos son?\n\n[[☃ numeric-input 1]]"},
            "hints": [{"content": hint}]}]);
        let hints = document(world, key).map(|found| found["items"][0]["hints"].clone());
        if hints.is_some_and(|hints| hints.as_array().is_some_and(|hints| hints.len() == 2)) {
            translated["items"][0]["hints"] = json!([{}, {"content": "Cuenta."}]);
        }
    }
    let line = json!({"key": key, "locale": "es", "document": translated});
    let _ = world.try_import(&[line], |_| {});
}

/// Changes the kind of videos.
fn retype(world: &World, [shown, lettered, private]: [bool; 3]) {
    let mut schema = document(world, "schema/video").unwrap();
    schema["x-letter"] = json!(if lettered { "w" } else { "v" });
    let duration = schema["properties"]["duration_s"].as_object_mut().unwrap();
    duration.remove("x-summary");
    duration.extend(shown.then(|| ("x-summary".to_owned(), json!(true))));
    let youtube = schema["properties"]["youtube_id"].as_object_mut().unwrap();
    youtube.remove("x-private");
    youtube.remove("x-summary");
    youtube.extend(private.then(|| ("x-private".to_owned(), json!(true))));
    put(world, "schema/video", schema);
}

/// The newest versions of the channel.
fn published(world: &World) -> Vec<cms_core::repo::SnapshotRow> {
    let channel = "production".parse().expect("a name");
    world.repository.snapshots(&channel, None, 10).unwrap_or_default()
}

pub(super) fn act(world: &World, deed: &Deed) {
    match deed {
        Deed::Retitle(at, title) => {
            let document = document(world, KEYS[*at]).unwrap_or_else(|| fresh(KEYS[*at]));
            put(world, KEYS[*at], titled(document, &format!("Title {title} of {at}")));
        }
        Deed::Children(at, to) => {
            let mut document = document(world, KEYS[*at]).unwrap_or_else(|| fresh(KEYS[*at]));
            let mut children: Vec<&str> = Vec::new();
            for to in to {
                if !children.contains(&KEYS[*to]) {
                    children.push(KEYS[*to]);
                }
            }
            document["children"] = json!(children);
            put(world, KEYS[*at], document);
        }
        Deed::Ask(at, question) => {
            let title = document(world, KEYS[*at])
                .map_or("New".into(), |d| d["title"].as_str().unwrap().to_owned());
            // Answers change with the question and without it, and hints independently of both.
            let mut asked = exercise("x", &format!("How many are {}?", question / 2));
            let item = &mut asked["items"][0];
            let answers = "/question/widgets/numeric-input 1/options/answers/0/value";
            *item.pointer_mut(answers).unwrap() = json!(4 + question % 3);
            if *question == 3 {
                let hint = json!({"content": "Slowly.", "images": {}, "widgets": {}});
                item["hints"].as_array_mut().unwrap().insert(0, hint);
            }
            put(world, KEYS[*at], titled(asked, &title));
        }
        Deed::Draw(at, pictures) => {
            let document = document(world, KEYS[*at]).unwrap_or_else(|| fresh(KEYS[*at]));
            let shown = |which: u8| ["", "![it](image/p)", "![it](image/q)"][usize::from(which)];
            put(
                world,
                KEYS[*at],
                with_pictures(document, shown(pictures % 3), shown(pictures / 3)),
            );
        }
        Deed::Delete(at) => {
            let _ = world.commit(&[(KEYS[*at], None)]);
        }
        Deed::Translate(at, title) => translate(world, KEYS[*at], *title),
        Deed::Policy(shown, held) => {
            let Some(mut language) = document(world, "locale/es") else { return };
            let untranslated = if *shown { "source" } else { "last-whole" };
            let old_keys = if *held { "hold" } else { "serve" };
            language["policy"] = json!({"untranslated": untranslated, "old_keys": old_keys});
            put(world, "locale/es", language);
        }
        Deed::Publish => {
            let _ = world.production().publish(&emptying(world));
        }
        Deed::PublishOnly(at) => {
            let _ = world.publish_only(&[KEYS[*at]]);
        }
        Deed::RollBackOnly(at, back) => {
            let rows = published(world);
            if let Some(row) = rows.get(*back) {
                let _ = world.try_roll_back(&row.snapshot.to_string(), &[KEYS[*at]]);
            }
        }
        Deed::Revert(back) => {
            let rows = published(world);
            if let Some(row) = rows.get(*back) {
                let _ = world.production().revert_publish(&cms_core::repo::RevertRequest {
                    seen: None,
                    sequence: Some(row.sequence),
                    stamp: world.stamp("undo"),
                });
            }
        }
        Deed::Unpublish(at) => {
            let _ = world.unpublish(&[KEYS[*at]]);
        }
        Deed::Retire(at, by) => {
            let _ = world.retire(&[KEYS[*at]], Some(KEYS[*by]));
        }
        Deed::Embargo(at, is_over) => {
            let mut document = document(world, KEYS[*at]).unwrap_or_else(|| fresh(KEYS[*at]));
            let until = if *is_over { "1970-01-01T00:00:00Z" } else { "2100-01-01T00:00:00Z" };
            document["not_before"] = json!(until);
            put(world, KEYS[*at], document);
        }
        Deed::Release(at) => {
            let keys = vec![KEYS[*at].parse().unwrap()];
            let stamp = world.stamp("fine");
            let request = cms_core::repo::ReleaseRequest { seen: None, keys, stamp };
            let _ = world.production().release(&request);
        }
        Deed::Schedule(at, verb) => schedule(world, *at, *verb),
        Deed::Kind(shown, lettered, private) => retype(world, [*shown, *lettered, *private]),
        Deed::RunDue => {
            let stamp = cms_core::repo::Stamp { time_ms: 1_000_000, ..world.stamp("") };
            world.repository.run_due(&stamp).unwrap();
            assert_eq!(world.repository.next_due(u64::MAX).unwrap(), None);
        }
        Deed::RollBack(back) => {
            let rows = published(world);
            if let Some(row) = rows.get(*back) {
                let _ = world.try_roll_back(&row.snapshot.to_string(), &[]);
            }
        }
    }
}

fn schedule(world: &World, at: usize, verb: u8) {
    use cms_core::repo::{ScheduleStep, ScheduleVerb};
    let verbs = [ScheduleVerb::Publish, ScheduleVerb::Unpublish, ScheduleVerb::Retire];
    let step = ScheduleStep {
        verb: verbs[usize::from(verb)],
        target: "main".into(),
        keys: vec![KEYS[at].parse().unwrap()],
        replaced_by: None,
    };
    let _ = world.repository.schedule(&cms_core::repo::ScheduleRequest {
        channel: "production".parse().unwrap(),
        step,
        then: Vec::new(),
        at: "1970-01-01T00:16:40Z".parse().unwrap(),
        stamp: world.stamp("soon"),
    });
}

/// A request that accepts an emptied channel: these tests ask what is lawful, not what is wise.
fn emptying(world: &World) -> cms_core::repo::PublishRequest {
    cms_core::repo::PublishRequest { may_empty: true, ..world.request() }
}

/// The record that each publish updates equals what a walk finds: `main` minus what is delivered.
fn assert_nowhere_is_known(world: &World) {
    let page = world.production().not_public(&world.main(), None, 1000, 1_000_000).unwrap();
    let told: std::collections::BTreeSet<_> = page
        .rows
        .iter()
        .filter(|row| row.key.locale().is_none() && row.change != Some(Alteration::Removed))
        .map(|row| row.key.to_string())
        .collect();
    for key in KEYS.iter().chain(&["locale/es"]) {
        let is_there = document(world, key).is_some();
        let delivered = world.delivered(key, "en").filter(|found| found["retired"].is_null());
        let is_delivered = delivered.is_some();
        let is_given = || {
            let mut holders =
                ["en", "es"].into_iter().flat_map(|l| KEYS[7..10].iter().map(move |k| (k, l)));
            holders.any(|(holder, locale)| given_with(world, holder, locale).contains_key(*key))
        };
        assert!(
            !is_there || is_delivered || told.contains(*key) || is_given(),
            "{key} is not told: {told:?}"
        );
        assert!(is_there || !told.contains(*key), "{key} is told and not there");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Whatever the history, a channel delivers what a new channel would deliver from the same effective catalogue,
    /// and nothing is ever damaged on the way.
    #[test]
    fn a_channel_does_not_remember_how_it_came_to_be(deeds in prop::collection::vec(any_deed(), 1..24)) {
        let world = World::new();
        world.import(&course());
        world.speak("es");
        super::giving::draw(&world);
        world.production().publish(&emptying(&world)).unwrap();
        for deed in &deeds {
            act(&world, deed);
        }
        assert_as_effective(&world);
        for key in KEYS {
            if let Some(mut document) = document(&world, key)
                && document.as_object_mut().unwrap().remove("not_before").is_some()
            {
                world.put(key, document);
            }
        }
        let release = cms_core::repo::ReleaseRequest { seen: None, keys: vec![], stamp: world.stamp("") };
        world.production().release(&release).unwrap();
        let _ = world.production().publish(&emptying(&world));
        assert_as_from_nothing(&world);
        assert_nowhere_is_known(&world);
        world.verify();
    }

    /// The import of an export of any history gives the same documents.
    #[test]
    fn exports_carry_everything(deeds in prop::collection::vec(any_deed(), 1..16)) {
        let world = World::new();
        world.import(&course());
        world.speak("es");
        for deed in &deeds {
            act(&world, deed);
        }
        let lines = world.export(&world.main());
        let copy = World::new();
        copy.import(&lines);
        prop_assert_eq!(copy.export(&copy.main()), lines);
    }
}
