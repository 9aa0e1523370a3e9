//! `sweep`: a grid out of what is varied, planned here or in parts elsewhere.

use std::sync::{Arc, Mutex, PoisonError};

use tradewind::report::{self, Layout};
use tradewind::sweep::{Axis, Case, Grid, Outcome, Sweep, merge, run_with};
use tradewind::{Catalog, Effort, Factor, Overlay};

use super::arguments::{SweepArgs, SweepCommand, SweepShown, TableFormat};
use super::files::Output;
use super::vary::{Parameter, Vary, factor};
use super::watch::Watch;
use super::{Failure, files};

/// Most points of a grid.
const MOST_POINTS: usize = 100_000;

pub(super) fn sweep(args: &SweepArgs) -> Result<String, Failure> {
    if let Some(SweepCommand::Merge(args)) = &args.merge {
        let parts = args.parts.iter().map(|path| {
            let (name, text) = files::text(path)?;
            let part = tradewind::sweep_from_json(&name, &text)?;
            Ok((name, part))
        });
        let parts = parts.collect::<Result<Vec<_>, Failure>>()?;
        let output = Output::to(args.shown.output.as_deref(), args.parts.iter().map(|part| part.as_path()))?;
        return shown(&merge(parts)?, &args.shown, output);
    }
    let Some(path) = &args.scenario else { return Err(Failure::Input("name a scenario".to_owned())) };
    if args.vary.len() > 2 {
        return Err(Failure::Input("a sweep varies one parameter or two; --vary is given more often".to_owned()));
    }
    if let [one, other] = args.vary.as_slice()
        && one.axis.parameter == other.axis.parameter
    {
        let message = format!(
            "`{}` is varied twice, and the one would undo the other\nhelp: give all its values to one --vary",
            one.axis.parameter
        );
        return Err(Failure::Input(message));
    }
    let document = files::document(path)?;
    let overlays = args.changes.overlays()?;
    let input = tradewind::load_given(&document, args.books.given(), &overlays)?;
    let output = Output::to(args.shown.output.as_deref(), files::read(&input.sources))?;
    let effort = Effort::new().with_gap(args.gap).with_work(args.work);
    let growth = args.growth.or(input.scenario.growth.map(|growth| growth.factor));
    if input.scenario.growth.is_some() && !args.vary.iter().any(|vary| vary.parameter == Parameter::Month) {
        let message = "the demand of this scenario grows by the month: vary `month`, as --vary month=0..12, or take the \
                       growth out with --set horizon=null";
        return Err(Failure::Input(message.to_owned()));
    }
    let axes = args.vary.iter().map(|vary| axis(vary, growth)).collect();
    let grid = Grid::new(&input.catalog, &input.scenario, &effort, axes);
    let count = grid.len().filter(|count| *count <= MOST_POINTS);
    let count = count.ok_or_else(|| Failure::Input(format!("the grid has more than {MOST_POINTS} points")))?;
    let mut cases = Vec::new();
    for number in (0..count).filter(|number| args.shard.is_none_or(|shard| shard.has(*number))) {
        let mut point = Varied { catalog: Arc::clone(&input.catalog), set: Vec::new(), factor: Factor::ONE };
        for (vary, value) in args.vary.iter().zip(grid.values(number)) {
            point.vary(vary, value, growth)?;
        }
        let scenario = if point.set.is_empty() {
            Arc::clone(&input.scenario)
        } else {
            let overlays: Vec<Overlay> = overlays.iter().cloned().chain(point.set).collect();
            Arc::new(tradewind::scenario_overlaid(&document, &overlays, &input.catalog)?)
        };
        let grown = scenario.grown(point.factor).map(Arc::new);
        let scenario = grown.ok_or_else(|| Failure::Input(format!("a demand {} is beyond the range", point.factor)))?;
        cases.push(Case { number, catalog: point.catalog, scenario });
    }
    let mut watch = Watch::start(None);
    // One point may take minutes.
    let done = Mutex::new(0);
    let count = || done.lock().unwrap_or_else(PoisonError::into_inner);
    let points = watch.during(
        || format!("{} of {} points planned", *count(), cases.len()),
        || run_with(&cases, &effort, args.threads.count(), &mut |points| *count() = points),
    );
    watch.end();
    let sweep = Sweep { grid, shard: args.shard, points };
    shown(&sweep, &args.shown, output)
}

/// The axis of a parameter; that of months says how much they add, so that parts of another growth are told apart.
fn axis(vary: &Vary, growth: Option<Factor>) -> Axis {
    let mut axis = vary.axis.clone();
    if let (Parameter::Month, Some(growth)) = (&vary.parameter, growth) {
        axis.parameter = format!("month, demand {growth} each");
    }
    axis
}

/// What one point changes.
struct Varied {
    catalog: Arc<Catalog>,
    set: Vec<Overlay>,
    factor: Factor,
}

impl Varied {
    fn vary(&mut self, vary: &Vary, value: &str, growth: Option<Factor>) -> Result<(), Failure> {
        let beyond = || Failure::Input(format!("`{value}` of `{}` is beyond the range", vary.axis.parameter));
        match &vary.parameter {
            Parameter::Path(path) => self.set.push(Overlay::assignment("--vary", format!("{path}={value}"))),
            Parameter::Prices(provider) => {
                let provider = match provider {
                    Some(name) => Some(self.catalog.provider_named(name).ok_or_else(|| {
                        let providers: Vec<&str> = self.catalog.providers().iter().map(|book| &*book.name).collect();
                        Failure::Input(format!("no price book is of `{name}`; there are {}", providers.join(", ")))
                    })?),
                    None => None,
                };
                let factor = factor(value).ok_or_else(beyond)?;
                self.catalog = Arc::new(self.catalog.repriced(provider, factor).ok_or_else(beyond)?);
            }
            Parameter::Demand => {
                let factor = factor(value).ok_or_else(beyond)?;
                self.factor = self.factor.times(factor).ok_or_else(beyond)?;
            }
            Parameter::Month => {
                let growth = growth.ok_or_else(|| {
                    let message = "`month` needs how much demand grows each month: give --growth 4%, or write \
                                   `horizon: {months: 12, growth: 4%}` in the scenario";
                    Failure::Input(message.to_owned())
                })?;
                let months = value.parse::<u16>().map_err(|_| beyond())?;
                let grown = (0..months).try_fold(self.factor, |factor, _| factor.times(growth));
                self.factor = grown.ok_or_else(beyond)?;
            }
        }
        Ok(())
    }
}

/// The sweep as it was asked for. A grid without any plan ends like a scenario without one.
fn shown(sweep: &Sweep, shown: &SweepShown, output: Output) -> Result<String, Failure> {
    let text = match shown.format {
        _ if sweep.shard.is_some() => report::sweep_json(sweep),
        TableFormat::Text => report::sweep_text(sweep),
        TableFormat::Json => report::sweep_json(sweep),
        TableFormat::Csv => report::sweep_table(sweep, Layout::Csv),
        TableFormat::Markdown => report::sweep_table(sweep, Layout::Markdown),
    };
    let stdout = output.write(text)?.unwrap_or_default();
    let any_plan = sweep.points.iter().any(|point| matches!(point.outcome, Outcome::Plan(_)));
    if any_plan || sweep.shard.is_some() {
        return Ok(stdout);
    }
    let stderr = "tradewind: no point of the sweep has a plan; `tradewind optimize` with --set tells why".to_owned();
    Err(Failure::NoPlan { stdout, stderr })
}
