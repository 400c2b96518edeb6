//! Who is acting, and from where. An argument of every deed, so that it cannot be forgotten.

use domain::locale::Locale;

use crate::fault::Fault;
use crate::secret::Token;
use crate::session::Current;

/// Longest `User-Agent` that is kept, in characters.
const BROWSER_CHARS: usize = 300;

/// The person at the other end of a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The network address, as the listener or a trusted proxy saw it.
    pub network: String,
    /// The browser's `User-Agent`, cut.
    pub browser: String,
    /// The long-lived secret of this browser, if somebody ever signed in with it.
    pub device: Option<Token>,
    /// What this browser brought from a provider and is not linked yet (MP-65).
    pub pending_link: Option<Token>,
    /// The language they read now.
    pub locale: Locale,
    /// Their open session; `None` is a visitor.
    pub current: Option<Current>,
}

impl Caller {
    /// Somebody who is not signed in.
    pub fn visitor(network: String, user_agent: &str, locale: Locale) -> Self {
        let browser = user_agent.chars().filter(|c| !c.is_control()).take(BROWSER_CHARS).collect();
        Self { network, browser, device: None, pending_link: None, locale, current: None }
    }

    /// The member, or the fault that sends them to sign in.
    pub fn signed_in(&self) -> Result<&Current, Fault> {
        self.current.as_ref().ok_or(Fault::SignInFirst)
    }

    /// The member who proved a short while ago to be themself, or the fault that asks for it. What protects the
    /// account is changed by nobody else (ASVS 7.5.1).
    pub fn fresh(&self, now: i64) -> Result<&Current, Fault> {
        let current = self.signed_in()?;
        if current.is_fresh(now) { Ok(current) } else { Err(Fault::ProveFirst) }
    }
}
