//! Questions that nobody can get right: who is told, what is kept from going live, and whose dismissal lets it
//! through.
//!
//! The engine of these tests reports that text with HOPELESS can never be right, and that text with UNFAIR should be
//! mended.

use cms_core::{
    repo::{Bars, EntryFinding, FindingRow, FindingsPolicy, NewReview, PublishReport, Published},
    schema::{Severity, ViolationCode},
};
use serde_json::{Value, json};

use super::{
    drafting::{begin, save, started},
    world::{World, exercise, key, video},
};

const E1: &str = "exercise/e1";

fn rules(rows: &[FindingRow]) -> Vec<&str> {
    rows.iter().map(|row| row.finding.rule.as_str()).collect()
}

fn told(rows: &[EntryFinding]) -> Vec<(String, &str)> {
    rows.iter().map(|row| (row.key.to_string(), row.finding.finding.rule.as_str())).collect()
}

fn held(report: &PublishReport) -> Vec<(String, ViolationCode)> {
    report.held_back.iter().map(|row| (row.key.to_string(), row.reasons[0].code)).collect()
}

fn report(published: Published) -> PublishReport {
    published.report
}

fn set_bars(world: &World, bars: Bars) {
    let (_, version) = world.repository.findings_policy().unwrap();
    let policy = FindingsPolicy { bars };
    let stamp = world.stamp("rules");
    assert!(world.repository.set_findings_policy(policy, version, &stamp).unwrap());
}

/// Dismisses the first finding of the plan.
fn dismiss(world: &World, by_reviewer: bool) {
    let plan = world.plan();
    let id = plan.report.findings[0].finding.id.clone();
    let stamp = world.stamp("dismiss");
    world
        .repository
        .dismiss_finding(&key(E1), &id, "It is meant so.", by_reviewer, &stamp)
        .unwrap();
}

#[test]
fn who_saves_what_nobody_can_get_right_is_told_at_once() {
    let world = started();
    let draft = begin(&world, "hopeless").draft;
    let hopeless = exercise("Add", "HOPELESS and UNFAIR and SHOUT");
    let saved = save(&world, &draft, E1, &hopeless);
    assert!(saved.violations.is_empty());
    assert_eq!(rules(&saved.findings), ["never-right", "equal-choices"], "and no matter of style");
    assert_eq!(saved.findings[0].finding.pointer, "/items/0/question/content");
    assert_eq!(saved.findings[0].item, "i1");
    let all = world.drafts().findings(&draft, &key(E1)).unwrap().unwrap();
    assert_eq!(rules(&all), ["never-right", "equal-choices", "shouting"]);
    let mended = save(&world, &draft, E1, &exercise("Add", "What is 2 + 2?"));
    assert_eq!(mended.findings, []);
}

#[test]
fn reviewers_see_it_first() {
    let world = started();
    let draft = begin(&world, "hopeless").draft;
    save(&world, &draft, E1, &exercise("Add", "HOPELESS"));
    save(&world, &draft, "video/v1", &video("A new title"));
    world.drafts().commit(&draft, None, &world.stamp("commit")).unwrap();
    let review = world
        .reviews()
        .open(NewReview {
            draft,
            title: "Look".into(),
            description: String::new(),
            reviewers: Vec::new(),
            stamp: world.stamp("review"),
        })
        .unwrap();
    let keys: Vec<String> = review.entries.iter().map(|row| row.change.key.to_string()).collect();
    assert_eq!(keys, [E1, "video/v1"]);
    assert_eq!(rules(&review.entries[0].findings), ["never-right"]);
    assert!(review.entries[1].findings.is_empty());
}

