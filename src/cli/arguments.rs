//! The arguments of each command, and how figures among them are written.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use tradewind::explain::Depth;
use tradewind::money::Amount;
use tradewind::sweep::Shard;
use tradewind::units::{Date, Share};
use tradewind::{Effort, Factor, GivenFiles, Overlay};

use super::Failure;
use super::files::document;

/// Where should each workload run, on what terms, and what will it cost?
#[derive(Parser)]
#[command(name = "tradewind", version, about, propagate_version = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 the input is wrong, 2 the input is fine and there is no plan, 3 a plan \
                          was found and a gate refuses it (--fail-above, --fail-on-gap), `lint` warns under \
                          --fail-on-warning, or `verify` refuses, 4 a fault of tradewind";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Which provider the documented rules name for each workload, and which rule fired
    Place(TableArgs),
    /// The workloads of a scenario grouped by the provider that the documented rules name
    Distribute(TableArgs),
    /// What a usage costs at every provider's flat rates
    Compare(CompareArgs),
    /// Which provider a request from a region goes to
    Route(RouteArgs),
    /// The cheapest plan for a scenario, with its bill and its proof
    Optimize(OptimizeArgs),
    /// A second opinion on a saved plan: its rules, its bill, its limits and its bound, recomputed
    Verify(VerifyArgs),
    /// Why the plan is as it is: why a workload is here and not there, what binds, what would help
    Explain(ExplainArgs),
    /// A page for a review: the plan, its bill, its limits, its moves and its proof, as HTML, Markdown or CSV
    Report(ReportArgs),
    /// A price book made of other people's price feeds
    Import(super::feeds::ImportArgs),
    /// The cheapest plan at every point of a grid: the cost curve, and where decisions flip
    Sweep(Box<SweepArgs>),
    /// What moves between two plans, or between what runs now and a plan, and what it saves; what changed between two
    /// price books
    Diff(DiffArgs),
    /// The program of a scenario as a file for other solvers, with the names of its limits
    Export(ExportArgs),
    /// Every offer that can serve one workload, with what it would cost there alone, the cheapest first
    Offers(OffersArgs),
    /// What looks wrong in price books: old prices, spot above on demand, prices off their family, missing facts
    Lint(LintArgs),
    /// JSON Schema of what is read and written, for editors and other programs
    Schema(SchemaArgs),
    /// What a shell needs to complete commands and options
    Completions(CompletionsArgs),
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum TableFormat {
    Text,
    Json,
    Csv,
    Markdown,
}

/// Changes to a scenario before it is read.
#[derive(Args)]
pub(super) struct Changes {
    /// Lay this file over the scenario: it holds only what changes; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(super) overlay: Vec<PathBuf>,
    /// Set a value of the scenario, as `limits.budget.at_most=128`; after every overlay; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub(super) set: Vec<String>,
}

impl Changes {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.overlay.is_empty() && self.set.is_empty()
    }

    /// In the order in which they are laid one over the other.
    pub(super) fn overlays(&self) -> Result<Vec<Overlay>, Failure> {
        let files = self.overlay.iter().map(|path| Ok(Overlay::document(document(path)?)));
        let name = |number: usize| match self.set.len() {
            1 => "--set".to_owned(),
            _ => format!("--set#{}", number + 1),
        };
        let set = self.set.iter().enumerate().map(|(number, text)| Ok(Overlay::assignment(name(number), text)));
        files.chain(set).collect()
    }
}

/// The price books and contracts that a scenario is read with.
#[derive(Args)]
pub(super) struct Books {
    /// Price books to use instead of the scenario's, in this order; may be repeated
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) catalog: Vec<PathBuf>,
    /// Contracts to use instead of the scenario's, in this order; may be repeated
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) contract: Vec<PathBuf>,
}

impl Books {
    pub(super) fn given(&self) -> GivenFiles<'_> {
        GivenFiles { catalogs: &self.catalog, contracts: &self.contract }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.catalog.is_empty() && self.contract.is_empty()
    }
}

