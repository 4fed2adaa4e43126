//! What one may not see is not there: a part of the catalogue is filled with a word, and somebody who may read another
//! part asks every address for it.

use std::collections::BTreeMap;

use cms_core::{
    access::{Bounds, Limits, Rights, Role},
    repo::{NewToken, SecretHash},
};
use serde_json::{Value, json};

use crate::test_app::{Person, TOKEN, TestApp, by_ana, import_documents, publish};

/// A word that stands in everything that is hidden, and nowhere else.
const WORD: &str = "zyxwv";
/// What the one who asks may read.
const PART: &str = "course/fractions";

/// A person with a role for a part of the catalogue, by an access key of theirs.
pub(crate) async fn limited<'a>(
    app: &'a TestApp,
    person: &str,
    role: Role,
    limits: Value,
) -> Person<'a> {
    let text = format!("cms_test-{person}-{role}");
    let new = NewToken {
        hash: SecretHash::of(text.as_bytes()),
        person: person.parse().unwrap(),
        role: Role::Administrator,
        label: String::new(),
        expires_ms: None,
        bounds: None,
        brings_role: false,
        stamp: by_ana().stamp(""),
    };
    app.app.store().repository.create_token(&new).expect("a token");
    let root = app.person("root", Role::Administrator);
    let mut grant = json!({ "person": person, "role": role.to_string() });
    grant.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
    let made = root.posts("/authoring/v1/grants", &[], &grant).await;
    assert_eq!(made.status, 201, "{}", made.json());
    Person { app, token: text }
}

/// The names of what a hidden part of the catalogue left behind, by the parameters of addresses.
struct Hidden {
    names: BTreeMap<&'static str, Vec<String>>,
    /// A visible name for each parameter.
    open: BTreeMap<&'static str, Vec<String>>,
}

fn hidden_documents() -> Vec<(String, Value)> {
    let rights = json!({ "licence": "CC-BY-SA-4.0", "attribution": { "author": WORD } });
    let of = |key: &str, mut document: Value| {
        document.as_object_mut().unwrap().extend(rights.as_object().unwrap().clone());
        (key.to_owned(), document)
    };
    let video = |name: &str| {
        of(
            &format!("video/{name}"),
            json!({ "title": format!("Title {name}"), "slug": name, "youtube_id": "OVMceVL_CEQ", "duration_s": 60 }),
        )
    };
    let holder = |kind: &str, name: &str, children: Value| {
        let title = format!("Title {name}");
        of(
            &format!("{kind}/{name}"),
            json!({ "title": title, "slug": name, "description": WORD, "children": children }),
        )
    };
    vec![
        video("zyxwv-video"),
        video("zyxwv-gone"),
        video("zyxwv-trash"),
        // The hidden lesson uses a video of the visible part as well.
        holder(
            "lesson",
            "zyxwv-lesson",
            json!([
                "video/zyxwv-video",
                "video/zyxwv-gone",
                "video/zyxwv-trash",
                "video/multiplying-two-fractions"
            ]),
        ),
        holder("unit", "zyxwv-unit", json!(["lesson/zyxwv-lesson"])),
        holder("course", "zyxwv-course", json!(["unit/zyxwv-unit"])),
        holder("topic", "arithmetic", json!([PART, "course/zyxwv-course"])),
    ]
}

