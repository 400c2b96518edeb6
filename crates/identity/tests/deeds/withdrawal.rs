//! 退会: who leaves is gone, wholly and once (MP-91 to MP-94, MP-12, MP-20, C-11, C-13).

use std::fmt::Write as _;
use std::sync::Arc;

use domain::sign_in::Refused as SignInRefused;
use domain::withdrawal::{Form, Receipt, Refused};
use identity::audit::{self, Event, Line};
use identity::caller::Caller;
use identity::clock::{DAY_MS, MINUTE_MS};
use identity::fault::Fault;
use identity::limits::{self, Of};
use identity::sign_in::sign_in;
use identity::testing::{Base, Bed, PASSWORD};
use identity::withdrawal::{receipt, receipt_of, withdraw};
use identity::{jobs, my_data};
use rstest::rstest;
use sqlx::{Connection, Row};
use tokio::sync::Barrier;

use super::with_passkeys::added;

const ADDRESS: &str = "Hanako.Y@example.jp";
const NETWORK: &str = "198.51.100.77";
const BROWSER: &str = "Mozilla/5.0 (Very Own Browser)";

pub(super) fn agreed() -> Form {
    Form { agree: Some("on".into()), t: None }
}

/// Every column of every table.
pub(super) async fn columns(bed: &Bed) -> Vec<(String, String)> {
    let statement = if bed.database_url.starts_with("sqlite:") {
        "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' \
         AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY m.name, c.cid"
    } else {
        "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%' ORDER BY table_name, ordinal_position"
    };
    sqlx::query_as(statement).fetch_all(bed.desk.db.readers()).await.unwrap()
}

/// Every table with all its columns, as text.
pub(super) async fn dump(bed: &Bed) -> String {
    let db = bed.desk.db.readers();
    let sqlite = bed.database_url.starts_with("sqlite:");
    let mut text = String::new();
    for (table, column) in columns(bed).await {
        let hex = if sqlite {
            format!("hex(CAST(\"{column}\" AS BLOB))")
        } else {
            format!("encode(convert_to(\"{column}\"::text, 'UTF8'), 'hex')")
        };
        let rows = sqlx::query(safe(format!("SELECT {hex} FROM \"{table}\" ORDER BY 1")))
            .fetch_all(db)
            .await
            .unwrap();
        for row in rows {
            let value: Option<String> = row.try_get(0).unwrap();
            let bytes = unhex(&value.unwrap_or_default());
            let _ = writeln!(text, "{table}.{column}={}", String::from_utf8_lossy(&bytes));
        }
    }
    text
}

#[expect(clippy::disallowed_types, reason = "names of tables cannot be parameters")]
pub(super) fn safe(statement: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(statement)
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|n| u8::from_str_radix(&hex[n * 2..n * 2 + 2], 16).unwrap()).collect()
}

/// A member with everything that one can have, in a browser and on a network of their own.
pub(super) async fn full_member(bed: &Bed) -> (Caller, Vec<String>) {
    let opened = bed.member(ADDRESS).await;
    let mut caller = bed.caller(&opened.token).await;
    (caller.network, caller.browser, caller.device) =
        (NETWORK.into(), BROWSER.into(), Some(opened.device.clone()));
    added(bed, &caller, 5).await;
    bed.with_app(&opened).await;
    bed.with_mail(&opened).await;
    bed.with_backup_codes(&opened).await;
    // Half a sign-in, a wrong password, a trusted and a remembered browser, an alert, a reset letter.
    bed.half_signed_in(&caller, ADDRESS).await;
    let wrong =
        domain::sign_in::Form { email: ADDRESS.into(), password: "wrong".into(), ..Default::default() };
    let mut stranger = caller.clone();
    stranger.current = None;
    let _ = sign_in(&bed.desk, &stranger, &wrong).await.unwrap();
    let mut work = bed.desk.work(&caller).await.unwrap();
    let me = caller.current.clone().unwrap();
    identity::session::trust(&mut work, &me.member_id).await.unwrap();
    let remember = identity::session::Remember::Begin;
    identity::session::open(&mut work, &me.member_id, identity::session::ProvenBy::Password, None, remember)
        .await
        .unwrap();
    identity::alerts::tell(
        &mut work,
        &me.member_id,
        identity::alerts::Told::NewBrowser,
        Some(&me.session_id),
    )
    .await
    .unwrap();
    identity::password_reset::issue(&mut work, &me.member_id).await.unwrap();
    work.finish().await.unwrap();
    my_data::ask(&bed.desk, &bed.caller(&opened.token).await).await.unwrap().unwrap();
    my_data::build_due(&bed.desk).await.unwrap();
    let hash: String = sqlx::query_scalar("SELECT hash FROM member_password")
        .fetch_one(bed.desk.db.readers())
        .await
        .unwrap();
    let traces =
        ["山田", "花子", "ヤマダ", "ハナコ", "1990-04-01", ADDRESS, "hanako.y@example.jp", NETWORK, BROWSER];
    let mut traces: Vec<String> = traces.iter().map(|trace| (*trace).to_owned()).collect();
    let credential: String = sqlx::query_scalar("SELECT credential_id FROM passkey")
        .fetch_one(bed.desk.db.readers())
        .await
        .unwrap();
    traces.extend([
        hash,
        credential,
        "192.0.2.7".into(),
        "Mozilla/5.0 (test)".into(),
        me.session_id,
        me.member_id,
    ]);
    traces.extend(opened_digests(&opened));
    bed.wait(MINUTE_MS);
    (caller, traces)
}

