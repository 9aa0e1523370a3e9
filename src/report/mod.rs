//! Answers and plans as text for people and JSON for programs. Decides nothing, and computes nothing but widths.

mod answers;
mod certificate_json;
mod differences;
mod findings;
mod json;
mod no_plan;
mod offers;
mod plan_json;
mod plan_text;
mod proof_text;
mod table;
mod verdict;

pub use self::answers::{compare_text, distribute_text, place_text, route_text};
pub use self::differences::{diff_json, diff_text};
pub use self::findings::{lint_json, lint_text};
pub use self::json::{compare_json, distribute_json, place_json, route_json};
pub use self::no_plan::{no_plan_json, no_plan_text};
pub use self::offers::{offers_json, offers_text};
pub use self::plan_json::plan_json;
pub use self::plan_text::{Detail, plan_text};
pub use self::proof_text::{gap_text, progress_text};
pub use self::verdict::{verdict_json, verdict_text};
