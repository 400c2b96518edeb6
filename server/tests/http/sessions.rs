//! 認証ポリシー管理 over HTTP: an ended session is refused at the next request, and forms redirect (MP-43, MP-83).

use axum::http::StatusCode;
use identity::OpenedSession;
use rstest::rstest;
use testkit::Database;

use super::ask::{Answer, OWN, Site, site};

const ADDRESS: &str = "hanako@example.jp";
const SECURITY: &str = "/account/security";

fn cookie(opened: &OpenedSession) -> String {
    format!("session={}", opened.token.expose())
}

async fn page(site: &Site, opened: &OpenedSession) -> Answer {
    site.get_with(SECURITY, &[("cookie", &cookie(opened)), ("accept", "text/html")]).await
}

async fn post(site: &Site, opened: &OpenedSession, form: &str, body: &str) -> Answer {
    let headers = [("origin", OWN), ("accept", "text/html"), ("cookie", &cookie(opened))];
    site.post(&format!("{SECURITY}/{form}"), &headers, body.to_owned()).await
}

/// security.md 2.3, as a browser meets it: pages, forms and data, from the very next request on.
#[rstest]
#[tokio::test]
async fn revocation_mp_83_an_ended_session_is_sent_to_sign_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values("end-session", "end-others")] form: &str,
) {
    let site = site(database, &[]).await;
    let here = site.instance.member(ADDRESS).await;
    let lost = site.instance.signed_in(ADDRESS).await;
    assert_eq!(page(&site, &lost).await.status, StatusCode::OK);
    for _ in 0..2 {
        let done = post(&site, &here, form, &format!("id={}", lost.session_id)).await;
        let to = if form == "end-session" { "?done=session" } else { "?done=others" };
        assert_eq!(
            (done.status, done.header("location")),
            (StatusCode::SEE_OTHER, &*format!("{SECURITY}{to}"))
        );
    }

    let asked = page(&site, &lost).await;
    let to_sign_in = "/sign-in?next=%2Faccount%2Fsecurity";
    assert_eq!((asked.status, asked.header("location")), (StatusCode::SEE_OTHER, to_sign_in));
    let posted = post(&site, &lost, "end-others", "").await;
    assert_eq!((posted.status, posted.header("location")), (StatusCode::SEE_OTHER, to_sign_in));
    for function in ["/api/security", "/api/home", "/account/security/end-others"] {
        let answer = site.post(function, &[("origin", OWN), ("cookie", &cookie(&lost))], "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{function}");
    }
    let still = page(&site, &here).await;
    assert_eq!(still.status, StatusCode::OK);
    assert!(!still.text().contains(&lost.session_id));
}

#[tokio::test]
async fn mp_83_the_page_has_a_button_for_every_session_but_this_one() {
    let site = site(Database::Sqlite, &[]).await;
    let here = site.instance.member(ADDRESS).await;
    assert!(!page(&site, &here).await.text().contains("/end-"), "nobody else is signed in");
    let lost = site.instance.signed_in(ADDRESS).await;
    let html = page(&site, &here).await.text();
    assert_eq!(html.matches("action=\"/account/security/end-session\"").count(), 1);
    assert!(html.contains(&format!("name=\"id\" value=\"{}\"", lost.session_id)));
    assert_eq!(html.matches("chip--here").count(), 1);
    assert_eq!(html.matches("action=\"/account/security/end-others\"").count(), 1);
}

/// Only a fresh authentication turns the switch; without one the page has no form for it.
#[tokio::test]
async fn mp_43_the_switch_needs_a_fresh_proof() {
    let site = site(Database::Sqlite, &[]).await;
    let here = site.instance.member(ADDRESS).await;
    let form = "action=\"/account/security/second-step\"";
    assert!(page(&site, &here).await.text().contains(form));
    let on = post(&site, &here, "second-step", "switch=on").await;
    let to_set_up = "/account/second-step?done=on";
    assert_eq!((on.status, on.header("location")), (StatusCode::SEE_OTHER, to_set_up), "nothing is set up");
    let off = post(&site, &here, "second-step", "switch=off").await;
    assert_eq!(off.header("location"), "/account/security?done=off");

    site.instance.wait(11 * 60_000);
    let html = page(&site, &here).await.text();
    let way = "/account/confirm?next=%2Faccount%2Fsecurity";
    assert!(!html.contains(form) && html.contains(way) && html.contains("本人確認をして変更する"));
    let late = post(&site, &here, "second-step", "switch=on").await;
    assert_eq!((late.status, late.header("location")), (StatusCode::SEE_OTHER, way));
    assert_eq!(
        site.instance.count("SELECT COUNT(*) FROM member_second_step WHERE switched_on_at > 0").await,
        0
    );
}
