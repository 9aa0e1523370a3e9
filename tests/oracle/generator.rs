//! Small random problems from a seed: the same seed gives the same problem on every machine.
//!
//! Figures come from short lists, so that ties happen. Limits are written last and take their bounds from the sums of
//! some plan, so that they bind without making every problem infeasible.

use rust_decimal::Decimal;
use tradewind::catalog::draft::{
    CrossProviderDraft, NetworkDraft, OfferDraft, PowerDraft, PriceDraft, RatesDraft, RegionDraft, RouteDraft,
    SkuAcceleratorDraft, SkuDraft, StorageClassDraft, StorageDraft, StoragePriceDraft, TariffDraft, TierDraft,
};
use tradewind::catalog::{Arch, BilledUnit, BookDraft, Name, Terms};
use tradewind::diagnostic::Spanned;
use tradewind::scenario::draft::{
    AcceleratorNeedDraft, ByAcceleratorDraft, CurrentDraft, DataNeedDraft, OptionDraft, RequestDraft, ScenarioDraft,
    Split, StorageNeedDraft, WorkloadDraft,
};

use super::enumerate::Oracle;
use super::limits::{any_plan, cheapest_plan, limits};
use super::place_rules::place_rules;
use super::surcharges;

/// Most plans of a problem, so that thousands of problems are enumerated in seconds.
const MOST_PLANS: usize = 3_000;
/// Most choices of one workload.
const MOST_CHOICES: usize = 300;
/// The same where a workload is split at will: each plan is several linear programs.
const MOST_PLANS_AT_WILL: usize = 300;
/// How many plans are looked at for one that keeps the rules about places.
const ANCHORS: usize = 12;

/// Names of workloads, in the order of the scenario.
const NAMES: [&str; 4] = ["web", "api", "batch", "etl"];

/// A problem.
#[derive(Clone, Debug)]
pub struct Case {
    pub books: Vec<BookDraft>,
    pub scenario: ScenarioDraft,
}

/// What a problem may hold.
#[derive(Clone, Copy, Debug)]
pub struct Flavour {
    /// Tariffs with tiers and allowances, in half of the problems.
    pub tiers: bool,
    /// Prices per GiB, which are rounded when they are read.
    pub gib: bool,
    /// Workloads split at will, in some problems.
    pub split_any: bool,
    /// Copies, values, options beside a request, fees, and rules about places.
    pub rules: bool,
}

impl Flavour {
    pub const EVERYTHING: Flavour = Flavour { tiers: true, gib: true, split_any: true, rules: true };
    /// Only what is priced exactly, to the last digit, on every plan.
    #[allow(dead_code, reason = "for the properties; the oracle takes everything")]
    pub const EXACT: Flavour = Flavour { tiers: false, gib: false, split_any: false, rules: false };
}

/// Random numbers, by splitmix64.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678_9ABC_DEF1)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end.max(1) as u64).expect("below a usize")
    }

    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// One of some decimals.
    pub fn number(&mut self, from: &[&str]) -> Spanned<Decimal> {
        decimal(self.pick(from)).into()
    }

    /// Each of a list with a chance, and at least one.
    pub fn some<T: Clone>(&mut self, from: &[T], chance: usize) -> Vec<T> {
        let sure = self.below(from.len());
        let kept = from.iter().enumerate().filter(|(at, _)| *at == sure || self.percent(chance));
        kept.map(|(_, value)| value.clone()).collect()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }

    fn maybe<T>(&mut self, chance: usize, make: impl FnOnce(&mut Dice) -> T) -> Option<T> {
        if self.percent(chance) { Some(make(self)) } else { None }
    }
}

pub fn decimal(text: impl AsRef<str>) -> Decimal {
    text.as_ref().parse().expect("a decimal")
}

pub fn name(text: impl AsRef<str>) -> Spanned<Name> {
    Name::from(text.as_ref()).into()
}

