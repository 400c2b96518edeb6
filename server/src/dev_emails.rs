//! E-mails for developers, only with `site.development`, which the settings allow on this machine alone: those that
//! were sent (`/dev/mail`, newest first, and each by itself), and a sample of every kind (`/dev/letters`). They are
//! not pages of the site: English only, no session. Sent e-mails are read from the folder of `mail.directory` and
//! nowhere else.

use std::path::{Path as File, PathBuf};

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use domain::locale::Locale;
use identity::context::{Actor, Ctx, RequestContext};
use identity::email_samples;
use identity::mail::OutgoingEmail;
use identity::settings::{Settings, Transport};
use mail_parser::{Message, MessageParser};
use uuid::Uuid;

use crate::state::AppState;

/// How many e-mails the list shows.
const SHOWN: usize = 100;
const SENT: &str = "/dev/mail";
const SAMPLES: &str = "/dev/letters";
/// The browser named in the sample e-mails.
const USER_AGENT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 \
                          (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";
/// E-mails carry their styles in attributes, as mail programs require.
const INLINE_STYLES: (HeaderName, HeaderValue) = (
    header::CONTENT_SECURITY_POLICY,
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
);

/// The pages in development; otherwise none, so that the site's own 404 is the answer.
pub fn router(state: &AppState) -> Router {
    if !state.app.settings.site.development {
        return Router::new();
    }
    Router::new()
        .route(SENT, get(sent))
        .route("/dev/mail/{id}", get(one_sent))
        .route(SAMPLES, get(samples))
        .route("/dev/letters/{locale}/{index}", get(one_sample))
        .route("/dev/letters/{locale}/{index}/html", get(one_sample_as_html))
        .with_state(state.clone())
}

/// A line of a list.
struct Row {
    href: String,
    subject: String,
    more: Vec<String>,
}

#[derive(Template)]
#[template(path = "dev_email_list.html")]
struct List<'a> {
    stylesheet: String,
    title: &'a str,
    notice: &'a str,
    folder: Option<String>,
    /// Whether the list reloads by itself; `None`: it does not change.
    watching: Option<bool>,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "dev_email.html")]
struct One {
    stylesheet: String,
    /// `None`: there is no such e-mail.
    email: Option<Shown>,
}

