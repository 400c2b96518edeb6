//! Outside providers (`[providers.<id>]`): where a person is sent, and who they are when they come back.
//! `linked_accounts` and `sign_in` of `identity` decide what follows from that. Nothing here touches the database,
//! and nothing of a provider is kept beyond what discovery says.
//!
//! The authorization code flow with PKCE (RFC 7636), state and nonce, an exact redirect URI and `iss` of the answer
//! (RFC 9207). ID tokens are verified by signature, algorithm, issuer, audience, nonce and time (`OpenID` Connect
//! Core §3.1.3.7).

mod apple;
mod discovery;
mod exchange;
mod graph;
mod http;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use domain::address::EmailAddress;
use openidconnect::core::CoreProviderMetadata;
use policy::Provider as PolicyKind;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::clock::{MINUTE_MS, SECOND_MS};
use crate::provider_kind::{self, Kind, Place};
use crate::settings::{Provider, Settings};
pub use exchange::Callback;
use http::Http;

/// How long a provider that could not be reached is left alone; its button says so meanwhile.
const DOWN_MS: i64 = 30 * SECOND_MS;
/// How far a provider's clock may be off.
const SKEW_MS: i64 = MINUTE_MS;
/// Longest subject (`OpenID` Connect Core §2).
const SUBJECT_CHARS: usize = 255;
/// Longest name that is taken over into a form.
const NAME_CHARS: usize = 100;

/// Why a provider did not say who a person is.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// It cannot be reached, or does not answer in time.
    #[error("the provider does not answer: {0}")]
    Unreachable(String),
    /// It did not answer another request a moment ago, and was not asked.
    #[error("the provider did not answer a moment ago")]
    LeftAlone,
    /// Its answer could not be verified or understood.
    #[error("the provider's answer was not accepted: {0}")]
    NotAccepted(String),
}

impl From<http::Failed> for Failed {
    fn from(failed: http::Failed) -> Self {
        match failed {
            http::Failed::Silent(_) => Self::Unreachable(failed.to_string()),
            _ => Self::NotAccepted(failed.to_string()),
        }
    }
}

/// Who a person is at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider's id in the settings.
    pub provider: String,
    /// The provider's stable id of the person (`sub`). Nothing else identifies them.
    pub subject: String,
    /// 姓, as the provider has it; may be empty.
    pub family_name: String,
    /// 名, as the provider has it; may be empty.
    pub given_name: String,
    /// An address, if the provider gave one. It proves nothing.
    pub email: Option<String>,
    /// Whether the provider says that the address is verified, and is trusted for its domain.
    #[serde(alias = "vouched")]
    pub email_verified: bool,
}

impl Identity {
    /// The account as its owner recognises it and others do not: the address masked, else the name; `None` without
    /// both.
    pub fn shown(&self) -> Option<String> {
        let address = self.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
        let name = [self.family_name.as_str(), self.given_name.as_str()].join(" ");
        address.map(|email| email.masked()).or_else(|| Some(name.trim().to_owned()).filter(|n| !n.is_empty()))
    }
}

/// What an authorization request keeps until its callback.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuthRequestState {
    /// Must come back in the ID token.
    pub nonce: String,
    /// The PKCE code verifier, sent when the code is exchanged.
    pub verifier: String,
    /// Unix ms: when the provider was asked to authenticate the person again; `None`: it was not.
    #[serde(alias = "anew_from")]
    pub reauthenticate_from: Option<i64>,
}

/// All providers of the site; cheap to clone.
#[derive(Clone, Default)]
pub struct Upstream(Arc<Inner>);

#[derive(Default)]
struct Inner {
    http: OnceLock<Option<Http>>,
    private_networks: bool,
    known: BTreeMap<String, Known>,
}

/// What is known of one.
#[derive(Default)]
struct Known {
    found: Mutex<Option<Found>>,
    /// Unix ms: it is left alone until then; 0: it was never out of reach.
    down_until: AtomicI64,
}

