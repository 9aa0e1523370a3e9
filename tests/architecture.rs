//! The layers, held as data: imports go strictly down, each outside dependency has its place, and library code neither
//! panics nor prints nor asks the clock.
//!
//! The sources are read as text. Comments, strings and test code are blanked first, so that what remains is what the
//! compiler sees in a library build; `use` lines and inline paths are then found alike. The checker has tests of its
//! own at the end: each rule must catch a planted violation.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules from the bottom up. A module imports from lines above its own only; modules of one line know nothing of
/// each other.
const LAYERS: [&[&str]; 20] = [
    // Exact amounts and the one rounding place; numbers as people write them; spans, messages, help; JSON Schemas; work
    // on several threads.
    &["money", "decimal", "diagnostic", "schema", "parallel"],
    // Hours, GB, GiB, dates: integers like money, read and printed by the same digits.
    &["units"],
    // Decimals into exact figures, or into a fault that says what is legal.
    &["numbers", "factor"],
    // What is sold.
    &["catalog"],
    // What has to run; what a plan is; how much a search for one may do.
    &["scenario", "plan", "effort"],
    // What differs between two plans.
    &["moves"],
    // A scenario with only some of its rules; what a proof was made for; what looks wrong in a book, or changed in it.
    &["reduced", "digest", "lint", "diff"],
    // The documented rules and eligibility; YAML into drafts; the second opinion, which shares code with none above.
    &["rules", "input", "check"],
    // Other people's price feeds into books; the lines of one workload on one offer.
    &["import", "charge"],
    // Candidates and rows; the invoice of a plan; all offers of one workload.
    &["problem", "bill", "query"],
    // Columns and rows of the problem.
    &["program"],
    // Multipliers, mending, linear programs, the tree.
    &["solve", "export"],
    // What simple policies would cost.
    &["baseline"],
    // Which rules cannot hold together, and what would help; asks for plans through its caller.
    &["conflict"],
    // The way through, and everything that came of it held against its inputs.
    &["optimize", "verify"],
    // Why, why not, what binds, what would help: asks for plans of changed scenarios.
    &["explain"],
    // What runs now; plans over a grid.
    &["running", "sweep"],
    // Text and JSON; plans read back from it.
    &["report", "saved"],
    // The commands of the binary, which see the library from outside.
    &["cli"],
    // The façade and the binary.
    &["lib", "main"],
];

/// Imports that go down and are still wrong: importer, imported, why.
const FORBIDDEN: [(&str, &str, &str); 6] = [
    ("input", "money", "drafts hold decimals; amounts are made where a catalog or a scenario is built"),
    ("input", "plan", "reading knows nothing of plans"),
    ("rules", "plan", "the documented rules answer without a plan"),
    ("rules", "diagnostic", "the documented rules do not fail, they answer"),
    ("report", "problem", "reports print data, they look into no problem"),
    ("report", "charge", "reports decide nothing, least of all a price"),
];

/// Outside names and the files that may mention them: crates, and modules of the standard library.
const CONFINED: [(&str, &[&str]); 18] = [
    ("good_lp", &["solve/backend.rs"]),
    ("microlp", &["solve/backend.rs"]),
    ("serde_yaml", &["input/yaml.rs", "input/syntax.rs"]),
    ("serde_json", &["report/json.rs", "saved.rs", "saved/sweep.rs", "import/json.rs"]),
    ("strsim", &["diagnostic.rs"]),
    ("sha2", &["digest.rs"]),
    ("ethnum", &EXACT),
    ("clap", &["cli/arguments.rs", "cli/feeds.rs", "main.rs"]),
    ("clap_complete", &["cli/arguments.rs"]),
    ("std::fs", &["input/load.rs", "import/mod.rs", "cli/files.rs"]),
    (
        "std::path",
        &[
            "input/document.rs",
            "input/load.rs",
            "import/mod.rs",
            "cli/mod.rs",
            "cli/arguments.rs",
            "cli/books.rs",
            "cli/diff.rs",
            "cli/feeds.rs",
            "cli/files.rs",
            "cli/plans.rs",
        ],
    ),
    ("std::env", &[]),
    ("std::time", &["cli/arguments.rs", CLOCK]),
    ("std::net", &[]),
    ("std::process", &["main.rs"]),
    ("std::thread", &["parallel.rs", "cli/arguments.rs", CLOCK]),
    ("std::sync::atomic", &[]),
    ("std::io", &STREAMS),
];