/// The problem of a seed.
pub fn case(seed: u64, flavour: Flavour) -> Case {
    let dice = &mut Dice::new(seed);
    let tiers = flavour.tiers && dice.percent(50);
    let carbon = dice.percent(35);
    let mut books = books(dice, flavour, tiers, carbon);
    let mut surcharged = surcharges::dice(seed);
    if let Some(dice) = &mut surcharged {
        surcharges::of_books(dice, tiers, &mut books);
    }
    let any = flavour.split_any && dice.percent(15);
    let mut scenario = ScenarioDraft { name: Name::from(format!("case {seed}")), ..ScenarioDraft::default() };
    if dice.percent(20) {
        scenario.hours_per_month = Some(dice.number(&["720", "744.5"]));
    }
    let mut plans = 1;
    let most = if any { MOST_PLANS_AT_WILL } else { MOST_PLANS };
    for number in 0..*dice.pick(&[1, 2, 2, 3, 3, 4]) {
        let found = (0..20).any(|_| {
            let mut workload = next_workload(dice, flavour, &books, &scenario, any);
            if let Some(dice) = &mut surcharged {
                surcharges::of_workload(dice, &books, &mut workload);
            }
            scenario.workloads.push(workload);
            let oracle = Oracle::new(&books, &scenario);
            let choices = oracle.choices_of(number);
            // Few workloads that nothing can serve: each of them alone makes a problem infeasible, unless it has a value.
            let enough = !oracle.works[number].all.is_empty() || dice.percent(4);
            let taken = enough && choices <= MOST_CHOICES && plans * choices <= most;
            if taken {
                plans *= choices.max(1);
            } else {
                scenario.workloads.pop();
            }
            taken
        });
        if !found {
            break;
        }
    }
    add_rules(dice, flavour, &books, &mut scenario, carbon);
    Case { books, scenario }
}

/// Fees, rules about places and limits, unless nothing can serve some workload.
fn add_rules(dice: &mut Dice, flavour: Flavour, books: &[BookDraft], scenario: &mut ScenarioDraft, carbon: bool) {
    let oracle = Oracle::new(books, scenario);
    if scenario.workloads.is_empty() || (0..oracle.works.len()).any(|number| oracle.choices_of(number) == 0) {
        return;
    }
    let mut anchor = any_plan(dice, &oracle);
    let cheapest = cheapest_plan(&oracle);
    if flavour.rules {
        place_rules(dice, books, scenario, &anchor, &cheapest);
        let oracle = Oracle::new(books, scenario);
        for _ in 0..ANCHORS {
            if oracle.broken_by(&anchor).is_empty() {
                break;
            }
            anchor = any_plan(dice, &oracle);
        }
    }
    scenario.limits = limits(dice, books, scenario, carbon, &anchor, &cheapest);
}

fn books(dice: &mut Dice, flavour: Flavour, tiers: bool, carbon: bool) -> Vec<BookDraft> {
    let mut providers = ["amber", "birch", "cedar"];
    dice.shuffle(&mut providers);
    let count = *dice.pick(&[1, 2, 2, 2, 3, 3]);
    let menu: Vec<&str> = dice.some(&["c1", "c2", "g1", "g2", "m1"], 60);
    let unit = |dice: &mut Dice| if flavour.gib && dice.percent(20) { BilledUnit::Gib } else { BilledUnit::Gb };
    let mut books = Vec::new();
    for provider in providers.into_iter().take(count) {
        let regions = regions(dice, carbon);
        let names: Vec<Name> = regions.iter().map(|region| region.name.value.clone()).collect();
        let skus: Vec<SkuDraft> = dice.some(&menu, 70).into_iter().map(|sku_name| sku(dice, sku_name)).collect();
        books.push(BookDraft {
            provider: name(provider),
            currency: name("USD"),
            capabilities: dice.some(&["inference", "training"], 30).into_iter().map(name).collect(),
            cost_per_hour: dice.maybe(60, |dice| dice.number(&["0.4", "0.5"])),
            rates: dice.maybe(50, rates),
            offers: skus.iter().map(|sku| offer(dice, sku, &names)).collect(),
            storage: StorageDraft { billed_unit: unit(dice), classes: storage(dice, &names, tiers) },
            network: network(dice, &names, tiers, unit),
            power: carbon.then(|| power(dice)),
            regions,
            skus,
            ..BookDraft::default()
        });
    }
    books
}

