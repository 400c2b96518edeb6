//! The command line. Each command is one file; what they share is reading the settings and saying why they ended.
//!
//! Exit codes: 0 done, 1 something did not work, 2 the settings or the command line are wrong.

mod check_settings;
mod doctor;
mod member;
mod migrate;
mod serve;

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use identity::error::Failure;
use identity::settings::{Problem, Settings, Source};

/// Member identity for the sites and apps of one operator.
#[derive(Parser)]
#[command(name = "tegata", version, arg_required_else_help = true)]
struct CommandLine {
    /// Settings file; without it, tegata.toml if there is one. TEGATA_<SECTION>__<KEY> in the environment wins.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site until SIGTERM or Ctrl-C
    Serve,
    /// Bring the database up to date and end
    Migrate,
    /// Say what is wrong, and which setting to change
    Doctor,
    /// Help a member who cannot get in
    #[command(subcommand)]
    Member(member::Member),
    /// Show the settings in effect, secrets masked, or what is wrong with them
    CheckSettings,
}

/// Why a command ended early.
enum CommandError {
    /// The settings are wrong.
    Settings(Vec<Problem>),
    /// A sentence for the operator.
    Sentence(String),
}

/// Runs what the command line says.
pub async fn run() -> ExitCode {
    let line = CommandLine::parse();
    let source = Source::of_process(line.config);
    let done = match line.command {
        Command::Serve => serve::run(&source).await,
        Command::Migrate => migrate::run(&source).await,
        Command::Doctor => doctor::run(&source).await,
        Command::Member(member) => member::run(&source, member).await,
        Command::CheckSettings => check_settings::run(&source),
    };
    match done {
        Ok(code) => code,
        Err(CommandError::Settings(problems)) => {
            for problem in problems {
                eprintln!("{problem}");
            }
            ExitCode::from(2)
        }
        Err(CommandError::Sentence(sentence)) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn settings(source: &Source) -> Result<Settings, CommandError> {
    source.read().map_err(CommandError::Settings)
}

/// Writes a line for the operator. A closed pipe (`| head`) is not an error.
fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        let setting = match failure {
            Failure::Unavailable(_) | Failure::Storage(_) | Failure::Migration(_) => {
                " (see the setting database.url)"
            }
            _ => "",
        };
        Self::Sentence(format!("{failure}{setting}"))
    }
}
