//! 会員情報 (MP-73 to MP-76, MP-95).

use domain::locale::Locale;
use domain::name::{Kana, NameRefused};
use domain::person::{NameField, PersonForm, PersonRefused};
use identity::profile::{change, choose_language, view};
use rstest::rstest;
use testkit::{Database, Refusals, TestApp, changed};

const ADDRESS: &str = "hanako@example.jp";

fn typed() -> PersonForm {
    PersonForm {
        family_name: "佐藤".into(),
        given_name: "花子".into(),
        family_name_kana: "サトウ".into(),
        given_name_kana: "ハナコ".into(),
        birth_year: "平成2".into(),
        birth_month: "4".into(),
        birth_day: "2".into(),
        ..PersonForm::default()
    }
}

#[rstest]
#[tokio::test]
async fn mp_74_mp_76_changes_what_was_typed_and_sends_no_email(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    let emails = site.emails().await.len();
    change(&ctx, &typed()).await.unwrap();
    let person = view(&ctx).await.unwrap().person;
    let birth_date = person.birth_date.unwrap().to_string();
    assert_eq!((person.family_name.as_str(), birth_date.as_str()), ("佐藤", "1990-04-02"));
    assert_eq!(site.emails().await.len(), emails);
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'profile_changed'").await, 1);
}

#[rstest]
#[tokio::test]
async fn mp_75_nothing_can_be_unset(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    let refused = change(&ctx, &PersonForm::default()).await.refusals();
    assert_eq!(refused.len(), 5);
    assert!(refused.contains(&PersonRefused::Name(NameField::GivenName, NameRefused::Empty)));
    assert_eq!(view(&ctx).await.unwrap().person.family_name.as_str(), "山田");
}

#[rstest]
#[tokio::test]
async fn mp_17_the_english_form_leaves_the_kana_as_they_are(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    let ctx = changed(&ctx, |request| request.locale = Locale::En);
    let english = PersonForm { family_name_kana: String::new(), given_name_kana: String::new(), ..typed() };
    change(&ctx, &english).await.unwrap();
    let person = view(&ctx).await.unwrap().person;
    assert_eq!(person.family_name_kana.as_ref().map(Kana::as_str), Some("ヤマダ"));
    assert_eq!(person.given_name_kana.as_ref().map(Kana::as_str), Some("ハナコ"));
}

#[rstest]
#[tokio::test]
async fn mp_95_the_chosen_language_is_remembered(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let token = site.member(ADDRESS).await.token;
    choose_language(&site.ctx(&token).await, Locale::En).await.unwrap();
    assert_eq!(site.ctx(&token).await.session().unwrap().locale, Locale::En);
    choose_language(&site.visitor(), Locale::Ja).await.unwrap();
}
