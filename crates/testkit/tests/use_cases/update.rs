//! The update of a database that the release before this schema wrote (`update.json`): rows of every table as that
//! release stored them, with the secrets that its members, their browsers and their mailboxes held at that moment. On
//! both databases everybody is still signed in, and what was pending can still be used; whether the rows were there
//! before the migration, or a process of that release wrote them beside this one while the update rolled out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::password_change;
use domain::second_factor::Method;
use domain::sign_in::Form;
use identity::linked_accounts::CallbackOutcome;
use identity::sign_in::{self, SignInStep};
use identity::{
    EventKind, account_suspension, alerts, data_export, email_change, password_reset, registration,
    second_factor, sign_in_history, withdrawal,
};
use openidconnect::url::Url;
use platform::context::Ctx;
use platform::db::MIGRATOR;
use platform::secret::Token;
use rstest::rstest;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use sqlx::{Executor, SqlSafeStr};
use testkit::provider::TestProvider;
use testkit::{AuthenticatorApp, Database, PASSWORD, SoftPasskey, Step, TestApp, changed, link_in};

use super::with_passkeys::{answer, sign_in_question, sign_in_with};
use super::with_provider::{AuthRequest, call_back, person};

/// The migration that this release brought.
const THIS_RELEASE: i64 = 20_261_128_000_001;

#[derive(Deserialize)]
struct Fixture {
    secrets: BTreeMap<String, String>,
    tables: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {
    name: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// The site after its update.
struct Updated {
    site: TestApp,
    provider: TestProvider,
    secrets: BTreeMap<String, String>,
}

/// When the release before wrote its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    BeforeTheMigration,
    AfterTheMigration,
}

impl Updated {
    async fn new(database: Database, written: Written) -> Self {
        let Fixture { secrets, tables } = serde_json::from_str(include_str!("update.json")).unwrap();
        let provider = TestProvider::start().await;
        let own = provider.settings();
        let mut settings: Vec<(&str, &str)> = own.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        settings.extend([
            ("site.policy", "modern"),
            ("policy.email_change.undo_days", "7"),
            ("policy.linked_accounts.providers", "google,facebook,yahoo_japan"),
        ]);
        let site =
            TestApp::unmigrated(database, &settings, unhex(&secrets["site_key_hex"]).try_into().unwrap())
                .await;
        site.wait(secrets["now"].parse::<i64>().unwrap() - site.now());
        let first = if written == Written::BeforeTheMigration { &before_this_release() } else { &MIGRATOR };
        first.run(&mut *site.app.db.writing().await.unwrap()).await.unwrap();
        for table in &tables {
            table.fill(&site).await;
        }
        site.app.db.migrate().await.unwrap();
        identity::carry_over(&site.app).await.unwrap();
        Self { site, provider, secrets }
    }

    fn secret(&self, name: &str) -> &str {
        &self.secrets[name]
    }

    fn token(&self, name: &str) -> Token {
        Token::parse(self.secret(name)).unwrap()
    }

    /// The browser in which a member was signed in.
    fn browser(&self, who: &str) -> Ctx {
        let browser = self.token(&format!("{who}.browser"));
        changed(&self.site.visitor(), |request| request.browser = Some(browser))
    }

