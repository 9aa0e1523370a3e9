#!/bin/sh
# Builds pricing/lambda.yaml. Usage: pricing/build/lambda.sh [DATA] [OUTPUT]
#
# DATA is the folder of price data (default ../shared/data/prices beside the repository), OUTPUT the book. The tradewind
# that is used is $TRADEWIND, or else `cargo run`.
set -eu
cd "$(dirname "$0")/../.."
data=${1:-../shared/data/prices}
output=${2:-pricing/lambda.yaml}
${TRADEWIND:-cargo run --quiet --release --} import csv \
  "$data/compute/lambda_anycloud_2026-05-20.csv" \
  "$data/regions/regions.csv" \
  --provider lambda --currency USD --as-of 2026-05-20 \
  --source "anycloud catalog" \
  --column regions/regions.csv:region_name=name --column regions/regions.csv:country=- \
  --overlay pricing/overlays/lambda.yaml \
  -o "$output"
