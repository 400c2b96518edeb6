//! What differs between the kinds of providers, on the whole way there and back (MP-60).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::linked_accounts::{Purpose, Refused};
use identity::clock::SECOND_MS;
use identity::linked_accounts::{Arrived, begin};
use identity::registration;
use identity::testing::provider::{Signed, TestProvider};
use identity::testing::{Base, Bed, form};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::pkcs8::{EncodePrivateKey, LineEnding};
use rstest::rstest;
use serde_json::{Value, json};

use super::with_provider::{
    ADDRESS, Visit, arrive, bed, bed_at, entered, leave, person, visit, visit_at, waiting_at, why,
    without_passwords,
};

/// A site that may have all kinds, and has `google` as another.
async fn bed_of(kind: &str, provider: &TestProvider, more: &[(&str, &str)]) -> Bed {
    let mut settings = vec![
        ("site.policy", "modern"),
        ("policy.linked_accounts.providers", "google,facebook,yahoo_japan,microsoft,line,apple,d_account"),
        ("policy.linked_accounts.vouched_addresses", "true"),
        ("providers.google.kind", kind),
    ];
    settings.extend(more);
    bed_at(Base::Sqlite, provider, &settings).await
}

/// The values of a query or a form.
fn of(pairs: &str, name: &str) -> Option<String> {
    let mut pairs = openidconnect::url::form_urlencoded::parse(pairs.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// LINE signs with the secret that it shares with the site; nobody else may.
#[rstest]
#[case("line", true)]
#[case("google", false)]
#[tokio::test]
async fn a_shared_secret_signs_for_line_only(#[case] kind: &'static str, #[case] good: bool) {
    let provider = TestProvider::start().await;
    let bed = bed_of(kind, &provider, &[]).await;
    provider.say(|says| says.signed = Signed::WithTheClientSecret);
    let arrived = visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, person("1", ADDRESS)).await;
    if good {
        assert!(matches!(arrived, Ok(Arrived::Waits(..))), "{arrived:?}");
    } else {
        assert_eq!(why(arrived), Refused::NotAccepted);
    }
}

#[rstest]
#[tokio::test]
async fn facebook_has_a_profile_in_place_of_a_token(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let (bed, provider) = bed(base).await;
    let opened = bed.member(ADDRESS).await;
    let caller = bed.caller(&opened.token).await;
    let profile =
        json!({ "id": "99", "first_name": "Hanako", "last_name": "Yamada", "email": "fb@example.com" });
    provider.say(|says| says.profile = profile);
    let there = leave(&bed, &provider, &caller, "facebook", Purpose::Link).await;
    assert!(matches!(arrive(&bed, &caller, &there).await, Ok(Arrived::Linked)));
    let asked = provider.asked();
    assert!(asked.ends_with(&["/oauth/access_token".to_owned(), "/me".to_owned()]), "{asked:?}");
    let again = leave(&bed, &provider, &bed.visitor(), "facebook", Purpose::SignIn).await;
    entered(arrive(&bed, &bed.visitor(), &again).await);
}

/// Facebook does not say whether it has verified an address, and directories of Microsoft's hold whatever was written there.
#[rstest]
#[case("facebook")]
#[case("google")]
#[tokio::test]
async fn facebook_and_microsoft_vouch_for_nobody(#[case] id: &'static str) {
    let provider = TestProvider::start().await;
    let bed = bed_of("microsoft", &provider, &[]).await;
    let profile = json!({ "id": "99", "name": "Hanako", "email": ADDRESS, "email_verified": true });
    provider.say(|says| says.profile = profile);
    let browser = waiting_at(&bed, &provider, id, Purpose::SignUp, person("1", ADDRESS)).await;
    let kept = bed.desk.random.token();
    let submitted = registration::submit(&bed.desk, &browser, &form(ADDRESS), &kept).await.unwrap();
    assert!(matches!(submitted, Ok(registration::Submitted::Sent)), "{submitted:?}");
}

/// A subject means somebody within its directory only, and each directory is an issuer of its own.
#[tokio::test]
async fn microsofts_people_are_known_by_directory_and_subject() {
    let provider = TestProvider::start().await;
    let any = [&provider.issuer, "/{tenantid}/v2.0"].concat();
    let bed = bed_of("microsoft", &provider, &[("providers.google.issuer", &any)]).await;
    let from = |directory: &str, subject: &str| {
        let mut claims = person(subject, ADDRESS);
        claims["iss"] = json!(any.replace("{tenantid}", directory));
        claims
    };
    let (one, two) = ("9188040d-6c67-4c5b-b112-36a304b66dad", "11111111-2222-3333-4444-555555555555");
    let caller = bed.caller(&bed.member(ADDRESS).await.token).await;
    let linked = visit(&bed, &provider, &caller, Purpose::Link, from(one, "1")).await;
    assert!(matches!(linked, Ok(Arrived::Linked)), "{linked:?}");
    entered(visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, from(one, "1")).await);
    let stranger = visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, from(two, "1")).await;
    assert!(matches!(stranger, Ok(Arrived::Waits(..))), "{stranger:?}");
    for issuer in [&any.replace("{tenantid}", "common"), &any, "https://evil.example"] {
        let mut claims = person("1", ADDRESS);
        claims["iss"] = json!(issuer);
        let refused = visit(&bed, &provider, &bed.visitor(), Purpose::SignIn, claims).await;
        assert_eq!(why(refused), Refused::NotAccepted, "{issuer}");
    }
}

