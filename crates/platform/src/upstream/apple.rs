//! Apple's client secret: a token of a few minutes that the site signs with its own key (ES256, RFC 7518 §3.4).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;
use serde_json::{Value, json};

use super::Failed;
use crate::clock::{MINUTE_MS, SECOND_MS};
use crate::provider_kind;
use crate::settings::Provider;

/// How long a client secret is valid.
const VALID_MS: i64 = 5 * MINUTE_MS;

/// Signs a client secret. `audience` is Apple's issuer, `now` unix ms.
pub(super) fn client_secret(provider: &Provider, audience: &str, now: i64) -> Result<String, Failed> {
    let key = provider_kind::signing_key(&provider.client_secret)
        .ok_or_else(|| Failed::NotAccepted("client_secret is not a private key in PEM".into()))?;
    let header = json!({ "alg": "ES256", "kid": provider.key_id });
    let claims = json!({
        "iss": provider.team_id,
        "iat": now / SECOND_MS,
        "exp": (now + VALID_MS) / SECOND_MS,
        "aud": audience,
        "sub": provider.client_id,
    });
    let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = [encoded(&header), encoded(&claims)].join(".");
    let signature: Signature = key.sign(signed.as_bytes());
    Ok([signed, URL_SAFE_NO_PAD.encode(signature.to_bytes())].join("."))
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::Verifier;
    use p256::ecdsa::{SigningKey, VerifyingKey};
    use p256::pkcs8::{EncodePrivateKey, LineEnding};

    use super::*;

    #[test]
    fn apples_secret_is_signed_by_the_sites_key_for_apple_and_five_minutes() {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let provider: Provider = serde_json::from_value(json!({
            "kind": "apple", "client_id": "jp.example.id", "team_id": "TEAM", "key_id": "KEY",
            "client_secret": key.to_pkcs8_pem(LineEnding::LF).unwrap().as_str(),
        }))
        .unwrap();
        let token = client_secret(&provider, "https://appleid.apple.com", 1_000_000).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        assert!(VerifyingKey::from(&key).verify(signed.as_bytes(), &signature).is_ok());
        let (header, claims) = signed.split_once('.').unwrap();
        let read =
            |part| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
        assert_eq!(read(header), json!({ "alg": "ES256", "kid": "KEY" }));
        let expected = json!({
            "iss": "TEAM", "iat": 1000, "exp": 1300, "aud": "https://appleid.apple.com", "sub": "jp.example.id",
        });
        assert_eq!(read(claims), expected);
        let broken = Provider { client_secret: "no key".into(), ..provider };
        assert!(client_secret(&broken, "https://appleid.apple.com", 0).is_err());
    }
}
