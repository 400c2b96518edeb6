//! 2段階認証の設定 (MP-43 to MP-45, MP-54, C-28; security.md 2.8).

use domain::second_factor::{APPS_MOST, AppForm, Refused};
use domain::second_step::Method;
use identity::caller::Caller;
use identity::clock::{MINUTE_MS, SECOND_MS};
use identity::fault::Fault;
use identity::proof::totp::Draft;
use identity::second_factor::{
    add_app, app_draft, app_draft_again, backup_draft, confirm_mail, remove_app, remove_mail, send_mail_code,
    switch, view,
};
use identity::testing::{Authenticator, Base, Bed, code_in};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";
const OTHER: &str = "taro@example.jp";

fn filled(draft: &Draft, now: i64) -> AppForm {
    let code = Authenticator::scanned(&draft.link).code(now);
    AppForm { label: String::new(), code, draft: draft.sealed.clone() }
}

async fn member(bed: &Bed) -> Caller {
    bed.caller(&bed.member(ADDRESS).await.token).await
}

/// The same in another session; the switch is off.
async fn member_again(bed: &Bed) -> Caller {
    bed.caller(&bed.signed_in(ADDRESS).await.token).await
}

/// What a phone's camera sees: the dark rectangles of the picture, read by a decoder that did not draw them.
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
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.name", "道の駅: 会員")]).await;
    let draft = app_draft(&bed.desk, &member(&bed).await).unwrap();
    assert_eq!(read_qr(&draft.qr), draft.link);
    let secret = draft.link.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    assert_eq!(secret, draft.key.replace(' ', ""));
    assert_eq!(secret.len(), 32, "160 bits");
    assert!(draft.link.starts_with("otpauth://totp/") && !draft.qr.contains("<?xml"), "{}", draft.link);
    let next = app_draft(&bed.desk, &member_again(&bed).await).unwrap();
    assert_ne!(next.key, draft.key);
}

#[rstest]
#[tokio::test]
async fn c_28_nothing_is_stored_before_its_first_code(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let me = member(&bed).await;
    let draft = app_draft(&bed.desk, &me).unwrap();
    let form = filled(&draft, bed.desk.now());
    for code in ["", "12345", &Authenticator::scanned(&draft.link).wrong_code(bed.desk.now())] {
        let refused = add_app(&bed.desk, &me, &AppForm { code: code.into(), ..form.clone() }, "App").await;
        assert_eq!(refused.unwrap().unwrap_err(), [Refused::CodeWrong]);
    }
    let again = app_draft_again(&bed.desk, &me, &draft.sealed).unwrap().unwrap();
    assert_eq!((again.key, again.link), (draft.key.clone(), draft.link.clone()), "the same after a refusal");
    assert_eq!(bed.count("SELECT COUNT(*) FROM authenticator_app").await, 0);

    add_app(&bed.desk, &me, &AppForm { label: " 仕事の𠮷スマホ ".into(), ..form }, "App")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(view(&bed.desk, &me).await.unwrap().apps[0].name, "仕事の𠮷スマホ");
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'app_added'").await, 1);
    let seed: Vec<u8> = sqlx::query_scalar("SELECT seed FROM authenticator_app")
        .fetch_one(bed.desk.db.readers())
        .await
        .unwrap();
    assert!(seed.len() > 20 + 16, "sealed");
}

