//! A passkey as the second factor and for authenticating again (ours; MP-50).

use account::audit::Event;
use domain::passkey::Answer;
use domain::reauthentication::Refused as ReauthenticationRefused;
use domain::second_factor::Method;
use domain::second_factor::challenge::Refused as ChallengeRefused;
use identity::{reauthentication, sign_in};
use rstest::rstest;
use testkit::{Database, Refusals};

use super::with_passkeys::{
    ADDRESS, answer, before_second_factor, member_with_key, prove_with_passkey, site,
};

const LOCKED: &str = "SELECT COUNT(*) FROM audit WHERE event = 'second_factor_locked'";

#[rstest]
#[tokio::test]
async fn a_passkey_is_a_second_factor(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = site(database).await;
    let (opened, mut key) = member_with_key(&site, ADDRESS, 1).await;
    let token = before_second_factor(&site, &opened, ADDRESS).await;
    let ctx = site.visitor();
    assert_eq!(sign_in::challenge(&ctx, &token).await.unwrap().unwrap().methods, [Method::Passkey]);
    let question = sign_in::begin_second_factor_passkey(&ctx, &token).await.unwrap();
    assert_eq!(question.options.matches("public-key").count(), 1, "{}", question.options);
    // The user handle may be left out: the member is known already.
    key.names_user = false;
    let form = Answer { trust: Some("on".into()), ..answer(&question, key.answer(&question)) };
    let opened = prove_with_passkey(&ctx, &token, &form).await.unwrap().session;
    assert_eq!(site.ctx(&opened.token).await.session().unwrap().email.as_deref(), Some(ADDRESS));
    let shown =
        "SELECT COUNT(*) FROM session_proof WHERE session_id = $1 AND method IN ('password', 'passkey')";
    assert_eq!(site.count_of(shown, &opened.session_id).await, 2);
    assert_eq!(site.count("SELECT COUNT(*) FROM member_browser WHERE trusted_until IS NOT NULL").await, 1);
}

#[rstest]
#[tokio::test]
async fn mp_50_another_members_passkey_is_no_second_factor_and_wrong_ones_lock(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let (opened, _) = member_with_key(&site, ADDRESS, 1).await;
    let (_, mut stranger) = member_with_key(&site, "taro@example.jp", 2).await;
    let token = before_second_factor(&site, &opened, ADDRESS).await;
    let ctx = site.visitor();
    let threshold = site.app.policy.second_factor.lock_threshold;
    for left in (0..threshold).rev() {
        let question = sign_in::begin_second_factor_passkey(&ctx, &token).await.unwrap();
        let form = answer(&question, stranger.answer(&question));
        let refused = prove_with_passkey(&ctx, &token, &form).await.refusals();
        let last = left == 0;
        assert_eq!(refused, [if last { ChallengeRefused::Locked } else { ChallengeRefused::PasskeyWrong }]);
    }
    assert_eq!(site.count(LOCKED).await, 1);
}

/// All forms of the second factor share one lockout, and the member is notified.
#[rstest]
#[tokio::test]
async fn mp_50_wrong_passkeys_at_the_reauthentication_lock_and_the_owner_is_notified(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database).await;
    let (opened, mut key) = member_with_key(&site, ADDRESS, 1).await;
    let (_, mut stranger) = member_with_key(&site, "taro@example.jp", 2).await;
    let ctx = site.ctx(&opened.token).await;
    let threshold = site.app.policy.second_factor.lock_threshold;
    for left in (0..threshold).rev() {
        let question = reauthentication::begin_passkey(&ctx).await.unwrap();
        let form = answer(&question, stranger.answer(&question));
        let refused = reauthentication::finish_passkey(&ctx, &form).await.refusals();
        let last = left == 0;
        let expected =
            if last { ReauthenticationRefused::Locked } else { ReauthenticationRefused::PasskeyWrong };
        assert_eq!(refused, [expected]);
    }
    assert_eq!(site.count(LOCKED).await, 1);
    assert_eq!(site.alerts_of(Event::SecondFactorLocked).await, 1);
    let question = reauthentication::begin_passkey(&ctx).await.unwrap();
    let form = answer(&question, key.answer(&question));
    let refused = reauthentication::finish_passkey(&ctx, &form).await.refusals();
    assert_eq!(refused, [ReauthenticationRefused::Locked], "the right one, too");
}
