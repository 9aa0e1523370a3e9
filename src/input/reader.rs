//! A walker over the tree of one file: typed values out, every fault collected, names kept once.
//!
//! A reader never stops at a fault. What is missing or wrong is reported once and replaced by a stand-in that is right
//! (the number 1, an empty list), so that one mistake makes one message and not a chain of them. Nothing built from
//! stand-ins is ever returned: [`load`](crate::load) gives back the faults instead.

use std::collections::HashMap;
use std::fmt;

use rust_decimal::Decimal;

use super::tree::{Node, NodeKind};
use crate::catalog::Name;
use crate::decimal::{NotANumber, decimal};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, Spanned, listed, nearest, quoted};
use crate::units::Date;

/// What a bad number counts as while the rest of the file is read: legal for prices, counts and percentages alike.
pub(super) const STAND_IN: Decimal = Decimal::ONE;

/// Most faults that are listed for one file, so that a hostile one cannot fill the memory; no one corrects more at once.
pub(super) const MOST_FAULTS: usize = 100;

/// What a mapping belongs to, as messages call it, and where a key that it lacks is reported.
///
/// The text is written only when there is a fault: half a million prices are read without one.
#[derive(Clone, Copy)]
pub(super) struct Owner<'w> {
    pub(super) text: &'w dyn fmt::Display,
    pub(super) at: Span,
}

/// "sku `m7i.xlarge`": a kind of thing and its name.
pub(super) struct Named<'a>(pub(super) &'static str, pub(super) &'a str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, quoted(self.1))
    }
}

/// The place of one known key in a mapping, filled or not.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a, 'w> {
    key: &'static str,
    owner: Owner<'w>,
    value: Option<Node<'a>>,
}

impl<'a> Slot<'a, '_> {
    pub(super) fn value(&self) -> Option<Node<'a>> {
        self.value
    }

    /// Where the value stands, or the mapping it is missing from.
    pub(super) fn span(&self) -> Span {
        self.value.map_or(self.owner.at, Node::span)
    }
}

impl fmt::Display for Slot<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of {}", self.key, self.owner.text)
    }
}

/// What kind of value should stand somewhere, and how it is written.
#[derive(Clone, Copy)]
pub(super) struct Expected {
    what: &'static str,
    remedy: &'static str,
}

impl Expected {
    const MAPPING: Expected = Expected::new("a mapping", "write keys with values, as `{key: value}`");
    const LIST: Expected = Expected::new("a list", "write it in brackets, as `[a, b]`");
    const TEXT: Expected = Expected::new("text", "write plain text");
    const NUMBER: Expected = Expected::new("a number", "write plain digits, such as 1000 or 0.25");
    const WORD: Expected = Expected::new("a word", "write a single one");
    const BOOLEAN: Expected = Expected::new("`true` or `false`", "write it without quotes");
    const DATE: Expected = Expected::new("a date", "write year, month and day, such as 2026-07-20");

    pub(super) const fn new(what: &'static str, remedy: &'static str) -> Self {
        Expected { what, remedy }
    }
}

/// Walks one file.
pub(super) struct Reader<'a, 'f> {
    faults: &'f mut Diagnostics,
    names: HashMap<&'a str, Name>,
    /// Number of faults so far, the unlisted ones too.
    count: usize,
    /// The last fault beyond [`MOST_FAULTS`].
    unlisted: Option<Span>,
    /// Whether a name that others may refer to could not be read, so that what refers to it must not be faulted.
    lost: bool,
}

impl<'a, 'f> Reader<'a, 'f> {
    pub(super) fn new(faults: &'f mut Diagnostics) -> Self {
        Reader { faults, names: HashMap::new(), count: 0, unlisted: None, lost: false }
    }

    pub(super) fn lost(&self) -> bool {
        self.lost
    }

    /// The place of the last fault that was not listed, if there were too many.
    pub(super) fn unlisted(&self) -> Option<Span> {
        self.unlisted
    }

    pub(super) fn fault(&mut self, fault: Diagnostic) {
        self.count += 1;
        if self.count <= MOST_FAULTS {
            self.faults.push(fault);
        } else {
            self.unlisted = Some(fault.span);
        }
    }

