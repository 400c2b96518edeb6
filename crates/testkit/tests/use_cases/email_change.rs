//! メールアドレスの変更: requesting and confirming (MP-68 to MP-72, MD-30, MD-31).

use account::lock;
use account::session::browser;
use domain::address::AddressRefused;
use domain::email_change::Refused;
use identity::email_change::{
    LinkState, cancel, confirm_by_code, confirm_by_link, preview, preview_revert, revert, send_again, start,
    view,
};
use identity::{OpenedSession, password_reset, second_factor, sign_in};
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::error::Denied;
use platform::mail::outbox::Contents;
use platform::secret::Token;
use platform::tx::Tx;
use rstest::rstest;
use testkit::{Database, Denials, PASSWORD, Refusals, Step, TestApp, code_in, link_in};

pub(super) const OLD: &str = "hanako@example.jp";
pub(super) const NEW: &str = "hanako@new.example.jp";
pub(super) const OTHER: &str = "taro@example.jp";

/// Stored proofs of e-mails about changes.
const PROOFS: &str = "SELECT COUNT(*) FROM mailed_proof WHERE purpose LIKE 'email_change%'";
/// Addresses that were given up and are reserved for their members.
pub(super) const RESERVED: &str = "SELECT COUNT(*) FROM identifier WHERE reserved_until IS NOT NULL";

/// The newest e-mail to an address that contains a text.
pub(super) async fn newest(site: &TestApp, to: &str, with: &str) -> Contents {
    let emails = site.emails().await;
    emails.into_iter().rfind(|email| email.to == to && email.text.contains(with)).unwrap()
}

/// The link that confirms, from the new mailbox.
pub(super) async fn confirm_link(site: &TestApp, new: &str) -> Token {
    link_in(&newest(site, new, "/account/email/confirm?t=").await)
}

/// The newest link with which an old mailbox stops or reverts a change.
pub(super) async fn revert_link(site: &TestApp, old: &str) -> Token {
    link_in(&newest(site, old, "/email-change/undo?t=").await)
}

/// Requests a reset e-mail to an address; returns its link.
pub(super) async fn reset_link(site: &TestApp, email: &str) -> Token {
    let form = domain::password_reset::Form { email: email.into(), ..Default::default() };
    password_reset::request(&site.visitor(), &form, &site.app.rng.token()).await.unwrap();
    link_in(&newest(site, email, "/password/reset/new?t=").await)
}

/// A member who requested another address.
pub(super) async fn requested(site: &TestApp) -> (OpenedSession, Ctx) {
    let member = site.member(OLD).await;
    let ctx = site.ctx(&member.token).await;
    start(&ctx, NEW).await.unwrap();
    (member, ctx)
}

/// The address of a session's member.
pub(super) async fn email(site: &TestApp, token: &Token) -> String {
    site.ctx(token).await.session().unwrap().email.clone().unwrap()
}

/// How many lines of the history have an event of the account that succeeded.
pub(super) async fn lines(site: &TestApp, event: &str) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM audit WHERE event = $1 AND refusal IS NULL AND kind = 'account'")
        .bind(event)
        .fetch_one(site.app.db.readers())
        .await
        .unwrap()
}

