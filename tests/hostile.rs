//! Hostile files are ordinary input: each gives a located fault or the right value, and never a panic.
//!
//! Nothing here is timed: a hang would be noticed, and times belong to the benches.

use std::fs;
use std::path::PathBuf;

use tradewind::catalog::Catalog;
use tradewind::diagnostic::{Diagnostics, Kind};
use tradewind::{catalog_from_yaml, load, load_catalog, scenario_from_yaml};

/// A book with `rest` after its first keys.
fn book(rest: &str) -> Result<Catalog, Diagnostics> {
    catalog_from_yaml(&[("book.yaml", &format!("tradewind: catalog/1\nprovider: acme\ncurrency: USD\n{rest}\n"))])
}

/// The faults of a book with `rest`.
fn faults(rest: &str) -> Diagnostics {
    let faults = book(rest).expect_err("a hostile book is refused");
    located(&faults);
    faults
}

/// Asserts that every fault has a place, and a message that stays short.
fn located(faults: &Diagnostics) {
    assert!(!faults.is_empty());
    for fault in faults {
        assert!(fault.place.is_some(), "{fault}");
        assert!(fault.message.len() < 300 && fault.help.as_ref().is_none_or(|help| help.len() < 300), "{fault}");
    }
}

/// The kind of the first fault of a book with `rest`.
fn kind(rest: &str) -> Kind {
    faults(rest).iter().next().expect("there is one").kind
}

/// `cost_per_hour` of a book that states it as `value`.
fn cost(value: &str) -> Result<String, Kind> {
    match book(&format!("cost_per_hour: {value}")) {
        Ok(catalog) => Ok(catalog.providers()[0].cost_per_hour.map(|price| price.to_string()).unwrap_or_default()),
        Err(faults) => {
            located(&faults);
            assert_eq!(faults.len(), 1, "{faults}");
            Err(faults.iter().next().expect("there is one").kind)
        }
    }
}

/// A directory of temporary files, removed at the end of a test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tradewind-hostile-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Temporary(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("a temporary file");
        path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_hundred_thousand_brackets() {
    assert_eq!(kind(&format!("note: {}", "[".repeat(100_000))), Kind::TooDeep);
    assert_eq!(kind(&format!("note: {}", "{a: ".repeat(100_000))), Kind::TooDeep);
    assert_eq!(kind(&format!("note: {}{}", "[".repeat(100_000), "]".repeat(100_000))), Kind::TooDeep);
    assert_eq!(kind(&"- ".repeat(100_000)), Kind::Syntax);
    let nested: String = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(kind(&nested), Kind::TooDeep);
}

#[test]
fn an_alias_bomb() {
    let mut bomb = String::from("note: &a0 [x, x]\n");
    for level in 1..40 {
        bomb.push_str(&format!("k{level}: &a{level} [*a{0}, *a{0}, *a{0}]\n", level - 1));
    }
    let faults = faults(&bomb);
    assert!(faults.iter().all(|fault| fault.kind == Kind::Alias), "{faults}");
}