    /// How many faults there are: what is read between two equal counts is right.
    pub(super) fn faults(&self) -> usize {
        self.count
    }

    /// The text as a shared name; equal ones share their bytes.
    pub(super) fn intern(&mut self, text: &'a str) -> Name {
        self.names.entry(text).or_insert_with(|| Name::from(text)).clone()
    }

    /// The places of the known `keys` in a mapping; unknown keys are faults, and those of `later` are named as parts of
    /// the format that are still to come.
    pub(super) fn fields<'w, const N: usize>(
        &mut self,
        node: Node<'a>,
        owner: Owner<'w>,
        keys: [&'static str; N],
        later: &[&str],
    ) -> Option<[Slot<'a, 'w>; N]> {
        self.expect(node, NodeKind::Mapping, owner.text)?;
        let mut slots = keys.map(|key| Slot { key, owner, value: None });
        let mut misspelled: Vec<(usize, Node<'a>)> = Vec::new();
        for (key, value) in node.entries() {
            let text = key.text().unwrap_or_default();
            if let Some(slot) = slots.iter_mut().find(|slot| slot.key == text) {
                slot.value = slot.value.or(Some(value));
            } else if later.contains(&text) {
                self.not_supported(key.span(), &quoted(text));
            } else {
                misspelled.extend(self.unknown_key(key, text, owner, &keys).map(|slot| (slot, value)));
            }
        }
        // A misspelled key is read as the one that was meant, so that it is not reported as missing as well.
        for (number, value) in misspelled {
            if let Some(slot) = slots.get_mut(number) {
                slot.value = slot.value.or(Some(value));
            }
        }
        Some(slots)
    }

    /// Reports an unknown key, and tells which of `keys` was probably meant.
    fn unknown_key(&mut self, key: Node<'a>, text: &str, owner: Owner<'_>, keys: &[&'static str]) -> Option<usize> {
        let meant = nearest(text, keys.iter().copied());
        let help = match meant {
            Some(key) => format!("did you mean `{key}`?"),
            None => format!("legal are {}", listed(keys.iter().copied())),
        };
        let message = format!("unknown key {} in {}", quoted(text), owner.text);
        self.fault(Diagnostic::new(Kind::UnknownKey, key.span(), message).help(help));
        keys.iter().position(|key| Some(*key) == meant)
    }

    pub(super) fn not_supported(&mut self, at: Span, what: &str) {
        let message = format!("{what} is not supported yet");
        self.fault(
            Diagnostic::new(Kind::NotSupported, at, message).help("remove it; this version would plan without it"),
        );
    }

    /// Whether a key that must be there is there.
    pub(super) fn required(&mut self, slot: Slot<'a, '_>) -> Option<Node<'a>> {
        if slot.value.is_none() {
            let message = format!("missing key `{}` in {}", slot.key, slot.owner.text);
            self.fault(Diagnostic::new(Kind::MissingKey, slot.owner.at, message).help(format!("add `{}`", slot.key)));
        }
        slot.value
    }

    /// The entries of a mapping whose keys are names.
    pub(super) fn entries(
        &mut self,
        node: Node<'a>,
        what: &dyn fmt::Display,
    ) -> Option<impl Iterator<Item = (Spanned<&'a str>, Node<'a>)> + use<'a>> {
        self.expect(node, NodeKind::Mapping, what)?;
        Some(node.entries().filter_map(|(key, value)| Some((Spanned::new(key.text()?, key.span()), value))))
    }

    /// The items of a list.
    pub(super) fn items(
        &mut self,
        node: Node<'a>,
        what: &dyn fmt::Display,
    ) -> Option<impl Iterator<Item = Node<'a>> + use<'a>> {
        self.expect(node, NodeKind::Sequence, what)?;
        Some(node.items())
    }

    fn expect(&mut self, node: Node<'a>, kind: NodeKind, what: &dyn fmt::Display) -> Option<()> {
        if node.kind() == kind {
            return Some(());
        }
        self.lost = true;
        self.wrong_type(node, if kind == NodeKind::Mapping { Expected::MAPPING } else { Expected::LIST }, what);
        None
    }

