//! Reads codes and links out of e-mails.

use platform::mail::outbox::Contents;
use platform::secret::Token;

/// The six digits of an e-mail.
pub fn code_in(email: &Contents) -> String {
    let digits = |line: &&str| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit());
    email.text.lines().map(str::trim).find(digits).expect("a code in the e-mail").to_owned()
}

/// The recovery code of an e-mail, in groups.
pub fn recovery_code_in(email: &Contents) -> String {
    let groups = |line: &&str| {
        let mut parts = line.split('-');
        line.len() >= 9
            && parts.all(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    email.text.lines().map(str::trim).find(groups).expect("a code in the e-mail").to_owned()
}

/// The token of the link in an e-mail.
pub fn link_in(email: &Contents) -> Token {
    let after = email.text.split("?t=").nth(1).expect("a link in the e-mail");
    Token::parse(after.split_whitespace().next().unwrap_or_default()).expect("a token in the link")
}
