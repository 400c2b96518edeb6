//! メールアドレスの変更 over HTTP (MP-68 to MP-72): as members, scanners and attackers meet its pages.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use identity::OpenedSession;
use identity::secret::Token;
use rstest::rstest;
use testkit::{Database, PASSWORD, code_in, link_in};

use super::ask::{Answer, OWN, Site, site, with};

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "hanako@new.example.jp";
const FORM: [(&str, &str); 2] = [("origin", OWN), ("accept", "text/html")];

fn cookie(opened: &OpenedSession) -> String {
    format!("session={}", opened.token.expose())
}

async fn page(site: &Site, opened: &OpenedSession, path: &str) -> Answer {
    site.get_with(path, &[("cookie", &cookie(opened)), ("accept", "text/html")]).await
}

async fn post(site: &Site, opened: &OpenedSession, path: &str, body: String) -> Answer {
    site.post(path, &[FORM[0], FORM[1], ("cookie", &cookie(opened))], body).await
}

async fn ask(site: &Site, opened: &OpenedSession, email: &str) -> Answer {
    post(site, opened, "/account/email", format!("email={}", email.replace('@', "%40"))).await
}

#[expect(clippy::unwrap_used, reason = "an e-mail that is not there ends the test")]
async fn link(site: &Site, path: &str) -> Token {
    link_in(site.instance.emails().await.iter().rfind(|email| email.text.contains(path)).unwrap())
}

fn sent_to(answer: &Answer) -> (StatusCode, &str) {
    (answer.status, answer.header("location"))
}

fn without_nonce(page: &Answer) -> String {
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
    page.text().replace(nonce, "")
}

#[expect(clippy::unwrap_used, reason = "a page without contents ends the test")]
fn contents(page: &Answer) -> String {
    page.text().split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap().to_owned()
}

/// MP-69, security.md 2.1: free, taken, and reserved addresses are answered alike, byte for byte.
#[rstest]
#[tokio::test]
async fn mp_69_known_and_unknown_addresses_are_answered_alike(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    site.instance.member("known1@example.jp").await;
    let kept = site.instance.member("keptby@example.jp").await;
    ask(&site, &kept, "elsewhere@example.jp").await;
    let confirm = link(&site, "/account/email/confirm").await;
    let done = post(&site, &kept, "/account/email/confirm", format!("t={}", confirm.expose())).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let mut seen = Vec::new();
    for email in ["nobody@example.jp", "known1@example.jp", "keptby@example.jp"] {
        let opened = site.instance.member(&format!("x{email}")).await;
        let rows = site.instance.count("SELECT COUNT(*) FROM outbox").await;
        let asked = ask(&site, &opened, email).await;
        assert_eq!(sent_to(&asked), (StatusCode::SEE_OTHER, "/account/email?done=asked"));
        let shown = page(&site, &opened, "/account/email").await;
        let wrong = post(&site, &opened, "/account/email/code", "code=000000".into()).await;
        let again = post(&site, &opened, "/account/email/resend", String::new()).await;
        seen.push((
            (asked.status, asked.headers.len(), asked.body.len()),
            (shown.status, shown.headers.len(), without_nonce(&shown).replace(email, "")),
            (wrong.status, wrong.headers.len(), without_nonce(&wrong).replace(email, "")),
            (again.status, again.headers.len(), again.header("location").to_owned()),
            site.instance.count("SELECT COUNT(*) FROM outbox").await - rows,
        ));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

/// Mail scanners open links, by GET and by HEAD, as often as they like; then the person presses the button.
#[rstest]
#[tokio::test]
async fn looking_at_the_links_changes_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    ask(&site, &opened, NEW).await;
    let (confirm, undo) =
        (link(&site, "/account/email/confirm").await, link(&site, "/email-change/undo").await);
    let confirm_path = format!("/account/email/confirm?t={}", confirm.expose());
    let undo_path = format!("/email-change/undo?t={}", undo.expose());
    let untouched = "SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'email_change' AND used_at IS NULL \
                     AND voided_at IS NULL";
    for (path, asks) in
        [(&confirm_path, "name=\"current_password\""), (&undo_path, "action=\"/email-change/undo\"")]
    {
        for method in [Method::GET, Method::HEAD] {
            for _ in 0..5 {
                let request = with(method.clone(), path, &[]).body(Body::empty()).unwrap();
                let page = site.ask(request).await;
                assert_eq!(page.status, StatusCode::OK, "{method} {path}");
                assert!(method == Method::HEAD || page.text().contains(asks), "{path}");
            }
        }
        assert_eq!(site.instance.count(untouched).await, 1);
    }
    let mine = page(&site, &opened, &confirm_path).await.text();
    assert!(mine.contains(NEW) && !mine.contains("name=\"current_password\""));

    let body = format!("t={}&current_password=", confirm.expose());
    let empty = site.post("/account/email/confirm", &FORM, body.clone()).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        empty.text().contains(confirm.expose()) && empty.text().contains("id=\"current_password-error\"")
    );
    let done = site.post("/account/email/confirm", &FORM, format!("{body}{PASSWORD}")).await;
    assert_eq!(sent_to(&done), (StatusCode::SEE_OTHER, "/account/email/confirm?done=changed"));
    assert_eq!(done.header("set-cookie"), "", "it opens no session");
    assert!(page(&site, &opened, "/account").await.text().contains(NEW));

    let undone = site.post("/email-change/undo", &FORM, format!("t={}", undo.expose())).await;
    assert_eq!(sent_to(&undone), (StatusCode::SEE_OTHER, "/email-change/undo?done=undone"));
    assert_eq!(undone.header("set-cookie"), "");
    assert_eq!(page(&site, &opened, "/account").await.status, StatusCode::SEE_OTHER, "signed out");
}

