//! Rules about places, read a second time: fees, how many providers, what runs together, apart, or spread.
//!
//! A set of regions is a set of bits, one for each region of the market.

use rust_decimal::Decimal;
use tradewind::catalog::Name;
use tradewind::diagnostic::Spanned;
use tradewind::scenario::Domain;
use tradewind::scenario::draft::ScenarioDraft;

use super::enumerate::{Choice, Work};
use super::price::{E6, Market, fixed};

/// What is paid once if anything runs in one of some regions.
#[derive(Clone, Debug)]
pub struct Fee {
    pub regions: u32,
    /// The book of the provider that bills it.
    pub book: usize,
    /// In 10⁻²⁴.
    pub monthly: i128,
}

/// A rule about places, and the workloads it speaks of by number.
#[derive(Clone, Debug)]
pub enum Rule {
    ProvidersAtLeast(u32),
    ProvidersAtMost(u32),
    Together(Vec<usize>, Domain),
    Apart(Vec<usize>, Domain),
    /// The workload, over what, and the share in 10⁻⁶.
    Spread(usize, Domain, i128),
}

impl Rule {
    /// What kind of rule it is.
    pub fn kind(&self) -> &'static str {
        match self {
            Rule::ProvidersAtLeast(_) => "providers at least",
            Rule::ProvidersAtMost(_) => "providers at most",
            Rule::Together(_, Domain::Region) => "together in a region",
            Rule::Together(..) => "together at a provider",
            Rule::Apart(_, Domain::Region) => "apart by region",
            Rule::Apart(..) => "apart by provider",
            Rule::Spread(_, Domain::Region, _) => "spread over regions",
            Rule::Spread(..) => "spread over providers",
        }
    }
}

/// Where a choice of a workload runs, as far as rules ask.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    /// Regions that run anything of it.
    pub regions: u32,
    /// Books it puts to use: bits by number.
    pub books: u32,
    /// Rows whose value it puts to use: bits by number.
    pub rows: u128,
    /// Spread rules it breaks: bits by the rule's number.
    pub crowded: u32,
}

/// The fees of a scenario.
pub fn fees(market: &Market, scenario: &ScenarioDraft) -> Vec<Fee> {
    let read = scenario.fees.iter().map(|fee| {
        let (regions, book) = match (&fee.region, &fee.provider) {
            (Some(region), None) => {
                let place = market.place(&region.value);
                (market.bit(place), place.book)
            }
            (None, Some(provider)) => {
                let book = market.book(&provider.value);
                (market.bits(book), book)
            }
            _ => panic!("the generator gives every fee one place"),
        };
        Fee { regions, book, monthly: fixed(fee.monthly.value, 24) }
    });
    read.collect()
}

/// The other rules about places, with their names in the scenario.
pub fn rules(scenario: &ScenarioDraft) -> Vec<(String, Rule)> {
    let number = |name: &Spanned<Name>| {
        let found = scenario.workloads.iter().position(|workload| workload.name.value == name.value);
        found.expect("the generator names workloads that exist")
    };
    let numbers = |names: &[Spanned<Name>]| names.iter().map(number).collect::<Vec<_>>();
    let mut rules = Vec::new();
    if let Some(count) = &scenario.providers {
        let whole = |value: Spanned<Decimal>| u32::try_from(fixed(value.value, 0)).expect("a few");
        let bounds = [
            count.at_least.map(|least| Rule::ProvidersAtLeast(whole(least))),
            count.at_most.map(|most| Rule::ProvidersAtMost(whole(most))),
        ];
        rules.extend(bounds.into_iter().flatten().map(|rule| ("providers".to_owned(), rule)));
    }
    let mut add = |name: &Spanned<Name>, rule| rules.push((name.value.to_string(), rule));
    for rule in &scenario.together {
        add(&rule.name, Rule::Together(numbers(&rule.workloads), rule.same));
    }
    for rule in &scenario.apart {
        add(&rule.name, Rule::Apart(numbers(&rule.workloads), rule.by));
    }
    for rule in &scenario.spread {
        add(&rule.name, Rule::Spread(number(&rule.workload), rule.over, fixed(rule.at_most.value, 4)));
    }
    rules
}

/// The sets of regions that count as one place.
pub fn domains(market: &Market, by: Domain) -> Vec<u32> {
    match by {
        Domain::Region => market.places().map(|place| market.bit(place)).collect(),
        _ => (0..market.books.len()).map(|book| market.bits(book)).collect(),
    }
}

/// The most units of a whole of so many that a spread rule allows in one place.
pub fn most_in_one_place(share: i128, units: i128) -> i128 {
    share * units / E6
}

/// Whether a choice of a workload has more in one place than a spread rule allows.
pub fn is_crowded(market: &Market, work: &Work, choice: &Choice, by: Domain, share: i128) -> bool {
    let Some(&(first, _)) = choice.first() else { return false };
    let most = most_in_one_place(share, work.whole(first));
    domains(market, by).iter().any(|domain| {
        let there = choice.iter().filter(|part| market.bit(work.all[part.0].place) & domain != 0);
        there.map(|part| part.1).sum::<i128>() > most
    })
}

/// Whether a rule holds for a plan; `marks` by workload.
pub fn holds(market: &Market, number: usize, rule: &Rule, marks: &[&Mark]) -> bool {
    let in_use = || marks.iter().fold(0, |all, mark| all | mark.books).count_ones();
    match rule {
        Rule::ProvidersAtLeast(least) => in_use() >= *least,
        Rule::ProvidersAtMost(most) => in_use() <= *most,
        Rule::Together(members, by) => {
            let used = members.iter().fold(0, |all, &member| all | marks[member].regions);
            domains(market, *by).iter().filter(|domain| used & **domain != 0).count() <= 1
        }
        Rule::Apart(members, by) => domains(market, *by)
            .iter()
            .all(|domain| members.iter().filter(|&&member| marks[member].regions & domain != 0).count() <= 1),
        Rule::Spread(workload, ..) => marks[*workload].crowded & (1 << number) == 0,
    }
}