impl Hidden {
    /// Fills a part of the catalogue with the word, and everything that can be around it.
    async fn fill(app: &TestApp) -> Self {
        let root = app.person("root", Role::Administrator);
        let documents = hidden_documents();
        let translated = json!({ "title": "Título zyxwv", "description": WORD });
        let all = documents.iter().map(|(key, document)| (key.as_str(), document));
        import_documents(app.app.store(), all.chain([("lesson/zyxwv-lesson@es", &translated)]));
        publish(app.app.store());
        let commit = root.gets("/authoring/v1/states/main").await.json()["commit"].clone();
        let entry = root.gets("/authoring/v1/entries/lesson/zyxwv-lesson").await.json();
        let revision = entry["revision"]["revision"].clone();
        // In the trash, on hold, under a schedule.
        let draft = Self::draft(&root, "zyxwv trash").await;
        let trash = json!({ "key": "video/zyxwv-trash", "everywhere": true });
        let path = format!("/authoring/v1/drafts/{draft}");
        root.succeeds("POST", &format!("{path}/trash"), &trash).await;
        root.succeeds("POST", &format!("{path}/merge"), &json!({})).await;
        publish(app.app.store());
        let keys = json!({ "keys": ["video/zyxwv-gone"], "message": WORD });
        let channel = "/authoring/v1/channels/production";
        root.succeeds("POST", &format!("{channel}/retire"), &keys).await;
        let later = json!({ "verb": "unpublish", "at": "2027-01-02T03:04:05Z",
            "keys": ["course/zyxwv-course"], "message": WORD });
        let schedule = root.succeeds("POST", &format!("{channel}/schedules"), &later).await;
        // A draft of hidden entries alone, and one that changes an entry of the visible part as well.
        let alone = Self::draft(&root, "Draft zyxwv").await;
        Self::write(&root, &alone, "lesson/zyxwv-lesson").await;
        let mixed = Self::draft(&root, "Both").await;
        Self::write(&root, &mixed, "unit/zyxwv-unit").await;
        Self::write(&root, &mixed, "lesson/simplest-form").await;
        Self::add(&root, &mixed, "video/zyxwv-new").await;
        let reviews = [
            Self::review(&root, &alone, &revision).await,
            Self::review(&root, &mixed, &revision).await,
        ];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let shown = |name: &str| vec![name.to_owned()];
        let open_entry = root.gets("/authoring/v1/entries/lesson/simplest-form").await.json();
        Self {
            names: BTreeMap::from([
                ("draft", vec![alone]),
                ("review", vec![reviews[0].clone()]),
                ("commit", vec![text(&commit)]),
                ("revision", vec![text(&revision)]),
                ("schedule", vec![text(&schedule["schedule"]["id"])]),
                (
                    "entry",
                    [
                        "lesson/zyxwv-lesson",
                        "lesson/zyxwv-lesson@es",
                        "course/zyxwv-course",
                        "video/zyxwv-trash",
                        "video/zyxwv-gone",
                        "video/zyxwv-new",
                    ]
                    .map(str::to_owned)
                    .to_vec(),
                ),
            ]),
            open: BTreeMap::from([
                ("draft", vec![mixed.clone()]),
                ("review", vec![reviews[1].clone()]),
                ("revision", vec![text(&open_entry["revision"]["revision"])]),
                (
                    "entry",
                    [
                        "lesson/simplest-form",
                        "video/multiplying-two-fractions",
                        "image/fraction-wall",
                        "course/fractions",
                        "unit/understanding-fractions@es",
                    ]
                    .map(str::to_owned)
                    .to_vec(),
                ),
                ("channel", shown("production")),
                (
                    "state",
                    vec![
                        "main".into(),
                        "main~1".into(),
                        format!("draft%2F{mixed}"),
                        "production".into(),
                    ],
                ),
                ("locale", shown("es")),
                ("right", vec!["read".into(), "edit".into()]),
            ]),
        }
    }

    async fn draft(root: &Person<'_>, title: &str) -> String {
        let made = root.succeeds("POST", "/authoring/v1/drafts", &json!({ "title": title })).await;
        made["draft"].as_str().unwrap().to_owned()
    }

    async fn write(root: &Person<'_>, draft: &str, key: &str) {
        let path = format!("/authoring/v1/drafts/{draft}/entries/{key}");
        let shown = root.gets(&path).await;
        let mut document = shown.json()["document"].clone();
        document["description"] = json!("Words: zyxwv.");
        if key == "lesson/simplest-form" {
            document["description"] = json!("Words.");
        }
        let seen = [("if-match", shown.header("etag"))];
        let saved = root.asks("PUT", &path, &seen, Some(&document)).await;
        assert_eq!(saved.status, 200, "{}", saved.json());
    }

    async fn add(root: &Person<'_>, draft: &str, key: &str) {
        let path = format!("/authoring/v1/drafts/{draft}/entries/{key}");
        let document = json!({ "title": "New zyxwv", "slug": "zyxwv-new", "youtube_id": "OVMceVL_CEQ",
            "duration_s": 60, "licence": "CC-BY-SA-4.0", "attribution": { "author": WORD } });
        let saved = root.asks("PUT", &path, &[("if-none-match", "*")], Some(&document)).await;
        assert_eq!(saved.status, 200, "{}", saved.json());
    }

