//! セッション管理 (MP-83): the list, and that an ended session is refused at once.

use account::session::AuthMethod;
use domain::sign_in::Form;
use identity::OpenedSession;
use identity::sessions::{Listed, end, end_others, list};
use identity::sign_in::{resume, sign_in, sign_out};
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::error::Denied;
use rstest::rstest;
use sqlx::Connection;
use testkit::{Database, Denials, PASSWORD, Step, TestApp, changed};

const ADDRESS: &str = "hanako@example.jp";
const PHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1";

async fn sign_in_as(ctx: &Ctx, remember: bool) -> OpenedSession {
    let form = Form {
        email: ADDRESS.into(),
        password: PASSWORD.into(),
        remember: remember.then(|| "on".into()),
        next: None,
    };
    sign_in(ctx, &form, None).await.unwrap().in_session()
}

fn phone(site: &TestApp) -> Ctx {
    changed(&site.visitor_from("198.51.100.4"), |request| request.user_agent = PHONE.into())
}

async fn listed(site: &TestApp, opened: &OpenedSession) -> Vec<Listed> {
    list(&site.ctx(&opened.token).await).await.unwrap()
}

async fn comes_in_again(site: &TestApp, opened: &OpenedSession) -> bool {
    let (token, _) = opened.remember.as_ref().unwrap();
    resume(&phone(site), token).await.unwrap().is_some()
}

#[rstest]
#[tokio::test]
async fn mp_83_the_list_is_of_own_sessions_and_begins_with_this_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let here = site.member(ADDRESS).await;
    site.member("taro@example.jp").await;
    site.wait(5 * MINUTE_MS);
    let other = sign_in_as(&phone(&site), true).await;

    let [mine, phones] = <[Listed; 2]>::try_from(listed(&site, &here).await).unwrap();
    assert_eq!((mine.id.as_str(), mine.here, mine.remembered), (here.session_id.as_str(), true, false));
    assert_eq!(mine.methods, [AuthMethod::Registration]);
    assert_eq!(
        (phones.id.as_str(), phones.here, phones.remembered),
        (other.session_id.as_str(), false, true)
    );
    assert_eq!((phones.browser.as_str(), phones.network.as_str()), (PHONE, "198.51.100.4"));
    assert_eq!((phones.created_at, phones.last_seen_at), (site.now(), site.now()));
    assert_eq!(phones.methods, [AuthMethod::Password]);

    let seen_there = listed(&site, &other).await;
    assert_eq!((seen_there[0].id.as_str(), seen_there[0].here), (other.session_id.as_str(), true));
    let nobody = list(&site.visitor()).await;
    assert_eq!(nobody.denied(), Denied::SignIn);
}

#[rstest]
#[tokio::test]
async fn mp_83_an_ended_session_is_refused_at_the_next_request(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let here = site.member(ADDRESS).await;
    let lost = sign_in_as(&phone(&site), false).await;
    assert!(site.is_open(&lost.token).await);

    let ctx = site.ctx(&here.token).await;
    for _ in 0..2 {
        end(&ctx, &lost.session_id).await.unwrap();
    }
    assert!(!site.is_open(&lost.token).await);
    assert!(site.is_open(&here.token).await);
    assert_eq!(listed(&site, &here).await.len(), 1);
    let lines = "SELECT COUNT(*) FROM audit WHERE event = 'session_ended' AND kind = 'session'";
    assert_eq!(site.count(lines).await, 1, "a second press ends nothing");
}

/// It only takes access away, and a member who lost a phone is in a hurry.
#[rstest]
#[tokio::test]
async fn mp_83_ending_needs_no_fresh_authentication(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let here = site.member(ADDRESS).await;
    let lost = sign_in_as(&phone(&site), true).await;
    site.wait(20 * MINUTE_MS);
    let ctx = site.ctx(&here.token).await;
    assert_eq!(ctx.member_fresh().unwrap_err(), Denied::StepUp);
    end(&ctx, &lost.session_id).await.unwrap();
    assert!(!site.is_open(&lost.token).await);
}

/// security.md 2.14: the id of another member's session ends nothing.
#[rstest]
#[tokio::test]
async fn mp_83_nobody_ends_the_session_of_another(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let mine = site.member(ADDRESS).await;
    let remembered = sign_in_as(&phone(&site), true).await;
    let stranger = site.member("taro@example.jp").await;
    let ctx = site.ctx(&stranger.token).await;
    for id in [mine.session_id.as_str(), remembered.session_id.as_str(), "", "' OR ''='", "\u{202e}"] {
        end(&ctx, id).await.unwrap();
    }
    end_others(&ctx).await.unwrap();
    for opened in [&mine, &remembered, &stranger] {
        assert!(site.is_open(&opened.token).await);
    }
    assert!(comes_in_again(&site, &remembered).await);
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event LIKE '%session%'").await, 0);
    let visitor = site.visitor();
    assert_eq!(end(&visitor, &mine.session_id).await.denied(), Denied::SignIn);
    assert_eq!(end_others(&visitor).await.denied(), Denied::SignIn);
}

