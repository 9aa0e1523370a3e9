//! What in a price book is legal and still looks wrong: old prices, prices that do not fit their neighbours, regions
//! without facts.
//!
//! A [`Finding`] is no fault: the book loads, and a person decides. Findings are in the order of the file. Prices are
//! compared by whole-number products; nothing is divided or rounded.
//!
//! Example: in a family whose offers cost 0.05 a vCPU and hour in the middle, one at 0.15 is reported, one at 0.149 not.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::catalog::draft::{BookDraft, OfferDraft, PriceDraft, SkuDraft};
use crate::catalog::{Name, Terms};
use crate::diagnostic::{Place, Sources, Span, quoted};
use crate::money::UnitPrice;
use crate::units::{Date, Quantity};

/// Days after which prices count as old.
pub const OLD_DAYS: i64 = 90;
/// How many times off its family's middle a price per vCPU is reported.
const FAMILY_TIMES: i128 = 3;
/// How many times apart the prices of two regions are reported.
const REGION_TIMES: i128 = 10;
/// Fewest offers of a family that have a middle worth comparing with.
const FEWEST_OF_FAMILY: usize = 3;

/// Something in a price book that looks wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// By which rule.
    pub rule: Rule,
    /// Its place as a byte offset.
    pub span: Span,
    /// Its place as line and column, where the book was read from a file.
    pub place: Option<Place>,
    /// What looks wrong: lower case, no final period.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{} [{}]\nhelp: {}", self.message, self.rule.name(), self.help)
    }
}

/// What a price book is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// Prices are not older than [`OLD_DAYS`].
    OldPrices,
    /// Prices have a date.
    NoDate,
    /// Spot costs no more than on demand.
    SpotAboveOnDemand,
    /// A price per vCPU (of an accelerated machine: per accelerator as well) is within three times its family's middle.
    FarFromFamily,
    /// The price of a SKU is within ten times that of every other region.
    FarBetweenRegions,
    /// A region has country, jurisdiction, coordinates and zones.
    RegionWithoutFacts,
}

impl Rule {
    /// As findings write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Rule::OldPrices => "old-prices",
            Rule::NoDate => "no-date",
            Rule::SpotAboveOnDemand => "spot-above-on-demand",
            Rule::FarFromFamily => "far-from-family",
            Rule::FarBetweenRegions => "far-between-regions",
            Rule::RegionWithoutFacts => "region-without-facts",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Rule::OldPrices => "rebuild the book from newer prices, or confirm them and write their new date",
            Rule::NoDate => "write `as_of`, the date on which the prices were read",
            Rule::SpotAboveOnDemand => "check both figures; nobody pays more for a machine that may be taken back",
            Rule::FarFromFamily => "check the price, its unit and the size of the machine",
            Rule::FarBetweenRegions => "check both figures and their currency",
            Rule::RegionWithoutFacts => "add them: residency, distances and spreading over zones rest on them",
        }
    }
}

/// Everything in a book that looks wrong on a day, in the order of its file.
#[must_use]
pub fn lint(book: &BookDraft, sources: &Sources, today: Date) -> Vec<Finding> {
    let mut findings = Findings::default();
    dates(book, today, &mut findings);
    regions(book, &mut findings);
    let skus: BTreeMap<&str, &SkuDraft> = book.skus.iter().map(|sku| (&*sku.name.value, sku)).collect();
    for offer in &book.offers {
        spot_above_on_demand(offer, &mut findings);
        far_between_regions(offer, Terms::OnDemand, &offer.on_demand, &mut findings);
        far_between_regions(offer, Terms::Spot, &offer.spot, &mut findings);
    }
    far_from_family(book, &skus, &mut findings);
    let mut findings = findings.0;
    findings.sort_by(|a, b| (a.span, a.rule, &a.message).cmp(&(b.span, b.rule, &b.message)));
    sources.locate(findings.iter_mut().map(|finding| (finding.span, &mut finding.place)));
    findings
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, rule: Rule, span: Span, message: String) {
        self.0.push(Finding { rule, span, place: None, message, help: rule.help() });
    }
}

