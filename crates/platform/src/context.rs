//! Who acts, from where, and under which policy: the one argument that every use case takes.

use std::sync::Arc;

use domain::locale::Locale;
use policy::Policy;
use sqlx::AnyPool;

use crate::app_context::AppContext;
use crate::clock::MINUTE_MS;
use crate::error::Denied;
use crate::geoip::GeoIp;
use crate::hasher::Hasher;
use crate::keys::SiteKey;
use crate::rng::Random;
use crate::secret::Token;
use crate::settings::Settings;
use crate::upstream::Upstream;

/// Longest `User-Agent` that is kept, in characters.
const USER_AGENT_CHARS: usize = 300;

/// What came with a request.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The network address, as the listener or a trusted proxy saw it.
    pub network: String,
    /// The browser's `User-Agent`, cut.
    pub user_agent: String,
    /// The language of the page.
    pub locale: Locale,
    /// The number of the request in the log; `None` for jobs and the command line.
    pub request_id: Option<String>,
    /// The long-lived secret of this browser, if a member ever signed in with it.
    pub browser: Option<Token>,
}

impl RequestContext {
    /// A request without cookies.
    pub fn new(network: String, user_agent: &str, locale: Locale) -> Self {
        let user_agent = user_agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARS).collect();
        Self { network, user_agent, locale, request_id: None, browser: None }
    }

    /// For the command line or a job, with a name in the place of a `User-Agent`.
    fn internal(name: &str) -> Self {
        Self::new(String::new(), name, Locale::Ja)
    }
}

/// How long an authentication counts as fresh, for changes to what protects the account (ASVS 7.5.1).
pub const FRESH_MS: i64 = 10 * MINUTE_MS;

/// An open session and its member, as they were when the request came: what every page behind sign-in needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentSession {
    /// The session.
    pub session_id: String,
    /// The member.
    pub member_id: String,
    /// Their address; `None`: they have none.
    pub email: Option<String>,
    /// 姓
    pub family_name: String,
    /// 名; `None`: one name only.
    pub given_name: Option<String>,
    /// Their language.
    pub locale: Locale,
    /// The remembered browser (自動ログイン) it belongs to.
    pub remembered_id: Option<String>,
    /// The `member_browser` it was opened in.
    pub browser_id: Option<String>,
    /// Unix ms: when it was opened.
    pub created_at: i64,
    /// Unix ms: when the member last authenticated in it; `None`: not yet, as with 自動ログイン.
    pub authenticated_at: Option<i64>,
}

impl CurrentSession {
    /// Whether the member authenticated within the last ten minutes.
    pub fn is_fresh(&self, now: i64) -> bool {
        self.authenticated_at.is_some_and(|at| now - at < FRESH_MS)
    }
}

/// Who acts.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Somebody who is not signed in.
    Visitor,
    /// A member in a session of theirs.
    Member(CurrentSession),
    /// A member of the staff, in a session of theirs, for another member.
    Staff {
        /// Their session.
        session: CurrentSession,
        /// What they may do.
        permissions: Vec<Permission>,
        /// Why they do it; the member reads it.
        reason: Option<String>,
    },
    /// The operator at the command line, who may do everything.
    Operator {
        /// Why; the member reads it.
        reason: Option<String>,
    },
    /// A job of this program, by its name.
    System(&'static str),
    /// A connected service, by its client id.
    Client(String),
}

/// What staff can be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Sending a temporary password to the registered address (MP-96).
    SendTemporaryPassword,
}

impl Actor {
    /// The stored name of the kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Member(_) => "member",
            Self::Staff { .. } => "staff",
            Self::Operator { .. } => "operator",
            Self::System(_) => "system",
            Self::Client(_) => "client",
        }
    }

    /// Which of them: a member's id, a job's name.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Member(session) | Self::Staff { session, .. } => Some(&session.member_id),
            Self::System(name) => Some(name),
            Self::Visitor | Self::Operator { .. } | Self::Client(_) => None,
        }
    }

    /// Why it is done, where a reason is given.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Staff { reason, .. } | Self::Operator { reason } => reason.as_deref(),
            _ => None,
        }
    }

    /// The connected service that acts.
    pub fn client_id(&self) -> Option<&str> {
        match self {
            Self::Client(id) => Some(id),
            _ => None,
        }
    }
}

