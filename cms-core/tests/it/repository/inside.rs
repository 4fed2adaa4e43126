//! What the store keeps for itself stays inside: no name and no id from outside reaches it.

use super::{
    drafting::{begin, save},
    world::{World, course, key, line, video},
};
use cms_core::model::name::Branch;
use cms_core::repo::{
    ChannelError, CommitRequest, DraftError, ImportError, LogFrom, NewDraft, NewReview,
    PublishError, PublishRequest, ResolveError, ReviewId, ReviewList, State,
};

fn reviewed() -> (World, ReviewId) {
    let world = World::new();
    world.import(&course());
    world.publish();
    let draft = begin(&world, "Titles").draft;
    save(&world, &draft, "video/v", &video("See"));
    let new = NewReview {
        draft,
        title: "Please look".into(),
        description: String::new(),
        reviewers: vec!["rob".parse().unwrap()],
        stamp: world.stamp("open"),
    };
    let id = world.reviews().open(new).unwrap().row.review;
    (world, id)
}

/// The ids of all commits.
fn commits(world: &World) -> Vec<String> {
    let happened = world.history().happened(cms_core::engine::Position(0), 1000).unwrap();
    let named = happened.iter().filter_map(|row| row.fields.get("commit"));
    named.map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[test]
fn nothing_is_imported_into_the_line_of_reviews() {
    let (world, review) = reviewed();
    for branch in ["reviews", "draft/0123456789ab", "no-such"] {
        let lines = [line("video/v", video("Watch"))];
        let refused = world
            .try_import(&lines, |options| {
                options.branch = branch.parse().unwrap();
                options.prune = true;
            })
            .unwrap_err();
        assert!(matches!(refused, ImportError::UnknownBranch { .. }), "{branch}: {refused}");
    }
    assert!(world.reviews().one(&review, None).is_ok());
    world.verify();
}

#[test]
fn a_draft_takes_no_import_which_is_its_members() {
    let (world, _) = reviewed();
    let draft = begin(&world, "Mine").draft;
    let refused = world
        .try_import(&[line("video/v", video("Eve"))], |options| options.branch = draft.branch())
        .unwrap_err();
    assert!(matches!(refused, ImportError::UnknownBranch { .. }), "{refused}");
}

#[test]
fn the_line_of_reviews_is_no_state_by_name_or_by_id() {
    let (world, review) = reviewed();
    let repository = &world.repository;
    let told = repository.history().happened(cms_core::engine::Position(0), 1000).unwrap();
    let of_review = told.iter().find(|row| row.verb == "open-review").unwrap();
    assert_eq!(of_review.fields["review"], review.as_str());
    let commit = of_review.fields["commit"].as_str().unwrap().to_owned();
    for text in ["reviews", "reviews~0", "reviews~1", &*commit, &commit[..12]] {
        let refused = repository.resolve(text).unwrap_err();
        assert!(matches!(refused, ResolveError::Unknown { .. }), "{text}: {refused}");
    }
    let id = commit.parse().unwrap();
    assert_eq!(repository.history().commit_shown(id).unwrap(), None);
    assert!(repository.revert(&Branch::Main, id, &world.stamp("back")).is_err());
    let (rows, _) = repository.history().log_page(&LogFrom::Lines(vec![id]), 10).unwrap();
    assert!(rows.is_empty(), "{rows:?}");
    let states = repository.states().unwrap();
    assert!(states.iter().all(|(name, _)| name != "reviews"), "{states:?}");
    // Commits of the content can still be named.
    for commit in commits(&world).iter().filter(|other| **other != commit) {
        assert!(matches!(repository.resolve(commit), Ok(State::Commit(_))), "{commit}");
    }
}

#[test]
fn no_verb_that_takes_a_name_reaches_the_line_of_reviews() {
    let (world, review) = reviewed();
    let repository = &world.repository;
    let request = PublishRequest { target: Some("reviews".into()), ..world.request() };
    assert!(matches!(world.production().publish(&request), Err(PublishError::Target(_))));
    assert!(matches!(world.try_roll_back("reviews", &[]), Err(PublishError::Target(_))));
    let changes = Vec::new();
    let stamp = world.stamp("commit");
    let request = CommitRequest { branch: Branch::Reviews, expected: None, changes, stamp };
    assert!(repository.commit(request).is_err());
    let stamp = world.stamp("restore");
    let main = repository.history().entry_log(&world.main(), &key("video/v"), 1).unwrap().unwrap();
    assert!(
        repository.restore(&Branch::Reviews, &key("video/v"), main[0].revision, &stamp).is_err()
    );
    assert!(repository.reviews().one(&review, None).is_ok());
    world.verify();
}

#[test]
fn a_revision_of_a_review_is_no_version_of_content() {
    let (world, review) = reviewed();
    let before =
        world.repository.engine().objects(&cms_core::model::object::Space::Source, None, 10_000);
    let mut shown = 0;
    for object in before.unwrap() {
        let id = cms_core::model::id::RevisionId::from_object_id(object);
        let Ok(revision) = world.repository.revision(id) else { continue };
        let found = world.history().revision_shown(id).unwrap();
        let is_review = revision.key.to_string() == format!("review/{review}");
        assert_eq!(found.is_none(), is_review, "{}", revision.key);
        shown += usize::from(found.is_some());
    }
    assert!(shown > 10);
}

#[test]
fn a_channel_has_no_name_of_the_stores_own() {
    let (world, _) = reviewed();
    for channel in ["preview", "main"] {
        let refused = world.channel(channel).publish(&world.request()).unwrap_err();
        assert!(
            matches!(refused, PublishError::Channel(ChannelError::Bad { .. })),
            "{channel}: {refused}"
        );
        let begun = world.channel(channel).begin(Default::default(), &world.stamp("begin"));
        assert!(matches!(begun, Err(ChannelError::Bad { .. })), "{channel}");
    }
}

#[test]
fn verify_finds_reviews_that_were_destroyed_and_their_history_mends_them() {
    let (world, review) = reviewed();
    let engine = std::sync::Arc::clone(world.repository.engine());
    // What an import did on its line before it was refused: a commit that holds none of its entries.
    let told = world.history().happened(cms_core::engine::Position(0), 1000).unwrap();
    let opened = told.iter().find(|row| row.verb == "open-review").unwrap();
    let opened: cms_core::model::id::CommitId =
        opened.fields["commit"].as_str().unwrap().parse().unwrap();
    let mut broken = world.repository.commit_of(opened).unwrap();
    let first = world.repository.commit_of(broken.parents[0]).unwrap();
    (broken.catalogue, broken.backlinks) = (first.catalogue, first.backlinks);
    (broken.parents, broken.generation) = (vec![opened], broken.generation + 1);
    let object = cms_core::model::object::Object::new(
        cms_core::model::object::ObjectKind::Commit,
        broken.encode(),
    );
    let cell: cms_core::engine::CellName =
        "branch/reviews".parse::<cms_core::engine::Group>().unwrap().cell("head").unwrap();
    let known = engine.cell(&cell).unwrap().unwrap();
    let swap = cms_core::engine::Swap {
        cell,
        expected: cms_core::engine::Expected::Version(known.version),
        value: cms_core::engine::SwapValue::Put(object.id().as_bytes().to_vec().into()),
    };
    let transaction = cms_core::engine::Transaction {
        operation: world.stamp("").operation,
        objects: vec![(cms_core::model::object::Space::Source, object)],
        swaps: vec![swap],
        audit: None,
    };
    engine.commit(vec![transaction]).unwrap();

    assert!(world.reviews().one(&review, None).is_err());
    let mut go = |_| std::ops::ControlFlow::Continue(());
    let found = world.repository.verify(&mut go).unwrap();
    assert!(!found.ok);
    assert!(found.problems.iter().any(|problem| problem.contains("--mend-reviews")), "{found:?}");
    let mended = world.repository.mend_reviews(&world.stamp("mend")).unwrap();
    assert_eq!(mended, Some(1));
    assert!(world.reviews().one(&review, None).is_ok());
    let listed = world.reviews().list(&ReviewList::All, None, 10).unwrap();
    assert_eq!(listed.rows.len(), 1);
    world.verify();
    assert_eq!(world.repository.mend_reviews(&world.stamp("again")).unwrap(), None);
}

#[test]
fn no_draft_is_begun_from_the_line_of_reviews() {
    let (world, _) = reviewed();
    let told = world.history().happened(cms_core::engine::Position(0), 1000).unwrap();
    let opened = told.iter().find(|row| row.verb == "open-review").unwrap();
    let commit = opened.fields["commit"].as_str().unwrap().parse().unwrap();
    let new = NewDraft {
        title: "From inside".into(),
        from: Some(State::Commit(commit)),
        members: Vec::new(),
        stamp: world.stamp("begin"),
    };
    let refused = world.drafts().begin(new).unwrap_err();
    assert!(matches!(refused, DraftError::Refused { .. }), "{refused}");
    world.verify();
}
