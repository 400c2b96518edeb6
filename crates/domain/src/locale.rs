//! The two languages of the site (MP-95) and how a browser's preference is read.
//!
//! `server` decides which source wins (the member's choice, the cookie, the header).

use serde::{Deserialize, Serialize};

/// A language in which every page and e-mail exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Japanese, the default.
    #[default]
    Ja,
    /// English.
    En,
}

impl Locale {
    /// Both, in the order in which the switch shows them.
    pub const ALL: [Locale; 2] = [Locale::Ja, Locale::En];

    /// The language tag as in `<html lang>` and the cookie: `ja` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Locale::Ja => "ja",
            Locale::En => "en",
        }
    }

    /// Reads a tag by its first subtag, so `en-GB` is English; other languages are `None`.
    pub fn from_tag(tag: &str) -> Option<Locale> {
        let language = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(language))
    }

    /// Reads an `Accept-Language` header (RFC 9110 §12.5.4): the highest weight wins, the first of equals;
    /// Japanese when neither of ours is asked for.
    pub fn from_accept_language(header: &str) -> Locale {
        let mut best = (0, Locale::default());
        for range in header.split(',') {
            let mut parts = range.split(';');
            let Some(locale) = parts.next().and_then(Self::from_tag) else { continue };
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(1000, thousandths);
            if weight > best.0 {
                best = (weight, locale);
            }
        }
        best.1
    }
}

/// `0.8` → 800; what is not a weight counts as 0. By hand because the browser need not carry a float parser.
fn thousandths(weight: &str) -> u32 {
    let weight = weight.trim();
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" => 1000,
        "0" => part.bytes().zip([100, 10, 1]).map(|(digit, unit)| u32::from(digit - b'0') * unit).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn mp_95_tags() {
        for locale in Locale::ALL {
            assert_eq!(Locale::from_tag(locale.tag()), Some(locale));
            assert_eq!(serde_json::to_string(&locale).unwrap(), format!("\"{}\"", locale.tag()));
        }
        assert_eq!(Locale::from_tag("en-GB"), Some(Locale::En));
        assert_eq!(Locale::from_tag("JA_JP"), Some(Locale::Ja));
        assert_eq!(Locale::from_tag("eng"), None);
        assert_eq!(Locale::from_tag(""), None);
    }

    #[test]
    fn mp_95_accept_language() {
        for (header, expected) in [
            ("", Locale::Ja),
            ("en", Locale::En),
            ("fr, de;q=0.9", Locale::Ja),
            ("fr, en;q=0.5", Locale::En),
            ("ja;q=0.8, en-US", Locale::En),
            ("ja;q=0.81,en;q=0.809", Locale::Ja),
            ("ja,en", Locale::Ja),
            ("en,ja", Locale::En),
            ("en;q=0, *", Locale::Ja),
            ("en; q=oops, ja;q=0.1", Locale::Ja),
        ] {
            assert_eq!(Locale::from_accept_language(header), expected, "{header}");
        }
    }

    proptest! {
        #[test]
        fn accept_language_never_panics(header in "\\PC*|[jaen;q=01.,* -]*") {
            let _ = Locale::from_accept_language(&header);
        }
    }
}
