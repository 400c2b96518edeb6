//! Password hashing: Argon2id (19 MiB, t=2, p=1; OWASP) on a bounded pool. It hashes as many at once as there are
//! cores, with a bounded queue behind them, and answers `Busy` beyond that. Memory is reused: fresh pages would cost
//! several ms a hash.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::Semaphore;

use crate::error::Failure;
use crate::rng::Random;
use crate::secret::Password;

/// How many may wait for each core: at 20 ms a hash, a third of a second.
const QUEUE_PER_CORE: usize = 16;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// Hashes and verifies, never more at once than the machine has cores.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    permits: Arc<Semaphore>,
    inside: AtomicUsize,
    most_inside: usize,
    /// Guesses judged so far.
    judged: AtomicU64,
    memory: Mutex<Vec<Vec<Block>>>,
    random: Random,
}

/// Lowers the count of waiting requests however the request ends.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Hasher {
    /// As many at once as this machine has cores.
    pub fn for_this_machine(random: Random) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::new(cores, cores * QUEUE_PER_CORE, random)
    }

    /// `at_once` in parallel and `waiting` more in the queue.
    pub fn new(at_once: usize, waiting: usize, random: Random) -> Self {
        Self(Arc::new(Inner {
            permits: Arc::new(Semaphore::new(at_once)),
            inside: AtomicUsize::new(0),
            most_inside: at_once + waiting,
            judged: AtomicU64::new(0),
            memory: Mutex::new(Vec::new()),
            random,
        }))
    }

    /// A new hash as a PHC string.
    pub async fn hash(&self, password: &Password) -> Result<String, Failure> {
        let salt = self.0.random.bytes::<SALT_BYTES>();
        let hash = self.derive(password, salt.to_vec(), COST).await?;
        let (m, t, p) = COST;
        let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
        Ok(format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${hash}"))
    }

    /// Whether the password is the stored one. `None` (no member has the address) is never right and takes the same
    /// time.
    pub async fn verify(&self, password: &Password, stored: Option<&str>) -> Result<bool, Failure> {
        let Some(stored) = stored else {
            self.derive(password, vec![0; SALT_BYTES], COST).await?;
            return Ok(false);
        };
        let Stored { cost, salt, hash } =
            Stored::parse(stored).ok_or(Failure::Damaged("member_password.hash"))?;
        self.0.judged.fetch_add(1, Ordering::Relaxed);
        let derived = self.derive(password, salt, cost).await?;
        // Constant time: the fold does not stop at the first difference.
        Ok(derived.len() == hash.len() && derived.iter().zip(&hash).fold(0, |d, (a, b)| d | (a ^ b)) == 0)
    }

    /// How many guesses at a stored password this process has judged: the figure that a lockout keeps low.
    pub fn judged(&self) -> u64 {
        self.0.judged.load(Ordering::Relaxed)
    }

    /// Whether a stored hash was made with other settings than today's, or cannot be read.
    pub fn is_outdated(stored: &str) -> bool {
        Stored::parse(stored).is_none_or(|s| s.cost != COST)
    }

    /// Runs something costly about a password on the same bounded pool; [`Failure::Busy`] when the queue is full.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        if self.0.inside.fetch_add(1, Ordering::SeqCst) >= self.0.most_inside {
            self.0.inside.fetch_sub(1, Ordering::SeqCst);
            return Err(Failure::Busy);
        }
        let _place = Place(&self.0.inside);
        let permit = self.0.permits.clone().acquire_owned().await.map_err(|_| Failure::Busy)?;
        // The task holds the permit: a request that is given up must not let another one in early.
        tokio::task::spawn_blocking(move || {
            let done = task();
            drop(permit);
            done
        })
        .await
        .map_err(|_| Failure::Crypto("the hashing task ended early"))
    }

    async fn derive(
        &self,
        password: &Password,
        salt: Vec<u8>,
        cost: (u32, u32, u32),
    ) -> Result<Vec<u8>, Failure> {
        let inner = self.0.clone();
        let password = password.clone();
        self.in_turn(move || {
            let (m, t, p) = cost;
            let params = Params::new(m, t, p, Some(HASH_BYTES))
                .map_err(|_| Failure::Damaged("password hash settings"))?;
            let blocks = params.block_count();
            let mut memory =
                inner.memory.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            memory.resize(blocks, Block::default());
            let mut hash = vec![0; HASH_BYTES];
            let done = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into_with_memory(
                    password.expose().as_bytes(),
                    &salt,
                    &mut hash,
                    &mut memory[..],
                );
            inner.memory.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            done.map(|()| hash).map_err(|_| Failure::Crypto("hashing a password"))
        })
        .await?
    }
}

struct Stored {
    cost: (u32, u32, u32),
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Stored {
    /// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`
    fn parse(phc: &str) -> Option<Self> {
        let mut parts = phc.strip_prefix("$argon2id$v=19$")?.split('$');
        let mut cost = parts.next()?.split(',').map(|p| p.split_once('=').and_then(|(_, n)| n.parse().ok()));
        let cost = (cost.next()??, cost.next()??, cost.next()??);
        let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
        let hash = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
        parts.next().is_none().then_some(Self { cost, salt, hash })
    }
}

/// Whether common guess lists would find it soon (SP 800-63B-4, blocklist); `own_words` are guesses too. It takes some
/// ms: run it with [`Hasher::in_turn`].
pub fn is_common(password: &Password, own_words: &[&str]) -> bool {
    u8::from(zxcvbn::zxcvbn(password.expose(), own_words).score()) < 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(at_once: usize, waiting: usize) -> Hasher {
        Hasher::new(at_once, waiting, Random::seeded(3))
    }

    #[tokio::test]
    async fn verifies_its_own_and_nothing_else() {
        let hasher = hasher(1, 9);
        let stored = hasher.hash(&Password::new("correct horse")).await.unwrap();
        assert!(hasher.verify(&Password::new("correct horse"), Some(&stored)).await.unwrap());
        assert!(!hasher.verify(&Password::new("correct horsf"), Some(&stored)).await.unwrap());
        assert!(!hasher.verify(&Password::new("correct horse"), None).await.unwrap());
        assert!(!Hasher::is_outdated(&stored));
        assert!(Hasher::is_outdated(&stored.replace("m=19456", "m=9216")));
    }

    /// A fixed vector: passwords stored today must be accepted by every later version.
    #[tokio::test]
    async fn reads_what_the_reference_implementation_wrote() {
        let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(hasher(1, 1).verify(&Password::new("password"), Some(stored)).await.unwrap());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn beyond_the_queue_is_busy_and_recovers() {
        let hasher = hasher(1, 2);
        let tasks: Vec<_> = (0..12)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.hash(&Password::new("x")).await })
            })
            .collect();
        let mut refused = 0;
        for task in tasks {
            refused += usize::from(matches!(task.await.unwrap(), Err(Failure::Busy)));
        }
        assert!((1..=9).contains(&refused), "{refused}");
        assert!(hasher.hash(&Password::new("x")).await.is_ok());
    }

    #[test]
    fn common_passwords_are_known() {
        assert!(is_common(&Password::new("password1234567"), &[]));
        assert!(!is_common(&Password::new("murky-otter-plays-tuba"), &[]));
    }
}
