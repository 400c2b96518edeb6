//! The site policy: everything in which one site's rules may differ from another's, as one value.
//!
//! Answers for the keys and their ranges, the presets, and the sentences an operator reads when a policy cannot work.
//! Leaves to others: reading settings (`platform::settings`), obeying the values (the use cases), and the rules of a
//! field (`domain`). Has no I/O, and is not part of the browser's code.
//!
//! A key is declared once, in `keys.rs`, and exists only together with the code that obeys it. What a source asks for
//! beyond that is in `missing.rs`: a preset or a value that needs it refuses to start.

mod choices;
mod declare;
mod keys;
mod missing;
mod preset;
mod read;
mod rules;
mod value;

pub use choices::{
    AutoSignInMode, BackupKind, BirthDateField, EmailChangeSecondFactor, HistoryShown, IdentifierKind, Links,
    LockEnds, PhoneField, Provider, RegistrationMode, ResetMode, SecondFactorMethod, TemporaryCredential,
    TrustCounts,
};
pub use declare::{Key, ValueKind};
pub use keys::{
    Alerts, AutoSignIn, Backup, EmailChange, Helpdesk, History, Identifiers, KEYS, LinkedAccounts, Passkeys,
    Password, Policy, Profile, Registration, Reset, SecondFactor, Session, SignIn, TrustedBrowsers,
};
pub use missing::{MISSING, Missing};
pub use preset::{PRESETS, Preset, STANDARD, usable_presets};

use read::Reader;

/// A site's own values: the tables of `[policy]`. Text counts as the number, switch or list that it spells.
pub type Overrides = toml::Table;

/// One thing that is wrong with a policy: which setting, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {says}")]
pub struct Problem {
    /// The setting to change: `site.policy`, or a key with `policy.` before it.
    pub key: String,
    /// A sentence for the operator.
    pub says: String,
}

impl Problem {
    fn of(key: &str, says: impl Into<String>) -> Self {
        Self { key: format!("policy.{key}"), says: says.into() }
    }
}

impl Policy {
    /// The policy of a site: its own values over those of a preset. Refuses with every problem: an unknown preset or
    /// key, a value out of range or fixed by the preset, values that do not fit together, and each capability that
    /// the preset or a value needs and this version does not have.
    pub fn from_preset(name: &str, own: &Overrides) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(name, own).map_err(|problem| vec![problem])?;
        let policy = Self::read(&mut reader);
        let mut problems = reader.problems;
        match policy {
            Some(policy) => {
                problems.extend(rules::broken(&policy));
                if problems.is_empty() { Ok(policy) } else { Err(problems) }
            }
            None => Err(problems),
        }
    }
}
