//! Reading the operator's Markdown: `terms.ja.md`, `privacy.en.md` … in the folder `site.documents`.

use domain::locale::Locale;
use identity::error::Failure;
use identity::settings::Settings;

use super::{Document, Kind};
use crate::markdown::to_html;

const SAMPLES: [[&str; 2]; 2] = [
    [include_str!("../../samples/terms.ja.md"), include_str!("../../samples/terms.en.md")],
    [include_str!("../../samples/privacy.ja.md"), include_str!("../../samples/privacy.en.md")],
];

/// The document in the reader's language.
pub async fn read(kind: Kind, locale: Locale, settings: &Settings) -> Result<Document, Failure> {
    let Some(folder) = &settings.site.documents else {
        let text = SAMPLES[kind as usize][locale as usize];
        return Ok(Document { html: to_html(&text.replace("{site}", &settings.site.name)), sample: true });
    };
    let path = folder.join(format!("{}.{}.md", kind.name(), locale.tag()));
    let text = tokio::fs::read_to_string(&path)
        .await
        .map_err(|source| Failure::File { what: format!("site.documents, {}", path.display()), source })?;
    Ok(Document { html: to_html(&text), sample: false })
}
