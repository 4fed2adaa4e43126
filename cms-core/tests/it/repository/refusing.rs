//! What is refused is refused at once, and for what is so.

use cms_core::repo::{
    BadReplacement, CopyDepth, EntryError, FromTemplate, OtherPlan, PlaceIn, PublishError,
    PublishRequest, ResolveError, RetireRequest, RevertRequest, ScheduleError, ScheduleFailureCode,
    ScheduleOutcome, ScheduleRequest, ScheduleStep, ScheduleVerb, Takes, UnpublishRequest,
};

use super::{
    drafting::{begin, started},
    planning::rows,
    publishing::published,
    world::{World, exercise, key, video},
};

const THEN_MS: u64 = 1_000_000;

fn step(verb: ScheduleVerb, keys: &[&str]) -> ScheduleStep {
    let keys = keys.iter().map(|text| key(text)).collect();
    ScheduleStep { verb, target: "main".into(), keys, replaced_by: None }
}

fn schedule(world: &World, step: ScheduleStep, then: &[ScheduleStep]) -> Result<(), ScheduleError> {
    let request = ScheduleRequest {
        channel: "production".parse().unwrap(),
        step,
        then: then.to_vec(),
        at: "1970-01-01T01:16:40[Europe/Berlin]".parse().unwrap(),
        stamp: world.stamp("soon"),
    };
    world.repository.schedule(&request).map(drop)
}

/// Everything of this course is found from the home page.
fn is_home<T>(result: &Result<T, PublishError>) -> bool {
    matches!(result, Err(PublishError::Empties { takes: Takes::Everything, .. }))
}

#[test]
fn the_home_page_is_taken_off_only_by_whoever_says_that_they_mean_it() {
    let world = published();
    let production = world.production();
    let off =
        |may_empty| UnpublishRequest { may_empty, ..world.unpublish_request(&["topic/root"]) };
    let retire = |may_empty| RetireRequest {
        seen: None,
        keys: vec![key("topic/root")],
        replaced_by: None,
        may_empty,
        stamp: world.stamp("off"),
    };
    let before = rows(&world);
    assert!(is_home(&production.plan_unpublish(&off(false))));
    assert!(is_home(&production.unpublish(&off(false))));
    assert!(is_home(&production.plan_retire(&retire(false))));
    assert!(is_home(&production.retire(&retire(false))));
    assert_eq!(rows(&world), before);
    production.plan_unpublish(&off(true)).unwrap();
    production.plan_retire(&retire(true)).unwrap();
    production.unpublish(&off(true)).unwrap();
    production.retire(&retire(true)).unwrap();
    world.verify();
}

#[test]
fn a_schedule_that_can_never_run_is_refused_when_it_is_made() {
    let world = published();
    let (unpublish, retire) = (ScheduleVerb::Unpublish, ScheduleVerb::Retire);
    let by = |text: &str| ScheduleStep {
        replaced_by: Some(key(text)),
        ..step(retire, &["exercise/e2"])
    };
    let fine = || step(unpublish, &["video/v"]);
    for text in ["exercise/e2", "exercise/e3@es"] {
        for refused in [schedule(&world, by(text), &[]), schedule(&world, fine(), &[by(text)])] {
            let is_bad = matches!(
                refused,
                Err(ScheduleError::Publish(PublishError::BadReplacement {
                    reason: BadReplacement::Leaving | BadReplacement::Translation,
                    ..
                }))
            );
            assert!(is_bad, "{text}");
        }
    }
    let never = || step(unpublish, &["lesson/never"]);
    for refused in [schedule(&world, never(), &[]), schedule(&world, fine(), &[never()])] {
        let is_unknown =
            matches!(refused, Err(ScheduleError::Publish(PublishError::UnknownEntry { .. })));
        assert!(is_unknown);
    }
    let home = || step(unpublish, &["topic/root"]);
    for refused in [schedule(&world, home(), &[]), schedule(&world, fine(), &[home()])] {
        let is_empty = matches!(refused, Err(ScheduleError::Publish(PublishError::Empties { .. })));
        assert!(is_empty);
    }
    // What a step before brings can be taken off after it; what replaces others may go live until then.
    world.put("video/w", video("New"));
    world.put("lesson/l2", super::world::container("Two", &["exercise/e2", "video/w"]));
    let publish = step(ScheduleVerb::Publish, &["video/w", "lesson/l2"]);
    schedule(&world, publish, &[step(unpublish, &["video/w"])]).unwrap();
    schedule(&world, by("video/w"), &[]).unwrap();
}

#[test]
fn a_schedule_that_fails_says_by_a_code_of_what() {
    let world = published();
    let mut needing = exercise("Square", "What is two squared?");
    schedule(&world, step(ScheduleVerb::Unpublish, &["exercise/e2"]), &[]).unwrap();
    needing["prerequisites"] = serde_json::json!(["exercise/e2"]);
    world.put("exercise/e3", needing);
    world.publish();
    let report = world
        .repository
        .run_due(&cms_core::repo::Stamp { time_ms: THEN_MS, ..world.stamp("") })
        .unwrap();
    let ScheduleOutcome::Failed(failure) = &report.ran[0].outcome else { panic!("{report:?}") };
    assert_eq!(failure.code, ScheduleFailureCode::PublishRefused);
}

