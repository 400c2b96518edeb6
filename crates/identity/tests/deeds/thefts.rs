//! What somebody who was in an account leaves there with providers, and how its owner gets rid of it (security.md 2.9).

use domain::linked_accounts::{Purpose, Refused};
use domain::password_change;
use identity::alerts;
use identity::caller::Caller;
use identity::clock::MINUTE_MS;
use identity::linked_accounts::{self, Arrived};
use identity::password_reset;
use identity::secret::Token;
use identity::session::Opened;
use identity::testing::provider::TestProvider;
use identity::testing::{Base, Bed, PASSWORD, link_in};
use rstest::rstest;
use serde_json::json;

use super::with_provider::{
    ADDRESS, arrive, bed, entered, leave, linked_member, links, person, reset, visit_at, waiting_at, why,
};

const NEW: &str = "quiet-Heron-folds-9-maps";

/// Links an account of the thief's at a provider.
async fn plant(bed: &Bed, provider: &TestProvider, id: &'static str, thief: &Caller) {
    let arrived = visit_at(bed, provider, id, thief, Purpose::Link, person("thief", "t@example.com")).await;
    assert!(matches!(arrived, Ok(Arrived::Linked)), "{arrived:?}");
}

/// What comes of the thief's account at a provider now.
async fn comes_in(bed: &Bed, provider: &TestProvider, id: &'static str) -> bool {
    let claims = person("thief", "t@example.com");
    let arrived = visit_at(bed, provider, id, &bed.visitor(), Purpose::SignIn, claims).await;
    matches!(arrived, Ok(Arrived::SignedIn(..)))
}

async fn set_new(bed: &Bed, link: &Token) {
    let form = password_change::Form {
        new_password: NEW.into(),
        new_password_confirm: NEW.into(),
        ..Default::default()
    };
    password_reset::set_new(&bed.desk, &bed.visitor(), link, &form).await.unwrap().unwrap();
}

/// The link of the newest letter whose subject says this.
async fn link_of(bed: &Bed, subject: &str) -> Token {
    let letters = bed.letters().await;
    letters.iter().rev().find(|letter| letter.subject.contains(subject)).map(link_in).unwrap()
}

/// "Lock" in the letter of a link that the owner did not make: it is gone when the new password opens the account again.
#[rstest]
#[tokio::test]
async fn lock_takes_the_thiefs_link_as_well(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    let owner = linked_member(&bed, &provider, ADDRESS, "of the owner").await;
    bed.wait(MINUTE_MS);
    let thief = bed.caller(&bed.signed_in(ADDRESS).await.token).await;
    plant(&bed, &provider, "yahoo", &thief).await;
    let letter = link_of(&bed, "SNSアカウントが連携されました").await;
    alerts::lock(&bed.desk, &bed.visitor(), &letter).await.unwrap().unwrap();
    assert!(!bed.is_open(&owner).await);
    set_new(&bed, &link_in(bed.letters().await.last().unwrap())).await;
    assert!(!comes_in(&bed, &provider, "yahoo").await);
    let owners = person("of the owner", ADDRESS);
    entered(visit_at(&bed, &provider, "google", &bed.visitor(), Purpose::SignIn, owners).await);
}

