//! Software authenticators: an app that shows codes, and a passkey (one ES256 key, no attestation), with every
//! mistake that a test needs.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::passkeys::PasskeyChallenge;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use platform::clock::SECOND_MS;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The flag UP: the person is present.
const PRESENT: u8 = 1;
/// The flag UV: the person was verified.
const VERIFIED: u8 = 4;
/// The flag AT: a new credential follows.
const ATTESTED: u8 = 64;

/// One credential in its device.
#[derive(Clone)]
pub struct SoftPasskey {
    id: Vec<u8>,
    key: SigningKey,
    user: Vec<u8>,
    /// The origin that its browser reports.
    pub origin: String,
    /// Whether it verifies the person.
    pub verifies: bool,
    /// Whether its page is framed by another site.
    pub inside: bool,
    /// Whether it sends the user handle.
    pub names_user: bool,
    /// Signatures made.
    pub counter: u32,
}

impl SoftPasskey {
    /// A new one; `seed` makes it different from others.
    pub fn new(seed: u8) -> Self {
        Self {
            id: vec![seed; 32],
            key: SigningKey::from_slice(&[seed; 32]).expect("made by the library"),
            user: Vec::new(),
            origin: "http://localhost:3000".into(),
            verifies: true,
            inside: false,
            names_user: true,
            counter: 0,
        }
    }

    /// Makes a credential.
    pub fn make(&mut self, question: &PasskeyChallenge) -> String {
        let options: Value = serde_json::from_str(&question.options).expect("made by the library");
        self.user = URL_SAFE_NO_PAD
            .decode(options["user"]["id"].as_str().expect("made by the library"))
            .expect("made by the library");
        let client_data = self.client_data("webauthn.create", &options);
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().expect("made by the library"), point.y().expect("made by the library"));
        // COSE: kty EC2, alg ES256, crv P-256, x, y.
        let cose = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], x, &[0x22, 0x58, 32], y].concat();
        let id_length = u16::try_from(self.id.len()).expect("made by the library").to_be_bytes();
        let data = [&self.data(ATTESTED)[..], &[0; 16], &id_length, &self.id, &cose].concat();
        // {"fmt": "none", "attStmt": {}, "authData": …}
        let length = u8::try_from(data.len()).expect("made by the library");
        let object =
            [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".as_slice(), &[length], &data].concat();
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key",
            "response": {
                "attestationObject": text(&object), "clientDataJSON": text(&client_data), "transports": ["internal"],
            },
            "clientExtensionResults": {"credProps": {"rk": true}},
        })
        .to_string()
    }

    /// Answers a challenge.
    pub fn answer(&mut self, question: &PasskeyChallenge) -> String {
        self.counter += 1;
        self.answer_again(question)
    }

    /// Answers without raising the counter.
    pub fn answer_again(&self, question: &PasskeyChallenge) -> String {
        let options: Value = serde_json::from_str(&question.options).expect("made by the library");
        let client_data = self.client_data("webauthn.get", &options);
        let data = self.data(0);
        let signed = [&data[..], &Sha256::digest(&client_data)].concat();
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key",
            "response": {
                "authenticatorData": text(&data), "clientDataJSON": text(&client_data),
                "signature": text(signature.to_der().as_bytes()),
                "userHandle": self.names_user.then(|| text(&self.user)),
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": self.inside })
            .to_string()
            .into_bytes()
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let flags = PRESENT | more | if self.verifies { VERIFIED } else { 0 };
        [&Sha256::digest("localhost")[..], &[flags], &self.counter.to_be_bytes()].concat()
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An authenticator app: it knows the contents of the QR code, and the time.
pub struct AuthenticatorApp(totp_rs::Totp);

impl AuthenticatorApp {
    /// Reads the link that the QR code carries.
    pub fn scanned(link: &str) -> Self {
        Self(totp_rs::Totp::from_url(link).expect("an otpauth link"))
    }

    /// The code that it shows at a moment (unix ms).
    pub fn code(&self, now: i64) -> String {
        self.0.generate(u64::try_from(now / SECOND_MS).expect("after 1970")).to_string()
    }

    /// A code that it does not show then, nor just before or after.
    pub fn wrong_code(&self, now: i64) -> String {
        let near = [-2, -1, 0, 1, 2].map(|step| self.code(now + step * 30 * SECOND_MS));
        (0..=near.len())
            .map(|n| format!("{n:06}"))
            .find(|code| !near.contains(code))
            .expect("one of six is not among five")
    }
}
