//! SNSアカウント連携: linking, signing in, unlinking, and what waits for a sign-in (MP-60 to MP-66, C-52).

use domain::linked_accounts::{Purpose, Refused};
use domain::refusal::Refusal;
use domain::sign_in::Form;
use identity::caller::Caller;
use identity::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use identity::fault::Fault;
use identity::linked_accounts::{self, Arrived, WAITS_MS};
use identity::sign_in::{self, SignedIn};
use identity::testing::{Base, Bed, PASSWORD};
use identity::{account_lock, jobs, passkeys, profile, session};
use rstest::rstest;
use serde_json::json;

use super::with_passkeys;
use super::with_provider::{
    ADDRESS, OTHER, arrive, bed, bed_with, entered, leave, link, linked_member, links, person, visit,
    visit_at, waiting_browser, why, without_passwords,
};

async fn lines(bed: &Bed, event: &'static str) -> Vec<(Option<String>, Option<String>)> {
    sqlx::query_as("SELECT method, refusal FROM audit WHERE event = $1 ORDER BY id")
        .bind(event)
        .fetch_all(bed.desk.db.readers())
        .await
        .unwrap()
}

#[rstest]
#[tokio::test]
async fn mp_61_a_member_links_an_account_is_told_and_comes_in_with_it(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let opened = linked_member(&bed, &provider, ADDRESS, "4711").await;
    let caller = bed.caller(&opened.token).await;
    let view = linked_accounts::view(&bed.desk, &caller).await.unwrap();
    let labels: Vec<_> = view.rows.iter().map(|row| row.label.as_str()).collect();
    assert_eq!(labels, ["Google", "Facebook", "Yahoo! JAPAN"], "in the policy's order (MP-60)");
    let google = view.rows[0].link.as_ref().unwrap();
    assert_eq!((google.shown.as_deref(), google.last_used_at), (Some("ha***@example.jp"), None));
    assert!(view.rows[0].can_unlink && !view.rows[0].can_link && view.rows[1].can_link);
    let letter = bed.letters().await.pop().unwrap();
    assert!(letter.subject.contains("SNSアカウントが連携されました"), "{}", letter.subject);
    assert!(letter.text.contains("Google"), "{}", letter.text);
    assert_eq!(lines(&bed, "account_linked").await, [(Some("sns:google".into()), None)]);

    bed.wait(MINUTE_MS);
    let inside = entered(
        visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("4711", "x@example.com")).await,
    );
    let caller = bed.caller(&inside.token).await;
    assert_eq!(caller.current.as_ref().unwrap().email, ADDRESS, "by the subject, whatever the address");
    let view = linked_accounts::view(&bed.desk, &caller).await.unwrap();
    assert_eq!(view.rows[0].link.as_ref().unwrap().last_used_at, Some(bed.desk.now()));
    assert_eq!(lines(&bed, "sign_in").await, [(Some("sns:google".into()), None)]);
    // MP-66: what the provider says of a person stays there.
    assert_eq!(profile::view(&bed.desk, &caller).await.unwrap().family_name, "山田");
}

#[rstest]
#[tokio::test]
async fn mp_62_one_account_of_each_provider_and_one_member_for_each_account(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let hanako = linked_member(&bed, &provider, ADDRESS, "1").await;
    let caller = bed.caller(&hanako.token).await;
    // The same once more is no news.
    let letters = bed.letters().await.len();
    link(&bed, &provider, &caller, person("1", ADDRESS)).await;
    assert_eq!((links(&bed).await, bed.letters().await.len()), (1, letters));
    let second = visit(&bed, &provider, &caller, Purpose::Link, person("2", ADDRESS)).await;
    assert_eq!(why(second), Refused::OtherLinked);
    // Of several providers she can have one each.
    let other = leave(&bed, &provider, &caller, "yahoo", Purpose::Link).await;
    assert!(matches!(arrive(&bed, &caller, &other).await, Ok(Arrived::Linked)));
    assert_eq!(links(&bed).await, 2);

    // MP-64
    let taro = bed.member(OTHER).await;
    let taken =
        visit(&bed, &provider, &bed.caller(&taro.token).await, Purpose::Link, person("1", OTHER)).await;
    assert_eq!(why(taken), Refused::UsedElsewhere);
    assert_eq!(links(&bed).await, 2);
    let refused = lines(&bed, "account_linked").await;
    assert_eq!(refused.last().unwrap().1.as_deref(), Some(Refused::UsedElsewhere.code()));
}