#[test]
fn bytes_that_are_no_text() {
    let directory = Temporary::new("bytes");
    for (name, bytes, expected) in [
        ("lone.yaml", &b"tradewind: catalog/1\nprovider: \xff\n"[..], Kind::NotUtf8),
        ("cut.yaml", &b"tradewind: catalog/1\nprovider: \xe2\x82"[..], Kind::NotUtf8),
        ("utf16.yaml", &b"\xff\xfet\0r\0a\0d\0e\0"[..], Kind::NotUtf8),
        ("surrogate.yaml", &b"a: \xed\xa0\x80\n"[..], Kind::NotUtf8),
        ("nul.yaml", &b"tradewind: catalog/1\nprovider: a\0b\n"[..], Kind::Syntax),
        ("escape.yaml", &b"tradewind: catalog/1\nprovider: \x1b[31m\n"[..], Kind::Syntax),
        ("nothing.yaml", &b""[..], Kind::Empty),
    ] {
        let path = directory.file(name, bytes);
        let faults = load_catalog(&[&path]).expect_err("not a book");
        located(&faults);
        assert_eq!(faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [expected], "{name}: {faults}");
        assert!(load(&path).is_err(), "{name} is no scenario either");
    }
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let directory = Temporary::new("large");
    let path = directory.file("large.yaml", b"tradewind: catalog/1\nprovider: ");
    // One scalar of 100 MB; the file takes no space, and no such amount of memory.
    fs::File::options().write(true).open(&path).and_then(|file| file.set_len(100_000_000)).expect("a sparse file");
    let faults = load_catalog(&[&path]).expect_err("too large");
    assert_eq!(faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [Kind::TooLarge]);
    assert!(faults.to_string().contains("has 100000000 bytes"), "{faults}");
    // Named by a scenario, it is located there.
    let scenario = directory.file("scenario.yaml", b"tradewind: scenario/1\ncatalogs: [large.yaml]\nworkloads: []\n");
    let faults = load(&scenario).expect_err("too large");
    located(&faults);
    assert_eq!(faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [Kind::TooLarge]);
    assert!(faults.to_string().contains("scenario.yaml:2:12: "), "{faults}");
}

#[test]
fn a_long_scalar_is_text_like_any_other() {
    let long = "x".repeat(5_000_000);
    let catalog = book(&format!("source: {long}")).expect("a long source");
    assert_eq!(catalog.providers()[0].source.as_deref().map(str::len), Some(5_000_000));
    // Where it is wrong, the message stays short.
    assert_eq!(cost(&long), Err(Kind::BadNumber));
    assert_eq!(cost(&"9".repeat(5_000_000)), Err(Kind::BadNumber));
    assert_eq!(cost(&format!("0.{}1", "0".repeat(5_000_000))), Err(Kind::BadNumber));
}

#[test]
fn what_is_not_a_regular_file() {
    let directory = Temporary::new("kinds");
    for path in [directory.0.clone(), directory.0.join("missing.yaml"), PathBuf::from("/dev/zero"), PathBuf::new()] {
        let faults = load_catalog(&[&path]).expect_err("no file");
        assert_eq!(faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [Kind::Unreadable], "{faults}");
        assert!(load(&path).is_err());
    }
    let none: [&str; 0] = [];
    assert!(load_catalog(&none).is_err(), "no book at all");
}

#[test]
fn numbers_are_exact_or_refused() {
    for (text, value) in [
        ("1e3", "1000"),
        ("2.5E-3", "0.0025"),
        ("+0.5", "0.5"),
        ("0.10", "0.1"),
        ("0.000000000001", "0.000000000001"),
        ("9223372.036854775807", "9223372.036854775807"),
        ("-0", "0"),
    ] {
        assert_eq!(cost(text).as_deref(), Ok(value), "{text}");
    }
    for (text, kind) in [
        (".nan", Kind::BadNumber),
        (".inf", Kind::BadNumber),
        ("-.INF", Kind::BadNumber),
        ("NaN", Kind::BadNumber),
        ("1e400", Kind::BadNumber),
        ("1e-400", Kind::BadNumber),
        ("1e999999999999999999999", Kind::BadNumber),
        ("0x1F", Kind::BadNumber),
        ("0o7", Kind::BadNumber),
        ("0b1", Kind::BadNumber),
        ("1_000", Kind::BadNumber),
        ("1,000", Kind::BadNumber),
        ("12abc", Kind::BadNumber),
        ("1.", Kind::BadNumber),
        (".5", Kind::BadNumber),
        ("1e", Kind::BadNumber),
        ("--1", Kind::BadNumber),
        ("１", Kind::BadNumber),
        ("12:30:00", Kind::BadNumber),
        ("2026-07-20", Kind::BadNumber),
        ("true", Kind::BadNumber),
        ("0.12345678901234567890123456789", Kind::BadNumber),
        ("\"1\"", Kind::WrongType),
        ("", Kind::WrongType),
        ("~", Kind::WrongType),
        ("null", Kind::WrongType),
        ("[1]", Kind::WrongType),
        ("{}", Kind::WrongType),
        ("-1", Kind::NegativeNumber),
        ("-0.000000000000000000000001", Kind::NegativeNumber),
        ("0.0000000000001", Kind::OutOfRange),
        ("9223372.036854775808", Kind::OutOfRange),
        ("1e28", Kind::OutOfRange),
    ] {
        assert_eq!(cost(text), Err(kind), "{text}");
    }
}

