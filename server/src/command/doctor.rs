//! `tegata doctor`: checks everything that a running site depends on, and says what is wrong and which setting to
//! change. It makes and changes nothing that lasts.

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use identity::app_context::AppContext;
use identity::error::Failure;
use identity::mail::{self, Transport};
use identity::settings::{Settings, Source};
use platform::clock::{Clock, DAY_MS, MINUTE_MS, in_japan};
use platform::db::Db;
use platform::geoip::GeoIp;
use platform::keys::SiteKey;
use platform::rng::Random;
use platform::upstream::Upstream;

use super::{CommandError, say, settings};

/// If an e-mail waits longer than this, something is wrong with the mail server.
const LONG_WAIT_MS: i64 = 15 * MINUTE_MS;
/// 2026-01-01T00:00:00Z (unix ms): before this program existed.
const TOO_EARLY: i64 = 1_767_225_600_000;

/// What is in order, or what is wrong; each in a sentence.
type CheckResult = Result<String, String>;

pub(super) async fn run(source: &Source) -> Result<ExitCode, CommandError> {
    let settings = settings(source)?;
    let mut report = Report::default();
    report.line("settings", Ok(format!("policy {}, site {}", settings.site.policy, settings.site.url)));
    report.line("site.url", address(&settings));
    report.line("clock", clock(&settings));
    report.line("data folder", folder(&settings));
    let key = site_key(&settings);
    let says = |key: &Option<SiteKey>| match key {
        Some(_) => "readable, by its owner only".to_owned(),
        None => "is made by the first start".to_owned(),
    };
    report.line("site key", key.as_ref().map(says).map_err(Clone::clone));
    report.line("places", geoip(&settings));
    report.line("mail", mail_server(&settings).await);
    for (what, found) in providers(&settings).await {
        report.line(&what, found);
    }
    for (what, found) in database(&settings, key.ok().flatten()).await {
        report.line(what, found);
    }
    Ok(report.end())
}

#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    fn line(&mut self, what: &str, found: CheckResult) {
        match found {
            Ok(says) => say(format!("✓ {what}: {says}")),
            Err(says) => {
                self.wrong += 1;
                say(format!("✗ {what}: {says}"));
            }
        }
    }

    fn end(self) -> ExitCode {
        match self.wrong {
            0 => {
                say("All is well.");
                ExitCode::SUCCESS
            }
            wrong => {
                say(format!("{wrong} to mend."));
                ExitCode::FAILURE
            }
        }
    }
}

/// Whether links lead to this process.
fn address(settings: &Settings) -> CheckResult {
    let (url, listen) = (&settings.site.url, settings.http.listen);
    if settings.https() {
        if settings.http.trusted_proxies.is_empty() {
            return Err(
                "site.url is https, so a proxy stands in front; name its address in http.trusted_proxies, \
                        or all visitors look like one"
                    .into(),
            );
        }
        return Ok(format!("{url}, behind a proxy that sends to {listen}"));
    }
    let port = settings.host().rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(80);
    if port == listen.port() {
        Ok(format!("{url} is served at {listen}"))
    } else {
        Err(format!("links lead to port {port}, but http.listen is {listen}; change site.url or http.listen"))
    }
}

/// Whether the machine's time can be right: links and sessions expire by it.
fn clock(settings: &Settings) -> CheckResult {
    let now = Clock::System.now();
    let says = format!("{} (Japan)", in_japan(now));
    if now < TOO_EARLY {
        return Err(format!("it is {says}, which cannot be; set the machine's clock"));
    }
    let written = sqlite_file(settings)
        .and_then(|file| file.metadata().ok())
        .and_then(|data| data.modified().ok())
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_millis()).ok());
    match written {
        Some(written) if written > now + DAY_MS => Err(format!(
            "it is {says}, but the database was written later than that; set the machine's clock"
        )),
        _ => Ok(says),
    }
}

fn folder(settings: &Settings) -> CheckResult {
    let files = [
        Some(("keys.site_key_file", settings.keys.site_key_file.clone())),
        sqlite_file(settings).map(|file| ("database.url", file)),
    ];
    for (setting, file) in files.into_iter().flatten() {
        let folder = existing(&file);
        let probe = folder.join(format!(".tegata-doctor-{}", std::process::id()));
        std::fs::write(&probe, b"")
            .and_then(|()| std::fs::remove_file(&probe))
            .map_err(|error| format!("cannot write in {} ({setting}): {error}", folder.display()))?;
    }
    Ok("writable".into())
}