    /// Reports a value that is not of the kind it should be.
    pub(super) fn wrong_type(&mut self, node: Node<'a>, expected: Expected, what: &dyn fmt::Display) {
        let found = match node.kind() {
            NodeKind::Null => {
                let fault = Diagnostic::new(Kind::WrongType, node.span(), format!("{what} has no value"));
                return self.fault(fault.help("give a value or remove the key"));
            }
            NodeKind::Sequence => "a list".to_owned(),
            NodeKind::Mapping => "a mapping".to_owned(),
            NodeKind::Plain => quoted(node.text().unwrap_or_default()),
            NodeKind::Quoted => format!("the text {}", quoted(node.text().unwrap_or_default())),
        };
        let Expected { what: expected, remedy } = expected;
        let unquote = node.kind() == NodeKind::Quoted && expected == Expected::NUMBER.what;
        let message = format!("expected {expected} for {what}, found {found}");
        self.fault(Diagnostic::new(Kind::WrongType, node.span(), message).help(if unquote {
            "write it without quotes"
        } else {
            remedy
        }));
    }

    /// Text, plain or quoted: `123`, `true` and `no` are names like any other.
    pub(super) fn text(&mut self, node: Node<'a>, what: &dyn fmt::Display) -> Option<&'a str> {
        let text = match node.kind() {
            NodeKind::Plain | NodeKind::Quoted => node.text(),
            NodeKind::Null | NodeKind::Sequence | NodeKind::Mapping => None,
        };
        if text.is_none() {
            self.lost = true;
            self.wrong_type(node, Expected::TEXT, what);
        }
        text
    }

    pub(super) fn name(&mut self, node: Node<'a>, what: &dyn fmt::Display) -> Option<Spanned<Name>> {
        let text = self.text(node, what)?;
        Some(Spanned::new(self.intern(text), node.span()))
    }

    pub(super) fn optional_name(&mut self, slot: Slot<'a, '_>) -> Option<Spanned<Name>> {
        self.name(slot.value?, &slot)
    }

    pub(super) fn required_name(&mut self, slot: Slot<'a, '_>) -> Option<Spanned<Name>> {
        match self.required(slot) {
            Some(node) => self.name(node, &slot),
            None => {
                self.lost = true;
                None
            }
        }
    }

    /// A list of names; `None` if any of it is wrong, so that what is left of it is not taken for the whole.
    pub(super) fn names(&mut self, slot: Slot<'a, '_>) -> Option<Vec<Spanned<Name>>> {
        let list = self.items(slot.value?, &slot)?;
        let before = self.faults();
        let what = format_args!("an entry of {slot}").to_string();
        let names = list.filter_map(|node| self.name(node, &what)).collect();
        (self.faults() == before).then_some(names)
    }

    /// One name or a list of them.
    pub(super) fn name_or_names(&mut self, slot: Slot<'a, '_>) -> Vec<Spanned<Name>> {
        match slot.value {
            Some(node) if node.kind() == NodeKind::Sequence => {
                self.not_empty(node, &slot);
                self.names(slot).unwrap_or_default()
            }
            Some(node) => self.name(node, &slot).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// Reports a list without items where that would mean no restriction at all, the opposite of what it looks like.
    pub(super) fn not_empty(&mut self, list: Node<'a>, what: &dyn fmt::Display) {
        if list.kind() == NodeKind::Sequence && list.len() == 0 {
            self.fault(
                Diagnostic::new(Kind::EmptyList, list.span(), format!("{what} is an empty list"))
                    .help("name at least one, or leave it out"),
            );
        }
    }

    /// A number where there is one; a bad one becomes the stand-in.
    pub(super) fn number(&mut self, node: Node<'a>, what: &dyn fmt::Display) -> Spanned<Decimal> {
        let value = match (node.kind(), node.text()) {
            (NodeKind::Plain, Some(text)) => self.plain_number(text, text, node.span(), what),
            _ => {
                self.wrong_type(node, Expected::NUMBER, what);
                STAND_IN
            }
        };
        Spanned::new(value, node.span())
    }

    /// The number in `text`, part of the scalar `shown`.
    fn plain_number(&mut self, text: &str, shown: &str, at: Span, what: &dyn fmt::Display) -> Decimal {
        match decimal(text) {
            Ok(value) => value,
            Err(NotANumber::Written(help)) => {
                let message = format!("{what} is {}, which is not a number", quoted(shown));
                self.fault(Diagnostic::new(Kind::BadNumber, at, message).help(help));
                STAND_IN
            }
            Err(NotANumber::TooLong) => {
                let message = format!("{what} is {}, which cannot be kept exactly", quoted(shown));
                self.fault(Diagnostic::new(Kind::BadNumber, at, message).help("write at most 28 digits"));
                STAND_IN
            }
        }
    }

    pub(super) fn optional_number(&mut self, slot: Slot<'a, '_>) -> Option<Spanned<Decimal>> {
        slot.value.map(|node| self.number(node, &slot))
    }

    pub(super) fn required_number(&mut self, slot: Slot<'a, '_>) -> Spanned<Decimal> {
        match self.required(slot) {
            Some(node) => self.number(node, &slot),
            None => Spanned::new(STAND_IN, slot.span()),
        }
    }

    /// A percentage, with its sign: `37%` and `0.37` are too easily mistaken for one another.
    pub(super) fn percent(&mut self, slot: Slot<'a, '_>) -> Option<Spanned<Decimal>> {
        let node = slot.value?;
        let at = node.span();
        let Some(text) = self.text(node, &slot) else { return Some(Spanned::new(STAND_IN, at)) };
        let value = if let Some(digits) = text.strip_suffix('%') {
            self.plain_number(digits, text, at, &slot)
        } else {
            let message = format!("{slot} is {}, which is not a percentage", quoted(text));
            let fault = Diagnostic::new(Kind::BadNumber, at, message);
            self.fault(fault.help("write it with a percent sign, such as `37%`"));
            STAND_IN
        };
        Some(Spanned::new(value, at))
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
        &mut self,
        node: Node<'a>,
        what: &dyn fmt::Display,
        legal: &[(&'static str, T)],
    ) -> Option<T> {
        if !matches!(node.kind(), NodeKind::Plain | NodeKind::Quoted) {
            self.wrong_type(node, Expected::WORD, what);
            return None;
        }
        let text = node.text().unwrap_or_default();
        let found = legal.iter().find(|(word, _)| *word == text).map(|&(_, value)| value);
        if found.is_none() {
            let words = || legal.iter().map(|&(word, _)| word);
            let message = format!("{what} is {}", quoted(text));
            self.fault(Diagnostic::new(Kind::BadWord, node.span(), message).suggest(
                text,
                words(),
                Some(format!("legal are {}", listed(words()))),
            ));
        }
        found
    }

    pub(super) fn optional_word<T: Copy>(&mut self, slot: Slot<'a, '_>, legal: &[(&'static str, T)]) -> Option<T> {
        self.word(slot.value?, &slot, legal)
    }

    /// A list of words.
    pub(super) fn words<T: Copy>(&mut self, slot: Slot<'a, '_>, legal: &[(&'static str, T)]) -> Vec<T> {
        let Some(node) = slot.value else { return Vec::new() };
        let Some(list) = self.items(node, &slot) else { return Vec::new() };
        self.not_empty(node, &slot);
        let what = format!("an entry of {slot}");
        list.filter_map(|node| self.word(node, &what, legal)).collect()
    }

    /// One word or a list of them.
    pub(super) fn word_or_words<T: Copy>(&mut self, slot: Slot<'a, '_>, legal: &[(&'static str, T)]) -> Vec<T> {
        match slot.value {
            Some(node) if node.kind() == NodeKind::Sequence => self.words(slot, legal),
            Some(node) => self.word(node, &slot, legal).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// `true` or `false`; `yes` and `"true"` are neither.
    pub(super) fn boolean(&mut self, slot: Slot<'a, '_>) -> Option<bool> {
        let node = slot.value?;
        if node.kind() == NodeKind::Quoted {
            self.wrong_type(node, Expected::BOOLEAN, &slot);
            return None;
        }
        self.word(node, &slot, &[("true", true), ("false", false)])
    }

    pub(super) fn date(&mut self, node: Node<'a>, what: &dyn fmt::Display) -> Option<Date> {
        if !matches!(node.kind(), NodeKind::Plain | NodeKind::Quoted) {
            self.wrong_type(node, Expected::DATE, what);
            return None;
        }
        let text = node.text().unwrap_or_default();
        let date = Date::parse(text);
        if date.is_none() {
            let message = format!("{what} is {}, which is not a date", quoted(text));
            self.fault(
                Diagnostic::new(Kind::BadDate, node.span(), message)
                    .help("write year, month and day, such as 2026-07-20"),
            );
        }
        date
    }
}

/// What the first key of a file must say.
pub(super) struct Format {
    /// The value, as `catalog/1`.
    name: &'static str,
    /// What a file of it is called.
    title: &'static str,
    /// What to do with a file of the other format.
    exchange: &'static str,
    /// Where a file of it belongs, wherever else it is found.
    placed: Option<&'static str>,
}

impl Format {
    pub(super) const CATALOG: Format = Format {
        name: "catalog/1",
        title: "a price book",
        exchange: "name a price book here; a scenario names its books in `catalogs`",
        placed: None,
    };
    pub(super) const SCENARIO: Format = Format {
        name: "scenario/1",
        title: "a scenario",
        exchange: "name the book in the `catalogs` of a scenario, and give that",
        placed: None,
    };
    pub(super) const OVERLAY: Format = Format {
        name: "overlay/1",
        title: "an overlay",
        exchange: "an overlay begins with `tradewind: overlay/1`, and holds only what changes",
        placed: Some("lay it over a scenario with `--overlay`"),
    };
    pub(super) const CONTRACT: Format = Format {
        name: "contract/1",
        title: "a contract",
        exchange: "name a contract here: price books belong into `catalogs`, contracts into `contracts`",
        placed: Some("name it in the `contracts` of a scenario, or give it with `--contract`"),
    };
    const ALL: [Format; 4] = [Format::CATALOG, Format::SCENARIO, Format::OVERLAY, Format::CONTRACT];

    /// Whether `text` is some version of this format.
    fn is_named_by(&self, text: &str) -> bool {
        text.split('/').next() == self.name.split('/').next()
    }
}

impl<'a> Reader<'a, '_> {
    /// Whether the file is of the expected format; if not, that is the only thing worth saying about it.
    pub(super) fn format(&mut self, root: Node<'a>, format: &Format) -> Option<()> {
        self.expect(root, NodeKind::Mapping, &"the file")?;
        let first = format!("begin it with `tradewind: {}`", format.name);
        let is_format = |(_, (key, _)): &(usize, (Node<'a>, Node<'a>))| key.text() == Some("tradewind");
        let Some((place, (key, value))) = root.entries().enumerate().find(is_format) else {
            let fault = Diagnostic::new(Kind::WrongFormat, root.span(), "the file does not say which format it has");
            self.fault(fault.help(first));
            return None;
        };
        let text = self.text(value, &"`tradewind`")?;
        if text != format.name {
            let other = Format::ALL.into_iter().find(|other| other.is_named_by(text));
            let fault = match other.filter(|other| other.name != format.name) {
                Some(other) => {
                    let message = format!("this file is {}, where {} is expected", other.title, format.title);
                    let help = other.placed.unwrap_or(format.exchange);
                    Diagnostic::new(Kind::WrongFormat, value.span(), message).help(help)
                }
                None => {
                    let message = format!("the format {} is not supported", quoted(text));
                    let help = format!("this version reads `tradewind: {}`", format.name);
                    Diagnostic::new(Kind::WrongFormat, value.span(), message).help(help)
                }
            };
            self.fault(fault);
            return None;
        }
        if place > 0 {
            let message = "`tradewind` is not the first key";
            self.fault(Diagnostic::new(Kind::WrongFormat, key.span(), message).help(first));
        }
        Some(())
    }
}
