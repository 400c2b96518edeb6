//! The pages behind the links of security and reset e-mails, as scanners, people and attackers meet them.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use identity::secret::Token;
use rstest::rstest;
use testkit::{Database, PASSWORD, link_in};

use super::ask::{OWN, Site, site, with};

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "quiet-Heron-folds-9-maps";
const FORM: [(&str, &str); 2] = [("origin", OWN), ("accept", "text/html")];

/// A sign-in with a new browser; returns the link of the e-mail that notifies of it.
async fn alert(site: &Site) -> Token {
    site.instance.member(ADDRESS).await;
    site.instance.signed_in(ADDRESS).await;
    newest(site).await
}

#[expect(clippy::unwrap_used, reason = "an e-mail that is not there ends the test")]
async fn newest(site: &Site) -> Token {
    link_in(site.instance.emails().await.last().unwrap())
}

async fn not_mine(site: &Site, link: &Token) {
    let done = site.post("/alert/not-mine", &FORM, format!("t={}", link.expose())).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/alert?done=not-mine"));
    assert_eq!(done.header("set-cookie"), "", "it opens no session");
}

/// Everything that an answer or a reset would change.
async fn state(site: &Site) -> [i64; 4] {
    let mut state = [0; 4];
    for (n, sql) in [
        "SELECT COUNT(*) FROM mailed_proof WHERE used_at IS NOT NULL",
        "SELECT COUNT(*) FROM mailed_proof WHERE voided_at IS NOT NULL",
        "SELECT COUNT(*) FROM session WHERE ended_at IS NULL",
        "SELECT COUNT(*) FROM audit",
    ]
    .into_iter()
    .enumerate()
    {
        state[n] = site.instance.count(sql).await;
    }
    state
}

/// Mail scanners open links, five times if they like.
#[rstest]
#[tokio::test]
async fn looking_at_a_link_changes_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    let first = alert(&site).await;
    not_mine(&site, &first).await;
    let reset = newest(&site).await;
    // The e-mail of another member is still unanswered.
    site.instance.member("taro@example.jp").await;
    site.instance.signed_in("taro@example.jp").await;
    let open = newest(&site).await;
    for (path, asks) in [
        (format!("/alert?t={}", open.expose()), "action=\"/alert/not-mine\""),
        (format!("/password/reset/new?t={}", reset.expose()), "name=\"new_password_confirm\""),
    ] {
        let before = state(&site).await;
        for method in [Method::GET, Method::HEAD] {
            for _ in 0..5 {
                let request = with(method.clone(), &path, &[]).body(Body::empty()).unwrap();
                let page = site.ask(request).await;
                assert_eq!(page.status, StatusCode::OK, "{method} {path}");
                assert!(method == Method::HEAD || page.text().contains(asks), "{path}");
            }
        }
        assert_eq!(state(&site).await, before, "{path}");
    }
}

#[tokio::test]
async fn an_answer_needs_no_sign_in_and_counts_once() {
    let site = site(Database::Sqlite, &[]).await;
    let link = alert(&site).await;
    let page = site.get(&format!("/alert?t={}", link.expose())).await.text();
    for said in ["はじめて使われるブラウザ", "192.0.2.7", "action=\"/alert/mine\""] {
        assert!(page.contains(said), "{said}");
    }
    assert!(
        !page.contains(ADDRESS) && !page.contains("山田"),
        "the page shows what the e-mail says, but not whose it is"
    );
    not_mine(&site, &link).await;
    for path in ["/alert/mine", "/alert/not-mine"] {
        let again = site.post(path, &FORM, format!("t={}", link.expose())).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("すでにお答えいただいている"), "{path}");
    }
    assert_eq!(
        site.instance.count("SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'password_reset'").await,
        1
    );
}

/// Used, expired, cut, made up: one page, byte for byte, so that it does not show which.
#[tokio::test]
async fn mp_36_dead_links_look_alike() {
    let site = site(Database::Sqlite, &[]).await;
    let link = alert(&site).await;
    not_mine(&site, &link).await;
    let (used, made_up) = (link.expose().to_owned(), site.instance.app.rng.token().expose().to_owned());
    for page in ["/alert", "/password/reset/new"] {
        let mut seen = Vec::new();
        for t in [&used, &made_up, &used[..20].to_owned(), &String::new()] {
            let answer = site.get(&format!("{page}?t={t}")).await;
            let text = answer.text();
            let main = text.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap();
            assert!(!main.contains("<form") && main.matches("<li").count() == 3, "{main}");
            seen.push((answer.status, main.to_owned()));
        }
        assert!(seen.iter().all(|one| one == &seen[0]), "{page}");
    }
    for page in ["/alert/mine", "/alert/not-mine"] {
        assert_eq!(site.get(page).await.status, StatusCode::OK, "{page}");
    }
}

#[tokio::test]
async fn nothing_is_answered_from_another_site() {
    let site = site(Database::Sqlite, &[]).await;
    let link = alert(&site).await;
    let before = state(&site).await;
    let foreign = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    for path in ["/alert/mine", "/alert/not-mine", "/password/reset/new"] {
        let answer = site.post(path, &foreign, format!("t={}", link.expose())).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(state(&site).await, before);
}

#[tokio::test]
async fn mp_36_the_new_password_is_set_without_script() {
    let site = site(Database::Sqlite, &[("policy.reset.link_valid_minutes", "25")]).await;
    let link = alert(&site).await;
    not_mine(&site, &link).await;
    let reset = newest(&site).await;
    let set = async |new: &str, confirm: &str| {
        let body = format!("t={}&new_password={new}&new_password_confirm={confirm}", reset.expose());
        site.post("/password/reset/new", &FORM, body).await
    };
    let refused = set(NEW, "another").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(page.contains("id=\"new_password_confirm-error\"") && page.contains(reset.expose()));
    assert!(!page.contains(NEW), "no password comes back");
    let known = set(PASSWORD, PASSWORD).await.text();
    assert!(known.contains("現在と同じパスワードは設定できません"), "{known}");

    let done = set(NEW, NEW).await;
    assert_eq!(
        (done.status, done.header("location")),
        (StatusCode::SEE_OTHER, "/sign-in?done=password-reset")
    );
    let again = set(NEW, NEW).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text().contains("メールの送信から25分") && !again.text().contains("name=\"new_password\""));
    let signed_in = site.post("/sign-in", &FORM, format!("email={ADDRESS}&password={NEW}")).await;
    assert_eq!((signed_in.status, signed_in.header("location")), (StatusCode::SEE_OTHER, "/"));
}
