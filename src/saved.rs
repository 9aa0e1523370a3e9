//! Plans as they are saved: from the JSON that [`crate::report::plan_json`] writes back to a [`Plan`].
//!
//! Reading is strict: a key that is unknown or missing, or a figure that is not an exact decimal string, is a fault
//! with its line and column. Whether what was read is true is the business of [`crate::check()`].

mod sweep;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, de};

use crate::catalog::{Accelerator, Name, Terms};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Place, Span, is_unseen, quoted};
use crate::money::Amount;
use crate::plan::{
    AtList, Bill, BookDate, ColumnName, ContractDate, Cost, Known, LimitUse, Line, LineCategory, LineUnit, Method,
    Node, Placement, Plan, Policy, PolicyKind, Proof, RowName, Size, Status, Unplaced,
};
use crate::units::{Date, Quantity, Share, Total};

pub use self::sweep::sweep_from_json;

/// What is read: its form, what messages call it, and how one is made.
struct Reading {
    form: &'static str,
    what: &'static str,
    remedy: &'static str,
}

const PLAN: Reading = Reading {
    form: "plan/1",
    what: "a saved plan",
    remedy: "save one with `tradewind optimize SCENARIO -o plan.json`",
};

/// Reads a saved plan; `name` is what messages call its file.
///
/// # Errors
/// The first thing that is wrong, with its line and column.
pub fn plan_from_json(name: &str, text: &str) -> Result<Plan, Diagnostics> {
    let saved: Saved = PLAN.read(name, text, |saved: &Saved| &saved.tradewind)?;
    saved.agrees_with_itself(name)?;
    Ok(saved.into_plan())
}

impl Reading {
    /// A document of this form; one of another form is refused by that, whatever else is wrong with it.
    fn read<T: DeserializeOwned>(&self, name: &str, text: &str, form: impl Fn(&T) -> &str) -> Result<T, Diagnostics> {
        let Reading { form: wanted, what, remedy } = *self;
        let saved: T = serde_json::from_str(text).map_err(|error| match Form::of(text) {
            Some(other) if other.tradewind != wanted => other_form(name, &other.tradewind, what, wanted),
            _ => one(malformed(name, what, remedy, &error)),
        })?;
        if form(&saved) != wanted { Err(other_form(name, form(&saved), what, wanted)) } else { Ok(saved) }
    }
}

/// What a document says it is, whatever else is in it.
#[derive(Deserialize)]
struct Form {
    tradewind: String,
}

impl Form {
    fn of(text: &str) -> Option<Form> {
        serde_json::from_str(text).ok()
    }
}

fn other_form(name: &str, form: &str, what: &str, read: &str) -> Diagnostics {
    let message = format!("{name} is {}, not {what}", quoted(form));
    let fault = Diagnostic::new(Kind::WrongFormat, Span::NONE, message);
    one(fault.help(format!("this version reads {}", quoted(read))))
}

fn malformed(name: &str, what: &str, remedy: &str, error: &serde_json::Error) -> Diagnostic {
    let told = error.to_string();
    // serde_json ends its messages with the place, which stands in front here.
    let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(message, _)| message);
    // It repeats names as they are; what a terminal would hide or obey is made visible.
    let told: String = told.chars().take(400).fold(String::new(), |mut told, character| {
        match character {
            unseen if is_unseen(unseen) => told.extend(unseen.escape_unicode()),
            seen => told.push(seen),
        }
        told
    });
    let mut fault = Diagnostic::new(Kind::Syntax, Span::NONE, format!("this is not {what}: {told}")).help(remedy);
    fault.place = Some(Place { file: Name::from(name), line: error.line(), column: error.column() });
    fault
}

fn one(fault: Diagnostic) -> Diagnostics {
    let mut faults = Diagnostics::new();
    faults.push(fault);
    faults
}

/// A figure in its own text.
struct Exact<T>(T);

trait FromText: Sized {
    const WHAT: &'static str;
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! from_text {
    ($($figure:ty => $what:literal, $parse:expr;)*) => {$(
        impl FromText for $figure {
            const WHAT: &'static str = $what;
            fn from_text(text: &str) -> Option<Self> {
                $parse(text)
            }
        }
    )*};
}

from_text! {
    Amount => "an amount", Amount::parse;
    Total => "a sum", Total::parse;
    Quantity => "a quantity", Quantity::parse;
    Share => "a share", Share::parse;
    Date => "a date", Date::parse;
    Terms => "terms", Terms::named;
    Accelerator => "an accelerator", Accelerator::named;
}

impl<'de, T: FromText> Deserialize<'de> for Exact<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        T::from_text(&text)
            .map(Exact)
            .ok_or_else(|| de::Error::custom(format_args!("{} is not {}", quoted(&text), T::WHAT)))
    }
}

