//! Authentication: what has to be shown, what was shown, and what comes next. Every sign-in (password, passkey,
//! provider, temporary password, remembered browser) and every step-up calls this.
//!
//! An [`Attempt`] has a purpose, a demand and the proofs given so far. [`next`] is a pure function that says what comes
//! next. Only [`complete`] and [`enter`] open sessions. Between the steps of a sign-in there is no session, only a
//! [`pending`] attempt whose token the browser keeps (docs/designs/protection.md).

pub mod factor;
pub mod password;
pub mod pending;

use domain::second_factor::Factors;
use domain::second_factor::Method;
use platform::context::CurrentSession;
use platform::error::{Denied, Failure, Fault};
use platform::secret::Token;
use platform::tx::Tx;
use policy::Policy;

use crate::audit::{self, Event, Line};
use crate::credentials::{factors, linked};
use crate::lock::LockedAccount;
use crate::notifications;
use crate::session::{self, AuthMethod, Authentication, Level, OpenedSession, Proof, Remember, browser};

/// The purpose of an authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// For an operation in a session that needs a fresh authentication (ASVS 7.5.1).
    StepUp,
    /// To link an account of a provider to the member of a session.
    Link,
}

/// What is demanded beyond the policy: by a page, a service, an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The least assurance that the session has to have.
    pub level: Level,
    /// How old the newest proof may be (ms); `None`: any age.
    pub max_age_ms: Option<i64>,
}

impl Demand {
    /// Nothing.
    pub const NONE: Self = Self { level: Level::Remembered, max_age_ms: None };
}

/// An authentication in progress.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What for.
    pub purpose: Purpose,
    /// What is demanded.
    pub demand: Demand,
    /// What was shown so far.
    pub proofs: Vec<Proof>,
    /// Whether 自動ログイン was asked for.
    pub remember: bool,
}

impl Attempt {
    /// A sign-in of which the first proof was given.
    pub fn sign_in(proof: Proof, remember: bool) -> Self {
        Self { purpose: Purpose::SignIn, demand: Demand::NONE, proofs: vec![proof], remember }
    }

    /// An operation in a session in which this was shown.
    pub fn in_session(purpose: Purpose, shown: Authentication, demand: Demand) -> Self {
        Self { purpose, demand, proofs: shown.proofs, remember: false }
    }

    fn has(&self, method: AuthMethod) -> bool {
        self.proofs.iter().any(|proof| proof.method == method)
    }
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// One of these second factors has to be shown; the first is asked for first (C-26).
    Prove(Vec<Method>),
    /// The proofs are too old, or none of them asked the member.
    Reauthenticate,
    /// Enough was shown, but a second factor has to be set up before anything else (MP-52, MP-53).
    SetUp,
    /// Enough was shown.
    Done,
}

/// Says what comes next, from what was shown, what the member has set up, and whether this browser is trusted.
pub fn next(attempt: &Attempt, has: &Factors, trusted: bool, policy: &Policy, now: i64) -> Next {
    let shown = Authentication { proofs: attempt.proofs.clone() };
    if let Some(max_age_ms) = attempt.demand.max_age_ms {
        let fresh = shown.last(AuthMethod::asks).is_some_and(|at| now - at <= max_age_ms);
        if !fresh {
            return Next::Reauthenticate;
        }
    }
    let demanded = attempt.demand.level >= Level::Two;
    let asked = demanded || attempt.purpose == Purpose::SignIn && asks_second_factor(attempt, policy);
    // A passkey is both factors in one; a second factor counts wherever it was shown.
    let second_shown =
        attempt.proofs.iter().any(|proof| proof.method.is_second_factor() && proof.method.asks());
    if !asked || second_shown {
        return Next::Done;
    }
    match (demanded || has.switched_on, has.methods.as_slice()) {
        (false, _) => Next::Done,
        (true, []) => Next::SetUp,
        (true, _) if trusted && !demanded => Next::Done,
        (true, methods) => Next::Prove(methods.to_vec()),
    }
}

/// Whether the policy asks for a second factor after this kind of sign-in (C-52).
fn asks_second_factor(attempt: &Attempt, policy: &Policy) -> bool {
    !attempt.has(AuthMethod::RememberedBrowser)
        && !attempt.has(AuthMethod::Registration)
        && (!attempt.has(AuthMethod::Provider) || policy.second_factor.on_external_sign_in)
}

