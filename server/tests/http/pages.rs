//! Pages and forms as a browser without script meets them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use domain::route::{FORMS_OF_THE_FRAME, Route};
use identity::{OpenedSession, registration};
use rstest::rstest;
use testkit::{Database, PASSWORD, form};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::ask::{Answer, OWN, Site, site};

const ADDRESS: &str = "hanako@example.jp";
const FORM: [(&str, &str); 2] = [("origin", OWN), ("accept", "text/html")];

fn cookie(opened: &OpenedSession) -> String {
    format!("session={}", opened.token.expose())
}

async fn get_as(site: &Site, opened: &OpenedSession, path: &str) -> Answer {
    site.get_with(path, &[("cookie", &cookie(opened)), ("accept", "text/html")]).await
}

/// The number that the page's header gives to its scripts.
fn nonce(page: &Answer) -> String {
    let policy = page.header("content-security-policy");
    policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default().to_owned()
}

#[expect(clippy::unwrap_used, reason = "a form that cannot be written ends the test")]
fn filled(email: &str) -> String {
    serde_urlencoded::to_string(form(email)).unwrap()
}

static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

/// Counts what sqlx reports of every statement.
struct Counted;

impl<S: tracing::Subscriber> Layer<S> for Counted {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            event.record(&mut Summary);
        }
    }
}

struct Summary;

