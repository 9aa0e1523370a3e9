//! What `lint` says of a price book, to the letter, and when it says nothing; what `diff` says of two.

use std::path::Path;
use std::process::Command;

use tradewind::report::{diff_json, diff_text, lint_json, lint_text};
use tradewind::units::Date;
use tradewind::{Catalog, book_from_yaml, catalog_from_yaml, diff, lint};

fn findings(book: &str, today: &str) -> Vec<tradewind::lint::Finding> {
    let text = format!("tradewind: catalog/1\nprovider: acme\ncurrency: USD\n{book}");
    let book = book_from_yaml("acme.yaml", &text).unwrap_or_else(|faults| panic!("{faults}"));
    lint(&book.draft, &book.sources, Date::parse(today).expect("a date"))
}

fn lines(book: &str) -> Vec<String> {
    let findings = findings(book, "2026-07-20");
    findings.iter().map(|finding| finding.to_string().lines().next().unwrap_or_default().to_owned()).collect()
}

const FACTS: &str = "country: FI, jurisdiction: EU, zones: 3, coordinates: [60, 25]";

#[test]
fn a_book_in_order_is_not_mentioned() {
    let book = format!(
        "as_of: 2026-07-01
regions: {{n: {{{FACTS}}}, s: {{{FACTS}}}}}
skus:
  a.1: {{vcpu: 2, memory_gib: 8, family: a}}
  a.2: {{vcpu: 4, memory_gib: 16, family: a}}
  a.4: {{vcpu: 8, memory_gib: 32, family: a}}
offers:
  a.1: {{on-demand: {{n: 0.1, s: 0.999}}, spot: {{n: 0.1}}}}
  a.2: {{on-demand: {{n: 0.2}}}}
  a.4: {{on-demand: {{n: 1.196}}}}
"
    );
    // 9.99 times between regions; spot as dear as on demand. A vCPU of a.1 in s is 0.4995, the middle of 0.05, 0.05,
    // 0.1495 and 0.4995 is the second 0.05: that one is far off.
    assert_eq!(
        lines(&book),
        [
            "acme.yaml:11:32: `a.1` on-demand in `s` costs 0.999: a vCPU is three times dearer than in the middle of family `a` [far-from-family]"
        ]
    );
    assert_eq!(lint_text(&findings(&book.replace("0.999", "0.299"), "2026-07-20"), 1), "1 file: nothing looks wrong\n");
}

#[test]
fn prices_are_old_after_ninety_days_and_told_by_date() {
    let book = "as_of: 2026-04-21
regions: {n: {country: FI, jurisdiction: EU, zones: 3, coordinates: [60, 25]}}
skus: {a: {vcpu: 1, memory_gib: 1, as_of: 2020-01-01, source: facts do not age}}
offers:
  a: {on-demand: {n: 1}, as_of: 2026-07-19}
storage:
  standard: {as_of: 2025-01-01, n: {per_gb_month: 0.02}}
  cold: {as_of: 2025-01-01, n: {per_gb_month: 0.01}}
";
    // 2026-04-21 is 90 days before: not yet old.
    assert_eq!(
        lines(book),
        ["acme.yaml:10:21: prices of 2025-01-01 are 565 days old: storage standard, storage cold [old-prices]"]
    );
    let later = findings(book, "2026-07-21");
    assert_eq!(later.len(), 2);
    assert_eq!(later[0].message, "prices of 2026-04-21 are 91 days old: the book");
    assert_eq!(later[0].place.as_ref().map(ToString::to_string).as_deref(), Some("acme.yaml:4:8"));
}

