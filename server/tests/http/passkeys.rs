//! パスキー over HTTP: the page as browsers without script see it, and where there are none.

use axum::http::StatusCode;
use testkit::Database;

use super::ask::{OWN, site};

const ADDRESS: &str = "hanako@example.jp";

#[tokio::test]
async fn the_page_says_what_it_needs_without_script() {
    let site = site(Database::Sqlite, &[("site.policy", "modern")]).await;
    let opened = site.instance.member(ADDRESS).await;
    let cookie = format!("session={}", opened.token.expose());
    let page = site.get_with("/account/passkeys", &[("cookie", &cookie), ("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains("パスキーを使うには、ブラウザーのJavaScriptが必要です"), "{text}");
    let form = text.split("action=\"/account/passkeys\"").nth(1).unwrap();
    assert!(form.split('>').next().unwrap().contains("hidden"), "the form waits for script");
    assert_eq!(site.get("/account/passkeys").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sign_in_offers_them_where_the_policy_does() {
    let offers = |page: &str| page.contains("username webauthn") && page.contains("/sign-in/passkey");
    let with = site(Database::Sqlite, &[("site.policy", "modern")]).await;
    assert!(offers(&with.get("/sign-in").await.text()));
    let without = site(Database::Sqlite, &[]).await;
    let page = without.get("/sign-in").await.text();
    assert!(!offers(&page) && !page.contains("webauthn"));
    let asked = without.post("/api/passkey-question", &[("origin", OWN)], "of=sign-in").await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
}

/// An invalid answer is refused with a sentence, whatever it holds.
#[tokio::test]
async fn invalid_answers_are_refused() {
    let site = site(Database::Sqlite, &[("site.policy", "modern")]).await;
    for body in ["", "challenge=x&credential=%7B%7D", "credential=%5B%5B%5B%5B", "challenge=%F0%A0%AE%B7"] {
        let answer = site.post("/sign-in/passkey", &[("origin", OWN)], body).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}");
        assert!(answer.text().contains("SI08"), "{}", answer.text());
    }
    let asked = site.post("/api/passkey-question", &[("origin", OWN)], "of=sign-in").await;
    assert!(asked.text().contains("challenge"), "{}", asked.text());
}
