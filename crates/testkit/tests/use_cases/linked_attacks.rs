//! Answers of providers that must not be accepted, and callbacks of other browsers (security.md 2.2, 2.9, 2.12).

use domain::linked_accounts::{Purpose, Refused};
use identity::linked_accounts::{self, CallbackOutcome, CallbackParams};
use platform::clock::{MINUTE_MS, SECOND_MS};
use platform::context::Ctx;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::provider::{Behaviour, Signed};
use testkit::{Database, NOON, Refusals, TestApp};

use super::with_provider::{
    ADDRESS, AuthRequest, OTHER, Outcome, authorize, call_back, call_back_with, called_back, entered,
    linked_member, links, person, site, start, why,
};

fn claim(name: &'static str, value: Value) -> impl FnOnce(&mut Behaviour) {
    move |says| says.claims[name] = value
}

/// One thing that is wrong.
type Wrong = Box<dyn FnOnce(&mut Behaviour)>;

#[rstest]
#[case::signed_by_a_stranger(Box::new(|says: &mut Behaviour| says.signed = Signed::ByAStranger))]
#[case::alg_none(Box::new(|says: &mut Behaviour| says.signed = Signed::NotAtAll))]
#[case::the_public_key_as_a_secret(Box::new(|says: &mut Behaviour| says.signed = Signed::WithAPublicSecret))]
#[case::wrong_nonce(Box::new(claim("nonce", json!("another"))))]
#[case::no_nonce(Box::new(claim("nonce", Value::Null)))]
#[case::other_issuer(Box::new(claim("iss", json!("https://evil.example"))))]
#[case::other_audience(Box::new(claim("aud", json!("another site"))))]
#[case::several_audiences(Box::new(claim("aud", json!(["tegata", "another site"]))))]
#[case::no_audience(Box::new(claim("aud", Value::Null)))]
#[case::other_party(Box::new(claim("azp", json!("another site"))))]
#[case::no_end(Box::new(claim("exp", Value::Null)))]
#[case::expired(Box::new(claim("exp", json!((NOON - 61 * SECOND_MS) / 1000))))]
#[case::of_the_future(Box::new(claim("iat", json!((NOON + 61 * SECOND_MS) / 1000))))]
#[case::no_subject(Box::new(claim("sub", Value::Null)))]
#[case::empty_subject(Box::new(claim("sub", json!(""))))]
#[case::endless_subject(Box::new(claim("sub", json!("x".repeat(256)))))]
#[case::an_error_page(Box::new(|says: &mut Behaviour| says.instead = Some((500, "<h1>Sorry</h1>".into()))))]
#[case::refused_code(Box::new(|says: &mut Behaviour| says.instead = Some((400, r#"{"error":"invalid_grant"}"#.into()))))]
#[case::no_token(Box::new(|says: &mut Behaviour| says.instead = Some((200, r#"{"access_token":"x","token_type":"bearer"}"#.into()))))]
#[case::endless(Box::new(|says: &mut Behaviour| says.instead = Some((200, "x".repeat(2_000_000)))))]
#[case::a_redirect(Box::new(|says: &mut Behaviour| says.instead = Some((302, String::new()))))]
#[tokio::test]
async fn an_invalid_answer_links_nothing(#[case] wrong: Wrong) {
    let (site, provider) = site(Database::Sqlite).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    provider.say(|says| {
        says.claims = person("1", ADDRESS);
        wrong(says);
    });
    let request = start(&provider, &ctx, "google", Purpose::Link).await;
    assert_eq!(why(call_back(&ctx, &request).await), Refused::NotAccepted);
    assert_eq!(links(&site).await, 0);
    let refused =
        site.count("SELECT COUNT(*) FROM audit WHERE event = 'account_linked' AND refusal = 'LA03'").await;
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn clocks_may_differ_by_a_minute() {
    let (site, provider) = site(Database::Sqlite).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    let seconds = |ms: i64| json!((NOON + ms) / 1000);
    provider.say(|says| {
        says.claims = person("1", ADDRESS);
        says.claims["iat"] = seconds(59 * SECOND_MS);
        says.claims["exp"] = seconds(-59 * SECOND_MS);
    });
    let request = start(&provider, &ctx, "google", Purpose::Link).await;
    assert!(matches!(call_back(&ctx, &request).await, Ok(CallbackOutcome::Linked)));
}

#[rstest]
#[tokio::test]
async fn a_callback_counts_once_in_its_browser_at_its_address_and_in_its_time(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    provider.say(|says| says.claims = person("1", ADDRESS));
    let nobody = site.visitor();
    let over = |outcome: Outcome| {
        let failure = outcome.unwrap_err();
        assert_eq!((failure.refused, failure.purpose), (Refused::Over, None));
    };
    let request = start(&provider, &nobody, "google", Purpose::SignIn).await;
    let params = CallbackParams { code: Some("a code".into()), ..state_of(&request) };
    // Another browser's, a visitor's, another provider's, a made-up state: the request itself stays valid.
    let others = Some(site.app.rng.token());
    over(called_back(&nobody, "google", others, params.clone(), None).await);
    over(called_back(&nobody, "google", None, params.clone(), None).await);
    let own = Some(request.browser.clone());
    over(called_back(&nobody, "yahoo", own.clone(), params.clone(), None).await);
    over(called_back(&nobody, "nobody", own, params.clone(), None).await);
    let made_up = CallbackParams { state: Some(site.app.rng.token().expose().into()), ..params.clone() };
    over(call_back_with(&nobody, &request, made_up, None).await);
    let outcome = call_back_with(&nobody, &request, params.clone(), None).await;
    assert!(matches!(outcome, Ok(CallbackOutcome::Waits(..))), "{outcome:?}");
    over(call_back_with(&nobody, &request, params, None).await);

    let late = start(&provider, &nobody, "google", Purpose::SignIn).await;
    site.wait(10 * MINUTE_MS);
    over(call_back(&nobody, &late).await);
}

#[rstest]
#[tokio::test]
async fn a_request_belongs_to_the_session_that_started_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    provider.say(|says| says.claims = person("1", ADDRESS));
    let hanako = site.ctx(&site.member(ADDRESS).await.token).await;
    let taro = site.ctx(&site.member(OTHER).await.token).await;
    let request = start(&provider, &hanako, "google", Purpose::Link).await;
    // Meanwhile another member signed in in this browser.
    assert_eq!(why(call_back(&taro, &request).await), Refused::Over);
    let request = start(&provider, &hanako, "google", Purpose::Link).await;
    assert_eq!(why(call_back(&site.visitor(), &request).await), Refused::Over);
    assert_eq!(links(&site).await, 0);
}

