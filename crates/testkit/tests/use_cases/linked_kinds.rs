//! What differs between the kinds of providers, from the request to the callback (MP-60).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::linked_accounts::{Purpose, Refused};
use identity::linked_accounts::{self, CallbackOutcome};
use identity::registration;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::pkcs8::{EncodePrivateKey, LineEnding};
use platform::clock::SECOND_MS;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::provider::{Signed, TestProvider};
use testkit::{Database, TestApp, form};

use super::with_provider::{
    ADDRESS, AuthRequest, authorize, authorize_at, call_back, entered, person, site, site_at, start,
    waiting_at, why, without_passwords,
};

/// A site that may have all kinds, and has a provider of this kind as `google`.
async fn site_of(kind: &str, provider: &TestProvider, more: &[(&str, &str)]) -> TestApp {
    let mut settings = vec![
        ("site.policy", "modern"),
        ("policy.linked_accounts.providers", "google,facebook,yahoo_japan,microsoft,line,apple,d_account"),
        ("policy.linked_accounts.vouched_addresses", "true"),
        ("providers.google.kind", kind),
    ];
    settings.extend(more);
    site_at(Database::Sqlite, provider, &settings).await
}

/// The values of a query or a form.
fn of(pairs: &str, name: &str) -> Option<String> {
    let mut pairs = openidconnect::url::form_urlencoded::parse(pairs.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// LINE signs with the secret that it shares with the site; no other provider may.
#[rstest]
#[case("line", true)]
#[case("google", false)]
#[tokio::test]
async fn a_shared_secret_signs_for_line_only(#[case] kind: &'static str, #[case] good: bool) {
    let provider = TestProvider::start().await;
    let site = site_of(kind, &provider, &[]).await;
    provider.say(|says| says.signed = Signed::WithTheClientSecret);
    let outcome = authorize(&provider, &site.visitor(), Purpose::SignIn, person("1", ADDRESS)).await;
    if good {
        assert!(matches!(outcome, Ok(CallbackOutcome::Waits(..))), "{outcome:?}");
    } else {
        assert_eq!(why(outcome), Refused::NotAccepted);
    }
}

#[rstest]
#[tokio::test]
async fn facebook_has_a_profile_in_place_of_a_token(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let opened = site.member(ADDRESS).await;
    let ctx = site.ctx(&opened.token).await;
    let profile =
        json!({ "id": "99", "first_name": "Hanako", "last_name": "Yamada", "email": "fb@example.com" });
    provider.say(|says| says.profile = profile);
    let request = start(&provider, &ctx, "facebook", Purpose::Link).await;
    assert!(matches!(call_back(&ctx, &request).await, Ok(CallbackOutcome::Linked)));
    let asked = provider.asked();
    assert!(asked.ends_with(&["/oauth/access_token".to_owned(), "/me".to_owned()]), "{asked:?}");
    let again = start(&provider, &site.visitor(), "facebook", Purpose::SignIn).await;
    entered(call_back(&site.visitor(), &again).await);
}

/// Facebook does not say whether it has verified an address, and Microsoft's directories hold whatever was entered
/// there.
#[rstest]
#[case("facebook")]
#[case("google")]
#[tokio::test]
async fn facebook_and_microsoft_verify_nobodys_address(#[case] id: &'static str) {
    let provider = TestProvider::start().await;
    let site = site_of("microsoft", &provider, &[]).await;
    let profile = json!({ "id": "99", "name": "Hanako", "email": ADDRESS, "email_verified": true });
    provider.say(|says| says.profile = profile);
    let token = waiting_at(&site, &provider, id, Purpose::SignUp, person("1", ADDRESS)).await;
    let form_id = site.app.rng.token();
    let submitted = registration::submit(&site.visitor(), &form(ADDRESS), &form_id, Some(&token)).await;
    assert!(matches!(submitted, Ok(registration::Submitted::Sent)), "{submitted:?}");
}

/// A subject is unique within its directory only, and each directory is an issuer of its own.
#[tokio::test]
async fn microsofts_people_are_known_by_directory_and_subject() {
    let provider = TestProvider::start().await;
    let any = [&provider.issuer, "/{tenantid}/v2.0"].concat();
    let site = site_of("microsoft", &provider, &[("providers.google.issuer", &any)]).await;
    let from = |directory: &str, subject: &str| {
        let mut claims = person(subject, ADDRESS);
        claims["iss"] = json!(any.replace("{tenantid}", directory));
        claims
    };
    let (one, two) = ("9188040d-6c67-4c5b-b112-36a304b66dad", "11111111-2222-3333-4444-555555555555");
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    let linked = authorize(&provider, &ctx, Purpose::Link, from(one, "1")).await;
    assert!(matches!(linked, Ok(CallbackOutcome::Linked)), "{linked:?}");
    entered(authorize(&provider, &site.visitor(), Purpose::SignIn, from(one, "1")).await);
    let stranger = authorize(&provider, &site.visitor(), Purpose::SignIn, from(two, "1")).await;
    assert!(matches!(stranger, Ok(CallbackOutcome::Waits(..))), "{stranger:?}");
    for issuer in [&any.replace("{tenantid}", "common"), &any, "https://evil.example"] {
        let mut claims = person("1", ADDRESS);
        claims["iss"] = json!(issuer);
        let refused = authorize(&provider, &site.visitor(), Purpose::SignIn, claims).await;
        assert_eq!(why(refused), Refused::NotAccepted, "{issuer}");
    }
}

/// Apple posts its callback from its own page, and wants a secret that is signed for each exchange.
#[tokio::test]
async fn apple_is_shown_a_signed_secret_and_posts_its_callback() {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap();
    let more = [
        ("providers.google.client_secret", pem.as_str()),
        ("providers.google.team_id", "TEAM"),
        ("providers.google.key_id", "KEY"),
    ];
    let provider = TestProvider::start().await;
    let site = site_of("apple", &provider, &more).await;
    provider.say(|says| says.now = site.now());
    let mut claims = person("000123.abc", "x1y2@privaterelay.appleid.com");
    // As a text, which Apple may send.
    claims["email_verified"] = json!("true");
    provider.say(|says| says.claims = claims);
    let nobody = site.visitor();
    let redirect =
        linked_accounts::start(&nobody, "google", Purpose::SignUp, None, None, None).await.unwrap();
    let query = redirect.url.split_once('?').unwrap().1;
    assert_eq!(of(query, "response_mode").as_deref(), Some("form_post"));
    assert_eq!(of(query, "scope").as_deref(), Some("openid name email"));
    let state = provider.visited(&redirect.url);
    let outcome =
        call_back(&nobody, &AuthRequest { provider: "google", browser: redirect.browser, state }).await;
    assert!(matches!(outcome, Ok(CallbackOutcome::Waits(..))), "{outcome:?}");

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

/// Its subjects are pairwise, and nothing else is asked for: the form stays empty.
#[tokio::test]
async fn d_account_gives_a_subject_and_nothing_else() {
    let provider = TestProvider::start().await;
    let site = site_of("d-account", &provider, &[]).await;
    provider.say(|says| says.claims = json!({ "sub": "pairwise", "email": Value::Null }));
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    let request = start(&provider, &ctx, "google", Purpose::Link).await;
    assert!(matches!(call_back(&ctx, &request).await, Ok(CallbackOutcome::Linked)));
    let view = identity::linked_accounts::view(&ctx).await.unwrap();
    let row = view.rows.iter().find(|row| row.id == "google").unwrap();
    assert_eq!((row.label.as_str(), row.link.as_ref().unwrap().shown.as_deref()), ("dアカウント", None));
}

/// To authenticate again, the member is asked at the provider. Where the provider says when it asked, an older
/// sign-in there does not count.
#[rstest]
#[case::may_not_say("google", "select_account", None)]
#[case::has_to_say("yahoo", "login", Some("0"))]
#[tokio::test]
async fn a_provider_is_asked_to_authenticate_again_as_it_can(
    #[case] id: &'static str,
    #[case] prompt: &str,
    #[case] max_age: Option<&str>,
) {
    let (site, provider) = site(Database::Sqlite).await;
    let ctx = site.ctx(&site.member(ADDRESS).await.token).await;
    authorize_at(&provider, id, &ctx, Purpose::Link, person("1", ADDRESS)).await.unwrap();
    without_passwords(&site).await;
    let redirect = linked_accounts::start(&ctx, id, Purpose::Reauthenticate, None, None, None).await.unwrap();
    let query = redirect.url.split_once('?').unwrap().1;
    assert_eq!(of(query, "prompt").as_deref(), Some(prompt));
    assert_eq!(of(query, "max_age").as_deref(), max_age);

    let unsaid = authorize_at(&provider, id, &ctx, Purpose::Reauthenticate, person("1", ADDRESS)).await;
    assert_eq!(unsaid.is_err(), max_age.is_some(), "{unsaid:?}");
    let mut said = person("1", ADDRESS);
    said["auth_time"] = json!(site.now() / SECOND_MS);
    let ctx = match unsaid {
        Ok(CallbackOutcome::Reauthenticated(token, _)) => site.ctx(&token).await,
        _ => ctx,
    };
    let outcome = authorize_at(&provider, id, &ctx, Purpose::Reauthenticate, said).await;
    assert!(matches!(outcome, Ok(CallbackOutcome::Reauthenticated(..))), "{outcome:?}");
}
