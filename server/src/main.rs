//! The binary `tegata`: reads the command line and runs one command.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    server::command::run().await
}