/// One finding for each date that is too old, with the blocks that have it.
fn dates(book: &BookDraft, today: Date, findings: &mut Findings) {
    let has_prices =
        !book.offers.is_empty() || !book.storage.classes.is_empty() || book.network.internet_default.is_some();
    let mut dated: BTreeMap<Date, (Span, Vec<&str>)> = BTreeMap::new();
    if let Some(as_of) = &book.as_of {
        dated.entry(as_of.value).or_insert((as_of.span, Vec::new())).1.push("the book");
    } else if has_prices {
        let message = format!("the book of {} has no date", quoted(&book.provider.value));
        findings.add(Rule::NoDate, book.provider.span, message);
    }
    // Facts about regions and machines age as well, but no price rests on them.
    let is_priced =
        |block: &str| ["offers", "storage", "network", "commitments"].iter().any(|of| block.starts_with(of));
    for block in book.provenance.iter().filter(|block| is_priced(&block.block)) {
        if let Some(as_of) = &block.as_of {
            dated.entry(as_of.value).or_insert((as_of.span, Vec::new())).1.push(&block.block);
        }
    }
    for (date, (span, blocks)) in dated {
        let days = today.days() - date.days();
        if days > OLD_DAYS {
            let shown: Vec<String> = blocks.iter().take(3).map(|block| (*block).to_owned()).collect();
            let more = blocks.len() - shown.len();
            let more = if more > 0 { format!(" and {more} more blocks") } else { String::new() };
            let message = format!("prices of {date} are {days} days old: {}{more}", shown.join(", "));
            findings.add(Rule::OldPrices, span, message);
        }
    }
}

fn regions(book: &BookDraft, findings: &mut Findings) {
    for region in &book.regions {
        let facts = [
            ("country", region.country.is_some()),
            ("jurisdiction", region.jurisdiction.is_some()),
            ("coordinates", region.coordinates.is_some()),
            ("zones", region.zones.is_some()),
        ];
        let missing: Vec<&str> = facts.iter().filter(|(_, there)| !there).map(|(fact, _)| *fact).collect();
        if !missing.is_empty() {
            let message = format!("region {} has no {}", quoted(&region.name.value), missing.join(", no "));
            findings.add(Rule::RegionWithoutFacts, region.name.span, message);
        }
    }
}

/// A price in 10⁻¹²; the book was read without faults, so each has one.
fn units(price: &PriceDraft) -> i128 {
    UnitPrice::exact(price.price.value).map_or(0, |price| i128::from(price.units()))
}

fn spot_above_on_demand(offer: &OfferDraft, findings: &mut Findings) {
    let on_demand: BTreeMap<&Name, &PriceDraft> =
        offer.on_demand.iter().map(|price| (&price.region.value, price)).collect();
    for spot in &offer.spot {
        let Some(listed) = on_demand.get(&spot.region.value) else { continue };
        if units(spot) > units(listed) {
            let (sku, region) = (quoted(&offer.sku.value), quoted(&spot.region.value));
            let (spot_price, price) = (spot.price.value.normalize(), listed.price.value.normalize());
            let message = format!("{sku} in {region} costs {spot_price} on spot and {price} on demand");
            findings.add(Rule::SpotAboveOnDemand, spot.price.span, message);
        }
    }
}

/// One finding for each SKU and terms: the dearest region against the cheapest.
fn far_between_regions(offer: &OfferDraft, terms: Terms, prices: &[PriceDraft], findings: &mut Findings) {
    let (Some(least), Some(most)) =
        (prices.iter().min_by_key(|price| units(price)), prices.iter().max_by_key(|price| units(price)))
    else {
        return;
    };
    if units(most) >= REGION_TIMES * units(least) && units(most) > units(least) {
        let message = format!(
            "{} {} costs {} in {} and {} in {}",
            quoted(&offer.sku.value),
            terms.name(),
            most.price.value.normalize(),
            quoted(&most.region.value),
            least.price.value.normalize(),
            quoted(&least.region.value)
        );
        findings.add(Rule::FarBetweenRegions, most.price.span, message);
    }
}

