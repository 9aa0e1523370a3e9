//! From files to a [`Catalog`](crate::catalog::Catalog) and a [`Scenario`](crate::scenario::Scenario).
//!
//! ```text
//! bytes ── decode ──→ text ── yaml ──→ tree with spans ── book, scenario (by reader) ──→ drafts
//! drafts ── build ──→ Catalog, Scenario
//! ```
//!
//! Each step goes on after a fault, so that one reading reports all faults of all files. `load` is the only place in
//! the core that opens a file.

mod book;
mod contract;
mod decode;
mod load;
mod reader;
mod scenario;
mod scenario_rules;
mod syntax;
mod tariffs;
mod tree;
mod yaml;

pub use self::load::{
    BookFile, DocumentKind, Input, book_from_yaml, catalog_from_yaml, contracted_catalog_from_yaml, document_kind,
    load, load_book, load_catalog, load_contracted_catalog, load_with_catalogs, load_with_contracts, reference,
    scenario_from_yaml,
};
