//! The sentence for each reason. Reasons are codes in `domain`; this is the edge where they become words, on the
//! server, in the language of whoever asked.

use domain::address::AddressRefused;
use domain::birth_date::BirthDateRefused;
use domain::name::NameRefused;
use domain::password::PasswordRefused;
use domain::refusal::Refusal;
use domain::{
    alerts, confirm, email_change, linked_accounts, my_data, passkey, password_change, password_reset,
    profile, registration, second_factor, second_step, sign_in, withdrawal,
};
use words::Lang;
use words::{profile_fields as fields, refusals as t};

use crate::action::{Problem, Reply};

/// Longest name, as `domain` judges it.
const NAME_MAX: &str = "60";

/// The reply to a refused form.
pub fn refused<R: Refusal>(
    reasons: impl IntoIterator<Item = R>,
    say: fn(R, Lang) -> String,
    l: Lang,
) -> Reply {
    let problem =
        |reason: R| Problem { field: reason.field(), code: reason.code().to_owned(), text: say(reason, l) };
    Reply::Refused(reasons.into_iter().map(problem).collect())
}

/// 新規登録
pub fn registration(reason: registration::Refused, l: Lang) -> String {
    use registration::Refused as R;
    match reason {
        R::Address(why) => address(why, l),
        R::Password(why) => password(why, l),
        R::FamilyName(why) => name(why, fields::family_name(l), l),
        R::GivenName(why) => name(why, fields::given_name(l), l),
        R::FamilyNameKana(why) => name(why, fields::family_name_kana(l), l),
        R::GivenNameKana(why) => name(why, fields::given_name_kana(l), l),
        R::BirthDate(why) => birth_date(why, l),
        R::TermsNotAccepted => t::terms_not_accepted(l).into(),
        R::TooManyTries => t::too_many_tries(l).into(),
        R::Busy => t::busy(l).into(),
    }
}

/// SNSアカウント連携: a form of its page.
pub fn linked_accounts(reason: linked_accounts::Refused, l: Lang) -> String {
    crate::linked_accounts::said::in_words(reason, words::linked_lines::some_provider(l), l)
}

/// 本登録
pub fn completion(reason: registration::CompleteRefused, l: Lang) -> String {
    use registration::CompleteRefused as R;
    match reason {
        R::LinkInvalid => t::link_invalid(l),
        R::PasswordNeeded => t::complete_password_needed(l),
        R::PasswordWrong => t::complete_password_wrong(l),
        R::CodeWrong => t::code_wrong(l),
        R::CodeTries => t::code_tries_exhausted(l),
    }
    .into()
}

/// パスワードの再設定
pub fn password_reset(reason: password_reset::Refused, l: Lang) -> String {
    use password_reset::Refused as R;
    match reason {
        R::Address(why) => address(why, l),
        R::TooMany => t::too_many_tries(l).into(),
    }
}

/// パスワードの再設定: the letter's code
pub fn reset_code(reason: password_reset::CodeRefused, l: Lang) -> String {
    use password_reset::CodeRefused as R;
    match reason {
        R::NothingWaits => t::reset_code_nothing_waits(l),
        R::CodeWrong => t::reset_code_wrong(l),
        R::CodeTries => t::code_tries_exhausted(l),
    }
    .into()
}

/// ログイン
pub fn sign_in(reason: sign_in::Refused, l: Lang) -> String {
    use sign_in::Refused as R;
    match reason {
        R::EmailEmpty => t::address_empty(l),
        R::NotAnAddress => t::address_not_an_address(l),
        R::PasswordEmpty => t::password_empty(l),
        R::NotAccepted => t::sign_in_not_accepted(l),
        R::Busy => t::busy(l),
        R::TooMany => t::sign_in_too_many(l),
        R::Blocked => t::sign_in_blocked(l),
        R::PasskeyWrong => t::sign_in_passkey_wrong(l),
    }
    .into()
}

/// ワンタイムパスワードの認証
pub fn second_step(reason: second_step::Refused, l: Lang) -> String {
    use second_step::Refused as R;
    match reason {
        R::CodeWrong => t::second_step_code_wrong(l),
        R::Locked => t::second_step_locked(l),
        R::StartAgain => t::second_step_start_again(l),
        R::TooManyLetters => t::second_step_too_many_letters(l),
        R::NotSetUp => t::second_step_not_set_up(l),
        R::PasskeyWrong => t::second_step_passkey_wrong(l),
    }
    .into()
}

/// 2段階認証の設定
pub fn second_factor(reason: second_factor::Refused, l: Lang) -> String {
    use second_factor::Refused as R;
    match reason {
        R::CodeWrong => t::second_step_code_wrong(l),
        R::Stale => t::second_factor_stale(l),
        R::TooMany => t::second_factor_too_many(l),
        R::TooManyLetters => t::second_step_too_many_letters(l),
        R::Locked => t::second_step_locked(l),
    }
    .into()
}

