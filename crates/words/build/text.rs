//! One text: its placeholders, and which names may become Rust names.

/// Words that Rust keeps for itself, plus `lang`, the first parameter of every generated function.
const TAKEN: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "lang", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized",
    "use", "virtual", "where", "while", "yield",
];

/// With `lang` this makes seven parameters, the most a function should have.
const MOST_PLACEHOLDERS: usize = 6;

/// A text cut at its placeholders.
#[derive(Debug)]
pub struct Template(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Literal(String),
    Value(String),
}

impl Template {
    /// Cuts a text, without blanks and line breaks around it, at its `{name}`s; or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("the text is empty".to_owned());
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err("the text holds a control character (only line breaks are allowed)".to_owned());
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return Err("a `{` has no `}`".to_owned());
            };
            check_name(name).map_err(|problem| format!("placeholder {{{name}}}: {problem}"))?;
            pieces.push(Piece::Literal(before.to_owned()));
            pieces.push(Piece::Value(name.to_owned()));
            rest = after;
        }
        pieces.push(Piece::Literal(rest.to_owned()));
        let template = Self(pieces);
        template.check()?;
        Ok(template)
    }

    fn check(&self) -> Result<(), String> {
        if self.0.iter().any(|piece| matches!(piece, Piece::Literal(text) if text.contains('}'))) {
            return Err("a `}` has no `{`".to_owned());
        }
        if self.names().len() > MOST_PLACEHOLDERS {
            return Err(format!("more than {MOST_PLACEHOLDERS} placeholders; split the text"));
        }
        Ok(())
    }

    /// Placeholder names, each once, in order of first appearance.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for piece in &self.0 {
            if let Piece::Value(name) = piece
                && !names.contains(&name.as_str())
            {
                names.push(name.as_str());
            }
        }
        names
    }

    /// The text with `{name}` replaced by `{0}`, `{1}`…: the place of the name in `order`.
    pub fn numbered(&self, order: &[&str]) -> String {
        let number = |name: &String| order.iter().position(|other| other == name).unwrap_or_default();
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => text.clone(),
                Piece::Value(name) => format!("{{{}}}", number(name)),
            })
            .collect()
    }
}

/// Whether a file stem, key or placeholder can be a Rust name as it stands.
pub fn check_name(name: &str) -> Result<(), String> {
    let well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !name.ends_with('_')
        && !name.contains("__");
    if !well_formed {
        Err("the name is not snake_case (a-z, 0-9, single _)".to_owned())
    } else if TAKEN.contains(&name) {
        Err("the name is taken by Rust or by the generator".to_owned())
    } else {
        Ok(())
    }
}
