//! A proof that no plan costs less than a bound: a tree over the program, which anyone can rebuild and recompute.
//!
//! # The program
//!
//! The proof speaks of columns and rows by name; their figures are not in it. Whoever checks it writes them again from
//! catalog and scenario, by these definitions. All figures are whole: units, 10⁻¹² GB, 10⁻²⁴ of money or of a sum.
//!
//! **Blocks.** A workload that may be divided (`split: replicas | any`) is a block of its own. Workloads that go whole
//! are merged into one block where [`Proof::classes`] says so (identical in every figure below); each copy that `count`
//! states is one *unit* of the block. A candidate is an eligible supply; in a divided block it is bought in its own
//! number of units U (replicas, 10⁶ parts, or 1 for a given option of a workload split by replicas), in a whole block
//! a unit is a copy with all its charges, storage included. Candidates of one number of units are a **group**; a whole
//! block has one group, of as many units as it has copies. A divided block has one group for each number of units.
//!
//! **Columns**, each a whole number from 0 to its most:
//!
//! | column | most | what it is |
//! |---|---|---|
//! | `Units {workload, at}` | the group's units | units bought at a candidate; costs the unit's flat charges |
//! | `Unplaced {workload}` | copies; divided: 1 | units not placed, of a workload with a value; costs the value |
//! | `Bought {workload, units}` | 1 | divided, with several groups or a value: the group of that many units is bought |
//! | `Counts {workload, units, sku, terms}` | the group's units | units of a group on one SKU under one terms in all regions, where the group has several units and several such candidates |
//! | `Runs {workload, place}` | 1 | any unit of a block in a region or at a provider, where `apart` asks |
//! | `Stores {workload, region}` | 1 | a divided block keeps its storage in a region: any unit there that keeps any (a given option keeps none); costs its flat charge |
//! | `Opens {fee}` | 1 | the fee is due; costs it |
//! | `Uses {provider}` | 1 | the provider is in use, where `providers` asks |
//! | `Hosts {workload, provider}` | 1 | `split: any` under `providers.at_least`: a part above 10⁻³ runs there |
//! | `Meets {rule, place}` | 1 | a `together` rule meets at that place |
//! | `Floors {limit, of}` | 1 | a value of an at-least limit with `per` is in use |
//! | `Volume {tariff}` | all that all workloads could bring | 10⁻¹² GB over the account, where that is not all at the first paid price; costs what the tariff's steps make of it |
//!
//! A flat charge is one that no `Volume` prices. A tariff has a `Volume` if any volume up to the most that all
//! workloads together could bring (each its heaviest candidate, times its copies) is not at the first paid price.
//!
//! **Rows**, each written `Σ figure × column ≤ bound` or `= bound`:
//!
//! | row | states |
//! |---|---|
//! | `Place {workload}` | whole block: Σ units + unplaced = copies. Divided: Σ bought + unplaced = 1; with one group and no value: Σ units = U |
//! | `Group {workload, units}` | where `Bought` exists: Σ units of the group − U × bought = 0 |
//! | `Counts {workload, units, sku, terms}` | Σ units of the group on the SKU under the terms − counts = 0 |
//! | `Runs {workload, units, place}` | Σ units of the group there − U × runs ≤ 0 |
//! | `Stores {workload, units, region}` | Σ units of the group there that keep storage − U × stores ≤ 0 |
//! | `Ran {workload, place}`, `Stored {workload, region}`, `Opened {fee}` | runs, stores or opens − Σ the units that it stands for ≤ 0 |
//! | `Opens {fee, workload, units}` | Σ units of the group at the fee's place − U × opens ≤ 0 |
//! | `Uses {provider, workload, units}` | Σ units of the group there − (U − s) × uses ≤ s; s = 1000 for `split: any`, else 0 |
//! | `Used {provider}` | uses − Σ units there (not of `split: any`) − Σ hosts ≤ 0 |
//! | `Hosts {workload, provider}` | 1001 × hosts − Σ units there ≤ 0 (only `split: any`; a group of one unit counts 1001 each) |
//! | `ProvidersAtMost`, `ProvidersAtLeast` | Σ uses ≤ n; − Σ uses ≤ − n |
//! | `Meets {rule, workload, units, place}` | Σ units of the group there − U × meets ≤ 0 |
//! | `Meeting {rule}` | Σ meets ≤ 1 |
//! | `Apart {rule, place}` | Σ runs of its workloads there ≤ 1 |
//! | `Spread {rule, units, place}` | Σ units of the group there − ⌊share × U⌋ × bought ≤ 0; without `Bought`: ≤ ⌊share × U⌋ |
//! | `Volume {tariff}` | Σ 10⁻¹² GB × units (and × stores) − volume = 0 |
//! | `Limit {name, of}` | Σ inside ≤ bound; an at-least limit negated; a share p in 10⁻⁶: Σ (10⁶ × inside − p × base) ≤ 0, negated for at-least. Sums of cost that count the bill count every flat charge, fee and tariff (by its cost, not its volume). With a `Floors` column f: −Σ inside + bound × f ≤ 0; share: Σ (p × base − 10⁶ × inside) + M × f ≤ M, M = p × the most the base can be (each block its largest candidate × its copies, every fee, every tariff at its most) |
//! | `Floors {limit, of, workload, units}` | Σ units of the group inside − (U − s) × floors ≤ s, s as in `Uses` |
//! | `LimitOpens {name, of, fee}` | an absolute at-most limit without a tariff's cost, no figure negative, every column of it at the fee's place: Σ inside − bound × opens ≤ 0 |
//!
//! # The tree
//!
//! A branch splits on a column: at most `at_most` below, at least one more above. A leaf closes what its branches leave:
//! for any multipliers π (≥ 0 on `≤`),
//!
//! ```text
//! Σ_blocks min (cost + π · figures) − Σ π · bound  ≤  the cost of every plan there
//! ```
//!
//! where blocks are what the leaf **keeps**: under [`Keeps::Places`] every `Place` and `Group` row holds exactly inside
//! the minimum of its block, under [`Keeps::Limits`] the named limit rows do, each over its own columns, or several over
//! the columns of them all (a whole-number knapsack, or a bound below it), together with the fee whose place holds all
//! of them. Every other column answers
//! at an end of its range; a `Volume` at an end or at a step. Branches are carried through the rows first: no plan is
//! lost by it. Where no column is a `Volume`, every objective is a multiple of the greatest common divisor of all costs
//! of columns, and the least bound of all leaves is raised to the next one. A leaf with `ray` prices no cost: its sum is above 0, so nothing is there at all; a `Void` leaf is empty
//! by the rows alone.

