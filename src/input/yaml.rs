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
use std::sync::Arc;

use serde_yaml::granit_parser::{self as granit, ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError};

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Place, Sources, Span, quoted};

/// Largest file that is read: 32 MiB, some 500,000 price rows; its tree then takes 64 MB.
pub(crate) const LARGEST_FILE: u64 = 32 << 20;
/// Most nodes of one file: bounds the arena to 64 MB, and is what 32 MiB of price rows need.
const MOST_NODES: usize = 4_000_000;
/// Deepest nesting of collections; the formats need about eight.
const DEEPEST: usize = 64;
/// Longest key that YAML takes without `?`, in characters.
const LONGEST_KEY: usize = 1024;
/// Most faults that are listed for one file; the rest are counted, so that a hostile file cannot fill the memory.
const MOST_FAULTS: usize = 100;

/// Turns the bytes of file `name` into text.
///
/// # Errors
/// The first of: larger than [`LARGEST_FILE`], not UTF-8, or a control character that YAML forbids. There is no text to
/// locate with afterwards, so the fault carries its line and column itself.
pub(crate) fn decode(name: &str, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(too_large(Span::NONE, Some(place_after(name, ""))));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let place = place_after(name, std::str::from_utf8(good).unwrap_or_default());
        let bad = error.as_bytes().get(good.len()).copied().unwrap_or_default();
        let message = format!("this is not UTF-8 text: byte 0x{bad:02x} cannot stand here");
        placed(Diagnostic::new(Kind::NotUtf8, Span::NONE, message).help("save the file as UTF-8"), Some(place))
    })?;
    match text.char_indices().find(|&(_, character)| is_forbidden(character)) {
        None => Ok(text),
        Some((offset, character)) => {
            let place = place_after(name, text.get(..offset).unwrap_or_default());
            let message = format!("this is not valid YAML: control character U+{:04X}", u32::from(character));
            let fault = Diagnostic::new(Kind::Syntax, Span::NONE, message)
                .help("remove it, or write it as an escape in double quotes");
            Err(placed(fault, Some(place)))
        }
    }
}

/// Whether YAML forbids `character` in a text outside of an escape.
fn is_forbidden(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        _ => character.is_control(),
    }
}

/// The place just after `before`, the beginning of file `name`.
fn place_after(name: &str, before: &str) -> Place {
    let in_line = before.rsplit('\n').next().unwrap_or_default().trim_start_matches('\u{feff}');
    Place {
        file: Arc::from(name),
        line: 1 + before.bytes().filter(|&byte| byte == b'\n').count(),
        column: 1 + in_line.chars().count(),
    }
}

/// `fault` with its place.
fn placed(mut fault: Diagnostic, place: Option<Place>) -> Diagnostic {
    fault.place = place;
    fault
}

/// The fault of a file above [`LARGEST_FILE`].
fn too_large(span: Span, place: Option<Place>) -> Diagnostic {
    let message = format!("the file is larger than {} MiB", LARGEST_FILE >> 20);
    placed(Diagnostic::new(Kind::TooLarge, span, message).help("split it into several files"), place)
}

/// What a slot of the arena holds. Lengths and offsets are in bytes.
#[derive(Clone, Copy, Debug)]
enum Content {
    /// An empty value, `~` or `null`.
    Null,
    /// A plain scalar: the source from the slot's start on.
    Plain { len: u32 },
    /// A quoted or block scalar that stands in the source exactly as it reads.
    Verbatim { at: u32, len: u32 },
    /// A quoted or block scalar whose text differs from the source (escapes, folding), in [`Tree::decoded`].
    Decoded { at: u32, len: u32 },
    /// A sequence of `len` items in the slots from the next one up to `end`.
    Sequence { len: u32, end: u32 },
    /// A mapping of `len` entries, key and value in turn, in the slots from the next one up to `end`.
    Mapping { len: u32, end: u32 },
    /// A key that was reported as a fault; its entry is skipped.
    DroppedKey,
}

/// A node in the arena: where it stands and what it holds; its children follow it.
#[derive(Clone, Copy, Debug)]
struct Slot {
    start: u32,
    content: Content,
}

const _: () = assert!(size_of::<Slot>() == 16, "half a million price rows have four million nodes");

/// One document: every node of it in source order, a collection before its children.
#[derive(Debug)]
pub(crate) struct Tree {
    /// Number of the file in [`Sources`].
    file: u32,
    slots: Vec<Slot>,
    /// The texts of those scalars that do not stand in the source as they read.
    decoded: String,
}

impl Tree {
    /// The document's root; `sources` must hold the text that was read.
    pub(crate) fn root<'a>(&'a self, sources: &'a Sources) -> Node<'a> {
        Node { tree: self, source: sources.text(self.file), index: 0 }
    }

    /// The slot at `index`; an empty one if there is none, which no index from this tree ever meets.
    fn slot(&self, index: u32) -> Slot {
        self.slots.get(index as usize).copied().unwrap_or(Slot { start: 0, content: Content::Null })
    }

