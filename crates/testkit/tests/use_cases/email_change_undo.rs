//! メールアドレスの変更: the old mailbox stops or reverts it (security.md 2.9).

use domain::email_change::Refused;
use domain::registration::CompleteRefused;
use identity::email_change::{
    LinkState, RevertView, confirm_by_link, preview, preview_revert, revert, start, view,
};
use identity::{OpenedSession, alerts, password_reset, registration};
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::error::Error;
use rstest::rstest;
use testkit::{Database, PASSWORD, Refusals, TestApp, at, code_in, form, link_in, visitor_of};

use super::email_change::{
    NEW, OLD, RESERVED, confirm_link, email, newest, requested, reset_link, revert_link,
};
use super::races::successes;

/// Where a second change leads to.
const THIRD: &str = "hanako@third.example.jp";

/// A member whose address was changed in the session.
async fn changed(site: &TestApp) -> (OpenedSession, Ctx) {
    let (member, ctx) = requested(site).await;
    confirm(site, &ctx, NEW).await;
    let ctx = site.ctx(&member.token).await;
    (member, ctx)
}

/// Confirms a change by the link of its e-mail.
async fn confirm(site: &TestApp, ctx: &Ctx, new: &str) {
    let link = confirm_link(site, new).await;
    confirm_by_link(ctx, &link, "").await.unwrap();
}

/// The address of the only member.
async fn address(site: &TestApp) -> String {
    let of_member: String =
        sqlx::query_scalar("SELECT email FROM member").fetch_one(site.app.db.readers()).await.unwrap();
    let in_use = "SELECT value FROM identifier WHERE kind = 'email' AND reserved_until IS NULL";
    let in_use: String = sqlx::query_scalar(in_use).fetch_one(site.app.db.readers()).await.unwrap();
    assert_eq!(of_member, in_use);
    in_use
}

#[rstest]
#[tokio::test]
async fn the_old_mailbox_stops_a_pending_change(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (member, ctx) = requested(&site).await;
    let (link, stop) = (confirm_link(&site, NEW).await, revert_link(&site, OLD).await);
    let shown = RevertView {
        done: false,
        old_email: "ha***@example.jp".into(),
        new_email: "ha***@new.example.jp".into(),
    };
    let visitor = site.visitor();
    for _ in 0..5 {
        assert_eq!(preview_revert(&visitor, &stop).await.unwrap().as_ref(), Some(&shown));
    }
    revert(&visitor, &stop).await.unwrap();
    assert_eq!(preview(&ctx, &link).await.unwrap(), LinkState::Dead);
    assert!(!site.is_open(&member.token).await, "the session that asked was an intruder's");
    assert_eq!(address(&site).await, OLD);
    newest(&site, OLD, "/password/reset/new?t=").await;
    assert_eq!(preview_revert(&visitor, &stop).await.unwrap(), None);
    assert_eq!(revert(&visitor, &stop).await.refusals(), [Refused::LinkInvalid]);
}

/// Both e-mails revert; the account is as after "it was not me", and what the attacker set up is gone.
#[rstest]
#[case::first_email(true)]
#[case::second_email(false)]
#[tokio::test]
async fn the_old_mailbox_brings_its_address_back(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[case] first: bool,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, ctx) = requested(&site).await;
    let before = revert_link(&site, OLD).await;
    confirm(&site, &ctx, NEW).await;
    let after = revert_link(&site, OLD).await;
    assert_ne!(before.expose(), after.expose());
    site.wait(DAY_MS);
    let since = site.signed_in(NEW).await;
    site.with_app(&since).await;

    let visitor = site.visitor();
    let (link, other) = if first { (before, after) } else { (after, before) };
    assert!(preview_revert(&visitor, &link).await.unwrap().unwrap().done);
    revert(&visitor, &link).await.unwrap();
    assert_eq!(address(&site).await, OLD);
    for sql in [
        "SELECT COUNT(*) FROM session WHERE ended_at IS NULL",
        "SELECT COUNT(*) FROM member_browser",
        "SELECT COUNT(*) FROM authenticator_app",
        RESERVED,
        "SELECT COUNT(*) FROM member_password WHERE blocked_at IS NULL",
    ] {
        assert_eq!(site.count(sql).await, 0, "{sql}");
    }
    for to in [OLD, NEW] {
        assert!(newest(&site, to, "に戻しました").await.text.contains("ha***@example.jp"));
    }
    let reset = link_in(&newest(&site, OLD, "/password/reset/new?t=").await);
    assert!(password_reset::preview(&visitor, &reset).await.unwrap().is_some());
    for used in [&link, &other] {
        assert_eq!(preview_revert(&visitor, used).await.unwrap(), None);
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'email_change_reverted'").await, 1);
}

