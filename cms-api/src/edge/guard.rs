//! What browsers may do with an answer. This is the only file that names these headers, so that nobody who writes a
//! handler has to think of them: an answer that says nothing about itself is data, and data can do nothing.
//!
//! Invariants:
//! 1. Every answer has them, refusals included, whatever its handler set.
//! 2. Script runs only in pages of this program, and only from files of this program: no page allows script within the
//!    page, made from text, or from elsewhere.
//! 3. What people upload never runs anything and has no origin, however a browser opens it
//!    (docs/adr/2026-11-30-uploads-stay-as-they-are.md).
//! 4. Nothing of this server is framed by another, and only the player by this one.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use super::{address::open, client::Client};

/// Which browsing contexts share a process with a page.
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
/// Which pages may embed an answer without asking.
const EMBEDDING: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// Which of a device's abilities a page may use.
const ABILITIES: HeaderName = HeaderName::from_static("permissions-policy");

/// No page here uses any of these.
const NO_ABILITIES: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()";
/// A year. Names below this one are left to whoever runs them.
const ONLY_HTTPS: &str = "max-age=31536000";

/// What data may do: nothing.
pub(crate) const DATA: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";
/// An uploaded picture may have styles of its own; nothing in it runs, loads or has an origin.
const UPLOAD: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// What an answer is. A handler says it by putting this into the extensions of its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer {
    /// Data for programs: JSON, events, refusals. What says nothing about itself counts as this.
    #[default]
    Data,
    /// A page of this program, or one of its files.
    Page(Page),
    /// A file that somebody uploaded.
    Upload(Upload),
}

/// The pages that this program has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// `/`.
    Home,
    /// `/admin/`, also below a link.
    Admin,
    /// `/docs/`.
    Docs,
    /// `/docs/problems/`.
    Problems,
    /// `/sign-in` and `/welcome`.
    Enter,
    /// `/learn/`.
    Learn,
    /// `/player/`, which shows what authors wrote.
    Player,
    /// The files that pages share, and published schemas: nothing that is opened by itself.
    Files,
}

/// What an uploaded file is to a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upload {
    /// A picture, a film, a sound or captions.
    Shown,
    /// Anything else: a browser only saves it.
    Saved,
}

impl Upload {
    /// What a file with this media type is to a browser.
    pub fn of(media_type: &str) -> Self {
        let family = media_type.split('/').next().unwrap_or_default();
        let is_shown = matches!(family, "image" | "video" | "audio")
            || media_type.split(';').next() == Some("text/vtt");
        if is_shown { Self::Shown } else { Self::Saved }
    }
}

impl Page {
    /// What the page and its files may do, as a `Content-Security-Policy`.
    pub const fn policy(self) -> &'static str {
        match self {
            Self::Home => {
                "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
form-action 'none'; frame-ancestors 'none'"
            }
            // It frames the player.
            Self::Admin | Self::Docs => {
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
media-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; \
frame-ancestors 'none'"
            }
            Self::Enter => {
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            }
            Self::Problems => {
                "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            }
            // The player and, once a learner starts it, a video from YouTube.
            Self::Learn => {
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
media-src 'self'; connect-src 'self'; frame-src 'self' https://www.youtube-nocookie.com; \
base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            }
            // Perseus sets styles on elements, so styles can't be named one by one; scripts can.
            Self::Player => {
                "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; \
img-src 'self' data:; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; \
sandbox allow-scripts"
            }
            Self::Files => {
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            }
        }
    }

    fn set(self, headers: &mut HeaderMap) {
        put(headers, header::CONTENT_SECURITY_POLICY, self.policy());
        put(headers, header::REFERRER_POLICY, "no-referrer");
        put(headers, ABILITIES, NO_ABILITIES);
        if matches!(self, Self::Player) {
            // It has an opaque origin: to its own files, it is a page from elsewhere. Browsers refuse a sandbox that
            // wants a process of its own.
            put(headers, header::X_FRAME_OPTIONS, "SAMEORIGIN");
            put(headers, EMBEDDING, "cross-origin");
        } else {
            put(headers, header::X_FRAME_OPTIONS, "DENY");
            put(headers, EMBEDDING, "same-origin");
            put(headers, OPENER, "same-origin");
        }
    }
}

fn is_picture(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    media_type.is_some_and(|media_type| media_type.starts_with(b"image/"))
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// Gives every answer its headers.
pub async fn stand(request: Request, next: Next) -> Response {
    let client = request.extensions().get::<Client>().copied().unwrap_or_default();
    let is_open = open::is_open(request.uri().path());
    let mut response = next.run(request).await;
    let answer = response.extensions().get::<Answer>().copied().unwrap_or_default();
    let headers = response.headers_mut();
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Learners' apps of any origin embed what is delivered; a page that does so decides it in its own policy.
    put(headers, EMBEDDING, if is_open { "cross-origin" } else { "same-origin" });
    match answer {
        Answer::Data => put(headers, header::CONTENT_SECURITY_POLICY, DATA),
        Answer::Page(page) => {
            page.set(headers);
            // The player shows pictures of pages too, and to it they are from elsewhere.
            if is_picture(headers) {
                put(headers, EMBEDDING, "cross-origin");
            }
        }
        Answer::Upload(upload) => {
            put(headers, header::CONTENT_SECURITY_POLICY, UPLOAD);
            if upload == Upload::Saved {
                put(headers, header::CONTENT_DISPOSITION, "attachment");
            }
        }
    }
    if client.is_https {
        put(headers, header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: [Page; 8] = [
        Page::Home,
        Page::Enter,
        Page::Admin,
        Page::Docs,
        Page::Problems,
        Page::Learn,
        Page::Player,
        Page::Files,
    ];

    #[test]
    fn no_page_runs_script_from_text_or_from_elsewhere() {
        for page in PAGES {
            let policy = page.policy();
            let directive = |name: &str| {
                let mut all = policy.split(';').map(str::trim);
                all.find_map(|one| one.strip_prefix(name)).map(str::trim)
            };
            assert_eq!(directive("default-src"), Some("'none'"), "{page:?}");
            assert!(matches!(directive("script-src"), None | Some("'self'")), "{page:?}: {policy}");
            assert!(directive("frame-ancestors").is_some(), "{page:?}");
            let has_loose_styles = policy.contains("'unsafe-inline'");
            assert_eq!(has_loose_styles, page == Page::Player, "{page:?}");
            assert!(!policy.contains("unsafe-eval") && !policy.contains('*'), "{page:?}");
        }
    }

    #[test]
    fn only_pictures_films_sounds_and_captions_are_shown() {
        for shown in
            ["image/png", "image/svg+xml", "video/mp4", "audio/mpeg", "text/vtt; charset=utf-8"]
        {
            assert_eq!(Upload::of(shown), Upload::Shown, "{shown}");
        }
        for saved in
            ["application/octet-stream", "application/pdf", "text/html", "text/plain", "", "imagex"]
        {
            assert_eq!(Upload::of(saved), Upload::Saved, "{saved}");
        }
    }
}
