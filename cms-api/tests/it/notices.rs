//! What a person is told of.

use cms_core::{
    engine::OperationId,
    repo::{NOTICES_MAX, Notice, NoticeKind, Role, Stamp},
};
use serde_json::json;

use crate::test_app::TestApp;

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
        author: "ben".into(),
        time_ms: 1,
        message: String::new(),
        operation: OperationId(number.to_be_bytes()),
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
    // Told again under the same operation, nobody is told twice.
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
    let ben = app.person("ben", Role::Operator);
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
