//! パスキー: adding, removing, signing in, second step, fresh proof (ours; security.md 1.5, 2.6 to 2.8).

use domain::confirm::Refused as ConfirmRefused;
use domain::passkey::{Answer, NewForm, Refused};
use domain::second_step::Refused as StepRefused;
use domain::sign_in::Refused as SignInRefused;
use identity::clock::{MINUTE_MS, SECOND_MS};
use identity::fault::Fault;
use identity::passkeys::{self, Removed};
use identity::sign_in;
use identity::testing::{Base, Bed};
use identity::{jobs, second_factor};
use rstest::rstest;

use super::authenticator::Authenticator;
use super::races::successes;
use super::with_passkeys::{
    ADDRESS, added, answer, bed, made, member_with_key, question, second_step, sign_in_question, sign_in_with,
};

#[rstest]
#[tokio::test]
async fn a_passkey_is_added_by_name_told_and_listed(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = bed(base).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let question = question(&bed, &caller).await;
    assert!(question.options.contains(r#""residentKey":"required""#), "{}", question.options);
    assert!(question.options.contains(r#""userVerification":"required""#));
    assert!(question.options.contains(r#""rp":{"id":"localhost","name":"Tegata"}"#));
    let form = NewForm {
        label: " 仕事の\u{7}スマホ ".into(),
        ..made(&question, Authenticator::new(1).make(&question))
    };
    passkeys::finish_add(&bed.desk, &caller, &form, "パスキー").await.unwrap().unwrap();

    let keys = passkeys::list(&bed.desk, &caller).await.unwrap();
    let [key] = keys.as_slice() else { panic!("{keys:?}") };
    assert_eq!((key.name.as_str(), key.created_at, key.last_used_at), ("仕事のスマホ", bed.desk.now(), None));
    assert!(bed.letters().await.last().unwrap().subject.contains("パスキーが追加されました"));
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM audit WHERE event = 'passkey_added' AND refusal IS NULL").await,
        1
    );
    assert_eq!(bed.count("SELECT COUNT(*) FROM passkey_challenge").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_passkey_is_a_whole_sign_in(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = bed(base).await;
    let (first, mut key) = member_with_key(&bed, ADDRESS, 1).await;
    second_factor::switch(&bed.desk, &bed.caller(&first.token).await, true).await.unwrap();
    bed.wait(MINUTE_MS);
    let question = sign_in_question(&bed).await;
    assert!(question.options.contains(r#""allowCredentials":[]"#), "{}", question.options);
    let form = Answer { remember: Some("on".into()), ..answer(&question, key.answer(&question)) };
    let opened = sign_in_with(&bed, &form).await.unwrap();
    assert!(opened.remember.is_some());
    let caller = bed.caller(&opened.token).await;
    assert_eq!(caller.current.as_ref().unwrap().email, ADDRESS);
    assert_eq!(passkeys::list(&bed.desk, &caller).await.unwrap()[0].last_used_at, Some(bed.desk.now()));
    let proven = "SELECT COUNT(*) FROM session WHERE proven_by = 'passkey' AND second_by = 'passkey'";
    assert_eq!(bed.count(proven).await, 1);
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in' AND method = 'passkey'").await,
        1
    );
}

/// Only the password is known to somebody else.
#[rstest]
#[tokio::test]
async fn a_blocked_password_does_not_stop_a_passkey(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = bed(base).await;
    let (_, mut key) = member_with_key(&bed, ADDRESS, 1).await;
    bed.change("UPDATE member_password SET blocked_at = 1").await;
    let question = sign_in_question(&bed).await;
    sign_in_with(&bed, &answer(&question, key.answer(&question))).await.unwrap();
}

/// What is wrong with an answer: `Some` changes the authenticator.
#[rstest]
#[case::another_origin(|key: &mut Authenticator| key.origin = "https://localhost:3000".into())]
#[case::another_port(|key: &mut Authenticator| key.origin = "http://localhost:3001".into())]
#[case::another_host(|key: &mut Authenticator| key.origin = "http://evil.localhost:3000".into())]
#[case::inside_another_page(|key: &mut Authenticator| key.inside = true)]
#[case::nobody_verified(|key: &mut Authenticator| key.verifies = false)]
#[case::nobody_named(|key: &mut Authenticator| key.names_user = false)]
#[case::another_key(|key: &mut Authenticator| *key = Authenticator::new(99))]
#[tokio::test]
async fn a_wrong_answer_signs_nobody_in_and_leaves_a_line(
    #[case] spoil: fn(&mut Authenticator),
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = bed(base).await;
    let (_, mut key) = member_with_key(&bed, ADDRESS, 1).await;
    spoil(&mut key);
    let question = sign_in_question(&bed).await;
    let form = answer(&question, key.answer(&question));
    assert_eq!(sign_in_with(&bed, &form).await.unwrap_err(), [SignInRefused::PasskeyWrong]);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in' AND refusal = 'SI08'").await, 1);
    // The question is used up by the wrong answer.
    assert_eq!(bed.count("SELECT COUNT(*) FROM passkey_challenge").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_new_passkey_of_another_page_or_person_is_refused(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = bed(base).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let spoils: [fn(&mut Authenticator); 3] = [
        |key| key.origin = "https://evil.example".into(),
        |key| key.inside = true,
        |key| key.verifies = false,
    ];
    for spoil in spoils {
        let mut key = Authenticator::new(1);
        spoil(&mut key);
        let question = question(&bed, &caller).await;
        let form = made(&question, key.make(&question));
        let refused = passkeys::finish_add(&bed.desk, &caller, &form, "x").await.unwrap().unwrap_err();
        assert_eq!(refused, [Refused::NotMade]);
    }
    let rubbish = made(&question(&bed, &caller).await, "{}".into());
    let refused = passkeys::finish_add(&bed.desk, &caller, &rubbish, "x").await.unwrap().unwrap_err();
    assert_eq!(refused, [Refused::NotMade]);
    assert_eq!(bed.count("SELECT COUNT(*) FROM passkey").await, 0);
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM audit WHERE event = 'passkey_added' AND refusal = 'PK01'").await,
        4
    );
}

#[rstest]
#[tokio::test]
async fn a_question_is_answered_once_of_fifty_at_once(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = bed(base).await;
    let (_, mut key) = member_with_key(&bed, ADDRESS, 1).await;
    let question = sign_in_question(&bed).await;
    let form = answer(&question, key.answer(&question));
    let signed_in = successes(&bed, |desk, _| {
        let (caller, form) = (bed.visitor(), form.clone());
        async move { Ok(sign_in::sign_in_by_passkey(&desk, &caller, &form).await?.is_ok()) }
    })
    .await;
    assert_eq!(signed_in, 1);
    assert_eq!(sign_in_with(&bed, &form).await.unwrap_err(), [SignInRefused::PasskeyWrong]);
}

#[rstest]
#[tokio::test]
async fn a_question_is_good_for_its_time_purpose_and_session(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = bed(base).await;
    let (opened, mut key) = member_with_key(&bed, ADDRESS, 1).await;
    let caller = bed.caller(&opened.token).await;
    // Too late.
    let late = sign_in_question(&bed).await;
    bed.wait(5 * MINUTE_MS);
    assert!(sign_in_with(&bed, &answer(&late, key.answer(&late))).await.is_err());
    assert_eq!(bed.count("SELECT COUNT(*) FROM passkey_challenge").await, 1);
    jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM passkey_challenge").await, 0);
    // For a new passkey, for a fresh proof.
    let adding = question(&bed, &caller).await;
    assert!(sign_in_with(&bed, &answer(&adding, key.answer(&adding))).await.is_err());
    let confirming = passkeys::begin_confirm(&bed.desk, &caller).await.unwrap();
    assert!(sign_in_with(&bed, &answer(&confirming, key.answer(&confirming))).await.is_err());
    // Of another session of the same member.
    let other = bed.caller(&bed.signed_in(ADDRESS).await.token).await;
    let mut another = Authenticator::new(2);
    let form = made(&adding, another.make(&adding));
    let refused = passkeys::finish_add(&bed.desk, &other, &form, "x").await.unwrap().unwrap_err();
    assert_eq!(refused, [Refused::NotMade]);
    let form = answer(&confirming, key.answer(&confirming));
    let refused = passkeys::finish_confirm(&bed.desk, &other, &form).await.unwrap().unwrap_err();
    assert_eq!(refused, [ConfirmRefused::PasskeyWrong]);
    // None of this used them up.
    passkeys::finish_confirm(&bed.desk, &caller, &form).await.unwrap().unwrap();
    let caller = bed.caller(&opened.token).await;
    assert!(caller.current.is_none(), "the session goes on under another token");
}

/// A copy of the device (security.md 1.5).
#[rstest]
#[tokio::test]
async fn a_counter_never_goes_back(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = bed(base).await;
    let (_, mut key) = member_with_key(&bed, ADDRESS, 1).await;
    let copy = key.clone();
    for _ in 0..2 {
        let question = sign_in_question(&bed).await;
        sign_in_with(&bed, &answer(&question, key.answer(&question))).await.unwrap();
    }
    let question = sign_in_question(&bed).await;
    let mut copy = copy;
    assert!(sign_in_with(&bed, &answer(&question, copy.answer(&question))).await.is_err());
}

#[rstest]
#[tokio::test]
async fn a_removed_passkey_proves_nothing_not_even_what_was_asked_before(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = bed(base).await;
    let (opened, mut key) = member_with_key(&bed, ADDRESS, 1).await;
    let token = second_step(&bed, &opened, ADDRESS).await;
    let (visitor, caller) = (bed.visitor(), bed.caller(&opened.token).await);
    let step = sign_in::begin_step_by_passkey(&bed.desk, &visitor, &token).await.unwrap().unwrap();
    let sign_in = sign_in_question(&bed).await;
    let id = passkeys::list(&bed.desk, &caller).await.unwrap().remove(0).id;
    let removed = passkeys::remove(&bed.desk, &caller, &id).await.unwrap().unwrap();
    assert_eq!(removed, Removed::NothingLeftToAskFor);
    assert!(bed.letters().await.last().unwrap().subject.contains("パスキーが削除されました"));
    assert!(sign_in_with(&bed, &answer(&sign_in, key.answer(&sign_in))).await.is_err());
    let form = answer(&step, key.answer(&step));
    let refused = sign_in::step_by_passkey(&bed.desk, &visitor, &token, &form).await.unwrap().unwrap_err();
    assert_eq!(refused, [StepRefused::NotSetUp]);
    // Gone already: nothing happens, nothing is told.
    let letters = bed.letters().await.len();
    assert_eq!(passkeys::remove(&bed.desk, &caller, &id).await.unwrap().unwrap(), Removed::Done);
    assert_eq!(bed.letters().await.len(), letters);
}

#[rstest]
#[tokio::test]
async fn the_last_way_in_is_not_removed(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = bed(base).await;
    let (opened, _) = member_with_key(&bed, ADDRESS, 1).await;
    let caller = bed.caller(&opened.token).await;
    added(&bed, &caller, 2).await;
    bed.change("DELETE FROM member_password").await;
    let keys = passkeys::list(&bed.desk, &caller).await.unwrap();
    // Both at once: one stays.
    let removals = keys.into_iter().map(|key| {
        let (desk, caller) = (bed.desk.clone(), caller.clone());
        tokio::spawn(async move { passkeys::remove(&desk, &caller, &key.id).await.unwrap() })
    });
    let mut refused = Vec::new();
    for one in removals.collect::<Vec<_>>() {
        refused.extend(one.await.unwrap().err());
    }
    assert_eq!(refused, [[Refused::LastWayIn]]);
    assert_eq!(bed.count("SELECT COUNT(*) FROM passkey").await, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE refusal = 'PK04'").await, 1);
}

#[rstest]
#[tokio::test]
async fn there_are_not_more_than_the_policy_says_and_none_twice(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.policy", "modern"), ("policy.passkeys.per_member", "2")]).await;
    let (opened, key) = member_with_key(&bed, ADDRESS, 1).await;
    let caller = bed.caller(&opened.token).await;
    let other = bed.caller(&bed.member("taro@example.jp").await.token).await;
    // The same credential, for somebody else.
    let asked = question(&bed, &other).await;
    let form = made(&asked, key.clone().make(&asked));
    let refused = passkeys::finish_add(&bed.desk, &other, &form, "x").await.unwrap().unwrap_err();
    assert_eq!(refused, [Refused::Known]);
    // Two questions, one place.
    let asked = [question(&bed, &caller).await, question(&bed, &caller).await];
    assert!(asked[0].options.contains("excludeCredentials"));
    let tries = asked.into_iter().zip([3, 4]).map(|(asked, seed)| {
        let (desk, caller) = (bed.desk.clone(), caller.clone());
        let form = made(&asked, Authenticator::new(seed).make(&asked));
        tokio::spawn(async move { passkeys::finish_add(&desk, &caller, &form, "x").await.unwrap() })
    });
    let mut refused = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        refused.extend(one.await.unwrap().err());
    }
    assert_eq!(refused, [[Refused::TooMany]]);
    let refused = passkeys::begin_add(&bed.desk, &caller).await.unwrap().unwrap_err();
    assert_eq!(refused, [Refused::TooMany]);
}

#[rstest]
#[tokio::test]
async fn adding_and_removing_need_a_fresh_proof_which_a_passkey_is(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = bed(base).await;
    let (opened, mut key) = member_with_key(&bed, ADDRESS, 1).await;
    bed.wait(10 * MINUTE_MS + SECOND_MS);
    let caller = bed.caller(&opened.token).await;
    assert!(matches!(passkeys::begin_add(&bed.desk, &caller).await, Err(Fault::ProveFirst)));
    assert!(matches!(passkeys::remove(&bed.desk, &caller, "x").await, Err(Fault::ProveFirst)));
    let asked = passkeys::begin_confirm(&bed.desk, &caller).await.unwrap();
    let form = answer(&asked, key.answer(&asked));
    let token = passkeys::finish_confirm(&bed.desk, &caller, &form).await.unwrap().unwrap();
    let caller = bed.caller(&token).await;
    passkeys::begin_add(&bed.desk, &caller).await.unwrap().unwrap();
}

/// `standard` has none, and browsers have none at an IP address.
#[rstest]
#[case(&[])]
#[case(&[("site.policy", "modern"), ("site.url", "http://127.0.0.1:3000")])]
#[case(&[("site.policy", "modern"), ("site.url", "https://192.0.2.1")])]
#[tokio::test]
async fn where_passkeys_are_not_offered_there_are_none(#[case] settings: &[(&str, &str)]) {
    let bed = Bed::new(Base::Sqlite, settings).await;
    assert!(!passkeys::offered(&bed.desk.settings));
    let caller = bed.caller(&bed.member(ADDRESS).await.token).await;
    assert!(matches!(passkeys::begin_add(&bed.desk, &caller).await, Err(Fault::NotOffered)));
    assert!(matches!(passkeys::list(&bed.desk, &caller).await, Err(Fault::NotOffered)));
    let began = sign_in::begin_by_passkey(&bed.desk, &bed.visitor()).await;
    assert!(matches!(began, Err(Fault::NotOffered)));
}
