//! For tests, of this crate and of others: a desk on a fresh database, a clock moved by hand, chance from a
//! seed, members made through the real deeds, letters read back from the outbox.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test bed that cannot be set up ends the test"
)]

pub mod mmdb;
pub mod provider;

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::locale::Locale;
use domain::registration::Form;
use domain::second_factor::AppForm;
use domain::second_step::{self, Method, Refused};
use sqlx::Connection;

use crate::caller::Caller;
use crate::clock::{Clock, MINUTE_MS, SECOND_MS};
use crate::db::Db;
use crate::desk::Desk;
use crate::keys::SiteKey;
use crate::mail::outbox::Contents;
use crate::place::Places;
use crate::random::Random;
use crate::secret::Token;
use crate::session::{self, Opened};
use crate::settings::Source;
use crate::sign_in::SignedIn;
use crate::{registration, second_factor, sign_in};
pub use mmdb::places_file;

/// 2026-11-21T03:00:00Z: noon in Japan.
pub const NOON: i64 = 1_795_230_000_000;

/// A password that keeps every rule of every preset.
pub const PASSWORD: &str = "murky-Otter-plays-7-tubas";

/// The two databases: every test of a deed runs on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// A file in a temporary folder.
    Sqlite,
    /// A database of its own on the tests' own server.
    Postgres,
}

/// A desk with nothing on it yet.
pub struct Bed {
    /// What deeds work with.
    pub desk: Desk,
    /// How to open the same database once more.
    pub database_url: String,
    /// A folder of this test's own, with the key in `bed.key`; removed with the bed.
    pub folder: PathBuf,
}

impl Drop for Bed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        // Hundreds of databases fill a disk. A test that failed leaves its own to be looked at.
        if self.database_url.starts_with("postgres") && !std::thread::panicking() {
            let url = std::mem::take(&mut self.database_url);
            // On a thread of its own: the test's runtime is still at work around this.
            let _ = std::thread::spawn(move || remove(&url)).join();
        }
    }
}

impl Bed {
    /// A fresh one, with settings on top of the defaults (`("site.policy", "modern")`).
    pub async fn new(base: Base, settings: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("tegata_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let folder = std::env::temp_dir().join(&name);
        // A run that was killed leaves its own behind, and the system gives process ids out again.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("temporary folder");
        let database_url = match base {
            Base::Sqlite => format!("sqlite://{}", folder.join("tegata.db").display()),
            Base::Postgres => postgres(&name).await,
        };
        let mut environment: std::collections::HashMap<_, _> = settings
            .iter()
            .map(|(key, value)| {
                (format!("TEGATA_{}", key.replace('.', "__").to_uppercase()), (*value).to_owned())
            })
            .collect();
        environment.insert("TEGATA_DATABASE__URL".into(), database_url.clone());
        environment.insert("TEGATA_MAIL__DIRECTORY".into(), folder.join("mail").display().to_string());
        let settings = Source { file: None, environment }.read().expect("settings");
        let db = Db::open(&database_url).await.expect("database");
        db.migrate().await.expect("migrations");
        let random = Random::seeded(7);
        let key = random.bytes::<32>();
        std::fs::write(folder.join("bed.key"), key).expect("site key");
        let key = SiteKey::from_bytes(&key).expect("key");
        let places = Places::open(settings.geoip.mmdb.as_deref()).expect("places");
        let desk = Desk { places, ..Desk::assemble(settings, db, Clock::standing_at(NOON), random, key) };
        Self { desk, database_url, folder }
    }

    /// Another process at the same database: its own connections, its own chance; the same clock and key.
    pub async fn another_desk(&self, seed: u64) -> Desk {
        let db = Db::open(&self.database_url).await.expect("database");
        let (settings, clock) = ((*self.desk.settings).clone(), self.desk.clock.clone());
        let (places, key) = (self.desk.places.clone(), self.desk.site_key.clone());
        Desk { places, ..Desk::assemble(settings, db, clock, Random::seeded(seed), key) }
    }

    /// Moves the clock on.
    pub fn wait(&self, ms: i64) {
        self.desk.clock.advance(ms);
    }

    /// A visitor who reads Japanese, from a documentation network.
    pub fn visitor(&self) -> Caller {
        Caller::visitor("192.0.2.7".into(), "Mozilla/5.0 (test)", Locale::Ja)
    }

    /// The caller behind a session's token, as the HTTP layer would find them.
    pub async fn caller(&self, token: &Token) -> Caller {
        let mut caller = self.visitor();
        caller.current = session::find(&self.desk, token, &caller.network).await.expect("session look-up");
        caller
    }

    /// All letters that still wait, oldest first.
    pub async fn letters(&self) -> Vec<Contents> {
        let sealed: Vec<Vec<u8>> = sqlx::query_scalar(
            "SELECT sealed FROM outbox WHERE sealed IS NOT NULL AND kind <> 'decoy' ORDER BY id",
        )
        .fetch_all(self.desk.db.readers())
        .await
        .expect("outbox");
        sealed
            .iter()
            .map(|s| {
                let plain = self.desk.site_key.open_sealed("outbox", s).expect("sealed by this desk");
                serde_json::from_slice(&plain).expect("a letter")
            })
            .collect()
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.desk.db.readers()).await.expect("a number")
    }

