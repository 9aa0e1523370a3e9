//! From bytes to text: how large a file may be, and which characters it may hold.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Kind, Place, Span};

/// Largest file that is read: 32 MiB, some 500,000 price rows; its tree then takes 64 MB.
pub(crate) const LARGEST_FILE: u64 = 32 << 20;

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
pub(super) fn too_large(span: Span, place: Option<Place>) -> Diagnostic {
    let message = format!("the file is larger than {} MiB", LARGEST_FILE >> 20);
    placed(Diagnostic::new(Kind::TooLarge, span, message).help("split it into several files"), place)
}
