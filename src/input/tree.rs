//! The tree of one document: nodes with their places in the text, in one arena of 16 bytes a node.

use crate::diagnostic::{Sources, Span};

/// What a slot of the arena holds. Lengths and offsets are in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
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
pub(super) struct Slot {
    pub(super) start: u32,
    pub(super) content: Content,
}

const _: () = assert!(size_of::<Slot>() == 16, "half a million price rows have four million nodes");

/// One document: every node of it in source order, a collection before its children.
#[derive(Debug)]
pub(crate) struct Tree {
    /// Number of the file in [`Sources`].
    pub(super) file: u32,
    pub(super) slots: Vec<Slot>,
    /// The texts of those scalars that do not stand in the source as they read.
    pub(super) decoded: String,
    /// The place of each node, where the tree was put together from several files; its texts are then all in `decoded`.
    pub(super) places: Vec<Span>,
}

impl Tree {
    /// The document's root; `sources` must hold the text that was read.
    pub(crate) fn root<'a>(&'a self, sources: &'a Sources) -> Node<'a> {
        let source = if self.places.is_empty() { sources.text(self.file) } else { &self.decoded };
        Node { tree: self, source, index: 0 }
    }

    /// The slot at `index`; an empty one if there is none, which no index from this tree ever meets.
    pub(super) fn slot(&self, index: u32) -> Slot {
        self.slots.get(index as usize).copied().unwrap_or(Slot { start: 0, content: Content::Null })
    }

    /// The first slot behind the node at `index` and all its children.
    pub(super) fn after(&self, index: u32) -> u32 {
        match self.slot(index).content {
            Content::Sequence { end, .. } | Content::Mapping { end, .. } => end.max(index + 1),
            _ => index + 1,
        }
    }

    /// The text of the scalar at `index`.
    pub(super) fn text<'a>(&'a self, source: &'a str, index: u32) -> Option<&'a str> {
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
        let place = self.tree.places.get(self.index as usize).copied();
        place.unwrap_or_else(|| Span::new(self.tree.file, self.tree.slot(self.index).start))
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
