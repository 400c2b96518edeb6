//! Built files: cached for ever under their hashed names, in the encoding that the browser prefers.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use testkit::Database;

use super::ask::{site, with};

const CSS: &str = "/pkg/tegata.1a2b3c4d.css";

#[tokio::test]
async fn hashed_files_are_kept_for_ever_in_the_best_form() {
    let site = site(Database::Sqlite, &[]).await;
    for (accepts, encoding, body) in [
        ("gzip, deflate, br", "br", "css in brotli"),
        ("gzip", "gzip", "css in gzip"),
        ("br;q=0", "", "css as it is"),
        ("", "", "css as it is"),
    ] {
        let answer = site.get_with(CSS, &[("accept-encoding", accepts)]).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-encoding"), encoding, "{accepts}");
        assert_eq!(answer.text(), body);
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("content-type"), "text/css; charset=utf-8");
        assert_eq!(answer.header("vary"), "accept-encoding");
    }
    let wasm = site.get_with("/pkg/tegata.5e6f7a8b.wasm", &[("accept-encoding", "br")]).await;
    assert_eq!((wasm.header("content-type"), wasm.header("content-encoding")), ("application/wasm", ""));
    assert_eq!(wasm.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
}

#[tokio::test]
async fn a_head_request_says_the_same_without_the_body() {
    let site = site(Database::Sqlite, &[]).await;
    let answer =
        site.ask(with(Method::HEAD, CSS, &[("accept-encoding", "br")]).body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.header("content-length")), (StatusCode::OK, "13"));
    assert_eq!(answer.header("content-encoding"), "br");
    assert!(answer.body.is_empty());
}

#[tokio::test]
async fn files_of_the_root_are_asked_for_again_after_an_hour() {
    let site = site(Database::Sqlite, &[]).await;
    let first = site.get_with("/robots.txt", &[("accept-encoding", "br")]).await;
    assert_eq!(first.header("cache-control"), "public, max-age=3600");
    assert_eq!(first.text(), "robots in brotli");
    let tag = first.header("etag");
    let again = site.get_with("/robots.txt", &[("accept-encoding", "br"), ("if-none-match", tag)]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.header("etag"), tag);
    let plain = site.get_with("/robots.txt", &[("if-none-match", tag)]).await;
    assert_eq!((plain.status, plain.text().as_str()), (StatusCode::OK, "User-agent: *"));
    assert_eq!(site.get("/favicon.svg").await.header("content-type"), "image/svg+xml");
}

#[tokio::test]
async fn what_is_not_there_is_not_remembered() {
    let site = site(Database::Sqlite, &[]).await;
    for path in [
        "/pkg/tegata.00000000.css",
        "/pkg/tegata.css",
        "/pkg/tegata.1a2b3c4d.css.br",
        "/pkg/../manifest.txt",
        "/pkg/%2e%2e/manifest.txt",
        "/pkg/..%2f..%2fCargo.toml",
        "/pkg/%2Fetc%2Fpasswd",
        "/pkg/%00",
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    assert_eq!(site.get("/pkg/stray.js").await.header("cache-control"), "no-cache");
    for path in ["/manifest.txt", "/robots.txt.br"] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
