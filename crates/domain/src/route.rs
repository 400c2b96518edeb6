//! Every page as a value, with its access, its query parameters and its forms. Links, e-mails, redirects, the router,
//! the guard and the browser suite read this table; the paths are a contract.
//!
//! `server` has all other addresses (`/oauth/…`, `/.well-known/…`, `/linked/…`, health).

/// Who may see a page. Others are sent to sign in, or to authenticate again, and then back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Anyone,
    /// Visitors; a signed-in member is sent on.
    Visitor,
    /// Members.
    Member,
    /// Members who authenticated within ten minutes: the page changes what protects the account, hands out
    /// everything stored, or ends it.
    FreshMember,
}

/// Forms that are on every page.
pub const FORMS_OF_THE_FRAME: [&str; 2] = ["/language", "/sign-out"];

macro_rules! pages {
    ($($(#[$doc:meta])+ $page:ident: $path:literal, $access:ident, [$($param:literal),*],
       [$($form:literal $(as $form_access:ident)?),*];)+) => {
        /// A page of the site.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Route {
            $($(#[$doc])+ $page,)+
        }

        impl Route {
            /// Every page.
            pub const ALL: &'static [Self] = &[$(Self::$page),+];

            /// The path, without a query.
            pub const fn path(self) -> &'static str {
                match self {
                    $(Self::$page => $path,)+
                }
            }

            /// Who may see it.
            pub const fn access(self) -> Access {
                match self {
                    $(Self::$page => Access::$access,)+
                }
            }

            /// What may stand in its query. A form carries it on in hidden fields.
            pub const fn params(self) -> &'static [&'static str] {
                match self {
                    $(Self::$page => &[$($param),*],)+
                }
            }

            /// Who may post to an address: everybody who may get the page of the form, unless the form says otherwise.
            pub fn access_to_post(self, address: &str) -> Access {
                $($($(
                    if address == $form {
                        return Access::$form_access;
                    }
                )?)*)+
                self.access()
            }

            /// The addresses that its forms are posted to.
            pub const fn forms(self) -> &'static [&'static str] {
                match self {
                    $(Self::$page => &[$($form),*],)+
                }
            }
        }
    };
}

