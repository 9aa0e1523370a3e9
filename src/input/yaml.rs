//! YAML text into a compact private tree of nodes with places.
//!
//! The text is read once, by the event parser of serde-saphyr, into an arena of 16 bytes per node. No value is
//! interpreted: a plain scalar stays the very text that was written (`1_000`, `0x1F`, `.nan`, `yes`), so that readers
//! decide what a number is. Events instead of serde's data model, because the latter hides tags and quoting, guesses
//! types, and buffers a mapping written as a key without bound.
//!
//! Only the plain part of YAML is taken: one document, no anchors, aliases, merge keys or tags, scalar keys, each once.
//! Files are hostile until read: size, nodes, depth and the number of listed faults have limits, and nothing recurses.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_yaml::granit_parser::{self as granit, Event, Parser, ScalarStyle};

use super::decode::{LARGEST_FILE, too_large};
use super::syntax::{DEEPEST, Text, offset, offset_of};
use super::tree::{Content, Slot, Tree};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Sources, Span, quoted};

/// Most nodes of one file: bounds the arena to 64 MB, and is what 32 MiB of price rows need.
const MOST_NODES: usize = 4_000_000;
/// Most faults that are listed for one file; the rest are counted, so that a hostile file cannot fill the memory.
const MOST_FAULTS: usize = 100;

/// Reads the text of file number `file`, collecting faults.
///
/// Faulty and repeated keys are reported, and their entries left out. Any other fault gives no tree at all, since what
/// the author meant is then in doubt; a syntax error or a limit also ends the reading, so it is the last of its file.
pub(crate) fn parse(sources: &Sources, file: u32, faults: &mut Diagnostics) -> Option<Tree> {
    let source = sources.text(file);
    if source.len() as u64 > LARGEST_FILE {
        faults.push(too_large(Span::new(file, 0), None));
        return None;
    }
    let mut builder = Builder {
        sources,
        source,
        tree: Tree { file, slots: Vec::new(), decoded: String::new(), places: Vec::new() },
        open: Vec::new(),
        keys: Vec::new(),
        faults,
        listed: 0,
        unlisted: None,
        in_doubt: false,
    };
    let result = builder.document();
    let Builder { mut tree, faults, unlisted, in_doubt, .. } = builder;
    if let Some((count, last)) = unlisted {
        let message = format!("{count} more faults in this file are not listed");
        faults.push(Diagnostic::new(last.kind, last.span, message).help("correct the listed ones first"));
    }
    if let Err(fault) = result {
        faults.push(fault);
        return None;
    }
    tree.slots.shrink_to_fit();
    (!in_doubt).then_some(tree)
}

/// A collection whose end has not been read yet.
struct Open {
    /// Its slot.
    index: u32,
    is_mapping: bool,
    /// Children read so far, keys and values counted separately.
    children: u32,
}

/// The state of reading one document.
struct Builder<'a> {
    sources: &'a Sources,
    source: &'a str,
    tree: Tree,
    open: Vec<Open>,
    /// Keys of the mapping being closed, with their hashes; kept to be used again.
    keys: Vec<(u32, u32)>,
    faults: &'a mut Diagnostics,
    listed: usize,
    /// Number of the faults beyond [`MOST_FAULTS`], and the last of them in the file.
    unlisted: Option<(usize, Diagnostic)>,
    /// Whether a fault makes the tree useless.
    in_doubt: bool,
}

