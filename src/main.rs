//! The command line of tradewind: reads files, asks the library, prints its answers.
//!
//! Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 the input is wrong, 2 the
//! input is fine and there is no plan, 3 `verify` refuses the plan, 4 a fault of ours.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tradewind::diagnostic::{Diagnostics, Sources};
use tradewind::plan::NoPlan;
use tradewind::rules::{Query, compare, distribute, place, route};
use tradewind::scenario::{FlatUsage, Gateway};
use tradewind::{Catalog, Input, Problem, optimize, report};

/// Where should each workload run, on what terms, and what will it cost?
#[derive(Parser)]
#[command(name = "tradewind", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Which provider the documented rules name for each workload, and which rule fired
    Place(ScenarioArgs),
    /// The workloads of a scenario grouped by the provider that the documented rules name
    Distribute(ScenarioArgs),
    /// What a usage costs at every provider's flat rates
    Compare(CompareArgs),
    /// Which provider a request from a region goes to
    Route(RouteArgs),
    /// The cheapest plan for a scenario, with its bill
    Optimize(OptimizeArgs),
    /// A second opinion on a saved plan: its rules, its bill and its limits, recomputed
    Verify(VerifyArgs),
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Args)]
struct ScenarioArgs {
    /// The scenario file
    scenario: PathBuf,
    #[command(flatten)]
    shared: Shared,
}

#[derive(Args)]
struct Shared {
    /// Price books to use instead of the scenario's, in this order; may be repeated
    #[arg(long, value_name = "FILE", num_args = 1..)]
    catalog: Vec<PathBuf>,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Args)]
struct CompareArgs {
    /// Compute hours a month
    #[arg(long, value_name = "H", allow_negative_numbers = true)]
    compute_hours: String,
    /// GB stored
    #[arg(long, value_name = "GB", allow_negative_numbers = true)]
    storage_gb: String,
    /// GB a month over the network
    #[arg(long, value_name = "GB", allow_negative_numbers = true)]
    network_gb: String,
    /// Price books to compare, in this order; the reference books if none is given
    #[arg(long, value_name = "FILE", num_args = 1..)]
    catalog: Vec<PathBuf>,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Args)]
struct RouteArgs {
    /// The region a request comes from
    #[arg(long)]
    region: String,
    /// A scenario whose `gateway` to use instead of the default routes
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Args)]
struct OptimizeArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Write the plan as JSON to this file as well
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show every charge: quantity, unit, unit price and where the price comes from
    #[arg(long)]
    lines: bool,
}

#[derive(Args)]
struct VerifyArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// The plan, as `optimize -o` saved it
    plan: PathBuf,
}

/// How a command ends, other than well.
enum Failure {
    /// Exit code 1.
    Input(String),
    /// Exit code 2; what belongs on standard output, and the reason.
    NoPlan { stdout: String, stderr: String },
    /// Exit code 3; what belongs on standard output.
    Refused(String),
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
        Err(Failure::Refused(stdout)) => print(&stdout, ExitCode::from(3)),
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
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{}", message.trim_end());
}

fn run(command: Command) -> Result<String, Failure> {
    match command {
        Command::Place(args) => {
            let input = load(&args)?;
            let answers: Vec<_> =
                input.scenario.workloads.iter().map(|workload| place(&input.catalog, Query::from(workload))).collect();
            Ok(match args.shared.format {
                Format::Text => report::place_text(&input.catalog, &input.scenario, &answers),
                Format::Json => report::place_json(&input.catalog, &input.scenario, &answers),
            })
        }
        Command::Distribute(args) => {
            let input = load(&args)?;
            let distribution = distribute(&input.catalog, &input.scenario);
            Ok(match args.shared.format {
                Format::Text => report::distribute_text(&input.catalog, &input.scenario, &distribution),
                Format::Json => report::distribute_json(&input.catalog, &input.scenario, &distribution),
            })
        }
        Command::Compare(args) => run_compare(&args),
        Command::Route(args) => {
            let gateway = match &args.scenario {
                Some(path) => tradewind::load(path)?.scenario.gateway.clone().unwrap_or_default(),
                None => Gateway::default(),
            };
            let answer = route(&gateway, &args.region);
            Ok(match args.format {
                Format::Text => report::route_text(&args.region, &answer),
                Format::Json => report::route_json(&args.region, &answer),
            })
        }
        Command::Optimize(args) => run_optimize(&args),
        Command::Verify(args) => run_verify(&args),
    }
}

fn load(args: &ScenarioArgs) -> Result<Input, Failure> {
    let catalogs = &args.shared.catalog;
    let input = if catalogs.is_empty() {
        tradewind::load(&args.scenario)
    } else {
        tradewind::load_with_catalogs(&args.scenario, catalogs)
    };
    Ok(input?)
}

fn run_compare(args: &CompareArgs) -> Result<String, Failure> {
    let catalog: Catalog =
        if args.catalog.is_empty() { tradewind::reference() } else { tradewind::load_catalog(&args.catalog)? };
    let usage = FlatUsage::parse(&args.compute_hours, &args.storage_gb, &args.network_gb)?;
    let comparison = compare(&catalog, usage).map_err(|reason| Failure::Input(reason.to_string()))?;
    Ok(match args.format {
        Format::Text => report::compare_text(&catalog, usage, &comparison),
        Format::Json => report::compare_json(&catalog, &comparison),
    })
}

fn run_optimize(args: &OptimizeArgs) -> Result<String, Failure> {
    let input = load(&args.scenario)?;
    let problem = Problem::new(&input.catalog, &input.scenario).map_err(|mut faults| {
        faults.locate(&input.sources);
        faults
    })?;
    let format = args.scenario.shared.format;
    let plan = match optimize(&problem) {
        Ok(plan) => plan,
        Err(no_plan) => return Err(no_plan_failure(&no_plan, format, &input.sources)),
    };
    if let Some(path) = &args.output {
        write_file(path, &report::plan_json(&plan))?;
    }
    let detail = if args.lines { report::Detail::Lines } else { report::Detail::Placements };
    Ok(match format {
        Format::Text => report::plan_text(&plan, detail),
        Format::Json => report::plan_json(&plan),
    })
}

fn run_verify(args: &VerifyArgs) -> Result<String, Failure> {
    let input = load(&args.scenario)?;
    let name = args.plan.display().to_string();
    let text =
        std::fs::read_to_string(&args.plan).map_err(|error| Failure::Input(format!("cannot read {name}: {error}")))?;
    let plan = tradewind::plan_from_json(&name, &text)?;
    let violations = tradewind::check(&input.catalog, &input.scenario, &plan);
    let report = match args.scenario.shared.format {
        Format::Text => report::verdict_text(&plan, &violations),
        Format::Json => report::verdict_json(&plan, &violations),
    };
    if violations.is_empty() { Ok(report) } else { Err(Failure::Refused(report)) }
}

fn no_plan_failure(no_plan: &NoPlan, format: Format, sources: &Sources) -> Failure {
    let text = report::no_plan_text(no_plan, sources);
    if matches!(no_plan, NoPlan::Backend(_) | NoPlan::Rejected(_)) {
        return Failure::Ours(text);
    }
    let stdout = match format {
        Format::Text => String::new(),
        Format::Json => report::no_plan_json(no_plan),
    };
    Failure::NoPlan { stdout, stderr: text }
}

fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::Input(format!("cannot write {}: {error}", path.display())))
}
