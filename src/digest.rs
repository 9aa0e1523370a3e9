//! The digest that ties a proof to its inputs: SHA-256 over all that a price, an eligibility or a rule depends on.
//!
//! Catalog and scenario are written out byte by byte: numbers as 16 bytes, little end first; texts with their length in
//! front; a 1 before each item of a list and a 0 behind the last. So no two inputs are written alike, and neither
//! places in files nor prose (titles, sources, dates) change the digest. Ids are positions in lists that are written
//! too.

use sha2::{Digest, Sha256};

use crate::catalog::{
    Accelerator, Catalog, Change, ClassId, Name, PartId, ProviderId, Region, RegionId, Sku, TariffScope, Terms,
    Transfer,
};
use crate::scenario::{
    Bound, Demand, Domain, FeePlace, Filter, GivenOption, Key, Limit, Machines, Measure, Scenario, Sense, Workload,
};
use crate::units::{Quantity, Share};

/// Names the form of what is digested; another form has another name.
const FORM: &str = "tradewind inputs/1";

/// The digest of a catalog and a scenario, as 64 hexadecimal digits.
pub(crate) fn digest(catalog: &Catalog, scenario: &Scenario) -> String {
    let mut ink = Ink(Sha256::new());
    ink.text(FORM);
    write_catalog(&mut ink, catalog);
    write_transfers(&mut ink, catalog, scenario);
    write_terms_of_storage(&mut ink, catalog, scenario);
    write_parts(&mut ink, catalog, scenario);
    write_scenario(&mut ink, scenario);
    ink.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes what is digested.
struct Ink(Sha256);

impl Ink {
    fn number(&mut self, number: impl Into<i128>) {
        self.0.update(number.into().to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u128).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }

    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Ink, T)) {
        // Each item is announced, so that the end needs no length in front.
        for item in items {
            self.number(1);
            write(self, item);
        }
        self.number(0);
    }

    fn option<T>(&mut self, item: Option<T>, write: impl FnMut(&mut Ink, T)) {
        self.list(item, write);
    }

    fn texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a Name>) {
        self.list(texts, |ink, text| ink.text(text));
    }

    fn quantity(&mut self, quantity: Quantity) {
        self.number(quantity.parts());
    }

    fn share(&mut self, share: Share) {
        self.number(share.parts());
    }

    fn accelerator(&mut self, model: Accelerator) {
        self.text(model.name());
    }

    fn terms(&mut self, terms: Terms) {
        self.text(terms.name());
    }

    fn region(&mut self, region: RegionId) {
        self.count(region.index());
    }

    fn provider(&mut self, provider: ProviderId) {
        self.count(provider.index());
    }
}

fn write_catalog(ink: &mut Ink, catalog: &Catalog) {
    ink.text("currency");
    ink.text(catalog.currency());
    ink.text("providers");
    ink.list(catalog.providers(), |ink, provider| {
        ink.text(&provider.name);
        ink.texts(&provider.capabilities);
        ink.option(provider.cost_per_hour, |ink, price| ink.number(price.units()));
        ink.option(provider.rates, |ink, rates| {
            for rate in [rates.compute_hour, rates.storage_gb_month, rates.network_gb] {
                ink.number(rate.units());
            }
        });
        ink.option(provider.power.as_ref(), |ink, power| {
            ink.quantity(power.vcpu_w);
            ink.list(&power.accelerator_w, |ink, (model, watts)| {
                ink.accelerator(*model);
                ink.quantity(*watts);
            });
            ink.quantity(power.pue);
        });
    });
    ink.text("classes");
    ink.texts(catalog.classes());
    ink.text("regions");
    ink.list(catalog.regions(), |ink, region| write_region(ink, catalog, region));
    ink.text("skus");
    ink.list(catalog.skus(), write_sku);
    ink.text("offers");
    ink.list(catalog.offers(), |ink, offer| {
        ink.region(offer.region);
        ink.count(offer.sku.index());
        ink.terms(offer.terms);
        ink.number(offer.price.units());
    });
    write_contracts(ink, catalog);
    ink.text("tariffs");
    ink.list(catalog.tariffs(), |ink, tariff| {
        ink.provider(tariff.provider);
        write_scope(ink, tariff.scope);
        ink.quantity(tariff.free_gb);
        ink.list(&tariff.tiers, |ink, tier| {
            ink.option(tier.up_to, Ink::quantity);
            ink.number(tier.price.units());
        });
    });
    ink.text("prices of places");
    ink.list((0..catalog.regions().len()).map(RegionId::at), |ink, region| {
        ink.option(catalog.internet_tariff(region), |ink, tariff| ink.count(tariff.index()));
        let classes = (0..catalog.classes().len()).map(crate::catalog::ClassId::at);
        ink.list(classes, |ink, class| {
            let price = catalog.storage_price(region, class);
            ink.option(price, |ink, price| ink.count(price.tariff.index()));
        });
    });
}

