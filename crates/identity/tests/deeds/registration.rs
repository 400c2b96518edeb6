//! 新規登録 (MP-01 to MP-17).

use domain::registration::{CompleteRefused, Refused};
use identity::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use identity::registration::{
    AGAIN_AFTER_MS, Door, complete_by_code, complete_by_link, door, pending, send_again, submit,
};
use identity::secret::Token;
use identity::testing::{Base, Bed, PASSWORD, code_in, form, link_in};
use rstest::rstest;

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";

/// Submits a good form; the form's id.
async fn submitted(bed: &Bed, email: &str) -> Token {
    let form_id = bed.desk.random.token();
    submit(&bed.desk, &bed.visitor(), &form(email), &form_id).await.unwrap().unwrap();
    form_id
}

#[rstest]
#[tokio::test]
async fn mp_07_letter_then_link_then_signed_in(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[("site.name", "道の駅")]).await;
    let form_id = submitted(&bed, ADDRESS).await;
    assert_eq!(bed.count("SELECT COUNT(*) FROM member").await, 0, "MP-11: not an account yet");
    assert_eq!(pending(&bed.desk, &form_id).await.unwrap().unwrap().email, ADDRESS);

    let letters = bed.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, ADDRESS);
    assert!(letters[0].subject.contains("道の駅"));
    assert!(letters[0].text.contains("http://localhost:3000/register/complete?t="));

    let link = link_in(&letters[0]);
    assert_eq!(door(&bed.desk, &link, Some(&form_id)).await.unwrap(), Door::Button);
    let opened =
        complete_by_link(&bed.desk, &bed.visitor(), &link, Some(&form_id), None).await.unwrap().unwrap();
    let caller = bed.caller(&opened.token).await;
    assert_eq!(caller.current.unwrap().email, ADDRESS);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'registered'").await, 1);
}

