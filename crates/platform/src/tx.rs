//! The open transaction of a use case: its connection, its moment, and who acts. `commit` is the only commit; a `Tx`
//! that is dropped leaves nothing behind.

use policy::Policy;
use sqlx::{Any, AnyConnection, Transaction};

use crate::context::Ctx;
use crate::error::Failure;
use crate::keys::SiteKey;
use crate::lane::Lane;
use crate::rng::Random;
use crate::secret::Token;
use crate::settings::Settings;

/// An open transaction with what belongs to it.
pub struct Tx {
    ctx: Ctx,
    inner: Transaction<'static, Any>,
    now: i64,
    /// Lanes that got an e-mail.
    lanes: Vec<Lane>,
}

impl Tx {
    /// Opens the one transaction of a use case.
    pub async fn begin(ctx: &Ctx) -> Result<Self, Failure> {
        let inner = ctx.app().db.begin().await?;
        Ok(Self { now: ctx.now(), ctx: ctx.clone(), inner, lanes: Vec::new() })
    }

    /// Unix milliseconds, the same for the whole transaction.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Who acts, from where.
    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// The policy in force for the account at hand.
    pub fn policy(&self) -> &Policy {
        self.ctx.policy()
    }

    /// What the operator set.
    pub fn settings(&self) -> &Settings {
        self.ctx.settings()
    }

    /// Seals secrets at rest.
    pub fn site_key(&self) -> &SiteKey {
        self.ctx.site_key()
    }

    /// Randomness.
    pub fn rng(&self) -> &Random {
        self.ctx.rng()
    }

    /// The browser got its long-lived secret in this transaction: what is written from here on belongs to that browser.
    pub fn adopt_browser(&mut self, browser: Token) {
        self.ctx = self.ctx.clone().with_browser(browser);
    }

    /// A new id, sorting by time.
    pub fn id(&self) -> String {
        self.rng().id(self.now)
    }

    /// A new bearer secret.
    pub fn token(&self) -> Token {
        self.rng().token()
    }

    /// The connection inside the transaction.
    pub fn conn(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }

    /// This lane got an e-mail: its senders are woken by the commit.
    pub(crate) fn wake(&mut self, lane: Lane) {
        self.lanes.push(lane);
    }

    /// Commits, and wakes the senders if e-mails were put in.
    pub async fn commit(self) -> Result<(), Failure> {
        self.inner.commit().await?;
        for lane in self.lanes {
            self.ctx.app().senders.wake(lane);
        }
        Ok(())
    }
}