fn regions(dice: &mut Dice, carbon: bool) -> Vec<RegionDraft> {
    let names = dice.some(&["north", "south", "west"], 40);
    let mut regions: Vec<RegionDraft> = names
        .into_iter()
        .map(|region| RegionDraft {
            name: name(region),
            jurisdiction: dice.maybe(90, |dice| Name::from(*dice.pick(&["EU", "EU", "US"]))),
            certifications: dice
                .maybe(70, |dice| dice.some(&["soc2", "hipaa"], 50))
                .unwrap_or_default()
                .into_iter()
                .map(name)
                .collect(),
            grid_gco2_per_kwh: (carbon && !dice.percent(12)).then(|| dice.number(&["20", "150.5", "400"])),
            ..RegionDraft::default()
        })
        .collect();
    dice.shuffle(&mut regions);
    regions
}

fn sku(dice: &mut Dice, sku: &str) -> SkuDraft {
    let accelerated = sku.starts_with('g');
    SkuDraft {
        name: name(sku),
        vcpu: dice.number(&["2", "4", "4", "8"]),
        memory_gib: dice.number(&["4", "8", "16", "30.5"]),
        family: dice.maybe(80, |_| {
            Name::from(match sku.as_bytes()[0] {
                b'c' => "general",
                b'g' => "graphics",
                _ => "memory",
            })
        }),
        arch: *dice.pick(&[Arch::Amd64, Arch::Amd64, Arch::Amd64, Arch::Arm64]),
        accelerator: accelerated.then(|| SkuAcceleratorDraft {
            model: name(dice.pick(&["T4", "L4", "H100", "H100-80GB"])),
            count: dice.number(&["1", "2", "2", "8", "0.5"]),
            memory_gib: None,
        }),
    }
}

fn offer(dice: &mut Dice, sku: &SkuDraft, regions: &[Name]) -> OfferDraft {
    let mut prices = |chance: usize, from: &[&str]| {
        let mut list: Vec<PriceDraft> = Vec::new();
        for region in regions {
            list.extend(dice.maybe(chance, |dice| PriceDraft {
                region: region.clone().into(),
                price: dice.number(from),
                detail: None,
            }));
        }
        list
    };
    let (on_demand, spot) = if sku.accelerator.is_some() {
        (prices(80, &["1", "1.5", "2", "3.3"]), prices(45, &["0.5", "0.75", "1", "1.333333333333"]))
    } else {
        (prices(80, &["0.1", "0.2", "0.2", "0.4", "0.333333333333"]), prices(45, &["0.05", "0.1", "0.07"]))
    };
    OfferDraft { sku: sku.name.clone(), on_demand, spot }
}

/// One price; or, among `tiers`, also an allowance, tiers, or both.
pub fn tariff(dice: &mut Dice, tiers: bool) -> TariffDraft {
    let prices = ["0.01", "0.02", "0.05", "0.09", "0.12"];
    let tier = |end: Option<&str>, price| TierDraft { up_to: end.map(|end| decimal(end).into()), price };
    if !tiers || dice.percent(35) {
        let price = if dice.percent(8) { decimal("0") } else { decimal(dice.pick(&prices)) };
        return TariffDraft::flat(price);
    }
    let mut draft = TariffDraft {
        free_gb: dice.maybe(50, |dice| dice.number(&["5", "50", "100", "120", "1000"])),
        ..TariffDraft::default()
    };
    let ends = dice.pick::<&[&str]>(&[&[], &["50"], &["100"], &["100", "500"], &["40", "100", "200"], &["10000"]]);
    for end in *ends {
        draft.tiers.push(tier(Some(end), dice.number(&prices)));
    }
    draft.tiers.push(tier(None, dice.number(&prices)));
    draft
}

