//! Files that commands read and write themselves; `-` is standard input, or standard output.

use std::io::Read;
use std::path::{Path, PathBuf};

use tradewind::Document;
use tradewind::diagnostic::Sources;

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

/// Where an answer goes.
pub(super) struct Output {
    /// `None` for standard output.
    file: Option<PathBuf>,
}

impl Output {
    /// A file, or standard output. Asked for before the answer is sought: one that cannot be written, or that would replace
    /// what the answer is made of, is refused while nothing is lost.
    pub(super) fn to<'p>(path: Option<&Path>, inputs: impl IntoIterator<Item = &'p Path>) -> Result<Output, Failure> {
        let Some(path) = path.filter(|path| !is_standard(path)) else { return Ok(Output { file: None }) };
        let name = path.display().to_string();
        if path.exists() {
            if let Some(input) = inputs.into_iter().find(|input| is_same(path, input)) {
                let input = input.display();
                return Err(Failure::Input(format!(
                    "-o {name} would replace {input}, which is read\nhelp: give it another name"
                )));
            }
            std::fs::OpenOptions::new().append(true).open(path).map_err(|error| cannot("write", &name, &error))?;
        } else {
            let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
            std::fs::read_dir(folder).map_err(|error| cannot("write", &name, &error))?;
        }
        Ok(Output { file: Some(path.to_owned()) })
    }

    /// Writes a file; what belongs on standard output is returned.
    pub(super) fn write(self, text: String) -> Result<Option<String>, Failure> {
        let Some(path) = self.file else { return Ok(Some(text)) };
        std::fs::write(&path, text).map_err(|error| cannot("write", &path.display().to_string(), &error))?;
        Ok(None)
    }
}

/// Whether two paths lead to one file, by whatever links.
fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let of = |path: &Path| std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
        if of(one).is_some_and(|one| of(other) == Some(one)) {
            return true;
        }
    }
    let of = |path: &Path| std::fs::canonicalize(path).ok();
    of(one).is_some_and(|one| of(other) == Some(one))
}

/// The files that an input was read from.
pub(super) fn read(sources: &Sources) -> impl Iterator<Item = &Path> {
    sources.names().map(Path::new)
}

fn standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(|error| cannot("read", STANDARD_INPUT, &error))?;
    Ok(text)
}

fn cannot(what: &str, name: &str, error: &std::io::Error) -> Failure {
    Failure::Input(format!("cannot {what} {name}: {error}"))
}
