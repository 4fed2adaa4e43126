//! Questions that nobody can get right, checkpoints that are answered by themselves, and links in prose.

use cms_core::access::Role;
use serde_json::{Value, json};

use crate::{
    drafts::{begin, document, save},
    test_app::{Person, TestApp, import_documents, publish},
};

const EXERCISE: &str = "exercise/equal-parts";
const POLICY: &str = "/authoring/v1/findings-policy";

fn number(value: i64, status: &str) -> Value {
    json!({"type": "numeric-input", "graded": true, "options": {
        "size": "normal", "coefficient": false,
        "answers": [{"value": value, "status": status, "message": "", "strict": false, "simplify": "optional"}],
    }})
}

fn item(content: &str, widgets: Value) -> Value {
    json!({"id": "i1", "question": {"content": content, "images": {}, "widgets": widgets}, "hints": []})
}

/// An exercise for which no answer is right.
fn hopeless() -> Value {
    let question =
        item("How many? [[☃ numeric-input 1]]", json!({"numeric-input 1": number(3, "wrong")}));
    json!({"title": "Equal parts", "slug": "equal-parts", "items": [question]})
}

/// Adds entries to the children of a lesson of the fixtures, and publishes.
async fn add_to_a_lesson(app: &TestApp, entries: &[(&str, Value)]) {
    let object = app.object("en", "lesson/equal-parts").await;
    let delivered = app.get(&format!("/v1/objects/{object}")).await.json();
    let mut lesson = delivered["document"].clone();
    let keys = delivered["children"].as_array().unwrap().iter().map(|row| row["key"].clone());
    let more = entries.iter().map(|(key, _)| json!(key));
    lesson["children"] = keys.chain(more).collect();
    let entries = entries.iter().map(|(key, document)| (*key, document));
    import_documents(app.app.store(), entries.chain([("lesson/equal-parts", &lesson)]));
    publish(app.app.store());
}

async fn saved(ana: &Person<'_>, key: &str, document: &Value) -> Value {
    let draft = begin(ana, "A question", &[]).await;
    let answer = save(ana, &draft, key, None, document).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

#[tokio::test]
async fn whoever_saves_what_nobody_can_get_right_is_told_in_the_answer() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let finding = saved(&ana, EXERCISE, &hopeless()).await["findings"][0].clone();
    assert_eq!(finding["severity"], "impossible");
    assert_eq!(finding["rule"], "no-right-answer");
    assert_eq!(finding["pointer"], "/items/0/question/widgets/numeric-input 1/options/answers");
    assert_eq!(
        finding["message"],
        "No stored answer is marked correct: whatever learners type is wrong."
    );
    // The linter's findings come along, except for matters of style, and so does a formula that can't be set.
    let mut shouting = hopeless();
    shouting["items"][0] = item(
        "# Add $\\nope$ [[☃ numeric-input 1]]",
        json!({"numeric-input 1": number(3, "correct")}),
    );
    let found = saved(&ana, EXERCISE, &shouting).await["findings"].clone();
    let rules: Vec<_> =
        found.as_array().unwrap().iter().filter_map(|row| row["rule"].as_str()).collect();
    assert_eq!(rules, ["formula-not-set", "numeric-input-missing-label", "heading-level-1"]);
}

