//! Every address of the server, in one place.

use std::{sync::LazyLock, time::Duration};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, FromRef},
    http::Method,
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde_json::Value;
use tower_http::{catch_panic::CatchPanicLayer, timeout::RequestBodyTimeoutLayer};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::{App, reader::Reader},
    authoring, delivery,
    edge::{
        admission,
        body::BodyMax,
        idempotency::{self, Heeding},
        open,
        prepared::Prepared,
        query::NoQuery,
        rate::client_address::ClientAddress,
        request,
    },
    ground::attention,
    openapi,
    pages::{self, admin, home, learn, player, problems, schemas, ui},
    problem::{Code, Problem, caching::Caching},
    process::log,
    shared,
};

/// Largest body of a request, in bytes.
pub const BODY_SIZE_BYTES_MAX: usize = 1 << 20;
/// Largest body that holds documents, in bytes: one document at its limit, with room for escapes.
pub const DOCUMENT_SIZE_BYTES_MAX: usize = 16 << 20;

/// The OpenAPI document as the server sends it.
static DOCUMENT: LazyLock<Prepared> = LazyLock::new(|| Prepared::json(Caching::Named, &document()));

/// What the router needs besides the application.
#[derive(Debug, Clone, Copy)]
pub struct RouterSettings {
    /// Whether /admin exists.
    pub admin: bool,
    /// How long to wait for the next byte of a request's body.
    pub body_timeout: Duration,
}

/// Limits bodies to this many bytes.
fn at_most(size_bytes: usize) -> (DefaultBodyLimit, Extension<BodyMax>) {
    (DefaultBodyLimit::max(size_bytes), Extension(BodyMax(size_bytes)))
}

/// Codes what the program answers by itself, pages and the OpenAPI document, for later requests; this blocks.
pub fn code_ahead() {
    DOCUMENT.code_ahead();
    pages::code_ahead();
}

/// The OpenAPI document.
pub fn document() -> Value {
    openapi::complete(&described().to_openapi())
}

/// The OpenAPI document as it is committed.
///
/// # Panics
/// Never, because what was made from JSON is JSON.
pub fn document_text() -> String {
    serde_json::to_string_pretty(&document()).expect("JSON serialises")
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::description())
        .routes(routes!(delivery::channel::handler))
        .merge(immutable())
        .merge(attempts())
        .merge(authoring_routes())
        .routes(routes!(healthz))
        .routes(routes!(readyz))
}

/// What is delivered under addresses whose meaning never changes.
fn immutable<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Reader: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(delivery::snapshot::handler))
        .routes(routes!(delivery::entries::handler))
        .routes(routes!(delivery::entry::handler))
        .routes(routes!(delivery::entry::address))
        .routes(routes!(delivery::route::home))
        .routes(routes!(delivery::route::handler))
        .routes(routes!(delivery::object::handler))
        .routes(routes!(delivery::media::handler))
        .routes(routes!(delivery::media::given))
}

/// Attempts and hints of what was delivered.
fn attempts<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Reader: FromRef<S>,
    ClientAddress: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(delivery::attempts::score))
        .routes(routes!(delivery::attempts::hint))
        .layer(at_most(BODY_SIZE_BYTES_MAX))
}

