//! What looks wrong in price books, as text and JSON.

use std::fmt::Write;

use serde::Serialize;

use crate::lint::{Finding, Rule};
use crate::report::json::document;
use crate::units::Date;

/// Findings for people, each with its place and a remedy, and how many there are in how many files.
#[must_use]
pub fn lint_text(findings: &[Finding], files: usize) -> String {
    let mut out = String::new();
    for finding in findings {
        let _ = writeln!(out, "{finding}");
    }
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    let _ = match findings.len() {
        0 => writeln!(out, "{files}: nothing looks wrong"),
        1 => writeln!(out, "{files}: 1 warning"),
        count => writeln!(out, "{files}: {count} warnings"),
    };
    out
}

#[derive(Serialize)]
struct FindingJson<'a> {
    rule: Rule,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    message: &'a str,
    help: &'a str,
}

#[derive(Serialize)]
struct LintJson<'a> {
    tradewind: &'static str,
    as_of: Date,
    findings: Vec<FindingJson<'a>>,
}

/// Findings as a `lint/1` document, with the day they were found for.
#[must_use]
pub fn lint_json(findings: &[Finding], as_of: Date) -> String {
    let findings = findings.iter().map(|finding| FindingJson {
        rule: finding.rule,
        file: finding.place.as_ref().map(|place| &*place.file),
        line: finding.place.as_ref().map(|place| place.line),
        column: finding.place.as_ref().map(|place| place.column),
        message: &finding.message,
        help: finding.help,
    });
    document(&LintJson { tradewind: "lint/1", as_of, findings: findings.collect() })
}
