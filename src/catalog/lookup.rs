//! Names that a scenario or a contract uses, looked up in the catalog, with a suggestion where one is missing.

use crate::catalog::{Catalog, Name, ProviderId, RegionId};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Spanned, listed, quoted};

/// After so many unknown names nothing more is suggested: each costs a comparison with every known name.
const MOST_SUGGESTIONS: usize = 100;

/// Looks names up and reports those that do not exist.
pub(crate) struct Lookup<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) faults: &'a mut Diagnostics,
    /// How many unknown names were compared with all known ones so far.
    pub(crate) compared: &'a mut usize,
}

impl Lookup<'_> {
    /// Reports an unknown name, with the nearest known one or the remedy `otherwise`.
    pub(crate) fn unknown<'k>(
        &mut self,
        fault: Diagnostic,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
        otherwise: String,
    ) {
        *self.compared += 1;
        self.faults.push(if *self.compared <= MOST_SUGGESTIONS {
            fault.suggest(word, known, Some(otherwise))
        } else {
            fault.help(otherwise)
        });
    }

    pub(crate) fn provider(&mut self, name: &Spanned<Name>, place: &str) -> Option<ProviderId> {
        let found = self.catalog.provider_named(&name.value);
        if found.is_none() {
            let known: Vec<&str> = self.catalog.providers().iter().map(|provider| &*provider.name).collect();
            let message = format!("unknown provider {} in {place}", quoted(&name.value));
            let fault = Diagnostic::new(Kind::UnknownProvider, name.span, message);
            self.unknown(
                fault,
                &name.value,
                known.iter().copied(),
                format!("loaded books have {}", listed(known.iter().copied())),
            );
        }
        found
    }

    /// `provider/region`, or a bare region that exactly one book has.
    pub(crate) fn region(&mut self, name: &Spanned<Name>, place: &str) -> Option<RegionId> {
        let text = &*name.value;
        if let Some((provider, region)) = text.split_once('/') {
            let provider = self.provider(&Spanned::new(Name::from(provider), name.span), place)?;
            let found = self.catalog.region_named(provider, region);
            if found.is_none() {
                let known: Vec<&str> =
                    self.catalog.regions_of(provider).map(|region| &*self.catalog.region(region).path).collect();
                self.unknown_region(name, place, &known);
            }
            return found;
        }
        match self.catalog.regions_named(text) {
            [region] => Some(*region),
            [] => {
                let mut known: Vec<&str> = self.catalog.regions().iter().map(|region| &*region.name).collect();
                known.sort_unstable();
                known.dedup();
                self.unknown_region(name, place, &known);
                None
            }
            several => {
                let paths = listed(several.iter().map(|&region| &*self.catalog.region(region).path));
                let message = format!("several books have a region {} ({place})", quoted(text));
                self.faults
                    .push(Diagnostic::new(Kind::AmbiguousRegion, name.span, message).help(format!("write {paths}")));
                None
            }
        }
    }

    fn unknown_region(&mut self, name: &Spanned<Name>, place: &str, known: &[&str]) {
        let message = format!("unknown region {} in {place}", quoted(&name.value));
        let otherwise = format!("loaded books have {}", listed(known.iter().copied()));
        let fault = Diagnostic::new(Kind::UnknownRegion, name.span, message);
        self.unknown(fault, &name.value, known.iter().copied(), otherwise);
    }

    /// A name that must be one of those known, which are listed only when it is not.
    pub(crate) fn one_of<'k, I>(&mut self, name: &Spanned<Name>, what: &str, place: &str, known: impl Fn() -> I) -> bool
    where
        I: Iterator<Item = &'k str>,
    {
        let found = known().any(|candidate| candidate == &*name.value);
        if !found {
            self.none_of(name, what, place, known());
        }
        found
    }

    /// Reports a name that is none of those known.
    pub(crate) fn none_of<'k>(
        &mut self,
        name: &Spanned<Name>,
        what: &str,
        place: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let message = format!("no {what} {} ({place})", quoted(&name.value));
        let fault = Diagnostic::new(Kind::UnknownScope, name.span, message);
        if *self.compared >= MOST_SUGGESTIONS {
            // To list a million names for each of a million unknown ones takes too long.
            self.faults.push(fault.help("write a name that is there"));
            return;
        }
        let known = sorted(known.collect());
        let otherwise = format!("there are {}", listed(known.iter().copied()));
        self.unknown(fault, &name.value, known, otherwise);
    }
}

/// Sorted, each once.
pub(crate) fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list.dedup();
    list
}
