//! Limits, read a second time: which candidates a limit counts, how much of each, and whether its rows hold.

use rust_decimal::Decimal;
use tradewind::catalog::Name;
use tradewind::diagnostic::Spanned;
use tradewind::scenario::Split;
use tradewind::scenario::draft::{FilterDraft, LimitDraft, WorkloadDraft};

use super::enumerate::Work;
use super::price::{Candidate, E6, Market, fixed, model};

/// What a row adds up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counts {
    /// What these books bill, tiers and allowances included.
    Billed(Vec<usize>),
    /// What is bought at the candidates in scope; cost at first prices.
    Bought,
}

/// One row of a limit.
#[derive(Clone, Debug)]
pub struct Row {
    pub limit: LimitDraft,
    /// The limit's number in the scenario.
    pub number: usize,
    /// The value of `per`.
    pub of: Option<Name>,
    pub counts: Counts,
}

impl Row {
    pub fn is_at_least(&self) -> bool {
        self.limit.at_least.is_some()
    }

    /// Whether it adds up what providers bill.
    pub fn is_billed(&self) -> bool {
        self.counts != Counts::Bought
    }

    /// The share in 10⁻⁶, for a bound in percent.
    pub fn share(&self) -> Option<i128> {
        let bound = self.limit.at_least.or(self.limit.at_most).expect("the generator bounds every limit");
        bound.percent.then(|| fixed(bound.value.value, 4))
    }

    /// The bound in 10⁻²⁴; a share of the base rounded so that no whole number moves to the other side.
    pub fn bound(&self, base: i128) -> i128 {
        let bound = self.limit.at_least.or(self.limit.at_most).expect("the generator bounds every limit");
        match self.share() {
            None => fixed(bound.value.value, 24),
            Some(share) if self.is_at_least() => (share * base + E6 - 1).div_euclid(E6),
            Some(share) => (share * base).div_euclid(E6),
        }
    }

    /// How far the sum may still move; below zero if the row is broken.
    pub fn slack(&self, (inside, base): (i128, i128)) -> i128 {
        let bound = self.bound(base);
        if self.is_at_least() { inside - bound } else { bound - inside }
    }

    /// Whether the row holds, by its definition.
    pub fn holds(&self, (inside, base): (i128, i128)) -> bool {
        let (left, right) = match self.share() {
            None => (inside, self.bound(base)),
            Some(share) => (inside * E6, share * base),
        };
        if self.is_at_least() { left >= right } else { left <= right }
    }

    /// Whether it is asked of its value only where that is in use: floors with a `per`.
    pub fn is_asked_of_use(&self) -> bool {
        self.is_at_least() && self.of.is_some()
    }

    /// Whether units of a workload at a candidate put the row's value to use, however much they add to its sum.
    pub fn is_in_scope(&self, market: &Market, workload: &WorkloadDraft, candidate: &Candidate) -> bool {
        in_scope_workload(&self.limit.filter, workload)
            && in_scope_place(&self.limit.filter, market, candidate)
            && self.of.as_ref().is_none_or(|value| {
                let key = &self.limit.per.as_ref().expect("a row with a value has a key").value;
                key_of(key, market, workload, candidate).as_ref() == Some(value)
            })
    }

    /// What `parts` of a candidate add to the sum, and to the sum that a percentage is taken of.
    ///
    /// `kept`: how often its storage is charged with them.
    pub fn uses(
        &self,
        market: &Market,
        workload: &WorkloadDraft,
        candidate: &Candidate,
        parts: i128,
        kept: i128,
    ) -> (i128, i128) {
        if self.counts != Counts::Bought || !in_scope_workload(&self.limit.filter, workload) {
            return (0, 0);
        }
        let inside = self.is_in_scope(market, workload, candidate);
        let counted = |amount: i128, inside: bool| (if inside { amount } else { 0 }, amount);
        if &*self.limit.sum.value == "cost" {
            let bought = counted(candidate.direct(market, parts), inside);
            // What a divided workload keeps in a region, whatever machines it has there, is of no machine.
            let of_place = workload.split == Split::Never || !self.asks_machine();
            let kept = counted(kept * candidate.kept(market), inside && of_place);
            return (bought.0 + kept.0, bought.1 + kept.1);
        }
        let whole = bought(market, workload, candidate, &self.limit.sum.value);
        assert!(whole % candidate.parts == 0, "a part of {whole} is no whole number of 10⁻²⁴");
        counted(whole / candidate.parts * parts, inside)
    }

