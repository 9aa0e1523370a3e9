//! Which column of a table holds which field: by its header, or as `--column` says.

use super::faults::{At, Faults};
use super::records::Record;
use crate::diagnostic::{Kind, listed, quoted};

/// A field of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Provider,
    Region,
    Zone,
    Sku,
    Family,
    Vcpu,
    MemoryGib,
    Arch,
    Accelerator,
    AcceleratorCount,
    AcceleratorMemoryGib,
    AcceleratorMemoryMib,
    OnDemand,
    Spot,
    SpotSaving,
    Interruption,
    Commit1y,
    Commit3y,
    Commit1yMonth,
    Commit3yMonth,
    Currency,
    Unit,
    RegionName,
    Country,
    Jurisdiction,
    Latitude,
    Longitude,
    Zones,
    Grid,
}

/// Every field, its name in `--column`, and the headers that mean it without being told.
const FIELDS: [(Field, &str, &[&str]); 29] = [
    (Field::Provider, "provider", &["cloud"]),
    (Field::Region, "region", &["region_code"]),
    (Field::Zone, "zone", &["zone_id", "availability_zone", "availabilityzone"]),
    (Field::Sku, "sku", &["instance_type", "instancetype", "machine_type"]),
    (Field::Family, "family", &[]),
    (Field::Vcpu, "vcpu", &["vcpus"]),
    (Field::MemoryGib, "memory_gib", &["memorygib"]),
    (Field::Arch, "arch", &[]),
    (Field::Accelerator, "accelerator", &["accelerator_name", "acceleratorname"]),
    (Field::AcceleratorCount, "accelerator_count", &["accel_count", "acceleratorcount"]),
    (Field::AcceleratorMemoryGib, "accelerator_memory_gib", &["accel_memory_gib"]),
    (Field::AcceleratorMemoryMib, "accelerator_memory_mib", &["gpu_memory_mib"]),
    (Field::OnDemand, "on_demand", &["price", "price_per_hour", "on_demand_hour"]),
    (Field::Spot, "spot", &["spotprice", "spot_price", "spot_price_per_hour"]),
    (Field::SpotSaving, "spot_saving", &["spot_savings_pct_vs_od"]),
    (Field::Interruption, "interruption", &["interruption_freq_per_month"]),
    (Field::Commit1y, "commit_1y", &[]),
    (Field::Commit3y, "commit_3y", &[]),
    (Field::Commit1yMonth, "commit_1y_month", &["month_1y_cud"]),
    (Field::Commit3yMonth, "commit_3y_month", &["month_3y_cud"]),
    (Field::Currency, "currency", &[]),
    (Field::Unit, "unit", &[]),
    (Field::RegionName, "region_name", &[]),
    (Field::Country, "country", &[]),
    (Field::Jurisdiction, "jurisdiction", &[]),
    (Field::Latitude, "latitude", &["lat"]),
    (Field::Longitude, "longitude", &["lon"]),
    (Field::Zones, "zones", &["az_count"]),
    (Field::Grid, "grid_gco2_per_kwh", &[]),
];

/// Fields that hold a price, or what makes one.
const PRICES: [Field; 8] = [
    Field::OnDemand,
    Field::Spot,
    Field::SpotSaving,
    Field::Interruption,
    Field::Commit1y,
    Field::Commit3y,
    Field::Commit1yMonth,
    Field::Commit3yMonth,
];
/// Fields that say what a machine is.
const SHAPES: [Field; 5] = [Field::Family, Field::Vcpu, Field::MemoryGib, Field::Arch, Field::Accelerator];
/// Fields that say what a region is.
const FACTS: [Field; 7] = [
    Field::RegionName,
    Field::Country,
    Field::Jurisdiction,
    Field::Latitude,
    Field::Longitude,
    Field::Zones,
    Field::Grid,
];

/// What the `--column` flags say: `FIELD=HEADER`, or `FILE:FIELD=HEADER` for one file; the header `-` for none.
#[derive(Debug, Default)]
pub(super) struct Mappings(Vec<Mapping>);

#[derive(Debug)]
struct Mapping {
    flag: String,
    file: Option<String>,
    field: Field,
    header: String,
    is_met: bool,
}

impl Mappings {
    /// Reads the flags; what is wrong with one is a fault.
    pub(super) fn read(flags: &[String], faults: &mut Faults) -> Self {
        let mut all = Vec::new();
        for flag in flags {
            let Some((left, header)) = flag.split_once('=') else {
                let message = format!("{} maps no column", quoted(flag));
                faults.of_call(Kind::BadWord, message, "write --column FIELD=HEADER, such as --column on_demand=price");
                continue;
            };
            let (file, name) = match left.rsplit_once(':') {
                Some((file, name)) => (Some(file.to_owned()), name),
                None => (None, left),
            };
            match FIELDS.iter().find(|(_, known, _)| *known == name) {
                Some(&(field, ..)) => {
                    let (flag, header) = (flag.clone(), header.trim().to_owned());
                    all.push(Mapping { flag, file, field, header, is_met: false });
                }
                None => {
                    let names = FIELDS.iter().map(|(_, name, _)| *name).collect::<Vec<_>>().join(", ");
                    let message = format!("unknown field {} in --column", quoted(name));
                    faults.of_call(Kind::BadWord, message, format!("known are {names}"));
                }
            }
        }
        Mappings(all)
    }

