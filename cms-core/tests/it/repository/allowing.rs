//! Who may change what: on `main`, on channels, and later.

use std::{collections::BTreeMap, sync::Arc};

use cms_core::{
    access::{Bounds, Denied, Limits, Right, Role, RuleFinding, Why},
    model::{document::Document, name::Person},
    repo::{
        Action, BringError, Change, CommitError, CommitRequest, CopyDepth, EntryError,
        FromTemplate, GrantError, ImportError, ListRequest, MAIN, MergeError, NewGrant,
        PublishError, Question, Repository, RepositoryOptions, ScheduleFailureCode,
        ScheduleOutcome, ScheduleRequest, ScheduleStep, ScheduleVerb, Stamp, StoreError,
    },
};
use proptest::prelude::*;
use serde_json::Value;

use super::{
    drafting::{begin, save},
    giving::{draw, picture, with_pictures},
    world::{World, container, course, exercise, key, line, video},
};

/// A person who acts with what they may do now.
pub(super) fn of(world: &World, person: &str, message: &str) -> Stamp {
    let person: Person = person.parse().unwrap();
    let holder = world.repository.holder(&person, None).unwrap();
    Stamp { author: person, holder, ..world.stamp(message) }
}

pub(super) fn give(world: &World, id: &str, person: &str, role: Role, limits: Limits) {
    let new = NewGrant {
        id: id.into(),
        person: person.parse().unwrap(),
        role,
        limits,
        is_for_program: false,
    };
    world.repository.give_role(&new, &world.stamp("give")).unwrap();
}

pub(super) fn below(subtree: &str) -> Limits {
    Limits { subtree: Some(key(subtree)), ..Limits::default() }
}

/// Two courses side by side; each has a unit with a lesson with a video, and the second lesson shares a video.
pub(super) fn two_courses() -> World {
    let world = World::new();
    let changes = [
        ("topic/root", container("Home", &["course/a", "course/b"])),
        ("course/a", container("A", &["unit/a"])),
        ("unit/a", container("A", &["lesson/a"])),
        ("lesson/a", container("A", &["video/a"])),
        ("video/a", video("A")),
        ("course/b", container("B", &["unit/b"])),
        ("unit/b", container("B", &["lesson/b"])),
        ("lesson/b", container("B", &["video/b"])),
        ("video/b", video("B")),
    ];
    let changes: Vec<_> = changes.into_iter().map(|(key, value)| (key, Some(value))).collect();
    world.commit(&changes).unwrap();
    world
}

pub(super) fn commit_as(
    world: &World,
    stamp: Stamp,
    changes: &[(&str, Value)],
) -> Result<(), CommitError> {
    let changes = changes.iter().map(|(text, document)| Change {
        key: key(text),
        action: Action::Put(Document::parse(document.to_string().as_bytes())),
    });
    let request = CommitRequest {
        branch: cms_core::model::name::Branch::Main,
        expected: None,
        changes: changes.collect(),
        stamp,
    };
    world.repository.commit(request).map(drop)
}

pub(super) fn denied<T>(result: Result<T, CommitError>) -> Denied {
    match result {
        Err(CommitError::Store(StoreError::Denied(denied))) => *denied,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it is allowed"),
    }
}

#[test]
fn whoever_has_a_course_changes_it_and_nothing_else() {
    let world = two_courses();
    give(&world, "g1", "ana", Role::Administrator, below("course/a"));
    let ana = || of(&world, "ana", "mine");
    commit_as(&world, ana(), &[("video/a", video("A better one"))]).unwrap();
    commit_as(
        &world,
        ana(),
        &[("video/new", video("New")), ("lesson/a", container("A", &["video/a", "video/new"]))],
    )
    .unwrap();
    let refused = denied(commit_as(&world, ana(), &[("video/b", video("Mine now"))]));
    assert_eq!((refused.right, refused.entry), (Right::Import, Some(key("video/b"))));
    assert!(matches!(refused.why, Why::OutOfReach { .. }));
    denied(commit_as(&world, ana(), &[("topic/root", container("Home", &["course/a"]))]));
    denied(commit_as(&world, ana(), &[("video/nowhere", video("Stands nowhere"))]));
}

