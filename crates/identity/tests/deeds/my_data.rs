//! マイデータ: everything held, built once, gone after a day (issue: my data; GDPR 15 and 20 in spirit, ASVS 8.3).

use std::collections::BTreeSet;

use identity::caller::Caller;
use identity::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use identity::fault::Fault;
use identity::held::Value;
use identity::my_data::{Part, Piece, Refused, State, ask, build_due, open, piece, pieces, state};
use identity::session::Opened;
use identity::testing::{Base, Bed};
use identity::{audit, jobs, withdrawal};
use rstest::rstest;

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";

/// Tables with a `member_id` that the copy leaves out, and why.
const LEFT_OUT: [(&str, &str); 2] = [
    ("withdrawn_member", "there is no such member any more"),
    ("reserved_address", "email_change tells from which address and how long the change can be undone"),
];

async fn fresh(bed: &Bed, opened: &Opened) -> Caller {
    bed.caller(&opened.token).await
}

async fn all(bed: &Bed, caller: &Caller) -> Vec<Piece> {
    let export = open(&bed.desk, caller).await.unwrap().unwrap();
    let mut found = Vec::new();
    for place in 0..pieces(&bed.desk, &export).await.unwrap() {
        found.push(piece(&bed.desk, &export, place).await.unwrap().unwrap());
    }
    found
}

#[rstest]
#[tokio::test]
async fn every_table_of_a_member_is_in_the_copy_or_left_out_for_a_reason(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let statement = match base {
        Base::Sqlite => {
            "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND c.name = 'member_id'"
        }
        Base::Postgres => {
            "SELECT table_name::text FROM information_schema.columns \
             WHERE table_schema = 'public' AND column_name = 'member_id'"
        }
    };
    let tables: Vec<String> = sqlx::query_scalar(statement).fetch_all(bed.desk.db.readers()).await.unwrap();
    assert!(tables.len() > 10, "{tables:?}");
    for table in tables {
        let told = Part::ALL.iter().any(|part| part.name() == table);
        let left_out = LEFT_OUT.iter().any(|(name, _)| *name == table);
        assert!(told != left_out, "{table}: in the copy, or left out for a reason");
    }
}

#[rstest]
#[tokio::test]
async fn the_copy_holds_everything_and_no_secret(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let opened = bed.member(ADDRESS).await;
    super::with_passkeys::added(&bed, &fresh(&bed, &opened).await, 5).await;
    bed.with_app(&opened).await;
    bed.with_backup_codes(&opened).await;
    bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    let caller = fresh(&bed, &opened).await;
    ask(&bed.desk, &caller).await.unwrap().unwrap();
    assert_eq!(state(&bed.desk, &caller).await.unwrap(), State::Building);
    assert!(open(&bed.desk, &caller).await.unwrap().is_none());
    assert_eq!(build_due(&bed.desk).await.unwrap(), 1);
    let now = bed.desk.now();
    let ready = State::Ready { ready_at: now, expires_at: now + DAY_MS };
    assert_eq!(state(&bed.desk, &caller).await.unwrap(), ready);

    let copy = all(&bed, &caller).await;
    let parts: BTreeSet<_> = copy.iter().map(|piece| piece.part.as_str()).collect();
    for part in [
        "member",
        "member_password",
        "member_second_step",
        "authenticator_app",
        "passkey",
        "backup_code",
        "session",
        "member_browser",
        "audit",
        "alert",
        "pending_sign_in",
        "data_export",
    ] {
        assert!(parts.contains(part), "{part}: {parts:?}");
    }
    let text = serde_json::to_string(&copy).unwrap();
    for said in [ADDRESS, "山田", "ハナコ", "1990-04-01", "App", "192.0.2.7"] {
        assert!(text.contains(said), "{said}");
    }
    for column in [
        "hash",
        "seed",
        "code_mac",
        "credential",
        "credential_id",
        "token_hash",
        "link_hash",
        "member_id",
        "key",
    ] {
        assert!(copy.iter().all(|piece| piece.page.names.iter().all(|name| name != column)), "{column}");
    }
    assert!(!text.contains("argon2") && !text.contains(&opened.token.digest()));
    let profile = &copy[0].page;
    let created = profile.names.iter().position(|name| name == "created_at").unwrap();
    assert!(matches!(profile.rows[0][created], Value::Moment(_)));
    let letter = bed.letters().await.pop().unwrap();
    assert!(
        letter.to == ADDRESS && letter.text.contains("/account/data") && !letter.text.contains("1990"),
        "{}",
        letter.text
    );
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event IN ('data_asked', 'data_taken')").await, 2);
}

/// Nobody's rows but one's own (security.md 2.4).
#[rstest]
#[tokio::test]
async fn security_2_4_nothing_of_others_is_in_it(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let other = bed.member("taro@example.jp").await;
    let caller = fresh(&bed, &opened).await;
    ask(&bed.desk, &caller).await.unwrap().unwrap();
    build_due(&bed.desk).await.unwrap();
    let text = serde_json::to_string(&all(&bed, &caller).await).unwrap();
    assert!(text.contains(ADDRESS) && !text.contains("taro@example.jp"));
    let theirs = fresh(&bed, &other).await;
    assert!(open(&bed.desk, &theirs).await.unwrap().is_none());
    assert_eq!(state(&bed.desk, &theirs).await.unwrap(), State::Nothing);
}

