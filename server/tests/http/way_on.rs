//! `next`, the page that somebody wanted, through every detour of a browser without script (MP-28).

#![expect(clippy::panic, clippy::unwrap_used, reason = "a way that leads nowhere ends the test")]

use std::collections::BTreeMap;

use axum::http::StatusCode;
use domain::address::EmailAddress;
use domain::route::Route;
use identity::context::Ctx;
use identity::helpdesk::send_temporary_password;
use identity::second_factor;
use rstest::rstest;
use testkit::{AuthenticatorApp, Database, PASSWORD, code_in, form, recovery_code_in};

use super::ask::{Answer, OWN, Site, site};

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "quiet-Heron-paints-9-kites";
/// The page that was wanted, with a query of its own.
const WANTED: &str = "/account/history?kind=sign_in";
const WANTED_AS_PARAM: &str = "%2Faccount%2Fhistory%3Fkind%3Dsign_in";

/// A browser without script: cookies, redirects, links, and forms with their hidden fields.
struct Browser<'a> {
    site: &'a Site,
    cookies: BTreeMap<String, String>,
    at: String,
    html: String,
}

impl<'a> Browser<'a> {
    fn new(site: &'a Site) -> Self {
        Self { site, cookies: BTreeMap::new(), at: String::new(), html: String::new() }
    }

    async fn open(&mut self, address: &str) {
        let cookies = self.cookies();
        let answer = self.site.get_with(address, &[("accept", "text/html"), ("cookie", &cookies)]).await;
        address.clone_into(&mut self.at);
        self.arrive(answer).await;
    }

    /// Follows the link of a page whose address begins so.
    async fn follow(&mut self, begins: &str) {
        let links = self.html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let link = links.map(unescaped).find(|link| link.starts_with(begins));
        let link = link.unwrap_or_else(|| panic!("no link to {begins} at {}:\n{}", self.at, self.html));
        self.open(&link).await;
    }

    /// Sends the form of an address: its hidden fields, and these.
    async fn send(&mut self, action: &str, fields: &[(&str, &str)]) {
        let opening = format!("action=\"{action}\"");
        let form = self.html.split("<form").skip(1).find(|form| form.contains(&opening));
        let form = form.unwrap_or_else(|| panic!("no form {action} at {}:\n{}", self.at, self.html));
        let form = form.split("</form>").next().unwrap_or_default();
        let hidden = form.split("<input").skip(1).map(|input| input.split('>').next().unwrap_or_default());
        let hidden: Vec<_> = hidden
            .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
            .map(|input| {
                (attribute(input, "name").unwrap_or_default(), attribute(input, "value").unwrap_or_default())
            })
            .collect();
        let typed = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let body = serde_urlencoded::to_string(hidden.into_iter().chain(typed).collect::<Vec<_>>()).unwrap();
        let (cookies, referer) = (self.cookies(), format!("{OWN}{}", self.at));
        let headers = [("origin", OWN), ("accept", "text/html"), ("cookie", &cookies), ("referer", &referer)];
        let answer = self.site.post(action, &headers, body).await;
        action.clone_into(&mut self.at);
        self.arrive(answer).await;
    }

