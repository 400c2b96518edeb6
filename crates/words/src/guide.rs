//! The help as Markdown, ours, in both languages (`help/{ja,en}/`). On the server only.
//!
//! # For translators
//!
//! A file is a page: `# ` its title, a sentence about it, then questions. Each question is a `## ` heading with a name
//! that never changes, since links lead to it, and the two languages have the same questions in the same order:
//!
//! ```markdown
//! ## The e-mail does not arrive. What can I do? {#no-e-mail}
//!
//! The link works for {registration_valid}. Please look into …
//! ```
//!
//! `{name}` is a figure of the running site; which there are is in `app/src/help/figures.rs`. What is true of some
//! sites only stands between a line `{if passkeys}` (or `{if not passkeys}`) and a line `{end}`, or has the condition
//! in its heading: `{#what-is-a-passkey if passkeys}`. Curly brackets are for this only.

/// A page of the help.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Its name in addresses.
    pub name: &'static str,
    /// In Japanese and English, as [`crate::Locale::ALL`].
    pub markdown: [&'static str; 2],
}

macro_rules! text {
    ($name:literal, $file:literal) => {
        Text {
            name: $name,
            markdown: [
                include_str!(concat!("../help/ja/", $file, ".md")),
                include_str!(concat!("../help/en/", $file, ".md")),
            ],
        }
    };
}

/// The chapters of the questions that are often asked, in MP-101's order.
pub const CHAPTERS: [Text; 10] = [
    text!("registration", "01-registration"),
    text!("sign-in", "02-sign-in"),
    text!("sign-out", "03-sign-out"),
    text!("profile", "04-profile"),
    text!("user-id", "05-user-id"),
    text!("linked", "06-linked"),
    text!("security", "07-security"),
    text!("services", "08-services"),
    text!("use", "09-use"),
    text!("withdraw", "10-withdraw"),
];

/// Pages that are linked from where the trouble is (MP-102, MP-103).
pub const TROUBLES: [Text; 2] = [text!("letter", "letter"), text!("code", "code")];
