//! The test bed of all crates: a process on a fresh database, a clock moved by hand, randomness from a seed, members
//! made through the real use cases, e-mails read back from the outbox, a software provider and software
//! authenticators.
//!
//! The tests of the use cases are in `tests/`: every one of them runs on both databases.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test site that cannot be set up ends the test"
)]

mod authenticator;
mod database;
mod emails;
mod member;
pub mod mmdb;
pub mod provider;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use account::audit::Event;
use domain::locale::Locale;
use platform::app_context::AppContext;
use platform::clock::Clock;
use platform::context::{Actor, Ctx, RequestContext};
use platform::db::Db;
use platform::error::{Denied, Error, Fault};
use platform::geoip::GeoIp;
use platform::keys::SiteKey;
use platform::mail::outbox::Contents;
use platform::rng::Random;
use platform::secret::Token;
use platform::settings::{Settings, Source};
use platform::tx::Tx;

pub use authenticator::{AuthenticatorApp, SoftPasskey};
pub use database::Database;
pub use emails::{code_in, link_in, recovery_code_in};
pub use member::{PASSWORD, Step, form, pass};
pub use mmdb::places_file;

/// 2026-11-21T03:00:00Z: noon in Japan.
pub const NOON: i64 = 1_795_230_000_000;

/// A process on a database without members.
pub struct TestApp {
    /// What use cases work with.
    pub app: AppContext,
    /// The URL of the database.
    pub database_url: String,
    /// A folder of this test's own, with the key in `site.key`; removed with the site.
    pub folder: PathBuf,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        // A test that failed leaves its database for inspection.
        if !std::thread::panicking() {
            database::release(&self.database_url);
        }
    }
}

impl TestApp {
    /// A fresh one, with settings on top of the defaults (`("site.policy", "modern")`).
    pub async fn new(database: Database, settings: &[(&str, &str)]) -> Self {
        let folder = own_folder();
        let database_url = database::fresh(database, &folder).await;
        Self::on(database_url, folder, settings, 7, Random::seeded(7).bytes::<32>()).await
    }

    /// One whose database has no migrations yet, for the update from an older release.
    pub async fn unmigrated(database: Database, settings: &[(&str, &str)], site_key: [u8; 32]) -> Self {
        let folder = own_folder();
        let database_url = database::empty(database, &folder).await;
        // Another seed than that of the older release's tests: no secret comes twice.
        Self::on(database_url, folder, settings, 8, site_key).await
    }

    async fn on(
        database_url: String,
        folder: PathBuf,
        settings: &[(&str, &str)],
        seed: u64,
        site_key: [u8; 32],
    ) -> Self {
        let settings = self::settings(&database_url, &folder, settings);
        let db = Db::open(&database_url).await.expect("database");
        std::fs::write(folder.join("site.key"), site_key).expect("site key");
        let key = SiteKey::from_bytes(&site_key).expect("key");
        let geoip = GeoIp::open(settings.geoip.mmdb.as_deref()).expect("places");
        let (clock, rng) = (Clock::standing_at(NOON), Random::seeded(seed));
        let app = AppContext { geoip, ..AppContext::assemble(settings, db, clock, rng, key) };
        Self { app, database_url, folder }
    }

    /// Another process on the same database: its own connections and randomness, the same clock and key.
    pub async fn another_process(&self, seed: u64) -> AppContext {
        let db = Db::open(&self.database_url).await.expect("database");
        let AppContext { settings, clock, geoip, site_key, .. } = self.app.clone();
        AppContext {
            geoip,
            ..AppContext::assemble((*settings).clone(), db, clock, Random::seeded(seed), site_key)
        }
    }

    /// Unix ms.
    pub fn now(&self) -> i64 {
        self.app.clock.now()
    }

    /// Moves the clock on.
    pub fn wait(&self, ms: i64) {
        self.app.clock.advance(ms);
    }

    /// A visitor who reads Japanese, from a documentation network.
    pub fn visitor(&self) -> Ctx {
        visitor_of(&self.app)
    }

    /// A visitor from another network.
    pub fn visitor_from(&self, network: impl Into<String>) -> Ctx {
        let network = network.into();
        changed(&self.visitor(), |request| request.network = network)
    }

    /// The context of a session's token, as the HTTP layer would resolve it; without an open session, a visitor's.
    pub async fn ctx(&self, token: &Token) -> Ctx {
        let visitor = self.visitor();
        let found = identity::find_session(&self.app, token, &visitor.request().network).await;
        match found.expect("session look-up") {
            Some(session) => visitor.with_actor(Actor::Member(session)),
            None => visitor,
        }
    }

