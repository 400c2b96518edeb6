//! 「当サイトが保管する情報」 in words. What there is, and how long, `identity::kept` says.

use identity::kept::{HowLong, KINDS, Kind, how_long};
use identity::moment;
use identity::settings::Settings;
use words::{Lang, help_lines as t};

use super::actions::KeptRow;

/// A row for each kind that this site can have.
pub fn rows(settings: &Settings, lang: Lang) -> Vec<KeptRow> {
    let row = |kind| {
        let how_long = t::how_long(lang, &in_words(how_long(kind, settings)?, lang));
        let (what, why) = said(kind, lang);
        Some(KeptRow { what: what.to_owned(), why: why.to_owned(), how_long })
    };
    KINDS.iter().filter_map(|(kind, _)| row(*kind)).collect()
}

fn in_words(how_long: HowLong, lang: Lang) -> String {
    match how_long {
        HowLong::WhileAccount => t::while_account(lang).to_owned(),
        HowLong::UntilRemoved => t::until_removed(lang).to_owned(),
        HowLong::UntilSent => t::until_sent(lang).to_owned(),
        HowLong::For(ms) => t::at_most(lang, &moment::duration(ms, lang)),
        HowLong::AfterItsTime(ms) => t::after_its_time(lang, &moment::duration(ms, lang)),
        HowLong::Always => t::always(lang).to_owned(),
    }
}

/// What it is, and why it is kept.
fn said(kind: Kind, l: Lang) -> (&'static str, &'static str) {
    match kind {
        Kind::Profile => (t::profile(l), t::profile_why(l)),
        Kind::Password => (t::password(l), t::password_why(l)),
        Kind::SecondStep => (t::second_step(l), t::second_step_why(l)),
        Kind::Apps => (t::apps(l), t::apps_why(l)),
        Kind::BackupCodes => (t::backup_codes(l), t::backup_codes_why(l)),
        Kind::Passkeys => (t::passkeys(l), t::passkeys_why(l)),
        Kind::LinkedAccounts => (t::linked_accounts(l), t::linked_accounts_why(l)),
        Kind::ProviderVisits => (t::provider_visits(l), t::provider_visits_why(l)),
        Kind::Sessions => (t::sessions(l), t::sessions_why(l)),
        Kind::Browsers => (t::browsers(l), t::browsers_why(l)),
        Kind::Trust => (t::trust(l), t::trust_why(l)),
        Kind::History => (t::history(l), t::history_why(l)),
        Kind::StrangersHistory => (t::strangers_history(l), t::strangers_history_why(l)),
        Kind::Tries => (t::tries(l), t::tries_why(l)),
        Kind::StrangersTries => (t::strangers_tries(l), t::strangers_tries_why(l)),
        Kind::Counters => (t::counters(l), t::counters_why(l)),
        Kind::Registrations => (t::registrations(l), t::registrations_why(l)),
        Kind::HalfSignIns => (t::half_sign_ins(l), t::half_sign_ins_why(l)),
        Kind::MailCodes => (t::mail_codes(l), t::mail_codes_why(l)),
        Kind::PasskeyQuestions => (t::passkey_questions(l), t::passkey_questions_why(l)),
        Kind::Resets => (t::resets(l), t::resets_why(l)),
        Kind::TemporaryPasswords => (t::temporary_passwords(l), t::temporary_passwords_why(l)),
        Kind::Alerts => (t::alerts(l), t::alerts_why(l)),
        Kind::EmailChanges => (t::email_changes(l), t::email_changes_why(l)),
        Kind::Downloads => (t::downloads(l), t::downloads_why(l)),
        Kind::Letters => (t::letters(l), t::letters_why(l)),
        Kind::LetterRecords => (t::letter_records(l), t::letter_records_why(l)),
        Kind::Receipts => (t::receipts(l), t::receipts_why(l)),
        Kind::Work => (t::work(l), t::work_why(l)),
    }
}
