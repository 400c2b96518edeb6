//! `tegata serve`: starts everything in order, and stops it in the opposite one.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use identity::jobs;
use identity::mail::Transport;
use identity::settings::Source;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tracing_subscriber::EnvFilter;

use super::{CommandError, settings};
use crate::assets::Assets;
use crate::state::AppState;
use crate::{layer, metrics};

/// How long running requests may take after the signal. Service managers kill after ten seconds at the earliest, and
/// the workers and the database have to end, too.
const GRACE: Duration = Duration::from_secs(7);
/// How long the workers may take after that.
const WORKERS_GRACE: Duration = Duration::from_secs(2);

pub(super) async fn run(source: &Source) -> Result<ExitCode, CommandError> {
    let settings = settings(source)?;
    log();
    layer::panic::write_place();
    let (http, url, figures) = (settings.http.listen, settings.site.url.clone(), settings.metrics.listen);
    // The ports first: if one is taken, nothing was migrated yet.
    let listener = bind(http, "http.listen").await?;
    let metrics_listener = match figures {
        Some(address) => Some(bind(address, "metrics.listen").await?),
        None => None,
    };
    let mut signals = Signals::listen()?;
    let app = identity::open(settings).await?;
    let workers = jobs::start(&app, Transport::from_settings(&app.settings)?);
    if let Some(listener) = metrics_listener {
        // It ends with the process; no request for figures is waited for.
        tokio::spawn(axum::serve(listener, metrics::router(app.clone(), app.clock.now())).into_future());
    }

    let router = crate::router(AppState::new(app.clone(), Assets::load()));
    tracing::info!(site = %url, listen = %http, "serving");
    let served = serve(listener, router, &mut signals).await;

    workers.stop(WORKERS_GRACE).await;
    app.db.close().await;
    tracing::info!("stopped");
    served.map(|()| ExitCode::SUCCESS)
}

/// Serves until a signal comes; then takes no new connection and lets running requests end.
async fn serve(listener: TcpListener, router: Router, signals: &mut Signals) -> Result<(), CommandError> {
    let stop = Arc::new(Notify::new());
    let stopped = stop.clone();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server =
        axum::serve(listener, service).with_graceful_shutdown(async move { stopped.notified().await });
    let mut serving = tokio::spawn(server.into_future());
    tokio::select! {
        ended = &mut serving => {
            return Err(CommandError::Sentence(format!("the listener ended: {ended:?}")));
        }
        name = signals.next() => tracing::info!(signal = name, "stopping"),
    }
    stop.notify_one();
    if tokio::time::timeout(GRACE, &mut serving).await.is_err() {
        tracing::warn!(seconds = GRACE.as_secs(), "requests that were still running are cut off");
        serving.abort();
    }
    Ok(())
}

async fn bind(address: SocketAddr, setting: &str) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::AddrInUse => "another program listens there already".to_owned(),
            std::io::ErrorKind::PermissionDenied => {
                "this user may not listen there (ports below 1024 need a right)".to_owned()
            }
            _ => error.to_string(),
        };
        CommandError::Sentence(format!("{setting}: cannot listen at {address}: {why}"))
    })
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> Result<Self, CommandError> {
        let on = |kind| {
            signal(kind)
                .map_err(|error| CommandError::Sentence(format!("signals cannot be received: {error}")))
        };
        Ok(Self { terminate: on(SignalKind::terminate())?, interrupt: on(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// Logs to the error output: lines at a terminal, JSON elsewhere. `RUST_LOG` says how much.
fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        subscriber.init();
    } else {
        subscriber.json().flatten_event(true).with_span_list(false).init();
    }
}
