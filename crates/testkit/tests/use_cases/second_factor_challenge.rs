//! ワンタイムパスワードの認証 (MP-46 to MP-52; security.md 2.2, 2.8).

use std::process::Command;

use account::audit::Event;
use domain::second_factor::Method;
use domain::second_factor::challenge::Refused;
use domain::second_factor::set_up::AppForm;
use identity::second_factor;
use identity::sign_in::{SignInStep, challenge, send_code};
use platform::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use rstest::rstest;
use testkit::{Database, Refusals, TestApp, code_in};

const ADDRESS: &str = "hanako@example.jp";
const OTHER: &str = "taro@example.jp";
const STEP_MS: i64 = 30 * SECOND_MS;

fn full_width(digits: &str) -> String {
    digits.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect()
}

async fn last_code(site: &TestApp) -> String {
    code_in(&site.newest_email().await)
}

#[rstest]
#[tokio::test]
async fn mp_46_mp_47_a_code_by_email_lives_a_minute_and_is_single_use(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.with_mail(&site.member(ADDRESS).await).await;
    let visitor = site.visitor();
    let token = site.half_signed_in(&visitor, ADDRESS).await;
    let email = site.newest_email().await;
    assert_eq!(email.to, ADDRESS, "it is sent with the first factor, to the user ID");
    assert!(!email.text.contains("?t="), "it carries no link");
    let shown = challenge(&visitor, &token).await.unwrap().unwrap();
    assert_eq!((shown.methods, shown.mail.unwrap().expires_at), (vec![Method::Mail], site.now() + MINUTE_MS));
    assert!(shown.email != ADDRESS && shown.email.contains('@'), "{}", shown.email);

    site.wait(MINUTE_MS - 1);
    let opened = site.prove(&visitor, &token, Method::Mail, &code_in(&email)).await.unwrap();
    assert!(site.is_open(&opened.token).await);
    let shown = "SELECT COUNT(*) FROM session_proof WHERE session_id = $1 AND method = 'mail_code'";
    assert_eq!(site.count_of(shown, &opened.session_id).await, 1);
    let again = site.prove(&visitor, &token, Method::Mail, &code_in(&email)).await;
    assert_eq!(again.unwrap_err(), [Refused::StartAgain]);

    let token = site.half_signed_in(&visitor, ADDRESS).await;
    let code = last_code(&site).await;
    site.wait(MINUTE_MS);
    assert_eq!(site.prove(&visitor, &token, Method::Mail, &code).await.unwrap_err(), [Refused::CodeWrong]);
}

#[rstest]
#[tokio::test]
async fn mp_49_a_new_code_voids_the_one_before(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.with_mail(&site.member(ADDRESS).await).await;
    let visitor = site.visitor();
    let token = site.half_signed_in(&visitor, ADDRESS).await;
    let old = last_code(&site).await;
    send_code(&visitor, &token).await.unwrap();
    let new = last_code(&site).await;
    assert_ne!(old, new);
    assert_eq!(site.prove(&visitor, &token, Method::Mail, &old).await.unwrap_err(), [Refused::CodeWrong]);
    site.prove(&visitor, &token, Method::Mail, &new).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn mp_49_a_member_gets_thirty_codes_a_day(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.with_mail(&site.member(ADDRESS).await).await;
    let visitor = site.visitor();
    let token = site.half_signed_in(&visitor, ADDRESS).await; // the second: one was for setting it up
    for _ in 2..30 {
        send_code(&visitor, &token).await.unwrap();
    }
    let emails = site.emails().await.len();
    assert_eq!(send_code(&visitor, &token).await.refusals(), [Refused::TooManyEmails]);
    site.half_signed_in(&visitor, ADDRESS).await;
    assert_eq!(site.emails().await.len(), emails, "nor by signing in again");
    site.wait(DAY_MS);
    let token = site.half_signed_in(&visitor, ADDRESS).await;
    site.prove(&visitor, &token, Method::Mail, &last_code(&site).await).await.unwrap();
}

/// One step before and after; each once, and none older than the last accepted one.
#[rstest]
#[tokio::test]
async fn mp_41_an_apps_code_counts_one_step_either_way_and_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let app = site.with_app(&site.member(ADDRESS).await).await;
    let visitor = site.visitor();
    let code = |steps: i64| app.code(site.now() + steps * STEP_MS);
    let mut token = site.half_signed_in(&visitor, ADDRESS).await;
    for far in [-3, -2, 2, 3] {
        let refused = site.prove(&visitor, &token, Method::App, &code(far)).await.unwrap_err();
        assert_eq!(refused, [Refused::CodeWrong], "{far}");
    }
    for near in [-1, 0, 1] {
        site.prove(&visitor, &token, Method::App, &code(near)).await.unwrap();
        token = site.half_signed_in(&visitor, ADDRESS).await;
    }
    for used in [-1, 0, 1] {
        let refused = site.prove(&visitor, &token, Method::App, &code(used)).await.unwrap_err();
        assert_eq!(refused, [Refused::CodeWrong], "{used}");
    }
    site.wait(STEP_MS);
    site.prove(&visitor, &token, Method::App, &code(1)).await.unwrap();
    assert_eq!(site.count("SELECT COUNT(*) FROM session_proof WHERE method = 'totp'").await, 4);
}

