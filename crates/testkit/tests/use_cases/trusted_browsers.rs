//! 信頼済み端末 (MP-57, MP-58, C-09, C-10; security.md 2.2).

use account::audit::Event;
use domain::second_factor::Method;
use domain::second_factor::challenge::Form;
use identity::OpenedSession;
use identity::second_factor::{end_trust, view};
use identity::sign_in::SignInStep;
use platform::clock::DAY_MS;
use platform::context::Ctx;
use rstest::rstest;
use testkit::{AuthenticatorApp, Database, TestApp, pass};

const ADDRESS: &str = "hanako@example.jp";
const OTHER: &str = "taro@example.jp";

/// Signs in with both factors and ticks the box.
async fn trusted(site: &TestApp, ctx: &Ctx, email: &str, app: &AuthenticatorApp) -> OpenedSession {
    let token = site.half_signed_in(ctx, email).await;
    let form = Form {
        code: app.code(site.now()),
        method: Method::App,
        trust: Some("on".into()),
        ..Default::default()
    };
    pass(ctx, &token, &form).await.unwrap().session
}

/// Whether the second factor is asked for.
async fn asked(site: &TestApp, ctx: &Ctx, email: &str) -> bool {
    matches!(site.first_factor(ctx, email).await, SignInStep::SecondFactor(..))
}

#[rstest]
#[tokio::test]
async fn mp_57_c_09_thirty_days_from_the_ticking_and_never_extended(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let app = site.with_app(&site.member(ADDRESS).await).await;
    let opened = trusted(&site, &site.visitor(), ADDRESS, &app).await;
    let browser = site.browser_of(&opened);
    let shown = view(&site.ctx(&opened.token).await).await.unwrap();
    assert_eq!(shown.trusted[0].trusted_until, site.now() + 30 * DAY_MS);
    assert_eq!(site.alerts_of(Event::BrowserTrusted).await, 1);
    for _ in 0..2 {
        site.wait(14 * DAY_MS);
        assert!(!asked(&site, &browser, ADDRESS).await);
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM session_proof WHERE method = 'trusted_browser'").await, 2);
    assert!(asked(&site, &site.visitor(), ADDRESS).await, "any other browser is asked");
    site.wait(2 * DAY_MS - 1);
    assert!(!asked(&site, &browser, ADDRESS).await);
    site.wait(1);
    assert!(asked(&site, &browser, ADDRESS).await);
}

#[rstest]
#[tokio::test]
async fn mp_58_not_ticked_or_not_offered_is_not_trusted(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    for (settings, ticked) in [(&[][..], false), (&[("policy.trusted_browsers.offered", "false")][..], true)]
    {
        let site = TestApp::new(database, settings).await;
        let app = site.with_app(&site.member(ADDRESS).await).await;
        let opened = if ticked {
            trusted(&site, &site.visitor(), ADDRESS, &app).await
        } else {
            let token = site.half_signed_in(&site.visitor(), ADDRESS).await;
            site.prove(&site.visitor(), &token, Method::App, &app.code(site.now())).await.unwrap()
        };
        assert!(asked(&site, &site.browser_of(&opened), ADDRESS).await);
    }
}

/// Two members of one browser: each trusts it alone, and the second one's first sign-in takes nothing from the first.
#[rstest]
#[tokio::test]
async fn mp_57_two_members_of_one_browser_do_not_mix(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let apps = [ADDRESS, OTHER].map(|email| async { site.with_app(&site.member(email).await).await });
    let [first, second] = apps;
    let (first, second) = (first.await, second.await);
    let opened = trusted(&site, &site.visitor(), ADDRESS, &first).await;
    let browser = site.browser_of(&opened);
    assert!(asked(&site, &browser, OTHER).await);
    let token = site.half_signed_in(&browser, OTHER).await;
    let opened = site.prove(&browser, &token, Method::App, &second.code(site.now())).await.unwrap();
    let browser = site.browser_of(&opened);
    assert!(!asked(&site, &browser, ADDRESS).await);
    assert!(asked(&site, &browser, OTHER).await);
}

/// A browser's secret that an attacker planted, to be trusted in the member's place: at the member's first sign-in the
/// browser gets another one, and the planted one stays unknown.
#[rstest]
#[tokio::test]
async fn security_2_2_a_planted_browser_cookie_is_useless(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let app = site.with_app(&site.member(ADDRESS).await).await;
    let planted = site.browser_of(&site.member(OTHER).await);
    let opened = trusted(&site, &planted, ADDRESS, &app).await;
    assert_ne!(opened.browser.digest(), planted.request().browser.as_ref().unwrap().digest());
    assert!(asked(&site, &planted, ADDRESS).await, "the one who planted it is asked");
    assert!(!asked(&site, &site.browser_of(&opened), ADDRESS).await);
}

#[rstest]
#[tokio::test]
async fn c_10_members_release_their_own_one_or_all(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let app = site.with_app(&site.member(ADDRESS).await).await;
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(trusted(&site, &site.visitor(), ADDRESS, &app).await);
        site.wait(30_000);
    }
    let ctx = site.ctx(&browsers[0].token).await;
    let stranger = site.ctx(&site.member(OTHER).await.token).await;
    let listed = view(&ctx).await.unwrap().trusted;
    assert_eq!(listed.len(), 3);
    for id in [Some(listed[0].id.as_str()), None] {
        end_trust(&stranger, id).await.unwrap();
    }
    assert_eq!(view(&ctx).await.unwrap().trusted.len(), 3, "nobody else's");

    end_trust(&ctx, Some(&listed[0].id)).await.unwrap();
    assert!(asked(&site, &site.browser_of(&browsers[2]), ADDRESS).await);
    assert!(!asked(&site, &site.browser_of(&browsers[1]), ADDRESS).await);
    end_trust(&ctx, None).await.unwrap();
    for opened in &browsers {
        assert!(asked(&site, &site.browser_of(opened), ADDRESS).await);
    }
    assert_eq!(site.alerts_of(Event::TrustForgotten).await, 2);
}