#[rstest]
#[tokio::test]
async fn mp_68_the_old_address_works_until_the_new_one_is_confirmed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (member, ctx) = requested(&site).await;
    let notified = newest(&site, OLD, "/email-change/undo?t=").await;
    for said in ["ha***@new.example.jp", "192.0.2.7", "山田 花子 様", "変更を止める"] {
        assert!(notified.text.contains(said), "{said}\n{}", notified.text);
    }
    let confirmation = newest(&site, NEW, "/account/email/confirm?t=").await;
    let names_nobody = !confirmation.text.contains("山田") && !confirmation.text.contains(OLD);
    assert!(names_nobody, "it may be another person's mailbox");
    let shown = view(&ctx).await.unwrap();
    let waiting = shown.pending.unwrap();
    assert_eq!((shown.email.as_str(), waiting.new_email.as_str(), waiting.here), (OLD, NEW, true));
    site.signed_in(OLD).await;

    let code = code_in(&confirmation);
    confirm_by_code(&ctx, &code, "").await.unwrap();
    assert_eq!(email(&site, &member.token).await, NEW, "the session stays open");
    site.signed_in(NEW).await;
    assert_eq!((lines(&site, "email_change_requested").await, lines(&site, "email_changed").await), (1, 1));
    let done = newest(&site, OLD, "/email-change/undo?t=").await;
    assert!(done.subject.contains("変更されました") && done.text.contains("ha***@new.example.jp"));
    assert!(newest(&site, NEW, "次のログインから").await.text.contains(NEW));
    let with_old = site.sign_in_with(OLD, PASSWORD).await;
    assert_eq!(with_old.unwrap_err(), [domain::sign_in::Refused::NotAccepted]);
    let again = confirm_by_code(&ctx, &code, "").await.refusals();
    assert_eq!(again, [Refused::LinkInvalid], "used");
}

/// Opening the link changes nothing, however often. Where the member is not signed in, the password is asked for.
#[rstest]
#[tokio::test]
async fn mp_71_the_link_works_in_another_browser_with_the_password(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (member, ctx) = requested(&site).await;
    let link = confirm_link(&site, NEW).await;
    for _ in 0..5 {
        assert_eq!(preview(&site.visitor(), &link).await.unwrap(), LinkState::Password(NEW.into()));
        assert_eq!(preview(&ctx, &link).await.unwrap(), LinkState::Button(NEW.into()));
    }
    let other = site.ctx(&site.member(OTHER).await.token).await;
    for stranger in [&site.visitor(), &other] {
        for (typed, refused) in [("", Refused::PasswordEmpty), ("wrong-Password-1", Refused::PasswordWrong)] {
            assert_eq!(confirm_by_link(stranger, &link, typed).await.refusals(), [refused]);
        }
    }
    confirm_by_link(&site.visitor(), &link, PASSWORD).await.unwrap();
    assert_eq!(email(&site, &member.token).await, NEW);
    assert_eq!(site.count("SELECT COUNT(*) FROM session").await, 2, "the change opens no session");
    assert_eq!(preview(&ctx, &link).await.unwrap(), LinkState::Dead);
    assert_eq!(confirm_by_link(&ctx, &link, "").await.refusals(), [Refused::LinkInvalid]);
}

/// security.md 2.7: the link gives no further tries at the password.
#[rstest]
#[tokio::test]
async fn security_2_7_wrong_passwords_at_the_link_lock_as_at_the_sign_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    requested(&site).await;
    let link = confirm_link(&site, NEW).await;
    for _ in 0..site.app.policy.sign_in.lock_threshold {
        let wrong = confirm_by_link(&site.visitor(), &link, "wrong-Password-1").await;
        assert_eq!(wrong.refusals(), [Refused::PasswordWrong]);
    }
    assert_eq!(confirm_by_link(&site.visitor(), &link, PASSWORD).await.refusals(), [Refused::Locked]);
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in_locked'").await, 1);
}

#[rstest]
#[tokio::test]
async fn mp_68_what_is_no_new_address_is_refused(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let member = site.member(OLD).await;
    let ctx = site.ctx(&member.token).await;
    for (typed, refused) in [
        ("", Refused::Address(AddressRefused::Empty)),
        ("hanako", Refused::Address(AddressRefused::NotAnAddress)),
        (OLD, Refused::Same),
        ("ｈａｎａｋｏ＠ＥＸＡＭＰＬＥ．ｊｐ", Refused::Same),
    ] {
        assert_eq!(start(&ctx, typed).await.refusals(), [refused], "{typed}");
    }
    assert_eq!(site.count(PROOFS).await, 0);
    for odd in ["abc.@docomo.ne.jp", "Hanako@example.jp", "hanako+id@example.jp"] {
        site.wait(MINUTE_MS);
        start(&ctx, odd).await.unwrap();
    }
    site.wait(10 * MINUTE_MS);
    let stale = site.ctx(&member.token).await;
    assert_eq!(start(&stale, NEW).await.denied(), Denied::StepUp);
    assert_eq!(send_again(&stale).await.denied(), Denied::StepUp);
    assert!(view(&stale).await.unwrap().pending.is_some(), "the pending change is shown all the same");
    cancel(&stale).await.unwrap();
    assert_eq!(view(&stale).await.denied(), Denied::StepUp);
    assert_eq!(start(&site.visitor(), NEW).await.denied(), Denied::SignIn);
}

