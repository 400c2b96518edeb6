//! The copy as a file, piece by piece: JSON for programs, HTML for people. On the server only.

use std::fmt::Write as _;

use domain::locale::Locale;
use html_escape::encode_quoted_attribute as escaped;
use identity::alerts::{self, Told};
use identity::audit::{self, Event};
use identity::held::{Page, Value};
use identity::moment;
use identity::my_data::Piece;
use serde_json::{Map, json};
use words::{Lang, alerts as a, common as c, my_data_file as t, security as s};

use crate::boot::lang_of;
use crate::sign_in_history::{event_in_words, kind_in_words};

/// Which kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For programs.
    Json,
    /// For people.
    Html,
}

impl Kind {
    /// By its name in the address.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "html" => Some(Self::Html),
            _ => None,
        }
    }

    /// `Content-Type`.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    /// `Content-Disposition`: a file to be saved, with its name.
    pub const fn disposition(self) -> &'static str {
        match self {
            Self::Json => "attachment; filename=\"my-data.json\"",
            Self::Html => "attachment; filename=\"my-data.html\"",
        }
    }
}

/// Writes a file, one text for each piece.
pub struct Writer {
    kind: Kind,
    locale: Locale,
    lang: Lang,
    part: Option<String>,
}

impl Writer {
    /// For a reader.
    pub fn new(kind: Kind, locale: Locale) -> Self {
        Self { kind, locale, lang: lang_of(locale), part: None }
    }

    /// What stands before the first piece.
    pub fn head(&self, site: &str, made_at: i64) -> String {
        match self.kind {
            Kind::Json => format!("{{\"site\":{},\"made_at\":{}", json!(site), json!(moment::stamp(made_at))),
            Kind::Html => {
                let (l, title) = (self.lang, t::title(self.lang, site));
                let title = escaped(&title);
                let made = t::made(l, &moment::shown(made_at, self.locale), site);
                let made = escaped(&made);
                format!(
                    "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
                     <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
                     <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
                     <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
                     <p>{made} {}</p>\n<p>{}</p>\n",
                    self.locale.tag(),
                    escaped(t::zone(l)),
                    escaped(t::care(l)),
                )
            }
        }
    }

    /// A piece. Pieces of one table come one after another.
    pub fn piece(&mut self, piece: &Piece) -> String {
        let first = self.part.as_deref() != Some(piece.part.as_str());
        let mut text = if first { self.close() } else { String::new() };
        match self.kind {
            Kind::Json if first => {
                let _ = write!(text, ",{}:[", json!(piece.part));
            }
            Kind::Html if first => {
                let title = escaped(part_in_words(&piece.part, self.lang));
                let _ = write!(text, "<section>\n<h2>{title}</h2>\n");
            }
            _ => {}
        }
        match self.kind {
            Kind::Json => rows_as_json(&piece.page, first, &mut text),
            Kind::Html => self.rows_as_html(&piece.page, &mut text),
        }
        self.part = Some(piece.part.clone());
        text
    }

    /// What stands after the last piece.
    pub fn tail(&mut self) -> String {
        let end = match self.kind {
            Kind::Json => "}\n",
            Kind::Html => "</main>\n</body>\n</html>\n",
        };
        self.close() + end
    }

    fn close(&mut self) -> String {
        match (self.part.take(), self.kind) {
            (None, _) => String::new(),
            (Some(_), Kind::Json) => "]".into(),
            (Some(_), Kind::Html) => "</section>\n".into(),
        }
    }

    fn rows_as_html(&self, page: &Page, text: &mut String) {
        for row in &page.rows {
            text.push_str("<dl>");
            let refused =
                page.names.iter().zip(row).any(|(name, v)| name == "refusal" && *v != Value::Nothing);
            for (name, value) in page.names.iter().zip(row) {
                let Some(value) = self.in_words(name, value, refused) else { continue };
                let (name, value) = (escaped(field_in_words(name, self.lang)), escaped(&value));
                let _ = write!(text, "<div><dt>{name}</dt><dd>{value}</dd></div>");
            }
            text.push_str("</dl>\n");
        }
    }

