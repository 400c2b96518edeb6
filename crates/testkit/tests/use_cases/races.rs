//! What is single-use is used once, with three processes on one database (security.md 2.6, ASVS 2.3.4, 6.5.1). The same
//! with three real processes over HTTP is in `server/tests/http/processes.rs`.

use std::future::Future;
use std::sync::Arc;

use domain::reauthentication;
use domain::second_factor::Method;
use domain::second_factor::challenge::{Form, Refused};
use identity::reauthentication::reauthenticate;
use platform::app_context::AppContext;
use platform::error::{Error, Failure};
use platform::secret::Token;
use rstest::rstest;
use testkit::{Database, TestApp, at, code_in, pass, visitor_of};
use tokio::sync::Barrier;

const ADDRESS: &str = "hanako@example.jp";
const USES: usize = 50;

/// How many of fifty uses at once succeed, over three processes. A use may be refused, or put off by a busy database;
/// anything else fails the test.
pub(super) async fn successes<F, T, R>(site: &TestApp, each: impl Fn(AppContext, usize) -> F) -> usize
where
    F: Future<Output = Result<T, Error<R>>> + Send + 'static,
    T: Send + 'static,
    R: std::fmt::Debug + Send + 'static,
{
    let processes =
        [site.another_process(1).await, site.another_process(2).await, site.another_process(3).await];
    let start = Arc::new(Barrier::new(USES));
    let uses: Vec<_> = (0..USES)
        .map(|n| {
            let (start, used) = (start.clone(), each(processes[n % 3].clone(), n));
            tokio::spawn(async move {
                start.wait().await;
                used.await
            })
        })
        .collect();
    let mut done = 0;
    for each in uses {
        match each.await.unwrap() {
            Ok(_) => done += 1,
            Err(Error::Refused(_)) => {}
            Err(Error::Failed(failure)) => {
                assert!(failure.is_transient() && !is_deadlock(&failure), "{failure}");
            }
            Err(Error::Denied(denied)) => unreachable!("{denied}"),
        }
    }
    done
}

/// A deadlock ends by itself, too, but it is a mistake in the locking order.
fn is_deadlock(failure: &Failure) -> bool {
    matches!(failure, Failure::Unavailable(sqlx::Error::Database(error)) if error.code().as_deref() == Some("40P01"))
}

/// Fifty second factors at once, each with a token and a code.
async fn passes(site: &TestApp, method: Method, uses: Vec<(Token, String)>) -> usize {
    successes(site, |app, n| {
        let (ctx, (token, code)) = (visitor_of(&app), uses[n].clone());
        let form = Form { code, method, ..Default::default() };
        async move { pass(&ctx, &token, &form).await }
    })
    .await
}

async fn fifty_half_signed_in(site: &TestApp) -> Vec<Token> {
    let mut tokens = Vec::new();
    for _ in 0..USES {
        tokens.push(site.half_signed_in(&site.visitor(), ADDRESS).await);
    }
    tokens
}

/// One code of an app in fifty tabs, each with a sign-in of its own.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_a_step_of_an_app_is_accepted_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let app = site.with_app(&site.member(ADDRESS).await).await;
    let code = app.code(site.now());
    let uses = fifty_half_signed_in(&site).await.into_iter().map(|token| (token, code.clone())).collect();
    assert_eq!(passes(&site, Method::App, uses).await, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM session_proof WHERE method = 'totp'").await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_a_backup_code_is_accepted_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.policy", "modern")]).await;
    let member = site.member(ADDRESS).await;
    site.with_app(&member).await;
    let code = site.with_backup_codes(&member).await.remove(0);
    let uses = fifty_half_signed_in(&site).await.into_iter().map(|token| (token, code.clone())).collect();
    assert_eq!(passes(&site, Method::BackupCode, uses).await, 1);
}

/// The same form fifty times: one session, and the right code sent again is not a wrong one.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_a_code_by_email_is_accepted_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.with_mail(&site.member(ADDRESS).await).await;
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    let code = code_in(&site.newest_email().await);
    assert_eq!(passes(&site, Method::Mail, vec![(token, code); USES]).await, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'second_factor'").await, 0);
    assert_eq!(site.count("SELECT COUNT(*) FROM lockout").await, 0);
}

/// One sign-in and ten codes, all of them right.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_a_sign_in_between_its_steps_is_completed_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.policy", "modern")]).await;
    let member = site.member(ADDRESS).await;
    site.with_app(&member).await;
    let codes = site.with_backup_codes(&member).await;
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    let uses = (0..USES).map(|n| (token.clone(), codes[n % codes.len()].clone())).collect();
    assert_eq!(passes(&site, Method::BackupCode, uses).await, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM backup_code WHERE used_at IS NOT NULL").await, 1);
}

/// One code, two places to use it: it authenticates again in a session or it signs in, not both.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_a_code_is_accepted_in_one_place_only(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let app = site.with_app(&opened).await;
    let code = app.code(site.now());
    let ctx = site.ctx(&opened.token).await;
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    let done = successes(&site, |app, n| {
        let (ctx, visitor) = (at(&app, &ctx), visitor_of(&app));
        let (token, code) = (token.clone(), code.clone());
        async move {
            if n % 2 == 0 {
                let form = reauthentication::Form { code, ..Default::default() };
                reauthenticate(&ctx, &form).await.map(drop).map_err(|error| error.map(drop))
            } else {
                let form = Form { code, method: Method::App, ..Default::default() };
                pass(&visitor, &token, &form).await.map(drop).map_err(|error| error.map(drop))
            }
        }
    })
    .await;
    assert_eq!(done, 1);
}

/// Wrong codes in parallel are judged no more often than six times (security.md 2.7).
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_7_fifty_wrong_codes_at_once_are_judged_six_times(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let app = site.with_app(&site.member(ADDRESS).await).await;
    let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
    let wrong = app.wrong_code(site.now());
    let judged = successes(&site, |app, _| {
        let (ctx, token) = (visitor_of(&app), token.clone());
        let form = Form { code: wrong.clone(), method: Method::App, ..Default::default() };
        async move {
            match pass(&ctx, &token, &form).await {
                Err(Error::Refused(reasons)) if reasons == [Refused::CodeWrong] => Ok(()),
                Err(error) => Err(error),
                Ok(_) => unreachable!("a wrong code was accepted"),
            }
        }
    })
    .await;
    assert_eq!(judged, 5, "and the sixth says that it is locked");
    let locked = "SELECT COUNT(*) FROM audit WHERE event = 'second_factor_locked'";
    assert_eq!(site.count(locked).await, 1);
    let late = site.prove(&site.visitor(), &token, Method::App, &app.code(site.now())).await;
    assert_eq!(late.unwrap_err(), [Refused::Locked]);
}
