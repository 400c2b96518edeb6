//! What a member can sign in with: a password, passkeys, accounts of providers. A use case that removes one asks
//! here, so that the last one stays. A reset by e-mail does not count: a mailbox can be lost too.

use std::collections::BTreeSet;

use domain::locale::Locale;
use platform::context::Ctx;
use platform::error::Failure;
use sqlx::{Any, Executor};
use words::emails as t;

use crate::credentials::passkey;
use crate::session::{AuthMethod, PROVIDER_PREFIX, provider_label};

/// A member's sign-in methods, as the history names them; a method as often as there are credentials of it.
pub struct SignInMethods(Vec<String>);

impl SignInMethods {
    /// Whether there is such a method.
    fn has(&self, label: &str) -> bool {
        self.0.iter().any(|one| one == label)
    }

    /// Whether the member can still sign in without one of their passkeys, or passkeys do not sign in anyway.
    pub fn can_remove_passkey(&self) -> bool {
        self.can_remove(AuthMethod::Passkey.name())
    }

    /// Whether the member can still sign in without the link to a provider, or it does not sign in anyway.
    pub fn can_remove_link(&self, provider: &str) -> bool {
        self.can_remove(&provider_label(provider))
    }

    fn can_remove(&self, label: &str) -> bool {
        !self.has(label) || self.0.len() > 1
    }

    /// A sentence for an e-mail: what signs in besides the password; `None`: nothing does.
    pub fn besides_password(&self, ctx: &Ctx, locale: Locale) -> Option<String> {
        let others: BTreeSet<&str> = self
            .0
            .iter()
            .filter(|label| *label != AuthMethod::Password.name())
            .map(|label| match label.strip_prefix(PROVIDER_PREFIX) {
                Some(provider) => ctx.settings().provider_label(provider, locale),
                None => t::security_other_passkey(locale),
            })
            .collect();
        let list = others.into_iter().collect::<Vec<_>>().join(match locale {
            Locale::Ja => "、",
            Locale::En => ", ",
        });
        (!list.is_empty()).then(|| t::security_other_ways(locale, &list))
    }
}

/// What signs in now. Not a password that was invalidated, not passkeys where they are a second factor only, not
/// accounts of providers that were taken out of the settings. To remove one, lock the account first, or two could go
/// at once.
pub async fn of<'e>(
    db: impl Executor<'e, Database = Any>,
    ctx: &Ctx,
    member_id: &str,
) -> Result<SignInMethods, Failure> {
    let mut methods: Vec<String> = sqlx::query_scalar(
        "SELECT $2 FROM member_password WHERE member_id = $1 AND blocked_at IS NULL \
         UNION ALL SELECT $3 FROM passkey WHERE member_id = $1 \
         UNION ALL SELECT $4 || provider FROM linked_account WHERE member_id = $1",
    )
    .bind(member_id)
    .bind(AuthMethod::Password.name())
    .bind(AuthMethod::Passkey.name())
    .bind(PROVIDER_PREFIX)
    .fetch_all(db)
    .await?;
    let passkeys_sign_in = passkey::signs_in(ctx);
    methods.retain(|label| match label.strip_prefix(PROVIDER_PREFIX) {
        Some(provider) => ctx.settings().providers.contains_key(provider),
        None => label != AuthMethod::Passkey.name() || passkeys_sign_in,
    });
    Ok(SignInMethods(methods))
}