/// The folder of a file, or the nearest above it that is there already.
fn existing(file: &Path) -> PathBuf {
    let above = file.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new(""));
    if above.as_os_str().is_empty() { PathBuf::from(".") } else { above.to_owned() }
}

fn sqlite_file(settings: &Settings) -> Option<PathBuf> {
    let path = settings.database.url.strip_prefix("sqlite:")?;
    Some(path.trim_start_matches("//").split('?').next().unwrap_or_default().into())
}

/// The key; `None` if the first start has yet to make it.
fn site_key(settings: &Settings) -> Result<Option<SiteKey>, String> {
    let path = &settings.keys.site_key_file;
    let shown = path.display();
    let data = match path.metadata() {
        Ok(data) => data,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot look at {shown} (keys.site_key_file): {error}")),
    };
    let mode = data.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!(
            "{shown} (keys.site_key_file) has mode {mode:o}, so others can read it: chmod 600 {shown}"
        ));
    }
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read {shown} (keys.site_key_file): {error}"))?;
    SiteKey::from_bytes(&bytes).map(Some).map_err(|failure| failure.to_string())
}

/// Whether network addresses have a place.
fn geoip(settings: &Settings) -> CheckResult {
    let geoip = GeoIp::open(settings.geoip.mmdb.as_deref()).map_err(|failure| failure.to_string())?;
    Ok(geoip.edition().unwrap_or_else(|| "no file (geoip.mmdb), so none are known".into()))
}

async fn mail_server(settings: &Settings) -> CheckResult {
    let transport = Transport::from_settings(settings).map_err(|failure| failure.to_string())?;
    match (&transport, transport.probe().await) {
        (Transport::File(folder), Ok(())) => Ok(format!("e-mails are written into {}", folder.display())),
        (Transport::Smtp(_), Ok(())) => Ok("the mail server answers".into()),
        (Transport::File(folder), Err(error)) => {
            Err(format!("cannot write in {} (mail.directory): {error}", folder.display()))
        }
        (Transport::Smtp(_), Err(error)) => {
            Err(format!("the mail server does not answer (mail.smtp_url): {error}"))
        }
    }
}

/// Whether people can be sent to the outside providers, each under the name of its table.
async fn providers(settings: &Settings) -> Vec<(String, CheckResult)> {
    let (upstream, now) = (Upstream::new(settings), Clock::System.now());
    let mut lines = Vec::new();
    for id in settings.providers.keys() {
        let found = match upstream.probe(settings, id, now).await {
            Ok(()) => Ok("people can be sent there".into()),
            Err(failed) => Err(failed.to_string()),
        };
        lines.push((format!("providers.{id}"), found));
    }
    lines
}

async fn database(settings: &Settings, key: Option<SiteKey>) -> Vec<(&'static str, CheckResult)> {
    if sqlite_file(settings).is_some_and(|file| !file.exists()) {
        return vec![("database", Ok("is made by the first start".into()))];
    }
    let db = match Db::open(&settings.database.url).await {
        Ok(db) => db,
        Err(failure) => return vec![("database", Err(format!("{failure} (database.url)")))],
    };
    let found = match (db.ping().await, db.pending_migrations().await) {
        (Ok(()), Ok(0)) => Ok("answers and is up to date".into()),
        (Ok(()), Ok(pending)) => {
            Err(format!("{pending} migrations are to be run: tegata migrate, or a restart"))
        }
        (Err(failure), _) | (_, Err(failure)) => Err(format!("{failure} (database.url)")),
    };
    let up_to_date = found.is_ok();
    let mut lines = vec![("database", found)];
    if up_to_date {
        lines.push(("e-mails", emails(settings, db.clone(), key).await));
    }
    db.close().await;
    lines
}

