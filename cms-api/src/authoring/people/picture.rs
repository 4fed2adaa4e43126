//! `…/account/picture`: one's own picture.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cms_core::media::media_type;

use crate::{
    app::App,
    edge::{access::signed::Signed, body::WholeBody, query::NoQuery},
    problem::{Code, Problem, caching::Caching},
};

/// The formats of pictures of people. A drawing may hold script, and a film is no picture.
const FORMATS: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// Set your picture
///
/// The body is the picture: JPEG, PNG or WebP, at most 256 KiB. It is kept as it is sent and shown to colleagues, so
/// send a small copy without what a camera wrote into it.
#[utoipa::path(
    put,
    path = "/authoring/v1/account/picture",
    operation_id = "account_picture_set",
    tag = "account",
    request_body(content = Vec<u8>, content_type = "image/*"),
    responses(
        (status = 204, description = "It is kept"),
        (status = 413, description = "It is larger than 256 KiB"),
        (status = 422, description = "It is no picture of these formats"),
    ),
)]
pub async fn set(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
    WholeBody(bytes): WholeBody,
) -> Result<Response, Problem> {
    let format = media_type(&bytes).filter(|found| FORMATS.contains(&found.name));
    if format.is_none() {
        let detail = format!(
            "a picture of a person is JPEG, PNG or WebP, and this is {}",
            cms_core::media::described(&bytes)
        );
        return Err(Problem::new(Code::AccountRefused, detail));
    }
    keep(&app, signed, Some(bytes)).await
}

/// Remove your picture
///
/// Colleagues see your name alone from then on, and the bytes are gone with the next rotation of the store.
#[utoipa::path(
    delete,
    path = "/authoring/v1/account/picture",
    operation_id = "account_picture_delete",
    tag = "account",
    responses((status = 204, description = "There is none")),
)]
pub async fn remove(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
) -> Result<Response, Problem> {
    keep(&app, signed, None).await
}

async fn keep(
    app: &App,
    signed: Signed,
    picture: Option<axum::body::Bytes>,
) -> Result<Response, Problem> {
    signed.must_be_whole(app.worker(), app.signing()).await?;
    let now_ms = app.now_ms();
    app.core(move |store| {
        let stamp = signed.own(store, now_ms).stamp("");
        store.repository.people().set_picture(&signed.account.id, picture.as_ref(), &stamp)?;
        Ok(())
    })
    .await?;
    let headers: [_; 1] = [Caching::NoStore.header()];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}
