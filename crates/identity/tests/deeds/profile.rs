//! 会員情報 (MP-73 to MP-76, MP-95).

use domain::locale::Locale;
use domain::name::NameRefused;
use domain::profile::{Form, Refused};
use identity::profile::{change, choose_language, view};
use identity::testing::{Base, Bed};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";

fn typed() -> Form {
    Form {
        family_name: "佐藤".into(),
        given_name: "花子".into(),
        family_name_kana: "サトウ".into(),
        given_name_kana: "ハナコ".into(),
        birth_year: "平成2".into(),
        birth_month: "4".into(),
        birth_day: "2".into(),
        single_name: None,
    }
}

#[rstest]
#[tokio::test]
async fn mp_74_mp_76_changes_what_was_typed_and_writes_no_letter(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let caller = bed.caller(&bed.member(ADDRESS).await.token).await;
    let letters = bed.letters().await.len();
    change(&bed.desk, &caller, &typed()).await.unwrap().unwrap();
    let member = view(&bed.desk, &caller).await.unwrap();
    assert_eq!((member.family_name.as_str(), member.birth_date.to_string().as_str()), ("佐藤", "1990-04-02"));
    assert_eq!(bed.letters().await.len(), letters);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'profile_change'").await, 1);
}

#[rstest]
#[tokio::test]
async fn mp_75_nothing_can_be_unset(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let caller = bed.caller(&bed.member(ADDRESS).await.token).await;
    let refused = change(&bed.desk, &caller, &Form::default()).await.unwrap().unwrap_err();
    assert_eq!(refused.len(), 5);
    assert!(refused.contains(&Refused::GivenName(NameRefused::Empty)));
    assert_eq!(view(&bed.desk, &caller).await.unwrap().family_name, "山田");
}

#[rstest]
#[tokio::test]
async fn mp_17_the_english_form_leaves_the_kana_as_they_are(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let mut caller = bed.caller(&bed.member(ADDRESS).await.token).await;
    caller.locale = Locale::En;
    let english = Form { family_name_kana: String::new(), given_name_kana: String::new(), ..typed() };
    change(&bed.desk, &caller, &english).await.unwrap().unwrap();
    let member = view(&bed.desk, &caller).await.unwrap();
    assert_eq!(member.family_name_kana.as_deref(), Some("ヤマダ"));
    assert_eq!(member.given_name_kana.as_deref(), Some("ハナコ"));
}

#[rstest]
#[tokio::test]
async fn mp_95_the_chosen_language_is_remembered(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let token = bed.member(ADDRESS).await.token;
    choose_language(&bed.desk, &bed.caller(&token).await, Locale::En).await.unwrap();
    assert_eq!(bed.caller(&token).await.current.unwrap().locale, Locale::En);
    choose_language(&bed.desk, &bed.visitor(), Locale::Ja).await.unwrap();
}
