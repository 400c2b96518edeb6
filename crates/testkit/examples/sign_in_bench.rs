//! How much of the machine a sign-in spends on the password's hash, and how much on everything else. A round is a
//! second of real sign-ins (the page, its form, the cookie) and then a second of nothing but hashes, by the hasher
//! that the server has, in the same build: machines drift by half within minutes, so only neighbours are compared.
//! What is printed are medians of the rounds. `sign_in_bench <url> <server's process id> <password> <address>…`, run
//! by `make bench`.
//!
//! The client is as light as can be, because it runs on the server's cores: raw requests over open connections.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be made ends the program"
)]

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use platform::hasher::Hasher;
use platform::rng::Random;
use platform::secret::Password;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How many sign in at once; and whether in browsers that they signed in with before. For a new one the member is
/// notified by e-mail, if the policy says so.
const LEVELS: [(usize, Browsers); 4] =
    [(2, Browsers::Known), (8, Browsers::Known), (32, Browsers::Known), (8, Browsers::New)];
/// The same for each level.
const ROUNDS: usize = 10;
/// One half of a round.
const WINDOW: Duration = Duration::from_secs(1);
/// What the hash should be of a sign-in, in per cent, by rate (once both cores are busy) and by CPU.
const GOALS: (f64, f64) = (85.0, 90.0);
/// In /proc, for every program.
const TICKS_PER_SECOND: f64 = 100.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Browsers {
    Known,
    New,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut said = std::env::args().skip(1);
    let mut next = || said.next().expect("sign_in_bench <url> <process id> <password> <address>…");
    let (url, pid, password) = (next(), next(), next());
    let site = Site::visit(&url, &password).await;
    // Each from a network of its own, so that no limit of a network applies.
    let members =
        said.enumerate().map(|(n, email)| Member::new(email, format!("10.0.{}.{}", n / 256, n % 256)));
    let waiting = Arc::new(Mutex::new(members.collect::<VecDeque<_>>()));

    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let hasher = Hasher::for_this_machine(Random::system().expect("randomness"));
    let password = Password::new(&password);
    let stored = hasher.hash(&password).await.expect("a hash");

    for (at_once, browsers) in LEVELS {
        let mut rounds = Vec::new();
        // The first round warms up; in it all browsers become known.
        for round in 0..=ROUNDS {
            let (server, client) = (cpu_seconds(&pid), cpu_seconds("self"));
            let sign_ins =
                for_a_second(at_once, |end| sign_in_until(end, site.clone(), waiting.clone(), browsers))
                    .await;
            let client = cpu_seconds("self") - client;
            let own = cpu_seconds("self");
            let raw =
                for_a_second(cores, |end| hash_until(end, hasher.clone(), password.clone(), stored.clone()))
                    .await;
            let own = cpu_seconds("self") - own;
            // With what it did a little later: e-mails.
            let server = cpu_seconds(&pid) - server;
            if round > 0 {
                rounds.push(Round { cores, sign_ins, hashes: raw, server, client, hashing: own });
            }
        }
        report(at_once, browsers, &rounds);
    }
}

/// What was done within a window, and how long it took until the last was.
#[derive(Clone, Copy)]
struct Done {
    times: f64,
    seconds: f64,
}

impl Done {
    fn rate(self) -> f64 {
        self.times / self.seconds
    }
}

/// Both halves, and the CPU seconds that each program spent.
struct Round {
    cores: usize,
    sign_ins: Done,
    hashes: Done,
    server: f64,
    client: f64,
    hashing: f64,
}

impl Round {
    fn by_rate(&self) -> f64 {
        self.sign_ins.rate() / self.hashes.rate() * 100.0
    }

    fn by_cpu(&self) -> f64 {
        self.hash_ms() / (self.hash_ms() + self.server_ms()) * 100.0
    }

    /// CPU of a hash.
    fn hash_ms(&self) -> f64 {
        self.hashing / self.hashes.times * 1_000.0
    }

    /// CPU of the server for a sign-in, beside the hash.
    fn server_ms(&self) -> f64 {
        self.server / self.sign_ins.times * 1_000.0 - self.hash_ms()
    }

