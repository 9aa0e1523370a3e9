//! What the drafts say, read a second time: tariffs, candidates, and what each is charged.
//!
//! Nothing here calls the product: names are looked up in the drafts, eligibility is one question after the other, and
//! money is `i128` in 10⁻²⁴ (a price in 10⁻¹² times a quantity in 10⁻¹²). Tiers are priced as the overlap of the volume
//! with each tier, not as differences to a first price.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use tradewind::catalog::draft::{CrossProviderDraft, DestinationPriceDraft, TariffDraft};
use tradewind::catalog::{Accelerator, BilledUnit, BookDraft, Name, Terms};
use tradewind::diagnostic::Spanned;
use tradewind::scenario::Split;
use tradewind::scenario::draft::{Choice, StorageNeedDraft, WorkloadDraft};

/// One whole in 10⁻⁶.
pub const E6: i128 = 1_000_000;
/// One whole in 10⁻¹².
pub const E12: i128 = E6 * E6;

/// A decimal as a whole number of 10^-`decimals`, which must be exact.
pub fn fixed(value: Decimal, decimals: u32) -> i128 {
    let value = value.normalize();
    assert!(value.scale() <= decimals, "{value} has more than {decimals} decimals");
    value.mantissa() * 10_i128.pow(decimals - value.scale())
}

/// `numerator / denominator` for numbers above zero, to the nearest whole, a half to the even one.
pub fn half_even(numerator: i128, denominator: i128) -> i128 {
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    match (2 * rest).cmp(&denominator) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Equal => quotient + quotient % 2,
        std::cmp::Ordering::Greater => quotient + 1,
    }
}

/// A price that depends on the volume of the whole account.
#[derive(Clone, Debug)]
pub struct Tariff {
    /// The book of the provider that bills it.
    pub biller: usize,
    /// Whether it is to a part of the internet.
    pub is_of_a_part: bool,
    /// GB that are free, in 10⁻¹².
    free: i128,
    /// Where each tier starts and ends (10⁻¹² GB) and what a GB costs in it (10⁻¹²).
    tiers: Vec<(i128, i128, i128)>,
}

impl Tariff {
    fn read(draft: &TariffDraft, unit: BilledUnit, biller: usize) -> Tariff {
        let bound = |value: Spanned<Decimal>| match unit {
            BilledUnit::Gib => half_even(fixed(value.value, 6) * (1 << 30), 1_000_000_000) * E6,
            _ => fixed(value.value, 12),
        };
        let price = |value: Spanned<Decimal>| per_gb(value.value, unit);
        let mut tiers = Vec::new();
        let mut start = 0;
        for tier in &draft.tiers {
            let end = tier.up_to.map_or(i128::MAX, bound);
            tiers.push((start, end, price(tier.price)));
            start = end;
        }
        Tariff { biller, is_of_a_part: false, free: draft.free_gb.map_or(0, bound), tiers }
    }

    /// What a volume costs: each tier prices the part of (free, volume] inside it.
    pub fn cost(&self, volume: i128) -> i128 {
        let part = |&(start, end, price): &(i128, i128, i128)| {
            let inside = end.min(volume) - start.max(self.free);
            inside.max(0) * price
        };
        self.tiers.iter().map(part).sum()
    }

    /// The price of the first GB that is not free.
    pub fn first(&self) -> i128 {
        self.tiers.iter().find(|tier| tier.1 > self.free).map_or(0, |tier| tier.2)
    }

    /// Whether every volume up to `most` costs the first price from the first GB on.
    pub fn is_one_price(&self, most: i128) -> bool {
        most == 0 || self.steps(0, most).iter().all(|step| step.price == self.first())
    }

    /// The ranges of volume from `least` to `most` in each of which every GB costs the same; one if those are one.
    pub fn steps(&self, least: i128, most: i128) -> Vec<Step> {
        let ends = self.tiers.iter().map(|tier| tier.1).chain([self.free, most]);
        let mut ends: Vec<i128> = ends.filter(|&end| end > least && end <= most).collect();
        ends.sort_unstable();
        ends.dedup();
        let mut steps: Vec<Step> = Vec::new();
        for to in ends {
            let from = steps.last().map_or(least, |step| step.to);
            let price = (self.cost(to) - self.cost(from)) / (to - from);
            match steps.last_mut() {
                Some(last) if last.price == price => last.to = to,
                _ => steps.push(Step { from, to, price }),
            }
        }
        if steps.is_empty() {
            steps.push(Step { from: least, to: least, price: 0 });
        }
        steps
    }

