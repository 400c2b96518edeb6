//! Between the two steps of a sign-in, and what a browser had before it (security.md 2.2, 2.8).

use axum::http::StatusCode;
use domain::route::{Access, Route};
use rstest::rstest;
use testkit::{AuthenticatorApp, Database, PASSWORD};

use super::ask::{Answer, OWN, Site, site};

const ADDRESS: &str = "hanako@example.jp";
const FORM: [(&str, &str); 2] = [("origin", OWN), ("accept", "text/html")];
const SECOND_STEP: &str = "/sign-in/second-step";

/// What visitors may ask for.
const FOR_VISITORS: &[&str] = &[
    "/api/page",
    "/api/document",
    "/api/help",
    "/api/help/topic",
    "/api/help/data",
    "/api/register",
    "/api/register/sent",
    "/api/register/complete",
    "/api/second-factor/challenge",
    "/api/sign-in/providers",
    "/api/home",
    "/api/alert",
    "/api/password/reset",
    "/api/password/reset/sent",
    "/api/password/reset/new",
    "/api/account/email/confirm",
    "/api/email-change/undo",
    "/api/withdrawn",
];

/// Every field of every form, so that no function stops at a missing one.
/// A new form with a field of another name fails here: add it.
const EVERYTHING: &str = "id=x&t=x&on=true&switch=on&code=123456&method=app&draft=x&label=x&password=x&email=x%40example.jp&\
    current_password=x&new_password=x&new_password_confirm=x&family_name=x&given_name=x&lang=ja&sealed=x&\
    before=x&kind=x&of=new&form_id=x&back=x&next=%2F&provider_error=&with=&agree=on&receipt=x";

/// The address of a form that only members may send.
fn is_for_members(path: &str) -> bool {
    path.starts_with("/account") && path != Route::EmailConfirm.path()
}

/// The value of a cookie that an answer sets.
fn set(answer: &Answer, name: &str) -> Option<String> {
    let prefix = format!("{name}=");
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    cookies.filter_map(|cookie| cookie.strip_prefix(&prefix)).map(str::to_owned).next_back()
}

/// The part of a cookie before its attributes.
fn value(cookie: &str) -> &str {
    cookie.split(';').next().unwrap_or_default()
}

async fn post(site: &Site, path: &str, cookie: &str, body: &str) -> Answer {
    site.post(path, &[FORM[0], FORM[1], ("cookie", cookie)], body.to_owned()).await
}

/// A member with an app who gave the right password, in a browser with these cookies.
async fn half(site: &Site, cookies: &str) -> (AuthenticatorApp, Answer) {
    let member = site.instance.member(ADDRESS).await;
    let app = site.instance.with_app(&member).await;
    let answer = post(site, "/sign-in", cookies, &format!("email={ADDRESS}&password={PASSWORD}")).await;
    (app, answer)
}

#[rstest]
#[tokio::test]
async fn security_2_8_half_signed_in_reaches_no_account_page_and_no_server_function(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[("site.policy", "modern")]).await; // it offers everything
    let (_, answer) = half(&site, "").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-in/second-step"));
    assert!(set(&answer, "session").is_none() && set(&answer, "remembered").is_none());
    let token = set(&answer, "second-step").unwrap();
    let token = value(&token);
    for name in ["second-step", "session", "remembered", "browser"] {
        let cookie = format!("{name}={token}");
        let headers = [("cookie", cookie.as_str()), ("accept", "text/html")];
        for route in Route::ALL.iter().filter(|r| matches!(r.access(), Access::Member | Access::FreshMember))
        {
            let page = site.get_with(route.path(), &headers).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{} with {name}", route.path());
            assert!(page.header("location").starts_with("/sign-in"), "{} with {name}", route.path());
        }
        for (path, _) in leptos::server_fn::axum::server_fn_paths() {
            let members =
                (path.starts_with("/api/") && !FOR_VISITORS.contains(&path)) || is_for_members(path);
            if members {
                let asked = site.post(path, &[("origin", OWN), ("cookie", &cookie)], EVERYTHING).await;
                assert_eq!(asked.status, StatusCode::UNAUTHORIZED, "{path} with {name}: {}", asked.text());
            }
        }
        let home = site.post("/api/home", &[("origin", OWN), ("cookie", &cookie)], "").await;
        assert_ne!(home.status, StatusCode::OK, "{}", home.text());
    }
    assert_eq!(site.instance.count("SELECT COUNT(*) FROM session").await, 1, "the registration's");
}

