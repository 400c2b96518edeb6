//! Reading the settings: file, environment, secrets from files, then every check that can be made without
//! touching anything.

use std::collections::HashMap;
use std::path::PathBuf;

use config::{Config, Environment, File, FileFormat};
use policy::Policy;
use serde::Deserialize;
use url::{Host, Url};

use super::{
    Database, Geoip, Http, Keys, Mail, Metrics, Outbound, Providers, Settings, Site, Transport, providers,
};

/// Where settings are read from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The file given with `--config`; must exist. Empty: `tegata.toml` if there is one.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: HashMap<String, String>,
}

/// One thing that is wrong with the settings: which key, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {says}")]
pub struct Problem {
    /// Dotted key, or the file.
    pub key: String,
    /// A sentence for the operator.
    pub says: String,
}

pub(super) fn problem(key: &str, says: impl Into<String>) -> Problem {
    Problem { key: key.into(), says: says.into() }
}

/// How the variables of `[providers.<id>]` begin.
const PROVIDERS: &str = "TEGATA_PROVIDERS__";

/// The settings as written; `policy` is merged when its preset is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    site: Site,
    #[serde(default)]
    http: Http,
    #[serde(default)]
    database: Database,
    #[serde(default)]
    mail: Mail,
    #[serde(default)]
    keys: Keys,
    #[serde(default)]
    geoip: Geoip,
    #[serde(default)]
    metrics: Metrics,
    #[serde(default)]
    providers: Providers,
    #[serde(default)]
    outbound: Outbound,
    #[serde(default)]
    policy: policy::Overrides,
}

impl Source {
    /// The process's own environment, with an optional file.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        Self { file, environment: std::env::vars().collect() }
    }

    /// Reads and checks. All problems that can be found are listed, not just the first.
    pub fn read(&self) -> Result<Settings, Vec<Problem>> {
        let written = self.written().map_err(|p| vec![p])?;
        let mut problems = Vec::new();
        let policy = Policy::from_preset(&written.site.policy, &written.policy)
            .map_err(|wrong| problems.extend(wrong.into_iter().map(|p| problem(&p.key, p.says))))
            .ok();
        if let Some(policy) = &policy {
            let development = written.site.development;
            problems.extend(providers::check(&written.providers, &written.outbound, development, policy));
        }
        problems.extend(check(&written));
        match (policy, site_url(&written.site.url)) {
            (Some(policy), Ok(site_url)) if problems.is_empty() => Ok(Settings {
                site_url,
                site: written.site,
                http: written.http,
                database: written.database,
                mail: written.mail,
                keys: written.keys,
                geoip: written.geoip,
                metrics: written.metrics,
                providers: written.providers,
                outbound: written.outbound,
                policy,
            }),
            _ => Err(problems),
        }
    }

    fn written(&self) -> Result<Written, Problem> {
        let mut builder = Config::builder();
        builder = match &self.file {
            Some(path) => {
                builder.add_source(File::from(path.as_path()).format(FileFormat::Toml).required(true))
            }
            None => builder.add_source(File::new("tegata.toml", FileFormat::Toml).required(false)),
        };
        // Ids and secrets of providers are texts, whatever they look like: no `0123` becomes a number.
        let (providers, others): (HashMap<_, _>, HashMap<_, _>) =
            self.variables()?.into_iter().partition(|(name, _)| name.starts_with(PROVIDERS));
        for (name, value) in providers {
            let key = name.trim_start_matches("TEGATA_").to_lowercase().replace("__", ".");
            builder = builder.set_override(key, value).map_err(|e| problem("providers", e.to_string()))?;
        }
        let environment = Environment::with_prefix("TEGATA")
            .prefix_separator("_")
            .separator("__")
            .try_parsing(true)
            .list_separator(",")
            .with_list_parse_key("http.trusted_proxies")
            .source(Some(others));
        builder
            .add_source(environment)
            .build()
            .and_then(Config::try_deserialize)
            .map_err(|e| problem("settings", e.to_string()))
    }

    /// The `TEGATA_<SECTION>__<KEY>` variables, with `…_FILE` replaced by what the file holds.
    fn variables(&self) -> Result<HashMap<String, String>, Problem> {
        let mut found = HashMap::new();
        for (name, value) in &self.environment {
            // Other variables of that prefix (without a section) belong to scripts, not to the settings.
            if !name.starts_with("TEGATA_") || !name.contains("__") {
                continue;
            }
            let secret = name.strip_suffix("_FILE").filter(|_| name != "TEGATA_KEYS__SITE_KEY_FILE");
            match secret {
                Some(target) => {
                    let text = std::fs::read_to_string(value)
                        .map_err(|e| problem(name, format!("cannot read {value}: {e}")))?;
                    found.insert(target.to_owned(), text.trim_end().to_owned());
                }
                None => {
                    found.insert(name.clone(), value.clone());
                }
            }
        }
        Ok(found)
    }
}

