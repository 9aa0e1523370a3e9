//! Tariffs: unit prices with tiers and a free allowance, as the account pays them.

use crate::catalog::{Catalog, ClassId, Name, PartId, ProviderId, RegionId, TariffId};
use crate::money::UnitPrice;
use crate::units::Quantity;

/// What a volume costs as it grows over a month, added up over the whole account.
///
/// Tiers are graduated: each price applies to the part of the month's volume inside its tier. The allowance comes
/// first and lies inside the first tiers: with 100 GB free and 0.09 up to 10 240 GB, 10 240 GB cost
/// 10 140 × 0.09 = 912.60. Cost is continuous in volume and never falls.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tariff {
    /// Who bills it.
    pub provider: ProviderId,
    /// What it is charged for.
    pub scope: TariffScope,
    /// GB a month that are free.
    pub free_gb: Quantity,
    /// Bounds rising, the last one open; never empty.
    pub tiers: Vec<Tier>,
}

/// One step of a tariff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tier {
    /// Where it ends, in GB of the month's volume; the last tier has no end.
    pub up_to: Option<Quantity>,
    /// Price for one GB inside it (for storage: for a GB kept a month).
    pub price: UnitPrice,
}

/// What a tariff is charged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TariffScope {
    /// GB-months of a storage class in a region.
    Storage {
        /// The class.
        class: ClassId,
        /// The region.
        region: RegionId,
    },
    /// GB to the internet, from one region or from every region without a tariff of its own.
    Internet {
        /// The region, or `None` for the provider's default.
        from: Option<RegionId>,
    },
    /// GB to a part of the internet that is priced apart.
    InternetTo {
        /// The part.
        part: PartId,
        /// The region, or `None` for the provider's default.
        from: Option<RegionId>,
    },
    /// GB to another region of the same provider; `None` stands for the provider's default.
    InterRegion {
        /// From and to.
        route: Option<(RegionId, RegionId)>,
    },
    /// GB to another provider, where a book prices that apart from the internet.
    CrossProvider,
}

impl Tariff {
    /// The price of the first GB that is not free: the tier in which the allowance ends.
    #[must_use]
    pub fn first_paid_price(&self) -> UnitPrice {
        self.tiers
            .iter()
            .find(|tier| tier.up_to.is_none_or(|end| end > self.free_gb))
            .map_or(UnitPrice::ZERO, |tier| tier.price)
    }

    /// Whether every volume up to `gb` (in 10⁻¹² GB) costs the first paid price, so that the tariff is one price.
    #[must_use]
    pub fn is_flat_up_to(&self, gb: i128) -> bool {
        let first = self.first_paid_price();
        let reached = |start: Quantity| i128::from(start.parts()) * 1_000_000 < gb;
        let mut start = Quantity::ZERO;
        if self.free_gb > Quantity::ZERO && gb > 0 {
            return false;
        }
        for tier in &self.tiers {
            if tier.price != first && reached(start) {
                return false;
            }
            match tier.up_to {
                Some(end) => start = end,
                None => break,
            }
        }
        true
    }
}

/// What traffic to a part of the internet costs that a book prices apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Destination {
    /// The part, such as `china`.
    pub part: PartId,
    /// Source; `None` for regions without an entry of their own.
    pub from: Option<RegionId>,
    /// Its tariff; `None` if it is charged as all other traffic to the internet.
    pub tariff: Option<TariffId>,
}

impl Catalog {
    /// The tariff to a part of the internet: what the book says of the region, else what it says of all regions.
    ///
    /// `None` where the book does not name that part: the worldwide tariff does not stand in for it, unless the book
    /// says so.
    #[must_use]
    pub fn internet_tariff_to(&self, from: RegionId, part: PartId) -> Option<TariffId> {
        let all = &self.provider(self.region(from).provider).destinations;
        let stated = |of: Option<RegionId>| all.binary_search_by_key(&(part, of), |to| (to.part, to.from)).ok();
        let found = stated(Some(from)).or_else(|| stated(None))?;
        all[found].tariff.or_else(|| self.internet_tariff(from))
    }

    /// Names of all parts of the internet that some book prices apart, sorted.
    #[must_use]
    pub fn parts(&self) -> &[Name] {
        &self.parts
    }

    /// The name of a part of the internet.
    ///
    /// # Panics
    /// If the id is another catalog's.
    #[must_use]
    pub fn part(&self, id: PartId) -> &Name {
        &self.parts[id.index()]
    }

    /// The part of the internet of that name.
    #[must_use]
    pub fn part_named(&self, name: &str) -> Option<PartId> {
        self.parts.binary_search_by(|part| (**part).cmp(name)).ok().map(PartId::at)
    }

    /// Parts of the internet that a provider prices apart, sorted by part, then source.
    #[must_use]
    pub fn destinations(&self, provider: ProviderId) -> &[Destination] {
        &self.provider(provider).destinations
    }

    /// A tariff's name for people: `aws internet egress from us-east-1`.
    #[must_use]
    pub fn tariff_name(&self, id: TariffId) -> String {
        let tariff = self.tariff(id);
        let provider = &self.provider(tariff.provider).name;
        match tariff.scope {
            TariffScope::Storage { class, region } => {
                format!("{provider} {} storage in {}", self.class(class), self.region(region).name)
            }
            TariffScope::Internet { from: None } => format!("{provider} internet egress"),
            TariffScope::Internet { from: Some(region) } => {
                format!("{provider} internet egress from {}", self.region(region).name)
            }
            TariffScope::InternetTo { part, from: None } => {
                format!("{provider} internet egress to {}", self.part(part))
            }
            TariffScope::InternetTo { part, from: Some(region) } => {
                format!("{provider} internet egress to {} from {}", self.part(part), self.region(region).name)
            }
            TariffScope::InterRegion { route: None } => format!("{provider} transfer between regions"),
            TariffScope::InterRegion { route: Some((from, to)) } => {
                format!("{provider} transfer from {} to {}", self.region(from).name, self.region(to).name)
            }
            TariffScope::CrossProvider => format!("{provider} transfer to other providers"),
        }
    }
}
