//! The developer's e-mails: as sent, and no other file.

use axum::http::StatusCode;
use identity::registration;
use platform::mail::outbox::{self, Lane};
use platform::mail::transport::Transport;
use testkit::{Database, code_in, form, link_in};

use super::ask::site;

const DEVELOPMENT: (&str, &str) = ("site.development", "true");

#[tokio::test]
async fn an_email_is_listed_and_shown() {
    let site = site(Database::Sqlite, &[DEVELOPMENT]).await;
    let empty = site.get("/dev/mail").await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(empty.text().contains("No email yet") && empty.text().contains("/pkg/tegata.1a2b3c4d.css"));

    let app = &site.instance.app;
    let form_id = app.rng.token();
    registration::submit(&site.instance.visitor(), &form("hanako@example.jp"), &form_id, None).await.unwrap();
    let email = site.instance.emails().await.remove(0);
    let transport = Transport::from_settings(&app.settings).unwrap();
    outbox::send_due(app, &transport, Lane::Visitor, || false).await.unwrap();

    let list = site.get("/dev/mail").await;
    assert!(
        list.text().contains("hanako@example.jp") && list.text().contains(&email.subject),
        "{}",
        list.text()
    );
    let text = list.text();
    let id = text.split("href=\"/dev/mail/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let shown = site.get(&format!("/dev/mail/{id}")).await;
    assert_eq!((shown.status, shown.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(shown.text().contains(&format!("<strong>{}</strong>", code_in(&email))), "{}", shown.text());
    let link = format!("<a href=\"http://localhost:3000/register/complete?t={}\">", link_in(&email).expose());
    assert!(shown.text().contains(&link), "{}", shown.text());
}

#[tokio::test]
async fn nothing_but_emails_can_be_read() {
    let site = site(Database::Sqlite, &[DEVELOPMENT]).await;
    std::fs::create_dir_all(site.instance.folder.join("mail")).unwrap();
    std::fs::write(site.instance.folder.join("secret.eml"), "Subject: secret\r\n\r\nsecret").unwrap();
    for id in [
        "..%2fsecret",
        "../secret",
        "%2e%2e%2fsecret",
        "secret",
        "x",
        "%00",
        "0198c1c0-0000-7000-8000-000000000000",
    ] {
        let answer = site.get(&format!("/dev/mail/{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        assert!(!answer.text().contains("Subject"), "{id}");
    }
}

#[tokio::test]
async fn outside_of_development_there_is_no_such_address() {
    let site = site(Database::Sqlite, &[]).await;
    for path in ["/dev/mail", "/dev/mail/0198c1c0-0000-7000-8000-000000000000"] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
