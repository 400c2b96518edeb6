//! What ends together: the table of `account::revoke`, cause by cause, and what an intruder left behind (security.md
//! 2.3, 2.9).

use std::fmt::Debug;

use account::lock::{LockedAccount, lock_existing};
use account::revoke::{Cause, Effect, Intruder, Revoked, Thing, Undo, effect, revoke, undo_intruder};
use account::session::browser;
use domain::address::EmailAddress;
use domain::email_change::Refused as ChangeRefused;
use domain::password_reset::CodeRefused;
use domain::second_factor::challenge::{self, Refused as ChallengeRefused};
use domain::sign_in::{Form, Refused as SignInRefused};
use domain::{password_change, password_reset as reset_rules};
use identity::helpdesk::send_temporary_password;
use identity::sign_in::{SignInStep, resume, sign_in};
use identity::{OpenedSession, email_change, passkeys, password_reset, second_factor};
use platform::clock::MINUTE_MS;
use platform::context::Ctx;
use platform::error::Error;
use platform::secret::Token;
use platform::tx::Tx;
use rstest::rstest;
use strum::IntoEnumIterator;
use testkit::{
    AuthenticatorApp, Database, PASSWORD, Refusals, SoftPasskey, Step, TestApp, link_in, pass,
    recovery_code_in,
};

use super::with_passkeys::{self, added, answer, sign_in_question, sign_in_with};

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "hanako@example.com";

/// Where something is: in the acting session, or elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Here,
    Elsewhere,
}

/// A member who has everything that may end, and how to use it.
struct Everything {
    app: AuthenticatorApp,
    /// The acting session.
    here: OpenedSession,
    other: OpenedSession,
    /// A session of a remembered browser.
    remembered: OpenedSession,
    /// A session of a trusted browser.
    trusted: OpenedSession,
    reset_form: Token,
    reset_link: Token,
    reset_code: String,
    temporary: String,
    change_asked: Place,
    change_link: Token,
    /// The token of a pending sign-in.
    half: Token,
}

fn typed(password: &str) -> Form {
    Form { email: ADDRESS.into(), password: password.into(), ..Form::default() }
}

/// Opens a transaction in a context and locks the account of the only member.
async fn locked(site: &TestApp, ctx: &Ctx) -> (Tx, LockedAccount) {
    let id: String =
        sqlx::query_scalar("SELECT id FROM member").fetch_one(site.app.db.readers()).await.unwrap();
    let mut tx = Tx::begin(ctx).await.unwrap();
    let account = lock_existing(&mut tx, &id).await.unwrap();
    (tx, account)
}

impl Everything {
    async fn of_a_member(site: &TestApp, change_asked: Place) -> Self {
        let visitor = site.visitor();
        let here = site.member(ADDRESS).await;
        let other = site.signed_in(ADDRESS).await;
        let ticked = Form { remember: Some("on".into()), ..typed(PASSWORD) };
        let remembered = sign_in(&visitor, &ticked, None).await.unwrap().in_session();
        let app = site.with_app(&here).await;
        let token = site.half_signed_in(&visitor, ADDRESS).await;
        let form =
            challenge::Form { code: app.code(site.now()), trust: Some("on".into()), ..Default::default() };
        let trusted = pass(&visitor, &token, &form).await.unwrap().session;
        site.wait(MINUTE_MS);
        let half = site.half_signed_in(&visitor, ADDRESS).await;

        let asking = if change_asked == Place::Here { &here } else { &other };
        email_change::start(&site.ctx(&asking.token).await, NEW).await.unwrap();
        let change_link = link_in(site.emails().await.iter().rfind(|email| email.to == NEW).unwrap());
        let operator = Ctx::operator(&site.app, None);
        send_temporary_password(&operator, &EmailAddress::parse(ADDRESS).unwrap()).await.unwrap();
        let temporary = recovery_code_in(&site.newest_email().await);
        let reset_form = site.app.rng.token();
        let form = reset_rules::Form { email: ADDRESS.into(), ..Default::default() };
        password_reset::request(&visitor, &form, &reset_form).await.unwrap();
        let email = site.newest_email().await;
        let (reset_link, reset_code) = (link_in(&email), recovery_code_in(&email));
        Self {
            app,
            here,
            other,
            remembered,
            trusted,
            reset_form,
            reset_link,
            reset_code,
            temporary,
            change_asked,
            change_link,
            half,
        }
    }

    /// Uses everything of a kind; returns where it is, and whether it works.
    async fn uses(&self, site: &TestApp, thing: Thing) -> Vec<(Place, bool)> {
        let elsewhere = |works| vec![(Place::Elsewhere, works)];
        match thing {
            Thing::Password => elsewhere(self.password_works(site).await),
            Thing::ResetLink => elsewhere(self.reset_works(site).await),
            Thing::TemporaryPassword => elsewhere(self.temporary_works(site).await),
            Thing::EmailChange => vec![(self.change_asked, self.change_works(site).await)],
            Thing::SignInAttempts => elsewhere(self.attempt_works(site).await),
            Thing::Sessions => vec![
                (Place::Here, site.is_open(&self.here.token).await),
                (Place::Elsewhere, site.is_open(&self.other.token).await),
                (Place::Elsewhere, site.is_open(&self.remembered.token).await),
                (Place::Elsewhere, site.is_open(&self.trusted.token).await),
                (Place::Elsewhere, self.comes_in_again(site).await),
            ],
            Thing::TrustedBrowsers => elsewhere(self.trust_works(site).await),
        }
    }

