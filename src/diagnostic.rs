//! What is wrong with an input, where, and what to do about it.
//!
//! Reading collects faults instead of stopping at the first: a [`Diagnostics`] holds all of them, sorted by file and
//! position, and prints each as
//!
//! ```text
//! pricing/gcp.yaml:41:12: unknown region `europe-wset1` in offers of `n2-standard-4`
//! help: did you mean `europe-west1`?
//! ```
//!
//! A fault in a draft that was built in code has no file; then only its message is printed, which names the item.

use std::fmt;
use std::sync::Arc;

/// Longest message or help text in bytes, whatever the input holds.
const LONGEST_MESSAGE: usize = 299;
/// Longest piece of the user's own text that a message repeats, in characters.
const LONGEST_QUOTE: usize = 60;

/// A place in an input file, as a byte offset; [`Sources`] turns it into line and column.
///
/// Eight bytes, so that a book of half a million prices can afford one each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    file: u32,
    offset: u32,
}

impl Span {
    /// No place: the item was built in code.
    pub const NONE: Span = Span { file: u32::MAX, offset: u32::MAX };

    /// Byte `offset` of file number `file` (as [`Sources::add`] numbered it).
    #[must_use]
    pub const fn new(file: u32, offset: u32) -> Self {
        Span { file, offset }
    }

    /// The byte offset.
    #[must_use]
    pub(crate) const fn offset(self) -> usize {
        self.offset as usize
    }

    /// Whether this is a place in a file at all.
    #[must_use]
    pub fn is_some(self) -> bool {
        self != Span::NONE
    }
}

impl Default for Span {
    fn default() -> Self {
        Span::NONE
    }
}

/// A value with the place it was written at.
///
/// Drafts built in code get theirs by `.into()`, without a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands, or [`Span::NONE`].
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, written at `span`.
    pub const fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }
}

impl<T> From<T> for Spanned<T> {
    fn from(value: T) -> Self {
        Spanned::new(value, Span::NONE)
    }
}

impl From<&str> for Spanned<Arc<str>> {
    fn from(value: &str) -> Self {
        Spanned::new(Arc::from(value), Span::NONE)
    }
}

/// The texts that were read, to turn byte offsets into lines and columns.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<(Arc<str>, String)>,
}

impl Sources {
    /// Takes a file's name and text, and returns its number.
    pub fn add(&mut self, name: &str, text: String) -> u32 {
        self.files.push((Arc::from(name), text));
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    /// The names of all files, in the order in which they were added.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| &**name)
    }

    /// The text of file number `file`; empty if there is none.
    #[must_use]
    pub fn text(&self, file: u32) -> &str {
        self.files.get(file as usize).map_or("", |(_, text)| text)
    }

    /// The name of file number `file`; empty if there is none.
    #[must_use]
    pub fn name(&self, file: u32) -> &str {
        self.files.get(file as usize).map_or("", |(name, _)| name)
    }

    /// Line and column of a span, or `None` for [`Span::NONE`].
    #[must_use]
    pub fn place(&self, span: Span) -> Option<Place> {
        self.place_after(span, None)
    }

    /// Fills in the places of spans in rising order, so that each file is walked once, however many there are.
    pub(crate) fn locate<'p>(&self, spans: impl Iterator<Item = (Span, &'p mut Option<Place>)>) {
        let mut last: Option<(Span, Place)> = None;
        for (span, place) in spans {
            if place.is_none() {
                *place = self.place_after(span, last.as_ref());
            }
            if let Some(place) = place {
                last = Some((span, place.clone()));
            }
        }
    }

    /// The same, counting on from an earlier place of the same file if there is one.
    fn place_after(&self, span: Span, earlier: Option<&(Span, Place)>) -> Option<Place> {
        let (name, text) = self.files.get(span.file as usize)?;
        let mut offset = (span.offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = text.get(..offset).unwrap_or("");
        let start_of_line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let in_line = before.get(start_of_line..).unwrap_or("").trim_start_matches('\u{feff}');
        let (counted, line) = match earlier {
            Some((from, place)) if from.file == span.file && from.offset <= span.offset => {
                ((from.offset as usize).min(text.len()), place.line)
            }
            _ => (0, 1),
        };
        let rest = before.as_bytes().get(counted..).unwrap_or_default();
        Some(Place {
            file: Arc::clone(name),
            line: line + rest.iter().filter(|&&byte| byte == b'\n').count(),
            column: 1 + in_line.chars().count(),
        })
    }
}

