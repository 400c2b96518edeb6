//! 退会: a member who withdraws is erased, wholly and once (MP-91 to MP-94, MP-12, MP-20, C-11, C-13).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use account::audit::{self, Event, Line};
use account::credentials::linked;
use account::session::{self, AuthMethod, Proof, Remember, browser};
use account::{lock, mailed, notifications};
use domain::address::EmailAddress;
use domain::person::PersonForm;
use domain::sign_in::Refused as SignInRefused;
use domain::withdrawal::{Form, Receipt, Refused};
use identity::sign_in::sign_in;
use identity::withdrawal::{receipt, receipt_of, withdraw};
use identity::{
    OpenedSession, data_export, email_change, jobs, password_reset, profile, second_factor, sign_in_history,
};
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::context::{Actor, Ctx};
use platform::error::{Denied, Error};
use platform::rate_limit::{self, Subject};
use platform::rng::Random;
use platform::secret::Token;
use platform::tx::Tx;
use platform::upstream::Identity;
use rstest::rstest;
use sqlx::{Connection, Row};
use testkit::{Database, Denials, PASSWORD, Refusals, TestApp, at, changed, form, link_in};
use tokio::sync::Barrier;

use super::email_change::newest;
use super::with_passkeys::added;

const ADDRESS: &str = "Hanako.Y@example.jp";
/// The address that a full member registered with.
const FORMER: &str = "hanako@former.example.jp";
/// The address that a full member requested.
const WANTED: &str = "hanako@wanted.example.jp";
const PHONE: &str = "0312345678";
/// Their subject at a provider.
const SUBJECT: &str = "subject-of-hanako";
const NETWORK: &str = "198.51.100.77";
const BROWSER: &str = "Mozilla/5.0 (Very Own Browser)";

/// A site on which members can have everything.
pub(super) const SETTINGS: [(&str, &str); 2] =
    [("site.policy", "modern"), ("policy.profile.phone", "optional")];

pub(super) fn agreed() -> Form {
    Form { agree: Some("on".into()), t: None }
}

/// Every table with its columns.
pub(super) async fn tables(site: &TestApp) -> BTreeMap<String, Vec<String>> {
    let statement = if is_sqlite(site) {
        "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' \
         AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY m.name, c.cid"
    } else {
        "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%' ORDER BY table_name, ordinal_position"
    };
    let columns: Vec<(String, String)> =
        sqlx::query_as(statement).fetch_all(site.app.db.readers()).await.unwrap();
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in columns {
        tables.entry(table).or_default().push(column);
    }
    tables
}

pub(super) fn is_sqlite(site: &TestApp) -> bool {
    site.database_url.starts_with("sqlite:")
}

/// Every value of every table, as text: `table.column=value`.
pub(super) async fn dump(site: &TestApp) -> String {
    let mut lines = Vec::new();
    for (table, columns) in tables(site).await {
        let as_hex = |column: &String| {
            if is_sqlite(site) {
                format!("hex(CAST(\"{column}\" AS BLOB))")
            } else {
                format!("encode(convert_to(\"{column}\"::text, 'UTF8'), 'hex')")
            }
        };
        let values: Vec<String> = columns.iter().map(as_hex).collect();
        let statement = format!("SELECT {} FROM \"{table}\"", values.join(", "));
        for row in sqlx::query(safe(statement)).fetch_all(site.app.db.readers()).await.unwrap() {
            for (n, column) in columns.iter().enumerate() {
                let value: Option<String> = row.try_get(n).unwrap();
                let bytes = unhex(&value.unwrap_or_default());
                lines.push(format!("{table}.{column}={}", String::from_utf8_lossy(&bytes)));
            }
        }
    }
    lines.sort();
    lines.join("\n")
}

#[expect(clippy::disallowed_types, reason = "names of tables cannot be parameters")]
pub(super) fn safe(statement: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(statement)
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|n| u8::from_str_radix(&hex[n * 2..n * 2 + 2], 16).unwrap()).collect()
}

