//! Policies: what a change needs besides a right, by where it stands, at every way to `main` and to learners.

use std::sync::Arc;

use cms_core::{
    access::{
        Assurance, Bounds, Denied, Limits, Policies, Policy, PolicyRule, Right, Role,
        SubtreePolicy, Why,
    },
    model::name::Branch,
    repo::{
        BringError, DraftError, ImportError, MergeError, PolicyError, PublishError, Question,
        RevertError, ReviewMergeError, ReviewPolicy, ScheduleChange, ScheduleError,
        ScheduleFailureCode, ScheduleOutcome, ScheduleRequest, ScheduleStep, ScheduleVerb, Stamp,
        StoreError,
    },
};

use super::{
    allowing::{below, commit_as, denied, give, of, two_courses},
    drafting::{begin, on_main, save},
    proposing::{approve, opened, review},
    world::{World, container, key, line, video},
};

fn row(subtree: &str) -> SubtreePolicy {
    SubtreePolicy::of(key(subtree))
}

fn asks(subtree: &str, approvals: u32) -> SubtreePolicy {
    SubtreePolicy { approvals_required: Some(approvals), ..row(subtree) }
}

fn set(world: &World, house: Policy, subtrees: Vec<SubtreePolicy>) {
    let (_, version) = world.repository.policies().unwrap();
    let policies = Policies { house, subtrees };
    world.repository.set_policies(policies, version, &world.stamp("policies")).unwrap();
}

fn rule_of(denied: &Denied) -> (PolicyRule, Option<String>) {
    let Why::Policy(policy) = &denied.why else { panic!("{denied}") };
    (policy.rule, policy.subtree.as_ref().map(ToString::to_string))
}

fn refused_by(error: PublishError) -> (PolicyRule, Option<String>) {
    match error {
        PublishError::Store(StoreError::Denied(denied)) => rule_of(&denied),
        other => panic!("{other}"),
    }
}

#[test]
fn the_table_is_changed_against_its_version_by_those_who_configure_and_is_on_record() {
    let world = two_courses();
    give(&world, "g1", "root", Role::Administrator, Limits::default());
    give(&world, "g2", "ana", Role::Publisher, Limits::default());
    let repository = &world.repository;
    let table = Policies {
        house: Policy::default(),
        subtrees: vec![asks("course/b", 2), asks("course/a", 1)],
    };
    let refused = repository.set_policies(table.clone(), 0, &of(&world, "ana", "")).unwrap_err();
    assert!(
        matches!(&refused, PolicyError::Store(StoreError::Denied(denied)) if denied.right == Right::Configure),
        "{refused}"
    );
    let version = repository.set_policies(table.clone(), 0, &of(&world, "root", "")).unwrap();
    let late = repository.set_policies(Policies::default(), 0, &of(&world, "root", ""));
    assert!(matches!(late, Err(PolicyError::Stale { version: now }) if now == version));
    let (now, _) = repository.policies().unwrap();
    assert_eq!(*now, table.in_order());
    let at = |text: &str| repository.policy_at(Some(&key(text))).unwrap().approvals_required;
    assert_eq!((at("video/a"), at("video/b"), at("topic/root")), (1, 2, 0));

    // Whoever asks only for the house's approvals asks the same table, and changes nothing else of it.
    let (_, version) = repository.review_policy().unwrap();
    let three = ReviewPolicy { approvals_required: 3 };
    assert!(repository.set_review_policy(three, version, &world.stamp("")).unwrap());
    assert_eq!((at("topic/root"), at("video/b")), (3, 2));

    let query =
        cms_core::repo::AuditQuery { verb: Some("set-policies".into()), ..Default::default() };
    let order = cms_core::repo::AuditOrder::NewestFirst;
    let rows = repository.audit().search(&query, order, None, 10).unwrap().rows;
    assert_eq!(rows.len(), 1);
    let (before, after) = (rows[0].before.clone().unwrap(), rows[0].after.clone().unwrap());
    assert_eq!(before, serde_json::json!({ "approvals_required": 0 }));
    assert_eq!(after["subtrees"][0]["subtree"], "course/a");
}