use serde::{Deserialize, Serialize};

use crate::catalog::Name;

/// Multipliers are whole numbers of 2⁻⁴⁰ of money per unit of a row's sum: per vCPU, per GB, per unit of a workload;
/// for sums of cost a share of money, for a share limit per unit of its sum.
pub const MULTIPLIER_BITS: u32 = 40;

/// A proof of a bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Proof {
    /// What is known.
    pub known: Known,
    /// Digest of catalog and scenario, as hexadecimal digits.
    pub inputs: String,
    /// Workloads merged into one block, each list sorted by name, its first standing for it; only lists of two or more.
    pub classes: Vec<Vec<Name>>,
    /// The columns that branches speak of.
    pub columns: Vec<ColumnName>,
    /// The rows that leaves price or keep.
    pub rows: Vec<RowName>,
    /// Node 0 is the root; children come after their parent.
    pub tree: Vec<Node>,
}

/// What a proof shows of its plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Known {
    /// Cost − bound is at most 10⁻⁶ per workload: no plan is cheaper by more than rounding.
    Optimal,
    /// No plan is cheaper than the bound.
    #[default]
    Bounded,
    /// No plan exists.
    Infeasible,
}

/// A place: `aws` or `aws/us-east-1`.
pub type PlaceName = Name;

/// A column by name; the module's table says what each field names.
#[expect(missing_docs, reason = "the module's table says what each field names")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "column", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ColumnName {
    /// Units at a candidate, as `aws/us-east-1 m7i.xlarge on-demand`, `aws/us-east-1 flat rates` or
    /// `aws/us-east-1 option 1`.
    Units { workload: Name, at: Name },
    /// Units not placed.
    Unplaced { workload: Name },
    /// A group is bought.
    Bought { workload: Name, units: u32 },
    /// Units of a group on one SKU under one terms, wherever they are; the SKU with its provider, as `aws m7i.xlarge`.
    Counts { workload: Name, units: u32, sku: Name, terms: Name },
    /// A block runs at a place.
    Runs { workload: Name, place: PlaceName },
    /// A divided block keeps storage in a region.
    Stores { workload: Name, region: PlaceName },
    /// A fee is due.
    Opens { fee: Name },
    /// A provider is in use.
    Uses { provider: Name },
    /// A part above 10⁻³ runs at a provider.
    Hosts { workload: Name, provider: Name },
    /// A `together` rule meets at a place.
    Meets { rule: Name, place: PlaceName },
    /// A value of an at-least limit is in use.
    Floors { limit: Name, of: Name },
    /// Volume of a tariff, by its name in bills.
    Volume { tariff: Name },
}