/// A scenario with its changes and its books.
#[derive(Args)]
pub(super) struct Source {
    /// The scenario file; `-` for standard input
    pub(super) scenario: PathBuf,
    #[command(flatten)]
    pub(super) changes: Changes,
    #[command(flatten)]
    pub(super) books: Books,
}

#[derive(Args)]
pub(crate) struct ScenarioArgs {
    #[command(flatten)]
    pub(super) source: Source,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

/// A scenario whose answer is a table.
#[derive(Args)]
pub(crate) struct TableArgs {
    #[command(flatten)]
    pub(super) source: Source,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: TableFormat,
}

#[derive(Args)]
pub(crate) struct CompareArgs {
    /// Compute hours a month
    #[arg(long, value_name = "H", allow_negative_numbers = true)]
    pub(super) compute_hours: String,
    /// GB stored
    #[arg(long, value_name = "GB", allow_negative_numbers = true)]
    pub(super) storage_gb: String,
    /// GB a month over the network
    #[arg(long, value_name = "GB", allow_negative_numbers = true)]
    pub(super) network_gb: String,
    /// Price books to compare, in this order; the reference books if none is given
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) catalog: Vec<PathBuf>,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: TableFormat,
}

#[derive(Args)]
pub(crate) struct RouteArgs {
    /// The region a request comes from
    #[arg(long)]
    pub(super) region: String,
    /// A scenario whose `gateway` to use instead of the default routes
    #[arg(long, value_name = "FILE")]
    pub(super) scenario: Option<PathBuf>,
    #[command(flatten)]
    pub(super) changes: Changes,
    #[command(flatten)]
    pub(super) books: Books,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Args)]
pub(crate) struct OptimizeArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    /// Write the plan as JSON to this file as well
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Show every charge: quantity, unit, unit price and where the price comes from
    #[arg(long)]
    pub(super) lines: bool,
    /// End the search once the plan is proven within this of the cheapest, as `1%` or `0.01`
    #[arg(long, value_name = "PERCENT", value_parser = fraction, default_value = "0%")]
    pub(super) gap: f64,
    /// End the search after so many units of work; the same work gives the same plan on every machine
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..),
          default_value_t = Effort::DEFAULT_WORK)]
    pub(super) work: u64,
    /// End the search so many seconds after the call; a plan that this ends is not reproducible
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) time_limit: Option<Duration>,
    /// End with exit code 3 if the bill is above this; the plan is printed all the same
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub(super) fail_above: Option<Amount>,
    /// End with exit code 3 if the plan is not proven within this of the cheapest, as `1%` or `0.01`; the plan is
    /// printed all the same, and one that is proven optimal always passes
    #[arg(long, value_name = "PERCENT", value_parser = fraction)]
    pub(super) fail_on_gap: Option<f64>,
    /// On how many threads workloads are priced and candidates compared; one for each processor if absent. The plan
    /// does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
}

#[derive(Args)]
pub(crate) struct OffersArgs {
    #[command(flatten)]
    pub(super) table: TableArgs,
    /// The workload
    pub(super) workload: String,
    /// How many to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(super) most: usize,
}

#[derive(Args)]
pub(crate) struct LintArgs {
    /// Price books, and scenarios, which are read with their books
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// The day for which prices are judged old; today if absent
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) as_of: Option<Date>,
    /// End with exit code 3 if anything looks wrong; findings are printed all the same
    #[arg(long)]
    pub(super) fail_on_warning: bool,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    /// A workload; without one the plan as a whole is explained
    pub(super) workload: Option<String>,
    #[command(flatten)]
    pub(super) of: OfPlan,
    /// Why the workload is not on this offer, as `aws/us-east-1/m7i.xlarge` or `aws/us-east-1/m7i.xlarge/spot`
    #[arg(long, value_name = "OFFER", requires = "workload")]
    pub(super) offer: Option<String>,
}

/// How many searches run at once.
#[derive(Args)]
pub(super) struct Threads {
    /// How many searches run at once; one for each processor if absent. The answer does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl Threads {
    pub(super) fn count(&self) -> usize {
        threads(self.threads)
    }
}

