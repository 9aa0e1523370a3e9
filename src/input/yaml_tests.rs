//! Tests of [`super`]: what good files read as, and what every kind of bad file is told.

use super::*;
use crate::input::decode::decode;
use crate::input::tree::{Node, NodeKind};

/// Reads `text` as `f.yaml`: its tree on one line, then the faults as they are printed.
fn read(text: &str) -> String {
    let text = match decode("f.yaml", text.as_bytes().to_vec()) {
        Ok(text) => text,
        Err(fault) => return fault.to_string(),
    };
    let mut sources = Sources::default();
    let file = sources.add("f.yaml", text);
    let mut faults = Diagnostics::new();
    let tree = parse(&sources, file, &mut faults);
    faults.locate(&sources);
    let mut shown = String::new();
    if let Some(tree) = &tree {
        // `Sources::place` walks the file, so only the first and last of many children are shown.
        show(tree.root(&sources), &sources, &mut shown);
    } else {
        assert!(!faults.is_empty(), "no tree and no fault");
    }
    for fault in &faults {
        assert!(fault.message.len() < 300 && fault.help.is_some(), "{fault}");
        shown.push_str(if shown.is_empty() { "" } else { "\n" });
        shown.push_str(&fault.to_string());
    }
    shown
}

/// Appends `node` as kind, text and place, such as `p(1)@1:4`, collections with their children.
fn show(node: Node<'_>, sources: &Sources, into: &mut String) {
    let (open, close) = match node.kind() {
        NodeKind::Null => ("null", ""),
        NodeKind::Plain => ("p(", ")"),
        NodeKind::Quoted => ("q(", ")"),
        NodeKind::Sequence => ("[", "]"),
        NodeKind::Mapping => ("{", "}"),
    };
    into.push_str(open);
    into.push_str(node.text().unwrap_or_default());
    let len = node.len();
    let is_shown = |number: usize| number < 30 || number + 1 == len;
    for (_, item) in node.items().enumerate().filter(|&(number, _)| is_shown(number)) {
        show(item, sources, into);
        into.push(' ');
    }
    for (_, (key, value)) in node.entries().enumerate().filter(|&(number, _)| is_shown(number)) {
        show(key, sources, into);
        into.push_str(": ");
        show(value, sources, into);
        into.push(' ');
    }
    assert_eq!(len, node.items().count() + node.entries().count());
    let place = sources.place(node.span()).map(|place| (place.line, place.column)).unwrap_or_default();
    into.push_str(&format!("{close}@{}:{}", place.0, place.1));
}

/// The first line of what is printed for `bytes`.
fn decoded(bytes: &[u8]) -> String {
    decode("f.yaml", bytes.to_vec()).map_or_else(|fault| fault.to_string(), |text| format!("text {text:?}"))
}

#[test]
fn a_slot_takes_sixteen_bytes() {
    assert_eq!(size_of::<Slot>(), 16);
}

#[test]
fn plain_scalars_are_never_interpreted() {
    for text in [
        ".nan",
        ".inf",
        "-.Inf",
        "1e400",
        "0x1F",
        "0o17",
        "1_000",
        "yes",
        "No",
        "true",
        "012",
        "-0",
        "+1",
        "1.",
        ".5",
        "99999999999999999999999999",
        "0.30000000000000004",
        "2026-01-01",
        "12:30:00",
        "Null",
        "<<",
        "=",
        "a b",
        "it's",
        "a#b",
        "http://x/y",
        "-x",
        "?x",
        ":x",
        "${HOME}",
    ] {
        assert_eq!(read(&format!("- {text} # why\n")), format!("[p({text})@1:3 ]@1:1"));
        assert_eq!(read(&format!("a:   {text}   \r\n")), format!("{{p(a)@1:1: p({text})@1:6 }}@1:1"));
    }
    assert_eq!(read("{a: 1e400, b: .nan}"), "{p(a)@1:2: p(1e400)@1:5 p(b)@1:12: p(.nan)@1:15 }@1:1");
}