    async fn review(root: &Person<'_>, draft: &str, revision: &Value) -> String {
        let path = format!("/authoring/v1/drafts/{draft}/commit");
        root.succeeds("POST", &path, &json!({ "message": "zyxwv" })).await;
        let title = if draft.is_empty() { WORD } else { "A review" };
        let new = json!({ "draft": draft, "title": title });
        let review = root.succeeds("POST", "/authoring/v1/reviews", &new).await;
        let review = review["review"].as_str().unwrap().to_owned();
        let anchor =
            json!({ "key": "lesson/zyxwv-lesson", "revision": revision, "pointer": "/title" });
        let said = json!({ "text": "zyxwv?", "anchor": anchor });
        root.succeeds("POST", &format!("/authoring/v1/reviews/{review}/comments"), &said).await;
        review
    }

    /// The addresses of an operation with each of the names that its parameters may have.
    fn addresses(&self, path: &str, is_hidden: bool) -> Vec<String> {
        let mut all = vec![path.replace("{kind}/{id}", "{entry}")];
        while let Some(at) = all.iter().position(|path| path.contains('{')) {
            let path = all.swap_remove(at);
            let name = path.split_once('{').unwrap().1.split_once('}').unwrap().0.to_owned();
            let place = format!("{{{name}}}");
            let hidden = self.names.get(&*name).filter(|_| is_hidden);
            let names = hidden.or_else(|| self.open.get(&*name)).or_else(|| self.names.get(&*name));
            let other = vec!["nothing".to_owned()];
            all.extend(names.unwrap_or(&other).iter().map(|value| path.replace(&place, value)));
        }
        all
    }
}

impl Person<'_> {
    async fn succeeds(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.asks(method, path, &[("if-match", "*")], Some(body)).await;
        assert!(answer.status.is_success(), "{method} {path}: {}", answer.json());
        answer.json()
    }
}

/// The queries with which reading addresses are asked as well.
const QUERIES: [&str; 6] = [
    "",
    "?at=main~1",
    "?trash=true",
    "?from=main~2&to=main",
    "?title=zyxwv",
    "?text=zyxwv&limit=200",
];

#[tokio::test]
async fn who_sees_a_part_finds_no_word_of_the_rest_at_any_address() {
    let app = TestApp::own();
    let hidden = Hidden::fill(&app).await;
    let described = app.get("/openapi.json").await.json();
    let root = app.person("root", Role::Administrator);
    for role in [Role::Viewer, Role::Publisher] {
        let person = limited(&app, &format!("a-{role}"), role, json!({ "subtree": PART })).await;
        let (mut asked, mut answered, mut hidden_from_them) = (0, 0, 0);
        for (path, item) in described["paths"].as_object().unwrap() {
            if !path.starts_with("/authoring/")
                || path.ends_with("/events")
                || item.get("get").is_none()
            {
                continue;
            }
            let mut all = hidden.addresses(path, true);
            all.extend(hidden.addresses(path, false));
            for (address, query) in all.iter().flat_map(|path| QUERIES.map(|query| (path, query))) {
                let answer = person.gets(&format!("{address}{query}")).await;
                asked += 1;
                answered += u32::from(answer.status == 200);
                let told = String::from_utf8_lossy(&answer.body).to_lowercase();
                // What the request itself says is no news.
                let named = hidden.names["entry"].iter().filter(|name| address.contains(*name));
                let told = named
                    .fold(told, |told, name| told.replace(name.split('@').next().unwrap(), "…"));
                let told =
                    if query.contains(WORD) { told.replace("\"zyxwv\"", "…") } else { told };
                assert!(!told.contains(WORD), "{role}: {address}{query}: {told}");
                if query.is_empty() {
                    let all = root.gets(address).await.body;
                    hidden_from_them += u32::from(String::from_utf8_lossy(&all).contains(WORD));
                }
            }
        }
        println!(
            "sight: {role}: {asked} requests, {answered} answered with 200, none with a word of what is hidden, of \
             which {hidden_from_them} addresses tell whoever sees everything"
        );
        assert!(asked > 300 && answered > 100 && hidden_from_them > 30, "{hidden_from_them}");
    }
}