/// A member with everything that one can have, in a browser and on a network of their own; with what a search for them
/// would find.
pub(super) async fn full_member(site: &TestApp) -> (Ctx, Vec<String>) {
    let opened = site.member(FORMER).await;
    let confirmed = with_email_change(site, &site.ctx(&opened.token).await, ADDRESS).await;
    email_change::confirm_by_link(&site.ctx(&opened.token).await, &confirmed, "").await.unwrap();
    let ctx = changed(&site.ctx(&opened.token).await, |request| {
        (request.network, request.user_agent) = (NETWORK.into(), BROWSER.into());
        request.browser = Some(opened.browser.clone());
    });
    let stranger = ctx.clone().with_actor(Actor::Visitor);
    let me = ctx.session().unwrap().clone();
    profile::change(&ctx, &PersonForm { phone: PHONE.into(), ..form(ADDRESS).person }).await.unwrap();
    with_email_change(site, &ctx, WANTED).await;
    added(&ctx, 5).await;
    site.with_app(&opened).await;
    site.with_mail(&opened).await;
    site.with_backup_codes(&opened).await;
    // Half a sign-in, a wrong password, a trusted and a remembered browser, a linked account, an alert, a reset e-mail.
    site.half_signed_in(&stranger, ADDRESS).await;
    let wrong =
        domain::sign_in::Form { email: ADDRESS.into(), password: "wrong".into(), ..Default::default() };
    assert_eq!(sign_in(&stranger, &wrong, None).await.refusals(), [SignInRefused::NotAccepted]);
    let mut tx = Tx::begin(&stranger).await.unwrap();
    let account = lock::lock_existing(&mut tx, &me.member_id).await.unwrap();
    browser::trust(&mut tx, &account).await.unwrap();
    let proof = Proof::of(AuthMethod::Password, tx.now());
    session::open(&mut tx, &account, &[proof], Remember::Begin).await.unwrap();
    assert!(linked::insert(&mut tx, &account, &me.session_id, &linked_identity()).await.unwrap());
    let in_session = Some(me.session_id.as_str());
    notifications::notify(&mut tx, &me.member_id, Event::NewBrowser, in_session).await.unwrap();
    tx.commit().await.unwrap();
    let form = domain::password_reset::Form { email: ADDRESS.into(), ..Default::default() };
    password_reset::request(&stranger, &form, &site.app.rng.token()).await.unwrap();
    data_export::request(&site.ctx(&opened.token).await).await.unwrap();
    jobs::build_exports(&site.app, || false).await.unwrap();
    site.wait(MINUTE_MS);
    (ctx, traces(site, &opened, &me.member_id).await)
}

/// Requests another address; returns the link that confirms it.
async fn with_email_change(site: &TestApp, ctx: &Ctx, new: &str) -> Token {
    email_change::start(ctx, new).await.unwrap();
    link_in(&newest(site, new, "/account/email/confirm?t=").await)
}

/// An account of a provider.
fn linked_identity() -> Identity {
    Identity {
        provider: "google".into(),
        subject: SUBJECT.into(),
        family_name: "山田".into(),
        given_name: "花子".into(),
        email: None,
        email_verified: false,
    }
}

/// What names the member, or is theirs alone.
async fn traces(site: &TestApp, opened: &OpenedSession, member_id: &str) -> Vec<String> {
    let db = site.app.db.readers();
    let hash: String = sqlx::query_scalar("SELECT hash FROM member_password").fetch_one(db).await.unwrap();
    let credential: String =
        sqlx::query_scalar("SELECT credential_id FROM passkey").fetch_one(db).await.unwrap();
    let mac = |address| mailed::recipient(&site.app.site_key, &EmailAddress::parse(address).unwrap());
    [
        "山田",
        "花子",
        "ヤマダ",
        "ハナコ",
        "1990-04-01",
        ADDRESS,
        "hanako.y@example.jp",
        FORMER,
        PHONE,
        SUBJECT,
        NETWORK,
        BROWSER,
        "192.0.2.7",
        "Mozilla/5.0 (test)",
        &hash,
        &credential,
        &opened.session_id,
        member_id,
        &opened.token.digest(),
        &opened.browser.digest(),
        &mac(ADDRESS),
        &mac(FORMER),
        &mac(WANTED),
    ]
    .map(str::to_owned)
    .to_vec()
}

