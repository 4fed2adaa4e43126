//! The notices that a person gets.

use cms_core::{
    access::Role,
    engine::OperationId,
    repo::{NOTICES_MAX, Notice, NoticeKind, Stamp},
};
use serde_json::json;

use cms_api::background::notifier;

use crate::{browser::Browser, people::id_of, reviews, test_app::TestApp};

const NOTICES: &str = "/authoring/v1/notices";

fn notice(number: u64) -> Notice {
    Notice {
        kind: NoticeKind::Mentioned,
        subject: format!("reviews/{number}"),
        text: format!("Ben wrote your name ({number})"),
        time_ms: 1000 + number,
    }
}

fn stamp(number: u128) -> Stamp {
    Stamp {
        author: "ben".parse().unwrap(),
        time_ms: 1,
        message: String::new(),
        operation: OperationId(number.to_be_bytes()),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    }
}

fn tell(app: &TestApp, person: &str, numbers: impl IntoIterator<Item = u64>) {
    for number in numbers {
        let told = [(person.to_owned(), notice(number))];
        app.app.store().repository.notify(&told, &stamp(u128::from(number))).unwrap();
    }
}

#[tokio::test]
async fn notices_are_listed_and_read() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    tell(&app, "ana", 0..5);
    tell(&app, "anabel", 10..12);
    // Reported again under the same operation, nobody gets a second notice.
    tell(&app, "ana", 0..5);
    let rows = ana.all(NOTICES, 2).await;
    let subjects: Vec<_> = rows.iter().map(|row| row["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["reviews/4", "reviews/3", "reviews/2", "reviews/1", "reviews/0"]);
    insta::assert_json_snapshot!("notice", rows[0], { ".id" => "[id]" });
    let path = |row: usize| format!("{NOTICES}/{}/read", rows[row]["id"].as_str().unwrap());
    let read = ana.asks("PUT", &path(1), &[], None).await;
    assert_eq!((read.status.as_u16(), read.json()), (200, json!({ "count": 1 })));
    let older = ana.asks("PUT", &format!("{}?older=true", path(1)), &[], None).await;
    assert_eq!(older.json(), json!({ "count": 3 }), "the one that was read stays as it is");
    let unread: Vec<_> = ana.all(NOTICES, 500).await;
    let unread = unread.iter().filter(|row| row["read_ms"].is_null()).count();
    assert_eq!(unread, 1);
    let ben = app.person("ben", Role::Administrator);
    assert_eq!(ben.asks("PUT", &path(0), &[], None).await.code(), "notice-unknown");
}

#[tokio::test]
async fn the_oldest_notice_makes_room() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let all: Vec<_> = (0..NOTICES_MAX as u64).map(|n| ("ana".to_owned(), notice(n))).collect();
    app.app.store().repository.notify(&all, &stamp(1)).unwrap();
    tell(&app, "ana", [900, 901]);
    let rows = ana.all(NOTICES, 500).await;
    assert_eq!(rows.len(), NOTICES_MAX);
    assert_eq!(rows[0]["subject"], "reviews/901");
    assert_eq!(rows.last().unwrap()["subject"], "reviews/2");
}

#[tokio::test]
async fn a_person_hears_that_what_they_approved_has_changed() {
    let app = TestApp::own();
    let (ana, ben) = (app.person("ana", Role::Reviewer), app.person("ben", Role::Reviewer));
    notifier::look(&app.app).await.unwrap();
    let draft = reviews::draft(&ana, "First words").await;
    let commit = format!("/authoring/v1/drafts/{draft}/commit");
    ana.posts(&commit, &[], &json!({})).await;
    let review = reviews::open(&ana, &draft).await;
    let seen = reviews::seen(&ben.gets(&review).await.json());
    assert_eq!(ben.posts(&format!("{review}/approve"), &[], &seen).await.status, 200);
    notifier::look(&app.app).await.unwrap();
    let heard = |rows: Vec<serde_json::Value>| {
        rows.iter().filter(|row| row["kind"] == "approval-voided").cloned().collect::<Vec<_>>()
    };
    assert!(heard(ben.all(NOTICES, 10).await).is_empty());
    for words in ["Second words", "Third words"] {
        reviews::write(&ana, &draft, words).await;
        ana.posts(&commit, &[], &json!({})).await;
    }
    for _ in 0..2 {
        notifier::look(&app.app).await.unwrap();
    }
    let told = heard(ben.all(NOTICES, 10).await);
    assert_eq!(told.len(), 1, "once, for the commit that voided it: {told:?}");
    assert_eq!(
        told[0]["text"],
        "ana changed what you had approved in New words: lesson/equal-parts"
    );
    assert_eq!(told[0]["subject"], review.strip_prefix("/authoring/v1/").unwrap());
}

