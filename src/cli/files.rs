//! Files that commands read and write themselves; `-` is standard input, or standard output.

use std::io::Read;
use std::path::Path;

use tradewind::Document;

use super::Failure;

/// What stands for standard input and standard output.
const STANDARD: &str = "-";

/// What messages call standard input.
const STANDARD_INPUT: &str = "standard input";

/// Whether a path stands for standard input or output.
pub(super) fn is_standard(path: &Path) -> bool {
    path == Path::new(STANDARD)
}

/// A document that the library is to read: a file that it opens itself, or what comes through standard input.
pub(super) fn document(path: &Path) -> Result<Document, Failure> {
    if is_standard(path) {
        return Ok(Document::Text { name: STANDARD_INPUT.to_owned(), text: standard_input()? });
    }
    Ok(Document::File(path.to_owned()))
}

/// The text of a file, with what messages call it.
pub(super) fn text(path: &Path) -> Result<(String, String), Failure> {
    if is_standard(path) {
        return Ok((STANDARD_INPUT.to_owned(), standard_input()?));
    }
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| cannot("read", &name, &error))?;
    Ok((name, text))
}

/// Writes a file; what belongs on standard output is returned.
pub(super) fn write(path: &Path, text: String) -> Result<Option<String>, Failure> {
    if is_standard(path) {
        return Ok(Some(text));
    }
    std::fs::write(path, text).map_err(|error| cannot("write", &path.display().to_string(), &error))?;
    Ok(None)
}

fn standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(|error| cannot("read", STANDARD_INPUT, &error))?;
    Ok(text)
}

fn cannot(what: &str, name: &str, error: &std::io::Error) -> Failure {
    Failure::Input(format!("cannot {what} {name}: {error}"))
}
