//! Every table of the database, as its module declares it: what the data export contains, what the page about stored
//! data (「当サイトが保管する情報」) lists, what the purge removes. A test compares the list with the migrated database.

use account::DATA as ACCOUNT;
use platform::context::Ctx;
use platform::dataset::{DataSet, Retention};
use platform::{jobs, mail, rate_limit};

use crate::{data_export, email_change, linked_accounts, pending_identity, rolling_update, withdrawal};

const USE_CASES: &[DataSet] = &[
    email_change::DATA,
    linked_accounts::DATA,
    pending_identity::DATA,
    data_export::DATA,
    data_export::CHUNKS,
    rate_limit::DATA,
    mail::outbox::DATA,
    jobs::DATA,
    withdrawal::RECEIPTS,
    withdrawal::LEFT,
];

/// All of them, in the order of the data export and of the page.
pub fn data_sets() -> impl Iterator<Item = &'static DataSet> {
    ACCOUNT.iter().chain(USE_CASES).chain(rolling_update::DATA)
}

/// A kind of data and how long it is stored on this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The key of its text.
    pub category: &'static str,
    /// How long.
    pub retention: Retention,
}

/// What this site stores: each kind once, in the order of the page.
pub fn stored(ctx: &Ctx) -> Vec<Stored> {
    let mut stored: Vec<Stored> = Vec::new();
    for category in data_sets().flat_map(|data_set| data_set.categories) {
        if stored.iter().all(|one| one.category != category.name)
            && let Some(retention) = (category.retention)(ctx)
        {
            stored.push(Stored { category: category.name, retention });
        }
    }
    stored
}
