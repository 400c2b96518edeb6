//! Every page as a value. Links, letters, redirects and tests take paths from here; the table is a contract.
//!
//! Endpoints that are no pages (`/oauth/…`, `/.well-known/…`, health) belong to the server.

/// A page of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// ホーム
    Home,
    /// ログイン
    SignIn,
    /// ワンタイムパスワードの認証
    SignInSecondStep,
    /// 再送信
    SignInResend,
    /// 新規登録
    Register,
    /// 仮登録受付
    RegisterSent,
    /// 本登録; with a token.
    RegisterComplete,
    /// パスワードの再設定
    PasswordReset,
    /// A reset letter is on its way.
    PasswordResetSent,
    /// The new password; with a token.
    PasswordResetNew,
    /// 会員情報参照
    Account,
    /// 会員情報の変更
    Profile,
    /// メールアドレスの変更
    EmailChange,
    /// Confirms the new address; with a token.
    EmailConfirm,
    /// Stops a change of the address, or takes it back; with a token.
    EmailUndo,
    /// 利用サービスの一覧
    Services,
    /// SNSアカウント連携
    Linked,
    /// 認証ポリシー管理
    Security,
    /// 2段階認証の設定
    SecondStep,
    /// Setting up an authenticator app.
    SecondStepApp,
    /// Setting up codes by letter.
    SecondStepMail,
    /// バックアップコード
    BackupCodes,
    /// パスキー
    Passkeys,
    /// Proving again to be oneself, before what protects the account is changed.
    Confirm,
    /// ログイン履歴
    History,
    /// マイデータ: a copy of everything held.
    MyData,
    /// 退会
    Withdraw,
    /// 退会完了: for whoever holds a receipt number.
    Withdrawn,
    /// Where a link in a security letter leads; with a token.
    Alert,
    /// ユーザプロファイル情報の提供
    Consent,
    /// ヘルプ; its chapters lie below it.
    Help,
    /// A letter does not arrive (MP-102).
    HelpLetter,
    /// A code does not work (MP-103).
    HelpCode,
    /// 当サイトが保管する情報
    HelpData,
    /// 利用規約
    Terms,
    /// プライバシー
    Privacy,
    /// The staff console.
    Admin,
    /// Letters as sent; in development only.
    DevMail,
    /// Says that a part of the site is not available; see [`Route::not_available`].
    NotAvailable,
}

impl Route {
    /// Every page.
    pub const ALL: [Route; 39] = [
        Route::Home,
        Route::SignIn,
        Route::SignInSecondStep,
        Route::SignInResend,
        Route::Register,
        Route::RegisterSent,
        Route::RegisterComplete,
        Route::PasswordReset,
        Route::PasswordResetSent,
        Route::PasswordResetNew,
        Route::Account,
        Route::Profile,
        Route::EmailChange,
        Route::EmailConfirm,
        Route::EmailUndo,
        Route::Services,
        Route::Linked,
        Route::Security,
        Route::SecondStep,
        Route::SecondStepApp,
        Route::SecondStepMail,
        Route::BackupCodes,
        Route::Passkeys,
        Route::Confirm,
        Route::History,
        Route::MyData,
        Route::Withdraw,
        Route::Withdrawn,
        Route::Alert,
        Route::Consent,
        Route::Help,
        Route::HelpLetter,
        Route::HelpCode,
        Route::HelpData,
        Route::Terms,
        Route::Privacy,
        Route::Admin,
        Route::DevMail,
        Route::NotAvailable,
    ];

