//! The values of the running site that the help refers to: its figures by name, and its conditions.

use domain::locale::Locale;
use identity::clock::MINUTE_MS;
use identity::context::Ctx;
use identity::{alerts, format, passkeys};
use policy::{
    AutoSignInMode, EmailChangeSecondFactor, Links, LockEnds, RegistrationMode, ResetMode,
    SecondFactorMethod, TemporaryCredential,
};
use words::provider_notices as l;

/// The names that texts may use, with their values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// `{name}` in a text.
    pub values: Vec<(&'static str, String)>,
    /// `{if name}` in a text.
    pub conditions: Vec<(&'static str, bool)>,
}

impl Figures {
    /// Those of this site, for readers of a language.
    pub fn of(ctx: &Ctx, locale: Locale) -> Self {
        Self { values: values(ctx, locale), conditions: conditions(ctx) }
    }

    /// The figure of that name; `None`: there is none.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Whether `name` holds here, or with `not name` does not hold; `None`: there is no such condition.
    pub fn holds(&self, condition: &str) -> Option<bool> {
        let (name, wanted) = condition.strip_prefix("not ").map_or((condition, true), |name| (name, false));
        self.conditions.iter().find(|(known, _)| *known == name).map(|(_, holds)| *holds == wanted)
    }
}

fn values(ctx: &Ctx, locale: Locale) -> Vec<(&'static str, String)> {
    let (settings, policy) = (ctx.settings(), ctx.policy());
    // In the policy's order, as the buttons are.
    let kinds = &policy.linked_accounts.providers;
    let mut providers: Vec<_> = settings.providers.values().collect();
    providers.sort_by_key(|provider| kinds.iter().position(|kind| *kind == provider.kind));
    let providers: Vec<_> = providers.into_iter().map(|provider| provider.label(locale)).collect();
    let (address, domain) = sender(&settings.mail.from);
    let spelt = |ms: i64| format::duration(ms, locale);
    vec![
        ("site", settings.site.name.clone()),
        ("host", settings.site_url().host_str().unwrap_or_default().to_owned()),
        ("sender_address", address.to_owned()),
        ("sender_domain", domain.to_owned()),
        ("support", settings.site.support.clone()),
        ("registration_valid", spelt(policy.registration.link_valid_ms())),
        ("registration_tries", policy.registration.code_tries.to_string()),
        ("password_min", policy.password.min_length.to_string()),
        ("password_max", policy.password.max_length.to_string()),
        ("password_classes", policy.password.classes_required.to_string()),
        ("lock_threshold", policy.sign_in.lock_threshold.to_string()),
        ("lock_time", spelt(i64::from(policy.sign_in.lock_minutes) * MINUTE_MS)),
        ("idle_time", spelt(policy.session.idle_ms())),
        ("remember_days", spelt(policy.auto_sign_in.valid_ms())),
        ("reset_valid", spelt(policy.reset.link_valid_ms())),
        ("mail_code_valid", spelt(policy.second_factor.mail_code_valid_ms())),
        ("step_lock_threshold", policy.second_factor.lock_threshold.to_string()),
        ("step_lock_time", spelt(policy.second_factor.lock_ms())),
        ("trusted_time", spelt(policy.trusted_browsers.valid_ms())),
        ("email_change_valid", spelt(policy.email_change.link_valid_ms())),
        ("undo_time", spelt(policy.email_change.undo_ms().unwrap_or_default())),
        ("alert_valid", spelt(alerts::ANSWERABLE_MS)),
        ("temporary_valid", spelt(policy.helpdesk.temporary_credential_valid_ms())),
        ("providers", providers.join(l::home_separator(locale))),
        ("codes_given", policy.backup.codes_given().to_string()),
    ]
}

fn conditions(ctx: &Ctx) -> Vec<(&'static str, bool)> {
    let (settings, policy) = (ctx.settings(), ctx.policy());
    let (factor, linked) = (&policy.second_factor, !settings.providers.is_empty());
    vec![
        ("open", policy.registration.mode == RegistrationMode::Member),
        ("known_email", policy.registration.known_address_letter),
        ("single_names", policy.profile.single_names),
        ("names_refused", policy.password.refuse_names),
        ("user_id_refused", policy.password.refuse_user_id),
        ("common_refused", policy.password.refuse_common),
        ("classes", policy.password.classes_required > 0),
        ("timed_lock", policy.sign_in.lock_ends == LockEnds::Timed),
        ("reset_unlocks", policy.sign_in.unlock_by_reset),
        ("reset_by_mail", policy.reset.mode == ResetMode::MailLink),
        ("reset_clears", policy.reset.clears_second_factor),
        ("remember", policy.auto_sign_in.mode == AutoSignInMode::OptIn),
        ("mail_codes", factor.offers(SecondFactorMethod::Mail)),
        ("apps", factor.offers(SecondFactorMethod::App)),
        ("passkeys", passkeys::is_offered(ctx)),
        ("passkey_sign_in", passkeys::signs_in(ctx)),
        ("backup_codes", policy.backup.codes_given() > 0),
        ("trusted", policy.trusted_browsers.offered),
        ("trusted_release", policy.trusted_browsers.release_by_member),
        ("new_browser_email", policy.alerts.new_browser),
        ("far_places_email", policy.alerts.far_places && settings.geoip.mmdb.is_some()),
        ("mail_blocks_change", policy.email_change.second_factor == EmailChangeSecondFactor::Refuse),
        ("undo", policy.email_change.undo_days > 0),
        (
            "temporary_password",
            policy.helpdesk.temporary_credential == TemporaryCredential::TemporaryPassword,
        ),
        ("linked", linked),
        ("several_methods", linked && !policy.linked_accounts.login_method_exclusive),
        ("one_method", linked && policy.linked_accounts.login_method_exclusive),
        ("one_link", policy.linked_accounts.links == Links::One),
        // Until members see which services use their data.
        ("services", false),
        ("support", !settings.site.support.is_empty()),
    ]
}

/// Address and domain of the sender as the operator wrote it: `Name <address>`, or the address alone.
fn sender(from: &str) -> (&str, &str) {
    let address = from.rsplit_once('<').map_or(from, |(_, rest)| rest).trim_end_matches('>').trim();
    (address, address.rsplit_once('@').map_or(address, |(_, domain)| domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mp_99_the_sender_has_an_address_and_a_domain() {
        let both = ("no-reply@id.example.jp", "id.example.jp");
        assert_eq!(sender("Machi Pass <no-reply@id.example.jp>"), both);
        assert_eq!(sender("no-reply@id.example.jp"), both);
    }
}
