//! `tegata member …`: what the operator does for a member who cannot sign in. Secrets go by e-mail to the registered
//! address; none is an argument, and none is printed.

use std::process::ExitCode;

use clap::Subcommand;
use domain::address::EmailAddress;
use identity::context::Ctx;
use identity::error::{Denied, Error};
use identity::helpdesk::send_temporary_password;
use identity::settings::Source;

use super::{CommandError, say, settings};

#[derive(Subcommand)]
pub(super) enum Member {
    /// Send a temporary password to a registered address; it works once, and a new password has to be set with it
    SendTemporaryPassword {
        /// The member's user ID
        address: String,
    },
}

pub(super) async fn run(source: &Source, member: Member) -> Result<ExitCode, CommandError> {
    let app = identity::open(settings(source)?).await?;
    let done = match member {
        Member::SendTemporaryPassword { address } => send(&Ctx::operator(&app, None), &address).await,
    };
    app.db.close().await;
    done.map(|sentence| {
        say(sentence);
        ExitCode::SUCCESS
    })
}

async fn send(ctx: &Ctx, address: &str) -> Result<&'static str, CommandError> {
    let sentence = |text: &str| Err(CommandError::Sentence(text.to_owned()));
    let Ok(address) = EmailAddress::parse(address) else { return sentence("this is not an e-mail address") };
    match send_temporary_password(ctx, &address).await {
        Ok(()) => Ok("The temporary password leaves with the next e-mails of the running site."),
        Err(Error::Refused(_)) => sentence("nobody is registered with this address"),
        Err(Error::Denied(Denied::NotOffered)) => {
            sentence("this site's policy has no temporary passwords (policy.helpdesk.temporary_credential)")
        }
        Err(Error::Denied(denied)) => sentence(&denied.to_string()),
        Err(Error::Failed(failure)) => Err(failure.into()),
    }
}
