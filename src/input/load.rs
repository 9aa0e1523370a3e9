//! Reading scenario and price books, the only file access of the core.
//!
//! Files are numbered in the order in which they are read: the scenario first, then its books in catalog order. Faults
//! sort by that number, then by position.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::book::{self, Book};
use super::contract::{self, ContractFile};
use super::decode::{LARGEST_FILE, decode};
use super::document::{Change, Document, DocumentKind, GivenFiles, Overlay};
use super::overlay::{Assignment, Laid};
use super::reader::{Format, MOST_FAULTS, Reader};
use super::scenario::{self, ScenarioFile};
use super::tree::Tree;
use super::yaml;
use crate::catalog::{self, BookDraft, Catalog, Name};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Sources, Span, Spanned, quoted};
use crate::scenario::Scenario;

/// The reference books: the figures of the documented rules.
const REFERENCE: [(&str, &str); 3] = [
    ("pricing/reference/aws.yaml", include_str!("../../pricing/reference/aws.yaml")),
    ("pricing/reference/gcp.yaml", include_str!("../../pricing/reference/gcp.yaml")),
    ("pricing/reference/azure.yaml", include_str!("../../pricing/reference/azure.yaml")),
];

/// What a scenario file and its price books say.
///
/// Both are shared, so that many problems can be built from one reading.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Input {
    /// What is on sale.
    pub catalog: Arc<Catalog>,
    /// What has to run.
    pub scenario: Arc<Scenario>,
    /// The texts that were read, to locate what is found wrong later.
    pub sources: Arc<Sources>,
}

/// Reads a scenario file and the price books that its `catalogs` names, by paths from the scenario's directory.
///
/// # Errors
/// Everything that is wrong in any of the files, at once, sorted by file (the scenario first, then its books in
/// catalog order) and position.
pub fn load(path: impl AsRef<Path>) -> Result<Input, Diagnostics> {
    load_with_catalogs(path, &[])
}

/// Reads a scenario file, but with these price books instead of those it names; with none, as [`load`].
///
/// # Errors
/// Everything that is wrong in any of the files, as [`load`] reports it.
pub fn load_with_catalogs(path: impl AsRef<Path>, catalogs: &[PathBuf]) -> Result<Input, Diagnostics> {
    load_with_contracts(path, catalogs, &[])
}

/// Reads a scenario file, but with these price books and these contracts instead of those it names; where either list
/// is empty, with those it names.
///
/// # Errors
/// Everything that is wrong in any of the files, as [`load`] reports it; contracts come behind the books.
pub fn load_with_contracts(
    path: impl AsRef<Path>,
    catalogs: &[PathBuf],
    contracts: &[PathBuf],
) -> Result<Input, Diagnostics> {
    load_given(&Document::from(path.as_ref()), GivenFiles { catalogs, contracts }, &[])
}

/// Reads a scenario with changes laid over it, each over what those before it left, and the price books that it then
/// names, or these instead if there are any.
///
/// # Errors
/// Everything that is wrong in any of the files and changes, as [`load`] reports it.
pub fn load_overlaid(scenario: &Document, catalogs: &[PathBuf], overlays: &[Overlay]) -> Result<Input, Diagnostics> {
    load_given(scenario, GivenFiles { catalogs, contracts: &[] }, overlays)
}