    /// A member in their session.
    async fn signed_in(&self, who: &str) -> Ctx {
        let ctx = self.site.ctx(&self.token(&format!("{who}.session"))).await;
        assert!(ctx.session().is_some(), "{who} is not signed in any more");
        ctx
    }
}

/// All migrations up to the release before.
fn before_this_release() -> Migrator {
    let older = MIGRATOR.iter().filter(|one| one.version < THIS_RELEASE).cloned().collect();
    Migrator { migrations: Cow::Owned(older), ..Migrator::DEFAULT }
}

impl Table {
    async fn fill(&self, site: &TestApp) {
        for row in &self.rows {
            let filled = || self.columns.iter().zip(row).filter(|(_, value)| !value.is_null());
            let columns: Vec<_> = filled().map(|(column, _)| column.as_str()).collect();
            let places: Vec<_> = (1..=columns.len()).map(|place| format!("${place}")).collect();
            let insert =
                format!("INSERT INTO {} ({}) VALUES ({})", self.name, columns.join(", "), places.join(", "));
            let mut insert = sqlx::query(safe(insert));
            for (_, value) in filled() {
                insert = match value {
                    Value::Number(number) => insert.bind(number.as_i64()),
                    Value::String(text) => insert.bind(text.clone()),
                    blob => insert.bind(unhex(blob["hex"].as_str().unwrap())),
                };
            }
            insert.execute(&mut *site.app.db.writing().await.unwrap()).await.unwrap();
        }
    }
}

#[expect(clippy::disallowed_types, reason = "names of tables and columns cannot be parameters")]
fn safe(statement: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(statement)
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn everybody_is_still_signed_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Written::BeforeTheMigration, Written::AfterTheMigration)] written: Written,
) {
    let updated = Updated::new(database, written).await;
    for who in ["hana", "hana2", "jiro", "intruder", "saburo", "shiro", "goro", "rokuro", "nana", "kyu"] {
        let ctx = updated.signed_in(who).await;
        // What a session was opened with is still known. Only she signed in longer than ten minutes ago.
        assert_eq!(ctx.member_fresh().is_ok(), !who.starts_with("hana"), "{who}");
    }
    let remembered = updated.token("hana2.remembered");
    sign_in::resume(&updated.browser("hana2"), &remembered).await.unwrap().expect("a session");
    let form = |email: &str| Form { email: email.into(), password: PASSWORD.into(), ..Form::default() };
    // The address that a member changed to signs in; nobody else can have the one before.
    sign_in::sign_in(&updated.site.visitor(), &form("shiro-new@example.jp"), None)
        .await
        .unwrap()
        .in_session();
    let kept =
        "SELECT COUNT(*) FROM identifier WHERE key = 'shiro@example.jp' AND reserved_until IS NOT NULL";
    assert_eq!(updated.site.count(kept).await, 1);
}

#[rstest]
#[tokio::test]
async fn second_factors_work_as_before(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Written::BeforeTheMigration, Written::AfterTheMigration)] written: Written,
) {
    let updated = Updated::new(database, written).await;
    let site = &updated.site;
    // A sign-in that was between its factors.
    let app = AuthenticatorApp::scanned(updated.secret("hana.otpauth"));
    let step = updated.token("hana.step");
    site.prove(&site.visitor(), &step, Method::App, &app.code(site.now())).await.unwrap();
    let (step, code) = (updated.token("saburo.step"), updated.secret("saburo.code"));
    site.prove(&site.visitor(), &step, Method::Mail, code).await.unwrap();
    // Backup codes: one is spent, the others are not.
    for (code, good) in [("hana.backup_code_used", false), ("hana.backup_code", true)] {
        let step = site.half_signed_in(&site.visitor(), "hana@example.jp").await;
        let proven = site.prove(&site.visitor(), &step, Method::BackupCode, updated.secret(code)).await;
        assert_eq!(proven.is_ok(), good, "{code}");
    }
    // A trusted browser is not asked.
    site.first_factor(&updated.browser("hana2"), "hana@example.jp").await.in_session();
    // The passkey.
    let mut key = SoftPasskey::new(1);
    key.counter = updated.secret("hana.passkey_counter").parse().unwrap();
    let question = sign_in_question(site).await;
    key.names_user = false;
    let nameless = answer(&question, key.answer(&question));
    sign_in_with(site, &nameless).await.unwrap_err();
    let step = site.half_signed_in(&site.visitor(), "hana@example.jp").await;
    let question = sign_in::begin_second_factor_passkey(&site.visitor(), &step).await.unwrap();
    let form = answer(&question, key.answer(&question));
    super::with_passkeys::prove_with_passkey(&site.visitor(), &step, &form).await.unwrap();
    let factors = second_factor::mine(&updated.signed_in("hana").await).await.unwrap();
    assert_eq!(
        (factors.switched_on, factors.methods.len(), factors.backup_codes),
        (true, 3, 8),
        "{factors:?}"
    );
}

#[rstest]
#[tokio::test]
async fn registrations_and_resets_that_were_pending_end_well(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Written::BeforeTheMigration, Written::AfterTheMigration)] written: Written,
) {
    let updated = Updated::new(database, written).await;
    let visitor = updated.site.visitor();
    let form_id = updated.token("new.form");
    let code = updated.secret("new.code");
    registration::complete_by_code(&visitor, &form_id, code).await.unwrap();
    let link = updated.token("new.link");
    registration::complete_by_link(&visitor, &link, Some(&form_id), None).await.unwrap_err();
    let link = updated.token("new2.link");
    registration::complete_by_link(&visitor, &link, None, Some(PASSWORD)).await.unwrap();

    let form_id = updated.token("rokuro.reset_form");
    let page =
        password_reset::by_code(&visitor, &form_id, updated.secret("rokuro.reset_code")).await.unwrap();
    set_new(&visitor, &page).await;
    // The same proof: used by its code, its link is over.
    assert!(password_reset::preview(&visitor, &updated.token("rokuro.reset_link")).await.unwrap().is_none());
    // The account that its member suspended is opened by the link of that e-mail only.
    set_new(&visitor, &updated.token("hachi.reset_link")).await;

    let form = Form {
        email: "nana@example.jp".into(),
        password: updated.secret("nana.temporary_password").into(),
        ..Form::default()
    };
    let step = sign_in::sign_in(&visitor, &form, None).await.unwrap();
    assert!(matches!(step, SignInStep::SetNewPassword(_)), "{step:?}");
}

