//! A review page as HTML: one file that opens offline and prints, without a script. Charts are SVG in the page, each
//! beside the figures it draws, so that nothing is told by colour alone.

use std::fmt::Write;

use crate::explain::Review;
use crate::money::Amount;
use crate::plan::Plan;
use crate::report::escape::html;
use crate::report::proof_text::counted;
use crate::report::review_page::{Bar, Bars, Card, Cell, Grid, KINDS, MOST_ROWS, Page, Piece, page};
use crate::report::table::Align;

const STYLE: &str = include_str!("review.css");

/// Nothing is loaded and nothing runs, whatever a name in the page holds.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// Width of a full bar.
const FULL: i128 = 1000;

/// A plan and its review as one HTML file.
#[must_use]
pub fn review_html(plan: &Plan, review: &Review) -> String {
    let Page { title, subtitle, figure, claim, sections } = page(plan, review);
    let mut out = String::new();
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title}: plan for a month</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<header>\n<h1>{title}</h1>\n<p class=\"subtitle\">{}</p>\n\
         <p class=\"figure\">{} <small>a month</small></p>\n<p class=\"claim\">{}.</p>\n</header>\n<main>\n",
        html(&subtitle),
        html(&figure),
        html(&claim),
        title = html(&title),
    );
    for section in sections {
        let _ = writeln!(out, "<section>\n<h2>{}</h2>", section.title);
        let charts: Vec<&Bars> = section
            .pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Bars(bars) => Some(bars),
                _ => None,
            })
            .collect();
        if !charts.is_empty() {
            legend(&charts, &mut out);
            out.push_str("<div class=\"charts\">\n");
            charts.iter().for_each(|bars| chart(bars, &mut out));
            out.push_str("</div>\n");
        }
        for piece in &section.pieces {
            match piece {
                Piece::Words(words) => {
                    let _ = writeln!(out, "<p>{}</p>", coded(words));
                }
                Piece::Warning(words) => {
                    let _ = writeln!(out, "<p class=\"warning\">{}</p>", html(words));
                }
                Piece::Cards(all) => cards(all, &mut out),
                Piece::Grid(grid) => table(section.title, grid, &mut out),
                Piece::Bars(_) => {}
            }
        }
        out.push_str("</section>\n");
    }
    out.push_str("</main>\n<footer>Made by tradewind from price books and a scenario.</footer>\n</body>\n</html>\n");
    out
}

/// Words of the page, in which what stands in backticks is code.
fn coded(words: &str) -> String {
    let parts = words.split('`').enumerate();
    parts
        .map(|(number, part)| if number % 2 == 1 { format!("<code>{}</code>", html(part)) } else { html(part) })
        .collect()
}

fn cards(cards: &[Card], out: &mut String) {
    out.push_str("<div class=\"cards\">\n");
    for card in cards {
        let [title, figure, note] = [&card.title, &card.figure, &card.note].map(|text| html(text));
        let _ = writeln!(
            out,
            "<div class=\"card\"><h3>{title}</h3><p class=\"saving\">{figure}</p><p class=\"note\">{note}</p></div>"
        );
    }
    out.push_str("</div>\n");
}

/// The kinds that any chart draws.
fn legend(charts: &[&Bars], out: &mut String) {
    out.push_str("<ul class=\"legend\">\n");
    for (kind, name) in KINDS.iter().enumerate() {
        let used = charts.iter().flat_map(|bars| &bars.rows).any(|bar| bar.parts[kind] > Amount::ZERO);
        if used {
            let _ = writeln!(
                out,
                "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"k{kind}\" width=\"10\" \
                 height=\"10\"/></svg>{name}</li>"
            );
        }
    }
    out.push_str("</ul>\n");
}

fn chart(bars: &Bars, out: &mut String) {
    let longest = bars.rows.iter().filter(|bar| !bar.is_rest).map(drawn).max().unwrap_or(0);
    let _ = writeln!(out, "<div class=\"chart\">\n<h3>{}</h3>\n<table>\n<tbody>", bars.title);
    for bar in &bars.rows {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"bar\">{}</td><td class=\"right\">{}</td>\
             <td class=\"right share\">{}</td></tr>",
            html(&bar.label),
            if bar.is_rest { String::new() } else { drawing(bar, longest) },
            bar.total.in_cents(),
            html(&bar.share),
        );
    }
    out.push_str("</tbody>\n</table>\n");
    if let Some(note) = bars.note {
        let _ = writeln!(out, "<p class=\"note\">{note}</p>");
    }
    out.push_str("</div>\n");
}

