//! Password hashing: Argon2id (19 MiB, t=2, p=1; OWASP) on a bounded pool. As many at once as there are cores,
//! a bounded queue behind them, `Busy` beyond it. Memory is reused: fresh pages would cost several ms a hash.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sqlx::{Any, Executor};
use tokio::sync::Semaphore;

use crate::fault::Fault;
use crate::random::Random;
use crate::secret::Password;
use crate::work::Work;

/// How many may wait for each one being hashed: with two cores and 20 ms a hash, a third of a second.
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
    pub async fn hash(&self, password: &Password) -> Result<String, Fault> {
        let salt = self.0.random.bytes::<SALT_BYTES>();
        let hash = self.derive(password, salt.to_vec(), COST).await?;
        let (m, t, p) = COST;
        let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
        Ok(format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${hash}"))
    }

    /// Whether the password is the stored one. `None` (nobody of that address) takes the same time.
    pub async fn verify(&self, password: &Password, stored: Option<&str>) -> Result<bool, Fault> {
        let Some(stored) = stored else {
            self.derive(password, vec![0; SALT_BYTES], COST).await?;
            return Ok(false);
        };
        let Stored { cost, salt, hash } =
            Stored::parse(stored).ok_or(Fault::Damaged("member_password.hash"))?;
        self.0.judged.fetch_add(1, Ordering::Relaxed);
        let derived = self.derive(password, salt, cost).await?;
        // Constant time, as the comparison of a bearer secret would be; fold, do not stop early.
        Ok(derived.len() == hash.len() && derived.iter().zip(&hash).fold(0, |d, (a, b)| d | (a ^ b)) == 0)
    }

    /// How many guesses at a stored password were judged by this process: what a lock keeps low.
    pub fn judged(&self) -> u64 {
        self.0.judged.load(Ordering::Relaxed)
    }

    /// Whether a stored hash was made with weaker settings than today's.
    pub fn is_outdated(stored: &str) -> bool {
        Stored::parse(stored).is_none_or(|s| s.cost != COST)
    }

    /// Runs something costly about a password on the same bounded pool.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        if self.0.inside.fetch_add(1, Ordering::SeqCst) >= self.0.most_inside {
            self.0.inside.fetch_sub(1, Ordering::SeqCst);
            return Err(Fault::Busy);
        }
        let _place = Place(&self.0.inside);
        let permit = self.0.permits.clone().acquire_owned().await.map_err(|_| Fault::Busy)?;
        // The permit goes with the task: a request that is given up must not let another one in early.
        tokio::task::spawn_blocking(move || {
            let done = task();
            drop(permit);
            done
        })
        .await
        .map_err(|_| Fault::Crypto("the hashing task ended early"))
    }

    async fn derive(
        &self,
        password: &Password,
        salt: Vec<u8>,
        cost: (u32, u32, u32),
    ) -> Result<Vec<u8>, Fault> {
        let inner = self.0.clone();
        let password = password.clone();
        self.in_turn(move || {
            let (m, t, p) = cost;
            let params = Params::new(m, t, p, Some(HASH_BYTES))
                .map_err(|_| Fault::Damaged("password hash settings"))?;
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
            done.map(|()| hash).map_err(|_| Fault::Crypto("hashing a password"))
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

/// Whether everybody's guess list would find it soon (SP 800-63B-4 block list). Costs some ms: on the pool.
pub fn is_common(password: &Password, own_words: &[&str]) -> bool {
    u8::from(zxcvbn::zxcvbn(password.expose(), own_words).score()) < 2
}

/// The stored hash of a member.
pub async fn stored<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<Option<String>, Fault> {
    Ok(sqlx::query_scalar("SELECT hash FROM member_password WHERE member_id = $1")
        .bind(member_id)
        .fetch_optional(db)
        .await?)
}

/// Stores a password that the member chose now; it works at once.
pub async fn store(work: &mut Work, member_id: &str, hash: &str) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query(
        "INSERT INTO member_password (member_id, hash, set_at) VALUES ($1, $2, $3) \
         ON CONFLICT (member_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at, blocked_at = NULL",
    )
    .bind(member_id)
    .bind(hash)
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Holds the password's row, if there is one, to the end of the transaction.
pub async fn lock(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    sqlx::query("UPDATE member_password SET hash = hash WHERE member_id = $1")
        .bind(member_id)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Removes the password: the member signs in otherwise from now on.
pub async fn erase(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM member_password WHERE member_id = $1")
        .bind(member_id)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Whether the hash is still the member's, and since when (unix ms) it is useless; `None`: another one was set since it
/// was read. Its row is held to the end of the transaction, so that nobody comes in beside a change.
pub async fn hold(work: &mut Work, member_id: &str, hash: &str) -> Result<Option<Option<i64>>, Fault> {
    Ok(sqlx::query_scalar(
        "UPDATE member_password SET hash = hash WHERE member_id = $1 AND hash = $2 RETURNING blocked_at",
    )
    .bind(member_id)
    .bind(hash)
    .fetch_optional(work.conn())
    .await?)
}

/// Makes the password useless until a new one is set.
pub async fn block(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query("UPDATE member_password SET blocked_at = $2 WHERE member_id = $1")
        .bind(member_id)
        .bind(now)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// The hash of a password that was made useless.
pub async fn blocked<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<Option<String>, Fault> {
    Ok(sqlx::query_scalar("SELECT hash FROM member_password WHERE member_id = $1 AND blocked_at IS NOT NULL")
        .bind(member_id)
        .fetch_optional(db)
        .await?)
}

/// Replaces a hash made with outdated settings, unless the password changed meanwhile.
pub async fn rehash(work: &mut Work, member_id: &str, old: &str, new: &str) -> Result<(), Fault> {
    sqlx::query("UPDATE member_password SET hash = $3 WHERE member_id = $1 AND hash = $2")
        .bind(member_id)
        .bind(old)
        .bind(new)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT member_id AS key, set_at, blocked_at FROM member_password \
     WHERE member_id = $1 AND member_id > $2 LIMIT $3";

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
            refused += usize::from(matches!(task.await.unwrap(), Err(Fault::Busy)));
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
