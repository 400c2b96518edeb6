//! Markdown to HTML, for the operator's documents and for the help. HTML inside the Markdown becomes text.

use pulldown_cmark::{Event, Parser, TagEnd, html};

/// Renders HTML. Links are marked `rel="external"`, so that the browser follows them: they may lead to a heading or
/// to a page behind sign-in.
pub fn to_html(markdown: &str) -> String {
    let mut out = String::new();
    html::push_html(&mut out, events(markdown));
    // Text contains no bare `<`: only the renderer's own tags match.
    out.replace("<a href=", "<a rel=\"external\" href=")
}

/// The text alone, a line for each paragraph or item.
pub fn to_text(markdown: &str) -> String {
    let mut out = String::new();
    for event in events(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => out.push('\n'),
            _ => {}
        }
    }
    out
}

/// Puts a backslash before everything that Markdown might read as markup, so that the value is shown as it is.
pub fn escaped(value: &str) -> String {
    let mut out = String::new();
    for c in value.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new(markdown).map(|event| match event {
        Event::Html(markup) | Event::InlineHtml(markup) => Event::Text(markup),
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_markdown_is_text() {
        assert_eq!(to_html("a <script>x</script>"), "<p>a &lt;script&gt;x&lt;/script&gt;</p>\n");
        assert_eq!(to_html("a <a href=x>"), "<p>a &lt;a href=x&gt;</p>\n");
    }

    #[test]
    fn escaped_values_are_shown_as_they_are() {
        for value in ["*a* _b_ [c](d) <e> `f` # 1. g & h\\", "Tegata <no-reply@example.jp>", "山田 & 花子"]
        {
            assert_eq!(to_text(&escaped(value)).trim_end(), value);
        }
        assert_eq!(to_html(&escaped("<b>")), "<p>&lt;b&gt;</p>\n");
    }
}
