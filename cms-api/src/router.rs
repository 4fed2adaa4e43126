//! Every address of the server, in one place.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, FromRef},
    http::Method,
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use cms_core::{access::Right, repo::PICTURE_SIZE_BYTES_MAX};
use serde_json::Value;
use tower_http::{catch_panic::CatchPanicLayer, timeout::RequestBodyTimeoutLayer};
use utoipa_axum::routes;

use crate::{
    app::{App, reader::Reader},
    authoring, delivery,
    edge::{
        address::open,
        admission,
        body::BodyMax,
        client, guard,
        idempotency::{self, Heeding},
        needs::{self, Addresses, Judge, Need, Needs},
        prepared::Prepared,
        query::NoQuery,
        request,
    },
    ground::{
        attention,
        limits::{BODY_SIZE_BYTES_MAX, BODY_WITH_DOCUMENTS_SIZE_BYTES_MAX},
    },
    openapi,
    pages::{self, admin, enter, home, learn, player, problems, schemas, ui},
    problem::{Code, Problem, caching::Caching},
    process::log,
    shared,
};

/// What addresses need that anybody with the right somewhere may use.
const READ: Need = Need::Right(Right::Read);
/// What addresses need that tell of the whole catalogue at once.
const READ_ALL: Need = Need::Everything(Right::Read);
const PROPOSE: Need = Need::Right(Right::Propose);
const APPROVE: Need = Need::Right(Right::Approve);
const ACCEPT: Need = Need::Right(Right::Accept);
const PUBLISH: Need = Need::Right(Right::Publish);
const IMPORT: Need = Need::Right(Right::Import);
const PEOPLE: Need = Need::Right(Right::People);
const CONFIGURE: Need = Need::Right(Right::Configure);
const TAKEDOWN: Need = Need::Right(Right::Takedown);
const AUDIT: Need = Need::Right(Right::Audit);

/// Largest body about accounts, in bytes.
const PEOPLE_SIZE_BYTES_MAX: usize = 64 << 10;
/// The OpenAPI document as the server sends it.
static DOCUMENT: LazyLock<Prepared> = LazyLock::new(|| Prepared::json(Caching::Named, &document()));