    /// Whether a volume uses some of the allowance.
    pub fn uses_allowance(&self, volume: i128) -> bool {
        self.free > 0 && volume > 0
    }

    /// Whether a volume reaches beyond the tier in which paying begins.
    pub fn crosses_tier(&self, volume: i128) -> bool {
        self.tiers.iter().any(|tier| tier.0 > self.free && tier.0 < volume && tier.2 != self.first())
    }
}

/// A range of a tariff's volume (10⁻¹² GB) with one price (10⁻¹²).
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub from: i128,
    pub to: i128,
    pub price: i128,
}

/// A price per billed unit as one per GB, in 10⁻¹².
fn per_gb(price: Decimal, unit: BilledUnit) -> i128 {
    match unit {
        BilledUnit::Gib => half_even(fixed(price, 12) * 1_000_000_000, 1 << 30),
        _ => fixed(price, 12),
    }
}

/// What a tariff is charged for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Stored(Name, Name),
    Internet(Option<Name>),
    InternetTo(Name, Option<Name>),
    Between(Option<(Name, Name)>),
    Across,
}

/// A region: the number of its book, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub book: usize,
    pub region: usize,
}

/// The books, and their tariffs in one list.
#[derive(Clone, Debug)]
pub struct Market {
    pub books: Vec<BookDraft>,
    pub tariffs: Vec<Tariff>,
    index: BTreeMap<(usize, Scope), usize>,
}

impl Market {
    pub fn read(books: &[BookDraft]) -> Market {
        let mut market = Market { books: books.to_vec(), tariffs: Vec::new(), index: BTreeMap::new() };
        for (number, book) in books.iter().enumerate() {
            let mut add = |scope, draft: &TariffDraft, unit| {
                let is_of_a_part = matches!(scope, Scope::InternetTo(..));
                market.tariffs.push(Tariff { is_of_a_part, ..Tariff::read(draft, unit, number) });
                market.index.insert((number, scope), market.tariffs.len() - 1);
            };
            for class in &book.storage.classes {
                for price in &class.regions {
                    let scope = Scope::Stored(class.name.value.clone(), price.region.value.clone());
                    add(scope, &price.per_gb_month, book.storage.billed_unit);
                }
            }
            let network = &book.network;
            let unit = network.billed_unit;
            for (region, tariff) in &network.internet {
                add(Scope::Internet(Some(region.value.clone())), tariff, unit);
            }
            if let Some(tariff) = &network.internet_default {
                add(Scope::Internet(None), tariff, unit);
            }
            for to in &network.destinations {
                if let DestinationPriceDraft::Tariff(tariff) = &to.price {
                    let from = to.from.as_ref().map(|from| from.value.clone());
                    add(Scope::InternetTo(to.part.value.clone(), from), tariff, unit);
                }
            }
            for route in &network.routes {
                let ends = (route.from.value.clone(), route.to.value.clone());
                add(Scope::Between(Some(ends)), &route.per_gb, unit);
            }
            if let Some(tariff) = &network.inter_region {
                add(Scope::Between(None), tariff, unit);
            }
            if let Some(CrossProviderDraft::Tariff(tariff)) = &network.cross_provider {
                add(Scope::Across, tariff, unit);
            }
        }
        market
    }

    /// `provider/region`, or the bare name of a region that one book has.
    pub fn place(&self, text: &str) -> Place {
        self.places().find(|&place| self.is_named(place, text)).expect("the generator names regions that exist")
    }

    /// The book of a provider.
    pub fn book(&self, provider: &str) -> usize {
        let found = self.books.iter().position(|book| &*book.provider.value == provider);
        found.expect("the generator names providers that exist")
    }

    /// Whether a region is meant by `text`.
    pub fn is_named(&self, place: Place, text: &str) -> bool {
        text == &*self.region(place).name.value || text == &*self.path(place)
    }

