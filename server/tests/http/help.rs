//! ヘルプ and 「当サイトが保管する情報」 (MP-101 to MP-103, MP-91): for every visitor, without script.

use axum::http::StatusCode;
use identity::clock::MINUTE_MS;
use identity::jobs::purge_due;
use rstest::rstest;
use testkit::Database;
use words::guide::{CHAPTERS, TROUBLES};

use super::ask::{OWN, Site, site};

const EN: [(&str, &str); 1] = [("accept-language", "en")];

/// The contents of a page of `/help`, without what its scripts need.
async fn seen(site: &Site, path: &str, headers: &[(&str, &str)]) -> String {
    let page = site.get_with(path, headers).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    let text = page.text();
    let main = text.split("<main").nth(1).and_then(|rest| rest.split("</main>").next());
    main.unwrap_or_default().to_owned()
}

/// The address of a search.
fn searched(query: &str) -> String {
    format!("/help?{}", serde_urlencoded::to_string([("q", query)]).unwrap_or_default())
}

#[tokio::test]
async fn mp_101_every_chapter_is_a_page_in_both_languages() {
    let site = site(Database::Sqlite, &[]).await;
    let (ja, en) = (seen(&site, "/help", &[]).await, seen(&site, "/help", &EN).await);
    for chapter in &CHAPTERS {
        let path = format!("/help/{}", chapter.name);
        assert!(ja.contains(&path) && en.contains(&path), "{path}");
    }
    for text in CHAPTERS.iter().chain(&TROUBLES) {
        let path = format!("/help/{}", text.name);
        let (ja, en) = (seen(&site, &path, &[]).await, seen(&site, &path, &EN).await);
        for page in [&ja, &en] {
            assert!(page.matches("<h2 id=\"").count() > 1, "{path}");
            assert!(!page.contains("{#") && !page.contains("{if"), "{path}");
        }
        assert!(ja.contains("ください") && !en.contains("ください"), "{path}");
        assert_eq!(site.get(&path).await.header("cache-control"), "private, no-cache");
    }
    assert_eq!(site.get("/help/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/help/registration/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn mp_101_a_search_is_an_address_and_needs_no_script() {
    let site = site(Database::Sqlite, &[]).await;
    for typed in ["スマートフォン 買い替え", "ｽﾏｰﾄﾌｫﾝ　買い替え", "すまーとふぉん 買い替え"]
    {
        let page = seen(&site, &searched(typed), &[]).await;
        assert!(page.contains("href=\"/help/security#new-phone\""), "{typed}");
    }
    let page = seen(&site, &searched("NEW ＰＨＯＮＥ"), &EN).await;
    assert!(page.contains("href=\"/help/security#new-phone\""));
    let none = seen(&site, &searched("そのような言葉はない"), &[]).await;
    assert!(none.contains("0件") && none.contains("言い換える"));
}

/// security.md 2.5: what is typed is text, in the page and in what its scripts read, and never too much.
#[rstest]
#[case("</script><script>alert(1)</script>")]
#[case("\"><img src=x onerror=alert(1)>")]
#[case("' OR '1'='1")]
#[case("\u{202E}abc\u{0}\r\nSet-Cookie: a=b")]
#[case("𠮷👨‍👩‍👧")]
#[tokio::test]
async fn security_2_5_a_hostile_search_is_text(#[case] typed: &str) {
    let site = site(Database::Sqlite, &[]).await;
    let page = site.get(&searched(typed)).await;
    assert_eq!((page.status, page.header("set-cookie")), (StatusCode::OK, ""));
    let html = page.text();
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{html}");
    assert_eq!(html.matches("<script").count(), site.get("/help").await.text().matches("<script").count());
}

#[tokio::test]
async fn ten_kilobytes_of_search_are_bounded() {
    let site = site(Database::Sqlite, &[]).await;
    let long = "a".repeat(10_000);
    assert_eq!(site.get(&searched(&long)).await.status, StatusCode::URI_TOO_LONG);
    let answer = site.post("/api/help", &[("origin", OWN)], format!("q={long}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.text().contains(&"a".repeat(101)), "a hundred characters are looked at");
    let strange = site.post("/api/help/topic", &[("origin", OWN)], format!("topic={long}")).await;
    assert_eq!(strange.status, StatusCode::FORBIDDEN);
}

/// MP-102: the sender to let through is the one that the operator set.
#[tokio::test]
async fn mp_102_the_sender_is_the_settings() {
    let site = site(Database::Sqlite, &[("mail.from", "Machi Pass <no-reply@id.example.jp>")]).await;
    let page = seen(&site, "/help/letter", &[]).await;
    assert!(page.contains("no-reply@id.example.jp") && page.contains(" id.example.jp "), "{page}");
}

/// MP-103: the server's time stands in the page itself, for machines and people.
#[tokio::test]
async fn mp_103_the_page_about_codes_shows_the_time() {
    let site = site(Database::Sqlite, &[]).await;
    let page = seen(&site, "/help/code", &[]).await;
    assert!(page.contains("datetime=\"2026-11-21T") && page.contains("2026年11月21日 "), "{page}");
    site.instance.wait(MINUTE_MS);
    assert_ne!(seen(&site, "/help/code", &[]).await, page, "it is the time of the request");
    assert!(!seen(&site, "/help/letter", &[]).await.contains("datetime="));
}

/// MP-91, C-11: a link to 退会 in the help, for members; the support address for everybody, where there is one.
#[tokio::test]
async fn mp_91_the_foot_leads_on() {
    let settings = [("site.name", "Machi Pass"), ("site.support", "help@example.jp")];
    let with = site(Database::Sqlite, &settings).await;
    let visitor = seen(&with, "/help", &[]).await;
    assert!(visitor.contains("mailto:help@example.jp") && !visitor.contains("Machi Passを退会"));
    let opened = with.instance.member("hanako@example.jp").await;
    let cookie = format!("session={}", opened.token.expose());
    for path in ["/help", "/help/registration", "/help/data"] {
        let member = seen(&with, path, &[("cookie", &cookie)]).await;
        assert!(
            member.contains("href=\"/account/withdraw\"") && member.contains("Machi Passを退会"),
            "{path}"
        );
    }
    assert!(!seen(&site(Database::Sqlite, &[]).await, "/help", &[]).await.contains("mailto:"));
}

#[rstest]
#[tokio::test]
async fn what_is_kept_comes_from_the_running_settings(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let standard = site(database, &[("policy.reset.link_valid_minutes", "25")]).await;
    let page = seen(&standard, "/help/data", &[]).await;
    assert!(
        page.contains("最長で25分") && page.contains("まだ行われていません") && !page.contains("パスキー"),
        "{page}"
    );
    assert!(page.contains("およそ5分ごと"));
    purge_due(&standard.instance.app, || false).await.unwrap();
    let page = seen(&standard, "/help/data", &[]).await;
    assert!(page.contains("datetime=\"2026-11-21T") && !page.contains("まだ行われていません"), "{page}");

    let modern =
        site(database, &[("site.policy", "modern"), ("policy.reset.link_valid_minutes", "45")]).await;
    let page = seen(&modern, "/help/data", &EN).await;
    assert!(page.contains("Passkeys") && page.contains("at most 45 minutes"), "{page}");
}