impl tracing::field::Visit for Summary {
    fn record_str(&mut self, field: &tracing::field::Field, text: &str) {
        // The set-up statements of a new connection do not count.
        if field.name() == "summary" && !text.starts_with("PRAGMA") {
            STATEMENTS.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
}

/// All that were reported. The thread of `SQLite` reports a statement after it gave the last row away, so a page can be there
/// before its last statement is: this waits until nothing more comes.
async fn statements_so_far() -> usize {
    loop {
        let before = STATEMENTS.load(Ordering::SeqCst);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        if STATEMENTS.load(Ordering::SeqCst) == before {
            return before;
        }
    }
}

/// A form that the table of routes does not know would have no page to come back to, and no access of its own.
#[tokio::test]
async fn the_forms_are_those_of_the_table_of_routes() {
    let _site = site(Database::Sqlite, &[]).await;
    let answered = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path);
    let answered: BTreeSet<&str> = answered.filter(|path| !path.starts_with("/api/")).collect();
    let declared = Route::ALL.iter().flat_map(|route| route.forms()).chain(&FORMS_OF_THE_FRAME);
    let declared: BTreeSet<&str> = declared.copied().collect();
    assert_eq!(answered, declared);
}

/// A signed-in page costs a fixed number of statements, however much there is of the member and of others.
#[rstest]
#[case("/", 4)]
#[case("/account", 2)]
#[case("/account/profile", 2)]
#[case("/account/security", 4)]
#[case("/account/history", 2)]
#[case("/account/history?kind=refused&before=01999999-0000-7000-8000-000000000000", 2)]
#[tokio::test]
async fn statements_of_a_page(
    #[case] path: &str,
    #[case] expected: usize,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Counted)).unwrap();
    let site = site(database, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    for round in 0..2 {
        let before = statements_so_far().await;
        let page = get_as(&site, &opened, path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(statements_so_far().await - before, expected, "round {round}");
        for n in 0..5 {
            site.instance.member(&format!("a{round}{n}@example.jp")).await;
            site.instance.signed_in(ADDRESS).await;
        }
    }
}

#[tokio::test]
async fn visitors_are_sent_to_sign_in_before_anything_is_rendered() {
    let site = site(Database::Sqlite, &[]).await;
    for (path, to) in [
        ("/", "/sign-in"),
        ("/account", "/sign-in?next=%2Faccount"),
        ("/account/history?kind=x", "/sign-in?next=%2Faccount%2Fhistory%3Fkind%3Dx"),
    ] {
        let answer = site.get(path).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, to));
        assert!(answer.body.is_empty(), "nothing of the page is in the answer");
    }
    assert_eq!(site.get("/account/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn mp_27_members_skip_the_sign_in_page_and_nothing_of_them_is_stored() {
    let site = site(Database::Sqlite, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    let skipped = get_as(&site, &opened, "/sign-in?next=%2Faccount").await;
    assert_eq!((skipped.status, skipped.header("location")), (StatusCode::SEE_OTHER, "/account"));
    let astray = get_as(&site, &opened, "/sign-in?next=%2F%2Fevil.example").await;
    assert_eq!(astray.header("location"), "/");
    for path in ["/", "/account", "/account/profile", "/terms"] {
        assert_eq!(get_as(&site, &opened, path).await.header("cache-control"), "no-store", "{path}");
    }
}

/// MP-10, security.md 2.1: the same answer for a known and an unknown address, byte for byte.
#[rstest]
#[tokio::test]
async fn mp_10_known_and_unknown_addresses_are_answered_alike(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    site.instance.member("known1@example.jp").await;
    let mut seen = Vec::new();
    for email in ["known1@example.jp", "nobody@example.jp"] {
        let sent = site.post("/register", &FORM, filled(email)).await;
        assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, "/register/sent"));
        let kept = sent.header("set-cookie").split(';').next().unwrap().to_owned();
        let page = site.get_with("/register/sent", &[("cookie", &kept)]).await;
        let nonce = nonce(&page);
        seen.push((
            sent.headers.len(),
            sent.header("set-cookie").len(),
            page.status,
            page.text().replace(&nonce, "").replace(email, ""),
        ));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_but_no_password() {
    let site = site(Database::Sqlite, &[]).await;
    let mut typed = form("not an address");
    typed.person.family_name = "\u{20BB7}野</script>".into();
    typed.terms = None;
    let page = site.post("/register", &FORM, serde_urlencoded::to_string(&typed).unwrap()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let html = page.text();
    assert!(html.contains("value=\"not an address\"") && html.contains("\u{20BB7}野"));
    assert!(html.contains("id=\"email-error\"") && html.contains("id=\"terms-error\""));
    assert!(!html.contains(PASSWORD));
    assert!(!html.contains("野</script>"), "markup in a value stays text (GHSA-gpxg-fx2g-qxj2)");
}

/// A refused form is rendered at the address it was posted to. That address has the same page in the browser's
/// router, or hydration would find another page there.
#[tokio::test]
async fn a_form_comes_back_at_an_address_that_has_its_page() {
    let site = site(Database::Sqlite, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    let path = "/account/profile/password";
    let asked = get_as(&site, &opened, path).await;
    assert_eq!(asked.status, StatusCode::OK);
    let cookie = cookie(&opened);
    let posted = site.post(path, &[FORM[0], FORM[1], ("cookie", &cookie)], "current_password=x").await;
    assert_eq!(posted.status, StatusCode::UNPROCESSABLE_ENTITY);
    for page in [asked, posted] {
        assert!(page.text().contains("name=\"new_password_confirm\""));
    }
    for path in ["/register/code", "/register/resend"] {
        assert_eq!(site.get(path).await.status, StatusCode::OK, "{path}");
    }
}

/// Kanidm GHSA-gpxg-fx2g-qxj2: a name must not break out of the data that the page carries for its script.
#[tokio::test]
async fn a_name_cannot_break_out_of_the_page() {
    let site = site(Database::Sqlite, &[]).await;
    let mut typed = form(ADDRESS);
    typed.person.family_name = "</script><script>alert(1)</script>".into();
    let form_id = site.instance.app.rng.token();
    let visitor = site.instance.visitor();
    registration::submit(&visitor, &typed, &form_id, None).await.unwrap();
    let code = testkit::code_in(&site.instance.emails().await[0]);
    let registered = registration::complete_by_code(&visitor, &form_id, &code).await.unwrap();
    let opened = registered.signed_in.session;
    for path in ["/", "/account", "/account/profile"] {
        let html = get_as(&site, &opened, path).await.text();
        assert!(html.contains("alert(1)") && !html.contains("<script>alert"), "{path}");
    }
}

#[tokio::test]
async fn every_script_of_a_page_carries_the_nonce_of_its_header() {
    let site = site(Database::Sqlite, &[]).await;
    let page = site.get("/sign-in").await;
    let html = page.text();
    let scripts = html.matches("<script").count();
    assert!(scripts > 0);
    assert_eq!(html.matches(&format!("nonce=\"{}\"", nonce(&page))).count(), scripts);
    for attribute in [" style=", " onclick=", " onload="] {
        assert!(!html.contains(attribute), "{attribute}");
    }
}

/// The database goes away: 503 with a retry, and no internals (Zitadel CVE-2024-32967).
#[rstest]
#[tokio::test]
async fn without_its_database_the_site_says_try_again(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    site.instance.app.db.close().await;
    let page = get_as(&site, &opened, "/account").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.header("retry-after"), "5");
    let form = site.post("/sign-in", &FORM, format!("email={ADDRESS}&password=x")).await;
    assert_eq!((form.status, form.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    // A visitor's page: the layers do not need the database for it.
    let link = Route::PasswordResetNew.with_token(&"A".repeat(43));
    let drawn = site.get(&link).await;
    assert_eq!((drawn.status, drawn.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    for text in [page.text(), form.text(), drawn.text()] {
        for inside in ["sqlite", "postgres", "pool", "tegata_"] {
            assert!(!text.to_lowercase().contains(inside), "{inside}");
        }
    }
    // Pages that do not need it are still served.
    assert_eq!(site.get("/sign-in").await.status, StatusCode::OK);
}

/// BA-02: where an administrator makes the accounts, nobody registers, whatever they post.
#[tokio::test]
async fn ba_02_a_closed_site_registers_nobody() {
    let site = site(Database::Sqlite, &[("policy.registration.mode", "closed")]).await;
    let page = site.get("/register").await.text();
    assert!(!page.contains("name=\"family_name\"") && page.contains("ご利用いただけません"));
    let answer = site.post("/register", &FORM, filled(ADDRESS)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/register"));
    assert_eq!(
        site.instance.count("SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'registration'").await,
        0
    );
    assert!(!site.get("/sign-in").await.text().contains("href=\"/register\""));
}

/// What a script gets: the reply itself, 200 for a refusal, so that the console stays clean.
#[tokio::test]
async fn a_script_gets_the_reply() {
    let site = site(Database::Sqlite, &[]).await;
    let answer = site.post("/sign-in", &[("origin", OWN)], format!("email={ADDRESS}&password=x")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(answer.text().contains("SI02"), "{}", answer.text());
}

/// RFC 9113 §8.2.3: a proxy may pass cookies on in several lines. A name that comes twice counts as absent.
#[tokio::test]
async fn cookies_may_come_in_several_lines() {
    let site = site(Database::Sqlite, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    let own = cookie(&opened);
    let lines =
        |cookies: &[&str]| cookies.iter().map(|line| ("cookie", (*line).to_owned())).collect::<Vec<_>>();
    for (cookies, status) in [
        (lines(&["lang=en", &own]), StatusCode::OK),
        (lines(&[&own, "session=another"]), StatusCode::SEE_OTHER),
    ] {
        let headers: Vec<_> = cookies.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(site.get_with("/account", &headers).await.status, status, "{cookies:?}");
    }
}

/// MP-95: the member's choice, then the cookie, then the browser.
#[tokio::test]
async fn mp_95_order_of_languages() {
    let site = site(Database::Sqlite, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    let lang = |answer: Answer| answer.text().split("<html lang=\"").nth(1).unwrap()[..2].to_owned();
    assert_eq!(lang(site.get("/sign-in").await), "ja");
    assert_eq!(lang(site.get_with("/sign-in", &[("accept-language", "en-GB,ja;q=0.5")]).await), "en");
    let chosen = [("accept-language", "en"), ("cookie", "lang=ja")];
    assert_eq!(lang(site.get_with("/sign-in", &chosen).await), "ja");
    let cookies = format!("{}; lang=en", cookie(&opened));
    assert_eq!(lang(site.get_with("/", &[("cookie", &cookies)]).await), "ja");
}