#[tokio::test]
async fn it_does_not_go_live_until_a_reviewer_says_so() {
    let app = TestApp::own();
    let [ana, cai, dot] = [Role::Author, Role::Reviewer, Role::Publisher]
        .map(|role| app.person(&role.to_string(), role));
    import_documents(app.app.store(), [(EXERCISE, &hopeless())]);
    let plan = async || {
        let answer = dot.posts("/authoring/v1/channels/production/plan", &[], &json!({})).await;
        answer.json()["report"].clone()
    };
    let report = plan().await;
    assert_eq!(report["held_back"][0]["key"], EXERCISE, "{report}");
    assert_eq!(report["held_back"][0]["reasons"][0]["code"], "cannot-be-answered");
    let id = report["findings"][0]["id"].as_str().expect("a finding").to_owned();
    let at = format!("/authoring/v1/entries/{EXERCISE}/dismissals/{id}");
    let why = json!({"reason": "It is marked by hand."});
    assert_eq!(ana.asks("PUT", &at, &[], Some(&why)).await.json()["by_reviewer"], false);
    assert_eq!(plan().await["held_back_count"], 1);
    assert_eq!(cai.asks("PUT", &at, &[], Some(&why)).await.json()["by_reviewer"], true);
    let report = plan().await;
    assert_eq!((&report["held_back_count"], &report["findings_count"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn a_translators_formula_that_cannot_be_set_is_told_before_it_goes_live() {
    let app = TestApp::own();
    let dot = app.person("dot", Role::Publisher);
    let question = item(
        "What is $\\frac{6}{2}$ of these? [[☃ numeric-input 1]]",
        json!({"numeric-input 1": number(3, "correct")}),
    );
    let exercise = json!({"title": "Equal parts", "slug": "equal-parts", "items": [question]});
    let content = "¿Cuánto es $\\frac{6}{2$ de estas? [[☃ numeric-input 1]]";
    let spanish = json!({"items": [{"id": "i1", "question": {"content": content}}]});
    import_documents(
        app.app.store(),
        [(EXERCISE, &exercise), ("exercise/equal-parts@es", &spanish)],
    );
    let plan = dot.posts("/authoring/v1/channels/production/plan", &[], &json!({})).await;
    let found = plan.json()["report"]["findings"].clone();
    assert_eq!(found[0]["key"], "exercise/equal-parts@es", "{found}");
    assert_eq!(
        (&found[0]["rule"], &found[0]["severity"]),
        (&json!("formula-not-closed"), &json!("error"))
    );
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
}

#[tokio::test]
async fn what_findings_bar_is_an_operators_to_say() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let opa = app.person("opa", Role::Administrator);
    let read = ana.gets(POLICY).await;
    assert_eq!(read.json(), json!({"bars": "impossible"}));
    let tag = read.header("etag").to_owned();
    let set = async |person: &Person<'_>, tag: &str, bars: &str| {
        person.asks("PUT", POLICY, &[("if-match", tag)], Some(&json!({ "bars": bars }))).await
    };
    assert_eq!(set(&ana, &tag, "nothing").await.code(), "right-missing");
    let refused = set(&opa, &tag, "everything").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "request-malformed".into()));
    assert_eq!(set(&opa, &tag, "nothing").await.json(), json!({"bars": "nothing"}));
    assert_eq!(set(&opa, &tag, "errors").await.status, 412, "somebody set them meanwhile");
    import_documents(app.app.store(), [(EXERCISE, &hopeless())]);
    let report = publish(app.app.store())["report"]["report"].clone();
    assert_eq!(report["held_back_count"], 0, "{report}");
    assert_eq!(report["findings"][0]["rule"], "no-right-answer");
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_not_blamed_on_who_answers() {
    let app = TestApp::own();
    let opa = app.person("opa", Role::Administrator);
    let tag = opa.gets(POLICY).await.header("etag").to_owned();
    let bars = json!({"bars": "nothing"});
    opa.asks("PUT", POLICY, &[("if-match", &tag)], Some(&bars)).await;
    let expression = json!({"type": "expression", "graded": true, "version": {"major": 1, "minor": 0}, "options": {
        "answerForms": [{"value": "x+", "form": false, "simplify": false, "considered": "correct", "key": "0"}],
        "buttonSets": ["basic"], "functions": ["f"], "times": false,
    }});
    let question = item("Write [[☃ expression 1]]", json!({ "expression 1": expression }));
    let exercise = json!({"title": "X", "slug": "x", "items": [question]});
    add_to_a_lesson(&app, &[("exercise/x", exercise)]).await;
    let object = app.object("en", "exercise/x").await;
    let attempt = json!({"object": object, "item": "i1", "input": {"expression 1": "x+1"}});
    let answer = app.post("/v1/score", &attempt).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (422, "not-scorable".into()));
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("“x+” can't be read as an expression"), "{detail}");
}

