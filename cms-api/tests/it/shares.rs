//! Links that show a draft: to people without an account, and to an app under test.

use cms_core::access::Role;
use serde_json::{Value, json};

use crate::{
    drafts::{begin, document, save},
    test_app::{Answer, Person, TestApp},
};

const LESSON: &str = "lesson/equal-parts";
const ARTICLE: &str = "article/what-is-a-fraction";

async fn share(person: &Person<'_>, draft: &str, body: &Value) -> Value {
    let made = person.posts(&format!("{draft}/shares"), &[], body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(made.header("cache-control"), "no-store");
    assert_eq!(made.header("location"), made.json()["path"].as_str().unwrap());
    made.json()
}

/// The base address that an app under test is given.
fn base(link: &Value) -> String {
    link["path"].as_str().unwrap().trim_end_matches('/').to_owned()
}

async fn committed(person: &Person<'_>, draft: &str, key: &str, title: &str) {
    let mut edited = document(person, draft, key).await;
    edited["title"] = json!(title);
    assert_eq!(save(person, draft, key, None, &edited).await.status, 200);
    let committed = person.posts(&format!("{draft}/commit"), &[], &json!({})).await;
    assert_eq!(committed.status, 201, "{}", committed.json());
}

fn assert_unkept(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(answer.header("etag"), "");
}

/// Reads an entry as an app does: the channel, the redirect, the document.
async fn read(app: &TestApp, base: &str, key: &str) -> Value {
    let channel = app.get(&format!("{base}/v1/channels/production")).await;
    assert_eq!(channel.status, 200, "{}", channel.json());
    let snapshot = channel.json()["snapshot"].as_str().unwrap().to_owned();
    let row = app.get(&format!("{base}/v1/snapshots/{snapshot}/en/entries/{key}")).await;
    assert_eq!(row.status, 307, "{}", row.json());
    let object = app.get(row.header("location")).await;
    if !base.is_empty() {
        for answer in [&channel, &row, &object] {
            assert_unkept(answer);
        }
    }
    object.json()["document"].clone()
}

#[tokio::test]
async fn an_app_reads_a_draft_by_another_base_address() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Halves first", &[]).await;
    committed(&ana, &draft, LESSON, "Halves first").await;
    let link = share(&ana, &draft, &json!({ "label": "the school board" })).await;
    let base = base(&link);
    assert!(base.starts_with("/shared/share_"), "{base}");
    assert_eq!(read(&app, &base, LESSON).await["title"], "Halves first");
    assert_eq!(
        read(&app, "", LESSON).await["title"],
        "Parts of equal size",
        "nothing was published"
    );
    // The draft changes, and so does what the link shows.
    committed(&ana, &draft, LESSON, "Halves, then thirds").await;
    assert_eq!(read(&app, &base, LESSON).await["title"], "Halves, then thirds");
    let routed = app.get(&format!("{base}/v1/channels/production")).await.json();
    let snapshot = routed["snapshot"].as_str().unwrap();
    let snapshot = app.get(&format!("{base}/v1/snapshots/{snapshot}")).await;
    assert_eq!(snapshot.json()["channel"], "production");
    let foreign = app.get(&format!("{base}/v1/channels/staging")).await;
    assert_eq!((foreign.status.as_u16(), &*foreign.code()), (404, "channel-unknown"));
    let object = app.get(&format!("{base}/v1/objects/{}", "0".repeat(64))).await;
    assert_eq!((object.status.as_u16(), &*object.code()), (404, "object-unknown"));
    assert_unkept(&object);
}

#[tokio::test]
async fn what_the_link_shows_is_not_public() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Secret", &[]).await;
    committed(&ana, &draft, LESSON, "Not yet").await;
    let base = base(&share(&ana, &draft, &json!({})).await);
    let snapshot =
        app.get(&format!("{base}/v1/channels/production")).await.json()["snapshot"].clone();
    let path = format!("/v1/snapshots/{}", snapshot.as_str().unwrap());
    assert_eq!(app.get(&path).await.code(), "snapshot-unknown");
    let row = app.get(&format!("{base}{path}/en/entries/{LESSON}")).await;
    let object = row.header("location").strip_prefix(&base).unwrap().to_owned();
    assert_eq!(app.get(&object).await.code(), "object-unknown");
}

