//! What more room can save at most, by the plan's own proof: no search.
//!
//! A proof that leaves cases empty by a limit says nothing of them once the limit is raised. Any multipliers bound any
//! case, though: such a case then takes those of the case beside it, which were found for nearly the same.

use crate::check::{Shown, proven};
use crate::money::Amount;
use crate::plan::{Keeps, Node, Plan, Proof};
use crate::problem::Problem;
use crate::scenario::Scenario;

/// What any plan of the raised scenario can save, by the plan's own proof; `None` if that says nothing of it.
pub(super) fn ceiling(problem: &Problem, plan: &Plan, raised: &Scenario) -> Option<Amount> {
    let shown = |proof: &Proof| match proven(&problem.catalog, raised, proof) {
        Ok(Shown::Bound(bound)) => plan.objective.minus(bound),
        _ => None,
    };
    shown(&plan.proof).or_else(|| {
        let tree = without_empty_cases(&plan.proof.tree)?;
        shown(&Proof { tree, ..plan.proof.clone() })
    })
}

type Prices = (Keeps, Vec<(usize, i64)>);

/// The tree with every empty case bounded by the multipliers of the nearest case that has some; `None` if none is empty,
/// or none has any.
fn without_empty_cases(tree: &[Node]) -> Option<Vec<Node>> {
    let is_empty = |node: &Node| matches!(node, Node::Ray { .. } | Node::Void);
    if !tree.iter().any(is_empty) {
        return None;
    }
    // Children come after their parent: from the end for what lies below a node, from the start for what lies above it.
    let mut near: Vec<Option<Prices>> = vec![None; tree.len()];
    for (number, node) in tree.iter().enumerate().rev() {
        near[number] = match node {
            Node::Branch { below, above, .. } => [below, above].into_iter().find_map(|&child| near.get(child)?.clone()),
            Node::Leaf { keeps, multipliers } => Some((keeps.clone(), multipliers.clone())),
            Node::Ray { .. } | Node::Void => None,
        };
    }
    for (number, node) in tree.iter().enumerate() {
        if let Node::Branch { below, above, .. } = node {
            for &child in [below, above] {
                let from_parent = near[number].clone();
                let of_child = near.get_mut(child)?;
                *of_child = of_child.take().or(from_parent);
            }
        }
    }
    let nodes = tree.iter().zip(near).map(|(node, near)| {
        if !is_empty(node) {
            return Some(node.clone());
        }
        near.map(|(keeps, multipliers)| Node::Leaf { keeps, multipliers })
    });
    nodes.collect()
}
