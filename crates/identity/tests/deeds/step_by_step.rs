//! The steps of a sign-in in any order, skipped, repeated, mixed up between members and tabs (security.md 2.8): walks
//! by chance, against a model that is written anew here. Whatever happened before, a session of a member who has a
//! second step opens only for a code that was that member's, for that sign-in, at that moment.

#![expect(clippy::expect_used, clippy::panic, reason = "a walk that leaves the model ends the test")]

use std::collections::HashSet;

use domain::second_step::Method;
use domain::sign_in::Form;
use identity::clock::{MINUTE_MS, SECOND_MS};
use identity::random::Random;
use identity::secret::Token;
use identity::sign_in::{SignedIn, send_code, sign_in};
use identity::testing::{Authenticator, Base, Bed, PASSWORD, code_in};
use rstest::rstest;

const ADDRESSES: [&str; 2] = ["hanako@example.jp", "taro@example.jp"];
const STEPS: usize = 60;

/// A sign-in between its steps, as the model sees it.
struct Half {
    token: Token,
    member: usize,
    until: i64,
    used: bool,
    /// The newest code by letter, and its end.
    mail: Option<(String, i64)>,
}

struct Walk {
    bed: Bed,
    chance: Random,
    apps: Vec<Authenticator>,
    halves: Vec<Half>,
    /// Codes by letter of any sign-in, and tokens that are none of a sign-in.
    letters: Vec<String>,
    strays: Vec<Token>,
    accepted: HashSet<(usize, String)>,
    opened: usize,
}

impl Walk {
    async fn begin(base: Base, seed: u64) -> Self {
        let bed = Bed::new(base, &[]).await;
        let (mut apps, mut strays) = (Vec::new(), vec![bed.desk.random.token()]);
        for email in ADDRESSES {
            let member = bed.member(email).await;
            bed.with_mail(&member).await;
            apps.push(bed.with_app(&member).await);
            strays.extend([member.token, member.device]);
        }
        let (halves, letters, accepted) = (Vec::new(), Vec::new(), HashSet::new());
        Self { bed, chance: Random::seeded(seed), apps, halves, letters, strays, accepted, opened: 0 }
    }

    fn one_of(&self, many: usize) -> usize {
        usize::from(self.chance.bytes::<1>()[0]) % many
    }

    async fn first_step(&mut self) {
        let member = self.one_of(2);
        let password = if self.one_of(5) == 0 { "wrong" } else { PASSWORD };
        let form = Form { email: ADDRESSES[member].into(), password: password.into(), ..Default::default() };
        match sign_in(&self.bed.desk, &self.bed.visitor(), &form).await.unwrap() {
            Ok(SignedIn::SecondStep(token, until)) => {
                assert_eq!(password, PASSWORD);
                self.halves.push(Half { token, member, until, used: false, mail: None });
            }
            Ok(other) => panic!("no second step: {other:?}"),
            Err(_) => {}
        }
    }

    async fn letter(&mut self) {
        let Some(n) = self.any_half() else { return };
        let sent = send_code(&self.bed.desk, &self.bed.visitor(), &self.halves[n].token).await.unwrap();
        if sent.is_ok() {
            let code = code_in(self.bed.letters().await.last().unwrap());
            self.letters.push(code.clone());
            self.halves[n].mail = Some((code, self.bed.desk.now() + MINUTE_MS));
        }
    }

    fn any_half(&self) -> Option<usize> {
        (!self.halves.is_empty()).then(|| self.one_of(self.halves.len()))
    }

    /// A code from anywhere: either member's app, now or earlier, any letter, none, or nonsense.
    fn any_code(&self) -> String {
        let (app, now) = (&self.apps[self.one_of(2)], self.bed.desk.now());
        match self.one_of(8) {
            0..=2 => app.code(now),
            3 => app.code(now - 90 * SECOND_MS),
            4 | 5 if !self.letters.is_empty() => self.letters[self.one_of(self.letters.len())].clone(),
            6 => app.wrong_code(now),
            _ => String::new(),
        }
    }

    async fn second_step(&mut self) {
        let half = if self.one_of(6) == 0 { None } else { self.any_half() };
        let token = match half {
            Some(n) => self.halves[n].token.clone(),
            None => self.strays[self.one_of(self.strays.len())].clone(),
        };
        let method = [Method::App, Method::App, Method::Mail, Method::BackupCode, Method::Passkey];
        let (method, code) = (method[self.one_of(5)], self.any_code());
        let Ok(opened) = self.bed.pass(&self.bed.visitor(), &token, method, &code).await else { return };

        let now = self.bed.desk.now();
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
                assert!(newest, "it is the newest letter's, of this sign-in");
            }
            other => panic!("{other:?} is not set up"),
        }
        assert!(self.accepted.insert((half.member, code)), "a code is accepted once");
        let current = self.bed.caller(&opened.token).await.current.unwrap();
        assert_eq!(current.email, ADDRESSES[half.member]);
        self.strays.push(opened.token);
        self.opened += 1;
    }

    async fn step(&mut self) {
        match self.one_of(10) {
            0..=2 => self.first_step().await,
            3 => self.letter().await,
            4 => self.bed.wait(SECOND_MS * [20, 70, 1000, 1900][self.one_of(4)]),
            _ => self.second_step().await,
        }
        // None but those of the two registrations was opened without a second step.
        let bare = "SELECT COUNT(*) FROM session WHERE second_by IS NULL";
        assert_eq!(self.bed.count(bare).await, 2);
        let all = self.bed.count("SELECT COUNT(*) FROM session").await;
        assert_eq!(all, 2 + i64::try_from(self.opened).unwrap());
    }
}

#[rstest]
#[tokio::test]
async fn security_2_8_no_order_of_steps_opens_a_session_without_its_code(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
    #[values(1, 2, 3, 4, 5)] seed: u64,
) {
    let mut walk = Walk::begin(base, seed).await;
    for _ in 0..STEPS {
        walk.step().await;
    }
    assert!(walk.opened > 0, "a walk on which nobody gets in says nothing");
}
