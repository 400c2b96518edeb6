//! セッション管理 (MP-83): the list, and that what was ended is over at once.

use domain::sign_in::Form;
use identity::caller::Caller;
use identity::clock::{DAY_MS, MINUTE_MS};
use identity::fault::Fault;
use identity::secret::Token;
use identity::session::{Opened, ProvenBy};
use identity::sessions::{Listed, end, end_others, list};
use identity::sign_in::{resume, sign_in, sign_out};
use identity::testing::{Base, Bed, PASSWORD};
use rstest::rstest;
use sqlx::Connection;

const ADDRESS: &str = "hanako@example.jp";
const PHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1";

async fn sign_in_as(bed: &Bed, caller: &Caller, remember: bool) -> Opened {
    let form = Form {
        email: ADDRESS.into(),
        password: PASSWORD.into(),
        remember: remember.then(|| "on".into()),
        next: None,
    };
    sign_in(&bed.desk, caller, &form).await.unwrap().unwrap().opened().unwrap()
}

fn phone(bed: &Bed) -> Caller {
    Caller::visitor("198.51.100.4".into(), PHONE, bed.visitor().locale)
}

async fn listed(bed: &Bed, opened: &Opened) -> Vec<Listed> {
    list(&bed.desk, &bed.caller(&opened.token).await).await.unwrap()
}

async fn is_alive(bed: &Bed, token: &Token) -> bool {
    bed.caller(token).await.current.is_some()
}

async fn comes_in_again(bed: &Bed, opened: &Opened) -> bool {
    let (token, _) = opened.remember.as_ref().unwrap();
    resume(&bed.desk, &phone(bed), token).await.unwrap().is_some()
}

#[rstest]
#[tokio::test]
async fn mp_83_the_list_is_of_own_sessions_and_begins_with_this_one(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let here = bed.member(ADDRESS).await;
    bed.member("taro@example.jp").await;
    bed.wait(5 * MINUTE_MS);
    let other = sign_in_as(&bed, &phone(&bed), true).await;

    let [mine, phones] = <[Listed; 2]>::try_from(listed(&bed, &here).await).unwrap();
    assert_eq!((mine.id.as_str(), mine.here, mine.remembered), (here.session_id.as_str(), true, false));
    assert_eq!((mine.proven_by, mine.second_by), (Some(ProvenBy::Registration), None));
    assert_eq!(
        (phones.id.as_str(), phones.here, phones.remembered),
        (other.session_id.as_str(), false, true)
    );
    assert_eq!((phones.browser.as_str(), phones.network.as_str()), (PHONE, "198.51.100.4"));
    assert_eq!((phones.created_at, phones.last_seen_at), (bed.desk.now(), bed.desk.now()));
    assert_eq!(phones.proven_by, Some(ProvenBy::Password));

    let seen_there = listed(&bed, &other).await;
    assert_eq!((seen_there[0].id.as_str(), seen_there[0].here), (other.session_id.as_str(), true));
    let nobody = list(&bed.desk, &bed.visitor()).await;
    assert!(matches!(nobody, Err(Fault::SignInFirst)));
}

#[rstest]
#[tokio::test]
async fn mp_83_an_ended_session_is_refused_at_the_next_request(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let here = bed.member(ADDRESS).await;
    let lost = sign_in_as(&bed, &phone(&bed), false).await;
    assert!(is_alive(&bed, &lost.token).await);

    let caller = bed.caller(&here.token).await;
    for _ in 0..2 {
        end(&bed.desk, &caller, &lost.session_id).await.unwrap();
    }
    assert!(!is_alive(&bed, &lost.token).await);
    assert!(is_alive(&bed, &here.token).await);
    assert_eq!(listed(&bed, &here).await.len(), 1);
    let lines = "SELECT COUNT(*) FROM audit WHERE event = 'session_ended' AND kind = 'session'";
    assert_eq!(bed.count(lines).await, 1, "a second press ends nothing");
}