    /// Follows redirects to the page.
    async fn arrive(&mut self, mut answer: Answer) {
        for _ in 0..10 {
            for line in answer.headers.get_all("set-cookie") {
                let line = line.to_str().unwrap();
                let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
                if line.contains("Max-Age=0") {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
            if answer.status != StatusCode::SEE_OTHER {
                self.html = answer.text();
                return;
            }
            answer.header("location").clone_into(&mut self.at);
            let cookies = self.cookies();
            answer = self.site.get_with(&self.at, &[("accept", "text/html"), ("cookie", &cookies)]).await;
        }
        panic!("redirects without end at {}", self.at);
    }

    fn cookies(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn sign_in(&mut self, password: &str) {
        self.send("/sign-in", &[("email", ADDRESS), ("password", password)]).await;
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let after = tag.split(&format!(" {name}=\"")).nth(1)?;
    after.split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&#x27;", "'").replace("&lt;", "<").replace("&amp;", "&")
}

/// A browser that wanted a member's page and was sent to sign in.
async fn turned_away(site: &Site) -> Browser<'_> {
    let mut browser = Browser::new(site);
    browser.open(WANTED).await;
    assert_eq!(browser.at, format!("/sign-in?next={WANTED_AS_PARAM}"));
    browser
}

#[rstest]
#[tokio::test]
async fn through_a_registration_by_code_and_by_link(
    #[values(false, true)] by_link: bool,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    let mut browser = turned_away(&site).await;
    browser.follow("/register").await;
    let typed = serde_json::to_value(form(ADDRESS)).unwrap();
    let typed: Vec<_> =
        typed.as_object().unwrap().iter().filter_map(|(k, v)| Some((k.as_str(), v.as_str()?))).collect();
    // A refused form keeps it, too.
    browser.send("/register", &[("email", "not an address")]).await;
    browser.send("/register", &typed).await;
    let email = site.instance.newest_email().await;
    if by_link {
        let link = email.text.split_whitespace().find(|word| word.contains("/register/complete?t=")).unwrap();
        browser.open(link.trim_start_matches(OWN)).await;
        browser.send("/register/complete", &[]).await;
    } else {
        browser.send("/register/code", &[("code", &code_in(&email))]).await;
    }
    assert_eq!(browser.at, WANTED, "{}", browser.html);
}

/// And from 新規登録 back to ログイン.
#[tokio::test]
async fn back_from_a_registration() {
    let site = site(Database::Sqlite, &[]).await;
    site.instance.member(ADDRESS).await;
    let mut browser = turned_away(&site).await;
    browser.follow("/register").await;
    browser.follow("/sign-in").await;
    browser.sign_in(PASSWORD).await;
    assert_eq!(browser.at, WANTED);
}

#[rstest]
#[tokio::test]
async fn through_a_password_reset_by_code_and_by_link(
    #[values(false, true)] by_link: bool,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    site.instance.member(ADDRESS).await;
    let mut browser = turned_away(&site).await;
    browser.follow("/password/reset").await;
    browser.send("/password/reset", &[("email", ADDRESS)]).await;
    let email = site.instance.newest_email().await;
    if by_link {
        let link =
            email.text.split_whitespace().find(|word| word.contains("/password/reset/new?t=")).unwrap();
        browser.open(link.trim_start_matches(OWN)).await;
    } else {
        browser.send("/password/reset/code", &[("code", &recovery_code_in(&email))]).await;
    }
    browser.send("/password/reset/new", &[("new_password", NEW), ("new_password_confirm", NEW)]).await;
    assert!(browser.at.starts_with("/sign-in?"), "{}", browser.at);
    browser.sign_in(NEW).await;
    assert_eq!(browser.at, WANTED);
}

#[rstest]
#[tokio::test]
async fn through_a_second_factor_a_resent_code_and_a_wrong_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    let member = site.instance.member(ADDRESS).await;
    site.instance.with_mail(&member).await;
    let mut browser = turned_away(&site).await;
    browser.sign_in(PASSWORD).await;
    let page = format!("/sign-in/second-step?next={WANTED_AS_PARAM}");
    assert!(browser.at.starts_with(&page), "{}", browser.at);
    site.instance.wait(60_000);
    browser.follow("/sign-in/second-step/resend").await;
    browser.send("/sign-in/second-step/resend", &[]).await;
    let code = code_in(&site.instance.newest_email().await);
    browser.send("/sign-in/second-step", &[("code", "000000")]).await;
    browser.send("/sign-in/second-step", &[("code", &code)]).await;
    assert_eq!(browser.at, WANTED, "{}", browser.html);
}

/// The sign-in took too long, and has to start again.
#[tokio::test]
async fn through_a_sign_in_that_starts_again() {
    let site = site(Database::Sqlite, &[]).await;
    let member = site.instance.member(ADDRESS).await;
    let app = site.instance.with_app(&member).await;
    let mut browser = turned_away(&site).await;
    browser.sign_in(PASSWORD).await;
    site.instance.wait(60 * 60_000);
    let code = app.code(site.instance.now());
    browser.send("/sign-in/second-step", &[("code", &code)]).await;
    browser.follow("/sign-in?").await;
    browser.sign_in(PASSWORD).await;
    browser.send("/sign-in/second-step", &[("code", &code)]).await;
    assert_eq!(browser.at, WANTED, "{}", browser.html);
}

/// MP-52: the second factor is switched on, and none is left.
#[tokio::test]
async fn through_the_setting_up_of_a_second_factor() {
    let site = site(Database::Sqlite, &[]).await;
    let member = site.instance.member(ADDRESS).await;
    site.instance.with_app(&member).await;
    let ctx = site.instance.ctx(&member.token).await;
    let app = second_factor::view(&ctx).await.unwrap().apps.remove(0);
    second_factor::remove_app(&ctx, &app.id).await.unwrap();
    let mut browser = turned_away(&site).await;
    browser.sign_in(PASSWORD).await;
    assert!(browser.at.starts_with(Route::SecondFactor.path()), "{}", browser.at);
    browser.follow(Route::SecondFactorApp.path()).await;
    let link = browser.html.split('"').find(|text| text.starts_with("otpauth://")).unwrap();
    let app = AuthenticatorApp::scanned(&unescaped(link));
    let code = app.code(site.instance.now());
    browser.send(Route::SecondFactorApp.path(), &[("code", &code)]).await;
    browser.follow(WANTED).await;
    assert_eq!(browser.at, WANTED, "{}", browser.html);
}

#[tokio::test]
async fn through_a_temporary_password() {
    let site = site(Database::Sqlite, &[]).await;
    site.instance.member(ADDRESS).await;
    let mut browser = turned_away(&site).await;
    let operator = Ctx::operator(&site.instance.app, None);
    send_temporary_password(&operator, &EmailAddress::parse(ADDRESS).unwrap()).await.unwrap();
    let password = recovery_code_in(&site.instance.newest_email().await);
    browser.sign_in(&password).await;
    assert!(browser.at.starts_with("/password/reset/new"), "{}", browser.at);
    browser.send("/password/reset/new", &[("new_password", NEW), ("new_password_confirm", NEW)]).await;
    browser.sign_in(NEW).await;
    assert_eq!(browser.at, WANTED, "{}", browser.html);
}

#[tokio::test]
async fn through_a_switch_of_the_language() {
    let site = site(Database::Sqlite, &[]).await;
    site.instance.member(ADDRESS).await;
    let mut browser = turned_away(&site).await;
    browser.send("/language", &[("lang", "en")]).await;
    assert!(browser.html.contains("lang=\"en\""));
    browser.sign_in(PASSWORD).await;
    assert_eq!(browser.at, WANTED);
}

/// A form was open when the session ended: its page is what they wanted.
#[tokio::test]
async fn through_a_session_that_ended_meanwhile() {
    let site = site(Database::Sqlite, &[]).await;
    site.instance.member(ADDRESS).await;
    let mut browser = turned_away(&site).await;
    browser.sign_in(PASSWORD).await;
    browser.open("/account/profile").await;
    site.instance.wait(60 * 60_000);
    browser.send("/account/profile", &[("family_name", "鈴木")]).await;
    assert_eq!(browser.at, "/sign-in?next=%2Faccount%2Fprofile");
    browser.sign_in(PASSWORD).await;
    assert_eq!(browser.at, "/account/profile");
}