/// Whether e-mails are sent. They are counted through an [`AppContext`], which needs a key, though none is opened.
async fn emails(settings: &Settings, db: Db, key: Option<SiteKey>) -> CheckResult {
    let says = |failure: Failure| failure.to_string();
    let random = Random::system().map_err(says)?;
    let key = match key {
        Some(key) => key,
        None => SiteKey::from_bytes(&random.bytes::<32>()).map_err(says)?,
    };
    let app = AppContext::assemble(settings.clone(), db, Clock::System, random, key);
    let (waiting, oldest) = mail::waiting(&app).await.map_err(says)?;
    let minutes = oldest.map_or(0, |since| (app.clock.now() - since) / MINUTE_MS);
    if minutes * MINUTE_MS > LONG_WAIT_MS {
        Err(format!(
            "{waiting} wait, the oldest for {minutes} minutes: is `tegata serve` running, and mail.* right?"
        ))
    } else {
        Ok(format!("{waiting} waiting"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Settings {
        let environment = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Source { file: None, environment }.read().unwrap()
    }

    #[test]
    fn links_must_lead_here() {
        assert!(address(&with(&[])).is_ok());
        assert!(
            address(&with(&[("TEGATA_HTTP__LISTEN", "127.0.0.1:4000")])).unwrap_err().contains("http.listen")
        );
        let https = ("TEGATA_SITE__URL", "https://id.example.jp");
        assert!(address(&with(&[https])).unwrap_err().contains("http.trusted_proxies"));
        assert!(address(&with(&[https, ("TEGATA_HTTP__TRUSTED_PROXIES", "127.0.0.1")])).is_ok());
    }

    #[test]
    fn a_key_that_others_can_read_is_named() {
        let file = std::env::temp_dir().join(format!("tegata-doctor-key-{}", std::process::id()));
        let settings = with(&[("TEGATA_KEYS__SITE_KEY_FILE", file.to_str().unwrap())]);
        assert!(site_key(&settings).unwrap().is_none());
        for (bytes, mode, sound) in [(32, 0o600, true), (32, 0o644, false), (31, 0o600, false)] {
            std::fs::write(&file, vec![7; bytes]).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(site_key(&settings).is_ok(), sound, "{bytes} bytes, mode {mode:o}");
        }
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn a_file_of_places_that_cannot_be_read_is_named() {
        assert!(geoip(&with(&[])).is_ok());
        let file = testkit::mmdb::places_file();
        let settings = |file: &Path| with(&[("TEGATA_GEOIP__MMDB", file.to_str().unwrap())]);
        assert_eq!(geoip(&settings(&file)).unwrap(), "Tegata-Test-City of 2026-11-21");
        let wrong = geoip(&settings(Path::new("/no-such-folder/x.mmdb"))).unwrap_err();
        assert!(wrong.starts_with("cannot read /no-such-folder/x.mmdb (geoip.mmdb): "), "{wrong}");
    }

    #[tokio::test]
    async fn a_provider_that_does_not_answer_is_named() {
        // Nothing listens there; Facebook has no discovery and is not asked.
        let found = providers(&with(&[
            ("TEGATA_SITE__DEVELOPMENT", "true"),
            ("TEGATA_OUTBOUND__PRIVATE_NETWORKS", "true"),
            ("TEGATA_PROVIDERS__GOOGLE__KIND", "google"),
            ("TEGATA_PROVIDERS__GOOGLE__CLIENT_ID", "site"),
            ("TEGATA_PROVIDERS__GOOGLE__CLIENT_SECRET", "secret"),
            ("TEGATA_PROVIDERS__GOOGLE__ISSUER", "http://127.0.0.1:9"),
            ("TEGATA_PROVIDERS__FACEBOOK__KIND", "facebook"),
            ("TEGATA_PROVIDERS__FACEBOOK__CLIENT_ID", "site"),
            ("TEGATA_PROVIDERS__FACEBOOK__CLIENT_SECRET", "secret"),
        ]))
        .await;
        let [(facebook, Ok(_)), (google, Err(why))] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((facebook.as_str(), google.as_str()), ("providers.facebook", "providers.google"));
        assert!(why.contains("does not answer"), "{why}");
    }

    #[test]
    fn a_folder_that_is_to_be_made_is_looked_for_further_up() {
        assert_eq!(existing(Path::new("/no-such-folder/a/b")), Path::new("/"));
        assert_eq!(existing(Path::new("tegata.db")), Path::new("."));
    }
}