/// What was negotiated, and the list prices it started from; nothing where there is no contract.
fn write_contracts(ink: &mut Ink, catalog: &Catalog) {
    if catalog.contracts().is_empty() {
        return;
    }
    ink.text("contracts");
    ink.list(catalog.contracts(), |ink, contract| {
        ink.text(&contract.name);
        ink.list(&contract.layers, |ink, layer| {
            ink.text(&layer.name);
            ink.list(layer.scope.providers.iter().copied(), Ink::provider);
            ink.texts(&layer.scope.families);
            ink.list(layer.scope.regions.iter().copied(), Ink::region);
            ink.list(&layer.scope.skus, |ink, sku| ink.count(sku.index()));
            ink.list(layer.scope.terms.iter().copied(), Ink::terms);
            match layer.change {
                Change::Discount(share) => {
                    ink.text("discount");
                    ink.share(share);
                }
                Change::Price(price) => {
                    ink.text("price");
                    ink.number(price.units());
                }
            }
        });
    });
    ink.list(catalog.offers(), |ink, offer| ink.number(offer.list_price.units()));
}

fn write_region(ink: &mut Ink, catalog: &Catalog, region: &Region) {
    ink.text(&catalog.provider(region.provider).name);
    ink.text(&region.name);
    ink.option(region.jurisdiction.as_deref(), Ink::text);
    ink.option(region.grid_gco2_per_kwh, Ink::quantity);
    ink.texts(&region.certifications);
}

fn write_sku(ink: &mut Ink, sku: &Sku) {
    ink.provider(sku.provider);
    ink.text(&sku.name);
    ink.quantity(sku.vcpu);
    ink.quantity(sku.memory_gib);
    ink.option(sku.family.as_deref(), Ink::text);
    ink.text(sku.arch.name());
    ink.option(sku.accelerator, |ink, has| {
        ink.accelerator(has.model);
        ink.quantity(has.count);
    });
}

fn write_scope(ink: &mut Ink, scope: TariffScope) {
    match scope {
        TariffScope::Storage { class, region } => {
            ink.text("storage");
            ink.count(class.index());
            ink.region(region);
        }
        TariffScope::Internet { from } => {
            ink.text("internet");
            ink.option(from, Ink::region);
        }
        TariffScope::InternetTo { part, from } => {
            ink.text("internet to");
            ink.count(part.index());
            ink.option(from, Ink::region);
        }
        TariffScope::InterRegion { route } => {
            ink.text("inter-region");
            ink.option(route, |ink, (from, to)| {
                ink.region(from);
                ink.region(to);
            });
        }
        TariffScope::CrossProvider => ink.text("cross-provider"),
    }
}

/// What moving data costs from every region that a workload reads from: the catalog's routes, as far as they are asked.
fn write_transfers(ink: &mut Ink, catalog: &Catalog, scenario: &Scenario) {
    ink.text("transfers");
    let sources = scenario.workloads.iter().filter_map(|workload| match &workload.demand {
        Demand::Machines(machines) => machines.data.map(|(from, _)| from),
        _ => None,
    });
    let sources: std::collections::BTreeSet<RegionId> = sources.collect();
    ink.list(sources, |ink, from| {
        ink.region(from);
        ink.list((0..catalog.regions().len()).map(RegionId::at), |ink, to| match catalog.transfer(from, to) {
            Transfer::Free => ink.text("free"),
            Transfer::Tariff(tariff) => {
                ink.text("tariff");
                ink.count(tariff.index());
            }
            Transfer::NoPrice => ink.text("no price"),
        });
    });
}

/// What reading back costs and for how long keeping is billed, of classes in which a workload reads back or deletes;
/// nothing else, so that other digests stay what they were.
fn write_terms_of_storage(ink: &mut Ink, catalog: &Catalog, scenario: &Scenario) {
    let classes = scenario.workloads.iter().filter_map(|workload| match &workload.demand {
        Demand::Machines(machines) => {
            machines.storage.filter(|kept| kept.read_gb > Quantity::ZERO || kept.kept_days.is_some())
        }
        _ => None,
    });
    let classes: std::collections::BTreeSet<ClassId> = classes.map(|kept| kept.class).collect();
    if classes.is_empty() {
        return;
    }
    ink.text("terms of storage");
    ink.list(classes, |ink, class| {
        ink.count(class.index());
        ink.list((0..catalog.regions().len()).map(RegionId::at), |ink, region| {
            let price = catalog.storage_price(region, class);
            ink.option(price.and_then(|price| price.retrieval_per_gb), |ink, price| ink.number(price.units()));
            ink.option(price.and_then(|price| price.minimum_days), Ink::number);
        });
    });
}

