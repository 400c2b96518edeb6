//! メールアドレスの変更: asking and confirming (MP-68 to MP-72, MD-30, MD-31).

use domain::address::AddressRefused;
use domain::email_change::Refused;
use identity::caller::Caller;
use identity::clock::{DAY_MS, MINUTE_MS};
use identity::email_change::{
    Door, ask, cancel, confirm_by_code, confirm_by_link, door, look, send_again, undo, view,
};
use identity::fault::Fault;
use identity::mail::outbox::Contents;
use identity::secret::Token;
use identity::session::Opened;
use identity::testing::{Base, Bed, PASSWORD, code_in, link_in};
use rstest::rstest;

pub(super) const OLD: &str = "hanako@example.jp";
pub(super) const NEW: &str = "hanako@new.example.jp";
pub(super) const OTHER: &str = "taro@example.jp";

pub(super) async fn newest(bed: &Bed, to: &str, with: &str) -> Contents {
    let letters = bed.letters().await;
    letters.into_iter().rfind(|letter| letter.to == to && letter.text.contains(with)).unwrap()
}

/// The link that confirms, from the new mailbox.
pub(super) async fn confirming(bed: &Bed, new: &str) -> Token {
    link_in(&newest(bed, new, "/account/email/confirm?t=").await)
}

/// The newest link with which an old mailbox stops or undoes.
pub(super) async fn undoing(bed: &Bed, old: &str) -> Token {
    link_in(&newest(bed, old, "/email-change/undo?t=").await)
}

/// A member who asked for another address.
pub(super) async fn asked(bed: &Bed) -> (Opened, Caller) {
    let member = bed.member(OLD).await;
    let caller = bed.caller(&member.token).await;
    ask(&bed.desk, &caller, NEW).await.unwrap().unwrap();
    (member, caller)
}

pub(super) async fn email(bed: &Bed, token: &Token) -> String {
    bed.caller(token).await.current.unwrap().email
}

pub(super) async fn line(bed: &Bed, event: &str) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM audit WHERE event = $1 AND refusal IS NULL AND kind = 'account'")
        .bind(event)
        .fetch_one(bed.desk.db.readers())
        .await
        .unwrap()
}

#[rstest]
#[tokio::test]
async fn mp_68_the_old_address_works_until_the_new_one_is_confirmed(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let (member, caller) = asked(&bed).await;
    let told = newest(&bed, OLD, "/email-change/undo?t=").await;
    for said in ["ha***@new.example.jp", "192.0.2.7", "山田 花子 様", "変更を止める"] {
        assert!(told.text.contains(said), "{said}\n{}", told.text);
    }
    let letter = newest(&bed, NEW, "/account/email/confirm?t=").await;
    assert!(!letter.text.contains("山田") && !letter.text.contains(OLD), "it may be a stranger's mailbox");
    let shown = view(&bed.desk, &caller).await.unwrap();
    let waiting = shown.pending.unwrap();
    assert_eq!((shown.email.as_str(), waiting.new_email.as_str(), waiting.here), (OLD, NEW, true));
    bed.signed_in(OLD).await;

    let code = code_in(&letter);
    confirm_by_code(&bed.desk, &caller, &code, "").await.unwrap().unwrap();
    assert_eq!(email(&bed, &member.token).await, NEW, "the session goes on");
    bed.signed_in(NEW).await;
    assert_eq!((line(&bed, "email_change_asked").await, line(&bed, "email_change").await), (1, 1));
    let done = newest(&bed, OLD, "/email-change/undo?t=").await;
    assert!(done.subject.contains("変更されました") && done.text.contains("ha***@new.example.jp"));
    assert!(newest(&bed, NEW, "次のログインから").await.text.contains(NEW));
    let old = domain::sign_in::Form { email: OLD.into(), password: PASSWORD.into(), ..Default::default() };
    assert!(identity::sign_in::sign_in(&bed.desk, &bed.visitor(), &old).await.unwrap().is_err());
    let again = confirm_by_code(&bed.desk, &caller, &code, "").await.unwrap();
    assert_eq!(again, Err(vec![Refused::LinkInvalid]), "used");
}

