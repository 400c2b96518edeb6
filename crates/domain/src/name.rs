//! Names of people and their readings, kept as their owners write them.
//!
//! Never NFC or NFKC: both replace characters that stand in family registers (神 U+FA19 would become 神). Markup,
//! emoji and characters beyond the basic plane are names like any other; code that shows a name escapes it.

use crate::fold::{self, is_direction_mark, is_space, is_stray, tidy_spaces, wide_kana};
use serde::{Deserialize, Serialize};

/// A family or given name: 1 to 60 characters, spaces tidied, kana in full width, else as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// A reading: full-width katakana, `ー`, `・` and spaces, 1 to 60 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kana(String);

/// Why a text is not a name or not a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{self:?}")]
pub enum NameRefused {
    /// Nothing that could be seen was typed.
    Empty,
    /// More than 60 characters.
    TooLong,
    /// A line break or another control character, or a mark that turns the direction of text.
    NotAllowed,
    /// A reading with something else than kana in it.
    NotKana,
}

impl NameRefused {
    pub(crate) const fn among(self, codes: [&'static str; 4]) -> &'static str {
        match self {
            Self::Empty => codes[0],
            Self::TooLong => codes[1],
            Self::NotAllowed => codes[2],
            Self::NotKana => codes[3],
        }
    }
}

const MAX_LENGTH: usize = 60;

impl PersonName {
    /// Tidies spaces, widens half-width kana and joins sound marks; changes nothing else.
    pub fn parse(text: &str) -> Result<Self, NameRefused> {
        judged(tidy_spaces(wide_kana(text.chars().filter(|&c| !is_stray(c))).chars())).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Kana {
    /// Turns hiragana and half-width katakana into katakana, then accepts `ァ–ヴ ヵ ヶ ー ・` and spaces.
    pub fn parse(text: &str) -> Result<Self, NameRefused> {
        let kana = judged(fold::katakana(text))?;
        let fits = |c| matches!(c, 'ァ'..='ヶ' | 'ー' | '・' | ' ');
        if kana.chars().all(fits) { Ok(Self(kana)) } else { Err(NameRefused::NotKana) }
    }

    /// The reading.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

crate::text_newtype!(PersonName, NameRefused);
crate::text_newtype!(Kana, NameRefused);

fn judged(text: String) -> Result<String, NameRefused> {
    let refused = |c: char| c.is_control() || is_direction_mark(c) || matches!(c, '\u{2028}' | '\u{2029}');
    if text.chars().any(refused) {
        Err(NameRefused::NotAllowed)
    } else if text.chars().all(is_blank) {
        Err(NameRefused::Empty)
    } else if text.chars().count() > MAX_LENGTH {
        Err(NameRefused::TooLong)
    } else {
        Ok(text)
    }
}

/// Shows nothing when it stands alone: joiners, variation selectors, the blank letters of Hangul and Braille.
fn is_blank(c: char) -> bool {
    is_space(c)
        || matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
        || matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> Result<String, NameRefused> {
        PersonName::parse(text).map(|name| name.as_str().to_owned())
    }

    fn kana(text: &str) -> Result<String, NameRefused> {
        Kana::parse(text).map(|kana| kana.as_str().to_owned())
    }

    const KEPT: [&str; 12] = [
        "髙橋",
        "﨑",
        "\u{FA19}谷",
        "𠮷野家",
        "葛\u{E0100}城",
        "辻\u{E0101}",
        "渡邉",
        "O’Brien-Smith",
        "José",
        "Jose\u{301}",
        "</script><b>&amp;",
        "👩\u{200D}👧 ①㈱",
    ];

    #[test]
    fn names_are_kept_as_their_owners_write_them() {
        for kept in KEPT {
            assert_eq!(name(kept).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn spaces_and_kana_width_are_tidied() {
        assert_eq!(name("　山田　 太郎 ").as_deref(), Ok("山田 太郎"));
        assert_eq!(name("ﾔﾏﾀﾞ").as_deref(), Ok("ヤマダ"));
        assert_eq!(name("か\u{3099}く").as_deref(), Ok("がく"));
        assert_eq!(name("\u{FEFF}山田\u{200B}").as_deref(), Ok("山田"));
        assert_eq!(name("山田\t太郎").as_deref(), Ok("山田 太郎"));
    }

    #[test]
    fn line_breaks_and_direction_marks_are_refused() {
        for text in ["山田\r\nBcc: x", "山\0田", "山\u{202E}田", "\u{2067}山田", "山\u{2028}田", "山\u{85}田"]
        {
            assert_eq!(name(text), Err(NameRefused::NotAllowed), "{text:?}");
        }
    }

    #[test]
    fn mp_75_a_name_cannot_be_nothing() {
        for text in ["", "　", "\u{200B}", "\u{3164}", "\u{FE0F}\u{200D}"] {
            assert_eq!(name(text), Err(NameRefused::Empty), "{text:?}");
            assert!(kana(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_length_counts_characters() {
        assert!(name(&"𠮷".repeat(60)).is_ok());
        assert_eq!(name(&"𠮷".repeat(61)), Err(NameRefused::TooLong));
        assert_eq!(kana(&"ア".repeat(61)), Err(NameRefused::TooLong));
    }

    #[test]
    fn mp_02_readings_are_katakana() {
        assert_eq!(kana("やまだ").as_deref(), Ok("ヤマダ"));
        assert_eq!(kana("ｶﾞ").as_deref(), Ok("ガ"));
        assert_eq!(kana("ﾏﾘｱ･ﾙｲｰｽﾞ　ｳﾞ").as_deref(), Ok("マリア・ルイーズ ヴ"));
        assert_eq!(kana("ヵヶ").as_deref(), Ok("ヵヶ"));
        for text in ["山田", "Yamada", "ヤマダ1", "ア゛", "ヷ"] {
            assert_eq!(kana(text), Err(NameRefused::NotKana), "{text}");
        }
        assert_eq!(kana(" "), Err(NameRefused::Empty));
    }

    proptest! {
        #[test]
        fn parsing_is_idempotent_and_bounded(text in "\\PC*|[ぁ-ヿ｡-ﾟ\u{3099}\u{309A} 　]*") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert!(name.as_str().chars().count() <= MAX_LENGTH);
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name.clone()));
            }
            if let Ok(kana) = Kana::parse(&text) {
                prop_assert!(kana.as_str().chars().count() <= MAX_LENGTH);
                prop_assert_eq!(Kana::parse(kana.as_str()), Ok(kana.clone()));
            }
        }

        #[test]
        fn ideographs_never_change(text in "[一-鿿豈-龎𠀀-𪛟]([一-鿿豈-龎𠀀-𪛟][\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]?){0,20}") {
            prop_assert_eq!(name(&text), Ok(text));
        }
    }
}
