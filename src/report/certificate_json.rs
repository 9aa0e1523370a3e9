//! A proof as JSON: one class, column, row or node a line.
//!
//! Pretty printing would give each multiplier four lines; this way a proof of a thousand nodes is as many lines, which
//! can be counted and compared.

use serde::Serialize;

use crate::plan::Proof;
use crate::report::json::one_line;

/// Writes `{inputs, classes, columns, rows, tree}` as a member of a document; what is known of the plan stands beside
/// it, as `proof`.
pub(super) fn certificate(proof: &Proof, out: &mut String) {
    out.push_str("{\n    \"inputs\": ");
    out.push_str(&one_line(&proof.inputs));
    list("classes", &proof.classes, out);
    list("columns", &proof.columns, out);
    list("rows", &proof.rows, out);
    list("tree", &proof.tree, out);
    out.push_str("\n  }");
}

fn list(name: &str, items: &[impl Serialize], out: &mut String) {
    out.push_str(",\n    \"");
    out.push_str(name);
    out.push_str("\": [");
    for (number, item) in items.iter().enumerate() {
        out.push_str(if number == 0 { "\n      " } else { ",\n      " });
        out.push_str(&one_line(item));
    }
    out.push_str(if items.is_empty() { "]" } else { "\n    ]" });
}