#[tokio::test]
async fn what_the_person_or_the_provider_says_instead_of_a_code() {
    let (site, provider) = site(Database::Sqlite).await;
    let visitor = site.visitor();
    let started = async || start(&provider, &visitor, "google", Purpose::SignIn).await;
    for (error, refused) in [
        ("access_denied", Refused::Cancelled),
        ("temporarily_unavailable", Refused::Unreachable),
        ("server_error", Refused::Unreachable),
        ("invalid_scope", Refused::NotAccepted),
        ("<script>", Refused::NotAccepted),
    ] {
        let request = started().await;
        let params = CallbackParams { error: Some(error.into()), ..state_of(&request) };
        let failure = call_back_with(&visitor, &request, params, None).await.unwrap_err();
        assert_eq!((failure.refused, failure.purpose), (refused, Some(Purpose::SignIn)), "{error}");
    }
    let request = started().await;
    let nothing = call_back_with(&visitor, &request, state_of(&request), None).await;
    assert_eq!(why(nothing), Refused::NotAccepted);
    // RFC 9207: a mix-up with another provider's answer.
    let request = started().await;
    let mixed_up = CallbackParams {
        code: Some("a code".into()),
        iss: Some("https://evil.example".into()),
        ..state_of(&request)
    };
    assert_eq!(why(call_back_with(&visitor, &request, mixed_up, None).await), Refused::NotAccepted);
    assert!(!provider.asked().contains(&"/token".to_owned()), "no code was sent");
}

