//! `tegata member …`: what the operator does for a member who cannot get in. Secrets go by letter to the registered
//! address; none is an argument, and none is printed.

use std::process::ExitCode;

use clap::Subcommand;
use domain::address::EmailAddress;
use domain::locale::Locale;
use identity::caller::Caller;
use identity::desk::Desk;
use identity::fault::Fault;
use identity::helpdesk::{Refused, send_temporary_password};
use identity::settings::Source;

use super::{Ended, say, settings};

#[derive(Subcommand)]
pub(super) enum Member {
    /// Send a temporary password to a registered address; it works once, and a new password has to be set with it
    SendTemporaryPassword {
        /// The member's user ID
        address: String,
    },
}

pub(super) async fn run(source: &Source, member: Member) -> Result<ExitCode, Ended> {
    let desk = Desk::open(settings(source)?).await?;
    // The history says that it was not the member's browser.
    let operator = Caller::visitor(String::new(), "tegata member", Locale::Ja);
    let done = match member {
        Member::SendTemporaryPassword { address } => send(&desk, &operator, &address).await,
    };
    desk.db.close().await;
    done.map(|sentence| {
        say(sentence);
        ExitCode::SUCCESS
    })
}

async fn send(desk: &Desk, operator: &Caller, address: &str) -> Result<&'static str, Ended> {
    let says = |sentence: &str| Ended::Says(sentence.to_owned());
    let address = EmailAddress::parse(address).map_err(|_| says("this is not an e-mail address"))?;
    match send_temporary_password(desk, operator, &address).await {
        Ok(Ok(())) => Ok("The temporary password leaves with the next letters of the running site."),
        Ok(Err(Refused::NobodyThere)) => Err(says("nobody is registered with this address")),
        Err(Fault::NotOffered) => {
            Err(says("this site's policy has no temporary passwords (policy.helpdesk.temporary_credential)"))
        }
        Err(fault) => Err(fault.into()),
    }
}
