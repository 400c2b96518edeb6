//! The layering: which crate may depend on which, and, where a crate is large, which of its modules on which. Cargo
//! refuses cycles of crates; these tests refuse dependencies on a higher level, and cycles of modules.

#![expect(clippy::unwrap_used, reason = "helpers of tests; the lint knows test functions only")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Crates from the bottom up. A crate depends only on those of earlier levels.
const LEVELS: [&[&str]; 8] = [
    &["domain"],
    &["policy", "words"],
    &["platform"],
    &["account"],
    &["identity"],
    &["app"],
    &["frontend", "server"],
    // What only tests depend on.
    &["testkit"],
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn level(name: &str) -> Option<usize> {
    LEVELS.iter().position(|level| level.contains(&name))
}

/// Every crate of the workspace with what it depends on outside its tests.
fn crates() -> BTreeMap<String, Vec<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let said = std::process::Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root())
        .output()
        .unwrap();
    let said: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let packages = said["packages"].as_array().unwrap();
    let dependencies = |package: &serde_json::Value| {
        let all = package["dependencies"].as_array().unwrap();
        all.iter().filter(|one| one["kind"] != "dev").map(|one| text(&one["name"])).collect()
    };
    packages.iter().map(|package| (text(&package["name"]), dependencies(package))).collect()
}

#[test]
fn every_crate_depends_on_lower_ones_only() {
    for (name, dependencies) in crates() {
        let own = level(&name).unwrap_or_else(|| panic!("{name} has no level"));
        for dependency in dependencies {
            let Some(theirs) = level(&dependency) else { continue };
            assert!(theirs < own, "{name} steps upward to {dependency}");
        }
    }
}

/// The code of a crate by its top-level modules, without comments.
fn modules(name: &str) -> BTreeMap<String, String> {
    fn read(folder: &Path, module: Option<&str>, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let module = module.unwrap_or(stem);
            if path.is_dir() {
                read(&path, Some(module), found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let code = std::fs::read_to_string(&path).unwrap();
                let text = found.entry(module.to_owned()).or_default();
                for line in code.lines() {
                    text.push_str(line.split("//").next().unwrap_or_default());
                    text.push('\n');
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    read(&root().join("crates").join(name).join("src"), None, &mut found);
    found
}

/// The top-level modules that `crate::…` names in a text, also in braces.
fn named(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            None => drop(found.insert(word(after))),
            Some(list) => {
                let mut depth = 0;
                let mut start = true;
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && c.is_alphabetic() => {
                            found.insert(word(&list[at..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

/// What each module of a crate names of the others.
fn imports(name: &str) -> BTreeMap<String, BTreeSet<String>> {
    let modules = modules(name);
    let others = |own: &str, code: &str| -> BTreeSet<String> {
        named(code).into_iter().filter(|other| other != own && modules.contains_key(other)).collect()
    };
    modules
        .iter()
        .filter(|(own, _)| *own != "lib")
        .map(|(own, code)| (own.clone(), others(own, code)))
        .collect()
}

/// The modules of a crate in the order in which `lib.rs` declares them.
fn declared(name: &str) -> Vec<String> {
    let code = &modules(name)["lib"];
    let module = |line: &str| {
        let line = line.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned())
    };
    code.lines().filter_map(module).collect()
}

#[test]
fn modules_of_the_lower_crates_use_only_those_declared_before_them() {
    for name in ["platform", "account"] {
        let order = declared(name);
        let place = |module: &str| {
            order.iter().position(|one| one == module).unwrap_or_else(|| panic!("{name}::{module}"))
        };
        for (module, others) in imports(name) {
            for other in others {
                assert!(place(&other) < place(&module), "{name}: {module} steps upward to {other}");
            }
        }
    }
}

#[test]
fn use_cases_do_not_import_one_another_in_a_circle() {
    let mut left = imports("identity");
    while !left.is_empty() {
        let waiting: BTreeSet<String> = left.keys().cloned().collect();
        left.retain(|_, others| others.iter().any(|other| waiting.contains(other)));
        assert_ne!(left.len(), waiting.len(), "a circle in {left:?}");
    }
}

#[test]
fn nothing_public_of_a_use_case_takes_an_open_transaction() {
    for (module, code) in modules("identity") {
        for function in
            code.split("pub ").skip(1).filter(|rest| rest.starts_with("fn ") || rest.starts_with("async fn "))
        {
            let signature = function.split(['{', ';']).next().unwrap_or_default();
            let takes = ["Tx<", "Tx)", "Tx,", "LockedAccount"].iter().any(|kind| signature.contains(kind));
            assert!(!takes, "{module}: {signature}");
        }
    }
}

#[test]
fn imports_are_read_in_all_their_forms() {
    let code = "use crate::a::b; use crate::{c::{d, e}, f}; fn g() { crate::h::i() }";
    let expected = ["a", "c", "f", "h"].map(str::to_owned);
    assert_eq!(named(code), BTreeSet::from(expected));
}
