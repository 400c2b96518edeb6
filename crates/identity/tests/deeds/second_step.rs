//! ワンタイムパスワードの認証 (MP-46 to MP-52; security.md 2.2, 2.8).

use std::process::Command;

use domain::second_step::{Method, Refused};
use identity::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use identity::second_factor;
use identity::sign_in::{SignedIn, look, send_code};
use identity::testing::{Base, Bed, code_in};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";
const OTHER: &str = "taro@example.jp";
const STEP_MS: i64 = 30 * SECOND_MS;

fn full_width(digits: &str) -> String {
    digits.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect()
}

async fn last_code(bed: &Bed) -> String {
    code_in(bed.letters().await.last().unwrap())
}

#[rstest]
#[tokio::test]
async fn mp_46_mp_47_a_code_by_letter_lives_a_minute_and_is_good_once(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.with_mail(&bed.member(ADDRESS).await).await;
    let visitor = bed.visitor();
    let token = bed.half_signed_in(&visitor, ADDRESS).await;
    let letter = bed.letters().await.pop().unwrap();
    assert_eq!(letter.to, ADDRESS, "it leaves with the first step, to the user ID");
    assert!(!letter.text.contains("?t="), "it carries no link");
    let step = look(&bed.desk, &token).await.unwrap().unwrap();
    assert_eq!(
        (step.methods, step.mail.unwrap().expires_at),
        (vec![Method::Mail], bed.desk.now() + MINUTE_MS)
    );
    assert!(step.email != ADDRESS && step.email.contains('@'), "{}", step.email);

    bed.wait(MINUTE_MS - 1);
    let opened = bed.pass(&visitor, &token, Method::Mail, &code_in(&letter)).await.unwrap();
    assert!(bed.caller(&opened.token).await.current.is_some());
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM session WHERE second_by = 'mail' AND second_at IS NOT NULL").await,
        1
    );
    let again = bed.pass(&visitor, &token, Method::Mail, &code_in(&letter)).await;
    assert_eq!(again.unwrap_err(), [Refused::StartAgain]);

    let token = bed.half_signed_in(&visitor, ADDRESS).await;
    let code = last_code(&bed).await;
    bed.wait(MINUTE_MS);
    assert_eq!(bed.pass(&visitor, &token, Method::Mail, &code).await.unwrap_err(), [Refused::CodeWrong]);
}

