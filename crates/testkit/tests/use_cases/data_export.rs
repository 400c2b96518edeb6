//! マイデータ: everything stored about a member, built once, removed after a day (GDPR 15 and 20 in spirit, ASVS 14.2.7).

use std::collections::BTreeSet;

use account::audit::{self, Event, Line};
use identity::data_export::{Chunk, Refused, State, Value, chunk, chunks, open, request, state};
use identity::jobs::build_exports;
use identity::{data_sets, withdrawal};
use platform::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::error::{Denied, Error};
use platform::tx::Tx;
use rstest::rstest;
use testkit::{Database, Denials, Refusals, TestApp, at};

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";

/// Tables with a `member_id` that the copy leaves out, and why.
const LEFT_OUT: [(&str, &str); 8] = [
    ("withdrawn_member", "there is no such member any more"),
    ("password_reset", CARRIED_OVER),
    ("temporary_password", CARRIED_OVER),
    ("mail_code", CARRIED_OVER),
    ("alert", CARRIED_OVER),
    ("pending_sign_in", CARRIED_OVER),
    ("email_change", CARRIED_OVER),
    ("reserved_address", CARRIED_OVER),
];
const CARRIED_OVER: &str = "of the release before: what is of use was carried over, and is in the copy there";

/// A member, signed in.
async fn member(site: &TestApp) -> Ctx {
    site.ctx(&site.member(ADDRESS).await.token).await
}

/// The whole copy of a member.
async fn all(ctx: &Ctx) -> Vec<Chunk> {
    let export = open(ctx).await.unwrap().unwrap();
    let mut found = Vec::new();
    for index in 0..chunks(ctx, &export).await.unwrap() {
        found.push(chunk(ctx, &export, index).await.unwrap().unwrap());
    }
    found
}

/// Requests a copy and builds it.
async fn built(site: &TestApp, ctx: &Ctx) {
    request(ctx).await.unwrap();
    assert_eq!(build_exports(&site.app, || false).await.unwrap(), 1);
}

#[rstest]
#[tokio::test]
async fn every_table_of_a_member_is_in_the_copy_or_left_out_for_a_reason(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let statement = match database {
        Database::Sqlite => {
            "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND c.name = 'member_id'"
        }
        Database::Postgres => {
            "SELECT table_name::text FROM information_schema.columns \
             WHERE table_schema = 'public' AND column_name = 'member_id'"
        }
    };
    let tables: Vec<String> = sqlx::query_scalar(statement).fetch_all(site.app.db.readers()).await.unwrap();
    assert!(tables.len() > 10, "{tables:?}");
    for table in tables {
        let exported = data_sets().any(|data_set| data_set.table == table && data_set.export.is_some());
        let left_out = LEFT_OUT.iter().any(|(name, _)| *name == table);
        assert!(exported != left_out, "{table}: in the copy, or left out for a reason");
    }
}