#[test]
fn every_rule_finds_its_own() {
    let book = "regions:
  n: {country: FI, zones: 3}
  s: {}
skus:
  a.1: {vcpu: 2, memory_gib: 8, family: a}
  g.1: {vcpu: 4, memory_gib: 16, family: g, accelerator: {model: L4, count: 1}}
  g.8: {vcpu: 32, memory_gib: 16, family: g, accelerator: {model: L4, count: 1}}
  g.x: {vcpu: 96, memory_gib: 16, family: g, accelerator: {model: L4, count: 8}}
offers:
  a.1: {on-demand: {n: 0.1, s: 1}, spot: {n: 0.10001}}
  g.1: {on-demand: {n: 1, s: 1.1}}
  g.8: {on-demand: {n: 2.9, s: 2.8}}
  g.x: {on-demand: {n: 40}}
";
    // g: a vCPU costs 0.25, 0.275, 0.0906, 0.0875 and 0.4167, a card 1, 1.1, 2.9, 2.8 and 5. The middles are 0.25 and
    // 2.8: g.8 is odd by vCPU only.
    assert_eq!(
        lines(book),
        [
            "acme.yaml:2:11: the book of `acme` has no date [no-date]",
            "acme.yaml:5:3: region `n` has no jurisdiction, no coordinates [region-without-facts]",
            "acme.yaml:6:3: region `s` has no country, no jurisdiction, no coordinates, no zones [region-without-facts]",
            "acme.yaml:13:32: `a.1` on-demand costs 1 in `s` and 0.1 in `n` [far-between-regions]",
            "acme.yaml:13:46: `a.1` in `n` costs 0.10001 on spot and 0.1 on demand [spot-above-on-demand]",
        ]
    );
    let json: serde_json::Value =
        serde_json::from_str(&lint_json(&findings(book, "2026-07-20"), Date::parse("2026-07-20").expect("a date")))
            .expect("JSON");
    assert_eq!((&json["tradewind"], &json["as_of"]), (&"lint/1".into(), &"2026-07-20".into()));
    assert_eq!(
        (&json["findings"][3]["line"], &json["findings"][3]["rule"]),
        (&13.into(), &"far-between-regions".into())
    );
}

const BEFORE: &str = "tradewind: catalog/1
provider: acme
currency: USD
cost_per_hour: 0.5
regions: {n: {country: FI, jurisdiction: EU}, s: {}}
skus: {a: {vcpu: 1, memory_gib: 1}, b: {vcpu: 2, memory_gib: 2}}
offers: {a: {on-demand: {n: 0.4, s: 0.3}}, b: {on-demand: {n: 0.8}}}
network: {internet: {default: {free_gb: 100, per_gb: [{up_to: 1000, price: 0.09}, {price: 0.05}]}}}
";

