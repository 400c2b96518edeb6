//! Renders `docs/policy.md` from the presets and the declarations of the keys, and fails when the page differs. The
//! page is also the record of the values of each preset. `TEGATA_WRITE_DOCS=1` writes it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests; the lint knows test functions only"
)]

use std::path::PathBuf;

use policy::{KEYS, Key, PRESETS, Preset, STANDARD, ValueKind, usable_presets};

const HEAD: &str = "\
# Site policy

Everything in which one site's rules differ from another's is a value of the site policy. A site names a preset in
`site.policy` and sets single values in `[policy]`, or in the environment as `TEGATA_POLICY__<TABLE>__<KEY>`. There, a
list is written with commas: `TEGATA_POLICY__SECOND_FACTOR__METHODS=app,mail`.

`tegata serve`, `check-settings` and `doctor` refuse a policy that cannot work, and say for each key what would be
right. A value is **fixed** where the source of the preset forbids any other; a fixed list can be made shorter.

Some things are no parameters, because no source differs in them: links and codes work once; mailed and app codes have
six digits; one account per address; a registration that was not completed is no account; nobody can clear a history;
leaving is final.

This page is made by `make policy-doc`; do not edit it. A comment in `crates/policy/presets/*.toml` says where each
value comes from.
";

#[test]
fn the_page_is_what_the_code_says() {
    let page = page();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.md");
    if std::env::var_os("TEGATA_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == page, "docs/policy.md is not what the code says; run: make policy-doc");
}

#[test]
fn every_value_of_a_preset_names_its_source() {
    let named = ["MP", "KB", "BA", "MD", "ER", "C-", "ours", "NIST"];
    for (name, text) in PRESETS {
        for line in text.lines().filter(|line| line.contains(" = ") && !line.ends_with('[')) {
            let source = line.split_once(" # ").map_or(line, |(_, comment)| comment);
            assert!(named.iter().any(|known| source.contains(known)), "{name}: {line}");
        }
    }
}

fn page() -> String {
    let mut lines = vec![HEAD.to_owned(), "## Presets\n".to_owned()];
    for (name, _) in PRESETS {
        lines.push(about(name));
    }
    let usable = usable_presets();
    let mut table = "";
    for key in KEYS {
        let (group, _) = key.name.split_once('.').unwrap();
        if group != table {
            table = group;
            lines.push(format!(
                "\n## {group}\n\n| key | meaning | values | source | {} |",
                usable.join(" | ")
            ));
            lines.push(format!("|{}", "---|".repeat(4 + usable.len())));
        }
        let values: Vec<String> = usable.iter().map(|name| value(key, name)).collect();
        let (name, meaning, source) = (key.name, key.meaning.trim_end_matches('.'), key.source);
        lines.push(format!("| `{name}` | {meaning} | {} | {source} | {} |", can_be(key), values.join(" | ")));
    }
    lines.join("\n") + "\n"
}

/// A line of the list of presets; what is missing is listed below it.
fn about(name: &str) -> String {
    let preset = Preset::named(name).unwrap();
    let missing = preset.missing();
    let about = &preset.about;
    if missing.is_empty() {
        return format!("- `{name}`: {about}");
    }
    let missing: Vec<String> = missing.iter().map(|missing| format!("  - {}", missing.what)).collect();
    format!(
        "- `{name}`: {about} It refuses to start, because these are not built yet:\n{}",
        missing.join("\n")
    )
}

/// What can be written.
fn can_be(key: &Key) -> String {
    let names = |names: &[(&str, &str)]| {
        names.iter().map(|(name, meaning)| format!("`{name}`: {meaning}")).collect::<Vec<_>>().join("; ")
    };
    match (key.kind, &key.range) {
        (ValueKind::Switch, _) => "`true`, `false`".to_owned(),
        (ValueKind::Number, Some(range)) => format!("{} to {}", range.start(), range.end()),
        (ValueKind::Number, None) => panic!("{} has no range", key.name),
        (ValueKind::Choice(choices), _) => names(choices),
        (ValueKind::List(choices), _) => format!("list of {}", names(choices)),
    }
}

/// What a preset has for a key.
fn value(key: &Key, preset: &str) -> String {
    let (table, leaf) = key.name.split_once('.').unwrap();
    let (preset, standard) = (Preset::named(preset).unwrap(), Preset::named(STANDARD).unwrap());
    let written = [&preset, &standard].into_iter().find_map(|p| p.values.get(table)?.get(leaf)).unwrap();
    let fixed = if preset.fixed.iter().any(|fixed| fixed == key.name) { " (fixed)" } else { "" };
    match written {
        toml::Value::String(text) => format!("{text}{fixed}"),
        toml::Value::Array(list) => {
            let items: Vec<_> = list.iter().filter_map(toml::Value::as_str).collect();
            format!("{}{fixed}", items.join(", "))
        }
        other => format!("{other}{fixed}"),
    }
}