/// What of a bar is above nothing; a credit has no length.
fn drawn(bar: &Bar) -> i128 {
    bar.parts.iter().map(|part| part.units().max(0)).fold(0, i128::saturating_add)
}

/// Parts side by side, a gap of one between them, so that they are told apart without colour.
fn drawing(bar: &Bar, longest: i128) -> String {
    let mut out = format!("<svg viewBox=\"0 0 {FULL} 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"");
    let said: Vec<String> = (0..KINDS.len())
        .filter(|&kind| bar.parts[kind] > Amount::ZERO)
        .map(|kind| format!("{} {}", KINDS[kind], bar.parts[kind].in_cents()))
        .collect();
    out.push_str(&said.join(", "));
    out.push_str("\">");
    let mut sum = 0_i128;
    for (kind, part) in bar.parts.iter().enumerate() {
        let from = scaled(sum, longest);
        sum = sum.saturating_add(part.units().max(0));
        let to = scaled(sum, longest);
        if to > from {
            let gap = if from > 0 && to - from > 8 { 4 } else { 0 };
            let _ = write!(
                out,
                "<rect class=\"k{kind}\" x=\"{}\" width=\"{}\" height=\"10\"><title>{} {}</title></rect>",
                from + gap,
                to - from - gap,
                KINDS[kind],
                part.in_cents()
            );
        }
    }
    out.push_str("</svg>");
    out
}

/// A length in thousandths of the longest.
fn scaled(length: i128, longest: i128) -> i128 {
    if longest <= 0 {
        return 0;
    }
    length.checked_mul(FULL).map_or(length / (longest / FULL).max(1), |product| product / longest)
}

/// A table, of which only the first rows are open if there are many.
fn table(title: &str, grid: &Grid, out: &mut String) {
    let (open, rest) = grid.rows.split_at(grid.rows.len().min(MOST_ROWS));
    rows(title, &grid.header, open, out);
    if !rest.is_empty() {
        let _ = writeln!(out, "<details><summary>{}</summary>", counted(rest.len(), "more row"));
        rows(title, &grid.header, rest, out);
        out.push_str("</details>\n");
    }
}

fn rows(title: &str, header: &[(&str, Align)], rows: &[Vec<Cell>], out: &mut String) {
    let wide = if header.len() > 4 { " class=\"wide\"" } else { "" };
    // Whoever cannot use a mouse scrolls it by keys.
    let _ = writeln!(
        out,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{title}\">\n<table{wide}>\n<thead><tr>"
    );
    for (name, align) in header {
        let class = if *align == Align::Right { " class=\"right\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{name}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (cell, (_, align)) in row.iter().zip(header) {
            match cell {
                Cell::Text(text) => {
                    let _ = write!(out, "<td{}>{}</td>", class_of(text, *align), html(text));
                }
                Cell::Words(words) => {
                    let _ = write!(out, "<td>{}</td>", coded(words));
                }
                Cell::Use(parts, text) => {
                    let length = i128::from(*parts) * FULL / 1_000_000;
                    let _ = write!(
                        out,
                        "<td class=\"use\"><svg viewBox=\"0 0 {FULL} 10\" preserveAspectRatio=\"none\" \
                         aria-hidden=\"true\"><rect class=\"rail\" width=\"{FULL}\" height=\"10\"/><rect class=\"k0\" \
                         width=\"{length}\" height=\"10\"/></svg>{}</td>",
                        html(text)
                    );
                }
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// Figures stand at the right; what is short stays on one line, for a hyphen in a name is no place to break it.
fn class_of(text: &str, align: Align) -> &'static str {
    match (align, text.chars().count()) {
        (Align::Right, _) => " class=\"right\"",
        (Align::Left, 0) => "",
        (Align::Left, 1..=12) => " class=\"keep short\"",
        (Align::Left, 13..=22) => " class=\"keep\"",
        (Align::Left, _) => "",
    }
}