    async fn password_works(&self, site: &TestApp) -> bool {
        worked(sign_in(&site.visitor(), &typed(PASSWORD), None).await, SignInRefused::Blocked)
    }

    /// The link leads to the form for a new password, and the code leads to a link: both, or neither.
    async fn reset_works(&self, site: &TestApp) -> bool {
        let visitor = site.visitor();
        let short = password_change::Form {
            new_password: "x".into(),
            new_password_confirm: "x".into(),
            ..Default::default()
        };
        let refused = password_reset::set_new(&visitor, &self.reset_link, &short).await.refusals();
        let by_link = refused != [password_change::Refused::LinkInvalid];
        let by_code = password_reset::by_code(&visitor, &self.reset_form, &self.reset_code).await;
        assert_eq!(worked(by_code, CodeRefused::CodeWrong), by_link);
        by_link
    }

    async fn temporary_works(&self, site: &TestApp) -> bool {
        worked(sign_in(&site.visitor(), &typed(&self.temporary), None).await, SignInRefused::NotAccepted)
    }

    async fn change_works(&self, site: &TestApp) -> bool {
        let ctx = site.ctx(&self.here.token).await;
        let confirmed = email_change::confirm_by_link(&ctx, &self.change_link, PASSWORD).await;
        worked(confirmed, ChangeRefused::LinkInvalid)
    }

    async fn attempt_works(&self, site: &TestApp) -> bool {
        let form = challenge::Form { code: self.app.code(site.now()), ..Default::default() };
        worked(pass(&site.visitor(), &self.half, &form).await, ChallengeRefused::StartAgain)
    }

    async fn comes_in_again(&self, site: &TestApp) -> bool {
        let (token, _) = self.remembered.remember.as_ref().unwrap();
        resume(&site.visitor(), token).await.unwrap().is_some()
    }

    /// Whether the trust works, by a sign-in; where the password is invalidated, by asking as a sign-in does.
    async fn trust_works(&self, site: &TestApp) -> bool {
        let browser = site.browser_of(&self.trusted);
        match sign_in(&browser, &typed(PASSWORD), None).await {
            Ok(step) => matches!(step, SignInStep::In(_)),
            refused => {
                assert_eq!(refused.refusals(), [SignInRefused::Blocked]);
                let (mut tx, account) = locked(site, &browser).await;
                browser::use_trust(&mut tx, &account).await.unwrap()
            }
        }
    }
}

/// Whether a use succeeded; else it has to be refused for the reason that says that it is over.
fn worked<T: Debug, R: Debug + PartialEq>(used: Result<T, Error<R>>, over: R) -> bool {
    if used.is_ok() {
        return true;
    }
    assert_eq!(used.refusals(), [over]);
    false
}

/// For each cause, everything that may end exists, the cause comes from one of the sessions, and then everything is
/// used.
#[rstest]
#[case::the_change_of_the_address_was_asked_for_in_this_session(Place::Here)]
#[case::the_change_of_the_address_was_asked_for_in_another_session(Place::Elsewhere)]
#[tokio::test]
async fn security_2_3_every_cause_ends_what_the_table_says_and_nothing_else(
    #[case] change_asked: Place,
    #[values(
        Cause::PasswordChanged,
        Cause::PasswordReset,
        Cause::MethodSwitched,
        Cause::EmailChanged,
        Cause::ProviderUnlinked,
        Cause::OthersEnded,
        Cause::AccountShut
    )]
    cause: Cause,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    assert_eq!(Cause::iter().count(), 7, "a new cause needs a value above");
    let site = TestApp::new(database, &[]).await;
    let everything = Everything::of_a_member(&site, change_asked).await;
    let (mut tx, account) = locked(&site, &site.ctx(&everything.here.token).await).await;
    let revoked = revoke(&mut tx, &account, cause).await.unwrap();
    tx.commit().await.unwrap();

    let sessions = match effect(cause, Thing::Sessions) {
        Effect::Stays => 0,
        Effect::Ends => 4,
        Effect::EndsElsewhere => 3,
    };
    let trusted = u64::from(effect(cause, Thing::TrustedBrowsers) == Effect::Ends);
    assert_eq!(revoked, Revoked { sessions, trusted });
    let lines = "SELECT COUNT(*) FROM audit WHERE event = $1";
    assert_eq!(site.count_of(lines, "other_sessions_ended").await, i64::from(sessions > 0));
    assert_eq!(site.count_of(lines, "trust_forgotten").await, i64::from(trusted > 0));

    // A new address ends things itself, so it is the last to be used.
    let last = Thing::EmailChange;
    for thing in Thing::iter().filter(|thing| *thing != last).chain([last]) {
        for (place, works) in everything.uses(&site, thing).await {
            let stays = match effect(cause, thing) {
                Effect::Stays => true,
                Effect::Ends => false,
                Effect::EndsElsewhere => place == Place::Here,
            };
            assert_eq!(works, stays, "{thing:?}, {place:?}");
        }
    }
}

