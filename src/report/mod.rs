//! Answers and plans as text for people and JSON for programs. Decides nothing, and computes nothing but widths.

mod answers;
mod json;
mod plan_text;
mod table;

pub use self::answers::{compare_text, distribute_text, place_text, route_text};
pub use self::json::{compare_json, distribute_json, no_plan_json, place_json, plan_json, route_json, verdict_json};
pub use self::plan_text::{Detail, no_plan_text, plan_text, verdict_text};