#[test]
fn a_byte_order_mark_is_accepted() {
    let text = "\u{feff}tradewind: catalog/1\nprovider: acme\ncurrency: USD\n";
    let catalog = catalog_from_yaml(&[("book.yaml", text)]).expect("a book");
    assert_eq!(&*catalog.providers()[0].name, "acme");
    let faults = catalog_from_yaml(&[("book.yaml", "\u{feff}tradewind: catalog/7\n")]).expect_err("no such version");
    assert!(faults.to_string().starts_with("book.yaml:1:12: "), "it is no column: {faults}");
}

#[test]
fn line_ends_of_every_system() {
    for end in ["\n", "\r\n"] {
        let text = ["tradewind: catalog/1", "provider: acme", "currency: USD", "cost_per_hour: x", ""].join(end);
        let faults = catalog_from_yaml(&[("book.yaml", &text)]).expect_err("a bad number");
        assert!(faults.to_string().starts_with("book.yaml:4:16: "), "{faults}");
    }
}

#[test]
fn what_yaml_has_beyond_plain_data() {
    for (rest, expected) in [
        ("regions:\n\tnorth-1: {}", Kind::Syntax),
        ("---\nprovider: other", Kind::SecondDocument),
        ("regions: {<<: {north-1: {}}}", Kind::MergeKey),
        ("regions: &r {}", Kind::Alias),
        ("regions: *r", Kind::Alias),
        ("note: !!binary aGVsbG8=", Kind::Tag),
        ("note: !include other.yaml", Kind::Tag),
        ("? [a]\n: b", Kind::BadKey),
        ("? {a: b}\n: c", Kind::BadKey),
        ("provider: again", Kind::DuplicateKey),
        ("note: 'open", Kind::Syntax),
        ("note: \"\\q\"", Kind::Syntax),
        ("note: [a, b", Kind::Syntax),
        ("note: a: b", Kind::Syntax),
        ("%YAML 1.2", Kind::Syntax),
    ] {
        assert_eq!(kind(rest), expected, "{rest}");
    }
}

#[test]
fn names_may_look_like_anything() {
    let catalog =
        book("regions: {no: {country: NO}, 123: {name: true}, 1e3: {name: null-1}, '~': {}}\n").expect("a book");
    let names: Vec<&str> = catalog.regions().iter().map(|region| &*region.name).collect();
    assert_eq!(names, ["123", "1e3", "no", "~"]);
    assert_eq!(catalog.regions()[0].title.as_deref(), Some("true"));
    let scenario = "tradewind: scenario/1\nworkloads: [{name: 123, type: true}, {name: yes}, {name: 0x1F}]\n";
    let scenario = scenario_from_yaml("s.yaml", scenario, &catalog).expect("a scenario");
    let names: Vec<&str> = scenario.workloads.iter().map(|workload| &*workload.name).collect();
    assert_eq!(names, ["123", "yes", "0x1F"]);
    assert_eq!(scenario.workloads[0].kind.as_deref(), Some("true"));
}

#[test]
fn a_message_shows_what_a_terminal_would_hide() {
    let faults = faults("regions: {\"\\e[31m\\u202Enorth`\": {colour: red}}");
    let shown = faults.to_string();
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
}

