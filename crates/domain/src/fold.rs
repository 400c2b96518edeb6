//! What a keyboard typed → what was meant. Japanese input methods write full-width letters, digits and dots; members
//! are not asked to type them again in half width.
//!
//! Three rules for three kinds of text: [`ascii_fold`] for identifiers, [`digits`] for codes, [`katakana`] for
//! readings. Names have a rule of their own in [`crate::name`], and none of these is NFC or NFKC: both rewrite
//! characters that are in people's registered names, and both need tables the browser should not load.

/// Full-width ASCII → ASCII, the ideographic space → a space, `。` → `.`, everything that looks like a hyphen
/// → `-`; characters without width, marks of direction among them, fall away. All else stays.
pub fn ascii_fold(text: &str) -> String {
    text.chars()
        .filter(|&c| !is_invisible(c))
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' if c != '\u{FF0D}' => shifted(c, -0xFEE0),
            '\u{3000}' | '\u{A0}' => ' ',
            '。' | '｡' => '.',
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | '\u{FF70}' | '\u{30FC}' => '-',
            other => other,
        })
        .collect()
}

/// [`ascii_fold`] without spaces and hyphens: `１２３ー４５６` → `123456`.
pub fn digits(text: &str) -> String {
    ascii_fold(text).chars().filter(|&c| !is_space(c) && c != '-').collect()
}

/// Hiragana and half-width katakana → full-width katakana, sound marks joined to their letter, spaces tidied.
/// What is no kana stays; [`crate::name::Kana`] judges it.
pub fn katakana(text: &str) -> String {
    let letters = text.chars().filter(|&c| !is_invisible(c)).map(|c| match full_width(c) {
        hiragana @ ('\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309E}') => shifted(hiragana, 0x60),
        other => other,
    });
    tidy_spaces(joined(letters).chars())
}

/// Half-width katakana → full-width and sound marks joined; hiragana and all else stay. For names.
pub(crate) fn wide_kana(text: impl Iterator<Item = char>) -> String {
    joined(text.map(full_width))
}

/// No space at the ends, one ordinary space for any run within.
pub(crate) fn tidy_spaces(text: impl Iterator<Item = char>) -> String {
    let mut tidy = String::new();
    let mut pending = false;
    for c in text {
        if is_space(c) {
            pending = !tidy.is_empty();
            continue;
        }
        if pending {
            tidy.push(' ');
            pending = false;
        }
        tidy.push(c);
    }
    tidy
}

/// A space of any width, or a tab that came with a pasted table cell. Line breaks are not spaces.
pub(crate) fn is_space(c: char) -> bool {
    c == '\t' || (c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}'))
}

/// Without width and never meant: soft hyphen, zero-width characters, marks of direction, byte order mark.
fn is_invisible(c: char) -> bool {
    is_stray(c) || is_direction_mark(c) || matches!(c, '\u{200C}' | '\u{200D}')
}

/// What pasting leaves behind and no script needs. (The joiners U+200C and U+200D do have work in names.)
pub(crate) fn is_stray(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Turns the direction of the text around it: a means to make a name look like another.
pub(crate) fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// U+FF65…U+FF9F in order, as full-width letters.
const FULL_WIDTH: &str = "・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";

/// A half-width kana in full width; sound marks as the marks that stand alone.
fn full_width(c: char) -> char {
    match c {
        '\u{FF65}'..='\u{FF9F}' => FULL_WIDTH.chars().nth(c as usize - 0xFF65).unwrap_or(c),
        other => other,
    }
}

/// Joins a sound mark to the letter before it where the pair has a letter of its own.
fn joined(text: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in text {
        let pair = match c {
            '\u{3099}' | '゛' => out.chars().next_back().and_then(voiced),
            '\u{309A}' | '゜' => out.chars().next_back().and_then(half_voiced),
            _ => None,
        };
        if pair.is_some() {
            out.pop();
        }
        out.push(pair.unwrap_or(c));
    }
    out
}

fn voiced(c: char) -> Option<char> {
    let by = match c {
        // the unvoiced of か…ち are the odd code points, of つ…と the even; each is followed by its voiced letter
        'か'..='ち' | 'カ'..='チ' if c as u32 % 2 == 1 => 1,
        'つ' | 'て' | 'と' | 'ツ' | 'テ' | 'ト' | 'ゝ' | 'ヽ' => 1,
        _ if half_voiced(c).is_some() => 1,
        'う' | 'ウ' => 0x4E,
        'ワ'..='ヲ' => 8,
        _ => return None,
    };
    Some(shifted(c, by))
}

fn half_voiced(c: char) -> Option<char> {
    matches!(c, 'は' | 'ひ' | 'ふ' | 'へ' | 'ほ' | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ').then(|| shifted(c, 2))
}

fn shifted(c: char, by: i32) -> char {
    (c as u32).checked_add_signed(by).and_then(char::from_u32).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn identifiers_become_ascii() {
        assert_eq!(ascii_fold("ｔａｒｏ＠ｅｘａｍｐｌｅ。ｊｐ"), "taro@example.jp");
        assert_eq!(ascii_fold("！～　"), "!~ ");
        assert_eq!(ascii_fold("‐‑‒–—―−－ｰー"), "----------");
        assert_eq!(ascii_fold("\u{FEFF}a\u{200B}b\u{202A}c"), "abc");
        assert_eq!(ascii_fold("日本"), "日本");
    }

    #[test]
    fn codes_lose_spaces_and_hyphens() {
        assert_eq!(digits(" １２３ー４５６　"), "123456");
        assert_eq!(digits("12 34-56"), "123456");
    }

    #[test]
    fn readings_become_katakana() {
        assert_eq!(katakana("ｶﾞ"), "ガ");
        assert_eq!(katakana("ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ ｳﾞ ﾜ ﾞ"), "パピプペポ ヴ ワ ゛");
        assert_eq!(katakana("か\u{3099}は\u{309A}"), "ガパ");
        assert_eq!(katakana("　やまだ　　たろう "), "ヤマダ タロウ");
        assert_eq!(katakana("ゔゕゖゝゞ"), "ヴヵヶヽヾ");
        assert_eq!(katakana("ｼﾞｮｰｼﾞ･ﾌﾞｯｼｭ"), "ジョージ・ブッシュ");
        assert_eq!(katakana("漢字abc"), "漢字abc");
    }

    #[test]
    fn every_voiced_letter_is_joined() {
        let pairs = "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔゝゞ\
                     カガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴヽヾワヷヰヸヱヹヲヺ";
        let letters: Vec<char> = pairs.chars().collect();
        for pair in letters.chunks(2) {
            assert_eq!(voiced(pair[0]), Some(pair[1]));
            assert_eq!(voiced(pair[1]), None);
        }
        for none in "っッなナんンaあ山".chars() {
            assert_eq!(voiced(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn folds_are_idempotent(text in "\\PC*|[ぁ-ヿ｡-ﾟ\u{3099}\u{309A} 　\t]*") {
            for fold in [ascii_fold, digits, katakana] {
                let once = fold(&text);
                prop_assert_eq!(fold(&once), once.clone());
                prop_assert!(once.chars().count() <= text.chars().count());
            }
        }

        #[test]
        fn plain_ascii_stays(text in "[!-~]*") {
            prop_assert_eq!(ascii_fold(&text), text);
        }
    }
}