#[tokio::test]
async fn what_is_not_seen_is_refused_as_what_is_not_there() {
    let app = TestApp::own();
    let hidden = Hidden::fill(&app).await;
    let described = app.get("/openapi.json").await.json();
    let person = limited(&app, "pia", Role::Publisher, json!({ "subtree": PART })).await;
    let named = ["{draft}", "{review}", "{commit}", "{kind}/{id}", "{schedule}"];
    let mut asked = 0;
    for (path, item) in described["paths"].as_object().unwrap() {
        if !path.starts_with("/authoring/") || !named.iter().any(|name| path.contains(name)) {
            continue;
        }
        for method in item.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            for address in hidden.addresses(path, true) {
                let empty = json!({});
                let body = (method != "GET").then_some(&empty);
                let headers = [("if-match", "*"), ("if-none-match", "\"x\"")];
                let headers = if method == "GET" { &[][..] } else { &headers[..1] };
                let answer = person.asks(&method, &address, headers, body).await;
                asked += 1;
                let status = answer.status.as_u16();
                assert!([403, 404].contains(&status), "{method} {address}: {status}");
                let told = String::from_utf8_lossy(&answer.body).replace(&*address, "");
                assert!(!told.contains("Title zyxwv"), "{method} {address}: {told}");
            }
        }
    }
    assert!(asked > 60, "{asked}");
}

#[tokio::test]
async fn bodies_and_refusals_name_nothing_that_is_not_seen() {
    let app = TestApp::own();
    Hidden::fill(&app).await;
    let person = limited(&app, "pia", Role::Publisher, json!({ "subtree": PART })).await;
    let draft = Hidden::draft(&person, "Mine").await;
    let at = format!("/authoring/v1/drafts/{draft}");
    let mine = "video/multiplying-two-fractions";
    // A video of theirs stands in a hidden lesson as well, which the refusal does not say.
    let trash = person.posts(&format!("{at}/trash"), &[], &json!({ "key": mine })).await;
    assert_eq!(trash.status, 409, "{}", trash.json());
    let told = trash.json().to_string();
    assert!(told.contains("lesson/fraction-times-fraction") && !told.contains(WORD), "{told}");
    let secret = "lesson/zyxwv-lesson";
    for (step, body) in [
        ("trash", json!({ "key": secret })),
        ("untrash", json!({ "key": "video/zyxwv-trash" })),
        ("place", json!({ "key": secret, "from": [], "parent": "unit/multiplying" })),
        ("place", json!({ "key": mine, "from": [], "parent": secret })),
        ("duplicate", json!({ "key": secret })),
        ("duplicate", json!({ "key": mine, "parent": secret })),
        ("restore", json!({ "key": secret, "revision": "0".repeat(64) })),
        (
            "batch",
            json!({ "keys": [secret], "steps": [{ "do": "set", "pointer": "/title", "value": "x" }], "trial": true }),
        ),
    ] {
        let answer = person.posts(&format!("{at}/{step}"), &[], &body).await;
        let problem = answer.json();
        assert_eq!(
            (answer.status.as_u16(), &problem["code"]),
            (404, &json!("entry-unknown")),
            "{step}: {problem}"
        );
        let words = problem.to_string().replace(secret, "").replace("video/zyxwv-trash", "");
        assert!(!words.contains(WORD), "{step}: {problem}");
    }
    let plan = person.posts("/authoring/v1/channels/production/plan", &[], &json!({})).await;
    assert!(!plan.json().to_string().contains(WORD), "{}", plan.json());
    let commands =
        person.posts("/authoring/v1/commands/stats", &[], &json!({ "request": {} })).await;
    assert_eq!(commands.code(), "right-missing", "{}", commands.json());
}