/// What discovery said.
#[derive(Clone)]
struct Found {
    metadata: Arc<CoreProviderMetadata>,
    at: i64,
    keys_at: i64,
}

impl Upstream {
    /// The providers in the settings. No request is sent yet.
    pub fn new(settings: &Settings) -> Self {
        let known = settings.providers.keys().map(|id| (id.clone(), Known::default())).collect();
        let private_networks = settings.outbound.private_networks;
        Self(Arc::new(Inner { http: OnceLock::new(), private_networks, known }))
    }

    /// Whether requests may go to a provider: it is not left alone at `now` (unix ms).
    pub fn is_reachable(&self, id: &str, now: i64) -> bool {
        self.0.known.get(id).is_some_and(|known| known.down_until.load(Ordering::Relaxed) <= now)
    }

    /// Whether people can be sent to a provider: fetches its discovery document. Facebook has none and is not asked.
    pub async fn probe(&self, settings: &Settings, id: &str, now: i64) -> Result<(), Failed> {
        let provider_ref =
            ProviderRef::find(settings, id).ok_or_else(|| Failed::NotAccepted("no such provider".into()))?;
        self.discovered(provider_ref, now).await.map(drop)
    }

    fn http(&self) -> Result<&Http, Failed> {
        self.0
            .http
            .get_or_init(|| {
                Http::new(self.0.private_networks)
                    .inspect_err(|error| tracing::error!(%error, "no requests to providers can be made"))
                    .ok()
            })
            .as_ref()
            .ok_or_else(|| Failed::Unreachable("no client".into()))
    }
}

/// A provider for making requests: its settings and its kind.
#[derive(Clone, Copy)]
pub struct ProviderRef<'a> {
    /// Its id in the settings.
    pub id: &'a str,
    /// What the settings say.
    pub provider: &'a Provider,
}

impl<'a> ProviderRef<'a> {
    /// The provider of an id, if the site has it.
    pub fn find(settings: &'a Settings, id: &str) -> Option<Self> {
        settings.providers.get_key_value(id).map(|(id, provider)| Self { id, provider })
    }

    /// All of them, in the order of the policy and then of their ids.
    pub fn all(settings: &'a Settings) -> Vec<Self> {
        let order = &settings.policy.linked_accounts.providers;
        let place = |kind: PolicyKind| order.iter().position(|one| *one == kind);
        let mut all: Vec<_> = settings.providers.iter().map(|(id, provider)| Self { id, provider }).collect();
        all.sort_by_key(|provider_ref| place(provider_ref.provider.kind));
        all
    }

    fn kind(&self) -> &'static Kind {
        provider_kind::of(self.provider.kind)
    }

    /// Where it is; the settings override the kind.
    fn endpoint(&self) -> Endpoint<'a> {
        match (self.kind().place, self.provider.issuer.as_deref()) {
            (Place::Graph { .. }, Some(base)) => Endpoint::Graph { dialog: base, graph: base },
            (Place::Graph { dialog, graph }, None) => Endpoint::Graph { dialog, graph },
            (Place::Tenants(_), Some(form)) if form.contains("{tenantid}") => Endpoint::Tenants(form),
            (_, Some(issuer)) | (Place::Issuer(issuer), None) => Endpoint::Issuer(issuer),
            (Place::Tenants(issuer), None) => Endpoint::Tenants(issuer),
            // The settings were checked: this kind has an issuer.
            (Place::Named, None) => Endpoint::Issuer(""),
        }
    }
}

/// Where a provider is, settings applied.
#[derive(Clone, Copy)]
enum Endpoint<'a> {
    Issuer(&'a str),
    Tenants(&'a str),
    Graph { dialog: &'a str, graph: &'a str },
}

/// A text of a provider without control characters, cut to what is kept of it.
fn cut(text: &str, chars: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(chars).collect()
}
