//! ログイン履歴 (MP-85 to MP-87).

use domain::sign_in::{Form, Refused};
use identity::audit::{Event, Kind};
use identity::caller::Caller;
use identity::clock::DAY_MS;
use identity::fault::Fault;
use identity::sign_in::{sign_in, sign_out};
use identity::sign_in_history::{HistoryLine, PAGE_LINES, Row, fold, page};
use identity::testing::{Base, Bed};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";

/// All lines, as somebody sees them who goes on to the last page.
async fn all(bed: &Bed, caller: &Caller, kind: Option<Kind>) -> Vec<HistoryLine> {
    let (mut lines, mut before) = (Vec::new(), None);
    loop {
        let read = page(&bed.desk, caller, kind, before.as_deref()).await.unwrap();
        lines.extend(read.lines);
        before = read.older;
        if before.is_none() {
            return lines;
        }
    }
}

async fn refused(bed: &Bed, caller: &Caller) {
    let form = Form { email: ADDRESS.into(), password: "not the password".into(), ..Form::default() };
    assert_eq!(sign_in(&bed.desk, caller, &form).await.unwrap().unwrap_err(), [Refused::NotAccepted]);
}

fn told(lines: &[HistoryLine]) -> Vec<(Event, Option<&str>)> {
    lines.iter().filter_map(|line| Some((line.event?, line.refusal.as_deref()))).collect()
}

#[rstest]
#[tokio::test]
async fn mp_85_all_of_it_newest_first_and_nobody_elses(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let first = bed.member(ADDRESS).await;
    bed.member("taro@example.jp").await;
    bed.wait(1_000);
    refused(&bed, &bed.visitor()).await;
    sign_out(&bed.desk, &bed.caller(&first.token).await).await.unwrap();
    bed.wait(1_000);
    let caller = bed.caller(&bed.signed_in(ADDRESS).await.token).await;

    let lines = all(&bed, &caller, None).await;
    let expected = [
        (Event::SignIn, None),
        (Event::SignOut, None),
        (Event::SignIn, Some("SI02")),
        (Event::Registered, None),
    ];
    assert_eq!(told(&lines), expected);
    assert_eq!(lines[0].at, bed.desk.now());
    assert_eq!(lines[0].method.as_deref(), Some("password"));
    assert_eq!((lines[2].network.as_str(), lines[2].browser.as_str()), ("192.0.2.7", "Mozilla/5.0 (test)"));
    // The browser that asks is marked; the two before it were others.
    assert_eq!(lines.iter().map(|line| line.here).collect::<Vec<_>>(), [true, false, false, false]);

    let nobody = page(&bed.desk, &bed.visitor(), None, None).await;
    assert!(matches!(nobody, Err(Fault::SignInFirst)));
}

#[rstest]
#[tokio::test]
async fn one_kind_alone(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let first = bed.member(ADDRESS).await;
    refused(&bed, &bed.visitor()).await;
    sign_out(&bed.desk, &bed.caller(&first.token).await).await.unwrap();
    let caller = bed.caller(&bed.signed_in(ADDRESS).await.token).await;
    for (kind, expected) in [
        (Kind::SignIn, vec![(Event::SignIn, None)]),
        (Kind::Refused, vec![(Event::SignIn, Some("SI02"))]),
        (Kind::Session, vec![(Event::SignOut, None)]),
        (Kind::Security, vec![]),
        (Kind::Account, vec![(Event::Registered, None)]),
    ] {
        assert_eq!(told(&all(&bed, &caller, Some(kind)).await), expected, "{kind:?}");
    }
}

