//! Wrong passwords in a row, and the lockout that follows (MP-25; security.md 2.7).

use account::audit::Event;
use domain::second_factor::Method;
use domain::second_factor::challenge::Refused as ChallengeRefused;
use domain::sign_in::{Form, Refused};
use domain::{password_change, reauthentication};
use identity::reauthentication::reauthenticate;
use identity::sign_in::sign_in;
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::error::Error;
use platform::tx::Tx;
use rstest::rstest;
use testkit::{Database, PASSWORD, Refusals, TestApp, at, visitor_of};

const ADDRESS: &str = "hanako@example.jp";
const OTHER: &str = "taro@example.jp";

fn typed(email: &str, password: &str) -> Form {
    Form { email: email.into(), password: password.into(), ..Default::default() }
}

/// Tries to sign in; returns the refusal, if it is one.
async fn try_at(ctx: &Ctx, email: &str, password: &str) -> Option<Refused> {
    match sign_in(ctx, &typed(email, password), None).await {
        Ok(_) => None,
        refused => Some(refused.refusals()[0]),
    }
}

async fn wrong(ctx: &Ctx, times: usize) {
    for _ in 0..times {
        assert_eq!(try_at(ctx, ADDRESS, "wrong").await, Some(Refused::NotAccepted));
    }
}

/// A visitor from another network.
fn from(site: &TestApp, network: usize) -> Ctx {
    site.visitor_from(format!("198.51.100.{network}"))
}