/// It was refused as if somebody had moved the channel, or went live although another state was named.
#[test]
fn a_plan_is_published_as_what_it_was_made_for_and_refused_as_anything_else() {
    let world = published();
    world.put("video/v", video("Planned"));
    world.put("exercise/e1", exercise("Add", "Planned?"));
    world.channel("staging").publish(&world.request()).unwrap();
    let only = vec![key("video/v")];
    let plan = world.production().plan(&PublishRequest { only: only.clone(), ..world.request() });
    let request = PublishRequest { plan: Some(plan.unwrap().id), only, ..world.request() };
    let before = rows(&world);
    let refused = |of: OtherPlan, told: Result<_, PublishError>| match told {
        Err(PublishError::OtherPlan { of: found }) => assert_eq!(found, of),
        other => panic!("{of:?}: {:?}", other.map(|_: cms_core::repo::Published| ())),
    };
    refused(OtherPlan::Channel, world.channel("staging").publish(&request));
    refused(OtherPlan::Channel, world.fresh_channel().publish(&request));
    let none = PublishRequest { only: Vec::new(), ..request.clone() };
    refused(OtherPlan::Only, world.production().publish(&none));
    let of = PublishRequest { target: Some("main~1".into()), ..request.clone() };
    refused(OtherPlan::Target, world.production().publish(&of));
    let of = PublishRequest { target: Some("nope".into()), ..request.clone() };
    let unknown = world.production().publish(&of);
    assert!(matches!(unknown, Err(PublishError::Target(ResolveError::Unknown { .. }))));
    assert_eq!(rows(&world), before);
    // Another name of the same state, and no name, are as good as the one of the plan.
    let same = PublishRequest { target: Some("main~0".into()), ..request.clone() };
    assert_eq!(world.production().plan(&same).unwrap().report.changes_count, 1);
    let unnamed = PublishRequest { target: None, ..request };
    let done = world.production().publish(&unnamed).unwrap();
    assert_eq!((&*done.report.asked.target, done.report.changes_count), ("main", 1));
}

#[test]
fn an_entry_in_the_trash_is_said_to_be_there_by_every_verb() {
    let world = started();
    let draft = begin(&world, "Trash").draft;
    let drafts = world.drafts();
    let e2 = key("exercise/e2");
    drafts.trash(&draft, &e2, true, &world.stamp("trash")).unwrap();
    drafts.trash(&draft, &key("lesson/l2"), true, &world.stamp("trash")).unwrap();
    let place = |parent: &str| PlaceIn { parent: key(parent), index: None };
    let template = FromTemplate {
        template: e2.clone(),
        depth: CopyDepth::Shallow,
        title: "New".into(),
        slug: None,
        into: None,
    };
    let (shallow, stamp) = (CopyDepth::Shallow, || world.stamp("again"));
    let e1 = key("exercise/e1");
    let told = [
        drafts.trash(&draft, &e2, true, &stamp()).map(drop),
        drafts.place(&draft, &e2, &[], &place("lesson/l1"), &stamp()).map(drop),
        drafts.place(&draft, &e1, &[], &place("lesson/l2"), &stamp()).map(drop),
        drafts.duplicate(&draft, &e2, shallow, None, &stamp()).map(drop),
        drafts.duplicate(&draft, &e1, shallow, Some(&place("lesson/l2")), &stamp()).map(drop),
        drafts.create_from_template(&draft, &template, &stamp()).map(drop),
        drafts.batch(&draft, std::slice::from_ref(&e2), &[], false, &stamp()).map(drop),
        drafts.batch(&draft, std::slice::from_ref(&e2), &[], true, &stamp()).map(drop),
    ];
    for told in told {
        assert!(matches!(told, Err(EntryError::InTrash { .. })), "{told:?}");
    }
    assert!(drafts.is_in_trash(&draft, &e2).unwrap());
    let there = drafts.untrash(&draft, &e1, &stamp()).unwrap_err();
    assert!(matches!(there, EntryError::NotInTrash { .. }), "{there}");
    let never = drafts.untrash(&draft, &key("exercise/never"), &stamp()).unwrap_err();
    assert!(matches!(never, EntryError::Unknown { .. }), "{never}");
}

#[test]
fn the_first_publish_is_not_reverted_for_nothing_was_before_it() {
    let world = published();
    let revert = |sequence| {
        let request = RevertRequest { seen: None, sequence, stamp: world.stamp("undo") };
        world.production().revert_publish(&request).map(drop).unwrap_err().to_string()
    };
    let first = "production@1 is the first version: nothing was before it to go back to";
    assert_eq!(revert(None), first);
    assert_eq!(revert(Some(1)), first);
    let ahead = "\"production@99\" is not there yet: the newest version is 1";
    assert_eq!(revert(Some(99)), ahead);
    assert_eq!(world.repository.resolve("production@99").unwrap_err().to_string(), ahead);
}
