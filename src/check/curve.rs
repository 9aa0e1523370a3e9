//! What a tariff's volume costs as it grows: a chain of straight pieces, never falling.

use ethnum::I256;

use crate::catalog::Tariff;
use crate::check::supply::first_paid;
use crate::units::Quantity;

/// Cost of a volume, piece by piece. Volumes are in 10⁻¹² GB, prices in 10⁻¹², so costs are in 10⁻²⁴.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    /// By rising start; the first starts at 0.
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    from: i128,
    price: i128,
    /// Cost of the volume where the piece starts.
    cost: I256,
}

impl Curve {
    /// The pieces of a tariff: the allowance, then each tier as far as it lies above it.
    pub(super) fn of(tariff: &Tariff) -> Curve {
        let gb = |quantity: Quantity| i128::from(quantity.parts()) * 1_000_000;
        let free = gb(tariff.free_gb);
        let mut curve = Curve { pieces: Vec::with_capacity(tariff.tiers.len() + 1) };
        if free > 0 {
            curve.continues(0, 0);
        }
        let mut start = 0;
        for tier in &tariff.tiers {
            let end = tier.up_to.map(gb);
            if end.is_none_or(|end| end > free) {
                curve.continues(start.max(free), i128::from(tier.price.units()));
            }
            start = end.unwrap_or(start);
        }
        curve
    }

    /// Another price from here on.
    fn continues(&mut self, from: i128, price: i128) {
        let cost = self.at(from);
        self.pieces.push(Piece { from, price, cost });
    }

    /// Cost of a volume.
    pub(super) fn at(&self, volume: i128) -> I256 {
        let next = self.pieces.partition_point(|piece| piece.from <= volume);
        let piece = next.checked_sub(1).and_then(|last| self.pieces.get(last));
        piece.map_or(I256::ZERO, |piece| piece.cost + I256::from(volume - piece.from) * I256::from(piece.price))
    }

    /// Volumes at which the price changes, strictly between two.
    pub(super) fn steps(&self, low: i128, high: i128) -> impl Iterator<Item = i128> {
        self.pieces.iter().map(|piece| piece.from).filter(move |&from| low < from && from < high)
    }

    /// The largest volume up to `most` that costs no more than `cost`, which is at least 0.
    pub(super) fn largest_within(&self, cost: I256, most: i128) -> i128 {
        let next = self.pieces.partition_point(|piece| piece.cost <= cost);
        let end = self.pieces.get(next).map_or(most, |piece| piece.from.min(most));
        let Some(piece) = next.checked_sub(1).and_then(|last| self.pieces.get(last)) else { return most };
        if piece.price == 0 {
            return end;
        }
        let more = (cost - piece.cost) / I256::from(piece.price);
        if more >= I256::from(end.saturating_sub(piece.from)) { end } else { piece.from + more.as_i128() }
    }
}

/// Whether some volume up to `most` could cost other than the first paid price: there is an allowance, or a tier of
/// another price starts below.
pub(super) fn bends(tariff: &Tariff, most: i128) -> bool {
    let first = first_paid(tariff);
    let starts = std::iter::once(Quantity::ZERO).chain(tariff.tiers.iter().filter_map(|tier| tier.up_to));
    let other = tariff
        .tiers
        .iter()
        .zip(starts)
        .any(|(tier, start)| tier.price != first && i128::from(start.parts()) * 1_000_000 < most);
    most > 0 && (tariff.free_gb > Quantity::ZERO || other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: i128 = 1_000_000_000_000;

    fn tariff(text: &str) -> Tariff {
        let book = format!(
            "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {{r: {{}}}}\nnetwork: {{internet: {{default: {text}}}}}\n"
        );
        let catalog = crate::catalog_from_yaml(&[("p.yaml", &book)]).expect("a book");
        catalog.tariffs()[0].clone()
    }

    fn money(units: i128) -> I256 {
        I256::from(units) * I256::from(10_i128.pow(24))
    }

    #[test]
    fn the_allowance_comes_first_then_each_tier_prices_its_part() {
        let tariff = tariff("{free_gb: 100, per_gb: [{up_to: 1000, price: 2}, {price: 1}]}");
        let curve = Curve::of(&tariff);
        // 100 GB free; 900 GB × 2 = 1800 to the end of the tier; 1 for each GB more.
        assert_eq!(curve.at(100 * GB), I256::ZERO);
        assert_eq!(curve.at(1000 * GB), money(1800));
        assert_eq!(curve.at(1500 * GB), money(2300));
        assert_eq!(curve.steps(0, 2000 * GB).collect::<Vec<_>>(), [100 * GB, 1000 * GB]);
        assert_eq!(curve.steps(100 * GB, 1000 * GB).count(), 0);
        // Backwards: nothing buys the allowance, 1800 the tier, 2300 half a thousand more.
        assert_eq!(curve.largest_within(I256::ZERO, 2000 * GB), 100 * GB);
        assert_eq!(curve.largest_within(money(1800), 2000 * GB), 1000 * GB);
        assert_eq!(curve.largest_within(money(2300) + I256::ONE, 2000 * GB), 1500 * GB);
        assert_eq!(curve.largest_within(money(2300), 1200 * GB), 1200 * GB);
        assert!(!bends(&tariff, 0) && bends(&tariff, 1));
    }

    #[test]
    fn a_free_tier_goes_on_to_its_end_and_a_flat_tariff_does_not_bend() {
        let free = tariff("{per_gb: [{up_to: 10, price: 0}, {price: 3}]}");
        assert_eq!(Curve::of(&free).largest_within(I256::ZERO, 50 * GB), 10 * GB);
        // The first paid price is that of the first tier, 0, up to 10 GB.
        assert!(!bends(&free, 10 * GB) && bends(&free, 10 * GB + 1));
        let flat = tariff("{per_gb: 3}");
        assert!(!bends(&flat, i128::MAX));
        assert_eq!(Curve::of(&flat).largest_within(money(9), 50 * GB), 3 * GB);
    }
}
