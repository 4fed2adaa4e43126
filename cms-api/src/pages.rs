//! Pages that are in the program itself: how their files are answered, and what keeps each page to itself.

pub mod admin;
pub mod learn;
pub mod player;
pub mod ui;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use rust_embed::EmbeddedFile;

use crate::edge::{
    cache::Tagged,
    problem::{Code, Problem},
};

/// For files that keep their name when they change: kept, and asked about each time.
pub const NAMED: &str = "no-cache";

/// What a browser is told about the files of one page.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    /// The page's `Content-Security-Policy`.
    pub policy: &'static str,
    /// Who may frame it, in the words of `X-Frame-Options`.
    pub framed_by: &'static str,
}

impl Guard {
    /// A file of the page, or a 404.
    pub fn answer(
        self,
        path: &str,
        file: Option<EmbeddedFile>,
        cache_control: &'static str,
        headers: &HeaderMap,
    ) -> Result<Response, Problem> {
        let file = file
            .ok_or_else(|| Problem::new(Code::PathUnknown, "there is no such file of this page"))?;
        let tag = &file.metadata.sha256_hash()[..16];
        let tagged = Tagged {
            content_type: content_type(path),
            cache_control,
            tag: tag.iter().map(|byte| format!("{byte:02x}")).collect(),
            body: file.data.into_owned().into(),
        };
        let mut response = tagged.answer(headers).into_response();
        self.stand(response.headers_mut());
        Ok(response)
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

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