/// Everything that a use case needs to know of its caller; cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    app: AppContext,
    request: RequestContext,
    actor: Actor,
    policy: Arc<Policy>,
}

impl Ctx {
    /// A request. The policy in force is that of the site.
    pub fn new(app: &AppContext, request: RequestContext, actor: Actor) -> Self {
        Self { policy: app.policy.clone(), app: app.clone(), request, actor }
    }

    /// A job of this program.
    pub fn system(app: &AppContext, job: &'static str) -> Self {
        Self::new(app, RequestContext::internal("tegata"), Actor::System(job))
    }

    /// The operator at the command line.
    pub fn operator(app: &AppContext, reason: Option<String>) -> Self {
        Self::new(app, RequestContext::internal("tegata"), Actor::Operator { reason })
    }

    /// The same request by another actor: the member whose cookies it carried. It takes over their language.
    #[must_use]
    pub fn with_actor(mut self, actor: Actor) -> Self {
        if let Actor::Member(session) = &actor {
            self.request.locale = session.locale;
        }
        self.actor = actor;
        self
    }

    /// The same request with the browser's secret.
    #[must_use]
    pub fn with_browser(mut self, browser: Token) -> Self {
        self.request.browser = Some(browser);
        self
    }

    /// What the process works with.
    pub fn app(&self) -> &AppContext {
        &self.app
    }

    /// What came with the request.
    pub fn request(&self) -> &RequestContext {
        &self.request
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The policy in force for the account at hand.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What the operator set.
    pub fn settings(&self) -> &Settings {
        &self.app.settings
    }

    /// Unix milliseconds.
    pub fn now(&self) -> i64 {
        self.app.clock.now()
    }

    /// Connections that only read.
    pub fn readers(&self) -> &AnyPool {
        self.app.db.readers()
    }

    /// Randomness.
    pub fn rng(&self) -> &Random {
        &self.app.rng
    }

    /// Seals secrets at rest.
    pub fn site_key(&self) -> &SiteKey {
        &self.app.site_key
    }

    /// The bounded pool that hashes passwords.
    pub fn hasher(&self) -> &Hasher {
        &self.app.hasher
    }

    /// Places of network addresses.
    pub fn geoip(&self) -> &GeoIp {
        &self.app.geoip
    }

    /// Outside providers.
    pub fn upstream(&self) -> &Upstream {
        &self.app.upstream
    }

    /// The language of the answer.
    pub fn locale(&self) -> Locale {
        self.request.locale
    }

    /// The signed-in member's session, if there is one.
    pub fn session(&self) -> Option<&CurrentSession> {
        match &self.actor {
            Actor::Member(session) => Some(session),
            _ => None,
        }
    }

    /// The signed-in member; others are refused with [`Denied::SignIn`].
    pub fn member(&self) -> Result<&CurrentSession, Denied> {
        self.session().ok_or(Denied::SignIn)
    }

    /// The member, if they authenticated within [`FRESH_MS`]; else [`Denied::StepUp`]. Changes to what protects the
    /// account ask for it (ASVS 7.5.1).
    pub fn member_fresh(&self) -> Result<&CurrentSession, Denied> {
        let session = self.member()?;
        if session.is_fresh(self.now()) { Ok(session) } else { Err(Denied::StepUp) }
    }

    /// Lets staff with this permission and the operator through; a visitor has to sign in, others are refused.
    pub fn staff(&self, permission: Permission) -> Result<(), Denied> {
        match &self.actor {
            Actor::Operator { .. } => Ok(()),
            Actor::Staff { permissions, .. } if permissions.contains(&permission) => Ok(()),
            Actor::Visitor => Err(Denied::SignIn),
            _ => Err(Denied::Forbidden),
        }
    }
}
