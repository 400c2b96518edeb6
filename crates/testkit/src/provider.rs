//! A software provider for tests: discovery, keys, tokens, a profile, and everything that can be wrong with them. It
//! has no pages: a test decides who comes back. The browser suite has a real provider.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use openidconnect::core::{CoreJwsSigningAlgorithm as Alg, CoreRsaPrivateSigningKey};
use openidconnect::url::Url;
use openidconnect::{JsonWebKeyId, PrivateSigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

const KEY: &str = include_str!("provider_key.pem");
const STRANGERS_KEY: &str = include_str!("stranger_key.pem");
const CLIENT: &str = "tegata";
const SECRET: &str = "a secret of the test, long enough";

/// What it answers at present.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// Its clock: unix ms.
    pub now: i64,
    /// Claims of the ID token that override the right ones; `null` removes one.
    pub claims: Value,
    /// How the token is signed.
    pub signed: Signed,
    /// What the token endpoint answers instead: status and body.
    pub instead: Option<(u16, String)>,
    /// What the profile says.
    pub profile: Value,
    /// Whether it does not answer.
    pub silent: bool,
    /// Whether discovery works.
    pub found: bool,
    /// The id of its key.
    pub key_id: String,
}

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// By the key that discovery leads to.
    Rightly,
    /// By another key of the same name.
    ByAStranger,
    /// Not at all (`alg: none`).
    NotAtAll,
    /// With the public key as a shared secret (`alg: HS256`).
    WithAPublicSecret,
    /// With the client's secret (`alg: HS256`), as LINE does.
    WithTheClientSecret,
}

/// One that listens on this machine until the test ends.
#[derive(Clone)]
pub struct TestProvider {
    /// Its issuer.
    pub issuer: String,
    state: Arc<Mutex<Script>>,
}

struct Script {
    says: Behaviour,
    /// Nonce and PKCE challenge of each authorization request, by its state; the code that comes back is the state
    /// again.
    visits: BTreeMap<String, (String, String)>,
    newest: String,
    asked: Vec<String>,
    exchanged: String,
}

