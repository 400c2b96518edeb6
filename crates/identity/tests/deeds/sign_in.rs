//! ログイン (MP-21 to MP-31).

use domain::sign_in::{Form, Refused};
use identity::sign_in::{last, sign_in, sign_out};
use identity::testing::{Base, Bed, PASSWORD};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";

fn typed(email: &str, password: &str) -> Form {
    Form { email: email.into(), password: password.into(), ..Default::default() }
}

#[rstest]
#[tokio::test]
async fn mp_22_unknown_and_wrong_are_one_refusal_and_leave_a_line(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    for form in [typed(ADDRESS, "not the password"), typed("nobody@example.jp", PASSWORD)] {
        let refused = sign_in(&bed.desk, &bed.visitor(), &form).await.unwrap().unwrap_err();
        assert_eq!(refused, [Refused::NotAccepted]);
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in' AND refusal = 'SI02'").await, 2);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE refusal = 'SI02' AND member_id IS NULL").await, 1);
}

/// A phone's keyboard sends full-width letters, and capitals at the beginning.
#[rstest]
#[case("Hanako@Example.jp", PASSWORD)]
#[case("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", PASSWORD)]
#[case(" hanako@example.jp　", PASSWORD)]
#[case("hanako@example.jp", "ｍｕｒｋｙ－Ｏｔｔｅｒ－ｐｌａｙｓ－７－ｔｕｂａｓ")]
#[tokio::test]
async fn full_width_input_is_folded(
    #[case] email: &str,
    #[case] password: &str,
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    sign_in(&bed.desk, &bed.visitor(), &typed(email, password)).await.unwrap().unwrap();
}

#[rstest]
#[tokio::test]
async fn mp_23_not_an_address_is_said_before_credentials(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let refused = sign_in(&bed.desk, &bed.visitor(), &typed("日本語", "x")).await.unwrap().unwrap_err();
    assert_eq!(refused, [Refused::NotAnAddress]);
    let refused = sign_in(&bed.desk, &bed.visitor(), &typed("", "")).await.unwrap().unwrap_err();
    assert_eq!(refused, [Refused::EmailEmpty, Refused::PasswordEmpty]);
}

#[rstest]
#[tokio::test]
async fn mp_29_any_number_of_sessions_and_each_its_own_token(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let first = bed.member(ADDRESS).await;
    let mut tokens = vec![first.token.digest()];
    for _ in 0..5 {
        bed.wait(1);
        tokens.push(bed.signed_in(ADDRESS).await.token.digest());
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 6);
    assert!(bed.caller(&first.token).await.current.is_some());
}

/// Two people, one browser: the second sign-in ends the first one's session (security.md 2.2).
#[rstest]
#[tokio::test]
async fn the_next_person_on_this_browser_ends_the_session_before(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let first = bed.member(ADDRESS).await;
    bed.member("taro@example.jp").await;
    let caller = bed.caller(&first.token).await;
    let second = sign_in(&bed.desk, &caller, &typed("taro@example.jp", PASSWORD)).await.unwrap().unwrap();
    let second = second.opened().unwrap();
    assert!(bed.caller(&first.token).await.current.is_none());
    assert_eq!(bed.caller(&second.token).await.current.unwrap().email, "taro@example.jp");
}

#[rstest]
#[tokio::test]
async fn mp_84_signing_out_ends_the_session_at_once(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    sign_out(&bed.desk, &bed.caller(&opened.token).await).await.unwrap();
    assert!(bed.caller(&opened.token).await.current.is_none());
    sign_out(&bed.desk, &bed.visitor()).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn the_last_sign_in_is_the_one_before_this(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let first = bed.member(ADDRESS).await;
    assert!(last(&bed.desk, &bed.caller(&first.token).await).await.unwrap().is_none());
    let earlier = bed.desk.now();
    bed.wait(60_000);
    let second = bed.signed_in(ADDRESS).await;
    let seen = last(&bed.desk, &bed.caller(&second.token).await).await.unwrap().unwrap();
    assert_eq!((seen.at, seen.network.as_str()), (earlier, "192.0.2.7"));
}

/// Hashes made with weaker settings are replaced at the next sign-in.
#[rstest]
#[tokio::test]
async fn an_outdated_hash_is_replaced(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let outdated = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let mut work = bed.desk.work(&bed.visitor()).await.unwrap();
    sqlx::query("UPDATE member_password SET hash = $1").bind(outdated).execute(work.conn()).await.unwrap();
    work.finish().await.unwrap();
    sign_in(&bed.desk, &bed.visitor(), &typed(ADDRESS, "password")).await.unwrap().unwrap();
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM member_password WHERE hash LIKE '$argon2id$v=19$m=19456,%'").await,
        1
    );
    sign_in(&bed.desk, &bed.visitor(), &typed(ADDRESS, "password")).await.unwrap().unwrap();
}
