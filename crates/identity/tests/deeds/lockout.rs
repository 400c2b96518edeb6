//! Wrong passwords in a row, and the lock that follows (MP-25; security.md 2.7).

use domain::second_step::Method;
use domain::sign_in::{Form, Refused};
use domain::{confirm, password_change};
use identity::caller::Caller;
use identity::clock::{DAY_MS, MINUTE_MS};
use identity::desk::Desk;
use identity::sign_in::sign_in;
use identity::testing::{Base, Bed, PASSWORD};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";
const OTHER: &str = "taro@example.jp";

fn typed(email: &str, password: &str) -> Form {
    Form { email: email.into(), password: password.into(), ..Default::default() }
}

/// Signs in; the refusal, if it is one.
async fn try_at(desk: &Desk, caller: &Caller, email: &str, password: &str) -> Option<Refused> {
    sign_in(desk, caller, &typed(email, password)).await.unwrap().err().map(|refused| refused[0])
}

async fn wrong(bed: &Bed, caller: &Caller, times: usize) {
    for _ in 0..times {
        assert_eq!(try_at(&bed.desk, caller, ADDRESS, "wrong").await, Some(Refused::NotAccepted));
    }
}

/// A caller from another network.
fn from(bed: &Bed, network: usize) -> Caller {
    Caller { network: format!("198.51.100.{network}"), ..bed.visitor() }
}

