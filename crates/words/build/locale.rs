//! One locale file: TOML, with tables flattened into function names.

use std::collections::BTreeMap;

use crate::text::{Template, check_name};

/// Function name → text.
pub type Texts = BTreeMap<String, Template>;

/// Reads `source`; every problem is added to `problems` with the file (`path`) and key it was found at.
pub fn read(path: &str, source: &str, problems: &mut Vec<String>) -> Texts {
    let mut texts = Texts::new();
    match source.parse::<toml::Table>() {
        Ok(table) => flatten(path, "", &table, &mut texts, problems),
        Err(error) => {
            let line = error.span().map_or(1, |span| 1 + source[..span.start].matches('\n').count());
            let message = error.message().replace('\n', " ");
            problems.push(format!("{path}: line {line}: {message}"));
        }
    }
    texts
}

fn flatten(path: &str, above: &str, table: &toml::Table, texts: &mut Texts, problems: &mut Vec<String>) {
    for (key, value) in table {
        let function = if above.is_empty() { key.clone() } else { format!("{above}_{key}") };
        // a nested key need not be free by itself: `[list] in = …` becomes `list_in`
        if let Err(problem) = check_name(&function) {
            problems.push(format!("{path}: {function}: {problem}"));
            continue;
        }
        match value {
            toml::Value::Table(inner) => flatten(path, &function, inner, texts, problems),
            toml::Value::String(text) => match Template::parse(text) {
                Ok(template) => {
                    if texts.insert(function.clone(), template).is_some() {
                        problems.push(format!("{path}: {function}: two keys give this one function name"));
                    }
                }
                Err(problem) => problems.push(format!("{path}: {function}: {problem}")),
            },
            _ => problems.push(format!("{path}: {function}: not a text in quotes")),
        }
    }
}