/// Reads a scenario with changes laid over it, as [`load_overlaid`], and the price books and contracts that are given,
/// or that it then names.
///
/// # Errors
/// Everything that is wrong in any of the files and changes, as [`load`] reports it; contracts come behind the books.
pub fn load_given(scenario: &Document, given: GivenFiles<'_>, overlays: &[Overlay]) -> Result<Input, Diagnostics> {
    let mut loader = Loader::default();
    let file = loader.overlaid(scenario, overlays, !given.catalogs.is_empty());
    let (named_books, named_contracts) =
        file.as_ref().map_or((&[][..], &[][..]), |file| (&file.catalogs[..], &file.contracts[..]));
    let directory = scenario.directory();
    let books = Vec::from_iter(
        files(directory, given.catalogs, named_books)
            .map(|(path, shown, at)| loader.file(&path, &shown, at).and_then(|file| loader.book(file))),
    );
    let contracts = Vec::from_iter(
        files(directory, given.contracts, named_contracts)
            .map(|(path, shown, at)| loader.file(&path, &shown, at).and_then(|file| loader.contract(file))),
    );
    let (catalog, complete) = loader.contracted(books, contracts);
    // Names are looked up in a complete catalog only: in a part of it, right ones would look wrong.
    let scenario = match file {
        Some(file) if complete => Some(scenario_of(file, &catalog, &mut loader.faults)),
        _ => None,
    };
    let scenario = scenario.map(Arc::new);
    let (read, sources) = loader.finish_with_sources(scenario.map(|scenario| (Arc::new(catalog), scenario)))?;
    let (catalog, scenario) = read;
    Ok(Input { catalog, scenario, sources: Arc::new(sources) })
}

/// Reads price books, one per provider, in the order that the documented rules are to use.
///
/// # Errors
/// Everything that is wrong in any of the files, at once, sorted by file and position.
pub fn load_catalog<P: AsRef<Path>>(paths: &[P]) -> Result<Catalog, Diagnostics> {
    load_contracted_catalog(paths, &[])
}

/// Reads price books, as [`load_catalog`], and contracts, whose layers change their prices in the order given.
///
/// # Errors
/// Everything that is wrong in any of the files, at once; contracts come behind the books.
pub fn load_contracted_catalog<P: AsRef<Path>>(books: &[P], contracts: &[P]) -> Result<Catalog, Diagnostics> {
    let mut loader = Loader::default();
    let given = |path: &P| (path.as_ref().to_path_buf(), path.as_ref().display().to_string());
    let books = Vec::from_iter(
        books
            .iter()
            .map(given)
            .map(|(path, shown)| loader.file(&path, &shown, Span::NONE).and_then(|file| loader.book(file))),
    );
    let contracts = Vec::from_iter(
        contracts
            .iter()
            .map(given)
            .map(|(path, shown)| loader.file(&path, &shown, Span::NONE).and_then(|file| loader.contract(file))),
    );
    let (catalog, complete) = loader.contracted(books, contracts);
    loader.finish(complete.then_some(catalog))
}

/// The files that were given, or those that a scenario names: their paths, what messages call them, and where they are
/// named.
fn files<'f>(
    directory: &'f Path,
    given: &'f [PathBuf],
    named: &'f [Spanned<Name>],
) -> impl Iterator<Item = (PathBuf, String, Span)> + use<'f> {
    let named = if given.is_empty() { named } else { &[] };
    let given = given.iter().map(|path| (path.clone(), path.display().to_string(), Span::NONE));
    given.chain(named.iter().map(move |entry| {
        let path = directory.join(&*entry.value);
        let shown = normal(&path);
        (path, shown, entry.span)
    }))
}

/// Reads price books from texts, each with the name that messages are to call it.
///
/// # Errors
/// Everything that is wrong in any of the texts, at once, sorted by text and position.
pub fn catalog_from_yaml(texts: &[(&str, &str)]) -> Result<Catalog, Diagnostics> {
    contracted_catalog_from_yaml(texts, &[])
}

/// Reads price books and contracts from texts, each with the name that messages are to call it.
///
/// # Errors
/// Everything that is wrong in any of the texts, at once, sorted by text and position; contracts come behind the books.
pub fn contracted_catalog_from_yaml(
    books: &[(&str, &str)],
    contracts: &[(&str, &str)],
) -> Result<Catalog, Diagnostics> {
    let mut loader = Loader::default();
    let books =
        Vec::from_iter(books.iter().map(|(name, text)| loader.text(name, text).and_then(|file| loader.book(file))));
    let contracts = Vec::from_iter(
        contracts.iter().map(|(name, text)| loader.text(name, text).and_then(|file| loader.contract(file))),
    );
    let (catalog, complete) = loader.contracted(books, contracts);
    loader.finish(complete.then_some(catalog))
}

