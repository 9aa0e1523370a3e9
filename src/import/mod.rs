//! Other people's price feeds become price books.
//!
//! ```text
//! tables (records, columns, rows) ──┐            ┌─ derive ─ compose ─→ blocks ─ overlays ─→ text of a book
//! aws, azure, gcp (json) ───────────┴→ market ──┘                                            (read back, strictly)
//! ```
//!
//! A feed is read as a stream: what is kept are the prices that are wanted. Nothing is guessed. Zero and blank mean that
//! a figure is absent; two different prices for one offer are a fault that shows both; what cannot be described, such
//! as a machine without a shape, is left out and reported.

mod attach;
mod aws;
mod azure;
mod block;
mod columns;
mod commit;
mod compose;
mod derive;
mod family;
mod faults;
mod gcp;
mod json;
mod market;
mod records;
mod rows;
mod selection;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use self::attach::ZoneRows;
use self::block::Block;
use self::columns::Mappings;
use self::compose::{Header, compose};
use self::faults::{At, Faults};
use self::market::Market;
use self::rows::Rows;
use self::selection::Selection;
use crate::catalog::Accelerator;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Sources, Span, listed, quoted};
use crate::input::{catalog_from_yaml, parse, read_file};
use crate::units::Date;

/// What a feed is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Comma-separated values with a header; any of prices, shapes and facts about regions.
    Csv,
    /// A VM catalog of SkyPilot: a row per zone, machines and accelerators in rows of their own.
    Skypilot,
    /// The AWS price list of EC2.
    Aws,
    /// Azure retail prices, with a table of shapes.
    Azure,
    /// The GCP billing catalog, with a table of shapes.
    Gcp,
}

impl Format {
    /// The provider whose feed this is, where the format says.
    const fn provider(self) -> Option<&'static str> {
        match self {
            Format::Csv | Format::Skypilot => None,
            Format::Aws => Some("aws"),
            Format::Azure => Some("azure"),
            Format::Gcp => Some("gcp"),
        }
    }
}

/// What a feed does not say, and which part of it is wanted.
#[derive(Clone, Debug)]
pub struct Options {
    /// The provider; rows of others are passed over.
    pub provider: Option<String>,
    /// The currency, where the feed names none.
    pub currency: Option<String>,
    /// The date of the prices.
    pub as_of: Option<String>,
    /// Where the figures come from.
    pub source: Option<String>,
    /// Columns of tables: `FIELD=HEADER`, or `FILE:FIELD=HEADER` for one file; the header `-` for none.
    pub columns: Vec<String>,
    /// Patterns of regions, in which `*` stands for any text; none takes all. So the next three.
    pub regions: Vec<String>,
    /// Patterns of SKUs that are wanted.
    pub include: Vec<String>,
    /// Patterns of SKUs that are not.
    pub exclude: Vec<String>,
    /// Patterns of families.
    pub families: Vec<String>,
    /// Accelerators the feed has other names for: `NAME=MODEL`.
    pub accelerators: Vec<String>,
    /// Machines made of a host and accelerators that are priced apart: `NAME=HOST+MODEL:COUNT`.
    pub attach: Vec<String>,
    /// Families whose missing regions follow from another region's prices: `FAMILY@REGION`.
    pub derive: Vec<String>,
    /// Books, or parts of books, that are laid over the result.
    pub overlays: Vec<PathBuf>,
    /// Hours of a month, for prices by the month.
    pub hours_per_month: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            provider: None,
            currency: None,
            as_of: None,
            source: None,
            columns: Vec::new(),
            regions: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            families: Vec::new(),
            accelerators: Vec::new(),
            attach: Vec::new(),
            derive: Vec::new(),
            overlays: Vec::new(),
            hours_per_month: 730,
        }
    }
}

/// A book made of feeds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// The text of the book, which [`catalog_from_yaml`] accepts.
    pub book: String,
    /// What was left out and why, and what the book holds: for people.
    pub notes: Vec<String>,
}

