//! JSON that is larger than memory should hold: one entry of a list or an object at a time, each with its place.
//!
//! The reader under the parser counts lines and columns; it is read byte by byte, so that when an entry's first byte
//! has been seen its place is known. Only one entry is in memory at once.

use std::cell::Cell;
use std::fmt;
use std::io::{BufRead, Read};
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::faults::{At, Faults};
use crate::diagnostic::Kind;

/// Where the parser stands: line from 1, bytes of the line read so far.
#[derive(Debug, Default)]
pub(super) struct Position {
    file: u32,
    lines: Cell<u32>,
    column: Cell<u32>,
}

impl Position {
    pub(super) fn new(file: u32) -> Self {
        Position { file, lines: Cell::new(0), column: Cell::new(0) }
    }

    /// The place of the byte that was read last.
    pub(super) fn at(&self) -> At {
        At { file: self.file, line: self.lines.get() + 1, column: self.column.get().max(1) }
    }

    fn pass(&self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                self.lines.set(self.lines.get().saturating_add(1));
                self.column.set(0);
            } else {
                self.column.set(self.column.get().saturating_add(1));
            }
        }
    }
}

/// A source whose position is known.
pub(super) struct Counted<'p, R> {
    source: R,
    position: &'p Position,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.position.pass(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

/// What parses the documents of a source.
pub(super) type Parser<'p, R> = serde_json::Deserializer<serde_json::de::IoRead<Counted<'p, R>>>;

/// Reads documents one after the other from `source` until it ends, each by `read`.
pub(super) fn documents<R: BufRead>(
    source: R,
    position: &Position,
    what: &str,
    faults: &mut Faults,
    mut read: impl FnMut(&mut Parser<'_, R>, &mut Faults) -> serde_json::Result<()>,
) {
    let mut parser = serde_json::Deserializer::from_reader(Counted { source, position });
    let mut is_first = true;
    loop {
        // A feed may be pages, one document after the other; blanks behind the last one are its end.
        if !is_first && parser.end().is_ok() {
            return;
        }
        is_first = false;
        if let Err(error) = read(&mut parser, faults) {
            let at = At {
                line: u32::try_from(error.line()).unwrap_or(u32::MAX).max(1),
                column: u32::try_from(error.column()).unwrap_or(u32::MAX).max(1),
                ..position.at()
            };
            let text = error.to_string();
            let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
            let (message, help) = if error.is_eof() {
                ("the file ends in the middle of its JSON".to_owned(), "fetch it again in full")
            } else {
                (format!("this is not {what}: {reason}"), "fetch it again, or name the format it is in")
            };
            faults.add(at, Kind::Syntax, message, help);
            return;
        }
    }
}

/// A feed of pages: objects that have what they price in a list, and no page without it.
pub(super) struct Pages {
    /// A page, in words.
    pub(super) what: &'static str,
    /// The member that is the list.
    pub(super) member: &'static str,
    /// Where to fetch it.
    pub(super) help: &'static str,
}

impl Pages {
    /// Reads the items of all pages one by one.
    pub(super) fn read<R: BufRead, T: DeserializeOwned>(
        &self,
        source: R,
        file: u32,
        faults: &mut Faults,
        mut each: impl FnMut(T, At, &mut Faults),
    ) {
        let position = &Position::new(file);
        documents(source, position, self.what, faults, |parser, faults| {
            Page { pages: self, position, faults, each: &mut each, of: PhantomData }.deserialize(parser)
        });
    }
}

struct Page<'a, T, F> {
    pages: &'a Pages,
    position: &'a Position,
    faults: &'a mut Faults,
    each: &'a mut F,
    of: PhantomData<T>,
}