    /// Every region of every book.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        let books = self.books.iter().enumerate();
        books.flat_map(|(book, draft)| (0..draft.regions.len()).map(move |region| Place { book, region }))
    }

    /// A region as one bit of a set of regions.
    pub fn bit(&self, place: Place) -> u32 {
        let before: usize = self.books[..place.book].iter().map(|book| book.regions.len()).sum();
        1 << (before + place.region)
    }

    /// All regions of a book, as bits.
    pub fn bits(&self, book: usize) -> u32 {
        (0..self.books[book].regions.len()).map(|region| self.bit(Place { book, region })).sum()
    }

    pub fn region(&self, place: Place) -> &tradewind::catalog::draft::RegionDraft {
        &self.books[place.book].regions[place.region]
    }

    /// `provider/region`.
    pub fn path(&self, place: Place) -> Name {
        Name::from(format!("{}/{}", self.books[place.book].provider.value, self.region(place).name.value))
    }

    fn tariff(&self, book: usize, scope: Scope) -> Option<usize> {
        self.index.get(&(book, scope)).copied()
    }

    pub fn stored(&self, place: Place, class: &Name) -> Option<usize> {
        self.tariff(place.book, Scope::Stored(class.clone(), self.region(place).name.value.clone()))
    }

    /// The days that are paid for at least; none where neither the region nor the class says.
    pub fn minimum_days(&self, place: Place, class: &Name) -> Option<i128> {
        let class = self.books[place.book].storage.classes.iter().find(|found| found.name.value == *class)?;
        let here = class.regions.iter().find(|price| price.region.value == self.region(place).name.value)?;
        Some(fixed(here.minimum_days.or(class.minimum_days)?.value, 0))
    }

    /// The price of a GB that is read back; none where neither the region nor the class has one.
    pub fn retrieval(&self, place: Place, class: &Name) -> Option<i128> {
        let storage = &self.books[place.book].storage;
        let class = storage.classes.iter().find(|found| found.name.value == *class)?;
        let here = class.regions.iter().find(|price| price.region.value == self.region(place).name.value)?;
        let price = here.retrieval_per_gb.or(class.retrieval_per_gb)?;
        Some(per_gb(price.value, storage.billed_unit))
    }

    pub fn internet(&self, place: Place) -> Option<usize> {
        let own = self.tariff(place.book, Scope::Internet(Some(self.region(place).name.value.clone())));
        own.or_else(|| self.tariff(place.book, Scope::Internet(None)))
    }

    /// What traffic to a part of the internet is charged by: what the book says of the region, else of all of them.
    pub fn internet_to(&self, place: Place, part: &Name) -> Option<usize> {
        let here = Some(self.region(place).name.value.clone());
        let all = &self.books[place.book].network.destinations;
        let stated = |of: &Option<Name>| {
            let is = |from: &Option<Spanned<Name>>| from.as_ref().map(|from| &from.value) == of.as_ref();
            all.iter().find(|to| to.part.value == *part && is(&to.from))
        };
        let (from, found) = match stated(&here) {
            Some(found) => (here, found),
            None => (None, stated(&None)?),
        };
        match found.price {
            DestinationPriceDraft::Internet => self.internet(place),
            DestinationPriceDraft::Tariff(_) => self.tariff(place.book, Scope::InternetTo(part.clone(), from)),
        }
    }

    /// What moving data from one region to another is charged by: `Err` if the source's book does not say.
    fn transfer(&self, from: Place, to: Place) -> Result<Option<usize>, ()> {
        if from == to {
            return Ok(None);
        }
        let name = |place| self.region(place).name.value.clone();
        let tariff = if from.book == to.book {
            let route = self.tariff(from.book, Scope::Between(Some((name(from), name(to)))));
            route.or_else(|| self.tariff(from.book, Scope::Between(None)))
        } else {
            match &self.books[from.book].network.cross_provider {
                None => None,
                Some(CrossProviderDraft::Internet) => self.internet(from),
                Some(CrossProviderDraft::Tariff(_)) => self.tariff(from.book, Scope::Across),
            }
        };
        tariff.map(Some).ok_or(())
    }
}

/// Something that can serve a workload, and what it charges.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub place: Place,
    /// Number of the SKU in its book; none for flat rates and given options.
    pub sku: Option<usize>,
    pub terms: Option<Terms>,
    /// Number of the given option.
    pub option: Option<usize>,
    /// Machines that do the whole work.
    pub machines: i128,
    /// Hours of each machine in 10⁻¹².
    pub hours: i128,
    /// Equal parts the workload is bought in: 1, its replicas, or a million.
    pub parts: i128,
    /// What the own provider charges for one part, tariffs apart: machines and reading back, in 10⁻²⁴.
    pub own: i128,
    /// Tariffs, and the volume one part brings to each in 10⁻¹² GB.
    pub traffic: Vec<(usize, i128)>,
    /// What is kept once in the region: its tariff and volume.
    pub stored: Option<(usize, i128)>,
}

impl Candidate {
    /// Cost of some parts at first prices, without what is kept in the region.
    pub fn direct(&self, market: &Market, parts: i128) -> i128 {
        let traffic = self.traffic.iter().map(|&(tariff, volume)| market.tariffs[tariff].first() * volume);
        parts * (self.own + traffic.sum::<i128>())
    }

