//! The process is killed (SIGKILL) during a withdrawal: it is wholly done or not begun, at whatever moment.

use std::time::Duration;

use identity::clock::Clock;
use rstest::rstest;
use testkit::{Database, TestApp};

use super::processes::{Process, Use};

/// How often a member withdraws and the process is killed.
const KILLS: u64 = 20;
/// A kill comes no later, on however slow a machine.
const LONGEST: Duration = Duration::from_secs(10);

/// The rows that a half-done withdrawal would leave inconsistent.
async fn rows(instance: &TestApp, member_id: &str) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM member WHERE id = $1",
        "SELECT COUNT(*) FROM member_password WHERE member_id = $1",
        "SELECT COUNT(*) FROM session WHERE member_id = $1",
        "SELECT COUNT(*) FROM authenticator_app WHERE member_id = $1",
        "SELECT COUNT(*) FROM member_browser WHERE member_id = $1",
        "SELECT COUNT(*) FROM audit WHERE member_id = $1",
    ] {
        counts.push(instance.count_of(sql, member_id).await);
    }
    counts
}

/// The `PostgreSQL` server finishes statements that it received before the process died: until then nothing is decided.
async fn settled(instance: &TestApp, database: Database) {
    let busy = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                AND pid <> pg_backend_pid() AND state <> 'idle'";
    let quiet = async {
        while database == Database::Postgres && instance.count(busy).await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), quiet).await.is_ok(), "it does not come to rest");
}

/// The kills converge on the moment of the commit: later after one that came too early, and the other way round; in
/// large steps until there was one of either kind, since the speed of the machine is not known.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_during_a_withdrawal_leaves_the_member_whole_or_gone(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let instance = TestApp::new(database, &[]).await;
    instance.wait(Clock::System.now() - instance.now());
    // Before the processes start: they would send the e-mails that are read here.
    let mut members = Vec::new();
    for n in 0..KILLS {
        let email = format!("m{n}@example.jp");
        let opened = instance.member(&email).await;
        instance.with_app(&opened).await;
        members.push((n, email, opened));
    }
    let (mut gone, mut stayed) = (0, 0);
    let mut delay = Duration::from_millis(5);
    for (n, email, opened) in members {
        let me = instance.ctx(&opened.token).await.session().unwrap().clone();
        let before = rows(&instance, &me.member_id).await;
        let mut process = Process::start(&instance, &[]).await;
        let leave = Use {
            path: "/account/withdraw",
            cookie: format!("session={}", opened.token.expose()),
            body: "agree=on".into(),
        };
        let to = process.site;
        let answer = tokio::spawn(async move { leave.try_post(to).await });
        tokio::time::sleep(delay).await;
        process.kill();
        settled(&instance, database).await;
        let answered = answer.await.unwrap().is_some_and(|text| text.starts_with("HTTP/1.1 303 "));

        let after = rows(&instance, &me.member_id).await;
        if after[0] == 1 {
            assert_eq!(after, before, "half gone after {n}");
            assert!(!answered, "the answer says that it is done, and it is not");
            instance.half_signed_in(&instance.visitor(), &email).await;
            stayed += 1;
            delay = if gone == 0 { LONGEST.min(delay * 2) } else { delay * 5 / 4 };
        } else {
            assert_eq!(after, vec![0; 6], "half there after {n}");
            gone += 1;
            delay = if stayed == 0 { delay / 2 } else { delay * 3 / 4 };
        }
        assert_eq!(instance.count("SELECT COUNT(*) FROM withdrawal").await, gone);
        assert_eq!(instance.count("SELECT COUNT(*) FROM outbox WHERE kind = 'farewell'").await, gone);
    }
    assert_eq!(gone + stayed, 20);
    assert!(gone > 0 && stayed > 0, "killed too early or too late every time: {gone} gone, {stayed} stayed");
}