/// It takes access away, and who lost a phone is in a hurry.
#[rstest]
#[tokio::test]
async fn mp_83_ending_needs_no_fresh_proof(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let here = bed.member(ADDRESS).await;
    let lost = sign_in_as(&bed, &phone(&bed), true).await;
    bed.wait(20 * MINUTE_MS);
    let caller = bed.caller(&here.token).await;
    assert!(matches!(caller.fresh(bed.desk.now()), Err(Fault::ProveFirst)));
    end(&bed.desk, &caller, &lost.session_id).await.unwrap();
    assert!(!is_alive(&bed, &lost.token).await);
}

/// security.md 2.14: an id of somebody else's is worth nothing.
#[rstest]
#[tokio::test]
async fn mp_83_nobody_ends_the_session_of_another(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let mine = bed.member(ADDRESS).await;
    let remembered = sign_in_as(&bed, &phone(&bed), true).await;
    let stranger = bed.member("taro@example.jp").await;
    let caller = bed.caller(&stranger.token).await;
    for id in [mine.session_id.as_str(), remembered.session_id.as_str(), "", "' OR ''='", "\u{202e}"] {
        end(&bed.desk, &caller, id).await.unwrap();
    }
    end_others(&bed.desk, &caller).await.unwrap();
    for opened in [&mine, &remembered, &stranger] {
        assert!(is_alive(&bed, &opened.token).await);
    }
    assert!(comes_in_again(&bed, &remembered).await);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event LIKE '%session%'").await, 0);
    let visitor = bed.visitor();
    assert!(matches!(end(&bed.desk, &visitor, &mine.session_id).await, Err(Fault::SignInFirst)));
    assert!(matches!(end_others(&bed.desk, &visitor).await, Err(Fault::SignInFirst)));
}

/// Its session is over, but it starts the next one by itself: it must be seen, once, and can be ended.
#[rstest]
#[tokio::test]
async fn c_08_a_remembered_browser_is_listed_once_until_it_is_ended(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let lost = sign_in_as(&bed, &phone(&bed), true).await;
    for _ in 0..3 {
        bed.wait(DAY_MS);
        assert!(comes_in_again(&bed, &lost).await);
    }
    bed.wait(DAY_MS);
    identity::jobs::purge(&bed.desk).await.unwrap();
    let here = bed.signed_in(ADDRESS).await;
    let rows = listed(&bed, &here).await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[1].remembered && rows[1].last_seen_at == bed.desk.now() - DAY_MS);

    end(&bed.desk, &bed.caller(&here.token).await, &rows[1].id).await.unwrap();
    assert!(!comes_in_again(&bed, &lost).await);
    assert_eq!(listed(&bed, &here).await.len(), 1);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'session_ended'").await, 1);

    let over = sign_in_as(&bed, &phone(&bed), true).await;
    bed.wait(401 * DAY_MS);
    let here = bed.signed_in(ADDRESS).await;
    assert_eq!(listed(&bed, &here).await.len(), 1, "auto-login that ran out is not listed");
    assert!(!comes_in_again(&bed, &over).await);
}

#[rstest]
#[tokio::test]
async fn mp_31_idle_sessions_are_marked_as_ended_and_never_listed(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(ADDRESS).await;
    let mut writer = sqlx::AnyConnection::connect(&bed.database_url).await.unwrap();
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
    bed.wait(25 * MINUTE_MS);
    let here = bed.signed_in(ADDRESS).await;
    assert_eq!(listed(&bed, &here).await.len(), 2, "idle ones do not show, marked or not");

    bed.wait(6 * MINUTE_MS - 1);
    identity::jobs::purge(&bed.desk).await.unwrap();
    let open = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";
    assert_eq!(bed.count(open).await, 2, "no minute too early");
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM session WHERE ended_at = last_seen_at + 30 * 60000").await,
        1000
    );
    bed.wait(1);
    identity::jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count(open).await, 1);
    assert!(is_alive(&bed, &here.token).await);
}

