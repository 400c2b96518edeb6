//! A member's copy of their data as a file, streamed chunk by chunk as fast as it is read: however long a history is,
//! one chunk is held in memory at a time. The use case decides who may have it.

use std::io;

use app::present::data_file::{Kind, Writer};
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::route::Route;
use futures_util::stream::{self, Stream};
use identity::context::Ctx;
use identity::data_export::{self, Export};
use identity::error::Fault;

use crate::layer::ErrorResponder;
use crate::pages::see_other;
use crate::state::AppState;

/// `GET /account/data/download?as=json` and `as=html`.
pub fn router(state: &AppState) -> Router {
    Router::new().route("/account/data/download", get(download).head(not_asked)).with_state(state.clone())
}

/// Refuses HEAD: it would record a download that nobody gets.
async fn not_asked() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}

async fn download(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let errors = ErrorResponder::of_ctx(&state, &ctx);
    let named = query.iter().find(|(name, _)| name == "as").map(|(_, kind)| kind.as_str());
    let Some(kind) = named.and_then(Kind::from_name) else { return errors.page(StatusCode::NOT_FOUND) };
    let page = Route::DataExport.path();
    match open(&ctx).await {
        Ok(Some((export, chunks))) => file(ctx, export, chunks, kind),
        Ok(None) => see_other(page, &HeaderMap::new()),
        Err(fault) => errors.fault(&fault, page),
    }
}

async fn open(ctx: &Ctx) -> Result<Option<(Export, i64)>, Fault> {
    let Some(export) = data_export::open(ctx).await? else { return Ok(None) };
    let chunks = data_export::chunks(ctx, &export).await?;
    Ok(Some((export, chunks)))
}

/// The file, to be saved and not shown: nothing of it runs on this site.
fn file(ctx: Ctx, export: Export, chunks: i64, kind: Kind) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.mime()));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(kind.disposition()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (headers, Body::from_stream(texts(ctx, export, chunks, kind))).into_response()
}

/// The texts of the file: its head, one for each chunk, its tail. An error cuts the answer off, so that the browser
/// does not take half a file for a whole one.
fn texts(ctx: Ctx, export: Export, chunks: i64, kind: Kind) -> impl Stream<Item = io::Result<String>> {
    let writer = Writer::new(kind, ctx.locale());
    // The head comes before chunk 0.
    stream::try_unfold((ctx, export, writer, -1), move |(ctx, export, mut writer, index)| async move {
        let text = if index < 0 {
            writer.head(&ctx.settings().site.name, export.ready_at).map_err(io::Error::other)?
        } else if index < chunks {
            let chunk = data_export::chunk(&ctx, &export, index).await.map_err(|fault| {
                tracing::warn!(error = %fault, "a download ended early");
                io::Error::other("a chunk could not be read")
            })?;
            // The copy was removed while it was read.
            let chunk = chunk.ok_or(io::ErrorKind::ConnectionAborted)?;
            writer.chunk(&chunk).map_err(io::Error::other)?
        } else if index == chunks {
            writer.tail()
        } else {
            return Ok(None);
        };
        Ok(Some((text, (ctx, export, writer, index + 1))))
    })
}