    /// Whether its scope tells machines of one region apart.
    fn asks_machine(&self) -> bool {
        let filter = &self.limit.filter;
        let lists = [&filter.sku, &filter.family, &filter.accelerator];
        let keys = ["sku", "family", "accelerator", "terms"];
        lists.iter().any(|list| !list.is_empty())
            || !filter.terms.is_empty()
            || self.limit.per.as_ref().is_some_and(|per| keys.contains(&&*per.value))
    }
}

/// The rows of a limit, by value of `per`; `number` is the limit's.
pub fn rows_of(market: &Market, works: &[Work], limit: &LimitDraft, number: usize) -> Vec<Row> {
    let filter = &limit.filter;
    let of_bill = &*limit.sum.value == "cost"
        && FilterDraft { provider: Vec::new(), ..filter.clone() }.is_empty()
        && limit.per.as_ref().is_none_or(|per| &*per.value == "provider");
    let row = |of, counts| Row { limit: limit.clone(), number, of, counts };
    let listed = |book: &usize| is_listed(&filter.provider, &market.books[*book].provider.value);
    let books = || (0..market.books.len()).filter(listed);
    let Some(per) = &limit.per else {
        return vec![row(None, if of_bill { Counts::Billed(books().collect()) } else { Counts::Bought })];
    };
    let everything = || works.iter().flat_map(|work| work.all.iter().map(move |one| (&work.draft, one)));
    if of_bill {
        let bills = |book: usize| {
            everything().any(|(_, candidate)| {
                let mut tariffs = candidate.traffic.iter().chain(&candidate.stored);
                candidate.place.book == book || tariffs.any(|(tariff, _)| market.tariffs[*tariff].biller == book)
            })
        };
        let named = |book: usize| row(Some(market.books[book].provider.value.clone()), Counts::Billed(vec![book]));
        let mut rows: Vec<Row> = books().filter(|&book| bills(book)).map(named).collect();
        rows.sort_by(|a, b| a.of.cmp(&b.of));
        return rows;
    }
    let in_scope = everything().filter(|(workload, candidate)| {
        in_scope_workload(filter, workload) && in_scope_place(filter, market, candidate)
    });
    let mut values: Vec<Name> =
        in_scope.filter_map(|(workload, candidate)| key_of(&per.value, market, workload, candidate)).collect();
    values.sort();
    values.dedup();
    values.into_iter().map(|value| row(Some(value), Counts::Bought)).collect()
}

/// What the whole workload buys at a candidate, in 10⁻²⁴ (for costs see [`Row::uses`]).
fn bought(market: &Market, workload: &WorkloadDraft, candidate: &Candidate, measure: &str) -> i128 {
    if let Some(number) = candidate.option {
        let option = &workload.options.as_ref().expect("an option of a list").value[number];
        let used = option.uses.iter().find(|(name, _)| &*name.value == measure);
        return used.map_or(0, |(_, amount)| fixed(amount.value, 24));
    }
    let Some(number) = candidate.sku else { return 0 };
    let book = &market.books[candidate.place.book];
    let sku = &book.skus[number];
    let accelerators = candidate.accelerator(market);
    let count = accelerators.map_or(Decimal::ZERO, |(_, count)| count);
    let at_once = |each: Decimal| fixed(each, 24) * candidate.machines;
    let over_time = |each: Decimal| fixed(each, 12) * candidate.hours * candidate.machines;
    match measure {
        "vcpu" => at_once(sku.vcpu.value),
        "memory_gib" => at_once(sku.memory_gib.value),
        "accelerators" => at_once(count),
        "replicas" => at_once(Decimal::ONE),
        "vcpu_hours" => over_time(sku.vcpu.value),
        "accelerator_hours" => over_time(count),
        "kg_co2e" => {
            let power = book.power.as_ref().expect("a carbon limit has power figures");
            let watts = accelerators.map_or(Some(Decimal::ZERO), |(has, count)| {
                let watts = power.accelerator_w.iter().find(|(name, _)| model(&name.value) == has);
                Some(watts?.1.value * count)
            });
            // Only while a problem is made up: under a limit on carbon, what lacks a figure is no candidate.
            let Some((watts, grams)) = watts.zip(market.region(candidate.place).grid_gco2_per_kwh) else { return 0 };
            let grams = grams.value;
            let watts = watts + sku.vcpu.value * power.vcpu_w.value;
            let hours =
                Decimal::from_i128_with_scale(candidate.hours, 12).normalize() * Decimal::from(candidate.machines);
            fixed(hours * watts * power.pue.value * grams, 18)
        }
        _ => 0,
    }
}