    /// Whether a token is that of an open session.
    pub async fn is_open(&self, token: &Token) -> bool {
        self.ctx(token).await.session().is_some()
    }

    /// All e-mails in the outbox that were not sent, oldest first.
    pub async fn emails(&self) -> Vec<Contents> {
        let sealed: Vec<Vec<u8>> = sqlx::query_scalar(
            "SELECT sealed FROM outbox WHERE sealed IS NOT NULL AND kind <> 'decoy' ORDER BY id",
        )
        .fetch_all(self.app.db.readers())
        .await
        .expect("outbox");
        let open =
            |sealed: &Vec<u8>| self.app.site_key.open_json("outbox", sealed).expect("sealed by this process");
        sealed.iter().map(open).collect()
    }

    /// The newest e-mail.
    pub async fn newest_email(&self) -> Contents {
        self.emails().await.pop().expect("an e-mail")
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.app.db.readers()).await.expect("a number")
    }

    /// One number about a member, by id, from the database.
    pub async fn count_of(&self, sql: &'static str, id: &str) -> i64 {
        sqlx::query_scalar(sql).bind(id).fetch_one(self.app.db.readers()).await.expect("a number")
    }

    /// How many security e-mails were sent about an event, and are still stored.
    pub async fn alerts_of(&self, event: Event) -> i64 {
        let sql = "SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'alert' AND detail = $1";
        self.count_of(sql, event.name()).await
    }

    /// Changes rows without any use case.
    pub async fn change(&self, sql: &'static str) {
        let mut tx = Tx::begin(&self.visitor()).await.expect("a transaction");
        sqlx::query(sql).execute(tx.conn()).await.expect("a change");
        tx.commit().await.expect("a commit");
    }

    /// Removes everything that expired.
    pub async fn purge(&self) {
        let ctx = Ctx::system(&self.app, "purge");
        for purge in identity::data_sets().flat_map(|data_set| data_set.purge) {
            while purge.run(&ctx, 500).await.expect("a purge") > 0 {}
        }
    }
}

/// The same request with something changed.
pub fn changed(ctx: &Ctx, change: impl FnOnce(&mut RequestContext)) -> Ctx {
    let mut request = ctx.request().clone();
    change(&mut request);
    Ctx::new(ctx.app(), request, ctx.actor().clone())
}

/// The same request at another process.
pub fn at(app: &AppContext, ctx: &Ctx) -> Ctx {
    Ctx::new(app, ctx.request().clone(), ctx.actor().clone())
}

/// A visitor of a process who reads Japanese, from a documentation network.
pub fn visitor_of(app: &AppContext) -> Ctx {
    let request = RequestContext::new("192.0.2.7".into(), "Mozilla/5.0 (test)", Locale::Ja);
    Ctx::new(app, request, Actor::Visitor)
}

/// A folder of one test's own.
fn own_folder() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = format!("tegata_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let folder = std::env::temp_dir().join(name);
    // A run that was killed leaves its folder behind, and the system reuses process ids.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("temporary folder");
    folder
}

fn settings(database_url: &str, folder: &std::path::Path, own: &[(&str, &str)]) -> Settings {
    let variable = |key: &str| format!("TEGATA_{}", key.replace('.', "__").to_uppercase());
    let mut environment: HashMap<_, _> =
        own.iter().map(|(key, value)| (variable(key), (*value).to_owned())).collect();
    environment.insert("TEGATA_DATABASE__URL".into(), database_url.to_owned());
    environment.insert("TEGATA_MAIL__DIRECTORY".into(), folder.join("mail").display().to_string());
    Source { file: None, environment }.read().expect("settings")
}

/// For tests that expect a refusal.
pub trait Refusals<R> {
    /// The reasons of a refusal.
    fn refusals(self) -> Vec<R>;
}

impl<T: std::fmt::Debug, R: std::fmt::Debug> Refusals<R> for Result<T, Error<R>> {
    fn refusals(self) -> Vec<R> {
        match self {
            Err(Error::Refused(reasons)) => reasons,
            other => panic!("not refused: {other:?}"),
        }
    }
}

/// For tests that expect a denial.
pub trait Denials {
    /// The reason of the denial.
    fn denied(self) -> Denied;
}

impl<T: std::fmt::Debug, R: std::fmt::Debug> Denials for Result<T, Error<R>> {
    fn denied(self) -> Denied {
        match self {
            Err(Error::Denied(denied)) => denied,
            other => panic!("not denied: {other:?}"),
        }
    }
}

impl<T: std::fmt::Debug> Denials for Result<T, Fault> {
    fn denied(self) -> Denied {
        match self {
            Err(Fault::Denied(denied)) => denied,
            other => panic!("not denied: {other:?}"),
        }
    }
}
