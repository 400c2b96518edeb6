//! Names and attributes of our cookies. On https all carry the `__Host-` prefix: Secure, path `/`, no domain.

use axum::http::{HeaderMap, header};
use identity::clock::SECOND_MS;
use identity::secret::Token;
use identity::settings::Settings;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The session; gone with the browser.
    Session,
    /// 自動ログイン.
    Remembered,
    /// The browser's own, for members who signed in with it.
    Device,
    /// A sign-in between its two steps.
    SecondStep,
    /// The registration form that this browser sent.
    Registration,
    /// The wish for a reset letter that this browser sent.
    PasswordReset,
    /// The visits to outside providers that this browser began.
    ProviderVisit,
    /// What it brought from one and is not linked yet.
    PendingLink,
    /// The language a visitor chose. Not a secret.
    Lang,
}

impl Cookie {
    /// Its name on this site.
    pub fn name(self, settings: &Settings) -> String {
        let name = match self {
            Self::Session => "session",
            Self::Remembered => "remembered",
            Self::Device => "browser",
            Self::SecondStep => "second-step",
            Self::Registration => "registration",
            Self::PasswordReset => "password-reset",
            Self::ProviderVisit => "provider-visit",
            Self::PendingLink => "pending-link",
            // The same everywhere: it decides nothing but words.
            Self::Lang => return "lang".into(),
        };
        if settings.https() { format!("__Host-{name}") } else { name.into() }
    }

    /// `Set-Cookie` with a value, kept for `max_age_ms` (`None`: until the browser closes).
    pub fn set(self, settings: &Settings, value: &str, max_age_ms: Option<i64>) -> String {
        let secure = if settings.https() { "; Secure" } else { "" };
        let age = max_age_ms.map(|ms| format!("; Max-Age={}", ms / SECOND_MS)).unwrap_or_default();
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.name(settings))
    }

    /// `Set-Cookie` that removes it.
    pub fn clear(self, settings: &Settings) -> String {
        self.set(settings, "", Some(0))
    }

    /// Its value among the request's cookies. A name that comes twice is nobody's: none is taken.
    pub fn read(self, settings: &Settings, headers: &HeaderMap) -> Option<String> {
        let name = self.name(settings);
        let mut found = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(n, _)| *n == name);
        let (_, value) = found.next()?;
        found.next().is_none().then(|| value.to_owned())
    }

    /// The token it carries, if it is one.
    pub fn token(self, settings: &Settings, headers: &HeaderMap) -> Option<Token> {
        self.read(settings, headers).and_then(|value| Token::parse(&value))
    }
}
