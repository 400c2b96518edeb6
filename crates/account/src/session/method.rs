//! Authentication methods and assurance levels: the one list for sign-ins, step-ups, sessions, the history and
//! `amr` (RFC 8176).

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};

/// An authentication method. The names are stored.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr, Serialize, Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// The password.
    Password,
    /// A temporary password that staff sent; it leads only to the page for a new one.
    TemporaryPassword,
    /// Completing the registration: the mailbox was proven and a password was set.
    Registration,
    /// A code of an authenticator app.
    Totp,
    /// A code by e-mail.
    MailCode,
    /// A backup code.
    BackupCode,
    /// A passkey; the device verified the person.
    Passkey,
    /// An account of an outside provider, which may not have asked the member (MD-08).
    Provider,
    /// The same, and the provider was asked to authenticate the person again.
    ProviderReauthentication,
    /// No proof by the member: the browser is remembered (自動ログイン).
    RememberedBrowser,
    /// No proof by the member: the browser is trusted (信頼済み端末).
    TrustedBrowser,
}

impl AuthMethod {
    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether the member was asked for it: not by a remembered or trusted browser, and perhaps not by a provider.
    pub const fn asks(self) -> bool {
        !matches!(self, Self::Provider | Self::RememberedBrowser | Self::TrustedBrowser)
    }

    /// Whether it is a second factor.
    pub const fn is_second_factor(self) -> bool {
        matches!(self, Self::Totp | Self::MailCode | Self::BackupCode | Self::Passkey | Self::TrustedBrowser)
    }

    /// Its values of `amr` (RFC 8176). `fed` is our own: the RFC has no value for another provider's sign-in.
    pub const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password | Self::TemporaryPassword | Self::Registration => &["pwd"],
            Self::Totp | Self::BackupCode => &["otp"],
            Self::MailCode => &["mca"],
            Self::Passkey => &["pop", "user"],
            Self::Provider | Self::ProviderReauthentication => &["fed"],
            Self::RememberedBrowser | Self::TrustedBrowser => &[],
        }
    }
}

/// The assurance of a session's authentication, in rising order (compare SP 800-63B-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A long-lived cookie, and no proof since.
    Remembered,
    /// One factor.
    One,
    /// One factor in a trusted browser (C-20).
    OneInTrustedBrowser,
    /// Two factors.
    Two,
    /// A passkey: two factors in one, and phishing-resistant.
    PhishingResistant,
}

impl Level {
    /// Its value of `acr`.
    pub const fn acr(self) -> &'static str {
        match self {
            Self::Remembered => "0",
            Self::One => "urn:tegata:acr:1",
            Self::OneInTrustedBrowser => "urn:tegata:acr:2t",
            Self::Two => "urn:tegata:acr:2",
            Self::PhishingResistant => "phr",
        }
    }
}

/// A proof: that a method was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The method.
    pub method: AuthMethod,
    /// The id of the passkey or the provider; `None` for methods of which there is only one.
    pub credential: Option<String>,
    /// When it was shown, unix ms.
    pub at: i64,
}

impl Proof {
    /// A method of which there is only one.
    pub const fn of(method: AuthMethod, at: i64) -> Self {
        Self { method, credential: None, at }
    }

    /// With the id of the credential.
    #[must_use]
    pub fn with(mut self, credential: &str) -> Self {
        self.credential = Some(credential.to_owned());
        self
    }

    /// As the history names it: `password`, `provider:google`.
    pub fn label(&self) -> String {
        match (self.method, &self.credential) {
            (AuthMethod::Provider | AuthMethod::ProviderReauthentication, Some(id)) => provider_label(id),
            _ => self.method.name().to_owned(),
        }
    }
}

/// How the history names a provider.
pub fn provider_label(provider: &str) -> String {
    [PROVIDER_PREFIX, provider].concat()
}

/// Stands before a provider's id where the history names a method.
pub const PROVIDER_PREFIX: &str = "provider:";

/// All that was shown in a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    /// The latest proof of each method.
    pub proofs: Vec<Proof>,
}

impl Authentication {
    /// The assurance that the proofs give.
    pub fn level(&self) -> Level {
        let has = |is: fn(AuthMethod) -> bool| self.proofs.iter().any(|proof| is(proof.method));
        let first = has(|m| {
            use AuthMethod as M;
            matches!(m, M::Password | M::Registration | M::Provider | M::ProviderReauthentication)
        });
        let second = has(|m| m.is_second_factor() && m.asks());
        if has(|m| m == AuthMethod::Passkey) {
            Level::PhishingResistant
        } else if first && second {
            Level::Two
        } else if first && has(|m| m == AuthMethod::TrustedBrowser) {
            Level::OneInTrustedBrowser
        } else if first || second {
            Level::One
        } else {
            Level::Remembered
        }
    }

    /// The values of `amr`, each once.
    pub fn amr(&self) -> Vec<&'static str> {
        let mut amr: Vec<&'static str> = Vec::new();
        let multiple = (self.level() >= Level::Two).then_some("mfa");
        for value in self.proofs.iter().flat_map(|proof| proof.method.amr()).copied().chain(multiple) {
            if !amr.contains(&value) {
                amr.push(value);
            }
        }
        amr
    }

    /// When the member last authenticated by a method that `counts` (unix ms), for `auth_time`.
    pub fn last(&self, counts: impl Fn(AuthMethod) -> bool) -> Option<i64> {
        self.proofs.iter().filter(|proof| counts(proof.method)).map(|proof| proof.at).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AuthMethod as M;

    fn shown(methods: &[(AuthMethod, i64)]) -> Authentication {
        Authentication { proofs: methods.iter().map(|(method, at)| Proof::of(*method, *at)).collect() }
    }

    #[test]
    fn levels_rise_with_what_was_shown() {
        for (methods, level, amr) in [
            (&[(M::RememberedBrowser, 1)][..], Level::Remembered, &[][..]),
            (&[(M::Password, 1)], Level::One, &["pwd"]),
            (&[(M::Provider, 1)], Level::One, &["fed"]),
            (&[(M::RememberedBrowser, 1), (M::Totp, 2)], Level::One, &["otp"]),
            (&[(M::Password, 1), (M::TrustedBrowser, 1)], Level::OneInTrustedBrowser, &["pwd"]),
            (&[(M::Password, 1), (M::Totp, 1)], Level::Two, &["pwd", "otp", "mfa"]),
            (&[(M::Provider, 1), (M::MailCode, 1)], Level::Two, &["fed", "mca", "mfa"]),
            (&[(M::Passkey, 1)], Level::PhishingResistant, &["pop", "user", "mfa"]),
        ] {
            assert_eq!((shown(methods).level(), shown(methods).amr()), (level, amr.to_vec()), "{methods:?}");
        }
        assert!(Level::Remembered < Level::One && Level::Two < Level::PhishingResistant);
    }

    #[test]
    fn a_method_that_asks_nobody_does_not_make_a_session_fresh() {
        let session =
            shown(&[(M::Password, 1), (M::RememberedBrowser, 9), (M::TrustedBrowser, 9), (M::Provider, 9)]);
        assert_eq!(session.last(AuthMethod::asks), Some(1));
        assert_eq!(shown(&[(M::ProviderReauthentication, 4)]).last(AuthMethod::asks), Some(4));
    }
}
