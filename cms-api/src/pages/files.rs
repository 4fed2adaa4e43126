//! Sends the files of pages, each with the policy of its page. No file is copied or coded for a request; see
//! [`crate::edge::prepared`].

use std::borrow::Cow;

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use rust_embed::EmbeddedFile;

use crate::{
    edge::{cache::Described, prepared::Prepared},
    problem::{Code, Problem, caching::Caching},
};

/// What a browser is told about the files of one page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guard {
    /// The page's `Content-Security-Policy`.
    pub(crate) policy: &'static str,
    /// Who may frame it, as a value of `X-Frame-Options`.
    pub(crate) framed_by: &'static str,
}

impl Guard {
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
        let mut response = prepared(path, file, caching).answer(headers).await;
        self.stand(response.headers_mut());
        Ok(response)
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
        let mut response = Prepared::new(described, html.into(), hash).answer(headers).await;
        self.stand(response.headers_mut());
        response
    }

    fn stand(self, headers: &mut HeaderMap) {
        for (name, value) in [
            (header::CONTENT_SECURITY_POLICY, self.policy),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_FRAME_OPTIONS, self.framed_by),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
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
