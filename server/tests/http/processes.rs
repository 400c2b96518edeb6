//! Three real processes on one database, asked at the same time (security.md 2.6, 2.7): what is single-use is used
//! once, and guesses are counted together.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a process that does not start ends the test")]

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use domain::linked_accounts::Purpose;
use domain::passkey::NewForm;
use domain::second_factor::Method;
use identity::clock::{Clock, MINUTE_MS};
use identity::linked_accounts::start;
use identity::sign_in::begin_second_factor_passkey;
use identity::{OpenedSession, passkeys, password_reset, registration, second_factor};
use testkit::provider::TestProvider;
use testkit::{Database, PASSWORD, SoftPasskey, TestApp, code_in, form, link_in};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Barrier;

use super::ask::OWN;

const USES: usize = 50;
/// How often a process is started again that ends at once: a port that was free may be taken by then.
const STARTS: usize = 5;
/// How long one may take to come up, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The executable, serving.
pub struct Process {
    child: Child,
    pub site: SocketAddr,
    figures: SocketAddr,
    log: PathBuf,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// Starts one on the database and with the key of the instance.
    pub async fn start(instance: &TestApp, settings: &[(&str, &str)]) -> Self {
        let mut said = String::new();
        for _ in 0..STARTS {
            let mut process = Self::spawn(instance, settings);
            let up = tokio::time::timeout(PATIENCE, process.comes_up()).await;
            if matches!(up, Ok(true)) {
                return process;
            }
            said = process.said();
            if up.is_err() {
                break;
            }
        }
        panic!("it does not serve: {said}");
    }

