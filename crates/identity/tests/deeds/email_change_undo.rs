//! メールアドレスの変更: the old mailbox stops it or takes it back (security.md 2.9).

use domain::email_change::Refused;
use domain::registration::CompleteRefused;
use identity::clock::{DAY_MS, MINUTE_MS};
use identity::email_change::{Door, UndoView, ask, confirm_by_link, door, look, undo, view};
use identity::testing::{Base, Bed, PASSWORD, code_in, form, link_in};
use rstest::rstest;

use super::email_change::{NEW, OLD, asked, confirming, email, newest, undoing};
use super::races::successes;

/// A member whose address was changed by whoever holds the session.
async fn changed(bed: &Bed) -> (identity::session::Opened, identity::caller::Caller) {
    let (member, caller) = asked(bed).await;
    let link = confirming(bed, NEW).await;
    confirm_by_link(&bed.desk, &caller, &link, "").await.unwrap().unwrap();
    let caller = bed.caller(&member.token).await;
    (member, caller)
}

/// Whose address is what.
async fn address(bed: &Bed) -> String {
    sqlx::query_scalar("SELECT email FROM member").fetch_one(bed.desk.db.readers()).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn the_old_mailbox_stops_a_change_that_waits(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let (member, caller) = asked(&bed).await;
    let (link, stop) = (confirming(&bed, NEW).await, undoing(&bed, OLD).await);
    let shown = UndoView {
        done: false,
        old_email: "ha***@example.jp".into(),
        new_email: "ha***@new.example.jp".into(),
    };
    for _ in 0..5 {
        assert_eq!(look(&bed.desk, &stop).await.unwrap().as_ref(), Some(&shown));
    }
    undo(&bed.desk, &bed.visitor(), &stop).await.unwrap().unwrap();
    assert_eq!(door(&bed.desk, &caller, &link).await.unwrap(), Door::Closed);
    assert!(bed.caller(&member.token).await.current.is_none(), "whoever asked was in the account");
    assert_eq!(address(&bed).await, OLD);
    newest(&bed, OLD, "/password/reset/new?t=").await;
    assert_eq!(look(&bed.desk, &stop).await.unwrap(), None);
    assert_eq!(undo(&bed.desk, &bed.visitor(), &stop).await.unwrap(), Err(vec![Refused::LinkInvalid]));
}

/// Both letters undo; the account is as after "it was not me", and what the thief set up is gone.
#[rstest]
#[case::first_letter(true)]
#[case::second_letter(false)]
#[tokio::test]
async fn the_old_mailbox_brings_its_address_back(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
    #[case] first: bool,
) {
    let bed = Bed::new(base, &[]).await;
    let (_, caller) = asked(&bed).await;
    let before = undoing(&bed, OLD).await;
    let link = confirming(&bed, NEW).await;
    confirm_by_link(&bed.desk, &caller, &link, "").await.unwrap().unwrap();
    let after = undoing(&bed, OLD).await;
    assert_ne!(before.expose(), after.expose());
    bed.wait(DAY_MS);
    let since = bed.signed_in(NEW).await;
    bed.with_app(&since).await;

    let link = if first { before } else { after.clone() };
    assert!(look(&bed.desk, &link).await.unwrap().unwrap().done);
    undo(&bed.desk, &bed.visitor(), &link).await.unwrap().unwrap();
    assert_eq!(address(&bed).await, OLD);
    for sql in [
        "SELECT COUNT(*) FROM session WHERE ended_at IS NULL",
        "SELECT COUNT(*) FROM member_browser",
        "SELECT COUNT(*) FROM authenticator_app",
        "SELECT COUNT(*) FROM reserved_address",
        "SELECT COUNT(*) FROM member_password WHERE blocked_at IS NULL",
    ] {
        assert_eq!(bed.count(sql).await, 0, "{sql}");
    }
    for to in [OLD, NEW] {
        assert!(newest(&bed, to, "に戻しました").await.text.contains("ha***@example.jp"));
    }
    let reset = link_in(&newest(&bed, OLD, "/password/reset/new?t=").await);
    assert!(identity::password_reset::door(&bed.desk, &reset).await.unwrap().is_some());
    assert_eq!(look(&bed.desk, &after).await.unwrap(), None);
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'email_change_undone'").await, 1);
}

/// What the owner had before the change stays: the mailbox alone weakens nothing.
#[rstest]
#[tokio::test]
async fn an_older_app_stays(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let member = bed.member(OLD).await;
    let app = bed.with_app(&member).await;
    bed.wait(MINUTE_MS);
    let half = bed.half_signed_in(&bed.visitor(), OLD).await;
    let code = app.code(bed.desk.now());
    let method = domain::second_step::Method::App;
    let thief = bed.pass(&bed.visitor(), &half, method, &code).await.unwrap();
    let thief = bed.caller(&thief.token).await;
    ask(&bed.desk, &thief, NEW).await.unwrap().unwrap();
    let link = confirming(&bed, NEW).await;
    confirm_by_link(&bed.desk, &thief, &link, "").await.unwrap().unwrap();
    undo(&bed.desk, &bed.visitor(), &undoing(&bed, OLD).await).await.unwrap().unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM authenticator_app").await, 1);
}

/// A → B → C: A's letter still brings A back, and B's is worth nothing then.
#[rstest]
#[tokio::test]
async fn changing_twice_does_not_win(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let (_, thief) = changed(&bed).await;
    let first = undoing(&bed, OLD).await;
    bed.wait(MINUTE_MS);
    ask(&bed.desk, &thief, "hanako@third.example.jp").await.unwrap().unwrap();
    let link = confirming(&bed, "hanako@third.example.jp").await;
    confirm_by_link(&bed.desk, &thief, &link, "").await.unwrap().unwrap();
    let second = undoing(&bed, NEW).await;
    assert_eq!(address(&bed).await, "hanako@third.example.jp");
    undo(&bed.desk, &bed.visitor(), &first).await.unwrap().unwrap();
    assert_eq!(address(&bed).await, OLD);
    assert_eq!(undo(&bed.desk, &bed.visitor(), &second).await.unwrap(), Err(vec![Refused::LinkInvalid]));
    assert_eq!(address(&bed).await, OLD);
    newest(&bed, "hanako@third.example.jp", "に戻しました").await;
    assert_eq!(bed.count("SELECT COUNT(*) FROM reserved_address").await, 0, "the thief's are free");
}

/// Nobody else can have the old address meanwhile, and no page says why.
#[rstest]
#[tokio::test]
async fn mp_69_the_old_address_is_kept_for_seven_days(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let (_, owner) = changed(&bed).await;
    let undo_link = undoing(&bed, OLD).await;
    // A registration gets no letter; one that was under way does not come to its end.
    let form_id = bed.desk.random.token();
    let letters = bed.letters().await.len();
    identity::registration::submit(&bed.desk, &bed.visitor(), &form(OLD), &form_id).await.unwrap().unwrap();
    assert_eq!(bed.letters().await.len(), letters);
    assert!(identity::registration::pending(&bed.desk, &form_id).await.unwrap().is_some(), "the same page");
    // Another member gets none either.
    let other = bed.caller(&bed.member("taro@example.jp").await.token).await;
    ask(&bed.desk, &other, OLD).await.unwrap().unwrap();
    assert_eq!(bed.letters().await.iter().filter(|l| l.text.contains("/account/email/")).count(), 1);
    // Its own member can go back at once.
    bed.wait(MINUTE_MS);
    ask(&bed.desk, &owner, OLD).await.unwrap().unwrap();
    confirming(&bed, OLD).await;

    bed.wait(7 * DAY_MS - MINUTE_MS - 1);
    assert!(look(&bed.desk, &undo_link).await.unwrap().is_some());
    bed.wait(1);
    assert!(look(&bed.desk, &undo_link).await.unwrap().is_none());
    assert_eq!(undo(&bed.desk, &bed.visitor(), &undo_link).await.unwrap(), Err(vec![Refused::LinkInvalid]));
    identity::jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM reserved_address").await, 0);
    bed.member(OLD).await;
}

/// The database judges, also of a registration whose letter left before the address was given up.
#[rstest]
#[tokio::test]
async fn a_registration_under_way_does_not_get_a_kept_address(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let form_id = bed.desk.random.token();
    identity::registration::submit(&bed.desk, &bed.visitor(), &form(OLD), &form_id).await.unwrap().unwrap();
    let code = code_in(&newest(&bed, OLD, "仮登録").await);
    changed(&bed).await;
    let late = identity::registration::complete_by_code(&bed.desk, &bed.visitor(), &form_id, &code).await;
    assert_eq!(late.unwrap().unwrap_err(), CompleteRefused::LinkInvalid);
}

/// An owner who answers an older letter with "it was not me", or locks the account by it, gets the reset letter, not the thief.
#[rstest]
#[tokio::test]
async fn mp_87_it_was_not_me_brings_the_address_back_too(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
    #[values(false, true)] lock: bool,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(OLD).await;
    bed.wait(MINUTE_MS);
    let thief = bed.caller(&bed.signed_in(OLD).await.token).await;
    let alert = link_in(&newest(&bed, OLD, "/alert?t=").await);
    ask(&bed.desk, &thief, NEW).await.unwrap().unwrap();
    let link = confirming(&bed, NEW).await;
    confirm_by_link(&bed.desk, &thief, &link, "").await.unwrap().unwrap();
    ask(&bed.desk, &thief, "hanako@third.example.jp").await.unwrap().unwrap();
    let waiting = confirming(&bed, "hanako@third.example.jp").await;
    if lock {
        identity::alerts::lock(&bed.desk, &bed.visitor(), &alert).await.unwrap().unwrap();
    } else {
        identity::alerts::not_mine(&bed.desk, &bed.visitor(), &alert).await.unwrap().unwrap();
    }
    assert_eq!(address(&bed).await, OLD);
    newest(&bed, OLD, "/password/reset/new?t=").await;
    assert!(bed.letters().await.iter().all(|l| l.to == OLD || !l.text.contains("/password/reset/new")));
    let late = confirm_by_link(&bed.desk, &bed.visitor(), &waiting, PASSWORD).await.unwrap();
    assert_eq!(late, Err(vec![Refused::LinkInvalid]));
}

/// A new password by letter stops what waits.
#[rstest]
#[tokio::test]
async fn security_2_9_a_reset_stops_a_change_that_waits(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let (_, caller) = asked(&bed).await;
    let link = confirming(&bed, NEW).await;
    let mut work = bed.desk.work(&bed.visitor()).await.unwrap();
    let member_id = caller.current.as_ref().unwrap().member_id.clone();
    identity::password_reset::issue(&mut work, &member_id).await.unwrap();
    work.finish().await.unwrap();
    let reset = link_in(&newest(&bed, OLD, "/password/reset/new?t=").await);
    let new = domain::password_change::Form {
        new_password: "quiet-Heron-folds-9-maps".into(),
        new_password_confirm: "quiet-Heron-folds-9-maps".into(),
        ..Default::default()
    };
    identity::password_reset::set_new(&bed.desk, &bed.visitor(), &reset, &new).await.unwrap().unwrap();
    assert_eq!(door(&bed.desk, &bed.visitor(), &link).await.unwrap(), Door::Closed);
}

#[rstest]
#[tokio::test]
async fn no_days_no_link(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[("policy.email_change.undo_days", "0")]).await;
    let (member, _) = changed(&bed).await;
    assert_eq!(email(&bed, &member.token).await, NEW);
    let letters = bed.letters().await;
    assert!(letters.iter().any(|l| l.to == OLD && l.subject.contains("変更されました")));
    assert!(letters.iter().all(|l| !l.text.contains("/email-change/undo")));
    assert_eq!(bed.count("SELECT COUNT(*) FROM reserved_address").await, 0);
}

/// Undone once, beside whatever the thief does at the same time.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_fifty_at_once_are_undone_once(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let (_, thief) = changed(&bed).await;
    let undoing = undoing(&bed, OLD).await;
    bed.wait(MINUTE_MS);
    ask(&bed.desk, &thief, "hanako@third.example.jp").await.unwrap().unwrap();
    let link = confirming(&bed, "hanako@third.example.jp").await;
    let done = successes(&bed, |desk, n| {
        let (visitor, thief, link, undoing) = (bed.visitor(), thief.clone(), link.clone(), undoing.clone());
        async move {
            if n % 2 == 0 {
                return Ok(undo(&desk, &visitor, &undoing).await?.is_ok());
            }
            let _ = confirm_by_link(&desk, &thief, &link, "").await?;
            Ok(false)
        }
    })
    .await;
    assert_eq!(done, 1);
    assert_eq!(address(&bed).await, OLD);
    assert!(view(&bed.desk, &thief).await.unwrap().pending.is_none());
}
