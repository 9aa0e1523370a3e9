//! What must hold between the answers to two related problems, whatever they are: metamorphic properties.
//!
//! The problems are those of the oracle's generator, one per random seed; `PROPTEST_CASES` sets how many. Each property
//! states its argument. Answers are compared by [`answers::Answered`], which knows how exact they are.

mod answers;
mod books;
#[allow(dead_code, reason = "the oracle's own tests use more of it")]
#[path = "../oracle/mod.rs"]
mod oracle;
mod rules;
mod workloads;