#[test]
fn a_row_that_means_nothing_is_refused_with_its_place() {
    let world = two_courses();
    let check = |house: u32, subtrees: Vec<SubtreePolicy>, pointer: &str| {
        let house = Policy { approvals_required: house, ..Policy::default() };
        let result = world.repository.set_policies(
            Policies { house, subtrees },
            0,
            &world.stamp("policies"),
        );
        match result {
            Err(PolicyError::Refused { pointer: at, .. }) => assert_eq!(at, pointer),
            other => panic!("{pointer}: {other:?}"),
        }
    };
    check(51, Vec::new(), "/house/approvals_required");
    check(0, vec![asks("course/a", 51)], "/subtrees/0/approvals_required");
    check(0, vec![asks("course/a", 1), asks("course/gone", 1)], "/subtrees/1/subtree");
    check(0, vec![asks("course/a", 1), asks("course/a", 2)], "/subtrees/1/subtree");
    check(0, vec![asks("course/a@es", 1)], "/subtrees/0/subtree");
    check(0, vec![row("course/a")], "/subtrees/0");
    let many = (0..1001).map(|number| asks(&format!("course/c{number}"), 1)).collect();
    check(0, many, "/subtrees");
    assert_eq!(world.repository.policies().unwrap().1, 0, "nothing was set");
}

#[test]
fn a_review_needs_what_the_strictest_of_its_places_asks_for() {
    let world = two_courses();
    set(&world, Policy::default(), vec![asks("course/b", 2)]);
    let of_a = begin(&world, "Only A").draft;
    save(&world, &of_a, "video/a", &video("Better"));
    world.drafts().merge(&of_a, &world.stamp("merge")).unwrap();

    let both = begin(&world, "A and B").draft;
    save(&world, &both, "video/a", &video("Better still"));
    save(&world, &both, "video/b", &video("Better"));
    let refused = world.drafts().merge(&both, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, BringError::Draft(DraftError::ReviewRequired { .. })), "{refused}");
    let id = opened(&world, &both);
    assert_eq!(review(&world, &id).approvals_required, 2);
    let merge = || world.reviews().merge(&id, None, &world.stamp("merge"));
    assert!(matches!(merge(), Err(ReviewMergeError::NotApproved { keys }) if keys.len() == 2));
    approve(&world, &id, Stamp { author: "rob".parse().unwrap(), ..world.stamp("") }).unwrap();
    assert!(!review(&world, &id).is_approved);
    approve(&world, &id, Stamp { author: "zoe".parse().unwrap(), ..world.stamp("") }).unwrap();
    merge().unwrap();
    assert_eq!(on_main(&world, "video/b").unwrap()["title"], "Better");
}

#[test]
fn what_is_taken_out_of_a_strict_place_or_put_into_it_is_held_to_its_policy() {
    let world = two_courses();
    set(&world, Policy::default(), vec![asks("course/b", 1)]);
    // The video itself does not change, and neither does anything in course B: it only gets another main place.
    let taking = begin(&world, "Take").draft;
    save(&world, &taking, "lesson/a", &container("A", &["video/a", "video/b"]));
    let refused = world.drafts().merge(&taking, &world.stamp("merge")).unwrap_err();
    assert!(matches!(refused, BringError::Draft(DraftError::ReviewRequired { .. })), "{refused}");
    // What is new stands where the draft puts it.
    let adding = begin(&world, "Add").draft;
    save(&world, &adding, "video/new", &video("New"));
    save(&world, &adding, "lesson/b", &container("B", &["video/b", "video/new"]));
    let id = opened(&world, &adding);
    let shown = review(&world, &id);
    assert!(shown.entries.iter().all(|entry| entry.approvals_required == 1), "{shown:?}");
}

#[test]
fn authors_approve_their_own_work_only_where_every_place_says_so() {
    let world = two_courses();
    let own = |subtree: &str| SubtreePolicy { authors_approve: Some(true), ..asks(subtree, 1) };
    set(&world, Policy::default(), vec![own("course/a"), asks("course/b", 1)]);
    let alone = begin(&world, "Alone").draft;
    save(&world, &alone, "video/a", &video("Mine"));
    let id = opened(&world, &alone);
    approve(&world, &id, world.stamp("my own")).unwrap();
    world.reviews().merge(&id, None, &world.stamp("merge")).unwrap();

    let both = begin(&world, "Both").draft;
    save(&world, &both, "video/a", &video("Mine again"));
    save(&world, &both, "video/b", &video("Mine as well"));
    let id = opened(&world, &both);
    approve(&world, &id, world.stamp("my own")).unwrap_err();
    approve(&world, &id, Stamp { author: "rob".parse().unwrap(), ..world.stamp("") }).unwrap();
    assert!(review(&world, &id).is_approved);
}

