//! Everything a deed needs: database, clock, randomness, settings, keys, the password hasher, places, providers. One
//! per process, cheap to clone.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::caller::Caller;
use crate::clock::Clock;
use crate::db::Db;
use crate::fault::Fault;
use crate::keys::SiteKey;
use crate::place::Places;
use crate::proof::password::Hasher;
use crate::random::Random;
use crate::settings::Settings;
use crate::upstream::Upstream;
use crate::work::Work;

/// What deeds work with.
#[derive(Clone)]
pub struct Desk {
    /// The database.
    pub db: Db,
    /// The present moment.
    pub clock: Clock,
    /// Chance.
    pub random: Random,
    /// What the operator said.
    pub settings: Arc<Settings>,
    /// Seals secrets at rest.
    pub site_key: SiteKey,
    /// The bounded pool that hashes passwords.
    pub hasher: Hasher,
    /// Where network addresses are.
    pub places: Places,
    /// Outside providers.
    pub upstream: Upstream,
    /// Rung when a letter was put into the outbox.
    pub bell: Arc<Notify>,
}

impl Desk {
    /// Reads the file of places, reads or makes the site key, opens the database and brings it up to date.
    pub async fn open(settings: Settings) -> Result<Self, Fault> {
        let random = Random::system()?;
        let places = Places::open(settings.geoip.mmdb.as_deref())?;
        let site_key = SiteKey::open(&settings.keys.site_key_file, &random).await?;
        let db = Db::open(&settings.database.url).await?;
        db.migrate().await?;
        Ok(Self { places, ..Self::assemble(settings, db, Clock::System, random, site_key) })
    }

    /// From its parts (tests bring their own clock and chance); network addresses have no place yet.
    pub fn assemble(settings: Settings, db: Db, clock: Clock, random: Random, site_key: SiteKey) -> Self {
        let upstream = Upstream::new(&settings);
        let hasher = Hasher::for_this_machine(random.clone());
        Self {
            db,
            clock,
            random,
            settings: Arc::new(settings),
            site_key,
            hasher,
            places: Places::default(),
            upstream,
            bell: Arc::new(Notify::new()),
        }
    }

    /// Unix milliseconds.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Opens the one transaction of a deed.
    pub async fn work(&self, caller: &Caller) -> Result<Work, Fault> {
        Ok(Work::new(self.clone(), self.db.begin().await?, caller.clone()))
    }
}
