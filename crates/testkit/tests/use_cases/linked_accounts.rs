//! SNSアカウント連携: linking, signing in, unlinking, and pending accounts (MP-60 to MP-66, C-52).

use account::session::{AuthMethod, Proof};
use domain::linked_accounts::{Purpose, Refused};
use domain::refusal::Refusal;
use domain::second_factor::{Method, challenge};
use domain::sign_in::Form;
use identity::linked_accounts::{self, CallbackOutcome};
use identity::pending_identity::{self, WAITS_MS};
use identity::sign_in::{self, Shown, SignInStep, SignedIn};
use identity::{account_suspension, passkeys, profile};
use platform::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use platform::context::{Ctx, FRESH_MS};
use platform::error::Denied;
use platform::secret::Token;
use rstest::rstest;
use serde_json::json;
use testkit::{Database, Denials, PASSWORD, Refusals, Step, TestApp, pass};

use super::with_passkeys;
use super::with_provider::{
    ADDRESS, OTHER, authorize, authorize_at, authorize_beside, call_back, entered, link, linked_member,
    links, person, site, site_with, start, waiting, why, without_passwords,
};

/// Method and refusal of the lines of an event, oldest first.
async fn lines(site: &TestApp, event: &'static str) -> Vec<(Option<String>, Option<String>)> {
    sqlx::query_as("SELECT method, refusal FROM audit WHERE event = $1 ORDER BY id")
        .bind(event)
        .fetch_all(site.app.db.readers())
        .await
        .unwrap()
}

/// Signs in with the right password in a browser with a pending account.
async fn sign_in_beside(ctx: &Ctx, waiting: &Token) -> SignInStep {
    let form = Form { email: ADDRESS.into(), password: PASSWORD.into(), ..Form::default() };
    sign_in::sign_in(ctx, &form, Some(waiting)).await.unwrap()
}

/// The same, where no second factor is asked for.
async fn signed_in_beside(ctx: &Ctx, waiting: &Token) -> SignedIn {
    sign_in_beside(ctx, waiting).await.signed_in().unwrap()
}

#[rstest]
#[tokio::test]
async fn mp_61_a_member_links_an_account_is_notified_and_signs_in_with_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let opened = linked_member(&site, &provider, ADDRESS, "4711").await;
    let ctx = site.ctx(&opened.token).await;
    let view = linked_accounts::view(&ctx).await.unwrap();
    let labels: Vec<_> = view.rows.iter().map(|row| row.label.as_str()).collect();
    assert_eq!(labels, ["Google", "Facebook", "Yahoo! JAPAN"], "in the policy's order (MP-60)");
    let google = view.rows[0].link.as_ref().unwrap();
    assert_eq!((google.shown.as_deref(), google.last_used_at), (Some("ha***@example.jp"), None));
    assert!(view.rows[0].can_unlink && !view.rows[0].can_link && view.rows[1].can_link);
    let email = site.newest_email().await;
    assert!(email.subject.contains("SNSアカウントが連携されました"), "{}", email.subject);
    assert!(email.text.contains("Google"), "{}", email.text);
    assert_eq!(lines(&site, "account_linked").await, [(Some("provider:google".into()), None)]);

    site.wait(MINUTE_MS);
    let claims = person("4711", "x@example.com");
    let inside = entered(authorize(&provider, &site.visitor(), Purpose::SignIn, claims).await);
    let ctx = site.ctx(&inside.token).await;
    let email = ctx.session().unwrap().email.as_deref();
    assert_eq!(email, Some(ADDRESS), "by the subject, whatever the address");
    let view = linked_accounts::view(&ctx).await.unwrap();
    assert_eq!(view.rows[0].link.as_ref().unwrap().last_used_at, Some(site.now()));
    assert_eq!(lines(&site, "sign_in").await, [(Some("provider:google".into()), None)]);
    // MP-66: what the provider says of a person stays there.
    assert_eq!(profile::view(&ctx).await.unwrap().person.family_name.as_str(), "山田");
}

#[rstest]
#[tokio::test]
async fn mp_62_one_account_of_each_provider_and_one_member_for_each_account(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let hanako = linked_member(&site, &provider, ADDRESS, "1").await;
    let ctx = site.ctx(&hanako.token).await;
    // Linking it again sends no e-mail.
    let emails = site.emails().await.len();
    link(&provider, &ctx, person("1", ADDRESS)).await;
    assert_eq!((links(&site).await, site.emails().await.len()), (1, emails));
    let second = authorize(&provider, &ctx, Purpose::Link, person("2", ADDRESS)).await;
    assert_eq!(why(second), Refused::OtherLinked);
    // Of several providers she can have one each.
    let other = start(&provider, &ctx, "yahoo", Purpose::Link).await;
    assert!(matches!(call_back(&ctx, &other).await, Ok(CallbackOutcome::Linked)));
    assert_eq!(links(&site).await, 2);

    // MP-64
    let taro = site.ctx(&site.member(OTHER).await.token).await;
    let taken = authorize(&provider, &taro, Purpose::Link, person("1", OTHER)).await;
    assert_eq!(why(taken), Refused::UsedElsewhere);
    assert_eq!(links(&site).await, 2);
    let refused = lines(&site, "account_linked").await;
    assert_eq!(refused.last().unwrap().1.as_deref(), Some(Refused::UsedElsewhere.code()));
}