    /// Cost at first prices of what is kept in the region.
    pub fn kept(&self, market: &Market) -> i128 {
        self.stored.map_or(0, |(tariff, volume)| market.tariffs[tariff].first() * volume)
    }

    /// Cost of the whole workload here at first prices.
    pub fn whole(&self, market: &Market) -> i128 {
        self.direct(market, self.parts) + self.kept(market)
    }

    /// Provider, region, SKU, terms and number, by name.
    pub fn names(&self, market: &Market) -> (Name, Name, Option<Name>, Option<Terms>, Option<usize>) {
        let book = &market.books[self.place.book];
        let sku = self.sku.map(|sku| book.skus[sku].name.value.clone());
        (book.provider.value.clone(), market.region(self.place).name.value.clone(), sku, self.terms, self.option)
    }

    /// The accelerators of its SKU.
    pub fn accelerator(&self, market: &Market) -> Option<(Accelerator, Decimal)> {
        accelerator(&market.books[self.place.book].skus[self.sku?])
    }
}

/// Model and count of a SKU's accelerators.
pub fn accelerator(sku: &tradewind::catalog::draft::SkuDraft) -> Option<(Accelerator, Decimal)> {
    sku.accelerator.as_ref().map(|has| (model(&has.model.value), has.count.value))
}

/// The one list of models is the product's: aliases are data, not a rule to be checked here.
pub fn model(name: &str) -> Accelerator {
    Accelerator::named(name).expect("the generator names accelerators that exist")
}

/// Everything that may serve a workload, by provider, region, SKU, terms and number.
pub fn candidates(market: &Market, workload: &WorkloadDraft, month: Decimal) -> Vec<Candidate> {
    let places = || market.places().filter(|&place| may_run(market, workload, place));
    let mut all: Vec<Candidate> = if workload.request.is_some() {
        places().flat_map(|place| machines_at(market, workload, month, place)).collect()
    } else if workload.options.is_none() {
        places().filter_map(|place| at_rates(market, workload, place)).collect()
    } else {
        Vec::new()
    };
    // Options stand alone or beside a request; what they are given with is all that they bring.
    let options = workload.options.iter().flat_map(|options| options.value.iter().enumerate());
    let options = options.map(|(number, option)| {
        let place = market.place(&option.region.value);
        let parts = if workload.split == Split::Any { E6 } else { 1 };
        let cost = fixed(option.cost.value, 24) / parts;
        Candidate { parts, own: cost, option: Some(number), ..bare(place) }
    });
    all.extend(options.filter(|candidate| may_run(market, workload, candidate.place)));
    all.sort_by_key(|candidate| candidate.names(market));
    all
}

fn bare(place: Place) -> Candidate {
    Candidate {
        place,
        sku: None,
        terms: None,
        option: None,
        machines: 0,
        hours: 0,
        parts: 1,
        own: 0,
        traffic: Vec::new(),
        stored: None,
    }
}

/// Residency, certifications, and the regions and providers that are allowed or denied.
fn may_run(market: &Market, workload: &WorkloadDraft, place: Place) -> bool {
    let region = market.region(place);
    let chosen = |choice: &Choice, is: &dyn Fn(&str) -> bool| {
        let any = |names: &[Spanned<Name>]| names.iter().any(|name| is(&name.value));
        choice.allow.as_deref().is_none_or(any) && !any(&choice.deny)
    };
    let resident = workload.residency.as_ref().is_none_or(|laws| {
        let law = region.jurisdiction.as_ref();
        law.is_some_and(|law| laws.iter().any(|allowed| allowed.value == *law))
    });
    resident
        && workload.certifications.iter().all(|asked| region.certifications.contains(asked))
        && chosen(&workload.regions, &|text| market.is_named(place, text))
        && chosen(&workload.providers, &|text| text == &*market.books[place.book].provider.value)
}

fn at_rates(market: &Market, workload: &WorkloadDraft, place: Place) -> Option<Candidate> {
    let rates = market.books[place.book].rates.as_ref()?;
    let parts = if workload.split == Split::Any { E6 } else { 1 };
    let usage = [
        (workload.compute_hours, rates.compute_hour),
        (workload.storage_gb, rates.storage_gb_month),
        (workload.network_gb, rates.network_gb),
    ];
    let amounts =
        usage.iter().filter_map(|(used, price)| Some(fixed(used.as_ref()?.value, 12) * fixed(price.value, 12)));
    Some(Candidate { parts, own: amounts.sum::<i128>() / parts, ..bare(place) })
}