#[tokio::test]
async fn a_part_can_be_worked_in_without_seeing_the_rest() {
    let app = TestApp::own();
    Hidden::fill(&app).await;
    let person = limited(&app, "pia", Role::Publisher, json!({ "subtree": PART })).await;
    let all = person.all("/authoring/v1/entries", 50).await;
    let everything =
        app.person("root", Role::Administrator).all("/authoring/v1/entries", 200).await;
    let keys: Vec<&str> = all.iter().map(|row| row["key"].as_str().unwrap()).collect();
    assert!(keys.is_sorted() && keys.len() > 50 && keys.len() < everything.len(), "{}", keys.len());
    assert!(keys.contains(&PART) && keys.contains(&"image/fraction-wall"));
    assert!(!keys.contains(&"topic/root") && !keys.contains(&"template/one-of-four"));
    // Each one that is listed is shown, and each other one is not there.
    for row in &everything {
        let key = row["key"].as_str().unwrap();
        let status = person.gets(&format!("/authoring/v1/entries/{key}")).await.status;
        assert_eq!(status == 200, keys.contains(&key), "{key}: {status}");
    }
    // From a draft to learners.
    let draft = Hidden::draft(&person, "Mine").await;
    let at = format!("/authoring/v1/drafts/{draft}");
    Hidden::write(&person, &draft, "lesson/simplest-form").await;
    Hidden::add(&person, &draft, "video/mine").await;
    let place = json!({ "key": "video/mine", "from": [], "parent": "lesson/simplest-form" });
    person.succeeds("POST", &format!("{at}/commit"), &json!({})).await;
    person.succeeds("POST", &format!("{at}/place"), &place).await;
    let seen = person.gets(&format!("/authoring/v1/entries?at=draft%2F{draft}&title=zyxwv")).await;
    assert_eq!(seen.json()["rows"][0]["key"], "video/mine", "{}", seen.json());
    let review = json!({ "draft": draft, "title": "Mine" });
    let review = person.succeeds("POST", "/authoring/v1/reviews", &review).await;
    let review = format!("/authoring/v1/reviews/{}", review["review"].as_str().unwrap());
    assert_eq!(person.gets(&review).await.json()["entries"].as_array().unwrap().len(), 2);
    let other = limited(&app, "ria", Role::Publisher, json!({ "subtree": PART })).await;
    assert_eq!(other.gets(&review).await.json()["entries"].as_array().unwrap().len(), 2);
    // Into the trash and out of it again.
    let draft = Hidden::draft(&other, "Trash").await;
    let at = format!("/authoring/v1/drafts/{draft}");
    let key = json!({ "key": "video/improper-to-mixed", "everywhere": true });
    other.succeeds("POST", &format!("{at}/trash"), &key).await;
    let key = json!({ "key": "video/improper-to-mixed" });
    other.succeeds("POST", &format!("{at}/untrash"), &key).await;
    // From `main`'s trash too: it stands where it stood, for whoever may write there.
    let trash = json!({ "key": "video/multiplying-by-whole-numbers", "everywhere": true });
    other.succeeds("POST", &format!("{at}/trash"), &trash).await;
    other.succeeds("POST", &format!("{at}/merge"), &json!({})).await;
    let third =
        limited(&app, "mia", Role::Publisher, json!({ "subtree": "unit/multiplying" })).await;
    let listed = third.all("/authoring/v1/entries?trash=true", 20).await;
    let keys: Vec<&Value> = listed.iter().map(|row| &row["key"]).collect();
    assert_eq!(keys, ["video/multiplying-by-whole-numbers"], "and not what was trashed elsewhere");
    let draft = Hidden::draft(&third, "Back").await;
    let at = format!("/authoring/v1/drafts/{draft}");
    let key = json!({ "key": "video/multiplying-by-whole-numbers" });
    third.succeeds("POST", &format!("{at}/untrash"), &key).await;
    third.succeeds("POST", &format!("{at}/merge"), &json!({})).await;
    let back = third.gets("/authoring/v1/entries/video/multiplying-by-whole-numbers").await;
    assert_eq!(back.json()["parents"], json!(["lesson/fraction-of-a-number"]), "{}", back.json());
    // Elsewhere it can't be taken out, nor can what others did there be taken back.
    let none =
        third.posts(&format!("{at}/untrash"), &[], &json!({ "key": "video/zyxwv-trash" })).await;
    assert_eq!(none.status, 404, "{}", none.json());
}

#[tokio::test]
async fn what_others_did_elsewhere_is_not_taken_back() {
    let app = TestApp::own();
    let hidden = Hidden::fill(&app).await;
    let person = limited(&app, "pia", Role::Author, json!({ "subtree": "unit/multiplying" })).await;
    let draft = Hidden::draft(&person, "Mine").await;
    let path = format!("/authoring/v1/drafts/{draft}/revert");
    let commit = json!({ "commit": hidden.names["commit"][0] });
    let refused = person.posts(&path, &[], &commit).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (404, "commit-unknown"));
}