#[rstest]
#[tokio::test]
async fn mp_62_two_members_link_one_account_at_once_and_one_wins(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    provider.say(|says| says.claims = person("1", ADDRESS));
    let mut racing = Vec::new();
    for email in [ADDRESS, OTHER] {
        let opened = bed.member(email).await;
        let caller = bed.caller(&opened.token).await;
        racing.push((caller.clone(), leave(&bed, &provider, &caller, "yahoo", Purpose::Link).await));
    }
    let [(first, one), (second, two)] = racing.as_slice() else { panic!("two") };
    let (one, two) = tokio::join!(arrive(&bed, first, one), arrive(&bed, second, two));
    let (won, lost): (Vec<_>, Vec<_>) =
        [one, two].into_iter().partition(|arrived| matches!(arrived, Ok(Arrived::Linked)));
    let lost: Vec<_> = lost.into_iter().map(why).collect();
    assert_eq!((won.len(), lost, links(&bed).await), (1, vec![Refused::UsedElsewhere], 1));
}

#[rstest]
#[tokio::test]
async fn mp_65_an_account_of_nobody_waits_for_the_password_in_the_same_browser(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    bed.member(ADDRESS).await;
    let browser = waiting_browser(&bed, &provider, Purpose::SignIn, person("1", "private@example.com")).await;
    let waiting = linked_accounts::waiting(&bed.desk, &browser).await.unwrap().unwrap();
    assert_eq!((waiting.label.as_str(), waiting.shown.as_deref()), ("Google", Some("pr***@example.com")));
    assert_eq!(links(&bed).await, 0);
    // Another browser brings nothing.
    assert!(bed.signed_in(ADDRESS).await.taken_up.is_none());

    let SignedIn::In(opened) = bed.first_step(&browser, ADDRESS).await else { panic!("a second step") };
    let taken_up = opened.taken_up.unwrap();
    assert_eq!((taken_up.provider.as_str(), taken_up.linked), ("google", Ok(())));
    assert_eq!(links(&bed).await, 1);
    assert!(linked_accounts::waiting(&bed.desk, &browser).await.unwrap().is_none(), "once");
    assert!(bed.first_step(&browser, ADDRESS).await.opened().unwrap().taken_up.is_none());
    // Next time it lets in.
    entered(
        visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", "private@example.com")).await,
    );
}

#[rstest]
#[tokio::test]
async fn mp_65_it_waits_half_an_hour_and_can_be_let_go(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    bed.member(ADDRESS).await;
    let browser = waiting_browser(&bed, &provider, Purpose::SignIn, person("1", ADDRESS)).await;
    bed.wait(WAITS_MS - 1);
    assert!(linked_accounts::waiting(&bed.desk, &browser).await.unwrap().is_some());
    bed.wait(1);
    assert!(bed.first_step(&browser, ADDRESS).await.opened().unwrap().taken_up.is_none());

    let browser = waiting_browser(&bed, &provider, Purpose::SignIn, person("1", ADDRESS)).await;
    linked_accounts::let_go(&bed.desk, &browser).await.unwrap();
    assert!(linked_accounts::waiting(&bed.desk, &browser).await.unwrap().is_none());
    assert!(bed.first_step(&browser, ADDRESS).await.opened().unwrap().taken_up.is_none());
    assert_eq!(links(&bed).await, 0);
    // Purged when it is over.
    bed.wait(DAY_MS);
    jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM pending_link").await, 0);
    assert_eq!(bed.count("SELECT COUNT(*) FROM provider_visit").await, 0);
}