/// As many threads as asked for, or one for each processor.
pub(super) fn threads(asked: Option<u16>) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    asked.map_or_else(processors, usize::from)
}

/// The plan that is explained or reported, and how deep.
#[derive(Args)]
pub(super) struct OfPlan {
    /// A saved plan, which is checked first; without one the cheapest plan is found
    #[arg(long, value_name = "PLAN")]
    pub(super) plan: Option<PathBuf>,
    /// How much room each limit is given to see what that saves
    #[arg(long, value_name = "PERCENT", value_parser = share, default_value = "10%")]
    pub(super) step: Share,
    /// End the search of each question after so many units of work; where it ends early, the answer is an interval
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..),
          default_value_t = Depth::DEFAULT_WORK)]
    pub(super) work: u64,
    /// End everything after so many seconds; what is not yet known stays open. The check of a saved plan is not ended
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) time_limit: Option<Duration>,
    #[command(flatten)]
    pub(super) threads: Threads,
}

#[derive(Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(super) source: Source,
    #[command(flatten)]
    pub(super) of: OfPlan,
    /// Write it to this file instead of standard output; the ending says what it is: html, md or csv
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// What to write, whatever the file's ending; Markdown on standard output
    #[arg(long, value_enum)]
    pub(super) format: Option<ReportFormat>,
    /// The day from which the age of price books is counted, as `2026-07-20`; today if not given
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) as_of: Option<Date>,
    /// The month that the charges of a CSV are for, as `2026-08`; that of --as-of if not given
    #[arg(long, value_name = "MONTH", value_parser = month)]
    pub(super) month: Option<Date>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    Html,
    Markdown,
    Csv,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum FileFormat {
    Lp,
    Mps,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(super) source: Source,
    /// What other solvers read
    #[arg(long, value_enum)]
    pub(super) format: FileFormat,
    /// Write it to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct SweepArgs {
    #[command(subcommand)]
    pub(super) merge: Option<SweepCommand>,
    /// The scenario file; `-` for standard input
    #[arg(required = true)]
    pub(super) scenario: Option<PathBuf>,
    /// What to vary, and its values: `PARAMETER=FROM..TO:COUNT` or `PARAMETER=A,B,C`; twice for a matrix. A parameter
    /// is a path as `--set` takes it, `prices` or `prices.PROVIDER` (as `-20%..20%:5`), `demand` (as `0%..50%:6`), or
    /// `month` (as `0..12`)
    #[arg(long, value_name = "PARAMETER=VALUES", required = true, value_parser = super::vary::axis)]
    pub(super) vary: Vec<super::vary::Vary>,
    /// How much demand grows each month, for the parameter `month`; the `growth` of the scenario's `horizon` if absent
    #[arg(long, value_name = "PERCENT", value_parser = super::vary::growth, allow_negative_numbers = true)]
    pub(super) growth: Option<Factor>,
    #[command(flatten)]
    pub(super) changes: Changes,
    #[command(flatten)]
    pub(super) books: Books,
    /// End each search once its plan is proven within this of the cheapest, as `1%` or `0.01`
    #[arg(long, value_name = "PERCENT", value_parser = fraction, default_value = "0%")]
    pub(super) gap: f64,
    /// End each search after so many units of work; the same work gives the same plan on every machine
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..),
          default_value_t = Effort::DEFAULT_WORK / 20)]
    pub(super) work: u64,
    #[command(flatten)]
    pub(super) threads: Threads,
    /// Plan only part I of N, from 0, and write it as JSON for `sweep merge`
    #[arg(long, value_name = "I/N", value_parser = super::vary::shard)]
    pub(super) shard: Option<Shard>,
    #[command(flatten)]
    pub(super) shown: SweepShown,
}

#[derive(Args)]
pub(super) struct SweepShown {
    /// Write the answer to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: TableFormat,
}

#[derive(Subcommand)]
pub(super) enum SweepCommand {
    /// Join the parts of a sweep that --shard made
    Merge(MergeArgs),
}

#[derive(Args)]
pub(super) struct MergeArgs {
    /// The parts, in any order
    #[arg(required = true)]
    pub(super) parts: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) shown: SweepShown,
}

