//! Unexpected failures: one page without internals, and the next request is served.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use http_body_util::BodyExt;
use server::AppState;
use server::assets::Assets;
use server::layer::{log, panic, security_headers};
use testkit::{Database, TestApp};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;

#[tokio::test]
async fn a_panic_is_a_page_with_a_number() {
    let instance = TestApp::new(Database::Sqlite, &[]).await;
    let state = AppState::new(instance.app.clone(), Assets::given([]));
    let router =
        Router::new().route("/", get(async || -> &'static str { panic!("the password of Hanako") })).layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(state.clone(), log::record))
                .layer(from_fn_with_state(state.clone(), security_headers::add))
                .layer(from_fn_with_state(state, panic::report))
                .layer(CatchPanicLayer::custom(panic::mark)),
        );
    for _ in 0..2 {
        let answer = router.clone().oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
        let number = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        let text = answer.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&text);
        assert!(text.contains(&number), "{text}");
        assert!(!text.contains("Hanako") && !text.contains(".rs"), "{text}");
    }
}
