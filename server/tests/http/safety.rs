//! Headers that every answer carries, and which requests may change something.

use std::collections::HashSet;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use testkit::Database;

use super::ask::{OWN, site, with};

#[tokio::test]
async fn every_answer_carries_the_safety_headers() {
    let site = site(Database::Sqlite, &[]).await;
    let mut ids = HashSet::new();
    for path in [
        "/healthz",
        "/robots.txt",
        "/pkg/nothing.js",
        "/.well-known/change-password",
        "/no-such-page",
        "/sign-in",
    ] {
        let answer = site.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", ""),
        ] {
            assert_eq!(answer.header(name), value, "{path} {name}");
        }
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(ids.insert(answer.header("x-request-id").to_owned()), "{path}");
    }
}

#[tokio::test]
async fn over_https_browsers_are_kept_on_https() {
    let site = site(Database::Sqlite, &[("site.url", "https://id.example.jp")]).await;
    assert_eq!(site.get("/healthz").await.header("strict-transport-security"), "max-age=31536000");
}

/// An error page: with a new nonce each time, and no script that runs without it.
#[tokio::test]
async fn pages_have_a_nonce_and_no_two_the_same() {
    let site = site(Database::Sqlite, &[]).await;
    let mut nonces = HashSet::new();
    for _ in 0..3 {
        let answer = site.post("/sign-in", &[], "").await;
        let policy = answer.header("content-security-policy");
        let nonce =
            policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
        assert!(nonce.len() >= 22, "{policy}");
        assert!(nonces.insert(nonce.to_owned()));
        for part in [
            "'strict-dynamic'",
            "'wasm-unsafe-eval'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{part}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    }
}

#[tokio::test]
async fn what_comes_from_elsewhere_is_refused_before_anything_happens() {
    let site = site(Database::Sqlite, &[]).await;
    let foreign: [&[(&str, &str)]; 6] = [
        &[],
        &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null"), ("sec-fetch-site", "same-origin")],
        &[("origin", "http://localhost:1"), ("sec-fetch-site", "same-site")],
        &[("origin", OWN), ("sec-fetch-site", "none")],
    ];
    for headers in foreign {
        for path in ["/sign-in", "/register", "/sign-out", "/no-such-page", "/healthz", "/api/boot"] {
            let answer = site.post(path, headers, "email=a%40example.jp").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert_eq!(answer.header("set-cookie"), "");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = site.ask(with(method, "/sign-in", headers).body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
        }
    }
    assert_eq!(site.instance.count("SELECT COUNT(*) FROM audit").await, 0);
}

#[tokio::test]
async fn refusals_speak_the_readers_language() {
    let site = site(Database::Sqlite, &[]).await;
    for (headers, says) in [
        (vec![("accept-language", "en")], "lang=\"en\""),
        (vec![("accept-language", "ja")], "lang=\"ja\""),
        (vec![], "lang=\"ja\""),
        (vec![("accept-language", "ja"), ("cookie", "lang=en")], "lang=\"en\""),
    ] {
        let answer = site.post("/sign-in", &headers, "").await;
        assert!(answer.text().contains(says), "{headers:?}: {}", answer.text());
    }
}