#[rstest]
#[tokio::test]
async fn mp_08_mp_09_a_link_works_once_and_for_24_hours(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let form_id = submitted(&bed, ADDRESS).await;
    let link = link_in(&bed.letters().await[0]);

    bed.wait(DAY_MS - 1);
    assert_eq!(door(&bed.desk, &link, Some(&form_id)).await.unwrap(), Door::Button);
    // Opening it any number of times, as mail scanners do, changes nothing.
    for _ in 0..5 {
        door(&bed.desk, &link, None).await.unwrap();
    }
    complete_by_link(&bed.desk, &bed.visitor(), &link, Some(&form_id), None).await.unwrap().unwrap();
    let again = complete_by_link(&bed.desk, &bed.visitor(), &link, Some(&form_id), None).await.unwrap();
    assert_eq!(again.unwrap_err(), CompleteRefused::LinkInvalid);
    assert_eq!(door(&bed.desk, &link, Some(&form_id)).await.unwrap(), Door::Closed);

    let other = submitted(&bed, "taro@example.jp").await;
    let link = link_in(bed.letters().await.last().unwrap());
    bed.wait(DAY_MS);
    let late = complete_by_link(&bed.desk, &bed.visitor(), &link, Some(&other), None).await.unwrap();
    assert_eq!(late.unwrap_err(), CompleteRefused::LinkInvalid);
    assert!(pending(&bed.desk, &other).await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn mp_10_a_known_address_goes_the_same_way_and_gets_no_letter(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let letters = bed.letters().await.len();
    let form_id = submitted(&bed, "HANAKO@Example.JP").await;
    assert_eq!(bed.letters().await.len(), letters, "no letter");
    assert!(pending(&bed.desk, &form_id).await.unwrap().is_some(), "the page after it is the same");
    let wrong = complete_by_code(&bed.desk, &bed.visitor(), &form_id, "123456").await.unwrap();
    assert_eq!(wrong.unwrap_err(), CompleteRefused::CodeWrong);
    send_again(&bed.desk, &bed.visitor(), &form_id).await.unwrap().unwrap();
    assert_eq!(bed.letters().await.len(), letters);
}

#[rstest]
#[tokio::test]
async fn mp_10_in_modern_the_owner_is_told_by_a_letter_that_registers_nothing(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    bed.member(ADDRESS).await;
    submitted(&bed, ADDRESS).await;
    let letter = bed.letters().await.pop().unwrap();
    assert_eq!(letter.to, ADDRESS);
    assert!(
        letter.text.contains("ご登録済み") || letter.subject.contains("ご登録済み"),
        "{}",
        letter.subject
    );
    assert!(!letter.text.contains("?t="));
}

/// Two identical submits: one registration, one letter. A minute later it is a new wish.
#[rstest]
#[tokio::test]
async fn a_double_click_is_one_registration(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let form_id = bed.desk.random.token();
    let (visitor, form) = (bed.visitor(), form(ADDRESS));
    let (a, b, c) = tokio::join!(
        submit(&bed.desk, &visitor, &form, &form_id),
        submit(&bed.desk, &visitor, &form, &form_id),
        submit(&bed.desk, &visitor, &form, &form_id),
    );
    for each in [a, b, c] {
        each.unwrap().unwrap();
    }
    assert_eq!(bed.letters().await.len(), 1);
    bed.wait(AGAIN_AFTER_MS);
    submit(&bed.desk, &visitor, &form, &form_id).await.unwrap().unwrap();
    let letters = bed.letters().await;
    assert_eq!(letters.len(), 2);
    let old =
        complete_by_link(&bed.desk, &visitor, &link_in(&letters[0]), Some(&form_id), None).await.unwrap();
    assert_eq!(old.unwrap_err(), CompleteRefused::LinkInvalid, "the newest letter counts");
    let code = code_in(&letters[1]);
    complete_by_code(&bed.desk, &visitor, &form_id, &code).await.unwrap().unwrap();
}

#[rstest]
#[tokio::test]
async fn the_code_is_guessed_five_times_at_most(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let form_id = submitted(&bed, ADDRESS).await;
    let right = code_in(&bed.letters().await[0]);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let no = complete_by_code(&bed.desk, &bed.visitor(), &form_id, wrong).await.unwrap();
        assert_eq!(no.unwrap_err(), CompleteRefused::CodeWrong);
    }
    let late = complete_by_code(&bed.desk, &bed.visitor(), &form_id, &right).await.unwrap();
    assert_eq!(late.unwrap_err(), CompleteRefused::CodeTries);
    // A new letter brings a new code.
    send_again(&bed.desk, &bed.visitor(), &form_id).await.unwrap().unwrap();
    let fresh = code_in(&bed.letters().await[1]);
    let full_width: String = fresh.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
    complete_by_code(&bed.desk, &bed.visitor(), &form_id, &full_width).await.unwrap().unwrap();
}

/// Pre-hijacking: a letter that somebody else's form caused cannot give them an account by a mere click.
#[rstest]
#[tokio::test]
async fn another_browser_needs_the_password_of_the_form(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    submitted(&bed, ADDRESS).await;
    let link = link_in(&bed.letters().await[0]);
    assert_eq!(door(&bed.desk, &link, None).await.unwrap(), Door::Password);
    let visitor = bed.visitor();
    let none = complete_by_link(&bed.desk, &visitor, &link, None, None).await.unwrap();
    assert_eq!(none.unwrap_err(), CompleteRefused::PasswordNeeded);
    let wrong = complete_by_link(&bed.desk, &visitor, &link, None, Some("my own password")).await.unwrap();
    assert_eq!(wrong.unwrap_err(), CompleteRefused::PasswordWrong);
    complete_by_link(&bed.desk, &visitor, &link, None, Some(PASSWORD)).await.unwrap().unwrap();
}

#[rstest]
#[tokio::test]
async fn two_registrations_of_one_address_the_first_to_complete_wins(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let first = submitted(&bed, ADDRESS).await;
    let second = submitted(&bed, ADDRESS).await;
    let letters = bed.letters().await;
    let visitor = bed.visitor();
    let (a, b) = (link_in(&letters[0]), link_in(&letters[1]));
    let (a, b) = tokio::join!(
        complete_by_link(&bed.desk, &visitor, &a, Some(&first), None),
        complete_by_link(&bed.desk, &visitor, &b, Some(&second), None),
    );
    assert!(a.unwrap().is_ok() ^ b.unwrap().is_ok());
    assert_eq!(bed.count("SELECT COUNT(*) FROM member").await, 1);
}

/// 50 parallel uses of one link: exactly one success.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_link_used_fifty_times_at_once(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let form_id = submitted(&bed, ADDRESS).await;
    let link = link_in(&bed.letters().await[0]);
    let done = successes(&bed, |desk, _| {
        let (visitor, link, form_id) = (bed.visitor(), link.clone(), form_id.clone());
        async move { Ok(complete_by_link(&desk, &visitor, &link, Some(&form_id), None).await?.is_ok()) }
    })
    .await;
    assert_eq!(done, 1);
}

