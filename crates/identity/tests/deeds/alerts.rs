//! ログインアラート and the letters' answers (MP-87 to MP-90, C-05).

use domain::alerts::Refused;
use domain::second_step::{Form, Method};
use domain::sign_in::Refused as SignInRefused;
use identity::alerts::{AlertView, Told, look, mine, not_mine};
use identity::caller::Caller;
use identity::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use identity::secret::Token;
use identity::session::Opened;
use identity::sign_in::{SignedIn, pass, resume, sign_in};
use identity::testing::{Base, Bed, PASSWORD, code_in, link_in, places_file};
use rstest::rstest;

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";
const TOKYO: &str = "192.0.2.7";
const OSAKA: &str = "198.51.100.7";
const NEW_YORK: &str = "203.0.113.7";

fn typed() -> domain::sign_in::Form {
    domain::sign_in::Form { email: ADDRESS.into(), password: PASSWORD.into(), ..Default::default() }
}

/// Somebody with a browser that was seen before, on a network.
fn with(bed: &Bed, device: &Token, network: &str) -> Caller {
    let mut caller = bed.visitor();
    (caller.device, caller.network) = (Some(device.clone()), network.into());
    caller
}

async fn enter(bed: &Bed, caller: &Caller) -> Opened {
    sign_in(&bed.desk, caller, &typed()).await.unwrap().unwrap().opened().unwrap()
}

async fn alerts(bed: &Bed) -> Vec<String> {
    sqlx::query_scalar("SELECT kind FROM alert ORDER BY id").fetch_all(bed.desk.db.readers()).await.unwrap()
}

/// The link of the newest letter that can be answered.
async fn newest_link(bed: &Bed) -> Token {
    let letters = bed.letters().await;
    link_in(letters.iter().rfind(|letter| letter.text.contains("/alert?t=")).unwrap())
}

/// 2段階認証 by letter, as if it had been set up.
async fn second_step_by_mail(bed: &Bed) {
    bed.change(
        "INSERT INTO member_second_step (member_id, switched_on_at, mail_since) SELECT id, 1, 1 FROM member",
    )
    .await;
}

#[rstest]
#[tokio::test]
async fn mp_88_a_new_browser_is_told_and_a_known_one_is_not(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let first = bed.member(ADDRESS).await;
    assert!(alerts(&bed).await.is_empty(), "the browser of the registration is the first known one");
    enter(&bed, &with(&bed, &first.device, TOKYO)).await;
    assert!(alerts(&bed).await.is_empty());

    let letters = bed.letters().await.len();
    bed.wait(MINUTE_MS);
    let second = enter(&bed, &bed.visitor()).await;
    assert_eq!(alerts(&bed).await, ["new_browser"]);
    let letter = bed.letters().await.pop().unwrap();
    assert_eq!(bed.letters().await.len(), letters + 1);
    assert_eq!(letter.to, ADDRESS);
    for said in ["はじめて使われるブラウザ", "2026年11月21日 12:01", TOKYO, "/alert?t="] {
        assert!(letter.text.contains(said), "{said}\n{}", letter.text);
    }
    enter(&bed, &with(&bed, &second.device, OSAKA)).await;
    assert_eq!(alerts(&bed).await.len(), 1, "it is known now, wherever it is");
}

/// A remembered browser that lost the cookie by which it is known is a new one.
#[rstest]
#[tokio::test]
async fn mp_88_coming_in_by_itself_is_a_sign_in_too(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let first = bed.member(ADDRESS).await;
    let form = domain::sign_in::Form { remember: Some("on".into()), ..typed() };
    let here = with(&bed, &first.device, TOKYO);
    let opened = sign_in(&bed.desk, &here, &form).await.unwrap().unwrap().opened().unwrap();
    let (token, _) = opened.remember.unwrap();
    bed.wait(DAY_MS);
    resume(&bed.desk, &here, &token).await.unwrap().unwrap();
    assert!(alerts(&bed).await.is_empty());
    resume(&bed.desk, &bed.visitor(), &token).await.unwrap().unwrap();
    assert_eq!(alerts(&bed).await, ["new_browser"]);
}

#[rstest]
#[tokio::test]
async fn mp_90_c_05_a_code_by_letter_excuses_the_new_browser_but_not_the_distance(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("geoip.mmdb", places_file().to_str().unwrap())]).await;
    bed.member(ADDRESS).await;
    second_step_by_mail(&bed).await;
    for (network, told) in [(OSAKA, 0), (NEW_YORK, 1)] {
        bed.wait(MINUTE_MS);
        let mut caller = bed.visitor();
        caller.network = network.into();
        let SignedIn::SecondStep(token, _) = bed.first_step(&caller, ADDRESS).await else {
            panic!("no second step")
        };
        let code = code_in(bed.letters().await.last().unwrap());
        let form = Form { method: Method::Mail, code, ..Default::default() };
        assert!(pass(&bed.desk, &caller, &token, &form).await.unwrap().unwrap().new_browser);
        assert_eq!(alerts(&bed).await.len(), told, "{network}");
    }
    assert_eq!(alerts(&bed).await, ["far_places"]);
}