/// A price book as its file says it, with the places of everything in it.
#[derive(Debug)]
#[non_exhaustive]
pub struct BookFile {
    /// What it says.
    pub draft: BookDraft,
    /// The catalog of it alone.
    pub catalog: Catalog,
    /// Its text, to locate what is found in it later.
    pub sources: Sources,
}

/// Reads one price book, and keeps where everything in it stands.
///
/// # Errors
/// Everything that is wrong in it, at once, sorted by position.
pub fn load_book(path: impl AsRef<Path>) -> Result<BookFile, Diagnostics> {
    let path = path.as_ref();
    let mut loader = Loader::default();
    let file = loader.file(path, &path.display().to_string(), Span::NONE);
    loader.book_file(file)
}

/// The same from a text that messages are to call `name`.
///
/// # Errors
/// Everything that is wrong in it, at once, sorted by position.
pub fn book_from_yaml(name: &str, text: &str) -> Result<BookFile, Diagnostics> {
    let mut loader = Loader::default();
    let file = loader.text(name, text);
    loader.book_file(file)
}

/// What a file says it is; whether that is true shows when it is read.
///
/// # Errors
/// If it cannot be read.
pub fn document_kind(path: impl AsRef<Path>) -> Result<DocumentKind, Diagnostics> {
    let path = path.as_ref();
    let mut loader = Loader::default();
    let file = loader.file(path, &path.display().to_string(), Span::NONE);
    let kind = file.map(|file| DocumentKind::of(loader.sources.text(file)));
    loader.finish(kind)
}

/// Reads a scenario from a text that messages are to call `name`; its `catalogs` are not opened.
///
/// # Errors
/// Everything that is wrong in the text, at once, sorted by position.
pub fn scenario_from_yaml(name: &str, text: &str, catalog: &Catalog) -> Result<Scenario, Diagnostics> {
    let mut loader = Loader::default();
    let file = loader.text(name, text).and_then(|file| loader.scenario(file, true));
    let scenario = file.map(|file| scenario_of(file, catalog, &mut loader.faults));
    loader.finish(scenario)
}

/// Reads a scenario with changes laid over it against a catalog that is there already; its `catalogs` are not opened.
///
/// # Errors
/// Everything that is wrong in the scenario and the changes, at once.
pub fn scenario_overlaid(
    scenario: &Document,
    overlays: &[Overlay],
    catalog: &Catalog,
) -> Result<Scenario, Diagnostics> {
    let mut loader = Loader::default();
    let file = loader.overlaid(scenario, overlays, true);
    let scenario = file.map(|file| scenario_of(file, catalog, &mut loader.faults));
    loader.finish(scenario)
}

/// The reference books of the documented rules: what `compare` prices by unless it is told otherwise.
#[must_use]
pub fn reference() -> Catalog {
    // They are part of the program, and a test reads them.
    catalog_from_yaml(&REFERENCE).unwrap_or_default()
}

fn scenario_of(file: ScenarioFile, catalog: &Catalog, faults: &mut Diagnostics) -> Scenario {
    crate::scenario::assemble(file.draft, catalog, faults)
}

/// Reads files one by one and keeps their texts, to which faults refer.
#[derive(Default)]
struct Loader {
    sources: Sources,
    faults: Diagnostics,
    /// Places of faults that were found but not listed.
    unlisted: Vec<Span>,
    /// Number of files so far.
    files: u32,
}

impl Loader {
    /// Takes in a file, which the scenario names at `at` if it does; `shown` is what messages call it.
    fn file(&mut self, path: &Path, shown: &str, at: Span) -> Option<u32> {
        let text = read(path, shown, at).and_then(|bytes| decode(shown, bytes));
        self.keep(shown, text)
    }