/// What an attempt led to.
#[derive(Debug)]
pub enum Outcome {
    /// A session.
    In(OpenedSession),
    /// A session; 2段階認証サービス is on and nothing is set up, so that comes next (MP-52).
    SetUp(OpenedSession),
    /// The second factor is pending: the token for the browser's cookie, and its end (unix ms).
    SecondFactor(Token, i64),
}

/// Takes the attempt as far as it goes: into a session, or to the second factor. If a code by e-mail is asked for
/// first, it is sent.
pub async fn advance(tx: &mut Tx, account: &LockedAccount, mut attempt: Attempt) -> Result<Outcome, Failure> {
    let policy = tx.policy().clone();
    let has = factors::of(&mut *tx.conn(), &policy, account.id()).await?;
    let now = tx.now();
    // The trust in a browser is used up only where it replaces a second factor.
    let asked = matches!(next(&attempt, &has, false, &policy, now), Next::Prove(_));
    let trusted = asked && browser::use_trust(tx, account).await?;
    if trusted {
        attempt.proofs.push(Proof::of(AuthMethod::TrustedBrowser, now));
    }
    match next(&attempt, &has, trusted, &policy, now) {
        Next::Prove(methods) => {
            let (token, until) = pending::begin(tx, account, &attempt, &methods).await?;
            Ok(Outcome::SecondFactor(token, until))
        }
        Next::SetUp => Ok(Outcome::SetUp(complete(tx, account, &attempt, Event::SignIn).await?)),
        Next::Done | Next::Reauthenticate => {
            Ok(Outcome::In(complete(tx, account, &attempt, Event::SignIn).await?))
        }
    }
}

/// Completes an attempt that needs no more proofs: opens the session, writes the history's line under `event`,
/// notifies the member of an unusual sign-in.
pub async fn complete(
    tx: &mut Tx,
    account: &LockedAccount,
    attempt: &Attempt,
    event: Event,
) -> Result<OpenedSession, Failure> {
    let remember = if attempt.remember { Remember::Begin } else { Remember::No };
    enter(tx, account, &attempt.proofs, remember, event).await
}

/// The same for a browser that is remembered already.
pub async fn enter(
    tx: &mut Tx,
    account: &LockedAccount,
    proofs: &[Proof],
    remember: Remember,
    event: Event,
) -> Result<OpenedSession, Failure> {
    // Another member may be signed in on this browser: their session ends.
    if let Some(other) = tx.ctx().session().filter(|other| other.member_id != account.id()).cloned() {
        session::end_here(tx, &other).await?;
    }
    let opened = session::open(tx, account, proofs, remember).await?;
    for proof in proofs {
        if let (AuthMethod::Provider, Some(provider)) = (proof.method, &proof.credential) {
            linked::used(tx, account, provider).await?;
        }
    }
    let label = label(proofs);
    audit::write(tx, Line::of(account.id(), event).within(opened.session_id.as_str()).by(&label)).await?;
    notifications::after_sign_in(tx, account.id(), &opened, proofs).await?;
    Ok(opened)
}

/// How the history names a sign-in: by its provider, else by its second factor, else by its first proof.
fn label(proofs: &[Proof]) -> String {
    let provider = proofs.iter().find(|proof| proof.method == AuthMethod::Provider);
    let second = proofs.iter().rev().find(|proof| proof.method.is_second_factor());
    provider.or(second).or(proofs.first()).map(Proof::label).unwrap_or_default()
}

