//! パスワードの再設定: asked for by anybody who knows an address, used by whoever reads its letters (MP-35 to MP-37).

use domain::address::AddressRefused;
use domain::password_change::{Form as NewForm, Refused as NewRefused};
use domain::password_reset::{CodeRefused, Form, Refused};
use identity::clock::{DAY_MS, MINUTE_MS};
use identity::password_reset::{by_code, door, request, send_again, set_new, waiting};
use identity::secret::Token;
use identity::sign_in::SignedIn;
use identity::testing::{Base, Bed, link_in, written_code_in};
use rstest::rstest;

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "another-good-secret";

fn asked(email: &str) -> Form {
    Form { email: email.into() }
}

fn new_password() -> NewForm {
    NewForm { new_password: NEW.into(), new_password_confirm: NEW.into(), ..NewForm::default() }
}

/// Asks in a browser of its own; the secret of its form.
async fn ask(bed: &Bed, email: &str) -> Token {
    let form_id = bed.desk.random.token();
    request(&bed.desk, &bed.visitor(), &asked(email), &form_id).await.unwrap().unwrap();
    form_id
}

/// The newest letter's link.
async fn link(bed: &Bed) -> Token {
    link_in(bed.letters().await.last().unwrap())
}

async fn set(bed: &Bed, link: &Token) -> Result<(), Vec<NewRefused>> {
    set_new(&bed.desk, &bed.visitor(), link, &new_password()).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn mp_35_mp_36_the_letters_link_sets_a_new_password_once(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    ask(&bed, " ＨＡＮＡＫＯ@example.jp ").await;
    let letter = bed.letters().await.pop().unwrap();
    assert_eq!(letter.to, ADDRESS, "to the registered address (MP-37)");
    let link = link_in(&letter);
    for _ in 0..5 {
        assert!(door(&bed.desk, &link).await.unwrap().is_some(), "looking changes nothing");
    }
    set(&bed, &link).await.unwrap();
    assert!(!bed.is_open(&opened).await, "everybody is signed out");
    assert_eq!(set(&bed, &link).await.unwrap_err(), [NewRefused::LinkInvalid], "once");
    assert!(bed.sign_in_with(ADDRESS, NEW).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn mp_36_a_link_lives_thirty_minutes_and_a_newer_one_voids_it(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    ask(&bed, ADDRESS).await;
    let first = link(&bed).await;
    bed.wait(MINUTE_MS);
    ask(&bed, ADDRESS).await;
    let second = link(&bed).await;
    assert!(door(&bed.desk, &first).await.unwrap().is_none(), "superseded");
    bed.wait(30 * MINUTE_MS - 1);
    assert!(door(&bed.desk, &second).await.unwrap().is_some());
    bed.wait(1);
    assert_eq!(set(&bed, &second).await.unwrap_err(), [NewRefused::LinkInvalid], "too late");
}

#[rstest]
#[tokio::test]
async fn mp_35_the_code_leads_on_in_the_browser_that_asked_and_nowhere_else(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let form_id = ask(&bed, ADDRESS).await;
    assert_eq!(waiting(&bed.desk, &form_id).await.unwrap().unwrap().email, ADDRESS);
    let code = written_code_in(bed.letters().await.last().unwrap());
    let (desk, here) = (&bed.desk, bed.visitor());
    let elsewhere = by_code(desk, &here, &desk.random.token(), &code).await.unwrap();
    assert_eq!(elsewhere.unwrap_err(), CodeRefused::NothingWaits);
    let by_letter = link(&bed).await;
    let link = by_code(desk, &here, &form_id, &code.to_uppercase().replace('-', "")).await.unwrap().unwrap();
    assert_eq!(by_code(desk, &here, &form_id, &code).await.unwrap().unwrap_err(), CodeRefused::NothingWaits);
    assert!(door(desk, &by_letter).await.unwrap().is_none(), "one way in, not two");
    set(&bed, &link).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn security_2_7_the_code_is_guessed_five_times_at_most(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    for email in [ADDRESS, "nobody@example.jp"] {
        let form_id = ask(&bed, email).await;
        for n in 0..7 {
            let refused =
                by_code(&bed.desk, &bed.visitor(), &form_id, "0000-0000").await.unwrap().unwrap_err();
            assert_eq!(
                refused,
                if n < 5 { CodeRefused::CodeWrong } else { CodeRefused::CodeTries },
                "{email}"
            );
        }
    }
    let form_id = ask(&bed, ADDRESS).await;
    let code = written_code_in(bed.letters().await.last().unwrap());
    let guessed = successes(&bed, |desk, _| {
        let (here, form_id) = (bed.visitor(), form_id.clone());
        async move { Ok(by_code(&desk, &here, &form_id, "zzzz-zzzz").await?.is_ok()) }
    })
    .await;
    assert_eq!(guessed, 0);
    let late = by_code(&bed.desk, &bed.visitor(), &form_id, &code).await.unwrap();
    assert_eq!(late.unwrap_err(), CodeRefused::CodeTries, "void, though it is the right one");
}

#[rstest]
#[tokio::test]
async fn security_2_1_an_unknown_address_gets_the_same_answers_and_no_letter(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let before = bed.letters().await.len();
    let form_id = ask(&bed, "nobody@example.jp").await;
    assert_eq!(bed.letters().await.len(), before);
    let shown = waiting(&bed.desk, &form_id).await.unwrap().unwrap();
    assert_eq!(shown.email, "nobody@example.jp");
    let (desk, here) = (&bed.desk, bed.visitor());
    assert_eq!(by_code(desk, &here, &form_id, "x").await.unwrap().unwrap_err(), CodeRefused::CodeWrong);
    send_again(desk, &here, &form_id).await.unwrap().unwrap();
    assert_eq!(bed.letters().await.len(), before);
    for (email, why) in [("", AddressRefused::Empty), ("ｘ", AddressRefused::NotAnAddress)] {
        let refused = request(desk, &here, &asked(email), &form_id).await.unwrap().unwrap_err();
        assert_eq!(refused, [Refused::Address(why)]);
    }
}

#[rstest]
#[tokio::test]
async fn a_double_click_is_one_letter_and_an_address_gets_ten_a_day(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    for email in [ADDRESS, "nobody@example.jp"] {
        let before = bed.letters().await.len();
        let form_id = ask(&bed, email).await;
        let (here, form) = (bed.visitor(), asked(email));
        let again = || request(&bed.desk, &here, &form, &form_id);
        let (one, two) = tokio::join!(again(), again());
        assert!(one.unwrap().is_ok() && two.unwrap().is_ok());
        let sent = usize::from(email == ADDRESS);
        assert_eq!(bed.letters().await.len(), before + sent, "one wish");
        for _ in 1..10 {
            ask(&bed, email).await;
        }
        assert_eq!(bed.letters().await.len(), before + sent * 10);
        let refused = send_again(&bed.desk, &bed.visitor(), &form_id).await.unwrap().unwrap_err();
        assert_eq!(refused, [Refused::TooMany], "the same for everybody");
        bed.wait(DAY_MS);
        ask(&bed, email).await;
    }
}

/// ASVS 6.4.3: a reset is never a way round the second factor.
#[rstest]
#[tokio::test]
async fn security_2_8_the_second_factor_is_asked_for_after_a_reset(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    bed.with_mail(&opened).await;
    ask(&bed, ADDRESS).await;
    set(&bed, &link(&bed).await).await.unwrap();
    assert!(matches!(bed.sign_in_with(ADDRESS, NEW).await, Ok(SignedIn::SecondStep(..))));
}

#[rstest]
#[tokio::test]
async fn md_43_a_reset_clears_the_second_factor_where_the_policy_says_so(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("policy.reset.clears_second_factor", "true")]).await;
    let opened = bed.member(ADDRESS).await;
    bed.with_mail(&opened).await;
    bed.with_app(&opened).await;
    ask(&bed, ADDRESS).await;
    set(&bed, &link(&bed).await).await.unwrap();
    assert!(matches!(bed.sign_in_with(ADDRESS, NEW).await, Ok(SignedIn::SetUp(_))));
    let lines = bed.count("SELECT COUNT(*) FROM audit WHERE event = 'factor_removed'").await;
    assert_eq!(lines, 1);
}

#[rstest]
#[tokio::test]
async fn kb_39_where_staff_judge_it_nobody_resets_alone(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[("policy.reset.mode", "staff_request")]).await;
    bed.member(ADDRESS).await;
    let form_id = bed.desk.random.token();
    let done = request(&bed.desk, &bed.visitor(), &asked(ADDRESS), &form_id).await;
    assert!(matches!(done, Err(identity::fault::Fault::NotOffered)));
}

#[rstest]
#[tokio::test]
async fn what_is_over_is_purged(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    ask(&bed, ADDRESS).await;
    ask(&bed, "nobody@example.jp").await;
    bed.wait(30 * MINUTE_MS);
    identity::jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM password_reset_request").await, 0);
    assert_eq!(bed.count("SELECT COUNT(*) FROM password_reset").await, 0);
}
