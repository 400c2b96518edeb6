//! Known and unknown addresses get the same answers, byte for byte, at every form that takes one (security.md 2.1).
//! `make doors` measures how long they take.

use axum::http::StatusCode;
use rstest::rstest;
use testkit::Database;

use super::ask::{Answer, OWN, Site, site};

const KNOWN: &str = "hanako@example.jp";
const UNKNOWN: &str = "nobody@example.jp"; // of the same length
const LOCKED: &str = "locked@example.jp";

/// Everything that a visitor sees of an answer: status, headers and body, without what is random in every answer.
fn seen(answer: &Answer, address: &str) -> (StatusCode, Vec<String>, String) {
    let random = |text: &str| {
        // Nonces, numbers of requests and tokens: long runs of characters of base64url.
        let mut out = String::new();
        let mut run = String::new();
        for c in text.replace(address, "ADDRESS").chars().chain([' ']) {
            if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
                run.push(c);
            } else {
                out.push_str(if run.len() >= 20 { "RANDOM" } else { &run });
                run.clear();
                out.push(c);
            }
        }
        out
    };
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| format!("{name}: {}", random(value.to_str().unwrap_or_default())))
        .collect();
    headers.sort();
    (answer.status, headers, random(&answer.text()))
}

/// The same form for each address.
async fn posted(site: &Site, path: &str, accept: &str, address: &str, rest: &str) -> Answer {
    let body = format!("email={}{rest}", address.replace('@', "%40"));
    site.post(path, &[("origin", OWN), ("accept", accept)], body).await
}

#[rstest]
#[tokio::test]
async fn security_2_1_known_unknown_and_locked_addresses_look_alike(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    site.instance.member(KNOWN).await;
    site.instance.member(LOCKED).await;
    for _ in 0..6 {
        site.instance.sign_in_with(LOCKED, "wrong-password").await.unwrap_err();
    }
    let person = "&password=murky-Otter-plays-7-tubas&family_name=%E5%B1%B1%E7%94%B0&given_name=%E8%8A%B1%E5%AD%90&\
        family_name_kana=%E3%83%A4%E3%83%9E%E3%83%80&given_name_kana=%E3%83%8F%E3%83%8A%E3%82%B3&\
        birth_year=1990&birth_month=4&birth_day=1&terms=on";
    for (path, rest) in
        [("/sign-in", "&password=wrong-password"), ("/password/reset", ""), ("/register", person)]
    {
        for accept in ["text/html", "application/json"] {
            let unknown = seen(&posted(&site, path, accept, UNKNOWN, rest).await, UNKNOWN);
            for address in [KNOWN, LOCKED] {
                let known = seen(&posted(&site, path, accept, address, rest).await, address);
                assert_eq!(known, unknown, "{path} for {address}");
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn security_2_1_the_page_after_a_reset_is_the_same_for_every_address(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    site.instance.member(KNOWN).await;
    let mut pages = Vec::new();
    for address in [KNOWN, UNKNOWN] {
        let answer = posted(&site, "/password/reset", "text/html", address, "").await;
        assert_eq!(answer.header("location"), "/password/reset/sent");
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let headers = [("cookie", cookie.as_str()), ("accept", "text/html")];
        let page = site.get_with("/password/reset/sent", &headers).await;
        assert!(page.text().contains(address));
        let form = [("origin", OWN), ("accept", "text/html"), ("cookie", &cookie)];
        let wrong = site.post("/password/reset/code", &form, "code=0000-0000").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        pages.push((seen(&page, address), seen(&wrong, address)));
    }
    assert_eq!(pages[0], pages[1]);
}

/// The link of another purpose, a cut one, a used one and a made-up one show one page.
#[rstest]
#[tokio::test]
async fn mp_36_dead_reset_links_show_one_page(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    site.instance.member(KNOWN).await;
    let registration = testkit::link_in(&site.instance.emails().await[0]);
    let mut pages = Vec::new();
    for link in [registration.expose(), "x", "", &"A".repeat(43), &"😀".repeat(99)] {
        let page = site.get(&format!("/password/reset/new?t={}", link.replace('😀', "%F0%9F%98%80"))).await;
        assert!(page.text().contains("パスワードを設定できません"), "{link}");
        pages.push(page.text().matches("<li>").count());
    }
    assert!(pages.windows(2).all(|two| two[0] == two[1]));
}