/// By what traffic to parts of the internet is charged, where a workload sends any.
fn write_parts(ink: &mut Ink, catalog: &Catalog, scenario: &Scenario) {
    let parts = scenario.workloads.iter().flat_map(|workload| match &workload.demand {
        Demand::Machines(machines) => machines.internet_to.as_slice(),
        _ => &[],
    });
    let parts: std::collections::BTreeSet<PartId> = parts.map(|(part, _)| *part).collect();
    if parts.is_empty() {
        return;
    }
    ink.text("parts of the internet");
    ink.list(parts, |ink, part| {
        ink.count(part.index());
        ink.text(catalog.part(part));
        ink.list((0..catalog.regions().len()).map(RegionId::at), |ink, region| {
            ink.option(catalog.internet_tariff_to(region, part), |ink, tariff| ink.count(tariff.index()));
        });
    });
}

fn write_scenario(ink: &mut Ink, scenario: &Scenario) {
    ink.text("scenario");
    ink.text(&scenario.name);
    ink.quantity(scenario.hours_per_month);
    ink.text("workloads");
    ink.list(&scenario.workloads, write_workload);
    ink.text("limits");
    ink.list(&scenario.limits, write_limit);
    ink.text("fees");
    ink.list(&scenario.fees, |ink, fee| {
        ink.text(&fee.name);
        match fee.place {
            FeePlace::Region(region) => {
                ink.text("region");
                ink.region(region);
            }
            FeePlace::Provider(provider) => {
                ink.text("provider");
                ink.provider(provider);
            }
        }
        ink.number(fee.monthly.units());
    });
    ink.text("number of providers");
    ink.option(scenario.providers.at_least, Ink::number);
    ink.option(scenario.providers.at_most, Ink::number);
    let workloads = |ink: &mut Ink, numbers: &[usize]| ink.list(numbers, |ink, number| ink.count(*number));
    ink.text("together");
    ink.list(&scenario.together, |ink, rule| {
        ink.text(&rule.name);
        workloads(ink, &rule.workloads);
        write_domain(ink, rule.same);
    });
    ink.text("apart");
    ink.list(&scenario.apart, |ink, rule| {
        ink.text(&rule.name);
        workloads(ink, &rule.workloads);
        write_domain(ink, rule.by);
    });
    ink.text("spread");
    ink.list(&scenario.spread, |ink, rule| {
        ink.text(&rule.name);
        ink.count(rule.workload);
        write_domain(ink, rule.over);
        ink.share(rule.at_most);
    });
}

fn write_domain(ink: &mut Ink, domain: Domain) {
    ink.text(domain.name());
}

fn write_workload(ink: &mut Ink, workload: &Workload) {
    ink.text(&workload.name);
    ink.option(workload.kind.as_deref(), Ink::text);
    ink.option(workload.priority, Ink::number);
    ink.list(&workload.labels, |ink, (label, value)| {
        ink.text(label);
        ink.text(value);
    });
    ink.option(workload.data_location.as_deref(), Ink::text);
    match &workload.demand {
        Demand::Unstated => ink.text("unstated"),
        Demand::Machines(machines) => {
            ink.text("machines");
            write_machines(ink, machines);
        }
        Demand::FlatRate(usage) => {
            ink.text("flat rates");
            for quantity in [usage.compute_hours, usage.storage_gb, usage.network_gb] {
                ink.quantity(quantity);
            }
        }
        Demand::Given(options) => {
            ink.text("given");
            write_options(ink, options);
        }
    }
    ink.list(workload.terms.iter().copied(), Ink::terms);
    ink.option(workload.residency.as_ref(), |ink, laws| ink.texts(laws));
    let places = &workload.places;
    ink.option(places.regions.as_ref(), |ink, regions| ink.list(regions.iter().copied(), Ink::region));
    ink.list(places.denied_regions.iter().copied(), Ink::region);
    ink.option(places.providers.as_ref(), |ink, providers| ink.list(providers.iter().copied(), Ink::provider));
    ink.list(places.denied_providers.iter().copied(), Ink::provider);
    ink.texts(&workload.certifications);
    ink.option(workload.current, |ink, current| {
        ink.region(current.region);
        ink.option(current.sku, |ink, sku| ink.count(sku.index()));
        ink.option(current.terms, Ink::terms);
    });
    ink.text(workload.split.name());
    ink.number(workload.count);
    ink.option(workload.value, |ink, value| ink.number(value.units()));
}

