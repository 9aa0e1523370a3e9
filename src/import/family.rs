//! The family of a machine, as its provider's names have it.

/// The family that a SKU's name states; `None` where names state none.
pub(super) fn family_of(provider: &str, sku: &str) -> Option<String> {
    match provider {
        "azure" => azure(sku),
        "gcp" => sku.split_once('-').map(|(family, _)| family.to_owned()),
        "aws" => sku.split_once('.').map(|(family, _)| family.to_owned()),
        // `VM.Standard.E4.Flex$_4_16`, `BM.GPU.H100.8`.
        "oci" => sku.split_once('$').or_else(|| sku.rsplit_once('.')).map(|(family, _)| family.to_owned()),
        "nebius" => sku.split_once('_').map(|(family, _)| family.to_owned()),
        _ => None,
    }
}

/// `Standard_E32-8as_v5` is of `Easv5`, `Standard_NC24ads_A100_v4` of `NCadsA100_v4`.
fn azure(sku: &str) -> Option<String> {
    let mut parts: Vec<&str> = sku.split('_').skip(1).collect();
    let size = parts.first()?.to_owned();
    let letters: String = size.chars().filter(|character| character.is_ascii_alphabetic()).collect();
    let version = parts.pop().filter(|_| !parts.is_empty()).unwrap_or_default();
    let card: String = parts.iter().skip(1).copied().collect();
    Some(if card.is_empty() { format!("{letters}{version}") } else { format!("{letters}{card}_{version}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_read_from_names() {
        for (provider, sku, family) in [
            ("aws", "m7i-flex.large", Some("m7i-flex")),
            ("gcp", "n2-standard-4", Some("n2")),
            ("oci", "VM.Standard.E4.Flex$_4_16", Some("VM.Standard.E4.Flex")),
            ("oci", "BM.GPU.H100.8", Some("BM.GPU.H100")),
            ("nebius", "cpu-d3_4vcpu-16gb", Some("cpu-d3")),
            ("lambda", "gpu_8x_h100_sxm5", None),
            ("azure", "Standard_D4s_v5", Some("Dsv5")),
            ("azure", "Standard_E32-8as_v5", Some("Easv5")),
            ("azure", "Standard_NC4as_T4_v3", Some("NCasT4_v3")),
            ("azure", "Standard_NC24ads_A100_v4", Some("NCadsA100_v4")),
            ("azure", "Standard_D12_v2", Some("Dv2")),
            ("azure", "Standard_F4", Some("F")),
            ("azure", "Basic", None),
        ] {
            assert_eq!(family_of(provider, sku).as_deref(), family, "{sku}");
        }
    }
}