/// Keycloak CVE-2026-37982: a replayed link enrolled the attacker's authenticator. A draft is of one member, for half
/// an hour, unchanged, and is saved once.
#[rstest]
#[tokio::test]
async fn security_2_6_a_draft_is_of_one_member_for_half_an_hour_and_once(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let (me, other) = (member(&bed).await, bed.caller(&bed.member(OTHER).await.token).await);
    let draft = app_draft(&bed.desk, &me).unwrap();
    let form = filled(&draft, bed.desk.now());
    let stale = |refused: Result<(), Vec<Refused>>| assert_eq!(refused.unwrap_err(), [Refused::Stale]);
    stale(add_app(&bed.desk, &other, &form, "App").await.unwrap());
    for sealed in [
        "",
        "AAAA",
        &draft.sealed[1..],
        &draft.sealed[..draft.sealed.len() - 4],
        &format!("{}AAAA", draft.sealed),
    ] {
        let form = AppForm { draft: sealed.into(), ..form.clone() };
        stale(add_app(&bed.desk, &me, &form, "App").await.unwrap());
    }
    add_app(&bed.desk, &me, &form, "App").await.unwrap().unwrap();
    let _ = add_app(&bed.desk, &me, &form, "App").await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM authenticator_app").await, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'app_added'").await, 1);

    bed.wait(30 * MINUTE_MS);
    let me = member_again(&bed).await;
    stale(add_app(&bed.desk, &me, &filled(&draft, bed.desk.now()), "App").await.unwrap());
    assert!(app_draft_again(&bed.desk, &me, &draft.sealed).unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn the_code_that_set_an_app_up_signs_nobody_in(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let me = member(&bed).await;
    let draft = app_draft(&bed.desk, &me).unwrap();
    let form = filled(&draft, bed.desk.now());
    add_app(&bed.desk, &me, &form, "App").await.unwrap().unwrap();
    switch(&bed.desk, &me, true).await.unwrap();
    let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    bed.pass(&bed.visitor(), &token, Method::App, &form.code).await.unwrap_err();
}

/// MP-44, MP-54: several, each removed by itself, by its owner only.
#[rstest]
#[tokio::test]
async fn mp_44_mp_54_several_apps_each_removed_by_its_owner(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let (me, other) = (member(&bed).await, bed.caller(&bed.member(OTHER).await.token).await);
    let mut links = Vec::new();
    for n in 0..=APPS_MOST {
        let draft = app_draft(&bed.desk, &me).unwrap();
        let added = add_app(&bed.desk, &me, &filled(&draft, bed.desk.now()), "App").await.unwrap();
        assert_eq!(added.err(), (n == APPS_MOST).then(|| vec![Refused::TooMany]), "{n}");
        links.push(draft.link);
    }
    switch(&bed.desk, &me, true).await.unwrap();
    bed.wait(MINUTE_MS);
    let apps = view(&bed.desk, &me).await.unwrap().apps;
    let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    remove_app(&bed.desk, &other, &apps[1].id).await.unwrap();
    remove_app(&bed.desk, &me, &apps[0].id).await.unwrap();
    remove_app(&bed.desk, &me, &apps[0].id).await.unwrap();
    assert_eq!(view(&bed.desk, &me).await.unwrap().apps.len(), apps.len() - 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'app_removed'").await, 1);
    let code = |n: usize| Authenticator::scanned(&links[n]).code(bed.desk.now());
    bed.pass(&bed.visitor(), &token, Method::App, &code(0)).await.unwrap_err();
    bed.pass(&bed.visitor(), &token, Method::App, &code(1)).await.unwrap();
}

/// MP-45: the letter's code, of this session, within ten minutes, for nothing else.
#[rstest]
#[tokio::test]
async fn mp_45_codes_by_letter_are_turned_on_by_a_letter(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let me = member(&bed).await;
    let elsewhere = member_again(&bed).await;
    send_mail_code(&bed.desk, &me).await.unwrap().unwrap();
    let code = code_in(bed.letters().await.last().unwrap());
    let refused = confirm_mail(&bed.desk, &elsewhere, &code).await.unwrap();
    assert_eq!(refused.unwrap_err(), [Refused::CodeWrong], "another session's");
    bed.wait(10 * MINUTE_MS - SECOND_MS);
    confirm_mail(&bed.desk, &me, &code).await.unwrap().unwrap();
    assert_eq!(confirm_mail(&bed.desk, &me, &code).await.unwrap().unwrap_err(), [Refused::CodeWrong], "used");
    assert!(view(&bed.desk, &me).await.unwrap().mail_since.is_some());
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'mail_added'").await, 1);

    switch(&bed.desk, &me, true).await.unwrap();
    send_mail_code(&bed.desk, &me).await.unwrap().unwrap();
    let turn_on = code_in(bed.letters().await.last().unwrap());
    let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    bed.pass(&bed.visitor(), &token, Method::Mail, &turn_on).await.unwrap_err();
    remove_mail(&bed.desk, &me).await.unwrap();
    remove_mail(&bed.desk, &me).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'mail_removed'").await, 1);
}

/// MP-50: the sixth wrong code locks, and the owner learns of it here, too.
#[rstest]
#[tokio::test]
async fn mp_50_turning_on_is_no_other_door(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let me = member(&bed).await;
    send_mail_code(&bed.desk, &me).await.unwrap().unwrap();
    let right = code_in(bed.letters().await.last().unwrap());
    for n in 1..=6 {
        let refused = confirm_mail(&bed.desk, &me, "not it").await.unwrap().unwrap_err();
        assert_eq!(refused, [if n < 6 { Refused::CodeWrong } else { Refused::Locked }]);
    }
    assert_eq!(confirm_mail(&bed.desk, &me, &right).await.unwrap().unwrap_err(), [Refused::Locked]);
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'second_step_locked'").await, 1);
}

/// MP-43: what does not change is not told.
#[rstest]
#[tokio::test]
async fn mp_43_a_switch_that_stands_there_already_tells_nobody(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let me = member(&bed).await;
    remove_mail(&bed.desk, &me).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert").await, 0, "nor what was never there");
    for on in [false, true, true, false, false, true] {
        switch(&bed.desk, &me, on).await.unwrap();
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'second_step_on'").await, 2);
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'second_step_off'").await, 1);
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM audit WHERE event LIKE 'second_step_o%' AND kind = 'security'").await,
        3
    );
}

#[rstest]
#[tokio::test]
async fn kb_16_ten_backup_codes_and_a_new_list_voids_the_old(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let opened = bed.member(ADDRESS).await;
    bed.with_app(&opened).await;
    let old = bed.with_backup_codes(&opened).await;
    let new = bed.with_backup_codes(&opened).await;
    assert_eq!((old.len(), new.len()), (10, 10));
    let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    bed.pass(&bed.visitor(), &token, Method::BackupCode, &old[0]).await.unwrap_err();
    bed.pass(&bed.visitor(), &token, Method::BackupCode, &new[0]).await.unwrap();
    let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    bed.pass(&bed.visitor(), &token, Method::BackupCode, &new[0]).await.unwrap_err();
    assert_eq!(view(&bed.desk, &bed.caller(&opened.token).await).await.unwrap().backup_codes, 9);
}

/// MP-41: what the site's policy does not have cannot be had.
#[rstest]
#[tokio::test]
async fn mp_41_the_standard_policy_has_no_backup_codes(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let made = backup_draft(&bed.desk, &member(&bed).await);
    assert!(matches!(made, Err(Fault::NotOffered)));
}