impl<'de, T: DeserializeOwned, F: FnMut(T, At, &mut Faults)> DeserializeSeed<'de> for Page<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned, F: FnMut(T, At, &mut Faults)> Visitor<'de> for Page<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.pages.member)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Page { pages: Pages { what, member, help }, position, faults, each, .. } = self;
        let mut has_items = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == *member {
                has_items = true;
                map.next_value_seed(Items::new(position, |item, at| each(item, at, faults)))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if !has_items {
            let message = format!("this is not {what}: it has no `{member}`");
            faults.add(position.at(), Kind::WrongFormat, message, *help);
        }
        Ok(())
    }
}

/// Each entry of an object, as it is read: its key, its value, and where the value starts.
pub(super) struct Entries<'p, T, F> {
    position: &'p Position,
    each: F,
    of: PhantomData<T>,
}

impl<'p, T, F: FnMut(String, T, At)> Entries<'p, T, F> {
    pub(super) fn new(position: &'p Position, each: F) -> Self {
        Entries { position, each, of: PhantomData }
    }
}

impl<'de, T: DeserializeOwned, F: FnMut(String, T, At)> DeserializeSeed<'de> for Entries<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned, F: FnMut(String, T, At)> Visitor<'de> for Entries<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let (value, at) = map.next_value_seed(Placed { position: self.position, of: PhantomData })?;
            (self.each)(key, value, at);
        }
        Ok(())
    }
}

/// Each item of a list, as it is read, and where it starts.
pub(super) struct Items<'p, T, F> {
    position: &'p Position,
    each: F,
    of: PhantomData<T>,
}

impl<'p, T, F: FnMut(T, At)> Items<'p, T, F> {
    pub(super) fn new(position: &'p Position, each: F) -> Self {
        Items { position, each, of: PhantomData }
    }
}

impl<'de, T: DeserializeOwned, F: FnMut(T, At)> DeserializeSeed<'de> for Items<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: DeserializeOwned, F: FnMut(T, At)> Visitor<'de> for Items<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some((item, at)) = list.next_element_seed(Placed { position: self.position, of: PhantomData })? {
            (self.each)(item, at);
        }
        Ok(())
    }
}

/// A value with the place of its first byte, which the parser has looked at by now.
struct Placed<'p, T> {
    position: &'p Position,
    of: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Placed<'_, T> {
    type Value = (T, At);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(T, At), D::Error> {
        let at = self.position.at();
        Ok((T::deserialize(deserializer)?, at))
    }
}

/// A number exactly as it is written, or the text of a string: no price goes through a float.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(pub(super) String);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        let text = match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(inner) => inner,
            None if text == "null" => "",
            None => text,
        };
        Ok(Written(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, String) {
        let mut faults = Faults::default();
        let position = Position::new(faults.file("f.json"));
        let mut seen = Vec::new();
        documents(text.as_bytes(), &position, "a list of numbers", &mut faults, |parser, _| {
            let each = |item: Written, at: At| seen.push(format!("{}:{} {}", at.line, at.column, item.0));
            Items::new(&position, each).deserialize(parser)
        });
        (seen, faults.into_diagnostics().to_string())
    }

    #[test]
    fn items_come_with_their_places_and_numbers_as_they_are_written() {
        let (items, faults) = read("[1.10,\n  \"2\", 3e-5]\n [0.1]\n");
        assert_eq!(items, ["1:2 1.10", "2:3 2", "2:8 3e-5", "3:3 0.1"]);
        assert_eq!(faults, "");
    }

    #[test]
    fn a_truncated_file_and_another_format_are_located() {
        let (items, faults) = read("[1,\n2");
        assert_eq!(items, ["1:2 1", "2:1 2"]);
        assert_eq!(faults, "f.json:2:1: the file ends in the middle of its JSON\nhelp: fetch it again in full");
        assert_eq!(
            read("{\"a\": 1}").1,
            "f.json:1:1: this is not a list of numbers: invalid type: map, expected a list\n\
             help: fetch it again, or name the format it is in"
        );
        assert_eq!(read("").1, "f.json:1:1: the file ends in the middle of its JSON\nhelp: fetch it again in full");
    }
}