/// Makes a book of feeds; tables may stand beside any feed.
///
/// # Errors
/// Everything that is wrong with the files and options, at once, sorted by file and place.
pub fn import(format: Format, files: &[PathBuf], options: &Options) -> Result<Imported, Diagnostics> {
    let mut faults = Faults::default();
    let mut market = Market::default();
    let selection = Selection {
        regions: options.regions.clone(),
        include: options.include.clone(),
        exclude: options.exclude.clone(),
        families: options.families.clone(),
    };
    let mut mappings = Mappings::read(&options.columns, &mut faults);
    let accelerators = accelerators(&options.accelerators, &mut faults);
    let mut zones = ZoneRows::new(&options.attach, &mut faults);
    let mut unknown = BTreeMap::new();
    let mut parts = gcp::Parts::default();
    if !faults.is_empty() {
        return Err(faults.into_diagnostics());
    }
    let provider = options.provider.as_deref().or(format.provider());
    market.provider = provider.map(|name| (name.to_owned(), At::default()));
    for path in files {
        let file = faults.file(&path.display().to_string());
        let Some(source) = open(path, file, &mut faults) else { continue };
        let is_table = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        match format {
            Format::Aws if !is_table => aws::read(source, file, &mut market, &selection, &mut faults),
            Format::Azure if !is_table => azure::read(source, file, &mut market, &selection, &mut faults),
            Format::Gcp if !is_table => gcp::read(source, file, &mut parts, &mut market, &selection, &mut faults),
            _ => {
                let mut rows = Rows {
                    market: &mut market,
                    selection: &selection,
                    faults: &mut faults,
                    provider,
                    accelerators: &accelerators,
                    hours_per_month: Decimal::from(options.hours_per_month),
                    apart: (format == Format::Skypilot).then_some(&mut zones),
                    unknown: &mut unknown,
                };
                rows.table(source, file, &mut mappings);
            }
        }
    }
    mappings.report_unmet(&mut faults);
    if !market.is_full {
        zones.join(&mut market, &mut faults);
        parts.join(&mut market, &selection, &mut faults);
    }
    if !unknown.is_empty() {
        let list = unknown.iter().map(|(name, count)| format!("{name} ({count})")).collect::<Vec<_>>().join(", ");
        faults.note(format!(
            "accelerators that are not in the list, their machines left out: {list}; --accelerator NAME=MODEL names them"
        ));
    }
    if let (Some(wanted), Some((found, at))) = (&options.currency, &market.currency)
        && wanted != found
    {
        let message = format!("prices in {}, not in {}", quoted(found), quoted(wanted));
        faults.add(*at, Kind::TwoCurrencies, message, "leave --currency out, or convert the feed");
    }
    derive::derive(&options.derive, &mut market, &mut faults);
    let Some((provider, currency)) = named(&market, options, &mut faults) else {
        return Err(faults.into_diagnostics());
    };
    let header = Header {
        provider: &provider,
        currency: &currency,
        as_of: options.as_of.as_deref(),
        source: options.source.as_deref(),
    };
    let book = compose(&market, &header, &selection, &mut faults);
    drop(market);
    if !faults.is_empty() {
        return Err(faults.into_diagnostics());
    }
    finish(book, &header, options, faults)
}

/// The provider and the currency, from the flags or from the feed; a fault if neither says.
fn named(market: &Market, options: &Options, faults: &mut Faults) -> Option<(String, String)> {
    let is_read = faults.is_empty();
    if market.provider.is_none() && is_read {
        faults.of_call(Kind::MissingKey, "no feed names its provider".into(), "say it with --provider NAME");
    }
    let currency = market.currency.as_ref().map(|(currency, _)| currency.clone()).or_else(|| options.currency.clone());
    if market.quotes.is_empty() && is_read {
        let help = "is it of this format, and do --provider, --region, --include and --exclude leave any?";
        faults.of_call(Kind::EmptyList, "no price was taken from the feeds".into(), help);
    } else if currency.is_none() && is_read {
        faults.of_call(Kind::MissingKey, "no feed names its currency".into(), "say it with --currency USD");
    }
    if let Some(date) = options.as_of.as_deref().filter(|date| Date::parse(date).is_none()) {
        faults.of_call(Kind::BadDate, format!("--as-of {} is no date", quoted(date)), "write it as 2026-07-20");
    }
    let provider = market.provider.as_ref().map(|(provider, _)| provider.clone());
    if faults.is_empty() { provider.zip(currency) } else { None }
}

