//! Writes the Rust source that `src/lib.rs` includes.

use crate::catalogue::{Entry, Module};

/// Goes before an item that the browser's code does not have.
const HOST_ONLY: &str = "#[cfg(not(target_arch = \"wasm32\"))]\n";

/// Two arrays of texts for the host, what the browser needs to check its table, and a module per file.
pub fn source(modules: &[Module]) -> String {
    let entries: Vec<&Entry> = modules.iter().flat_map(|module| &module.entries).collect();
    let mut parts = vec![
        table_facts(modules),
        array("JA", entries.iter().map(|entry| entry.ja.as_str())),
        array("EN", entries.iter().map(|entry| entry.en.as_str())),
        names(modules),
    ];
    let mut first = 0;
    for module in modules {
        parts.push(module_source(module, first));
        first += module.entries.len();
    }
    parts.concat()
}

fn table_facts(modules: &[Module]) -> String {
    let for_browser = modules.iter().filter(|module| !module.server_only);
    let texts: usize = for_browser.map(|module| module.entries.len()).sum();
    format!(
        "/// How many texts, from the first on, are in the browser's table.
const BROWSER_TEXTS: usize = {texts};
/// Differs between two builds whose browser tables do not fit each other.
const KEYS: &str = \"{:016x}\";
",
        fingerprint(modules)
    )
}

fn array<'a>(name: &str, texts: impl ExactSizeIterator<Item = &'a str>) -> String {
    let head = format!("{HOST_ONLY}static {name}: [&str; {}] = [\n", texts.len());
    let lines = texts.map(|text| format!("    {text:?},\n"));
    [head].into_iter().chain(lines).chain(["];\n".to_owned()]).collect()
}

/// Where each text without placeholders is, by its name; in the order of the names.
fn names(modules: &[Module]) -> String {
    let all = modules.iter().flat_map(|module| module.entries.iter().map(move |entry| (module, entry)));
    let mut names: Vec<(String, usize)> = all
        .enumerate()
        .filter(|(_, (_, entry))| entry.parameters.is_empty())
        .map(|(index, (module, entry))| ([&module.name, ".", &entry.function].concat(), index))
        .collect();
    names.sort();
    let lines: Vec<String> =
        names.iter().map(|(name, index)| format!("    ({name:?}, {index}),\n")).collect();
    format!("{HOST_ONLY}static NAMES: [(&str, usize); {}] = [\n{}];\n", names.len(), lines.concat())
}

/// A module whose first text has the index `first`.
fn module_source(module: &Module, first: usize) -> String {
    let name = &module.name;
    let condition = if module.server_only { HOST_ONLY } else { "" };
    let functions: Vec<String> =
        module.entries.iter().enumerate().map(|(place, entry)| function(entry, first + place)).collect();
    format!(
        "{condition}/// The texts of `locales/{{ja,en}}/{name}.toml`.
pub mod {name} {{
    use crate::Locale;
{}}}
",
        functions.concat()
    )
}

fn function(entry: &Entry, index: usize) -> String {
    let docs = format!("{}\n\n{}", code_span(&entry.ja, entry), code_span(&entry.en, entry));
    let name = &entry.function;
    let text = format!("crate::text(lang, {index})");
    let (parameters, result, body) = if entry.parameters.is_empty() {
        (String::new(), "&'static str", text)
    } else {
        let values = entry.parameters.join(", ");
        let parameters = entry.parameters.join(": &str, ");
        (format!(", {parameters}: &str"), "String", format!("crate::fill({text}, &[{values}])"))
    };
    format!(
        "    #[doc = {docs:?}]
    pub fn {name}(lang: Locale{parameters}) -> {result} {{
        {body}
    }}
"
    )
}

/// A text as it stands in the file, as code: nothing in it may be taken for Markdown or for a link.
fn code_span(text: &str, entry: &Entry) -> String {
    let mut text = text.replace('\n', " ").replace('`', "'");
    for (place, name) in entry.parameters.iter().enumerate() {
        text = text.replace(&format!("{{{place}}}"), &format!("{{{name}}}"));
    }
    format!("`{text}`")
}

/// FNV-1a over what the browser's code takes for granted: which text, with which values, has which index.
fn fingerprint(modules: &[Module]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for module in modules.iter().filter(|module| !module.server_only) {
        for entry in &module.entries {
            let signature = format!("{}.{}({})\n", module.name, entry.function, entry.parameters.join(","));
            for byte in signature.bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    hash
}