/// The files that add up bounds in 256 bits.
const EXACT: [&str; 11] = [
    "check/blocks.rs",
    "check/candidate.rs",
    "check/carry.rs",
    "check/curve.rs",
    "check/knapsack.rs",
    "check/layers.rs",
    "check/leaf.rs",
    "check/limit_rows.rs",
    "check/program.rs",
    "check/several.rs",
    "check/tree.rs",
];

/// The files that read streams, or write them.
const STREAMS: [&str; 12] = [
    "cli/feeds.rs",
    "cli/files.rs",
    "input/load.rs",
    "import/aws.rs",
    "import/azure.rs",
    "import/gcp.rs",
    "import/json.rs",
    "import/mod.rs",
    "import/records.rs",
    "import/rows.rs",
    "main.rs",
    CLOCK,
];

/// The one file that asks what time it is.
const CLOCK: &str = "cli/watch.rs";

/// What library code does not say, as it stands in the text; the command line is held to it too.
const UNSAID: [&str; 14] = [
    ".unwrap()",
    ".unwrap_err()",
    ".expect_err(",
    "panic!",
    "unreachable!",
    "todo!",
    "unimplemented!",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "dbg!",
    "Instant",
    "SystemTime",
];

/// Names that say nothing about what a module holds.
const EMPTY_NAMES: [&str; 10] =
    ["util", "utils", "helper", "helpers", "manager", "info", "data", "common", "misc", "shared"];

/// Lines of a file, its tests included.
const MOST_LINES: usize = 600;

/// Files that may be longer, and why. Each must still be needed.
const LONGER: [(&str, &str); 0] = [];

// --- the tree ---------------------------------------------------------------------------------------------------------

