//! Setting a new password by the reset letter's link (MP-16, MP-36; security.md 2.6, 2.8).

use domain::password::PasswordRefused;
use domain::password_change::{Form, Refused};
use domain::sign_in::Refused as SignInRefused;
use identity::clock::MINUTE_MS;
use identity::password_reset::{door, issue, set_new};
use identity::registration::{Door, complete_by_link, submit};
use identity::secret::Token;
use identity::sign_in::{SignedIn, resume, sign_in};
use identity::testing::{Base, Bed, PASSWORD, form, link_in};
use identity::{alerts, registration};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "quiet-Heron-folds-9-maps";

fn new(password: &str, confirm: &str) -> Form {
    Form { new_password: password.into(), new_password_confirm: confirm.into(), ..Default::default() }
}

fn typed(password: &str) -> domain::sign_in::Form {
    domain::sign_in::Form { email: ADDRESS.into(), password: password.into(), ..Default::default() }
}

/// A letter for the only member; its link.
async fn posted(bed: &Bed) -> Token {
    let id: String =
        sqlx::query_scalar("SELECT id FROM member").fetch_one(bed.desk.db.readers()).await.unwrap();
    let mut work = bed.desk.work(&bed.visitor()).await.unwrap();
    issue(&mut work, &id).await.unwrap();
    work.finish().await.unwrap();
    link_in(bed.letters().await.last().unwrap())
}

/// As if the owner had said that somebody else used the password.
async fn blocked(bed: &Bed) {
    bed.change("UPDATE member_password SET blocked_at = 1").await;
}

#[rstest]
#[tokio::test]
async fn mp_36_the_link_sets_a_new_password_and_ends_everything_under_the_old_one(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let owner = bed.member(ADDRESS).await;
    let remember = domain::sign_in::Form { remember: Some("on".into()), ..typed(PASSWORD) };
    let tablet = sign_in(&bed.desk, &bed.visitor(), &remember).await.unwrap().unwrap().opened().unwrap();
    blocked(&bed).await;
    let refused = sign_in(&bed.desk, &bed.visitor(), &typed(PASSWORD)).await.unwrap().unwrap_err();
    assert_eq!(refused, [SignInRefused::Blocked]);

    let link = posted(&bed).await;
    for _ in 0..5 {
        assert_eq!(door(&bed.desk, &link).await.unwrap().unwrap().email, ADDRESS);
    }
    let sessions = bed.count("SELECT COUNT(*) FROM session").await;
    set_new(&bed.desk, &bed.visitor(), &link, &new(NEW, NEW)).await.unwrap().unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM session").await, sessions, "the link signs nobody in");
    for token in [&owner.token, &tablet.token] {
        assert!(bed.caller(token).await.current.is_none());
    }
    assert!(resume(&bed.desk, &bed.visitor(), &tablet.remember.unwrap().0).await.unwrap().is_none());
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'password_reset'").await, 1);
    assert!(bed.letters().await.pop().unwrap().subject.contains("パスワードが変更されました"));

    assert!(sign_in(&bed.desk, &bed.visitor(), &typed(PASSWORD)).await.unwrap().is_err());
    assert!(sign_in(&bed.desk, &bed.visitor(), &typed(NEW)).await.unwrap().is_ok());
    assert!(door(&bed.desk, &link).await.unwrap().is_none());
    let again = set_new(&bed.desk, &bed.visitor(), &link, &new(PASSWORD, PASSWORD)).await.unwrap();
    assert_eq!(again.unwrap_err(), [Refused::LinkInvalid]);
}

#[rstest]
#[tokio::test]
async fn mp_36_a_link_is_good_for_30_minutes_and_until_the_next_one(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let old = posted(&bed).await;
    bed.wait(1);
    let link = posted(&bed).await;
    assert!(door(&bed.desk, &old).await.unwrap().is_none(), "only the newest letter counts");
    bed.wait(30 * MINUTE_MS - 1);
    assert!(door(&bed.desk, &link).await.unwrap().is_some());
    bed.wait(1);
    assert!(door(&bed.desk, &link).await.unwrap().is_none());
    let late = set_new(&bed.desk, &bed.visitor(), &link, &new(NEW, NEW)).await.unwrap();
    assert_eq!(late.unwrap_err(), [Refused::LinkInvalid]);
    identity::jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM password_reset").await, 0);
}