    /// The first slot behind the node at `index` and all its children.
    fn after(&self, index: u32) -> u32 {
        match self.slot(index).content {
            Content::Sequence { end, .. } | Content::Mapping { end, .. } => end.max(index + 1),
            _ => index + 1,
        }
    }

    /// The text of the scalar at `index`.
    fn text<'a>(&'a self, source: &'a str, index: u32) -> Option<&'a str> {
        let slot = self.slot(index);
        let (text, at, len) = match slot.content {
            Content::Plain { len } => (source, slot.start, len),
            Content::Verbatim { at, len } => (source, at, len),
            Content::Decoded { at, len } => (self.decoded.as_str(), at, len),
            _ => return None,
        };
        text.get(at as usize..at as usize + len as usize)
    }
}

/// What kind of node was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NodeKind {
    /// An empty value, `~` or `null`, not in quotes.
    Null,
    /// A scalar without quotes, uninterpreted.
    Plain,
    /// A scalar in quotes, or a block scalar (`|`, `>`).
    Quoted,
    /// A list.
    Sequence,
    /// A mapping.
    Mapping,
}

/// A node of a [`Tree`], with the text it was read from.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    tree: &'a Tree,
    source: &'a str,
    index: u32,
}

impl<'a> Node<'a> {
    /// What kind of node it is.
    pub(crate) fn kind(self) -> NodeKind {
        match self.tree.slot(self.index).content {
            Content::Null | Content::DroppedKey => NodeKind::Null,
            Content::Plain { .. } => NodeKind::Plain,
            Content::Verbatim { .. } | Content::Decoded { .. } => NodeKind::Quoted,
            Content::Sequence { .. } => NodeKind::Sequence,
            Content::Mapping { .. } => NodeKind::Mapping,
        }
    }

    /// Where it starts: at its first character, quote or bracket; a block mapping at its first key, a block list at its
    /// first `-`, a block scalar at its text, an empty value where it would stand.
    pub(crate) fn span(self) -> Span {
        Span::new(self.tree.file, self.tree.slot(self.index).start)
    }

