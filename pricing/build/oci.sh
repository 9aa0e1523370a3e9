#!/bin/sh
# Builds pricing/oci.yaml. Usage: pricing/build/oci.sh [DATA] [OUTPUT]
#
# DATA is the folder of price data (default ../shared/data/prices beside the repository), OUTPUT the book. The tradewind
# that is used is $TRADEWIND, or else `cargo run`.
set -eu
cd "$(dirname "$0")/../.."
data=${1:-../shared/data/prices}
output=${2:-pricing/oci.yaml}
${TRADEWIND:-cargo run --quiet --release --} import csv \
  "$data/compute/oci_skypilot_v8_excerpt.csv" \
  "$data/regions/regions.csv" \
  --provider oci --currency USD \
  --source "SkyPilot catalog v8 excerpt, undated" \
  --column regions/regions.csv:region_name=name --column regions/regions.csv:country=- \
  --overlay pricing/overlays/oci.yaml \
  --overlay pricing/overlays/oci-storage-network.yaml \
  -o "$output"