#[rstest]
#[tokio::test]
async fn mp_25_the_sixth_in_a_row_locks_for_30_minutes_in_the_words_of_every_refusal(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let letters = bed.letters().await.len();
    wrong(&bed, &bed.visitor(), 5).await;
    assert_eq!(try_at(&bed.desk, &bed.visitor(), ADDRESS, PASSWORD).await, None, "five are not six");
    wrong(&bed, &bed.visitor(), 6).await;
    let judged = bed.desk.hasher.judged();
    bed.wait(30 * MINUTE_MS - 1);
    assert_eq!(try_at(&bed.desk, &bed.visitor(), ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
    assert_eq!(bed.desk.hasher.judged(), judged, "nothing is judged while it is locked");
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in_locked'").await, 1);
    // Two letters: the lock, once however many tries followed; whether that sign-in wrote one is the alerts' matter.
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'sign_in_locked'").await, 1);
    assert!(bed.letters().await.len() > letters, "the owner learns of it");

    bed.wait(1);
    wrong(&bed, &bed.visitor(), 5).await;
    assert_eq!(try_at(&bed.desk, &bed.visitor(), ADDRESS, PASSWORD).await, None, "counting begins anew");
}

/// A restart and another process know the same count.
#[rstest]
#[tokio::test]
async fn mp_25_the_count_belongs_to_no_process(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    for seed in 0..6 {
        let restarted = bed.another_desk(seed).await;
        let refused = try_at(&restarted, &bed.visitor(), ADDRESS, "wrong").await;
        assert_eq!(refused, Some(Refused::NotAccepted));
    }
    assert_eq!(try_at(&bed.desk, &bed.visitor(), ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
}

/// Keycloak CVE-2024-4629: parallel requests passed before the counter rose.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_7_two_hundred_at_once_are_judged_six_times_at_most(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let desks = [bed.another_desk(1).await, bed.another_desk(2).await, bed.another_desk(3).await];
    let tries: Vec<_> = (0..200)
        .map(|n| {
            let (desk, caller) = (desks[n % 3].clone(), from(&bed, n));
            tokio::spawn(async move { sign_in(&desk, &caller, &typed(ADDRESS, "wrong")).await })
        })
        .collect();
    for each in tries {
        match each.await.unwrap() {
            Ok(outcome) => assert!(outcome.is_err()),
            Err(fault) => assert!(fault.passes(), "{fault}"),
        }
    }
    let judged: u64 = desks.iter().map(|desk| desk.hasher.judged()).sum();
    assert!((1..=6).contains(&judged), "{judged}");
    // The throttle of the address is over before the lock is.
    bed.wait(11 * MINUTE_MS);
    wrong(&bed, &bed.visitor(), 6).await;
    assert_eq!(try_at(&bed.desk, &bed.visitor(), ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
}

/// A lock must not be a means to keep the owner out (Keycloak CVE-2024-1722): neither the count of wrong passwords nor
/// the throttle of the address reaches a browser that signed in before.
#[rstest]
#[tokio::test]
async fn security_2_7_the_owner_gets_in_from_a_known_browser_during_an_attack(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let mut throttled = false;
    for n in 0..70 {
        let refused = try_at(&bed.desk, &from(&bed, n), ADDRESS, "wrong").await;
        throttled |= refused == Some(Refused::TooMany);
    }
    assert!(throttled, "the attack is past both limits");
    let owner = bed.browser_of(&opened);
    assert_eq!(try_at(&bed.desk, &owner, ADDRESS, PASSWORD).await, None);
    // Its own tries are counted all the same, and another member's browser is no help.
    wrong(&bed, &owner, 6).await;
    assert_eq!(try_at(&bed.desk, &owner, ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
    let stranger = bed.browser_of(&bed.member(OTHER).await);
    assert_eq!(try_at(&bed.desk, &stranger, ADDRESS, PASSWORD).await, Some(Refused::TooMany));
}

/// Authelia CVE-2025-24806, CVE-2026-47203: spellings had counters of their own.
#[rstest]
#[tokio::test]
async fn security_2_7_spellings_and_networks_share_one_counter(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let spellings = [
        "hanako@example.jp",
        "HANAKO@example.jp",
        "hanako@EXAMPLE.JP",
        " hanako@example.jp\u{3000}",
        "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ",
        "Hanako@Example.jp",
    ];
    for (n, email) in spellings.into_iter().enumerate() {
        assert_eq!(try_at(&bed.desk, &from(&bed, n), email, "wrong").await, Some(Refused::NotAccepted));
    }
    assert_eq!(try_at(&bed.desk, &from(&bed, 99), ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
    assert_eq!(bed.count("SELECT COUNT(*) FROM lockout").await, 1);
}

/// allauth 65.8.1: an attacker's own good sign-ins cleared the failures.
#[rstest]
#[tokio::test]
async fn security_2_7_ones_own_good_sign_ins_clear_nobody_elses_count(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let attacker = bed.browser_of(&bed.member(OTHER).await);
    for _ in 0..6 {
        wrong(&bed, &attacker, 1).await;
        assert_eq!(try_at(&bed.desk, &attacker, OTHER, PASSWORD).await, None);
    }
    assert_eq!(try_at(&bed.desk, &bed.visitor(), ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
}

/// Keycloak CVE-2026-9798, an incomplete fix twice over: every door at which a password is asked for counts, and the
/// right password at the first step clears no codes.
#[rstest]
#[tokio::test]
async fn security_2_7_there_is_no_second_door_to_guess_at(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let proof = confirm::Form { password: "wrong".into(), ..Default::default() };
    let change = password_change::Form {
        current_password: "wrong".into(),
        new_password: "quiet-Heron-folds-9-maps".into(),
        new_password_confirm: "quiet-Heron-folds-9-maps".into(),
    };
    for _ in 0..2 {
        identity::confirm::confirm(&bed.desk, &caller, &proof).await.unwrap().unwrap_err();
        identity::password::change(&bed.desk, &caller, &change).await.unwrap().unwrap_err();
        wrong(&bed, &bed.browser_of(&opened), 1).await;
    }
    let judged = bed.desk.hasher.judged();
    let right = confirm::Form { password: PASSWORD.into(), ..Default::default() };
    let refused = identity::confirm::confirm(&bed.desk, &caller, &right).await.unwrap();
    assert_eq!(refused.unwrap_err(), [confirm::Refused::Locked]);
    let right = password_change::Form { current_password: PASSWORD.into(), ..change };
    let refused = identity::password::change(&bed.desk, &caller, &right).await.unwrap();
    assert_eq!(refused.unwrap_err(), [password_change::Refused::Locked]);
    let owner = bed.browser_of(&opened);
    assert_eq!(try_at(&bed.desk, &owner, ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
    assert_eq!(bed.desk.hasher.judged(), judged);
}

/// Zitadel CVE-2024-32868: the lock of one step could be lifted at the other.
#[rstest]
#[tokio::test]
async fn security_2_7_the_right_password_clears_no_wrong_codes(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let app = bed.with_app(&bed.member(ADDRESS).await).await;
    for _ in 0..6 {
        let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
        let code = app.wrong_code(bed.desk.now());
        bed.pass(&bed.visitor(), &token, Method::App, &code).await.unwrap_err();
    }
    let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    let refused = bed.pass(&bed.visitor(), &token, Method::App, &app.code(bed.desk.now())).await;
    assert_eq!(refused.unwrap_err(), [domain::second_step::Refused::Locked]);
}

/// security.md 2.1: nobody learns from a lock who has an account, and no address is kept for it.
#[rstest]
#[tokio::test]
async fn an_address_that_nobody_has_locks_alike_and_is_forgotten(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    for _ in 0..8 {
        let refused = try_at(&bed.desk, &bed.visitor(), ADDRESS, "wrong").await;
        assert_eq!(refused, Some(Refused::NotAccepted));
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM lockout WHERE locked_until IS NOT NULL").await, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM lockout WHERE name LIKE '%hanako%'").await, 0);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in_locked'").await, 0);
    bed.wait(DAY_MS);
    identity::jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM lockout").await, 0);
}

/// Throttles stand before the hashing, per network and per address, and end by themselves.
#[rstest]
#[case("network", 300)]
#[case("address", 60)]
#[tokio::test]
async fn throttles_stand_before_the_hashing(
    #[case] what: &str,
    #[case] most: i64,
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    assert_eq!(try_at(&bed.desk, &bed.visitor(), ADDRESS, PASSWORD).await, None);
    let mut work = bed.desk.work(&bed.visitor()).await.unwrap();
    let used = sqlx::query("UPDATE counter SET taken = $1 WHERE name LIKE $2")
        .bind(most)
        .bind(format!("sign-in-{what}:%"))
        .execute(work.conn())
        .await
        .unwrap();
    assert_eq!(used.rows_affected(), 1);
    work.finish().await.unwrap();
    let judged = bed.desk.hasher.judged();
    assert_eq!(try_at(&bed.desk, &bed.visitor(), ADDRESS, PASSWORD).await, Some(Refused::TooMany));
    assert_eq!(bed.desk.hasher.judged(), judged);
    bed.wait(10 * MINUTE_MS);
    assert_eq!(try_at(&bed.desk, &bed.visitor(), ADDRESS, PASSWORD).await, None);
}
