//! Every sentence a person reads — pages, e-mails, errors — as typed functions, in Japanese and English.
//!
//! The sentences live in `locales/{ja,en}/<file>.toml`; `build.rs` makes a module of each file and a function
//! of each key. This crate knows no form, route or member; its callers decide which text belongs where.
//!
//! # For translators
//!
//! **To change a text**, edit it in `locales/ja/…` or `locales/en/…` and build. The text between the quotes is
//! what people see; nothing else depends on its wording. A long text, or one with several lines, may stand
//! between three quotes (`"""`); blanks and line breaks before and after it are dropped.
//!
//! **To add a text**, add the same key to the file of that name in *both* languages. Keys are `snake_case`; a
//! key below a `[table]` becomes `table_key`:
//!
//! ```toml
//! # locales/en/registration.toml
//! [sent]
//! lead = "We have sent an e-mail to {email}."
//! ```
//!
//! gives `words::registration::sent_lead(lang, email)`. A text without placeholders is a `&'static str`, one with
//! placeholders a `String`; the parameters come in the order in which the *Japanese* text first names them.
//! English may use them in another order, and a placeholder may come twice. Curly brackets are for
//! placeholders only.
//!
//! **To add a file**, add it in both languages. If only the server ever shows it (e-mails, say), put its name
//! without `.toml` on a line of `locales/server_only.txt`, and the browser does not have to load it.
//!
//! The build stops, naming file and key, if a file, key or placeholder is missing in one language, a text is
//! empty, or a name cannot be a Rust name. Texts are plain text: code that puts one into HTML escapes it.
//!
//! The help's longer texts are Markdown of their own: the module `guide` says how they are written.
//!
//! # On the server and in the browser
//!
//! The server holds both languages. The browser's code holds none: the page brings the table of its one
//! language ([`browser_table`]), which is handed to [`load`] before anything is rendered; the functions are the
//! same. To change the language is to load another page.

#[cfg(not(target_arch = "wasm32"))]
pub mod guide;

#[cfg(target_arch = "wasm32")]
use std::sync::OnceLock;

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// Stands between the texts of a browser table. The build lets no control character but a line break into a
/// text, so none can hold it.
const SEPARATOR: char = '\u{1F}';

/// A language that every text is written in.
pub use domain::locale::Locale;

/// Why a browser table was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The table was made by a build with other keys than this code: the page must be loaded again.
    OtherBuild,
    /// A table is there already; it stays.
    AlreadyLoaded,
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::OtherBuild => "the table of texts belongs to another build",
            Self::AlreadyLoaded => "a table of texts is loaded already",
        })
    }
}

impl std::error::Error for LoadError {}

/// What the browser needs of one language: a mark of the build, then each text, with U+001F between them.
///
/// Holds no text of a file named in `locales/server_only.txt`. It is text, not HTML: escape it, or serve it as
/// a file of its own.
#[cfg(not(target_arch = "wasm32"))]
pub fn browser_table(lang: Locale) -> String {
    let mut table = String::from(KEYS);
    for text in &texts(lang)[..BROWSER_TEXTS] {
        table.push(SEPARATOR);
        table.push_str(text);
    }
    table
}

/// Takes the table that [`browser_table`] made, once, before the first text is asked for.
///
/// Until then every text is empty. On the server there is nothing to load: the table is only checked.
pub fn load(table: &str) -> Result<(), LoadError> {
    #[cfg(target_arch = "wasm32")]
    {
        // texts are `&'static str` on both sides, and this one is needed as long as the page is open
        let table: &'static str = String::from(table).leak();
        TABLE.set(split(table)?).map_err(|_| LoadError::AlreadyLoaded)
    }
    #[cfg(not(target_arch = "wasm32"))]
    split(table).map(drop)
}

/// The text of a file by a key that is only known at run time, such as a stored name; `None`: there is no such text,
/// or it has placeholders. For events, tables and columns: a new one needs its text and no code.
#[cfg(not(target_arch = "wasm32"))]
pub fn find(file: &str, key: &[&str], lang: Locale) -> Option<&'static str> {
    let name = [&[file, "."], key].concat().concat();
    let place = NAMES.binary_search_by_key(&name.as_str(), |(name, _)| name).ok()?;
    Some(text(lang, NAMES[place].1))
}

#[cfg(target_arch = "wasm32")]
static TABLE: OnceLock<Vec<&'static str>> = OnceLock::new();