    /// Changes rows behind the deeds' backs.
    pub async fn change(&self, sql: &'static str) {
        let mut work = self.desk.work(&self.visitor()).await.expect("a transaction");
        sqlx::query(sql).execute(work.conn()).await.expect("a change");
        work.finish().await.expect("a commit");
    }

    /// One number about somebody, from the database.
    pub async fn count_of(&self, sql: &'static str, id: &str) -> i64 {
        sqlx::query_scalar(sql).bind(id).fetch_one(self.desk.db.readers()).await.expect("a number")
    }

    /// A member with `PASSWORD`, made the way everybody is; signed in.
    pub async fn member(&self, email: &str) -> Opened {
        let form_id = self.desk.random.token();
        registration::submit(&self.desk, &self.visitor(), &form(email), &form_id)
            .await
            .expect("no fault")
            .expect("not refused");
        let letters = self.letters().await;
        let code = code_in(letters.last().expect("a letter"));
        registration::complete_by_code(&self.desk, &self.visitor(), &form_id, &code)
            .await
            .expect("no fault")
            .expect("not refused")
    }

    /// Signs in with `PASSWORD`, where no second step is asked for.
    pub async fn signed_in(&self, email: &str) -> Opened {
        self.first_step(&self.visitor(), email).await.opened().expect("no second step")
    }

    /// Gives a password, right or wrong.
    pub async fn sign_in_with(
        &self,
        email: &str,
        password: &str,
    ) -> Result<SignedIn, Vec<domain::sign_in::Refused>> {
        let form =
            domain::sign_in::Form { email: email.into(), password: password.into(), ..Default::default() };
        sign_in::sign_in(&self.desk, &self.visitor(), &form).await.expect("no fault")
    }

    /// Whether a session's token opens anything.
    pub async fn is_open(&self, opened: &Opened) -> bool {
        self.caller(&opened.token).await.current.is_some()
    }

    /// Gives the right password.
    pub async fn first_step(&self, caller: &Caller, email: &str) -> SignedIn {
        let form =
            domain::sign_in::Form { email: email.into(), password: PASSWORD.into(), ..Default::default() };
        sign_in::sign_in(&self.desk, caller, &form).await.expect("no fault").expect("not refused")
    }

    /// A visitor in the browser that a session was opened in.
    pub fn browser_of(&self, opened: &Opened) -> Caller {
        Caller { device: Some(opened.device.clone()), ..self.visitor() }
    }

    /// Sets up an authenticator app and switches the second step on; a minute passes, so that a new code is due.
    pub async fn with_app(&self, opened: &Opened) -> Authenticator {
        let caller = self.caller(&opened.token).await;
        let draft = second_factor::app_draft(&self.desk, &caller).expect("a draft");
        let app = Authenticator::scanned(&draft.link);
        let form = AppForm { code: app.code(self.desk.now()), draft: draft.sealed, ..Default::default() };
        second_factor::add_app(&self.desk, &caller, &form, "App").await.expect("no fault").expect("its code");
        second_factor::switch(&self.desk, &caller, true).await.expect("no fault");
        self.wait(MINUTE_MS);
        app
    }

    /// Sets up codes by letter and switches the second step on.
    pub async fn with_mail(&self, opened: &Opened) {
        let caller = self.caller(&opened.token).await;
        second_factor::send_mail_code(&self.desk, &caller).await.expect("no fault").expect("a letter");
        let code = code_in(self.letters().await.last().expect("a letter"));
        second_factor::confirm_mail(&self.desk, &caller, &code).await.expect("no fault").expect("its code");
        second_factor::switch(&self.desk, &caller, true).await.expect("no fault");
    }

