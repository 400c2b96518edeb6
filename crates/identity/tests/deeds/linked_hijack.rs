//! The five scripts of "Pre-hijacked accounts" (security.md 2.9): the victim ends as the sole owner, by "not me" or by the
//! old mailbox (what a thief leaves otherwise: `thefts.rs`). And what a registration keeps of the account that it began
//! with (MP-18, MP-19).

use domain::linked_accounts::{Purpose, Refused};
use domain::registration::Form;
use identity::caller::Caller;
use identity::clock::{DAY_MS, MINUTE_MS};
use identity::linked_accounts::{self, Arrived};
use identity::testing::{Base, code_in, form, link_in};
use identity::{email_change, registration, sign_in};
use rstest::rstest;
use serde_json::json;

use super::with_provider::{
    ADDRESS, OTHER, arrive, bed, bed_with, entered, leave, link, linked_member, links, person, visit,
    waiting_at, waiting_browser, why,
};

/// Classic-federated merge: an equal address joins nothing, verified or not.
#[rstest]
#[tokio::test]
async fn an_equal_address_is_no_link(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    bed.member(ADDRESS).await;
    for verified in [true, false] {
        let mut claims = person("of an attacker", ADDRESS);
        claims["email_verified"] = json!(verified);
        let arrived = visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, claims).await;
        assert!(matches!(arrived, Ok(Arrived::Waits(..))), "{arrived:?}");
    }
    assert_eq!(links(&bed).await, 0);
}

/// Trojan identifier: an attacker begins a registration of the victim's address with their own account.
#[rstest]
#[tokio::test]
async fn an_attackers_account_does_not_stay_on_the_victims_registration(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let attacker =
        waiting_browser(&bed, &provider, Purpose::SignUp, person("attacker", "a@example.com")).await;
    let theirs = bed.desk.random.token();
    let typed = Form { password: "the-Attackers-own-pass-9".into(), ..form(ADDRESS) };
    registration::submit(&bed.desk, &attacker, &typed, &theirs).await.unwrap().unwrap();
    // The victim gets a letter they did not ask for; its link wants the attacker's password in their browser.
    let link = link_in(bed.letters().await.last().unwrap());
    let opened = registration::complete_by_link(&bed.desk, &bed.visitor(), &link, None, None).await.unwrap();
    assert!(opened.is_err());
    // Then the victim registers, in their own browser.
    let victim = bed.member(ADDRESS).await;
    assert!(victim.taken_up.is_none());
    assert_eq!(links(&bed).await, 0);
    let arrived =
        visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("attacker", "a@example.com")).await;
    assert!(matches!(arrived, Ok(Arrived::Waits(..))), "{arrived:?}");
    // And the attacker's form is no use any more.
    assert!(
        registration::complete_by_link(&bed.desk, &attacker, &link, Some(&theirs), None)
            .await
            .unwrap()
            .is_err()
    );
}

/// Non-verifying provider: its word about an address registers nobody, even where vouched addresses count.
#[rstest]
#[tokio::test]
async fn an_address_that_is_not_vouched_for_is_proven_by_letter(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed_with(base, &[("policy.linked_accounts.vouched_addresses", "true")]).await;
    let submit = async |browser: &Caller, email: &str| {
        let id = bed.desk.random.token();
        registration::submit(&bed.desk, browser, &form(email), &id).await.unwrap().unwrap()
    };
    let (hanako, taro) = ("hanako@yahoo.co.jp", "taro@yahoo.co.jp");
    let mut claims = person("1", hanako);
    claims["email_verified"] = json!(false);
    let waiting =
        async |id: &'static str, claims| waiting_at(&bed, &provider, id, Purpose::SignUp, claims).await;
    let browser = waiting("yahoo", claims).await;
    assert!(matches!(submit(&browser, hanako).await, registration::Submitted::Sent));
    // Each knows whose its own addresses are, and nobody else's.
    for (id, address) in [("google", hanako), ("yahoo", ADDRESS)] {
        let browser = waiting(id, person("1", address)).await;
        assert!(matches!(submit(&browser, address).await, registration::Submitted::Sent), "{id}");
    }
    // Vouched for, but another address was typed; or the address has an account.
    let browser = waiting("yahoo", person("1", taro)).await;
    assert!(matches!(submit(&browser, hanako).await, registration::Submitted::Sent));
    bed.wait(MINUTE_MS * 2);
    bed.member(hanako).await;
    let browser = waiting("yahoo", person("1", hanako)).await;
    assert!(matches!(submit(&browser, hanako).await, registration::Submitted::Sent));
    assert_eq!(bed.count("SELECT COUNT(*) FROM member").await, 1);
    let browser = waiting("google", person("1", "taro@gmail.com")).await;
    let registered = submit(&browser, "taro@gmail.com").await;
    assert!(matches!(registered, registration::Submitted::Registered(_)), "{registered:?}");
    let browser = waiting("yahoo", person("2", taro)).await;
    let registered = submit(&browser, taro).await;
    assert!(matches!(registered, registration::Submitted::Registered(_)), "{registered:?}");
    assert_eq!(links(&bed).await, 2);
}

