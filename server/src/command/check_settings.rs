//! `tegata check-settings`: the settings in effect. It opens and connects to nothing; `doctor` does that.

use std::process::ExitCode;

use identity::settings::Source;

use super::{CommandError, say, settings};

pub(super) fn run(source: &Source) -> Result<ExitCode, CommandError> {
    // Their `Debug` masks secrets, and users and passwords inside URLs.
    say(format!("{:#?}", settings(source)?));
    Ok(ExitCode::SUCCESS)
}