#[test]
fn what_nobody_can_get_right_keeps_its_last_published_form_until_it_is_mended() {
    let world = started();
    world.publish();
    world.put(E1, exercise("Add", "HOPELESS"));
    let plan = world.plan().report;
    assert_eq!(held(&plan), [(E1.to_owned(), ViolationCode::CannotBeAnswered)]);
    assert_eq!(told(&plan.findings), [(E1.to_owned(), "never-right")]);
    assert_eq!(plan.held_back[0].reasons[0].message, "It says HOPELESS");
    world.put("video/v1", video("Something else goes live"));
    let published = report(world.publish());
    assert_eq!((held(&published), published.findings_count), (held(&plan), 1));
    world.put(E1, exercise("Add", "What is 2 + 2?"));
    assert_eq!(report(world.publish()).held_back, []);
    world.verify();
}

#[test]
fn a_lesser_mistake_goes_live_with_a_word_in_the_report_unless_the_rules_say_otherwise() {
    let world = started();
    world.put(E1, exercise("Add", "UNFAIR"));
    let plan = world.plan().report;
    assert_eq!(
        (held(&plan), told(&plan.findings)),
        (vec![], vec![(E1.to_owned(), "equal-choices")])
    );
    set_bars(&world, Bars::Errors);
    assert_eq!(held(&world.plan().report), [(E1.to_owned(), ViolationCode::CannotBeAnswered)]);
    // An author's dismissal is enough if learners can get it right.
    dismiss(&world, false);
    let plan = world.plan().report;
    assert_eq!((held(&plan), told(&plan.findings)), (vec![], vec![]));
}

#[test]
fn only_a_reviewers_word_lets_go_live_what_nobody_can_get_right() {
    let world = started();
    world.put(E1, exercise("Add", "HOPELESS"));
    dismiss(&world, false);
    let plan = world.plan().report;
    assert_eq!(held(&plan).len(), 1);
    let dismissed = plan.findings[0].finding.dismissed.as_ref().unwrap();
    assert_eq!((dismissed.reason.as_str(), dismissed.by_reviewer), ("It is meant so.", false));
    dismiss(&world, true);
    let plan = world.plan().report;
    assert_eq!((held(&plan), told(&plan.findings)), (vec![], vec![]));
    assert_eq!(report(world.publish()).held_back, []);
    // What was dismissed for that question is not dismissed for the next one in its place.
    world.put(E1, exercise("Add", "HOPELESS in other words"));
    assert_eq!(held(&world.plan().report).len(), 1);
}

#[test]
fn rules_that_bar_nothing_only_warn() {
    let world = started();
    world.put(E1, exercise("Add", "HOPELESS"));
    set_bars(&world, Bars::Nothing);
    let published = report(world.publish());
    assert_eq!(published.held_back, []);
    assert_eq!(published.findings[0].finding.finding.severity, Severity::Impossible);
    // These are no longer the rules that the writer saw.
    let stale =
        world.repository.set_findings_policy(FindingsPolicy::default(), 0, &world.stamp("late"));
    assert!(!stale.unwrap());
}

#[test]
fn an_exercise_without_items_and_a_quiz_that_draws_more_than_there_is_are_told() {
    let world = started();
    let draft = begin(&world, "empty").draft;
    let empty = json!({"title": "Empty", "slug": "empty"});
    assert_eq!(rules(&save(&world, &draft, "exercise/empty", &empty).findings), ["no-items"]);
    let quiz = |count: u64| {
        let draws: Value = json!([{"exercise": E1, "count": count}]);
        json!({"title": "Quiz", "slug": "quiz", "draws": draws})
    };
    assert_eq!(save(&world, &draft, "quiz/q1", &quiz(1)).findings, []);
    let saved = save(&world, &draft, "quiz/q1", &quiz(3));
    assert_eq!(rules(&saved.findings), ["draws-too-many"]);
    assert_eq!(saved.findings[0].finding.pointer, "/draws/0/count");
    // Working copies of other entries count.
    let mut larger = exercise("Add", "What is 2 + 2?");
    let one = larger["items"][0].clone();
    for id in ["i2", "i3"] {
        let mut item = one.clone();
        item["id"] = id.into();
        larger["items"].as_array_mut().unwrap().push(item);
    }
    save(&world, &draft, E1, &larger);
    assert_eq!(save(&world, &draft, "quiz/q1", &quiz(3)).findings, []);
}