#[tokio::test]
async fn a_provider_that_is_down_says_so_and_is_asked_again_later() {
    let (site, provider) = site(Database::Sqlite).await;
    provider.say(|says| says.found = false);
    let visitor = site.visitor();
    let start = async || linked_accounts::start(&visitor, "google", Purpose::SignIn, None, None, None).await;
    assert_eq!(start().await.refusals(), [Refused::Unreachable]);
    assert_eq!(reachable(&visitor), [false, true, true], "the others are as they were");
    let asked = provider.asked().len();
    assert_eq!(start().await.refusals(), [Refused::Unreachable]);
    assert_eq!(provider.asked().len(), asked, "left alone for a while");
    provider.say(|says| says.found = true);
    site.wait(30 * SECOND_MS);
    assert_eq!(reachable(&visitor), [true, true, true]);
    start().await.unwrap();
    assert_eq!(site.count("SELECT COUNT(*) FROM auth_request").await, 1);
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_fetched_once() {
    let (site, provider) = site(Database::Sqlite).await;
    linked_member(&site, &provider, ADDRESS, "1").await;
    provider.say(|says| says.key_id = "two".into());
    let sign_in = async || authorize(&provider, &site.visitor(), Purpose::SignIn, person("1", ADDRESS)).await;
    // A moment after the last time the keys are not fetched.
    assert_eq!(why(sign_in().await), Refused::NotAccepted);
    site.wait(MINUTE_MS);
    entered(sign_in().await);
}

/// security.md 2.11: no connection is made to a name that resolves into a private network.
#[rstest]
#[case("true", true)]
#[case("false", false)]
#[tokio::test]
async fn providers_in_private_networks_are_not_asked_unless_the_operator_allows_it(
    #[case] allowed: &str,
    #[case] connected: bool,
) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let settings = [
        ("site.development", "true"),
        ("outbound.private_networks", allowed),
        ("providers.google.kind", "google"),
        ("providers.google.client_id", "tegata"),
        ("providers.google.client_secret", "secret"),
        ("providers.google.issuer", &issuer),
    ];
    let site = TestApp::new(Database::Sqlite, &settings).await;
    let nobody = site.visitor();
    let start = linked_accounts::start(&nobody, "google", Purpose::SignIn, None, None, None);
    let mut starting = std::pin::pin!(start);
    let (started, accepted) = tokio::select! {
        // Nothing speaks TLS here: the connection ends, and a second one is refused.
        first = listener.accept() => {
            drop((first.unwrap(), listener));
            (starting.await, true)
        }
        // A connection that was made all the same would be in the queue: no waiting is needed.
        started = &mut starting => (started, listener.into_std().unwrap().accept().is_ok()),
    };
    assert_eq!(started.refusals(), [Refused::Unreachable]);
    assert_eq!(accepted, connected);
}

#[tokio::test]
async fn a_provider_that_stops_answering_is_left_alone_for_a_while() {
    let (site, provider) = site(Database::Sqlite).await;
    provider.say(|says| says.claims = person("1", ADDRESS));
    let visitor = site.visitor();
    let request = start(&provider, &visitor, "google", Purpose::SignIn).await;
    let other = start(&provider, &visitor, "google", Purpose::SignIn).await;
    provider.say(|says| says.silent = true);
    assert_eq!(why(call_back(&visitor, &request).await), Refused::Unreachable);
    assert!(!reachable(&visitor)[0]);
    // A callback that comes from there is still accepted.
    provider.say(|says| says.silent = false);
    assert!(matches!(call_back(&visitor, &other).await, Ok(CallbackOutcome::Waits(..))));
}

/// A callback with neither a code nor an error.
fn state_of(request: &AuthRequest) -> CallbackParams {
    CallbackParams { state: Some(request.state.clone()), ..CallbackParams::default() }
}

/// Which providers answered when they were asked last.
fn reachable(ctx: &Ctx) -> Vec<bool> {
    linked_accounts::offered(ctx, ctx.locale()).iter().map(|offer| offer.reachable).collect()
}
