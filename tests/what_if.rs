//! What-if on the command line: changes to a scenario, sweeps over parameters, differences between plans.

#[path = "what_if/binary.rs"]
mod binary;
#[path = "what_if/difference.rs"]
mod difference;
#[path = "what_if/interface.rs"]
mod interface;
#[path = "what_if/outputs.rs"]
mod outputs;
#[path = "what_if/streams.rs"]
mod streams;
#[path = "what_if/sweep.rs"]
mod sweep;