/// What the member had before the change stays: the mailbox alone weakens nothing.
#[rstest]
#[tokio::test]
async fn an_older_app_stays(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let member = site.member(OLD).await;
    let app = site.with_app(&member).await;
    site.wait(MINUTE_MS);
    let visitor = site.visitor();
    let half = site.half_signed_in(&visitor, OLD).await;
    let code = app.code(site.now());
    let method = domain::second_factor::Method::App;
    let attacker = site.prove(&visitor, &half, method, &code).await.unwrap();
    let attacker = site.ctx(&attacker.token).await;
    start(&attacker, NEW).await.unwrap();
    confirm(&site, &attacker, NEW).await;
    revert(&visitor, &revert_link(&site, OLD).await).await.unwrap();
    assert_eq!(site.count("SELECT COUNT(*) FROM authenticator_app").await, 1);
}

/// A → B → C: A's e-mail still brings A back, and B's is void then.
#[rstest]
#[tokio::test]
async fn changing_twice_does_not_win(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let (_, attacker) = changed(&site).await;
    let first = revert_link(&site, OLD).await;
    site.wait(MINUTE_MS);
    start(&attacker, THIRD).await.unwrap();
    confirm(&site, &attacker, THIRD).await;
    let second = revert_link(&site, NEW).await;
    assert_eq!(address(&site).await, THIRD);
    revert(&site.visitor(), &first).await.unwrap();
    assert_eq!(address(&site).await, OLD);
    assert_eq!(revert(&site.visitor(), &second).await.refusals(), [Refused::LinkInvalid]);
    assert_eq!(address(&site).await, OLD);
    newest(&site, THIRD, "に戻しました").await;
    assert_eq!(site.count(RESERVED).await, 0, "the attacker's are free");
}

/// Nobody else can have the old address meanwhile, and no page says why.
#[rstest]
#[tokio::test]
async fn mp_69_the_old_address_is_reserved_for_seven_days(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, owner) = changed(&site).await;
    let link = revert_link(&site, OLD).await;
    // A registration gets no e-mail; one that was begun before cannot be completed.
    let (visitor, form_id) = (site.visitor(), site.app.rng.token());
    let emails = site.emails().await.len();
    registration::submit(&visitor, &form(OLD), &form_id, None).await.unwrap();
    assert_eq!(site.emails().await.len(), emails);
    assert!(registration::waiting(&visitor, &form_id).await.unwrap().is_some(), "the same page");
    // Another member gets none either.
    let other = site.ctx(&site.member("taro@example.jp").await.token).await;
    start(&other, OLD).await.unwrap();
    let confirmations = site.emails().await;
    let confirmations = confirmations.iter().filter(|email| email.text.contains("/account/email/"));
    assert_eq!(confirmations.count(), 1);
    // Its own member can go back at once.
    site.wait(MINUTE_MS);
    start(&owner, OLD).await.unwrap();
    confirm_link(&site, OLD).await;

    site.wait(7 * DAY_MS - MINUTE_MS - 1);
    assert!(preview_revert(&visitor, &link).await.unwrap().is_some());
    site.wait(1);
    assert!(preview_revert(&visitor, &link).await.unwrap().is_none());
    assert_eq!(revert(&visitor, &link).await.refusals(), [Refused::LinkInvalid]);
    site.purge().await;
    assert_eq!(site.count(RESERVED).await, 0);
    assert_eq!(site.count("SELECT COUNT(*) FROM address_change").await, 0);
    site.member(OLD).await;
}