    /// CPU of this program for a sign-in.
    fn client_ms(&self) -> f64 {
        self.client / self.sign_ins.times * 1_000.0
    }

    /// What is left of the time of all cores: they waited, or did something for somebody else.
    fn idle_ms(&self) -> f64 {
        let cores = u32::try_from(self.cores).map_or(1.0, f64::from);
        let each = self.sign_ins.seconds * cores / self.sign_ins.times * 1_000.0;
        each - self.hash_ms() - self.server_ms() - self.client_ms()
    }
}

fn report(at_once: usize, browsers: Browsers, rounds: &[Round]) {
    let median = |of: fn(&Round) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let goal = |value: f64, goal: f64| {
        format!("{value:5.1} %   goal: {goal:.0} %{}", if value < goal { "   BELOW" } else { "" })
    };
    let by_rate = match at_once {
        0..8 => format!("{:5.1} %", median(Round::by_rate)),
        _ => goal(median(Round::by_rate), GOALS.0),
    };
    let kind = match browsers {
        Browsers::Known => "",
        Browsers::New => ", new browsers",
    };
    println!("sign-ins, {at_once} at once{kind}");
    println!(
        "  a second      {:6.1}   hashes alone {:6.1}",
        median(|r| r.sign_ins.rate()),
        median(|r| r.hashes.rate())
    );
    println!("  share by rate {by_rate}");
    println!("  share by CPU  {}", goal(median(Round::by_cpu), GOALS.1));
    println!(
        "  each          hash {:.1} ms, rest of the server {:.1} ms, this client {:.1} ms, idle or elsewhere {:.1} ms",
        median(Round::hash_ms),
        median(Round::server_ms),
        median(Round::client_ms),
        median(Round::idle_ms),
    );
}

/// Lets so many workers work for a second, and end what they have begun.
async fn for_a_second<F>(workers: usize, work_until: impl Fn(Instant) -> F) -> Done
where
    F: Future<Output = u32> + Send + 'static,
{
    let began = now();
    let working: JoinSet<u32> = (0..workers).map(|_| work_until(began + WINDOW)).collect();
    let times = working.join_all().await.into_iter().map(f64::from).sum();
    Done { times, seconds: began.elapsed().as_secs_f64() }
}

async fn hash_until(end: Instant, hasher: Hasher, password: Password, stored: String) -> u32 {
    let mut times = 0;
    while now() < end {
        assert!(hasher.verify(&password, Some(&stored)).await.expect("a free place"));
        times += 1;
    }
    times
}

async fn sign_in_until(
    end: Instant,
    site: Site,
    waiting: Arc<Mutex<VecDeque<Member>>>,
    browsers: Browsers,
) -> u32 {
    let mut connection = site.connect().await;
    let mut times = 0;
    while now() < end {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let mut member = next.expect("more members than workers");
        member.sign_in(&site, &mut connection, browsers).await;
        waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back(member);
        times += 1;
    }
    times
}

#[expect(clippy::disallowed_methods, reason = "it is what is measured")]
fn now() -> Instant {
    Instant::now()
}

/// What a process has spent so far, all threads, in its own code and in the kernel's for it.
fn cpu_seconds(pid: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process");
    // The program's name comes first, in brackets; it may hold anything.
    let (_, fields) = stat.rsplit_once(") ").expect("fields");
    let ticks = fields.split(' ').skip(11).take(2).map(|field| field.parse::<f64>().expect("a number"));
    ticks.sum::<f64>() / TICKS_PER_SECOND
}

/// The server.
#[derive(Clone)]
struct Site {
    url: String,
    password: String,
    /// The form's hidden fields.
    hidden: Vec<(String, String)>,
}

impl Site {
    async fn visit(url: &str, password: &str) -> Self {
        let mut site = Self { url: url.to_owned(), password: password.to_owned(), hidden: Vec::new() };
        let page =
            site.connect().await.exchange(&format!("GET /sign-in HTTP/1.1\r\n{}\r\n", site.head())).await;
        site.hidden = hidden_fields(&String::from_utf8_lossy(&page.body));
        site
    }