/// A session in a new browser, by a passkey.
async fn in_with(site: &TestApp, key: &mut SoftPasskey) -> OpenedSession {
    let question = sign_in_question(site).await;
    let form = answer(&question, key.answer(&question));
    sign_in_with(site, &form).await.unwrap()
}

/// An attacker signs in with the password and makes a passkey, signs in with that from another browser and makes the
/// next one, and so on, and sets up an app and backup codes as well. What the member made in a session of their own
/// stays.
#[rstest]
#[case::all_credentials(Undo::AllCredentials)]
#[case::sign_in_credentials(Undo::SignInCredentials)]
#[tokio::test]
async fn security_2_9_credentials_of_suspect_sessions_go_and_those_of_the_sessions_that_they_opened(
    #[case] undo: Undo,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = with_passkeys::site(database).await;
    let owner = site.member(ADDRESS).await;
    let mut owners_key = added(&site.ctx(&owner.token).await, 1).await;
    site.with_app(&owner).await;
    second_factor::switch(&site.ctx(&owner.token).await, false).await.unwrap();
    site.wait(MINUTE_MS);
    let since = site.now();
    let first = site.signed_in(ADDRESS).await;
    let mut planted = added(&site.ctx(&first.token).await, 2).await;
    let second = in_with(&site, &mut planted).await;
    site.with_app(&second).await;
    second_factor::switch(&site.ctx(&second.token).await, false).await.unwrap();
    let mut planted_next = added(&site.ctx(&second.token).await, 3).await;
    let third = in_with(&site, &mut planted_next).await;
    site.with_backup_codes(&third).await;
    let mut planted_last = added(&site.ctx(&third.token).await, 4).await;
    let owners_other = in_with(&site, &mut owners_key).await;
    added(&site.ctx(&owners_other.token).await, 5).await;
    let made = [
        "SELECT COUNT(*) FROM passkey",
        "SELECT COUNT(*) FROM authenticator_app",
        "SELECT COUNT(*) FROM backup_code",
        "SELECT COUNT(*) FROM member_browser",
    ];
    let counted = async || {
        let mut counts = Vec::new();
        for sql in made {
            counts.push(site.count(sql).await);
        }
        counts
    };
    assert_eq!(counted().await, [5, 2, 10, 5]);

    let (mut tx, account) = locked(&site, &site.visitor()).await;
    let suspect = Intruder { session_id: Some(&first.session_id), browser_id: None, since, mailbox: false };
    undo_intruder(&mut tx, &account, &[suspect], undo).await.unwrap();
    tx.commit().await.unwrap();
    let left = match undo {
        // The attacker's three browsers are unknown again.
        Undo::AllCredentials => [2, 1, 0, 2],
        Undo::SignInCredentials => [2, 2, 10, 5],
    };
    assert_eq!(counted().await, left);
    for key in [&mut planted, &mut planted_next, &mut planted_last] {
        let question = sign_in_question(&site).await;
        let refused = sign_in_with(&site, &answer(&question, key.answer(&question))).await.unwrap_err();
        assert_eq!(refused, [SignInRefused::PasskeyWrong]);
    }
    in_with(&site, &mut owners_key).await;
}

/// An attacker who read the mailbox since then may have opened any session since. A passkey that is a second factor
/// only signs in by itself nowhere, so it stays where only sign-in credentials are removed.
#[rstest]
#[case::all_credentials(Undo::AllCredentials, 1)]
#[case::sign_in_credentials(Undo::SignInCredentials, 2)]
#[tokio::test]
async fn security_2_9_with_the_mailbox_every_session_since_is_suspect(
    #[case] undo: Undo,
    #[case] left: i64,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site =
        TestApp::new(database, &[("site.policy", "modern"), ("policy.passkeys.sign_in", "false")]).await;
    let before = site.member(ADDRESS).await;
    added(&site.ctx(&before.token).await, 1).await;
    site.wait(MINUTE_MS);
    let since = site.now();
    let after = site.signed_in(ADDRESS).await;
    added(&site.ctx(&after.token).await, 2).await;

    let (mut tx, account) = locked(&site, &site.visitor()).await;
    let suspect = |mailbox| Intruder { session_id: Some("none"), browser_id: None, since, mailbox };
    undo_intruder(&mut tx, &account, &[suspect(false)], undo).await.unwrap();
    tx.commit().await.unwrap();
    let keys = async || passkeys::list(&site.ctx(&before.token).await).await.unwrap().len();
    assert_eq!(keys().await, 2, "without the mailbox it was another session");
    let (mut tx, account) = locked(&site, &site.visitor()).await;
    undo_intruder(&mut tx, &account, &[suspect(true)], undo).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(i64::try_from(keys().await).unwrap(), left);
}