#[derive(Args)]
pub(crate) struct DiffArgs {
    /// A plan, or a scenario, which stands for what runs now, or a price book; `-` for standard input
    pub(super) before: PathBuf,
    /// Another plan, or a scenario; with a price book, another one
    pub(super) after: PathBuf,
    /// Mark the moves that save less than this a month
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub(super) min_saving: Option<Amount>,
    #[command(flatten)]
    pub(super) changes: Changes,
    #[command(flatten)]
    pub(super) books: Books,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: TableFormat,
}

#[derive(Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    /// The plan, as `optimize -o` saved it
    pub(super) plan: PathBuf,
}

#[derive(Args)]
pub(crate) struct SchemaArgs {
    /// What the schema is of
    #[arg(value_enum)]
    pub(super) form: SchemaForm,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum SchemaForm {
    Catalog,
    Contract,
    Scenario,
    Overlay,
    Plan,
    Sweep,
    Diff,
}

#[derive(Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

/// The script that a shell reads to complete commands and options.
pub(super) fn completions(args: &CompletionsArgs) -> String {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tradewind", &mut script);
    // What goes in is UTF-8 throughout.
    String::from_utf8_lossy(&script).into_owned()
}

/// Digits with at most one point: what `f64` reads beyond that (`1e3`, `inf`, `+1`) is no figure of a command line.
fn plain(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|value: &f64| is_plain && value.is_finite())
}

/// `1%` or `0.01`. A number of one or more without its sign is refused: `--gap 1` could mean either.
fn fraction(text: &str) -> Result<f64, String> {
    let (digits, percent) = text.strip_suffix('%').map_or((text, false), |digits| (digits, true));
    let value = plain(digits).ok_or("write a percentage as `1%`, or a fraction as `0.01`")?;
    match percent {
        true => Ok(value / 100.0),
        false if value < 1.0 => Ok(value),
        false => Err(format!("as a fraction this is all of it or more; write `{digits}%` for a percentage")),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let value = plain(text).filter(|value| *value > 0.0);
    value
        .and_then(|value| Duration::try_from_secs_f64(value).ok())
        .ok_or("write seconds above 0, as `30` or `0.5`".into())
}

fn share(text: &str) -> Result<Share, String> {
    let parts = (fraction(text)? * 1e6).round();
    let share = if parts <= 1e6 { Share::from_parts(parts as u32) } else { None };
    share.filter(|share| share.parts() > 0).ok_or("write a percentage above 0 and up to `100%`, as `10%`".into())
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or("write a day as `2026-07-20`".into())
}

/// The first day of a month.
fn month(text: &str) -> Result<Date, String> {
    Date::parse(&format!("{text}-01")).ok_or("write a month as `2026-08`".into())
}

fn amount(text: &str) -> Result<Amount, String> {
    let value = Amount::parse(text).filter(|value| *value >= Amount::ZERO);
    value.ok_or("write an amount in the currency of the books, as `250000` or `99.50`".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_a_percentage_or_a_fraction_below_one() {
        for (text, value) in [("1%", 0.01), ("0.01", 0.01), ("0%", 0.0), ("0", 0.0), ("0.5%", 0.005), ("100%", 1.0)] {
            assert!((fraction(text).expect(text) - value).abs() < 1e-15, "{text}");
        }
        for text in ["1", "5", "-1%", "1e-3", "", "%", "inf", "NaN", "1,5%", "1 %", "+1%", ".", "1.0.0"] {
            assert!(fraction(text).is_err(), "{text}");
        }
        assert!(fraction("1").is_err_and(|message| message.contains("`1%`")));
    }

    #[test]
    fn seconds_are_above_zero() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(seconds("30"), Ok(Duration::from_secs(30)));
        for text in ["0", "-1", "1e3", "99999999999999999999999", "soon", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_amount_is_exact() {
        assert_eq!(amount("99.50").map(|value| value.to_string()).as_deref(), Ok("99.5"));
        for text in ["-1", "1e3", "1,000", "$5", ""] {
            assert!(amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