    /// Takes in a text.
    fn text(&mut self, name: &str, text: &str) -> Option<u32> {
        let size = text.len() as u64;
        let text = if size > LARGEST_FILE {
            Err(too_large(name, size, Span::NONE))
        } else {
            decode(name, text.as_bytes().to_vec())
        };
        self.keep(name, text)
    }

    fn keep(&mut self, name: &str, text: Result<String, Diagnostic>) -> Option<u32> {
        match text {
            Ok(text) => {
                self.files += 1;
                Some(self.sources.add(name, text))
            }
            Err(mut fault) => {
                if fault.place.is_some() {
                    // It knows its line and column; the number makes it sort with the file it is about.
                    self.files += 1;
                    fault.span = Span::new(self.sources.add(name, String::new()), 0);
                }
                self.faults.push(fault);
                None
            }
        }
    }

    /// Reads a file as a price book. Its tree is dropped here, before a catalog is built.
    fn book(&mut self, file: u32) -> Option<Book> {
        let tree = yaml::parse(&self.sources, file, &mut self.faults)?;
        let book = book::read(tree.root(&self.sources), &mut self.faults);
        self.unlisted.extend(book.as_ref().and_then(|book| book.unlisted));
        book
    }

    /// Reads a file as a scenario.
    fn scenario(&mut self, file: u32, books_given: bool) -> Option<ScenarioFile> {
        let tree = yaml::parse(&self.sources, file, &mut self.faults)?;
        self.scenario_in(&tree, books_given)
    }

    fn scenario_in(&mut self, tree: &Tree, books_given: bool) -> Option<ScenarioFile> {
        let scenario = scenario::read(tree.root(&self.sources), &mut self.faults, books_given);
        self.unlisted.extend(scenario.as_ref().and_then(|scenario| scenario.unlisted));
        scenario
    }

    /// Reads a scenario with changes laid over it.
    fn overlaid(&mut self, document: &Document, overlays: &[Overlay], books_given: bool) -> Option<ScenarioFile> {
        let file = self.document(document);
        if overlays.is_empty() {
            return file.and_then(|file| self.scenario(file, books_given));
        }
        let tree = file.and_then(|file| yaml::parse(&self.sources, file, &mut self.faults));
        // All of them, so that their faults are told of at once.
        let changes: Vec<Option<Laid>> = overlays.iter().map(|overlay| self.change(overlay)).collect();
        let changes: Vec<Laid> = changes.into_iter().collect::<Option<_>>()?;
        let (file, tree) = (file?, tree?);
        let root = tree.root(&self.sources);
        Reader::new(&mut self.faults).format(root, &Format::SCENARIO)?;
        let before = self.faults.len();
        let faults = &mut self.faults;
        let laid =
            changes.into_iter().fold(Laid::from_node(root), |base, over| base.under(over, "the scenario", faults));
        if self.faults.len() > before {
            // What an author meant to change is not known, so the rest cannot be judged.
            return None;
        }
        drop(tree);
        self.scenario_in(&laid.into_tree(file), books_given)
    }

    fn document(&mut self, document: &Document) -> Option<u32> {
        match document {
            Document::File(path) => self.file(path, &path.display().to_string(), Span::NONE),
            Document::Text { name, text } => self.text(name, text),
        }
    }

    /// Reads a change.
    fn change(&mut self, overlay: &Overlay) -> Option<Laid> {
        match overlay.change() {
            Change::Document(document) => {
                let file = self.document(document)?;
                let tree = yaml::parse(&self.sources, file, &mut self.faults)?;
                let root = tree.root(&self.sources);
                Reader::new(&mut self.faults).format(root, &Format::OVERLAY)?;
                Some(Laid::from_node(root).without_form())
            }
            Change::Assignment { name, text } => match Assignment::split(text) {
                Ok(assignment) => {
                    let file = self.text(name, &assignment.blanked)?;
                    assignment.read(&self.sources, file, &mut self.faults)
                }
                Err((before, mut fault)) => {
                    // Blanks stand for the characters before the fault: its text needs no more to be located.
                    let file = self.text(name, &" ".repeat(before))?;
                    fault.span = Span::new(file, u32::try_from(before).unwrap_or(u32::MAX));
                    self.faults.push(fault);
                    None
                }
            },
        }
    }

