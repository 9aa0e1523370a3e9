//! Tables in plain text: columns as wide as their widest cell, two blanks between.

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// Columns of blanks, for a terminal.
    Plain,
    /// A table of GitHub's Markdown.
    Markdown,
    /// Comma-separated values as RFC 4180 has them, for a spreadsheet.
    Csv,
}

/// Rows of cells under a header.
pub(super) struct Table {
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns; the header is its first row.
    pub(super) fn new(header: &[(&str, Align)]) -> Self {
        Table {
            align: header.iter().map(|(_, align)| *align).collect(),
            rows: vec![header.iter().map(|(title, _)| (*title).to_owned()).collect()],
        }
    }

    /// Adds a row; missing cells are empty.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table in this layout, every column of it.
    pub(super) fn write(&self, layout: Layout) -> String {
        let mut out = String::new();
        match layout {
            Layout::Plain => self.print("", &mut out),
            Layout::Csv => self.lines(&mut out, "", ",", "", csv_cell),
            Layout::Markdown => {
                let (header, rows) = self.rows.split_at(1.min(self.rows.len()));
                let part = |rows: &[Vec<String>]| Table { align: self.align.clone(), rows: rows.to_vec() };
                part(header).lines(&mut out, "| ", " | ", " |", markdown_cell);
                let rule = self.align.iter().map(|align| if *align == Align::Left { "---" } else { "---:" });
                out.push_str(&format!("|{}|\n", rule.collect::<Vec<_>>().join("|")));
                part(rows).lines(&mut out, "| ", " | ", " |", markdown_cell);
            }
        }
        out
    }

    fn lines(&self, out: &mut String, open: &str, between: &str, close: &str, cell: fn(&str) -> String) {
        for row in &self.rows {
            let cells = (0..self.align.len()).map(|column| cell(row.get(column).map_or("", String::as_str)));
            out.push_str(&format!("{open}{}{close}\n", cells.collect::<Vec<_>>().join(between)));
        }
    }

    /// The table, each line indented and without blanks at its end; columns that are empty throughout are left out.
    pub(super) fn print(&self, indent: &str, out: &mut String) {
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let used =
            |column: usize| self.rows.iter().skip(1).any(|row| row.get(column).is_some_and(|cell| !cell.is_empty()));
        let columns: Vec<(usize, usize)> =
            (0..self.align.len()).filter(|&column| used(column)).map(|column| (column, width(column))).collect();
        for row in &self.rows {
            let mut line = String::from(indent);
            for (position, &(column, width)) in columns.iter().enumerate() {
                if position > 0 {
                    line.push_str("  ");
                }
                let cell = row.get(column).map_or("", String::as_str);
                let blanks = " ".repeat(width - cell.chars().count());
                match self.align[column] {
                    Align::Left => line.extend([cell, &blanks]),
                    Align::Right => line.extend([&blanks, cell]),
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
}

/// In quotes where it must be. A spreadsheet would take what begins like a formula for one: such text gets an apostrophe.
fn csv_cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '@', '\t', '\r'])
        || text.starts_with('-') && !text.bytes().skip(1).all(|byte| byte.is_ascii_digit() || byte == b'.');
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn markdown_cell(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', " ").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_leave_their_columns() {
        let mut table = Table::new(&[("name", Align::Left), ("cost", Align::Right)]);
        table.row(["a|b, \"c\"".to_owned(), "-1.5".to_owned()]);
        table.row(["=1+1".to_owned()]);
        assert_eq!(table.write(Layout::Csv), "name,cost\n\"a|b, \"\"c\"\"\",-1.5\n'=1+1,\n");
        assert_eq!(
            table.write(Layout::Markdown),
            "| name | cost |\n|---|---:|\n| a\\|b, \"c\" | -1.5 |\n| =1+1 |  |\n"
        );
        assert_eq!(table.write(Layout::Plain), "name      cost\na|b, \"c\"  -1.5\n=1+1\n");
    }
}
