//! Too much is refused before anything is done with it.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use server::layer::limits::{BODY_BYTES, HEADER_BYTES, HEADERS, URI_BYTES};
use testkit::Database;

use super::ask::{OWN, site};

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_announced_or_not() {
    let site = site(Database::Sqlite, &[]).await;
    let ours = [("origin", OWN)];
    let long = format!("email={}", "a".repeat(BODY_BYTES));
    let length = long.len().to_string();
    let announced = site.post("/sign-in", &[ours[0], ("content-length", &length)], long.clone()).await;
    assert_eq!(announced.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(announced.header("content-type").starts_with("text/html"), "{announced:?}");
    assert_eq!(announced.header("cache-control"), "no-store");
    let lied = site.post("/sign-in", &[ours[0], ("content-length", "10")], long).await;
    assert!(lied.status.is_client_error(), "{}", lied.status);
    for odd in ["-1", "x", "99999999999999999999999"] {
        let answer = site.post("/sign-in", &[ours[0], ("content-length", odd)], "email=a").await;
        assert!(answer.status.as_u16() < 500, "{odd}: {}", answer.status);
    }
}

#[tokio::test]
async fn headers_and_addresses_have_a_length() {
    let site = site(Database::Sqlite, &[]).await;
    let value = "v".repeat(HEADER_BYTES);
    let long = site.get_with("/healthz", &[("cookie", &value)]).await;
    assert_eq!(long.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert_eq!(long.header("cache-control"), "no-store");
    let names: Vec<_> = (0..=HEADERS).map(|n| format!("x-{n}")).collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), "v")).collect();
    assert_eq!(site.get_with("/healthz", &many).await.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert_eq!(site.get_with("/healthz", &many[1..]).await.status, StatusCode::OK);
    let address = format!("/healthz?{}", "a".repeat(URI_BYTES));
    assert_eq!(site.get(&address).await.status, StatusCode::URI_TOO_LONG);
}

/// A body that is cut at the limit while it is read: the page says so, whatever reads it.
#[tokio::test]
async fn a_body_without_a_length_is_counted() {
    use axum::middleware::from_fn_with_state;
    use tower::ServiceExt;

    let instance = testkit::TestApp::new(Database::Sqlite, &[]).await;
    let state = server::AppState::new(instance.app.clone(), server::assets::Assets::given([]));
    let router = axum::Router::new()
        .route(
            "/",
            axum::routing::post(|body: Result<Bytes, _>| async move {
                body.map_or(StatusCode::IM_A_TEAPOT, |_: Bytes| StatusCode::OK)
            }),
        )
        .layer(from_fn_with_state(state, server::layer::limits::body));
    for (bytes, status) in [(BODY_BYTES, StatusCode::OK), (BODY_BYTES + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
        // No header says how long it is, as with a chunked body.
        let request = axum::http::Request::post("/").body(Body::from("a".repeat(bytes))).unwrap();
        assert_eq!(router.clone().oneshot(request).await.unwrap().status(), status, "{bytes}");
    }
}