fn catalog(text: &str) -> Catalog {
    catalog_from_yaml(&[("acme.yaml", text)]).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn a_difference_is_told_by_kind_and_in_percent() {
    let after = BEFORE
        .replace("n: 0.4, s: 0.3", "n: 0.45, s: 0.2")
        .replace("b: {on-demand: {n: 0.8}}", "b: {on-demand: {s: 0.8}}")
        .replace("b: {vcpu: 2,", "b: {vcpu: 4,")
        .replace("{price: 0.05}", "{price: 0.04}");
    let difference = diff(&catalog(BEFORE), &catalog(&after));
    assert_eq!(
        diff_text("old.yaml", "new.yaml", &difference),
        "from old.yaml to new.yaml: 1 added, 1 removed, 2 repriced (-33.33% to +12.50%), 2 changed

change    of      name                                                 before                                       after       by
changed   sku     b                                      2 vCPU, 2 GiB, amd64                        4 vCPU, 2 GiB, amd64
repriced  offer   n a on-demand                                           0.4                                        0.45  +12.50%
removed   offer   n b on-demand                                           0.8
repriced  offer   s a on-demand                                           0.3                                         0.2  -33.33%
added     offer   s b on-demand                                                                                       0.8
changed   tariff  internet egress  0.09 up to 1000 GB, then 0.05, 100 GB free  0.09 up to 1000 GB, then 0.04, 100 GB free
"
    );
    let json: serde_json::Value = serde_json::from_str(&diff_json("a", "b", &difference)).expect("JSON");
    assert_eq!(json["tradewind"], "book-diff/1");
    assert_eq!((&json["changes"][1]["percent"], &json["changes"][3]["percent"]), (&"12.50".into(), &"-33.33".into()));
    assert_eq!(
        (&json["changes"][2]["after"], &json["changes"][2]["change"]),
        (&serde_json::Value::Null, &"removed".into())
    );
}

#[test]
fn no_difference_is_one_line() {
    let difference = diff(&catalog(BEFORE), &catalog(&BEFORE.replace("0.4,", "0.40,")));
    assert_eq!(diff_text("a.yaml", "b.yaml", &difference), "nothing changed from a.yaml to b.yaml\n");
}

/// The command's exit code and standard output, run in the repository.
fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tradewind"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .args(arguments)
        .output()
        .expect("the binary runs");
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn the_commands_answer_and_their_gate_has_its_exit_code() {
    let aws = "pricing/aws.yaml";
    let (code, old) = run(&["lint", aws, "scenarios/quickstart.yaml", "--as-of", "2036-01-01"]);
    assert_eq!(code, Some(0), "{old}");
    // Of a scenario its books are looked at, and none twice.
    assert!(old.contains("[old-prices]") && old.contains("3 files: "), "{old}");
    let dates = |book: &str| old.lines().filter(|line| line.starts_with(book) && line.contains("the book")).count();
    assert_eq!([aws, "pricing/gcp.yaml", "pricing/azure.yaml"].map(dates), [1, 1, 1], "{old}");
    assert_eq!(run(&["lint", "scenarios/quickstart.yaml", "--as-of", "2036-01-01", "--fail-on-warning"]).0, Some(3));
    assert_eq!(run(&["lint", aws, "--as-of", "2036-01-01", "--fail-on-warning"]).0, Some(3));
    assert_eq!(run(&["lint", "pricing/reference/aws.yaml", "--as-of", "yesterday"]).0, Some(1));
    assert_eq!(run(&["lint", "none.yaml"]).0, Some(1));
    assert_eq!(run(&["diff", aws, aws]), (Some(0), format!("nothing changed from {aws} to {aws}\n")));
    let (code, changed) = run(&["diff", "pricing/reference/aws.yaml", aws, "--format", "json"]);
    assert_eq!(code, Some(0));
    assert!(changed.contains("\"change\": \"added\""));
    assert_eq!(run(&["diff", aws, "scenarios/quickstart.yaml"]).0, Some(1));
    assert_eq!(run(&["diff", aws, aws, "--min-saving", "5"]).0, Some(1));
    assert_eq!(run(&["diff", aws, aws, "--set", "name=x"]).0, Some(1));
    let header = "change,of,name,before,after,by\n".to_owned();
    assert_eq!(run(&["diff", aws, aws, "--format", "csv"]), (Some(0), header));
    assert_eq!(run(&["route", "--region", "eu-west-1", "--set", "name=x"]).0, Some(1));
    let (code, offers) = run(&["offers", "scenarios/quickstart.yaml", "api", "--most", "2"]);
    assert_eq!(code, Some(0), "{offers}");
    assert!(
        offers.lines().count() == 4 && offers.contains("azure/eastus") && offers.contains("dearer ones"),
        "{offers}"
    );
    assert_eq!(run(&["offers", "scenarios/quickstart.yaml", "nobody"]).0, Some(1));
}

/// Whatever a bill, an answer or a reader may rest on is no "nothing".
#[test]
fn no_change_of_a_book_is_passed_over() {
    let before = "tradewind: catalog/1\nprovider: acme\ncurrency: USD\nas_of: 2026-07-20\nsource: a list\n\
         capabilities: [training]\nregions:\n  \
         north: {country: SE, jurisdiction: EU, zones: 3, coordinates: [59.3, 18.1], certifications: [soc2], \
         grid_gco2_per_kwh: 20}\n\
         skus: {s: {vcpu: 4, memory_gib: 16}}\noffers:\n  s: {on-demand: {north: 0.4}, spot: {north: {price: 0.2, \
         lowest_zone: 0.1, interruption: 5-10%}}}\n\
         network: {zone: {per_gb: 0.01, both_directions: true}}\npower: {vcpu_w: 3.5, pue: 1.2}\n";
    for (from, to, name) in [
        ("USD", "EUR", "currency"),
        ("provider: acme", "provider: other", "provider"),
        ("2026-07-20", "2026-07-21", "as_of"),
        ("a list", "another list", "source"),
        ("training", "inference", "capabilities"),
        ("zones: 3", "zones: 2", "north"),
        ("59.3", "58.3", "north"),
        ("soc2", "hipaa", "north"),
        ("grid_gco2_per_kwh: 20", "grid_gco2_per_kwh: 30", "north"),
        ("lowest_zone: 0.1", "lowest_zone: 0.15", "north s spot"),
        ("5-10%", "<5%", "north s spot"),
        ("both_directions: true", "both_directions: false", "directions that are paid between zones"),
        ("vcpu_w: 3.5", "vcpu_w: 4", "power"),
    ] {
        let after = before.replace(from, to);
        assert_ne!(before, after, "{from}");
        let found = diff(&catalog(before), &catalog(&after));
        let names: Vec<&str> = found.changes.iter().map(|change| &*change.name).collect();
        assert_eq!(names, [name], "{from} becomes {to}");
    }
}
