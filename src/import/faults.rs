//! Where in a feed something stands, and what is wrong with feeds, in the order of files and places.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::decimal::{self, NotANumber};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Place, Span, quoted};

/// Most faults that are listed; a feed with a shifted column has one in every row.
const MOST_FAULTS: usize = 100;

/// A place in a feed: number of the file, line and column from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) file: u32,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// The faults of all feeds, and what a reader of the book should know all the same.
#[derive(Debug, Default)]
pub(super) struct Faults {
    files: Vec<Arc<str>>,
    found: Vec<(Option<At>, Diagnostic)>,
    unlisted: usize,
    notes: Vec<String>,
}

impl Faults {
    /// Takes in the name of a file and returns its number.
    pub(super) fn file(&mut self, name: &str) -> u32 {
        self.files.push(Arc::from(name));
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    /// The place as messages write it.
    pub(super) fn place(&self, at: At) -> Place {
        let file = self.files.get(at.file as usize).cloned().unwrap_or_default();
        Place { file, line: at.line as usize, column: at.column as usize }
    }

    /// The file's name.
    pub(super) fn name(&self, file: u32) -> &str {
        self.files.get(file as usize).map_or("", |name| name)
    }

    /// A fault at a place.
    pub(super) fn add(&mut self, at: At, kind: Kind, message: String, help: impl Into<String>) {
        self.push(Some(at), Diagnostic::new(kind, Span::NONE, message).help(help));
    }

    /// A fault of a file as a whole, or of the flags.
    pub(super) fn of_call(&mut self, kind: Kind, message: String, help: impl Into<String>) {
        self.push(None, Diagnostic::new(kind, Span::NONE, message).help(help));
    }

    pub(super) fn push(&mut self, at: Option<At>, fault: Diagnostic) {
        if self.found.len() < MOST_FAULTS {
            self.found.push((at, fault));
        } else {
            self.unlisted += 1;
        }
    }

    /// Whether reading on would list nothing more.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= MOST_FAULTS
    }

    /// What is no fault and must not go unsaid.
    pub(super) fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn into_notes(self) -> Vec<String> {
        self.notes
    }

    /// A number above zero, or absent: zero and blank both say that there is no figure.
    pub(super) fn figure(&mut self, at: At, text: &str, what: &dyn Fn() -> String) -> Option<Decimal> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        match decimal::decimal(text) {
            Ok(value) if value.is_zero() => None,
            Ok(value) if value.is_sign_negative() => {
                let message = format!("{} is negative: {}", what(), quoted(text));
                self.add(at, Kind::NegativeNumber, message, "leave it blank if it is unknown");
                None
            }
            Ok(value) => Some(value.normalize()),
            Err(reason) => {
                let help = match reason {
                    NotANumber::Written(help) => help,
                    NotANumber::TooLong => "write at most 28 digits",
                };
                self.add(at, Kind::BadNumber, format!("{} is not a number: {}", what(), quoted(text)), help);
                None
            }
        }
    }

    /// All faults as they are printed, sorted by file and place, those without a place first.
    pub(super) fn into_diagnostics(mut self) -> Diagnostics {
        self.found.sort_by_key(|&(at, _)| at);
        let (files, mut list) = (self.files.clone(), Diagnostics::new());
        let mut last = Kind::Syntax;
        for (number, (at, mut fault)) in std::mem::take(&mut self.found).into_iter().enumerate() {
            last = fault.kind;
            // The number keeps the order where faults are sorted again by their spans.
            fault.span = Span::new(at.map_or(0, |at| at.file), u32::try_from(number).unwrap_or(u32::MAX));
            fault.place = at.map(|at| Place {
                file: files.get(at.file as usize).cloned().unwrap_or_default(),
                line: at.line as usize,
                column: at.column as usize,
            });
            list.push(fault);
        }
        if self.unlisted > 0 {
            let message = format!("{} more faults are not listed", self.unlisted);
            let at = Span::new(u32::MAX - 1, 0);
            list.push(Diagnostic::new(last, at, message).help("correct the listed ones first"));
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_in_the_order_of_their_places_and_the_rest_is_counted() {
        let mut faults = Faults::default();
        let file = faults.file("a.csv");
        for line in (1..=102).rev() {
            faults.add(At { file, line, column: 2 }, Kind::BadWord, format!("fault {line}"), "mend it");
        }
        assert!(faults.is_full());
        let text = faults.into_diagnostics().to_string();
        assert!(text.starts_with("a.csv:3:2: fault 3\nhelp: mend it\na.csv:4:2: fault 4\n"), "{text}");
        assert!(text.ends_with("2 more faults are not listed\nhelp: correct the listed ones first"), "{text}");
    }

    #[test]
    fn zero_and_blank_are_absent_and_a_comma_is_no_number() {
        let mut faults = Faults::default();
        let at = At { file: faults.file("a.csv"), line: 2, column: 5 };
        let mut read = |text| faults.figure(at, text, &|| "the price".to_owned()).map(|value| value.to_string());
        assert_eq!(read(" "), None);
        assert_eq!(read("0.000"), None);
        assert_eq!(read("1.50"), Some("1.5".to_owned()));
        assert_eq!(read("1,5"), None);
        assert_eq!(read("-1"), None);
        let text = faults.into_diagnostics().to_string();
        assert_eq!(
            text,
            "a.csv:2:5: the price is not a number: `1,5`\n\
             help: write plain digits without separators, such as 1000\n\
             a.csv:2:5: the price is negative: `-1`\nhelp: leave it blank if it is unknown"
        );
    }
}