#[rstest]
#[tokio::test]
async fn the_copy_holds_everything_and_no_secret(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.policy", "modern")]).await;
    let opened = site.member(ADDRESS).await;
    super::with_passkeys::added(&site.ctx(&opened.token).await, 5).await;
    site.with_app(&opened).await;
    site.with_backup_codes(&opened).await;
    site.half_signed_in(&site.visitor(), ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    request(&ctx).await.unwrap();
    assert_eq!(state(&ctx).await.unwrap(), State::Building);
    assert!(open(&ctx).await.unwrap().is_none());
    assert_eq!(build_exports(&site.app, || false).await.unwrap(), 1);
    let now = site.now();
    let ready = State::Ready { ready_at: now, expires_at: now + DAY_MS };
    assert_eq!(state(&ctx).await.unwrap(), ready);

    let copy = all(&ctx).await;
    let tables: BTreeSet<_> = copy.iter().map(|chunk| chunk.table.as_str()).collect();
    for table in [
        "member",
        "identifier",
        "member_password",
        "member_second_step",
        "authenticator_app",
        "passkey",
        "backup_code",
        "session",
        "session_proof",
        "member_browser",
        "audit",
        "mailed_proof",
        "sign_in_attempt",
        "data_export",
    ] {
        assert!(tables.contains(table), "{table}: {tables:?}");
    }
    let text = serde_json::to_string(&copy).unwrap();
    for said in [ADDRESS, "山田", "ハナコ", "1990-04-01", "App", "192.0.2.7", "\"alert\""] {
        assert!(text.contains(said), "{said}");
    }
    for column in [
        "hash",
        "seed",
        "code_mac",
        "credential_id",
        "token_hash",
        "link_hash",
        "code_hash",
        "sealed",
        "recipient",
        "member_id",
        "key",
    ] {
        assert!(copy.iter().all(|chunk| chunk.page.names.iter().all(|name| name != column)), "{column}");
    }
    // Of a credential, only a session's proofs show anything: the id in our own table.
    let shows_credential = |chunk: &&Chunk| chunk.page.names.iter().any(|name| name == "credential");
    assert!(copy.iter().filter(shows_credential).all(|chunk| chunk.table == "session_proof"));
    for secret in [
        "SELECT hash FROM member_password",
        "SELECT credential_id FROM passkey",
        "SELECT credential FROM passkey",
        "SELECT MIN(code_mac) FROM backup_code",
        "SELECT MIN(token_hash) FROM sign_in_attempt",
        "SELECT MIN(link_hash) FROM mailed_proof",
        "SELECT MIN(code_hash) FROM mailed_proof",
    ] {
        let secret: String = sqlx::query_scalar(secret).fetch_one(site.app.db.readers()).await.unwrap();
        let as_json = serde_json::to_string(&secret).unwrap();
        assert!(!text.contains(as_json.trim_matches('"')), "{secret}");
    }
    assert!(!text.contains("argon2") && !text.contains(&opened.token.digest()));
    let profile = &copy[0].page;
    let created = profile.names.iter().position(|name| name == "created_at").unwrap();
    assert!(matches!(profile.rows[0][created], Value::Moment(_)));
    let email = site.newest_email().await;
    assert!(
        email.to == ADDRESS && email.text.contains("/account/data") && !email.text.contains("1990"),
        "{}",
        email.text
    );
    let lines =
        "SELECT COUNT(*) FROM audit WHERE event IN ('data_export_requested', 'data_export_downloaded')";
    assert_eq!(site.count(lines).await, 2);
}

/// Only the member's own rows (security.md 2.4).
#[rstest]
#[tokio::test]
async fn security_2_4_nothing_of_others_is_in_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let ctx = member(&site).await;
    let other = site.ctx(&site.member("taro@example.jp").await.token).await;
    built(&site, &ctx).await;
    let text = serde_json::to_string(&all(&ctx).await).unwrap();
    assert!(text.contains(ADDRESS) && !text.contains("taro@example.jp"));
    assert!(!text.contains(&other.session().unwrap().session_id));
    assert!(open(&other).await.unwrap().is_none());
    assert_eq!(state(&other).await.unwrap(), State::Nothing);
}