#[test]
fn an_import_is_judged_entry_by_entry_like_a_commit() {
    let world = two_courses();
    give(&world, "g1", "ana", Role::Administrator, below("course/a"));
    let import = |lines: &[Value]| {
        let stamp = of(&world, "ana", "import");
        world.try_import(lines, |options| options.stamp = stamp)
    };
    import(&[line("video/a", video("A better one"))]).unwrap();
    for lines in [
        vec![line("video/b", video("Mine now"))],
        vec![line("video/a", video("Both")), line("video/b", video("Both"))],
        vec![line("lesson/a", container("A", &["video/a", "video/b"]))],
    ] {
        match import(&lines) {
            Err(ImportError::Store(StoreError::Denied(refused))) => {
                assert_eq!((refused.right, refused.entry), (Right::Import, Some(key("video/b"))));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn nobody_takes_an_entry_out_of_another_course_by_placing_it_in_their_own() {
    let world = two_courses();
    give(&world, "g1", "ana", Role::Administrator, below("course/a"));
    give(&world, "g2", "ben", Role::Administrator, below("course/b"));
    // Course A comes first in reading order, so what stands there has its main place there.
    let taking = [("lesson/a", container("A", &["video/a", "video/b"]))];
    let refused = denied(commit_as(&world, of(&world, "ana", "take"), &taking));
    assert_eq!(
        (refused.entry, &*refused.helpers),
        (Some(key("video/b")), &["ben".parse().unwrap()][..])
    );
    // The other way round the video keeps its main place, and only a lesson of one's own changes.
    let showing = [("lesson/b", container("B", &["video/b", "video/a"]))];
    commit_as(&world, of(&world, "ben", "show"), &showing).unwrap();
    assert_eq!(world.repository.above(&key("video/a")).unwrap()[0], key("lesson/a"));
    // Moving needs both ends.
    let moving =
        [("lesson/a", container("A", &["video/a"])), ("lesson/b", container("B", &["video/b"]))];
    denied(commit_as(&world, of(&world, "ana", "both"), &moving));
}

#[test]
fn who_may_propose_changes_a_draft_and_who_may_accept_merges_it() {
    let world = two_courses();
    give(&world, "g1", "ana", Role::Author, Limits::default());
    give(&world, "g2", "ben", Role::Reviewer, below("course/b"));
    let draft = begin(&world, "A typo").draft;
    save(&world, &draft, "video/a", &video("Without the typo"));
    let merge = |person: &str| world.drafts().merge(&draft, &of(&world, person, "merge"));
    for person in ["ana", "ben"] {
        let refused = merge(person).unwrap_err();
        assert!(
            matches!(&refused, BringError::Merge(MergeError::Store(StoreError::Denied(denied))) if denied.right == Right::Accept),
            "{person}: {refused}"
        );
    }
    give(&world, "g3", "ben", Role::Reviewer, below("course/a"));
    merge("ben").unwrap();
}

#[test]
fn a_channel_is_moved_by_those_who_may_publish_there() {
    let world = two_courses();
    let staging = Limits { channels: vec!["staging".parse().unwrap()], ..Limits::default() };
    give(&world, "g1", "ana", Role::Publisher, staging);
    let publish = |channel: &str, person: &str, only: &[&str]| {
        let mut request = world.request();
        request.stamp = of(&world, person, "publish");
        request.only = only.iter().map(|text| key(text)).collect();
        world.channel(channel).publish(&request)
    };
    publish("staging", "ana", &[]).unwrap();
    let refused = publish("production", "ana", &[]).unwrap_err();
    let PublishError::Store(StoreError::Denied(denied)) = refused else { panic!("{refused}") };
    assert_eq!((denied.right, denied.channel.as_deref()), (Right::Publish, Some("production")));
    // A publisher of one course publishes that course.
    world.publish();
    give(&world, "g2", "ben", Role::Publisher, below("course/b"));
    world.put("video/a", video("A newer"));
    world.put("video/b", video("B newer"));
    publish("production", "ben", &[]).unwrap_err();
    publish("production", "ben", &["video/b"]).unwrap();
}

#[test]
fn a_schedule_runs_with_the_rights_that_its_person_has_then() {
    let world = two_courses();
    world.publish();
    world.put("video/a", video("A newer"));
    give(&world, "g1", "ana", Role::Publisher, Limits::default());
    let request = ScheduleRequest {
        channel: "production".parse().unwrap(),
        step: ScheduleStep {
            verb: ScheduleVerb::Publish,
            target: "main".into(),
            keys: vec![key("video/a")],
            replaced_by: None,
        },
        then: Vec::new(),
        at: "1970-01-01T01:16:40[Europe/Berlin]".parse().unwrap(),
        stamp: of(&world, "ana", "soon"),
    };
    world.repository.schedule(&request).unwrap();
    world.repository.take_role("g1", &world.stamp("she left")).unwrap();
    let due = Stamp { time_ms: 1_000_000, ..world.stamp("") };
    let report = world.repository.run_due(&due).unwrap();
    let ScheduleOutcome::Failed(failure) = &report.ran[0].outcome else { panic!("{report:?}") };
    assert_eq!(failure.code, ScheduleFailureCode::RightMissing);
    assert!(failure.message.contains("ana"), "{}", failure.message);
}

#[test]
fn two_administrators_cannot_take_each_others_role() {
    let world = World::new();
    give(&world, "g1", "ana", Role::Administrator, Limits::default());
    give(&world, "g2", "ben", Role::Administrator, Limits::default());
    assert!(world.repository.has_administrator().unwrap());
    std::thread::scope(|scope| {
        let take = |id: &'static str| {
            let stamp = world.stamp("take");
            let repository = world.repository.clone();
            scope.spawn(move || repository.take_role(id, &stamp).is_ok())
        };
        let (first, second) = (take("g1"), take("g2"));
        let taken = [first.join().unwrap(), second.join().unwrap()];
        assert!(taken.contains(&true) && taken.contains(&false), "{taken:?}");
    });
    let (grants, _) = world.repository.grants().unwrap();
    let last = grants.iter().find(|grant| grant.lets_people_in()).unwrap().person.clone();
    let refused = world.repository.suspend(&last, &world.stamp("suspend"));
    assert!(matches!(refused, Err(GrantError::LastAdministrator { .. })));
    assert!(world.repository.has_administrator().unwrap());
}

#[test]
fn a_suspended_person_may_nothing_until_they_are_reinstated() {
    let world = two_courses();
    give(&world, "g1", "root", Role::Administrator, Limits::default());
    give(&world, "g2", "ana", Role::Reviewer, Limits::default());
    let ana: Person = "ana".parse().unwrap();
    let may = || world.repository.holder(&ana, None).unwrap().may_somewhere(Right::Accept);
    assert!(may());
    for _ in 0..2 {
        world.repository.suspend(&ana, &world.stamp("suspend")).unwrap();
        assert!(!may());
    }
    for _ in 0..2 {
        world.repository.reinstate(&ana, &world.stamp("reinstate")).unwrap();
        assert!(may());
    }
}

#[test]
fn the_rules_explain_themselves() {
    let world = two_courses();
    give(&world, "g1", "root", Role::Administrator, Limits::default());
    give(&world, "g2", "ana", Role::Author, below("course/a"));
    give(&world, "g3", "ana", Role::Author, below("course/gone"));
    let question =
        |text: &str| Question { right: Right::Edit, key: Some(key(text)), channel: None };
    let who = world.repository.who_may(&question("video/a")).unwrap();
    let above: Vec<String> = who.above.iter().map(ToString::to_string).collect();
    assert_eq!(above, ["lesson/a", "unit/a", "course/a", "topic/root"]);
    let may: Vec<_> = who.may.iter().map(|grant| (grant.person.as_str(), &*grant.id)).collect();
    assert_eq!(may, [("ana", "g2"), ("root", "g1")]);
    let ana = "ana".parse().unwrap();
    let refused = world.repository.may_they(&ana, &question("video/b")).unwrap().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "this needs the right edit for video/b; ana is author, but not for this part of the catalogue"
    );
    let (_, findings) = world.repository.grants().unwrap();
    assert!(matches!(&findings[..], [RuleFinding::NeverMatches { grant, .. }] if grant == "g3"));
}

#[test]
fn an_access_key_reaches_no_further_than_its_bounds() {
    let world = two_courses();
    give(&world, "g1", "root", Role::Administrator, Limits::default());
    let bounds = Bounds { limits: below("course/a"), ..Bounds::of(Role::Administrator.rights()) };
    let root: Person = "root".parse().unwrap();
    let holder = world.repository.holder(&root, Some(Arc::new(bounds))).unwrap();
    let stamp = || Stamp { author: root.clone(), holder: holder.clone(), ..world.stamp("key") };
    commit_as(&world, stamp(), &[("video/a", video("By a key"))]).unwrap();
    let refused = denied(commit_as(&world, stamp(), &[("video/b", video("By a key"))]));
    assert!(matches!(refused.why, Why::OutOfBounds { .. }));
}

#[test]
fn a_picture_stands_where_everything_that_shows_it_stands() {
    let world = World::new();
    world.import(&course());
    draw(&world);
    let seen = |title: &str| with_pictures(exercise(title, "x"), "![see](image/p)", "");
    world.import(&[line("image/p", picture("A pie")), line("exercise/e1", seen("Add"))]);
    let above = || {
        let above = world.repository.above(&key("image/p")).unwrap();
        above.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(above(), ["exercise/e1", "lesson/l1", "unit/u1", "course/c", "topic/root"]);
    world.import(&[line("exercise/e3", seen("Square"))]);
    assert_eq!(above(), ["course/c", "topic/root"], "one unit may not redraw it for the other");
}

/// Anybody may link to an entry whose key they guess.
#[test]
fn a_copy_holds_only_what_whoever_copies_it_sees() {
    let world = two_courses();
    give(&world, "g1", "ana", Role::Author, below("course/a"));
    let draft = begin(&world, "Guessed").draft;
    save(&world, &draft, "lesson/a", &container("A", &["video/a", "video/b"]));
    world.drafts().commit(&draft, None, &of(&world, "ana", "kept")).unwrap();
    let copy = |whole: &Stamp| {
        let depth = CopyDepth::Deep;
        world.drafts().duplicate(&draft, &key("lesson/a"), depth, None, whole).unwrap()
    };
    let copied = copy(&of(&world, "ana", "copy"));
    let of_what: Vec<_> = copied.copies.keys().map(ToString::to_string).collect();
    assert_eq!(of_what, ["lesson/a", "video/a"]);
    let shown = world.drafts().entry(&draft, &copied.key).unwrap().unwrap().document.unwrap();
    let children: Vec<_> = shown["children"].as_array().unwrap().iter().collect();
    assert_eq!(children.len(), 2, "the rest is linked as it was");
    assert!(children.contains(&&Value::from("video/b")), "{children:?}");
    assert_eq!(copy(&world.stamp("the machine")).copies.len(), 3);
    // The model of a template is copied as well.
    save(
        &world,
        &draft,
        "template/t",
        &serde_json::json!({"title": "T", "description": "D", "entry": "video/b"}),
    );
    world.drafts().commit(&draft, None, &of(&world, "ana", "kept")).unwrap();
    let new = FromTemplate {
        template: key("template/t"),
        depth: CopyDepth::Shallow,
        title: "Mine".into(),
        slug: None,
        into: None,
    };
    let made = world.drafts().create_from_template(&draft, &new, &of(&world, "ana", "new"));
    assert!(matches!(made, Err(EntryError::Unknown { .. })), "{made:?}");
}

/// One change of the tree.
#[derive(Debug, Clone)]
enum Turn {
    /// A container gets these children, in this order.
    Arrange(usize, Vec<usize>),
    /// An entry goes into the trash, out of everything that contains it.
    Trash(usize),
}

/// Containers by level; each contains some of the next level.
const LEVELS: [&[&str]; 4] = [
    &["course/a", "course/b"],
    &["unit/u1", "unit/u2", "unit/u3"],
    &["lesson/l1", "lesson/l2", "lesson/l3"],
    &["video/v1", "video/v2", "video/v3", "video/v4"],
];

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let arrange = (0_usize..9, prop::collection::vec(0_usize..4, 0..4));
    let turn = prop_oneof![
        8 => arrange.prop_map(|(which, children)| Turn::Arrange(which, children)),
        1 => (0_usize..12).prop_map(Turn::Trash),
    ];
    prop::collection::vec(turn, 1..16)
}

/// The children of each container that is there.
type Tree = BTreeMap<String, Vec<String>>;

fn take(tree: &mut Tree, turn: &Turn) -> Vec<(String, Option<Value>)> {
    let containers: Vec<(usize, &str)> = LEVELS[..3]
        .iter()
        .enumerate()
        .flat_map(|(at, keys)| keys.iter().map(move |key| (at, *key)))
        .collect();
    let shown = |tree: &Tree, key: &str| {
        let children: Vec<&str> = tree[key].iter().map(String::as_str).collect();
        (key.to_owned(), Some(container(&key.replace('/', " "), &children)))
    };
    match turn {
        Turn::Arrange(which, children) => {
            let (at, key) =
                if *which == 8 { (usize::MAX, "topic/root") } else { containers[*which] };
            let below = LEVELS[at.wrapping_add(1)];
            let mut named = Vec::new();
            for child in children {
                let child = below[child % below.len()].to_owned();
                if !named.contains(&child) {
                    named.push(child);
                }
            }
            let mut changes = Vec::new();
            for child in &named {
                if at == 2 {
                    changes.push((child.clone(), Some(video(&child.replace('/', " ")))));
                } else if !tree.contains_key(child) {
                    tree.insert(child.clone(), Vec::new());
                    changes.push(shown(tree, child));
                }
            }
            tree.insert(key.to_owned(), named);
            changes.push(shown(tree, key));
            changes
        }
        Turn::Trash(which) => {
            let all: Vec<&str> = LEVELS.concat();
            let key = all[*which];
            tree.remove(key);
            let mut changes = vec![(key.to_owned(), None)];
            let holders: Vec<String> = tree
                .iter()
                .filter(|(_, it)| it.iter().any(|it| it == key))
                .map(|it| it.0.clone())
                .collect();
            for holder in holders {
                tree.get_mut(&holder).unwrap().retain(|child| child != key);
                changes.push(shown(tree, &holder));
            }
            changes
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// What a server that has followed every change shows is what one shows that has just started.
    #[test]
    fn a_part_of_the_catalogue_follows_every_change(turns in turns()) {
        let world = World::new();
        let mut tree = Tree::from([("topic/root".to_owned(), Vec::new())]);
        give(&world, "g1", "ana", Role::Author, below("course/a"));
        give(&world, "g2", "ben", Role::Author, below("unit/u1"));
        for turn in turns {
            let before = tree.clone();
            let changes = take(&mut tree, &turn);
            let changes: Vec<(&str, Option<Value>)> =
                changes.iter().map(|(key, document)| (key.as_str(), document.clone())).collect();
            match world.commit(&changes) {
                Ok(_) => {}
                // Trashing what is not there, or arranging as it was.
                Err(error) => {
                    prop_assert!(
                        matches!(turn, Turn::Trash(_)) || matches!(error, CommitError::NothingChanged),
                        "{turn:?}: {error}"
                    );
                    tree = before;
                }
            }
            let fresh = Repository::open(
                Arc::clone(world.repository.engine()),
                RepositoryOptions::default(),
            )
            .unwrap();
            for person in ["ana", "ben"] {
                let listed = |repository: &Repository| -> Vec<String> {
                    let holder = repository.holder(&person.parse().unwrap(), None).unwrap();
                    let request = ListRequest { rows_max: 100, ..ListRequest::default() };
                    let state = repository.resolve(MAIN).unwrap();
                    let page = repository.sight(&holder).list(&state, &request).unwrap();
                    page.rows.iter().map(|row| row.key.to_string()).collect()
                };
                prop_assert_eq!(listed(&world.repository), listed(&fresh), "{}: {:?}", person, turn);
            }
        }
    }
}