#[tokio::test]
async fn a_person_hears_that_their_entry_was_held_back() {
    let app = TestApp::own();
    let (ana, pia) = (app.person("ana", Role::Administrator), app.person("pia", Role::Publisher));
    notifier::look(&app.app).await.unwrap();
    let lesson = ana.gets("/authoring/v1/entries/lesson/equal-parts").await.json();
    let mut document = lesson["document"].clone();
    document["not_before"] = json!("2030-01-01T00:00:00Z");
    let body = json!({ "changes": [{ "key": "lesson/equal-parts", "document": document }] });
    let made = ana.posts("/authoring/v1/commits", &[("if-match", "*")], &body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let channel = "/authoring/v1/channels/production";
    for description in ["One", "Two"] {
        let mut article = ana.gets("/authoring/v1/entries/article/what-is-a-fraction").await.json();
        article["document"]["description"] = json!(description);
        let changes =
            json!([{ "key": "article/what-is-a-fraction", "document": article["document"] }]);
        ana.posts("/authoring/v1/commits", &[("if-match", "*")], &json!({ "changes": changes }))
            .await;
        let plan = pia.posts(&format!("{channel}/plan"), &[], &json!({})).await.json();
        let published =
            pia.posts(&format!("{channel}/publish"), &[], &json!({ "plan": plan["id"] })).await;
        assert!(published.status.is_success(), "{}", published.json());
        notifier::look(&app.app).await.unwrap();
    }
    let told = ana.all(NOTICES, 10).await;
    assert_eq!(told.len(), 1, "once, though it is held back again: {told:?}");
    assert_eq!(
        (&told[0]["kind"], &told[0]["subject"]),
        (&json!("held-back"), &json!("entries/lesson/equal-parts"))
    );
    assert!(told[0]["text"].as_str().unwrap().contains("2030-01-01"), "{}", told[0]["text"]);
}

#[tokio::test]
async fn whom_nobody_knows_is_named_in_no_record() {
    let app = TestApp::own();
    notifier::look(&app.app).await.unwrap();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "reviewer").await;
    let mut carla = ana.brings("Carla Diaz", "reviewer").await;
    let carlas = id_of(&mut carla).await;
    let draft = ana.posts("/authoring/v1/drafts", &json!({ "title": "Halves" })).await.json();
    let path =
        format!("/authoring/v1/drafts/{}/entries/video/new", draft["draft"].as_str().unwrap());
    let video = json!({ "title": "New", "slug": "new", "youtube_id": "OVMceVL_CEQ", "duration_s": 60,
        "licence": "CC-BY-SA-4.0", "attribution": { "author": "Ana" } });
    let saved = ana.asks("PUT", &path, &[("if-none-match", "*")], Some(&video)).await;
    assert_eq!(saved.status, 200, "{}", saved.json());
    let new = json!({ "draft": draft["draft"], "title": "Look" });
    let review = ana.posts("/authoring/v1/reviews", &new).await.header("location").to_owned();
    let text = format!("@stranger@elsewhere.org @nobody @ben.okafor@example.org @{carlas}, look");
    let said = ana.posts(&format!("{review}/comments"), &json!({ "text": text })).await;
    assert_eq!(said.status, 201, "{}", said.json());
    notifier::look(&app.app).await.unwrap();
    for person in [&mut ben, &mut carla] {
        let told = person.gets("/authoring/v1/notices").await.json();
        assert_eq!(told["rows"][0]["kind"], "mentioned", "{told}");
    }
    let audit = ana.gets("/authoring/v1/audit?limit=200").await.json();
    let people = ana.gets("/authoring/v1/audit?limit=200&person=nobody").await.json();
    assert_eq!(people["rows"], json!([]));
    assert!(!audit.to_string().contains("elsewhere"), "{audit}");
    assert!(!audit.to_string().contains("ben.okafor"), "{audit}");
}
