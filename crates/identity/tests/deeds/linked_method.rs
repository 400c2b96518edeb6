//! ログイン方法の設定: sites where a member has one way to sign in at a time (C-53, MD-07, MD-27, MD-28), and those with one
//! link in all (BA-24).

use domain::linked_accounts::{Purpose, Refused};
use domain::password_change;
use identity::fault::Fault;
use identity::linked_accounts::{self, Arrived};
use identity::testing::{Base, Bed, PASSWORD};
use rstest::rstest;

use super::with_provider::{
    ADDRESS, arrive, bed, bed_with, entered, leave, links, person, proven, reset, visit, why,
};
use identity::testing::provider::TestProvider;

const NEW: &str = "another-Otter-plays-8-horns";

async fn exclusive(base: Base) -> (Bed, TestProvider) {
    let more =
        [("policy.linked_accounts.links", "one"), ("policy.linked_accounts.login_method_exclusive", "true")];
    bed_with(base, &more).await
}

/// A member who chose the provider.
async fn switched(bed: &Bed, provider: &TestProvider) {
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let arrived = visit(bed, provider, &caller, Purpose::Link, person("1", ADDRESS)).await;
    assert!(matches!(arrived, Ok(Arrived::Switched)), "{arrived:?}");
    assert!(!bed.is_open(&opened).await, "back to ログイン with the new method");
}

