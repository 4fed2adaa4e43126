//! Problems lead somewhere: each `type` is an address of the server that says what to do.

use cms_api::problem::Code;

use crate::test_app::TestApp;

#[tokio::test]
async fn a_problems_type_leads_to_what_to_do_about_it() {
    let app = TestApp::new();
    let refused = app.get("/v1/channels/nowhere").await.json();
    assert_eq!(refused["type"], "/docs/problems/channel-unknown");
    let page = app.get(refused["type"].as_str().unwrap()).await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains("The first publish makes a channel."), "{text}");
    assert_eq!(app.get("/docs/problems/no-such").await.code(), "path-unknown");
}

#[tokio::test]
async fn every_code_is_listed_and_has_a_page() {
    let app = TestApp::new();
    let list = String::from_utf8(app.get("/docs/problems/").await.body).unwrap();
    for code in Code::ALL {
        let address = format!("/docs/problems/{}", code.word());
        assert!(list.contains(&address), "{address}");
        assert_eq!(app.get(&address).await.status, 200, "{address}");
    }
}
