//! Answers are withheld: what is delivered, what is scored, and what a channel that includes answers keeps to itself.
//!
//! The engine here is a small one under the name that the shipped kinds use. It scores a number in `numeric-input 1`,
//! compares the cards of an orderer with each other, gives hints in order, refuses text with REFUSE, and fails on
//! text with FAIL.
//! fails on what says FAIL.

use std::{ops::ControlFlow, sync::Arc};

use cms_core::{
    engine::{Engine, memory::MemoryEngine},
    model::{id::DocumentId, name::ChannelName, object::Space},
    repo::{
        Answers, AttemptError, BatchStep, ChannelError, ChannelPolicy, CommitError, NewDraft,
        PublishError, Published, RemakeRequest, StoreError,
    },
    schema::{
        ContentEngine, ContentEngines, ContentFault, Finding, Severity, Violation, ViolationCode,
        Withheld,
    },
};
use serde_json::{Value, json};

use super::world::{World, channel, container, course, exercise, key, locale, video};

/// The second version says so in what it leaves of an element, and fails on text with NEW. The third never has time.
struct Toy(u8);

const BUSY: u8 = 3;

const ANSWERS: &str = "/question/widgets/numeric-input 1/options/answers";

fn says(element: &Value, word: &str) -> bool {
    let content = element.pointer("/question/content").or(element.get("content"));
    content.and_then(Value::as_str).is_some_and(|text| text.contains(word))
}

impl ContentEngine for Toy {
    fn identity(&self) -> &str {
        if self.0 == 1 { "toy@1" } else { "toy@2" }
    }

    fn forms(&self) -> &[&str] {
        &["item", "section"]
    }

    fn check(&self, _: &str, element: &Value) -> Result<(), ContentFault> {
        if self.0 == BUSY {
            return Err(ContentFault::Busy("every context is taken".into()));
        }
        if !says(element, "REFUSE") {
            return Ok(());
        }
        Err(ContentFault::Refused(vec![Violation {
            pointer: "/question/content".into(),
            code: ViolationCode::BadContent,
            message: "it says REFUSE".into(),
        }]))
    }

    fn asks(&self, form: &str) -> bool {
        form == "item"
    }

    fn examine(&self, _: &str, element: &Value) -> Result<Vec<Finding>, ContentFault> {
        let hopeless = finding(element, "HOPELESS", "never-right", Severity::Impossible);
        let unfair = finding(element, "UNFAIR", "equal-choices", Severity::Error);
        Ok(hopeless.into_iter().chain(unfair).collect())
    }

    fn findings(&self, form: &str, element: &Value) -> Result<Vec<Finding>, ContentFault> {
        let mut found = self.examine(form, element)?;
        found.extend(finding(element, "SHOUT", "shouting", Severity::Guideline));
        Ok(found)
    }

    fn migrate(&self, _: &str, element: &Value) -> Result<Value, ContentFault> {
        let mut element = element.clone();
        if self.0 > 1
            && let Some(fields) = element.as_object_mut()
        {
            // It returns only the fields that it knows.
            fields.remove("id");
            fields.insert("itemDataVersion".into(), json!({"major": 2, "minor": 0}));
        }
        Ok(element)
    }

    fn withhold(&self, form: &str, element: &Value) -> Result<Withheld, ContentFault> {
        if self.0 == BUSY {
            return Err(ContentFault::Busy("every context is taken".into()));
        }
        if says(element, "FAIL") || self.0 > 1 && says(element, "NEW") {
            return Err(ContentFault::Failed("it says FAIL".into()));
        }
        let mut element = element.clone();
        if let Some(answers) = element.pointer_mut(ANSWERS) {
            *answers = json!([]);
        }
        if let Some(hints) = element.get_mut("hints").and_then(Value::as_array_mut) {
            hints.fill(json!({"content": "", "images": {}, "widgets": {}}));
        }
        if self.0 > 1 && form == "item" {
            element["answerArea"] = json!({"calculator": true});
        }
        Ok(Withheld { element, is_keyed: form == "item" })
    }

    fn hints(&self, _: &str, element: &Value, _: Option<&str>) -> Result<Vec<Value>, ContentFault> {
        Ok(element["hints"].as_array().cloned().unwrap_or_default())
    }

