//! What can be chosen where a key takes names. Only what this version does is here; what a source has beyond that
//! is in `missing.rs`.

use serde::{Deserialize, Deserializer, de::Error};

use crate::declare::{ValueKind, choices};
use crate::value::{Choice, Value};

choices! {
    /// An identifier that a member signs in with.
    IdentifierKind {
        /// the e-mail address (MP-21, MD-06, ER-01)
        Email = "email",
    }

    /// Who makes accounts.
    RegistrationMode {
        /// anybody with a mailbox, for themselves (MP-03)
        Member = "member",
        /// no visitor, the form is closed (ours)
        Closed = "closed",
    }

    /// When a lock after wrong passwords ends.
    LockEnds {
        /// by itself, after `sign_in.lock_minutes` (MP-25, KB-10)
        Timed = "timed",
        /// when a password reset unlocks (MD-40)
        WhenUnlocked = "when_unlocked",
    }

    /// Whether a browser stays signed in.
    AutoSignInMode {
        /// no
        Never = "never",
        /// if the box 「次回から自動ログインする」 was ticked (MP-26)
        OptIn = "opt_in",
        /// yes (ER-11)
        Always = "always",
    }

    /// Who replaces a forgotten password.
    ResetMode {
        /// the member, by a link in an e-mail (MP-35, MD-41)
        MailLink = "mail_link",
        /// no member, only a blocked account still gets its link by e-mail (ours)
        None = "none",
    }

    /// A second factor.
    SecondFactorMethod {
        /// a code by e-mail
        Mail = "mail",
        /// a code from an authenticator app (RFC 6238)
        App = "app",
        /// a passkey
        Passkey = "passkey",
    }

    /// What a member has for the day the second factor is out of reach.
    BackupKind {
        /// nothing (MP-41)
        None = "none",
        /// a list of codes, each single use (KB-16)
        CodeList = "code_list",
    }

    /// From when the days of a trusted browser count.
    TrustCounts {
        /// from the moment the box was ticked, never extended (C-09)
        FromTicking = "from_ticking",
        /// from the last use (C-42)
        FromLastUse = "from_last_use",
    }

    /// What members see of their history.
    HistoryShown {
        /// all of it (MP-85)
        All = "all",
        /// only the last sign-in, at ホーム (BA-06)
        LastSignIn = "last_sign_in",
    }

    /// What an e-mail change does while the second factor could be in its way.
    EmailChangeSecondFactor {
        /// refuses, until codes by e-mail are turned off (MP-70)
        Refuse = "refuse",
        /// clears the second factor of members with a password (MD-31)
        Clear = "clear",
    }

    /// Whether the profile has a telephone number.
    PhoneField {
        /// there is none
        Off = "off",
        /// members may enter one
        Optional = "optional",
    }

    /// Whether members have to enter their 生年月日.
    BirthDateField {
        /// they do, and cannot take it out again (MP-02, MP-75)
        Required = "required",
        /// they may
        Optional = "optional",
    }

    /// An outside provider that can sign members in.
    Provider {
        /// Google (MP-60, MD-06)
        Google = "google",
        /// Facebook (MP-60, MD-06)
        Facebook = "facebook",
        /// Yahoo! JAPAN (MP-60)
        YahooJapan = "yahoo_japan",
        /// Microsoft (MD-06)
        Microsoft = "microsoft",
        /// LINE
        Line = "line",
        /// Apple
        Apple = "apple",
        /// dアカウント (MD-06)
        DAccount = "d_account",
        /// ビジネスdアカウント (BA-24)
        BusinessDAccount = "business_d_account",
        /// an organisation's own directory (MD-09)
        ActiveDirectory = "active_directory",
        /// any other provider (OIDC) that the settings describe
        Oidc = "oidc",
    }

    /// How many links to providers one member may have.
    Links {
        /// one for each provider (MP-62)
        OnePerProvider = "one_per_provider",
        /// one in all (BA-24, MD-07)
        One = "one",
    }

    /// What staff give a member who cannot sign in.
    TemporaryCredential {
        /// nothing
        None = "none",
        /// 仮パスワード, by e-mail to the registered address (MP-96)
        TemporaryPassword = "temporary_password",
    }

}

/// By name, for the tables `[providers.<id>]` of the settings.
impl<'de> Deserialize<'de> for Provider {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Self::by_name(&name)
            .ok_or_else(|| D::Error::custom(format!("\"{name}\" is none of {}", Self::names())))
    }
}
