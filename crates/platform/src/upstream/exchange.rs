//! Authorization request and callback: the address that a person is sent to, and what the code they return with says.

use std::time::Duration;

use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthPrompt, CoreClient, CoreClientAuthMethod, CoreIdTokenClaims, CoreResponseType, CoreTokenResponse,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, EndUserFamilyName, EndUserGivenName, EndUserName, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, LocalizedClaim, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse,
};
use uuid::Uuid;

use super::{
    AuthRequestState, Endpoint, Failed, Found, Identity, NAME_CHARS, ProviderRef, SKEW_MS, SUBJECT_CHARS,
    Upstream, apple, cut,
};
use crate::provider_kind::{Reauth, Secret};

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a callback is judged by.
pub struct Callback<'a> {
    /// The code to exchange.
    pub code: String,
    /// The redirect URI that the authorization request named.
    pub back: &'a str,
    /// What the authorization request kept for it.
    pub auth_request: AuthRequestState,
}

fn odd(what: &impl ToString) -> Failed {
    Failed::NotAccepted(what.to_string())
}

impl Upstream {
    /// Where to send a person. `back` is our redirect URI, `state` what the callback carries, `now` unix ms.
    pub async fn authorization_url(
        &self,
        provider_ref: ProviderRef<'_>,
        back: &str,
        state: &str,
        auth_request: &AuthRequestState,
        now: i64,
    ) -> Result<String, Failed> {
        // Nobody is sent to a provider that did not answer a moment ago.
        if !self.is_reachable(provider_ref.id, now) {
            return Err(Failed::LeftAlone);
        }
        let found = self.discovered(provider_ref, now).await?;
        let client = of_discovery(provider_ref, &found, back, now)?;
        let verifier = PkceCodeVerifier::new(auth_request.verifier.clone());
        let (state, nonce) = (state.to_owned(), auth_request.nonce.clone());
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for scope in scopes(provider_ref) {
            request = request.add_scope(Scope::new(scope));
        }
        if auth_request.reauthenticate_from.is_some() {
            request = match provider_ref.kind().reauth {
                Reauth::Dated => request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO),
                Reauth::Asked => request.add_prompt(CoreAuthPrompt::Login),
                Reauth::Chosen => request.add_prompt(CoreAuthPrompt::SelectAccount),
                Reauth::Reauthenticate => request.add_extra_param("auth_type", "reauthenticate"),
            };
        }
        if provider_ref.kind().form_post {
            request = request.add_extra_param("response_mode", "form_post");
        }
        let (mut url, _, _) = request.url();
        if matches!(provider_ref.endpoint(), Endpoint::Graph { .. }) {
            // There is no ID token that it could come back in.
            let others: Vec<_> = url.query_pairs().into_owned().filter(|(key, _)| key != "nonce").collect();
            url.query_pairs_mut().clear().extend_pairs(others);
        }
        Ok(url.into())
    }

    /// Whether an answer that names an issuer (RFC 9207) names this provider.
    pub fn is_issuer(provider_ref: ProviderRef<'_>, iss: &str) -> bool {
        match provider_ref.endpoint() {
            Endpoint::Issuer(issuer) => iss == issuer,
            Endpoint::Tenants(form) => tenant(form, iss).is_some(),
            Endpoint::Graph { .. } => false,
        }
    }

    /// Exchanges a code, and verifies whose it is. A provider that does not answer is left alone for a while.
    pub async fn identify(
        &self,
        provider_ref: ProviderRef<'_>,
        callback: Callback<'_>,
        now: i64,
    ) -> Result<Identity, Failed> {
        let result = self.exchange(provider_ref, callback, now).await;
        if matches!(result, Err(Failed::Unreachable(_))) {
            self.leave_alone(provider_ref, now);
        }
        result
    }

    async fn exchange(
        &self,
        provider_ref: ProviderRef<'_>,
        callback: Callback<'_>,
        now: i64,
    ) -> Result<Identity, Failed> {
        let Callback { back, code, auth_request } = callback;
        let found = self.discovered(provider_ref, now).await?;
        let mut client = of_discovery(provider_ref, &found, back, now)?;
        let http = self.http()?;
        let answer: CoreTokenResponse = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| odd(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(auth_request.verifier))
            .request_async(http)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(failed) => failed.into(),
                RequestTokenError::ServerResponse(said) => odd(said.error()),
                RequestTokenError::Parse(..) => odd(&"not a token response"),
                RequestTokenError::Other(what) => odd(&what),
            })?;
        if let Endpoint::Graph { graph, .. } = provider_ref.endpoint() {
            return self.profile(provider_ref, graph, answer.access_token().secret()).await;
        }
        let nonce = Nonce::new(auth_request.nonce);
        let claims = match judge(provider_ref, &client, &answer, &nonce, now) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let Some(fresh) = self.with_new_keys(provider_ref, &found, now).await? else {
                    return Err(odd(&"signed by an unknown key"));
                };
                client = of_discovery(provider_ref, &fresh, back, now)?;
                judge(provider_ref, &client, &answer, &nonce, now)
            }
            judged => judged,
        }
        .map_err(|error| odd(&error))?;
        if let Some(from) = auth_request.reauthenticate_from {
            // Not all providers send `auth_time`. If it is there, or the kind has to send it, it is checked (OIDC
            // Core §3.1.2.1).
            let since = claims.auth_time().map(|at| at.timestamp_millis() >= from - SKEW_MS);
            if !since.unwrap_or(provider_ref.kind().reauth != Reauth::Dated) {
                return Err(odd(&"it did not make sure who it is"));
            }
        }
        let mut identity = identity(provider_ref, &claims)?;
        if identity.email.is_none() {
            self.complete(&mut identity, provider_ref, &client, answer.access_token(), &claims).await;
        }
        Ok(identity)
    }

    /// Adds what the ID token did not say: some providers say it at the `UserInfo` endpoint. Without it the form
    /// stays empty.
    async fn complete(
        &self,
        identity: &mut Identity,
        provider_ref: ProviderRef<'_>,
        client: &Client,
        token: &AccessToken,
        claims: &CoreIdTokenClaims,
    ) {
        let (Ok(request), Ok(http)) =
            (client.user_info(token.clone(), Some(claims.subject().clone())), self.http())
        else {
            return;
        };
        let said: Result<CoreUserInfoClaims, _> = request.request_async(http).await;
        match said {
            Ok(said) => {
                identity.email = said.email().map(|email| email.to_string());
                identity.email_verified =
                    email_verified(provider_ref, identity.email.as_deref(), said.email_verified());
                name(identity, said.family_name(), said.given_name(), said.name());
            }
            Err(error) => tracing::warn!(provider = provider_ref.id, %error, "a provider gave no profile"),
        }
    }
}

