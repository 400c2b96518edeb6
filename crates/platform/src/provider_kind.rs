//! What differs between the kinds of providers: one row each. Everything else is the same for all of them.
//!
//! Sources: each provider's own documentation of its `OpenID` Connect service; Facebook's "Manually Build a Login
//! Flow"; LINE's "Get profile information from ID tokens" (tokens of web apps are HS256 with the channel secret);
//! Apple's "Creating a client secret" and "Request an authorization" (`form_post` when a name or an address is asked
//! for); Google's "`OpenID` Connect" (of `prompt` it knows `none`, `consent` and `select_account`).

use openidconnect::core::CoreJwsSigningAlgorithm as Alg;
use p256::ecdsa::SigningKey;
use p256::pkcs8::DecodePrivateKey;
use policy::Provider;

/// Where a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `OpenID` Connect, under this issuer.
    Issuer(&'static str),
    /// `OpenID` Connect, under an issuer that each directory has of its own; `{tenantid}` stands for it.
    Tenants(&'static str),
    /// `OpenID` Connect, under the issuer that the settings name.
    Named,
    /// OAuth 2.0 and a profile, without `OpenID` Connect.
    Graph {
        /// Where people are asked.
        dialog: &'static str,
        /// Where tokens and profiles are.
        graph: &'static str,
    },
}

/// How this site authenticates to the token endpoint (OIDC Core §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// As discovery says; in the header if it says nothing.
    Discovered,
    /// In the form of the request.
    Form,
    /// In the form of the request, signed each time.
    Signed,
}

/// How a provider is asked to authenticate a person again, even if they are signed in there (本人確認).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reauth {
    /// It asks again, and has to say when it did: `prompt=login`, `max_age=0`.
    Dated,
    /// It asks again, and may not say when: `prompt=login`.
    Asked,
    /// It can only be asked to have the account chosen: `prompt=select_account`.
    Chosen,
    /// Facebook's own word: `auth_type=reauthenticate`.
    Reauthenticate,
}

/// For which e-mail addresses a provider's `email_verified` is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustedEmailDomains {
    /// For none.
    Never,
    /// For those of its own domains, where only the provider gives addresses out. Who has any other address now, it
    /// does not know.
    Own(&'static [&'static str]),
}

impl TrustedEmailDomains {
    /// Whether the address is proven: the provider says `verified`, and is trusted for its domain.
    pub fn counts(self, address: &str, verified: bool) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        verified
            && match self {
                Self::Never => false,
                Self::Own(domains) => domains.iter().any(|own| own.eq_ignore_ascii_case(domain)),
            }
    }
}

/// What differs for one kind of provider.
#[derive(Debug)]
pub struct Kind {
    /// What members know it as.
    pub name: &'static str,
    /// Its English name, where that differs.
    pub english: Option<&'static str>,
    /// Where it is.
    pub place: Place,
    /// What is asked for, beside `openid`.
    pub scopes: &'static [&'static str],
    /// How ID tokens may be signed.
    pub algs: &'static [Alg],
    /// How this site authenticates to the token endpoint.
    pub secret: Secret,
    /// Whether the answer comes as a form from the provider's own page.
    pub form_post: bool,
    /// How it is asked to authenticate a person again.
    pub reauth: Reauth,
    /// For which e-mail addresses its `email_verified` is trusted.
    pub trusted_email_domains: TrustedEmailDomains,
    /// Whether the site has to name it (`label`).
    pub named_by_site: bool,
}

impl Kind {
    /// Whether its address needs no setting.
    pub fn fixed(&self) -> bool {
        self.place != Place::Named
    }

    /// Whether the site may name one directory instead of all.
    pub fn has_tenants(&self) -> bool {
        matches!(self.place, Place::Tenants(_))
    }
}

const RS256: &[Alg] = &[Alg::RsaSsaPkcs1V15Sha256];
/// What a provider of the site's own choice may sign with: neither `none` nor a shared secret.
const ASYMMETRIC: &[Alg] = &[
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPssSha256,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];

