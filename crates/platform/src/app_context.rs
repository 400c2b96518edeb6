//! What the process works with: database, clock, randomness, settings, keys, the password hasher, `GeoIP`, providers.
//! One per process, cheap to clone.

use std::sync::Arc;

use policy::Policy;
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::clock::Clock;
use crate::db::Db;
use crate::error::Failure;
use crate::geoip::GeoIp;
use crate::hasher::Hasher;
use crate::keys::SiteKey;
use crate::lane::Senders;
use crate::rng::Random;
use crate::settings::Settings;
use crate::upstream::Upstream;

/// The services of this process.
#[derive(Clone)]
pub struct AppContext {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Randomness.
    pub rng: Random,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// The policy of the site.
    pub policy: Arc<Policy>,
    /// Seals secrets at rest.
    pub site_key: SiteKey,
    /// The bounded pool that hashes passwords.
    pub hasher: Hasher,
    /// Places of network addresses.
    pub geoip: GeoIp,
    /// Outside providers.
    pub upstream: Upstream,
    /// The `WebAuthn` relying party. `None`: browsers do not let this site use passkeys.
    pub webauthn: Option<Arc<Webauthn>>,
    /// Notified when an e-mail was put into the outbox.
    pub senders: Senders,
}

impl AppContext {
    /// Opens the `GeoIP` file, reads or makes the site key, opens the database and brings it up to date.
    pub async fn open(settings: Settings) -> Result<Self, Failure> {
        let rng = Random::system()?;
        let geoip = GeoIp::open(settings.geoip.mmdb.as_deref())?;
        let site_key = SiteKey::open(&settings.keys.site_key_file, &rng).await?;
        let db = Db::open(&settings.database.url).await?;
        db.migrate().await?;
        Ok(Self { geoip, ..Self::assemble(settings, db, Clock::System, rng, site_key) })
    }

    /// Puts it together from its parts (tests bring their own clock and randomness); without a `GeoIP` file.
    pub fn assemble(settings: Settings, db: Db, clock: Clock, rng: Random, site_key: SiteKey) -> Self {
        let upstream = Upstream::new(&settings);
        let hasher = Hasher::for_this_machine(rng.clone());
        Self {
            db,
            clock,
            rng,
            policy: Arc::new(settings.policy.clone()),
            site_key,
            hasher,
            geoip: GeoIp::default(),
            upstream,
            webauthn: webauthn(&settings).map(Arc::new),
            senders: Senders::default(),
            settings: Arc::new(settings),
        }
    }
}

/// The relying party of `site.url`. Browsers allow passkeys on host names over https, and on localhost; an IP address
/// cannot be a relying party id.
fn webauthn(settings: &Settings) -> Option<Webauthn> {
    let url = settings.site_url();
    let host = url.domain()?;
    let local = host == "localhost" || host.ends_with(".localhost");
    if url.scheme() != "https" && !local {
        return None;
    }
    WebauthnBuilder::new(host, url).ok()?.rp_name(&settings.site.name).build().ok()
}