impl Builder<'_> {
    /// Reads all events into the tree; the fault that ended the reading early, if any.
    fn document(&mut self) -> Result<(), Diagnostic> {
        let mut options = granit::Options::default();
        options.emit_comments = false;
        options.emit_anchor_events = true;
        options.emit_unresolved_aliases = true;
        // The scanner runs ahead of the events, so it needs the limit too; `open` counts both kinds of nesting.
        options.flow_nesting_limit = DEEPEST;
        let mut documents = 0;
        let mut is_empty = true;
        for event in Parser::new_from_str_with_options(self.source, options) {
            let (event, span) = event.map_err(|error| self.here().syntax(&error))?;
            let start = offset(&span.start);
            // A lone `---` gives a scalar that covers no text.
            is_empty &= match event {
                Event::Scalar(..) => span.slice(self.source).is_none_or(str::is_empty),
                _ => !event.is_node(),
            };
            if let Some(tag) = span.tag_span() {
                let message = format!("tag {} is not allowed", quoted(tag.slice(self.source).unwrap_or("!")));
                let fault = Diagnostic::new(Kind::Tag, self.at(offset(&tag.start)), message);
                self.doubt(fault.help("remove it; put a value in quotes to keep it as text"));
            }
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        let fault = self.fault(Kind::SecondDocument, start, "a second document starts here");
                        return Err(fault.help("keep one document in each file"));
                    }
                }
                Event::Scalar(value, style, ..) => {
                    let content = match style {
                        ScalarStyle::Plain => self.plain(start, &span)?,
                        _ => self.unplain(start, style, &value),
                    };
                    self.leaf(start, content)?;
                }
                Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                    let is_mapping = matches!(event, Event::MappingStart(..));
                    let is_block = style == granit::StructureStyle::Block;
                    if is_block {
                        self.refuse_leading_tab(start)?;
                    }
                    self.start(if is_block && !is_mapping { self.dash(start) } else { start }, is_mapping)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.end(),
                Event::Anchor(..) => {
                    let message = format!("anchor {} is not allowed", quoted(span.slice(self.source).unwrap_or("&")));
                    let fault = Diagnostic::new(Kind::Alias, self.at(start), message);
                    self.doubt(fault.help("remove it, and write the value out wherever it is needed"));
                }
                Event::Alias(..) | Event::UnresolvedAlias(..) => {
                    let message = format!("alias {} is not allowed", quoted(span.slice(self.source).unwrap_or("*")));
                    let fault = Diagnostic::new(Kind::Alias, self.at(start), message);
                    self.doubt(fault.help("write the value out; put text that starts with `*` in quotes"));
                    let content = if self.expects_key() { Content::DroppedKey } else { Content::Null };
                    self.push(start, content)?;
                }
                _ => {}
            }
        }
        if is_empty {
            let fault = self.fault(Kind::Empty, 0, "the file is empty, or holds only comments");
            return Err(fault.help("write the file's keys, or leave the file out"));
        }
        Ok(())
    }

    /// What a plain scalar holds: its text just as it stands in the source.
    fn plain(&self, start: u32, span: &granit::Span) -> Result<Content, Diagnostic> {
        let written = span.slice(self.source).unwrap_or_default();
        if written.contains(['\n', '\r']) {
            let fault = self.fault(Kind::Syntax, start, "a plain value must stay on one line");
            let is_key_like = written.lines().next().is_some_and(|line| line.contains(':'));
            return Err(fault.help(if is_key_like {
                "write a blank after the colon, or put the value in quotes"
            } else {
                "put it in quotes, or check how the next line is indented"
            }));
        }
        Ok(match written {
            "" | "~" | "null" => Content::Null,
            _ => Content::Plain { len: offset_of(written.len()) },
        })
    }

    /// What a quoted or block scalar holds: its text is copied only if it does not stand in the source as it reads.
    fn unplain(&mut self, start: u32, style: ScalarStyle, value: &str) -> Content {
        let is_quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
        let at = start.saturating_add(u32::from(is_quoted));
        let len = offset_of(value.len());
        if self.source.get(at as usize..at as usize + value.len()) == Some(value) {
            return Content::Verbatim { at, len };
        }
        let at = offset_of(self.tree.decoded.len());
        self.tree.decoded.push_str(value);
        Content::Decoded { at, len }
    }

    /// Adds a scalar, as a key only if it can be one.
    fn leaf(&mut self, start: u32, content: Content) -> Result<(), Diagnostic> {
        let index = offset_of(self.tree.slots.len());
        let is_key = self.expects_key();
        self.push(start, content)?;
        if !is_key {
            return Ok(());
        }
        match (content, self.tree.text(self.source, index)) {
            (Content::Plain { .. }, Some("<<")) => {
                let fault = self.fault(Kind::MergeKey, start, "merge key `<<` is not allowed");
                self.doubt(fault.help("write the merged keys out"));
            }
            (_, None | Some("")) => self.bad_key(start, "an empty key"),
            _ => return Ok(()),
        }
        self.drop_key(index);
        Ok(())
    }

    /// Opens a collection.
    fn start(&mut self, start: u32, is_mapping: bool) -> Result<(), Diagnostic> {
        if self.open.len() == DEEPEST {
            return Err(self.here().too_deep(start));
        }
        if self.expects_key() {
            self.bad_key(start, if is_mapping { "a mapping as a key" } else { "a list as a key" });
        }
        let index = offset_of(self.tree.slots.len());
        let (len, end) = (0, 0);
        let content = if is_mapping { Content::Mapping { len, end } } else { Content::Sequence { len, end } };
        self.push(start, content)?;
        self.open.push(Open { index, is_mapping, children: 0 });
        Ok(())
    }

    /// Closes the innermost collection.
    fn end(&mut self) {
        let Some(Open { index, is_mapping, children }) = self.open.pop() else { return };
        // Its parent counted it already: an odd number of children means that the last one is a key.
        if self.open.last().is_some_and(|parent| parent.is_mapping && parent.children % 2 == 1) {
            self.tree.slots.truncate(index as usize + 1);
            self.drop_key(index);
            return;
        }
        let end = offset_of(self.tree.slots.len());
        let content = if is_mapping {
            Content::Mapping { len: self.distinct_keys(index + 1, end), end }
        } else {
            Content::Sequence { len: children, end }
        };
        if let Some(slot) = self.tree.slots.get_mut(index as usize) {
            slot.content = content;
        }
    }

    /// Appends a slot and counts it as a child of the innermost collection.
    fn push(&mut self, start: u32, content: Content) -> Result<(), Diagnostic> {
        if self.tree.slots.len() == MOST_NODES {
            let message = format!("more than {MOST_NODES} keys and values in one file");
            return Err(
                Diagnostic::new(Kind::TooManyNodes, self.at(start), message).help("split it into several files")
            );
        }
        self.tree.slots.push(Slot { start, content });
        if let Some(parent) = self.open.last_mut() {
            parent.children += 1;
        }
        Ok(())
    }

    /// Reports and drops the repeated keys of the mapping with the entries from `first` up to `end`; how many stay.
    fn distinct_keys(&mut self, first: u32, end: u32) -> u32 {
        let mut keys = std::mem::take(&mut self.keys);
        keys.clear();
        let mut next = first;
        while next < end {
            if let Some(text) = self.tree.text(self.source, next) {
                let mut hasher = DefaultHasher::new();
                text.hash(&mut hasher);
                // The upper half: any 32 bits serve.
                keys.push((u32::try_from(hasher.finish() >> 32).unwrap_or_default(), next));
            }
            next = self.tree.after(next + 1);
        }
        let mut distinct = offset_of(keys.len());
        // Sorted by hash for speed, but then by text, so that colliding keys cannot make this slow.
        let (tree, source) = (&self.tree, self.source);
        keys.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| tree.text(source, a.1).cmp(&tree.text(source, b.1))).then(a.1.cmp(&b.1))
        });
        let mut rest = keys.as_slice();
        while let Some((&(hash, kept), others)) = rest.split_first() {
            let same =
                others.iter().take_while(|other| other.0 == hash && self.text(other.1) == self.text(kept)).count();
            for &(_, index) in others.iter().take(same) {
                self.duplicate(index, kept);
            }
            distinct -= offset_of(same);
            rest = others.get(same..).unwrap_or_default();
        }
        self.keys = keys;
        distinct
    }

    /// Reports and drops the key at `index`, which repeats the one at `kept`.
    fn duplicate(&mut self, index: u32, kept: u32) {
        // The message costs a walk over the text, so it is made only if it is listed.
        let (message, help) = if self.listed < MOST_FAULTS {
            let line = self.sources.place(self.at(self.tree.slot(kept).start)).map_or(0, |place| place.line);
            let key = quoted(self.text(index).unwrap_or_default());
            let help = format!("it is first written on line {line}; keep one of the two");
            (format!("key {key} is written twice in one mapping"), help)
        } else {
            (String::new(), String::new())
        };
        self.report(Diagnostic::new(Kind::DuplicateKey, self.at(self.tree.slot(index).start), message).help(help));
        self.drop_key(index);
    }

    /// Lists a fault, or counts it if there are too many.
    fn report(&mut self, fault: Diagnostic) {
        if self.listed < MOST_FAULTS {
            self.listed += 1;
            self.faults.push(fault);
            return;
        }
        self.unlisted = Some(match self.unlisted.take() {
            Some((count, last)) if last.span > fault.span => (count + 1, last),
            Some((count, _)) => (count + 1, fault),
            None => (1, fault),
        });
    }

    /// Reports a fault that makes the tree useless, and lets the reading go on.
    fn doubt(&mut self, fault: Diagnostic) {
        self.in_doubt = true;
        self.report(fault);
    }

    /// Reports a key that is no name.
    fn bad_key(&mut self, start: u32, what: &str) {
        let fault = self.fault(Kind::BadKey, start, &format!("{what} is not allowed"));
        self.report(fault.help("write a name before the colon; put text that starts with `{`, `[` or `?` in quotes"));
    }

    /// Marks the entry of the key at `index` as left out.
    fn drop_key(&mut self, index: u32) {
        if let Some(slot) = self.tree.slots.get_mut(index as usize) {
            slot.content = Content::DroppedKey;
        }
    }

    /// Whether the next node is a key.
    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|parent| parent.is_mapping && parent.children % 2 == 0)
    }

    /// The text of the scalar at `index`.
    fn text(&self, index: u32) -> Option<&str> {
        self.tree.text(self.source, index)
    }

    /// Refuses a tab before the first key or `-` of a block collection: the parser takes it after a blank, where an
    /// editor shows another depth than the parser sees.
    fn refuse_leading_tab(&self, start: u32) -> Result<(), Diagnostic> {
        let before = self.source.get(..start as usize).unwrap_or_default();
        let above = before.trim_end_matches([' ', '\t']);
        let blank = before.get(above.len()..).unwrap_or_default();
        match blank.find('\t') {
            Some(tab) if above.is_empty() || above.ends_with(['\n', '\r', '\u{feff}']) => {
                Err(self.here().tab(offset_of(above.len() + tab)))
            }
            _ => Ok(()),
        }
    }

    /// The `-` of a block list that the parser places at `start`: it puts a list that is indented like its key at the
    /// first item instead.
    fn dash(&self, start: u32) -> u32 {
        if !self.open.last().is_some_and(|parent| parent.is_mapping) {
            return start;
        }
        let mut end = start as usize;
        // Only blanks and comments lie between, so this never walks over a line twice.
        loop {
            let before = self.source.get(..end).unwrap_or_default();
            let line = before.rfind(['\n', '\r']).map_or(0, |line_end| line_end + 1);
            let rest = self.source.get(line..).unwrap_or_default();
            let indented = rest.trim_start_matches(' ');
            if indented.starts_with('-') {
                return offset_of(line + rest.len() - indented.len());
            }
            if line == 0 {
                return start;
            }
            end = line - 1;
        }
    }

    /// What is read, for faults.
    fn here(&self) -> Text<'_> {
        Text { source: self.source, file: self.tree.file }
    }

    /// A fault at byte `start` of this file.
    fn fault(&self, kind: Kind, start: u32, message: &str) -> Diagnostic {
        self.here().fault(kind, start, message)
    }

    /// The place of byte `start` of this file.
    fn at(&self, start: u32) -> Span {
        self.here().at(start)
    }
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
