//! 2段階認証の設定 (MP-43 to MP-45, MP-54, C-28; security.md 2.8).

use account::audit::Event;
use account::credentials::totp::Draft;
use domain::second_factor::Method;
use domain::second_factor::set_up::{APPS_MOST, AppForm, Refused};
use identity::second_factor::{
    add_app, app_draft, app_draft_again, backup_draft, confirm_mail_codes, remove_app, remove_mail_codes,
    send_mail_code, switch, view,
};
use platform::clock::{MINUTE_MS, SECOND_MS};
use platform::context::Ctx;
use platform::error::Denied;
use rstest::rstest;
use testkit::{AuthenticatorApp, Database, Denials, Refusals, TestApp, code_in};

use super::with_passkeys;

const ADDRESS: &str = "hanako@example.jp";
const OTHER: &str = "taro@example.jp";

fn filled(draft: &Draft, now: i64) -> AppForm {
    let code = AuthenticatorApp::scanned(&draft.link).code(now);
    AppForm { label: String::new(), code, draft: draft.sealed.clone() }
}

async fn member(site: &TestApp) -> Ctx {
    site.ctx(&site.member(ADDRESS).await.token).await
}

/// The same in another session; the switch is off.
async fn member_again(site: &TestApp) -> Ctx {
    site.ctx(&site.signed_in(ADDRESS).await.token).await
}

/// What a phone's camera sees: the dark rectangles of the picture, read by an independent decoder.
fn read_qr(svg: &str) -> String {
    let number = |text: &str| text.parse::<usize>().unwrap();
    let side = number(svg.split("width=\"").nth(1).unwrap().split('"').next().unwrap());
    let mut dark = vec![false; side * side];
    for part in svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap().split('M').skip(1) {
        // `left top h width v height H left V top`, the numbers with a letter or a space between them.
        let n: Vec<usize> =
            part.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(number).collect();
        for y in n[1]..n[1] + n[3] {
            dark[y * side + n[0]..y * side + n[0] + n[2]].fill(true);
        }
    }
    let light = |x: usize, y: usize| if dark[y * side + x] { 0 } else { 255 };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, light);
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

#[rstest]
#[tokio::test]
async fn c_28_the_qr_code_is_the_link_and_carries_the_key_that_is_shown(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.name", "道の駅: 会員")]).await;
    let draft = app_draft(&member(&site).await).unwrap();
    assert_eq!(read_qr(&draft.qr), draft.link);
    let secret = draft.link.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    assert_eq!(secret, draft.key.replace(' ', ""));
    assert_eq!(secret.len(), 32, "160 bits");
    assert!(draft.link.starts_with("otpauth://totp/") && !draft.qr.contains("<?xml"), "{}", draft.link);
    let next = app_draft(&member_again(&site).await).unwrap();
    assert_ne!(next.key, draft.key);
}

#[rstest]
#[tokio::test]
async fn c_28_nothing_is_stored_before_its_first_code(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let me = member(&site).await;
    let draft = app_draft(&me).unwrap();
    let form = filled(&draft, site.now());
    for code in ["", "12345", &AuthenticatorApp::scanned(&draft.link).wrong_code(site.now())] {
        let refused = add_app(&me, &AppForm { code: code.into(), ..form.clone() }, "App").await;
        assert_eq!(refused.refusals(), [Refused::CodeWrong]);
    }
    let again = app_draft_again(&me, &draft.sealed).unwrap().unwrap();
    assert_eq!((again.key, again.link), (draft.key.clone(), draft.link.clone()), "the same after a refusal");
    assert_eq!(site.count("SELECT COUNT(*) FROM authenticator_app").await, 0);

    add_app(&me, &AppForm { label: " 仕事の𠮷スマホ ".into(), ..form }, "App").await.unwrap();
    assert_eq!(view(&me).await.unwrap().apps[0].name, "仕事の𠮷スマホ");
    assert_eq!(site.alerts_of(Event::TotpAdded).await, 1);
    let seed: Vec<u8> = sqlx::query_scalar("SELECT seed FROM authenticator_app")
        .fetch_one(site.app.db.readers())
        .await
        .unwrap();
    assert!(seed.len() > 20 + 16, "sealed");
}