/// A source file: its path under `src/`, and its text.
struct Source {
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let sources = files.iter().map(|file| {
        let path = file.strip_prefix(&root).expect("under src").to_str().expect("UTF-8").replace('\\', "/");
        Source { path, text: fs::read_to_string(file).expect("a readable source") }
    });
    sources.collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a readable directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The module that a file belongs to: the first part of its path under `src/`.
fn module(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// Whether a file holds tests only; it must be named so and be declared under `#[cfg(test)]`.
fn is_test_file(path: &str) -> bool {
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
    stem == "tests" || stem.ends_with("_tests")
}

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

// --- reading ----------------------------------------------------------------------------------------------------------

/// The text without comments, strings and characters: each blanked byte is a space, lines stay where they are.
fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let blank = |out: &mut Vec<u8>, range: std::ops::Range<usize>| {
        for byte in &mut out[range] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let before = at.checked_sub(1).map_or(b' ', |at| bytes[at]);
        let end = if rest.starts_with(b"//") {
            at + rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            end_of_comment(bytes, at)
        } else if rest[0] == b'"' {
            end_of_string(bytes, at)
        } else if rest[0] == b'r' && !is_word(before) || rest.starts_with(b"br") && !is_word(before) {
            match end_of_raw_string(bytes, at) {
                Some(end) => end,
                None => {
                    at += 1;
                    continue;
                }
            }
        } else if rest[0] == b'\'' {
            match end_of_character(bytes, at) {
                Some(end) => end,
                None => {
                    // A lifetime.
                    at += 1;
                    continue;
                }
            }
        } else {
            at += 1;
            continue;
        };
        blank(&mut out, at..end);
        at = end;
    }
    String::from_utf8(out).expect("whole characters were blanked")
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

fn end_of_comment(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`; `None` where no string follows, as in a raw identifier.
fn end_of_raw_string(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + if bytes[start] == b'b' { 2 } else { 1 };
    let hashes = bytes[at..].iter().take_while(|&&byte| byte == b'#').count();
    at += hashes;
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let close = [b"\"".as_slice(), "#".repeat(hashes).as_bytes()].concat();
    let length = bytes[at + 1..].windows(close.len()).position(|window| window == close);
    Some(length.map_or(bytes.len(), |length| at + 1 + length + close.len()))
}

/// `'x'`, `'\n'`, `'\u{1b}'`, `'é'`; `None` for a lifetime.
fn end_of_character(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start + 1) == Some(&b'\\') {
        let length = bytes[start + 3..].iter().position(|&byte| byte == b'\'')?;
        return Some(start + 3 + length + 1);
    }
    let character = std::str::from_utf8(&bytes[start + 1..]).ok()?.chars().next()?;
    let close = start + 1 + character.len_utf8();
    (bytes.get(close) == Some(&b'\'')).then_some(close + 1)
}

/// Code without the items under `#[cfg(test)]`, which are blanked up to their `;` or closing brace.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = code.to_owned();
    while let Some(start) = out.find(MARK) {
        let (mut end, mut depth) = (out.len(), 0);
        for (at, byte) in out.bytes().enumerate().skip(start + MARK.len()) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b';' if depth == 0 => {}
                _ => continue,
            }
            if depth == 0 {
                end = at + 1;
                break;
            }
        }
        let blank: String = out[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(start..end, &blank);
    }
    out
}

/// Every path in the code that starts with `root`, with its line: `use` groups are written out, one path each.
fn paths(code: &str, root: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(root) {
        let before = code[..at].bytes().next_back().unwrap_or(b' ');
        let after = code[at + root.len()..].bytes().next().unwrap_or(b' ');
        // `$crate` is found, `my_crate` and a member `.std` are not; `a::std` is someone else's.
        if is_word(before) || is_word(after) || before == b'.' || code[..at].ends_with("::") && !is_global(code, at) {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let mut position = at + root.len();
        let mut tails = Vec::new();
        tail(code, &mut position, &mut tails, Vec::new());
        found.extend(tails.into_iter().map(|tail| (line, [vec![root.to_owned()], tail].concat())));
    }
    found
}

/// Whether the `::` before `at` starts a path, as in `::std::fs`.
fn is_global(code: &str, at: usize) -> bool {
    let before = code[..at - 2].bytes().next_back().unwrap_or(b' ');
    !is_word(before) && before != b'>'
}

/// What follows a path's first name: `::a::{b, c::d}` is `a::b` and `a::c::d`.
fn tail(code: &str, at: &mut usize, found: &mut Vec<Vec<String>>, so_far: Vec<String>) {
    skip_blanks(code, at);
    if !code[*at..].starts_with("::") {
        found.push(so_far);
        return;
    }
    *at += 2;
    skip_blanks(code, at);
    if code[*at..].starts_with('{') {
        *at += 1;
        loop {
            skip_blanks(code, at);
            let Some(next) = code[*at..].chars().next() else { return };
            match next {
                '}' => {
                    *at += 1;
                    return;
                }
                ',' => *at += 1,
                _ => {
                    let name = word(code, at);
                    let empty = name.is_empty();
                    let inner = [so_far.clone(), vec![name]].concat();
                    tail(code, at, found, inner);
                    if code[*at..].trim_start().starts_with("as ") {
                        skip_blanks(code, at);
                        *at += 3;
                        skip_blanks(code, at);
                        word(code, at);
                    } else if empty {
                        // `*`, or what is no `use` group at all.
                        *at += code[*at..].chars().next().map_or(0, char::len_utf8);
                    }
                }
            }
        }
    }
    let name = word(code, at);
    if name.is_empty() {
        // `::<T>` or `::*`.
        found.push(so_far);
        return;
    }
    tail(code, at, found, [so_far, vec![name]].concat());
}

fn skip_blanks(code: &str, at: &mut usize) {
    *at += code[*at..].len() - code[*at..].trim_start().len();
}

fn word(code: &str, at: &mut usize) -> String {
    let text = &code[*at..];
    let length = text.bytes().take_while(|&byte| is_word(byte)).count();
    *at += length;
    text[..length].to_owned()
}

// --- the rules --------------------------------------------------------------------------------------------------------

/// What is wrong with the imports of a file.
fn imports(path: &str, code: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let importer = module(path);
    let Some(own) = rank(importer) else {
        return vec![format!("{path}: module `{importer}` stands in no layer")];
    };
    for (line, segments) in paths(code, "crate") {
        let Some(imported) = segments.get(1) else {
            // The word itself, as in `pub(crate)`.
            continue;
        };
        if imported == importer || imported == "self" {
            continue;
        }
        match rank(imported) {
            None => wrong.push(format!("{path}:{line}: `crate::{imported}` stands in no layer")),
            Some(other) if other >= own => {
                wrong.push(format!("{path}:{line}: `{importer}` imports `{imported}`, which does not lie below it"));
            }
            Some(_) => {}
        }
        for (from, to, why) in FORBIDDEN {
            if from == importer && to == imported {
                wrong.push(format!("{path}:{line}: `{from}` imports `{to}`: {why}"));
            }
        }
    }
    // `super` must not be a way around: it may lead up to the module's own root, not to the crate's.
    let depth = path.matches('/').count() + usize::from(!path.ends_with("/mod.rs") && path.contains('/'));
    for (line, segments) in paths(code, "super") {
        let ups = segments.iter().take_while(|segment| *segment == "super").count();
        if ups >= depth.max(1) {
            wrong.push(format!("{path}:{line}: `super` reaches the root of the crate; write `crate::`"));
        }
    }
    wrong
}

/// Mentions of outside names where they have no place.
fn confined(path: &str, code: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, files) in CONFINED {
        if files.contains(&path) {
            continue;
        }
        let wanted: Vec<&str> = name.split("::").collect();
        for (line, segments) in paths(code, wanted[0]) {
            if segments.len() >= wanted.len() && segments.iter().zip(&wanted).all(|(has, wanted)| has == wanted) {
                wrong.push(format!("{path}:{line}: `{name}` has its place in {files:?} only"));
            }
        }
    }
    wrong
}

/// What library code must not say.
fn unsaid(path: &str, code: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for text in UNSAID {
            let whole_word = |at: usize| {
                let before = line[..at].bytes().next_back().unwrap_or(b' ');
                let after = line[at + text.len()..].bytes().next().unwrap_or(b' ');
                text.starts_with('.') || !is_word(before) && (text.ends_with('!') || !is_word(after))
            };
            let is_clock = path == CLOCK && matches!(text, "Instant" | "SystemTime");
            if !is_clock && line.match_indices(text).any(|(at, _)| whole_word(at)) {
                wrong.push(format!("{path}:{}: `{text}` in library code", number + 1));
            }
        }
        // `self.expect(…)` is a reader's own method and gives a fault; every other one panics.
        if line.match_indices(".expect(").any(|(at, _)| !line[..at].ends_with("self")) {
            wrong.push(format!("{path}:{}: `.expect(` in library code", number + 1));
        }
    }
    wrong
}

