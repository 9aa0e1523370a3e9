//! A problem in plain figures, and how a user of the library would state it.

use std::sync::Arc;

use rust_decimal::Decimal;
use tradewind::catalog::draft::RegionDraft;
use tradewind::catalog::{BookDraft, Name};
use tradewind::scenario::draft::{
    BoundDraft, FeeDraft, FilterDraft, LimitDraft, OptionDraft, ScenarioDraft, Split, WorkloadDraft,
};
use tradewind::{Catalog, Problem, Scenario};

/// Jobs that have to be placed, places with room for some of them, and what is known of the cheapest way.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Family and file, as `gap/gap1-0`.
    pub name: String,
    /// What places have room for.
    pub resources: Vec<&'static str>,
    pub places: Vec<Place>,
    pub jobs: Vec<Job>,
    /// Whether jobs may be divided.
    pub divided: bool,
    /// The most that one provider may bill, in percent of all.
    pub share: Option<u32>,
    pub optimum: Optimum,
}

/// A region.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub provider: &'static str,
    pub region: String,
    /// Paid once if any job is here.
    pub fee: Option<Decimal>,
    /// Room, one figure for each resource.
    pub room: Vec<Decimal>,
}

/// What a job costs and uses, by place.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub costs: Vec<Decimal>,
    /// One figure for each place and resource.
    pub uses: Vec<Vec<Decimal>>,
}

/// What is known of the cheapest plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimum {
    /// Its cost, to the last digit.
    Exact(Decimal),
    /// Its cost, rounded: it may differ by so much.
    Rounded(Decimal, Decimal),
    /// Its cost if jobs could be divided without end, where plans divide them in parts of 10⁻⁶.
    Divided(Decimal),
    /// Nothing; a plan within so much of its bound is asked for, as a fraction.
    Within(f64),
}

impl Optimum {
    /// The published figure.
    pub fn published(self) -> Option<Decimal> {
        match self {
            Optimum::Exact(cost) | Optimum::Rounded(cost, _) | Optimum::Divided(cost) => Some(cost),
            Optimum::Within(_) => None,
        }
    }
}

impl Case {
    /// Jobs × places × resources.
    pub fn size(&self) -> String {
        format!("{} × {} × {}", self.jobs.len(), self.places.len(), self.resources.len())
    }

    /// The name of a job.
    pub fn job_name(number: usize) -> Name {
        Name::from(format!("w{:03}", number + 1))
    }

    /// As the product takes it.
    pub fn problem(&self) -> Problem {
        let catalog = Catalog::build(self.books()).unwrap_or_else(|faults| panic!("{}: {faults}", self.name));
        let catalog = Arc::new(catalog);
        let scenario = Scenario::build(self.scenario(), &catalog);
        let scenario = Arc::new(scenario.unwrap_or_else(|faults| panic!("{}: {faults}", self.name)));
        Problem::new(&catalog, &scenario).unwrap_or_else(|faults| panic!("{}: {faults}", self.name))
    }

    fn books(&self) -> Vec<BookDraft> {
        let mut books: Vec<BookDraft> = Vec::new();
        for place in &self.places {
            let region = RegionDraft { name: place.region.as_str().into(), ..RegionDraft::default() };
            match books.iter_mut().find(|book| &*book.provider.value == place.provider) {
                Some(book) => book.regions.push(region),
                None => books.push(BookDraft {
                    provider: place.provider.into(),
                    currency: "USD".into(),
                    regions: vec![region],
                    ..BookDraft::default()
                }),
            }
        }
        books
    }

    fn scenario(&self) -> ScenarioDraft {
        ScenarioDraft {
            name: self.name.as_str().into(),
            workloads: self.jobs.iter().enumerate().map(|(number, job)| self.workload(number, job)).collect(),
            limits: self.limits(),
            fees: self.fees(),
            ..ScenarioDraft::default()
        }
    }

    fn workload(&self, number: usize, job: &Job) -> WorkloadDraft {
        let options = self.places.iter().zip(job.costs.iter().zip(&job.uses)).map(|(place, (&cost, uses))| {
            let uses = self.resources.iter().zip(uses).map(|(&resource, &amount)| (resource.into(), amount.into()));
            OptionDraft { region: place.path().as_str().into(), cost: cost.into(), uses: uses.collect() }
        });
        WorkloadDraft {
            name: Case::job_name(number).into(),
            split: if self.divided { Split::Any } else { Split::Never },
            options: Some(options.collect::<Vec<_>>().into()),
            ..WorkloadDraft::default()
        }
    }

    fn limits(&self) -> Vec<LimitDraft> {
        let mut limits = Vec::new();
        for place in &self.places {
            for (&resource, &room) in self.resources.iter().zip(&place.room) {
                limits.push(LimitDraft {
                    name: format!("{resource}-{}", place.region).as_str().into(),
                    sum: resource.into(),
                    filter: FilterDraft { region: vec![place.path().as_str().into()], ..FilterDraft::default() },
                    at_most: Some(BoundDraft { value: room.into(), percent: false }),
                    ..LimitDraft::default()
                });
            }
        }
        limits.extend(self.share.map(|share| LimitDraft {
            name: "no-lock-in".into(),
            sum: "cost".into(),
            per: Some("provider".into()),
            at_most: Some(BoundDraft { value: Decimal::from(share).into(), percent: true }),
            ..LimitDraft::default()
        }));
        limits
    }

    fn fees(&self) -> Vec<FeeDraft> {
        let fees = self.places.iter().filter_map(|place| {
            Some(FeeDraft {
                name: format!("fee-{}", place.region).as_str().into(),
                region: Some(place.path().as_str().into()),
                monthly: place.fee?.into(),
                ..FeeDraft::default()
            })
        });
        fees.collect()
    }
}

impl Place {
    fn path(&self) -> String {
        format!("{}/{}", self.provider, self.region)
    }
}
