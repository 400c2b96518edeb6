//! E-mail addresses: what is one, how two are compared, how one is shown and handed to SMTP.
//!
//! Any provider is accepted, free-mail included (MP-03). Whether an address is taken, and whether e-mails arrive, is
//! known on the server only.

use crate::fold;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An address that an e-mail can be sent to: ASCII, `x@y` with a dot in `y`, at most 254 characters.
///
/// The domain is in lower case, the part before `@` as it was typed. `==` compares this form; [`EmailAddress::key`] is
/// what one member is found by.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why a text is not an [`EmailAddress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{self:?}")]
pub enum AddressRefused {
    /// Nothing was typed.
    Empty,
    /// More than 254 characters, or more than 64 before the `@` (RFC 5321 §4.5.3.1).
    TooLong,
    /// Not of the form `x@y` (MP-23).
    NotAnAddress,
}

impl AddressRefused {
    pub(crate) const fn among(self, codes: [&'static str; 3]) -> &'static str {
        match self {
            Self::Empty => codes[0],
            Self::TooLong => codes[1],
            Self::NotAnAddress => codes[2],
        }
    }
}

crate::text_newtype!(EmailAddress, AddressRefused);

const MAX_LENGTH: usize = 254;
const MAX_LOCAL: usize = 64;
const MAX_LABEL: usize = 63;

/// Mobile carriers that once issued addresses with dots where RFC 5322 has none (`abc.@`, `a..b@`). Such
/// addresses are still in use. Their subdomains count too.
const CARRIERS: [&str; 14] = [
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "i.softbank.jp",
    "vodafone.ne.jp",
    "disney.ne.jp",
    "willcom.com",
    "willcom-inc.com",
    "wcm.ne.jp",
    "pdx.ne.jp",
    "ymobile.ne.jp",
    "ymobile1.ne.jp",
    "emnet.ne.jp",
];

impl EmailAddress {
    /// Folds full-width letters, `＠`, `。` and stray spaces at either side of the parts, then judges.
    ///
    /// A space within a part is refused rather than dropped: the e-mail could go to another person.
    pub fn parse(text: &str) -> Result<Self, AddressRefused> {
        let folded = fold::ascii_fold(text);
        let folded = folded.trim();
        if folded.is_empty() {
            return Err(AddressRefused::Empty);
        }
        let (local, domain) = folded.rsplit_once('@').ok_or(AddressRefused::NotAnAddress)?;
        let (local, domain) =
            (local.trim_end_matches(fold::is_space), domain.trim_start_matches(fold::is_space));
        if local.len() > MAX_LOCAL || local.len() + 1 + domain.len() > MAX_LENGTH {
            return Err(AddressRefused::TooLong);
        }
        let domain = domain.to_ascii_lowercase();
        let dots_fit = !has_odd_dots(local) || is_carrier(&domain);
        if !is_local(local) || !is_domain(&domain) || !dots_fit {
            return Err(AddressRefused::NotAnAddress);
        }
        Ok(Self([local, "@", &domain].concat()))
    }

    /// The address for display and for storage.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The comparison key, all in lower case: no provider in use distinguishes `Taro@` and `taro@`, and people type
    /// both.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// Enough for its owner to recognise it and too little for others: `ta***@example.jp`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.parts();
        let shown = if local.len() > 2 { 2 } else { local.len() - 1 };
        [&local[..shown], "***@", domain].concat()
    }

    /// The form for SMTP: with odd dots the part before `@` must be quoted (RFC 5321 §4.1.2).
    pub fn smtp(&self) -> String {
        let (local, domain) = self.parts();
        if has_odd_dots(local) { ["\"", local, "\"@", domain].concat() } else { self.0.clone() }
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once('@').unwrap_or((&self.0, ""))
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// `atext` and dots (RFC 5322 §3.2.3), at least one character that is not a dot.
fn is_local(local: &str) -> bool {
    local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte))
        && local.bytes().any(|byte| byte != b'.')
}

fn has_odd_dots(local: &str) -> bool {
    local.split('.').any(str::is_empty)
}

/// Two labels or more; the last is not a number, which would be an IP address.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && domain.split('.').all(is_label) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_carrier(domain: &str) -> bool {
    CARRIERS.iter().any(|carrier| {
        domain.strip_suffix(carrier).is_some_and(|above| above.is_empty() || above.ends_with('.'))
    })
}

