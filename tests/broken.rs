//! One broken file per kind of fault, with its whole output beside it, and a proof that no kind is missing.
//!
//! A file's first line says how it is read: `# scenario: …`, `# book: …`, `# overlay: …` over `base-scenario.yaml`, or
//! `# set: …` with assignments over that. The kind it is named after must be among its
//! faults. After a change of a message, `TRADEWIND_BLESS=1 cargo test --test broken` writes the outputs anew; read the
//! difference before it is committed.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Once;

use tradewind::diagnostic::{Diagnostics, Kind};
use tradewind::{Document, Overlay, catalog_from_yaml, load, load_catalog, load_overlaid};

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
