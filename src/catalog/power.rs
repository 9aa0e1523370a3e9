//! What machines draw, from which a limit on carbon is summed.

use crate::catalog::{Accelerator, Name};
use crate::units::Quantity;

/// Electric power of a provider's machines.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Power {
    /// Watts per vCPU.
    pub vcpu_w: Quantity,
    /// Watts per accelerator, sorted by model.
    pub accelerator_w: Vec<(Accelerator, Quantity)>,
    /// Power of the building per power of the machines, at least 1.
    pub pue: Quantity,
    /// Where the figures come from.
    pub source: Option<Name>,
}

impl Power {
    /// Watts of an accelerator, if stated.
    #[must_use]
    pub fn watts_of(&self, model: Accelerator) -> Option<Quantity> {
        let at = self.accelerator_w.binary_search_by_key(&model, |(model, _)| *model).ok()?;
        Some(self.accelerator_w[at].1)
    }
}