    fn in_words(&self, name: &str, value: &Value, refused: bool) -> Option<String> {
        match value {
            Value::Nothing => None,
            Value::Number(number) => Some(number.to_string()),
            Value::Moment(ms) => Some(moment::to_the_second(*ms, self.locale)),
            Value::Text(text) => match (name, Event::from_name(text)) {
                ("event", Some(event)) => Some(event_in_words(event, refused, self.lang).to_owned()),
                ("browser", _) => {
                    let known = moment::browser(text, self.locale);
                    Some(if known.is_empty() { text.clone() } else { known })
                }
                _ => Some(name_in_words(name, text, self.lang).map_or_else(|| text.clone(), str::to_owned)),
            },
        }
    }
}

fn rows_as_json(page: &Page, first: bool, text: &mut String) {
    for (n, row) in page.rows.iter().enumerate() {
        if n > 0 || !first {
            text.push(',');
        }
        let pairs = page.names.iter().zip(row).map(|(name, value)| {
            let value = match value {
                Value::Nothing => json!(null),
                Value::Text(text) => json!(text),
                Value::Number(number) => json!(number),
                Value::Moment(ms) => json!(moment::stamp(*ms)),
            };
            (name.clone(), value)
        });
        let _ = write!(text, "{}", serde_json::Value::Object(pairs.collect::<Map<_, _>>()));
    }
}

/// Readable on a phone and on paper, in the dark, too.
const STYLE: &str = "body{font:16px/1.7 system-ui,sans-serif;margin:0;color:#1a1a1a;background:#fff}\
main{max-width:44rem;margin:0 auto;padding:1rem}h1{font-size:1.5rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}\
dl{margin:0 0 .75rem;padding:.75rem;border:1px solid #ccc;border-radius:.5rem}\
dl div{display:flex;flex-wrap:wrap;gap:0 1rem}dt{flex:0 0 12rem;color:#555}dd{flex:1 1 14rem;margin:0;overflow-wrap:anywhere}\
@media (prefers-color-scheme:dark){body{color:#eee;background:#111}dt{color:#bbb}dl{border-color:#555}}";

/// A stored name in words; `None`: it is not one.
fn name_in_words(field: &str, name: &str, l: Lang) -> Option<&'static str> {
    Some(match (field, name) {
        ("locale", "ja") => c::language_ja(l),
        ("locale", "en") => c::language_en(l),
        ("proven_by" | "second_by" | "method", how) => match how {
            "password" => s::how_password(l),
            "registration" => s::how_registration(l),
            "remembered" => s::how_remembered(l),
            "passkey" => s::how_passkey(l),
            "provider" => s::how_provider(l),
            "mail" => s::how_mail(l),
            "app" => s::how_app(l),
            "backup_code" => s::how_backup_code(l),
            "trusted" => s::how_trusted(l),
            _ => return None,
        },
        ("kind", kind) => match (Told::from_name(kind), audit::Kind::from_name(kind)) {
            (Some(told), _) => alerts::what(told, l),
            (None, Some(kind)) => kind_in_words(Some(kind), l),
            (None, None) => return None,
        },
        ("answer", "me") => a::mine_button(l),
        ("answer", "not_me") => a::not_mine_button(l),
        ("answer", "lock") => a::lock_button(l),
        ("purpose", "second_step") => t::purpose_second_step(l),
        ("purpose", "turn_on") => t::purpose_turn_on(l),
        _ => return None,
    })
}

/// A table in words.
fn part_in_words(part: &str, l: Lang) -> &'static str {
    match part {
        "member" => t::part_member(l),
        "member_password" => t::part_member_password(l),
        "temporary_password" => t::part_temporary_password(l),
        "member_second_step" => t::part_member_second_step(l),
        "authenticator_app" => t::part_authenticator_app(l),
        "passkey" => t::part_passkey(l),
        "linked_account" => t::part_linked_account(l),
        "backup_code" => t::part_backup_code(l),
        "member_browser" => t::part_member_browser(l),
        "remembered_browser" => t::part_remembered_browser(l),
        "session" => t::part_session(l),
        "audit" => t::part_audit(l),
        "alert" => t::part_alert(l),
        "email_change" => t::part_email_change(l),
        "password_reset" => t::part_password_reset(l),
        "mail_code" => t::part_mail_code(l),
        "pending_sign_in" => t::part_pending_sign_in(l),
        "lockout" => t::part_lockout(l),
        "data_export" => t::part_data_export(l),
        _ => t::part_other(l),
    }
}

