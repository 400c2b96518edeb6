//! Proving again to be oneself (ASVS 7.5.1): what protects an account is changed within ten minutes of a proof.

use domain::confirm::{Form, Refused};
use domain::second_step::Method;
use domain::{second_factor as rules, sign_in};
use identity::caller::Caller;
use identity::clock::{DAY_MS, MINUTE_MS};
use identity::confirm::{confirm, methods};
use identity::desk::Desk;
use identity::fault::Fault;
use identity::second_factor;
use identity::sign_in::resume;
use identity::testing::{Base, Bed, PASSWORD};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";

fn password(typed: &str) -> Form {
    Form { password: typed.into(), ..Default::default() }
}

fn code(typed: &str) -> Form {
    Form { code: typed.into(), ..Default::default() }
}

/// What every deed that changes the protection says.
async fn all_deeds(desk: &Desk, caller: &Caller) -> Vec<Option<Fault>> {
    let form = rules::AppForm::default();
    vec![
        second_factor::switch(desk, caller, true).await.err(),
        second_factor::switch(desk, caller, false).await.err(),
        second_factor::app_draft(desk, caller).err(),
        second_factor::app_draft_again(desk, caller, "").err(),
        second_factor::add_app(desk, caller, &form, "App").await.err(),
        second_factor::remove_app(desk, caller, "none").await.err(),
        second_factor::send_mail_code(desk, caller).await.err(),
        second_factor::confirm_mail(desk, caller, "").await.err(),
        second_factor::remove_mail(desk, caller).await.err(),
    ]
}

#[rstest]
#[tokio::test]
async fn asvs_7_5_1_ten_minutes_after_the_proof_nothing_changes(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    bed.wait(10 * MINUTE_MS - 1);
    assert!(all_deeds(&bed.desk, &caller).await.iter().all(Option::is_none));
    bed.wait(1);
    let refused = all_deeds(&bed.desk, &caller).await;
    assert!(refused.iter().all(|fault| matches!(fault, Some(Fault::ProveFirst))), "{refused:?}");
    let refused = all_deeds(&bed.desk, &bed.visitor()).await;
    assert!(refused.iter().all(|fault| matches!(fault, Some(Fault::SignInFirst))), "{refused:?}");

    let token = confirm(&bed.desk, &caller, &password(PASSWORD)).await.unwrap().unwrap();
    assert!(bed.caller(&opened.token).await.current.is_none(), "ASVS 7.2.4: the old token is worth nothing");
    let caller = bed.caller(&token).await;
    assert!(all_deeds(&bed.desk, &caller).await.iter().all(Option::is_none));
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM audit WHERE event = 'confirmed' AND refusal IS NULL").await,
        1
    );
}

/// A browser that came in by itself proved nothing.
#[rstest]
#[tokio::test]
async fn asvs_7_5_1_auto_sign_in_is_no_proof(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let form = sign_in::Form {
        email: ADDRESS.into(),
        password: PASSWORD.into(),
        remember: Some("on".into()),
        next: None,
    };
    let opened = identity::sign_in::sign_in(&bed.desk, &bed.visitor(), &form).await.unwrap().unwrap();
    let (remembered, _) = opened.opened().unwrap().remember.unwrap();
    bed.wait(DAY_MS);
    let again = resume(&bed.desk, &bed.visitor(), &remembered).await.unwrap().unwrap();
    let caller = bed.caller(&again.token).await;
    assert!(matches!(second_factor::switch(&bed.desk, &caller, true).await, Err(Fault::ProveFirst)));
}

#[rstest]
#[tokio::test]
async fn an_apps_code_proves_it_too_and_is_used_by_it(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let app = bed.with_app(&opened).await;
    bed.wait(10 * MINUTE_MS);
    let caller = bed.caller(&opened.token).await;
    assert_eq!(methods(&bed.desk, &caller).await.unwrap(), [Method::App]);
    let shown = app.code(bed.desk.now());
    let token = confirm(&bed.desk, &caller, &code(&shown)).await.unwrap().unwrap();
    let caller = bed.caller(&token).await;
    assert!(caller.fresh(bed.desk.now()).is_ok());
    let again = confirm(&bed.desk, &caller, &code(&shown)).await.unwrap();
    assert_eq!(again.unwrap_err(), [Refused::CodeWrong]);
    let half = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    bed.pass(&bed.visitor(), &half, Method::App, &shown).await.unwrap_err();
}

#[rstest]
#[tokio::test]
async fn what_proves_nothing_leaves_it_as_it_was(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    bed.wait(10 * MINUTE_MS);
    let caller = bed.caller(&opened.token).await;
    for (form, refused) in [
        (Form::default(), Refused::Empty),
        (password("wrong"), Refused::PasswordWrong),
        (code("123456"), Refused::CodeWrong),
        (code("not a code"), Refused::CodeWrong),
    ] {
        assert_eq!(confirm(&bed.desk, &caller, &form).await.unwrap().unwrap_err(), [refused], "{refused:?}");
    }
    assert!(bed.caller(&opened.token).await.current.is_some_and(|c| !c.is_fresh(bed.desk.now())));
    assert!(matches!(confirm(&bed.desk, &bed.visitor(), &code("1")).await, Err(Fault::SignInFirst)));
}

/// MP-50: the codes typed here count with those of the sign-in, and the owner learns of the lock.
#[rstest]
#[tokio::test]
async fn mp_50_wrong_codes_lock_here_as_everywhere(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let app = bed.with_app(&opened).await;
    let caller = bed.caller(&opened.token).await;
    let half = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    let wrong = app.wrong_code(bed.desk.now());
    for _ in 0..3 {
        bed.pass(&bed.visitor(), &half, Method::App, &wrong).await.unwrap_err();
    }
    for _ in 0..2 {
        let refused = confirm(&bed.desk, &caller, &code(&wrong)).await.unwrap();
        assert_eq!(refused.unwrap_err(), [Refused::CodeWrong]);
    }
    for typed in [&wrong, &app.code(bed.desk.now())] {
        let refused = confirm(&bed.desk, &caller, &code(typed)).await.unwrap();
        assert_eq!(refused.unwrap_err(), [Refused::Locked]);
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'second_step_locked'").await, 1);
    // The password is another matter.
    confirm(&bed.desk, &caller, &password(PASSWORD)).await.unwrap().unwrap();
}