#[rstest]
#[tokio::test]
async fn md_27_choosing_a_provider_gives_the_password_up(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = exclusive(base).await;
    switched(&bed, &provider).await;
    assert!(bed.sign_in_with(ADDRESS, PASSWORD).await.is_err());
    let inside = entered(visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", ADDRESS)).await);
    let caller = bed.caller(&inside.token).await;
    let view = linked_accounts::view(&bed.desk, &caller).await.unwrap();
    assert!(view.exclusive && !view.has_password);
    assert!(!linked_accounts::has_password(&bed.desk, &caller).await.unwrap());
    assert!(!view.rows[0].can_link && view.rows.iter().all(|row| !row.can_unlink), "MD-28: {view:?}");
    // MD-28: not by another account of it either.
    let caller = proven(&bed, &provider, &caller, person("1", ADDRESS)).await;
    let other = visit(&bed, &provider, &caller, Purpose::Link, person("2", ADDRESS)).await;
    assert_eq!(why(other), Refused::OtherLinked);
    // MD-27: another provider takes its place.
    let yahoo = leave(&bed, &provider, &caller, "yahoo", Purpose::Link).await;
    assert!(matches!(arrive(&bed, &caller, &yahoo).await, Ok(Arrived::Switched)));
    let now: Vec<String> = sqlx::query_scalar("SELECT provider FROM linked_account")
        .fetch_all(bed.desk.db.readers())
        .await
        .unwrap();
    assert_eq!(now, ["yahoo"]);
}

#[rstest]
#[tokio::test]
async fn md_27_choosing_a_password_unlinks_the_provider(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = exclusive(base).await;
    switched(&bed, &provider).await;
    let inside = entered(visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", ADDRESS)).await);
    let caller = bed.caller(&inside.token).await;
    // MD-08: the provider may have asked nobody anything.
    let early = linked_accounts::choose_password(&bed.desk, &caller, NEW, NEW).await;
    assert!(matches!(early, Err(Fault::ProveFirst)), "{early:?}");
    let caller = proven(&bed, &provider, &caller, person("1", ADDRESS)).await;
    let refused = linked_accounts::choose_password(&bed.desk, &caller, "short", "short").await.unwrap();
    assert!(matches!(refused.unwrap_err()[..], [password_change::Refused::New(_), ..]));
    linked_accounts::choose_password(&bed.desk, &caller, NEW, NEW).await.unwrap().unwrap();
    assert!(!bed.is_open(&inside).await && links(&bed).await == 0);
    assert!(bed.sign_in_with(ADDRESS, NEW).await.is_ok());
    // MD-28 is over: now another account of it can be chosen.
    let opened = bed.sign_in_with(ADDRESS, NEW).await.unwrap().opened().unwrap();
    let caller = bed.caller(&opened.token).await;
    let arrived = visit(&bed, &provider, &caller, Purpose::Link, person("2", ADDRESS)).await;
    assert!(matches!(arrived, Ok(Arrived::Switched)));
}

#[rstest]
#[tokio::test]
async fn a_reset_by_letter_makes_the_password_the_way_in_again(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let more =
        [("policy.linked_accounts.links", "one"), ("policy.linked_accounts.login_method_exclusive", "true")];
    let (bed, provider) = bed_with(base, &more).await;
    switched(&bed, &provider).await;
    reset(&bed, ADDRESS, NEW).await;
    assert_eq!(links(&bed).await, 0);
    assert!(bed.sign_in_with(ADDRESS, NEW).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn md_27_where_the_method_is_chosen_nothing_is_linked_by_the_way(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = exclusive(base).await;
    bed.member(ADDRESS).await;
    let arrived = visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", ADDRESS)).await;
    assert_eq!(why(arrived), Refused::NotLinked);
}

#[rstest]
#[tokio::test]
async fn ba_24_one_link_in_all(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed_with(base, &[("policy.linked_accounts.links", "one")]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    super::with_provider::link(&bed, &provider, &caller, person("1", ADDRESS)).await;
    let view = linked_accounts::view(&bed.desk, &caller).await.unwrap();
    assert!(view.rows.iter().all(|row| !row.can_link) && view.rows[0].can_unlink);
    let second = leave(&bed, &provider, &caller, "yahoo", Purpose::Link).await;
    assert_eq!(why(super::with_provider::arrive(&bed, &caller, &second).await), Refused::OtherLinked);
}

/// A link of before the site had one way in beside the password that the member has.
#[rstest]
#[tokio::test]
async fn what_was_linked_before_there_was_one_way_is_seen_and_can_go(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = exclusive(base).await;
    let caller = bed.caller(&bed.member(ADDRESS).await.token).await;
    let mut work = bed.desk.work(&bed.visitor()).await.unwrap();
    for provider in ["facebook", "yahoo"] {
        sqlx::query(
            "INSERT INTO linked_account (id, member_id, provider, subject, session_id, linked_at) \
             SELECT $1, id, $1, 'before', 'before', created_at FROM member",
        )
        .bind(provider)
        .execute(work.conn())
        .await
        .unwrap();
    }
    work.finish().await.unwrap();
    let view = linked_accounts::view(&bed.desk, &caller).await.unwrap();
    assert_eq!(view.rows.iter().map(|row| row.can_unlink).collect::<Vec<_>>(), [false, true, true]);
    linked_accounts::unlink(&bed.desk, &caller, "yahoo").await.unwrap().unwrap();
    // Choosing one gives up whatever there was.
    let google = visit(&bed, &provider, &caller, Purpose::Link, person("1", ADDRESS)).await;
    assert!(matches!(google, Ok(Arrived::Switched)), "{google:?}");
    assert_eq!(links(&bed).await, 1);
}

/// Who has a password changes it with the present one.
#[rstest]
#[tokio::test]
async fn a_password_is_chosen_only_where_there_is_none(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, _) = exclusive(base).await;
    let caller = bed.caller(&bed.member(ADDRESS).await.token).await;
    let new = "another-Long-passphrase-7";
    let chosen = linked_accounts::choose_password(&bed.desk, &caller, new, new).await;
    assert!(matches!(chosen, Err(Fault::NotOffered)), "{chosen:?}");
    assert!(bed.sign_in_with(ADDRESS, PASSWORD).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn elsewhere_there_is_no_method_to_choose(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, _provider) = bed(base).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let chosen = linked_accounts::choose_password(&bed.desk, &caller, NEW, NEW).await;
    assert!(matches!(chosen, Err(Fault::NotOffered)));
}