/// Domains in wide use. A domain that is one typo away from one of these is most likely a typo. Those of [`ALSO_EXIST`]
/// are only known to exist, so that they are not taken for one.
const OFTEN_MEANT: [&str; 11] = [
    "gmail.com",
    "yahoo.co.jp",
    "icloud.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "softbank.ne.jp",
    "i.softbank.jp",
    "outlook.jp",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.jp",
];
const ALSO_EXIST: [&str; 3] = ["ymail.com", "email.com", "mail.com"];

/// Endings that exist nowhere, or belong to a neighbour by mistake, and what was meant.
const MISTAKEN: [(&str, &str); 7] = [
    ("gmail.co.jp", "gmail.com"),
    ("gmail.jp", "gmail.com"),
    ("docomo.com", "docomo.ne.jp"),
    ("docomo.co.jp", "docomo.ne.jp"),
    ("au.ne.jp", "au.com"),
    ("ezweb.com", "ezweb.ne.jp"),
    ("yahoo.ne.jp", "yahoo.co.jp"),
];

/// The whole address as it was probably meant (`gmial.com` → `gmail.com`), or `None` when nothing looks wrong.
/// It is only a suggestion: the address as typed stays acceptable.
pub fn domain_suggestion(text: &str) -> Option<String> {
    let address = EmailAddress::parse(text).ok()?;
    let (local, domain) = address.parts();
    if OFTEN_MEANT.contains(&domain) || ALSO_EXIST.contains(&domain) {
        return None;
    }
    if let Some((_, meant)) = MISTAKEN.iter().find(|(mistaken, _)| *mistaken == domain) {
        return Some([local, "@", meant].concat());
    }
    if let Some(meant) = OFTEN_MEANT.iter().find(|known| one_slip_apart(known, domain)) {
        return Some([local, "@", meant].concat());
    }
    domain.strip_suffix(".con").map(|stem| [local, "@", stem, ".com"].concat())
}

