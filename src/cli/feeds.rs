//! Other people's price feeds on the command line.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tradewind::import::{self, Options};

use super::Failure;
use super::files::Output;

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// What the feed is written as
    #[arg(value_enum)]
    format: Feed,
    /// The files of the feed; with aws, azure and gcp those that end in `.csv` are tables beside it
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the book to this file instead of standard output
    #[arg(short, long, value_name = "BOOK")]
    output: Option<PathBuf>,
    /// The provider; rows of other providers are passed over
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// The currency of the prices, where the feed names none
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// The date of the prices, as 2026-07-20
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Where the prices come from
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Which column holds a field, as `on_demand=price`, or `FILE:on_demand=price` for one file; the header `-` for
    /// none; may be repeated
    #[arg(long, value_name = "FIELD=HEADER")]
    column: Vec<String>,
    /// Take these regions alone, as `eu-*`; may be repeated or separated by commas
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    region: Vec<String>,
    /// Take these machines alone, as `m7i.*`
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    include: Vec<String>,
    /// Leave these machines out
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Take these families alone
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    family: Vec<String>,
    /// What an accelerator of the feed is called in price books; may be repeated
    #[arg(long, value_name = "NAME=MODEL")]
    accelerator: Vec<String>,
    /// With skypilot: a machine made of a host and accelerators that are priced apart; may be repeated
    #[arg(long, value_name = "NAME=HOST+MODEL:COUNT")]
    attach: Vec<String>,
    /// Derive the prices that a region lacks in a family from those of another region, and mark them
    #[arg(long, value_name = "FAMILY@REGION", value_delimiter = ',')]
    derive: Vec<String>,
    /// Lay these books, or parts of books, over the result, in this order
    #[arg(long, value_name = "FILE", num_args = 1..)]
    overlay: Vec<PathBuf>,
    /// Hours of a month, for prices by the month
    #[arg(long, value_name = "HOURS", default_value_t = 730, value_parser = clap::value_parser!(u32).range(1..=744))]
    hours_per_month: u32,
}

#[derive(Clone, Copy, ValueEnum)]
enum Feed {
    /// Comma-separated values with a header
    Csv,
    /// A VM catalog of SkyPilot
    Skypilot,
    /// The AWS price list of EC2, as JSON
    Aws,
    /// Azure retail prices, as JSON
    Azure,
    /// The GCP billing catalog, as JSON
    Gcp,
}

pub(super) fn import(args: ImportArgs) -> Result<String, Failure> {
    let format = match args.format {
        Feed::Csv => import::Format::Csv,
        Feed::Skypilot => import::Format::Skypilot,
        Feed::Aws => import::Format::Aws,
        Feed::Azure => import::Format::Azure,
        Feed::Gcp => import::Format::Gcp,
    };
    let options = Options {
        provider: args.provider,
        currency: args.currency,
        as_of: args.as_of,
        source: args.source,
        columns: args.column,
        regions: args.region,
        include: args.include,
        exclude: args.exclude,
        families: args.family,
        accelerators: args.accelerator,
        attach: args.attach,
        derive: args.derive,
        overlays: args.overlay,
        hours_per_month: args.hours_per_month,
    };
    let inputs = args.files.iter().chain(&options.overlays).map(PathBuf::as_path);
    let output = Output::to(args.output.as_deref(), inputs)?;
    let imported = import::import(format, &args.files, &options)?;
    let mut stderr = std::io::stderr().lock();
    for note in &imported.notes {
        // With standard error gone there is nobody left to tell.
        let _ = writeln!(stderr, "{note}");
    }
    Ok(output.write(imported.book)?.unwrap_or_default())
}
