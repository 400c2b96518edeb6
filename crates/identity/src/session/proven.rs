//! What was shown to come in: in the first step, and in the second.

/// How the person came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvenBy {
    /// With the password.
    Password,
    /// By completing the registration: the address and the password were proven.
    Registration,
    /// By a remembered browser.
    Remembered,
    /// With a passkey, which is both steps in one.
    Passkey,
    /// With a linked account of an outside provider.
    Provider,
}

impl ProvenBy {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Registration => "registration",
            Self::Remembered => "remembered",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
        }
    }

    /// Whether it counts as just proven, for what protects the account: a remembered browser asked nobody, and a provider
    /// may have asked nobody either (MD-08).
    pub fn is_fresh(self, second_by: Option<SecondBy>) -> bool {
        match self {
            Self::Password | Self::Registration | Self::Passkey => true,
            Self::Provider => second_by.is_some_and(|by| by != SecondBy::Trusted),
            Self::Remembered => false,
        }
    }

    /// The proof of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Password, Self::Registration, Self::Remembered, Self::Passkey, Self::Provider]
            .into_iter()
            .find(|proof| proof.name() == name)
    }
}

/// What was shown in the second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondBy {
    /// A code by letter.
    Mail,
    /// A code of an authenticator app.
    App,
    /// A passkey.
    Passkey,
    /// A backup code.
    BackupCode,
    /// Nothing: the browser is a trusted one.
    Trusted,
}

impl SecondBy {
    /// The method of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Mail, Self::App, Self::Passkey, Self::BackupCode, Self::Trusted]
            .into_iter()
            .find(|method| method.name() == name)
    }

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::App => "app",
            Self::Passkey => "passkey",
            Self::BackupCode => "backup_code",
            Self::Trusted => "trusted",
        }
    }
}