/// Every line comes once, though others are written while one reads; those are on the first page.
#[rstest]
#[tokio::test]
async fn pages_have_no_gaps_and_no_repeats(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    for _ in 0..50 {
        bed.wait(11_000);
        refused(&bed, &bed.visitor()).await;
    }
    let caller = bed.caller(&opened.token).await;
    let before: Vec<_> = all(&bed, &caller, None).await.into_iter().map(|line| line.id).collect();
    assert!(before.len() > 50 && before.is_sorted_by(|newer, older| newer > older));

    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let read = page(&bed.desk, &caller, None, cursor.as_deref()).await.unwrap();
        assert!(read.lines.len() == PAGE_LINES || read.older.is_none());
        seen.extend(read.lines.into_iter().map(|line| line.id));
        refused(&bed, &bed.visitor()).await;
        cursor = read.older;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, before);
    // A page that ends with the last line leads no further.
    let last = page(&bed.desk, &caller, None, Some(&before[before.len() - PAGE_LINES - 1])).await.unwrap();
    assert_eq!((last.lines.len(), last.older), (PAGE_LINES, None));
}

/// A cursor is compared with one's own lines, whoever's it is.
#[rstest]
#[tokio::test]
async fn somebody_elses_cursor_shows_nothing_of_theirs(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let mine = bed.member(ADDRESS).await;
    bed.wait(1_000);
    let theirs = bed.member("taro@example.jp").await;
    let (mine, theirs) = (bed.caller(&mine.token).await, bed.caller(&theirs.token).await);
    let own = all(&bed, &mine, None).await;
    let id = &all(&bed, &theirs, None).await[0].id;
    let seen = page(&bed.desk, &mine, None, Some(id)).await.unwrap();
    assert_eq!(seen.lines, own, "only lines of one's own, those before it");
    assert_eq!(page(&bed.desk, &theirs, None, Some(&own[0].id)).await.unwrap().lines, []);
    for forged in ["", "0", "' OR 1=1 --", "zzzz", "日本", &"f".repeat(10_000)] {
        assert_eq!(page(&bed.desk, &mine, None, Some(forged)).await.unwrap().lines, own, "{forged:.20}");
    }
}

#[rstest]
#[tokio::test]
async fn repeated_refusals_are_folded_in_the_view_never_in_the_data(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    for n in 0..12 {
        bed.wait(1_000);
        let network = if n < 8 { "198.51.100.1" } else { "203.0.113.9" };
        refused(&bed, &Caller { network: network.into(), ..bed.visitor() }).await;
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE refusal = 'SI02'").await, 12);
    let lines = all(&bed, &bed.caller(&opened.token).await, None).await;
    let rows = fold(lines.clone());
    assert_eq!(rows.len(), 2);
    let Row::Attempts(attempts) = &rows[0] else { panic!("not folded: {:?}", rows[0]) };
    assert_eq!((attempts.count, attempts.networks, attempts.locked), (12, 2, true));
    assert_eq!(attempts.lines, lines[..lines.len() - 1]);
}

/// BA-06, ER-16: what the policy does not show, no address shows.
#[rstest]
#[case("last_sign_in")]
#[case("on_request")]
#[tokio::test]
async fn other_policies_do_not_show_it(#[case] shown: &str) {
    let bed = Bed::new(Base::Sqlite, &[("policy.history.shown", shown)]).await;
    let opened = bed.member(ADDRESS).await;
    let asked = page(&bed.desk, &bed.caller(&opened.token).await, None, None).await;
    assert!(matches!(asked, Err(Fault::NotOffered)));
}

/// Where a site keeps its history for a time only, what is older goes; by the default all of it stays (MP-85, C-13).
#[rstest]
#[case("community", "90", 1)]
#[case("standard", "0", 2)]
#[tokio::test]
async fn mp_85_lines_are_kept_as_long_as_the_site_says(
    #[case] policy: &str,
    #[case] days: &str,
    #[case] kept: i64,
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.policy", policy), ("policy.history.keep_days", days)]).await;
    bed.member("hanako@example.jp").await;
    bed.wait(90 * DAY_MS);
    bed.signed_in("hanako@example.jp").await;
    identity::jobs::purge(&bed.desk).await.unwrap();
    let lines = "SELECT COUNT(*) FROM audit WHERE event IN ('registered', 'sign_in')";
    assert_eq!(bed.count(lines).await, kept);
}
