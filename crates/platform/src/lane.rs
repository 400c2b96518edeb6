//! The lanes of the mail queue, and how their senders learn that an e-mail was put in. The queue itself is
//! [`crate::mail::outbox`].

use std::sync::Arc;

use strum::{EnumCount, EnumIter, IntoStaticStr};
use tokio::sync::Notify;

/// The queues of the outbox. Their names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumCount, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Lane {
    /// Codes that a person at a screen is waiting for.
    Code,
    /// Notices to a member about their account.
    Account,
    /// What any visitor can cause to be sent: registrations, resets.
    Visitor,
}

/// Wakes the senders of this process, each lane's own.
#[derive(Clone, Default)]
pub struct Senders(Arc<[Notify; Lane::COUNT]>);

impl Senders {
    /// An e-mail was put into this lane: one of its senders looks at once, or as soon as it is done.
    pub fn wake(&self, lane: Lane) {
        self.of(lane).notify_one();
    }

    /// Waits until an e-mail is put into this lane.
    pub async fn woken(&self, lane: Lane) {
        self.of(lane).notified().await;
    }

    fn of(&self, lane: Lane) -> &Notify {
        &self.0[lane as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use strum::IntoEnumIterator;

    use super::*;

    #[tokio::test]
    async fn an_email_wakes_the_senders_of_its_own_lane() {
        let senders = Senders::default();
        for lane in Lane::iter() {
            senders.wake(lane);
            senders.woken(lane).await;
            for other in Lane::iter() {
                let woken = tokio::time::timeout(Duration::from_millis(1), senders.woken(other));
                assert!(woken.await.is_err(), "{other:?} was woken for {lane:?}");
            }
        }
    }
}