fn authoring_routes() -> OpenApiRouter<App> {
    let small = OpenApiRouter::new()
        .routes(routes!(authoring::me::handler))
        .routes(routes!(authoring::states::list))
        .routes(routes!(authoring::states::one))
        .routes(routes!(authoring::entries::handler))
        .routes(routes!(authoring::entry::one))
        .routes(routes!(authoring::entry::uses))
        .routes(routes!(authoring::entry::history))
        .routes(routes!(authoring::entry::translations::segments))
        .routes(routes!(authoring::entry::translations::courses))
        .routes(routes!(authoring::entry::translations::entries))
        .routes(routes!(authoring::entry::blame::handler))
        .routes(routes!(authoring::revisions::one))
        .routes(routes!(authoring::commits::one))
        .routes(routes!(authoring::commits::changes))
        .routes(routes!(authoring::diff::handler))
        .routes(routes!(authoring::diff::entry))
        .routes(routes!(authoring::entry::editors))
        .routes(routes!(authoring::reviews::list, authoring::reviews::create))
        .routes(routes!(authoring::reviews::one, authoring::reviews::change))
        .routes(routes!(authoring::reviews::close))
        .routes(routes!(authoring::reviews::reopen))
        .routes(routes!(authoring::reviews::verdicts::approve))
        .routes(routes!(authoring::reviews::verdicts::request_changes))
        .routes(routes!(authoring::reviews::verdicts::look))
        .routes(routes!(authoring::reviews::verdicts::merge))
        .routes(routes!(authoring::reviews::verdicts::accept))
        .routes(routes!(authoring::reviews::talk::comment))
        .routes(routes!(authoring::reviews::talk::edit))
        .routes(routes!(authoring::reviews::talk::resolve, authoring::reviews::talk::unresolve))
        .routes(routes!(authoring::reviews::policy::one, authoring::reviews::policy::set))
        .routes(routes!(
            authoring::drafts::findings::policy::one,
            authoring::drafts::findings::policy::set
        ))
        .routes(routes!(authoring::channels::list))
        .routes(routes!(authoring::channels::one))
        .routes(routes!(authoring::channels::publications))
        .routes(routes!(authoring::channels::holds))
        .routes(routes!(authoring::channels::publication))
        .routes(routes!(authoring::publishing::plan))
        .routes(routes!(authoring::publishing::publish))
        .routes(routes!(authoring::publishing::rollback))
        .routes(routes!(authoring::publishing::unpublish))
        .routes(routes!(authoring::publishing::retire))
        .routes(routes!(authoring::publishing::revert))
        .routes(routes!(authoring::publishing::release))
        .routes(routes!(authoring::schedules::list))
        .routes(routes!(authoring::schedules::create))
        .routes(routes!(
            authoring::schedules::one,
            authoring::schedules::change,
            authoring::schedules::cancel
        ))
        .routes(routes!(authoring::schedules::retry))
        .routes(routes!(authoring::channels::unpublished::not_public))
        .routes(routes!(authoring::channels::unpublished::first_published))
        .routes(routes!(authoring::drafts::list, authoring::drafts::create))
        .routes(routes!(
            authoring::drafts::one,
            authoring::drafts::change,
            authoring::drafts::discard
        ))
        .routes(routes!(authoring::drafts::reopen))
        .routes(routes!(authoring::drafts::shares::list, authoring::drafts::shares::create))
        .routes(routes!(authoring::drafts::shares::revoke))
        .routes(routes!(authoring::drafts::changes::handler))
        .routes(routes!(authoring::drafts::entries::drop_working))
        .routes(routes!(authoring::drafts::steps::commit))
        .routes(routes!(authoring::drafts::steps::rebase))
        .routes(routes!(authoring::drafts::steps::merge))
        .routes(routes!(authoring::drafts::steps::revert))
        .routes(routes!(authoring::drafts::steps::restore))
        .routes(routes!(authoring::drafts::catalogue::place))
        .routes(routes!(authoring::drafts::catalogue::trash))
        .routes(routes!(authoring::drafts::catalogue::untrash))
        .routes(routes!(authoring::drafts::catalogue::duplicate))
        .routes(routes!(authoring::drafts::catalogue::batch))
        .routes(routes!(authoring::drafts::templates::list))
        .routes(routes!(authoring::drafts::templates::create))
        .routes(routes!(authoring::drafts::findings::list))
        .routes(routes!(authoring::drafts::findings::dismiss, authoring::drafts::findings::raise))
        .routes(routes!(authoring::drafts::conflicts::list))
        .routes(routes!(authoring::drafts::conflicts::resolve))
        .routes(routes!(authoring::events::handler))
        .routes(routes!(authoring::events::ticket::create))
        .routes(routes!(authoring::jobs::list, authoring::jobs::create))
        .routes(routes!(authoring::jobs::one, authoring::jobs::cancel))
        .routes(routes!(authoring::jobs::follow))
        .routes(routes!(authoring::notices::list))
        .routes(routes!(authoring::notices::read))
        .routes(routes!(authoring::commands::handler))
        .routes(routes!(authoring::export::handler))
        .routes(routes!(authoring::media::handler))
        .layer(at_most(BODY_SIZE_BYTES_MAX));
    let documents = OpenApiRouter::new()
        .routes(routes!(authoring::commits::list, authoring::commits::create))
        .routes(routes!(
            authoring::drafts::entries::one,
            authoring::drafts::entries::save,
            authoring::drafts::entries::trash
        ))
        .layer(at_most(DOCUMENT_SIZE_BYTES_MAX));
    let streamed = OpenApiRouter::new()
        .routes(routes!(authoring::import::handler))
        .routes(routes!(authoring::jobs::import::create))
        .layer(DefaultBodyLimit::disable());
    small.merge(documents).merge(streamed)
}

