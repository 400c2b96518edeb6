//! The documents name what exists, and the example settings are the defaults.

#![expect(clippy::unwrap_used, reason = "a document that cannot be read ends the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use identity::settings::Source;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The documents at the top level and everything under `docs/`, by their path from the top.
fn documents() -> Vec<PathBuf> {
    let mut found =
        Vec::from(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(PathBuf::from));
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if root().join(&path).is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// A document without its fenced blocks: they show commands and their output.
fn prose(document: &Path) -> String {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let mut fenced = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What stands between back-ticks.
fn ticked(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Targets of links to files of ours.
fn linked(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    targets.filter(|target| !target.is_empty() && !target.contains("://"))
}

/// Whether a word is a path from the top: its first part is a folder there, or it is a file that would be there.
/// Patterns (`<slice>`, `…`) and code are none.
fn is_path(word: &str, folders: &BTreeSet<String>) -> bool {
    if word.contains(['<', '…', ' ', '\n', '(', '=']) || word.contains("::") {
        return false;
    }
    if let Some((first, _)) = word.split_once('/') {
        return folders.contains(first);
    }
    let of_cargo = ["Cargo.", "LICENSE-"].iter().any(|start| word.starts_with(start));
    let of_tools = ["Makefile", "clippy.toml", "rustfmt.toml", "tegata.example.toml"].contains(&word);
    let paper = word.strip_suffix(".md").is_some_and(|name| name.starts_with(char::is_uppercase));
    of_cargo || of_tools || paper
}

/// Folders at the top that a fresh clone has.
fn folders() -> BTreeSet<String> {
    let entries = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| !["target", "data", ".git"].contains(&name.as_str())).collect()
}

/// `a/{b,c}.rs` → `a/b.rs`, `a/c.rs`.
fn spread(path: &str) -> Vec<String> {
    let parts = path.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    match parts {
        None => vec![path.to_owned()],
        Some((before, (choices, after))) => {
            choices.split(',').flat_map(|choice| spread(&format!("{before}{choice}{after}"))).collect()
        }
    }
}

/// Whether it is there; a `*` in its last part stands for anything.
fn exists(path: &str) -> bool {
    let path = root().join(path);
    let last = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (Some(folder), Some((start, end))) = (path.parent(), last.split_once('*')) else {
        return path.exists();
    };
    let Ok(mut entries) = fs::read_dir(folder) else { return false };
    entries.any(|entry| {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        name.starts_with(start) && name.ends_with(end)
    })
}

#[test]
fn every_path_that_a_document_names_exists() {
    let folders = folders();
    let (mut named, mut missing) = (0, Vec::new());
    for document in documents() {
        let text = prose(&document);
        let beside = document.parent().unwrap();
        let links = linked(&text).map(|target| beside.join(target).to_string_lossy().into_owned());
        let words = ticked(&text).filter(|word| is_path(word, &folders)).map(str::to_owned);
        for path in words.chain(links).flat_map(|path| spread(&path)) {
            named += 1;
            if !exists(&path) {
                missing.push(format!("{}: {path}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(named > 100, "only {named} paths were found: does this test still read them?");
}

#[test]
fn paths_are_distinguished_from_other_words() {
    let folders = BTreeSet::from(["app", "migrations"].map(str::to_owned));
    for path in ["app/src/say.rs", "app/", "migrations/*.sql", "Makefile", "ARCHITECTURE.md", "LICENSE-MIT"] {
        assert!(is_path(path, &folders), "{path}");
    }
    for word in
        ["/register", "app", "app/src/<slice>/x.rs", "text/html", "a::b", "tegata.toml", "target/dist"]
    {
        assert!(!is_path(word, &folders), "{word}");
    }
    assert_eq!(spread("a/{b,c}/{d,e}.rs"), ["a/b/d.rs", "a/b/e.rs", "a/c/d.rs", "a/c/e.rs"]);
    assert!(exists("migrations/*.sql") && !exists("migrations/*.txt") && !exists("no-such-folder/*"));
}

/// Each setting is in the example as a comment; all of them together equal the defaults.
#[test]
fn the_example_settings_are_the_defaults() {
    let example = fs::read_to_string(root().join("tegata.example.toml")).unwrap();
    let is_setting = |line: &str| {
        let rest = line.strip_prefix('#').unwrap_or_default();
        rest.starts_with(|first: char| first.is_ascii_lowercase())
    };
    let switched_on: Vec<_> = example
        .lines()
        .map(|line| if is_setting(line) { line.trim_start_matches('#') } else { line })
        .collect();
    let file = std::env::temp_dir().join(format!("tegata-example-{}.toml", std::process::id()));
    let read = |text: &str| {
        fs::write(&file, text).unwrap();
        Source { file: Some(file.clone()), ..Source::default() }.read()
    };
    let (all, none) = (read(&switched_on.join("\n")), read(""));
    let as_it_is = read(&example);
    fs::remove_file(&file).unwrap();
    let (all, none) = (format!("{:#?}", all.unwrap()), format!("{:#?}", none.unwrap()));
    assert_eq!(all, none);
    assert_eq!(format!("{:#?}", as_it_is.unwrap()), none);

    // Every setting is in it: each line `name: value` of what is in effect, up to the policy.
    let (before_policy, _) = none.split_once("policy: Policy").unwrap();
    let settings =
        before_policy.lines().filter(|line| line.starts_with("        ") && !line.starts_with("         "));
    for name in settings.filter_map(|line| line.trim().split_once(": ")).map(|(name, _)| name) {
        assert!(example.contains(&format!("{name} = ")), "{name} is not in tegata.example.toml");
    }
}