fn rates(dice: &mut Dice) -> RatesDraft {
    RatesDraft {
        compute_hour: dice.number(&["0.1", "0.095", "0.098"]),
        storage_gb_month: dice.number(&["0.02", "0.023"]),
        network_gb: dice.number(&["0.09", "0.12"]),
    }
}

fn power(dice: &mut Dice) -> PowerDraft {
    let watts = ["T4", "L4", "H100"].map(|model| (name(model), dice.number(&["70", "72.5", "700"])));
    PowerDraft {
        vcpu_w: dice.number(&["3.5", "4"]),
        accelerator_w: watts.into_iter().filter(|_| !dice.percent(10)).collect(),
        pue: dice.number(&["1.1", "1.25"]),
        source: None,
    }
}

fn storage(dice: &mut Dice, regions: &[Name], tiers: bool) -> Vec<StorageClassDraft> {
    let mut classes = Vec::new();
    for (class, chance) in [("standard", 85), ("cold", 40)] {
        let mut prices = Vec::new();
        for region in regions {
            prices.extend(dice.maybe(chance, |dice| StoragePriceDraft {
                region: region.clone().into(),
                per_gb_month: tariff(dice, tiers),
                ..StoragePriceDraft::default()
            }));
        }
        classes.push(StorageClassDraft { name: name(class), regions: prices, ..StorageClassDraft::default() });
    }
    classes
}

fn network(dice: &mut Dice, regions: &[Name], tiers: bool, unit: impl Fn(&mut Dice) -> BilledUnit) -> NetworkDraft {
    let mut draft = NetworkDraft { billed_unit: unit(dice), ..NetworkDraft::default() };
    draft.internet_default = dice.maybe(75, |dice| tariff(dice, tiers));
    for from in regions {
        draft.internet.extend(dice.maybe(25, |dice| (from.clone().into(), tariff(dice, tiers))));
        for to in regions.iter().filter(|to| *to != from) {
            draft.routes.extend(dice.maybe(25, |dice| RouteDraft {
                from: from.clone().into(),
                to: to.clone().into(),
                per_gb: tariff(dice, tiers),
            }));
        }
    }
    draft.inter_region = dice.maybe(75, |dice| tariff(dice, tiers));
    draft.cross_provider = match dice.below(4) {
        0 => None,
        1 | 2 => Some(CrossProviderDraft::Internet),
        _ => Some(CrossProviderDraft::Tariff(tariff(dice, tiers))),
    };
    draft
}

/// The ways to write a region: with its provider, or bare where one book only has it.
pub fn region_names(books: &[BookDraft]) -> Vec<String> {
    let all = || books.iter().flat_map(|book| book.regions.iter().map(move |region| (book, region)));
    let mut names: Vec<String> =
        all().map(|(book, region)| format!("{}/{}", book.provider.value, region.name.value)).collect();
    let alone =
        all().filter(|(_, region)| all().filter(|(_, other)| other.name.value == region.name.value).count() == 1);
    names.extend(alone.map(|(_, region)| region.name.value.to_string()));
    names
}

/// Jurisdictions that a book's region lies in.
pub fn laws(books: &[BookDraft]) -> Vec<Name> {
    let mut laws: Vec<Name> =
        books.iter().flat_map(|book| &book.regions).filter_map(|region| region.jurisdiction.clone()).collect();
    laws.sort();
    laws.dedup();
    laws
}

/// One more workload; now and then the same as the last, under its own name.
fn next_workload(
    dice: &mut Dice,
    flavour: Flavour,
    books: &[BookDraft],
    scenario: &ScenarioDraft,
    any: bool,
) -> WorkloadDraft {
    let number = scenario.workloads.len();
    let last = scenario.workloads.last().filter(|_| flavour.rules && dice.percent(15));
    let mut draft = match last {
        Some(last) => WorkloadDraft { name: name(NAMES[number]), ..last.clone() },
        None => workload(dice, books, number, any),
    };
    if flavour.rules {
        if draft.split == Split::Never && dice.percent(25) {
            draft.count = Some(dice.number(&["1", "2", "2", "3", "4"]));
        }
        draft.value = dice.maybe(20, |dice| dice.number(&["0", "2", "10", "30", "100.125", "300", "2000", "100000"]));
        if draft.request.is_some() && dice.percent(15) {
            draft.options = Some(options(dice, &region_names(books)).into());
        }
    }
    draft
}