/// What most kinds have in common.
const USUAL: Kind = Kind {
    name: "",
    english: None,
    place: Place::Named,
    scopes: &["profile", "email"],
    algs: RS256,
    secret: Secret::Discovered,
    form_post: false,
    reauth: Reauth::Asked,
    trusted_email_domains: TrustedEmailDomains::Never,
    named_by_site: false,
};

// Addresses of other domains were verified once; who has them now Google does not know.
const GOOGLE: Kind = Kind {
    name: "Google",
    place: Place::Issuer("https://accounts.google.com"),
    reauth: Reauth::Chosen,
    trusted_email_domains: TrustedEmailDomains::Own(&["gmail.com", "googlemail.com"]),
    ..USUAL
};
const FACEBOOK: Kind = Kind {
    name: "Facebook",
    place: Place::Graph {
        dialog: "https://www.facebook.com/v24.0",
        graph: "https://graph.facebook.com/v24.0",
    },
    scopes: &["public_profile", "email"],
    secret: Secret::Form,
    reauth: Reauth::Reauthenticate,
    ..USUAL
};
const YAHOO_JAPAN: Kind = Kind {
    name: "Yahoo! JAPAN",
    place: Place::Issuer("https://auth.login.yahoo.co.jp/yconnect/v2"),
    reauth: Reauth::Dated,
    trusted_email_domains: TrustedEmailDomains::Own(&["yahoo.co.jp", "ymail.ne.jp"]),
    ..USUAL
};
// An address in its tokens is whatever a directory's administrator wrote there.
const MICROSOFT: Kind = Kind {
    name: "Microsoft",
    place: Place::Tenants("https://login.microsoftonline.com/{tenantid}/v2.0"),
    ..USUAL
};
const LINE: Kind = Kind {
    name: "LINE",
    place: Place::Issuer("https://access.line.me"),
    algs: &[Alg::HmacSha256],
    secret: Secret::Form,
    reauth: Reauth::Dated,
    ..USUAL
};
const APPLE: Kind = Kind {
    name: "Apple",
    place: Place::Issuer("https://appleid.apple.com"),
    scopes: &["name", "email"],
    secret: Secret::Signed,
    form_post: true,
    trusted_email_domains: TrustedEmailDomains::Own(&[
        "icloud.com",
        "me.com",
        "mac.com",
        "privaterelay.appleid.com",
    ]),
    ..USUAL
};
// Its subjects are pairwise. Names and addresses need an agreement, so none are asked for.
const D_ACCOUNT: Kind = Kind {
    name: "dアカウント",
    english: Some("d ACCOUNT"),
    place: Place::Issuer("https://conf.uw.docomo.ne.jp/"),
    scopes: &[],
    ..USUAL
};
const BUSINESS_D_ACCOUNT: Kind = Kind {
    name: "ビジネスdアカウント",
    english: Some("Business d ACCOUNT"),
    algs: ASYMMETRIC,
    reauth: Reauth::Dated,
    ..USUAL
};
const ACTIVE_DIRECTORY: Kind =
    Kind { name: "Active Directory", algs: ASYMMETRIC, reauth: Reauth::Dated, ..USUAL };
const OIDC: Kind = Kind { algs: ASYMMETRIC, reauth: Reauth::Dated, named_by_site: true, ..USUAL };

/// The row of a kind.
pub const fn of(kind: Provider) -> &'static Kind {
    match kind {
        Provider::Google => &GOOGLE,
        Provider::Facebook => &FACEBOOK,
        Provider::YahooJapan => &YAHOO_JAPAN,
        Provider::Microsoft => &MICROSOFT,
        Provider::Line => &LINE,
        Provider::Apple => &APPLE,
        Provider::DAccount => &D_ACCOUNT,
        Provider::BusinessDAccount => &BUSINESS_D_ACCOUNT,
        Provider::ActiveDirectory => &ACTIVE_DIRECTORY,
        Provider::Oidc => &OIDC,
    }
}

/// The private key in PEM that signs the client secrets of [`Secret::Signed`].
pub(crate) fn signing_key(pem: &str) -> Option<SigningKey> {
    SigningKey::from_pkcs8_pem(pem).ok()
}