async fn set_new(visitor: &Ctx, link: &Token) {
    let new = "wholly-Other-9-trombones";
    let form = password_change::Form {
        new_password: new.into(),
        new_password_confirm: new.into(),
        ..Default::default()
    };
    password_reset::set_new(visitor, link, &form).await.unwrap();
}

#[rstest]
#[case::link(false)]
#[case::code(true)]
#[tokio::test]
async fn changes_of_an_address_that_were_pending_end_well(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Written::BeforeTheMigration, Written::AfterTheMigration)] written: Written,
    #[case] by_code: bool,
) {
    let updated = Updated::new(database, written).await;
    let goro = updated.signed_in("goro").await;
    if by_code {
        email_change::confirm_by_code(&goro, updated.secret("goro.email_code"), PASSWORD).await.unwrap();
    } else {
        email_change::confirm_by_link(&goro, &updated.token("goro.email_link"), PASSWORD).await.unwrap();
    }
    updated.site.signed_in("goro-new@example.jp").await;
    // The change that was made before the update can still be reverted.
    email_change::revert(&updated.site.visitor(), &updated.token("shiro.undo")).await.unwrap();
    let form = Form { email: "shiro@example.jp".into(), password: PASSWORD.into(), ..Form::default() };
    let refused = sign_in::sign_in(&updated.site.visitor(), &form, None).await;
    assert!(refused.is_err(), "taking it back asks for a new password: {refused:?}");
}

#[rstest]
#[tokio::test]
async fn a_change_that_was_pending_can_be_stopped(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Written::BeforeTheMigration, Written::AfterTheMigration)] written: Written,
) {
    let updated = Updated::new(database, written).await;
    email_change::revert(&updated.site.visitor(), &updated.token("goro.email_stop")).await.unwrap();
    let (visitor, link) = (updated.site.visitor(), updated.token("goro.email_link"));
    assert!(email_change::confirm_by_link(&visitor, &link, PASSWORD).await.is_err());
}

#[rstest]
#[tokio::test]
async fn an_alert_sent_before_ends_what_an_intruder_left(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Written::BeforeTheMigration, Written::AfterTheMigration)] written: Written,
) {
    let updated = Updated::new(database, written).await;
    let site = &updated.site;
    alerts::not_mine(&site.visitor(), &updated.token("jiro.alert")).await.unwrap();
    assert!(!site.is_open(&updated.token("intruder.session")).await);
    assert_eq!(
        site.count(
            "SELECT COUNT(*) FROM authenticator_app a JOIN identifier i ON i.member_id = a.member_id \
                    WHERE i.key = 'jiro@example.jp'"
        )
        .await,
        0
    );
    let reset = link_in(&site.newest_email().await);
    set_new(&site.visitor(), &reset).await;
}