/// Its session is over, but it starts the next one by itself: it must be listed, once, and can be ended.
#[rstest]
#[tokio::test]
async fn c_08_a_remembered_browser_is_listed_once_until_it_is_ended(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let lost = sign_in_as(&phone(&site), true).await;
    for _ in 0..3 {
        site.wait(DAY_MS);
        assert!(comes_in_again(&site, &lost).await);
    }
    site.wait(DAY_MS);
    site.purge().await;
    let here = site.signed_in(ADDRESS).await;
    let rows = listed(&site, &here).await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[1].remembered && rows[1].last_seen_at == site.now() - DAY_MS);

    end(&site.ctx(&here.token).await, &rows[1].id).await.unwrap();
    assert!(!comes_in_again(&site, &lost).await);
    assert_eq!(listed(&site, &here).await.len(), 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'session_ended'").await, 1);

    let over = sign_in_as(&phone(&site), true).await;
    site.wait(401 * DAY_MS);
    let here = site.signed_in(ADDRESS).await;
    assert_eq!(listed(&site, &here).await.len(), 1, "auto-login that ran out is not listed");
    assert!(!comes_in_again(&site, &over).await);
}

#[rstest]
#[tokio::test]
async fn mp_31_idle_sessions_are_marked_as_ended_and_never_listed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let mut writer = sqlx::AnyConnection::connect(&site.database_url).await.unwrap();
    sqlx::query(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
         INSERT INTO session (id, member_id, token_hash, proven_by, proven_at, network, browser, created_at, \
         last_seen_at, last_network) \
         SELECT 'old-' || i, (SELECT id FROM member), 'hash-' || i, 'password', 0, '', '', 0, i, '' FROM n",
    )
    .execute(&mut writer)
    .await
    .unwrap();
    writer.close().await.unwrap();
    site.wait(25 * MINUTE_MS);
    let here = site.signed_in(ADDRESS).await;
    assert_eq!(listed(&site, &here).await.len(), 2, "idle ones do not show, marked or not");

    site.wait(6 * MINUTE_MS - 1);
    site.purge().await;
    let open = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";
    assert_eq!(site.count(open).await, 2, "no minute too early");
    assert_eq!(
        site.count("SELECT COUNT(*) FROM session WHERE ended_at = last_seen_at + 30 * 60000").await,
        1000
    );
    site.wait(1);
    site.purge().await;
    assert_eq!(site.count(open).await, 1);
    assert!(site.is_open(&here.token).await);
}

#[rstest]
#[tokio::test]
async fn mp_83_all_others_end_at_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let registered = site.member(ADDRESS).await;
    let forgotten = sign_in_as(&phone(&site), true).await;
    site.wait(DAY_MS);
    let here = sign_in_as(&site.visitor(), true).await;
    let other = site.signed_in(ADDRESS).await;
    let ctx = site.ctx(&here.token).await;
    for _ in 0..2 {
        end_others(&ctx).await.unwrap();
    }
    for opened in [&registered, &forgotten, &other] {
        assert!(!site.is_open(&opened.token).await);
    }
    assert!(!comes_in_again(&site, &forgotten).await, "one that only was remembered");
    assert!(site.is_open(&here.token).await && comes_in_again(&site, &here).await, "this one stays");
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'other_sessions_ended'").await, 1);
}

/// The events that take access away.
#[derive(Clone, Copy, Debug)]
enum Taken {
    Ended,
    OthersEnded,
    SignedOut,
    PasswordChanged,
}

/// security.md 2.3: each event ends the session, the auto-login, and what the auto-login started in another tab; none
/// of their cookies is accepted again.
#[rstest]
#[tokio::test]
async fn revocation_ends_the_session_cookie_and_the_remembered_cookie(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Taken::Ended, Taken::OthersEnded, Taken::SignedOut, Taken::PasswordChanged)] taken: Taken,
) {
    let site = TestApp::new(database, &[]).await;
    let here = site.member(ADDRESS).await;
    let lost = sign_in_as(&phone(&site), true).await;
    let (remembered, _) = lost.remember.clone().unwrap();
    let tab = resume(&phone(&site), &remembered).await.unwrap().unwrap().session;
    assert!(site.is_open(&lost.token).await && site.is_open(&tab.token).await);

    let ctx = site.ctx(&here.token).await;
    match taken {
        Taken::Ended => end(&ctx, &lost.session_id).await.unwrap(),
        Taken::OthersEnded => end_others(&ctx).await.unwrap(),
        Taken::SignedOut => sign_out(&site.ctx(&lost.token).await).await.unwrap(),
        Taken::PasswordChanged => {
            let form = domain::password_change::Form {
                current_password: PASSWORD.into(),
                new_password: "another-Otter-plays-8".into(),
                new_password_confirm: "another-Otter-plays-8".into(),
            };
            identity::password::change(&ctx, &form).await.unwrap();
        }
    }
    for _ in 0..2 {
        assert!(!site.is_open(&lost.token).await, "session cookie");
        assert!(!site.is_open(&tab.token).await, "session cookie of another tab");
        assert!(resume(&phone(&site), &remembered).await.unwrap().is_none(), "remembered cookie");
        site.wait(-MINUTE_MS);
    }
}

/// An auto-login at the very moment in which it is ended does not slip through.
#[rstest]
#[tokio::test]
async fn revocation_holds_against_a_concurrent_auto_login(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(false, true)] all: bool,
) {
    let site = TestApp::new(database, &[]).await;
    let here = site.member(ADDRESS).await;
    let ctx = site.ctx(&here.token).await;
    for _ in 0..10 {
        let lost = sign_in_as(&phone(&site), true).await;
        let (remembered, _) = lost.remember.clone().unwrap();
        let visitor = phone(&site);
        let ending = async { if all { end_others(&ctx).await } else { end(&ctx, &lost.session_id).await } };
        let (came_in, ended) = tokio::join!(resume(&visitor, &remembered), ending);
        ended.unwrap();
        if let Some(came_in) = came_in.unwrap() {
            assert!(!site.is_open(&came_in.session.token).await);
        }
        assert!(!comes_in_again(&site, &lost).await);
    }
}
