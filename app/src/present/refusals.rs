//! The sentence for each reason of a refusal. Reasons are codes in `domain`; they become sentences on the server, in the
//! reader's language. Each slice has the sentences of its own refusals; here are those that several slices share.

use domain::address::AddressRefused;
use domain::birth_date::BirthDateRefused;
use domain::locale::Locale;
use domain::name::NameRefused;
use domain::password::PasswordRefused;
use domain::person::PersonRefused;
use domain::phone::PhoneRefused;
use domain::refusal::Refusal;
use words::refusals as t;

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

impl Explain for PersonRefused {
    fn text(self, l: Locale) -> String {
        match self {
            Self::Name(_, why) => {
                let label = words::find("profile_fields", &[self.field().name()], l);
                name(why, label.unwrap_or_default(), l)
            }
            Self::BirthDate(why) => birth_date(why, l),
            Self::Phone(PhoneRefused::NotAPhone) => t::phone_not_a_phone(l).into(),
        }
    }
}

/// Why a text is not an address.
pub fn address(why: AddressRefused, l: Locale) -> String {
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

/// Why a password cannot be set.
pub fn password(why: PasswordRefused, l: Locale) -> String {
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
