//! A review page as Markdown, for a pull request: tables in the dialect of GitHub and GitLab.

use std::fmt::Write;

use crate::explain::Review;
use crate::money::Amount;
use crate::plan::Plan;
use crate::report::escape::markdown;
use crate::report::proof_text::counted;
use crate::report::review_page::{Bars, Cell, Grid, KINDS, MOST_ROWS, Page, Piece, page};
use crate::report::table::Align;

/// A plan and its review as Markdown.
#[must_use]
pub fn review_markdown(plan: &Plan, review: &Review) -> String {
    let Page { title, subtitle, figure, claim, sections } = page(plan, review);
    let mut out = String::new();
    let _ = writeln!(out, "# {}\n\n{}\n", markdown(&title), markdown(&subtitle));
    let _ = writeln!(out, "**{} a month.** {}.", markdown(&figure), markdown(&claim));
    for section in sections {
        let _ = writeln!(out, "\n## {}", section.title);
        for piece in section.pieces {
            out.push('\n');
            match piece {
                Piece::Words(words) => {
                    let _ = writeln!(out, "{}", code_kept(&words));
                }
                Piece::Warning(words) => {
                    let _ = writeln!(out, "> **Note:** {}", markdown(&words));
                }
                Piece::Cards(cards) => {
                    out.push_str("| Compared with | | |\n|---|---:|---|\n");
                    for card in cards {
                        let cells = [card.title, card.figure, card.note].map(|text| markdown(&text));
                        let _ = writeln!(out, "| {} |", cells.join(" | "));
                    }
                }
                Piece::Bars(bars) => bars_table(&bars, &mut out),
                Piece::Grid(grid) => table(&grid, &mut out),
            }
        }
    }
    out
}

/// Our own words: what stands in backticks stays code.
fn code_kept(words: &str) -> String {
    let parts = words.split('`').enumerate();
    parts.map(|(number, part)| if number % 2 == 1 { code(part) } else { markdown(part) }).collect()
}

/// A code span; a bar would end a table's cell even there.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn bars_table(bars: &Bars, out: &mut String) {
    let used: Vec<usize> =
        (0..KINDS.len()).filter(|&kind| bars.rows.iter().any(|bar| bar.parts[kind] != Amount::ZERO)).collect();
    // One kind is the total.
    let used = if bars.rows.iter().all(|bar| bar.parts.iter().filter(|part| **part != Amount::ZERO).count() <= 1) {
        Vec::new()
    } else {
        used
    };
    let kinds: String = used.iter().map(|&kind| format!(" {} |", KINDS[kind])).collect();
    let rules = "---:|".repeat(used.len());
    let _ = writeln!(out, "| {} |{kinds} Total | Share |\n|---|{rules}---:|---:|", bars.title);
    for bar in &bars.rows {
        let parts: String = used.iter().map(|&kind| format!(" {} |", bar.parts[kind].in_cents())).collect();
        let _ = writeln!(out, "| {} |{parts} {} | {} |", markdown(&bar.label), bar.total.in_cents(), bar.share);
    }
    if let Some(note) = bars.note {
        let _ = writeln!(out, "\n{note}");
    }
}

fn table(grid: &Grid, out: &mut String) {
    let titles: Vec<&str> = grid.header.iter().map(|(title, _)| *title).collect();
    let rules: Vec<&str> =
        grid.header.iter().map(|(_, align)| if *align == Align::Right { "---:" } else { "---" }).collect();
    let _ = writeln!(out, "| {} |\n|{}|", titles.join(" | "), rules.join("|"));
    for row in grid.rows.iter().take(MOST_ROWS) {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| match cell {
                Cell::Text(text) | Cell::Use(_, text) => markdown(text),
                Cell::Words(words) => code_kept(words),
            })
            .collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    if grid.rows.len() > MOST_ROWS {
        // A pull request holds no thousands of rows.
        let more = counted(grid.rows.len() - MOST_ROWS, "more row");
        let _ = writeln!(out, "\n{more}: see the report as HTML or CSV.");
    }
}