#[tokio::test]
async fn a_language_and_a_kind_are_parts_too() {
    let app = TestApp::own();
    Hidden::fill(&app).await;
    let tess = limited(&app, "tess", Role::Translator, json!({ "locales": ["es"] })).await;
    let entry = "/authoring/v1/entries/unit/understanding-fractions";
    assert_eq!(tess.gets(entry).await.json()["locales"], json!(["es"]));
    assert_eq!(tess.gets(&format!("{entry}@es")).await.status, 200);
    let arabic = "/authoring/v1/entries/course/fractions@ar";
    assert_eq!(tess.gets(arabic).await.code(), "entry-unknown");
    let kim = limited(&app, "kim", Role::Author, json!({ "kinds": ["image", "video"] })).await;
    let rows = kim.all("/authoring/v1/entries", 40).await;
    assert!(rows.iter().all(|row| {
        let key = row["key"].as_str().unwrap();
        key.starts_with("image/") || key.starts_with("video/")
    }));
    assert!(rows.len() > 30, "{}", rows.len());
    assert_eq!(kim.gets(entry).await.code(), "entry-unknown");
    let uses = kim.gets("/authoring/v1/entries/image/fraction-wall/uses").await.json();
    assert_eq!(uses["rows"], json!([]));
}

#[tokio::test]
async fn an_access_key_for_a_part_sees_that_part_whoever_has_it() {
    let app = TestApp::own();
    Hidden::fill(&app).await;
    app.person("root", Role::Administrator);
    let limits = Limits { subtree: Some(PART.parse().unwrap()), ..Limits::default() };
    let new = NewToken {
        hash: SecretHash::of(b"cms_part"),
        person: "root".parse().unwrap(),
        role: Role::Administrator,
        label: String::new(),
        expires_ms: None,
        bounds: Some(Bounds { limits, ..Bounds::of(Rights::ALL) }),
        brings_role: false,
        stamp: by_ana().stamp(""),
    };
    app.app.store().repository.create_token(&new).expect("a token");
    let key = Person { app: &app, token: "cms_part".into() };
    assert_eq!(key.gets("/authoring/v1/entries/lesson/zyxwv-lesson").await.code(), "entry-unknown");
    assert_eq!(key.gets("/authoring/v1/entries/lesson/simplest-form").await.status, 200);
    assert_eq!(
        key.gets("/authoring/v1/channels/production/publications").await.code(),
        "right-missing"
    );
    let server = Person { app: &app, token: TOKEN.into() };
    assert_eq!(server.gets("/authoring/v1/entries/lesson/zyxwv-lesson").await.status, 200);
}

#[tokio::test]
async fn what_was_taken_down_stands_in_nobodys_way() {
    let app = TestApp::own();
    let person = limited(&app, "pia", Role::Publisher, json!({ "subtree": PART })).await;
    let root = app.person("root", Role::Administrator);
    let words =
        json!({ "entries": ["image/area-model"], "reason": "privacy", "words": "A pupil." });
    let taken = root.posts("/authoring/v1/takedowns", &[], &words).await;
    assert!(taken.status.is_success(), "{}", taken.json());
    for path in [
        "/authoring/v1/entries",
        "/authoring/v1/entries?trash=true",
        "/authoring/v1/commits",
        "/authoring/v1/diff?from=main~1&to=main",
        "/authoring/v1/channels/production/holds",
        "/authoring/v1/drafts",
        "/authoring/v1/entries/exercise/area-models",
    ] {
        let answer = person.gets(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.json());
    }
    let plan = person.posts("/authoring/v1/channels/production/plan", &[], &json!({})).await;
    assert_eq!(plan.status, 200, "{}", plan.json());
    // Who may take down in another part of the catalogue is not told what was taken down here, nor why.
    let unit = json!({ "subtree": "unit/multiplying" });
    let other = limited(&app, "lia", Role::Administrator, unit).await;
    let listed = other.gets("/authoring/v1/takedowns").await;
    assert_eq!((listed.status.as_u16(), &listed.json()["rows"]), (200, &json!([])));
    let id = taken.json()["takedown"]["id"].as_str().unwrap().to_owned();
    let path = format!("/authoring/v1/takedowns/{id}");
    assert_eq!(other.gets(&path).await.code(), "takedown-unknown");
    assert_eq!(root.gets(&path).await.status, 200);
}