#[rstest]
#[tokio::test]
async fn mp_62_two_members_link_one_account_at_once_and_one_wins(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    provider.say(|says| says.claims = person("1", ADDRESS));
    let mut racing = Vec::new();
    for email in [ADDRESS, OTHER] {
        let opened = site.member(email).await;
        let ctx = site.ctx(&opened.token).await;
        racing.push((ctx.clone(), start(&provider, &ctx, "yahoo", Purpose::Link).await));
    }
    let [(first, one), (second, two)] = racing.as_slice() else { panic!("two") };
    let (one, two) = tokio::join!(call_back(first, one), call_back(second, two));
    let (won, lost): (Vec<_>, Vec<_>) =
        [one, two].into_iter().partition(|outcome| matches!(outcome, Ok(CallbackOutcome::Linked)));
    let lost: Vec<_> = lost.into_iter().map(why).collect();
    assert_eq!((won.len(), lost, links(&site).await), (1, vec![Refused::UsedElsewhere], 1));
}

#[rstest]
#[tokio::test]
async fn mp_65_an_unlinked_account_waits_for_the_password_in_the_same_browser(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    site.member(ADDRESS).await;
    let claims = person("1", "private@example.com");
    let token = waiting(&site, &provider, Purpose::SignIn, claims.clone()).await;
    let ctx = site.visitor();
    let waits = pending_identity::waiting(&ctx, &token).await.unwrap().unwrap();
    assert_eq!((waits.label.as_str(), waits.shown.as_deref()), ("Google", Some("pr***@example.com")));
    assert_eq!(links(&site).await, 0);
    // Another browser has no pending account.
    let elsewhere = site.first_factor(&ctx, ADDRESS).await.signed_in().unwrap();
    assert!(elsewhere.linked.is_none());

    let linked = signed_in_beside(&ctx, &token).await.linked.unwrap();
    assert_eq!((linked.provider.as_str(), linked.linked), ("google", Ok(())));
    assert_eq!(links(&site).await, 1);
    assert!(pending_identity::waiting(&ctx, &token).await.unwrap().is_none(), "once");
    assert!(signed_in_beside(&ctx, &token).await.linked.is_none());
    // The next time the account signs in.
    entered(authorize(&provider, &ctx, Purpose::SignIn, claims).await);
}

#[rstest]
#[tokio::test]
async fn mp_65_it_waits_half_an_hour_and_can_be_dropped(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    site.member(ADDRESS).await;
    let ctx = site.visitor();
    let token = waiting(&site, &provider, Purpose::SignIn, person("1", ADDRESS)).await;
    site.wait(WAITS_MS - 1);
    assert!(pending_identity::waiting(&ctx, &token).await.unwrap().is_some());
    site.wait(1);
    assert!(signed_in_beside(&ctx, &token).await.linked.is_none());

    let token = waiting(&site, &provider, Purpose::SignIn, person("1", ADDRESS)).await;
    pending_identity::drop_waiting(&ctx, &token).await.unwrap();
    assert!(pending_identity::waiting(&ctx, &token).await.unwrap().is_none());
    assert!(signed_in_beside(&ctx, &token).await.linked.is_none());
    assert_eq!(links(&site).await, 0);
    // Purged when it has expired.
    site.wait(DAY_MS);
    site.purge().await;
    assert_eq!(site.count("SELECT COUNT(*) FROM pending_identity").await, 0);
    assert_eq!(site.count("SELECT COUNT(*) FROM auth_request").await, 0);
}

