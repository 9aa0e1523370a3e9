//! The words of a price book that are one of a few: terms, architectures, interruption bands, scopes, units.

use serde::Serialize;

/// The terms of an offer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Terms {
    /// By the hour, as long as wanted.
    #[default]
    OnDemand,
    /// By the hour, and may be taken back.
    Spot,
}

impl Terms {
    /// The terms of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Terms::OnDemand, Terms::Spot].into_iter().find(|terms| terms.name() == name)
    }

    /// `on-demand` or `spot`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Terms::OnDemand => "on-demand",
            Terms::Spot => "spot",
        }
    }
}

/// Processor architecture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Arch {
    /// 64-bit x86.
    #[default]
    Amd64,
    /// 64-bit Arm.
    Arm64,
}

impl Arch {
    /// The architecture of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Arch::Amd64, Arch::Arm64].into_iter().find(|arch| arch.name() == name)
    }

    /// `amd64` or `arm64`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Arch::Amd64 => "amd64",
            Arch::Arm64 => "arm64",
        }
    }
}

/// How often spot machines are taken back within a month, in bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub enum Interruption {
    /// Under 5%.
    #[serde(rename = "<5%")]
    Under5,
    /// 5 to 10%.
    #[serde(rename = "5-10%")]
    To10,
    /// 10 to 15%.
    #[serde(rename = "10-15%")]
    To15,
    /// 15 to 20%.
    #[serde(rename = "15-20%")]
    To20,
    /// Over 20%.
    #[serde(rename = ">20%")]
    Over20,
}

impl Interruption {
    /// Every band, rising.
    pub const ALL: [Interruption; 5] =
        [Interruption::Under5, Interruption::To10, Interruption::To15, Interruption::To20, Interruption::Over20];

    /// The band of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Interruption::ALL.into_iter().find(|band| band.name() == name)
    }

    /// As price books write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Interruption::Under5 => "<5%",
            Interruption::To10 => "5-10%",
            Interruption::To15 => "10-15%",
            Interruption::To20 => "15-20%",
            Interruption::Over20 => ">20%",
        }
    }
}

/// Where a commitment can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// In the region it is bought for.
    #[default]
    Region,
    /// In every region of the provider.
    Provider,
}

/// What a provider means by "GB".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BilledUnit {
    /// 10⁹ bytes.
    #[default]
    Gb,
    /// 2³⁰ bytes; prices and bounds are converted to GB when the book is loaded.
    Gib,
}
