//! Both languages side by side: what one has, the other must have too.

use std::collections::{BTreeMap, BTreeSet};

use crate::locale::{self, Texts};
use crate::text::{Template, check_name};

/// The locale files as read from disk; the maps go from file stem to content.
pub struct Sources {
    pub ja: BTreeMap<String, String>,
    pub en: BTreeMap<String, String>,
    pub server_only: String,
}

/// One file in both languages.
#[derive(Debug)]
pub struct Module {
    pub name: String,
    pub server_only: bool,
    pub entries: Vec<Entry>,
}

/// One text in both languages, its placeholders numbered in the order of `parameters`.
#[derive(Debug)]
pub struct Entry {
    pub function: String,
    pub parameters: Vec<String>,
    pub ja: String,
    pub en: String,
}

/// All modules, those for the browser first, so that a text has the same index on both sides;
/// or every problem found, each a line that names file and key.
pub fn read(sources: &Sources) -> Result<Vec<Module>, Vec<String>> {
    let mut problems = Vec::new();
    let server_only = stems(&sources.server_only);
    for stem in server_only.iter().filter(|stem| !sources.ja.contains_key(**stem)) {
        problems.push(format!("locales/server_only.txt: {stem}: there is no locales/ja/{stem}.toml"));
    }
    let mut modules = Vec::new();
    for name in sources.ja.keys().chain(sources.en.keys()).collect::<BTreeSet<_>>() {
        if let Err(problem) = check_name(name) {
            problems.push(format!("locales/{{ja,en}}/{name}.toml: {problem}"));
        }
        let ja = language("ja", name, &sources.ja, &mut problems);
        let en = language("en", name, &sources.en, &mut problems);
        if let (Some(ja), Some(en)) = (ja, en) {
            let entries = pair(name, &ja, &en, &mut problems);
            modules.push(Module {
                name: name.clone(),
                server_only: server_only.contains(name.as_str()),
                entries,
            });
        }
    }
    modules.sort_by_key(|module| module.server_only);
    if problems.is_empty() { Ok(modules) } else { Err(problems) }
}

/// The lines of `server_only.txt` without blank lines and `#` comments.
fn stems(list: &str) -> BTreeSet<&str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn language(
    tag: &str,
    name: &str,
    files: &BTreeMap<String, String>,
    problems: &mut Vec<String>,
) -> Option<Texts> {
    let path = format!("locales/{tag}/{name}.toml");
    let Some(source) = files.get(name) else {
        problems.push(format!("{path}: the file is missing; the other language has it"));
        return None;
    };
    let before = problems.len();
    let texts = locale::read(&path, source, problems);
    // a file with a fault of its own would only be reported a second time as missing keys
    (problems.len() == before).then_some(texts)
}

fn pair(name: &str, ja: &Texts, en: &Texts, problems: &mut Vec<String>) -> Vec<Entry> {
    for key in en.keys().filter(|key| !ja.contains_key(*key)) {
        problems.push(format!("locales/ja/{name}.toml: {key}: the key is missing; locales/en has it"));
    }
    let mut entries = Vec::new();
    for (key, ja) in ja {
        match en.get(key) {
            None => {
                problems
                    .push(format!("locales/en/{name}.toml: {key}: the key is missing; locales/ja has it"));
            }
            Some(en) => match entry(key, ja, en) {
                Ok(entry) => entries.push(entry),
                Err(problem) => problems.push(format!("locales/en/{name}.toml: {key}: {problem}")),
            },
        }
    }
    entries
}

fn entry(key: &str, ja: &Template, en: &Template) -> Result<Entry, String> {
    let order = ja.names();
    let in_en: BTreeSet<_> = en.names().into_iter().collect();
    let in_ja: BTreeSet<_> = order.iter().copied().collect();
    if in_ja != in_en {
        return Err(format!("the placeholders are {in_en:?}, but in locales/ja they are {in_ja:?}"));
    }
    Ok(Entry {
        function: key.to_owned(),
        ja: ja.numbered(&order),
        en: en.numbered(&order),
        parameters: order.into_iter().map(str::to_owned).collect(),
    })
}
