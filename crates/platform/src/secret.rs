//! Things that must not be printed, logged or sent by accident: masked `Debug`, no `Serialize`,
//! wiped when dropped. What is stored of a token is its digest.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A password as typed, in NFKC: phones and Japanese keyboards send full-width letters, and both forms must
/// be the same password when it is set and when it is verified (SP 800-63B).
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Folds what was typed.
    pub fn new(typed: &str) -> Self {
        Self(Zeroizing::new(typed.nfkc().collect()))
    }

    /// The folded characters, for rules and hashing only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

/// A bearer secret of 256 bits, in cookies and links: 43 characters of base64url.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// From random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Reads what a cookie or a link carries. Only the exact canonical form of 32 bytes is a token; a cut or
    /// lengthened one is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        Some(Self::from_bytes(bytes))
    }

    /// For the cookie or the link itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub fn digest(&self) -> String {
        digest(&[self.0.as_bytes()])
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

/// SHA-256 of the parts, each preceded by its length so that no two lists look alike; base64url.
pub fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_cannot_be_printed() {
        let token = Token::from_bytes([7; 32]);
        let password = Password::new("open sesame");
        let shown = format!("{token:?} {password:?}");
        assert!(!shown.contains(token.expose()) && !shown.contains("sesame"), "{shown}");
    }

    /// Zitadel CVE-2026-27840: truncated opaque tokens were valid.
    #[test]
    fn a_cut_or_lengthened_token_is_none() {
        let whole = Token::from_bytes([200; 32]).expose().to_owned();
        assert!(Token::parse(&whole).is_some());
        for wrong in [&whole[..42], &format!("{whole}A"), &format!("{whole}="), "", "ж"] {
            assert!(Token::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn full_width_and_half_width_are_one_password() {
        assert_eq!(Password::new("Ｐａｓｓ１２").expose(), "Pass12");
    }

    #[test]
    fn parts_of_a_digest_do_not_run_together() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
    }
}