/// A change of upper and lower case: the same account, written differently, confirmed like any other change.
#[rstest]
#[tokio::test]
async fn the_case_of_the_own_address_can_change(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let member = site.member(OLD).await;
    let ctx = site.ctx(&member.token).await;
    start(&ctx, "Hanako@example.jp").await.unwrap();
    let link = confirm_link(&site, "Hanako@example.jp").await;
    confirm_by_link(&ctx, &link, "").await.unwrap();
    assert_eq!(email(&site, &member.token).await, "Hanako@example.jp");
    assert_eq!(site.count(RESERVED).await, 0);
    site.signed_in(OLD).await;
}

/// MP-69: a taken or reserved address gets no e-mail, and everything else is the same.
#[rstest]
#[tokio::test]
async fn mp_69_a_known_address_is_asked_for_like_any_other_and_never_confirmed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(OTHER).await;
    let member = site.member(OLD).await;
    let ctx = site.ctx(&member.token).await;
    let decoys = "SELECT COUNT(*) FROM outbox WHERE kind = 'decoy'";
    let (rows, decoy) = (site.count("SELECT COUNT(*) FROM outbox").await, site.count(decoys).await);
    start(&ctx, "Taro@example.jp").await.unwrap();
    assert_eq!(site.count("SELECT COUNT(*) FROM outbox").await - rows, 2, "as many as for a free one");
    assert_eq!(site.count(decoys).await - decoy, 1);
    assert!(newest(&site, OLD, "/email-change/undo?t=").await.text.contains("Ta***@example.jp"));
    let waiting = view(&ctx).await.unwrap().pending.unwrap();
    assert_eq!((waiting.new_email.as_str(), waiting.here), ("Taro@example.jp", true));

    send_again(&ctx).await.unwrap();
    let emails = site.emails().await;
    assert!(emails.iter().all(|email| email.to == OLD || !email.text.contains("/account/email/")));
    for n in 0..6 {
        let refused = if n < 5 { Refused::CodeWrong } else { Refused::CodeTries };
        assert_eq!(confirm_by_code(&ctx, &format!("{n:06}"), "").await.refusals(), [refused]);
    }
    assert_eq!(email(&site, &member.token).await, OLD);
}

#[rstest]
#[tokio::test]
async fn the_code_is_accepted_in_its_session_for_five_tries(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, ctx) = requested(&site).await;
    let code = code_in(&newest(&site, NEW, "確認コード").await);
    site.wait(MINUTE_MS);
    let elsewhere = site.ctx(&site.signed_in(OLD).await.token).await;
    assert!(!view(&elsewhere).await.unwrap().pending.unwrap().here);
    let done = confirm_by_code(&elsewhere, &code, "").await.refusals();
    assert_eq!(done, [Refused::LinkInvalid], "another session");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(confirm_by_code(&ctx, wrong, "").await.refusals(), [Refused::CodeWrong]);
    }
    let done = confirm_by_code(&ctx, &code, "").await.refusals();
    assert_eq!(done, [Refused::CodeTries], "the right one comes too late");

    // A new e-mail: the old link and code are void, and its code is bound to the session that requested it.
    let link = confirm_link(&site, NEW).await;
    send_again(&elsewhere).await.unwrap();
    assert_eq!(preview(&ctx, &link).await.unwrap(), LinkState::Dead);
    let code = code_in(&newest(&site, NEW, "確認コード").await);
    assert_eq!(confirm_by_code(&ctx, &code, "").await.refusals(), [Refused::LinkInvalid]);
    confirm_by_code(&elsewhere, &code, "").await.unwrap();
}

