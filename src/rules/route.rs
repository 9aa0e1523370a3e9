//! `route` and `resolve`: the gateway's questions.

use crate::catalog::{Catalog, Name, ProviderId};
use crate::scenario::Gateway;

/// The provider that an unknown name resolves to.
const FALLBACK: &str = "aws";

impl Default for Gateway {
    /// `us-east` goes to aws, `us-central` to gcp, everything else to azure.
    fn default() -> Self {
        let route = |region: &str, provider: &str| (Name::from(region), Name::from(provider));
        Gateway { routes: vec![route("us-east", "aws"), route("us-central", "gcp")], default: Name::from("azure") }
    }
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The provider.
    pub provider: Name,
    /// Whether a route matched; otherwise this is the default.
    pub matched: bool,
}

/// The provider of a request from `region`: by exact match, else the default.
#[must_use]
pub fn route(gateway: &Gateway, region: &str) -> Route {
    match gateway.routes.iter().find(|(from, _)| **from == *region) {
        Some((_, provider)) => Route { provider: provider.clone(), matched: true },
        None => Route { provider: gateway.default.clone(), matched: false },
    }
}

/// A provider found by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolved {
    /// The provider.
    pub provider: ProviderId,
    /// Whether the name was unknown and the default stands in.
    pub fallback: bool,
}

/// Turns a provider's name into a provider; an unknown one into `aws`, marked as a fallback.
///
/// `None` if the name is unknown and the catalog has no `aws` to fall back on.
#[must_use]
pub fn resolve(catalog: &Catalog, name: &str) -> Option<Resolved> {
    match catalog.provider_named(name) {
        Some(provider) => Some(Resolved { provider, fallback: false }),
        None => catalog.provider_named(FALLBACK).map(|provider| Resolved { provider, fallback: true }),
    }
}
