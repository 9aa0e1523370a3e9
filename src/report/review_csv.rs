//! The bill of a plan for a spreadsheet: a row a charge, columns named as FOCUS 1.2 names them where it does; others
//! begin with `x_`, as FOCUS asks. `BilledCost` adds up to the bill, and `ListCost` to the bill at list prices, to the
//! last digit.
//!
//! A plan is for a month and says not which. FOCUS wants the period of every charge, and the library has no clock: so
//! the caller names a day, and the period is its month in UTC, from the first day of it to the first day of the next,
//! which is not in it.

use crate::money::Amount;
use crate::plan::{Line, LineCategory, LineUnit, Placement, Plan};
use crate::report::escape::csv;
use crate::units::Date;

const HEADER: [&str; 23] = [
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "BillingCurrency",
    "ProviderName",
    "RegionId",
    "ServiceCategory",
    "ChargeCategory",
    "ChargeDescription",
    "SkuId",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ListUnitPrice",
    "ContractedUnitPrice",
    "ListCost",
    "ContractedCost",
    "EffectiveCost",
    "BilledCost",
    "x_Workload",
    "x_Share",
    "x_PriceSource",
];

/// Every charge of a plan, for the month in which a day lies.
#[must_use]
pub fn review_csv(plan: &Plan, within: Date) -> String {
    let mut out = HEADER.join(",");
    out.push('\n');
    let moment = |date: Option<Date>| date.map(|date| format!("{date}T00:00:00Z")).unwrap_or_default();
    let period = [moment(Some(within.month_start())), moment(within.next_month())];
    for placement in &plan.placements {
        for line in &placement.lines {
            row(plan, &period, line, "Usage", Some(placement), &mut out);
        }
    }
    for line in &plan.bill.adjustments {
        row(plan, &period, line, "Adjustment", None, &mut out);
    }
    for line in &plan.bill.fees {
        row(plan, &period, line, "Purchase", None, &mut out);
    }
    out
}

fn row(plan: &Plan, period: &[String; 2], line: &Line, charge: &str, placement: Option<&Placement>, out: &mut String) {
    // Data that is read is billed where it lies, which is no region of the placement's.
    let here = placement.filter(|placement| placement.provider == line.provider);
    let machine = here.filter(|_| line.category == LineCategory::Compute);
    let terms = machine.and_then(|placement| placement.terms);
    let text = |value: Option<&str>| csv(value.unwrap_or_default());
    let [start, end] = period;
    let paid = line.amount.to_string();
    let list: Amount = line.list_amount();
    // In the order of the header.
    let cells: [String; HEADER.len()] = [
        start.clone(),
        end.clone(),
        start.clone(),
        end.clone(),
        csv(&plan.currency),
        csv(&line.provider),
        text(here.map(|placement| &*placement.region)),
        category(line.category).to_owned(),
        charge.to_owned(),
        csv(&line.what),
        text(machine.and_then(|placement| placement.sku.as_deref())),
        pricing(terms.map(crate::catalog::Terms::name)).to_owned(),
        line.quantity.to_string(),
        unit(line.unit).to_owned(),
        line.list.map_or(line.unit_price, |list| list.unit_price).to_string(),
        line.unit_price.to_string(),
        list.to_string(),
        // Nothing is paid ahead: what is billed is what a charge costs.
        paid.clone(),
        paid.clone(),
        paid,
        text(placement.map(|placement| &*placement.workload)),
        placement.map(|placement| placement.share.to_string()).unwrap_or_default(),
        csv(&line.source),
    ];
    out.push_str(&cells.join(","));
    out.push('\n');
}

fn category(category: LineCategory) -> &'static str {
    match category {
        LineCategory::Compute => "Compute",
        LineCategory::Storage => "Storage",
        LineCategory::Network => "Networking",
        LineCategory::Given | LineCategory::Fee => "Other",
    }
}

/// Spot prices change with demand: dynamic, in the words of FOCUS.
fn pricing(terms: Option<&str>) -> &'static str {
    match terms {
        Some("spot") => "Dynamic",
        _ => "Standard",
    }
}

fn unit(unit: LineUnit) -> &'static str {
    match unit {
        LineUnit::Hour => "Hours",
        LineUnit::Gb => "GB",
        LineUnit::GbMonth => "GB-Months",
        LineUnit::Option => "Options",
        LineUnit::Month => "Months",
    }
}
