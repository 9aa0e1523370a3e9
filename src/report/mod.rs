//! Answers and plans as text for people and JSON for programs. Decides nothing, and computes nothing but widths.

mod answers;
mod certificate_json;
mod difference;
mod escape;
mod explain_json;
mod explain_text;
mod json;
mod no_plan;
mod plan_json;
mod plan_text;
mod proof_text;
mod review_csv;
mod review_html;
mod review_markdown;
mod review_page;
mod sweep;
mod table;
mod verdict;

pub use self::answers::{compare_table, compare_text, distribute_text, place_table, place_text, route_text};
pub use self::difference::{difference_json, difference_table, difference_text, spots_text};
pub use self::explain_json::{offer_json, plan_explained_json, workload_explained_json};
pub use self::explain_text::{offer_text, plan_explained_text, workload_explained_text};
pub use self::json::{compare_json, distribute_json, place_json, route_json};
pub use self::no_plan::{no_plan_json, no_plan_text};
pub use self::plan_json::plan_json;
pub use self::plan_text::{Detail, plan_text};
pub use self::proof_text::{gap_text, progress_text};
pub use self::review_csv::review_csv;
pub use self::review_html::review_html;
pub use self::review_markdown::review_markdown;
pub use self::sweep::{sweep_json, sweep_table, sweep_text};
pub use self::table::Layout;
pub use self::verdict::{verdict_json, verdict_text};
