//! The published files, read into cases.

use std::fs;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use crate::case::{Case, Job, Optimum, Place};

/// The family of a file, and the folder it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Generalized assignment: agents with a capacity, jobs that go whole to one of them.
    Gap,
    /// Warehouses with a fee and a capacity, customers that may be divided.
    Cap,
    /// The same with whole customers.
    OrSmall,
    /// The same, of other makers.
    Holmberg,
}

impl Family {
    pub const ALL: [Family; 4] = [Family::Gap, Family::Cap, Family::OrSmall, Family::Holmberg];

    /// First part of the names of its cases.
    pub fn name(self) -> &'static str {
        match self {
            Family::Gap => "gap",
            Family::Cap => "cap",
            Family::OrSmall => "or-small",
            Family::Holmberg => "holmberg",
        }
    }

    fn folder(self) -> PathBuf {
        let folder = match self {
            Family::Gap | Family::Cap => self.name().to_owned(),
            Family::OrSmall | Family::Holmberg => format!("single-source/{}", self.name()),
        };
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/instances").join(folder)
    }

    /// Whether its files are there; says so if they are not.
    pub fn is_there(self) -> bool {
        let folder = self.folder();
        let is_there = folder.is_dir();
        if !is_there {
            println!("skipped: {} is not there", folder.display());
        }
        is_there
    }

    /// The published optima, by file, in the order of their list.
    pub fn optima(self) -> Vec<(String, Decimal)> {
        let text = |file: &str| text(&self.folder().join(file));
        match self {
            // A header, then file,jobs,agents,optimum.
            Family::Gap => text("optima.csv")
                .lines()
                .skip(1)
                .map(|line| {
                    let fields: Vec<&str> = line.split(',').collect();
                    (fields[0].to_owned(), number(fields[3]))
                })
                .collect(),
            // File and optimum.
            Family::Cap => text("optima.txt")
                .lines()
                .map(|line| line.split_once(' ').unwrap_or_else(|| panic!("{line}: no optimum")))
                .map(|(file, optimum)| (format!("{file}.txt"), number(optimum)))
                .collect(),
            // Line k is of file pk.
            Family::OrSmall | Family::Holmberg => {
                let lines = text("os");
                lines.lines().enumerate().map(|(at, optimum)| (format!("p{}", at + 1), number(optimum))).collect()
            }
        }
    }

    /// The files of its folder, without the list of optima.
    pub fn files(self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).expect("a readable directory");
        let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
        names.filter(|name| name != "os" && !name.starts_with("optima.")).collect()
    }

    /// Every case, in the order of the list of optima.
    pub fn cases(self) -> Vec<Case> {
        self.optima().into_iter().map(|(file, optimum)| self.case(&file, optimum)).collect()
    }

    fn case(self, file: &str, optimum: Decimal) -> Case {
        let text = text(&self.folder().join(file));
        let name = format!("{}/{}", self.name(), file.trim_end_matches(".txt"));
        let mut figures = Figures { words: text.split_whitespace(), file: &name };
        let (places, jobs) = (figures.count(), figures.count());
        let (places, jobs) = match self {
            Family::Gap => assignment(&mut figures, places, jobs),
            Family::Cap => warehouses(&mut figures, places, jobs),
            Family::OrSmall | Family::Holmberg => single_source(&mut figures, places, jobs),
        };
        assert_eq!(figures.words.next(), None, "{name}: more figures than its first line says");
        let cent = Decimal::new(1, 2);
        Case {
            resources: vec![if self == Family::Gap { "capacity" } else { "demand" }],
            places,
            jobs,
            divided: self == Family::Cap,
            share: None,
            optimum: match self {
                Family::Gap => Optimum::Exact(optimum),
                Family::Cap => Optimum::Divided(optimum),
                Family::OrSmall | Family::Holmberg => Optimum::Rounded(optimum, cent),
            },
            name,
        }
    }
}

/// cost[agent][job], use[agent][job], capacity[agent].
fn assignment(figures: &mut Figures<'_>, places: usize, jobs: usize) -> (Vec<Place>, Vec<Job>) {
    let costs = figures.rows(places, jobs);
    let uses = figures.rows(places, jobs);
    let rooms = figures.row(places);
    let places = rooms.into_iter().enumerate().map(|(number, room)| place(number, None, room));
    let job = |at: usize| Job {
        costs: costs.iter().map(|row| row[at]).collect(),
        uses: uses.iter().map(|row| vec![row[at]]).collect(),
    };
    (places.collect(), (0..jobs).map(job).collect())
}

/// (capacity, fee) of each site; then of each customer its demand and the cost of serving all of it from each site.
fn warehouses(figures: &mut Figures<'_>, places: usize, jobs: usize) -> (Vec<Place>, Vec<Job>) {
    let sites = figures.sites(places);
    let mut job = || {
        let demand = figures.next();
        Job { costs: figures.row(places), uses: vec![vec![demand]; places] }
    };
    let jobs = (0..jobs).map(|_| job()).collect();
    (sites, jobs)
}

/// (capacity, fee) of each site, the demands of all customers, cost[site][customer].
fn single_source(figures: &mut Figures<'_>, places: usize, jobs: usize) -> (Vec<Place>, Vec<Job>) {
    let sites = figures.sites(places);
    let demands = figures.row(jobs);
    let costs = figures.rows(places, jobs);
    let job = |(at, demand): (usize, Decimal)| Job {
        costs: costs.iter().map(|row| row[at]).collect(),
        uses: vec![vec![demand]; places],
    };
    (sites, demands.into_iter().enumerate().map(job).collect())
}

fn place(number: usize, fee: Option<Decimal>, room: Decimal) -> Place {
    Place { provider: "site", region: format!("r{:03}", number + 1), fee, room: vec![room] }
}

/// The figures of a file, one after the other.
struct Figures<'a> {
    words: std::str::SplitWhitespace<'a>,
    file: &'a str,
}

impl Figures<'_> {
    fn next(&mut self) -> Decimal {
        number(self.words.next().unwrap_or_else(|| panic!("{}: it ends too early", self.file)))
    }

    fn count(&mut self) -> usize {
        usize::try_from(self.next()).unwrap_or_else(|error| panic!("{}: {error}", self.file))
    }

    fn row(&mut self, length: usize) -> Vec<Decimal> {
        (0..length).map(|_| self.next()).collect()
    }

    fn rows(&mut self, rows: usize, length: usize) -> Vec<Vec<Decimal>> {
        (0..rows).map(|_| self.row(length)).collect()
    }

    fn sites(&mut self, sites: usize) -> Vec<Place> {
        let site = |number| {
            let room = self.next();
            place(number, Some(self.next()), room)
        };
        (0..sites).map(site).collect()
    }
}

/// A figure, which may end in its point: `7500.`.
fn number(word: &str) -> Decimal {
    word.trim_end_matches('.').parse().unwrap_or_else(|error| panic!("{word}: {error}"))
}

/// A file without the NUL and Ctrl-Z bytes that some end in.
fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let bytes = bytes.into_iter().filter(|byte| !matches!(byte, 0 | 0x1a));
    String::from_utf8(bytes.collect()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
