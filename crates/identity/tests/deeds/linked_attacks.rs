//! Answers of providers that must not be believed, and answers that are not this browser's (security.md 2.2, 2.9, 2.12).

use domain::linked_accounts::{Purpose, Refused};
use identity::clock::{MINUTE_MS, SECOND_MS};
use identity::linked_accounts::{self, Answer, Arrived, Back};
use identity::testing::provider::{Says, Signed};
use identity::testing::{Base, Bed, NOON};
use rstest::rstest;
use serde_json::{Value, json};

use super::with_provider::{
    ADDRESS, OTHER, answered, arrive, bed, entered, leave, linked_member, links, person, visit, why,
};

fn claim(name: &'static str, value: Value) -> impl FnOnce(&mut Says) {
    move |says| says.claims[name] = value
}

/// One thing that is wrong.
type Wrong = Box<dyn FnOnce(&mut Says)>;

#[rstest]
#[case::signed_by_a_stranger(Box::new(|says: &mut Says| says.signed = Signed::ByAStranger))]
#[case::alg_none(Box::new(|says: &mut Says| says.signed = Signed::NotAtAll))]
#[case::the_public_key_as_a_secret(Box::new(|says: &mut Says| says.signed = Signed::WithAPublicSecret))]
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
#[case::an_error_page(Box::new(|says: &mut Says| says.instead = Some((500, "<h1>Sorry</h1>".into()))))]
#[case::refused_code(Box::new(|says: &mut Says| says.instead = Some((400, r#"{"error":"invalid_grant"}"#.into()))))]
#[case::no_token(Box::new(|says: &mut Says| says.instead = Some((200, r#"{"access_token":"x","token_type":"bearer"}"#.into()))))]
#[case::endless(Box::new(|says: &mut Says| says.instead = Some((200, "x".repeat(2_000_000)))))]
#[case::a_redirect(Box::new(|says: &mut Says| says.instead = Some((302, String::new()))))]
#[tokio::test]
async fn what_cannot_be_believed_links_nothing(#[case] wrong: Wrong) {
    let (bed, provider) = bed(Base::Sqlite).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    provider.say(|says| {
        says.claims = person("1", ADDRESS);
        wrong(says);
    });
    let there = leave(&bed, &provider, &caller, "google", Purpose::Link).await;
    assert_eq!(why(arrive(&bed, &caller, &there).await), Refused::NotAccepted);
    assert_eq!(links(&bed).await, 0);
    let refused =
        bed.count("SELECT COUNT(*) FROM audit WHERE event = 'account_linked' AND refusal = 'LA03'").await;
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn clocks_may_differ_by_a_minute() {
    let (bed, provider) = bed(Base::Sqlite).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let seconds = |ms: i64| json!((NOON + ms) / 1000);
    provider.say(|says| {
        says.claims = person("1", ADDRESS);
        says.claims["iat"] = seconds(59 * SECOND_MS);
        says.claims["exp"] = seconds(-59 * SECOND_MS);
    });
    let there = leave(&bed, &provider, &caller, "google", Purpose::Link).await;
    assert!(matches!(arrive(&bed, &caller, &there).await, Ok(Arrived::Linked)));
}

#[rstest]
#[tokio::test]
async fn an_answer_counts_once_in_its_browser_at_its_address_and_in_its_time(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let (bed, provider) = bed(base).await;
    provider.say(|says| says.claims = person("1", ADDRESS));
    let nobody = bed.visitor();
    let over = |arrived: Result<Arrived, Back>| {
        let back = arrived.unwrap_err();
        assert_eq!((back.refused, back.purpose), (Refused::Over, None));
    };
    let there = leave(&bed, &provider, &nobody, "google", Purpose::SignIn).await;
    let answer =
        Answer { code: Some("a code".into()), state: Some(there.state.clone()), ..Answer::default() };
    // Another browser's, nobody's, another provider's, a made-up state: the visit itself stays good.
    let others = Some(bed.desk.random.token());
    over(linked_accounts::come_back(&bed.desk, &nobody, "google", others, answer.clone()).await.unwrap());
    over(linked_accounts::come_back(&bed.desk, &nobody, "google", None, answer.clone()).await.unwrap());
    let own = Some(there.browser.clone());
    over(linked_accounts::come_back(&bed.desk, &nobody, "yahoo", own.clone(), answer.clone()).await.unwrap());
    over(linked_accounts::come_back(&bed.desk, &nobody, "nobody", own, answer.clone()).await.unwrap());
    let made_up = Answer { state: Some(bed.desk.random.token().expose().into()), ..answer.clone() };
    over(answered(&bed, &nobody, &there, made_up).await);
    assert!(matches!(answered(&bed, &nobody, &there, answer.clone()).await, Ok(Arrived::Waits(..))));
    over(answered(&bed, &nobody, &there, answer).await);

    let late = leave(&bed, &provider, &nobody, "google", Purpose::SignIn).await;
    bed.wait(10 * MINUTE_MS);
    over(arrive(&bed, &nobody, &late).await);
}

#[rstest]
#[tokio::test]
async fn a_visit_belongs_to_the_session_that_began_it(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    provider.say(|says| says.claims = person("1", ADDRESS));
    let hanako = bed.member(ADDRESS).await;
    let taro = bed.member(OTHER).await;
    let there = leave(&bed, &provider, &bed.caller(&hanako.token).await, "google", Purpose::Link).await;
    // Meanwhile somebody else signed in in this browser.
    assert_eq!(why(arrive(&bed, &bed.caller(&taro.token).await, &there).await), Refused::Over);
    let there = leave(&bed, &provider, &bed.caller(&hanako.token).await, "google", Purpose::Link).await;
    assert_eq!(why(arrive(&bed, &bed.visitor(), &there).await), Refused::Over);
    assert_eq!(links(&bed).await, 0);
}

#[tokio::test]
async fn what_the_person_or_the_provider_says_instead_of_a_code() {
    let (bed, provider) = bed(Base::Sqlite).await;
    for (error, refused) in [
        ("access_denied", Refused::Cancelled),
        ("temporarily_unavailable", Refused::Unreachable),
        ("server_error", Refused::Unreachable),
        ("invalid_scope", Refused::NotAccepted),
        ("<script>", Refused::NotAccepted),
    ] {
        let there = leave(&bed, &provider, &bed.visitor(), "google", Purpose::SignIn).await;
        let answer =
            Answer { error: Some(error.into()), state: Some(there.state.clone()), ..Answer::default() };
        let back = answered(&bed, &bed.visitor(), &there, answer).await.unwrap_err();
        assert_eq!((back.refused, back.purpose), (refused, Some(Purpose::SignIn)), "{error}");
    }
    let there = leave(&bed, &provider, &bed.visitor(), "google", Purpose::SignIn).await;
    let nothing = Answer { state: Some(there.state.clone()), ..Answer::default() };
    assert_eq!(why(answered(&bed, &bed.visitor(), &there, nothing).await), Refused::NotAccepted);
    // RFC 9207: another provider's answer, mixed up on its way.
    let there = leave(&bed, &provider, &bed.visitor(), "google", Purpose::SignIn).await;
    let mixed_up = Answer {
        code: Some("a code".into()),
        state: Some(there.state.clone()),
        iss: Some("https://evil.example".into()),
        error: None,
    };
    assert_eq!(why(answered(&bed, &bed.visitor(), &there, mixed_up).await), Refused::NotAccepted);
    assert!(!provider.asked().contains(&"/token".to_owned()), "no code was shown to anybody");
}

#[tokio::test]
async fn a_provider_that_is_down_says_so_and_is_asked_again_later() {
    let (bed, provider) = bed(Base::Sqlite).await;
    provider.say(|says| says.found = false);
    let begin = async || {
        linked_accounts::begin(&bed.desk, &bed.visitor(), "google", Purpose::SignIn, None, None).await
    };
    assert_eq!(begin().await.unwrap().unwrap_err(), Refused::Unreachable);
    let reachable = || -> Vec<bool> {
        linked_accounts::offered(&bed.desk, bed.visitor().locale)
            .iter()
            .map(|offer| offer.reachable)
            .collect()
    };
    assert_eq!(reachable(), [false, true, true], "the others are as they were");
    let asked = provider.asked().len();
    assert_eq!(begin().await.unwrap().unwrap_err(), Refused::Unreachable);
    assert_eq!(provider.asked().len(), asked, "left alone for a while");
    provider.say(|says| says.found = true);
    bed.wait(30 * SECOND_MS);
    assert_eq!(reachable(), [true, true, true]);
    begin().await.unwrap().unwrap();
    assert_eq!(bed.count("SELECT COUNT(*) FROM provider_visit").await, 1);
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_fetched_once() {
    let (bed, provider) = bed(Base::Sqlite).await;
    let opened = linked_member(&bed, &provider, ADDRESS, "1").await;
    drop(opened);
    provider.say(|says| says.key_id = "two".into());
    // A moment after the last time nobody is asked.
    let arrived = visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", ADDRESS)).await;
    assert_eq!(why(arrived), Refused::NotAccepted);
    bed.wait(MINUTE_MS);
    entered(visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", ADDRESS)).await);
}

/// security.md 2.11: a name that leads into a private network is not connected to.
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
    let bed = Bed::new(Base::Sqlite, &settings).await;
    let nobody = bed.visitor();
    let mut deed =
        std::pin::pin!(linked_accounts::begin(&bed.desk, &nobody, "google", Purpose::SignIn, None, None));
    let (begun, accepted) = tokio::select! {
        // Nobody speaks TLS here: the connection ends, and a second one finds nobody.
        first = listener.accept() => {
            drop((first.unwrap(), listener));
            (deed.await, true)
        }
        // Whoever connected all the same is in the queue: no clock is needed.
        begun = &mut deed => (begun, listener.into_std().unwrap().accept().is_ok()),
    };
    assert_eq!(begun.unwrap().unwrap_err(), Refused::Unreachable);
    assert_eq!(accepted, connected);
}

#[tokio::test]
async fn a_provider_that_falls_silent_on_the_way_is_left_alone_for_a_while() {
    let (bed, provider) = bed(Base::Sqlite).await;
    provider.say(|says| says.claims = person("1", ADDRESS));
    let there = leave(&bed, &provider, &bed.visitor(), "google", Purpose::SignIn).await;
    let other = leave(&bed, &provider, &bed.visitor(), "google", Purpose::SignIn).await;
    provider.say(|says| says.silent = true);
    assert_eq!(why(arrive(&bed, &bed.visitor(), &there).await), Refused::Unreachable);
    assert!(!linked_accounts::offered(&bed.desk, bed.visitor().locale)[0].reachable);
    // Who is back from there already is not turned away for it.
    provider.say(|says| says.silent = false);
    assert!(matches!(arrive(&bed, &bed.visitor(), &other).await, Ok(Arrived::Waits(..))));
}