    fn coupled(&self, _: &str, element: &Value) -> Vec<Vec<String>> {
        let at = "/question/widgets/orderer 1/options";
        let cards = |list: &str| -> Vec<(String, String)> {
            let cards = element.pointer(&format!("{at}/{list}")).and_then(Value::as_array);
            let cards = cards.into_iter().flatten().enumerate();
            let text = |(index, card): (usize, &Value)| {
                let text = card["content"].as_str()?.to_owned();
                Some((text, format!("{at}/{list}/{index}/content")))
            };
            cards.filter_map(text).collect()
        };
        let right = cards("correctOptions");
        let groups = cards("options").into_iter().map(|(text, at)| {
            let same = right.iter().filter(|(other, _)| *other == text);
            std::iter::once(at).chain(same.map(|(_, at)| at.clone())).collect()
        });
        groups.collect()
    }

    fn score(
        &self,
        _: &str,
        element: &Value,
        _: Option<&str>,
        input: &Value,
        locale: &str,
    ) -> Result<Value, ContentFault> {
        let expected = element.pointer(ANSWERS).map(|answers| &answers[0]["value"]);
        Ok(json!({"right": Some(input) == expected, "locale": locale}))
    }
}

pub(crate) fn engines() -> ContentEngines {
    version(1)
}

fn finding(element: &Value, word: &str, rule: &str, severity: Severity) -> Option<Finding> {
    says(element, word).then(|| Finding {
        pointer: "/question/content".into(),
        rule: rule.into(),
        severity,
        message: format!("It says {word}."),
        span: None,
    })
}

pub(super) fn version(number: u8) -> ContentEngines {
    ContentEngines::of([("perseus", Arc::new(Toy(number)) as Arc<dyn ContentEngine>)])
}

/// Whether a number is the answer to the only item of an entry, as learners of a locale get it.
pub(crate) fn is_right(world: &World, text: &str, at: &str, answer: i64) -> bool {
    let repository = &world.repository;
    let head = repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    let snapshot = repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    let at = locale(at);
    let row = repository.delivery().delivered(&snapshot, &key(text), Some(&at)).unwrap().unwrap();
    let scored = repository.delivery().score(row.object, "i1", None, &json!(answer), Some(&at));
    scored.unwrap()["right"] == true
}

fn with_answer(value: i64) -> Value {
    let mut document = exercise("Add", "What is 2 + 2?");
    let answers = document.pointer_mut(&format!("/items/0{ANSWERS}")).expect("answers");
    answers[0]["value"] = json!(value);
    document
}

fn object(world: &World, text: &str) -> (DocumentId, Value) {
    let repository = &world.repository;
    let head = repository.delivery().channel_head(&"production".parse().unwrap()).unwrap().unwrap();
    let snapshot = repository.delivery().snapshot(head.snapshot).unwrap().unwrap();
    let row = repository.delivery().delivered(&snapshot, &key(text), None).unwrap().unwrap();
    let bytes = repository.delivery().object(row.object.object_id()).unwrap().unwrap();
    (row.object, serde_json::from_slice(bytes.bytes()).unwrap())
}

fn score(world: &World, object: DocumentId, item: &str, input: i64) -> Result<Value, AttemptError> {
    world.repository.delivery().score(object, item, None, &json!(input), Some(&locale("en")))
}

#[test]
fn an_audience_knows_its_own_channels_and_nobody_who_published_on_them() {
    let world = World::new();
    world.import(&course());
    let policy = ChannelPolicy { answers: Answers::Included, ..Default::default() };
    let [offline, production]: [ChannelName; 2] =
        ["offline", "production"].map(|name| name.parse().unwrap());
    world.channel("offline").begin(policy, &world.stamp("begin")).unwrap();
    publish_on(&world, "offline").unwrap();
    publish_on(&world, "production").unwrap();
    let learners = world.repository.delivery();
    let devices = world.repository.channel(&offline).unwrap().delivery();
    assert_eq!(learners.channels().unwrap(), std::slice::from_ref(&production));
    assert_eq!(devices.channels().unwrap(), std::slice::from_ref(&offline));
    let hidden = learners.versions(&offline, None, 10);
    assert!(matches!(hidden, Err(ChannelError::Unknown { .. })), "{hidden:?}");
    assert_eq!(devices.versions(&offline, None, 10).unwrap().len(), 1);
    let versions = learners.versions(&production, None, 10).unwrap();
    let all = world.repository.snapshots(&production, None, 10).unwrap();
    assert_eq!((versions[0].sequence, versions[0].snapshot), (1, all[0].snapshot));
    let said = serde_json::to_string(&versions).unwrap();
    assert!(!said.contains(&all[0].author), "{said}");
}