/// What the router needs besides the application.
#[derive(Debug, Clone, Copy)]
pub struct RouterSettings {
    /// Whether /admin exists.
    pub admin: bool,
    /// How long to wait for the next byte of a request's body.
    pub body_timeout: Duration,
    /// How long a request may take until its answer begins.
    pub request_timeout: Duration,
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

fn described() -> Addresses<App> {
    Addresses::described_in(openapi::description())
        .needing(Need::Nothing, routes!(delivery::channel::handler))
        .needing(Need::Nothing, routes!(delivery::channel::revocations))
        .merge(immutable())
        .merge(attempts())
        .merge(authoring_routes())
        .merge(audit_routes())
        .needing(Need::Nothing, routes!(healthz))
        .needing(Need::Nothing, routes!(readyz))
}

/// What is delivered under addresses whose meaning never changes.
fn immutable<S>() -> Addresses<S>
where
    S: Clone + Send + Sync + 'static,
    Reader: FromRef<S>,
{
    Addresses::new()
        .needing(Need::Nothing, routes!(delivery::snapshot::handler))
        .needing(Need::Nothing, routes!(delivery::entries::handler))
        .needing(Need::Nothing, routes!(delivery::entry::handler))
        .needing(Need::Nothing, routes!(delivery::entry::address))
        .needing(Need::Nothing, routes!(delivery::route::home))
        .needing(Need::Nothing, routes!(delivery::route::handler))
        .needing(Need::Nothing, routes!(delivery::object::handler))
        .needing(Need::Nothing, routes!(delivery::media::handler))
        .needing(Need::Nothing, routes!(delivery::media::given))
}

/// Attempts and hints of what was delivered.
fn attempts<S>() -> Addresses<S>
where
    S: Clone + Send + Sync + 'static,
    Reader: FromRef<S>,
{
    Addresses::new()
        .needing(Need::Nothing, routes!(delivery::attempts::score))
        .needing(Need::Nothing, routes!(delivery::attempts::hint))
        .limited(|routes| routes.layer(at_most(BODY_SIZE_BYTES_MAX)))
}

/// Taking content down, and what was taken down.
fn takedowns() -> Addresses<App> {
    Addresses::new()
        .needing(
            TAKEDOWN,
            routes!(
                authoring::publishing::takedowns::list,
                authoring::publishing::takedowns::create
            ),
        )
        .needing(TAKEDOWN, routes!(authoring::publishing::takedowns::one))
}

fn draft_routes() -> Addresses<App> {
    Addresses::new()
        .needing(READ, routes!(authoring::drafts::findings::policy::one))
        .needing(CONFIGURE, routes!(authoring::drafts::findings::policy::set))
        .needing(READ, routes!(authoring::drafts::list))
        .needing(PROPOSE, routes!(authoring::drafts::create))
        .needing(READ, routes!(authoring::drafts::one))
        .needing(PROPOSE, routes!(authoring::drafts::change, authoring::drafts::discard))
        .needing(PROPOSE, routes!(authoring::drafts::reopen))
        .needing(READ, routes!(authoring::drafts::shares::list))
        .needing(PROPOSE, routes!(authoring::drafts::shares::create))
        .needing(PROPOSE, routes!(authoring::drafts::shares::revoke))
        .needing(READ, routes!(authoring::drafts::changes::handler))
        .needing(PROPOSE, routes!(authoring::drafts::entries::drop_working))
        .needing(PROPOSE, routes!(authoring::drafts::steps::commit))
        .needing(PROPOSE, routes!(authoring::drafts::steps::rebase))
        .needing(ACCEPT, routes!(authoring::drafts::steps::merge))
        .needing(PROPOSE, routes!(authoring::drafts::steps::revert))
        .needing(PROPOSE, routes!(authoring::drafts::steps::restore))
        .needing(PROPOSE, routes!(authoring::drafts::catalogue::place))
        .needing(PROPOSE, routes!(authoring::drafts::catalogue::trash))
        .needing(PROPOSE, routes!(authoring::drafts::catalogue::untrash))
        .needing(PROPOSE, routes!(authoring::drafts::catalogue::duplicate))
        .needing(PROPOSE, routes!(authoring::drafts::catalogue::batch))
        .needing(READ, routes!(authoring::drafts::templates::list))
        .needing(PROPOSE, routes!(authoring::drafts::templates::create))
        .needing(READ, routes!(authoring::drafts::findings::list))
        .needing(
            PROPOSE,
            routes!(authoring::drafts::findings::dismiss, authoring::drafts::findings::raise),
        )
        .needing(READ, routes!(authoring::drafts::conflicts::list))
        .needing(PROPOSE, routes!(authoring::drafts::conflicts::resolve))
}

fn authoring_routes() -> Addresses<App> {
    let small = takedowns()
        .merge(draft_routes())
        .needing(Need::Caller, routes!(authoring::me::handler))
        .needing(READ, routes!(authoring::states::list))
        .needing(READ, routes!(authoring::states::one))
        .needing(READ, routes!(authoring::entries::handler))
        .needing(READ, routes!(authoring::entry::one))
        .needing(READ, routes!(authoring::entry::uses))
        .needing(READ, routes!(authoring::entry::history))
        .needing(READ, routes!(authoring::entry::translations::segments))
        .needing(READ, routes!(authoring::entry::translations::courses))
        .needing(READ, routes!(authoring::entry::translations::entries))
        .needing(READ, routes!(authoring::entry::blame::handler))
        .needing(READ, routes!(authoring::revisions::one))
        .needing(READ, routes!(authoring::commits::one))
        .needing(READ, routes!(authoring::commits::changes))
        .needing(READ, routes!(authoring::diff::handler))
        .needing(READ, routes!(authoring::diff::entry))
        .needing(READ, routes!(authoring::entry::editors))
        .needing(READ, routes!(authoring::reviews::list))
        .needing(PROPOSE, routes!(authoring::reviews::create))
        .needing(READ, routes!(authoring::reviews::one))
        .needing(PROPOSE, routes!(authoring::reviews::change))
        .needing(PROPOSE, routes!(authoring::reviews::close))
        .needing(PROPOSE, routes!(authoring::reviews::reopen))
        .needing(APPROVE, routes!(authoring::reviews::verdicts::approve))
        .needing(APPROVE, routes!(authoring::reviews::verdicts::request_changes))
        .needing(READ, routes!(authoring::reviews::verdicts::look))
        .needing(ACCEPT, routes!(authoring::reviews::verdicts::merge))
        .needing(ACCEPT, routes!(authoring::reviews::verdicts::accept))
        .needing(PROPOSE, routes!(authoring::reviews::talk::comment))
        .needing(PROPOSE, routes!(authoring::reviews::talk::edit))
        .needing(
            PROPOSE,
            routes!(authoring::reviews::talk::resolve, authoring::reviews::talk::unresolve),
        )
        .needing(READ, routes!(authoring::reviews::policy::one))
        .needing(CONFIGURE, routes!(authoring::reviews::policy::set))
        .needing(READ_ALL, routes!(authoring::people::policies::one))
        .needing(CONFIGURE, routes!(authoring::people::policies::set))
        .needing(READ, routes!(authoring::channels::list))
        .needing(READ, routes!(authoring::channels::one))
        .needing(READ_ALL, routes!(authoring::channels::publications))
        .needing(READ, routes!(authoring::channels::holds))
        .needing(READ_ALL, routes!(authoring::channels::publication))
        .needing(READ, routes!(authoring::publishing::plan))
        .needing(PUBLISH, routes!(authoring::publishing::publish))
        .needing(PUBLISH, routes!(authoring::publishing::rollback))
        .needing(PUBLISH, routes!(authoring::publishing::unpublish))
        .needing(PUBLISH, routes!(authoring::publishing::retire))
        .needing(PUBLISH, routes!(authoring::publishing::revert))
        .needing(PUBLISH, routes!(authoring::publishing::release))
        .needing(READ, routes!(authoring::schedules::list))
        .needing(PUBLISH, routes!(authoring::schedules::create))
        .needing(READ, routes!(authoring::schedules::one))
        .needing(PUBLISH, routes!(authoring::schedules::change, authoring::schedules::cancel))
        .needing(PUBLISH, routes!(authoring::schedules::retry))
        .needing(READ, routes!(authoring::channels::unpublished::not_public))
        .needing(READ, routes!(authoring::channels::unpublished::first_published))
        .needing(Need::Ticket, routes!(authoring::events::handler))
        .needing(READ, routes!(authoring::events::ticket::create))
        .needing(READ, routes!(authoring::jobs::list, authoring::jobs::create))
        .needing(READ, routes!(authoring::jobs::one, authoring::jobs::cancel))
        .needing(Need::Ticket, routes!(authoring::jobs::follow))
        .needing(READ, routes!(authoring::notices::list))
        .needing(READ, routes!(authoring::notices::read))
        // Each verb needs a right of its own.
        .needing(Need::Caller, routes!(authoring::commands::handler))
        .needing(READ_ALL, routes!(authoring::export::handler))
        .needing(READ, routes!(authoring::media::handler))
        .limited(|routes| routes.layer(at_most(BODY_SIZE_BYTES_MAX)));
    let documents = Addresses::new()
        .needing(READ, routes!(authoring::commits::list))
        .needing(IMPORT, routes!(authoring::commits::create))
        .needing(READ, routes!(authoring::drafts::entries::one))
        .needing(
            PROPOSE,
            routes!(authoring::drafts::entries::save, authoring::drafts::entries::trash),
        )
        .limited(|routes| routes.layer(at_most(BODY_WITH_DOCUMENTS_SIZE_BYTES_MAX)));
    let streamed = Addresses::new()
        .needing(IMPORT, routes!(authoring::import::handler))
        .needing(IMPORT, routes!(authoring::jobs::import::create))
        .limited(|routes| routes.layer(DefaultBodyLimit::disable()));
    small.merge(people_routes()).merge(documents).merge(streamed)
}

/// Accounts, and what signs people in. Where the need is nothing, the address judges a session or a secret itself.
fn people_routes() -> Addresses<App> {
    use authoring::people::{
        account, accounts, colleagues, keys, links, passkeys, picture, policy, providers,
        second_factor, services, session, sessions, steps,
    };
    let pictures = Addresses::new()
        .needing(Need::Session, routes!(picture::set, picture::remove))
        .limited(|routes| routes.layer(at_most(PICTURE_SIZE_BYTES_MAX)));
    Addresses::new()
        .needing(READ, routes!(colleagues::list))
        .needing(READ, routes!(colleagues::picture))
        .needing(
            PEOPLE,
            routes!(authoring::people::grants::list, authoring::people::grants::create),
        )
        .needing(PEOPLE, routes!(authoring::people::grants::take))
        .needing(READ, routes!(authoring::people::grants::who))
        .needing(Need::Session, routes!(session::one))
        .needing(Need::Nothing, routes!(session::delete))
        .needing(Need::Nothing, routes!(session::create))
        .needing(Need::Nothing, routes!(session::renew))
        .needing(Need::Session, routes!(second_factor::show))
        .needing(Need::Nothing, routes!(passkeys::ask))
        .needing(Need::Nothing, routes!(passkeys::verify))
        .needing(Need::Session, routes!(sessions::list, sessions::end_others))
        .needing(Need::Session, routes!(sessions::end_one))
        .needing(Need::Nothing, routes!(providers::list))
        .needing(Need::Nothing, routes!(providers::start))
        .page(
            Need::Nothing,
            "/authoring/v1/session/oidc/{provider}/callback",
            get(providers::callback),
        )
        .needing(Need::Session, routes!(providers::identities))
        .needing(Need::Session, routes!(providers::remove))
        .needing(Need::Nothing, routes!(links::look))
        .needing(Need::Nothing, routes!(links::accept))
        .needing(Need::Session, routes!(account::one, account::change))
        .needing(Need::Session, routes!(account::set_password))
        .needing(Need::Session, routes!(second_factor::factors))
        .needing(Need::Session, routes!(second_factor::begin, second_factor::remove))
        .needing(Need::Session, routes!(second_factor::confirm))
        .needing(Need::Session, routes!(second_factor::codes))
        .needing(Need::Session, routes!(passkeys::options))
        .needing(Need::Session, routes!(passkeys::list, passkeys::add))
        .needing(Need::Session, routes!(passkeys::remove))
        .needing(Need::Caller, routes!(keys::list, keys::create))
        .needing(Need::Caller, routes!(keys::revoke))
        .needing(Need::Caller, routes!(services::list))
        .needing(PEOPLE, routes!(services::create))
        .needing(PEOPLE, routes!(policy::one, policy::set))
        .needing(PEOPLE, routes!(accounts::list, accounts::invite))
        .needing(PEOPLE, routes!(accounts::one, accounts::change))
        .needing(PEOPLE, routes!(steps::deactivate))
        .needing(PEOPLE, routes!(steps::reactivate))
        .needing(PEOPLE, routes!(steps::erase))
        .needing(PEOPLE, routes!(steps::hand_over))
        .needing(PEOPLE, routes!(steps::sign_out))
        .needing(PEOPLE, routes!(steps::reset_second_factor))
        .needing(PEOPLE, routes!(steps::invite_again))
        .needing(PEOPLE, routes!(steps::reset))
        .limited(|routes| routes.layer(at_most(PEOPLE_SIZE_BYTES_MAX)))
        .merge(pictures)
}

/// Who did what.
fn audit_routes() -> Addresses<App> {
    Addresses::new()
        .needing(AUDIT, routes!(authoring::events::audit::list))
        .needing(AUDIT, routes!(authoring::events::audit::export))
        .needing(AUDIT, routes!(authoring::events::audit::head))
        .limited(|routes| routes.layer(at_most(BODY_SIZE_BYTES_MAX)))
}

/// The whole server.
pub fn router(app: App, settings: RouterSettings) -> Router {
    let (described, description, needs) = whole(settings).into_parts();
    let judge =
        Judge { app: app.clone(), needs: Arc::new(needs), refusals: app.refusals().clone() };
    let judged = described
        .route_layer(middleware::from_fn_with_state(app.crowd().clone(), admission::share))
        .route_layer(middleware::from_fn_with_state(judge, needs::judge));
    around(app, settings, judged, &description)
}

/// The whole server without its checks: whoever asks is taken for this caller. It is what the price of the checks is
/// measured with, and is compiled for nothing else: the program has no way to it.
#[cfg(feature = "unguarded")]
pub fn unguarded(
    app: App,
    settings: RouterSettings,
    caller: crate::edge::access::Caller,
) -> Router {
    let (described, description, _) = whole(settings).into_parts();
    let open = described
        .route_layer(middleware::from_fn_with_state(app.crowd().clone(), admission::share))
        .route_layer(Extension(caller));
    around(app, settings, open, &description)
}

/// What is around all addresses.
fn around(
    app: App,
    settings: RouterSettings,
    inside: Router<App>,
    description: &utoipa::openapi::OpenApi,
) -> Router {
    let heeding = Heeding::of(description);
    let proxies = app.settings().proxies.clone();
    inside
        .fallback(nothing_here)
        .method_not_allowed_fallback(other_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(RequestBodyTimeoutLayer::new(settings.body_timeout))
        .layer(middleware::from_fn_with_state(heeding, idempotency::heeded))
        .layer(Extension(app.signing().clone()))
        .layer(middleware::from_fn_with_state(app.queue().clone(), attention::heed))
        .layer(middleware::from_fn_with_state(app.crowd().clone(), admission::admit))
        .layer(middleware::from_fn_with_state(settings.request_timeout, admission::in_time))
        .layer(middleware::from_fn(open::to_origins))
        .layer(middleware::from_fn(guard::stand))
        .layer(middleware::from_fn(request::observe))
        .layer(middleware::from_fn_with_state(proxies, client::find))
        .with_state(app)
}

/// What every address of the server needs. What is below a protected channel is listed by [`needs_below_channels`].
pub fn needs(settings: RouterSettings) -> Needs {
    whole(settings).into_parts().2
}

/// What every address below a protected channel needs besides a token.
pub fn needs_below_channels() -> Needs {
    below_channels().into_parts().2
}

/// What is below a protected channel.
fn below_channels() -> Addresses<Reader> {
    Addresses::new()
        .needing(Need::Nothing, routes!(delivery::channel::handler))
        .needing(Need::Nothing, routes!(delivery::channel::revocations))
        .merge(immutable())
}

/// Every address of the server, each with what it needs.
fn whole(settings: RouterSettings) -> Addresses<App> {
    let all = described()
        .page(
            Need::Nothing,
            "/openapi.json",
            get(|_: NoQuery, headers: axum::http::HeaderMap| async move {
                DOCUMENT.answer(&headers).await
            }),
        )
        .page(
            Need::Nothing,
            "/",
            get(move |query: NoQuery, headers| home::index(settings.admin, query, headers)),
        )
        .page(Need::Nothing, "/home/{*path}", get(home::file))
        .page(Need::Nothing, "/sign-in", get(enter::index))
        .page(Need::Nothing, "/welcome", get(enter::index))
        .page(Need::Nothing, "/enter/{*path}", get(enter::file))
        .page(Need::Nothing, "/docs", get(admin::assets::to_docs))
        .page(Need::Nothing, "/docs/", get(admin::assets::docs_index))
        .page(Need::Nothing, "/docs/problems", get(async || Redirect::permanent("/docs/problems/")))
        .page(Need::Nothing, "/docs/problems/", get(problems::all))
        .page(Need::Nothing, "/docs/problems/{code}", get(problems::one))
        .page(Need::Nothing, "/docs/{*path}", get(admin::assets::docs_file))
        .page(Need::Nothing, "/schemas/", get(schemas::all))
        .page(Need::Nothing, "/schemas/{*path}", get(schemas::file))
        .merge(learners_pages())
        .merge(shared_files());
    let (delivered, _, _) = immutable().merge(attempts()).into_parts();
    let (channel, _, _) = below_channels().into_parts();
    let pages = settings.admin.then(|| admin_pages().merge(shared_files()).into_parts().0);
    let all =
        all.merge(delivery::protected::router(channel)).merge(shared::router(delivered, pages));
    if settings.admin { all.merge(admin_pages()).merge(admin_versions()) } else { all }
}

fn admin_versions() -> Addresses<App> {
    Addresses::new()
        .page(Need::Nothing, "/admin/api/channels", get(admin::versions::channels))
        .page(Need::Nothing, "/admin/api/channels/{channel}/versions", get(admin::versions::list))
        .page(
            Need::Nothing,
            "/admin/api/channels/{channel}/versions/{sequence}",
            get(admin::versions::one),
        )
}

/// The pages that show content to learners; they hold only their own files.
fn learners_pages() -> Addresses<App> {
    Addresses::new()
        .page(Need::Nothing, "/player", get(player::to_index))
        .page(Need::Nothing, "/player/", get(player::index))
        .page(Need::Nothing, "/player/{*path}", get(player::file))
        .page(Need::Nothing, "/learn", get(learn::to_index))
        .page(Need::Nothing, "/learn/", get(learn::index))
        .page(Need::Nothing, "/learn/{*path}", get(learn::file))
}

/// The files that the pages share.
fn shared_files<S: Clone + Send + Sync + 'static>() -> Addresses<S> {
    Addresses::new().page(Need::Nothing, "/ui/{*path}", get(ui::file))
}

/// The admin page, without the versions that it lists, because those differ below a link.
fn admin_pages<S>() -> Addresses<S>
where
    S: Clone + Send + Sync + 'static,
    Reader: FromRef<S>,
{
    Addresses::new()
        .page(Need::Nothing, "/admin", get(admin::assets::to_admin))
        .page(Need::Nothing, "/admin/", get(admin::assets::admin_index))
        .page(Need::Nothing, "/admin/{*path}", get(admin::assets::admin_file))
        .page(
            Need::Nothing,
            "/admin/api/snapshots/{snapshot}/{locale}/places/{kind}/{id}",
            get(admin::place::handler),
        )
        .page(Need::Nothing, "/admin/api/compare", get(admin::compare::handler))
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