// page: path, access, [query], [forms (as access, where it is not the page's)]
pages! {
    /// ホーム
    Home: "/", Member, [], [];
    /// ログイン
    SignIn: "/sign-in", Visitor, ["next", "done", "provider_error", "with"],
        ["/sign-in", "/sign-in/passkey", "/sign-in/linked/cancel"];
    /// ワンタイムパスワードの認証
    SignInSecondFactor: "/sign-in/second-step", Anyone, ["next", "by", "done"],
        ["/sign-in/second-step", "/sign-in/second-step/passkey"];
    /// 再送信
    SignInResend: "/sign-in/second-step/resend", Anyone, ["next"], ["/sign-in/second-step/resend"];
    /// 新規登録
    Register: "/register", Anyone, ["next", "provider_error", "with"], ["/register"];
    /// 仮登録受付
    RegisterSent: "/register/sent", Anyone, ["done"], ["/register/code", "/register/resend"];
    /// 本登録; with a token.
    RegisterComplete: "/register/complete", Anyone, ["t"], ["/register/complete"];
    /// パスワードの再設定
    PasswordReset: "/password/reset", Anyone, ["next"], ["/password/reset"];
    /// A reset e-mail was requested.
    PasswordResetSent: "/password/reset/sent", Anyone, ["done"],
        ["/password/reset/code", "/password/reset/again"];
    /// The new password; with a token.
    PasswordResetNew: "/password/reset/new", Anyone, ["t"], ["/password/reset/new"];
    /// 会員情報参照
    Account: "/account", Member, ["done"], [];
    /// 会員情報の変更
    Profile: "/account/profile", Member, [], ["/account/profile", "/account/profile/password"];
    /// メールアドレスの変更. A code is good for as long as its e-mail says, and stopping a change is always allowed.
    EmailChange: "/account/email", FreshMember, ["done"],
        ["/account/email", "/account/email/code" as Member, "/account/email/resend", "/account/email/cancel" as Member];
    /// Confirms the new address; with a token. The link is opened where the e-mail is read, which need not be where
    /// the member is signed in.
    EmailConfirm: "/account/email/confirm", Anyone, ["t"], ["/account/email/confirm"];
    /// Stops a change of the address, or reverts it; with a token.
    EmailUndo: "/email-change/undo", Anyone, ["t", "done"], ["/email-change/undo"];
    /// 利用サービスの一覧
    Services: "/account/services", Member, [], [];
    /// SNSアカウント連携
    Linked: "/account/linked", FreshMember, ["provider_error", "with", "done"],
        ["/account/linked/unlink", "/account/linked/password"];
    /// 認証ポリシー管理
    Security: "/account/security", Member, ["done"],
        ["/account/security/second-step", "/account/security/end-session",
         "/account/security/end-others", "/account/security/lock"];
    /// 2段階認証の設定
    SecondFactor: "/account/second-step", FreshMember, ["done", "next"],
        ["/account/second-step/remove-app", "/account/second-step/remove-mail",
         "/account/second-step/forget-browser", "/account/second-step/forget-browsers"];
    /// Setting up an authenticator app.
    SecondFactorApp: "/account/second-step/app", FreshMember, ["next"], ["/account/second-step/app"];
    /// Setting up codes by e-mail.
    SecondFactorMail: "/account/second-step/mail", FreshMember, ["done", "next"],
        ["/account/second-step/mail", "/account/second-step/mail/send"];
    /// バックアップコード
    BackupCodes: "/account/second-step/backup-codes", FreshMember, ["next"], ["/account/second-step/backup-codes"];
    /// パスキー
    Passkeys: "/account/passkeys", FreshMember, ["done", "next"], ["/account/passkeys", "/account/passkeys/remove"];
    /// Authenticating again, before a change of what protects the account.
    Reauthenticate: "/account/confirm", Member, ["next", "provider_error", "with"],
        ["/account/confirm", "/account/confirm/passkey"];
    /// ログイン履歴
    History: "/account/history", Member, ["kind", "before"], [];
    /// マイデータ: a copy of everything stored.
    DataExport: "/account/data", FreshMember, [], ["/account/data"];
    /// 退会. The second press of a double click comes from somebody who is no member any more, and gets the receipt.
    Withdraw: "/account/withdraw", FreshMember, [], ["/account/withdraw" as Anyone];
    /// 退会完了: for the holder of a receipt number.
    Withdrawn: "/withdrawn", Anyone, ["receipt"], [];
    /// Where a link in a security e-mail leads; with a token.
    Alert: "/alert", Anyone, ["t", "done"], ["/alert/mine", "/alert/not-mine", "/alert/lock"];
    /// ヘルプ
    Help: "/help", Anyone, ["q"], [];
    /// Its chapters (MP-101).
    HelpRegistration: "/help/registration", Anyone, [], [];
    /// A chapter of the help.
    HelpSignIn: "/help/sign-in", Anyone, [], [];
    /// A chapter of the help.
    HelpSignOut: "/help/sign-out", Anyone, [], [];
    /// A chapter of the help.
    HelpProfile: "/help/profile", Anyone, [], [];
    /// A chapter of the help.
    HelpUserId: "/help/user-id", Anyone, [], [];
    /// A chapter of the help.
    HelpLinked: "/help/linked", Anyone, [], [];
    /// A chapter of the help.
    HelpSecurity: "/help/security", Anyone, [], [];
    /// A chapter of the help.
    HelpServices: "/help/services", Anyone, [], [];
    /// A chapter of the help.
    HelpUse: "/help/use", Anyone, [], [];
    /// A chapter of the help.
    HelpWithdraw: "/help/withdraw", Anyone, [], [];
    /// An e-mail does not arrive (MP-102).
    HelpEmail: "/help/letter", Anyone, [], [];
    /// A code does not work (MP-103).
    HelpCode: "/help/code", Anyone, [], [];
    /// 当サイトが保管する情報
    HelpData: "/help/data", Anyone, [], [];
    /// 利用規約
    Terms: "/terms", Anyone, [], [];
    /// プライバシー
    Privacy: "/privacy", Anyone, [], [];
    /// Says that a part of the site is not available.
    NotAvailable: "/not-available", Anyone, [], [];
}

impl Route {
    /// The chapters of the help, in their order, and what to do about trouble with e-mails and codes (MP-101 to
    /// MP-103).
    pub const HELP_TOPICS: [Self; 12] = [
        Self::HelpRegistration,
        Self::HelpSignIn,
        Self::HelpSignOut,
        Self::HelpProfile,
        Self::HelpUserId,
        Self::HelpLinked,
        Self::HelpSecurity,
        Self::HelpServices,
        Self::HelpUse,
        Self::HelpWithdraw,
        Self::HelpEmail,
        Self::HelpCode,
    ];

    /// The page at an address, or whose form is posted there: a form without script comes back at its own address.
    pub fn at(path: &str) -> Option<Self> {
        let page = |route: &Self| route.path() == path;
        let form = |route: &Self| route.forms().contains(&path);
        let all = || Self::ALL.iter().copied();
        all().find(page).or_else(|| all().find(form))
    }

    /// The path with the token of an e-mail: `/register/complete?t=…`.
    pub fn with_token(self, token: &str) -> String {
        self.with("t", token)
    }

    /// The path with the page to go to afterwards: `/sign-in?next=%2Faccount`. ホーム, which comes anyway, is left out.
    pub fn with_next(self, next: &str) -> String {
        if next == Self::Home.path() { self.path().to_owned() } else { self.with("next", next) }
    }

    /// The path with what was just done there: `/account?done=profile`.
    pub fn done(self, what: &str) -> String {
        self.with("done", what)
    }