/// Keycloak CVE-2026-37982: a replayed link enrolled the attacker's authenticator. A draft is of one member, for half
/// an hour, unchanged, and is saved once.
#[rstest]
#[tokio::test]
async fn security_2_6_a_draft_is_of_one_member_for_half_an_hour_and_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (me, other) = (member(&site).await, site.ctx(&site.member(OTHER).await.token).await);
    let draft = app_draft(&me).unwrap();
    let form = filled(&draft, site.now());
    assert_eq!(add_app(&other, &form, "App").await.refusals(), [Refused::Stale]);
    for sealed in [
        "",
        "AAAA",
        &draft.sealed[1..],
        &draft.sealed[..draft.sealed.len() - 4],
        &format!("{}AAAA", draft.sealed),
    ] {
        let form = AppForm { draft: sealed.into(), ..form.clone() };
        assert_eq!(add_app(&me, &form, "App").await.refusals(), [Refused::Stale]);
    }
    add_app(&me, &form, "App").await.unwrap();
    add_app(&me, &form, "App").await.unwrap();
    assert_eq!(site.count("SELECT COUNT(*) FROM authenticator_app").await, 1);
    assert_eq!(site.alerts_of(Event::TotpAdded).await, 1);

    site.wait(30 * MINUTE_MS);
    let me = member_again(&site).await;
    let late = filled(&draft, site.now());
    assert_eq!(add_app(&me, &late, "App").await.refusals(), [Refused::Stale]);
    assert!(app_draft_again(&me, &draft.sealed).unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn the_code_that_set_an_app_up_does_not_sign_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let me = member(&site).await;
    let draft = app_draft(&me).unwrap();
    let form = filled(&draft, site.now());
    add_app(&me, &form, "App").await.unwrap();
    switch(&me, true).await.unwrap();
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    site.prove(&site.visitor(), &token, Method::App, &form.code).await.unwrap_err();
}

/// MP-44, MP-54: several, each removed by itself, by its owner only.
#[rstest]
#[tokio::test]
async fn mp_44_mp_54_several_apps_each_removed_by_its_owner(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (me, other) = (member(&site).await, site.ctx(&site.member(OTHER).await.token).await);
    let mut links = Vec::new();
    for _ in 0..APPS_MOST {
        let draft = app_draft(&me).unwrap();
        add_app(&me, &filled(&draft, site.now()), "App").await.unwrap();
        links.push(draft.link);
    }
    let one_more = filled(&app_draft(&me).unwrap(), site.now());
    assert_eq!(add_app(&me, &one_more, "App").await.refusals(), [Refused::TooMany]);
    switch(&me, true).await.unwrap();
    site.wait(MINUTE_MS);
    let apps = view(&me).await.unwrap().apps;
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    remove_app(&other, &apps[1].id).await.unwrap();
    remove_app(&me, &apps[0].id).await.unwrap();
    remove_app(&me, &apps[0].id).await.unwrap();
    assert_eq!(view(&me).await.unwrap().apps.len(), apps.len() - 1);
    assert_eq!(site.alerts_of(Event::TotpRemoved).await, 1);
    let code = |n: usize| AuthenticatorApp::scanned(&links[n]).code(site.now());
    site.prove(&site.visitor(), &token, Method::App, &code(0)).await.unwrap_err();
    site.prove(&site.visitor(), &token, Method::App, &code(1)).await.unwrap();
}

/// MP-44: where the policy has one method at a time, the next one is refused, whichever it is, and a second app is
/// none.
#[rstest]
#[tokio::test]
async fn mp_44_where_there_is_one_method_at_a_time_another_one_is_refused(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let settings = [("site.policy", "modern"), ("policy.second_factor.several_methods", "false")];
    let site = TestApp::new(database, &settings).await;
    let me = member(&site).await;
    for _ in 0..2 {
        let draft = app_draft(&me).unwrap();
        add_app(&me, &filled(&draft, site.now()), "App").await.unwrap();
    }
    send_mail_code(&me).await.unwrap();
    let code = code_in(&site.newest_email().await);
    assert_eq!(confirm_mail_codes(&me, &code).await.refusals(), [Refused::OneMethod]);
    let question = with_passkeys::question(&me).await;
    let form = with_passkeys::made(&question, testkit::SoftPasskey::new(1).make(&question));
    let refused = identity::passkeys::finish_add(&me, &form, "x").await.refusals();
    assert_eq!(refused, [domain::passkey::Refused::OneMethod]);

    for app in view(&me).await.unwrap().apps {
        remove_app(&me, &app.id).await.unwrap();
    }
    confirm_mail_codes(&me, &code).await.unwrap();
    let draft = app_draft(&me).unwrap();
    let refused = add_app(&me, &filled(&draft, site.now()), "App").await.refusals();
    assert_eq!(refused, [Refused::OneMethod]);
}