#[tokio::test]
async fn a_link_ends_when_it_is_revoked_discarded_or_over() {
    let app = TestApp::own();
    let (ana, ben) = (app.person("ana", Role::Author), app.person("ben", Role::Author));
    let draft = begin(&ana, "Shared", &[]).await;
    committed(&ana, &draft, LESSON, "Shared").await;
    let link = share(&ana, &draft, &json!({ "days": 1 })).await;
    let address = format!("{}/v1/channels/production", base(&link));
    assert_eq!(app.get(&address).await.status, 200);
    let name = format!("/authoring/v1/shares/{}", link["share"].as_str().unwrap());
    let foreign = ben.asks("DELETE", &name, &[], None).await;
    assert_eq!((foreign.status.as_u16(), &*foreign.code()), (403, "not-allowed"));
    assert_eq!(ana.asks("DELETE", &name, &[], None).await.status, 204);
    let gone = app.get(&address).await;
    assert_eq!((gone.status.as_u16(), &*gone.code()), (404, "share-unknown"));
    assert_unkept(&gone);
    assert_eq!(ana.asks("DELETE", &name, &[], None).await.code(), "share-unknown");
    let page = app.get(&format!("{}/admin/", base(&link))).await;
    assert_eq!(page.status, 200, "the page tells whoever comes too late");
    let shared = app.get(&format!("{}/ui/dom.js", base(&link))).await;
    assert_eq!(shared.status, 200, "with what it shares with other pages");

    let link = share(&ana, &draft, &json!({ "days": 1 })).await;
    let address = format!("{}/v1/channels/production", base(&link));
    let later = app.a_day_later();
    let over = later.get(&address).await;
    assert_eq!((over.status.as_u16(), &*over.code()), (410, "share-over"));

    let tag = ana.gets(&draft).await.header("etag").to_owned();
    assert_eq!(ana.asks("DELETE", &draft, &[("if-match", &tag)], None).await.status, 200);
    let over = app.get(&address).await;
    assert_eq!((over.status.as_u16(), &*over.code()), (410, "share-over"));
    let closed = ana.posts(&format!("{draft}/shares"), &[], &json!({})).await;
    assert_eq!((closed.status.as_u16(), &*closed.code()), (409, "draft-state"));
}

#[tokio::test]
async fn attempts_below_a_link_count_for_the_same_limit_as_all_others() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Halves first", &[]).await;
    let base = base(&share(&ana, &draft, &json!({})).await);
    let limited = app.with_attempts_per_s(1);
    // As many as a burst may hold.
    let attempt = json!({"object": "0".repeat(64), "item": "i1", "input": {}});
    let burst = json!({ "attempts": vec![attempt; 10] });
    assert_eq!(limited.post("/v1/score", &burst).await.status, 200);
    let refused = limited.post(&format!("{base}/v1/score"), &burst).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (429, "too-many"));
}

#[tokio::test]
async fn links_are_listed_without_their_secrets_and_made_by_members() {
    let app = TestApp::own();
    let (ana, ben) = (app.person("ana", Role::Author), app.person("ben", Role::Author));
    let draft = begin(&ana, "Shared", &[]).await;
    let link = share(&ana, &draft, &json!({ "label": "for Mei", "channel": "beta" })).await;
    let listed = ben.gets(&format!("{draft}/shares")).await;
    let secret = link["path"].as_str().unwrap().split('/').nth(2).unwrap();
    assert!(!String::from_utf8_lossy(&listed.body).contains(secret));
    insta::assert_json_snapshot!("shares", listed.json(), { ".rows[].share" => "[id]", ".rows[].draft" => "[id]" });
    let whole = ana.posts(&format!("{draft}/shares"), &[], &json!({ "days": 7.0 })).await;
    assert_eq!(whole.status, 201, "to JSON it is the number 7: {}", whole.json());
    let foreign = ben.posts(&format!("{draft}/shares"), &[], &json!({})).await;
    assert_eq!((foreign.status.as_u16(), &*foreign.code()), (403, "not-a-member"));
    for (body, code) in [
        (json!({ "days": 0 }), "share-refused"),
        (json!({ "days": 91 }), "share-refused"),
        (json!({ "days": 1.5 }), "request-malformed"),
        (json!({ "channel": "No Channel" }), "share-refused"),
        (json!({ "label": "x".repeat(201) }), "share-refused"),
        (json!({ "until": "ever" }), "request-malformed"),
    ] {
        let refused = ana.posts(&format!("{draft}/shares"), &[], &body).await;
        assert_eq!(refused.code(), code, "{body}");
    }
}

