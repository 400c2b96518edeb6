//! There and back: the address a person is sent to, and what the code they bring back says of them.

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

use super::kind::{Anew, Secret};
use super::{
    Carried, Failed, Found, Identity, NAME_CHARS, Named, SKEW_MS, SUBJECT_CHARS, Upstream, Where, apple, cut,
};

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What somebody comes back with.
pub(crate) struct Brought<'a> {
    /// The code to exchange.
    pub code: String,
    /// The return address that was named when they left.
    pub back: &'a str,
    /// What their visit carried.
    pub carried: Carried,
}

fn odd(what: &impl ToString) -> Failed {
    Failed::NotAccepted(what.to_string())
}

impl Upstream {
    /// Where to send somebody. `back` is our return address, `state` what comes back with it.
    pub(crate) async fn away(
        &self,
        named: Named<'_>,
        back: &str,
        state: &str,
        carried: &Carried,
        now: i64,
    ) -> Result<String, Failed> {
        // Nobody is sent to where nobody answered a moment ago.
        if !self.is_reachable(named.id, now) {
            return Err(Failed::LeftAlone);
        }
        let found = self.discovered(named, now).await?;
        let client = of_discovery(named, &found, back, now)?;
        let verifier = PkceCodeVerifier::new(carried.verifier.clone());
        let (state, nonce) = (state.to_owned(), carried.nonce.clone());
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for scope in scopes(named) {
            request = request.add_scope(Scope::new(scope));
        }
        if carried.anew_from.is_some() {
            request = match named.kind().anew {
                Anew::Dated => request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO),
                Anew::Asked => request.add_prompt(CoreAuthPrompt::Login),
                Anew::Chosen => request.add_prompt(CoreAuthPrompt::SelectAccount),
                Anew::Reauthenticate => request.add_extra_param("auth_type", "reauthenticate"),
            };
        }
        if named.kind().form_post {
            request = request.add_extra_param("response_mode", "form_post");
        }
        let (mut url, _, _) = request.url();
        if matches!(named.place(), Where::Graph { .. }) {
            // There is no ID token that it could come back in.
            let others: Vec<_> = url.query_pairs().into_owned().filter(|(key, _)| key != "nonce").collect();
            url.query_pairs_mut().clear().extend_pairs(others);
        }
        Ok(url.into())
    }

    /// Whether an answer that names an issuer (RFC 9207) names this provider.
    pub(crate) fn is_issuer(named: Named<'_>, iss: &str) -> bool {
        match named.place() {
            Where::Issuer(issuer) => iss == issuer,
            Where::Tenants(form) => tenant(form, iss).is_some(),
            Where::Graph { .. } => false,
        }
    }

    /// Exchanges a code, and judges who it belongs to. Who does not answer is left alone for a while.
    pub(crate) async fn identify(
        &self,
        named: Named<'_>,
        brought: Brought<'_>,
        now: i64,
    ) -> Result<Identity, Failed> {
        let told = self.exchange(named, brought, now).await;
        if matches!(told, Err(Failed::Unreachable(_))) {
            self.leave_alone(named, now);
        }
        told
    }

    async fn exchange(&self, named: Named<'_>, brought: Brought<'_>, now: i64) -> Result<Identity, Failed> {
        let Brought { back, code, carried } = brought;
        let found = self.discovered(named, now).await?;
        let mut client = of_discovery(named, &found, back, now)?;
        let http = self.http()?;
        let answer: CoreTokenResponse = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| odd(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(carried.verifier))
            .request_async(http)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(failed) => failed.into(),
                RequestTokenError::ServerResponse(said) => odd(said.error()),
                RequestTokenError::Parse(..) => odd(&"not a token response"),
                RequestTokenError::Other(what) => odd(&what),
            })?;
        if let Where::Graph { graph, .. } = named.place() {
            return self.profile(named, graph, answer.access_token().secret()).await;
        }
        let nonce = Nonce::new(carried.nonce);
        let claims = match judge(named, &client, &answer, &nonce, now) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let Some(fresh) = self.with_new_keys(named, &found, now).await? else {
                    return Err(odd(&"signed by an unknown key"));
                };
                client = of_discovery(named, &fresh, back, now)?;
                judge(named, &client, &answer, &nonce, now)
            }
            judged => judged,
        }
        .map_err(|error| odd(&error))?;
        if let Some(from) = carried.anew_from {
            // Not all of them say when; who does is held to it, and who has to say so, too (OIDC Core §3.1.2.1).
            let since = claims.auth_time().map(|at| at.timestamp_millis() >= from - SKEW_MS);
            if !since.unwrap_or(named.kind().anew != Anew::Dated) {
                return Err(odd(&"it did not make sure who it is"));
            }
        }
        let mut identity = identity(named, &claims)?;
        if identity.email.is_none() {
            self.complete(&mut identity, named, &client, answer.access_token(), &claims).await;
        }
        Ok(identity)
    }

    /// What an ID token did not say: some providers say it elsewhere. Without it the form stays empty, that is all.
    async fn complete(
        &self,
        identity: &mut Identity,
        named: Named<'_>,
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
                identity.vouched = vouched(named, identity.email.as_deref(), said.email_verified());
                name(identity, said.family_name(), said.given_name(), said.name());
            }
            Err(error) => tracing::warn!(provider = named.id, %error, "a provider gave no profile"),
        }
    }
}

