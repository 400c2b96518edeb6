//! What a thief's browser had sent already when the owner said "not me": nothing of it is stored, and nothing taken away.

use domain::password_change::Form;
use domain::second_factor::AppForm;
use domain::withdrawal;
use identity::caller::Caller;
use identity::fault::Fault;
use identity::testing::{Authenticator, Base, Bed, PASSWORD, link_in};
use identity::{alerts, email_change, linked_accounts, password, second_factor};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "quiet-Heron-folds-9-maps";

/// The thief's request as it came in, a moment before the session ended.
async fn shut_out(bed: &Bed) -> Caller {
    bed.member(ADDRESS).await;
    let thief = bed.signed_in(ADDRESS).await;
    let letter = bed.letters().await.pop().unwrap();
    let caller = bed.caller(&thief.token).await;
    alerts::not_mine(&bed.desk, &bed.visitor(), &link_in(&letter)).await.unwrap().unwrap();
    caller
}

/// The password stays blocked, and the owner's reset letter good.
#[rstest]
#[tokio::test]
async fn a_new_password_does_not_undo_not_me(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let thief = shut_out(&bed).await;
    let owners = link_in(bed.letters().await.last().unwrap());
    let form = Form {
        current_password: PASSWORD.into(),
        new_password: NEW.into(),
        new_password_confirm: NEW.into(),
    };
    let changed = password::change(&bed.desk, &thief, &form).await;
    assert!(matches!(changed, Err(Fault::SignInFirst)), "{changed:?}");
    assert!(
        bed.sign_in_with(ADDRESS, NEW).await.is_err() && bed.sign_in_with(ADDRESS, PASSWORD).await.is_err()
    );
    assert!(identity::password_reset::door(&bed.desk, &owners).await.unwrap().is_some());
}

#[rstest]
#[tokio::test]
async fn nothing_that_protects_the_account_changes(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let thief = shut_out(&bed).await;
    let letters = bed.letters().await.len();
    let (desk, over) = (&bed.desk, |fault: Fault| matches!(fault, Fault::SignInFirst));

    let draft = second_factor::app_draft(desk, &thief).unwrap();
    let code = Authenticator::scanned(&draft.link).code(desk.now());
    let app = AppForm { draft: draft.sealed, code, ..AppForm::default() };
    assert!(over(second_factor::add_app(desk, &thief, &app, "app").await.unwrap_err()));
    let list = second_factor::backup_draft(desk, &thief).unwrap().sealed;
    assert!(over(second_factor::keep_backup_codes(desk, &thief, &list).await.unwrap_err()));
    assert!(over(second_factor::switch(desk, &thief, true).await.unwrap_err()));
    assert!(over(second_factor::remove_mail(desk, &thief).await.unwrap_err()));
    assert!(over(second_factor::confirm_mail(desk, &thief, "123456").await.unwrap_err()));
    assert!(over(second_factor::remove_app(desk, &thief, "any").await.unwrap_err()));
    assert!(over(email_change::ask(desk, &thief, "thief@example.com").await.unwrap_err()));
    assert!(over(linked_accounts::unlink(desk, &thief, "google").await.unwrap_err()));
    let leave = withdrawal::Form { agree: Some("yes".into()), ..withdrawal::Form::default() };
    assert!(over(identity::withdrawal::withdraw(desk, &thief, &leave).await.unwrap_err()));
    assert_eq!(bed.letters().await.len(), letters, "and nobody is told of anything");
    assert_eq!(bed.count("SELECT COUNT(*) FROM member").await, 1);
}

/// Who still comes in otherwise cannot use it either: not to prove anything, and not to choose another.
#[rstest]
#[tokio::test]
async fn a_blocked_password_works_for_nothing(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    bed.change("UPDATE member_password SET blocked_at = 1").await;
    let caller = bed.caller(&opened.token).await;
    let form = Form {
        current_password: PASSWORD.into(),
        new_password: NEW.into(),
        new_password_confirm: NEW.into(),
    };
    let changed = password::change(&bed.desk, &caller, &form).await.unwrap();
    assert_eq!(changed.unwrap_err(), [domain::password_change::Refused::CurrentWrong]);
    let proof = domain::confirm::Form { password: PASSWORD.into(), ..Default::default() };
    let proven = identity::confirm::confirm(&bed.desk, &caller, &proof).await.unwrap();
    assert_eq!(proven.unwrap_err(), [domain::confirm::Refused::PasswordWrong]);
    assert_eq!(bed.count("SELECT COUNT(*) FROM member_password WHERE blocked_at = 1").await, 1);
}