#[test]
fn a_delivered_item_has_no_answers_and_a_corrected_answer_changes_its_rubric_alone() {
    let world = World::new();
    world.import(&course());
    world.put("exercise/e1", with_answer(4));
    world.publish();
    let (before, mut was) = object(&world, "exercise/e1");
    assert_eq!(was.pointer(&format!("/document/items/0{ANSWERS}")), Some(&json!([])));
    assert_eq!(was["document"]["items"][0]["hints"][0]["content"], "");
    world.put("exercise/e1", with_answer(5));
    world.publish();
    let (after, mut is) = object(&world, "exercise/e1");
    assert_ne!(before, after);
    let rubric = |document: &mut Value| document["document"]["items"][0]["rubric"].take();
    let (rubric_before, rubric_after) = (rubric(&mut was), rubric(&mut is));
    assert_ne!(rubric_before, rubric_after);
    assert_eq!(was, is, "nothing but the rubric tells of it");
    world.verify();
}

#[test]
fn an_attempt_is_scored_by_what_was_delivered_whatever_came_after() {
    let world = World::new();
    world.import(&course());
    world.put("exercise/e1", with_answer(4));
    world.publish();
    let (first, _) = object(&world, "exercise/e1");
    world.put("exercise/e1", with_answer(5));
    world.publish();
    let (second, _) = object(&world, "exercise/e1");
    let right = |object, input| score(&world, object, "i1", input).unwrap()["right"] == true;
    assert!(right(first, 4) && !right(first, 5));
    assert!(right(second, 5) && !right(second, 4));
    let hint = world.repository.delivery().hint(first, "i1", None, 0).unwrap();
    assert_eq!((hint.hint["content"].as_str(), hint.count), (Some("Count on your fingers."), 1));
    let none = world.repository.delivery().hint(first, "i1", None, 1);
    assert!(matches!(none, Err(AttemptError::NoHint { count: 1, .. })), "{none:?}");
    let none = score(&world, first, "i2", 4);
    assert!(matches!(none, Err(AttemptError::NoItem { .. })), "{none:?}");
    let (lesson, _) = object(&world, "lesson/l1");
    let none = score(&world, lesson, "i1", 4);
    assert!(matches!(none, Err(AttemptError::NoItem { .. })), "{none:?}");
}

#[test]
fn what_authors_store_is_no_delivered_document_and_no_rubric() {
    let world = World::new();
    world.import(&course());
    world.put("exercise/e1", with_answer(4));
    world.publish();
    let (_, delivered) = object(&world, "exercise/e1");
    let rubric: DocumentId =
        delivered["document"]["items"][0]["rubric"].as_str().unwrap().parse().unwrap();
    assert!(world.repository.delivery().object(rubric.object_id()).unwrap().is_none());
    let none = score(&world, rubric, "i1", 4);
    assert!(matches!(none, Err(AttemptError::NoObject { .. })), "{none:?}");
}

#[test]
fn an_engine_without_time_judges_nothing_and_takes_no_translation_away() {
    let world = World::new();
    world.speak("es");
    world.import(&course());
    world.import(&[json!({"key": "exercise/e1", "locale": "es", "document": {"title": "Suma"}})]);
    world.publish();
    let title = || world.delivered("exercise/e1", "es").unwrap()["document"]["title"].clone();
    assert_eq!(title(), "Suma");
    let busy = world.repository.clone().with_content_engines(version(BUSY));
    let stamp = world.stamp("remake");
    let request = RemakeRequest { seen: None, stamp };
    let put = |text: &str| world.put("exercise/e1", exercise("Add", text));
    put("What is 3 + 3?");
    let busy = channel(&busy, "production");
    for outcome in [busy.publish(&world.request()), busy.remake(&request)] {
        let is_busy = |error: &_| matches!(error, PublishError::Store(StoreError::Busy { .. }));
        assert!(outcome.as_ref().is_err_and(is_busy), "{outcome:?}");
    }
    assert_eq!(title(), "Suma");
    let published = world.publish();
    assert_eq!(published.report.held_back_count, 0);
    assert_eq!(title(), "Suma");
    world.verify();
}