/// Used, expired, cancelled, superseded: the answers are the same (security.md 2.6).
#[rstest]
#[tokio::test]
async fn security_2_6_dead_links_are_dead(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, ctx) = requested(&site).await;
    let superseded = (confirm_link(&site, NEW).await, revert_link(&site, OLD).await);
    start(&ctx, NEW).await.unwrap();
    let after = confirm_link(&site, NEW).await;
    assert_eq!(after.expose(), superseded.0.expose(), "a double click is one e-mail");
    site.wait(MINUTE_MS);
    start(&ctx, NEW).await.unwrap();
    let cancelled = (confirm_link(&site, NEW).await, revert_link(&site, OLD).await);
    cancel(&ctx).await.unwrap();
    assert_eq!(lines(&site, "email_change_stopped").await, 1);
    site.wait(MINUTE_MS);
    start(&ctx, NEW).await.unwrap();
    let expired = (confirm_link(&site, NEW).await, revert_link(&site, OLD).await);
    // Neither e-mail's link does the other's work.
    assert_eq!(preview(&ctx, &expired.1).await.unwrap(), LinkState::Dead);
    assert_eq!(preview_revert(&ctx, &expired.0).await.unwrap(), None);
    site.wait(DAY_MS - 1);
    let visitor = site.visitor();
    assert_eq!(preview(&visitor, &expired.0).await.unwrap(), LinkState::Password(NEW.into()));
    site.wait(1);
    for (link, stop) in [superseded, cancelled, expired] {
        assert_eq!(preview(&visitor, &link).await.unwrap(), LinkState::Dead);
        assert_eq!(confirm_by_link(&visitor, &link, PASSWORD).await.refusals(), [Refused::LinkInvalid]);
        assert_eq!(preview_revert(&visitor, &stop).await.unwrap(), None);
        assert_eq!(revert(&visitor, &stop).await.refusals(), [Refused::LinkInvalid]);
    }
    site.purge().await;
    assert_eq!(site.count(PROOFS).await, 0);
}

#[rstest]
#[tokio::test]
async fn emails_are_limited_for_an_address_and_for_a_member(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, ctx) = requested(&site).await;
    let most = site.app.policy.email_change.letters_per_day;
    for _ in 1..most {
        send_again(&ctx).await.unwrap();
    }
    let emails = site.emails().await.len();
    assert_eq!(send_again(&ctx).await.refusals(), [Refused::TooManyTries]);
    let another = start(&ctx, "hanako@other.example.jp").await.refusals();
    assert_eq!(another, [Refused::TooManyTries], "of this member");
    let other = site.ctx(&site.member(OTHER).await.token).await;
    assert_eq!(start(&other, NEW).await.refusals(), [Refused::TooManyTries], "to this address");
    assert_eq!(site.emails().await.len(), emails + 1, "the registration's");
}

/// MP-70: codes by e-mail forbid it, an app does not; judged again when it is confirmed.
#[rstest]
#[tokio::test]
async fn mp_70_codes_by_email_refuse_the_change_and_an_app_does_not(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let member = site.member(OLD).await;
    site.with_app(&member).await;
    let ctx = site.ctx(&member.token).await;
    start(&ctx, NEW).await.unwrap();
    let (link, code) = (confirm_link(&site, NEW).await, code_in(&newest(&site, NEW, "確認コード").await));
    site.with_mail(&member).await;
    assert!(view(&ctx).await.unwrap().refused);
    assert_eq!(start(&ctx, NEW).await.refusals(), [Refused::MailFactor]);
    assert_eq!(send_again(&ctx).await.refusals(), [Refused::MailFactor]);
    assert_eq!(preview(&ctx, &link).await.unwrap(), LinkState::Refused);
    for done in [
        confirm_by_link(&ctx, &link, "").await,
        confirm_by_link(&site.visitor(), &link, PASSWORD).await,
        confirm_by_code(&ctx, &code, "").await,
    ] {
        assert_eq!(done.refusals(), [Refused::MailFactor]);
    }
    assert_eq!(email(&site, &member.token).await, OLD);
    second_factor::remove_mail_codes(&ctx).await.unwrap();
    confirm_by_link(&ctx, &link, "").await.unwrap();
    assert_eq!(email(&site, &member.token).await, NEW);
}