/// Unexpired session: "not me" shuts out whoever came in with a stolen account of a provider, and for good.
#[rstest]
#[tokio::test]
async fn not_me_takes_the_link_that_a_thief_came_in_with(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    linked_member(&bed, &provider, ADDRESS, "stolen").await;
    bed.wait(MINUTE_MS);
    let sign_in =
        async || visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("stolen", ADDRESS)).await;
    let thief = entered(sign_in().await);
    let letter = bed.letters().await.pop().unwrap();
    assert!(letter.subject.contains("新しいブラウザ"), "{}", letter.subject);
    identity::alerts::not_mine(&bed.desk, &bed.visitor(), &link_in(&letter)).await.unwrap().unwrap();
    assert!(!bed.is_open(&thief).await);
    assert!(matches!(sign_in().await, Ok(Arrived::Waits(..))), "nobody's any more");
}

/// The same where browsers are remembered, and it is a session of such a browser that the owner does not know.
#[rstest]
#[tokio::test]
async fn not_me_takes_the_link_behind_a_remembered_browser(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed_with(base, &[("policy.auto_sign_in.mode", "always")]).await;
    linked_member(&bed, &provider, ADDRESS, "stolen").await;
    bed.wait(MINUTE_MS);
    let sign_in =
        async || visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("stolen", ADDRESS)).await;
    let (remembered, _) = entered(sign_in().await).remember.unwrap();
    bed.wait(DAY_MS);
    let before = bed.letters().await.len();
    let thief = sign_in::resume(&bed.desk, &bed.visitor(), &remembered).await.unwrap().unwrap();
    let letter = bed.letters().await.split_off(before).pop().expect("of the session that was resumed");
    identity::alerts::not_mine(&bed.desk, &bed.visitor(), &link_in(&letter)).await.unwrap().unwrap();
    assert!(!bed.is_open(&thief).await);
    assert!(matches!(sign_in().await, Ok(Arrived::Waits(..))), "nobody's any more");
}

/// The owner says "not me" while a thief's browser is at the provider: nothing is linked when it comes back.
#[rstest]
#[tokio::test]
async fn a_session_that_ended_meanwhile_links_nothing(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    bed.member(ADDRESS).await;
    let thief = bed.signed_in(ADDRESS).await;
    let letter = bed.letters().await.pop().unwrap();
    // As the request found them: the session ends while the provider is asked.
    let caller = bed.caller(&thief.token).await;
    let there = leave(&bed, &provider, &caller, "google", Purpose::Link).await;
    identity::alerts::not_mine(&bed.desk, &bed.visitor(), &link_in(&letter)).await.unwrap().unwrap();
    assert_eq!(why(arrive(&bed, &caller, &there).await), Refused::Over);
    assert_eq!(links(&bed).await, 0);
}

