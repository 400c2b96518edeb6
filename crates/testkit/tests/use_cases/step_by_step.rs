//! The steps of a sign-in in any order, skipped, repeated, mixed up between members and tabs (security.md 2.8):
//! random walks, compared with an independent model. Whatever happened before, a session of a member who has a second
//! factor opens only for a code that was that member's, for that sign-in, at that moment.

#![expect(clippy::expect_used, clippy::panic, reason = "a walk that leaves the model ends the test")]

use std::collections::HashSet;

use domain::second_factor::Method;
use domain::sign_in::Form;
use identity::sign_in::{SignInStep, send_code, sign_in};
use platform::clock::{MINUTE_MS, SECOND_MS};
use platform::error::Error;
use platform::rng::Random;
use platform::secret::Token;
use rstest::rstest;
use testkit::{AuthenticatorApp, Database, PASSWORD, TestApp, code_in};

const ADDRESSES: [&str; 2] = ["hanako@example.jp", "taro@example.jp"];
const STEPS: usize = 60;

/// A sign-in between its steps, as the model sees it.
struct Half {
    token: Token,
    member: usize,
    until: i64,
    used: bool,
    /// The newest code by e-mail, and its end.
    mail: Option<(String, i64)>,
}

struct Walk {
    site: TestApp,
    chance: Random,
    apps: Vec<AuthenticatorApp>,
    halves: Vec<Half>,
    /// Codes by e-mail of any sign-in, and tokens that belong to no sign-in.
    mailed: Vec<String>,
    strays: Vec<Token>,
    accepted: HashSet<(usize, String)>,
    opened: usize,
}

impl Walk {
    async fn begin(database: Database, seed: u64) -> Self {
        let site = TestApp::new(database, &[]).await;
        let (mut apps, mut strays) = (Vec::new(), vec![site.app.rng.token()]);
        for email in ADDRESSES {
            let member = site.member(email).await;
            site.with_mail(&member).await;
            apps.push(site.with_app(&member).await);
            strays.extend([member.token, member.browser]);
        }
        let (halves, mailed, accepted) = (Vec::new(), Vec::new(), HashSet::new());
        Self { site, chance: Random::seeded(seed), apps, halves, mailed, strays, accepted, opened: 0 }
    }

    fn one_of(&self, many: usize) -> usize {
        usize::from(self.chance.bytes::<1>()[0]) % many
    }

    async fn first_factor(&mut self) {
        let member = self.one_of(2);
        let password = if self.one_of(5) == 0 { "wrong" } else { PASSWORD };
        let form = Form { email: ADDRESSES[member].into(), password: password.into(), ..Default::default() };
        match sign_in(&self.site.visitor(), &form, None).await {
            Ok(SignInStep::SecondFactor(token, until)) => {
                assert_eq!(password, PASSWORD);
                self.halves.push(Half { token, member, until, used: false, mail: None });
            }
            Err(Error::Refused(_)) => {}
            other => panic!("no second factor: {other:?}"),
        }
    }

    async fn mail(&mut self) {
        let Some(n) = self.any_half() else { return };
        match send_code(&self.site.visitor(), &self.halves[n].token).await {
            Ok(()) => {
                let code = code_in(&self.site.newest_email().await);
                self.mailed.push(code.clone());
                self.halves[n].mail = Some((code, self.site.now() + MINUTE_MS));
            }
            Err(Error::Refused(_)) => {}
            other => panic!("{other:?}"),
        }
    }

    fn any_half(&self) -> Option<usize> {
        (!self.halves.is_empty()).then(|| self.one_of(self.halves.len()))
    }

    /// A code from anywhere: either member's app, now or earlier, any e-mail, none, or nonsense.
    fn any_code(&self) -> String {
        let (app, now) = (&self.apps[self.one_of(2)], self.site.now());
        match self.one_of(8) {
            0..=2 => app.code(now),
            3 => app.code(now - 90 * SECOND_MS),
            4 | 5 if !self.mailed.is_empty() => self.mailed[self.one_of(self.mailed.len())].clone(),
            6 => app.wrong_code(now),
            _ => String::new(),
        }
    }

    async fn second_factor(&mut self) {
        let half = if self.one_of(6) == 0 { None } else { self.any_half() };
        let token = match half {
            Some(n) => self.halves[n].token.clone(),
            None => self.strays[self.one_of(self.strays.len())].clone(),
        };
        let method = [Method::App, Method::App, Method::Mail, Method::BackupCode, Method::Passkey];
        let (method, code) = (method[self.one_of(5)], self.any_code());
        let Ok(opened) = self.site.prove(&self.site.visitor(), &token, method, &code).await else { return };

        let now = self.site.now();
        let half = &mut self.halves[half.expect("a token that is no sign-in's opens nothing")];
        assert!(!half.used && now < half.until, "a sign-in is completed once and in time");
        half.used = true;
        match method {
            Method::App => {
                let shown = [-30, 0, 30].map(|s| self.apps[half.member].code(now + s * SECOND_MS));
                assert!(shown.contains(&code), "the member's own app shows it");
            }
            Method::Mail => {
                let newest = half.mail.as_ref().is_some_and(|(sent, until)| *sent == code && now < *until);
                assert!(newest, "it is the newest e-mail's, of this sign-in");
            }
            other => panic!("{other:?} is not set up"),
        }
        assert!(self.accepted.insert((half.member, code)), "a code is accepted once");
        let ctx = self.site.ctx(&opened.token).await;
        assert_eq!(ctx.session().unwrap().email.as_deref(), Some(ADDRESSES[half.member]));
        self.strays.push(opened.token);
        self.opened += 1;
    }

    async fn step(&mut self) {
        match self.one_of(10) {
            0..=2 => self.first_factor().await,
            3 => self.mail().await,
            4 => self.site.wait(SECOND_MS * [20, 70, 1000, 1900][self.one_of(4)]),
            _ => self.second_factor().await,
        }
        // Only the sessions of the two registrations were opened without a second factor.
        let bare = "SELECT COUNT(*) FROM session s WHERE NOT EXISTS \
            (SELECT 1 FROM session_proof p WHERE p.session_id = s.id AND p.method IN ('totp', 'mail_code'))";
        assert_eq!(self.site.count(bare).await, 2);
        let all = self.site.count("SELECT COUNT(*) FROM session").await;
        assert_eq!(all, 2 + i64::try_from(self.opened).unwrap());
    }
}

#[rstest]
#[tokio::test]
async fn security_2_8_no_order_of_steps_opens_a_session_without_its_code(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(1, 2, 3, 4, 5)] seed: u64,
) {
    let mut walk = Walk::begin(database, seed).await;
    for _ in 0..STEPS {
        walk.step().await;
    }
    assert!(walk.opened > 0, "a walk on which nobody gets in says nothing");
}
