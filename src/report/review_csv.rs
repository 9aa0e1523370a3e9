//! The bill of a plan for a spreadsheet: a row a charge, columns named as FOCUS names them where it does (version 1.0);
//! others begin with `x_`, as FOCUS asks. `BilledCost` adds up to the bill, to the last digit.

use crate::plan::{Line, LineCategory, LineUnit, Placement, Plan};
use crate::report::escape::csv;

const HEADER: &str = "BillingCurrency,ProviderName,RegionId,ServiceCategory,ChargeCategory,ChargeDescription,\
                      SkuId,PricingCategory,PricingQuantity,PricingUnit,ListUnitPrice,ContractedUnitPrice,BilledCost,x_Workload,x_Share,\
                      x_PriceSource\n";

/// Every charge of a plan.
#[must_use]
pub fn review_csv(plan: &Plan) -> String {
    let mut out = HEADER.to_owned();
    for placement in &plan.placements {
        for line in &placement.lines {
            row(plan, line, "Usage", Some(placement), &mut out);
        }
    }
    for line in &plan.bill.adjustments {
        row(plan, line, "Adjustment", None, &mut out);
    }
    for line in &plan.bill.fees {
        row(plan, line, "Purchase", None, &mut out);
    }
    out
}

fn row(plan: &Plan, line: &Line, charge: &str, placement: Option<&Placement>, out: &mut String) {
    // Data that is read is billed where it lies, which is no region of the placement's.
    let here = placement.filter(|placement| placement.provider == line.provider);
    let machine = here.filter(|_| line.category == LineCategory::Compute);
    let terms = machine.and_then(|placement| placement.terms);
    let text = |value: Option<&str>| csv(value.unwrap_or_default());
    let cells = [
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
        line.amount.to_string(),
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
