//! ログイン履歴 as a browser without script gets it (MP-85, MP-86).

use axum::http::StatusCode;
use identity::OpenedSession;
use rstest::rstest;
use testkit::{Database, PASSWORD};

use super::ask::{Answer, OWN, Site, site};

const ADDRESS: &str = "hanako@example.jp";

async fn history(site: &Site, opened: &OpenedSession, query: &str) -> Answer {
    let cookies = format!("session={}; lang=ja", opened.token.expose());
    site.get_with(&format!("/account/history{query}"), &[("cookie", &cookies), ("accept", "text/html")]).await
}

async fn attempt(site: &Site, password: &str) {
    site.post("/sign-in", &[("origin", OWN)], format!("email={ADDRESS}&password={password}")).await;
}

#[rstest]
#[tokio::test]
async fn mp_85_what_happened_in_words_and_by_kind(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    attempt(&site, "wrong").await;
    attempt(&site, PASSWORD).await;
    let page = history(&site, &opened, "").await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    let html = page.text();
    let told = [
        "本登録が完了しました",
        "ログインできませんでした（パスワードの間違い、またはロック中）",
        "ログインしました（パスワード）",
    ];
    assert!(told.iter().all(|what| html.contains(what)), "{html}");
    assert_eq!(html.matches("chip--here\">この端末").count(), 1);
    assert!(!html.contains("<form method=\"post\" action=\"/account/history"), "MP-86: nothing clears it");

    let refused = history(&site, &opened, "?kind=refused").await.text();
    assert!(refused.contains(told[1]) && !refused.contains(told[2]));
    assert!(history(&site, &opened, "?kind=security").await.text().contains("記録はありません"));
    assert!(history(&site, &opened, "?kind=nonsense&before=%00").await.text().contains(told[0]));
}

/// On the page twelve attempts are one row, which can be opened.
#[tokio::test]
async fn repeated_refusals_are_one_row() {
    let site = site(Database::Sqlite, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    for _ in 0..12 {
        attempt(&site, "wrong").await;
    }
    let html = history(&site, &opened, "").await.text();
    assert!(html.contains("ログインできませんでした（12回、ロックされました）"), "{html}");
    assert_eq!(
        html.matches("<p class=\"record__what\">ログインできませんでした（パスワードの間違い").count(),
        12
    );
    assert_eq!(html.matches("<details>").count(), 1);
}

/// BA-06: a site that shows only the last sign-in says so.
#[tokio::test]
async fn ba_06_a_site_without_it_says_so() {
    let site = site(Database::Sqlite, &[("policy.history.shown", "last_sign_in")]).await;
    let opened = site.instance.member(ADDRESS).await;
    let page = history(&site, &opened, "").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text().contains("ご利用いただけません"));
}
