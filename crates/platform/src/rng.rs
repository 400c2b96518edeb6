//! Randomness as a value: ids, tokens, codes, salts and nonces come from here through `Tx` or `AppContext`.
//! Seeded from the operating system when serving, from a number in tests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng};
use uuid::Builder;

use crate::error::Failure;
use crate::secret::Token;

/// A cryptographic random source (`ChaCha12`), shared by its clones.
#[derive(Clone)]
pub struct Random(Arc<Mutex<Source>>);

struct Source {
    rng: StdRng,
    /// The millisecond of the newest id, and how many it has had.
    newest: (u64, u16),
}

impl Random {
    /// Seeded by the operating system.
    pub fn system() -> Result<Self, Failure> {
        let rng = StdRng::try_from_rng(&mut SysRng)
            .map_err(|_| Failure::Crypto("no randomness from the system"))?;
        Ok(Self::from_rng(rng))
    }

    /// The same sequence each time (tests).
    pub fn seeded(seed: u64) -> Self {
        Self::from_rng(StdRng::seed_from_u64(seed))
    }

    fn from_rng(rng: StdRng) -> Self {
        Self(Arc::new(Mutex::new(Source { rng, newest: (0, 0) })))
    }

    fn source(&self) -> MutexGuard<'_, Source> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.source().rng.fill_bytes(&mut bytes);
        bytes
    }

    /// A `UUIDv7` for the given moment (unix ms). Within this process ids sort in the order in which they are made:
    /// the 12 bits after the time count up (RFC 9562 §6.2, method 1). An id shows nothing but the time.
    pub fn id(&self, now: i64) -> String {
        let ms = u64::try_from(now).unwrap_or(0);
        let mut bytes = self.bytes::<10>();
        let count = {
            let mut source = self.source();
            let (newest, count) = source.newest;
            source.newest = if newest == ms { (ms, count.wrapping_add(1)) } else { (ms, 0) };
            source.newest.1
        };
        bytes[..2].copy_from_slice(&(count & 0x0fff).to_be_bytes());
        Builder::from_unix_timestamp_millis(ms, &bytes).into_uuid().to_string()
    }

    /// A bearer secret of 256 bits (ASVS 7.2.3 asks for 128).
    pub fn token(&self) -> Token {
        Token::from_bytes(self.bytes::<32>())
    }

    /// Six digits, each value equally likely.
    pub fn six_digits(&self) -> String {
        loop {
            // Rejection keeps the last partial range from favouring small numbers.
            let n = u32::from_le_bytes(self.bytes::<4>());
            if n < u32::MAX - u32::MAX % 1_000_000 {
                return format!("{:06}", n % 1_000_000);
            }
        }
    }
}

/// A lower bound: it sorts before every id that is made at the moment (unix ms) or later.
pub fn first_id(ms: i64) -> String {
    Builder::from_unix_timestamp_millis(u64::try_from(ms).unwrap_or(0), &[0; 10]).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_of_making() {
        let random = Random::seeded(1);
        let made: Vec<_> = [5, 5, 5, 6, 6, 7].map(|ms| random.id(ms)).into();
        let mut sorted = made.clone();
        sorted.sort();
        assert_eq!(made, sorted);
    }

    #[test]
    fn codes_have_six_digits() {
        let random = Random::seeded(1);
        for _ in 0..1_000 {
            let code = random.six_digits();
            assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        }
    }
}