#[rstest]
#[tokio::test]
async fn mp_65_the_second_step_comes_before_the_link(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    let opened = bed.member(ADDRESS).await;
    let app = bed.with_app(&opened).await;
    let browser = waiting_browser(&bed, &provider, Purpose::SignIn, person("1", ADDRESS)).await;
    let SignedIn::SecondStep(token, _) = bed.first_step(&browser, ADDRESS).await else {
        panic!("no second step")
    };
    assert_eq!(links(&bed).await, 0);
    let form = domain::second_step::Form {
        method: domain::second_step::Method::App,
        code: app.code(bed.desk.now()),
        ..Default::default()
    };
    let inside = sign_in::pass(&bed.desk, &browser, &token, &form).await.unwrap().unwrap();
    assert_eq!(inside.taken_up.unwrap().linked, Ok(()));

    // C-52: with the account that is linked now, the second step is asked for as well.
    bed.wait(MINUTE_MS);
    let arrived = visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", ADDRESS)).await;
    assert!(matches!(arrived, Ok(Arrived::SignedIn(SignedIn::SecondStep(..), _))), "{arrived:?}");
    let pending = bed
        .count("SELECT COUNT(*) FROM pending_sign_in WHERE proven_by = 'provider' AND provider = 'google'")
        .await;
    assert_eq!(pending, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM linked_account WHERE last_used_at IS NOT NULL").await, 0);
    // Only when it is passed somebody came in with it.
    let Ok(Arrived::SignedIn(SignedIn::SecondStep(token, _), _)) = arrived else { panic!("no second step") };
    let form = domain::second_step::Form { code: app.code(bed.desk.now()), ..form };
    sign_in::pass(&bed.desk, &bed.visitor(), &token, &form).await.unwrap().unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM linked_account WHERE last_used_at IS NOT NULL").await, 1);
    assert_eq!(lines(&bed, "sign_in").await.last().unwrap().0.as_deref(), Some("sns:google"));
}

#[rstest]
#[tokio::test]
async fn c_52_where_the_policy_says_so_no_second_step_follows_a_provider(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed_with(base, &[("policy.second_factor.on_external_sign_in", "false")]).await;
    let opened = linked_member(&bed, &provider, ADDRESS, "1").await;
    bed.with_app(&opened).await;
    entered(visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", ADDRESS)).await);
}

#[rstest]
#[tokio::test]
async fn mp_61_linking_and_unlinking_need_a_fresh_proof(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    let opened = linked_member(&bed, &provider, ADDRESS, "1").await;
    bed.wait(session::FRESH_MS);
    let caller = bed.caller(&opened.token).await;
    let begun = linked_accounts::begin(&bed.desk, &caller, "yahoo", Purpose::Link, None, None).await;
    assert!(matches!(begun, Err(Fault::ProveFirst)), "{begun:?}");
    let gone = linked_accounts::unlink(&bed.desk, &caller, "google").await;
    assert!(matches!(gone, Err(Fault::ProveFirst)), "{gone:?}");
    let nobody = linked_accounts::begin(&bed.desk, &bed.visitor(), "yahoo", Purpose::Link, None, None).await;
    assert!(matches!(nobody, Err(Fault::SignInFirst)));
    let unknown = linked_accounts::begin(&bed.desk, &caller, "line", Purpose::SignIn, None, None).await;
    assert!(matches!(unknown, Err(Fault::NotOffered)));
}

#[rstest]
#[tokio::test]
async fn unlinking_is_told_and_lets_the_account_go_elsewhere(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let hanako = linked_member(&bed, &provider, ADDRESS, "1").await;
    let caller = bed.caller(&hanako.token).await;
    linked_accounts::unlink(&bed.desk, &caller, "google").await.unwrap().unwrap();
    let letter = bed.letters().await.pop().unwrap();
    assert!(
        letter.subject.contains("解除されました") && letter.text.contains("Google"),
        "{}",
        letter.subject
    );
    assert_eq!(lines(&bed, "account_unlinked").await, [(Some("sns:google".into()), None)]);
    // A second click changes nothing and says nothing.
    linked_accounts::unlink(&bed.desk, &caller, "google").await.unwrap().unwrap();
    assert_eq!(lines(&bed, "account_unlinked").await.len(), 1);
    let taro = bed.member(OTHER).await;
    link(&bed, &provider, &bed.caller(&taro.token).await, person("1", OTHER)).await;
}

#[rstest]
#[tokio::test]
async fn the_last_way_in_is_not_unlinked(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    let opened = linked_member(&bed, &provider, ADDRESS, "1").await;
    let caller = bed.caller(&opened.token).await;
    without_passwords(&bed).await;
    let refused = linked_accounts::unlink(&bed.desk, &caller, "google").await.unwrap().unwrap_err();
    assert_eq!(refused, [Refused::LastWayIn]);
    assert!(!linked_accounts::view(&bed.desk, &caller).await.unwrap().rows[0].can_unlink);
    // With another provider it is the last one no more.
    let other = leave(&bed, &provider, &caller, "yahoo", Purpose::Link).await;
    arrive(&bed, &caller, &other).await.unwrap();
    linked_accounts::unlink(&bed.desk, &caller, "google").await.unwrap().unwrap();
    assert_eq!(links(&bed).await, 1);
}

/// After "not me" the password has to be set anew: it is no way in.
#[rstest]
#[tokio::test]
async fn a_blocked_password_is_no_way_in(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    let caller = bed.caller(&linked_member(&bed, &provider, ADDRESS, "1").await.token).await;
    bed.change("UPDATE member_password SET blocked_at = 1").await;
    let refused = linked_accounts::unlink(&bed.desk, &caller, "google").await.unwrap().unwrap_err();
    assert_eq!(refused, [Refused::LastWayIn]);
}

/// Whoever comes in with one account while another waits does not say whose that one is: it waits no more.
#[rstest]
#[tokio::test]
async fn what_waits_does_not_outlive_a_sign_in_by_another_provider(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let caller = bed.caller(&bed.member(ADDRESS).await.token).await;
    visit_at(&bed, &provider, "yahoo", &caller, Purpose::Link, person("1", ADDRESS)).await.unwrap();
    let browser = waiting_browser(&bed, &provider, Purpose::SignIn, person("of nobody", OTHER)).await;
    let arrived = visit_at(&bed, &provider, "yahoo", &browser, Purpose::SignIn, person("1", ADDRESS)).await;
    let opened = entered(arrived);
    assert!(opened.brought && opened.taken_up.is_none(), "the cookie goes, and nothing is linked");
    assert_eq!(links(&bed).await, 1);
}

#[rstest]
#[tokio::test]
async fn of_passkey_and_linked_account_one_stays_whichever_goes_first(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed_with(base, &[("site.policy", "modern")]).await;
    let opened = linked_member(&bed, &provider, ADDRESS, "1").await;
    let caller = bed.caller(&opened.token).await;
    with_passkeys::added(&bed, &caller, 1).await;
    without_passwords(&bed).await;
    assert!(linked_accounts::view(&bed.desk, &caller).await.unwrap().rows[0].can_unlink);
    let key = passkeys::list(&bed.desk, &caller).await.unwrap().remove(0);
    // Both at once, and neither sees the other go.
    let (unlinking, removing) = tokio::join!(
        linked_accounts::unlink(&bed.desk, &caller, "google"),
        passkeys::remove(&bed.desk, &caller, &key.id),
    );
    let (unlinked, removed) = (unlinking.unwrap().is_ok(), removing.unwrap().is_ok());
    assert!(unlinked != removed, "unlinked: {unlinked}, removed: {removed}");
    assert_eq!(links(&bed).await, i64::from(removed));
    assert_eq!(passkeys::list(&bed.desk, &caller).await.unwrap().len(), usize::from(unlinked));
}

#[rstest]
#[tokio::test]
async fn a_member_without_a_password_proves_it_with_the_linked_account(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let opened = linked_member(&bed, &provider, ADDRESS, "1").await;
    bed.wait(session::FRESH_MS);
    let caller = bed.caller(&opened.token).await;
    // Who has one is asked for it.
    let begun = linked_accounts::begin(&bed.desk, &caller, "google", Purpose::Confirm, None, None).await;
    assert!(matches!(begun, Err(Fault::NotOffered)), "{begun:?}");
    without_passwords(&bed).await;
    let other = visit(&bed, &provider, &caller, Purpose::Confirm, person("2", ADDRESS)).await;
    assert_eq!(why(other), Refused::OtherAccount);
    // Nor is it proven by who was signed in there all along.
    let mut stale = person("1", ADDRESS);
    stale["auth_time"] = json!((bed.desk.now() - DAY_MS) / SECOND_MS);
    let long_ago = visit(&bed, &provider, &caller, Purpose::Confirm, stale).await;
    assert_eq!(why(long_ago), Refused::NotAccepted);
    let Ok(Arrived::Confirmed(token, _)) =
        visit(&bed, &provider, &caller, Purpose::Confirm, person("1", ADDRESS)).await
    else {
        panic!("not confirmed")
    };
    assert!(bed.caller(&token).await.fresh(bed.desk.now()).is_ok());
    assert!(!bed.is_open(&opened).await, "under a new token");
}

#[rstest]
#[tokio::test]
async fn a_locked_account_is_shut_for_providers_too(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    let opened = linked_member(&bed, &provider, ADDRESS, "1").await;
    account_lock::lock_mine(&bed.desk, &bed.caller(&opened.token).await).await.unwrap();
    let arrived = visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", ADDRESS)).await;
    assert_eq!(why(arrived), Refused::Locked);
    let line = lines(&bed, "sign_in").await.pop().unwrap();
    assert_eq!(line, (Some("sns:google".into()), Some(Refused::Locked.code().into())));
}

#[rstest]
#[tokio::test]
async fn without_providers_there_is_nothing(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    assert!(linked_accounts::offered(&bed.desk, caller.locale).is_empty());
    assert!(linked_accounts::view(&bed.desk, &caller).await.unwrap().rows.is_empty());
    let form = Form { email: ADDRESS.into(), password: PASSWORD.into(), ..Form::default() };
    let stale = Caller { pending_link: Some(bed.desk.random.token()), ..bed.visitor() };
    let signed_in = sign_in::sign_in(&bed.desk, &stale, &form).await.unwrap().unwrap();
    assert!(signed_in.opened().unwrap().taken_up.is_none());
}
