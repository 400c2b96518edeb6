//! Sessions and remembered browsers (MP-26 to MP-31, C-08).

use domain::sign_in::Form;
use identity::clock::{DAY_MS, MINUTE_MS};
use identity::sign_in::{resume, sign_in, sign_out};
use identity::testing::{Base, Bed, PASSWORD};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";

#[rstest]
#[tokio::test]
async fn mp_31_idle_for_30_minutes_ends_it_and_use_keeps_it(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    for _ in 0..4 {
        bed.wait(29 * MINUTE_MS);
        assert!(bed.caller(&opened.token).await.current.is_some());
    }
    // `last_seen_at` is written once a minute, so the end comes between 30 and 31 minutes.
    bed.wait(31 * MINUTE_MS);
    assert!(bed.caller(&opened.token).await.current.is_none());
    bed.wait(-2 * DAY_MS);
    assert!(bed.caller(&opened.token).await.current.is_some(), "a clock set back harms nobody");
}

#[rstest]
#[tokio::test]
async fn last_seen_is_written_once_a_minute_at_most(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let seen = || bed.count("SELECT last_seen_at FROM session");
    let start = seen().await;
    bed.wait(59_000);
    bed.caller(&opened.token).await;
    assert_eq!(seen().await, start);
    bed.wait(1_000);
    bed.caller(&opened.token).await;
    assert_eq!(seen().await, start + MINUTE_MS);
}

#[rstest]
#[tokio::test]
async fn mp_26_mp_27_c_08_a_remembered_browser_comes_in_again_until_it_signs_out(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let form =
        Form { email: ADDRESS.into(), password: PASSWORD.into(), remember: Some("on".into()), next: None };
    let opened = sign_in(&bed.desk, &bed.visitor(), &form).await.unwrap().unwrap().opened().unwrap();
    let (token, until) = opened.remember.unwrap();
    assert_eq!(until, bed.desk.now() + 400 * DAY_MS);

    bed.wait(300 * DAY_MS);
    assert!(bed.caller(&opened.token).await.current.is_none());
    let again = resume(&bed.desk, &bed.visitor(), &token).await.unwrap().unwrap();
    assert_ne!(again.token.digest(), opened.token.digest());
    assert_eq!(again.remember.as_ref().unwrap().1, bed.desk.now() + 400 * DAY_MS, "its end moves on");
    // Tabs opened together all come in.
    assert!(resume(&bed.desk, &bed.visitor(), &token).await.unwrap().is_some());

    sign_out(&bed.desk, &bed.caller(&again.token).await).await.unwrap();
    assert!(resume(&bed.desk, &bed.visitor(), &token).await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn not_ticked_is_not_remembered(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    assert!(bed.signed_in(ADDRESS).await.remember.is_none());
    assert!(resume(&bed.desk, &bed.visitor(), &bed.desk.random.token()).await.unwrap().is_none());
}
