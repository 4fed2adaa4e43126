//! A browser in a test: it keeps cookies, says where it is, and sends the token against forged requests.

use std::collections::BTreeMap;

use axum::{body::Body, http::Request};
use cms_api::{ground::authorship::Authorship, verbs::admin};
use serde_json::{Value, json};

use crate::test_app::{Answer, TestApp};

/// A password that may be chosen.
pub(crate) const PASSWORD: &str = "seventeen green bottles";
/// Where the tests' server thinks it is.
pub(crate) const HOST: &str = "localhost:8080";

/// A browser.
pub(crate) struct Browser<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) csrf_token: String,
    pub(crate) host: &'static str,
    pub(crate) origin: Option<String>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            cookies: BTreeMap::new(),
            csrf_token: String::new(),
            host: HOST,
            origin: Some(format!("http://{HOST}")),
        }
    }

    /// A browser at an address that is reached over HTTPS.
    pub(crate) fn secure(app: &'a TestApp) -> Self {
        let origin = Some("https://cms.example".to_owned());
        Self { host: "cms.example", origin, ..Self::new(app) }
    }

    /// A browser in which the first administrator has just been made.
    pub(crate) async fn of_first_administrator(app: &'a TestApp) -> Self {
        let mut browser = Self::new(app);
        let answer = browser
            .posts(
                "/authoring/v1/links/accept",
                &json!({
                    "secret": first_secret(app),
                    "name": "Ana Köhler",
                    "email": "ana@example.org",
                    "password": PASSWORD,
                }),
            )
            .await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        browser
    }

    /// Invites somebody, who accepts in a browser of their own.
    pub(crate) async fn brings(&mut self, name: &str, role: &str) -> Browser<'a> {
        let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
        let body = json!({ "name": name, "email": email, "role": role });
        let invited = self.posts("/authoring/v1/people", &body).await;
        assert_eq!(invited.status, 201, "{}", invited.json());
        let secret = secret_of(&invited.json()["link"]);
        let mut browser = Browser::new(self.app);
        let body = json!({ "secret": secret, "password": PASSWORD });
        let answer = browser.posts("/authoring/v1/links/accept", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        browser
    }

    pub(crate) async fn signs_in(&mut self, name: &str, password: &str) -> Answer {
        let body = json!({ "name": name, "password": password });
        self.posts("/authoring/v1/session", &body).await
    }

    pub(crate) async fn gets(&mut self, path: &str) -> Answer {
        self.asks("GET", path, &[], None).await
    }

    pub(crate) async fn posts(&mut self, path: &str, body: &Value) -> Answer {
        self.asks("POST", path, &[], Some(body)).await
    }

    pub(crate) async fn asks(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let answer = self.app.send(self.request(method, path, headers, body)).await;
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Ok(body) = serde_json::from_slice::<Value>(&answer.body)
            && let Some(token) = body["csrf_token"].as_str()
        {
            self.csrf_token = token.to_owned();
        }
        answer
    }

    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path).header("host", self.host);
        if let Some(origin) = self.origin.as_ref().filter(|_| method != "GET") {
            request = request.header("origin", origin);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<_> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", cookies.join("; "));
        }
        if !self.csrf_token.is_empty() && method != "GET" {
            request = request.header("x-csrf-token", &self.csrf_token);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| body.to_string().into());
        request.body(body).expect("a request")
    }
}

/// The secret of a new link that makes the first administrator.
pub(crate) fn first_secret(app: &TestApp) -> String {
    let by = Authorship::own("cms".parse().unwrap(), app.app.now_ms());
    let report = admin::link::execute(app.app.store(), Default::default(), &by).unwrap();
    report.path.strip_prefix("/welcome#").unwrap().to_owned()
}

/// The secret in a link that was handed over.
pub(crate) fn secret_of(link: &Value) -> String {
    link["url"].as_str().unwrap().split_once("/welcome#").unwrap().1.to_owned()
}