#[rstest]
#[tokio::test]
async fn accounts_of_providers_stay_linked(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Written::BeforeTheMigration, Written::AfterTheMigration)] written: Written,
) {
    let updated = Updated::new(database, written).await;
    let (site, provider) = (&updated.site, &updated.provider);
    let waiting =
        identity::pending_identity::waiting(&site.visitor(), &updated.token("waiting.pending_link"))
            .await
            .unwrap();
    assert!(waiting.is_some(), "what a browser brought from a provider waits");

    // A person who was at the provider during the update comes back.
    let state = updated.secret("visit.state");
    let sealed: Vec<u8> = sqlx::query_scalar("SELECT sealed FROM auth_request WHERE state_hash = $1")
        .bind(Token::parse(state).unwrap().digest())
        .fetch_one(site.app.db.readers())
        .await
        .unwrap();
    let carried: Value = site.app.site_key.open_json("provider visit", &sealed).unwrap();
    let verifier = carried["verifier"].as_str().unwrap();
    let mut url = Url::parse(&provider.issuer).unwrap();
    url.query_pairs_mut()
        .append_pair("state", state)
        .append_pair("nonce", carried["nonce"].as_str().unwrap())
        .append_pair("code_challenge_method", "S256")
        .append_pair("code_challenge", &base64url(&Sha256::digest(verifier)));
    provider.visited(url.as_str());
    provider.say(|says| {
        says.now = site.now();
        says.claims = person("hana-at-google", "hana@example.jp");
    });
    let request =
        AuthRequest { provider: "google", browser: updated.token("visit.browser"), state: state.to_owned() };
    let outcome = call_back(&site.visitor(), &request).await;
    let Ok(CallbackOutcome::SignedIn(step, _)) = outcome else { panic!("{outcome:?}") };
    step.second_factor();
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[rstest]
#[tokio::test]
async fn the_history_reads_as_before(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Written::BeforeTheMigration, Written::AfterTheMigration)] written: Written,
) {
    let updated = Updated::new(database, written).await;
    let history = sign_in_history::page(&updated.signed_in("hana").await, None, None).await.unwrap();
    let read: Vec<_> = history
        .lines
        .iter()
        .map(|line| (line.event.unwrap().name(), line.method.as_deref(), line.refusal.as_deref()))
        .collect();
    let wrong = ("sign_in", Some("password"), Some("SI02"));
    let expected = [
        wrong,
        wrong,
        wrong,
        ("sign_in", Some("passkey"), None),
        ("sign_in", Some("backup_code"), None),
        ("browser_trusted", None, None),
        ("sign_in", Some("totp"), None),
        ("account_linked", Some("provider:google"), None),
        ("mail_codes_added", None, None),
        ("backup_codes_made", None, None),
        ("passkey_added", None, None),
        ("second_factor_on", None, None),
        ("totp_added", None, None),
        ("registered", None, None),
    ];
    assert_eq!(read, expected);
    let kinds: Vec<_> =
        sign_in_history::page(&updated.signed_in("hana").await, Some(EventKind::Refused), None)
            .await
            .unwrap()
            .lines;
    assert_eq!(kinds.len(), 3);
    // No line is lost, and none is unknown.
    assert_eq!(updated.site.count("SELECT COUNT(*) FROM audit").await, 39);
    for who in ["jiro", "saburo", "shiro", "goro", "rokuro", "nana", "kyu"] {
        let history = sign_in_history::page(&updated.signed_in(who).await, None, None).await.unwrap();
        assert!(history.lines.iter().all(|line| line.event.is_some()), "{who}: {history:?}");
    }
}

#[rstest]
#[tokio::test]
async fn e_mails_copies_and_receipts_are_there(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Written::BeforeTheMigration, Written::AfterTheMigration)] written: Written,
) {
    let updated = Updated::new(database, written).await;
    // Every e-mail that waited can be opened: 42 less the one that an unknown address got nothing of.
    assert_eq!(updated.site.emails().await.len(), 41);
    let kyu = updated.signed_in("kyu").await;
    assert!(matches!(data_export::state(&kyu).await.unwrap(), data_export::State::Ready { .. }));
    let export = data_export::open(&kyu).await.unwrap().unwrap();
    assert!(data_export::chunk(&kyu, &export, 0).await.unwrap().is_some());
    let receipt = withdrawal::receipt(&updated.site.visitor(), updated.secret("ju.receipt")).await.unwrap();
    assert!(receipt.is_some());
    // Members can use their accounts as before.
    account_suspension::suspend_mine(&updated.signed_in("kyu").await).await.unwrap();
    updated.site.purge().await;
    assert!(updated.site.is_open(&updated.token("hana.session")).await);
}

/// A process of the release before can say on the new schema what it could say on its own (`update.sql`: its statements).
/// `PostgreSQL` cannot prepare some without the types of their values; it refuses those on both alike.
#[rstest]
#[tokio::test]
async fn the_release_before_can_use_the_new_schema(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::unmigrated(database, &[], [0; 32]).await;
    before_this_release().run(&mut *site.app.db.writing().await.unwrap()).await.unwrap();
    let old = prepared(&site).await;
    site.app.db.migrate().await.unwrap();
    for (old, new) in old.iter().zip(&prepared(&site).await) {
        assert_eq!(old, new);
    }
    let understood = old.iter().filter(|(_, refused)| refused.is_none()).count();
    assert!(understood > 190, "{understood} of {}", old.len());
}

/// Every statement, with the error that the database has for it.
async fn prepared(site: &TestApp) -> Vec<(&'static str, Option<String>)> {
    let mut all = Vec::new();
    for statement in include_str!("update.sql").lines() {
        // A connection of its own: what one remembers of the older schema is not asked here.
        let mut connection = site.app.db.writing().await.unwrap();
        let refused = connection.prepare(statement.into_sql_str()).await.err();
        all.push((statement, refused.map(|error| error.to_string())));
    }
    all
}