#[test]
fn commits_and_reverts_on_main_do_not_go_around_reviews() {
    let world = two_courses();
    give(&world, "g1", "root", Role::Administrator, Limits::default());
    let root = || of(&world, "root", "straight");
    commit_as(&world, root(), &[("video/b", video("Before there was a policy"))]).unwrap();
    let head = match world.main() {
        cms_core::repo::State::Commit(commit) => commit,
        other => panic!("{other:?}"),
    };
    set(&world, Policy::default(), vec![asks("course/b", 2)]);
    commit_as(&world, root(), &[("video/a", video("No policy here"))]).unwrap();
    let refused = denied(commit_as(&world, root(), &[("video/b", video("Straight"))]));
    let rule = PolicyRule::Approvals { required: 2 };
    assert_eq!(rule_of(&refused), (rule, Some("course/b".into())));
    assert_eq!(refused.right, Right::Import);
    assert!(refused.to_string().contains("asks for 2 approvals"), "{refused}");
    match world.repository.revert(&Branch::Main, head, &root()) {
        Err(RevertError::Merge(MergeError::Store(StoreError::Denied(refused)))) => {
            assert_eq!(rule_of(&refused).0, rule);
        }
        other => panic!("{other:?}"),
    }
    let import = |text: &str| {
        let lines = [line(text, video("Imported"))];
        world.try_import(&lines, |options| options.stamp = root())
    };
    import("video/a").unwrap();
    match import("video/b") {
        Err(ImportError::Store(StoreError::Denied(refused))) => {
            assert_eq!(rule_of(&refused), (rule, Some("course/b".into())));
        }
        other => panic!("{other:?}"),
    }
    // Whoever holds the data directory is held to no policy.
    world.put("video/b", video("By the machine"));
}

#[test]
fn publishing_needs_what_the_policy_of_the_place_asks_to_be_shown() {
    let world = two_courses();
    world.publish();
    give(&world, "g1", "root", Role::Administrator, Limits::default());
    let second =
        |subtree: &str| SubtreePolicy { second_factor_to_publish: Some(true), ..row(subtree) };
    let programs = SubtreePolicy { programs_publish: Some(true), ..row("unit/b") };
    set(&world, Policy::default(), vec![second("course/a"), second("course/b"), programs]);
    for (text, title) in [("video/a", "A newer"), ("video/b", "B newer"), ("topic/root", "")] {
        match title {
            "" => world.put(text, container("Home newer", &["course/a", "course/b"])),
            title => world.put(text, video(title)),
        };
    }
    let publish = |assurance: Assurance, only: &str| {
        let mut request = world.request();
        let root = "root".parse().unwrap();
        let bounds = (assurance == Assurance::Program)
            .then(|| Arc::new(Bounds::of(Role::Administrator.rights())));
        let holder = world.repository.holder(&root, bounds).unwrap().assured(assurance);
        request.stamp = Stamp { author: root, holder, ..world.stamp("publish") };
        request.only = vec![key(only)];
        world.channel("production").publish(&request)
    };
    let at = |subtree: &str| Some(subtree.to_owned());
    let refused = refused_by(publish(Assurance::OneFactor, "video/a").unwrap_err());
    assert_eq!(refused, (PolicyRule::SecondFactor, at("course/a")));
    let refused = refused_by(publish(Assurance::Program, "video/a").unwrap_err());
    assert_eq!(refused, (PolicyRule::NoPrograms, at("course/a")));
    let refused = refused_by(publish(Assurance::OneFactor, "video/b").unwrap_err());
    assert_eq!(refused, (PolicyRule::SecondFactor, at("course/b")));
    publish(Assurance::OneFactor, "topic/root").unwrap();
    publish(Assurance::Program, "video/b").unwrap();
    publish(Assurance::TwoFactors, "video/a").unwrap();
}

fn soon(world: &World, stamp: Stamp) -> ScheduleRequest {
    let step = ScheduleStep {
        verb: ScheduleVerb::Publish,
        target: "main".into(),
        keys: vec![key("video/a")],
        replaced_by: None,
    };
    let at = "1970-01-01T01:16:40[Europe/Berlin]".parse().unwrap();
    let channel = world.channel("production").name().clone();
    ScheduleRequest { channel, step, then: Vec::new(), at, stamp }
}

fn shown(world: &World, person: &str, assurance: Assurance) -> Stamp {
    let stamp = of(world, person, "soon");
    let holder = stamp.holder.clone().assured(assurance);
    Stamp { holder, ..stamp }
}