/// Lays the overlays over a book, writes it, and reads it back as anyone will.
fn finish(mut book: Block, header: &Header<'_>, options: &Options, faults: Faults) -> Result<Imported, Diagnostics> {
    let (mut sources, mut wrong) = (Sources::default(), Diagnostics::new());
    for path in &options.overlays {
        let shown = path.display().to_string();
        let tree = match read_file(path, &shown) {
            Ok(text) => {
                let file = sources.add(&shown, text);
                parse(&sources, file, &mut wrong)
            }
            Err(fault) => {
                wrong.push(fault);
                None
            }
        };
        if let Some(tree) = tree {
            let over = Block::read(tree.root(&sources));
            let provider = over.entries().iter().find(|entry| entry.key == "provider");
            if let Some(entry) = provider.filter(|entry| entry.value != Block::word(header.provider)) {
                let message = format!("this overlay is not of provider {}", quoted(header.provider));
                wrong.push(Diagnostic::new(Kind::UnknownProvider, entry.origin, message).help("leave it out"));
            }
            book.overlay(over);
        }
    }
    wrong.into_result((), &sources)?;
    let heading =
        format!("# Prices of {}, made by `tradewind import`; make it anew rather than edit it.\n", header.provider);
    let (book, origins) = block::write(book, &heading);
    match catalog_from_yaml(&[("the book", &book)]) {
        Ok(_) => Ok(Imported { book, notes: faults.into_notes() }),
        Err(faults) => Err(traced(&faults, &origins, &sources)),
    }
}

/// Faults of a written book, at the places of the overlays that they come from.
fn traced(faults: &Diagnostics, origins: &[(usize, Span)], sources: &Sources) -> Diagnostics {
    let mut traced = Diagnostics::new();
    for fault in faults {
        let mut fault: Diagnostic = fault.clone();
        let before = origins.partition_point(|&(offset, _)| offset <= fault.span.offset());
        let origin = before.checked_sub(1).and_then(|index| origins.get(index)).map(|&(_, origin)| origin);
        if let Some(origin) = origin.filter(|origin| origin.is_some() && fault.span.is_some()) {
            fault.span = origin;
            fault.place = sources.place(origin);
        }
        traced.push(fault);
    }
    traced.locate(sources);
    traced
}

/// Opens a file to be read as a stream.
fn open(path: &Path, file: u32, faults: &mut Faults) -> Option<BufReader<File>> {
    let reason = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => "it is a directory".to_owned(),
        Ok(metadata) if !metadata.is_file() => "it is not a regular file".to_owned(),
        Ok(_) => match File::open(path) {
            Ok(source) => return Some(BufReader::with_capacity(1 << 16, source)),
            Err(error) => error.to_string(),
        },
        Err(error) => error.to_string(),
    };
    let reason = reason.split_once(" (os error").map_or(reason.as_str(), |(reason, _)| reason).to_owned();
    let message = format!("cannot read {}: {reason}", quoted(faults.name(file)));
    faults.of_call(Kind::Unreadable, message, "name a file");
    None
}

/// The names that the flags give accelerators.
fn accelerators(flags: &[String], faults: &mut Faults) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for flag in flags {
        match flag.split_once('=') {
            Some((name, model)) if Accelerator::named(model).is_some() => {
                names.insert(name.to_owned(), model.to_owned());
            }
            _ => {
                let message = format!("--accelerator {} names no model", quoted(flag));
                let help = format!("write NAME=MODEL; models are {}", listed(Accelerator::names()));
                faults.of_call(Kind::UnknownAccelerator, message, help);
            }
        }
    }
    names
}
