//! The site key, and sealing with it: XChaCha20-Poly1305, each purpose with its own associated data, so that
//! what was sealed for one purpose does not open for another.

use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::Failure;
use crate::rng::Random;
use crate::secret::digest;

/// First byte of everything sealed. It names key and cipher, so that both can change.
const SCHEME: u8 = 1;
const NONCE_BYTES: usize = 24;

/// Seals and opens secrets at rest.
#[derive(Clone)]
pub struct SiteKey {
    cipher: XChaCha20Poly1305,
    mac: Hmac<Sha256>,
}

impl SiteKey {
    /// Reads the key, or makes it on the first start, readable by the file's owner only.
    pub async fn open(path: &Path, random: &Random) -> Result<Self, Failure> {
        let named =
            |source| Failure::File { what: format!("keys.site_key_file, {}", path.display()), source };
        let bytes = match tokio::fs::read(path).await {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
                    tokio::fs::create_dir_all(folder).await.map_err(named)?;
                }
                let fresh = Zeroizing::new(random.bytes::<32>().to_vec());
                write_private(path, &fresh).await.map_err(named)?;
                fresh
            }
            Err(e) => return Err(named(e)),
        };
        Self::from_bytes(&bytes)
    }

    /// From the 32 bytes of the key; any other number is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Failure> {
        let wrong = || Failure::Crypto("keys.site_key_file must hold exactly 32 bytes");
        let cipher = XChaCha20Poly1305::new_from_slice(bytes).map_err(|_| wrong())?;
        let mac = Hmac::<Sha256>::new_from_slice(bytes).map_err(|_| wrong())?;
        Ok(Self { cipher, mac })
    }

    /// A secret that is the same for the same parts, and that nobody can compute without the key (HMAC-SHA-256).
    pub fn derive(&self, purpose: &'static str, parts: &[&str]) -> [u8; 32] {
        let mut mac = self.mac.clone();
        for part in [purpose].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// What is stored in the place of something that is too short to be hashed alone: the same for the same parts, and
    /// not to be guessed without the key.
    pub fn mac(&self, purpose: &'static str, parts: &[&str]) -> String {
        digest(&[&self.derive(purpose, parts)])
    }

    /// Seals for a purpose: a scheme byte, a random nonce, the ciphertext.
    pub fn seal(&self, purpose: &'static str, plain: &[u8], random: &Random) -> Result<Vec<u8>, Failure> {
        let nonce = random.bytes::<NONCE_BYTES>();
        let payload = Payload { msg: plain, aad: purpose.as_bytes() };
        let sealed =
            self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Failure::Crypto("sealing"))?;
        Ok([&[SCHEME][..], &nonce, &sealed].concat())
    }

    /// Opens what was sealed for the same purpose under the same key; all else is [`Failure::Crypto`].
    pub fn open_sealed(&self, purpose: &'static str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let wrong = || {
            Failure::Crypto("a sealed value does not open: is keys.site_key_file the one it was sealed with?")
        };
        let (&scheme, rest) = sealed.split_first().ok_or_else(wrong)?;
        let (nonce, body) = rest.split_at_checked(NONCE_BYTES).ok_or_else(wrong)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| wrong())?;
        if scheme != SCHEME {
            return Err(wrong());
        }
        let payload = Payload { msg: body, aad: purpose.as_bytes() };
        self.cipher.decrypt(&XNonce::from(nonce), payload).map(Zeroizing::new).map_err(|_| wrong())
    }

    /// Seals a record, written as JSON.
    pub fn seal_json(
        &self,
        purpose: &'static str,
        record: &impl Serialize,
        random: &Random,
    ) -> Result<Vec<u8>, Failure> {
        let plain = serde_json::to_vec(record).map(Zeroizing::new).map_err(|_| Failure::Damaged(purpose))?;
        self.seal(purpose, &plain, random)
    }

    /// Opens a record that was sealed for the same purpose under the same key.
    pub fn open_json<T: DeserializeOwned>(&self, purpose: &'static str, sealed: &[u8]) -> Result<T, Failure> {
        let plain = self.open_sealed(purpose, sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Failure::Damaged(purpose))
    }
}

async fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use tokio::io::AsyncWriteExt;
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path).await?;
    file.write_all(bytes).await?;
    file.sync_all().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_for_its_purpose_its_key_and_whole() {
        let random = Random::seeded(1);
        let key = SiteKey::from_bytes(&random.bytes::<32>()).unwrap();
        let other = SiteKey::from_bytes(&random.bytes::<32>()).unwrap();
        let sealed = key.seal("letter", b"hello", &random).unwrap();
        assert_eq!(key.open_sealed("letter", &sealed).unwrap().as_slice(), b"hello");
        assert!(key.open_sealed("seed", &sealed).is_err());
        assert!(other.open_sealed("letter", &sealed).is_err());
        assert!(key.open_sealed("letter", &sealed[..sealed.len() - 1]).is_err());
        assert!(key.open_sealed("letter", b"").is_err());
        let record = key.seal_json("letter", &("to", 1), &random).unwrap();
        assert_eq!(key.open_json::<(String, u8)>("letter", &record).unwrap(), ("to".to_owned(), 1));
        assert!(key.open_json::<(String, u8)>("seed", &record).is_err());
        assert!(matches!(key.open_json::<u8>("letter", &record), Err(Failure::Damaged("letter"))));
    }
}
