//! Which browser a `User-Agent` is, in words a member knows: 「Chrome（Windows）」. No versions: browsers freeze
//! them, so they would often be wrong.

use woothee::parser::Parser;

/// Apps whose built-in browser calls itself something else, and what their users call them.
const APPS: [(&str, &str); 5] = [
    ("Line/", "LINE"),
    ("YJApp", "Yahoo! JAPAN"),
    ("Instagram", "Instagram"),
    ("FBAN/", "Facebook"),
    ("FBAV/", "Facebook"),
];

/// Name of the browser and, if known, of the system it runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    /// The browser, or the app it is built into.
    pub name: String,
    /// The system; `None` when it does not say.
    pub system: Option<String>,
}

/// Reads a `User-Agent`; `None` when it says nothing that a member would recognise.
pub fn recognise(user_agent: &str) -> Option<Browser> {
    let app = APPS.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    let parsed = Parser::new().parse(user_agent);
    let name = app.or(parsed.as_ref().map(|p| p.name)).filter(|n| *n != "UNKNOWN")?;
    let system = parsed.map(|p| p.os).filter(|os| *os != "UNKNOWN").map(|os| {
        // "Windows 10" is also what Windows 11 says.
        if os.starts_with("Windows") { "Windows".to_owned() } else { os.to_owned() }
    });
    Some(Browser { name: name.to_owned(), system })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(ua: &str) -> String {
        match recognise(ua) {
            Some(Browser { name, system: Some(system) }) => format!("{name} {system}"),
            Some(Browser { name, system: None }) => name,
            None => String::new(),
        }
    }

    #[test]
    fn browsers_of_today() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
        assert_eq!(shown(windows), "Chrome Windows");
        assert_eq!(shown(&format!("{windows} Edg/156.0.0.0")), "Edge Windows");
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(shown(iphone), "Safari iPhone");
        assert_eq!(shown(&format!("{iphone} Line/15.0.0")), "LINE iPhone");
        assert_eq!(shown("curl"), "");
    }
}