#[rstest]
#[tokio::test]
async fn mp_25_the_sixth_in_a_row_locks_for_30_minutes_in_the_words_of_every_refusal(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let emails = site.emails().await.len();
    wrong(&site.visitor(), 5).await;
    assert_eq!(try_at(&site.visitor(), ADDRESS, PASSWORD).await, None, "five are not six");
    wrong(&site.visitor(), 6).await;
    let judged = site.app.hasher.judged();
    site.wait(30 * MINUTE_MS - 1);
    assert_eq!(try_at(&site.visitor(), ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
    assert_eq!(site.app.hasher.judged(), judged, "nothing is judged while it is locked");
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in_locked'").await, 1);
    // One e-mail about the lockout, however many tries followed; `alerts.rs` tests those about sign-ins.
    assert_eq!(site.alerts_of(Event::SignInLocked).await, 1);
    assert!(site.emails().await.len() > emails, "the member is notified");

    site.wait(1);
    wrong(&site.visitor(), 5).await;
    assert_eq!(try_at(&site.visitor(), ADDRESS, PASSWORD).await, None, "counting begins again");
}

/// A restarted process and another one use the same count.
#[rstest]
#[tokio::test]
async fn mp_25_the_count_belongs_to_no_process(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    for seed in 0..6 {
        let restarted = site.another_process(seed).await;
        let refused = try_at(&visitor_of(&restarted), ADDRESS, "wrong").await;
        assert_eq!(refused, Some(Refused::NotAccepted));
    }
    assert_eq!(try_at(&site.visitor(), ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
}

/// Keycloak CVE-2024-4629: parallel requests passed before the counter rose.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_7_two_hundred_at_once_are_judged_six_times_at_most(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let processes =
        [site.another_process(1).await, site.another_process(2).await, site.another_process(3).await];
    let tries: Vec<_> = (0..200)
        .map(|n| {
            let ctx = at(&processes[n % 3], &from(&site, n));
            tokio::spawn(async move { sign_in(&ctx, &typed(ADDRESS, "wrong"), None).await })
        })
        .collect();
    for each in tries {
        match each.await.unwrap() {
            Err(Error::Refused(_)) => {}
            Err(Error::Failed(failure)) => assert!(failure.is_transient(), "{failure}"),
            other => panic!("{other:?}"),
        }
    }
    let judged: u64 = processes.iter().map(|process| process.hasher.judged()).sum();
    assert!((1..=6).contains(&judged), "{judged}");
    // The throttle of the address ends before the lockout does.
    site.wait(11 * MINUTE_MS);
    wrong(&site.visitor(), 6).await;
    assert_eq!(try_at(&site.visitor(), ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
}

/// A lockout must not keep the member out (Keycloak CVE-2024-1722): neither the count of wrong passwords nor the
/// throttle of the address applies to a browser that signed in before.
#[rstest]
#[tokio::test]
async fn security_2_7_the_owner_gets_in_from_a_known_browser_during_an_attack(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let mut throttled = false;
    for n in 0..70 {
        let refused = try_at(&from(&site, n), ADDRESS, "wrong").await;
        throttled |= refused == Some(Refused::TooMany);
    }
    assert!(throttled, "the attack is past both limits");
    let owner = site.browser_of(&opened);
    assert_eq!(try_at(&owner, ADDRESS, PASSWORD).await, None);
    // Its own tries are counted all the same, and another member's browser has no exemption.
    wrong(&owner, 6).await;
    assert_eq!(try_at(&owner, ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
    let stranger = site.browser_of(&site.member(OTHER).await);
    assert_eq!(try_at(&stranger, ADDRESS, PASSWORD).await, Some(Refused::TooMany));
}

/// Authelia CVE-2025-24806, CVE-2026-47203: spellings had counters of their own.
#[rstest]
#[tokio::test]
async fn security_2_7_spellings_and_networks_share_one_counter(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let spellings = [
        "hanako@example.jp",
        "HANAKO@example.jp",
        "hanako@EXAMPLE.JP",
        " hanako@example.jp\u{3000}",
        "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ",
        "Hanako@Example.jp",
    ];
    for (n, email) in spellings.into_iter().enumerate() {
        assert_eq!(try_at(&from(&site, n), email, "wrong").await, Some(Refused::NotAccepted));
    }
    assert_eq!(try_at(&from(&site, 99), ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
    assert_eq!(site.count("SELECT COUNT(*) FROM lockout").await, 1);
}

/// allauth 65.8.1: an attacker's own successful sign-ins cleared the failures.
#[rstest]
#[tokio::test]
async fn security_2_7_ones_own_good_sign_ins_clear_nobody_elses_count(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let attacker = site.browser_of(&site.member(OTHER).await);
    for _ in 0..6 {
        wrong(&attacker, 1).await;
        assert_eq!(try_at(&attacker, OTHER, PASSWORD).await, None);
    }
    assert_eq!(try_at(&site.visitor(), ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
}

/// Keycloak CVE-2026-9798, an incomplete fix twice over: every page on which a password is asked for counts, with and
/// without the browser's cookie.
#[rstest]
#[tokio::test]
async fn security_2_7_no_other_form_gives_more_tries(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    let proof = reauthentication::Form { password: "wrong".into(), ..Default::default() };
    let change = password_change::Form {
        current_password: "wrong".into(),
        new_password: "quiet-Heron-folds-9-maps".into(),
        new_password_confirm: "quiet-Heron-folds-9-maps".into(),
    };
    for _ in 0..2 {
        reauthenticate(&ctx, &proof).await.refusals();
        identity::password::change(&ctx, &change).await.refusals();
        wrong(&site.browser_of(&opened), 1).await;
    }
    let judged = site.app.hasher.judged();
    let right = reauthentication::Form { password: PASSWORD.into(), ..Default::default() };
    assert_eq!(reauthenticate(&ctx, &right).await.refusals(), [reauthentication::Refused::Locked]);
    let right = password_change::Form { current_password: PASSWORD.into(), ..change };
    let refused = identity::password::change(&ctx, &right).await.refusals();
    assert_eq!(refused, [password_change::Refused::Locked]);
    let owner = site.browser_of(&opened);
    assert_eq!(try_at(&owner, ADDRESS, PASSWORD).await, Some(Refused::NotAccepted));
    assert_eq!(site.app.hasher.judged(), judged);
}

/// Zitadel CVE-2024-32868: the lockout of one factor could be lifted by the other.
#[rstest]
#[tokio::test]
async fn security_2_7_the_right_password_clears_no_wrong_codes(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let app = site.with_app(&site.member(ADDRESS).await).await;
    for _ in 0..6 {
        let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
        let code = app.wrong_code(site.now());
        site.prove(&site.visitor(), &token, Method::App, &code).await.unwrap_err();
    }
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    let refused = site.prove(&site.visitor(), &token, Method::App, &app.code(site.now())).await;
    assert_eq!(refused.unwrap_err(), [ChallengeRefused::Locked]);
}

/// security.md 2.1: a lockout does not show who has an account, and no address is stored for it.
#[rstest]
#[tokio::test]
async fn an_address_that_nobody_has_locks_alike_and_is_forgotten(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    for _ in 0..8 {
        let refused = try_at(&site.visitor(), ADDRESS, "wrong").await;
        assert_eq!(refused, Some(Refused::NotAccepted));
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM lockout WHERE locked_until IS NOT NULL").await, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM lockout WHERE name LIKE '%hanako%'").await, 0);
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in_locked'").await, 0);
    site.wait(DAY_MS);
    site.purge().await;
    assert_eq!(site.count("SELECT COUNT(*) FROM lockout").await, 0);
}

/// Throttles apply before hashing, per network and per address, and end by themselves.
#[rstest]
#[case("sign-in-network", 300)]
#[case("sign-in-address", 60)]
#[tokio::test]
async fn throttles_apply_before_hashing(
    #[case] what: &str,
    #[case] most: i64,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    assert_eq!(try_at(&site.visitor(), ADDRESS, PASSWORD).await, None);
    let mut tx = Tx::begin(&site.visitor()).await.unwrap();
    let used = sqlx::query("UPDATE rate_limit SET taken = $1 WHERE what = $2")
        .bind(most)
        .bind(what)
        .execute(tx.conn())
        .await
        .unwrap();
    assert_eq!(used.rows_affected(), 1);
    tx.commit().await.unwrap();
    let judged = site.app.hasher.judged();
    assert_eq!(try_at(&site.visitor(), ADDRESS, PASSWORD).await, Some(Refused::TooMany));
    assert_eq!(site.app.hasher.judged(), judged);
    site.wait(10 * MINUTE_MS);
    assert_eq!(try_at(&site.visitor(), ADDRESS, PASSWORD).await, None);
}
