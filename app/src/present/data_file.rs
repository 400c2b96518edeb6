//! The copy of a member's data as a file, chunk by chunk: JSON for programs, HTML for people. The texts for tables,
//! columns and stored names are looked up by their names (`words::find`), so that a new one needs its text and no
//! code.

use askama::Template;
use domain::locale::Locale;
use identity::Event;
use identity::data_export::{Chunk, Page, Value};
use identity::format;
use serde_json::{Map, json};
use words::data_export_file as t;

use super::history::{event_name, kind_name};
use super::sessions::method_name;

/// Which kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For programs.
    Json,
    /// For people.
    Html,
}

impl Kind {
    /// By its name in the address; `None`: there is no such kind.
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

/// The beginning of the HTML file.
#[derive(Template)]
#[template(path = "data_file_head.html")]
struct Head {
    lang: &'static str,
    title: String,
    made: String,
    zone: &'static str,
    care: &'static str,
}

/// Rows of a table, under its title where they are the first.
#[derive(Template)]
#[template(path = "data_file_rows.html")]
struct Rows {
    closes: bool,
    title: Option<&'static str>,
    lists: Vec<Vec<(String, String)>>,
}

/// Writes a file, one text for each chunk.
pub struct Writer {
    kind: Kind,
    locale: Locale,
    table: Option<String>,
}

impl Writer {
    /// A writer for a reader of this language.
    pub fn new(kind: Kind, locale: Locale) -> Self {
        Self { kind, locale, table: None }
    }

    /// What comes before the first chunk. `made_at` is unix ms.
    pub fn head(&self, site: &str, made_at: i64) -> Result<String, askama::Error> {
        let l = self.locale;
        match self.kind {
            Kind::Json => {
                Ok(format!("{{\"site\":{},\"made_at\":{}", json!(site), json!(format::rfc3339(made_at))))
            }
            Kind::Html => Head {
                lang: l.tag(),
                title: t::title(l, site),
                made: t::made(l, &format::date_time(made_at, l), site),
                zone: t::zone(l),
                care: t::care(l),
            }
            .render(),
        }
    }

    /// A chunk. Chunks of one table come one after another.
    pub fn chunk(&mut self, chunk: &Chunk) -> Result<String, askama::Error> {
        let first = self.table.as_deref() != Some(chunk.table.as_str());
        let closes = first && self.table.is_some();
        self.table = Some(chunk.table.clone());
        match self.kind {
            Kind::Json => Ok(json_rows(chunk, first, closes)),
            Kind::Html => Rows {
                closes,
                title: first.then(|| table_name(&chunk.table, self.locale)),
                lists: chunk.page.rows.iter().map(|row| self.row(&chunk.page, row)).collect(),
            }
            .render(),
        }
    }

    /// What comes after the last chunk.
    pub fn tail(&self) -> String {
        match (self.kind, self.table.is_some()) {
            (Kind::Json, true) => "]}\n",
            (Kind::Json, false) => "}\n",
            (Kind::Html, true) => "</section>\n</main>\n</body>\n</html>\n",
            (Kind::Html, false) => "</main>\n</body>\n</html>\n",
        }
        .to_owned()
    }

    /// The columns of a row that hold something, as members read them.
    fn row(&self, page: &Page, row: &[Value]) -> Vec<(String, String)> {
        let columns = || page.names.iter().zip(row);
        let refused = columns().any(|(name, value)| name == "refusal" && *value != Value::Nothing);
        let column = |(name, value): (&String, &Value)| {
            let value = self.value(name, value, refused)?;
            let name = column_label(name, self.locale).unwrap_or(name);
            Some((name.to_owned(), value))
        };
        columns().filter_map(column).collect()
    }

    fn value(&self, column: &str, value: &Value, refused: bool) -> Option<String> {
        match value {
            Value::Nothing => None,
            Value::Number(number) => Some(number.to_string()),
            Value::Moment(ms) => Some(format::date_time_seconds(*ms, self.locale)),
            Value::Text(text) => {
                Some(self.stored_name(column, text, refused).map_or_else(|| text.clone(), str::to_owned))
            }
        }
        .map(|shown| match (column, format::browser(&shown, self.locale)) {
            ("browser", known) if !known.is_empty() => known,
            _ => shown,
        })
    }

