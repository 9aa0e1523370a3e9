//! What each command does: arguments in, the text for standard output or a failure out.

mod answers;
mod arguments;
mod books;
mod diff;
mod explain;
mod feeds;
mod files;
mod plans;
mod sweep;
mod vary;
mod watch;

use std::path::Path;

use tradewind::Input;
use tradewind::diagnostic::Diagnostics;

pub(crate) use self::arguments::Cli;
use self::arguments::{Books, Changes, Command, Source};

/// How a command ends, other than well.
pub(crate) enum Failure {
    /// Exit code 1.
    Input(String),
    /// Exit code 2; what belongs on standard output, and the reason.
    NoPlan { stdout: String, stderr: String },
    /// Exit code 3; what belongs on standard output, and the gates that refuse it.
    Refused { stdout: String, stderr: String },
    /// Exit code 4.
    Ours(String),
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        let count = diagnostics.len();
        let summary = if count == 1 { "1 fault".to_owned() } else { format!("{count} faults") };
        Failure::Input(format!("{diagnostics}\ntradewind: {summary} in the input; nothing was computed"))
    }
}

/// Runs a command.
pub(crate) fn run(command: Command) -> Result<String, Failure> {
    match command {
        Command::Place(args) => answers::place(&args),
        Command::Distribute(args) => answers::distribute(&args),
        Command::Compare(args) => answers::compare(&args),
        Command::Route(args) => answers::route(&args),
        Command::Optimize(args) => plans::optimize(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Report(args) => explain::report(&args),
        Command::Verify(args) => plans::verify(&args),
        Command::Sweep(args) => sweep::sweep(&args),
        Command::Diff(args) => diff::diff(&args),
        Command::Export(args) => plans::export(&args),
        Command::Offers(args) => books::offers(&args),
        Command::Lint(args) => books::lint(&args),
        Command::Import(args) => feeds::import(args),
        Command::Schema(args) => Ok(answers::schema(&args)),
        Command::Completions(args) => Ok(arguments::completions(&args)),
    }
}

/// The scenario with its changes and its books, or with those that were given instead.
fn load(source: &Source) -> Result<Input, Failure> {
    load_files(&source.scenario, &source.changes, &source.books)
}

fn load_files(scenario: &Path, changes: &Changes, books: &Books) -> Result<Input, Failure> {
    Ok(tradewind::load_given(&files::document(scenario)?, books.given(), &changes.overlays()?)?)
}