/// Every SKU that fits a replica, on terms the workload tolerates, if all it needs has a price in the region.
fn machines_at(market: &Market, workload: &WorkloadDraft, month: Decimal, place: Place) -> Vec<Candidate> {
    let book = &market.books[place.book];
    let mut all = Vec::new();
    for offer in &book.offers {
        for (terms, prices) in [(Terms::OnDemand, &offer.on_demand), (Terms::Spot, &offer.spot)] {
            let tolerated = workload.terms.contains(&terms) || workload.terms.is_empty() && terms == Terms::OnDemand;
            let price = prices.iter().find(|price| price.region.value == market.region(place).name.value);
            let number = book.skus.iter().position(|sku| sku.name.value == offer.sku.value).expect("a known sku");
            let (Some(price), true, true) = (price, tolerated, fits(workload, &book.skus[number])) else { continue };
            let special = accelerator(&book.skus[number])
                .and_then(|(has, _)| workload.by_accelerator.iter().find(|special| model(&special.model.value) == has));
            let replicas = special.and_then(|special| special.replicas).or(workload.replicas);
            let machines = replicas.map_or(1, |count| fixed(count.value, 0));
            let hours = special.and_then(|special| special.hours).or(workload.hours);
            let hours = fixed(hours.map_or(month, |hours| hours.value), 12);
            let parts = match workload.split {
                Split::Replicas => machines,
                Split::Any => E6,
                _ => 1,
            };
            let own = fixed(price.price.value, 12) * (hours * machines / parts);
            let candidate =
                Candidate { sku: Some(number), terms: Some(terms), machines, hours, parts, own, ..bare(place) };
            all.extend(with_volumes(market, workload, candidate));
        }
    }
    all
}

fn fits(workload: &WorkloadDraft, sku: &tradewind::catalog::draft::SkuDraft) -> bool {
    let request = workload.request.as_ref().expect("a workload of machines");
    let enough = |asked: Option<Spanned<Decimal>>, has: Decimal| asked.is_none_or(|asked| asked.value <= has);
    let accelerated = request.accelerator.as_ref().is_none_or(|need| {
        accelerator(sku).is_some_and(|(has, count)| {
            let asked = need.count.map_or(Decimal::ONE, |count| count.value);
            need.any_of.iter().any(|name| model(&name.value) == has) && count >= asked
        })
    });
    enough(request.vcpu, sku.vcpu.value)
        && enough(request.memory_gib, sku.memory_gib.value)
        && (request.arch.is_empty() || request.arch.contains(&sku.arch))
        && accelerated
}

/// The class of what a workload keeps.
pub fn class_of(kept: &StorageNeedDraft) -> Name {
    kept.class.as_ref().map_or_else(|| Name::from("standard"), |class| class.value.clone())
}

/// Storage, egress and reading; `None` where a price is missing.
fn with_volumes(market: &Market, workload: &WorkloadDraft, mut candidate: Candidate) -> Option<Candidate> {
    let place = candidate.place;
    let parts = candidate.parts;
    let part = |gb: Decimal| half_even(fixed(gb, 12), parts);
    let some = |gb: Option<Spanned<Decimal>>| gb.map(|gb| gb.value).filter(|gb| !gb.is_zero());
    let mut traffic = Vec::new();
    if let Some(gb) = some(workload.internet_gb) {
        traffic.push((market.internet(place)?, part(gb)));
    }
    if let Some((data, gb)) = workload.data.as_ref().and_then(|data| Some((data, some(data.read_gb)?))) {
        let tariff = market.transfer(market.place(&data.location.value), place).ok()?;
        traffic.extend(tariff.map(|tariff| (tariff, part(gb))));
    }
    for (to, gb) in workload.internet_to.iter().filter(|(_, gb)| !gb.value.is_zero()) {
        traffic.push((market.internet_to(place, &to.value)?, part(gb.value)));
    }
    if let Some(kept) = workload.storage.as_ref().filter(|kept| !kept.gb.value.is_zero()) {
        let class = class_of(kept);
        let days = kept.kept_days.map(|days| fixed(days.value, 6));
        let billed = match days {
            Some(days) => days.max(market.minimum_days(place, &class)? * E6),
            None => 1,
        };
        let volume = half_even(fixed(kept.gb.value, 6) * billed, days.unwrap_or(1)) * E6;
        candidate.stored = Some((market.stored(place, &class)?, volume));
        if let Some(gb) = some(kept.read_gb) {
            // Of the own provider, whatever the volume: no tariff.
            candidate.own += market.retrieval(place, &class)? * part(gb);
        }
    }
    candidate.traffic = traffic;
    Some(candidate)
}
