//! What translators ask the API for: texts one by one, and what is not done in a language.

use cms_core::access::Role;
use serde_json::json;

use crate::test_app::TestApp;

#[tokio::test]
async fn the_texts_of_an_entry_stand_beside_their_translations() {
    let app = TestApp::new();
    let vic = app.person("vic", Role::Viewer);
    let at = "/authoring/v1/entries/exercise/name-the-fraction/segments";
    let texts = vic.gets(&format!("{at}?locale=es")).await;
    assert_eq!(texts.status, 200);
    let texts = texts.json();
    let rows = texts["rows"].as_array().unwrap();
    let title = rows.iter().find(|row| row["address"] == "/title").unwrap();
    assert_eq!(title["state"], "translated");
    assert_eq!(title["hash"].as_str().unwrap().len(), 32);
    assert!(title["words"].as_u64().unwrap() > 0 && title["text"].is_string());
    assert!(texts["translation"].is_string());
    let arabic = vic.gets(&format!("{at}?locale=yue")).await.json();
    assert_eq!(arabic["translation"], json!(null));
    assert_eq!(vic.gets(at).await.code(), "parameter-malformed");
    let nobody = "/authoring/v1/entries/exercise/nobody/segments?locale=es";
    assert_eq!(vic.gets(nobody).await.code(), "entry-unknown");
}

#[tokio::test]
async fn what_of_a_language_is_not_done_is_told_by_course_and_by_entry() {
    let app = TestApp::new();
    let vic = app.person("vic", Role::Viewer);
    let gaps = vic.gets("/authoring/v1/languages/ar/gaps").await.json();
    let rows = gaps["rows"].as_array().unwrap();
    let course = rows.iter().find(|row| row["course"] == "course/fractions").unwrap();
    assert!(course["title"].is_string());
    let missing = course["amounts"]["missing"]["texts"].as_u64().unwrap();
    assert!(missing > 0 && course["amounts"]["missing"]["words"].as_u64().unwrap() >= missing);
    let mut next = String::new();
    let mut told = 0;
    loop {
        let at = "/authoring/v1/languages/ar/gaps/entries?course=course/fractions&limit=3";
        let page = vic.gets(&format!("{at}{next}")).await.json();
        told += page["rows"].as_array().unwrap().len() as u64;
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(told, course["undone_count"].as_u64().unwrap());
    assert_eq!(vic.gets("/authoring/v1/languages/fr/gaps").await.code(), "locale-unknown");
    assert_eq!(app.get("/authoring/v1/languages/ar/gaps").await.status, 401);
}
