//! The sentence for each reason of a refusal. Reasons are codes in `domain`; they become sentences here, on the
//! server, in the reader's language.

use domain::address::AddressRefused;
use domain::birth_date::BirthDateRefused;
use domain::locale::Locale;
use domain::name::NameRefused;
use domain::password::PasswordRefused;
use domain::person::PersonRefused;
use domain::phone::PhoneRefused;
use domain::refusal::Refusal;
use domain::second_factor::{challenge, set_up};
use domain::{
    alerts, data_export, email_change, linked_accounts, passkey, password_change, password_reset,
    reauthentication, registration, sign_in, withdrawal,
};
use words::{profile_fields as fields, refusals as t};

use crate::form::Problem;

/// Longest name, as `domain` judges it.
const NAME_MAX: &str = "60";

/// A reason that has a sentence.
pub trait Explain: Refusal {
    /// The sentence.
    fn text(self, l: Locale) -> String;
}

/// The reasons of a refusal, each beside its field.
pub fn problems<R: Explain>(reasons: Vec<R>, l: Locale) -> Vec<Problem> {
    let problem =
        |reason: R| Problem { field: reason.field(), code: reason.code().to_owned(), text: reason.text(l) };
    reasons.into_iter().map(problem).collect()
}

impl Explain for registration::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::Address(why) => address(why, l),
            Self::Password(why) => password(why, l),
            Self::Person(why) => why.text(l),
            Self::TermsNotAccepted => t::terms_not_accepted(l).into(),
            Self::TooManyTries => t::too_many_tries(l).into(),
            Self::Busy => t::busy(l).into(),
        }
    }
}

impl Explain for linked_accounts::Refused {
    fn text(self, l: Locale) -> String {
        super::providers::explain(self, words::provider_notices::some_provider(l), l)
    }
}

impl Explain for registration::CompleteRefused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::LinkInvalid => t::link_invalid(l),
            Self::PasswordNeeded => t::complete_password_needed(l),
            Self::PasswordWrong => t::complete_password_wrong(l),
            Self::CodeWrong => t::code_wrong(l),
            Self::CodeTries => t::code_tries_exhausted(l),
        }
        .into()
    }
}

impl Explain for password_reset::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::Address(why) => address(why, l),
            Self::TooMany => t::too_many_tries(l).into(),
        }
    }
}

impl Explain for password_reset::CodeRefused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::NothingWaits => t::reset_code_nothing_waits(l),
            Self::CodeWrong => t::reset_code_wrong(l),
            Self::CodeTries => t::code_tries_exhausted(l),
        }
        .into()
    }
}

impl Explain for sign_in::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::EmailEmpty => t::address_empty(l),
            Self::NotAnAddress => t::address_not_an_address(l),
            Self::PasswordEmpty => t::password_empty(l),
            Self::NotAccepted => t::sign_in_not_accepted(l),
            Self::Busy => t::busy(l),
            Self::TooMany => t::sign_in_too_many(l),
            Self::Blocked => t::sign_in_blocked(l),
            Self::PasskeyWrong => t::sign_in_passkey_wrong(l),
        }
        .into()
    }
}

impl Explain for challenge::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::CodeWrong => t::challenge_code_wrong(l),
            Self::Locked => t::challenge_locked(l),
            Self::StartAgain => t::challenge_start_again(l),
            Self::TooManyEmails => t::challenge_too_many_emails(l),
            Self::NotSetUp => t::challenge_not_set_up(l),
            Self::PasskeyWrong => t::challenge_passkey_wrong(l),
        }
        .into()
    }
}

impl Explain for set_up::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::CodeWrong => t::challenge_code_wrong(l),
            Self::Stale => t::second_factor_stale(l),
            Self::TooMany => t::second_factor_too_many(l),
            Self::TooManyEmails => t::challenge_too_many_emails(l),
            Self::Locked => t::challenge_locked(l),
            Self::OneMethod => t::second_factor_one_method(l),
        }
        .into()
    }
}

impl Explain for passkey::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::NotMade => t::passkey_not_made(l),
            Self::Known => t::passkey_known(l),
            Self::TooMany => t::passkey_too_many(l),
            Self::LastSignInMethod => t::passkey_last_sign_in_method(l),
            Self::OneMethod => t::second_factor_one_method(l),
        }
        .into()
    }
}

