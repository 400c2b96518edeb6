//! The presets hold the sources' figures, and every fault is found.

use super::*;
use crate::locale::Locale;

fn of(name: &str) -> SitePolicy {
    toml::from_str(preset(name).expect("a preset")).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

/// `standard`, `community`, `workforce`, `business`, `event`: the columns of the requirements' table.
fn columns<T>(read: impl Fn(&SitePolicy) -> T) -> [T; 5] {
    ["standard", "community", "workforce", "business", "event"].map(|name| read(&of(name)))
}

#[test]
fn every_preset_is_whole_and_sound() {
    for (name, _) in PRESETS {
        let policy = of(name);
        assert_eq!(policy.check(), Ok(()), "{name}");
        let again: SitePolicy = toml::from_str(&toml::to_string(&policy).unwrap()).unwrap();
        assert_eq!(again, policy, "{name} survives a round trip");
    }
    assert_eq!(preset("unheard_of"), None);
}

#[test]
fn an_unknown_key_or_choice_is_refused_wherever_it_stands() {
    let text = preset("standard").unwrap();
    let parses = |text: &str| toml::from_str::<SitePolicy>(text).is_ok();
    assert!(parses(text));
    assert!(!parses(&format!("colour = \"blue\"\n{text}")));
    assert!(!parses(&text.replace("lock_minutes = 30", "lock_minuets = 30")));
    assert!(!parses(&text.replace("\"opt_in\"", "\"sometimes\"")));
    for table in text.lines().filter(|line| line.starts_with('[')) {
        assert!(!parses(&text.replacen(table, &format!("{table}\ncolour = \"blue\""), 1)), "{table}");
    }
}

#[test]
fn identifiers_and_accounts() {
    use RegistrationMode::{Administrator, Invitation, Member};
    use SignInName::{Email, OrganizationAndId, Username};
    // MP-21, KB-01, BA-01, MD-06, ER-01
    assert_eq!(columns(|p| p.identifiers.sign_in_with), [Email, Username, OrganizationAndId, Email, Email]);
    // KB-02
    assert_eq!(columns(|p| p.identifiers.login_only_username), [false, true, false, false, false]);
    assert_eq!(of("community").identifiers.username_max_length, 20); // KB-01
    assert_eq!(of("workforce").identifiers.family_code_max_length, 8); // BA-46
    // MP-07, KB, BA-02, MD-12, ER
    assert_eq!(columns(|p| p.registration.mode), [Member, Member, Administrator, Invitation, Member]);
    assert_eq!(columns(|p| p.registration.invite_keys), [false, true, false, false, false]); // KB-09
    // MP-08: 24 h; MD-12: 14 days
    assert_eq!(columns(|p| p.registration.link_valid_minutes), [1_440, 1_440, 1_440, 20_160, 1_440]);
    assert_eq!(of("standard").registration.link_valid_ms(), 86_400_000);
    assert_eq!(columns(|p| p.registration.known_address_letter), [false; 5]); // MP-10
    assert!(of("modern").registration.known_address_letter);
    for (name, _) in PRESETS {
        let policy = of(name);
        assert_eq!(
            (policy.registration.letters_per_address_per_day, policy.registration.code_tries),
            (10, 5)
        );
        assert!(policy.profile.single_names, "{name}");
        assert!(!policy.profile.change_letter, "{name}: MP-76");
        assert_eq!(policy.languages.offered, [Locale::Ja, Locale::En], "{name}: MP-95");
    }
}

#[test]
fn passwords() {
    assert_eq!(columns(|p| p.password.min_length), [8; 5]); // [8] ours; MD-16
    assert_eq!(columns(|p| p.password.max_length), [128, u16::MAX, 32, 128, 128]); // KB-05, BA-40
    assert_eq!(columns(|p| p.password.classes_required), [0, 0, 0, 3, 0]); // MD-16
    assert_eq!(columns(|p| p.password.refuse_names), [true; 5]); // MP-13, MP-14, C-55
    assert_eq!(columns(|p| p.password.refuse_user_id), [true; 5]); // MP-15, C-55
    assert_eq!(columns(|p| p.password.strength_gauge), [false, false, true, false, false]); // BA-04
    assert_eq!(columns(|p| p.password.reveal_button), [true; 5]); // BA-05, MD-06
    assert_eq!(columns(|p| p.password.change_after_issue), [true; 5]); // BA-03
    // MP-38, BA: the form has none, MD-34
    assert_eq!(columns(|p| p.password.current_needed_to_change), [true, true, false, true, true]);
    assert_eq!(of("workforce").password.characters, PasswordCharacters::HalfWidth); // BA-40
    assert_eq!(of("community").password.characters, PasswordCharacters::Any); // KB-05
    let rules = of("modern").password_rules(); // NIST SP 800-63B-4
    assert_eq!((rules.min_length, rules.max_length, rules.classes_required), (15, 128, 0));
    assert!(rules.refuse_common && rules.refuse_names && rules.refuse_user_id);
    assert!(!of("standard").password_rules().refuse_common);
}

#[test]
fn locks_resets_and_sessions() {
    use AutoSignInMode::{Always, OptIn};
    use ResetMode::{Administrator, MailLink, StaffRequest};
    assert_eq!(columns(|p| p.sign_in.lock_threshold), [6, 10, 6, 10, 6]); // C-02, KB-10, MD-39
    let (half, hour) = (Some(1_800_000), Some(3_600_000));
    assert_eq!(columns(|p| p.sign_in.lock_ms()), [half, hour, half, None, half]); // MP-25, KB-10, MD-40, C-49
    let unlock = columns(|p| p.sign_in.unlock_link_valid_ms());
    assert_eq!(unlock, [None, None, None, Some(14 * 86_400_000), None]); // MD-39
    assert_eq!(columns(|p| p.sign_in.unlock_by_reset), [true, false, true, true, true]); // MD-40
    assert_eq!(columns(|p| p.sign_in.unlock_by_staff), [true, false, true, true, true]); // KB-11, C-54
    assert_eq!(columns(|p| p.captcha.is_due(3)), [false, true, false, false, false]); // KB-12
    assert!(!of("community").captcha.is_due(2));
    assert_eq!(of("community").captcha.kinds, [CaptchaKind::Image, CaptchaKind::Audio]); // KB-12
    assert_eq!(columns(|p| p.auto_sign_in.mode), [OptIn, OptIn, OptIn, OptIn, Always]); // MP-26, ER-11
    assert_eq!(columns(|p| p.auto_sign_in.valid_days), [400; 5]);
    assert_eq!(columns(|p| p.session.idle_ms()), [1_800_000; 5]); // MP-31, BA-08
    assert_eq!(columns(|p| p.session.simultaneous), [Simultaneous::Unlimited; 5]); // MP-29
    // MP-35, KB-39, MD-41, C-51
    assert_eq!(columns(|p| p.reset.mode), [MailLink, StaffRequest, Administrator, MailLink, MailLink]);
    assert_eq!(columns(|p| p.reset.link_valid_minutes), [30, 30, 30, 20_160, 30]); // MP-36, MD-41
    assert_eq!(columns(|p| p.reset.clears_second_factor), [false, false, false, true, false]); // MD-43
    assert_eq!(columns(|p| p.vault.offered), [false, true, false, false, false]); // KB-41
    assert!(of("community").vault.unreadable_after_reset); // KB-42
}

#[test]
fn second_factors() {
    use BackupKind::{ClearingCode, CodeList, RecoveryAddress, RecoveryCode};
    use MailCodeAddress::{Any, Selectable, UserId};
    use SecondFactorMethod::{App, Grid, Mail, Passkey, Sms};
    use TrustCounts::{FromLastUse, FromTicking};
    use TurnedOnBy::{ContractHolder, Member, Organization};
    use WayOut::{Administrator, BackupCode, MethodChange, PasswordReset, StopRequest};
    let methods = columns(|p| p.second_factor.methods.clone());
    // MP-41, KB-14 and KB-15, BA-12, MD-18 and MD-19, ER-02
    let expected = [vec![App, Mail], vec![App, Grid], vec![App, Mail], vec![Sms, App], vec![Mail]];
    assert_eq!(methods, expected);
    assert_eq!(of("modern").second_factor.methods, [Passkey, App, Mail]);
    let by = columns(|p| p.second_factor.turned_on_by);
    assert_eq!(by, [Member, Member, Organization, ContractHolder, Member]); // MP-42, BA-11, MD-22, ER-01
    assert!(of("standard").second_factor.service_may_demand); // MP-42
    assert_eq!(columns(|p| p.second_factor.several_methods), [true, true, true, false, false]);
    assert_eq!(columns(|p| p.second_factor.on_external_sign_in), [true, true, true, false, true]); // C-52
    // MP-47, BA-17, ER-10
    assert_eq!(columns(|p| p.second_factor.mail_code_valid_seconds), [60, 60, 3_600, 60, 600]);
    assert_eq!(of("modern").second_factor.mail_code_valid_ms(), 600_000);
    let to = columns(|p| p.second_factor.mail_code_address);
    assert_eq!(to, [UserId, UserId, Any, UserId, Selectable]); // MP-46, BA-16, ER-04
    assert_eq!(columns(|p| p.second_factor.lock_threshold), [6; 5]); // MP-50
    assert_eq!(columns(|p| p.second_factor.lock_minutes), [30, 60, 30, 30, 30]); // MP-50, KB-17
    assert!(!of("community").second_factor.unlock_by_staff); // KB-17
    let backup = columns(|p| p.backup.kind);
    // KB-16, BA-19, MD-20, ER-06
    assert_eq!(backup, [BackupKind::None, CodeList, ClearingCode, RecoveryCode, RecoveryAddress]);
    assert_eq!(columns(|p| p.backup.codes_given()), [0, 10, 1, 1, 0]);
    assert_eq!(of("workforce").backup.code_length, 8); // BA-19
    assert_eq!(of("modern").backup.codes_given(), 10);
    assert_eq!((of("community").grid.cells_asked, of("community").grid.cell_characters), (3, 2)); // KB-15
    let out = columns(|p| p.second_factor.ways_out.clone());
    assert_eq!(out[0], [Administrator]); // MP-55
    assert_eq!(out[1], [BackupCode, StopRequest]); // KB-16, KB-27
    assert_eq!(out[2], [BackupCode, Administrator]); // BA-21, BA-22
    assert_eq!(out[3], [BackupCode, PasswordReset, MethodChange]); // MD-21, MD-25
    assert_eq!(out[4], [WayOut::RecoveryAddress]); // ER-12
    assert_eq!(columns(|p| p.trusted_browsers.valid_days), [30; 5]); // MP-57, MD-17
    let counted = columns(|p| p.trusted_browsers.counted);
    assert_eq!(counted, [FromTicking, FromTicking, FromTicking, FromLastUse, FromTicking]); // C-09, C-42
    assert!(of("standard").trusted_browsers.release_by_staff); // MP-59
    assert!(of("standard").trusted_browsers.release_by_member); // C-10: our extra
    assert_eq!(columns(|p| p.passkeys.sign_in), [false; 5]);
    assert!(of("modern").passkeys.sign_in);
}

#[test]
fn the_account_and_what_is_told_of_it() {
    use EmailChangeSecondFactor::{Clear, Refuse};
    use HistoryShown::{All, LastSignIn, OnRequest};
    use LeavesBy::{ContractHolder, Member};
    use NetworkRule::{Evidence, Restrictable};
    use Provider::{ActiveDirectory, BusinessDAccount, DAccount, Facebook, Google, Microsoft, YahooJapan};
    use TemporaryCredential::{InitialPassword, TemporaryPassword, TemporaryUsername};
    // ER-14, MD-29, [24 h] ours
    assert_eq!(columns(|p| p.email_change.link_valid_minutes), [1_440, 1_440, 1_440, 20_160, 10]);
    // MP-70, MD-31, C-50
    assert_eq!(columns(|p| p.email_change.second_factor), [Refuse, Refuse, Refuse, Clear, Refuse]);
    assert_eq!(columns(|p| p.email_change.undo_ms()), [Some(7 * 86_400_000); 5]);
    let providers = columns(|p| p.linked_accounts.providers.clone());
    assert_eq!(providers[0], [Google, Facebook, YahooJapan]); // MP-60
    assert_eq!(providers[1], providers[0]); // C-55
    assert_eq!(providers[2], [BusinessDAccount]); // BA-24
    assert_eq!(providers[3], [Google, Facebook, Microsoft, DAccount, ActiveDirectory]); // MD-06
    assert_eq!(of("standard").linked_accounts.links, Links::OnePerProvider); // MP-62
    assert_eq!(of("workforce").linked_accounts.links, Links::One); // BA-24
    let exclusive = columns(|p| p.linked_accounts.login_method_exclusive);
    assert_eq!(exclusive, [false, false, false, true, false]); // C-53
    assert_eq!(columns(|p| p.linked_accounts.vouched_addresses), [false; 5]); // MP-07: proven by letter
    assert!(of("modern").linked_accounts.vouched_addresses);
    let network = columns(|p| p.network.rule);
    assert_eq!(network, [NetworkRule::None, Evidence, NetworkRule::None, Restrictable, NetworkRule::None]);
    assert!(of("business").network.restriction_suspends_second_factor); // MD-24
    assert_eq!(columns(|p| p.alerts.new_browser), [true, true, true, false, true]); // MP-88
    assert_eq!(columns(|p| p.alerts.far_places), [true, true, true, false, true]); // MP-89
    assert_eq!(columns(|p| p.alerts.lock), [true; 5]); // MD-39, elsewhere ours
    assert!(of("standard").alerts.mail_code_exempt); // MP-90
    assert_eq!(columns(|p| p.history.shown), [All, All, LastSignIn, All, OnRequest]); // MP-85, BA-06, ER-16
    assert_eq!(columns(|p| p.history.keep_ms()), [None; 5]); // MP-85
    assert_eq!(columns(|p| p.history.used_as_evidence), [false, true, false, false, false]); // KB-37
    let given = columns(|p| p.helpdesk.temporary_credential);
    // MP-96, KB-34, BA-02
    let expected =
        [TemporaryPassword, TemporaryUsername, InitialPassword, TemporaryPassword, TemporaryPassword];
    assert_eq!(given, expected);
    assert_eq!(columns(|p| p.withdrawal.by), [Member, Member, Member, ContractHolder, Member]); // MP-91, MD-02
    assert_eq!(columns(|p| p.withdrawal.by_staff), [false; 5]); // MP-94
    assert_eq!(of("business").withdrawal.trial_days, 30); // MD-03
}

/// `modern` is `standard` but for the values named here.
#[test]
fn modern_differs_from_standard_in_these_values_only() {
    let (mut ours, standard) = (of("modern"), of("standard"));
    ours.registration.known_address_letter = false;
    ours.password = standard.password.clone();
    ours.second_factor.methods = standard.second_factor.methods.clone();
    ours.second_factor.mail_code_valid_seconds = 60;
    ours.second_factor.ways_out = standard.second_factor.ways_out.clone();
    ours.backup = standard.backup.clone();
    ours.passkeys.sign_in = false;
    ours.linked_accounts.vouched_addresses = false;
    ours.forbidden = standard.forbidden.clone();
    assert_eq!(ours, standard);
}

/// One change to a preset, and the key that must be named.
type Case = (&'static str, &'static str, fn(&mut SitePolicy));

#[test]
fn every_fault_is_found() {
    let cases: &[Case] = &[
        ("standard", "identifiers.username_max_length", |p| p.identifiers.username_max_length = 0),
        ("standard", "identifiers.family_code_max_length", |p| p.identifiers.family_code_max_length = 0),
        ("standard", "registration.link_valid_minutes", |p| p.registration.link_valid_minutes = 0),
        ("standard", "registration.link_valid_minutes", |p| p.registration.link_valid_minutes = 43_201),
        ("standard", "registration.letters_per_address_per_day", |p| {
            p.registration.letters_per_address_per_day = 0;
        }),
        ("standard", "registration.code_tries", |p| p.registration.code_tries = 0),
        ("standard", "password.min_length", |p| p.password.min_length = 7),
        ("standard", "password.max_length", |p| p.password.max_length = 7),
        ("standard", "password.classes_required", |p| p.password.classes_required = 5),
        ("standard", "auto_sign_in.valid_days", |p| p.auto_sign_in.valid_days = 401),
        ("standard", "session.idle_minutes", |p| p.session.idle_minutes = 0),
        ("community", "history.keep_days", |p| p.history.keep_days = 89),
        ("standard", "sign_in.lock_threshold", |p| p.sign_in.lock_threshold = 0),
        ("standard", "sign_in.lock_threshold", |p| p.sign_in.lock_threshold = 101),
        ("standard", "sign_in.lock_minutes", |p| p.sign_in.lock_minutes = 0),
        ("standard", "sign_in.lock_ends", |p| {
            p.sign_in.lock_ends = LockEnds::WhenUnlocked;
            p.sign_in.unlock_by_reset = false;
            p.sign_in.unlock_by_staff = false;
        }),
        ("standard", "sign_in.unlock_link_valid_minutes", |p| p.sign_in.unlock_link_valid_minutes = 0),
        ("standard", "captcha.after_failures", |p| p.captcha.after_failures = 0),
        ("community", "captcha.after_failures", |p| p.captcha.after_failures = 10),
        ("standard", "captcha.kinds", |p| p.captcha.kinds.clear()),
        ("standard", "reset.link_valid_minutes", |p| p.reset.link_valid_minutes = 0),
        ("standard", "reset.letters_per_address_per_day", |p| p.reset.letters_per_address_per_day = 0),
        ("standard", "second_factor.methods", |p| p.second_factor.methods.clear()),
        ("standard", "second_factor.methods", |p| {
            p.second_factor.methods = vec![SecondFactorMethod::App, SecondFactorMethod::App];
        }),
        ("standard", "second_factor.mail_code_valid_seconds", |p| {
            p.second_factor.mail_code_valid_seconds = 0;
        }),
        ("standard", "second_factor.lock_threshold", |p| p.second_factor.lock_threshold = 0),
        ("standard", "second_factor.lock_minutes", |p| p.second_factor.lock_minutes = 0),
        ("standard", "second_factor.ways_out", |p| p.second_factor.ways_out.clear()),
        ("standard", "second_factor.ways_out", |p| p.second_factor.ways_out.push(WayOut::BackupCode)),
        ("standard", "second_factor.ways_out", |p| p.second_factor.ways_out.push(WayOut::RecoveryAddress)),
        ("standard", "second_factor.ways_out", |p| p.second_factor.ways_out.push(WayOut::PasswordReset)),
        ("standard", "second_factor.ways_out", |p| p.second_factor.ways_out.push(WayOut::MethodChange)),
        ("standard", "backup.list_length", |p| p.backup.list_length = 0),
        ("standard", "backup.code_length", |p| p.backup.code_length = 7),
        ("standard", "grid.cells_asked", |p| p.grid.cells_asked = 1),
        ("standard", "grid.cell_characters", |p| p.grid.cell_characters = 1),
        ("standard", "passkeys.per_member", |p| p.passkeys.per_member = 0),
        ("standard", "trusted_browsers.valid_days", |p| p.trusted_browsers.valid_days = 0),
        ("standard", "trusted_browsers.release_by_staff", |p| {
            p.trusted_browsers.release_by_staff = false;
            p.trusted_browsers.release_by_member = false;
        }),
        ("standard", "alerts.far_places_speed_kmh", |p| p.alerts.far_places_speed_kmh = 0),
        ("standard", "alerts.far_places_min_km", |p| p.alerts.far_places_min_km = 0),
        ("standard", "email_change.link_valid_minutes", |p| p.email_change.link_valid_minutes = 0),
        ("standard", "email_change.undo_days", |p| p.email_change.undo_days = 31),
        ("standard", "linked_accounts.providers", |p| p.linked_accounts.providers.push(Provider::Google)),
        ("standard", "linked_accounts.login_method_exclusive", |p| {
            p.linked_accounts.login_method_exclusive = true;
        }),
        ("standard", "helpdesk.temporary_credential_valid_minutes", |p| {
            p.helpdesk.temporary_credential_valid_minutes = 0;
        }),
        ("community", "vault.unreadable_after_reset", |p| p.vault.unreadable_after_reset = false),
        ("standard", "withdrawal.trial_days", |p| p.withdrawal.trial_days = 9_999),
        ("standard", "languages.offered", |p| p.languages.offered.clear()),
        // what a source forbids
        ("standard", "second_factor.methods", |p| p.second_factor.methods.push(SecondFactorMethod::Sms)),
        ("standard", "second_factor.methods", |p| p.second_factor.methods.push(SecondFactorMethod::Passkey)),
        ("standard", "passkeys.sign_in", |p| p.passkeys.sign_in = true),
        ("standard", "backup.kind", |p| p.backup.kind = BackupKind::CodeList),
        ("standard", "linked_accounts.providers", |p| p.linked_accounts.providers.push(Provider::Oidc)),
        ("standard", "registration.known_address_letter", |p| p.registration.known_address_letter = true),
        ("standard", "session.simultaneous", |p| p.session.simultaneous = Simultaneous::One),
        ("standard", "profile.change_letter", |p| p.profile.change_letter = true),
        ("standard", "history.keep_days", |p| p.history.keep_days = 365),
        ("standard", "withdrawal.by_staff", |p| p.withdrawal.by_staff = true),
        ("community", "sign_in.unlock_by_staff", |p| p.sign_in.unlock_by_staff = true),
        ("community", "second_factor.unlock_by_staff", |p| p.second_factor.unlock_by_staff = true),
        ("community", "reset.mode", |p| p.reset.mode = ResetMode::MailLink),
        ("workforce", "registration.mode", |p| p.registration.mode = RegistrationMode::Member),
        ("business", "sign_in.lock_ends", |p| p.sign_in.lock_ends = LockEnds::Timed),
    ];
    for (preset, key, change) in cases {
        let mut policy = of(preset);
        change(&mut policy);
        let faults = policy.check().expect_err(key);
        let keys: Vec<&str> = faults.iter().map(|fault| fault.key).collect();
        assert_eq!(keys, [*key], "{faults:?}");
        assert!(DOC.iter().any(|(known, _, _)| known == key), "{key} is no key");
    }
    let doubled = |p: &mut SitePolicy| p.languages.offered = vec![Locale::Ja, Locale::Ja];
    let mut policy = of("standard");
    doubled(&mut policy);
    policy.second_factor.methods.push(SecondFactorMethod::Sms);
    let all = policy.check().unwrap_err();
    assert_eq!(all.len(), 2, "all faults at once: {all:?}");
    assert_eq!(all[1].to_string(), "second_factor.methods: \"sms\" is forbidden under this preset");
}
