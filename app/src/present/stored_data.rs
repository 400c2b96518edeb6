//! 「当サイトが保管する情報」 as texts. The tables declare what is stored and how long (`identity::stored`); the texts of a
//! kind are looked up by its name (`words::find`).

use domain::locale::Locale;
use identity::context::Ctx;
use identity::{Retention, format};
use words::stored_data as t;

use crate::help::StoredRow;

/// A row for each kind that this site can have.
pub fn rows(ctx: &Ctx) -> Vec<StoredRow> {
    let locale = ctx.locale();
    let text = |key: &[&str]| words::find("stored_data", key, locale).unwrap_or_default().to_owned();
    let row = |stored: identity::Stored| StoredRow {
        what: text(&[stored.category]),
        why: text(&[stored.category, "_why"]),
        how_long: t::how_long(locale, &how_long(stored.retention, locale)),
    };
    identity::stored(ctx).into_iter().map(row).collect()
}

fn how_long(retention: Retention, locale: Locale) -> String {
    match retention {
        Retention::WhileAccount => t::while_account(locale).to_owned(),
        Retention::UntilRemoved => t::until_removed(locale).to_owned(),
        Retention::UntilSent => t::until_sent(locale).to_owned(),
        Retention::For(ms) => t::at_most(locale, &format::duration(ms, locale)),
        Retention::AfterItsTime(ms) => t::after_its_time(locale, &format::duration(ms, locale)),
        Retention::Always => t::always(locale).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_data_has_words() {
        for category in identity::data_sets().flat_map(|data_set| data_set.categories) {
            for locale in Locale::ALL {
                for key in [&[category.name][..], &[category.name, "_why"]] {
                    assert!(words::find("stored_data", key, locale).is_some(), "{key:?}");
                }
            }
        }
    }
}