fn check(written: &Written) -> Vec<Problem> {
    let mut found = Vec::new();
    match site_url(&written.site.url) {
        Err(says) => found.push(problem("site.url", says)),
        Ok(url) => {
            let loopback = is_loopback(&url);
            if written.site.development && !loopback {
                found.push(problem(
                    "site.development",
                    "shows every e-mail to everybody, so it is only possible while site.url is on this machine (localhost)",
                ));
            }
            if url.scheme() == "http" && !loopback {
                found.push(problem("site.url", "must be https:// for a site that others can reach"));
            }
        }
    }
    if written.site.name.trim().is_empty() {
        found.push(problem("site.name", "must not be empty: members read it on every page"));
    }
    let database = &written.database.url;
    if !(database.starts_with("sqlite:")
        || database.starts_with("postgres://")
        || database.starts_with("postgresql://"))
    {
        found.push(problem("database.url", "must begin with sqlite:// or postgres://"));
    }
    if written.mail.transport == Transport::Smtp && !written.mail.smtp_url.starts_with("smtp") {
        found.push(problem(
            "mail.smtp_url",
            "is needed with mail.transport = \"smtp\": smtp://host:25 or smtps://user:password@host",
        ));
    }
    if written.mail.from.parse::<lettre::message::Mailbox>().is_err() {
        found.push(problem(
            "mail.from",
            "must be an address, or a name and an address: Name <no-reply@id.example.jp>",
        ));
    }
    found
}

/// The site's address: scheme, host and port only.
fn site_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).ok().filter(|url| ["https", "http"].contains(&url.scheme()));
    let url = url.ok_or("must begin with https:// (or http:// for a look on this machine)")?;
    let origin = url.origin().ascii_serialization();
    if origin == text {
        Ok(url)
    } else {
        Err("must be scheme, host and port only, in small letters, without a path or a slash at the end")
    }
}

