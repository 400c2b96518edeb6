//! The presets, a site's own values over them, and what is refused.

#![expect(clippy::unwrap_used, reason = "helpers of tests; the lint knows test functions only")]

use std::collections::{BTreeMap, BTreeSet};

use policy::{
    HistoryShown, KEYS, MISSING, Missing, Overrides, PRESETS, Policy, Preset, Provider, STANDARD,
    SecondFactorMethod, ValueKind, usable_presets,
};

fn of(preset: &str, own: &str) -> Result<Policy, Vec<String>> {
    let own: Overrides = own.parse().unwrap();
    Policy::from_preset(preset, &own).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// The problems of a preset with values over it.
fn refused(preset: &str, own: &str) -> Vec<String> {
    of(preset, own).unwrap_err()
}

/// What a preset says, by its keys.
fn written(preset: &Preset) -> BTreeMap<String, toml::Value> {
    let of_table = |(table, keys): (&String, &toml::Value)| {
        let keys = keys.as_table().unwrap().clone();
        keys.into_iter().map(|(key, value)| (format!("{table}.{key}"), value)).collect::<Vec<_>>()
    };
    preset.values.iter().flat_map(of_table).collect()
}

#[test]
fn every_preset_is_sound_or_says_what_it_requires() {
    let known: BTreeSet<String> = KEYS.iter().map(|key| key.name.to_owned()).collect();
    let complete = written(&Preset::named(STANDARD).unwrap());
    assert_eq!(complete.keys().cloned().collect::<BTreeSet<_>>(), known);
    for (name, _) in PRESETS {
        let preset = Preset::named(name).unwrap();
        for (key, value) in written(&preset) {
            assert!(known.contains(&key), "{name}: {key}");
            assert!(name == STANDARD || complete[&key] != value, "{name}: {key} is as in standard");
        }
        for fixed in &preset.fixed {
            assert!(known.contains(fixed), "{name}: {fixed}");
        }
        for required in &preset.requires {
            assert!(Missing::by_name(required).is_some(), "{name}: {required} is built");
        }
        let problems = of(name, "").err().unwrap_or_default();
        assert_eq!(problems.len(), preset.requires.len(), "{problems:?}");
    }
    assert_eq!(usable_presets(), ["standard", "modern"]);
    let problems = refused("none", "");
    assert_eq!(problems, [r#"site.policy: no preset is called "none"; there are standard, modern"#]);
}

#[test]
fn what_is_missing_is_named_one_sentence_each() {
    let problems = refused("event", "");
    assert_eq!(problems.len(), 3);
    assert_eq!(
        problems[1],
        "site.policy: the preset \"event\" needs what is not built yet: 復帰用メールアドレス, which stops the second \
         factor (ER-06, ER-12)"
    );
    assert_eq!(
        refused(STANDARD, "second_factor.methods = 'sms,app,grid'"),
        [
            r#"policy.second_factor.methods: "sms" needs what is not built yet: codes by SMS (MD-18)"#,
            r#"policy.second_factor.methods: "grid" needs what is not built yet: 乱数表 (KB-15)"#,
        ]
    );
    let required: BTreeSet<String> =
        PRESETS.iter().flat_map(|(name, _)| Preset::named(name).unwrap().requires).collect();
    for missing in MISSING {
        assert!(required.contains(missing.name), "no preset requires {}", missing.name);
        for (key, value) in missing.values {
            let problem = &refused(STANDARD, &format!("{key} = '{value}'"))[0];
            assert!(
                problem.starts_with(&format!("policy.{key}: ")) && problem.contains(missing.what),
                "{problem}"
            );
        }
    }
}

/// Figures that a requirement of the default fixes. All others are in `docs/policy.md`.
#[test]
fn standard_has_the_figures_of_its_source() {
    let policy = of(STANDARD, "").unwrap();
    let (minute, day) = (60_000, 86_400_000);
    assert_eq!(policy.registration.link_valid_ms(), day, "MP-08");
    assert!(!policy.registration.known_address_letter, "MP-10");
    assert!(policy.password_rules().refuse_names && policy.password_rules().refuse_user_id, "MP-13 to MP-15");
    assert_eq!(policy.sign_in.lock_ms(), Some(30 * minute), "MP-25");
    assert_eq!(policy.session.idle_ms(), 30 * minute, "MP-31");
    assert_eq!(policy.reset.link_valid_ms(), 30 * minute, "MP-36");
    assert_eq!(policy.second_factor.methods, [SecondFactorMethod::App, SecondFactorMethod::Mail], "MP-41");
    assert_eq!(policy.backup.codes_given(), 0, "MP-41");
    assert_eq!(policy.second_factor.mail_code_valid_ms(), minute, "MP-47");
    assert_eq!(
        (policy.second_factor.lock_threshold, policy.second_factor.lock_ms()),
        (6, 30 * minute),
        "MP-50"
    );
    assert_eq!(policy.trusted_browsers.valid_ms(), 30 * day, "MP-57");
    assert_eq!(policy.history.keep_ms(), None, "MP-85");
    let modern = of("modern", "").unwrap().password_rules();
    assert_eq!(
        (modern.min_length, modern.classes_required, modern.refuse_common),
        (15, 0, true),
        "NIST SP 800-63B-4"
    );
}

#[test]
fn a_site_sets_single_values_as_toml_or_as_the_text_of_a_variable() {
    let variables = r#"
        session.idle_minutes = "5"
        password.refuse_common = "off"
        history.shown = "last_sign_in"
        linked_accounts.providers = "oidc, yahoo-japan"
    "#;
    let policy = of("modern", variables).unwrap();
    assert_eq!((policy.session.idle_minutes, policy.password.min_length), (5, 15));
    assert!(!policy.password.refuse_common);
    assert_eq!(policy.history.shown, HistoryShown::LastSignIn);
    assert_eq!(policy.linked_accounts.providers, [Provider::Oidc, Provider::YahooJapan]);
    let file = r#"
        session.idle_minutes = 5
        password.refuse_common = false
        history.shown = "last_sign_in"
        linked_accounts.providers = ["oidc", "yahoo_japan"]
    "#;
    assert_eq!(of("modern", file).unwrap(), policy);
}

#[test]
fn mp_41_what_a_preset_fixes_can_only_be_narrowed() {
    assert!(of(STANDARD, "second_factor.methods = ['mail']").is_ok());
    for own in [
        "second_factor.methods = ['app', 'passkey']",
        "backup.kind = 'code_list'",
        "passkeys.sign_in = true",
        "linked_accounts.providers = 'line'",
        "registration.known_address_letter = 'true'",
    ] {
        let problems = refused(STANDARD, own);
        assert!(
            problems.len() == 1 && problems[0].contains(r#"the preset "standard" allows no other"#),
            "{problems:?}"
        );
    }
    assert!(of("modern", "linked_accounts.providers = 'line'").is_ok());
}

#[test]
fn every_key_refuses_what_is_out_of_range_or_no_value() {
    for key in KEYS {
        let wrong = match (key.kind, &key.range) {
            (ValueKind::Number, Some(range)) => {
                let over = format!("{} = {}", key.name, u64::from(*range.end()) + 1);
                assert_eq!(refused(STANDARD, &over).len(), 1, "{over}");
                vec!["-1", "'x'", "[]", "0.5"]
            }
            (ValueKind::List(_), _) => vec!["'x'", "1", "['x']"],
            _ => vec!["'x'", "7", "[]"],
        };
        for value in wrong {
            let problems = refused(STANDARD, &format!("{} = {value}", key.name));
            assert!(problems.len() == 1 && problems[0].contains(key.name), "{problems:?}");
        }
    }
    let twice = refused(STANDARD, "second_factor.methods = 'app,app'");
    assert_eq!(twice, [r#"policy.second_factor.methods: "app" is named twice"#]);
    let choice = refused(STANDARD, "auto_sign_in.mode = 'sometimes'");
    assert_eq!(choice, [r#"policy.auto_sign_in.mode: "sometimes" is none of "never", "opt_in", "always""#]);
}

#[test]
fn all_problems_are_listed_and_unknown_keys_are_named() {
    let own = "
        colour = 1
        forbidden.acts = []
        session.idle_minute = 5
        reset = true
        sign_in.lock_minutes = 0
        password.min_length = 7
    ";
    let problems = refused(STANDARD, own);
    let keys: Vec<_> = problems.iter().map(|problem| problem.split_once(": ").unwrap().0).collect();
    let unknown = ["policy.colour", "policy.forbidden.acts", "policy.reset", "policy.session.idle_minute"];
    assert_eq!(keys[..4], unknown, "{problems:?}");
    assert_eq!(keys[4..], ["policy.password.min_length", "policy.sign_in.lock_minutes"], "{problems:?}");
    assert!(problems[4].ends_with(": 7 is no whole number from 8 to 65535"), "{problems:?}");
}

#[test]
fn values_that_do_not_fit_together_are_refused() {
    for (own, key) in [
        ("identifiers.sign_in_with = []", "identifiers.sign_in_with"),
        ("second_factor.methods = ''", "second_factor.methods"),
        ("password = { min_length = 20, max_length = 19 }", "password.max_length"),
        ("sign_in = { lock_ends = 'when_unlocked', unlock_by_reset = false }", "sign_in.lock_ends"),
        ("sign_in.lock_ends = 'when_unlocked'\nreset.mode = 'none'", "sign_in.lock_ends"),
        ("trusted_browsers.release_by_member = false", "trusted_browsers.release_by_member"),
        ("linked_accounts.login_method_exclusive = true", "linked_accounts.login_method_exclusive"),
    ] {
        let problems = refused(STANDARD, own);
        assert!(problems.len() == 1 && problems[0].starts_with(&format!("policy.{key}: ")), "{problems:?}");
    }
}