    /// The text of a stored name; `None`: it is not one.
    fn stored_name(&self, column: &str, name: &str, refused: bool) -> Option<&'static str> {
        let l = self.locale;
        match (column, Event::from_name(name)) {
            ("event", Some(event)) => Some(event_name(event, refused, l)),
            ("detail", Some(event)) if event.is_mailed() => Some(identity::alerts::summary(event, l)),
            ("kind", _) => match name.parse() {
                Ok(kind) => Some(kind_name(Some(kind), l)),
                Err(_) => words::find("data_export_file", &["kind_", name], l),
            },
            ("locale", _) => words::find("common", &["language_", name], l),
            ("method", _) => method_name(name, l),
            (column, _) => words::find("data_export_file", &[column, "_", name], l),
        }
    }
}

fn json_rows(chunk: &Chunk, first: bool, closes: bool) -> String {
    let object = |row: &Vec<Value>| {
        let pairs = chunk.page.names.iter().zip(row).map(|(name, value)| {
            let value = match value {
                Value::Nothing => json!(null),
                Value::Text(text) => json!(text),
                Value::Number(number) => json!(number),
                Value::Moment(ms) => json!(format::rfc3339(*ms)),
            };
            (name.clone(), value)
        });
        serde_json::Value::Object(pairs.collect::<Map<_, _>>()).to_string()
    };
    let rows = chunk.page.rows.iter().map(object).collect::<Vec<_>>().join(",");
    let opening = if first { format!(",{}:[", json!(chunk.table)) } else { ",".to_owned() };
    [if closes { "]" } else { "" }, &opening, &rows].concat()
}

/// The title of a table.
fn table_name(table: &str, locale: Locale) -> &'static str {
    words::find("data_export_file", &["table_", table], locale).unwrap_or(t::table_other(locale))
}

/// What members read of a column; the fields of the profile are called as on its form.
fn column_label(column: &str, locale: Locale) -> Option<&'static str> {
    words::find("data_export_file", &["field_", column], locale)
        .or_else(|| words::find("profile_fields", &[column], locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Chunk {
        let names = ["family_name", "given_name", "created_at"].map(str::to_owned).to_vec();
        let name = Value::Text("<script>alert(1)</script>".into());
        let other = Value::Text("\"'&\u{202e}𠮷\n".into());
        let page = Page { names, rows: vec![vec![name, other, Value::Moment(0)]], next: None };
        Chunk { table: "member".into(), page }
    }

    fn written(kind: Kind, chunks: &[Chunk]) -> String {
        let mut writer = Writer::new(kind, Locale::Ja);
        let mut text = writer.head("</title><b>", 0).unwrap();
        for chunk in chunks {
            text += &writer.chunk(chunk).unwrap();
        }
        text + &writer.tail()
    }

    #[test]
    fn names_with_markup_are_text() {
        let html = written(Kind::Html, &[hostile()]);
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(html.contains("&#60;script&#62;alert(1)&#60;/script&#62;"), "{html}");
        assert!(html.contains("&#34;&#39;&#38;"), "{html}");
        assert!(html.contains("<html lang=\"ja\">") && html.contains("<dt>姓</dt>"), "{html}");
    }

    #[test]
    fn chunks_of_a_table_are_one_list() {
        let other = Chunk { table: "session".into(), ..hostile() };
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
        for table in identity::data_sets().filter(|data_set| data_set.export.is_some()) {
            assert_ne!(table_name(table.table, Locale::Ja), t::table_other(Locale::Ja), "{}", table.table);
        }
    }

    /// The columns that a statement reads, without the key that comes first.
    fn columns(statement: &str) -> impl Iterator<Item = &str> {
        let list = statement.trim_start_matches("SELECT ").split(" FROM ").next().unwrap_or_default();
        list.split(", ").skip(1).filter_map(|column| column.rsplit([' ', '.']).next())
    }

    #[test]
    fn every_column_has_a_label() {
        for table in identity::data_sets() {
            for column in table.export.into_iter().flat_map(columns) {
                assert!(column_label(column, Locale::Ja).is_some(), "{}.{column}", table.table);
            }
        }
    }
}