/// A row by name; the module's table says what each field names.
#[expect(missing_docs, reason = "the module's table says what each field names")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum RowName {
    /// A block is placed.
    Place { workload: Name },
    /// A group of a divided block is bought whole or not at all.
    Group { workload: Name, units: u32 },
    /// What is counted in all regions.
    Counts { workload: Name, units: u32, sku: Name, terms: Name },
    /// Where units are, the block runs.
    Runs { workload: Name, units: u32, place: PlaceName },
    /// Where no unit is, the block does not run.
    Ran { workload: Name, place: PlaceName },
    /// Where units are that keep storage, the block keeps it.
    Stores { workload: Name, units: u32, region: PlaceName },
    /// Where no unit is that keeps storage, the block keeps none.
    Stored { workload: Name, region: PlaceName },
    /// Where no unit is, the fee is not due.
    Opened { fee: Name },
    /// Where units are, the fee is due.
    Opens { fee: Name, workload: Name, units: u32 },
    /// Where units are, the provider is in use.
    Uses { provider: Name, workload: Name, units: u32 },
    /// Where no unit is, the provider is not in use.
    Used { provider: Name },
    /// Where no part above 10⁻³ is, none counts.
    Hosts { workload: Name, provider: Name },
    /// At most so many providers.
    ProvidersAtMost,
    /// At least so many providers.
    ProvidersAtLeast,
    /// Members run where their rule meets.
    Meets { rule: Name, workload: Name, units: u32, place: PlaceName },
    /// A rule meets at one place.
    Meeting { rule: Name },
    /// No two at one place.
    Apart { rule: Name, place: PlaceName },
    /// No more than a share at one place.
    Spread { rule: Name, units: u32, place: PlaceName },
    /// The account's volume.
    Volume { tariff: Name },
    /// A limit, for one value of its `per`.
    Limit { name: Name, of: Option<Name> },
    /// Where units are, the value is in use.
    Floors { limit: Name, of: Name, workload: Name, units: u32 },
    /// A limit within a fee's place, none of which is left if the fee is not paid.
    LimitOpens { name: Name, of: Option<Name>, fee: Name },
}

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Node {
    /// Two cases that leave nothing out.
    Branch {
        /// Number of the column in [`Proof::columns`].
        column: usize,
        /// Below it is at most this, above at least one more.
        #[serde(with = "whole")]
        at_most: i128,
        /// Node of the case below.
        below: usize,
        /// Node of the case above.
        above: usize,
    },
    /// A bound for what the branches leave.
    Leaf {
        /// What holds inside the minima.
        keeps: Keeps,
        /// Row number in [`Proof::rows`] and multiplier, by rising number.
        multipliers: Vec<(usize, i64)>,
    },
    /// Multipliers that show that the branches leave nothing.
    Ray {
        /// What holds inside the minima.
        keeps: Keeps,
        /// Row number in [`Proof::rows`] and multiplier, by rising number.
        multipliers: Vec<(usize, i64)>,
    },
    /// The rows alone, carried through, leave nothing.
    Void,
}

/// What holds inside the minima of a leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Keeps {
    /// Every block is placed whole: rows `Place` and `Group`.
    Places,
    /// These groups of columns answer as one; no column is in two.
    Limits(Vec<Kept>),
}

/// Limits, a fee, or limits with the fee whose place holds all their columns, kept inside a minimum.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Kept {
    /// Number of a row in [`Proof::rows`]: a [`RowName::Limit`], absolute, at most, over `Units` alone, no figure
    /// negative.
    pub limit: Option<usize>,
    /// Numbers of further rows of that kind, which hold inside the same minimum: its columns are those of all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<usize>,
    /// Number of a row in [`Proof::rows`] among those of its `Opens` column, which stands for all of them: where the
    /// fee is not paid, no unit of any block is at its place.
    pub opens: Option<usize>,
}

/// A whole number beyond 64 bits as digits.
mod whole {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &i128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_limits_are_written_only_where_there_are_any() {
        let kept = |more: &[usize]| Kept { limit: Some(9), more: more.to_vec(), opens: None };
        for (kept, written) in [
            (kept(&[]), r#"{"limit":9,"opens":null}"#),
            (kept(&[10, 11]), r#"{"limit":9,"more":[10,11],"opens":null}"#),
        ] {
            assert_eq!(serde_json::to_string(&kept).expect("JSON"), written);
            assert_eq!(serde_json::from_str::<Kept>(written).expect("a kept limit"), kept);
        }
    }
}
