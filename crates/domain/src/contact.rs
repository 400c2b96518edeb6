//! Where members can ask (`site.support`), as an address to follow.

/// The address that a contact leads to: `https:`, `http:`, `mailto:` or `tel:`. A sentence leads nowhere.
pub fn contact(support: &str) -> Option<String> {
    let support = support.trim();
    if support.is_empty() || support.contains(|c: char| c.is_whitespace() || c.is_control()) {
        None
    } else if ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| support.starts_with(scheme)) {
        Some(support.into())
    } else if support.contains('@') {
        Some(["mailto:", support].concat())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_an_address() {
        for (support, expected) in [
            ("help@example.jp", Some("mailto:help@example.jp")),
            ("https://example.jp/help", Some("https://example.jp/help")),
            ("tel:+81-3-0000-0000", Some("tel:+81-3-0000-0000")),
            ("", None),
            ("Ask at the desk", None),
            ("javascript://x", None),
            ("help@example.jp\nExpires: never", None),
        ] {
            assert_eq!(contact(support).as_deref(), expected);
        }
    }
}
