//! Tables in plain text: columns as wide as their widest cell, two blanks between.

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
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