/// Used, of the other e-mail, made up, cut: one page, byte for byte.
#[tokio::test]
async fn security_2_6_dead_links_look_alike() {
    let site = site(Database::Sqlite, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    ask(&site, &opened, NEW).await;
    let (confirm, stop) =
        (link(&site, "/account/email/confirm").await, link(&site, "/email-change/undo").await);
    let done = post(&site, &opened, "/account/email/confirm", format!("t={}", confirm.expose())).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    site.post("/email-change/undo", &FORM, format!("t={}", stop.expose())).await;
    let (used, made_up) = (confirm.expose().to_owned(), site.instance.app.rng.token().expose().to_owned());
    let mut seen = Vec::new();
    for path in ["/account/email/confirm", "/email-change/undo"] {
        for t in [&used, stop.expose(), &made_up, &used[..20], ""] {
            let answer = site.get(&format!("{path}?t={t}")).await;
            let main = contents(&answer);
            assert!(!main.contains("<form") && main.matches("<li").count() == 3, "{main}");
            seen.push((answer.status, main));
        }
        let posted = site.post(path, &FORM, format!("t={used}")).await;
        assert_eq!(posted.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(contents(&posted).contains("ご利用いただけません"), "{path}");
    }
    assert!(seen.iter().all(|one| one == &seen[0]));
}

/// MP-70 in its words, with a link to where it can be corrected; the use case refuses as the page does.
#[tokio::test]
async fn mp_70_the_refusal_is_said_in_its_words() {
    let site = site(Database::Sqlite, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    ask(&site, &opened, NEW).await;
    let confirm = link(&site, "/account/email/confirm").await;
    site.instance.with_mail(&opened).await;
    let words = "2段階認証で利用中です。2段階認証のメールトークンを解除してから変更してください。";
    let path = format!("/account/email/confirm?t={}", confirm.expose());
    for shown in [
        page(&site, &opened, "/account/email").await,
        page(&site, &opened, &path).await,
        ask(&site, &opened, NEW).await,
        post(&site, &opened, "/account/email/confirm", format!("t={}", confirm.expose())).await,
        site.post(
            "/account/email/confirm",
            &FORM,
            format!("t={}&current_password={PASSWORD}", confirm.expose()),
        )
        .await,
    ] {
        let main = contents(&shown);
        assert!(main.contains(words) && main.contains("href=\"/account/second-step\""), "{main}");
    }
}

#[tokio::test]
async fn mp_68_the_whole_change_without_script() {
    let site = site(Database::Sqlite, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    let refused = ask(&site, &opened, ADDRESS).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(contents(&refused).contains("id=\"email-error\"") && contents(&refused).contains(ADDRESS));
    ask(&site, &opened, NEW).await;
    let wrong = post(&site, &opened, "/account/email/code", "code=abc".into()).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(contents(&wrong).contains("id=\"code-error\"") && contents(&wrong).contains(NEW));
    let cancelled = post(&site, &opened, "/account/email/cancel", String::new()).await;
    assert_eq!(sent_to(&cancelled), (StatusCode::SEE_OTHER, "/account/email?done=cancelled"));
    site.instance.wait(60_000);
    ask(&site, &opened, NEW).await;
    // A slow e-mail: the code is accepted in its session although the authentication is no longer fresh.
    site.instance.wait(11 * 60_000);
    let stale = page(&site, &opened, "/account/email").await;
    assert_eq!(sent_to(&stale), (StatusCode::SEE_OTHER, "/account/confirm?next=%2Faccount%2Femail"));
    let emails = site.instance.emails().await;
    let code = code_in(emails.iter().rfind(|email| email.to == NEW).unwrap());
    let done = post(&site, &opened, "/account/email/code", format!("code={code}")).await;
    assert_eq!(sent_to(&done), (StatusCode::SEE_OTHER, "/account?done=email"));
    assert!(page(&site, &opened, "/account").await.text().contains(NEW));
    let history = page(&site, &opened, "/account/history?kind=account").await.text();
    assert!(history.contains("メールアドレスを変更しました"));
}

#[tokio::test]
async fn nothing_is_done_from_another_site() {
    let site = site(Database::Sqlite, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    ask(&site, &opened, NEW).await;
    let (cookie, confirm) = (cookie(&opened), link(&site, "/account/email/confirm").await);
    let foreign =
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("cookie", cookie.as_str())];
    for path in [
        "/account/email",
        "/account/email/code",
        "/account/email/resend",
        "/account/email/cancel",
        "/account/email/confirm",
        "/email-change/undo",
    ] {
        let body = format!("email=evil%40example.com&t={}", confirm.expose());
        let answer = site.post(path, &foreign, body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(
        site.instance
            .count("SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'email_change' AND voided_at IS NULL")
            .await,
        1
    );
}
