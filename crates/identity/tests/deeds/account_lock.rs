//! 「今すぐアカウントをロックする」, and the temporary password of the helpdesk (MP-96, C-01).

use domain::address::EmailAddress;
use domain::password_change::Form as NewForm;
use domain::sign_in::{Form as SignInForm, Refused};
use identity::account_lock::lock_mine;
use identity::alerts;
use identity::clock::{DAY_MS, MINUTE_MS};
use identity::fault::Fault;
use identity::helpdesk::{self, send_temporary_password};
use identity::password_reset::set_new;
use identity::secret::Token;
use identity::sign_in::{SignedIn, resume, sign_in};
use identity::testing::{Base, Bed, PASSWORD, link_in, written_code_in};
use rstest::rstest;

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "another-good-secret";

async fn set(bed: &Bed, link: &Token) {
    let form = NewForm { new_password: NEW.into(), new_password_confirm: NEW.into(), ..NewForm::default() };
    set_new(&bed.desk, &bed.visitor(), link, &form).await.unwrap().unwrap();
}

async fn locked(bed: &Bed) -> bool {
    bed.count("SELECT COUNT(*) FROM member WHERE locked_at IS NOT NULL").await == 1
}

#[rstest]
#[tokio::test]
async fn the_owner_locks_and_only_the_letter_opens_again(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let remember = SignInForm {
        email: ADDRESS.into(),
        password: PASSWORD.into(),
        remember: Some("on".into()),
        ..SignInForm::default()
    };
    let other = sign_in(&bed.desk, &bed.visitor(), &remember).await.unwrap().unwrap().opened().unwrap();
    bed.wait(11 * MINUTE_MS);
    lock_mine(&bed.desk, &bed.caller(&opened.token).await).await.unwrap();

    assert!(locked(&bed).await);
    assert!(!bed.is_open(&opened).await && !bed.is_open(&other).await);
    assert!(resume(&bed.desk, &bed.visitor(), &other.remember.unwrap().0).await.unwrap().is_none());
    assert_eq!(bed.sign_in_with(ADDRESS, PASSWORD).await.unwrap_err(), [Refused::Blocked]);
    let letter = bed.letters().await.pop().unwrap();
    set(&bed, &link_in(&letter)).await;
    assert!(!locked(&bed).await);
    assert!(bed.sign_in_with(ADDRESS, NEW).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn any_security_letter_can_lock_once_and_without_sign_in(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    bed.sign_in_with(ADDRESS, PASSWORD).await.unwrap();
    let letter = bed.letters().await.pop().unwrap();
    let link = link_in(&letter);
    for _ in 0..5 {
        assert!(alerts::look(&bed.desk, &link).await.unwrap().is_some(), "looking locks nothing");
    }
    assert!(!locked(&bed).await);
    let pressed = successes(&bed, |desk, _| {
        let (here, link) = (bed.visitor(), link.clone());
        async move { Ok(alerts::lock(&desk, &here, &link).await?.is_ok()) }
    })
    .await;
    assert_eq!(pressed, 1);
    assert!(locked(&bed).await);
    let lines = bed.count("SELECT COUNT(*) FROM audit WHERE event = 'account_locked'").await;
    assert_eq!(lines, 1);
}

async fn send(bed: &Bed) -> String {
    let address = EmailAddress::parse(ADDRESS).unwrap();
    send_temporary_password(&bed.desk, &bed.visitor(), &address).await.unwrap().unwrap();
    written_code_in(bed.letters().await.last().unwrap())
}

#[rstest]
#[tokio::test]
async fn mp_96_c_01_the_temporary_password_leads_to_a_new_one_and_nowhere_else(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let temporary = send(&bed).await;
    assert_eq!(bed.letters().await.last().unwrap().to, ADDRESS, "to the registered address");
    let sessions = bed.count("SELECT COUNT(*) FROM session").await;
    let typed = temporary.to_uppercase();
    let SignedIn::SetNew(link) = bed.sign_in_with(ADDRESS, &typed).await.unwrap() else {
        panic!("somebody is in")
    };
    assert_eq!(bed.count("SELECT COUNT(*) FROM session").await, sessions, "no session");
    assert_eq!(bed.sign_in_with(ADDRESS, &temporary).await.unwrap_err(), [Refused::NotAccepted], "once");
    set(&bed, &link).await;
    assert!(bed.sign_in_with(ADDRESS, NEW).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn mp_96_it_is_short_lived_replaced_by_a_newer_and_does_not_stop_the_owner(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let first = send(&bed).await;
    let second = send(&bed).await;
    assert!(bed.sign_in_with(ADDRESS, PASSWORD).await.is_ok(), "the own password goes on working");
    assert_eq!(bed.sign_in_with(ADDRESS, &first).await.unwrap_err(), [Refused::NotAccepted]);
    bed.wait(DAY_MS);
    assert_eq!(bed.sign_in_with(ADDRESS, &second).await.unwrap_err(), [Refused::NotAccepted]);
    identity::jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM temporary_password").await, 0);
}

#[rstest]
#[tokio::test]
async fn mp_25_guesses_at_a_temporary_password_lock_like_others(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let temporary = send(&bed).await;
    for _ in 0..6 {
        let refused = bed.sign_in_with(ADDRESS, "zzzz-zzzz-zzzz").await.unwrap_err();
        assert_eq!(refused, [Refused::NotAccepted]);
    }
    assert_eq!(bed.sign_in_with(ADDRESS, &temporary).await.unwrap_err(), [Refused::NotAccepted], "locked");
}

#[rstest]
#[tokio::test]
async fn kb_34_a_site_without_temporary_passwords_sends_none(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let nobody = EmailAddress::parse("nobody@example.jp").unwrap();
    let refused = send_temporary_password(&bed.desk, &bed.visitor(), &nobody).await.unwrap();
    assert_eq!(refused.unwrap_err(), helpdesk::Refused::NobodyThere);
    let bed = Bed::new(base, &[("policy.helpdesk.temporary_credential", "none")]).await;
    bed.member(ADDRESS).await;
    let address = EmailAddress::parse(ADDRESS).unwrap();
    let done = send_temporary_password(&bed.desk, &bed.visitor(), &address).await;
    assert!(matches!(done, Err(Fault::NotOffered)));
}

/// What was sent before a lock, or before a change of the password, is of no use any more.
#[rstest]
#[tokio::test]
async fn c_01_a_lock_and_a_new_password_void_the_temporary_one(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let temporary = send(&bed).await;
    let form = NewForm {
        current_password: PASSWORD.into(),
        new_password: NEW.into(),
        new_password_confirm: NEW.into(),
    };
    let caller = bed.caller(&opened.token).await;
    let changed = identity::password::change(&bed.desk, &caller, &form).await.unwrap().unwrap();
    assert_eq!(bed.sign_in_with(ADDRESS, &temporary).await.unwrap_err(), [Refused::NotAccepted]);

    let temporary = send(&bed).await;
    lock_mine(&bed.desk, &bed.caller(&changed.token).await).await.unwrap();
    assert_eq!(bed.sign_in_with(ADDRESS, &temporary).await.unwrap_err(), [Refused::NotAccepted]);
    assert!(locked(&bed).await);
}
