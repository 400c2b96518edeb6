//! Well-known addresses.

use axum::http::StatusCode;
use testkit::Database;

use super::ask::site;

#[tokio::test]
async fn password_managers_find_the_form() {
    let site = site(Database::Sqlite, &[]).await;
    let answer = site.get("/.well-known/change-password").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/account/profile"));
}

#[tokio::test]
async fn security_txt_is_there_if_there_is_a_contact() {
    let silent = site(Database::Sqlite, &[]).await;
    assert_eq!(silent.get("/.well-known/security.txt").await.status, StatusCode::NOT_FOUND);
    let site = site(Database::Sqlite, &[("site.support", "help@example.jp")]).await;
    let answer = site.get("/.well-known/security.txt").await;
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(
        answer.text(),
        "Contact: mailto:help@example.jp\nExpires: 2027-11-21T12:00:00+09:00\nPreferred-Languages: ja, en\n\
         Canonical: http://localhost:3000/.well-known/security.txt\n"
    );
}

/// Password managers ask for this address to find out whether the site answers 404 reliably.
#[tokio::test]
async fn what_is_not_there_is_a_real_404() {
    let site = site(Database::Sqlite, &[]).await;
    let odd = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
    for path in [odd, "/no-such-page", "/%F0%A0%AE%B7", "/dev/mail", "/metrics"] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn password_managers_find_the_passkeys_where_there_are_some() {
    let path = "/.well-known/passkey-endpoints";
    let without = site(Database::Sqlite, &[]).await;
    assert_eq!(without.get(path).await.status, StatusCode::NOT_FOUND);
    let site = site(Database::Sqlite, &[("site.policy", "modern")]).await;
    let answer = site.get(path).await;
    assert_eq!(answer.header("content-type"), "application/json");
    let page = "http://localhost:3000/account/passkeys";
    assert_eq!(answer.text(), format!(r#"{{"enroll":"{page}","manage":"{page}"}}"#));
}
