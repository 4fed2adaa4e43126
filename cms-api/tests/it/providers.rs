//! Signing in at providers of identities, and the roles that groups there stand for.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing};
use cms_api::process::config::provider::Provider;
use cms_core::access::Role;
use openidconnect::{
    Audience, EmptyAdditionalClaims, IssuerUrl, Nonce, StandardClaims, SubjectIdentifier,
    core::{CoreHmacKey, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    test_app::{TIME_MS, TestApp},
};

const SECRET: &str = "known to the provider and the server";

/// A provider with one person, whose answers a test sets.
#[derive(Clone)]
struct School {
    name: &'static str,
    issuer: String,
    says: Arc<Mutex<Says>>,
}

/// What the provider says next.
struct Says {
    nonce: String,
    status: StatusCode,
    /// What it tells about its person.
    about: Value,
}

async fn configuration(State(school): State<School>) -> Json<Value> {
    let issuer = &school.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["HS256"],
    }))
}

async fn token(State(school): State<School>) -> Json<Value> {
    let at = |ms: u64| chrono::DateTime::from_timestamp_millis(ms as i64).unwrap();
    let claims = CoreIdTokenClaims::new(
        IssuerUrl::new(school.issuer.clone()).unwrap(),
        vec![Audience::new("cms".into())],
        at(TIME_MS + 60_000),
        at(TIME_MS),
        StandardClaims::new(SubjectIdentifier::new("olga".into())),
        EmptyAdditionalClaims {},
    )
    .set_nonce(Some(Nonce::new(school.says.lock().unwrap().nonce.clone())));
    let key = CoreHmacKey::new(SECRET);
    let algorithm = CoreJwsSigningAlgorithm::HmacSha256;
    let token = CoreIdToken::new(claims, &key, algorithm, None, None).unwrap();
    Json(json!({ "access_token": "a", "token_type": "Bearer", "id_token": token.to_string() }))
}

async fn userinfo(State(school): State<School>) -> (StatusCode, String) {
    let says = school.says.lock().unwrap();
    let text = says.about.as_str().map_or_else(|| says.about.to_string(), str::to_owned);
    (says.status, text)
}

impl School {
    async fn opens(name: &'static str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let about = json!({ "sub": "olga", "name": "Olga" });
        let says = Says { nonce: String::new(), status: StatusCode::OK, about };
        let school = Self { name, issuer, says: Arc::new(Mutex::new(says)) };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", routing::get(configuration))
            .route("/keys", routing::get(async || Json(json!({ "keys": [] }))))
            .route("/token", routing::post(token))
            .route("/userinfo", routing::get(userinfo))
            .with_state(school.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        school
    }

    fn setting(&self) -> Provider {
        let roles = [("staff", Role::Author), ("heads", Role::Publisher)];
        Provider {
            name: self.name.into(),
            title: self.name.into(),
            issuer: self.issuer.clone(),
            client_id: "cms".into(),
            client_secret: Some(SECRET.into()),
            scopes: Vec::new(),
            groups_claim: "groups".into(),
            roles: BTreeMap::from(roles.map(|(group, role)| (group.to_owned(), role))),
            creates_accounts: true,
            is_second_factor: false,
        }
    }

    fn has_in(&self, groups: &[&str]) {
        let about = json!({ "sub": "olga", "name": "Olga", "groups": groups });
        self.answers(StatusCode::OK, about);
    }

    fn answers(&self, status: StatusCode, about: Value) {
        let mut says = self.says.lock().unwrap();
        (says.status, says.about) = (status, about);
    }

    /// Olga goes there and comes back; where to, is returned.
    async fn vouches(&self, browser: &mut Browser<'_>, link: bool) -> String {
        let path = format!("/authoring/v1/session/oidc/{}", self.name);
        let body = json!({ "return_to": "/admin/", "link": link });
        let begun = browser.posts(&format!("{path}/start"), &body).await;
        assert_eq!(begun.status, 200, "{}", begun.json());
        let url = begun.json()["url"].as_str().unwrap().to_owned();
        let of = |name: &str| {
            let (_, rest) = url.split_once(&format!("{name}=")).unwrap();
            rest.split('&').next().unwrap().to_owned()
        };
        self.says.lock().unwrap().nonce = of("nonce");
        let back = format!("{path}/callback?state={}&code=c", of("state"));
        let answer = browser.gets(&back).await;
        assert_eq!(answer.status, 303);
        answer.header("location").to_owned()
    }

    /// Olga signs in through it, in a browser of its own.
    async fn signs_in<'a>(&self, app: &'a TestApp) -> Browser<'a> {
        let mut browser = Browser::new(app);
        assert_eq!(self.vouches(&mut browser, false).await, "/admin/");
        browser.gets("/authoring/v1/session").await;
        browser
    }
}

async fn role(browser: &mut Browser<'_>) -> Value {
    browser.gets("/authoring/v1/session").await.json()["role"].clone()
}

#[tokio::test]
async fn a_provider_that_fails_to_tell_of_groups_takes_no_role() {
    let school = School::opens("school").await;
    let app = TestApp::with_providers(vec![school.setting()]);
    school.has_in(&["heads"]);
    let mut olga = school.signs_in(&app).await;
    assert_eq!(role(&mut olga).await, "publisher");
    for status in [503, 500, 429, 403, 302] {
        school.answers(StatusCode::from_u16(status).unwrap(), json!("not now"));
        let place = school.vouches(&mut Browser::new(&app), false).await;
        assert_eq!(place, "/sign-in#problem=provider-unavailable", "{status}");
        assert_eq!(role(&mut olga).await, "publisher", "{status}");
    }
    // A signed answer is a success, and can't be read here: it says nothing about groups.
    school.answers(StatusCode::OK, json!("eyJhbGciOiJub25lIn0.e30."));
    let mut again = school.signs_in(&app).await;
    assert_eq!(role(&mut again).await, "publisher");
    // What the provider does say is followed.
    school.has_in(&["staff"]);
    let mut again = school.signs_in(&app).await;
    assert_eq!(role(&mut again).await, "author");
    school.answers(StatusCode::OK, json!({ "sub": "olga" }));
    school.signs_in(&app).await;
    for browser in [&mut olga, &mut again] {
        assert_eq!(role(browser).await, Value::Null, "a claim that is left out is empty");
    }
}

#[tokio::test]
async fn a_second_provider_takes_nothing_that_the_first_gave() {
    let (school, club) = (School::opens("school").await, School::opens("club").await);
    let app = TestApp::with_providers(vec![school.setting(), club.setting()]);
    school.has_in(&["heads"]);
    let mut olga = school.signs_in(&app).await;
    assert_eq!(club.vouches(&mut olga, true).await, "/admin/");
    let mut there = club.signs_in(&app).await;
    assert_eq!(role(&mut there).await, "publisher", "no group of the club has a role");
    club.has_in(&["staff"]);
    club.signs_in(&app).await;
    school.has_in(&[]);
    school.signs_in(&app).await;
    let mut there = club.signs_in(&app).await;
    assert_eq!(role(&mut there).await, "author", "the club's is left");
    let person = olga.gets("/authoring/v1/session").await.json()["person"].clone();
    let rules = app.app.store().repository.rules().unwrap();
    let own = rules.all().filter(|grant| grant.person == person.as_str().unwrap());
    let ids: Vec<_> = own.map(|grant| grant.id.clone()).collect();
    assert_eq!(ids, [format!("provider-club-{}", person.as_str().unwrap())]);
}