    /// The path, without a query.
    pub const fn path(&self) -> &'static str {
        match self {
            Route::Home => "/",
            Route::SignIn => "/sign-in",
            Route::SignInSecondStep => "/sign-in/second-step",
            Route::SignInResend => "/sign-in/second-step/resend",
            Route::Register => "/register",
            Route::RegisterSent => "/register/sent",
            Route::RegisterComplete => "/register/complete",
            Route::PasswordReset => "/password/reset",
            Route::PasswordResetSent => "/password/reset/sent",
            Route::PasswordResetNew => "/password/reset/new",
            Route::Account => "/account",
            Route::Profile => "/account/profile",
            Route::EmailChange => "/account/email",
            Route::EmailConfirm => "/account/email/confirm",
            Route::EmailUndo => "/email-change/undo",
            Route::Services => "/account/services",
            Route::Linked => "/account/linked",
            Route::Security => "/account/security",
            Route::SecondStep => "/account/second-step",
            Route::SecondStepApp => "/account/second-step/app",
            Route::SecondStepMail => "/account/second-step/mail",
            Route::BackupCodes => "/account/second-step/backup-codes",
            Route::Passkeys => "/account/passkeys",
            Route::Confirm => "/account/confirm",
            Route::History => "/account/history",
            Route::MyData => "/account/data",
            Route::Withdraw => "/account/withdraw",
            Route::Withdrawn => "/withdrawn",
            Route::Alert => "/alert",
            Route::Consent => "/consent",
            Route::Help => "/help",
            Route::HelpLetter => "/help/letter",
            Route::HelpCode => "/help/code",
            Route::HelpData => "/help/data",
            Route::Terms => "/terms",
            Route::Privacy => "/privacy",
            Route::Admin => "/admin",
            Route::DevMail => "/dev/mail",
            Route::NotAvailable => "/not-available",
        }
    }

    /// Whether the page is for members only. The new mailbox's link is opened where the letter is read, which need not
    /// be where the member is signed in.
    pub fn is_for_members(&self) -> bool {
        let path = self.path();
        path == "/" || (path.starts_with("/account") && !matches!(self, Route::EmailConfirm))
    }

    /// Whether the page is for somebody who proved a short while ago to be themself: what it offers changes what
    /// protects the account, hands out everything held of it, or ends it.
    pub const fn needs_fresh_proof(&self) -> bool {
        matches!(
            self,
            Route::EmailChange
                | Route::SecondStep
                | Route::SecondStepApp
                | Route::SecondStepMail
                | Route::BackupCodes
                | Route::Passkeys
                | Route::Linked
                | Route::MyData
                | Route::Withdraw
        )
    }

    /// The path with a letter's token: `/register/complete?t=…`.
    pub fn with_token(&self, token: &str) -> String {
        self.with("t", token)
    }

    /// The path with the page to go to afterwards: `/sign-in?next=%2Faccount`.
    pub fn with_next(&self, next: &str) -> String {
        self.with("next", next)
    }

    /// The path with what was just done there: `/account?done=profile`.
    pub fn done(&self, what: &str) -> String {
        self.with("done", what)
    }

    /// The path with a receipt number: `/withdrawn?receipt=…`.
    pub fn with_receipt(&self, receipt: &str) -> String {
        self.with("receipt", receipt)
    }

    /// `/not-available?of=…`: what was asked for, as a path or a slice's name.
    pub fn not_available(of: &str) -> String {
        Route::NotAvailable.with("of", of)
    }

    fn with(self, key: &str, value: &str) -> String {
        let mut path = [self.path(), "?", key, "="].concat();
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                path.push(char::from(byte));
            } else {
                let hex = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
                path.extend(['%', hex(byte >> 4), hex(byte & 15)]);
            }
        }
        path
    }
}

const MAX_NEXT: usize = 512;

/// The given path if it is one of this site and nothing else, so that nobody is sent astray after signing in:
/// one `/` in front, visible ASCII without a backslash, no `//` in its path, at most 512 characters.
pub fn safe_next(next: &str) -> Option<&str> {
    let path = next.split(['?', '#']).next()?;
    let ours = next.len() <= MAX_NEXT
        && path.starts_with('/')
        && !path.contains("//")
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    ours.then_some(next)
}

/// Where to go on: to what was asked for, if it is one of this site ([`safe_next`]), else to ホーム.
pub fn next_or_home(next: Option<&str>) -> &str {
    next.and_then(safe_next).unwrap_or(Route::Home.path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_path_is_its_own_and_safe() {
        let paths: BTreeSet<_> = Route::ALL.iter().map(Route::path).collect();
        assert_eq!(paths.len(), Route::ALL.len());
        assert!(paths.into_iter().all(|path| safe_next(path) == Some(path)));
    }

    #[test]
    fn queries_are_encoded() {
        assert_eq!(Route::RegisterComplete.with_token("a-B_9"), "/register/complete?t=a-B_9");
        assert_eq!(Route::SignIn.with_next("/a?b=c&d"), "/sign-in?next=%2Fa%3Fb%3Dc%26d");
        assert_eq!(Route::not_available("日"), "/not-available?of=%E6%97%A5");
    }

    #[test]
    fn next_leads_nowhere_else() {
        for next in ["/", "/account?x=1#y", "/oauth/authorize?redirect_uri=https://app.example.com/cb"] {
            assert_eq!(safe_next(next), Some(next));
        }
        let long = "/".to_owned() + &"a".repeat(512);
        for next in [
            "",
            "account",
            "//example.com",
            "/\\example.com",
            "\\\\example.com",
            "https://example.com",
            "javascript:alert(1)",
            "?//example.com",
            " /account",
            "/\t/example.com",
            "/a\r\nSet-Cookie: x",
            "/.//example.com",
            "/日本",
            &long,
        ] {
            assert_eq!(safe_next(next), None, "{next:?}");
        }
    }

    proptest! {
        #[test]
        fn next_survives_its_own_encoding(next in "\\PC*") {
            let link = Route::SignIn.with_next(&next);
            prop_assert_eq!(safe_next(&link).is_some(), link.len() <= MAX_NEXT);
        }
    }
}