/// Whether the address is of this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Settings, Vec<Problem>> {
        let environment = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Source { file: None, environment }.read()
    }

    #[test]
    fn nothing_set_is_a_first_look() {
        let settings = with(&[]).unwrap();
        assert_eq!(settings.site.url, "http://localhost:3000");
        assert!(!settings.site.development);
        assert_eq!(settings.policy.session.idle_minutes, 30);
    }

    #[test]
    fn unknown_keys_refuse() {
        assert!(with(&[("TEGATA_SITE__NAMEE", "x")]).unwrap_err()[0].says.contains("namee"));
        assert!(with(&[("TEGATA_POLICY__SESSION__IDLE_MINUTE", "5")]).is_err());
        assert!(with(&[("TEGATA_STIE__NAME", "x")]).is_err());
    }

    #[test]
    fn single_values_of_the_policy_can_be_overridden() {
        let settings =
            with(&[("TEGATA_POLICY__SESSION__IDLE_MINUTES", "5"), ("TEGATA_SITE__POLICY", "modern")])
                .unwrap();
        assert_eq!(settings.policy.session.idle_minutes, 5);
        assert_eq!(settings.policy.password.min_length, 15);
    }

    #[test]
    fn a_policy_that_cannot_work_is_named() {
        let problems = with(&[("TEGATA_POLICY__SESSION__IDLE_MINUTES", "0")]).unwrap_err();
        assert_eq!(problems[0].key, "policy.session.idle_minutes");
    }

    #[test]
    fn mp_41_what_a_preset_forbids_cannot_be_overridden() {
        let problems = with(&[("TEGATA_POLICY__FORBIDDEN__SECOND_FACTORS", "")]).unwrap_err();
        assert_eq!(problems[0].key, "policy.forbidden.second_factors");
    }

    #[test]
    fn development_is_for_this_machine_only() {
        let open = [("TEGATA_SITE__DEVELOPMENT", "true"), ("TEGATA_SITE__URL", "https://id.example.jp")];
        assert_eq!(with(&open).unwrap_err()[0].key, "site.development");
        let here = [("TEGATA_SITE__DEVELOPMENT", "true"), ("TEGATA_SITE__URL", "http://127.0.0.1:8080")];
        assert!(with(&here).is_ok());
    }

    const GOOGLE: [(&str, &str); 3] = [
        ("TEGATA_PROVIDERS__GOOGLE__KIND", "google"),
        ("TEGATA_PROVIDERS__GOOGLE__CLIENT_ID", "0123"),
        ("TEGATA_PROVIDERS__GOOGLE__CLIENT_SECRET", "12e4567"),
    ];

    #[test]
    fn mp_60_providers_are_settings_and_their_secrets_are_texts() {
        let settings = with(&GOOGLE).unwrap();
        let google = &settings.providers["google"];
        assert_eq!((google.client_id.as_str(), google.client_secret.as_str()), ("0123", "12e4567"));
        assert_eq!(google.label(domain::locale::Locale::Ja), "Google");
        assert!(!format!("{settings:?}").contains("12e4567"));
        assert!(with(&[]).unwrap().providers.is_empty());
    }

    #[test]
    fn mp_60_a_provider_that_cannot_work_is_named() {
        let faults = |more: &[(&str, &str)]| -> Vec<String> {
            let mut all = GOOGLE.to_vec();
            all.extend(more);
            with(&all).map_or_else(|p| p.into_iter().map(|p| p.key).collect(), |_| Vec::new())
        };
        assert_eq!(faults(&[("TEGATA_PROVIDERS__GOOGLE__KIND", "line")]), ["providers.google.kind"]);
        assert_eq!(
            faults(&[("TEGATA_PROVIDERS__GOOGLE__CLIENT_SECRET", " ")]),
            ["providers.google.client_secret"]
        );
        // Another issuer is for development, and plain http for private networks.
        let demo = ("TEGATA_PROVIDERS__GOOGLE__ISSUER", "http://localhost:4000");
        assert_eq!(faults(&[demo]), ["providers.google.issuer"]);
        let development = ("TEGATA_SITE__DEVELOPMENT", "true");
        assert_eq!(faults(&[demo, development]), ["providers.google.issuer"]);
        assert!(faults(&[demo, development, ("TEGATA_OUTBOUND__PRIVATE_NETWORKS", "true")]).is_empty());
        // The site's own provider has no name and no issuer but those that the site gives it.
        let own = [("TEGATA_SITE__POLICY", "modern"), ("TEGATA_POLICY__LINKED_ACCOUNTS__PROVIDERS", "oidc")];
        let mut own_id = own.to_vec();
        own_id.push(("TEGATA_PROVIDERS__GOOGLE__KIND", "oidc"));
        assert_eq!(faults(&own_id), ["providers.google.issuer", "providers.google.label"]);
        // Apple's secret is a key that signs.
        let apple = [
            ("TEGATA_SITE__POLICY", "modern"),
            ("TEGATA_POLICY__LINKED_ACCOUNTS__PROVIDERS", "apple"),
            ("TEGATA_PROVIDERS__GOOGLE__KIND", "apple"),
            ("TEGATA_PROVIDERS__GOOGLE__TEAM_ID", "TEAM"),
            ("TEGATA_PROVIDERS__GOOGLE__KEY_ID", "KEY"),
        ];
        assert_eq!(faults(&apple), ["providers.google.client_secret"]);
    }

    #[test]
    fn all_problems_are_listed_at_once() {
        let wrong = [
            ("TEGATA_SITE__URL", "id.example.jp"),
            ("TEGATA_DATABASE__URL", "mysql://x"),
            ("TEGATA_MAIL__TRANSPORT", "smtp"),
            ("TEGATA_SITE__POLICY", "none"),
        ];
        let keys: Vec<_> = with(&wrong).unwrap_err().into_iter().map(|p| p.key).collect();
        assert_eq!(keys, ["site.policy", "site.url", "database.url", "mail.smtp_url"]);
    }

    #[test]
    fn secrets_are_masked_and_may_come_from_files() {
        let file = std::env::temp_dir().join(format!("tegata-secret-{}", std::process::id()));
        std::fs::write(&file, "smtp://user:hunter2@mail.example.jp:25\n").unwrap();
        let settings = with(&[
            ("TEGATA_MAIL__TRANSPORT", "smtp"),
            ("TEGATA_MAIL__SMTP_URL_FILE", file.to_str().unwrap()),
        ])
        .unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(settings.mail.smtp_url.contains("hunter2"));
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