/// MD-30, MD-31, C-50: the password confirms, and the second factor is removed.
#[rstest]
#[tokio::test]
async fn md_31_where_the_policy_clears_the_password_confirms_and_the_factors_go(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("policy.email_change.second_factor", "clear")]).await;
    let (member, ctx) = requested(&site).await;
    site.with_app(&member).await;
    let mut tx = Tx::begin(&site.browser_of(&member)).await.unwrap();
    let account = lock::lock_existing(&mut tx, &ctx.session().unwrap().member_id).await.unwrap();
    browser::trust(&mut tx, &account).await.unwrap();
    tx.commit().await.unwrap();
    let trusted = "SELECT COUNT(*) FROM member_browser WHERE trusted_until IS NOT NULL";
    assert_eq!(site.count(trusted).await, 1);
    let shown = view(&ctx).await.unwrap();
    assert!(shown.by_password && !shown.refused);
    let link = confirm_link(&site, NEW).await;
    assert_eq!(preview(&ctx, &link).await.unwrap(), LinkState::Password(NEW.into()));
    let code = code_in(&newest(&site, NEW, "確認コード").await);
    for (typed, refused) in [("", Refused::PasswordEmpty), ("wrong-Password-1", Refused::PasswordWrong)] {
        assert_eq!(confirm_by_code(&ctx, &code, typed).await.refusals(), [refused]);
    }
    confirm_by_code(&ctx, &code, PASSWORD).await.unwrap();
    for left in ["SELECT COUNT(*) FROM authenticator_app", trusted] {
        assert_eq!(site.count(left).await, 0, "{left}");
    }
    assert!(
        newest(&site, OLD, "2段階認証の設定と信頼済み端末を解除しました").await.text.contains("取り消す")
    );
    newest(&site, NEW, "2段階認証の設定と信頼済み端末を解除しました").await;
    site.signed_in(NEW).await;
}

/// Proofs that were sent to the old mailbox are void; what refers to the member's id only stays valid.
#[rstest]
#[tokio::test]
async fn what_was_sent_to_the_old_mailbox_is_void(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (member, ctx) = requested(&site).await;
    site.with_app(&member).await;
    let visitor = site.visitor();
    let half = site.half_signed_in(&visitor, OLD).await;
    let reset = reset_link(&site, OLD).await;
    assert!(password_reset::preview(&visitor, &reset).await.unwrap().is_some());
    let link = confirm_link(&site, NEW).await;
    confirm_by_link(&ctx, &link, "").await.unwrap();
    assert!(password_reset::preview(&visitor, &reset).await.unwrap().is_none());
    assert!(sign_in::challenge(&visitor, &half).await.unwrap().is_none());
    assert_eq!(email(&site, &member.token).await, NEW);
}

/// Pre-hijacking (security.md 2.9): a pending change does not outlive the password of the session that requested it.
#[rstest]
#[tokio::test]
async fn security_2_9_a_new_password_ends_what_another_session_requested(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, own) = requested(&site).await;
    let change = domain::password_change::Form {
        current_password: PASSWORD.into(),
        new_password: "quiet-Heron-folds-9-maps".into(),
        new_password_confirm: "quiet-Heron-folds-9-maps".into(),
    };
    let changed = identity::password::change(&own, &change).await.unwrap();
    let own = site.ctx(&changed.token).await;
    assert!(view(&own).await.unwrap().pending.is_some(), "the owner's own stays");
    let attacker = site.sign_in_with(OLD, &change.new_password).await.unwrap().in_session();
    let attacker = site.ctx(&attacker.token).await;
    let back = domain::password_change::Form {
        current_password: change.new_password,
        new_password: PASSWORD.into(),
        new_password_confirm: PASSWORD.into(),
    };
    identity::password::change(&attacker, &back).await.unwrap();
    assert!(view(&own).await.unwrap().pending.is_none());
}