/// authentik CVE-2026-49443: a stage was passed by an empty POST.
#[rstest]
#[case("")]
#[case("code=")]
#[case("code=&method=app")]
#[case("method=passkey")]
#[case("method=backup_code")]
#[case("method=mail&code=000000")]
#[case("method=none&code=000000")]
#[case("code=000000&code=000001")]
#[case("next=%2Faccount")]
#[tokio::test]
async fn security_2_8_an_empty_form_passes_no_factor(#[case] body: &str) {
    let site = site(Database::Sqlite, &[]).await;
    let (_, answer) = half(&site, "").await;
    let cookie = format!("second-step={}", value(&set(&answer, "second-step").unwrap()));
    for (path, cookie) in [
        (SECOND_STEP, cookie.as_str()),
        (SECOND_STEP, ""),
        (SECOND_STEP, "second-step="),
        ("/sign-in", &cookie),
        ("/sign-in/second-step/resend", &cookie),
        ("/account/confirm", &cookie),
    ] {
        let answer = post(&site, path, cookie, body).await;
        assert!(set(&answer, "session").is_none(), "{path}");
        assert!(
            !answer.status.is_success() && answer.header("location") != "/account",
            "{path}: {}",
            answer.status
        );
    }
    assert_eq!(site.instance.count("SELECT COUNT(*) FROM session").await, 1, "the registration's");
}

/// security.md 2.2: cookies that were planted in the browser before prove nothing after either factor.
#[rstest]
#[tokio::test]
async fn security_2_2_planted_cookies_are_useless(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    let attacker = site.instance.member("taro@example.jp").await;
    let strange = site.instance.app.rng.token();
    let (session, browser) = (attacker.token.expose(), attacker.browser.expose());
    let planted = format!("session={session}; browser={browser}; second-step={}", strange.expose());
    let (app, answer) = half(&site, &planted).await;
    let step = set(&answer, "second-step").unwrap();
    assert_ne!(value(&step), strange.expose());
    let code = app.code(site.instance.now());
    let body = format!("method=app&code={code}&trust=on");
    let refused = post(&site, SECOND_STEP, &planted, &body).await;
    assert!(set(&refused, "session").is_none());

    let cookies = format!("session={session}; browser={browser}; second-step={}", value(&step));
    let opened = post(&site, SECOND_STEP, &cookies, &body).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    let fresh = ["session", "browser"].map(|name| value(&set(&opened, name).unwrap()).to_owned());
    assert_eq!(fresh.iter().filter(|v| [session, browser, value(&step)].contains(&v.as_str())).count(), 0);
    assert_eq!(value(&set(&opened, "second-step").unwrap()), "", "it is over");
    for cookie in [planted, format!("session={}", value(&step)), format!("session={}", fresh[1])] {
        let page = site.get_with("/account", &[("cookie", &cookie)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{cookie}");
    }
    let cookie = format!("session={}", fresh[0]);
    let page = site.get_with("/account", &[("cookie", &cookie)]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains(ADDRESS));
    // The planted browser is not the trusted one.
    let typed = format!("email={ADDRESS}&password={PASSWORD}");
    let again = post(&site, "/sign-in", &format!("browser={browser}"), &typed).await;
    assert!(set(&again, "second-step").is_some() && set(&again, "session").is_none());
    let again = post(&site, "/sign-in", &format!("browser={}", fresh[1]), &typed).await;
    assert!(set(&again, "session").is_some());
}

/// ASVS 3.3.1 to 3.3.4; on https no cookie without the prefix is accepted.
#[tokio::test]
async fn cookies_of_the_second_factor_are_as_strict_as_the_sessions() {
    let url = "https://id.example.jp";
    let site = site(Database::Sqlite, &[("site.url", url)]).await;
    let member = site.instance.member(ADDRESS).await;
    let app = site.instance.with_app(&member).await;
    let form = [("origin", url), ("accept", "text/html")];
    let typed = format!("email={ADDRESS}&password={PASSWORD}");
    let answer = site.post("/sign-in", &form, typed).await;
    let strict = "HttpOnly; SameSite=Lax; Secure; Path=/";
    let step = set(&answer, "__Host-second-step").unwrap();
    assert!(step.ends_with(&format!("; {strict}; Max-Age=900")), "{step}");
    let body = format!("method=app&code={}", app.code(site.instance.now()));
    let bare = format!("second-step={}", value(&step));
    let refused = site.post(SECOND_STEP, &[form[0], form[1], ("cookie", &bare)], body.clone()).await;
    assert!(set(&refused, "__Host-session").is_none());
    let twice = format!("__Host-second-step={0}; __Host-second-step={0}", value(&step));
    let refused = site.post(SECOND_STEP, &[form[0], form[1], ("cookie", &twice)], body.clone()).await;
    assert!(set(&refused, "__Host-session").is_none(), "a name that comes twice counts as absent");

    let cookie = format!("__Host-{bare}");
    let opened = site.post(SECOND_STEP, &[form[0], form[1], ("cookie", &cookie)], body).await;
    let session = set(&opened, "__Host-session").unwrap();
    assert!(session.ends_with(&format!("; {strict}")), "gone with the browser: {session}");
    let browser = set(&opened, "__Host-browser").unwrap();
    assert!(browser.ends_with(&format!("; {strict}; Max-Age=34560000")), "400 days: {browser}");
    let over = set(&opened, "__Host-second-step").unwrap();
    assert_eq!(over, format!("; {strict}; Max-Age=0"));
}