/// Codes of an independent program.
#[rstest]
#[tokio::test]
async fn mp_41_codes_of_oathtool_are_accepted(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    let draft = second_factor::app_draft(&ctx).unwrap();
    let shown = |now: i64| {
        let at = format!("@{}", now / SECOND_MS);
        let key = draft.key.replace(' ', "");
        let done =
            Command::new("oathtool").args(["--totp", "--base32", "--now", &at, &key]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    };
    let form = AppForm { code: shown(site.now()), draft: draft.sealed.clone(), ..Default::default() };
    second_factor::add_app(&ctx, &form, "App").await.unwrap();
    second_factor::switch(&ctx, true).await.unwrap();
    for _ in 0..3 {
        site.wait(STEP_MS);
        let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
        site.prove(&site.visitor(), &token, Method::App, &shown(site.now())).await.unwrap();
    }
}

/// MP-50: six in a row, all methods together, thirty minutes, and the member is notified.
#[rstest]
#[tokio::test]
async fn mp_50_six_wrong_codes_of_all_methods_lock_the_second_factor(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.policy", "modern")]).await;
    let member = site.member(ADDRESS).await;
    let app = site.with_app(&member).await;
    site.with_mail(&member).await;
    let codes = site.with_backup_codes(&member).await;
    let visitor = site.visitor();
    let first = site.half_signed_in(&visitor, ADDRESS).await;
    let second = site.half_signed_in(&visitor, ADDRESS).await;
    send_code(&visitor, &first).await.unwrap();
    let wrong = app.wrong_code(site.now());
    let tries = [
        (&first, Method::App, wrong.as_str()),
        (&first, Method::Mail, "no digits"),
        (&first, Method::BackupCode, "zzzzz-zzzzz"),
        (&second, Method::App, ""),
        (&second, Method::BackupCode, &wrong),
    ];
    for (token, method, code) in tries {
        let refused = site.prove(&visitor, token, method, code).await.unwrap_err();
        assert_eq!(refused, [Refused::CodeWrong], "{method:?}");
    }
    let last = site.prove(&visitor, &second, Method::App, &wrong).await.unwrap_err();
    assert_eq!(last, [Refused::Locked]);
    let until = site.now() + 30 * MINUTE_MS;
    assert_eq!(challenge(&visitor, &first).await.unwrap().unwrap().locked_until, Some(until));
    for (method, code) in [(Method::App, app.code(site.now())), (Method::BackupCode, codes[0].clone())] {
        let refused = site.prove(&visitor, &first, method, &code).await.unwrap_err();
        assert_eq!(refused, [Refused::Locked], "{method:?}");
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'second_factor_locked'").await, 1);
    assert_eq!(site.alerts_of(Event::SecondFactorLocked).await, 1);

    site.wait(30 * MINUTE_MS);
    let token = site.half_signed_in(&visitor, ADDRESS).await;
    assert_eq!(challenge(&visitor, &token).await.unwrap().unwrap().locked_until, None);
    site.prove(&visitor, &token, Method::BackupCode, &codes[0]).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn a_right_code_begins_the_count_again(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let app = site.with_app(&site.member(ADDRESS).await).await;
    for _ in 0..3 {
        let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
        for _ in 0..5 {
            let wrong = app.wrong_code(site.now());
            site.prove(&site.visitor(), &token, Method::App, &wrong).await.unwrap_err();
        }
        site.prove(&site.visitor(), &token, Method::App, &app.code(site.now())).await.unwrap();
        site.wait(STEP_MS);
    }
}

/// People type with a Japanese keyboard, and with spaces.
#[rstest]
#[tokio::test]
async fn mp_48_full_width_and_spaced_digits_are_accepted(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.policy", "modern")]).await;
    let member = site.member(ADDRESS).await;
    let app = site.with_app(&member).await;
    let backup = site.with_backup_codes(&member).await.remove(0);
    let code = app.code(site.now());
    let next = app.code(site.now() + STEP_MS);
    let typed = [
        (Method::App, full_width(&code)),
        (Method::App, format!(" {}\u{3000}{} ", &next[..3], &next[3..])),
        (Method::BackupCode, backup.to_uppercase().replace('-', "　")),
    ];
    for (method, code) in typed {
        let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
        site.prove(&site.visitor(), &token, method, &code).await.unwrap();
    }
}

/// MP-48: wrong, expired, used, another member's, another sign-in's: the same words.
#[rstest]
#[tokio::test]
async fn mp_48_whatever_is_wrong_with_a_code_it_is_one_refusal(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("policy.second_factor.lock_threshold", "9")]).await;
    let member = site.member(ADDRESS).await;
    let app = site.with_app(&member).await;
    site.with_mail(&member).await;
    let others = site.with_app(&site.member(OTHER).await).await;
    let visitor = site.visitor();
    let elsewhere = site.half_signed_in(&visitor, ADDRESS).await;
    send_code(&visitor, &elsewhere).await.unwrap();
    let bound_elsewhere = last_code(&site).await;
    let used = app.code(site.now());
    site.prove(&visitor, &elsewhere, Method::App, &used).await.unwrap();
    let token = site.half_signed_in(&visitor, ADDRESS).await;
    let now = site.now();
    let tries = [
        (Method::App, app.wrong_code(now)),
        (Method::App, app.code(now - 2 * STEP_MS)),
        (Method::App, used),
        (Method::App, others.code(now)),
        (Method::Mail, bound_elsewhere),
        (Method::Mail, app.code(now + STEP_MS)),
        (Method::App, String::new()),
    ];
    for (method, code) in tries {
        let refused = site.prove(&visitor, &token, method, &code).await.unwrap_err();
        assert_eq!(refused, [Refused::CodeWrong], "{method:?} {code}");
    }
    assert_eq!(site.prove(&visitor, &token, Method::BackupCode, "x").await.unwrap_err(), [Refused::NotSetUp]);
}

#[rstest]
#[tokio::test]
async fn mp_51_mp_52_the_switch_decides_and_nothing_set_up_leads_to_the_set_up(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    second_factor::switch(&ctx, true).await.unwrap();
    assert!(matches!(site.first_factor(&site.visitor(), ADDRESS).await, SignInStep::SetUp(_)));
    site.with_app(&opened).await;
    assert!(matches!(site.first_factor(&site.visitor(), ADDRESS).await, SignInStep::SecondFactor(..)));
    second_factor::switch(&ctx, false).await.unwrap();
    assert!(matches!(site.first_factor(&site.visitor(), ADDRESS).await, SignInStep::In(_)));
}

/// It is pending for a quarter of an hour; then it has to be started again.
#[rstest]
#[tokio::test]
async fn a_sign_in_between_its_steps_waits_fifteen_minutes(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let app = site.with_app(&site.member(ADDRESS).await).await;
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    site.wait(15 * MINUTE_MS - 1);
    assert!(challenge(&site.visitor(), &token).await.unwrap().is_some());
    site.wait(1);
    assert!(challenge(&site.visitor(), &token).await.unwrap().is_none());
    let late = site.prove(&site.visitor(), &token, Method::App, &app.code(site.now())).await;
    assert_eq!(late.unwrap_err(), [Refused::StartAgain]);
    site.purge().await;
    assert_eq!(site.count("SELECT COUNT(*) FROM sign_in_attempt").await, 0);
}

/// Zitadel CVE-2024-28197, Keycloak CVE-2026-7507: cookies from before prove nothing afterwards. The token of the
/// pending sign-in is not the session's, the session before ends, and a token of another kind is not accepted.
#[rstest]
#[tokio::test]
async fn security_2_2_every_step_gives_a_token_of_its_own(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let before = site.member(OTHER).await;
    let app = site.with_app(&site.member(ADDRESS).await).await;
    let ctx = site.ctx(&before.token).await;
    let token = site.half_signed_in(&ctx, ADDRESS).await;
    assert!(site.is_open(&before.token).await, "a pending sign-in ends no session");
    assert!(!site.is_open(&token).await, "and is none");
    let code = app.code(site.now());
    for planted in [&before.token, &before.browser, &site.app.rng.token()] {
        let refused = site.prove(&ctx, planted, Method::App, &code).await.unwrap_err();
        assert_eq!(refused, [Refused::StartAgain]);
    }
    let opened = site.prove(&ctx, &token, Method::App, &code).await.unwrap();
    assert!(!site.is_open(&before.token).await, "two people, one browser: one session");
    assert!(!site.is_open(&token).await);
    assert_eq!(site.ctx(&opened.token).await.session().unwrap().email.as_deref(), Some(ADDRESS));
}