fn opened_digests(opened: &identity::session::Opened) -> [String; 2] {
    [opened.token.digest(), opened.device.digest()]
}

/// "After a withdrawal, a dump of the database searched for the member": nothing.
#[rstest]
#[tokio::test]
async fn mp_92_nothing_of_the_member_is_left_in_the_database(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let (caller, traces) = full_member(&bed).await;
    let before = dump(&bed).await;
    for trace in &traces {
        assert!(before.contains(trace.as_str()), "the search would not find {trace}");
    }
    for table in [
        "member_password",
        "passkey",
        "authenticator_app",
        "backup_code",
        "alert",
        "password_reset",
        "data_export_chunk",
        "pending_sign_in",
        "mail_code",
        "remembered_browser",
        "member_browser",
        "registration",
        "lockout",
        "counter",
    ] {
        assert!(before.contains(&format!("{table}.")), "the member has something in {table}");
    }
    let receipt = withdraw(&bed.desk, &caller, &agreed()).await.unwrap().unwrap();
    bed.wait(3 * MINUTE_MS);
    jobs::purge(&bed.desk).await.unwrap();

    let after = dump(&bed).await;
    for trace in &traces {
        assert!(!after.contains(trace.as_str()), "{trace} is still there:\n{after}");
    }
    assert!(after.contains(receipt.as_str()));
    for table in [
        "member",
        "session",
        "passkey",
        "alert",
        "data_export",
        "data_export_chunk",
        "registration",
        "lockout",
        "withdrawn_member",
    ] {
        assert!(!after.contains(&format!("{table}.")), "{table} is empty");
    }
    if base == Base::Sqlite {
        let path = bed.folder.join("tegata.db");
        let mut own = sqlx::AnyConnection::connect(&bed.database_url).await.unwrap();
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut own).await.unwrap();
        for file in [path.clone(), path.with_extension("db-wal")] {
            let bytes = std::fs::read(&file).unwrap_or_default();
            for trace in &traces {
                let found = bytes.windows(trace.len()).any(|window| window == trace.as_bytes());
                assert!(!found, "{trace} lies in {}", file.display());
            }
        }
    }
}

/// C-13: what happened stays, who it was does not; others' lines are not touched.
#[rstest]
#[tokio::test]
async fn c_13_the_history_is_nobodys(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let other = bed.member("taro@example.jp").await;
    bed.signed_in(ADDRESS).await;
    let lines = bed.count("SELECT COUNT(*) FROM audit").await;
    withdraw(&bed.desk, &bed.caller(&opened.token).await, &agreed()).await.unwrap().unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit").await, lines + 1, "and the leaving itself");
    let anonymous = bed
        .count("SELECT COUNT(*) FROM audit WHERE member_id IS NULL AND session_id IS NULL AND browser_id IS NULL AND network = '' AND browser = '' AND event IN ('registered', 'sign_in', 'withdrawn') AND at > 0")
        .await;
    assert_eq!(anonymous, 3);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE method = 'password'").await, 1);
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM audit WHERE member_id IS NOT NULL AND network <> ''").await,
        1
    );
    assert!(bed.caller(&other.token).await.current.is_some());
}

/// A request that was under way writes a line after its member left: swept a moment later.
#[rstest]
#[tokio::test]
async fn c_13_a_line_that_comes_late_is_nobodys_too(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let me = caller.current.clone().unwrap();
    withdraw(&bed.desk, &caller, &agreed()).await.unwrap().unwrap();
    let mut work = bed.desk.work(&caller).await.unwrap();
    audit::write(&mut work, Line::of(&me.member_id, Event::Confirmed).within(&me.session_id)).await.unwrap();
    limits::take(&mut work, "mail-code", Of::Member(&me.member_id), 3, DAY_MS).await.unwrap();
    work.finish().await.unwrap();
    bed.wait(2 * MINUTE_MS);
    jobs::purge(&bed.desk).await.unwrap();
    let left = dump(&bed).await;
    assert!(
        !left.contains(&me.member_id) && !left.contains(&me.session_id) && !left.contains("192.0.2.7"),
        "{left}"
    );
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'confirmed'").await, 1);
}