#[rstest]
#[tokio::test]
async fn mp_49_a_new_code_voids_the_one_before(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.with_mail(&bed.member(ADDRESS).await).await;
    let visitor = bed.visitor();
    let token = bed.half_signed_in(&visitor, ADDRESS).await;
    let old = last_code(&bed).await;
    send_code(&bed.desk, &visitor, &token).await.unwrap().unwrap();
    let new = last_code(&bed).await;
    assert_ne!(old, new);
    assert_eq!(bed.pass(&visitor, &token, Method::Mail, &old).await.unwrap_err(), [Refused::CodeWrong]);
    bed.pass(&visitor, &token, Method::Mail, &new).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn mp_49_a_member_gets_thirty_codes_a_day(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.with_mail(&bed.member(ADDRESS).await).await;
    let visitor = bed.visitor();
    let token = bed.half_signed_in(&visitor, ADDRESS).await; // the second: one was for setting it up
    for _ in 2..30 {
        send_code(&bed.desk, &visitor, &token).await.unwrap().unwrap();
    }
    let letters = bed.letters().await.len();
    let refused = send_code(&bed.desk, &visitor, &token).await.unwrap();
    assert_eq!(refused.unwrap_err(), [Refused::TooManyLetters]);
    bed.half_signed_in(&visitor, ADDRESS).await;
    assert_eq!(bed.letters().await.len(), letters, "nor by beginning anew");
    bed.wait(DAY_MS);
    let token = bed.half_signed_in(&visitor, ADDRESS).await;
    bed.pass(&visitor, &token, Method::Mail, &last_code(&bed).await).await.unwrap();
}

/// One step before and after; each once, and none that is older than one that was accepted.
#[rstest]
#[tokio::test]
async fn mp_41_an_apps_code_counts_one_step_either_way_and_once(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let app = bed.with_app(&bed.member(ADDRESS).await).await;
    let visitor = bed.visitor();
    let code = |steps: i64| app.code(bed.desk.now() + steps * STEP_MS);
    let mut token = bed.half_signed_in(&visitor, ADDRESS).await;
    for far in [-3, -2, 2, 3] {
        let refused = bed.pass(&visitor, &token, Method::App, &code(far)).await.unwrap_err();
        assert_eq!(refused, [Refused::CodeWrong], "{far}");
    }
    for near in [-1, 0, 1] {
        bed.pass(&visitor, &token, Method::App, &code(near)).await.unwrap();
        token = bed.half_signed_in(&visitor, ADDRESS).await;
    }
    for used in [-1, 0, 1] {
        let refused = bed.pass(&visitor, &token, Method::App, &code(used)).await.unwrap_err();
        assert_eq!(refused, [Refused::CodeWrong], "{used}");
    }
    bed.wait(STEP_MS);
    bed.pass(&visitor, &token, Method::App, &code(1)).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM session WHERE second_by = 'app'").await, 4);
}

/// Codes of somebody else's program.
#[rstest]
#[tokio::test]
async fn mp_41_codes_of_oathtool_are_accepted(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let draft = second_factor::app_draft(&bed.desk, &caller).unwrap();
    let shown = |now: i64| {
        let at = format!("@{}", now / SECOND_MS);
        let key = draft.key.replace(' ', "");
        let done =
            Command::new("oathtool").args(["--totp", "--base32", "--now", &at, &key]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    };
    let form = domain::second_factor::AppForm {
        code: shown(bed.desk.now()),
        draft: draft.sealed.clone(),
        ..Default::default()
    };
    second_factor::add_app(&bed.desk, &caller, &form, "App").await.unwrap().unwrap();
    second_factor::switch(&bed.desk, &caller, true).await.unwrap();
    for _ in 0..3 {
        bed.wait(STEP_MS);
        let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
        bed.pass(&bed.visitor(), &token, Method::App, &shown(bed.desk.now())).await.unwrap();
    }
}

/// MP-50: six in a row, all methods together, thirty minutes, and the owner is told.
#[rstest]
#[tokio::test]
async fn mp_50_six_wrong_codes_of_all_methods_lock_the_second_step(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let member = bed.member(ADDRESS).await;
    let app = bed.with_app(&member).await;
    bed.with_mail(&member).await;
    let codes = bed.with_backup_codes(&member).await;
    let visitor = bed.visitor();
    let first = bed.half_signed_in(&visitor, ADDRESS).await;
    let second = bed.half_signed_in(&visitor, ADDRESS).await;
    send_code(&bed.desk, &visitor, &first).await.unwrap().unwrap();
    let wrong = app.wrong_code(bed.desk.now());
    let tries = [
        (&first, Method::App, wrong.as_str()),
        (&first, Method::Mail, "no digits"),
        (&first, Method::BackupCode, "zzzzz-zzzzz"),
        (&second, Method::App, ""),
        (&second, Method::BackupCode, &wrong),
    ];
    for (token, method, code) in tries {
        let refused = bed.pass(&visitor, token, method, code).await.unwrap_err();
        assert_eq!(refused, [Refused::CodeWrong], "{method:?}");
    }
    let last = bed.pass(&visitor, &second, Method::App, &wrong).await.unwrap_err();
    assert_eq!(last, [Refused::Locked]);
    let until = bed.desk.now() + 30 * MINUTE_MS;
    assert_eq!(look(&bed.desk, &first).await.unwrap().unwrap().locked_until, Some(until));
    for (method, code) in [(Method::App, app.code(bed.desk.now())), (Method::BackupCode, codes[0].clone())] {
        let refused = bed.pass(&visitor, &first, method, &code).await.unwrap_err();
        assert_eq!(refused, [Refused::Locked], "{method:?}");
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'second_step_locked'").await, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'second_step_locked'").await, 1);

    bed.wait(30 * MINUTE_MS);
    let token = bed.half_signed_in(&visitor, ADDRESS).await;
    assert_eq!(look(&bed.desk, &token).await.unwrap().unwrap().locked_until, None);
    bed.pass(&visitor, &token, Method::BackupCode, &codes[0]).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn a_right_code_begins_the_count_anew(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let app = bed.with_app(&bed.member(ADDRESS).await).await;
    for _ in 0..3 {
        let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
        for _ in 0..5 {
            let wrong = app.wrong_code(bed.desk.now());
            bed.pass(&bed.visitor(), &token, Method::App, &wrong).await.unwrap_err();
        }
        bed.pass(&bed.visitor(), &token, Method::App, &app.code(bed.desk.now())).await.unwrap();
        bed.wait(STEP_MS);
    }
}

/// People type with a Japanese keyboard, and with spaces.
#[rstest]
#[tokio::test]
async fn mp_48_full_width_and_spaced_digits_are_accepted(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let member = bed.member(ADDRESS).await;
    let app = bed.with_app(&member).await;
    let backup = bed.with_backup_codes(&member).await.remove(0);
    let code = app.code(bed.desk.now());
    let next = app.code(bed.desk.now() + STEP_MS);
    let typed = [
        (Method::App, full_width(&code)),
        (Method::App, format!(" {}\u{3000}{} ", &next[..3], &next[3..])),
        (Method::BackupCode, backup.to_uppercase().replace('-', "　")),
    ];
    for (method, code) in typed {
        let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
        bed.pass(&bed.visitor(), &token, method, &code).await.unwrap();
    }
}

/// MP-48: wrong, expired, used, another member's, another sign-in's: the same words.
#[rstest]
#[tokio::test]
async fn mp_48_whatever_is_wrong_with_a_code_it_is_one_refusal(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("policy.second_factor.lock_threshold", "9")]).await;
    let member = bed.member(ADDRESS).await;
    let app = bed.with_app(&member).await;
    bed.with_mail(&member).await;
    let others = bed.with_app(&bed.member(OTHER).await).await;
    let visitor = bed.visitor();
    let elsewhere = bed.half_signed_in(&visitor, ADDRESS).await;
    send_code(&bed.desk, &visitor, &elsewhere).await.unwrap().unwrap();
    let bound_elsewhere = last_code(&bed).await;
    let used = app.code(bed.desk.now());
    bed.pass(&visitor, &elsewhere, Method::App, &used).await.unwrap();
    let token = bed.half_signed_in(&visitor, ADDRESS).await;
    let now = bed.desk.now();
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
        let refused = bed.pass(&visitor, &token, method, &code).await.unwrap_err();
        assert_eq!(refused, [Refused::CodeWrong], "{method:?} {code}");
    }
    assert_eq!(bed.pass(&visitor, &token, Method::BackupCode, "x").await.unwrap_err(), [Refused::NotSetUp]);
}

