//! Names in a scenario, resolved against the catalog, with a suggestion where one is missing.

use std::collections::BTreeMap;
use std::mem;

pub(super) use crate::catalog::sorted;
use crate::catalog::{Accelerator, Catalog, ClassId, Lookup, Name, PartId, ProviderId, RegionId};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Spanned, listed, quoted};

/// Looks names up and reports those that do not exist.
pub(super) struct Resolver<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) faults: &'a mut Diagnostics,
    /// The workloads read so far: name → number, the first of a name.
    pub(super) workloads: BTreeMap<Name, usize>,
    /// How many unknown names were compared with all known ones so far.
    pub(super) compared: usize,
}

impl Resolver<'_> {
    fn lookup(&mut self) -> Lookup<'_> {
        Lookup { catalog: self.catalog, faults: self.faults, compared: &mut self.compared }
    }

    /// Reports an unknown name, with the nearest known one or the remedy `otherwise`.
    pub(super) fn unknown<'k>(
        &mut self,
        fault: Diagnostic,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
        otherwise: String,
    ) {
        self.lookup().unknown(fault, word, known, otherwise);
    }

    pub(super) fn provider(&mut self, name: &Spanned<Name>, place: &str) -> Option<ProviderId> {
        self.lookup().provider(name, place)
    }

    /// `provider/region`, or a bare region that exactly one book has.
    pub(super) fn region(&mut self, name: &Spanned<Name>, place: &str) -> Option<RegionId> {
        self.lookup().region(name, place)
    }

    pub(super) fn class(&mut self, name: &Spanned<Name>, place: &str) -> Option<ClassId> {
        let found = self.catalog.class_named(&name.value);
        if found.is_none() {
            let known = || self.catalog.classes().iter().map(|class| &**class);
            let message = format!("unknown storage class {} in {place}", quoted(&name.value));
            let fault = Diagnostic::new(Kind::UnknownClass, name.span, message);
            self.unknown(fault, &name.value, known(), format!("loaded books have {}", listed(known())));
        }
        found
    }

    pub(super) fn part(&mut self, name: &Spanned<Name>, place: &str) -> Option<PartId> {
        let found = self.catalog.part_named(&name.value);
        if found.is_none() {
            let known = || self.catalog.parts().iter().map(|part| &**part);
            let message = format!("unknown part of the internet {} in `egress.to` of {place}", quoted(&name.value));
            let fault = Diagnostic::new(Kind::UnknownPart, name.span, message);
            let otherwise = match self.catalog.parts() {
                [] => {
                    "no loaded book prices a part of the internet apart: state all traffic as `internet_gb`".to_owned()
                }
                _ => format!("loaded books have {}", listed(known())),
            };
            self.unknown(fault, &name.value, known(), otherwise);
        }
        found
    }

    pub(super) fn accelerator(&mut self, name: &Spanned<Name>, place: &str) -> Option<Accelerator> {
        let found = Accelerator::named(&name.value);
        if found.is_none() {
            let message = format!("unknown accelerator {} in {place}", quoted(&name.value));
            let fault = Diagnostic::new(Kind::UnknownAccelerator, name.span, message);
            self.unknown(
                fault,
                &name.value,
                Accelerator::names(),
                format!("known are {}", listed(Accelerator::names())),
            );
        }
        found
    }

    pub(super) fn jurisdiction(&mut self, name: &Spanned<Name>, place: &str) -> bool {
        let mut known: Vec<&str> =
            self.catalog.regions().iter().filter_map(|region| region.jurisdiction.as_deref()).collect();
        known.sort_unstable();
        known.dedup();
        let found = known.binary_search(&&*name.value).is_ok();
        if !found {
            let message = format!("no loaded region lies in jurisdiction {} ({place})", quoted(&name.value));
            let fault = Diagnostic::new(Kind::UnknownJurisdiction, name.span, message);
            self.unknown(
                fault,
                &name.value,
                known.iter().copied(),
                format!("loaded regions lie in {}", listed(known.iter().copied())),
            );
        }
        found
    }

    /// A name that must be one of those known, which are listed only when it is not.
    pub(super) fn one_of<'k, I>(&mut self, name: &Spanned<Name>, what: &str, place: &str, known: impl Fn() -> I) -> bool
    where
        I: Iterator<Item = &'k str>,
    {
        self.lookup().one_of(name, what, place, known)
    }

    /// The number of a workload.
    pub(super) fn workload(&mut self, name: &Spanned<Name>, place: &str) -> Option<usize> {
        let found = self.workloads.get(&name.value).copied();
        if found.is_none() {
            let known = mem::take(&mut self.workloads);
            self.lookup().none_of(name, "workload", place, known.keys().map(|name| &**name));
            self.workloads = known;
        }
        found
    }
}
