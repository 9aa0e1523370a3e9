//! What the library offers, item by item, in `api.txt`: a change of it is deliberate, because it shows in a diff.
//!
//! The sources are read as rustfmt writes them: an item of a module stands at the margin, a method, field or variant
//! four blanks in. After a change that is meant, `TRADEWIND_BLESS=1 cargo test --test api` writes the list anew.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// Whether a line begins an item that others may see; `pub(crate)` and the like do not.
fn item(line: &str) -> bool {
    line.strip_prefix("pub ").is_some_and(|rest| !rest.starts_with("mod tests"))
}

/// The head of the item that begins at the first of these lines: up to its body or end.
fn head(lines: &[&str], is_member: bool) -> String {
    let mut head = String::new();
    for line in lines {
        let line = line.split("//").next().unwrap_or_default().trim();
        if !head.is_empty() && !head.ends_with(['(', '[']) {
            head.push(' ');
        }
        head.push_str(line);
        let is_group = head.starts_with("pub use");
        // A field or a variant ends with a comma; the arguments of a function go on after theirs.
        if is_member && line.ends_with(',') {
            break;
        }
        if line.ends_with(';') || !is_group && line.ends_with(['{', '}']) {
            break;
        }
    }
    let is_group = head.starts_with("pub use");
    let end = if is_group { head.len() } else { head.find(" {").unwrap_or(head.len()) };
    let head = head[..end].trim_end_matches([';', ',']);
    let has_value = ["const ", "type ", "static "].iter().any(|word| head.trim_start_matches("pub ").starts_with(word));
    let head = if has_value { head.split(" = ").next().unwrap_or(head) } else { head };
    head.replace(", )", ")").replace(",)", ")")
}

/// The items of one file, in their order.
fn items(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    // What the lines four blanks in belong to: an `impl`, or a type whose fields or variants they are.
    let mut within = String::new();
    let mut is_enum = false;
    let mut number = 0;
    while number < lines.len() {
        let line = lines[number];
        if line == "#[cfg(test)]" {
            break;
        }
        if let Some(inner) = line.strip_prefix("    ").filter(|inner| !inner.starts_with(' ')) {
            let is_variant = is_enum && inner.starts_with(|first: char| first.is_ascii_uppercase());
            if !within.is_empty() && (item(inner) || is_variant) {
                let is_member = !within.starts_with("impl") && !within.starts_with("trait");
                found.push(format!("{within} :: {}", head(&lines[number..], is_member)));
            }
        } else if item(line) {
            let head = head(&lines[number..], false);
            is_enum = head.starts_with("pub enum ");
            let is_type = is_enum || head.starts_with("pub struct ") || head.starts_with("pub trait ");
            within = if is_type { head.trim_start_matches("pub ").to_owned() } else { String::new() };
            found.push(head);
        } else if line.starts_with("impl") {
            (within, is_enum) = (head(&lines[number..], false), false);
            // What a trait asks for is told by the trait; that it is there is told here.
            if within.contains(" for ") {
                found.push(within.clone());
            }
        } else if line == "}" {
            (within, is_enum) = (String::new(), false);
        }
        number += 1;
    }
    found
}

/// The modules that lib.rs makes public, and what it takes from the others.
fn listing() -> String {
    let lib = fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs");
    let public: Vec<&str> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(public.len() > 8, "{public:?}");
    // Types of private modules that the façade gives away, with their methods.
    let given: Vec<&str> = ["effort", "export", "factor", "optimize", "problem", "reduced", "running", "saved"].into();
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    files.sort();
    let mut listing = String::from("lib\n");
    for line in items(&lib) {
        listing.push_str(&format!("  {line}\n"));
    }
    for file in files {
        let path = file.strip_prefix(root().join("src")).expect("under src").to_string_lossy().replace('\\', "/");
        let module = path.trim_end_matches(".rs").trim_end_matches("/mod").to_owned();
        let first = module.split('/').next().unwrap_or_default();
        let is_test = module.ends_with("tests");
        if is_test || !public.contains(&first) && !given.contains(&first) {
            continue;
        }
        let items = items(&fs::read_to_string(&file).expect("a source"));
        if !items.is_empty() {
            listing.push_str(&format!("\n{}\n", module.replace('/', "::")));
            items.iter().for_each(|line| listing.push_str(&format!("  {line}\n")));
        }
    }
    listing
}

#[test]
fn what_the_library_offers_is_what_the_list_says() {
    let path = root().join("tests/api.txt");
    let listing = listing();
    if std::env::var_os("TRADEWIND_BLESS").is_some() {
        fs::write(&path, &listing).expect("the list can be written");
    }
    let listed = fs::read_to_string(&path).unwrap_or_default();
    let only = |of: &str, other: &str| -> Vec<String> {
        of.lines().filter(|line| !other.lines().any(|has| has == *line)).map(str::to_owned).collect()
    };
    assert!(
        listing == listed,
        "the public API changes; if that is meant, write the list anew and note it in the changelog\n\
         new: {:#?}\ngone: {:#?}",
        only(&listing, &listed),
        only(&listed, &listing)
    );
}

#[test]
fn the_reader_sees_every_kind_of_item() {
    let text = "\
pub mod inner;
pub use self::a::{
    B, C,
};
pub(crate) fn hidden() {}
fn private() {}
/// Words.
pub fn shown(
    one: &str, // why
    two: u32,
) -> Option<u32> {
    pub_looking();
}
pub struct Point {
    /// Words.
    pub x: i64,
    y: i64,
}
pub enum Kind {
    One,
    Two { of: u32 },
    #[doc(hidden)]
    Three(u32),
}
impl Point {
    pub const ZERO: Point = Point { x: 0, y: 0 };
    pub fn at(x: i64) -> Point { Point { x, y: 0 } }
    fn private(&self) {}
    pub(super) fn hidden(&self) {}
}
impl std::fmt::Display for Point {
    fn fmt(&self) {}
}
pub const MOST: usize = 5;
pub type Name = Arc<str>;
#[cfg(test)]
mod tests {
    pub fn not_this() {}
}
";
    assert_eq!(
        items(text),
        [
            "pub mod inner",
            "pub use self::a::{ B, C, }",
            "pub fn shown(one: &str, two: u32) -> Option<u32>",
            "pub struct Point",
            "struct Point :: pub x: i64",
            "pub enum Kind",
            "enum Kind :: One",
            "enum Kind :: Two",
            "enum Kind :: Three(u32)",
            "impl Point :: pub const ZERO: Point",
            "impl Point :: pub fn at(x: i64) -> Point",
            "impl std::fmt::Display for Point",
            "pub const MOST: usize",
            "pub type Name",
        ]
    );
}