#[test]
fn what_the_engine_refuses_is_refused_with_its_place() {
    let world = World::new();
    world.import(&course());
    let refused = world.commit(&[("exercise/e1", Some(exercise("Add", "REFUSE this")))]);
    let Err(CommitError::Refused { refusals }) = refused else { panic!("{refused:?}") };
    let found = &refusals[0].violations[0];
    assert_eq!(
        (found.pointer.as_str(), found.code.word()),
        ("/items/0/question/content", "bad-content")
    );
}

#[test]
fn what_the_engine_fails_on_is_held_back_and_the_rest_goes_on() {
    let world = World::new();
    world.import(&course());
    world.publish();
    world.put("exercise/e1", exercise("Add", "FAIL at this"));
    world.put("lesson/l1", container("Counting well", &["video/v", "exercise/e1"]));
    let published = world.publish();
    assert_eq!(published.report.held_back_count, 1);
    let held = &published.report.held_back[0];
    assert_eq!(held.key, key("exercise/e1"));
    assert_eq!(held.reasons[0].code.word(), "not-playable");
    assert!(world.delivered("exercise/e1", "en").is_some(), "its last form stays");
}

#[test]
fn without_its_engine_content_is_invalid() {
    let mut world = World::new();
    world.repository = world.repository.with_content_engines(ContentEngines::default());
    let refused = world.commit(&[("exercise/e1", Some(exercise("Add", "2 + 2?")))]);
    let Err(CommitError::Refused { refusals }) = refused else { panic!("{refused:?}") };
    assert_eq!(refusals[0].violations[0].code.word(), "not-playable");
}

fn publish_on(world: &World, channel: &str) -> Result<Published, PublishError> {
    world.channel(channel).publish(&world.request())
}

#[test]
fn a_channel_with_answers_has_a_space_of_its_own() {
    let engine = Arc::new(MemoryEngine::new());
    let world = World::over(Arc::clone(&engine) as _);
    world.import(&course());
    world.put("exercise/e1", with_answer(4));
    let policy = ChannelPolicy { answers: Answers::Included, ..Default::default() };
    world.channel("offline").begin(policy, &world.stamp("begin")).unwrap();
    publish_on(&world, "offline").unwrap();
    publish_on(&world, "production").unwrap();
    let at = world.repository.channel(&"offline".parse().unwrap()).unwrap().delivery();
    let head = at.channel_head(&"offline".parse().unwrap()).unwrap().unwrap();
    let snapshot = at.snapshot(head.snapshot).unwrap().unwrap();
    let row = at.delivered(&snapshot, &key("exercise/e1"), None).unwrap().unwrap();
    let whole = at.object(row.object.object_id()).unwrap().unwrap();
    let whole: Value = serde_json::from_slice(whole.bytes()).unwrap();
    assert_eq!(whole.pointer(&format!("/document/items/0{ANSWERS}/0/value")), Some(&json!(4)));
    assert_eq!(whole["document"]["items"][0].get("rubric"), None);
    // Nothing of it is public.
    assert!(world.repository.delivery().object(row.object.object_id()).unwrap().is_none());
    assert!(world.repository.delivery().snapshot(head.snapshot).unwrap().is_none());
    let public = engine.objects(&Space::Public, None, 1000).unwrap();
    for id in public {
        let bytes = engine.object(&Space::Public, id).unwrap().unwrap();
        assert!(!String::from_utf8_lossy(bytes.bytes()).contains("\"status\":\"correct\""));
    }
    // Authors see both lines.
    let sequence = |channel: &str| {
        world.repository.snapshots(&channel.parse().unwrap(), None, 10).unwrap().len()
    };
    assert_eq!((sequence("offline"), sequence("production")), (1, 1));
    assert_eq!(world.repository.channels().unwrap().len(), 2);
    assert!(world.repository.verify(&mut |_| ControlFlow::Continue(())).unwrap().ok);
    world.put("exercise/e1", with_answer(5));
    let plan = world.channel("offline").plan(&world.request()).unwrap();
    assert_eq!(plan.report.changes_count, 1);
    publish_on(&world, "offline").unwrap();
    world.verify();
}

