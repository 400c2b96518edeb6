//! Facebook's profile, in place of an ID token. The request also proves that its sender has the client secret
//! (`appsecret_proof`).

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use openidconnect::HttpRequest;
use openidconnect::http::header::AUTHORIZATION;
use openidconnect::url::Url;
use serde::Deserialize;
use sha2::Sha256;

use super::{Failed, Identity, NAME_CHARS, ProviderRef, SUBJECT_CHARS, Upstream, cut};

#[derive(Deserialize)]
struct Profile {
    id: String,
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
}

impl Upstream {
    /// Asks which person an access token belongs to.
    pub(super) async fn profile(
        &self,
        provider_ref: ProviderRef<'_>,
        graph: &str,
        token: &str,
    ) -> Result<Identity, Failed> {
        let odd = |what: &str| Failed::NotAccepted(["the profile: ", what].concat());
        let mut mac = Hmac::<Sha256>::new_from_slice(provider_ref.provider.client_secret.as_bytes())
            .map_err(|_| odd("no proof"))?;
        mac.update(token.as_bytes());
        let proof = mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let mut address = Url::parse(&[graph, "/me"].concat()).map_err(|_| odd("no address"))?;
        address
            .query_pairs_mut()
            .append_pair("fields", "id,name,first_name,last_name,email")
            .append_pair("appsecret_proof", &proof);
        let request: HttpRequest = openidconnect::http::Request::builder()
            .uri(address.as_str())
            .header(AUTHORIZATION, ["Bearer ", token].concat())
            .body(Vec::new())
            .map_err(|_| odd("no request"))?;
        let answer = self.http()?.send(request).await?;
        if !answer.status().is_success() {
            return Err(odd(answer.status().as_str()));
        }
        let profile: Profile = serde_json::from_slice(answer.body()).map_err(|_| odd("not JSON"))?;
        if profile.id.is_empty() || profile.id.len() > SUBJECT_CHARS {
            return Err(odd("no id"));
        }
        // A single name goes into the family name's field, as for members who have one name only.
        let family = profile.last_name.or(profile.name).unwrap_or_default();
        Ok(Identity {
            provider: provider_ref.id.to_owned(),
            subject: profile.id,
            family_name: cut(&family, NAME_CHARS),
            given_name: cut(&profile.first_name.unwrap_or_default(), NAME_CHARS),
            email: profile.email,
            email_verified: false,
        })
    }
}
