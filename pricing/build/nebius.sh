#!/bin/sh
# Builds pricing/nebius.yaml. Usage: pricing/build/nebius.sh [DATA] [OUTPUT]
#
# DATA is the folder of price data (default ../shared/data/prices beside the repository), OUTPUT the book. The tradewind
# that is used is $TRADEWIND, or else `cargo run`.
set -eu
cd "$(dirname "$0")/../.."
data=${1:-../shared/data/prices}
output=${2:-pricing/nebius.yaml}
${TRADEWIND:-cargo run --quiet --release --} import csv \
  "$data/compute/nebius_skypilot_v8_excerpt.csv" \
  "$data/regions/regions.csv" \
  --provider nebius --currency USD \
  --source "SkyPilot catalog v8 excerpt, undated" \
  --column regions/regions.csv:region_name=name --column regions/regions.csv:country=- \
  --overlay pricing/overlays/nebius.yaml \
  -o "$output"