#[rstest]
#[tokio::test]
async fn an_address_gets_ten_letters_a_day(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    for _ in 0..10 {
        submitted(&bed, ADDRESS).await;
    }
    let visitor = bed.visitor();
    let refused = submit(&bed.desk, &visitor, &form(ADDRESS), &bed.desk.random.token()).await.unwrap();
    assert_eq!(refused.unwrap_err(), [Refused::TooManyTries]);
    assert_eq!(bed.letters().await.len(), 10);
    bed.wait(DAY_MS);
    submitted(&bed, ADDRESS).await;
}

#[rstest]
#[tokio::test]
async fn mp_11_what_is_over_is_purged(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    for n in 0..3 {
        submitted(&bed, &format!("a{n}@example.jp")).await;
    }
    bed.wait(23 * HOUR_MS);
    submitted(&bed, "late@example.jp").await;
    bed.wait(HOUR_MS + MINUTE_MS);
    identity::jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM registration").await, 1);
}

/// Names are kept to the letter; kana are folded (ux.md 2.1).
#[rstest]
#[case("髙橋", "\u{FA19}")]
#[case("𠮷田", "葛\u{E0100}")]
#[case("</script><b>", "😀")]
#[tokio::test]
async fn names_are_kept_exactly(
    #[case] family: &str,
    #[case] given: &str,
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let mut form = form(ADDRESS);
    (form.family_name, form.given_name) = (family.into(), given.into());
    (form.family_name_kana, form.given_name_kana) = ("たかはし".into(), "ｼﾞﾛｳ".into());
    let form_id = bed.desk.random.token();
    submit(&bed.desk, &bed.visitor(), &form, &form_id).await.unwrap().unwrap();
    let code = code_in(&bed.letters().await[0]);
    let opened = complete_by_code(&bed.desk, &bed.visitor(), &form_id, &code).await.unwrap().unwrap();
    let member = identity::profile::view(&bed.desk, &bed.caller(&opened.token).await).await.unwrap();
    assert_eq!((member.family_name.as_str(), member.given_name.as_deref()), (family, Some(given)));
    assert_eq!(member.family_name_kana.as_deref(), Some("タカハシ"));
    assert_eq!(member.given_name_kana.as_deref(), Some("ジロウ"));
}

#[rstest]
#[tokio::test]
async fn sp_800_63b_in_modern_common_passwords_are_refused(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let mut form = form(ADDRESS);
    form.password = "passwordpassword".into();
    let refused =
        submit(&bed.desk, &bed.visitor(), &form, &bed.desk.random.token()).await.unwrap().unwrap_err();
    assert_eq!(refused, [Refused::Password(domain::password::PasswordRefused::TooCommon)]);
}