    /// The same with the page to go to afterwards, which is left out if it is not of this site.
    pub fn done_on_the_way(self, what: &str, next: Option<&str>) -> String {
        let page = self.done(what);
        match next.and_then(safe_next) {
            Some(next) => with_param(&page, "next", next),
            None => page,
        }
    }

    /// The path with a receipt number: `/withdrawn?receipt=…`.
    pub fn with_receipt(self, receipt: &str) -> String {
        self.with("receipt", receipt)
    }

    fn with(self, key: &str, value: &str) -> String {
        with_param(self.path(), key, value)
    }
}

/// An address with one more parameter in its query.
pub fn with_param(address: &str, key: &str, value: &str) -> String {
    let join = if address.contains('?') { "&" } else { "?" };
    let mut path = [address, join, key, "="].concat();
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

/// Long enough for an authorization request of a connected service.
const MAX_NEXT: usize = 2_000;

/// The given path if it is one of this site, so that a link cannot redirect a member elsewhere after signing in: one
/// `/` in front, visible ASCII without a backslash, no `//` in its path, at most 2,000 characters.
pub fn safe_next(next: &str) -> Option<&str> {
    let path = next.split(['?', '#']).next()?;
    let ours = next.len() <= MAX_NEXT
        && path.starts_with('/')
        && !path.contains("//")
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    ours.then_some(next)
}

/// Where to go next: to the page asked for, if it is of this site ([`safe_next`]), else to ホーム.
pub fn next_or_home(next: Option<&str>) -> &str {
    next.and_then(safe_next).unwrap_or(Route::Home.path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::fmt::Write;

    #[test]
    fn every_path_is_its_own_and_safe() {
        let paths: BTreeSet<_> = Route::ALL.iter().map(|route| route.path()).collect();
        assert_eq!(paths.len(), Route::ALL.len());
        assert!(paths.into_iter().all(|path| safe_next(path) == Some(path)));
    }

    #[test]
    fn every_form_has_an_address_of_its_own_and_leads_back_to_its_page() {
        let mut forms = BTreeSet::new();
        for route in Route::ALL {
            assert_eq!(Route::at(route.path()), Some(*route));
            for form in route.forms() {
                assert!(forms.insert(form), "{form} stands on two pages");
                assert_eq!(Route::at(form), Some(*route));
            }
        }
        assert_eq!(Route::at("/nothing"), None);
    }

    #[test]
    fn queries_are_encoded() {
        assert_eq!(Route::RegisterComplete.with_token("a-B_9"), "/register/complete?t=a-B_9");
        assert_eq!(Route::SignIn.with_next("/a?b=c&d"), "/sign-in?next=%2Fa%3Fb%3Dc%26d");
        assert_eq!(Route::Help.with("q", "日"), "/help?q=%E6%97%A5");
        assert_eq!(Route::SignIn.with_next("/"), "/sign-in");
        assert_eq!(with_param("/sign-in?next=%2Fa", "by", "mail"), "/sign-in?next=%2Fa&by=mail");
    }

    #[test]
    fn next_leads_nowhere_else() {
        for next in ["/", "/account?x=1#y", "/oauth/authorize?redirect_uri=https://app.example.com/cb"] {
            assert_eq!(safe_next(next), Some(next));
        }
        let long = "/".to_owned() + &"a".repeat(2_000);
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

    /// The browser suite reads the same table: `end2end/routes.ts`.
    #[test]
    fn the_browser_suite_knows_the_table() {
        let list = |items: &[&str]| {
            format!("[{}]", items.iter().map(|item| format!("'{item}'")).collect::<Vec<_>>().join(", "))
        };
        let mut table = "// Every page of the site: `UPDATE=1 cargo test -p domain` writes this file from `crates/domain/src/route.rs`.\n\n\
                         export const ROUTES = {\n"
            .to_owned();
        for route in Route::ALL {
            let variant = format!("{route:?}");
            let name = variant[..1].to_lowercase() + &variant[1..];
            let (path, access) = (route.path(), route.access());
            let (params, forms) = (list(route.params()), list(route.forms()));
            let _ = writeln!(
                table,
                "  {name}: {{ path: \'{path}\', access: \'{access:?}\', params: {params}, forms: {forms} }},"
            );
        }
        let _ = writeln!(
            table,
            "}} as const;\n\nexport const FORMS_OF_THE_FRAME = {} as const;",
            list(&FORMS_OF_THE_FRAME)
        );
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../end2end/routes.ts");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(file, &table).unwrap();
        }
        let written = std::fs::read_to_string(file).unwrap_or_default();
        assert_eq!(written, table, "UPDATE=1 cargo test -p domain writes it");
    }

    proptest! {
        #[test]
        fn next_survives_its_own_encoding(next in "\\PC*") {
            let link = Route::SignIn.with_next(&next);
            prop_assert_eq!(safe_next(&link).is_some(), link.len() <= MAX_NEXT);
        }
    }
}