#[rstest]
#[tokio::test]
async fn mp_89_two_places_too_far_apart_for_the_time_between(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("geoip.mmdb", places_file().to_str().unwrap())]).await;
    let device = bed.member(ADDRESS).await.device;
    bed.wait(HOUR_MS);
    enter(&bed, &with(&bed, &device, OSAKA)).await;
    assert!(alerts(&bed).await.is_empty(), "near enough");
    bed.wait(HOUR_MS);
    enter(&bed, &with(&bed, &device, NEW_YORK)).await;
    assert_eq!(alerts(&bed).await, ["far_places"], "a known browser, but nobody flies that fast");
    let letter = bed.letters().await.pop().unwrap();
    assert!(
        letter.text.contains("遠く離れた場所") && letter.text.contains("ニューヨーク"),
        "{}",
        letter.text
    );

    bed.wait(13 * HOUR_MS);
    enter(&bed, &with(&bed, &device, TOKYO)).await;
    assert_eq!(alerts(&bed).await.len(), 1, "time enough for the flight");
    bed.wait(HOUR_MS);
    enter(&bed, &with(&bed, &device, "10.0.0.1")).await;
    enter(&bed, &with(&bed, &device, NEW_YORK)).await;
    assert_eq!(alerts(&bed).await.len(), 1, "no place, no alert");
    bed.wait(HOUR_MS);
    let mut stranger = bed.visitor();
    stranger.network = TOKYO.into();
    enter(&bed, &stranger).await;
    assert_eq!(alerts(&bed).await, ["far_places", "far_places"], "far and new is one letter");
}

#[rstest]
#[tokio::test]
async fn mp_88_whoever_has_the_password_cannot_flood_the_mailbox(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    for _ in 0..25 {
        enter(&bed, &bed.visitor()).await;
    }
    assert_eq!(alerts(&bed).await.len(), 20);
    bed.wait(DAY_MS);
    enter(&bed, &bed.visitor()).await;
    assert_eq!(alerts(&bed).await.len(), 21);
}

#[rstest]
#[tokio::test]
async fn it_was_me_changes_nothing_and_counts_once(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let opened = enter(&bed, &bed.visitor()).await;
    let link = newest_link(&bed).await;
    let at = bed.desk.now();
    for _ in 0..5 {
        let seen = look(&bed.desk, &link).await.unwrap().unwrap();
        let browser = bed.visitor().browser;
        assert_eq!(seen, AlertView { told: Told::NewBrowser, at, network: TOKYO.into(), browser });
    }
    let letters = bed.letters().await.len();
    mine(&bed.desk, &bed.visitor(), &link).await.unwrap().unwrap();
    assert!(bed.caller(&opened.token).await.current.is_some());
    assert_eq!(bed.letters().await.len(), letters);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'alert_mine'").await, 1);
    enter(&bed, &with(&bed, &opened.device, TOKYO)).await;
    assert_eq!(alerts(&bed).await.len(), 1);

    assert_eq!(look(&bed.desk, &link).await.unwrap(), None);
    assert_eq!(mine(&bed.desk, &bed.visitor(), &link).await.unwrap(), Err(Refused::LinkInvalid));
    assert_eq!(not_mine(&bed.desk, &bed.visitor(), &link).await.unwrap(), Err(Refused::LinkInvalid));
    assert!(bed.caller(&opened.token).await.current.is_some());
}

/// MP-40, MP-87: nobody is in any more, and nobody comes in until the owner has set a new password.
#[rstest]
#[tokio::test]
async fn it_was_not_me_shuts_everybody_out_until_the_reset(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let owner = bed.member(ADDRESS).await;
    let form = domain::sign_in::Form { remember: Some("on".into()), ..typed() };
    let thief = sign_in(&bed.desk, &bed.visitor(), &form).await.unwrap().unwrap().opened().unwrap();
    let mut work = bed.desk.work(&with(&bed, &thief.device, TOKYO)).await.unwrap();
    identity::session::trust(&mut work, &bed.caller(&owner.token).await.current.unwrap().member_id)
        .await
        .unwrap();
    work.finish().await.unwrap();
    // And one sign-in stands before its second step.
    second_step_by_mail(&bed).await;
    let SignedIn::SecondStep(half, _) = bed.first_step(&bed.visitor(), ADDRESS).await else {
        panic!("no second step")
    };
    let code = code_in(bed.letters().await.last().unwrap());

    let link = newest_link(&bed).await;
    bed.wait(MINUTE_MS / 2);
    not_mine(&bed.desk, &bed.visitor(), &link).await.unwrap().unwrap();

    for token in [&owner.token, &thief.token] {
        assert!(bed.caller(token).await.current.is_none());
    }
    assert!(resume(&bed.desk, &bed.visitor(), &thief.remember.unwrap().0).await.unwrap().is_none());
    let form = Form { method: Method::Mail, code, ..Default::default() };
    assert!(pass(&bed.desk, &bed.visitor(), &half, &form).await.unwrap().is_err());
    let refused = sign_in(&bed.desk, &with(&bed, &owner.device, TOKYO), &typed()).await.unwrap().unwrap_err();
    assert_eq!(refused, [SignInRefused::Blocked]);
    assert_eq!(bed.count("SELECT COUNT(*) FROM member_browser WHERE trusted_until IS NOT NULL").await, 0);
    assert_eq!(bed.count("SELECT COUNT(*) FROM member_browser").await, 1, "only the owner's is known");
    for event in ["alert_not_mine", "other_sessions_ended", "trust_forgotten"] {
        let lines: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM audit WHERE event = $1")
            .bind(event)
            .fetch_one(bed.desk.db.readers())
            .await
            .unwrap();
        assert_eq!(lines, 1, "{event}");
    }
    let letter = bed.letters().await.pop().unwrap();
    assert!(letter.to == ADDRESS && letter.text.contains("/password/reset/new?t="), "{}", letter.text);
}

