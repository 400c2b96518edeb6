//! Requests to a provider and callbacks as browsers make them: forms without script, cookies, and answers that are
//! posted (MP-18, MP-61, MP-65).

use axum::http::StatusCode;
use rstest::rstest;
use serde_json::json;
use testkit::Database;
use testkit::provider::TestProvider;

use super::ask::{Answer, OWN, Site, site};

const ADDRESS: &str = "hanako@example.jp";

async fn with_provider(database: Database) -> (Site, TestProvider) {
    let provider = TestProvider::start().await;
    let own = provider.settings();
    let settings: Vec<(&str, &str)> = own.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    (site(database, &settings).await, provider)
}

async fn press(site: &Site, id: &str, body: &str, cookies: &str) -> Answer {
    let headers = [
        ("origin", OWN),
        ("accept", "text/html"),
        ("cookie", cookies),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    site.post(&format!("/linked/{id}"), &headers, body.to_owned()).await
}

/// Where the page between here and the provider leads.
#[expect(clippy::unwrap_used, reason = "a page without it ends the test")]
fn leads_to(page: &Answer) -> String {
    let html = page.text();
    let url = html.split("content=\"0;url=").nth(1).unwrap().split('"').next().unwrap();
    url.replace("&#38;", "&")
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let all = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let mut found = all.filter_map(|cookie| cookie.split(';').next()?.split_once('='));
    found.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// From the button to the provider: the state, and the cookie of the request.
#[expect(clippy::unwrap_used, reason = "a page without it ends the test")]
async fn leave(site: &Site, provider: &TestProvider, body: &str, cookies: &str) -> (String, String) {
    let page = press(site, "google", body, cookies).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let visit = format!("provider-visit={}", cookie(&page, "provider-visit").unwrap());
    (provider.visited(&leads_to(&page)), visit)
}

#[rstest]
#[tokio::test]
async fn mp_65_there_and_back_without_script(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = with_provider(database).await;
    provider.say(|says| says.claims = json!({ "email": "private@example.com" }));
    let page = press(&site, "google", "for=sign_in", "").await;
    // No redirect of a form leaves this site, and no cache may keep the page.
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(leads_to(&page).starts_with(&provider.issuer));
    assert!(page.header("content-security-policy").contains("form-action 'self'"));
    let set = page.header("set-cookie");
    assert!(set.starts_with("provider-visit=") && set.contains("HttpOnly; SameSite=Lax"), "{set}");

    let (state, visit) = leave(&site, &provider, "for=sign_in&next=%2Faccount", "").await;
    let back = format!("/linked/google/return?code=x&state={state}");
    let unknown = site.get(&back).await;
    assert_eq!(unknown.header("location"), "/sign-in?provider_error=over&with=google", "another browser");
    let waits = site.get_with(&back, &[("cookie", &visit)]).await;
    let expected = (StatusCode::SEE_OTHER, "/sign-in?next=%2Faccount");
    assert_eq!((waits.status, waits.header("location")), expected);
    assert!(cookie(&waits, "pending-link").is_some() && cookie(&waits, "session").is_none());
    let replayed = site.get_with(&back, &[("cookie", &visit)]).await;
    assert_eq!(replayed.header("location"), "/sign-in?provider_error=over&with=google");
}

#[rstest]
#[tokio::test]
async fn mp_61_a_member_links_and_signs_in_with_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = with_provider(database).await;
    let opened = site.instance.member(ADDRESS).await;
    let session = format!("session={}", opened.token.expose());
    let (state, visit) = leave(&site, &provider, "for=link", &session).await;
    let back = format!("/linked/google/return?code=x&state={state}");
    let linked = site.get_with(&back, &[("cookie", &format!("{session}; {visit}"))]).await;
    assert_eq!(linked.header("location"), "/account/linked?done=linked");

    let replayed = site.get_with(&back, &[("cookie", &format!("{session}; {visit}"))]).await;
    assert_eq!(replayed.header("location"), "/account/linked?provider_error=over&with=google");

    let (state, visit) = leave(&site, &provider, "for=sign_in&next=%2Faccount%2Fhistory", "").await;
    let back = format!("/linked/google/return?code=x&state={state}");
    let inside = site.get_with(&back, &[("cookie", &visit)]).await;
    assert_eq!(inside.header("location"), "/account/history");
    assert!(cookie(&inside, "session").is_some());
}

/// Apple's answers are posted from its own page, and bring no cookies of ours along.
#[tokio::test]
async fn an_answer_that_is_posted_is_asked_for_again_from_here() {
    let (site, provider) = with_provider(Database::Sqlite).await;
    let (state, visit) = leave(&site, &provider, "for=sign_in", "").await;
    let headers = [
        ("origin", "https://appleid.apple.com"),
        ("sec-fetch-site", "cross-site"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = format!("code=a%20code&state={state}&user=%7B%7D&evil=%0d%0a");
    let again = site.post("/linked/google/return", &headers, body).await;
    let expected = format!("/linked/google/return?code=a+code&state={state}");
    assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, expected.as_str()));
    let waits = site.get_with(&expected, &[("cookie", &visit)]).await;
    assert_eq!(waits.header("location"), "/sign-in");
    // The button itself is for our own pages only.
    let forged = site.post("/linked/google", &headers, "for=sign_in").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_no_request_is_answered_plainly() {
    let (site, provider) = with_provider(Database::Sqlite).await;
    for body in ["", "for=", "for=nothing", "for=sign_in&for=link"] {
        assert_eq!(press(&site, "google", body, "").await.status, StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(press(&site, "line", "for=sign_in", "").await.status, StatusCode::NOT_FOUND);
    let nobody = press(&site, "google", "for=link", "").await;
    assert_eq!(nobody.header("location"), "/sign-in?next=%2Faccount%2Flinked");
    // `next` cannot lead to another site.
    let (state, visit) = leave(&site, &provider, "for=sign_in&next=https%3A%2F%2Fevil.example", "").await;
    let back = format!("/linked/google/return?error=access_denied&state={state}");
    let cancelled = site.get_with(&back, &[("cookie", &visit)]).await;
    assert_eq!(cancelled.header("location"), "/sign-in?provider_error=cancelled&with=google");
    provider.say(|says| says.found = false);
    let (site, provider) = with_provider(Database::Sqlite).await;
    provider.say(|says| says.found = false);
    let down = press(&site, "google", "for=sign_up&next=%2Faccount", "").await;
    assert_eq!(down.header("location"), "/register?provider_error=unreachable&with=google&next=%2Faccount");
    for hostile in
        ["/linked/google/return", "/linked/%00/return?code=x", "/linked/google/return?state=%ff&state=2"]
    {
        assert_eq!(site.get(hostile).await.status, StatusCode::SEE_OTHER, "{hostile}");
    }
}
