//! 退会 and マイデータ as a browser without script, a double click and an attacker meet them (MP-91 to MP-94).

use axum::body::Body;
use axum::http::{Method, StatusCode};
use identity::OpenedSession;
use identity::clock::MINUTE_MS;
use identity::jobs::build_exports;
use rstest::rstest;
use testkit::Database;

use super::ask::{Answer, OWN, Site, site, with};

const ADDRESS: &str = "hanako@example.jp";
const DOWNLOAD: &str = "/account/data/download";

fn cookies(opened: &OpenedSession) -> String {
    format!("session={}; browser={}", opened.token.expose(), opened.browser.expose())
}

async fn get(site: &Site, opened: &OpenedSession, path: &str) -> Answer {
    site.get_with(path, &[("cookie", &cookies(opened)), ("accept", "text/html")]).await
}

async fn post(site: &Site, opened: &OpenedSession, path: &str, body: String) -> Answer {
    site.post(path, &[("origin", OWN), ("accept", "text/html"), ("cookie", &cookies(opened))], body).await
}

/// The hidden secret of the page's form.
#[expect(clippy::unwrap_used, reason = "a page without it ends the test")]
fn secret(page: &Answer) -> String {
    let html = page.text();
    let input = html.split("<input").find(|input| input.contains("name=\"t\"")).unwrap().to_owned();
    input.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn mp_91_the_page_the_button_and_the_number(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    let page = get(&site, &opened, "/account/withdraw").await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    for said in ["削除するもの", "取り消しや復元はできません", "/account/data", "name=\"agree\""]
    {
        assert!(page.text().contains(said), "{said}");
    }
    let t = secret(&page);
    let refused = post(&site, &opened, "/account/withdraw", format!("t={t}")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("チェックを入れてください"));
    assert_eq!(secret(&refused), t);

    let done = post(&site, &opened, "/account/withdraw", format!("t={t}&agree=on")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let number = done.header("location").strip_prefix("/withdrawn?receipt=").unwrap().to_owned();
    let gone: Vec<_> = done.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    for name in ["session=;", "remembered=;", "browser=;"] {
        assert!(
            gone.iter().any(|cookie| cookie.starts_with(name) && cookie.contains("Max-Age=0")),
            "{name}: {gone:?}"
        );
    }
    // The second press of a double click, and a reload of the page, find the same number.
    let again = post(&site, &opened, "/account/withdraw", format!("t={t}&agree=on")).await;
    assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, done.header("location")));
    for _ in 0..2 {
        let page = site.get(&format!("/withdrawn?receipt={number}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains(&number) && page.text().contains("受付番号"));
        assert!(!page.text().contains(ADDRESS) && !page.text().contains("山田"));
    }
    let left = get(&site, &opened, "/account").await;
    assert_eq!(left.status, StatusCode::SEE_OTHER, "signed out");
    assert_eq!(site.instance.count("SELECT COUNT(*) FROM withdrawal").await, 1);
}

/// Numbers that are made up show one page, whatever they are.
#[rstest]
#[tokio::test]
async fn security_2_1_a_made_up_number_shows_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    // The language switch contains the page's address.
    let bare = |page: Answer| {
        page.text().split("<main").nth(1).and_then(|rest| rest.split("</main").next()).map(str::to_owned)
    };
    let plain = bare(site.get("/withdrawn").await).unwrap();
    assert!(plain.contains("退会の手続きが完了しました") && !plain.contains("受付番号</dt>"));
    for made_up in ["0000-0000-0000", "x", "%3Cscript%3E", "0000-0000-0000&receipt=1111-1111-1111"] {
        let page = bare(site.get(&format!("/withdrawn?receipt={made_up}")).await);
        assert_eq!(page.as_ref(), Some(&plain), "{made_up}");
    }
}

/// A copy is requested, built and downloaded in both forms; only by its owner, with a fresh authentication, never
/// cached.
#[rstest]
#[tokio::test]
async fn a_data_export_is_downloaded_by_its_owner_after_a_fresh_proof(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    let other = site.instance.member("taro@example.jp").await;
    let none = get(&site, &opened, &format!("{DOWNLOAD}?as=json")).await;
    assert_eq!((none.status, none.header("location")), (StatusCode::SEE_OTHER, "/account/data"));
    let asked = post(&site, &opened, "/account/data", String::new()).await;
    assert_eq!((asked.status, asked.header("location")), (StatusCode::SEE_OTHER, "/account/data"));
    assert!(get(&site, &opened, "/account/data").await.text().contains("データを準備しています"));
    build_exports(&site.instance.app, || false).await.unwrap();
    let page = get(&site, &opened, "/account/data").await.text();
    assert!(
        page.contains("as=json") && page.contains("as=html") && page.contains("までダウンロードできます"),
        "{page}"
    );

    let json = get(&site, &opened, &format!("{DOWNLOAD}?as=json")).await;
    let read: serde_json::Value = serde_json::from_slice(&json.body).unwrap();
    assert_eq!(read["identifier"][0]["value"], ADDRESS);
    assert!(read["audit"].as_array().is_some_and(|lines| !lines.is_empty()) && read["session"].is_array());
    let html = get(&site, &opened, &format!("{DOWNLOAD}?as=html")).await;
    assert!(
        html.text().contains("<dd>ヤマダ</dd>") && html.text().contains("本登録が完了しました"),
        "{}",
        html.text()
    );
    for (file, name) in [(&json, "my-data.json"), (&html, "my-data.html")] {
        assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        assert_eq!(file.header("cache-control"), "no-store");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
    }

    // As browsers ask: compressed, and read to its end.
    let asked = [("cookie", cookies(&opened)), ("accept-encoding", "gzip, br".to_owned())];
    let asked: Vec<_> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let packed = site.get_with(&format!("{DOWNLOAD}?as=html"), &asked).await;
    assert!(
        packed.status == StatusCode::OK
            && packed.header("content-encoding") == "br"
            && !packed.body.is_empty()
    );

    let theirs = get(&site, &other, &format!("{DOWNLOAD}?as=json")).await;
    assert_eq!(theirs.header("location"), "/account/data", "nobody else's");
    let visitor = site.get(&format!("{DOWNLOAD}?as=json")).await;
    assert_eq!(visitor.header("location"), "/sign-in?next=%2Faccount%2Fdata");
    assert_eq!(get(&site, &opened, &format!("{DOWNLOAD}?as=exe")).await.status, StatusCode::NOT_FOUND);
    site.instance.wait(11 * MINUTE_MS);
    for path in ["/account/data", "/account/withdraw"] {
        assert!(
            get(&site, &opened, path).await.header("location").starts_with("/account/confirm?next="),
            "{path}"
        );
    }
    let stale = get(&site, &opened, &format!("{DOWNLOAD}?as=json")).await;
    assert_eq!(stale.header("location"), "/account/confirm?next=%2Faccount%2Fdata");
}

/// A request for the headers alone gets no file, and records no download.
#[rstest]
#[tokio::test]
async fn a_data_export_is_not_downloaded_by_asking_for_its_headers(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    let opened = site.instance.member(ADDRESS).await;
    post(&site, &opened, "/account/data", String::new()).await;
    build_exports(&site.instance.app, || false).await.unwrap();
    let cookies = cookies(&opened);
    let head = with(Method::HEAD, "/account/data/download?as=json", &[("cookie", &cookies)]);
    let answer = site.ask(head.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(
        site.instance.count("SELECT COUNT(*) FROM audit WHERE event = 'data_export_downloaded'").await,
        0
    );
    let file = get(&site, &opened, "/account/data/download?as=json").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(
        site.instance.count("SELECT COUNT(*) FROM audit WHERE event = 'data_export_downloaded'").await,
        1
    );
}