#[rstest]
#[tokio::test]
async fn a_long_history_comes_whole_and_in_chunks(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    const LINES: usize = 2_500;
    let site = TestApp::new(database, &[]).await;
    let ctx = member(&site).await;
    let mut tx = Tx::begin(&ctx).await.unwrap();
    for _ in 0..LINES {
        audit::write(&mut tx, Line::of(&ctx.session().unwrap().member_id, Event::SignIn)).await.unwrap();
    }
    tx.commit().await.unwrap();
    built(&site, &ctx).await;
    let copy = all(&ctx).await;
    let history: Vec<_> = copy.iter().filter(|chunk| chunk.table == "audit").collect();
    assert_eq!(history.len(), 3);
    assert_eq!(
        history.iter().map(|chunk| chunk.page.rows.len()).sum::<usize>(),
        LINES + 2,
        "registered, requested"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_asked_twice_and_built_by_three_it_is_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let ctx = member(&site).await;
    let refused = successes(&site, |app, _| {
        let ctx = at(&app, &ctx);
        // Counts refusals.
        async move {
            match request(&ctx).await {
                Ok(()) => Err(Error::Refused(Vec::new())),
                Err(Error::Refused(reasons)) => Ok(reasons),
                Err(other) => Err(other),
            }
        }
    })
    .await;
    assert_eq!(refused, 0, "a second request is not refused");
    assert_eq!(site.count("SELECT COUNT(*) FROM data_export").await, 1);
    let mut builders = Vec::new();
    for seed in 1..=3 {
        let app = site.another_process(seed).await;
        builders.push(tokio::spawn(async move { build_exports(&app, || false).await }));
    }
    let mut built = 0;
    for each in builders {
        built += each.await.unwrap().unwrap();
    }
    assert_eq!(built, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM outbox WHERE kind = 'data_ready'").await, 1);
    assert_eq!(site.count("SELECT taken FROM rate_limit WHERE what = 'data-export'").await, 1);
}

/// A process that dies leaves a lease that expires; the next one begins again.
#[rstest]
#[tokio::test]
async fn a_copy_whose_builder_died_is_built_by_another(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let ctx = member(&site).await;
    request(&ctx).await.unwrap();
    // A process claimed it a moment ago, and died during its first chunk.
    let mut tx = Tx::begin(&ctx).await.unwrap();
    sqlx::query("UPDATE job SET leased_until = $1 WHERE kind = 'data_export'")
        .bind(site.now() + MINUTE_MS)
        .execute(tx.conn())
        .await
        .unwrap();
    sqlx::query("INSERT INTO data_export_chunk (export_id, place, sealed) SELECT id, 0, $1 FROM data_export")
        .bind(vec![0_u8; 9])
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(build_exports(&site.app, || false).await.unwrap(), 0, "it may still be alive");
    site.wait(MINUTE_MS);
    assert_eq!(build_exports(&site.app, || false).await.unwrap(), 1);
    let copy = all(&ctx).await;
    assert_eq!(copy.iter().filter(|chunk| chunk.table == "member").count(), 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM outbox WHERE kind = 'data_ready'").await, 1);
}

#[rstest]
#[tokio::test]
async fn it_is_gone_after_a_day_and_with_the_member(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let ctx = member(&site).await;
    built(&site, &ctx).await;
    site.wait(DAY_MS);
    let ctx = site.ctx(&site.signed_in(ADDRESS).await.token).await;
    assert_eq!(state(&ctx).await.unwrap(), State::Nothing);
    assert!(open(&ctx).await.unwrap().is_none());
    site.purge().await;
    assert_eq!(site.count("SELECT COUNT(*) FROM data_export_chunk").await, 0);

    built(&site, &ctx).await;
    let export = open(&ctx).await.unwrap().unwrap();
    let form = domain::withdrawal::Form { agree: Some("on".into()), t: None };
    withdrawal::withdraw(&ctx, &form).await.unwrap();
    assert!(chunk(&ctx, &export, 0).await.unwrap().is_none(), "a download that was begun ends");
    assert_eq!(site.count("SELECT COUNT(*) FROM data_export").await, 0);
}

#[rstest]
#[tokio::test]
async fn only_with_a_fresh_authentication_and_three_times_a_day(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let ctx = member(&site).await;
    for _ in 0..3 {
        built(&site, &ctx).await;
    }
    assert_eq!(request(&ctx).await.refusals(), [Refused::TooMany]);
    assert!(open(&ctx).await.unwrap().is_some(), "the last one stays");
    site.wait(HOUR_MS);
    for denied in [request(&ctx).await.denied(), open(&ctx).await.denied(), state(&ctx).await.denied()] {
        assert_eq!(denied, Denied::StepUp);
    }
    assert_eq!(request(&site.visitor()).await.denied(), Denied::SignIn);
}
