//! Comma-separated text, record by record, each field with its line and column.
//!
//! One record is in memory at a time, whatever the file's size. Fields may be quoted, `""` in quotes is a quote, and a
//! quoted field may run over lines. Columns are counted in characters, so that a message leads an editor to the field;
//! that is why this is read by hand.

use std::io::BufRead;

use super::faults::{At, Faults};
use crate::diagnostic::Kind;

/// Longest record in bytes: a quote that is never closed must not swallow a large file.
const LONGEST_RECORD: usize = 1 << 20;

/// Reads records from a file.
pub(super) struct Records<R> {
    source: R,
    file: u32,
    /// Lines read so far.
    lines: u32,
    line: Vec<u8>,
}

/// The fields of one record.
#[derive(Debug, Default)]
pub(super) struct Record {
    text: String,
    fields: Vec<Field>,
}

#[derive(Clone, Copy, Debug)]
struct Field {
    from: usize,
    to: usize,
    at: At,
}

impl Record {
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The text of a field without the blanks around it, and its place.
    pub(super) fn get(&self, index: usize) -> (&str, At) {
        match self.fields.get(index) {
            Some(field) => (self.text.get(field.from..field.to).unwrap_or_default().trim(), field.at),
            None => ("", self.start()),
        }
    }

    /// Where the record starts.
    pub(super) fn start(&self) -> At {
        self.fields.first().map(|field| field.at).unwrap_or_default()
    }
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(source: R, file: u32) -> Self {
        Records { source, file, lines: 0, line: Vec::new() }
    }

    /// Reads the next record that is not blank; `false` at the end of the file and after a fault that ends it.
    pub(super) fn next(&mut self, record: &mut Record, faults: &mut Faults) -> bool {
        loop {
            record.text.clear();
            record.fields.clear();
            match self.record(record, faults) {
                None => return false,
                Some(()) if record.len() == 1 && record.get(0).0.is_empty() => {}
                Some(()) => return true,
            }
        }
    }

    fn record(&mut self, record: &mut Record, faults: &mut Faults) -> Option<()> {
        let mut line = self.next_line(faults)?;
        let mut open: Option<(usize, At)> = None;
        loop {
            let text = std::mem::take(&mut line);
            let mut column = 0;
            let mut characters = text.chars().peekable();
            // A new field starts with the record; a continued line goes on inside quotes.
            let mut field = match open {
                Some((from, at)) => Scan { from, at, state: State::Quoted },
                None => Scan { from: record.text.len(), at: self.at(1), state: State::Fresh },
            };
            while let Some(character) = characters.next() {
                column += 1;
                match (field.state, character) {
                    (State::Fresh | State::Plain | State::Closed, ',') => {
                        record.fields.push(field.end(record.text.len()));
                        field = Scan { from: record.text.len(), at: self.at(column + 1), state: State::Fresh };
                    }
                    (State::Fresh, '"') => field.state = State::Quoted,
                    (State::Fresh, _) => {
                        field.state = State::Plain;
                        record.text.push(character);
                    }
                    (State::Quoted, '"') if characters.peek() == Some(&'"') => {
                        characters.next();
                        column += 1;
                        record.text.push('"');
                    }
                    (State::Quoted, '"') => field.state = State::Closed,
                    (State::Closed, character) if !character.is_whitespace() => {
                        let message = "text after a closing quote".to_owned();
                        faults.add(self.at(column), Kind::Syntax, message, "write `\"\"` for a quote inside a field");
                        return None;
                    }
                    (State::Closed, _) => {}
                    (State::Plain | State::Quoted, _) => record.text.push(character),
                }
            }
            if field.state != State::Quoted {
                record.fields.push(field.end(record.text.len()));
                return Some(());
            }
            record.text.push('\n');
            open = Some((field.from, field.at));
            let closed = if record.text.len() > LONGEST_RECORD { None } else { self.next_line(faults) };
            match closed {
                Some(next) => line = next,
                None => {
                    let message = "this quote is never closed".to_owned();
                    faults.add(field.at, Kind::Syntax, message, "close it, or write the file out again in full");
                    return None;
                }
            }
        }
    }