/// File, line and column, both counted from 1; a column is a character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Place {
    /// The file's name as the user gave it or wrote it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident => $name:literal,)*) => {
        /// The kinds of fault an input can have; each has a broken file of its own among the tests.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
        }

        impl Kind {
            /// Every kind, in the order of their declaration.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant,)*];

            /// The kind's name in files and JSON, such as `unknown-key`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Kind::$variant => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// The file cannot be read at all.
    Unreadable => "unreadable",
    /// The file is larger than the reader takes.
    TooLarge => "too-large",
    /// The file is not UTF-8.
    NotUtf8 => "not-utf8",
    /// The file is not YAML.
    Syntax => "syntax",
    /// Collections are nested too deeply.
    TooDeep => "too-deep",
    /// More nodes than the reader takes.
    TooManyNodes => "too-many-nodes",
    /// An anchor or an alias.
    Alias => "alias",
    /// A merge key.
    MergeKey => "merge-key",
    /// A tag.
    Tag => "tag",
    /// A second document in one file.
    SecondDocument => "second-document",
    /// An empty file.
    Empty => "empty",
    /// A key that is not a plain name.
    BadKey => "bad-key",
    /// A key the format does not have.
    UnknownKey => "unknown-key",
    /// A key written twice in one mapping.
    DuplicateKey => "duplicate-key",
    /// A key that must be there.
    MissingKey => "missing-key",
    /// A list where a number should be, and the like.
    WrongType => "wrong-type",
    /// The first line names another format or another version.
    WrongFormat => "wrong-format",
    /// Part of the format that this version does not support yet.
    NotSupported => "not-supported",
    /// Text that is not a number.
    BadNumber => "bad-number",
    /// A number below zero.
    NegativeNumber => "negative-number",
    /// A number outside its legal range, or with more decimals than can be kept.
    OutOfRange => "out-of-range",
    /// Text that is none of the legal words.
    BadWord => "bad-word",
    /// A malformed date.
    BadDate => "bad-date",
    /// A name that is empty or has blanks at its ends.
    BadName => "bad-name",
    /// Tiers out of order, or without an open end.
    BadTiers => "bad-tiers",
    /// Books in two currencies.
    TwoCurrencies => "two-currencies",
    /// Two books of one provider.
    DuplicateProvider => "duplicate-provider",
    /// Two workloads, routes or rules of one name, or one workload twice in a rule.
    DuplicateName => "duplicate-name",
    /// A provider no loaded book has.
    UnknownProvider => "unknown-provider",
    /// A region no loaded book has.
    UnknownRegion => "unknown-region",
    /// A bare region name that several books have.
    AmbiguousRegion => "ambiguous-region",
    /// A SKU no loaded book has.
    UnknownSku => "unknown-sku",
    /// A storage class no loaded book has.
    UnknownClass => "unknown-class",
    /// No loaded book prices this part of the internet apart.
    UnknownPart => "unknown-part",
    /// An accelerator that is not in the list.
    UnknownAccelerator => "unknown-accelerator",
    /// A jurisdiction no loaded region has.
    UnknownJurisdiction => "unknown-jurisdiction",
    /// A `where` or `per` value, or a workload in a rule, that does not exist.
    UnknownScope => "unknown-scope",
    /// A layer of a contract that changes no price.
    NeverApplies => "never-applies",
    /// A step of an overlay's path that leads nowhere.
    UnknownPath => "unknown-path",
    /// An assignment that is no path and value.
    BadAssignment => "bad-assignment",
    /// Two keys that exclude each other.
    Conflicting => "conflicting",
    /// What cannot hold together: workloads both together and apart, a place outside the residency.
    Contradiction => "contradiction",
    /// A list that must hold something.
    EmptyList => "empty-list",
    /// A list that must hold more than it does.
    TooFew => "too-few",
    /// A workload that cannot be priced because it asks for nothing.
    NoDemand => "no-demand",
    /// A carbon limit without power figures in a book.
    NoPowerFigures => "no-power-figures",
    /// An amount of money beyond what can be kept exactly.
    AmountTooLarge => "amount-too-large",
}

/// One fault: what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// What kind of fault it is.
    pub kind: Kind,
    /// Its place as a byte offset, for callers that keep the [`Sources`].
    pub span: Span,
    /// Its place as line and column, once known.
    pub place: Option<Place>,
    /// What is wrong: lower case, no final period, under 300 bytes.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A fault at `span`; the message is cut to under 300 bytes.
    #[must_use]
    pub fn new(kind: Kind, span: Span, message: impl Into<String>) -> Self {
        Diagnostic { kind, span, place: None, message: capped(message.into()), help: None }
    }

    /// The same with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(capped(help.into()));
        self
    }

    /// The same with the remedy "did you mean …?" if `word` is within edit distance 2 of one of `legal`, else with
    /// `otherwise`, if that is given.
    #[must_use]
    pub fn suggest<'a>(self, word: &str, legal: impl IntoIterator<Item = &'a str>, otherwise: Option<String>) -> Self {
        match nearest(word, legal) {
            Some(found) => self.help(format!("did you mean {}?", quoted(found))),
            None => match otherwise {
                Some(text) => self.help(text),
                None => self,
            },
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(help) = &self.help {
            write!(f, "\nhelp: {help}")?;
        }
        Ok(())
    }
}

