//! Requests that an attacker's browser had sent already when the member answered "not me": they change nothing.

use domain::password_change::Form;
use domain::second_factor::set_up::AppForm;
use domain::{password_change, reauthentication, withdrawal};
use identity::{alerts, email_change, linked_accounts, password, password_reset, second_factor};
use platform::context::Ctx;
use platform::error::Denied;
use rstest::rstest;
use testkit::{AuthenticatorApp, Database, Denials, PASSWORD, Refusals, TestApp, link_in};

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "quiet-Heron-folds-9-maps";

fn form() -> Form {
    Form { current_password: PASSWORD.into(), new_password: NEW.into(), new_password_confirm: NEW.into() }
}

/// The attacker's request as it came in, a moment before the session ended.
async fn shut_out(site: &TestApp) -> Ctx {
    site.member(ADDRESS).await;
    let attacker = site.signed_in(ADDRESS).await;
    let email = site.newest_email().await;
    let ctx = site.ctx(&attacker.token).await;
    alerts::not_mine(&site.visitor(), &link_in(&email)).await.unwrap();
    ctx
}

/// The password stays invalidated, and the member's reset e-mail valid.
#[rstest]
#[tokio::test]
async fn a_new_password_does_not_undo_not_me(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let attacker = shut_out(&site).await;
    let owners = link_in(&site.newest_email().await);
    assert_eq!(password::change(&attacker, &form()).await.denied(), Denied::SignIn);
    assert!(
        site.sign_in_with(ADDRESS, NEW).await.is_err() && site.sign_in_with(ADDRESS, PASSWORD).await.is_err()
    );
    assert!(password_reset::preview(&site.visitor(), &owners).await.unwrap().is_some());
}

#[rstest]
#[tokio::test]
async fn nothing_that_protects_the_account_changes(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.policy", "modern")]).await;
    let attacker = shut_out(&site).await;
    let emails = site.emails().await.len();

    let draft = second_factor::app_draft(&attacker).unwrap();
    let code = AuthenticatorApp::scanned(&draft.link).code(site.now());
    let app = AppForm { draft: draft.sealed, code, ..AppForm::default() };
    let list = second_factor::backup_draft(&attacker).unwrap().sealed;
    let leave = withdrawal::Form { agree: Some("yes".into()), ..withdrawal::Form::default() };
    for denied in [
        second_factor::add_app(&attacker, &app, "app").await.denied(),
        second_factor::store_backup_codes(&attacker, &list).await.denied(),
        second_factor::switch(&attacker, true).await.denied(),
        second_factor::remove_mail_codes(&attacker).await.denied(),
        second_factor::confirm_mail_codes(&attacker, "123456").await.denied(),
        second_factor::remove_app(&attacker, "any").await.denied(),
        email_change::start(&attacker, "attacker@example.com").await.denied(),
        linked_accounts::unlink(&attacker, "google").await.denied(),
        identity::withdrawal::withdraw(&attacker, &leave).await.denied(),
    ] {
        assert_eq!(denied, Denied::SignIn);
    }
    assert_eq!(site.emails().await.len(), emails, "and no e-mail is sent");
    assert_eq!(site.count("SELECT COUNT(*) FROM member").await, 1);
}

/// A member who signs in by other means cannot use it either: not to authenticate again, and not to change it.
#[rstest]
#[tokio::test]
async fn an_invalidated_password_works_for_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    site.change("UPDATE member_password SET blocked_at = 1").await;
    let ctx = site.ctx(&opened.token).await;
    let changed = password::change(&ctx, &form()).await;
    assert_eq!(changed.refusals(), [password_change::Refused::CurrentWrong]);
    let proof = reauthentication::Form { password: PASSWORD.into(), ..Default::default() };
    let shown = identity::reauthentication::reauthenticate(&ctx, &proof).await;
    assert_eq!(shown.refusals(), [reauthentication::Refused::PasswordWrong]);
    assert_eq!(site.count("SELECT COUNT(*) FROM member_password WHERE blocked_at = 1").await, 1);
}