/// A column in words; one without words is called by its name.
fn field_in_words(field: &str, l: Lang) -> &str {
    match field {
        "email" => t::field_email(l),
        "family_name" => t::field_family_name(l),
        "given_name" => t::field_given_name(l),
        "family_name_kana" => t::field_family_name_kana(l),
        "given_name_kana" => t::field_given_name_kana(l),
        "birth_date" => t::field_birth_date(l),
        "locale" => t::field_locale(l),
        "created_at" => t::field_created_at(l),
        "set_at" => t::field_set_at(l),
        "blocked_at" => t::field_blocked_at(l),
        "switched_on_at" => t::field_switched_on_at(l),
        "mail_since" => t::field_mail_since(l),
        "name" => t::field_name(l),
        "last_used_at" => t::field_last_used_at(l),
        "provider" => t::field_provider(l),
        "subject" => t::field_subject(l),
        "shown" => t::field_shown(l),
        "linked_at" => t::field_linked_at(l),
        "used_at" => t::field_used_at(l),
        "browser" => t::field_browser(l),
        "network" => t::field_network(l),
        "first_seen_at" => t::field_first_seen_at(l),
        "last_seen_at" => t::field_last_seen_at(l),
        "trusted_at" => t::field_trusted_at(l),
        "trusted_until" => t::field_trusted_until(l),
        "trust_used_at" => t::field_trust_used_at(l),
        "expires_at" => t::field_expires_at(l),
        "ended_at" => t::field_ended_at(l),
        "proven_by" => t::field_proven_by(l),
        "proven_at" => t::field_proven_at(l),
        "second_by" => t::field_second_by(l),
        "second_at" => t::field_second_at(l),
        "fresh_at" => t::field_fresh_at(l),
        "last_network" => t::field_last_network(l),
        "at" => t::field_at(l),
        "event" => t::field_event(l),
        "kind" => t::field_kind(l),
        "refusal" => t::field_refusal(l),
        "method" => t::field_method(l),
        "answered_at" => t::field_answered_at(l),
        "answer" => t::field_answer(l),
        "purpose" => t::field_purpose(l),
        "sent_at" => t::field_sent_at(l),
        "tries" => t::field_tries(l),
        "last_at" => t::field_last_at(l),
        "locked_at" => t::field_locked_at(l),
        "locked_until" => t::field_locked_until(l),
        "asked_at" => t::field_asked_at(l),
        "old_email" => t::field_old_email(l),
        "new_email" => t::field_new_email(l),
        "done_at" => t::field_done_at(l),
        "stopped_at" => t::field_stopped_at(l),
        "undone_at" => t::field_undone_at(l),
        "ready_at" => t::field_ready_at(l),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Piece {
        let names = ["family_name", "given_name", "created_at"].map(str::to_owned).to_vec();
        let name = Value::Text("<script>alert(1)</script>".into());
        let other = Value::Text("\"'&\u{202e}𠮷\n".into());
        let page = Page { names, rows: vec![vec![name, other, Value::Moment(0)]], next: None };
        Piece { part: "member".into(), page }
    }

    fn written(kind: Kind, pieces: &[Piece]) -> String {
        let mut writer = Writer::new(kind, Locale::Ja);
        let mut text = writer.head("</title><b>", 0);
        for piece in pieces {
            text += &writer.piece(piece);
        }
        text + &writer.tail()
    }

    #[test]
    fn names_with_markup_are_text() {
        let html = written(Kind::Html, &[hostile()]);
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(
            html.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && html.contains("&quot;&#x27;&amp;"),
            "{html}"
        );
        assert!(html.contains("<html lang=\"ja\">") && html.contains("<dt>姓</dt>"), "{html}");
    }

    #[test]
    fn pieces_of_a_table_are_one_list() {
        let other = Piece { part: "session".into(), ..hostile() };
        let text = written(Kind::Json, &[hostile(), hostile(), other]);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["member"].as_array().map(Vec::len), Some(2));
        assert_eq!(read["session"].as_array().map(Vec::len), Some(1));
        assert_eq!(read["member"][0]["created_at"], "1970-01-01T00:00:00Z");
        assert_eq!(written(Kind::Html, &[hostile(), hostile()]).matches("<section>").count(), 1);
        let empty: serde_json::Value = serde_json::from_str(&written(Kind::Json, &[])).unwrap();
        assert_eq!(empty["made_at"], "1970-01-01T00:00:00Z");
    }

    #[test]
    fn every_table_has_a_title() {
        for part in identity::my_data::Part::ALL {
            assert_ne!(part_in_words(part.name(), Lang::Ja), t::part_other(Lang::Ja), "{}", part.name());
        }
    }
}
