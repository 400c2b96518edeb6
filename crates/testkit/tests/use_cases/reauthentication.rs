//! Authenticating again (ASVS 7.5.1): what protects an account is changed within ten minutes of it.

use account::audit::Event;
use domain::reauthentication::{Form, Refused};
use domain::second_factor::Method;
use domain::second_factor::set_up::AppForm;
use domain::sign_in;
use identity::reauthentication::{methods, reauthenticate};
use identity::second_factor;
use identity::sign_in::resume;
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::error::{Denied, Error, Fault};
use rstest::rstest;
use testkit::{Database, Denials, PASSWORD, Refusals, Step, TestApp};

const ADDRESS: &str = "hanako@example.jp";

fn password(typed: &str) -> Form {
    Form { password: typed.into(), ..Default::default() }
}

fn code(typed: &str) -> Form {
    Form { code: typed.into(), ..Default::default() }
}

/// Why a use case was denied, whatever its form is like; `None`: it was not denied.
fn denied<T, R>(done: Result<T, Error<R>>) -> Option<Denied> {
    match done {
        Err(Error::Denied(denied)) => Some(denied),
        Err(Error::Failed(failure)) => unreachable!("{failure}"),
        Ok(_) | Err(Error::Refused(_)) => None,
    }
}

/// The same for a use case without a form.
fn without_form<T>(done: Result<T, Fault>) -> Option<Denied> {
    denied(done.map_err(Error::<()>::from))
}

/// The denials of every use case that changes what protects the account.
async fn all_changes(ctx: &Ctx) -> [Option<Denied>; 9] {
    [
        without_form(second_factor::switch(ctx, true).await),
        without_form(second_factor::switch(ctx, false).await),
        without_form(second_factor::app_draft(ctx)),
        without_form(second_factor::app_draft_again(ctx, "")),
        denied(second_factor::add_app(ctx, &AppForm::default(), "App").await),
        without_form(second_factor::remove_app(ctx, "none").await),
        denied(second_factor::send_mail_code(ctx).await),
        denied(second_factor::confirm_mail_codes(ctx, "").await),
        without_form(second_factor::remove_mail_codes(ctx).await),
    ]
}

#[rstest]
#[tokio::test]
async fn asvs_7_5_1_ten_minutes_after_the_authentication_nothing_changes(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    site.wait(10 * MINUTE_MS - 1);
    assert_eq!(all_changes(&ctx).await, [None; 9]);
    site.wait(1);
    assert_eq!(all_changes(&ctx).await, [Some(Denied::StepUp); 9]);
    assert_eq!(all_changes(&site.visitor()).await, [Some(Denied::SignIn); 9]);

    let token = reauthenticate(&ctx, &password(PASSWORD)).await.unwrap();
    assert!(!site.is_open(&opened.token).await, "ASVS 7.2.4: the old token is not valid any more");
    let ctx = site.ctx(&token).await;
    assert_eq!(all_changes(&ctx).await, [None; 9]);
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE event = 'reauthenticated' AND refusal IS NULL").await,
        1
    );
}

/// A browser that was signed in automatically proved nothing.
#[rstest]
#[tokio::test]
async fn asvs_7_5_1_auto_sign_in_is_no_authentication(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let form = sign_in::Form {
        email: ADDRESS.into(),
        password: PASSWORD.into(),
        remember: Some("on".into()),
        next: None,
    };
    let opened = identity::sign_in::sign_in(&site.visitor(), &form, None).await.unwrap();
    let (remembered, _) = opened.in_session().remember.unwrap();
    site.wait(DAY_MS);
    let again = resume(&site.visitor(), &remembered).await.unwrap().unwrap().session;
    let ctx = site.ctx(&again.token).await;
    assert_eq!(second_factor::switch(&ctx, true).await.denied(), Denied::StepUp);
}

#[rstest]
#[tokio::test]
async fn an_apps_code_is_enough_too_and_is_used_by_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let app = site.with_app(&opened).await;
    site.wait(10 * MINUTE_MS);
    let ctx = site.ctx(&opened.token).await;
    assert_eq!(methods(&ctx).await.unwrap(), [Method::App]);
    let shown = app.code(site.now());
    let token = reauthenticate(&ctx, &code(&shown)).await.unwrap();
    let ctx = site.ctx(&token).await;
    assert!(ctx.member_fresh().is_ok());
    assert_eq!(reauthenticate(&ctx, &code(&shown)).await.refusals(), [Refused::CodeWrong]);
    let half = site.half_signed_in(&site.visitor(), ADDRESS).await;
    site.prove(&site.visitor(), &half, Method::App, &shown).await.unwrap_err();
}

#[rstest]
#[tokio::test]
async fn what_proves_nothing_leaves_it_as_it_was(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    site.wait(10 * MINUTE_MS);
    let ctx = site.ctx(&opened.token).await;
    for (form, refused) in [
        (Form::default(), Refused::Empty),
        (password("wrong"), Refused::PasswordWrong),
        (code("123456"), Refused::CodeWrong),
        (code("not a code"), Refused::CodeWrong),
    ] {
        assert_eq!(reauthenticate(&ctx, &form).await.refusals(), [refused], "{refused:?}");
    }
    let session = site.ctx(&opened.token).await.session().cloned().unwrap();
    assert!(!session.is_fresh(site.now()));
    assert_eq!(reauthenticate(&site.visitor(), &code("1")).await.denied(), Denied::SignIn);
}

/// MP-50: the codes typed here count with those of the sign-in, and the member is notified of the lockout.
#[rstest]
#[tokio::test]
async fn mp_50_wrong_codes_lock_here_as_everywhere(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let app = site.with_app(&opened).await;
    let ctx = site.ctx(&opened.token).await;
    let half = site.half_signed_in(&site.visitor(), ADDRESS).await;
    let wrong = app.wrong_code(site.now());
    for _ in 0..3 {
        site.prove(&site.visitor(), &half, Method::App, &wrong).await.unwrap_err();
    }
    for _ in 0..2 {
        assert_eq!(reauthenticate(&ctx, &code(&wrong)).await.refusals(), [Refused::CodeWrong]);
    }
    for typed in [&wrong, &app.code(site.now())] {
        assert_eq!(reauthenticate(&ctx, &code(typed)).await.refusals(), [Refused::Locked]);
    }
    assert_eq!(site.alerts_of(Event::SecondFactorLocked).await, 1);
    // The password is not locked out.
    reauthenticate(&ctx, &password(PASSWORD)).await.unwrap();
}
