//! JSON Schema (draft-07) of what is read and written, for editors and for other programs.
//!
//! A schema says which keys there are and what kind of value each has. Names that must exist, and figures that must fit
//! together, are the business of the readers: what they accept fits the schema, not the other way round.

/// A form that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A price book, `catalog/1`.
    Catalog,
    /// What was negotiated, `contract/1`.
    Contract,
    /// A scenario, `scenario/1`.
    Scenario,
    /// Changes to a scenario, `overlay/1`.
    Overlay,
    /// A plan as it is saved, `plan/1`.
    Plan,
    /// A sweep or a part of one as it is saved, `sweep/1`.
    Sweep,
    /// What moves between two plans, `diff/1`.
    Diff,
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 7] =
        [Form::Catalog, Form::Contract, Form::Scenario, Form::Overlay, Form::Plan, Form::Sweep, Form::Diff];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Form::Catalog => "catalog",
            Form::Contract => "contract",
            Form::Scenario => "scenario",
            Form::Overlay => "overlay",
            Form::Plan => "plan",
            Form::Sweep => "sweep",
            Form::Diff => "diff",
        }
    }

    /// Its schema, a JSON document.
    #[must_use]
    pub const fn schema(self) -> &'static str {
        match self {
            Form::Catalog => include_str!("schema/catalog.json"),
            Form::Contract => include_str!("schema/contract.json"),
            Form::Scenario => include_str!("schema/scenario.json"),
            Form::Overlay => include_str!("schema/overlay.json"),
            Form::Plan => include_str!("schema/plan.json"),
            Form::Sweep => include_str!("schema/sweep.json"),
            Form::Diff => include_str!("schema/diff.json"),
        }
    }
}
