//! 信頼済み端末 (MP-57, MP-58, C-09, C-10; security.md 2.2).

use domain::second_step::{Form, Method};
use identity::caller::Caller;
use identity::clock::DAY_MS;
use identity::second_factor::{forget_browser, view};
use identity::session::Opened;
use identity::sign_in::{SignedIn, pass};
use identity::testing::{Authenticator, Base, Bed};
use rstest::rstest;

const ADDRESS: &str = "hanako@example.jp";
const OTHER: &str = "taro@example.jp";

/// Signs in with both steps and ticks the box.
async fn trusted(bed: &Bed, caller: &Caller, email: &str, app: &Authenticator) -> Opened {
    let token = bed.half_signed_in(caller, email).await;
    let form = Form {
        code: app.code(bed.desk.now()),
        method: Method::App,
        trust: Some("on".into()),
        ..Default::default()
    };
    pass(&bed.desk, caller, &token, &form).await.unwrap().unwrap()
}

/// Whether the second step is asked for.
async fn asked(bed: &Bed, caller: &Caller, email: &str) -> bool {
    matches!(bed.first_step(caller, email).await, SignedIn::SecondStep(..))
}

#[rstest]
#[tokio::test]
async fn mp_57_c_09_thirty_days_from_the_ticking_and_never_extended(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let app = bed.with_app(&bed.member(ADDRESS).await).await;
    let opened = trusted(&bed, &bed.visitor(), ADDRESS, &app).await;
    let browser = bed.browser_of(&opened);
    let shown = view(&bed.desk, &bed.caller(&opened.token).await).await.unwrap();
    assert_eq!(shown.trusted[0].trusted_until, bed.desk.now() + 30 * DAY_MS);
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'browser_trusted'").await, 1);
    for _ in 0..2 {
        bed.wait(14 * DAY_MS);
        assert!(!asked(&bed, &browser, ADDRESS).await);
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM session WHERE second_by = 'trusted'").await, 2);
    assert!(asked(&bed, &bed.visitor(), ADDRESS).await, "any other browser is asked");
    bed.wait(2 * DAY_MS - 1);
    assert!(!asked(&bed, &browser, ADDRESS).await);
    bed.wait(1);
    assert!(asked(&bed, &browser, ADDRESS).await);
}

#[rstest]
#[tokio::test]
async fn mp_58_not_ticked_or_not_offered_is_not_trusted(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    for (settings, ticked) in [(&[][..], false), (&[("policy.trusted_browsers.offered", "false")][..], true)]
    {
        let bed = Bed::new(base, settings).await;
        let app = bed.with_app(&bed.member(ADDRESS).await).await;
        let opened = if ticked {
            trusted(&bed, &bed.visitor(), ADDRESS, &app).await
        } else {
            let token = bed.half_signed_in(&bed.visitor(), ADDRESS).await;
            bed.pass(&bed.visitor(), &token, Method::App, &app.code(bed.desk.now())).await.unwrap()
        };
        assert!(asked(&bed, &bed.browser_of(&opened), ADDRESS).await);
    }
}

/// Two members of one browser: each trusts it alone, and the second one's first sign-in takes nothing from the first.
#[rstest]
#[tokio::test]
async fn mp_57_two_members_of_one_browser_do_not_mix(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let apps = [ADDRESS, OTHER].map(|email| async { bed.with_app(&bed.member(email).await).await });
    let [first, second] = apps;
    let (first, second) = (first.await, second.await);
    let opened = trusted(&bed, &bed.visitor(), ADDRESS, &first).await;
    let browser = bed.browser_of(&opened);
    assert!(asked(&bed, &browser, OTHER).await);
    let token = bed.half_signed_in(&browser, OTHER).await;
    let opened = bed.pass(&browser, &token, Method::App, &second.code(bed.desk.now())).await.unwrap();
    let browser = bed.browser_of(&opened);
    assert!(!asked(&bed, &browser, ADDRESS).await);
    assert!(asked(&bed, &browser, OTHER).await);
}

/// A browser's secret that somebody planted, to be trusted in the member's place: at the member's first sign-in the
/// browser gets another one, and the planted one stays strange.
#[rstest]
#[tokio::test]
async fn security_2_2_a_planted_browser_cookie_is_useless(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    let app = bed.with_app(&bed.member(ADDRESS).await).await;
    let planted = bed.browser_of(&bed.member(OTHER).await);
    let opened = trusted(&bed, &planted, ADDRESS, &app).await;
    assert_ne!(opened.device.digest(), planted.device.as_ref().unwrap().digest());
    assert!(asked(&bed, &planted, ADDRESS).await, "the one who planted it is asked");
    assert!(!asked(&bed, &bed.browser_of(&opened), ADDRESS).await);
}

#[rstest]
#[tokio::test]
async fn c_10_members_release_their_own_one_or_all(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let app = bed.with_app(&bed.member(ADDRESS).await).await;
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(trusted(&bed, &bed.visitor(), ADDRESS, &app).await);
        bed.wait(30_000);
    }
    let caller = bed.caller(&browsers[0].token).await;
    let stranger = bed.caller(&bed.member(OTHER).await.token).await;
    let listed = view(&bed.desk, &caller).await.unwrap().trusted;
    assert_eq!(listed.len(), 3);
    for id in [Some(listed[0].id.as_str()), None] {
        forget_browser(&bed.desk, &stranger, id).await.unwrap();
    }
    assert_eq!(view(&bed.desk, &caller).await.unwrap().trusted.len(), 3, "nobody else's");

    forget_browser(&bed.desk, &caller, Some(&listed[0].id)).await.unwrap();
    assert!(asked(&bed, &bed.browser_of(&browsers[2]), ADDRESS).await);
    assert!(!asked(&bed, &bed.browser_of(&browsers[1]), ADDRESS).await);
    forget_browser(&bed.desk, &caller, None).await.unwrap();
    for opened in &browsers {
        assert!(asked(&bed, &bed.browser_of(opened), ADDRESS).await);
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM alert WHERE kind = 'trust_forgotten'").await, 2);
}
