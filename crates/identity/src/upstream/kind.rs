//! What differs between the kinds of providers: one row each. Everything else is the same for all of them.
//!
//! Sources: each provider's own documentation of its `OpenID` Connect service; Facebook's "Manually Build a Login
//! Flow"; LINE's "Get profile information from ID tokens" (tokens of web apps are HS256 with the channel secret);
//! Apple's "Creating a client secret" and "Request an authorization" (`form_post` when a name or an address is asked for);
//! Google's "`OpenID` Connect" (of `prompt` it knows `none`, `consent` and `select_account`).

use domain::policy::Provider;
use openidconnect::core::CoreJwsSigningAlgorithm as Alg;

/// Where a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `OpenID` Connect, under this issuer.
    Issuer(&'static str),
    /// `OpenID` Connect, under an issuer that each directory has of its own; `{tenantid}` stands for it.
    Tenants(&'static str),
    /// `OpenID` Connect, under the issuer that the settings name.
    Named,
    /// OAuth 2.0 and a profile: where people are asked, and where tokens and profiles are.
    Graph {
        /// Where people are asked.
        dialog: &'static str,
        /// Where tokens and profiles are.
        graph: &'static str,
    },
}

/// How this site shows the token endpoint that it is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// As discovery says, in the header where it says nothing.
    Discovered,
    /// In the form.
    Form,
    /// In the form, signed anew each time.
    Signed,
}

/// How a provider is asked to make sure who somebody is, whoever is signed in there (本人確認).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anew {
    /// It asks again, and has to say when it did: `prompt=login`, `max_age=0`.
    Dated,
    /// It asks again, and may not say when: `prompt=login`.
    Asked,
    /// It can be told to have the account chosen, no more: `prompt=select_account`.
    Chosen,
    /// Facebook's own word: `auth_type=reauthenticate`.
    Reauthenticate,
}

/// For whose addresses a provider's word counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouches {
    /// For nobody's.
    Never,
    /// For those of its own domains, where nobody else gives addresses out. Whose others are now, it does not know.
    Own(&'static [&'static str]),
}

impl Vouches {
    /// Whether it counts for this one.
    pub fn counts(self, address: &str, verified: bool) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        verified
            && match self {
                Self::Never => false,
                Self::Own(domains) => domains.iter().any(|own| own.eq_ignore_ascii_case(domain)),
            }
    }
}

/// One row.
#[derive(Debug)]
pub struct Kind {
    /// What members know it as.
    pub name: &'static str,
    /// The same in English, where that is another.
    pub english: Option<&'static str>,
    /// Where it is.
    pub place: Place,
    /// What is asked for, beside `openid`.
    pub scopes: &'static [&'static str],
    /// How ID tokens may be signed.
    pub algs: &'static [Alg],
    /// How this site shows that it is itself.
    pub secret: Secret,
    /// Whether the answer comes as a form from the provider's own page.
    pub form_post: bool,
    /// How it is asked to make sure who somebody is.
    pub anew: Anew,
    /// For whose addresses its word counts.
    pub vouches: Vouches,
    /// Whether its name is for the site to give.
    pub named_by_site: bool,
}

impl Kind {
    /// Whether where it is needs no setting.
    pub fn fixed(&self) -> bool {
        self.place != Place::Named
    }

    /// Whether the site may name one directory instead of all.
    pub fn has_tenants(&self) -> bool {
        matches!(self.place, Place::Tenants(_))
    }
}

const RS256: &[Alg] = &[Alg::RsaSsaPkcs1V15Sha256];
/// What a provider of the site's own choice may use: nothing without a key, nothing with a shared one.
const ASYMMETRIC: &[Alg] = &[
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPssSha256,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];

/// Most of them are like this.
const USUAL: Kind = Kind {
    name: "",
    english: None,
    place: Place::Named,
    scopes: &["profile", "email"],
    algs: RS256,
    secret: Secret::Discovered,
    form_post: false,
    anew: Anew::Asked,
    vouches: Vouches::Never,
    named_by_site: false,
};

// Addresses elsewhere were verified once; whose they are now it does not know.
const GOOGLE: Kind = Kind {
    name: "Google",
    place: Place::Issuer("https://accounts.google.com"),
    anew: Anew::Chosen,
    vouches: Vouches::Own(&["gmail.com", "googlemail.com"]),
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
    anew: Anew::Reauthenticate,
    ..USUAL
};
const YAHOO_JAPAN: Kind = Kind {
    name: "Yahoo! JAPAN",
    place: Place::Issuer("https://auth.login.yahoo.co.jp/yconnect/v2"),
    anew: Anew::Dated,
    vouches: Vouches::Own(&["yahoo.co.jp", "ymail.ne.jp"]),
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
    anew: Anew::Dated,
    ..USUAL
};
const APPLE: Kind = Kind {
    name: "Apple",
    place: Place::Issuer("https://appleid.apple.com"),
    scopes: &["name", "email"],
    secret: Secret::Signed,
    form_post: true,
    vouches: Vouches::Own(&["icloud.com", "me.com", "mac.com", "privaterelay.appleid.com"]),
    ..USUAL
};
// Its subjects are this site's alone (pairwise); names and addresses need an agreement, so none is asked for.
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
    anew: Anew::Dated,
    ..USUAL
};
const ACTIVE_DIRECTORY: Kind =
    Kind { name: "Active Directory", algs: ASYMMETRIC, anew: Anew::Dated, ..USUAL };
const OIDC: Kind = Kind { algs: ASYMMETRIC, anew: Anew::Dated, named_by_site: true, ..USUAL };

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
