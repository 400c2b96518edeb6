//! Reading the operator's Markdown: `terms.ja.md`, `privacy.en.md` … in the folder `site.documents`.

use domain::locale::Locale;
use identity::fault::Fault;
use identity::settings::Settings;
use pulldown_cmark::{Event, Parser, html};

use super::{Document, Kind};

const SAMPLES: [[&str; 2]; 2] = [
    [include_str!("../../samples/terms.ja.md"), include_str!("../../samples/terms.en.md")],
    [include_str!("../../samples/privacy.ja.md"), include_str!("../../samples/privacy.en.md")],
];

/// The document in the reader's language.
pub async fn read(kind: Kind, locale: Locale, settings: &Settings) -> Result<Document, Fault> {
    let Some(folder) = &settings.site.documents else {
        let text = SAMPLES[kind as usize][locale as usize];
        return Ok(Document { html: render(&text.replace("{site}", &settings.site.name)), sample: true });
    };
    let path = folder.join(format!("{}.{}.md", kind.name(), locale.tag()));
    let text = tokio::fs::read_to_string(&path)
        .await
        .map_err(|source| Fault::File { what: format!("site.documents, {}", path.display()), source })?;
    Ok(Document { html: render(&text), sample: false })
}

/// Markdown to HTML; HTML inside the Markdown becomes text.
fn render(markdown: &str) -> String {
    let parser = Parser::new(markdown).map(|event| match event {
        Event::Html(markup) | Event::InlineHtml(markup) => Event::Text(markup),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, parser);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_markdown_is_text() {
        assert_eq!(render("a <script>x</script>"), "<p>a &lt;script&gt;x&lt;/script&gt;</p>\n");
    }
}
