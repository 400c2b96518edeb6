//! Renders `docs/policy.md` from the presets and `policy::DOC`, and fails when the page is not what
//! the code says. `TEGATA_WRITE_DOCS=1` writes it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::policy::{DOC, FIXED_TABLES, PRESETS};

const HEAD: &str = "\
# Site policy

All in which one site's rules differ from another's is a value of the site policy. A site names a preset
in `site.policy` and overrides single values in `[policy]` (or `TEGATA_POLICY__<TABLE>__<KEY>`); an
unknown key or a faulty value refuses to start, with a sentence that says what would be right. The
presets are `domain/presets/*.toml`; a comment there says where each value comes from.

What a source forbids stays forbidden under its preset: the table `[forbidden]` cannot be overridden.

Some things are no parameters, because no source differs in them: links and codes work once; mailed and
app codes have six digits; one account per address; a registration that was not completed is no account;
nobody can clear a history; leaving is final.

This page is made by `make policy-doc`; do not edit it.
";

#[test]
fn policy_page_is_what_the_code_says() {
    let presets: Vec<(&str, toml::Table)> = PRESETS
        .iter()
        .map(|(name, text)| (*name, text.parse().unwrap_or_else(|fault| panic!("{name}: {fault}"))))
        .collect();
    let page = render(&presets);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.md");
    if std::env::var_os("TEGATA_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == page, "docs/policy.md is not what the code says; run: make policy-doc");
}

#[test]
fn every_key_is_documented_once_and_in_the_order_of_the_presets() {
    let documented: Vec<String> = DOC.iter().map(|(key, _, _)| (*key).to_owned()).collect();
    for (name, text) in PRESETS {
        assert_eq!(keys_as_written(text), documented, "preset {name}");
    }
    let once: BTreeSet<&String> = documented.iter().collect();
    assert_eq!(once.len(), documented.len());
    for (key, meaning, source) in DOC {
        assert!(!meaning.is_empty() && !source.is_empty(), "{key} says nothing");
        assert!(!meaning.contains('|') && !source.contains('|'), "{key} breaks the table");
    }
}

#[test]
fn every_value_of_a_preset_names_its_source() {
    for (name, text) in PRESETS {
        for line in text.lines().filter(|line| line.contains(" = ")) {
            let (_, comment) = line.split_once(" # ").unwrap_or_else(|| panic!("{name}: {line}"));
            let named = ["MP", "KB", "BA", "MD", "ER", "C-", "ours", "NIST", "sealing"];
            assert!(named.iter().any(|source| comment.contains(source)), "{name}: {line}");
        }
    }
}

#[test]
fn tables_that_cannot_be_overridden_exist() {
    for table in FIXED_TABLES {
        assert!(DOC.iter().any(|(key, _, _)| key.starts_with(&format!("{table}."))));
    }
}

fn render(presets: &[(&str, toml::Table)]) -> String {
    let names: Vec<&str> = presets.iter().map(|(name, _)| *name).collect();
    let mut lines = vec![HEAD.to_owned()];
    let mut table = "";
    for (key, meaning, source) in DOC {
        let (group, leaf) = key.split_once('.').unwrap_or((key, ""));
        if group != table {
            if !table.is_empty() {
                lines.push(String::new());
            }
            table = group;
            lines.push(format!("## {group}\n\n| key | meaning | source | {} |", names.join(" | ")));
            lines.push(format!("|{}", "---|".repeat(3 + names.len())));
        }
        // a value that is missing shows as such here and fails the test on keys
        let values: Vec<String> = presets
            .iter()
            .map(|(_, preset)| {
                preset.get(group).and_then(|group| group.get(leaf)).map_or("?".to_owned(), show)
            })
            .collect();
        lines.push(format!("| `{key}` | {meaning} | {source} | {} |", values.join(" | ")));
    }
    lines.join("\n") + "\n"
}

fn show(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(list) if list.is_empty() => "–".to_owned(),
        toml::Value::Array(list) => list.iter().map(show).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Dotted keys in the order of the text, which a parsed table does not keep.
fn keys_as_written(text: &str) -> Vec<String> {
    let mut table = "";
    let mut keys = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = name;
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            keys.push(format!("{table}.{key}"));
        }
    }
    keys
}