#[tokio::test]
async fn a_link_tells_what_it_can_not_show_and_lets_nothing_be_changed() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Shared", &[]).await;
    committed(&ana, &draft, LESSON, "Shared").await;
    let mut typed = document(&ana, &draft, ARTICLE).await;
    typed["title"] = json!("Typed, not committed");
    save(&ana, &draft, ARTICLE, None, &typed).await;
    let base = base(&share(&ana, &draft, &json!({})).await);
    let about = app.get(&format!("{base}/about")).await;
    insta::assert_json_snapshot!("about", about.json(), { ".commit" => "[id]" });
    let page = app.get(&format!("{base}/")).await;
    assert_eq!((page.status.as_u16(), page.header("location")), (307, "admin/"));
    let page = app.get(&format!("{base}/admin/")).await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    let versions = app.get(&format!("{base}/admin/api/channels/production/versions")).await.json();
    assert_eq!(versions["versions"][0]["verb"], "draft");
    assert_eq!(versions["versions"][1]["verb"], "publish");
    for (method, path) in [("POST", "/about"), ("DELETE", "/"), ("PUT", "/v1/channels/production")]
    {
        let answer = ana.asks(method, &format!("{base}{path}"), &[], None).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.code()),
            (405, "method-not-allowed"),
            "{path}"
        );
    }
    let authoring = ana.gets(&format!("{base}/authoring/v1/me")).await;
    assert_eq!(authoring.code(), "path-unknown");
}

#[tokio::test]
async fn a_link_opens_its_draft_and_no_other_whose_ids_one_knows() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let mut drafts = Vec::new();
    for title in ["Halves first", "Thirds first", "Quarters first"] {
        let draft = begin(&ana, title, &[]).await;
        committed(&ana, &draft, LESSON, title).await;
        let link = share(&ana, &draft, &json!({})).await;
        let base = base(&link);
        let snapshot = app.get(&format!("{base}/v1/channels/production")).await.json();
        let snapshot = snapshot["snapshot"].as_str().unwrap().to_owned();
        let row = app.get(&format!("{base}/v1/snapshots/{snapshot}/en/entries/{LESSON}")).await;
        let object = row.header("location").rsplit('/').next().unwrap().to_owned();
        drafts.push((draft, link, snapshot, object));
    }
    // The third link is revoked: what it showed is nobody's any more.
    let name = format!("/authoring/v1/shares/{}", drafts[2].1["share"].as_str().unwrap());
    assert_eq!(ana.asks("DELETE", &name, &[], None).await.status, 204);
    let own = base(&drafts[0].1);
    for (at, (_, _, snapshot, object)) in drafts.iter().enumerate() {
        let shown = app.get(&format!("{own}/v1/objects/{object}")).await;
        let whole = app.get(&format!("{own}/v1/snapshots/{snapshot}")).await;
        let listed = app.get(&format!("{own}/v1/snapshots/{snapshot}/en/entries")).await;
        let entry = app.get(&format!("{own}/v1/snapshots/{snapshot}/en/entries/{LESSON}")).await;
        let statuses = [shown, whole, listed, entry].map(|answer| answer.status.as_u16());
        let expected = if at == 0 { [200, 200, 200, 307] } else { [404; 4] };
        assert_eq!(statuses, expected, "{at}");
    }
    // What the link showed before the author went on stays readable: the page may be open.
    committed(&ana, &drafts[0].0, LESSON, "Halves, then thirds").await;
    assert_eq!(read(&app, &own, LESSON).await["title"], "Halves, then thirds");
    let before = app.get(&format!("{own}/v1/objects/{}", drafts[0].3)).await;
    assert_eq!(before.json()["document"]["title"], "Halves first");
}