#[rstest]
#[tokio::test]
async fn mp_93_the_farewell_letter_says_that_it_is_final(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let number = withdraw(&bed.desk, &bed.caller(&opened.token).await, &agreed()).await.unwrap().unwrap();
    let letter = bed.letters().await.pop().unwrap();
    assert_eq!(letter.to, ADDRESS);
    for said in [number.as_str(), "山田 花子 様", "復元はできません", "新規登録"] {
        assert!(letter.text.contains(said), "{said}: {}", letter.text);
    }
    assert!(!letter.text.contains("?t="), "nothing to press any more");
    let shown = receipt(&bed.desk, &number.as_str().to_lowercase().replace('-', "")).await.unwrap();
    assert_eq!(shown, Some(number));
    for made_up in ["", "x", "0000-0000-0000", "' OR 1=1 --"] {
        assert_eq!(receipt(&bed.desk, made_up).await.unwrap(), None, "{made_up}");
    }
}

/// MP-12, MP-20: the address is free at once; the new account has nothing of the old one.
#[rstest]
#[tokio::test]
async fn mp_12_registering_again_is_a_new_account(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    bed.with_app(&opened).await;
    let old = bed.caller(&opened.token).await;
    withdraw(&bed.desk, &old, &agreed()).await.unwrap().unwrap();
    assert!(bed.caller(&opened.token).await.current.is_none(), "signed out everywhere");
    let typed =
        domain::sign_in::Form { email: ADDRESS.into(), password: PASSWORD.into(), ..Default::default() };
    let refused = sign_in(&bed.desk, &bed.visitor(), &typed).await.unwrap().unwrap_err();
    assert_eq!(refused, [SignInRefused::NotAccepted], "as an address that nobody has");

    let again = bed.member(ADDRESS).await;
    let caller = bed.caller(&again.token).await;
    let (new, old) = (caller.current.clone().unwrap(), old.current.unwrap());
    assert_ne!(new.member_id, old.member_id);
    let history = identity::sign_in_history::page(&bed.desk, &caller, None, None).await.unwrap();
    assert_eq!(history.lines.len(), 1, "only its own registration");
    assert!(!identity::second_factor::mine(&bed.desk, &caller).await.unwrap().switched_on);
    assert_eq!(bed.count("SELECT COUNT(*) FROM member").await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_fifty_presses_at_once_are_one(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let form = Form { t: Some(bed.desk.random.token().expose().to_owned()), ..agreed() };
    let desks = [bed.another_desk(1).await, bed.another_desk(2).await, bed.another_desk(3).await];
    let start = Arc::new(Barrier::new(50));
    let presses: Vec<_> = (0..50)
        .map(|n| {
            let (desk, caller, form, start) =
                (desks[n % 3].clone(), caller.clone(), form.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                withdraw(&desk, &caller, &form).await
            })
        })
        .collect();
    let mut done = 0;
    for press in presses {
        match press.await.unwrap() {
            Ok(Ok(_)) => done += 1,
            Ok(Err(refused)) => unreachable!("{refused:?}"),
            Err(fault) => assert!(fault.passes() || matches!(fault, Fault::SignInFirst), "{fault}"),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM withdrawal").await, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM outbox WHERE kind = 'farewell'").await, 1);
    let number = receipt_of(&bed.desk, &form).await.unwrap().unwrap();
    assert_eq!(
        receipt(&bed.desk, number.as_str()).await.unwrap(),
        Some(number),
        "the late press finds the number"
    );
    let other = Form { t: Some(bed.desk.random.token().expose().to_owned()), ..agreed() };
    assert_eq!(receipt_of(&bed.desk, &other).await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn mp_91_only_the_member_only_fresh_only_with_the_tick(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let unticked = withdraw(&bed.desk, &caller, &Form::default()).await.unwrap();
    assert_eq!(unticked, Err(vec![Refused::NotAgreed]));
    let nobody = withdraw(&bed.desk, &bed.visitor(), &agreed()).await;
    assert!(matches!(nobody, Err(Fault::SignInFirst)));
    bed.wait(10 * MINUTE_MS);
    let stale = withdraw(&bed.desk, &caller, &agreed()).await;
    assert!(matches!(stale, Err(Fault::ProveFirst)));
    assert_eq!(bed.count("SELECT COUNT(*) FROM member").await, 1);
}

/// MD-02: where the contract's holder ends accounts, the member does not.
#[rstest]
#[tokio::test]
async fn md_02_not_where_the_policy_gives_it_to_others(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[("policy.withdrawal.by", "contract_holder")]).await;
    let opened = bed.member(ADDRESS).await;
    let refused = withdraw(&bed.desk, &bed.caller(&opened.token).await, &agreed()).await;
    assert!(matches!(refused, Err(Fault::NotOffered)));
    assert_eq!(bed.count("SELECT COUNT(*) FROM member").await, 1);
}

#[test]
fn receipts_are_no_two_alike() {
    let random = identity::random::Random::seeded(1);
    let made: std::collections::BTreeSet<_> =
        (0..1_000).map(|_| Receipt::from_bytes(random.bytes::<32>()).as_str().to_owned()).collect();
    assert_eq!(made.len(), 1_000);
}
