//! What time it is. Use cases take it from here through `Tx`, so that tests can move it by hand.
//! Only this module asks the system.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use domain::birth_date::BirthDate;
use time::{OffsetDateTime, UtcOffset};

/// One second, in milliseconds.
pub const SECOND_MS: i64 = 1_000;
/// One minute, in milliseconds.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// One hour, in milliseconds.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// One day, in milliseconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A source of the present moment.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that only `advance` moves (tests): unix milliseconds.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock standing at `ms` unix milliseconds.
    pub fn standing_at(ms: i64) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(ms)))
    }

    /// Unix milliseconds. A system clock before 1970 counts as 1970.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    pub fn now(&self) -> i64 {
        match self {
            Self::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)),
            Self::Manual(ms) => ms.load(Ordering::SeqCst),
        }
    }

    /// Moves a manual clock on by `ms`; the system's clock stays as it is.
    pub fn advance(&self, ms: i64) {
        if let Self::Manual(now) = self {
            now.fetch_add(ms, Ordering::SeqCst);
        }
    }
}

/// The moment (unix ms) in Japan's time. Members read dates in it, and birthdays are judged by it.
pub fn in_japan(ms: i64) -> OffsetDateTime {
    let offset = UtcOffset::from_hms(9, 0, 0).unwrap_or(UtcOffset::UTC);
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .to_offset(offset)
}

/// The date in Japan at a moment (unix ms).
pub fn today(ms: i64) -> BirthDate {
    let d = in_japan(ms);
    BirthDate { year: d.year(), month: u8::from(d.month()), day: d.day() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_changes_at_midnight_in_japan() {
        // 2026-11-21T14:59:59Z is 23:59:59 in Japan.
        let before = 1_795_273_199_000;
        assert_eq!(today(before).to_string(), "2026-11-21");
        assert_eq!(today(before + SECOND_MS).to_string(), "2026-11-22");
    }
}
