//! One broken file per kind of fault, with its whole output beside it, and a proof that no kind is missing.
//!
//! A file's first line says how it is read: `# scenario: …`, `# book: …`, `# contract: …` over `base-book.yaml`,
//! `# overlay: …` over `base-scenario.yaml`, or `# set: …` with assignments over that. The kind it is named after must be
//! among its faults. After a change of a message, `TRADEWIND_BLESS=1 cargo test --test broken` writes the outputs anew; read the
//! difference before it is committed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Once;

use tradewind::diagnostic::{Diagnostics, Kind};
use tradewind::{
    Document, Overlay, Problem, catalog_from_yaml, load, load_catalog, load_contracted_catalog, load_overlaid,
    scenario_from_yaml,
};

/// Kinds without a file, and why.
const NO_FILE: [(Kind, &str); 5] = [
    (Kind::TooLarge, "a file of 32 MiB does not belong into a repository; made below"),
    (Kind::TooManyNodes, "likewise"),
    (Kind::NotUtf8, "git and editors would take it for a binary file; made below"),
    (Kind::NoDemand, "legal in a file, for the documented rules; found when a problem is built"),
    (Kind::AmountTooLarge, "found when a problem is built, from figures that are each legal"),
];

/// Makes `tests/broken` the current directory, so that outputs name files as a user there would.
fn enter() {
    static ENTERED: Once = Once::new();
    ENTERED.call_once(|| {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
        std::env::set_current_dir(directory).expect("the directory is part of the repository");
    });
}