    /// The catalog of the books that could be read, and whether these are all, with all their names.
    fn catalog(&mut self, books: Vec<Option<Book>>) -> (Catalog, bool) {
        let complete = !books.is_empty() && books.iter().all(|book| book.as_ref().is_some_and(|book| book.complete));
        let usable = books.into_iter().flatten().filter(|book| book.usable);
        let mut drafts: Vec<BookDraft> = usable.map(|book| book.draft).collect();
        // A book whose currency could not be read takes another's, so as not to be faulted for mixing two.
        let stated = drafts.iter().map(|draft| &draft.currency).find(|currency| !currency.value.is_empty()).cloned();
        let stated = stated.unwrap_or_else(|| "USD".into());
        for draft in drafts.iter_mut().filter(|draft| !draft.currency.span.is_some()) {
            draft.currency = stated.clone();
        }
        let count = drafts.len();
        let catalog = catalog::assemble(drafts, &mut self.faults);
        let complete = complete && catalog.providers().len() == count;
        (catalog, complete)
    }

    /// One file as a price book, checked as a catalog of it alone.
    fn book_file(mut self, file: Option<u32>) -> Result<BookFile, Diagnostics> {
        let book = file.and_then(|file| self.book(file));
        let draft = book.as_ref().map(|book| book.draft.clone());
        let (catalog, complete) = self.catalog(vec![book]);
        let read = draft.filter(|_| complete).map(|draft| (draft, catalog));
        let ((draft, catalog), sources) = self.finish_with_sources(read)?;
        Ok(BookFile { draft, catalog, sources })
    }

    /// Reads a file as a contract.
    fn contract(&mut self, file: u32) -> Option<ContractFile> {
        let tree = yaml::parse(&self.sources, file, &mut self.faults)?;
        let contract = contract::read(tree.root(&self.sources), &mut self.faults);
        self.unlisted.extend(contract.as_ref().and_then(|contract| contract.unlisted));
        contract
    }

    /// The catalog under its contracts, and whether it is complete. Layers are judged by what they change, so they are
    /// put on complete books without faults only.
    fn contracted(&mut self, books: Vec<Option<Book>>, contracts: Vec<Option<ContractFile>>) -> (Catalog, bool) {
        let before = self.faults.len();
        let (mut catalog, complete) = self.catalog(books);
        let is_read = |contract: &Option<ContractFile>| contract.as_ref().is_some_and(|contract| contract.complete);
        if complete && self.faults.len() == before && !contracts.is_empty() && contracts.iter().all(is_read) {
            let drafts = contracts.into_iter().flatten().map(|contract| contract.draft).collect();
            catalog::apply(&mut catalog, drafts, &mut self.faults);
        }
        (catalog, complete)
    }

    /// `value` if there is no fault, else the faults, located and sorted.
    fn finish<T>(self, value: Option<T>) -> Result<T, Diagnostics> {
        self.finish_with_sources(value).map(|(value, _)| value)
    }

    /// The same, with the texts that were read.
    fn finish_with_sources<T>(mut self, value: Option<T>) -> Result<(T, Sources), Diagnostics> {
        if self.faults.len() > MOST_FAULTS || !self.unlisted.is_empty() {
            self.faults = self.listed();
        }
        match value {
            Some(value) => {
                self.faults.into_result((), &self.sources)?;
                Ok((value, self.sources))
            }
            None => {
                if self.faults.is_empty() {
                    let fault = Diagnostic::new(Kind::EmptyList, Span::NONE, "no price book is given");
                    self.faults.push(fault.help("name at least one"));
                }
                self.faults.locate(&self.sources);
                Err(self.faults)
            }
        }
    }

