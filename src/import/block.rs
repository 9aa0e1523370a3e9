//! A price book as a tree of blocks, and how it is written: compact, one thing a line, as a person would.
//!
//! ```text
//! offers:
//!   m7i.large: {on-demand: {us-east-1: 0.1008}}
//! ```
//!
//! The tree knows no price book but for the order of its parts, so that an overlay may hold any part of the format.

use crate::diagnostic::Span;
use crate::input::{BOOK_KEYS, Node, NodeKind};

/// Longest line where there is a choice.
const WIDTH: usize = 120;

/// Parts that are lists of things: each thing on one line, however long.
const LISTED: [&str; 3] = ["regions", "skus", "commitments"];

/// What a block says of its figures.
const STATED: [&str; 3] = ["source", "as_of", "note"];

/// A part of a book.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    /// A number, a date or a word.
    Plain(String),
    /// Text in quotes.
    Text(String),
    List(Vec<Block>),
    Map(Vec<Entry>),
}

/// An entry of a map, and where in an overlay it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: Block,
    pub(super) origin: Span,
}

impl Block {
    /// A word without quotes where it needs none.
    pub(super) fn word(text: impl Into<String>) -> Block {
        let text = text.into();
        if is_plain(&text) { Block::Plain(text) } else { Block::Text(text) }
    }

    /// A map of these entries.
    pub(super) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Block)>) -> Block {
        Block::Map(entries.into_iter().map(|(key, value)| Entry::new(key, value)).collect())
    }

    /// The block that a file holds.
    pub(super) fn read(node: Node<'_>) -> Block {
        match node.kind() {
            NodeKind::Null => Block::Plain("~".to_owned()),
            NodeKind::Plain => Block::word(node.text().unwrap_or_default()),
            NodeKind::Quoted => Block::Text(node.text().unwrap_or_default().to_owned()),
            NodeKind::Sequence => Block::List(node.items().map(Block::read).collect()),
            NodeKind::Mapping => Block::Map(
                node.entries()
                    .map(|(key, value)| Entry {
                        key: key.text().unwrap_or_default().to_owned(),
                        value: Block::read(value),
                        origin: value.span(),
                    })
                    .collect(),
            ),
        }
    }

    /// Puts `over` on top: maps key by key, `~` takes a key out, anything else replaces.
    pub(super) fn overlay(&mut self, over: Block) {
        match (self, over) {
            (Block::Map(entries), Block::Map(over)) => {
                for entry in over {
                    let known = entries.iter().position(|known| known.key == entry.key);
                    match (known, entry.value == Block::Plain("~".to_owned())) {
                        (Some(index), true) => drop(entries.remove(index)),
                        (None, true) => {}
                        (Some(index), false) => {
                            if let Some(known) = entries.get_mut(index) {
                                known.origin = entry.origin;
                                known.value.overlay(entry.value);
                            }
                        }
                        (None, false) => entries.push(entry),
                    }
                }
            }
            (block, over) => *block = over,
        }
    }

    /// The entries of a map; none for all else.
    pub(super) fn entries(&self) -> &[Entry] {
        match self {
            Block::Map(entries) => entries,
            _ => &[],
        }
    }

    /// On one line.
    fn flow(&self, out: &mut String) {
        match self {
            Block::Plain(text) => out.push_str(text),
            Block::Text(text) => quote(text, out),
            Block::List(items) => {
                out.push('[');
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        out.push_str(", ");
                    }
                    item.flow(out);
                }
                out.push(']');
            }
            Block::Map(entries) => {
                out.push('{');
                for (number, entry) in entries.iter().enumerate() {
                    if number > 0 {
                        out.push_str(", ");
                    }
                    entry.flow(out);
                }
                out.push('}');
            }
        }
    }
}

impl Entry {
    pub(super) fn new(key: impl Into<String>, value: Block) -> Self {
        Entry { key: key.into(), value, origin: Span::NONE }
    }

    fn flow(&self, out: &mut String) {
        write_key(&self.key, out);
        out.push_str(": ");
        self.value.flow(out);
    }
}

/// The text of a book, and where in it the entries of overlays stand, by rising offset.
pub(super) fn write(book: Block, heading: &str) -> (String, Vec<(usize, Span)>) {
    let mut entries = match book {
        Block::Map(entries) => entries,
        _ => Vec::new(),
    };
    // Parts that a book does not know follow.
    let rank = |key: &str| BOOK_KEYS.iter().position(|known| *known == key).unwrap_or(BOOK_KEYS.len());
    entries.sort_by_key(|entry| rank(&entry.key));
    let mut writer = Writer { out: heading.to_owned(), origins: Vec::new() };
    writer.out.push('\n');
    for entry in &entries {
        if matches!(entry.value, Block::Map(_)) && !entry.value.entries().iter().all(|entry| is_scalar(&entry.value)) {
            writer.out.push('\n');
            writer.origins.push((writer.out.len(), entry.origin));
            write_key(&entry.key, &mut writer.out);
            writer.out.push_str(":\n");
            // Where the figures come from is said before them.
            let is_stated = |inner: &&Entry| STATED.contains(&inner.key.as_str());
            let (stated, rest): (Vec<&Entry>, Vec<&Entry>) = entry.value.entries().iter().partition(is_stated);
            stated.iter().for_each(|inner| writer.entry(inner, 2, false));
            for inner in rest {
                match LISTED.contains(&entry.key.as_str()) {
                    true => writer.line(inner),
                    false => writer.entry(inner, 2, entry.key == "offers"),
                }
            }
        } else {
            writer.entry(entry, 0, false);
        }
    }
    (writer.out, writer.origins)
}