#[test]
fn a_channels_policy_is_settled_once() {
    let world = World::new();
    world.import(&course());
    world.publish();
    let policy = ChannelPolicy { answers: Answers::Included, ..Default::default() };
    let begin = |channel: &str| world.channel(channel).begin(policy, &world.stamp("b")).map(drop);
    let refused = begin("production");
    assert!(matches!(refused, Err(ChannelError::Begun { .. })), "{refused:?}");
    begin("offline").unwrap();
    let refused = begin("offline");
    assert!(matches!(refused, Err(ChannelError::Begun { .. })), "{refused:?}");
    let refused = begin("preview");
    assert!(matches!(refused, Err(ChannelError::Bad { .. })), "{refused:?}");
    assert_eq!(
        world.repository.channel_policy(&"production".parse().unwrap()).unwrap().answers,
        Answers::Withheld
    );
}

#[test]
fn another_engine_changes_what_is_live_only_when_it_is_asked_to() {
    let mut world = World::new();
    world.import(&course());
    world.put("exercise/e2", exercise("Double", "NEW to the next version"));
    world.publish();
    let (before, _) = object(&world, "exercise/e1");
    let (other, _) = object(&world, "exercise/e2");
    world.repository = world.repository.with_content_engines(version(2));
    world.put("video/v", video("Another title"));
    world.publish();
    assert_eq!(
        object(&world, "exercise/e1").0,
        before,
        "a publish leaves alone what did not change"
    );
    let request =
        |world: &World| RemakeRequest { seen: None, stamp: world.stamp("the second version") };
    let plan = world.production().plan_remake(&request(&world)).unwrap();
    assert_eq!(object(&world, "exercise/e1").0, before, "nor does a plan");
    let published = world.production().remake(&request(&world)).unwrap();
    assert_eq!(published.report, plan);
    assert_eq!(published.report.held_back[0].key, key("exercise/e2"));
    assert_eq!((published.report.changes_count, published.report.held_back_count), (0, 1));
    let (after, document) = object(&world, "exercise/e1");
    assert_eq!(document["document"]["items"][0]["answerArea"], json!({"calculator": true}));
    assert_eq!(object(&world, "exercise/e2").0, other, "what it fails on keeps its last form");
    // What was delivered earlier is scored as before.
    assert_eq!(score(&world, before, "i1", 4).unwrap(), score(&world, after, "i1", 4).unwrap());
    let again = world.production().remake(&request(&world));
    assert!(matches!(again, Err(PublishError::NothingToDo { .. })), "{again:?}");
    world.verify();
}

#[test]
fn elements_are_brought_into_todays_form_by_a_batch_in_a_draft() {
    let mut world = World::new();
    world.import(&course());
    world.repository = world.repository.with_content_engines(version(2));
    let new = NewDraft {
        title: "Today's form".into(),
        from: None,
        members: Vec::new(),
        stamp: world.stamp("a draft"),
    };
    let draft = world.drafts().begin(new).unwrap().draft;
    let keys = [key("exercise/e1"), key("video/v"), key("lesson/l1")];
    let batch = |is_trial| {
        let stamp = world.stamp("migrate");
        world.drafts().batch(&draft, &keys, &[BatchStep::Migrate], is_trial, &stamp).unwrap()
    };
    let trial = batch(true);
    assert_eq!((trial.rows.len(), trial.unchanged_count, trial.commit), (1, 2, None));
    assert_eq!(trial.rows[0].violations, []);
    assert!(batch(false).commit.is_some());
    let document = world.drafts().document(&draft, &key("exercise/e1")).unwrap().unwrap();
    assert_eq!(document["items"][0]["id"], "i1", "an item keeps its id");
    assert_eq!(document["items"][0]["itemDataVersion"]["major"], 2);
    let main = world.repository.resolve("main").unwrap();
    let shown = world.history().show(&main, &key("exercise/e1")).unwrap().unwrap();
    let accepted = shown.document.unwrap();
    assert_eq!(accepted["items"][0].get("itemDataVersion"), None, "until it is merged");
    assert_eq!(batch(true).unchanged_count, 3, "what is in today's form stays");
}