    /// Mappings whose header stood in no file.
    pub(super) fn report_unmet(&self, faults: &mut Faults) {
        for mapping in self.0.iter().filter(|mapping| !mapping.is_met) {
            let message = format!("no file has the column of --column {}", quoted(&mapping.flag));
            faults.of_call(Kind::MissingKey, message, "write a header as it stands in the first line");
        }
    }
}

impl Mapping {
    /// Whether it is for file `name`: all files, or those whose path ends in the names that it gives.
    fn is_for(&self, name: &str) -> bool {
        self.file.as_deref().is_none_or(|file| {
            name.strip_suffix(file).is_some_and(|before| before.is_empty() || before.ends_with(['/', '\\']))
        })
    }
}

/// The columns of one table.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    positions: [Option<usize>; FIELDS.len()],
    pub(super) width: usize,
}

impl Columns {
    /// Finds the fields in the header of file `name`; `None` where a column is missing, which is a fault.
    pub(super) fn find(header: &Record, name: &str, mappings: &mut Mappings, faults: &mut Faults) -> Option<Self> {
        let headers: Vec<String> = (0..header.len()).map(|index| header.get(index).0.to_ascii_lowercase()).collect();
        let mut columns = Columns { positions: [None; FIELDS.len()], width: headers.len() };
        let mut used = vec![false; headers.len()];
        let mut is_sound = true;
        for (index, (field, word, aliases)) in FIELDS.iter().enumerate() {
            let mapped = mappings.0.iter_mut().filter(|mapping| mapping.field == *field);
            let mut mapped = mapped.filter(|mapping| mapping.is_for(name));
            let mut is_mapped = false;
            for mapping in mapped.by_ref() {
                let found = headers.iter().position(|header| header.eq_ignore_ascii_case(&mapping.header));
                if let Some(position) = found {
                    columns.positions[index] = Some(position);
                }
                is_mapped |= found.is_some() || mapping.header == "-";
                mapping.is_met |= found.is_some() || mapping.header == "-";
            }
            if !is_mapped {
                let meant = |header: &String| header == word || aliases.contains(&header.as_str());
                let mut found = headers.iter().enumerate().filter(|(_, header)| meant(header));
                columns.positions[index] = found.next().map(|(position, _)| position);
                if let Some((second, _)) = found.next() {
                    let message = format!("two columns for `{word}`");
                    let help = format!("choose one with --column {word}=HEADER");
                    is_sound = false;
                    faults.add(header.get(second).1, Kind::Conflicting, message, help);
                }
            }
            if let Some(flag) = columns.positions[index].and_then(|position| used.get_mut(position)) {
                *flag = true;
            }
        }
        is_sound &= columns.complete(header, &headers, faults);
        let unused: Vec<&str> =
            headers.iter().zip(&used).filter(|(_, used)| !**used).map(|(header, _)| header.as_str()).collect();
        if !unused.is_empty() {
            faults.note(format!("{name}: columns that are not read: {}", unused.join(", ")));
        }
        is_sound.then_some(columns)
    }

    /// Whether the columns suffice; a fault for each one without which the table says nothing.
    fn complete(&self, header: &Record, headers: &[String], faults: &mut Faults) -> bool {
        let mut missing = Vec::new();
        let has_prices = PRICES.iter().any(|&field| self.has(field));
        if self.has(Field::Sku) {
            if has_prices && !self.has(Field::Region) {
                missing.push("region");
            }
            if !has_prices && !SHAPES.iter().any(|&field| self.has(field)) {
                missing.push("on_demand");
            }
        } else if has_prices || !FACTS.iter().any(|&field| self.has(field)) {
            missing.push("sku");
        } else if !self.has(Field::Region) {
            missing.push("region");
        }
        for field in &missing {
            let message = format!("no column for `{field}`; there are {}", listed(headers.iter().map(String::as_str)));
            faults.add(header.start(), Kind::MissingKey, message, format!("name it with --column {field}=HEADER"));
        }
        missing.is_empty()
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.position(field).is_some()
    }

    /// The text of a field and its place; blank where the table has no such column.
    pub(super) fn get<'a>(&self, record: &'a Record, field: Field) -> (&'a str, At) {
        self.position(field).map_or(("", record.start()), |position| record.get(position))
    }

    fn position(&self, field: Field) -> Option<usize> {
        self.positions.get(field as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_for_a_file_is_for_no_file_whose_name_only_ends_alike() {
        let mut faults = Faults::default();
        let all = Mappings::read(&["a/regions.csv:country=-".to_owned(), "zone=z".to_owned()], &mut faults);
        let is_for = |name: &str| all.0.iter().map(|mapping| mapping.is_for(name)).collect::<Vec<_>>();
        assert_eq!(is_for("x/a/regions.csv"), [true, true]);
        assert_eq!(is_for("a/regions.csv"), [true, true]);
        assert_eq!(is_for("gcp_regions.csv"), [false, true]);
        assert_eq!(is_for("x/ba/regions.csv"), [false, true]);
    }

    #[test]
    fn the_list_has_the_fields_in_their_order_and_no_header_twice() {
        let mut headers: Vec<&str> = Vec::new();
        for (index, (field, name, aliases)) in FIELDS.iter().enumerate() {
            assert_eq!(*field as usize, index, "{name}");
            headers.push(name);
            headers.extend(*aliases);
        }
        headers.sort_unstable();
        let count = headers.len();
        headers.dedup();
        assert_eq!(headers.len(), count);
        assert!(headers.iter().all(|header| *header == header.to_ascii_lowercase()));
    }
}
