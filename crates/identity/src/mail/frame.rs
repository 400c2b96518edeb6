//! The one look of all letters: greeting, paragraphs, a code to type, a link, notes. As text and as HTML.

use askama::Template;
use domain::address::EmailAddress;
use domain::locale::Locale;

use super::lang;
use super::outbox::Letter;
use crate::fault::Fault;
use crate::settings::Settings;

/// A code that can be typed instead of following the link: carrier mailboxes refuse letters with links.
#[derive(Clone, Debug)]
pub struct Code {
    /// What it is for.
    pub label: String,
    /// The six digits.
    pub digits: String,
}

/// Where the letter leads.
#[derive(Clone, Debug)]
pub struct Link {
    /// Words of the button.
    pub label: String,
    /// Absolute address, from `site.url`.
    pub url: String,
}

/// What a letter says; all texts are in the reader's language already.
#[derive(Clone, Debug)]
pub struct Says {
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
    /// Small print: how long it is good for, what to do if it was not you.
    pub notes: Vec<String>,
}

/// Everything both forms of a letter show.
struct Frame<'a> {
    says: &'a Says,
    settings: &'a Settings,
    lang: &'static str,
    closing: &'static str,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Plain<'a> {
    frame: &'a Frame<'a>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    frame: &'a Frame<'a>,
}

/// Puts what it says into the frame, ready for the outbox. `kind` names it in the record; after `give_up_at`
/// (unix ms) it is of no use.
pub fn letter(
    kind: &'static str,
    to: &EmailAddress,
    locale: Locale,
    says: &Says,
    settings: &Settings,
    give_up_at: i64,
) -> Result<Letter, Fault> {
    let wrong = |e: askama::Error| Fault::Letter(e.to_string());
    let frame = &Frame { says, settings, lang: locale.tag(), closing: words::letters::closing(lang(locale)) };
    Ok(Letter {
        kind,
        to: to.clone(),
        locale,
        subject: says.subject.clone(),
        text: Plain { frame }.render().map_err(wrong)?,
        html: Html { frame }.render().map_err(wrong)?,
        give_up_at,
    })
}
