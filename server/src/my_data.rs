//! A member's copy of their data as a file, streamed piece by piece: however long a history is, a few pieces of it are
//! held at once. Who may have it is judged by the deed.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use app::my_data::file::{Kind, Writer};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::route::Route;
use http_body::Frame;
use identity::caller::Caller;
use identity::desk::Desk;
use identity::fault::Fault;
use identity::my_data::{self, Export};
use tokio::sync::mpsc;

use crate::layer::Asker;
use crate::pages;
use crate::state::AppState;

/// Texts that wait for a slow reader.
const AHEAD: usize = 2;

/// `GET /account/data/download?as=json` and `as=html`.
pub fn router(state: &AppState) -> Router {
    Router::new().route("/account/data/download", get(download).head(not_asked)).with_state(state.clone())
}

/// Asking for the headers alone would note a download that nobody gets.
async fn not_asked() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}

async fn download(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<Vec<(String, String)>>,
    request: Request,
) -> Response {
    let asker = Asker::of(&state.desk.settings, &request);
    let see_other = |path: &str| pages::see_other(path, &HeaderMap::new());
    let named = query.iter().find(|(name, _)| name == "as").map(|(_, kind)| kind.as_str());
    let Some(kind) = named.and_then(Kind::from_name) else { return asker.fault(StatusCode::NOT_FOUND) };
    let page = Route::MyData;
    match my_data::open(&state.desk, &caller).await {
        Ok(Some(export)) => file(state.desk, &caller, export, kind),
        Ok(None) => see_other(page.path()),
        Err(fault) => asker.answer(&fault, page.path()),
    }
}

/// The file, to be saved and not shown: nothing of it runs on this site.
fn file(desk: Desk, caller: &Caller, export: Export, kind: Kind) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.mime()));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(kind.disposition()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let (sender, texts) = mpsc::channel(AHEAD);
    let writer = Writer::new(kind, caller.locale);
    tokio::spawn(async move {
        if let Err(why) = write(&desk, &export, writer, &sender).await {
            // Cut off, so that the browser does not take half a file for a whole one.
            let _ = sender.send(Err(why)).await;
        }
    });
    (headers, Body::new(Texts(texts))).into_response()
}

/// A body that comes text by text.
struct Texts(mpsc::Receiver<Result<Bytes, io::Error>>);

impl http_body::Body for Texts {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0.poll_recv(context).map(|next| next.map(|text| text.map(Frame::data)))
    }
}

async fn write(
    desk: &Desk,
    export: &Export,
    mut writer: Writer,
    to: &mpsc::Sender<Result<Bytes, io::Error>>,
) -> Result<(), io::Error> {
    let broken = |fault: Fault| {
        tracing::warn!(error = %fault, "a download ended early");
        io::Error::other("a piece could not be read")
    };
    let gone = || io::Error::from(io::ErrorKind::ConnectionAborted);
    let pieces = my_data::pieces(desk, export).await.map_err(broken)?;
    send(to, writer.head(&desk.settings.site.name, export.ready_at)).await?;
    for place in 0..pieces {
        let piece = my_data::piece(desk, export, place).await.map_err(broken)?.ok_or_else(gone)?;
        send(to, writer.piece(&piece)).await?;
    }
    send(to, writer.tail()).await
}

async fn send(to: &mpsc::Sender<Result<Bytes, io::Error>>, text: String) -> Result<(), io::Error> {
    to.send(Ok(Bytes::from(text))).await.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
}
