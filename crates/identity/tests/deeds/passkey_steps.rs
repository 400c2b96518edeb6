//! A passkey as the second step and as the fresh proof (ours; MP-50).

use domain::confirm::Refused as ConfirmRefused;
use domain::passkey::Answer;
use domain::second_step::{Method, Refused as StepRefused};
use identity::testing::Base;
use identity::{passkeys, sign_in};
use rstest::rstest;

use super::with_passkeys::{ADDRESS, answer, bed, member_with_key, second_step};

#[rstest]
#[tokio::test]
async fn a_passkey_is_a_second_step(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = bed(base).await;
    let (opened, mut key) = member_with_key(&bed, ADDRESS, 1).await;
    let token = second_step(&bed, &opened, ADDRESS).await;
    assert_eq!(sign_in::look(&bed.desk, &token).await.unwrap().unwrap().methods, [Method::Passkey]);
    let caller = bed.visitor();
    let question = sign_in::begin_step_by_passkey(&bed.desk, &caller, &token).await.unwrap().unwrap();
    assert_eq!(question.options.matches("public-key").count(), 1, "{}", question.options);
    // Whoever is known already need not be named.
    key.names_user = false;
    let form = Answer { trust: Some("on".into()), ..answer(&question, key.answer(&question)) };
    let opened = sign_in::step_by_passkey(&bed.desk, &caller, &token, &form).await.unwrap().unwrap();
    assert_eq!(bed.caller(&opened.token).await.current.unwrap().email, ADDRESS);
    assert_eq!(bed.count("SELECT COUNT(*) FROM session WHERE second_by = 'passkey'").await, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM member_browser WHERE trusted_until IS NOT NULL").await, 1);
}

#[rstest]
#[tokio::test]
async fn mp_50_another_members_passkey_is_no_second_step_and_wrong_ones_lock(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = bed(base).await;
    let (opened, _) = member_with_key(&bed, ADDRESS, 1).await;
    let (_, mut stranger) = member_with_key(&bed, "taro@example.jp", 2).await;
    let token = second_step(&bed, &opened, ADDRESS).await;
    let caller = bed.visitor();
    let threshold = bed.desk.settings.policy.second_factor.lock_threshold;
    for left in (0..threshold).rev() {
        let question = sign_in::begin_step_by_passkey(&bed.desk, &caller, &token).await.unwrap().unwrap();
        let form = answer(&question, stranger.answer(&question));
        let refused = sign_in::step_by_passkey(&bed.desk, &caller, &token, &form).await.unwrap().unwrap_err();
        assert_eq!(refused, [if left == 0 { StepRefused::Locked } else { StepRefused::PasskeyWrong }]);
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'second_step_locked'").await, 1);
}

/// All doors of the second step have one lock, and the owner learns of it at each.
#[rstest]
#[tokio::test]
async fn mp_50_wrong_passkeys_at_the_fresh_proof_lock_and_the_owner_is_told(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = bed(base).await;
    let (opened, mut key) = member_with_key(&bed, ADDRESS, 1).await;
    let (_, mut stranger) = member_with_key(&bed, "taro@example.jp", 2).await;
    let caller = bed.caller(&opened.token).await;
    let threshold = bed.desk.settings.policy.second_factor.lock_threshold;
    for left in (0..threshold).rev() {
        let question = passkeys::begin_confirm(&bed.desk, &caller).await.unwrap();
        let form = answer(&question, stranger.answer(&question));
        let refused = passkeys::finish_confirm(&bed.desk, &caller, &form).await.unwrap().unwrap_err();
        assert_eq!(refused, [if left == 0 { ConfirmRefused::Locked } else { ConfirmRefused::PasskeyWrong }]);
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'second_step_locked'").await, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'second_step_locked'").await, 1);
    let question = passkeys::begin_confirm(&bed.desk, &caller).await.unwrap();
    let form = answer(&question, key.answer(&question));
    let refused = passkeys::finish_confirm(&bed.desk, &caller, &form).await.unwrap().unwrap_err();
    assert_eq!(refused, [ConfirmRefused::Locked], "the right one, too");
}
