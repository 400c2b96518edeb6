//! Changing the password (MP-38, MP-16).

use domain::password::PasswordRefused;
use domain::password_change::{Form, Refused};
use identity::fault::Fault;
use identity::password::change;
use identity::sign_in::{resume, sign_in};
use identity::testing::{Base, Bed, PASSWORD};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "quiet-Heron-folds-9-maps";

fn typed(current: &str, new: &str, confirm: &str) -> Form {
    Form { current_password: current.into(), new_password: new.into(), new_password_confirm: confirm.into() }
}

#[rstest]
#[tokio::test]
async fn mp_38_ends_all_other_sessions_and_renews_this_one(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let here = bed.member(ADDRESS).await;
    let phone = bed.signed_in(ADDRESS).await;
    let remembered = domain::sign_in::Form {
        email: ADDRESS.into(),
        password: PASSWORD.into(),
        remember: Some("on".into()),
        next: None,
    };
    let tablet = sign_in(&bed.desk, &bed.visitor(), &remembered).await.unwrap().unwrap().opened().unwrap();

    let caller = bed.caller(&here.token).await;
    let changed = change(&bed.desk, &caller, &typed(PASSWORD, NEW, NEW)).await.unwrap().unwrap();
    assert_eq!(changed.others_ended, 2);
    assert!(bed.caller(&phone.token).await.current.is_none());
    assert!(resume(&bed.desk, &bed.visitor(), &tablet.remember.unwrap().0).await.unwrap().is_none());
    assert!(bed.caller(&here.token).await.current.is_none(), "the old token is worth nothing");
    assert!(bed.caller(&changed.token).await.current.is_some());

    let old =
        domain::sign_in::Form { email: ADDRESS.into(), password: PASSWORD.into(), ..Default::default() };
    assert!(sign_in(&bed.desk, &bed.visitor(), &old).await.unwrap().is_err());
    let new = domain::sign_in::Form { password: NEW.into(), ..old };
    assert!(sign_in(&bed.desk, &bed.visitor(), &new).await.unwrap().is_ok());
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
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let here = bed.member(ADDRESS).await;
    let caller = bed.caller(&here.token).await;
    assert_eq!(change(&bed.desk, &caller, &form).await.unwrap().unwrap_err(), [refused]);
    assert!(bed.caller(&here.token).await.current.is_some());
}

#[rstest]
#[tokio::test]
async fn nobody_signed_in_changes_nothing(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let fault = change(&bed.desk, &bed.visitor(), &typed(PASSWORD, NEW, NEW)).await.unwrap_err();
    assert!(matches!(fault, Fault::SignInFirst));
}
