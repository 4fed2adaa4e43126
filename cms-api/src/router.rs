//! Every address of the server, in one place, and the OpenAPI document made from the same handlers.

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use tower_http::{catch_panic::CatchPanicLayer, timeout::RequestBodyTimeoutLayer};
use utoipa::{
    OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    admin,
    app::App,
    authoring::{self, commands::CALL_SIZE_BYTES_MAX},
    command::Call,
    delivery,
    edge::{
        cache::Tagged,
        problem::{Code, Problem, ProblemSchema},
        query::NoQuery,
        request,
    },
};

/// What the router is told beside the application.
#[derive(Debug, Clone, Copy)]
pub struct RouterSettings {
    /// Whether /admin exists.
    pub admin: bool,
    /// For the next byte of a request's body.
    pub body_timeout: Duration,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "cms",
        description = "Delivery of published teaching material, and the commands of its authors.\n\nEverything under `/v1` is public and, save a channel's pointer, immutable: an address answers the same for ever, so caches may keep it. Start at a channel, follow its snapshot, then walk by object ids: a container's document carries its children's ids and summaries.\n\nEvery refusal is `application/problem+json` with a stable `code`. Unknown query parameters are refused, so that one answer has one address.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "delivery", description = "What learners' apps read. No authentication, no cookies."),
        (name = "authoring", description = "The verbs of the command line, behind the server's token."),
        (name = "operation", description = "For whoever runs the server."),
    ),
    components(schemas(Call, ProblemSchema)),
)]
struct Description;

fn described() -> OpenApiRouter<App> {
    let public = OpenApiRouter::new()
        .routes(routes!(delivery::channel::handler))
        .routes(routes!(delivery::snapshot::handler))
        .routes(routes!(delivery::entries::handler))
        .routes(routes!(delivery::entry::handler))
        .routes(routes!(delivery::route::handler))
        .routes(routes!(delivery::object::handler));
    let authoring = OpenApiRouter::new()
        .routes(routes!(authoring::commands::handler))
        .routes(routes!(authoring::export::handler))
        .routes(routes!(authoring::media::handler))
        .layer(DefaultBodyLimit::max(CALL_SIZE_BYTES_MAX))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(authoring::import::handler))
                .layer(DefaultBodyLimit::disable()),
        );
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(public)
        .merge(authoring)
        .routes(routes!(healthz))
        .routes(routes!(readyz))
}

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = described().to_openapi();
    // A path that takes slashes is written otherwise in OpenAPI than in the router.
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths =
        paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    let token = SecurityScheme::Http(
        HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token of server.json in the data directory, or of the setting"))
            .build(),
    );
    document.components.get_or_insert_default().add_security_scheme("token", token);
    document
}

/// The whole server.
pub fn router(app: App, settings: RouterSettings) -> Router {
    let document = Tagged::json("no-cache", &openapi());
    let (described, _) = described().split_for_parts();
    let mut router = described
        .route(
            "/openapi.json",
            get(move |_: NoQuery, headers: axum::http::HeaderMap| async move {
                document.clone().answer(&headers)
            }),
        )
        .route("/docs", get(admin::assets::to_docs))
        .route("/docs/", get(admin::assets::docs_index))
        .route("/docs/{*path}", get(admin::assets::docs_file));
    if settings.admin {
        router = router.merge(admin_routes());
    }
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(other_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(RequestBodyTimeoutLayer::new(settings.body_timeout))
        .layer(middleware::from_fn(share))
        .layer(middleware::from_fn(request::observe))
        .with_state(app)
}

fn admin_routes() -> Router<App> {
    Router::new()
        .route("/admin", get(admin::assets::to_admin))
        .route("/admin/", get(admin::assets::admin_index))
        .route("/admin/{*path}", get(admin::assets::admin_file))
        .route("/admin/api/channels", get(admin::versions::channels))
        .route("/admin/api/channels/{channel}/versions", get(admin::versions::list))
        .route("/admin/api/channels/{channel}/versions/{sequence}", get(admin::versions::one))
        .route(
            "/admin/api/snapshots/{snapshot}/{locale}/places/{kind}/{id}",
            get(admin::place::handler),
        )
        .route("/admin/api/compare", get(admin::compare::handler))
        .route("/admin/api/media/{media}", get(admin::media::handler))
}

/// Any page of any origin may read what is public, its refusals too, and ask whether it changed.
async fn share(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/v1/") {
        return next.run(request).await;
    }
    let mut response =
        if request.method() == Method::OPTIONS { preflight() } else { next.run(request).await };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Location, X-Request-Id"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn preflight() -> Response {
    let headers = [
        (header::ALLOW, "GET, HEAD, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "If-None-Match, X-Request-Id"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
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
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    responses((status = 200, description = "It is", content_type = "text/plain", body = String)),
)]
async fn healthz() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response()
}

/// Whether the store answers
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses(
        (status = 200, description = "It does", content_type = "text/plain", body = String),
        (status = 503, description = "It does not", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
async fn readyz(axum::extract::State(app): axum::extract::State<App>) -> Result<Response, Problem> {
    app.core(|store| Ok(store.repository.channels()?))
        .await
        .map_err(|problem| Problem::new(Code::StoreUnavailable, problem.detail))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], "ready\n").into_response())
}
