//! メールアドレスの変更 beside itself, a cancelling and a registration: one of them wins (security.md 2.6, MP-06).

use domain::registration::CompleteRefused;
use identity::email_change::{
    LinkState, cancel, confirm_by_code, confirm_by_link, preview, send_again, start, view,
};
use identity::registration;
use platform::error::Error;
use rstest::rstest;
use testkit::{Database, Refusals, TestApp, at, code_in, form, link_in};

use super::email_change::{NEW, OLD, OTHER, confirm_link, email, lines, newest, requested};
use super::races::successes;

/// Two members request one address: the database says whose it is.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_members_race_for_one_address(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, first) = requested(&site).await;
    let first_link = confirm_link(&site, NEW).await;
    let second = site.ctx(&site.member(OTHER).await.token).await;
    start(&second, NEW).await.unwrap();
    let second_link = confirm_link(&site, NEW).await;
    let done = successes(&site, |app, n| {
        let (ctx, link) = if n % 2 == 0 { (&first, &first_link) } else { (&second, &second_link) };
        let (ctx, link) = (at(&app, ctx), link.clone());
        async move { confirm_by_link(&ctx, &link, "").await }
    })
    .await;
    assert_eq!(done, 1);
    let states = [preview(&first, &first_link).await.unwrap(), preview(&second, &second_link).await.unwrap()];
    assert_eq!(states, [LinkState::Dead, LinkState::Dead], "the other's shows the three causes");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_fifty_confirmations_at_once_are_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, ctx) = requested(&site).await;
    let confirmation = newest(&site, NEW, "確認コード").await;
    let (link, code) = (link_in(&confirmation), code_in(&confirmation));
    let done = successes(&site, |app, n| {
        let (ctx, link, code) = (at(&app, &ctx), link.clone(), code.clone());
        async move {
            if n % 10 == 0 {
                confirm_by_code(&ctx, &code, "").await
            } else {
                confirm_by_link(&ctx, &link, "").await
            }
        }
    })
    .await;
    assert_eq!(done, 1);
    assert_eq!(lines(&site, "email_changed").await, 1);
}

/// A double click, however fast, is one change with one e-mail to each address.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_is_one_change(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let ctx = site.ctx(&site.member(OLD).await.token).await;
    let emails = site.emails().await.len();
    successes(&site, |app, _| {
        let ctx = at(&app, &ctx);
        async move { start(&ctx, NEW).await }
    })
    .await;
    assert_eq!(site.emails().await.len(), emails + 2);
    assert_eq!(lines(&site, "email_change_requested").await, 1);
}

/// A change that was cancelled stays so, beside requests to send its e-mail again.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_change_is_not_sent_again(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, ctx) = requested(&site).await;
    successes(&site, |app, n| {
        let ctx = at(&app, &ctx);
        async move {
            if n % 10 == 0 {
                return Ok(cancel(&ctx).await?);
            }
            send_again(&ctx).await
        }
    })
    .await;
    assert_eq!(lines(&site, "email_change_stopped").await, 1);
    assert!(view(&ctx).await.unwrap().pending.is_none());
}

/// Cancelled or done, never both.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_cancelled_or_done(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let (member, ctx) = requested(&site).await;
    let link = confirm_link(&site, NEW).await;
    let done = successes(&site, |app, n| {
        let (ctx, link) = (at(&app, &ctx), link.clone());
        async move {
            if n % 2 == 0 {
                return confirm_by_link(&ctx, &link, "").await;
            }
            cancel(&ctx).await?;
            // A cancelling is no confirmation.
            Err(Error::Refused(Vec::new()))
        }
    })
    .await;
    let stopped = usize::try_from(lines(&site, "email_change_stopped").await).unwrap();
    assert_eq!(done + stopped, 1);
    assert_eq!(email(&site, &member.token).await, if done == 1 { NEW } else { OLD });
}

/// A change beside a registration of the same address: one account has it.
#[rstest]
#[tokio::test]
async fn mp_06_a_pending_registration_loses_to_the_change(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (_, ctx) = requested(&site).await;
    let link = confirm_link(&site, NEW).await;
    let form_id = site.app.rng.token();
    registration::submit(&site.visitor(), &form(NEW), &form_id, None).await.unwrap();
    let code = code_in(&newest(&site, NEW, "仮登録").await);
    confirm_by_link(&ctx, &link, "").await.unwrap();
    let late = registration::complete_by_code(&site.visitor(), &form_id, &code).await;
    assert_eq!(late.refusals(), [CompleteRefused::LinkInvalid]);
}
