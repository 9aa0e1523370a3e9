//! Errors of the parser, in our words: what is wrong, at the place a person would look at, and the remedy.

use serde_yaml::granit_parser::{ErrorKind, Marker, ScanError};

use crate::diagnostic::{Diagnostic, Kind, Span, quoted};

/// Deepest nesting of collections; the formats need about eight.
pub(super) const DEEPEST: usize = 64;
/// Longest key that YAML takes without `?`, in characters.
const LONGEST_KEY: usize = 1024;

/// The text that is read, and the number of its file: what a fault needs to name its place.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) source: &'a str,
    pub(super) file: u32,
}

impl Text<'_> {
    /// The place of byte `start`.
    pub(super) fn at(self, start: u32) -> Span {
        Span::new(self.file, start)
    }

    /// A fault at byte `start`.
    pub(super) fn fault(self, kind: Kind, start: u32, message: &str) -> Diagnostic {
        Diagnostic::new(kind, self.at(start), message)
    }

    /// The parser's error in our words.
    pub(super) fn syntax(self, error: &ScanError) -> Diagnostic {
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

    /// The fault of a collection beyond [`DEEPEST`].
    pub(super) fn too_deep(self, start: u32) -> Diagnostic {
        let message = format!("lists and mappings are nested more than {DEEPEST} deep");
        Diagnostic::new(Kind::TooDeep, self.at(start), message).help("close the brackets, or indent less")
    }

    /// The fault of a tab in indentation, at the tab if it is on the line of byte `start` or on the next: the parser
    /// names places before and behind it.
    pub(super) fn tab(self, start: u32) -> Diagnostic {
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

    /// Whether the colon at byte `start` follows one that YAML no longer takes for a key because of its length.
    fn ends_long_key(self, start: u32) -> bool {
        let start = start as usize;
        let before = self.source.as_bytes().get(start.saturating_sub(LONGEST_KEY)..start).unwrap_or_default();
        before.len() == LONGEST_KEY && !before.iter().any(|byte| b"\n,:[{".contains(byte))
    }
}

/// The byte offset of a marker. A text of at most [`LARGEST_FILE`] always has one, and it fits.
pub(super) fn offset(marker: &Marker) -> u32 {
    offset_of(marker.byte_offset().unwrap_or_default())
}

/// A length or offset in a text of at most [`LARGEST_FILE`], which fits.
pub(super) fn offset_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