/// Unexpired address change: a thief changes the address and links their own account; the old mailbox takes both back.
#[rstest]
#[tokio::test]
async fn an_address_that_is_taken_back_takes_links_along(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    bed.member(ADDRESS).await;
    bed.wait(MINUTE_MS);
    let thief = bed.signed_in(ADDRESS).await;
    let caller = bed.caller(&thief.token).await;
    email_change::ask(&bed.desk, &caller, OTHER).await.unwrap().unwrap();
    let letters = bed.letters().await;
    let code = letters.iter().rev().find(|letter| letter.to.contains(OTHER)).map(code_in).unwrap();
    email_change::confirm_by_code(&bed.desk, &caller, &code, "").await.unwrap().unwrap();
    let undo = super::email_change::undoing(&bed, ADDRESS).await;
    link(&bed, &provider, &bed.caller(&thief.token).await, person("thief", OTHER)).await;
    email_change::undo(&bed.desk, &bed.visitor(), &undo).await.unwrap().unwrap();
    assert_eq!(links(&bed).await, 0);
}

/// Unexpired session: whoever was in before the owner's "not me" is out after it, and what they linked goes with them.
#[rstest]
#[tokio::test]
async fn what_a_thiefs_session_linked_goes_with_it(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    let owner = linked_member(&bed, &provider, ADDRESS, "of the owner").await;
    bed.wait(MINUTE_MS);
    let thief = bed.signed_in(ADDRESS).await;
    let caller = bed.caller(&thief.token).await;
    let there = leave(&bed, &provider, &caller, "yahoo", Purpose::Link).await;
    provider.say(|says| says.claims = person("of the thief", "t@example.com"));
    assert!(matches!(arrive(&bed, &caller, &there).await, Ok(Arrived::Linked)));
    let letter = bed.letters().await.pop().unwrap();
    identity::alerts::not_mine(&bed.desk, &bed.visitor(), &link_in(&letter)).await.unwrap().unwrap();
    assert!(!bed.is_open(&thief).await && !bed.is_open(&owner).await);
    let left: Vec<String> = sqlx::query_scalar("SELECT subject FROM linked_account")
        .fetch_all(bed.desk.db.readers())
        .await
        .unwrap();
    assert_eq!(left, ["of the owner"]);
}

#[rstest]
#[tokio::test]
async fn mp_18_mp_19_a_registration_keeps_the_account_that_it_began_with(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let browser = waiting_browser(&bed, &provider, Purpose::SignUp, person("1", "g@example.com")).await;
    let waiting = linked_accounts::waiting(&bed.desk, &browser).await.unwrap().unwrap();
    assert_eq!(waiting.purpose, Purpose::SignUp);
    assert_eq!((waiting.family_name.as_str(), waiting.given_name.as_str()), ("連携", "花子"));
    assert_eq!(waiting.email, "g@example.com");
    let id = bed.desk.random.token();
    registration::submit(&bed.desk, &browser, &form(ADDRESS), &id).await.unwrap().unwrap();
    // Longer than it waits by itself; and the letter is sent again meanwhile.
    bed.wait(60 * MINUTE_MS);
    registration::send_again(&bed.desk, &browser, &id).await.unwrap().unwrap();
    let code = code_in(bed.letters().await.last().unwrap());
    let opened = registration::complete_by_code(&bed.desk, &browser, &id, &code).await.unwrap().unwrap();
    assert_eq!(opened.taken_up.unwrap().linked, Ok(()));
    assert_eq!(links(&bed).await, 1);
    assert!(bed.letters().await.last().unwrap().subject.contains("連携されました"));
    entered(visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", "g@example.com")).await);
}

#[rstest]
#[tokio::test]
async fn mp_18_an_account_that_was_linked_elsewhere_meanwhile_does_not_stop_the_registration(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    let browser = waiting_browser(&bed, &provider, Purpose::SignUp, person("1", "g@example.com")).await;
    let id = bed.desk.random.token();
    registration::submit(&bed.desk, &browser, &form(ADDRESS), &id).await.unwrap().unwrap();
    let code = code_in(bed.letters().await.last().unwrap());
    linked_member(&bed, &provider, OTHER, "1").await;
    let opened = registration::complete_by_code(&bed.desk, &browser, &id, &code).await.unwrap().unwrap();
    assert_eq!(opened.taken_up.unwrap().linked, Err(Refused::UsedElsewhere));
    assert_eq!(links(&bed).await, 1);
}