    async fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.host()).await.expect("the server");
        stream.set_nodelay(true).expect("no delay");
        Connection(BufStream::new(stream))
    }

    fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// What every request says.
    fn head(&self) -> String {
        format!(
            "host: {}\r\naccept: text/html\r\naccept-language: ja\r\nuser-agent: Mozilla/5.0 (bench)\r\n",
            self.host()
        )
    }
}

/// The hidden fields of the main form.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let main = &page[page.find("<main").expect("a page")..];
    let form = &main[main.find("<form").expect("a form")..main.find("</form>").expect("a form")];
    let inputs = form.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
    inputs
        .filter(|input| input.contains("type=\"hidden\""))
        .map(|input| (attribute(input, "name").to_owned(), attribute(input, "value").to_owned()))
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let from = tag.split_once(&format!("{name}=\"")).map_or("", |(_, rest)| rest);
    from.split('"').next().unwrap_or_default()
}

/// A member with a browser.
struct Member {
    email: String,
    network: String,
    /// What the browser keeps when it is closed.
    cookies: String,
}

impl Member {
    fn new(email: String, network: String) -> Self {
        Self { email, network, cookies: String::new() }
    }

    /// Opens the browser, signs in, and closes it: the session's cookie is gone, the others stay.
    async fn sign_in(&mut self, site: &Site, connection: &mut Connection, browsers: Browsers) {
        if browsers == Browsers::New {
            self.cookies.clear();
        }
        let mut head = format!("{}x-forwarded-for: {}\r\n", site.head(), self.network);
        if !self.cookies.is_empty() {
            head.extend(["cookie: ", &self.cookies, "\r\n"]);
        }
        // Compressed, as browsers ask for it; unpacking it would be the client's heaviest work.
        let ask = format!("GET /sign-in HTTP/1.1\r\n{head}accept-encoding: gzip, deflate, br\r\n\r\n");
        let page = connection.exchange(&ask).await;
        assert_eq!(page.status, 200, "the page");

        let mut fields = site.hidden.clone();
        fields.push(("email".into(), self.email.clone()));
        fields.push(("password".into(), site.password.clone()));
        let form = serde_urlencoded::to_string(fields).expect("a form");
        let url = &site.url;
        let answer = connection
            .exchange(&format!(
                "POST /sign-in HTTP/1.1\r\n{head}origin: {url}\r\nreferer: {url}/sign-in\r\nsec-fetch-site: same-origin\r\n\
                 content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
                form.len()
            ))
            .await;
        let signed_in =
            answer.status == 303 && answer.cookies.iter().any(|cookie| cookie.starts_with("session="));
        assert!(signed_in, "{} is not signed in: {}", self.email, answer.status);
        let kept = answer.cookies.iter().filter(|cookie| cookie.to_ascii_lowercase().contains("max-age="));
        let pairs: Vec<&str> = kept.filter_map(|cookie| cookie.split(';').next()).collect();
        self.cookies = pairs.join("; ");
    }
}

/// An open connection.
struct Connection(BufStream<TcpStream>);

struct Answer {
    status: u16,
    /// The values of `Set-Cookie`.
    cookies: Vec<String>,
    body: Vec<u8>,
}

impl Connection {
    /// One request, one answer (RFC 9112).
    async fn exchange(&mut self, request: &str) -> Answer {
        self.0.write_all(request.as_bytes()).await.expect("sent");
        self.0.flush().await.expect("sent");
        let status =
            self.line().await.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        let mut answer = Answer { status, cookies: Vec::new(), body: Vec::new() };
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line().await;
            let Some((name, value)) = line.split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "set-cookie" => answer.cookies.push(value.to_owned()),
                "content-length" => length = value.parse().expect("a length"),
                "transfer-encoding" => chunked = value == "chunked",
                _ => {}
            }
        }
        if !chunked {
            self.read(length, &mut answer.body).await;
            return answer;
        }
        loop {
            let length = usize::from_str_radix(&self.line().await, 16).expect("a length");
            self.read(length, &mut answer.body).await;
            self.line().await;
            if length == 0 {
                return answer;
            }
        }
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.expect("an answer");
        line.truncate(line.trim_end().len());
        line
    }

    async fn read(&mut self, length: usize, into: &mut Vec<u8>) {
        let from = into.len();
        into.resize(from + length, 0);
        self.0.read_exact(&mut into[from..]).await.expect("an answer");
    }
}