    /// The first faults of each file, and a word on the rest: finding the line of each of a million takes too long.
    fn listed(&self) -> Diagnostics {
        let mut all: Vec<&Diagnostic> = self.faults.iter().collect();
        all.sort_by_key(|fault| fault.span);
        let mut listed = Diagnostics::new();
        let mut rest = all.as_slice();
        for file in 0..=self.files {
            // Behind the last file are the faults without a place.
            let next = if file == self.files { None } else { Some(Span::new(file + 1, 0)) };
            let is_of_file = |span: Span| next.is_none_or(|next| span < next);
            let (of_file, others) = rest.split_at(rest.partition_point(|fault| is_of_file(fault.span)));
            of_file.iter().take(MOST_FAULTS).for_each(|&fault| listed.push(fault.clone()));
            rest = others;
            let unlisted = self.unlisted.iter().copied().filter(|&span| span >= Span::new(file, 0) && is_of_file(span));
            let unlisted =
                of_file.get(MOST_FAULTS..).unwrap_or_default().iter().map(|fault| fault.span).chain(unlisted);
            if let (Some(last), Some(at)) = (of_file.last(), unlisted.max()) {
                let fault = Diagnostic::new(last.kind, at, "more faults in this file are not listed");
                listed.push(fault.help("correct the listed ones first"));
            }
        }
        listed
    }
}

/// The text of a file that messages call `shown`.
pub(crate) fn read_file(path: &Path, shown: &str) -> Result<String, Diagnostic> {
    read(path, shown, Span::NONE).and_then(|bytes| decode(shown, bytes))
}

/// The bytes of a file: a regular one, and no larger than is taken.
fn read(path: &Path, shown: &str, at: Span) -> Result<Vec<u8>, Diagnostic> {
    let unreadable = |reason: &str| {
        let fault = Diagnostic::new(Kind::Unreadable, at, format!("cannot read {}: {reason}", quoted(shown)));
        if at.is_some() {
            fault.help("paths in `catalogs` and `contracts` start from the directory of the scenario, on standard input from where you are")
        } else {
            fault
        }
    };
    let failed = |error: io::Error| unreadable(&plain(&error));
    // Looked at before it is opened, because opening a pipe waits for its other end.
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(unreadable("it is a directory"));
    }
    if !metadata.is_file() {
        return Err(unreadable("it is not a regular file"));
    }
    if metadata.len() > LARGEST_FILE {
        return Err(too_large(shown, metadata.len(), at));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
    // Bounded again: a file may grow while it is read.
    File::open(path).and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)).map_err(failed)?;
    let size = bytes.len() as u64;
    if size > LARGEST_FILE { Err(too_large(shown, size, at)) } else { Ok(bytes) }
}

fn too_large(shown: &str, size: u64, at: Span) -> Diagnostic {
    Diagnostic::new(Kind::TooLarge, at, format!("{} has {size} bytes", quoted(shown)))
        .help(format!("the largest file that is read has {LARGEST_FILE} bytes"))
}

/// "No such file or directory", without the number that follows.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}

/// The path without `.` and `x/..`, for messages; the file is opened by the path as it is.
fn normal(path: &Path) -> String {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    PathBuf::from_iter(parts).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_books_can_be_read() {
        let catalog = catalog_from_yaml(&REFERENCE);
        assert_eq!(catalog.as_ref().map_err(ToString::to_string).map(|catalog| catalog.providers().len()), Ok(3));
        assert_eq!(reference().providers().len(), 3);
    }

    #[test]
    fn paths_are_shown_as_a_person_would_write_them() {
        for (path, shown) in [
            ("scenarios/../pricing/aws.yaml", "pricing/aws.yaml"),
            ("./scenarios/./../pricing/aws.yaml", "pricing/aws.yaml"),
            ("../pricing/aws.yaml", "../pricing/aws.yaml"),
            ("../../a/../b.yaml", "../../b.yaml"),
            ("/../a.yaml", "/a.yaml"),
            ("/x/../a.yaml", "/a.yaml"),
        ] {
            assert_eq!(normal(Path::new(path)), shown);
        }
    }
}
