//! A save while a draft is being closed is kept: in the draft, which stays open, or in a revision.

use std::sync::{Arc, Mutex};

use cms_core::{
    engine::{CellQuery, CommitError, Engine, Layer, Outcome, Transaction, memory::MemoryEngine},
    model::document::Document,
    repo::{
        DraftError, DraftId, DraftState, EntryTag, Repository, RepositoryOptions, SaveError,
        SaveRequest, Stamp, WorkingContent,
    },
};
use serde_json::Value;

use super::{
    drafting::{begin, commit_to, on_main, save, tag},
    world::{World, course, exercise, key, video},
};

type Meanwhile = Box<dyn FnOnce() + Send>;

/// An engine that lets something happen before it judges a transaction of one verb.
pub(super) struct Interrupted {
    pub(super) inner: Arc<MemoryEngine>,
    pub(super) before: Mutex<Option<(&'static str, Meanwhile)>>,
}

impl Layer for Interrupted {
    fn beneath(&self) -> &dyn Engine {
        &*self.inner
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        let is_of = |verb: &str| {
            let text = format!("\"verb\":\"{verb}\"");
            let audits = batch.iter().filter_map(|transaction| transaction.audit.as_ref());
            audits.into_iter().any(|audit| String::from_utf8_lossy(audit).contains(&text))
        };
        let mut before = self.before.lock().unwrap();
        let due = before.take_if(|(verb, _)| is_of(verb));
        drop(before);
        if let Some((_, happen)) = due {
            happen();
        }
        self.inner.commit(batch)
    }
}

/// A world with a course, and the engine that interrupts it.
pub(super) fn interrupted() -> (World, Arc<Interrupted>) {
    let engine = Arc::new(Interrupted { inner: Arc::default(), before: Mutex::default() });
    let world = World::over(Arc::clone(&engine) as _);
    world.import(&course());
    (world, engine)
}

impl Interrupted {
    /// Before the next transaction of a verb, another process saves an entry.
    fn save_before(
        &self,
        verb: &'static str,
        world: &World,
        draft: &DraftId,
        text: &str,
        document: &Value,
    ) -> Arc<Mutex<Option<Result<u64, SaveError>>>> {
        let read = tag(world, draft, text);
        let engine = Arc::clone(&self.inner) as Arc<dyn Engine>;
        let other = Repository::open(engine, RepositoryOptions::default()).unwrap();
        let request = SaveRequest {
            draft: draft.clone(),
            key: key(text),
            content: WorkingContent::Document(Document::parse(document.to_string().as_bytes())),
            expected: read,
            settles: Vec::new(),
            stamp: Stamp { author: "ben".parse().unwrap(), ..world.stamp("meanwhile") },
        };
        let saved = Arc::new(Mutex::new(None));
        let told = Arc::clone(&saved);
        let happen = move || {
            *told.lock().unwrap() = Some(other.drafts().save(&request).map(|saved| saved.version));
        };
        *self.before.lock().unwrap() = Some((verb, Box::new(happen)));
        saved
    }
}

/// Ben typed between the last commit of working copies and the closing; his save was acknowledged, and dropped.
#[test]
fn a_draft_goes_on_with_what_was_saved_while_it_merged() {
    for verb in ["merge", "close-draft"] {
        for has_typed in [false, true] {
            let (world, engine) = interrupted();
            let draft = begin(&world, "Two at work").draft;
            let titled = video("Merged");
            if has_typed {
                save(&world, &draft, "video/v", &titled);
            } else {
                commit_to(&world, &draft, &[("video/v", Some(titled))]);
            }
            let typed = exercise("Add", "Typed meanwhile?");
            let saved = engine.save_before(verb, &world, &draft, "exercise/e1", &typed);
            world.drafts().merge(&draft, &world.stamp("merge")).unwrap();
            assert_eq!(on_main(&world, "video/v").unwrap()["title"], "Merged");
            saved.lock().unwrap().take().expect("it was interrupted").unwrap();
            let left = world.drafts().one(&draft).unwrap();
            assert_eq!(left.state, DraftState::Open, "{verb}");
            let working = world.drafts().working(&draft, &key("exercise/e1")).unwrap().unwrap();
            assert_eq!((working.author.as_str(), working.document), ("ben", Some(typed)));
            // The next merge brings it, and closes the draft.
            world.drafts().merge(&draft, &world.stamp("again")).unwrap();
            let brought = on_main(&world, "exercise/e1").unwrap().to_string();
            assert!(brought.contains("Typed meanwhile?"));
            assert_eq!(world.drafts().one(&draft).unwrap().state, DraftState::Merged);
            assert!(world.drafts().editors(&key("exercise/e1"), None).unwrap().is_empty());
            world.verify();
        }
    }
}

#[test]
fn what_is_saved_while_a_draft_is_given_up_is_a_revision_of_it() {
    let (world, engine) = interrupted();
    let draft = begin(&world, "Maybe").draft;
    save(&world, &draft, "video/v", &video("Perhaps"));
    let typed = exercise("Add", "Typed meanwhile?");
    let saved = engine.save_before("close-draft", &world, &draft, "exercise/e1", &typed);
    let closed = world.drafts().discard(&draft, &world.stamp("discard")).unwrap();
    assert_eq!(closed.state, DraftState::Discarded);
    saved.lock().unwrap().take().expect("it was interrupted").unwrap();
    world.drafts().reopen(&draft, &world.stamp("reopen")).unwrap();
    for (text, title) in [("video/v", "Perhaps"), ("exercise/e1", "Add")] {
        let document = world.drafts().document(&draft, &key(text)).unwrap().unwrap();
        assert_eq!(document["title"], title);
    }
    let document = world.drafts().document(&draft, &key("exercise/e1")).unwrap();
    assert_eq!(document, Some(typed));
    world.verify();
}

/// A save saw an open draft, and was written into one that had been closed meanwhile.
#[test]
fn who_saves_into_a_draft_that_closes_is_told() {
    let (world, engine) = interrupted();
    let draft = begin(&world, "Closes").draft;
    commit_to(&world, &draft, &[("video/v", Some(video("Merged")))]);
    let versions: Vec<_> = std::thread::scope(|scope| {
        let typist = scope.spawn(|| {
            let typed = |number: usize| exercise("Add", &format!("Number {number}?"));
            let mut answered = Vec::new();
            for number in 0.. {
                let text = format!("exercise/n{number}");
                let request = SaveRequest {
                    draft: draft.clone(),
                    key: key(&text),
                    content: WorkingContent::Document(Document::parse(
                        typed(number).to_string().as_bytes(),
                    )),
                    expected: EntryTag::Absent,
                    settles: Vec::new(),
                    stamp: world.stamp("type"),
                };
                match world.drafts().save(&request) {
                    Ok(_) => answered.push(text),
                    Err(SaveError::Draft(DraftError::WrongState { .. })) => return answered,
                    Err(error) => panic!("{error}"),
                }
            }
            answered
        });
        while world.drafts().one(&draft).unwrap().state == DraftState::Open {
            let stamp = world.stamp("discard");
            match world.drafts().discard(&draft, &stamp) {
                Ok(_) | Err(DraftError::Busy { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        typist.join().unwrap()
    });
    let query = CellQuery { group_prefix: "branch/draft/".into(), after: None, rows_max: 10 };
    assert_eq!(engine.cells(&query).unwrap().rows, vec![], "nothing is left behind");
    world.drafts().reopen(&draft, &world.stamp("reopen")).unwrap();
    for text in versions {
        let document = world.drafts().document(&draft, &key(&text)).unwrap();
        assert!(document.is_some(), "{text} was answered");
    }
}