/// Looking changes nothing, however often; where the member is not signed in, the password is asked for.
#[rstest]
#[tokio::test]
async fn mp_71_the_link_works_on_another_device_with_the_password(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let (member, caller) = asked(&bed).await;
    let link = confirming(&bed, NEW).await;
    for _ in 0..5 {
        assert_eq!(door(&bed.desk, &bed.visitor(), &link).await.unwrap(), Door::Password(NEW.into()));
        assert_eq!(door(&bed.desk, &caller, &link).await.unwrap(), Door::Button(NEW.into()));
    }
    let other = bed.caller(&bed.member(OTHER).await.token).await;
    for stranger in [&bed.visitor(), &other] {
        for (typed, refused) in [("", Refused::PasswordEmpty), ("wrong-Password-1", Refused::PasswordWrong)] {
            let done = confirm_by_link(&bed.desk, stranger, &link, typed).await.unwrap();
            assert_eq!(done, Err(vec![refused]));
        }
    }
    confirm_by_link(&bed.desk, &bed.visitor(), &link, PASSWORD).await.unwrap().unwrap();
    assert_eq!(email(&bed, &member.token).await, NEW);
    assert_eq!(bed.count("SELECT COUNT(*) FROM session").await, 2, "the change alone signs nobody in");
    assert_eq!(door(&bed.desk, &caller, &link).await.unwrap(), Door::Closed);
    let again = confirm_by_link(&bed.desk, &caller, &link, "").await.unwrap();
    assert_eq!(again, Err(vec![Refused::LinkInvalid]));
}

/// security.md 2.7: the link is no second door to guess passwords at.
#[rstest]
#[tokio::test]
async fn security_2_7_wrong_passwords_at_the_link_lock_as_at_the_sign_in(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    asked(&bed).await;
    let link = confirming(&bed, NEW).await;
    let tries = bed.desk.settings.policy.sign_in.lock_threshold;
    for _ in 0..tries {
        let done = confirm_by_link(&bed.desk, &bed.visitor(), &link, "wrong-Password-1").await.unwrap();
        assert_eq!(done, Err(vec![Refused::PasswordWrong]));
    }
    let done = confirm_by_link(&bed.desk, &bed.visitor(), &link, PASSWORD).await.unwrap();
    assert_eq!(done, Err(vec![Refused::Locked]));
    assert_eq!(bed.count("SELECT COUNT(*) FROM audit WHERE event = 'sign_in_locked'").await, 1);
}