/// An e-mail as text.
struct Shown {
    subject: String,
    facts: Vec<(&'static str, String)>,
    lines: Vec<Vec<Piece>>,
    /// Where it is shown as HTML.
    html: Option<String>,
    list: &'static str,
}

/// A piece of a line.
enum Piece {
    Text(String),
    Code(String),
    Link(String),
}

async fn sent(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    let settings = &state.app.settings;
    let mut rows = Vec::new();
    for id in newest(&settings.mail.directory).await {
        let Ok(bytes) = tokio::fs::read(file(settings, id)).await else { continue };
        let Some(email) = MessageParser::default().parse(&bytes) else { continue };
        let (href, more) = (format!("{SENT}/{id}"), vec![recipient(&email), date(&email)]);
        rows.push(Row { href, subject: subject(&email), more });
    }
    let folder = match settings.mail.transport {
        Transport::File => Some(settings.mail.directory.display().to_string()),
        Transport::Smtp => None,
    };
    page(&List {
        stylesheet: state.assets.name("tegata.css"),
        title: "Emails",
        notice: "shows every email of this site to everybody who can open it",
        folder,
        watching: Some(query.as_deref() == Some("watch")),
        rows,
    })
}

async fn one_sent(State(state): State<AppState>, Path(id): Path<String>) -> Response {
    let bytes = match Uuid::try_parse(&id) {
        Ok(id) => tokio::fs::read(file(&state.app.settings, id)).await.ok(),
        Err(_) => None,
    };
    let email = bytes.as_deref().and_then(|bytes| MessageParser::default().parse(bytes));
    let email = email.map(|email| Shown {
        subject: subject(&email),
        facts: vec![("To", recipient(&email)), ("Sent", date(&email))],
        lines: email.body_text(0).unwrap_or_default().lines().map(pieces).collect(),
        html: None,
        list: SENT,
    });
    let status = if email.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    (status, page(&One { stylesheet: state.assets.name("tegata.css"), email })).into_response()
}

async fn samples(State(state): State<AppState>) -> Response {
    let mut rows = Vec::new();
    for locale in Locale::ALL {
        let emails = match email_samples::all(&visitor(&state, locale)).await {
            Ok(emails) => emails,
            Err(failure) => return failed(&failure),
        };
        rows.extend(emails.into_iter().enumerate().map(|(index, email)| Row {
            href: format!("{SAMPLES}/{}/{index}", locale.tag()),
            subject: email.subject,
            more: vec![email.kind.to_owned(), locale.tag().to_owned()],
        }));
    }
    page(&List {
        stylesheet: state.assets.name("tegata.css"),
        title: "Every email",
        notice: "shows how each email of this site looks, with made-up people and links that lead to nothing",
        folder: None,
        watching: None,
        rows,
    })
}

async fn one_sample(State(state): State<AppState>, Path(which): Path<(String, usize)>) -> Response {
    let html = format!("{SAMPLES}/{}/{}/html", which.0, which.1);
    match sample(&state, which).await {
        Ok(email) => page(&One {
            stylesheet: state.assets.name("tegata.css"),
            email: Some(Shown {
                subject: email.subject,
                facts: vec![("Kind", email.kind.to_owned()), ("Lane", <&str>::from(email.lane).to_owned())],
                lines: email.text.lines().map(pieces).collect(),
                html: Some(html),
                list: SAMPLES,
            }),
        }),
        Err(response) => response,
    }
}

async fn one_sample_as_html(State(state): State<AppState>, Path(which): Path<(String, usize)>) -> Response {
    match sample(&state, which).await {
        Ok(email) => ([INLINE_STYLES], Html(email.html)).into_response(),
        Err(response) => response,
    }
}

async fn sample(state: &AppState, (locale, index): (String, usize)) -> Result<OutgoingEmail, Response> {
    let missing = || StatusCode::NOT_FOUND.into_response();
    let locale = Locale::from_tag(&locale).ok_or_else(missing)?;
    let emails = email_samples::all(&visitor(state, locale)).await.map_err(|failure| failed(&failure))?;
    emails.into_iter().nth(index).ok_or_else(missing)
}

/// The context in which the sample e-mails are written.
fn visitor(state: &AppState, locale: Locale) -> Ctx {
    let request = RequestContext::new("192.0.2.1".to_owned(), USER_AGENT, locale);
    Ctx::new(&state.app, request, Actor::Visitor)
}

fn failed(failure: &identity::error::Failure) -> Response {
    tracing::error!(error = %failure, "the sample emails could not be written");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn page(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Ids of the newest e-mails: they begin with the time.
async fn newest(folder: &File) -> Vec<Uuid> {
    let mut ids = Vec::new();
    if let Ok(mut files) = tokio::fs::read_dir(folder).await {
        while let Ok(Some(entry)) = files.next_entry().await {
            let name = entry.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".eml"));
            ids.extend(id.and_then(|id| Uuid::try_parse(id).ok()));
        }
    }
    ids.sort_unstable();
    ids.into_iter().rev().take(SHOWN).collect()
}

/// Always below the folder: the name is formatted from the 16 bytes of the id.
fn file(settings: &Settings, id: Uuid) -> PathBuf {
    settings.mail.directory.join(format!("{}.eml", id.hyphenated()))
}

fn subject(email: &Message) -> String {
    email.subject().unwrap_or("(no subject)").to_owned()
}

fn recipient(email: &Message) -> String {
    email.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or("(nobody)").to_owned()
}

fn date(email: &Message) -> String {
    email.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default()
}

/// The pieces of a line: links to click on, and six digits by themselves as a code.
fn pieces(line: &str) -> Vec<Piece> {
    let bare = line.trim();
    if bare.len() == 6 && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return vec![Piece::Code(bare.to_owned())];
    }
    let is_link = |word: &str| word.starts_with("http://") || word.starts_with("https://");
    let piece = |word: &str| {
        if is_link(word) { Piece::Link(word.to_owned()) } else { Piece::Text(word.to_owned()) }
    };
    line.split(' ').map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_escaped_whatever_it_says() {
        let text = "</script> 髙橋 <b>&\"'\n\n    012345\n\nhttp://localhost:3000/x?t=a&b=\"><i>\njavascript:alert(1)";
        let lines = text.lines().map(pieces).collect();
        let facts = vec![("To", "<s>".to_owned())];
        let email = Shown { subject: "<u>".into(), facts, lines, html: None, list: SENT };
        let html = One { stylesheet: "/pkg/tegata.css".into(), email: Some(email) }.render().unwrap();
        assert!(html.contains("&#60;/script&#62; 髙橋 &#60;b&#62;&#38;&#34;&#39;"), "{html}");
        assert!(html.contains("<strong>012345</strong>"), "{html}");
        assert!(
            html.contains("<a href=\"http://localhost:3000/x?t=a&#38;b=&#34;&#62;&#60;i&#62;\">"),
            "{html}"
        );
        assert!(!html.contains("<i>") && !html.contains("<u>") && !html.contains("<s>"), "{html}");
        assert!(!html.contains("href=\"javascript"), "{html}");
    }
}