    /// Makes a list of backup codes, where the policy has them.
    pub async fn with_backup_codes(&self, opened: &Opened) -> Vec<String> {
        let caller = self.caller(&opened.token).await;
        let draft = second_factor::backup_draft(&self.desk, &caller).expect("a list");
        let kept = second_factor::keep_backup_codes(&self.desk, &caller, &draft.sealed).await;
        kept.expect("no fault").expect("it is fresh");
        draft.codes
    }

    /// Gives the right password and stands before the second step.
    pub async fn half_signed_in(&self, caller: &Caller, email: &str) -> Token {
        match self.first_step(caller, email).await {
            SignedIn::SecondStep(token, _) => token,
            other => panic!("no second step: {other:?}"),
        }
    }

    /// Types a code at the second step.
    pub async fn pass(
        &self,
        caller: &Caller,
        token: &Token,
        method: Method,
        code: &str,
    ) -> Result<Opened, Vec<Refused>> {
        let form = second_step::Form { code: code.into(), method, ..Default::default() };
        sign_in::pass(&self.desk, caller, token, &form).await.expect("no fault")
    }
}

/// An authenticator app on somebody's phone: it knows what the QR code says, and the time.
pub struct Authenticator(totp_rs::Totp);

impl Authenticator {
    /// Reads the link that the QR code carries.
    pub fn scanned(link: &str) -> Self {
        Self(totp_rs::Totp::from_url(link).expect("an otpauth link"))
    }

    /// The code that it shows at a moment (unix ms).
    pub fn code(&self, now: i64) -> String {
        self.0.generate(u64::try_from(now / SECOND_MS).expect("after 1970")).to_string()
    }

    /// A code that it does not show then, nor just before or after.
    pub fn wrong_code(&self, now: i64) -> String {
        let near = [-2, -1, 0, 1, 2].map(|step| self.code(now + step * 30 * SECOND_MS));
        (0..=near.len())
            .map(|n| format!("{n:06}"))
            .find(|code| !near.contains(code))
            .expect("one of six is not among five")
    }
}

/// A registration form with everything right.
pub fn form(email: &str) -> Form {
    Form {
        email: email.into(),
        password: PASSWORD.into(),
        family_name: "山田".into(),
        given_name: "花子".into(),
        family_name_kana: "ヤマダ".into(),
        given_name_kana: "ハナコ".into(),
        birth_year: "1990".into(),
        birth_month: "4".into(),
        birth_day: "1".into(),
        terms: Some("on".into()),
        single_name: None,
    }
}

/// The six digits of a letter.
pub fn code_in(letter: &Contents) -> String {
    let digits = |l: &&str| l.len() == 6 && l.bytes().all(|b| b.is_ascii_digit());
    letter.text.lines().map(str::trim).find(digits).expect("a code in the letter").to_owned()
}

/// The characters to be typed in a letter, in groups.
pub fn written_code_in(letter: &Contents) -> String {
    let groups = |l: &&str| {
        let mut parts = l.split('-');
        l.len() >= 9 && parts.all(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    letter.text.lines().map(str::trim).find(groups).expect("a code in the letter").to_owned()
}

/// The token of the link in a letter.
pub fn link_in(letter: &Contents) -> Token {
    let after = letter.text.split("?t=").nth(1).expect("a link in the letter");
    Token::parse(after.split_whitespace().next().unwrap_or_default()).expect("a token in the link")
}

/// A database of its own on the server that `tools/test-postgres.sh` starts.
async fn postgres(name: &str) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/test-postgres.sh");
    let output = Command::new(script).arg("start").output().expect("tools/test-postgres.sh");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let server = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    sqlx::any::install_default_drivers();
    let mut admin =
        sqlx::AnyConnection::connect(&format!("{server}/postgres")).await.expect("test PostgreSQL");
    let drop = format!("DROP DATABASE IF EXISTS {name}");
    let create = format!("CREATE DATABASE {name}");
    for statement in [drop, create] {
        sqlx::raw_sql(safe(statement)).execute(&mut admin).await.expect("test database");
    }
    format!("{server}/{name}")
}

/// Removes a test's database, whoever is still connected to it.
fn remove(url: &str) {
    let Some((server, name)) = url.rsplit_once('/') else { return };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Ok(mut admin) = sqlx::AnyConnection::connect(&format!("{server}/postgres")).await else { return };
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let _ = sqlx::raw_sql(safe(drop)).execute(&mut admin).await;
    });
}

#[expect(clippy::disallowed_types, reason = "the name of a test's database cannot be a parameter")]
fn safe(statement: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(statement)
}
