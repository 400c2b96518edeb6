//! What e-mails prove: how long, with which code, and how many may be sent or tried.

use domain::address::EmailAddress;
use domain::code::Code;
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::error::Failure;
use platform::keys::SiteKey;
use platform::rate_limit::{self, Subject};
use platform::recovery_code;
use platform::tx::Tx;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// How long the link of a security e-mail can be answered.
pub const ANSWERABLE_MS: i64 = 30 * DAY_MS;
/// Resets asked for from one network within [`RESET_WINDOW_MS`].
const RESETS_PER_NETWORK: i64 = 60;
const RESET_WINDOW_MS: i64 = 10 * MINUTE_MS;
/// Wrong reset codes for one e-mail: such a code sets a new password without a second proof.
const RESET_CODE_TRIES: i64 = 5;
/// Characters of a reset code: 40 bits.
const RESET_CODE_LENGTH: u16 = 8;
/// E-mails with second-factor codes to one member within a day.
const CODES_PER_DAY: i64 = 30;
/// Life of the code that sets codes by e-mail up: it proves the mailbox, so slow delivery may be allowed for.
const MAIL_CODES_MS: i64 = 10 * MINUTE_MS;

/// What an e-mail proves. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// The address of a registration (MP-07). Its code is bound to the form's browser.
    Registration,
    /// The mailbox of a member who forgot the password (MP-35). Its code is bound to the form's browser.
    PasswordReset,
    /// A temporary password that staff sent (MP-96); its hash stands in the place of a code.
    TemporaryPassword,
    /// A new address (MP-68). Its code is bound to the session.
    EmailChange,
    /// The link with which the old address stops a change.
    EmailChangeStop,
    /// The link with which the old address reverts a change.
    EmailChangeUndo,
    /// The answer to a security e-mail (MP-88).
    Alert,
    /// The second factor of a sign-in (MP-46). Its code is bound to the attempt, and its tries to the lockout.
    SecondFactor,
    /// Setting codes by e-mail up (MP-45). Its code is bound to the session, and its tries to the lockout.
    MailCodes,
}

impl Purpose {
    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// How long link and code are valid (ms), from the sending on.
    pub fn valid_ms(self, ctx: &Ctx) -> i64 {
        let policy = ctx.policy();
        match self {
            Self::Registration => policy.registration.link_valid_ms(),
            Self::PasswordReset => policy.reset.link_valid_ms(),
            Self::TemporaryPassword => policy.helpdesk.temporary_credential_valid_ms(),
            Self::EmailChange | Self::EmailChangeStop => policy.email_change.link_valid_ms(),
            Self::EmailChangeUndo => policy.email_change.undo_ms().unwrap_or_default(),
            Self::Alert => ANSWERABLE_MS,
            Self::SecondFactor => policy.second_factor.mail_code_valid_ms(),
            Self::MailCodes => MAIL_CODES_MS,
        }
    }

    /// How many codes may be tried for one e-mail; `None`: the lockout counts them.
    pub(super) fn tries(self, ctx: &Ctx) -> Option<i64> {
        match self {
            Self::Registration => Some(i64::from(ctx.policy().registration.code_tries)),
            Self::EmailChange => Some(i64::from(ctx.policy().email_change.code_tries)),
            Self::PasswordReset => Some(RESET_CODE_TRIES),
            _ => None,
        }
    }

    pub(super) fn has_link(self) -> bool {
        !matches!(self, Self::TemporaryPassword | Self::SecondFactor | Self::MailCodes)
    }

    /// A new code, as it is typed; `None` for purposes without one.
    pub(super) fn new_code(self, tx: &Tx) -> Option<String> {
        match self {
            Self::Registration | Self::EmailChange | Self::SecondFactor | Self::MailCodes => {
                Some(tx.rng().six_digits())
            }
            Self::PasswordReset => Some(recovery_code::random(tx.rng(), RESET_CODE_LENGTH)),
            _ => None,
        }
    }

    /// The code out of what was typed, whatever its width and case; `None`: it cannot be a code.
    pub(super) fn folded(self, typed: &str) -> Option<String> {
        match self {
            Self::PasswordReset => Some(recovery_code::folded(typed)),
            _ => Code::parse(typed).ok().map(|code| code.as_str().to_owned()),
        }
    }

    /// What is stored of a code: a MAC under the site key.
    pub(super) fn code_mac(self, key: &SiteKey, id: &str, bound_to: &str, code: &str) -> String {
        match self {
            Self::Registration => key.mac("registration code", &[id, code]),
            Self::PasswordReset => key.mac("password reset code", &[id, code]),
            Self::EmailChange => key.mac("email change code", &[id, code]),
            Self::SecondFactor => key.mac("mail code", &["second_step", bound_to, code]),
            _ => key.mac("mail code", &["turn_on", bound_to, code]),
        }
    }

    /// Whether one more e-mail may be sent: no mailbox is to be flooded from here.
    pub(super) async fn may_send(
        self,
        tx: &mut Tx,
        to: &EmailAddress,
        member_id: Option<&str>,
    ) -> Result<bool, Failure> {
        let policy = tx.policy();
        let (registrations, resets, changes) = (
            i64::from(policy.registration.letters_per_address_per_day),
            i64::from(policy.reset.letters_per_address_per_day),
            i64::from(policy.email_change.letters_per_day),
        );
        let (to, member) = (Subject::Address(to), member_id.map(Subject::Member));
        let limits: &[(&str, Option<Subject<'_>>, i64, i64)] = match self {
            Self::Registration => &[("registration-email", Some(to), registrations, DAY_MS)],
            Self::PasswordReset => &[
                ("reset-network", Some(Subject::Network), RESETS_PER_NETWORK, RESET_WINDOW_MS),
                ("reset-email", Some(to), resets, DAY_MS),
            ],
            Self::EmailChange => &[
                ("email-change-email", Some(to), changes, DAY_MS),
                ("email-change", member, changes, DAY_MS),
            ],
            Self::SecondFactor | Self::MailCodes => &[("code-email", member, CODES_PER_DAY, DAY_MS)],
            _ => &[],
        };
        for (what, subject, most, window_ms) in limits {
            if let Some(subject) = subject
                && !rate_limit::try_acquire(tx, what, *subject, *most, *window_ms).await?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