#[rstest]
#[tokio::test]
async fn mp_65_the_second_factor_comes_before_the_link(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let opened = site.member(ADDRESS).await;
    let app = site.with_app(&opened).await;
    let token = waiting(&site, &provider, Purpose::SignIn, person("1", ADDRESS)).await;
    let ctx = site.visitor();
    let attempt = sign_in_beside(&ctx, &token).await.second_factor();
    assert_eq!(links(&site).await, 0);
    let code = app.code(site.now());
    let shown = Shown::Code(Method::App, &code);
    let inside = sign_in::prove_second_factor(&ctx, &attempt, shown, false, Some(&token)).await.unwrap();
    assert_eq!(inside.linked.unwrap().linked, Ok(()));

    // C-52: a sign-in with the linked account asks for the second factor, too.
    site.wait(MINUTE_MS);
    let outcome = authorize(&provider, &ctx, Purpose::SignIn, person("1", ADDRESS)).await;
    let Ok(CallbackOutcome::SignedIn(step, _)) = outcome else { panic!("{outcome:?}") };
    let attempt = step.second_factor();
    let proofs: Vec<String> = sqlx::query_scalar("SELECT proofs FROM sign_in_attempt")
        .fetch_all(site.app.db.readers())
        .await
        .unwrap();
    let by_google = |proofs: &&String| {
        let proofs: Vec<Proof> = serde_json::from_str(proofs).unwrap();
        let by = |proof: &Proof| (proof.method, proof.credential.as_deref() == Some("google"));
        proofs.iter().map(by).eq([(AuthMethod::Provider, true)])
    };
    assert_eq!(proofs.iter().filter(by_google).count(), 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM linked_account WHERE last_used_at IS NOT NULL").await, 0);
    // Only with the second factor the account counts as used.
    let form = challenge::Form { method: Method::App, code: app.code(site.now()), ..Default::default() };
    pass(&ctx, &attempt, &form).await.unwrap();
    assert_eq!(site.count("SELECT COUNT(*) FROM linked_account WHERE last_used_at IS NOT NULL").await, 1);
    assert_eq!(lines(&site, "sign_in").await.last().unwrap().0.as_deref(), Some("provider:google"));
}

#[rstest]
#[tokio::test]
async fn c_52_where_the_policy_says_so_no_second_factor_follows_a_provider(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) =
        site_with(database, &[("policy.second_factor.on_external_sign_in", "false")]).await;
    let opened = linked_member(&site, &provider, ADDRESS, "1").await;
    site.with_app(&opened).await;
    entered(authorize(&provider, &site.visitor(), Purpose::SignIn, person("1", ADDRESS)).await);
}

#[rstest]
#[tokio::test]
async fn mp_61_linking_and_unlinking_need_a_fresh_authentication(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let opened = linked_member(&site, &provider, ADDRESS, "1").await;
    site.wait(FRESH_MS);
    let ctx = site.ctx(&opened.token).await;
    let start = async |ctx: &Ctx, id: &str, purpose| {
        linked_accounts::start(ctx, id, purpose, None, None, None).await.denied()
    };
    assert_eq!(start(&ctx, "yahoo", Purpose::Link).await, Denied::StepUp);
    assert_eq!(linked_accounts::unlink(&ctx, "google").await.denied(), Denied::StepUp);
    assert_eq!(start(&site.visitor(), "yahoo", Purpose::Link).await, Denied::SignIn);
    assert_eq!(start(&ctx, "line", Purpose::SignIn).await, Denied::NotOffered);
}

#[rstest]
#[tokio::test]
async fn unlinking_is_notified_and_frees_the_account_for_others(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let hanako = linked_member(&site, &provider, ADDRESS, "1").await;
    let ctx = site.ctx(&hanako.token).await;
    linked_accounts::unlink(&ctx, "google").await.unwrap();
    let email = site.newest_email().await;
    assert!(email.subject.contains("解除されました") && email.text.contains("Google"), "{}", email.subject);
    assert_eq!(lines(&site, "account_unlinked").await, [(Some("provider:google".into()), None)]);
    // A second click changes nothing and sends no e-mail.
    linked_accounts::unlink(&ctx, "google").await.unwrap();
    assert_eq!(lines(&site, "account_unlinked").await.len(), 1);
    let taro = site.member(OTHER).await;
    link(&provider, &site.ctx(&taro.token).await, person("1", OTHER)).await;
}

#[rstest]
#[tokio::test]
async fn the_last_sign_in_method_is_not_unlinked(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let opened = linked_member(&site, &provider, ADDRESS, "1").await;
    let ctx = site.ctx(&opened.token).await;
    without_passwords(&site).await;
    let refused = linked_accounts::unlink(&ctx, "google").await.refusals();
    assert_eq!(refused, [Refused::LastSignInMethod]);
    assert!(!linked_accounts::view(&ctx).await.unwrap().rows[0].can_unlink);
    // With another provider it is not the last one any more.
    let other = start(&provider, &ctx, "yahoo", Purpose::Link).await;
    call_back(&ctx, &other).await.unwrap();
    linked_accounts::unlink(&ctx, "google").await.unwrap();
    assert_eq!(links(&site).await, 1);
}

/// After "not me" a new password has to be set: the old one is no sign-in method.
#[rstest]
#[tokio::test]
async fn an_invalidated_password_is_no_sign_in_method(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let ctx = site.ctx(&linked_member(&site, &provider, ADDRESS, "1").await.token).await;
    site.change("UPDATE member_password SET blocked_at = 1").await;
    let refused = linked_accounts::unlink(&ctx, "google").await.refusals();
    assert_eq!(refused, [Refused::LastSignInMethod]);
}

