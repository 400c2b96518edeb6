//! A few figures for the operator's monitoring, at `metrics.listen` only, so that visitors cannot read them.
//! Text format of Prometheus, version 0.0.4.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use identity::app_context::AppContext;
use identity::mail;

/// `/metrics`; `started` is when the process began to serve (unix ms).
pub fn router(app: AppContext, started: i64) -> Router {
    Router::new().route("/metrics", get(figures)).with_state((app, started))
}

async fn figures(State((app, started)): State<(AppContext, i64)>) -> Response {
    match mail::waiting(&app).await {
        Ok((waiting, oldest)) => {
            let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            let now = app.clock.now();
            (headers, text(now, started, waiting, oldest) + &verified(app.hasher.judged())).into_response()
        }
        Err(failure) => {
            tracing::warn!(error = %failure, "no figures");
            (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.\n").into_response()
        }
    }
}

fn text(now: i64, started: i64, waiting: i64, oldest: Option<i64>) -> String {
    let seconds = |since: i64| (now - since).max(0) / 1000;
    let figures = [
        ("tegata_uptime_seconds", "Seconds since this process began to serve.", seconds(started)),
        ("tegata_letters_waiting", "E-mails that have not left yet.", waiting),
        ("tegata_letters_oldest_seconds", "Age of the oldest of them.", oldest.map_or(0, seconds)),
    ];
    let lines = figures
        .map(|(name, help, value)| format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"));
    lines.concat()
}

/// A counter: an attack shows as a rise, and a lockout as the end of the rise.
fn verified(passwords: u64) -> String {
    let name = "tegata_passwords_judged_total";
    format!(
        "# HELP {name} Passwords compared with a stored one.\n# TYPE {name} counter\n{name} {passwords}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_whole_seconds_and_never_negative() {
        let some = text(10_000, 2_500, 3, Some(4_000));
        for line in
            ["tegata_uptime_seconds 7\n", "tegata_letters_waiting 3\n", "tegata_letters_oldest_seconds 6\n"]
        {
            assert!(some.contains(line), "{some}");
        }
        assert!(text(1_000, 5_000, 0, None).contains("tegata_uptime_seconds 0\n"));
    }
}