    fn spawn(instance: &TestApp, settings: &[(&str, &str)]) -> Self {
        let (site, figures) = (free_port(), free_port());
        let log = instance.folder.join(format!("{site}.log"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_tegata"));
        command.arg("serve").current_dir(&instance.folder).env_clear().stdout(Stdio::null());
        command.stderr(File::create(&log).unwrap());
        let own = [
            ("site.url", OWN.to_owned()),
            ("http.listen", site.to_string()),
            ("metrics.listen", figures.to_string()),
            ("database.url", instance.database_url.clone()),
            ("keys.site_key_file", instance.folder.join("site.key").display().to_string()),
            ("mail.directory", instance.folder.join("mail").display().to_string()),
        ];
        let given = settings.iter().map(|(key, value)| (*key, (*value).to_owned()));
        for (key, value) in own.into_iter().chain(given) {
            command.env(format!("TEGATA_{}", key.replace('.', "__").to_uppercase()), value);
        }
        Self { child: command.spawn().unwrap(), site, figures, log }
    }

    /// Waits until it serves; false: it ended instead.
    async fn comes_up(&mut self) -> bool {
        while self.child.try_wait().unwrap().is_none() {
            // It takes the site's port first: when it serves metrics, the site's port is its own, too.
            if serves(self.figures, "/metrics").await && serves(self.site, "/healthz").await {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    /// The last lines of its log.
    fn said(&self) -> String {
        let said = std::fs::read_to_string(&self.log).unwrap();
        let lines: Vec<_> = said.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Ends it at once, whatever it is doing (SIGKILL).
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// How many passwords it compared with a stored one.
    async fn judged(&self) -> u64 {
        let figures = send(self.figures, "GET /metrics HTTP/1.1".into(), "").await.unwrap();
        let line = figures.lines().find_map(|l| l.strip_prefix("tegata_passwords_judged_total "));
        line.unwrap().parse().unwrap()
    }
}

async fn three(instance: &TestApp, settings: &[(&str, &str)]) -> [Process; 3] {
    [
        Process::start(instance, settings).await,
        Process::start(instance, settings).await,
        Process::start(instance, settings).await,
    ]
}

fn free_port() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

async fn serves(at: SocketAddr, path: &str) -> bool {
    let answer = send(at, format!("GET {path} HTTP/1.1"), "").await;
    answer.is_some_and(|answer| answer.starts_with("HTTP/1.1 200 "))
}

/// One request and its whole answer; `None` when nobody listens.
async fn send(to: SocketAddr, head: String, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(to).await.ok()?;
    let length = body.len();
    let request =
        format!("{head}\r\nhost: {to}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// A form as a browser without script posts it.
#[derive(Clone)]
pub struct Use {
    pub path: &'static str,
    pub cookie: String,
    pub body: String,
}

impl Use {
    fn second_step(token: &str, method: Method, code: &str) -> Self {
        let (cookie, method) = (format!("second-step={token}"), method.name());
        Self { path: "/sign-in/second-step", cookie, body: format!("method={method}&code={code}") }
    }

    async fn post(&self, to: SocketAddr) -> String {
        self.try_post(to).await.unwrap()
    }

    /// `None` when the process ended before it answered.
    pub async fn try_post(&self, to: SocketAddr) -> Option<String> {
        let Self { path, cookie, body } = self;
        let head = format!(
            "POST {path} HTTP/1.1\r\norigin: {OWN}\r\naccept: text/html\r\ncookie: {cookie}\r\n\
             content-type: application/x-www-form-urlencoded"
        );
        send(to, head, body).await
    }
}

/// Sends them all at the same moment, each to the next process; the answers.
async fn at_once(processes: &[Process; 3], uses: Vec<Use>) -> Vec<String> {
    all_at_once(processes, uses, |each, to| async move { each.post(to).await }).await
}

/// The same for requests of any kind.
async fn all_at_once<T, F>(
    processes: &[Process; 3],
    uses: Vec<T>,
    ask: impl Fn(T, SocketAddr) -> F,
) -> Vec<String>
where
    F: Future<Output = String> + Send + 'static,
{
    let start = Arc::new(Barrier::new(uses.len()));
    let tasks: Vec<_> = uses
        .into_iter()
        .enumerate()
        .map(|(n, each)| {
            let (start, asked) = (start.clone(), ask(each, processes[n % 3].site));
            tokio::spawn(async move {
                start.wait().await;
                asked.await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

/// Whether a session was opened.
fn let_in(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 303 ") && answer.contains("\r\nset-cookie: session=")
}

/// Whether it was done: a session was opened, or a page says so.
fn done(answer: &str) -> bool {
    let_in(answer) || (answer.starts_with("HTTP/1.1 303 ") && answer.contains("done="))
}

/// A test whose clock is a little behind those of the processes.
async fn bed_of_now(settings: &[(&str, &str)]) -> TestApp {
    let instance = TestApp::new(Database::Postgres, settings).await;
    // Setting an app up takes a minute, and e-mails are found by their time: nothing may be in the future.
    instance.wait(Clock::System.now() - instance.now() - 5 * MINUTE_MS);
    instance
}

async fn fifty_half_signed_in(instance: &TestApp, email: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for _ in 0..USES {
        tokens.push(instance.half_signed_in(&instance.visitor(), email).await.expose().to_owned());
    }
    tokens
}

/// Everything that is single-use: its name, and fifty uses. Add new kinds here.
async fn single_use(instance: &TestApp) -> Vec<(&'static str, Vec<Use>)> {
    let mut things = Vec::new();
    let members: [&str; 4] = ["app@example.jp", "backup@example.jp", "tabs@example.jp", "mail@example.jp"];
    let mut opened: Vec<OpenedSession> = Vec::new();
    for email in members {
        opened.push(instance.member(email).await);
    }
    let app = instance.with_app(&opened[0]).await;
    instance.with_app(&opened[1]).await;
    instance.with_app(&opened[2]).await;
    instance.with_mail(&opened[3]).await;
    instance.wait(Clock::System.now() - instance.now());

    let lists = [instance.with_backup_codes(&opened[1]).await, instance.with_backup_codes(&opened[2]).await];
    let tokens = fifty_half_signed_in(instance, members[1]).await;
    let uses = tokens.iter().map(|token| Use::second_step(token, Method::BackupCode, &lists[0][0]));
    things.push(("a backup code", uses.collect()));

    let token = instance.half_signed_in(&instance.visitor(), members[2]).await;
    let uses = (0..USES).map(|n| Use::second_step(token.expose(), Method::BackupCode, &lists[1][n % 10]));
    things.push(("a sign-in between its steps", uses.collect()));

    let token = instance.half_signed_in(&instance.visitor(), members[3]).await;
    let code = code_in(instance.emails().await.last().unwrap());
    things.push(("a code by email", vec![Use::second_step(token.expose(), Method::Mail, &code); USES]));

    let form_id = instance.app.rng.token();
    registration::submit(&instance.visitor(), &form("new@example.jp"), &form_id, None).await.unwrap();
    let link = link_in(instance.emails().await.last().unwrap());
    let (cookie, body) = (format!("registration={}", form_id.expose()), format!("t={}", link.expose()));
    things.push(("a registration link", vec![Use { path: "/register/complete", cookie, body }; USES]));

    let opened = instance.member("passkey@example.jp").await;
    let mut key = SoftPasskey::new(7);
    let ctx = instance.ctx(&opened.token).await;
    let question = passkeys::begin_add(&ctx).await.unwrap();
    let made = NewForm {
        challenge: question.token.expose().into(),
        credential: key.make(&question),
        ..NewForm::default()
    };
    passkeys::finish_add(&ctx, &made, "Passkey").await.unwrap();
    second_factor::switch(&ctx, true).await.unwrap();
    let token = instance.half_signed_in(&instance.visitor(), "passkey@example.jp").await;
    let question = begin_second_factor_passkey(&instance.visitor(), &token).await.unwrap();
    // JSON with base64url in it: nothing of it needs escaping in a form.
    let body = format!("challenge={}&credential={}", question.token.expose(), key.answer(&question));
    let cookie = format!("second-step={}", token.expose());
    things.push((
        "a passkey's question",
        vec![Use { path: "/sign-in/second-step/passkey", cookie, body }; USES],
    ));

    instance.member("alerts@example.jp").await;
    instance.signed_in("alerts@example.jp").await;
    let link = link_in(instance.emails().await.last().unwrap());
    let answer = Use { path: "/alert/mine", cookie: String::new(), body: format!("t={}", link.expose()) };
    things.push(("an answer to an alert", vec![answer; USES]));

    let forgotten = domain::password_reset::Form { email: "alerts@example.jp".into(), next: None };
    password_reset::request(&instance.visitor(), &forgotten, &instance.app.rng.token()).await.unwrap();
    let link = link_in(instance.emails().await.last().unwrap());
    let uses = (0..USES).map(|n| {
        let new = format!("another-Heron-reads-{n}-maps");
        let body = format!("t={}&new_password={new}&new_password_confirm={new}", link.expose());
        Use { path: "/password/reset/new", cookie: String::new(), body }
    });
    things.push(("a reset link", uses.collect()));

    // Last, since its code is valid for a minute.
    let tokens = fifty_half_signed_in(instance, members[0]).await;
    let code = app.code(Clock::System.now());
    let uses = tokens.iter().map(|token| Use::second_step(token, Method::App, &code));
    things.insert(0, ("a step of an app", uses.collect()));
    things
}

#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_fifty_uses_at_once_on_three_processes_have_one_success() {
    let settings = [("site.policy", "modern")];
    let instance = bed_of_now(&settings).await;
    // Before the processes start: they would send the e-mails that are read here.
    let things = single_use(&instance).await;
    let processes = three(&instance, &settings).await;
    for (what, uses) in things {
        let answers = at_once(&processes, uses).await;
        assert_eq!(answers.iter().filter(|answer| done(answer)).count(), 1, "{what}");
        let fault = answers.iter().find(|answer| answer.starts_with("HTTP/1.1 500 "));
        assert!(fault.is_none(), "{what}: {fault:?}");
    }
}

/// A provider's answer, and the account that it brought, which is pending until a sign-in (MP-65).
#[tokio::test(flavor = "multi_thread")]
async fn security_2_6_what_comes_from_a_provider_counts_once_on_three_processes() {
    let provider = TestProvider::start().await;
    let own = provider.settings();
    let settings: Vec<(&str, &str)> = own.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let instance = bed_of_now(&settings).await;
    instance.member("hanako@example.jp").await;
    instance.wait(Clock::System.now() - instance.now());
    provider.say(|says| says.now = instance.now());
    let nobody = instance.visitor();
    let redirect = start(&nobody, "google", Purpose::SignIn, None, None, None).await.unwrap();
    let processes = three(&instance, &settings).await;

    let state = provider.visited(&redirect.url);
    let back = format!(
        "GET /linked/google/return?code=x&state={state} HTTP/1.1\r\ncookie: provider-visit={}",
        redirect.browser.expose()
    );
    let ask = |head: String, to| async move { send(to, head, "").await.unwrap() };
    let answers = all_at_once(&processes, vec![back; USES], ask).await;
    let brought: Vec<_> =
        answers.iter().filter_map(|answer| answer.split("set-cookie: pending-link=").nth(1)).collect();
    // A request that a busy database refused brought nothing, either.
    let none = |answer: &&String| {
        answer.contains("location: /sign-in?provider_error=over") || answer.starts_with("HTTP/1.1 503 ")
    };
    let others = answers.iter().filter(none).count();
    assert_eq!((brought.len(), others), (1, USES - 1), "{answers:?}");

    let cookie = format!("pending-link={}", brought[0].split(';').next().unwrap());
    let body = format!("email=hanako%40example.jp&password={PASSWORD}");
    let answers = at_once(&processes, vec![Use { path: "/sign-in", cookie, body }; USES]).await;
    let linked = answers.iter().filter(|answer| answer.contains("location: /?done=linked")).count();
    assert_eq!(linked, 1);
    assert_eq!(instance.count("SELECT COUNT(*) FROM linked_account").await, 1);
}

/// Keycloak CVE-2024-4629, with several processes.
#[tokio::test(flavor = "multi_thread")]
async fn security_2_7_two_hundred_guesses_on_three_processes_are_judged_six_times() {
    let instance = bed_of_now(&[]).await;
    instance.member("hanako@example.jp").await;
    let processes = three(&instance, &[]).await;
    let guess = "email=hanako%40example.jp&password=wrong".to_owned();
    let uses = vec![Use { path: "/sign-in", cookie: String::new(), body: guess }; 200];
    let answers = at_once(&processes, uses).await;
    assert_eq!(answers.iter().filter(|answer| let_in(answer)).count(), 0);
    let mut judged = 0;
    for process in &processes {
        judged += process.judged().await;
    }
    assert!((1..=6).contains(&judged), "{judged}");
}