#[rstest]
#[tokio::test]
async fn mp_83_all_others_end_at_once(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let registered = bed.member(ADDRESS).await;
    let forgotten = sign_in_as(&bed, &phone(&bed), true).await;
    bed.wait(DAY_MS);
    let here = sign_in_as(&bed, &bed.visitor(), true).await;
    let other = bed.signed_in(ADDRESS).await;
    let caller = bed.caller(&here.token).await;
    for _ in 0..2 {
        end_others(&bed.desk, &caller).await.unwrap();
    }
    for opened in [&registered, &forgotten, &other] {
        assert!(!is_alive(&bed, &opened.token).await);
    }
    assert!(!comes_in_again(&bed, &forgotten).await, "one that only was remembered");
    assert!(is_alive(&bed, &here.token).await && comes_in_again(&bed, &here).await, "this one goes on");
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'other_sessions_ended'").await, 1);
}

/// What takes access away.
#[derive(Clone, Copy, Debug)]
enum Taken {
    Ended,
    OthersEnded,
    SignedOut,
    PasswordChanged,
}

/// security.md 2.3: each event kills the session cookie, the auto-login cookie, and what that cookie started in another
/// tab; none comes to life again.
#[rstest]
#[tokio::test]
async fn revocation_kills_the_session_cookie_and_the_remembered_cookie(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
    #[values(Taken::Ended, Taken::OthersEnded, Taken::SignedOut, Taken::PasswordChanged)] taken: Taken,
) {
    let bed = Bed::new(base, &[]).await;
    let here = bed.member(ADDRESS).await;
    let lost = sign_in_as(&bed, &phone(&bed), true).await;
    let (remembered, _) = lost.remember.clone().unwrap();
    let tab = resume(&bed.desk, &phone(&bed), &remembered).await.unwrap().unwrap();
    assert!(is_alive(&bed, &lost.token).await && is_alive(&bed, &tab.token).await);

    let caller = bed.caller(&here.token).await;
    match taken {
        Taken::Ended => end(&bed.desk, &caller, &lost.session_id).await.unwrap(),
        Taken::OthersEnded => end_others(&bed.desk, &caller).await.unwrap(),
        Taken::SignedOut => sign_out(&bed.desk, &bed.caller(&lost.token).await).await.unwrap(),
        Taken::PasswordChanged => {
            let form = domain::password_change::Form {
                current_password: PASSWORD.into(),
                new_password: "another-Otter-plays-8".into(),
                new_password_confirm: "another-Otter-plays-8".into(),
            };
            identity::password::change(&bed.desk, &caller, &form).await.unwrap().unwrap();
        }
    }
    for _ in 0..2 {
        assert!(!is_alive(&bed, &lost.token).await, "session cookie");
        assert!(!is_alive(&bed, &tab.token).await, "session cookie of another tab");
        assert!(resume(&bed.desk, &phone(&bed), &remembered).await.unwrap().is_none(), "remembered cookie");
        bed.wait(-MINUTE_MS);
    }
}

/// A browser that comes in by itself in the very moment in which it is ended does not slip through.
#[rstest]
#[tokio::test]
async fn revocation_holds_against_a_browser_that_is_coming_in(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
    #[values(false, true)] all: bool,
) {
    let bed = Bed::new(base, &[]).await;
    let here = bed.member(ADDRESS).await;
    let caller = bed.caller(&here.token).await;
    for _ in 0..10 {
        let lost = sign_in_as(&bed, &phone(&bed), true).await;
        let (remembered, _) = lost.remember.clone().unwrap();
        let visitor = phone(&bed);
        let ending = async {
            if all {
                end_others(&bed.desk, &caller).await
            } else {
                end(&bed.desk, &caller, &lost.session_id).await
            }
        };
        let (came_in, ended) = tokio::join!(resume(&bed.desk, &visitor, &remembered), ending);
        ended.unwrap();
        if let Some(came_in) = came_in.unwrap() {
            assert!(!is_alive(&bed, &came_in.token).await);
        }
        assert!(!comes_in_again(&bed, &lost).await);
    }
}