/// パスキー
pub fn passkey(reason: passkey::Refused, l: Lang) -> String {
    use passkey::Refused as R;
    match reason {
        R::NotMade => t::passkey_not_made(l),
        R::Known => t::passkey_known(l),
        R::TooMany => t::passkey_too_many(l),
        R::LastWayIn => t::passkey_last_way_in(l),
    }
    .into()
}

/// Proving again to be oneself.
pub fn confirm(reason: confirm::Refused, l: Lang) -> String {
    use confirm::Refused as R;
    match reason {
        R::Empty => t::password_empty(l),
        R::PasswordWrong => t::password_change_current_wrong(l),
        R::CodeWrong => t::second_step_code_wrong(l),
        R::Locked => t::confirm_locked(l),
        R::PasskeyWrong => t::second_step_passkey_wrong(l),
    }
    .into()
}

/// 会員情報の変更
pub fn profile(reason: profile::Refused, l: Lang) -> String {
    use profile::Refused as R;
    match reason {
        R::FamilyName(why) => name(why, fields::family_name(l), l),
        R::GivenName(why) => name(why, fields::given_name(l), l),
        R::FamilyNameKana(why) => name(why, fields::family_name_kana(l), l),
        R::GivenNameKana(why) => name(why, fields::given_name_kana(l), l),
        R::BirthDate(why) => birth_date(why, l),
    }
}

/// パスワードの変更
pub fn password_change(reason: password_change::Refused, l: Lang) -> String {
    use password_change::Refused as R;
    match reason {
        R::CurrentEmpty => t::password_change_current_empty(l).into(),
        R::CurrentWrong => t::password_change_current_wrong(l).into(),
        R::New(PasswordRefused::Empty) => t::password_change_new_empty(l).into(),
        R::New(why) => password(why, l),
        R::ConfirmDiffers => t::password_change_confirm_differs(l).into(),
        R::SameAsBefore => t::password_change_same_as_before(l).into(),
        R::Busy => t::busy(l).into(),
        R::Locked => t::confirm_locked(l).into(),
        R::LinkInvalid => t::link_invalid(l).into(),
    }
}

/// メールアドレスの変更
pub fn email_change(reason: email_change::Refused, l: Lang) -> String {
    use email_change::Refused as R;
    match reason {
        R::Address(why) => return address(why, l),
        R::Same => t::email_change_same(l),
        R::MailFactor => t::email_change_mail_factor(l),
        R::TooManyTries => t::too_many_tries(l),
        R::LinkInvalid => t::email_change_over(l),
        R::PasswordEmpty => t::email_change_password_empty(l),
        R::PasswordWrong => t::email_change_password_wrong(l),
        R::CodeWrong => t::code_wrong(l),
        R::CodeTries => t::email_change_code_tries(l),
        R::Locked => t::confirm_locked(l),
    }
    .into()
}

/// A security letter's answer.
pub fn alerts(reason: alerts::Refused, l: Lang) -> String {
    match reason {
        alerts::Refused::LinkInvalid => t::link_invalid(l).into(),
    }
}

/// 退会
pub fn withdrawal(reason: withdrawal::Refused, l: Lang) -> String {
    match reason {
        withdrawal::Refused::NotAgreed => t::withdrawal_not_agreed(l).into(),
    }
}

/// マイデータ
pub fn my_data(reason: my_data::Refused, l: Lang) -> String {
    match reason {
        my_data::Refused::TooMany => t::my_data_too_many(l).into(),
    }
}

fn address(why: AddressRefused, l: Lang) -> String {
    match why {
        AddressRefused::Empty => t::address_empty(l),
        AddressRefused::TooLong => t::address_too_long(l),
        AddressRefused::NotAnAddress => t::address_not_an_address(l),
    }
    .into()
}

fn name(why: NameRefused, field: &str, l: Lang) -> String {
    match why {
        NameRefused::Empty => t::name_empty(l, field),
        NameRefused::TooLong => t::name_too_long(l, field, NAME_MAX),
        NameRefused::NotAllowed => t::name_not_allowed(l, field),
        NameRefused::NotKana => t::name_not_kana(l, field),
    }
}

fn birth_date(why: BirthDateRefused, l: Lang) -> String {
    match why {
        BirthDateRefused::Empty => t::birth_date_empty(l),
        BirthDateRefused::NotADate => t::birth_date_not_a_date(l),
        BirthDateRefused::InTheFuture => t::birth_date_in_the_future(l),
        BirthDateRefused::TooLongAgo => t::birth_date_too_long_ago(l),
    }
    .into()
}

fn password(why: PasswordRefused, l: Lang) -> String {
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
