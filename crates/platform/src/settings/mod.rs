//! What the operator sets: one TOML file, overridden by environment variables `TEGATA_<SECTION>__<KEY>`. With an
//! unknown key the program does not start. Secrets may come as `…_FILE`. The site's policy is the preset named by
//! `site.policy` under the `[policy]` section.

mod providers;
mod read;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use domain::locale::Locale;
use policy::Policy;
use serde::Deserialize;
use url::Url;

pub use providers::{Outbound, Provider, Providers};
pub use read::{Problem, Source};

/// Everything the operator can set, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site's name and address.
    pub site: Site,
    /// The listener and its proxies.
    pub http: Http,
    /// The database.
    pub database: Database,
    /// How e-mails are sent.
    pub mail: Mail,
    /// What seals secrets at rest.
    pub keys: Keys,
    /// Places of network addresses.
    pub geoip: Geoip,
    /// The listener for the operator's monitoring.
    pub metrics: Metrics,
    /// Outside providers that members can sign in with.
    pub providers: Providers,
    /// Where requests to them may go.
    pub outbound: Outbound,
    /// The rules of this site: the preset and its overrides.
    pub policy: Policy,
    site_url: Url,
}

/// `[site]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// Scheme, host and port, without a slash at the end. The only source of links and of cookie and origin
    /// decisions; request headers never are.
    pub url: String,
    /// The site's name, as members read it.
    pub name: String,
    /// Where members can ask for help: an address or a link. Empty: none is shown.
    pub support: String,
    /// Name of the policy preset.
    pub policy: String,
    /// Enables `/dev/…`. Refused for a `url` that is not of this machine.
    pub development: bool,
    /// Folder with the operator's `terms.{ja,en}.md` and `privacy.{ja,en}.md`. Not set: marked samples.
    pub documents: Option<PathBuf>,
}

/// `[http]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port of the listener.
    pub listen: SocketAddr,
    /// Reverse proxies whose `X-Forwarded-For` is believed. Empty: nobody's is.
    pub trusted_proxies: Vec<IpAddr>,
}

/// `[database]`
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
}

/// `[mail]`
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// How e-mails are sent.
    pub transport: Transport,
    /// For `file`: the folder, one `.eml` each.
    pub directory: PathBuf,
    /// For `smtp`: `smtp://`, `smtps://`, with user and password if needed.
    pub smtp_url: String,
    /// The sender of all e-mails (MP-99).
    pub from: String,
}

/// How e-mails are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Written into a folder.
    File,
    /// Handed to an SMTP server.
    Smtp,
}

/// `[keys]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// The site key; made on the first start, readable by the owner only.
    pub site_key_file: PathBuf,
}

/// `[geoip]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Geoip {
    /// Database of places (`.mmdb`), of cities or countries. Not set: no network address has a place.
    pub mmdb: Option<PathBuf>,
}

/// `[metrics]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Listener of its own for `/metrics`. Not set: off.
    pub listen: Option<SocketAddr>,
}

impl Settings {
    /// The address of the site: scheme, host and port.
    pub fn site_url(&self) -> &Url {
        &self.site_url
    }

    /// Whether cookies travel over TLS only.
    pub fn https(&self) -> bool {
        self.site_url.scheme() == "https"
    }

    /// An absolute address of a path of ours.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.site.url)
    }

    /// What members read for a provider; its id where the settings do not have it any more.
    pub fn provider_label<'a>(&'a self, id: &'a str, locale: Locale) -> &'a str {
        self.providers.get(id).map_or(id, |provider| provider.label(locale))
    }

    /// Host (and port) of the site, as people read it.
    pub fn host(&self) -> &str {
        self.site.url.split_once("://").map_or("", |(_, host)| host)
    }
}

impl Default for Site {
    fn default() -> Self {
        Self {
            url: "http://localhost:3000".into(),
            name: "Tegata".into(),
            support: String::new(),
            policy: "standard".into(),
            development: false,
            documents: None,
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 3000)), trusted_proxies: Vec::new() }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://data/tegata.db".into() }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            transport: Transport::File,
            directory: "data/mail".into(),
            smtp_url: String::new(),
            from: "Tegata <no-reply@localhost.localdomain>".into(),
        }
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self { site_key_file: "data/site.key".into() }
    }
}

// The URLs may carry passwords.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("url", &masked(&self.url)).finish()
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("transport", &self.transport)
            .field("directory", &self.directory)
            .field("smtp_url", &masked(&self.smtp_url))
            .field("from", &self.from)
            .finish()
    }
}

/// An address without its user and password.
pub fn masked(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://***@{host}"),
        _ => url.to_owned(),
    }
}