/// A price for so much of something, compared by cross products.
#[derive(Clone, Copy)]
struct Rate {
    price: i128,
    per: i128,
}

impl Rate {
    /// Of a price and a size in 10⁻⁶; `None` for no size.
    fn of(price: i128, size: Option<Quantity>) -> Option<Rate> {
        let per = size.map(|size| i128::from(size.parts())).filter(|per| *per > 0)?;
        Some(Rate { price, per })
    }

    fn cmp(&self, other: &Rate) -> std::cmp::Ordering {
        (self.price * other.per).cmp(&(other.price * self.per))
    }

    /// Whether one is at least so many times the other.
    fn is_far_from(&self, other: &Rate) -> bool {
        let (mine, theirs) = (self.price * other.per, other.price * self.per);
        mine >= FAMILY_TIMES * theirs || theirs >= FAMILY_TIMES * mine
    }
}

/// The prices of a family on some terms in all regions: what each is a vCPU, and an accelerator.
struct OfFamily<'a> {
    sku: &'a str,
    price: &'a PriceDraft,
    per_vcpu: Rate,
    per_accelerator: Option<Rate>,
}

fn far_from_family(book: &BookDraft, skus: &BTreeMap<&str, &SkuDraft>, findings: &mut Findings) {
    let mut families: BTreeMap<(&str, Terms), Vec<OfFamily<'_>>> = BTreeMap::new();
    for offer in &book.offers {
        let Some((sku, family)) = skus.get(&*offer.sku.value).and_then(|sku| Some((sku, sku.family.as_deref()?)))
        else {
            continue;
        };
        let accelerators = sku.accelerator.as_ref().map(|has| has.count.value);
        for (terms, prices) in [(Terms::OnDemand, &offer.on_demand), (Terms::Spot, &offer.spot)] {
            let of_family = families.entry((family, terms)).or_default();
            of_family.extend(prices.iter().filter_map(|price| {
                Some(OfFamily {
                    sku: &offer.sku.value,
                    price,
                    per_vcpu: Rate::of(units(price), Quantity::exact(sku.vcpu.value))?,
                    per_accelerator: Rate::of(units(price), accelerators.and_then(Quantity::exact)),
                })
            }));
        }
    }
    for ((family, terms), offers) in &families {
        if offers.len() < FEWEST_OF_FAMILY {
            continue;
        }
        let (Some(vcpu), accelerator) =
            (middle(offers.iter().map(|of| of.per_vcpu)), middle(offers.iter().filter_map(|of| of.per_accelerator)))
        else {
            continue;
        };
        // The vCPUs beside one accelerator vary eightfold within a family: such a machine is odd by both measures only.
        let is_far = |of: &&OfFamily<'_>| {
            let by_accelerator = of.per_accelerator.zip(accelerator);
            of.per_vcpu.is_far_from(&vcpu) && by_accelerator.is_none_or(|(mine, middle)| mine.is_far_from(&middle))
        };
        for of in offers.iter().filter(is_far) {
            let (sku, region) = (quoted(of.sku), quoted(&of.price.region.value));
            let dearer = of.per_vcpu.cmp(&vcpu).is_gt();
            let message = format!(
                "{sku} {} in {region} costs {}: a vCPU is three times {} than in the middle of family {}",
                terms.name(),
                of.price.price.value.normalize(),
                if dearer { "dearer" } else { "cheaper" },
                quoted(family)
            );
            findings.add(Rule::FarFromFamily, of.price.price.span, message);
        }
    }
}

/// The middle one by size; of two, the lower.
fn middle(rates: impl Iterator<Item = Rate>) -> Option<Rate> {
    let mut rates: Vec<Rate> = rates.collect();
    rates.sort_by(Rate::cmp);
    rates.get(rates.len().saturating_sub(1) / 2).copied()
}