/// Records that the member of a session authenticated again: it is fresh from now on, and gets a new token in the
/// place of the old one. A proof that did not ask the member is refused.
pub async fn step_up(
    tx: &mut Tx,
    account: &LockedAccount,
    session: &CurrentSession,
    proof: &Proof,
) -> Result<Token, Fault> {
    let shown = Authentication { proofs: vec![proof.clone()] };
    let demand = Demand { level: Level::One, max_age_ms: Some(0) };
    let attempt = Attempt::in_session(Purpose::StepUp, shown, demand);
    if next(&attempt, &Factors::default(), false, tx.policy(), tx.now()) != Next::Done {
        return Err(Denied::StepUp.into());
    }
    let label = proof.label();
    let line = Line::of(account.id(), Event::Reauthenticated).within(session.session_id.as_str());
    audit::write(tx, line.by(&label)).await?;
    Ok(session::renew(tx, account, session, proof).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use AuthMethod as M;

    const NOW: i64 = 1_000_000;

    fn policy(own: &str) -> Policy {
        Policy::from_preset("modern", &own.parse().unwrap()).unwrap()
    }

    fn attempt(purpose: Purpose, methods: &[AuthMethod], demand: Demand) -> Attempt {
        let proofs = methods.iter().map(|method| Proof::of(*method, NOW)).collect();
        Attempt::in_session(purpose, Authentication { proofs }, demand)
    }

    fn has(switched_on: bool, methods: &[Method]) -> Factors {
        Factors { switched_on, methods: methods.to_vec(), backup_codes: 0 }
    }

    #[test]
    fn mp_42_mp_51_mp_52_the_switch_and_what_is_set_up_decide_at_a_sign_in() {
        let policy = policy("");
        let step = |methods: &[AuthMethod], has: &Factors, trusted| {
            next(&attempt(Purpose::SignIn, methods, Demand::NONE), has, trusted, &policy, NOW)
        };
        let app = has(true, &[Method::App]);
        assert_eq!(step(&[M::Password], &has(false, &[Method::App]), false), Next::Done);
        assert_eq!(step(&[M::Password], &app, false), Next::Prove(vec![Method::App]));
        assert_eq!(step(&[M::Password, M::Totp], &app, false), Next::Done);
        assert_eq!(step(&[M::Password, M::BackupCode], &app, false), Next::Done);
        assert_eq!(step(&[M::Password, M::TrustedBrowser], &app, true), Next::Done);
        // Trust is read from the database; a proof in the attempt does not replace it.
        assert_eq!(step(&[M::Password, M::TrustedBrowser], &app, false), Next::Prove(vec![Method::App]));
        assert_eq!(step(&[M::Password], &has(true, &[]), false), Next::SetUp);
        assert_eq!(step(&[M::Passkey], &app, false), Next::Done);
        assert_eq!(step(&[M::RememberedBrowser], &app, false), Next::Done);
        assert_eq!(step(&[M::Registration], &app, false), Next::Done);
    }

    #[test]
    fn c_52_a_providers_sign_in_is_followed_by_the_second_factor_where_the_policy_says_so() {
        let app = has(true, &[Method::App]);
        let provider = attempt(Purpose::SignIn, &[M::Provider], Demand::NONE);
        for (own, expected) in [
            ("second_factor.on_external_sign_in = true", Next::Prove(vec![Method::App])),
            ("second_factor.on_external_sign_in = false", Next::Done),
        ] {
            assert_eq!(next(&provider, &app, false, &policy(own), NOW), expected, "{own}");
        }
    }

    #[test]
    fn mp_53_a_demand_for_two_factors_holds_whatever_the_switch_says() {
        let policy = policy("");
        let two = Demand { level: Level::Two, max_age_ms: None };
        let step = |methods: &[AuthMethod], has: &Factors, trusted| {
            next(&attempt(Purpose::SignIn, methods, two), has, trusted, &policy, NOW)
        };
        let off = has(false, &[Method::App]);
        assert_eq!(step(&[M::Password], &off, false), Next::Prove(vec![Method::App]));
        assert_eq!(step(&[M::Password, M::TrustedBrowser], &off, true), Next::Prove(vec![Method::App]));
        assert_eq!(step(&[M::Password], &has(false, &[]), false), Next::SetUp);
        assert_eq!(step(&[M::Passkey], &off, false), Next::Done);
        assert_eq!(step(&[M::RememberedBrowser, M::Totp], &off, false), Next::Done);
    }

    #[test]
    fn a_step_up_wants_a_fresh_proof_that_asked_the_member() {
        let policy = policy("");
        let minute = Demand { level: Level::One, max_age_ms: Some(60_000) };
        let step = |methods: &[AuthMethod], now| {
            next(&attempt(Purpose::StepUp, methods, minute), &Factors::default(), false, &policy, now)
        };
        assert_eq!(step(&[M::Password], NOW + 60_000), Next::Done);
        assert_eq!(step(&[M::Password], NOW + 60_001), Next::Reauthenticate);
        for nobody in [M::Provider, M::RememberedBrowser, M::TrustedBrowser] {
            assert_eq!(step(&[nobody], NOW), Next::Reauthenticate, "{nobody:?}");
        }
        assert_eq!(step(&[M::ProviderReauthentication], NOW), Next::Done);
    }
}