#[tokio::test]
async fn a_link_shows_its_draft_and_nothing_else_that_waits_to_be_published() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let waiting = begin(&root, "Waits on main", &[]).await;
    committed(&root, &waiting, ARTICLE, "Secret until May").await;
    let merged = root.posts(&format!("{waiting}/merge"), &[], &json!({})).await;
    assert_eq!(merged.status, 201, "{}", merged.json());
    for (person, is_limited) in [("ana", false), ("lim", true)] {
        let author = if is_limited {
            let limits = json!({ "subtree": "unit/multiplying" });
            crate::sight::limited(&app, person, Role::Author, limits).await
        } else {
            app.person(person, Role::Author)
        };
        let draft = begin(&author, "Times", &[]).await;
        committed(&author, &draft, "lesson/fraction-times-fraction", "Times, twice").await;
        let base = base(&share(&author, &draft, &json!({})).await);
        let shown = read(&app, &base, "lesson/fraction-times-fraction").await;
        assert_eq!(shown["title"], "Times, twice");
        assert_eq!(read(&app, &base, ARTICLE).await["title"], "What is a fraction?", "{person}");
        let about = app.get(&format!("{base}/about")).await.json();
        assert_eq!(about["changes_count"], 1, "{about}");
        // When it has taken over what came to `main` meanwhile, it still shows what it changes, and nothing else.
        let meanwhile = begin(&root, "Meanwhile", &[]).await;
        committed(&root, &meanwhile, ARTICLE, &format!("Secret until {person} is ready")).await;
        let merged = root.posts(&format!("{meanwhile}/merge"), &[], &json!({})).await;
        assert_eq!(merged.status, 201, "{}", merged.json());
        let taken = author.posts(&format!("{draft}/rebase"), &[], &json!({})).await;
        assert_eq!(taken.status, 201, "{}", taken.json());
        let about = app.get(&format!("{base}/about")).await.json();
        assert_eq!(about["changes_count"], 1, "{about}");
        let shown = read(&app, &base, "lesson/fraction-times-fraction").await;
        assert_eq!(shown["title"], "Times, twice");
        assert_eq!(read(&app, &base, ARTICLE).await["title"], "What is a fraction?", "{person}");
    }
}

#[tokio::test]
async fn what_a_link_showed_before_its_maker_saw_less_is_no_longer_served() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let pia = crate::sight::limited(&app, "pia", Role::Author, json!({})).await;
    let draft = begin(&pia, "A secret", &[]).await;
    committed(&pia, &draft, LESSON, "A secret title").await;
    let base = base(&share(&pia, &draft, &json!({ "label": "Ana", "days": 7 })).await);
    let snapshot = async || {
        let channel = app.get(&format!("{base}/v1/channels/production")).await.json();
        format!("{base}/v1/snapshots/{}/en/entries", channel["snapshot"].as_str().unwrap())
    };
    let earlier = snapshot().await;
    let object = app.get(&format!("{earlier}/{LESSON}")).await.header("location").to_owned();
    let title = app.get(&object).await.json()["document"]["title"].clone();
    assert_eq!(title, "A secret title");
    let grants = root.gets("/authoring/v1/grants").await.json()["grants"].clone();
    let hers = grants.as_array().unwrap().iter().find(|grant| grant["person"] == "pia").unwrap();
    let grant = format!("/authoring/v1/grants/{}", hers["id"].as_str().unwrap());
    assert_eq!(root.asks("DELETE", &grant, &[], None).await.status, 200);
    let part = json!({ "person": "pia", "role": "author", "subtree": "unit/multiplying" });
    assert_eq!(root.posts("/authoring/v1/grants", &[], &part).await.status, 201);
    for path in [format!("{earlier}/{LESSON}"), object.clone()] {
        let gone = app.get(&path).await;
        assert_eq!(gone.status, 404, "{path}: {}", gone.json());
    }
    // What the link shows now is what learners have, and stays that.
    let now = snapshot().await;
    assert_ne!(now, earlier);
    let shown = app.get(&format!("{now}/{LESSON}")).await;
    let document = app.get(shown.header("location")).await.json();
    assert_ne!(document["document"]["title"], "A secret title");
    assert_eq!(app.get(&object).await.status, 404);
}
