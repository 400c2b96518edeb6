//! Changing the password (MP-38, MP-16).

use domain::password::PasswordRefused;
use domain::password_change::{Form, Refused};
use identity::password::change;
use identity::sign_in::{resume, sign_in};
use platform::error::Denied;
use rstest::rstest;
use testkit::{Database, Denials, PASSWORD, Refusals, Step, TestApp};

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "quiet-Heron-folds-9-maps";

fn typed(current: &str, new: &str, confirm: &str) -> Form {
    Form { current_password: current.into(), new_password: new.into(), new_password_confirm: confirm.into() }
}

#[rstest]
#[tokio::test]
async fn mp_38_ends_all_other_sessions_and_renews_this_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let here = site.member(ADDRESS).await;
    let phone = site.signed_in(ADDRESS).await;
    let remembered = domain::sign_in::Form {
        email: ADDRESS.into(),
        password: PASSWORD.into(),
        remember: Some("on".into()),
        next: None,
    };
    let tablet = sign_in(&site.visitor(), &remembered, None).await.unwrap().in_session();

    let ctx = site.ctx(&here.token).await;
    let changed = change(&ctx, &typed(PASSWORD, NEW, NEW)).await.unwrap();
    assert_eq!(changed.others_ended, 2);
    assert!(!site.is_open(&phone.token).await);
    assert!(resume(&site.visitor(), &tablet.remember.unwrap().0).await.unwrap().is_none());
    assert!(!site.is_open(&here.token).await, "the old token is not valid any more");
    assert!(site.is_open(&changed.token).await);

    assert!(site.sign_in_with(ADDRESS, PASSWORD).await.is_err());
    assert!(site.sign_in_with(ADDRESS, NEW).await.is_ok());
}

#[rstest]
#[case(typed("", NEW, NEW), Refused::CurrentEmpty)]
#[case(typed("wrong", NEW, NEW), Refused::CurrentWrong)]
#[case(typed(PASSWORD, NEW, "other"), Refused::ConfirmDiffers)]
#[case(typed(PASSWORD, PASSWORD, PASSWORD), Refused::SameAsBefore)]
#[case(typed(PASSWORD, "short", "short"), Refused::New(PasswordRefused::TooShort { min: 8 }))]
#[case(typed(PASSWORD, "xx山田xxxxx", "xx山田xxxxx"), Refused::New(PasswordRefused::ContainsFamilyName))]
#[case(typed(PASSWORD, "xx花子xxxxx", "xx花子xxxxx"), Refused::New(PasswordRefused::ContainsGivenName))]
#[case(
    typed(PASSWORD, "1hanako@example.jp", "1hanako@example.jp"),
    Refused::New(PasswordRefused::ContainsUserId)
)]
#[tokio::test]
async fn mp_16_the_rules_hold_here_too(
    #[case] form: Form,
    #[case] refused: Refused,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let here = site.member(ADDRESS).await;
    let ctx = site.ctx(&here.token).await;
    assert_eq!(change(&ctx, &form).await.refusals(), [refused]);
    assert!(site.is_open(&here.token).await);
}

#[rstest]
#[tokio::test]
async fn a_visitor_changes_nothing(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let denied = change(&site.visitor(), &typed(PASSWORD, NEW, NEW)).await.denied();
    assert_eq!(denied, Denied::SignIn);
}
