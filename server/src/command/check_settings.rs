//! `tegata check-settings`: what is in effect. Nothing is opened or connected to; that is `doctor`'s.

use std::process::ExitCode;

use identity::settings::Source;

use super::{Ended, say, settings};

pub(super) fn run(source: &Source) -> Result<ExitCode, Ended> {
    // Their `Debug` masks users and passwords inside addresses.
    say(format!("{:#?}", settings(source)?));
    Ok(ExitCode::SUCCESS)
}