/// Apple posts its answer from its own page, and wants a secret that is signed for it anew.
#[tokio::test]
async fn apple_is_shown_a_signed_secret_and_posts_its_answer() {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap();
    let more = [
        ("providers.google.client_secret", pem.as_str()),
        ("providers.google.team_id", "TEAM"),
        ("providers.google.key_id", "KEY"),
    ];
    let provider = TestProvider::start().await;
    let bed = bed_of("apple", &provider, &more).await;
    provider.say(|says| says.now = bed.desk.now());
    let mut claims = person("000123.abc", "x1y2@privaterelay.appleid.com");
    // A text, as Apple may write it.
    claims["email_verified"] = json!("true");
    provider.say(|says| says.claims = claims);
    let nobody = bed.visitor();
    let away = begin(&bed.desk, &nobody, "google", Purpose::SignUp, None, None).await.unwrap().unwrap();
    let query = away.url.split_once('?').unwrap().1;
    assert_eq!(of(query, "response_mode").as_deref(), Some("form_post"));
    assert_eq!(of(query, "scope").as_deref(), Some("openid name email"));
    let state = provider.visited(&away.url);
    let arrived = arrive(&bed, &nobody, &Visit { provider: "google", browser: away.browser, state }).await;
    assert!(matches!(arrived, Ok(Arrived::Waits(..))), "{arrived:?}");

    let exchanged = provider.exchanged();
    assert_eq!(of(&exchanged, "client_id").as_deref(), Some("tegata"));
    let secret = of(&exchanged, "client_secret").unwrap();
    let (signed, signature) = secret.rsplit_once('.').unwrap();
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    VerifyingKey::from(&key).verify(signed.as_bytes(), &signature).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!(provider.issuer), &json!("tegata")));
}

/// Its subjects are this site's alone, and nothing else is asked for: the form stays empty, and that is all.
#[tokio::test]
async fn d_account_gives_a_subject_and_nothing_else() {
    let provider = TestProvider::start().await;
    let bed = bed_of("d-account", &provider, &[]).await;
    provider.say(|says| says.claims = json!({ "sub": "pairwise", "email": Value::Null }));
    let caller = bed.caller(&bed.member(ADDRESS).await.token).await;
    let there = leave(&bed, &provider, &caller, "google", Purpose::Link).await;
    assert!(matches!(arrive(&bed, &caller, &there).await, Ok(Arrived::Linked)));
    let view = identity::linked_accounts::view(&bed.desk, &caller).await.unwrap();
    let row = view.rows.iter().find(|row| row.id == "google").unwrap();
    assert_eq!((row.label.as_str(), row.link.as_ref().unwrap().shown.as_deref()), ("dアカウント", None));
}

/// Who proves with a provider that it is still them is asked there, and told apart from who was signed in all along wherever
/// the provider says when it asked.
#[rstest]
#[case::may_not_say("google", "select_account", None)]
#[case::has_to_say("yahoo", "login", Some("0"))]
#[tokio::test]
async fn a_provider_is_asked_to_make_sure_as_it_can(
    #[case] id: &'static str,
    #[case] prompt: &str,
    #[case] max_age: Option<&str>,
) {
    let (bed, provider) = bed(Base::Sqlite).await;
    let caller = bed.caller(&bed.member(ADDRESS).await.token).await;
    visit_at(&bed, &provider, id, &caller, Purpose::Link, person("1", ADDRESS)).await.unwrap();
    without_passwords(&bed).await;
    let away = begin(&bed.desk, &caller, id, Purpose::Confirm, None, None).await.unwrap().unwrap();
    let query = away.url.split_once('?').unwrap().1;
    assert_eq!(of(query, "prompt").as_deref(), Some(prompt));
    assert_eq!(of(query, "max_age").as_deref(), max_age);

    let unsaid = visit_at(&bed, &provider, id, &caller, Purpose::Confirm, person("1", ADDRESS)).await;
    assert_eq!(unsaid.is_err(), max_age.is_some(), "{unsaid:?}");
    let mut said = person("1", ADDRESS);
    said["auth_time"] = json!(bed.desk.now() / SECOND_MS);
    let caller = match unsaid {
        Ok(Arrived::Confirmed(token, _)) => bed.caller(&token).await,
        _ => caller,
    };
    let arrived = visit_at(&bed, &provider, id, &caller, Purpose::Confirm, said).await;
    assert!(matches!(arrived, Ok(Arrived::Confirmed(..))), "{arrived:?}");
}
