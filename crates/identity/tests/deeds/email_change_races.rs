//! メールアドレスの変更 beside itself, a cancelling and a registration: one of them wins (security.md 2.6, MP-06).

use domain::registration::CompleteRefused;
use identity::email_change::{Door, ask, cancel, confirm_by_code, confirm_by_link, door};
use identity::testing::{Base, Bed, code_in, form, link_in};
use rstest::rstest;

use super::email_change::{NEW, OLD, OTHER, asked, confirming, email, line, newest};
use super::races::successes;

/// Two members ask for one address: the database says whose it is.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_members_race_for_one_address(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let (_, first) = asked(&bed).await;
    let first_link = confirming(&bed, NEW).await;
    let second = bed.caller(&bed.member(OTHER).await.token).await;
    ask(&bed.desk, &second, NEW).await.unwrap().unwrap();
    let second_link = confirming(&bed, NEW).await;
    let done = successes(&bed, |desk, n| {
        let (caller, link) = if n % 2 == 0 {
            (first.clone(), first_link.clone())
        } else {
            (second.clone(), second_link.clone())
        };
        async move { Ok(confirm_by_link(&desk, &caller, &link, "").await?.is_ok()) }
    })
    .await;
    assert_eq!(done, 1);
    let closed = [
        door(&bed.desk, &first, &first_link).await.unwrap(),
        door(&bed.desk, &second, &second_link).await.unwrap(),
    ];
    assert_eq!(closed, [Door::Closed, Door::Closed], "the other's shows the three causes");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_fifty_confirmations_at_once_are_one(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let (_, caller) = asked(&bed).await;
    let letter = newest(&bed, NEW, "確認コード").await;
    let (link, code) = (link_in(&letter), code_in(&letter));
    let done = successes(&bed, |desk, n| {
        let (caller, link, code) = (caller.clone(), link.clone(), code.clone());
        async move {
            if n % 10 == 0 {
                Ok(confirm_by_code(&desk, &caller, &code, "").await?.is_ok())
            } else {
                Ok(confirm_by_link(&desk, &caller, &link, "").await?.is_ok())
            }
        }
    })
    .await;
    assert_eq!(done, 1);
    assert_eq!(line(&bed, "email_change").await, 1);
}

/// Cancelled or done, never both.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_cancelled_or_done(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let (member, caller) = asked(&bed).await;
    let link = confirming(&bed, NEW).await;
    let done = successes(&bed, |desk, n| {
        let (caller, link) = (caller.clone(), link.clone());
        async move {
            if n % 2 == 0 {
                return Ok(confirm_by_link(&desk, &caller, &link, "").await?.is_ok());
            }
            cancel(&desk, &caller).await?;
            Ok(false)
        }
    })
    .await;
    let stopped = usize::try_from(line(&bed, "email_change_stopped").await).unwrap();
    assert_eq!(done + stopped, 1);
    assert_eq!(email(&bed, &member.token).await, if done == 1 { NEW } else { OLD });
}

/// A change beside a registration of the same address: one account has it.
#[rstest]
#[tokio::test]
async fn mp_06_a_registration_that_waits_loses_to_the_change(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let (_, caller) = asked(&bed).await;
    let link = confirming(&bed, NEW).await;
    let form_id = bed.desk.random.token();
    identity::registration::submit(&bed.desk, &bed.visitor(), &form(NEW), &form_id).await.unwrap().unwrap();
    let code = code_in(&newest(&bed, NEW, "仮登録").await);
    confirm_by_link(&bed.desk, &caller, &link, "").await.unwrap().unwrap();
    let late = identity::registration::complete_by_code(&bed.desk, &bed.visitor(), &form_id, &code).await;
    assert_eq!(late.unwrap().unwrap_err(), CompleteRefused::LinkInvalid);
}
