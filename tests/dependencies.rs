//! What is built in: every package comes from crates.io with its checksum and under a licence that `deny.toml` allows;
//! and one oldest compiler is stated everywhere alike.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The licences that `deny.toml` allows.
fn allowed() -> BTreeSet<String> {
    let deny = file("deny.toml");
    let start = deny.find("\nallow = [").expect("a list of licences");
    let list = deny[start..].split(']').next().expect("its end");
    let allowed: BTreeSet<String> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(allowed.len() > 5, "{allowed:?}");
    allowed
}

/// Whether a licence expression can be met: `A OR B` by either, `A AND B` by both.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let words = words(expression);
    let (is, rest) = either(&words, allowed);
    assert!(rest.is_empty(), "{expression} cannot be read");
    is
}

fn words(expression: &str) -> Vec<String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<String> = Vec::new();
    for word in spaced.split_whitespace() {
        match words.last_mut() {
            Some(last) if word == "WITH" || last.ends_with(" WITH") => *last = format!("{last} {word}"),
            _ => words.push(word.to_owned()),
        }
    }
    words
}

fn either<'a>(words: &'a [String], allowed: &BTreeSet<String>) -> (bool, &'a [String]) {
    let (mut is, mut rest) = both(words, allowed);
    while let Some(tail) = rest.strip_prefix(&["OR".to_owned()]) {
        let (other, after) = both(tail, allowed);
        (is, rest) = (is || other, after);
    }
    (is, rest)
}

fn both<'a>(words: &'a [String], allowed: &BTreeSet<String>) -> (bool, &'a [String]) {
    let (mut is, mut rest) = one(words, allowed);
    while let Some(tail) = rest.strip_prefix(&["AND".to_owned()]) {
        let (other, after) = one(tail, allowed);
        (is, rest) = (is && other, after);
    }
    (is, rest)
}

fn one<'a>(words: &'a [String], allowed: &BTreeSet<String>) -> (bool, &'a [String]) {
    let (first, rest) = words.split_first().expect("a licence");
    if first != "(" {
        return (allowed.contains(first), rest);
    }
    let (is, rest) = either(rest, allowed);
    (is, rest.strip_prefix(&[")".to_owned()]).expect("a closing bracket"))
}

#[test]
fn licence_expressions_are_read_as_they_are_meant() {
    let allowed: BTreeSet<String> =
        ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into_iter().collect();
    for met in ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "(MIT OR GPL-3.0) AND ISC", "Apache-2.0 WITH LLVM-exception"] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in ["GPL-3.0", "MIT AND GPL-3.0", "GPL-3.0 OR MIT AND Zlib", "(MIT OR ISC) AND Zlib", "Apache-2.0"] {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}

/// Of what is built in, on every platform and with every feature; tools of tests and benches are looked at as well.
#[test]
fn every_package_has_a_licence_that_is_allowed() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--all-features"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    if !output.status.success() {
        // Packages of other platforms and features may not have been fetched: `cargo fetch` gets them, and CI does.
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("offline"), "{told}");
        eprintln!("not every package is here; run `cargo fetch --locked` and try again");
        return;
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 50, "{}", packages.len());
    let allowed = allowed();
    let text = |package: &Value, member: &str| package[member].as_str().unwrap_or_default().to_owned();
    let wrong: Vec<String> = packages
        .iter()
        .filter(|package| text(package, "license").is_empty() || !is_met(&text(package, "license"), &allowed))
        .map(|package| format!("{}: {:?}", text(package, "name"), text(package, "license")))
        .collect();
    assert!(wrong.is_empty(), "not allowed by deny.toml:\n{}", wrong.join("\n"));
}

#[test]
fn every_package_comes_from_the_registry_with_its_checksum() {
    let lock = file("Cargo.lock");
    let packages: Vec<&str> = lock.split("[[package]]").skip(1).collect();
    assert!(packages.len() > 50);
    for package in packages {
        let has = |key: &str| package.lines().find_map(|line| line.strip_prefix(key));
        if has("name = ") == Some("\"tradewind\"") {
            continue;
        }
        assert_eq!(has("source = "), Some("\"registry+https://github.com/rust-lang/crates.io-index\""), "{package}");
        assert!(has("checksum = ").is_some_and(|sum| sum.len() == 66), "{package}");
    }
}

/// clippy takes the oldest compiler from Cargo.toml and warns of what it does not have yet.
#[test]
fn one_oldest_compiler_is_stated() {
    let manifest = file("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'));
    let version = version.expect("Cargo.toml states it");
    assert!(file("README.md").contains(&format!("({version} or later)")), "the README says another than {version}");
    assert!(manifest.contains("\nincompatible_msrv = \"warn\"\n"), "clippy holds the code to it");
    for other in ["clippy.toml", ".clippy.toml", "rust-toolchain", "rust-toolchain.toml"] {
        assert!(!root().join(other).exists(), "{other} may state another");
    }
}
