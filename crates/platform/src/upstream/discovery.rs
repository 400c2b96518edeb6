//! What a provider says of itself (`OpenID` Connect Discovery): fetched when it is needed, kept for [`KEPT_MS`], and
//! fetched by one request however many wait for it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use openidconnect::core::{CoreJsonWebKeySet, CoreProviderMetadata};
use openidconnect::http::header::ACCEPT;
use openidconnect::url::ParseError;
use openidconnect::{
    AuthUrl, EmptyAdditionalProviderMetadata, HttpRequest, IssuerUrl, JsonWebKeySetUrl, TokenUrl,
};
use serde::de::DeserializeOwned;

use super::{DOWN_MS, Endpoint, Failed, Found, ProviderRef, Upstream};
use crate::clock::MINUTE_MS;

/// How long it is kept.
const KEPT_MS: i64 = 10 * MINUTE_MS;
/// Keys are fetched again for an unknown key at most this often: made-up tokens must not cause requests.
const KEYS_MS: i64 = MINUTE_MS;

impl Upstream {
    /// What a provider said, at most [`KEPT_MS`] ago.
    pub(super) async fn discovered(&self, provider_ref: ProviderRef<'_>, now: i64) -> Result<Found, Failed> {
        let known = self
            .0
            .known
            .get(provider_ref.id)
            .ok_or_else(|| Failed::NotAccepted("no such provider".into()))?;
        let mut found = known.found.lock().await;
        // A callback can use what is known even while the provider is left alone.
        if let Some(found) = found.as_ref().filter(|found| now - found.at < KEPT_MS) {
            return Ok(found.clone());
        }
        // Requests that waited while another one failed do not try again themselves.
        if !self.is_reachable(provider_ref.id, now) {
            return Err(Failed::LeftAlone);
        }
        match self.fetch(provider_ref).await {
            Ok(metadata) => {
                let fresh = Found { metadata: Arc::new(metadata), at: now, keys_at: now };
                *found = Some(fresh.clone());
                Ok(fresh)
            }
            Err(failed) => {
                self.leave_alone(provider_ref, now);
                tracing::warn!(provider = provider_ref.id, %failed, "a provider could not be discovered");
                // Whatever is wrong with its discovery document: nobody can be sent there.
                Err(Failed::Unreachable(failed.to_string()))
            }
        }
    }

    /// The same with its keys fetched again; `None` if that was less than [`KEYS_MS`] ago.
    pub(super) async fn with_new_keys(
        &self,
        provider_ref: ProviderRef<'_>,
        old: &Found,
        now: i64,
    ) -> Result<Option<Found>, Failed> {
        if now - old.keys_at < KEYS_MS {
            return Ok(None);
        }
        let keys: CoreJsonWebKeySet = self.get(old.metadata.jwks_uri().as_str()).await?;
        let metadata = (*old.metadata).clone().set_jwks(keys);
        let fresh = Found { metadata: Arc::new(metadata), at: old.at, keys_at: now };
        if let Some(known) = self.0.known.get(provider_ref.id) {
            *known.found.lock().await = Some(fresh.clone());
        }
        Ok(Some(fresh))
    }

    /// Sends no requests to it for [`DOWN_MS`]; its button says so.
    pub(super) fn leave_alone(&self, provider_ref: ProviderRef<'_>, now: i64) {
        if let Some(known) = self.0.known.get(provider_ref.id) {
            known.down_until.store(now + DOWN_MS, Ordering::Relaxed);
        }
    }

    async fn fetch(&self, provider_ref: ProviderRef<'_>) -> Result<CoreProviderMetadata, Failed> {
        let (address, expected) = match provider_ref.endpoint() {
            Endpoint::Issuer(issuer) => (issuer.to_owned(), issuer),
            // All directories have the same keys.
            Endpoint::Tenants(issuer) => (issuer.replace("{tenantid}", "common"), issuer),
            Endpoint::Graph { dialog, graph } => return described(dialog, graph),
        };
        let address = [address.trim_end_matches('/'), "/.well-known/openid-configuration"].concat();
        let metadata: CoreProviderMetadata = self.get(&address).await?;
        if metadata.issuer().as_str() != expected {
            return Err(Failed::NotAccepted("it calls itself otherwise".into()));
        }
        let keys: CoreJsonWebKeySet = self.get(metadata.jwks_uri().as_str()).await?;
        Ok(metadata.set_jwks(keys))
    }

    async fn get<T: DeserializeOwned>(&self, address: &str) -> Result<T, Failed> {
        let request: HttpRequest = openidconnect::http::Request::builder()
            .uri(address)
            .header(ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|error| Failed::NotAccepted(error.to_string()))?;
        let answer = self.http()?.send(request).await?;
        if !answer.status().is_success() {
            return Err(Failed::NotAccepted(answer.status().to_string()));
        }
        serde_json::from_slice(answer.body()).map_err(|error| Failed::NotAccepted(error.to_string()))
    }
}

/// A provider without discovery, as if it had one.
fn described(dialog: &str, graph: &str) -> Result<CoreProviderMetadata, Failed> {
    let wrong = |error: ParseError| Failed::NotAccepted(error.to_string());
    let metadata = CoreProviderMetadata::new(
        IssuerUrl::new(dialog.to_owned()).map_err(wrong)?,
        AuthUrl::new([dialog, "/dialog/oauth"].concat()).map_err(wrong)?,
        JsonWebKeySetUrl::new(dialog.to_owned()).map_err(wrong)?,
        Vec::new(),
        Vec::new(),
        Vec::new(),
        EmptyAdditionalProviderMetadata {},
    );
    let token = TokenUrl::new([graph, "/oauth/access_token"].concat()).map_err(wrong)?;
    Ok(metadata.set_token_endpoint(Some(token)))
}
