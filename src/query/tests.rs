//! The index against plain enumeration: every offer asked for its reasons, every cost an invoice of that placement alone.

use std::path::Path;
use std::sync::Arc;

use super::PriceIndex;
use crate::bill::{Chosen, invoice};
use crate::catalog::{Catalog, OfferId};
use crate::money::Amount;
use crate::rules::{Supply, eligibility};
use crate::scenario::{Demand, Scenario};

/// Offers and costs of a scenario's only workload, the plain way.
fn enumerated(catalog: &Catalog, scenario: &Scenario) -> Vec<(OfferId, Amount)> {
    let workload = &scenario.workloads[0];
    let offers = (0..catalog.offers().len()).map(OfferId::at);
    let able = offers.filter(|&offer| eligibility(catalog, workload, Supply::Offer(offer)).is_empty());
    let mut all: Vec<(OfferId, Amount)> = able
        .map(|offer| {
            let supply = Supply::Offer(offer);
            let units = crate::charge::charges(catalog, workload, supply).expect("a price").units;
            let chosen = [Chosen { workload: 0, supply, units }];
            let (_, bill) = invoice(catalog, scenario, &chosen).expect("within the range");
            (offer, bill.total())
        })
        .collect();
    all.sort_by_key(|&(offer, cost)| (cost, offer));
    all
}

#[test]
fn every_query_is_answered_as_by_enumeration() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("pricing");
    let books = ["aws", "gcp", "azure"].map(|name| root.join(format!("{name}.yaml")));
    let catalog = Arc::new(crate::load_catalog(&books).unwrap_or_else(|faults| panic!("{faults}")));
    let index = PriceIndex::new(&catalog);
    let mut most = 0;
    for request in [
        "request: {vcpu: 1}, terms: [on-demand, spot]",
        "request: {vcpu: 8, memory_gib: 32, arch: [arm64]}, replicas: 3, split: replicas, egress: {internet_gb: 12000}",
        "request: {vcpu: 4}, storage: {gb: 70000}, data: {location: aws/eu-west-1, read_gb: 800}, egress: {internet_gb: 90}",
        "request: {vcpu: 4}, replicas: 7, split: any, storage: {gb: 100}, egress: {internet_gb: 20000}, residency: {jurisdictions: [EU]}",
        "request: {vcpu: 1, accelerator: {any_of: [L4, T4, A100], count: 1}}, by_accelerator: {L4: {replicas: 3}, T4: {replicas: 7, hours: 100}}, \
         replicas: 2, split: replicas, egress: {internet_gb: 1000}, terms: [spot]",
        "request: {vcpu: 4}, providers: {deny: [aws]}, regions: {deny: [gcp/us-central1]}",
        "request: {vcpu: 4}, replicas: 3, split: replicas, storage: {gb: 100, class: infrequent, read_gb: 1000}",
        "request: {vcpu: 100000}",
        "compute_hours: 10, storage_gb: 1, network_gb: 1",
    ] {
        let text = format!("tradewind: scenario/1\nname: One\nworkloads:\n  - {{name: one, {request}}}\n");
        let scenario =
            crate::scenario_from_yaml("one.yaml", &text, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
        let expected = match &scenario.workloads[0].demand {
            Demand::Machines(_) => enumerated(&catalog, &scenario),
            _ => Vec::new(),
        };
        let answer = index.offers(&scenario.workloads[0]).expect("within the range");
        let answer: Vec<(OfferId, Amount)> = answer.iter().map(|priced| (priced.offer, priced.cost)).collect();
        assert_eq!(answer, expected, "{request}");
        most = most.max(answer.len());
    }
    assert!(most > 500, "{most} offers at most");
}