/// The database judges, also for a registration whose e-mail was sent before the address was given up.
#[rstest]
#[tokio::test]
async fn a_registration_begun_before_does_not_get_a_reserved_address(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let form_id = site.app.rng.token();
    registration::submit(&site.visitor(), &form(OLD), &form_id, None).await.unwrap();
    let code = code_in(&newest(&site, OLD, "仮登録").await);
    changed(&site).await;
    let late = registration::complete_by_code(&site.visitor(), &form_id, &code).await;
    assert_eq!(late.refusals(), [CompleteRefused::LinkInvalid]);
}

/// A member who answers an older e-mail with "it was not me", or suspends the account by it, gets the reset e-mail; the
/// attacker gets none.
#[rstest]
#[tokio::test]
async fn mp_87_it_was_not_me_brings_the_address_back_too(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(false, true)] suspend: bool,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(OLD).await;
    site.wait(MINUTE_MS);
    let attacker = site.ctx(&site.signed_in(OLD).await.token).await;
    let alert = link_in(&newest(&site, OLD, "/alert?t=").await);
    start(&attacker, NEW).await.unwrap();
    confirm(&site, &attacker, NEW).await;
    start(&attacker, THIRD).await.unwrap();
    let waiting = confirm_link(&site, THIRD).await;
    if suspend {
        alerts::suspend(&site.visitor(), &alert).await.unwrap();
    } else {
        alerts::not_mine(&site.visitor(), &alert).await.unwrap();
    }
    assert_eq!(address(&site).await, OLD);
    newest(&site, OLD, "/password/reset/new?t=").await;
    let emails = site.emails().await;
    assert!(emails.iter().all(|email| email.to == OLD || !email.text.contains("/password/reset/new")));
    let late = confirm_by_link(&site.visitor(), &waiting, PASSWORD).await;
    assert_eq!(late.refusals(), [Refused::LinkInvalid]);
}

/// A new password by e-mail stops a pending change.
#[rstest]
#[tokio::test]
async fn security_2_9_a_reset_stops_a_pending_change(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    requested(&site).await;
    let link = confirm_link(&site, NEW).await;
    let visitor = site.visitor();
    let reset = reset_link(&site, OLD).await;
    assert_ne!(preview(&visitor, &link).await.unwrap(), LinkState::Dead);
    let new = domain::password_change::Form {
        new_password: "quiet-Heron-folds-9-maps".into(),
        new_password_confirm: "quiet-Heron-folds-9-maps".into(),
        ..Default::default()
    };
    password_reset::set_new(&visitor, &reset, &new).await.unwrap();
    assert_eq!(preview(&visitor, &link).await.unwrap(), LinkState::Dead);
}

#[rstest]
#[tokio::test]
async fn no_days_no_link(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[("policy.email_change.undo_days", "0")]).await;
    let (member, _) = changed(&site).await;
    assert_eq!(email(&site, &member.token).await, NEW);
    let emails = site.emails().await;
    assert!(emails.iter().any(|email| email.to == OLD && email.subject.contains("変更されました")));
    assert!(emails.iter().all(|email| !email.text.contains("/email-change/undo")));
    assert_eq!(site.count(RESERVED).await, 0);
}

/// Reverted once, beside everything that the attacker does at the same time.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_fifty_at_once_are_reverted_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, attacker) = changed(&site).await;
    let first = revert_link(&site, OLD).await;
    site.wait(MINUTE_MS);
    start(&attacker, THIRD).await.unwrap();
    let link = confirm_link(&site, THIRD).await;
    let done = successes(&site, |app, n| {
        let (visitor, attacker) = (visitor_of(&app), at(&app, &attacker));
        let (link, first) = (link.clone(), first.clone());
        async move {
            if n % 2 == 0 {
                return revert(&visitor, &first).await;
            }
            confirm_by_link(&attacker, &link, "").await?;
            // A confirmation is no revert.
            Err(Error::Refused(Vec::new()))
        }
    })
    .await;
    assert_eq!(done, 1);
    assert_eq!(address(&site).await, OLD);
    assert!(view(&attacker).await.unwrap().pending.is_none());
}
