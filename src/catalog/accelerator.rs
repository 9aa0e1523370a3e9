//! The one list of accelerator models, with the aliases other people's price lists use.

use std::fmt;

use serde::{Serialize, Serializer};

/// Canonical names, in the order in which plans sort them; an [`Accelerator`] is an index into it.
///
/// Where a model is sold with two memory sizes, the plain name is the smaller one, as most price lists have it.
const MODELS: &[(&str, &[&str])] = &[
    ("A10", &["A10-24GB", "A10-PCIE"]),
    ("A10G", &["A10G-24GB"]),
    ("A100", &["A100-40GB", "A100-SXM4-40GB", "A100-PCIE-40GB"]),
    ("A100-80GB", &["A100-SXM4-80GB", "A100-PCIE-80GB"]),
    ("A30", &["A30-24GB"]),
    ("A40", &["A40-48GB"]),
    ("A6000", &["RTX-A6000", "RTXA6000"]),
    ("B200", &["B200-192GB", "B200-180GB"]),
    ("B300", &["B300-288GB"]),
    ("GB200", &[]),
    ("GB300", &[]),
    ("GH200", &["GH200-96GB"]),
    ("Gaudi", &["Gaudi-HL-205", "HL-205"]),
    ("Gaudi2", &["HL-225"]),
    ("Gaudi3", &[]),
    ("H100", &["H100-80GB", "H100-SXM", "H100-SXM5-80GB", "H100-PCIE-80GB", "H100-MEGA-80GB"]),
    ("H100-NVL", &["H100-NVL-94GB", "H100-94GB"]),
    ("H200", &["H200-141GB", "H200-SXM"]),
    ("Inferentia", &["Inferentia1", "inf1"]),
    ("Inferentia2", &["inf2"]),
    ("K80", &["Tesla-K80"]),
    ("L4", &["L4-24GB"]),
    ("L40", &["L40-48GB"]),
    ("L40S", &["L40S-48GB"]),
    ("M60", &["Tesla-M60"]),
    ("MI25", &[]),
    ("MI250X", &[]),
    ("MI300X", &["MI300X-192GB"]),
    ("MI325X", &[]),
    ("MI355X", &[]),
    ("P100", &["Tesla-P100"]),
    ("P4", &["Tesla-P4"]),
    ("P40", &["Tesla-P40"]),
    ("Qualcomm-AI100", &["AI100"]),
    ("Radeon-Pro-V520", &["V520"]),
    ("Radeon-Pro-V710", &["V710"]),
    ("RTX-PRO-4500", &["RTX-PRO-4500-32GB", "RTXPRO4500"]),
    ("RTX-PRO-6000", &["RTX-PRO-6000-96GB", "RTXPRO6000", "RTX Pro 6000"]),
    ("RTX-6000", &["RTX6000"]),
    ("T4", &["Tesla-T4", "T4-16GB"]),
    ("T4G", &[]),
    ("TPU-v2", &[]),
    ("TPU-v3", &[]),
    ("TPU-v4", &[]),
    ("TPU-v5e", &["tpu-v5litepod"]),
    ("TPU-v5p", &[]),
    ("TPU-v6e", &[]),
    ("Trainium", &["Trainium1", "trn1"]),
    ("Trainium2", &["trn2"]),
    ("U30", &[]),
    ("V100", &["V100-16GB", "Tesla-V100"]),
    ("V100-32GB", &["Tesla-V100-32GB"]),
];

/// An accelerator model, such as `H100`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Accelerator(u8);

impl Accelerator {
    /// The model of that name or alias; upper and lower case are alike.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        MODELS
            .iter()
            .position(|(model, aliases)| {
                model.eq_ignore_ascii_case(name) || aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
            })
            .and_then(|position| u8::try_from(position).ok())
            .map(Accelerator)
    }

    /// The canonical name.
    #[must_use]
    pub fn name(self) -> &'static str {
        MODELS.get(usize::from(self.0)).map_or("", |(model, _)| model)
    }

    /// Every canonical name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        MODELS.iter().map(|(model, _)| *model)
    }
}

impl fmt::Display for Accelerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Accelerator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_lead_to_the_canonical_name() {
        assert_eq!(Accelerator::named("H100-80GB").map(Accelerator::name), Some("H100"));
        assert_eq!(Accelerator::named("A100-40GB"), Accelerator::named("A100"));
        assert_ne!(Accelerator::named("A100-80GB"), Accelerator::named("A100"));
        assert_eq!(Accelerator::named("H1000"), None);
    }

    #[test]
    fn no_name_or_alias_is_used_twice() {
        let mut all: Vec<String> = MODELS
            .iter()
            .flat_map(|(model, aliases)| std::iter::once(*model).chain(aliases.iter().copied()))
            .map(str::to_ascii_lowercase)
            .collect();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
