//! What is good once is good once, with three processes at one database (security.md 2.6, ASVS 2.3.4, 6.5.1). The same
//! with three real processes over HTTP is in `server/tests/http/processes.rs`.

use std::future::Future;
use std::sync::Arc;

use domain::confirm;
use domain::second_step::{Form, Method, Refused};
use identity::desk::Desk;
use identity::fault::Fault;
use identity::secret::Token;
use identity::sign_in::pass;
use identity::testing::{Base, Bed, code_in};
use rstest::rstest;
use tokio::sync::Barrier;

const ADDRESS: &str = "hanako@example.jp";
const USES: usize = 50;

/// How many of fifty uses at once succeed, over three processes. A use that a busy database put off is none.
pub(super) async fn successes<F>(bed: &Bed, each: impl Fn(Desk, usize) -> F) -> usize
where
    F: Future<Output = Result<bool, Fault>> + Send + 'static,
{
    let desks = [bed.another_desk(1).await, bed.another_desk(2).await, bed.another_desk(3).await];
    let start = Arc::new(Barrier::new(USES));
    let uses: Vec<_> = (0..USES)
        .map(|n| {
            let (start, used) = (start.clone(), each(desks[n % 3].clone(), n));
            tokio::spawn(async move {
                start.wait().await;
                used.await
            })
        })
        .collect();
    let mut done = 0;
    for each in uses {
        match each.await.unwrap() {
            Ok(success) => done += usize::from(success),
            Err(fault) => assert!(fault.passes() && !is_deadlock(&fault), "{fault}"),
        }
    }
    done
}

/// Two that wait for each other pass by themselves, too, but are a mistake in the order of the rows.
fn is_deadlock(fault: &Fault) -> bool {
    matches!(fault, Fault::Unavailable(sqlx::Error::Database(error)) if error.code().as_deref() == Some("40P01"))
}

/// Fifty second steps at once, each with a token and a code.
async fn passes(bed: &Bed, method: Method, uses: Vec<(Token, String)>) -> usize {
    let caller = bed.visitor();
    successes(bed, |desk, n| {
        let (caller, (token, code)) = (caller.clone(), uses[n].clone());
        let form = Form { code, method, ..Default::default() };
        async move { Ok(pass(&desk, &caller, &token, &form).await?.is_ok()) }
    })
    .await
}

async fn fifty_half_signed_in(bed: &Bed) -> Vec<Token> {
    let mut tokens = Vec::new();
    for _ in 0..USES {
        tokens.push(bed.half_signed_in(&bed.visitor(), ADDRESS).await);
    }
    tokens
}

/// One code of an app in fifty tabs, each with a sign-in of its own.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_a_step_of_an_app_is_accepted_once(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let app = bed.with_app(&bed.member(ADDRESS).await).await;
    let code = app.code(bed.desk.now());
    let uses = fifty_half_signed_in(&bed).await.into_iter().map(|token| (token, code.clone())).collect();
    assert_eq!(passes(&bed, Method::App, uses).await, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM session WHERE second_by = 'app'").await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_a_backup_code_is_accepted_once(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let member = bed.member(ADDRESS).await;
    bed.with_app(&member).await;
    let code = bed.with_backup_codes(&member).await.remove(0);
    let uses = fifty_half_signed_in(&bed).await.into_iter().map(|token| (token, code.clone())).collect();
    assert_eq!(passes(&bed, Method::BackupCode, uses).await, 1);
}

/// The same form fifty times: one session, and the right code sent again is no wrong one.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_a_code_by_letter_is_accepted_once(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.with_mail(&bed.member(ADDRESS).await).await;
    let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    let code = code_in(bed.letters().await.last().unwrap());
    assert_eq!(passes(&bed, Method::Mail, vec![(token, code); USES]).await, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'second_step'").await, 0);
    assert_eq!(bed.count("SELECT COUNT(*) FROM lockout").await, 0);
}

/// One sign-in and ten codes, all of them right.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_a_sign_in_between_its_steps_is_completed_once(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let member = bed.member(ADDRESS).await;
    bed.with_app(&member).await;
    let codes = bed.with_backup_codes(&member).await;
    let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    let uses = (0..USES).map(|n| (token.clone(), codes[n % codes.len()].clone())).collect();
    assert_eq!(passes(&bed, Method::BackupCode, uses).await, 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM backup_code WHERE used_at IS NOT NULL").await, 1);
}

/// Two doors, one code: it confirms in a session or it signs in, not both.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_a_code_is_good_at_one_door_only(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let opened = bed.member(ADDRESS).await;
    let app = bed.with_app(&opened).await;
    let code = app.code(bed.desk.now());
    let (caller, visitor) = (bed.caller(&opened.token).await, bed.visitor());
    let token = bed.half_signed_in(&visitor, ADDRESS).await;
    let done = successes(&bed, |desk, n| {
        let (caller, visitor) = (caller.clone(), visitor.clone());
        let (token, code) = (token.clone(), code.clone());
        async move {
            if n % 2 == 0 {
                let form = confirm::Form { code, ..Default::default() };
                Ok(identity::confirm::confirm(&desk, &caller, &form).await?.is_ok())
            } else {
                let form = Form { code, method: Method::App, ..Default::default() };
                Ok(pass(&desk, &visitor, &token, &form).await?.is_ok())
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
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let app = bed.with_app(&bed.member(ADDRESS).await).await;
    let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
    let (caller, wrong) = (bed.visitor(), app.wrong_code(bed.desk.now()));
    let judged = successes(&bed, |desk, _| {
        let (caller, token) = (caller.clone(), token.clone());
        let form = Form { code: wrong.clone(), method: Method::App, ..Default::default() };
        async move { Ok(pass(&desk, &caller, &token, &form).await?.unwrap_err() == [Refused::CodeWrong]) }
    })
    .await;
    assert_eq!(judged, 5, "and the sixth says that it is locked");
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'second_step_locked'").await, 1);
    let late = bed.pass(&bed.visitor(), &token, Method::App, &app.code(bed.desk.now())).await;
    assert_eq!(late.unwrap_err(), [Refused::Locked]);
}