fn is_listed(list: &[Spanned<Name>], value: &str) -> bool {
    list.is_empty() || list.iter().any(|listed| &*listed.value == value)
}

fn label<'a>(workload: &'a WorkloadDraft, name: &str) -> Option<&'a Name> {
    workload.labels.iter().find(|(label, _)| &**label == name).map(|(_, value)| value)
}

/// Whether limits on carbon leave a candidate to a workload: where one counts it, all figures must be there.
pub fn carbon_is_known(
    market: &Market,
    limits: &[LimitDraft],
    workload: &WorkloadDraft,
    candidate: &Candidate,
) -> bool {
    let mut counted = limits.iter().filter(|limit| &*limit.sum.value == "kg_co2e");
    if candidate.sku.is_none() || !counted.any(|limit| in_scope_workload(&limit.filter, workload)) {
        return true;
    }
    let power = market.books[candidate.place.book].power.as_ref().expect("a carbon limit has power figures");
    let has = candidate.accelerator(market);
    let watts = |has| power.accelerator_w.iter().any(|(name, _)| model(&name.value) == has);
    market.region(candidate.place).grid_gco2_per_kwh.is_some() && has.is_none_or(|(has, _)| watts(has))
}

/// Whether a workload is in scope, by the keys that speak of workloads.
fn in_scope_workload(filter: &FilterDraft, workload: &WorkloadDraft) -> bool {
    is_listed(&filter.workload, &workload.name.value)
        && (filter.kind.is_empty() || workload.kind.as_ref().is_some_and(|kind| is_listed(&filter.kind, kind)))
        && filter.label.iter().all(|(name, values)| {
            label(workload, &name.value).is_some_and(|value| values.is_empty() || values.contains(value))
        })
}

/// Whether a candidate is in scope, by the keys that speak of where and on what it runs.
fn in_scope_place(filter: &FilterDraft, market: &Market, candidate: &Candidate) -> bool {
    let book = &market.books[candidate.place.book];
    let sku = candidate.sku.map(|number| &book.skus[number]);
    let law = market.region(candidate.place).jurisdiction.as_ref();
    let is = |list: &[Spanned<Name>], value: Option<&Name>| {
        list.is_empty() || value.is_some_and(|value| is_listed(list, value))
    };
    is(&filter.provider, Some(&book.provider.value))
        && (filter.region.is_empty() || filter.region.iter().any(|text| market.is_named(candidate.place, &text.value)))
        && is(&filter.jurisdiction, law)
        && is(&filter.sku, sku.map(|sku| &sku.name.value))
        && is(&filter.family, sku.and_then(|sku| sku.family.as_ref()))
        && (filter.accelerator.is_empty()
            || candidate
                .accelerator(market)
                .is_some_and(|(has, _)| filter.accelerator.iter().any(|name| model(&name.value) == has)))
        && (filter.terms.is_empty() || candidate.terms.is_some_and(|terms| filter.terms.contains(&terms)))
}

/// The value of a key of `per`.
fn key_of(key: &str, market: &Market, workload: &WorkloadDraft, candidate: &Candidate) -> Option<Name> {
    let book = &market.books[candidate.place.book];
    let sku = candidate.sku.map(|number| &book.skus[number]);
    match key {
        "provider" => Some(book.provider.value.clone()),
        "region" => Some(market.path(candidate.place)),
        "jurisdiction" => market.region(candidate.place).jurisdiction.clone(),
        "sku" => sku.map(|sku| sku.name.value.clone()),
        "family" => sku?.family.clone(),
        "accelerator" => candidate.accelerator(market).map(|(has, _)| Name::from(has.name())),
        "terms" => candidate.terms.map(|terms| Name::from(terms.name())),
        "workload" => Some(workload.name.value.clone()),
        "type" => workload.kind.clone(),
        other => label(workload, other.strip_prefix("label.").expect("a label")).cloned(),
    }
}

/// Whether a scope is empty, which drafts do not say themselves.
pub trait IsEmpty {
    /// Whether it restricts nothing.
    fn is_empty(&self) -> bool;
}

impl IsEmpty for FilterDraft {
    fn is_empty(&self) -> bool {
        let names = [
            &self.provider,
            &self.region,
            &self.jurisdiction,
            &self.sku,
            &self.family,
            &self.accelerator,
            &self.workload,
            &self.kind,
        ];
        names.iter().all(|list| list.is_empty()) && self.terms.is_empty() && self.label.is_empty()
    }
}
