//! Plans: what they say, and that a publish does exactly that or nothing.

use std::collections::BTreeMap;

use cms_core::repo::{
    ChannelError, OtherPlan, PlanId, PublishError, PublishRequest, ReleaseRequest,
};
use proptest::prelude::*;

use super::{
    laws::{act, any_deed},
    publishing::published,
    world::{World, container, course, exercise, key, video},
};

fn of_plan(world: &World, plan: PlanId) -> Result<cms_core::repo::Published, PublishError> {
    world.production().publish(&PublishRequest { plan: Some(plan), ..world.request() })
}

/// The deliveries of production, by key: the object, and whether it is a tombstone.
pub(super) fn rows(world: &World) -> BTreeMap<String, String> {
    let Some(head) =
        world.repository.delivery().channel_head(&"production".parse().unwrap()).unwrap()
    else {
        return BTreeMap::new();
    };
    let snapshot = world.repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    let empty = world.empty_snapshot();
    let changes =
        world.repository.delivery().compare_delivered(&empty, &snapshot, None, 10_000).unwrap();
    changes.into_iter().map(|row| (row.key.to_string(), row.right.unwrap().to_string())).collect()
}

#[test]
fn a_plan_lists_the_documents_that_change() {
    let world = published();
    world.put("video/v", video("Watch this"));
    world.put("video/w", video("Another"));
    world.put("lesson/l2", container("Two", &["video/w"]));
    let plan = world.plan();
    assert_eq!(plan.documents_count, plan.documents.len() as u64);
    let shown: Vec<_> = plan
        .documents
        .iter()
        .map(|row| {
            let sign = match (row.before, row.after, row.retired) {
                (None, Some(_), false) => '+',
                (Some(_), Some(_), false) => '~',
                (Some(_), _, true) => 'x',
                _ => '?',
            };
            format!("{sign}{}", row.key)
        })
        .collect();
    let expected = [
        "~course/c",
        "x exercise/e2",
        "~lesson/l1",
        "~lesson/l2",
        "~lesson/l3",
        "~topic/root",
        "~unit/u1",
        "~unit/u2",
        "~video/v",
        "+video/w",
    ];
    assert_eq!(shown, expected.map(|row| row.replace(' ', "")));
    assert!(plan.documents.iter().all(|row| row.size_bytes > 0));
    let remade: Vec<_> = plan.report.remade.iter().map(ToString::to_string).collect();
    assert_eq!(remade, ["course/c", "lesson/l1", "lesson/l3", "topic/root", "unit/u1", "unit/u2"]);
}

#[test]
fn commits_do_not_spoil_a_plan_and_publishes_do() {
    let world = published();
    world.put("video/v", video("Planned"));
    let plan = world.plan();
    world.put("video/v", video("Later"));
    world.put("exercise/e1", exercise("Add", "Later?"));
    let report = of_plan(&world, plan.id).unwrap().report;
    assert_eq!(report, plan.report);
    assert_eq!(world.delivered("video/v", "en").unwrap()["document"]["title"], "Planned");
    let Err(PublishError::Channel(ChannelError::Moved { by: Some(by), .. })) =
        of_plan(&world, plan.id)
    else {
        panic!("the plan was spoilt by its own publish");
    };
    assert_eq!((by.author.as_str(), by.verb.word(), by.sequence), ("ana", "publish", 2));
    // A release moves nothing that learners see, and yet changes what a publish would do.
    world.roll_back("production@1", &["video/v"]);
    let plan = world.plan();
    let release = ReleaseRequest { seen: None, keys: vec![], stamp: world.stamp("fine") };
    world.production().release(&release).unwrap();
    assert!(matches!(
        of_plan(&world, plan.id),
        Err(PublishError::Channel(ChannelError::Moved { .. }))
    ));
}

#[test]
fn a_plan_with_other_choices_is_another_plan() {
    let world = published();
    world.put("video/v", video("Planned"));
    world.put("exercise/e1", exercise("Add", "Planned?"));
    let plan = world.plan();
    let request =
        PublishRequest { plan: Some(plan.id), only: vec![key("video/v")], ..world.request() };
    let before = rows(&world);
    assert!(matches!(
        world.production().publish(&request),
        Err(PublishError::OtherPlan { of: OtherPlan::Only })
    ));
    assert_eq!(rows(&world), before);
}

#[test]
fn a_plan_may_be_of_a_new_channel_and_of_another_channels_snapshot() {
    let world = published();
    let request = PublishRequest { target: Some("production".into()), ..world.request() };
    let plan = world.channel("staging").plan(&request).unwrap();
    world.put("video/v", video("Later"));
    world.publish();
    let request = PublishRequest { plan: Some(plan.id), ..request };
    let published = world.channel("staging").publish(&request).unwrap();
    assert_eq!(published.report, plan.report);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 100, ..ProptestConfig::default() })]

    /// Whatever came before, and whatever is committed in between, a publish of a plan does what the plan said: it
    /// gives the same report, and the same documents change.
    #[test]
    fn a_publish_of_a_plan_does_what_the_plan_said(
        before in prop::collection::vec(any_deed(), 1..14),
        between in prop::collection::vec(any_deed(), 0..4),
    ) {
        let world = World::new();
        world.import(&course());
        world.publish();
        for deed in &before {
            act(&world, deed);
        }
        let plan = world.plan();
        let rows_before = rows(&world);
        for deed in between.iter().filter(|deed| deed.is_edit()) {
            act(&world, deed);
        }
        // A plan that removes everything says so, and is published only if the caller confirms it.
        let plain = of_plan(&world, plan.id);
        let done = match plain {
            Err(PublishError::Empties { takes, .. }) => {
                prop_assert_eq!(plan.takes, Some(takes));
                let request = PublishRequest { may_empty: true, ..world.request() };
                world.production().publish(&PublishRequest { plan: Some(plan.id), ..request })
            }
            other => other,
        };
        match done {
            Ok(published) => prop_assert_eq!(published.report, plan.report.clone()),
            Err(PublishError::NothingToDo { .. }) => prop_assert_eq!(plan.documents_count, 0),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        }
        let mut expected = rows_before;
        for row in plan.documents {
            let name = match row.locale {
                Some(locale) => row.key.translated(&locale).to_string(),
                None => row.key.to_string(),
            };
            match row.after {
                Some(after) if !row.retired => expected.insert(name, after.to_string()),
                _ => expected.remove(&name),
            };
        }
        prop_assert_eq!(rows(&world), expected);
    }
}