/// All faults of an input, sorted by file and position; never empty when returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// No faults yet.
    #[must_use]
    pub fn new() -> Self {
        Diagnostics::default()
    }

    /// Adds a fault.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds all faults of `other`.
    pub fn append(&mut self, other: Diagnostics) {
        self.list.extend(other.list);
    }

    /// Whether there is no fault.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many faults there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The faults.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// `value` if there is no fault, else the faults in order, with their lines and columns.
    ///
    /// # Errors
    /// Itself, located and sorted, if it holds any fault.
    pub fn into_result<T>(mut self, value: T, sources: &Sources) -> Result<T, Diagnostics> {
        if self.list.is_empty() {
            return Ok(value);
        }
        self.locate(sources);
        Err(self)
    }

    /// Fills in line and column from the texts and sorts by file and position, equal faults once.
    pub fn locate(&mut self, sources: &Sources) {
        self.list.sort_by_key(|diagnostic| diagnostic.span);
        self.list.dedup();
        let placeless = self.list.iter_mut().filter(|diagnostic| diagnostic.place.is_none());
        sources.locate(placeless.map(|diagnostic| (diagnostic.span, &mut diagnostic.place)));
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, diagnostic) in self.list.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// The user's text in backticks: at most 60 characters of it, control characters and backticks made visible.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut shown = String::from("`");
    for (number, character) in text.chars().enumerate() {
        if number == LONGEST_QUOTE {
            shown.push('…');
            break;
        }
        if is_unseen(character) || character == '`' {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown.push('`');
    shown
}

/// Characters that a reader does not see, or that hide or reorder the text around them on a terminal.
pub(crate) fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A few legal values as text: "`a`, `b` or `c`", the rest counted.
#[must_use]
pub fn listed<'a>(legal: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = legal.into_iter().collect();
    let shown: Vec<String> = all.iter().take(8).map(|value| quoted(value)).collect();
    match (shown.split_last(), all.len().saturating_sub(shown.len())) {
        (None, _) => String::from("nothing"),
        (Some((last, [])), 0) => last.clone(),
        (Some((last, first)), 0) => format!("{} or {last}", first.join(", ")),
        (Some(_), more) => format!("{} or {more} more", shown.join(", ")),
    }
}

/// The legal value nearest to `word`: the same in another case, else within edit distance 2, in short words 1.
pub(crate) fn nearest<'a>(word: &str, legal: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > LONGEST_QUOTE {
        return None;
    }
    legal
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= 8)
        .map(|candidate| match candidate.eq_ignore_ascii_case(word) {
            true => (0, candidate),
            false => (strsim::osa_distance(word, candidate), candidate),
        })
        .filter(|&(distance, _)| distance <= if length <= 4 { 1 } else { 2 } && distance < length)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `text` cut at a character boundary so that it stays within [`LONGEST_MESSAGE`] bytes, on one line.
fn capped(text: String) -> String {
    let mut text = text;
    if text.contains('\n') {
        text = text.replace('\n', " ");
    }
    if text.len() <= LONGEST_MESSAGE {
        return text;
    }
    let mut end = LONGEST_MESSAGE - '…'.len_utf8();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.push('…');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_from_one_and_columns_in_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "é: 1\nüx: 2\n".to_owned());
        // `é` and `ü` take two bytes each: byte 7 is the `x` of the second line, its second character.
        let place = sources.place(Span::new(file, 8)).map(|place| place.to_string());
        assert_eq!(place.as_deref(), Some("a.yaml:2:2"));
        assert_eq!(sources.place(Span::NONE), None);
    }

    #[test]
    fn a_message_stays_under_300_bytes_and_on_one_line_whatever_it_quotes() {
        let hostile = "\u{202e}ü\n`".repeat(10_000);
        let diagnostic =
            Diagnostic::new(Kind::BadName, Span::NONE, format!("{} {hostile}", quoted(&hostile))).help(hostile.clone());
        assert!(diagnostic.message.len() < 300, "{}", diagnostic.message.len());
        assert!(diagnostic.help.as_ref().is_some_and(|help| help.len() < 300));
        assert!(!diagnostic.message.contains('\n'));
    }

    #[test]
    fn a_suggestion_needs_edit_distance_two() {
        let regions = ["europe-west1", "europe-west4", "us-central1"];
        assert_eq!(nearest("europe-wset1", regions), Some("europe-west1"));
        assert_eq!(nearest("asia-east1", regions), None);
        assert_eq!(nearest("x", ["y"]), None, "one letter against another is no likeness");
    }

    #[test]
    fn legal_values_read_as_a_sentence() {
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(listed(["a"; 10]), "`a`, `a`, `a`, `a`, `a`, `a`, `a`, `a` or 2 more");
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let mut names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Kind::ALL.len());
    }
}