#[test]
fn a_fault_in_every_line_is_listed_in_part() {
    // Thirty thousand unknown keys, unknown regions, unknown SKUs and negative prices.
    let lines = |line: &dyn Fn(usize) -> String| (0..30_000).map(line).collect::<String>();
    let unknown_keys = lines(&|number| format!("key{number}: 1\n"));
    let unknown_regions = lines(&|number| format!("      r{number}: -1\n"));
    let known = lines(&|number| format!("  s{number}: {{vcpu: 1, memory_gib: 1}}\n"));
    let unknown_skus = lines(&|number| format!("  t{number}: {{on-demand: {{north-1: 1}}}}\n"));
    let bad_skus = lines(&|number| format!("  s{number}: {{vcpu: x}}\n"));
    for rest in [
        unknown_keys,
        format!(
            "regions: {{north-1: {{}}}}\nskus:\n  a: {{vcpu: 1, memory_gib: 1}}\noffers:\n  a:\n    spot:\n{unknown_regions}"
        ),
        format!("regions: {{north-1: {{}}}}\nskus:\n{known}offers:\n{unknown_skus}"),
        format!("skus:\n{bad_skus}"),
    ] {
        let faults = faults(&rest);
        assert_eq!(faults.len(), 101, "a hundred, and a word on the rest");
        let last = faults.iter().last().map(|fault| fault.message.clone());
        assert_eq!(last.as_deref(), Some("more faults in this file are not listed"));
    }
}

#[test]
fn a_scenario_of_any_shape_is_refused_in_words() {
    let catalog = tradewind::reference();
    for text in [
        "",
        "~",
        "[]",
        "text",
        "{}",
        "tradewind:",
        "tradewind: []",
        "tradewind: scenario/1",
        "tradewind: scenario/1\nworkloads: {}",
        "tradewind: scenario/1\nworkloads: [[]]",
        "tradewind: scenario/1\nworkloads: [~, {}, 1, text]",
        "tradewind: scenario/1\nworkloads: [{name: {}, request: [], data: 1, options: [1, []], current: x, regions: []}]",
        "tradewind: scenario/1\nworkloads: []\nlimits: [~, {}, {name: a, sum: cost}, {where: []}]",
        "tradewind: scenario/1\nworkloads: []\ngateway: []\nhorizon: x",
        "tradewind: scenario/1\nworkloads: []\nfees: [~, {}, {name: []}, {region: {}, provider: 1, monthly: a}]\nproviders: []",
        "tradewind: scenario/1\nworkloads: []\ntogether: [~, {}, {workloads: [[]], same: 1}]\napart: x\nspread: [{at_most: []}]",
        "tradewind: scenario/1\nworkloads: [{name: a, count: [], value: {}}]\nproviders: {at_least: 1e20, at_most: -1}",
    ] {
        let faults = scenario_from_yaml("s.yaml", text, &catalog).expect_err("not a scenario");
        located(&faults);
    }
}

/// Rules × rules and names × names are more than can be looked at; what is wrong is still told, in part.
#[test]
fn rules_beyond_number_are_read_in_time() {
    use std::fmt::Write as _;

    let catalog = tradewind::reference();
    let mut text = String::from("tradewind: scenario/1\nworkloads:\n");
    for number in 0..50_000 {
        let _ = writeln!(text, "- {{name: w{number}, network_gb: 1}}");
    }
    let (mut together, mut apart) = (String::from("together:\n"), String::from("apart:\n"));
    for number in 0..10_000 {
        let _ = writeln!(together, "- {{name: t{number}, workloads: [w0, w1], same: region}}");
        let _ = writeln!(apart, "- {{name: a{number}, workloads: [w0, w2], by: region}}");
    }
    let unknown: Vec<String> = (0..50_000).map(|number| format!("x{number}")).collect();
    let _ = writeln!(apart, "- {{name: last, workloads: [{}], by: region}}", unknown.join(", "));
    let faults = scenario_from_yaml("s.yaml", &(text + &together + &apart), &catalog).expect_err("unknown workloads");
    assert_eq!(faults.len(), 101, "a hundred, and a word on the rest");
    located(&faults);
}