/// What is wrong with the file as a file.
fn shape(path: &str, text: &str, longer: &[(&str, &str)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in path.trim_end_matches(".rs").split('/') {
        if EMPTY_NAMES.contains(&name) {
            wrong.push(format!("{path}: `{name}` does not say what it holds"));
        }
    }
    let lines = text.lines().count();
    let allowed = longer.iter().any(|(file, _)| *file == path);
    if lines > MOST_LINES && !allowed {
        wrong.push(format!("{path}: {lines} lines, {MOST_LINES} is the most: split it"));
    }
    if lines <= MOST_LINES && allowed {
        wrong.push(format!("{path}: {lines} lines need no exception any more"));
    }
    wrong
}

/// Library code of a file: without comments, strings and tests.
fn library_code(text: &str) -> String {
    without_tests(&code(text))
}

fn check(rule: impl Fn(&str, &str) -> Vec<String>) {
    let sources = sources();
    assert!(sources.iter().any(|source| source.path == "lib.rs"), "the sources were found");
    let wrong: Vec<String> = sources
        .iter()
        .filter(|source| !is_test_file(&source.path))
        .flat_map(|source| rule(&source.path, &library_code(&source.text)))
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn imports_go_strictly_down() {
    check(imports);
}

#[test]
fn outside_dependencies_keep_to_their_places() {
    check(confined);
}

#[test]
fn library_code_neither_panics_nor_prints_nor_asks_the_clock() {
    check(unsaid);
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    let wrong: Vec<String> = sources().iter().flat_map(|source| shape(&source.path, &source.text, &LONGER)).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_table_names_every_module_once_and_no_other() {
    let mut modules: Vec<String> = sources().iter().map(|source| module(&source.path).to_owned()).collect();
    modules.dedup();
    let mut named: Vec<String> = LAYERS.iter().flat_map(|layer| layer.iter().map(|&name| name.to_owned())).collect();
    named.sort();
    assert_eq!(modules, named);
    for (from, to, _) in FORBIDDEN {
        assert!(rank(from) > rank(to), "{from} → {to} is refused by the layers already");
    }
    let paths: Vec<String> = sources().into_iter().map(|source| source.path).collect();
    for file in CONFINED.iter().flat_map(|(_, files)| files.iter()).chain(LONGER.iter().map(|(file, _)| file)) {
        assert!(paths.iter().any(|path| path == file), "{file} does not exist");
    }
}

#[test]
fn files_of_tests_are_declared_as_tests() {
    let sources = sources();
    for test in sources.iter().filter(|source| is_test_file(&source.path)) {
        let name = test.path.rsplit('/').next().unwrap_or_default();
        let stem = name.trim_end_matches(".rs");
        let declared = sources.iter().any(|source| {
            let text = source.text.replace('\n', " ");
            text.contains(&format!("#[cfg(test)] #[path = \"{name}\"] mod "))
                || text.contains(&format!("#[cfg(test)] mod {stem};"))
        });
        assert!(declared, "{} is compiled into the library", test.path);
    }
}

/// The real sources hold imports that the checker must see; if it sees none of these, it is blind, not content.
#[test]
fn imports_that_are_there_are_seen() {
    let mut edges = BTreeSet::new();
    for source in sources().iter().filter(|source| !is_test_file(&source.path)) {
        for (_, segments) in paths(&library_code(&source.text), "crate") {
            edges.extend(segments.get(1).map(|imported| (module(&source.path).to_owned(), imported.clone())));
        }
    }
    for (from, to) in [("input", "catalog"), ("input", "scenario"), ("problem", "rules"), ("optimize", "solve")] {
        assert!(edges.contains(&(from.to_owned(), to.to_owned())), "{from} → {to} is not among {edges:?}");
    }
}

// --- the checker ------------------------------------------------------------------------------------------------------

/// Planted in a file: how many faults a rule finds in it.
fn planted(rule: impl Fn(&str, &str) -> Vec<String>, path: &str, text: &str) -> usize {
    rule(path, &library_code(text)).len()
}

#[test]
fn a_planted_import_upwards_is_found() {
    for text in [
        "use crate::optimize::optimize;",
        "use crate::{money::Amount, optimize::optimize};",
        "use crate::{\n    money::{Amount, UnitPrice},\n    plan::Plan,\n};",
        "use crate::{self, report};",
        "fn f() { crate::solve::solve(); }",
        "pub use crate ::  rules::place;",
        "pub(in crate::solve) fn f() {}",
        "type A = Vec<crate::scenario::Scenario>;",
        "macro_rules! m { () => { $crate::report::plan_text() } }",
        "use crate::nowhere::X;",
    ] {
        assert_eq!(planted(imports, "catalog/mod.rs", text), 1, "{text}");
    }
    // The same level is not below.
    assert_eq!(planted(imports, "scenario/mod.rs", "use crate::plan::Plan;"), 1);
    assert_eq!(planted(imports, "rules/place.rs", "use crate::input::load;"), 1);
    // Down, and refused all the same.
    assert_eq!(planted(imports, "report/json.rs", "use crate::problem::Problem;"), 1);
    assert_eq!(planted(imports, "input/book.rs", "use crate::money::Amount;"), 1);
    // A module that no layer names.
    assert_eq!(planted(imports, "extra.rs", "use crate::money::Amount;"), 1);
}

#[test]
fn super_is_no_way_around() {
    assert_eq!(planted(imports, "money.rs", "use super::report;"), 1);
    assert_eq!(planted(imports, "catalog/mod.rs", "use super::report;"), 1);
    assert_eq!(planted(imports, "catalog/build.rs", "use super::super::report;"), 1);
    assert_eq!(planted(imports, "catalog/build.rs", "use super::draft; use self::x; fn f() { super::g() }"), 0);
}

#[test]
fn what_is_no_import_upwards_is_not_found() {
    for text in [
        "use crate::money::{Amount, UnitPrice};",
        "use crate::{money::Amount, units::Quantity};",
        "use crate::catalog::draft::BookDraft;",
        "// use crate::report::plan_text;",
        "//! [`crate::report`] prints it.",
        "/* use crate::report; /* nested */ use crate::solve; */",
        "const S: &str = \"use crate::report;\";",
        "const S: &str = r#\"use crate::report; \" \"#;",
        "pub(crate) fn f() {}",
        "use my_crate::report; use other::crate_report;",
        "#[cfg(test)]\nmod tests {\n    use crate::report::plan_text;\n    fn f() { if true {} }\n}\n",
        "#[cfg(test)]\n#[path = \"x_tests.rs\"]\nmod tests;\n",
    ] {
        assert_eq!(planted(imports, "catalog/mod.rs", text), 0, "{text}");
    }
}

#[test]
fn code_after_tests_is_looked_at_too() {
    let text = "#[cfg(test)]\nfn only_there() { let s = '{'; }\nuse crate::report::plan_text;\n";
    assert_eq!(
        imports("catalog/mod.rs", &library_code(text)),
        ["catalog/mod.rs:3: `catalog` imports `report`, which does not lie below it"]
    );
}

#[test]
fn a_planted_outside_dependency_is_found() {
    for (path, text, count) in [
        ("optimize.rs", "use good_lp::Expression;", 1),
        ("solve/mod.rs", "fn f() -> good_lp::Variable {}", 1),
        ("solve/linear.rs", "use good_lp::{Expression, Variable}; use microlp::Problem;", 3),
        ("solve/backend.rs", "use good_lp::SolverModel; use microlp::Problem;", 0),
        ("catalog/mod.rs", "use serde_yaml::Value;", 1),
        ("catalog/mod.rs", "use std::fs;", 1),
        ("catalog/mod.rs", "use std::{fmt, fs::File, path::Path};", 2),
        ("catalog/mod.rs", "fn f() { ::std::env::var(name) }", 1),
        ("catalog/mod.rs", "use std::time::Duration;", 1),
        ("catalog/mod.rs", "use std::sync::{Arc, atomic::AtomicU8};", 1),
        ("catalog/mod.rs", "use std::sync::Arc; use std::{fmt, ops::Range};", 0),
        ("catalog/mod.rs", "use other::std::fs; fn f(x: X) { x.good_lp }", 0),
        ("input/load.rs", "use std::fs::{self, File}; use std::path::Path;", 0),
        ("input/load.rs", "use std::env;", 1),
    ] {
        assert_eq!(planted(confined, path, text), count, "{path}: {text}");
    }
}

#[test]
fn only_one_file_has_a_clock() {
    for (path, count) in [("cli/watch.rs", 0), ("cli/plans.rs", 1), ("optimize.rs", 1)] {
        assert_eq!(planted(unsaid, path, "fn f() { Instant::now() }"), count, "{path}");
    }
    assert_eq!(planted(unsaid, CLOCK, "fn f() { SystemTime::now() }"), 0);
}

#[test]
fn planted_panics_prints_and_clocks_are_found() {
    for (text, count) in [
        ("fn f() { x.unwrap() }", 1),
        ("fn f() { x\n.expect(\"y\") }", 1),
        ("fn f() { panic!(\"{x}\") }", 1),
        ("fn f() { println!(\"{x}\"); eprintln!() }", 2),
        ("fn f() { std::print!(\"x\") }", 1),
        ("use std::x::{Instant, Y};", 1),
        ("fn f() { SystemTime::now() }", 1),
        ("fn f() { self.expect(node)?; x.unwrap_or_default(); x.unwrap_or(1) }", 0),
        ("fn f() { self.print(); print(&text); debug_assert!(x); InstantNoodles }", 0),
        ("/// Never panics: no `unwrap()`, no panic!\nfn f() {}", 0),
        ("const S: &str = \"x.unwrap() panic!\";", 0),
        ("const C: char = '\"'; const S: &str = \"\\\" .unwrap() \\\\\"; const D: u8 = b'\\''; fn f<'a>() {}", 0),
        ("#[cfg(test)]\nmod tests {\n fn f() { x.unwrap(); panic!() }\n}", 0),
    ] {
        assert_eq!(planted(unsaid, "catalog/mod.rs", text), count, "{text}");
    }
}

#[test]
fn long_files_and_empty_names_are_found() {
    let (long, short) = ("x\n".repeat(MOST_LINES + 1), "x\n".repeat(MOST_LINES));
    assert_eq!(shape("catalog/build.rs", &long, &[]).len(), 1);
    assert_eq!(shape("catalog/build.rs", &short, &[]).len(), 0);
    assert_eq!(shape("catalog/build.rs", &long, &[("catalog/build.rs", "why")]).len(), 0);
    assert_eq!(shape("catalog/build.rs", &short, &[("catalog/build.rs", "why")]).len(), 1);
    assert_eq!(shape("catalog/util.rs", &short, &[]).len(), 1);
    assert_eq!(shape("data/mod.rs", &short, &[]).len(), 1);
    assert_eq!(shape("catalog/metadata.rs", &short, &[]).len(), 0);
}

#[test]
fn files_belong_to_the_module_of_their_first_part() {
    for (path, name) in
        [("money.rs", "money"), ("catalog/mod.rs", "catalog"), ("input/yaml.rs", "input"), ("lib.rs", "lib")]
    {
        assert_eq!(module(path), name);
    }
    assert!(is_test_file("input/yaml_tests.rs") && is_test_file("x/tests.rs") && !is_test_file("input/latest.rs"));
}
