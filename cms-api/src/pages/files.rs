//! Sends the files of pages, each as one of its page ([`crate::edge::guard`]). No file is copied or coded for a request; see
//! [`crate::edge::prepared`].

use std::borrow::Cow;

use axum::{body::Bytes, http::HeaderMap, response::Response};
use rust_embed::EmbeddedFile;

use crate::{
    edge::{
        cache::Described,
        guard::{Answer, Page},
        prepared::Prepared,
    },
    problem::{Code, Problem, caching::Caching},
};

impl Page {
    /// A file of the page, or a 404.
    pub(crate) async fn answer(
        self,
        path: &str,
        file: Option<EmbeddedFile>,
        caching: Caching,
        headers: &HeaderMap,
    ) -> Result<Response, Problem> {
        let file = file
            .ok_or_else(|| Problem::new(Code::PathUnknown, "there is no such file of this page"))?;
        Ok(self.guards(prepared(path, file, caching).answer(headers).await))
    }

    /// A page that was made from text.
    pub(crate) async fn page(
        self,
        html: String,
        caching: Caching,
        headers: &HeaderMap,
    ) -> Response {
        let hash = *blake3::hash(html.as_bytes()).as_bytes();
        let described = Described {
            content_type: content_type(".html"),
            caching,
            tag: hash[..16].iter().map(|byte| format!("{byte:02x}")).collect(),
            size_bytes: html.len(),
        };
        self.guards(Prepared::new(described, html.into(), hash).answer(headers).await)
    }

    /// Says that an answer is of this page.
    fn guards(self, mut response: Response) -> Response {
        response.extensions_mut().insert(Answer::Page(self));
        response
    }
}

pub(crate) fn prepared(path: &str, file: EmbeddedFile, caching: Caching) -> Prepared {
    let hash = file.metadata.sha256_hash();
    let body = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    let described = Described {
        content_type: content_type(path),
        caching,
        tag: hash[..16].iter().map(|byte| format!("{byte:02x}")).collect(),
        size_bytes: body.len(),
    };
    Prepared::new(described, body, hash)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/schema+json",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