#[rstest]
#[tokio::test]
async fn mp_68_what_is_no_new_address_is_refused(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let member = bed.member(OLD).await;
    let caller = bed.caller(&member.token).await;
    for (typed, refused) in [
        ("", Refused::Address(AddressRefused::Empty)),
        ("hanako", Refused::Address(AddressRefused::NotAnAddress)),
        (OLD, Refused::Same),
        ("ｈａｎａｋｏ＠ＥＸＡＭＰＬＥ．ｊｐ", Refused::Same),
    ] {
        assert_eq!(ask(&bed.desk, &caller, typed).await.unwrap(), Err(vec![refused]), "{typed}");
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM email_change").await, 0);
    for odd in ["abc.@docomo.ne.jp", "Hanako@example.jp", "hanako+id@example.jp"] {
        bed.wait(MINUTE_MS);
        ask(&bed.desk, &caller, odd).await.unwrap().unwrap();
    }
    bed.wait(10 * MINUTE_MS);
    let stale = bed.caller(&member.token).await;
    assert!(matches!(ask(&bed.desk, &stale, NEW).await, Err(Fault::ProveFirst)));
    assert!(matches!(send_again(&bed.desk, &stale).await, Err(Fault::ProveFirst)));
    assert!(view(&bed.desk, &stale).await.unwrap().pending.is_some(), "what waits is shown all the same");
    cancel(&bed.desk, &stale).await.unwrap();
    assert!(matches!(view(&bed.desk, &stale).await, Err(Fault::ProveFirst)));
    assert!(matches!(ask(&bed.desk, &bed.visitor(), NEW).await, Err(Fault::SignInFirst)));
}

/// Letter case is the member's own: the same account, written otherwise, confirmed like any other change.
#[rstest]
#[tokio::test]
async fn the_letter_case_of_the_own_address_can_change(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let member = bed.member(OLD).await;
    let caller = bed.caller(&member.token).await;
    ask(&bed.desk, &caller, "Hanako@example.jp").await.unwrap().unwrap();
    let link = confirming(&bed, "Hanako@example.jp").await;
    confirm_by_link(&bed.desk, &caller, &link, "").await.unwrap().unwrap();
    assert_eq!(email(&bed, &member.token).await, "Hanako@example.jp");
    assert_eq!(bed.count("SELECT COUNT(*) FROM reserved_address").await, 0);
    bed.signed_in(OLD).await;
}

/// MP-69: an address that somebody has, or had a short while ago, gets no letter, and everything else is the same.
#[rstest]
#[tokio::test]
async fn mp_69_a_known_address_is_asked_for_like_any_other_and_never_confirmed(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    bed.member(OTHER).await;
    let member = bed.member(OLD).await;
    let caller = bed.caller(&member.token).await;
    let decoys = "SELECT COUNT(*) FROM outbox WHERE kind = 'decoy'";
    let (rows, decoy) = (bed.count("SELECT COUNT(*) FROM outbox").await, bed.count(decoys).await);
    ask(&bed.desk, &caller, "Taro@example.jp").await.unwrap().unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM outbox").await - rows, 2, "as many as for a free one");
    assert_eq!(bed.count(decoys).await - decoy, 1);
    assert!(newest(&bed, OLD, "/email-change/undo?t=").await.text.contains("Ta***@example.jp"));
    let waiting = view(&bed.desk, &caller).await.unwrap().pending.unwrap();
    assert_eq!((waiting.new_email.as_str(), waiting.here), ("Taro@example.jp", true));

    send_again(&bed.desk, &caller).await.unwrap().unwrap();
    let letters = bed.letters().await;
    assert!(letters.iter().all(|letter| letter.to == OLD || !letter.text.contains("/account/email/")));
    for n in 0..6 {
        let done = confirm_by_code(&bed.desk, &caller, &format!("{n:06}"), "").await.unwrap();
        assert_eq!(done, Err(vec![if n < 5 { Refused::CodeWrong } else { Refused::CodeTries }]));
    }
    assert_eq!(email(&bed, &member.token).await, OLD);
}

#[rstest]
#[tokio::test]
async fn the_code_is_good_in_its_session_for_five_tries(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let (_, caller) = asked(&bed).await;
    let code = code_in(&newest(&bed, NEW, "確認コード").await);
    bed.wait(MINUTE_MS);
    let elsewhere = bed.caller(&bed.signed_in(OLD).await.token).await;
    assert!(!view(&bed.desk, &elsewhere).await.unwrap().pending.unwrap().here);
    let done = confirm_by_code(&bed.desk, &elsewhere, &code, "").await.unwrap();
    assert_eq!(done, Err(vec![Refused::LinkInvalid]), "another session");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let done = confirm_by_code(&bed.desk, &caller, wrong, "").await.unwrap();
        assert_eq!(done, Err(vec![Refused::CodeWrong]));
    }
    let done = confirm_by_code(&bed.desk, &caller, &code, "").await.unwrap();
    assert_eq!(done, Err(vec![Refused::CodeTries]), "the right one comes too late");

    // A new letter: the old link and code are void, and its code is typed where it was asked for.
    let link = confirming(&bed, NEW).await;
    send_again(&bed.desk, &elsewhere).await.unwrap().unwrap();
    assert_eq!(door(&bed.desk, &caller, &link).await.unwrap(), Door::Closed);
    let code = code_in(&newest(&bed, NEW, "確認コード").await);
    assert!(confirm_by_code(&bed.desk, &caller, &code, "").await.unwrap().is_err());
    confirm_by_code(&bed.desk, &elsewhere, &code, "").await.unwrap().unwrap();
}

