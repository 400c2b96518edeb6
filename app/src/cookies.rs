//! Names and attributes of our cookies. On https all carry the `__Host-` prefix: Secure, path `/`, no domain.

use axum::http::{HeaderMap, header};
use cookie::SameSite;
use cookie::time::Duration;
use identity::secret::Token;
use identity::settings::Settings;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The session; gone with the browser.
    Session,
    /// 自動ログイン.
    Remembered,
    /// The browser's own secret, by which members' known and trusted browsers are recognised.
    Browser,
    /// A sign-in between its steps.
    SignInAttempt,
    /// The registration form that this browser sent.
    Registration,
    /// The form for a reset e-mail that this browser sent.
    PasswordReset,
    /// The authorization requests to providers that this browser began.
    AuthRequest,
    /// The pending account of a provider.
    PendingIdentity,
    /// The language a visitor chose. Not a secret.
    Locale,
}

impl Cookie {
    /// Its name on this site. Names do not change: browsers keep cookies over an update.
    pub fn name(self, settings: &Settings) -> String {
        let name = match self {
            Self::Session => "session",
            Self::Remembered => "remembered",
            Self::Browser => "browser",
            Self::SignInAttempt => "second-step",
            Self::Registration => "registration",
            Self::PasswordReset => "password-reset",
            Self::AuthRequest => "provider-visit",
            Self::PendingIdentity => "pending-link",
            // Without prefix on https too: it only chooses a language.
            Self::Locale => return "lang".into(),
        };
        if settings.https() { format!("__Host-{name}") } else { name.into() }
    }

    /// `Set-Cookie` with a value, kept for `max_age_ms` (`None`: until the browser closes).
    pub fn set(self, settings: &Settings, value: &str, max_age_ms: Option<i64>) -> String {
        let mut cookie = cookie::Cookie::build((self.name(settings), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(settings.https());
        if let Some(ms) = max_age_ms {
            cookie = cookie.max_age(Duration::seconds(Duration::milliseconds(ms).whole_seconds()));
        }
        cookie.build().to_string()
    }

    /// `Set-Cookie` that removes it.
    pub fn clear(self, settings: &Settings) -> String {
        self.set(settings, "", Some(0))
    }

    /// Its value among the request's cookies. A name that comes twice counts as absent.
    pub fn read(self, settings: &Settings, headers: &HeaderMap) -> Option<String> {
        let name = self.name(settings);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let all = lines.flat_map(cookie::Cookie::split_parse).filter_map(Result::ok);
        let mut found = all.filter(|cookie| cookie.name() == name);
        let value = found.next()?.value().to_owned();
        found.next().is_none().then_some(value)
    }

    /// The token that it carries, if it is a valid one.
    pub fn token(self, settings: &Settings, headers: &HeaderMap) -> Option<Token> {
        self.read(settings, headers).and_then(|value| Token::parse(&value))
    }
}
