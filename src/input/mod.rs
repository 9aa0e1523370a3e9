//! From files to a [`Catalog`](crate::catalog::Catalog) and a [`Scenario`](crate::scenario::Scenario).
//!
//! ```text
//! bytes ── decode ──→ text ── yaml ──→ tree with spans ── book, scenario (by reader) ──→ drafts
//! drafts ── build ──→ Catalog, Scenario
//! ```
//!
//! Changes (`overlay`) are laid over the tree of a scenario, before it is read.
//!
//! Each step goes on after a fault, so that one reading reports all faults of all files. `load` is the only place in
//! the core that opens a file.

mod book;
mod decode;
mod load;
mod overlay;
mod reader;
mod scenario;
mod scenario_rules;
mod syntax;
mod tariffs;
mod tree;
mod yaml;

pub(crate) use self::load::read_file;
pub use self::load::{
    Document, Input, Overlay, catalog_from_yaml, load, load_catalog, load_overlaid, load_with_catalogs, reference,
    scenario_from_yaml, scenario_overlaid,
};
pub(crate) use self::tree::{Node, NodeKind};
pub(crate) use self::yaml::parse;
