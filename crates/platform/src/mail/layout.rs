//! The common layout of all e-mails: greeting, paragraphs, a code to type, a link, notes. As text and as HTML.

use askama::Template;
use domain::address::EmailAddress;
use domain::locale::Locale;

use super::outbox::{Lane, OutgoingEmail};
use crate::error::Failure;
use crate::settings::Settings;

/// What the outbox needs to know of an e-mail.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// Which e-mail it is, as the outbox stores it.
    pub kind: &'static str,
    /// Its lane in the outbox.
    pub lane: Lane,
    /// Whom it goes to.
    pub to: &'a EmailAddress,
    /// Its language.
    pub locale: Locale,
    /// Unix ms: it is not sent after this.
    pub give_up_at: i64,
}

/// A code to type in place of following a link: some carrier mailboxes refuse e-mails with links.
#[derive(Clone, Debug)]
pub struct Code {
    /// What it is for.
    pub label: String,
    /// The characters, as they are typed.
    pub digits: String,
}

/// The link of an e-mail.
#[derive(Clone, Debug)]
pub struct Link {
    /// Text of the button.
    pub label: String,
    /// Absolute address, from `site.url`.
    pub url: String,
}

/// What an e-mail says; all texts are in the reader's language already.
#[derive(Clone, Debug, Default)]
pub struct EmailContent {
    /// Subject line.
    pub subject: String,
    /// First line.
    pub greeting: String,
    /// The message.
    pub paragraphs: Vec<String>,
    /// A code to type.
    pub code: Option<Code>,
    /// Where to go.
    pub link: Option<Link>,
    /// Small print: how long the link or code is valid, what to do if it was not you.
    pub notes: Vec<String>,
}

/// What the text and the HTML form show.
struct Layout<'a> {
    content: &'a EmailContent,
    settings: &'a Settings,
    lang: &'static str,
    closing: &'static str,
}

#[derive(Template)]
#[template(path = "email.txt")]
struct Plain<'a> {
    layout: &'a Layout<'a>,
}

#[derive(Template)]
#[template(path = "email.html")]
struct Html<'a> {
    layout: &'a Layout<'a>,
}

/// Puts the content into the layout, ready for the outbox.
pub fn compose(
    envelope: Envelope<'_>,
    content: EmailContent,
    settings: &Settings,
) -> Result<OutgoingEmail, Failure> {
    let Envelope { kind, lane, to, locale, give_up_at } = envelope;
    let wrong = |e: askama::Error| Failure::Email(e.to_string());
    let layout =
        &Layout { content: &content, settings, lang: locale.tag(), closing: words::emails::closing(locale) };
    let text = Plain { layout }.render().map_err(wrong)?;
    let html = Html { layout }.render().map_err(wrong)?;
    Ok(OutgoingEmail { kind, lane, to: to.clone(), locale, subject: content.subject, text, html, give_up_at })
}