/// After a withdrawal, a dump of the database is searched for the member: nothing is found.
#[rstest]
#[tokio::test]
async fn mp_92_nothing_of_the_member_is_left_in_the_database(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &SETTINGS).await;
    let (ctx, traces) = full_member(&site).await;
    let before = dump(&site).await;
    for trace in &traces {
        assert!(before.contains(trace.as_str()), "the search would not find {trace}");
    }
    for table in [
        "identifier.key=hanako@former",
        "contact.",
        "linked_account.",
        "address_change.",
        "member_password.",
        "passkey.",
        "authenticator_app.",
        "backup_code.",
        "data_export_chunk.",
        "session_proof.",
        "sign_in_attempt.",
        "remembered_browser.",
        "member_browser.",
        "lockout.",
        "rate_limit.",
        "mailed_proof.purpose=registration",
        "mailed_proof.purpose=password_reset",
        "mailed_proof.purpose=alert",
        "mailed_proof.purpose=mail_codes",
        "mailed_proof.purpose=email_change",
        "mailed_proof.purpose=email_change_stop",
        "mailed_proof.purpose=email_change_undo",
    ] {
        assert!(before.contains(table), "the member has something in {table}");
    }
    let receipt = withdraw(&ctx, &agreed()).await.unwrap();
    site.wait(3 * MINUTE_MS);
    site.purge().await;

    let after = dump(&site).await;
    for trace in &traces {
        assert!(!after.contains(trace.as_str()), "{trace} is still there:\n{after}");
    }
    assert!(after.contains(receipt.as_str()));
    for table in [
        "member",
        "identifier",
        "contact",
        "linked_account",
        "address_change",
        "session",
        "session_proof",
        "passkey",
        "mailed_proof",
        "sign_in_attempt",
        "data_export",
        "data_export_chunk",
        "lockout",
        "withdrawn_member",
    ] {
        assert!(!after.contains(&format!("{table}.")), "{table} is empty");
    }
    if database == Database::Sqlite {
        let path = site.folder.join("tegata.db");
        let mut own = sqlx::AnyConnection::connect(&site.database_url).await.unwrap();
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

/// C-13: what happened stays, who it was does not; other members' lines are not touched.
#[rstest]
#[tokio::test]
async fn c_13_the_history_is_anonymised(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let other = site.member("taro@example.jp").await;
    site.signed_in(ADDRESS).await;
    let lines = site.count("SELECT COUNT(*) FROM audit").await;
    withdraw(&site.ctx(&opened.token).await, &agreed()).await.unwrap();
    assert_eq!(site.count("SELECT COUNT(*) FROM audit").await, lines + 1, "and the withdrawal itself");
    let anonymous = site
        .count(
            "SELECT COUNT(*) FROM audit WHERE member_id IS NULL AND session_id IS NULL AND browser_id IS NULL \
             AND network = '' AND browser = '' AND actor_id IS NULL AND reason IS NULL AND request_id IS NULL \
             AND event IN ('registered', 'sign_in', 'withdrawn') AND at > 0",
        )
        .await;
    assert_eq!(anonymous, 3);
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE method = 'password'").await, 1);
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE member_id IS NOT NULL AND network <> ''").await,
        1
    );
    assert!(site.is_open(&other.token).await);
}

/// A request that was still running writes a line after its member withdrew: it is anonymised a moment later.
#[rstest]
#[tokio::test]
async fn c_13_a_line_that_comes_late_is_anonymised_too(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    let me = ctx.session().unwrap();
    withdraw(&ctx, &agreed()).await.unwrap();
    let mut tx = Tx::begin(&ctx).await.unwrap();
    let line = Line::of(&me.member_id, Event::Reauthenticated).within(me.session_id.as_str());
    audit::write(&mut tx, line).await.unwrap();
    let subject = Subject::Member(&me.member_id);
    rate_limit::try_acquire(&mut tx, "code-email", subject, 3, DAY_MS).await.unwrap();
    tx.commit().await.unwrap();
    site.wait(2 * MINUTE_MS);
    site.purge().await;
    let left = dump(&site).await;
    assert!(
        !left.contains(&me.member_id) && !left.contains(&me.session_id) && !left.contains("192.0.2.7"),
        "{left}"
    );
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'reauthenticated'").await, 1);
}

