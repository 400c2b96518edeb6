//! ログイン方法の設定: sites where a member has one sign-in method at a time (C-53, MD-07, MD-27, MD-28), and those with one
//! link in all (BA-24).

use domain::linked_accounts::{Purpose, Refused};
use domain::password_change;
use identity::linked_accounts::{self, CallbackOutcome};
use identity::password;
use platform::error::Denied;
use platform::tx::Tx;
use rstest::rstest;
use testkit::provider::TestProvider;
use testkit::{Database, Denials, PASSWORD, Refusals, Step, TestApp};

use super::with_provider::{
    ADDRESS, authorize, call_back, entered, link, links, person, reauthenticated, reset, site, site_with,
    start, why,
};

const NEW: &str = "another-Otter-plays-8-horns";

/// A site where a member has one sign-in method at a time.
async fn exclusive(database: Database) -> (TestApp, TestProvider) {
    let more =
        [("policy.linked_accounts.links", "one"), ("policy.linked_accounts.login_method_exclusive", "true")];
    site_with(database, &more).await
}

/// A member who chose the provider.
async fn switched(site: &TestApp, provider: &TestProvider) {
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    let outcome = authorize(provider, &ctx, Purpose::Link, person("1", ADDRESS)).await;
    assert!(matches!(outcome, Ok(CallbackOutcome::Switched)), "{outcome:?}");
    assert!(!site.is_open(&opened.token).await, "all sessions end");
}

#[rstest]
#[tokio::test]
async fn md_27_choosing_a_provider_gives_the_password_up(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = exclusive(database).await;
    switched(&site, &provider).await;
    assert!(site.sign_in_with(ADDRESS, PASSWORD).await.is_err());
    let inside = entered(authorize(&provider, &site.visitor(), Purpose::SignIn, person("1", ADDRESS)).await);
    let ctx = site.ctx(&inside.token).await;
    let view = linked_accounts::view(&ctx).await.unwrap();
    assert!(view.exclusive && !view.has_password);
    assert!(!linked_accounts::has_password(&ctx).await.unwrap());
    assert!(!view.rows[0].can_link && view.rows.iter().all(|row| !row.can_unlink), "MD-28: {view:?}");
    // MD-28: not by another account of it either.
    let ctx = reauthenticated(&site, &provider, &ctx, person("1", ADDRESS)).await;
    let other = authorize(&provider, &ctx, Purpose::Link, person("2", ADDRESS)).await;
    assert_eq!(why(other), Refused::OtherLinked);
    // MD-27: another provider takes its place.
    let yahoo = start(&provider, &ctx, "yahoo", Purpose::Link).await;
    assert!(matches!(call_back(&ctx, &yahoo).await, Ok(CallbackOutcome::Switched)));
    let now: Vec<String> = sqlx::query_scalar("SELECT provider FROM linked_account")
        .fetch_all(site.app.db.readers())
        .await
        .unwrap();
    assert_eq!(now, ["yahoo"]);
}

#[rstest]
#[tokio::test]
async fn md_27_choosing_a_password_unlinks_the_provider(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = exclusive(database).await;
    switched(&site, &provider).await;
    let inside = entered(authorize(&provider, &site.visitor(), Purpose::SignIn, person("1", ADDRESS)).await);
    let ctx = site.ctx(&inside.token).await;
    // MD-08: the provider may not have asked the member.
    let early = password::choose(&ctx, NEW, NEW).await;
    assert_eq!(early.denied(), Denied::StepUp);
    let ctx = reauthenticated(&site, &provider, &ctx, person("1", ADDRESS)).await;
    let refused = password::choose(&ctx, "short", "short").await.refusals();
    assert!(matches!(refused[..], [password_change::Refused::New(_), ..]), "{refused:?}");
    password::choose(&ctx, NEW, NEW).await.unwrap();
    assert!(!site.is_open(&inside.token).await && links(&site).await == 0);
    assert!(site.sign_in_with(ADDRESS, NEW).await.is_ok());
    // MD-28 is over: now another account of it can be chosen.
    let opened = site.sign_in_with(ADDRESS, NEW).await.unwrap().in_session();
    let ctx = site.ctx(&opened.token).await;
    let outcome = authorize(&provider, &ctx, Purpose::Link, person("2", ADDRESS)).await;
    assert!(matches!(outcome, Ok(CallbackOutcome::Switched)));
}

#[rstest]
#[tokio::test]
async fn a_reset_by_email_makes_the_password_the_sign_in_method_again(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = exclusive(database).await;
    switched(&site, &provider).await;
    reset(&site, ADDRESS, NEW).await;
    assert_eq!(links(&site).await, 0);
    assert!(site.sign_in_with(ADDRESS, NEW).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn md_27_where_there_is_one_method_a_sign_in_links_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = exclusive(database).await;
    site.member(ADDRESS).await;
    let outcome = authorize(&provider, &site.visitor(), Purpose::SignIn, person("1", ADDRESS)).await;
    assert_eq!(why(outcome), Refused::NotLinked);
}

#[rstest]
#[tokio::test]
async fn ba_24_one_link_in_all(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let (site, provider) = site_with(database, &[("policy.linked_accounts.links", "one")]).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    link(&provider, &ctx, person("1", ADDRESS)).await;
    let view = linked_accounts::view(&ctx).await.unwrap();
    assert!(view.rows.iter().all(|row| !row.can_link) && view.rows[0].can_unlink);
    let second = start(&provider, &ctx, "yahoo", Purpose::Link).await;
    assert_eq!(why(call_back(&ctx, &second).await), Refused::OtherLinked);
}

/// A link that is older than the site's one-method policy, beside the password that the member has.
#[rstest]
#[tokio::test]
async fn what_was_linked_before_the_policy_is_seen_and_can_be_removed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = exclusive(database).await;
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    let mut tx = Tx::begin(&site.visitor()).await.unwrap();
    for provider in ["facebook", "yahoo"] {
        sqlx::query(
            "INSERT INTO linked_account (id, member_id, provider, subject, session_id, linked_at) \
             SELECT $1, id, $1, 'before', 'before', created_at FROM member",
        )
        .bind(provider)
        .execute(tx.conn())
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let view = linked_accounts::view(&ctx).await.unwrap();
    assert_eq!(view.rows.iter().map(|row| row.can_unlink).collect::<Vec<_>>(), [false, true, true]);
    linked_accounts::unlink(&ctx, "yahoo").await.unwrap();
    // Choosing one removes all others.
    let google = authorize(&provider, &ctx, Purpose::Link, person("1", ADDRESS)).await;
    assert!(matches!(google, Ok(CallbackOutcome::Switched)), "{google:?}");
    assert_eq!(links(&site).await, 1);
}

/// Members with a password change it with the present one.
#[rstest]
#[tokio::test]
async fn a_password_is_chosen_only_where_there_is_none(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, _) = exclusive(database).await;
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    let new = "another-Long-passphrase-7";
    let chosen = password::choose(&ctx, new, new).await;
    assert_eq!(chosen.denied(), Denied::NotOffered);
    assert!(site.sign_in_with(ADDRESS, PASSWORD).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn elsewhere_there_is_no_method_to_choose(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, _provider) = site(database).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    let chosen = password::choose(&ctx, NEW, NEW).await;
    assert_eq!(chosen.denied(), Denied::NotOffered);
}