/// Used, expired, cancelled, superseded: nothing tells them apart (security.md 2.6).
#[rstest]
#[tokio::test]
async fn security_2_6_dead_links_are_dead(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let (_, caller) = asked(&bed).await;
    let superseded = (confirming(&bed, NEW).await, undoing(&bed, OLD).await);
    ask(&bed.desk, &caller, NEW).await.unwrap().unwrap();
    assert_eq!(confirming(&bed, NEW).await.expose(), superseded.0.expose(), "a double click is one letter");
    bed.wait(MINUTE_MS);
    ask(&bed.desk, &caller, NEW).await.unwrap().unwrap();
    let cancelled = (confirming(&bed, NEW).await, undoing(&bed, OLD).await);
    cancel(&bed.desk, &caller).await.unwrap();
    assert_eq!(line(&bed, "email_change_stopped").await, 1);
    bed.wait(MINUTE_MS);
    ask(&bed.desk, &caller, NEW).await.unwrap().unwrap();
    let expired = (confirming(&bed, NEW).await, undoing(&bed, OLD).await);
    // Neither letter's link does the other's work.
    assert_eq!(door(&bed.desk, &caller, &expired.1).await.unwrap(), Door::Closed);
    assert_eq!(look(&bed.desk, &expired.0).await.unwrap(), None);
    bed.wait(DAY_MS - 1);
    assert_eq!(door(&bed.desk, &bed.visitor(), &expired.0).await.unwrap(), Door::Password(NEW.into()));
    bed.wait(1);
    for (link, stop) in [superseded, cancelled, expired] {
        assert_eq!(door(&bed.desk, &bed.visitor(), &link).await.unwrap(), Door::Closed);
        let done = confirm_by_link(&bed.desk, &bed.visitor(), &link, PASSWORD).await.unwrap();
        assert_eq!(done, Err(vec![Refused::LinkInvalid]));
        assert_eq!(look(&bed.desk, &stop).await.unwrap(), None);
        let done = undo(&bed.desk, &bed.visitor(), &stop).await.unwrap();
        assert_eq!(done, Err(vec![Refused::LinkInvalid]));
    }
    identity::jobs::purge(&bed.desk).await.unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM email_change").await, 0);
}

#[rstest]
#[tokio::test]
async fn letters_are_limited_for_an_address_and_for_a_member(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let (_, caller) = asked(&bed).await;
    let most = bed.desk.settings.policy.registration.letters_per_address_per_day;
    for _ in 1..most {
        send_again(&bed.desk, &caller).await.unwrap().unwrap();
    }
    let letters = bed.letters().await.len();
    assert_eq!(send_again(&bed.desk, &caller).await.unwrap(), Err(vec![Refused::TooManyTries]));
    let another = ask(&bed.desk, &caller, "hanako@other.example.jp").await.unwrap();
    assert_eq!(another, Err(vec![Refused::TooManyTries]), "of this member");
    let other = bed.caller(&bed.member(OTHER).await.token).await;
    assert_eq!(
        ask(&bed.desk, &other, NEW).await.unwrap(),
        Err(vec![Refused::TooManyTries]),
        "to this address"
    );
    assert_eq!(bed.letters().await.len(), letters + 1, "the registration's");
}

/// MP-70: codes by letter forbid it, an app does not; judged again when it is confirmed.
#[rstest]
#[tokio::test]
async fn mp_70_codes_by_letter_refuse_the_change_and_an_app_does_not(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let member = bed.member(OLD).await;
    bed.with_app(&member).await;
    let caller = bed.caller(&member.token).await;
    ask(&bed.desk, &caller, NEW).await.unwrap().unwrap();
    let (link, code) = (confirming(&bed, NEW).await, code_in(&newest(&bed, NEW, "確認コード").await));
    bed.with_mail(&member).await;
    assert!(view(&bed.desk, &caller).await.unwrap().refused);
    assert_eq!(ask(&bed.desk, &caller, NEW).await.unwrap(), Err(vec![Refused::MailFactor]));
    assert_eq!(send_again(&bed.desk, &caller).await.unwrap(), Err(vec![Refused::MailFactor]));
    assert_eq!(door(&bed.desk, &caller, &link).await.unwrap(), Door::Refused);
    for done in [
        confirm_by_link(&bed.desk, &caller, &link, "").await.unwrap(),
        confirm_by_link(&bed.desk, &bed.visitor(), &link, PASSWORD).await.unwrap(),
        confirm_by_code(&bed.desk, &caller, &code, "").await.unwrap(),
    ] {
        assert_eq!(done, Err(vec![Refused::MailFactor]));
    }
    assert_eq!(email(&bed, &member.token).await, OLD);
    identity::second_factor::remove_mail(&bed.desk, &caller).await.unwrap();
    confirm_by_link(&bed.desk, &caller, &link, "").await.unwrap().unwrap();
    assert_eq!(email(&bed, &member.token).await, NEW);
}