#[rstest]
#[tokio::test]
async fn mp_93_the_farewell_email_says_that_it_is_final(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let number = withdraw(&site.ctx(&opened.token).await, &agreed()).await.unwrap();
    let email = site.newest_email().await;
    assert_eq!(email.to, ADDRESS);
    for said in [number.as_str(), "山田 花子 様", "復元はできません", "新規登録"] {
        assert!(email.text.contains(said), "{said}: {}", email.text);
    }
    assert!(!email.text.contains("?t="), "it has no link");
    let visitor = site.visitor();
    let shown = receipt(&visitor, &number.as_str().to_lowercase().replace('-', "")).await.unwrap();
    assert_eq!(shown, Some(number));
    for made_up in ["", "x", "0000-0000-0000", "' OR 1=1 --"] {
        assert_eq!(receipt(&visitor, made_up).await.unwrap(), None, "{made_up}");
    }
}

/// MP-12, MP-20: the address is free at once; the new account has nothing of the old one.
#[rstest]
#[tokio::test]
async fn mp_12_registering_again_is_a_new_account(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    site.with_app(&opened).await;
    let old = site.ctx(&opened.token).await;
    withdraw(&old, &agreed()).await.unwrap();
    assert!(!site.is_open(&opened.token).await, "signed out everywhere");
    let refused = site.sign_in_with(ADDRESS, PASSWORD).await.unwrap_err();
    assert_eq!(refused, [SignInRefused::NotAccepted], "like an unknown address");

    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    assert_ne!(ctx.session().unwrap().member_id, old.session().unwrap().member_id);
    let history = sign_in_history::page(&ctx, None, None).await.unwrap();
    assert_eq!(history.lines.len(), 1, "only its own registration");
    assert!(!second_factor::mine(&ctx).await.unwrap().switched_on);
    assert_eq!(site.count("SELECT COUNT(*) FROM member").await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_fifty_presses_at_once_are_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    let page = || Form { t: Some(site.app.rng.token().expose().to_owned()), ..agreed() };
    let form = page();
    let processes =
        [site.another_process(1).await, site.another_process(2).await, site.another_process(3).await];
    let start = Arc::new(Barrier::new(50));
    let presses: Vec<_> = (0..50)
        .map(|n| {
            let (ctx, form, start) = (at(&processes[n % 3], &ctx), form.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                withdraw(&ctx, &form).await
            })
        })
        .collect();
    let mut done = 0;
    for press in presses {
        match press.await.unwrap() {
            Ok(_) => done += 1,
            // A late request finds no session.
            Err(Error::Denied(denied)) => assert_eq!(denied, Denied::SignIn),
            Err(Error::Failed(failure)) => assert!(failure.is_transient(), "{failure}"),
            Err(Error::Refused(refused)) => unreachable!("{refused:?}"),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM withdrawal").await, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM outbox WHERE kind = 'farewell'").await, 1);
    let visitor = site.visitor();
    let number = receipt_of(&visitor, &form).await.unwrap().unwrap();
    let shown = receipt(&visitor, number.as_str()).await.unwrap();
    assert_eq!(shown, Some(number), "the late request finds the number");
    assert_eq!(receipt_of(&visitor, &page()).await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn mp_91_only_the_member_only_fresh_only_with_the_tick(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    let unticked = withdraw(&ctx, &Form::default()).await;
    assert_eq!(unticked.refusals(), [Refused::NotAgreed]);
    assert_eq!(withdraw(&site.visitor(), &agreed()).await.denied(), Denied::SignIn);
    site.wait(10 * MINUTE_MS);
    assert_eq!(withdraw(&ctx, &agreed()).await.denied(), Denied::StepUp);
    assert_eq!(site.count("SELECT COUNT(*) FROM member").await, 1);
}

#[test]
fn no_two_receipts_are_alike() {
    let rng = Random::seeded(1);
    let made: BTreeSet<_> =
        (0..1_000).map(|_| Receipt::from_bytes(rng.bytes::<32>()).as_str().to_owned()).collect();
    assert_eq!(made.len(), 1_000);
}
