//! Which part of a feed becomes a book: patterns over regions, SKUs and families.

/// What is wanted; an empty list of patterns takes everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    pub(super) regions: Vec<String>,
    pub(super) include: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) families: Vec<String>,
}

impl Selection {
    pub(super) fn takes_region(&self, region: &str) -> bool {
        any(&self.regions, region)
    }

    pub(super) fn takes_sku(&self, sku: &str) -> bool {
        any(&self.include, sku) && !self.exclude.iter().any(|pattern| matches(pattern, sku))
    }

    pub(super) fn takes_family(&self, family: &str) -> bool {
        any(&self.families, family)
    }
}

fn any(patterns: &[String], text: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| matches(pattern, text))
}

/// Whether `text` is what `pattern` says, in which `*` stands for any text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = text.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, is) in [
            ("m7i.*", "m7i.large", true),
            ("m7i.*", "m7i-flex.large", false),
            ("*", "", true),
            ("us-*-1", "us-east-1", true),
            ("us-*-1", "us-east-2", false),
            ("us-*-*1", "us-1", false),
            ("a*a", "a", false),
            ("*.metal*", "m7i.metal-24xl", true),
            ("exact", "exact", true),
            ("exact", "exactly", false),
        ] {
            assert_eq!(matches(pattern, text), is, "{pattern} on {text}");
        }
    }
}