impl TestProvider {
    /// Starts a provider.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let says = Behaviour {
            now: super::NOON,
            claims: json!({}),
            signed: Signed::Rightly,
            instead: None,
            profile: json!({}),
            silent: false,
            found: true,
            key_id: "one".into(),
        };
        let script = Script {
            says,
            visits: BTreeMap::new(),
            newest: String::new(),
            asked: Vec::new(),
            exchanged: String::new(),
        };
        let this = Self { issuer: format!("http://{address}"), state: Arc::new(Mutex::new(script)) };
        let router = Router::new().fallback(Self::serve).with_state(this.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        this
    }

    /// Settings of a site that has it as `google`, and as `yahoo` and `facebook` with the same people.
    pub fn settings(&self) -> Vec<(String, String)> {
        let mut all = vec![
            ("site.development".into(), "true".into()),
            ("outbound.private_networks".into(), "true".into()),
        ];
        for (id, kind) in [("google", "google"), ("yahoo", "yahoo-japan"), ("facebook", "facebook")] {
            for (key, value) in
                [("kind", kind), ("client_id", CLIENT), ("client_secret", SECRET), ("issuer", &self.issuer)]
            {
                all.push((format!("providers.{id}.{key}"), value.to_owned()));
            }
        }
        all
    }

    /// Changes what it answers.
    pub fn say(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.state().says);
    }

    /// The paths that were requested so far, without queries.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// The body of the newest token request.
    pub fn exchanged(&self) -> String {
        self.state().exchanged.clone()
    }

    /// A person is sent to `url` and comes back; returns the state of the callback.
    pub fn visited(&self, url: &str) -> String {
        let url = Url::parse(url).expect("an address");
        let of = |name: &str| {
            url.query_pairs()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        assert_eq!(of("code_challenge_method"), "S256");
        let mut state = self.state();
        state.newest = of("state");
        state.visits.insert(of("state"), (of("nonce"), of("code_challenge")));
        of("state")
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Script> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(State(this): State<Self>, uri: Uri, body: String) -> Response {
        this.state().asked.push(uri.path().to_owned());
        let says = this.state().says.clone();
        if says.silent {
            // Longer than any request waits.
            tokio::time::sleep(std::time::Duration::from_secs(30)).await;
        }
        let (status, text) = this.answer(uri.path(), &body, &says);
        let status = StatusCode::from_u16(status).expect("a status");
        (status, [(CONTENT_TYPE, "application/json")], text).into_response()
    }

    fn answer(&self, path: &str, body: &str, says: &Behaviour) -> (u16, String) {
        let issuer = &self.issuer;
        let key = key(KEY, &says.key_id);
        match path {
            path if says.found && path.ends_with("/.well-known/openid-configuration") => {
                // Directories share one discovery document, and have issuers of their own.
                let own = if path.starts_with("/common/") { "/{tenantid}/v2.0" } else { "" };
                let document = json!({
                    "issuer": format!("{issuer}{own}"),
                    "authorization_endpoint": format!("{issuer}/authorize"),
                    "token_endpoint": format!("{issuer}/token"),
                    "userinfo_endpoint": format!("{issuer}/userinfo"),
                    "jwks_uri": format!("{issuer}/keys"),
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                });
                (200, document.to_string())
            }
            "/keys" => (200, json!({ "keys": [key.as_verification_key()] }).to_string()),
            "/token" | "/oauth/access_token" => match &says.instead {
                Some((status, text)) => (*status, text.clone()),
                None => self.token(body, says),
            },
            "/userinfo" | "/me" => (200, says.profile.to_string()),
            _ => (404, "{}".into()),
        }
    }

    fn token(&self, body: &str, says: &Behaviour) -> (u16, String) {
        let (nonce, challenge) = {
            let mut state = self.state();
            body.clone_into(&mut state.exchanged);
            let visit = state.visits.get(&form(body, "code")).or_else(|| state.visits.get(&state.newest));
            visit.cloned().unwrap_or_default()
        };
        let verifier = form(body, "code_verifier");
        if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) != challenge {
            return (400, json!({ "error": "invalid_grant" }).to_string());
        }
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "4711", "nonce": nonce,
            "iat": says.now / 1000, "exp": says.now / 1000 + 300,
        });
        for (name, value) in says.claims.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        if let Some(claims) = claims.as_object_mut() {
            claims.retain(|_, value| !value.is_null());
        }
        let answer = json!({
            "access_token": "a token of the test", "token_type": "Bearer", "expires_in": 300,
            "id_token": signed(&claims, says),
        });
        (200, answer.to_string())
    }
}

fn key(pem: &str, id: &str) -> CoreRsaPrivateSigningKey {
    CoreRsaPrivateSigningKey::from_pem(pem, Some(JsonWebKeyId::new(id.to_owned()))).expect("a key")
}

fn signed(claims: &Value, says: &Behaviour) -> String {
    let alg = match says.signed {
        Signed::Rightly | Signed::ByAStranger => "RS256",
        Signed::NotAtAll => "none",
        Signed::WithAPublicSecret | Signed::WithTheClientSecret => "HS256",
    };
    let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let body = [encoded(&json!({ "alg": alg, "kid": says.key_id })), encoded(claims)].join(".");
    let by = |pem| key(pem, &says.key_id).sign(&Alg::RsaSsaPkcs1V15Sha256, body.as_bytes()).expect("signed");
    let signature = match says.signed {
        Signed::Rightly => by(KEY),
        Signed::ByAStranger => by(STRANGERS_KEY),
        Signed::NotAtAll => Vec::new(),
        Signed::WithAPublicSecret => {
            let public = serde_json::to_vec(&key(KEY, &says.key_id).as_verification_key()).expect("a key");
            with_secret(&public, &body)
        }
        Signed::WithTheClientSecret => with_secret(SECRET.as_bytes(), &body),
    };
    [body, URL_SAFE_NO_PAD.encode(signature)].join(".")
}

fn with_secret(secret: &[u8], body: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a secret");
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn form(body: &str, name: &str) -> String {
    let pairs = openidconnect::url::form_urlencoded::parse(body.as_bytes());
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}