struct Writer {
    out: String,
    origins: Vec<(usize, Span)>,
}

impl Writer {
    /// An entry on a line of its own.
    fn line(&mut self, entry: &Entry) {
        self.origins.push((self.out.len(), entry.origin));
        self.out.push_str("  ");
        entry.flow(&mut self.out);
        self.out.push('\n');
    }

    fn entry(&mut self, entry: &Entry, indent: usize, is_offer: bool) {
        self.origins.push((self.out.len(), entry.origin));
        let start = self.out.len();
        self.out.extend(std::iter::repeat_n(' ', indent));
        let keyed = self.out.len();
        entry.flow(&mut self.out);
        let is_long = self.out.len() - start > WIDTH;
        match &entry.value {
            Block::Map(entries) if is_long && !entries.is_empty() => {
                self.out.truncate(keyed);
                write_key(&entry.key, &mut self.out);
                if is_offer && indent == 4 {
                    self.wrapped(entries, indent + 2);
                } else {
                    self.out.push_str(":\n");
                    entries.iter().for_each(|inner| self.entry(inner, indent + 2, is_offer));
                }
                return;
            }
            Block::List(items) if is_long => {
                self.out.truncate(keyed);
                write_key(&entry.key, &mut self.out);
                self.out.push_str(":\n");
                for item in items {
                    self.out.extend(std::iter::repeat_n(' ', indent + 2));
                    self.out.push_str("- ");
                    item.flow(&mut self.out);
                    self.out.push('\n');
                }
                return;
            }
            Block::Text(text) if is_long && is_foldable(text) => {
                self.out.truncate(keyed);
                write_key(&entry.key, &mut self.out);
                self.out.push_str(": >-\n");
                self.folded(text, indent + 2);
                return;
            }
            _ => {}
        }
        self.out.push('\n');
    }

    /// Prices by region, as many to a line as fit.
    fn wrapped(&mut self, entries: &[Entry], indent: usize) {
        self.out.push_str(": {");
        let mut width = WIDTH;
        for (number, entry) in entries.iter().enumerate() {
            let mut text = String::new();
            entry.flow(&mut text);
            if width + text.len() + 2 > WIDTH {
                self.out.push('\n');
                self.out.extend(std::iter::repeat_n(' ', indent));
                width = indent;
            } else {
                self.out.push(' ');
                width += 1;
            }
            self.origins.push((self.out.len(), entry.origin));
            self.out.push_str(&text);
            self.out.push_str(if number + 1 < entries.len() { "," } else { "}\n" });
            width += text.len() + 1;
        }
    }

    fn folded(&mut self, text: &str, indent: usize) {
        let mut width = 0;
        for word in text.split(' ') {
            if width == 0 || width + 1 + word.len() > WIDTH {
                if width > 0 {
                    self.out.push('\n');
                }
                self.out.extend(std::iter::repeat_n(' ', indent));
                width = indent;
            } else {
                self.out.push(' ');
                width += 1;
            }
            self.out.push_str(word);
            width += word.len();
        }
        self.out.push('\n');
    }
}

fn is_scalar(block: &Block) -> bool {
    matches!(block, Block::Plain(_) | Block::Text(_))
}

/// Whether folding keeps every blank of the text.
fn is_foldable(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
        && !text.chars().any(char::is_control)
}

/// Whether a text reads as itself without quotes, in a flow too.
fn is_plain(text: &str) -> bool {
    let is_inner =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b'$' | b'%' | b'+');
    let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_null = text.eq_ignore_ascii_case("null") || text == "-";
    text == "~" || starts && !is_null && !text.starts_with("---") && text.bytes().all(is_inner)
}

fn write_key(key: &str, out: &mut String) {
    if is_plain(key) { out.push_str(key) } else { quote(key, out) }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other if other.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_merge_key_by_key_a_tilde_takes_out_and_all_else_replaces() {
        let mut book = Block::map([
            ("a", Block::map([("x", Block::word("1")), ("y", Block::word("2"))])),
            ("b", Block::List(vec![Block::word("1")])),
        ]);
        let over = Block::map([
            ("a", Block::map([("y", Block::word("~")), ("z", Block::word("3"))])),
            ("b", Block::List(vec![Block::word("2")])),
        ]);
        book.overlay(over);
        let mut text = String::new();
        book.flow(&mut text);
        assert_eq!(text, "{a: {x: 1, z: 3}, b: [2]}");
    }

    #[test]
    fn words_are_quoted_where_they_would_read_as_something_else() {
        for (text, written) in [
            ("EU", "EU"),
            ("2026-07-20", "2026-07-20"),
            ("<5%", "\"<5%\""),
            ("null", "\"null\""),
            ("a: b", "\"a: b\""),
            ("a \"b\"", "\"a \\\"b\\\"\""),
            ("", "\"\""),
        ] {
            let mut out = String::new();
            Block::word(text).flow(&mut out);
            assert_eq!(out, written, "{text}");
        }
    }

    #[test]
    fn long_offers_wrap_and_long_notes_fold() {
        let prices = (1..=9).map(|number| (format!("region-number-{number}"), Block::word("0.123456")));
        let book = Block::map([
            ("offers", Block::map([("a", Block::map([("on-demand", Block::map(prices))]))])),
            ("note", Block::Text("word ".repeat(30).trim().to_owned())),
        ]);
        let (text, _) = write(book, "# A book.\n");
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(text.starts_with("# A book.\n\nnote: >-\n  word word"), "{text}");
        assert!(text.contains("\noffers:\n  a:\n    on-demand: {\n      region-number-1: 0.123456, region"), "{text}");
    }
}
