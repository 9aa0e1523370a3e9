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
    /// A scenario, `scenario/1`.
    Scenario,
    /// A plan as it is saved, `plan/1`.
    Plan,
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 3] = [Form::Catalog, Form::Scenario, Form::Plan];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Form::Catalog => "catalog",
            Form::Scenario => "scenario",
            Form::Plan => "plan",
        }
    }

    /// Its schema, a JSON document.
    #[must_use]
    pub const fn schema(self) -> &'static str {
        match self {
            Form::Catalog => include_str!("schema/catalog.json"),
            Form::Scenario => include_str!("schema/scenario.json"),
            Form::Plan => include_str!("schema/plan.json"),
        }
    }
}
