//! Members made by the real registration, and what they set up.

use domain::person::PersonForm;
use domain::registration::Form;
use domain::second_factor::set_up::AppForm;
use domain::second_factor::{Method, challenge};
use domain::sign_in::Refused as SignInRefused;
use identity::sign_in::{self, Shown, SignInStep, SignedIn};
use identity::{OpenedSession, registration, second_factor};
use platform::clock::MINUTE_MS;
use platform::context::Ctx;
use platform::error::Error;
use platform::secret::Token;

use crate::{AuthenticatorApp, Refusals, TestApp, changed, code_in};

/// A password that keeps every rule of every preset.
pub const PASSWORD: &str = "murky-Otter-plays-7-tubas";

/// A valid registration form.
pub fn form(email: &str) -> Form {
    Form {
        email: email.into(),
        password: PASSWORD.into(),
        person: PersonForm {
            family_name: "山田".into(),
            given_name: "花子".into(),
            family_name_kana: "ヤマダ".into(),
            given_name_kana: "ハナコ".into(),
            birth_year: "1990".into(),
            birth_month: "4".into(),
            birth_day: "1".into(),
            ..PersonForm::default()
        },
        terms: Some("on".into()),
        next: None,
    }
}

impl TestApp {
    /// A member with [`PASSWORD`], signed in.
    pub async fn member(&self, email: &str) -> OpenedSession {
        let form_id = self.app.rng.token();
        registration::submit(&self.visitor(), &form(email), &form_id, None).await.expect("accepted");
        let code = code_in(&self.newest_email().await);
        let registered = registration::complete_by_code(&self.visitor(), &form_id, &code).await;
        registered.expect("its code").signed_in.session
    }

    /// Signs in with [`PASSWORD`], where no second factor is asked for.
    pub async fn signed_in(&self, email: &str) -> OpenedSession {
        self.first_factor(&self.visitor(), email).await.in_session()
    }

    /// Signs in with a password, right or wrong.
    pub async fn sign_in_with(&self, email: &str, password: &str) -> Result<SignInStep, Vec<SignInRefused>> {
        let form =
            domain::sign_in::Form { email: email.into(), password: password.into(), ..Default::default() };
        match sign_in::sign_in(&self.visitor(), &form, None).await {
            Ok(step) => Ok(step),
            refused @ Err(Error::Refused(_)) => Err(refused.refusals()),
            other => panic!("{other:?}"),
        }
    }

    /// Signs in with [`PASSWORD`]: the first factor.
    pub async fn first_factor(&self, ctx: &Ctx, email: &str) -> SignInStep {
        let form =
            domain::sign_in::Form { email: email.into(), password: PASSWORD.into(), ..Default::default() };
        sign_in::sign_in(ctx, &form, None).await.expect("the right password")
    }

    /// A visitor in the browser that a session was opened in.
    pub fn browser_of(&self, opened: &OpenedSession) -> Ctx {
        changed(&self.visitor(), |request| request.browser = Some(opened.browser.clone()))
    }

    /// Sets up an authenticator app and switches 2段階認証サービス on; a minute passes, so that a new code is due.
    pub async fn with_app(&self, opened: &OpenedSession) -> AuthenticatorApp {
        let ctx = self.ctx(&opened.token).await;
        let draft = second_factor::app_draft(&ctx).expect("a draft");
        let app = AuthenticatorApp::scanned(&draft.link);
        let form = AppForm { code: app.code(self.now()), draft: draft.sealed, ..Default::default() };
        second_factor::add_app(&ctx, &form, "App").await.expect("its code");
        second_factor::switch(&ctx, true).await.expect("switched on");
        self.wait(MINUTE_MS);
        app
    }

    /// Sets up codes by e-mail and switches 2段階認証サービス on.
    pub async fn with_mail(&self, opened: &OpenedSession) {
        let ctx = self.ctx(&opened.token).await;
        second_factor::send_mail_code(&ctx).await.expect("an e-mail");
        let code = code_in(&self.newest_email().await);
        second_factor::confirm_mail_codes(&ctx, &code).await.expect("its code");
        second_factor::switch(&ctx, true).await.expect("switched on");
    }

    /// Makes a list of backup codes, where the policy has them.
    pub async fn with_backup_codes(&self, opened: &OpenedSession) -> Vec<String> {
        let ctx = self.ctx(&opened.token).await;
        let draft = second_factor::backup_draft(&ctx).expect("a list");
        second_factor::store_backup_codes(&ctx, &draft.sealed).await.expect("it is fresh");
        draft.codes
    }

    /// Signs in with [`PASSWORD`], where the second factor is then pending; returns its token.
    pub async fn half_signed_in(&self, ctx: &Ctx, email: &str) -> Token {
        self.first_factor(ctx, email).await.second_factor()
    }

    /// Types a code at the second factor.
    pub async fn prove(
        &self,
        ctx: &Ctx,
        token: &Token,
        method: Method,
        code: &str,
    ) -> Result<OpenedSession, Vec<challenge::Refused>> {
        let form = challenge::Form { code: code.into(), method, ..Default::default() };
        match pass(ctx, token, &form).await {
            Ok(signed_in) => Ok(signed_in.session),
            refused @ Err(Error::Refused(_)) => Err(refused.refusals()),
            other => panic!("{other:?}"),
        }
    }
}

/// Sends the form of the second factor, in a browser without a pending provider account.
pub async fn pass(
    ctx: &Ctx,
    token: &Token,
    form: &challenge::Form,
) -> Result<SignedIn, Error<challenge::Refused>> {
    let shown = Shown::Code(form.method, &form.code);
    sign_in::prove_second_factor(ctx, token, shown, form.trust.is_some(), None).await
}

/// For tests that expect a certain result of a right password.
pub trait Step {
    /// The session that it led to.
    fn in_session(self) -> OpenedSession;
    /// The token of the pending sign-in.
    fn second_factor(self) -> Token;
}

impl Step for SignInStep {
    fn in_session(self) -> OpenedSession {
        match self {
            Self::In(signed_in) | Self::SetUp(signed_in) => signed_in.session,
            other => panic!("not in: {other:?}"),
        }
    }

    fn second_factor(self) -> Token {
        match self {
            Self::SecondFactor(token, _) => token,
            other => panic!("no second factor is asked for: {other:?}"),
        }
    }
}
