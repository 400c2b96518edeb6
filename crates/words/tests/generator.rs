//! The generator on small made-up locale files: what it writes, and that it names file and key when it refuses.

#[path = "../build/catalogue.rs"]
mod catalogue;
#[path = "../build/locale.rs"]
mod locale;
#[path = "../build/rust.rs"]
mod rust;
#[path = "../build/text.rs"]
mod text;

use catalogue::{Module, Sources};

fn read(ja: &str, en: &str) -> Result<Vec<Module>, Vec<String>> {
    catalogue::read(&sources(&[("page", ja)], &[("page", en)], ""))
}

fn sources(ja: &[(&str, &str)], en: &[(&str, &str)], server_only: &str) -> Sources {
    let files = |files: &[(&str, &str)]| {
        files.iter().map(|(stem, content)| ((*stem).to_owned(), (*content).to_owned())).collect()
    };
    Sources { ja: files(ja), en: files(en), server_only: server_only.to_owned() }
}

#[test]
fn tables_become_prefixes_and_parameters_follow_the_japanese() {
    let modules = read("[sent]\nlead = '{b}と{a}と{b}'", "[sent]\nlead = '{a}, {b}'").unwrap();
    let entry = &modules[0].entries[0];
    assert_eq!(entry.function, "sent_lead");
    assert_eq!(entry.parameters, ["b", "a"]);
    assert_eq!((entry.ja.as_str(), entry.en.as_str()), ("{0}と{1}と{0}", "{1}, {0}"));
    let source = rust::source(&modules);
    assert!(source.contains("pub fn sent_lead(lang: Locale, b: &str, a: &str) -> String"), "{source}");
    assert!(source.contains("#[doc = \"`{b}と{a}と{b}`\\n\\n`{a}, {b}`\"]"), "{source}");
}

#[test]
fn server_only_files_come_last_and_are_not_for_the_browser() {
    let files = [("letters", "a = 'x'"), ("pages", "a = 'y'")];
    let modules = catalogue::read(&sources(&files, &files, "# letters are sent\n\nletters\n")).unwrap();
    assert_eq!(modules.iter().map(|module| module.name.as_str()).collect::<Vec<_>>(), ["pages", "letters"]);
    let source = rust::source(&modules);
    assert!(source.contains("const BROWSER_TEXTS: usize = 1;"), "{source}");
    let letters = source.split("#[cfg(not(target_arch = \"wasm32\"))]\n").last().unwrap();
    assert!(letters.contains("pub mod letters"), "{source}");
}

#[test]
fn a_new_wording_fits_an_old_table_but_a_new_key_does_not() {
    let keys = |ja: &str| {
        let source = rust::source(&read(ja, ja).unwrap());
        source.lines().find(|line| line.starts_with("const KEYS")).map(str::to_owned)
    };
    assert_eq!(keys("a = 'x'"), keys("a = 'y'"));
    assert_ne!(keys("a = 'x'"), keys("b = 'x'"));
    assert_ne!(keys("a = 'x'"), keys("a = 'x{v}'"));
}

#[test]
fn a_fault_is_reported_with_its_file_and_key() {
    let refused = [
        ("a = 'x'\nb = 'x'", "a = 'x'", "locales/en/page.toml: b: the key is missing"),
        ("a = 'x'", "a = 'x'\nb = 'x'", "locales/ja/page.toml: b: the key is missing"),
        ("a = '{n}'", "a = '{m}'", "locales/en/page.toml: a: the placeholders are {\"m\"}"),
        ("a = '{n}'", "a = 'x'", "locales/en/page.toml: a: the placeholders are {}"),
        ("a = ' '", "a = 'x'", "locales/ja/page.toml: a: the text is empty"),
        ("[t]\na = ''", "[t]\na = 'x'", "locales/ja/page.toml: t_a: the text is empty"),
        ("aB = 'x'", "aB = 'x'", "locales/ja/page.toml: aB: the name is not snake_case"),
        ("match = 'x'", "match = 'x'", "locales/ja/page.toml: match: the name is taken"),
        ("a = '{lang}'", "a = '{lang}'", "locales/ja/page.toml: a: placeholder {lang}: the name is taken"),
        ("a = '{'", "a = 'x'", "locales/ja/page.toml: a: a `{` has no `}`"),
        ("a = '}'", "a = 'x'", "locales/ja/page.toml: a: a `}` has no `{`"),
        ("a = \"\\u001F\"", "a = 'x'", "locales/ja/page.toml: a: the text holds a control character"),
        ("a = 1", "a = 'x'", "locales/ja/page.toml: a: not a text"),
        ("a_b = 'x'\na.b = 'x'", "a_b = 'x'", "locales/ja/page.toml: a_b: two keys"),
        ("a = 'x'\nb = ", "a = 'x'", "locales/ja/page.toml: line 2: "),
        ("a = '{b}{c}{d}{e}{f}{g}{h}'", "a = 'x'", "locales/ja/page.toml: a: more than 6 placeholders"),
    ];
    for (ja, en, told) in refused {
        let problems = read(ja, en).unwrap_err();
        assert!(problems.iter().any(|problem| problem.starts_with(told)), "{told}\n{problems:?}");
        assert!(problems.iter().all(|problem| !problem.contains('\n')), "one line each: {problems:?}");
    }
}

#[test]
fn a_file_in_one_language_only_is_a_fault() {
    let one = [("page", "a = 'x'")];
    let problems = catalogue::read(&sources(&one, &[], "letters")).unwrap_err();
    assert_eq!(
        problems,
        [
            "locales/server_only.txt: letters: there is no locales/ja/letters.toml",
            "locales/en/page.toml: the file is missing; the other language has it",
        ]
    );
}