fn of_discovery(
    provider_ref: ProviderRef<'_>,
    found: &Found,
    back: &str,
    now: i64,
) -> Result<Client, Failed> {
    let provider = provider_ref.provider;
    let metadata = (*found.metadata).clone();
    let in_header = metadata
        .token_endpoint_auth_methods_supported()
        .is_none_or(|all| all.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let secret = match provider_ref.kind().secret {
        Secret::Signed => apple::client_secret(provider, metadata.issuer().as_str(), now)?,
        _ => provider.client_secret.clone(),
    };
    let by = match provider_ref.kind().secret {
        Secret::Discovered if in_header => AuthType::BasicAuth,
        _ => AuthType::RequestBody,
    };
    let id = ClientId::new(provider.client_id.clone());
    let client = CoreClient::from_provider_metadata(metadata, id, Some(ClientSecret::new(secret)));
    let client = if matches!(provider_ref.endpoint(), Endpoint::Graph { .. }) {
        client.disable_openid_scope()
    } else {
        client
    };
    Ok(client
        .set_auth_type(by)
        .set_redirect_uri(RedirectUrl::new(back.to_owned()).map_err(|error| odd(&error))?))
}

fn scopes(provider_ref: ProviderRef<'_>) -> Vec<String> {
    match &provider_ref.provider.scopes {
        Some(scopes) => scopes.split_whitespace().filter(|s| *s != "openid").map(str::to_owned).collect(),
        None => provider_ref.kind().scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    }
}

/// The directory that an issuer belongs to, if it has the form that all of them have.
fn tenant<'a>(form: &str, issuer: &'a str) -> Option<&'a str> {
    let (before, after) = form.split_once("{tenantid}")?;
    let id = issuer.strip_prefix(before)?.strip_suffix(after)?;
    Uuid::try_parse(id).is_ok().then_some(id)
}

