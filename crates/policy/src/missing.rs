//! What the sources ask for and this version does not have. A preset that requires it and a value that needs it are
//! refused at the start, with the texts below.
//!
//! A commit that builds one of these removes its line here and in the presets' `requires`, and adds the value and its
//! keys. Tests name what it forgets.

/// A capability that is not built yet.
#[derive(Debug)]
pub struct Missing {
    /// Its name in the `requires` of a preset.
    pub name: &'static str,
    /// What it is, with the requirements that ask for it.
    pub what: &'static str,
    /// The values that need it: key and name.
    pub values: &'static [(&'static str, &'static str)],
}

impl Missing {
    /// The one of that name in the `requires` of a preset; `None` when it is built.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        MISSING.iter().find(|missing| missing.name == name)
    }

    /// What a value needs; `None` when it needs nothing that is missing.
    pub(crate) fn for_value(key: &str, value: &str) -> Option<&'static Self> {
        MISSING.iter().find(|missing| missing.values.contains(&(key, value)))
    }
}

const fn missing(
    name: &'static str,
    what: &'static str,
    values: &'static [(&'static str, &'static str)],
) -> Missing {
    Missing { name, what, values }
}

/// Everything that is missing.
pub const MISSING: &[Missing] = &[
    missing(
        "username_sign_in",
        "user names, and names used only for signing in (KB-01 to KB-04)",
        &[("identifiers.sign_in_with", "username")],
    ),
    missing(
        "organization_sign_in",
        "signing in with 団体コード and ID, and 家族コード for family users (BA-01, BA-45)",
        &[("identifiers.sign_in_with", "organization_and_id")],
    ),
    missing(
        "organization_accounts",
        "accounts and initial passwords from an organisation's administrator (BA-02, BA-03)",
        &[
            ("registration.mode", "administrator"),
            ("reset.mode", "administrator"),
            ("helpdesk.temporary_credential", "initial_password"),
        ],
    ),
    missing(
        "organization_second_factor",
        "an organisation that turns the second factor on for all its members (BA-11, MD-22)",
        &[],
    ),
    missing("contracts", "a contract whose holder (契約者) manages and ends it (MD-01 to MD-05)", &[]),
    missing(
        "invitations",
        "invitations by e-mail, and 招待キー (MD-12, KB-09)",
        &[("registration.mode", "invitation")],
    ),
    missing("half_width_passwords", "passwords of half-width characters only (BA-40)", &[]),
    missing("password_gauge", "a gauge of a password's strength (BA-04)", &[]),
    missing("captcha", "画像認証 after failed sign-ins (KB-12, KB-13)", &[]),
    missing("unlock_links", "e-mails with a link that unlocks (MD-39)", &[]),
    missing("sms_codes", "codes by SMS (MD-18)", &[("second_factor.methods", "sms")]),
    missing("grid_cards", "乱数表 (KB-15)", &[("second_factor.methods", "grid")]),
    missing("other_mail_addresses", "mailed codes to another address than the user ID (BA-16, ER-04)", &[]),
    missing(
        "clearing_code",
        "a backup code that clears the second factor (BA-21)",
        &[("backup.kind", "clearing_code")],
    ),
    missing(
        "recovery_code",
        "a recovery code after which the second factor is set up again (MD-20, MD-21)",
        &[("backup.kind", "recovery_code")],
    ),
    missing(
        "recovery_address",
        "復帰用メールアドレス, which stops the second factor (ER-06, ER-12)",
        &[("backup.kind", "recovery_address")],
    ),
    missing(
        "recovery_requests",
        "requests that staff judge by evidence (KB-26 to KB-39)",
        &[("reset.mode", "staff_request"), ("helpdesk.temporary_credential", "temporary_username")],
    ),
    missing(
        "history_on_request",
        "a history that staff look up on request (ER-16)",
        &[("history.shown", "on_request")],
    ),
    missing("sealed_note", "a private note sealed with the member's password (KB-41, KB-42)", &[]),
    missing("network_restriction", "an organisation that refuses other networks than its own (MD-35)", &[]),
];
