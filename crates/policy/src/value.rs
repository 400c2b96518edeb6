//! How the value of a key is read from what an operator wrote.
//!
//! An environment variable is text, so text that spells a number, a switch or a list (`app,mail`) counts as one.

use toml::Value as Written;

use crate::declare::ValueKind;

/// A type that a key can have.
pub(crate) trait Value: Sized + PartialEq {
    /// What is written for it.
    const KIND: ValueKind;

    /// Reads it. Refuses in words that follow "`key`: ".
    fn read(written: &Written) -> Result<Self, String>;

    /// The number that a range is about.
    fn number(&self) -> Option<u32> {
        None
    }

    /// Whether it allows no more than `fixed`, which a preset fixes.
    fn is_within(&self, fixed: &Self) -> bool {
        self == fixed
    }
}

/// An enum whose variants have names in settings.
pub(crate) trait Choice: Copy + 'static {
    /// Every name with its variant.
    const ALL: &'static [(&'static str, Self)];

    /// The variant of a name. Hyphens stand for underscores, as in the names of providers.
    fn by_name(name: &str) -> Option<Self> {
        let name = name.trim().replace('-', "_");
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, variant)| *variant)
    }

    /// All names, for a refusal.
    fn names() -> String {
        let quoted: Vec<_> = Self::ALL.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        quoted.join(", ")
    }
}

impl Value for bool {
    const KIND: ValueKind = ValueKind::Switch;

    fn read(written: &Written) -> Result<Self, String> {
        match (written, text(written).to_ascii_lowercase().as_str()) {
            (Written::Boolean(switch), _) => Ok(*switch),
            (_, "true" | "on" | "yes" | "1") => Ok(true),
            (_, "false" | "off" | "no" | "0") => Ok(false),
            _ => Err(format!("{written} is neither true nor false")),
        }
    }
}

macro_rules! numbers {
    ($($Number:ty)+) => {$(
        impl Value for $Number {
            const KIND: ValueKind = ValueKind::Number;

            fn read(written: &Written) -> Result<Self, String> {
                text(written).parse().map_err(|_| format!("{written} is no whole number"))
            }

            fn number(&self) -> Option<u32> {
                Some(u32::from(*self))
            }
        }
    )+};
}
numbers!(u8 u16 u32);

impl<T: Choice + Value> Value for Vec<T> {
    const KIND: ValueKind = match T::KIND {
        ValueKind::Choice(names) => ValueKind::List(names),
        other => other,
    };

    fn read(written: &Written) -> Result<Self, String> {
        let mut list = Self::new();
        for item in items(written) {
            let one = T::read(&item)?;
            if list.contains(&one) {
                return Err(format!("{item} is named twice"));
            }
            list.push(one);
        }
        Ok(list)
    }

    /// A site may leave out what a preset has, and may not add to it.
    fn is_within(&self, fixed: &Self) -> bool {
        self.iter().all(|one| fixed.contains(one))
    }
}

/// The items of a list; a value that is no list and no text is its only item.
pub(crate) fn items(written: &Written) -> Vec<Written> {
    match written {
        Written::Array(items) => items.clone(),
        Written::String(text) => text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| Written::String(item.to_owned()))
            .collect(),
        other => vec![other.clone()],
    }
}

fn text(written: &Written) -> String {
    match written {
        Written::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}
