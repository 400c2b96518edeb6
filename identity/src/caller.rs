//! Who is acting, and from where. An argument of every deed, so that it cannot be forgotten.

use domain::locale::Locale;

use crate::fault::Fault;
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
    /// The language they read now.
    pub locale: Locale,
    /// Their open session; `None` is a visitor.
    pub current: Option<Current>,
}

impl Caller {
    /// Somebody who is not signed in.
    pub fn visitor(network: String, user_agent: &str, locale: Locale) -> Self {
        let browser = user_agent.chars().filter(|c| !c.is_control()).take(BROWSER_CHARS).collect();
        Self { network, browser, locale, current: None }
    }

    /// The member, or the fault that sends them to sign in.
    pub fn signed_in(&self) -> Result<&Current, Fault> {
        self.current.as_ref().ok_or(Fault::SignInFirst)
    }
}
