//! The built-in presets. `standard` is complete; every other one has its differences from it.

use serde::Deserialize;

use crate::missing::Missing;
use crate::{Overrides, Problem};

/// The preset that the others differ from, and the default.
pub const STANDARD: &str = "standard";

/// Name (as in the setting `site.policy`) and TOML text of each.
pub const PRESETS: [(&str, &str); 6] = [
    (STANDARD, include_str!("../presets/standard.toml")),
    ("modern", include_str!("../presets/modern.toml")),
    ("community", include_str!("../presets/community.toml")),
    ("workforce", include_str!("../presets/workforce.toml")),
    ("business", include_str!("../presets/business.toml")),
    ("event", include_str!("../presets/event.toml")),
];

/// A preset as it is written.
#[derive(Clone, Debug, Deserialize)]
pub struct Preset {
    /// Whose rules these are, in a sentence.
    pub about: String,
    /// What its source asks for beyond the keys, by the names in [`MISSING`](crate::MISSING). While any of it is
    /// missing, the preset refuses to start.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Keys that no site may change under this preset, because its source forbids it (MP-41 and the like). A list may
    /// be made shorter.
    #[serde(default)]
    pub fixed: Vec<String>,
    /// The tables of the policy.
    #[serde(flatten)]
    pub values: Overrides,
}

impl Preset {
    /// The preset of that name. Refuses a name that no preset has.
    pub fn named(name: &str) -> Result<Self, Problem> {
        let site_policy = |says| Problem { key: "site.policy".to_owned(), says };
        let Some((_, text)) = PRESETS.iter().find(|(known, _)| *known == name) else {
            let usable = usable_presets().join(", ");
            return Err(site_policy(format!("no preset is called \"{name}\"; there are {usable}")));
        };
        toml::from_str(text).map_err(|e| site_policy(format!("the preset \"{name}\" cannot be read: {e}")))
    }

    /// What it requires and this version does not have.
    pub fn missing(&self) -> Vec<&'static Missing> {
        self.requires.iter().filter_map(|name| Missing::by_name(name)).collect()
    }
}

/// The names of the presets that a site can start with.
pub fn usable_presets() -> Vec<&'static str> {
    let usable = |name: &str| Preset::named(name).is_ok_and(|preset| preset.missing().is_empty());
    PRESETS.iter().map(|(name, _)| *name).filter(|name| usable(name)).collect()
}
