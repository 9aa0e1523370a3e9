//! From a tree of cases to a proof: names for columns and rows, whole numbers for multipliers.

use std::collections::BTreeMap;

use crate::plan::{Keeps, Kept, Known, MULTIPLIER_BITS, Node, Proof};
use crate::problem::Problem;
use crate::program::Program;
use crate::program::name::Names;
use crate::solve::dual::Form;
use crate::solve::tree::{Shown, Tree};

/// The largest multiplier of a ray, in money.
const RAY: f64 = 1_000_000.0;

/// Writes the proof of a tree; what it shows is not known yet, nor for which inputs.
pub(crate) fn proof(problem: &Problem, program: &Program, forms: &[Form], tree: &Tree) -> Proof {
    let names = Names { problem, program };
    let mut writer = Writer { program, forms, tree, columns: Numbers::default(), rows: Numbers::default() };
    let mut nodes = Vec::new();
    writer.node(0, &mut nodes);
    let merged = program.blocks.iter().filter(|block| block.members.len() > 1);
    let of_members = |member: &usize| problem.workload(&problem.blocks[*member]).name.clone();
    Proof {
        known: Known::default(),
        inputs: String::new(),
        classes: merged.map(|block| block.members.iter().map(of_members).collect()).collect(),
        columns: writer.columns.all.iter().map(|&column| names.column(column)).collect(),
        rows: writer.rows.all.iter().map(|&row| names.row(row)).collect(),
        tree: nodes,
    }
}

/// Numbers given in the order of first use.
#[derive(Default)]
struct Numbers {
    all: Vec<usize>,
    known: BTreeMap<usize, usize>,
}

impl Numbers {
    fn of(&mut self, what: usize) -> usize {
        *self.known.entry(what).or_insert_with(|| {
            self.all.push(what);
            self.all.len() - 1
        })
    }
}

struct Writer<'a> {
    program: &'a Program,
    forms: &'a [Form],
    tree: &'a Tree,
    columns: Numbers,
    rows: Numbers,
}

impl Writer<'_> {
    /// Writes a case and all below it; children after their parent.
    fn node(&mut self, root: usize, nodes: &mut Vec<Node>) {
        // A stack, because trees may be deep.
        nodes.push(Node::Void);
        let mut waiting = vec![(root, 0_usize)];
        while let Some((case, at)) = waiting.pop() {
            let found = &self.tree.cases[case];
            let node = match found.children.filter(|&children| !self.adds_nothing(case, children)) {
                Some((below, above)) => {
                    let Some((column, split, _)) = self.tree.cases[below].branch else { continue };
                    let at_most = if self.program.columns[column].curve.is_some() {
                        // Steps of tariffs are whole numbers of 10⁻⁶ GB, volumes are counted in 10⁻¹².
                        (split * 1e6).round() as i128 * 1_000_000
                    } else {
                        split.round() as i128
                    };
                    let numbers = (nodes.len(), nodes.len() + 1);
                    nodes.extend([Node::Void, Node::Void]);
                    waiting.extend([(above, numbers.1), (below, numbers.0)]);
                    Node::Branch { column: self.columns.of(column), at_most, below: numbers.0, above: numbers.1 }
                }
                None => match &found.shown {
                    Shown::Multipliers { form, values } => {
                        Node::Leaf { keeps: self.keeps(*form), multipliers: self.multipliers(values, 1.0) }
                    }
                    Shown::Ray { form, values } => {
                        // Any multiple of a ray is one: the largest that fits loses least by rounding.
                        let most = values.iter().map(|value| value.abs()).fold(0.0, f64::max);
                        let times = if most > 0.0 { RAY / most } else { 1.0 };
                        Node::Ray { keeps: self.keeps(*form), multipliers: self.multipliers(values, times) }
                    }
                },
            };
            nodes[at] = node;
        }
    }

    /// Whether two cases show no more than the one they were split from: most were never looked at.
    fn adds_nothing(&self, case: usize, (below, above): (usize, usize)) -> bool {
        let same = |child: usize| {
            let child = &self.tree.cases[child];
            match (&self.tree.cases[case].shown, &child.shown) {
                (Shown::Multipliers { values: one, .. }, Shown::Multipliers { values: other, .. }) => {
                    let no_more = child.bound <= self.tree.cases[case].bound;
                    child.children.is_none() && no_more && std::rc::Rc::ptr_eq(one, other)
                }
                _ => false,
            }
        };
        same(below) && same(above)
    }

    fn keeps(&mut self, form: usize) -> Keeps {
        match &self.forms[form] {
            Form::Places => Keeps::Places,
            Form::Limits(clusters) => Keeps::Limits(
                clusters
                    .iter()
                    .map(|cluster| Kept {
                        limit: cluster.limit.map(|row| self.rows.of(row)),
                        more: cluster.more.iter().map(|(row, _)| self.rows.of(*row)).collect(),
                        opens: cluster.opens.map(|(_, row)| self.rows.of(row)),
                    })
                    .collect(),
            ),
        }
    }

    fn multipliers(&mut self, values: &[f64], times: f64) -> Vec<(usize, i64)> {
        let scale = (MULTIPLIER_BITS as f64).exp2() * times;
        let mut all: Vec<(usize, i64)> = Vec::new();
        for (row, &value) in values.iter().enumerate() {
            // Beyond the range any multiplier proves something; the nearest one as good as any.
            let whole = (value * scale).round().clamp(i64::MIN as f64 / 2.0, i64::MAX as f64 / 2.0) as i64;
            let whole = if self.program.rows[row].equal { whole } else { whole.max(0) };
            if whole != 0 {
                all.push((self.rows.of(row), whole));
            }
        }
        all.sort_unstable();
        all
    }
}
