//! A scenario under more or less demand, for what-if questions.

use crate::factor::Factor;
use crate::scenario::{Demand, FlatUsage, Machines, Scenario, Workload};
use crate::units::Quantity;

impl Scenario {
    /// The scenario with the demand of every workload times `factor`: machines (rounded up to whole ones), what is
    /// kept, read and sent, and flat usage; of identical workloads stated once, their count instead. What each machine
    /// has and how many hours it runs stay, and so do options given with their cost. It grows no further by itself.
    /// `None` if a figure is then beyond the range.
    #[must_use]
    pub fn grown(&self, factor: Factor) -> Option<Scenario> {
        let workloads = self.workloads.iter().map(|workload| grown(workload, factor)).collect::<Option<_>>()?;
        Some(Scenario { workloads, growth: None, ..self.clone() })
    }

    /// The scenario as it is after so many months of [growth](Scenario::growth), or of this growth instead. `None` if
    /// there is none, or a figure is beyond the range.
    #[must_use]
    pub fn in_month(&self, month: u32, growth: Option<Factor>) -> Option<Scenario> {
        let growth = growth.or(self.growth.map(|growth| growth.factor))?;
        self.grown((0..month).try_fold(Factor::ONE, |factor, _| factor.times(growth))?)
    }
}

fn grown(workload: &Workload, factor: Factor) -> Option<Workload> {
    if workload.count > 1 {
        return Some(Workload { count: factor.of_count(workload.count)?, ..workload.clone() });
    }
    let demand = match &workload.demand {
        Demand::Machines(machines) => Demand::Machines(more_machines(machines, factor)?),
        Demand::FlatRate(usage) => Demand::FlatRate(FlatUsage {
            compute_hours: factor.of(usage.compute_hours)?,
            storage_gb: factor.of(usage.storage_gb)?,
            network_gb: factor.of(usage.network_gb)?,
        }),
        other => other.clone(),
    };
    Some(Workload { demand, ..workload.clone() })
}

fn more_machines(machines: &Machines, factor: Factor) -> Option<Machines> {
    let volume = |quantity: Quantity| factor.of(quantity);
    let mut grown = machines.clone();
    grown.replicas = factor.of_count(machines.replicas)?;
    for special in &mut grown.by_accelerator {
        if let Some(replicas) = special.replicas {
            special.replicas = Some(factor.of_count(replicas)?);
        }
    }
    if let Some(storage) = &mut grown.storage {
        storage.gb = volume(storage.gb)?;
        storage.read_gb = volume(storage.read_gb)?;
    }
    if let Some((_, gb)) = &mut grown.data {
        *gb = volume(*gb)?;
    }
    grown.internet_gb = volume(grown.internet_gb)?;
    for (_, gb) in &mut grown.internet_to {
        *gb = volume(*gb)?;
    }
    Some(grown)
}
