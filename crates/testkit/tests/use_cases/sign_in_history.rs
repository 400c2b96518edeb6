//! ログイン履歴 (MP-85 to MP-87).

use std::sync::Arc;

use domain::sign_in::{Form, Refused};
use identity::sign_in::{sign_in, sign_out};
use identity::sign_in_history::{Event, HistoryLine, Kind, PAGE_LINES, Row, fold, page};
use platform::clock::DAY_MS;
use platform::context::Ctx;
use platform::error::Denied;
use rstest::rstest;
use testkit::{Database, Denials, Refusals, TestApp};

const ADDRESS: &str = "hanako@example.jp";

/// All lines, read page by page.
async fn all(ctx: &Ctx, kind: Option<Kind>) -> Vec<HistoryLine> {
    let (mut lines, mut before) = (Vec::new(), None);
    loop {
        let read = page(ctx, kind, before.as_deref()).await.unwrap();
        lines.extend(read.lines);
        before = read.older;
        if before.is_none() {
            return lines;
        }
    }
}

async fn refused(ctx: &Ctx) {
    let form = Form { email: ADDRESS.into(), password: "not the password".into(), ..Form::default() };
    assert_eq!(sign_in(ctx, &form, None).await.refusals(), [Refused::NotAccepted]);
}

fn events(lines: &[HistoryLine]) -> Vec<(Event, Option<&str>)> {
    lines.iter().filter_map(|line| Some((line.event?, line.refusal.as_deref()))).collect()
}

#[rstest]
#[tokio::test]
async fn mp_85_all_of_it_newest_first_and_nobody_elses(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let first = site.member(ADDRESS).await;
    site.member("taro@example.jp").await;
    site.wait(1_000);
    refused(&site.visitor()).await;
    sign_out(&site.ctx(&first.token).await).await.unwrap();
    site.wait(1_000);
    let ctx = site.ctx(&site.signed_in(ADDRESS).await.token).await;

    let lines = all(&ctx, None).await;
    let expected = [
        (Event::SignIn, None),
        (Event::SignOut, None),
        (Event::SignIn, Some("SI02")),
        (Event::Registered, None),
    ];
    assert_eq!(events(&lines), expected);
    assert_eq!(lines[0].at, site.now());
    assert_eq!(lines[0].method.as_deref(), Some("password"));
    assert_eq!((lines[2].network.as_str(), lines[2].browser.as_str()), ("192.0.2.7", "Mozilla/5.0 (test)"));
    // The line of this browser is marked; the others are of other browsers.
    assert_eq!(lines.iter().map(|line| line.here).collect::<Vec<_>>(), [true, false, false, false]);

    let nobody = page(&site.visitor(), None, None).await;
    assert_eq!(nobody.denied(), Denied::SignIn);
}

#[rstest]
#[tokio::test]
async fn one_kind_alone(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let first = site.member(ADDRESS).await;
    refused(&site.visitor()).await;
    sign_out(&site.ctx(&first.token).await).await.unwrap();
    let ctx = site.ctx(&site.signed_in(ADDRESS).await.token).await;
    for (kind, expected) in [
        (Kind::SignIn, vec![(Event::SignIn, None)]),
        (Kind::Refused, vec![(Event::SignIn, Some("SI02"))]),
        (Kind::Session, vec![(Event::SignOut, None)]),
        (Kind::Security, vec![]),
        (Kind::Account, vec![(Event::Registered, None)]),
    ] {
        assert_eq!(events(&all(&ctx, Some(kind)).await), expected, "{kind:?}");
    }
}

/// Every line comes once, even if others are written meanwhile; those are on the first page.
#[rstest]
#[tokio::test]
async fn pages_have_no_gaps_and_no_repeats(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    for _ in 0..50 {
        site.wait(11_000);
        refused(&site.visitor()).await;
    }
    let ctx = site.ctx(&opened.token).await;
    let before: Vec<_> = all(&ctx, None).await.into_iter().map(|line| line.id).collect();
    assert!(before.len() > 50 && before.is_sorted_by(|newer, older| newer > older));

    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let read = page(&ctx, None, cursor.as_deref()).await.unwrap();
        assert!(read.lines.len() == PAGE_LINES || read.older.is_none());
        seen.extend(read.lines.into_iter().map(|line| line.id));
        refused(&site.visitor()).await;
        cursor = read.older;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, before);
    // A page that ends with the last line has no next one.
    let last = page(&ctx, None, Some(&before[before.len() - PAGE_LINES - 1])).await.unwrap();
    assert_eq!((last.lines.len(), last.older), (PAGE_LINES, None));
}

/// A cursor is compared with one's own lines, whichever member's it is.
#[rstest]
#[tokio::test]
async fn another_members_cursor_shows_nothing_of_theirs(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let mine = site.member(ADDRESS).await;
    site.wait(1_000);
    let theirs = site.member("taro@example.jp").await;
    let (mine, theirs) = (site.ctx(&mine.token).await, site.ctx(&theirs.token).await);
    let own = all(&mine, None).await;
    let id = &all(&theirs, None).await[0].id;
    let seen = page(&mine, None, Some(id)).await.unwrap();
    assert_eq!(seen.lines, own, "only lines of one's own, those before it");
    assert_eq!(page(&theirs, None, Some(&own[0].id)).await.unwrap().lines, []);
    for forged in ["", "0", "' OR 1=1 --", "zzzz", "日本", &"f".repeat(10_000)] {
        assert_eq!(page(&mine, None, Some(forged)).await.unwrap().lines, own, "{forged:.20}");
    }
}

#[rstest]
#[tokio::test]
async fn repeated_refusals_are_folded_in_the_view_never_in_the_data(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    for n in 0..12 {
        site.wait(1_000);
        let network = if n < 8 { "198.51.100.1" } else { "203.0.113.9" };
        refused(&site.visitor_from(network)).await;
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE refusal = 'SI02'").await, 12);
    let lines = all(&site.ctx(&opened.token).await, None).await;
    let rows = fold(lines.clone());
    assert_eq!(rows.len(), 2);
    let Row::Attempts(attempts) = &rows[0] else { panic!("not folded: {:?}", rows[0]) };
    assert_eq!((attempts.count, attempts.networks, attempts.locked), (12, 2, true));
    assert_eq!(attempts.lines, lines[..lines.len() - 1]);
}

/// BA-06: what the policy does not show, no address shows.
#[tokio::test]
async fn another_policy_does_not_show_it() {
    let site = TestApp::new(Database::Sqlite, &[("policy.history.shown", "last_sign_in")]).await;
    let opened = site.member(ADDRESS).await;
    let asked = page(&site.ctx(&opened.token).await, None, None).await;
    assert_eq!(asked.denied(), Denied::NotOffered);
}

/// Where a site stores its history for a time only, what is older goes; by the default all of it stays (MP-85, C-13).
#[rstest]
#[case(90, 1)]
#[case(0, 2)]
#[tokio::test]
async fn mp_85_lines_are_stored_as_long_as_the_site_says(
    #[case] days: u32,
    #[case] stored: i64,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let mut site = TestApp::new(database, &[]).await;
    // No preset that can start today sets this time.
    let mut policy = (*site.app.policy).clone();
    policy.history.keep_days = days;
    site.app.policy = Arc::new(policy);
    site.member(ADDRESS).await;
    site.wait(90 * DAY_MS);
    site.signed_in(ADDRESS).await;
    site.purge().await;
    let lines = "SELECT COUNT(*) FROM audit WHERE event IN ('registered', 'sign_in')";
    assert_eq!(site.count(lines).await, stored);
}
