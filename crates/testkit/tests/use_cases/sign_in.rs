//! ログイン (MP-21 to MP-31).

use account::session::{AuthMethod, authentication};
use domain::sign_in::{Form, Refused};
use identity::sign_in::{last, resume, sign_in, sign_out};
use platform::clock::MINUTE_MS;
use platform::tx::Tx;
use rstest::rstest;
use testkit::{Database, PASSWORD, Refusals, Step, TestApp};

const ADDRESS: &str = "hanako@example.jp";

fn typed(email: &str, password: &str) -> Form {
    Form { email: email.into(), password: password.into(), ..Default::default() }
}

#[rstest]
#[tokio::test]
async fn mp_22_unknown_and_wrong_are_one_refusal_and_leave_a_line(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    for form in [typed(ADDRESS, "not the password"), typed("nobody@example.jp", PASSWORD)] {
        let refused = sign_in(&site.visitor(), &form, None).await.refusals();
        assert_eq!(refused, [Refused::NotAccepted]);
    }
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in' AND refusal = 'SI02'").await,
        2
    );
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE refusal = 'SI02' AND member_id IS NULL").await,
        1
    );
}

/// A phone's keyboard sends full-width letters, and capitals at the beginning.
#[rstest]
#[case("Hanako@Example.jp", PASSWORD)]
#[case("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", PASSWORD)]
#[case(" hanako@example.jp　", PASSWORD)]
#[case("hanako@example.jp", "ｍｕｒｋｙ－Ｏｔｔｅｒ－ｐｌａｙｓ－７－ｔｕｂａｓ")]
#[tokio::test]
async fn full_width_input_is_folded(
    #[case] email: &str,
    #[case] password: &str,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    sign_in(&site.visitor(), &typed(email, password), None).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn mp_23_not_an_address_is_refused_before_credentials(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let refused = sign_in(&site.visitor(), &typed("日本語", "x"), None).await.refusals();
    assert_eq!(refused, [Refused::NotAnAddress]);
    let refused = sign_in(&site.visitor(), &typed("", ""), None).await.refusals();
    assert_eq!(refused, [Refused::EmailEmpty, Refused::PasswordEmpty]);
}

#[rstest]
#[tokio::test]
async fn mp_29_any_number_of_sessions_and_each_its_own_token(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let first = site.member(ADDRESS).await;
    let mut tokens = vec![first.token.digest()];
    for _ in 0..5 {
        site.wait(1);
        tokens.push(site.signed_in(ADDRESS).await.token.digest());
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 6);
    assert!(site.is_open(&first.token).await);
}

/// Two people, one browser: the second sign-in ends the first one's session (security.md 2.2).
#[rstest]
#[tokio::test]
async fn the_next_person_on_this_browser_ends_the_session_before(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let first = site.member(ADDRESS).await;
    site.member("taro@example.jp").await;
    let ctx = site.ctx(&first.token).await;
    let second = sign_in(&ctx, &typed("taro@example.jp", PASSWORD), None).await.unwrap();
    let second = second.in_session();
    assert!(!site.is_open(&first.token).await);
    assert_eq!(site.ctx(&second.token).await.session().unwrap().email.as_deref(), Some("taro@example.jp"));
}

/// The same person in the same browser: one session, which keeps its id and 自動ログイン, and gets a new token.
#[rstest]
#[tokio::test]
async fn signing_in_again_in_a_session_renews_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let ticked = Form { remember: Some("on".into()), ..typed(ADDRESS, PASSWORD) };
    let first = sign_in(&site.visitor(), &ticked, None).await.unwrap().in_session();
    let (remembered, _) = first.remember.unwrap();
    site.wait(11 * MINUTE_MS);
    let here = site.ctx(&first.token).await;
    assert!(here.member_fresh().is_err());
    let again = sign_in(&here, &typed(ADDRESS, PASSWORD), None).await.unwrap().in_session();
    assert_eq!(again.session_id, first.session_id);
    assert!(!site.is_open(&first.token).await, "security.md 2.2: the old token is not valid any more");
    let here = site.ctx(&again.token).await;
    assert!(here.member_fresh().is_ok());
    let shown = authentication(site.app.db.readers(), &again.session_id).await.unwrap();
    let shown: Vec<_> = shown.proofs.iter().map(|proof| (proof.method, proof.at)).collect();
    assert_eq!(shown, [(AuthMethod::Password, site.now())]);
    assert!(here.session().unwrap().remembered_id.is_some());
    assert!(
        resume(&site.visitor(), &remembered).await.unwrap().is_some(),
        "not ticking the box ends nothing"
    );
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in'").await, 2);
}

#[rstest]
#[tokio::test]
async fn mp_84_signing_out_ends_the_session_at_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    sign_out(&site.ctx(&opened.token).await).await.unwrap();
    assert!(!site.is_open(&opened.token).await);
    sign_out(&site.visitor()).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn the_last_sign_in_is_the_one_before_this(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let first = site.member(ADDRESS).await;
    assert!(last(&site.ctx(&first.token).await).await.unwrap().is_none());
    let earlier = site.now();
    site.wait(60_000);
    let second = site.signed_in(ADDRESS).await;
    let seen = last(&site.ctx(&second.token).await).await.unwrap().unwrap();
    assert_eq!((seen.at, seen.network.as_str()), (earlier, "192.0.2.7"));
}

/// Hashes made with weaker settings are replaced at the next sign-in.
#[rstest]
#[tokio::test]
async fn an_outdated_hash_is_replaced(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let outdated = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let mut tx = Tx::begin(&site.visitor()).await.unwrap();
    sqlx::query("UPDATE member_password SET hash = $1").bind(outdated).execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    sign_in(&site.visitor(), &typed(ADDRESS, "password"), None).await.unwrap();
    assert_eq!(
        site.count("SELECT COUNT(*) FROM member_password WHERE hash LIKE '$argon2id$v=19$m=19456,%'").await,
        1
    );
    sign_in(&site.visitor(), &typed(ADDRESS, "password"), None).await.unwrap();
}