/// Verifies the ID token of a token response (OIDC Core §3.1.3.7).
fn judge(
    provider_ref: ProviderRef<'_>,
    client: &Client,
    answer: &CoreTokenResponse,
    nonce: &Nonce,
    now: i64,
) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
    let other = |what: &str| ClaimsVerificationError::Other(what.to_owned());
    let token = answer.id_token().ok_or_else(|| other("no ID token"))?;
    let at = |ms: i64| DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default();
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(provider_ref.kind().algs.iter().cloned())
        .require_issuer_match(matches!(provider_ref.endpoint(), Endpoint::Issuer(_)))
        .set_time_fn(move || at(now - SKEW_MS))
        .set_issue_time_verifier_fn(move |issued| {
            if issued > at(now + SKEW_MS) { Err("issued in the future".to_owned()) } else { Ok(()) }
        });
    let claims = token.claims(&verifier, nonce)?;
    // The library does not check `azp`.
    if claims.authorized_party().is_some_and(|party| party.as_str() != provider_ref.provider.client_id) {
        return Err(other("it is for another party"));
    }
    Ok(claims.clone())
}

/// The identity that the claims assert.
fn identity(provider_ref: ProviderRef<'_>, claims: &CoreIdTokenClaims) -> Result<Identity, Failed> {
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > SUBJECT_CHARS {
        return Err(odd(&"no subject"));
    }
    // A subject is unique within its directory only.
    let subject = match provider_ref.endpoint() {
        Endpoint::Tenants(form) => {
            let directory = tenant(form, claims.issuer()).ok_or_else(|| odd(&"another issuer"))?;
            [directory, ":", subject].concat()
        }
        _ => subject.to_owned(),
    };
    let mut identity = Identity {
        provider: provider_ref.id.to_owned(),
        subject,
        family_name: String::new(),
        given_name: String::new(),
        email: claims.email().map(|email| email.to_string()),
        email_verified: email_verified(
            provider_ref,
            claims.email().map(|email| email.as_str()),
            claims.email_verified(),
        ),
    };
    name(&mut identity, claims.family_name(), claims.given_name(), claims.name());
    Ok(identity)
}

/// Whether the provider asserts that the address is verified, and is trusted for its domain.
fn email_verified(provider_ref: ProviderRef<'_>, address: Option<&str>, verified: Option<bool>) -> bool {
    address.is_some_and(|address| {
        provider_ref.kind().trusted_email_domains.counts(address, verified == Some(true))
    })
}

/// Takes names over where there are none yet. A single name goes into the family name's field, as for members who have
/// one name only.
fn name(
    identity: &mut Identity,
    family: Option<&LocalizedClaim<EndUserFamilyName>>,
    given: Option<&LocalizedClaim<EndUserGivenName>>,
    whole: Option<&LocalizedClaim<EndUserName>>,
) {
    if !identity.family_name.is_empty() || !identity.given_name.is_empty() {
        return;
    }
    let whole = whole.and_then(any).map(|name| name.as_str());
    let family = family.and_then(any).map(|name| name.as_str());
    let given = given.and_then(any).map(|name| name.as_str());
    identity.family_name = cut(family.or(whole.filter(|_| given.is_none())).unwrap_or_default(), NAME_CHARS);
    identity.given_name = cut(given.unwrap_or_default(), NAME_CHARS);
}

/// The claim without a language, else in whatever language there is.
fn any<T>(claim: &LocalizedClaim<T>) -> Option<&T> {
    claim.get(None).or_else(|| claim.iter().next().map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_of_any_directory_has_the_form_of_all_and_names_one() {
        let form = "https://login.microsoftonline.com/{tenantid}/v2.0";
        let one = "9188040d-6c67-4c5b-b112-36a304b66dad";
        assert_eq!(tenant(form, &form.replace("{tenantid}", one)), Some(one));
        for wrong in [
            form,
            "https://login.microsoftonline.com/common/v2.0",
            "https://login.microsoftonline.com/../v2.0",
            "https://evil.example/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
            "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0/",
        ] {
            assert_eq!(tenant(form, wrong), None, "{wrong}");
        }
    }
}