/// The whole server.
pub fn router(app: App, settings: RouterSettings) -> Router {
    let (described, description) = described().split_for_parts();
    let heeding = Heeding::of(&description);
    let mut router = described
        .route(
            "/openapi.json",
            get(|_: NoQuery, headers: axum::http::HeaderMap| async move {
                DOCUMENT.answer(&headers).await
            }),
        )
        .route("/", get(move |query: NoQuery, headers| home::index(settings.admin, query, headers)))
        .route("/home/{*path}", get(home::file))
        .route("/docs", get(admin::assets::to_docs))
        .route("/docs/", get(admin::assets::docs_index))
        .route("/docs/problems", get(async || Redirect::permanent("/docs/problems/")))
        .route("/docs/problems/", get(problems::all))
        .route("/docs/problems/{code}", get(problems::one))
        .route("/docs/{*path}", get(admin::assets::docs_file))
        .route("/schemas/", get(schemas::all))
        .route("/schemas/{*path}", get(schemas::file))
        .merge(learners_pages())
        .merge(shared_files());
    let (delivered, _) = immutable().merge(attempts()).split_for_parts();
    let (channel, _) = OpenApiRouter::new()
        .routes(routes!(delivery::channel::handler))
        .merge(immutable())
        .split_for_parts();
    router = router.merge(delivery::protected::router(channel));
    let pages = settings.admin.then(|| admin_pages().merge(shared_files()));
    router = router.merge(shared::router(&app, delivered, pages));
    if settings.admin {
        router = router.merge(admin_pages()).merge(admin_versions());
    }
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(other_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(RequestBodyTimeoutLayer::new(settings.body_timeout))
        .layer(middleware::from_fn_with_state(heeding, idempotency::heeded))
        .layer(middleware::from_fn(admission::admit))
        .layer(middleware::from_fn(attention::heed))
        .layer(middleware::from_fn(open::to_origins))
        .layer(middleware::from_fn(request::observe))
        .with_state(app)
}

fn admin_versions() -> Router<App> {
    Router::new()
        .route("/admin/api/channels", get(admin::versions::channels))
        .route("/admin/api/channels/{channel}/versions", get(admin::versions::list))
        .route("/admin/api/channels/{channel}/versions/{sequence}", get(admin::versions::one))
}

/// The pages that show content to learners; they hold only their own files.
fn learners_pages() -> Router<App> {
    Router::new()
        .route("/player", get(player::to_index))
        .route("/player/", get(player::index))
        .route("/player/{*path}", get(player::file))
        .route("/learn", get(learn::to_index))
        .route("/learn/", get(learn::index))
        .route("/learn/{*path}", get(learn::file))
}

/// The files that the pages share.
fn shared_files<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/ui/{*path}", get(ui::file))
}

/// The admin page, without the versions that it lists, because those differ below a link.
fn admin_pages<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Reader: FromRef<S>,
{
    Router::new()
        .route("/admin", get(admin::assets::to_admin))
        .route("/admin/", get(admin::assets::admin_index))
        .route("/admin/{*path}", get(admin::assets::admin_file))
        .route(
            "/admin/api/snapshots/{snapshot}/{locale}/places/{kind}/{id}",
            get(admin::place::handler),
        )
        .route("/admin/api/compare", get(admin::compare::handler))
}

async fn nothing_here() -> Problem {
    Problem::new(Code::PathUnknown, "see /docs for the addresses that there are")
}

async fn other_method(method: Method) -> Problem {
    Problem::new(Code::MethodNotAllowed, format!("this address does not take {method}"))
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let said = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    Problem::internal(format!("a handler panicked: {said}")).into_response()
}

/// Whether the process is alive
///
/// Says nothing about the store; `/readyz` does.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "operation",
    responses((status = 200, description = "It is", content_type = "text/plain", body = String)),
)]
async fn healthz() -> Response {
    ([Caching::NoStore.header()], "ok\n").into_response()
}

/// Whether the store answers
///
/// The answer is `ready`, with a second line that says how many lines of the log were lost, if any.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "operation",
    responses(
        (status = 200, description = "It does", content_type = "text/plain", body = String),
        (status = 503, description = "It does not"),
    ),
)]
async fn readyz(axum::extract::State(app): axum::extract::State<App>) -> Result<Response, Problem> {
    app.is_ready().await?;
    let lost = match log::lines_lost() {
        0 => String::new(),
        lines => format!("log lines lost: {lines}\n"),
    };
    let refused = match app.store().local.as_ref().and_then(|local| local.refusal()) {
        None => String::new(),
        Some(why) => format!("{why}\n"),
    };
    Ok(([Caching::NoStore.header()], format!("ready\n{refused}{lost}")).into_response())
}