#[rstest]
#[case(new("", ""), Refused::New(PasswordRefused::Empty))]
#[case(new(NEW, "other"), Refused::ConfirmDiffers)]
#[case(new("short", "short"), Refused::New(PasswordRefused::TooShort { min: 8 }))]
#[case(new("xx山田xxxxx", "xx山田xxxxx"), Refused::New(PasswordRefused::ContainsFamilyName))]
#[case(new("xx花子xxxxx", "xx花子xxxxx"), Refused::New(PasswordRefused::ContainsGivenName))]
#[case(new("1hanako@example.jp", "1hanako@example.jp"), Refused::New(PasswordRefused::ContainsUserId))]
#[case(new(PASSWORD, PASSWORD), Refused::SameAsBefore)]
#[tokio::test]
async fn mp_16_the_rules_hold_here_too_and_a_refusal_leaves_the_link_good(
    #[case] form: Form,
    #[case] refused: Refused,
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    blocked(&bed).await;
    let link = posted(&bed).await;
    assert_eq!(set_new(&bed.desk, &bed.visitor(), &link, &form).await.unwrap().unwrap_err(), [refused]);
    assert!(door(&bed.desk, &link).await.unwrap().is_some());
    assert_eq!(bed.count("SELECT COUNT(*) FROM member_password WHERE blocked_at IS NOT NULL").await, 1);
}

#[rstest]
#[tokio::test]
async fn fifty_uses_of_a_link_at_once_are_one(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let link = posted(&bed).await;
    let uses: Vec<_> = (0..50)
        .map(|_| {
            let (desk, visitor, link) = (bed.desk.clone(), bed.visitor(), link.clone());
            tokio::spawn(async move { set_new(&desk, &visitor, &link, &new(NEW, NEW)).await })
        })
        .collect();
    let mut done = 0;
    for each in uses {
        // Whom the hashing pool turned away did nothing.
        done += usize::from(matches!(each.await.unwrap(), Ok(Ok(()))));
    }
    assert_eq!(done, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'password_reset'").await, 1);
}

/// security.md 2.8: the reset is no way round the second factor (ASVS 6.4.3).
#[rstest]
#[tokio::test]
async fn the_second_step_is_asked_for_after_a_reset(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    bed.change(
        "INSERT INTO member_second_step (member_id, switched_on_at, mail_since) SELECT id, 1, 1 FROM member",
    )
    .await;
    let link = posted(&bed).await;
    set_new(&bed.desk, &bed.visitor(), &link, &new(NEW, NEW)).await.unwrap().unwrap();
    let signed_in = sign_in(&bed.desk, &bed.visitor(), &typed(NEW)).await.unwrap().unwrap();
    assert!(matches!(signed_in, SignedIn::SecondStep(..)));
}

#[rstest]
#[tokio::test]
async fn a_reset_lifts_the_lock_of_wrong_passwords(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    for _ in 0..6 {
        let refused = sign_in(&bed.desk, &bed.visitor(), &typed("wrong")).await.unwrap().unwrap_err();
        assert_eq!(refused, [SignInRefused::NotAccepted]);
    }
    assert!(sign_in(&bed.desk, &bed.visitor(), &typed(PASSWORD)).await.unwrap().is_err(), "locked");
    let link = posted(&bed).await;
    set_new(&bed.desk, &bed.visitor(), &link, &new(NEW, NEW)).await.unwrap().unwrap();
    assert!(sign_in(&bed.desk, &bed.visitor(), &typed(NEW)).await.unwrap().is_ok());
}

/// security.md 2.6: a token of one purpose opens no other door.
#[rstest]
#[tokio::test]
async fn no_link_opens_anothers_door(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let session = bed.member(ADDRESS).await.token;
    bed.signed_in(ADDRESS).await;
    let alert = link_in(bed.letters().await.last().unwrap());
    let reset = posted(&bed).await;
    submit(&bed.desk, &bed.visitor(), &form("taro@example.jp"), &bed.desk.random.token())
        .await
        .unwrap()
        .unwrap();
    let registered = link_in(bed.letters().await.last().unwrap());

    for link in [&session, &alert, &registered] {
        assert!(door(&bed.desk, link).await.unwrap().is_none());
        assert!(set_new(&bed.desk, &bed.visitor(), link, &new(NEW, NEW)).await.unwrap().is_err());
    }
    for link in [&session, &reset, &registered] {
        assert!(alerts::look(&bed.desk, link).await.unwrap().is_none());
        assert!(alerts::mine(&bed.desk, &bed.visitor(), link).await.unwrap().is_err());
        assert!(alerts::not_mine(&bed.desk, &bed.visitor(), link).await.unwrap().is_err());
    }
    for link in [&session, &alert, &reset] {
        assert_eq!(registration::door(&bed.desk, link, None).await.unwrap(), Door::Closed);
        assert!(
            complete_by_link(&bed.desk, &bed.visitor(), link, None, Some(PASSWORD)).await.unwrap().is_err()
        );
    }
    for link in [&alert, &reset, &registered] {
        assert!(bed.caller(link).await.current.is_none());
    }
    assert!(door(&bed.desk, &reset).await.unwrap().is_some());
    assert!(alerts::look(&bed.desk, &alert).await.unwrap().is_some());
}