/// Signing in with one account while another is pending does not prove whose the other one is.
#[rstest]
#[tokio::test]
async fn a_pending_account_is_not_linked_by_a_sign_in_with_another_provider(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    authorize_at(&provider, "yahoo", &ctx, Purpose::Link, person("1", ADDRESS)).await.unwrap();
    let token = waiting(&site, &provider, Purpose::SignIn, person("of nobody", OTHER)).await;
    let (visitor, claims) = (site.visitor(), person("1", ADDRESS));
    let sign_in = authorize_beside(&provider, "yahoo", &visitor, Purpose::SignIn, claims, Some(&token));
    let outcome = sign_in.await;
    let Ok(CallbackOutcome::SignedIn(step, _)) = outcome else { panic!("{outcome:?}") };
    assert!(step.signed_in().unwrap().linked.is_none(), "nothing is linked");
    assert_eq!(links(&site).await, 1);
}

#[rstest]
#[tokio::test]
async fn of_passkey_and_linked_account_one_stays_whichever_goes_first(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site_with(database, &[("site.policy", "modern")]).await;
    let opened = linked_member(&site, &provider, ADDRESS, "1").await;
    let ctx = site.ctx(&opened.token).await;
    with_passkeys::added(&ctx, 1).await;
    without_passwords(&site).await;
    assert!(linked_accounts::view(&ctx).await.unwrap().rows[0].can_unlink);
    let key = passkeys::list(&ctx).await.unwrap().remove(0);
    // Both at once, so that neither sees the other's removal.
    let (unlinking, removing) =
        tokio::join!(linked_accounts::unlink(&ctx, "google"), passkeys::remove(&ctx, &key.id));
    let (unlinked, removed) = (unlinking.is_ok(), removing.is_ok());
    assert!(unlinked != removed, "unlinked: {unlinking:?}, removed: {removing:?}");
    if unlinked {
        assert_eq!(removing.refusals(), [domain::passkey::Refused::LastSignInMethod]);
    } else {
        assert_eq!(unlinking.refusals(), [Refused::LastSignInMethod]);
    }
    assert_eq!(links(&site).await, i64::from(removed));
    assert_eq!(passkeys::list(&ctx).await.unwrap().len(), usize::from(unlinked));
}

#[rstest]
#[tokio::test]
async fn a_member_without_a_password_authenticates_again_with_the_linked_account(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let opened = linked_member(&site, &provider, ADDRESS, "1").await;
    site.wait(FRESH_MS);
    let ctx = site.ctx(&opened.token).await;
    let again = async |claims| authorize(&provider, &ctx, Purpose::Reauthenticate, claims).await;
    // Members with a password are asked for it.
    let started = linked_accounts::start(&ctx, "google", Purpose::Reauthenticate, None, None, None).await;
    assert_eq!(started.denied(), Denied::NotOffered);
    without_passwords(&site).await;
    assert_eq!(why(again(person("2", ADDRESS)).await), Refused::OtherAccount);
    // An old sign-in at the provider is no authentication.
    let mut stale = person("1", ADDRESS);
    stale["auth_time"] = json!((site.now() - DAY_MS) / SECOND_MS);
    assert_eq!(why(again(stale).await), Refused::NotAccepted);
    let outcome = again(person("1", ADDRESS)).await;
    let Ok(CallbackOutcome::Reauthenticated(token, _)) = outcome else { panic!("{outcome:?}") };
    assert!(site.ctx(&token).await.member_fresh().is_ok());
    assert!(!site.is_open(&opened.token).await, "under a new token");
}

#[rstest]
#[tokio::test]
async fn a_suspended_account_refuses_providers_too(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let opened = linked_member(&site, &provider, ADDRESS, "1").await;
    account_suspension::suspend_mine(&site.ctx(&opened.token).await).await.unwrap();
    let outcome = authorize(&provider, &site.visitor(), Purpose::SignIn, person("1", ADDRESS)).await;
    assert_eq!(why(outcome), Refused::Locked);
    let line = lines(&site, "sign_in").await.pop().unwrap();
    assert_eq!(line, (Some("provider:google".into()), Some(Refused::Locked.code().into())));
}

#[rstest]
#[tokio::test]
async fn without_providers_there_is_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    assert!(linked_accounts::offered(&ctx, ctx.locale()).is_empty());
    assert!(linked_accounts::view(&ctx).await.unwrap().rows.is_empty());
    let stale = site.app.rng.token();
    assert!(signed_in_beside(&site.visitor(), &stale).await.linked.is_none());
}