#[rstest]
#[tokio::test]
async fn mp_51_mp_52_the_switch_decides_and_nothing_set_up_leads_to_the_set_up(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    second_factor::switch(&bed.desk, &caller, true).await.unwrap();
    assert!(matches!(bed.first_step(&bed.visitor(), ADDRESS).await, SignedIn::SetUp(_)));
    bed.with_app(&opened).await;
    assert!(matches!(bed.first_step(&bed.visitor(), ADDRESS).await, SignedIn::SecondStep(..)));
    second_factor::switch(&bed.desk, &caller, false).await.unwrap();
    assert!(matches!(bed.first_step(&bed.visitor(), ADDRESS).await, SignedIn::In(_)));
}

/// It waits a quarter of an hour, and then begins with the password again.
#[rstest]
#[tokio::test]
async fn a_sign_in_between_its_steps_waits_fifteen_minutes(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let app = bed.with_app(&bed.member(ADDRESS).await).await;
    let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    bed.wait(15 * MINUTE_MS - 1);
    assert!(look(&bed.desk, &token).await.unwrap().is_some());
    bed.wait(1);
    assert!(look(&bed.desk, &token).await.unwrap().is_none());
    let late = bed.pass(&bed.visitor(), &token, Method::App, &app.code(bed.desk.now())).await;
    assert_eq!(late.unwrap_err(), [Refused::StartAgain]);
    identity::jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM pending_sign_in").await, 0);
}

/// Zitadel CVE-2024-28197, Keycloak CVE-2026-7507: what was in the browser before proves nothing afterwards. The token
/// of the half sign-in is not the session's, the session before is over, and a token of another kind opens nothing.
#[rstest]
#[tokio::test]
async fn security_2_2_every_step_gives_a_token_of_its_own(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let before = bed.member(OTHER).await;
    let app = bed.with_app(&bed.member(ADDRESS).await).await;
    let caller = bed.caller(&before.token).await;
    let token = bed.half_signed_in(&caller, ADDRESS).await;
    assert!(bed.caller(&before.token).await.current.is_some(), "a half sign-in ends nobody's session");
    assert!(bed.caller(&token).await.current.is_none(), "and is none");
    let code = app.code(bed.desk.now());
    for planted in [&before.token, &before.device, &bed.desk.random.token()] {
        let refused = bed.pass(&caller, planted, Method::App, &code).await.unwrap_err();
        assert_eq!(refused, [Refused::StartAgain]);
    }
    let opened = bed.pass(&caller, &token, Method::App, &code).await.unwrap();
    assert!(bed.caller(&before.token).await.current.is_none(), "two people, one browser: one session");
    assert!(bed.caller(&token).await.current.is_none());
    assert_eq!(bed.caller(&opened.token).await.current.unwrap().email, ADDRESS);
}