/// MP-45: the e-mail's code, of this session, within ten minutes, for nothing else.
#[rstest]
#[tokio::test]
async fn mp_45_codes_by_email_are_turned_on_by_an_email(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let me = member(&site).await;
    let elsewhere = member_again(&site).await;
    send_mail_code(&me).await.unwrap();
    let code = code_in(&site.newest_email().await);
    let refused = confirm_mail_codes(&elsewhere, &code).await.refusals();
    assert_eq!(refused, [Refused::CodeWrong], "another session's");
    site.wait(10 * MINUTE_MS - SECOND_MS);
    confirm_mail_codes(&me, &code).await.unwrap();
    assert_eq!(confirm_mail_codes(&me, &code).await.refusals(), [Refused::CodeWrong], "used");
    assert!(view(&me).await.unwrap().mail_since.is_some());
    assert_eq!(site.alerts_of(Event::MailCodesAdded).await, 1);

    switch(&me, true).await.unwrap();
    send_mail_code(&me).await.unwrap();
    let turn_on = code_in(&site.newest_email().await);
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    site.prove(&site.visitor(), &token, Method::Mail, &turn_on).await.unwrap_err();
    remove_mail_codes(&me).await.unwrap();
    remove_mail_codes(&me).await.unwrap();
    assert_eq!(site.alerts_of(Event::MailCodesRemoved).await, 1);
}

/// MP-50: the sixth wrong code locks out, and the member is notified here, too.
#[rstest]
#[tokio::test]
async fn mp_50_setting_up_gives_no_more_tries(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let me = member(&site).await;
    send_mail_code(&me).await.unwrap();
    let right = code_in(&site.newest_email().await);
    for n in 1..=6 {
        let refused = confirm_mail_codes(&me, "not it").await.refusals();
        assert_eq!(refused, [if n < 6 { Refused::CodeWrong } else { Refused::Locked }]);
    }
    assert_eq!(confirm_mail_codes(&me, &right).await.refusals(), [Refused::Locked]);
    assert_eq!(site.alerts_of(Event::SecondFactorLocked).await, 1);
}

/// MP-43: where nothing changes, no e-mail is sent.
#[rstest]
#[tokio::test]
async fn mp_43_a_switch_that_is_set_so_already_notifies_nobody(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let me = member(&site).await;
    remove_mail_codes(&me).await.unwrap();
    let alerts = "SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'alert'";
    assert_eq!(site.count(alerts).await, 0, "nor about what was never there");
    for on in [false, true, true, false, false, true] {
        switch(&me, on).await.unwrap();
    }
    assert_eq!(site.alerts_of(Event::SecondFactorOn).await, 2);
    assert_eq!(site.alerts_of(Event::SecondFactorOff).await, 1);
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE event LIKE 'second_factor_o%' AND kind = 'security'")
            .await,
        3
    );
}

#[rstest]
#[tokio::test]
async fn kb_16_ten_backup_codes_and_a_new_list_voids_the_old(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.policy", "modern")]).await;
    let opened = site.member(ADDRESS).await;
    site.with_app(&opened).await;
    let old = site.with_backup_codes(&opened).await;
    let new = site.with_backup_codes(&opened).await;
    assert_eq!((old.len(), new.len()), (10, 10));
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    site.prove(&site.visitor(), &token, Method::BackupCode, &old[0]).await.unwrap_err();
    site.prove(&site.visitor(), &token, Method::BackupCode, &new[0]).await.unwrap();
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    site.prove(&site.visitor(), &token, Method::BackupCode, &new[0]).await.unwrap_err();
    assert_eq!(view(&site.ctx(&opened.token).await).await.unwrap().backup_codes, 9);
}

/// MP-41: what the site's policy does not offer is denied.
#[rstest]
#[tokio::test]
async fn mp_41_the_standard_policy_has_no_backup_codes(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let made = backup_draft(&member(&site).await);
    assert_eq!(made.denied(), Denied::NotOffered);
}
