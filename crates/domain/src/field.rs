//! The stable names of form fields: password managers, tests and error summaries rely on them.

use serde::{Deserialize, Serialize};

/// A place in a form that a refusal can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The form as a whole; no input has this name.
    Form,
    /// The user ID, which is the e-mail address.
    Email,
    /// A password that is asked for.
    Password,
    /// A password that is to be set.
    NewPassword,
    /// The same once more.
    NewPasswordConfirm,
    /// The present password, asked for before a change.
    CurrentPassword,
    /// 姓
    FamilyName,
    /// 名
    GivenName,
    /// 姓(カナ)
    FamilyNameKana,
    /// 名(カナ)
    GivenNameKana,
    /// 生年月日: a group of `birth_year`, `birth_month` and `birth_day`.
    BirthDate,
    /// 電話番号
    Phone,
    /// Agreement to the terms.
    Terms,
    /// A one-time code or a code from an e-mail.
    Code,
    /// 自動ログイン
    Remember,
    /// 信頼済み端末
    Trust,
    /// The name that a member gives to one of several things.
    Label,
    /// Consent to what is about to be done.
    Agree,
}

impl Field {
    /// The input's `name`. For the birth date it is the group's first input, where an error link leads.
    pub fn name(self) -> &'static str {
        match self {
            Field::Form => "form",
            Field::Email => "email",
            Field::Password => "password",
            Field::NewPassword => "new_password",
            Field::NewPasswordConfirm => "new_password_confirm",
            Field::CurrentPassword => "current_password",
            Field::FamilyName => "family_name",
            Field::GivenName => "given_name",
            Field::FamilyNameKana => "family_name_kana",
            Field::GivenNameKana => "given_name_kana",
            Field::BirthDate => "birth_year",
            Field::Phone => "phone",
            Field::Terms => "terms",
            Field::Code => "code",
            Field::Remember => "remember",
            Field::Trust => "trust",
            Field::Label => "label",
            Field::Agree => "agree",
        }
    }
}
