//! `[providers.<id>]`: the outside providers that members can sign in with (MP-60), and `[outbound]`: where requests
//! to them may go. [`crate::provider_kind`] knows what differs between the kinds.

use std::collections::BTreeMap;

use domain::locale::Locale;
use policy::{Policy, Provider as Kind};
use serde::Deserialize;

use super::read::{Problem, problem};
use crate::provider_kind::{self, signing_key};

/// Longest id: it is stored with every link.
const ID_CHARS: usize = 32;

/// All of them, by their id.
pub type Providers = BTreeMap<String, Provider>;

/// One provider.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// What it is.
    pub kind: Kind,
    /// The client id that it gave this site.
    pub client_id: String,
    /// The secret that goes with it; for `apple` the private key that signs one (PEM).
    #[serde(default)]
    pub client_secret: String,
    /// Its issuer, for kinds that have no fixed one.
    pub issuer: Option<String>,
    /// What members read on its button. Not set: the kind's own name.
    #[serde(default)]
    pub label: Label,
    /// What is asked for, separated by spaces. Not set: what the kind needs.
    pub scopes: Option<String>,
    /// For `apple`: the team that the key belongs to.
    pub team_id: Option<String>,
    /// For `apple`: the id of the key.
    pub key_id: Option<String>,
}

/// A name in each language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Label {
    /// Japanese.
    pub ja: Option<String>,
    /// English.
    pub en: Option<String>,
}

impl Provider {
    /// What members read.
    pub fn label(&self, locale: Locale) -> &str {
        let own = match locale {
            Locale::Ja => self.label.ja.as_deref().or(self.label.en.as_deref()),
            Locale::En => self.label.en.as_deref().or(self.label.ja.as_deref()),
        };
        let kind = provider_kind::of(self.kind);
        own.unwrap_or_else(|| kind.english.filter(|_| locale == Locale::En).unwrap_or(kind.name))
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider")
            .field("kind", &self.kind)
            .field("client_id", &self.client_id)
            .field("client_secret", &"***")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// `[outbound]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbound {
    /// Whether providers may be on this machine or in a private network, and speak plain http there.
    pub private_networks: bool,
}

/// All problems of both sections.
pub(super) fn check(
    providers: &Providers,
    outbound: &Outbound,
    development: bool,
    policy: &Policy,
) -> Vec<Problem> {
    let mut found = Vec::new();
    for (id, provider) in providers {
        let mut wrong = |key: &str, says: String| found.push(problem(&format!("providers.{id}{key}"), says));
        if id.len() > ID_CHARS
            || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            wrong("", "an id is up to 32 small letters, digits and hyphens".into());
        }
        if !policy.linked_accounts.providers.contains(&provider.kind) {
            let says = "the policy does not allow this kind: see linked_accounts.providers";
            wrong(".kind", says.into());
        }
        if provider.client_id.trim().is_empty() {
            wrong(".client_id", "must not be empty: it is what the provider knows this site as".into());
        }
        if provider.client_secret.trim().is_empty() {
            wrong(".client_secret", "must not be empty".into());
        }
        let kind = provider_kind::of(provider.kind);
        match (&provider.issuer, kind.fixed()) {
            (None, false) => {
                wrong(".issuer", "is needed: the address under which the provider is found".into());
            }
            (Some(_), true) if !development && !kind.has_tenants() => {
                wrong(".issuer", "this kind has a fixed one; another is for development only".into());
            }
            (Some(issuer), _) if !is_reachable(issuer, outbound) => {
                wrong(
                    ".issuer",
                    "must begin with https:// (plain http:// needs outbound.private_networks)".into(),
                );
            }
            _ => {}
        }
        if kind.named_by_site && provider.label.ja.is_none() && provider.label.en.is_none() {
            wrong(".label", "is needed: label.ja and label.en are what members read on its button".into());
        }
        if provider.kind == Kind::Apple && (provider.team_id.is_none() || provider.key_id.is_none()) {
            wrong(".key_id", "and team_id are needed: Apple wants secrets that are signed".into());
        }
        if provider.kind == Kind::Apple && signing_key(&provider.client_secret).is_none() {
            wrong(".client_secret", "must be the private key that Apple gave, as PEM (PKCS#8)".into());
        }
    }
    found
}

/// Plain http is for this machine and private networks only, and only where the operator allows those.
fn is_reachable(issuer: &str, outbound: &Outbound) -> bool {
    issuer.starts_with("https://")
        || (outbound.private_networks && issuer.strip_prefix("http://").is_some_and(|rest| !rest.is_empty()))
}