#[tokio::test]
async fn a_checkpoint_of_an_article_is_scored_and_gives_its_hint() {
    let app = TestApp::own();
    let group = json!({"type": "graded-group", "graded": true, "options": {
        "title": "Check", "content": "How many? [[☃ numeric-input 1]]", "images": {},
        "widgets": {"numeric-input 1": number(4, "correct")},
        "hint": {"content": "Count **them**.", "images": {}, "widgets": {}},
    }});
    let section = json!({"id": "s1", "content": "Read. [[☃ graded-group 1]]", "images": {}, "widgets": {"graded-group 1": group}});
    let article = json!({"title": "X", "slug": "x", "sections": [section]});
    add_to_a_lesson(&app, &[("article/x", article)]).await;
    let object = app.object("en", "article/x").await;
    let delivered = app.get(&format!("/v1/objects/{object}")).await.json();
    let shown = &delivered["document"]["sections"][0]["widgets"]["graded-group 1"]["options"];
    assert_eq!(shown["hint"]["content"], "", "that there is one is told");
    let score = async |part: Value, value: &str| {
        let input = json!({"numeric-input 1": {"currentValue": value}});
        let attempt = json!({"object": object, "item": "s1", "part": part, "input": input});
        app.post("/v1/score", &attempt).await
    };
    let right = score(json!("graded-group 1"), "4").await.json();
    assert_eq!((&right["score"]["earned"], &right["score"]["total"]), (&json!(1.0), &json!(1.0)));
    assert_eq!(score(json!("graded-group 1"), "5").await.json()["score"]["earned"], 0.0);
    let whole = score(Value::Null, "4").await.json();
    assert_eq!(whole["score"]["total"], 0.0, "the section itself asks nothing");
    let none = score(json!("graded-group 2"), "4").await;
    assert_eq!((none.status.as_u16(), none.code()), (404, "item-unknown".into()));
    let hint = |part: &str, n: u32| {
        let asked = json!({"object": object, "item": "s1", "part": part, "n": n});
        let app = &app;
        async move { app.post("/v1/hints", &asked).await }
    };
    let given = hint("graded-group 1", 0).await.json();
    assert_eq!(
        (&given["hint"]["content"], &given["count"]),
        (&json!("Count **them**."), &json!(1))
    );
    assert_eq!(hint("graded-group 1", 1).await.code(), "item-unknown");
}

#[tokio::test]
async fn a_link_in_prose_counts_as_one_and_has_an_address() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Links", &[]).await;
    let mut article = document(&ana, &draft, "article/what-is-a-fraction").await;
    let link = "See [equal parts](lesson/equal-parts) and [nothing](lesson/nowhere).";
    article["sections"][0]["content"] = json!(link);
    let clashes = save(&ana, &draft, "article/what-is-a-fraction", None, &article).await.json();
    let clash = clashes["clashes"][0].to_string();
    assert!(clash.contains("lesson/nowhere"), "{clashes}");
    article["sections"][0]["content"] = json!("See [equal parts](lesson/equal-parts).");
    import_documents(app.app.store(), [("article/what-is-a-fraction", &article)]);
    publish(app.app.store());
    let uses = ana.gets("/authoring/v1/entries/lesson/equal-parts/uses").await.json();
    let users: Vec<_> =
        uses["rows"].as_array().unwrap().iter().filter_map(|row| row["by"].as_str()).collect();
    assert!(users.contains(&"article/what-is-a-fraction"), "{uses}");
    let snapshot = app.snapshot().await;
    for locale in ["en", "es"] {
        let at = format!("/v1/snapshots/{snapshot}/{locale}/addresses/lesson/equal-parts");
        let address = app.get(&at).await;
        assert!(address.header("cache-control").contains("immutable"));
        let address = address.json();
        assert_eq!(address["key"], "lesson/equal-parts");
        let route = address["route"].as_str().expect("a route");
        let led = app.get(&format!("/v1/snapshots/{snapshot}/{locale}/routes/{route}")).await;
        assert_eq!(led.json()["key"], "lesson/equal-parts", "{route}");
    }
    for (key, code) in [("lesson/nowhere", "entry-unknown"), ("image/area-model", "route-unknown")]
    {
        let answer = app.get(&format!("/v1/snapshots/{snapshot}/en/addresses/{key}")).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, code), "{key}");
    }
}

#[tokio::test]
async fn an_item_of_2014_comes_in_with_its_answer_and_says_so() {
    let app = TestApp::own();
    let number = json!({"value": "42", "simplify": "required", "size": "normal", "inexact": false, "maxError": 0.1, "answerType": "number"});
    let mut old = item("What is $6 \\times 7$?", json!({}));
    old["answerArea"] = json!({"type": "input-number", "calculator": false, "options": number});
    let exercise = json!({"title": "X", "slug": "x", "items": [old]});
    let report = import_documents(app.app.store(), [("exercise/x", &exercise)]);
    let report = serde_json::to_value(&report).expect("a report is JSON");
    assert!(
        report.to_string().contains("its old answer area became a part of its question"),
        "{report}"
    );
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Look", &[]).await;
    let question = document(&ana, &draft, "exercise/x").await["items"][0]["question"].clone();
    assert_eq!(question["content"], "What is $6 \\times 7$?\n\n[[☃ input-number 1]]");
    assert_eq!(question["widgets"]["input-number 1"]["options"]["value"], "42");
}