    fn at(&self, column: u32) -> At {
        At { file: self.file, line: self.lines, column }
    }

    /// The next line without its end; `None` at the end of the file.
    fn next_line(&mut self, faults: &mut Faults) -> Option<String> {
        self.line.clear();
        let limit = LONGEST_RECORD as u64 + 2;
        let read = std::io::Read::take(&mut self.source, limit).read_until(b'\n', &mut self.line);
        self.lines = self.lines.saturating_add(1);
        match read {
            Ok(0) => return None,
            Ok(length) if length > LONGEST_RECORD => {
                let message = format!("this line is longer than {LONGEST_RECORD} bytes");
                faults.add(self.at(1), Kind::Syntax, message, "is it a table of comma-separated values?");
                return None;
            }
            Ok(_) => {}
            Err(error) => {
                let message = format!("cannot read on: {error}");
                faults.add(self.at(1), Kind::Unreadable, message, "copy the file anew");
                return None;
            }
        }
        match std::str::from_utf8(&self.line) {
            Ok(text) => {
                let text = if self.lines == 1 { text.trim_start_matches('\u{feff}') } else { text };
                Some(text.trim_end_matches(['\n', '\r']).to_owned())
            }
            Err(error) => {
                let good = self.line.get(..error.valid_up_to()).unwrap_or_default();
                let column = std::str::from_utf8(good).unwrap_or_default().chars().count() + 1;
                let at = self.at(u32::try_from(column).unwrap_or(u32::MAX));
                faults.add(at, Kind::NotUtf8, "this is not UTF-8 text".to_owned(), "save the file as UTF-8");
                None
            }
        }
    }
}

/// A field that is being read.
struct Scan {
    from: usize,
    at: At,
    state: State,
}

impl Scan {
    fn end(&self, to: usize) -> Field {
        Field { from: self.from, to, at: self.at }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing of the field was read.
    Fresh,
    Plain,
    Quoted,
    /// Behind the closing quote.
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every field as `line:column text`, and the faults.
    fn read(text: &str) -> (Vec<Vec<String>>, String) {
        let mut faults = Faults::default();
        let file = faults.file("t.csv");
        let mut records = Records::new(text.as_bytes(), file);
        let (mut record, mut all) = (Record::default(), Vec::new());
        while records.next(&mut record, &mut faults) {
            let fields = (0..record.len()).map(|index| record.get(index));
            all.push(fields.map(|(text, at)| format!("{}:{} {text}", at.line, at.column)).collect());
        }
        (all, faults.into_diagnostics().to_string())
    }

    #[test]
    fn fields_have_lines_and_columns_in_characters() {
        let (records, faults) = read("\u{feff}a,bé,c\r\n\n1,\"x, \"\"y\"\"\",\n\"two\nlines\",z\n");
        assert_eq!(faults, "");
        assert_eq!(records[0], ["1:1 a", "1:3 bé", "1:6 c"]);
        assert_eq!(records[1], ["3:1 1", "3:3 x, \"y\"", "3:14 "]);
        assert_eq!(records[2], ["4:1 two\nlines", "5:8 z"]);
        assert_eq!(records.len(), 3);
    }

    #[test]
    fn quotes_that_do_not_end_are_located() {
        assert_eq!(
            read("a,b\n1,\"2\n3,4\n").1,
            "t.csv:2:3: this quote is never closed\nhelp: close it, or write the file out again in full"
        );
        assert_eq!(
            read("a\n\"1\"2\n").1,
            "t.csv:2:4: text after a closing quote\nhelp: write `\"\"` for a quote inside a field"
        );
    }

    #[test]
    fn a_line_without_end_is_refused_before_it_fills_the_memory() {
        let long = "x".repeat(LONGEST_RECORD + 1);
        assert!(read(&long).1.starts_with("t.csv:1:1: this line is longer than 1048576 bytes"));
    }
}