/// MD-30, MD-31, C-50: the password confirms, and the second factor goes.
#[rstest]
#[tokio::test]
async fn md_31_where_the_policy_clears_the_password_confirms_and_the_factors_go(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("policy.email_change.second_factor", "clear")]).await;
    let (member, caller) = asked(&bed).await;
    bed.with_app(&member).await;
    let mut work = bed.desk.work(&bed.browser_of(&member)).await.unwrap();
    let member_id = caller.current.as_ref().unwrap().member_id.clone();
    identity::session::trust(&mut work, &member_id).await.unwrap();
    work.finish().await.unwrap();
    let shown = view(&bed.desk, &caller).await.unwrap();
    assert!(shown.by_password && !shown.refused);
    let link = confirming(&bed, NEW).await;
    assert_eq!(door(&bed.desk, &caller, &link).await.unwrap(), Door::Password(NEW.into()));
    let code = code_in(&newest(&bed, NEW, "確認コード").await);
    for (typed, refused) in [("", Refused::PasswordEmpty), ("wrong-Password-1", Refused::PasswordWrong)] {
        let done = confirm_by_code(&bed.desk, &caller, &code, typed).await.unwrap();
        assert_eq!(done, Err(vec![refused]));
    }
    confirm_by_code(&bed.desk, &caller, &code, PASSWORD).await.unwrap().unwrap();
    for (table, sql) in [
        ("apps", "SELECT COUNT(*) FROM authenticator_app"),
        ("trusted", "SELECT COUNT(*) FROM member_browser WHERE trusted_until IS NOT NULL"),
    ] {
        assert_eq!(bed.count(sql).await, 0, "{table}");
    }
    assert!(newest(&bed, OLD, "2段階認証の設定と信頼済み端末を解除しました").await.text.contains("取り消す"));
    newest(&bed, NEW, "2段階認証の設定と信頼済み端末を解除しました").await;
    bed.signed_in(NEW).await;
}

/// What waits for an answer from the old mailbox is void; what only knows the member's id goes on.
#[rstest]
#[tokio::test]
async fn what_was_sent_to_the_old_mailbox_is_void(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let (member, caller) = asked(&bed).await;
    bed.with_app(&member).await;
    let half = bed.half_signed_in(&bed.visitor(), OLD).await;
    let member_id = caller.current.as_ref().unwrap().member_id.clone();
    let mut work = bed.desk.work(&bed.visitor()).await.unwrap();
    identity::password_reset::issue(&mut work, &member_id).await.unwrap();
    work.finish().await.unwrap();
    let reset = link_in(&newest(&bed, OLD, "/password/reset/new?t=").await);
    let link = confirming(&bed, NEW).await;
    confirm_by_link(&bed.desk, &caller, &link, "").await.unwrap().unwrap();
    assert!(identity::password_reset::door(&bed.desk, &reset).await.unwrap().is_none());
    assert!(identity::sign_in::look(&bed.desk, &half).await.unwrap().is_none());
    assert_eq!(email(&bed, &member.token).await, NEW);
}

/// Pre-hijacking (security.md 2.9): a change that waits does not outlive the password it was asked for with.
#[rstest]
#[tokio::test]
async fn security_2_9_a_new_password_ends_what_another_session_asked_for(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let (_, own) = asked(&bed).await;
    let change = domain::password_change::Form {
        current_password: PASSWORD.into(),
        new_password: "quiet-Heron-folds-9-maps".into(),
        new_password_confirm: "quiet-Heron-folds-9-maps".into(),
    };
    let changed = identity::password::change(&bed.desk, &own, &change).await.unwrap().unwrap();
    let own = bed.caller(&changed.token).await;
    assert!(view(&bed.desk, &own).await.unwrap().pending.is_some(), "the owner's own goes on");
    let thief = bed.sign_in_with(OLD, &change.new_password).await.unwrap().opened().unwrap();
    let thief = bed.caller(&thief.token).await;
    let back = domain::password_change::Form {
        current_password: change.new_password,
        new_password: PASSWORD.into(),
        new_password_confirm: PASSWORD.into(),
    };
    identity::password::change(&bed.desk, &thief, &back).await.unwrap().unwrap();
    assert!(view(&bed.desk, &own).await.unwrap().pending.is_none());
}