#[test]
fn nulls_are_told_from_text() {
    assert_eq!(
        read("a:\nb: ~\nc: null # x\nd: 'null'\ne: \"\"\nf:\n"),
        "{p(a)@1:1: null@1:2 p(b)@2:1: null@2:4 p(c)@3:1: null@3:4 p(d)@4:1: q(null)@4:4 p(e)@5:1: q()@5:4 \
         p(f)@6:1: null@6:2 }@1:1"
    );
    assert_eq!(read("-\n- \n- a\n"), "[null@1:2 null@2:3 p(a)@3:3 ]@1:1");
    assert_eq!(read("{a, b: , c: ''}"), "{p(a)@1:2: null@1:3 p(b)@1:5: null@1:6 p(c)@1:10: q()@1:13 }@1:1");
    assert_eq!(read("null"), "null@1:1");
    assert_eq!(read("[]"), "[]@1:1");
}

#[test]
fn quoted_and_block_scalars_are_decoded() {
    assert_eq!(read(r#"a: "x\ty\u00e9" # c"#), "{p(a)@1:1: q(x\ty\u{e9})@1:4 }@1:1");
    assert_eq!(read("a: 'it''s'\nb: 'p: q'\n"), "{p(a)@1:1: q(it's)@1:4 p(b)@2:1: q(p: q)@2:4 }@1:1");
    assert_eq!(read("a: \"b\n  c\"\n"), "{p(a)@1:1: q(b c)@1:4 }@1:1");
    assert_eq!(
        read("a: |\n  hi\n  \"x\"\nb: >-\n  fold\n  ed\nc: |-\n  0.5\n"),
        "{p(a)@1:1: q(hi\n\"x\"\n)@2:3 p(b)@4:1: q(fold ed)@5:3 p(c)@7:1: q(0.5)@8:3 }@1:1"
    );
    assert_eq!(read("'a b': 1\n\"c\\n\": 2\n"), "{q(a b)@1:1: p(1)@1:8 q(c\n)@2:1: p(2)@2:8 }@1:1");
}

#[test]
fn places_count_characters_after_wide_ones_and_crlf_and_bom() {
    assert_eq!(
        read("\u{feff}é: 😀 # é\r\n\"üx\": [é, 1]\r\n"),
        "{p(é)@1:1: p(😀)@1:4 q(üx)@2:1: [p(é)@2:8 p(1)@2:11 ]@2:7 }@1:1"
    );
    assert_eq!(
        read("a:\r\n  - 1\r\n  - two words # x\r\nb:\r\n- c: d\r\n  e: f\r\n"),
        "{p(a)@1:1: [p(1)@2:5 p(two words)@3:5 ]@2:3 p(b)@4:1: [{p(c)@5:3: p(d)@5:6 p(e)@6:3: p(f)@6:6 }@5:3 ]@5:1 \
         }@1:1"
    );
    assert_eq!(
        read("a:\n- -1\nb:\n# x\n-  # -y\n\n  - c\nd:\n  e:\n  - {}\n"),
        "{p(a)@1:1: [p(-1)@2:3 ]@2:1 p(b)@3:1: [[p(c)@7:5 ]@7:3 ]@5:1 p(d)@8:1: {p(e)@9:3: [{}@10:5 ]@10:3 }@9:3 }@1:1"
    );
}

#[test]
fn one_document_with_or_without_markers_and_directives() {
    for text in ["---\na: 1\n", "--- # x\na: 1\n...\n", "# x\n\n---\na: 1\n...\n# y\n", "%YAML 1.2\n---\na: 1\n"] {
        assert!(read(text).starts_with("{p(a)@"), "{text:?}: {}", read(text));
    }
    let second = "a second document starts here\nhelp: keep one document in each file";
    assert_eq!(read("a: 1\n---\nb: 1\n"), format!("f.yaml:2:1: {second}"));
    assert_eq!(read("a: 1\n---\n"), format!("f.yaml:2:1: {second}"));
    assert_eq!(read("a: 1\n...\nb: 2\n"), format!("f.yaml:3:1: {second}"));
}

#[test]
fn an_empty_file_is_told_from_an_empty_list() {
    for text in ["", "\n\n", "# x\n", "---\n", "---\n...\n", "...\n", "\u{feff}", "   "] {
        assert_eq!(
            read(text),
            "f.yaml:1:1: the file is empty, or holds only comments\n\
             help: write the file's keys, or leave the file out"
        );
    }
    assert_eq!(read("-\n"), "[null@1:2 ]@1:1");
    assert_eq!(read("''"), "q()@1:1");
}

#[test]
fn repeated_keys_are_all_reported_and_the_first_stays() {
    assert_eq!(
        read("a: 1\nb: {c: 1, 'c': 2, \"\\x63\": 3}\n'a': [4]\nd: 5\n"),
        "{p(a)@1:1: p(1)@1:4 p(b)@2:1: {p(c)@2:5: p(1)@2:8 }@2:4 p(d)@4:1: p(5)@4:4 }@1:1\n\
         f.yaml:2:11: key `c` is written twice in one mapping\n\
         help: it is first written on line 2; keep one of the two\n\
         f.yaml:2:19: key `c` is written twice in one mapping\n\
         help: it is first written on line 2; keep one of the two\n\
         f.yaml:3:1: key `a` is written twice in one mapping\n\
         help: it is first written on line 1; keep one of the two"
    );
    assert_eq!(read("11: a\n0xB: b\n"), "{p(11)@1:1: p(a)@1:5 p(0xB)@2:1: p(b)@2:6 }@1:1");
}

#[test]
fn many_keys_and_many_repeats_stay_cheap() {
    let distinct: String = (0..500_000).map(|number| format!("key{number}: 1\n")).collect();
    assert!(read(&distinct).ends_with("p(key499999)@500000:1: p(1)@500000:12 }@1:1"));
    let repeats = "a: 1\n".repeat(200_000);
    let told = read(&repeats);
    assert!(told.starts_with("{p(a)@1:1: p(1)@1:4 }@1:1\nf.yaml:2:1: key `a` is written twice in one mapping\n"));
    assert!(told.ends_with(
        "f.yaml:101:1: key `a` is written twice in one mapping\n\
         help: it is first written on line 1; keep one of the two\n\
         f.yaml:200000:1: 199899 more faults in this file are not listed\n\
         help: correct the listed ones first"
    ));
}

#[test]
fn keys_must_be_names() {
    let help = "help: write a name before the colon; put text that starts with `{`, `[` or `?` in quotes";
    assert_eq!(
        read("? [a, {b: c}]\n: 1\nd: 2\n"),
        format!("{{p(d)@3:1: p(2)@3:4 }}@1:1\nf.yaml:1:3: a list as a key is not allowed\n{help}")
    );
    assert_eq!(read("a: {{ x }}\n").lines().nth(1), Some("f.yaml:1:5: a mapping as a key is not allowed"));
    assert_eq!(read("'': 1\n"), format!("{{}}@1:1\nf.yaml:1:1: an empty key is not allowed\n{help}"));
    assert_eq!(read(": 1\n"), format!("{{}}@1:1\nf.yaml:1:1: an empty key is not allowed\n{help}"));
    assert_eq!(read("~: {x: 1}\nb: 2\n").lines().next(), Some("{p(b)@2:1: p(2)@2:4 }@1:1"));
    assert_eq!(read("? a\n: b\n? c\n"), "{p(a)@1:3: p(b)@2:3 p(c)@3:3: null@4:1 }@1:1");
}

#[test]
fn anchors_aliases_merge_keys_and_tags_are_refused_where_they_stand() {
    let mut bomb = String::from("a: &a [x, x]\n");
    for level in 1..40 {
        bomb.push_str(&format!("b{level}: [*a, *a]\n"));
    }
    let told = read(&bomb);
    assert!(told.starts_with(
        "f.yaml:1:4: anchor `&a` is not allowed\n\
         help: remove it, and write the value out wherever it is needed\n\
         f.yaml:2:6: alias `*a` is not allowed\n\
         help: write the value out; put text that starts with `*` in quotes\n\
         f.yaml:2:10: alias"
    ));
    assert!(read("a: *nope\n").starts_with("f.yaml:1:4: alias `*nope` is not allowed\n"));
    assert!(read("*x : 1\n").starts_with("f.yaml:1:1: alias `*x` is not allowed\n"));
    assert!(read("a: * x\n").starts_with("f.yaml:1:4: an anchor or alias is not allowed\nhelp: put text that"));
    assert_eq!(
        read("b:\n  <<: {a: 1}\n"),
        "f.yaml:2:3: merge key `<<` is not allowed\nhelp: write the merged keys out"
    );
    assert_eq!(read("'<<': 1\n"), "{q(<<)@1:1: p(1)@1:7 }@1:1");
    assert_eq!(
        read("a: !!str 5\nb: !x # c\n  [1]\n!k c: ! 1\n"),
        ["f.yaml:1:4: tag `!!str`", "f.yaml:2:4: tag `!x`", "f.yaml:4:1: tag `!k`", "f.yaml:4:7: tag `!`"]
            .map(|tag| format!("{tag} is not allowed\nhelp: remove it; put a value in quotes to keep it as text"))
            .join("\n")
    );
    assert!(read("a: !<tag:yaml.org,2002:int> 1\n").starts_with("f.yaml:1:4: tag `!<tag:yaml.org,2002:int>` is"));
    assert!(read("a: !u!x 1\n").starts_with("f.yaml:1:4: a tag is not allowed\n"), "{}", read("a: !u!x 1\n"));
    assert!(read("!foo\n").starts_with("f.yaml:1:1: "));
}

#[test]
fn syntax_errors_are_told_in_our_words() {
    let cases = [
        ("a: \"x\nb: 1\n", "1:4: this is not valid YAML: a quote is not closed"),
        ("a: 'x\nb: 1\n", "1:4: this is not valid YAML: a quote is not closed"),
        ("a: 'it's'\n", "1:8: this is not valid YAML: text after a closing quote"),
        ("a: [1, 2\n", "1:4: this is not valid YAML: `[` is not closed"),
        ("a: [1}\n", "1:4: this is not valid YAML: `[` is closed by `}`"),
        ("a: [1]]\n", "1:7: this is not valid YAML: a bracket closes nothing"),
        ("a: b: c\n", "1:5: this is not valid YAML: a colon cannot stand here"),
        ("é: @x\n", "1:4: this is not valid YAML: a value cannot start with `@`"),
        ("a: `x`\n", "1:4: this is not valid YAML: a value cannot start with `\\u{60}`"),
        ("a: 1\n- b\n", "2:3: this is not valid YAML: this does not fit the lines above"),
        ("a:\n    b: 1\n  c: 2\n", "3:3: this is not valid YAML: this does not fit the lines above"),
        ("a: 1\nbcd\n", "2:1: this is not valid YAML: a key without a colon"),
        ("a: b\n  c\n", "1:4: a plain value must stay on one line"),
        ("a: 1\n b: 2\n", "1:4: a plain value must stay on one line"),
        ("a: [b\n  c]\n", "1:5: a plain value must stay on one line"),
        ("a:\n\tb: 1\n", "2:1: a tab cannot indent"),
        ("a:\n \t- 1\n", "2:2: a tab cannot indent"),
        ("\ta: 1\n", "1:1: a tab cannot indent"),
        ("a: |\n\tx\n", "2:1: a tab cannot indent"),
        ("a: 1\n\tb: 2\n", "2:1: a tab cannot indent"),
        ("a: [1, , 2]\n", "1:8: this is not valid YAML: `,` cannot stand here"),
        ("[\"a\"\n\"b\"]\n", "2:1: this is not valid YAML: a comma or a closing bracket is missing before this"),
        ("a:1\nb: 2\n", "1:1: a plain value must stay on one line"),
        ("a: \"C:\\dir\"\n", "1:4: this is not valid YAML: an unknown escape in double quotes"),
        ("%FOO\na: 1\n", "2:1: this is not valid YAML: this does not fit the lines above"),
    ];
    for (text, told) in cases {
        assert_eq!(read(text).lines().next(), Some(format!("f.yaml:{told}").as_str()), "{text:?}");
    }
    assert_eq!(
        read("a: 1\na: 2\nb: 'x"),
        "f.yaml:3:4: this is not valid YAML: a quote is not closed\n\
         help: close it; within single quotes, write a quote twice",
        "the mapping never ended, so its keys were not compared"
    );
    assert_eq!(read("a:\tb\t# c\n"), "{p(a)@1:1: p(b)@1:4 }@1:1", "a tab between words is fine");
}

#[test]
fn deep_nesting_is_refused_at_its_65th_level() {
    let told = |place: &str| {
        format!(
            "f.yaml:{place}: lists and mappings are nested more than 64 deep\n\
             help: close the brackets, or indent less"
        )
    };
    assert_eq!(read(&"[".repeat(100_000)), told("1:65"));
    assert_eq!(read(&"{a: ".repeat(100_000)), told("1:257"));
    assert_eq!(read(&"- ".repeat(100_000)), told("1:129"));
    assert_eq!(read(&format!("a:\n  b: {}", "[".repeat(1000))), told("2:70"), "brackets alone count here");
    let indented: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(read(&indented), told("65:65"));
    assert!(read(&"? ".repeat(100_000)).ends_with(&told("1:129")));
    let legal = format!("{}1{}", "[".repeat(64), "]".repeat(64));
    assert!(read(&legal).contains("p(1)@1:65"));
}

#[test]
fn large_files_are_read_or_refused_with_a_place() {
    let items = read(&"- 1\n".repeat(2_000_000));
    assert!(items.ends_with("p(1)@2000000:3 ]@1:1"));
    assert_eq!(
        read(&"-\n".repeat(4_000_000)),
        "f.yaml:4000000:2: more than 4000000 keys and values in one file\nhelp: split it into several files"
    );
    let long = "x".repeat(10_000_000);
    assert_eq!(read(&format!("a: \"{long}\"\n")), format!("{{p(a)@1:1: q({long})@1:4 }}@1:1"));
    assert_eq!(read(&format!("a: \"{long}\\n\"\n")), format!("{{p(a)@1:1: q({long}\n)@1:4 }}@1:1"));
    let key = "k".repeat(1_000_000);
    assert_eq!(read(&format!("? {key}\n: 1\n")), format!("{{p({key})@1:3: p(1)@2:3 }}@1:1"));
    assert_eq!(
        read(&format!("{key}: 1\n")),
        "f.yaml:1:1000001: this is not valid YAML: a key is too long\nhelp: a key has at most 1024 characters"
    );
    let told = read(&format!("? {key}\n: 1\n? {key}\n: 1\n"));
    let fault = told.split_once('\n').map(|(_, fault)| fault);
    let shown = "k".repeat(60);
    assert_eq!(
        fault,
        Some(
            format!(
                "f.yaml:3:3: key `{shown}…` is written twice in one mapping\n\
                 help: it is first written on line 1; keep one of the two"
            )
            .as_str()
        )
    );
}

#[test]
fn bytes_are_checked_before_they_are_text() {
    assert_eq!(decoded("\u{feff}a: é\r\n".as_bytes()), "text \"\\u{feff}a: é\\r\\n\"");
    let help = "help: save the file as UTF-8";
    let utf8 = |place: &str, byte: &str| {
        format!("f.yaml:{place}: this is not UTF-8 text: byte 0x{byte} cannot stand here\n{help}")
    };
    assert_eq!(decoded(b"a: 1\nb\xc3\xa9: \xe9\n"), utf8("2:5", "e9"));
    assert_eq!(decoded(b"\xff\xfea\0"), utf8("1:1", "ff"));
    assert_eq!(decoded(b"\xef\xbb\xbfa\x80"), utf8("1:2", "80"));
    assert_eq!(decoded(b"a: \xe2\x82"), utf8("1:4", "e2"));
    let control = |place: &str, code: &str| {
        format!(
            "f.yaml:{place}: this is not valid YAML: control character U+{code}\n\
             help: remove it, or write it as an escape in double quotes"
        )
    };
    assert_eq!(decoded(b"a: 1\nb: x\0y\n"), control("2:5", "0000"));
    assert_eq!(decoded(b"a: '\x1b[31m'\n"), control("1:5", "001B"));
    assert_eq!(decoded("é: \u{9f}".as_bytes()), control("1:4", "009F"));
    assert_eq!(decoded("a: \u{ffff}".as_bytes()), control("1:4", "FFFF"));
    assert_eq!(
        decoded(&vec![b' '; (32 << 20) + 1]),
        "f.yaml:1:1: the file is larger than 32 MiB\nhelp: split it into several files"
    );
}

#[test]
fn arbitrary_text_never_panics() {
    // Every short text over the characters that mean something to YAML.
    let alphabet =
        ["a", " ", "\n", ":", "-", "[", "]", "{", "}", ",", "?", "'", "\"", "|", "&a", "*a", "!t", "#", "\t", "é"];
    let (mut read_whole, mut refused) = (0, 0);
    for number in 0..alphabet.len().pow(4) {
        let text: String = (0..4).map(|place| alphabet[number / alphabet.len().pow(place) % alphabet.len()]).collect();
        if read(&text).starts_with("f.yaml:") { refused += 1 } else { read_whole += 1 }
    }
    assert!(read_whole > 10_000 && refused > 10_000, "{read_whole} {refused}");
}
