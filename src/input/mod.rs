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
mod contract;
mod decode;
mod document;
mod load;
mod overlay;
mod reader;
mod scenario;
mod scenario_rules;
mod syntax;
mod tariffs;
mod tree;
mod yaml;

pub(crate) use self::book::KEYS as BOOK_KEYS;
pub use self::document::{Document, DocumentKind, GivenFiles, Overlay};
pub(crate) use self::load::read_file;
pub use self::load::{
    BookFile, Input, book_from_yaml, catalog_from_yaml, contracted_catalog_from_yaml, document_kind, load, load_book,
    load_catalog, load_contracted_catalog, load_given, load_overlaid, load_with_catalogs, load_with_contracts,
    reference, scenario_from_yaml, scenario_overlaid,
};
pub(crate) use self::tree::{Node, NodeKind};
pub(crate) use self::yaml::parse;