#[test]
fn a_schedule_runs_by_what_its_maker_had_shown_and_by_the_policy_of_that_moment() {
    for (assurance, runs) in [(Assurance::OneFactor, false), (Assurance::TwoFactors, true)] {
        let world = two_courses();
        world.publish();
        world.put("video/a", video("A newer"));
        give(&world, "g1", "root", Role::Publisher, Limits::default());
        let request = soon(&world, shown(&world, "root", assurance));
        world.repository.schedule(&request).unwrap();
        // The policy came when the schedule was up already.
        set(&world, Policy { second_factor_to_publish: true, ..Policy::default() }, Vec::new());
        let due = Stamp { time_ms: 1_000_000, ..world.stamp("") };
        let report = world.repository.run_due(&due).unwrap();
        match &report.ran[0].outcome {
            ScheduleOutcome::Published { .. } => assert!(runs, "{assurance:?}"),
            ScheduleOutcome::Failed(failure) => {
                assert!(!runs, "{failure:?}");
                assert_eq!(failure.code, ScheduleFailureCode::RightMissing);
                assert!(failure.message.contains("second factor"), "{}", failure.message);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_schedule_is_put_up_and_changed_by_those_who_have_shown_enough() {
    let world = two_courses();
    world.publish();
    world.put("video/a", video("A newer"));
    give(&world, "g1", "root", Role::Publisher, Limits::default());
    give(&world, "g2", "ben", Role::Publisher, Limits::default());
    let first =
        world.repository.schedule(&soon(&world, shown(&world, "root", Assurance::TwoFactors)));
    let id = first.unwrap().schedule.id;
    let change = |stamp: Stamp| {
        let channel = world.channel("production").name().clone();
        let at = "1970-01-01T01:15:40[Europe/Berlin]".parse().unwrap();
        let change = ScheduleChange {
            channel,
            id: id.clone(),
            at: Some(at),
            target: None,
            expected: None,
            stamp,
        };
        world.repository.change_schedule(&change).map(drop)
    };
    // While no policy asks for it, somebody who has shown less may change it; what they made of it is worth no more.
    change(shown(&world, "ben", Assurance::OneFactor)).unwrap();
    set(&world, Policy { second_factor_to_publish: true, ..Policy::default() }, Vec::new());
    let refused =
        world.repository.schedule(&soon(&world, shown(&world, "root", Assurance::OneFactor)));
    assert!(matches!(refused, Err(ScheduleError::Store(StoreError::Denied(_)))), "{refused:?}");
    let refused = change(shown(&world, "ben", Assurance::OneFactor)).unwrap_err();
    assert!(matches!(refused, ScheduleError::Store(StoreError::Denied(_))), "{refused}");
    let due = Stamp { time_ms: 1_000_000, ..world.stamp("") };
    let report = world.repository.run_due(&due).unwrap();
    assert!(matches!(report.ran[0].outcome, ScheduleOutcome::Failed(_)), "{report:?}");
    // Its maker puts it up again.
    let channel = world.channel("production").name().clone();
    let again = shown(&world, "root", Assurance::TwoFactors);
    world.repository.retry_schedule(&channel, &id, None, &again).unwrap();
    let due = Stamp { time_ms: 1_000_001, ..world.stamp("") };
    let report = world.repository.run_due(&due).unwrap();
    assert!(matches!(report.ran[0].outcome, ScheduleOutcome::Published { .. }), "{report:?}");
}

#[test]
fn who_may_says_what_a_policy_asks_for_besides() {
    let world = two_courses();
    give(&world, "g1", "root", Role::Administrator, Limits::default());
    give(&world, "g2", "ben", Role::Reviewer, below("course/b"));
    let strict = SubtreePolicy { second_factor_to_publish: Some(true), ..asks("course/b", 2) };
    set(&world, Policy::default(), vec![strict]);
    let ask = |person: &str, right: Right, text: &str| {
        let question = Question { right, key: Some(key(text)), channel: None };
        world.repository.may_they(&person.parse().unwrap(), &question).unwrap()
    };
    let rule =
        |right: Right, text: &str| ask("root", right, text).unwrap().and.map(|denied| denied.rule);
    assert_eq!(rule(Right::Publish, "video/a"), None);
    assert_eq!(rule(Right::Publish, "video/b"), Some(PolicyRule::SecondFactor));
    assert_eq!(rule(Right::Accept, "video/b"), Some(PolicyRule::Approvals { required: 2 }));
    assert_eq!(rule(Right::Import, "video/a"), None);
    let refused = ask("root", Right::Import, "video/b").unwrap_err();
    assert_eq!(rule_of(&refused), (PolicyRule::Approvals { required: 2 }, Some("course/b".into())));
    let question = Question { right: Right::Accept, key: Some(key("video/b")), channel: None };
    assert_eq!(world.repository.who_may(&question).unwrap().policy.approvals_required, 2);
}