impl Explain for reauthentication::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::Empty => t::password_empty(l),
            Self::PasswordWrong => t::password_change_current_wrong(l),
            Self::CodeWrong => t::challenge_code_wrong(l),
            Self::Locked => t::reauthentication_locked(l),
            Self::PasskeyWrong => t::challenge_passkey_wrong(l),
        }
        .into()
    }
}

impl Explain for PersonRefused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::FamilyName(why) => name(why, fields::family_name(l), l),
            Self::GivenName(why) => name(why, fields::given_name(l), l),
            Self::FamilyNameKana(why) => name(why, fields::family_name_kana(l), l),
            Self::GivenNameKana(why) => name(why, fields::given_name_kana(l), l),
            Self::BirthDate(why) => birth_date(why, l),
            Self::Phone(PhoneRefused::NotAPhone) => t::phone_not_a_phone(l).into(),
        }
    }
}

impl Explain for password_change::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::CurrentEmpty => t::password_change_current_empty(l).into(),
            Self::CurrentWrong => t::password_change_current_wrong(l).into(),
            Self::New(PasswordRefused::Empty) => t::password_change_new_empty(l).into(),
            Self::New(why) => password(why, l),
            Self::ConfirmDiffers => t::password_change_confirm_differs(l).into(),
            Self::SameAsBefore => t::password_change_same_as_before(l).into(),
            Self::Busy => t::busy(l).into(),
            Self::Locked => t::reauthentication_locked(l).into(),
            Self::LinkInvalid => t::link_invalid(l).into(),
        }
    }
}

impl Explain for email_change::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::Address(why) => return address(why, l),
            Self::Same => t::email_change_same(l),
            Self::MailFactor => t::email_change_mail_factor(l),
            Self::TooManyTries => t::too_many_tries(l),
            Self::LinkInvalid => t::email_change_over(l),
            Self::PasswordEmpty => t::email_change_password_empty(l),
            Self::PasswordWrong => t::email_change_password_wrong(l),
            Self::CodeWrong => t::code_wrong(l),
            Self::CodeTries => t::email_change_code_tries(l),
            Self::Locked => t::reauthentication_locked(l),
        }
        .into()
    }
}

impl Explain for alerts::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::LinkInvalid => t::link_invalid(l).into(),
        }
    }
}

impl Explain for withdrawal::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::NotAgreed => t::withdrawal_not_agreed(l).into(),
        }
    }
}

impl Explain for data_export::Refused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::TooMany => t::data_export_too_many(l).into(),
        }
    }
}

fn address(why: AddressRefused, l: Locale) -> String {
    match why {
        AddressRefused::Empty => t::address_empty(l),
        AddressRefused::TooLong => t::address_too_long(l),
        AddressRefused::NotAnAddress => t::address_not_an_address(l),
    }
    .into()
}

fn name(why: NameRefused, field: &str, l: Locale) -> String {
    match why {
        NameRefused::Empty => t::name_empty(l, field),
        NameRefused::TooLong => t::name_too_long(l, field, NAME_MAX),
        NameRefused::NotAllowed => t::name_not_allowed(l, field),
        NameRefused::NotKana => t::name_not_kana(l, field),
    }
}

fn birth_date(why: BirthDateRefused, l: Locale) -> String {
    match why {
        BirthDateRefused::Empty => t::birth_date_empty(l),
        BirthDateRefused::NotADate => t::birth_date_not_a_date(l),
        BirthDateRefused::InTheFuture => t::birth_date_in_the_future(l),
        BirthDateRefused::TooLongAgo => t::birth_date_too_long_ago(l),
    }
    .into()
}

fn password(why: PasswordRefused, l: Locale) -> String {
    match why {
        PasswordRefused::Empty => t::password_empty(l).into(),
        PasswordRefused::TooShort { min } => t::password_too_short(l, &min.to_string()),
        PasswordRefused::TooLong { max } => t::password_too_long(l, &max.to_string()),
        PasswordRefused::ContainsGivenName => t::password_contains_given_name(l).into(),
        PasswordRefused::ContainsFamilyName => t::password_contains_family_name(l).into(),
        PasswordRefused::ContainsUserId => t::password_contains_user_id(l).into(),
        PasswordRefused::TooFewClasses { needed } => t::password_too_few_classes(l, &needed.to_string()),
        PasswordRefused::TooCommon => t::password_too_common(l).into(),
    }
}