/// One character wrong, missing, too many, or two neighbours swapped.
fn one_slip_apart(meant: &str, typed: &str) -> bool {
    let (meant, typed) = (meant.as_bytes(), typed.as_bytes());
    let same = meant.iter().zip(typed).take_while(|(a, b)| a == b).count();
    let (a, b) = (&meant[same..], &typed[same..]);
    match (a, b) {
        ([], [_]) | ([_], []) => true,
        ([a0, a1, a_rest @ ..], [b0, b1, b_rest @ ..]) if a0 == b1 && a1 == b0 && a_rest == b_rest => true,
        ([_, a_rest @ ..], [_, b_rest @ ..]) => a_rest == b_rest || a_rest == b || a == b_rest,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Result<String, AddressRefused> {
        EmailAddress::parse(text).map(|address| address.as_str().to_owned())
    }

    #[test]
    fn mp_03_any_provider_is_accepted() {
        for address in ["taro@gmail.com", "taro@yahoo.co.jp", "a@b.cd", "o'neil+tag@sub.example.co.jp"] {
            assert_eq!(parsed(address).as_deref(), Ok(address));
        }
    }

    #[test]
    fn full_width_is_folded_and_the_domain_lower_cased() {
        assert_eq!(parsed("ｔａｒｏ＠ｅｘａｍｐｌｅ。ｊｐ").as_deref(), Ok("taro@example.jp"));
        assert_eq!(parsed("　Taro.Y @ EXAMPLE.JP ").as_deref(), Ok("Taro.Y@example.jp"));
        assert_eq!(parsed("\u{FEFF}taro@example.jp\u{200B}").as_deref(), Ok("taro@example.jp"));
        assert_eq!(parsed("taro@exampleー１.jp").as_deref(), Ok("taro@example-1.jp"));
    }

    #[test]
    fn mp_23_what_is_no_address() {
        for text in [
            "taro",
            "@example.jp",
            "taro@",
            "taro@localhost",
            "taro@.jp",
            "taro@example..jp",
            "taro@example.jp.",
            "taro@-example.jp",
            "taro@127.0.0.1",
            "taro@[127.0.0.1]",
            "a@b@example.jp",
            "日本@example.jp",
            "taro@日本.jp",
            "taro yamada@example.jp",
            "taro@example .jp",
            "\"taro\"@example.jp",
            "taro@example.jp\r\nBcc: x@example.jp",
            "ta\r\nro@example.jp",
            "ta\0ro@example.jp",
            "...@docomo.ne.jp",
        ] {
            assert_eq!(parsed(text), Err(AddressRefused::NotAnAddress), "{text:?}");
        }
        assert_eq!(parsed(" 　"), Err(AddressRefused::Empty));
    }

    #[test]
    fn the_length_is_bounded() {
        let domain = ["d".repeat(63), "e".repeat(63), "f".repeat(61)].join(".");
        let longest = format!("{}@{domain}", "a".repeat(64));
        assert_eq!(longest.len(), 254);
        assert_eq!(parsed(&longest).as_deref(), Ok(longest.as_str()));
        assert_eq!(parsed(&format!("{longest}x")), Err(AddressRefused::TooLong));
        assert_eq!(parsed(&format!("{}@example.jp", "a".repeat(65))), Err(AddressRefused::TooLong));
    }

    #[test]
    fn odd_dots_belong_to_carriers_only() {
        for address in ["abc.@docomo.ne.jp", "a..b@ezweb.ne.jp", ".a@t.vodafone.ne.jp", "a.@au.com"] {
            let parsed = EmailAddress::parse(address).unwrap();
            assert_eq!(parsed.as_str(), address);
            assert!(parsed.smtp().starts_with('"'), "{address}");
        }
        assert_eq!(EmailAddress::parse("abc.@docomo.ne.jp").unwrap().smtp(), "\"abc.\"@docomo.ne.jp");
        assert_eq!(EmailAddress::parse("a.b@docomo.ne.jp").unwrap().smtp(), "a.b@docomo.ne.jp");
        for address in ["abc.@example.jp", "a..b@gmail.com", ".a@notdocomo.ne.jp"] {
            assert_eq!(parsed(address), Err(AddressRefused::NotAnAddress), "{address}");
        }
    }

    #[test]
    fn mp_06_one_key_whatever_the_case() {
        let key = |text| EmailAddress::parse(text).unwrap().key();
        assert_eq!(key("TARO@Example.JP"), key("taro@example.jp"));
    }

    #[test]
    fn the_mask_hides_the_mailbox() {
        let masked = |text| EmailAddress::parse(text).unwrap().masked();
        assert_eq!(masked("taro@example.jp"), "ta***@example.jp");
        assert_eq!(masked("ab@example.jp"), "a***@example.jp");
        assert_eq!(masked("a@example.jp"), "***@example.jp");
        assert_eq!(format!("{:?}", EmailAddress::parse("taro@example.jp")), "Ok(ta***@example.jp)");
    }

    #[test]
    fn typos_are_noticed() {
        for (typed, meant) in [
            ("taro@gmial.com", "taro@gmail.com"),
            ("taro@gmail.co", "taro@gmail.com"),
            ("taro@gmaill.com", "taro@gmail.com"),
            ("taro@gmail.con", "taro@gmail.com"),
            ("taro@docomo.ne.jo", "taro@docomo.ne.jp"),
            ("taro@au.ne.jp", "taro@au.com"),
            ("taro@yaho.co.jp", "taro@yahoo.co.jp"),
            ("taro@example.con", "taro@example.com"),
        ] {
            assert_eq!(domain_suggestion(typed).as_deref(), Some(meant), "{typed}");
        }
        for typed in ["taro@gmail.com", "taro@ymail.com", "taro@example.jp", "taro@au.com", "taro", ""] {
            assert_eq!(domain_suggestion(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn parsing_holds_its_promises(text in "\\PC*|[a-zA-Z0-9.＠@。 -]{0,20}@[a-z.]{0,12}(docomo\\.ne\\.jp)?") {
            let _ = domain_suggestion(&text);
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert!(address.as_str().is_ascii() && address.as_str().len() <= 254);
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
                prop_assert!(EmailAddress::parse(&address.key()).is_ok());
                prop_assert!(!address.masked().is_empty());
            }
        }
    }
}