fn workload(dice: &mut Dice, books: &[BookDraft], number: usize, any: bool) -> WorkloadDraft {
    let places = region_names(books);
    let place = |dice: &mut Dice| name(dice.pick(&places));
    let providers: Vec<Spanned<Name>> = books.iter().map(|book| book.provider.clone()).collect();
    let laws = laws(books);
    let mut draft = WorkloadDraft {
        name: name(NAMES[number]),
        kind: dice.maybe(70, |dice| Name::from(*dice.pick(&["inference", "training"]))),
        priority: dice.maybe(30, |dice| dice.number(&["1", "2"])),
        data_location: dice.maybe(15, |dice| Name::from(dice.pick(&places).as_str())),
        certifications: dice.maybe(10, |_| vec![name("soc2")]).unwrap_or_default(),
        ..WorkloadDraft::default()
    };
    draft.labels.extend(dice.maybe(60, |dice| (Name::from("team"), Name::from(*dice.pick(&["red", "blue"])))));
    draft.labels.extend(dice.maybe(20, |_| (Name::from("env"), Name::from("prod"))));
    if !laws.is_empty() {
        draft.residency = dice.maybe(12, |dice| dice.some(&laws, 20).into_iter().map(Spanned::from).collect());
    }
    draft.regions.allow = dice.maybe(8, |dice| (0..2).map(|_| place(dice)).collect());
    draft.regions.deny = dice.maybe(10, |dice| vec![place(dice)]).unwrap_or_default();
    draft.providers.allow = dice.maybe(6, |dice| dice.some(&providers, 40));
    draft.providers.deny = dice.maybe(6, |dice| vec![dice.pick(&providers).clone()]).unwrap_or_default();
    draft.current = dice.maybe(35, |dice| current(dice, books));
    match dice.below(10) {
        0 => flat_rate(dice, &mut draft),
        1 | 2 => draft.options = Some(options(dice, &places).into()),
        _ => machines(dice, &places, &mut draft),
    }
    if any && dice.percent(50) {
        draft.split = Split::Any;
    } else if draft.request.is_some() && dice.percent(35) {
        draft.split = Split::Replicas;
    }
    without_contradictions(books, &mut draft);
    draft
}

/// Takes out what a scenario refuses: a list of allowed regions outside the residency, a present place that is neither.
fn without_contradictions(books: &[BookDraft], draft: &mut WorkloadDraft) {
    let law_of = |text: &str| {
        let (provider, region) =
            text.split_once('/').map_or((None, text), |(provider, region)| (Some(provider), region));
        let books = books.iter().filter(|book| provider.is_none_or(|provider| provider == &*book.provider.value));
        books.flat_map(|book| &book.regions).find(|found| &*found.name.value == region)?.jurisdiction.clone()
    };
    let residency = draft.residency.clone();
    let resident = |text: &str| {
        let law = law_of(text);
        residency.as_ref().is_none_or(|laws| laws.iter().any(|allowed| Some(&allowed.value) == law.as_ref()))
    };
    // Only a name that stands for no other place is bare, so that two names of one place end alike.
    let same = |one: &str, other: &str| {
        one == other || one.ends_with(&format!("/{other}")) || other.ends_with(&format!("/{one}"))
    };
    draft.regions.allow = draft.regions.allow.take().filter(|all| all.iter().any(|name| resident(&name.value)));
    let any = |names: &[Spanned<Name>], at: &str| names.iter().any(|name| same(&name.value, at));
    let regions = &draft.regions;
    draft.current = draft.current.take().filter(|current| {
        let at = &*current.region.value;
        resident(at) && !any(&regions.deny, at) && regions.allow.as_ref().is_none_or(|allowed| any(allowed, at))
    });
}

