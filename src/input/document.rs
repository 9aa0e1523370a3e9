//! What is read: files and texts, the changes laid over them, and what they say they are.

use std::path::{Path, PathBuf};

/// A file to be read, or a text that was read already, such as standard input.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Document {
    /// A file; what it names is looked for from its directory.
    File(PathBuf),
    /// A text; what it names is looked for from the current directory.
    Text {
        /// What messages call it.
        name: String,
        /// What it says.
        text: String,
    },
}

impl<P: Into<PathBuf>> From<P> for Document {
    fn from(path: P) -> Self {
        Document::File(path.into())
    }
}

impl Document {
    /// Where what it names is looked for.
    pub(super) fn directory(&self) -> &Path {
        match self {
            Document::File(path) => path.parent().unwrap_or(Path::new("")),
            Document::Text { .. } => Path::new(""),
        }
    }
}

/// Changes to a scenario, laid over it before it is read.
///
/// Mappings are merged key by key. Elements of a list are addressed by their `name`, or by their number from 1 where
/// they have none. Two lists of named elements are merged by name, so that a new one is added. `null` takes out what
/// stands there; all else is replaced.
#[derive(Clone, Debug)]
pub struct Overlay(Change);

/// A change, as it was given.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Document(Document),
    Assignment { name: String, text: String },
}

impl Overlay {
    /// A document in the shape of the scenario that holds only what changes, under `tradewind: overlay/1`.
    #[must_use]
    pub fn document(document: impl Into<Document>) -> Overlay {
        Overlay(Change::Document(document.into()))
    }

    pub(super) const fn change(&self) -> &Change {
        &self.0
    }

    /// One value by its path, such as `limits.budget.at_most=128` or `workloads.chat.terms=[spot]`; messages call it
    /// `name`. A key that holds a dot stands in double quotes.
    #[must_use]
    pub fn assignment(name: impl Into<String>, assignment: impl Into<String>) -> Overlay {
        Overlay(Change::Assignment { name: name.into(), text: assignment.into() })
    }
}

/// What a file says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentKind {
    /// A price book.
    Book,
    /// A scenario.
    Scenario,
    /// A contract.
    Contract,
    /// Written as JSON: a saved plan, if anything.
    Json,
    /// None of these, as far as its beginning shows.
    Other,
}

impl DocumentKind {
    /// What a text says it is by its key `tradewind`; whether that is true shows when it is read.
    #[must_use]
    pub fn of(text: &str) -> DocumentKind {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('{') {
            return DocumentKind::Json;
        }
        let stated = text.lines().find_map(|line| line.strip_prefix("tradewind:"));
        match stated.map(|format| format.trim().trim_matches(['"', '\'']).split('/').next()) {
            Some(Some("catalog")) => DocumentKind::Book,
            Some(Some("scenario")) => DocumentKind::Scenario,
            Some(Some("contract")) => DocumentKind::Contract,
            _ => DocumentKind::Other,
        }
    }
}

/// Files to use instead of those that a scenario names; where a list is empty, those it names.
#[derive(Clone, Copy, Debug, Default)]
pub struct GivenFiles<'a> {
    /// Price books, in the order that the documented rules are to use.
    pub catalogs: &'a [PathBuf],
    /// Contracts, in the order in which their layers change prices.
    pub contracts: &'a [PathBuf],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_told_by_its_key() {
        for (text, kind) in [
            ("{\n  \"tradewind\": \"plan/1\"", DocumentKind::Json),
            ("# catalog/1 follows\n\ntradewind: scenario/1\n", DocumentKind::Scenario),
            ("\u{feff}---\ntradewind: catalog/1\n", DocumentKind::Book),
            ("provider: aws\ntradewind: \"catalog/1\"\n", DocumentKind::Book),
            ("tradewind: contract/1", DocumentKind::Contract),
            ("tradewind: forecast/1", DocumentKind::Other),
            ("  tradewind: catalog/1", DocumentKind::Other),
            ("", DocumentKind::Other),
        ] {
            assert_eq!(DocumentKind::of(text), kind, "{text:?}");
        }
    }
}