#[rstest]
#[tokio::test]
async fn a_long_history_comes_whole_and_in_pieces(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    const LINES: usize = 2_500;
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = fresh(&bed, &opened).await;
    let me = caller.current.clone().unwrap();
    let mut work = bed.desk.work(&caller).await.unwrap();
    for _ in 0..LINES {
        audit::write(&mut work, audit::Line::of(&me.member_id, audit::Event::SignIn)).await.unwrap();
    }
    work.finish().await.unwrap();
    ask(&bed.desk, &caller).await.unwrap().unwrap();
    build_due(&bed.desk).await.unwrap();
    let copy = all(&bed, &caller).await;
    let history: Vec<_> = copy.iter().filter(|piece| piece.part == "audit").collect();
    assert_eq!(history.len(), 3);
    assert_eq!(
        history.iter().map(|piece| piece.page.rows.len()).sum::<usize>(),
        LINES + 2,
        "registered, asked"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_asked_twice_and_built_by_three_it_is_one(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = fresh(&bed, &opened).await;
    let refused = successes(&bed, |desk, _| {
        let caller = caller.clone();
        async move { Ok(ask(&desk, &caller).await?.is_err()) }
    })
    .await;
    assert_eq!(refused, 0, "asking again is no mistake");
    assert_eq!(bed.count("SELECT COUNT(*) FROM data_export").await, 1);
    let mut builders = Vec::new();
    for seed in 1..=3 {
        let desk = bed.another_desk(seed).await;
        builders.push(tokio::spawn(async move { build_due(&desk).await }));
    }
    let mut built = 0;
    for each in builders {
        built += each.await.unwrap().unwrap();
    }
    assert_eq!(built, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM outbox WHERE kind = 'data_ready'").await, 1);
    assert_eq!(bed.count("SELECT taken FROM counter WHERE name LIKE 'data-export:%'").await, 1);
}

/// A builder that dies leaves a claim that ends; the next one begins anew.
#[rstest]
#[tokio::test]
async fn a_copy_whose_builder_died_is_built_by_another(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = fresh(&bed, &opened).await;
    ask(&bed.desk, &caller).await.unwrap().unwrap();
    // A builder took it a moment ago, and died over its first piece.
    let mut work = bed.desk.work(&caller).await.unwrap();
    sqlx::query("UPDATE data_export SET claimed_until = $1")
        .bind(work.now() + MINUTE_MS)
        .execute(work.conn())
        .await
        .unwrap();
    sqlx::query("INSERT INTO data_export_chunk (export_id, place, sealed) SELECT id, 0, $1 FROM data_export")
        .bind(vec![0_u8; 9])
        .execute(work.conn())
        .await
        .unwrap();
    work.finish().await.unwrap();
    assert_eq!(build_due(&bed.desk).await.unwrap(), 0, "it may still be alive");
    bed.wait(MINUTE_MS);
    assert_eq!(build_due(&bed.desk).await.unwrap(), 1);
    let copy = all(&bed, &caller).await;
    assert_eq!(copy.iter().filter(|piece| piece.part == "member").count(), 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM outbox WHERE kind = 'data_ready'").await, 1);
}

#[rstest]
#[tokio::test]
async fn it_is_gone_after_a_day_and_with_the_member(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    ask(&bed.desk, &fresh(&bed, &opened).await).await.unwrap().unwrap();
    build_due(&bed.desk).await.unwrap();
    bed.wait(DAY_MS);
    let opened = bed.signed_in(ADDRESS).await;
    let caller = fresh(&bed, &opened).await;
    assert_eq!(state(&bed.desk, &caller).await.unwrap(), State::Nothing);
    assert!(open(&bed.desk, &caller).await.unwrap().is_none());
    jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM data_export_chunk").await, 0);

    ask(&bed.desk, &caller).await.unwrap().unwrap();
    build_due(&bed.desk).await.unwrap();
    let export = open(&bed.desk, &caller).await.unwrap().unwrap();
    let form = domain::withdrawal::Form { agree: Some("on".into()), t: None };
    withdrawal::withdraw(&bed.desk, &caller, &form).await.unwrap().unwrap();
    assert!(piece(&bed.desk, &export, 0).await.unwrap().is_none(), "a download under way ends");
    assert_eq!(bed.count("SELECT COUNT(*) FROM data_export").await, 0);
}

#[rstest]
#[tokio::test]
async fn only_with_a_fresh_proof_and_three_times_a_day(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let caller = fresh(&bed, &opened).await;
    for _ in 0..3 {
        ask(&bed.desk, &caller).await.unwrap().unwrap();
        build_due(&bed.desk).await.unwrap();
    }
    assert_eq!(ask(&bed.desk, &caller).await.unwrap(), Err(vec![Refused::TooMany]));
    assert!(open(&bed.desk, &caller).await.unwrap().is_some(), "the last one stays");
    bed.wait(HOUR_MS);
    for refused in [
        ask(&bed.desk, &caller).await.err(),
        open(&bed.desk, &caller).await.err(),
        state(&bed.desk, &caller).await.err(),
    ] {
        assert!(matches!(refused, Some(Fault::ProveFirst)));
    }
    assert!(matches!(ask(&bed.desk, &bed.visitor()).await, Err(Fault::SignInFirst)));
}