fn split(table: &str) -> Result<Vec<&str>, LoadError> {
    let (keys, texts) = table.split_once(SEPARATOR).ok_or(LoadError::OtherBuild)?;
    let texts: Vec<&str> = texts.split(SEPARATOR).collect();
    if keys == KEYS && texts.len() == BROWSER_TEXTS { Ok(texts) } else { Err(LoadError::OtherBuild) }
}

#[cfg(target_arch = "wasm32")]
fn text(_lang: Locale, index: usize) -> &'static str {
    TABLE.get().and_then(|texts| texts.get(index)).copied().unwrap_or_default()
}

#[cfg(not(target_arch = "wasm32"))]
fn text(lang: Locale, index: usize) -> &'static str {
    texts(lang)[index]
}

#[cfg(not(target_arch = "wasm32"))]
fn texts(lang: Locale) -> &'static [&'static str] {
    match lang {
        Locale::Ja => &JA,
        Locale::En => &EN,
    }
}

/// Puts `values[0]` for `{0}` and so on. The build numbered the placeholders and saw to it that brackets stand
/// in pairs, so every second piece is a number; a value is never looked at again, whatever it holds.
fn fill(text: &str, values: &[&str]) -> String {
    let mut filled = String::new();
    for (place, piece) in text.split(['{', '}']).enumerate() {
        filled += if place % 2 == 0 {
            piece
        } else {
            piece
                .bytes()
                .next()
                .and_then(|digit| values.get(usize::from(digit.wrapping_sub(b'0'))))
                .copied()
                .unwrap_or_default()
        };
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_says_something() {
        for lang in Locale::ALL {
            for (index, text) in texts(lang).iter().enumerate() {
                assert!(!text.trim().is_empty(), "{} {index}", lang.tag());
                assert_eq!(*text, text.trim(), "no blanks around a text");
            }
        }
    }

    #[test]
    fn a_browser_table_comes_back_as_the_same_texts() {
        for lang in Locale::ALL {
            let table = browser_table(lang);
            assert_eq!(split(&table).unwrap(), &texts(lang)[..BROWSER_TEXTS]);
            assert_eq!(load(&table), Ok(()));
        }
    }

    #[test]
    fn a_table_of_another_build_is_refused() {
        let table = browser_table(Locale::Ja);
        let one_less = table.rsplit_once(SEPARATOR).unwrap().0;
        let other_keys = format!("0{SEPARATOR}{}", table.split_once(SEPARATOR).unwrap().1);
        for wrong in ["", "<!doctype html>", one_less, &other_keys] {
            assert_eq!(load(wrong), Err(LoadError::OtherBuild));
        }
    }

    #[test]
    fn values_go_to_their_numbers_and_are_not_read_again() {
        assert_eq!(fill("{0} | {1}", &["{1}", "Tegata"]), "{1} | Tegata");
        assert_eq!(fill("{1}{0}{1}", &["a", "b"]), "bab");
        assert_eq!(fill("x", &[]), "x");
    }

    #[test]
    fn functions_find_their_text() {
        assert_eq!(common::menu(Locale::Ja), "メニュー");
        assert_eq!(common::menu(Locale::En), "Menu");
        assert_eq!(common::page_title(Locale::En, "Log in", "Tegata"), "Log in | Tegata");
        assert_eq!(
            refusals::password_too_short(Locale::Ja, "8"),
            "パスワードは8文字以上で入力してください。"
        );
    }

    /// MP-13–15, MP-22, MP-23: the wording is given.
    #[test]
    fn given_wordings_stay() {
        let given = [
            (refusals::password_contains_given_name(Locale::Ja), "パスワードに名前を含めてはいけません"),
            (refusals::password_contains_family_name(Locale::Ja), "パスワードに名字を含めてはいけません"),
            (refusals::password_contains_user_id(Locale::Ja), "パスワードにユーザIDを含めてはいけません"),
            (
                refusals::sign_in_not_accepted(Locale::Ja),
                "ユーザID(メールアドレス)またはパスワードが正しくありません。",
            ),
            (
                refusals::address_not_an_address(Locale::Ja),
                "ユーザID(メールアドレス) は有効なメールアドレスではありません。ご確認の上再度入力してください。",
            ),
        ];
        for (text, wording) in given {
            assert_eq!(text, wording);
        }
    }
}
