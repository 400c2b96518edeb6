//! パスキー: adding, removing, signing in, second factor, authenticating again (ours; security.md 1.5, 2.6 to 2.8).

use account::session::{AuthMethod, Level, authentication};
use domain::passkey::{Answer, NewForm, Refused};
use domain::reauthentication::Refused as ReauthenticationRefused;
use domain::second_factor::challenge::Refused as ChallengeRefused;
use domain::sign_in::Refused as SignInRefused;
use identity::passkeys::{self, Removed};
use identity::{reauthentication, second_factor, sign_in};
use platform::clock::{MINUTE_MS, SECOND_MS};
use platform::error::Denied;
use rstest::rstest;
use testkit::{Database, Denials, Refusals, SoftPasskey, TestApp, visitor_of};

use super::races::successes;
use super::with_passkeys::{
    ADDRESS, added, answer, before_second_factor, made, member_with_key, prove_with_passkey, question,
    sign_in_question, sign_in_with, site,
};

const CHALLENGES: &str = "SELECT COUNT(*) FROM passkey_challenge";

#[rstest]
#[tokio::test]
async fn a_passkey_is_added_by_name_notified_and_listed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    let question = question(&ctx).await;
    assert!(question.options.contains(r#""residentKey":"required""#), "{}", question.options);
    assert!(question.options.contains(r#""userVerification":"required""#));
    assert!(question.options.contains(r#""rp":{"id":"localhost","name":"Tegata"}"#));
    let form = NewForm {
        label: " 仕事の\u{7}スマホ ".into(),
        ..made(&question, SoftPasskey::new(1).make(&question))
    };
    passkeys::finish_add(&ctx, &form, "パスキー").await.unwrap();

    let keys = passkeys::list(&ctx).await.unwrap();
    let [key] = keys.as_slice() else { panic!("{keys:?}") };
    assert_eq!((key.name.as_str(), key.created_at, key.last_used_at), ("仕事のスマホ", site.now(), None));
    assert!(site.newest_email().await.subject.contains("パスキーが追加されました"));
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE event = 'passkey_added' AND refusal IS NULL").await,
        1
    );
    assert_eq!(site.count(CHALLENGES).await, 0);
}

#[rstest]
#[tokio::test]
async fn a_passkey_is_a_whole_sign_in(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = site(database).await;
    let (first, mut key) = member_with_key(&site, ADDRESS, 1).await;
    second_factor::switch(&site.ctx(&first.token).await, true).await.unwrap();
    site.wait(MINUTE_MS);
    let question = sign_in_question(&site).await;
    assert!(question.options.contains(r#""allowCredentials":[]"#), "{}", question.options);
    let form = Answer { remember: Some("on".into()), ..answer(&question, key.answer(&question)) };
    let opened = sign_in_with(&site, &form).await.unwrap();
    assert!(opened.remember.is_some());
    let ctx = site.ctx(&opened.token).await;
    assert_eq!(ctx.session().unwrap().email.as_deref(), Some(ADDRESS));
    let key = passkeys::list(&ctx).await.unwrap().remove(0);
    assert_eq!(key.last_used_at, Some(site.now()));
    let shown = authentication(site.app.db.readers(), &opened.session_id).await.unwrap();
    let [proof] = shown.proofs.as_slice() else { panic!("{shown:?}") };
    assert_eq!((proof.method, &proof.credential), (AuthMethod::Passkey, &Some(key.id)));
    assert_eq!(shown.level(), Level::PhishingResistant, "it is both factors");
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in' AND method = 'passkey'").await,
        1
    );
}

/// Only the password is compromised.
#[rstest]
#[tokio::test]
async fn an_invalidated_password_does_not_stop_a_passkey(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let (_, mut key) = member_with_key(&site, ADDRESS, 1).await;
    site.change("UPDATE member_password SET blocked_at = 1").await;
    let question = sign_in_question(&site).await;
    sign_in_with(&site, &answer(&question, key.answer(&question))).await.unwrap();
}

/// What is wrong with an answer: each changes the authenticator.
#[rstest]
#[case::another_origin(|key: &mut SoftPasskey| key.origin = "https://localhost:3000".into())]
#[case::another_port(|key: &mut SoftPasskey| key.origin = "http://localhost:3001".into())]
#[case::another_host(|key: &mut SoftPasskey| key.origin = "http://evil.localhost:3000".into())]
#[case::inside_another_page(|key: &mut SoftPasskey| key.inside = true)]
#[case::nobody_verified(|key: &mut SoftPasskey| key.verifies = false)]
#[case::nobody_named(|key: &mut SoftPasskey| key.names_user = false)]
#[case::another_key(|key: &mut SoftPasskey| *key = SoftPasskey::new(99))]
#[tokio::test]
async fn a_wrong_answer_signs_nobody_in_and_leaves_a_line(
    #[case] spoil: fn(&mut SoftPasskey),
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let (_, mut key) = member_with_key(&site, ADDRESS, 1).await;
    spoil(&mut key);
    let question = sign_in_question(&site).await;
    let form = answer(&question, key.answer(&question));
    assert_eq!(sign_in_with(&site, &form).await.unwrap_err(), [SignInRefused::PasskeyWrong]);
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in' AND refusal = 'SI08'").await,
        1
    );
    // The wrong answer uses the challenge up.
    assert_eq!(site.count(CHALLENGES).await, 0);
}

#[rstest]
#[tokio::test]
async fn a_new_passkey_of_another_page_or_person_is_refused(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    let spoils: [fn(&mut SoftPasskey); 3] = [
        |key| key.origin = "https://evil.example".into(),
        |key| key.inside = true,
        |key| key.verifies = false,
    ];
    for spoil in spoils {
        let mut key = SoftPasskey::new(1);
        spoil(&mut key);
        let question = question(&ctx).await;
        let form = made(&question, key.make(&question));
        assert_eq!(passkeys::finish_add(&ctx, &form, "x").await.refusals(), [Refused::NotMade]);
    }
    let rubbish = made(&question(&ctx).await, "{}".into());
    assert_eq!(passkeys::finish_add(&ctx, &rubbish, "x").await.refusals(), [Refused::NotMade]);
    assert_eq!(site.count("SELECT COUNT(*) FROM passkey").await, 0);
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE event = 'passkey_added' AND refusal = 'PK01'").await,
        4
    );
}

#[rstest]
#[tokio::test]
async fn a_challenge_is_answered_once_of_fifty_at_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let (_, mut key) = member_with_key(&site, ADDRESS, 1).await;
    let question = sign_in_question(&site).await;
    let form = answer(&question, key.answer(&question));
    let signed_in = successes(&site, |app, _| {
        let (ctx, form) = (visitor_of(&app), form.clone());
        async move { sign_in::sign_in_with_passkey(&ctx, &form, None).await }
    })
    .await;
    assert_eq!(signed_in, 1);
    assert_eq!(sign_in_with(&site, &form).await.unwrap_err(), [SignInRefused::PasskeyWrong]);
}

#[rstest]
#[tokio::test]
async fn a_challenge_is_valid_for_its_time_purpose_and_session(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let (opened, mut key) = member_with_key(&site, ADDRESS, 1).await;
    let ctx = site.ctx(&opened.token).await;
    // Too late.
    let late = sign_in_question(&site).await;
    site.wait(5 * MINUTE_MS);
    assert!(sign_in_with(&site, &answer(&late, key.answer(&late))).await.is_err());
    assert_eq!(site.count(CHALLENGES).await, 1);
    site.purge().await;
    assert_eq!(site.count(CHALLENGES).await, 0);
    // For a new passkey, for authenticating again.
    let adding = question(&ctx).await;
    assert!(sign_in_with(&site, &answer(&adding, key.answer(&adding))).await.is_err());
    let asked_again = reauthentication::begin_passkey(&ctx).await.unwrap();
    assert!(sign_in_with(&site, &answer(&asked_again, key.answer(&asked_again))).await.is_err());
    // Of another session of the same member.
    let other = site.ctx(&site.signed_in(ADDRESS).await.token).await;
    let mut another = SoftPasskey::new(2);
    let form = made(&adding, another.make(&adding));
    assert_eq!(passkeys::finish_add(&other, &form, "x").await.refusals(), [Refused::NotMade]);
    let form = answer(&asked_again, key.answer(&asked_again));
    let refused = reauthentication::finish_passkey(&other, &form).await.refusals();
    assert_eq!(refused, [ReauthenticationRefused::PasskeyWrong]);
    // None of this used them up.
    reauthentication::finish_passkey(&ctx, &form).await.unwrap();
    assert!(!site.is_open(&opened.token).await, "the session has another token");
}

/// A copy of the authenticator (security.md 1.5).
#[rstest]
#[tokio::test]
async fn a_counter_never_goes_back(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = site(database).await;
    let (_, mut key) = member_with_key(&site, ADDRESS, 1).await;
    let mut copy = key.clone();
    for _ in 0..2 {
        let question = sign_in_question(&site).await;
        sign_in_with(&site, &answer(&question, key.answer(&question))).await.unwrap();
    }
    let question = sign_in_question(&site).await;
    assert!(sign_in_with(&site, &answer(&question, copy.answer(&question))).await.is_err());
}

#[rstest]
#[tokio::test]
async fn a_removed_passkey_proves_nothing_not_even_what_was_asked_before(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let (opened, mut key) = member_with_key(&site, ADDRESS, 1).await;
    let token = before_second_factor(&site, &opened, ADDRESS).await;
    let (visitor, ctx) = (site.visitor(), site.ctx(&opened.token).await);
    let as_factor = sign_in::begin_second_factor_passkey(&visitor, &token).await.unwrap();
    let alone = sign_in_question(&site).await;
    let id = passkeys::list(&ctx).await.unwrap().remove(0).id;
    let removed = passkeys::remove(&ctx, &id).await.unwrap();
    assert_eq!(removed, Removed::NothingLeftToAskFor);
    assert!(site.newest_email().await.subject.contains("パスキーが削除されました"));
    assert!(sign_in_with(&site, &answer(&alone, key.answer(&alone))).await.is_err());
    let form = answer(&as_factor, key.answer(&as_factor));
    let refused = prove_with_passkey(&visitor, &token, &form).await.refusals();
    assert_eq!(refused, [ChallengeRefused::NotSetUp]);
    // Gone already: nothing happens, and no e-mail is sent.
    let emails = site.emails().await.len();
    assert_eq!(passkeys::remove(&ctx, &id).await.unwrap(), Removed::Done);
    assert_eq!(site.emails().await.len(), emails);
}

#[rstest]
#[tokio::test]
async fn the_last_sign_in_method_is_not_removed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let (opened, _) = member_with_key(&site, ADDRESS, 1).await;
    let ctx = site.ctx(&opened.token).await;
    added(&ctx, 2).await;
    site.change("DELETE FROM member_password").await;
    let keys = passkeys::list(&ctx).await.unwrap();
    // Both at once: one stays.
    let removals = keys.into_iter().map(|key| {
        let ctx = ctx.clone();
        tokio::spawn(async move { passkeys::remove(&ctx, &key.id).await })
    });
    let mut refused = Vec::new();
    for one in removals.collect::<Vec<_>>() {
        let one = one.await.unwrap();
        if one.is_err() {
            refused.push(one.refusals());
        }
    }
    assert_eq!(refused, [[Refused::LastSignInMethod]]);
    assert_eq!(site.count("SELECT COUNT(*) FROM passkey").await, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE refusal = 'PK04'").await, 1);
}

#[rstest]
#[tokio::test]
async fn there_are_not_more_than_the_policy_says_and_none_twice(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site =
        TestApp::new(database, &[("site.policy", "modern"), ("policy.passkeys.per_member", "2")]).await;
    let (opened, key) = member_with_key(&site, ADDRESS, 1).await;
    let ctx = site.ctx(&opened.token).await;
    let other = site.ctx(&site.member("taro@example.jp").await.token).await;
    // The same credential, for another member.
    let asked = question(&other).await;
    let form = made(&asked, key.clone().make(&asked));
    assert_eq!(passkeys::finish_add(&other, &form, "x").await.refusals(), [Refused::Known]);
    // Two challenges, room for one.
    let asked = [question(&ctx).await, question(&ctx).await];
    assert!(asked[0].options.contains("excludeCredentials"));
    let tries = asked.into_iter().zip([3, 4]).map(|(asked, seed)| {
        let ctx = ctx.clone();
        let form = made(&asked, SoftPasskey::new(seed).make(&asked));
        tokio::spawn(async move { passkeys::finish_add(&ctx, &form, "x").await })
    });
    let mut refused = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        let one = one.await.unwrap();
        if one.is_err() {
            refused.push(one.refusals());
        }
    }
    assert_eq!(refused, [[Refused::TooMany]]);
    assert_eq!(passkeys::begin_add(&ctx).await.refusals(), [Refused::TooMany]);
}

#[rstest]
#[tokio::test]
async fn adding_and_removing_need_a_fresh_authentication_which_a_passkey_is(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let (opened, mut key) = member_with_key(&site, ADDRESS, 1).await;
    site.wait(10 * MINUTE_MS + SECOND_MS);
    let ctx = site.ctx(&opened.token).await;
    assert_eq!(passkeys::begin_add(&ctx).await.denied(), Denied::StepUp);
    assert_eq!(passkeys::remove(&ctx, "x").await.denied(), Denied::StepUp);
    let asked = reauthentication::begin_passkey(&ctx).await.unwrap();
    let form = answer(&asked, key.answer(&asked));
    let token = reauthentication::finish_passkey(&ctx, &form).await.unwrap();
    let ctx = site.ctx(&token).await;
    passkeys::begin_add(&ctx).await.unwrap();
}

/// `standard` has none, and browsers allow none at an IP address.
#[rstest]
#[case(&[])]
#[case(&[("site.policy", "modern"), ("site.url", "http://127.0.0.1:3000")])]
#[case(&[("site.policy", "modern"), ("site.url", "https://192.0.2.1")])]
#[tokio::test]
async fn where_passkeys_are_not_offered_there_are_none(#[case] settings: &[(&str, &str)]) {
    let site = TestApp::new(Database::Sqlite, settings).await;
    assert!(!passkeys::is_offered(&site.visitor()));
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    assert_eq!(passkeys::begin_add(&ctx).await.denied(), Denied::NotOffered);
    assert_eq!(passkeys::list(&ctx).await.denied(), Denied::NotOffered);
    let began = sign_in::begin_passkey_sign_in(&site.visitor()).await;
    assert_eq!(began.denied(), Denied::NotOffered);
}
