//! A caller's headers about host, scheme and path change nothing: addresses come from `site.url` alone.

use axum::http::StatusCode;
use testkit::Database;

use super::ask::{OWN, Site, site};

const EVIL: &str = "evil.example";

/// Each header alone, then all at once; unparsable and long ones, too.
fn lies() -> Vec<Vec<(&'static str, String)>> {
    let mut lies: Vec<_> = [
        ("host", EVIL.to_owned()),
        ("host", String::new()),
        ("x-forwarded-host", EVIL.into()),
        ("x-forwarded-proto", "gopher".into()),
        ("x-forwarded-for", format!("{EVIL}, 127.0.0.1")),
        ("x-forwarded-prefix", format!("//{EVIL}")),
        ("x-original-uri", "/account".into()),
        ("x-original-url", "/account".into()),
        ("x-rewrite-url", "/account".into()),
        ("forwarded", format!("for=x;host={EVIL};proto=https")),
        ("forwarded", ";;==\"".into()),
        ("x-http-method-override", "DELETE".into()),
        ("x-forwarded-host", EVIL.repeat(600)),
    ]
    .into_iter()
    .map(|lie| vec![lie])
    .collect();
    let all = lies.iter().flatten().cloned().collect();
    lies.push(all);
    lies
}

async fn with(site: &Site, path: &str, lie: &[(&str, String)]) -> super::ask::Answer {
    let headers: Vec<_> = lie.iter().map(|(name, value)| (*name, value.as_str())).collect();
    site.get_with(path, &headers).await
}

#[tokio::test]
async fn a_lie_about_the_host_changes_no_answer() {
    let site = site(Database::Sqlite, &[("site.support", "help@example.jp")]).await;
    for path in [
        "/healthz",
        "/robots.txt",
        "/.well-known/change-password",
        "/.well-known/security.txt",
        "/no-such-page",
    ] {
        let honest = site.get(path).await;
        for lie in lies() {
            let answer = with(&site, path, &lie).await;
            assert_eq!(answer.status, honest.status, "{path} {lie:?}");
            assert_eq!(answer.header("location"), honest.header("location"), "{path} {lie:?}");
            assert!(!answer.text().contains(EVIL), "{path} {lie:?}");
            assert!(!format!("{:?}", answer.headers).contains(EVIL), "{path} {lie:?}");
        }
    }
}

#[tokio::test]
async fn a_lie_about_the_host_lets_no_foreign_post_in() {
    let site = site(Database::Sqlite, &[]).await;
    let evil_origin = format!("http://{EVIL}");
    for lie in lies() {
        let lie: Vec<_> = lie.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let foreign = [&lie[..], &[("origin", evil_origin.as_str())]].concat();
        assert_eq!(site.post("/sign-in", &foreign, "").await.status, StatusCode::FORBIDDEN, "{lie:?}");
        let ours = [&lie[..], &[("origin", OWN)]].concat();
        assert_ne!(site.post("/sign-in", &ours, "").await.status, StatusCode::FORBIDDEN, "{lie:?}");
    }
}