/// A member that may be null but has to be there; without this, serde takes a missing one for null.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// A member that may be absent, but is not null where it is there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// An object whose members keep their order, each name once or more.
struct Members<V>(Vec<(Name, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Members<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<V>(std::marker::PhantomData<V>);

        impl<'de, V: Deserialize<'de>> de::Visitor<'de> for Visitor<V> {
            type Value = Members<V>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, V>()? {
                    members.push((Name::from(name), value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Visitor(std::marker::PhantomData))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    tradewind: String,
    scenario: Name,
    currency: Name,
    status: Status,
    reproducible: bool,
    proof: Known,
    method: Method,
    cost: SavedCost,
    /// Absent without contracts, like these.
    #[serde(default, deserialize_with = "present")]
    list_cost: Option<SavedCost>,
    objective: Exact<Amount>,
    bound: Exact<Amount>,
    #[serde(deserialize_with = "nullable")]
    gap: Option<f64>,
    placements: Vec<SavedPlacement>,
    unplaced: Vec<SavedUnplaced>,
    adjustments: Vec<SavedLine>,
    fees: Vec<SavedLine>,
    by_provider: Members<SavedCost>,
    by_region: Members<SavedCost>,
    limits: Vec<SavedLimit>,
    policies: Vec<SavedPolicy>,
    size: Size,
    books: Vec<SavedBook>,
    #[serde(default)]
    contracts: Vec<SavedContract>,
    certificate: SavedCertificate,
}

/// The proof but for what is known, which stands beside it.
///
/// Its lists are read into the plan's own types as they come, so that a proof takes memory once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedCertificate {
    inputs: String,
    classes: Vec<Vec<Name>>,
    columns: Vec<ColumnName>,
    rows: Vec<RowName>,
    tree: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedCost {
    total: Exact<Amount>,
    compute: Exact<Amount>,
    storage: Exact<Amount>,
    network: Exact<Amount>,
    given: Exact<Amount>,
    fees: Exact<Amount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedAccelerator {
    model: Exact<Accelerator>,
    count: Exact<Quantity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedLine {
    category: LineCategory,
    what: String,
    quantity: Exact<Total>,
    unit: LineUnit,
    unit_price: Exact<Amount>,
    source: String,
    billed_by: Name,
    amount: Exact<Amount>,
    /// Absent where no contract changed the price.
    #[serde(default, deserialize_with = "present")]
    list: Option<SavedAtList>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedAtList {
    unit_price: Exact<Amount>,
    amount: Exact<Amount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedPlacement {
    workload: Name,
    #[serde(deserialize_with = "nullable")]
    priority: Option<u32>,
    provider: Name,
    region: Name,
    #[serde(deserialize_with = "nullable")]
    sku: Option<Name>,
    #[serde(deserialize_with = "nullable")]
    terms: Option<Exact<Terms>>,
    #[serde(deserialize_with = "nullable")]
    option: Option<u32>,
    #[serde(deserialize_with = "nullable")]
    accelerator: Option<SavedAccelerator>,
    copies: u32,
    replicas: u32,
    share: Exact<Share>,
    hours: Exact<Quantity>,
    cost: Exact<Amount>,
    costs: SavedCost,
    #[serde(deserialize_with = "nullable")]
    derived: Option<Name>,
    #[serde(deserialize_with = "nullable")]
    current: Option<Name>,
    lines: Vec<SavedLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedUnplaced {
    workload: Name,
    copies: u32,
    value: Exact<Amount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedLimit {
    name: Name,
    #[serde(deserialize_with = "nullable")]
    of: Option<Name>,
    sum: Name,
    sense: Sense,
    #[serde(deserialize_with = "nullable")]
    share: Option<Exact<Share>>,
    used: Exact<Total>,
    limit: Exact<Total>,
    slack: Exact<Total>,
    binding: bool,
    direct_only: bool,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Sense {
    AtMost,
    AtLeast,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedPolicy {
    policy: PolicyKind,
    #[serde(deserialize_with = "nullable")]
    provider: Option<Name>,
    cost: Exact<Amount>,
    unserved: Vec<Name>,
    broken: Vec<Name>,
    #[serde(deserialize_with = "nullable")]
    saving: Option<Exact<Amount>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedBook {
    provider: Name,
    #[serde(deserialize_with = "nullable")]
    as_of: Option<Exact<Date>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedContract {
    name: Name,
    #[serde(deserialize_with = "nullable")]
    as_of: Option<Exact<Date>>,
}

impl From<SavedCost> for Cost {
    fn from(saved: SavedCost) -> Self {
        Cost {
            total: saved.total.0,
            compute: saved.compute.0,
            storage: saved.storage.0,
            network: saved.network.0,
            given: saved.given.0,
            fees: saved.fees.0,
        }
    }
}

impl From<SavedLine> for Line {
    fn from(saved: SavedLine) -> Self {
        Line {
            category: saved.category,
            what: saved.what,
            quantity: saved.quantity.0,
            unit: saved.unit,
            unit_price: saved.unit_price.0,
            source: saved.source,
            provider: saved.billed_by,
            amount: saved.amount.0,
            list: saved.list.map(|list| AtList { unit_price: list.unit_price.0, amount: list.amount.0 }),
        }
    }
}

impl From<SavedPlacement> for Placement {
    fn from(saved: SavedPlacement) -> Self {
        Placement {
            workload: saved.workload,
            priority: saved.priority,
            provider: saved.provider,
            region: saved.region,
            sku: saved.sku,
            terms: saved.terms.map(|terms| terms.0),
            option: saved.option,
            accelerator: saved.accelerator.map(|has| (has.model.0, has.count.0)),
            derived: saved.derived,
            copies: saved.copies,
            replicas: saved.replicas,
            share: saved.share.0,
            hours: saved.hours.0,
            lines: saved.lines.into_iter().map(Line::from).collect(),
            cost: saved.costs.into(),
            current: saved.current,
        }
    }
}

impl Saved {
    /// What the form states twice must be said alike: a plan keeps it once, so nothing later would notice.
    fn agrees_with_itself(&self, name: &str) -> Result<(), Diagnostics> {
        let mut faults = Diagnostics::new();
        let mut disagrees = |message: String| {
            let fault = Diagnostic::new(Kind::Conflicting, Span::NONE, format!("{name}: {message}"));
            faults.push(fault.help("the file was changed after it was saved; save the plan anew"));
        };
        if self.reproducible != self.status.is_reproducible() {
            let status = quoted(self.status.name());
            disagrees(format!("`reproducible` is {}, but the `status` is {status}", self.reproducible));
        }
        if self.proof == Known::Infeasible {
            disagrees("`proof` says that no plan exists, but here is one".to_owned());
        }
        for placement in &self.placements {
            let (cost, total) = (placement.cost.0, placement.costs.total.0);
            if cost != total {
                let workload = quoted(&placement.workload);
                disagrees(format!("`cost` of {workload} is {cost}, but its `costs` have the total {total}"));
            }
        }
        for limit in &self.limits {
            if limit.binding != (limit.slack.0 == Total::ZERO) {
                disagrees(format!("`binding` of limit {} is not what its slack says", quoted(&limit.name)));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn into_plan(self) -> Plan {
        let named = |members: Members<SavedCost>| {
            members.0.into_iter().map(|(name, cost)| (name, Cost::from(cost))).collect::<Vec<_>>()
        };
        let limits = self.limits.into_iter().map(|saved| LimitUse {
            name: saved.name,
            of: saved.of,
            sum: saved.sum,
            at_least: saved.sense == Sense::AtLeast,
            share: saved.share.map(|share| share.0),
            used: saved.used.0,
            limit: saved.limit.0,
            slack: saved.slack.0,
            direct_only: saved.direct_only,
        });
        let unplaced = self.unplaced.into_iter().map(|saved| Unplaced {
            workload: saved.workload,
            copies: saved.copies,
            value: saved.value.0,
        });
        let policies = self.policies.into_iter().map(|saved| Policy {
            kind: saved.policy,
            provider: saved.provider,
            cost: saved.cost.0,
            unserved: saved.unserved,
            broken: saved.broken,
            saving: saved.saving.map(|saving| saving.0),
        });
        let books = self
            .books
            .into_iter()
            .map(|saved| BookDate { provider: saved.provider, as_of: saved.as_of.map(|date| date.0) });
        let contracts = self
            .contracts
            .into_iter()
            .map(|saved| ContractDate { name: saved.name, as_of: saved.as_of.map(|date| date.0) });
        Plan {
            scenario: self.scenario,
            currency: self.currency,
            status: self.status,
            method: self.method,
            placements: self.placements.into_iter().map(Placement::from).collect(),
            unplaced: unplaced.collect(),
            objective: self.objective.0,
            bill: Bill {
                fees: self.fees.into_iter().map(Line::from).collect(),
                cost: self.cost.into(),
                list: self.list_cost.map(Cost::from),
                adjustments: self.adjustments.into_iter().map(Line::from).collect(),
                by_provider: named(self.by_provider),
                by_region: named(self.by_region),
            },
            limits: limits.collect(),
            policies: policies.collect(),
            bound: self.bound.0,
            // JSON has no number for it and writes null.
            gap: self.gap.unwrap_or(f64::INFINITY),
            proof: Proof {
                known: self.proof,
                inputs: self.certificate.inputs,
                classes: self.certificate.classes,
                columns: self.certificate.columns,
                rows: self.certificate.rows,
                tree: self.certificate.tree,
            },
            size: self.size,
            books: books.collect(),
            contracts: contracts.collect(),
        }
    }
}