    /// The text of a scalar: a plain one exactly as written, a quoted one decoded; `None` for all else.
    pub(crate) fn text(self) -> Option<&'a str> {
        self.tree.text(self.source, self.index)
    }

    /// The items of a sequence in order; none for all else.
    pub(crate) fn items(self) -> impl Iterator<Item = Node<'a>> {
        let is_sequence = matches!(self.tree.slot(self.index).content, Content::Sequence { .. });
        let (mut next, end) = self.children(is_sequence);
        std::iter::from_fn(move || {
            let item = (next < end).then_some(Node { index: next, ..self })?;
            next = self.tree.after(next);
            Some(item)
        })
    }

    /// The entries of a mapping in order, those with faulty keys left out; none for all else.
    pub(crate) fn entries(self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> {
        let is_mapping = matches!(self.tree.slot(self.index).content, Content::Mapping { .. });
        let (mut next, end) = self.children(is_mapping);
        std::iter::from_fn(move || {
            while next < end {
                let key = Node { index: next, ..self };
                let value = Node { index: next + 1, ..self };
                next = self.tree.after(value.index);
                if !matches!(self.tree.slot(key.index).content, Content::DroppedKey) {
                    return Some((key, value));
                }
            }
            None
        })
    }

    /// How many items or entries it has; 0 for a scalar.
    pub(crate) fn len(self) -> usize {
        match self.tree.slot(self.index).content {
            Content::Sequence { len, .. } | Content::Mapping { len, .. } => len as usize,
            _ => 0,
        }
    }

    /// The slots of the children, first and behind the last; none unless `wanted`.
    fn children(self, wanted: bool) -> (u32, u32) {
        if wanted { (self.index + 1, self.tree.after(self.index)) } else { (0, 0) }
    }
}

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
        tree: Tree { file, slots: Vec::new(), decoded: String::new() },
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
            let (event, span) = event.map_err(|error| self.syntax(&error))?;
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
            return Err(self.too_deep(start));
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
                Err(self.tab(offset_of(above.len() + tab)))
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

    /// Whether the colon at byte `start` follows one that YAML no longer takes for a key because of its length.
    fn ends_long_key(&self, start: u32) -> bool {
        let start = start as usize;
        let before = self.source.as_bytes().get(start.saturating_sub(LONGEST_KEY)..start).unwrap_or_default();
        before.len() == LONGEST_KEY && !before.iter().any(|byte| b"\n,:[{".contains(byte))
    }

    /// The fault of a tab in indentation, at the tab if it is on the line of byte `start` or on the next: the parser
    /// names places before and behind it.
    fn tab(&self, start: u32) -> Diagnostic {
        let before = self.source.get(..start as usize).unwrap_or_default();
        let mut line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let mut found = start;
        for line in self.source.get(line_start..).unwrap_or_default().split_inclusive('\n').take(2) {
            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
            if let Some(tab) = line.find('\t').filter(|&tab| tab < indent) {
                found = offset_of(line_start + tab);
                break;
            }
            line_start += line.len();
        }
        self.fault(Kind::Syntax, found, "a tab cannot indent").help("indent with spaces")
    }

    /// The fault of a collection beyond [`DEEPEST`].
    fn too_deep(&self, start: u32) -> Diagnostic {
        let message = format!("lists and mappings are nested more than {DEEPEST} deep");
        Diagnostic::new(Kind::TooDeep, self.at(start), message).help("close the brackets, or indent less")
    }

    /// A fault at byte `start` of this file.
    fn fault(&self, kind: Kind, start: u32, message: &str) -> Diagnostic {
        Diagnostic::new(kind, self.at(start), message)
    }

    /// The place of byte `start` of this file.
    fn at(&self, start: u32) -> Span {
        Span::new(self.tree.file, start)
    }

    /// The parser's error in our words.
    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let start = offset(error.marker());
        let (reason, help) = match error.kind() {
            ErrorKind::RecursionLimitExceeded => return self.too_deep(start),
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart => return self.tab(start),
            ErrorKind::UndeclaredTagHandle
            | ErrorKind::InvalidTagTerminator
            | ErrorKind::MissingTagUri
            | ErrorKind::UnclosedVerbatimTag
            | ErrorKind::InvalidTagEscape
            | ErrorKind::InvalidGlobalTagCharacter => {
                let fault = self.fault(Kind::Tag, start, "a tag is not allowed");
                return fault.help("remove it; put text that starts with `!` in quotes");
            }
            ErrorKind::MissingAnchorOrAliasName | ErrorKind::UnknownAnchor => {
                let fault = self.fault(Kind::Alias, start, "an anchor or alias is not allowed");
                return fault.help("put text that starts with `&` or `*` in quotes");
            }
            ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
                ("a quote is not closed".into(), "close it; within single quotes, write a quote twice")
            }
            ErrorKind::UnclosedFlowCollection { open } => (format!("`{open}` is not closed"), "close it"),
            ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
                (format!("`{open}` is closed by `{close}`"), "close it with its own bracket")
            }
            ErrorKind::MisplacedFlowCollectionEnd => ("a bracket closes nothing".into(), "remove it"),
            ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => (
                "text after a closing quote".into(),
                "put the whole value in quotes, or a comma between two; within single quotes, write a quote twice",
            ),
            ErrorKind::MappingValueNotAllowed if self.ends_long_key(start) => {
                ("a key is too long".into(), "a key has at most 1024 characters")
            }
            ErrorKind::MappingValueNotAllowed => {
                ("a colon cannot stand here".into(), "put text that holds a colon in quotes, or check the indentation")
            }
            ErrorKind::UnexpectedCharacter { character } => {
                let shown = quoted(character.encode_utf8(&mut [0; 4]));
                (format!("a value cannot start with {shown}"), "put the value in quotes")
            }
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
                ("a key without a colon".into(), "write `key: value` on one line, the key under 1024 characters")
            }
            ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::ExpectedBlockSequenceEntry
            | ErrorKind::BlockSequenceEntryNotAllowed
            | ErrorKind::InvalidIndentation
            | ErrorKind::ExpectedDocumentStart
            | ErrorKind::MappingKeyNotAllowed => {
                ("this does not fit the lines above".into(), "indent it like the entries it belongs to")
            }
            ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::ExpectedFlowMappingSeparator => {
                ("a comma or a closing bracket is missing before this".into(), "write it, or put the value in quotes")
            }
            ErrorKind::UnexpectedEof
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::UnexpectedEofBlockMapping
            | ErrorKind::UnexpectedEofBlockSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::ExpectedNodeContent => {
                // The parser says "end of file" of a stray comma, too.
                let rest = self.source.get(start as usize..).unwrap_or_default();
                match rest.chars().find(|character| !character.is_whitespace()) {
                    Some(character) => {
                        let shown = quoted(character.encode_utf8(&mut [0; 4]));
                        (format!("{shown} cannot stand here"), "remove it, or put the value in quotes")
                    }
                    None => ("the file ends too early".into(), "complete it"),
                }
            }
            ErrorKind::UnknownQuotedScalarEscape => {
                ("an unknown escape in double quotes".into(), "write `\\\\` for a backslash, or use single quotes")
            }
            _ => (error.info(), "correct it, or put the value in quotes"),
        };
        self.fault(Kind::Syntax, start, &format!("this is not valid YAML: {reason}")).help(help)
    }
}

/// The byte offset of a marker. A text of at most [`LARGEST_FILE`] always has one, and it fits.
fn offset(marker: &Marker) -> u32 {
    offset_of(marker.byte_offset().unwrap_or_default())
}

/// A length or offset in a text of at most [`LARGEST_FILE`], which fits.
fn offset_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