/// The browser of the letter signs in again before it links, and comes in with what it linked to link more: all of it
/// goes with "not me". What the owner linked in another browser meanwhile stays.
#[rstest]
#[tokio::test]
async fn not_me_takes_links_of_the_sessions_that_followed(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let owner = bed.member(ADDRESS).await;
    bed.wait(MINUTE_MS);
    let first = bed.signed_in(ADDRESS).await;
    let letter = link_of(&bed, "新しいブラウザ").await;
    let here = bed.browser_of(&first);
    let again = in_again(&bed, &here).await;
    plant(&bed, &provider, "yahoo", &bed.caller(&again.token).await).await;
    // From yet another browser, by the account that was planted; nobody has asked them for more than a password.
    let claims = person("thief", "t@example.com");
    let through = visit_at(&bed, &provider, "yahoo", &bed.visitor(), Purpose::SignIn, claims).await;
    let through = bed.caller(&entered(through).token).await;
    let refused = linked_accounts::begin(&bed.desk, &through, "google", Purpose::Link, None, None).await;
    assert!(matches!(refused, Err(identity::fault::Fault::ProveFirst)), "MD-08: {refused:?}");
    plant(&bed, &provider, "google", &proven(&bed, &through).await).await;
    provider.say(|says| says.profile = json!({ "id": "of the owner" }));
    let own = bed.caller(&owner.token).await;
    let there = leave(&bed, &provider, &own, "facebook", Purpose::Link).await;
    assert!(matches!(arrive(&bed, &own, &there).await, Ok(Arrived::Linked)));
    assert_eq!(links(&bed).await, 3);

    alerts::not_mine(&bed.desk, &bed.visitor(), &letter).await.unwrap().unwrap();
    let left: Vec<String> = sqlx::query_scalar("SELECT subject FROM linked_account")
        .fetch_all(bed.desk.db.readers())
        .await
        .unwrap();
    assert_eq!(left, ["of the owner"]);
    assert!(!comes_in(&bed, &provider, "yahoo").await && !comes_in(&bed, &provider, "google").await);
}

/// Signs in once more in a browser that is known already.
async fn in_again(bed: &Bed, browser: &Caller) -> Opened {
    bed.first_step(browser, ADDRESS).await.opened().unwrap()
}

/// 本人確認 with the password.
async fn proven(bed: &Bed, caller: &Caller) -> Caller {
    let form = domain::confirm::Form { password: PASSWORD.into(), ..Default::default() };
    let proven = identity::confirm::confirm(&bed.desk, caller, &form).await.unwrap().unwrap();
    bed.caller(&proven).await
}

/// A new password closes no other way in; its letter names them all, so that what a thief left is found.
#[rstest]
#[tokio::test]
async fn the_letter_of_a_new_password_names_what_else_opens_the_account(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let own = bed.caller(&bed.member(ADDRESS).await.token).await;
    let change = password_change::Form {
        current_password: PASSWORD.into(),
        new_password: NEW.into(),
        new_password_confirm: NEW.into(),
    };
    let changed = identity::password::change(&bed.desk, &own, &change).await.unwrap().unwrap();
    let letter = bed.letters().await.pop().unwrap();
    assert!(
        letter.subject.contains("パスワードが変更されました")
            && !letter.text.contains("でもログインできます")
    );
    let thief = bed.caller(&changed.token).await;
    plant(&bed, &provider, "yahoo", &thief).await;
    plant(&bed, &provider, "google", &thief).await;
    reset(&bed, ADDRESS, PASSWORD).await;
    let letter = bed.letters().await.pop().unwrap();
    assert!(letter.subject.contains("パスワードが変更されました"), "{}", letter.subject);
    assert!(letter.text.contains("Google、Yahoo! JAPAN"), "{}", letter.text);
}

/// MP-19: what was chosen stays, whether the second choice begins afterwards or was at its provider already.
#[rstest]
#[tokio::test]
async fn mp_19_no_second_choice_before_the_registration_is_complete(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let stale = leave(&bed, &provider, &bed.visitor(), "yahoo", Purpose::SignUp).await;
    let chosen = waiting_at(&bed, &provider, "google", Purpose::SignUp, person("1", "g@example.com")).await;
    provider.say(|says| says.claims = person("2", "y@example.com"));
    assert_eq!(why(arrive(&bed, &chosen, &stale).await), Refused::Chosen);
    let begun =
        linked_accounts::begin(&bed.desk, &chosen, "yahoo", Purpose::SignUp, None, None).await.unwrap();
    assert_eq!(begun.unwrap_err(), Refused::Chosen);
    let by_sign_in =
        visit_at(&bed, &provider, "yahoo", &chosen, Purpose::SignIn, person("2", "y@example.com"));
    assert_eq!(why(by_sign_in.await), Refused::Chosen);
    let waiting = linked_accounts::waiting(&bed.desk, &chosen).await.unwrap().unwrap();
    assert_eq!(waiting.label, "Google");
}