fn current(dice: &mut Dice, books: &[BookDraft]) -> CurrentDraft {
    let book = dice.pick(books);
    let region = &dice.pick(&book.regions).name.value;
    CurrentDraft {
        region: name(format!("{}/{region}", book.provider.value)),
        sku: dice.maybe(40, |dice| dice.pick(&book.skus).name.clone()),
        terms: dice.maybe(30, |dice| *dice.pick(&[Terms::OnDemand, Terms::Spot])),
    }
}

fn flat_rate(dice: &mut Dice, draft: &mut WorkloadDraft) {
    draft.compute_hours = Some(dice.number(&["10", "100", "1000.25"]));
    draft.storage_gb = dice.maybe(60, |dice| dice.number(&["0", "500"]));
    draft.network_gb = dice.maybe(60, |dice| dice.number(&["0", "120"]));
}

fn options(dice: &mut Dice, places: &[String]) -> Vec<OptionDraft> {
    let mut options: Vec<OptionDraft> = Vec::new();
    for _ in 0..1 + dice.below(4) {
        let region = name(dice.pick(places));
        let cost = dice.number(&["5", "17", "20.5", "40", "80.000000000001", "150", "600"]);
        let mut uses = Vec::new();
        for used in ["slots", "seats"] {
            uses.extend(dice.maybe(65, |dice| (name(used), dice.number(&["1", "3", "5", "7.5"]))));
        }
        options.push(OptionDraft { region, cost, uses });
    }
    options
}

fn machines(dice: &mut Dice, places: &[String], draft: &mut WorkloadDraft) {
    let volumes = ["0", "10", "50", "100", "120", "333.333333", "1000"];
    draft.replicas = dice.maybe(75, |dice| dice.number(&["1", "2", "3", "4", "7"]));
    draft.hours = dice.maybe(40, |dice| dice.number(&["100", "10.5", "0", "400"]));
    draft.terms = dice
        .pick(&[&[][..], &[Terms::OnDemand, Terms::Spot], &[Terms::Spot, Terms::OnDemand], &[Terms::Spot]])
        .to_vec();
    let models = dice.maybe(35, |dice| dice.some(&["T4", "L4", "H100"], 70));
    draft.request = Some(RequestDraft {
        vcpu: dice.maybe(60, |dice| dice.number(&["1", "4", "8"])),
        memory_gib: dice.maybe(60, |dice| dice.number(&["4", "8", "30.5"])),
        arch: dice.maybe(15, |dice| dice.some(&[Arch::Amd64, Arch::Arm64], 30)).unwrap_or_default(),
        accelerator: models.clone().map(|models| AcceleratorNeedDraft {
            any_of: models.into_iter().map(name).collect(),
            count: dice.maybe(40, |dice| dice.number(&["1", "2", "0.5"])),
        }),
    });
    for model in models.unwrap_or_default() {
        draft.by_accelerator.extend(dice.maybe(50, |dice| ByAcceleratorDraft {
            model: name(if model == "H100" { "H100-SXM" } else { model }),
            replicas: dice.maybe(80, |dice| dice.number(&["1", "2", "3"])),
            hours: dice.maybe(30, |dice| dice.number(&["50", "200"])),
        }));
    }
    draft.storage = dice.maybe(45, |dice| StorageNeedDraft {
        gb: dice.number(&volumes),
        class: dice.maybe(40, |dice| name(dice.pick(&["standard", "cold"]))),
        ..StorageNeedDraft::default()
    });
    draft.data = dice.maybe(40, |dice| DataNeedDraft {
        location: name(dice.pick(places)),
        read_gb: dice.maybe(85, |dice| dice.number(&volumes)),
    });
    draft.internet_gb = dice.maybe(55, |dice| dice.number(&volumes));
}
