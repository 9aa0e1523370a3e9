//! The command line of tradewind: reads files, asks the library, prints its answers.
//!
//! Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 the input is wrong, 2 the
//! input is fine and there is no plan, 3 a plan was found and a gate refuses it, or `verify` does, 4 a fault of ours.

mod cli;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Failure, run};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = u8::from(error.use_stderr());
            // Where the message cannot be written, the exit code still tells.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match run(cli.command) {
        Ok(text) => print(&text, ExitCode::SUCCESS),
        Err(Failure::Input(message)) => {
            complain(&message);
            ExitCode::from(1)
        }
        Err(Failure::NoPlan { stdout, stderr }) => {
            complain(&stderr);
            print(&stdout, ExitCode::from(2))
        }
        Err(Failure::Refused { stdout, stderr }) => {
            let code = print(&stdout, ExitCode::from(3));
            complain(&stderr);
            code
        }
        Err(Failure::Ours(message)) => {
            complain(&message);
            ExitCode::from(4)
        }
    }
}

/// Writes to standard output; a reader that stopped listening is no fault.
fn print(text: &str, code: ExitCode) -> ExitCode {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("cannot write to standard output: {error}"));
            ExitCode::from(4)
        }
        _ => code,
    }
}

fn complain(message: &str) {
    let message = message.trim_end();
    if !message.is_empty() {
        // With standard error gone there is nobody left to tell.
        let _ = writeln!(std::io::stderr().lock(), "{message}");
    }
}
