//! The results of use cases as texts, in the reader's language. On the server only.

pub mod data_file;
pub mod history;
pub mod providers;
pub mod refusals;
pub mod sessions;
pub mod stored_data;

use domain::locale::Locale;
use identity::context::Ctx;
use identity::format;

use crate::ui::time::Moment;

/// A moment, for machines and for people.
pub fn moment(ms: i64, locale: Locale) -> Moment {
    Moment { stamp: format::rfc3339(ms), text: format::date_time(ms, locale) }
}

/// The approximate place of a network; empty: not known.
pub fn place(ctx: &Ctx, network: &str) -> String {
    ctx.geoip().lookup(network).map(|place| place.shown(ctx.locale())).unwrap_or_default()
}
