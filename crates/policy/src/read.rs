//! Reads the keys from three layers: a site's own values, the differences of its preset, and `standard`. Collects
//! every problem, not the first only.

use std::ops::RangeInclusive;

use toml::Value as Written;

use crate::keys::KEYS;
use crate::missing::Missing;
use crate::preset::{Preset, STANDARD};
use crate::value::{Value, items};
use crate::{Overrides, Problem};

/// The layers, and the problems found so far.
pub(crate) struct Reader<'a> {
    name: &'a str,
    own: &'a Overrides,
    preset: Preset,
    standard: Preset,
    /// In the order of the keys.
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    /// Lays a site's own values over the preset of that name, and names what neither of them may say.
    pub(crate) fn new(name: &'a str, own: &'a Overrides) -> Result<Self, Problem> {
        let (preset, standard) = (Preset::named(name)?, Preset::named(STANDARD)?);
        let mut reader = Self { name, own, preset, standard, problems: Vec::new() };
        let requires = reader.preset.missing();
        for missing in requires {
            let says = format!("the preset \"{name}\" needs what is not built yet: {}", missing.what);
            reader.problems.push(Problem { key: "site.policy".to_owned(), says });
        }
        for (table, keys) in own {
            match keys.as_table() {
                Some(keys) => keys.keys().for_each(|key| reader.must_be_known(&format!("{table}.{key}"))),
                None => reader.must_be_known(table),
            }
        }
        Ok(reader)
    }

    /// The value of a key; `None` when it has a problem, which is then listed.
    pub(crate) fn read<T: Value>(
        &mut self,
        table: &str,
        key: &str,
        range: Option<RangeInclusive<u32>>,
    ) -> Option<T> {
        let name = format!("{table}.{key}");
        let found = |layer: &Overrides| layer.get(table).and_then(|keys| keys.get(key)).cloned();
        let preset = found(&self.preset.values).or_else(|| found(&self.standard.values));
        let value = match preset {
            Some(preset) => self.judge(&name, &preset, found(self.own).as_ref().unwrap_or(&preset), range),
            None => Err(vec!["has no value in any preset".to_owned()]),
        };
        value.map_err(|all| all.into_iter().for_each(|says| self.problem(&name, says))).ok()
    }

    /// What is written for a key, if it is a value, in range, built, and not against what the preset fixes.
    fn judge<T: Value>(
        &self,
        name: &str,
        preset: &Written,
        written: &Written,
        range: Option<RangeInclusive<u32>>,
    ) -> Result<T, Vec<String>> {
        let missing: Vec<_> = items(written).iter().filter_map(|item| needs(name, item)).collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let read = T::read(written);
        let number = read.as_ref().ok().and_then(Value::number);
        if let Some(range) = range
            && !number.is_some_and(|number| range.contains(&number))
        {
            let (least, most) = range.into_inner();
            return Err(vec![format!("{written} is no whole number from {least} to {most}")]);
        }
        let value = read.map_err(|says| vec![says])?;
        let fixed = self.preset.fixed.iter().any(|fixed| fixed == name);
        if fixed && T::read(preset).is_ok_and(|fixed| !value.is_within(&fixed)) {
            return Err(vec![format!("the preset \"{}\" allows no other than {preset}", self.name)]);
        }
        Ok(value)
    }

    fn must_be_known(&mut self, name: &str) {
        if !KEYS.iter().any(|key| key.name == name) {
            self.problem(name, "there is no such key; docs/policy.md lists all of them");
        }
    }

    fn problem(&mut self, name: &str, says: impl Into<String>) {
        self.problems.push(Problem::of(name, says));
    }
}

/// Why a value cannot be chosen yet.
fn needs(key: &str, item: &Written) -> Option<String> {
    let missing = Missing::for_value(key, item.as_str()?)?;
    Some(format!("{item} needs what is not built yet: {}", missing.what))
}