/// The answer and sign-ins with the right password at the same time: nobody slips in beside it (security.md 2.3).
#[rstest]
#[tokio::test]
async fn nobody_comes_in_beside_the_answer(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    enter(&bed, &bed.visitor()).await;
    let link = newest_link(&bed).await;
    let sign_ins: Vec<_> = (0..20)
        .map(|_| {
            let (desk, visitor) = (bed.desk.clone(), bed.visitor());
            tokio::spawn(async move { sign_in(&desk, &visitor, &typed()).await })
        })
        .collect();
    tokio::task::yield_now().await;
    not_mine(&bed.desk, &bed.visitor(), &link).await.unwrap().unwrap();
    for each in sign_ins {
        let _ = each.await.unwrap();
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 0);
}

#[rstest]
#[tokio::test]
async fn fifty_answers_at_once_are_one(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    enter(&bed, &bed.visitor()).await;
    let link = newest_link(&bed).await;
    let taken = successes(&bed, |desk, _| {
        let (visitor, link) = (bed.visitor(), link.clone());
        async move { Ok(not_mine(&desk, &visitor, &link).await?.is_ok()) }
    })
    .await;
    assert_eq!(taken, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM password_reset").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_link_is_answered_within_30_days_and_then_purged(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    enter(&bed, &bed.visitor()).await;
    let link = newest_link(&bed).await;
    bed.wait(30 * DAY_MS - 1);
    assert!(look(&bed.desk, &link).await.unwrap().is_some());
    bed.wait(1);
    assert!(look(&bed.desk, &link).await.unwrap().is_none());
    assert_eq!(not_mine(&bed.desk, &bed.visitor(), &link).await.unwrap(), Err(Refused::LinkInvalid));
    identity::jobs::purge(&bed.desk).await.unwrap();
    assert!(alerts(&bed).await.is_empty());
}

/// MP-76: what a member changes of their profile is told to nobody.
#[rstest]
#[tokio::test]
async fn mp_76_no_letter_on_a_change_of_the_profile(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let letters = bed.letters().await.len();
    let form = domain::profile::Form {
        family_name: "佐藤".into(),
        given_name: "花子".into(),
        family_name_kana: "サトウ".into(),
        given_name_kana: "ハナコ".into(),
        birth_year: "1991".into(),
        birth_month: "4".into(),
        birth_day: "1".into(),
        ..Default::default()
    };
    identity::profile::change(&bed.desk, &bed.caller(&opened.token).await, &form).await.unwrap().unwrap();
    assert_eq!(bed.letters().await.len(), letters);
    assert!(alerts(&bed).await.is_empty());
}

/// What the thief's session set up goes with it; what the owner has stays.
#[rstest]
#[tokio::test]
async fn mp_40_not_mine_takes_back_what_that_session_set_up_and_nothing_else(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let owner = bed.member(ADDRESS).await;
    bed.with_app(&owner).await;
    let caller = bed.caller(&owner.token).await;
    identity::second_factor::switch(&bed.desk, &caller, false).await.unwrap();
    bed.wait(MINUTE_MS);
    let thief = enter(&bed, &bed.visitor()).await;
    let link = newest_link(&bed).await;
    bed.with_app(&thief).await;
    bed.with_backup_codes(&thief).await;
    let apps = "SELECT COUNT(*) FROM authenticator_app";
    let codes = "SELECT COUNT(*) FROM backup_code";
    assert_eq!((bed.count(apps).await, bed.count(codes).await), (2, 10));
    not_mine(&bed.desk, &bed.visitor(), &link).await.unwrap().unwrap();
    assert_eq!((bed.count(apps).await, bed.count(codes).await), (1, 0));
}