fn write_machines(ink: &mut Ink, machines: &Machines) {
    ink.number(machines.replicas);
    ink.quantity(machines.hours);
    ink.quantity(machines.vcpu);
    ink.quantity(machines.memory_gib);
    ink.list(&machines.arch, |ink, arch| ink.text(arch.name()));
    ink.option(machines.accelerator.as_ref(), |ink, need| {
        ink.list(need.any_of.iter().copied(), Ink::accelerator);
        ink.quantity(need.count);
    });
    ink.list(&machines.by_accelerator, |ink, special| {
        ink.accelerator(special.model);
        ink.option(special.replicas, Ink::number);
        ink.option(special.hours, Ink::quantity);
    });
    ink.option(machines.storage, |ink, kept| {
        ink.quantity(kept.gb);
        ink.count(kept.class.index());
    });
    ink.option(machines.data, |ink, (from, gb)| {
        ink.region(from);
        ink.quantity(gb);
    });
    ink.quantity(machines.internet_gb);
    if let Some(kept) = machines.storage.filter(|kept| kept.read_gb > Quantity::ZERO) {
        // Told from the list behind it by its length, which is above 1.
        ink.text("read back");
        ink.quantity(kept.read_gb);
    }
    if let Some(days) = machines.storage.and_then(|kept| kept.kept_days) {
        ink.text("kept for days");
        ink.quantity(days);
    }
    if !machines.internet_to.is_empty() {
        ink.text("parts of the internet");
        ink.list(&machines.internet_to, |ink, (part, gb)| {
            ink.count(part.index());
            ink.quantity(*gb);
        });
    }
    write_options(ink, &machines.options);
    // Nothing where nothing is supposed, so that saved proofs stay as they are.
    if let Some(supposed) = machines.supposed {
        ink.text("supposed");
        ink.region(supposed.region);
        ink.count(supposed.sku.index());
        ink.terms(supposed.terms);
        ink.number(supposed.price.units());
    }
}

fn write_options(ink: &mut Ink, options: &[GivenOption]) {
    ink.list(options, |ink, option| {
        ink.region(option.region);
        ink.number(option.cost.units());
        ink.list(&option.uses, |ink, (name, quantity)| {
            ink.text(name);
            ink.quantity(*quantity);
        });
    });
}

fn write_limit(ink: &mut Ink, limit: &Limit) {
    ink.text(&limit.name);
    // A use could be named as a measure is.
    ink.text(if matches!(limit.sum, Measure::Use(_)) { "use" } else { "measure" });
    ink.text(limit.sum.name());
    write_filter(ink, &limit.filter);
    ink.option(limit.per.as_ref(), write_key);
    ink.text(match limit.sense {
        Sense::AtMost => "at most",
        Sense::AtLeast => "at least",
    });
    match limit.bound {
        Bound::Absolute(total) => {
            ink.text("absolute");
            ink.number(total.units());
        }
        Bound::Share(share) => {
            ink.text("share");
            ink.share(share);
        }
    }
}

fn write_filter(ink: &mut Ink, filter: &Filter) {
    ink.list(filter.providers.iter().copied(), Ink::provider);
    ink.list(filter.regions.iter().copied(), Ink::region);
    ink.texts(&filter.jurisdictions);
    ink.texts(&filter.skus);
    ink.texts(&filter.families);
    ink.list(filter.accelerators.iter().copied(), Ink::accelerator);
    ink.list(filter.terms.iter().copied(), Ink::terms);
    ink.list(&filter.workloads, |ink, number| ink.count(*number));
    ink.texts(&filter.kinds);
    ink.list(&filter.labels, |ink, (label, values)| {
        ink.text(label);
        ink.texts(values);
    });
}

fn write_key(ink: &mut Ink, key: &Key) {
    let (word, label) = match key {
        Key::Provider => ("provider", ""),
        Key::Region => ("region", ""),
        Key::Jurisdiction => ("jurisdiction", ""),
        Key::Sku => ("sku", ""),
        Key::Family => ("family", ""),
        Key::Accelerator => ("accelerator", ""),
        Key::Terms => ("terms", ""),
        Key::Workload => ("workload", ""),
        Key::Type => ("type", ""),
        Key::Label(label) => ("label", &**label),
    };
    ink.text(word);
    ink.text(label);
}

#[cfg(test)]
mod tests;
