//! The documented rules, which answer for one workload at a time, and eligibility, which says whether an offer can
//! serve a workload at all.
//!
//! The two are separate on purpose: the rules are what people can say aloud, and they do not ask whether anything is
//! for sale; eligibility is what the optimizer builds on.

mod compare;
mod eligibility;
mod place;
mod route;

pub use self::compare::{Comparison, NotComparable, compare};
pub use self::eligibility::{MissingFigure, MissingPrice, Reason, Supply, eligibility, supplies};
pub(crate) use self::eligibility::{carbon_is_known, place_allows, priced_there, sku_fits};
pub use self::place::{Answer, Distribution, NotFired, Query, Rule, Unanswered, distribute, place};
pub use self::route::{Resolved, Route, resolve, route};
