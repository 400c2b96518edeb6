//! Letters as they were sent, for whoever develops: `/dev/mail`, newest first, and each by itself.
//!
//! There only with `site.development`, which the settings allow on this machine alone. It is not a page of the
//! site: English only, no session, and it reads the folder of `mail.directory` and nothing else.

use std::fmt::Write as _;
use std::path::{Path as File, PathBuf};

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use html_escape::encode_quoted_attribute as escaped;
use identity::settings::{Settings, Transport};
use mail_parser::{Message, MessageParser};
use uuid::Uuid;

use crate::state::AppState;

/// How many letters the list shows.
const SHOWN: usize = 100;

/// `/dev/mail` and `/dev/mail/{id}` in development; otherwise nothing, so that the site's own 404 answers.
pub fn router(state: &AppState) -> Router {
    if !state.desk.settings.site.development {
        return Router::new();
    }
    Router::new().route("/dev/mail", get(list)).route("/dev/mail/{id}", get(one)).with_state(state.clone())
}

async fn list(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    let settings = &state.desk.settings;
    let watching = query.as_deref() == Some("watch");
    let mut rows = String::new();
    for id in newest(&settings.mail.directory).await {
        let Ok(bytes) = tokio::fs::read(file(settings, id)).await else { continue };
        let Some(letter) = MessageParser::default().parse(&bytes) else { continue };
        let _ = write!(
            rows,
            "<li><a class=\"row\" href=\"/dev/mail/{id}\"><span class=\"row__label\">{}</span>\
             <span class=\"row__value\">{}<br>{}</span></a></li>",
            escaped(letter.subject().unwrap_or("(no subject)")),
            escaped(&recipient(&letter)),
            escaped(&date(&letter)),
        );
    }
    let letters = if rows.is_empty() {
        "<p>No letter yet.</p>".into()
    } else {
        format!("<ul class=\"rows\">{rows}</ul>")
    };
    let (href, label) =
        if watching { ("/dev/mail", "Stop watching") } else { ("/dev/mail?watch", "Watch for new letters") };
    let place = match settings.mail.transport {
        Transport::File => format!("Letters are in <code>{}</code>.", escaped(&settings.mail.directory.display().to_string())),
        Transport::Smtp => "Letters go to the mail server (<code>mail.transport = \"smtp\"</code>), so new ones do not appear here.".into(),
    };
    let body = format!(
        "<h1>Letters</h1>{NOTICE}<p>{place}</p>\
         <p><a href=\"/dev/mail\">Reload</a> · <a href=\"{href}\">{label}</a></p>{letters}"
    );
    page(&state, "Letters", if watching { "<meta http-equiv=\"refresh\" content=\"3\">" } else { "" }, &body)
}

async fn one(State(state): State<AppState>, Path(id): Path<String>) -> Response {
    let bytes = match Uuid::try_parse(&id) {
        Ok(id) => tokio::fs::read(file(&state.desk.settings, id)).await.ok(),
        Err(_) => None,
    };
    let Some(letter) = bytes.as_deref().and_then(|bytes| MessageParser::default().parse(bytes)) else {
        let body = format!("<h1>No such letter</h1>{NOTICE}<p><a href=\"/dev/mail\">All letters</a></p>");
        return (StatusCode::NOT_FOUND, page(&state, "No such letter", "", &body)).into_response();
    };
    let subject = escaped(letter.subject().unwrap_or("(no subject)"));
    let body = format!(
        "<h1>{subject}</h1>{NOTICE}<dl class=\"facts\"><div><dt>To</dt><dd>{}</dd></div><div><dt>Sent</dt><dd>{}</dd></div></dl>\
         <div class=\"card\"><p>{}</p></div><p><a href=\"/dev/mail\">All letters</a></p>",
        escaped(&recipient(&letter)),
        escaped(&date(&letter)),
        marked(&letter.body_text(0).unwrap_or_default()),
    );
    page(&state, &subject, "", &body)
}

const NOTICE: &str = "<div class=\"notice notice--warning\"><p>For development only: shows every letter of this \
                      site to everybody who can open it. It is there because <code>site.development</code> is on.</p></div>";

/// The newest letters: their ids sort by time.
async fn newest(folder: &File) -> Vec<Uuid> {
    let mut ids = Vec::new();
    if let Ok(mut entries) = tokio::fs::read_dir(folder).await {
        while let Ok(Some(entry)) = entries.next_entry().await {
            let name = entry.file_name();
            ids.extend(
                name.to_str()
                    .and_then(|name| name.strip_suffix(".eml"))
                    .and_then(|id| Uuid::try_parse(id).ok()),
            );
        }
    }
    ids.sort_unstable();
    ids.into_iter().rev().take(SHOWN).collect()
}

/// Always below the folder: an id is written anew from its 16 bytes.
fn file(settings: &Settings, id: Uuid) -> PathBuf {
    settings.mail.directory.join(format!("{}.eml", id.hyphenated()))
}

fn recipient(letter: &Message) -> String {
    letter.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or("(nobody)").to_owned()
}

fn date(letter: &Message) -> String {
    letter.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default()
}

/// The text with its links to click on, and a line that is just a code in bold.
fn marked(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let bare = line.trim();
        if bare.len() == 6 && bare.bytes().all(|byte| byte.is_ascii_digit()) {
            return format!("<strong>{bare}</strong>");
        }
        let words = line.split(' ').map(|word| {
            let word_escaped = escaped(word);
            if word.starts_with("http://") || word.starts_with("https://") {
                format!("<a href=\"{word_escaped}\">{word_escaped}</a>")
            } else {
                word_escaped.into_owned()
            }
        });
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("<br>\n")
}

/// `title` is escaped already.
fn page(state: &AppState, title: &str, head: &str, body: &str) -> Response {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{head}\
         <title>{title}</title><link rel=\"stylesheet\" href=\"{}\"></head>\
         <body><main class=\"content page\" id=\"main\">{body}</main></body></html>\n",
        state.assets.name("tegata.css")
    );
    ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_text_whatever_it_says() {
        let text = "</script> 髙橋 <b>&\"'\n\n    012345\n\nhttp://localhost:3000/x?t=a&b=\"><i>\njavascript:alert(1)";
        let html = marked(text);
        assert!(html.contains("&lt;/script&gt; 髙橋 &lt;b&gt;&amp;&quot;&#x27;"), "{html}");
        assert!(html.contains("<strong>012345</strong>"), "{html}");
        assert!(
            html.contains("<a href=\"http://localhost:3000/x?t=a&amp;b=&quot;&gt;&lt;i&gt;\">"),
            "{html}"
        );
        assert!(!html.contains("<i>") && !html.contains("href=\"javascript"), "{html}");
    }
}