fn of_discovery(named: Named<'_>, found: &Found, back: &str, now: i64) -> Result<Client, Failed> {
    let provider = named.provider;
    let metadata = (*found.metadata).clone();
    let in_header = metadata
        .token_endpoint_auth_methods_supported()
        .is_none_or(|all| all.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let secret = match named.kind().secret {
        Secret::Signed => apple::client_secret(provider, metadata.issuer().as_str(), now)?,
        _ => provider.client_secret.clone(),
    };
    let by = match named.kind().secret {
        Secret::Discovered if in_header => AuthType::BasicAuth,
        _ => AuthType::RequestBody,
    };
    let id = ClientId::new(provider.client_id.clone());
    let client = CoreClient::from_provider_metadata(metadata, id, Some(ClientSecret::new(secret)));
    let client =
        if matches!(named.place(), Where::Graph { .. }) { client.disable_openid_scope() } else { client };
    Ok(client
        .set_auth_type(by)
        .set_redirect_uri(RedirectUrl::new(back.to_owned()).map_err(|error| odd(&error))?))
}

fn scopes(named: Named<'_>) -> Vec<String> {
    match &named.provider.scopes {
        Some(scopes) => scopes.split_whitespace().filter(|s| *s != "openid").map(str::to_owned).collect(),
        None => named.kind().scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    }
}

/// The directory that an issuer belongs to, if it has the form of all of them.
fn tenant<'a>(form: &str, issuer: &'a str) -> Option<&'a str> {
    let (before, after) = form.split_once("{tenantid}")?;
    let id = issuer.strip_prefix(before)?.strip_suffix(after)?;
    Uuid::try_parse(id).is_ok().then_some(id)
}

/// Judges the ID token of an answer.
fn judge(
    named: Named<'_>,
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
        .set_allowed_algs(named.kind().algs.iter().cloned())
        .require_issuer_match(matches!(named.place(), Where::Issuer(_)))
        .set_time_fn(move || at(now - SKEW_MS))
        .set_issue_time_verifier_fn(move |issued| {
            if issued > at(now + SKEW_MS) { Err("issued in the future".to_owned()) } else { Ok(()) }
        });
    let claims = token.claims(&verifier, nonce)?;
    // The library leaves this one to us.
    if claims.authorized_party().is_some_and(|party| party.as_str() != named.provider.client_id) {
        return Err(other("it is for another party"));
    }
    Ok(claims.clone())
}

/// Whom the claims mean.
fn identity(named: Named<'_>, claims: &CoreIdTokenClaims) -> Result<Identity, Failed> {
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > SUBJECT_CHARS {
        return Err(odd(&"no subject"));
    }
    // A subject means somebody within its directory only.
    let subject = match named.place() {
        Where::Tenants(form) => {
            let directory = tenant(form, claims.issuer()).ok_or_else(|| odd(&"another issuer"))?;
            [directory, ":", subject].concat()
        }
        _ => subject.to_owned(),
    };
    let mut identity = Identity {
        provider: named.id.to_owned(),
        subject,
        family_name: String::new(),
        given_name: String::new(),
        email: claims.email().map(|email| email.to_string()),
        vouched: vouched(named, claims.email().map(|email| email.as_str()), claims.email_verified()),
    };
    name(&mut identity, claims.family_name(), claims.given_name(), claims.name());
    Ok(identity)
}

/// Whether the provider's word counts that the address is its owner's.
fn vouched(named: Named<'_>, address: Option<&str>, verified: Option<bool>) -> bool {
    address.is_some_and(|address| named.kind().vouches.counts(address, verified == Some(true)))
}

/// Takes names over where there are none yet. One name in all goes into the family name's field, as for members who have
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