/// The broken files, sorted by name.
fn files() -> Vec<PathBuf> {
    enter();
    let mut files: Vec<PathBuf> = fs::read_dir(".")
        .expect("the current directory can be listed")
        .map(|entry| PathBuf::from(entry.expect("and its entries").file_name()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .filter(|path| !path.to_string_lossy().starts_with("base-"))
        .collect();
    files.sort();
    files
}

/// The faults of a file, read as its first line says.
fn faults(path: &Path) -> Diagnostics {
    let text = fs::read_to_string(path).expect("a broken file is text");
    let result = if text.starts_with("# scenario: ") {
        load(path).map(|_| ())
    } else if text.starts_with("# book: ") {
        load_catalog(&[path]).map(|_| ())
    } else if text.starts_with("# contract: ") {
        load_contracted_catalog(&[Path::new("base-book.yaml")], &[path]).map(|_| ())
    } else if text.starts_with("# overlay: ") {
        over_base(&[Overlay::document(path)])
    } else if let Some(assignments) = text.strip_prefix("# set: ") {
        let set = assignments.split_whitespace().enumerate();
        over_base(&Vec::from_iter(set.map(|(number, text)| Overlay::assignment(format!("--set#{}", number + 1), text))))
    } else {
        panic!("the first line of {} does not say how to read it", path.display());
    };
    result.expect_err("a broken file is refused")
}

fn over_base(overlays: &[Overlay]) -> Result<(), Diagnostics> {
    load_overlaid(&Document::from("base-scenario.yaml"), &[], overlays).map(|_| ())
}

/// The name of the kind that a file is about: its own without the number.
fn about(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match stem.rsplit_once('-') {
        Some((kind, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => kind.to_owned(),
        _ => stem,
    }
}

#[test]
fn every_output_is_as_expected_to_the_letter() {
    let bless = std::env::var_os("TRADEWIND_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in files() {
        let output = format!("{}\n", faults(&path));
        let expected = path.with_extension("expected");
        if bless {
            fs::write(&expected, output).expect("the outputs can be written");
        } else if fs::read_to_string(&expected).unwrap_or_default() != output {
            wrong.push(format!("--- {}\n{output}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} outputs differ; they are now\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_expected_output_is_left_over() {
    let known = files();
    for entry in fs::read_dir(".").expect("the current directory can be listed") {
        let path = PathBuf::from(entry.expect("and its entries").file_name());
        if path.extension().is_some_and(|extension| extension == "expected") {
            assert!(known.contains(&path.with_extension("yaml")), "{} has no broken file", path.display());
        }
    }
}

#[test]
fn every_kind_of_fault_has_a_file() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for path in files() {
        let kind = about(&path);
        if kind == "many" {
            continue;
        }
        assert!(
            faults(&path).iter().any(|fault| fault.kind.name() == kind),
            "{} has no fault of the kind it is named after",
            path.display()
        );
        seen.insert(kind);
    }
    for kind in Kind::ALL {
        let exempt = NO_FILE.iter().any(|(exempt, _)| exempt == kind);
        assert_eq!(seen.contains(kind.name()), !exempt, "{}: a file, or a reason for none", kind.name());
    }
}

#[test]
fn many_faults_of_one_file_are_reported_at_once() {
    enter();
    let faults = faults(Path::new("many.yaml"));
    let kinds: BTreeSet<&str> = faults.iter().map(|fault| fault.kind.name()).collect();
    assert!(kinds.len() >= 20, "{} different kinds: {kinds:?}", kinds.len());
    let places: Vec<_> =
        faults.iter().map(|fault| fault.place.clone().expect("a fault of a file has a place")).collect();
    assert!(places.is_sorted_by_key(|place| (place.line, place.column)), "sorted by position");
}

#[test]
fn every_message_keeps_the_form() {
    for path in files() {
        for fault in &faults(&path) {
            let message = &fault.message;
            let shown = format!("{}: {message}", path.display());
            assert!(message.len() < 300, "{shown}");
            assert!(fault.help.as_ref().is_some_and(|help| help.len() < 300), "{shown}: a remedy");
            assert!(!message.ends_with('.') && !message.contains('\n'), "{shown}");
            assert!(!message.starts_with(|first: char| first.is_uppercase()), "{shown}");
            assert!(fault.place.is_some(), "{shown}: a place");
        }
    }
}

/// A file in the directory of temporary files, removed at the end of a test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        Temporary(std::env::temp_dir().join(format!("tradewind-{}-{name}", std::process::id())))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The only fault of a file.
fn only(faults: &Diagnostics) -> Kind {
    assert_eq!(faults.len(), 1, "{faults}");
    faults.iter().next().expect("there is one").kind
}

#[test]
fn a_file_that_is_too_large_is_refused_before_it_is_read() {
    let file = Temporary::new("large.yaml");
    // A hole, which takes no space.
    fs::File::create(&file.0).and_then(|made| made.set_len(100 << 20)).expect("a sparse file");
    let faults = load_catalog(&[&file.0]).expect_err("too large");
    assert_eq!(only(&faults), Kind::TooLarge);
    // Its whole size is known, though no more than 32 MiB would ever be read.
    assert!(faults.to_string().contains("has 104857600 bytes"), "{faults}");
    assert_eq!(only(&load(&file.0).expect_err("too large")), Kind::TooLarge);
}

#[test]
fn a_text_that_is_too_large_is_refused() {
    let text = "#".repeat((32 << 20) + 1);
    let faults = catalog_from_yaml(&[("large.yaml", &text)]).expect_err("too large");
    assert_eq!(only(&faults), Kind::TooLarge);
}

#[test]
fn a_file_with_too_many_nodes_is_refused() {
    let text = format!("tradewind: catalog/1\nnote: [{}]\n", "1,".repeat(4_000_000));
    let faults = catalog_from_yaml(&[("many.yaml", &text)]).expect_err("too many nodes");
    assert_eq!(only(&faults), Kind::TooManyNodes);
}

#[test]
fn bytes_that_are_not_utf8_are_located() {
    let file = Temporary::new("latin1.yaml");
    let made =
        fs::File::create(&file.0).and_then(|mut made| made.write_all(b"tradewind: catalog/1\nprovider: caf\xe9\n"));
    made.expect("a temporary file");
    let faults = load_catalog(&[&file.0]).expect_err("Latin-1");
    assert_eq!(only(&faults), Kind::NotUtf8);
    assert!(faults.to_string().contains("latin1.yaml:2:14: "), "{faults}");
}

// --- the index of errors --------------------------------------------------------------------------------------------

/// What the source says of a kind.
fn said_of(kind: Kind) -> String {
    let source = fs::read_to_string("../../src/diagnostic.rs").expect("the source of kinds");
    let lines: Vec<&str> = source.lines().collect();
    let end = format!("=> \"{}\",", kind.name());
    let at = lines.iter().position(|line| line.ends_with(&end)).expect("each kind has a line");
    let above = lines[..at].iter().rev().map_while(|line| line.trim().strip_prefix("/// "));
    let mut said: Vec<&str> = above.collect();
    said.reverse();
    assert!(!said.is_empty(), "{}", kind.name());
    said.join(" ")
}

/// The first fault of a kind among its files, as it is printed, and the file.
fn example(kind: Kind) -> (String, Option<PathBuf>) {
    let of_kind = |faults: &Diagnostics| faults.iter().find(|fault| fault.kind == kind).map(ToString::to_string);
    let file = files().into_iter().find(|path| about(path) == kind.name());
    if let Some(path) = file {
        return (of_kind(&faults(&path)).expect("a file has a fault of its kind"), Some(path));
    }
    let made = match kind {
        Kind::TooLarge => catalog_from_yaml(&[("book.yaml", &"#".repeat((32 << 20) + 1))]).map(|_| ()),
        Kind::TooManyNodes => {
            let text = format!("tradewind: catalog/1\nnote: [{}]\n", "1,".repeat(4_000_000));
            catalog_from_yaml(&[("book.yaml", &text)]).map(|_| ())
        }
        Kind::NotUtf8 => {
            let file = Temporary::new("index.yaml");
            fs::write(&file.0, b"tradewind: catalog/1\nprovider: caf\xe9\n").expect("a temporary file");
            let shown = file.0.display().to_string();
            let faults = load_catalog(&[&file.0]).expect_err("Latin-1");
            return (of_kind(&faults).expect("it is not UTF-8").replace(&shown, "book.yaml"), None);
        }
        Kind::NoDemand => priced("  - {name: chat, type: inference}\n"),
        Kind::AmountTooLarge => priced("  - {name: chat, request: {vcpu: 8}, egress: {internet_gb: 1000000000}}\n"),
        other => panic!("{}: an example is missing", other.name()),
    };
    (of_kind(&made.expect_err("it is wrong")).expect("in the way it is to show"), None)
}

/// What is wrong with workloads when they are priced.
fn priced(workloads: &str) -> Result<(), Diagnostics> {
    let book = fs::read_to_string("base-book.yaml").expect("the base book");
    let dear = book.replace("[{up_to: 10240, price: 0.09}, {price: 0.05}]", "9000000");
    let catalog = catalog_from_yaml(&[("book.yaml", &dear)])?;
    let text = format!("tradewind: scenario/1\nworkloads:\n{workloads}");
    let scenario = scenario_from_yaml("scenario.yaml", &text, &catalog)?;
    let mut sources = tradewind::diagnostic::Sources::default();
    sources.add("scenario.yaml", text);
    Problem::new(&catalog.into(), &scenario.into()).map(|_| ()).map_err(|mut faults| {
        faults.locate(&sources);
        faults
    })
}

#[test]
fn the_index_of_errors_is_up_to_date() {
    enter();
    let mut index = String::from(
        "# Every error of an input\n\n\
         Errors of files, overlays and options: each kind with what it means, an example as it is printed, and its \
         remedy (`help:`). All that is wrong in all files is reported at once, with file, line and column. The kind is \
         the name that programs see (`tradewind::diagnostic::Kind`). This page is made from the broken files beside it \
         by `TRADEWIND_BLESS=1 cargo test --test broken`.\n\n",
    );
    for kind in Kind::ALL {
        let _ = writeln!(index, "- [{0}](#{0})", kind.name());
    }
    for kind in Kind::ALL {
        let (told, file) = example(*kind);
        let _ = write!(index, "\n## {}\n\n{}\n\n```text\n{told}\n```\n", kind.name(), said_of(*kind));
        if let Some(file) = file {
            let _ = write!(index, "\nThe file: [{0}]({0})\n", file.display());
        }
    }
    if std::env::var_os("TRADEWIND_BLESS").is_some() {
        fs::write("README.md", &index).expect("the index can be written");
    }
    let written = fs::read_to_string("README.md").unwrap_or_default();
    assert!(written == index, "tests/broken/README.md is not what the broken files say; bless it");
}
